"""The report on a terminal: what a student sees, whatever the submission put into the result."""

import io

import pytest
from rich.console import Console

from grader.messages import LANGUAGES, Language, say
from grader.report import GLUE, TerminalReport
from grader.results import (
    CheckResult,
    Counterexample,
    Isolation,
    OwnTime,
    QuestionResult,
    Result,
    Verdict,
)

_HOSTILE = "[red]x[/red] [/] :smile: [link=file:///]\x1b[2J\x07\x9b1m\u202e\ud800 é"


def _check(verdict: Verdict = Verdict.FAILED, name: str = "a", **more) -> CheckResult:
    points = 1.0 if verdict is Verdict.PASSED else 0.0
    given = {"id": f"q01.{name}", "title": f"Title {name}", "max_points": 1.0, "points": points}
    return CheckResult(verdict=verdict, **{**given, **more})


def _result(
    *checks: CheckResult, title: str = "A question", own_time: OwnTime | None = None
) -> Result:
    question = QuestionResult(
        id="q01", title=title, max_score=len(checks), seconds=1.5, checks=list(checks)
    )
    result = Result(
        course="demo",
        version="1",
        seed=77,
        seed_id="00",
        started="2026-11-22T00:00:00+00:00",
        seconds=2.5,
        own_time=own_time,
        isolation=Isolation(2, "sandboxed", ("process", "bubblewrap")),
        questions=[question],
    )
    result.settle()
    return result


def _report(
    *checks: CheckResult,
    width: int = 80,
    language: Language = "en",
    terminal: bool = False,
    options: str = "",
    title: str = "A question",
    own_time: OwnTime | None = None,
) -> str:
    result = _result(*checks, title=title, own_time=own_time)
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=terminal, color_system=None, markup=False, emoji=False
    )
    report = TerminalReport(console, language, options)
    report.start("The course")
    for check in result.questions[0].checks:
        report.check_done(result.questions[0], check)
    report.finish(result)
    return out.getvalue()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


class TestWhatAStudentSees:
    def test_points_verdict_and_time_stand_on_the_questions_line(self):
        lines = _lines(_report(_check(Verdict.PASSED), _check(message="wrong", seconds=1.5)))
        assert lines[0].startswith("The course ──")
        assert " ".join(lines[1].split()) == "✗ q01 A question 1 / 2 failed 1.5 s"

    def test_a_failure_says_what_is_wrong_on_which_case_and_how_to_go_on(self):
        case = Counterexample("f(1)", "2", "3", "2 instead of 3")
        lines = _lines(_report(_check(message="Off by one.\nCount again.", counterexample=case)))
        assert lines[2:9] == [
            "✗ Title a  0/1",
            "Off by one.",
            "Count again.",
            "Smallest case  f(1)",
            "Your answer    2",
            "Expected       3",
            "Difference     2 instead of 3",
        ]
        assert lines[9] == "To go on: grader hint q01"

    def test_commands_carry_what_is_needed_to_find_the_course_again(self):
        text = _report(_check(message="wrong"), options=" --course 'my course'")
        assert "grader hint q01 --course 'my course'" in text

    def test_a_call_that_the_message_names_is_not_repeated(self):
        case = Counterexample("f(1)", "2")
        assert _report(_check(message="f(1) is wrong", counterexample=case)).count("f(1)") == 1

    def test_what_was_measured_is_not_called_a_case(self):
        text = _report(
            _check(message="Too many mistakes.", counterexample=Counterexample("right = 0.5"))
        )
        assert "Observed  right = 0.5" in text
        assert "Smallest case" not in text

    def test_a_mistake_is_explained_once(self):
        again = [
            _check(
                name=name,
                message=f"Wrong {name}.\nThe kernel is flipped.",
                mistake="flipped",
                counterexample=Counterexample(f"{name}(1)", "2"),
            )
            for name in "ab"
        ]
        text = _report(*again)
        assert text.count("The kernel is flipped.") == 1
        assert text.count("The same mistake as above.") == 1
        assert text.count("Smallest case") == 1
        assert "✗ Title b  0/1  The same mistake as above." in text

    @pytest.mark.parametrize(
        ("second", "shown"), [("f(2)", 1), ("g(1)", 2)], ids=["same function", "another"]
    )
    def test_what_fails_in_the_same_words_is_one_line(self, second, shown):
        right = _check(Verdict.PASSED, "r")
        checks = [
            _check(name=n, message="No.", counterexample=Counterexample(call, "1"))
            for n, call in zip("ab", ("f(1)", second), strict=True)
        ]
        text = _report(checks[0], right, checks[1])
        assert text.count("Smallest case") == shown
        assert ("✗ Title b  0/1  As above: Title a." in text) == (shown == 1)

    def test_a_failure_with_nothing_to_show_is_one_line(self):
        text = _report(*(_check(name=n, message=f"No {n}.") for n in "ab"))
        assert "✗ Title a  0/1  No a." in text
        assert "✗ Title b  0/1  No b." in text

    def test_a_case_can_be_run(self):
        out = io.StringIO()
        report = TerminalReport(
            Console(file=out, width=80), "en", "", lambda check: f"python {check.id}.py"
        )
        again = _check(name="b", message="No.", counterexample=Counterexample("f(2)", "1"))
        first = _check(name="a", message="No.", counterexample=Counterexample("f(1)", "1"))
        report.question(_result(first, again).questions[0])
        assert out.getvalue().count("To run this case: python ") == 1
        assert "To run this case: python q01.a.py" in out.getvalue()

    def test_what_holds_for_the_whole_file_is_said_once(self):
        broken = [_check(Verdict.IMPORT_ERROR, n, message="SyntaxError\nLine 1: (") for n in "abc"]
        text = _report(*broken)
        assert text.count("SyntaxError") == 1
        assert "Title" not in text

    def test_an_untouched_question_is_one_line(self):
        untouched = _check(Verdict.NOT_ATTEMPTED, message=say("untouched", "en"))
        lines = _lines(_report(untouched))
        assert " ".join(lines[1].split()) == "○ q01 A question 0 / 1 not attempted"
        assert lines[2].startswith("──")

    def test_a_missing_file_is_named(self):
        missing = say("missing_file", "en", file="q01_a.py")
        assert missing in _report(_check(Verdict.NOT_ATTEMPTED, message=missing))

    def test_a_skipped_check_says_what_comes_first(self):
        text = _report(
            _check(message="no"), _check(Verdict.SKIPPED, "b", message="First: Title a.")
        )
        assert "– Title b  0/1  First: Title a." in text

    def test_each_check_that_waits_says_for_what_though_the_one_before_said_the_same(self):
        waiting = [_check(Verdict.SKIPPED, name, message="First: Title a.") for name in "bcd"]
        assert _report(_check(message="no"), *waiting).count("First: Title a.") == 3

    @pytest.mark.parametrize(
        ("verdict", "answer", "told"),
        [
            (Verdict.PASSED, "", True),
            (Verdict.PASSED, "because", False),
            (Verdict.PASSED, None, False),
            (Verdict.FAILED, "", False),
        ],
    )
    def test_an_answer_left_empty_is_told_once_something_is_right(self, verdict, answer, told):
        out = io.StringIO()
        report = TerminalReport(Console(file=out, width=80), "en")
        (question,) = _result(_check(verdict)).questions
        question.answer_text = answer
        report.question(question)
        assert ("ANSWER is still empty" in out.getvalue()) is told

    def test_the_level_has_a_name_in_each_language(self):
        assert "(bac à sable)" in _report(_check(Verdict.PASSED), language="fr")

    def test_advice_is_shown_beside_full_marks(self):
        text = _report(_check(Verdict.PASSED, message="Advice: write it."))
        assert "Advice: write it." in text
        assert "To go on" not in text

    def test_the_graders_own_failure_sends_nobody_to_the_hints(self):
        text = _report(_check(Verdict.GRADER_ERROR, message="The grader failed: x"))
        assert "The grader failed: x" in text
        assert "grader hint" not in text

    def test_the_foot_gives_score_seed_and_isolation(self):
        lines = _lines(_report(_check(Verdict.PASSED)))
        assert lines[-3:] == [
            "Score 1 / 1   2.5 s   Everything is right, well done!",
            "The same draws again: --seed 77",
            "Isolation 2 (sandboxed): no network, no host files, whole-tree kill",
        ]

    def test_points_that_were_not_graded_stand_beside_the_score(self):
        text = _report(_check(Verdict.PASSED), _check(Verdict.NOT_GRADED, message="Too busy."))
        assert "Score 1 / 2   1 point not graded   2.5 s" in _lines(text)
        assert "? q01 A question 1 / 2 not graded" in " ".join(text.split())
        assert "Too busy." in text
        assert "grader hint" not in text
        more = _report(*[_check(Verdict.NOT_GRADED, message="Too busy.")] * 3)
        assert "3 points not graded" in more

    @pytest.mark.parametrize(("share", "told"), [(0.234, "23%"), (0.95, None), (None, None)])
    def test_the_foot_gives_the_codes_own_time_and_a_share_worth_telling(self, share, told):
        text = _report(_check(Verdict.PASSED), own_time=OwnTime(41.04, 1800.0, share))
        line = "Own time of your code: 41.0 s of 1800 s"
        assert (f"{line} · share of the machine: {told}" if told else line) in _lines(text)

    def test_where_no_code_ran_no_time_is_told(self):
        assert "Own time" not in _report(_check(Verdict.PASSED), own_time=OwnTime(0.0, 1800.0))

    def test_french_has_its_spaces_and_its_decimal_mark(self):
        text = _report(_check(message="non", seconds=1.5), language="fr", title="Note : un")
        assert f"Pour avancer{GLUE}: grader hint q01" in text
        assert f"Note{GLUE}: un" in text
        assert "2,5 s" in text
        assert "faux" in text


class TestWidth:
    long = Counterexample(
        "f(\n    zeros float32[4,5,1], [3, 4, 0] = 1, [1, 1, 1] = 2, [2, 2, 2] = 4, [3, 3, 3] = 8,\n)",
        "float32[4,30]\n" + "\n".join("█" * 60 for _ in range(4)),
        "x" * 200,
    )

    @pytest.mark.parametrize("width", [30, 48, 80, 100])
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_line_is_wider_than_the_terminal(self, width, language):
        text = _report(
            _check(message="word " * 60, counterexample=self.long),
            _check(Verdict.SKIPPED, "b", message="First: " + "long title " * 9),
            width=width,
            language=language,
        )
        lines = [line for line in text.splitlines() if "grader hint" not in line]
        assert max(map(len, lines)) <= width  # but for commands, which are to be copied

    def test_long_code_is_continued_deeper_and_stays_whole(self):
        lines = _report(_check(counterexample=self.long), width=60).splitlines()
        start = next(n for n, line in enumerate(lines) if "zeros" in line)
        assert lines[start].startswith(" " * 15 + "zeros float32[4,5,1],")
        assert lines[start + 1].startswith(" " * 19)
        assert "[3, 3, 3] = 8," in " ".join(line.strip() for line in lines)

    def test_rows_of_a_picture_are_never_broken(self):
        lines = _lines(_report(_check(counterexample=self.long), width=50))
        rows = [line for line in lines if "█" in line]
        assert len(rows) == 4
        assert len(set(rows)) == 1

    def test_a_narrow_terminal_keeps_points_and_drops_verdict_and_time(self):
        line = _lines(_report(_check(message="no"), width=40))[1]
        assert " ".join(line.split()) == "✗ q01 A question 0 / 1"


class TestHostileText:
    @pytest.mark.parametrize("terminal", [False, True])
    def test_markup_and_escapes_are_printed_as_text(self, terminal):
        case = Counterexample(*[_HOSTILE] * 4)
        text = _report(
            _check(message=f"{_HOSTILE}\n{_HOSTILE}", title=_HOSTILE, counterexample=case),
            _check(Verdict.SKIPPED, "b", message=_HOSTILE),
            terminal=terminal,
            width=100,
            title=_HOSTILE,
        )
        assert "[red]x[/red] [/] :smile: [link=file:///]" in text
        assert "\x1b[2J" not in text
        assert not [c for c in "\x07\x9b\u202e\ud800" if c in text]
        text.encode()

    def test_the_course_may_be_named_in_markup_too(self):
        out = io.StringIO()
        report = TerminalReport(Console(file=out, width=80), "en")
        report.start("[bold]C[/bold]")
        report.finish(_result(_check()))
        assert "[bold]C[/bold]" in out.getvalue()


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_is_shown_in_every_language(verdict, language):
    text = _report(_check(verdict, message="because"), language=language, width=100)
    assert say(f"verdict_{verdict.value}", language) in text
    assert "because" in text
