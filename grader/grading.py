"""One submission -> one Result."""

import datetime
import importlib.metadata
import os
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from grader.checks._explain import Explainer
from grader.checks._plugin import GradedQuestion, GradingPlugin, run_checks
from grader.checks._student import Student
from grader.course import (
    Course,
    Question,
    SubmittedFile,
    find_course,
    find_submission,
    in_language,
    load_question,
    packaged_exercises,
    same_text,
)
from grader.course._location import roots
from grader.messages import LANGUAGES, Language, Text, default_language, say
from grader.results import CheckResult, QuestionResult, Result, Verdict
from grader.sandbox._paths import module_paths
from grader.sandbox.levels import choose
from grader.session import Fault, Session, fault_from, printable

__all__ = ["grade", "grade_files"]

_PRELOAD = ("numpy", "jax.numpy", "flax.nnx")
_INSPECT_SECONDS = 30.0


def grade(
    course: str | Course,
    submission: str | os.PathLike[str],
    *,
    questions: Sequence[str] | None = None,
    seed: int | None = None,
    language: Language | None = None,
    isolation: int | str = "auto",
    timeout: float | None = None,
    on_check: Callable[[QuestionResult, CheckResult], None] = lambda question, check: None,
) -> Result:
    """Grade one submission; no student code runs in this process.

    Args:
        course: a course, its id, or the path of its folder.
        submission: the folder with the submitted files, directly or under the course's name.
        questions: ids of the questions to grade; all by default.
        seed: repeats the draws of an earlier run; fresh by default.
        language: of titles and messages; from the locale by default.
        isolation: "auto" for the strongest level of this machine, or the level that must be given.
        timeout: seconds for one call into the student's code, instead of the course's budgets.
        on_check: called after each check, for progress.

    Returns:
        The result, with a check result for every check of every question asked for.

    Raises:
        CourseNotFound, ManifestError: for the course.
        KeyError: for a question that the course does not have.
        SubmissionError: for a folder that holds none of the course's files.
        IsolationUnavailable: for a level that this machine cannot give.
        ValueError: for a timeout or a level that makes no sense.
        KeyboardInterrupt: when interrupted; the worker is gone by then.
    """
    course = course if isinstance(course, Course) else find_course(course)
    files = find_submission(course, Path(submission))
    if questions:
        wanted = {course.question(name).id for name in questions}
        files = [file for file in files if file.question.id in wanted]
    return grade_files(
        course,
        files,
        seed=seed,
        language=language,
        isolation=isolation,
        timeout=timeout,
        on_check=on_check,
    )


def grade_files(
    course: Course,
    files: Sequence[SubmittedFile],
    *,
    seed: int | None = None,
    language: Language | None = None,
    isolation: int | str = "auto",
    timeout: float | None = None,
    untouched_shortcut: bool = True,
    on_check: Callable[[QuestionResult, CheckResult], None] = lambda question, check: None,
) -> Result:
    """Grade files that are already read; see :func:`grade`.

    ``untouched_shortcut=False`` runs the checks even on an untouched stub, to prove that they fail there.
    """
    if timeout is not None and not 0 < timeout < threading.TIMEOUT_MAX:
        raise ValueError(f"timeout (={timeout!r}) must be a positive number of seconds")
    began = time.monotonic()
    seed = secrets.randbelow(2**31) if seed is None else seed
    language = language or default_language()
    granted, launch = choose(isolation)
    result = Result(
        course=course.id,
        version=importlib.metadata.version("jaxcnn"),
        seed=seed,
        started=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        isolation=granted,
    )
    pool = _Pool(course, files, launch, untouched_shortcut)
    try:
        pool.start_first()
        graded = [_prepare(pool, file, language, timeout, result) for file in files]
        plugin = GradingPlugin(graded, seed, language, on_check)
        run_checks(plugin, course.path)
        for question in graded:
            _complete(question, plugin, language, on_check)
    finally:
        pool.close()
    result.settle()
    result.seconds = round(time.monotonic() - began, 3)
    return result


class _Pool:
    """The sessions of one submission: one for each set of withheld modules, as their files must be hidden."""

    def __init__(
        self,
        course: Course,
        files: Sequence[SubmittedFile],
        launch: Callable[..., Any],
        shortcut: bool,
    ) -> None:
        self.course, self.launch = course, launch
        self.stubs = {file.question.id: _stub(course, file.question) for file in files}
        self.shortcut = shortcut
        self.runnable = [file for file in files if self.obstacle(file) is None]
        self.facts: dict[str, dict[str, Any] | Fault] = {}
        self._sessions: dict[tuple[str, ...], Session] = {}

    def obstacle(self, file: SubmittedFile) -> tuple[Verdict, Text] | None:
        """What settles a question without a worker: verdict and message."""
        name = file.question.file
        if file.problem:
            why = file.problem
            text = {one: say("unreadable_file", one, file=name, why=why[one]) for one in LANGUAGES}
            return Verdict.IMPORT_ERROR, text
        if file.content is None:
            text = {one: say("missing_file", one, file=name) for one in LANGUAGES}
            return Verdict.NOT_ATTEMPTED, text
        if self.shortcut and is_untouched(file.content, self.stubs[file.question.id]):
            return Verdict.NOT_ATTEMPTED, {one: say("untouched", one) for one in LANGUAGES}
        return None

    def start_first(self) -> None:
        """Start the workers that will be needed, while this process imports what it needs itself."""
        for file in self.runnable:
            self.session(file.question).start()

    def session(self, question: Question) -> Session:
        """The session in which the question's file runs; made on first use."""
        withheld = _enforced(question)
        if withheld not in self._sessions:
            mine = [f for f in self.runnable if _enforced(f.question) == withheld]
            modules = [name for name in withheld if "*" not in name]
            hidden = [str(self.course.path), *map(str, roots()), *module_paths(modules)]
            hidden += [str(root.parent / ".git") for root in roots()]
            self._sessions[withheld] = Session(
                {f.question.file: f.content or b"" for f in mine},
                self.launch,
                hidden=hidden,
                withheld=withheld,
                preload=[name for name in _PRELOAD if name.split(".")[0] not in modules],
                memory_bytes=max(f.question.memory_mb for f in mine) * 2**20,
            )
        return self._sessions[withheld]

    def inspect(self, file: SubmittedFile) -> dict[str, Any] | Fault:
        """Facts about the file's source.

        All files of a session are looked at before any of them is loaded, while only our own code
        has run in the worker.
        """
        if file.question.id not in self.facts:
            session = self.session(file.question)
            for other in self.runnable:
                question = other.question
                if _enforced(question) != _enforced(file.question):
                    continue
                stub = self.stubs[question.id].decode("utf-8", "replace")
                try:
                    facts = session.inspect(
                        question.file, stub, question.withhold, _INSPECT_SECONDS
                    )
                except Fault as fault:
                    facts = fault
                self.facts[question.id] = facts
        return self.facts[file.question.id]

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()


def _enforced(question: Question) -> tuple[str, ...]:
    """What the worker keeps out of reach: where the manifest only advises, nothing."""
    return question.withhold if question.withhold_as == "forbidden" else ()


def is_untouched(content: bytes, stub: bytes) -> bool:
    """Whether a file is the stub, in both languages or in one."""
    if same_text(content, stub):
        return True
    text = stub.decode("utf-8")
    return any(same_text(content, in_language(text, one).encode()) for one in LANGUAGES)


def _stub(course: Course, question: Question) -> bytes:
    path = packaged_exercises(course) / question.file
    return path.read_bytes() if path.is_file() else b""


def _prepare(
    pool: _Pool, file: SubmittedFile, language: Language, timeout: float | None, result: Result
) -> GradedQuestion:
    """What the plugin needs of one question; everything that costs time happens on first use."""
    question = file.question
    trusted = load_question(pool.course, question)
    record = QuestionResult(
        id=question.id, title=question.title[language], max_score=question.points
    )
    result.questions.append(record)
    graded = GradedQuestion(
        checks=trusted.checks,
        module=trusted.load_checks,
        student=lambda: _student(pool, file, timeout, graded, language),
        reference=lambda: trusted.reference,
        explainer=Explainer(
            language,
            question=question.id,
            file=question.file,
            source=(file.content or b"").decode("utf-8", "replace"),
            mistakes=lambda: trusted.mistakes,
            memory_mb=question.memory_mb,
        ),
        result=record,
        printed=lambda: pool.session(question).output(),
    )
    if obstacle := pool.obstacle(file):
        graded.verdict, graded.message = obstacle[0], obstacle[1][language]
    return graded


def _student(
    pool: _Pool,
    file: SubmittedFile,
    timeout: float | None,
    graded: GradedQuestion,
    language: Language,
) -> Student:
    """A proxy for one check, after the source has been looked at."""
    question = file.question
    facts = pool.inspect(file)
    if isinstance(facts, Fault):
        raise facts
    _settle_by_source(facts, file, graded, language)
    uses = facts.get("withheld") or []
    forbidden = {str(owner): (str(name), int(line)) for name, line, owner in reversed(uses)}
    return Student(
        pool.session(question),
        question.folder,
        question.file,
        timeout or question.seconds,
        forbidden if question.withhold_as == "forbidden" else {},
    )


def _settle_by_source(
    facts: dict[str, Any], file: SubmittedFile, graded: GradedQuestion, language: Language
) -> None:
    if isinstance(answer := facts.get("answer"), str):
        graded.result.answer_text = printable(answer, len(answer))
    if facts.get("fault"):
        raise fault_from(facts["fault"], file.question.file)
    if file.question.withhold_as == "advice" and facts.get("withheld"):
        name, line, _ = facts["withheld"][0]
        where = say("at_line", language, line=line)
        graded.advice = say("advice", language, name=name, where=where)


def _complete(
    question: GradedQuestion,
    plugin: GradingPlugin,
    language: Language,
    on_check: Callable[[QuestionResult, CheckResult], None],
) -> None:
    """A question whose checks could not be collected is the grader's failure, not the student's."""
    record = question.result
    total = sum(check.max_points for check in record.checks)
    if record.checks and abs(total - record.max_score) < 1e-9:
        return
    error = plugin.errors.get(question.checks.resolve(), "")[-2000:] or (
        f"{question.checks}: the checks are worth {total:g} points, the question {record.max_score:g}"
    )
    record.checks = [
        CheckResult(
            id=f"{record.id}.collection",
            title=record.title,
            verdict=Verdict.GRADER_ERROR,
            max_points=record.max_score,
            message=say("grader_error", language, error=error),
        )
    ]
    on_check(record, record.checks[0])
