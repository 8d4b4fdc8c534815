"""Comparison says what differs first: structure, shape, dtype, finiteness, values."""

import enum
import math
import warnings

import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.checks._compare import compare

_NAN, _INF = math.nan, math.inf


def _key(got, expected, **tolerances):
    difference = compare(got, expected, **tolerances)
    return difference and difference.key


class Level(enum.IntEnum):
    HIGH = 3


class TestWhatIsEqual:
    @pytest.mark.parametrize(
        ("got", "expected"),
        [
            (None, None),
            (True, True),
            (np.array(True), True),
            (3, 3),
            (np.array(3, np.int8), 3),
            (np.array(3, np.uint64), 3),
            (3, Level.HIGH),
            (2**300, 2**300),
            (3, 3.0),
            (0.1 + 0.2, 0.3),
            (np.array(0.5, np.float16), 0.5),
            (np.array(2, np.int32), 2.0),
            (1.0, np.float64(1.0)),
            (np.array(1.0), np.float64(1.0)),
            (1.0, np.float32(1.0)),
            (1, np.int64(1)),
            (True, np.bool_(True)),
            (1.0, jnp.float32(1.0)),
            ("a", "a"),
            ("a", np.str_("a")),
            (_NAN, _NAN),
            (-_INF, -_INF),
            ([1, (2, 3.0)], (1, [2, 3.0])),
            ({"a": 1, "b": [2]}, {"b": [2], "a": 1}),
            (np.zeros((0, 3)), np.zeros((0, 3), np.float32)),
            (np.ones(3), jnp.ones(3)),
            (np.ones(3, np.float32), np.ones(3)),
            (np.ones(3, np.int8), np.ones(3, np.int64)),
            (np.ones(3, np.complex64), np.ones(3, np.complex128)),
            (np.ones(3, ml_dtypes.bfloat16), jnp.ones(3, jnp.bfloat16)),
            (np.array([_NAN, _INF, -_INF, 1]), np.array([_NAN, _INF, -_INF, 1])),
        ],
        ids=repr,
    )
    def test_these_agree(self, got, expected):
        assert compare(got, expected) is None

    @given(hnp.arrays(st.sampled_from(["f4", "f8", "i4", "?", "c8"]), (2, 3)))
    def test_an_array_agrees_with_itself(self, array):
        assert compare(array, array.copy()) is None


class TestWhatDiffers:
    @pytest.mark.parametrize(
        ("got", "expected", "key"),
        [
            (None, 1, "none"),
            (None, [1], "none"),
            (None, {"a": 1}, "none"),
            (None, np.ones(2), "none"),
            (0, None, "type"),
            (1, True, "type"),
            (True, 1, "type"),
            (np.array(True), 1, "type"),
            (True, 1.0, "type"),
            (1.0, 1, "type"),
            (np.array(1.0), 1, "type"),
            ("1", 1, "type"),
            (np.ones(1), 1.0, "type"),
            ([1.0], np.ones(1), "type"),
            (np.ones(1), [1.0], "type"),
            (np.ones(()), (), "type"),
            ({"a": 1}, ["a"], "type"),
            ([], {}, "type"),
            ([1, 2], [1], "length"),
            ({"a": 1}, {"b": 1}, "keys"),
            ("a", "b", "scalar"),
            (False, True, "scalar"),
            (2, 3, "scalar"),
            (1.001, 1.0, "scalar"),
            (10**400, 1.0, "finite"),
            (_NAN, 1.0, "finite"),
            (_INF, 1.0, "finite"),
            (1.0, _INF, "scalar"),
            (-_INF, _INF, "scalar"),
            (_NAN, _INF, "scalar"),
            (1.0, _NAN, "scalar"),
            (np.array(2.0), np.float32(1.0), "scalar"),
            (2**70, np.int64(1), "dtype"),
            (1, np.float32(1.0), "dtype_alone"),
        ],
        ids=repr,
    )
    def test_the_first_difference_is_named(self, got, expected, key):
        assert _key(got, expected) == key

    @pytest.mark.parametrize(
        ("got", "expected", "key"),
        [
            (np.full((3, 1), _NAN), np.ones((3,), np.int32), "shape"),
            (np.ones((1, 3)), np.ones(3), "shape"),
            (np.ones(1), np.ones(3), "shape"),
            (np.ones(()), np.ones(3), "shape"),
            (1.0, np.ones(3), "type"),
            (np.array([_NAN, 2]), np.ones(2, np.int32), "dtype"),
            (np.ones(2, np.float16), np.zeros(2, np.float32), "dtype"),
            (np.ones(2, np.float32), np.ones(2, ml_dtypes.bfloat16), "dtype"),
            (np.ones(2, ml_dtypes.bfloat16), np.ones(2, np.float32), "dtype"),
            (np.ones(2, bool), np.ones(2, np.int32), "dtype_alone"),
            (np.zeros(2, bool), np.ones(2, np.int32), "dtype"),
            (np.ones(2, np.int32), np.ones(2, bool), "dtype_alone"),
            (np.zeros(2, np.int32), np.ones(2, bool), "dtype"),
            (np.ones(2, np.int32), np.ones(2, np.float32), "dtype_alone"),
            (np.zeros(2, np.int32), np.ones(2, np.float32), "dtype"),
            (np.array([1, 2.5]), np.array([1, 2]), "dtype"),
            (np.ones(2, np.complex64), np.ones(2, np.float32), "dtype"),
            (np.array([5.0, _NAN]), np.ones(2), "finite"),
            (np.array([5.0, -_INF]), np.array([_INF, 1]), "finite"),
            (np.array([1.0, 1.0]), np.array([_INF, 1]), "values"),
            (np.array([-_INF, 1.0]), np.array([_INF, 1]), "values"),
            (np.array([_NAN, 1.0]), np.array([_INF, 1]), "values"),
            (np.array([1.0, 1.0]), np.array([_NAN, 1]), "values"),
            (np.array([1, 2]), np.array([1, 3]), "values"),
            (np.array([True, True]), np.array([True, False]), "entries"),
        ],
        ids=repr,
    )
    def test_of_arrays_shape_comes_before_dtype_before_finiteness_before_values(
        self, got, expected, key
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert _key(got, expected) == key

    @given(
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=2),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=2),
    )
    def test_nothing_is_ever_broadcast(self, one, other):
        got, expected = np.ones(one), np.ones(other)
        assert _key(got, expected) == (None if one == other else "shape")

    def test_nested_differences_carry_their_path(self):
        got = {"a": [1, {"b": (2.0, np.zeros(3))}]}
        expected = {"a": [1, {"b": (2.0, np.array([0.0, 0.0, 1.0]))}]}
        difference = compare(got, expected)
        assert difference is not None
        assert difference.path == "['a'][1]['b'][1]"
        assert difference.where == {"index": "[2]", "got": "0", "expected": "1"}

    def test_a_reference_that_cannot_be_compared_is_our_error_not_the_students(self):
        with pytest.raises(TypeError, match="set"):
            compare(1, {1, 2})


class TestFacts:
    def test_the_first_differing_index_counts_in_row_order(self):
        expected = np.arange(24.0).reshape(2, 3, 4)
        got = expected.copy()
        got[1, 0, 2] += 3
        got[1, 2, 0] -= 5
        difference = compare(got, expected)
        assert difference is not None
        assert difference.facts == {"count": 2, "total": 24, "worst": "5"}
        assert difference.where == {"index": "[1, 0, 2]", "got": "17", "expected": "14"}

    def test_the_largest_error_of_integers_is_a_distance(self):
        difference = compare(np.array([9, 200], np.uint8), np.array([9, 203], np.int64))
        assert difference is not None
        assert difference.facts["worst"] == "3"

    def test_a_stray_value_is_shown_with_its_place(self):
        difference = compare(np.array([[0.0, 0.0], [_NAN, _INF]]), np.zeros((2, 2)))
        assert difference is not None
        assert difference.facts == {"got": "nan [1, 0]"}

    def test_values_that_differ_late_are_shown_with_enough_digits(self):
        difference = compare(np.array([1 + 1e-9]), np.array([1.0]), rtol=1e-12, atol=0)
        assert difference is not None
        assert difference.where is not None
        assert difference.where["got"] != difference.where["expected"]

    def test_only_scalars_are_marked_as_worth_hiding(self):
        assert compare(1, 2).scalar  # type: ignore[union-attr]
        assert compare([np.array(1.0)], [jnp.float32(2)]).scalar  # type: ignore[union-attr]
        assert not compare(np.ones(1), np.zeros(1)).scalar  # type: ignore[union-attr]

    def test_the_kind_that_right_numbers_should_have_is_told(self):
        difference = compare(np.array([0, 1]), np.array([0, 1], np.float32), path=".a")
        assert difference is not None
        assert difference.facts == {"got": np.int64, "expected": "float32", "kind": "float"}
        assert difference.path == ".a"


class TestTolerance:
    @pytest.mark.parametrize(
        ("dtype", "near", "far"),
        [
            (np.float64, 5e-6, 5e-5),
            (np.float32, 5e-5, 5e-4),
            (np.float16, 4e-3, 4e-2),
            (ml_dtypes.bfloat16, 2e-2, 2e-1),
        ],
    )
    def test_it_follows_the_dtype(self, dtype, near, far):
        expected = np.full(3, 2, dtype)
        assert compare((expected * (1 + near)).astype(dtype), expected) is None
        assert _key((expected * (1 + far)).astype(dtype), expected) == "values"

    def test_a_float64_answer_to_a_float32_reference_has_the_coarser_one(self):
        got, expected = np.full(2, 1 + 5e-5), np.ones(2, np.float32)
        assert compare(got, expected) is None
        assert compare(expected, got) is None

    def test_it_can_be_given(self):
        assert _key(np.array([1.1]), np.ones(1)) == "values"
        assert compare(np.array([1.1]), np.ones(1), rtol=0.2) is None
        assert compare(np.array([1.1]), np.ones(1), rtol=0, atol=0.2) is None
        assert compare(1.1, 1.0, atol=0.2) is None

    def test_it_never_applies_to_integers(self):
        assert _key(np.array([100_001]), np.array([100_000]), rtol=1, atol=1) == "values"
        assert _key(100_001, 100_000, rtol=1, atol=1) == "scalar"

    def test_an_infinite_reference_tolerates_only_itself(self):
        assert _key(np.array([1e308]), np.array([_INF]), rtol=1, atol=1) == "values"
        assert _key(1e308, _INF, rtol=1, atol=1) == "scalar"


class TestRounding:
    """What is not told from 0 is written as 0, and no difference is hidden."""

    def test_dust_beside_a_value_is_0(self):
        got, expected = np.array([0.996078, 2], np.float32), np.array([1.49012e-8, 2], np.float32)
        difference = compare(got, expected)
        assert difference is not None
        assert difference.where == {"index": "[0]", "got": "0.996078", "expected": "0"}
        scalar = compare(0.5, 1e-9)
        assert scalar is not None
        assert scalar.facts == {"got": "0.5", "expected": "0"}

    def test_a_difference_of_dust_keeps_its_digits(self):
        difference = compare(np.array([3e-9]), np.array([1e-9]), rtol=0, atol=1e-10)
        assert difference is not None
        assert difference.where == {"index": "[0]", "got": "3e-09", "expected": "1e-09"}
        both = compare(np.array([1e-9]), np.array([-1e-9]), rtol=0, atol=0)
        assert both is not None
        assert both.where is not None
        assert both.where["got"] != both.where["expected"]
