"""How many submissions at a time."""

import pytest

from grader.cohort import pool_size


@pytest.mark.parametrize(
    ("cores", "memory", "size"),
    [(8, 64_000, 8), (8, 4_000, 2), (1, 500, 1), (0.5, 64_000, 1), (2.5, 64_000, 2)],
)
def test_as_many_as_cores_and_memory_allow(cores, memory, size):
    assert pool_size(cores, memory) == size


def test_this_machine_has_room_for_one():
    assert pool_size() >= 1
