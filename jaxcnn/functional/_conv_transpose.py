"""Transposed convolution of rank 1 to 3, channels last."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional import _lowering
from jaxcnn.functional._arguments import one_batch_axis, per_axis, split_batch_axis
from jaxcnn.functional._conv import add_bias, check_groups, conv_operands
from jaxcnn.functional._geometry import transposed_pairs, transposed_sizes
from jaxcnn.functional._padding import Padding, span

Ints = int | Sequence[int]


def conv_transpose(
    x: jax.Array,
    kernel: jax.Array,
    bias: jax.Array | None = None,
    *,
    strides: Ints = 1,
    padding: Padding = 0,
    output_padding: Ints = 0,
    kernel_dilation: Ints = 1,
    feature_group_count: int = 1,
    precision: lax.PrecisionLike = None,
) -> jax.Array:
    """Paint a copy of the kernel at every pixel: ``y[pS + tD, o] += x[p, i] kernel[t, i, o]``.

    It is the linear transpose (the gradient) of a convolution from the output's size to the
    input's, with the semantics of PyTorch's ``ConvTranspose``.

    Args:
        x: ``(*batch, *spatial, in_features)``, with any number of batch axes, also none.
        kernel: ``(*kernel_size, in_features // feature_group_count, out_features)``, mapping in to
            out. From PyTorch's ``(in, out // groups, *kernel_size)``: within each group, move the
            first two axes last.
        bias: ``(out_features,)``, or None.
        strides: Distance ``S`` between two copies, one int or one per spatial axis.
        padding: The padding of the convolution that is transposed, hence what is cropped from the
            full output: an int, one int per axis, or (low, high) pairs. ``"valid"`` crops nothing,
            ``"full"`` ``D(K - 1)`` on both sides; ``"same"`` gives ``size * strides`` pixels;
            ``"causal"`` gives as many, none of which depends on a later input.
        output_padding: Pixels added after the output, below the stride or the dilation: of the
            sizes that the convolution rounds to the same one, it chooses the larger.
        kernel_dilation: Distance ``D`` between two taps, one int or one per axis.
        feature_group_count: Number of groups; group ``g`` of the outputs sees group ``g`` of the
            inputs only.
        precision: As in `jax.lax.conv_general_dilated`. On a CPU, more than the default asks native kernels for
            plain sums of products, without minimal filtering (see `use_native_kernels`).

    Returns:
        ``(*batch, *out, out_features)`` with the dtype of ``x``; see
        `conv_transpose_output_size`. Products of bfloat16 and float16 are summed in float32.

    Raises:
        ValueError: A wrong rank, dtype, channel or group count, an unknown padding, a value out
            of range, an ``output_padding`` not below stride or dilation, or nothing left.

    Source: Zeiler et al., *Deconvolutional networks*, 2010; PyTorch's ``ConvTranspose2d``.

    >>> x = jnp.array([1.0, 10.0]).reshape(1, 2, 1)
    >>> conv_transpose(x, jnp.array([1.0, 2, 3]).reshape(3, 1, 1), strides=2)[0, :, 0].tolist()
    [1.0, 2.0, 13.0, 20.0, 30.0]
    """
    x, kernel, rank = conv_operands(x, kernel, bias)
    groups = check_groups(x, kernel, feature_group_count)
    size = kernel.shape[:rank]
    steps = per_axis("strides", strides, rank)
    dilation = per_axis("kernel_dilation", kernel_dilation, rank)
    extra = per_axis("output_padding", output_padding, rank, minimum=0)

    x, batch = one_batch_axis(x, rank)
    cropped = transposed_pairs(padding, size, steps, dilation)
    transposed_sizes(x.shape[1:-1], size, steps, cropped, extra, dilation)
    reach = [span(k, d) - 1 for k, d in zip(size, dilation, strict=True)]
    y = _lowering.convolve(
        x,
        jnp.flip(kernel, range(rank)),
        strides=(1,) * rank,
        padding=[
            (r - low, r - high + more)
            for r, (low, high), more in zip(reach, cropped, extra, strict=True)
        ],
        input_dilation=steps,
        kernel_dilation=dilation,
        feature_group_count=groups,
        precision=precision,
    )
    return split_batch_axis(add_bias(y, bias), batch)
