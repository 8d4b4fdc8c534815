"""An adaptation that is broken off, streamed or refused."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from jaxcnn import training, transfer, weights
from jaxcnn.cli import app
from jaxcnn.models import create_model
from jaxcnn.training import _feature_source, _loop
from jaxcnn.workflows import _finetune

pytest.importorskip("grain")
pytest.importorskip("orbax.checkpoint")
Image = pytest.importorskip("PIL.Image")

ROOT = Path(__file__).parents[3]
RUN = "import sys; from jaxcnn.cli import app; app(sys.argv[1:])"
KILLED = f"""
import os, signal
from jaxcnn.training import _loop

plain = _loop.Loop._pause
def pause(self, stop):
    plain(self, stop)
    if self.job.checkpoints.folder.name == "layers" and self.position.step == 7:
        os.kill(os.getpid(), signal.SIGKILL)
_loop.Loop._pause = pause
{RUN}
"""
SLOWLY = ("--unfreeze-every", 1, "--dropout", 0.2)


class Broken(BaseException):
    """What no handler of ours catches: no checkpoint is taken any more."""


def write_images(folder, split, count):
    random = np.random.default_rng(count)
    for label, light in (("dark", 0), ("light", 100)):
        place = folder / "data" / split / label
        place.mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 120, (18 + number % 3, 20), np.uint8) + np.uint8(light)
            stream = io.BytesIO()
            Image.fromarray(pixels).save(stream, "png")
            (place / f"{number}.png").write_bytes(stream.getvalue())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """40 images of several sizes to learn from, 10 to judge on, and a network for them."""
    folder = tmp_path_factory.mktemp("adapt")
    write_images(folder, "train", 20)
    write_images(folder, "val", 5)
    model = create_model("lenet5", image_size=16, num_classes=5, seed=0)
    rule = transfer.Preprocessing((16, 16), 18, mean=(0.5,), std=(0.2,))
    transfer.save_model(model, folder / "base.safetensors", preprocessing=rule)
    return folder


def options(folder, *more):
    quick = ("--head-epochs", 2, "--epochs", 2, "--batch-size", 8, "--learning-rate", 0.003)
    parts = ("finetune", folder / "base.safetensors", "--data", folder / "data", *quick, *more)
    return [str(part) for part in parts]


def jaxcnn(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def done(*arguments):
    result = jaxcnn(*arguments)
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="module")
def whole(folder, tmp_path_factory):
    """What an adaptation in memory writes that is not broken off."""
    place = tmp_path_factory.mktemp("whole")
    files = ("-o", place / "net.safetensors", "--json", place / "r.json")
    done(*options(folder, *SLOWLY, "--in-memory", *files))
    return place


@pytest.fixture(scope="module")
def resumed(folder, tmp_path_factory):
    """What is written after a break in each phase, in mid-epoch, images being streamed."""
    place = tmp_path_factory.mktemp("resumed")
    files = ("-o", place / "net.safetensors", "--json", place / "r.json")
    way = ("--stream", "--workers", 0, "--checkpoints", place / "kept", "--checkpoint-steps", 2)
    arguments = options(folder, *SLOWLY, *way, *files)
    again = ()
    for phase, step in (("head", 3), ("layers", 8)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_loop.Loop, "_pause", breaking(phase, step))
            with pytest.raises(Broken):
                jaxcnn(*arguments, *again)
        again = ("--resume",)
    counted = []
    plain = _feature_source.FeatureSource._computed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            _feature_source.FeatureSource,
            "_computed",
            lambda self, *rest: counted.append(1) or plain(self, *rest),
        )
        told = done(*arguments, *again)
    return place, told, counted


def breaking(phase, step):
    plain = _loop.Loop._pause

    def pause(self, stop):
        plain(self, stop)
        if (self.job.checkpoints.folder.name, self.position.step) == (phase, step):
            raise Broken

    return pause


def timeless(path):
    """A result without what depends on the clock."""
    found = json.loads(path.read_text())
    rows = found.pop("history")
    left = [{key: row[key] for key in row if key not in ("seconds", "waiting")} for row in rows]
    return {key: found[key] for key in found if key != "seconds"}, left


def test_after_a_break_in_each_phase_the_final_weights_are_bit_equal(whole, resumed):
    place, _, _ = resumed
    written = [(each / "net.safetensors").read_bytes() for each in (place, whole)]
    assert written[0] == written[1]


def test_after_breaks_the_history_is_that_of_one_training(whole, resumed):
    place, told, _ = resumed
    assert timeless(place / "r.json") == timeless(whole / "r.json")
    rows = json.loads((place / "r.json").read_text())["history"]
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4]
    assert told.stderr.startswith("epoch 2/2")  # of the layers: the head was over


def test_of_a_phase_that_is_over_no_features_are_computed_again(resumed):
    assert resumed[2] == []  # and all layers are trained in the second phase


def test_a_training_that_is_over_can_be_judged_again(folder, resumed):
    place, told, _ = resumed
    again = done(*options(folder, *SLOWLY, "--checkpoints", place / "kept", "--resume"))
    result, kept = again.stdout.splitlines()
    assert [result] == told.stdout.splitlines()
    assert kept == "the network is not kept: --output FILE writes it"
    assert not again.stderr.startswith("epoch")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ((), "holds some already"),
        (("--resume", "--dropout", 0.3), "--dropout (=0.3) must be 0.2, as when the training"),
        (("--resume", "--hidden", 4), "--hidden (=[4]) must be []"),
        (("--resume", "--augment", "digits"), "--augment (='digits') must be None"),
        (("--resume", "--head-epochs", 3), "--head-epochs (=3) must be 2"),
        (("--resume", "--batch-size", 4), "--batch-size (=4) must be 8"),
    ],
)
def test_checkpoints_of_another_adaptation_are_refused_in_one_line(folder, resumed, more, message):
    place, _, _ = resumed
    before = (place / "kept" / "finetune.json").read_bytes()
    result = jaxcnn(*options(folder, *SLOWLY, "--checkpoints", place / "kept", *more))
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert (place / "kept" / "finetune.json").read_bytes() == before


def test_checkpoints_of_another_network_are_refused(folder, resumed, tmp_path):
    model = create_model("lenet5", image_size=16, num_classes=5, seed=1)
    rule = transfer.Preprocessing((16, 16), 18, mean=(0.5,), std=(0.2,))
    transfer.save_model(model, tmp_path / "base.safetensors", preprocessing=rule)
    (tmp_path / "data").symlink_to(folder / "data")
    kept = resumed[0] / "kept"
    result = jaxcnn(*options(tmp_path, *SLOWLY, "--checkpoints", kept, "--resume"))
    assert result.exit_code == 2
    assert "model (=" in result.stderr


@pytest.mark.parametrize("content", [None, b"{", b"[]", b"\xff"])
def test_checkpoints_whose_choices_cannot_be_read_are_one_line(folder, tmp_path, content):
    kept = tmp_path / "kept"
    (kept / "head" / "0").mkdir(parents=True)
    if content is not None:
        (kept / "finetune.json").write_bytes(content)
    result = jaxcnn(*options(folder, "--checkpoints", kept, "--resume"))
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("jaxcnn: checkpoints (=")
    assert "cannot be read: " in result.stderr
    assert "finetune.json" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("option", [("--resume",), ("--checkpoint-steps", 2)])
def test_what_needs_a_folder_says_so(folder, option):
    result = jaxcnn(*options(folder, *option))
    assert result.exit_code == 2
    assert "needs --checkpoints" in result.stderr


def test_more_layers_may_be_trained_after_a_head_that_was_trained_alone(folder, tmp_path):
    head = ("--head-epochs", 1, "--checkpoints", tmp_path / "kept", "--resume")
    done(*options(folder, *head, "--epochs", 0))
    result = done(*options(folder, *head, "--epochs", 1, "--train-from", "classifier"))
    shown, few = result.stderr.splitlines()
    assert shown.startswith("epoch 1/1")
    assert few.startswith("jaxcnn: trained for 10 steps in all (epochs 2")
    assert "2 epochs" in result.stdout


def test_ctrl_c_takes_a_checkpoint_and_says_how_to_go_on(folder, tmp_path, monkeypatch):
    def interrupt(self, stop):
        stop.signal = signal.SIGINT
        plain(self, stop)

    plain = _loop.Loop._pause
    monkeypatch.setattr(_loop.Loop, "_pause", interrupt)
    head = ("--epochs", 0, "--checkpoints", tmp_path / "kept")
    result = jaxcnn(*options(folder, *head))
    assert result.exit_code == 130
    assert result.stderr == "jaxcnn: stopped; a checkpoint was taken, go on with --resume\n"
    monkeypatch.undo()
    assert "2 epochs" in done(*options(folder, *head, "--resume")).stdout


def test_ctrl_c_while_features_are_computed_promises_no_checkpoint(folder, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(_feature_source.FeatureSource, "_computed", interrupt)
    result = jaxcnn(*options(folder, "--checkpoints", tmp_path / "kept"))
    assert result.exit_code == 130
    assert result.stderr == "jaxcnn: stopped; nothing is kept\n"


def test_features_that_memory_cannot_hold_are_computed_in_every_epoch(
    folder, tmp_path, monkeypatch
):
    def refuse(*_, **__):
        raise AssertionError("features are kept")

    files = [tmp_path / f"{name}.safetensors" for name in ("kept", "passing")]
    head = ("--epochs", 0, "--hidden", 6)
    done(*options(folder, *head, "-o", files[0]))
    monkeypatch.setattr(_finetune, "FEATURES_IN_MEMORY", 0)
    monkeypatch.setattr(training, "fit_after", refuse)
    done(*options(folder, *head, "-o", files[1]))
    kept, passing = (weights.read_weights(file) for file in files)
    assert kept.keys() == passing.keys()
    for name, array in kept.items():
        np.testing.assert_allclose(passing[name], array, rtol=1e-3, atol=1e-4, err_msg=name)


def test_a_share_is_held_out_to_be_watched(folder):
    quick = ("--epochs", 0, "--head-epochs", 1)
    result = done(*options(folder, *quick, "--validation", 0.25))
    assert "of 10)" in result.stdout  # the test set judges all the same
    refused = jaxcnn(*options(folder, *quick, "--validation", 1))
    assert refused.exit_code == 2
    assert "--validation (=1.0) must leave examples" in refused.stderr


@pytest.mark.parametrize("way", ["--stream", "--in-memory"])
def test_broken_images_and_an_empty_class_are_one_line_and_status_2(folder, tmp_path, way):
    write_images(tmp_path, "train", 8)
    write_images(tmp_path, "val", 2)
    (tmp_path / "base.safetensors").symlink_to(folder / "base.safetensors")
    for name in ("dark/1.png", "light/3.png"):
        (tmp_path / "data" / "train" / name).write_bytes(b"?")
    arguments = options(tmp_path, "--epochs", 0, way, "--workers", 0)
    broken = jaxcnn(*arguments)
    assert broken.exit_code == 2
    assert "dark/1.png: cannot be decoded" in broken.stderr
    assert "light/3.png" in broken.stderr
    assert len(broken.stderr.splitlines()) == 1
    for path in (tmp_path / "data" / "train" / "dark").iterdir():
        path.unlink()
    empty = jaxcnn(*arguments)
    assert empty.exit_code == 2
    assert "1 of 2 classes of split 'train' have no image: 'dark'" in empty.stderr


def test_each_split_is_opened_once(folder, monkeypatch):
    from jaxcnn.data import _open

    plain, opened = _open.open_source, []

    def counting(name, split, *rest, **options):
        opened.append(split)
        return plain(name, split, *rest, **options)

    monkeypatch.setattr(_open, "open_source", counting)
    quick = ("--epochs", 0, "--head-epochs", 1, "--stream", "--workers", 0)
    done(*options(folder, *quick))
    assert opened == ["train", "val"]


def test_series_are_refused(folder, monkeypatch):
    from jaxcnn.data import _open
    from jaxcnn.data._sources import ArraySource

    def series(name, split, form, *, label="label", skip=False):
        values = np.zeros((4, 20, 1), np.float32)
        return ArraySource(name, split, ("a", "b"), values, np.arange(4) % 2, form)

    monkeypatch.setattr(_open, "open_source", series)
    result = jaxcnn(*options(folder))
    assert result.exit_code == 2
    assert "must hold images" in result.stderr


def test_a_network_with_preprocessing_judges_a_stream_as_a_set_in_memory(folder, whole, tmp_path):
    files = []
    for way in (("--stream", "--workers", 0), ("--in-memory",)):
        files.append(tmp_path / f"{way[0]}.json")
        net = ("evaluate", whole / "net.safetensors", "--data", folder / "data")
        done(*net, "--batch-size", 4, *way, "--json", files[-1])
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.slow
def test_after_kill_9_in_mid_epoch_worker_processes_go_on_to_equal_weights(folder, whole, tmp_path):
    arguments = options(
        folder, *SLOWLY, "--stream", "--workers", 1, "--checkpoints", tmp_path / "kept",
        "--checkpoint-steps", 2, "-o", tmp_path / "net.safetensors",
    )  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(ROOT), "JAX_PLATFORMS": "cpu"}

    def run(code, *more):
        command = [sys.executable, "-c", code, *arguments, *more]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    killed = run(KILLED)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    resumed = run(RUN, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert resumed.stderr.startswith("epoch 2/2")
    expected = (whole / "net.safetensors").read_bytes()
    assert (tmp_path / "net.safetensors").read_bytes() == expected
