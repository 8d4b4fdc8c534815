"""Sets of photographs of many sizes: stored as the files they are, decoded when they are read."""

import functools
from pathlib import Path
from typing import Any

from .._folder import Listing, list_images
from ._base import FolderBuilder, tfds

_tfds = tfds()


class Hymenoptera(FolderBuilder):
    """397 photographs of ants and bees, of many sizes: 244 to train on, 153 to validate on.

    `source` is the zip archive of PyTorch's tutorials, or a folder with its layout
    (`train/ants/*.jpg`, `val/bees/*.jpg`...).

    Source: PyTorch, *Transfer learning for computer vision tutorial*.

    >>> Hymenoptera.name
    'jaxcnn_hymenoptera'
    """

    name = "jaxcnn_hymenoptera"

    @functools.cache  # noqa: B019 (one listing for each builder, as long as it lives)
    def listing(self) -> Listing:
        """Which photographs there are."""
        inner = self.source / "hymenoptera_data"
        return list_images(inner if inner.is_dir() else self.source)


class ImageFolder(FolderBuilder):
    """Images of a folder or a zip archive of class folders, as records.

    Args:
        title: The set's name.
        **options: Those of every builder; `source` is the folder or archive.

    >>> ImageFolder.name
    'jaxcnn_folder'
    """

    name = "jaxcnn_folder"

    def __init__(self, *, title: str, source: Any, **options: Any) -> None:
        self._listing = list_images(Path(source))
        config = _tfds.core.BuilderConfig(name=title, version=self.VERSION)
        super().__init__(source=source, config=config, **options)

    def listing(self) -> Listing:
        """Which images there are."""
        return self._listing
