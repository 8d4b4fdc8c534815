"""Sets of photographs of many sizes: stored as the files they are, decoded when they are read."""

from pathlib import Path
from typing import Any

from .._folder import Listing, list_images
from ._base import Family, FolderBuilder


class Hymenoptera(FolderBuilder):
    """397 photographs of ants and bees, of many sizes: 244 to train on, 153 to validate on.

    `source` is the zip archive of PyTorch's tutorials, or a folder with its layout
    (`train/ants/*.jpg`, `val/bees/*.jpg`...).

    Source: PyTorch, *Transfer learning for computer vision tutorial*.

    >>> Hymenoptera.name
    'jaxcnn_hymenoptera'
    """

    name = "jaxcnn_hymenoptera"

    def listing(self) -> Listing:
        """Which photographs there are."""
        return list_images(self.source)


class ImageFolder(Family, FolderBuilder):
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
        super().__init__(source=source, config=title, **options)

    def listing(self) -> Listing:
        """Which images there are."""
        return self._listing
