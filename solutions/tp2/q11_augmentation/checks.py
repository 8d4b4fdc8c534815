"""Checks of question 11: augmentations by hand, and what they bring to a network trained on few images.

Whatever the data of the run, the network is trained on garments of 28 x 28 pixels: photographs of 224 x 224
would take minutes from scratch, and the point is the same.
"""

import jax
import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, built, check, expect, forall, network
from jaxcnn.testing import integer_arrays

from ..dots import (
    dotted,
    lined_up,
    require_batches,
    require_new_draws,
    require_repeatable,
    scattered,
    single_layer,
    traces,
)
from ..tasks import Bench, judge, moved, scores_of, shifted
from ..trained import (
    parameters_of,
    require_descent,
    require_kin,
    require_moved,
    require_same,
)

DATA = "clothing"
STEPS = 300
MOST = 4  # pixels, as in the solution
# The known classes tell who augmented: in 20 seeds plain training reaches 0.63 at most, the reference 0.77 at least.
# The fresh ones, 0.68 at least, tell who learned it here.
KNOWN, FRESH = 0.7, 0.63
NEW = 2000  # all that there are
SHORT, SEEDS = 15, 4  # steps and number of the runs that a gain is measured on
EXACT = 0.01  # a few images may lie so near the border that rounding decides
PLAIN, AUGMENTED = 5, 8  # steps on images with one dot, half an epoch and nearly one

batches = integer_arrays((3, 4, 5, 2))
numbers = st.lists(st.integers(-4, 4), min_size=3, max_size=3).map(lambda k: np.array(k, np.int32))
choices = st.lists(st.booleans(), min_size=3, max_size=3).map(np.array)


def lenet(rng):
    """A small untrained network for garments of two classes."""
    seed = int(rng.integers(1000))
    return network("jaxcnn.models:create_model", "lenet5", num_classes=2, image_size=28, seed=seed)


def some_images(rng):
    """A batch in which no pixel equals another."""
    return rng.permutation(120).astype(np.float32).reshape(3, 4, 5, 2)


def compiled_agree(function, reference, *arrays, **tolerances):
    """The function must be one that compiles, so it is its program that is compared."""
    agree(function.program(*arrays), reference, *arrays, **tolerances)


@check(points=1, fr="Le reflet", en="The mirror image")
@forall(examples=12, images=batches, chosen=choices)
def test_flip(student, reference, rng, images, chosen):
    mixed = np.array(
        [True, False, False]
    )  # tells all mistakes apart, which the smallest cases do not
    compiled_agree(student.flip, reference.flip, some_images(rng), mixed)
    compiled_agree(student.flip, reference.flip, images, chosen)


@check(points=1, fr="Le décalage", en="The shift")
@forall(examples=12, images=batches, down=numbers, right=numbers)
def test_shift(student, reference, rng, images, down, right):
    mixed = np.array([[2, -1, 1], [-1, 2, 3]], np.int32)
    compiled_agree(student.shift, reference.shift, some_images(rng), *mixed)
    compiled_agree(student.shift, reference.shift, images, down, right)


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
@forall(
    examples=30,
    image=st.sampled_from([(5, 7, 2), (4, 6, 1)]).flatmap(integer_arrays),
    matrix=matrices,
)
def test_affine(student, reference, image, matrix):
    compiled_agree(student.affine, reference.affine, image, matrix, rtol=1e-3, atol=1e-3)


@check(
    points=1,
    fr="Au hasard, mais reproductible",
    en="At random, yet repeatable",
    needs=("flip", "shift"),
)
def test_augment(student, rng):
    images = rng.random((256, 12, 10, 1)).astype(np.float32)
    first, second = (jax.random.PRNGKey(k) for k in rng.choice(10**6, 2, replace=False).tolist())
    program = student.augment.program(first, images)

    def run(key, images):
        return program(key, images).array(images.shape, kind="float")

    once, again, other = run(first, images), run(first, images), run(second, images)
    expect(
        once.dtype == images.dtype,
        fr="Le lot augmenté doit garder le type du lot donné.",
        en="The augmented batch must keep the type of the batch that is given.",
        dtype=once.dtype.name,
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
        fr="Une image sur deux devrait être retournée, chacune par un tirage à elle.",
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
def test_train(student, reference, rng, hidden, streams):
    desk = Bench(DATA, streams)
    tasks = [desk.known(new=NEW), desk.fresh(desk.backbones["resnet"], new=NEW)]
    tasks = [moved(task, hidden, MOST) for task in tasks]
    untrained, start = lenet(rng), int(rng.integers(1000))
    given = built(untrained)

    def trained(images, labels, steps, augmented):
        return student.train.network(
            untrained, images, labels, steps, start, augmented, like=untrained
        )

    few = tasks[0].images[: reference.BATCH], tasks[0].labels[: reference.BATCH]
    require_same(
        given,
        trained(*few, 0, True),
        fr="Avec steps = 0, le réseau qui revient n'est pas celui qui est arrivé.",
        en="With steps = 0 the network that comes back is not the one that came.",
    )
    centred = few[0] - reference.CENTRE
    require_descent(lambda steps: trained(*few, steps, False), given, centred, few[1])

    def answers(task):
        model = trained(task.images, task.labels, STEPS, True)
        require_moved(
            given,
            model,
            parameters_of(given),
            fr="Certaines couches sont restées telles quelles : tout le réseau doit apprendre.",
            en="Some layers stayed as they were: the whole network is to learn.",
        )
        require_kin(given, model)
        return classes(reference, model, task.new_images)

    judge(answers, tasks, known=KNOWN, fresh=FRESH)


def classes(reference, model, images):
    """What a network that came back answers, as the statement reads it."""
    return scores_of(model, images - reference.CENTRE).argmax(axis=1)


@check(
    points=1,
    fr="Un nouveau tirage à chaque étape",
    en="A new draw at each step",
    needs=("augment",),
)
def test_draws(student, reference, rng):
    size, untrained = reference.BATCH, single_layer()
    labels = rng.permutation(np.arange(10 * size) % 2).astype(np.int32)
    seed, another = rng.choice(1000, 2, replace=False).tolist()

    def trained(places, steps, seed, augmented):
        images = dotted(*places, reference.CENTRE)
        return student.train.network(
            untrained, images, labels, steps, seed, augmented, like=untrained
        )

    places = scattered(rng, len(labels))
    models = [trained(places, PLAIN, start, False) for start in (seed, seed, another)]
    require_batches(traces(models[0]), *places, labels, steps=PLAIN, size=size)
    require_repeatable(*models)
    augmented = trained(lined_up(labels), AUGMENTED, seed, True)
    require_new_draws(traces(augmented), reach=MOST, steps=AUGMENTED, size=size)


@check(points=1, fr="Mesurer le gain", en="Measuring the gain", needs=("train",))
def test_gain(student, reference, rng, hidden, streams):
    desk = Bench(DATA, streams)
    task = moved(desk.fresh(desk.backbones["resnet"]), rng, MOST)
    # Some labels of the held-out images are wrong, so that only who measures knows the accuracy.
    wrong = hidden.random(len(task.answers)) < hidden.uniform(0.1, 0.3)
    noisy = np.where(wrong, 1 - task.answers, task.answers).astype(np.int32)
    untrained = lenet(rng)
    shown = untrained, task.images, task.labels
    seeds = rng.choice(1000, SEEDS, replace=False).tolist()
    answer = student.gain(*shown, task.new_images, noisy, steps=SHORT, seeds=seeds)
    measured = answer.array((SEEDS, 2), kind="float", between=(0, 1))
    for seed, row in zip(seeds, measured, strict=True):
        models = [
            student.train.network(*shown, SHORT, seed, augmented, like=untrained)
            for augmented in (False, True)
        ]
        found = [
            float(np.mean(classes(reference, one, task.new_images) == noisy)) for one in models
        ]
        expect(
            bool(np.abs(row - found).max() <= EXACT),
            fr="Le gain n'est pas ce que répondent les réseaux que donne votre train pour la même graine, sans "
            "puis avec augmentation. Chaque entraînement doit repartir du réseau d'origine.",
            en="The gain is not what the networks answer that your train gives for the same seed, without and "
            "then with augmentation. Each run must start again from the network as it came.",
            gain=[round(float(value), 3) for value in row],
            train=[round(value, 3) for value in found],
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
