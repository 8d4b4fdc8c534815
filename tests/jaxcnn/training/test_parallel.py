"""Several devices and several processes give what one device gives, within rounding."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from jaxcnn import training

from .helpers import arrays_of, examples, network, quick

ROOT = Path(__file__).parents[3]
SETTINGS = quick(epochs=2, optimizer="sgd", patience=2)
BEGIN = """
import os, sys
import jax
import numpy as np
from jaxcnn import training
from tests.jaxcnn.training.helpers import arrays_of, examples, network
from tests.jaxcnn.training.test_parallel import SETTINGS, trained
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
PROCESS = f"""{BEGIN}
training.start_distributed(sys.argv[2], processes=2, index=int(sys.argv[3]))
arrays = trained(checkpoints=sys.argv[4], checkpoint_steps=5)
assert jax.process_count() == 2 and training.is_first_host() == (sys.argv[3] == "0")
np.savez(f"{{sys.argv[1]}}-{{sys.argv[3]}}.npz", **arrays)
"""


def trained(**options):
    model = network(dropout=0.3)
    training.fit(model, examples(), SETTINGS, validation=examples(13, seed=1), **options)
    return arrays_of(model)


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


@pytest.mark.slow
def test_two_processes_give_what_one_gives(alone, tmp_path):
    pytest.importorskip("orbax.checkpoint")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    both = [
        start(PROCESS, tmp_path / "two", address, index, tmp_path / "kept", devices=2)
        for index in range(2)
    ]
    errors = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], "\n".join(errors)
    for index in range(2):
        assert_close(tmp_path / f"two-{index}.npz", alone)
    assert len(list((tmp_path / "kept").iterdir())) == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"coordinator": "a:1"}, r"processes \(=None\) must be given too"),
        ({"processes": 2, "index": 0}, r"coordinator \(=None\) must be given too"),
        ({"coordinator": "a:1", "processes": 2, "index": 2}, r"index \(=2\) must be below"),
        ({"coordinator": "a:1", "processes": 0, "index": 0}, r"processes \(=0\)"),
    ],
)
def test_joining_others_needs_all_three(given, message):
    with pytest.raises(ValueError, match=message):
        training.start_distributed(**given)


def test_no_device_is_refused():
    with pytest.raises(ValueError, match="devices must name at least one"):
        training.evaluate(network(), examples(), devices=[])
