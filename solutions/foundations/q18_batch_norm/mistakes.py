"""Known mistakes of question 18."""

import numpy as np

from grader.checks import deviation, family

from . import solution


@family(
    of="batch_statistics",
    deviations=[
        deviation(
            "each_position",
            axes=(0,),
            fr="Chaque position a ses statistiques : un canal est le même filtre partout, il n'en a qu'une "
            "paire.",
            en="Each position has its own statistics: a channel is the same filter everywhere, it has one "
            "pair.",
        ),
        deviation(
            "each_image",
            axes=(1, 2),
            fr="Chaque image a ses statistiques : c'est sur tout le lot.",
            en="Each image has its own statistics: take them over the whole batch.",
        ),
        deviation(
            "all_channels_together",
            axes=(0, 1, 2, 3),
            fr="Tous les canaux sont mêlés : chacun a sa moyenne et sa variance.",
            en="All channels are mixed: each has its own mean and variance.",
        ),
        deviation(
            "deviation",
            spread="deviation",
            fr="C'est l'écart type : la variance en est le carré.",
            en="This is the standard deviation: the variance is its square.",
        ),
        deviation(
            "divided_by_one_less",
            spread="unbiased",
            fr="La somme des carrés est divisée par n − 1 : ici par n.",
            en="The sum of squares is divided by n − 1: here it should be by n.",
        ),
        deviation(
            "not_centred",
            spread="squares",
            fr="C'est la moyenne des carrés, sans ôter la moyenne.",
            en="This is the mean of the squares, without taking the mean away.",
        ),
        deviation(
            "mean_of_the_positions",
            spread="of positions",
            fr="C'est la moyenne des variances des positions : on demande celle de toutes les valeurs du canal, "
            "toutes positions ensemble.",
            en="This is the mean of the variances of the positions: that of all values of the channel is asked "
            "for, all positions together.",
        ),
        deviation(
            "mean_of_the_images",
            spread="of images",
            fr="C'est la moyenne des variances des images : on demande celle de toutes les valeurs du canal, "
            "toutes images ensemble.",
            en="This is the mean of the variances of the images: that of all values of the channel is asked for, "
            "all images together.",
        ),
        deviation(
            "order_of_the_pair",
            order=(1, 0),
            fr="La variance vient avant la moyenne : c'est (moyenne, variance).",
            en="The variance comes before the mean: it should be (mean, variance).",
        ),
    ],
)
def measured(x, *, axes=(0, 1, 2), spread="variance", order=(0, 1)):
    spreads = {
        "deviation": x.std(axis=axes),
        "unbiased": x.var(axis=axes, ddof=1) if x.size > 1 and len(axes) > 1 else x.var(axis=axes),
        "squares": (x**2).mean(axis=axes),
        "of positions": x.var(axis=0).mean(axis=(0, 1)),
        "of images": x.var(axis=(1, 2)).mean(axis=0),
    }
    pair = x.mean(axis=axes), spreads.get(spread, x.var(axis=axes))
    return pair[order[0]], pair[order[1]]


_FORMULA = [
    deviation(
        "epsilon_outside_the_root",
        epsilon_at="outside",
        fr="`epsilon` est ajouté à l'écart type : il s'ajoute à la variance, sous la racine.",
        en="`epsilon` is added to the standard deviation: it belongs to the variance, under the "
        "root.",
    ),
    deviation(
        "epsilon_forgotten",
        epsilon_at="nowhere",
        fr="`epsilon` n'intervient pas : sans lui, un canal constant diviserait par 0.",
        en="`epsilon` plays no part: without it a constant channel would divide by 0.",
    ),
    deviation(
        "root_forgotten",
        epsilon_at="no root",
        fr="On divise par la variance : la racine manque.",
        en="The variance divides: the square root is missing.",
    ),
    deviation(
        "not_centred",
        centred=False,
        fr="La moyenne n'est pas ôtée.",
        en="The mean is not taken away.",
    ),
    deviation(
        "scale_forgotten",
        scaled="no",
        fr="`scale` n'intervient pas.",
        en="`scale` plays no part.",
    ),
    deviation(
        "shift_forgotten",
        shifted="no",
        fr="`shift` n'intervient pas.",
        en="`shift` plays no part.",
    ),
    deviation(
        "shift_before_scale",
        shifted="before",
        fr="`shift` est ajouté avant la multiplication par `scale` : c'est après.",
        en="`shift` is added before the multiplication by `scale`: it should come after.",
    ),
]


def _normalised(
    x,
    scale,
    shift,
    mean,
    variance,
    epsilon,
    epsilon_at="inside",
    centred=True,
    scaled="yes",
    shifted="after",
):
    divisors = {
        "outside": np.sqrt(variance) + epsilon,
        "nowhere": np.sqrt(variance),
        "no root": variance + epsilon,
    }
    found = (x - mean if centred else x) / divisors.get(epsilon_at, np.sqrt(variance + epsilon))
    scale = 1 if scaled == "no" else scale
    if shifted == "before":
        return scale * (found + shift)
    return scale * found + (0 if shifted == "no" else shift)


@family(
    of="batch_norm_train",
    deviations=[
        deviation(
            "each_position",
            axes=(0,),
            fr="Chaque position est normalisée à part : un canal n'a qu'une moyenne et une variance.",
            en="Each position is normalised by itself: a channel has a single mean and variance.",
        ),
        deviation(
            "each_image",
            axes=(1, 2),
            fr="Chaque image est normalisée à part : c'est sur tout le lot.",
            en="Each image is normalised by itself: take the statistics over the whole batch.",
        ),
        deviation(
            "divided_by_one_less",
            ddof=1,
            fr="La variance est divisée par n − 1 : à l'entraînement, celle du lot l'est par n.",
            en="The variance is divided by n − 1: in training that of the batch should be divided "
            "by n.",
        ),
        *_FORMULA,
    ],
)
def in_training(x, scale, shift, epsilon, *, axes=(0, 1, 2), ddof=0, **formula):
    mean = x.mean(axis=axes, keepdims=True)
    variance = x.var(axis=axes, keepdims=True, ddof=ddof)
    return _normalised(x, scale, shift, mean, variance, epsilon, **formula)


@family(
    of="batch_norm_eval",
    deviations=[
        deviation(
            "statistics_of_the_batch",
            source="batch",
            fr="Les statistiques du lot servent encore : la réponse pour une image dépendrait de ses voisines.",
            en="The statistics of the batch still serve: the answer for one image would depend on its "
            "neighbours.",
        ),
        deviation(
            "variance_of_the_batch",
            source="mixed",
            fr="La moyenne est la bonne, mais la variance est celle du lot.",
            en="The mean is the right one, but the variance is that of the batch.",
        ),
        *_FORMULA,
    ],
)
def in_evaluation(x, scale, shift, mean, variance, epsilon, *, source="running", **formula):
    own_mean, own_variance = solution.batch_statistics(x)
    mean = own_mean if source == "batch" else mean
    variance = variance if source == "running" else own_variance
    return _normalised(x, scale, shift, mean, variance, epsilon, **formula)


@family(
    of="update_running",
    deviations=[
        deviation(
            "rate_the_wrong_way",
            mixed="exchanged",
            fr="`rate` multiplie l'ancienne valeur : ici c'est la part de la nouvelle.",
            en="`rate` multiplies the old value: it should be the share of the new one.",
        ),
        deviation(
            "biased_variance",
            spread="biased",
            fr="La variance du lot est divisée par n : ici elle est estimée sans biais, par n − 1.",
            en="The variance of the batch is divided by n: here the unbiased estimate is asked "
            "for, by n − 1.",
        ),
        deviation(
            "old_ones_forgotten",
            mixed="new alone",
            fr="Les anciennes valeurs disparaissent : il en reste une part de 1 − `rate`.",
            en="The old values vanish: a share of 1 − `rate` of them stays.",
        ),
        deviation(
            "added_up",
            mixed="added",
            fr="La part nouvelle est ajoutée sans réduire l'ancienne : celle-ci compte pour 1 − `rate`.",
            en="The new share is added without reducing the old one, which counts for 1 − `rate`.",
        ),
        deviation(
            "deviation_for_the_variance",
            spread="deviation",
            fr="L'écart type est mêlé à la variance.",
            en="The standard deviation is mixed into the variance.",
        ),
        deviation(
            "mean_alone",
            spread="kept",
            fr="La variance n'est pas mise à jour.",
            en="The variance is not updated.",
        ),
        deviation(
            "images_counted",
            spread="by images",
            fr="n est pris pour le nombre d'images : c'est le nombre de valeurs d'un canal, nombre × hauteur × "
            "largeur.",
            en="n is taken for the number of images: it should be the number of values of a "
            "channel, number × height × width.",
        ),
    ],
)
def moved(running_mean, running_variance, x, rate, *, mixed="weighted", spread="unbiased"):
    axes = (0, 1, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.float64(len(x)) / (
            len(x) - 1
        )  # infinite for a single image, as in the students' code
    spreads = {
        "biased": x.var(axis=axes),
        "deviation": x.std(axis=axes, ddof=1),
        "by images": x.var(axis=axes) * ratio,
    }

    def mix(old, new):
        rules = {
            "exchanged": rate * old + (1 - rate) * new,
            "new alone": new,
            "added": old + rate * new,
        }
        return rules.get(mixed, (1 - rate) * old + rate * new)

    variance = spreads.get(spread, x.var(axis=axes, ddof=1))
    kept = running_variance if spread == "kept" else mix(running_variance, variance)
    return mix(running_mean, x.mean(axis=axes)), kept


@family(
    of="fold",
    deviations=[
        deviation(
            "bias_not_scaled",
            bias_rule="not scaled",
            fr="Le biais n'est pas multiplié : la normalisation multiplie aussi ce que le biais a ajouté.",
            en="The bias is not multiplied: the normalisation multiplies what the bias added as well.",
        ),
        deviation(
            "mean_forgotten",
            bias_rule="mean forgotten",
            fr="La moyenne n'est pas ôtée du biais.",
            en="The mean is not taken away from the bias.",
        ),
        deviation(
            "shift_forgotten",
            bias_rule="shift forgotten",
            fr="`shift` manque dans le biais.",
            en="`shift` is missing in the bias.",
        ),
        deviation(
            "shift_scaled",
            bias_rule="shift scaled",
            fr="`shift` est multiplié aussi : il s'ajoute en dernier.",
            en="`shift` is multiplied too: it should be added last.",
        ),
        deviation(
            "old_bias_lost",
            bias_rule="old bias lost",
            fr="Le biais de la convolution a disparu.",
            en="The bias of the convolution has vanished.",
        ),
        deviation(
            "kernel_untouched",
            kernel_rule="untouched",
            fr="Les filtres n'ont pas changé : chacun est multiplié par le facteur de sa carte.",
            en="The filters have not changed: each is multiplied by the factor of its map.",
        ),
        deviation(
            "epsilon_forgotten",
            epsilon_counts=False,
            fr="`epsilon` n'intervient pas : la couche l'ajoute à la variance, et la convolution doit donner la même "
            "chose.",
            en="`epsilon` plays no part: the layer adds it to the variance, and the convolution must give the same.",
        ),
        deviation(
            "root_forgotten",
            root=False,
            fr="Le facteur divise par la variance : la racine manque.",
            en="The factor divides by the variance: the square root is missing.",
        ),
    ],
)
def folded(
    kernel,
    bias,
    scale,
    shift,
    mean,
    variance,
    epsilon,
    *,
    bias_rule="right",
    kernel_rule="right",
    root=True,
    epsilon_counts=True,
):
    epsilon = epsilon if epsilon_counts else 0
    factor = scale / (np.sqrt(variance + epsilon) if root else variance + epsilon)
    rules = {
        "not scaled": bias - mean * factor + shift,
        "mean forgotten": bias * factor + shift,
        "shift forgotten": (bias - mean) * factor,
        "shift scaled": (bias - mean + shift) * factor,
        "old bias lost": shift - mean * factor,
    }
    new = kernel if kernel_rule == "untouched" else kernel * factor
    return new, rules.get(bias_rule, (bias - mean) * factor + shift)
