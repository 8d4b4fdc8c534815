"""A question's checks on answers that run in this process: hundreds of known mistakes in seconds.

`grader course check` proves the same of a confined worker, a process for each answer. Here an answer is code of this
repository, so it may run beside the reference; what it is given and what it gives cross the wire all the same.
"""

import contextlib
import dataclasses
import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any

from grader.authoring._variants import variant_source
from grader.checks import Student, _cases
from grader.checks._agree import Expectation, Mismatch
from grader.checks._answer import BadForm
from grader.checks._cases import GENERATORS
from grader.checks._chosen import functions_of_checks
from grader.checks._declare import mistake_info
from grader.checks._diagnose import Evidence, explanations, surest
from grader.checks._streams import Streams
from grader.checks._survey import survey
from grader.course import LoadedQuestion
from grader.session import Fault

_Make = Callable[..., Student]  # the fixture ``compiled_student_of``


@dataclasses.dataclass
class Outcome:
    """What came of one check: how it failed, None where it passed, and the mistake that was named."""

    error: Exception | None = None
    mistake: str | None = None
    skipped: bool = False

    def name(self, variant: Callable[..., Any] | None) -> None:
        """Name a known mistake, or none."""
        self.mistake = mistake_info(variant).id if variant else None


def functions_of(source: str, name: str = "answer") -> dict[str, Callable[..., Any]]:
    """The functions that a file defines, run here."""
    module = types.ModuleType(name)
    exec(compile(source, f"{name}.py", "exec"), module.__dict__)
    return {key: value for key, value in vars(module).items() if inspect.isfunction(value)}


def graded(
    trusted: LoadedQuestion,
    make: _Make,
    source: str,
    seed: int,
    only: set[str] | None = None,
) -> dict[str, Outcome]:
    """Every check of a question on one file, by the check's name; ``only`` those that call one of these functions."""
    found: dict[str, Outcome] = {}
    checks, evidence = trusted.load_checks(), Evidence()
    functions = functions_of(source)
    calls = functions_of_checks(trusted.checks.read_text("utf-8"))
    for name, test in vars(checks).items():
        info = getattr(test, "__check__", None)
        short = name.removeprefix("test_")
        if info is None or (only is not None and not only & calls[short]):
            continue
        outcome = found[short] = Outcome()
        if any(need in found and found[need].error for need in info.needs):
            outcome.skipped = True
            continue
        student = make(**functions)
        streams = Streams(seed, f"{trusted.question.id}.{short}")

        def run(test: Any = test, student: Student = student, streams: Streams = streams) -> None:
            given = {"student": student, "reference": trusted.reference, "streams": streams}
            given |= {key: streams(purpose) for key, purpose in GENERATORS.items()}
            test(**{key: given[key] for key in inspect.signature(test).parameters})

        try:
            with _first_failure():
                run()
        except (Mismatch, Expectation, BadForm, Fault) as error:
            outcome.error = error
            survey(student, run, 0.0)
            variants = [*trusted.mistakes, *trusted.doubles]
            explain = explanations(variants, student._attempts, evidence.attempts)
            if surest(explain) is not None:
                outcome.name(surest(explain))
                evidence.named.append((explain, outcome.name))
        evidence.add(student._attempts)
    evidence.refute()
    return found


@contextlib.contextmanager
def _first_failure() -> Iterator[None]:
    """A failing case is not made smaller: that takes most of the time, and no name depends on it."""
    before, _cases._SHRINK_SECONDS = _cases._SHRINK_SECONDS, -1.0
    try:
        yield
    finally:
        _cases._SHRINK_SECONDS = before


def mistakes_not_named(trusted: LoadedQuestion, make: _Make, seed: int) -> list[str]:
    """Known mistakes that the checks let through, or take for another, with what is said instead."""
    lost = []
    for variant in trusted.mistakes:
        info = mistake_info(variant)
        found = graded(trusted, make, variant_source(trusted, variant), seed, set(info.of))
        named = [outcome.mistake for outcome in found.values() if outcome.mistake]
        if info.id not in named:
            wrong = [name for name, outcome in found.items() if outcome.error]
            lost.append(f"{info.id}, seed {seed}: named {named}; wrong in {wrong}")
    return lost
