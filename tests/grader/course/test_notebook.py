"""A notebook as a submission: data within caps, magics as comments, lines named by cell."""

import json
import warnings
from pathlib import Path

import pytest

from grader.course import find_submission, read_course
from grader.course._notebook import MAX_NOTEBOOK_BYTES, NotebookError, read_notebook

_DEMO = Path(__file__).parents[1] / "courses" / "solutions" / "demo"
_COURSE = read_course(_DEMO)
_STUB = (_DEMO.parents[1] / "exercises/demo/q01_sum.py").read_text(encoding="utf-8")


def notebook(*cells: str, **more) -> bytes:
    """The file of a notebook with these code cells, and a markdown cell before each."""
    made: list[dict] = []
    for source in cells:
        made.append({"cell_type": "markdown", "source": "# Text\n", "metadata": {}})
        lines = source.splitlines(keepends=True)
        made.append({"cell_type": "code", "source": lines, "outputs": [], "metadata": {}})
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": made, **more}).encode()


def _source(*cells: str) -> str:
    return read_notebook(notebook(*cells)).source.decode()


def test_code_cells_follow_one_another_and_each_line_knows_its_place():
    read = read_notebook(notebook("x = 1\ny = 2", "z = 3"))
    lines = read.source.decode().split("\n")
    assert lines == ["x = 1", "y = 2", "", "z = 3", ""]
    assert read.places == ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2))


@pytest.mark.parametrize(
    ("cell", "source"),
    [
        ("%load_ext grader\nx = 1", "# %load_ext grader\nx = 1"),
        ("!pip install jax", "# !pip install jax"),
        ("?jnp.pad", "# ?jnp.pad"),
        ("jnp.pad??", "# jnp.pad??"),
        ("files = !ls\nx = 1", "# files = !ls\nx = 1"),
        ("t = %timeit -o f(1)", "# t = %timeit -o f(1)"),
        ("if x:\n    %time f()", "if x:\n    pass  # %time f()"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("\n%%timeit -n 3\nx = 1", "\n# %%timeit -n 3\nx = 1"),
        ("%%bash\necho 1\n\nls", "# %%bash\n# echo 1\n#\n# ls"),
        ("%%writefile a.py\nx = 1", "# %%writefile a.py\n# x = 1"),
    ],
)
def test_what_is_ipythons_becomes_a_comment(cell, source):
    assert _source(cell).rstrip("\n") == source


@pytest.mark.parametrize(
    "cell",
    [
        "x = (10\n  % 3)",
        "x = 10 \\\n  % 3",
        'x = """\n%time\n!ls\n"""\n',
        "x = '''\n\"\"\"\n%time\n'''",
        "x = [\n    1,  # ( not open\n]\ny = 2",
        "x = 'it''s' \"a\"\"\"\ny = 1",
        "x = f'{1 % 2}' % ()",
        "x != y",
        "s = 'a?'",
        "x = '\\''\ny = (1\n%2)",
        "# what?\n",
        'x = r"\\"\n',
        "assert x, 'why?'",
    ],
)
def test_python_is_never_taken_for_a_magic(cell):
    assert _source(cell).rstrip("\n") == cell.rstrip("\n")


_PIECES = ["x = 1", "%time x", "!ls", "x?", "y = !ls", "y = %pwd", "z = (1", "%3)", '"""', "if x:"]


# But for cells that stop in the middle of brackets, which mean nothing.
_PAIRS = [
    (a, b) for a in _PIECES for b in _PIECES if b != "z = (1" and (a != "z = (1" or b == "%3)")
]


@pytest.mark.parametrize(("first", "second"), _PAIRS)
def test_ipython_agrees_on_what_is_its_own(first, second):
    manager = pytest.importorskip("IPython.core.inputtransformer2").TransformerManager()
    cell = f"{first}\n{second}\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = manager.transform_cell(cell).split("\n")[:2]
    ours = _source(cell).split("\n")[:2]
    for before, their, our in zip((first, second), theirs, ours, strict=True):
        assert (our != before) == ("get_ipython()" in their), (before, their, our)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x = 1",
        b"[]",
        b"{}",
        b'{"nbformat": 3, "cells": []}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}',
        b'{"nbformat": 4, "cells": 7}',
        b'{"nbformat": 4, "x": ' + b"[" * 10**6,
        b'{"nbformat": 4, "cells": [' + b'{"cell_type": "code"},' * 3000 + b"{}]}",
        b"\xff\xfe",
    ],
    ids=lambda content: repr(content[:40]),
)
def test_what_is_no_notebook_is_refused(content):
    with pytest.raises(NotebookError):
        read_notebook(content)


@pytest.mark.parametrize(
    "line", [" " * 10**6, "a " * 5 * 10**5, "x" * 10**6, "'" * 10**6, "(" * 10**6, "\\" * 10**6]
)
def test_no_line_costs_more_than_its_length(line):
    """Patterns that go back and forth would take hours here."""
    assert len(read_notebook(notebook(line)).source) < 2 * 10**6


class TestInASubmission:
    def test_it_stands_in_the_place_of_the_stub(self, tmp_path):
        (tmp_path / "q01_sum.ipynb").write_bytes(notebook("x = 1", "%time\ny = 2"))
        file, _ = find_submission(_COURSE, tmp_path)
        assert file.content == b"x = 1\n\n# %time\ny = 2\n"
        assert file.name == "q01_sum.ipynb"
        assert file.where(4, "en") == "code cell 2, line 2"
        assert file.where(99, "fr") == "cellule de code 2, ligne 3"

    def test_pictures_are_no_code(self, tmp_path):
        picture = {"output_type": "display_data", "data": {"image/png": "A" * 3 * 2**20}}
        made = json.loads(notebook("x = 1"))
        made["cells"][1]["outputs"] = [picture]
        (tmp_path / "q01_sum.ipynb").write_text(json.dumps(made))
        assert find_submission(_COURSE, tmp_path)[0].content == b"x = 1\n"

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b" " * (MAX_NOTEBOOK_BYTES + 1), "more than"),
            (notebook("#" * (2**20 + 1)), "more than 1048576"),
            (b"{}", "no Jupyter notebook of version 4"),
            (b"\xff", "UTF-8"),
        ],
        ids=["file", "code", "no notebook", "latin-1"],
    )
    def test_what_cannot_be_read_is_said(self, tmp_path, content, words):
        (tmp_path / "q01_sum.ipynb").write_bytes(content)
        file = find_submission(_COURSE, tmp_path)[0]
        assert file.content is None
        assert words in file.problem["en"]

    def test_a_link_out_of_the_folder_is_refused(self, tmp_path):
        (tmp_path / "elsewhere.ipynb").write_bytes(notebook("x = 1"))
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine/q01_sum.ipynb").symlink_to("../elsewhere.ipynb")
        assert "leads out" in find_submission(_COURSE, tmp_path / "mine")[0].problem["en"]

    @pytest.mark.parametrize(
        ("script", "cells", "taken"),
        [
            ("# %%\nx = 1\n\n# %%\n# %time\ny = 2\n", ["x = 1", "%time\ny = 2"], ".py"),
            (_STUB, ["x = 1"], ".ipynb"),
            ("x = 1\n", [_STUB], ".py"),
            ("x = 1\n", ["x = 2"], None),
        ],
        ids=["a pair", "script untouched", "notebook untouched", "neither"],
    )
    def test_beside_a_script_it_must_be_clear_which_is_meant(self, tmp_path, script, cells, taken):
        (tmp_path / "q01_sum.py").write_text(script, encoding="utf-8")
        (tmp_path / "q01_sum.ipynb").write_bytes(notebook(*cells))
        file = find_submission(_COURSE, tmp_path)[0]
        if taken:
            assert file.path.suffix == taken
            assert file.content is not None
        else:
            assert file.content is None
            assert "q01_sum.py is there too" in file.problem["en"]

    def test_one_by_another_name_is_pointed_at(self, tmp_path):
        (tmp_path / "q01_sum-Copy1.ipynb").write_bytes(notebook("x = 1"))
        assert find_submission(_COURSE, tmp_path)[0].similar == ("q01_sum-Copy1.ipynb",)
