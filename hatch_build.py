"""What hatchling runs at installation: compile the native kernels where that is possible.

A wheel with the library is for this kind of machine and any Python (it is loaded with ctypes);
without a compiler the wheel is pure, and the lowering rules in JAX serve alone.
"""

import importlib.util
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NATIVE = Path(__file__).with_name("jaxcnn") / "native"


def _compile() -> Any:
    """The module ``jaxcnn/native/_compile.py``, without importing jaxcnn."""
    spec = importlib.util.spec_from_file_location("_compile", _NATIVE / "_compile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class NativeKernels(BuildHookInterface):
    """Puts ``jaxcnn/native/libjaxcnn.so`` into the wheel, or beside its source if it is editable."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """jaxlib for XLA's headers, unless nothing will be compiled or the headers are at hand."""
        native = _compile()
        try:
            native.compiler()
        except native.CannotCompile:
            return []
        return [] if native.headers() else ["jaxlib>=0.10"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        native = _compile()
        try:
            if version == "editable":
                native.build(_NATIVE / native.LIBRARY)
            else:
                self._folder = tempfile.TemporaryDirectory()
                library = Path(self._folder.name, native.LIBRARY)
                native.build(library)
                build_data["force_include"][str(library)] = f"jaxcnn/native/{native.LIBRARY}"
        except native.CannotCompile as why:
            self.app.display_info(f"jaxcnn: no native kernels, but rules in JAX alone: {why}")
            return
        self.app.display_info("jaxcnn: native kernels compiled")
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
