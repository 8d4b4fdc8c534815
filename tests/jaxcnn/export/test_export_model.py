"""Exporting modules of all kinds: what is free, what is fixed, what is refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import export, nn
from jaxcnn.models import create_model


def network(rank=2, features=4):
    """Features without padding, then a global pool: it takes any image of at least 8 pixels."""
    conv, pool = [(nn.Conv1d, nn.MaxPool1d), (nn.Conv2d, nn.MaxPool2d), (nn.Conv3d, nn.MaxPool3d)][
        rank - 1
    ]
    rngs = nnx.Rngs(0)
    return nn.Sequential(
        conv(2, features, 3, padding="valid", rngs=rngs),
        nn.Dropout(0.5, rngs=rngs),
        nnx.relu,
        pool(2),
        conv(features, features, 3, padding="valid", rngs=rngs),
        nn.GlobalAvgPool(),
        nn.Linear(features, 3, rngs=rngs),
    )


class Undescribed(nnx.Module):
    """The same, of which `jaxcnn.analysis` knows nothing."""

    def __init__(self, inner):
        self.inner = inner

    def __call__(self, x):
        return self.inner(x)


def images(*shape):
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_any_size_is_any_from_the_smallest_on(rank):
    model = network(rank)
    model.eval()
    shape = (12,) * rank + (2,)
    exported = export.export_model(model, input_shape=shape, image_size="any")
    assert exported.smallest == (1, *(8,) * rank, 2)
    for size in (8, 11):
        x = images(2, *(size,) * (rank - 1), size + 1, 2)
        np.testing.assert_allclose(exported(x), model(x), rtol=1e-5, atol=1e-5)
    with pytest.raises(ValueError, match=r"images has shape .* must be \(batch, .* >= 8, 2\)"):
        exported(images(1, *(7,) * rank, 2))


def test_the_smallest_size_is_found_without_a_description_too():
    exported = export.export_model(
        Undescribed(network()), input_shape=(12, 20, 2), image_size="any"
    )
    assert exported.smallest == (1, 8, 8, 2)


def test_axes_have_their_own_smallest_size():
    model = nn.Sequential(
        nn.Conv2d(1, 2, (3, 7), padding="valid", rngs=nnx.Rngs(0)), nn.GlobalMaxPool()
    )
    exported = export.export_model(model, input_shape=(9, 9, 1), image_size="any")
    assert exported.smallest == (1, 3, 7, 1)
    x = images(1, 3, 9, 1)
    np.testing.assert_allclose(exported(x), model(x), rtol=1e-5, atol=1e-5)
    assert str(exported) == (
        "ExportedModel('Sequential', (batch, height >= 3, width >= 7, 1) float32 -> (batch, 2) "
        "float32, cpu cuda tpu)"
    )


def test_the_output_size_of_a_map_is_said_in_python():
    model = nn.Sequential(nn.Conv2d(1, 2, 3, padding="valid", rngs=nnx.Rngs(0)), nn.MaxPool2d(2))
    exported = export.export_model(model, input_shape=(9, 9, 1), image_size="any")
    assert exported.output_shape[0] == "batch"
    assert [eval(size, {"height": 20, "width": 31}) for size in exported.output_shape[1:3]] == [
        9,
        14,
    ]


def test_a_model_in_training_mode_is_exported_in_evaluation_mode_and_left_as_it_is():
    model = network()
    model.train()
    exported = export.export_model(model, input_shape=(12, 12, 2))
    assert not model[1].deterministic
    model.eval()
    x = images(2, 12, 12, 2)
    np.testing.assert_allclose(exported(x), model(x), rtol=1e-5, atol=1e-5)


def test_batch_and_size_can_be_fixed():
    exported = export.export_model(network(), input_shape=(12, 12, 2), batch=2, image_size=(9, 10))
    assert exported.input_shape == (2, 9, 10, 2)
    assert exported(images(2, 9, 10, 2)).shape == (2, 3)
    with pytest.raises(ValueError, match=r"\(3, 9, 10, 2\), but must be \(2, 9, 10, 2\)"):
        exported(images(3, 9, 10, 2))


def test_what_is_done_to_the_images_first_is_part_of_the_program():
    model = network()
    plain = export.export_model(model, input_shape=(12, 12, 2))
    scaled = export.export_model(
        model,
        input_shape=(12, 12, 2),
        preprocess=lambda x: (x.astype("float32") - 3) / 255,
        dtype="uint8",
    )
    x = np.arange(2 * 12 * 12 * 2).reshape(2, 12, 12, 2).astype(np.uint8)
    expected = plain((x.astype(np.float32) - 3) / 255)
    np.testing.assert_allclose(scaled(x), expected, rtol=1e-5, atol=1e-5)


def test_weights_of_another_type_stay_of_that_type(tmp_path):
    model = create_model("lenet5", seed=0, dtype=jnp.bfloat16, param_dtype=jnp.bfloat16)
    export.export_model(model).save(tmp_path / "half.jaxcnn")
    export.export_model(create_model("lenet5", seed=0)).save(tmp_path / "full.jaxcnn")
    sizes = [(tmp_path / f"{kind}.jaxcnn").stat().st_size for kind in ("half", "full")]
    assert sizes[0] < 0.6 * sizes[1]
    half = export.load(tmp_path / "half.jaxcnn")
    assert half.output_dtype == "bfloat16"
    x = images(2, 32, 32, 1)
    np.testing.assert_array_equal(half(x), model(x))


def test_the_result_can_be_called_under_jit():
    exported = export.export_model(network(), input_shape=(12, 12, 2))
    x = images(2, 12, 12, 2)
    np.testing.assert_allclose(jax.jit(exported)(x), exported(x), rtol=1e-6)


def test_the_weights_are_those_of_the_model_not_a_copy():
    model = network()
    exported = export.export_model(model, input_shape=(12, 12, 2))
    pointers = {weight.unsafe_buffer_pointer() for weight in exported.weights}
    assert model[0].kernel[...].unsafe_buffer_pointer() in pointers


def test_an_abstract_model_has_a_program_but_no_weights(tmp_path):
    model = nnx.eval_shape(lambda: create_model("vgg16"))
    exported = export.export_model(model, name="vgg16")
    assert "stablehlo.convolution" in exported.program.mlir_module()
    for use in (
        lambda: exported(np.zeros((1, 224, 224, 3), np.float32)),
        lambda: exported.save(tmp_path / "vgg16.jaxcnn"),
    ):
        with pytest.raises(ValueError, match=r"model \(=vgg16\) must have weights"):
            use()
    assert not list(tmp_path.iterdir())


def test_a_program_for_other_platforms_is_not_run_here():
    exported = export.export_model(network(), input_shape=(12, 12, 2), platforms=["rocm", "tpu"])
    with pytest.raises(ValueError, match=r"platforms \(=\('rocm', 'tpu'\)\) must include cpu"):
        exported(images(1, 12, 12, 2))


class Pair(nnx.Module):
    def __call__(self, x):
        return x, x


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"platforms": ["metal"]}, r"platforms \(='metal'\) must be one of 'cpu', 'cuda'"),
        ({"platforms": []}, r"platforms \(=\[\]\) must name at least one"),
        ({"batch": 0}, r"batch \(=0\) must be an int of at least 1"),
        ({"image_size": "large"}, r"image_size \(='large'\) must be 'any'"),
        ({"image_size": (8, 8, 8)}, r"image_size \(=\(8, 8, 8\)\) must be one int or one per"),
        ({"image_size": 4}, "larger than the map"),
        ({"input_shape": (12,)}, r"input_shape \(=\(12,\)\) must be"),
        ({"input_shape": (12, 12, 0)}, r"input_shape\[2\] \(=0\) must be an int"),
        ({"input_shape": None}, "input_shape must be given"),
        ({"input_shape": (12, 12, 5)}, "so 5 channels"),
        ({"dtype": "decimal"}, r"dtype \(='decimal'\) must be a type of numbers"),
        ({"dtype": "bool"}, r"dtype \(='bool'\) must be a type of numbers"),
        ({"class_names": ["a", "b", "a"]}, "class_names must differ.* a is given more than once"),
        ({"class_names": ["a", "b"]}, r"class_names .* one name for each of the 3 scores"),
    ],
)
def test_a_wrong_argument_is_named_with_its_value_and_the_rule(options, message):
    with pytest.raises(ValueError, match=message):
        export.export_model(network(), **{"input_shape": (12, 12, 2), **options})


def test_a_network_with_two_results_is_refused():
    with pytest.raises(ValueError, match="model must return one array, but returns 2"):
        export.export_model(Pair(), input_shape=(4, 4, 1))


def test_a_dense_head_keeps_its_size():
    with pytest.raises(ValueError, match=r"image_size \(='any'\) .* does not take \(65, 65, 1\)"):
        export.export_model(create_model("lenet5"), image_size="any")


class Cropping(nnx.Module):
    def __call__(self, x):
        return (x[:, :20] if x.shape[1] > 20 else x).mean((1, 2))


class Parity(nnx.Module):
    def __call__(self, x):
        return x if x.shape[1] % 2 == 0 else x[:, 1:]


@pytest.mark.parametrize("network", [Cropping, Parity])
def test_a_network_that_does_one_thing_or_the_other_by_size_is_refused(network):
    with pytest.raises(ValueError, match="image_size and batch must be numbers for this network"):
        export.export_model(network(), input_shape=(4, 4, 1), image_size="any")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros((12, 12, 2), np.float32), r"\(12, 12, 2\), but must be \(batch, 12, 12, 2\)"),
        (np.zeros((1, 2, 12, 12), np.float32), r"must be \(batch, 12, 12, 2\)"),
        (np.zeros((1, 12, 12, 2), np.int32), "dtype int32, but must be float32"),
        (np.zeros((1, 12, 12, 2), np.float16), "dtype float16, but must be float32"),
        ([[1.0]], "images must be an array"),
    ],
)
def test_images_of_another_shape_or_type_are_refused(given, message):
    exported = export.export_model(network(), input_shape=(12, 12, 2))
    with pytest.raises(ValueError, match=message):
        exported(given)
