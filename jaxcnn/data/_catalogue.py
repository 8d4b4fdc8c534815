"""The sets that can be prepared: what each holds, where its files come from."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from jaxcnn._files import is_plain_name

from ._embedded import list_embedded, load_embedded

OBJECTS = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}")


@dataclass(frozen=True, slots=True)
class Remote:
    """A file of a set: its name, where it is, and what it must be.

    Attributes:
        name: The file's name, also in a local folder.
        url: Its address.
        sha256: Of the file as it is downloaded.
        content_sha256: Of what is in it once unpacked, for copies that were compressed anew.
    """

    name: str
    url: str
    sha256: str
    content_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A set that can be prepared.

    Attributes:
        name: What `load` and `jaxcnn data prepare` call it; a family ends with a slash.
        builder: The class in `jaxcnn.data.builders`.
        text: What it holds.
        licence: Its terms.
        files: What is downloaded, by name.
        hint: How to get the files of a set that is not downloaded.
    """

    name: str
    builder: str
    text: str
    licence: str
    files: Mapping[str, Remote] = field(default_factory=dict)
    hint: str = ""


def _idx_files(base: str, sums: Mapping[str, tuple[str, str]]) -> dict[str, Remote]:
    return {
        name: Remote(f"{name}.gz", f"{base}{name}.gz", packed, content)
        for name, (packed, content) in sums.items()
    }


# LeCun's own server no longer answers; this is the copy that torchvision downloads.
_MNIST = _idx_files(
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    {
        "train-images-idx3-ubyte": (
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        "train-labels-idx1-ubyte": (
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        "t10k-images-idx3-ubyte": (
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        "t10k-labels-idx1-ubyte": (
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    },
)
_FASHION = _idx_files(
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    {
        "train-images-idx3-ubyte": (
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        "train-labels-idx1-ubyte": (
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
        "t10k-images-idx3-ubyte": (
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        "t10k-labels-idx1-ubyte": (
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    },
)

ENTRIES: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "mnist",
            "Mnist",
            "70,000 handwritten digits, 28x28, grey (LeCun, Cortes, Burges)",
            "digits by Yann LeCun, Corinna Cortes and Christopher Burges, from NIST's databases",
            _MNIST,
        ),
        Entry(
            "fashion_mnist",
            "FashionMnist",
            "70,000 photographs of clothes, 28x28, grey (Xiao, Rasul, Vollgraf 2017)",
            "MIT, Zalando SE",
            _FASHION,
            hint="Debian's package dataset-fashion-mnist has them in "
            "/usr/share/datasets/fashion-mnist",
        ),
        Entry(
            "cifar10",
            "Cifar10",
            "60,000 photographs of ten kinds of objects, 32x32, colour (Krizhevsky 2009)",
            "no licence is stated; Alex Krizhevsky asks to cite his report of 2009",
            {
                "cifar-10-binary.tar.gz": Remote(
                    "cifar-10-binary.tar.gz",
                    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                )
            },
        ),
        Entry(
            "hymenoptera",
            "Hymenoptera",
            "397 photographs of ants and bees, of many sizes (PyTorch's tutorials)",
            "a part of ImageNet: for research and teaching; the photographers keep their rights",
            {
                "hymenoptera_data.zip": Remote(
                    "hymenoptera_data.zip",
                    "https://download.pytorch.org/tutorial/hymenoptera_data.zip",
                    "fbc41b31d544714d18dd1230b1e2b455e1557766e13e67f9f5a7a23af7c02209",
                )
            },
        ),
        Entry(
            "moving_digits",
            "MovingDigits",
            "5,000 videos of one digit that moves, 16 frames of 32x32; made, not downloaded",
            "made from the embedded set mnist_10k, see `load_embedded`",
        ),
        Entry(
            "ucr/",
            "UcrSeries",
            "labelled time series of the UCR and UEA archives, by name: ucr/GunPoint",
            "as each problem's page on timeseriesclassification.com says",
            hint="the PyPI package aeon carries ACSF1, ArrowHead, BasicMotions, GunPoint, "
            "ItalyPowerDemand and OSULeaf, which are found once it is installed; others are on "
            "timeseriesclassification.com",
        ),
        Entry(
            "folder/",
            "ImageFolder",
            "any folder or zip of class folders, under a name of yours: folder/pets",
            "that of the images",
            hint="give the folder",
        ),
    )
}


def list_datasets() -> tuple[str, ...]:
    """Returns the names that `load`, `loader` and `prepare` know.

    Returns:
        The embedded sets, then those that must be prepared. A name that ends with a slash is a
        family: any name can follow.

    >>> "mnist_10k" in list_datasets(), list_datasets()[-2:]
    (True, ('ucr/', 'folder/'))
    """
    return (*list_embedded(), *ENTRIES)


def entry_of(name: str) -> tuple[Entry, str]:
    """The entry of a name, and what follows the slash of a family."""
    family, slash, member = name.partition("/")
    entry = ENTRIES.get(family + slash)
    if entry is not None and slash and not (_MEMBER.fullmatch(member) and is_plain_name(member)):
        raise ValueError(
            f"name (={name!r}) must be {family}/ and at most 81 letters without accents, digits, dots, dashes and "
            "underscores, of which the first is a letter or a digit and the last no dot, and no device of Windows"
        )
    if entry is None:
        close = difflib.get_close_matches(name, list_datasets(), 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(
            f"name (={name!r}) must be a folder or one of {', '.join(list_datasets())}{hint}"
        )
    return entry, member


def described(name: str) -> tuple[str, str]:
    """What a set holds, and its terms."""
    if name in list_embedded():
        found = load_embedded(name)
        return found.source, found.licence
    entry = ENTRIES.get(name) or entry_of(name)[0]
    return entry.text, entry.licence
