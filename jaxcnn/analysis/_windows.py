"""One sliding window along one axis: the taps that count and the pixels it sees."""

import math
from dataclasses import dataclass
from fractions import Fraction

from jaxcnn.functional._padding import span

Exact = int | Fraction


@dataclass(frozen=True)
class Window:
    """One axis of a convolution or pooling.

    Attributes:
        kernel: number of taps.
        stride: distance between two positions.
        low: padding before the first pixel.
        dilation: distance between two taps.
        input_dilation: distance between two pixels once the input is spread out with zeros.
    """

    kernel: int
    stride: int = 1
    low: int = 0
    dilation: int = 1
    input_dilation: int = 1

    @property
    def extent(self) -> int:
        """Distance from the first to the last tap, both counted."""
        return span(self.kernel, self.dilation)

    def taps_on_pixels(self, size: int, positions: int) -> int:
        """Number of (position, tap) pairs that fall on one of ``size`` pixels, not on padding."""
        spread = span(size, self.input_dilation)
        taps = [tap * self.dilation - self.low for tap in range(self.kernel)]
        return sum(
            0 <= start + tap < spread and (start + tap) % self.input_dilation == 0
            for start in range(0, positions * self.stride, self.stride)
            for tap in taps
        )


@dataclass(frozen=True)
class AxisField:
    """What output 0 sees along one axis: pixels ``first`` to ``last``; output i is ``i * jump`` on.

    With transposed convolutions or uneven adaptive pools, whose outputs do not all see alike,
    positions are fractions and the interval is one that holds the pixels of every output.
    """

    first: Exact = 0
    last: Exact = 0
    jump: Exact = 1

    def through(self, window: Window) -> "AxisField":
        """The field of the outputs of ``window`` sliding over maps that have this field."""
        step = Fraction(self.jump) / window.input_dilation
        return AxisField(
            exact(self.first - window.low * step),
            exact(self.last + (window.extent - 1 - window.low) * step),
            exact(step * window.stride),
        )

    def over_all(self, size: int) -> "AxisField":
        """The field of a window over all ``size`` positions: a valid window, stride 1."""
        return self.through(Window(size))

    def through_bins(self, size: int, bins: int) -> "AxisField":
        """The field of adaptive pooling: bin i runs from floor(i N / O) to ceil((i + 1) N / O)."""
        pitch = Fraction(size, bins)
        before = max(i * pitch - math.floor(i * pitch) for i in range(bins))
        after = max(math.ceil((i + 1) * pitch) - 1 - i * pitch for i in range(bins))
        return AxisField(
            exact(self.first - before * self.jump),
            exact(self.last + after * self.jump),
            exact(self.jump * pitch),
        )

    def union(self, other: "AxisField") -> "AxisField":
        """The field of a sum or concatenation of two branches.

        Raises:
            ValueError: the branches move at different speeds over the image.
        """
        if self.jump != other.jump:
            raise ValueError(
                f"branches must have the same jump to be merged, got {self.jump} and {other.jump}"
            )
        return AxisField(min(self.first, other.first), max(self.last, other.last), self.jump)


def exact(value: Exact) -> Exact:
    """The same number, as an int when it is whole."""
    fraction = Fraction(value)
    return int(fraction) if fraction.denominator == 1 else fraction
