"""The values of a failing case as data: what a text may tell, exactly, within bounds."""

import ml_dtypes
import msgspec
import numpy as np
import pytest

from grader.checks import agree
from grader.checks._agree import Expectation, Mismatch
from grader.checks._case_values import CaseValues
from grader.checks._explain import Explainer
from grader.results import CaseValue, CheckResult
from grader.session import Fault
from grader.wire import DTYPES


def _explain(error, attempts=(), *, reveal=False) -> CheckResult:
    result = CheckResult(id="q01.f", title="f", max_points=1)
    explainer = Explainer(
        "en", question="q01", file="q01.py", source="", mistakes=list, memory_mb=4096
    )
    explainer.explain(error, result, list(attempts), reveal)
    return result


def _failed(student, reference, *args, reveal=False, **kwargs) -> CheckResult:
    with pytest.raises((Mismatch, Fault)) as caught:
        agree(student.f, reference, *args, **kwargs)
    return _explain(caught.value, student._attempts, reveal=reveal)


def _values(result: CheckResult) -> dict[tuple[str, str], CaseValue]:
    values = () if result.values is msgspec.UNSET else result.values
    assert values != () or result.values is msgspec.UNSET
    return {(value.role, value.name): value for value in values}


def _array(value: CaseValue) -> np.ndarray:
    assert isinstance(value.data, bytes)
    assert isinstance(value.dtype, str)
    return np.frombuffer(value.data, DTYPES[value.dtype]).reshape(value.shape)


class TestACase:
    def test_it_has_arguments_answer_expected_and_where_they_differ(self, student_of):
        x = np.arange(6, dtype=np.float32).reshape(2, 3)
        result = _failed(
            student_of(f=lambda x, step: x + step), lambda x, step: x * step, x, step=2
        )
        values = _values(result)
        assert list(values) == [
            ("argument", "x"),
            ("argument", "step"),
            ("answer", ""),
            ("expected", ""),
            ("wrong", ""),
        ]
        np.testing.assert_array_equal(_array(values["argument", "x"]), x)
        assert values["argument", "step"].text == "2"
        np.testing.assert_array_equal(_array(values["answer", ""]), x + 2)
        np.testing.assert_array_equal(_array(values["expected", ""]), x * 2)
        np.testing.assert_array_equal(_array(values["wrong", ""]), x != 2)

    def test_what_counts_as_wrong_is_what_the_check_says(self, student_of):
        student = student_of(f=lambda: np.array([1.0, 1.05, 1.2]))
        result = _failed(student, lambda: np.ones(3), rtol=0.1)
        assert _array(_values(result)["wrong", ""]).tolist() == [False, False, True]

    def test_arrays_inside_an_argument_or_an_answer_are_found(self, student_of):
        student = student_of(f=lambda layers: {"a": np.zeros(2), "b": [np.zeros(1), np.ones(3)]})
        result = _failed(
            student,
            lambda layers: {"a": np.zeros(2), "b": [np.zeros(1), np.zeros(3)]},
            [(np.ones(2), 3)],
        )
        names = [name for role, name in _values(result) if role == "answer"]
        assert names == ["['b'][1]", "['a']", "['b'][0]"]
        assert ("argument", "layers[0][0]") in _values(result)

    def test_an_exception_has_its_arguments(self, student_of):
        result = _failed(student_of(f=lambda x: 1 / 0), lambda x: x, np.ones(2))
        assert list(_values(result)) == [("argument", "x")]

    def test_a_property_has_what_it_shows(self):
        shown = {"curve": np.array([2, 1]), "right": 0.5}
        values = _values(_explain(Expectation({"fr": "Non.", "en": "No."}, shown)))
        assert _array(values["observed", "curve"]).tolist() == [2, 1]
        assert values["observed", "right"].text == "0.5"


class TestSecrets:
    """What a text does not tell is in no value either."""

    def test_an_expected_scalar_stays_hidden_unless_the_check_reveals_it(self, student_of):
        student = student_of(f=lambda: 0.5)
        for reveal in (False, True):
            assert not _values(_failed(student, lambda: 7.25, reveal=reveal))

    def test_scalars_beside_arrays_stay_hidden(self, student_of):
        result = _failed(
            student_of(f=lambda: (np.ones(2), 1.0, "x")), lambda: (np.zeros(2), 7.25, "mystery")
        )
        assert [key for key in _values(result) if key[0] == "expected"] == [("expected", "[0]")]
        encoded = msgspec.json.encode(result.values)
        assert b"7.25" not in encoded
        assert b"mystery" not in encoded

    @pytest.mark.parametrize("got", [np.zeros(3), np.zeros(2, np.int64), [1.0], None], ids=repr)
    def test_of_a_wrong_form_nothing_expected_is_told(self, student_of, got):
        result = _failed(student_of(f=lambda: got), lambda: np.array([7.25, 8.5]))
        assert result.counterexample is not None
        assert result.counterexample.expected is None
        assert not [key for key in _values(result) if key[0] in ("expected", "wrong")]


class TestBounds:
    def test_a_large_array_has_a_shape_and_a_range(self, student_of):
        x = np.arange(5000, dtype=np.float32)
        x[7] = np.nan
        value = _values(_failed(student_of(f=lambda x: 1), lambda x: 2, x))["argument", "x"]
        assert (value.shape, value.low, value.high) == ((5000,), 0.0, 4999.0)
        assert value.data is msgspec.UNSET

    def test_what_a_question_keeps_is_bounded(self, student_of):
        student = student_of(f=lambda x: x + 1)
        kept, explained = CaseValues(), 0
        for _ in range(20):
            with pytest.raises(Mismatch) as caught:
                agree(student.f, lambda x: x, np.zeros(2000, np.float32))
            values = kept.mismatch(caught.value.attempt, caught.value.attempt.expected, "")
            explained += len(msgspec.json.encode(values))
            assert isinstance(values, tuple)
            assert len(values) == 4
        assert explained < 64 * 2**10 + 20 * 600

    def test_hostile_answers_are_no_larger_than_what_is_kept_of_them(self, student_of):
        answer = {"\x1b[2J\u202e": np.zeros(1)}
        answer |= {"k" * 10**5 + str(n): np.zeros(9) for n in range(50)}
        result = _failed(student_of(f=lambda: answer), lambda: 1)
        values = _values(result)
        assert values
        assert len(msgspec.json.encode(list(values.values()))) < 2000
        assert all(name.isprintable() for _, name in values)
        deep = np.zeros(1)
        for _ in range(30):
            deep = [deep]
        (value,) = _values(_failed(student_of(f=lambda: deep), lambda: 1)).values()
        assert len(value.name) <= 61

    def test_an_answer_that_was_dropped_is_not_there(self, student_of):
        student = student_of(f=lambda: np.zeros(3))
        with pytest.raises(Mismatch) as caught:
            agree(student.f, lambda: np.ones(3))
        caught.value.attempt.drop()
        assert _explain(caught.value, student._attempts).values is msgspec.UNSET


class TestJson:
    @pytest.mark.parametrize("dtype", sorted(DTYPES))
    def test_every_entry_comes_back_as_it_was(self, student_of, dtype):
        array = np.array([0, 1, 3]).astype(DTYPES[dtype])
        if dtype not in ("bool",) and np.issubdtype(array.dtype, np.inexact):
            array = np.array([np.nan, -np.inf, -0.0, 1 / 3]).astype(array.dtype)
        elif dtype == "bfloat16":
            array = np.array([np.nan, np.inf, 1 / 3], ml_dtypes.bfloat16)
        result = _failed(student_of(f=lambda x: 1), lambda x: 2, array)
        again = msgspec.json.decode(msgspec.json.encode(result), type=CheckResult)
        assert again == result
        assert _array(_values(again)["argument", "x"]).tobytes() == array.tobytes()
