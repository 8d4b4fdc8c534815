"""Checks of question 14: a probe at every cut, and what the measurements say."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.checks import agree, check, forall, network
from jaxcnn.testing import integer_arrays

from ..tasks import bench, judge

# No fixed cut reaches both fresh tasks: at the last one, that drawn in an early layer gets 0.88 (median
# of 20 seeds), at the early ones that drawn in the last layer 0.84 and 0.88, at layer2 0.93.
LEAST = {"clothing": {"known": 0.79, "fresh": 0.93}, "hymenoptera": {"known": 0.85, "fresh": 0.85}}
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
@forall(maps=integer_arrays((2, 7, 5, 2)), cells=st.integers(1, 4))
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
def test_probe_curve(student, reference, rng, seed):
    desk = bench("clothing", seed)
    backbone = desk.backbones["resnet"]
    task = desk.fresh(rng, backbone, per_class=30, new=120)
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


def small_network(rng, factory):
    """A network for images of 8 x 8 pixels, its widths drawn."""
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
        behind = (*rng.choice([0, 0.5, 0.9, 1.1, 3], 3), 0)
        order, sizes = rng.permutation(4), rng.permutation([100, 200, 200, 300])
        drawn = tuple(float(behind[k]) for k in order), tuple(map(int, sizes))
        cases.append((float(rng.choice([0.8, 0.9, 0.95])), *drawn, int(rng.choice([30, 70, 150]))))
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
    fr="Couper, puis reconnaître",
    en="Cutting, then recognising",
    needs=("probe_curve",),
)
def test_cut_and_predict(student, rng, data, seed):
    desk = bench(data, seed)
    backbone = desk.backbones["resnet"]
    judge(
        lambda task: student.cut_and_predict(
            backbone.network, list(backbone.cuts), task.images, task.labels, task.new_images
        ),
        [
            desk.known(rng),
            desk.fresh(rng, backbone),
            desk.fresh(rng, backbone, layer=backbone.cuts[1]),
        ],
        **LEAST[data],
    )
