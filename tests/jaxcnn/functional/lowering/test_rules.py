"""What a CPU computes its own way equals what XLA computes."""

import importlib.util
import random
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn.functional as F
from jaxcnn import runtime
from jaxcnn.functional._lowering import _rules, _xla
from jaxcnn.functional._lowering._convolution import Case, Convolution, turned
from jaxcnn.functional._lowering._windows import Pool

CHANNELS = (1, 2, 3, 4, 8, 16, 17, 20, 24, 50)
# The native kernels, which not every machine has, are tested beside (test_native.py).
NATIVE = {"native kernel", "native minimal filtering", "images side by side"}
FORWARD = {rule.name: rule for rule in _rules.FORWARD if rule.name not in NATIVE}
KERNEL = {rule.name: rule for rule in _rules.KERNEL_GRADIENT if rule.name not in NATIVE}
POOL_RULES = [
    rule
    for table in (
        _rules.MAXIMUM,
        _rules.SELECT_AND_GATHER,
        _rules.SELECT_AND_SCATTER,
        _rules.TOTAL,
        _rules.TOTAL_BACK,
    )
    for rule in table
]


def pick_axis(rng, kernel, dilation):
    """Padding of one axis, sometimes more than the kernel, sometimes cropping."""
    reach = (kernel - 1) * dilation
    return rng.choice([(0, 0), (reach // 2, reach - reach // 2), (reach, reach), (1, 0), (2, 3)])


def draw_case(rng):
    """A random convolution with its arrays' shapes."""
    rank = rng.choice([1, 2, 2, 2, 3])
    groups = rng.choice([1, 1, 1, 2, 3, 4, 8, 32])
    ins, outs = rng.choice(CHANNELS), rng.choice(CHANNELS)
    if groups > 1:
        ins, outs = min(ins, 8), min(outs, 8)
        if rng.random() < 0.5:
            ins, outs = rng.choice([(1, 1), (1, 2), (2, 1), (1, 4), (3, 1)])
    pointwise = rng.random() < 0.2
    kernel = tuple(1 if pointwise else rng.choice([1, 2, 3, 5, 7]) for _ in range(rank))
    dilation = tuple(rng.choice([1, 1, 2]) for _ in range(rank))
    conv = Convolution(
        tuple(rng.choice([1, 1, 2, 3]) for _ in range(rank)),
        tuple(
            (0, 0) if pointwise else pick_axis(rng, k, d)
            for k, d in zip(kernel, dilation, strict=True)
        ),
        tuple(rng.choice([1, 1, 1, 2]) for _ in range(rank)),
        dilation,
        groups,
    )
    if rng.random() < 0.4:
        ones = (1,) * rank
        conv = Convolution(ones, conv.padding, ones, conv.kernel_dilation, groups)
    if rng.random() < 0.2:
        ones = (1,) * rank
        conv = Convolution(ones, conv.padding, (2,) * rank, ones, groups)
    most = {1: 40, 2: 14, 3: 7}[rank]
    size = tuple(rng.randint(3, most) for _ in range(rank))
    if rank == 2 and rng.random() < 0.2:
        size = (61, 53)  # more positions than a block
    x = jax.ShapeDtypeStruct((rng.choice([1, 2, 5]), *size, ins * groups), jnp.float32)
    return Case.of(conv, x, kernel, outs * groups), x.shape


def cases(rule, count, seed=0):
    """Random cases that the rule applies to."""
    rng, found = random.Random(f"{rule.name} {seed}"), []
    for _ in range(100_000):
        case, shape = draw_case(rng)
        if min(case.out_size) >= 1 and rule.applies(case):
            found.append((case, shape))
            if len(found) == count:
                return found
    raise AssertionError(f"only {len(found)} cases for {rule.name}")


def normal(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def assert_equal(found, expected):
    """Equal to 1e-5 of the largest value: the rounding of sums in another order."""
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    scale = max(float(jnp.abs(expected).max()), 1e-6)
    np.testing.assert_allclose(np.asarray(found) / scale, np.asarray(expected) / scale, atol=1e-5)


def check_forward(rule, case, shape):
    conv, features = case.conv, case.outs * case.conv.groups
    x, kernel = normal(*shape), normal(*case.kernel_size, case.ins, features, seed=1)
    both = jax.jit(lambda x, k: (rule.compute(conv, x, k), _xla.forward(conv, x, k)))
    assert_equal(*both(x, kernel))


def check_kernel_gradient(rule, case, shape):
    conv, size = case.conv, case.kernel_size
    x, g = normal(*shape), normal(shape[0], *case.out_size, case.outs * conv.groups, seed=1)
    both = jax.jit(
        lambda x, g: (rule.compute(conv, x, g, size), _xla.kernel_gradient(conv, x, g, size))
    )
    assert_equal(*both(x, g))


@pytest.mark.parametrize("name", FORWARD)
def test_a_forward_rule_equals_xla(name):
    for case, shape in cases(FORWARD[name], 6):
        check_forward(FORWARD[name], case, shape)


@pytest.mark.parametrize("name", KERNEL)
def test_a_kernel_gradient_rule_equals_xla(name):
    for case, shape in cases(KERNEL[name], 6):
        check_kernel_gradient(KERNEL[name], case, shape)


@pytest.mark.many
@pytest.mark.parametrize("name", FORWARD)
def test_a_forward_rule_equals_xla_on_many_cases(name):
    for case, shape in cases(FORWARD[name], 30, seed=1):
        check_forward(FORWARD[name], case, shape)
    jax.clear_caches()


@pytest.mark.many
@pytest.mark.parametrize("name", KERNEL)
def test_a_kernel_gradient_rule_equals_xla_on_many_cases(name):
    for case, shape in cases(KERNEL[name], 30, seed=1):
        check_kernel_gradient(KERNEL[name], case, shape)
    jax.clear_caches()


def random_cases(count, seed):
    rng, found = random.Random(seed), []
    while len(found) < count:
        case, shape = draw_case(rng)
        if min(case.out_size) >= 1:
            found.append((case, shape))
    return found


def check_gradients(case, shape):
    """Both gradients as a CPU gets them, whatever rules they fall under."""
    conv, size = case.conv, case.kernel_size
    x, kernel = normal(*shape), normal(*size, case.ins, case.outs * conv.groups, seed=1)
    g = normal(shape[0], *case.out_size, case.outs * conv.groups, seed=2)

    @jax.jit
    def both(x, kernel, g):
        y, pull_back = jax.vjp(lambda x, k: _xla.forward(conv, x, k), x, kernel)
        ours = (
            _rules.forward(conv, x, kernel),
            _rules.input_gradient(conv, g, kernel, shape[1:-1]),
            _rules.kernel_gradient(conv, x, g, size),
        )
        return ours, (y, *pull_back(g))

    for found, expected in zip(*both(x, kernel, g), strict=True):
        assert_equal(found, expected)


@pytest.mark.parametrize("native", [True, False])
def test_the_chosen_algorithms_equal_xla(native, request):
    if not native:
        request.getfixturevalue("without_native")
    for case, shape in random_cases(10, seed=3):
        check_gradients(case, shape)


@pytest.mark.many
def test_the_chosen_algorithms_equal_xla_on_many_cases():
    for case, shape in random_cases(80, seed=4):
        check_gradients(case, shape)
    jax.clear_caches()


def draw_pool(rng, dilated=False):
    rank = rng.choice([1, 2, 2, 3])
    window = tuple(rng.randint(1, 3) for _ in range(rank))
    dilation = tuple(rng.choice([1, 2]) if dilated else 1 for _ in range(rank))
    strides = window if rng.random() < 0.3 else tuple(rng.randint(1, 4) for _ in range(rank))
    padding = tuple((rng.randint(0, k - 1), rng.randint(0, k - 1)) for k in window)
    if rng.random() < 0.3:
        padding = ((0, 0),) * rank
    size = tuple(rng.randint(6, 9) for _ in range(rank))
    return Pool(window, strides, padding, dilation), (2, *size, 3)


@pytest.mark.parametrize("seed", range(8))
def test_max_pooling_and_its_derivatives_equal_xla(seed):
    pool, shape = draw_pool(random.Random(seed))
    x, t = normal(*shape), normal(*shape, seed=1)
    g = normal(shape[0], *pool.output_size(shape[1:-1]), shape[-1], seed=2)
    windows = pool[:3]
    ours = jax.jit(
        lambda x, t, g: (
            _rules.maximum(pool, x), _rules.select_and_gather(pool, t, x), _rules.select_and_scatter(pool, g, x),
        )
    )(x, t, g)  # fmt: skip
    theirs = jax.jit(
        lambda x, t, g: (
            _xla.reduce_max(x, *windows), _xla.select_and_gather(t, x, *windows),
            _xla.select_and_scatter(g, x, *windows),
        )
    )(x, t, g)  # fmt: skip
    for found, expected in zip(ours, theirs, strict=True):
        assert_equal(found, expected)


@pytest.mark.parametrize("seed", range(8))
def test_sums_of_windows_and_their_transpose_equal_xla(seed):
    pool, shape = draw_pool(random.Random(seed), dilated=True)
    x, size = normal(*shape), shape[1:-1]
    g = normal(shape[0], *pool.output_size(size), shape[-1], seed=2)
    ours = jax.jit(lambda x, g: (_rules.total(pool, x, 3), _rules.total_back(pool, g, size)))(x, g)
    theirs = jax.jit(
        lambda x, g: (_xla.reduce_sum(x, *pool) / 3, _xla.reduce_sum_back(g, size, *pool))
    )(x, g)
    for found, expected in zip(ours, theirs, strict=True):
        assert_equal(found, expected)


def test_turning_a_kernel_twice_gives_it_back():
    kernel = normal(3, 2, 2, 12)
    np.testing.assert_array_equal(turned(turned(kernel, 3), 3), kernel)


def test_the_first_of_equal_pixels_gets_the_gradient():
    x = jnp.zeros((1, 3, 3, 1))
    g = jax.grad(lambda x: F.max_pool(x, (2, 2), 1).sum())(x)[0, :, :, 0]
    np.testing.assert_array_equal(g, [[1, 1, 0], [1, 1, 0], [0, 0, 0]])


def benchmark_rows():
    path = Path(__file__).parents[4] / "benchmarks" / "ops.py"
    spec = importlib.util.spec_from_file_location("benchmark_ops", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return [row.name for row in (*module.ROWS, *module.MORE_ROWS)]


def test_every_rule_names_the_benchmark_that_earns_it():
    rows = benchmark_rows()
    for rule in (
        *_rules.FORWARD,
        *_rules.INPUT_GRADIENT,
        *_rules.KERNEL_GRADIENT,
        *POOL_RULES,
        *_rules.MOMENTS,
        *_rules.CHANNEL_SUMS,
    ):
        assert any(row.startswith(rule.earned_by) for row in rows), rule


@pytest.fixture
def without_rules():
    runtime.use_cpu_rules(False)
    yield
    runtime.use_cpu_rules(True)


def program(function, *arrays):
    return jax.jit(function).lower(*arrays).as_text()


DEPTHWISE = (jnp.ones((1, 6, 6, 8)), jnp.ones((3, 3, 1, 8)))


def depthwise(x, kernel):
    return F.depthwise_conv(x, kernel)


def test_the_switch_gives_xlas_own_operation_back(without_rules):
    assert "stablehlo.convolution" in program(depthwise, *DEPTHWISE)
    runtime.use_cpu_rules(True)
    assert "stablehlo.convolution" not in program(depthwise, *DEPTHWISE)


@pytest.fixture
def without_native():
    runtime.use_native_kernels(False)
    yield
    runtime.use_native_kernels(True)


@pytest.mark.parametrize(("length", "padded"), [(8, True), (9, False)])
def test_a_map_is_padded_beforehand_where_the_kernel_is_longer(without_native, length, padded):
    text = program(
        lambda x, kernel: F.conv(x, kernel, padding="same"),
        jnp.ones((1, length, 8)),
        jnp.ones((9, 8, 8)),
    )
    assert ("stablehlo.pad" in text) == padded


def test_the_switch_reaches_what_has_been_compiled_already():
    compiled = jax.jit(depthwise)
    before = compiled(*DEPTHWISE)
    runtime.use_cpu_rules(False)
    try:
        assert "stablehlo.convolution" in compiled.lower(*DEPTHWISE).as_text()
        np.testing.assert_allclose(compiled(*DEPTHWISE), before, rtol=1e-6)
    finally:
        runtime.use_cpu_rules(True)


@pytest.mark.parametrize("platform", ["cuda", "tpu"])
def test_other_platforms_get_xlas_own_operations(platform):
    def loss(x, kernel):
        return F.max_pool(F.avg_pool(depthwise(x, kernel), 3, 2), 2, 1).sum()

    exported = jax.export.export(jax.jit(jax.grad(loss, (0, 1))), platforms=[platform])(*DEPTHWISE)
    module = exported.mlir_module()
    for operation in ("convolution", "select_and_scatter", "reduce_window"):
        assert f"stablehlo.{operation}" in module
    groups = module.count("feature_group_count = 8") + module.count("batch_group_count = 8")
    assert groups == module.count("stablehlo.convolution(")
