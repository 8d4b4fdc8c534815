"""Checks of question 11: augmentations by hand, and what they bring to a network trained on few images.

Whatever the data of the run, the network is trained on garments of 28 x 28 pixels: photographs of 224 x 224
would take minutes from scratch, and the point is the same.
"""

import jax
import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, expect, forall, network
from jaxcnn.testing import integer_arrays

from ..tasks import bench, judge, moved, shifted

DATA = "clothing"
STEPS = 300
SHORT = 60  # steps of each run that a gain is measured on
MOST = 4  # pixels, as in the solution
# The known kinds tell who augmented: in 20 seeds plain training reaches 0.63 at most, the reference 0.77 at least.
# The fresh ones, 0.68 at least, tell who learned it here.
KNOWN, FRESH = 0.7, 0.63
NEW = 600
EXACT = 0.02  # a few images may lie so near the border that rounding decides

batches = integer_arrays((3, 4, 5, 2))
numbers = st.lists(st.integers(-4, 4), min_size=3, max_size=3).map(lambda k: np.array(k, np.int32))
choices = st.lists(st.booleans(), min_size=3, max_size=3).map(np.array)


def lenet(rng):
    """A small untrained network for garments of two kinds."""
    seed = int(rng.integers(1000))
    return network("jaxcnn.models:create_model", "lenet5", num_classes=2, image_size=28, seed=seed)


def some_images(rng):
    """A batch in which no pixel equals another."""
    return rng.permutation(120).astype(np.float32).reshape(3, 4, 5, 2)


@check(points=1, fr="Le reflet", en="The mirror image")
@forall(examples=12, images=batches, chosen=choices)
def test_flip(student, reference, rng, images, chosen):
    mixed = np.array(
        [True, False, False]
    )  # tells all mistakes apart, which the smallest cases do not
    agree(student.flip.jit(), reference.flip, some_images(rng), mixed)
    agree(student.flip.jit(), reference.flip, images, chosen)


@check(points=1, fr="Le décalage", en="The shift")
@forall(examples=12, images=batches, down=numbers, right=numbers)
def test_shift(student, reference, rng, images, down, right):
    mixed = np.array([[2, -1, 1], [-1, 2, 3]], np.int32)
    agree(student.shift.jit(), reference.shift, some_images(rng), *mixed)
    agree(student.shift.jit(), reference.shift, images, down, right)


@check(points=1, fr="La matrice du mouvement", en="The matrix of the movement")
@forall(
    angle=st.sampled_from([-90.0, -30.0, 0.0, 40.0, 90.0]),
    zoom=st.sampled_from([0.5, 1.0, 1.25, 2.0]),
    shear=st.sampled_from([-0.5, 0.0, 0.2, 1.0]),
)
def test_movement(student, reference, angle, zoom, shear):
    agree(student.movement, reference.movement, angle, zoom, shear)


matrices = st.sampled_from(
    [
        [[1.0, 0.0], [0.0, 1.0]],
        [[2.0, 0.0], [0.0, 2.0]],
        [[0.5, 0.0], [0.0, 1.0]],
        [[0.0, -1.0], [1.0, 0.0]],
        [[1.0, 0.0], [0.5, 1.0]],
        [[1.25, -0.5], [0.25, 0.75]],
    ]
).map(lambda rows: np.array(rows, np.float32))


@check(points=1, fr="La transformation affine", en="The affine transformation")
@forall(examples=30, image=integer_arrays((4, 6, 1)), matrix=matrices)
def test_affine(student, reference, image, matrix):
    agree(student.affine.jit(), reference.affine, image, matrix, rtol=1e-3, atol=1e-3)


@check(
    points=1,
    fr="Au hasard, mais reproductible",
    en="At random, yet repeatable",
    needs=("flip", "shift"),
)
def test_augment(student, rng):
    images = rng.random((256, 12, 10, 1)).astype(np.float32)
    first, second = (jax.random.PRNGKey(k) for k in rng.choice(10**6, 2, replace=False).tolist())
    run = student.augment.jit()
    once, again, other = run(first, images), run(first, images), run(second, images)
    expect(
        isinstance(once, np.ndarray) and once.shape == images.shape and once.dtype == images.dtype,
        fr="Le lot augmenté doit garder la forme et le type du lot donné.",
        en="The augmented batch must keep the shape and the type of the batch that is given.",
        shape=list(images.shape),
    )
    expect(
        np.array_equal(once, again),
        fr="La même clé donne deux lots différents : tout le hasard doit venir de la clé.",
        en="The same key gives two different batches: all chance must come from the key.",
    )
    expect(
        not np.array_equal(once, other),
        fr="Deux clés différentes donnent le même lot : la clé doit servir.",
        en="Two different keys give the same batch: the key must be used.",
    )
    mirrored, down, right = changes(images, once)
    expect(
        bool((mirrored >= 0).all()),
        fr="Certaines images ne sont ni l'original ni son reflet, décalés d'un nombre entier de "
        f"pixels entre -{MOST} et {MOST}.",
        en="Some images are neither the original nor its mirror image, shifted by a whole number of "
        f"pixels between -{MOST} and {MOST}.",
        images=int((mirrored < 0).sum()),
    )
    expect(
        0.3 < mirrored.mean() < 0.7,
        fr="Une image sur deux devrait être reflétée, chacune par un tirage à elle.",
        en="One image out of two should be mirrored, each by a draw of its own.",
        mirrored=float(mirrored.mean()),
    )
    expect(
        not any(
            np.array_equal(*both)
            for both in zip((mirrored, down, right), changes(images, other), strict=True)
        ),
        fr="Avec une autre clé, le reflet, les lignes ou les colonnes sont tirés comme avant : une part "
        "du hasard ne vient pas de la clé.",
        en="With another key the mirroring, the rows or the columns are drawn as before: part of the "
        "chance does not come from the key.",
    )
    everything = list(range(-MOST, MOST + 1))
    for name, found in (("down", down), ("right", right)):
        expect(
            sorted(set(found.tolist())) == everything,
            fr=f"Sur 256 images, tous les décalages de -{MOST} à {MOST} devraient se rencontrer, "
            "chacun tiré pour son image. La borne supérieure de jax.random.randint est exclue.",
            en=f"Among 256 images all shifts from -{MOST} to {MOST} should occur, each drawn for its "
            "own image. The upper bound of jax.random.randint is excluded.",
            **{name: sorted(set(found.tolist()))},
        )
    expect(
        abs(float(np.corrcoef(down, right)[0, 1])) < 0.4
        and abs(float(np.corrcoef(mirrored, right)[0, 1])) < 0.4,
        fr="Reflet, lignes et colonnes devraient être tirés indépendamment : donnez une clé à chacun.",
        en="Mirroring, rows and columns should be drawn independently: give each a key of its own.",
    )


def changes(images, found):
    """How each image became what was found: (mirrored, down, right), mirrored -1 where nothing does it."""
    mirrored = np.full(len(images), -1)
    down, right = np.zeros_like(mirrored), np.zeros_like(mirrored)
    for side, start in enumerate((images, images[:, :, ::-1])):
        for rows, columns in np.ndindex(2 * MOST + 1, 2 * MOST + 1):
            steps = np.full((2, len(images)), [[rows - MOST], [columns - MOST]])
            same = np.abs(shifted(start, *steps) - found).max(axis=(1, 2, 3)) < 1e-5
            mirrored[same], down[same], right[same] = side, rows - MOST, columns - MOST
    return mirrored, down, right


@check(
    points=2,
    fr="Reconnaître des images qui ont bougé",
    en="Recognising images that have moved",
    needs=("augment",),
)
def test_predict(student, rng, seed):
    desk = bench(DATA, seed)
    tasks = [desk.known(rng, new=NEW), desk.fresh(rng, desk.backbones["resnet"], new=NEW)]
    untrained, start = lenet(rng), int(rng.integers(1000))

    def answer(task):
        return student.predict(
            untrained,
            task.images,
            task.labels,
            task.new_images,
            steps=STEPS,
            seed=start,
            augmented=True,
        )

    judge(answer, [moved(task, rng, MOST) for task in tasks], known=KNOWN, fresh=FRESH)


@check(
    points=1,
    fr="Les nouvelles images restent telles quelles",
    en="The new images stay as they are",
    needs=("predict",),
)
def test_new_images_unchanged(student, rng, seed):
    desk = bench(DATA, seed)
    task = moved(desk.known(rng, new=NEW // 2), rng, MOST)
    order = rng.permutation(len(task.new_images))
    answers = student.predict(
        lenet(rng),
        task.images,
        task.labels,
        np.concatenate([task.new_images, task.new_images[order]]),
        steps=SHORT,
        seed=int(rng.integers(1000)),
        augmented=True,
    )
    first, second = answers[: len(order)][order], answers[len(order) :]
    expect(
        float(np.mean(first != second)) <= EXACT,
        fr="Deux fois la même image, deux classes différentes : les nouvelles images sont modifiées au "
        "hasard avant d'être classées. L'augmentation ne sert qu'à l'entraînement.",
        en="Twice the same image, two different classes: the new images are changed at random before "
        "they are classified. Augmentation is for training only.",
        images=len(order),
        classed_differently=int(np.sum(first != second)),
    )


@check(points=1, fr="Mesurer le gain", en="Measuring the gain", needs=("predict",))
def test_gain(student, rng, seed):
    desk = bench(DATA, seed)
    task = moved(desk.fresh(rng, desk.backbones["resnet"]), rng, MOST)
    # Some labels of the held-out images are wrong, so that only who measures knows the accuracy.
    wrong = rng.random(len(task.answers)) < rng.uniform(0.1, 0.3)
    noisy = np.where(wrong, 1 - task.answers, task.answers).astype(np.int32)
    untrained = lenet(rng)
    shown = untrained, task.images, task.labels, task.new_images
    seeds = rng.choice(1000, 2, replace=False).tolist()
    measured = student.gain(*shown, noisy, steps=SHORT, seeds=seeds)
    expect(
        isinstance(measured, np.ndarray)
        and measured.shape == (len(seeds), 2)
        and measured.dtype.kind == "f",
        fr=f"Le gain est un tableau de flottants de forme ({len(seeds)}, 2).",
        en=f"The gain is an array of floats of shape ({len(seeds)}, 2).",
        got=measured,
    )
    row = int(rng.integers(len(seeds)))
    answers = [
        student.predict(*shown, steps=SHORT, seed=seeds[row], augmented=augmented)
        for augmented in (False, True)
    ]
    expect(
        not np.array_equal(*answers),
        fr="Avec ou sans augmentation, predict donne les mêmes réponses : augmented ne sert pas.",
        en="With or without augmentation, predict gives the same answers: augmented is not used.",
    )
    found = [float(np.mean(one == noisy)) for one in answers]
    expect(
        bool(np.abs(measured[row] - found).max() <= EXACT),
        fr="Le gain n'est pas ce que donne votre predict pour la même graine, sans puis avec "
        "augmentation. Chaque entraînement doit repartir du réseau d'origine.",
        en="The gain is not what your predict gives for the same seed, without and then with "
        "augmentation. Each run must start again from the network as it came.",
        gain=[round(float(value), 3) for value in measured[row]],
        predict=[round(value, 3) for value in found],
    )


def clear(pair):
    """Whether rounding cannot decide: the mean is not just two standard errors away from nothing."""
    plain, augmented = pair
    differences = augmented - plain
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return abs(abs(differences.mean()) - 2 * error) > 1e-9 or error == 0


levels = st.integers(8, 16).map(lambda k: k / 16)
pairs = st.integers(2, 4).flatmap(
    lambda n: st.tuples(*(st.lists(levels, min_size=n, max_size=n).map(np.array) for _ in "ab"))
)


@check(points=1, fr="Le gain est-il réel ?", en="Is the gain real?")
@forall(examples=120, pair=pairs.filter(clear))
def test_worth_it(student, reference, pair):
    agree(student.worth_it, reference.worth_it, *pair)
