"""Training and judging from the command line."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from jaxcnn import transfer
from jaxcnn.cli import app
from jaxcnn.data._sources import ArraySource
from jaxcnn.workflows import _parts, _train


def jaxcnn(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True, scope="module")
def tiny():
    """The sets are tiny here, so that the command is quick."""

    def open_source(name, split, form, *, label="label", skip=False):
        names = {"label": ("dark", "light"), "shade": ("shadow", "sun"), "hue": ("r", "g", "b")}
        if label not in names:
            raise ValueError(f"label (={label!r}) must be one of {', '.join(names)}")
        number = 64 if split == "train" else 20
        labels = np.arange(number, dtype=np.int32) % 2
        images = np.random.default_rng(number).integers(0, 50, (number, 16, 16, 1), np.uint8)
        images[labels == 1] += 200
        return ArraySource(name, split, names[label], images, labels, form)

    patch = pytest.MonkeyPatch()
    patch.setattr("jaxcnn.data._open.open_source", open_source)
    yield
    patch.undo()


BEGIN = ("train", "lenet5", "--data", "mnist_10k")


@pytest.fixture(scope="module")
def trained(tiny, tmp_path_factory):
    pytest.importorskip("matplotlib")
    folder = tmp_path_factory.mktemp("trained")
    names = {
        "--json": "r.json",
        "--history": "h.csv",
        "--curves": "c.png",
        "--confusion": "k.svg",
        "--mistakes": "m.pdf",
        "-o": "net.safetensors",
    }
    files = [part for option, name in names.items() for part in (option, folder / name)]
    options = ("--epochs", 3, "--batch-size", 16, "--learning-rate", 0.01)
    return folder, jaxcnn(*BEGIN, *options, *files)


def test_train_says_how_good_the_network_is_and_shows_each_epoch(trained):
    _, result = trained
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("lenet5 on mnist_10k: test accuracy 1.0000 (20 of 20), train")
    *epochs, told = result.stderr.splitlines()
    assert [line.split("  ")[0] for line in epochs] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    assert told.startswith("jaxcnn: trained for 12 steps in all (epochs 3, batches of 16 of 64")
    assert "more --epochs, or a smaller --batch-size" in told


def test_json_has_the_promised_fields(trained):
    written = json.loads((trained[0] / "r.json").read_text())
    assert list(written) == [
        *(
            "model",
            "data",
            "epochs",
            "steps",
            "seconds",
            "train_accuracy",
            "test_accuracy",
            "history",
        )
    ]
    assert (written["model"], written["epochs"], written["test_accuracy"]) == ("lenet5", 3, 1.0)
    assert [row["step"] for row in written["history"]] == [4, 8, 12]


def test_history_and_pictures_are_written(trained):
    folder = trained[0]
    with (folder / "h.csv").open(newline="") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1", "2", "3"]
    starts = {"c.png": b"\x89PNG", "k.svg": b"<?xml", "m.pdf": b"%PDF"}
    assert all((folder / name).read_bytes().startswith(start) for name, start in starts.items())


def test_the_written_network_knows_its_classes_and_is_judged_the_same(trained, tmp_path):
    file = trained[0] / "net.safetensors"
    assert transfer.load_model(file).class_names == ("dark", "light")
    result = jaxcnn("evaluate", file, "--data", "mnist_10k", "--json", tmp_path / "e.json")
    assert result.exit_code == 0, result.output
    assert "accuracy 1.0000 (20 of 20), loss " in result.stdout
    written = json.loads((tmp_path / "e.json").read_text())
    assert written["confusion"] == [[10, 0], [0, 10]]


def test_another_label_of_the_set_can_be_learnt_and_judged(tmp_path):
    file = tmp_path / "net.safetensors"
    done = jaxcnn(*BEGIN, "--label", "shade", "--epochs", 1, "-o", file)
    assert done.exit_code == 0, done.output
    assert transfer.load_model(file).class_names == ("shadow", "sun")
    judged = jaxcnn("evaluate", file, "--data", "mnist_10k", "--label", "shade")
    assert judged.exit_code == 0, judged.output


def test_a_set_with_other_classes_is_told_of_and_refused_where_their_number_differs(trained):
    file = trained[0] / "net.safetensors"
    judged = jaxcnn("evaluate", file, "--data", "mnist_10k", "--label", "shade")
    assert judged.exit_code == 0, judged.output
    assert f"what {file} calls 'dark' is 'shadow' in mnist_10k" in judged.stderr
    refused = jaxcnn("evaluate", file, "--data", "mnist_10k", "--label", "hue")
    assert refused.exit_code == 2
    assert f"must have the 2 classes of {file}, but has 3" in refused.stderr


def test_a_file_of_options_is_read_and_the_command_line_wins(tmp_path):
    (tmp_path / "c.toml").write_text(
        'data = "mnist_10k"\nepochs = 5\nbatch_size = 32\npatience = 4\nclip = 1.0\n'
    )
    done = jaxcnn(
        *("train", "lenet5", "--config", tmp_path / "c.toml", "--epochs", 1),
        *("--json", tmp_path / "r.json"),
    )
    assert done.exit_code == 0, done.output
    (row,) = json.loads((tmp_path / "r.json").read_text())["history"]
    assert row["step"] == 2  # 58 examples are left of 64: the second batch of 32 is filled up
    assert row["validation_loss"] is not None


def test_an_interrupted_training_goes_on(tmp_path, monkeypatch):
    pytest.importorskip("orbax.checkpoint")
    from jaxcnn.training import _progress

    plain = _progress.Lines.epoch

    def stop(self, row):
        plain(self, row)
        if row["epoch"] == 1:
            import signal

            signal.raise_signal(signal.SIGINT)

    options = ("--epochs", 2, "--batch-size", 32, "--checkpoints", tmp_path / "kept")
    monkeypatch.setattr(_progress.Lines, "epoch", stop)
    result = jaxcnn(*BEGIN, *options)
    assert result.exit_code == 130
    assert "stopped; a checkpoint was taken, go on with --resume" in result.stderr
    monkeypatch.undo()
    again = jaxcnn(*BEGIN, *options)
    assert again.exit_code == 2
    assert "holds some already" in again.stderr
    resumed = jaxcnn(*BEGIN, *options, "--resume")
    assert resumed.exit_code == 0, resumed.output
    assert resumed.stderr.startswith("epoch 2/2")


AT_ONCE = """
import signal, sys
import numpy as np
from jaxcnn.cli import app
from jaxcnn.workflows import _parts, _train
from jaxcnn.training import _progress

def press(*arguments, **options):
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        pass  # lost, as where it comes in one of JAX's callbacks
    return _parts.Part(np.zeros((8, 16, 16, 1), np.uint8), np.arange(8) % 2, ("a", "b"))

def press_twice(*arguments):
    press()
    print("once", file=sys.stderr)
    press()

_progress.Lines.batch = press_twice
_train.load_part = press
if sys.argv[1] == "in training":
    _train.load_part = lambda *arguments, **options: _parts.Part(
        np.zeros((8, 16, 16, 1), np.uint8), np.arange(8) % 2, ("a", "b")
    )
app(["train", "lenet5", "--data", "a_set", "--batch-size", "4", *sys.argv[2:]])
"""


@pytest.mark.parametrize(
    ("when", "more", "said"),
    [
        ("before training", (), "jaxcnn: stopped at once; nothing is kept\n"),
        (
            "in training",
            ("--checkpoints", "kept"),
            "once\njaxcnn: stopped at once; --resume goes on from the newest checkpoint, if there is one\n",
        ),
    ],
)
def test_ctrl_c_before_training_and_a_second_one_end_at_once(tmp_path, when, more, said):
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE, when, *more], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (130, said)


def test_a_training_that_diverges_is_one_line_and_status_1(tmp_path):
    done = jaxcnn(*BEGIN, "--optimizer", "sgd", "--learning-rate", 1e30, "--epochs", 2)
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("jaxcnn: loss or gradient not finite")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "lenet"), "--data must name a set"),
        (("train", "lenot", "--data", "mnist_10k"), "name (='lenot') must be one of"),
        (("train", "lenet", "--data", "mnist_11k"), "mnist_11k"),
        (("train", "lenet", "--data", "iconic"), "--data (='iconic') must have a split 'train'"),
        ((*BEGIN, "--label", "speed"), "label (='speed') must be one of label, shade, hue"),
        ((*BEGIN, "--epochs", "0"), "epochs (=0) must be an int of at least 1"),
        ((*BEGIN, "--optimizer", "adan"), "optimizer (='adan') must be one of"),
        ((*BEGIN, "--batch-size", "65"), "--batch-size (=65) must be at most"),
        ((*BEGIN, "--augment", "wild"), "--augment (='wild') must be one of course, digits"),
        ((*BEGIN, "--validation", "1.5"), "--validation (=1.5) must leave examples"),
        ((*BEGIN, "--resume"), "--resume needs --checkpoints"),
        ((*BEGIN, "--checkpoint-steps", 5), "--checkpoint-steps (=5) needs --checkpoints"),
        ((*BEGIN, "--distributed", "here"), "--distributed (='here') must be auto or"),
        ((*BEGIN, "--config", "none.toml"), "jaxcnn: none.toml: No such file or directory"),
        ((*BEGIN, "--config", "bad.toml"), "--config (=bad.toml) must be TOML"),
        ((*BEGIN, "--config", "odd.toml"), "did you mean 'batch_size'"),
        ((*BEGIN, "--config", "text.toml"), "epochs (='3') must be an int"),
        ((*BEGIN, "--config", "share.toml"), "--config: 'validation' (='a') must be a number"),
        ((*BEGIN, "--config", "stream.toml"), "--config: 'stream' (='no') must be true or false"),
        (
            (*BEGIN, "--config", "workers.toml"),
            "--config: 'workers' (=-2) must be an int of at least",
        ),
        (("train", "lenet", "--config", "set.toml"), "--config: 'data' (=3) must be text"),
        ((*BEGIN, "--config", "size.toml"), "--config: 'size' (='ab') must be an int"),
        (
            (*BEGIN, "-o", "net", "--json", "./net"),
            "--output (=net) must be another file than that of --json",
        ),
        (
            (*BEGIN, "-o", "no/net.safetensors"),
            "--output (=no/net.safetensors) must be in a folder",
        ),
        ((*BEGIN, "--json", "."), "--json (=.) must be a file"),
        ((*BEGIN, "--curves", "c.bmp"), "--curves (=c.bmp) must end with .png"),
        (("evaluate", "none.safetensors", "--data", "mnist_10k"), "none.safetensors"),
        (("evaluate", "bad.toml", "--data", "mnist_10k"), "bad.toml"),
    ],
)
def test_a_usage_error_is_one_line_and_status_2(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.toml").write_text("epochs =")
    (tmp_path / "odd.toml").write_text("batchsize = 3")
    (tmp_path / "text.toml").write_text('epochs = "3"')
    (tmp_path / "share.toml").write_text('validation = "a"')
    (tmp_path / "stream.toml").write_text('stream = "no"')
    (tmp_path / "workers.toml").write_text("workers = -2")
    (tmp_path / "set.toml").write_text("data = 3")
    (tmp_path / "size.toml").write_text('size = "ab"')
    before = sorted(tmp_path.iterdir())
    result = jaxcnn(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_part_is_held_out_at_random_and_nothing_is_lost():
    part = _parts.load_part("mnist_10k", "train")
    learn, watch = _parts.hold_out(part, 0.25, seed=0)
    assert (len(learn.labels), len(watch.labels)) == (48, 16)
    pixels = np.sort(np.concatenate([learn.images, watch.images]), axis=None)
    np.testing.assert_array_equal(pixels, np.sort(part.images, axis=None))
    assert not np.array_equal(watch.labels, part.labels[:16])


@pytest.mark.parametrize("shape", [(24, 1), (4, 8, 8, 1)])
def test_series_and_videos_are_not_augmented_as_if_they_were_images(monkeypatch, shape):
    part = _parts.Part(np.zeros((4, *shape), np.uint8), np.arange(4) % 2, ("a", "b"))
    monkeypatch.setattr(_train, "load_part", lambda *arguments, **options: part)
    result = jaxcnn("train", "fcn", "--data", "a_set", "--augment", "photos")
    assert result.exit_code == 2
    assert (
        f"--augment (='photos') is for images of (height, width, channels), but a_set has examples of {shape}"
        in result.stderr
    )


@pytest.mark.parametrize("name", ["course", "digits", "photos"])
def test_every_augmentation_changes_images_and_keeps_their_shape(name):
    import jax

    from jaxcnn.workflows._augmentations import augmentation

    images = jax.random.uniform(jax.random.key(0), (2, 16, 16, 1))
    changed = augmentation(name)(jax.random.key(1), images)
    assert changed.shape == images.shape
    assert float(abs(changed - images).max()) > 0
