"""Prepared sets: whole or not at all, whatever happens on the way."""

import dataclasses
import gzip
import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from jaxcnn.data import (
    BrokenImageError,
    DataFileError,
    DataPackageError,
    DataWarning,
    DataWriteError,
    NotPreparedError,
    _catalogue,
    list_datasets,
    load,
    loader,
    prepare,
    splits_of,
)
from jaxcnn.weights import ChecksumError, OfflineError

from .files import (
    idx,
    image_bytes,
    photographs,
    write_cifar,
    write_folder,
    write_idx,
    write_series,
    write_zip,
)

SHARED = Path(__file__).parents[4] / "shared" / "data"
FASHION = Path("/usr/share/datasets/fashion-mnist")  # of Debian's dataset-fashion-mnist
has_tfds = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow_datasets") is None
    or importlib.util.find_spec("array_record") is None,
    reason="tensorflow-datasets is not installed",
)


@pytest.fixture
def digits(tmp_path, monkeypatch):
    """A folder of tiny IDX files that are the published ones as far as prepare knows."""
    sums = write_idx(tmp_path / "digits")
    trust(monkeypatch, tmp_path / "digits", sums)
    return tmp_path / "digits"


def trust(monkeypatch, folder, sums):
    entry = _catalogue.ENTRIES["mnist"]
    files = {
        name: dataclasses.replace(
            file,
            content_sha256=sums[name],
            sha256=hashlib.sha256((folder / file.name).read_bytes()).hexdigest(),
        )
        for name, file in entry.files.items()
    }
    monkeypatch.setitem(_catalogue.ENTRIES, "mnist", dataclasses.replace(entry, files=files))


def left_in(folder):
    """What lies in the folder of prepared sets, without locks."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


@has_tfds
def test_a_prepared_set_is_the_files_in_their_order(digits, tmp_path):
    done = prepare("mnist", digits, data_dir=tmp_path / "data")
    assert done.is_new
    assert done.path == tmp_path / "data" / "jaxcnn_mnist" / "1.0.0"
    for split in ("train", "test"):
        ours = load("mnist", split, data_dir=tmp_path / "data")
        files = load(digits, split)
        np.testing.assert_array_equal(ours.images, files.images)
        np.testing.assert_array_equal(ours.labels, files.labels)
        assert ours.class_names == files.class_names
        assert ours.labels.dtype == np.int32
    assert left_in(tmp_path / "data") == ["jaxcnn_mnist"]


@has_tfds
def test_a_set_that_is_there_is_not_built_again(digits, tmp_path):
    prepare("mnist", digits, data_dir=tmp_path / "data")
    again = prepare("mnist", data_dir=tmp_path / "data")
    assert not again.is_new


@has_tfds
def test_batches_of_records_are_those_of_the_files(digits, tmp_path):
    prepare("mnist", digits, data_dir=tmp_path / "data")
    ours = list(loader("mnist", batch_size=6, seed=3, data_dir=tmp_path / "data"))
    files = list(loader(digits, batch_size=6, seed=3))
    for one, other in zip(ours, files, strict=True):
        np.testing.assert_array_equal(one["image"], other["image"])
        np.testing.assert_array_equal(one["label"], other["label"])


@has_tfds
def test_images_of_records_are_resized_too(digits, tmp_path):
    prepare("mnist", digits, data_dir=tmp_path / "data")
    assert load("mnist", size=32, data_dir=tmp_path / "data").images.shape == (20, 32, 32, 1)


@has_tfds
def test_records_can_be_read_by_tensorflow_datasets_alone(digits, tmp_path):
    import tensorflow_datasets as tfds

    folder = prepare("mnist", digits, data_dir=tmp_path / "data").path
    source = tfds.builder_from_directory(folder).as_data_source(split="train")
    assert len(source) == 20
    assert source[3]["label"] == 3
    assert "tensorflow" not in sys.modules


@has_tfds
def test_the_builders_are_registered_under_names_of_their_own():
    import tensorflow_datasets as tfds

    from jaxcnn.data import builders

    for name in builders.__all__:
        builder = getattr(builders, name)
        assert builder.name.startswith("jaxcnn_")
        assert tfds.builder_cls(builder.name) is builder


@has_tfds
def test_moving_digits_have_three_labels(tmp_path, monkeypatch):
    from jaxcnn.data.builders import MovingDigits

    monkeypatch.setattr(MovingDigits, "counts", {"train": 20, "test": 4})
    prepare("moving_digits", data_dir=tmp_path)
    videos = load("moving_digits", data_dir=tmp_path)
    assert videos.images.shape == (20, 16, 32, 32, 1)
    assert len(videos.class_names) == 16
    speeds = load("moving_digits", label="speed", data_dir=tmp_path)
    assert speeds.class_names == ("slow", "fast")
    assert speeds.labels[:4].tolist() == [0, 1, 0, 1]
    with pytest.raises(ValueError, match="must be one of digit, direction, label, speed"):
        load("moving_digits", label="colour", data_dir=tmp_path)


@has_tfds
def test_series_are_prepared_under_their_own_name(tmp_path):
    write_series(tmp_path / "files" / "Tiny")
    prepare("ucr/Tiny", tmp_path / "files", data_dir=tmp_path / "data")
    data = load("ucr/Tiny", data_dir=tmp_path / "data")
    assert data.images[..., 0].tolist() == [[1, 2, 3], [3, 2, 1]]
    assert data.class_names == ("up", "down")
    assert data.images.dtype == np.float32


@has_tfds
def test_series_whose_halves_differ_are_refused(tmp_path):
    write_series(tmp_path / "files", test=("1,2:up",))
    with pytest.raises(DataFileError, match=r"Tiny_TEST.ts must have the shape"):
        prepare("ucr/Tiny", tmp_path / "files", data_dir=tmp_path / "data")


@has_tfds
@pytest.mark.parametrize("is_zip", [True, False])
def test_photographs_keep_their_bytes_and_get_a_size_when_they_are_read(tmp_path, is_zip):
    contents = photographs(("train", "val")) | {"train/ant/wide.png": image_bytes(size=(30, 9))}
    if is_zip:
        source = write_zip(tmp_path / "h.zip", {f"h/{k}": v for k, v in contents.items()})
    else:
        source = write_folder(tmp_path / "h", contents)
    prepare("hymenoptera", source, data_dir=tmp_path / "data")
    assert splits_of("hymenoptera", tmp_path / "data") == ("train", "val")
    data = load("hymenoptera", size=6, data_dir=tmp_path / "data")
    assert data.images.shape == (11, 6, 6, 3)
    with pytest.raises(ValueError, match=r"size \(=None\) must be given"):
        load("hymenoptera", data_dir=tmp_path / "data")


@has_tfds
def test_any_folder_can_be_prepared_under_a_name(tmp_path):
    folder = write_folder(tmp_path / "pets", photographs(count=10))
    prepare("folder/pets", folder, data_dir=tmp_path / "data")
    ours = load("folder/pets", "test", data_dir=tmp_path / "data")
    np.testing.assert_array_equal(ours.images, load(folder, "test").images)


@has_tfds
def test_a_broken_image_is_named_or_left_out_while_preparing(tmp_path):
    folder = write_folder(tmp_path / "pets", photographs(("train",)) | {"train/ant/x.png": b"?"})
    with pytest.raises(BrokenImageError, match=r"train/ant/x.png: cannot be decoded"):
        prepare("folder/pets", folder, data_dir=tmp_path / "data")
    assert left_in(tmp_path / "data") == []
    done = prepare("folder/pets", folder, data_dir=tmp_path / "data", on_error="skip")
    assert done.skipped == ("train/ant/x.png",)
    assert load("folder/pets", data_dir=tmp_path / "data").counts() == {"ant": 5, "bee": 5}


@has_tfds
def test_what_is_odd_about_a_folder_is_told_while_preparing(tmp_path):
    contents = photographs(("train", "test"), count=1) | {"train/more.png": image_bytes()}
    folder = write_folder(tmp_path / "pets", contents | {"test/bee/0.png": b"?"})
    with pytest.warns(DataWarning) as told:
        prepare("folder/pets", folder, data_dir=tmp_path / "data", on_error="skip")
    said = [str(warning.message) for warning in told]
    assert len(said) == 2
    assert "1 image directly in 'train' (more.png) not used" in said[0]
    assert "split 'test' has no image of 'bee' any more" in said[1]


@has_tfds
def test_cifar_is_prepared_from_its_archive(tmp_path):
    records = write_cifar(tmp_path / "cifar.tar.gz", count=2)
    prepare("cifar10", tmp_path / "cifar.tar.gz", data_dir=tmp_path / "data")
    data = load("cifar10", data_dir=tmp_path / "data")
    assert data.images.shape == (10, 32, 32, 3)
    assert data.images[1, 0, 0, 2] == records["data_batch_1.bin"][1][1 + 2048]


@has_tfds
def test_labels_out_of_range_are_refused(tmp_path, monkeypatch):
    write_cifar(tmp_path / "cifar.tar.gz", count=12, labels=11)
    with pytest.raises(DataFileError, match="label 10 of example 10 must be below 10"):
        prepare("cifar10", tmp_path / "cifar.tar.gz", data_dir=tmp_path / "data")
    trust(monkeypatch, tmp_path / "d", write_idx(tmp_path / "d", labels=11))
    with pytest.raises(DataFileError, match="label 10 of example 10 must be below 10"):
        prepare("mnist", tmp_path / "d", data_dir=tmp_path / "data")
    assert left_in(tmp_path / "data") == []


@has_tfds
def test_files_that_are_not_the_published_ones_are_refused(tmp_path):
    write_idx(tmp_path / "digits")
    with pytest.raises(DataFileError, match=r"has the SHA-256 .* it is not the published file"):
        prepare("mnist", tmp_path / "digits", data_dir=tmp_path / "data")
    assert left_in(tmp_path / "data") == []


@has_tfds
def test_a_split_without_examples_is_refused(tmp_path, monkeypatch):
    sums = write_idx(tmp_path / "d", test=0)
    trust(monkeypatch, tmp_path / "d", sums)
    with pytest.raises(DataFileError, match="has 0 images and 0 labels"):
        prepare("mnist", tmp_path / "d", data_dir=tmp_path / "data")


def test_without_a_network_the_error_says_what_to_put_where(tmp_path, monkeypatch):
    entry = _catalogue.ENTRIES["mnist"]
    files = {
        name: dataclasses.replace(file, url=f"http://127.0.0.1:9/{file.name}")
        for name, file in entry.files.items()
    }
    monkeypatch.setitem(_catalogue.ENTRIES, "mnist", dataclasses.replace(entry, files=files))
    with pytest.raises(OfflineError) as caught:
        prepare("mnist", data_dir=tmp_path, progress=False)
    message = str(caught.value)
    assert f"as '{tmp_path / 'downloads' / 'mnist' / 'train-images-idx3-ubyte.gz'}'" in message
    assert "jaxcnn data prepare mnist --from DIR" in message


@pytest.fixture
def web(digits, monkeypatch):
    """A web server on this machine that has the tiny files."""
    import functools
    import threading
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=digits)
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        entry = _catalogue.ENTRIES["mnist"]
        address = f"http://127.0.0.1:{server.server_port}"
        files = {
            name: dataclasses.replace(file, url=f"{address}/{file.name}")
            for name, file in entry.files.items()
        }
        monkeypatch.setitem(_catalogue.ENTRIES, "mnist", dataclasses.replace(entry, files=files))
        yield digits
        server.shutdown()
        thread.join()


@has_tfds
def test_files_are_downloaded_and_kept(web, tmp_path):
    prepare("mnist", data_dir=tmp_path / "data", progress=False)
    assert len(load("mnist", data_dir=tmp_path / "data")) == 20
    assert len(list((tmp_path / "data" / "downloads" / "mnist").glob("*.gz"))) == 4


def test_a_download_with_a_wrong_checksum_is_refused(web, tmp_path):
    (web / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.zeros(20))))
    with pytest.raises(ChecksumError, match=r"train-labels-idx1-ubyte.gz gave a file"):
        prepare("mnist", data_dir=tmp_path / "data", progress=False)
    assert left_in(tmp_path / "data") == ["downloads"]


def test_a_set_that_is_not_prepared_says_how_it_is(tmp_path):
    with pytest.raises(NotPreparedError, match="prepared first: jaxcnn data prepare mnist; it was"):
        load("mnist", data_dir=tmp_path)
    with pytest.raises(NotPreparedError, match="jaxcnn data prepare folder/pets --from DIR"):
        loader("folder/pets", batch_size=2, data_dir=tmp_path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mnists", "did you mean 'mnist'"),
        ("mnist_10k", "ships with the library"),
        ("ucr/", r"name \(='ucr/'\) must be ucr/ and at most 81 letters"),
        ("ucr/../../etc", r"must be ucr/ and at most 81 letters"),
        ("folder/.hidden", r"must be folder/ and .* the first is a letter or a digit"),
        ("mnist/1", r"must be a folder or one of"),
    ],
)
def test_names_that_cannot_be_prepared_are_refused(name, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        prepare(name, data_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="must exist"):
        prepare("mnist", tmp_path / "nowhere", data_dir=tmp_path)


@pytest.mark.parametrize("name", ["folder/pets", "ucr/NoSuchProblem"])
def test_a_set_that_is_not_downloaded_needs_a_source(name, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"source \(=None\) must be given"):
        prepare(name, data_dir=tmp_path)


def test_without_its_packages_the_error_says_what_to_install(digits, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "array_record", None)
    monkeypatch.delitem(sys.modules, "jaxcnn.data.builders", raising=False)
    monkeypatch.delitem(sys.modules, "jaxcnn.data.builders._arrays", raising=False)
    monkeypatch.delitem(sys.modules, "jaxcnn.data.builders._base", raising=False)
    with pytest.raises(DataPackageError, match=r"pip install 'jaxcnn\[data\]'"):
        prepare("mnist", digits, data_dir=tmp_path / "data")


@has_tfds
@pytest.mark.parametrize("damage", ["truncate", "overwrite", "remove", "no description"])
def test_a_prepared_set_that_was_damaged_later_is_named(digits, tmp_path, damage):
    folder = prepare("mnist", digits, data_dir=tmp_path / "data").path
    (records,) = folder.glob("*train*")
    if damage == "truncate":
        os.truncate(records, records.stat().st_size // 3)
    elif damage == "overwrite":
        content = records.read_bytes()
        records.write_bytes(content[:64] + bytes(2000) + content[2064:])
    elif damage == "remove":
        records.unlink()
    else:
        (folder / "dataset_info.json").write_text("{")
    with pytest.raises(DataFileError, match=r"prepare (the set|it) again"):
        load("mnist", data_dir=tmp_path / "data")


@has_tfds
def test_finalisers_that_import_are_not_disturbed_by_the_first_use():
    code = """
        import gc
        from etils.epy import lazy_imports_utils
        from jaxcnn.data._records import tfds

        class Cycle:
            def __init__(self):
                self.me = self
            def __del__(self):
                exec("from .queues import Queue", {"__package__": "multiprocessing"})

        register = lazy_imports_utils._register_submodule

        def register_with_garbage(*arguments):  # while Python's import is replaced
            Cycle()
            return register(*arguments)

        lazy_imports_utils._register_submodule = register_with_garbage
        gc.set_threshold(1)
        tfds()
        assert gc.isenabled()
        gc.collect()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stderr == ""


# A child prepares; what happens to it on the way is in its arguments.
CHILD = """
    import dataclasses, json, os, resource, signal, sys
    from jaxcnn.data import _catalogue, prepare
    from jaxcnn.data.builders import _arrays

    folder, data_dir, what, sums = sys.argv[1:]
    entry = _catalogue.ENTRIES["mnist"]
    files = {
        name: dataclasses.replace(file, content_sha256=json.loads(sums)[name])
        for name, file in entry.files.items()
    }
    _catalogue.ENTRIES["mnist"] = dataclasses.replace(entry, files=files)
    if what == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    if what == "wait":  # for a line, with the set half written
        examples = _arrays.examples
        def slowly(images, labels):
            for number, example in enumerate(examples(images, labels)):
                if number == 5:
                    print("working", flush=True)
                    sys.stdin.readline()
                yield example
        _arrays.examples = slowly
    print(prepare("mnist", folder, data_dir=data_dir).is_new, flush=True)
"""


def child(tmp_path, digits, what):
    import json

    sums = {
        name: hashlib.sha256(gzip.decompress((digits / f"{name}.gz").read_bytes())).hexdigest()
        for name in _catalogue.ENTRIES["mnist"].files
    }
    arguments = [str(digits), str(tmp_path / "data"), what, json.dumps(sums)]
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


@has_tfds
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_call_leaves_nothing_that_counts_and_the_next_succeeds(
    digits, tmp_path, how
):
    with child(tmp_path, digits, "wait") as process:
        assert process.stdout.readline() == "working\n"
        process.send_signal(how)
        process.communicate(timeout=60)
    assert not (tmp_path / "data" / "jaxcnn_mnist").exists()
    if how == signal.SIGINT:
        assert left_in(tmp_path / "data") == []
    with pytest.raises(NotPreparedError):
        load("mnist", data_dir=tmp_path / "data")
    assert prepare("mnist", digits, data_dir=tmp_path / "data").is_new
    assert left_in(tmp_path / "data") == ["jaxcnn_mnist"]
    assert len(load("mnist", data_dir=tmp_path / "data")) == 20


@has_tfds
@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit on the size of files")
def test_a_full_disk_is_one_error_and_leaves_nothing(digits, tmp_path):
    with child(tmp_path, digits, "full") as process:
        _, errors = process.communicate(timeout=60)
    assert "DataWriteError: data_dir" in errors.splitlines()[-1]
    assert "has no room left" in errors.splitlines()[-1]
    assert left_in(tmp_path / "data") == []


@has_tfds
def test_of_two_calls_at_once_one_works_and_the_other_waits(digits, tmp_path):
    with child(tmp_path, digits, "wait") as first:
        assert first.stdout.readline() == "working\n"
        with child(tmp_path, digits, "") as second:
            assert second.stderr.readline() == "mnist: another process is preparing it\n"
            first.stdin.write("\n\n")  # for either split
            assert first.communicate(timeout=60)[0].splitlines()[-1] == "True"
            assert second.communicate(timeout=60)[0] == "False\n"
    assert left_in(tmp_path / "data") == ["jaxcnn_mnist"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(digits, tmp_path):
    (tmp_path / "data").mkdir(mode=0o500)
    with pytest.raises(DataWriteError, match="cannot be written"):
        prepare("mnist", digits, data_dir=tmp_path / "data")


def test_every_set_is_in_the_list():
    assert {"mnist_10k", "mnist", "fashion_mnist", "cifar10", "hymenoptera"} < set(list_datasets())


@has_tfds
@pytest.mark.skipif(not (SHARED / "mnist").is_dir(), reason="no complete MNIST here")
def test_the_complete_mnist_has_its_published_files_and_counts(tmp_path):
    prepare("mnist", SHARED / "mnist", data_dir=tmp_path)
    train, test = (load("mnist", split, data_dir=tmp_path) for split in ("train", "test"))
    assert list(train.counts().values()) == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949
    ]  # fmt: skip
    assert list(test.counts().values()) == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    header = idx(train.images[:0, ..., 0])[:4] + np.array([60_000, 28, 28], ">u4").tobytes()
    content = hashlib.md5(header + train.images.tobytes(), usedforsecurity=False)
    assert content.hexdigest() == "6bbc9ace898e44ae57da46a324031adb"


@has_tfds
@pytest.mark.slow
@pytest.mark.skipif(not FASHION.is_dir(), reason="dataset-fashion-mnist is not installed")
def test_debians_fashion_mnist_is_the_published_one(tmp_path):
    prepare("fashion_mnist", FASHION, data_dir=tmp_path)
    assert set(load("fashion_mnist", data_dir=tmp_path).counts().values()) == {6000}


@has_tfds
@pytest.mark.skipif(not (SHARED / "hymenoptera_data_256.zip").is_file(), reason="not here")
def test_ants_and_bees_are_as_many_as_published(tmp_path):
    prepare("hymenoptera", SHARED / "hymenoptera_data_256.zip", data_dir=tmp_path)
    train, val = (
        load("hymenoptera", split, size=32, data_dir=tmp_path) for split in ("train", "val")
    )
    assert train.counts() == {"ants": 123, "bees": 121}
    assert val.counts() == {"ants": 70, "bees": 83}
