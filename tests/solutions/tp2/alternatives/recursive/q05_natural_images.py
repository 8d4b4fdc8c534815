"""Question 5: plain Python on nested lists, medians by sorting."""

import numpy as np


def middle(values):
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def contrast_energy(image):
    height, width, channels = image.shape
    values = image.tolist()

    def edge(row, column):
        return row in (0, height - 1) or column in (0, width - 1)

    places = [(row, column) for row in range(height) for column in range(width)]
    border = [place for place in places if edge(*place)]
    backgrounds = [middle([values[r][c][k] for r, c in border]) for k in range(channels)]
    energy = [
        [
            sum(((v - b) / 255) ** 2 for v, b in zip(values[r][c], backgrounds, strict=True))
            for c in range(width)
        ]
        for r in range(height)
    ]
    return np.array(energy, float)


def window_bias(image, offset=0):
    energy = contrast_energy(image).tolist()
    height, width = len(energy), len(energy[0])
    total = sum(map(sum, energy))
    if not total:
        return 1.0
    top, left = height // 4, width // 4
    rows = energy[top : height - top]
    inside = [row[left + offset : width - left + offset] for row in rows]
    mean_inside = sum(map(sum, inside)) / (len(inside) * len(inside[0]))
    return mean_inside * height * width / total


def separability(first, second):
    def won(values):
        if not len(values):
            return 0.0
        head = sum(1.0 if values[0] > v else 0.5 * (values[0] == v) for v in second)
        return head + won(values[1:])

    return float(won(list(first)) / (len(first) * len(second)))


def bias_profile(images, offsets):
    def mean(offset):
        found = [window_bias(image, offset) for image in images]
        return sum(found) / len(found)

    return np.array(list(map(mean, offsets)), float)


def advice(train, target):
    one, other = (bias_profile(images, [0])[0] for images in (train, target))
    for bound, words in (
        (one >= 1.25 * other, "shift_or_slide"),
        (one <= 0.8 * other, "easier_target"),
    ):
        if bound:
            return words
    return "use_as_is"


ANSWER = "Measured, and concluded from the figures."
