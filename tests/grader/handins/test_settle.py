"""What of one student's files is graded, and what becomes of the others."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.handins import State

Q1, Q2 = "q01_square.py", "q02_double.py"


def notebook(code: str) -> str:
    cell = {"cell_type": "code", "source": code, "metadata": {}, "outputs": []}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})


class TestPlaces:
    """Where and under which names files are found."""

    @pytest.mark.parametrize(
        "place",
        [
            "ada/{}",
            "ada/maths/{}",
            "ada/exercises/maths/{}",
            "ada/rendu final/DUPONT Élodie/tp/{}",
            "exercises/maths/{}",
            "maths/{}",
            "{}",
        ],
    )
    def test_files_lie_in_any_folder(self, delivery, place):
        delivery.put({place.format(Q1): delivery.square, place.format(Q2): delivery.double})
        assert delivery.graded() == {"q01": delivery.square, "q02": delivery.double}
        assert set(delivery.fates().values()) == {"graded"}

    @pytest.mark.parametrize(
        "name",
        [
            "q01_square (1).py",
            "q01_square - Copie.py",
            "Copie de q01_square.py",
            "Q01_Square.PY",
            "q01_square_2026-11-29T10-22.py",
            "q01.py",
            "Q1.py",
            "dupont_q01_square_v2.py",
            "q01_square.py.txt",
            "question square q1.py",
        ],
    )
    def test_a_file_is_known_by_nearly_its_name(self, delivery, name):
        delivery.put({f"ada/{name}": delivery.square, f"ada/{Q2}": delivery.double})
        assert delivery.graded()["q01"] == delivery.square
        account = delivery.only().accounts[0 if name < Q2 else 1]
        assert account.why["en"] == "taken for q01_square.py"

    def test_a_file_is_known_by_its_functions(self, delivery):
        delivery.put({"ada/rendu.py": delivery.square})
        assert delivery.graded() == {"q01": delivery.square}
        assert "taken for q01" in delivery.only().accounts[0].why["en"]

    def test_a_notebook_is_known_by_its_name_or_its_functions(self, delivery):
        delivery.put({"ada/q01_square.ipynb": notebook(delivery.square)})
        delivery.put({"ada/Untitled.ipynb": notebook(delivery.double)})
        assert {q: code.strip() for q, code in delivery.graded().items()} == {
            "q01": delivery.square.strip(),
            "q02": delivery.double.strip(),
        }

    def test_what_systems_leave_is_ignored_and_named(self, delivery):
        junk = ["__MACOSX/ada/._q01_square.py", "ada/.DS_Store", "ada/._q01_square.py"]
        junk += ["ada/.ipynb_checkpoints/q01_square-checkpoint.ipynb", "ada/q01_square.py~"]
        junk += ["ada/__pycache__/q01_square.cpython-311.pyc", "ada/.grader/backup/q01_square.py"]
        delivery.put(dict.fromkeys(junk, b"\x00\x01\x02") | {f"ada/{Q1}": delivery.square})
        assert delivery.graded() == {"q01": delivery.square}
        seen = delivery.fates() | {a.path: a.fate.value for a in delivery.read().strays}
        assert {name: seen[name] for name in junk} == dict.fromkeys(junk, "ignored")


class TestSeveral:
    """Two files for one question."""

    def test_two_solutions_beside_an_untouched_stub_are_ambiguous(self, delivery):
        delivery.put(
            {
                f"ada/{Q1}": delivery.stub,
                "ada/q01_square (1).py": delivery.square,
                "ada/q01_square (2).py": delivery.square.replace("x * x", "x ** 2"),
                f"ada/{Q2}": delivery.double,
            }
        )
        handin = delivery.only()
        assert handin.state is State.AMBIGUOUS
        assert delivery.undecided() == ["q01"]
        assert delivery.graded() == {"q02": delivery.double}
        why = handin.undecided[0].why
        assert "q01_square (1).py, q01_square (2).py" in why["en"]
        assert why["fr"].startswith("q01\u00a0: plusieurs fichiers")

    def test_one_solution_beside_an_untouched_stub_is_the_answer(self, delivery):
        delivery.put({f"ada/{Q1}": delivery.stub, "ada/q01_square (1).py": delivery.square})
        assert delivery.graded() == {"q01": delivery.square}
        assert delivery.fates() == {"ada/q01_square (1).py": "graded", f"ada/{Q1}": "ignored"}

    def test_a_notebook_with_the_solution_beside_the_stub_is_the_answer(self, delivery):
        delivery.put(
            {f"ada/{Q1}": delivery.stub, "ada/q01_square.ipynb": notebook(delivery.square)}
        )
        assert delivery.graded()["q01"].strip() == delivery.square.strip()

    def test_the_same_code_twice_counts_once(self, delivery):
        delivery.put({f"ada/{Q1}": delivery.square, f"ada/tp/{Q1}": "# mine\r\n" + delivery.square})
        assert delivery.graded() == {"q01": delivery.square}
        assert delivery.fates()[f"ada/tp/{Q1}"] == "ignored"

    def test_a_file_with_other_functions_does_not_spoil_the_one_with_the_name(self, delivery):
        delivery.put(
            {f"ada/{Q1}": delivery.square, "ada/essais.py": "def square(x):\n    return 0\n"}
        )
        assert delivery.graded() == {"q01": delivery.square}
        assert delivery.fates()["ada/essais.py"] == "ignored"

    def test_one_file_for_two_questions_is_ambiguous(self, delivery):
        delivery.put({"ada/tp.py": delivery.square + delivery.double})
        assert delivery.undecided() == ["q01", "q02"]
        assert delivery.fates() == {"ada/tp.py": "ambiguous"}


class TestNothing:
    """What would be a zero without a word."""

    def test_an_untouched_stub_is_graded_as_one(self, delivery):
        delivery.put({f"ada/{Q1}": delivery.stub})
        assert delivery.only().state is State.READY
        assert delivery.only().accounts[0].why["en"] == "the untouched stub"

    def test_code_that_answers_nothing_is_no_zero(self, delivery):
        delivery.put({"ada/main.py": "print('hello')\n"})
        assert delivery.undecided() == ["q01", "q02"]
        assert "main.py" in delivery.only().undecided[0].why["en"]

    @pytest.mark.parametrize("files", [{"ada/": ""}, {"ada/rapport.pdf": "%PDF"}])
    def test_a_hand_in_without_code_is_empty(self, delivery, files):
        delivery.put(files)
        assert delivery.only().state is State.EMPTY

    def test_a_file_that_is_no_text_is_told(self, delivery):
        delivery.put({f"ada/{Q1}": "# carré\n".encode("cp1252") + delivery.square.encode()})
        handin = delivery.only()
        assert handin.files[0].content is None
        assert "UTF-8" in handin.files[0].problem["en"]
        assert handin.state is State.READY, "its author gets a report that says so"
        assert delivery.fates() == {f"ada/{Q1}": "unread"}

    def test_a_link_is_not_followed(self, delivery, tmp_path):
        (tmp_path / "secret.py").write_text(delivery.square)
        delivery.put({f"ada/{Q2}": delivery.double})
        (delivery.folder / "ada" / Q1).symlink_to(tmp_path / "secret.py")
        assert delivery.undecided() == ["q01"]
        assert delivery.graded() == {"q02": delivery.double}
        assert delivery.fates()[f"ada/{Q1}"] == "unread"

    def test_a_file_without_end_is_not_read(self, delivery):
        import os

        delivery.put({f"ada/{Q2}": delivery.double})
        os.mkfifo(delivery.folder / "ada" / Q1)
        assert delivery.fates()[f"ada/{Q1}"] == "unread"

    def test_what_is_too_large_is_told(self, delivery):
        delivery.put({f"ada/{Q1}": b"#" * (2**20 + 1)})
        assert "more than 1048576 bytes" in delivery.only().files[0].problem["en"]


NAMES = st.sampled_from(
    [
        Q1,
        Q2,
        "q01_square (1).py",
        "q01.ipynb",
        "tp.py",
        "q01_q02.py",
        "x.pdf",
        "._q01_square.py",
        "a.zip",
    ]
)
CONTENTS = st.sampled_from(["square", "double", "stub", "both", "other", "empty", "bytes"])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=st.dictionaries(st.tuples(st.sampled_from(["", "tp/", "old/"]), NAMES), CONTENTS))
def test_every_file_is_accounted_for_and_every_question_is_decided_or_not(
    delivery, files, tmp_path_factory
):
    texts = {name: getattr(delivery, name).encode() for name in ("square", "double", "stub")}
    texts["both"] = texts["square"] + texts["double"]
    texts |= {"other": b"print(1)\n", "empty": b"", "bytes": b"\xff\0"}
    whole = type(delivery)(tmp_path_factory.mktemp("any") / "delivery", delivery.course)
    whole.put({f"ada/{place}{name}": texts[text] for (place, name), text in files.items()})
    whole.put({"ada/notes.txt": ""})
    handin = whole.only()
    assert [a.path for a in handin.accounts] == sorted(
        {f"ada/{place}{name}" for place, name in files} | {"ada/notes.txt"}
    )
    ids = [f.question.id for f in handin.files] + [one.question.id for one in handin.undecided]
    assert sorted(ids) == ["q01", "q02"]
    taken = [a.question for a in handin.accounts if a.fate.value == "graded"]
    assert len(taken) == len(set(taken)) == sum(f.content is not None for f in handin.files)


def test_the_digest_follows_what_is_graded_alone(delivery):
    delivery.put({f"ada/{Q1}": delivery.square})
    before = delivery.only().digest
    delivery.put({"ada/notes.txt": "hello"})
    assert delivery.only().digest == before
    delivery.put({f"ada/{Q2}": delivery.double})
    assert delivery.only().digest != before
