"""Arrays are looked at piece by piece: as NumPy would tell, in no more memory than they take."""

import tracemalloc

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.checks import _pieces
from grader.checks._answer import Answer
from grader.checks._cases import case_size
from grader.checks._compare import compare
from grader.checks._pieces import differences, first, magnitude, nonzero
from grader.checks._show import show

SIZE = 2**22
_DTYPES = ["?", "i1", "u8", "f2", "f4", "f8", "c8"]
_ARRAYS = st.sampled_from(_DTYPES).flatmap(
    lambda dtype: hnp.arrays(
        dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
    )
)


@pytest.fixture(params=[2**16, 3], ids=["one piece", "many pieces"])
def piece(request, monkeypatch):
    monkeypatch.setattr(_pieces, "_PIECE", request.param)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(array=_ARRAYS)
def test_what_is_found_is_what_numpy_finds_in_the_whole(piece, array):
    flat = array.reshape(-1)
    places = [
        tuple(map(int, np.unravel_index(at, array.shape))) if array.ndim else ()
        for at in np.flatnonzero(flat != 0)
    ]
    assert nonzero(array, len(places)) == places
    assert first(array, lambda part: part != 0) == (places[0] if places else None)
    if places:
        assert nonzero(array, len(places) - 1) is None
    if array.dtype.kind != "c":
        with np.errstate(all="ignore"):
            whole = np.nansum(np.abs(array.astype(np.float64)))
        assert magnitude(array) == pytest.approx(whole, nan_ok=True)


def test_differences_are_told_over_all_pieces(piece):
    got, expected = np.zeros((2, 5)), np.zeros((2, 5))
    got[0, 1], got[1, 2], got[1, 4] = 1, -7, 2
    found = differences(got, expected)
    assert (found.count, found.first, found.worst, found.stray) == (3, (0, 1), 7, None)
    got[1, 4] = np.nan
    assert differences(got, expected).stray == (1, 4)


ZEROS = np.zeros(SIZE, np.int8)
_USES = {
    "show": lambda array: show(array),
    "show_nested": lambda array: show({"a": [array, (array,)]}),
    "size": lambda array: case_size([array]),
    "array": lambda array: Answer(array, "f()", []).array(finite=True, between=(0, 2)),
    "too_large": lambda array: _refused(Answer(array, "f()", []), between=(0, 0)),
    "equal": lambda array: compare(array, array),
    "different": lambda array: compare(
        array, ZEROS[: array.nbytes].view(array.dtype).reshape(array.shape)
    ),
    "shapes": lambda array: compare(array, np.ones(3, array.dtype)),
}


def _refused(answer, **wanted):
    with pytest.raises(AssertionError, match=r"wanted an array"):
        answer.array(**wanted)


@pytest.mark.parametrize("dtype", ["i1", "f2", ml_dtypes.bfloat16, "f4", "f8"], ids=str)
@pytest.mark.parametrize("use", _USES)
def test_looking_at_an_array_takes_no_more_memory_than_the_array_whatever_its_rank(use, dtype):
    flat = np.ones(SIZE // np.dtype(dtype).itemsize, dtype)
    for shape in ((2,) * 15 + (-1,), (-1,), (1,) * 15 + (-1,), (4,) * 9 + (-1,)):
        array = flat.reshape(shape)
        tracemalloc.start()
        try:
            _USES[use](array)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < array.nbytes


@pytest.mark.usefixtures("piece")
class TestSpan:
    def test_it_is_that_of_the_finite_entries(self):
        assert _pieces.span(np.array([3.0, np.nan, -1.0, np.inf, 2.0])) == (-1.0, 3.0)

    @pytest.mark.parametrize("array", [np.zeros(0), np.full(5, np.nan)], ids=["empty", "nan"])
    def test_where_nothing_is_finite_there_is_none(self, array):
        assert _pieces.span(array) is None


@given(got=_ARRAYS, tolerance=st.sampled_from([0.0, 0.5]), data=st.data())
def test_the_wrong_entries_are_those_that_differences_counts(got, tolerance, data):
    expected = data.draw(hnp.arrays(got.dtype, got.shape))
    found = differences(got, expected, tolerance, tolerance)
    wrong = _pieces.wrong_entries(got, expected, tolerance, tolerance)
    if found.stray is not None:
        assert wrong[found.stray]
    else:
        assert int(wrong.sum()) == found.count
