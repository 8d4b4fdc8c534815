"""The page of a result: what it says, in which order, and that nothing on it can run."""

import re

import pytest

from grader.report.page import Past, statements_to_html, to_html
from grader.results import Counterexample, Verdict

_HOSTILE = "</script></style><script>alert(1)</script><img src=x onerror=alert(1)>\x1b[2J\u202e\ud800'\"`x`"


def _texts(elements) -> list[str]:
    return [element.text for element in elements]


class TestWhatIsSaid:
    def test_the_score_is_the_heading_and_the_title(self, course, result_of, check_of, parsed):
        page = parsed(
            to_html(result_of(check_of(verdict=Verdict.PASSED), check_of("b")), course, "en")
        )
        assert page.one("h1").text == "Score 1 / 2"
        assert page.one("title").text.startswith("1 / 2 · ")
        assert page.one("html").attributes["lang"] == "en"
        assert "2026-11-22 08:30 UTC · 2.5 s" in page.one("main").text

    def test_each_check_has_its_verdict_as_a_word_and_its_points(
        self, course, result_of, check_of, parsed
    ):
        checks = [
            check_of(verdict=Verdict.PASSED),
            check_of("b", message="No."),
            check_of("c", Verdict.SKIPPED),
        ]
        page = parsed(to_html(result_of(*checks), course, "en"))
        assert [e.text for e in page.all("span", class_="worth")] == [
            "1 / 1 passed",
            "0 / 1 failed",
            "0 / 1 skipped",
        ]

    def test_only_the_first_failure_is_open(self, course, result_of, check_of, parsed):
        checks = [
            check_of("a", Verdict.PASSED, message="Advice."),
            check_of("b", Verdict.SKIPPED, message="First: c."),
            check_of("c", message="Wrong.", counterexample=Counterexample("f(1)", "2")),
            check_of("d", message="Wrong, too.", counterexample=Counterexample("f(2)", "2")),
        ]
        page = parsed(to_html(result_of(*checks), course, "en"))
        found = {
            d.one("h3").text: "open" in d.attributes for d in page.all("details", class_="check")
        }
        assert found == {
            "✓ Title a": False,
            "✗ Title c": True,
            "✗ Title d": False,
        }

    def test_a_check_that_was_not_tried_says_why_without_being_opened(
        self, course, result_of, check_of, parsed
    ):
        skipped = [check_of(n, Verdict.SKIPPED, message="First: Title a.") for n in "bc"]
        page = parsed(to_html(result_of(check_of(message="No."), *skipped), course, "en"))
        assert [e.text for e in page.all("div", class_="plain")] == [
            f"– Title {n} 0 / 1 skipped First: Title a." for n in "bc"
        ]

    def test_a_failure_gives_message_mistake_case_and_difference(
        self, course, result_of, check_of, parsed
    ):
        case = Counterexample("f(1)", "2", "3", "2 instead of 3")
        check = check_of(
            message="Off by one.\nCount `n` again.", mistake="off", counterexample=case
        )
        text = parsed(to_html(result_of(check), course, "en")).one("details", class_="check").text
        assert text.endswith(
            "Off by one. Count n again. Smallest case f(1) Your answer 2 Expected 3 Difference 2 instead of 3"
        )

    def test_a_long_call_keeps_its_head_and_can_be_unfolded(
        self, course, result_of, check_of, parsed, value_of
    ):
        call = "jit(f)(\n    zeros float32[9,9],\n    2,\n)"
        check = check_of(message="No.", counterexample=Counterexample(call, "1"))
        page = parsed(to_html(result_of(check), course, "en"))
        assert page.all("pre")[0].text == "jit(f)(…)"
        assert page.one("details", class_="small").one("pre").text == " ".join(call.split())

    def test_a_mistake_is_explained_once_and_the_same_message_is_not_repeated(
        self, course, result_of, check_of, parsed
    ):
        checks = [
            check_of(n, message=f"{n}.\nThe kernel is flipped.", mistake="flipped") for n in "ab"
        ]
        checks += [check_of(n, message="Too long.") for n in "cd"]
        text = parsed(to_html(result_of(*checks), course, "en")).one("main").text
        assert text.count("The kernel is flipped.") == 1
        assert text.count("The same mistake as above.") == 1
        assert text.count("Too long.") == 1
        assert text.count("As the check before.") == 1

    def test_what_holds_for_the_whole_file_is_said_once(self, course, result_of, check_of, parsed):
        checks = [
            check_of(n, Verdict.IMPORT_ERROR, message="SyntaxError\nLine 1: (") for n in "abc"
        ]
        page = parsed(to_html(result_of(*checks), course, "en"))
        assert page.one("main").text.count("SyntaxError") == 1
        assert not page.all("details", class_="check")

    def test_checks_that_say_the_same_and_are_right_are_all_there(
        self, course, result_of, check_of, parsed
    ):
        checks = [check_of(n, Verdict.PASSED, message="Advice.") for n in "ab"]
        page = parsed(to_html(result_of(*checks), course, "en"))
        assert len(page.all("details", class_="check")) == 2

    def test_an_untouched_question_sends_nobody_to_the_hints(
        self, course, result_of, check_of, parsed
    ):
        untouched = [check_of(n, Verdict.NOT_ATTEMPTED, message="Not started yet.") for n in "ab"]
        main = parsed(to_html(result_of(*untouched), course, "en")).one("main")
        assert main.text.count("Not started yet.") == 1
        assert "grader hint" not in main.text

    def test_what_the_code_printed_stands_apart(self, course, result_of, check_of, parsed):
        check = check_of(message="No.\nYour code printed:\n  | a  b\n  | c")
        page = parsed(to_html(result_of(check), course, "en"))
        assert page.one("pre", class_="printed").children == ["a  b\nc"]

    def test_the_foot_is_that_of_the_terminal(self, course, result_of, check_of, parsed):
        foot = parsed(to_html(result_of(check_of()), course, "en")).one("footer")
        assert _texts(foot.all("p")) == [
            "The same draws again: --seed 77",
            "Isolation 2 (sandboxed): no network, no host files, whole-tree kill",
        ]

    def test_points_that_were_not_graded_are_told(self, course, result_of, check_of, parsed):
        check = check_of("b", Verdict.NOT_GRADED, message="Too busy.")
        page = parsed(to_html(result_of(check_of(verdict=Verdict.PASSED), check), course, "en"))
        assert page.one("p", class_="ungraded").text == "1 point not graded"
        assert "grader hint" not in page.one("main").text

    def test_a_part_of_the_checks_is_told_and_is_not_all(self, course, result_of, check_of, parsed):
        result = result_of(check_of(verdict=Verdict.PASSED))
        result.questions[0].part_of = 7.0
        page = parsed(to_html(result, course, "en"))
        text = page.one("main").text
        assert "A part of the question, which is worth 7 points." in text
        assert "well done" not in text
        assert "nothing is remembered of this score" in page.one("footer").text

    def test_a_case_is_run_by_the_command_that_the_terminal_tells(
        self, course, result_of, check_of, parsed
    ):
        checks = check_of(message="No."), check_of("b", message="Nor that.")
        commands = {checks[1].id: "python .grader/cases/q01_b.py"}
        page = to_html(
            result_of(*checks), course, "en", case_command=lambda check: commands.get(check.id, "")
        )
        told = [text for text in _texts(parsed(page).all("p", class_="command")) if "case" in text]
        assert told == ["To run this case: python .grader/cases/q01_b.py"]

    def test_commands_carry_what_is_needed_to_find_the_course_again(
        self, course, result_of, check_of, parsed
    ):
        page = to_html(result_of(check_of()), course, "en", options=" --course 'a b'")
        assert (
            parsed(page).one("p", class_="command").text
            == "To go on: grader hint q01 --course 'a b'"
        )

    def test_french_is_french(self, course, result_of, check_of, parsed):
        page = to_html(result_of(check_of(title="Note : un")), course, "fr")
        assert "Note\u00a0: un" in page
        assert parsed(page).one("h1").text == "Note 0 / 1"
        assert parsed(page).one("html").attributes["lang"] == "fr"
        assert parsed(page).one("span", class_="worth").text == "0 / 1 faux"

    def test_what_the_student_wrote_as_an_answer_is_there(
        self, course, result_of, check_of, parsed
    ):
        page = parsed(to_html(result_of(check_of(), answer_text="Because\n it is."), course, "en"))
        assert page.one("p", class_="answer").children == ["Because\n it is."]


class TestHistory:
    def test_the_overview_has_what_was_known_before_also_of_questions_that_were_not_run(
        self, course, result_of, check_of, parsed
    ):
        history = {"q01": Past(1, 2), "q02": Past(3, 3)}
        page = parsed(to_html(result_of(check_of()), course, "en", history=history))
        rows = [
            [cell.text for cell in row.children if not isinstance(cell, str)]
            for row in page.one("table", class_="overview").one("tbody").all("tr")
        ]
        assert [row[1:] for row in rows] == [
            ["0 / 1", "✗ failed", "1 (at best 2)"],
            [f"– / {course.question('q02').points:g}", "", "3"],
        ]
        assert [row[0][:3] for row in rows] == ["q01", "q02"]

    def test_one_question_without_a_past_needs_no_overview(
        self, course, result_of, check_of, parsed
    ):
        assert not parsed(to_html(result_of(check_of()), course, "en")).all("nav")


class TestSafety:
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_whatever_a_submission_says_is_shown_as_text(
        self, course, result_of, check_of, parsed, language, value_of
    ):
        case = Counterexample(_HOSTILE, _HOSTILE, _HOSTILE, _HOSTILE)
        checks = [
            check_of(
                name,
                message=f"{_HOSTILE}\n  | {_HOSTILE}",
                mistake=mistake,
                title=_HOSTILE,
                counterexample=case,
                values=(value_of("argument", [1.0], _HOSTILE), value_of("answer", [2], _HOSTILE)),
            )
            for name, mistake in (("a", None), ("b", "m"))
        ]
        result = result_of(*checks, title=_HOSTILE, answer_text=_HOSTILE)
        page = to_html(result, course, language, options=_HOSTILE)
        tree = parsed(page)
        assert not tree.all("script")
        assert not tree.all("img")
        assert not re.search(
            r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page
        )
        assert tree.one("main").text.count("alert(1)") >= 8
        names = {
            name
            for tag in ("p", "div", "code", "td", "th")
            for e in tree.all(tag)
            for name in e.attributes
        }
        assert not [name for name in names if name.startswith("on")]

    def test_the_page_may_load_and_run_nothing(self, course, result_of, check_of, parsed):
        page = to_html(result_of(check_of()), course, "en")
        (policy,) = [
            meta.attributes["content"]
            for meta in parsed(page).all("meta")
            if meta.attributes.get("http-equiv") == "Content-Security-Policy"
        ]
        assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")
        assert "script-src" not in policy
        assert not re.search(r"""(?:src|href|action)=["'](?!#|data:)|url\(|@import|https?:""", page)

    def test_it_is_unicode_that_can_be_written(self, course, result_of, check_of):
        to_html(result_of(check_of(message="\ud800")), course, "en").encode()


class TestStatements:
    def test_one_question_has_its_statement_open_under_its_title(self, course, parsed):
        question = course.question("q01")
        page = parsed(statements_to_html(course, "en", [question]))
        assert page.one("h1").text == f"q01 · {question.title['en']}"
        assert page.one("div", class_="prose").text
        assert not page.all("nav")
        assert page.one("p", class_="command").text == "Then: grader run q01"

    def test_an_author_sees_all_questions_and_their_hints(self, course, parsed):
        page = parsed(statements_to_html(course, "fr", course.questions, hints=True))
        assert page.one("h1").text == "Les énoncés"
        assert len(page.all("section")) == len(course.questions)
        hints = page.all("section")[0].all("details")[0]
        assert hints.one("summary").text == "Indices"
        assert _texts(hints.all("h4")) == ["1", "2", "3"]

    def test_the_first_heading_of_a_statement_gives_way_to_the_title(self, course, parsed):
        statement = course.path / course.question("q01").folder / "statement.en.md"
        statement.write_text("# Its own title\n\nText.\n\n## Part\n", encoding="utf-8")
        page = parsed(statements_to_html(course, "en", [course.question("q01")]))
        assert page.one("div", class_="prose").text == "Text. Part"

    def test_a_question_without_a_statement_has_none(self, course, result_of, check_of, parsed):
        for path in course.path.rglob("statement.*"):
            path.unlink()
        page = parsed(to_html(result_of(check_of()), course, "en"))
        assert not page.all("details", class_="statement")
