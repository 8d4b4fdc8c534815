"""Convolutional networks in JAX: pure functions, thin Flax NNX layers, models, analysis.

The subpackages are imported on first use, so ``import jaxcnn`` alone costs nothing::

    import jaxcnn

    y = jaxcnn.functional.conv(x, kernel, strides=2, padding="same")
    model = jaxcnn.models.create_model("vgg16")
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxcnn import (
        analysis,
        data,
        export,
        functional,
        models,
        nn,
        plotting,
        runtime,
        testing,
        training,
        transfer,
        weights,
        workflows,
    )

__version__ = "0.1.0"

__all__ = [
    "__version__",
    "analysis",
    "data",
    "export",
    "functional",
    "models",
    "nn",
    "plotting",
    "runtime",
    "testing",
    "training",
    "transfer",
    "weights",
    "workflows",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
