"""Batch normalisations taken into the layers before them, for prediction."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

import jax
import jax.numpy as jnp
from flax import nnx

from jaxcnn.models._blocks import Residual
from jaxcnn.nn import Sequential
from jaxcnn.nn._conv import KernelLayer
from jaxcnn.nn._separable import SeparableConv

_LINEAR = (KernelLayer, nnx.Conv, nnx.Linear)  # outputs are the kernel's last axis
_CHAINS = (nnx.Sequential.__call__, Sequential.__call__)


def fold_batch_norm(model: Any) -> Any:
    """Takes each batch normalisation into the convolution or dense layer right before it, for prediction.

    A normalisation by running statistics is ``(y - mean) * scale / sqrt(var + epsilon) + bias`` in each channel: the
    layer before it does the same with its kernel times that factor and another bias. What is left of the
    normalisation is the identity, so that names stay as they are.

    Chains are looked through (``nnx.Sequential``, `jaxcnn.nn.Sequential`, and the residual blocks of
    `jaxcnn.models`). What a class of your own does in its ``__call__`` is not known, and a layer used in several
    places is left alone: there the normalisations stay.

    Args:
        model: A network, or any module with such chains.

    Returns:
        A copy with its own weights, in evaluation mode. Its outputs are the model's, up to rounding. It is for
        prediction: training it would no longer normalise anything, and it cannot be saved by `save_model`, since
        no registered name makes it.

    Raises:
        ValueError: Nothing can be folded.

    Source: B. Jacob et al., *Quantization and training of neural networks for efficient
    integer-arithmetic-only inference*, 2018, section 3.2.

    >>> from jaxcnn import nn
    >>> rngs = nnx.Rngs(0)
    >>> block = nn.Sequential(
    ...     conv=nn.Conv2d(3, 8, 3, use_bias=False, rngs=rngs), bn=nn.BatchNorm(8, rngs=rngs)
    ... )
    >>> fold_batch_norm(block)["bn"].__name__
    'identity'
    """
    folded = nnx.clone(model)
    folded.eval()
    places = list(_places(folded))
    used = Counter(id(value) for _, _, value in places)
    done: set[int] = set()
    for layer, norm in itertools.chain.from_iterable(map(itertools.pairwise, _chains(folded))):
        layer = layer.pointwise if isinstance(layer, SeparableConv) else layer
        once = used[id(layer)] == used[id(norm)] == 1
        if once and id(norm) not in done and _fits(layer, norm):
            _take_in(layer, norm)
            done.add(id(norm))
    if not done:
        raise ValueError(
            "model must hold a batch normalisation right after a convolution or dense layer, in a chain "
            "(nnx.Sequential, or a block of jaxcnn.models): none was found that can be folded"
        )
    for module, name, value in places:
        if id(value) in done:
            setattr(module, name, nnx.static(nnx.identity))
    if getattr(folded, "recipe", None) is not None:
        folded.recipe = None  # it makes the network with its normalisations
    return folded


def _places(root: Any) -> Iterator[tuple[Any, str, Any]]:
    """Every module below ``root`` with the module and the attribute that hold it; shared ones once for each."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        module = waiting.pop()
        if id(module) in seen:
            continue
        seen.add(id(module))
        for name, value in vars(module).items():
            if isinstance(value, nnx.Module):
                yield module, name, value
                waiting.append(value)


def _chains(root: Any) -> Iterator[list[Any]]:
    """The layers of every chain, in the order in which they are applied; chains inside chains as part of them."""
    for _, module in nnx.iter_modules(root):
        if isinstance(module, Residual) and type(module).__call__ is Residual.__call__:
            yield _flat(layer for _, layer in module.steps())
        elif _is_chain(module):
            yield _flat(module.layers)


def _flat(layers: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for layer in layers:
        found += _flat(layer.layers) if _is_chain(layer) else [layer]
    return found


def _is_chain(module: Any) -> TypeGuard[nnx.Sequential]:
    return isinstance(module, nnx.Sequential) and type(module).__call__ in _CHAINS


def _fits(layer: Any, norm: Any) -> bool:
    """Whether the normalisation is of the channels that the layer gives."""
    if not (isinstance(layer, _LINEAR) and isinstance(norm, nnx.BatchNorm)):
        return False
    channels = layer.kernel[...].shape[-1]
    return norm.axis == -1 and norm.num_features == channels


def _take_in(layer: Any, norm: nnx.BatchNorm) -> None:
    kernel, mean = layer.kernel[...], norm.mean[...]
    factor = jax.lax.rsqrt(norm.var[...] + norm.epsilon)
    if norm.scale is not None:
        factor = factor * norm.scale[...]
    bias = jnp.zeros_like(mean) if layer.bias is None else layer.bias[...]
    bias = (bias - mean) * factor
    if norm.bias is not None:
        bias = bias + norm.bias[...]
    layer.kernel[...] = (kernel * factor).astype(kernel.dtype)
    if layer.bias is None:
        layer.bias = nnx.Param(bias.astype(kernel.dtype))
        layer.use_bias = True
    else:
        layer.bias[...] = bias.astype(layer.bias[...].dtype)
