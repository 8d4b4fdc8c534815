"""Every wrong call raises ValueError with the argument, its value and the rule, traced or not."""

import jax
import numpy as np
import pytest

import jaxcnn.functional as F

from .helpers import quick_jit

X = np.ones((2, 6, 5, 4), np.float32)
K = np.ones((3, 3, 4, 8), np.float32)
GROUPED = np.ones((3, 3, 2, 6), np.float32)

# name of the function, arguments (the first is traced), options, parts of the message
WRONG_CALLS = [
    ("conv", (X[0, 0], K), {}, ("x has shape (5, 4)", "at least 3 axes")),
    ("conv", (X, K[0, 0]), {}, ("kernel has shape (4, 8)", "1 to 3 spatial axes")),
    ("conv", (X, np.ones((1, 1, 1, 1, 4, 8), np.float32)), {}, ("1 to 3 spatial axes",)),
    ("conv", (X[..., :3], K), {}, ("takes 4 channels", "x has 3 channels")),
    ("conv", (X, GROUPED), {"feature_group_count": 4}, ("(=4)", "output features", "(=6)")),
    ("conv", (X, GROUPED), {"feature_group_count": 3}, ("(=3)", "channels of x (=4)")),
    ("conv", (X, K), {"feature_group_count": 0}, ("feature_group_count (=0)", "at least 1")),
    ("conv", (X, K, K[0, 0, :, 0]), {}, ("bias has shape (4,)", "(8,)")),
    (
        "conv",
        (X, K),
        {"padding": "valid", "kernel_dilation": 3},
        ("larger than the map", "7 pixels"),
    ),
    ("conv", (X[:, :2], K), {"padding": "VALID"}, ("kernel (=(3, 3))", "axis 0", "2 + padding 0")),
    ("conv", (X, K[:0]), {}, ("kernel has shape (0, 3, 4, 8)", "at least 1")),
    ("conv", (X[:, :0], K), {}, ("x has shape (2, 0, 5, 4)", "at least 1")),
    ("conv", (X, K), {"padding": "some"}, ("'some'", "'valid', 'same', 'full', 'causal'")),
    ("conv", (X, K), {"padding": -1}, ("padding (=-1)", "at least 0")),
    ("conv", (X, K), {"padding": (1, 2, 3)}, ("padding (=(1, 2, 3))", "2 expected, 3 given")),
    ("conv", (X, K), {"padding": ((1, 2, 3), 1)}, ("padding[0] (=(1, 2, 3))", "(low, high)")),
    ("conv", (X, K), {"padding": 1.5}, ("padding (=1.5)", "an int")),
    ("conv", (X, K), {"padding": None}, ("padding (=None)", "'valid'")),
    (
        "conv",
        (X, K),
        {"padding_mode": "mirror"},
        ("'mirror'", "'reflect', 'symmetric', 'replicate'"),
    ),
    ("conv", (X, K), {"padding": 5, "padding_mode": "reflect"}, ("at most 4", "'reflect'")),
    ("conv", (X, K), {"padding": 6, "padding_mode": "symmetric"}, ("at most 5", "'symmetric'")),
    ("conv", (X, K), {"padding": 6, "padding_mode": "circular"}, ("at most 5", "'circular'")),
    ("conv", (X, K), {"strides": 0}, ("strides (=0)", "at least 1")),
    ("conv", (X, K), {"strides": (1, -1)}, ("strides[1] (=-1)", "at least 1")),
    ("conv", (X, K), {"strides": 1.0}, ("strides (=1.0)", "an int")),
    ("conv", (X, K), {"strides": True}, ("strides (=True)", "not a bool")),
    ("conv", (X, K), {"kernel_dilation": (1,)}, ("kernel_dilation (=(1,))", "2 expected")),
    ("conv", (X, K), {"input_dilation": 0}, ("input_dilation (=0)", "at least 1")),
    ("conv", (X.astype(int), K), {}, ("x has dtype int32", "floating")),
    ("conv", (X, K.astype(int)), {}, ("kernel has dtype int32", "floating")),
    ("conv", (X.astype("float16"), K), {}, ("x: float16, kernel: float32", "one dtype")),
    ("conv", (X, [[1.0]]), {}, ("kernel must be an array", "list")),
    ("depthwise_conv", (X, K), {}, ("kernel has shape (3, 3, 4, 8)", "channels * multiplier")),
    ("separable_conv", (X, K[:, :, :1], K), {}, ("pointwise_kernel has shape", "one pixel")),
    ("conv_transpose", (X, K), {"output_padding": 1}, ("output_padding (=(1, 1))", "below")),
    (
        "conv_transpose",
        (X, K),
        {"padding": 9},
        ("crops away the whole output", "-10 would be left"),
    ),
    ("conv_transpose", (X, K), {"padding": "half"}, ("'half'", "'valid', 'same'")),
    ("conv_transpose", (X, GROUPED), {"feature_group_count": 4}, ("(=4)", "(=6)")),
    ("conv_transpose", (X[..., :3], K), {}, ("x has 3 channels",)),
    ("max_pool", (X, 7), {}, ("window_shape (=(7, 7))", "larger than the map", "fewer poolings")),
    ("max_pool", (X, (2, 2, 2, 2)), {}, ("window_shape (=(2, 2, 2, 2))", "1 to 3")),
    ("max_pool", (X[0, 0], 2), {}, ("window_shape (=2)", "one value per spatial axis")),
    ("max_pool", (X, 0), {}, ("window_shape (=0)", "at least 1")),
    ("max_pool", (X, 2), {"padding": 2}, ("window 0", "sees only padding")),
    ("max_pool", (X, 2), {"strides": (1, 2, 3)}, ("strides (=(1, 2, 3))", "2 expected")),
    ("max_pool", (X.astype("uint8"), 2), {}, ("x has dtype uint8", "floating")),
    ("min_pool", (X, 7), {}, ("larger than the map",)),
    ("avg_pool", (X, 2), {"divisor_override": 0}, ("divisor_override (=0)", "at least 1")),
    ("avg_pool", (X, 3), {"kernel_dilation": 3}, ("dilated by 3", "spans 7 pixels")),
    ("lp_pool", (X, 0, 2), {}, ("norm_type (=0)", "positive")),
    ("lp_pool", (X, "2", 2), {}, ("norm_type (='2')", "positive")),
    ("max_unpool", (X, X, 2), {}, ("indices", "float32", "whole numbers")),
    ("max_unpool", (X, X[0].astype(int), 2), {}, ("indices has shape (6, 5, 4)",)),
    ("max_unpool", (X, X.astype(int), 2), {"padding": "same"}, ("give output_shape",)),
    ("max_unpool", (X, X.astype(int), 2), {"output_shape": 30}, ("(=(30, 30))", "(12, 10)")),
    ("max_unpool", (X, -X.astype(int), 2), {}, ("indices[0, 0, 0, 0] (=-1)", "from 0 to 119")),
    ("max_unpool", (X, 120 * X.astype(int), 2), {}, ("(=120)", "the output is (12, 10)")),
    ("max_unpool", (X, X.astype(int), 1, 1), {"padding": 3}, ("(=3)", "0 pixels would be left")),
    ("conv", (X.transpose(0, 3, 1, 2), K), {}, ("x has 5 channels", "jnp.moveaxis(x, 1, -1)")),
    ("adaptive_avg_pool", (X, (2**59, 2)), {}, ("output_size[0]", "at most 16777216")),
    ("adaptive_avg_pool", (X, 0), {}, ("output_size[0] (=0)", "at least 1")),
    ("adaptive_max_pool", (X, (2, 2, 2, 2)), {}, ("output_size (=(2, 2, 2, 2))",)),
    ("global_avg_pool", (X,), {"spatial_rank": 4}, ("spatial_rank (=4)", "1 to 3")),
    ("global_max_pool", (X[0, 0],), {}, ("spatial_rank (=None)", "(5, 4)")),
    ("global_avg_pool", (X[:, :0],), {}, ("x has shape (2, 0, 5, 4)",)),
    ("unfold", (X, 7), {}, ("window_shape (=(7, 7))", "larger than the map")),
    ("fold", (X, (9,)), {}, ("patches has shape (2, 6, 5, 4)", "has (5,)")),
    ("fold", (X, (9, 9)), {}, ("patches has shape", "(*batch, *out, *window_shape, channels)")),
    ("pad", (X, "same"), {}, ("padding (='same')", "give window_shape")),
    ("pad", (X, "most"), {"window_shape": 2}, ("'most'", "'valid'")),
    ("pad", (X, 1), {"padding_mode": "wrap"}, ("'wrap'", "'circular'")),
    ("pad", (X, (1, 1, 1, 1)), {}, ("1 to 3 spatial axes",)),
]


def _id(call):
    name, arguments, options, _ = call
    return f"{name}{[getattr(a, 'shape', a) for a in arguments]}{options or ''}"


@pytest.mark.parametrize("call", WRONG_CALLS, ids=_id)
@pytest.mark.parametrize("how", ["called", "jit", "vmap"])
def test_a_wrong_call_raises_with_argument_value_and_rule(call, how):
    name, (x, *rest), options, parts = call
    if how == "vmap":
        x = x[None]
    transform = {"called": lambda f: f, "jit": jax.jit, "vmap": jax.vmap}[how]
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the parts are matched below)
        transform(lambda x: getattr(F, name)(x, *rest, **options))(x)
    missing = [part for part in parts if part not in str(caught.value)]
    assert not missing, str(caught.value)


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (lambda: F.conv_output_size(2, 3), "larger than the map"),
        (lambda: F.conv_output_size((8, 2), 3), "axis 1"),
        (lambda: F.conv_output_size(0, 3), "size (=0)"),
        (lambda: F.conv_output_size(5, (3, 3)), "kernel_size (=(3, 3))"),
        (lambda: F.pool_output_size(1, 2), "window_shape (=(2,))"),
        (lambda: F.pool_output_size(1, 4, ceil_mode=True, strides=2), "larger than the map"),
        (lambda: F.conv_transpose_output_size(1, 3, padding=2), "whole output"),
        (lambda: F.explicit_padding("sam", 5, 3), "'sam'"),
    ],
)
def test_size_helpers_raise_the_same_way(call, part):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        call()
    assert part in str(caught.value)


def test_nothing_is_promoted_under_strict_promotion():
    @quick_jit
    def everything(x, kernel, bias):
        y = F.conv(x, kernel, bias, padding_mode="reflect", flip=True)
        y = F.conv_transpose(y, kernel, bias, strides=2)
        y = F.max_pool(y, 2, kernel_dilation=2, strides=1)
        y = F.avg_pool(F.min_pool(y, 2, 1), 3, 2, 1, count_include_pad=False)
        y = F.adaptive_avg_pool(F.adaptive_max_pool(F.lp_pool(y, 2.5, 2, 1), 3), 2)
        y = F.fold(F.unfold(y, 2), y.shape[1:3])
        y = F.max_unpool(*F.max_pool(y, 2, return_indices=True), 2)
        return F.global_avg_pool(y) + F.global_max_pool(y)

    x, kernel, bias = (np.ones(shape, "bfloat16") for shape in [(1, 4, 4, 2), (3, 3, 2, 2), (2,)])
    with jax.numpy_dtype_promotion("strict"):
        assert everything(x, kernel, bias).dtype == "bfloat16"
