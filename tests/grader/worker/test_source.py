"""What the text of a submission says, and what must not be read into it."""

import textwrap

import pytest

from grader.worker._source import inspect

WITHHELD = ["jaxcnn.transfer", "jax.lax.conv", "jax.lax.conv_*", "numpy.convolve", "onnx"]


@pytest.fixture
def used(tmp_path):
    """The names that count against a source: (name, line, whether it is reserved everywhere)."""

    def look(source: str, withheld: list[str] = WITHHELD) -> list[tuple[str, int, bool]]:
        file = tmp_path / "q01.py"
        file.write_text(textwrap.dedent(source))
        facts = inspect(str(file), "def f():\n    raise NotImplementedError\n", withheld)
        assert facts["fault"] is None
        return [(name, line, reserved) for name, line, _, reserved in facts["withheld"]]

    return look


@pytest.mark.parametrize(
    "source",
    [
        "import jax\nf = jax.lax.conv",
        "import jax as j\nf = j.lax.conv",
        "import jax.lax as lax\nf = lax.conv",
        "from jax import lax\nf = lax.conv",
        "from jax import lax as l\nf = l.conv",
        "import jax\nl = jax.lax\nf = l.conv",
        "import jax\n(l := jax.lax)\nf = l.conv",
        "import jax\nl: object = jax.lax\nf = l.conv",
        "import jax\nf = getattr(jax.lax, 'conv')",
        "import jax\nf = getattr(getattr(jax, 'l' + 'ax'), f'conv')",
        "import jax\nf = vars(jax.lax)['conv']",
        "import jax\nf = jax.lax.__dict__['conv']",
        "import sys\nf = sys.modules['jax.lax'].conv",
        "import importlib\nf = importlib.import_module('jax.lax').conv",
        "f = __import__('jax').lax.conv",
        "f = __import__('jax.lax', fromlist=['conv']).conv",
        "from jax.lax import *\nf = conv",
        "import jax\ndef f():\n    l = jax.lax\n    def g():\n        return l.conv",
        "import jax\nclass C:\n    def f(self, g=jax.lax.conv):\n        return g",
        "import jax\nf = [jax.lax.conv for _ in range(3)]",
    ],
)
def test_a_withheld_name_is_seen_through_every_alias(used, source):
    assert ("jax.lax.conv", False) in [(name, reserved) for name, _, reserved in used(source)]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import jax\njax._src", "jax._src"),
        ("from jax._src import lax", "jax._src.lax"),
        ("from jax._src.lax import *", "jax._src.lax"),
        ("import jax._src.lax.convolution as c", "jax._src.lax.convolution"),
        ("import numpy as np\nnp._core.multiarray.correlate", "numpy._core"),
        ("from jaxcnn.functional import _conv", "jaxcnn.functional._conv"),
        ("import jaxlib.mlir.ir", "jaxlib.mlir.ir"),
        ("import jax.extend.core", "jax.extend.core"),
        ("from jax import extend", "jax.extend"),
        ("from jax.interpreters import mlir", "jax.interpreters.mlir"),
        ("import jax\njax.export.deserialize", "jax.export"),
        ("from jax.experimental import sparse", "jax.experimental.sparse"),
        ("from jax.experimental import io_callback", "jax.experimental.io_callback"),
        ("import jax\njax.pure_callback", "jax.pure_callback"),
        ("import onnxruntime", "onnxruntime"),
        ("import gc\ngc.get_objects()", "gc.get_objects"),
        ("import sys\nfor m in sys.modules.values(): m", "sys.modules"),
        ("import sys\nsys._getframe()", "sys._getframe"),
        ("from inspect import currentframe", "inspect.currentframe"),
        ("import inspect\ninspect.stack()", "inspect.stack"),
        ("import ctypes", "ctypes"),
        ("import importlib\nimportlib.reload(f)", "importlib.reload"),
        ("def f(e):\n    return e.__traceback__.tb_frame.f_back", "f_back"),
        ("def f(g):\n    return g.__globals__", "__globals__"),
        ("exec('import jax')", "exec"),
        ("import builtins\nbuiltins.eval('1')", "builtins.eval"),
        ("import jax\njax.jit.__wrapped__", "jax.jit.__wrapped__"),
    ],
)
def test_a_way_around_is_reserved_wherever_anything_is_withheld(used, source, name):
    assert (name, True) in [(found, reserved) for found, _, reserved in used(source)]


def test_nothing_is_reserved_where_nothing_is_withheld(used):
    assert used("import jax._src, gc, ctypes\ngc.get_objects()", withheld=[]) == []


HONEST = [
    "import numpy as np\nf = np.lib.stride_tricks.sliding_window_view",
    "import jax.numpy as jnp\nf = jnp.pad\ng = jnp.einsum",
    "import jax\nf = jax.lax.dynamic_slice\nprint(jax.__version__)",
    "import numpy as np\nprint(np.__version__, np.__name__)",
    "import jax\njax.config.update('jax_enable_x64', True)",
    "from jax.experimental import enable_x64\nwith enable_x64():\n    pass",
    "import jax\ndef f(x):\n    jax.debug.print('{}', x)\n    jax.debug.callback(print, x)",
    "_, x = 3, 4\ndef _conv(x):\n    return x\nf = _conv(x)",
    "class Net:\n    def __init__(self):\n        self._weights = 3\n    def _f(self):\n        return self._weights",
    "import gc\ngc.collect()",
    "import sys\ncolab = 'google.colab' in sys.modules\nsys.path.append('.')\nsys.setrecursionlimit(5000)",
    "import importlib.util\ncolab = importlib.util.find_spec('google.colab') is not None",
    "from inspect import signature\nimport inspect\ninspect.getdoc(signature)",
    "def f(model):\n    return model.eval()",
    "import re\np = re.compile('x')",
    "def eval(x):\n    return x\ny = eval(3)",
    "import numpy as np\ndef f(how):\n    return getattr(np, how)(3)",
    "import numpy as np\ndef f(np):\n    return np._x",
    "import numpy as np\ndef f(x):\n    for np in x:\n        np._y",
    "import numpy as np\ndef f(x):\n    np = x.copy()\n    return np._mine",
    "import numpy as np\nf = lambda np: np._x",
    "import numpy as np\nnp = 3\nnp._x",
    "import jax\ndef f(jax=None):\n    return jax._src",
    "from . import helper\nhelper._x",
    "from flax import nnx\nf = nnx.State",
    "import os\nos._exit",
    "import collections\nc = collections.namedtuple('c', 'x')\nc._fields\nc(1)._replace(x=2)",
    "import numpy as np\nimport jax\nlax = [jax.lax][0]\nlax.conv",
    "x = 'jax._src'\n'''jax.lax.conv'''  # jax.lax.conv",
    "from numpy import *\nf = sum\ng = convolved = 3\nconvolved",
]


@pytest.mark.parametrize("source", HONEST)
def test_honest_code_is_accused_of_nothing(used, source):
    assert used(source) == []


def test_the_line_and_the_function_are_told(tmp_path):
    file = tmp_path / "q01.py"
    file.write_text(
        "import jax\n\ndef f():\n    return jax._src\n\ndef g():\n    return jax.lax.conv\n"
    )
    stub = "def f():\n    raise NotImplementedError\n"
    facts = inspect(str(file), stub, WITHHELD)
    assert facts["withheld"] == [["jax._src", 4, "f", True], ["jax.lax.conv", 7, "", False]]


def test_a_name_is_told_once_and_not_what_is_taken_of_it(used):
    source = "import jax\njax.lax.conv\njax.lax.conv.__doc__\njax._src.lax\njax._src.core.Jaxpr\n"
    assert used(source) == [("jax.lax.conv", 2, False), ("jax._src", 4, True)]


def test_a_deep_or_long_source_is_read_in_good_time(used):
    deep = "x = " + "(" * 50 + "1" + ")" * 50
    chain = "import jax\nx = jax" + ".a" * 300
    many = "\n".join(f"x{n} = {n}" for n in range(5_000))
    for source in (deep, chain, many):
        assert used(source) == []


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("ANSWER = 'because'", "because"),
        ("ANSWER: str = ' because '", "because"),
        ("ANSWER = ''\nANSWER = 'because'", "because"),
        ("ANSWER = ''", ""),
        ("ANSWER = ' \\n '", ""),
        ("x = 1", ""),
        ("ANSWER = 'a' + 'b'", None),
        ("ANSWER = ''\nANSWER += 'because'", None),
        ("import textwrap\nANSWER = textwrap.dedent('b')", None),
    ],
)
def test_an_answer_is_empty_only_where_nothing_can_be_written(tmp_path, source, answer):
    file = tmp_path / "q01.py"
    file.write_text(source)
    assert inspect(str(file), "ANSWER = ''\n", [])["answer"] == answer
    not_asked = inspect(str(file), "x = 1\n", [])["answer"]
    assert not_asked == (answer or None)


@pytest.mark.parametrize(
    ("body", "valueless"),
    [
        ("y = x", True),
        ("return x", False),
        ("return None", False),
        ("return", True),
        ("if x:\n    return 1", True),
        ("if x:\n    return 1\nelse:\n    return 2", False),
        ("if x:\n    return 1\nelif y:\n    pass\nelse:\n    return 2", True),
        ("raise ValueError", False),
        ("for i in x:\n    return i", True),
        ("for i in x:\n    pass\nelse:\n    return i", False),
        ("for i in x:\n    break\nelse:\n    return i", True),
        ("while True:\n    x()", False),
        ("while True:\n    if x: break", True),
        ("while True:\n    for i in x: break", False),
        ("while x:\n    return 1", True),
        ("with x:\n    return 1", False),
        ("try:\n    return x()\nexcept E:\n    pass", True),
        ("try:\n    return x()\nexcept E:\n    return 1", False),
        ("try:\n    x()\nexcept E:\n    return 1\nelse:\n    return 2", False),
        ("try:\n    pass\nfinally:\n    return 1", False),
        ("match x:\n    case 1: return 1", True),
        ("match x:\n    case 1: return 1\n    case _: return 2", False),
        ("match x:\n    case 1: pass\n    case _: return 2", True),
        ("def g():\n    return\nreturn g()", False),
        ("def g():\n    return 1", True),
    ],
)
def test_a_function_that_may_end_without_a_value_is_told(tmp_path, body, valueless):
    file = tmp_path / "q01.py"
    file.write_text("def f(x):\n" + textwrap.indent(body, "    "))
    assert inspect(str(file), "", [])["valueless"] == (["f"] if valueless else [])
