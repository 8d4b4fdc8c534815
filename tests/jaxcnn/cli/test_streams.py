"""Training and judging on sets that are read while they are used."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from jaxcnn import weights
from jaxcnn.cli import app
from jaxcnn.workflows import _parts

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
    if (self.position.epoch, self.position.batch) == (1, 3):
        os.kill(os.getpid(), signal.SIGKILL)
_loop.Loop._pause = pause
{RUN}
"""


def write_images(folder, split, count):
    random = np.random.default_rng(count)
    for label, light in (("dark", 0), ("light", 120)):
        place = folder / split / label
        place.mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 100, (12, 12, 3), np.uint8) + np.uint8(light)
            stream = io.BytesIO()
            Image.fromarray(pixels).save(stream, "png")
            (place / f"{number}.png").write_bytes(stream.getvalue())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """64 images to learn from and 12 to judge on, in class folders."""
    folder = tmp_path_factory.mktemp("images")
    write_images(folder, "train", 32)
    write_images(folder, "val", 6)
    return folder


def options(folder, *more):
    quick = ("--epochs", 2, "--batch-size", 8, "--size", 16, "--learning-rate", 0.001, "--seed", 3)
    return ["train", "lenet5", "--data", *map(str, (folder, *quick, *more))]


def jaxcnn(*arguments):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="module")
def whole(folder, tmp_path_factory):
    """What training in memory writes."""
    place = tmp_path_factory.mktemp("whole")
    files = ("-o", place / "net.safetensors", "--json", place / "r.json")
    jaxcnn(*options(folder, "--in-memory", "--patience", 2, *files))
    return place


def timeless(path):
    """A result without what depends on the clock."""
    found = json.loads(path.read_text())
    rows = found.pop("history")
    left = [{key: row[key] for key in row if key not in ("seconds", "waiting")} for row in rows]
    return {key: found[key] for key in found if key != "seconds"}, left


def start(code, *arguments, devices=1):
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
    }
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_streamed_training_gives_the_weights_and_figures_of_one_in_memory(
    folder, whole, tmp_path
):
    files = ("-o", tmp_path / "net.safetensors", "--json", tmp_path / "r.json")
    jaxcnn(*options(folder, "--stream", "--workers", 0, "--patience", 2, *files))
    assert timeless(tmp_path / "r.json") == timeless(whole / "r.json")
    written = [(place / "net.safetensors").read_bytes() for place in (tmp_path, whole)]
    assert written[0] == written[1]
    for row in json.loads((tmp_path / "r.json").read_text())["history"]:
        assert 0 <= row["waiting"] <= row["seconds"]


def test_a_stream_is_judged_like_a_set_in_memory_pictures_included(folder, whole, tmp_path):
    pytest.importorskip("matplotlib")
    net = whole / "net.safetensors"
    for way in ("--stream", "--in-memory"):
        place = tmp_path / way
        place.mkdir()
        files = ("--json", place / "r.json", "--confusion", place / "c.png")
        pictures = (*files, "--mistakes", place / "m.png")
        jaxcnn(
            "evaluate", net, "--data", folder, "--size", 16, "--batch-size", 5, way, *pictures,
            *(("--workers", 0) if way == "--stream" else ()),
        )  # fmt: skip
    first, second = (tmp_path / way for way in ("--stream", "--in-memory"))
    for name in ("r.json", "c.png", "m.png"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


@pytest.mark.slow
def test_after_kill_9_in_mid_epoch_worker_processes_go_on_to_equal_weights(folder, whole, tmp_path):
    arguments = options(
        folder, "--stream", "--workers", 1, "--patience", 2, "--checkpoints", tmp_path / "kept",
        "--checkpoint-steps", 2, "-o", tmp_path / "net.safetensors",
    )  # fmt: skip
    killed = start(KILLED, *arguments)
    _, errors = killed.communicate()
    assert killed.returncode == -signal.SIGKILL, errors
    resumed = start(RUN, *arguments, "--resume")
    _, errors = resumed.communicate()
    assert resumed.returncode == 0, errors
    assert errors.startswith("epoch 2/2")
    expected = (whole / "net.safetensors").read_bytes()
    assert (tmp_path / "net.safetensors").read_bytes() == expected


def run_both(*arguments):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    both = [start(RUN, *arguments, "--distributed", f"{address},2,{index}") for index in range(2)]
    told = [process.communicate() for process in both]
    return [process.returncode for process in both], told


@pytest.mark.slow
@pytest.mark.parametrize("way", [("--stream", "--workers", 1), ("--in-memory",)])
def test_two_processes_give_what_one_gives(folder, whole, tmp_path, way):
    arguments = options(
        folder, *way, "--patience", 2, "--checkpoints", tmp_path / "kept",
        "-o", tmp_path / "net.safetensors", "--json", tmp_path / "r.json",
    )  # fmt: skip
    status, told = run_both(*arguments)
    assert status == [0, 0], told
    assert "test accuracy" in told[0][0]
    assert len(told[0][0].splitlines()) == 1
    assert told[1] == ("", "")  # the second neither prints nor writes
    found, expected = (weights.read_weights(p / "net.safetensors") for p in (tmp_path, whole))
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, rtol=2e-4, atol=2e-5, err_msg=name)
    assert json.loads((tmp_path / "r.json").read_text())["epochs"] == 2


@pytest.mark.slow
def test_a_broken_image_in_the_share_of_one_process_ends_both(tmp_path):
    write_images(tmp_path, "train", 8)
    write_images(tmp_path, "test", 2)
    (tmp_path / "train" / "light" / "3.png").write_bytes(b"?")
    status, told = run_both(*options(tmp_path, "--stream", "--workers", 0))
    assert sorted(status) == [1, 2], told
    failed = status.index(2)
    errors = [err.splitlines() for _, err in told]
    assert "light/3.png" in errors[failed][-1]
    assert errors[1 - failed][-1].startswith(f"jaxcnn: process {failed} has ended: ")
    assert "light/3.png" in errors[1 - failed][-1]
    assert [out for out, _ in told] == ["", ""]
    status, told = run_both(*options(tmp_path, "--stream", "--workers", 0, "--skip-broken"))
    assert status == [0, 0], told
    assert [out.count("test accuracy") for out, _ in told] == [1, 0]
    assert told[0][1].startswith("jaxcnn: 1 image cannot be decoded and was left out: ")
    assert told[1] == ("", "")


def test_what_training_does_not_use_of_a_folder_is_told_once(tmp_path):
    for split in ("Training", "dev", "Testing"):
        write_images(tmp_path, split, 4)
    (tmp_path / "more.png").write_bytes(b"")
    run = jaxcnn(*options(tmp_path, "--epochs", 1))
    told = [line for line in run.stderr.splitlines() if line.startswith("jaxcnn: ")]
    assert told.pop().startswith("jaxcnn: trained for 1 step in all")
    assert told == [
        f"jaxcnn: {tmp_path}: 1 image directly in the folder (more.png) not used: no class is known",
        f"jaxcnn: {tmp_path}: not used here: val",
    ]


def test_a_class_that_skipping_leaves_without_an_image_is_told(tmp_path):
    write_images(tmp_path, "train", 8)
    write_images(tmp_path, "test", 1)
    (tmp_path / "test" / "light" / "0.png").write_bytes(b"?")
    for how in ("--in-memory", "--stream"):
        run = jaxcnn(*options(tmp_path, "--epochs", 1, "--skip-broken", "--workers", 0, how))
        assert "split 'test' has no image of 'light' any more: all of its images" in run.stderr


def test_what_is_too_large_for_memory_is_streamed_unless_told_otherwise(folder, monkeypatch):
    images = 64 * 12 * 12 * 3
    for budget, streamed in ((images, False), (images - 1, True)):
        monkeypatch.setattr(_parts, "IN_MEMORY", budget)
        part = _parts.load_part(str(folder), "train")
        assert isinstance(part, _parts.StreamedPart) == streamed
    told = _parts.load_part(str(folder), "train", reading=_parts.Reading(False))
    assert isinstance(told, _parts.Part)


def test_a_held_out_stream_has_the_examples_that_it_has_in_memory(folder):
    kept = _parts.load_part(str(folder), "train", reading=_parts.Reading(False))
    read = _parts.load_part(str(folder), "train", reading=_parts.Reading(True, 0))
    for ours, theirs in zip(
        _parts.hold_out(read, 0.25, seed=1), _parts.hold_out(kept, 0.25, seed=1), strict=True
    ):
        images, labels = zip(*ours.to_judge(5), strict=True)
        np.testing.assert_array_equal(np.concatenate(images), theirs.images)
        np.testing.assert_array_equal(np.concatenate(labels), theirs.labels)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--batch-size", 65), "--batch-size (=65) must be at most 64"),
        (("--validation", 1), "--validation (=1.0) must leave examples"),
        (("--workers", 500), "workers (=500) must be from 0"),
    ],
)
def test_what_cannot_be_streamed_is_one_line_and_status_2(folder, more, message):
    result = CliRunner().invoke(app, options(folder, "--stream", *more))
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("workers", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_broken_image_in_a_stream_is_named_in_one_line(tmp_path, workers):
    write_images(tmp_path, "train", 8)
    write_images(tmp_path, "test", 2)
    (tmp_path / "train" / "light" / "3.png").write_bytes(b"?")
    process = start(RUN, *options(tmp_path, "--stream", "--workers", workers))
    _, errors = process.communicate()
    assert process.returncode == 2, errors
    assert "light/3.png" in errors.splitlines()[-1]
    assert len(errors.splitlines()) == 1


@pytest.fixture
def damaged(tmp_path):
    """16 images to learn from and 4 to judge on, among them, first and later, three that are broken."""
    for split, count in (("train", 9), ("test", 3)):
        write_images(tmp_path / "set", split, count)
    for name in ("train/dark/0.png", "train/light/5.png", "test/dark/1.png"):
        (tmp_path / "set" / name).write_bytes(b"?")
    return tmp_path / "set"


def test_the_rest_goes_on_when_asked_in_memory_and_streamed_alike(damaged, tmp_path):
    written = []
    for way in ("--in-memory", "--stream"):
        files = [tmp_path / f"{way}.safetensors", tmp_path / f"{way}.json"]
        more = ("--workers", 0, "--skip-broken", "-o", files[0], "--json", files[1])
        done = jaxcnn(*options(damaged, way, *more))
        told = [line for line in done.stderr.splitlines() if "left out" in line]
        assert [line.split()[1] for line in told] == ["2", "1"]
        assert all(name in told[0] for name in ("dark/0.png", "light/5.png"))
        written.append((files[0].read_bytes(), timeless(files[1])))
        judged = ("--data", damaged, "--size", 16, "--json", tmp_path / "j.json")
        jaxcnn("evaluate", files[0], *judged, way, "--workers", 0, "--skip-broken")
        assert json.loads((tmp_path / "j.json").read_text())["examples"] == 5
    assert written[0] == written[1]


@pytest.mark.parametrize("way", ["--in-memory", "--stream"])
def test_a_set_of_which_nothing_can_be_decoded_is_refused(damaged, way):
    for path in (damaged / "train").rglob("*.png"):
        path.write_bytes(b"?")
    told = CliRunner().invoke(app, options(damaged, way, "--workers", 0, "--skip-broken"))
    assert told.exit_code == 2
    assert "; 17 more cannot: " in told.stderr
    assert len(told.stderr.splitlines()) == 1
