"""Which checks of a course are meant by a name: an id, the name of a check, a function of the student's."""

import ast
from collections.abc import Mapping, Sequence, Set

from grader.checks._public import PublicQuestion, trusted_question
from grader.course import Course, Question

__all__ = ["UnknownCheck", "checks_calling", "choose_checks", "functions_of_checks"]

_PREFIX = "test_"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class UnknownCheck(KeyError):
    """A name that no check has and that none calls a function by.

    Attributes:
        name: that was given.
        known: question -> names of its checks and of the functions that these call.
    """

    def __init__(self, name: str, course: str, known: Mapping[str, Sequence[str]]) -> None:
        self.name, self.known = name, known
        listed = "; ".join(f"{question}: {', '.join(names)}" for question, names in known.items())
        super().__init__(
            f"check or function {name!r} is not in these questions of {course}; known: {listed}"
        )


def choose_checks(
    course: Course, questions: Sequence[Question], names: Sequence[str]
) -> dict[str, frozenset[str]]:
    """The checks that are meant, by question; no course code is imported for it.

    Args:
        course: the course.
        questions: where to look.
        names: each a check's id (``q05.window_bias``), or its name in any question, or a function: all checks that call
            it. An id whose question has no such check may name a function of that question too.

    Returns:
        Question -> names of checks; questions of which none is meant are left out. What a check needs is not added.

    Raises:
        UnknownCheck: for a name that means nothing.
    """
    calls = {question.id: _functions(course, question) for question in questions}
    chosen: dict[str, set[str]] = {}
    for name in names:
        found = _by_id(name, calls) or _by_name(name, calls)
        if not found:
            known = {
                question: list(dict.fromkeys([*of, *(f for fs in of.values() for f in sorted(fs))]))
                for question, of in calls.items()
            }
            raise UnknownCheck(name, course.id, known)
        for question, checks in found.items():
            chosen.setdefault(question, set()).update(checks)
    return {question: frozenset(checks) for question, checks in chosen.items()}


def _functions(course: Course, question: Question) -> dict[str, frozenset[str]]:
    """For each check of a question the student's functions that it calls."""
    trusted = trusted_question(course, question)
    if isinstance(trusted, PublicQuestion):
        return trusted.functions
    return functions_of_checks(trusted.checks.read_text(encoding="utf-8"))


def _by_id(name: str, calls: Mapping[str, Mapping[str, frozenset[str]]]) -> dict[str, set[str]]:
    question, _, check = name.partition(".")
    of = calls.get(question, {})
    meant = {check} if check in of else {one for one, called in of.items() if check in called}
    return {question: meant} if meant else {}


def _by_name(name: str, calls: Mapping[str, Mapping[str, frozenset[str]]]) -> dict[str, set[str]]:
    found = {
        question: {one for one, called in of.items() if name == one or name in called}
        for question, of in calls.items()
    }
    return {question: checks for question, checks in found.items() if checks}


def checks_calling(text: str, functions: Set[str]) -> frozenset[str]:
    """The names of the checks in a checks.py that call one of these functions of the student's."""
    return frozenset(one for one, called in functions_of_checks(text).items() if called & functions)


def functions_of_checks(source: str) -> dict[str, frozenset[str]]:
    """For each check of a ``checks.py``, in its order, the student's functions that its text names.

    The text is read, as what decorators like ``forall`` make of a test tells nothing of it: ``student.f`` in the test,
    and in the functions of the file that it is built on.
    """
    tree = ast.parse(source)
    helpers = {node.name: node for node in tree.body if isinstance(node, _Function)}
    classes = [node.body for node in tree.body if isinstance(node, ast.ClassDef)]
    tests = [
        node
        for body in (tree.body, *classes)
        for node in body
        if isinstance(node, _Function) and node.name.startswith(_PREFIX)
    ]
    return {test.name.removeprefix(_PREFIX): _called(test, helpers) for test in tests}


def _called(test: _Function, helpers: Mapping[str, _Function]) -> frozenset[str]:
    called: set[str] = set()
    reached, ahead = {test.name}, [test]
    while ahead:
        for node in ast.walk(ahead.pop()):
            if isinstance(node, ast.Attribute) and _is_student(node.value):
                called.add(node.attr)
            elif isinstance(node, ast.Call) and _gets_attribute(node):
                called.add(node.args[1].value)  # type: ignore[attr-defined]
            elif isinstance(node, ast.Name) and node.id in helpers.keys() - reached:
                reached.add(node.id)
                ahead.append(helpers[node.id])
    return frozenset(called)


def _is_student(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "student"


def _gets_attribute(call: ast.Call) -> bool:
    """Whether it is ``getattr(student, "f")``."""
    return (
        isinstance(call.func, ast.Name)
        and call.func.id == "getattr"
        and len(call.args) > 1
        and _is_student(call.args[0])
        and isinstance(call.args[1], ast.Constant)
        and isinstance(call.args[1].value, str)
    )
