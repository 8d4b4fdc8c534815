"""What is handed out: nothing of a solution is in it, and it says what the course itself would say."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from grader.authoring import PackError, pack_course
from grader.authoring._pack import public_seed
from grader.authoring._recording import RecordingError
from grader.checks._public import PublicCases
from grader.course import read_course
from grader.grading import grade
from grader.results import Result, Verdict

_COURSES = Path(__file__).parents[1] / "courses" / "solutions"
_SHORT = 12  # characters of a line that may stand anywhere


def _members(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _lines(text: str) -> set[str]:
    return {line.strip() for line in text.splitlines() if len(line.strip()) >= _SHORT}


@pytest.fixture(scope="module")
def packed():
    """Each small course with both of its archives."""
    made = {}
    for name in ("maths", "demo", "chain"):
        course = read_course(_COURSES / name)
        made[name] = course, pack_course(course)
    return made


@pytest.fixture
def unpacked(packed, tmp_path, monkeypatch):
    """Unpacks the students' archive of a course; what the grader finds in it, and where a student's files go."""
    from grader.session import _workers

    monkeypatch.setattr(_workers, "PRELOAD", ())

    def unpack(name: str):
        with zipfile.ZipFile(io.BytesIO(packed[name][1].students)) as archive:
            archive.extractall(tmp_path)
        return read_course(tmp_path / name / "course"), tmp_path / name / "exercises"

    return unpack


def _given_away(course) -> str:
    """What an author hands out: stubs, statements, hints, pages."""
    from grader.authoring._stubs import stub_of

    texts = [course.page(name, one) for name in course.pages for one in ("fr", "en")]
    for question in course.questions:
        texts.append(stub_of(course, question))
        for kind in ("statement", "hints"):
            texts += [course.text(question, kind, one) for one in ("fr", "en")]
    return "\n".join(texts)


def _secrets(course) -> set[str]:
    """The lines of an author's own files that are not handed out by some text."""
    folders = [course.path, *(course.path / question.folder for question in course.questions)]
    paths = [path for folder in folders for path in folder.glob("*.py")]
    paths += [path for folder in folders for path in folder.glob("commentary.*.md")]
    given_away = _given_away(course)
    lines = _lines("\n".join(path.read_text(encoding="utf-8") for path in paths))
    return {line for line in lines if line not in given_away}


@pytest.mark.parametrize("name", ["maths", "demo", "chain"])
def test_no_line_of_a_solution_or_of_a_check_is_handed_out(packed, name):
    course, both = packed[name]
    secret = _secrets(course)
    assert len(secret) > 10
    handed_out = b"\n".join(_members(both.students).values())
    assert not [line for line in secret if line.encode() in handed_out]
    kept = b"\n".join(_members(both.instructors).values())
    assert all(line.encode() in kept for line in secret)


@pytest.mark.slow
def test_no_line_of_the_practical_is_handed_out():
    course = read_course(Path(__file__).parents[3] / "solutions/tp2")
    both = pack_course(course)
    secret = _secrets(course)
    handed_out = b"\n".join(_members(both.students).values())
    assert not [line for line in secret if line.encode() in handed_out]
    assert sum(both.public.values()) > 90


@pytest.mark.parametrize("name", ["maths", "demo", "chain"])
def test_no_seed_is_handed_out(packed, name):
    course, both = packed[name]
    seed = public_seed(course)
    handed_out = b"\n".join(_members(both.students).values())
    for form in (str(seed), f"{seed:x}"):
        assert form.encode() not in handed_out
    for order in ("little", "big"):
        assert seed.to_bytes(16, order) not in handed_out


def test_the_same_course_gives_the_same_bytes_and_another_seed_other_cases(packed):
    course, both = packed["maths"]
    again = pack_course(course)
    assert (again.students, again.instructors) == (both.students, both.instructors)
    other = pack_course(course, seed=5)
    assert other.students != both.students
    assert other.instructors == both.instructors


def test_the_instructors_archive_is_the_course(packed, tmp_path):
    course, both = packed["demo"]
    for name, content in _members(both.instructors).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    copy = read_course(tmp_path / "demo/solutions/demo")
    assert [question.id for question in copy.questions] == [q.id for q in course.questions]
    assert pack_course(copy).students == both.students


def _grade(course, folder) -> Result:
    return grade(course, folder, language="en", seed=3)


def _submit(folder: Path, course, change=lambda text: text) -> None:
    for question in course.questions:
        text = (course.path / question.folder / "solution.py").read_text(encoding="utf-8")
        (folder / course.id / question.file).write_text(change(text), encoding="utf-8")


def test_a_right_answer_passes_every_public_case(packed, unpacked):
    course, both = packed["maths"]
    public, exercises = unpacked("maths")
    untouched = _grade(public, exercises)
    assert {question.verdict for question in untouched.questions} == {Verdict.NOT_ATTEMPTED}
    _submit(exercises, course)
    result = _grade(public, exercises)
    assert result.exit_status == 0
    assert result.public is True
    assert [q.max_score for q in result.questions] == list(both.public.values()) == [2, 1]
    assert [q.elsewhere for q in result.questions if q.elsewhere] == [1]
    assert Result.from_json(result.to_json()) == result


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return x * x", "return 2 * x"),
        ("return x * x", "return x * x + 1"),
        ("return x * x", "return 1 / 0"),
        ("return x * x", "return str(x)"),
        ("return [n**3 for n in numbers]", "return [n**2 for n in numbers]"),
        ("return 2 * x", "return x * x"),
    ],
)
def test_a_wrong_answer_is_told_as_the_course_tells_it(packed, unpacked, old, new):
    course, _ = packed["maths"]
    public, exercises = unpacked("maths")
    _submit(exercises, course, lambda text: text.replace(old, new))
    told = {}
    for which in (course, public):
        for question in _grade(which, exercises).questions:
            for check in question.checks:
                words = "".join(c for c in check.message if not c.isdigit()).replace("-", "")
                told.setdefault(check.id, []).append((check.verdict, check.mistake, words))
    both = {name: pair for name, pair in told.items() if len(pair) == 2}
    assert len(both) == 3
    assert all(one == other for one, other in both.values())
    assert any(one[0] is not Verdict.PASSED for one, _ in both.values())


def test_transformations_networks_and_arrays_come_back_as_they_were(packed, unpacked):
    course, both = packed["demo"]
    assert both.public == {"q01": 4, "q02": 2}  # of a module there are no public cases
    public, exercises = unpacked("demo")
    _submit(exercises, course)
    assert _grade(public, exercises).exit_status == 0
    # A way that is forbidden, and gives the right values, is found in the compiled program.
    file = exercises / "demo/q02_smooth.py"
    right = "return x[starts[:, None] + jnp.arange(width)[None, :]].mean(axis=1)"
    way = "return jax.lax.map(lambda s: jax.lax.dynamic_slice(x, (s,), (width,)).mean(), starts)"
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, way), encoding="utf-8")
    (question,) = grade(public, exercises, questions=["q02"], language="en").questions
    assert [check.verdict for check in question.checks] == [Verdict.FORBIDDEN, Verdict.PASSED]


def test_a_demand_on_a_program_that_is_not_compared_is_not_left_out(maths):
    checks = maths / "q02_double/checks.py"
    text = checks.read_text(encoding="utf-8").replace(
        "    agree(student.double",
        "    student.double.program(x).without('while')\n    agree(student.double",
    )
    checks.write_text(text, encoding="utf-8")
    assert pack_course(read_course(maths)).public["q02"] == 0


def test_a_question_that_no_case_can_tell_is_at_least_loaded(maths, tmp_path):
    checks = maths / "q02_double/checks.py"
    text = checks.read_text().replace(
        "agree(student.double, reference.double, x)", "assert student.double(x).integer() == 2 * x"
    )
    checks.write_text(text, encoding="utf-8")
    both = pack_course(read_course(maths))
    assert both.public == {"q01": 2, "q02": 0}
    with zipfile.ZipFile(io.BytesIO(both.students)) as archive:
        archive.extractall(tmp_path)
    public = read_course(tmp_path / "maths/course")
    file = tmp_path / "maths/exercises/maths/q02_double.py"
    for text, verdict in (
        ("def double(x):\n    return 2 * x\n", "passed"),
        ("1 / 0\n", "import_error"),
    ):
        file.write_text(text)
        result = grade(public, tmp_path / "maths/exercises", questions=["q02"], language="en")
        (check,) = result.questions[0].checks
        assert (check.id, check.verdict) == ("q02.loads", verdict)


def test_no_code_of_a_students_package_runs(packed, unpacked):
    public, exercises = unpacked("maths")
    for name in ("checks", "solution", "mistakes", "stub"):
        (public.path / f"q01_square/{name}.py").write_text("raise SystemExit('it ran')\n")
    _submit(exercises, packed["maths"][0])
    assert _grade(public, exercises).exit_status == 0


def test_cases_that_cannot_be_read_are_the_graders_failure(packed, unpacked):
    public, exercises = unpacked("maths")
    _submit(exercises, packed["maths"][0])
    path = public.path / "q01_square/cases.bin"
    path.write_bytes(path.read_bytes()[:-1])
    result = _grade(public, exercises)
    assert result.exit_status == 3
    assert "no public cases" in result.questions[0].checks[0].message
    assert result.questions[1].score == 1


@pytest.mark.parametrize("data", [b"", b"N", b"\x00" * 40, PublicCases().to_bytes() + b"N"])
def test_what_is_no_table_of_cases_is_refused(data):
    with pytest.raises(ValueError, match="public cases"):
        PublicCases.from_bytes(data)


def test_a_course_that_fails_on_its_reference_is_not_packed(maths):
    path = maths / "q01_square/checks.py"
    path.write_text(path.read_text().replace("reference.square, x", "reference.square, x + 1"))
    checks = path.read_text()
    path.write_text(checks.replace("agree(student.square,", "agree(student.cubes,"))
    with pytest.raises(RecordingError, match=r"q01\.square"):
        pack_course(read_course(maths))


def test_a_students_package_is_not_packed_again(unpacked):
    public, _ = unpacked("maths")
    with pytest.raises(PackError, match="students' package"):
        pack_course(public)


def test_figures_and_data_come_with_both_statement_and_stubs(maths):
    folder = maths / "q01_square"
    (folder / "plot.png").write_bytes(b"figure")
    (folder / "series.csv").write_bytes(b"1,2\n")
    (folder / "notes.txt").write_bytes(b"the author's")
    with open(folder / "statement.en.md", "a") as stream:
        stream.write("\n![a plot](plot.png)\n")
    manifest = maths / "course.toml"
    manifest.write_text(
        manifest.read_text().replace("points = 3\n", 'points = 3\nfiles = ["series.csv"]\n')
    )
    members = _members(pack_course(read_course(maths)).students)
    for place in ("course/q01_square", "exercises/maths/files/q01_square"):
        assert members[f"maths/{place}/plot.png"] == b"figure"
        assert members[f"maths/{place}/series.csv"] == b"1,2\n"
    assert not [name for name in members if "notes" in name]


def test_what_lies_about_is_not_packed(maths):
    shutil.copytree(maths / "q01_square", maths / "q01_square/__pycache__")
    (maths / ".secret").write_text("x")
    names = _members(pack_course(read_course(maths)).instructors)
    assert not [name for name in names if "__pycache__" in name or ".secret" in name]
