"""Wrong answers to question 9 that students give, each with what to look at."""

import jax
import jax.numpy as jnp
import numpy as np

from grader.checks import deviation, family, mistake

from . import solution


def _right(logarithms, labels):
    return jnp.take_along_axis(logarithms, labels[:, None], axis=1)


@mistake(
    of="cross_entropy",
    fr="C'est la somme sur le lot : on demande la moyenne, sans quoi le déplacement dépend de la taille du lot.",
    en="This is the sum over the batch: the mean is asked for, or the step depends on the batch size.",
)
def sum_over_the_batch(scores, labels):
    return solution.cross_entropy(scores, labels) * len(labels)


@mistake(
    of="cross_entropy",
    fr="Le signe manque : un logarithme de probabilité est négatif, une perte est positive.",
    en="The sign is missing: the logarithm of a probability is negative, a loss is positive.",
)
def sign_forgotten(scores, labels):
    return -solution.cross_entropy(scores, labels)


@mistake(
    of="cross_entropy",
    fr="La moyenne porte aussi sur les classes : divisez par le nombre d'images seulement.",
    en="The mean is taken over the classes as well: divide by the number of images only.",
)
def averaged_over_classes(scores, labels):
    return solution.cross_entropy(scores, labels) / scores.shape[1]


@mistake(
    of="cross_entropy",
    fr="Le softmax est pris le long du lot : ce sont les classes d'une image qui se partagent 1.",
    en="The softmax runs along the batch: it is the classes of one image that share 1.",
)
def softmax_over_the_batch(scores, labels):
    return -_right(jax.nn.log_softmax(scores, axis=0), labels).mean()


@mistake(
    of="cross_entropy",
    fr="Il manque le logarithme : c'est l'opposé de la probabilité de la bonne classe.",
    en="The logarithm is missing: this is minus the probability of the right class.",
)
def without_logarithm(scores, labels):
    return -_right(jax.nn.softmax(scores), labels).mean()


@mistake(
    of="cross_entropy",
    fr="Le softmax est appliqué deux fois : les scores sont transformés en probabilités, puis celles-ci "
    "traitées comme des scores.",
    en="The softmax is applied twice: scores become probabilities, which are then taken for scores.",
)
def softmax_twice(scores, labels):
    return solution.cross_entropy(jax.nn.softmax(scores), labels)


@mistake(
    of="cross_entropy",
    fr="Juste pour de petits scores, mais exp(1000) déborde et log(0) est infini : restez en logarithmes, "
    "après avoir retranché le plus grand score de chaque image.",
    en="Right for small scores, but exp(1000) overflows and log(0) is infinite: stay with logarithms, "
    "after subtracting the largest score of each image.",
)
def exponentials_overflow(scores, labels):
    powers = jnp.exp(scores)
    return -jnp.log(_right(powers / powers.sum(axis=1, keepdims=True), labels)).mean()


@mistake(
    of="cross_entropy",
    fr="Le plus grand score est bien retranché, mais une probabilité trop petite vaut encore 0, et log(0) "
    "est infini : log(softmax) s'écrit sans softmax, score moins logarithme de la somme des exponentielles.",
    en="The largest score is subtracted, but too small a probability still is 0, and log(0) is infinite: "
    "log(softmax) can be written without softmax, score minus logarithm of the sum of exponentials.",
)
def logarithm_of_zero(scores, labels):
    return -jnp.log(_right(jax.nn.softmax(scores), labels)).mean()


@family(
    of="accuracy",
    deviations=[
        deviation(
            "counted",
            given="count",
            fr="C'est le nombre de réponses justes : divisez par le nombre d'images.",
            en="This is the number of right answers: divide by the number of images.",
        ),
        deviation(
            "share_of_mistakes",
            given="mistakes",
            fr="C'est la part des fautes.",
            en="This is the share of mistakes.",
        ),
        deviation(
            "percentage",
            given="percentage",
            fr="C'est un pourcentage : la justesse est une part, entre 0 et 1.",
            en="This is a percentage: accuracy is a share, between 0 and 1.",
        ),
        deviation(
            "divided_by_the_classes",
            given="by the classes",
            fr="Le nombre de réponses justes est divisé par celui des classes : divisez par le "
            "nombre d'images.",
            en="The number of right answers is divided by that of the classes: divide by the number "
            "of images.",
        ),
        deviation(
            "last_of_the_largest",
            winner="last",
            fr="Le dernier des plus grands scores l'emporte : à égalité, c'est le premier.",
            en="The last of the largest scores wins: among equals it is the first.",
        ),
        deviation(
            "ties_are_right",
            winner="any",
            fr="Une image dont la bonne classe est à égalité avec une autre compte comme "
            "juste : une seule classe l'emporte.",
            en="Any image whose right class is among equals counts as right: only one class wins.",
        ),
        deviation(
            "smallest_score",
            winner="smallest",
            fr="C'est le plus petit score qui l'emporte.",
            en="It is the smallest score that wins.",
        ),
        deviation(
            "second_score_positive",
            winner="second positive",
            fr="La classe 1 est choisie quand son score est positif : comparez les scores de toutes "
            "les classes.",
            en="Class 1 is chosen when its score is positive: compare the scores of all classes.",
        ),
    ],
)
def share_right(scores, labels, *, given="share", winner="first"):
    if winner == "any":
        right = scores[np.arange(len(labels)), labels] == scores.max(axis=1)
    else:
        found = {
            "last": lambda: scores.shape[1] - 1 - np.argmax(scores[:, ::-1], axis=1),
            "smallest": lambda: np.argmin(scores, axis=1),
            "second positive": lambda: scores[:, 1] > 0,
        }.get(winner, lambda: np.argmax(scores, axis=1))()
        right = found == labels
    share = np.mean(right)
    answers = {
        "count": np.sum(right),
        "mistakes": 1 - share,
        "percentage": 100 * share,
        "by the classes": np.sum(right) / scores.shape[1],
    }
    return float(answers.get(given, share))


@family(
    of="batches",
    deviations=[
        deviation(
            "first_numbers_dropped",
            dropped="first",
            fr="Les premiers numéros sont laissés de côté : ce sont les derniers qui ne servent pas.",
            en="The first numbers are dropped: it should be the last ones that are not used.",
        ),
        deviation(
            "filled_up_from_the_start",
            dropped="filled up",
            fr="Le dernier lot est complété par les premiers numéros : seuls les lots entiers "
            "restent.",
            en="The last batch is filled up with the first numbers: only whole batches are kept.",
        ),
        deviation(
            "last_batch_lost",
            dropped="one batch more",
            fr="Le dernier lot entier manque quand la division tombe juste.",
            en="The last whole batch is missing when the division is exact.",
        ),
        deviation(
            "interleaved",
            laid="interleaved",
            fr="Les lots sont entrelacés : un lot prend des numéros qui se suivent.",
            en="The batches are interleaved: a batch takes numbers that follow each other.",
        ),
        deviation(
            "batches_in_columns",
            laid="in columns",
            fr="Chaque lot est une colonne : il doit être une ligne.",
            en="Each batch is a column: it has to be a row.",
        ),
        deviation(
            "end_to_end",
            laid="flat",
            fr="Les lots sont bout à bout : chacun doit être une ligne, (lots, size).",
            en="The batches are end to end: each has to be a row, (batches, size).",
        ),
        deviation(
            "order_ignored",
            numbers="in sequence",
            fr="L'ordre donné est ignoré : les images passeraient toujours dans le même ordre.",
            en="The given order is ignored: images would always pass in the same order.",
        ),
        deviation(
            "backwards",
            numbers="backwards",
            fr="Les numéros sont pris à rebours : gardez l'ordre donné.",
            en="The numbers are taken backwards: keep the given order.",
        ),
    ],
)
def rows_of(order, size, *, dropped="last", laid="in rows", numbers="given"):
    order = {
        "in sequence": np.arange(len(order)),
        "backwards": order[::-1],
    }.get(numbers, order)
    count = len(order) // size
    if dropped == "one batch more":
        count = (len(order) - 1) // size
    if dropped == "filled up":
        count = -(-len(order) // size)
        used = np.resize(order, count * size)
    else:
        used = order[len(order) % size :] if dropped == "first" else order[: count * size]
    if laid == "flat":
        return used
    if laid == "interleaved":
        return used.reshape(size, count).T
    found = used.reshape(count, size)
    return found.T if laid == "in columns" else found


@family(
    of="momentum_step",
    deviations=[
        deviation(
            "old_velocity_used",
            used="old",
            fr="C'est l'ancienne vitesse qui déplace les paramètres : prenez la nouvelle.",
            en="The old velocity moves the parameters: take the new one.",
        ),
        deviation(
            "gradient_used",
            used="gradient",
            fr="C'est le gradient qui déplace les paramètres : prenez la nouvelle vitesse.",
            en="The gradient moves the parameters: take the new velocity.",
        ),
        deviation(
            "looking_ahead",
            used="ahead",
            fr="C'est l'inertie de Nesterov : les paramètres avancent de rate fois la nouvelle "
            "vitesse.",
            en="This is Nesterov's momentum: the parameters move by rate times the new velocity.",
        ),
        deviation(
            "uphill",
            stepping="uphill",
            fr="Les paramètres montent : la vitesse se retranche.",
            en="The parameters go uphill: the velocity is subtracted.",
        ),
        deviation(
            "rate_forgotten",
            stepping="without rate",
            fr="Le taux manque : les paramètres avancent de rate fois la vitesse.",
            en="The rate is missing: the parameters move by rate times the velocity.",
        ),
        deviation(
            "rate_in_the_velocity",
            stepping="inside",
            fr="Le taux est déjà dans la vitesse : gardez v' = momentum * v + g et multipliez par "
            "rate à la fin.",
            en="The learning rate is already in the velocity: keep v' = momentum * v + g and "
            "multiply by rate at the end.",
        ),
        deviation(
            "velocity_downhill",
            stepping="inside, downhill",
            fr="La vitesse contient déjà le taux et le signe : gardez v' = momentum * v + g, puis p'"
            " = p - rate * v'.",
            en="The velocity already holds the rate and the sign: keep v' = momentum * v + g, then "
            "p' = p - rate * v'.",
        ),
        deviation(
            "averaged_gradient",
            carried="mean",
            fr="Le gradient est multiplié par 1 - momentum : ici il s'ajoute tout entier.",
            en="The gradient is multiplied by 1 - momentum: here all of it is added.",
        ),
        deviation(
            "without_momentum",
            carried="none",
            fr="L'inertie manque : c'est la descente de gradient ordinaire.",
            en="The momentum is missing: this is plain gradient descent.",
        ),
        deviation(
            "momentum_of_the_gradient",
            carried="gradient",
            fr="C'est le gradient qui est multiplié par momentum : c'est l'ancienne vitesse.",
            en="It is the gradient that is multiplied by momentum: it should be the old velocity.",
        ),
        deviation(
            "gradient_subtracted",
            carried="minus",
            fr="Le gradient se retranche de la vitesse : il s'y ajoute.",
            en="The gradient is subtracted from the velocity: it should be added to it.",
        ),
        deviation(
            "velocity_not_returned",
            returned="old velocity",
            fr="Les vitesses renvoyées sont les anciennes : l'inertie ne s'accumule jamais.",
            en="The velocities that are returned are the old ones: momentum never builds up.",
        ),
        deviation(
            "parameters_not_returned",
            returned="old parameters",
            fr="Les paramètres renvoyés sont les anciens.",
            en="The parameters that are returned are the old ones.",
        ),
        deviation(
            "velocity_before_parameters",
            returned="exchanged",
            fr="Les deux arbres sont renvoyés dans l'autre ordre : (paramètres, vitesses).",
            en="The two trees are returned in the other order: (parameters, velocities).",
        ),
    ],
)
def carried_on(
    parameters,
    gradients,
    velocity,
    rate,
    momentum,
    *,
    used="new",
    stepping="times rate",
    carried="times momentum",
    returned="both",
):
    kept, part = {
        "mean": (momentum, 1 - momentum),
        "none": (0.0, 1.0),
        "gradient": (1.0, momentum),
        "minus": (momentum, -1.0),
    }.get(carried, (momentum, 1.0))
    inside = {"inside": rate, "inside, downhill": -rate}.get(stepping, 1.0)
    length = {"uphill": -rate, "without rate": 1.0, "inside": 1.0, "inside, downhill": -1.0}.get(
        stepping, rate
    )
    after = jax.tree.map(lambda v, g: kept * v + part * inside * g, velocity, gradients)
    moving = {"old": velocity, "gradient": gradients}.get(used, after)
    if used == "ahead":
        moving = jax.tree.map(lambda v, g: kept * v + part * inside * g, after, gradients)
    moved = jax.tree.map(lambda p, v: p - length * v, parameters, moving)
    return {
        "old velocity": (moved, velocity),
        "old parameters": (parameters, after),
        "exchanged": (after, moved),
    }.get(returned, (moved, after))


@family(
    of="diagnosis",
    deviations=[
        deviation(
            "first_row_read",
            read="backwards",
            fr="C'est la première ligne qui est lue : le diagnostic porte sur la dernière, avec "
            "toutes les images.",
            en="The first row is read: the diagnosis is about the last one, with all images.",
        ),
        deviation(
            "compared_with_the_first_row",
            before="first",
            fr="Le progrès est mesuré depuis la première ligne : comparez à l'avant-dernière.",
            en="The progress is measured from the first row: compare with the last but one.",
        ),
        deviation(
            "compared_with_the_best_before",
            before="best",
            fr="Le progrès est mesuré depuis la meilleure ligne d'avant : comparez à "
            "l'avant-dernière.",
            en="The progress is measured from the best row before: compare with the last but one.",
        ),
        deviation(
            "columns_exchanged",
            columns="exchanged",
            fr="Les colonnes sont échangées : les images d'entraînement viennent en premier.",
            en="The columns are exchanged: training comes first.",
        ),
        deviation(
            "goal_on_the_held_out_images",
            goal_on="held out",
            fr="L'objectif est comparé aux images mises de côté : « underfits » se juge sur "
            "celles d'entraînement.",
            en='The goal is compared with the held-out images: "underfits" is judged on the training'
            " images.",
        ),
        deviation(
            "goal_ignored",
            goal_on="nothing",
            fr="L'objectif n'est pas regardé : « underfits » si la justesse d'entraînement "
            "ne l'atteint pas.",
            en='The goal is not looked at: "underfits" where training does not reach it.',
        ),
        deviation(
            "goal_reached_is_not_enough",
            goal_on="strictly",
            fr="L'objectif atteint tout juste est atteint.",
            en="A goal that is just reached is reached.",
        ),
        deviation(
            "progress_ignored",
            progress="ignored",
            fr="L'écart décide seul : si la justesse n'augmente plus, davantage d'images n'aideront "
            "pas.",
            en="The gap alone decides: if accuracy no longer rises, more images will not help.",
        ),
        deviation(
            "progress_of_training",
            progress="of training",
            fr="C'est le progrès sur les images d'entraînement qui est regardé : prenez "
            "celles mises de côté.",
            en="It is the progress on the training images that is looked at: take the held-out ones.",
        ),
        deviation(
            "no_loss_is_progress",
            progress="no loss",
            fr="Une justesse qui n'a pas bougé compte comme un progrès : elle doit avoir augmenté.",
            en="An accuracy that has not moved counts as progress: it must have risen.",
        ),
        deviation(
            "gap_ignored",
            gap="ignored",
            fr="Le progrès décide seul : sans écart avec la justesse d'entraînement, le "
            "réseau n'a rien à gagner.",
            en="Progress alone decides: without a gap to training the network has nothing to gain.",
        ),
        deviation(
            "any_gap_counts",
            gap="any",
            fr="Le moindre écart compte : il faut plus de 0,1.",
            en="The slightest gap counts: more than 0.1 is needed.",
        ),
        deviation(
            "gap_either_way",
            gap="either way",
            fr="L'écart compte dans les deux sens : c'est la justesse d'entraînement qui "
            "doit être la plus grande.",
            en="The gap counts both ways: it is training that must be ahead.",
        ),
        deviation(
            "gap_inverted",
            gap="inverted",
            fr="L'écart est pris à l'envers : images d'entraînement moins images mises de côté.",
            en="The gap is taken the other way round: training minus held-out images.",
        ),
        deviation(
            "rules_in_another_order",
            rules="images first",
            fr="Les règles sont dans le mauvais ordre : un réseau qui n'apprend pas ses propres "
            "images passe d'abord.",
            en="The rules are in the wrong order: a network that does not learn its own images comes"
            " first.",
        ),
        deviation(
            "either_is_enough",
            rules="either",
            fr="Un écart ou un progrès suffit ici : il faut les deux.",
            en="A gap or progress is enough here: both are needed.",
        ),
    ],
)
def diagnosed(
    curve,
    goal,
    *,
    read="forwards",
    before="last but one",
    columns="own",
    goal_on="training",
    progress="of held out",
    gap="own",
    rules="own",
):
    curve = curve[::-1] if read == "backwards" else curve
    curve = curve[:, ::-1] if columns == "exchanged" else curve
    seen, other = curve[-1]
    since = {"first": curve[0], "best": curve[:-1].max(axis=0)}.get(before, curve[-2])
    rising = {"ignored": True, "of training": seen > since[0], "no loss": other >= since[1]}.get(
        progress, other > since[1]
    )
    apart = {
        "ignored": True,
        "any": seen > other,
        "either way": abs(seen - other) > 0.1,
        "inverted": other - seen > 0.1,
    }.get(gap, seen - other > 0.1)
    below = {"held out": other < goal, "nothing": False, "strictly": seen <= goal}.get(
        goal_on, seen < goal
    )
    more = (apart or rising) if rules == "either" else (apart and rising)
    if rules == "images first" and more:
        return "more_images"
    if below:
        return "underfits"
    return "more_images" if more else "enough"
