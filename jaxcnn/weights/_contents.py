"""What a file holds beside its arrays that helps to put them into a model."""

from dataclasses import dataclass, field

import numpy as np

from ._keras_model import KerasModel


@dataclass
class Contents:
    """The arrays of a file, and what it says about them.

    Attributes:
        arrays: Name -> array, in the file's order.
        keras: The layers of a Keras file.
        notes: Sentences for an error about arrays that do not fit a model.
        unnamed: What the file holds instead of named weights; None where these have names.
    """

    arrays: dict[str, np.ndarray]
    keras: KerasModel | None = None
    notes: list[str] = field(default_factory=list)
    unnamed: str | None = None
