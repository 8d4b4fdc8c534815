"""How a network was created, so that a file can say it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import jax.numpy as jnp
import numpy as np


@dataclass(frozen=True)
class Head:
    """A head that took the place of the one that `create_model` made.

    Attributes:
        num_classes, at, hidden, dropout: As in `jaxcnn.transfer.replace_head`.
    """

    num_classes: int
    at: str | None = None
    hidden: tuple[int, ...] = ()
    dropout: float = 0.0


@dataclass(frozen=True)
class Recipe:
    """What `create_model` was called with, but for the random streams, and what came after.

    Attributes:
        name: The name in the registry.
        arguments: (name, value) of each argument given; types of numbers by their names, sequences
            as tuples.
        heads: The heads that the network was given since, one after the other.
    """

    name: str
    arguments: tuple[tuple[str, Any], ...]
    heads: tuple[Head, ...] = ()

    @classmethod
    def of(cls, name: str, arguments: Mapping[str, Any]) -> "Recipe":
        """The recipe of a call."""
        return cls(name, tuple((key, plain(value)) for key, value in sorted(arguments.items())))

    def with_head(self, head: Head) -> "Recipe":
        """The recipe of the network with another head.

        A head that only has other classes changes what was said before, and adds nothing.
        """
        if head.at is not None or head.hidden or head.dropout:
            return replace(self, heads=(*self.heads, head))
        if self.heads:
            last = replace(self.heads[-1], num_classes=head.num_classes)
            return replace(self, heads=(*self.heads[:-1], last))
        changed = Recipe.of(self.name, {**dict(self.arguments), "num_classes": head.num_classes})
        return replace(self, arguments=changed.arguments)


def plain(value: Any) -> Any:
    """A value of an argument as JSON could have it; what JSON lacks stays as it is."""
    if isinstance(value, list | tuple):
        return tuple(plain(part) for part in value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.dtype | type | type(jnp.float32)):
        return jnp.dtype(value).name
    return value
