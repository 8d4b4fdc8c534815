"""Put names that a question withholds out of the submission's reach inside the worker.

Withheld modules are also hidden as files by the sandbox; functions of modules that must stay (``jax.lax.conv*``)
can only be guarded here, against honest mistakes rather than against determined hostility.
"""

import fnmatch
import importlib
import importlib.abc
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NoReturn

from grader.worker._replies import Withheld


def withhold(names: Sequence[str]) -> None:
    """Make importing the named modules, and calling the named functions, raise :class:`Withheld`."""
    modules = [name for name in names if "*" not in name]
    sys.meta_path.insert(0, _Blocker(modules))
    for name in modules:
        for loaded in [m for m in sys.modules if m == name or m.startswith(name + ".")]:
            del sys.modules[loaded]
    for name in names:
        _guard(name)


class _Blocker(importlib.abc.MetaPathFinder):
    def __init__(self, modules: Sequence[str]) -> None:
        self._modules = modules

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        for name in self._modules:
            if fullname == name or fullname.startswith(name + "."):
                raise Withheld(name)


class _Guard:
    """Stands for a withheld function or module; any use of it raises."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Withheld(object.__getattribute__(self, "_name"))

    def __getattr__(self, attribute: str) -> NoReturn:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise Withheld(object.__getattribute__(self, "_name"))


def _guard(name: str) -> None:
    """Replace the attributes of a loaded module that the dotted name or pattern means."""
    parent, _, pattern = name.rpartition(".")
    module = _loaded(parent)
    if module is None:
        return
    for attribute in fnmatch.filter(list(vars(module)), pattern):
        setattr(module, attribute, _Guard(f"{parent}.{attribute}"))


def _loaded(name: str) -> ModuleType | None:
    """The module of that name, imported now so that a later import finds it guarded."""
    try:
        return importlib.import_module(name) if name else None
    except ImportError:  # not installed, or withheld as a whole
        return None
