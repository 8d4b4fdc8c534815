"""The numbers in the figures about networks, of what they learn, and of augmentation."""

import csv
import itertools
import sys
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from jaxcnn import data
from jaxcnn.plotting import course

from .drawn import digits, grids, titles

pytest.importorskip("matplotlib")
ROOT = Path(__file__).parents[4]
VGG16 = [[3, 3], [3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]]  # kernels of each block, a pool after it


def expected_profile(blocks):
    """Squared gradient along an axis of 224 pixels of the middle output, by matrices of the layers."""
    size, whole = 224, np.eye(224)
    for kernels in blocks:
        for kernel in kernels:
            reach = kernel // 2
            band = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) <= reach
            whole = band @ whole
        whole = whole[::2] + whole[1::2]
        size //= 2
    row = whole[size // 2]
    return row / row.sum()


def test_fields_are_those_of_vgg16_and_dashed_squares_hold_95_percent():
    figure = course.receptive_fields()
    sizes = [3, 6, 16, 44, 100, 212]
    for place, (axes, size) in enumerate(zip(figure.axes, sizes, strict=True)):
        field, part = (patch.get_bbox() for patch in axes.patches)
        assert (field.width, field.height) == (size, size)
        assert digits(axes.get_title())[-3:] == [size, 95, part.width]
        assert (part.x0 + part.x1, part.y0 + part.y1) == (field.x0 + field.x1, field.y0 + field.y1)
        if place:
            profile = expected_profile(VGG16[:place])
            seen = np.flatnonzero(profile)
            assert (seen[0], seen[-1] + 1) == (field.x0 + 0.5, field.x1 + 0.5)
            start, stop = int(part.x0 + 0.5), int(part.x1 + 0.5)
            assert profile[start:stop].sum() ** 2 >= 0.95
            assert profile[start + 1 : stop - 1].sum() ** 2 < 0.95


def solids(axes):
    """Width, height and depth of the front of each solid, in order."""
    from matplotlib.patches import Polygon

    found, lids = [], [patch for patch in axes.patches if isinstance(patch, Polygon)]
    for lid, _, front in zip(lids[::3], lids[1::3], lids[2::3], strict=True):
        corners, top = front.get_xy(), lid.get_xy()
        width, height = np.ptp(corners[:, 0]), np.ptp(corners[:, 1])
        found.append((width, height, np.ptp(top[:, 1])))
    return np.array(found)


@pytest.mark.parametrize(
    ("draw", "maps", "units", "names"),
    [
        (
            course.lenet_drawing,
            [(28, 1), (28, 20), (14, 20), (14, 50), (7, 50)],
            [2450, 500, 10],
            [
                "input",
                "conv 5 × 5",
                "max 2 × 2",
                "conv 5 × 5",
                "max 2 × 2",
                "flatten",
                "dense",
                "dense",
            ],
        ),
        (
            course.vgg_pyramid,
            [(224, 64), (112, 128), (56, 256), (28, 512), (14, 512), (7, 512)],
            [4096, 4096, 1000],
            ["2 conv", "2 conv", "3 conv", "3 conv", "3 conv", "max", "dense", "dense", "dense"],
        ),
    ],
)
def test_solids_are_as_large_as_maps_and_columns_as_the_root_of_units(draw, maps, units, names):
    (axes,) = draw().axes
    texts = [text.get_text() for text in axes.texts]
    assert texts[::2] == names
    sizes = [f"{side} × {side}\n× {channels}" for side, channels in maps]
    assert texts[1::2] == sizes + [str(number) for number in units]
    found = solids(axes)
    wide, high, deep = found[: len(maps)].T
    sides, channels = np.array(maps).T
    for ratio in (high / sides, deep / sides, wide / channels):
        np.testing.assert_allclose(ratio, ratio[0])
    columns = found[len(maps) :]
    np.testing.assert_allclose(columns[:, 1] / columns[0, 1], np.sqrt(np.array(units) / units[0]))


def test_the_table_is_the_lectures():
    (axes,) = course.lenet_table().axes
    (table,) = axes.tables
    cells = {place: cell.get_text().get_text() for place, cell in table.get_celld().items()}
    rows = [[cells[row, column] for column in range(3)] for row in range(12)]
    assert rows == [
        ["Layer", "Output size", "Weight size"],
        ["Input", "1 × 28 × 28", ""],
        ["Conv(C_out=20, K=5, S=1, P=2)", "20 × 28 × 28", "20 × 1 × 5 × 5"],
        ["ReLU", "20 × 28 × 28", ""],
        ["MaxPool(K=2, S=2)", "20 × 14 × 14", ""],
        ["Conv(C_out=50, K=5, S=1, P=2)", "50 × 14 × 14", "50 × 20 × 5 × 5"],
        ["ReLU", "50 × 14 × 14", ""],
        ["MaxPool(K=2, S=2)", "50 × 7 × 7", ""],
        ["Flatten", "2450", ""],
        ["Dense(C_out=500)", "500", "2450 × 500"],
        ["ReLU", "500", ""],
        ["Dense(C_out=10)", "10", "500 × 10"],
    ]


def shipped_weights():
    from safetensors.numpy import load_file

    folder = resources.files("jaxcnn.transfer") / "backbones"
    return load_file(str(folder / "vgg8_clothing.safetensors"))


def test_filters_are_those_of_the_file_that_ships():
    kernel = shipped_weights()["features.0.kernel"]
    shown = grids(course.trained_filters())
    np.testing.assert_array_equal(shown[:16], np.moveaxis(kernel[:, :, 0], -1, 0))


def test_maps_are_what_the_layers_compute_and_those_of_the_highest_mean():
    signal = pytest.importorskip("scipy.signal")
    weights, figure = shipped_weights(), course.feature_maps()
    (image, *maps), shapes = grids(figure), [(28, 28)] * 7 + [(14, 14)] * 6 + [(7, 7)] * 6
    assert [found.shape for found in (image, *maps)] == shapes
    x = image[None].astype(float) / 255
    for layer in (0, 2):
        kernel = weights[f"features.{layer}.kernel"].astype(float)
        bias = weights[f"features.{layer}.bias"]
        x = np.stack(
            [
                sum(signal.correlate2d(one, kernel[:, :, i, o], "same") for i, one in enumerate(x))
                for o in range(kernel.shape[-1])
            ]
        )
        x = np.maximum(x + bias[:, None, None], 0)
    channels = [int(digits(text)[0]) for text in titles(figure)[1:7]]
    assert set(channels) == set(np.argsort(-x.mean((1, 2)))[:6])
    for found, channel in zip(maps[:6], channels, strict=True):
        np.testing.assert_allclose(found, x[channel], atol=1e-4)


def test_curves_are_those_that_were_recorded():
    folder = resources.files("jaxcnn.plotting.course") / "recorded"
    rows = list(csv.DictReader((folder / "lenet_200_digits.csv").read_text().splitlines()))
    for axes, name in zip(course.learning_curves().axes, ("loss", "accuracy"), strict=True):
        for line, column in zip(axes.lines, (name, f"validation_{name}"), strict=True):
            np.testing.assert_allclose(line.get_ydata(), [float(row[column]) for row in rows])
            np.testing.assert_array_equal(line.get_xdata(), np.arange(1, 31))
    assert float(rows[-1]["accuracy"]) == 1
    assert 0.8 < float(rows[-1]["validation_accuracy"]) < 0.9


@pytest.mark.slow
def test_the_recorded_training_still_goes_like_that(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import learning_curves

    sys.modules.pop("learning_curves")
    again = learning_curves.record()
    for axes, name in zip(course.learning_curves().axes, ("loss", "accuracy"), strict=True):
        np.testing.assert_allclose(
            axes.lines[1].get_ydata(), again[f"validation_{name}"], atol=0.05
        )


def test_the_sheet_shows_what_its_captions_say():
    figure = course.augmentation_sheet()
    shown = dict(zip(titles(figure), grids(figure), strict=False))
    assert len(figure.axes) == 24
    assert [axes.get_title() for axes in figure.axes[18:]] == ["the course's"] * 6
    image = shown["the photograph"]
    np.testing.assert_array_equal(shown["flip"], image[:, ::-1])
    np.testing.assert_array_equal(shown["crop 64"], image[30:94, 10:74])
    np.testing.assert_allclose(shown["brightness 0.6"], image * 0.6, atol=1e-6)
    np.testing.assert_allclose(shown["shift (20, −15)"][20:, :-15], image[:-20, 15:], atol=1e-6)
    np.testing.assert_allclose(shown["contrast 0.4"].std() / image.std(), 0.4, atol=0.05)
    cut = (shown["cutout 40"] != image).any(-1)
    assert cut.sum() == pytest.approx(40 * 40, rel=0.02)
    np.testing.assert_array_equal(shown["cutout 40"][cut], 0.5)
    assert (shown["rotate 40, constant"][0, 0] == 0).all()
    drawn = grids(figure)[18:]
    assert all((one != other).any() for one, other in itertools.pairwise(drawn))


def test_the_score_map_lies_over_four_garments_and_outlines_the_surest_window():
    figure = course.score_map()
    garments = data.load_embedded("iconic")
    names = ("sneaker", "trousers", "dress", "ankle boot")
    wide = [
        garments.images[garments.labels == garments.class_names.index(name)][0] for name in names
    ]
    first, second = figure.axes[:2]
    for axes in (first, second):
        np.testing.assert_array_equal(axes.images[0].get_array(), np.concatenate(wide, 1)[..., 0])
        name, share = axes.get_title().split(", up to ")
        (window,) = axes.patches
        heat = np.asarray(axes.images[1].get_array())
        place = names.index(name)
        assert abs(window.get_bbox().x0 - 28 * place) < 14
        highest = digits(share)[0] / 100  # of a window; between their centres it is blended
        assert highest - 0.1 < heat.max() < highest + 0.005
        _, column = np.unravel_index(heat.argmax(), heat.shape)
        assert window.get_bbox().x0 <= column <= window.get_bbox().x1


def test_class_names_are_french_in_a_french_figure():
    names = [axes.get_title().split(",")[0] for axes in course.score_map(language="fr").axes[:2]]
    assert names == ["basket", "pantalon"]
