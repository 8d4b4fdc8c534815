"""A Vision Transformer whose tokens stay on their map."""

import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from jaxcnn import analysis
from jaxcnn.functional._arguments import an_int
from jaxcnn.nn import Sequential

from ._blocks import Residual
from ._initializers import glorot_uniform, ones, zeros
from ._maker import Maker
from ._network import Network, input_shape

_gelu = functools.partial(jax.nn.gelu, approximate=False)


class _Positions(nnx.Module):
    """Adds to each token sines and cosines of its row and column, for maps of any size."""

    def __init__(self, features: int) -> None:
        self.features = features

    def __call__(self, x: jax.Array) -> jax.Array:
        quarter = self.features // 4
        frequencies = np.float32(10_000.0 ** (-np.arange(quarter) / max(1, quarter - 1)))
        rows, columns = (
            jnp.arange(size, dtype=jnp.float32)[:, None] * frequencies for size in x.shape[1:3]
        )
        shape = (*x.shape[1:3], quarter)
        parts = [
            jnp.broadcast_to(values, shape)
            for values in (
                jnp.sin(columns)[None],
                jnp.cos(columns)[None],
                jnp.sin(rows)[:, None],
                jnp.cos(rows)[:, None],
            )
        ]
        return x + jnp.concatenate(parts, axis=-1).astype(x.dtype)

    def describe(self) -> analysis.Layer:
        """The layer as `jaxcnn.analysis` sees it."""
        return analysis.Activation("Positions")


class _SelfAttention(nnx.Module):
    """Weighs the values of all tokens by how their keys agree with each token's query."""

    def __init__(self, num_heads: int) -> None:
        self.num_heads = num_heads

    def __call__(self, x: jax.Array) -> jax.Array:
        """Maps queries, keys and values, ``(batch, height, width, 3 * c)``, to ``(..., c)``."""
        batch, height, width, triple = x.shape
        tokens = x.reshape(batch, height * width, 3, self.num_heads, triple // 3 // self.num_heads)
        query, key, value = (tokens[:, :, part] for part in range(3))
        mixed = jax.nn.dot_product_attention(query, key, value)
        return mixed.reshape(batch, height, width, triple // 3)

    def describe(self) -> analysis.Layer:
        """The layer as `jaxcnn.analysis` sees it."""
        return analysis.Attention(self.num_heads)


class _Branch(Residual):
    """Normalisation and layers, added to the input."""

    def __init__(self, **layers: Any) -> None:
        self.layers = Sequential(**layers)

    def steps(self) -> Sequence[tuple[str, Any]]:
        return tuple(zip(self.layers.names, self.layers, strict=True))


class VisionTransformer(Network):
    """A Vision Transformer with fixed positions and average pooling ("Simple ViT").

    Tokens are kept as a map, ``(batch, height, width, channels)``, so that heads, cuts and tables
    are those of convolutional networks. Every image size that patches fill can be computed.

    Args:
        in_features: Channels of the images.
        num_classes: Number of classes.
        patch_size: Pixels of a patch, per axis.
        width: Channels of a token, a multiple of 4 and of ``num_heads``.
        depth: Number of encoder blocks.
        num_heads: Heads of each attention.
        mlp: Units of the hidden layer in each block.
        image_size: Height and width of the images, an int or a pair, multiples of ``patch_size``.
        dtype: Type of the computation; None infers it.
        param_dtype: Type of the parameters.
        rngs: Random streams; ``params`` is used.

    Raises:
        ValueError: A size is out of range or no multiple; when called, an image that patches do
            not fill.

    Source: A. Dosovitskiy et al., *An image is worth 16x16 words*, 2021; L. Beyer, X. Zhai, A.
    Kolesnikov, *Better plain ViT baselines for ImageNet-1k*, 2022, for positions and pooling.

    >>> tiny = VisionTransformer(patch_size=4, width=8, depth=1, num_heads=2, mlp=16, image_size=8,
    ...                          num_classes=5, rngs=nnx.Rngs(0))
    >>> tiny(jnp.zeros((2, 8, 12, 3))).shape
    (2, 5)
    """

    def __init__(
        self,
        in_features: int = 3,
        num_classes: int = 1000,
        *,
        patch_size: int = 16,
        width: int = 384,
        depth: int = 12,
        num_heads: int = 6,
        mlp: int = 1536,
        image_size: int | Sequence[int] = 224,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        for factor in (4, an_int("num_heads", num_heads, 1)):
            if an_int("width", width, 1) % factor:
                raise ValueError(
                    f"width (={width}) must be a multiple of 4 and of num_heads (={num_heads})"
                )
        make = Maker(
            rngs, dtype, param_dtype, kernel_init=glorot_uniform, dense_init=glorot_uniform
        )
        shape = input_shape(image_size, in_features)
        self.patch_size = an_int("patch_size", patch_size, 1)
        self._check_patches("image_size", shape[:-1])
        patch = make.conv(in_features, width, patch_size, patch_size, "valid", use_bias=True)
        blocks = [_block(make, width, num_heads, mlp) for _ in range(an_int("depth", depth, 1))]
        features = Sequential(
            patch_embed=patch,
            positions=_Positions(width),
            blocks=Sequential(*blocks),
            norm=_layer_norm(make, width),
        )
        super().__init__(features, make.pooled_head(width, num_classes), shape)

    def check_input(self, x: jax.Array) -> jax.Array:
        """Returns ``x`` as an array, or raises ``ValueError`` when it is no input of this network."""
        x = super().check_input(x)
        self._check_patches("the size of x", x.shape[1:3])
        return x

    def _check_patches(self, name: str, size: tuple[int, ...]) -> None:
        if any(isinstance(pixels, int) and pixels % self.patch_size for pixels in size):
            raise ValueError(
                f"{name} (={size}) must be multiples of patch_size (={self.patch_size})"
            )


def _block(make: Maker, width: int, num_heads: int, mlp: int) -> Sequential:
    return Sequential(
        attention=_Branch(
            norm=_layer_norm(make, width),
            qkv=make.linear(width, 3 * width),
            attention=_SelfAttention(num_heads),
            proj=make.linear(width, width),
        ),
        mlp=_Branch(
            norm=_layer_norm(make, width),
            fc1=make.linear(width, mlp),
            gelu=_gelu,
            fc2=make.linear(mlp, width),
        ),
    )


def _layer_norm(make: Maker, width: int) -> nnx.LayerNorm:
    return nnx.LayerNorm(
        width,
        epsilon=1e-6,
        use_fast_variance=False,
        scale_init=ones,
        bias_init=zeros,
        **make.types,
    )
