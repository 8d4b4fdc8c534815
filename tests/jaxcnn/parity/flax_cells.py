"""What Flax NNX does and does not."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from .claims import has_no_name, lacks, no, part, refused, takes, yes

X = jnp.asarray(np.random.default_rng(0).normal(size=(2, 8, 8, 4)), jnp.float32)
ZEROS = {"kernel_init": nnx.initializers.zeros, "rngs": nnx.Rngs(0)}
POOLS = (nnx.max_pool, nnx.avg_pool, nnx.min_pool)


def conv(x=X, kernel_size=(3, 3), features=(4, 6), **options):
    return sizes(nnx.Conv(*features, kernel_size, **ZEROS, **options), x)


def transposed(**options):
    return sizes(nnx.ConvTranspose(4, 6, (3, 3), **ZEROS, **options), X)


def sizes(function, x):
    return jax.eval_shape(function, x).shape[1:-1]


def running_variance():
    layer = nnx.BatchNorm(4, momentum=0.0, rngs=nnx.Rngs(0))
    layer(X)
    return layer.var[...]


def no_pool_takes(*names):
    return [lacks(pool, *names) for pool in POOLS]


def seen_by_the_padding(width):
    """What a 1-D kernel whose first tap is one reads before the map."""
    layer = nnx.Conv(1, 1, (width,), padding="REFLECT", rngs=nnx.Rngs(0))
    layer.kernel[...] = jnp.zeros((width, 1, 1)).at[0].set(1)
    return np.asarray(layer(jnp.arange(1.0, 4.0).reshape(1, 3, 1))).ravel()


CELLS = {
    "rank 1, 2 and 3": yes(
        lambda: all(conv(jnp.ones((2, *(8,) * r, 4)), (3,) * r) == (8,) * r for r in (1, 2, 3)),
    ),
    "int kernel size for every axis": no(
        lambda: nnx.Conv(4, 6, 3, **ZEROS).kernel.shape == (3, 4, 6),
        lambda: conv(kernel_size=3) == (8, 8),
    ),
    "any number of batch axes": yes(
        lambda: nnx.Conv(4, 6, (3, 3), **ZEROS)(X[0]).shape == (8, 8, 6),
        lambda: nnx.Conv(4, 6, (3, 3), **ZEROS)(X[None, None]).shape == (1, 1, 2, 8, 8, 6),
    ),
    "valid and same": yes(
        lambda: conv(padding="valid") == (6, 6), lambda: conv(padding="SAME") == (8, 8)
    ),
    "same with a stride": yes(lambda: conv(strides=2) == (4, 4)),
    "full": no(*(refused(lambda p=p: conv(padding=p), "padding") for p in ("full", "FULL"))),
    "causal": part(
        lambda: conv(X[0], (3,), padding="CAUSAL") == (8,),
        refused(lambda: conv(padding="CAUSAL"), "only implemented for 1D"),
        refused(lambda: conv(padding="causal"), "Unrecognized padding"),
    ),
    "(low, high) per axis": yes(lambda: conv(padding=((1, 0), (2, 3))) == (7, 11)),
    "reflect": part(
        lambda: conv(padding="REFLECT") == (8, 8),
        refused(lambda: conv(padding="reflect"), "Unrecognized padding"),
        lacks(nnx.Conv, "padding_mode"),
    ),
    "replicate": no(
        *(refused(lambda p=p: conv(padding=p), "padding") for p in ("REPLICATE", "EDGE")),
        lacks(nnx.Conv, "padding_mode"),
    ),
    "circular": part(
        lambda: conv(padding="CIRCULAR") == (8, 8),
        refused(lambda: conv(padding="circular"), "Unrecognized padding"),
        lacks(nnx.Conv, "padding_mode"),
    ),
    "groups": yes(lambda: conv(feature_group_count=2) == (8, 8)),
    "input dilation": yes(lambda: conv(input_dilation=2, padding=1) == (15, 15)),
    "kernel dilation with strides": yes(
        lambda: conv(strides=2, kernel_dilation=2, padding=0) == (2, 2)
    ),
    "true convolution": no(lacks(nnx.Conv, "flip", "flip_kernel", "transpose_kernel")),
    "depthwise layers": part(
        has_no_name(nnx, "depthwise"), lambda: conv(features=(4, 8), feature_group_count=4)
    ),
    "separable layers": no(has_no_name(nnx, "separable")),
    "transposed: padding of the convolution undone": no(
        # PyTorch gives (8 - 1) * 1 + 3 - 2 * padding.
        lambda: transposed(padding=0) == (6, 6),
        lambda: transposed(padding=1) == (8, 8),
    ),
    "transposed: output padding": no(lacks(nnx.ConvTranspose, "output_padding")),
    "transposed: groups": no(lacks(nnx.ConvTranspose, "feature_group_count", "groups")),
    "transposed: dilation with strides": yes(
        lambda: transposed(strides=2, kernel_dilation=2, padding="VALID") == (19, 19)
    ),
    "pooling layers": no(
        lambda: not any(inspect.isclass(vars(nnx)[n]) for n in vars(nnx) if "pool" in n.lower())
    ),
    "strides default to the window": no(
        lambda: sizes(lambda x: nnx.max_pool(x, (2, 2)), X) == (7, 7)
    ),
    "int window": no(refused(lambda: nnx.max_pool(X, 2), "TypeError", "has no len()")),
    "pools padded by numbers": part(
        lambda: sizes(lambda x: nnx.max_pool(x, (3, 3), (3, 3), ((2, 0), (1, 2))), X) == (3, 3),
        refused(lambda: nnx.max_pool(X, (3, 3), padding=1), "TypeError", "not iterable"),
    ),
    "ceil_mode": no(*no_pool_takes("ceil_mode")),
    "dilated windows": no(*no_pool_takes("kernel_dilation", "window_dilation", "dilation")),
    "indices and unpooling": no(*no_pool_takes("return_indices"), has_no_name(nnx, "unpool")),
    "count_include_pad": yes(takes(nnx.avg_pool, "count_include_pad")),
    "divisor_override": no(*no_pool_takes("divisor_override")),
    "min pools": yes(lambda: sizes(lambda x: nnx.min_pool(x, (2, 2), (2, 2)), X) == (4, 4)),
    "Lp pools": no(has_no_name(nnx, "lp_pool", "lppool", "norm_pool")),
    "adaptive pools": no(has_no_name(nnx, "adaptive")),
    "global pools": no(has_no_name(nnx, "global_", "globalavg", "globalmax")),
    "unfold and fold": no(has_no_name(nnx, "fold", "patches", "im2col")),
    "unbiased running variance": no(
        lambda: np.allclose(running_variance(), X.reshape(-1, 4).var(0), rtol=1e-5),
        lacks(nnx.BatchNorm, "unbiased", "ddof"),
    ),
    "receptive field": no(has_no_name(nnx, "receptive")),
    "table of layers": yes(lambda: "kernel" in nnx.tabulate(nnx.Linear(4, 2, rngs=nnx.Rngs(0)), X)),
    "FLOPs": yes(takes(nnx.tabulate, "compute_flops")),
    "window larger than the map": no(
        lambda: nnx.max_pool(X, (9, 9)).shape == (2, 0, 0, 4),
        lambda: nnx.Conv(4, 6, (9, 9), padding="VALID", **ZEROS)(X).shape == (2, 0, 0, 6),
    ),
    "integer images": no(
        lambda: nnx.Conv(4, 6, (3, 3), **ZEROS)(X.astype(jnp.uint8)).dtype == jnp.float32
    ),
    "reflection as wide as the image": no(
        # Four pixels before a map of three: reflected once, it has two.
        lambda: seen_by_the_padding(9).tolist() == [1, 2, 3],
    ),
    "channels that do not match": yes(refused(lambda: conv(features=(2, 6)), "feature dimension")),
    "groups that do not divide": part(
        lambda: conv(features=(4, 6), feature_group_count=2) == (8, 8),
        lambda: _words_of_the_assertion() == "",
    ),
}


def _words_of_the_assertion():
    try:
        conv(features=(4, 6), feature_group_count=3)
    except AssertionError as error:
        return str(error)
    return "no assertion"
