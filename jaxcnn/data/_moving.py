"""Videos made from real digits: one digit moves; where to and how fast are the labels."""

from collections.abc import Iterator

import numpy as np

from ._embedded import load_embedded

FRAMES = 16
SIDE = 32
_DIGIT = 14  # pixels: the 28x28 digit, each 2x2 averaged
DIRECTIONS = {
    "right": (0, 1),
    "down-right": (1, 1),
    "down": (1, 0),
    "down-left": (1, -1),
    "left": (0, -1),
    "up-left": (-1, -1),
    "up": (-1, 0),
    "up-right": (-1, 1),
}
SPEEDS = {"slow": 0.5, "fast": 1.0}  # pixels for each frame, along each axis that changes
CLASSES = tuple(f"{direction} {speed}" for direction in DIRECTIONS for speed in SPEEDS)
COUNTS = {"train": 4_000, "test": 1_000}


def moving_digits(split: str, count: int) -> Iterator[dict]:
    """Makes videos, always the same ones.

    Args:
        split: "train" or "test": digits of the test split are never trained on.
        count: How many; a longer list begins like a shorter one.

    Yields:
        `image` (16, 32, 32, 1) as bytes; `direction` and `speed`, indices into `DIRECTIONS` and
        `SPEEDS`; `label`, their combination, an index into `CLASSES`; `digit`.
    """
    digits = load_embedded("mnist_10k").split(split)
    for number in range(count):
        # Raw draws: the methods of NumPy's Generator may change between versions, these do not.
        source = np.random.PCG64([number, list(COUNTS).index(split)])
        which, top, left = (int(draw) for draw in source.random_raw(3))
        label = number % len(CLASSES)  # as many videos of every class
        direction, speed = divmod(label, len(SPEEDS))
        row = which % len(digits)
        yield {
            "image": _video(digits.images[row], direction, speed, top, left),
            "label": label,
            "direction": direction,
            "speed": speed,
            "digit": int(digits.labels[row]),
        }


def _video(image: np.ndarray, direction: int, speed: int, top: int, left: int) -> np.ndarray:
    small = image.reshape(_DIGIT, 2, _DIGIT, 2).astype(np.uint16).sum((1, 3)) // 4
    per_frame = tuple(SPEEDS.values())[speed]
    steps = (np.arange(FRAMES) * per_frame).astype(int)
    room = SIDE - _DIGIT - int(steps[-1])  # starts from which the digit never leaves the picture
    places = []
    for heading, draw in zip(tuple(DIRECTIONS.values())[direction], (top, left), strict=True):
        free = SIDE - _DIGIT if heading == 0 else room
        start = draw % (free + 1) + (int(steps[-1]) if heading < 0 else 0)
        places.append(start + heading * steps)
    video = np.zeros((FRAMES, SIDE, SIDE, 1), np.uint8)
    for frame, (y, x) in enumerate(zip(*places, strict=True)):
        video[frame, y : y + _DIGIT, x : x + _DIGIT, 0] = small
    return video
