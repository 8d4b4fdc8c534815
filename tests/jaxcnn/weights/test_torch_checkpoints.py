"""The weights of a PyTorch checkpoint are found, whatever lies beside them; nothing of that is made."""

import argparse
import collections
import datetime
import pathlib

import numpy as np
import pytest

from jaxcnn.weights import UnsafeFileError, read_weights
from jaxcnn.weights._torch_content import ENTRIES

torch = pytest.importorskip("torch")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.pth"


class Options:
    """Of a class that the reader does not know."""

    def __init__(self, **values):
        self.__dict__.update(values)


BESIDE = {
    "tensor": torch.tensor(71.2),
    "numpy_scalar": np.float64(71.2),
    "numpy_array": np.arange(3),
    "namespace": argparse.Namespace(lr=0.1, nested=argparse.Namespace(a=[1])),
    "path": pathlib.PurePosixPath("a/b"),
    "set": {1, 2},
    "frozenset": frozenset({1}),
    "object": Options(list=[1, {2: 3}], size=torch.Size([1])),
    "list_of_objects": [Options(), {"deep": Options()}],
    "default_dict": collections.defaultdict(list, a=[1]),
    "counter": collections.Counter("aab"),
    "deque": collections.deque([1]),
    "date": datetime.datetime(2024, 5, 1),
    "class": Options,
    "function": torch.nn.functional.relu,
    "tuple_as_key": {(1, 2): 3, 0.5: 1, None: 2},
    "device": torch.device("cpu"),
    "type": torch.float32,
    "sparse": torch.ones(2, 2).to_sparse(),
    "network": torch.nn.Linear(2, 2),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("beside", BESIDE)
def test_whatever_lies_beside_the_weights_is_passed_over(beside, protocol, path):
    content = {"epoch": 3, "state_dict": {"fc.weight": torch.ones(2, 2)}, "what": BESIDE[beside]}
    torch.save(content, path, pickle_protocol=protocol)
    assert list(read_weights(path)) == ["fc.weight"]


@pytest.mark.parametrize("name", ENTRIES)
def test_the_weights_are_found_under_the_names_that_people_use(name, path):
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.ones(1))])
    torch.save(
        {name: {"w": torch.ones(2)}, "optimizer": optimizer.state_dict(), "t": torch.ones(1)}, path
    )
    assert list(read_weights(path)) == ["w"]
    torch.save({"checkpoint": 1, "model": {name: {"w": torch.ones(2)}, "loss": 0.5}}, path)
    assert list(read_weights(path)) == ["w"]


def test_weights_come_before_their_running_average(path):
    torch.save({"model_ema": {"w": torch.zeros(1)}, "model": {"w": torch.ones(1)}}, path)
    assert read_weights(path)["w"].tolist() == [1]
    assert read_weights(path, entry="model_ema")["w"].tolist() == [0]


def test_a_network_with_a_layer_of_that_name_keeps_its_names(path):
    torch.save(
        torch.nn.ModuleDict({"model": torch.nn.Linear(2, 2), "net": torch.nn.ReLU()}).state_dict(),
        path,
    )
    assert list(read_weights(path)) == ["model.weight", "model.bias"]


def test_an_object_in_the_weights_is_refused_by_its_name_and_place(path):
    torch.save({"state_dict": {"w": torch.ones(1), "extra": Options()}}, path)
    with pytest.raises(
        UnsafeFileError, match=r"'extra': the pickle asks for '.*\.Options', which is not"
    ):
        read_weights(path)


def test_an_object_beside_entries_of_other_names_says_how_to_pass_it_over(path):
    torch.save({"encoder": {"w": torch.ones(1)}, "args": argparse.Namespace(lr=1)}, path)
    with pytest.raises(
        UnsafeFileError, match=r"'args': .*argparse\.Namespace.*entry= names .*'encoder'"
    ):
        read_weights(path)
    assert list(read_weights(path, entry="encoder")) == ["w"]
