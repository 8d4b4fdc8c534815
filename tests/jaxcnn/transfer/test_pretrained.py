"""Published weights: where they come from, and what is said when they cannot be had."""

import importlib.metadata
import socket

import numpy as np
import pytest

from jaxcnn import transfer, weights
from jaxcnn.models import create_model, list_models
from jaxcnn.transfer import _pretrained

TINY = {"blocks": ((1, 8, 1, 1), (2, 8, 2, 2)), "stem": 8, "last": 16}


def test_every_name_is_a_network_and_every_file_ends_with_digits_of_its_checksum():
    assert set(transfer.list_pretrained()) <= set(list_models())
    for entry in _pretrained._ENTRIES.values():
        digits = entry.file.removesuffix(".pth").rpartition("-")[2]
        assert len(digits) == 8
        assert entry.digits.startswith(digits)
        assert int(digits, 16) >= 0


def test_classes_have_a_thousand_different_names():
    names = transfer.imagenet_classes()
    assert len(set(names)) == 1000
    assert (names[281], names[517]) == ("tabby", "crane (machine)")


def test_offline_the_error_says_which_file_to_put_where(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(weights.OfflineError) as caught:
        transfer.load_pretrained("resnet18", cache_dir=tmp_path, progress=False)
    for part in ("https://download.pytorch.org/models/resnet18-f37072fd.pth", str(tmp_path)):
        assert part in str(caught.value)


@pytest.mark.parametrize("name", ["resnet17", "lenet", "", "efficientnet"])
def test_an_unknown_name_is_refused(name):
    with pytest.raises(ValueError, match=r"name .* must be one of vgg11"):
        transfer.load_pretrained(name)


def test_without_the_package_the_error_says_what_to_install(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    with pytest.raises(transfer.MissingPackageError, match=r"pip install 'jaxcnn\[pretrained\]'"):
        transfer.load_pretrained("efficientnet_lite0")


def test_a_damaged_package_is_found_by_its_checksum(monkeypatch, tmp_path):
    class Distribution:
        def locate_file(self, name):
            return tmp_path / "net.pth"

    (tmp_path / "net.pth").write_bytes(b"other")
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: Distribution())
    with pytest.raises(weights.ChecksumError, match=r"net\.pth is not the file"):
        transfer.load_pretrained("efficientnet_lite0")


def test_a_file_at_hand_gives_preprocessing_and_names_and_a_head_for_other_classes(tmp_path):
    teacher = create_model("mobilenet_v2", seed=1, **TINY)
    path = tmp_path / "mobilenet.pth"
    weights.write_torch(path, transfer.to_torch_state_dict(teacher))
    whole = transfer.load_pretrained("mobilenet_v2", path=path, **TINY)
    assert whole.class_names == transfer.imagenet_classes()
    assert whole.preprocessing.mean == (0.485, 0.456, 0.406)
    np.testing.assert_array_equal(
        whole.classifier["fc"].kernel[...], teacher.classifier["fc"].kernel[...]
    )
    own = transfer.load_pretrained("mobilenet_v2", path=path, num_classes=2, **TINY)
    assert own.class_names is None
    assert own.classifier["fc"].kernel.shape == (16, 2)
    np.testing.assert_array_equal(
        own.features[0][0].kernel[...], teacher.features[0][0].kernel[...]
    )
    with pytest.raises(transfer.MismatchError, match=r"mobilenet\.pth does not fit"):
        transfer.load_pretrained("resnet18", path=path, layers=(1, 1), widths=(4, 8))


def test_googlenet_is_prepared_as_torchvision_transforms_its_input():
    rule = _pretrained._entry("googlenet").preprocessing
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    x = np.random.default_rng(0).random((5, 3))
    usual = (x - mean) / std
    transformed = usual * (std / 0.5) + (mean - 0.5) / 0.5
    np.testing.assert_allclose((x - rule.mean) / rule.std, transformed, atol=1e-12)
