"""Wrong answers to question 15 that students give, each with what to look at."""

import math

import numpy as np

from grader.checks import deviation, family, mistake

from . import solution

EPSILON = solution.EPSILON


# --- batch_norm ------------------------------------------------------------------------------


@family(
    of="batch_norm",
    deviations=[
        deviation(
            "momentum_reversed",
            kept="the batch",
            fr="Le momentum est pris à l'envers : ici c'est la part gardée des anciennes statistiques "
            "(PyTorch nomme ainsi la part du lot).",
            en="The momentum is taken the other way round: here it is the share kept of the old "
            "statistics (PyTorch gives that name to the share of the batch).",
        ),
        deviation(
            "old_statistics_forgotten",
            kept="nothing",
            fr="Les nouvelles statistiques sont celles du lot : gardez une part `momentum` "
            "des anciennes.",
            en="The new statistics are those of the batch: keep the share `momentum` of the old ones.",
        ),
        deviation(
            "statistics_never_move",
            kept="everything",
            fr="À l'entraînement, les statistiques ne changent pas : elles se rapprochent de "
            "celles du lot.",
            en="In training the statistics do not change: they should move towards those of the "
            "batch.",
        ),
        deviation(
            "normalised_by_running_statistics",
            trained="new ones",
            fr="À l'entraînement, le lot est normalisé par les statistiques glissantes : ce "
            "sont celles du lot lui-même qui servent.",
            en="In training the batch is normalised by the running statistics: those of the batch itself "
            "are to be used.",
        ),
        deviation(
            "normalised_by_old_statistics",
            trained="old ones",
            fr="À l'entraînement, le lot est normalisé par les anciennes statistiques : ce "
            "sont celles du lot lui-même qui servent.",
            en="In training the batch is normalised by the old statistics: those of the batch itself are "
            "to be used.",
        ),
        deviation(
            "batch_statistics_when_frozen",
            frozen="batch",
            fr="Gelée, la normalisation utilise encore le lot : la réponse d'une image dépend alors de ses "
            "voisines. Utilisez ``mean`` et ``var``.",
            en="Frozen, the normalisation still uses the batch: the answer of an image then depends on "
            "its neighbours. Use ``mean`` and ``var``.",
        ),
        deviation(
            "statistics_move_when_frozen",
            frozen="moving",
            fr="Les statistiques glissantes changent même gelées : c'est ainsi qu'un réseau "
            "gelé dérive.",
            en="The running statistics change even when frozen: that is how a frozen network drifts.",
        ),
        deviation(
            "never_frozen",
            frozen="as in training",
            fr="Gelée, la normalisation fait tout comme à l'entraînement : regardez `train`.",
            en="Frozen, the normalisation does everything as in training: look at `train`.",
        ),
        deviation(
            "unbiased_variance",
            freedom=1,
            fr="La variance du lot est divisée par n - 1 : ici c'est par n.",
            en="The variance of the batch is divided by n - 1: here it should be by n.",
        ),
        deviation(
            "divided_by_the_variance",
            root="none",
            fr="C'est la variance qui divise : divisez par sa racine, l'écart type.",
            en="This divides by the variance: divide by its root, the standard deviation.",
        ),
        deviation(
            "epsilon_outside_of_the_root",
            root="epsilon outside",
            fr="EPSILON est ajouté à la racine : il s'ajoute à la variance, sous la racine.",
            en="EPSILON is added to the root: it belongs to the variance, under the root.",
        ),
        deviation(
            "epsilon_forgotten",
            root="without epsilon",
            fr="EPSILON manque : il s'ajoute à la variance, sous la racine.",
            en="EPSILON is missing: it is added to the variance, under the root.",
        ),
        deviation(
            "columns_apart",
            axes=(0, 1),
            fr="La moyenne s'arrête à trop peu d'axes : il faut un nombre par canal, donc moyennez sur les "
            "images, les lignes et les colonnes, ``axis=(0, 1, 2)``.",
            en="The mean stops at too few axes: one number per channel is wanted, so average over images, "
            "rows and columns, ``axis=(0, 1, 2)``.",
        ),
        deviation(
            "positions_apart",
            axes=(0,),
            fr="La moyenne ne porte que sur les images : il faut un nombre par canal, ``axis=(0, 1, 2)``.",
            en="The mean only runs over the images: one number per channel is wanted, ``axis=(0, 1, 2)``.",
        ),
        deviation(
            "images_apart",
            axes=(1, 2),
            fr="Chaque image a ses statistiques : prenez-les sur tout le lot, ``axis=(0, 1, 2)``.",
            en="Each image has its own statistics: take them over the whole batch, ``axis=(0, 1, 2)``.",
        ),
        deviation(
            "channels_together",
            axes=(0, 1, 2, 3),
            fr="Les canaux sont mêlés : chacun a sa moyenne et sa variance, ``axis=(0, 1, 2)``.",
            en="The channels are mixed: each has its own mean and variance, ``axis=(0, 1, 2)``.",
        ),
        deviation(
            "statistics_of_each_image",
            axes="each image",
            fr="Les statistiques sont prises image par image : prenez-les sur tout le lot, canal par canal.",
            en="The statistics are taken image by image: take them over the whole batch, channel by "
            "channel.",
        ),
        deviation(
            "scale_forgotten",
            affine="bias alone",
            fr="``scale`` n'intervient pas : il multiplie ce qui est normalisé.",
            en="``scale`` plays no part: it multiplies what is normalised.",
        ),
        deviation(
            "bias_forgotten",
            affine="scale alone",
            fr="``bias`` n'intervient pas : il s'ajoute à la fin.",
            en="``bias`` plays no part: it is added at the end.",
        ),
        deviation(
            "bias_scaled_too",
            affine="bias first",
            fr="``bias`` est multiplié par ``scale`` : il s'ajoute après.",
            en="``bias`` is multiplied by ``scale``: it should be added afterwards.",
        ),
        deviation(
            "mean_not_subtracted",
            centred=False,
            fr="La moyenne n'est pas soustraite.",
            en="The mean is not subtracted.",
        ),
        deviation(
            "variance_before_mean",
            order="exchanged",
            fr="Les deux statistiques sont renvoyées dans l'autre ordre : (y, mean, var).",
            en="The two statistics are returned in the other order: (y, mean, var).",
        ),
    ],
)
def normalised(
    x,
    scale,
    bias,
    mean,
    var,
    train,
    momentum=0.9,
    *,
    kept="the old ones",
    trained="batch",
    frozen="own",
    freedom=0,
    root="epsilon inside",
    axes=(0, 1, 2),
    affine="both",
    centred=True,
    order="mean first",
):
    whole = axes == "each image"
    over = (0, 1, 2) if whole else axes
    each = over == (1, 2)
    batch = x.mean(axis=over, keepdims=each), x.var(axis=over, keepdims=each, ddof=freedom)
    share = {"the batch": 1 - momentum, "nothing": 0.0, "everything": 1.0}.get(kept, momentum)
    moved = [share * old + (1 - share) * new for old, new in zip((mean, var), batch, strict=True)]
    statistics = moved if train or frozen in ("moving", "as in training") else [mean, var]
    used = mean, var
    if train:
        used = {"new ones": tuple(moved), "old ones": used}.get(trained, batch)
    elif frozen in ("batch", "as in training"):
        used = batch
    centre, spread = used
    if whole and train and trained == "batch":
        centre = x.mean(axis=(1, 2), keepdims=True)
        spread = x.var(axis=(1, 2), keepdims=True, ddof=freedom)
    divisor = {
        "none": lambda: spread + EPSILON,
        "epsilon outside": lambda: np.sqrt(spread) + EPSILON,
        "without epsilon": lambda: np.sqrt(spread),
    }.get(root, lambda: np.sqrt(spread + EPSILON))()
    y = (x - centre if centred else x) / divisor
    y = {
        "bias alone": y + bias,
        "scale alone": scale * y,
        "bias first": scale * (y + bias),
    }.get(affine, scale * y + bias)
    return y, *(statistics if order == "mean first" else statistics[::-1])


# --- residual_block --------------------------------------------------------------------------


@family(
    of="residual_block",
    deviations=[
        deviation(
            "without_shortcut",
            side="none",
            fr="Le raccourci n'est pas ajouté : sans lui, ce n'est qu'une pile de convolutions.",
            en="The shortcut is not added: without it this is but a stack of convolutions.",
        ),
        deviation(
            "projection_not_normalised",
            side="not normalised",
            fr="La projection a sa propre normalisation, le second élément de la paire.",
            en="The projection has a normalisation of its own, the second of the pair.",
        ),
        deviation(
            "projection_through_a_relu",
            side="through a ReLU",
            fr="Le raccourci passe par une ReLU : il n'y en a qu'une à la fin, après la somme.",
            en="The shortcut goes through a ReLU: there is one at the end only, after the sum.",
        ),
        deviation(
            "relu_before_the_sum",
            end="before",
            fr="La dernière ReLU est appliquée avant la somme : elle vient après, sur la somme.",
            en="The last ReLU is applied before the sum: it should come after it, on the sum.",
        ),
        deviation(
            "without_final_relu",
            end="none",
            fr="La ReLU finale manque : elle suit la somme.",
            en="The final ReLU is missing: it follows the sum.",
        ),
        deviation(
            "relu_before_and_after",
            end="both",
            fr="Une ReLU précède aussi la somme : il n'y en a qu'une à la fin, après la somme.",
            en="A ReLU comes before the sum as well: there is one at the end only, after the sum.",
        ),
        deviation(
            "without_inner_relu",
            inner=False,
            fr="La ReLU entre les deux convolutions manque : le chemin principal reste linéaire.",
            en="The ReLU between the two convolutions is missing: the main path stays linear.",
        ),
        deviation(
            "stride_in_the_second",
            strides="second",
            fr="Le pas est donné à la seconde convolution : c'est la première qui réduit la carte.",
            en="The stride is given to the second convolution: the first should shrink the map.",
        ),
        deviation(
            "stride_in_both",
            strides="both",
            fr="Le pas est donné aux deux convolutions : la première seule réduit la carte.",
            en="The stride is given to both convolutions: the first alone shrinks the map.",
        ),
        deviation(
            "first_normalisation_twice",
            norms=("bn1", "bn1"),
            fr="La première normalisation sert deux fois : la seconde convolution a la sienne.",
            en="The first normalisation serves twice: the second convolution has its own.",
        ),
        deviation(
            "normalisations_exchanged",
            norms=("bn2", "bn1"),
            fr="Les deux normalisations sont échangées.",
            en="The two normalisations are exchanged.",
        ),
        deviation(
            "first_normalisation_forgotten",
            norms=("", "bn2"),
            fr="La normalisation qui suit la première convolution manque.",
            en="The normalisation that follows the first convolution is missing.",
        ),
        deviation(
            "second_normalisation_forgotten",
            norms=("bn1", ""),
            fr="La normalisation qui suit la seconde convolution manque.",
            en="The normalisation that follows the second convolution is missing.",
        ),
        deviation(
            "normalised_by_the_batch",
            train=True,
            fr="Les normalisations utilisent les statistiques du lot : elles sont gelées, ``train=False``.",
            en="The normalisations use the statistics of the batch: they should be frozen, "
            "``train=False``.",
        ),
        deviation(
            "relu_before_the_normalisation",
            inner="before",
            fr="La ReLU vient avant la première normalisation : elle la suit.",
            en="The ReLU comes before the first normalisation: it should follow it.",
        ),
    ],
)
def block_of(
    x,
    block,
    *,
    side="own",
    end="after",
    inner=True,
    strides="first",
    norms=("bn1", "bn2"),
    train=False,
):
    def conv(x, kernel, stride, border):
        return np.asarray(solution.conv(x, kernel, strides=stride, padding=border))

    def norm(x, statistics):
        return solution.batch_norm(x, *statistics, train=train)[0]

    def relu(x):
        return np.maximum(x, 0)

    step = block["stride"]
    first, second = {"second": (1, step), "both": (step, step)}.get(strides, (step, 1))
    y = conv(x, block["conv1"], first, 1)
    y = relu(y) if inner == "before" else y
    y = norm(y, block[norms[0]]) if norms[0] else y
    y = conv(relu(y) if inner is True else y, block["conv2"], second, 1)
    y = norm(y, block[norms[1]]) if norms[1] else y
    beside = x
    if block["projection"] is not None:
        kernel, statistics = block["projection"]
        beside = conv(x, kernel, step, 0)
        beside = beside if side == "not normalised" else norm(beside, statistics)
    beside = relu(beside) if side == "through a ReLU" else beside
    if side == "none":
        return y if end == "none" else relu(y)
    y = relu(y) if end in ("before", "both") else y
    return y + beside if end in ("before", "none") else relu(y + beside)


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
    fr="Les jacobiennes sont multipliées terme à terme : composer, c'est le produit matriciel.",
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
    en="The statistics mean and var are open: they are not parameters, no gradient trains them.",
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
    fr="Un seul étage est ouvert : les ``depth`` derniers le sont tous.",
    en="Only stage number depth is open: those after it stay open too.",
)
def only_one_stage(paths, stages, depth):
    return (
        solution.is_open(paths, stages[len(stages) - depth :][:1], 1)
        if depth
        else [False] * len(paths)
    )


@family(
    of="update",
    deviations=[
        deviation(
            "only_the_gradient_masked",
            closed="without gradient",
            fr="Seul le gradient est masqué : l'inertie et le rappel vers zéro déplacent "
            "encore un tableau fermé.",
            en="Only the gradient is masked: momentum and decay still move a closed array.",
        ),
        deviation(
            "velocity_of_closed_arrays_moves",
            closed="velocity moves",
            fr="La vitesse des tableaux fermés change : ouverts plus tard, ils partiraient "
            "avec une ancienne vitesse.",
            en="The velocity of closed arrays changes: opened later, they would start with an old momentum.",
        ),
        deviation(
            "velocity_of_closed_arrays_decays",
            closed="velocity decays",
            fr="La vitesse des tableaux fermés est encore multipliée par `momentum` : elle reste égale au bit "
            "près.",
            en="The velocity of closed arrays is still multiplied by `momentum`: it should stay "
            "equal to the last bit.",
        ),
        deviation(
            "velocity_of_closed_arrays_zero",
            closed="velocity zero",
            fr="La vitesse des tableaux fermés est mise à zéro : elle reste égale au bit près.",
            en="The velocity of closed arrays is set to zero: it should stay equal to the last "
            "bit.",
        ),
        deviation(
            "nothing_frozen",
            closed="open",
            fr="Rien n'est gelé : ``opened`` ne sert pas.",
            en="Nothing is frozen: ``opened`` is not used.",
        ),
        deviation(
            "closed_arrays_trained",
            closed="inverted",
            fr="Ce sont les tableaux fermés qui s'entraînent : ``opened`` est pris à l'envers.",
            en="It is the closed arrays that are trained: ``opened`` is taken the other way round.",
        ),
        deviation(
            "old_velocity_used",
            used="old",
            fr="Le déplacement est fait avec l'ancienne vitesse : mettez-la d'abord à jour.",
            en="The step is made with the old velocity: update it first.",
        ),
        deviation(
            "gradient_used",
            used="gradient",
            fr="Le déplacement est fait avec le gradient : c'est la nouvelle vitesse qui "
            "déplace les poids.",
            en="The step is made with the gradient: the new velocity should move the weights.",
        ),
        deviation(
            "without_decay",
            shrinking="none",
            fr="Le rappel vers zéro (decay * p) manque dans la vitesse.",
            en="The pull towards zero (decay * p) is missing from the velocity.",
        ),
        deviation(
            "decay_outside_of_the_velocity",
            shrinking="decoupled",
            fr="Le rappel vers zéro est retranché des poids à part (AdamW) : ici il est dans "
            "la vitesse.",
            en="The decay is subtracted from the weights by itself (AdamW): here it belongs to "
            "the velocity.",
        ),
        deviation(
            "decay_of_the_velocity",
            shrinking="of the velocity",
            fr="Le rappel vers zéro porte sur la vitesse : c'est ``p`` qu'il rappelle.",
            en="The decay pulls the velocity towards zero: it should pull ``p``.",
        ),
        deviation(
            "decay_upwards",
            shrinking="negative",
            fr="Le rappel vers zéro a le mauvais signe : il éloigne les poids de zéro.",
            en="The decay has the wrong sign: it pushes the weights away from zero.",
        ),
        deviation(
            "without_momentum",
            carried="none",
            fr="L'inertie manque : la vitesse garde ``momentum`` fois l'ancienne.",
            en="The momentum is missing: the velocity keeps ``momentum`` times the old one.",
        ),
        deviation(
            "weighted_mean",
            carried="mean",
            fr="Le gradient est multiplié par 1 - momentum : ici il s'ajoute tel quel.",
            en="The gradient is multiplied by 1 - momentum: here it is added as it is.",
        ),
        deviation(
            "rate_in_the_velocity",
            stepping="inside",
            fr="Le taux est déjà dans la vitesse : il la multiplie quand les poids avancent.",
            en="The rate is already in the velocity: it should multiply the velocity when the "
            "weights move.",
        ),
        deviation(
            "uphill",
            stepping="uphill",
            fr="Le déplacement va dans le mauvais sens : il se retranche.",
            en="The step goes the wrong way: it should be subtracted.",
        ),
        deviation(
            "rate_forgotten",
            stepping="without rate",
            fr="Le taux d'apprentissage manque dans le déplacement.",
            en="The rate is missing from the step.",
        ),
        deviation(
            "velocity_before_parameters",
            order="exchanged",
            fr="Les deux dictionnaires sont renvoyés dans l'autre ordre : (parameters, velocity).",
            en="The two dictionaries are returned in the other order: (parameters, velocity).",
        ),
    ],
)
def stepped(
    parameters,
    velocity,
    gradients,
    opened,
    rate,
    momentum=0.9,
    decay=0.01,
    *,
    closed="still",
    used="new",
    shrinking="inside",
    carried="times momentum",
    stepping="times rate",
    order="parameters first",
):
    parameters, velocity = dict(parameters), dict(velocity)
    for path in parameters:
        p, v, g = parameters[path], velocity[path], gradients[path]
        is_open = closed == "open" or opened[path] != (closed == "inverted")
        if not is_open and closed == "without gradient":
            is_open, g = True, 0 * g
        pull = {
            "inside": decay * p,
            "of the velocity": decay * v,
            "negative": -decay * p,
        }.get(shrinking, 0 * p)
        kept, part = {"none": (0.0, 1.0), "mean": (momentum, 1 - momentum)}.get(
            carried, (momentum, 1.0)
        )
        new = kept * v + part * (g + pull) * (rate if stepping == "inside" else 1)
        moving = {"old": v, "gradient": g + pull}.get(used, new)
        length = {"inside": 1.0, "without rate": 1.0, "uphill": -rate}.get(stepping, rate)
        if is_open:
            velocity[path] = new
            parameters[path] = p - length * moving
            if shrinking == "decoupled":
                parameters[path] = parameters[path] - rate * decay * p
        elif closed.startswith("velocity"):
            velocity[path] = {"velocity moves": new, "velocity decays": kept * v}.get(closed, 0 * v)
    return (parameters, velocity) if order == "parameters first" else (velocity, parameters)


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
    en="The learning rates grow towards the image: the head should have the largest.",
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
    en="The head is already reduced by one factor: it should have ``peak`` itself.",
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


@family(
    of="schedule",
    deviations=[
        deviation(
            "first_step_lost",
            rise="from zero",
            fr="L'étape numéro 0 a un taux nul : c'est peak / warmup.",
            en="Step number 0 has a learning rate of zero: it should have peak / warmup.",
        ),
        deviation(
            "without_warmup",
            rise="none",
            fr="L'échauffement manque : la première étape est déjà la plus grande.",
            en="The warm-up is missing: the first step is already the largest.",
        ),
        deviation(
            "rise_to_the_first_cosine",
            rise="too slow",
            fr="L'échauffement n'atteint pas ``peak`` à n = warmup - 1 : divisez par warmup.",
            en="The warm-up does not reach ``peak`` at n = warmup - 1: divide by warmup.",
        ),
        deviation(
            "cosine_from_the_start",
            fall="from the start",
            fr="Le cosinus compte les étapes depuis 0 : il commence après l'échauffement et dure steps - "
            "warmup.",
            en="The cosine counts steps from 0: it should begin after the warm-up and last steps "
            "- warmup.",
        ),
        deviation(
            "cosine_too_long",
            fall="too long",
            fr="Le cosinus part bien de la fin de l'échauffement mais est divisé par steps : il n'atteint pas "
            "zéro. Il dure steps - warmup.",
            en="The cosine does start at the end of the warm-up but is divided by steps, so that "
            "it does not reach zero: it should last steps - warmup.",
        ),
        deviation(
            "zero_at_the_last_step",
            fall="one step short",
            fr="Le cosinus atteint zéro à la dernière étape : il ne l'atteindrait que pour n = steps.",
            en="The cosine reaches zero at the last step: it should only reach it for n = steps.",
        ),
        deviation(
            "whole_period",
            fall="whole period",
            fr="Le cosinus fait une période entière : il tombe à zéro à mi-chemin et remonte.",
            en="The cosine makes a whole period: it falls to zero half-way and rises again.",
        ),
        deviation(
            "quarter_period",
            fall="quarter period",
            fr="Le cosinus fait un quart de période : c'est (1 + cos) / 2 sur une demi-période.",
            en="The cosine makes a quarter of a period: it should be (1 + cos) / 2 over half a "
            "period.",
        ),
        deviation(
            "not_halved",
            fall="not halved",
            fr="Le cosinus n'est pas divisé par 2 : 1 + cos va de 2 à 0.",
            en="The cosine is not divided by 2: 1 + cos goes from 2 to 0.",
        ),
        deviation(
            "straight_line",
            fall="straight line",
            fr="Le taux descend en ligne droite : c'est une demi-période de cosinus.",
            en="The rate falls in a straight line: it should be half a period of a cosine.",
        ),
        deviation(
            "rising_cosine",
            fall="rising",
            fr="Le cosinus monte : il part de ``peak`` et descend.",
            en="The cosine rises: it should start from ``peak`` and fall.",
        ),
        deviation(
            "share_of_the_peak",
            of_peak=False,
            fr="``peak`` n'intervient pas : le taux en est une part.",
            en="``peak`` plays no part: the rate is a share of it.",
        ),
    ],
)
def rate_at(n, steps, warmup, peak, *, rise="line", fall="half a period", of_peak=True):
    top = peak if of_peak else 1.0
    if rise != "none" and n < warmup:
        length = warmup + (rise == "too slow")
        return top * (n + (rise != "from zero")) / length
    since, lasting = max(n - warmup, 0), steps - warmup
    if fall == "from the start":
        since, lasting = n, steps
    lasting = {"too long": steps, "one step short": lasting - 1}.get(fall, lasting)
    part = since / lasting
    shares = {
        "whole period": (1 + math.cos(2 * math.pi * part)) / 2,
        "quarter period": math.cos(math.pi * part / 2),
        "not halved": 1 + math.cos(math.pi * part),
        "straight line": 1 - part,
        "rising": (1 - math.cos(math.pi * part)) / 2,
    }
    return top * shares.get(fall, (1 + math.cos(math.pi * part)) / 2)
