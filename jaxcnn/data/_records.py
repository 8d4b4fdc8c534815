"""The one door to tensorflow-datasets, whose import takes 0.2 s and many packages.

It runs without TensorFlow as long as only tensors, labels and encoded images are stored, in files
of array_record. Its feature for videos and its encoder for image arrays need TensorFlow, and its
parquet files lose rows: none of them is used here.
"""

import contextlib
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ._errors import DataFileError, DataPackageError

FILE_FORMAT = "array_record"


def tfds() -> Any:
    """The package tensorflow-datasets.

    Raises:
        DataPackageError: It, or what it forgets to ask for, is not installed.
    """
    try:
        import array_record  # noqa: F401
        import importlib_resources  # noqa: F401

        with _no_garbage_collection():
            import tensorflow_datasets
    except ImportError as error:
        raise DataPackageError(
            f"prepared data sets need packages that are not here ({error}): "
            "pip install 'jaxcnn[data]' (in a clone: '.[data]')"
        ) from error
    return tensorflow_datasets


def open_records(folder: Path, split: str, *, raw: bool = False) -> Any:
    """The records of a split, by index; encoded images stay encoded.

    Raises:
        DataFileError: The folder is no prepared set, or a file of it is missing.
    """
    package = tfds()
    try:
        builder = package.builder_from_directory(str(folder))
        decoders = {"image": package.decode.SkipDecoding()} if _is_encoded(builder) else None
        method = package.decode.DeserializeMethod
        return builder.as_data_source(
            split=split,
            decoders=decoders,
            deserialize_method=method.RAW_BYTES if raw else method.DESERIALIZE_AND_DECODE,
        )
    # It raises its own errors, those of array_record and of protobuf, which share no base.
    except Exception as error:
        raise DataFileError(
            f"is no whole prepared set ({str(error)[:200]}); remove it and prepare it again",
            path=folder,
        ) from error


def read_info(folder: Path) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    """Number of examples of each split, and class names of each label, of a prepared set.

    Raises:
        DataFileError: The folder is no prepared set.
    """
    package = tfds()
    try:
        info = package.builder_from_directory(str(folder)).info
        labels = {
            key: tuple(feature.names)
            for key, feature in sorted(info.features.items())
            if isinstance(feature, package.features.ClassLabel)
        }
        order = sorted(info.splits.items(), key=lambda item: training_first(item[0]))
        return {name: split.num_examples for name, split in order}, labels
    except Exception as error:
        raise DataFileError(
            f"is no whole prepared set ({str(error)[:200]}); remove it and prepare it again",
            path=folder,
        ) from error


def training_first(split: str) -> tuple[bool, str]:
    """The key that puts splits in the order in which they are named to people."""
    return split != "train", split


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Lets no finaliser run while tensorflow-datasets replaces Python's import by one of its own.

    That one knows no relative imports, which the finalisers of multiprocessing make.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextlib.contextmanager
def quiet_bars() -> Iterator[None]:
    """Keeps tensorflow-datasets from drawing a bar for each split and shard."""
    from tensorflow_datasets.core.utils import tqdm_utils

    before = getattr(tqdm_utils, "_active", True)
    tqdm_utils.display_progress_bar(False)
    try:
        yield
    finally:
        tqdm_utils.display_progress_bar(before)


def _is_encoded(builder: Any) -> bool:
    return isinstance(builder.info.features["image"], tfds().features.Image)
