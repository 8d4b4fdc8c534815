"""From a name or a path, and a split, to a source of examples."""

import os
from collections.abc import Collection
from pathlib import Path

from ._catalogue import DIGITS, ENTRIES
from ._embedded import list_embedded, load_embedded
from ._errors import DataFileError
from ._folder import list_images
from ._idx import SPLITS, check_labels, is_idx_folder, read_idx_set
from ._images import Form
from ._prepare import find_prepared
from ._series import problem_of, read_series
from ._sources import ArraySource, FolderSource, RecordSource, Source

Name = str | os.PathLike[str]


def open_source(
    name: Name,
    split: str,
    form: Form,
    *,
    label: str = "label",
    skip: bool = False,
    data_dir: str | os.PathLike[str] | None = None,
) -> Source:
    """Opens a split.

    Args:
        name: One of `list_datasets()`, or a folder: of class folders, of IDX files, or of
            NAME_TRAIN.ts and NAME_TEST.ts.
        split: Which part.
        form: What images are made into.
        label: Which of the labels.
        skip: Whether images that cannot be decoded are left out.
        data_dir: Folder of prepared sets.

    Raises:
        ValueError: There is no such set, split or label.
        NotPreparedError: The set must be prepared first.
    """
    text = os.fspath(name)
    if text in list_embedded():
        source = _embedded(text, split, form)
    elif _is_known(text):
        return _prepared(text, split, form, label, skip, data_dir)
    else:
        source = _of_path(text, split, form, skip)
    if label != "label":
        raise ValueError(f"label (={label!r}) must be 'label', the only one of {text!r}")
    return source


def splits_of(name: Name, data_dir: str | os.PathLike[str] | None = None) -> tuple[str, ...]:
    """The splits of a set or folder, the first of them to train on.

    Raises:
        ValueError: There is no such set.
        NotPreparedError: The set must be prepared first.
    """
    text = os.fspath(name)
    if text in list_embedded():
        return tuple(load_embedded(text).splits) or ("all",)
    if _is_known(text):
        from ._records import read_info

        found: Collection[str] = read_info(find_prepared(text, data_dir))[0]
    else:
        folder = _folder(text)
        known = is_idx_folder(folder) or problem_of(folder)
        found = ("train", "test") if known else list_images(folder).splits
    return tuple(sorted(found, key=lambda split: (split != "train", split)))


def _is_known(text: str) -> bool:
    family, slash, _ = text.partition("/")
    return family + slash in ENTRIES and not Path(text).is_dir()


def _embedded(name: str, split: str, form: Form) -> Source:
    found = load_embedded(name)
    _check_split(split, [*found.splits, "all"], name)
    part = found if split == "all" else found.split(split)
    return ArraySource(name, split, found.class_names, part.images, part.labels, form)


def _prepared(
    name: str, split: str, form: Form, label: str, skip: bool, data_dir: Name | None
) -> Source:
    from ._records import read_info

    folder = find_prepared(name, data_dir)
    splits, labels = read_info(folder)
    _check_split(split, splits, name)
    if label not in labels:
        raise ValueError(f"label (={label!r}) must be one of {', '.join(labels)} for {name!r}")
    return RecordSource(name, split, labels[label], folder, form, skip, label)


def _of_path(text: str, split: str, form: Form, skip: bool) -> Source:
    folder = _folder(text)
    if is_idx_folder(folder):
        _check_split(split, SPLITS, text)
        images, raw = read_idx_set(folder, split)
        names = DIGITS if raw.max() < len(DIGITS) else tuple(map(str, range(int(raw.max()) + 1)))
        return ArraySource(text, split, names, images, check_labels(raw, names, folder), form)
    if problem := problem_of(folder):
        _check_split(split, ("train", "test"), text)
        path = folder / f"{problem}_{split.upper()}.ts"
        if not path.is_file():
            raise DataFileError(f"must hold {path.name}", path=folder)
        values, labels, names = read_series(path)
        return ArraySource(text, split, names, values, labels, form)
    listing = list_images(folder)
    _check_split(split, listing.splits, text)
    return FolderSource(text, split, listing, form, skip)


def _folder(text: str) -> Path:
    folder = Path(text).expanduser()
    if not folder.is_dir():
        from ._catalogue import entry_of

        if folder.is_file():
            raise DataFileError(
                "is a file; a folder is read as it is, an archive is prepared first: jaxcnn data "
                f"prepare folder/NAME --from {text}",
                path=text,
            )
        entry_of(text)  # says which names there are
        raise AssertionError(text)
    return folder


def _check_split(split: str, known: Collection[str], name: str) -> None:
    if split not in known:
        raise ValueError(f"split (={split!r}) must be one of {', '.join(known)} for {name!r}")
