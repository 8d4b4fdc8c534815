"""How a network was created, so that a file can say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np


@dataclass(frozen=True)
class Recipe:
    """What `create_model` was called with, but for the random streams.

    Attributes:
        name: The name in the registry.
        arguments: (name, value) of each argument given; types of numbers by their names, sequences
            as tuples.
    """

    name: str
    arguments: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, name: str, arguments: Mapping[str, Any]) -> "Recipe":
        """The recipe of a call."""
        return cls(name, tuple((key, plain(value)) for key, value in sorted(arguments.items())))


def plain(value: Any) -> Any:
    """A value of an argument as JSON could have it; what JSON lacks stays as it is."""
    if isinstance(value, list | tuple):
        return tuple(plain(part) for part in value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.dtype | type | type(jnp.float32)):
        return jnp.dtype(value).name
    return value
