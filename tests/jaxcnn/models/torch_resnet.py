"""A residual network written in PyTorch, with torchvision's names."""

import torch
from torch import nn


def projection(ins, outs, stride):
    if stride == 1 and ins == outs:
        return nn.Identity()
    return nn.Sequential(nn.Conv2d(ins, outs, 1, stride, bias=False), nn.BatchNorm2d(outs))


class Basic(nn.Module):
    def __init__(self, ins, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(ins, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = projection(ins, width, stride)

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + self.downsample(x))


class Bottleneck(nn.Module):
    def __init__(self, ins, width, stride, groups, inner):
        super().__init__()
        self.conv1 = nn.Conv2d(ins, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, 1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.downsample = projection(ins, 4 * width, stride)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        return torch.relu(self.bn3(self.conv3(y)) + self.downsample(x))


class Network(nn.Module):
    """A stem, stages of blocks, average pooling and a dense layer."""

    def __init__(self, widths, classes, kind="basic", groups=1, inner=None, layers=(2, 2)):
        super().__init__()
        channels = widths[0]
        self.conv1 = nn.Conv2d(3, channels, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        for stage, width in enumerate(widths):
            blocks = []
            for position in range(layers[stage]):
                stride = 2 if stage and not position else 1
                if kind == "basic":
                    blocks.append(Basic(channels, width, stride))
                    channels = width
                else:
                    blocks.append(Bottleneck(channels, width, stride, groups, inner[stage]))
                    channels = 4 * width
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        self.stages = len(widths)
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        for stage in range(self.stages):
            x = self.get_submodule(f"layer{stage + 1}")(x)
        return self.fc(x.mean((2, 3)))
