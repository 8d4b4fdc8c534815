"""Checks of question 14: a probe at every cut, and what the measurements say."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.checks import agree, built, check, expect, forall, network
from jaxcnn.testing import integer_arrays

from ..heads import Head, head_in, require_head, require_supported
from ..tasks import Bench

PARTS = 5
ORDER = [
    "features.conv1",
    "features.bn1",
    "features.layer1",
    "features.layer2",
    "features.layer10",
    "classifier.hidden",
    "classifier.fc",
]
ARRAYS = {
    "conv1": ["kernel"],
    "bn1": ["bias", "mean", "scale", "var"],
    "hidden": ["bias", "kernel"],
    "fc": ["bias", "kernel"],
}
BLOCK = ["0.bn1.bias", "0.bn1.mean", "0.bn1.scale", "0.bn1.var", "0.conv1.kernel", "1.conv1.kernel"]
PATHS = [
    f"{layer}.{leaf}" for layer in ORDER for leaf in ARRAYS.get(layer.rpartition(".")[2], BLOCK)
]

old_shares = arrays.arrays(np.float64, (3,), elements=st.integers(11, 19).map(lambda k: k / 20))
new_shares = arrays.arrays(
    np.float64, (3,), elements=st.integers(11, 19).map(lambda k: k / 20 + 0.03)
)


@check(points=1, fr="Résumer une carte", en="Summarising a map")
@forall(maps=integer_arrays((3, 7, 5, 2)), cells=st.integers(1, 4))
def test_pooled(student, reference, maps, cells):
    agree(student.pooled, reference.pooled, maps, cells)
    agree(student.pooled, reference.pooled, maps[:, 0, 0], cells)


@check(points=1, fr="La sonde", en="The probe")
@forall(
    examples=10,
    features=integer_arrays((5, 3)),
    wide=integer_arrays((3, 6)),
    labels=st.permutations([0, 1, 1, 1, 0]),
    penalty=st.sampled_from([0.5, 1.0, 3.0]),
)
def test_ridge(student, reference, features, wide, labels, penalty):
    agree(student.standardised, reference.standardised, features, features[:2] + 1)
    labels = np.array(labels, np.int32)
    for x in (features, wide):
        few = labels[: len(x)]
        agree(student.ridge, reference.ridge, x, few, penalty, rtol=1e-3, atol=1e-3)


@check(
    points=1,
    fr="La courbe des coupures",
    en="The curve of the cuts",
    needs=("pooled", "ridge"),
)
def test_probe_curve(student, reference, rng, streams):
    desk = Bench("clothing", streams)
    backbone = desk.backbones["resnet"]
    task = desk.fresh(backbone, per_class=30, new=120)
    names = list(backbone.cuts)
    agree(
        student.activations,
        reference.activations,
        backbone.network,
        names,
        task.new_images[:65],
        rtol=1e-3,
        atol=1e-2,
    )
    require_batches(student, reference.BATCH)
    agree(
        student.probe_curve,
        reference.probe_curve,
        backbone.network,
        names,
        task.images,
        task.labels,
        task.new_images,
        task.answers,
        4,
        rtol=0,
        atol=2.5 / len(task.answers),  # two images on the border
    )


def require_batches(student, most):
    """A network whose maps hold the number of images computed at once shows the batches."""
    counting, number = network("jaxcnn.testing:counting_network"), most + 10
    images = np.zeros((number, 4, 4, 1), np.float32)
    (maps,) = student.activations(counting, ["features.count"], images).items(1)
    at_once = int(maps.array((number, 4, 4, 1)).max())
    expect(
        at_once <= most,
        fr=f"Le réseau a reçu plus de ``BATCH`` = {most} images à la fois : avec de grandes photos, la mémoire n'y "
        "suffirait pas. Calculez lot après lot.",
        en=f"The network was given more than BATCH = {most} images at once: with large photographs the memory would "
        "not do. Compute batch after batch.",
        images_at_once=at_once,
    )


def small_network(rng, factory):
    """A network for images of 8 × 8 pixels, its widths drawn."""
    wide, wider = (int(rng.integers(3 * k, 3 * k + 3)) for k in (1, 2))
    if factory == "resnet18":
        sizes = {"layers": (1, 1), "widths": (wide, wider), "stem": "cifar"}
        names = ["features.conv1", "features.bn1", "features.layer1", "features.layer2"]
        names += ["classifier.pool", "classifier.fc"]
    else:
        sizes = {"blocks": ((wide, 1), (wider, 1)), "hidden": (5,)}
        names = [f"features.{k}" for k in range(8)] + ["classifier.1", "classifier.3"]
    kinds = int(rng.integers(2, 6))
    model = network("jaxcnn.models:create_model", factory, image_size=8, num_classes=kinds, **sizes)
    return model, names


@check(points=1, fr="Ce que l'on garde", en="What is kept")
def test_parameters_up_to(student, reference, rng):
    for factory in ("resnet18", "vgg11_bn"):
        model, names = small_network(rng, factory)
        agree(student.parameters_up_to, reference.parameters_up_to, model, names)
        some = [names[k] for k in rng.permutation(len(names))[:3]]
        agree(student.parameters_up_to, reference.parameters_up_to, model, some)


# Standard errors behind the best share, and sizes: on each some mistake gives an answer of its own.
TELLING = [
    ((0.03, 0, 3, 4), (100, 300, 50, 400)),
    ((1.1, 0, 3, 0.5), (100, 300, 50, 200)),
    ((0.5, 0, 3, 0.9), (100, 100, 50, 200)),
]


@check(points=1, fr="La coupure à retenir", en="The cut to take", reveal=True)
def test_best_cut(student, reference, rng):
    cases = [(0.95, *case, int(number)) for case in TELLING for number in (30, 70)]
    for _ in range(20):
        behind = (*rng.choice([0, 0.5, 0.9, 1.1, 1.6, 3, 8], 3), 0)
        order, sizes = rng.permutation(4), rng.permutation([100, 200, 200, 300])
        drawn = tuple(float(behind[k]) for k in order), tuple(map(int, sizes))
        cases.append((float(rng.choice([0.8, 0.9, 0.95])), *drawn, int(rng.choice([30, 71, 150]))))
    for best, behind, sizes, number in cases:
        error = (best * (1 - best) / number) ** 0.5
        accuracies = [round(best - errors * error, 4) for errors in behind]
        agree(student.best_cut, reference.best_cut, accuracies, list(sizes), number)


@check(points=1, fr="Ce qui reste gelé", en="What stays frozen")
def test_frozen(student, reference, rng):
    for cut in ORDER:
        paths = [PATHS[k] for k in rng.permutation(len(PATHS))]
        agree(student.frozen, reference.frozen, paths, ORDER, cut)


@check(points=1, fr="Général ou spécialisé", en="General or specific")
@forall(
    old=old_shares,
    new=new_shares,
    old_classes=st.integers(3, 8),
    new_classes=st.integers(2, 4),
)
def test_generality(student, reference, old, new, old_classes, new_classes):
    lists = old.tolist(), new.tolist()
    agree(student.generality, reference.generality, *lists, old_classes, new_classes)


@check(
    points=2,
    fr="Couper, puis apprendre",
    en="Cutting, then learning",
    needs=("probe_curve",),
)
def test_cut_and_train(student, reference, data, streams):
    desk = Bench(data, streams)
    backbone = desk.backbones["resnet"]
    names = list(backbone.cuts)
    tasks = [desk.known(), desk.fresh(backbone), desk.fresh(backbone, layer=backbone.cuts[1])]
    for task in tasks:
        known, new = (
            summaries(reference, built(backbone.network), names, images)
            for images in (task.images, task.new_images)
        )
        answer = student.cut_and_train(backbone.network, names, task.images, task.labels)
        head = head_in(answer, {name: features.shape[1] for name, features in known.items()})
        shares = {name: reference.share_by_parts(x, task.labels) for name, x in known.items()}
        require_supported(head.cut, shares, as_good_as(max(shares.values()), len(task.labels)))
        require_head(
            head,
            Head(head.cut, *reference.dense_head(known[head.cut], task.labels)),
            new[head.cut],
            other_heads(reference, head.cut, known[head.cut], task.labels),
            fr="La coupure est bonne, mais ces poids et ce biais ne sont pas ceux de la "
            "sonde apprise sur toutes les images à cet endroit : ``pooled`` à CELLS × "
            "CELLS cases, centrer et réduire, ``ridge`` avec penalty = 0.3 * f, puis tout "
            "réunir en une couche dense.",
            en="The cut is a good one, but these weights and this bias are not those of the probe that learned from "
            "all images there: ``pooled`` with CELLS × CELLS cells, centre and scale, ``ridge`` with "
            "penalty = 0.3 * f, then all of it made one dense layer.",
        )


def summaries(reference, model, names, images):
    """Features (number, f) at each cut, batch after batch: whole maps of all images would fill the memory."""
    parts = [
        [
            reference.pooled(layer, reference.CELLS)
            for layer in reference.activations(
                model, names, images[start : start + reference.BATCH]
            )
        ]
        for start in range(0, len(images), reference.BATCH)
    ]
    return {
        name: np.concatenate(layer)
        for name, layer in zip(names, zip(*parts, strict=True), strict=True)
    }


def as_good_as(best, number):
    """The share from which a cut is accepted: two standard errors below the best, and two images for rounding.

    The statement allows one error. On 20 seeds no fixed cut is accepted on all three tasks; who measures in five parts
    always is, in float32 or by scikit-learn, with the best cut or the smallest of the good ones; with other parts, or
    by a logistic regression, 39 times out of 40.
    """
    return best - 2 * (best * (1 - best) / number) ** 0.5 - 2.01 / number


NOT_FOLDED = {
    "fr": "Ces poids sont ceux des caractéristiques centrées et réduites, alors que la tête reçoit celles qui sortent "
    "de ``pooled`` : divisez chaque poids par l'écart type de sa colonne, puis corrigez le biais.",
    "en": "These weights belong to features that are centred and scaled, while the head gets those that ``pooled`` "
    "gives: divide each weight by the standard deviation of its column, then correct the bias.",
}
BIAS_NOT_CORRECTED = {
    "fr": "Les poids sont bien divisés par les écarts types, mais le biais est resté celui des caractéristiques "
    "centrées : retranchez-lui la somme des moyennes multipliées par les nouveaux poids.",
    "en": "The weights are divided by the standard deviations, but the bias is still that of centred features: "
    "subtract the sum of the means times the new weights.",
}
PART_LEFT_OUT = {
    "fr": "Cette tête n'a pas vu l'une des cinq parts : c'est l'une des sondes qui ont servi "
    "à choisir. Une fois la coupure choisie, apprenez-en une nouvelle, sur toutes les "
    "images.",
    "en": "This head has not seen one of the five parts: it is one of the probes that served to choose. Once the cut "
    "is chosen, learn a new one, from all images.",
}


def other_heads(reference, cut, features, labels):
    """Heads that students arrive at, and how."""
    weights, bias = reference.ridge(
        reference.standardised(features, features)[0], labels, 0.3 * features.shape[1]
    )
    yield Head(cut, weights, bias), NOT_FOLDED
    yield Head(cut, reference.dense_head(features, labels)[0], bias), BIAS_NOT_CORRECTED
    part = np.arange(len(labels)) % PARTS
    for seen in (part != number for number in range(PARTS)):
        yield Head(cut, *reference.dense_head(features[seen], labels[seen])), PART_LEFT_OUT
