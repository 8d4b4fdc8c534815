"""The tasks of questions 9 to 16: real images of two kinds, some to learn from, others to be told apart.

A task that is known in advance can be solved without learning: its answers are in the package, or in
a classifier that was trained at home. So checks ask two tasks. In the known one the kinds are what
they are called: pullovers and coats, ants and bees. In the fresh one, on the same images, a direction
drawn in the feature space of a pretrained network tells the kinds apart; nobody has seen that task
before, what was learned of the known one is of no use for it, and a head on the network's features
solves it. Points need both.
"""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from flax import nnx

from grader.checks import Network, expect, network
from jaxcnn.data import load, load_embedded
from jaxcnn.models import intermediates
from jaxcnn.transfer import preprocess

DIRECTIONS = 16  # of the feature space, the ones along which images differ most
UNDECIDED = 0.4  # share of the images, nearest to the border between the kinds, that is left out
LOOKALIKES = ((2, 3), (3, 5), (5, 8))  # digits that the last features hardly tell apart
PER_CLASS = 120
NEW = 300


class Backbone(NamedTuple):
    """A pretrained network.

    Attributes:
        network: what builds it, for an argument of the student's function.
        last: the layer whose output its last dense layer receives.
        cuts: layers after which it may be cut, from the input to ``last``.
    """

    network: Network
    last: str
    cuts: tuple[str, ...]


_RESNET = Backbone(
    network("jaxcnn.transfer:load_pretrained", "resnet8_clothing"),
    "classifier.pool",
    ("features.relu", "features.layer1", "features.layer2", "features.layer3", "classifier.pool"),
)
_VGG = Backbone(
    network("jaxcnn.transfer:load_pretrained", "vgg8_clothing"),
    "classifier.2",
    ("features.4", "features.9", "features.14", "classifier.2"),
)
_LITE = Backbone(
    network("jaxcnn.transfer:load_pretrained", "efficientnet_lite0"),
    "classifier.pool",
    (
        "features.relu0",
        "features.blocks.2",
        "features.blocks.6",
        "features.blocks.10",
        "features.relu1",
        "classifier.pool",
    ),
)
BACKBONES = {
    "clothing": {"resnet": _RESNET, "vgg": _VGG},
    "hymenoptera": {"resnet": _LITE, "vgg": _LITE},
}


@dataclasses.dataclass(frozen=True)
class Task:
    """One task.

    Attributes:
        fresh: whether the kinds are the two sides of a direction drawn for this run.
        images: (number, height, width, channels) in float32, as the networks take them.
        labels: (number,), 0 or 1 in int32.
        new_images: those to be told apart.
        answers: (new,), the kinds of the new images; no worker ever gets them.
        elsewhere: whether the images are unlike those that the network learned from.
    """

    fresh: bool
    images: np.ndarray
    labels: np.ndarray
    new_images: np.ndarray
    answers: np.ndarray
    elsewhere: bool = False


class Bench:
    """The real images of a run, divided once: one part is shown with labels, of the other nothing is told.

    Args:
        data: "clothing" or "hymenoptera".
        seed: of the run.
    """

    def __init__(self, data: str, seed: int) -> None:
        self.data, self.seed = data, seed
        self.backbones = BACKBONES[data]
        self.images, self.labels, shown = _read(data)
        order = np.arange(len(self.labels))
        if data == "clothing":  # hymenoptera keeps its published parts
            order = np.random.default_rng((seed, 9)).permutation(order)
        self._shown, self._new = order[:shown], order[shown:]

    def known(self, rng: np.random.Generator, per_class: int = PER_CLASS, new: int = NEW) -> Task:
        """Pullovers against coats, or ants against bees.

        Args:
            rng: draws the images.
            per_class: number of images to learn from, of each kind; fewer where there are not so many.
            new: number of images to be told apart.
        """
        return self._task(rng, self.labels, np.ones(len(self.labels), bool), per_class, new, False)

    def fresh(
        self,
        rng: np.random.Generator,
        backbone: Backbone,
        per_class: int = PER_CLASS,
        new: int = NEW,
        layer: str | None = None,
    ) -> Task:
        """Two kinds that a direction drawn in the backbone's feature space tells apart.

        Args:
            rng: draws the direction and the images.
            backbone: whose features, of its layer ``last``.
            per_class: number of images to learn from, of each kind; fewer where there are not so many.
            new: number of images to be told apart.
            layer: whose output the features are instead: maps as their means over 4 x 4 cells.
        """
        axes = _axes(self.data, backbone, layer or backbone.last)
        while True:
            side = axes @ rng.normal(size=axes.shape[1])
            side -= np.median(side)
            clear = np.abs(side) > np.quantile(np.abs(side), UNDECIDED)
            labels = (side > 0).astype(np.int32)
            agreement = float(np.mean(labels[clear] == self.labels[clear]))
            if abs(agreement - 0.5) <= 0.1:  # else the known kinds would be a key to these
                return self._task(rng, labels, clear, per_class, new, True)

    def elsewhere(
        self, rng: np.random.Generator, per_class: int = PER_CLASS, new: int = NEW
    ) -> Task:
        """Images unlike those that the small networks learned from: two digits that look alike.

        Which two, and which of them is 0, is drawn; at 28 pixels, for the networks of "clothing".

        Args:
            rng: draws the digits and the images.
            per_class: number of images to learn from, of each kind.
            new: number of images to be told apart.
        """
        images, digits = _digits()
        kinds = rng.permutation(LOOKALIKES[rng.integers(len(LOOKALIKES))])
        rows = [rng.permutation(np.flatnonzero(digits == kind)) for kind in kinds]
        shown = rng.permutation(np.concatenate([part[:per_class] for part in rows]))
        asked = rng.permutation(np.concatenate([part[per_class:] for part in rows]))[:new]
        labels = (digits == kinds[1]).astype(np.int32)
        return Task(False, images[shown], labels[shown], images[asked], labels[asked], True)

    def _task(
        self,
        rng: np.random.Generator,
        labels: np.ndarray,
        usable: np.ndarray,
        per_class: int,
        new: int,
        fresh: bool,
    ) -> Task:
        shown, asked = (rng.permutation(part[usable[part]]) for part in (self._shown, self._new))
        by_kind = [shown[labels[shown] == kind] for kind in (0, 1)]
        number = min(per_class, *map(len, by_kind))
        rows = rng.permutation(np.concatenate([part[:number] for part in by_kind]))
        asked = asked[:new]
        return Task(fresh, self.images[rows], labels[rows], self.images[asked], labels[asked])


@functools.cache
def bench(data: str, seed: int) -> Bench:
    """The images of a run, from memory after the first call."""
    return Bench(data, seed)


def moved(task: Task, rng: np.random.Generator, most: int) -> Task:
    """The same task, its new images not framed as those with labels are.

    Args:
        task: what is moved; the images with labels stay as they are.
        rng: mirrors one new image out of two, and draws the shift of each.
        most: pixels by which one is shifted along each axis, in either direction.
    """
    mirrored = rng.random(len(task.new_images)) < 0.5
    images = np.where(mirrored[:, None, None, None], task.new_images[:, :, ::-1], task.new_images)
    down, right = rng.integers(-most, most + 1, (2, len(images)))
    return dataclasses.replace(task, new_images=shifted(images, down, right))


def shifted(images: np.ndarray, down: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Images (number, height, width, channels), each shifted by whole pixels; edges are repeated."""
    number, height, width = images.shape[:3]
    rows = np.clip(np.arange(height) - down[:, None], 0, height - 1)
    columns = np.clip(np.arange(width) - right[:, None], 0, width - 1)
    return images[np.arange(number)[:, None, None], rows[:, :, None], columns[:, None, :]]


TOO_FEW = {
    "known": {
        "fr": "Trop d'erreurs sur de nouvelles images des deux classes : il en faut au moins "
        "{least} de justes.",
        "en": "Too many mistakes on new images of the two classes: at least {least} must be right.",
    },
    "fresh": {
        "fr": "Trop d'erreurs sur deux classes tirées au sort pour cette exécution : il faut au moins "
        "{least} de réponses justes. Personne ne peut les connaître d'avance : tout doit s'apprendre "
        "des images et du réseau donnés.",
        "en": "Too many mistakes on two classes drawn at random for this run: at least {least} must be "
        "right. Nobody can know them beforehand: everything is to be learned from the images and the "
        "network that are given.",
    },
    "elsewhere": {
        "fr": "Trop d'erreurs sur deux chiffres, qui ne ressemblent pas à ce que le réseau a appris : il "
        "faut au moins {least} de réponses justes. La couche qui convient n'est pas la même partout.",
        "en": "Too many mistakes on two digits, which are unlike what the network learned from: at least "
        "{least} must be right. The layer that suits is not the same everywhere.",
    },
}

BY_CHANCE = 0.6  # of two kinds: below it a classifier knows next to nothing
NOTHING_LEARNED = {
    "fr": " C'est à peine mieux que pile ou face : images et classes restent-elles dans le même ordre ? La "
    "perte diminue-t-elle ? Le pas n'est-il pas dix fois trop grand ?",
    "en": " That is hardly better than a coin: do images and labels stay in the same order? Does the loss "
    "fall? Is the rate ten times too large?",
}


def judge(
    answer: Callable[[Task], Any],
    tasks: Sequence[Task],
    known: float,
    fresh: float,
    elsewhere: float = 1.0,
) -> None:
    """Asks the student's code for the kinds of new images, and requires enough of them to be right.

    Args:
        answer: calls the student's function on a task.
        tasks: what is asked.
        known: least share of right answers on known tasks.
        fresh: the same on fresh ones.
        elsewhere: the same on tasks elsewhere.
    """
    bounds = {"known": known, "fresh": fresh, "elsewhere": elsewhere}
    for task in tasks:
        answers = answer(task)
        _check_form(answers, len(task.answers))
        right = float(np.mean(answers == task.answers))
        kind = "elsewhere" if task.elsewhere else "fresh" if task.fresh else "known"
        text = {
            language: words.format(least=f"{bounds[kind]:.0%}")
            + (NOTHING_LEARNED[language] if right < BY_CHANCE else "")
            for language, words in TOO_FEW[kind].items()
        }
        expect(right >= bounds[kind], fr=text["fr"], en=text["en"], right=round(right, 3))


def _check_form(answers: Any, number: int) -> None:
    expect(
        isinstance(answers, np.ndarray) and answers.shape == (number,),
        fr=f"La réponse doit être un tableau de forme ({number},) : une classe par nouvelle image.",
        en=f"The answer must be an array of shape ({number},): one class for each new image.",
        got=_form(answers),
    )
    expect(
        np.issubdtype(answers.dtype, np.integer) and bool(np.isin(answers, (0, 1)).all()),
        fr="Les classes sont les entiers 0 et 1, pas des scores ni des probabilités.",
        en="Classes are the integers 0 and 1, neither scores nor probabilities.",
        got=_form(answers),
    )


def _form(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"array {value.shape}, {value.dtype}"
    return type(value).__name__


@functools.cache
def _read(data: str) -> tuple[np.ndarray, np.ndarray, int]:
    """Images as the networks take them, labels, and how many may be shown with their labels."""
    if data == "clothing":
        found = load_embedded("clothing").split("pair")
        labels = (found.labels == found.labels.max()).astype(np.int32)
        return found.images.astype(np.float32) / np.float32(255), labels, 700
    parts = [load("hymenoptera", split, size=256, fit="crop") for split in ("train", "val")]
    images = preprocess(np.concatenate([part.images for part in parts]), _LITE.network.build())
    labels = np.concatenate([part.labels for part in parts]).astype(np.int32)
    return np.asarray(images), labels, len(parts[0].labels)


@functools.cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    """Images of digits between 0 and 1, and which digit each shows."""
    found = load_embedded("mnist_10k")
    return found.images.astype(np.float32) / np.float32(255), found.labels


@functools.cache
def _features(data: str, name: str, layer: str) -> np.ndarray:
    """(number, features) of all images of a set."""
    graph, state = nnx.split(BACKBONES[data][name].network.build())
    run = jax.jit(lambda state, x: intermediates(nnx.merge(graph, state), x, [layer])[layer])
    images = _read(data)[0]
    size = 200 if data == "clothing" else 32
    return np.concatenate(
        [
            _cells(np.asarray(run(state, images[start : start + size])))
            for start in range(0, len(images), size)
        ]
    )


def _cells(maps: np.ndarray) -> np.ndarray:
    """(number, 16 * channels): the means of maps over 4 x 4 cells; vectors as they are."""
    if maps.ndim == 2:
        return maps
    rows = np.array_split(maps, 4, axis=1)
    cells = [cell for row in rows for cell in np.array_split(row, 4, axis=2)]
    return np.concatenate([cell.mean(axis=(1, 2)) for cell in cells], axis=1)


def _axes(data: str, backbone: Backbone, layer: str) -> np.ndarray:
    """(number, directions): the images along the main axes of the feature space, each with variance 1."""
    name = next(name for name, known in BACKBONES[data].items() if known == backbone)
    return _main_axes(data, name, layer)


@functools.cache
def _main_axes(data: str, name: str, layer: str) -> np.ndarray:
    features = _features(data, name, layer)
    centred = features - features.mean(axis=0)
    left = np.linalg.svd(centred, full_matrices=False)[0][:, :DIRECTIONS]
    return left * np.sqrt(len(left))
