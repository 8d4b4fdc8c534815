"""Failures in words: complete in both languages, precise, and silent about hidden values."""

import re

import numpy as np
import pytest

from grader.checks import agree, mistake
from grader.checks._agree import Expectation, Mismatch
from grader.checks._explain import Explainer, short_call
from grader.messages import LANGUAGES
from grader.results import CheckResult, Verdict
from grader.session import Fault, WorkerNotStarted, fault_from

_SOURCE = "import numpy\n\n\ndef f(x):\n    return 1 / x  # \x1b[31m\n"


def _explainer(language="en", mistakes=(), source=_SOURCE, valueless=()) -> Explainer:
    return Explainer(
        language,
        question="q01",
        file="q01_sum.py",
        source=source,
        mistakes=lambda: list(mistakes),
        memory_mb=4096,
        valueless=lambda function: function in valueless,
    )


def _explain(error, attempts=(), *, reveal=False, **options) -> CheckResult:
    result = CheckResult(id="q01.f", title="f", max_points=1)
    _explainer(**options).explain(error, result, list(attempts), reveal)
    return result


def _mismatch(student, reference, *args, reveal=False, language="en", mistakes=()) -> CheckResult:
    with pytest.raises((Mismatch, Fault)) as caught:
        agree(student.f, reference, *args)
    return _explain(
        caught.value, student._attempts, reveal=reveal, language=language, mistakes=mistakes
    )


def _texts(result: CheckResult) -> str:
    example = result.counterexample
    parts = [result.message]
    if example:
        parts += [example.call, example.got, example.expected, example.difference]
    return "\n".join(part for part in parts if part)


_SENT = {"type": "ValueError", "text": "bad", "frames": [["q01_sum.py", 5, "f"]]}
_FAULTS = {
    "exception": fault_from({"kind": "exception", **_SENT}, "f(0)"),
    "arity": fault_from(
        {"kind": "exception", "type": "TypeError", "text": "f() missing 1 required argument"},
        "f(0)",
    ),
    "import": fault_from({"kind": "import_error", **_SENT}, "q01_sum.py"),
    "not attempted": fault_from({"kind": "not_attempted"}, "f(0)"),
    "missing": fault_from({"kind": "missing", "name": "f", "names": ["ff", "g"]}, "f(0)"),
    "forbidden": fault_from({"kind": "forbidden", **_SENT, "name": "numpy.convolve"}, "f(0)"),
    "forbidden in source": Fault(
        Verdict.FORBIDDEN, name="numpy.convolve", frames=[(2, "f")], call="f(0)"
    ),
    "memory": fault_from({"kind": "memory", **_SENT}, "f(0)"),
    "killed for memory": Fault(Verdict.MEMORY, call="f(0)"),
    "timeout": Fault(Verdict.TIMEOUT, key="computes", call="f(0)", seconds=2.5),
    "timeout at import": Fault(Verdict.TIMEOUT, key="computes", call="q01_sum.py", seconds=22.0),
    "idle": Fault(Verdict.TIMEOUT, key="idle", call="f(0)", seconds=2.5),
    "idle at import": Fault(Verdict.TIMEOUT, key="idle", call="q01_sum.py", seconds=22.0),
    "question": Fault(Verdict.TIMEOUT, key="question", call="f(0)", seconds=140.0),
    "total": Fault(Verdict.TIMEOUT, key="total", call="f(0)", seconds=1800.0),
    "deaths": Fault(Verdict.CRASHED, key="deaths", call="f(0)", count=3),
    "starved": Fault(Verdict.NOT_GRADED, key="starved", call="f(0)", cpu=2.6, seconds=61),
    "impatient": Fault(Verdict.NOT_GRADED, key="impatient", call="f(0)"),
    "exit": Fault(Verdict.CRASHED, key="crashed_exit", call="f(0)", code=3),
    "signal": Fault(Verdict.CRASHED, key="crashed_signal", call="f(0)", name="SIGSEGV"),
    "silent": Fault(Verdict.CRASHED, key="crashed_silent", call="f(0)"),
    "worker lost": Fault(Verdict.CRASHED, key="worker_lost", call="Net"),
    "protocol": Fault(Verdict.BAD_OUTPUT, key="protocol", call="f(0)"),
    **{
        f"bad output: {reason}": fault_from(
            {
                "kind": "bad_output",
                "reason": reason,
                "detail": "builtins.set",
                "path": "['value'][2]",
            },
            "f(0)",
        )
        for reason in ("type", "dtype", "tracer", "depth", "items", "bytes", "number")
    },
    "garbled": fault_from({"kind": 3, "type": [], "frames": "x", "names": {}}, "f(0)"),
}


class TestFaults:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("name", _FAULTS)
    def test_each_has_a_complete_message_in_both_languages(self, name, language):
        result = _explain(_FAULTS[name], language=language)
        assert result.verdict is _FAULTS[name].verdict
        assert result.message
        assert not re.search(r"[{}]", result.message)

    def test_the_two_languages_differ(self):
        for name, fault in _FAULTS.items():
            texts = {_explain(fault, language=language).message for language in LANGUAGES}
            assert len(texts) == 2, name

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("exception", "f(0) raises an exception: ValueError: bad"),
            ("import", "cannot be imported: ValueError: bad"),
            ("arity", "`grader show q01` recalls it"),
            ("not attempted", "f: it still says `raise NotImplementedError`"),
            ("missing", "f is not defined in q01_sum.py. You defined ff"),
            ("forbidden", "numpy.convolve is not allowed in this question (line 5)"),
            ("forbidden in source", "(line 2)"),
            ("memory", "4096 MiB"),
            ("timeout", "within 2.5\u00a0s: an endless loop"),
            ("timeout", "the option --timeout changes this limit"),
            ("timeout at import", "did not finish importing within 22\u00a0s"),
            ("idle", "f(0) does nothing: neither an answer nor any computing for 2.5\u00a0s"),
            ("idle at import", "did nothing for 22\u00a0s"),
            ("question", "all of the question's time (140\u00a0s); f(0)"),
            ("total", "all of this run's time (1800\u00a0s, option --total); f(0)"),
            ("deaths", "ended, or had to be ended, 3 times"),
            ("starved", "only 3\u00a0s of computation in 61\u00a0s"),
            ("impatient", "not your fault"),
            ("exit", "exit status 3"),
            ("signal", "signal SIGSEGV"),
            ("bad output: type", "builtins.set (at [2])"),
            ("bad output: tracer", "tracer"),
        ],
    )
    def test_it_says_what_happened(self, name, words):
        assert words in _explain(_FAULTS[name]).message

    @pytest.mark.parametrize("name", ["exception", "import", "memory"])
    def test_it_shows_the_students_own_line_without_control_characters(self, name):
        message = _explain(_FAULTS[name]).message
        assert "Line 5: return 1 / x  # �[31m" in message
        assert "\x1b" not in message

    def test_lines_are_counted_as_python_counts_them(self):
        source = "a = '''\f\x1c\u2028'''\r\nb = 2\rc = 3\nd = 4\n\nlast"
        fault = fault_from({"kind": "exception", "frames": [["x", 3, "f"]]}, "f(0)")
        assert "Line 3: c = 3" in _explain(fault, source=source).message

    def test_a_type_error_of_jax_is_not_blamed_on_the_signature(self):
        text = "grad requires real- or complex-valued outputs, got int32"
        fault = fault_from({"kind": "exception", "type": "TypeError", "text": text}, "grad(f)(1)")
        assert _explain(fault).message == f"grad(f)(1) raises an exception: TypeError: {text}"

    def test_another_error_than_the_students_is_the_graders(self):
        result = _explain(KeyError("ours"))
        assert result.verdict is Verdict.GRADER_ERROR
        assert "not your fault: KeyError: 'ours'" in result.message


class TestWhatGoesWrongOnTheWay:
    @pytest.mark.parametrize(
        "error", [WorkerNotStarted("no"), OSError("full"), MemoryError()], ids=repr
    )
    def test_a_broken_machine_is_ours_whatever_was_answered_before(self, error):
        result = CheckResult(id="q01.f", title="f", max_points=1)
        _explainer().explain(error, result, [], False, opened=["f(0)"])
        assert result.verdict is Verdict.GRADER_ERROR

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_failure_that_cannot_be_put_into_words_keeps_its_verdict(self, language, caplog):
        class Broken(Expectation):
            text = property(lambda self: 1 / 0, lambda self, text: None)

        result = _explain(Broken({"fr": "", "en": ""}, {}), language=language)
        assert result.verdict is Verdict.FAILED
        assert "(ZeroDivisionError)" in result.message
        assert "ZeroDivisionError" in result.log
        assert "cannot be put into words" in caplog.text

    def test_a_mistake_whose_answer_cannot_be_compared_explains_nothing(self, student_of, caplog):
        @mistake(of="f", fr="-", en="-")
        def a_set(x):
            return {1, 2}

        @mistake(of="f", fr="Un de trop.", en="One too many.")
        def one_more(x):
            return x + 1

        student = student_of(f=lambda x: x + 1)
        result = _mismatch(student, lambda x: x, 3, mistakes=[a_set, one_more])
        assert result.mistake == "one_more"
        assert "a_set" in caplog.text

    def test_mistakes_that_cannot_be_loaded_leave_the_message_alone(self, caplog):
        def broken():
            raise ImportError("mistakes.py")

        explainer = _explainer()
        explainer.mistakes = broken
        result = CheckResult(id="q01.f", title="f", max_points=1)
        explainer.explain(Expectation({"fr": "Non.", "en": "No."}, {}), result, [], False)
        assert (result.verdict, result.message) == (Verdict.FAILED, "No.")
        assert "mistakes.py" in caplog.text


_ANSWERS = {
    "none": (None, 1),
    "type": ("a", 1),
    "length": ([1], [1, 2]),
    "keys": ({"a": 1}, {"b": 1}),
    "shape": (np.ones(2), np.ones(3)),
    "dtype": (np.ones(2, int), np.ones(2)),
    "finite": (np.array([1, np.nan]), np.ones(2)),
    "values": (np.ones(2), np.zeros(2)),
    "entries": (np.ones(2, bool), np.zeros(2, bool)),
    "scalar": (1, 2),
    "nested": ({"a": [1.0, np.ones(2)]}, {"a": [1.0, np.zeros(2)]}),
}


class TestMismatches:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("name", _ANSWERS)
    def test_each_has_a_complete_message_and_a_counterexample(self, student_of, name, language):
        got, expected = _ANSWERS[name]
        result = _mismatch(student_of(f=lambda: got), lambda: expected, language=language)
        assert result.verdict is Verdict.FAILED
        assert result.message
        assert not re.search(r"\{\w", result.message)
        assert result.counterexample is not None
        assert result.counterexample.call == "f()"
        assert result.counterexample.got

    def test_an_array_is_shown_whole_with_the_first_difference(self, student_of):
        expected = np.array([[1.0, 2], [3, 4]])
        result = _mismatch(student_of(f=lambda x: x.T), lambda x: expected, expected)
        example = result.counterexample
        assert result.message == "2 of 4 values are wrong; the largest error is 1."
        assert example is not None
        assert example.difference == "at [0, 1]: 3 instead of 2"
        assert (example.got, example.expected) == ("[[1, 3],\n [2, 4]]", "[[1, 2],\n [3, 4]]")

    @pytest.mark.parametrize(
        "got",
        [0.5, float("nan"), float("inf"), None, "a", 3, np.array(0.5), np.ones(2), [1.0]],
        ids=repr,
    )
    @pytest.mark.parametrize("kind", [float, np.float32, np.float64, np.array])
    def test_an_expected_scalar_stays_hidden(self, student_of, got, kind):
        result = _mismatch(student_of(f=lambda: got), lambda: kind(7.25))
        assert "7.25" not in _texts(result)

    @pytest.mark.parametrize(
        ("expected", "hidden"),
        [(723, "723"), ("mystery", "mystery"), (True, "True"), (-7.25, "7.25")],
    )
    def test_scalars_of_every_kind_stay_hidden(self, student_of, expected, hidden):
        result = _mismatch(student_of(f=lambda: type(expected)()), lambda: expected)
        assert hidden not in _texts(result)

    @pytest.mark.parametrize(
        "got",
        [
            (np.ones(2), 1.0, {"s": "x"}),
            (np.zeros(2), 1.0, {"s": "x"}),
            (np.zeros(2), 7.25, {"s": "x"}),
            (np.full(2, np.nan), 1.0, {"s": "x"}),
            (np.zeros(2), float("nan"), {"s": "x"}),
        ],
        ids=repr,
    )
    def test_scalars_beside_arrays_stay_hidden(self, student_of, got):
        expected = (np.zeros(2), 7.25, {"s": "mystery"})
        result = _mismatch(student_of(f=lambda: got), lambda: expected)
        example = result.counterexample
        assert example is not None
        texts = _texts(result).replace(example.got or "", "")
        assert "7.25" not in texts
        assert "mystery" not in texts
        assert example.expected == "([0, 0], …, {'s': …})"

    def test_a_value_of_which_nothing_may_be_shown_is_left_out(self, student_of):
        result = _mismatch(student_of(f=lambda: [(0, 1), {"n": 3}]), lambda: [(0, 1), {"n": 2}])
        assert result.counterexample is not None
        assert result.counterexample.expected is None

    def test_a_check_may_reveal_them(self, student_of):
        result = _mismatch(student_of(f=lambda: 0.5), lambda: 7.25, reveal=True)
        example = result.counterexample
        assert example is not None
        assert (example.got, example.expected) == ("0.5", "7.25")
        assert example.difference == "0.5 instead of 7.25"
        assert "7.25" not in result.message

    def test_a_property_shows_its_text_and_values(self):
        error = Expectation({"fr": "Croissant.", "en": "Increasing."}, {"x": np.array([2, 1])})
        result = _explain(error, language="fr")
        assert result.message == "Croissant."
        assert result.counterexample is not None
        assert result.counterexample.call == "x = [2, 1]"


@mistake(of="f", fr="Sommes des colonnes.", en="Sums of the columns.")
def columns(x):
    return x.sum(axis=0)


@mistake(of=("f", "g"), fr="Une de trop.", en="One too many.")
def one_too_many(x):
    return x.sum(axis=1) + 1


@mistake(of="g", fr="Autre.", en="Other.")
def of_another_function(x):
    return x.sum(axis=0)


class TestMistakes:
    mistakes = (of_another_function, one_too_many, columns)

    def _tried(self, student, *cases):
        last = None
        for case in cases:
            try:
                agree(student.f, lambda x: x.sum(axis=1), case)
            except (Mismatch, Fault) as error:
                last = error
        return _explain(last, student._attempts, mistakes=self.mistakes)

    def test_the_one_that_answers_alike_is_named_with_its_hint(self, student_of):
        student = student_of(f=lambda x: x.sum(axis=0))
        result = self._tried(student, np.eye(2), np.arange(4.0).reshape(2, 2))
        assert result.mistake == "columns"
        assert result.message.endswith("\nSums of the columns.")

    def test_one_that_answers_alike_on_some_cases_only_is_not(self, student_of):
        student = student_of(f=lambda x: x.sum(axis=0) + (x[0, 0] > 5))
        result = self._tried(student, np.arange(4.0).reshape(2, 2), np.full((2, 2), 9.0))
        assert result.mistake is None

    def test_however_late_the_case_that_tells_them_apart(self, student_of):
        student = student_of(f=lambda x: x.sum(axis=0) + (x.shape[0] > 20))
        cases = [np.arange(float(n * n)).reshape(n, n) for n in range(2, 23)]
        assert self._tried(student, *cases).mistake is None

    def test_nor_one_that_differs_where_the_student_is_right(self, student_of):
        student = student_of(f=lambda x: x.sum(axis=0 if x[0, 0] == 1 else 1))
        wrong, right = np.array([[1.0, 2], [3, 4]]), np.array([[0.0, 2], [3, 4]])
        assert self._tried(student, right, wrong).mistake is None

    def test_exceptions_of_one_type_are_no_evidence_without_a_wrong_answer(self, student_of):
        @mistake(of="f", fr="Axe 5.", en="Axis 5.")
        def axis_5(x):
            return x.sum(axis=5) if x.ndim > 1 else x + 1

        student = student_of(f=lambda x: x.sum(axis=5) if x.ndim > 1 else x + 1)
        with pytest.raises(Fault) as caught:
            agree(student.f, lambda x: x.sum(axis=1), np.eye(2))
        assert _explain(caught.value, student._attempts, mistakes=[axis_5]).mistake is None
        with pytest.raises(Mismatch) as wrong:
            agree(student.f, lambda x: x, np.ones(2))
        assert _explain(wrong.value, student._attempts, mistakes=[axis_5]).mistake == "axis_5"

    def test_a_variant_that_writes_into_its_argument_spoils_nothing(self, student_of):
        @mistake(of="f", fr="-", en="-")
        def destroys(x):
            x[...] = 0
            return x

        student = student_of(f=lambda x: x.sum(axis=0))
        with pytest.raises(Mismatch) as caught:
            agree(student.f, lambda x: x.sum(axis=1), np.arange(4.0).reshape(2, 2))
        result = _explain(caught.value, student._attempts, mistakes=[destroys, columns])
        assert result.mistake == "columns"


@pytest.mark.parametrize(
    ("call", "short"),
    [
        ("f(1, 2)", "f(1, 2)"),
        ("f(" + "1, " * 40 + ")", "f(…)"),
        ("f(\n    [[1, 2]],\n)", "f(…)"),
        ("jit(f)(\n    3,\n)", "jit(f)(…)"),
        ("jit(vmap(grad(value_and_grad(f))))(\n 1)", "jit(vmap(grad(value_and_grad(f))))(…)"),
        ("f(g(" + "1, " * 40 + "))", "f(…)"),
        ("jit(f)(g(" + "1, " * 40 + "))", "jit(f)(…)"),
        ("Net.parameters(\n)", "Net.parameters(…)"),
        ("x" * 70, "x" * 60 + "…"),
        ("", ""),
    ],
)
def test_long_calls_are_shortened_to_their_head(call, short):
    assert short_call(call) == short


class TestNone:
    """A `return` is missing only where the source has a path without one."""

    def _explain(self, student, value, expected, valueless) -> str:
        with pytest.raises(Mismatch) as caught:
            agree(student.f, lambda: expected)
        return _explain(caught.value, student._attempts, valueless=valueless).message

    @pytest.mark.parametrize(
        ("value", "expected", "valueless", "says"),
        [
            (None, 1, ("f",), "f() returns None: is a `return` missing?"),
            (None, 1, ("g",), "f() returns None; it must be a value."),
            ([None], [1], ("f",), "f() returns None (at [0]); it must be a value."),
        ],
    )
    def test_it(self, student_of, value, expected, valueless, says):
        student = student_of(f=lambda: value)
        assert self._explain(student, value, expected, valueless) == says


def test_numpy_under_jit_has_a_sentence_of_its_own():
    facts = {"kind": "exception", "type": "TracerArrayConversionError", "text": "The numpy.ndarray"}
    result = _explain(fault_from({**facts, "frames": [["q01_sum.py", 5, "f"]]}, "jit(f)(0)"))
    assert "NumPy was given a value that JAX is tracing" in result.message
    assert "Line 5: return 1 / x" in result.message
    assert "The numpy.ndarray" not in result.message


def test_a_file_that_cannot_be_loaded_is_no_smallest_case(student_of):
    fault = Fault(Verdict.TIMEOUT, key="computes", call="q01_sum.py", seconds=22.0)

    def load() -> None:
        raise fault

    student = student_of(f=load)
    with pytest.raises(Fault) as caught:
        agree(student.f, lambda: 1)
    assert [attempt.fault for attempt in student._attempts] == [caught.value]
    assert _explain(caught.value, student._attempts).counterexample is None


@pytest.mark.parametrize(
    "call", ["conv2d(float32[3,3], 2)", "jit(conv2d)(1)", "jit(vmap(conv2d))(1)", "conv2d(f(1), 2)"]
)
def test_what_is_not_written_yet_is_named_without_its_transformations(call):
    message = _explain(fault_from({"kind": "not_attempted"}, call)).message
    assert message.startswith("conv2d: ")
