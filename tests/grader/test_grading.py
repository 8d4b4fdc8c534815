"""One submission, one result: whatever students, checks and surroundings do."""

import ast
import dataclasses
import json
import os
import textwrap
from pathlib import Path
from typing import Any

import pytest

import grader.session
from grader import Result, grade
from grader.course import CourseNotFound, SubmissionError
from grader.results import CheckResult, Verdict

_DEMO = Path(__file__).parent / "courses" / "solutions" / "demo"


@pytest.fixture
def light_workers(monkeypatch):
    """Workers that import NumPy alone before they are ready: most courses here need no JAX."""
    monkeypatch.setattr(grader.session._workers, "PRELOAD", ("numpy",))


def _emptied(solution: str) -> str:
    """What is left when the functions' bodies are taken out."""
    tree = ast.parse(solution)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.body = ast.parse("raise NotImplementedError").body
    return ast.unparse(tree)


@dataclasses.dataclass
class Workshop:
    """Makes courses and submissions in a folder."""

    folder: Path

    def question(self, name: str, checks: str, solution: str, mistakes: str = "", **keys: Any):
        """Add a question; the solution's bodies are what a student has to write."""
        place = self.folder / "solutions" / "course" / name
        place.mkdir(parents=True)
        header = "from grader.checks import agree, check, expect, forall, mistake\n"
        (place / "checks.py").write_text(header + textwrap.dedent(checks))
        (place / "solution.py").write_text(textwrap.dedent(solution))
        stubs = self.folder / "exercises" / "course"
        stubs.mkdir(parents=True, exist_ok=True)
        (stubs / f"{name}.py").write_text(_emptied(textwrap.dedent(solution)))
        if mistakes:
            text = "from . import solution\n" + header + textwrap.dedent(mistakes)
            (place / "mistakes.py").write_text(text)
        entry = {"id": name.partition("_")[0], "folder": name, "points": 1, **keys}
        lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in entry.items())
        manifest = place.parent / "course.toml"
        if not manifest.exists():
            manifest.write_text('id = "course"\ntitle = {fr = "C", en = "C"}\n')
        with open(manifest, "a") as stream:
            stream.write(f'[[questions]]\n{lines}\ntitle = {{fr = "F", en = "E"}}\n')

    def grade(self, submission: dict[str, str] | None = None, **options: Any) -> Result:
        """Grade files of that content, or the solutions."""
        folder = self.folder / "solutions"
        if submission is not None:
            folder = self.folder / "submission"
            folder.mkdir(exist_ok=True)
            for name, text in submission.items():
                (folder / f"{name}.py").write_text(textwrap.dedent(text))
        options = {"seed": 1, "language": "en", "isolation": 0, **options}
        return grade(str(self.folder / "solutions" / "course"), folder, **options)


@pytest.fixture
def workshop(tmp_path, light_workers) -> Workshop:
    return Workshop(tmp_path)


def _checks(result: Result) -> dict[str, CheckResult]:
    return {check.id: check for question in result.questions for check in question.checks}


def _verdicts(result: Result) -> dict[str, str]:
    return {name: check.verdict.value for name, check in _checks(result).items()}


_ONE_CHECK = """
    @check(points=1, fr="F", en="E")
    def test_f(student, reference):
        agree(student.f, reference.f, 3)
"""
_ONE_SOLUTION = "def f(x):\n    return x + 1\n"


@pytest.fixture(scope="module")
def result() -> Result:
    """The references of the demonstration course, graded."""
    return grade(str(_DEMO), _DEMO.parent, seed=2, language="en", isolation=0)


class TestReferences:
    def test_they_get_full_marks(self, result):
        assert set(_verdicts(result).values()) == {"passed"}
        assert (result.score, result.max_score, result.exit_status) == (7, 7, 0)
        assert result.seconds > 0

    def test_transformations_modules_and_networks_are_among_what_is_checked(self, result):
        # q02 asks for jit, vmap, a program, an NNX module with parameters, a network as argument.
        assert {"q02.smooth", "q02.scale", "q02.apply"} <= set(_checks(result))

    def test_the_result_survives_json(self, result):
        assert Result.from_json(result.to_json()) == result

    def test_what_ran_is_recorded(self, result):
        assert (result.course, result.seed, result.isolation.level) == ("demo", 2, 0)
        assert result.questions[0].answer_text == "One number instead of many."


_WRONG_Q01 = """
    ANSWER = "tab\\t escape \\x1b[31m lone \\ud800"

    def count(size, step):
        return size // step

    def row_sums(x):
        print("rows", x.shape)
        return x.sum(axis=0)

    def secret(x):
        return 1.0
"""


def test_wrong_answers_are_explained_and_the_same_seed_explains_them_alike(tmp_path, light_workers):
    (tmp_path / "q01_sum.py").write_text(textwrap.dedent(_WRONG_Q01))
    seen: list[tuple[str, str]] = []
    options: dict[str, Any] = {"questions": ["1"], "seed": 5, "language": "en", "isolation": 0}
    first = grade(str(_DEMO), tmp_path, on_check=lambda q, c: seen.append((q.id, c.id)), **options)
    checks = _checks(first)
    assert _verdicts(first) == {
        "q01.count": "failed",
        "q01.row_sums": "failed",
        "q01.secret": "skipped",
    }
    assert (first.score, first.max_score, first.exit_status) == (0, 4, 1)
    assert checks["q01.count"].mistake == "rounded_down"
    example = checks["q01.count"].counterexample
    assert example is not None
    assert example.call == "count(1, 2)"
    assert example.difference == "0 instead of 1"
    assert checks["q01.row_sums"].mistake == "columns_instead"
    assert "Your code printed:" in checks["q01.row_sums"].message
    assert checks["q01.secret"].message == "First: Row sums."
    assert seen == [("q01", name) for name in checks]
    assert first.questions[0].answer_text == "tab\t escape �[31m lone �"
    assert Result.from_json(first.to_json()) == first

    again = grade(str(_DEMO), tmp_path, **options)
    for result in (first, again):
        result.seconds, result.started, result.own_time = 0.0, "", None
        for question in result.questions:
            question.seconds = 0.0
            for check in question.checks:
                check.seconds = 0.0
    assert again == first


_IMPORTS_JOBLIB_ANEW = """
    import importlib, sys

    def row_sums(x):
        sys.modules.pop("joblib._multiprocessing_helpers", None)
        importlib.import_module("joblib._multiprocessing_helpers")
        print("rows")
        return x.sum(axis=0)
"""


def test_scikit_learn_adds_nothing_to_what_the_student_printed(tmp_path):
    (tmp_path / "q01_sum.py").write_text(textwrap.dedent(_IMPORTS_JOBLIB_ANEW))
    result = grade(str(_DEMO), tmp_path, questions=["1"], seed=5, language="en")
    message = _checks(result)["q01.row_sums"].message
    assert message.endswith("Your code printed:\n  | rows")


class TestOurOwnErrors:
    def test_they_are_never_charged_to_the_student(self, workshop):
        workshop.question("q01_broken", "import nothing_like_it", _ONE_SOLUTION)
        workshop.question("q02_points", _ONE_CHECK, _ONE_SOLUTION, points=2)
        workshop.question("q03_none", "", _ONE_SOLUTION)
        workshop.question(
            "q04_odd",
            """
            def test_without_points(student):
                student.f(1)

            @check(points=1, fr="F", en="Raises")
            def test_raises(student):
                student.f(1)
                raise KeyError("ours")

            @check(points=1, fr="F", en="Asserts")
            def test_asserts(student):
                assert student.f(1) == 3

            @check(points=1, fr="F", en="Skips")
            def test_skips(student):
                import pytest
                pytest.skip("ours")

            @check(points=1, fr="F", en="Needs nothing known", needs=("nothing",))
            def test_needs_unknown(student):
                pass

            @check(points=1, fr="F", en="Needs a later one", needs=("good",))
            def test_needs_later(student):
                pass

            @check(points=1, fr="F", en="Bad reference")
            def test_reference(student):
                agree(student.f, lambda x: 1 / 0, 3)

            @check(points=1, fr="F", en="Bad comparison")
            def test_comparison(student):
                agree(student.f, lambda x: {x}, 3)

            @check(points=1, fr="F", en="Good")
            def test_good(student, reference):
                agree(student.f, reference.f, 3)

            @check(points=1, fr="F", en="Needs a good one", needs=("good",))
            def test_needs_good(student, reference):
                agree(student.f, reference.f, 4)
            """,
            _ONE_SOLUTION,
            points=9,
        )
        workshop.question("q05_good", _ONE_CHECK, _ONE_SOLUTION)
        result = workshop.grade()
        bad = ["without_points", "raises", "asserts", "skips", "needs_unknown", "needs_later"]
        assert _verdicts(result) == {
            "q01.collection": "grader_error",
            "q02.collection": "grader_error",
            "q03.collection": "grader_error",
            **{f"q04.{name}": "grader_error" for name in [*bad, "reference", "comparison"]},
            "q04.good": "passed",
            "q04.needs_good": "passed",
            "q05.f": "passed",
        }
        messages = {name: check.message for name, check in _checks(result).items()}
        assert "nothing_like_it" in messages["q01.collection"]
        assert "nothing_like_it" not in messages["q02.collection"]
        assert "worth 1 points, the question 2" in messages["q02.collection"]
        assert "KeyError: 'ours'" in messages["q04.raises"]
        assert "no earlier check" in messages["q04.needs_later"]
        assert "ZeroDivisionError" in messages["q04.reference"]
        assert (result.score, result.exit_status) == (3, 3)
        assert not result.complete

    def test_a_reference_or_mistakes_that_do_not_import_are_ours(self, workshop):
        workshop.question("q01_ref", _ONE_CHECK, "import nothing_like_it")
        workshop.question("q02_mist", _ONE_CHECK, _ONE_SOLUTION, "import nothing_like_it")
        result = workshop.grade({"q01_ref": _ONE_SOLUTION, "q02_mist": "def f(x):\n  return x"})
        assert _verdicts(result) == {"q01.f": "grader_error", "q02.f": "failed"}

    def test_a_worker_that_does_not_start_is_ours(self, workshop, monkeypatch):
        monkeypatch.setattr(grader.session._workers, "PRELOAD", ("numpy", "nothing_like_it"))
        for name in ("q01_one", "q02_two"):
            workshop.question(name, _ONE_CHECK, _ONE_SOLUTION)
        result = workshop.grade()
        assert _verdicts(result) == {"q01.f": "grader_error", "q02.f": "grader_error"}
        assert all("nothing_like_it" in check.message for check in _checks(result).values())

    def test_an_interrupt_ends_the_run_and_its_workers(self, workshop, monkeypatch):
        closed = []
        close = grader.session.Session.close
        monkeypatch.setattr(
            grader.session.Session, "close", lambda self: (closed.append(self), close(self))[1]
        )
        workshop.question("q01_one", _ONE_CHECK, _ONE_SOLUTION)
        workshop.question("q02_two", _ONE_CHECK, _ONE_SOLUTION)

        def interrupt(question, check):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            workshop.grade(on_check=interrupt)
        assert closed
        assert not any(session.folder.exists() for session in closed)


class TestWithoutAWorker:
    @pytest.fixture(autouse=True)
    def _no_worker(self, monkeypatch):
        def refuse(self):
            raise AssertionError("a worker was started")

        monkeypatch.setattr(grader.session.Session, "start", refuse)

    def test_untouched_missing_and_unreadable_files_start_none(self, workshop):
        for name in ("q01_untouched", "q02_missing", "q03_folder", "q04_windows"):
            workshop.question(name, _ONE_CHECK, _ONE_SOLUTION)
        stub = "def f(x):\n    raise NotImplementedError\n"
        (workshop.folder / "submission" / "q03_folder.py").mkdir(parents=True)
        windows = "\ufeff" + stub.replace("\n", "\r\n")
        result = workshop.grade({"q01_untouched": stub, "q04_windows": windows})
        assert _verdicts(result) == {
            "q01.f": "not_attempted",
            "q02.f": "not_attempted",
            "q03.f": "import_error",
            "q04.f": "not_attempted",
        }
        messages = [check.message for check in _checks(result).values()]
        assert messages[:2] == ["Not started yet.", "The file q02_missing.py is missing."]
        assert "q03_folder.py cannot be read" in messages[2]
        assert result.exit_status == 1

    def test_usage_errors_are_raised_before(self, workshop):
        workshop.question("q01_one", _ONE_CHECK, _ONE_SOLUTION)
        with pytest.raises(KeyError, match="q9"):
            workshop.grade(questions=["q9"])
        for timeout in (0, -1.0, float("nan"), float("inf")):
            with pytest.raises(ValueError, match="timeout"):
                workshop.grade(timeout=timeout)
        with pytest.raises(ValueError, match="isolation"):
            workshop.grade(isolation=7)
        with pytest.raises(SubmissionError):
            grade("tp2", workshop.folder / "nowhere")
        with pytest.raises(CourseNotFound):
            grade("tp99", workshop.folder)


_WITHHELD = ["html.parser", "numpy.convol*"]
_WITHHELD_CHECKS = """
    @check(points=1, fr="F", en="E")
    def test_alias(student):
        student.alias(3)

    @check(points=1, fr="F", en="E")
    def test_named(student):
        student.named(3)

    @check(points=1, fr="F", en="E")
    def test_attribute(student):
        student.attribute(3)

    @check(points=1, fr="F", en="E")
    def test_imported(student):
        student.imported(3)

    @check(points=1, fr="F", en="E")
    def test_honest(student, reference):
        agree(student.honest, reference.honest, 3)
"""
_WITHHELD_USES = """
    import importlib
    import numpy as np

    def alias(x):
        from numpy import convolve as innocent
        return innocent([x], [x])

    def named(x):
        return np.convolve([x], [x])

    def attribute(x):
        return getattr(np, "conv" + "olve")([x], [x])

    def imported(x):
        return importlib.import_module("html" + ".parser").HTMLParser().rawdata

    def honest(x):
        return x
"""


class TestWithheldNames:
    def test_they_are_found_in_the_source_and_guarded_at_run_time(self, workshop):
        workshop.question(
            "q01_hard", _WITHHELD_CHECKS, _WITHHELD_USES, points=5, withhold=_WITHHELD
        )
        workshop.question(
            "q02_soft",
            _WITHHELD_CHECKS,
            _WITHHELD_USES,
            points=5,
            withhold=_WITHHELD,
            withhold_as="advice",
        )
        result = workshop.grade()
        hard, soft = result.questions
        assert [c.verdict.value for c in hard.checks] == ["forbidden"] * 4 + ["passed"]
        assert hard.verdict is Verdict.FORBIDDEN
        messages = [check.message for check in hard.checks]
        assert messages[0].startswith("numpy.convolve is not allowed in this question (line 6)")
        assert messages[1].startswith("numpy.convolve is not allowed in this question (line 10)")
        assert "numpy.convolve" in messages[2]
        assert "html.parser" in messages[3]
        assert [c.verdict.value for c in soft.checks] == ["passed"] * 5
        assert soft.checks[0].message.startswith("Advice: numpy.convolve (line 6)")
        assert not any(check.message for check in soft.checks[1:])
        assert soft.score == 5


class TestSurroundings:
    def test_the_callers_pytest_settings_and_folder_have_no_influence(self, workshop, monkeypatch):
        workshop.question("q01_one", _ONE_CHECK, _ONE_SOLUTION)
        sly = workshop.folder / "here"
        sly.mkdir()
        (sly / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n")
        trap = "raise SystemExit('a file beside was imported')"
        for name in ("conftest", "q01_one", "checks", "solution", "sitecustomize"):
            (sly / f"{name}.py").write_text(trap)
        for place in (workshop.folder, workshop.folder / "solutions" / "course"):
            (place / "conftest.py").write_text(trap)
        monkeypatch.chdir(sly)
        monkeypatch.syspath_prepend(str(sly))
        settings = {
            "PYTEST_ADDOPTS": "--more-nonsense",
            "PYTEST_PLUGINS": "nothing_like_it",
            "PYTHONPATH": str(sly),
            "PYTHONSTARTUP": str(sly / "checks.py"),
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        before = dict(os.environ)
        result = workshop.grade({"q01_one": _ONE_SOLUTION})
        assert _verdicts(result) == {"q01.f": "passed"}
        assert dict(os.environ) == before
        assert os.getcwd() == str(sly)

    def test_courses_with_equal_names_are_not_mixed_up_in_one_process(
        self, tmp_path, light_workers
    ):
        for number in (1, 2):
            workshop = Workshop(tmp_path / str(number))
            workshop.question(
                "q01_one",
                f"""
                @check(points=1, fr="F", en="Number {number}")
                def test_number_{number}(student, reference):
                    agree(student.f, reference.f)
                """,
                f"def f():\n    return {number}\n",
            )
            result = workshop.grade()
            assert _verdicts(result) == {f"q01.number_{number}": "passed"}
            (tmp_path / str(number) / "solutions" / "course" / "course.toml").unlink()


_JAX_SOLUTION = """
    import jax
    import jax.numpy as jnp
    from flax import nnx

    def loss(w, x, power=2):
        return jnp.sum((w * x) ** power)

    class Net(nnx.Module):
        def __init__(self, n, *, rngs):
            self.w = nnx.Param(jax.random.normal(rngs.params(), (n,)))
            self.layers = nnx.List([nnx.Linear(n, 2, rngs=rngs)])

        def __call__(self, x):
            return self.layers[0](x * self.w[...])

    def make(n):
        return Net(n, rngs=nnx.Rngs(4))

    def outputs(network, x):
        return {"y": network(x), "shape": list(x.shape)}

    def moved(network):
        network.kernel[...] = network.kernel[...] + 1
        return network.kernel[...]

    def die():
        import os
        os._exit(3)
"""
_JAX_CHECKS = """
    import jax
    import jax.numpy as jnp
    import numpy as np
    from flax import nnx
    from grader.checks import network

    @check(points=1, fr="F", en="E")
    def test_chains(student, reference, rng):
        w, x = (rng.normal(size=3).astype(np.float32) for _ in range(2))
        agree(student.loss.grad(argnums=(0, 1)), reference.loss, w, x)
        agree(student.loss.value_and_grad().jit(static_argnames=("power",)), reference.loss, w, x, power=3)
        agree(student.loss.grad().vmap(in_axes=(None, 0)).jit(), reference.loss, w, np.stack([x, w]))
        agree(student.loss, reference.loss, jnp.asarray(w), jnp.asarray(x))
        program = student.loss.grad(argnums=1).program(w, x, power=3)
        agree(program, reference.loss, x, w, power=3)

    @check(points=1, fr="F", en="E")
    def test_module(student, reference, rng):
        module = student.Net.build(3, seed=4)
        ours = reference.make(3)
        x = rng.normal(size=(5, 3)).astype(np.float32)
        agree(module, ours, x)
        agree(module.jit(), ours, x)
        agree(student.make.keep(3), ours, x)
        tree = module.parameters().entries(["layers", "w"])
        tree["w"].array(ours.w[...].shape, kind="float")
        module.set_parameters({"w": np.zeros(3, np.float32)})
        found = [f(x).array(kind="float") for f, x in ((module.jit(), x), (module, 0 * x))]
        expect(not np.any(found[0] - found[1]), fr="-", en="-")

    @check(points=1, fr="F", en="E")
    def test_network(student, reference, rng):
        x = rng.normal(size=(5, 3)).astype(np.float32)
        agree(student.outputs, reference.outputs, network("flax.nnx:Linear", 3, 2, seed=1), x)
        agree(student.outputs, reference.outputs, x=x, network=network("flax.nnx:Linear", 3, 2, seed=2))
        for _ in range(2):  # what a call does to its network is not seen by the next
            agree(student.moved, reference.moved, network("flax.nnx:Linear", 3, 2, seed=1))

    @check(points=1, fr="F", en="E")
    def test_lost(student, rng):
        module = student.Net.build(3)
        try:
            student.die()
        except Exception:
            pass
        module.jit()(np.zeros((1, 3), np.float32))
"""


def test_transformations_modules_and_networks_run_in_the_worker_as_they_do_here(tmp_path):
    workshop = Workshop(tmp_path)
    workshop.question("q01_jax", _JAX_CHECKS, _JAX_SOLUTION, points=4)
    result = workshop.grade()
    checks = _checks(result)
    assert {name: (c.verdict.value, c.message) for name, c in checks.items()} == {
        "q01.chains": ("passed", ""),
        "q01.module": ("passed", ""),
        "q01.network": ("passed", ""),
        "q01.lost": (
            "crashed",
            "An earlier call ended your code; the object built before it is lost.",
        ),
    }


class TestData:
    _CHECKS = """
        from ..shared import WANTED

        @check(points=1, fr="F", en="E")
        def test_f(student, reference, data):
            found = student.f(WANTED[data]).integer()
            expect(found == WANTED[data] + 1, fr="-", en=f"wrong for {WANTED[data]}")
    """
    _SOLUTION = "import time\n\ndef f(x):\n    time.sleep(0.3)\n    return x + 1\n"

    @pytest.fixture
    def workshop(self, workshop) -> Workshop:
        """A course with two data sets, and a module that its checks share."""
        workshop.question("q01_f", self._CHECKS, self._SOLUTION, seconds=0.1)
        course = workshop.folder / "solutions" / "course"
        (course / "shared.py").write_text('WANTED = {"small": 1, "large": 10}\n')
        with open(course / "course.toml", "a") as stream:
            stream.write('[data.small]\ntitle = {fr = "P", en = "S"}\nseconds = 9\n')
            stream.write('[data.large]\ntitle = {fr = "G", en = "L"}\nseconds = 8\n')
        return workshop

    def test_the_first_is_the_default_and_not_recorded(self, workshop):
        result = workshop.grade()
        assert _verdicts(result) == {"q01.f": "passed"}
        assert b'"data"' not in result.to_json()

    def test_another_is_asked_for_and_recorded(self, workshop):
        result = workshop.grade({"q01_f": "def f(x):\n    return 2\n"}, data="large")
        assert "wrong for 10" in _checks(result)["q01.f"].message
        assert Result.from_json(result.to_json()).data == "large"

    def test_an_unknown_name_is_refused_and_the_known_are_listed(self, workshop):
        with pytest.raises(KeyError, match="'huge' is not in course course; known: small, large"):
            workshop.grade(data="huge")

    def test_a_course_without_data_has_none_to_choose(self):
        with pytest.raises(KeyError, match="known: none"):
            grade(str(_DEMO), _DEMO.parent, data="small", isolation=0)

    def test_an_explicit_timeout_wins(self, workshop):
        # Long, as on a busy machine only a part of a sleep can be told from waiting for a processor.
        asleep = {"q01_f": self._SOLUTION.replace("0.3", "7.0")}
        assert _verdicts(workshop.grade(asleep, timeout=0.1)) == {"q01.f": "timeout"}
        assert _verdicts(workshop.grade(timeout=20)) == {"q01.f": "passed"}


def test_a_crowd_of_slow_calls_uses_up_the_questions_time(workshop, monkeypatch):
    monkeypatch.setattr("grader.session._time._IMPORT_SECONDS", 0.0)
    workshop.question(
        "q01_f",
        """
            from hypothesis import strategies as st

            @check(points=1, fr="F", en="E")
            @forall(x=st.integers(0, 10**6), examples=200)
            def test_f(student, reference, x):
                agree(student.f, reference.f, x)

            @check(points=1, fr="G", en="G")
            def test_g(student, reference):
                agree(student.g, reference.g, 1)
        """,
        "def f(x):\n    return x\n\ndef g(x):\n    return x\n",
        points=2,
    )
    slow = (
        "import time\n\ndef f(x):\n    end = time.process_time() + 0.1\n"
        "    while time.process_time() < end:\n        pass\n    return x\n\ndef g(x):\n    return x\n"
    )
    result = workshop.grade({"q01_f": slow}, timeout=0.2)
    assert _verdicts(result) == {"q01.f": "timeout", "q01.g": "timeout"}
    assert "all of the question's time" in _checks(result)["q01.g"].message
