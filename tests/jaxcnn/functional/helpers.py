"""What the tests of this folder share."""

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import HealthCheck, Phase, settings

QUICK_TO_COMPILE = {
    "xla_backend_optimization_level": 0,
    "xla_llvm_disable_expensive_passes": True,
}


def examples(count):
    """Limit Hypothesis to ``count`` repeatable examples: most are a compilation of their own."""
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow],
    )


def quick_jit(function):
    """Jit for one call: less time in the compiler, more in the program."""
    return jax.jit(function, compiler_options=QUICK_TO_COMPILE)


def weights(shape):
    """Return whole numbers to weigh an output with: an exact, uneven cotangent."""
    return (np.arange(np.prod(shape)) * 7 % 5 - 2.0).reshape(shape)


def value_and_gradients(function, *arrays):
    """Return the value and the gradients of its weighted sum, as NumPy arrays, compiled once."""

    @quick_jit
    def both(*arrays):
        y, pull_back = jax.vjp(function, *arrays)
        return y, pull_back(jnp.asarray(weights(y.shape), y.dtype))

    y, gradients = both(*map(jnp.asarray, arrays))
    return np.asarray(y), [np.asarray(gradient) for gradient in gradients]


def a_map(*shape, seed=0, dtype=np.float32):
    """Return normally distributed numbers."""
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def whole_numbers(*shape, seed=0, dtype=np.float32):
    """Return whole numbers from -3 to 3."""
    return np.random.default_rng(seed).integers(-3, 4, shape).astype(dtype)


def channels_first(array):
    """Return a PyTorch tensor ``(batch, channels, *spatial)`` that requires a gradient."""
    import torch

    tensor = torch.from_numpy(np.moveaxis(np.asarray(array, np.float32), -1, 1).copy())
    return tensor.requires_grad_()


def channels_last(tensor):
    return np.moveaxis(tensor.detach().numpy(), 1, -1)


def assert_close(found, expected, rtol=1e-4, atol=1e-4):
    assert found.shape == expected.shape
    np.testing.assert_allclose(
        np.asarray(found, np.float64), np.asarray(expected, np.float64), rtol, atol
    )
