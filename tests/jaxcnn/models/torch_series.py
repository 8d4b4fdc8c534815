"""Networks for series written in PyTorch, as their papers describe them."""

import torch
from torch import nn


def norm(channels):
    return nn.BatchNorm1d(channels, eps=1e-3)


def conv(ins, outs, size, *, bias=False):
    """Padded as in Keras: the odd step after."""
    padding = nn.ConstantPad1d(((size - 1) // 2, size // 2), 0.0)
    layer = nn.Conv1d(ins, outs, size, bias=bias)
    layer.register_forward_pre_hook(lambda module, inputs: (padding(inputs[0]),))
    return layer


class ResNetBlock(nn.Module):
    def __init__(self, ins, outs):
        super().__init__()
        self.main = nn.ModuleDict()
        channels = ins
        for number, size in enumerate((8, 5, 3), start=1):
            self.main[f"conv{number}"] = conv(channels, outs, size, bias=True)
            self.main[f"bn{number}"] = norm(outs)
            channels = outs
        self.beside = nn.ModuleDict({"bn": norm(outs)})
        if ins != outs:
            self.beside["conv"] = conv(ins, outs, 1, bias=True)

    def forward(self, x):
        y = x
        for number in (1, 2, 3):
            y = self.main[f"bn{number}"](self.main[f"conv{number}"](y))
            y = torch.relu(y) if number < 3 else y
        shortcut = self.beside["conv"](x) if "conv" in self.beside else x
        return torch.relu(y + self.beside["bn"](shortcut))


class ResNet1d(nn.Module):
    def __init__(self, ins, filters, classes):
        super().__init__()
        self.block1 = ResNetBlock(ins, filters[0])
        self.block2 = ResNetBlock(filters[0], filters[1])
        self.block3 = ResNetBlock(filters[1], filters[2])
        self.fc = nn.Linear(filters[2], classes)

    def forward(self, x):
        return self.fc(self.block3(self.block2(self.block1(x))).mean(2))


class Inception(nn.Module):
    def __init__(self, ins, filters, bottleneck, sizes):
        super().__init__()
        self.bottleneck = conv(ins, bottleneck, 1) if ins > 1 else nn.Identity()
        squeezed = bottleneck if ins > 1 else ins
        self.convs = nn.ModuleList([conv(squeezed, filters, size) for size in sizes])
        self.pool = nn.MaxPool1d(3, 1, 1)
        self.conv = conv(ins, filters, 1)
        self.bn = norm(filters * (len(sizes) + 1))

    def forward(self, x):
        squeezed = self.bottleneck(x)
        wide = [layer(squeezed) for layer in self.convs]
        return torch.relu(self.bn(torch.cat([*wide, self.conv(self.pool(x))], 1)))


class InceptionTime(nn.Module):
    def __init__(self, ins, filters, bottleneck, sizes, classes):
        super().__init__()
        outs = filters * (len(sizes) + 1)
        self.inceptions = nn.ModuleList(
            [
                Inception(outs if position else ins, filters, bottleneck, sizes)
                for position in range(6)
            ]
        )
        self.shortcuts = nn.ModuleList(
            [nn.Sequential(conv(n, outs, 1), norm(outs)) for n in (ins, outs)]
        )
        self.fc = nn.Linear(outs, classes)

    def forward(self, x):
        for block in (0, 1):
            y = x
            for position in range(3):
                y = self.inceptions[3 * block + position](y)
            x = torch.relu(y + self.shortcuts[block](x))
        return self.fc(x.mean(2))
