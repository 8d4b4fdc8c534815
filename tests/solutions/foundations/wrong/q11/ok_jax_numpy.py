import jax.numpy as jnp


def pooled_size(size, window, stride):
    return (size - window + stride) // stride


def _each(x, window, stride, reduce):
    rows = pooled_size(x.shape[0], window, stride)
    columns = pooled_size(x.shape[1], window, stride)
    taps = [
        x[u : u + (rows - 1) * stride + 1 : stride, v : v + (columns - 1) * stride + 1 : stride]
        for u in range(window)
        for v in range(window)
    ]
    return reduce(jnp.stack(taps), axis=0)


def max_pool(x, window, stride):
    return _each(x, window, stride, jnp.max)


def avg_pool(x, window, stride):
    return _each(x, window, stride, jnp.mean)


def min_pool(x, window, stride):
    return _each(x, window, stride, jnp.min)


def global_pool(x, kind):
    return jnp.max(x, axis=(0, 1)) if kind == "max" else jnp.mean(x, axis=(0, 1))
