"""What people call the parts of a set: Train, testing_set, seg_train, dev, hold-out ..."""

import re
from collections.abc import Collection
from dataclasses import dataclass

ROLES = ("train", "val", "test")
_WORDS = {
    **dict.fromkeys(("train", "training", "trn", "trainval"), "train"),
    **dict.fromkeys(("entrainement", "entraînement", "apprentissage"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "validate", "validating", "dev"), "val"),
    **dict.fromkeys(("devel", "development"), "val"),
    **dict.fromkeys(("test", "tests", "testing", "tst", "eval", "evaluation", "evaluate"), "test"),
    **dict.fromkeys(("holdout", "heldout"), "test"),
}
_FILLER_WORDS = """
set sets data dataset datasets split splits subset partition part fold images image imgs img pictures
pics photos jpg jpeg png folder folders dir files samples examples the
"""
_FILLERS = frozenset(_FILLER_WORDS.split())


@dataclass(frozen=True)
class SplitName:
    """What the name of a folder says.

    Attributes:
        role: "train", "val" or "test".
        rest: The other words, such as "seg" of seg_train; those that say nothing are left out.
    """

    role: str
    rest: frozenset[str]


def split_name(name: str) -> SplitName | None:
    """Reads a folder's name as that of a split; None if it is none.

    >>> split_name("seg_train")
    SplitName(role='train', rest=frozenset({'seg'}))
    >>> split_name("Testing Set").role, split_name("Hold-Out").role, split_name("trainers")
    ('test', 'test', None)
    """
    words = [word for word in words_of(name) if not word.isdecimal() and word not in _FILLERS]
    roles = {_WORDS[word] for word in words if word in _WORDS}
    if roles == {"train", "val"}:  # to learn and to choose by, together
        roles = {"train"}
    if len(roles) != 1 or not {words[0], words[-1]} & _WORDS.keys():
        return None
    return SplitName(roles.pop(), frozenset(word for word in words if word not in _WORDS))


def words_of(name: str) -> list[str]:
    """The words of a name in lower case; "trainset" is two, and so is "TrainSet"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", name)
    parts = [part for part in re.split(r"[\W_]+", apart.lower()) if part]
    joined = re.sub(r"\b(hold|held) out\b", r"\1out", " ".join(parts)).split()
    return [word for part in joined for word in _unglued(part)]


def is_filler(name: str) -> bool:
    """Whether a name says nothing, such as "images"."""
    return all(word in _FILLERS or word.isdecimal() for word in words_of(name))


def _unglued(word: str) -> list[str]:
    for known in _WORDS:
        if word.startswith(known) and word[len(known) :] in _FILLERS:
            return [known, word[len(known) :]]
        if word.endswith(known) and word[: -len(known)] in _FILLERS:
            return [word[: -len(known)], known]
    return [word]


def chosen_split(split: str, known: Collection[str], name: str) -> str:
    """The split that is meant: of this name, or the only one that people call so.

    Args:
        split: As the user calls it.
        known: Those that there are.
        name: The set, for the error.

    Raises:
        ValueError: There is none, or several could be meant.

    >>> chosen_split("Validation", ("train", "val"), "photographs")
    'val'
    """
    if split in known:
        return split
    asked = split_name(split)
    meant = [one for one in known if asked and split_name(one) == asked]
    if len(meant) != 1:
        raise ValueError(f"split (={split!r}) must be one of {', '.join(known)} for {name!r}")
    return meant[0]
