"""Folders and archives of class folders, and the images in them."""

import io
import re
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from jaxcnn.data import BrokenImageError, DataFileError, DataWarning, load, loader, splits_of
from jaxcnn.data._folder import iterate, list_images
from jaxcnn.data._images import Form, UndecodableError, decode, resized

from .files import image_bytes, photographs, write_folder, write_zip


def test_split_folders_become_splits(tmp_path):
    write_folder(tmp_path, photographs(("train", "val")))
    assert splits_of(tmp_path) == ("train", "val")
    data = load(tmp_path, "val")
    assert data.images.shape == (10, 6, 8, 3)
    assert data.counts() == {"ant": 5, "bee": 5}


def test_without_split_folders_a_fifth_of_each_class_is_kept_for_testing(tmp_path):
    write_folder(tmp_path, photographs(count=11))
    train, test = load(tmp_path), load(tmp_path, "test")
    assert train.counts() == {"ant": 9, "bee": 9}
    assert test.counts() == {"ant": 2, "bee": 2}


def test_of_a_class_with_few_images_one_is_kept_for_testing(tmp_path):
    write_folder(tmp_path, photographs(count=2) | {"cat/only.png": image_bytes()})
    with pytest.warns(DataWarning, match="only one image of 'cat': split 'test' has none of it"):
        assert load(tmp_path).counts() == {"ant": 1, "bee": 1, "cat": 1}
    with pytest.warns(DataWarning):
        assert load(tmp_path, "test").counts() == {"ant": 1, "bee": 1, "cat": 0}


def test_where_every_class_has_one_image_nothing_is_kept_for_testing(tmp_path):
    write_folder(tmp_path, photographs(count=1))
    assert splits_of(tmp_path) == ("train",)
    with pytest.raises(ValueError, match=r"split \(='test'\) must be one of train"):
        load(tmp_path, "test")


def test_which_images_are_kept_depends_on_their_names_alone(tmp_path):
    for folder in ("a", "b"):
        write_folder(tmp_path / folder, photographs(count=10))
    first, second = (list_images(tmp_path / folder).splits for folder in ("a", "b"))
    assert first == second
    assert not set(first["train"]) & set(first["test"])


def test_files_that_are_no_images_and_hidden_ones_are_passed_over(tmp_path):
    others = {
        "ant/notes.txt": b"x",
        "ant/imageNotFound.gif": image_bytes(form="gif"),
        ".git/a/1.png": b"x",
        "ant/._1.png": b"x",
        "README.md": b"x",
    }
    write_folder(tmp_path, photographs() | others)
    listing = list_images(tmp_path)
    assert listing.class_names == ("ant", "bee")
    assert sum(map(len, listing.splits.values())) == 10


def test_folders_below_a_class_belong_to_it(tmp_path):
    write_folder(tmp_path, photographs() | {"ant/more/x.png": image_bytes()})
    assert sum(map(len, list_images(tmp_path).splits.values())) == 11


def test_an_empty_class_is_named(tmp_path):
    write_folder(tmp_path, photographs())
    (tmp_path / "wasp").mkdir()
    with pytest.raises(DataFileError, match="1 of 3 classes have no image: 'wasp'"):
        load(tmp_path, size=4)


def test_a_class_that_one_split_lacks_is_named(tmp_path):
    contents = photographs(("train", "val"))
    contents = {name: data for name, data in contents.items() if not name.startswith("val/bee")}
    with pytest.raises(DataFileError, match="classes of split 'val' have no image: 'bee'"):
        list_images(write_folder(tmp_path, contents))


@pytest.mark.parametrize(
    ("one", "other"), [("caf\xe9", "cafe\u0301"), ("Tea", "tea")], ids=["accent", "capital"]
)
def test_classes_whose_names_look_alike_are_named_by_their_codes(tmp_path, one, other):
    files = {f"train/{one}/1.png": image_bytes(), "train/z/1.png": image_bytes()}
    files |= {f"test/{other}/1.png": image_bytes(), "test/z/1.png": image_bytes()}
    write_folder(tmp_path / "apart", files)
    alike = "differ in capitals, spaces or the code of an accent"
    with pytest.raises(DataFileError, match=re.escape(ascii(other)) + f".*{alike}"):
        load(tmp_path / "apart")
    beside = {f"{name}/{n}.png": image_bytes() for name in (one, other) for n in range(2)}
    write_folder(tmp_path / "beside", beside)
    with pytest.warns(DataWarning, match="look alike, and are taken as 2 classes"):
        assert len(load(tmp_path / "beside").class_names) == 2


def test_one_class_is_refused(tmp_path):
    write_folder(tmp_path, photographs(classes=("ant",)))
    with pytest.raises(
        DataFileError, match="the only class folder 'ant', but must have at least two"
    ):
        list_images(tmp_path)


def test_no_class_is_refused(tmp_path):
    (tmp_path / "1.png").write_bytes(image_bytes())
    with pytest.raises(DataFileError, match="has no class folder"):
        list_images(tmp_path)


def test_images_of_several_sizes_need_a_size(tmp_path):
    write_folder(tmp_path, photographs() | {"ant/wide.png": image_bytes(size=(20, 6))})
    with pytest.raises(ValueError, match=r"size \(=None\) must be given"):
        load(tmp_path)
    assert load(tmp_path, size=(5, 4)).images.shape[1:] == (5, 4, 3)


BROKEN = {
    "cut short": lambda: image_bytes(size=(64, 64))[:60],
    "cut short in a JPEG": lambda: image_bytes(size=(64, 64), form="jpeg")[:-60],
    "empty": lambda: b"",
    "no image": lambda: b"<html>not found</html>",
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_image_that_cannot_be_decoded_is_named(tmp_path, case):
    write_folder(tmp_path, photographs(("train",)) | {"train/bee/broken.png": BROKEN[case]()})
    with pytest.raises(BrokenImageError, match=r'bee/broken.png: cannot be decoded.*"skip"'):
        load(tmp_path)


def test_all_broken_images_are_counted_and_left_out_when_asked(tmp_path):
    bad = {f"train/bee/x{number}.png": b"?" for number in range(3)}
    write_folder(tmp_path, photographs(("train",)) | bad)
    with pytest.raises(BrokenImageError, match="; 2 more cannot: ") as caught:
        load(tmp_path)
    assert len(caught.value.names) == 3
    data = load(tmp_path, on_error="skip")
    assert [name.rpartition("/")[2] for name in data.skipped] == ["x0.png", "x1.png", "x2.png"]
    assert data.counts() == {"ant": 5, "bee": 5}


def test_a_class_that_is_left_without_images_is_told(tmp_path):
    write_folder(tmp_path, photographs(("train", "test")))
    for number in range(5):
        (tmp_path / "test" / "bee" / f"{number}.png").write_bytes(b"?")
    told = r"split 'test' has no image of 'bee' any more: all of its images are broken"
    with pytest.warns(DataWarning, match=told):
        assert load(tmp_path, "test", on_error="skip").counts() == {"ant": 5, "bee": 0}
    with pytest.warns(DataWarning, match=told):
        list(loader(tmp_path, "test", batch_size=2, on_error="skip"))


def test_a_folder_of_broken_images_alone_is_an_error_also_when_they_are_left_out(tmp_path):
    write_folder(tmp_path, dict.fromkeys(photographs(("train",)), b"?"))
    with pytest.raises(BrokenImageError):
        load(tmp_path, on_error="skip")


def test_cropping_keeps_proportions_and_the_middle():
    picture = np.zeros((4, 8, 3), np.uint8)
    picture[:, 2:6] = 255
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "png")
    assert decode(stream.getvalue(), Form((4, 4), "crop")).min() == 255
    assert decode(stream.getvalue(), Form((4, 4), "stretch"))[0, :, 0].tolist()[0] < 128


def test_what_finishes_an_image_sees_those_of_files_and_of_arrays():
    def corner(image):
        return np.asarray(image)[:2, :2].reshape(2, 2, -1)

    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "png")
    wanted = Form(finish=corner)
    np.testing.assert_array_equal(decode(stream.getvalue(), wanted), pixels[:2, :2])
    np.testing.assert_array_equal(resized(pixels[None], wanted), pixels[None, :2, :2])


@pytest.mark.parametrize("size", [(224, 224), (7, 300), (300, 7), (1, 1)])
@pytest.mark.parametrize("picture", [(257, 341), (341, 257), (1, 1), (3, 1000)])
def test_every_size_is_brought_to_every_other(size, picture):
    assert decode(image_bytes(size=picture), Form(size)).shape == (*size, 3)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_kind_of_image_gets_the_channels_asked_for(mode, channels):
    stream = io.BytesIO()
    Image.new(mode, (5, 4)).save(stream, "tiff" if mode == "CMYK" else "png")
    assert decode(stream.getvalue(), Form(channels=channels)).shape == (4, 5, channels)


def test_an_image_with_too_many_pixels_is_refused_before_it_is_decoded():
    content = bytearray(image_bytes())
    content[16:24] = struct.pack(">2I", 9000, 9000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    with pytest.raises(UndecodableError, match="9000 x 9000 pixels, too many"):
        decode(bytes(content), Form())


@pytest.mark.parametrize("top", ["", "hymenoptera_data/"])
def test_an_archive_has_the_images_of_its_folder(tmp_path, top):
    contents = photographs(("train", "val"))
    folder = list_images(write_folder(tmp_path / "folder", contents))
    packed = {f"{top}{name}": data for name, data in contents.items()}
    archive = list_images(
        write_zip(tmp_path / "a.zip", packed | {"__MACOSX/train/ant/._1.png": b"x"})
    )
    assert archive.class_names == folder.class_names
    for split in ("train", "val"):
        ours = [(name.removeprefix(top), *rest) for name, *rest in iterate(archive, split)]
        assert ours == [tuple(item) for item in iterate(folder, split)]


@pytest.mark.parametrize("name", ["../evil.png", "/etc/evil.png", "ant/../../evil.png", "C:/x.png"])
def test_an_archive_with_paths_that_lead_out_is_refused(tmp_path, name):
    path = write_zip(tmp_path / "a.zip", photographs() | {name: image_bytes()})
    with pytest.raises(DataFileError, match=re.escape(f"{name!r}, no plain relative path")):
        list_images(path)
    assert [item.name for item in tmp_path.iterdir()] == ["a.zip"]


def test_an_archive_whose_entry_is_a_bomb_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", photographs() | {"ant/bomb.png": bytes(2**26 + 1)})
    assert path.stat().st_size < 2**17
    with pytest.raises(DataFileError, match=r"'ant/bomb.png' of 67108865 bytes, more than"):
        list_images(path)


def test_an_entry_that_unpacks_to_more_than_it_says_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", photographs() | {"ant/liar.png": bytes(100_000)})
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 100_000), struct.pack("<I", 50)))
    listing = list_images(path)
    with pytest.raises(DataFileError, match=r"'ant/liar.png' is (damaged|not as long)"):
        [list(iterate(listing, split)) for split in listing.splits]


def test_an_archive_that_is_cut_short_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", photographs())
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataFileError, match="no whole zip archive"):
        list_images(path)


def test_an_archive_with_changed_bytes_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", photographs())
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("ant/0.png").header_offset + 45
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)
    listing = list_images(path)
    with pytest.raises(DataFileError, match=r"'ant/0.png' is damaged"):
        [list(iterate(listing, split)) for split in listing.splits]
