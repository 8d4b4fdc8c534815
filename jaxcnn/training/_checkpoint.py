"""Checkpoints in a folder, written by orbax: whole or not at all, the newest two kept."""

import contextlib
import errno
import logging
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from jaxcnn._lock import claim

from ._errors import CheckpointError
from ._hosts import is_main_process

if TYPE_CHECKING:
    from filelock import BaseFileLock

_KEPT = 2
_LOCK = ".lock"
_TRIES = 5
_SETTLING = 0.1  # seconds
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO)
_PARTIAL = "*.orbax-checkpoint-tmp*"


class Checkpoints:
    """The checkpoints of one training.

    Args:
        folder: Made if needed.

    Raises:
        CheckpointError: It cannot be made, or another training writes there.
        ValueError: orbax is not installed.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        try:
            import orbax.checkpoint as ocp
        except ImportError as error:
            raise ValueError(
                f"checkpoints (={os.fspath(folder)!r}) need orbax: pip install 'jaxcnn[train]' (in a clone: '.[train]')"
            ) from error
        self._args = ocp.args
        self.folder = Path(folder).absolute()
        with self._errors("made"):
            self.folder.mkdir(parents=True, exist_ok=True)
        self._claim = self._claimed()
        with self._errors("made"):
            self._remove_partial()
            self._manager = ocp.CheckpointManager(
                self.folder,
                options=ocp.CheckpointManagerOptions(
                    max_to_keep=_KEPT, enable_async_checkpointing=False
                ),
            )

    @property
    def empty(self) -> bool:
        """Whether there is none yet."""
        return self._manager.latest_step() is None

    def save(self, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> None:
        """Writes one more.

        Args:
            arrays: All numbers by name.
            facts: What JSON can hold.

        Raises:
            CheckpointError: It cannot be written; nothing of it is left.
        """
        latest = self._manager.latest_step()
        self._check_room(sum(array.nbytes for array in arrays.values()))
        with self._errors("written"):
            self._manager.save(
                0 if latest is None else latest + 1,
                args=self._args.Composite(
                    arrays=self._args.PyTreeSave(arrays), facts=self._args.JsonSave(facts)
                ),
            )
            self._manager.wait_until_finished()

    def load(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """The newest.

        Raises:
            CheckpointError: It cannot be read.
        """
        with self._errors("read"):
            found = self._manager.restore(
                self._manager.latest_step(),
                args=self._args.Composite(
                    arrays=self._args.PyTreeRestore(), facts=self._args.JsonRestore()
                ),
            )
            return found["arrays"], found["facts"]

    def close(self) -> None:
        """Ends what orbax has running, and lets another training write there."""
        self._manager.close()
        if self._claim is not None:
            self._claim.release()

    def _claimed(self) -> "BaseFileLock | None":
        """The right to write there, of the first host for all."""
        if not is_main_process():
            return None
        with self._errors("made"):
            found = claim(self.folder / _LOCK)
        if found is None:
            raise CheckpointError(self.folder, "used", "another training writes there now")
        return found

    def _check_room(self, size: int) -> None:
        """Refuses what cannot fit: half written, orbax's threads would go on after the error, and print."""
        with self._errors("written"):
            disk = shutil.disk_usage(self.folder)
        if is_main_process() and disk.free < size and disk.total > 0:  # 0: it does not tell
            reason = f"{os.strerror(errno.ENOSPC)}: it takes {size} bytes, and {disk.free} are free"
            raise CheckpointError(self.folder, "written", reason)

    @contextlib.contextmanager
    def _errors(self, verb: str) -> Iterator[None]:
        try:
            with _silent_orbax():
                yield
        except jax.errors.JaxRuntimeError:  # the other processes did not come along
            raise
        except Exception as error:  # tensorstore has no exceptions of its own
            self._remove_partial()
            raise CheckpointError(self.folder, verb, _reason(error)) from error

    def _remove_partial(self) -> None:
        if not is_main_process():
            return
        for _ in range(_TRIES):
            leftovers = list(self.folder.glob(_PARTIAL))
            if not leftovers:
                return
            for leftover in leftovers:
                shutil.rmtree(leftover, ignore_errors=True)
            time.sleep(_SETTLING)  # threads of orbax may write files yet


def holds_checkpoints(folder: Path) -> bool:
    """Whether there is a checkpoint in a folder; orbax names them by numbers."""
    return folder.is_dir() and any(path.name.isdecimal() for path in folder.iterdir())


def occupied(folder: Path) -> ValueError:
    """What is said of checkpoints that nobody has asked to go on from."""
    return ValueError(
        f"checkpoints (={str(folder)!r}) holds some already: go on from them (resume=True), or name "
        "another folder"
    )


@contextlib.contextmanager
def _silent_orbax() -> Iterator[None]:
    """Keeps orbax from printing the traceback of each of its threads: the error is raised, too."""
    logger = logging.getLogger("absl")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


def _reason(error: Exception) -> str:
    """What the operating system said, where tensorstore has it among much else."""
    for number in _DISK_ERRORS:
        if os.strerror(number) in str(error):
            return os.strerror(number)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).strip().partition("\n")[0] or type(error).__name__


def to_numbers(array: jax.Array) -> np.ndarray:
    """An array as numbers; a random key becomes its words."""
    if jax.numpy.issubdtype(array.dtype, jax.dtypes.prng_key):
        array = jax.random.key_data(array)
    return np.asarray(array)


def from_numbers(name: str, numbers: Any, like: jax.Array) -> jax.Array:
    """The array that `to_numbers` was given.

    Raises:
        ValueError: It has another shape or type than ``like``.
    """
    wanted = to_numbers(like)
    if np.shape(numbers) != wanted.shape or (
        wanted.ndim and np.asarray(numbers).dtype != wanted.dtype
    ):
        raise ValueError(
            f"the checkpoint holds {name} of shape {np.shape(numbers)}, but the model has "
            f"{wanted.shape} {wanted.dtype}: it is of another model or optimizer"
        )
    array = jax.numpy.array(numbers, wanted.dtype)
    if jax.numpy.issubdtype(like.dtype, jax.dtypes.prng_key):
        return jax.random.wrap_key_data(array, impl=jax.random.key_impl(like))
    return array
