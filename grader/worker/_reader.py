"""Reads and evaluates compiled programs, in a worker that holds no code of any student.

The bytes are hostile: they may make this process crash or compute for ever, which costs their author the check.
What is looked at is the very module that is compiled, and nothing of it runs before it has been looked at.
"""

import hashlib
from typing import Any

import numpy as np

from grader.worker import _steps
from grader.worker._replies import NotAProgram

__all__ = ["Reader"]

# Custom calls that compute a value from values: what JAX emits for linear algebra on CPUs, and marks that XLA
# takes out.  Everything else may be Python, or a library's convolution in disguise.
_LINEAR_ALGEBRA = (
    *("potrf", "geqrf", "orgqr", "ungqr", "syevd", "heevd", "geev", "gesdd", "gesvd", "getrf"),
    *("sytrd", "hetrd", "gehrd", "gees", "trsm", "gtsv"),
)
PURE = frozenset(
    ["AllocateBuffer", "ApproxTopK", "Sharding"]
    + [f"lapack_{kind}{name}_ffi" for name in _LINEAR_ALGEBRA for kind in "sdcz"]
)
_KEPT = 8  # programs that stay compiled


class Reader:
    """The programs that were read last, by their digest."""

    def __init__(self) -> None:
        self._lowered: dict[bytes, _Lowered] = {}

    def read(self, program: np.ndarray) -> dict[str, Any]:
        """What a program consists of.

        Args:
            program: bytes that may have come of :func:`grader.worker._export.export`.

        Returns:
            ``operations`` and ``calls`` (name -> how often, calls being custom ones by target), ``steps`` (how
            many operations run one after the other, each turn of a loop counted), ``unbounded`` (loops whose
            number of turns the program does not fix).

        Raises:
            NotAProgram: when the bytes are none.
        """
        return self._of(program).facts

    def run(self, program: np.ndarray, arrays: list[np.ndarray]) -> Any:
        """Evaluate a program on fresh arrays.

        Raises:
            NotAProgram: when the bytes are none, call something that is not known to be harmless, or do not take
                arrays of these shapes.
        """
        lowered = self._of(program)
        if strange := sorted(set(lowered.facts["calls"]) - PURE):
            raise NotAProgram("program", f"a custom call to {strange[0]}")
        return lowered.run(arrays)

    def _of(self, program: np.ndarray) -> "_Lowered":
        data = program.tobytes()
        key = hashlib.sha256(data).digest()
        if key not in self._lowered:
            while len(self._lowered) >= _KEPT:
                del self._lowered[next(iter(self._lowered))]
            self._lowered[key] = _Lowered(data)
        return self._lowered[key]


class _Lowered:
    """One program: lowered and looked at, compiled when it is first run."""

    def __init__(self, data: bytes) -> None:
        import jax
        from jax import export

        try:
            # Programs say themselves whether they compute with 64 bits.
            with jax.enable_x64(True):
                exported = export.deserialize(bytearray(data))
                self.takes = [(tuple(a.shape), np.dtype(a.dtype)) for a in exported.in_avals]
                specs = [jax.ShapeDtypeStruct(*each) for each in self.takes]
                args, kwargs = jax.tree.unflatten(exported.in_tree, specs)
                self.lowered = jax.jit(exported.call).lower(*args, **kwargs)
        except Exception as error:
            raise NotAProgram("program", f"{type(error).__name__}: {error}") from error
        self.arranged = exported.in_tree
        self.compiled: Any = None
        self.facts = _steps.survey(self.lowered.compiler_ir("stablehlo"))

    def run(self, arrays: list[np.ndarray]) -> Any:
        """The program's values for these arrays, whose floats may be wider or narrower than it takes."""
        import jax

        shapes = [array.shape for array in arrays]
        if shapes != [shape for shape, _ in self.takes]:
            raise NotAProgram("program", f"it takes arrays of shapes {self.takes}, not {shapes}")
        with jax.enable_x64(True):
            if self.compiled is None:
                self.compiled = self.lowered.compile()
            cast = [
                np.asarray(array).astype(dtype)
                for array, (_, dtype) in zip(arrays, self.takes, strict=True)
            ]
            args, kwargs = jax.tree.unflatten(self.arranged, cast)
            return jax.tree.map(np.asarray, self.compiled(*args, **kwargs))
