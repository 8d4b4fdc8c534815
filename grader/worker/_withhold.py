"""Put names that a question withholds out of the submission's reach inside the worker.

Withheld modules are also hidden as files by the sandbox; functions of modules that must stay (``jax.lax.conv*``)
can only be guarded here, against honest mistakes rather than against determined hostility.
"""

import fnmatch
import importlib
import importlib.abc
import sys
from collections.abc import Collection, Sequence
from types import FrameType, ModuleType
from typing import Any, NoReturn

from grader.worker import _primitives
from grader.worker._replies import Withheld

__all__ = ["withhold"]


def withhold(names: Sequence[str], files: Collection[str]) -> None:
    """Make importing the named modules, and calling the named functions, raise :class:`Withheld`.

    Args:
        names: modules, and patterns of functions.
        files: the submission's, as they are loaded; whoever else asks for a withheld module is told that it is
            not there, so that nobody is accused of what a library does.
    """
    modules = [name for name in names if "*" not in name]
    sys.meta_path.insert(0, _Blocker(modules, files))
    for name in modules:
        for loaded in [m for m in sys.modules if m == name or m.startswith(name + ".")]:
            del sys.modules[loaded]
    if "jax" in sys.modules:
        _primitives.shut(names)
    for name in names:
        _guard(name)


class _Blocker(importlib.abc.MetaPathFinder):
    def __init__(self, modules: Sequence[str], files: Collection[str]) -> None:
        self._modules, self._files = modules, files

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        for name in self._modules:
            if fullname == name or fullname.startswith(name + "."):
                if _importing_file() in self._files:
                    raise Withheld(name)
                raise ImportError(f"{name} is put away in this question", name=fullname)


def _importing_file() -> str:
    """The file whose code imports something just now."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if (
            file != __file__
            and not file.startswith("<frozen importlib")
            and file != importlib.__file__
        ):
            return file
        frame = frame.f_back
    return ""


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
