"""The networks of `train_step.py` and `epoch.py` in PyTorch, layer for layer those of `jaxcnn.models`."""

from collections.abc import Callable

import torch
from torch import nn


def lenet() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 20, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(20, 50, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(2450, 500), nn.ReLU(), nn.Linear(500, 10),
    )  # fmt: skip


def cifar10_convnet() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(4096, 64), nn.ReLU(), nn.Linear(64, 10),
    )  # fmt: skip


def vgg16() -> nn.Module:
    layers: list[nn.Module] = []
    ins = 3
    for outs, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(ins, outs, 3, padding=1), nn.ReLU(inplace=True)]
            ins = outs
        layers.append(nn.MaxPool2d(2))
    head = [
        nn.Flatten(), nn.Linear(25088, 4096), nn.ReLU(inplace=True), nn.Dropout(),
        nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(4096, 1000),
    ]  # fmt: skip
    return nn.Sequential(*layers, *head)


def _conv_norm(
    ins: int, outs: int, kernel: int, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    conv = nn.Conv2d(ins, outs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(outs)]


class _Residual(nn.Module):
    def __init__(self, body: nn.Module, shortcut: nn.Module, last: nn.Module) -> None:
        super().__init__()
        self.body, self.shortcut, self.last = body, shortcut, last

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.body(x) + self.shortcut(x))


def resnet18() -> nn.Module:
    def body(ins: int, width: int, stride: int) -> list[nn.Module]:
        last = _conv_norm(width, width, 3)
        return [*_conv_norm(ins, width, 3, stride), nn.ReLU(inplace=True), *last]

    return _resnet((2, 2, 2, 2), 1, body)


def resnet50() -> nn.Module:
    def body(ins: int, width: int, stride: int) -> list[nn.Module]:
        return [
            *_conv_norm(ins, width, 1), nn.ReLU(inplace=True),
            *_conv_norm(width, width, 3, stride), nn.ReLU(inplace=True),
            *_conv_norm(width, 4 * width, 1),
        ]  # fmt: skip

    return _resnet((3, 4, 6, 3), 4, body)


def _resnet(
    counts: tuple[int, ...], widen: int, body: Callable[[int, int, int], list[nn.Module]]
) -> nn.Module:
    layers = [*_conv_norm(3, 64, 7, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    ins = 64
    for width, count in zip((64, 128, 256, 512), counts, strict=True):
        for number in range(count):
            stride, outs = 2 if number == 0 and width > 64 else 1, widen * width
            same = stride == 1 and ins == outs
            shortcut = nn.Identity() if same else nn.Sequential(*_conv_norm(ins, outs, 1, stride))
            block = nn.Sequential(*body(ins, width, stride))
            layers.append(_Residual(block, shortcut, nn.ReLU(inplace=True)))
            ins = outs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(ins, 1000))


def mobilenet_v2() -> nn.Module:
    layers = [*_conv_norm(3, 32, 3, 2), nn.ReLU6(inplace=True)]
    ins = 32
    for widen, outs, count, first in (
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
        (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ):  # fmt: skip
        for number in range(count):
            stride, wide = first if number == 0 else 1, ins * widen
            parts = [*_conv_norm(ins, wide, 1), nn.ReLU6(inplace=True)] if widen > 1 else []
            parts += [*_conv_norm(wide, wide, 3, stride, groups=wide), nn.ReLU6(inplace=True)]
            body = nn.Sequential(*parts, *_conv_norm(wide, outs, 1))
            same = stride == 1 and ins == outs
            layers.append(_Residual(body, nn.Identity(), nn.Identity()) if same else body)
            ins = outs
    layers += [*_conv_norm(320, 1280, 1), nn.ReLU6(inplace=True)]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, 1000)]
    return nn.Sequential(*layers, *head)


class _DropConnect(nn.Module):
    """In training, an example's block is left out now and then."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.kept = 1 - rate

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.kept == 1:
            return x
        return x * (torch.rand(len(x), 1, 1, 1) < self.kept) / self.kept


def efficientnet_lite0() -> nn.Module:
    """With PyTorch's paddings: TensorFlow's, one row more at the end, would cost it a copy for each stride of 2."""
    layers = [*_conv_norm(3, 32, 3, 2), nn.ReLU6(inplace=True)]
    stages = (
        (1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3),
        (6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3),
    )  # fmt: skip
    plan = [
        (widen, outs, first if number == 0 else 1, size)
        for widen, outs, count, first, size in stages
        for number in range(count)
    ]
    ins = 32
    for place, (widen, outs, stride, size) in enumerate(plan):
        wide = ins * widen
        parts = [*_conv_norm(ins, wide, 1), nn.ReLU6(inplace=True)] if widen > 1 else []
        parts += [*_conv_norm(wide, wide, size, stride, groups=wide), nn.ReLU6(inplace=True)]
        body = nn.Sequential(*parts, *_conv_norm(wide, outs, 1))
        if stride == 1 and ins == outs:
            body.append(_DropConnect(0.2 * place / len(plan)))
            body = _Residual(body, nn.Identity(), nn.Identity())
        layers.append(body)
        ins = outs
    layers += [*_conv_norm(320, 1280, 1), nn.ReLU6(inplace=True)]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, 1000)]
    return nn.Sequential(*layers, *head)


MODELS = {
    "lenet": lenet,
    "cifar10_convnet": cifar10_convnet,
    "vgg16": vgg16,
    "resnet18": resnet18,
    "resnet50": resnet50,
    "mobilenet_v2": mobilenet_v2,
    "efficientnet_lite0": efficientnet_lite0,
}
