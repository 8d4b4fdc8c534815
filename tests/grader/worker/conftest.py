"""Functions as compiled programs, made and read in this process."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.worker._export import export
from grader.worker._reader import Reader

Exported = Callable[..., np.ndarray]


@pytest.fixture
def exported() -> Exported:
    """Makes the program of a function for the arguments given."""
    import jax
    from jax import export as exporting

    tools = {"jit": jax.jit, "export": exporting}

    def make(function: Callable[..., Any], *args: Any, **kwargs: Any) -> np.ndarray:
        return export(tools, function, list(args), kwargs)

    return make


@pytest.fixture(scope="session")
def reader() -> Reader:
    """Reads programs."""
    return Reader()
