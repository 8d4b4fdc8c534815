"""Whether a file can do without JAX, told from its bytes: it is neither parsed nor run here.

What is told decides how long a worker takes to start, and nothing else. A file is taken to need JAX wherever its text
leaves that open.
"""

import re
import sys

__all__ = ["JAX", "needs_jax"]

# What a worker that has no JAX keeps out of reach: JAX, and what cannot be without it.
JAX = ("jax", "jaxlib", "flax", "optax", "jaxcnn")
_WITHOUT = sys.stdlib_module_names | {"numpy"}
_IMPORT = re.compile(rb"\bimport\b([^\n#;]*)")
_FROM = re.compile(rb"\bfrom\b\s*([\w.]*)\s*\bimport\b")


def needs_jax(content: bytes) -> bool:
    """Whether a file names JAX, or imports more than NumPy and the standard library."""
    if b"jax" in content:
        return True
    named = _FROM.findall(content)
    plain = _FROM.sub(b"", content)
    for names in _IMPORT.findall(plain):
        named += [name.split(b" as ")[0].strip() for name in names.split(b",")]
    roots = {name.split(b".")[0].decode("ascii", "replace") for name in named}
    return not roots <= _WITHOUT
