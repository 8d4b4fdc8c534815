"""A training that is broken off anywhere goes on as if nothing had happened."""

import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from jaxcnn import training
from jaxcnn.training import _checkpoint

from .helpers import Recorder, assert_same, examples, network, quick

pytest.importorskip("orbax.checkpoint")

SETTINGS = quick(epochs=3, accumulate=2, patience=3)
HELD_OUT = examples(12, seed=1)


def fit(model, folder, **options):
    settings = options.pop("settings", SETTINGS)
    return training.fit(
        model, examples(), settings, validation=HELD_OUT, checkpoints=folder, **options
    )


@pytest.fixture(scope="module")
def whole():
    """A network trained without a break, and its history."""
    model = network(dropout=0.5)
    return model, training.fit(model, examples(), SETTINGS, validation=HELD_OUT)


def assert_like(whole, model, history):
    assert_same(model, whole[0])
    without_time = [
        [
            {name: row[name] for name in row if name not in ("seconds", "waiting")}
            for row in each.rows
        ]
        for each in (history, whole[1])
    ]
    assert without_time[0] == without_time[1]


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from jaxcnn.training import fit
from tests.jaxcnn.training.helpers import Recorder, examples, network
from tests.jaxcnn.training.test_resume import HELD_OUT, SETTINGS

kill = Recorder(at=(2, 4), act=lambda: os.kill(os.getpid(), signal.SIGKILL))
fit(network(dropout=0.5), examples(), SETTINGS, validation=HELD_OUT, checkpoints=sys.argv[1],
    checkpoint_steps=3, progress=kill)
"""


def test_after_kill_9_in_mid_epoch_the_final_weights_are_bit_equal(whole, tmp_path):
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))
    code = KILLED.format(tests=root)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    model, seen = network(seed=5, dropout=0.5), Recorder()
    history = fit(model, tmp_path, resume=True, checkpoint_steps=3, progress=seen)
    assert seen.batches[0] == (2, 4)  # the checkpoint after 9 batches of 6 an epoch
    assert_like(whole, model, history)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_takes_a_checkpoint_and_leaves(whole, tmp_path, number):
    before = signal.getsignal(number)
    stop = Recorder(at=(2, 2), act=lambda: os.kill(os.getpid(), number))
    model = network(dropout=0.5)
    with pytest.raises(KeyboardInterrupt if number == signal.SIGINT else SystemExit):
        fit(model, tmp_path, progress=stop)
    assert stop.closed
    assert signal.getsignal(number) is before
    fresh, seen = network(seed=5, dropout=0.5), Recorder()
    history = fit(fresh, tmp_path, resume=True, progress=seen)
    assert seen.batches[0] > stop.batches[-1]
    assert seen.batches[0][0] == 2
    assert_like(whole, fresh, history)


def test_a_training_that_is_over_can_be_prolonged(tmp_path):
    settings = quick(epochs=1, schedule="constant")
    longer = settings.replace(epochs=2)
    at_once, in_two = network(), network()
    training.fit(at_once, examples(), longer)
    training.fit(in_two, examples(), settings, checkpoints=tmp_path)
    history = training.fit(network(1), examples(), settings, checkpoints=tmp_path, resume=True)
    assert len(history) == 1  # nothing was left to do
    history = training.fit(in_two, examples(), longer, checkpoints=tmp_path, resume=True)
    assert len(history) == 2
    assert_same(in_two, at_once)


def test_two_trainings_never_write_into_one_folder(tmp_path):
    def second():
        with pytest.raises(training.CheckpointError, match="another training writes there now"):
            fit(network(), tmp_path, settings=quick(epochs=1))

    fit(network(), tmp_path, settings=quick(epochs=2), progress=Recorder((1, 2), second))
    history = fit(network(), tmp_path, settings=quick(epochs=3), resume=True)
    assert history["epoch"] == [1, 2, 3]


def test_half_a_checkpoint_of_a_killed_training_is_removed_without_a_word(tmp_path, caplog):
    half = tmp_path / "0.orbax-checkpoint-tmp"
    half.mkdir()
    (half / "arrays").write_text("half")
    fit(network(), tmp_path, settings=quick(epochs=1), resume=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "0"]
    assert "already exists" not in caplog.text


def test_a_training_that_diverges_before_its_first_checkpoint_speaks_of_none(tmp_path):
    settings = quick(epochs=1, optimizer="sgd", learning_rate=1e30)
    with pytest.raises(training.DivergedError) as caught:
        fit(network(), tmp_path, settings=settings)
    assert "checkpoint" not in str(caught.value)


def test_resuming_where_nothing_is_begins_anew(tmp_path):
    history = fit(network(), tmp_path / "new", settings=quick(epochs=1), resume=True)
    assert len(history) == 1


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    folder = tmp_path_factory.mktemp("begun")
    training.fit(network(), examples(), quick(epochs=1), checkpoints=folder)
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"resume": False}, r"checkpoints .* holds some already: .* \(resume=True\)"),
        ({"settings": quick(epochs=1, learning_rate=0.5)}, r"learning_rate \(=0.5\) must be 0.02"),
        ({"settings": quick(epochs=1, batch_size=6)}, r"batch_size \(=6\) must be 8"),
        ({"model": network(norm=False)}, "the checkpoint has .*, the model has not"),
        ({"data": examples(32)}, "data has 4 batches, but must have 6"),
        ({"optimizer_of": 1}, "has optimizer:.* of another model or optimizer"),
    ],
)
def test_another_training_cannot_go_on_from_it(begun, change, message):
    import optax

    given = {"model": network(), "data": examples(), "settings": quick(epochs=1), "resume": True}
    if "optimizer_of" in change:
        change = {"optimizer": optax.sgd(0.1)}
    given |= change
    with pytest.raises(ValueError, match=message):
        training.fit(given.pop("model"), given.pop("data"), checkpoints=begun, **given)


def test_another_shape_is_named(begun):
    from flax import nnx

    from jaxcnn import nn

    model = network()
    model.layers[4] = nn.Linear(64, 5, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match=r"holds \w+:.*layers.* of shape .*, but the model has"):
        training.fit(model, examples(), quick(epochs=1), checkpoints=begun, resume=True)


def test_resuming_needs_a_folder():
    with pytest.raises(ValueError, match="needs checkpoints"):
        training.fit(network(), examples(), resume=True)


def test_nan_keeps_the_last_good_checkpoint(tmp_path):
    settings = quick(epochs=2, schedule="constant")
    images, labels = examples()
    good = network()
    training.fit(good, (images, labels), settings.replace(epochs=1))

    class Source(training.ArraySource):
        def batches(self, epoch, start=0):
            for images, labels in super().batches(epoch, start):
                yield (images if epoch == 0 else images * np.float32(np.nan)), labels

    source = Source(images, labels, 8)
    with pytest.raises(
        training.DivergedError, match=r"step 7, epoch 2.*last good checkpoint is in"
    ):
        training.fit(network(), source, settings, checkpoints=tmp_path, checkpoint_steps=1)
    assert len(list(tmp_path.glob("[0-9]*"))) == 2
    kept = network(seed=3)
    training.fit(
        kept, (images, labels), settings.replace(epochs=1), checkpoints=tmp_path, resume=True
    )
    assert_same(kept, good)


def test_a_full_disk_is_a_clear_error_and_leaves_no_half_checkpoint(tmp_path, monkeypatch):
    model = network()
    training.fit(model, examples(), quick(epochs=1), checkpoints=tmp_path)
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    full = _checkpoint.Checkpoints(tmp_path)

    def no_space(*_, **__):
        (tmp_path / "7.orbax-checkpoint-tmp-1").mkdir()
        raise ValueError("RESOURCE_EXHAUSTED: write failed: No space left on device")

    monkeypatch.setattr(full._manager, "save", no_space)
    with pytest.raises(
        training.CheckpointError, match=r"cannot be written: .*No space left"
    ) as caught:
        full.save({"a": np.zeros(3)}, {})
    assert isinstance(caught.value, OSError)
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before
    full.close()


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(training.CheckpointError, match="cannot be made"):
        training.fit(network(), examples(), quick(), checkpoints=tmp_path / "file" / "folder")


def test_a_damaged_checkpoint_is_a_clear_error(begun, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(begun, folder)
    newest = max(folder.glob("[0-9]*"), key=lambda path: int(path.name))
    for file in (newest / "arrays").rglob("*"):
        if file.is_file() and file.name != "commit_success.txt":
            file.write_bytes(b"")
    with pytest.raises(training.CheckpointError, match="cannot be read"):
        training.fit(network(), examples(), quick(epochs=1), checkpoints=folder, resume=True)
