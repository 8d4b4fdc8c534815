"""The course's proof of itself: stubs earn nothing, references everything, each mistake its own hint."""

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from grader.authoring._stubs import stub_of
from grader.authoring._variants import VariantError, variant_source
from grader.checks._declare import MistakeInfo
from grader.course import (
    Course,
    Question,
    StubError,
    SubmittedFile,
    load_question,
    packaged_exercises,
)
from grader.grading import grade_files
from grader.messages import LANGUAGES
from grader.results import QuestionResult, Verdict

__all__ = ["Finding", "check_course"]

_HINT = re.compile(r"^## ([123])\s*$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that was proved, or not: ``problem`` is empty when it holds."""

    question: str
    claim: str
    problem: str = ""


def check_course(
    course: Course,
    *,
    questions: Sequence[str] | None = None,
    seed: int | None = None,
    isolation: int | str = "auto",
    on_run: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Finding]:
    """Prove the course question by question; yields findings as they are known.

    Args:
        course: the course.
        questions: ids; all by default.
        seed: of every grading run; fresh by default.
        isolation: level at which the runs are confined.
        on_run: called with the number of grading runs done and their total.
    """
    chosen = [course.question(name) for name in questions] if questions else list(course.questions)
    sound = []
    for question in chosen:
        findings = list(_texts(course, question))
        yield from findings
        if not any(finding.problem for finding in findings if finding.claim == "stub in sync"):
            sound.append(question)

    def run(sources: dict[str, str]) -> dict[str, QuestionResult]:
        files = [
            SubmittedFile(q, course.path / q.file, sources[q.id].encode())
            for q in sound
            if q.id in sources
        ]
        result = grade_files(
            course, files, seed=seed, language="en", isolation=isolation, untouched_shortcut=False
        )
        return {question.id: question for question in result.questions}

    rounds = _rounds(course, sound)
    total = len(rounds) + 2
    on_run(0, total)
    yield from _references(run({q.id: _solution(course, q) for q in sound}))
    on_run(1, total)
    yield from _stubs(run({q.id: stub_of(course, q) for q in sound}))
    on_run(2, total)
    alone: list[_Round] = []
    for number, members in enumerate(rounds):
        for question, findings in _try(course, members, run):
            crowded = len(members[question]) > 1
            for variant, finding in findings:
                if finding.problem and crowded:
                    # Another mistake may have come in its way: it is tried by itself.
                    alone.append({question: [variant]})
                else:
                    yield finding
        on_run(3 + number, total)
    for number, members in enumerate(alone):
        for _, findings in _try(course, members, run):
            yield from (finding for _, finding in findings)
        on_run(total + number + 1, total + len(alone))


_Variant = Callable[..., Any]
_Round = dict[str, list[_Variant]]  # question -> mistakes made together, in different functions


def _rounds(course: Course, questions: Sequence[Question]) -> list[_Round]:
    """Every mistake once, as many at a time as there are functions to make them in."""
    rounds: list[_Round] = []
    for question in questions:
        made: dict[str, int] = {}
        for variant in load_question(course, question).mistakes:
            functions = _info(variant).of
            number = max(made.get(name, 0) for name in functions)
            made |= dict.fromkeys(functions, number + 1)
            while len(rounds) <= number:
                rounds.append({})
            rounds[number].setdefault(question.id, []).append(variant)
    return rounds


def _try(
    course: Course,
    members: _Round,
    run: Callable[[dict[str, str]], dict[str, QuestionResult]],
) -> Iterator[tuple[str, list[tuple[_Variant, Finding]]]]:
    """Grade one round; for each question what became of its mistakes."""
    sources: dict[str, str] = {}
    for name, variants in members.items():
        trusted = load_question(course, course.question(name))
        try:
            sources[name] = variant_source(trusted, *variants)
        except VariantError as error:
            yield name, [(v, Finding(name, _claim(v), str(error))) for v in variants]
    for name, graded in run(sources).items():
        yield name, [(v, _mistake(graded, v)) for v in members[name]]


def _info(variant: _Variant) -> MistakeInfo:
    return variant.__mistake__  # type: ignore[attr-defined]


def _claim(variant: _Variant) -> str:
    return f"mistake {_info(variant).id} is caught and named"


def _solution(course: Course, question: Question) -> str:
    return (course.path / question.folder / "solution.py").read_text(encoding="utf-8")


def _texts(course: Course, question: Question) -> Iterator[Finding]:
    """Files that must be there, in every language, and the stub that follows from the solution."""
    for language in LANGUAGES:
        problem = ""
        try:
            if not course.text(question, "statement", language).strip():
                problem = "the statement is empty"
            levels = _HINT.findall(course.text(question, "hints", language))
            if levels != ["1", "2", "3"]:
                problem = f"the hints have the levels {levels}, they must be ## 1, ## 2, ## 3"
        except (OSError, UnicodeDecodeError) as error:
            problem = str(error)
        yield Finding(question.id, f"statement and three hints ({language})", problem)
    try:
        path = packaged_exercises(course) / question.file
        in_sync = path.is_file() and path.read_text(encoding="utf-8") == stub_of(course, question)
        problem = "" if in_sync else f"{path.name} differs: run `grader course stubs {course.id}`"
    except StubError as error:
        problem = str(error)
    yield Finding(question.id, "stub in sync", problem)


def _references(graded: dict[str, QuestionResult]) -> Iterator[Finding]:
    for name, question in graded.items():
        ids = [check.id for check in question.checks]
        repeated = sorted({i for i in ids if ids.count(i) > 1})
        yield Finding(name, "check ids are unique", f"repeated: {repeated}" if repeated else "")
        bad = [check for check in question.checks if check.verdict is not Verdict.PASSED]
        problem = f"{bad[0].id}: {bad[0].verdict.value}: {bad[0].message}" if bad else ""
        yield Finding(name, "the reference gets full marks", problem)


def _stubs(graded: dict[str, QuestionResult]) -> Iterator[Finding]:
    for name, question in graded.items():
        paid = [check.id for check in question.checks if check.points]
        errors = [c.message for c in question.checks if c.verdict is Verdict.GRADER_ERROR]
        problem = f"points for {paid}" if paid else "; ".join(errors)
        yield Finding(name, "the stub gets nothing", problem)


def _mistake(question: QuestionResult, variant: _Variant) -> Finding:
    claim, info = _claim(variant), _info(variant)
    named = [check.mistake for check in question.checks if check.mistake]
    if question.score == question.max_score:
        return Finding(question.id, claim, "the variant gets full marks")
    if info.id not in named:
        failing = [
            f"{c.id}: {c.verdict.value}: {c.message}"
            for c in question.checks
            if c.verdict not in (Verdict.PASSED, Verdict.SKIPPED)
        ]
        what = f"named {named} instead" if named else "no mistake is named"
        return Finding(question.id, claim, f"{what}; {failing[:2]}")
    return Finding(question.id, claim)
