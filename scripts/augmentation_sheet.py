"""Draws every augmentation of one photograph on a sheet, `docs/images/augmentation.png`.

    python scripts/augmentation_sheet.py [FILE]

Needs Pillow, and scikit-learn for its photographs, CC BY 2.0: china.jpg, by danielbuechele on Flickr, and
flower.jpg, by vultilion on Flickr, which mixup and CutMix mix in.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_sample_image

import jaxcnn.functional as F

SIDE, GAP, TEXT, COLUMNS = 104, 6, 15, 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default="docs/images/augmentation.png")
    x = np.stack([pixels(load_sample_image(name)) for name in ("china.jpg", "flower.jpg")])
    draw(cells(jnp.asarray(x)), parser.parse_args().file)


def pixels(photo: np.ndarray) -> np.ndarray:
    """The middle square, made smaller: floats from 0 to 1."""
    height, width, _ = photo.shape
    left = (width - height) // 2
    square = Image.fromarray(photo[:, left : left + height])
    return np.asarray(square.resize((SIDE, SIDE), Image.Resampling.LANCZOS), np.float32) / 255


def cells(x: jax.Array) -> list[tuple[str, np.ndarray]]:
    """The caption and the pixels of each cell."""
    key, labels = jax.random.key(4), jnp.eye(2)
    turns = {
        f"rotate 40, {mode}": F.rotate(x, 40.0, fill_mode=mode)
        for mode in ("nearest", "constant", "reflect", "mirror")
    }
    named = {
        "the photograph": x,
        "flip": F.flip(x),
        "shift (20, -15)": F.shift(x, (20.0, -15.0)),
        "shear 20": F.shear(x, 20.0),
        "zoom (1.5, 1.5)": F.zoom(x, (1.5, 1.5)),
        "zoom (0.7, 1.0)": F.zoom(x, (0.7, 1.0)),
        **turns,
        "crop 64": F.crop(x, (30, 10), 64),
        "cutout 40": F.cutout(x, (60, 40), 40, fill_value=0.5),
        "brightness 1.4": F.adjust_brightness(x, 1.4),
        "brightness 0.6": F.adjust_brightness(x, 0.6),
        "contrast 1.6": F.adjust_contrast(x, 1.6),
        "contrast 0.4": F.adjust_contrast(x, 0.4),
        "mixup 0.6": F.mixup(x, labels, [1, 0], 0.6)[0],
        "cutmix": F.cutmix(x, labels, [1, 0], (10, 50), (70, 100))[0],
    }
    found = [(name, np.asarray(images[0])) for name, images in named.items()]
    copies = jnp.broadcast_to(x[0], (COLUMNS, *x.shape[1:]))
    course = np.asarray(F.course_augmentation(key, copies))
    return found + [("course_augmentation", image) for image in course]


def draw(cells: list[tuple[str, np.ndarray]], target: Path) -> None:
    rows = -(-len(cells) // COLUMNS)
    size = COLUMNS * (SIDE + GAP) + GAP, rows * (SIDE + TEXT + GAP) + GAP
    sheet = Image.new("RGB", size, "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(10)
    for number, (caption, image) in enumerate(cells):
        left = GAP + number % COLUMNS * (SIDE + GAP)
        top = GAP + number // COLUMNS * (SIDE + TEXT + GAP)
        pen.text((left, top), caption, fill="black", font=font)
        whole = np.uint8(np.round(np.clip(image, 0, 1) * 255))
        sheet.paste(Image.fromarray(whole), (left, top + TEXT))
    sheet.quantize(256).save(target, optimize=True)


if __name__ == "__main__":
    main()
