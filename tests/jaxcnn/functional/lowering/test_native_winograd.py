"""Minimal filtering equals the sum over taps too, lets no pixel reach an output that does not see it, and gives
way to the plain kernels where it may not round or would spread what is not finite."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxcnn.functional as F
from jaxcnn.functional._lowering import _native, _native_winograd
from jaxcnn.functional._lowering._convolution import Case, Convolution
from jaxcnn.native import CONV, KERNEL_GRADIENT, WINOGRAD, WINOGRAD_KERNEL_GRADIENT

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


def plane(padding):
    return Convolution((1, 1), padding, (1, 1), (1, 1), 1)


# One filter, two, four; as many taps as there are bits for
KERNELS = ((3, 3), (3, 3), (3, 3), (2, 2), (2, 3), (4, 3), (5, 5), (3, 7), (6, 2))


def draw(rng):
    """A random convolution that it takes, and the shape of its input."""
    rank = rng.choice([2, 2, 3])
    size = tuple(rng.randint(4, 7 if rank == 3 else 15) for _ in range(rank))
    padding = tuple(rng.choice([(0, 0), (1, 1), (2, 2), (1, 0), (2, 3), (-1, 2)]) for _ in size)
    ones = (1,) * (rank - 2)
    kernel = (*(rng.choice([1, 2, 3]) for _ in ones), *rng.choice(KERNELS))
    conv = Convolution(
        (*(rng.choice([1, 2]) for _ in ones), 1, 1),
        padding,
        (1,) * rank,
        tuple(rng.choice([1, 1, 2, 3]) for _ in range(rank)),
        rng.choice([1, 1, 1, 2, 3]),
    )
    ins, outs = rng.choice([1, 3, 16, 17, 33, 40]), rng.choice([1, 5, 16, 31, 33, 70])
    x = jax.ShapeDtypeStruct((rng.choice([1, 2, 5]), *size, ins * conv.groups), jnp.float32)
    case = Case.of(conv, x, kernel, outs * conv.groups)
    return (case, x.shape) if min(case.out_size) > 0 else draw(rng)


def check(seed, spoiled=False):
    return check_drawn(draw, seed, spoiled, _native_winograd)


@needs_kernels
def test_every_result_equals_the_sum_over_taps(kind):
    assert sum(check(seed) for seed in range(40)) > 100


@needs_kernels
def test_what_is_not_finite_is_so_where_the_sum_is(kind):
    for seed in range(1000, 1015):
        check(seed, spoiled=True)


@pytest.mark.many
@needs_kernels
@pytest.mark.parametrize("block", range(2))
def test_every_result_of_many_cases_equals_the_sum_over_taps(kind, block):
    for seed in range(10_000 + 1000 * block, 10_000 + 1000 * block + 400):
        check(seed, spoiled=seed % 4 == 0)
    jax.clear_caches()


LARGE = (
    # (x, kernel, padding): several stretches and slices; tiles outweigh the kernel, or it them
    ((3, 60, 51, 24), (3, 3, 24, 40), 1),
    ((2, 40, 40, 64), (3, 3, 64, 64), 1),
    ((2, 9, 9, 300), (3, 3, 300, 200), 1),
    ((9, 14, 14, 600), (3, 3, 600, 130), 0),
    ((2, 6, 20, 20, 32), (3, 3, 3, 32, 24), 1),
    ((3, 30, 30, 20), (5, 5, 20, 50), 2),
    ((2, 9, 9, 40), (7, 7, 40, 90), 3),
    ((1, 20, 21, 33), (8, 8, 33, 70), 4),
    # an output that is written past the caches
    ((2, 190, 190, 16), (3, 3, 16, 64), 1),
)


def large(x, kernel, padding):
    rank = len(x) - 2
    ones = (1,) * rank
    conv = Convolution(ones, ((padding, padding),) * rank, ones, ones, 1)
    return Case.of(conv, jax.ShapeDtypeStruct(x, jnp.float32), kernel[:-2], kernel[-1])


@needs_kernels
def test_large_maps_equal_the_sum_over_taps(kind):
    for x, kernel, padding in LARGE:
        case = large(x, kernel, padding)
        operands = arrays(case, x)
        found = by_kernels(case, *operands, way=_native_winograd)
        for one, expected in zip(found, reference(case.conv, *operands), strict=True):
            assert_close(one, expected, case)


_BITS = """
import hashlib
import numpy as np
from tests.jaxcnn.functional.lowering import test_native_winograd as t
digest = hashlib.sha256()
for x, kernel, padding in t.LARGE:
    case = t.large(x, kernel, padding)
    for found in t.by_kernels(case, *t.arrays(case, x), way=t._native_winograd):
        digest.update(np.asarray(found).tobytes())
print(digest.hexdigest())
"""


@needs_kernels
def test_one_two_and_four_threads_give_the_same_bits():
    found = {in_a_process(_BITS, NPROC=str(threads)) for threads in (1, 2, 4)}
    assert len(found) == 1


@needs_kernels
@pytest.mark.parametrize("size", [(3, 3), (2, 5)])
def test_no_pixel_reaches_an_output_that_does_not_see_it(kind, size):
    conv = plane(((1, 1), (1, 1)))
    case = Case.of(conv, jax.ShapeDtypeStruct((1, 9, 9, 16), jnp.float32), size, 32)
    x, kernel, g = arrays(case, (1, 9, 9, 16))
    back = conv.of_input_gradient((9, 9), size)
    forward = jax.jit(lambda x: _native_winograd.forward(conv, x, kernel))
    backward = jax.jit(lambda g: _native_winograd.input_gradient(back, g, kernel, (9, 9)))
    ones = jnp.ones((*size, 1, 1))  # whose output tells how many pixels it sees
    sees = jax.jit(lambda x: F.conv(x, ones, padding=1))
    _, seen_by = jax.vjp(sees, jnp.zeros((1, 9, 9, 1)))
    for function, operand, reach in (
        (forward, x, sees),
        (backward, g, lambda g: seen_by(g)[0]),
    ):
        before = np.asarray(function(operand))
        for row, column in np.ndindex(operand.shape[1:3]):
            changed, mark = operand.copy(), np.zeros((1, *operand.shape[1:3], 1), np.float32)
            changed[0, row, column], mark[0, row, column] = 1e20, 1
            differs = (np.asarray(function(changed)) != before).any(-1)
            np.testing.assert_array_equal(differs, np.asarray(reach(mark))[..., 0] > 0)


@needs_kernels
@pytest.mark.parametrize("rows", [1, 3])
def test_pixels_below_taps_that_are_all_zero_are_not_seen(kind, rows):
    """As in a masked kernel, whose outputs must not depend on the pixels that come after."""
    x, kernel, _ = arrays(large((2, 12, 12, 16), (3, 3, 16, 40), 1), (2, 12, 12, 16))
    kernel[rows - 1, 2] = 0
    conv = plane(((1, 1), (1, 1)))
    run = jax.jit(lambda x: _native_winograd.forward(conv, x, kernel))
    plain = jax.jit(lambda x: _native.forward(conv, x, kernel))
    np.testing.assert_array_equal(run(x), plain(x))


@needs_kernels
@pytest.mark.parametrize("size", [3, 5])
def test_errors_are_those_of_plain_sums(kind, size):
    """No larger for outputs and their transpose, whose sums at the points are several times shorter than those over
    taps; below twice for the gradient of a kernel, whose sums are as long."""
    shape, kernel = (2, 14, 14, 256), (size, size, 256, 64)
    case = large(shape, kernel, size // 2)
    operands = arrays(case, shape)
    expected = reference(case.conv, *operands)
    filtered, plain = (
        [
            np.sqrt(np.mean((np.asarray(one, np.float64) - other) ** 2)) / np.abs(other).max()
            for one, other in zip(by_kernels(case, *operands, way=way), expected, strict=True)
        ]
        for way in (_native_winograd, _native)
    )
    assert max(filtered) < 2e-7
    for one, other, most in zip(filtered, plain, (1.0, 1.0, 2.5), strict=True):
        assert one < most * other


X, KERNEL = jnp.ones((8, 12, 12, 32)), jnp.ones((3, 3, 32, 64))


def same(x, kernel, **options):
    return F.conv(x, kernel, padding="same", **options)


def step(x, kernel, **options):
    return jax.grad(lambda *a: (same(*a, **options) ** 2).sum(), (0, 1))(x, kernel)


def targets(function, *operands):
    """How often a program calls minimal filtering, and how often the plain kernels."""
    text = program_of(function, *operands)
    return [
        text.count(f"@{a}(") + text.count(f"@{b}(")
        for a, b in ((WINOGRAD, WINOGRAD_KERNEL_GRADIENT), (CONV, KERNEL_GRADIENT))
    ]


@needs_kernels
def test_a_step_filters_the_output_and_both_gradients():
    assert targets(step, X, KERNEL) == [3, 0]
    small = X[:1, :4, :4]
    assert targets(step, small, KERNEL) == [0, 3]
    for options in ({"kernel_dilation": 5}, {"kernel_dilation": 13}):  # tiles beyond the map
        assert targets(lambda *a, options=options: step(*a, **options), X, KERNEL) == [0, 3]
    strided = targets(lambda x, k: same(x, k, strides=2), X, KERNEL)
    assert strided == [0, 1]
    options = {"kernel_dilation": 2, "feature_group_count": 2}
    assert targets(lambda *a: step(*a, **options), X, KERNEL[:, :, :16]) == [0, 3]
    wide = jnp.ones((8, 12, 12, 64))
    assert targets(lambda *a: step(*a, **options), wide, KERNEL) == [3, 0]


@needs_kernels
@pytest.mark.parametrize("precision", ["highest", "high", "float32", jax.lax.Precision.HIGHEST])
def test_who_asks_for_more_than_the_default_precision_gets_the_plain_kernels(precision):
    assert targets(lambda *a: step(*a, precision=precision), X, KERNEL) == [0, 3]
    assert targets(lambda *a: step(*a, precision=(precision, None)), X, KERNEL) == [0, 3]


@needs_kernels
def test_jaxs_setting_for_all_products_is_heard():
    with jax.default_matmul_precision("highest"):
        assert targets(step, X, KERNEL) == [0, 3]
        exact = same(X / 3, KERNEL / 7)
        assert targets(lambda *a: step(*a, precision="default"), X, KERNEL) == [3, 0]
    with jax.default_matmul_precision("BF16_BF16_F32"):
        assert targets(step, X, KERNEL) == [0, 3]
    assert targets(step, X, KERNEL) == [3, 0]
    plain = jax.jit(lambda x, k: _native.forward(plane(((1, 1), (1, 1))), x, k))
    np.testing.assert_array_equal(exact, plain(X / 3, KERNEL / 7))


@needs_kernels
def test_derivatives_of_derivatives_equal_the_pure_rules():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 12, 12, 16)).astype(np.float32)
    kernel = rng.normal(size=(3, 3, 16, 32)).astype(np.float32) / 12

    def twice(x, kernel):
        return jax.grad(lambda *a: (step(*a)[1] ** 2).sum(), (0, 1))(x, kernel)

    assert targets(twice, x, kernel)[0] > 4
    found, expected = jax.jit(twice)(x, kernel), pure(twice, x, kernel)
    for one, other in zip(found, expected, strict=True):
        scale = float(jnp.abs(other).max())
        np.testing.assert_allclose(one / scale, other / scale, atol=1e-5)


WRONG = {
    "too little scratch memory": {"scratch": 16},
    "too little scratch memory ": {"scratch": 16, "target": WINOGRAD_KERNEL_GRADIENT},
    "a kernel without several taps along two axes, steps beyond the map, or strides": {"stride": 2},
    "strides that are not 1": {"stride": 2, "target": WINOGRAD_KERNEL_GRADIENT},
}


@needs_kernels
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_call_is_an_error(what):
    asked = {"target": WINOGRAD, "stride": 1, "scratch": 10_000_000, **WRONG[what]}
    conv = Convolution((asked["stride"],) * 2, ((1, 1), (1, 1)), (1, 1), (1, 1), 1)
    case = Case.of(conv, X, (3, 3), 64)
    y = jnp.ones((8, *case.out_size, 64))
    operands, result = ((X, KERNEL), y) if asked["target"] == WINOGRAD else ((X, y), KERNEL)
    results = [jax.ShapeDtypeStruct(s, jnp.float32) for s in (result.shape, (asked["scratch"],))]
    sizes = np.array(_native._sizes(case), np.int64)
    call = jax.jit(lambda a, b: jax.ffi.ffi_call(asked["target"], results)(a, b, sizes=sizes)[0])
    with pytest.raises(jax.errors.JaxRuntimeError, match=what.strip()):
        jax.block_until_ready(call(*operands))
