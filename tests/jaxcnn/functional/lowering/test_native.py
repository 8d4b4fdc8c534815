"""The native kernels equal a sum over taps in NumPy, on every kind of processor that this one can play.

Without the library (no C++ compiler at installation) there is nothing to test here, but that
everything else works, which the other tests show.
"""

import random
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn.functional as F
from jaxcnn import runtime
from jaxcnn.functional._lowering import _native, _rules
from jaxcnn.functional._lowering._convolution import Case, Convolution
from jaxcnn.native import CONV, KERNEL_GRADIENT, _library, native

from .kernels import (
    arrays,
    assert_close,
    by_kernels,
    check_drawn,
    in_a_process,
    needs_kernels,
    program_of,
    pure,
    reference,
)

GROUPED = ((1, 1), (1, 1), (1, 2), (2, 1), (2, 2), (3, 4), (4, 4), (8, 8), (16, 16), (5, 7))
CHANNELS = (1, 2, 3, 4, 5, 8, 16, 17, 20, 31, 33, 50, 70)


def draw(rng):
    """A random convolution of any kind, and the shape of its input."""
    rank = rng.choice([1, 2, 2, 2, 3])
    groups = rng.choice([1, 1, 1, 2, 3, 4, 8, 16, 20])
    ins, outs = rng.choice(CHANNELS), rng.choice(CHANNELS)
    if groups > 1:
        ins, outs = rng.choice(GROUPED)
    kernel = tuple(rng.choice([1, 2, 3, 5, 7] if rank < 3 else [1, 2, 3]) for _ in range(rank))
    dilation = tuple(rng.choice([1, 1, 2]) for _ in range(rank))
    reach = [(k - 1) * d for k, d in zip(kernel, dilation, strict=True)]
    padding = tuple(
        rng.choice([(0, 0), (r // 2, r - r // 2), (r, r), (1, 0), (2, 3), (-1, 2), (1, -1)])
        for r in reach
    )
    strides = tuple(rng.choice([1, 1, 2, 3]) for _ in range(rank))
    spread = (
        tuple(rng.choice([1, 2, 3]) for _ in range(rank)) if rng.random() < 0.3 else (1,) * rank
    )
    if rng.random() < 0.7 and spread != (1,) * rank:
        strides = (1,) * rank
    size = tuple(rng.randint(3, {1: 60, 2: 15, 3: 7}[rank]) for _ in range(rank))
    if rank == 2 and rng.random() < 0.1:
        size = (40, 47)
    conv = Convolution(strides, padding, spread, dilation, groups)
    x = jax.ShapeDtypeStruct((rng.choice([1, 2, 5]), *size, ins * groups), jnp.float32)
    case = Case.of(conv, x, kernel, outs * groups)
    # A crop of a whole axis, or of more, is no convolution that XLA takes.
    cropped = any(n + low + high < 1 for n, (low, high) in zip(size, padding, strict=True))
    return draw(rng) if min(case.out_size) < 1 or cropped else (case, x.shape)


def check(seed, spoiled=False):
    return check_drawn(draw, seed, spoiled, _native)


@needs_kernels
def test_every_result_equals_the_sum_over_taps(kind):
    assert sum(check(seed) for seed in range(45)) > 80


@needs_kernels
def test_what_is_not_finite_is_so_where_the_sum_is(kind):
    for seed in range(1000, 1015):
        check(seed, spoiled=True)


@pytest.mark.many
@needs_kernels
@pytest.mark.parametrize("block", range(8))  # 3,200 cases
def test_every_result_of_many_cases_equals_the_sum_over_taps(kind, block):
    for seed in range(10_000 + 1000 * block, 10_000 + 1000 * block + 400):
        check(seed, spoiled=seed % 4 == 0)
    jax.clear_caches()


LARGE = (
    # (x, kernel, padding, stride, groups): maps of more than one block of rows, several slices
    ((3, 60, 50, 24), (3, 3, 24, 40), 1, 1, 1),
    ((2, 64, 64, 3), (7, 7, 3, 64), 3, 2, 1),
    ((2, 40, 40, 64), (3, 3, 1, 64), 1, 1, 64),
    ((2, 40, 40, 64), (3, 3, 4, 64), 1, 2, 16),
    ((2, 7, 7, 256), (3, 3, 256, 128), 1, 1, 1),
    ((4, 1500, 8), (9, 8, 70), 4, 1, 1),
    # more input channels than one part of a sum takes (AVX2), of several groups too
    ((2, 7, 7, 300), (3, 3, 300, 40), 1, 1, 1),
    ((2, 7, 7, 600), (3, 3, 300, 40), 1, 1, 2),
    # one tap: pixels fetched ahead, and so far apart that they are copied
    ((2, 30, 30, 48), (1, 1, 48, 96), 0, 1, 1),
    ((2, 9, 9, 1024), (1, 1, 1024, 72), 0, 1, 1),
    ((2, 9, 9, 512), (1, 1, 512, 1024), 1, 2, 1),
    # outputs that are written past the caches
    ((2, 190, 190, 16), (1, 1, 16, 64), 0, 1, 1),
)


def convolution(x, kernel, padding, stride, groups):
    return F.conv(x, kernel, strides=stride, padding=padding, feature_group_count=groups)


@needs_kernels
def test_large_maps_equal_the_sum_over_taps(kind):
    for x, kernel, padding, stride, groups in LARGE:
        rank = len(x) - 2
        conv = Convolution(
            (stride,) * rank, ((padding, padding),) * rank, (1,) * rank, (1,) * rank, groups
        )
        case = Case.of(conv, jax.ShapeDtypeStruct(x, jnp.float32), kernel[:-2], kernel[-1])
        operands = arrays(case, x)
        found = by_kernels(case, *operands)
        for one, expected in zip(found, reference(conv, *operands), strict=True):
            assert_close(one, expected, case)


@needs_kernels
@pytest.mark.parametrize(
    ("shape", "kernel", "options"),
    [
        ((8, 20, 24, 3), (9, 9), {"padding": 4}),
        ((20, 17, 19, 1), (7, 7), {"padding": 2, "strides": 2}),
        ((6, 90, 5), (41,), {"padding": 3, "kernel_dilation": 2}),
        ((4, 6, 9, 8, 4), (3, 4, 3), {}),
    ],
)
def test_few_channels_of_many_images_are_convolved_side_by_side(shape, kernel, options):
    x, weights = normal(*shape), normal(*kernel, 1, shape[-1], seed=1)

    def run(x, weights):
        return F.conv(x, weights, feature_group_count=shape[-1], **options)

    def step(x, weights):
        return jax.value_and_grad(lambda *a: (run(*a) ** 2).sum(), (0, 1))(x, weights)

    assert program_of(step, x, weights).count(f"@{KERNEL_GRADIENT}(") == 1
    found, expected = jax.jit(step)(x, weights), pure(step, x, weights)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        scale = float(jnp.abs(other).max())
        np.testing.assert_allclose(one / scale, other / scale, atol=2e-5)
    spoiled = np.array(x)
    spoiled[1] = np.nan
    assert np.isnan(jax.jit(run)(spoiled, weights)).any((*range(1, len(shape)),)).tolist() == [
        number == 1 for number in range(shape[0])
    ]


# --- the same bits whatever the number of threads

_BITS = """
import hashlib
import jax, numpy as np
from tests.jaxcnn.functional.lowering import test_native as t
digest = hashlib.sha256()
for x, kernel, padding, stride, groups in t.LARGE:
    rank = len(x) - 2
    conv = t.Convolution((stride,) * rank, ((padding, padding),) * rank, (1,) * rank, (1,) * rank, groups)
    case = t.Case.of(conv, jax.ShapeDtypeStruct(x, np.float32), kernel[:-2], kernel[-1])
    for found in t.by_kernels(case, *t.arrays(case, x)):
        digest.update(np.asarray(found).tobytes())
print(digest.hexdigest())
"""


@needs_kernels
def test_one_two_and_four_threads_give_the_same_bits():
    found = {in_a_process(_BITS, NPROC=str(threads)) for threads in (1, 2, 4)}
    assert len(found) == 1


@needs_kernels
def test_several_convolutions_at_once_and_from_several_threads_do_not_wait_for_ever():
    program = """
    import threading
    import jax, numpy as np
    import jaxcnn.functional as F
    x, kernel = np.ones((2, 24, 24, 32), np.float32), np.ones((3, 3, 32, 64), np.float32)
    run = jax.jit(lambda x, k: [F.conv(x + n, k, padding=1).sum() for n in range(8)])
    expected = [float(v) for v in run(x, kernel)]
    wrong = []
    def many():
        for _ in range(20):
            if [float(v) for v in run(x, kernel)] != expected:
                wrong.append(1)
    threads = [threading.Thread(target=many) for _ in range(6)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    print(len(wrong))
    """
    assert in_a_process(program, NPROC="2").strip() == "0"


# --- where the rules take it, and where not

SHAPES = ((2, 6, 6, 32), (3, 3, 32, 64))
X, KERNEL = jnp.ones(SHAPES[0]), jnp.ones(SHAPES[1])


def same(x, kernel):
    return F.conv(x, kernel, padding="same")


def loss(x, kernel):
    return (same(x, kernel) ** 2).sum()


@needs_kernels
def test_a_step_calls_the_kernels_for_the_output_and_both_gradients():
    text = program_of(jax.grad(loss, (0, 1)), X, KERNEL)
    assert text.count(f"@{CONV}(") == 2
    assert text.count(f"@{KERNEL_GRADIENT}(") == 1


@needs_kernels
def test_the_switch_reaches_what_has_been_compiled_already(switched_off):
    assert CONV not in program_of(same, X, KERNEL)
    runtime.use_native_kernels(True)
    assert CONV in program_of(same, X, KERNEL)
    assert runtime.native_kernels_in_use()


@needs_kernels
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_16_bits_are_widened_for_the_kernels_and_rounded_once(dtype):
    x, kernel = X.astype(dtype), KERNEL.astype(dtype)
    step = jax.value_and_grad(lambda x, k: same(x, k).astype(jnp.float32).sum(), (0, 1))
    assert program_of(step, x, kernel).count(f"@{CONV}(") == 2
    exact = jax.jit(same)(x.astype(jnp.float32), kernel.astype(jnp.float32))
    np.testing.assert_array_equal(jax.jit(same)(x, kernel), exact.astype(dtype))


@needs_kernels
def test_float64_and_the_rules_switched_off_stay_pure():
    with jax.enable_x64(True):
        assert CONV not in program_of(same, X.astype(jnp.float64), KERNEL.astype(jnp.float64))
    runtime.use_cpu_rules(False)
    try:
        assert CONV not in program_of(same, X, KERNEL)
    finally:
        runtime.use_cpu_rules(True)


def test_an_empty_batch_stays_pure():
    assert same(jnp.ones((0, 6, 6, 32)), KERNEL).shape == (0, 6, 6, 64)


@pytest.mark.parametrize("batch", ["2", "b"])
def test_what_is_exported_holds_no_call_of_this_process(batch):
    x = jax.ShapeDtypeStruct(jax.export.symbolic_shape(f"{batch}, 6, 6, 32"), jnp.float32)
    exported = jax.export.export(jax.jit(same))(x, KERNEL)
    assert CONV not in exported.mlir_module()
    again = jax.export.deserialize(exported.serialize())
    np.testing.assert_allclose(again.call(X, KERNEL), same(X, KERNEL), rtol=1e-5)


def normal(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def transformed():
    """Functions of an input and a kernel, by what is done to the convolution in them."""

    def scanned(x, kernel):
        return jax.lax.scan(
            lambda k, _: (k - 1e-3 * jax.grad(loss, 1)(x, k), None), kernel, None, 3
        )

    return {
        "vmap of the input": jax.vmap(same, (0, None)),
        "vmap of both": jax.vmap(same),
        "gradient of a gradient": jax.grad(
            lambda x, k: (jax.grad(loss, (0, 1))(x, k)[1] ** 2).sum(), (0, 1)
        ),
        "forward over reverse": lambda x, k: jax.jvp(jax.grad(loss, (0, 1)), (x, k), (x, k)),
        "remat": jax.grad(jax.checkpoint(loss), (0, 1)),
        "scan": scanned,
    }


@needs_kernels
@pytest.mark.parametrize("name", transformed())
def test_every_transformation_equals_the_pure_rules(name):
    function = transformed()[name]
    x, kernel = normal(2, 12, 12, 16), normal(3, 3, 16, 32, seed=1) / 12
    if name.startswith("vmap"):
        x = normal(3, 2, 12, 12, 16)
        kernel = normal(3, 3, 3, 16, 32, seed=1) / 12 if name.endswith("both") else kernel
    native_run = jax.jit(function).lower(x, kernel)
    assert "jaxcnn_conv" in native_run.as_text()
    found = native_run.compile()(x, kernel)
    expected = pure(function, x, kernel)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        scale = float(jnp.abs(other).max())
        np.testing.assert_allclose(one / scale, other / scale, atol=1e-5)


@needs_kernels
def test_a_donated_input_is_replaced():
    step = jax.jit(lambda x, k: x + same(x, k), donate_argnums=0)
    x, kernel = normal(2, 12, 12, 16), normal(3, 3, 16, 16, seed=1)
    expected = x + same(x, kernel)
    np.testing.assert_allclose(step(x, kernel), expected, rtol=1e-4, atol=1e-4)


@needs_kernels
def test_several_devices_are_pure_without_shard_map_and_native_within():
    program = """
    import jax, numpy as np, jax.numpy as jnp
    from jax.sharding import NamedSharding, PartitionSpec as P
    import jaxcnn.functional as F
    mesh = jax.make_mesh((2,), ("batch",))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 20, 20, 32)).astype(np.float32)
    kernel = rng.normal(size=(3, 3, 32, 64)).astype(np.float32)
    grads = jax.grad(lambda k, x: (F.conv(x, k, padding=1) ** 2).sum())
    expected = grads(kernel, x)
    spread = jax.device_put(x, NamedSharding(mesh, P("batch")))
    one = jax.jit(grads, in_shardings=(NamedSharding(mesh, P()), NamedSharding(mesh, P("batch"))))
    print("jaxcnn_conv" in one.lower(kernel, spread).as_text())
    inside = lambda k, x: jax.lax.psum(grads(k, x), "batch")
    mapped = jax.jit(jax.shard_map(inside, mesh=mesh, in_specs=(P(), P("batch")), out_specs=P(), check_vma=False))
    print("jaxcnn_conv" in mapped.lower(kernel, spread).as_text())
    for found in (one(kernel, spread), mapped(kernel, spread)):
        print(bool(np.abs(found - expected).max() < 1e-5 * np.abs(expected).max()))
    """
    flags = "--xla_force_host_platform_device_count=2"
    assert in_a_process(program, XLA_FLAGS=flags).split() == ["False", "True", "True", "True"]


# --- a wrong call is an error

SIZES = _native._sizes(
    Case.of(
        Convolution((1, 1), ((1, 1), (1, 1)), (1, 1), (1, 1), 1),
        jax.ShapeDtypeStruct(SHAPES[0], jnp.float32),
        (3, 3),
        64,
    )
)


def call(sizes=SIZES, scratch=100_000, x=X, kernel=KERNEL, out=(2, 6, 6, 64), target=CONV):
    results = [jax.ShapeDtypeStruct(s, jnp.float32) for s in (out, (scratch,))]
    run = jax.jit(
        lambda x, k: jax.ffi.ffi_call(target, results)(x, k, sizes=np.array(sizes, np.int64))[0]
    )
    return jax.block_until_ready(run(x, kernel))


def with_number(place, value):
    return (*SIZES[:place], value, *SIZES[place + 1 :])


WRONG = {
    "too little scratch memory": {"scratch": 16},
    "another count of sizes": {"sizes": SIZES[:-1]},
    "arrays of other sizes": {"x": X[:1]},
    "arrays of other sizes ": {"kernel": KERNEL[:2]},
    "an empty or negative size": {"sizes": with_number(0, 0)},
    "an empty or negative size ": {"sizes": with_number(5, -6)},
    "an output size that does not follow": {"sizes": with_number(8, 7)},
    "a step below 1": {"sizes": with_number(15, 0)},
    "a number beyond": {"sizes": with_number(6, 2**40)},
    "turned is neither 0 nor 1": {"sizes": with_number(28, 2)},
}


@needs_kernels
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_call_is_an_error(what):
    assert call().shape == (2, 6, 6, 64)
    with pytest.raises(jax.errors.JaxRuntimeError, match=what.strip()):
        call(**WRONG[what])


@needs_kernels
def test_more_taps_than_the_tables_hold_stay_pure():
    x, kernel = jnp.ones((1, 40, 40, 20)), jnp.ones((17, 17, 20, 8))
    assert CONV not in program_of(same, x, kernel)


# --- which kernels there are


def found_with(monkeypatch, setting=None):
    monkeypatch.delenv("JAXCNN_NATIVE", raising=False)
    if setting is not None:
        monkeypatch.setenv("JAXCNN_NATIVE", setting)
    return native.__wrapped__()


def test_the_environment_switches_the_kernels_off(monkeypatch):
    assert found_with(monkeypatch, "0") == replace(native(), kind=None, why="JAXCNN_NATIVE=0")


def test_an_unknown_setting_is_an_error_that_lists_the_others(monkeypatch):
    with pytest.raises(ValueError, match=r"one of 0, 1, avx512, avx2, base, not 'fast'"):
        found_with(monkeypatch, "fast")


@needs_kernels
def test_the_environment_chooses_a_kind(kind, monkeypatch):
    assert found_with(monkeypatch, kind).kind == kind


@needs_kernels
def test_a_library_that_cannot_be_loaded_is_one_warning_and_pure_rules(monkeypatch, tmp_path):
    broken = tmp_path / "libjaxcnn.so"
    broken.write_bytes(b"not a library")
    monkeypatch.setattr(_library, "_FILE", broken)
    monkeypatch.setattr(_library, "_loaded", _library._loaded.__wrapped__)
    with pytest.warns(RuntimeWarning, match="without its native kernels; libjaxcnn.so was refused"):
        found = found_with(monkeypatch)
    assert found.kind is None


@needs_kernels
def test_an_interface_that_jaxlib_refuses_is_one_warning_and_pure_rules(monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("API version 0.9 is not 0.3")

    monkeypatch.setattr(jax.ffi, "register_ffi_target", refuse)
    with pytest.warns(RuntimeWarning, match=r"API version 0\.9 is not 0\.3 \(install jaxcnn again"):
        assert found_with(monkeypatch).kind is None


def test_without_the_library_the_reason_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(_library, "_FILE", tmp_path / "libjaxcnn.so")
    found = found_with(monkeypatch)
    assert found.kind is None
    assert "no C++ compiler" in found.why


def test_a_clone_without_a_library_says_how_to_make_one(monkeypatch, tmp_path):
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(_library, "_FILE", tmp_path / "jaxcnn/native/libjaxcnn.so")
    assert found_with(monkeypatch).why.endswith("python jaxcnn/native/_compile.py does so")


def test_the_input_gradients_rules_are_a_table_of_their_own():
    case, _ = draw(random.Random(0))
    assert all(isinstance(rule.applies(case), bool) for rule in _rules.INPUT_GRADIENT)
