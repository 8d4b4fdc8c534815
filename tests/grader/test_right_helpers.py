"""A function is judged with right helpers where the student's own are at fault: what it costs, and what is said."""

from pathlib import Path

import pytest

from grader import grading
from grader.course import cut_stub, helpers_of, read_course
from grader.results import QuestionResult, Verdict
from grader.session import _isolated, _workers

COURSE = Path(__file__).parent / "courses/solutions/chain"
SOLUTION = (COURSE / "q01_chain/solution.py").read_text(encoding="utf-8")
RIGHT = {
    "jump": "def jump(n):\n    return 3 * n + 1\n",
    "size": "def size(n):\n    return jump(n) + jump(n + 1)\n",
    "total": "def total(numbers):\n    return sum(map(size, numbers))\n",
    "twin": "def twin(n):\n    return n + n + n + 1\n",
}


@pytest.fixture(autouse=True)
def _plain_python(monkeypatch):
    monkeypatch.setattr(_workers, "PRELOAD", ())


def grade(tmp_path, carry=True, head="", withhold="", **functions: str) -> QuestionResult:
    """Grade the right functions, but for those given."""
    source = head + "".join({**RIGHT, **functions}.values())
    (tmp_path / "q01_chain.py").write_text(source, encoding="utf-8")
    course = COURSE
    if not carry or withhold:
        course = tmp_path / "solutions/chain"
        course.mkdir(parents=True)
        (course / "q01_chain").symlink_to(COURSE / "q01_chain")
        (tmp_path / "exercises").symlink_to(COURSE.parents[1] / "exercises")
        manifest = (COURSE / "course.toml").read_text(encoding="utf-8")
        carried = f"carry_errors = {str(carry).lower()}\n"
        (course / "course.toml").write_text(
            carried + manifest + (f"withhold = {withhold}\n" if withhold else ""),
            encoding="utf-8",
        )
    result = grading.grade(
        read_course(course), tmp_path, seed=5, isolation=2, language="en"
    ).questions[0]
    assert [c for c in result.checks if not c.verdict.graded] == []
    return result


def outcomes(result: QuestionResult) -> dict[str, tuple[str, object]]:
    return {c.id.removeprefix("q01."): (c.verdict.value, c.given or ()) for c in result.checks}


PASSED = ("passed", ())
FAILED = ("failed", ())


def test_one_slip_in_a_helper_costs_the_helper_only(tmp_path):
    result = grade(tmp_path, jump="def jump(n):\n    return 3 * n\n")
    assert outcomes(result) == {
        "jump": FAILED,
        "total": ("passed", ("jump",)),
        "size": ("passed", ("jump",)),
        "growing": ("passed", ("jump",)),
        "negative": FAILED,
        "twin": PASSED,
    }
    assert result.score == 4
    assert result.checks[2].message == "Right, given jump: the fault lies there."


def test_what_is_built_on_a_helper_that_is_not_written_keeps_its_points(tmp_path):
    result = grade(tmp_path, jump="def jump(n):\n    raise NotImplementedError\n")
    found = outcomes(result)
    assert found["jump"] == ("not_attempted", ())
    assert found["size"] == found["total"] == ("passed", ("jump",))


def test_a_right_function_under_two_wrong_ones_keeps_its_points(tmp_path):
    result = grade(
        tmp_path,
        jump="def jump(n):\n    return 3 * n\n",
        size="def size(n):\n    return jump(n) - jump(n + 1)\n",
    )
    found = outcomes(result)
    assert (found["jump"], found["size"], found["growing"]) == (FAILED, FAILED, FAILED)
    # It comes before the size, of which nothing is known by then; the jump is enough to look at it with right helpers.
    assert found["total"] == ("passed", ("jump",))


def test_a_mistake_is_named_by_what_the_function_does_with_right_helpers(tmp_path):
    """With the student's own `jump` (3 n) the size is 6 n, which looks like another mistake than it is."""
    result = grade(
        tmp_path,
        jump="def jump(n):\n    return 3 * n\n",
        size="def size(n):\n    return 2 * jump(n)\n",
    )
    size = result.checks[2]
    assert size.mistake == "same_jump_twice"
    assert size.message.endswith("Seen with the reference in place of jump.")


def test_no_mistake_of_a_function_is_named_where_only_its_helper_makes_it_wrong(tmp_path):
    """Here 3 n and 3 (n + 1) are those of `jump`: as a mistake of `size` it has a name, and would be a false one."""
    result = grade(tmp_path, jump="def jump(n):\n    return 3 * n\n")
    assert [check.mistake for check in result.checks] == [None] * 6


def test_a_helper_that_passes_its_own_checks_is_found_out_and_gives_no_points(tmp_path):
    result = grade(tmp_path, jump="def jump(n):\n    return 3 * n + 1 if n < 51 else 0\n")
    size = result.checks[2]
    found = outcomes(result)
    assert found["jump"] == PASSED
    assert found["size"] == FAILED
    assert size.mistake is None
    assert "The fault lies in jump" in size.message


def test_what_the_solution_is_not_built_on_is_not_put_right(tmp_path):
    result = grade(
        tmp_path,
        jump="def jump(n):\n    return 3 * n\n",
        twin="def twin(n):\n    return jump(n)\n",
    )
    assert outcomes(result)["twin"] == FAILED


def test_faults_that_make_up_for_each_other_cost_once(tmp_path):
    result = grade(
        tmp_path,
        jump="def jump(n):\n    return 3 * n\n",
        size="def size(n):\n    return jump(n) + jump(n + 1) + 2\n",
    )
    assert outcomes(result)["size"] == PASSED


def test_a_course_may_let_errors_cost_all_the_way(tmp_path):
    result = grade(tmp_path, carry=False, jump="def jump(n):\n    return 3 * n\n")
    found = outcomes(result)
    assert found["size"] == found["total"] == FAILED
    assert found["growing"] == ("skipped", ())
    assert result.score == 1
    assert "The fault lies in jump" in result.checks[2].message


def test_what_is_forbidden_is_no_error_to_carry(tmp_path):
    result = grade(
        tmp_path,
        withhold='["colorsys"]',
        jump="def jump(n):\n    import colorsys\n    return 3 * n + 1\n",
    )
    found = outcomes(result)
    assert found["jump"] == ("forbidden", ())
    assert result.score == 1  # the twin's
    said = [check.message for check in result.checks if "The fault lies in" in check.message]
    assert len(said) > 1  # of the total too, which `size` has no part in
    assert all("The fault lies in jump:" in message for message in said)


def test_an_untouched_function_is_not_called_right(tmp_path):
    stub = cut_stub(SOLUTION)
    size = stub[stub.index("def size") : stub.index("def total")]
    result = grade(tmp_path, jump="def jump(n):\n    return 3 * n\n", size=size)
    found = outcomes(result)
    assert found["size"] == ("not_attempted", ())
    assert found["total"] == ("passed", ("jump",))  # the reference's size stands in


# ------------------------------------------------------------------------------------------- cheats

HOARD = "known = {}\n"
HOARDING = (
    "def total(numbers):\n"
    "    for n in range(-60, 60):\n"
    "        try:\n"
    "            known['jump', n], known['size', n] = jump(n), size(n)\n"
    "        except Exception:\n"
    "            pass\n"
    "    return sum(map(size, numbers))\n"
)


def test_answers_that_stand_ins_gave_are_of_no_use_later(tmp_path):
    result = grade(
        tmp_path,
        head=HOARD,
        jump="def jump(n):\n    return known.get(('jump', n), 0)\n",
        size="def size(n):\n    return known.get(('size', n), 0)\n",
        total=HOARDING,
    )
    found = outcomes(result)
    assert found["total"][0] == "passed"
    assert (found["size"], found["negative"]) == (FAILED, FAILED)
    assert result.score == 2


def test_a_stand_in_shows_nothing_but_its_answers(tmp_path):
    """It has no source of the reference, and its printed answers are not in the report."""
    look = (
        "def size(n):\n"
        "    import inspect, gc\n"
        "    text = str(inspect.getsource(jump)) if hasattr(jump, '__code__') else ''\n"
        "    text += str(vars(jump)) + str(jump.__code__.co_consts)\n"
        "    print('seen', jump(7))\n"
        "    raise ValueError('given' in text)\n"
    )
    result = grade(tmp_path, jump="def jump(n):\n    return 3 * n\n", size=look)
    size = result.checks[2]
    assert size.verdict is Verdict.EXCEPTION
    assert "True" not in size.message
    assert "seen" not in size.message


def test_asking_for_ever_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(_isolated, "_CALLS", 50)
    asking = (
        "def size(n):\n"
        "    while True:\n"
        "        try:\n"
        "            jump(n)\n"
        "        except Exception:\n"
        "            pass\n"
    )
    found = outcomes(grade(tmp_path, jump="def jump(n):\n    return 3 * n\n", size=asking))
    assert found["size"] == ("timeout", ())
    assert found["twin"] == PASSED


def test_frames_that_ask_without_a_stand_in_end_the_worker(tmp_path):
    """The main worker has nobody who answers."""
    forging = (
        "def twin(n):\n"
        "    from grader import wire\n"
        "    import os\n"
        "    for fd in range(3, 20):\n"
        "        try:\n"
        "            with os.fdopen(os.dup(fd), 'wb') as out:\n"
        "                for i in range(200):\n"
        "                    wire.write_frame(out, wire.encode({'id': i, 'wanted': ['jump', [n], {}]}))\n"
        "        except OSError:\n"
        "            pass\n"
        "    return n\n"
    )
    found = outcomes(grade(tmp_path, twin=forging))
    assert found["twin"][0] == "bad_output"
    assert found["size"] == PASSED


# ----------------------------------------------------------------------------------------- helpers


def test_helpers_are_what_the_solution_calls_and_the_student_writes():
    assert helpers_of(SOLUTION) == {"size": ("jump",), "total": ("jump", "size")}


def test_a_variable_that_is_called_like_a_function_is_no_helper():
    """As in `share = filters // groups`, beside a function `share` that has nothing to do with it."""
    solution = (
        "def share(n):\n    # BEGIN SOLUTION\n    return 1 / n\n    # END SOLUTION\n"
        "def half(n, jump):\n    # BEGIN SOLUTION\n    share = n // 2\n    return jump(share)\n"
        "    # END SOLUTION\n"
        "def jump(n):\n    # BEGIN SOLUTION\n    return [half for half in [share(n)]]\n"
        "    # END SOLUTION\n"
    )
    assert helpers_of(solution) == {"jump": ("share",)}


@pytest.mark.parametrize("what", ["traced", "an object"])
def test_what_cannot_be_asked_for_proves_nothing(tmp_path, monkeypatch, what):
    given = "object()" if what == "an object" else "jax.numpy.float32(n)"
    call = f"jump({given})" if what == "an object" else f"jax.jit(jump)({given})"
    size = f"def size(n):\n    import jax\n    return {call}\n"
    result = grade(tmp_path, jump="def jump(n):\n    return 3\n", size=size)
    check = result.checks[2]
    assert check.verdict is Verdict.FAILED
    assert "First jump: this uses it" in check.message
