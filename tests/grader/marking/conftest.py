"""A class with results that were put in by hand, and a policy as a file."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")

from grader.cohort import Settings, Store
from grader.handins import HandedIn, Handin, Student
from grader.handins._model import Account, Fate
from grader.marking import Mark, Policy, marks, read_policy
from grader.results import CheckResult, Isolation, QuestionResult, Result, Verdict

QUESTIONS = {"q01": 3.0, "q02": 1.0, "q03": 2.0}


def result_of(*scores: float | None, answer: str | None = None) -> Result:
    """Of three questions of two checks each, the first worth all but 0.5; None leaves it open."""
    made = Result(
        course="maths",
        version="1",
        seed=None,
        seed_id="s",
        started="",
        isolation=Isolation(2, "", ()),
    )
    for score, (name, most) in zip(scores, QUESTIONS.items(), strict=True):
        half = min(0.5, score or 0.0)
        parts = (("all", (score or 0.0) - half, most - 0.5), ("half", half, 0.5))
        checks = [
            CheckResult(
                id=f"{name}.{part}",
                title=f"The {part}",
                verdict=Verdict.FAILED if score is not None else Verdict.NOT_GRADED,
                points=points,
                max_points=worth,
            )
            for part, points, worth in parts
        ]
        question = QuestionResult(id=name, title=f"T {name}", max_score=most, checks=checks)
        question.answer_text = answer if name == "q02" else None
        made.questions.append(question)
    made.settle()
    return made


class Class:
    """Students whose results are told, and their marks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store.in_folder(folder)
        self.store.begin(
            Settings(
                course="maths",
                course_digest="",
                version="1",
                questions=tuple(QUESTIONS),
                language="en",
                seed_id="s",
                isolation=2,
                isolation_name="",
                mechanisms=(),
            )
        )
        self._handins: dict[str, Handin] = {}

    def hand_in(
        self, student: str, result: Result | None, at: str | None = None, **when: Any
    ) -> None:
        """A student hands in; without a result nothing came."""
        known = {student.student.id for student in self._handins.values()}
        assert student not in known or result is not None
        files = (Account(f"{len(self._handins)}", Fate.GRADED),) if result else ()
        moment = datetime.datetime.fromisoformat(at) if at else None
        self._handins[student] = Handin(
            Student(student), accounts=files, handed_in=HandedIn(moment, **when)
        )
        before = set(self.store.waiting())
        self._receive(f"{student} {at} {result and result.score}")
        for number in set(self.store.waiting()) - before:
            self.store.keep(number, result, 1.0, 1)

    def _receive(self, digest: str) -> None:
        """Another digest for each hand-in: these have no files to tell them apart."""
        made = []
        for student, handin in self._handins.items():
            if digest.startswith(f"{student} "):
                handin = _Digested(**{f: getattr(handin, f) for f in handin.__dataclass_fields__})
                object.__setattr__(handin, "named", digest[:32])
                self._handins[student] = handin
            made.append(handin)
        self.store.receive(iter(made), [], "en")

    def marks(self, policy: str = "") -> dict[str, Mark]:
        """The marks that a policy gives."""
        return {mark.graded.student: mark for mark in marks(self.store, self.policy(policy))}

    def policy(self, text: str) -> Policy:
        path = self.folder / "policy.toml"
        path.write_text(text, encoding="utf-8")
        return read_policy(path)


class _Digested(Handin):
    named = ""

    @property
    def digest(self) -> str:
        return self.named


@pytest.fixture
def a_class(tmp_path) -> Iterator[Class]:
    made = Class(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def result() -> Callable[..., Result]:
    return result_of
