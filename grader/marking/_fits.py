"""Whether a policy fits a cohort: every student, question and check that it names is there."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from grader.cohort import Store
from grader.marking._policy import Policy, PolicyError, known_names
from grader.marking._questions import ToldCheck, ToldQuestion, check_name, told_of

__all__ = ["Known", "check_names"]


class Known(NamedTuple):
    """What a policy may name.

    Attributes:
        students: the ids of all students.
        ungraded: the questions as they are for a student without a result: open. Empty where the policy gives no
            points by hand.
    """

    students: set[str]
    ungraded: tuple[ToldQuestion, ...]


class _Found(NamedTuple):
    students: set[str]
    checks: dict[str, list[str]]  # of each question
    answers: set[str]  # questions that ask for one
    questions: dict[str, ToldQuestion]


def check_names(store: Store, policy: Policy, questions: Sequence[str]) -> Known:
    """See that a policy fits.

    Raises:
        PolicyError: with the key, and the names that there are.
    """
    known = _find(store, policy)
    for key, names in (
        ("weights", policy.weights),
        ("bonus", policy.bonus),
        ("answers", policy.answers),
    ):
        _look(names, questions, key, "question")
    _look(policy.answers, known.answers, "answers", "question that asks for ANSWER")
    if policy.late:
        _look(policy.late.extensions, known.students, "late.extensions", "student")
    _look(policy.manual, known.students, "manual", "student")
    for student, given in policy.manual.items():
        _look(given, questions, f"manual.{student}", "question")
        for question, manual in given.items():
            where = f"manual.{student}.{question}"
            checks = known.checks.get(question, [])
            names = {name: check_name(question, name) for name in manual.checks}
            for name, full in names.items():
                _look([full], checks, f"{where}.checks", "check", name)
            if manual.answer is not None and question not in policy.answers:
                raise PolicyError(
                    f"policy: {where}.answer needs answers.{question}, which says what the answer is worth"
                )
    ungraded = [known.questions[name] for name in questions if name in known.questions]
    if policy.manual and len(ungraded) < len(questions):
        raise PolicyError(
            "policy: manual needs a result of each question, and no student has them yet"
        )
    return Known(known.students, tuple(ungraded))


def _find(store: Store, policy: Policy) -> _Found:
    """Results are read only where the policy names something in them."""
    known = _Found(set(), {}, set(), {})
    deep = bool(policy.answers or policy.manual)
    for graded in store.graded():
        known.students.add(graded.student)
        for question in told_of(graded) if deep else ():
            checks = known.checks.setdefault(question.id, [])
            known.questions.setdefault(question.id, _open(question))
            checks += [c.id for c in question.checks if c.id not in checks]
            if question.answer_text is not None:
                known.answers.add(question.id)
    return known


def _open(question: ToldQuestion) -> ToldQuestion:
    check = ToldCheck(f"{question.id}.handin", "", "not_graded", 0.0, question.max_score)
    return ToldQuestion(question.id, question.title, question.max_score, None, (check,))


def _look(
    names: Iterable[str], known: Iterable[str], key: str, kind: str, shown: str | None = None
) -> None:
    there = sorted(known) if isinstance(known, set) else list(known)
    for name in names:
        if name not in there:
            raise PolicyError(
                f"policy: {key} names {shown or name!r}, which is no {kind} of this cohort; there are: "
                f"{known_names(name, there)}"
            )
