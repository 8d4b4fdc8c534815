"""Courses are found by id, or by the path of their folder."""

import shutil
from pathlib import Path

import msgspec
import pytest

from grader.course import (
    CourseAmbiguous,
    CourseNotFound,
    ManifestError,
    find_course,
    hidden_paths,
    list_courses,
)
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


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Installs a package that says it has a course."""

    def install(name: str, *, course: str = "demo", value: str = "", inside: str = "solutions/{}"):
        site = tmp_path / name
        folder = site / name / inside.format(course)
        shutil.copytree(_DEMO, folder)
        (folder / "course.toml").write_text(
            (folder / "course.toml").read_text().replace('id = "demo"', f'id = "{course}"')
        )
        (site / name / "__init__.py").write_text("raise SystemExit('a course was imported')\n")
        info = site / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[grader.courses]\n{course} = {value or name}\n")
        monkeypatch.syspath_prepend(site)
        return folder

    return install


@pytest.mark.parametrize("inside", ["solutions/{}", "."])
def test_a_course_of_another_package_is_found_and_its_package_not_imported(package, inside):
    folder = package("course_of_maths", course="algebra", inside=inside)
    assert "algebra" in list_courses()
    assert find_course("algebra").path == folder.resolve()
    assert str(folder.resolve()) in hidden_paths(find_course("tp2"))


def test_a_name_of_two_courses_is_ambiguous(package):
    one, other = package("one_course", course="algebra"), package("other_course", course="algebra")
    with pytest.raises(CourseAmbiguous, match="name one by its path") as raised:
        find_course("algebra")
    assert str(one.resolve()) in str(raised.value)
    assert str(other.resolve()) in str(raised.value)
    package("a_practical", course="tp2")
    with pytest.raises(CourseAmbiguous):
        find_course("tp2")


@pytest.mark.parametrize("value", ["nothing_like_it", "a.module", "json"])
def test_an_entry_point_that_leads_nowhere_is_named(package, value):
    package("broken_course", course="algebra", value=value)
    with pytest.raises(CourseNotFound, match=rf"entry point \(='{value}'\) must be a package"):
        find_course("algebra")
    assert find_course("tp2").id == "tp2"  # which is not its fault
    assert hidden_paths(find_course("tp2"))


def test_a_course_is_of_the_name_that_it_is_installed_under(package):
    folder = package("course_of_maths", course="algebra")
    manifest = folder / "course.toml"
    manifest.write_text(manifest.read_text().replace('id = "algebra"', 'id = "geometry"'))
    with pytest.raises(CourseNotFound, match="is of 'geometry'"):
        find_course("algebra")
