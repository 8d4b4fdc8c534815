"""A disk that fills up, or must not be written to, costs no result that was there."""

import subprocess

import numpy as np
import pytest
from typer.testing import CliRunner

from jaxcnn import training, transfer
from jaxcnn.cli import app
from jaxcnn.data._sources import ArraySource
from jaxcnn.models import create_model
from tests.jaxcnn.training.helpers import examples, network, quick

# Orbax leaves futures behind when it fails; what they say when collected is not ours to answer for.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def disk(tmp_path):
    """Mounts a disk in memory; skips where this is not allowed."""
    mounted = []

    def mount(options):
        place = tmp_path / f"disk{len(mounted)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            pytest.skip("there is no mount command")
        if done.returncode:
            pytest.skip(f"mounting is not possible here: {done.stderr.strip()}")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def tiny(monkeypatch):
    def open_source(name, split, form, *, label="label", skip=False):
        labels = np.arange(32, dtype=np.int32) % 2
        images = np.random.default_rng(1).integers(0, 200, (32, 16, 16, 1), np.uint8)
        return ArraySource(name, split, ("dark", "light"), images, labels, form)

    monkeypatch.setattr("jaxcnn.data._open.open_source", open_source)


def train(*more):
    begin = ("train", "lenet5", "--data", "mnist_10k", "--epochs", 1, "--batch-size", 16)
    return CliRunner().invoke(app, [str(part) for part in (*begin, *more)])


def fill(disk, left=0):
    """Leaves so many bytes free."""
    with (disk / "fill").open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 2**14):
                pass
        except OSError:
            file.truncate(max(file.tell() - left, 0))


@pytest.mark.parametrize("known", [True, False], ids=["no room", "no room after all"])
def test_a_checkpoint_that_does_not_fit_leaves_the_one_before_to_go_on_from(
    disk, monkeypatch, known
):
    pytest.importorskip("orbax.checkpoint")
    if not known:  # as with quotas
        monkeypatch.setattr("jaxcnn.training._checkpoint.Checkpoints._check_room", lambda *_: None)
    place = disk("size=2m")
    kept = place / "kept"
    training.fit(network(), examples(), quick(epochs=1), checkpoints=kept)
    before = sorted(path.relative_to(kept) for path in kept.rglob("*"))
    fill(place)
    model, settings = network(), quick(epochs=2)
    with pytest.raises(training.CheckpointError, match=r"cannot be written: .*No space left"):
        training.fit(model, examples(), settings, checkpoints=kept, resume=True)
    assert sorted(path.relative_to(kept) for path in kept.rglob("*")) == before
    (place / "fill").unlink()
    history = training.fit(model, examples(), settings, checkpoints=kept, resume=True)
    assert history["epoch"] == [1, 2]


def test_a_command_whose_checkpoint_does_not_fit_is_one_line_and_status_1(disk, tiny, caplog):
    pytest.importorskip("orbax.checkpoint")
    place = disk("size=1m")
    fill(place, left=2**16)
    result = train("--checkpoints", place / "kept")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(
        f"jaxcnn: checkpoints (='{place / 'kept'}') cannot be written: No space left on device: it takes "
    )
    assert not [record for record in caplog.records if record.name == "absl"]
    assert [path.name for path in (place / "kept").iterdir()] == [".lock"]


def test_an_adaptation_whose_checkpoint_does_not_fit_is_one_line_and_status_1(disk, tiny, tmp_path):
    pytest.importorskip("orbax.checkpoint")
    place, base = disk("size=1m"), tmp_path / "base.safetensors"
    transfer.save_model(create_model("lenet5", image_size=16, num_classes=3, seed=0), base)
    for left, said in ((2**13, "cannot be written"), (0, "cannot be made")):
        fill(place, left=left)
        begin = ("finetune", base, "--data", "mnist_10k", "--head-epochs", 1, "--batch-size", 16)
        arguments = (*begin, "--checkpoints", place / "kept")
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == 1
        told = result.stderr.splitlines()[-1]
        assert told.startswith("jaxcnn: checkpoints (=")
        assert f"{said}: " in told
        assert "No space left on device" in told


def test_a_file_that_does_not_fit_is_named_and_the_others_are_written(disk, tiny, tmp_path):
    full = disk("size=1m")
    fill(full)
    result = train("-o", full / "net.safetensors", "--json", tmp_path / "r.json")
    assert result.exit_code == 1
    assert "test accuracy" in result.stdout
    assert result.stderr.splitlines()[-1] == (
        f"jaxcnn: --output (={full / 'net.safetensors'}) cannot be written: No space left on device"
    )
    assert (tmp_path / "r.json").is_file()
    assert [path.name for path in full.iterdir()] == ["fill"]


def test_a_folder_that_must_not_be_written_to_is_refused_before_training(disk, tiny):
    place = disk("size=1m,ro")
    for option in ("-o", "--json", "--history"):
        result = train(option, place / "net.safetensors")
        assert result.exit_code == 2
        assert "must be in a folder that can be written to" in result.stderr
        assert "epoch" not in result.stderr
    checkpoints = train("--checkpoints", place / "kept")
    assert checkpoints.exit_code != 0
    assert "cannot be made" in checkpoints.stderr
    assert "epoch" not in checkpoints.stderr
