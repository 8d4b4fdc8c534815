"""Networks that Keras itself saved give Keras' logits here, or are refused: never others."""

import importlib.util
import os
import subprocess
import sys

import jax.numpy as jnp
import numpy as np
import pytest

from jaxcnn import nn, transfer
from jaxcnn.weights import read_weights

from . import keras_networks
from .keras_networks import DRAWN, ENDINGS, FIXED

# The file does not tell these layers apart: equal ones side by side, or in a model and one nested in it.
REFUSED = {
    "twins.keras", "twins.h5", "twins.weights.h5", "nested.weights.h5", "residual_turned.weights.h5",
}  # fmt: skip


def written(folder, networks):
    """The folder with the files that Keras, in a process of its own, wrote of the networks."""
    if importlib.util.find_spec("keras") is None:
        pytest.skip("keras is not installed")
    environment = {**os.environ, "KERAS_BACKEND": "jax", "KERAS_HOME": str(folder)}
    environment.pop("PYTHONWARNINGS", None)
    result = subprocess.run(
        [sys.executable, keras_networks.__file__, str(folder), networks],
        env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture(scope="module")
def fixed(tmp_path_factory):
    return written(tmp_path_factory.mktemp("fixed"), "fixed")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return written(tmp_path_factory.mktemp("drawn"), "drawn")


def difference(model, folder, name):
    """From Keras' logits, as a part of their size."""
    wanted = np.load(folder / f"{name}.npy")
    got = model(jnp.asarray(np.load(folder / "x.npy")))
    return float(np.abs(got - wanted).max() / np.abs(wanted).max())


@pytest.mark.parametrize("name", FIXED)
def test_a_network_of_keras_gives_its_logits_or_is_refused(name, fixed):
    for ending in ENDINGS:
        model = keras_networks.in_jaxcnn(FIXED[name])
        if f"{name}{ending}" in REFUSED:
            with pytest.raises(transfer.AmbiguousOrderError, match="Say it with rename="):
                transfer.load_weights(model, fixed / f"{name}{ending}")
        else:
            transfer.load_weights(model, fixed / f"{name}{ending}")
            assert difference(model, fixed, name) < 1e-4, ending


@pytest.mark.slow
@pytest.mark.parametrize("name", DRAWN)
def test_a_random_network_of_keras_gives_its_logits_or_is_refused(name, drawn):
    for ending in ENDINGS:
        model = keras_networks.in_jaxcnn(DRAWN[name])
        try:
            transfer.load_weights(model, drawn / f"{name}{ending}")
        except transfer.AmbiguousOrderError:
            continue
        assert difference(model, drawn, name) < 1e-4, ending


def test_what_a_file_does_not_say_the_caller_says(fixed):
    model = keras_networks.in_jaxcnn(FIXED["twins"])
    arrays = read_weights(fixed / "twins.keras")
    leaves = ("kernel", "bias")
    for first, second in (("main", "side"), ("side", "main")):  # one of them is right
        places = {"layers/conv2d": first, "layers/conv2d_1": second}
        rename = {
            f"{group}/vars/{k}": f"0.{place}.0.{leaf}"
            for group, place in places.items()
            for k, leaf in enumerate(leaves)
        }
        assert set(rename) == set(arrays)
        transfer.load_weights(model, fixed / "twins.keras", rename=rename)
        # The sum of two convolutions is the same either way; where they lie is not.
        kernel = getattr(model[0], first)[0].kernel[...]
        np.testing.assert_array_equal(kernel, arrays["layers/conv2d/vars/0"])
        assert difference(model, fixed, "twins") < 1e-4


def test_a_transposed_kernel_that_is_renamed_gets_our_layout(fixed):
    names = {
        "layers/conv2d_transpose_1/vars/0": "3.kernel",
        "layers/conv2d_transpose_1/vars/1": "3.bias",
    }
    model = keras_networks.in_jaxcnn(FIXED["decoder"])
    assert isinstance(model[3], nn.ConvTranspose2d)
    transfer.load_weights(model, fixed / "decoder.weights.h5", rename=names)
    assert difference(model, fixed, "decoder") < 1e-4
