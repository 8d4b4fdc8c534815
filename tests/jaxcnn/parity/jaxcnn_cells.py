"""What jaxcnn does; numbers are compared in the tests that docs/comparison.md names."""

import inspect
import tempfile
from pathlib import Path

import jax
import jax.numpy as jnp
from flax import nnx

import jaxcnn.functional as F
from jaxcnn import analysis, data, nn, training, transfer, weights

from .claims import refused, takes, yes

RNGS = nnx.Rngs(0)
X = jnp.ones((2, 8, 8, 4))
K = jnp.ones((3, 3, 4, 6))
ZEROS = {"kernel_init": nnx.initializers.zeros, "rngs": RNGS}
RANKS = (1, 2, 3)


def shape(function, *arrays, **options):
    """Shape of the result, found without computing or compiling anything."""
    return jax.eval_shape(lambda *arrays: function(*arrays, **options), *arrays).shape


def image(rank):
    return jnp.ones((2, *(8,) * rank, 4))


def kernel(rank):
    return jnp.ones((*(3,) * rank, 4, 6))


def sizes(function, *arrays, **options):
    return shape(function, *arrays, **options)[1:-1]


CELLS = {
    "rank 1, 2 and 3": yes(
        lambda: all(shape(F.conv, image(r), kernel(r)) == (2, *(8,) * r, 6) for r in RANKS)
    ),
    "int kernel size for every axis": yes(
        lambda: nn.Conv2d(4, 6, 3, **ZEROS).kernel.shape == (3, 3, 4, 6)
    ),
    "any number of batch axes": yes(
        lambda: shape(F.conv, X[0], K) == (8, 8, 6),
        lambda: shape(F.conv, X[None, None], K) == (1, 1, 2, 8, 8, 6),
    ),
    "valid and same": yes(
        lambda: sizes(F.conv, X, K, padding="valid") == (6, 6),
        lambda: sizes(F.conv, X, K, padding="SAME") == (8, 8),
    ),
    "same with a stride": yes(lambda: sizes(F.conv, X[:, :7], K, strides=2) == (4, 4)),
    "full": yes(lambda: sizes(F.conv, X, K, padding="full") == (10, 10)),
    "causal": yes(lambda: sizes(F.conv, X, K, padding="causal") == (8, 8)),
    "(low, high) per axis": yes(lambda: sizes(F.conv, X, K, padding=((1, 0), (2, 3))) == (7, 11)),
    "reflect": yes(lambda: sizes(F.conv, X, K, padding=3, padding_mode="reflect") == (12, 12)),
    "symmetric (reflect with the edge repeated)": yes(
        lambda: sizes(F.conv, X, K, padding=8, padding_mode="symmetric") == (22, 22)
    ),
    "replicate": yes(lambda: sizes(F.conv, X, K, padding=3, padding_mode="replicate") == (12, 12)),
    "circular": yes(lambda: sizes(F.conv, X, K, padding=3, padding_mode="circular") == (12, 12)),
    "groups": yes(lambda: sizes(F.conv, X, K[:, :, :2], feature_group_count=2) == (8, 8)),
    "input dilation": yes(lambda: sizes(F.conv, X, K, input_dilation=2) == (15, 15)),
    "kernel dilation with strides": yes(
        lambda: sizes(F.conv, X, K, strides=2, kernel_dilation=2, padding=0) == (2, 2)
    ),
    "true convolution": yes(takes(F.conv, "flip"), takes(nn.Conv2d, "flip")),
    "depthwise layers": yes(
        lambda: nn.DepthwiseConv1d(4, 3, **ZEROS).kernel.shape == (3, 1, 4),
        lambda: nn.DepthwiseConv3d(4, 3, **ZEROS).kernel.shape == (3, 3, 3, 1, 4),
    ),
    "separable layers": yes(
        lambda: nn.SeparableConv3d(4, 6, 3, **ZEROS).pointwise.kernel.shape == (1, 1, 1, 4, 6)
    ),
    "transposed: padding of the convolution undone": yes(
        lambda: sizes(F.conv_transpose, X, K, strides=2, padding=1) == (15, 15)
    ),
    "transposed: output padding": yes(
        lambda: sizes(F.conv_transpose, X, K, strides=2, padding=1, output_padding=1) == (16, 16)
    ),
    "transposed: groups": yes(
        lambda: sizes(F.conv_transpose, X, K[:, :, :2], feature_group_count=2) == (10, 10)
    ),
    "transposed: dilation with strides": yes(
        lambda: sizes(F.conv_transpose, X, K, strides=2, kernel_dilation=2) == (19, 19)
    ),
    "pooling layers": yes(lambda: shape(nn.MaxPool2d(2), X) == (2, 4, 4, 4)),
    "strides default to the window": yes(lambda: sizes(F.max_pool, X, window_shape=3) == (2, 2)),
    "int window": yes(lambda: sizes(F.avg_pool, X, window_shape=2) == (4, 4)),
    "pools padded by numbers": yes(
        lambda: sizes(F.max_pool, X, window_shape=3, padding=((2, 0), (1, 2))) == (3, 3)
    ),
    "ceil_mode": yes(lambda: sizes(F.max_pool, X, window_shape=3, ceil_mode=True) == (3, 3)),
    "dilated windows": yes(
        *(
            lambda pool=pool: sizes(pool, X, window_shape=2, strides=1, kernel_dilation=3) == (5, 5)
            for pool in (F.max_pool, F.avg_pool, F.min_pool)
        )
    ),
    "indices and unpooling": yes(
        lambda: (
            shape(lambda x: F.max_unpool(*F.max_pool(x, 2, return_indices=True), 2), X) == X.shape
        )
    ),
    "count_include_pad": yes(takes(F.avg_pool, "count_include_pad")),
    "divisor_override": yes(
        lambda: sizes(F.avg_pool, image(1), window_shape=2, divisor_override=3) == (4,)
    ),
    "min pools": yes(lambda: sizes(F.min_pool, X, window_shape=2) == (4, 4)),
    "Lp pools": yes(
        lambda: sizes(lambda x: F.lp_pool(x, 2, 2, 1, 1, kernel_dilation=2), X) == (8, 8)
    ),
    "adaptive pools": yes(
        lambda: all(
            bool(jnp.isfinite(F.adaptive_avg_pool(jnp.ones((1, n, n, 1)), 7)).all())
            for n in (7, 14, 28)
        )
    ),
    "global pools": yes(lambda: shape(F.global_avg_pool, X) == shape(F.global_max_pool, X)),
    "unfold and fold": yes(
        lambda: shape(F.unfold, image(3), window_shape=2) == (2, 7, 7, 7, 2, 2, 2, 4),
        lambda: shape(F.fold, jnp.ones((2, 7, 2, 4)), output_shape=8) == (2, 8, 4),
    ),
    "unbiased running variance": yes(takes(nn.BatchNorm, "unbiased")),
    "receptive field": yes(
        lambda: analysis.receptive_field([analysis.Conv(1, 3), analysis.Pool(2)]).size == (4,)
    ),
    "table of layers": yes(
        lambda: "8 x 8 x 6" in str(analysis.summary([analysis.Conv(6, 3)], (8, 8, 4)))
    ),
    "FLOPs": yes(lambda: analysis.summary([analysis.Dense(2)], (5,)).flops == 2 * 5 * 2 + 2),
    "window larger than the map": yes(
        refused(lambda: F.max_pool(X, 9), "ValueError", "window_shape (=(9, 9))"),
        refused(lambda: F.conv(X[:, :2], K, padding=0), "ValueError", "kernel (=(3, 3))"),
    ),
    "integer images": yes(
        refused(lambda: F.conv(X.astype(int), K), "ValueError", "x has dtype int32"),
        refused(lambda: nn.Conv2d(4, 6, 3, **ZEROS)(X.astype(int)), "ValueError", "int32"),
    ),
    "reflection as wide as the image": yes(
        refused(lambda: F.pad(X, 8, padding_mode="reflect"), "ValueError", "at most 7")
    ),
    "channels that do not match": yes(
        refused(lambda: F.conv(X, K[:, :, :2]), "ValueError", "takes 2 channels"),
        refused(lambda: nn.Conv2d(2, 6, 3, **ZEROS)(X), "ValueError", "in_features (=2)"),
    ),
    "groups that do not divide": yes(
        refused(
            lambda: nn.Conv2d(4, 6, 3, feature_group_count=3, **ZEROS),
            "ValueError",
            "in_features (=4) must be divisible by feature_group_count (=3)",
        ),
    ),
}


KEY = jax.random.key(0)
IMAGES, CLASSES = jnp.ones((2, 8, 8, 3)), jnp.eye(2)


def written(name, write=lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n")):
    """The arrays that are read from a file which was written."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / name)
        return weights.read_weights(Path(folder) / name)


CELLS |= {
    "rotation, shift, shear, zoom and flip in one resampling": yes(
        lambda: shape(F.course_augmentation, KEY, IMAGES) == (2, 8, 8, 3)
    ),
    "an explicit key decides": yes(
        takes(F.random_flip, "key"), takes(F.random_mixup, "key"), takes(F.random_affine, "key")
    ),
    "mixup and CutMix with their labels": yes(
        lambda: (
            [a.shape for a in jax.eval_shape(F.random_mixup, KEY, IMAGES, CLASSES)]
            == [(2, 8, 8, 3), (2, 2)]
        ),
        lambda: (
            [a.shape for a in jax.eval_shape(F.random_cutmix, KEY, IMAGES, CLASSES)]
            == [(2, 8, 8, 3), (2, 2)]
        ),
    ),
    "a box hidden at random (cutout)": yes(
        lambda: shape(lambda k, x: F.random_cutout(k, x, 4), KEY, IMAGES) == (2, 8, 8, 3)
    ),
    "one call trains": yes(takes(training.fit, "model", "data", "validation")),
    "goes on after a break": yes(takes(training.fit, "checkpoints", "checkpoint_steps", "resume")),
    "a loss that is not finite": yes(
        lambda: issubclass(training.DivergedError, FloatingPointError)
    ),
    "early stopping keeps the best weights": yes(takes(training.Settings, "patience")),
    "mixed precision by one setting": yes(takes(training.Settings, "mixed_precision")),
    "gradient accumulation by one setting": yes(takes(training.Settings, "accumulate")),
    "all devices are used": yes(
        lambda: inspect.signature(training.fit).parameters["devices"].default is None
    ),
    "seconds spent waiting for data": yes(
        lambda: training.History([{"waiting": 0.5}])["waiting"] == [0.5]
    ),
    "weights in PyTorch's files": yes(
        lambda: "w" in written("n.pth", lambda path: weights.write_torch(path, {"w": X}))
    ),
    "weights in Keras' files": yes(
        refused(lambda: written("n.h5"), "DamagedFileError", "is damaged HDF5")
    ),
    "weights in safetensors files": yes(
        lambda: (
            "w" in written("n.safetensors", lambda path: weights.write_safetensors(path, {"w": X}))
        )
    ),
    "networks with ImageNet weights": yes(lambda: "resnet18" in transfer.list_pretrained()),
    "a dense head becomes a convolution": yes(takes(transfer.convolutionise, "model")),
    "a folder of class folders": yes(
        takes(data.loader, "name", "size"), takes(data.load, "name", "size")
    ),
    "sets that ship with it": yes(lambda: "mnist_10k" in data.list_embedded()),
    "worker processes": yes(takes(data.loader, "workers")),
    "a loader's place is saved in mid-epoch": yes(
        lambda: data.loader("iconic", "all", batch_size=8).state()["position"] == 0
    ),
}
