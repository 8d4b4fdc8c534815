"""Files that were read -> one Result, one question after the other, in this process."""

import contextlib
import datetime
import importlib.metadata
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from grader.checks._attempts import Attempt, parameter_names
from grader.checks._bounded import ANSWER, bounded
from grader.checks._explain import Explainer
from grader.checks._isolation import Dependence, RightHelpers
from grader.checks._plugin import GradedQuestion, GradingPlugin, run_checks
from grader.checks._public import trusted_question
from grader.checks._streams import SEED_BITS, checked_seed, seed_id
from grader.checks._student import Student
from grader.course import (
    Course,
    Question,
    SubmittedFile,
    read_numbers,
)
from grader.messages import Language, default_language, say, told
from grader.results import CheckResult, Isolation, QuestionResult, Result, Verdict
from grader.sandbox.levels import choose
from grader.session import (
    Fault,
    RunTime,
    SpareWorkers,
    WorkerNotStarted,
    Workers,
    call_seconds,
    fault_from,
)

__all__ = [
    "Callbacks",
    "Options",
    "grade_files",
    "grade_part",
    "new_result",
    "options_for",
    "workers_for",
]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a run was asked for, ready to be sent to another process: see :func:`grade_files`."""

    seed: int
    secret: bool
    language: Language
    isolation: int | str
    timeout: float | str | None
    total: float | None
    data: str | None
    only: dict[str, frozenset[str]] | None
    untouched_shortcut: bool = True
    measured: bool = False


class Callbacks(NamedTuple):
    """Whom a run tells of what: see :func:`grade_files`; ``on_spent`` is given a question's own time."""

    on_check: Callable[[QuestionResult, CheckResult], None] = lambda question, check: None
    on_begin: Callable[[str], None] = lambda title: None
    on_cases: Callable[[str, Sequence[Attempt]], None] = lambda question, cases: None
    on_spent: Callable[[str, float], None] = lambda question, seconds: None


def options_for(
    course: Course,
    *,
    seed: int | None = None,
    secret: bool = False,
    language: Language | None = None,
    isolation: int | str = "auto",
    timeout: float | str | None = None,
    total: float | None = None,
    data: str | None = None,
    only: Mapping[str, frozenset[str]] | None = None,
    untouched_shortcut: bool = True,
    measured: bool = False,
) -> Options:
    """The options of a run, with what is left to the grader filled in.

    Raises:
        KeyError: for data that the course does not have.
        ValueError: for a seed or a timeout that makes no sense.
    """
    call_seconds(timeout)
    return Options(
        seed=secrets.randbits(SEED_BITS) if seed is None else checked_seed(seed),
        secret=secret,
        language=language or default_language(),
        isolation=isolation,
        timeout=timeout,
        total=total,
        data=course.data_name(data),
        only=None if only is None else dict(only),
        untouched_shortcut=untouched_shortcut,
        measured=measured,
    )


def new_result(course: Course, options: Options, granted: Isolation) -> Result:
    """A result in which nothing is graded yet."""
    usual = options.data == course.data_name(None)
    return Result(
        course=course.id,
        version=importlib.metadata.version("jaxcnn"),
        seed=None if options.secret else options.seed,
        seed_id=seed_id(options.seed),
        data=msgspec.UNSET if usual else options.data or msgspec.UNSET,
        public=True if course.for_students else msgspec.UNSET,
        started=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        isolation=granted,
    )


def workers_for(
    course: Course,
    files: Sequence[SubmittedFile],
    options: Options,
    launch: Callable[..., Any],
    spare: SpareWorkers | None = None,
    part: Collection[str] | None = None,
) -> Workers:
    """The workers of a run, or of a part of it; none is started yet."""
    allowed = call_seconds(options.timeout)
    least = course.data[options.data].seconds if options.data else 0.0
    return Workers(
        course,
        files,
        launch,
        options.untouched_shortcut,
        seconds=lambda question: allowed(max(question.seconds, least)),
        total=options.total,
        spare=spare,
        part=part,
    )


def grade_files(
    course: Course,
    files: Sequence[SubmittedFile],
    *,
    on_cases: Callable[[str, Sequence[Attempt]], None] = lambda question, cases: None,
    on_check: Callable[[QuestionResult, CheckResult], None] = lambda question, check: None,
    on_begin: Callable[[str], None] = lambda title: None,
    spare: SpareWorkers | None = None,
    **options: Any,
) -> Result:
    """Grade files that are already read, one question after the other in this process; see :func:`grade`.

    Of the ``options`` (:func:`options_for`), ``only`` are the names of checks by question;
    ``untouched_shortcut=False`` runs the checks even on an untouched stub, to prove that they fail there;
    ``measured=True`` has the results tell how full the budgets were; ``on_cases`` is given the cases that the checks of
    each question have tried.
    """
    began = time.monotonic()
    asked = options_for(course, **options)
    callbacks = Callbacks(on_check, on_begin, on_cases)
    result, run = grade_part(course, files, asked, callbacks, spare=spare)
    result.settle()
    result.own_time = run.report
    result.seconds = round(time.monotonic() - began, 3)
    return result


def grade_part(
    course: Course,
    files: Sequence[SubmittedFile],
    options: Options,
    callbacks: Callbacks,
    *,
    part: Collection[str] | None = None,
    spent: float = 0.0,
    second_round: bool = True,
    spare: SpareWorkers | None = None,
) -> tuple[Result, RunTime]:
    """Grade some questions of a run as that run would: with its purse, and with workers as large as its own.

    Args:
        course: the course.
        files: all files of the run.
        options: of the run.
        callbacks: whom to tell.
        part: ids of the questions to be graded; all by default.
        spent: own time that the run took for others before.
        second_round: whether what a busy machine left open is tried once more, alone.
        spare: workers started ahead.

    Returns:
        The result of these questions, of which no totals are made yet, and the time that the run has taken.
    """
    granted, launch = (spare.granted, spare.launch) if spare else choose(options.isolation)
    result = new_result(course, options, granted)
    mine = [file for file in files if part is None or file.question.id in part]
    workers = workers_for(course, files, options, launch, spare, part)
    workers.time.spent = spent
    language = options.language

    def done(question: QuestionResult, check: CheckResult) -> None:
        callbacks.on_spent(question.id, workers.time_of(course.question(question.id)).spent)
        callbacks.on_check(question, check)

    try:
        workers.start_first()
        graded = [_prepare(workers, file, options, result) for file in mine]
        _import_references(graded)
        plugin = GradingPlugin(
            graded, options.seed, language, done, options.data, callbacks.on_begin
        )
        run_checks(plugin, course.path, second_round)
        for question in graded:
            callbacks.on_cases(question.result.id, question.explainer.evidence.attempts)
            _complete(question, plugin, language, done)
            own = workers.time_of(course.question(question.result.id)).spent
            callbacks.on_spent(question.result.id, own)
    finally:
        workers.close()
        if spare is None:
            launch.close()
    return result, workers.time


def _import_references(graded: Sequence[GradedQuestion]) -> None:
    """Import what the first reference needs (JAX, seconds) while the workers start."""
    for question in graded:
        if question.verdict is None:
            with contextlib.suppress(
                Exception
            ):  # it fails again, and is charged to us, in its check
                question.reference()
            return


def _prepare(
    workers: Workers, file: SubmittedFile, options: Options, result: Result
) -> GradedQuestion:
    """What the plugin needs of one question; everything that costs time happens on first use."""
    question, language = file.question, options.language
    time = workers.time_of(question)
    numbers = read_numbers(question, file.content or b"").values
    trusted = trusted_question(workers.course, question, numbers)
    record = QuestionResult(
        id=question.id, title=told(question.title, language), max_score=question.points
    )
    if question.elsewhere:
        record.elsewhere = question.elsewhere
    if numbers:
        record.numbers = dict(numbers)
    result.questions.append(record)
    graded = GradedQuestion(
        checks=trusted.checks,
        module=trusted.load_checks,
        student=lambda when: _student(workers, file, graded, language, when),
        warm=lambda: _warm(workers, question),
        dependence=Dependence(trusted.helpers),
        carry_errors=workers.course.carry_errors,
        reference=lambda: trusted.reference,
        explainer=Explainer(
            language,
            question=question.id,
            file=file.name,
            source=(file.content or b"").decode("utf-8", "replace"),
            mistakes=lambda: [*trusted.mistakes, *trusted.doubles],
            memory_mb=question.memory_mb,
            valueless=lambda name: _is_valueless(workers.inspect(file), name),
            where=lambda line: file.where(line, language),
            beside=lambda module: (file.path.parent / f"{module}.py").is_file(),
            parameters=lambda name: parameter_names(getattr(trusted.reference, name, None)),
        ),
        result=record,
        printed=lambda: workers.session(question).output(),
        alone=lambda: workers.alone(question),
        fullest=(lambda: time.fullest) if options.measured else None,
        only=options.only.get(question.id) if options.only is not None else None,
    )
    if obstacle := workers.obstacle(file):
        graded.verdict, graded.message = obstacle[0], obstacle[1][language]
    return graded


def _warm(workers: Workers, question: Question) -> None:
    with contextlib.suppress(WorkerNotStarted):  # its first request says so again
        workers.isolated(question).start()


def _student(
    workers: Workers,
    file: SubmittedFile,
    graded: GradedQuestion,
    language: Language,
    right_helpers: RightHelpers,
) -> Student:
    """A proxy for one check, after the source has been looked at."""
    question = file.question
    facts = workers.inspect(file)
    if isinstance(facts, Fault):
        raise facts.with_traceback(None)  # which would grow with every check
    _settle_by_source(facts, file, graded, language)
    graded.dependence.untouched.update(map(str, facts.get("untouched") or ()))
    session = workers.session(question)
    session.forget_output()
    uses = facts.get("withheld") or []
    strict = question.withhold_as == "forbidden"
    forbidden = {
        str(owner): (str(name), int(line), bool(reserved))
        for name, line, owner, reserved in reversed(uses)
    }
    return Student(
        session,
        question.folder,
        question.file,
        workers.time_of(question),
        forbidden if strict else {},
        workers.reader,
        strict,
        graded.dependence.isolation(lambda: workers.isolated(question), right_helpers),
        lambda name: parameter_names(getattr(graded.reference(), name, None)),
    )


def _is_valueless(facts: dict[str, Any] | Fault, function: str) -> bool:
    names = facts.get("valueless") if isinstance(facts, dict) else None
    return isinstance(names, list) and function in names


def _settle_by_source(
    facts: dict[str, Any], file: SubmittedFile, graded: GradedQuestion, language: Language
) -> None:
    if isinstance(answer := facts.get("answer"), str):
        graded.result.answer_text = bounded(answer, ANSWER, language)
    if facts.get("fault"):
        raise fault_from(facts["fault"], file.question.file)
    if file.question.withhold_as == "advice" and facts.get("withheld"):
        name, line, _, reserved = facts["withheld"][0]
        where = say("at_line", language, where=file.where(line, language))
        key = "advice_reserved" if reserved else "advice"
        graded.advice = say(key, language, name=name, where=where)


def _complete(
    question: GradedQuestion,
    plugin: GradingPlugin,
    language: Language,
    on_check: Callable[[QuestionResult, CheckResult], None],
) -> None:
    """A question whose checks could not be collected is the grader's failure, not the student's."""
    record, total = question.result, question.worth
    declared = record.max_score if record.part_of is msgspec.UNSET else record.part_of
    if record.checks and abs(total - declared) < 1e-9:
        return
    error = plugin.errors.get(question.checks.resolve(), "")[-2000:] or (
        f"{question.checks}: the checks are worth {total:g} points, the question {declared:g}"
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
