"""Sets whose examples have one shape: stored as numbers."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from .._catalogue import ENTRIES, OBJECTS
from .._cifar import SIDE, read_cifar
from .._embedded import DIGITS, GARMENTS
from .._errors import DataFileError
from .._idx import check_labels, read_idx_set
from .._moving import CLASSES, COUNTS, DIRECTIONS, FRAMES, SPEEDS, moving_digits
from .._moving import SIDE as VIDEO_SIDE
from .._series import find_series, read_problem
from ._base import Builder, Family, examples, tensor


class _Idx(Builder, skip_registration=True):  # type: ignore[call-arg]
    entry: ClassVar[str]
    classes: ClassVar[tuple[str, ...]]

    def _info(self) -> Any:
        return self._describe(tensor((28, 28, 1), np.uint8), {"label": self.classes})

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        files = ENTRIES[self.entry].files
        sums = {name: file.content_sha256 for name, file in files.items()}
        made = {}
        for split in ("train", "test"):
            images, labels = read_idx_set(self.source, split, sums)
            made[split] = examples(images, check_labels(labels, self.classes, self.source))
        return made


class Mnist(_Idx):
    """70,000 handwritten digits, 28x28, grey: 60,000 to train on, 10,000 to test on.

    `source` is a folder of the four IDX files, packed or not; their content is checked.

    Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document
    recognition*, 1998.

    >>> Mnist.name, str(Mnist.VERSION)
    ('jaxcnn_mnist', '1.0.0')
    """

    name = "jaxcnn_mnist"
    entry = "mnist"
    classes = DIGITS


class FashionMnist(_Idx):
    """70,000 photographs of clothes, 28x28, grey: 60,000 to train on, 10,000 to test on.

    `source` is a folder of the four IDX files, packed or not; their content is checked.

    Source: H. Xiao, K. Rasul, R. Vollgraf, *Fashion-MNIST: a novel image dataset for benchmarking
    machine learning algorithms*, 2017.

    >>> FashionMnist.name, FashionMnist.classes[:2]
    ('jaxcnn_fashion_mnist', ('t-shirt', 'trousers'))
    """

    name = "jaxcnn_fashion_mnist"
    entry = "fashion_mnist"
    classes = GARMENTS


class Cifar10(Builder):
    """60,000 photographs of ten kinds of objects, 32x32, colour: 50,000 to train on.

    `source` is the archive of the binary version, or a folder of its `.bin` files.

    Source: A. Krizhevsky, *Learning multiple layers of features from tiny images*, 2009.

    >>> Cifar10.name, str(Cifar10.VERSION)
    ('jaxcnn_cifar10', '1.0.0')
    """

    name = "jaxcnn_cifar10"

    def _info(self) -> Any:
        return self._describe(tensor((SIDE, SIDE, 3), np.uint8), {"label": OBJECTS})

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        made = {}
        for split in ("train", "test"):
            images, labels = read_cifar(self.source, split)
            made[split] = examples(images, check_labels(labels, OBJECTS, self.source))
        return made


class MovingDigits(Builder):
    """5,000 videos of one real digit that moves: 4,000 to train on, 1,000 to test on.

    Each has 16 frames of 32x32, grey. `direction` is one of eight, `speed` slow or fast, `label` both.
    They are made from the embedded set `mnist_10k`, always the same; `source` is not needed.

    >>> MovingDigits.name, MovingDigits.counts
    ('jaxcnn_moving_digits', {'train': 4000, 'test': 1000})
    """

    name = "jaxcnn_moving_digits"
    counts: ClassVar[dict[str, int]] = COUNTS

    def _info(self) -> Any:
        return self._describe(
            tensor((FRAMES, VIDEO_SIDE, VIDEO_SIDE, 1), np.uint8),
            {"label": CLASSES, "direction": DIRECTIONS, "speed": SPEEDS, "digit": DIGITS},
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        return {
            split: enumerate(moving_digits(split, count)) for split, count in self.counts.items()
        }


class UcrSeries(Family, Builder):
    """A problem of the UCR or UEA archive: labelled time series of one length.

    Args:
        problem: Its name, such as GunPoint.
        **options: Those of every builder; `source` is a folder that holds NAME_TRAIN.ts and
            NAME_TEST.ts (or .tsv, .arff, .txt), or a folder NAME that does.

    Source: H. A. Dau et al., *The UCR time series archive*, 2019.

    >>> UcrSeries.name
    'jaxcnn_ucr'
    """

    name = "jaxcnn_ucr"

    def __init__(self, *, problem: str, source: Any = None, **options: Any) -> None:
        found = find_series(problem, None if source is None else Path(source))
        if found is None:
            raise DataFileError(
                f"must hold {problem}_TRAIN.ts", path="aeon's data" if source is None else source
            )
        if "test" not in found.files:
            raise DataFileError(f"must hold {problem}_TEST, too", path=found.files["train"])
        self.problem = problem
        self._parts = read_problem(found)
        super().__init__(source=found.files["train"].parent, config=problem, **options)

    def _info(self) -> Any:
        part = self._parts["train"]
        return self._describe(
            tensor(part.values.shape[1:], np.float32), {"label": part.class_names}
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        return {split: examples(part.values, part.labels) for split, part in self._parts.items()}
