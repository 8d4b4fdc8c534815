"""A classifier at every place of a large image."""

import numpy as np
import pytest
from PIL import Image

from jaxcnn import transfer
from jaxcnn.models import create_model

from ..models.small import SMALL

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 36, 1), np.uint8)


@pytest.fixture(scope="module")
def lenet():
    model = create_model("lenet5", num_classes=3, seed=0, **SMALL["lenet5"])
    model.preprocessing = transfer.Preprocessing((16, 16), mean=(0.5,), std=(0.5,))
    return model


def softmax(scores):
    chances = np.exp(scores - scores.max(-1, keepdims=True))
    return chances / chances.sum(-1, keepdims=True)


def test_each_position_has_the_scores_of_its_window(lenet):
    found = transfer.score_map(lenet, PIXELS)
    assert found.probabilities.shape == (3, 6, 3)
    for row in range(3):
        for column in range(6):
            top, left, bottom, right = found.windows[row, column]
            assert (bottom - top, right - left) == (16, 16)
            window = (PIXELS[None, top:bottom, left:right] / np.float32(255) - 0.5) / 0.5
            np.testing.assert_allclose(
                found.probabilities[row, column], softmax(np.asarray(lenet(window)))[0], atol=1e-5
            )
    assert found.best.shape == (3, 6)


def test_paths_pictures_and_floats_are_scored_alike(lenet, tmp_path):
    picture = Image.fromarray(PIXELS[..., 0])
    picture.save(tmp_path / "a.png")
    floats = (PIXELS / np.float32(255) - np.float32(0.5)) / np.float32(0.5)
    wanted = transfer.score_map(lenet, PIXELS).probabilities
    for image in (PIXELS[..., 0], picture, tmp_path / "a.png", floats):
        np.testing.assert_allclose(
            transfer.score_map(lenet, image).probabilities, wanted, atol=1e-5
        )


def test_a_network_with_a_global_pool_slides_too():
    model = create_model("resnet8", num_classes=3, seed=0, **SMALL["resnet8"])
    image = np.random.default_rng(1).random((8, 14, 3), np.float32)
    found = transfer.score_map(model, image)
    assert found.probabilities.shape == (1, 4, 3)
    assert found.windows[0, :, 1].tolist() == [0, 2, 4, 6]
    np.testing.assert_allclose(
        transfer.score_map(model, image[:, :8]).probabilities[0, 0],
        softmax(np.asarray(model(image[None, :, :8])))[0],
        atol=1e-5,
    )


def test_the_shorter_side_is_brought_to_a_size_first(lenet):
    found = transfer.score_map(lenet, PIXELS, shorter_side=16)
    assert found.image_size == (16, 24)
    assert found.probabilities.shape[:2] == (1, 3)


@pytest.mark.parametrize(
    ("image", "options", "said"),
    [
        (PIXELS[:12], {}, r"at least \(16, 16, 1\)"),
        (np.zeros((20, 20, 3), np.float32), {}, "at least"),
        (np.zeros((20, 20), np.float32), {}, "must be bytes, or floats"),
        (np.zeros((20, 20, 1), np.float32), {"shorter_side": 16}, "must not be given for floats"),
        (PIXELS, {"shorter_side": 0}, "shorter_side"),
    ],
)
def test_wrong_images_are_refused(lenet, image, options, said):
    with pytest.raises(ValueError, match=said):
        transfer.score_map(lenet, image, **options)


def test_networks_for_series_have_no_score_map():
    model = create_model("fcn", num_classes=2, seed=0, **SMALL["fcn"])
    with pytest.raises(ValueError, match="network for images"):
        transfer.score_map(model, PIXELS)
