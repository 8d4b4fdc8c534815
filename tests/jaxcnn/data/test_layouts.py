"""Splits and classes are found as a person would find them, or what was seen is named with the cure."""

import os
import warnings

import numpy as np
import pytest

from jaxcnn.data import DataFileError, DataWarning, load, splits_of
from jaxcnn.data._folder import list_images
from jaxcnn.data._layout import LayoutError, read_layout
from jaxcnn.data._split_names import split_name
from jaxcnn.data._tree import Node

from .files import image_bytes, photographs, write_folder, write_zip

PIXEL = image_bytes(size=(1, 1))


def tree(*folders, count=2):
    """Path -> content: some images in each folder; "test/" has them without a class folder."""
    return {
        f"{name.rstrip('/')}/{number}.png": PIXEL for name in folders for number in range(count)
    }


def pairs(*splits, classes=("cat", "dog")):
    return tree(*(f"{split}/{label}" for split in splits for label in classes))


def seen(root):
    """Split -> how many images; and the classes. A notice is an error here."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        listing = list_images(root)
        assert listing.notices == ()
    return {split: len(images) for split, images in listing.splits.items()}, listing.class_names


TRAIN_AND_TEST = {
    "as published": ("train", "test"),
    "capitals": ("Train", "Test"),
    "all capitals": ("TRAIN", "TEST"),
    "brain tumours": ("Training", "Testing"),
    "cats and dogs": ("training_set", "test_set"),
    "with a minus": ("train-set", "test-set"),
    "with a space": ("Training Set", "Test Set"),
    "in one word": ("trainset", "testset"),
    "camels": ("TrainData", "TestData"),
    "a prefix": ("seg_train", "seg_test"),
    "a suffix": ("train_images", "test_images"),
    "the set's name": ("flowers_train", "flowers_test"),
    "a year": ("train2017", "test2017"),
    "twice": ("seg_train/seg_train", "seg_test/seg_test"),
    "with images": ("train/images", "test/images"),
    "evaluation": ("train", "eval"),
    "held out": ("train", "holdout"),
    "held out in words": ("train", "hold-out"),
    "one folder above": ("archive/train", "archive/test"),
    "two folders above": ("a/b/Training", "a/b/Testing"),
}
TRAIN_AND_VAL = {
    "as published": ("train", "val"),
    "capitals": ("TRAIN", "VAL"),
    "valid": ("train", "valid"),
    "validation": ("Training", "Validation"),
    "dev": ("train", "dev"),
    "a folder above": ("hymenoptera_data/train", "hymenoptera_data/val"),
}
CASES = [(names, "test") for names in TRAIN_AND_TEST.values()]
CASES += [(names, "val") for names in TRAIN_AND_VAL.values()]


@pytest.mark.parametrize(("names", "second"), CASES, ids=lambda value: str(value))
@pytest.mark.parametrize("is_zip", [False, True])
def test_splits_are_called_as_people_call_them(tmp_path, names, second, is_zip):
    contents = pairs(*names)
    root = (
        write_zip(tmp_path / "a.zip", contents)
        if is_zip
        else write_folder(tmp_path / "root", contents)
    )
    assert seen(root) == ({"train": 4, second: 4}, ("cat", "dog"))


def test_a_split_is_found_under_every_name_that_it_is_called_by(tmp_path):
    write_folder(tmp_path, pairs("Training", "valid"))
    assert splits_of(tmp_path) == ("train", "val")
    for name in ("val", "valid", "Validation", "dev"):
        assert load(tmp_path, name).split == "val"
    assert load(tmp_path, "Training").split == "train"
    with pytest.raises(ValueError, match=r"split \(='test'\) must be one of train, val"):
        load(tmp_path, "test")


def test_two_splits_to_choose_by_keep_their_names(tmp_path):
    write_folder(tmp_path, pairs("train", "val", "dev"))
    assert seen(tmp_path)[0] == {"train": 4, "val": 4, "dev": 4}
    write_folder(tmp_path / "more", pairs("train", "dev_a", "dev_b"))
    assert set(splits_of(tmp_path / "more")) == {"train", "dev_a", "dev_b"}


def test_several_folders_to_learn_from_are_kept_apart_and_that_is_told(tmp_path):
    listing = list_images(write_folder(tmp_path, pairs("train_a", "train_b", "test")))
    assert set(listing.splits) == {"train_a", "train_b", "test"}
    assert "'train_a' and 'train_b' are splits of their own" in listing.notices[0]


def test_who_asks_for_a_split_that_cannot_be_used_is_told_why(tmp_path):
    write_folder(tmp_path, pairs("train") | tree("test/"))
    with pytest.raises(
        ValueError, match=r"must be one of train .*2 images in 'test' not used .no class folder"
    ):
        load(tmp_path, "test")


def test_classes_that_hold_the_splits_are_classes(tmp_path):
    write_folder(tmp_path, tree("cat/train", "cat/test", "dog/train", "dog/test"))
    assert seen(tmp_path) == ({"train": 4, "test": 4}, ("cat", "dog"))


CLASSES = {
    "one folder above": (tree("flowers/rose", "flowers/tulip"), ("rose", "tulip")),
    "each in one more folder": (tree("rose/images", "tulip/images"), ("rose", "tulip")),
    "folders below a class": (tree("rose", "rose/more", "tulip"), ("rose", "tulip")),
    "trains": (tree("steam_train", "bullet_train", "car"), ("bullet_train", "car", "steam_train")),
    "steam trains of two kinds": (
        tree("steam_train", "steam_train/a", "steam_train/b", "car"), ("car", "steam_train"),
    ),
    "words that begin like splits": (tree("trainers", "testudo", "valley"), ("testudo", "trainers", "valley")),
}  # fmt: skip


@pytest.mark.parametrize("case", CLASSES)
def test_classes_without_splits_are_found(tmp_path, case):
    contents, classes = CLASSES[case]
    assert seen(write_folder(tmp_path, contents))[1] == classes


PUBLISHED = {
    "fruits": (
        pairs("Training", "Test") | tree("test-multiple_fruits/", "papers"), {"train": 4, "test": 4},
    ),
    "tiny ImageNet": (
        tree("train/cat/images", "train/dog/images", "val/images", "test/images"), {"train": 4},
    ),
    "sign language": (
        pairs("asl_alphabet_train/asl_alphabet_train") | tree("asl_alphabet_test/asl_alphabet_test"), {"train": 4},
    ),
    "plant diseases": (
        pairs("New Plants(Augmented)/New Plants(Augmented)/train", "New Plants(Augmented)/New Plants(Augmented)/valid")
        | tree("test/test"),
        {"train": 4, "val": 4},
    ),
    "faces": (
        pairs("Training", "PublicTest", "PrivateTest"), {"train": 4, "PublicTest": 4, "PrivateTest": 4},
    ),
    "chests": (pairs("chest/test", "chest/train", "chest/chest/test", "chest/chest/train"), {"train": 4, "test": 4}),
    "cells": (tree("cell/cat", "cell/dog", "cell/cell/cat", "cell/cell/dog"), {"train": 2, "test": 2}),
    "food": (tree("images/cat", "images/dog") | {"meta/train.txt": b""}, {"train": 2, "test": 2}),
    "in French": (pairs("entraînement", "test"), {"train": 4, "test": 4}),
}  # fmt: skip


@pytest.mark.parametrize("case", PUBLISHED)
def test_the_layouts_of_well_known_sets_are_understood(tmp_path, case):
    contents, sizes = PUBLISHED[case]
    listing = list_images(write_folder(tmp_path / "root", contents))
    assert listing.class_names == ("cat", "dog")
    assert {split: len(images) for split, images in listing.splits.items()} == sizes


@pytest.mark.parametrize("name", ["valid", "test", "train"])
def test_a_class_that_is_called_like_a_split_is_a_class_and_that_is_told(tmp_path, name):
    write_folder(tmp_path, tree(name, "invalid", "other"))
    with pytest.warns(
        DataWarning, match=f"'{name}' holds images and stands beside .*not as a split"
    ):
        assert set(load(tmp_path).class_names) == {name, "invalid", "other"}


@pytest.mark.parametrize("name", ["valid", "test"])
def test_a_class_in_a_split_may_be_called_like_one(tmp_path, name):
    write_folder(tmp_path, pairs("train", "val", classes=(name, "other")))
    assert seen(tmp_path)[1] == tuple(sorted((name, "other")))


LEFT_OVER = {
    "a flat test folder": (pairs("train") | tree("test/"), "2 images in 'test' not used .no class folder"),
    "a flat test folder twice": (
        pairs("seg_train/seg_train") | tree("seg_test/seg_test/"), "2 images in 'seg_test' not used",
    ),
    "images to predict": (
        pairs("seg_train", "seg_test") | tree("seg_pred/"),
        "2 images in 'seg_pred' not used .beside the splits 'seg_test' and 'seg_train'",
    ),
    "a class folder beside splits": (pairs("train", "val") | tree("bird"), "2 images in 'bird' not used"),
    "images beside splits": (pairs("train", "val") | {"a.png": PIXEL}, "1 image directly in the folder .a.png"),
    "images beside classes": (pairs("train") | {"train/a.png": PIXEL}, "1 image directly in 'train' .a.png"),
    "images beside classes without splits": (tree("cat", "dog") | {"a.png": PIXEL}, "1 image directly in the"),
    "splits beside other folders": (pairs("set/train", "set/test") | tree("docs"), "2 images in 'docs' not used"),
    "the set once more": (
        pairs("train", "test") | pairs("set/train", "set/test"), "8 images in 'set' not used",
    ),
    "the classes once more": (
        tree("no", "yes", "brain/no", "brain/yes"), "4 images in 'brain' not used .which holds folders of the classes'",
    ),
    "formats that are not read": (
        pairs("train", "val") | {"train/cat/a.gif": b"", "val/dog/b.HEIC": b"", "val/dog/c.heic": b""},
        "1 .gif, 2 .heic files not used: save them as PNG or JPEG",
    ),
    "files without a suffix": (tree("cat", "dog") | {"cat/7": b""}, "1 suffixless files not used"),
    "an empty split": (pairs("train") | {"test/list.txt": b""}, "the split 'test' holds no image"),
    "a split in a class": (
        tree("cat", "cat/test", "dog"), "'cat/test' is taken as part of the class 'cat', not as a split",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LEFT_OVER)
@pytest.mark.parametrize("is_zip", [False, True])
def test_what_is_not_used_is_told(tmp_path, case, is_zip):
    contents, notice = LEFT_OVER[case]
    root = (
        write_zip(tmp_path / "a.zip", contents)
        if is_zip
        else write_folder(tmp_path / "root", contents)
    )
    listing = list_images(root)
    assert len(listing.class_names) == 2
    assert not {"train", "test", "set", "brain"} & set(listing.class_names)
    with pytest.warns(DataWarning, match=notice):
        warnings.warn("\n".join(listing.notices), DataWarning, stacklevel=1)
    if not is_zip:
        with pytest.warns(DataWarning, match=notice):
            load(root)


REFUSED = {
    "splits of unknown names": (
        pairs("left", "right"), "'left' and 'right' hold no image but folders of the same names .'cat', 'dog'",
    ),
    "numbered parts": (pairs("fold1", "fold2", "fold3"), "hold no image but folders of the same names"),
    "splits of one class": (tree("left/cat", "right/cat"), "hold no image but a folder of the same name .'cat'"),
    "splits without classes": (tree("train/", "test/"), "called like splits, but hold images and no class folder"),
    "splits without classes twice": (tree("train/images", "test/images"), "no class folder"),
    "splits without classes beside classes": (
        tree("train/", "test/", "cat", "dog"), "and 'cat' and 'dog' stand beside",
    ),
    "a split beside classes": (
        pairs("train") | tree("bird", "cow"), "'train' holds folders like a split, and 'bird' and 'cow'",
    ),
    "the set once more, deeper": (
        pairs("pets", "data/pets"), "'data' and 'pets' hold no image but folders of the same names",
    ),
    "rock, paper, scissors": (pairs("rps/rps", "rps-test-set/rps-test-set"), "call them train, val and test"),
    "two sets": (pairs("a/train", "a/test", "b/train", "b/test"), "'a' and 'b' hold splits: give one"),
    "one class": (tree("cat"), "has the only class folder 'cat', but must have at least two"),
    "one class of two kinds": (
        tree("docs/a", "docs/b") | {"x.png": PIXEL}, r"only class folder 'docs' .it holds 'a', 'b': give 'docs'\?",
    ),
    "one class in a split": (pairs("train", "val", classes=("cat",)), "has the only class folder 'cat'"),
    "no class": ({"a.png": PIXEL}, "has no class folder .images directly in it: 1"),
    "a class in a format that is not read": (
        tree("cat") | {"dog/a.heic": b""}, "1 of 2 classes have no image that is read, but 1 .heic files: 'dog'",
    ),
    "other spellings": (tree("train/cat", "train/dog", "test/Cat", "test/dog"), "'Cat'; a class must have one name"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_be_read_in_two_ways_or_none_is_refused_with_the_cure(tmp_path, case):
    contents, message = REFUSED[case]
    with pytest.raises(DataFileError, match=message):
        list_images(write_folder(tmp_path / "root", contents))


def test_a_folder_that_is_itself_one_of_several_splits_is_told(tmp_path):
    write_folder(tmp_path, pairs("Train", "Test"))
    with pytest.warns(
        DataWarning, match=r"Train: is itself called like a split, and 'Test'.* give '"
    ):
        assert load(tmp_path / "Train").class_names == ("cat", "dog")


def test_what_systems_leave_behind_is_passed_over(tmp_path):
    junk = ("__MACOSX/cat/._1.png", "cat/Thumbs.db", ".DS_Store", "cat/.DS_Store", "desktop.ini")
    contents = tree("cat", "dog") | dict.fromkeys((*junk, ".ipynb_checkpoints/a.png"), PIXEL)
    assert seen(write_folder(tmp_path / "root", contents))[1] == ("cat", "dog")
    assert seen(write_zip(tmp_path / "a.zip", contents))[1] == ("cat", "dog")


def test_linked_folders_and_images_are_followed(tmp_path):
    write_folder(tmp_path / "store", photographs(count=3))
    root = tmp_path / "root"
    (root / "train").mkdir(parents=True)
    for label in ("ant", "bee"):
        (root / "train" / label).symlink_to(tmp_path / "store" / label)
    (root / "test" / "ant").mkdir(parents=True)
    (root / "test" / "ant" / "a.png").symlink_to(tmp_path / "store" / "ant" / "0.png")
    (root / "test" / "bee").symlink_to("../train/bee")
    assert seen(root) == ({"train": 6, "test": 4}, ("ant", "bee"))
    assert len(load(root, "test").images) == 4


def test_links_in_a_circle_and_to_nothing_end_and_are_told(tmp_path):
    write_folder(tmp_path, tree("cat", "dog"))
    (tmp_path / "cat" / "again").symlink_to(tmp_path)
    (tmp_path / "dog" / "self").symlink_to(".")
    os.symlink("nowhere", tmp_path / "bird")
    listing = list_images(tmp_path)
    assert sum(map(len, listing.splits.values())) == 4
    told = "\n".join(listing.notices)
    assert "'cat/again' is a link to a folder that it lies in" in told
    assert "'dog/self' is a link to a folder that it lies in" in told
    assert "'bird' is a link to nothing" in told


def test_an_image_that_is_a_link_to_nothing_is_named_when_it_is_read(tmp_path):
    write_folder(tmp_path, pairs("train"))
    os.symlink("nowhere.png", tmp_path / "train" / "cat" / "gone.png")
    with pytest.raises(DataFileError, match=r"gone.png: .*No such file"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("name", "role", "rest"),
    [
        ("hymenoptera_train", "train", {"hymenoptera"}),
        ("TESTING", "test", set()),
        ("Hold Out", "test", set()),
        ("DevSet", "val", set()),
        ("trainval", "train", set()),
        ("train_val", "train", set()),
        ("2 Test Images", "test", set()),
    ],
)
def test_names_of_splits_say_their_role(name, role, rest):
    found = split_name(name)
    assert (found.role, found.rest) == (role, rest)


@pytest.mark.parametrize(
    "name", ["cat", "trainer", "contest", "valley", "train_test", "latest", "my train x", ""]
)
def test_other_names_are_of_no_split(name):
    assert split_name(name) is None


def test_whatever_lies_where_each_image_is_used_or_told_and_no_class_holds_all_others():
    """Random trees of telling names: refused, or every image has a class or is counted in a notice."""
    random = np.random.default_rng(0)
    names = ("train", "Test", "valid", "seg_train", "seg_test", "cat", "dog", "images", "pets")
    understood = 0
    for _ in range(600):
        root = Node("root")
        for _ in range(random.integers(1, 9)):
            node = root
            for part in random.choice(names, random.integers(0, 4)):
                path = f"{node.path}/{part}" if node.path else str(part)
                node = node.folders.setdefault(str(part), Node(str(part), path))
            node.add("x.png", f"{node.path}/{len(node.images)}.png")
        try:
            layout = read_layout(root)
        except LayoutError:
            continue
        used = [
            name
            for found in layout.splits.values()
            for node in found.values()
            for name in node.all_images()
        ]
        assert len(set(used)) == len(used)
        unused = sum(int(text.split(" ")[0]) for text in layout.notices if " not used" in text)
        assert len(used) + unused == len(root.all_images()), (sorted(root.all_images()), layout)
        understood += 1
    assert understood > 100
