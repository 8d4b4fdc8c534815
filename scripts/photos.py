"""Draws what EfficientNet-Lite0 sees on foolbox's 20 ImageNet photos: ``python scripts/photos.py [photos.png]``.

Needs the packages of ``jaxcnn[pretrained]`` and foolbox 3.3.4, which ships the photos; they may not be
passed on, so the picture stays out of the repository.
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np
from flax import nnx
from PIL import Image, ImageDraw, ImageFont

from jaxcnn.transfer import load_pretrained, preprocess

COLUMNS, SIDE, LINES, GAP = 5, 132, 30, 8
RIGHT, NEAR, WRONG = "#0a7d33", "#9a6700", "#b3261e"


def main() -> None:
    """Recognises the photos and draws them with the first class and its chance."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "photos.png")
    folder = importlib.util.find_spec("foolbox").submodule_search_locations[0]
    paths = sorted(Path(folder, "data").glob("imagenet_*.jpg"))
    labels = [int(path.stem.rpartition("_")[2]) for path in paths]
    model = load_pretrained("efficientnet_lite0")
    logits = nnx.jit(lambda model, x: model(x))(model, preprocess(paths, model))
    scores = np.asarray(nnx.softmax(logits))
    rows = -(-len(paths) // COLUMNS)
    size = (COLUMNS * (SIDE + GAP) + GAP, rows * (SIDE + LINES + GAP) + GAP)
    sheet = Image.new("RGB", size, "white")
    for position, (path, label) in enumerate(zip(paths, labels, strict=True)):
        left = GAP + position % COLUMNS * (SIDE + GAP)
        top = GAP + position // COLUMNS * (SIDE + LINES + GAP)
        with Image.open(path) as photo:
            sheet.paste(photo.convert("RGB").resize((SIDE, SIDE)), (left, top))
        _caption(sheet, (left, top + SIDE + 2), scores[position], label, model.class_names)
    sheet.quantize(128, dither=Image.Dither.FLOYDSTEINBERG).save(target, optimize=True)
    order = np.argsort(-scores, axis=1)
    top1 = sum(order[:, 0] == labels)
    top5 = sum(label in best for label, best in zip(labels, order[:, :5], strict=True))
    print(
        f"{target.stat().st_size / 1e3:.0f} kB; first {top1}, in the first five {top5} of {len(paths)}"
    )


def _caption(sheet: Image.Image, place: tuple[int, int], scores, label: int, names) -> None:
    order = np.argsort(-scores)
    colour = RIGHT if order[0] == label else NEAR if label in order[:5] else WRONG
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    x, y = place
    draw.text((x, y), f"{names[order[0]]} {scores[order[0]]:.2f}", colour, font)
    if order[0] != label:
        draw.text((x, y + 14), f"is: {names[label]}", "#555555", font)


if __name__ == "__main__":
    main()
