"""The folder of case files: what is written, what is removed, what is never touched."""

from pathlib import Path

import numpy as np
import pytest

from grader import wire
from grader.cases import CaseFolder
from grader.results import Case, CheckResult, QuestionResult


def _check(name: str, *args: object, fails: bool = True) -> CheckResult:
    check = CheckResult(id=name, title="A title", max_points=1)
    if fails:
        sent = wire.encode({"steps": [], "args": list(args), "kwargs": {}})
        check.case = Case(function="f", sent=sent)
    return check


@pytest.fixture
def folder(tmp_path, monkeypatch) -> CaseFolder:
    monkeypatch.chdir(tmp_path)
    Path("exercises").mkdir()
    return CaseFolder(Path(".grader"), lambda name: Path("exercises", f"{name}_f.py"), "en")


def _keep(folder: CaseFolder, *checks: CheckResult) -> None:
    question = QuestionResult(
        id=checks[0].id.partition(".")[0], title="", max_score=1, checks=list(checks)
    )
    for check in checks:
        folder.keep(question, check)


def _files() -> list[str]:
    return sorted(path.name for path in Path(".grader/cases").iterdir())


LARGE = np.arange(1000)


def test_each_failing_check_has_a_file_and_a_command(folder):
    one, two, right = _check("q01.one", 1), _check("q01.two", LARGE), _check("q01.x", fails=False)
    _keep(folder, one, two, right)
    assert _files() == ["q01_one.py", "q01_two.npz", "q01_two.py"]
    assert folder.command(one) == "python .grader/cases/q01_one.py"
    assert folder.command(right) == ""


def test_the_command_leads_there_from_below(folder, monkeypatch):
    check = _check("q01.one", 1)
    monkeypatch.chdir("exercises")
    folder = CaseFolder(Path("../.grader"), lambda name: Path(f"{name}_f.py"), "en")
    _keep(folder, check)
    assert folder.command(check) == "python ../.grader/cases/q01_one.py"
    text = Path("../.grader/cases/q01_one.py").read_text(encoding="utf-8")
    assert "parents[2] / 'exercises'" in text


def test_a_further_grading_removes_what_the_one_before_it_wrote(folder):
    one = _check("q01.one", LARGE)
    _keep(folder, one, _check("q01.two", 2))
    _keep(folder, _check("q01.one", fails=False), _check("q01.two", 3))
    assert _files() == ["q01_two.py"]
    assert folder.command(one) == ""


def test_other_questions_and_files_of_other_hands_stay(folder):
    _keep(folder, _check("q01_b.one", 1))
    cases = Path(".grader/cases")
    for name in ("q01_mine.py", "q01_mine.npz", "notes.txt"):
        (cases / name).write_text("mine", encoding="utf-8")
    outside = Path("outside.py")
    outside.write_text("# q01.x\n", encoding="utf-8")
    (cases / "q01_link.py").symlink_to(outside.resolve())
    _keep(folder, _check("q01.one", fails=False))
    kept = ["notes.txt", "q01_b_one.py", "q01_link.py", "q01_mine.npz", "q01_mine.py"]
    assert _files() == kept
    assert outside.is_file()


@pytest.mark.parametrize("link", [".grader", ".grader/cases"])
def test_a_link_that_leads_elsewhere_is_not_followed(folder, link, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "cases").mkdir(parents=True)
    old = elsewhere / "q01_old.py"
    old.write_text("# q01.old\n", encoding="utf-8")
    if link == ".grader/cases":
        Path(".grader").mkdir()
    Path(link).symlink_to(elsewhere)
    check = _check("q01.one", 1)
    _keep(folder, check)
    assert folder.command(check) == ""
    assert [path for path in elsewhere.rglob("*") if path.is_file()] == [old]


def test_a_folder_that_cannot_be_written_is_no_failure(folder):
    Path(".grader").write_text("a file", encoding="utf-8")
    check = _check("q01.one", 1)
    _keep(folder, check)
    assert folder.command(check) == ""


@pytest.mark.parametrize(
    "name", ["q01.a[../../x]", "q01.a[/etc/x]", "q01.a[\n]", "q01.coding: utf-7"]
)
def test_no_name_of_a_check_leads_elsewhere_or_becomes_code(folder, name, tmp_path):
    _keep(folder, _check(name, 1))
    (path,) = Path(".grader/cases").iterdir()
    assert path.name.startswith("q01_")
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert set(first) <= set("# q01.abcdefghijklmnopqrstuvwxyz_0123456789")
    assert "coding:" not in first
