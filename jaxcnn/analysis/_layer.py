"""What every description of a layer answers, and the helpers they share.

Shapes are those of one example, channels last, without batch axis: ``(height, width, channels)``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ._windows import AxisField

Shape = tuple[int, ...]
Fields = tuple[AxisField, ...]
IntOrAxes = int | Sequence[int]


@dataclass(frozen=True)
class Layer:
    """A layer without effect on shapes: the base of all descriptions.

    Attributes:
        name: how tables and errors call the layer; by default its position.

    >>> Layer().output_shape((7, 7, 50)), Layer().weights((7, 7, 50))
    ((7, 7, 50), {})
    """

    name: str = field(default="", kw_only=True)

    def output_shape(self, shape: Shape) -> Shape:
        """Shape of the output for an input of ``shape``; ``ValueError`` when there is none."""
        return shape

    def weights(self, shape: Shape) -> dict[str, Shape]:
        """Names and shapes of the trained arrays."""
        return {}

    def multiply_adds(self, shape: Shape, *, padded_taps: bool = True) -> int:
        """Multiplications by a weight, each with its addition, bias not counted."""
        return 0

    def operations(self, shape: Shape) -> int:
        """Floating-point operations beside the multiply-adds."""
        return 0

    def widen(self, fields: Fields, shape: Shape | None) -> Fields:
        """Receptive field of the outputs, from that of the inputs."""
        return fields

    def rank_hint(self) -> int:
        """Number of spatial axes that the hyper-parameters betray (1 when all are plain ints)."""
        return 1


def known(shape: Shape | None, what: str) -> Shape:
    """The shape, or an error that asks for it."""
    if shape is None:
        raise ValueError(f"input_shape must be given: {what} depends on the size of the image")
    return shape


def over_everything(fields: Fields, shape: Shape | None, what: str) -> Fields:
    """Fields of a window over the whole map; flat vectors have nothing left to cover."""
    spatial = known(shape, what)[:-1]
    return tuple(f.over_all(n) for f, n in zip(fields, spatial, strict=True)) if spatial else fields


def longest(*values: object) -> int:
    """The number of axes in the longest hyper-parameter given per axis, or 1."""
    return max((len(v) for v in values if isinstance(v, tuple | list)), default=1)


def sizes(value: object) -> str:
    """A hyper-parameter as text: one number when all axes agree, else ``3x5``."""
    if isinstance(value, tuple | list):
        texts = [sizes(entry) for entry in value]
        return texts[0] if len(set(texts)) == 1 else "x".join(texts)
    return str(value).lower()


def call_text(function: str, **values: object) -> str:
    """``Conv(C_out=20, K=5)``."""
    return f"{function}({', '.join(f'{key}={sizes(value)}' for key, value in values.items())})"
