"""Networks that come back: only their numbers are the student's."""

import re

import numpy as np
import pytest
from flax import nnx

from grader.checks._answer import Answer, BadForm
from grader.checks._networks import restored, weights


class Net(nnx.Module):
    """A dense layer with a normalisation."""

    def __init__(self, rngs: nnx.Rngs) -> None:
        self.dense = nnx.Linear(2, 3, rngs=rngs)
        self.norm = nnx.BatchNorm(3, rngs=rngs)


@pytest.fixture(scope="module")
def net() -> Net:
    return Net(nnx.Rngs(0))


def _back(net, arrays):
    return restored(Answer(arrays, "train(…)", []), net, "train(…)")


def test_the_arrays_come_back_in_a_copy(net):
    arrays = {name: array + 1 for name, array in weights(net).items()}
    back = weights(_back(net, arrays))
    assert all(np.array_equal(back[name], arrays[name]) for name in arrays)
    assert not np.array_equal(weights(net)["dense.kernel"], back["dense.kernel"])


def test_numbers_of_another_precision_are_brought_to_that_of_the_network(net):
    arrays = {name: array.astype(np.float64) for name, array in weights(net).items()}
    assert {array.dtype.name for array in weights(_back(net, arrays)).values()} == {"float32"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: a.pop("dense.bias"), "it lacks: dense.bias"),
        (lambda a: a.clear(), r"it lacks: .*, … \+3"),
        (lambda a: a.update(extra=np.ones(2)), "it also has: extra"),
        (
            lambda a: a.update({f"{n:05}": 0 for n in range(90_000)}),
            r"00000, 00001, 00002, … \+89997",
        ),
        (lambda a: a.update({"x" * 4_000_000: 0}), r"it also has: x{80}…"),
        (lambda a: a.update({"x\n✓\x1b[31m": 0}), r"it also has: x.✓.\[31m\.$"),
        (
            lambda a: a.update({"dense.bias": np.ones(4, np.float32)}),
            r"of shape \(3,\).*float32\[4\]",
        ),
        (lambda a: a.update({"dense.bias": None}), r"\(at \['dense.bias'\]\).*None"),
        (lambda a: a.update({"dense.bias": np.ones(3, int)}), "an array of floats"),
        (lambda a: a.update({"dense.bias": np.full(3, np.nan)}), "nan"),
        (lambda a: a.update({"dense.bias": np.full(3, 1e300)}), "returned: float32.*inf"),
    ],
)
def test_what_is_not_the_network_is_refused_in_a_short_sentence(net, change, words):
    arrays = dict(weights(net))
    change(arrays)
    with pytest.raises(BadForm) as caught:
        _back(net, arrays)
    text = caught.value.text("en", "train(…)")
    assert len(text) < 400
    assert "\n" not in text
    assert re.search(words, text), text
