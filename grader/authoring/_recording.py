"""Public cases of a question: its checks are run on the reference, and what they ask is taken down.

Nothing of a student's is near, so all of it runs here.  The reference answers through the wire's codec, as a worker
would.  A check that asks for more than answers to compare ends its own recording, and is left out.
"""

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence, Set
from types import ModuleType
from typing import Any

import msgspec

from grader import wire
from grader.checks._agree import run_here
from grader.checks._attempts import Attempt
from grader.checks._cases import GENERATORS, case_size
from grader.checks._compare import compare
from grader.checks._declare import CheckInfo, mistake_info
from grader.checks._public import (
    PublicCall,
    PublicCases,
    PublicCheck,
    PublicMistake,
    parameters_of,
    public_sets,
)
from grader.checks._streams import Streams
from grader.checks._student import RemoteFunction, Student
from grader.checks._survey import CALLS, Survey
from grader.course import Course, LoadedQuestion, Question, load_question, numbers_text
from grader.session import QuestionTime, RunTime

__all__ = ["RecordingError", "public_cases"]

_BYTES = 2**20  # of a check's cases: the largest are left out
_LEAST = 5  # cases that a check is told by
_LONG = 1e9  # seconds: trusted code, nobody waits


class RecordingError(ValueError):
    """A course whose checks fail on their own reference; the message says which."""


class _Beyond(BaseException):
    """The check asks for what cannot be told by cases; not an Exception, so no check catches it."""


def public_cases(course: Course, question: Question, seed: int) -> dict[str, PublicCases]:
    """What students may have of a question's checks, by the names of files: one for each set of numbers.

    All of them hold the same checks: one that cannot be told by cases for some numbers is left out for all.

    Args:
        course: the course, with its solutions.
        question: the question.
        seed: that the cases are drawn from; they are public, so it must not be one that is graded with.

    Returns:
        Nothing for a question of which more sets of numbers can be drawn than are recorded.

    Raises:
        RecordingError: when a check fails on the reference.
        wire.Refused: never for cases that came over the wire.
    """
    found: dict[str, PublicCases] = {}
    for name, numbers in public_sets(question).items():
        try:
            found[name] = _recorded(course, load_question(course, question, numbers), seed)
        except RecordingError as error:
            place = f"with {numbers_text(numbers)}: " if numbers else ""
            raise RecordingError(f"{place}{error}") from error
    names = [{check.name for check in cases.checks} for cases in found.values()]
    common = set.intersection(*names) if names else set()
    return {name: _of_these_checks(cases, common) for name, cases in found.items()}


def _of_these_checks(cases: PublicCases, names: Set[str]) -> PublicCases:
    """The cases without those of other checks."""
    checks = [
        msgspec.structs.replace(check, needs=[need for need in check.needs if need in names])
        for check in cases.checks
        if check.name in names
    ]
    return msgspec.structs.replace(cases, checks=checks)


def _recorded(course: Course, trusted: LoadedQuestion, seed: int) -> PublicCases:
    """The cases for one set of numbers."""
    question = trusted.question
    module, reference = trusted.load_checks(), trusted.reference
    found: list[PublicCheck] = []
    for name, test in vars(module).items():
        info: CheckInfo | None = getattr(test, "__check__", None)
        if not name.startswith("test_") or info is None:
            continue
        name = name.removeprefix("test_")
        attempts = _attempts(course, trusted, f"{question.id}.{name}", test, reference, seed)
        calls = _calls(attempts, trusted)
        if calls:
            names = {one.name for one in found}
            found.append(
                PublicCheck(
                    name=name,
                    title=dict(info.title),
                    points=float(info.points),
                    needs=[need for need in info.needs if need in names],
                    reveal=info.reveal,
                    calls=calls,
                )
            )
    called = dict.fromkeys(call.function for one in found for call in one.calls)
    parameters = {name: parameters_of(getattr(reference, name, None)) for name in called}
    mistakes = [
        PublicMistake(id=info.id, of=list(info.of), text=dict(info.text))
        for info in map(mistake_info, trusted.mistakes)
        if called.keys() & info.of
    ]
    told = {name: of for name, of in parameters.items() if of is not None}
    return PublicCases(parameters=told, checks=found, mistakes=mistakes)


def _attempts(
    course: Course,
    trusted: LoadedQuestion,
    check_id: str,
    test: Callable[..., None],
    reference: ModuleType,
    seed: int,
) -> list[tuple[Attempt, list[str] | None]]:
    """What a check asks, if all that it does is to compare answers; of programs, what must not occur in them."""
    streams, student = Streams(seed, check_id), _recording(trusted, reference)
    fixtures: dict[str, Any] = {name: streams(purpose) for name, purpose in GENERATORS.items()}
    fixtures |= {"student": student, "reference": reference, "streams": streams}
    fixtures["data"] = course.data_name(None)
    wanted = inspect.signature(test).parameters
    if not wanted.keys() <= fixtures.keys():
        return []  # parametrized by pytest, or with fixtures of its own
    try:
        test(**{name: fixtures[name] for name in wanted})
    except _Beyond:
        return []
    except Exception as error:
        raise RecordingError(
            f"{check_id} fails on the reference: {type(error).__name__}: {error}. "
            f"`grader course check` says more"
        ) from error
    made: list[_Program] = student._public_programs  # type: ignore[attr-defined]
    if any(program.banned and not program.places for program in made):
        return []  # a demand on a program of which no case is told
    banned = {place: program.banned for program in made for place in program.places}
    return [(attempt, banned.get(place)) for place, attempt in enumerate(student._attempts)]


class _AsMany(Survey):
    """As many cases as are looked at before a mistake is named."""

    def noted(self) -> None:
        return


class _Reference:
    """Stands where a worker's session would: the reference answers."""

    life = 0

    def __init__(self, reference: ModuleType) -> None:
        self._reference = reference

    def load(self, module: str, file: str, time: QuestionTime) -> None:
        return

    def forget_output(self) -> None:
        return

    def output(self) -> str:
        return ""

    def ask(
        self, operation: str, time: QuestionTime, call: object, /, **given: Any
    ) -> Callable[[], Any]:
        if operation != "call" or given.keys() - {"target", "steps", "args", "kwargs"}:
            raise _Beyond
        function = getattr(self._reference, given["target"][1])
        answer = run_here(function, given["steps"], tuple(given["args"]), given["kwargs"])
        return lambda: wire.decode(wire.encode(answer, as_array=wire.foreign_array))


class _Function(RemoteFunction):
    """A function of which only comparisons are taken down: ``agree`` asks it by :meth:`ask`."""

    def _beyond(self, *args: Any, **kwargs: Any) -> Any:
        raise _Beyond

    def touched(self, *args: Any, **kwargs: Any) -> list[str]:
        """Nothing: a public case is an answer to compare, and this check has others."""
        return []

    def program(self, *args: Any, **kwargs: Any) -> "_Program":  # type: ignore[override]
        made = _Program(self.student, self.name, self.target, [*self.steps, ["jit", {}]])
        self.student._public_programs.append(made)  # type: ignore[attr-defined]
        return made

    __call__ = network = build = keep = _beyond  # type: ignore[assignment]


class _Program(_Function):
    """A compiled function of which comparisons are taken down, and what must not occur in it.

    Attributes:
        banned: operations that must not occur.
        places: of its comparisons among the attempts of the check.
    """

    def __init__(self, student: Student, name: str, target: list[Any], steps: list[Any]) -> None:
        super().__init__(student, name, target, steps)
        self.banned: list[str] = []
        self.places: list[int] = []

    def without(self, *operations: str) -> "_Program":
        self.banned += [name for name in operations if name not in self.banned]
        return self

    def ask(self, *args: Any, **kwargs: Any) -> Callable[[], Any]:
        self.places.append(len(self.student._attempts))  # where `agree` puts it
        return super().ask(*args, **kwargs)

    @property
    def operations(self) -> Any:
        raise _Beyond

    step_count = unbounded = operations


class _Recording(Student):
    def __getattr__(self, name: str) -> RemoteFunction:
        if name.startswith("_"):
            raise AttributeError(name)
        return _Function(self, name, [self._module, name], [])


def _recording(trusted: LoadedQuestion, reference: ModuleType) -> Student:
    question = trusted.question
    time = QuestionTime(_LONG, RunTime(total=_LONG, patience=_LONG))
    session: Any = _Reference(reference)
    student = _Recording(session, question.folder, question.file, time, {})
    student._survey = _AsMany(CALLS, time)
    student._public_programs = []  # type: ignore[attr-defined]
    return student


def _calls(
    attempts: Sequence[tuple[Attempt, list[str] | None]], trusted: LoadedQuestion
) -> list[PublicCall]:
    """The cases as they are kept, the smallest first; none where too few of them fit."""
    calls: list[PublicCall] = []
    size = 0
    seen: set[bytes] = set()
    for attempt, without in sorted(attempts, key=lambda a: case_size([a[0].args, a[0].kwargs])):
        if attempt.dropped or attempt.kept or attempt.fault is not None:
            return []
        if attempt.wrong:
            raise RecordingError(
                f"{attempt.function} does not agree with itself: {attempt.reference} is another "
                f"function; such a check cannot be told by cases"
            )
        try:
            expected = wire.decode(wire.encode(attempt.expected, as_array=wire.foreign_array))
        except wire.Refused:
            return []
        call = PublicCall(
            function=attempt.function,
            steps=copy.deepcopy(attempt.steps),
            args=list(attempt.args),
            kwargs=dict(attempt.kwargs),
            expected=expected,
            tolerances=list(attempt.tolerances),
            note=attempt.note,
            program=without,
            mistakes=dict(_mistakes(attempt, trusted)),
        )
        try:
            sent = PublicCases(checks=[_alone(call)]).to_bytes()
        except wire.Refused:
            return []
        if sent in seen:
            continue
        seen.add(sent)
        size += len(sent)
        if size > _BYTES:
            break
        calls.append(call)
    return calls if len(calls) >= min(_LEAST, len(attempts)) else []


def _alone(call: PublicCall) -> PublicCheck:
    return PublicCheck(name="", title={}, points=0, needs=[], reveal=False, calls=[call])


def _mistakes(attempt: Attempt, trusted: LoadedQuestion) -> Mapping[str, list[Any]]:
    """What each known mistake of the function answers, where that is not what the reference does."""
    answers: dict[str, list[Any]] = {}
    for variant in trusted.mistakes:
        info = mistake_info(variant)
        if attempt.function not in info.of:
            continue
        try:
            answer = run_here(variant, attempt.steps, attempt.args, attempt.kwargs)
            plain = wire.decode(wire.encode(answer, as_array=wire.foreign_array))
        except wire.Refused as error:
            answers[info.id] = ["raised", type(error).__name__]
        except Exception as error:
            answers[info.id] = ["raised", type(error).__name__]
        else:
            if compare(plain, attempt.expected, 0.0, 0.0) is not None:
                answers[info.id] = ["value", plain]
    return answers
