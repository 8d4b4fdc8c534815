"""Networks that a student trained: their arrays come back, and the grading process runs a copy of its own."""

import functools
import heapq
from collections.abc import Collection
from typing import Any

import numpy as np

from grader import wire
from grader.checks._answer import Answer, BadForm, Form
from grader.messages import Language, say
from grader.text import one_line

__all__ = ["built", "restored", "same_weights", "weights"]

_NAMED = 3  # paths in a message


class OtherNetwork(BadForm):
    """What came back is not the network that was asked for: it has arrays too few or too many."""

    def __init__(self, call: str, key: str, paths: Collection[str]) -> None:
        some = heapq.nsmallest(_NAMED, paths)
        names = ", ".join(one_line(path, 80) for path in some)
        names += f", … +{len(paths) - _NAMED}" if len(paths) > _NAMED else ""
        super().__init__(call, "", Form("form_network"), names)
        self._key, self._names = key, names

    def text(self, language: Language, call: str) -> str:
        """What is wrong, in one language."""
        return say(self._key, language, call=call, names=self._names)


def built(description: wire.Network) -> Any:
    """The network that is described, from memory after the first call: not to be changed."""
    return _built(wire.encode(description))


@functools.lru_cache(maxsize=64)
def _built(description: bytes) -> Any:
    return wire.decode(description, networks=True).build()


def weights(network: Any) -> dict[str, np.ndarray]:
    """Every array of a network by its dotted path; random number streams are left out.

    Args:
        network: a ``flax.nnx.Module``, or its description.
    """
    return wire.weights_of(built(network) if isinstance(network, wire.Network) else network)


def same_weights(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays are equal bit by bit."""
    return (
        one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    )


def restored(answer: Answer, like: Any, call: str) -> Any:
    """The student's arrays in a network of our own.

    Args:
        answer: what the worker said: a dictionary of arrays by dotted path.
        like: a ``flax.nnx.Module``, or its description, with exactly the structure that is asked for.
        call: how messages name the call.

    Returns:
        A copy of ``like`` with the arrays that came back: the network is ours, only its numbers are theirs.

    Raises:
        BadForm: when paths, shapes or kinds of numbers differ, or a number is not finite.
    """
    from flax import nnx

    network = wire.copy_of(built(like) if isinstance(like, wire.Network) else like)
    state = dict(nnx.to_flat_state(nnx.state(network, nnx.Not(nnx.RngState))))
    wanted = {".".join(map(str, path)): path for path in state}
    got = answer.entries()
    if missing := wanted.keys() - got.keys():
        raise OtherNetwork(call, "network_lacks", missing)
    if extra := got.keys() - wanted.keys():
        raise OtherNetwork(call, "network_has_more", extra)
    new = {}
    for name, path in wanted.items():
        old = state[path][...]
        kind = "float" if np.issubdtype(old.dtype, np.floating) else "number"
        array = got[name].array(old.shape, kind=kind)
        with np.errstate(over="ignore", invalid="ignore"):
            array = np.asarray(array, old.dtype)
        Answer(
            array, call, [], (name,)
        ).array()  # a float64 may be too large for the float32 it becomes
        new[path] = state[path].replace(array)
    nnx.update(network, nnx.from_flat_state(new))
    return network
