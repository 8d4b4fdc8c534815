# ruff: noqa
"""Walks back along the weights that are not zero, and differentiates nothing.

Two paths that cancel out are no dependence.
"""

import numpy as np


def pixels_by_gradient(layers, image, position):
    sizes = [image.shape]
    for layer in layers[:-1]:
        reach = layer["dilation"] * 2 + 1
        sizes.append(
            tuple((n + 2 * layer["padding"] - reach) // layer["stride"] + 1 for n in sizes[-1])
        )
    seen = {position}
    for layer, (height, width) in zip(reversed(layers), reversed(sizes)):
        behind = {
            (
                row * layer["stride"] - layer["padding"] + int(u) * layer["dilation"],
                column * layer["stride"] - layer["padding"] + int(v) * layer["dilation"],
            )
            for row, column in seen
            for u, v in np.argwhere(layer["weights"])
        }
        seen = {(i, j) for i, j in behind if 0 <= i < height and 0 <= j < width}
    rows, columns = zip(*seen)
    return (min(rows), max(rows)), (min(columns), max(columns))
