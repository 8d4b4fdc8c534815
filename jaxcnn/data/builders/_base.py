"""What the builders share: quietness, order, and images that are checked as they are stored."""

import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from .._folder import Listing, iterate
from .._images import Form, UndecodableError, decode
from .._records import FILE_FORMAT, tfds
from .._sources import broken_images, emptied_classes

_tfds = tfds()


class Builder(_tfds.core.GeneratorBasedBuilder, skip_registration=True):  # type: ignore[call-arg]
    """A builder whose files are given, never downloaded by it; see `jaxcnn.data.prepare`.

    Args:
        source: The folder or file to read.
        skip: Whether images that cannot be decoded are left out, and named in `skipped`.
            What else is to be told comes into `notices`.
        **options: Those of `tfds.core.GeneratorBasedBuilder`, such as `data_dir`.
    """

    VERSION = _tfds.core.Version("1.0.0")
    pkg_dir_path: ClassVar[Any] = Path(__file__).parent

    def __init__(
        self,
        *,
        source: str | os.PathLike[str] | None = None,
        skip: bool = False,
        **options: Any,
    ) -> None:
        self.source = Path(source) if source is not None else Path()
        self.skip = skip
        self.skipped: list[str] = []
        self.notices: list[str] = []
        super().__init__(file_format=FILE_FORMAT, **options)

    def _describe(
        self, image: Any, labels: Mapping[str, Any], others: Mapping[str, Any] | None = None
    ) -> Any:
        """The set's description; examples stay in the order in which they come."""
        features = _tfds.features
        named = {key: features.ClassLabel(names=list(names)) for key, names in labels.items()}
        return _tfds.core.DatasetInfo(
            builder=self,
            description=type(self).__doc__,
            features=features.FeaturesDict({"image": image, **named, **(others or {})}),
            supervised_keys=("image", "label"),
            disable_shuffling=True,
        )

    def _log_download_bytes(self) -> None:
        """Prints nothing, unlike the method that it replaces."""

    def _log_download_done(self) -> None:
        """Prints nothing, unlike the method that it replaces."""

    def _generate_examples(self, **options: Any) -> Any:
        raise NotImplementedError  # every builder here hands generators to its splits


class Family:
    """Mixed into builders of sets that users name: every name is a configuration."""

    @classmethod
    def get_builder_config(cls, name: str, version: Any) -> Any:
        """The configuration of that name."""
        return _tfds.core.BuilderConfig(name=name, version=version)


class FolderBuilder(Builder, skip_registration=True):  # type: ignore[call-arg]
    """Images of class folders, stored as the files they are; each is decoded once, as a check."""

    def listing(self) -> Listing:
        """Which images there are."""
        raise NotImplementedError

    def _info(self) -> Any:
        features = _tfds.features
        return self._describe(
            features.Image(shape=(None, None, 3)),
            {"label": self.listing().class_names},
            {"name": features.Text()},
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        listing = self.listing()
        self.notices += listing.notices
        return {split: self._examples(listing, split) for split in listing.splits}

    def _examples(self, listing: Listing, split: str) -> Iterator[tuple[int, dict[str, Any]]]:
        broken: list[tuple[str, str]] = []
        lost: set[int] = set()
        kept: set[int] = set()
        for key, (name, label, content) in enumerate(iterate(listing, split)):
            try:
                decode(content, Form())
            except UndecodableError as error:
                broken.append((name, str(error)))
                lost.add(label)
            else:
                kept.add(label)
                yield key, {"image": io.BytesIO(content), "label": label, "name": name}
        if broken and not self.skip:
            raise broken_images(broken)
        self.skipped += [name for name, _ in broken]
        if emptied := emptied_classes(split, listing.class_names, lost, kept):
            self.notices.append(f"{self.source}: {emptied}")


def tensor(shape: tuple[int | None, ...], dtype: Any) -> Any:
    """Numbers of a fixed shape; unlike tfds' features for images and videos, without TensorFlow."""
    return _tfds.features.Tensor(shape=shape, dtype=dtype, encoding="bytes")


def examples(images: Any, labels: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Examples of arrays, in order."""
    for key, (image, label) in enumerate(zip(images, labels, strict=True)):
        yield key, {"image": image, "label": int(label)}
