"""Some checks alone."""

from typing import Any

import msgspec
import pytest

from grader import Result, grade


def _grade(maths: Any, *only: str, **options: Any) -> Result:
    options = {"seed": 3, "language": "en", "isolation": 0, **options}
    return grade(str(maths), maths.parent, only=only, **options)


def _ids(result: Result) -> list[str]:
    return [check.id for question in result.questions for check in question.checks]


def test_a_check_runs_with_what_it_needs_and_the_score_is_of_these(maths):
    result = _grade(maths, "sign")
    assert _ids(result) == ["q01.square", "q01.sign"]
    assert (result.score, result.max_score, result.exit_status) == (2, 2, 0)
    assert result.questions[0].part_of == 3
    assert result.partial
    assert Result.from_json(result.to_json()) == result


def test_it_draws_the_same_cases_as_in_a_whole_run(maths, tmp_path):
    text = (maths / "q01_square/solution.py").read_text().replace("return x * x", "return x + x")
    (tmp_path / "q01_square.py").write_text(text)
    options: dict[str, Any] = {"seed": 3, "language": "en", "isolation": 0, "questions": ["q01"]}
    whole = grade(str(maths), tmp_path, **options)
    part = grade(str(maths), tmp_path, only=["q01.square"], **options)
    assert not whole.partial
    assert whole.questions[0].part_of is msgspec.UNSET
    (alone,) = part.questions[0].checks
    alone.seconds = whole.questions[0].checks[0].seconds
    assert alone == whole.questions[0].checks[0]


def test_an_untouched_file_is_told_for_the_chosen_checks_alone(maths, tmp_path):
    stub = maths.parents[1] / "exercises/maths/q01_square.py"
    (tmp_path / stub.name).write_bytes(stub.read_bytes())
    result = grade(str(maths), tmp_path, only=["cubes"], language="en", isolation=0)
    assert _ids(result) == ["q01.cubes"]
    assert result.questions[0].verdict == "not_attempted"
    assert (result.questions[0].max_score, result.questions[0].part_of) == (1, 3)


def test_points_that_do_not_add_up_are_found_in_a_part_too(maths):
    manifest = maths / "course.toml"
    manifest.write_text(manifest.read_text().replace("points = 3", "points = 4"))
    (check,) = _grade(maths, "cubes").questions[0].checks
    assert check.verdict == "grader_error"
    assert "worth 3 points, the question 4" in check.message


def test_an_unknown_name_is_refused_before_anything_runs(maths):
    with pytest.raises(KeyError, match="'tripled' is not in these questions of maths"):
        _grade(maths, "tripled")
    with pytest.raises(KeyError, match="'double' is not in these questions of maths"):
        _grade(maths, "double", questions=["q01"])
