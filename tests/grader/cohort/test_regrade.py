"""Questions graded again after the course was repaired: same cases, history kept, and only what was asked for."""

import shutil

import pytest

from grader.cohort import CohortError, LocalPool, begin_regrade, grade_cohort, regrade_cohort
from grader.course import read_course
from grader.marking import Policy, differences
from grader.results import Isolation, Result

SEED = 2**100 + 7


@pytest.fixture
def begun(a_class, tmp_path):
    """The class on a course of its own; bob's square is wrong, and nothing is graded yet."""
    for part in ("solutions", "exercises"):
        source = a_class.course.path.parents[1] / part / "maths"
        shutil.copytree(source, tmp_path / part / "maths")
    a_class.course = read_course(tmp_path / "solutions" / "maths")
    for student in ("ada", "bob", "eve"):
        a_class.write(student, "q02_double.py", "def double(x):\n    return 2 * x\n")
    store = a_class.store()
    a_class.begin(store)
    yield a_class, store
    store.close()


@pytest.fixture
def graded(begun):
    a_class, store = begun
    grade_cohort(store, a_class.course, store.settings(), SEED, LocalPool(2))
    return begun


def repair(a_class, question="q01_square", old="y >= 0", new="y is not None"):
    """The owner finds that a check was too strict."""
    path = a_class.course.path / question / "checks.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def scores(store, before=None):
    return {graded.student: graded.score for graded in store.graded(before)}


def test_what_has_changed_is_graded_again_and_all_else_stays(graded, told):
    a_class, store = graded
    rows = {g.student: g for g in store.graded()}
    # The sign check needs the square: without the need bob's doubles pass where they are not negative.
    repair(a_class, old=', needs=("square",))', new=")")
    repair(a_class)
    edition = begin_regrade(store, a_class.course, SEED, LocalPool(1), why="too strict")
    assert (edition.number, edition.questions, edition.why) == (2, ("q01",), "too strict")
    assert regrade_cohort(store, a_class.course, edition, SEED, LocalPool(2)) == 0
    after = {g.student: g for g in store.graded()}
    assert scores(store) == {"ada": 4.0, "bob": 3.0, "eve": 4.0}
    assert scores(store, before=2) == {"ada": 4.0, "bob": 2.0, "eve": 4.0}
    assert after["bob"].graded_in == {"q01": 2, "q02": 1}
    # The same cases were drawn: what was not repaired is told in the same words.
    old, new = (Result.from_json(g["bob"].result) for g in (rows, after))
    assert [c.message for c in old.questions[0].checks][::2] == [
        c.message for c in new.questions[0].checks
    ][::2]
    assert old.seed_id == new.seed_id
    assert told(old.questions[1:] and rows["ada"].result) == told(after["ada"].result)
    (one,) = differences(store, Policy(), edition)
    assert (one.student, one.before, one.after) == ("bob", 2.0, 3.0)
    assert [(c.question, c.before, c.after) for c in one.changes] == [("q01", 1.0, 2.0)]


def test_one_question_of_one_student(graded):
    a_class, store = graded
    edition = begin_regrade(
        store, a_class.course, SEED, LocalPool(1), questions=["q02"], students=["eve"]
    )
    seen = []
    regrade_cohort(store, a_class.course, edition, SEED, LocalPool(1), on_progress=seen.append)
    assert [p.student for p in seen if p.student] == ["eve"]
    graded_in = {g.student: g.graded_in for g in store.graded()}
    assert graded_in["eve"] == {"q01": 1, "q02": 2}
    assert graded_in["ada"] == {"q01": 1, "q02": 1}
    assert not list(differences(store, Policy(), edition))


def test_after_a_stop_it_goes_on_and_no_one_is_graded_twice(graded):
    a_class, store = graded
    repair(a_class)
    edition = begin_regrade(store, a_class.course, SEED, LocalPool(1))

    def stop(progress):
        if progress.student:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        regrade_cohort(store, a_class.course, edition, SEED, LocalPool(1), on_progress=stop)
    again = begin_regrade(store, a_class.course, SEED, LocalPool(1), resume=True)
    assert again == edition
    seen = []
    regrade_cohort(store, a_class.course, again, SEED, LocalPool(1), on_progress=seen.append)
    assert len([p for p in seen if p.student]) == 2
    assert seen[-1].done == seen[-1].total == 3


def test_what_the_grader_fails_on_keeps_the_result_it_had(graded, plain_python):
    a_class, store = graded
    repair(a_class)
    plain_python(
        "import os\nfrom grader import grading\ngrading.grade_files = lambda *a, **o: os._exit(9)"
    )
    edition = begin_regrade(store, a_class.course, SEED, LocalPool(1))
    assert regrade_cohort(store, a_class.course, edition, SEED, LocalPool(1)) == 3
    assert scores(store) == {"ada": 4.0, "bob": 2.0, "eve": 4.0}


def test_new_hand_ins_are_graded_as_the_course_is_now(graded):
    a_class, store = graded
    repair(a_class)
    with pytest.raises(CohortError, match="digest"):
        a_class.begin(store, resume=True)
    edition = begin_regrade(store, a_class.course, SEED, LocalPool(1))
    regrade_cohort(store, a_class.course, edition, SEED, LocalPool(1))
    a_class.write("zoe", "q01_square.py", "def square(x):\n    return x * x\n")
    settings = a_class.begin(store, resume=True)
    grade_cohort(store, a_class.course, settings, SEED, LocalPool(1))
    rows = {g.student: g for g in store.graded()}
    assert rows["zoe"].graded_in == {"q01": 2, "q02": 2}
    assert "zoe" not in [d.student for d in differences(store, Policy(), edition)]


class TestRefused:
    @pytest.fixture
    def graded(self, begun):
        """Somehow: what the results are is no matter here."""
        _, store = begun
        isolation = Isolation(2, "", ())
        empty = Result(
            course="maths", version="1", seed=None, seed_id="", started="", isolation=isolation
        )
        for number in store.waiting():
            store.keep(number, empty, 0.0, 1)
        return begun

    def test_nothing_has_changed(self, graded):
        a_class, store = graded
        (a_class.course.path / "q01_square" / "hints.en.md").write_text("## square\n\nNo matter.\n")
        with pytest.raises(CohortError, match="Nothing that decides points has changed"):
            begin_regrade(store, a_class.course, SEED, LocalPool(1))
        assert len(store.editions()) == 1

    @pytest.mark.parametrize(
        ("options", "problem"),
        [
            ({"questions": ["q07"]}, "no question q07 in the cohort; there are q01, q02"),
            ({"questions": ["q01"], "students": ["ida"]}, "ida has no result"),
            ({"resume": True}, "No regrade has begun"),
        ],
    )
    def test_what_is_not_there(self, graded, options, problem):
        a_class, store = graded
        with pytest.raises(CohortError, match=problem):
            begin_regrade(store, a_class.course, SEED, LocalPool(1), **options)

    def test_another_seed(self, graded):
        a_class, store = graded
        with pytest.raises(CohortError, match="The seed is not that of the cohort"):
            begin_regrade(store, a_class.course, SEED + 1, LocalPool(1), questions=["q01"])

    def test_going_on_after_the_course_has_changed_again(self, graded):
        a_class, store = graded
        repair(a_class)
        begin_regrade(store, a_class.course, SEED, LocalPool(1))
        repair(a_class, old="is not None", new="is not 3")
        with pytest.raises(CohortError, match="changed again since this regrade began"):
            begin_regrade(store, a_class.course, SEED, LocalPool(1), resume=True)
