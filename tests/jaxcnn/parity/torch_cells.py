"""What PyTorch does and does not."""

import io
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .claims import has_no_name, lacks, no, part, refused, takes, yes

X = torch.from_numpy(np.random.default_rng(0).normal(size=(2, 4, 8, 8))).float()
K = torch.ones(6, 4, 3, 3)
LINE = X[0]  # (batch, channels, length)


def conv(x=X, kernel=K, **options):
    return tuple(F.conv2d(x, kernel, **options).shape[2:])


def transposed(groups=1, **options):
    return tuple(F.conv_transpose2d(X, torch.ones(4, 6, 3, 3), groups=groups, **options).shape[2:])


def with_mode(mode):
    return tuple(nn.Conv2d(4, 6, 3, padding=3, padding_mode=mode)(X).shape[2:]) == (12, 12)


def running_variance():
    layer = nn.BatchNorm2d(4, momentum=1.0)
    layer(X)
    return layer.running_var.numpy()


def counted_flops():
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        torch.ones(1, 5) @ torch.ones(5, 2)
    return counter.get_total_flops()


CELLS = {
    "rank 1, 2 and 3": yes(
        lambda: F.conv1d(LINE, torch.ones(6, 8, 3)).shape == (4, 6, 6),
        lambda: conv() == (6, 6),
        lambda: F.conv3d(X[None], torch.ones(5, 2, 3, 3, 3)).shape == (1, 5, 2, 6, 6),
    ),
    "int kernel size for every axis": yes(lambda: nn.Conv2d(4, 6, 3).weight.shape == (6, 4, 3, 3)),
    "any number of batch axes": part(
        lambda: F.conv2d(X[0], K).shape == (6, 6, 6),
        refused(lambda: F.conv2d(X[None], K), "Expected 3D (unbatched) or 4D (batched)"),
    ),
    "valid and same": yes(
        lambda: conv(padding="valid") == (6, 6), lambda: conv(padding="same") == (8, 8)
    ),
    "same with a stride": no(
        refused(lambda: conv(padding="same", stride=2), "not supported for strided")
    ),
    "full": no(refused(lambda: conv(padding="full"), "Invalid padding string")),
    "causal": no(refused(lambda: conv(padding="causal"), "Invalid padding string")),
    "(low, high) per axis": no(refused(lambda: conv(padding=((1, 0), (2, 3))), "TypeError")),
    "reflect": yes(lambda: with_mode("reflect")),
    "symmetric (reflect with the edge repeated)": no(
        refused(lambda: with_mode("symmetric"), "padding_mode must be one of")
    ),
    "replicate": yes(lambda: with_mode("replicate")),
    "circular": yes(lambda: with_mode("circular")),
    "groups": yes(lambda: conv(kernel=K[:, :2], groups=2) == (6, 6)),
    "input dilation": no(lacks(nn.Conv2d, "input_dilation", "lhs_dilation")),
    "kernel dilation with strides": yes(lambda: conv(stride=2, dilation=2) == (2, 2)),
    "true convolution": no(lacks(nn.Conv2d, "flip", "flip_kernel")),
    "depthwise layers": part(
        has_no_name(nn, "depthwise"), lambda: conv(kernel=torch.ones(8, 1, 3, 3), groups=4)
    ),
    "separable layers": no(has_no_name(nn, "separable")),
    "transposed: padding of the convolution undone": yes(
        lambda: transposed(stride=2, padding=1) == (15, 15)
    ),
    "transposed: output padding": yes(
        lambda: transposed(stride=2, padding=1, output_padding=1) == (16, 16)
    ),
    "transposed: groups": yes(lambda: transposed(groups=2) == (10, 10)),
    "transposed: dilation with strides": yes(lambda: transposed(stride=2, dilation=2) == (19, 19)),
    "pooling layers": yes(lambda: nn.MaxPool2d(2)(X).shape == (2, 4, 4, 4)),
    "strides default to the window": yes(lambda: F.max_pool2d(X, 3).shape[2:] == (2, 2)),
    "int window": yes(lambda: F.avg_pool2d(X, 2).shape[2:] == (4, 4)),
    "pools padded by numbers": part(
        lambda: F.max_pool2d(X, 3, padding=1).shape[2:] == (3, 3),
        refused(lambda: F.max_pool2d(X, 3, padding=2), "at most half"),
        refused(lambda: F.max_pool2d(X, 3, padding=((1, 0), (1, 1))), "TypeError"),
    ),
    "ceil_mode": yes(lambda: F.max_pool2d(X, 3, ceil_mode=True).shape[2:] == (3, 3)),
    "dilated windows": part(
        lambda: F.max_pool2d(X, 2, 1, dilation=3).shape[2:] == (5, 5),
        refused(lambda: F.avg_pool2d(X, 2, dilation=3), "TypeError", "dilation"),
    ),
    "indices and unpooling": yes(
        lambda: F.max_unpool2d(*F.max_pool2d(X, 2, return_indices=True), 2).shape == X.shape
    ),
    "count_include_pad": yes(lambda: F.avg_pool2d(X, 2, padding=1, count_include_pad=False).any()),
    "divisor_override": part(
        lambda: F.avg_pool2d(X, 2, divisor_override=3).shape[2:] == (4, 4),
        refused(lambda: F.avg_pool1d(LINE, 2, divisor_override=3), "TypeError"),
    ),
    "min pools": no(has_no_name(nn, "minpool"), has_no_name(F, "min_pool")),
    "Lp pools": part(
        lambda: F.lp_pool2d(X, 2, 2).shape[2:] == (4, 4), lacks(F.lp_pool2d, "padding", "dilation")
    ),
    "adaptive pools": yes(
        lambda: all(
            bool(F.adaptive_avg_pool2d(torch.ones(1, 1, n, n), 7).isfinite().all())
            for n in (7, 14, 28)
        )
    ),
    "global pools": part(
        has_no_name(nn, "global"), lambda: F.adaptive_avg_pool2d(X, 1).shape == (2, 4, 1, 1)
    ),
    "unfold and fold": part(
        lambda: F.fold(F.unfold(X, 2), (8, 8), 2).shape == X.shape,
        refused(lambda: F.unfold(X[None], 2), "Expected 3D or 4D"),
    ),
    "unbiased running variance": yes(
        lambda: np.allclose(running_variance(), X.numpy().var((0, 2, 3), ddof=1), rtol=1e-5)
    ),
    "receptive field": no(has_no_name(nn, "receptive"), has_no_name(torch.utils, "receptive")),
    "table of layers": no(
        has_no_name(nn, "summary", "tabulate"), has_no_name(torch.utils, "summary", "tabulate")
    ),
    "FLOPs": yes(lambda: counted_flops() == 2 * 5 * 2),
    "window larger than the map": yes(
        refused(lambda: F.max_pool2d(X, 9), "Output size is too small"),
        refused(lambda: conv(X[..., :2]), "Kernel size can't be greater"),
    ),
    "integer images": yes(refused(lambda: conv(X.int()), "RuntimeError")),
    "reflection as wide as the image": yes(
        refused(lambda: F.pad(X, (8, 8, 8, 8), "reflect"), "less than the corresponding")
    ),
    "channels that do not match": yes(
        refused(lambda: conv(kernel=K[:, :2]), "to have 2 channels, but got 4")
    ),
    "groups that do not divide": yes(
        refused(lambda: nn.Conv2d(4, 6, 3, groups=3), "in_channels must be divisible by groups")
    ),
}


PLACES = (nn, F, torch.utils, torch.utils.data, torch.optim)


def _under_autocast():
    with torch.autocast("cpu", torch.bfloat16):
        return nn.Linear(2, 2)(torch.ones(1, 2)).dtype


def _from_file():
    stream = io.BytesIO()
    torch.save(torch.ones(2), stream)
    stream.seek(0)
    return torch.load(stream)


def shipped(word):
    """Whether a file of the package has the word in its name."""
    return any(word in path.name for path in Path(torch.__file__).parent.glob("*/*"))


CELLS |= {
    "rotation, shift, shear, zoom and flip in one resampling": part(
        lambda: F.affine_grid(torch.eye(2, 3)[None], (1, 1, 4, 4), False).shape == (1, 4, 4, 2),
        has_no_name(F, "random", "rotat", "shear"),
    ),
    "an explicit key decides": no(
        lacks(F.grid_sample, "generator", "seed"),
        *(has_no_name(place, "augment") for place in PLACES),
    ),
    "mixup and CutMix with their labels": no(
        *(has_no_name(place, "mixup", "cutmix") for place in PLACES)
    ),
    "a box hidden at random (cutout)": no(
        *(has_no_name(place, "cutout", "erasing") for place in PLACES)
    ),
    "one call trains": no(lambda: not hasattr(nn.Module, "fit"), has_no_name(torch.optim, "fit")),
    "goes on after a break": no(
        lacks(torch.optim.Adam.step, "resume"),
        *(has_no_name(place, "resume", "trainer") for place in PLACES),
    ),
    "a loss that is not finite": no(
        *(
            has_no_name(place, "terminate", "finite")
            for place in (torch.optim, torch.utils, torch.utils.data)
        )
    ),
    "early stopping keeps the best weights": no(
        *(has_no_name(place, "early", "patience") for place in PLACES)
    ),
    "mixed precision by one setting": yes(lambda: _under_autocast() == torch.bfloat16),
    "gradient accumulation by one setting": no(
        lacks(torch.optim.Adam, "accumulate", "accumulation_steps"),
        has_no_name(torch.optim, "accumul"),
    ),
    "all devices are used": part(
        lambda: hasattr(nn.parallel, "DistributedDataParallel"),
        lacks(torch.optim.Adam, "devices", "mesh"),
    ),
    "seconds spent waiting for data": no(has_no_name(torch.utils.data.DataLoader, "wait")),
    "weights in PyTorch's files": yes(lambda: _from_file().shape == (2,)),
    "weights in Keras' files": no(
        *(has_no_name(place, "keras", "h5") for place in (torch, *PLACES))
    ),
    "weights in safetensors files": no(
        *(has_no_name(place, "safetensors") for place in (torch, *PLACES))
    ),
    "networks with ImageNet weights": no(
        *(
            has_no_name(place, "imagenet", "pretrained", "resnet")
            for place in (torch, torch.hub, *PLACES)
        )
    ),
    "a dense head becomes a convolution": no(
        *(has_no_name(place, "convolutionise", "convolutionize", "to_conv") for place in PLACES)
    ),
    "a folder of class folders": no(
        *(has_no_name(place, "folder", "directory") for place in PLACES)
    ),
    "sets that ship with it": no(
        lambda: not shipped("mnist"), has_no_name(torch.utils.data, "mnist", "cifar")
    ),
    "worker processes": yes(takes(torch.utils.data.DataLoader, "num_workers")),
    "a loader's place is saved in mid-epoch": no(
        has_no_name(torch.utils.data.DataLoader, "state", "position")
    ),
}
