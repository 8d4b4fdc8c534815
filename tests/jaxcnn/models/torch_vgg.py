"""VGG written in PyTorch, with torchvision's names."""

import torch
from torch import nn


class VGG(nn.Module):
    def __init__(self, blocks, hidden, classes, pixels, batch_norm):
        super().__init__()
        layers, channels = [], 3
        for width, count in blocks:
            for _ in range(count):
                layers.append(nn.Conv2d(channels, width, 3, padding=1))
                layers += [nn.BatchNorm2d(width)] if batch_norm else []
                layers.append(nn.ReLU())
                channels = width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        head, units = [], channels * pixels**2
        for width in hidden:
            head += [nn.Linear(units, width), nn.ReLU(), nn.Dropout()]
            units = width
        self.classifier = nn.Sequential(*head, nn.Linear(units, classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))
