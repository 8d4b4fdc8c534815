"""What is asked apart leaves nothing behind where answers count."""

from typing import Any

import pytest

from grader.session._isolated import Isolated, References
from grader.session._reply import Wanted
from grader.session._time import QuestionTime, RunTime


class _Session:
    """Counts what happens to it."""

    def __init__(self) -> None:
        self.life, self.rests, self.answers = 0, 0, []

    def add(self, files: dict[str, bytes], answer: Any) -> None:
        assert not files
        self.answers.append(answer)

    def rest(self) -> None:
        self.rests += 1

    def load(self, *_: Any) -> None:
        pass

    def ask(self, operation: str, time: QuestionTime, call: str, **_: Any) -> Any:
        time.charge(1.0)
        return lambda: 7


@pytest.fixture
def isolated():
    def time() -> QuestionTime:
        return QuestionTime(10.0, RunTime(100.0, 100.0))

    session: Any = _Session()
    reference: Any = _Session()
    return Isolated(session, References(reference, "q01", "q01.py", time()), time())


def test_calls_and_time_are_those_of_what_counts_alone(isolated):
    before = vars(isolated.references).copy()
    with isolated.apart() as apart:
        apart.time.charge(2.0)
        assert apart.references(Wanted("jump", ([1], {}))) == {"answer": 7}
        assert isolated.session.answers == [apart.references]
    assert isolated.time.spent == 0
    assert vars(isolated.references) == before
    assert isolated.references._time.spent == 0


def test_the_worker_is_ended_and_answered_as_before_whatever_happens(isolated):
    with pytest.raises(KeyError), isolated.apart():
        raise KeyError
    assert isolated.session.rests == 1
    assert isolated.session.answers[-1] is isolated.references


def test_fewer_questions_are_answered_apart(isolated):
    with isolated.apart() as apart:
        assert apart.references._most < isolated.references._most
        apart.references._calls = apart.references._most
        assert "raised" in apart.references(Wanted("jump", ([1], {})))
        assert apart.references.unanswered is not None
    assert isolated.references.unanswered is None
