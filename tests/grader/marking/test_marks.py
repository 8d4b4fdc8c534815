"""What a policy makes of results."""

import pytest

from grader.cohort import CohortError


class TestQuestions:
    """What a question counts for."""

    def test_without_a_policy_a_mark_is_the_sum_of_points(self, a_class, result):
        a_class.hand_in("ada", result(3, 1, 2))
        a_class.hand_in("bob", result(0.5, 1, 0))
        a_class.hand_in("eve", result(3, None, 2))
        a_class.hand_in("zoe", None)
        found = {s: (m.score, m.mark, m.total) for s, m in a_class.marks().items()}
        assert found == {
            "ada": (6.0, 6.0, 6.0),
            "bob": (1.5, 1.5, 6.0),
            "eve": (None, None, 6.0),
            "zoe": (None, None, 0.0),
        }

    def test_a_weight_is_what_the_question_is_worth(self, a_class, result):
        a_class.hand_in("ada", result(1.5, 1, 2))
        mark = a_class.marks("total = 20\n[weights]\nq01 = 6\nq03 = 0\n")["ada"]
        assert (mark.score, mark.max_score) == (4.0, 7.0)
        assert mark.mark == 11.43
        assert mark.comment.splitlines() == [
            "q01  1.5 / 3  (counts for 6)",
            "q02  1 / 1",
            "q03  2 / 2  (does not count)",
        ]

    def test_what_does_not_count_may_be_open(self, a_class, result):
        a_class.hand_in("ada", result(3, None, 2))
        assert a_class.marks("[weights]\nq02 = 0\n")["ada"].mark == 5.0

    def test_a_bonus_adds_and_costs_nothing(self, a_class, result):
        a_class.hand_in("ada", result(3, 1, 0))
        a_class.hand_in("bob", result(1.5, 0, 2))
        a_class.hand_in("eve", result(3, 1, 2))
        found = {s: m.mark for s, m in a_class.marks('total = 20\nbonus = ["q03"]\n').items()}
        assert found == {"ada": 20.0, "bob": 17.5, "eve": 20.0}
        above = a_class.marks('total = 20\nbonus = ["q03"]\nabove_total = true\n')
        assert above["eve"].mark == 30.0

    def test_the_dropped_question_is_the_one_without_which_the_mark_is_highest(
        self, a_class, result
    ):
        # q01: half of 3; q02: none of 1; q03: half of 2. Without q02 it is 1/2, without q01 only 1/3.
        a_class.hand_in("ada", result(1.5, 0, 1))
        mark = a_class.marks("total = 20\ndrop_lowest = 1\n")["ada"]
        assert mark.mark == 10.0
        assert [q.id for q in mark.questions if q.dropped] == ["q02"]
        assert "q02  0 / 1  (left out, as one of the lowest)" in mark.comment

    def test_of_unequal_worths_the_lowest_share_is_not_always_the_best_to_drop(
        self, a_class, result
    ):
        # Shares 0.9, 0, 0.5 of worths 3, 0.01 and 2: without q02 0.74, without q03 0.897.
        a_class.hand_in("ada", result(2.7, 0, 1))
        mark = a_class.marks("total = 1\ndrop_lowest = 1\n[weights]\nq02 = 0.01\n")["ada"]
        assert [q.id for q in mark.questions if q.dropped] == ["q03"]
        assert mark.mark == 0.9

    @pytest.mark.parametrize(
        ("how", "mark"),
        [
            ("", 8.33),
            ("decimals = 1", 8.3),
            ("step = 0.5", 8.5),
            ("step = 0.25", 8.25),
            ('step = 0.5\nrounding = "down"', 8.0),
            ('step = 1\nrounding = "up"', 9.0),
        ],
    )
    def test_rounding(self, a_class, result, how, mark):
        a_class.hand_in("ada", result(2.5, 0, 0))
        assert a_class.marks(f"total = 20\n{how}\n")["ada"].mark == mark

    def test_a_half_goes_up_though_binary_numbers_lie_below_it(self, a_class, result):
        a_class.hand_in("ada", result(0.15, 0, 0))
        assert a_class.marks("decimals = 1\n")["ada"].mark == 0.2

    def test_on_another_scale_the_mark_is_the_one_that_was_told(self, a_class, result):
        a_class.hand_in("ada", result(2.5, 0, 0))
        assert a_class.marks("total = 20\nstep = 0.5\n")["ada"].scaled_to(100, 2) == 42.5
        assert a_class.marks()["ada"].scaled_to(100, 2) == 41.67


class TestManual:
    """What a person gave."""

    def test_points_for_a_question_close_what_is_open(self, a_class, result):
        a_class.hand_in("ada", result(3, None, 2))
        mark = a_class.marks('[manual.ada.q02]\npoints = 0.5\ncomment = "On paper"\n')["ada"]
        assert mark.mark == 5.5
        assert "q02  0.5 / 1  On paper" in mark.comment

    def test_points_for_a_check_leave_the_others(self, a_class, result):
        a_class.hand_in("ada", result(0.5, None, 2))
        text = '[manual.ada.q01.checks.all]\npoints = 2\ncomment = "Right but for a name"\n'
        text += '[manual.ada.q02.checks."q02.all"]\npoints = 0.5\n'
        mark = a_class.marks(text)["ada"]
        assert (mark.questions[0].score, mark.questions[1].score) == (2.5, None)
        assert mark.questions[0].comment == "The all: Right but for a name"
        closed = a_class.marks(text + "[manual.ada.q02.checks.half]\npoints = 0\n")["ada"]
        assert closed.mark == 5.0

    def test_a_comment_alone_changes_no_points(self, a_class, result):
        a_class.hand_in("ada", result(3, 1, 2))
        mark = a_class.marks('[manual.ada.q01]\ncomment = "Well done"\n')["ada"]
        assert (mark.mark, mark.questions[0].comment) == (6.0, "Well done")

    def test_an_answer_in_words_waits_for_its_reader_and_none_is_a_zero(self, a_class, result):
        a_class.hand_in("ada", result(3, 1, 2, answer="Because."))
        a_class.hand_in("bob", result(3, 1, 2, answer=" "))
        text = "[answers]\nq02 = 2\n"
        found = a_class.marks(text)
        assert (found["ada"].mark, found["bob"].mark, found["bob"].total) == (None, 6.0, 8.0)
        text += '[manual.ada.q02.answer]\npoints = 1.5\ncomment = "And why?"\n'
        mark = a_class.marks(text)["ada"]
        assert mark.mark == 7.5
        assert "q02  2.5 / 3  And why?" in mark.comment

    def test_who_handed_in_on_paper_gets_points_without_a_result(self, a_class, result):
        a_class.hand_in("ada", result(3, 1, 2))
        a_class.hand_in("zoe", None)
        given = "".join(f"[manual.zoe.q0{n}]\npoints = 1\n" for n in (1, 2, 3))
        assert a_class.marks(given)["zoe"].mark == 3.0
        assert a_class.marks("[manual.zoe.q01]\npoints = 1\n")["zoe"].mark is None

    def test_the_absent_get_a_mark_only_where_the_policy_says_so(self, a_class, result):
        a_class.hand_in("ada", result(3, None, 2))
        a_class.hand_in("zoe", None)
        found = a_class.marks("total = 20\nabsent = 0\n")
        assert (found["ada"].mark, found["zoe"].mark) == (None, 0.0)


class TestLate:
    """What is taken off, and of whom."""

    DUE = '[late]\ndue = 2026-10-05T23:59:00\nzone = "Europe/Paris"\n'

    @pytest.mark.parametrize(
        ("rule", "at", "mark"),
        [
            ("percent = 10", "2026-10-05T21:59:00+00:00", 5.0),  # 23:59 in Paris
            ("percent = 10", "2026-10-05T22:00:00+00:00", 4.5),
            ("percent = 10\ngrace = 15", "2026-10-05T22:14:00+00:00", 5.0),
            ("percent = 10\ngrace = 15", "2026-10-05T22:15:00+00:00", 4.5),
            ("percent = 10", "2026-10-07T22:00:00+00:00", 3.5),
            ("percent = 10\nat_most = 20", "2026-10-15T22:00:00+00:00", 4.0),
            ('percent = 2\nper = "hour"', "2026-10-06T00:00:00+00:00", 4.7),
            ('percent = 10\nof = "total"', "2026-10-05T22:00:00+00:00", 4.4),
            ("percent = 10\ncloses = 2026-10-07T00:00:00", "2026-10-06T22:00:00+00:00", 4.0),
            ("percent = 10\ncloses = 2026-10-07T00:00:00", "2026-10-06T22:01:00+00:00", 0.0),
            ("percent = 10\n[late.extensions]\nada = 2026-10-08T12:00:00", "2026-10-08T10:00:00Z", 5.0),
            ("percent = 10\n[late.extensions]\nada = 2026-10-08T12:00:00", "2026-10-08T10:01:00Z", 4.5),
        ],
    )  # fmt: skip
    def test_what_is_taken_off(self, a_class, result, rule, at, mark):
        a_class.hand_in("ada", result(3, 0, 2), at)
        assert a_class.marks(f"{self.DUE}{rule}\n")["ada"].mark == pytest.approx(mark, abs=0.006)

    def test_a_day_of_the_clock_change_has_25_hours(self, a_class, result):
        # Summer time ends on 25 October 2026 in Paris: 24 h after the due date is 22:00 the next day.
        due = '[late]\ndue = 2026-10-24T23:00:00\nzone = "Europe/Paris"\npercent = 10\n'
        a_class.hand_in("ada", result(3, 1, 2), "2026-10-25T22:30:00+01:00")
        assert a_class.marks(due)["ada"].late.percent == 20.0

    def test_who_has_no_known_time_loses_nothing_and_is_told(self, a_class, result):
        a_class.hand_in("ada", result(3, 1, 2), marked_late=True)
        mark = a_class.marks(f"{self.DUE}percent = 10\n")["ada"]
        assert (mark.mark, mark.time_missing, mark.late) == (6.0, True, None)

    def test_the_student_is_told_what_was_taken_off_and_why(self, a_class, result):
        a_class.hand_in("ada", result(3, 1, 2), "2026-10-07T09:05:00+02:00")
        mark = a_class.marks(f"{self.DUE}percent = 10\n")["ada"]
        assert (mark.before, mark.mark) == (6.0, 4.8)
        assert mark.notes == (
            "Handed in 2026-10-07 09:05+02:00, late by 1 d 9 h 6 min: 20 % of the points earned are taken off.",
        )

    def test_times_come_from_a_file_first(self, a_class, result):
        a_class.hand_in("7", result(3, 1, 2), "2026-10-09T09:05:00+02:00")
        a_class.hand_in("8", result(3, 1, 2))
        (a_class.folder / "sheet.csv").write_text(
            "Identifier,Full name,Last modified (submission)\n"
            'Participant 7,Ada,"Tuesday, 6 October 2026, 10:05 AM"\nParticipant 8,Bob,-\n'
        )
        found = a_class.marks(f'{self.DUE}percent = 10\nfile = "sheet.csv"\n')
        assert [m.mark for m in found.values()] == [5.4, 6.0]
        assert found["7"].handed_in.isoformat() == "2026-10-06T08:05:00+00:00"

    @pytest.mark.parametrize(
        "written",
        [
            "2026-10-06 10:05",
            "2026-10-06T10:05:00+02:00",
            "mardi 6 octobre 2026, 10:05",
            "Tuesday, 6 October 2026, 10:05 AM",
            "6 Oct 2026, 10:05",
        ],
    )
    def test_times_as_systems_write_them(self, a_class, result, written):
        a_class.hand_in("ada", result(3, 1, 2))
        (a_class.folder / "t.csv").write_text(f'id;When\nada;"{written}"\n', encoding="utf-8")
        found = a_class.marks(f'{self.DUE}file = "t.csv"\ncolumn = "When"\n')
        assert found["ada"].handed_in.isoformat() == "2026-10-06T08:05:00+00:00"

    def test_times_of_an_archive_are_taken_where_they_are_asked_for(self, a_class, result):
        import datetime

        a_class.hand_in("ada", result(3, 1, 2), archived=datetime.datetime(2026, 10, 6, 10, 5))
        assert a_class.marks(f"{self.DUE}percent = 10\n")["ada"].time_missing
        assert a_class.marks(f"{self.DUE}percent = 10\narchive = true\n")["ada"].mark == 5.4


class TestAttempts:
    """Which of several hand-ins counts."""

    @pytest.fixture(autouse=True)
    def three(self, a_class, result):
        for score, day in ((1.0, 1), (3.0, 7), (2.0, 8)):
            a_class.hand_in("ada", result(score, 0, 0), f"2026-10-0{day}T12:00:00+00:00")

    @pytest.mark.parametrize(
        ("which", "mark", "hand_in"),
        [("last", 2.0, (1, 1)), ("first", 1.0, (1, 3)), ("best", 3.0, (2, 3))],
    )
    def test_the_one_that_the_policy_says(self, a_class, which, mark, hand_in):
        found = a_class.marks(f'attempts = "{which}"\n')["ada"]
        assert (found.mark, found.hand_in) == (mark, hand_in)

    def test_the_best_is_what_is_best_after_what_is_taken_off(self, a_class):
        late = "[late]\ndue = 2026-10-05T12:00:00+00:00\npercent = 40\n"
        found = a_class.marks(f'attempts = "best"\n{late}')["ada"]
        assert (found.mark, found.hand_in, found.late) == (1.0, (1, 3), None)

    def test_what_was_decided_anew_of_one_hand_in_is_no_other_one(self, a_class, result):
        a_class.hand_in("ada", result(1.5, 0, 0), "2026-10-08T12:00:00+00:00")
        found = a_class.marks('attempts = "best"\n')["ada"]
        assert (found.mark, found.hand_in) == (3.0, (2, 3))
        assert a_class.marks()["ada"].mark == 1.5

    def test_one_that_is_open_is_not_the_best(self, a_class, result):
        a_class.hand_in("ada", result(None, 0, 0), "2026-10-09T12:00:00+00:00")
        assert a_class.marks('attempts = "best"\n')["ada"].mark == 3.0
        assert a_class.marks()["ada"].mark is None


def test_the_same_files_sent_again_were_there_the_first_time(a_class, result):
    told = result(3, 1, 2)
    a_class.hand_in("ada", told, "2026-10-05T12:00:00+00:00")
    (row,) = a_class.store.graded()
    handin = a_class._handins["ada"]
    later = handin.handed_in.at.replace(day=9)
    object.__setattr__(handin, "handed_in", type(handin.handed_in)(later))
    a_class.store.receive(iter([handin]), [], "en")
    (after,) = a_class.store.graded()
    assert after.handin["handed_in"]["at"] == row.handin["handed_in"]["at"]


class TestRefused:
    """What fits nothing is an error that names the key and what there is."""

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("totl = 20\n", "there is no key totl; there are: total, decimals"),
            ("total = ", "policy"),
            ("total = 0\n", "`> 0`|`> 0.0`|must be|Expected"),
            ("[late]\ndue = 2026-10-05T12:00:00Z\ngarce = 1\n", "no key late.garce; there are: due"),
            ("[late]\ndue = 2026-10-05T12:00:00\n", r"late.due .* must have an offset"),
            ('[late]\ndue = 2026-10-05T12:00:00\nzone = "Paris"\n', r"late.zone \(='Paris'\)"),
            ("[late]\npercent = 3\n", "due"),
            ("[manual.ada.q01]\npoint = 1\n", "no key manual.ada.q01.point; there are: points"),
            ("[manual.ada.q01.checks.all]\npoint = 1\n", "manual.ada.q01.checks.all.point"),
            ("[manual.ada.q09]\npoints = 1\n", "names 'q09', which is no question of this cohort; there are: q01"),
            ("[manual.ida.q01]\npoints = 1\n", "manual names 'ida', .* no student .* there are: ada"),
            ("[manual.ada.q01.checks.al]\npoints = 1\n", "names 'al', .* there are: q01.all, q01.half"),
            ("[manual.ada.q01]\npoints = 4\n", r"manual.ada.q01.points \(=4\) must be at most 3"),
            ("[manual.ada.q01.checks.half]\npoints = 1\n", r"q01.half.points \(=1\) must be at most 0.5"),
            ("[manual.ada.q01]\npoints = -1\n", "manual"),
            ("[manual.ada.q01]\npoints = 1\n[manual.ada.q01.checks.half]\npoints = 0\n", "none for its checks"),
            ("[manual.ada.q02.answer]\npoints = 1\n", "needs answers.q02"),
            ("[answers]\nq01 = 1\n", "no question that asks for ANSWER .* there are: q02"),
            ("[weights]\nq1 = 1\n", "weights names 'q1'"),
            ("[weights]\nq01 = 0\nq02 = 0\nq03 = 0\n", "leave no question that counts"),
            ('bonus = ["q04"]\n', "bonus names 'q04'"),
            ("drop_lowest = 3\n", r"drop_lowest \(=3\) must be less than .* \(3\)"),
            ("[late]\ndue = 2026-10-05T12:00:00Z\n[late.extensions]\nbo = 2026-10-06T12:00:00Z\n", "names 'bo'"),
            ("[late]\ndue = 2026-10-05T12:00:00Z\n[late.extensions]\nada = 2026-10-04T12:00:00Z\n", "before late.due"),
            ('[late]\ndue = 2026-10-05T12:00:00Z\nfile = "none.csv"\n', "cannot be read"),
            ("absent = 3\n", r"absent \(=3\)"),
        ],
    )  # fmt: skip
    def test_in_one_sentence(self, a_class, result, text, problem):
        a_class.hand_in("ada", result(3, 1, 2, answer=""))
        with pytest.raises(CohortError, match=problem):
            a_class.marks(text)

    @pytest.mark.parametrize(
        ("sheet", "problem"),
        [
            ("id,when\nada,yesterday\n", "must have a column with times; it has: id, when"),
            ("id,date\nada,yesterday\n", "has 'yesterday', which must be a time"),
            ("id,date\nada,31 February 2026, 10:00\n", "date"),
            ("id,date\nzoe,2026-10-05 10:00\n", "has none of the students"),
        ],
    )
    def test_a_file_of_times_that_is_none(self, a_class, result, sheet, problem):
        a_class.hand_in("ada", result(3, 1, 2))
        (a_class.folder / "t.csv").write_text(sheet)
        with pytest.raises(CohortError, match=problem):
            a_class.marks('[late]\ndue = 2026-10-05T12:00:00Z\nzone = "UTC"\nfile = "t.csv"\n')

    def test_a_check_of_a_question_that_was_not_graded_check_by_check(self, a_class, result):
        a_class.hand_in("ada", result(3, 1, 2))
        a_class.hand_in("zoe", None)
        with pytest.raises(CohortError, match=r"give manual.zoe.q01.points, for all of it"):
            a_class.marks("[manual.zoe.q01.checks.all]\npoints = 1\n")
