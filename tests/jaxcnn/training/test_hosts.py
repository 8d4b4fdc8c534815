"""Several processes share each batch, go on where others were, and end together."""

import json
import os
import re
import signal
import socket
import types

import jax
import numpy as np
import pytest

from jaxcnn import data, training
from jaxcnn.training import _hosts, _parallel

from .helpers import CLASSES, Recorder, arrays_of, examples, network, quick
from .test_parallel import assert_close, start

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("grain")
pytest.importorskip("orbax.checkpoint")

SETTINGS = quick(epochs=2, optimizer="sgd")
TRAIN, TEST = 10, 3  # images of each class
BEGIN = """
import json, os, signal, sys
from pathlib import Path
import jax
import numpy as np
from jaxcnn import training
from jaxcnn.data import _sources
from tests.jaxcnn.training.helpers import Recorder, arrays_of, examples, network
from tests.jaxcnn.training.test_hosts import *

place, address, index = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
training.start_distributed(address, processes=2, index=index, timeout=10)
"""
SHARING = f"""{BEGIN}
facts = {{"hosts": jax.process_count(), "first": training.is_main_process()}}
np.savez(place / f"arrays-{{index}}.npz", **trained())
np.savez(place / f"resumed-{{index}}.npz", **trained(checkpoints=place / "one", resume=True))
broken_off(place / "two")

decoded, plain = [], _sources.decode
_sources.decode = lambda *given: decoded.append(1) or plain(*given)
model = streamed(sys.argv[4])
np.savez(place / f"streamed-{{index}}.npz", **arrays_of(model))
facts["decoded to learn"] = len(decoded)
decoded.clear()
found = training.evaluate(model, loader(sys.argv[4], "test", batch_size=4, drop_last=False))
facts["decoded to judge"] = len(decoded)
np.savez(place / f"judged-{{index}}.npz", labels=found.labels, losses=found.losses)
found = training.evaluate(network(), Listed(examples(13), 5))
np.savez(place / f"listed-{{index}}.npz", labels=found.labels, losses=found.losses)

facts["refused"] = []
for make in REFUSED:
    try: make(sys.argv[4])
    except ValueError as error: facts["refused"].append(str(error))
(place / f"facts-{{index}}.json").write_text(json.dumps(facts))

def act():
    if index == 1:
        raise FileNotFoundError("images/7.png is gone")
trained(progress=Recorder(at=(1, 2), act=act))
"""
KILLED = f"""{BEGIN}
victim, signal_ = map(int, sys.argv[4:])
try:
    trained(progress=Recorder(at=(1, 2), act=lambda: index == victim and os.kill(os.getpid(), signal_)))
except training.ProcessLostError as error:
    print("lost:", error)
    raise
"""


class Listed:
    """Batches that a source of one's own has made before."""

    def __init__(self, pair, size):
        self.pair, self.size = pair, size

    def __len__(self):
        return -(-len(self.pair[1]) // self.size)

    def batches(self, epoch, start=0):
        for batch in range(start, len(self)):
            rows = slice(batch * self.size, (batch + 1) * self.size)
            yield self.pair[0][rows], self.pair[1][rows]


def noise(key, images):
    return images + 0.2 * jax.random.normal(key, images.shape)


def trained(**options):
    model = network(dropout=0.3)
    given = {"validation": examples(13, seed=1), "augment": noise, **options}
    training.fit(model, examples(), SETTINGS, **given)
    return arrays_of(model)


class Enough(Exception):
    """Breaks a training off."""


def broken_off(folder, **options):
    """Leaves checkpoints, the last of them in mid-epoch."""

    def enough():
        raise Enough

    with pytest.raises(Enough):
        trained(
            checkpoints=folder,
            checkpoint_steps=3,
            progress=Recorder(at=(2, 5), act=enough),
            **options,
        )


def loader(folder, split="train", **options):
    options = {"batch_size": 8, "drop_last": split == "train", "dtype": "uint8"} | options
    return data.loader(folder, split, channels=1, shuffle=split == "train", seed=4, **options)


def streamed(folder, **options):
    model = network(dropout=0.3)
    training.fit(model, loader(folder), SETTINGS, **options)
    return model


def learn(folder, **options):
    training.fit(network(), loader(folder, **options), SETTINGS)


REFUSED = (
    lambda folder: learn(folder, on_error="skip"),
    lambda folder: learn(folder, shard=(1 - jax.process_index(), 2)),
    lambda folder: learn(folder, batch_size=6),
    lambda folder: learn(folder, drop_last=False),
    lambda folder: trained(devices=jax.local_devices(), checkpoints=folder),
    lambda folder: trained(
        devices=[d for d in jax.devices() if d.process_index != jax.process_index()]
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Grey images of 4x4 whose brightest row says the class, in class folders."""
    folder = tmp_path_factory.mktemp("images")
    random = np.random.default_rng(0)
    for split, count in (("train", TRAIN), ("test", TEST)):
        for label in range(CLASSES):
            place = folder / split / f"row{label}"
            place.mkdir(parents=True)
            for number in range(count):
                pixels = random.integers(0, 128, (4, 4), np.uint8)
                pixels[label] += 100
                Image.fromarray(pixels).save(place / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def one():
    """What to compute on, alone."""
    return jax.devices("cpu")[:1]


@pytest.fixture(scope="module")
def alone(one):
    return trained(devices=one)


def run_both(code, place, *more):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    return [start(code, place, address, index, *more, devices=2) for index in range(2)]


@pytest.fixture(scope="module")
def two(folder, one, tmp_path_factory):
    """What two processes with two devices each left behind."""
    place = tmp_path_factory.mktemp("two")
    broken_off(place / "one", devices=one)
    both = run_both(SHARING, place, folder)
    told = [process.communicate() for process in both]
    found = types.SimpleNamespace(
        place=place, told=told, status=[process.returncode for process in both]
    )
    assert (place / "facts-0.json").exists(), told
    found.facts = [json.loads((place / f"facts-{i}.json").read_text()) for i in range(2)]
    return found


def test_two_processes_that_augment_at_random_give_what_one_gives(two, alone):
    assert [(facts["hosts"], facts["first"]) for facts in two.facts] == [(2, True), (2, False)]
    for index in range(2):
        assert_close(two.place / f"arrays-{index}.npz", alone)


def test_two_processes_go_on_where_one_was_broken_off(two, alone):
    for index in range(2):
        assert_close(two.place / f"resumed-{index}.npz", alone)


def test_one_process_goes_on_where_two_were_broken_off(two, alone, one, tmp_path):
    np.savez(
        tmp_path / "found.npz", **trained(checkpoints=two.place / "two", resume=True, devices=one)
    )
    assert_close(tmp_path / "found.npz", alone)


def test_each_process_decodes_only_its_share_of_a_folder(two, folder, one):
    model = streamed(folder, devices=one)
    for index in range(2):
        assert_close(two.place / f"streamed-{index}.npz", arrays_of(model))
    batches = CLASSES * TRAIN // 8
    shape = 1  # one image, to know the shape
    learned = 2 * batches * 4 + shape
    assert [facts["decoded to learn"] for facts in two.facts] == [learned, learned]
    # 9 images in batches of 4, 4 and 1: the second reads an image of the last for its shape alone.
    assert [facts["decoded to judge"] for facts in two.facts] == [5 + shape, 4 + 1 + shape]
    images = loader(folder, "test", batch_size=4, drop_last=False)
    wanted = training.evaluate(model, images, devices=one)
    for index in range(2):
        with np.load(two.place / f"judged-{index}.npz") as found:
            np.testing.assert_array_equal(found["labels"], wanted.labels)
            np.testing.assert_allclose(found["losses"], wanted.losses, rtol=2e-4, atol=2e-5)


def test_a_source_that_reads_whole_batches_is_judged_like_its_examples(two, one):
    wanted = training.evaluate(network(), examples(13), devices=one)
    for index in range(2):
        with np.load(two.place / f"listed-{index}.npz") as found:
            np.testing.assert_array_equal(found["labels"], wanted.labels)
            np.testing.assert_allclose(found["losses"], wanted.losses, rtol=1e-5)


def test_what_two_processes_cannot_share_is_refused_by_both(two):
    rules = (
        'on_error (="skip") must be "raise"',
        "shard (=({}, 2)) must be left out",
        "batch_size (=6) must be a multiple of the number of devices (=4)",
        "data has a last batch of 6, but must have a multiple of the number of devices (=4)",
        "checkpoints need devices of all 2 processes",
        "devices must name some of this process (={})",
    )
    for index, facts in enumerate(two.facts):
        fitting = [rule.format(number) for rule, number in zip(rules, _numbers(index), strict=True)]
        for message, rule in zip(facts["refused"], fitting, strict=True):
            assert message.startswith(rule)


def _numbers(index):
    return None, 1 - index, None, None, None, index


def test_a_process_that_fails_ends_the_other_which_says_why(two):
    assert two.status == [1, 1]
    assert two.told[0][1] == (
        "jaxcnn: process 1 has ended: FileNotFoundError: images/7.png is gone; "
        "this process ends too\n"
    )
    assert two.told[1][1].splitlines()[-1] == "FileNotFoundError: images/7.png is gone"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("victim", "number", "message"),
    [
        # On a busy machine JAX's own check may see it before the sum that waits for it.
        (1, signal.SIGKILL, "ProcessLostError: another process has ended|another task died"),
        (0, signal.SIGKILL, "another task died"),
        (1, signal.SIGSTOP, "unhealthy"),
    ],
)
def test_a_process_that_is_killed_or_silent_ends_the_other(tmp_path, victim, number, message):
    both = run_both(KILLED, tmp_path, victim, int(number))
    try:
        _, err = both[1 - victim].communicate(timeout=90)
    finally:
        for process in both:
            process.kill()
            process.communicate()
    assert both[1 - victim].returncode != 0
    assert re.search(message, err), err
    assert both[victim].returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("error", "hosts", "wanted"),
    [
        (
            jax.errors.JaxRuntimeError("UNKNOWN: Gloo failed: reset\nat"),
            2,
            training.ProcessLostError,
        ),
        (ValueError("UNKNOWN: Gloo failed: closed by peer"), 2, training.ProcessLostError),
        (jax.errors.JaxRuntimeError("UNKNOWN: anything"), 1, jax.errors.JaxRuntimeError),
        (jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: memory"), 2, jax.errors.JaxRuntimeError),
        (ValueError("labels[3] (=9) must be a class"), 2, ValueError),
    ],
)
def test_only_what_others_left_undone_means_that_they_are_lost(error, hosts, wanted):
    with pytest.raises(wanted) as caught, _hosts.together(hosts):
        raise error
    assert type(caught.value) is wanted
    if wanted is training.ProcessLostError:
        assert isinstance(caught.value, ConnectionError)
        assert "\n" not in str(caught.value)


def test_failing_alone_ends_nothing():
    _hosts.fail("no reason")
    assert os.getpid()


def test_rows_of_a_process_follow_one_another_whatever_the_order_of_devices(monkeypatch):
    device = jax.devices("cpu")[0]
    owners = iter([1, 0, 1, 0])
    monkeypatch.setattr(_parallel, "Mesh", lambda devices, _: [d.process_index for d in devices])
    monkeypatch.setattr(_parallel, "NamedSharding", lambda mesh, _: mesh)
    monkeypatch.setattr(jax, "jit", lambda *_, **__: None)
    many = [types.SimpleNamespace(process_index=owner, device=device) for owner in owners]
    placement = _parallel.Placement(many)
    assert placement.everywhere == [0, 0, 1, 1]
    assert (placement.hosts, placement.share.rows(8)) == (2, slice(0, 4))
