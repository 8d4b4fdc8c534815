"""What becomes of every kind of image, wherever one is read."""

import io

import numpy as np
import pytest
from PIL import Image

from jaxcnn import transfer
from jaxcnn._decoding import UndecodableError, decoded
from jaxcnn.data import DataWarning, load, loader

from .files import write_folder

PLAIN = transfer.Preprocessing((4, 6), mean=(0.0,), std=(1.0,))
ORIENTATION = 0x0112


def encoded(image, form="png", **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def grey(content, **options):
    return np.asarray(decoded(content, 1, **options))


def levels(values, form="png", dtype=np.uint16):
    return encoded(Image.fromarray(np.asarray(values, dtype).reshape(1, -1)), form)


@pytest.mark.parametrize("form", ["png", "tiff", "ppm"])
def test_sixteen_bits_are_scaled_by_their_range(form):
    values = np.array([0, 100, 2000, 32768, 65535])
    assert grey(levels(values, form))[0].tolist() == np.rint(values / 257).tolist()


def test_sixteen_bits_in_colour_are_scaled_too():
    # Pillow does not write these; a PNG is few lines.
    import struct
    import zlib

    def chunk(name, data):
        crc = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + crc

    header = struct.pack(">2I5B", 1, 1, 16, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0" + struct.pack(">3H", 2000, 32768, 65535))
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel)
    content += chunk(b"IEND", b"")
    found = np.asarray(decoded(content, 3))[0, 0]
    np.testing.assert_allclose(found, [7.8, 127.5, 255], atol=1)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("white_is_zero", [False, True])
def test_a_tiff_of_sixteen_bits_keeps_its_white_in_both_byte_orders(order, white_is_zero):
    if order == ">" and white_is_zero:
        pytest.skip("Pillow does not read it")
    content = tiff(np.array([[0, 65535]], f"{order}u2"), 16, photometric=not white_is_zero)
    assert grey(content)[0].tolist() == ([255, 0] if white_is_zero else [0, 255])


def test_a_tiff_of_twelve_bits_is_white_at_4095():
    # Two values of 12 bits in three bytes: 4095, 2048.
    content = tiff(np.frombuffer(b"\xff\xf8\x00", np.uint8)[None], 12, width=2)
    assert grey(content)[0].tolist() == [255, 128]


def tiff(rows, bits, photometric=1, width=None):
    import struct

    order = ">" if rows.dtype.str[0] == ">" else "<"
    data = rows.tobytes()
    height, across = rows.shape[0], width or rows.shape[1]
    tags = [
        (256, 4, across), (257, 4, height), (258, 3, bits), (259, 3, 1), (262, 3, int(photometric)),
        (273, 4, 8), (277, 3, 1), (278, 4, height), (279, 4, len(data)),
    ]  # fmt: skip
    start = 8 + len(data) + len(data) % 2
    out = struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, start) + data
    out += b"\0" * (len(data) % 2) + struct.pack(order + "H", len(tags))
    for tag, kind, value in tags:
        held = struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "I", value)
        out += struct.pack(order + "HHI", tag, kind, 1) + held
    return out + struct.pack(order + "I", 0)


RANGELESS = {
    "floats of 0 to 1": levels([0.5], "tiff", np.float32),
    "32 bits": levels([2000], "tiff", np.int32),
}


@pytest.mark.parametrize("case", RANGELESS)
def test_numbers_of_unknown_range_are_refused_everywhere(tmp_path, case):
    path = tmp_path / "ant" / "scan.tif"
    write_folder(tmp_path, {"ant/scan.tif": RANGELESS[case], "bee/scan.tif": RANGELESS[case]})
    with pytest.raises(ValueError, match=r"scan.tif: has .*save it with 8 or 16 bits"):
        load(tmp_path)
    with pytest.raises(ValueError, match=r"ant/scan.tif has .*save it with 8 or 16 bits"):
        transfer.preprocess(path, PLAIN)
    with pytest.raises(ValueError, match="save it with 8 or 16 bits"), Image.open(path) as image:
        transfer.preprocess(image, PLAIN)


def test_preprocessing_scales_files_and_pillow_images_of_sixteen_bits(tmp_path):
    (tmp_path / "a.png").write_bytes(levels([32768] * 4))
    from_file = transfer.preprocess(tmp_path / "a.png", PLAIN)
    with Image.open(tmp_path / "a.png") as image:
        from_image = transfer.preprocess(image, PLAIN)
    np.testing.assert_allclose(from_file, 0.5, atol=0.003)
    np.testing.assert_array_equal(from_file, from_image)


PICTURE = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10
# What has to be done to stored pixels, from the EXIF standard, in NumPy.
UPRIGHT = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).T,
    8: np.rot90,
}


@pytest.mark.parametrize("form", ["png", "tiff", "webp", "jpeg"])
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_photographs_stand_upright_unless_asked_otherwise(form, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    how = {"lossless": True} if form == "webp" else {"quality": 100} if form == "jpeg" else {}
    content = encoded(Image.fromarray(PICTURE), form, exif=exif, **how)
    close = {"atol": 3} if form == "jpeg" else {"atol": 0}
    np.testing.assert_allclose(grey(content), UPRIGHT[orientation](PICTURE), **close)
    np.testing.assert_allclose(grey(content, upright=False), PICTURE, **close)


def lying(size=(8, 6)):
    """A JPEG that is white on its left as stored, so at its top when turned by orientation 6."""
    picture = np.zeros((*size, 3), np.uint8)
    picture[:, : size[1] // 2] = 255
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return encoded(Image.fromarray(picture), "jpeg", quality=100, exif=exif)


def test_sets_and_preprocessing_turn_photographs_once_or_not_at_all(tmp_path):
    write_folder(tmp_path, {f"{label}/{i}.jpg": lying() for label in "ab" for i in range(2)})
    for options, shape in (({}, (6, 8)), ({"upright": False}, (8, 6))):
        assert load(tmp_path, **options).images.shape[1:3] == shape
        batch = next(iter(loader(tmp_path, batch_size=1, **options)))
        assert batch["image"].shape[1:3] == shape
        wanted = transfer.Preprocessing(shape, mean=(0.0,), std=(1.0,))
        seen = np.asarray(transfer.preprocess(tmp_path / "a/0.jpg", wanted, **options))[0, ..., 0]
        top_is_white = seen[0].mean() - seen[-1].mean() > 0.9
        assert top_is_white == (options == {})


def test_a_large_jpeg_on_its_side_is_decoded_at_a_scale_that_suffices(tmp_path):
    content = lying((640, 480))
    made = decoded(content, 3, near=(60, 80))
    assert made.height >= 60
    assert made.width >= 80
    assert made.width < 640


def test_a_pillow_image_that_was_turned_is_not_turned_again():
    once = decoded(lying(), 3)
    assert decoded(once, 3).size == once.size == (8, 6)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_photograph_with_a_damaged_exif_block_is_read_as_stored():
    content = encoded(Image.fromarray(PICTURE), "jpeg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert grey(content).shape == PICTURE.shape


def with_palette(transparent):
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    return encoded(image, **({"transparency": 0} if transparent else {}))


KINDS = {
    "1 bit": (encoded(Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")), [[0] * 3, [255] * 3]),
    "a palette": (with_palette(False), [[255, 0, 0], [0, 0, 255]]),
    "a palette with transparency": (with_palette(True), [[255, 0, 0], [0, 0, 255]]),
    "grey with transparency": (encoded(Image.new("LA", (2, 1), (77, 0))), [[77] * 3] * 2),
    "colour with transparency": (encoded(Image.new("RGBA", (2, 1), (9, 8, 7, 0))), [[9, 8, 7]] * 2),
    "CMYK": (encoded(Image.new("CMYK", (2, 1), (255, 0, 0, 0)), "tiff"), [[0, 255, 255]] * 2),
}  # fmt: skip


@pytest.mark.parametrize("case", KINDS)
def test_each_kind_of_colour_is_what_the_table_in_the_docs_says(case):
    content, pixels = KINDS[case]
    assert np.asarray(decoded(content, 3))[0].tolist() == pixels


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "HSV", "LAB", "La", "RGBa", "PA"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pillow_images_of_every_mode_get_the_channels_asked_for(mode, channels):
    made = np.asarray(decoded(Image.new(mode, (5, 4)), channels))
    assert made.reshape(4, 5, -1).shape == (4, 5, channels)


@pytest.mark.parametrize("form", ["png", "gif", "webp", "tiff"])
def test_of_several_frames_the_first_is_read_and_that_is_told(form):
    frames = [Image.new("L", (5, 5), value) for value in (40, 200)]
    content = encoded(frames[0], form, save_all=True, append_images=frames[1:])
    with pytest.warns(DataWarning, match="2 frames or pages: the first is read"):
        assert abs(int(grey(content)[0, 0]) - 40) < 3


def test_a_huge_image_is_refused_before_it_is_decoded():
    content = encoded(Image.new("1", (2**16, 2**12)))
    with pytest.raises(UndecodableError, match="too many: at most 67,108,864 are read"):
        decoded(content, 1)


@pytest.mark.parametrize("form", ["png", "jpeg", "tiff", "webp"])
def test_an_image_that_is_cut_short_is_refused(form):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    content = encoded(Image.fromarray(noise), form)
    with pytest.raises(UndecodableError):
        decoded(content[: len(content) * 2 // 3], 1)
