"""Layers that slide a window over the map: convolutions and poolings."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from jaxcnn.functional._arguments import a_choice, an_int, per_axis
from jaxcnn.functional._padding import Padding, explicit_padding
from jaxcnn.functional._sizes import (
    conv_output_size,
    conv_transpose_output_size,
    pool_output_size,
    transposed_pairs,
)

from ._layer import Fields, IntOrAxes, Layer, Shape, call_text, known, longest, sizes
from ._windows import Window


@dataclass(frozen=True)
class _Windowed(Layer):
    """A layer that slides a window: a convolution or a pooling."""

    def windows(self, rank: int, spatial: Shape | None) -> tuple[Window, ...]:
        """The window along each axis of a map of size ``spatial``, if that is known."""
        raise NotImplementedError

    def spatial_output(self, spatial: Shape) -> Shape:
        """Number of positions along each axis."""
        raise NotImplementedError

    def output_shape(self, shape: Shape) -> Shape:
        return (*self.spatial_output(spatial_axes(shape)), shape[-1])

    def widen(self, fields: Fields, shape: Shape | None) -> Fields:
        windows = self.windows(len(fields), shape[:-1] if shape else None)
        return tuple(axis.through(w) for axis, w in zip(fields, windows, strict=True))


@dataclass(frozen=True)
class Conv(_Windowed):
    """A convolution; ``kernel_size`` as an int counts for every spatial axis.

    Attributes:
        features: output channels, C_out.
        kernel_size, strides, padding, input_dilation, kernel_dilation, feature_group_count, use_bias:
          as in `jaxcnn.nn`.
        in_features: input channels when known, to be checked against the input.

    >>> Conv(10, 5, padding=2).output_shape((32, 32, 3))
    (32, 32, 10)
    """

    features: int
    kernel_size: IntOrAxes
    strides: IntOrAxes = 1
    padding: Padding = "same"
    kernel_dilation: IntOrAxes = 1
    input_dilation: IntOrAxes = 1
    feature_group_count: int = 1
    use_bias: bool = True
    in_features: int | None = None

    def __post_init__(self) -> None:
        an_int("features", self.features, 1)

    def windows(self, rank: int, spatial: Shape | None) -> tuple[Window, ...]:
        spread = per_axis("input_dilation", self.input_dilation, rank)
        if spatial is not None:
            spatial = tuple((n - 1) * d + 1 for n, d in zip(spatial, spread, strict=True))
        return strided_windows(
            rank,
            spatial,
            per_axis("kernel_size", self.kernel_size, rank),
            per_axis("strides", self.strides, rank),
            self.padding,
            per_axis("kernel_dilation", self.kernel_dilation, rank),
            spread,
        )

    def spatial_output(self, spatial: Shape) -> Shape:
        return conv_output_size(
            spatial,
            self.kernel_size,
            self.strides,
            self.padding,
            self.kernel_dilation,
            self.input_dilation,
        )

    def output_shape(self, shape: Shape) -> Shape:
        spatial = self.spatial_output(spatial_axes(shape))
        self._check_channels(shape[-1])
        return (*spatial, self.features)

    def weights(self, shape: Shape) -> dict[str, Shape]:
        kernel_size = per_axis("kernel_size", self.kernel_size, len(shape) - 1)
        kernel = (*kernel_size, shape[-1] // self.feature_group_count, self.features)
        return {"kernel": kernel, "bias": (self.features,)} if self.use_bias else {"kernel": kernel}

    def multiply_adds(self, shape: Shape, *, padded_taps: bool = True) -> int:
        spatial = shape[:-1]
        taps = 1
        axes = zip(
            self.windows(len(spatial), spatial), spatial, self.spatial_output(spatial), strict=True
        )
        for window, size, positions in axes:
            taps *= (
                self._all_taps(window, size, positions)
                if padded_taps
                else window.taps_on_pixels(size, positions)
            )
        return taps * (shape[-1] // self.feature_group_count) * self.features

    def _all_taps(self, window: Window, size: int, positions: int) -> int:
        return window.kernel * positions

    def operations(self, shape: Shape) -> int:
        return math.prod(self.output_shape(shape)) if self.use_bias else 0

    def rank_hint(self) -> int:
        return longest(self.kernel_size, self.strides, self.kernel_dilation, self.padding)

    def _check_channels(self, channels: int) -> None:
        groups = self.feature_group_count
        if self.in_features is not None and channels != self.in_features:
            raise ValueError(
                f"the layer was built for in_features (={self.in_features}) but gets "
                f"{channels} channels"
            )
        if groups < 1 or channels % groups or self.features % groups:
            raise ValueError(
                f"feature_group_count (={groups}) must divide the input channels (={channels}) "
                f"and features (={self.features})"
            )

    def __str__(self) -> str:
        values: dict[str, Any] = {"C_out": self.features, "K": self.kernel_size, "S": self.strides}
        values["P"] = self.padding
        if sizes(self.kernel_dilation) != "1":
            values["D"] = self.kernel_dilation
        if self.feature_group_count != 1:
            values["G"] = self.feature_group_count
        return call_text(type(self).__name__, **values)


@dataclass(frozen=True)
class ConvTranspose(Conv):
    """A transposed convolution with PyTorch's semantics: (N - 1) S - 2 P + D (K - 1) + 1 + extra.

    Attributes:
        output_padding: pixels added on the right of the output.

    Source: PyTorch's ``ConvTranspose2d``.

    >>> ConvTranspose(8, 4, strides=2, padding=1).output_shape((7, 7, 16))
    (14, 14, 8)
    """

    padding: Padding = 0
    output_padding: IntOrAxes = 0

    def windows(self, rank: int, spatial: Shape | None) -> tuple[Window, ...]:
        kernels = per_axis("kernel_size", self.kernel_size, rank)
        strides = per_axis("strides", self.strides, rank)
        dilations = per_axis("kernel_dilation", self.kernel_dilation, rank)
        crops = transposed_pairs(self.padding, kernels, strides, dilations)
        return tuple(
            Window(kernel, 1, (kernel - 1) * dilation - low, dilation, stride)
            for kernel, stride, dilation, (low, _) in zip(
                kernels, strides, dilations, crops, strict=True
            )
        )

    def spatial_output(self, spatial: Shape) -> Shape:
        return conv_transpose_output_size(
            spatial,
            self.kernel_size,
            self.strides,
            self.padding,
            self.output_padding,
            self.kernel_dilation,
        )

    def _all_taps(self, window: Window, size: int, positions: int) -> int:
        return window.kernel * size  # the zeros between pixels are never multiplied


@dataclass(frozen=True)
class Pool(_Windowed):
    """A pooling; ``strides=None`` means the window.

    Attributes:
        window_shape, strides, padding, kernel_dilation, ceil_mode: as in `jaxcnn.nn`.
        kind: ``"max"``, ``"avg"``, ``"min"`` or ``"lp"``.

    >>> Pool(2).output_shape((7, 7, 50))
    (3, 3, 50)
    """

    window_shape: IntOrAxes
    strides: IntOrAxes | None = None
    padding: Padding = "valid"
    kernel_dilation: IntOrAxes = 1
    ceil_mode: bool = False
    kind: Literal["max", "avg", "min", "lp"] = "max"

    def __post_init__(self) -> None:
        a_choice("kind", self.kind, ("max", "avg", "min", "lp"))

    def windows(self, rank: int, spatial: Shape | None) -> tuple[Window, ...]:
        kernels = per_axis("window_shape", self.window_shape, rank)
        return strided_windows(
            rank,
            spatial,
            kernels,
            kernels if self.strides is None else per_axis("strides", self.strides, rank),
            self.padding,
            per_axis("kernel_dilation", self.kernel_dilation, rank),
            (1,) * rank,
        )

    def spatial_output(self, spatial: Shape) -> Shape:
        return pool_output_size(
            spatial,
            self.window_shape,
            self.strides,
            self.padding,
            self.kernel_dilation,
            self.ceil_mode,
        )

    def operations(self, shape: Shape) -> int:
        taps = math.prod(per_axis("window_shape", self.window_shape, len(shape) - 1))
        return math.prod(self.output_shape(shape)) * taps

    def rank_hint(self) -> int:
        return longest(self.window_shape, self.strides, self.kernel_dilation, self.padding)

    def __str__(self) -> str:
        strides = self.window_shape if self.strides is None else self.strides
        values: dict[str, Any] = {"K": self.window_shape, "S": strides}
        if self.padding not in ("valid", "VALID", 0):
            values["P"] = self.padding
        return call_text(f"{self.kind.capitalize()}Pool", **values)


@dataclass(frozen=True)
class AdaptivePool(Layer):
    """A pooling to a fixed output size, whatever the input (PyTorch's bins).

    >>> AdaptivePool(7).output_shape((10, 12, 64))
    (7, 7, 64)
    """

    output_size: int | Sequence[int | None] | None
    kind: Literal["avg", "max"] = "avg"

    def output_shape(self, shape: Shape) -> Shape:
        spatial = spatial_axes(shape)
        wanted = self.output_size
        entries = tuple(wanted) if isinstance(wanted, Sequence) else (wanted,) * len(spatial)
        if len(entries) != len(spatial):
            raise ValueError(
                f"output_size (={wanted!r}) must be one int or one per spatial axis ({len(spatial)})"
            )
        bins = tuple(n if o is None else o for n, o in zip(spatial, entries, strict=True))
        return (*per_axis("output_size", bins, len(spatial)), shape[-1])

    def operations(self, shape: Shape) -> int:
        total = shape[-1]
        for size, bins in zip(shape[:-1], self.output_shape(shape)[:-1], strict=True):
            total *= sum(-(-(i + 1) * size // bins) - i * size // bins for i in range(bins))
        return total

    def widen(self, fields: Fields, shape: Shape | None) -> Fields:
        spatial = known(shape, "adaptive pooling")[:-1]
        bins = self.output_shape((*spatial, 1))[:-1]
        return tuple(f.through_bins(n, o) for f, n, o in zip(fields, spatial, bins, strict=True))

    def __str__(self) -> str:
        return call_text(f"Adaptive{self.kind.capitalize()}Pool", out=self.output_size)


def spatial_axes(shape: Shape) -> Shape:
    """The spatial part of a shape; ``ValueError`` for a flat vector."""
    if len(shape) < 2:
        raise ValueError(
            f"input (={shape}) must have spatial axes and channels: "
            "a window cannot slide over a flat vector"
        )
    return shape[:-1]


def strided_windows(
    rank: int,
    spatial: Shape | None,
    kernels: Shape,
    strides: Shape,
    padding: Padding,
    dilations: Shape,
    input_dilations: Shape,
) -> tuple[Window, ...]:
    """The window along each axis, its padding found from the library's vocabulary."""
    if spatial is None:
        if str(padding).lower() == "same" and max(strides) > 1:
            known(spatial, "padding 'same' with strides")
        spatial = (1,) * rank  # no other padding depends on it
    pairs = explicit_padding(padding, spatial, kernels, strides, dilations)
    return tuple(
        Window(kernels[i], strides[i], pairs[i][0], dilations[i], input_dilations[i])
        for i in range(rank)
    )
