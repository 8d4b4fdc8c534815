"""The scoreboard of attacks on other graders: its catalogue, its words and its page; no grader is started."""

import ast
import importlib
import json
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks/attacks"
NAMES = ("attacks", "box", "course", "environments", "graders", "notebook", "outcome", "table")


@pytest.fixture
def scoreboard(monkeypatch):
    """The modules of the scoreboard, under the names they have for one another."""
    monkeypatch.syspath_prepend(str(FOLDER))
    yield {name: importlib.import_module(name) for name in NAMES}
    for name in list(sys.modules):
        if name.partition(".")[0] in NAMES:
            del sys.modules[name]


@pytest.fixture
def machine(scoreboard, tmp_path):
    return scoreboard["box"].new_machine(tmp_path / "machine")


def pairs(scoreboard):
    for grader in scoreboard["graders"].ALL:
        for attack in scoreboard["attacks"].ATTACKS:
            if grader.family not in attack.apart:
                yield grader, attack


def ended(scoreboard, **changed):
    usual = {
        "status": 0,
        "seconds": 1.0,
        "survivors": (),
        "bystander": True,
        "connections": 0,
        "objects": 0,
    }
    return scoreboard["box"].Ended(**{**usual, "output": b"", **changed})


def test_every_attack_is_a_program_for_every_grader_it_applies_to(scoreboard):
    for grader, attack in pairs(scoreboard):
        submissions = attack.submissions(grader.family)
        assert submissions
        for one in submissions:
            ast.parse(scoreboard["course"].as_cell(one.text))


def test_no_attack_of_the_catalogue_is_unreachable(scoreboard):
    names = {attack.name for attack in scoreboard["attacks"].ATTACKS}
    assert {path.stem for path in (FOLDER / "submissions").iterdir()} <= names


def test_the_hidden_tests_ask_what_the_reference_answers(scoreboard):
    course = scoreboard["course"]
    names = {}
    exec(course.right().text, names)
    for part in course.PARTS:
        for line in course.asserted(part):
            exec(line, names)
    assert sum(part.points for part in course.PARTS) == course.MAXIMUM


def test_a_submission_is_laid_for_every_grader_that_needs_no_preparation(scoreboard, tmp_path):
    course, box = scoreboard["course"], scoreboard["box"]
    for grader in scoreboard["graders"].ALL:
        if grader.family in ("otter", "nbgrader"):
            continue
        machine = box.new_machine(tmp_path / grader.key)
        grader.lay(machine, tmp_path, course.Submission("ANSWER = 1\n", {"beside.py": b"x = 1\n"}))
        texts = [path.read_text() for path in machine.rglob("*") if path.is_file()]
        assert "ANSWER = 1\n" in texts
        assert "x = 1\n" in texts
        assert grader.marks(machine, ended(scoreboard, status=None)) is None


class Marked:
    """A grader that gives one mark."""

    partial = True

    def __init__(self, points):
        self._points = points

    def marks(self, machine, ended):
        return self._points


@pytest.mark.parametrize(
    ("goal", "honest", "points", "status", "word"),
    [
        ("marks", 0, 0, 1, "held"),
        ("marks", 0, 3, 0, "marks"),
        ("marks", 0, None, 0, "no mark"),
        ("marks", 0, None, None, "hang"),
        ("reach", 0, 4, 0, "reached"),
        ("reach", 0, None, -9, "no mark"),
        ("halt", 3, 3, 1, "held"),
        ("halt", 3, 0, 1, "lost"),
        ("halt", 0, 4, 0, "marks"),
    ],
)
def test_one_word_says_how_a_run_ended(scoreboard, machine, goal, honest, points, status, word):
    attack = scoreboard["attacks"].Attack("x", "x", goal, honest=honest)
    run = ended(scoreboard, status=status)
    assert scoreboard["outcome"].judge(attack, Marked(points), machine, run, []).word == word


def test_what_is_left_behind_is_seen_though_no_point_is_won(scoreboard, machine):
    attack = scoreboard["attacks"].Attack("x", "x", "marks")
    left = [
        ended(scoreboard, survivors=("sleep 600",)),
        ended(scoreboard, bystander=False),
        ended(scoreboard, output=b"\x1b]0;7/7\x07"),
    ]
    outcomes = [scoreboard["outcome"].judge(attack, Marked(0), machine, run, []) for run in left]
    assert [one.word for one in outcomes] == ["trace"] * 3
    (machine / "home/grader_attack_mark.pth").touch()
    one = scoreboard["outcome"].judge(attack, Marked(0), machine, ended(scoreboard), [])
    assert one.traces == ("file left",)


def test_a_proof_of_code_that_ran_in_the_grading_process_counts_without_a_mark(scoreboard, machine):
    attack = scoreboard["attacks"].Attack("x", "x", "reach")
    (machine / "tmp/grader-attack-pickle").touch()
    one = scoreboard["outcome"].judge(attack, Marked(None), machine, ended(scoreboard), [])
    assert one.word == "reached"


def test_what_was_written_into_an_environment_is_removed_and_told(scoreboard, tmp_path):
    environments = scoreboard["environments"]
    (tmp_path / "kept.py").write_text("x = 1\n")
    before = environments.listing(tmp_path)
    (tmp_path / "cheat.pth").write_text("import cheat\n")
    assert environments.clean(tmp_path, before) == ["cheat.pth"]
    assert [path.name for path in tmp_path.iterdir()] == ["kept.py"]
    (tmp_path / "kept.py").write_text("x = 2222\n")
    with pytest.raises(RuntimeError, match="--renew"):
        environments.clean(tmp_path, before)


def test_the_page_shows_the_recorded_results(scoreboard):
    table = scoreboard["table"]
    results = json.loads((FOLDER.parent / "results/attacks.json").read_text())
    page = (FOLDER.parents[1] / "docs/security.md").read_text("utf-8")
    assert table.as_markdown(results) in page, "scoreboard.py --table writes it anew"


def test_every_grader_of_the_results_graded_honest_work_right(scoreboard):
    results = json.loads((FOLDER.parent / "results/attacks.json").read_text())
    assert set(results["graders"]) == {grader.key for grader in scoreboard["graders"].ALL}
    for one in results["graders"].values():
        assert one["controls"] == {"right": 4, "untouched": 0}
