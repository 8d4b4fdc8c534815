"""What is drawn, read back from a figure."""

import re

import numpy as np


def grids(figure):
    """The arrays of all pictures, in order."""
    return [np.asarray(image.get_array()) for axes in figure.axes for image in axes.images]


def titles(figure):
    return [axes.get_title() for axes in figure.axes if axes.get_title()]


def digits(text):
    """The numbers in an English text, commas between thousands left out, the true minus read."""
    plain = text.replace(",", "").replace("\u2212", "-")
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?", plain)]


def numbers_in_cells(axes):
    """The numbers that are written in a grid, as an array of its shape."""
    shape = np.asarray(axes.images[0].get_array()).shape
    found = np.full(shape, np.nan)
    for text in axes.texts:
        column, row = text.get_position()
        if row == int(row) < shape[0]:
            (found[int(row), int(column)],) = digits(text.get_text())
    return found
