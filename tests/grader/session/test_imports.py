"""Which files get a worker without JAX."""

import pytest

from grader.session._imports import needs_jax


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import numpy as np\n",
        "import math, numpy as np\nfrom typing import Any\n",
        "from numpy.lib.stride_tricks import sliding_window_view\n",
        "from numpy import (\n    array,\n    zeros,\n)\n",
        "import numpy as np  # NumPy alone\n",
        "def f(x):\n    import itertools; import numpy\n    return x\n",
        "import a_helper as numpy\n".replace("a_helper", "collections.abc"),
    ],
)
def test_numpy_and_the_standard_library_can_do_without(text):
    assert not needs_jax(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "import jax\n",
        "import jax.numpy as jnp\n",
        "from jax import lax\n",
        "import numpy as np, jax\n",
        "import numpy; import flax\n",
        "from flax import nnx\n",
        "import optax as o\n",
        "import scipy.signal\n",
        "import importlib\nimportlib.import_module('jax')\n",
        "f = __import__('jax')\n",
        "from .helpers import f\n",
        "from . import helpers\n",
        "import my_helpers\n",
        "exec('import jax')\n",
        "import numpy as np\r\nimport  torch\r\n",
        "import \\\n    torch\n",
        "from \\\n    torch import nn\n",
    ],
)
def test_whatever_may_lead_to_jax_has_it(text):
    assert needs_jax(text.encode())


def test_bytes_that_are_no_text_are_no_error():
    assert needs_jax(b"import \xff\xfe\n")
    assert not needs_jax(b"\xff\xfe\x00")
