"""Builders for tensorflow-datasets, which run without TensorFlow and write array_record files.

`jaxcnn.data.prepare` downloads, checks and builds. Users of tensorflow-datasets can also take the
classes themselves: ``Mnist(source=FOLDER, data_dir=CACHE).download_and_prepare()``, then
``as_data_source(split="train")``; or ``tfds.builder("jaxcnn_mnist", data_dir=CACHE)`` once this
package has been imported. Needs ``jaxcnn[data]``.
"""

from ._arrays import Cifar10, FashionMnist, Mnist, MovingDigits, UcrSeries
from ._photographs import Hymenoptera, ImageFolder

__all__ = [
    "Cifar10",
    "FashionMnist",
    "Hymenoptera",
    "ImageFolder",
    "Mnist",
    "MovingDigits",
    "UcrSeries",
]
