"""The native sums of batch normalisation equal NumPy's in float64, and JAX's own in every transformation."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import runtime
from jaxcnn.functional import _lowering
from jaxcnn.functional._batch_norm import batch_norm
from jaxcnn.functional._lowering import _native_statistics, _xla
from jaxcnn.functional._lowering._native_statistics import ChannelCase
from jaxcnn.native import CHANNEL_SUMS, MOMENTS

from .kernels import in_a_process, needs_kernels, program_of

SHAPES = [
    (1, 1), (3, 5), (2, 7, 8), (70, 16), (2, 9, 9, 17), (130, 33), (4, 40, 40, 64), (8, 20, 20, 70),
    (2, 3, 4, 5, 100), (1, 1, 1, 2048), (3, 1000, 24),
]  # fmt: skip


def draw(shape, seed=0, mean=0.0):
    rng = np.random.default_rng(seed)
    return (mean + rng.normal(size=shape)).astype(np.float32)


def moments_of(x):
    pixels = tuple(range(x.ndim - 1))
    wide = x.astype(np.float64)
    return np.stack([wide.mean(pixels), wide.var(pixels)])


@needs_kernels
@pytest.mark.parametrize("shape", SHAPES)
def test_moments_equal_those_in_float64(kind, shape):
    x = draw(shape, mean=3.0)
    assert _native_statistics.takes(ChannelCase(shape, jnp.float32))
    found = jax.jit(_native_statistics.moments)(x)
    np.testing.assert_allclose(found, moments_of(x), rtol=2e-6, atol=1e-6)


@needs_kernels
def test_a_mean_far_from_zero_costs_the_variance_nothing(kind):
    # Squares less the square of the mean would leave no digit; a first row far from all others, none either.
    x = draw((4, 30, 30, 32), mean=3000.0)
    x[0, 0] = 0
    found = jax.jit(_native_statistics.moments)(x)
    np.testing.assert_allclose(found, moments_of(x), rtol=1e-5)


@needs_kernels
@pytest.mark.parametrize("shape", SHAPES)
def test_sums_equal_those_in_float64(kind, shape):
    g, x, mean = draw(shape, 1), draw(shape, 2, mean=5.0), draw(shape[-1:], 3, mean=5.0)
    pixels = tuple(range(x.ndim - 1))
    wide = g.astype(np.float64)
    expected = np.stack([wide.sum(pixels), (wide * (x.astype(np.float64) - mean)).sum(pixels)])
    found = jax.jit(_native_statistics.channel_sums)(g, x, mean)
    terms = np.stack([abs(wide).sum(pixels), abs(wide * (x - mean)).sum(pixels)])
    assert (abs(found - expected) <= 1e-5 * terms + 1e-6).all()


@needs_kernels
def test_what_is_not_finite_stays_in_its_channel(kind):
    x = draw((2, 50, 50, 24))
    x[0, 3, 4, 5], x[1, 0, 0, 7] = np.nan, np.inf
    found = np.asarray(jax.jit(_native_statistics.moments)(x))
    assert set(np.flatnonzero(~np.isfinite(found).all(0))) == {5, 7}


_BITS = """
import numpy as np, jax
from tests.jaxcnn.functional.lowering import test_native_statistics as t
for shape in t.SHAPES:
    x = t.draw(shape)
    print(np.asarray(jax.jit(t._native_statistics.moments)(x)).tobytes().hex()[:400])
    print(np.asarray(jax.jit(t._native_statistics.channel_sums)(x, x, x[(0,) * (x.ndim - 1)])).tobytes().hex()[:400])
"""


@needs_kernels
def test_one_two_and_four_threads_give_the_same_bits():
    assert len({in_a_process(_BITS, NPROC=str(threads)) for threads in (1, 2, 4)}) == 1


# --- where the rules take them, and what they are under transformations

X, SCALE, BIAS = draw((2, 12, 12, 16), mean=1.0), draw((16,), 1), draw((16,), 2)


def normalise(x, scale, bias):
    return batch_norm(x, scale, bias, 1e-5)


def loss(x, scale=SCALE, bias=BIAS):
    y, mean, variance = normalise(x, scale, bias)
    return (jnp.sin(y) ** 2).sum() + (mean**2 * variance).sum()


@needs_kernels
def test_a_step_asks_once_for_each_sum():
    text = program_of(jax.grad(loss), X)
    assert text.count(f"@{MOMENTS}(") == 1
    assert text.count(f"@{CHANNEL_SUMS}(") == 1


def transformed():
    return {
        "value": normalise,
        "jvp": lambda *a: jax.jvp(normalise, a, tuple(map(jnp.cos, a))),
        "gradients": jax.grad(loss, (0, 1, 2)),
        "vmap": lambda x, s, b: jax.vmap(jax.grad(loss), (1, None, None))(x[:, :, None], s, b),
        "vmap of scales": lambda x, s, b: jax.vmap(normalise, (None, 0, None))(
            x, jnp.stack([s, 2 * s]), b
        ),
        "gradient of a gradient": jax.grad(lambda *a: (jax.grad(loss)(*a) ** 2).sum(), (0, 1)),
        "forward over reverse": lambda *a: jax.jvp(jax.grad(loss, (0, 1, 2)), a, a),
        "hessian": lambda x, s, b: jax.hessian(lambda s: loss(x, s, b))(s),
        "remat": jax.grad(jax.checkpoint(loss)),
    }


@pytest.mark.parametrize("name", transformed())
def test_every_transformation_equals_jaxs_own_operations(name, monkeypatch):
    arrays = X, SCALE, BIAS
    found = jax.jit(transformed()[name])(*arrays)
    for new, plain in (
        ("moments", _xla.moments), ("channel_sums", _xla.channel_sums), ("channel_spread", _xla.channel_spread),
    ):  # fmt: skip
        monkeypatch.setattr(_lowering, new, plain)
    jax.clear_caches()
    expected = jax.jit(lambda *a: transformed()[name](*a))(*arrays)
    jax.clear_caches()
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        scale = float(jnp.abs(other).max())
        np.testing.assert_allclose(one / scale, other / scale, atol=2e-5)


def test_the_switch_other_types_and_few_channels_stay_pure(switched_off):
    step = jax.grad(loss)
    assert MOMENTS not in program_of(step, X)
    runtime.use_native_kernels(True)
    assert MOMENTS not in program_of(lambda x: normalise(x, 1.0, 0.0)[0], X[..., :3])
    assert MOMENTS not in program_of(lambda x: normalise(x, 1.0, 0.0)[0], X[:, :0])


@pytest.mark.parametrize("batch", ["2", "b"])
def test_what_is_exported_holds_no_call_of_this_process(batch):
    x = jax.ShapeDtypeStruct(jax.export.symbolic_shape(f"{batch}, 12, 12, 16"), jnp.float32)
    exported = jax.export.export(jax.jit(jax.grad(loss)))(x)
    assert "jaxcnn_" not in exported.mlir_module()
    np.testing.assert_allclose(exported.call(X), jax.grad(loss)(X), rtol=1e-3, atol=1e-4)


@needs_kernels
def test_inside_shard_map_each_device_has_its_own():
    program = """
    import jax, numpy as np, jax.numpy as jnp
    from jax.sharding import NamedSharding, PartitionSpec as P
    from jaxcnn.functional._batch_norm import batch_norm
    mesh = jax.make_mesh((2,), ("batch",))
    x = np.random.default_rng(0).normal(size=(4, 20, 20, 32)).astype(np.float32)
    scale, bias = np.ones(32, np.float32), np.zeros(32, np.float32)
    def step(x, scale):
        y = lambda x, scale: (jnp.sin(batch_norm(x, scale, bias, 1e-5)[0]) ** 2).sum()
        return jax.grad(y, (0, 1))(x, scale)
    mapped = jax.jit(jax.shard_map(step, mesh=mesh, in_specs=(P("batch"), P()), out_specs=(P("batch"), P())))
    spread = jax.device_put(x, NamedSharding(mesh, P("batch")))
    text = mapped.lower(spread, scale).as_text()
    print("jaxcnn_moments" in text, "jaxcnn_channel_sums" in text)
    dx, dscale = mapped(spread, scale)
    one, other = step(x[:2], scale), step(x[2:], scale)
    print(np.allclose(dx, np.concatenate([one[0], other[0]]), atol=1e-5))
    print(np.allclose(dscale, one[1] + other[1], atol=1e-3))
    """
    flags = "--xla_force_host_platform_device_count=2"
    assert in_a_process(program, XLA_FLAGS=flags).split() == ["True"] * 4


# --- a wrong call is an error


def call(target=MOMENTS, sums=(2, 16), scratch=4096, operands=(X,)):
    results = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in (sums, (scratch,))]
    return jax.block_until_ready(
        jax.jit(lambda *a: jax.ffi.ffi_call(target, results)(*a))(*operands)
    )


WRONG = {
    "results of another size": {"sums": (3, 16)},
    "too little scratch memory": {"scratch": 8},
    "an empty or too large array": {"operands": (X[:0],)},
    "arrays of other sizes": {"target": CHANNEL_SUMS, "operands": (X[:1], X, BIAS)},
    "arrays of other sizes ": {"target": CHANNEL_SUMS, "operands": (X, X, BIAS[:3])},
}


@needs_kernels
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_call_is_an_error(what):
    assert call()[0].shape == (2, 16)
    with pytest.raises(jax.errors.JaxRuntimeError, match=what.strip()):
        call(**WRONG[what])
