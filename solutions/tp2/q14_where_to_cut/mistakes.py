"""Wrong answers to question 14 that students give, each with what to look at."""

import jax
import numpy as np
from flax import nnx

from grader.checks import deviation, family, mistake

from . import solution


def _scale(values):
    scale = values.std(axis=0)
    return np.where(scale > 0, scale, 1)


@mistake(
    of="standardised",
    fr="Les nouvelles images sont centrées avec leurs propres statistiques. Une image ne "
    "doit pas dépendre de ses voisines : celles des images d'entraînement servent pour "
    "toutes.",
    en="The new images are centred with their own statistics. An image must not depend on its "
    "neighbours: those of the training images serve all.",
)
def own_statistics(known, new):
    return solution.standardised(known, new)[0], (new - new.mean(axis=0)) / _scale(new)


@mistake(
    of="standardised",
    fr="Une colonne constante est divisée par zéro : laissez-la telle quelle.",
    en="A constant column is divided by zero: leave it as it is.",
)
def divided_by_zero(known, new):
    with np.errstate(all="ignore"):
        mean, scale = known.mean(axis=0), known.std(axis=0)
        return (known - mean) / scale, (new - mean) / scale


_DEAD = {
    "fr": "Un petit nombre est ajouté à l'écart type. Une colonne constante qui ne l'est plus dans de "
    "nouvelles images y devient énorme : laissez-la telle quelle.",
    "en": "A small number is added to the standard deviation. A constant column that is no longer "
    "constant in new images becomes huge there: leave it as it is.",
}


@mistake(of="standardised", **_DEAD)
def a_millionth_added(known, new):
    mean, scale = known.mean(axis=0), known.std(axis=0) + 1e-6
    return (known - mean) / scale, (new - mean) / scale


@mistake(of="standardised", **_DEAD)
def still_less_added(known, new):
    mean, scale = known.mean(axis=0), known.std(axis=0) + 1e-8
    return (known - mean) / scale, (new - mean) / scale


@mistake(
    of="standardised",
    fr="Une seule moyenne et un seul écart type servent à toutes les colonnes : chacune a les siens.",
    en="One mean and one standard deviation serve all columns: each has its own.",
)
def one_scale_for_all(known, new):
    mean, scale = known.mean(), known.std() or 1
    return (known - mean) / scale, (new - mean) / scale


@mistake(
    of="standardised",
    fr="Les colonnes sont centrées, mais pas réduites.",
    en="The columns are centred, but not scaled.",
)
def not_scaled(known, new):
    mean = known.mean(axis=0)
    return known - mean, new - mean


@mistake(
    of="activations",
    fr="Le dernier lot, incomplet, est oublié.",
    en="The last, incomplete batch is left out.",
)
def last_batch_left_out(model, names, images):
    full = len(images) // solution.BATCH * solution.BATCH
    return solution.activations(model, names, images[:full])


@mistake(
    of="activations",
    fr="Le réseau est en mode entraînement : ses normalisations emploient la moyenne du lot, "
    "pas les statistiques glissantes.",
    en="The network is in training mode: its normalisations use the mean of the batch, not the "
    "learned statistics.",
)
def training_mode(model, names, images):
    model.train()
    parts = [
        solution.intermediates(model, images[start : start + solution.BATCH], names)
        for start in range(0, len(images), solution.BATCH)
    ]
    return [np.concatenate([np.asarray(part[name]) for part in parts]) for name in names]


@mistake(
    of="probe_curve",
    fr="La sonde est jugée sur les images qui ont servi à l'apprendre : c'est ``held_out`` "
    "qui compte.",
    en="The probe is judged on the images it has learned from: ``held_out`` is what counts.",
)
def judged_on_the_training_images(model, names, images, labels, held_out, held_labels, cells):
    return solution.probe_curve(model, names, images, labels, images, labels, cells)


@mistake(
    of="probe_curve",
    fr="C'est le taux d'erreur : on demande la justesse.",
    en="This is the error rate: the accuracy is wanted.",
)
def share_of_mistakes(model, names, images, labels, held_out, held_labels, cells):
    return 1 - solution.probe_curve(model, names, images, labels, held_out, held_labels, cells)


@mistake(
    of="probe_curve",
    fr="Les cartes sont réduites à leur moyenne globale : ``cells`` n'est pas transmis à ``pooled``.",
    en="The maps are reduced to their global average: ``cells`` is not passed on to ``pooled``.",
)
def global_average(model, names, images, labels, held_out, held_labels, cells):
    return solution.probe_curve(model, names, images, labels, held_out, held_labels, 1)


def _sizes(model, names, kinds, parts=("features", "classifier"), restart=False):
    total, kept, alone = 0, {}, {}
    for part, layers in model.named_layers():
        total = 0 if restart else total
        for name, layer in zip(layers.names, layers, strict=True):
            size = 0
            if isinstance(layer, nnx.Module) and part in parts:
                size = sum(leaf.size for leaf in jax.tree.leaves(nnx.state(layer, kinds)))
            total += size
            kept[f"{part}.{name}"], alone[f"{part}.{name}"] = total, size
    return [kept[name] for name in names], [alone[name] for name in names]


@mistake(
    of="parameters_up_to",
    fr="Les moyennes et les variances des normalisations sont comptées : seuls les ``nnx.Param`` "
    "sont des paramètres.",
    en="Means and variances of normalisations are counted: only ``nnx.Param`` are parameters.",
)
def statistics_counted(model, names):
    return _sizes(model, names, (nnx.Param, nnx.BatchStat))[0]


@mistake(
    of="parameters_up_to",
    fr="C'est la taille de chaque couche seule : couper garde aussi toutes celles d'avant.",
    en="This is the size of each layer alone: a cut also keeps all those before.",
)
def each_layer_alone(model, names):
    return _sizes(model, names, nnx.Param)[1]


@mistake(
    of="parameters_up_to",
    fr="La couche nommée n'est pas comptée : couper à cette couche, c'est la garder.",
    en="The named layer is not counted: to cut at it is to keep it.",
)
def named_layer_left_out(model, names):
    kept, alone = _sizes(model, names, nnx.Param)
    return [total - size for total, size in zip(kept, alone, strict=True)]


@mistake(
    of="parameters_up_to",
    fr="Le compte repart de zéro dans ``classifier`` : les couches de ``features`` sont gardées aussi.",
    en="The count starts again at zero in ``classifier``: the layers of ``features`` are kept too.",
)
def count_starts_again(model, names):
    return _sizes(model, names, nnx.Param, restart=True)[0]


@mistake(
    of="frozen",
    fr='"features.layer10" commence aussi par "features.layer1" : ajoutez le point avant de comparer.',
    en='"features.layer10" starts with "features.layer1" too: add the dot before comparing.',
)
def prefix_without_its_dot(paths, order, cut):
    kept = tuple(order[:-1][: order.index(cut) + 1])
    return [path for path in paths if path.startswith(kept)]


@mistake(
    of="frozen",
    fr="La tête est gelée quand la coupure la nomme : une nouvelle couche est toujours entraînée.",
    en="The head is frozen when the cut names it: a new layer is always trained.",
)
def head_frozen(paths, order, cut):
    kept = tuple(name + "." for name in order[: order.index(cut) + 1])
    return [path for path in paths if path.startswith(kept)]


@mistake(
    of="frozen",
    fr="Les moyennes et les variances des couches gelées continuent de bouger : sans elles, une couche "
    "gelée ne calcule plus la même chose.",
    en="The means and variances of frozen layers keep moving: without them a frozen layer no longer "
    "computes the same thing.",
)
def statistics_not_frozen(paths, order, cut):
    return [p for p in solution.frozen(paths, order, cut) if not p.endswith((".mean", ".var"))]


@mistake(
    of="frozen",
    fr="La couche de la coupure n'est pas gelée : elle fait partie de ce qu'on garde.",
    en="The layer of the cut is not frozen: it is part of what is kept.",
)
def layer_of_the_cut_trained(paths, order, cut):
    return [p for p in solution.frozen(paths, order, cut) if not p.startswith(cut + ".")]


@mistake(
    of="frozen",
    fr="Ce sont les chemins entraînés : on demande les autres.",
    en="These are the paths that are trained: the others are wanted.",
)
def trained_paths(paths, order, cut):
    kept = solution.frozen(paths, order, cut)
    return [path for path in paths if path not in kept]


@family(
    of="pooled",
    deviations=[
        deviation(
            "maximum_of_the_cells",
            taken="maximum",
            fr="C'est le maximum de chaque case : on demande sa moyenne.",
            en="This is the maximum of each cell: its mean is asked for.",
        ),
        deviation(
            "sum_of_the_cells",
            taken="sum",
            fr="C'est la somme de chaque case : on demande sa moyenne.",
            en="This is the sum of each cell: its mean is asked for.",
        ),
        deviation(
            "first_of_the_cells",
            taken="first",
            fr="C'est le premier nombre de chaque case : on demande sa moyenne.",
            en="This is the first number of each cell: its mean is asked for.",
        ),
        deviation(
            "columns_first",
            order="columns first",
            fr="Les cases viennent colonne par colonne : c'est ligne après ligne.",
            en="The cells come column by column: it should be row after row.",
        ),
        deviation(
            "channels_first",
            order="channels first",
            fr="Les nombres viennent canal par canal : c'est case après case, et dans "
            "chacune les canaux.",
            en="The numbers come channel by channel: it should be cell after cell, and the "
            "channels in each.",
        ),
        deviation(
            "taken_for_square",
            sides="height",
            fr="La hauteur sert pour les deux axes : une carte n'est pas forcément carrée.",
            en="The height serves for both axes: a map need not be square.",
        ),
        deviation(
            "rest_of_the_map_lost",
            bounds="floor",
            fr="Les cases ont toutes h // cells lignes : le reste de la carte est perdu. La "
            "case i finit à (i + 1) * h // cells.",
            en="The cells all have h // cells rows: the rest of the map is lost. Cell i ends at (i +"
            " 1) * h // cells.",
        ),
        deviation(
            "larger_cells_first",
            bounds="larger first",
            fr="Les cases plus grandes viennent en premier (``np.array_split``) : la case i "
            "va de i * h // cells à (i + 1) * h // cells.",
            en="The larger cells come first (``np.array_split``): cell i goes from i * h // cells to"
            " (i + 1) * h // cells.",
        ),
        deviation(
            "global_average",
            bounds="whole",
            fr="La carte n'est pas découpée : une moyenne par case et par canal.",
            en="The map is not divided: one mean for each cell and channel.",
        ),
        deviation(
            "map_kept",
            laid="map",
            fr="La réponse a encore la forme d'une carte : (nombre, cells * cells * c).",
            en="The answer still has the shape of a map: (number, cells * cells * c).",
        ),
    ],
)
def summarised(
    maps, cells, *, taken="mean", order="rows first", sides="own", bounds="own", laid="flat"
):
    if maps.ndim == 2:
        return maps
    height, width = maps.shape[1:3]

    def ends(length):
        if bounds == "floor":
            return [n * (length // cells) for n in range(cells + 1)]
        if bounds == "larger first":
            return [n * (length // cells) + min(n, length % cells) for n in range(cells + 1)]
        return [n * length // cells for n in range(cells + 1)]

    rows, columns = ends(height), ends(height if sides == "height" else width)
    if bounds == "whole":
        rows, columns = [0, height], [0, width]
    reduce = {
        "maximum": lambda part: part.max(axis=(1, 2)),
        "sum": lambda part: part.sum(axis=(1, 2)),
        "first": lambda part: part[:, 0, 0],
    }.get(taken, lambda part: part.mean(axis=(1, 2)))
    found = np.stack(
        [
            np.stack(
                [
                    reduce(maps[:, rows[i] : rows[i + 1], columns[j] : columns[j + 1]])
                    for j in range(len(columns) - 1)
                ],
                axis=1,
            )
            for i in range(len(rows) - 1)
        ],
        axis=1,
    )
    if laid == "map":
        return found
    axes = {"columns first": (0, 2, 1, 3), "channels first": (0, 3, 1, 2)}.get(order, (0, 1, 2, 3))
    return found.transpose(axes).reshape(len(maps), -1)


@family(
    of="ridge",
    deviations=[
        deviation(
            "bias_penalised",
            biases="penalised",
            fr="Le biais est pénalisé aussi : centrez ``features`` et t, le biais vient ensuite.",
            en="The bias is penalised as well: centre ``features`` and t, the bias comes afterwards.",
        ),
        deviation(
            "no_bias",
            biases="none",
            fr="Le biais est nul : il vaut moyenne de t moins moyenne des caractéristiques @ w.",
            en="The bias is zero: it should be the mean of t minus the mean of the features @ w.",
        ),
        deviation(
            "bias_of_the_centred_data",
            biases="mean of t",
            fr="Le biais est la moyenne de t : il vaut moyenne de t moins moyenne des "
            "caractéristiques @ w.",
            en="The bias is the mean of t: it should be the mean of t minus the mean of the "
            "features @ w.",
        ),
        deviation(
            "bias_with_the_wrong_sign",
            biases="plus",
            fr="La moyenne des caractéristiques @ w est ajoutée au biais : elle s'en retranche.",
            en="The mean of the features @ w is added to the bias: it should be subtracted.",
        ),
        deviation(
            "features_not_centred",
            centred="targets alone",
            fr="Les caractéristiques ne sont pas centrées avant de résoudre.",
            en="The features are not centred before solving.",
        ),
        deviation(
            "targets_zero_and_one",
            targets="0 and 1",
            fr="Les cibles sont 0 et 1 : elles sont -1 et +1.",
            en="The targets are 0 and 1: they should be -1 and +1.",
        ),
        deviation(
            "targets_inverted",
            targets="inverted",
            fr="Les cibles sont inversées : 1 donne +1, 0 donne -1.",
            en="The targets are inverted: 1 gives +1, 0 gives -1.",
        ),
        deviation(
            "penalty_on_a_mean",
            penalty_for="mean",
            fr="La pénalité est multipliée par le nombre d'images : l'erreur est une somme, "
            "pas une moyenne.",
            en="The penalty is multiplied by the number of images: take it as it is, the error is "
            "a sum and not a mean.",
        ),
        deviation(
            "penalty_squared",
            penalty_for="square",
            fr="La pénalité est au carré : prenez-la telle quelle.",
            en="The penalty is squared: take it as it is.",
        ),
        deviation(
            "penalty_halved",
            penalty_for="half",
            fr="La pénalité est divisée par deux : prenez-la telle quelle.",
            en="The penalty is halved: take it as it is.",
        ),
        deviation(
            "penalty_forgotten",
            penalty_for="none",
            fr="La pénalité n'intervient pas.",
            en="The penalty plays no part.",
        ),
        deviation(
            "penalty_for_each_feature",
            penalty_for="features",
            fr="La pénalité est multipliée par le nombre de caractéristiques : prenez-la telle "
            "quelle.",
            en="The penalty is multiplied by the number of features: take it as it is.",
        ),
    ],
)
def solved(
    features,
    labels,
    penalty,
    *,
    biases="own",
    centred="both",
    targets="-1 and 1",
    penalty_for="sum",
):
    target = {"0 and 1": 1.0 * labels, "inverted": 1 - 2.0 * labels}.get(targets, 2.0 * labels - 1)
    number, width = features.shape
    strength = {
        "mean": penalty * number,
        "square": penalty**2,
        "half": penalty / 2,
        "none": 1e-10,
        "features": penalty * width,
    }.get(penalty_for, penalty)
    mean, middle = features.mean(axis=0), target.mean()
    x, t = features - mean, target - middle
    if biases == "penalised":
        x, t = np.concatenate([features, np.ones((number, 1))], axis=1), target
    elif centred == "targets alone":
        x = features
    weights = x.T @ np.linalg.solve(x @ x.T + strength * np.eye(number), t)
    if biases == "penalised":
        return weights[:-1], float(weights[-1])
    bias = {"none": 0.0, "mean of t": middle, "plus": middle + mean @ weights}.get(
        biases, middle - mean @ weights
    )
    return weights, float(bias)


@family(
    of="best_cut",
    deviations=[
        deviation(
            "largest_share",
            rule="best",
            fr="C'est la coupure la plus juste : on demande la plus petite des bonnes.",
            en="This is the most accurate cut: the smallest of the good ones is asked for.",
        ),
        deviation(
            "smallest_of_all",
            rule="smallest",
            fr="C'est la plus petite de toutes les coupures : ne choisissez que parmi les bonnes.",
            en="This is the smallest cut of all: only among the good ones.",
        ),
        deviation(
            "largest_of_the_good",
            rule="largest good",
            fr="C'est la plus grande des bonnes coupures : on demande celle qui garde le "
            "moins de paramètres.",
            en="This is the largest of the good cuts: the one that keeps the fewest parameters is "
            "asked for.",
        ),
        deviation(
            "first_of_the_good",
            rule="first good",
            fr="C'est la première des bonnes coupures : on demande celle qui garde le moins "
            "de paramètres.",
            en="This is the first of the good cuts: the one that keeps the fewest parameters is "
            "asked for.",
        ),
        deviation(
            "variance_subtracted",
            error="variance",
            fr="C'est la variance qui est soustraite : il en manque la racine.",
            en="The variance is subtracted: its root is missing.",
        ),
        deviation(
            "spread_of_one_answer",
            error="of one",
            fr="La division par ``number`` manque : c'est l'écart type d'une réponse, pas "
            "celui de la justesse.",
            en="The division by ``number`` is missing: that is the spread of one answer, not of "
            "their share.",
        ),
        deviation(
            "two_errors",
            error="two",
            fr="Deux erreurs types sont soustraites : l'énoncé en demande une.",
            en="Two standard errors are subtracted: one is asked for.",
        ),
        deviation(
            "own_standard_error",
            error="own",
            fr="Chaque coupure est jugée avec sa propre erreur type : prenez celle de la "
            "meilleure.",
            en="Each cut is judged with its own standard error: take that of the best.",
        ),
        deviation(
            "first_of_equal_sizes",
            ties="first",
            fr="À tailles égales, c'est la première qui est prise : prenez la plus juste.",
            en="Of equal sizes the first is taken: take the most accurate.",
        ),
        deviation(
            "size_returned",
            given="size",
            fr="C'est la taille de la coupure : on demande son numéro.",
            en="This is the size of the cut: its index is asked for.",
        ),
        deviation(
            "share_returned",
            given="share",
            fr="C'est la justesse de la coupure : on demande son numéro.",
            en="This is the accuracy of the cut: its index is asked for.",
        ),
    ],
)
def cut_of(
    accuracies,
    sizes,
    number,
    *,
    rule="smallest good",
    error="of the best",
    ties="most accurate",
    given="index",
):
    def spread(a):
        variance = a * (1 - a) / number
        return {"variance": variance, "of one": (a * (1 - a)) ** 0.5, "two": 2 * variance**0.5}.get(
            error, variance**0.5
        )

    best, every = max(accuracies), range(len(accuracies))
    good = [
        k
        for k in every
        if accuracies[k] >= best - spread(accuracies[k] if error == "own" else best)
    ]
    second = (lambda k: 0) if ties == "first" else (lambda k: -accuracies[k])
    found = {
        "best": lambda: max(every, key=lambda k: accuracies[k]),
        "smallest": lambda: min(every, key=lambda k: (sizes[k], second(k))),
        "largest good": lambda: max(good, key=lambda k: (sizes[k], -second(k))),
        "first good": lambda: good[0],
    }.get(rule, lambda: min(good, key=lambda k: (sizes[k], second(k))))()
    return {"size": sizes[found], "share": accuracies[found]}.get(given, found)


@family(
    of="generality",
    deviations=[
        deviation(
            "chance_not_subtracted",
            merit="share",
            fr="Le hasard n'est pas soustrait : le mérite de la part a est (a - h) / (1 - h).",
            en="Chance is not subtracted: the merit of the share a is (a - h) / (1 - h).",
        ),
        deviation(
            "not_divided",
            merit="not divided",
            fr="La division par 1 - h manque : le mérite de la part a est (a - h) / (1 - h).",
            en="The division by 1 - h is missing: the merit of the share a is (a - h) / (1 - h).",
        ),
        deviation(
            "divided_by_chance",
            merit="by chance",
            fr="La division se fait par h : par 1 - h.",
            en="The division is by h: it should be by 1 - h.",
        ),
        deviation(
            "one_chance_for_both",
            chance="new",
            fr="Le même hasard sert aux deux tâches : chacune a son nombre de classes.",
            en="The same chance serves both tasks: each has its number of classes.",
        ),
        deviation(
            "chance_of_the_old_task",
            chance="old",
            fr="Le hasard de l'ancienne tâche sert aux deux : chacune a son nombre de classes.",
            en="The chance of the old task serves both: each has its number of classes.",
        ),
        deviation(
            "chances_exchanged",
            chance="exchanged",
            fr="Les nombres de classes sont échangés.",
            en="The numbers of classes are exchanged.",
        ),
        deviation(
            "ratio_inverted",
            ratio="inverted",
            fr="Le rapport est à l'envers : la nouvelle tâche divisée par l'ancienne.",
            en="The ratio is upside down: the new task divided by the old one.",
        ),
        deviation(
            "difference",
            ratio="difference",
            fr="C'est la différence des mérites : on demande leur rapport.",
            en="This is the difference of the merits: their ratio is asked for.",
        ),
    ],
)
def ratios(old, new, old_classes, new_classes, *, merit="own", chance="own", ratio="own"):
    classes = {
        "new": (new_classes, new_classes),
        "old": (old_classes, old_classes),
        "exchanged": (new_classes, old_classes),
    }.get(chance, (old_classes, new_classes))

    def worth(share, number):
        h = 1 / number
        return {"share": share, "not divided": share - h, "by chance": (share - h) / h}.get(
            merit, (share - h) / (1 - h)
        )

    pairs = [(worth(a, classes[0]), worth(b, classes[1])) for a, b in zip(old, new, strict=True)]
    return [{"inverted": a / b, "difference": b - a}.get(ratio, b / a) for a, b in pairs]
