"""The embedded sets hold what they say, byte for byte."""

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from jaxcnn.data import list_embedded, load_embedded

SHARED = Path(__file__).parents[4] / "shared" / "data" / "mnist"

# name -> images, SHA-256 of the pixels, SHA-256 of the labels as bytes
CONTENT = {
    "mnist_10k": (
        10_000,
        "b4014d855b0e7e14383d7fd5474be89e4808db36f84d1361758a06e0ff76387f",
        "bf8e55d1ce51344625ef382923cc5e7778ce05d200982f29c97ee113fe9272f6",
    ),
    "clothing": (
        2_400,
        "e70549dfd8052c51de87e2c1db6c44579f734b723710fc292776245fffce66fc",
        "367b7d3b4491328f8121c5a48ed814a762dab8592c0289ef0cfdb3a0685130f2",
    ),
    "iconic": (
        200,
        "5fc32abe122898807a6d7be88e66bcf5a7ae168f9341e822c17814472eb64450",
        "b213719ba663eca46791e164e31605201d3e8fcea39592f6a000d515c85176c4",
    ),
    "natural": (
        200,
        "9b3c1c826c9de57469bf7399fb2e9f8a14fe400a77ff0fe307310c0ab7efc88c",
        "b213719ba663eca46791e164e31605201d3e8fcea39592f6a000d515c85176c4",
    ),
}
CLASS_COUNTS = {
    "mnist_10k": [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978],
    "clothing": [50, 50, 1000, 50, 1000, 50, 50, 50, 50, 50],
    "iconic": [20] * 10,
    "natural": [20] * 10,
}


def test_the_list_names_every_set():
    assert list_embedded() == tuple(sorted(CONTENT))


@pytest.mark.parametrize("name", CONTENT)
def test_images_are_grey_bytes_of_28_by_28(name):
    embedded = load_embedded(name)
    number = CONTENT[name][0]
    assert embedded.name == name
    assert len(embedded) == number
    assert embedded.images.shape == (number, 28, 28, 1)
    assert embedded.images.dtype == np.uint8
    assert embedded.labels.shape == (number,)
    assert embedded.labels.dtype == np.int32


@pytest.mark.parametrize("name", CONTENT)
def test_pixels_and_labels_have_the_recorded_checksums(name):
    embedded = load_embedded(name)
    labels = embedded.labels.astype(np.uint8)
    assert hashlib.sha256(embedded.images.tobytes()).hexdigest() == CONTENT[name][1]
    assert hashlib.sha256(labels.tobytes()).hexdigest() == CONTENT[name][2]


@pytest.mark.parametrize("name", CONTENT)
def test_each_class_has_a_name_and_its_number_of_images(name):
    embedded = load_embedded(name)
    assert len(embedded.class_names) == 10
    assert np.bincount(embedded.labels).tolist() == CLASS_COUNTS[name]


@pytest.mark.parametrize("name", CONTENT)
def test_source_and_licence_are_stated(name):
    embedded = load_embedded(name)
    assert embedded.source
    assert embedded.licence


def test_each_photograph_has_its_own_licence_line():
    natural = load_embedded("natural")
    credited = [line.split(":")[0] for line in natural.licence.splitlines()]
    assert tuple(credited) == natural.class_names


def test_the_two_parts_of_the_digits_cover_them_without_overlap():
    digits = load_embedded("mnist_10k")
    train, test = digits.split("train"), digits.split("test")
    assert (len(train), len(test)) == (8_000, 2_000)
    assert np.array_equal(np.concatenate([train.images, test.images]), digits.images)
    assert np.array_equal(np.concatenate([train.labels, test.labels]), digits.labels)
    assert set(np.unique(test.labels)) == set(range(10))


def test_the_pair_of_garments_is_apart_from_the_others():
    clothing = load_embedded("clothing")
    pair, others = clothing.split("pair"), clothing.split("others")
    names = clothing.class_names
    assert {names[label] for label in pair.labels} == {"pullover", "coat"}
    assert {names[label] for label in others.labels} == set(names) - {"pullover", "coat"}
    assert np.bincount(pair.labels).tolist() == [0, 0, 1000, 0, 1000]
    assert len(pair) + len(others) == len(clothing)


def test_a_part_has_no_parts():
    train = load_embedded("mnist_10k").split("train")
    with pytest.raises(ValueError, match=r"name \(='test'\) must be a split of 'mnist_10k': none"):
        train.split("test")


def test_an_unknown_split_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="'train', 'test'"):
        load_embedded("mnist_10k").split("validation")


def test_an_unknown_set_is_refused_with_the_known_ones():
    with pytest.raises(
        ValueError, match=r"name \(='mnist'\) must be one of clothing, iconic, mnist_10k"
    ):
        load_embedded("mnist")


def test_images_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        load_embedded("iconic").images[0] = 0


@pytest.mark.skipif(not SHARED.exists(), reason="needs the complete MNIST in ../shared/data")
def test_the_digits_are_the_first_ten_thousand_of_the_published_file():
    path = SHARED / "train-images-idx3-ubyte.gz"
    with gzip.open(path) as file:
        published = np.frombuffer(file.read(16 + 10_000 * 784), np.uint8, offset=16)
    ours = load_embedded("mnist_10k").images.reshape(-1, 784)
    rows = sorted(row.tobytes() for row in published.reshape(-1, 784))
    assert sorted(row.tobytes() for row in ours) == rows
