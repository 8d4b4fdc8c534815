"""Draws where a fine-tuned network sees what: ``python scripts/transfer_pictures.py FOLDER``.

Without options, pullovers and coats: the probe at every cut of ``resnet8_clothing`` and a score map on
garments side by side; these pictures may be passed on. ``--network FILE --photo PHOTO...`` draws the
score map of a network that ``jaxcnn finetune`` wrote, over photos of any size; several are set side by
side, brought to one height.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from jaxcnn import data, plotting, training, transfer

SIDE = 28


def garments(folder: Path) -> None:
    """Draw the probe and the score map of the network that ships with the library."""
    pair = data.load_embedded("clothing").split("pair")
    images, labels = pair.images, (pair.labels == 4).astype(np.int32)
    base = transfer.load_pretrained("resnet8_clothing")
    train, test = (images[:240], labels[:240]), (images[1000:], labels[1000:])
    rows = transfer.probe_cuts(base, train, test)
    plotting.plot_probes(rows).savefig(folder / "probes.png", dpi=90)
    best = max(rows, key=lambda row: row.test_accuracy)
    print("probe:", *best)
    model = transfer.replace_head(base, 2)
    settings = training.Settings(epochs=10, batch_size=32, learning_rate=1e-2)
    training.fit_after(model, train, settings)
    groups = transfer.layerwise_rates(model, 0.8)
    training.fit_after(
        model, train, settings.replace(learning_rate=2e-3), at="features.layer1", groups=groups
    )
    print("fine-tuned:", training.evaluate(model, test).accuracy)
    pullovers, coats = (np.flatnonzero(test[1] == label) for label in (0, 1))
    order = [pullovers[0], coats[0], pullovers[1], coats[1]]
    wide = np.concatenate([test[0][place] for place in order], axis=1)
    draw(model, wide, ("pullover", "coat"), folder / "score_map.png")


def draw(model: Any, image: np.ndarray, names: Any, path: Path) -> None:
    """Score an image and draw the map over it."""
    scores = transfer.score_map(model, image)
    plotting.plot_score_map(image, scores, names).savefig(path, dpi=90)
    print(path, scores.probabilities.shape)


def photos(network: Path, paths: list[Path], folder: Path) -> None:
    """Draw the score map of photos that stand side by side."""
    model = transfer.load_model(network)
    height = model.preprocessing.resize or model.input_shape[0]
    parts = []
    for path in paths:
        with Image.open(path) as photo:
            width = max(round(photo.width * height / photo.height), 1)
            parts.append(np.asarray(photo.convert("RGB").resize((width, height))))
    draw(model, np.concatenate(parts, axis=1), model.class_names, folder / "score_map_photos.png")


def main() -> None:
    """Draw what was asked for."""
    parser = argparse.ArgumentParser(description="Draw probes and score maps.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--network", type=Path)
    parser.add_argument("--photo", type=Path, nargs="+")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.network is None:
        garments(options.folder)
    else:
        photos(options.network, options.photo, options.folder)


if __name__ == "__main__":
    main()
