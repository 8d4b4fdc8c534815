"""Training on a real loader of `jaxcnn.data`, with what reads it in threads and processes."""

import os
import shutil
import signal

import numpy as np
import pytest

from jaxcnn import data, training
from jaxcnn.training import _sources

from .helpers import CLASSES, Recorder, arrays_of, assert_same, network, quick
from .test_parallel import start

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("grain")

SETTINGS = quick(epochs=2, optimizer="sgd")
EIGHT = """
import sys
import jax
import numpy as np
from tests.jaxcnn.training.helpers import arrays_of
from tests.jaxcnn.training.test_loader import trained

if __name__ == "__main__":
    assert len(jax.devices()) == 8
    np.savez(sys.argv[1], **arrays_of(trained(sys.argv[2])[0]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Grey images of 4x4 whose brightest row says the class, in class folders."""
    folder = tmp_path_factory.mktemp("images")
    random = np.random.default_rng(0)
    for split, count in (("train", 10), ("test", 3)):
        for label in range(CLASSES):
            place = folder / split / f"row{label}"
            place.mkdir(parents=True)
            for number in range(count):
                pixels = random.integers(0, 128, (4, 4), np.uint8)
                pixels[label] += 100
                Image.fromarray(pixels).save(place / f"{number}.png")
    return folder


def loader(folder, split="train", **options):
    options = {"batch_size": 8, "drop_last": split == "train", "dtype": "uint8"} | options
    return data.loader(folder, split, channels=1, shuffle=split == "train", seed=4, **options)


def trained(folder, *, workers=0, **options):
    model = network(dropout=0.3)
    watched = loader(folder, "test", drop_last=False)
    history = training.fit(
        model, loader(folder, workers=workers), SETTINGS, validation=watched, **options
    )
    return model, history


@pytest.fixture(scope="module")
def whole(folder):
    return trained(folder)


def test_a_loader_is_learned_from_and_judged_on_like_its_batches(folder, whole):
    class Listed:
        """The same batches, read beforehand."""

        def __init__(self, batches):
            self.epochs = [list(batches) for _ in range(2)]

        def __len__(self):
            return len(self.epochs[0])

        def batches(self, epoch, start=0):
            return ((b["image"], b["label"]) for b in self.epochs[epoch][start:])

    model = network(dropout=0.3)
    training.fit(model, Listed(loader(folder)), SETTINGS)
    assert_same(model, whole[0])
    judged = training.evaluate(model, loader(folder, "test", batch_size=4, drop_last=False))
    arrays = data.load(folder, "test", channels=1)
    assert judged.labels.tolist() == arrays.labels.tolist()
    alone = training.evaluate(model, arrays, batch_size=4)
    np.testing.assert_array_equal(judged.losses, alone.losses)


def test_worker_processes_go_on_where_threads_were_interrupted(folder, whole, tmp_path):
    pytest.importorskip("orbax.checkpoint")
    stop = Recorder(at=(2, 1), act=lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        trained(folder, checkpoints=tmp_path, progress=stop)
    model, history = trained(folder, workers=1, checkpoints=tmp_path, resume=True)
    assert_same(model, whole[0])
    assert history["loss"] == whole[1]["loss"]


def test_eight_devices_share_what_a_loader_gives(folder, whole, tmp_path):
    process = start(EIGHT, tmp_path / "eight.npz", folder, devices=8)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    with np.load(tmp_path / "eight.npz") as found:
        for name, array in arrays_of(whole[0]).items():
            np.testing.assert_allclose(found[name], array, rtol=2e-4, atol=2e-5, err_msg=name)


def test_the_shape_of_images_is_known_without_a_batch(folder, monkeypatch):
    source = _sources.LoaderSource(loader(folder))
    monkeypatch.setattr(data.Loader, "__iter__", None)
    assert _sources.first_images(source).shape == (1, 4, 4, 1)


def test_a_broken_image_ends_the_training_and_is_named(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "train" / "row1" / "2.png").write_bytes(b"?")
    with pytest.raises(data.BrokenImageError, match=r"row1/2\.png"):
        trained(copy)
