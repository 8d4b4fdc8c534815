"""Convolution layers: shells that hold a kernel and call `jaxcnn.functional.conv`."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from flax.nnx.nn import dtypes

from jaxcnn import analysis, functional
from jaxcnn.functional._arguments import a_choice, an_int, per_axis
from jaxcnn.functional._padding import PADDING_MODES

from ._inputs import checked_input

Ints = int | Sequence[int]
Padding = str | int | Sequence[int] | Sequence[tuple[int, int]]
Initializer = Callable[[jax.Array, Sequence[int], Any], jax.Array]
Metadata = Mapping[str, Any]

default_kernel_init: Initializer = nnx.initializers.lecun_normal()
default_bias_init: Initializer = nnx.initializers.zeros_init()


class KernelLayer(nnx.Module):
    """Kernel, bias and hyper-parameters, the same for every rank and direction.

    The kernel has the shape ``(*kernel_size, in_features // feature_group_count, out_features)``.
    """

    rank: ClassVar[int]

    def __init__(
        self,
        in_features: int,
        out_features: int,
        kernel_size: Ints,
        strides: Ints | None,
        *,
        padding: Padding,
        kernel_dilation: Ints | None,
        feature_group_count: int,
        use_bias: bool,
        mask: jax.Array | None,
        dtype: Any,
        param_dtype: Any,
        precision: jax.lax.PrecisionLike,
        kernel_init: Initializer,
        bias_init: Initializer,
        promote_dtype: Callable[..., Any],
        preferred_element_type: Any,
        rngs: nnx.Rngs,
        kernel_metadata: Metadata,
        bias_metadata: Metadata,
    ) -> None:
        self.in_features = an_int("in_features", in_features, 1)
        self.out_features = an_int("out_features", out_features, 1)
        self.kernel_size = per_axis("kernel_size", kernel_size, self.rank)
        self.strides = per_axis("strides", 1 if strides is None else strides, self.rank)
        self.padding = padding
        self.kernel_dilation = per_axis(
            "kernel_dilation", 1 if kernel_dilation is None else kernel_dilation, self.rank
        )
        self.feature_group_count = an_int("feature_group_count", feature_group_count, 1)
        for name in ("in_features", "out_features"):
            if getattr(self, name) % feature_group_count:
                raise ValueError(
                    f"{name} (={getattr(self, name)}) must be divisible by "
                    f"feature_group_count (={feature_group_count})"
                )
        self.use_bias = use_bias
        self.dtype, self.param_dtype, self.precision = dtype, param_dtype, precision
        self.promote_dtype = promote_dtype
        self.preferred_element_type = preferred_element_type

        shape = self.kernel_shape
        if mask is not None and mask.shape != shape:
            raise ValueError(f"mask has shape {mask.shape}, but must have the kernel's, {shape}")
        self.mask = nnx.data(mask)
        kernel = kernel_init(rngs.params(), shape, param_dtype)
        self.kernel = nnx.Param(kernel, **kernel_metadata)
        self.bias: nnx.Param[jax.Array] | None = nnx.data(None)
        if use_bias:
            bias = bias_init(rngs.params(), (out_features,), param_dtype)
            self.bias = nnx.Param(bias, **bias_metadata)

    @property
    def kernel_shape(self) -> tuple[int, ...]:
        """``(*kernel_size, in_features // feature_group_count, out_features)``."""
        depth = self.in_features // self.feature_group_count
        return (*self.kernel_size, depth, self.out_features)

    def operands(self, x: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array | None]:
        """Input, masked kernel and bias in the dtype of the computation."""
        x = checked_input(x, "in_features", self.in_features, self.dtype, rank=self.rank)
        kernel = self.kernel[...] if self.mask is None else self.kernel[...] * self.mask
        bias = None if self.bias is None else self.bias[...]
        x, kernel, bias = self.promote_dtype((x, kernel, bias), dtype=self.dtype)
        if self.preferred_element_type is not None:
            with jax.numpy_dtype_promotion("standard"):
                wide = jnp.promote_types(x.dtype, self.preferred_element_type)
            x, kernel = x.astype(wide), kernel.astype(wide)
            bias = None if bias is None else bias.astype(wide)
        return x, kernel, bias

    def result(self, y: jax.Array) -> jax.Array:
        """``y`` in the dtype asked for."""
        preferred = self.preferred_element_type
        return y if preferred is None else y.astype(preferred)


class Conv(KernelLayer):
    """A convolution over ``rank`` spatial axes; see `Conv2d`."""

    def __init__(
        self,
        in_features: int,
        out_features: int,
        kernel_size: Ints,
        strides: Ints | None = 1,
        *,
        padding: Padding = "same",
        padding_mode: str = "zeros",
        input_dilation: Ints | None = 1,
        kernel_dilation: Ints | None = 1,
        feature_group_count: int = 1,
        use_bias: bool = True,
        flip: bool = False,
        mask: jax.Array | None = None,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        precision: jax.lax.PrecisionLike = None,
        kernel_init: Initializer = default_kernel_init,
        bias_init: Initializer = default_bias_init,
        promote_dtype: Callable[..., Any] = dtypes.promote_dtype,
        preferred_element_type: Any = None,
        rngs: nnx.Rngs,
        kernel_metadata: Metadata = MappingProxyType({}),
        bias_metadata: Metadata = MappingProxyType({}),
    ) -> None:
        super().__init__(
            in_features,
            out_features,
            kernel_size,
            strides,
            padding=padding,
            kernel_dilation=kernel_dilation,
            feature_group_count=feature_group_count,
            use_bias=use_bias,
            mask=mask,
            dtype=dtype,
            param_dtype=param_dtype,
            precision=precision,
            kernel_init=kernel_init,
            bias_init=bias_init,
            promote_dtype=promote_dtype,
            preferred_element_type=preferred_element_type,
            rngs=rngs,
            kernel_metadata=kernel_metadata,
            bias_metadata=bias_metadata,
        )
        self.padding_mode = a_choice("padding_mode", padding_mode, PADDING_MODES)
        self.input_dilation = per_axis(
            "input_dilation", 1 if input_dilation is None else input_dilation, self.rank
        )
        self.flip = flip
        if isinstance(padding, str) and padding.lower() in ("circular", "reflect"):
            if self.padding_mode not in ("zeros", padding.lower()):
                raise ValueError(
                    f"padding_mode (={padding_mode!r}) must not contradict padding (={padding!r}), "
                    "which names a mode itself"
                )
            self.padding, self.padding_mode = self._flax_padding(), padding.lower()
        size = (1,) * self.rank  # any: what is wrong with a padding does not depend on it
        functional.explicit_padding(self.padding, size, self.kernel_size, self.strides)

    def _flax_padding(self) -> tuple[tuple[int, int], ...]:
        """Flax names two padding modes as paddings; with strides they are not its "same"."""
        extents = ((k - 1) * d for k, d in zip(self.kernel_size, self.kernel_dilation, strict=True))
        return tuple((extent // 2, (extent + 1) // 2) for extent in extents)

    def __call__(self, x: jax.Array) -> jax.Array:
        """Convolves ``x``: ``(*batch, *spatial, in_features)``, any number of batch axes."""
        x, kernel, bias = self.operands(x)
        y = functional.conv(
            x,
            kernel,
            bias,
            strides=self.strides,
            padding=self.padding,
            padding_mode=self.padding_mode,
            kernel_dilation=self.kernel_dilation,
            input_dilation=self.input_dilation,
            feature_group_count=self.feature_group_count,
            flip=self.flip,
            precision=self.precision,
        )
        return self.result(y)

    def describe(self) -> analysis.Layer:
        """The layer as `jaxcnn.analysis` sees it."""
        return analysis.Conv(
            self.out_features,
            self.kernel_size,
            self.strides,
            self.padding,
            self.kernel_dilation,
            self.input_dilation,
            self.feature_group_count,
            self.use_bias,
            self.in_features,
        )


class Conv1d(Conv):
    """A convolution along one axis, ``(*batch, length, channels)``; arguments as `Conv2d`.

    >>> layer = Conv1d(2, 4, 5, padding="causal", rngs=nnx.Rngs(0))
    >>> layer(jnp.ones((1, 50, 2))).shape
    (1, 50, 4)
    """

    rank = 1


class Conv2d(Conv):
    """A convolution over ``(*batch, height, width, channels)``.

    Takes the arguments of ``flax.nnx.Conv`` (but ``conv_general_dilated``) and gives the same
    numbers for the same ``rngs``, with the library's whole padding vocabulary.

    Args:
        in_features: Channels of the input.
        out_features: Channels of the output, the number of filters.
        kernel_size: Taps per spatial axis; an int counts for every axis.
        strides: Steps of the kernel per axis.
        padding: ``"valid" | "same" | "full" | "causal"`` in any case, an int, ints per axis, or
            (low, high) pairs per axis; see `jaxcnn.functional.explicit_padding`. Flax's
            ``"CIRCULAR"`` and ``"REFLECT"`` are understood too, and are padding modes here.
        padding_mode: ``"zeros"``, ``"reflect"``, ``"symmetric"``, ``"replicate"`` or ``"circular"``.
        input_dilation: Distance between two pixels after zeros are put between them.
        kernel_dilation: Distance between two taps.
        feature_group_count: Groups of channels convolved apart.
        use_bias: Whether to add a bias.
        flip: Whether to compute the true convolution, with flipped kernel.
        mask: Array of the kernel's shape that multiplies it.
        dtype: Type of the computation; None infers it from input and parameters, and refuses
            integers.
        param_dtype: Type of the parameters.
        precision: See ``jax.lax.Precision``.
        kernel_init: Initialiser of the kernel, ``(*kernel_size, in_features // groups, out)``.
        bias_init: Initialiser of the bias, ``(out_features,)``.
        promote_dtype: Function that brings input, kernel and bias to one type.
        preferred_element_type: Type of the output, computed in the wider of it and ``dtype``.
        rngs: Random streams; ``params`` is used.
        kernel_metadata: Metadata of the kernel's ``nnx.Param``.
        bias_metadata: Metadata of the bias's ``nnx.Param``.

    Raises:
        ValueError: A size, stride, dilation or group count is out of range, a padding or mode is
            unknown; when called, an input of wrong rank, dtype or channel count, or smaller than
            the kernel.

    Source: ``flax.nnx.Conv``; V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep
    learning*, 2016.

    >>> layer = Conv2d(3, 10, kernel_size=(5, 5), padding=2, rngs=nnx.Rngs(0))
    >>> layer(jnp.ones((1, 32, 32, 3))).shape
    (1, 32, 32, 10)
    """

    rank = 2


class Conv3d(Conv):
    """A convolution over ``(*batch, depth, height, width, channels)``; arguments as `Conv2d`.

    >>> layer = Conv3d(1, 4, 3, strides=2, rngs=nnx.Rngs(0))
    >>> layer(jnp.ones((1, 8, 8, 8, 1))).shape
    (1, 4, 4, 4, 4)
    """

    rank = 3
