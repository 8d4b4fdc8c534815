"""A class in a store, with everything that its page can show."""

import dataclasses
import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")

from grader.cohort import Settings, Store
from grader.course import Course, find_course
from grader.handins import HandedIn, Handin, Student
from grader.handins._model import Account, Fate, Note, Undecided
from grader.marking import Mark, Policy, marks
from grader.results import (
    CheckResult,
    Counterexample,
    Isolation,
    OwnTime,
    QuestionResult,
    Result,
    Verdict,
)


def check(name: str, verdict: Verdict, **more: Any) -> CheckResult:
    points = 1.0 if verdict is Verdict.PASSED else 0.0
    return CheckResult(
        id=f"q01.{name}",
        title=f"Title {name}",
        verdict=verdict,
        points=points,
        max_points=1.0,
        **more,
    )


def result(*checks: CheckResult, seconds: float = 1.0) -> Result:
    made = Result(
        course="maths",
        version="1",
        seed=None,
        seed_id="names the seed",
        started="2026-10-05T10:00:00+00:00",
        own_time=OwnTime(seconds, 100.0),
        isolation=Isolation(2, "sandboxed", ("bubblewrap",)),
        questions=[
            QuestionResult(
                id="q01", title="The square", max_score=2.0, checks=list(checks), answer_text=None
            )
        ],
    )
    made.settle()
    return made


@dataclasses.dataclass
class Class:
    """The store and the course."""

    store: Store
    course: Course

    def marks(self, **policy: Any) -> Iterator[Mark]:
        return marks(self.store, Policy(**policy))


@pytest.fixture
def a_class(tmp_path, maths) -> Iterator[Class]:
    """Ada is right, Bob and Eve are wrong in the same way, Ida makes a known mistake, Kim's is open, Zoe is absent."""
    course = find_course(str(maths))
    store = Store.in_folder(tmp_path)
    store.begin(
        Settings(
            course="maths",
            course_digest="",
            version="1",
            questions=("q01",),
            language="en",
            seed_id="names the seed",
            isolation=2,
            isolation_name="",
            mechanisms=(),
        )
    )
    passed, failed = check("a", Verdict.PASSED), check("b", Verdict.PASSED)
    same = Counterexample("square(\n  x=3,\n)", "9.5", "9", "at []: 9.5 instead of 9")
    wrong = check("b", Verdict.FAILED, message="It is <b>wrong</b>.", counterexample=same)
    named = check("a", Verdict.FAILED, message="Wrong.\nYou double.", mistake="doubled")
    also = check("b", Verdict.FAILED, message="Wrong.\nYou double.", mistake="doubled")
    ungraded = check("handin", Verdict.NOT_GRADED, message="two files")
    ungraded.max_points = 2.0
    broken = check(
        "b", Verdict.GRADER_ERROR, message="The grader failed.", log="the teacher's traceback"
    )
    results = {
        "ada": result(passed, failed, seconds=5.0),
        "bob": result(passed, wrong, seconds=40.0),
        "eve": result(passed, wrong),
        "ida": result(named, also),
        "kim": result(ungraded),
        "lou": result(passed, broken),
    }
    question = course.question("q01")
    handins = []
    for name in (*results, "zoe"):
        account = Account(f"{name}/rapport.rar", Fate.UNREAD, {"en": "broken", "fr": "abîmé"})
        accounts = (Account(f"{name}/q01_square.py", Fate.GRADED), account)
        undecided = (
            (Undecided(question, {"en": "two files", "fr": "deux"}),) if name == "kim" else ()
        )
        at = HandedIn(datetime.datetime(2026, 10, 5, 12, tzinfo=datetime.UTC))
        student = Student(name, f"{name.title()} <i>Éluard</i>")
        notes = (Note("q01", {"en": "K = <i>5</i>", "fr": "K"}),) if name == "eve" else ()
        made = Handin(student, (), undecided, accounts if name != "zoe" else (), at, notes)
        handins.append(made)
    store.receive(iter(handins), [Account("liste.py", Fate.AMBIGUOUS, {"en": "whose?"})], "en")
    for number, told in zip(store.waiting(), results.values(), strict=True):
        store.keep(number, told, 1.0, 1)
    yield Class(store, course)
    store.close()


@pytest.fixture
def told(a_class) -> Callable[..., Any]:
    """The survey of the class."""
    from grader.pages import survey

    return lambda **policy: survey(a_class.marks(**policy), a_class.store.strays())
