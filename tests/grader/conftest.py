"""Stand-ins for a worker, for what is not about processes; and a browser, for what is shown in one."""

import os
import shutil
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader import wire
from grader.checks import Student
from grader.results import Verdict
from grader.session import Fault, QuestionTime, RunTime, _workers


class LocalSession:
    """Calls functions in this process, through the wire's codec, as a worker would."""

    def __init__(self, functions: dict[str, Callable[..., Any]]) -> None:
        self.functions, self.life, self.calls = functions, 0, 0

    def load(self, module: str, file: str, time: QuestionTime) -> None:
        pass

    def forget_output(self) -> None:
        return

    def output(self) -> str:
        return ""

    def ask(
        self, operation: str, time: QuestionTime, call: str, /, **arguments: Any
    ) -> Callable[[], Any]:
        self.calls += 1
        sent = wire.decode(wire.encode(arguments), networks=True)

        def answer() -> Any:
            name = sent["target"][1]
            if name not in self.functions:
                raise Fault(Verdict.FAILED, call=call, name=name, names=list(self.functions))
            try:
                value = self.functions[name](*sent["args"], **sent["kwargs"])
            except Fault:
                raise
            except Exception as error:
                kind = type(error).__name__
                raise Fault(Verdict.EXCEPTION, call=call, type=kind, text=str(error)) from error
            return wire.decode(wire.encode(value))

        return answer


@pytest.fixture
def student_of() -> Callable[..., Student]:
    """Makes the student proxy of the functions given."""

    def make(**functions: Callable[..., Any]) -> Student:
        session: Any = LocalSession(functions)
        time = QuestionTime(10.0, RunTime(total=1800.0, patience=600.0))
        return Student(session, "q01", "q01.py", time, types.MappingProxyType({}))

    return make


@pytest.fixture
def maths(tmp_path, monkeypatch) -> Path:
    """The folder of a small course in plain Python, to be used or spoilt; its workers start without JAX."""
    return _copied("maths", tmp_path, monkeypatch)


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """The same of a course whose only question has numbers that are drawn for each student."""
    return _copied("own", tmp_path, monkeypatch)


def _copied(course: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(_workers, "PRELOAD", ())
    here = Path(__file__).parent / "courses"
    root = folder / "a course"
    for part in ("solutions", "exercises"):
        shutil.copytree(here / part / course, root / part / course)
    return root / "solutions" / course


@pytest.fixture
def solved() -> Callable[[str], str]:
    """Makes of a stub of that course a right answer, whatever its numbers are."""
    bodies = {
        "positions": "return (size - KERNEL) // STRIDE + 1",
        "padded": "return size + 2 * HALF",
        "outputs": "return positions(padded(size))",
    }

    def solve(stub: str) -> str:
        for function, body in bodies.items():
            before, head, after = stub.partition(f"def {function}(")
            stub = before + head + after.replace("raise NotImplementedError", body, 1)
        return stub

    return solve


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium; without one the test is skipped. To have it, and the checks of ``violations``::

    apt-get install chromium                # or set CHROMIUM to the path of a Chrome
    pip install playwright                  # its own browsers are not needed
    npm install --no-save axe-core          # or set AXE to the path of axe.min.js
    pytest -m slow tests/grader/report/page tests/grader/browser
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("there is no Chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        # As root Chromium does not start in its own sandbox; what it is shown here was made here.
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def violations() -> Callable[[Any], list[tuple[str, str]]]:
    """What axe-core finds wrong on a page with all its parts open: rule and element."""
    path = Path(os.environ.get("AXE", "node_modules/axe-core/axe.min.js"))
    if not path.is_file():
        pytest.skip(f"there is no axe-core at {path}")
    source = path.read_text(encoding="utf-8")

    def find(page: Any) -> list[tuple[str, str]]:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]

    return find
