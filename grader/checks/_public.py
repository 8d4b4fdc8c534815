"""Public cases: what students have in place of a solution and its checks, as data of which no code runs.

A check that compares answers with the reference's, and does nothing else, is told by its cases: what was called, and
what the reference answered.  They are asked of a student's functions as the check would ask them, so a failure is told
in the same words.  What a check finds out in other ways (properties, counted operations, networks, trained weights)
has no such form: it is not in here.
"""

import inspect
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from grader import wire
from grader.checks._agree import agree
from grader.checks._cases import case_size
from grader.checks._declare import MistakeInfo, check
from grader.checks._program import Program
from grader.checks._recorded import Recorded, call_key
from grader.checks._student import RemoteFunction, Student
from grader.course import (
    Course,
    LoadedQuestion,
    ManifestError,
    Number,
    Question,
    load_question,
    number_sets,
    stub_file,
)
from grader.messages import Text, say, spoken
from grader.text import one_line

__all__ = [
    "MOST_SETS",
    "PUBLIC_CASES",
    "PublicCall",
    "PublicCases",
    "PublicCheck",
    "PublicMistake",
    "PublicQuestion",
    "public_sets",
    "trusted_question",
]

PUBLIC_CASES = "cases.bin"
MOST_SETS = 16  # of numbers, that answers are recorded for
_LIMITS = wire.Limits(items=4_000_000)
_FORMAT = 1
_RAISED, _VALUE = "raised", "value"


class PublicCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call, and what is right for it.

    Attributes:
        function: its name in the student's file.
        steps: transformations: name and options.
        args: positional arguments.
        kwargs: keyword arguments.
        expected: the reference's answer.
        tolerances: relative and absolute; by dtype where None.
        note: what is said first when values differ.
        program: where the function is compiled to a program that is looked at: operations that must not occur in it.
        mistakes: for each known mistake of the function whose answer is not the reference's, ``["value", answer]`` or
            ``["raised", name of the exception's type]``.
    """

    function: str
    steps: list[Any]
    args: list[Any]
    kwargs: dict[str, Any]
    expected: Any
    tolerances: list[float | None]
    note: dict[str, str] | None = None
    program: list[str] | None = None
    mistakes: dict[str, list[Any]] = {}


class PublicCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A check, and all cases by which it is told."""

    name: str
    title: dict[str, str]
    points: float
    needs: list[str]
    reveal: bool
    calls: list[PublicCall]


class PublicMistake(msgspec.Struct, frozen=True, kw_only=True):
    """A known mistake: its name, the functions that it is one of, and what is said of it."""

    id: str
    of: list[str]
    text: dict[str, str]


class PublicCases(msgspec.Struct, frozen=True, kw_only=True):
    """What students have of a question's checks.

    Attributes:
        parameters: function -> its signature, as :class:`Recorded` takes it.
        checks: those that cases tell, in the order of the course.
        mistakes: the known ones, in the order of the course.
    """

    parameters: dict[str, list[list[Any]]] = {}
    checks: list[PublicCheck] = []
    mistakes: list[PublicMistake] = []

    @property
    def points(self) -> float:
        """What its checks are worth together."""
        return sum(check.points for check in self.checks)

    def to_bytes(self) -> bytes:
        """The same bytes for the same cases.

        Raises:
            wire.Refused: for a value that has no such form.
        """
        return wire.encode([_FORMAT, _plain(self)], _LIMITS, wire.foreign_array)

    @classmethod
    def from_bytes(cls, data: bytes) -> "PublicCases":
        """Read what :meth:`to_bytes` wrote; nothing in it is run.

        Raises:
            ValueError: for anything else.
        """
        try:
            match wire.decode(data, _LIMITS, _of_jax, networks=True):
                case [int(number), dict(cases)] if number == _FORMAT:
                    return _read(cases)
        except (wire.WireError, msgspec.ValidationError, TypeError, KeyError) as error:
            raise ValueError(f"no public cases: {error}") from error
        raise ValueError(f"public cases of another format than {_FORMAT}")


def _plain(cases: PublicCases) -> dict[str, Any]:
    """The exact types that the codec takes; values stay as they are."""
    checks = [
        msgspec.structs.asdict(check) | {"calls": [msgspec.structs.asdict(c) for c in check.calls]}
        for check in cases.checks
    ]
    mistakes = [msgspec.structs.asdict(mistake) for mistake in cases.mistakes]
    return {"parameters": cases.parameters, "checks": checks, "mistakes": mistakes}


def _read(cases: dict[str, Any]) -> PublicCases:
    return PublicCases(
        parameters=cases["parameters"],
        checks=[
            PublicCheck(**(check | {"calls": [PublicCall(**call) for call in check["calls"]]}))
            for check in cases["checks"]
        ],
        mistakes=[PublicMistake(**mistake) for mistake in cases["mistakes"]],
    )


def _of_jax(array: Any) -> Any:
    import jax.numpy as jnp

    return jnp.asarray(array)


def public_sets(question: Question) -> dict[str, dict[str, Number]]:
    """The files with a question's public cases, and the numbers that each is for.

    Answers hold for one set of numbers: there is a file for each that can be drawn; none where there are too many.
    """
    if not question.numbers:
        return {PUBLIC_CASES: {}}
    sets = list(itertools.islice(number_sets(question), MOST_SETS + 1))
    if len(sets) > MOST_SETS:
        return {}
    stem, _, kind = PUBLIC_CASES.rpartition(".")
    return {f"{stem}{number:02d}.{kind}": numbers for number, numbers in enumerate(sets, 1)}


class PublicQuestion:
    """A question of a students' package, seen as :class:`grader.course.LoadedQuestion` is."""

    helpers: Mapping[str, tuple[str, ...]] = {}
    families: Sequence[Any] = ()
    doubles: Sequence[Any] = ()

    def __init__(
        self, course: Course, question: Question, numbers: Mapping[str, Number] | None = None
    ) -> None:
        """The cases for these numbers; by default, to tell of its checks, those of the first set."""
        self.course, self.question = course, question
        self._numbers = numbers or next(number_sets(question))
        self._cases: PublicCases | None = None

    @property
    def folder(self) -> Path:
        return self.course.path / self.question.folder

    @property
    def checks(self) -> Path:
        """A file of the question's folder, for pytest to name: it is never imported."""
        return stub_file(self.course, self.question)

    @property
    def cases(self) -> PublicCases:
        """Its public cases, none where nothing is recorded.

        Raises:
            ManifestError: when they cannot be read.
        """
        sets = public_sets(self.question)
        if self._cases is None and not sets:
            self._cases = PublicCases()
        if self._cases is None:
            path = self.folder / next(n for n, of in sets.items() if of == self._numbers)
            try:
                self._cases = PublicCases.from_bytes(path.read_bytes())
            except (OSError, ValueError) as error:
                raise ManifestError(f"{one_line(path)}: {error}") from error
        return self._cases

    @property
    def functions(self) -> dict[str, frozenset[str]]:
        """For each check the functions that it calls."""
        return {c.name: frozenset(call.function for call in c.calls) for c in self.cases.checks}

    def load_checks(self) -> ModuleType:
        """A module with a test for each check; where there is none, with one that the file loads."""
        module = ModuleType(f"public_{self.question.folder}")
        for one in self.cases.checks:
            setattr(module, f"test_{one.name}", self._test(one))
        if not self.cases.checks:
            module.test_loads = _loads  # type: ignore[attr-defined]
        return module

    @property
    def reference(self) -> ModuleType:
        """Functions of which only the signatures are known."""
        module = ModuleType("reference")
        for name in self.cases.parameters:
            setattr(module, name, self._recorded(name))
        return module

    @property
    def mistakes(self) -> list[Recorded]:
        """The known mistakes, with their answers to the public cases."""
        answers: dict[str, dict[bytes, Any]] = {m.id: {} for m in self.cases.mistakes}
        for call in (call for one in self.cases.checks for call in one.calls):
            key = call_key(call.steps, call.args, call.kwargs)
            for mistake in self.cases.mistakes:
                if call.function in mistake.of:
                    given = call.mistakes.get(mistake.id, [_VALUE, call.expected])
                    answers[mistake.id][key] = _answer(*given)
        found = []
        for mistake in self.cases.mistakes:
            variant = Recorded(mistake.id, (), answers[mistake.id])
            info = MistakeInfo(mistake.id, tuple(mistake.of), mistake.text, mistake.id)
            variant.__mistake__ = info  # type: ignore[attr-defined]
            found.append(variant)
        return found

    def _recorded(self, name: str, answers: Mapping[bytes, Any] | None = None) -> Recorded:
        parameters = [(p[0], p[1], p[2]) for p in self.cases.parameters.get(name, ())]
        return Recorded(name, parameters, answers)

    def _test(self, one: PublicCheck) -> Any:
        """The check, the smallest cases first: what fails first is the smallest failure."""
        calls = sorted(one.calls, key=lambda call: case_size([call.args, call.kwargs]))

        def test(student: Student) -> None:
            for call in calls:
                function = _called(student, call)
                key = call_key(call.steps, call.args, call.kwargs)
                reference = self._recorded(call.function, {key: call.expected})
                rtol, atol = call.tolerances
                given = {"rtol": rtol, "atol": atol, "note": call.note}
                agree(function, reference, *call.args, **given, **call.kwargs)

        test.__name__ = f"test_{one.name}"
        needs, title = tuple(one.needs), one.title
        return check(points=one.points, needs=needs, reveal=one.reveal, **_titled(title))(test)


def _called(student: Student, call: PublicCall) -> RemoteFunction | Program:
    """The student's function, transformed, and compiled to a program where that is asked for."""
    function = getattr(student, call.function)
    steps = call.steps if call.program is None else call.steps[:-1]  # a program is compiled anyway
    for name, options in steps:
        function = function._step(name, options)
    if call.program is None:
        return function
    return function.program(*call.args, **call.kwargs).without(*call.program)


def _titled(title: Text) -> dict[str, str]:
    return {language: text for language, text in title.items() if language in spoken()}


def _answer(kind: str, value: Any) -> Any:
    """An answer, or an exception of the type that was raised."""
    return type(str(value), (Exception,), {})() if kind == _RAISED else value


@check(points=0, fr=say("loads", "fr"), en=say("loads", "en"))
def _loads(student: Student) -> None:
    student._load()


def trusted_question(
    course: Course, question: Question, numbers: Mapping[str, Number] | None = None
) -> LoadedQuestion | PublicQuestion:
    """What grades one question: the author's code, or in a students' package its public cases; with these numbers."""
    if course.for_students:
        return PublicQuestion(course, question, numbers)
    return load_question(course, question, numbers)


def parameters_of(function: Any) -> list[list[Any]] | None:
    """A trusted function's signature, as :class:`Recorded` takes it; None where it has none to tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    told = []
    for parameter in parameters:
        default = [] if parameter.default is inspect.Parameter.empty else [parameter.default]
        try:
            wire.encode(default, _LIMITS, wire.foreign_array)
        except wire.Refused:
            default = [None]  # such as a function: that there is one is what matters
        told.append([parameter.name, parameter.kind.name, default])
    return told
