"""Random streams: repeatable, apart from each other, and silent about the seed."""

import itertools

import numpy as np
import pytest

from grader.checks._streams import Streams, seed_id


def _first(streams: Streams, purpose: str) -> int:
    return int(streams(purpose).integers(2**62))


def test_the_same_seed_check_and_purpose_draw_the_same():
    one, other = (Streams(2**100 + 1, "q01.sum") for _ in "ab")
    assert one("arguments").random(9).tolist() == other("arguments").random(9).tolist()
    assert one.of_run("parts").random() == other.of_run("parts").random()


def test_seed_check_and_purpose_each_make_another_stream():
    drawn = [
        _first(Streams(seed, check), purpose)
        for seed in (0, 1, 2**64, 2**127)
        for check in ("q01.sum", "q02.sum", "q01.su")
        for purpose in ("arguments", "answers", "marguments")
    ]
    assert len(set(drawn)) == len(drawn)


def test_where_a_name_ends_and_the_next_begins_makes_a_difference():
    assert Streams(1, "ab").number("c") != Streams(1, "a").number("bc")


def test_a_stream_of_the_run_is_one_for_all_checks_and_none_of_a_check():
    one, other = Streams(5, "q01.a"), Streams(5, "q01.b")
    assert one.of_run("x").random() == other.of_run("x").random()
    assert one.of_run("x").random() != one("x").random()


def test_streams_are_unrelated_from_their_first_bits():
    # Of two unrelated words half of the bits agree: 32 +- 4.
    seeds = [Streams(seed, "q01.a") for seed in range(200)]
    words = np.array([_first(streams, "arguments") for streams in seeds], np.uint64)
    apart = [bin(int(a ^ b)).count("1") for a, b in itertools.pairwise(words)]
    assert 29 < np.mean(apart) < 33


@pytest.mark.parametrize("seed", [-1, 2**128])
def test_a_number_that_is_no_seed_is_refused_with_the_rule(seed):
    with pytest.raises(
        ValueError, match=rf"seed \(={seed}\) must be a number from 0 to 2\*\*128 - 1"
    ):
        Streams(seed, "q01.a")


def test_the_name_of_a_seed_tells_seeds_apart_and_not_what_they_are():
    assert len({seed_id(seed) for seed in range(100)}) == 100
    assert seed_id(7) == seed_id(7)
    assert "7" * 16 not in seed_id(7)
    assert len(seed_id(2**128 - 1)) == 16
