"""A case as a file: it runs, it says what was sent, and no text of a submission becomes code in it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from grader import wire
from grader.cases._script import CannotBeWritten, script
from grader.results import Case, CheckResult, Verdict

_FILE = Path("../../exercises/q01_f.py")
_KINDS = [np.dtype(t) for t in ("bool", "int8", "uint8", "int64", "float16", "float32", "float64")]


def _case(*args, steps=(), names=("x", "y"), function="f", given=(), more=None, **kwargs) -> Case:
    call = {"steps": list(steps), "args": list(args), "kwargs": kwargs} | (more or {})
    as_array = lambda value: np.asarray(value) if hasattr(value, "__array__") else None  # noqa: E731
    sent = wire.encode(call, as_array=as_array)
    return Case(function=function, names=names, sent=sent, given=given)


def _script(case: Case, *, title="Title", verdict=Verdict.FAILED, file=_FILE, language="en"):
    check = CheckResult(id="q01.f", title=title, max_points=1, verdict=verdict)
    return script(case, check=check, mark="# q01.f", file=file, language=language)


def _called(case: Case, folder: Path, **options) -> tuple[tuple, dict, dict]:
    """What the function is given when the file is run, and the names that the file leaves."""
    text, archive = _script(case, **options)
    (folder / ".grader/cases").mkdir(parents=True, exist_ok=True)
    path = folder / ".grader/cases/q01_f.py"
    if archive:
        path.with_suffix(".npz").write_bytes(archive)
    seen = []
    (folder / "exercises").mkdir(exist_ok=True)
    module = type(sys)("q01_f")
    setattr(module, case.function, lambda *args, **kwargs: seen.append((args, kwargs)))
    sys.modules["q01_f"] = module
    before = list(sys.path)
    left = {"__file__": str(path), "print": lambda *args, **kwargs: None}
    try:
        exec(compile(text, str(path), "exec"), left)
    finally:
        sys.path[:] = before
        del sys.modules["q01_f"]
    return *seen[0], left


def _same(one, other) -> bool:
    """Whether two values are equal bit by bit, and of one type."""
    if isinstance(other, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(_same, one, other))
    if isinstance(other, dict):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in other)
    if isinstance(other, np.ndarray):
        one = np.asarray(one)
        kind = (one.dtype, one.shape) == (other.dtype, other.shape)
        nan = np.isnan(other) if other.dtype.kind in "fcV" else np.zeros(other.shape, bool)
        return (
            kind
            and one[~nan].tobytes() == other[~nan].tobytes()
            and bool(np.all(one[nan] != one[nan]))
        )
    if isinstance(other, float):
        return type(one) is float and (one.hex() == other.hex() or (one != one and other != other))
    return type(one) is type(other) and one == other


_ARRAYS = st.sampled_from(_KINDS).flatmap(
    lambda dtype: nps.arrays(
        dtype, nps.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)
    )
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | _ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("work")


class TestWhatIsSent:
    @given(x=_VALUES, y=_VALUES)
    @settings(max_examples=60, deadline=None, database=None)
    @example(x=np.array([-0.0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), y=np.full((3, 4), -0.0, np.float32))
    @example(x=float("nan"), y=np.array([np.inf, -np.inf, np.nan, 0.1], np.float32))
    @example(x=np.float32(0.1) * np.ones(3, np.float32), y=[1e308, -5e-324])
    @example(x='"""\n\r\x00\u2028import os', y={"a\nb": ["\ud800", "'"]})
    @example(x=np.array(3, np.int32), y=(np.arange(3),))
    def test_is_what_the_file_calls_the_function_with(self, folder, x, y):
        args, kwargs, _ = _called(_case(x, option=y), folder)
        assert _same(args, (x,))
        assert _same(kwargs, {"option": y})

    @pytest.mark.parametrize(
        "array",
        [
            np.random.default_rng(0).normal(size=(9, 9, 4)).astype(np.float32),
            np.random.default_rng(0).normal(size=(9, 9, 4)).astype(ml_dtypes.bfloat16),
            np.array([[1 + 2j, complex(np.nan, -0.0)]] * 4, np.complex64),
            np.arange(300),
            np.zeros((28, 28, 3), np.uint8),
        ],
        ids=lambda array: f"{array.dtype}{array.shape}",
    )
    def test_arrays_of_every_kind_and_size(self, folder, array):
        args, _, _ = _called(_case([array, {"w": array}], array), folder)
        assert _same(args, ([array, {"w": array}], array))

    def test_an_array_of_jax_is_one_again(self, folder):
        (x,), _, _ = _called(_case(jnp.arange(40.0)), folder)
        assert isinstance(x, jnp.ndarray)
        assert x.tolist() == list(range(40))

    def test_a_network_is_made_as_it_was_described(self, folder):
        description = wire.Network(
            "jaxcnn.nn:Conv2d",
            (2, 3, 3),
            {"seed": 4, "kernel_init": wire.Network("jax.nn.initializers:constant", (0.5,))},
        )
        (layer,), _, _ = _called(_case(description), folder)
        assert type(layer).__name__ == "Conv2d"
        assert np.all(np.asarray(layer.kernel[...]) == 0.5)

    def test_transformations_are_applied(self, tmp_path):
        steps = [["vmap", {"in_axes": [0, None]}], ["jit", {}]]
        text, _ = _script(_case(np.ones(3), 2.0, steps=steps))
        assert "answer = jax.jit(jax.vmap(f, in_axes=(0, None)))(x, 2.0)" in text
        assert "import jax\n" in text

    def test_what_is_expected_is_there_where_it_may_be_told(self, folder):
        _, _, left = _called(_case(1, more={"expected": np.arange(9.0)}), folder)
        assert left["expected"].tolist() == list(range(9))
        text, _ = _script(_case(1))
        assert "expected" not in text


class TestTheText:
    def test_it_is_what_a_student_would_write(self):
        image = np.zeros((4, 6, 1), np.uint8)
        image[3, 5, 0] = 51
        text, archive = _script(_case(image, names=("image",), function="window_bias"))
        assert archive == b""
        assert text.split("\n\n", 1)[1] == (
            "import sys\nfrom pathlib import Path\n\nimport numpy as np\n\n"
            "sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'exercises'))\n"
            "from q01_f import window_bias\n\n"
            "image = np.zeros((4, 6, 1), np.uint8)\nimage[3, 5, 0] = 51\n\n"
            "answer = window_bias(image)\n"
            'print("Your answer:", answer, sep="\\n")\n'
        )

    def test_it_speaks_french(self):
        text, _ = _script(_case(1), verdict=Verdict.TIMEOUT, language="fr")
        assert "Votre réponse\u00a0:" in text
        assert "Ctrl-C" in text

    def test_it_says_what_was_put_right_when_it_was_seen(self):
        text, _ = _script(_case(1, given=("field_jump",)))
        assert "right functions in place of field_jump" in text

    def test_the_same_case_gives_the_same_bytes(self):
        case = _case(np.random.default_rng(0).normal(size=(20, 20)))
        assert _script(case) == _script(case)

    def test_a_name_that_is_taken_gives_way(self, tmp_path):
        case = _case(np.ones(9), np.zeros(9), np.ones(8), names=("np", "print", "f"))
        (one, two, three), _, _ = _called(case, tmp_path)
        assert [x.size for x in (one, two, three)] == [9, 9, 8]
        assert not np.any(two)

    @pytest.mark.parametrize(
        "case",
        [
            _case(1, function="f); import os  #"),
            _case(1, function="lambda"),
            _case(wire.Network("os:system('x')", ())),
            _case(wire.Handle(3)),
            _case(1, steps=[["checkpoint", {}]]),
            Case(function="f", sent=wire.encode({"steps": [], "args": [], "kwargs": {"a b": 1}})),
        ],
        ids=range(6),
    )
    def test_what_has_no_notation_is_refused(self, case):
        with pytest.raises(CannotBeWritten):
            _script(case)

    @pytest.mark.parametrize("title", ["a\nimport os\n", "coding: utf-7", "\x0c\r\u2028x", '"""'])
    def test_no_title_becomes_code(self, title, tmp_path):
        _, _, left = _called(_case(1), tmp_path, title=title)
        assert "os" not in left


def test_a_notebooks_function_is_called(tmp_path):
    cells = [
        {"cell_type": "code", "source": "%matplotlib inline\nimport dataclasses"},
        {"cell_type": "code", "source": "def f(x):\n    return x + 1"},
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises/q01_f.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    text, _ = _script(_case(41), file=Path("../../exercises/q01_f.ipynb"))
    path = tmp_path / ".grader/cases/q01_f.py"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    root = str(Path(__file__).parents[3])
    ran = subprocess.run(
        [sys.executable, str(path)],
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == ["Your answer:", "42"]
