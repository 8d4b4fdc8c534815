"""Batch normalisation with a choice of running variance."""

import math
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from jaxcnn import analysis
from jaxcnn.functional._arguments import an_int
from jaxcnn.functional._batch_norm import batch_norm

from ._inputs import checked_input


class BatchNorm(nnx.BatchNorm):
    """Flax's batch normalisation, with PyTorch's running variance as an option.

    Both normalise a batch by its biased variance (divided by n). Flax also averages that one into
    the running variance; PyTorch averages the unbiased one (divided by n - 1). PyTorch's momentum
    is one minus this one: its default 0.1 is ``momentum=0.9``. The variance is computed in two
    passes, as PyTorch does; Flax's ``use_fast_variance`` can be asked for.

    Normalises each channel of ``(batch, ..., channels)``.

    Args:
        num_features: Number of channels.
        unbiased: Keep PyTorch's running variance.
        **options: The arguments of ``flax.nnx.BatchNorm``: ``use_running_average``, ``axis``,
            ``momentum``, ``epsilon``, ``dtype``, ``param_dtype``, ``use_bias``, ``use_scale``...
        rngs: Random streams; ``params`` is used.

    Raises:
        ValueError: ``num_features`` is below 1 or ``momentum`` not between 0 and 1; when called,
            another number of channels, integers unless ``dtype`` is given, or training on a single
            value per channel, or none.

    Source: S. Ioffe, C. Szegedy, *Batch normalization*, 2015, algorithms 1 and 2.

    >>> layer = BatchNorm(3, unbiased=True, momentum=0.9, rngs=nnx.Rngs(0))
    >>> layer(jnp.ones((2, 4, 4, 3))).shape
    (2, 4, 4, 3)
    """

    def __init__(
        self, num_features: int, *, unbiased: bool = False, rngs: nnx.Rngs, **options: Any
    ) -> None:
        # E[x^2] - E[x]^2, Flax's default, loses all digits of the variance where the mean is large.
        options = {"use_fast_variance": False} | options
        super().__init__(an_int("num_features", num_features, 1), rngs=rngs, **options)
        if not 0 <= self.momentum <= 1:
            raise ValueError(
                f"momentum (={self.momentum!r}) must be between 0 and 1: what is kept of the "
                "running average (PyTorch's is one minus this)"
            )
        self.unbiased = unbiased

    def __call__(
        self,
        x: jax.Array,
        use_running_average: bool | None = None,
        *,
        mask: jax.Array | None = None,
    ) -> jax.Array:
        """Normalises ``x``: ``(..., channels)``; in training, updates the running statistics."""
        x = checked_input(x, "num_features", self.num_features, self.dtype, axes=2, axis=self.axis)
        use_running = use_running_average
        if use_running is None:
            use_running = self.use_running_average
        if use_running:
            return super().__call__(x, use_running_average, mask=mask)
        values = self._values_per_channel(x, mask)
        if isinstance(values, int) and values < 2:  # else all becomes the bias, or NaN
            raise ValueError(
                f"x has shape {x.shape}, but training needs more than one value per channel: give "
                "larger batches, or larger maps"
            )
        before = self.momentum * self.var[...]
        last = self.axis in (-1, x.ndim - 1)
        if mask is None and self.axis_name is None and last and not self.use_fast_variance:
            y = self._normalised(x)
        else:
            y = super().__call__(x, use_running_average, mask=mask)
        if not self.unbiased:
            return y
        # The batch's part of the new average, (1 - momentum) * var, is to grow by n / (n - 1).
        batch_part = self.var[...] - before
        self.var[...] = self.var[...] + jax.lax.stop_gradient(batch_part / (values - 1))
        return y

    def _normalised(self, x: jax.Array) -> jax.Array:
        """What Flax's layer does in training, faster: values, running statistics, derivatives."""
        scale = self.scale[...] if self.scale is not None else None
        bias = self.bias[...] if self.bias is not None else None
        x, _, _, scale, bias = self.promote_dtype(
            (x, self.mean[...], self.var[...], scale, bias), dtype=self.dtype
        )
        channels = (self.num_features,)
        y, mean, variance = batch_norm(
            x,
            jnp.ones(channels, x.dtype) if scale is None else scale,
            jnp.zeros(channels, x.dtype) if bias is None else bias,
            self.epsilon,
        )
        for running, new in ((self.mean, mean), (self.var, variance)):
            kept = self.momentum * running[...] + (1 - self.momentum) * new
            running[...] = jax.lax.stop_gradient(kept)
        return y.astype(x.dtype)

    def _values_per_channel(self, x: jax.Array, mask: jax.Array | None) -> Any:
        devices = 1
        if self.axis_name is not None:
            devices = jax.lax.psum(1, self.axis_name, axis_index_groups=self.axis_index_groups)
        if mask is not None:
            count = jnp.broadcast_to(mask, x.shape).sum() / x.shape[self.axis]
            if self.axis_name is not None:
                count = jax.lax.psum(
                    count, self.axis_name, axis_index_groups=self.axis_index_groups
                )
            return count
        return devices * (math.prod(x.shape) // x.shape[self.axis])

    def describe(self) -> analysis.Layer:
        """The layer as `jaxcnn.analysis` sees it."""
        return analysis.Normalization(
            use_scale=self.use_scale, use_bias=self.use_bias, in_features=self.num_features
        )
