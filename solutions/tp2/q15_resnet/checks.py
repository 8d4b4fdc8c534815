"""Checks of question 15: the parts of a fine-tuned residual network, then the network."""

import numpy as np
from hypothesis import strategies as st

from grader.checks import agree, check, expect, forall
from jaxcnn.models import layer_names
from jaxcnn.testing import integer_arrays

from ..tasks import bench, judge

CUT = {"clothing": "features.layer2.0", "hymenoptera": "features.blocks.14"}
STEPS = {"clothing": 60, "hymenoptera": 20}
KNOWN = {"clothing": 0.74, "hymenoptera": 0.88}
MOVED = {"clothing": 2e-4, "hymenoptera": 5e-6}  # far above rounding; few steps at a low rate
# From scratch at most 0.93 in 12 draws; a head alone, learned as the statement says, at least 0.943 in 8.
FRESH = {"clothing": 0.94, "hymenoptera": 0.88}  # of some 90 photos one is 1.1 %


def statistics(rng, channels):
    """(scale, bias, mean, var) of small whole numbers."""
    draw = [rng.integers(low, 4, channels).astype(np.float32) for low in (1, -3, -3, 1)]
    return tuple(draw)


@check(points=1, fr="La normalisation par lots", en="Batch normalisation")
def test_batch_norm(student, reference, rng):
    for train in (False, True, False, True):
        x = rng.integers(-4, 5, (3, 2, 2, 2)).astype(np.float32)
        x[0, 0, 0], x[0, 0, 1] = (5, -5), (-6, 6)  # no channel is constant
        momentum = float(rng.choice([0.75, 0.875]))
        inputs = (x, *statistics(rng, 2), train, momentum)
        agree(student.batch_norm, reference.batch_norm, *inputs, rtol=1e-4, atol=1e-4)


@check(points=1, fr="Le bloc résiduel", en="The residual block", needs=("batch_norm",))
def test_residual_block(student, reference, rng):
    for projected in (False, True, False, True):
        width = 3 if projected else 2
        block = {
            "conv1": rng.integers(-2, 3, (3, 3, 2, width)).astype(np.float32),
            "bn1": statistics(rng, width),
            "conv2": rng.integers(-2, 3, (3, 3, width, width)).astype(np.float32),
            "bn2": statistics(rng, width),
            "stride": 2 if projected else 1,
            "projection": None,
        }
        if projected:
            kernel = rng.integers(-2, 3, (1, 1, 2, width)).astype(np.float32)
            block["projection"] = (kernel, statistics(rng, width))
        x = rng.integers(-3, 4, (2, 4, 4, 2)).astype(np.float32)
        agree(student.residual_block, reference.residual_block, x, block, rtol=1e-3, atol=1e-2)


@check(points=1, fr="Ce que garde le raccourci", en="What the shortcut preserves")
@forall(examples=12, jacobians=integer_arrays((3, 2, 2)), residual=st.booleans())
def test_chain_jacobian(student, reference, jacobians, residual):
    agree(student.chain_jacobian, reference.chain_jacobian, jacobians, residual)


STAGES = ["features.conv1", "features.layer1", "features.layer2", "features.layer3", "classifier"]
ARRAYS = [
    "features.conv1.kernel",
    "features.layer1.0.bn1.scale",
    "features.layer1.0.bn1.mean",
    "features.layer12.0.conv1.kernel",
    "features.layer2.0.downsample.1.var",
    "features.layer2.1.mean_shift.kernel",
    "features.layer3.0.bn2.bias",
    "features.layer3.0.bn2.mean",
    "features.layer3.0.conv2.kernel",
    "neck.classifier.bias",
    "classifier.fc.kernel",
    "classifier.fc.bias",
]


@check(points=1, fr="Ce qui est ouvert, ce qui est figé", en="What is open, what is frozen")
def test_is_open(student, reference, rng):
    for depth in rng.permutation(len(STAGES) + 1):
        paths = [ARRAYS[number] for number in rng.permutation(len(ARRAYS))]
        agree(student.is_open, reference.is_open, paths, STAGES, int(depth))


@check(points=1, fr="Un pas qui respecte le gel", en="A step that respects the freeze")
def test_update(student, reference, rng):
    paths = ["features.conv1.kernel", "features.layer3.0.conv1.kernel", "classifier.fc.kernel"]
    for opened in ([True, True, True], [False, True, True], [False, False, True]):
        trees = [
            {path: rng.integers(1, 9, (2, 2)).astype(np.float32) for path in paths}
            for _ in range(3)
        ]
        mask = dict(zip(paths, opened, strict=True))
        options = {"rate": 0.25, "momentum": 0.5, "decay": 0.125}
        agree(student.update, reference.update, *trees, mask, **options)
    # Thirds and sevenths: what is multiplied and brought back does not come back to the last bit.
    trees = [
        {path: (rng.normal(size=(40,)) / 7).astype(np.float32) for path in paths} for _ in range(3)
    ]
    agree(student.update, reference.update, *trees, mask, rate=0.3, rtol=1e-5, atol=1e-6)
    answer = student.update(*trees, mask, rate=0.3)
    for path in paths[:2]:
        same = all(
            np.array_equal(new[path], old[path]) for new, old in zip(answer, trees[:2], strict=True)
        )
        expect(
            same,
            fr="Un tableau fermé ne doit pas changer du tout : comparez bit à bit, pas à peu près.",
            en="A closed array must not change at all: compare bit by bit, not roughly.",
            path=path,
        )


@check(
    points=1,
    fr="Les pas d'apprentissage",
    en="The learning rates",
    reveal=True,
)
def test_rates(student, reference, rng):
    for number in (1, 3, 5):
        peak, factor = float(rng.choice([0.5, 0.25])), float(rng.choice([0.5, 0.125]))
        agree(student.layer_rates, reference.layer_rates, STAGES[-number:], peak, factor)
    for warmup in (0, 4, 10):
        steps = int(rng.integers(warmup + 8, warmup + 40))
        for n in (0, warmup // 2, warmup, int(rng.integers(warmup + 1, steps)), steps - 1):
            peak = float(rng.integers(1, 5))
            agree(student.schedule, reference.schedule, n, steps, warmup, peak, atol=1e-6)


@check(points=2, fr="Le ResNet adapté", en="The adapted ResNet")
def test_fine_tune(student, reference, rng, data, seed):
    desk = bench(data, seed)
    backbone = desk.backbones["resnet"]

    def answer(task):
        return student.fine_tune(
            backbone.network,
            CUT[data],
            task.images,
            task.labels,
            task.new_images,
            STEPS[data],
            int(rng.integers(1000)),
        )

    tasks = [desk.known(rng), desk.fresh(rng, backbone)]
    judge(answer, tasks, known=KNOWN[data], fresh=FRESH[data])


@check(
    points=1,
    fr="Ce qui est figé l'est vraiment",
    en="What is frozen really is",
    needs=("fine_tune",),
)
def test_frozen(student, reference, rng, data, seed):
    desk = bench(data, seed)
    backbone = desk.backbones["resnet"]
    task = desk.fresh(rng, backbone)
    probe, answers = task.new_images[:60], task.answers[:60]
    given = (CUT[data], task.images, task.labels, probe, STEPS[data], int(rng.integers(1000)))
    found = student.fine_tuned_features(backbone.network, *given)
    original = backbone.network.build()
    names = (CUT[data], layer_names(original)[-2])
    frozen, last = reference.activations(original, probe, names).values()
    shapes = [frozen.shape, last.shape, (len(probe), 2)]
    arrays = isinstance(found, tuple | list) and all(isinstance(part, np.ndarray) for part in found)
    expect(
        arrays
        and [part.shape for part in found] == shapes
        and all(part.dtype.kind == "f" and np.isfinite(part).all() for part in found),
        fr=f"On attend trois tableaux de nombres finis, de formes {shapes}.",
        en=f"Three arrays of finite numbers are expected, of shapes {shapes}.",
        got=[part.shape for part in found] if arrays else type(found).__name__,
    )
    drift = float(np.abs(found[0] - frozen).max() / np.abs(frozen).max())
    expect(
        drift < 1e-3,
        fr="La sortie de la partie figée a changé. Ses tableaux ne doivent pas bouger, et ses "
        "normalisations non plus : après model.train(), chaque passe met à jour leurs statistiques.",
        en="The output of the frozen part has changed. Its arrays must not move, and neither must "
        "its normalisations: after model.train(), each pass updates their statistics.",
        largest_relative_change=round(drift, 5),
    )
    moved = float(np.abs(found[1] - last).mean() / np.abs(last).mean())
    expect(
        moved > MOVED[data],
        fr="Les couches ouvertes n'ont presque pas bougé : ce réseau n'a qu'une tête neuve. Ouvrez "
        "les couches qui suivent ``cut`` et entraînez-les aussi.",
        en="The open layers have hardly moved: this network has but a new head. Open the layers "
        "after ``cut`` and train them as well.",
        mean_relative_change=float(f"{moved:.1e}"),
    )
    right = float(np.mean(np.argmax(found[2], axis=1) == answers))
    expect(
        right >= FRESH[data] - 0.08,
        fr="Les scores rendus ici ne reconnaissent pas les classes : ce sont ceux d'une tête qui n'a "
        "pas appris. Rendez ceux du réseau adapté.",
        en="The scores returned here do not tell the kinds apart: they are those of a head that has "
        "not learned. Return those of the adapted network.",
        right=round(right, 3),
    )
