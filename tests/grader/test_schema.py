"""The published schemas are those of this code, and what the grader writes has their form."""

import json
from pathlib import Path

import pytest

from grader.grading import grade
from grader.results import CaseValue, CheckResult, Isolation, QuestionResult, Result, result_schema

jsonschema = pytest.importorskip("jsonschema")

_PUBLISHED = Path(__file__).parents[2] / "docs" / "schema"


def _validator(name: str):
    schema = json.loads((_PUBLISHED / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", ["result", "cohort"])
def test_the_published_schema_is_that_of_this_code(name):
    """When it is not: grader schema NAME > docs/schema/NAME.json, and say so in CHANGELOG.md."""
    if name == "cohort":
        cohort_schema = pytest.importorskip("grader.cohort").cohort_schema
        made = cohort_schema()
    else:
        made = result_schema()
    assert (_PUBLISHED / f"{name}.json").read_bytes() == made


def test_what_a_run_writes_has_the_form(maths, tmp_path):
    (tmp_path / "q01_square.py").write_text("def square(x):\n    return 2 * x\n")
    result = grade(str(maths), tmp_path, isolation=0)
    assert result.questions[0].checks[0].counterexample is not None
    _validator("result").validate(json.loads(result.to_json()))


def test_all_that_may_be_left_out_and_all_that_may_be_there_has_the_form():
    result = Result(
        course="m", version="1", seed=None, seed_id="", started="", isolation=Isolation(0, "", ())
    )
    value = CaseValue(role="argument", name="x", dtype="float32", shape=(1,), data=b"abcd", low=0.0)
    check = CheckResult(
        id="q.a", title="A", max_points=1.0, given=("f",), values=(value,), log="x", fullest=0.5
    )
    result.questions.append(
        QuestionResult(
            id="q", title="Q", max_score=1.0, part_of=2.0, numbers={"K": 3}, checks=[check]
        )
    )
    _validator("result").validate(json.loads(result.to_json()))


def test_what_is_no_result_has_not_the_form():
    result = Result(
        course="m", version="1", seed=None, seed_id="", started="", isolation=Isolation(0, "", ())
    )
    told = json.loads(result.to_json())
    for wrong in ({**told, "score": "3"}, {k: v for k, v in told.items() if k != "course"}):
        with pytest.raises(jsonschema.ValidationError):
            _validator("result").validate(wrong)


def test_what_a_cohort_writes_has_the_form(tmp_path):
    """Of one student with a result, and one without."""
    cohort = pytest.importorskip("grader.cohort")
    from grader.handins import Account, Fate, Handin, Note, Student

    store = cohort.Store.in_folder(tmp_path)
    settings = cohort.Settings(
        course="m",
        course_digest="",
        version="1",
        questions=("q01",),
        language="en",
        seed_id="",
        isolation=2,
        isolation_name="",
        mechanisms=("bubblewrap",),
    )
    store.begin(settings)
    account = Account("ada/q01.py", Fate.GRADED, {"en": "", "fr": ""}, "q01")
    handins = [
        Handin(Student("ada"), (), (), (account,), notes=(Note("q01", account.why),)),
        Handin(Student("zoe")),
    ]
    store.receive(iter(handins), [account], "en")
    result = Result(
        course="m", version="1", seed=None, seed_id="", started="", isolation=Isolation(0, "", ())
    )
    store.keep(store.waiting()[0], result, 1.0, 1)
    told = json.loads(b"".join(cohort.json_of(store)))
    store.close()
    assert [one["verdict"] for one in told["submissions"]] == ["graded", "missing"]
    _validator("cohort").validate(told)
    told["submissions"][0]["result"]["questions"] = 3
    with pytest.raises(jsonschema.ValidationError):
        _validator("cohort").validate(told)
