"""What the statements, hints and commentaries of the first course assert in numbers."""

from pathlib import Path

import numpy as np
import pytest

from grader.course import find_course, load_question

COURSE = find_course(str(Path(__file__).parents[3] / "solutions" / "foundations"))


@pytest.fixture
def reference():
    return lambda name: load_question(COURSE, COURSE.question(name)).reference


_BAR = np.array([[-1, -1, -1], [2, 2, 2], [-1, -1, -1]], np.float32)


def test_q01_a_bar_and_its_detector(reference):
    q01 = reference("q01")
    bar = np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]], np.float32)
    assert q01.response(bar, _BAR) == 6 == q01.response_range(_BAR)[1]
    assert q01.response(np.roll(bar, 1, axis=0), _BAR) == -3
    assert q01.response(np.ones((3, 3), np.float32), _BAR) == 0
    np.testing.assert_array_equal(q01.favourite_patch(_BAR), bar)
    assert q01.neuron(bar, _BAR, -5) == 1
    bar[1, 2] = 0.5
    assert q01.neuron(bar, _BAR, -5) == 0


def test_q02_three_places_and_no_fourth(reference):
    q02 = reference("q02")
    found = q02.correlate(np.arange(1.0, 6.0), np.array([1.0, 0.0, -1.0]))
    assert found.tolist() == [-2, -2, -2]
    assert (q02.positions(7, 3), q02.positions(50, 5)) == (5, 46)


def test_q03_orders_and_half_turns(reference):
    q03 = reference("q03")
    first, second = np.array([1.0, 2.0, 3.0]), np.array([1.0, 10.0])
    for found in (q03.convolve_full(first, second), q03.convolve_full(second, first)):
        assert found.tolist() == [1, 12, 23, 30]
    kernel = np.arange(1.0, 10.0).reshape(3, 3)
    assert q03.flip(kernel).tolist() == [[9, 8, 7], [6, 5, 4], [3, 2, 1]]
    single = np.zeros((5, 5))
    single[2, 2] = 1
    np.testing.assert_array_equal(q03.convolve2d(single, kernel), kernel)
    np.testing.assert_array_equal(q03.correlate2d(single, kernel), q03.flip(kernel))


def test_q04_zeros_and_sizes(reference):
    q04 = reference("q04")
    sums = {"same": [3, 6, 5], "full": [1, 3, 6, 5, 3], "causal": [1, 3, 6]}
    for name, found in sums.items():
        assert q04.correlate(np.arange(1.0, 4.0), np.ones(3), name).tolist() == found
    sizes = [q04.output_length(7, 3, name) for name in q04.PADDINGS]
    assert sizes == [5, 7, 9, 7]
    assert 28 - 14 * 2 == 0 < 28 - 13 * 2
    assert (q04.zeros_around(2, "same"), q04.zeros_around(5, "same")) == ((0, 1), (2, 2))


def test_q05_the_table_of_modes(reference):
    q05 = reference("q05")
    table = {
        "reflect": "dcbabcdcba",
        "symmetric": "cbaabcddcb",
        "replicate": "aaaabcdddd",
        "circular": "bcdabcdabc",
    }
    for mode, letters in table.items():
        found = q05.pad1d(np.arange(4), 3, 3, mode)
        assert "".join("abcd"[index] for index in found) == letters


def test_q06_the_table_of_sizes(reference):
    q06 = reference("q06")
    table = [(7, 3, 0, 1, 5, 0), (7, 3, 1, 1, 7, 0), (7, 3, 0, 2, 3, 0), (8, 3, 0, 2, 3, 1)]
    for *layer, size, rest in [*table, (7, 3, 0, 3, 2, 1)]:
        assert (q06.output_size(*layer), q06.left_over(*layer)) == (size, rest)
    assert q06.input_sizes(3, 3, 0, 2) == [7, 8]


def test_q07_spans_and_gaps(reference):
    q07 = reference("q07")
    assert [q07.effective_size(3, dilation) for dilation in (1, 2, 3)] == [3, 5, 7]
    assert q07.samples_seen(3, [2, 2]) == [0, 2, 4, 6, 8]
    assert q07.samples_seen(3, [1, 2, 4]) == list(range(15))
    spread = q07.dilate(np.ones((3, 3), np.float32), 4)
    assert (spread.size, int((spread == 0).sum())) == (81, 72)


def test_q08_counts(reference):
    q08 = reference("q08")
    assert q08.parameters(5, 5, 3, 10) == 760
    assert (q08.parameters(5, 5, 3, 6), q08.parameters(3, 3, 6, 10)) == (456, 550)
    assert q08.network_parameters(3, [(5, 6), (3, 10)]) == 1006


def test_q09_what_is_left(reference):
    q09 = reference("q09")
    weights = [q09.parameters(3, 6, 6, groups) - 6 for groups in (1, 2, 6)]
    assert weights == [324, 162, 54]
    assert q09.parameters(3, 256, 256, 1) - 256 == 589_824
    assert q09.separable_weights(3, 256, 256) == 67_840
    assert round(100 * q09.share(3, 256, 256), 1) == 11.5


def test_q10_a_gaussian_of_three_taps(reference):
    q10 = reference("q10")
    assert [round(float(tap), 3) for tap in q10.gaussian(3, 1.0)] == [0.274, 0.452, 0.274]
    assert round(float(np.exp(-0.5)), 3) == 0.607
    assert round(1 + 2 * float(np.exp(-0.5)), 3) == 2.213
