"""Networks of inverted residual blocks, and of inception blocks, written in PyTorch."""

import torch
from torch import nn
from torch.nn import functional


def conv_norm(ins, outs, size, stride=1, groups=1):
    conv = nn.Conv2d(ins, outs, size, stride, (size - 1) // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outs), nn.ReLU6())


class InvertedResidual(nn.Module):
    def __init__(self, ins, outs, stride, expansion):
        super().__init__()
        inner = ins * expansion
        self.adds = stride == 1 and ins == outs
        self.conv = nn.Sequential(
            *([conv_norm(ins, inner, 1)] if expansion > 1 else []),
            conv_norm(inner, inner, 3, stride, inner),
            nn.Conv2d(inner, outs, 1, bias=False),
            nn.BatchNorm2d(outs),
        )

    def forward(self, x):
        return self.conv(x) + x if self.adds else self.conv(x)


class MobileNetV2(nn.Module):
    """With torchvision's names."""

    def __init__(self, blocks, stem, last, classes):
        super().__init__()
        layers, channels = [conv_norm(3, stem, 3, 2)], stem
        for expansion, outs, count, stride in blocks:
            for position in range(count):
                step = 1 if position else stride
                layers.append(InvertedResidual(channels, outs, step, expansion))
                channels = outs
        self.features = nn.Sequential(*layers, conv_norm(channels, last, 1))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(last, classes))

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


class SameConv(nn.Conv2d):
    """Padded as in TensorFlow: the odd pixel after."""

    def forward(self, x):
        pads = []
        for size, kernel, stride in zip(
            reversed(x.shape[2:]), reversed(self.kernel_size), reversed(self.stride), strict=True
        ):
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads += [total // 2, total - total // 2]
        return super().forward(functional.pad(x, pads))


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class MobileBlock(nn.Module):
    def __init__(self, ins, outs, size, stride, expansion):
        super().__init__()
        inner = ins * expansion
        self.expands, self.adds = expansion > 1, stride == 1 and ins == outs
        if self.expands:
            self._expand_conv, self._bn0 = SameConv(ins, inner, 1, bias=False), norm(inner)
        self._depthwise_conv = SameConv(inner, inner, size, stride, groups=inner, bias=False)
        self._bn1 = norm(inner)
        self._project_conv, self._bn2 = SameConv(inner, outs, 1, bias=False), norm(outs)

    def forward(self, x):
        y = functional.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return y + x if self.adds else y


class EfficientNetLite(nn.Module):
    """With the names of the package efficientnet-lite-pytorch."""

    def __init__(self, blocks, stem, last, classes):
        super().__init__()
        self._conv_stem, self._bn0 = SameConv(3, stem, 3, 2, bias=False), norm(stem)
        layers, channels = [], stem
        for expansion, outs, count, stride, size in blocks:
            for position in range(count):
                step = 1 if position else stride
                layers.append(MobileBlock(channels, outs, size, step, expansion))
                channels = outs
        self._blocks = nn.ModuleList(layers)
        self._conv_head, self._bn1 = SameConv(channels, last, 1, bias=False), norm(last)
        self._fc = nn.Linear(last, classes)

    def forward(self, x):
        x = functional.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return self._fc(functional.relu6(self._bn1(self._conv_head(x))).mean((2, 3)))


class BasicConv(nn.Module):
    def __init__(self, ins, outs, size, **options):
        super().__init__()
        self.conv = nn.Conv2d(ins, outs, size, bias=False, **options)
        self.bn = nn.BatchNorm2d(outs, eps=1e-3)

    def forward(self, x):
        return torch.relu(self.bn(self.conv(x)))


class Inception(nn.Module):
    def __init__(self, ins, a, b, c, d, e, f):
        super().__init__()
        self.branch1 = BasicConv(ins, a, 1)
        self.branch2 = nn.Sequential(BasicConv(ins, b, 1), BasicConv(b, c, 3, padding=1))
        self.branch3 = nn.Sequential(BasicConv(ins, d, 1), BasicConv(d, e, 3, padding=1))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1, ceil_mode=True), BasicConv(ins, f, 1))

    def forward(self, x):
        branches = (self.branch1, self.branch2, self.branch3, self.branch4)
        return torch.cat([branch(x) for branch in branches], 1)


class GoogLeNet(nn.Module):
    """With torchvision's names, without its auxiliary heads."""

    def __init__(self, stem, stages, classes):
        super().__init__()
        narrow, channels = stem
        self.conv1 = BasicConv(3, narrow, 7, stride=2, padding=3)
        self.conv2 = BasicConv(narrow, narrow, 1)
        self.conv3 = BasicConv(narrow, channels, 3, padding=1)
        self.stages = []
        for number, blocks in enumerate(stages, start=3):
            self.stages.append([f"inception{number}{'abcde'[k]}" for k in range(len(blocks))])
            for name, widths in zip(self.stages[-1], blocks, strict=True):
                self.add_module(name, Inception(channels, *widths))
                channels = widths[0] + widths[2] + widths[4] + widths[5]
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        def pool(x, size=3):
            return functional.max_pool2d(x, size, 2, ceil_mode=True)

        x = pool(self.conv3(self.conv2(pool(self.conv1(x)))))
        for position, names in enumerate(self.stages):
            if position:
                x = pool(x, 2 if position == len(self.stages) - 1 else 3)
            for name in names:
                x = self.get_submodule(name)(x)
        return self.fc(x.mean((2, 3)))
