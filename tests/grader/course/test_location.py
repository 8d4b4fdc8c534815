"""Courses are found by id, or by the path of their folder."""

from pathlib import Path

import msgspec
import pytest

from grader.course import CourseNotFound, ManifestError, find_course, hidden_paths, list_courses
from grader.course._location import packaged_exercises

_DEMO = Path(__file__).parents[1] / "courses" / "solutions" / "demo"


def test_a_shipped_course_is_found_by_its_id():
    assert "tp2" in list_courses()
    assert find_course("tp2").id == "tp2"


@pytest.mark.parametrize("style", ["absolute", "relative", "dotted"])
def test_a_folder_is_found_by_its_path(monkeypatch, style):
    monkeypatch.chdir(_DEMO.parent)
    name = {"absolute": str(_DEMO), "relative": "../solutions/demo", "dotted": "./demo"}[style]
    course = find_course(name)
    assert course.id == "demo"
    assert course.path == _DEMO
    assert packaged_exercises(course) == _DEMO.parents[1] / "exercises" / "demo"


def test_an_unknown_course_lists_the_known_ones():
    with pytest.raises(CourseNotFound, match=r"'tp99' is not known; known courses: .*tp2"):
        find_course("tp99")


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", ".", ".."])
def test_a_folder_without_a_manifest_is_said_so(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseNotFound, match=r"no course\.toml"):
        find_course(name)


def test_a_broken_manifest_is_not_an_unknown_course(tmp_path):
    (tmp_path / "course.toml").write_text("id = 3")
    with pytest.raises(ManifestError):
        find_course(str(tmp_path))


def test_the_history_of_a_course_outside_the_clone_is_hidden(tmp_path):
    course = find_course(str(_DEMO))
    for name in ("kept/.git", "kept/solutions", "main/.git/worktrees/wt"):
        (tmp_path / name).mkdir(parents=True)
    tree = tmp_path / "tree/solutions/mine"
    tree.mkdir(parents=True)
    (tmp_path / "tree/.git").write_text(f"gitdir: {tmp_path}/main/.git/worktrees/wt\n")
    plain = msgspec.structs.replace(course, path=tmp_path / "kept/solutions")
    assert str(tmp_path / "kept/.git") in hidden_paths(plain)
    of_a_working_tree = hidden_paths(msgspec.structs.replace(course, path=tree))
    assert str(tmp_path / "main/.git") in of_a_working_tree
