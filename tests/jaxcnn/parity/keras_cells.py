"""What Keras does and does not, on its JAX backend."""

import inspect
import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from .claims import has_no_name, lacks, no, part, refused, takes, yes

X = np.random.default_rng(0).normal(size=(2, 8, 8, 4)).astype("float32")
POOLS = (layers.MaxPooling2D, layers.AveragePooling2D)
CONVS = (layers.Conv1D, layers.Conv2D, layers.Conv3D)


def conv(x=X, kernel_size=3, features=6, **options):
    return tuple(layers.Conv2D(features, kernel_size, **options)(x).shape[1:-1])


def transposed(**options):
    return tuple(layers.Conv2DTranspose(6, 3, **options)(X).shape[1:-1])


def no_pool_takes(*names):
    return [lacks(pool, *names) for pool in POOLS]


def running_variance():
    layer = layers.BatchNormalization(momentum=0.0)
    layer(X, training=True)
    return np.asarray(layer.moving_variance)


def averages_to_7(size):
    """Adaptive averages of a map of ones: all should be one."""
    return np.asarray(layers.AdaptiveAveragePooling2D(7)(np.ones((1, size, size, 1), "f")))


CELLS = {
    "rank 1, 2 and 3": yes(
        lambda: all(
            layer(6, 3)(np.ones((2, *(8,) * r, 4), "f")).shape == (2, *(6,) * r, 6)
            for r, layer in enumerate(CONVS, 1)
        )
    ),
    "int kernel size for every axis": yes(lambda: conv() == (6, 6)),
    "any number of batch axes": no(
        refused(lambda: conv(X[0]), "min_ndim=4"),
        refused(lambda: conv(X[None]), "same length as input"),
    ),
    "valid and same": yes(
        lambda: conv(padding="valid") == (6, 6), lambda: conv(padding="SAME") == (8, 8)
    ),
    "same with a stride": yes(lambda: conv(padding="same", strides=2) == (4, 4)),
    "full": no(refused(lambda: conv(padding="full"), "must be a list/tuple or one of")),
    "causal": part(
        lambda: layers.Conv1D(6, 3, padding="causal")(X[0]).shape == (8, 8, 6),
        refused(lambda: conv(padding="causal"), "must be a list/tuple or one of"),
    ),
    "(low, high) per axis": no(refused(lambda: conv(padding=((1, 0), (2, 3))), "must be either")),
    "reflect": no(*(lacks(layer, "padding_mode") for layer in CONVS)),
    "symmetric (reflect with the edge repeated)": no(
        *(lacks(layer, "padding_mode") for layer in CONVS)
    ),
    "replicate": no(*(lacks(layer, "padding_mode") for layer in CONVS)),
    "circular": no(*(lacks(layer, "padding_mode") for layer in CONVS)),
    "groups": yes(lambda: conv(groups=2) == (6, 6)),
    "input dilation": no(lacks(layers.Conv2D, "input_dilation"), lacks(ops.conv, "input_dilation")),
    "kernel dilation with strides": no(
        refused(lambda: conv(strides=2, dilation_rate=2), "not supported in conjunction")
    ),
    "true convolution": no(lacks(layers.Conv2D, "flip"), lacks(ops.conv, "flip")),
    "depthwise layers": part(
        lambda: layers.DepthwiseConv2D(3)(X).shape == (2, 6, 6, 4),
        has_no_name(layers, "depthwiseconv3d"),
    ),
    "separable layers": part(
        lambda: layers.SeparableConv2D(6, 3)(X).shape == (2, 6, 6, 6),
        has_no_name(layers, "separableconv3d"),
    ),
    "transposed: padding of the convolution undone": no(
        refused(lambda: transposed(strides=2, padding=1), "AttributeError")
    ),
    "transposed: output padding": yes(
        lambda: transposed(strides=2, output_padding=1) == (18, 18),
        lambda: transposed(strides=2, output_padding=0) == (17, 17),
    ),
    "transposed: groups": no(refused(lambda: transposed(groups=2), "Unrecognized keyword")),
    "transposed: dilation with strides": no(
        refused(lambda: transposed(strides=2, dilation_rate=2), "not supported in conjunction")
    ),
    "pooling layers": yes(lambda: layers.MaxPooling2D(2)(X).shape == (2, 4, 4, 4)),
    "strides default to the window": part(
        lambda: layers.MaxPooling2D(3)(X).shape == (2, 2, 2, 4),
        refused(lambda: ops.max_pool(X, 3), "inconsistent window_strides"),
    ),
    "int window": yes(lambda: layers.AveragePooling2D(2)(X).shape == (2, 4, 4, 4)),
    "pools padded by numbers": no(
        refused(lambda: layers.MaxPooling2D(2, padding=1)(X), "AttributeError"),
        refused(lambda: ops.max_pool(X, 2, padding=((1, 0), (2, 1))), ""),
    ),
    "ceil_mode": no(*no_pool_takes("ceil_mode"), lacks(ops.max_pool, "ceil_mode")),
    "dilated windows": no(*no_pool_takes("dilation", "dilation_rate", "dilations")),
    "indices and unpooling": no(
        *no_pool_takes("return_indices"), has_no_name(layers, "unpool"), has_no_name(ops, "unpool")
    ),
    "count_include_pad": no(
        *no_pool_takes("count_include_pad"),
        lambda: np.asarray(ops.average_pool(np.ones((1, 3, 3, 1), "f"), 3, 1, "same")).min() == 1,
    ),
    "divisor_override": no(*no_pool_takes("divisor_override")),
    "min pools": no(has_no_name(layers, "minpool"), has_no_name(ops, "min_pool")),
    "Lp pools": no(has_no_name(layers, "lppool"), has_no_name(ops, "lp_pool")),
    "adaptive pools": part(
        lambda: np.allclose(averages_to_7(10), 1),
        lambda: all(np.isnan(averages_to_7(size)).any() for size in (7, 14, 28)),
    ),
    "global pools": yes(lambda: layers.GlobalAveragePooling2D()(X).shape == (2, 4)),
    "unfold and fold": part(
        lambda: ops.unfold(np.moveaxis(X, -1, 1), 2).shape == (2, 16, 49),
        refused(lambda: ops.unfold(np.ones((1, 2, 4, 4, 4), "f"), 2), ""),
    ),
    "unbiased running variance": no(
        lambda: np.allclose(running_variance(), X.reshape(-1, 4).var(0), rtol=1e-4),
        lacks(layers.BatchNormalization, "unbiased", "ddof"),
    ),
    "receptive field": no(has_no_name(layers, "receptive"), has_no_name(ops, "receptive")),
    "table of layers": yes(lambda: _summary_names("conv2d")),
    "FLOPs": no(lambda: not _summary_names("flop")),
    "window larger than the map": part(
        refused(lambda: conv(kernel_size=9), "zero or negative"),
        lambda: layers.MaxPooling2D(9)(X).shape == (2, 0, 0, 4),
    ),
    "integer images": no(lambda: conv(X.astype("uint8")) == (6, 6)),
    "reflection as wide as the image": no(*(lacks(layer, "padding_mode") for layer in CONVS)),
    "channels that do not match": part(
        refused(lambda: _twice(layers.Conv2D(6, 3)), "expected axis -1"),
        # The kernel takes 2 of the 4 channels: computed in two groups that nobody asked for.
        lambda: ops.conv(X, np.ones((3, 3, 2, 6), "f")).shape == (2, 6, 6, 6),
    ),
    "groups that do not divide": yes(
        refused(lambda: conv(groups=4, features=6), "evenly divisible by the number of groups")
    ),
}


def _twice(layer):
    return layer(X), layer(X[..., :3])


def _summary_names(word):
    import keras

    model = keras.Sequential([keras.Input((8, 8, 4)), layers.Conv2D(6, 3)])
    lines = []
    model.summary(print_fn=lines.append)
    return word in "".join(lines).lower()


AUGMENTATION = (layers.RandomRotation, layers.RandomTranslation, layers.RandomZoom)


def load(name):
    """A network told to load a file of that name."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        if name.endswith(".h5"):
            with warnings.catch_warnings():  # of Keras, about NumPy 2
                warnings.simplefilter("ignore", DeprecationWarning)
                model.save_weights(file)
        else:
            file.write_bytes(b"")
        model.load_weights(file)
    return True


CELLS |= {
    "rotation, shift, shear, zoom and flip in one resampling": no(
        *(lacks(layer, "shear", "matrix") for layer in AUGMENTATION),
        has_no_name(layers, "randomaffine"),
    ),
    "an explicit key decides": no(
        *(lacks(layer.call, "key", "seed") for layer in AUGMENTATION),
        takes(layers.RandomFlip, "seed"),
    ),
    "mixup and CutMix with their labels": yes(
        lambda: hasattr(layers.MixUp, "transform_labels"),
        lambda: hasattr(layers.CutMix, "transform_labels"),
    ),
    "a box hidden at random (cutout)": yes(takes(layers.RandomErasing, "factor")),
    "one call trains": yes(takes(keras.Model.fit, "x", "validation_data")),
    "goes on after a break": part(
        takes(keras.callbacks.BackupAndRestore, "save_freq"),
        takes(keras.Model.fit, "initial_epoch"),
        lacks(keras.Model.fit, "initial_step", "initial_batch"),
    ),
    "a loss that is not finite": part(
        lambda: hasattr(keras.callbacks.TerminateOnNaN, "on_batch_end"),
        lacks(keras.callbacks.TerminateOnNaN, "restore_weights", "checkpoint"),
    ),
    "early stopping keeps the best weights": yes(
        takes(keras.callbacks.EarlyStopping, "restore_best_weights")
    ),
    "mixed precision by one setting": yes(
        lambda: keras.DTypePolicy("mixed_bfloat16").compute_dtype == "bfloat16"
    ),
    "gradient accumulation by one setting": yes(
        takes(keras.optimizers.Optimizer, "gradient_accumulation_steps")
    ),
    "all devices are used": part(
        lambda: keras.distribution.distribution() is None,
        lambda: hasattr(keras.distribution, "DataParallel"),
        lambda: hasattr(keras.distribution, "set_distribution"),
    ),
    "seconds spent waiting for data": no(
        lacks(keras.Model.fit, "waiting"), has_no_name(keras.callbacks.History, "wait")
    ),
    "weights in PyTorch's files": no(refused(lambda: load("net.pth"), "File format not supported")),
    "weights in Keras' files": yes(lambda: load("net.weights.h5")),
    "weights in safetensors files": no(
        refused(lambda: load("net.safetensors"), "File format not supported")
    ),
    "networks with ImageNet weights": yes(
        lambda: (
            inspect.signature(keras.applications.ResNet50).parameters["weights"].default
            == "imagenet"
        )
    ),
    "a dense head becomes a convolution": no(
        has_no_name(keras.models, "conv"), has_no_name(keras.utils, "convolution", "dense")
    ),
    "a folder of class folders": yes(
        takes(keras.utils.image_dataset_from_directory, "directory", "format")
    ),
    "sets that ship with it": no(
        lambda: "get_file(" in inspect.getsource(keras.datasets.mnist.load_data)
    ),
    "worker processes": yes(takes(keras.utils.PyDataset, "workers", "use_multiprocessing")),
    "a loader's place is saved in mid-epoch": no(
        has_no_name(keras.utils.PyDataset, "state", "position")
    ),
}
