"""The small trained networks that ship with the library.

Their files are in `backbones/`, written by `scripts/train_backbones.py`, each with the log of its
training.
"""

from importlib import resources
from pathlib import Path

SHIPPED = ("resnet8_clothing", "vgg8_clothing")


def shipped_file(name: str) -> Path:
    """The model file of one of `SHIPPED`; its log is beside it, a `.json`."""
    return Path(str(resources.files("jaxcnn.transfer") / "backbones" / f"{name}.safetensors"))
