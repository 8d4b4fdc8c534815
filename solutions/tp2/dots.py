"""Images with one bright dot: what a training makes of them can be read off a network's weights.

In a network of a single dense layer, all of it zero, each weight belongs to one pixel, and moves only if that pixel
was bright in some batch: the weights that have moved show, whatever the method of descent, which images a training
has seen, and to where they had been moved.
"""

import numpy as np

from grader.checks import Network, expect, network, weights

SIZE = 28  # pixels, height and width
FAINT = 1e-3  # share of the strongest trace, below which there is none
REPEATED = 1e-3  # what rounding may change, of the largest weight
LINES, COLUMN = (
    (8, 19),
    6,
)  # of the dots of class 0 and class 1: moved by up to 4 pixels, mirrored, they do not meet


def single_layer() -> Network:
    """A network of one dense layer, for two classes; all its weights are zero."""
    return network(
        "flax.nnx:LinearGeneral",
        (SIZE, SIZE, 1),
        2,
        axis=(1, 2, 3),
        kernel_init=network("jax.nn.initializers:constant", 0.0),
        seed=0,
    )


def dotted(rows: np.ndarray, columns: np.ndarray, background: float) -> np.ndarray:
    """Images (number, ``SIZE``, ``SIZE``, 1) in float32, each with a pixel of value 1.

    Args:
        rows: (number,), of the bright pixels.
        columns: (number,).
        background: the other pixels; what the network takes as zero.
    """
    images = np.full((len(rows), SIZE, SIZE, 1), background, np.float32)
    images[np.arange(len(rows)), rows, columns] = 1
    return images


def scattered(rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of so many dots, no two in one place and none in the pixel (0, 0)."""
    places = rng.choice(np.arange(1, SIZE**2), number, replace=False)
    return places // SIZE, places % SIZE


def lined_up(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of dots, in the same place for all images of a class: where one was seen tells how it moved."""
    return np.array(LINES)[labels], np.full(len(labels), COLUMN)


def traces(model: object) -> np.ndarray:
    """Where dots have been: (``SIZE``, ``SIZE``), 1 for those of class 1, -1 for those of class 0, 0 elsewhere.

    Args:
        model: a :func:`single_layer` after training; at its pixel (0, 0) there was no dot.
    """
    kernel = weights(model)["kernel"].astype(float)[:, :, 0]
    pull = kernel[..., 1] - kernel[..., 0]
    pull -= pull[0, 0]  # what moves where nothing is
    return np.sign(pull) * (np.abs(pull) > FAINT * np.abs(pull).max())


def require_batches(
    found: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    labels: np.ndarray,
    *,
    steps: int,
    size: int,
) -> None:
    """Requires a training to have seen the images as they are, each with its label, in batches of the right size.

    Args:
        found: the traces that it left.
        rows: (number,), of the :func:`scattered` dots.
        columns: (number,).
        labels: (number,), 0 or 1.
        steps: number of steps, more than two; fewer than an epoch has.
        size: number of images in a batch.
    """
    seen = found[rows, columns]
    expect(
        np.count_nonzero(found) == np.count_nonzero(seen),
        fr="Sans augmentation, le réseau a vu des images qu'on ne lui avait pas données : augmented sert-il ?",
        en="Without augmentation the network has seen images that were not given: is augmented used?",
    )
    expect(
        bool((seen[seen != 0] == np.where(labels, 1, -1)[seen != 0]).all()),
        fr="Des images ont été apprises avec la classe d'une autre : tirez images et classes ensemble, et descendez "
        "la pente.",
        en="Images were learned with the class of another: draw images and labels together, and go downhill.",
    )
    # The first step, or the last, may have a rate of zero; drawn with replacement, some images come twice.
    number, least, most = np.count_nonzero(seen), int(0.75 * (steps - 2) * size), steps * size
    expect(
        least <= number <= most,
        fr=f"En {steps} étapes, le réseau devrait avoir vu {steps} lots de {size} images.",
        en=f"In {steps} steps the network should have seen {steps} batches of {size} images.",
        images_seen=number,
    )


def require_repeatable(one: object, same: object, other: object) -> None:
    """Requires chance to come from the seed alone, and from all of it.

    Args:
        one: a :func:`single_layer` after training.
        same: after the same training once more.
        other: after a training with another seed.
    """
    first, second = (weights(model)["kernel"].astype(float) for model in (one, same))
    expect(
        float(np.abs(first - second).max()) <= REPEATED * float(np.abs(first).max()),
        fr="Le même appel donne deux réseaux différents : tout le hasard doit venir de seed.",
        en="The same call gives two different networks: all chance must come from the seed.",
    )
    expect(
        not np.array_equal(traces(one), traces(other)),
        fr="Deux graines différentes donnent les mêmes lots : ils doivent être tirés au hasard, à partir de seed.",
        en="Two different seeds give the same batches: they are to be drawn at random, from the seed.",
    )


def require_new_draws(found: np.ndarray, *, reach: int, steps: int, size: int) -> None:
    """Requires each batch to have been moved in a way of its own, by whole pixels, half of it mirrored.

    Args:
        found: the traces of :func:`lined_up` dots.
        reach: the largest shift.
        steps: number of steps.
        size: number of images in a batch.
    """
    shifts = np.arange(-reach, reach + 1)
    places = np.concatenate([COLUMN + shifts, SIZE - 1 - COLUMN + shifts])
    allowed, drawn = np.zeros(found.shape, bool), np.zeros((len(shifts), len(places)), bool)
    for line, sign in zip(LINES, (-1, 1), strict=True):
        part = np.ix_(line + shifts, places)
        allowed[part] = found[part] == sign
        drawn |= allowed[part]
    expect(
        bool(allowed[found != 0].all()),
        fr="Avec augmentation, le réseau a vu des images que augment ne donne pas, ou avec la classe d'une autre.",
        en="With augmentation the network has seen images that augment does not give, or with the class of another.",
    )
    # A single key for all steps allows for as many ways as a batch has images, two keys in turn for twice as many
    # at most.  New ones: with 8 steps of 40 images 139 of 162 on average, 125 when two steps have a rate of zero.
    ways = int(drawn.sum())
    expect(
        ways > 2.25 * size,
        fr=f"En {steps} étapes, les images n'ont bougé que de {ways} façons, alors que chaque lot de {size} images "
        "devrait bouger à sa manière. La clé est-elle neuve à chaque étape (jax.random.fold_in, jax.random.split) ?",
        en=f"In {steps} steps the images have moved in {ways} ways only, whereas each batch of {size} images should "
        "move in its own. Is the key new at each step (jax.random.fold_in, jax.random.split)?",
        possible=drawn.size,
    )
