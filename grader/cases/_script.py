"""A failing case as a Python file, as a student would write it.

The file is run outside of the sandbox. What is in it comes from checks and courses; a text that came over the wire can
be there as an argument or inside what is expected, and stands as a literal that Python itself has written.
"""

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path

from grader import wire
from grader.cases._notation import CannotBeWritten, Notation, OfJax, is_name
from grader.messages import Language, say
from grader.results import Case, CheckResult, Verdict
from grader.text import one_line

__all__ = ["CannotBeWritten", "script"]

_WIDTH = 88
_LABEL = 200
_NOTEBOOK = """\
{path}
notebook = sys.modules[{name!r}] = types.ModuleType({name!r})
code = compile(read_notebook(path.read_bytes()).source, {file!r}, "exec")
exec(code, notebook.__dict__)
{function} = notebook.{function}"""


def script(
    case: Case, *, check: CheckResult, mark: str, file: Path, language: Language
) -> tuple[str, bytes]:
    """The text of a case file, and the arrays that lie beside it; b"" where there are none.

    Args:
        case: what to run.
        check: what failed.
        mark: the first line, of our own making.
        file: the student's file, a script or a notebook, as a path from the folder of case files.
        language: of what the file says.

    Raises:
        CannotBeWritten: for what has no notation in Python.
    """
    if not is_name(case.function):
        raise CannotBeWritten(case.function)
    call = wire.decode(case.sent, make_array=OfJax, networks=True)
    written = Notation(taken=(case.function, "answer", "expected"))

    names = [*case.names, *(f"argument_{n + 1}" for n in range(len(case.names), len(call["args"])))]
    given = [written.argument(*pair) for pair in zip(names, call["args"], strict=False)]
    given += [written.keyword(*pair) for pair in call["kwargs"].items()]
    function = written.transformed(case.function, call["steps"])
    arguments = written.lines
    answer = [*_call(f"answer = {function}", given), _print("case_answer", "answer", language)]
    expected = []
    if "expected" in call:
        value = written.value("expected", call["expected"])
        expected = [*written.lines, f"expected = {value}"]
        expected.append(_print("case_expected", "expected", language))

    # The title stands below the first two lines, in which Python looks for an encoding.
    head = [mark, *_comment(say("case_head", language)), f"# {one_line(check.title, _LABEL)}"]
    if case.given:
        head += _comment(say("case_given", language, names=", ".join(case.given)))
    if check.verdict is Verdict.TIMEOUT:
        head += _comment(say("case_timeout", language))
    load = _from_notebook if file.suffix == ".ipynb" else _from_script
    standard, others, loading = load(case.function, file)
    parts = [
        head,
        [*sorted(["import sys", *standard]), "from pathlib import Path"],
        written.imports + others,
        loading,
        written.loading,
        arguments,
        answer,
        expected,
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n", written.archive()


_Loading = tuple[list[str], list[str], list[str]]


def _from_script(function: str, file: Path) -> _Loading:
    """What gets the function: imports of the standard library, of others, and the lines after them."""
    path = f"sys.path.insert(0, str({_place(file.parent)}))"
    if is_name(file.stem):
        return [], [], [path, f"from {file.stem} import {function}"]
    load = f"{function} = importlib.import_module({file.stem!r}).{function}"
    return ["import importlib"], [], [path, load]


def _from_notebook(function: str, file: Path) -> _Loading:
    load = _NOTEBOOK.format(
        path=f"path = {_place(file)}", name=file.stem, file=file.name, function=function
    )
    others = ["from grader.course import read_notebook"]
    return ["import types"], others, load.split("\n")


def _place(path: Path) -> str:
    """A path from the folder of case files, as an expression."""
    parts = list(path.parts)
    up = len(parts) - len([part for part in parts if part != ".."])
    if path.is_absolute() or ".." in parts[up:]:  # another drive
        return f"Path({str(path)!r})"
    return " / ".join([f"Path(__file__).resolve().parents[{up}]", *map(repr, parts[up:])])


def _call(head: str, arguments: Sequence[str]) -> list[str]:
    line = f"{head}({', '.join(arguments)})"
    if len(line) <= _WIDTH and "\n" not in line:
        return [line]
    return [f"{head}(", *(textwrap.indent(f"{argument},", "    ") for argument in arguments), ")"]


def _comment(text: str) -> list[str]:
    return textwrap.wrap(one_line(text), _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _print(key: str, name: str, language: Language) -> str:
    # Not repr: a no-break space stays one.
    label = json.dumps(say(key, language), ensure_ascii=False)
    return f'print({label}, {name}, sep="\\n")'
