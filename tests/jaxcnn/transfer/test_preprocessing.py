"""Photos become what the network was trained on."""

import numpy as np
import pytest

from jaxcnn.transfer import Preprocessing, preprocess

Image = pytest.importorskip("PIL.Image")
GREY = Preprocessing((2, 3), mean=(0.5,), std=(0.25,))
COLOUR = Preprocessing((4, 4), 6)


def test_numbers_are_scaled_for_each_channel():
    rule = Preprocessing((2, 2), mean=(0.0, 0.5, 1.0), std=(1.0, 0.5, 0.25))
    x = preprocess(np.full((2, 2, 3), (255, 255, 0), np.uint8), rule)
    np.testing.assert_allclose(x[0, 0, 0], [1, 1, -4])


def test_the_middle_is_cut_out_of_the_shorter_side():
    pixels = np.zeros((6, 12, 3), np.uint8)
    pixels[1:5, 4:8] = 255
    np.testing.assert_array_equal(preprocess(pixels, COLOUR), 1)


def test_without_resize_the_whole_image_is_stretched():
    pixels = np.repeat(np.repeat(np.arange(6, dtype=np.uint8).reshape(2, 3), 4, 0), 2, 1)
    x = preprocess(pixels, Preprocessing((2, 3), None, "nearest", (0.0,), (1 / 255,)))
    np.testing.assert_allclose(x[0, ..., 0], [[0, 1, 2], [3, 4, 5]], atol=1e-5)


@pytest.mark.parametrize(
    "make",
    [
        lambda pixels, path: pixels,
        lambda pixels, path: pixels[None],
        lambda pixels, path: [Image.fromarray(pixels)],
        lambda pixels, path: Image.fromarray(pixels).save(path) or path,
        lambda pixels, path: Image.fromarray(pixels).save(path) or [str(path)],
    ],
)
def test_an_image_can_come_as_array_as_batch_as_pillow_image_or_as_file(make, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    x = preprocess(make(pixels, tmp_path / "a.png"), COLOUR)
    np.testing.assert_array_equal(x, preprocess([pixels], COLOUR))


def test_images_of_several_sizes_and_modes_make_one_batch():
    images = [np.zeros((9, 7), np.uint8), np.zeros((8, 8, 1), np.uint8), Image.new("RGBA", (9, 9))]
    assert preprocess(images, COLOUR).shape == (3, 4, 4, 3)
    assert preprocess(images, GREY).shape == (3, 2, 3, 1)


@pytest.mark.parametrize(
    ("images", "said"),
    [
        ([], "at least one image"),
        (np.zeros((4, 4, 3), np.float32), "uint8"),
        (np.zeros(4, np.uint8), "uint8"),
        (np.zeros((4, 4, 2), np.uint8), "1, 3 or 4 channels"),
    ],
)
def test_images_that_are_none_are_refused(images, said):
    with pytest.raises(ValueError, match=said):
        preprocess(images, COLOUR)


def test_a_file_that_is_no_image_is_an_error_of_the_system(tmp_path):
    (tmp_path / "a.png").write_text("no image")
    with pytest.raises(OSError, match="cannot identify"):
        preprocess(tmp_path / "a.png", COLOUR)
    with pytest.raises(FileNotFoundError):
        preprocess(tmp_path / "b.png", COLOUR)


def test_a_network_without_preprocessing_says_what_to_set():
    with pytest.raises(ValueError, match=r"model\.preprocessing"):
        preprocess(np.zeros((4, 4, 3), np.uint8), object())


@pytest.mark.parametrize(
    "values",
    [
        {"image_size": (4,)},
        {"image_size": (0, 4)},
        {"resize": 3},
        {"interpolation": "lanczos"},
        {"mean": (0.0,)},
        {"std": (1.0, 0.0, 1.0)},
        {"mean": (float("nan"),) * 3},
    ],
)
def test_rules_are_checked(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        Preprocessing(**{"image_size": (4, 4), **values})
