"""Pairs to look at: renaming hides nothing, what all were given does not count, what many have counts little."""

import csv
import io
from collections.abc import Iterator

import pytest

pytest.importorskip("sqlalchemy")

from grader.cohort import Settings, Store
from grader.course import read_course, submitted_file
from grader.handins import Handin, Student
from grader.handins._model import Account, Fate
from grader.similarity import (
    Code,
    Reader,
    code_of,
    compare,
    given_of,
    pairs_to_table,
    to_dolos,
    to_jplag,
)

GIVEN = '''
"""The statement."""
import numpy as np


def helper(image, kernel):
    total = 0.0
    for row in range(kernel.shape[0]):
        for column in range(kernel.shape[1]):
            total += image[row, column] * kernel[row, column]
    return total
'''
ADA = (
    GIVEN
    + '''
def pool(x, size):
    """Largest of each window."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[i * size : (i + 1) * size, j * size : (j + 1) * size]
            y[i, j] = max(window.ravel().tolist())
    return y
'''
)
RENAMED = (
    GIVEN.replace("total", "t")
    + """
ANSWER = "all my own"

# My own work.
def pool(img, k):
    "Un autre texte."
    a, b = img.shape[0] // k, img.shape[1] // k
    out = np.zeros((a, b))
    for u in range(a):
        for v in range(b):
            part = img[u * k : (u + 1) * k, v * k : (v + 1) * k]
            out[u, v] = max(part.ravel().tolist())
    return out
"""
)
OTHER = (
    GIVEN
    + """
def pool(x, size):
    height, width = x.shape
    cut = x[: height - height % size, : width - width % size]
    blocks = cut.reshape(height // size, size, width // size, size)
    return blocks.swapaxes(1, 2).reshape(height // size, width // size, -1).max(-1)
"""
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as made:
        yield made


def codes(*texts: str | bytes, paths: tuple[str, ...] = ()) -> list[Code]:
    return [
        Code(
            f"s{number}",
            f"=Name {number}",
            number,
            text if isinstance(text, bytes) else text.encode(),
            frozenset((paths[number],) if paths else (f"{number}.py",)),
        )
        for number, text in enumerate(texts)
    ]


def likenesses(reader, *texts, **options) -> dict[tuple[str, str], float]:
    found = compare("q01", codes(*texts, **options), [GIVEN.encode()], at_least=0.0, reader=reader)
    return {(p.one.student, p.other.student): p.likeness for p in found.pairs}


def test_other_names_texts_comments_and_docstrings_hide_nothing(reader):
    assert likenesses(reader, ADA, RENAMED)["s0", "s1"] == 1.0


def test_another_order_of_functions_hides_nothing(reader):
    head, tail = (
        "def one(x):\n    return [i * x + 1 for i in range(x) if i % 3 == x - 2]\n\n\n",
        ADA,
    )
    assert likenesses(reader, head + tail, tail + "\n\n" + head)["s0", "s1"] == 1.0


def test_what_all_were_given_does_not_count(reader):
    assert likenesses(reader, ADA, OTHER).get(("s0", "s1"), 0.0) < 0.1
    (alone,) = [compare("q01", codes(GIVEN, GIVEN), [GIVEN.encode()], at_least=0.0, reader=reader)]
    assert (alone.pairs, alone.short) == ((), ("s0", "s1"))


def test_what_half_a_class_writes_counts_little(reader):
    many = likenesses(reader, *[ADA] * 12, *[OTHER] * 12)
    assert max(many.values()) < 0.2
    assert likenesses(reader, ADA, ADA, ADA, ADA, *[OTHER] * 3)["s0", "s3"] == 1.0


def test_members_of_a_group_hand_in_the_same_files_and_are_no_pair(reader):
    assert not likenesses(reader, ADA, ADA, paths=("g/q01.py", "g/q01.py"))


def test_code_that_cannot_be_parsed_stops_nobody(reader):
    deep = b"x = " + b"(" * 100_000 + b")" * 100_000
    chain = b"x = " + b"-" * 300_000 + b"1"
    found = compare(
        "q01", codes(ADA, "def (", b"\x00", deep, chain, RENAMED), [], at_least=0.5, reader=reader
    )
    assert found.unread == ("s1", "s2", "s3", "s4")
    assert [(p.one.student, p.other.student) for p in found.pairs] == [("s0", "s5")]


def test_nothing_of_the_code_is_run(reader, tmp_path):
    marker = tmp_path / "ran"
    text = f"open({str(marker)!r}, 'w')\n" + ADA
    likenesses(reader, text, text)
    assert not marker.exists()


def test_the_table_says_where_to_begin(reader):
    found = compare("q01", codes(ADA, RENAMED), [GIVEN.encode()], at_least=0.5, reader=reader)
    head, row = csv.reader(io.StringIO(pairs_to_table(found.pairs).decode()))
    told = dict(zip(head, row, strict=True))
    assert (told["question"], told["likeness"], told["id"], told["other_id"]) == (
        "q01",
        "1.00",
        "s0",
        "s1",
    )
    assert told["name"] == "'=Name 0"
    first, last = map(int, told["lines"].split("-"))
    lines = ADA.splitlines()[first - 1 : last]
    assert lines[0].startswith("def pool")


class TestFromAStore:
    @pytest.fixture
    def store(self, tmp_path, maths):
        course = read_course(maths)
        made = Store.in_folder(tmp_path)
        made.begin(
            Settings(
                course="maths",
                course_digest="",
                version="1",
                questions=("q01",),
                language="en",
                seed_id="",
                isolation=2,
                isolation_name="",
                mechanisms=(),
            )
        )
        question = course.question("q01")
        stub = (maths.parents[1] / "exercises/maths/q01_square.py").read_bytes()
        handins = []
        for name, content in {"ada/x": ADA.encode(), "bob": stub, "eve": RENAMED.encode()}.items():
            file = submitted_file(question, maths / question.file, content)
            accounts = (Account(f"{name}/q01_square.py", Fate.GRADED),)
            handins.append(Handin(Student(name, name.title()), (file,), (), accounts))
        made.receive(iter(handins), [], "en")
        yield made, course, question
        made.close()

    def test_who_has_not_begun_is_left_out(self, store):
        made, course, question = store
        assert [code.student for code in code_of(made, course, question)] == ["ada/x", "eve"]

    def test_jplag_gets_a_folder_for_each_student_and_the_given_code(self, store):
        made, course, question = store
        files = dict(
            to_jplag(question, list(code_of(made, course, question)), given_of(course, question))
        )
        assert list(files) == [
            "submissions/0001-ada_x/q01_square.py",
            "submissions/0003-eve/q01_square.py",
            "base/q01_square.py",
        ]
        assert b"NotImplementedError" in files["base/q01_square.py"]

    def test_dolos_gets_a_list_of_its_files(self, store):
        made, course, question = store
        files = dict(
            to_dolos(question, list(code_of(made, course, question)), given_of(course, question))
        )
        rows = list(csv.DictReader(io.StringIO(files["q01/info.csv"].decode())))
        assert [row["filename"] for row in rows] == ["0001-ada_x.py", "0003-eve.py"]
        assert {f"q01/{row['filename']}" for row in rows} <= set(files)
        assert "Ada" not in files["q01/info.csv"].decode()
