"""What an interval counts as: computation, idleness, or nobody's."""

import dataclasses

import pytest

from grader.session._stopwatch import Spent, Stopwatch


@dataclasses.dataclass
class World:
    """A clock, a worker and a grading process that do what they are told."""

    now: float = 100.0
    used: float = 3.0
    wants: float = 0.0
    late: bool = False
    readings: int = 0
    cost: float = 0.0

    def cpu(self, at_most_old: float = 0.0) -> float:
        self.readings += 1
        return self.used

    def wanted(self) -> float:
        self.now += self.cost
        return self.wants

    def search(self) -> None:
        return

    def stopwatch(self) -> Stopwatch:
        return Stopwatch(self, lambda: self.late, lambda: self.now)

    def pass_time(self, seconds: float, *, computed: float = 0.0, wants: float = 0.0) -> None:
        self.now += seconds
        self.used += computed
        self.wants = wants


@pytest.fixture
def world() -> World:
    return World()


def _look_for(world: World, watch: Stopwatch, seconds: float, **does: float) -> None:
    """Let time pass as a session does, looking after each pause; ``computed`` is for each second."""
    computed = does.pop("computed", 0.0)
    end = world.now + seconds
    while world.now < end - 1e-9:
        step = min(watch.pause, end - world.now)
        world.pass_time(step, computed=computed * step, **does)
        watch.look()


def _rounded(spent: Spent) -> Spent:
    return Spent(*(round(part, 3) for part in spent))


def test_a_worker_that_computes_on_a_free_machine_is_charged_what_it_computes(world):
    watch = world.stopwatch()
    _look_for(world, watch, 5, computed=1.0, wants=1)
    assert _rounded(watch.spent) == Spent(cpu=5, idle=0, starved=0)
    assert watch.spent.own == pytest.approx(5)


def test_two_threads_are_charged_both(world):
    watch = world.stopwatch()
    _look_for(world, watch, 5, computed=2.0, wants=2)
    assert _rounded(watch.spent) == Spent(cpu=10, idle=0, starved=0)


def test_a_worker_that_sleeps_is_idle(world):
    watch = world.stopwatch()
    _look_for(world, watch, 5)
    assert _rounded(watch.spent) == Spent(cpu=0, idle=5, starved=0)


def test_a_worker_that_wants_to_run_and_gets_a_tenth_is_charged_a_tenth(world):
    watch = world.stopwatch()
    _look_for(world, watch, 50, computed=0.1, wants=1)
    assert _rounded(watch.spent) == Spent(cpu=5, idle=0, starved=45)
    assert watch.received / watch.wanted == pytest.approx(0.1)


def test_a_worker_that_waits_for_the_grading_process_is_not_idle(world):
    watch, world.late = world.stopwatch(), True
    _look_for(world, watch, 5)
    assert _rounded(watch.spent) == Spent(cpu=0, idle=0, starved=5)


def test_what_passed_while_the_grading_process_itself_got_no_turn_is_hardly_idleness(world):
    watch = world.stopwatch()
    for _ in range(10):
        world.pass_time(3.0)
        watch.look()
    assert watch.spent.idle < 3
    assert sum(watch.spent) == pytest.approx(30)


def test_a_machine_that_slept_is_not_a_busy_one(world):
    watch = world.stopwatch()
    world.pass_time(8 * 3600)
    watch.look()
    assert sum(watch.spent) <= 10


def test_time_in_which_nobody_looked_counts_only_as_far_as_it_was_computed_in(world):
    watch = world.stopwatch()
    world.pass_time(60, computed=2.0)  # the reference was computed meanwhile
    watch.resume()
    _look_for(world, watch, 1)
    assert _rounded(watch.spent) == Spent(cpu=2, idle=1, starved=0)


def test_what_was_computed_up_to_the_answer_is_charged(world):
    watch = world.stopwatch()
    _look_for(world, watch, 1, computed=1.0, wants=1)
    world.pass_time(0.05, computed=0.05)
    assert _rounded(watch.stop()) == Spent(cpu=1.05, idle=0, starved=0)


def test_looking_takes_no_more_than_a_fiftieth_of_the_time(world):
    world.cost = 0.01  # as with hundreds of threads
    watch = world.stopwatch()
    for _ in range(20):
        world.pass_time(watch.pause)
        watch.look()
    assert watch.pause >= 0.5
