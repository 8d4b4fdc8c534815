"""What stands for an object that a pickle asks for and that is not made.

Checkpoints have training options and scores beside the weights: `argparse.Namespace`, NumPy's
scalars, paths. These are passed over. A placeholder has a name and nothing else, so it can do
nothing; whoever wants what it stands for gets an error.
"""

from collections.abc import Iterable
from typing import Any

from ._errors import UnsafeFileError, short


class Inert:
    """An unknown name, or what calling it would have given."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name[:400]

    def refusal(self, entry: str | None = None) -> UnsafeFileError:
        """The error for who needs the object."""
        return UnsafeFileError(
            f"the pickle asks for {short(self.name)}, which is not on the list of names that weights "
            "need; nothing was run. In PyTorch save the bare weights: "
            "torch.save(model.state_dict(), path)",
            entry=entry,
        )


class OddKey(Inert):
    """A key that is no text and no 64-bit integer; comparing it could take for ever."""

    __slots__ = ()

    def refusal(self, entry: str | None = None) -> UnsafeFileError:
        """The error for who needs what lies under the key."""
        return UnsafeFileError(
            f"the pickle uses {self.name} as a key; keys are texts and integers", entry=entry
        )


def first_inert(values: Iterable[Any]) -> Inert | None:
    """The first placeholder among the values themselves."""
    return next((value for value in values if isinstance(value, Inert)), None)
