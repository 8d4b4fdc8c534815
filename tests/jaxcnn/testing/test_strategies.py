import numpy as np
import pytest
from hypothesis import Phase, find, given, settings

from jaxcnn.testing import conv_problems, integer_arrays, pool_problems

afresh = settings(
    database=None, derandomize=True, phases=[Phase.generate, Phase.shrink], max_examples=200
)
quick = settings(afresh, max_examples=50, deadline=None)


@pytest.mark.parametrize("shape", [(2, 3), (0,), (), (9, 9)])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int32"])
def test_arrays_hold_whole_numbers_within_bounds(shape, dtype):
    @quick
    @given(integer_arrays(shape, -2, 5, dtype))
    def check(array):
        assert array.shape == shape
        assert array.dtype == dtype
        numbers = array.astype(np.float64)
        assert (numbers == numbers.round()).all()
        assert ((numbers >= -2) & (numbers <= 5)).all()

    check()


@pytest.mark.parametrize("shape", [(4, 4), (10, 10)])
def test_shrinking_leaves_a_single_one(shape):
    smallest = find(integer_arrays(shape), lambda array: array.any(), settings=afresh)
    assert sorted(smallest.ravel())[-2:] == [0, 1]


@pytest.mark.parametrize("shape", [(3,), (70,)])
def test_a_single_possible_value_fills_the_array(shape):
    @quick
    @given(integer_arrays(shape, 4, 4))
    def check(array):
        assert (array == 4).all()

    check()


def test_bounds_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match=r"low \(=3\) must not be above high \(=1\)"):
        integer_arrays((2,), 3, 1)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_failing_convolutions_shrink_to_the_smallest_shape(rank):
    problem = find(
        conv_problems(rank, paddings=("valid", "same", "full")),
        lambda it: it.kernel.any() and it.x.any(),
        settings=afresh,
    )
    assert problem.kernel.shape == (1,) * (rank + 2)
    assert problem.kernel.sum() == problem.x.sum() == 1
    assert (problem.strides, problem.padding) == (1, "valid")


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_problems_are_consistent(rank):
    @quick
    @given(
        conv_problems(rank, batch=(2,), kernel_dilations=(1, 3), groups=(1, 2)),
        pool_problems(rank, batch=()),
    )
    def check(conv, pool):
        assert conv.x.ndim == rank + 2
        assert conv.x.shape[-1] == conv.kernel.shape[-2] * conv.feature_group_count
        assert conv.kernel.shape[-1] % conv.feature_group_count == 0
        assert conv.bias is not None
        assert conv.bias.shape == conv.kernel.shape[-1:]
        assert pool.x.ndim == rank + 1

    check()


def test_few_distinct_shapes_are_drawn():
    shapes = set()

    @quick
    @given(conv_problems())
    def collect(problem):
        shapes.add((problem.x.shape, problem.kernel.shape))

    collect()
    assert len(shapes) == 3
