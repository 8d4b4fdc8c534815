"""Flax's dense layer and dropout, with arguments and inputs checked."""

from typing import Any

import jax
from flax import nnx

from jaxcnn.functional._arguments import an_int

from ._inputs import checked_input


class Linear(nnx.Linear):
    """Flax's dense layer on the last axis: ``x @ kernel + bias``.

    Args:
        in_features: Numbers in the last axis of the input.
        out_features: Numbers in the last axis of the output.
        rngs: Random streams; ``params`` is used.
        **options: The other arguments of ``flax.nnx.Linear``: ``use_bias``, ``dtype``,
            ``param_dtype``, ``precision``, ``kernel_init``, ``bias_init``...

    Raises:
        ValueError: A size is below 1; when called, an input with another last axis (the size of
            the image is then not the one that the layer was built for), or of integers unless
            ``dtype`` is given.

    Source: ``flax.nnx.Linear``.

    >>> Linear(2450, 500, rngs=nnx.Rngs(0))(jnp.ones((8, 2450))).shape
    (8, 500)
    """

    def __init__(
        self, in_features: int, out_features: int, *, rngs: nnx.Rngs, **options: Any
    ) -> None:
        super().__init__(
            an_int("in_features", in_features, 1),
            an_int("out_features", out_features, 1),
            rngs=rngs,
            **options,
        )

    def __call__(self, inputs: jax.Array, out_sharding: Any = None) -> jax.Array:
        """Maps ``inputs``: ``(*batch, in_features)`` to ``(*batch, out_features)``."""
        x = checked_input(inputs, "in_features", self.in_features, self.dtype)
        return super().__call__(x, out_sharding)


class Dropout(nnx.Dropout):
    """Flax's dropout: in training, zeroes numbers at random and scales up the others.

    Args:
        rate: The probability that a number is dropped, not kept.
        **options: The other arguments of ``flax.nnx.Dropout``: ``broadcast_dims``,
            ``deterministic``, ``rng_collection``, ``rngs``.

    Raises:
        ValueError: The rate is not between 0 and 1; when called in training, ``rngs`` is missing.

    Source: N. Srivastava et al., *Dropout: a simple way to prevent neural networks from
    overfitting*, 2014; ``flax.nnx.Dropout``.

    >>> layer = Dropout(0.5, rngs=nnx.Rngs(0))
    >>> layer.eval()
    >>> layer(jnp.ones((1, 4))).tolist()
    [[1.0, 1.0, 1.0, 1.0]]
    """

    def __init__(self, rate: float, **options: Any) -> None:
        if not 0 <= rate <= 1:
            raise ValueError(f"rate (={rate!r}) must be between 0 and 1, the part that is dropped")
        super().__init__(rate, **options)
