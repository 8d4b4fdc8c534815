"""Checkpoints of a training in several phases, each in a folder of its own below one."""

import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

_FILE = "finetune.json"


class Phases:
    """Where the checkpoints of phases are, and whether a training may go on from them.

    What decides the result, beside what the checkpoints themselves are compared by, is noted in the
    folder: going on with another choice would give a network that no training gives.

    Args:
        folder: For checkpoints, made if needed; None keeps nothing.
        names: The phases, in order.
        every: One checkpoint also after so many batches.
        resume: Whether to go on from what is there.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None,
        names: tuple[str, ...],
        every: int | None,
        resume: bool,
    ) -> None:
        check_checkpoints(folder, every, resume)
        self._folder = None if folder is None else Path(folder)
        self._every, self._resume = every, resume
        self.folders = () if self._folder is None else tuple(self._folder / name for name in names)

    def check(self, choices: Mapping[str, Any], free: Collection[str] = ()) -> None:
        """Compares choices with those that the training began with, or notes them.

        Args:
            choices: Argument -> what JSON can hold.
            free: Arguments that may differ.

        Raises:
            ValueError: They differ, or there are checkpoints and nobody has asked to go on.
            CheckpointError: The folder cannot be written or read.
        """
        from jaxcnn._files import replacing
        from jaxcnn.training import CheckpointError
        from jaxcnn.training._checkpoint import holds_checkpoints, occupied

        if self._folder is None:
            return
        if any(map(holds_checkpoints, self.folders)):
            if not self._resume:
                raise occupied(self._folder)
            self._compare({name: choices[name] for name in choices if name not in free})
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with replacing(self._folder / _FILE) as stream:
                stream.write((json.dumps(choices, indent=1) + "\n").encode())
        except OSError as error:
            raise CheckpointError(self._folder, "made", error.strerror or error) from error

    def options(self, name: str) -> dict[str, Any]:
        """What `training.fit` is told about the checkpoints of a phase."""
        folder = None if self._folder is None else self._folder / name
        return {"checkpoints": folder, "checkpoint_steps": self._every, "resume": self._resume}

    def has(self, name: str) -> bool:
        """Whether a phase has a checkpoint."""
        from jaxcnn.training._checkpoint import holds_checkpoints

        return self._folder is not None and holds_checkpoints(self._folder / name)

    def _compare(self, choices: Mapping[str, Any]) -> None:
        from jaxcnn.training import CheckpointError

        assert self._folder is not None
        try:
            before = json.loads((self._folder / _FILE).read_bytes())
        except (OSError, ValueError) as error:
            raise CheckpointError(self._folder, "read", f"{_FILE}: {error}") from error
        if not isinstance(before, dict):
            raise CheckpointError(self._folder, "read", f"{_FILE} must hold arguments")
        for name, value in choices.items():
            if before.get(name) != value:
                raise ValueError(
                    f"{name} (={value!r}) must be {before.get(name)!r}, as when the training "
                    f"in {self._folder} began"
                )


def check_checkpoints(
    folder: str | os.PathLike[str] | None, every: int | None, resume: bool
) -> None:
    """Refuses what concerns checkpoints where no folder for them is given.

    Raises:
        ValueError: Something does.
    """
    if folder is not None:
        return
    if resume:
        raise ValueError("`resume` needs `checkpoints`: the folder to go on from")
    if every is not None:
        raise ValueError(f"checkpoint_steps (={every}) needs `checkpoints`: the folder to write to")
