"""Pooling layers: shells around the pools of `jaxcnn.functional`."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import jax
from flax import nnx

from jaxcnn import analysis, functional
from jaxcnn.functional._arguments import an_int, per_axis

Ints = int | Sequence[int]
Padding = str | int | Sequence[int] | Sequence[tuple[int, int]]


class Pool(nnx.Module):
    """Window and steps, the same for every rank and kind."""

    rank: ClassVar[int]
    kind: ClassVar[Literal["max", "avg", "min", "lp"]]

    def __init__(
        self,
        window_shape: Ints,
        strides: Ints | None = None,
        padding: Padding = "valid",
        *,
        kernel_dilation: Ints = 1,
        ceil_mode: bool = False,
    ) -> None:
        self.window_shape = per_axis("window_shape", window_shape, self.rank)
        self.strides = (
            self.window_shape if strides is None else per_axis("strides", strides, self.rank)
        )
        self.padding = padding
        self.kernel_dilation = per_axis("kernel_dilation", kernel_dilation, self.rank)
        self.ceil_mode = ceil_mode
        # Any size will do: what is wrong with a padding does not depend on it.
        functional.explicit_padding(padding, self.window_shape, self.window_shape, self.strides)

    def _window(self) -> dict[str, Any]:
        return {
            "window_shape": self.window_shape,
            "strides": self.strides,
            "padding": self.padding,
            "kernel_dilation": self.kernel_dilation,
            "ceil_mode": self.ceil_mode,
        }

    def describe(self) -> analysis.Layer:
        """The layer as `jaxcnn.analysis` sees it."""
        return analysis.Pool(**self._window(), kind=self.kind)


class MaxPool(Pool):
    """Maximum pooling over ``rank`` axes; see `MaxPool2d`."""

    kind = "max"

    def __init__(
        self,
        window_shape: Ints,
        strides: Ints | None = None,
        padding: Padding = "valid",
        *,
        kernel_dilation: Ints = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> None:
        super().__init__(
            window_shape, strides, padding, kernel_dilation=kernel_dilation, ceil_mode=ceil_mode
        )
        self.return_indices = return_indices

    def __call__(self, x: jax.Array) -> Any:
        """Pools ``x``: ``(*batch, *spatial, channels)``; with indices, a pair."""
        if self.return_indices:
            return functional.max_pool(x, **self._window(), return_indices=True)
        return functional.max_pool(x, **self._window())


class MinPool(Pool):
    """Minimum pooling over ``rank`` axes; see `MaxPool2d`."""

    kind = "min"

    def __call__(self, x: jax.Array) -> jax.Array:
        """Pools ``x``: ``(*batch, *spatial, channels)``."""
        return functional.min_pool(x, **self._window())


class AvgPool(Pool):
    """Average pooling over ``rank`` axes; see `AvgPool2d`."""

    kind = "avg"

    def __init__(
        self,
        window_shape: Ints,
        strides: Ints | None = None,
        padding: Padding = "valid",
        *,
        kernel_dilation: Ints = 1,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__(
            window_shape, strides, padding, kernel_dilation=kernel_dilation, ceil_mode=ceil_mode
        )
        self.count_include_pad = count_include_pad
        self.divisor_override = (
            None if divisor_override is None else an_int("divisor_override", divisor_override, 1)
        )

    def __call__(self, x: jax.Array) -> jax.Array:
        """Pools ``x``: ``(*batch, *spatial, channels)``."""
        return functional.avg_pool(
            x,
            **self._window(),
            count_include_pad=self.count_include_pad,
            divisor_override=self.divisor_override,
        )


class MaxPool1d(MaxPool):
    """Maximum pooling of ``(*batch, length, channels)``; arguments as `MaxPool2d`.

    >>> MaxPool1d(2)(jnp.arange(1.0, 7.0).reshape(1, 6, 1)).ravel().tolist()
    [2.0, 4.0, 6.0]
    """

    rank = 1


class MaxPool2d(MaxPool):
    """Maximum pooling of ``(*batch, height, width, channels)``.

    Args:
        window_shape: Pixels of the window; an int counts for every axis.
        strides: Steps of the window; None means the window itself (Flax: 1).
        padding: As for `Conv2d`; padding never wins against a pixel.
        kernel_dilation: Distance between two taps of the window.
        ceil_mode: Let a last, partial window stick out at the end, as PyTorch does.
        return_indices: Return also where in the flattened map each maximum stood.

    Raises:
        ValueError: A value is out of range; when called, an input of wrong rank or smaller than
            the window, or of integers.

    Source: PyTorch's ``MaxPool2d``, for the rounding and the indices.

    >>> MaxPool2d(2)(jnp.arange(1.0, 17.0).reshape(1, 4, 4, 1)).squeeze().tolist()
    [[6.0, 8.0], [14.0, 16.0]]
    """

    rank = 2


class MaxPool3d(MaxPool):
    """Maximum pooling of ``(*batch, depth, height, width, channels)``; see `MaxPool2d`.

    >>> MaxPool3d(2)(jnp.ones((1, 4, 6, 8, 3))).shape
    (1, 2, 3, 4, 3)
    """

    rank = 3


class MinPool1d(MinPool):
    """Minimum pooling of ``(*batch, length, channels)``; see `MinPool2d`.

    >>> MinPool1d(2)(jnp.arange(1.0, 7.0).reshape(1, 6, 1)).ravel().tolist()
    [1.0, 3.0, 5.0]
    """

    rank = 1


class MinPool2d(MinPool):
    """Minimum pooling of ``(*batch, height, width, channels)``.

    Arguments and errors as `MaxPool2d`, without ``return_indices``.

    Source: ``-MaxPool2d(-x)``.

    >>> MinPool2d(2)(jnp.arange(1.0, 17.0).reshape(1, 4, 4, 1)).squeeze().tolist()
    [[1.0, 3.0], [9.0, 11.0]]
    """

    rank = 2


class MinPool3d(MinPool):
    """Minimum pooling of ``(*batch, depth, height, width, channels)``; see `MinPool2d`.

    >>> MinPool3d(2)(jnp.ones((1, 4, 6, 8, 3))).shape
    (1, 2, 3, 4, 3)
    """

    rank = 3


class AvgPool1d(AvgPool):
    """Average pooling of ``(*batch, length, channels)``; arguments as `AvgPool2d`.

    >>> AvgPool1d(2)(jnp.arange(1.0, 7.0).reshape(1, 6, 1)).ravel().tolist()
    [1.5, 3.5, 5.5]
    """

    rank = 1


class AvgPool2d(AvgPool):
    """Average pooling of ``(*batch, height, width, channels)``.

    Args:
        window_shape: Pixels of the window; an int counts for every axis.
        strides: Steps of the window; None means the window itself (Flax: 1).
        padding: As for `Conv2d`.
        kernel_dilation: Distance between two taps of the window.
        ceil_mode: Let a last, partial window stick out at the end, as PyTorch does.
        count_include_pad: Whether padding counts in the divisor.
        divisor_override: Divide by this instead of the number of pixels.

    Raises:
        ValueError: As `MaxPool2d`, or a ``divisor_override`` below 1.

    Source: PyTorch's ``AvgPool2d``, for the divisor.

    >>> AvgPool2d(2)(jnp.arange(1.0, 17.0).reshape(1, 4, 4, 1)).squeeze().tolist()
    [[3.5, 5.5], [11.5, 13.5]]
    """

    rank = 2


class AvgPool3d(AvgPool):
    """Average pooling of ``(*batch, depth, height, width, channels)``; see `AvgPool2d`.

    >>> AvgPool3d(2)(jnp.ones((1, 4, 6, 8, 3))).shape
    (1, 2, 3, 4, 3)
    """

    rank = 3
