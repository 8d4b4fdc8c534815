"""Results to be shown on a page, and the page as a tree."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from grader.course import Course, find_course
from grader.report.page import Past, to_html
from grader.results import (
    CaseValue,
    CheckResult,
    Counterexample,
    Isolation,
    QuestionResult,
    Result,
    Verdict,
)

_VOID = frozenset({"meta", "img", "input", "br", "hr", "link"})

_INLINE = frozenset({"a", "b", "code", "em", "span", "strong"})


class Element:
    """An element of a page."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        """All text inside, as it is read: blocks apart, and runs of white space as one."""
        return " ".join(self._flow.split())

    @property
    def _flow(self) -> str:
        parts = (child if isinstance(child, str) else child._flow for child in self.children)
        text = "".join(parts)
        return text if self.tag in _INLINE else f" {text} "

    def all(self, tag: str, **attributes: str) -> "list[Element]":
        """The elements of that tag inside, in order; ``class_`` stands for one of the classes."""
        found = []
        for child in self.children:
            if isinstance(child, str):
                continue
            if child.tag == tag and all(child._has(*pair) for pair in attributes.items()):
                found.append(child)
            found += child.all(tag, **attributes)
        return found

    def one(self, tag: str, **attributes: str) -> "Element":
        """The only element of that kind inside."""
        (found,) = self.all(tag, **attributes)
        return found

    def _has(self, name: str, value: str) -> bool:
        if name == "class_":
            return value in self.attributes.get("class", "").split()
        return self.attributes.get(name) == value


class _Tree(HTMLParser):
    """Parses a page whose elements are all closed; anything else is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


@pytest.fixture
def parsed() -> Callable[[str], Element]:
    """A page as a tree."""

    def parse(page: str) -> Element:
        tree = _Tree()
        tree.feed(page)
        tree.close()
        assert tree._open == [tree.root]
        return tree.root

    return parse


@pytest.fixture
def course(maths) -> Course:
    """The small course; its folder may be written in."""
    return find_course(str(maths))


@pytest.fixture
def value_of() -> Callable[..., CaseValue]:
    """An array as a value of a case."""

    def make(role: Any, array: Any, name: str = "") -> CaseValue:
        array = np.asarray(array)
        return CaseValue(
            role=role, name=name, dtype=array.dtype.name, shape=array.shape, data=array.tobytes()
        )

    return make


@pytest.fixture
def result_of() -> Callable[..., Result]:
    """A result of one question, with these checks."""

    def make(*checks: CheckResult, **question: Any) -> Result:
        given = {"id": "q01", "title": "Squares", "max_score": float(len(checks)), **question}
        result = Result(
            course="maths",
            version="1",
            seed=77,
            seed_id="00",
            started="2026-11-22T09:30:12+01:00",
            seconds=2.5,
            isolation=Isolation(2, "sandboxed", ("process", "bubblewrap")),
            questions=[QuestionResult(checks=list(checks), **given)],
        )
        result.settle()
        return result

    return make


@pytest.fixture
def check_of() -> Callable[..., CheckResult]:
    """A check, failed if nothing else is said."""

    def make(name: str = "a", verdict: Verdict = Verdict.FAILED, **more: Any) -> CheckResult:
        points = 1.0 if verdict is Verdict.PASSED else 0.0
        given = {"id": f"q01.{name}", "title": f"Title {name}", "points": points, **more}
        return CheckResult(verdict=verdict, max_points=1.0, **given)

    return make


@pytest.fixture
def full_page(course, result_of, check_of, value_of) -> Callable[[Any], str]:
    """A page with everything that a page can have, in a language."""
    rows, columns = np.mgrid[:20, :24]
    image = (255 * np.exp(-np.hypot(rows - 9, columns - 12) / 6)).round().astype(np.uint8)
    moved = np.roll(image, 2, 0)
    kernel = np.arange(54, dtype=np.float32).reshape(3, 3, 2, 3) - 20
    noise = np.random.default_rng(0).normal(size=(30, 40))
    other = noise + (rows[0, 0] == columns[0]).sum() * (np.arange(40) == 7)

    def values(got: Any, wanted: Any) -> tuple[CaseValue, ...]:
        wrong = value_of("wrong", got != wanted)
        return value_of("answer", got), value_of("expected", wanted), wrong

    def make(language: Any) -> str:
        statement = course.path / course.question("q01").folder / f"statement.{language}.md"
        statement.write_text(_STATEMENT, encoding="utf-8")
        case = Counterexample("jit(f)(\n    image,\n)", "1", "2", "at [0]: 1 instead of 2")
        stride = CaseValue(role="argument", name="stride", text="2")
        given = (
            value_of("argument", image, "image"),
            value_of("argument", kernel, "kernel"),
            stride,
        )
        checks = [
            check_of("a", Verdict.PASSED),
            check_of("b", Verdict.PASSED, message="Advice: `write` it."),
            check_of(
                "c",
                message="Wrong.\nIt is flipped.",
                mistake="flipped",
                counterexample=case,
                values=(*given, *values(moved, image)),
            ),
            check_of(
                "d", message="Wrong.\nYour code printed:\n  | " + "x" * 300, counterexample=case
            ),
            check_of("e", message="No.", counterexample=case, values=values(other, noise)),
            check_of("f", Verdict.SKIPPED, message="First: Title c."),
            check_of("g", Verdict.GRADER_ERROR, message="The grader failed."),
        ]
        result = result_of(*checks, answer_text="Because.")
        history = {"q01": Past(1, 2), "q02": Past(3, 3)}
        return to_html(result, course, language, history=history)

    return make


_STATEMENT = """# Title

With $K$ weights:

$$\\sum_{i=1}^{K} \\frac{x_i w_i}{\\sqrt{K}} + \\begin{pmatrix} 1 & 0 \\\\ 0 & 1 \\end{pmatrix}$$

## Part

| a | |
|---|--:|
| 1 | 2 |

```python
print("a line that is wider than any telephone can show without scrolling, and wider still than that")
```
"""
