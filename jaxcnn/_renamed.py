"""Names of an earlier version: each is understood for one version more, and says what it is called now.

A package that has some sets ``__getattr__ = renamed(__name__)``, hidden from type checkers, which else
would take any name for one of its own.
"""

import sys
import warnings
from collections.abc import Callable
from typing import Any

LAST_VERSION = "0.1"

RENAMED = {
    "jaxcnn.plotting": {"plot_confusion": "plot_confusion_matrix"},
    "jaxcnn.training": {"HostLostError": "ProcessLostError", "is_first_host": "is_main_process"},
}


def renamed(package: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package some of whose names have changed.

    Args:
        package: Its name, a key of `RENAMED`.

    Returns:
        A function that finds what an old name stands for, with a `DeprecationWarning`, and raises
        `AttributeError` for any other.
    """
    names = RENAMED[package]

    def found(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        warnings.warn(
            f"{package}.{name} is now called {names[name]}; version {LAST_VERSION} is the last that "
            "knows the old name",
            DeprecationWarning,
            stacklevel=2,
        )
        return getattr(sys.modules[package], names[name])

    return found
