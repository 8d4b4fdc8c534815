"""Which folders are splits and which are classes, found as a person would find it.

    ROOT/train/ants/1.jpg, ROOT/val/bees/2.jpg       splits that hold the class folders
    ROOT/ants/train/1.jpg, ROOT/bees/val/2.jpg       classes that hold the splits
    ROOT/ants/1.jpg, ROOT/bees/2.jpg                 classes alone

Splits are called as people call them (`_split_names`), folders that hold nothing but one folder are
opened. What could be read in two ways is an error; what is not used is told.
"""

from dataclasses import dataclass, field

from ._split_names import ROLES, SplitName, is_filler, split_name, words_of
from ._told import named, strays, unused
from ._tree import Node

_SHOWN = 5


class LayoutError(Exception):
    """What was seen, and the cure."""


@dataclass
class Layout:
    """What a folder holds.

    Attributes:
        splits: Split -> class -> the folders with its images; the split "" where there is none.
        folder: That in which they were found, below the root.
        notices: What is to be told: what is not used, what could have been meant otherwise.
    """

    splits: dict[str, dict[str, Node]]
    folder: str
    notices: list[str] = field(default_factory=list)


def read_layout(root: Node) -> Layout:
    """Finds splits and classes.

    Raises:
        LayoutError: There are none, or what there is could be read in two ways.
    """
    node, names = root, set(words_of(root.name))
    while True:
        found = _with_splits(node, names) or _classes_with_splits(node)
        if found is not None:
            return found
        inner = _only_folder(node)
        if inner is None:
            break
        node = inner
        names |= set(words_of(node.name))
    inside = {}
    for child in node.filled:
        opened = _opened(child)
        if found := _with_splits(opened, names | set(words_of(opened.name))):
            inside[child] = found
    if len(inside) > 1:
        raise LayoutError(f"{named(inside)} hold splits: give one of these folders")
    for chosen, found in inside.items():
        others = [child for child in node.filled if child is not chosen]
        found.notices += unused(others, f"beside {found.folder!r}") + strays(node)
        return found
    return Layout(
        {"": _class_folders(node, alone=True)}, node.path, _class_notices(node, alone=True)
    )


def _with_splits(node: Node, names: set[str]) -> Layout | None:
    """Folders of splits that hold folders of classes."""
    roles = _roles(node, names)
    within = {child.name: _class_holder(child) for child in node.filled if child.name in roles}
    splits = [child for child in node.filled if within.get(child.name) is not None]
    classes = [child for child in node.filled if child.name not in roles and child.images]
    flat = [child for child in node.filled if child.name in roles and child not in splits]
    clear = [child for child in splits if not child.images]
    if not splits:
        _check_flat(flat, {roles[child.name].role for child in flat}, classes)
        return None
    if classes and not clear:
        return None  # classes, one of which is called like a split and has folders of its own
    if len(classes) > 1 and len({roles[child.name].role for child in splits}) == 1:
        raise LayoutError(
            f"{named(splits)} holds folders like a split, and {named(classes)} beside it hold images "
            f"like classes: give {splits[0].path!r} alone, or put each class into a split (train, test)"
        )
    made: dict[str, dict[str, Node]] = {}
    notices = []
    for name, child in _unique_names(splits, roles).items():
        holder = within[child.name]
        assert holder is not None
        made[name] = _class_folders(holder, alone=False)
        notices += _class_notices(holder, alone=False)
        notices += strays(child) if holder is not child else []
    trained = [child for child in splits if roles[child.name].role == "train"]
    if len(trained) > 1:
        notices.append(f"{named(trained)} are splits of their own: none is read with another")
    others = [child for child in node.filled if child not in splits and child not in flat]
    notices += unused(flat, "no class folder in it, so no class is known")
    notices += unused(others, f"beside the splits {named(splits)}") + strays(node)
    notices += [
        f"the split {child.path!r} holds no image"
        for child in node.folders.values()
        if not child.has_image and split_name(child.name)
    ]
    return Layout(made, node.path, notices)


def _roles(node: Node, names: set[str]) -> dict[str, SplitName]:
    """Which of a folder's folders are called like splits.

    "seg_train" is, where "seg_test" stands beside it, or all is called seg; "steam_train" among
    classes is not.
    """
    said_by = {child.name: split_name(child.name) for child in node.filled}
    found = {name: said for name, said in said_by.items() if said is not None}
    all_hold_folders = not any(child.images for child in node.filled)
    several = len({said.role for said in found.values()}) > 1
    kept = {}
    for name, said in found.items():
        others = (other for other in found.values() if other.rest == said.rest)
        paired = any(other.role != said.role for other in others)
        if said.rest <= names or paired or (all_hold_folders and several):
            kept[name] = said
    return kept


def _class_holder(split: Node) -> Node | None:
    """The folder in a split that holds the class folders: itself, or the only one in it."""
    node = split
    while True:
        filled = node.filled
        if len(filled) == 1:
            inner = filled[0]
            if not node.images and not inner.images:
                node = inner
                continue
            repeats = split_name(inner.name) == split_name(split.name) or is_filler(inner.name)
            return None if repeats else node
        return node if filled else None


def _check_flat(flat: list[Node], roles: set[str], classes: list[Node]) -> None:
    """Refuses splits whose images lie directly in them.

    Raises:
        LayoutError: There are such.
    """
    if len(roles) > 1:
        beside = f", and {named(classes)} stand beside them" if classes else ""
        raise LayoutError(
            f"{named(flat)} are called like splits, but hold images and no class folder{beside}: put the "
            f"images of each class into a folder of its own (DIR/{flat[0].name}/cat/1.jpg)"
        )


def _unique_names(splits: list[Node], roles: dict[str, SplitName]) -> dict[str, Node]:
    """Each split under its role; under its own name where several have one."""
    made: dict[str, Node] = {}
    for role in ROLES:
        of_role = [child for child in splits if roles[child.name].role == role]
        exact = [child for child in of_role if child.name.lower() == role]
        for child in of_role:
            takes_role = len(of_role) == 1 or (len(exact) == 1 and child is exact[0])
            made[role if takes_role else child.name] = child
    return made


def _classes_with_splits(node: Node) -> Layout | None:
    """Folders of classes that hold nothing but folders of splits."""
    classes = node.filled
    if node.images or len(classes) < 2 or any(child.images for child in classes):
        return None
    made: dict[str, dict[str, Node]] = {}
    for child in classes:
        roles = _roles(child, set(words_of(child.name)))
        if not child.filled or len(roles) < len(child.filled):
            return None
        if any(not split.images for split in child.filled):
            return None
        for name, split in _unique_names(child.filled, roles).items():
            made.setdefault(name, {})[child.name] = split
    if len(made) < 2:
        return None
    empty = [child for child in node.folders.values() if not child.has_image]
    return Layout(
        {
            split: {**found, **{child.name: child for child in empty}}
            for split, found in made.items()
        },
        node.path,
        strays(node),
    )


def _only_folder(node: Node) -> Node | None:
    """The only folder with images, where it holds no image itself but folders that do."""
    filled = node.filled
    if node.images or len(filled) != 1 or filled[0].images:
        return None
    return filled[0]


def _opened(folder: Node) -> Node:
    """A folder, or what lies in it where it is nothing but a wrapping."""
    while (inner := _only_folder(folder)) is not None:
        folder = inner
    return folder


def _class_folders(node: Node, *, alone: bool) -> dict[str, Node]:
    """The folders of classes; also those without an image, which whoever asks must be told.

    Raises:
        LayoutError: They hold folders of the same names, so that they are no classes.
    """
    parents = _parents(node)
    held = {
        child.path: {inner.name.lower() for inner in _opened(child).filled} for child in parents
    }
    for index, one in enumerate(parents):
        for other in parents[index + 1 :]:
            both = sorted(held[one.path] & held[other.path])
            if len(both) > 1:
                raise LayoutError(
                    f"{named([one, other])} hold no image but folders of the same names "
                    f"({', '.join(map(repr, both[:_SHOWN]))}), so these are classes and the others are "
                    "not. If they are splits, call them train, val and test, or give one of them alone; "
                    "if they are classes, put the images of each directly into its folder"
                )
    single = [child for child in node.filled if not child.images and len(child.filled) == 1]
    inner = {child.filled[0].name.lower() for child in single}
    if alone and len(single) == len(node.filled) > 1 and len(inner) == 1:
        name = single[0].filled[0].name
        if not is_filler(name):
            raise LayoutError(
                f"{named(single)} hold no image but a folder of the same name ({name!r}): one class is "
                "too few; if they are the classes, put the images of each directly into its folder"
            )
    return {
        child.name: child for child in node.folders.values() if child not in _copies(node, parents)
    }


def _parents(node: Node) -> list[Node]:
    """Its folders that hold no image themselves, but several folders that do."""
    return [
        child
        for child in node.filled
        if not _opened(child).images and not child.images and len(_opened(child).filled) > 1
    ]


def _copies(node: Node, parents: list[Node]) -> list[Node]:
    """Folders that hold the class folders once more, as some archives do."""
    classes = {child.name.lower() for child in node.filled}
    return [
        child
        for child in parents
        if len({inner.name.lower() for inner in _opened(child).filled} & classes) > 1
    ]


def _class_notices(node: Node, *, alone: bool) -> list[str]:
    copies = _copies(node, _parents(node))
    notices = unused(copies, "which holds folders of the classes' names, and is taken as no class")
    classes = [child for child in node.filled if child not in copies]
    for child in classes:
        if alone and (said := split_name(child.name)) and not said.rest and child.images:
            others = named([other for other in classes if other is not child])
            notices.append(
                f"{child.path!r} holds images and stands beside {others}, so it is taken as a class, "
                "not as a split"
            )
        notices += [
            f"{inner.path!r} is taken as part of the class {child.name!r}, not as a split"
            for inner in child.filled
            if (said := split_name(inner.name)) and not said.rest
        ]
    return notices + strays(node)
