"""Hand-ins of one course, read as another's: nobody gets 0 for an option that was forgotten."""

from grader.course import find_course
from grader.handins import Fate, State, read_handins

_FOUNDATIONS, _TP2 = find_course("foundations"), find_course("tp2")


def _deliver(folder, files):
    for name, text in files.items():
        path = folder / "ada" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "bob").mkdir(exist_ok=True)
    (folder / "bob" / "q02_weight_sharing.py").write_text("y = 2\n", "utf-8")
    return folder


def test_files_of_another_course_are_not_taken_for_this_ones_by_their_numbers(tmp_path):
    folder = _deliver(tmp_path, {"q01_patch.py": "x = 1\n", "q02_slide (1).py": "x = 2\n"})
    ada = read_handins(_TP2, folder).handins[0]
    assert ada.state is State.AMBIGUOUS
    assert [one.question.id for one in ada.undecided] == [q.id for q in _TP2.questions]
    assert "--course foundations" in ada.undecided[0].why["en"]
    assert {account.fate for account in ada.accounts} == {Fate.IGNORED}


def test_beside_files_of_this_course_they_are_ignored_and_named(tmp_path):
    folder = _deliver(tmp_path, {"q01_convolution.py": "x = 1\n", "q02_slide.py": "x = 2\n"})
    ada = read_handins(_TP2, folder).handins[0]
    assert ada.state is State.READY
    assert [f.question.id for f in ada.files if f.content is not None] == ["q01"]
    (ignored,) = [account for account in ada.accounts if account.fate is Fate.IGNORED]
    assert "foundations" in ignored.why["en"]


def test_the_other_way_round_and_a_number_alone_still_names_a_question(tmp_path):
    folder = _deliver(tmp_path, {"q01.py": "x = 1\n"})
    ada, bob = read_handins(_FOUNDATIONS, folder).handins
    assert [f.question.id for f in ada.files if f.content is not None] == ["q01"]
    assert "--course tp2" in bob.undecided[0].why["en"]


def test_a_part_of_the_questions_is_looked_at_alone(tmp_path):
    folder = _deliver(
        tmp_path, {"q01.py": "x = 1\n", "q03.py": "x = 1\n", "q03_copy.py": "x = 2\n"}
    )
    ada = read_handins(_TP2, folder).about(["q01", "q02"]).handins[0]
    assert ada.state is State.READY
    assert [f.question.id for f in ada.files] == ["q01", "q02"]
    assert ada.undecided == ()
    assert {a.path: a.fate for a in ada.accounts}["ada/q03.py"] is Fate.IGNORED
