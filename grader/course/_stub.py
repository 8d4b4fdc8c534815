"""Stubs: cut from a solution, and narrowed to one language."""

import ast
import codecs
import functools
import re

from grader.course._manifest import Question
from grader.course._numbers import read_numbers, with_numbers
from grader.messages import Language, spoken

__all__ = ["StubError", "cut_stub", "in_language", "is_untouched", "same_code", "without_markers"]

_BEGIN, _END = "# BEGIN SOLUTION", "# END SOLUTION"


class StubError(ValueError):
    """Markers that do not pair up; the message names the line."""


def cut_stub(solution: str) -> str:
    """The student's file: every marked region replaced by ``raise NotImplementedError``.

    A marked region at the top level is dropped, but for the free text ``ANSWER``, which becomes empty.

    Raises:
        StubError: for markers that do not pair up, or no markers at all.
    """
    lines: list[str] = []
    opened: int | None = None
    region: list[str] = []
    found = False
    for number, line in enumerate(solution.splitlines(), 1):
        match line.strip():
            case text if text == _BEGIN:
                if opened is not None:
                    raise StubError(
                        f"line {number}: {_BEGIN} inside a region begun at line {opened}"
                    )
                opened, region, found = number, [], True
            case text if text == _END:
                if opened is None:
                    raise StubError(f"line {number}: {_END} without {_BEGIN}")
                lines += _replacement(region, line[: len(line) - len(line.lstrip())])
                opened = None
            case _:
                (lines if opened is None else region).append(line)
    if opened is not None:
        raise StubError(f"line {opened}: {_BEGIN} without {_END}")
    if not found:
        raise StubError(f"there is no {_BEGIN}: nothing is left to the student")
    return _tidy(lines)


def _replacement(region: list[str], indent: str) -> list[str]:
    if indent:
        return [f"{indent}raise NotImplementedError"]
    return ['ANSWER = ""'] if any(line.startswith("ANSWER") for line in region) else []


def _tidy(lines: list[str]) -> str:
    """At most two blank lines in a row, one line end at the end."""
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines).strip("\n")) + "\n"


def without_markers(solution: str) -> str:
    """The solution as a student may read it."""
    kept = (line for line in solution.splitlines() if line.strip() not in (_BEGIN, _END))
    return _tidy(list(kept))


@functools.lru_cache(maxsize=128)  # a class has the same stubs
def in_language(source: str, language: Language) -> str:
    """Keep the docstring sections and tagged comments of one language, without their tags."""
    tags = "|".join(one.upper() for one in spoken())
    sections = re.compile(rf"^\s*({tags}):\s*", re.MULTILINE)
    comment = re.compile(rf"^(\s*# )({tags}): ?(.*)$")
    lines = source.splitlines()
    for node in reversed(list(_docstrings(ast.parse(source)))):
        text = _section(sections, node.value.value, language)  # type: ignore[attr-defined]
        if text is not None and node.end_lineno is not None:
            text = text.replace("\\", "\\\\").replace('"""', '\\"""')
            indent = " " * node.col_offset
            body = (
                f'{indent}"""{text}"""' if "\n" not in text else f'{indent}"""{text}\n{indent}"""'
            )
            lines[node.lineno - 1 : node.end_lineno] = body.split("\n")
    kept = []
    for line in lines:
        if match := comment.match(line):
            if match[2].lower() == language:
                kept.append(match[1] + match[3])
        else:
            kept.append(line)
    return _tidy(kept)


def _docstrings(tree: ast.Module) -> list[ast.Expr]:
    found = []
    for node in ast.walk(tree):
        match node:
            case (
                ast.Module(body=[ast.Expr(value=ast.Constant(value=str())) as first, *_])
                | ast.FunctionDef(body=[ast.Expr(value=ast.Constant(value=str())) as first, *_])
                | ast.ClassDef(body=[ast.Expr(value=ast.Constant(value=str())) as first, *_])
            ):
                found.append(first)
    return sorted(found, key=lambda expression: expression.lineno)


def _section(sections: re.Pattern[str], docstring: str, language: Language) -> str | None:
    parts = sections.split(docstring)
    if len(parts) < 3:
        return None  # not written in several languages
    by_tag = dict(zip(parts[1::2], parts[2::2], strict=True))
    return (parts[0].strip() + by_tag.get(language.upper(), "")).strip()


def is_untouched(question: Question, content: bytes, stub: bytes) -> bool:
    """Whether a file is the question's stub, in both languages or in one, with any of the numbers that are drawn."""
    if read_numbers(question, content).values and (given := read_numbers(question, stub).values):
        content = with_numbers(question, content, given)
    if same_code(content, stub):
        return True
    text = stub.decode("utf-8")
    return any(same_code(content, in_language(text, one).encode()) for one in spoken())


def same_code(one: bytes, other: bytes) -> bool:
    """Whether two files differ at most in line ends, blank lines, lines of comment and a byte order mark."""
    return _code_lines(one) == _code_lines(other)


def _code_lines(content: bytes) -> list[bytes]:
    lines = (line.rstrip() for line in content.removeprefix(codecs.BOM_UTF8).splitlines())
    return [line for line in lines if line and not line.lstrip().startswith(b"#")]
