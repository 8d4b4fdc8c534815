"""What can be said of a question before anything of it is graded: its texts, its stub, its declarations."""

import ast
import dataclasses
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

from grader.authoring._stubs import stub_of
from grader.authoring._variants import VariantError, variant_source
from grader.checks._declare import CheckInfo, mistake_info
from grader.course import (
    Course,
    LoadedQuestion,
    Question,
    StubError,
    functions_with_hints,
    hint_levels,
    in_language,
    load_question,
    packaged_exercises,
    read_numbers,
)
from grader.messages import Language, Text

__all__ = ["Finding", "code_findings", "file_findings", "page_findings", "text_findings"]

_HINT = re.compile(r"^## (\d+)\s*$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that was proved, or not: ``problem`` is empty when it holds."""

    question: str
    claim: str
    problem: str = ""


def page_findings(course: Course) -> Iterator[Finding]:
    """The pages beside the questions must be there, in every language."""
    for name in course.pages:
        for language in course.languages:
            problem = ""
            try:
                problem = "" if course.page(name, language).strip() else "it is empty"
            except (OSError, UnicodeDecodeError) as error:
                problem = f"it cannot be read: {error}"
            yield Finding(name, f"page ({language})", problem)


def text_findings(course: Course, question: Question) -> Iterator[Finding]:
    """The texts that must be there, in every language."""
    for language in course.languages:
        claim = f"statement, three hints and commentary ({language})"
        problem = _text_problem(course, question, language)
        yield Finding(question.id, claim, problem)
        if not problem:
            claim = f"hints for each function to write ({language})"
            yield Finding(question.id, claim, _hint_problem(course, question, language))


def file_findings(course: Course, question: Question) -> Iterator[Finding]:
    """What comes with the statement must be there, where anything does."""
    try:
        names = course.attachments(question)
    except (OSError, UnicodeDecodeError):
        return  # which is a finding of its own
    folder = course.path / question.folder
    missing = [name for name in names if not (folder / name).is_file()]
    if names:
        problem = f"{missing[0]} is not in {question.folder}" if missing else ""
        yield Finding(question.id, "figures and data are there", problem)


def code_findings(course: Course, question: Question) -> Iterator[Finding]:
    """The files of code; after the first problem the rest is not looked at, as it follows from it."""
    claims: dict[str, Callable[[Course, LoadedQuestion], str]] = {
        "solution.py holds a solution": _solution_problem,
        "the stub is in sync, in each language": _stub_problem,
        "the numbers stand in solution.py": _numbers_problem,
        "checks.py declares checks": _checks_problem,
        "mistakes.py declares mistakes": _mistakes_problem,
    }
    if not question.numbers:
        del claims["the numbers stand in solution.py"]
    trusted = load_question(course, question)
    for claim, find in claims.items():
        try:
            problem = find(course, trusted)
        except Exception as error:
            problem = _reason(error, trusted.folder)
        yield Finding(question.id, claim, problem)
        if problem:
            return


def _hint_problem(course: Course, question: Question, language: Language) -> str:
    levels = hint_levels(course.text(question, "hints", language))
    known = functions_with_hints(levels)
    try:
        written = _functions_to_write(stub_of(course, question))
    except (StubError, SyntaxError):
        return ""  # which is a finding of its own
    missing = [name for name in written if name not in known]
    if missing and len(written) > 1:
        return f"hints.{language}.md has no item that begins with - `{missing[0]}`:"
    if strange := [name for name in known if name not in written]:
        return f"hints.{language}.md has a hint for {strange[0]}, which the stub does not leave to write"
    return ""


def _functions_to_write(stub: str) -> list[str]:
    """The functions whose body is left to the student."""
    found = []
    for node in ast.parse(stub).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            raised = (n.exc for n in ast.walk(node) if isinstance(n, ast.Raise))
            if any(isinstance(e, ast.Name) and e.id == "NotImplementedError" for e in raised):
                found.append(node.name)
    return found


def _text_problem(course: Course, question: Question, language: Language) -> str:
    texts = {}
    for kind in ("statement", "hints", "commentary"):
        name = f"{kind}.{language}.md"
        try:
            texts[kind] = (course.path / question.folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return f"{name} is missing"
        except (OSError, UnicodeDecodeError) as error:
            return f"{name} cannot be read: {error}"
        if not texts[kind].strip():
            return f"{name} is empty"
    _, *parts = _HINT.split(texts["hints"])
    levels, bodies = parts[::2], parts[1::2]
    if levels != ["1", "2", "3"]:
        headings = ", ".join(f"## {level}" for level in levels) or "none"
        return f"hints.{language}.md must have the headings ## 1, ## 2, ## 3; it has {headings}"
    empty = [level for level, body in zip(levels, bodies, strict=True) if not body.strip()]
    return f"hints.{language}.md says nothing under ## {empty[0]}" if empty else ""


def _solution_problem(course: Course, trusted: LoadedQuestion) -> str:
    tree = _parse(trusted.folder / "solution.py")
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = ["." * node.level + (node.module or "")]
        for name in names:
            if name.startswith(".") or name.partition(".")[0] == "grader":
                return f"solution.py, line {node.lineno}: a student's file cannot import {name}"  # type: ignore[attr-defined]
    if twice := _repeated(tree):
        return f"solution.py defines {twice} twice"
    _ = trusted.reference
    return ""


def _stub_problem(course: Course, trusted: LoadedQuestion) -> str:
    stub = stub_of(course, trusted.question)
    sections = [re.compile(rf"^\s*{one.upper()}:", re.MULTILINE) for one in course.languages]
    for node in ast.walk(ast.parse(stub)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            text = ast.get_docstring(node) or ""
            if len({bool(section.search(text)) for section in sections}) > 1:
                name = getattr(node, "name", "the file")
                return f"the docstring of {name} is not in every language"
    for language in course.languages:
        ast.parse(in_language(stub, language))
    path = packaged_exercises(course) / trusted.question.file
    if not path.is_file():
        return f"{path.name} is missing: run `grader course stubs`"
    if path.read_text(encoding="utf-8") != stub:
        return f"{path.name} differs from what the solution gives: run `grader course stubs`"
    return ""


def _numbers_problem(course: Course, trusted: LoadedQuestion) -> str:
    """What keeps a student's own numbers from being put in the place of the solution's."""
    question = trusted.question
    if problem := read_numbers(question, trusted.solution.encode()).told("solution.py"):
        return problem["en"]
    given = read_numbers(question, stub_of(course, question).encode()).written
    hidden = [name for name in question.numbers if name not in given]
    return f"{hidden[0]} is set in a marked region, which students do not get" if hidden else ""


def _checks_problem(course: Course, trusted: LoadedQuestion) -> str:
    if twice := _repeated(_parse(trusted.checks)):
        return f"checks.py defines {twice} twice: check ids must be unique"
    module = trusted.load_checks()
    declared = _tests(module)
    if not declared:
        return "checks.py has no test"
    earlier: list[str] = []
    for name, info in declared.items():
        if info is None:
            return f"test_{name} has no @check"
        if language := _untold(info.title, course.languages):
            return f"test_{name} has no title in {language!r}"
        if unknown := [need for need in info.needs if need not in earlier]:
            return f"test_{name} needs {unknown[0]!r}, which is no earlier check of its file"
        earlier.append(name)
    return ""


def _mistakes_problem(course: Course, trusted: LoadedQuestion) -> str:
    path = trusted.folder / "mistakes.py"
    if not path.is_file():
        return ""
    if twice := _repeated(_parse(path)):
        return f"mistakes.py defines {twice} twice: names of mistakes must be unique"
    for variant in trusted.mistakes:
        info = mistake_info(variant)
        if unknown := [name for name in info.of if not hasattr(trusted.reference, name)]:
            return f"{info.id} is a mistake of {unknown[0]!r}, which solution.py does not define"
        if language := _untold(info.text, course.languages):
            return f"{info.id} has no text in {language!r}"
        variant_source(trusted, variant)
    return ""


def _tests(module: ModuleType) -> dict[str, CheckInfo | None]:
    """The tests of a file in its order, without ``test_``."""
    return {
        name.removeprefix("test_"): getattr(value, "__check__", None)
        for name, value in vars(module).items()
        if name.startswith("test_") and callable(value)
    }


def _untold(text: Text, languages: Sequence[Language]) -> str | None:
    return next((language for language in languages if not text.get(language, "").strip()), None)


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _repeated(tree: ast.Module) -> str | None:
    """A function or class that a later one of the same name would silently replace."""
    names = [n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
    return next((name for name in names if names.count(name) > 1), None)


def _reason(error: Exception, folder: Path) -> str:
    """An exception of the course's own code in one line, with the place in the question's folder."""
    if isinstance(error, (StubError, VariantError)):
        return str(error)
    if isinstance(error, FileNotFoundError) and error.filename:
        return f"{Path(str(error.filename)).name} is missing"
    if isinstance(error, SyntaxError):
        where, text = [(str(error.filename), error.lineno)], error.msg
    else:
        frames = traceback.extract_tb(error.__traceback__)
        where, text = [(frame.filename, frame.lineno) for frame in frames], str(error)
    ours = [(Path(file).name, line) for file, line in where if Path(file).parent == folder]
    place = f"{ours[-1][0]}, line {ours[-1][1]}: " if ours else ""
    return f"{place}{type(error).__name__}: {text}"
