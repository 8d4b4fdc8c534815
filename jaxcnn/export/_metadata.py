"""What is known about an exported model besides its program and its weights."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

PLATFORMS = ("cpu", "cuda", "rocm", "tpu")


class Preparation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a photo becomes the pixels, from 0 to 1, that an exported model takes.

    Attributes:
        image_size: (height, width) of the result.
        resize: The shorter side is brought to so many pixels, and the middle of ``image_size`` is cut
            out; None stretches the whole image instead.
        interpolation: ``"nearest"``, ``"bilinear"`` or ``"bicubic"``, as Pillow computes them.

    >>> Preparation((224, 224), 256).interpolation
    'bilinear'
    """

    image_size: tuple[int, int]
    resize: int | None = None
    interpolation: str = "bilinear"

    @classmethod
    def of(cls, rule: Any) -> "Preparation":
        """That of a `jaxcnn.transfer.Preprocessing`."""
        return cls(tuple(rule.image_size), rule.resize, rule.interpolation)


class Weight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One array beside the program."""

    name: str
    shape: tuple[int, ...]
    dtype: str


class Metadata(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of it, as it stands in the file.

    Sizes that are free have a name: the batch, and those of images of any size; ``smallest`` holds
    the least that the network accepts, with the batch. ``raw`` says that nothing was put before the
    network: what it takes are no pixels. Format 2 has these two last ones.
    """

    format: int = 2
    name: str
    class_names: tuple[str, ...] | None
    input_shape: tuple[int | str, ...]
    smallest: tuple[int, ...]
    dtype: str
    output_shape: tuple[int | str, ...]
    output_dtype: str
    platforms: tuple[str, ...]
    versions: dict[str, str]
    weights: tuple[Weight, ...]
    preparation: Preparation | None = None
    raw: bool = False

    def expected(self) -> str:
        """The input's shape in words, such as ``(batch, height >= 16, width >= 16, 3)``."""
        sizes = (
            f"{size} >= {least}" if isinstance(size, str) and least > 1 else str(size)
            for size, least in zip(self.input_shape, self.smallest, strict=True)
        )
        return f"({', '.join(sizes)})"

    def accepts(self, shape: Sequence[int]) -> bool:
        """Tells whether the network takes images of that shape, batch included."""
        return len(shape) == len(self.input_shape) and all(
            size >= least if isinstance(wanted, str) else size == wanted
            for size, wanted, least in zip(shape, self.input_shape, self.smallest, strict=True)
        )


def as_sizes(shape: Sequence[object]) -> tuple[int | str, ...]:
    """A shape with symbolic sizes in plain types."""
    return tuple(size if isinstance(size, int) else readable(str(size)) for size in shape)


def readable(size: str) -> str:
    """``floordiv(height - 2, 2) + 1`` as ``(height - 2) // 2 + 1``."""
    before = ""
    while size != before:
        before = size
        size = re.sub(r"floordiv\(([^(),]+), (\d+)\)", _divided, size)
    return size.replace("[", "(").replace("]", ")")


def _divided(found: re.Match[str]) -> str:
    number, divisor = found.groups()
    return f"{number} // {divisor}" if number.isidentifier() else f"[{number}] // {divisor}"
