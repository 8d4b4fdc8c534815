"""The course's proof of itself: stubs earn nothing, references everything, each mistake its own hint."""

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence

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

    variants = {q.id: load_question(course, q).mistakes for q in sound}
    rounds = max(map(len, variants.values()), default=0)
    total = rounds + 2
    on_run(0, total)
    yield from _references(run({q.id: _solution(course, q) for q in sound}))
    on_run(1, total)
    yield from _stubs(run({q.id: stub_of(course, q) for q in sound}))
    on_run(2, total)
    for number in range(rounds):
        infos: dict[str, MistakeInfo] = {}
        sources = {}
        for question in sound:
            if number < len(variants[question.id]):
                variant = variants[question.id][number]
                infos[question.id] = variant.__mistake__  # type: ignore[attr-defined]
                try:
                    sources[question.id] = variant_source(load_question(course, question), variant)
                except VariantError as error:
                    yield Finding(question.id, f"mistake {variant.__name__}", str(error))
        for name, graded in run(sources).items():
            yield _mistake(graded, infos[name])
        on_run(3 + number, total)


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


def _mistake(question: QuestionResult, info: MistakeInfo) -> Finding:
    claim = f"mistake {info.id} is caught and named"
    named = [check.mistake for check in question.checks if check.mistake]
    if question.score == question.max_score:
        return Finding(question.id, claim, "the variant gets full marks")
    if info.id not in named:
        failing = [
            f"{c.id}: {c.verdict.value}: {c.message}"
            for c in question.checks
            if c.verdict not in (Verdict.PASSED, Verdict.SKIPPED)
        ]
        what = f"named {named[0]} instead" if named else "no mistake is named"
        return Finding(question.id, claim, f"{what}; {failing[:2]}")
    return Finding(question.id, claim)
