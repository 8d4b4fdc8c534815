"""Values and calls as a student reads them."""

import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest

from grader.checks._show import show, show_call, show_keys, type_name
from grader.wire import Network


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (3, "3"),
        (2.5, "2.5"),
        (1 / 3, "0.333333"),
        (float("nan"), "nan"),
        (np.float32(0.1), "0.1"),
        (np.array(2), "2"),
        (np.bool_(True), "True"),
        (np.array(1 + 2j), "1+2j"),
        ("é", "'é'"),
        ("a\x1b[31m\n", "'a\\x1b[31m\\n'"),
        ("\ud800", "'\\ud800'"),
        ([1, (2.0,), {"a": None}], "[1, (2.0,), {'a': None}]"),
        ((), "()"),
        (np.array([1.0, 2.5]), "[1, 2.5]"),
        (np.array([True, False]), "[True, False]"),
        (np.ones(2, ml_dtypes.bfloat16), "[1, 1]"),
        (jnp.array([[1, 2], [3, 4]]), "[[1, 2],\n [3, 4]]"),
        (np.zeros((0, 3), np.float32), "float32[0,3]"),
        (np.zeros(65), "zeros float64[65]"),
        (np.ones((65, 65)), "ones float64[65,65]"),
        (np.ones((3, 9, 9)), "ones float64[3,9,9]"),
        (
            np.eye(9, 8)[:, :, None] * (np.arange(9) > 5)[:, None, None],
            "zeros float64[9,8,1], [6, 6, 0] = 1, [7, 7, 0] = 1",
        ),
        (
            np.arange(8.0).reshape(2, 2, 2),
            "float64[2,2,2]\n[:, :, 0]   [:, :, 1]\n0 2         1 3\n4 6         5 7",
        ),
        (Network("a.b:make", ("x",), {"n": 3, "seed": 0}), "make('x', n=3, seed=0)"),
    ],
    ids=repr,
)
def test_values_are_short_and_in_pythons_notation(value, text):
    assert show(value) == text


def _bar() -> np.ndarray:
    image = np.zeros((8, 16), np.float32)
    image[2:5] = 1
    return image


@pytest.mark.parametrize("shape", [(8, 16), (8, 16, 1), (1, 8, 16, 1)])
def test_an_image_is_drawn_under_its_scale(shape):
    lines = show(_bar().reshape(shape)).split("\n")
    assert lines[0] == f"float32[{','.join(map(str, shape))}] (0 ' ░▒▓█' 1)"
    assert lines[1:] == ["", "", "██" * 16, "██" * 16, "██" * 16, "", "", ""]


def test_the_images_of_a_batch_are_drawn_with_one_scale():
    lines = show(np.stack([_bar(), _bar() / 2])[..., None], name="images").split("\n")
    assert lines[0] == "float32[2,8,16,1] (0 ' ░▒▓█' 1)"
    assert lines[1].split("   ")[0] == "[0, :, :, 0]"
    assert set(lines[2:]) == {"", "██" * 16 + "   " + "▒▒" * 16}


def test_a_drawn_row_fits_in_a_report():
    digit = np.zeros((34, 34))
    digit[5:20, 5:33] = 1
    assert all(len(line) <= 68 for line in show(digit).splitlines())
    assert show(np.pad(digit, 20)) == "float64[74,74] (0 … 1)"


def test_weights_and_noise_are_no_pictures():
    rng = np.random.default_rng(0)
    for array in (rng.random((18, 22, 1)), rng.normal(size=(30, 30)), rng.integers(0, 9, (16, 16))):
        text = show(array)
        assert "█" not in text
        assert "\n" not in text
        assert " … " in text
    weights = show(rng.integers(-3, 4, (12, 12)))
    assert len(weights.splitlines()) == 13


def test_a_batch_is_shown_by_image_and_channel_and_a_kernel_by_its_channels():
    array = np.arange(96.0).reshape(2, 4, 6, 2)
    batch = show(array).splitlines()
    assert batch[1].split("   ")[0].rstrip() == "[0, :, :, 0]"
    assert batch[2].split()[:6] == ["0", "2", "4", "6", "8", "10"]
    assert show(array, name="x") == show(array)
    kernel = show(np.arange(72.0).reshape(3, 3, 2, 4), name="kernel").splitlines()
    assert kernel[1].startswith("[:, :, 0, 0]")
    assert all(len(line) <= 68 for line in (*batch, *kernel))


def test_what_is_large_has_its_range_and_what_is_not_finite_in_it():
    array = np.linspace(-2, 3, 900).reshape(30, 30)
    assert show(array) == "float64[30,30] (-2 … 3)"
    array[3, 4] = np.nan
    assert show(array) == "float64[30,30] (-2 … 3, nan)"
    array[:] = np.inf
    array[0, 0] = np.nan
    assert show(array) == "float64[30,30] (nan)"
    largest = np.array([np.finfo(float).min, np.finfo(float).max] * 150)
    assert show(largest) == "float64[300] (-1.79769e+308 … 1.79769e+308)"


def test_rounding_beside_large_entries_is_near_0_and_small_numbers_are_not():
    assert show(np.array([1, 1.49e-8, -0.5], np.float32)) == "[1, ≈0, -0.5]"
    assert show(np.array([1.49e-8, 3e-8], np.float32)) == "[1.49e-08, 3e-08]"
    assert show(np.array([1e9, 1, 0.5])) == "[1e+09, 1, ≈0]"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "full float64[9,9] (2)"),
        (1.0, "ones float64[9,9]"),
        (np.nan, "full float64[9,9] (nan)"),
        (np.inf, "full float64[9,9] (inf)"),
    ],
)
def test_a_constant_array_is_its_value(value, text):
    assert show(np.full((9, 9), value)) == text


def test_a_call_that_would_be_long_keeps_what_is_short():
    image = np.zeros((28, 28))
    image[5:20, 5:23] = 1
    text = show_call("f", [], (image, np.eye(3)), {"net": {"w": np.eye(9) + 1}})
    assert text == (
        "f(\n    float64[28,28] (0 … 1),\n    [[1, 0, 0],\n     [0, 1, 0],\n     [0, 0, 1]],\n"
        "    net={'w': float64[9,9] (1 … 2)},\n)"
    )


def test_a_call_that_is_long_all_the_same_is_cut():
    text = show_call("f", [], tuple(np.arange(3) for _ in range(40)), {})
    assert len(text.splitlines()) == 20
    assert text.endswith("\n    …")


def test_long_values_are_cut_and_what_is_left_out_is_counted():
    assert show("x" * 10**6) == "'" + "x" * 380 + "'… +999620"
    assert show(["x" * 50, "y"], 24) == "['xxxx'… +46, 'y']"
    assert show(list(range(100_000))).endswith(", 30, 31, … +99968]")
    assert show({str(i): i for i in range(1000)}).endswith(", '31': 31, … +968}")
    assert show([["x" * 30, "y"]], 20) == "[['x'… +29, 'y']]"
    assert show(["abcdefgh"] * 9, 20) == "['abcdefgh', 'abcdef…"
    assert len(show([np.zeros((2, 2))] * 1000)) < 3100


class Counted(list):
    """A list that counts how many of its items are looked at."""

    looked_at = 0

    def __iter__(self):
        for item in list.__iter__(self):
            Counted.looked_at += 1
            yield item


def test_no_more_of_a_nested_value_is_looked_at_than_is_shown():
    value = Counted([1] * 100)
    for _ in range(31):
        value = Counted([value] * 100)
    text = show(value)
    assert len(text) < 3100
    assert Counted.looked_at < 3100


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("ba", "['a', 'b']"),
        (
            map(str, range(100_000)),
            "['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', … +99988]",
        ),
        (["A" * 30_000_000], "['" + "A" * 40 + "'… +29999960]"),
        (["\ud800\x1b[31m\n"], "['\\ud800\\x1b[31m\\n']"),
    ],
    ids=["few", "many", "long", "hostile"],
)
def test_keys_in_a_sentence_are_few_and_short(keys, text):
    assert show_keys(keys) == text


def test_calls_show_transformations_and_every_argument():
    assert show_call("f", [], (1, "a"), {"k": [2]}) == "f(1, 'a', k=[2])"
    assert show_call("f", ["grad", "jit"], (1.0,), {}) == "jit(grad(f))(1.0)"


def test_long_calls_are_spread_over_lines():
    text = show_call("conv", ["jit"], (np.eye(2), np.ones((9, 9))), {"stride": 2})
    assert text == "\n".join(
        [
            "jit(conv)(",
            "    [[1, 0],",
            "     [0, 1]],",
            "    ones float64[9,9],",
            "    stride=2,",
            ")",
        ]
    )


@pytest.mark.parametrize(
    ("value", "name"),
    [(None, "None"), (1, "int"), ([], "list"), (np.zeros((2, 3)), "float64[2,3]")],
)
def test_types_are_named_with_dtype_and_shape(value, name):
    assert type_name(value) == name
