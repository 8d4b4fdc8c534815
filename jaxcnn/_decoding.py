"""Image files to 8-bit pixels: the one place that knows the image formats and modes of Pillow.

What becomes of each is a table in docs/library.md. Nothing is ever clipped: where the range of
the numbers is not known, as of floats, the image is refused.
"""

import io
import os
from typing import Any

import numpy as np

from ._notice import DataWarning, tell

MODES = {1: "L", 3: "RGB", 4: "RGBA"}
MOST_PIXELS = 2**26  # 8192 x 8192
_ORIENTATION = 0x0112  # of EXIF
_SAYING_ORIENTATION = {"exif", "Raw profile type exif", "XML:com.adobe.xmp", "xmp"}
_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262  # of TIFF
_PAGED = ("TIFF", "GIF", "PNG", "WEBP")  # a second frame of others (MPO) is a preview


class UndecodableError(OSError, ValueError):
    """Why a file gives no image; an OSError as Pillow's own, a ValueError as all refusals here."""


def decoded(
    image: Any, channels: int, *, upright: bool = True, near: tuple[int, int] | None = None
) -> Any:
    """Opens an image, and brings its numbers to 8 bits.

    Args:
        image: A path, the bytes of a file, or a Pillow image.
        channels: 1 for grey, 3 for colour, 4 for colour with transparency.
        upright: Whether it is turned as its EXIF orientation says.
        near: Height and width that the caller brings it to: a JPEG is decoded at a scale that
            suffices.

    Returns:
        A Pillow image of mode L, RGB or RGBA.

    Raises:
        UndecodableError: It is no image, cut short, too large, or has numbers whose range is not
            known; the message begins with the path, if there is one.
        OSError: The file cannot be read.
    """
    from PIL import Image

    if isinstance(image, Image.Image):
        return _converted(image, channels, upright, None)
    if isinstance(image, bytes):
        return _from_file(io.BytesIO(image), channels, upright, near)
    with open(image, "rb") as file:
        try:
            return _from_file(file, channels, upright, near)
        except UndecodableError as error:
            raise UndecodableError(f"{os.fspath(image)} {error}") from error.__cause__


def _from_file(file: Any, channels: int, upright: bool, near: tuple[int, int] | None) -> Any:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_large(f"{image.width} x {image.height}")
            return _converted(image, channels, upright, near)
    except (UndecodableError, DataWarning):  # a warning, where the user has made it an error
        raise
    except Image.DecompressionBombError as error:
        raise _too_large("very many") from error
    except UnidentifiedImageError as error:
        raise UndecodableError(
            "cannot be decoded (cannot identify an image that Pillow reads)"
        ) from error
    # Pillow's decoders raise whatever their formats suggest, and errors of its own.
    except Exception as error:
        raise UndecodableError(f"cannot be decoded ({str(error)[:100]})") from error


def _too_large(pixels: str) -> UndecodableError:
    return UndecodableError(
        f"has {pixels} pixels, too many: at most {MOST_PIXELS:,} are read (make it smaller, or cut it)"
    )


def _converted(image: Any, channels: int, upright: bool, near: tuple[int, int] | None) -> Any:
    if image.format in _PAGED and (frames := getattr(image, "n_frames", 1)) > 1:
        tell(f"an image has {frames} frames or pages: the first is read")
    turn = _turn(image, upright)
    if near is not None:
        height, width = near if turn not in _quarters() else near[::-1]
        image.draft(None, (width, height))
    pixels = _eight_bits(image).convert(MODES[channels])
    turned = pixels if turn is None else pixels.transpose(turn)
    turned.info = {}  # or whoever opens it again would turn it again
    return turned


def _eight_bits(image: Any) -> Any:
    if image.mode.startswith("I"):
        return _from_integers(image)
    if image.mode == "F":
        raise UndecodableError(
            "has numbers with a fraction (mode F), whose black and white are not known: save it "
            "with 8 or 16 bits, scaled to what is to be seen"
        )
    if image.mode in ("P", "PA", "RGBa"):
        # A palette may have transparency, which only RGBA keeps out of the way.
        return image.convert("RGBA")
    to = {"La": "LA", "LAB": "RGB"}.get(image.mode)
    return image if to is None else image.convert(to)


def _from_integers(image: Any) -> Any:
    """Scales 16 bits to 8; of 32 bits nobody knows which number is meant to be white."""
    from PIL import Image

    tags = getattr(image, "tag_v2", {})
    # Pillow brings PNG and the portable maps to 0 to 65535; its mode I is wider only elsewhere.
    if image.mode == "I" and image.format not in ("PNG", "PPM"):
        raise UndecodableError(
            "has whole numbers of up to 32 bits (mode I), whose white is not known: save it with 8 "
            "or 16 bits, scaled to what is to be seen"
        )
    bits = tags.get(_BITS_PER_SAMPLE, (16,))
    white = 2 ** (bits[0] if isinstance(bits, tuple) else bits) - 1
    values = np.asarray(image).astype(np.int64)
    if tags.get(_PHOTOMETRIC) == 0:  # white is zero: Pillow turns round 8 bits, but not 16
        values = white - values
    scaled = (values * 255 + white // 2) // white
    return Image.fromarray(scaled.astype(np.uint8))


def _turn(image: Any, upright: bool) -> Any:
    """How pixels as Pillow gives them are to be turned; None where they are right."""
    from PIL import Image

    turns = Image.Transpose
    known = {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_270,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_90,
    }
    if image.format == "PNG":
        image.load()  # its EXIF block may come last
    if image.format != "TIFF" and not _SAYING_ORIENTATION & image.info.keys():
        return None
    try:
        turn = known.get(image.getexif().get(_ORIENTATION, 1))
    # A photograph may be whole and its EXIF block not: struct.error, SyntaxError, KeyError, ...
    except Exception:
        turn = None
    if image.format == "TIFF":  # Pillow turns these itself, when it reads the pixels
        undone = {turns.ROTATE_90: turns.ROTATE_270, turns.ROTATE_270: turns.ROTATE_90}
        return None if upright or turn is None else undone.get(turn, turn)
    return turn if upright else None


def _quarters() -> tuple[Any, ...]:
    """The turns that swap height and width."""
    from PIL import Image

    turns = Image.Transpose
    return turns.ROTATE_90, turns.ROTATE_270, turns.TRANSPOSE, turns.TRANSVERSE
