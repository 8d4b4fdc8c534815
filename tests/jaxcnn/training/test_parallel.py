"""Several devices give what one device gives, within rounding."""

import os
import re
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from jaxcnn import training

from .helpers import Recorder, arrays_of, examples, network, quick

ROOT = Path(__file__).parents[3]
SETTINGS = quick(epochs=2, optimizer="sgd", patience=2)
BEGIN = """
import os, sys
import jax
import numpy as np
from jaxcnn import training
from tests.jaxcnn.training.helpers import arrays_of, examples, network
from tests.jaxcnn.training.test_parallel import SETTINGS, broken_off, trained
"""
EIGHT = f"""{BEGIN}
assert len(jax.devices()) == 8
np.savez(sys.argv[1], **trained())
found = training.evaluate(network(), examples(13), batch_size=5)
alone = training.evaluate(network(), examples(13), batch_size=5, devices=jax.devices()[:1])
assert (found.predictions == alone.predictions).all() and len(found.labels) == 13
np.testing.assert_allclose(found.losses, alone.losses, rtol=1e-5)
try: training.fit(network(), examples(), SETTINGS.replace(batch_size=12), validation=examples(9))
except ValueError as error: print(error)
"""

FEWER = f"""{BEGIN}
assert len(jax.devices()) == 4
broken_off(sys.argv[1])
np.savez(sys.argv[2], **trained(checkpoints=sys.argv[3], resume=True))
"""

COMPILED = """
import jax
import numpy as np
from jaxcnn import functional
from jaxcnn.training import _parallel, _settings, _step
from jaxcnn.training._model_state import TrainState, take_apart
from jaxcnn.training._optimizers import make_optimizer
from tests.jaxcnn.training.helpers import CLASSES, examples, network

placement = _parallel.Placement()
blueprint, arrays = take_apart(network())
trainable, frozen, others = placement.replicate(arrays)
optimizer = make_optimizer(_settings.Settings(), 9)
options = _step.StepOptions(CLASSES, augment=functional.course_augmentation)
step = _step.make_train_step(blueprint, optimizer, options, placement.everywhere)
moments, count, finite = placement.replicate((optimizer.init(trainable), np.int32(0), np.bool_(1)))
state = TrainState(trainable, others, moments, count, finite)
images, labels = (placement.divide(array, 8) for array in examples(8))
print(step.lower(state, frozen, images, labels.astype(np.int32)).compile().as_text())
"""


def trained(**options):
    model = network(dropout=0.3)
    training.fit(model, examples(), SETTINGS, validation=examples(13, seed=1), **options)
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


def start(code, *arguments, devices=1):
    flags = re.sub(
        r"--xla_force_host_platform_device_count=\d+", "", os.environ.get("XLA_FLAGS", "")
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ
        | {
            "XLA_FLAGS": f"{flags} --xla_force_host_platform_device_count={devices}",
            "JAX_PLATFORMS": "cpu",
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def alone():
    return trained(devices=jax.devices("cpu")[:1])


def assert_close(file, alone):
    with np.load(file) as found:
        assert set(found) == set(alone)
        for name, array in alone.items():
            np.testing.assert_allclose(found[name], array, rtol=2e-4, atol=2e-5, err_msg=name)


def test_eight_devices_give_what_one_gives(alone, tmp_path):
    process = start(EIGHT, tmp_path / "eight.npz", devices=8)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert_close(tmp_path / "eight.npz", alone)
    assert out == "batch_size (=12) must be a multiple of the number of devices (=8)\n"


def test_a_training_goes_on_with_another_number_of_devices(alone, tmp_path):
    pytest.importorskip("orbax.checkpoint")
    one = jax.devices("cpu")[:1]
    broken_off(tmp_path / "of one", devices=one)
    names = ("of four", "found.npz", "of one")
    process = start(FEWER, *(tmp_path / name for name in names), devices=4)
    _, err = process.communicate()
    assert process.returncode == 0, err
    assert_close(tmp_path / "found.npz", alone)
    np.savez(
        tmp_path / "again.npz",
        **trained(checkpoints=tmp_path / "of four", resume=True, devices=one),
    )
    assert_close(tmp_path / "again.npz", alone)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"coordinator": "a:1"}, r"processes \(=None\) must be given too"),
        ({"processes": 2, "index": 0}, r"coordinator \(=None\) must be given too"),
        ({"coordinator": "a:1", "processes": 2, "index": 2}, r"index \(=2\) must be below"),
        ({"coordinator": "a:1", "processes": 0, "index": 0}, r"processes \(=0\)"),
        ({"coordinator": "a:1", "processes": 2, "index": 0, "timeout": 0}, r"timeout \(=0\)"),
    ],
)
def test_joining_others_needs_all_three(given, message):
    with pytest.raises(ValueError, match=message):
        training.start_distributed(**given)


def test_no_device_is_refused():
    with pytest.raises(ValueError, match="devices must name at least one"):
        training.evaluate(network(), examples(), devices=[])


# What each device would have to be sent if it computed more than its own share of a batch.
EXCHANGES = ("all-gather", "all-to-all", "collective-permute")


def test_no_device_gets_images_of_another_to_augment_or_to_learn_from():
    process = start(COMPILED, devices=2)
    out, err = process.communicate()
    assert process.returncode == 0, err
    program = out.split()
    assert any(word.startswith("all-reduce(") for word in program)
    assert not [word for word in program if word.startswith(EXCHANGES)]
