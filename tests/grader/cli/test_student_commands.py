"""``list``, ``show``, ``hint``, ``solution``, ``reset``, ``init``."""

from pathlib import Path

import pytest

from grader.course import find_course, in_language, packaged_exercises

_DAMAGED = [b"", b"{", b"[]", b'{"results": 3}', b"\xff\xfe", b'{"hints": {"maths": {"q01": "x"}}}']


class TestInit:
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_it_writes_every_stub_in_one_language(self, cli, language):
        ran = cli("init", "tp", "--lang", language)
        course = find_course("tp2")
        for question in course.questions:
            stub = (packaged_exercises(course) / question.file).read_text(encoding="utf-8")
            written = (Path("tp/exercises/tp2") / question.file).read_text(encoding="utf-8")
            assert written == in_language(stub, language)
        assert ran.status == 0
        assert [line.split("  ")[1] for line in ran.lines[1:]] == (
            ["cd tp", "grader list", "grader show q01", "grader run q01"]
        )

    def test_it_never_overwrites(self, desk):
        desk.write({"square": "mine"})
        desk.file("double").unlink()
        Path("exercises/maths/q02_double.py").symlink_to("nowhere")
        ran = desk("init", ".")
        assert ran.status == 0
        assert desk.file("square").read_text() == "mine"
        assert Path("exercises/maths/q02_double.py").is_symlink()
        assert ran.lines[0] == "2 files were there already and stay as they are."

    def test_it_completes_a_folder(self, desk):
        desk.file("double").unlink()
        ran = desk("init", ".")
        assert desk.file("double").is_file()
        assert ran.lines[0].endswith("q01_square.py was there already and stays as it is.")

    def test_a_folder_that_cannot_be_made_is_said(self, cli):
        Path("file").write_text("")
        ran = cli("init", "file")
        assert (ran.status, ran.out) == (2, "")
        assert "a file is where a folder must be" in ran.err

    def test_the_commands_shown_work_in_the_new_folder(self, cli, maths, monkeypatch):
        monkeypatch.chdir(maths.parent)
        ran = cli("init", "tp", "--course", "./maths")
        assert f"grader run q01 --course '{maths}'" in ran.out

    def test_commands_can_be_copied_whatever_the_folder_is_called(self, cli):
        assert "  cd 'my work'" in cli("init", "my work").lines


class TestList:
    def test_it_shows_points_and_where_one_stands(self, desk):
        assert [" ".join(line.split()) for line in desk("list").lines[2:4]] == [
            "q01 The square – / 3",
            "q02 The double – / 1",
        ]
        desk.write({"square": desk.right["square"], "double": desk.wrong["double"]})
        desk("run")
        lines = desk("list").lines
        assert [" ".join(line.split()) for line in lines[2:4]] == [
            "q01 The square 3 / 3 passed",
            "q02 The double 0 / 1 exception",
        ]
        assert "Score 3 / 4" in lines
        assert lines[-1].startswith("Next question: grader show q02")

    @pytest.mark.parametrize("content", _DAMAGED, ids=repr)
    def test_a_damaged_state_is_an_empty_one(self, desk, content):
        Path(".grader").mkdir()
        Path(".grader/state.json").write_bytes(content)
        assert "– / 3" in desk("list").out
        assert desk("hint", "1").status == 0
        assert desk.state["hints"] == {"maths": {"q01": 1}}


class TestShow:
    def test_it_shows_the_statement_and_the_file(self, desk):
        out = desk("show", "1").out
        assert "Write square and cubes." in out
        assert "To fill in: exercises/maths/q01_square.py" in out
        assert "Then: grader run q01" in out

    def test_french_has_its_spaces(self, desk, capsys, monkeypatch):
        assert "Écrivez square et cubes : deux" in desk("show", "1", "--lang", "fr").out

    def test_code_keeps_its_spaces(self, desk):
        path = desk.course / "q01_square/statement.fr.md"
        path.write_text("Un : deux `a : b`\n\n```\nx ? y\n```\n", encoding="utf-8")
        out = desk("show", "1", "--lang", "fr").out
        assert "Un : deux a : b" in out
        assert "x ? y" in out

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_no_cell_of_a_table_is_cut(self, cli, language, monkeypatch):
        monkeypatch.setenv("COLUMNS", "80")
        course = find_course("tp2")
        for question in course.questions:
            statement = course.path / question.folder / f"statement.{language}.md"
            written = statement.read_text(encoding="utf-8").count("…")
            assert cli("show", question.id, "--lang", language).out.count("…") == written

    def test_it_works_where_no_working_folder_is(self, cli):
        ran = cli("show", "q01")
        assert ran.status == 0
        assert "To fill in" not in ran.out


class TestHint:
    def test_each_call_says_more_until_the_last(self, desk):
        outs = [desk("hint", "q01").out for _ in range(4)]
        shown = [[w for w in ("One", "Two", "Three") if f"{w} nudge" in out] for out in outs]
        assert shown == [["One"], ["Two"], ["Three"], ["Three"]]
        assert "To learn more: grader hint q01" in outs[0]
        assert "the last hint; to see the first again: grader hint q01 --level 1" in outs[3]
        assert desk.state["hints"]["maths"] == {"q01": 3}

    def test_a_level_can_be_asked_for_and_none_is_forgotten(self, desk):
        assert "Three nudges" in desk("hint", "q01", "--level", 3).out
        assert "One nudge" in desk("hint", "q01", "--level", 1).out
        assert desk.state["hints"]["maths"]["q01"] == 3
        assert desk("hint", "q01", "--level", 4).status == 2

    def test_a_question_has_its_own_count_and_its_language(self, desk):
        desk("hint", "q01")
        assert "Un indice" in desk("hint", "q02", "--lang", "fr").out

    @pytest.mark.parametrize("text", [None, "no levels at all"])
    def test_a_question_without_hints_says_so(self, desk, text):
        path = desk.course / "q01_square/hints.en.md"
        path.unlink() if text is None else path.write_text(text)
        ran = desk("hint", "q01")
        assert (ran.status, ran.err) == (2, "grader: q01 has no hints.\n")


class TestSolution:
    def test_it_is_locked_until_the_question_is_passed(self, desk):
        locked = desk("solution", "q01")
        assert (locked.status, locked.out) == (2, "")
        assert "opens once the question is passed: grader run q01" in locked.err
        desk.write(desk.wrong)
        desk("run", "q01")
        assert desk("solution", "q01").status == 2
        desk.write(desk.right)
        desk("run", "q01")
        shown = desk("solution", "q01", "--lang", "en")
        assert shown.status == 0
        assert "    return x * x" in shown.lines
        assert not [word for word in ("SOLUTION", "FR:", "entier") if word in shown.out]
        assert desk("solution", "q02").status == 2


class TestReset:
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_it_puts_the_stub_back_and_keeps_a_backup(self, desk, language):
        desk.write({"square": "mine"})
        ran = desk("reset", "1", "--lang", language)
        assert ran.status == 0
        (backup,) = Path(".grader/backup").iterdir()
        assert backup.read_text() == "mine"
        assert str(backup) in ran.out
        assert "exercises/maths/q01_square.py" in ran.lines[-1]
        text = desk.file("square").read_text(encoding="utf-8")
        assert "raise NotImplementedError" in text
        assert ("Le carré de" in text, "The square of" in text) == (
            language == "fr",
            language == "en",
        )

    def test_every_backup_is_kept(self, desk):
        for text in ("one", "two"):
            desk.write({"square": text})
            desk("reset", "1")
        backups = sorted(path.read_text() for path in Path(".grader/backup").iterdir())
        assert backups == ["one", "two"]

    def test_nothing_is_overwritten_when_the_backup_cannot_be_kept(self, desk):
        desk.write({"square": "mine"})
        Path(".grader").write_text("in the way")
        assert desk("reset", "1").status == 2
        assert desk.file("square").read_text() == "mine"

    def test_a_file_in_both_languages_stays_so(self, desk):
        desk.write({"square": '"""FR: Un.\n\nEN: One.\n"""\n'})
        desk("reset", "1")
        text = desk.file("square").read_text(encoding="utf-8")
        assert "FR:" in text
        assert "EN:" in text

    def test_a_deleted_file_comes_back(self, desk):
        path = desk.file("square")
        path.unlink()
        assert desk("reset", "1").status == 0
        assert path.is_file()
