"""What Flax NNX does and does not."""

import inspect

import flax.training
import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from flax.training import early_stopping

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
    "symmetric (reflect with the edge repeated)": no(
        refused(lambda: conv(padding="SYMMETRIC"), "padding")
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


CELLS |= {
    "rotation, shift, shear, zoom and flip in one resampling": no(
        has_no_name(nnx, "affine", "augment", "resampl"),
        has_no_name(flax.training, "affine", "augment", "resampl"),
    ),
    "an explicit key decides": no(
        has_no_name(nnx, "augment", "flip", "crop", "rotat"),
        has_no_name(flax.training, "augment", "flip", "crop", "rotat"),
    ),
    "mixup and CutMix with their labels": no(
        has_no_name(nnx, "mixup", "cutmix"), has_no_name(flax.training, "mixup", "cutmix")
    ),
    "a box hidden at random (cutout)": no(
        has_no_name(nnx, "cutout", "erasing"), has_no_name(flax.training, "cutout", "erasing")
    ),
    "one call trains": no(
        lambda: not any(name in ("fit", "train") for name in (*dir(nnx), *dir(nnx.Optimizer)))
    ),
    "goes on after a break": no(
        lacks(nnx.Optimizer.update, "resume", "step"), has_no_name(nnx, "checkpoint", "resume")
    ),
    "a loss that is not finite": no(
        has_no_name(nnx, "nan", "finite"), has_no_name(flax.training, "nan", "finite")
    ),
    "early stopping keeps the best weights": part(
        lambda: hasattr(early_stopping.EarlyStopping(), "patience_count"),
        lacks(early_stopping.EarlyStopping.update, "model", "weights", "params"),
    ),
    "mixed precision by one setting": no(
        takes(nnx.Conv, "dtype"),
        lacks(nnx.Optimizer, "dtype"),
        has_no_name(nnx, "precision", "policy"),
    ),
    "gradient accumulation by one setting": no(
        lacks(nnx.Optimizer, "accumulate", "steps"), has_no_name(nnx, "accumul")
    ),
    "all devices are used": no(
        lacks(nnx.Optimizer, "devices", "mesh"), has_no_name(nnx, "data_parallel", "dataparallel")
    ),
    "seconds spent waiting for data": no(
        has_no_name(nnx, "waiting"), has_no_name(flax.training, "waiting")
    ),
    "weights in PyTorch's files": no(
        has_no_name(nnx, "torch"), has_no_name(flax.training, "torch")
    ),
    "weights in Keras' files": no(has_no_name(nnx, "keras"), has_no_name(flax.training, "keras")),
    "weights in safetensors files": no(
        has_no_name(nnx, "safetensors"), has_no_name(flax.training, "safetensors")
    ),
    "networks with ImageNet weights": no(
        has_no_name(nnx, "pretrained", "imagenet", "applications"),
        has_no_name(flax.training, "pretrained", "imagenet", "applications"),
    ),
    "a dense head becomes a convolution": no(
        has_no_name(nnx, "convolutionise", "convolutionize", "to_conv"),
        has_no_name(flax.training, "convolutionise", "convolutionize", "to_conv"),
    ),
    "a folder of class folders": no(
        has_no_name(nnx, "folder", "directory"), has_no_name(flax.training, "folder", "directory")
    ),
    "sets that ship with it": no(
        has_no_name(nnx, "dataset", "mnist"), has_no_name(flax.training, "dataset", "mnist")
    ),
    "worker processes": no(
        has_no_name(nnx, "worker", "loader"), has_no_name(flax.training, "worker", "loader")
    ),
    "a loader's place is saved in mid-epoch": no(
        has_no_name(nnx, "loader"), has_no_name(flax.training, "loader")
    ),
}
