"""From a name or a path, and a split, to a source of examples."""

import difflib
import os
from collections.abc import Collection
from pathlib import Path

from jaxcnn._files import is_spelled_so, without_tilde
from jaxcnn._notice import tell

from ._catalogue import ENTRIES
from ._embedded import DIGITS, list_embedded, load_embedded
from ._errors import DataFileError
from ._folder import Listing, list_images
from ._idx import SPLITS, check_labels, is_idx_folder, read_idx_set
from ._images import Form
from ._prepare import find_prepared
from ._records import read_info, training_first
from ._series import problem_of, problems_below, read_problem
from ._sources import ArraySource, FolderSource, RecordSource, Source
from ._split_names import chosen_split

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
            NAME_TRAIN.ts and NAME_TEST.ts (or .tsv, .arff, .txt).
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
    """Returns the splits of a set or folder, "train" first.

    Args:
        name: One of `list_datasets()`, or a folder, as for `load`.
        data_dir: Folder of prepared sets.

    Raises:
        ValueError: There is no such set.
        NotPreparedError: The set must be prepared first.

    >>> splits_of("mnist_10k")
    ('train', 'test')
    """
    text = os.fspath(name)
    if text in list_embedded():
        return tuple(load_embedded(text).splits) or ("all",)
    if _is_known(text):
        found: Collection[str] = read_info(find_prepared(text, data_dir))[0]
    else:
        folder = _folder(text)
        if is_idx_folder(folder):
            found = SPLITS
        elif problem := problem_of(folder):
            found = problem.files
        else:
            found = _images_of(folder).splits
    return tuple(sorted(found, key=training_first))


def _is_known(text: str) -> bool:
    family, slash, _ = text.partition("/")
    if family + slash not in ENTRIES:
        return False
    folder = Path(text)
    return not (folder.is_dir() and is_spelled_so(folder))


def _embedded(name: str, split: str, form: Form) -> Source:
    found = load_embedded(name)
    split = chosen_split(split, [*found.splits, "all"], name)
    part = found if split == "all" else found.split(split)
    return ArraySource(name, split, found.class_names, part.images, part.labels, form)


def _prepared(
    name: str, split: str, form: Form, label: str, skip: bool, data_dir: Name | None
) -> Source:
    folder = find_prepared(name, data_dir)
    splits, labels = read_info(folder)
    split = chosen_split(split, splits, name)
    if label not in labels:
        raise ValueError(f"label (={label!r}) must be one of {', '.join(labels)} for {name!r}")
    return RecordSource(name, split, labels[label], folder, form, skip, label)


def _of_path(text: str, split: str, form: Form, skip: bool) -> Source:
    folder = _folder(text)
    if is_idx_folder(folder):
        split = chosen_split(split, SPLITS, text)
        images, raw = read_idx_set(folder, split)
        names = DIGITS if raw.max() < len(DIGITS) else tuple(map(str, range(int(raw.max()) + 1)))
        if len(names) > len(DIGITS) and raw.min() > 0:
            tell(
                f"{folder}: labels begin at {raw.min()}, so that class '0' has no image and counts as "
                "one of the network's all the same"
            )
        return ArraySource(text, split, names, images, check_labels(raw, names, folder), form)
    if problem := problem_of(folder):
        split = chosen_split(split, problem.files, text)
        part = read_problem(problem)[split]
        return ArraySource(text, split, part.class_names, part.values, part.labels, form)
    listing = _images_of(folder)
    try:
        chosen = chosen_split(split, listing.splits, text)
    except ValueError as error:  # what is not used may be what was asked for
        raise ValueError("; ".join((str(error), *listing.notices))) from None
    for notice in listing.notices:
        tell(notice)
    return FolderSource(text, chosen, listing, form, skip)


def _images_of(folder: Path) -> Listing:
    try:
        return list_images(folder)
    except DataFileError:
        if names := problems_below(folder):
            some = ", ".join(map(repr, names[:5]))
            raise DataFileError(
                f"holds folders of time series ({some}{', ...' if len(names) > 5 else ''}): give one "
                "of them",
                path=folder,
            ) from None
        raise


def _folder(text: str) -> Path:
    folder = without_tilde(text)
    if not folder.is_dir():
        from ._catalogue import entry_of

        if folder.is_file():
            raise DataFileError(
                "is a file; a folder is read as it is, an archive is prepared first: jaxcnn data "
                f"prepare folder/NAME --from {text}",
                path=text,
            )
        if near := _near(folder):
            raise ValueError(f"name (={text!r}) is no folder and no set; did you mean {near!r}?")
        entry_of(text)  # says which names there are
        raise AssertionError(text)
    return folder


def _near(folder: Path) -> str | None:
    """A folder beside that is called almost so."""
    try:
        names = [entry.name for entry in os.scandir(folder.parent) if entry.is_dir()]
    except OSError:
        return None
    found = difflib.get_close_matches(folder.name, names, n=1)
    return str(folder.with_name(found[0])) if found else None
