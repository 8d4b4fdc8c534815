"""Wrong answers to question 9 that students give, each with what to look at."""

import jax
import jax.numpy as jnp
import numpy as np

from grader.checks import mistake

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


@mistake(
    of="accuracy",
    fr="C'est le nombre de bonnes réponses : divisez par le nombre d'images.",
    en="This is the number of right answers: divide by the number of images.",
)
def counted(scores, labels):
    return float(np.sum(np.argmax(scores, axis=1) == labels))


@mistake(
    of="accuracy",
    fr="C'est la part des erreurs.",
    en="This is the share of mistakes.",
)
def share_of_mistakes(scores, labels):
    return 1 - solution.accuracy(scores, labels)


@mistake(
    of="accuracy",
    fr="C'est un pourcentage : la justesse est une part, entre 0 et 1.",
    en="This is a percentage: accuracy is a share, between 0 and 1.",
)
def percentage(scores, labels):
    return 100 * solution.accuracy(scores, labels)


@mistake(
    of="accuracy",
    fr="Le dernier des plus grands scores l'emporte : à égalité, c'est le premier.",
    en="The last of the largest scores wins: among equals it is the first.",
)
def last_of_the_largest(scores, labels):
    last = scores.shape[1] - 1 - np.argmax(scores[:, ::-1], axis=1)
    return float(np.mean(last == labels))


@mistake(
    of="accuracy",
    fr="Toute image dont la bonne classe est à égalité compte comme juste : une seule classe l'emporte.",
    en="Any image whose right class is among equals counts as right: only one class wins.",
)
def ties_are_right(scores, labels):
    right = scores[np.arange(len(labels)), labels]
    return float(np.mean(right == scores.max(axis=1)))


@mistake(
    of="batches",
    fr="Les premiers numéros sont abandonnés : ce sont les derniers qui ne servent pas.",
    en="The first numbers are dropped: it is the last ones that are not used.",
)
def first_numbers_dropped(order, size):
    return order[len(order) % size :].reshape(-1, size)


@mistake(
    of="batches",
    fr="Les lots sont entrelacés : un lot prend des numéros qui se suivent.",
    en="The batches are interleaved: a batch takes numbers that follow each other.",
)
def interleaved(order, size):
    count = len(order) // size
    return order[: count * size].reshape(size, count).T


@mistake(
    of="batches",
    fr="Le dernier lot entier manque quand la division tombe juste.",
    en="The last whole batch is missing when the division is exact.",
)
def last_batch_lost(order, size):
    count = (len(order) - 1) // size
    return order[: count * size].reshape(count, size)


@mistake(
    of="batches",
    fr="L'ordre donné est ignoré : les images passeraient toujours dans le même ordre.",
    en="The given order is ignored: images would always pass in the same order.",
)
def order_ignored(order, size):
    return solution.batches(np.arange(len(order)), size)


@mistake(
    of="batches",
    fr="Le dernier lot est complété par les premiers numéros : on ne garde que les lots entiers.",
    en="The last batch is filled up with the first numbers: only whole batches are kept.",
)
def filled_up_from_the_start(order, size):
    count = -(-len(order) // size)
    return np.resize(order, count * size).reshape(count, size)


def _each(function, *trees):
    return jax.tree.map(function, *trees)


@mistake(
    of="momentum_step",
    fr="L'ancienne vitesse sert à déplacer les paramètres : prenez la nouvelle.",
    en="The old velocity moves the parameters: take the new one.",
)
def old_velocity_used(parameters, gradients, velocity, rate, momentum):
    after = _each(lambda v, g: momentum * v + g, velocity, gradients)
    return _each(lambda p, v: p - rate * v, parameters, velocity), after


@mistake(
    of="momentum_step",
    fr="Les paramètres montent la pente : on retranche la vitesse.",
    en="The parameters go uphill: the velocity is subtracted.",
)
def uphill(parameters, gradients, velocity, rate, momentum):
    after = _each(lambda v, g: momentum * v + g, velocity, gradients)
    return _each(lambda p, v: p + rate * v, parameters, after), after


@mistake(
    of="momentum_step",
    fr="Le gradient est multiplié par 1 - momentum : ici il s'ajoute tout entier.",
    en="The gradient is multiplied by 1 - momentum: here all of it is added.",
)
def averaged_gradient(parameters, gradients, velocity, rate, momentum):
    after = _each(lambda v, g: momentum * v + (1 - momentum) * g, velocity, gradients)
    return _each(lambda p, v: p - rate * v, parameters, after), after


@mistake(
    of="momentum_step",
    fr="Le taux d'apprentissage est déjà dans la vitesse : gardez v' = momentum * v + g, et "
    "multipliez par rate à la fin.",
    en="The learning rate is already in the velocity: keep v' = momentum * v + g and multiply by rate at the end.",
)
def rate_in_the_velocity(parameters, gradients, velocity, rate, momentum):
    after = _each(lambda v, g: momentum * v + rate * g, velocity, gradients)
    return _each(lambda p, v: p - v, parameters, after), after


@mistake(
    of="momentum_step",
    fr="L'inertie manque : c'est la descente de gradient simple.",
    en="The momentum is missing: this is plain gradient descent.",
)
def without_momentum(parameters, gradients, velocity, rate, momentum):
    return solution.momentum_step(parameters, gradients, velocity, rate, 0.0)


@mistake(
    of="momentum_step",
    fr="Les vitesses renvoyées sont les anciennes : l'inertie ne s'accumule jamais.",
    en="The velocities that are returned are the old ones: momentum never builds up.",
)
def velocity_not_returned(parameters, gradients, velocity, rate, momentum):
    return solution.momentum_step(parameters, gradients, velocity, rate, momentum)[0], velocity


@mistake(
    of="diagnosis",
    fr="C'est la première ligne qui est lue : le diagnostic porte sur la dernière, avec toutes les images.",
    en="The first row is read: the diagnosis is about the last one, with all images.",
)
def first_row_read(curve, goal):
    return solution.diagnosis(curve[::-1], goal)


@mistake(
    of="diagnosis",
    fr="Les colonnes sont échangées : l'entraînement vient en premier.",
    en="The columns are exchanged: training comes first.",
)
def columns_exchanged(curve, goal):
    return solution.diagnosis(curve[:, ::-1], goal)


@mistake(
    of="diagnosis",
    fr="Le but est comparé aux images mises de côté : « underfits » se juge sur celles de l'entraînement.",
    en='The goal is compared with the held-out images: "underfits" is judged on the training images.',
)
def goal_on_the_held_out_images(curve, goal):
    if curve[-1, 1] < goal:
        return "underfits"
    return solution.diagnosis(curve, 0.0)


@mistake(
    of="diagnosis",
    fr="L'écart seul décide : si la justesse ne progresse plus, d'autres images n'apporteront rien.",
    en="The gap alone decides: if accuracy no longer rises, more images will not help.",
)
def progress_ignored(curve, goal):
    rising = np.array([[0.0, -1.0], curve[-1]])
    return solution.diagnosis(rising, goal)


@mistake(
    of="diagnosis",
    fr="Le progrès seul décide : sans écart avec l'entraînement, le réseau ne gagnerait rien.",
    en="Progress alone decides: without a gap to training the network has nothing to gain.",
)
def gap_ignored(curve, goal):
    if curve[-1, 0] < goal:
        return "underfits"
    return "more_images" if curve[-1, 1] > curve[-2, 1] else "enough"


@mistake(
    of="diagnosis",
    fr="L'ordre des règles est inversé : un réseau qui n'apprend pas ses propres images passe d'abord.",
    en="The rules are in the wrong order: a network that does not learn its own images comes first.",
)
def rules_in_another_order(curve, goal):
    first = solution.diagnosis(curve, 0.0)
    return first if first == "more_images" else solution.diagnosis(curve, goal)
