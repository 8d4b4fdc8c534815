"""Moving digits move as their labels say."""

import hashlib
from itertools import islice

import numpy as np
import pytest

from jaxcnn.data._moving import CLASSES, DIRECTIONS, SPEEDS, moving_digits


def centre(frame):
    """Row and column of the centre of mass."""
    weights = frame[..., 0].astype(float)
    return np.array([(weights.sum(1 - axis) @ np.arange(32)) / weights.sum() for axis in (0, 1)])


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_centre_moves_in_the_direction_and_at_the_speed_of_the_labels(split):
    for video in moving_digits(split, 2 * len(CLASSES)):
        heading = np.array(list(DIRECTIONS.values())[video["direction"]])
        per_frame = list(SPEEDS.values())[video["speed"]]
        moved = centre(video["image"][-1]) - centre(video["image"][0])
        np.testing.assert_allclose(moved, heading * int(15 * per_frame), atol=1e-9)


def test_the_digit_never_leaves_the_picture():
    for video in moving_digits("train", 64):
        inked = video["image"].reshape(16, -1).sum(1, dtype=int)
        assert set(inked) == {inked[0]}


def test_the_label_joins_direction_and_speed():
    for video in moving_digits("train", 20):
        direction, speed = list(DIRECTIONS)[video["direction"]], list(SPEEDS)[video["speed"]]
        assert CLASSES[video["label"]] == f"{direction} {speed}"


def test_the_videos_are_the_same_everywhere():
    digest = hashlib.sha256()
    for video in moving_digits("train", 100):
        digest.update(video["image"].tobytes())
    assert digest.hexdigest() == "4f6016c163a3f3a8ed88150234c0b3cb07b723546feaf76275693eaecbe493fb"


def test_a_longer_list_begins_like_a_shorter_one():
    short = [video["image"] for video in moving_digits("test", 3)]
    long = [video["image"] for video in islice(moving_digits("test", 50), 3)]
    np.testing.assert_array_equal(short, long)
