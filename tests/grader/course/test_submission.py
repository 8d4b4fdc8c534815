"""A submission: files named by the manifest, directly or under the course's name, and nothing else."""

import os
from pathlib import Path

import pytest

from grader.course import SubmissionError, find_submission, read_course, same_code

_DEMO = Path(__file__).parents[1] / "courses" / "solutions" / "demo"
_COURSE = read_course(_DEMO)


def _contents(folder: Path) -> list[bytes | None]:
    return [file.content for file in find_submission(_COURSE, folder)]


@pytest.mark.parametrize("below", ["", "demo"])
def test_files_lie_in_the_folder_or_under_the_courses_name(tmp_path, below):
    place = tmp_path / below
    place.mkdir(exist_ok=True)
    (place / "q01_sum.py").write_bytes(b"one")
    (place / "notes.txt").write_bytes(b"not looked at")
    assert _contents(tmp_path) == [b"one", None]


@pytest.mark.parametrize("folder", [_DEMO, _DEMO.parent])
def test_the_solutions_are_a_submission_too(folder):
    files = find_submission(_COURSE, folder)
    assert [file.path.name for file in files] == ["solution.py"] * 2
    assert all(file.content for file in files)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(SubmissionError, match=r"nowhere.* must be an existing folder"):
        find_submission(_COURSE, tmp_path / "nowhere")


def test_a_file_is_not_a_folder(tmp_path):
    path = tmp_path / "q01_sum.py"
    path.touch()
    with pytest.raises(SubmissionError, match="existing folder"):
        find_submission(_COURSE, path)


def test_a_folder_with_none_of_the_files_says_what_was_looked_for(tmp_path):
    (tmp_path / "notes.py").touch()
    with pytest.raises(SubmissionError, match=r"q01_sum\.py, q02_smooth\.py.*'demo'"):
        find_submission(_COURSE, tmp_path)


def _directory(path: Path) -> None:
    path.mkdir()


def _link_out(path: Path) -> None:
    path.symlink_to(_DEMO / "q01_sum" / "solution.py")


def _dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nothing")


def _circle(path: Path) -> None:
    path.symlink_to(path)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _huge(path: Path) -> None:
    path.write_bytes(b"#" * (2**20 + 1))


def _unreadable(path: Path) -> None:
    path.touch()
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")


@pytest.mark.skipif(os.name != "posix", reason="needs links, pipes and modes")
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_directory, "plain file"),
        (_link_out, "link that leads out"),
        (_dangling, "plain file"),
        (_circle, "plain file"),
        (_pipe, "plain file"),
        (_device, "plain file"),
        (_huge, "1048576"),
        (_unreadable, "ermission"),
    ],
)
def test_what_cannot_be_read_is_a_problem_of_its_question_alone(tmp_path, make, words):
    make(tmp_path / "q01_sum.py")
    (tmp_path / "q02_smooth.py").write_bytes(b"two")
    first, second = find_submission(_COURSE, tmp_path)
    assert first.content is None
    assert words in first.problem["en"]
    assert first.problem["fr"]
    assert second.content == b"two"
    assert not second.problem


def test_a_link_within_the_submission_is_followed(tmp_path):
    (tmp_path / "mine.py").write_bytes(b"mine")
    (tmp_path / "q01_sum.py").symlink_to("mine.py")
    assert _contents(tmp_path)[0] == b"mine"


def test_a_submission_may_itself_be_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "q01_sum.py").write_bytes(b"one")
    (tmp_path / "link").symlink_to("real")
    assert _contents(tmp_path / "link")[0] == b"one"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b"a\nb\n", b"a\r\nb", True),
        (b"a\n", b"a  \n\n\n", True),
        (b"a\n", b"\xef\xbb\xbfa\n", True),
        (b"a\n", b" a\n", False),
        (b"a\nb", b"a\n\nb", True),
        (b"a\nb", b"a\n# why\nb", True),
        (b"a\nb", b"a # why\nb", False),
        (b"\xff", b"\xff", True),
        (b"", b"", True),
    ],
)
def test_line_ends_blanks_and_comments_do_not_make_another_code(one, other, same):
    assert same_code(one, other) is same


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["q01_conv.py"], ("q01_conv.py",)),
        (["q01_sum (1).py", "q1.py"], ("q01_sum (1).py", "q1.py")),
        (["Q01_Sum.py"], ("Q01_Sum.py",)),
        (["sum.py", "q10_sum.py", "q011.py", "q01.txt"], ()),
        ([f"q01_{n}.py" for n in range(9)], ("q01_0.py", "q01_1.py", "q01_2.py")),
    ],
)
def test_a_file_by_another_name_is_found_and_not_taken(tmp_path, names, found):
    for name in ("q02_smooth.py", *names):
        (tmp_path / name).write_bytes(b"x = 1")
    one, _ = find_submission(_COURSE, tmp_path)
    assert one.content is None
    assert set(one.similar) >= set(found)
    assert one.similar[: len(found)] == found
    assert len(one.similar) <= 3


def test_a_folder_with_nothing_but_a_renamed_file_is_a_submission(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/q01_sum (1).py").write_bytes(b"x = 1")
    assert find_submission(_COURSE, tmp_path)[0].similar == ("q01_sum (1).py",)


_TEXT = "# d\u00e9j\u00e0\nx = 1\n"


@pytest.mark.parametrize(
    ("content", "readable"),
    [
        (_TEXT.encode("utf-8"), True),
        (_TEXT.encode("utf-8-sig"), True),
        (_TEXT.encode("latin-1"), False),
        (_TEXT.encode("utf-16"), False),
        (_TEXT.encode("utf-16-le"), False),
        (b"# coding: latin-1\n" + _TEXT.encode("latin-1"), True),
        (b"\n\n# coding: latin-1\n" + _TEXT.encode("latin-1"), False),
        (b"x = 1\0", False),
    ],
)
def test_a_file_that_is_not_utf8_is_to_be_saved_again(tmp_path, content, readable):
    (tmp_path / "q01_sum.py").write_bytes(content)
    file = find_submission(_COURSE, tmp_path)[0]
    assert (file.content == content) is readable
    assert not file.problem if readable else "UTF-8" in file.problem["fr"]
