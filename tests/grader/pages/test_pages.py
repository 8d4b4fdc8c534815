"""What the pages of a class tell, and whom."""

import pytest

from grader.marking import Late, Manual
from grader.pages import class_page, student_pages


class TestSurvey:
    """The class, counted."""

    def test_checks_are_counted_by_what_became_of_them(self, told):
        question = told().questions["q01"]
        counts = {c.id: (c.passed, c.failed, c.judged, c.open) for c in question.checks.values()}
        assert counts == {"q01.a": (4, 1, 5, 0), "q01.b": (1, 3, 4, 1)}
        assert (question.scores, question.full, question.mean) == ([2.0, 1.0, 1.0, 0.0], 1, 1.0)

    def test_a_known_mistake_counts_once_for_each_student(self, told):
        (group,) = told().mistakes
        assert (group.name, group.told, group.students) == ("doubled", "You double.", ["ida"])

    def test_equal_wrong_answers_of_several_are_put_together(self, told):
        (group,) = told().answers
        assert (group.students, group.got) == (["bob", "eve"], "9.5")

    def test_marks_fall_into_bins_of_the_whole_scale(self, told):
        bins = told(total=20.0).bins
        assert [(b.low, b.count) for b in bins if b.count] == [(0, 1), (10, 2), (18, 1)]
        assert (len(bins), bins[-1].high) == (10, 20)

    def test_what_is_open_unread_and_slow(self, told):
        seen = told()
        assert [(o.student, o.why) for o in seen.opened] == [
            ("kim", "two files"),
            ("lou", "The grader failed."),
        ]
        assert [u.path for u in seen.unread][:2] == ["liste.py", "ada/rapport.rar"]
        assert [(s.student, s.seconds) for s in seen.slowest][:2] == [("bob", 40.0), ("ada", 5.0)]
        assert seen.of_verdict("missing") == ["zoe"]

    def test_what_somebody_may_want_to_look_at(self, told):
        assert [(n.student, n.question, n.text) for n in told().noted] == [
            ("eve", "q01", "K = <i>5</i>")
        ]

    def test_points_by_hand_close_what_was_open(self, told):
        seen = told(manual={"kim": {"q01": Manual(points=1.0)}})
        assert [o.student for o in seen.opened] == ["lou"]

    def test_of_nobody_it_tells_nothing(self):
        from grader.pages import survey

        assert survey([], []).bins == []


@pytest.mark.parametrize("language", ["fr", "en"])
class TestClassPage:
    def page(self, told, a_class, language, **policy):
        links = {"ada": "students/0001-ada.html"}
        return class_page(told(**policy), a_class.course, language, links=links)

    def test_it_loads_nothing_and_shows_names_as_text(self, told, a_class, language):
        page = self.page(told, a_class, language)
        assert "default-src 'none'" in page
        assert "<script" not in page
        assert "<i>Éluard</i>" not in page
        assert "Ada &lt;i&gt;Éluard" in page
        assert 'href="students/0001-ada.html"' in page

    def test_all_that_was_counted_is_on_it(self, told, a_class, language):
        page = self.page(told, a_class, language, total=20.0)
        for text in ("doubled", "square( x=3, )", "9.5", "liste.py", "two files", "zoe", "80 %"):
            assert text in page
        assert "K = &lt;i&gt;5" in page

    def test_without_marks_it_says_so(self, a_class, language):
        from grader.pages import Survey

        assert "<h1>" in class_page(Survey(), a_class.course, language)


class TestStudentPages:
    def pages(self, a_class, **policy):
        return {
            one.mark.graded.student: one
            for one in student_pages(a_class.marks(**policy), a_class.course, "en")
        }

    def test_each_who_has_a_result_gets_one_with_the_mark(self, a_class):
        pages = self.pages(a_class, total=20.0)
        assert list(pages) == ["ada", "bob", "eve", "ida", "kim", "lou"]
        assert pages["bob"].name == "0002-bob"
        assert "10 / 20" in pages["bob"].page
        assert "– / 20" in pages["kim"].page

    def test_nothing_of_another_student_the_seed_or_the_teachers_log_is_on_it(self, a_class):
        for student, one in self.pages(a_class).items():
            others = {"ada", "bob", "eve", "ida", "kim", "lou", "zoe"} - {student}
            text = one.page.casefold()
            assert not [name for name in others if f"{name}/" in text or f"{name} &lt;" in text]
            assert "traceback" not in text
            assert "liste.py" not in text
            assert "&lt;i&gt;5" not in text  # what a person may want to look at is for that person

    def test_what_was_taken_off_and_what_a_person_wrote_is_on_it(self, a_class):
        import datetime

        due = datetime.datetime(2026, 10, 4, 12, tzinfo=datetime.UTC)
        given = Manual(points=1.5, comment="Nearly: see <question> 2.")
        page = self.pages(
            a_class, late=Late(due=due, percent=10.0), manual={"bob": {"q01": given}}
        )["bob"].page
        assert "late by 1 d: 10 % of the points earned are taken off" in page
        assert "Points that count: 1.5 / 2" in page
        assert "Nearly: see &lt;question&gt; 2." in page
        assert "bob/rapport.rar was not graded: broken" in page
