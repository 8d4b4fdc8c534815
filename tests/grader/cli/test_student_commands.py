"""``list``, ``show``, ``hint``, ``solution``, ``reset``, ``init``."""

import json
import re
import shutil
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


class TestWorkingFolder:
    """What the folder was made in and for is remembered there, and it is found from below."""

    def test_it_keeps_the_language_it_was_made_in(self, cli, monkeypatch):
        cli("init", "tp", "--lang", "fr")
        monkeypatch.chdir("tp")
        assert "à faire" not in cli("list").out
        assert "Pour commencer : grader show q01" in cli("list").out
        assert "To begin" in cli("list", "--lang", "en").out

    def test_a_second_init_keeps_it_too_unless_told_otherwise(self, cli):
        cli("init", "tp", "--lang", "fr")
        assert "étaient déjà là" in cli("init", "tp").out
        assert "were there already" in cli("init", "tp", "--lang", "en").out
        assert "were there already" in cli("init", "tp").out

    @pytest.mark.parametrize("place", ["exercises", "exercises/maths", "notes/deep"])
    def test_it_is_found_from_below(self, desk, monkeypatch, place):
        desk.write(desk.right)
        Path(place).mkdir(parents=True, exist_ok=True)
        work = Path.cwd()
        monkeypatch.chdir(place)
        assert desk("run").status == 0
        assert "Score 4 / 4" in desk("list").out
        desk("hint", "q01")
        desk("reset", "q02")
        assert [path.parent for path in work.rglob(".grader")] == [work]

    def test_exercises_without_a_memory_are_found_from_below_too(self, cli, maths, monkeypatch):
        cli("init", ".", "--course", maths)
        Path(".grader/state.json").unlink()
        Path(".grader").rmdir()
        work = Path.cwd()
        monkeypatch.chdir("exercises/maths")
        cli("hint", "q01", "--course", maths)
        assert [path.parent for path in work.rglob(".grader")] == [work]

    def test_it_keeps_its_course_by_its_id(self, cli, maths, monkeypatch):
        monkeypatch.setattr("grader.course._location.roots", lambda: [maths.parent])
        assert "--course" not in cli("init", ".", "--course", "maths").out
        assert "The square" in cli("list").out
        assert "--course" not in cli("list").out

    @pytest.mark.parametrize("name", ["./maths", "/tmp/maths", "..", "nothing_like_it", 3])
    def test_a_course_is_never_taken_from_a_path_that_a_folder_tells(self, cli, name):
        """Its checks would run in the grading process: a folder that somebody sent must not choose them."""
        Path(".grader").mkdir()
        Path(".grader/state.json").write_text(json.dumps({"course": name}))
        ran = cli("list")
        assert (
            "Practical 2" in ran.out
            or "This folder was made for the course nothing_like_it" in ran.err
        )


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

    def test_progress_is_the_best_and_the_last_is_shown_too(self, desk):
        desk.write(desk.right)
        desk("run")
        desk.write({"square": desk.wrong["square"]})
        desk("run", "q01")
        out = desk("list").out
        assert "3 / 3" in out
        assert "passed (last attempt: 1, failed)" in " ".join(out.split())
        assert "Score 4 / 4" in out
        assert desk("solution", "q01").status == 0
        assert desk("watch").lines == ["Everything is right, well done!"]

    def test_a_memory_of_the_version_before_is_read(self, desk):
        old = {"verdict": "passed", "score": 3, "max_score": 3}
        Path(".grader/state.json").write_text(json.dumps({"results": {"maths": {"q01": old}}}))
        assert "3 / 3" in desk("list").out

    def test_points_of_a_question_that_was_worth_less_are_not_kept(self, desk):
        desk.write({"square": desk.wrong["square"]})
        old = {"verdict": "failed", "score": 2, "max_score": 9}
        Path(".grader/state.json").write_text(json.dumps({"results": {"maths": {"q01": old}}}))
        desk("run", "q01")
        assert "1 / 3" in desk("list").out

    @pytest.mark.parametrize("content", _DAMAGED, ids=repr)
    def test_a_damaged_state_is_an_empty_one(self, desk, content):
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

    def test_formulas_are_lines_and_not_latex(self, cli):
        lines = cli("show", "q03", "--course", "foundations").lines
        shown = "corr[i, j] = Σ (a, b) x[i + a, j + b] · w[a, b]"
        assert any(shown in line for line in lines)

    def test_figures_of_the_other_language_are_not_listed(self, cli):
        assert cli("init", ".", "--course", "foundations", "--lang", "en").status == 0
        out = cli("show", "q06").out
        assert "strides.en.png" in out
        assert "strides.fr.png" not in out

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

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_no_code_is_broken_at_80_columns(self, cli, language, monkeypatch):
        """A worked example whose lines wrap cannot be read."""
        monkeypatch.setenv("COLUMNS", "80")
        course = find_course("tp2")
        texts = {q.id: course.text(q, "statement", language) for q in course.questions}
        texts |= {name: course.page(name, language) for name in course.pages}
        for name, text in texts.items():
            lines = [line.strip() for line in cli("show", name, "--lang", language).lines]
            for block in re.findall(r"^```.*?\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
                for line in block.replace("\u00a0", " ").splitlines():
                    assert line.strip() in lines, (name, line)

    def test_a_page_beside_the_questions_is_shown(self, cli):
        assert "nnx.split(model, nnx.Param, ...)" in cli("show", "nnx").out
        assert "NNX en dix minutes" in cli("show", "nnx", "--lang", "fr").out

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_such_a_page_is_written_for_a_browser_too(self, cli, language):
        ran = cli("show", "nnx", "--html", "nnx.html", "--lang", language)
        assert ran.status == 0
        page = Path("nnx.html").read_text(encoding="utf-8")
        heading = {"fr": "NNX en dix minutes", "en": "NNX in ten minutes"}[language]
        assert f"<h1>{heading}</h1>" in page.replace("\u00a0", " ")
        assert "nnx.split(model, nnx.Param, ...)" in page
        assert "points" not in page  # it is worth none

    def test_it_is_written_as_a_page(self, desk):
        ran = desk("show", "q01", "--html", "q01.html")
        assert (ran.status, ran.lines) == (0, ["The page is in q01.html"])
        assert "<h1>q01 · " in Path("q01.html").read_text(encoding="utf-8")

    def test_a_page_that_cannot_be_written_is_refused(self, desk):
        ran = desk("show", "q01", "--html", ".")
        assert (ran.status, ran.out) == (2, "")
        assert ". cannot be written: it is a folder." in ran.err

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

    def test_one_function_has_hints_of_its_own(self, desk):
        outs = [desk("hint", "q01", "cubes").out for _ in range(3)]
        assert "q01 · cubes · 1/2" in outs[0]
        assert "count from 0" in outs[0]
        assert "a first word" not in outs[0]
        assert "nudge" not in outs[0]
        assert "To learn more: grader hint q01 cubes" in outs[0]
        assert "[f(i) for i in range(n)]" in outs[1]
        assert "Both at once" not in outs[1]
        assert "grader hint q01 cubes --level 1" in outs[2]
        assert desk.state["hints"]["maths"] == {"q01.cubes": 2}
        assert "For one function: grader hint q01 square" in desk("hint", "q01").out

    def test_a_function_without_hints_is_told_which_have_some(self, desk):
        ran = desk("hint", "q01", "cube")
        assert ran.status == 2
        assert "no hint for cube in q01; there are some for square, cubes." in ran.err

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
        assert "What to take away" in shown.out
        assert "Nothing to add." in shown.out
        assert "Rien à ajouter." in desk("solution", "q01", "--lang", "fr").out
        assert desk("solution", "q02").status == 2


class TestReset:
    def test_it_forgets_progress_and_hints_of_that_question_alone(self, desk):
        desk.write(desk.right)
        desk("run")
        desk("hint", "q01", "--level", 3)
        desk("hint", "q02")
        desk("reset", "q01")
        assert list(desk.state["results"]["maths"]) == ["q02"]
        assert list(desk.state["hints"]["maths"]) == ["q02"]
        assert desk("solution", "q01").status == 2

    def test_anothers_file_is_put_back_and_my_progress_stays(self, desk, tmp_path):
        desk.write(desk.right)
        desk("run")
        shutil.copytree("exercises", tmp_path / "other")
        desk("reset", "q01", "--submission", tmp_path / "other")
        assert set(desk.state["results"]["maths"]) == {"q01", "q02"}
        assert desk.file("square").read_text() == desk.right["square"]

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
        Path(".grader/backup").write_text("in the way")
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


class TestNotebooks:
    """A notebook stands wherever a stub does."""

    @pytest.fixture
    def books(self, cli, maths):
        pytest.importorskip("nbformat")
        assert cli("init", ".", "--notebook", "--course", maths, "--lang", "en").status == 0
        return lambda *arguments: cli(*arguments, "--course", maths)

    def _edit(self, old: str, new: str) -> None:
        path = Path("exercises/maths/q01_square.ipynb")
        path.write_text(path.read_text().replace(old, new))

    def test_init_makes_nothing_but_notebooks(self, books):
        names = sorted(path.name for path in Path("exercises/maths").iterdir())
        assert names == ["q01_square.ipynb", "q02_double.ipynb"]
        assert "To fill in: exercises/maths/q01_square.ipynb" in books("show", "q01").out
        assert "To begin" in books("run").out

    def test_the_cell_that_grades_finds_the_course(self, books, cli, maths, monkeypatch):
        assert f"%grade q01 --course '{maths}'" in Path(
            "exercises/maths/q01_square.ipynb"
        ).read_text().replace("\\n", "\n")
        monkeypatch.setattr("grader.course._location.roots", lambda: [maths.parent])
        cli("init", "by_id", "--notebook", "--course", "maths")
        text = Path("by_id/exercises/maths/q01_square.ipynb").read_text()
        assert "%grade q01" in text
        assert "--course" not in text

    def test_lines_are_those_of_cells(self, books):
        self._edit("raise NotImplementedError", "return 1 +")
        out = " ".join(books("run", "exercises/maths/q01_square.ipynb").out.split())
        assert "SyntaxError: invalid syntax Code cell 2, line" in out
        assert "q01_square.py" not in out

    def test_reset_puts_the_notebook_back_and_a_paired_script_too(self, books):
        fresh = Path("exercises/maths/q01_square.ipynb").read_bytes()
        self._edit("raise NotImplementedError", "return 1")
        Path("exercises/maths/q01_square.py").write_text("mine")
        assert books("reset", "q01").status == 0
        assert Path("exercises/maths/q01_square.ipynb").read_bytes() == fresh
        assert "NotImplementedError" in Path("exercises/maths/q01_square.py").read_text()
        assert len(list(Path(".grader/backup").iterdir())) == 2
        assert "not attempted" in books("run", "q01").out
