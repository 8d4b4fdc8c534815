"""What no question that withholds something lets a submission use: the ways around what is put away.

A rule and not a barrier, read off the source.  Public functions that students use are not in it, nor is anything
that only shows values (``jax.debug``).
"""

import fnmatch
from collections.abc import Iterable

__all__ = ["BUILTINS", "NAMES", "PRIVATE_ATTRIBUTES", "is_named", "is_reserved", "private"]

# Whose names with a leading underscore are their own business.
_PACKAGES = ("jax", "jaxlib", "numpy", "jaxcnn")
_OPENERS = ("__dict__", "__globals__", "__builtins__", "__loader__", "__spec__", "__wrapped__")
_TRIED = (
    "checkify",
    "compilation_cache",
    "disable_x64",
    "enable_x64",
    "mesh_utils",
    "multihost_utils",
)
NAMES = (
    # what JAX and other packages keep the same operations in
    *("jax.extend", "jax.interpreters", "jax.export", "jax.ffi", "jax.lib.*", "jaxlib.*"),
    *("jax.example_libraries", "jax.experimental.*", "onnx", "onnxruntime"),
    *("jax.pure_callback", "jax.lax.pure_callback"),
    # what finds objects that nobody handed out
    *("gc.get_objects", "gc.get_referents", "gc.get_referrers"),
    *("sys.modules", "sys.meta_path", "sys._getframe", "sys._current_frames"),
    *("inspect.currentframe", "inspect.stack", "inspect.trace", "inspect.getclosurevars"),
    *("inspect.getinnerframes", "inspect.getouterframes", "traceback.walk_stack"),
    # what imports by a text
    *("importlib.import_module", "importlib.reload", "importlib.machinery", "importlib.__import__"),
    *("importlib.util.module_from_spec", "importlib.util.spec_from_*", "importlib.util.LazyLoader"),
    *("pkgutil", "runpy", "builtins.__import__", "builtins.exec", "builtins.eval"),
    # what runs something else than Python
    *("ctypes", "_ctypes", "cffi", "marshal"),
)
# Used under their own name, unless the file defines one of that name.
BUILTINS = ("__import__", "exec", "eval")
# Of whatever they are taken: frames and functions, opened up.
PRIVATE_ATTRIBUTES = frozenset(
    {
        *("tb_frame", "f_back", "f_globals", "f_builtins", "gi_frame"),
        *("__globals__", "__closure__", "__subclasses__", "__builtins__"),
    }
)


def is_reserved(name: str) -> bool:
    """Whether a dotted name may not be used where anything is withheld."""
    if name.startswith("jax.experimental."):
        return name.split(".")[2] not in _TRIED
    return private(name) or (is_named(name, NAMES) and not name.endswith(".__version__"))


def private(name: str) -> bool:
    """Whether a dotted name leads through something private of a package that answers questions."""
    package, *parts = name.split(".")
    return package in _PACKAGES and any(
        part.startswith("_") and (part in _OPENERS or not part.endswith("__")) for part in parts
    )


def is_named(name: str, patterns: Iterable[str]) -> bool:
    """Whether a dotted name is one of those named, lies inside one, or matches a pattern."""
    return any(
        fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(name, pattern + ".*")
        for pattern in patterns
    )
