"""Known mistakes of question 17."""

import numpy as np

from grader.checks import deviation, family

from . import solution


@family(
    of="statistics",
    deviations=[
        deviation(
            "all_channels_together",
            axes=(0, 1, 2, 3),
            fr="Il n'y a qu'une moyenne pour tous les canaux : chacun a la sienne.",
            en="There is a single mean for all channels: each has its own.",
        ),
        deviation(
            "each_pixel",
            axes=(0,),
            fr="Chaque pixel a sa moyenne : on en demande une par canal, sur toutes les images et tous les "
            "pixels.",
            en="Each pixel has its own mean: one per channel is asked for, over all images and pixels.",
        ),
        deviation(
            "each_image",
            axes=(1, 2),
            fr="Chaque image a sa moyenne : on en demande une par canal, sur toutes les images.",
            en="Each image has its own mean: one per channel is asked for, over all images.",
        ),
        deviation(
            "variance",
            spread="variance",
            fr="C'est la variance : l'écart type en est la racine.",
            en="This is the variance: the standard deviation is its square root.",
        ),
        deviation(
            "divided_by_one_less",
            spread="unbiased",
            fr="La somme des carrés est divisée par n − 1 : ici c'est la moyenne, divisée par n.",
            en="The sum of squares is divided by n − 1: here the mean is asked for, divided by n.",
        ),
        deviation(
            "not_centred",
            spread="of squares",
            fr="C'est la racine de la moyenne des carrés, sans ôter la moyenne.",
            en="This is the root of the mean of the squares, without taking the mean away.",
        ),
        deviation(
            "mean_of_the_images",
            spread="of images",
            fr="C'est la moyenne des écarts types des images : on demande celui de toutes les valeurs du canal, "
            "toutes images ensemble. Ce qui change d'une image à l'autre y compte aussi.",
            en="This is the mean of the images' deviations: that of all values of the channel is asked for, all "
            "images together. What changes from image to image counts as well.",
        ),
        deviation(
            "same_for_all_channels",
            repeated=True,
            fr="Tous les canaux reçoivent la même paire, calculée sur tous ensemble : chacun a la sienne.",
            en="All channels get the same pair, computed from all of them together: each has its own.",
        ),
        deviation(
            "order_of_the_pair",
            order=(1, 0),
            fr="L'écart type vient avant la moyenne : c'est (moyenne, écart type).",
            en="The deviation comes before the mean: it should be (mean, standard deviation).",
        ),
    ],
)
def measured(images, *, axes=(0, 1, 2), spread="deviation", order=(0, 1), repeated=False):
    axes = (0, 1, 2, 3) if repeated else axes
    spreads = {
        "variance": images.var(axis=axes),
        "unbiased": images.std(axis=axes, ddof=1),
        "of squares": np.sqrt((images**2).mean(axis=axes)),
        "of images": images.std(axis=(1, 2)).mean(axis=0),
    }
    pair = images.mean(axis=axes), spreads.get(spread, images.std(axis=axes))
    if repeated:
        pair = tuple(np.resize(part, images.shape[3:]) for part in pair)
    return pair[order[0]], pair[order[1]]


@family(
    of="normalise",
    deviations=[
        deviation(
            "own_statistics",
            source="these images",
            fr="La moyenne et l'écart type sont recalculés sur les images reçues : ce sont "
            "ceux de l'ensemble d'apprentissage qui servent, pour le test aussi.",
            en="Mean and deviation are computed anew from these images: use those of the training "
            "set, for the test set too.",
        ),
        deviation(
            "not_scaled",
            scaled="no",
            fr="La moyenne est ôtée, mais l'écart type manque.",
            en="The mean is taken away, but the deviation is missing.",
        ),
        deviation(
            "not_centred",
            centred=False,
            fr="L'écart type divise, mais la moyenne n'est pas ôtée.",
            en="The deviation divides, but the mean is not taken away.",
        ),
        deviation(
            "multiplied",
            scaled="multiplied",
            fr="L'écart type multiplie : il doit diviser.",
            en="The deviation multiplies: it should divide.",
        ),
        deviation(
            "mean_divided_too_late",
            scaled="first",
            fr="La division vient avant la soustraction : c'est (x − moyenne) / écart type.",
            en="The division comes before the subtraction: it should be (x − mean) / deviation.",
        ),
        deviation(
            "divided_by_the_square",
            scaled="variance",
            fr="Le centre est divisé par le carré de l'écart type.",
            en="What is centred is divided by the square of the deviation.",
        ),
    ],
)
def scaled_images(images, mean, deviation, *, source="training", scaled="divided", centred=True):
    if source == "these images":
        mean, deviation = solution.statistics(images)
    mean = mean if centred else 0 * mean
    rules = {
        "no": lambda: images - mean,
        "multiplied": lambda: (images - mean) * deviation,
        "first": lambda: images / deviation - mean,
        "variance": lambda: (images - mean) / deviation**2,
    }
    return rules.get(scaled, lambda: (images - mean) / deviation)()


@family(
    of="softmax",
    deviations=[
        deviation(
            "overflows",
            shift="none",
            fr="`exp` déborde pour de grands scores, et le résultat n'est plus un nombre : ôtez d'abord le plus "
            "grand score de chaque ligne.",
            en="`exp` overflows for large scores, and the result is no longer a number: take the largest score "
            "of each row away first.",
        ),
        deviation(
            "over_the_batch",
            axis=0,
            fr="Les probabilités s'additionnent à 1 par colonne : c'est chaque exemple, donc chaque ligne, qui "
            "doit le faire.",
            en="The probabilities add up to 1 per column: each example, hence each row, should.",
        ),
        deviation(
            "over_everything",
            axis=None,
            fr="Les probabilités de tous les exemples s'additionnent à 1 : chaque ligne doit le faire à part.",
            en="The probabilities of all examples together add up to 1: each row should by itself.",
        ),
        deviation(
            "not_divided",
            divided=False,
            fr="Les exponentielles ne sont pas divisées par leur somme.",
            en="The exponentials are not divided by their sum.",
        ),
        deviation(
            "logarithms",
            logarithm=True,
            fr="Ce sont les logarithmes des probabilités.",
            en="These are the logarithms of the probabilities.",
        ),
        deviation(
            "without_exponential",
            powers="scores",
            fr="Les scores eux-mêmes sont divisés par leur somme : il faut leurs exponentielles, qui sont "
            "positives.",
            en="The scores themselves are divided by their sum: their exponentials are needed, which are "
            "positive.",
        ),
    ],
)
def probabilities(
    scores, *, shift="row", axis=1, divided=True, logarithm=False, powers="exponentials"
):
    with np.errstate(all="ignore"):
        keep = {"axis": axis, "keepdims": True}
        low = 0 if shift == "none" else scores.max(**keep)
        raised = scores if powers == "scores" else np.exp(scores - low)
        found = raised / raised.sum(**keep) if divided else raised
        return np.log(found) if logarithm else found


@family(
    of="cross_entropy",
    deviations=[
        deviation(
            "summed",
            over="sum",
            fr="C'est la somme sur les exemples : on demande la moyenne.",
            en="This is the sum over the examples: the mean is asked for.",
        ),
        deviation(
            "sign_forgotten",
            sign=1,
            fr="Le signe moins manque : une perte est positive, et nulle quand la bonne classe est sûre.",
            en="The minus sign is missing: a loss is positive, and zero where the right class is certain.",
        ),
        deviation(
            "scores_for_probabilities",
            of="scores",
            fr="C'est le score de la bonne classe, sans softmax ni logarithme.",
            en="This is the score of the right class, without softmax or logarithm.",
        ),
        deviation(
            "logarithm_forgotten",
            of="probability",
            fr="C'est la probabilité de la bonne classe : le logarithme manque.",
            en="This is the probability of the right class: the logarithm is missing.",
        ),
        deviation(
            "logarithm_of_two",
            base=2,
            fr="Le logarithme est en base 2 : c'est le népérien (`np.log`).",
            en="The logarithm is that of base 2: it should be the natural one (`np.log`).",
        ),
        deviation(
            "divided_by_the_classes",
            over="classes",
            fr="La somme est divisée par le nombre de classes : c'est par celui des exemples.",
            en="The sum is divided by the number of classes: it should be by that of the examples.",
        ),
        deviation(
            "most_likely_class",
            which="largest",
            fr="C'est la classe la plus probable qui compte : ce doit être la bonne, celle de `labels`.",
            en="It is the most likely class that counts: it should be the right one, that of `labels`.",
        ),
    ],
)
def loss(scores, labels, *, over="mean", sign=-1, of="logarithm", base=None, which="right"):
    chosen = scores.argmax(axis=1) if which == "largest" else labels
    place = np.arange(len(labels)), chosen
    right = solution.softmax(scores)[place]
    parts = {"scores": scores[place], "probability": right}.get(of, np.log(right))
    parts = parts / np.log(base) if base else parts
    number = {"sum": 1, "classes": scores.shape[1]}.get(over, len(labels))
    return float(sign * parts.sum() / number)


@family(
    of="score_gradient",
    deviations=[
        deviation(
            "not_divided",
            divided=False,
            fr="La perte est une moyenne : son gradient est divisé par le nombre d'exemples.",
            en="The loss is a mean: its gradient is divided by the number of examples.",
        ),
        deviation(
            "sign_turned",
            sign=-1,
            fr="Le signe est à l'envers : c'est probabilité moins 1 pour la bonne classe.",
            en="The sign is the wrong way round: it should be probability minus 1 for the right "
            "class.",
        ),
        deviation(
            "one_not_subtracted",
            target="none",
            fr="Ce sont les probabilités : il faut encore ôter 1 à la bonne classe.",
            en="These are the probabilities: 1 is still to be taken away at the right class.",
        ),
        deviation(
            "right_class_only",
            classes="right",
            fr="Seule la bonne classe a un gradient : les autres scores comptent aussi, par le dénominateur.",
            en="Only the right class has a gradient: the other scores count as well, by the denominator.",
        ),
        deviation(
            "scores_for_probabilities",
            target="from the scores",
            fr="1 est ôté aux scores, et non aux probabilités.",
            en="1 is taken away from the scores, not from the probabilities.",
        ),
        deviation(
            "divided_by_the_classes",
            divided="classes",
            fr="Le gradient est divisé par le nombre de classes : c'est par celui des exemples.",
            en="The gradient is divided by the number of classes: it should be by that of the examples.",
        ),
    ],
)
def of_scores(scores, labels, *, divided=True, sign=1, target="right", classes="all"):
    goal = np.eye(scores.shape[1])[labels]
    start = scores if target == "from the scores" else solution.softmax(scores)
    found = start - (0 if target == "none" else goal)
    found = found * goal if classes == "right" else found
    return sign * found / {False: 1, "classes": scores.shape[1]}.get(divided, len(labels))


@family(
    of="momentum_step",
    deviations=[
        deviation(
            "old_velocity",
            used="old",
            fr="Les poids reculent selon l'ancienne vitesse : d'abord la nouvelle, puis les poids.",
            en="The weights go back by the old velocity: first the new one, then the weights.",
        ),
        deviation(
            "uphill",
            sign=1,
            fr="Les poids avancent dans le sens du gradient : la perte augmenterait. Ils reculent.",
            en="The weights go along the gradient: the loss would grow. They go back.",
        ),
        deviation(
            "momentum_forgotten",
            used="gradient",
            fr="Les poids reculent selon le seul gradient : l'inertie ne sert pas.",
            en="The weights go back by the gradient alone: momentum is not used.",
        ),
        deviation(
            "rate_in_the_velocity",
            scaled="velocity",
            fr="Le taux est dans la vitesse : ici il multiplie la vitesse quand les poids reculent.",
            en="The rate is in the velocity: it should multiply the velocity when the weights go "
            "back.",
        ),
        deviation(
            "weighted_mean",
            mixed=True,
            fr="Le gradient est multiplié par 1 − inertie : ici il est ajouté en entier.",
            en="The gradient is multiplied by 1 − momentum: here it is added whole.",
        ),
        deviation(
            "rate_forgotten",
            scaled="nothing",
            fr="Le taux d'apprentissage n'intervient pas.",
            en="The learning rate plays no part.",
        ),
        deviation(
            "order_of_the_pair",
            order=(1, 0),
            fr="La vitesse vient avant les poids : c'est (poids, vitesse).",
            en="The velocity comes before the weights: it should be (weights, velocity).",
        ),
    ],
)
def stepped(
    weights,
    velocity,
    gradient,
    rate,
    momentum,
    *,
    used="new",
    sign=-1,
    scaled="step",
    mixed=False,
    order=(0, 1),
):
    inner = rate if scaled == "velocity" else 1
    outer = rate if scaled == "step" else 1
    new = momentum * velocity + inner * gradient * ((1 - momentum) if mixed else 1)
    by = {"old": velocity, "gradient": gradient}.get(used, new)
    pair = weights + sign * outer * by, new
    return pair[order[0]], pair[order[1]]


@family(
    of="train",
    deviations=[
        deviation(
            "velocity_forgotten",
            velocity="zero each time",
            fr="La vitesse repart de zéro à chaque étape : gardez celle que rend `momentum_step`.",
            en="The velocity starts from zero in each step: keep the one that `momentum_step` returns.",
        ),
        deviation(
            "gradient_from_the_start",
            scores="of the start",
            fr="Le gradient est toujours celui des poids de départ : recalculez les scores à chaque étape.",
            en="The gradient is always that of the first weights: compute the scores anew in each step.",
        ),
        deviation(
            "one_step_less",
            fewer=1,
            fr="Il manque une étape.",
            en="One step is missing.",
        ),
        deviation(
            "divided_twice",
            divided=True,
            fr="Le gradient est divisé deux fois par le nombre d'exemples : `score_gradient` l'a déjà fait.",
            en="The gradient is divided twice by the number of examples: `score_gradient` has done so already.",
        ),
        deviation(
            "starts_from_one",
            start=1.0,
            fr="Les poids partent de 1 : ils doivent partir de zéro.",
            en="The weights start from 1: they should start from zero.",
        ),
        deviation(
            "velocity_returned",
            returned="velocity",
            fr="C'est la vitesse qui est rendue : on demande les poids.",
            en="It is the velocity that is returned: the weights are asked for.",
        ),
    ],
)
def trained(
    x,
    labels,
    classes,
    steps,
    rate,
    momentum,
    *,
    velocity="kept",
    scores="new",
    fewer=0,
    divided=False,
    start=0.0,
    returned="weights",
):
    shape = x.shape[1], classes
    weights = np.full(shape, start)
    first, moving = weights, np.zeros(shape)
    for _ in range(steps - fewer):
        seen = first if scores == "of the start" else weights
        gradient = x.T @ solution.score_gradient(x @ seen, labels) / (len(x) if divided else 1)
        moving = np.zeros(shape) if velocity == "zero each time" else moving
        weights, moving = solution.momentum_step(weights, moving, gradient, rate, momentum)
    return moving if returned == "velocity" else weights
