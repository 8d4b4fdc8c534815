"""Weights of PyTorch modules: the logits are PyTorch's, and PyTorch takes the weights back."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxcnn import transfer, weights
from jaxcnn.models import create_model

from ..functional.helpers import quick_jit

torch = pytest.importorskip("torch")
from .torch_networks import REAL_SIZE, SMALL  # noqa: E402


def drawn(module, seed=0):
    """The same module with weights and statistics that make every layer count."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in module.modules():
            if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear):
                fan_in = layer.weight[0].numel()
                layer.weight.normal_(0, (2 / fan_in) ** 0.5, generator=generator)
                if layer.bias is not None:
                    layer.bias.normal_(0, 0.1, generator=generator)
            if isinstance(layer, torch.nn.BatchNorm2d):
                layer.weight.uniform_(0.5, 1.5, generator=generator)
                layer.bias.normal_(0, 0.1, generator=generator)
                layer.running_mean.normal_(0, 0.1, generator=generator)
                layer.running_var.uniform_(0.5, 1.5, generator=generator)
    return module.eval()


def small(name, seed=0, classes=5):
    listed, options, build = SMALL[name]
    return create_model(listed, num_classes=classes, seed=seed, **options), drawn(build())


def logits(model, module, size, batch=2):
    """What both compute on the same images."""
    x = np.random.default_rng(1).normal(size=(batch, size, size, 3)).astype(np.float32)
    with torch.no_grad():
        theirs = module(torch.tensor(np.moveaxis(x, -1, 1).copy())).numpy()
    graph, state = nnx.split(model)
    ours = quick_jit(lambda state, x: nnx.merge(graph, state)(x))(state, jnp.asarray(x))
    return np.asarray(ours), theirs


def arrays_of(module):
    return {name: tensor.numpy() for name, tensor in module.state_dict().items()}


@pytest.mark.parametrize("name", SMALL)
def test_logits_are_those_of_pytorch(name, tmp_path):
    model, module = small(name)
    torch.save(module.state_dict(), tmp_path / "net.pth")
    transfer.load_weights(model, tmp_path / "net.pth")
    ours, theirs = logits(model, module, model.input_shape[0])
    assert np.abs(theirs).max() > 0.1
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("name", SMALL)
def test_pytorch_loads_our_state_dict_strictly(name, tmp_path):
    model, module = small(name)
    transfer.load_weights(model, arrays_of(module))
    weights.write_torch(tmp_path / "net.pth", transfer.to_torch_state_dict(model))
    fresh = SMALL[name][2]().eval()
    result = fresh.load_state_dict(torch.load(tmp_path / "net.pth", weights_only=True), strict=True)
    assert (result.missing_keys, result.unexpected_keys) == ([], [])
    assert all(torch.equal(fresh.state_dict()[n], t) for n, t in module.state_dict().items())


def calibrated(module):
    """The same with the statistics of a batch, without which a deep network's numbers explode."""
    norms = [layer for layer in module.modules() if isinstance(layer, torch.nn.BatchNorm2d)]
    for layer in norms:
        layer.momentum = 1.0
        layer.train()
    with torch.no_grad():
        module(torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(0)))
    return module.eval()


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL_SIZE)
def test_logits_of_real_networks_are_those_of_pytorch(name):
    model, module = create_model(name), calibrated(drawn(REAL_SIZE[name]()))
    transfer.load_weights(model, arrays_of(module))
    ours, theirs = logits(model, module, 224, batch=1)
    difference = float(np.abs(ours - theirs).max())
    print(f"\n| {name} | {np.abs(theirs).max():.3g} | {difference:.1e} |")
    assert np.abs(theirs).max() > 1
    assert difference < 1e-4


def test_the_counters_of_batches_are_ignored_and_need_not_be_there():
    model, module = small("resnet")
    arrays = arrays_of(module)
    assert any(name.endswith("num_batches_tracked") for name in arrays)
    kept = {n: a for n, a in arrays.items() if not n.endswith("num_batches_tracked")}
    transfer.load_weights(model, kept)
    transfer.load_weights(model, arrays)


def test_the_auxiliary_heads_of_googlenet_are_left_out():
    model, module = small("inception_v1")
    extra = {"aux1.fc1.weight": np.zeros((3, 2), np.float32), "aux2.conv.bn.bias": np.zeros(3)}
    transfer.load_weights(model, {**arrays_of(module), **extra})


@pytest.mark.parametrize("name", SMALL)
def test_a_head_for_other_classes_is_left_as_it_is(name):
    model, module = small(name, classes=3)
    head = np.asarray(model.classifier[-1].kernel[...])
    transfer.load_weights(model, arrays_of(module), skip="classifier")
    np.testing.assert_array_equal(model.classifier[-1].kernel[...], head)
    whole, _ = small(name)
    transfer.load_weights(whole, arrays_of(module))
    given, wanted = (jax.tree.leaves(nnx.state(m.features, nnx.Param)) for m in (model, whole))
    for ours, theirs in zip(given, wanted, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_names_with_the_prefix_of_data_parallel_can_be_renamed():
    model, module = small("resnet")
    arrays = {f"module.{name}": array for name, array in arrays_of(module).items()}
    transfer.load_weights(model, arrays, rename=lambda name: name.removeprefix("module."))
    ours, theirs = logits(model, module, 33)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
