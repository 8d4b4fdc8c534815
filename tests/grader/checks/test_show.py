"""Values and calls as a student reads them."""

import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest

from grader.checks._show import show, show_call, type_name
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
        (np.ones((65, 65)), "float64[65,65]"),
        (np.ones((3, 9, 9)), "float64[3,9,9]"),
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


@pytest.mark.parametrize("shape", [(8, 16), (8, 16, 1), (1, 8, 16, 1)])
def test_an_image_is_drawn(shape):
    image = np.zeros((8, 16), np.float32)
    image[2:4] = 1
    lines = show(image.reshape(shape)).split("\n")
    assert lines[0] == f"float32[{','.join(map(str, shape))}]"
    assert lines[1:] == ["", "", "██" * 16, "██" * 16, "", "", "", ""]


def test_a_drawn_row_fits_in_a_report():
    drawn = [show(np.eye(size)).splitlines() for size in (28, 32, 34)]
    assert all(len(line) <= 68 for lines in drawn for line in lines)
    assert show(np.eye(64)) == "float64[64,64]"


def test_what_is_not_finite_in_an_image_is_marked():
    image = np.arange(81.0).reshape(9, 9)
    image[0, 0], image[0, 1], image[0, 2] = np.nan, np.inf, -np.inf
    first = show(image).splitlines()[1]
    assert first.startswith("??????")
    assert first.count("?") == 6


@pytest.mark.parametrize("value", [2.0, np.nan, np.inf])
def test_a_constant_image_is_its_value(value):
    assert show(np.full((9, 9), value)) == f"float64[9,9]\n({value:g})"


def test_the_largest_floats_can_be_drawn():
    image = np.zeros((9, 9))
    image[5] = 1
    image[0, 0], image[0, 1] = np.finfo(float).min, np.finfo(float).max
    assert show(image).splitlines()[1].startswith("  ██▒▒")


def test_long_values_are_cut():
    assert show("x" * 10**6) == "'" + "x" * 399 + "…"
    assert len(show(list(range(100_000)))) < 500
    assert len(show([np.zeros((2, 2))] * 1000)) < 2000
    assert len(show({str(i): i for i in range(1000)})) < 500


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
            "    float64[9,9]",
            "    (1),",
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
