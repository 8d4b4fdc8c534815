"""Names that differ by a prefix, weights in an entry: the error has the cure, and the cure cures."""

import jax
import numpy as np
import pytest
from flax import nnx

from jaxcnn import transfer, weights
from jaxcnn.models import create_model

SIZES = {"num_classes": 3, "layers": (1,), "widths": (4,), "image_size": 8}


def network(seed=0):
    return create_model("resnet8", seed=seed, **SIZES)


TEACHER = network(1)
ARRAYS = transfer.to_torch_state_dict(TEACHER)


def is_taught(model):
    states = (nnx.state(each, nnx.Not(nnx.RngState)) for each in (model, TEACHER))
    return all(map(np.array_equal, *map(jax.tree.leaves, states)))


PREFIXES = [
    "module.", "_orig_mod.", "model.", "net.", "backbone.", "module.encoder_q.", "module._orig_mod.",
    "timm_model.",
]  # fmt: skip


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_prefix_of_all_names_is_named_and_can_be_dropped(prefix):
    given = {f"{prefix}{name}": array for name, array in ARRAYS.items()}
    given |= {"teacher.fc.weight": np.ones(3), "criterion.weight": np.ones(3)}
    model = network()
    said = f"all names are there once the prefix '{prefix}' is dropped: "
    with pytest.raises(transfer.MismatchError) as caught:
        transfer.load_weights(model, given)
    assert f"{said}load_weights(..., prefix='{prefix}')" in str(caught.value)
    transfer.load_weights(model, given, prefix=prefix)
    assert is_taught(model)


def test_a_prefix_that_brings_most_names_is_named_with_their_number():
    given = {f"module.{name}": array for name, array in ARRAYS.items() if "fc" not in name}
    with pytest.raises(transfer.MismatchError, match=r"\d+ of the \d+ names are there once"):
        transfer.load_weights(network(), given)
    transfer.load_weights(network(), given, prefix="module.", skip="classifier")


def test_names_that_have_nothing_to_do_with_the_model_give_no_hint():
    with pytest.raises(transfer.MismatchError) as caught:
        transfer.load_weights(network(), {"a.b.weight": np.ones(2)})
    assert caught.value.notes == ()


def test_a_prefix_that_no_name_has_is_an_error():
    with pytest.raises(ValueError, match=r"prefix \(='module\.'\) must begin names of the source"):
        transfer.load_weights(network(), ARRAYS, prefix="module.")


@pytest.mark.parametrize("prefix", ["", "module."])
def test_an_entry_is_named_and_can_be_read(prefix, tmp_path):
    torch = pytest.importorskip("torch")
    own = {f"{prefix}{name}": torch.tensor(array) for name, array in ARRAYS.items()}
    path = tmp_path / "x.pth"
    torch.save({"model": {"head": torch.ones(1)}, "student": own, "epoch": 1}, path)
    model = network()
    with pytest.raises(
        transfer.MismatchError, match=r"entry 'model' was read; .* 'student': entry="
    ):
        transfer.load_weights(model, path)
    transfer.load_weights(model, path, entry="student", prefix=prefix)
    assert is_taught(model)
    with pytest.raises(ValueError, match=r"entry .* is for files"):
        transfer.load_weights(model, ARRAYS, entry="student")


@pytest.mark.parametrize("content", ["{}", "[torch.ones(2)]", "torch.ones(2)", "{'epoch': 1}"])
def test_a_file_without_named_weights_says_so(content, tmp_path):
    torch = pytest.importorskip("torch")
    torch.save(eval(content, {"torch": torch}), tmp_path / "x.pth")
    with pytest.raises(weights.UnsupportedFileError, match="holds no named weights, but"):
        transfer.load_weights(network(), tmp_path / "x.pth")


def test_no_arrays_at_all_are_no_named_weights():
    with pytest.raises(weights.UnsupportedFileError, match="source: holds no named weights"):
        transfer.load_weights(network(), {})
