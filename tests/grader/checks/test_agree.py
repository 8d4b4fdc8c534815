"""``agree`` and ``expect``: two assertions that say exactly what went wrong."""

import numpy as np
import pytest

from grader import wire
from grader.checks import agree, expect, network, untouched
from grader.checks._agree import Expectation, Mismatch, run_here
from grader.session import Fault


def test_equal_answers_give_the_references_value(student_of):
    student = student_of(double=lambda x: x + x)
    value = agree(student.double, lambda x: 2 * x, np.arange(3))
    assert value.tolist() == [0, 2, 4]
    (attempt,) = student._attempts
    assert not attempt.wrong


def test_different_answers_are_a_mismatch_that_keeps_the_case(student_of):
    student = student_of(double=lambda x: x)
    with pytest.raises(Mismatch) as caught:
        agree(student.double, lambda x: 2 * x, 3)
    attempt = caught.value.attempt
    assert (attempt.args, attempt.got, attempt.expected, attempt.wrong) == ((3,), 3, 6, True)


def test_an_exception_of_the_student_is_a_fault_that_keeps_the_case(student_of):
    student = student_of(invert=lambda x: 1 / x)
    with pytest.raises(Fault, match="ZeroDivisionError"):
        agree(student.invert, lambda x: 0.0, 0)
    (attempt,) = student._attempts
    assert attempt.wrong
    assert attempt.fault is not None


def test_an_exception_of_the_reference_is_ours_even_if_the_student_raises_too(student_of):
    student = student_of(invert=lambda x: 1 / x)
    with pytest.raises(ZeroDivisionError):
        agree(student.invert, lambda x: 1 / x, 0)
    assert not list(student._attempts)


def test_a_reference_that_writes_into_its_argument_does_not_change_the_case(student_of):
    def clear(x):
        x[...] = 0
        return x

    x = np.ones(3)
    student = student_of(clear=lambda x: x)
    with pytest.raises(Mismatch) as caught:
        agree(student.clear, clear, x)
    assert caught.value.attempt.args[0].tolist() == [1, 1, 1]
    assert x.tolist() == [1, 1, 1]


def test_the_reference_is_transformed_as_the_student_but_not_compiled():
    steps = [["grad", {}], ["vmap", {"in_axes": [0]}], ["jit", {}]]
    value = run_here(lambda x: x**3, steps, (np.array([1.0, 2.0], np.float32),), {})
    assert value.tolist() == [3, 12]


def test_a_network_is_built_once_for_each_side_wherever_it_stands():
    built = []

    def reference(pair, *, by_name):
        built.extend([pair[0], by_name["n"]])
        return

    description = network("collections:OrderedDict", a=1)
    run_here(reference, [], ([description, 0],), {"by_name": {"n": description}})
    assert built[0] == {"a": 1}
    assert built[0] is built[1]


def test_a_reply_that_describes_a_network_is_never_built_here(student_of):
    student = student_of(f=lambda: wire.Network("builtins:print", ("built!",)))
    with pytest.raises(wire.WireError):
        student.f()


def test_a_property_that_does_not_hold_shows_its_values():
    expect(True, fr="", en="")
    expect(np.True_, fr="", en="")
    with pytest.raises(Expectation) as caught:
        expect(np.False_, fr="non", en="no", value=3)
    assert caught.value.text == {"fr": "non", "en": "no"}
    assert caught.value.shown == {"value": 3}


def test_a_transformed_module_knows_that_its_worker_is_gone(student_of):
    student = student_of(Net=lambda n: wire.Handle(0))
    module = student.Net.keep(3)
    student._session.life += 1
    uses = (
        module.jit(),
        module.vmap(in_axes=0),
        module,
        module.parameters,
        lambda: module.set_parameters({}),
        lambda: module.program(1),
    )
    for use in uses:
        with pytest.raises(Fault, match="worker_lost"):
            use()


def test_a_function_that_writes_into_its_argument_is_told_from_one_that_copies(compiled_student_of):
    def zero(x, n):
        x[n] = 0
        return x

    student = compiled_student_of(clear=zero, clean=lambda x, n: zero(x.copy(), n))
    x = np.ones(3)
    untouched(student.clean, x, 1)
    untouched(student.clean, x=x, n=1)
    for given in [((x, 1), {}), ((), {"n": 1, "x": x})]:
        with pytest.raises(Expectation, match="must stay as it is"):
            untouched(student.clear, *given[0], **given[1])
    assert x.tolist() == [1, 1, 1]  # the case itself stays


def test_what_is_written_as_it_was_changes_nothing(compiled_student_of):
    def tried(x):
        old = x[0]
        x[0] = 7
        x[0] = old
        return x.sum()

    untouched(compiled_student_of(tried=tried).tried, np.array([np.nan, 1.0]))
