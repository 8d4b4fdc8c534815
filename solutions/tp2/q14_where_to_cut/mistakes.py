"""Wrong answers to question 14 that students give, each with what to look at."""

import itertools
import warnings

import jax
import numpy as np
from flax import nnx

from grader.checks import mistake

from . import solution


def _cells(maps, cells, reduce):
    height, width = maps.shape[1:3]
    rows = [slice(i * height // cells, (i + 1) * height // cells) for i in range(cells)]
    columns = [slice(j * width // cells, (j + 1) * width // cells) for j in range(cells)]
    return np.array([[reduce(maps[:, r, c], axis=(1, 2)) for c in columns] for r in rows])


@mistake(
    of="pooled",
    fr="C'est le maximum de chaque case : prenez la moyenne.",
    en="This is the maximum of each cell: take the mean.",
)
def maximum_of_the_cells(maps, cells):
    if maps.ndim == 2:
        return maps
    return np.concatenate(
        list(_cells(maps, cells, np.max).reshape(-1, *maps[:, 0, 0].shape)), axis=1
    )


@mistake(
    of="pooled",
    fr="Les cases sont dans l'ordre des colonnes : parcourez une ligne de cases après l'autre.",
    en="The cells are in column order: go through one row of cells after the other.",
)
def columns_first(maps, cells):
    if maps.ndim == 2:
        return maps
    means = _cells(maps, cells, np.mean).swapaxes(0, 1)
    return np.concatenate(list(means.reshape(-1, *means.shape[2:])), axis=1)


@mistake(
    of="pooled",
    fr="Les colonnes sont divisées comme les lignes, avec ``h`` : une carte n'est pas toujours carrée, prenez ``w``.",
    en="Columns are divided as rows are, with ``h``: a map is not always square, take ``w``.",
)
def taken_for_square(maps, cells):
    if maps.ndim == 2:
        return maps
    height = maps.shape[1]
    bounds = [i * height // cells for i in range(cells + 1)]
    spans = [slice(low, high) for low, high in itertools.pairwise(bounds)]
    with warnings.catch_warnings(action="ignore"):  # means of no columns at all
        means = [maps[:, rows, columns].mean(axis=(1, 2)) for rows in spans for columns in spans]
    return np.concatenate(means, axis=1)


@mistake(
    of="pooled",
    fr="Les canaux viennent avant les cases : d'abord toutes les moyennes de la première case, puis "
    "celles de la suivante.",
    en="Channels come before cells: first all means of the first cell, then those of the next.",
)
def channels_first(maps, cells):
    if maps.ndim == 2:
        return maps
    means = _cells(maps, cells, np.mean)
    return means.transpose(2, 3, 0, 1).reshape(len(maps), -1)


@mistake(
    of="pooled",
    fr="Toutes les cases ont h // cells lignes : les dernières lignes et colonnes de la carte sont "
    "perdues. La case i va de i * h // cells à (i + 1) * h // cells.",
    en="All cells have h // cells rows: the last rows and columns of the map are lost. Cell i goes "
    "from i * h // cells to (i + 1) * h // cells.",
)
def rest_of_the_map_lost(maps, cells):
    if maps.ndim == 2:
        return maps
    height, width = (size // cells for size in maps.shape[1:3])
    return solution.pooled(maps[:, : height * cells, : width * cells], cells)


@mistake(
    of="pooled",
    fr="Les cases ne se partagent pas la carte comme dans l'énoncé : quand h n'est pas un multiple de "
    "``cells``, les grandes cases ne sont pas les premières (``np.array_split``).",
    en="The cells do not share the map as the statement says: when h is no multiple of ``cells``, the "
    "larger cells are not the first ones (``np.array_split``).",
)
def larger_cells_first(maps, cells):
    if maps.ndim == 2:
        return maps
    rows = np.array_split(maps, cells, axis=1)
    return np.concatenate(
        [cell.mean(axis=(1, 2)) for row in rows for cell in np.array_split(row, cells, axis=2)],
        axis=1,
    )


def _scale(values):
    scale = values.std(axis=0)
    return np.where(scale > 0, scale, 1)


@mistake(
    of="standardised",
    fr="Les nouvelles images sont centrées avec leurs propres statistiques. Une image ne doit pas "
    "dépendre de ses voisines : celles de l'entraînement servent pour toutes.",
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


def _solve(x, target, penalty):
    return x.T @ np.linalg.solve(x @ x.T + penalty * np.eye(len(x)), target)


@mistake(
    of="ridge",
    fr="Le biais est pénalisé comme un poids (une colonne de 1 ?) : centrez plutôt les données.",
    en="The bias is penalised like a weight (a column of ones?): centre the data instead.",
)
def bias_penalised(features, labels, penalty):
    x = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    weights = _solve(x, 2.0 * labels - 1, penalty)
    return weights[:-1], float(weights[-1])


@mistake(
    of="ridge",
    fr="Les classes sont restées 0 et 1 : un score nul ne les sépare pas. Prenez -1 et +1.",
    en="The classes have stayed 0 and 1: a score of zero does not separate them. Take -1 and +1.",
)
def targets_zero_and_one(features, labels, penalty):
    weights, bias = solution.ridge(features, labels, penalty)
    return weights / 2, (bias + 1) / 2


@mistake(
    of="ridge",
    fr="La pénalité est multipliée par le nombre d'images : l'énoncé l'ajoute à une somme de carrés, "
    "pas à une moyenne.",
    en="The penalty is multiplied by the number of images: the statement adds it to a sum of squares, "
    "not to a mean.",
)
def penalty_on_a_mean(features, labels, penalty):
    return solution.ridge(features, labels, penalty * len(features))


@mistake(
    of="ridge",
    fr="Les données ne sont pas centrées et le biais est nul.",
    en="The data are not centred and the bias is zero.",
)
def no_bias(features, labels, penalty):
    return _solve(features, 2.0 * labels - 1, penalty), 0.0


@mistake(
    of="ridge",
    fr="Le biais est la moyenne de t : il manque - moyenne(features) @ w, puisque w a été trouvé sur "
    "des données centrées.",
    en="The bias is the mean of t: - mean(features) @ w is missing, as w was found on centred data.",
)
def bias_of_the_centred_data(features, labels, penalty):
    return solution.ridge(features, labels, penalty)[0], float(np.mean(2.0 * labels - 1))


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
    fr="Le réseau est en mode entraînement : ses normalisations emploient la moyenne du lot, pas les "
    "statistiques apprises.",
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
    fr="La sonde est jugée sur les images dont elle a appris : c'est ``held_out`` qui compte.",
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
    fr="La couche nommée n'est pas comptée : couper en elle, c'est la garder.",
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


def _chosen(accuracies, sizes, least):
    good = [k for k, a in enumerate(accuracies) if a >= (least(a) if callable(least) else least)]
    return min(good, key=lambda k: (sizes[k], -accuracies[k]))


@mistake(
    of="best_cut",
    fr="C'est la plus grande part : à une erreur type près, une coupure plus petite fait aussi bien.",
    en="This is the largest share: within one standard error, a smaller cut does as well.",
)
def largest_share(accuracies, sizes, number):
    return int(np.argmax(accuracies))


@mistake(
    of="best_cut",
    fr="On a retranché la variance a (1 - a) / n : l'erreur type est sa racine.",
    en="The variance a (1 - a) / n was subtracted: the standard error is its square root.",
)
def variance_subtracted(accuracies, sizes, number):
    best = max(accuracies)
    return _chosen(accuracies, sizes, best - best * (1 - best) / number)


@mistake(
    of="best_cut",
    fr="L'écart type d'une seule réponse n'est pas celui d'une moyenne : divisez par le nombre "
    "d'images sous la racine.",
    en="The standard deviation of one answer is not that of a mean: divide by the number of images "
    "under the root.",
)
def spread_of_one_answer(accuracies, sizes, number):
    best = max(accuracies)
    return _chosen(accuracies, sizes, best - (best * (1 - best)) ** 0.5)


@mistake(
    of="best_cut",
    fr="Chaque coupure est jugée avec sa propre erreur type : c'est celle de la meilleure qui fixe "
    "le seuil.",
    en="Each cut is judged with its own standard error: that of the best one sets the threshold.",
)
def own_standard_error(accuracies, sizes, number):
    best = max(accuracies)
    return _chosen(accuracies, sizes, lambda a: best - (a * (1 - a) / number) ** 0.5)


@mistake(
    of="best_cut",
    fr="À égalité de taille, la première bonne coupure l'emporte : prenez la plus juste.",
    en="Among good cuts of equal size the first one wins: take the most accurate.",
)
def first_of_equal_sizes(accuracies, sizes, number):
    best = max(accuracies)
    least = best - (best * (1 - best) / number) ** 0.5
    return min((k for k, a in enumerate(accuracies) if a >= least), key=lambda k: sizes[k])


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


@mistake(
    of="generality",
    fr="Le hasard n'est pas retranché : 50 % sur deux classes ne valent rien, sur huit beaucoup.",
    en="Chance is not subtracted: 50% on two classes is worth nothing, on eight a lot.",
)
def chance_not_subtracted(old, new, old_classes, new_classes):
    return [a / b for a, b in zip(new, old, strict=True)]


@mistake(
    of="generality",
    fr="Le même hasard est retranché aux deux tâches : chacune a son nombre de classes.",
    en="The same chance is subtracted from both tasks: each has its own number of classes.",
)
def one_chance_for_both(old, new, old_classes, new_classes):
    return solution.generality(old, new, old_classes, old_classes)


@mistake(
    of="generality",
    fr="Il manque la division par 1 - h : la perfection doit valoir 1 sur les deux tâches.",
    en="The division by 1 - h is missing: perfection must be worth 1 on both tasks.",
)
def not_divided(old, new, old_classes, new_classes):
    pairs = zip(new, old, strict=True)
    return [(a - 1 / new_classes) / (b - 1 / old_classes) for a, b in pairs]


@mistake(
    of="generality",
    fr="Le rapport est inversé : la nouvelle tâche est au numérateur.",
    en="The ratio is upside down: the new task is the numerator.",
)
def ratio_inverted(old, new, old_classes, new_classes):
    pairs = zip(old, new, strict=True)
    return [_value(a, old_classes) / _value(b, new_classes) for a, b in pairs]


def _value(share, classes):
    return (share - 1 / classes) / (1 - 1 / classes)
