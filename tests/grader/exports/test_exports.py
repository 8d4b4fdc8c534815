"""What is exported does there what it says: each script is run in a tree like the platform's."""

import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course import read_course
from grader.exports import ExportError, Install, export, on_gradescope
from grader.exports._export import PLATFORMS
from grader.exports._grading import files_of

_ROOT = Path(__file__).parents[3]
_RIGHT = "def square(x):\n    return x * x\n\n\ndef cubes(n):\n    return [i**3 for i in n]\n"
_DOUBLE = "def double(x):\n    return 2 * x\n"
# Names that a student's folder could have in place of the grader's own modules.
_TRAPS = ("grader", "pip", "zipfile", "numpy", "msgspec")


@pytest.fixture
def exported(maths, tmp_path) -> Callable[..., Path]:
    """Exports the small course; gives the folder."""

    def make(platform: str, **options: Any) -> Path:
        folder = tmp_path / f"for {platform}"
        paths = export(platform, read_course(maths), folder, **options)
        assert paths[0] == folder / "README.md"
        assert {path for path in folder.rglob("*") if path.is_file()} == set(paths)
        return folder

    return make


def _environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return {**kept, "PYTHONPATH": str(_ROOT), "JAX_PLATFORMS": "cpu", **more}


def _hand_in(folder: Path, square: str = _RIGHT, double: str = _DOUBLE) -> None:
    """A student's files, with traps beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "q01_square.py").write_text(square)
    (folder / "q02_double.py").write_text(double)
    for name in _TRAPS:
        (folder / f"{name}.py").write_text("raise SystemExit('a file of the student ran')\n")


class TestGradescope:
    @pytest.fixture
    def place(self, exported, tmp_path) -> Path:
        """``/autograder``, as the platform lays it out."""
        root = tmp_path / "autograder"
        with zipfile.ZipFile(exported("gradescope") / "autograder.zip") as archive:
            names = archive.namelist()
            modes = {i.filename: i.external_attr >> 16 & 0o111 for i in archive.infolist()}
            archive.extractall(root / "source")
        assert {"setup.sh", "run_autograder"} <= set(names)
        assert modes["run_autograder"] == modes["setup.sh"] == 0o111
        (root / "results").mkdir()
        return root

    def _start(self, root: Path, **more: str) -> subprocess.Popen[bytes]:
        environment = _environment(
            AUTOGRADER_ROOT=str(root), AUTOGRADER_PYTHON=sys.executable, **more
        )
        command = ["bash", str(root / "source/run_autograder")]
        return subprocess.Popen(command, env=environment)

    def _results(self, root: Path) -> dict[str, Any]:
        return json.loads((root / "results/results.json").read_text(encoding="utf-8"))

    def test_a_submission_is_graded(self, place):
        _hand_in(place / "submission", _RIGHT.replace("x * x", "2 * x"))
        assert self._start(place).wait() == 0
        told = self._results(place)
        assert told["score"] == 2
        assert [(t["score"], t["max_score"]) for t in told["tests"]] == [
            (0, 1),
            (0, 1),
            (1, 1),
            (1, 1),
        ]
        assert "You double." in told["tests"][0]["output"]
        assert "output" not in told

    def test_what_is_known_survives_a_kill(self, place):
        _hand_in(place / "submission", double="def double(x):\n    while True:\n        pass\n")
        running = self._start(place)
        try:
            while running.poll() is None:
                path = place / "results/results.json"
                if path.is_file() and self._results(place)["score"] == 3:
                    break
                time.sleep(0.01)
        finally:
            running.kill()
            running.wait()
        told = self._results(place)
        assert told["score"] == 3
        assert told["output"] == "1 points are not graded."
        assert told["tests"][-1]["output"] == "Not graded yet."
        assert sum(test["max_score"] for test in told["tests"]) == 4

    def test_when_time_runs_out_that_is_said(self, place):
        _hand_in(place / "submission")
        assert self._start(place, SECONDS_AT_MOST="0.01").wait() == 0
        told = self._results(place)
        assert told["score"] == 0
        assert {test["output"] for test in told["tests"]} == {"Time ran out."}
        assert told["output"] == "4 points are not graded."

    def test_its_scripts_are_shell(self, place):
        for name in ("setup.sh", "run_autograder"):
            subprocess.run(["bash", "-n", str(place / "source" / name)], check=True)


def test_files_are_found_below_a_folder_and_in_a_zip(maths, tmp_path):
    course = read_course(maths)
    _hand_in(tmp_path / "ada/exercises/maths")
    (tmp_path / "submission").mkdir()
    with zipfile.ZipFile(tmp_path / "submission/work.zip", "w") as archive:
        for path in (tmp_path / "ada").rglob("q0*.py"):
            archive.write(path, path.relative_to(tmp_path))
    for folder in ("ada/exercises", "ada", "submission"):
        files = files_of(course, tmp_path / folder, "en")
        assert [file.content for file in files] == [_RIGHT.encode(), _DOUBLE.encode()]


def test_of_two_files_for_a_question_nobody_chooses_and_the_other_is_graded(maths, tmp_path):
    for place, square in {"old": "x**2", "new": "x * x"}.items():
        _hand_in(tmp_path / "ada" / place, _RIGHT.replace("x * x", square))
    (tmp_path / "ada/old/q02_double.py").unlink()
    first, second = files_of(read_course(maths), tmp_path / "ada", "en")
    assert first.content is None
    assert "q01_square.py" in first.problem["en"]
    assert second.content == _DOUBLE.encode()


def test_nothing_that_can_be_graded_is_told_on_gradescope(maths, tmp_path):
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission/essay.txt").write_text("words")
    on_gradescope.main(tmp_path, str(maths), "en", 60.0)
    told = json.loads((tmp_path / "results/results.json").read_text(encoding="utf-8"))
    assert told["score"] == 0
    assert "No file of the course was recognised (q01_square.py, q02_double.py" in told["output"]


class TestGithub:
    def test_the_template_holds_the_students_package_and_no_solution(self, exported, maths):
        folder = exported("github")
        assert (folder / "template/exercises/maths/q01_square.py").is_file()
        names = {path.name for path in folder.rglob("*") if path.is_file()}
        assert not names & {"solution.py", "checks.py", "mistakes.py"}

    def test_the_workflow_is_one(self, exported):
        yaml = pytest.importorskip("yaml")
        path = exported("github") / "template/.github/workflows/grade.yml"
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert set(workflow) == {"name", True, "permissions", "jobs"}  # `on` is true in YAML 1.1
        assert workflow["permissions"] == {"contents": "read"}
        (job,) = workflow["jobs"].values()
        for step in job["steps"]:
            assert len({"uses", "run"} & set(step)) == 1
            subprocess.run(["bash", "-n"], input=step.get("run", ""), text=True, check=True)

    def test_classroom_50_gets_its_result(self, exported, tmp_path):
        folder = exported("github") / "classroom50"
        checkout = tmp_path / "checkout"
        _hand_in(checkout / "exercises/maths", _RIGHT.replace("x * x", "2 * x"))
        _hand_in(checkout)  # whose traps lie where it runs
        (folder / "autograder.py").write_text(
            (folder / "autograder.py")
            .read_text()
            .replace('"install", "--quiet", what', '"--version"')
        )
        given = {"CLASSROOM": "c", "ASSIGNMENT": "a", "SUBMISSION_TAG": "submit/1"}
        given |= {"COMMIT_URL": "https://c", "RELEASE_URL": "https://r"}
        command = [sys.executable, str(folder / "autograder.py")]
        subprocess.run(command, cwd=checkout, env=_environment(**given), check=True)
        told = json.loads((checkout / "result.json").read_text(encoding="utf-8"))
        assert told["schema"] == "classroom50/result/v1"
        assert (told["score"], told["max-score"], told["review"]) == (2, 3, "https://c")
        assert [test["passed"] for test in told["tests"]] == [False, True, True]


class TestMoodle:
    @pytest.fixture
    def jail(self, exported, tmp_path) -> Path:
        """A folder as VPL's jail has it: the student's files and the execution files side by side."""
        jail = tmp_path / "jail"
        _hand_in(jail, "print('Grade :=>> 20')\n" + _RIGHT.replace("x * x", "2 * x"))
        for path in (exported("moodle") / "vpl").iterdir():
            (jail / path.name).write_bytes(path.read_bytes())
        commands = tmp_path / "bin"
        commands.mkdir()
        python = commands / "python3"
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        return jail

    def _run(self, jail: Path, script: str) -> str:
        path = f"{jail.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
        environment = _environment(PATH=path, VPL_GRADEMAX="10")
        subprocess.run(["bash", script], cwd=jail, env=environment, check=True)
        return subprocess.run(
            ["./vpl_execution"], cwd=jail, env=environment, capture_output=True, text=True
        ).stdout

    def test_vpl_gets_comments_and_one_grade(self, jail):
        lines = self._run(jail, "vpl_evaluate.sh").splitlines()
        assert [line for line in lines if line.startswith("Grade :=>>")] == ["Grade :=>> 6.67"]
        assert all(line.startswith(("Comment :=>>", "Grade :=>>")) for line in lines)
        assert any("You double." in line for line in lines)

    def test_vpl_run_is_a_script_too(self, jail):
        subprocess.run(["bash", "vpl_run.sh"], cwd=jail, check=True)
        subprocess.run(["sh", "-n", "vpl_execution"], cwd=jail, check=True)
        assert os.access(jail / "vpl_execution", os.X_OK)

    def test_the_students_archive_comes_along(self, exported):
        with zipfile.ZipFile(exported("moodle") / "maths-student.zip") as archive:
            assert "maths/course/course.toml" in archive.namelist()


class TestDocker:
    def test_the_image_has_the_course_and_what_confines_code(self, exported):
        folder = exported("docker")
        lines = (
            (folder / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        )
        words = [line.split()[0] for line in lines if line and not line.startswith("#")]
        assert words[0] == "FROM"
        assert set(words) <= {"FROM", "RUN", "COPY", "ENV", "WORKDIR", "ENTRYPOINT", "CMD"}
        assert any("bubblewrap" in line for line in lines)
        for line in lines:
            if line.startswith("COPY"):
                assert (folder / line.split()[1]).exists()
        assert (folder / "course/solutions/maths/course.toml").is_file()

    def test_a_wheel_travels_along(self, exported, tmp_path):
        wheel = tmp_path / "jaxcnn-1-py3-none-any.whl"
        wheel.write_bytes(b"wheel")
        folder = exported("docker", install=Install(wheel=wheel))
        text = (folder / "Dockerfile").read_text(encoding="utf-8")
        assert f"COPY {wheel.name} /opt/" in text
        assert f"pip install --no-cache-dir /opt/{wheel.name}" in text
        assert (folder / wheel.name).read_bytes() == b"wheel"


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_no_place_is_left_open(exported, platform):
    for path in exported(platform).rglob("*"):
        if path.is_file() and path.suffix in (".md", ".yml", ".py", ".sh", ""):
            text = path.read_text(encoding="utf-8")
            assert "@{" not in text
            assert "}@" not in text


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_a_requirement_is_what_pip_is_told(exported, platform):
    folder = exported(platform, install=Install("jaxcnn @ git+https://example.org/x.git"))
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    if platform == "gradescope":
        with zipfile.ZipFile(folder / "autograder.zip") as archive:
            texts = [archive.read("setup.sh")]
    assert any(b"jaxcnn @ git+https://example.org/x.git" in text for text in texts)


class TestRefusals:
    def test_a_folder_with_something_in_it(self, maths, tmp_path):
        (tmp_path / "out").mkdir()
        (tmp_path / "out/mine").write_text("x")
        with pytest.raises(ExportError, match="new or empty"):
            export("docker", read_course(maths), tmp_path / "out")
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]

    def test_an_unknown_platform(self, maths, tmp_path):
        with pytest.raises(ExportError, match=r"platform \(='blackboard'\) must be one of docker"):
            export("blackboard", read_course(maths), tmp_path / "out")

    @pytest.mark.parametrize("name", ["nowhere.whl", "a.zip"])
    def test_a_wheel_that_is_none(self, maths, tmp_path, name):
        with pytest.raises(ExportError, match="wheel"):
            export(
                "docker",
                read_course(maths),
                tmp_path / "out",
                install=Install(wheel=tmp_path / name),
            )
        assert not (tmp_path / "out").exists()
