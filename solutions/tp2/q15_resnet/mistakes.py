"""Wrong answers to question 15 that students give, each with what to look at."""

import math

import numpy as np

from grader.checks import mistake

from . import solution

EPSILON = solution.EPSILON


@mistake(
    of="batch_norm",
    fr="Le momentum est compris à l'envers : ici il est la part gardée des anciennes statistiques "
    "(PyTorch nomme ainsi la part du lot).",
    en="The momentum is taken the other way round: here it is the share kept of the old statistics "
    "(PyTorch gives that name to the share of the batch).",
)
def momentum_reversed(x, scale, bias, mean, var, train, momentum=0.9):
    return solution.batch_norm(x, scale, bias, mean, var, train, 1 - momentum)


@mistake(
    of="batch_norm",
    fr="À l'entraînement, le lot est normalisé par les statistiques accumulées : ce sont celles du lot "
    "lui-même qui servent.",
    en="In training the batch is normalised by the running statistics: those of the batch itself are "
    "to be used.",
)
def normalised_by_running_statistics(x, scale, bias, mean, var, train, momentum=0.9):
    _, mean, var = solution.batch_norm(x, scale, bias, mean, var, train, momentum)
    return solution.batch_norm(x, scale, bias, mean, var, False)[0], mean, var


@mistake(
    of="batch_norm",
    fr="Figée, la normalisation utilise encore le lot : la réponse d'une image dépend alors de ses "
    "voisines. Utilisez ``mean`` et ``var``.",
    en="Frozen, the normalisation still uses the batch: the answer of an image then depends on its "
    "neighbours. Use ``mean`` and ``var``.",
)
def batch_statistics_when_frozen(x, scale, bias, mean, var, train, momentum=0.9):
    y, new_mean, new_var = solution.batch_norm(x, scale, bias, mean, var, True, momentum)
    return (y, new_mean, new_var) if train else (y, mean, var)


@mistake(
    of="batch_norm",
    fr="Les statistiques accumulées changent même figées : c'est ainsi qu'un réseau « gelé » dérive.",
    en="The running statistics change even when frozen: that is how a frozen network drifts.",
)
def statistics_move_when_frozen(x, scale, bias, mean, var, train, momentum=0.9):
    y = solution.batch_norm(x, scale, bias, mean, var, train, momentum)[0]
    return y, *solution.batch_norm(x, scale, bias, mean, var, True, momentum)[1:]


@mistake(
    of="batch_norm",
    fr="La variance du lot est divisée par n - 1 : ici elle l'est par n.",
    en="The variance of the batch is divided by n - 1: here it is by n.",
)
def unbiased_variance(x, scale, bias, mean, var, train, momentum=0.9):
    if not train:
        return solution.batch_norm(x, scale, bias, mean, var, train)
    centre, spread = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2), ddof=1)
    y = solution.batch_norm(x, scale, bias, centre, spread, False)[0]
    return y, momentum * mean + (1 - momentum) * centre, momentum * var + (1 - momentum) * spread


@mistake(
    of="batch_norm",
    fr="On divise par la variance : c'est par sa racine, l'écart-type.",
    en="This divides by the variance: divide by its root, the standard deviation.",
)
def divided_by_the_variance(x, scale, bias, mean, var, train, momentum=0.9):
    _, new_mean, new_var = solution.batch_norm(x, scale, bias, mean, var, train, momentum)
    if train:
        mean, var = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
    return scale * (x - mean) / (var + EPSILON) + bias, new_mean, new_var


@mistake(
    of="batch_norm",
    fr="Les statistiques sont prises image par image : elles le sont sur tout le lot, canal par canal.",
    en="The statistics are taken image by image: take them over the whole batch, channel by channel.",
)
def statistics_of_each_image(x, scale, bias, mean, var, train, momentum=0.9):
    y, mean, var = solution.batch_norm(x, scale, bias, mean, var, train, momentum)
    if train:
        each = [
            solution.batch_norm(x[i : i + 1], scale, bias, mean, var, True)[0]
            for i in range(len(x))
        ]
        y = np.concatenate(each)
    return y, mean, var


@mistake(
    of="batch_norm",
    fr="Les axes de la moyenne s'arrêtent trop tôt : il faut un nombre par canal, donc une moyenne sur les images, les "
    "lignes et les colonnes, ``axis=(0, 1, 2)``.",
    en="The mean stops at too few axes: one number per channel is wanted, so average over images, rows and columns, "
    "``axis=(0, 1, 2)``.",
)
def columns_apart(x, scale, bias, mean, var, train, momentum=0.9):
    if not train:
        return solution.batch_norm(x, scale, bias, mean, var, train)
    centre, spread = x.mean(axis=(0, 1)), x.var(axis=(0, 1))
    y = scale * (x - centre) / np.sqrt(spread + EPSILON) + bias
    return y, momentum * mean + (1 - momentum) * centre, momentum * var + (1 - momentum) * spread


def _relu(x):
    return np.maximum(x, 0)


def _norm(x, statistics):
    return solution.batch_norm(x, *statistics, train=False)[0]


def _conv(x, kernel, stride, border):
    return np.asarray(solution.conv(x, kernel, strides=stride, padding=border))


def _block(x, block, *, inner=True, shortcut=True, project_norm=True, end="after", strides=None):
    first, second = strides or (block["stride"], 1)
    y = _norm(_conv(x, block["conv1"], first, 1), block["bn1"])
    y = _norm(_conv(_relu(y) if inner else y, block["conv2"], second, 1), block["bn2"])
    side = x
    if block["projection"] is not None:
        kernel, statistics = block["projection"]
        side = _conv(x, kernel, block["stride"], 0)
        side = _norm(side, statistics) if project_norm else side
    if not shortcut:
        return _relu(y)
    return {"after": _relu(y + side), "before": _relu(y) + side, "none": y + side}[end]


@mistake(
    of="residual_block",
    fr="Le raccourci n'est pas ajouté : sans lui, ce n'est qu'une pile de convolutions.",
    en="The shortcut is not added: without it this is but a stack of convolutions.",
)
def without_shortcut(x, block):
    return _block(x, block, shortcut=False)


@mistake(
    of="residual_block",
    fr="La dernière ReLU est appliquée avant la somme : elle vient après, sur la somme.",
    en="The last ReLU is applied before the sum: it comes after it, on the sum.",
)
def relu_before_the_sum(x, block):
    return _block(x, block, end="before")


@mistake(
    of="residual_block",
    fr="La ReLU finale manque : elle suit la somme.",
    en="The final ReLU is missing: it follows the sum.",
)
def without_final_relu(x, block):
    return _block(x, block, end="none")


@mistake(
    of="residual_block",
    fr="La ReLU entre les deux convolutions manque : le chemin principal reste linéaire.",
    en="The ReLU between the two convolutions is missing: the main path stays linear.",
)
def without_inner_relu(x, block):
    return _block(x, block, inner=False)


@mistake(
    of="residual_block",
    fr="La projection a elle aussi sa normalisation, la deuxième de la paire.",
    en="The projection has a normalisation of its own, the second of the pair.",
)
def projection_not_normalised(x, block):
    return _block(x, block, project_norm=False)


@mistake(
    of="residual_block",
    fr="Le pas est donné à la deuxième convolution : c'est la première qui réduit la carte.",
    en="The stride is given to the second convolution: it is the first that shrinks the map.",
)
def stride_in_the_second(x, block):
    return _block(x, block, strides=(1, block["stride"]))


@mistake(
    of="chain_jacobian",
    fr="Le produit est pris dans l'autre sens : le dernier bloc, appliqué en dernier, est à gauche.",
    en="The product is taken the other way round: the last block, applied last, is on the left.",
)
def product_reversed(jacobians, residual):
    return solution.chain_jacobian(jacobians[::-1], residual)


@mistake(
    of="chain_jacobian",
    fr="L'identité n'est ajoutée qu'une fois, au produit : chaque bloc a son raccourci.",
    en="The identity is added only once, to the product: each block has its own shortcut.",
)
def one_shortcut_for_all(jacobians, residual):
    product = solution.chain_jacobian(jacobians, False)
    return product + np.eye(jacobians.shape[1], dtype=jacobians.dtype) * residual


@mistake(
    of="chain_jacobian",
    fr="Les jacobiennes sont multipliées case par case : composer, c'est le produit matriciel.",
    en="The Jacobians are multiplied entry by entry: composing is the matrix product.",
)
def entry_by_entry(jacobians, residual):
    identity = np.eye(jacobians.shape[1], dtype=jacobians.dtype)
    return np.prod(jacobians + identity if residual else jacobians, axis=0)


@mistake(
    of="chain_jacobian",
    fr="Le raccourci est oublié : la dérivée de x + F(x) est l'identité plus celle de F.",
    en="The shortcut is forgotten: the derivative of x + F(x) is the identity plus that of F.",
)
def identity_forgotten(jacobians, residual):
    return solution.chain_jacobian(jacobians, False)


def _opened(paths, prefixes):
    return [path.startswith(prefixes) and not path.endswith((".mean", ".var")) for path in paths]


@mistake(
    of="is_open",
    fr="Avec depth = 0, ``stages[-0:]`` est la liste entière : tout s'ouvre au lieu de rien.",
    en="With depth = 0, ``stages[-0:]`` is the whole list: everything opens instead of nothing.",
)
def zero_opens_everything(paths, stages, depth):
    return solution.is_open(paths, stages, depth or len(stages))


@mistake(
    of="is_open",
    fr="« features.layer12 » commence bien par les lettres de « features.layer1 », mais c'est une autre "
    "couche : comparez composante par composante.",
    en='"features.layer12" does begin with the letters of "features.layer1", but it is another layer: '
    "compare component by component.",
)
def letters_compared(paths, stages, depth):
    return _opened(paths, tuple(stages[len(stages) - depth :]))


@mistake(
    of="is_open",
    fr="Les statistiques mean et var sont ouvertes : ce ne sont pas des paramètres, aucun gradient ne "
    "les entraîne.",
    en="The statistics mean and var are open: they are no parameters, no gradient trains them.",
)
def statistics_opened(paths, stages, depth):
    opened = tuple(stage + "." for stage in stages[len(stages) - depth :])
    return [path.startswith(opened) for path in paths]


@mistake(
    of="is_open",
    fr="Ce sont les premiers étages qui sont ouverts : on ouvre à partir de la tête.",
    en="The first stages are open: open them from the head on.",
)
def opened_from_the_input(paths, stages, depth):
    return solution.is_open(paths, stages[:depth], depth)


@mistake(
    of="is_open",
    fr="La réponse est inversée : vrai veut dire ouvert, c'est-à-dire entraîné.",
    en="The answer is inverted: true means open, that is trained.",
)
def inverted(paths, stages, depth):
    return [not opened for opened in solution.is_open(paths, stages, depth)]


@mistake(
    of="is_open",
    fr="Seul l'étage numéro depth est ouvert : ceux qui le suivent le restent aussi.",
    en="Only stage number depth is open: those after it stay open too.",
)
def only_one_stage(paths, stages, depth):
    return (
        solution.is_open(paths, stages[len(stages) - depth :][:1], 1)
        if depth
        else [False] * len(paths)
    )


@mistake(
    of="update",
    fr="Seul le gradient est masqué : l'inertie et le rappel vers zéro font quand même bouger un tableau "
    "fermé.",
    en="Only the gradient is masked: momentum and decay still move a closed array.",
)
def only_the_gradient_masked(
    parameters, velocity, gradients, opened, rate, momentum=0.9, decay=0.01
):
    gradients = {path: gradients[path] * opened[path] for path in gradients}
    everything = dict.fromkeys(opened, True)
    return solution.update(parameters, velocity, gradients, everything, rate, momentum, decay)


@mistake(
    of="update",
    fr="La vitesse des tableaux fermés change : rouverts plus tard, ils partiraient avec une vieille vitesse.",
    en="The velocity of closed arrays changes: opened later, they would start with an old momentum.",
)
def velocity_of_closed_arrays_moves(
    parameters, velocity, gradients, opened, rate, momentum=0.9, decay=0.01
):
    everything = dict.fromkeys(opened, True)
    moved = solution.update(parameters, velocity, gradients, everything, rate, momentum, decay)[1]
    return solution.update(parameters, velocity, gradients, opened, rate, momentum, decay)[0], moved


@mistake(
    of="update",
    fr="Rien n'est figé : ``opened`` n'est pas utilisé.",
    en="Nothing is frozen: ``opened`` is not used.",
)
def nothing_frozen(parameters, velocity, gradients, opened, rate, momentum=0.9, decay=0.01):
    everything = dict.fromkeys(opened, True)
    return solution.update(parameters, velocity, gradients, everything, rate, momentum, decay)


@mistake(
    of="update",
    fr="Le pas est fait avec l'ancienne vitesse : mettez-la à jour d'abord.",
    en="The step is made with the old velocity: update it first.",
)
def old_velocity_used(parameters, velocity, gradients, opened, rate, momentum=0.9, decay=0.01):
    new = solution.update(parameters, velocity, gradients, opened, rate, momentum, decay)[1]
    moved = {p: parameters[p] - rate * velocity[p] * opened[p] for p in parameters}
    return moved, new


@mistake(
    of="update",
    fr="Le rappel vers zéro (decay * p) manque dans la vitesse.",
    en="The pull towards zero (decay * p) is missing from the velocity.",
)
def without_decay(parameters, velocity, gradients, opened, rate, momentum=0.9, decay=0.01):
    return solution.update(parameters, velocity, gradients, opened, rate, momentum, 0.0)


@mistake(
    of="updated",
    fr="Les dictionnaires donnés ont changé aussi : écrivez dans des copies, ``dict(parameters)``, et faites naître de "
    "nouveaux tableaux au lieu de modifier les anciens.",
    en="The dictionaries that were given have changed as well: write into copies, ``dict(parameters)``, and make new "
    "arrays instead of changing the old ones.",
)
def given_dictionaries_changed(parameters, velocity, gradients, opened, rate):
    new = solution.update(parameters, velocity, gradients, opened, rate)
    return new, new


@mistake(
    of="layer_rates",
    fr="Les taux croissent vers l'image : c'est la tête qui a le plus grand.",
    en="The learning rates grow towards the image: it is the head that has the largest.",
)
def largest_near_the_image(stages, peak, factor):
    rates = solution.layer_rates(stages, peak, factor)
    return dict(zip(stages, reversed(rates.values()), strict=True))


@mistake(
    of="layer_rates",
    fr="Chaque étage a plus que celui qui le suit : multipliez par ``factor`` au lieu de diviser.",
    en="Each stage has more than the one after it: multiply by ``factor`` instead of dividing.",
)
def divided_by_the_factor(stages, peak, factor):
    return solution.layer_rates(stages, peak, 1 / factor)


@mistake(
    of="layer_rates",
    fr="La tête est déjà réduite d'un facteur : elle a ``peak`` lui-même.",
    en="The head is already reduced by one factor: it has ``peak`` itself.",
)
def head_already_reduced(stages, peak, factor):
    return solution.layer_rates(stages, peak * factor, factor)


@mistake(
    of="layer_rates",
    fr="Tous les étages sauf la tête ont le même taux réduit : la suite est géométrique, un facteur de "
    "plus à chaque étage.",
    en="All stages but the head have the same reduced rate: the sequence is geometric, one more "
    "factor at each stage.",
)
def same_for_all_but_the_head(stages, peak, factor):
    return {stage: peak * (1 if stage == stages[-1] else factor) for stage in stages}


@mistake(
    of="schedule",
    fr="Le taux d'apprentissage de l'étape numéro 0 est nul : il vaut peak / warmup.",
    en="Step number 0 has a learning rate of zero: it is peak / warmup.",
)
def first_step_lost(n, steps, warmup, peak):
    return peak * n / warmup if n < warmup else solution.schedule(n, steps, warmup, peak)


@mistake(
    of="schedule",
    fr="Le cosinus compte les étapes depuis 0 : il commence après l'échauffement et dure steps - warmup.",
    en="The cosine counts steps from 0: it begins after the warm-up and lasts steps - warmup.",
)
def cosine_from_the_start(n, steps, warmup, peak):
    if n < warmup:
        return solution.schedule(n, steps, warmup, peak)
    return peak * (1 + math.cos(math.pi * n / steps)) / 2


@mistake(
    of="schedule",
    fr="Le cosinus part bien de la fin de l'échauffement, mais il est divisé par steps : il n'atteint "
    "pas zéro. Il dure steps - warmup.",
    en="The cosine does start at the end of the warm-up but is divided by steps: it does not reach "
    "zero. It lasts steps - warmup.",
)
def cosine_too_long(n, steps, warmup, peak):
    return solution.schedule(n, steps + warmup, warmup, peak)


@mistake(
    of="schedule",
    fr="L'échauffement manque : le premier taux est déjà le plus grand.",
    en="The warm-up is missing: the first step is already the largest.",
)
def without_warmup(n, steps, warmup, peak):
    return solution.schedule(max(n, warmup), steps, warmup, peak)


@mistake(
    of="schedule",
    fr="Le cosinus fait une période entière : il redescend à zéro à mi-chemin puis remonte.",
    en="The cosine makes a whole period: it falls to zero half-way and rises again.",
)
def whole_period(n, steps, warmup, peak):
    if n < warmup:
        return solution.schedule(n, steps, warmup, peak)
    return peak * (1 + math.cos(2 * math.pi * (n - warmup) / (steps - warmup))) / 2
