"""Wrong answers to question 12 that students give, each with what to look at."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from grader.checks import deviation, family, mistake

from . import solution


def _in_batches(run, images, size):
    parts = [images[start:stop] for start, stop in solution.batches(len(images), size)]
    return np.concatenate([np.asarray(run(part)) for part in parts])


@mistake(
    of="extract",
    fr="Ce sont les scores de la dernière couche dense, donc des avis sur les anciennes "
    "classes : arrêtez-vous juste avant elle.",
    en="These are the scores of the last dense layer, opinions about the old classes: stop just "
    "before it.",
)
def scores_of_the_old_classes(model, images, size):
    graph, state = nnx.split(model)
    run = jax.jit(lambda x: nnx.merge(graph, state)(x))
    return _in_batches(run, images, size)


@mistake(
    of="extract",
    fr="C'est la carte de ``model.features``, mise à plat : il manque les couches de "
    "``model.classifier`` qui précèdent la dernière.",
    en="This is the map of ``model.features``, flattened: the layers of ``model.classifier`` that "
    "precede the last one are missing.",
)
def flattened_map(model, images, size):
    graph, state = nnx.split(model)
    run = jax.jit(lambda x: nnx.merge(graph, state).features(x))
    return _in_batches(run, images, size).reshape(len(images), -1)


@mistake(
    of="extract",
    fr="Le réseau est en mode entraînement : les normalisations emploient alors la moyenne "
    "du lot au lieu des statistiques glissantes, et une image dépend de ses voisines.",
    en="The network is in training mode: normalisations then use the mean of the batch instead of "
    "the learned statistics, and an image depends on its neighbours.",
)
def training_mode(model, images, size):
    for _, layer in nnx.iter_modules(model):
        if isinstance(layer, nnx.BatchNorm):
            layer.use_running_average = False
    graph, state = nnx.split(model)

    def run(x):
        copy = nnx.merge(graph, state)
        x = copy.features(x)
        for layer in list(copy.classifier)[:-1]:
            x = layer(x)
        return x

    return _in_batches(jax.jit(run), images, size)


@mistake(
    of="head_loss",
    fr="Les pertes sont additionnées : prenez leur moyenne, ou le taux d'apprentissage dépendra du "
    "nombre d'images.",
    en="The losses are summed: take their mean, or the learning rate will depend on the number of "
    "images.",
)
def losses_summed(features, labels, weights, bias):
    return solution.head_loss(features, labels, weights, bias) * len(labels)


@mistake(
    of="head_loss",
    fr="L'exponentielle d'un grand score déborde. Retranchez d'abord à chaque ligne son maximum : "
    "la perte n'en est pas changée.",
    en="The exponential of a large score overflows. Subtract its maximum from each row first: the "
    "loss does not change.",
)
def exponential_overflows(features, labels, weights, bias):
    scores = (features @ weights + bias).astype(np.float32)
    with np.errstate(all="ignore"):
        shares = np.exp(scores)
        shares = shares / shares.sum(axis=1, keepdims=True)
        return float(np.mean(-np.log(shares[np.arange(len(labels)), labels])))


@mistake(
    of="head_loss",
    fr="La probabilité de la bonne classe s'arrondit à zéro, et son logarithme est infini. "
    "Ne passez pas par elle : la perte est une différence de deux nombres, log(somme des "
    "exp) et un score.",
    en="The probability of the right class rounds to zero, and its logarithm is infinite. Do without "
    "it: the loss is a difference of two numbers, log(sum of exp) and a score.",
)
def logarithm_of_zero(features, labels, weights, bias):
    scores = (features @ weights + bias).astype(np.float32)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares = shares / shares.sum(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        return float(np.mean(-np.log(shares[np.arange(len(labels)), labels])))


@mistake(
    of="head_loss",
    fr="Le biais n'entre pas dans les scores.",
    en="The bias does not enter the scores.",
)
def loss_without_bias(features, labels, weights, bias):
    return solution.head_loss(features, labels, weights, 0 * bias)


@mistake(
    of="head_loss",
    fr="Le logarithme est en base 2 : l'énoncé prend le logarithme naturel.",
    en="The logarithm is to base 2: the statement takes the natural one.",
)
def in_bits(features, labels, weights, bias):
    return solution.head_loss(features, labels, weights, bias) / float(np.log(2))


def _descend(features, labels, num_classes, steps, rate, update):
    weights = np.zeros((features.shape[1], num_classes))
    bias = np.zeros(num_classes)
    target = np.eye(num_classes)[labels]
    for _ in range(steps):
        weights, bias = update(features, target, weights, bias, rate)
    return weights.astype(np.float32), bias.astype(np.float32)


def _error(features, target, weights, bias):
    scores = features @ weights + bias
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (shares / shares.sum(axis=1, keepdims=True) - target) / len(target)


@mistake(
    of="train_head",
    fr="Le gradient est additionné sur les images : la perte est une moyenne, son gradient aussi.",
    en="The gradient is summed over the images: the loss is a mean, and so is its gradient.",
)
def gradient_summed(features, labels, num_classes, steps, learning_rate):
    rate = learning_rate * len(labels)
    return solution.train_head(features, labels, num_classes, steps, rate)


@mistake(
    of="train_head",
    fr="Le biais reste nul : il s'apprend comme les poids.",
    en="The bias stays at zero: it is learned like the weights.",
)
def bias_not_trained(features, labels, num_classes, steps, learning_rate):
    def update(x, target, weights, bias, rate):
        return weights - rate * x.T @ _error(x, target, weights, bias), bias

    return _descend(features, labels, num_classes, steps, learning_rate, update)


@mistake(
    of="train_head",
    fr="Le gradient du biais est une somme, celui des poids une moyenne : divisez-le aussi par le nombre d'images.",
    en="The gradient of the bias is a sum, that of the weights a mean: divide it by the number of images as well.",
)
def bias_gradient_summed(features, labels, num_classes, steps, learning_rate):
    weights, bias = np.zeros((features.shape[1], num_classes)), np.zeros(num_classes)
    target = np.eye(num_classes)[labels]
    for _ in range(steps):
        scores = features @ weights + bias
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        error = shares / shares.sum(axis=1, keepdims=True) - target
        weights = weights - learning_rate * features.T @ error / len(labels)
        bias = bias - learning_rate * error.sum(axis=0)
    return weights, bias


@mistake(
    of="train_head",
    fr="Les étapes montent la pente : le gradient se retranche.",
    en="The steps go uphill: the gradient is to be subtracted.",
)
def uphill(features, labels, num_classes, steps, learning_rate):
    return solution.train_head(features, labels, num_classes, steps, -learning_rate)


@mistake(
    of="train_head",
    fr="Le gradient du biais est calculé avec les poids déjà modifiés : une étape emploie un seul "
    "gradient, pris au même point.",
    en="The gradient of the bias is computed with weights already changed: one step uses one "
    "gradient, taken at one point.",
)
def bias_after_the_weights(features, labels, num_classes, steps, learning_rate):
    def update(x, target, weights, bias, rate):
        weights = weights - rate * x.T @ _error(x, target, weights, bias)
        return weights, bias - rate * _error(x, target, weights, bias).sum(axis=0)

    return _descend(features, labels, num_classes, steps, learning_rate, update)


@mistake(
    of="train_head",
    fr="Une seule étape est faite, quel que soit ``steps``.",
    en="A single step is taken, whatever ``steps`` says.",
)
def a_single_step(features, labels, num_classes, steps, learning_rate):
    return solution.train_head(features, labels, num_classes, 1, learning_rate)


@mistake(
    of="operated",
    fr="L'ancien réseau a changé lui aussi : ``replace_head`` doit travailler sur "
    "``nnx.clone(model)``, car une affectation modifie le réseau sur place.",
    en="The old network changed too: ``replace_head`` must work on ``nnx.clone(model)``, as an "
    "assignment modifies the network in place.",
)
def original_changed(model, weights, bias, images):
    adapted = np.asarray(solution.replace_head(model, weights, bias)(images))
    return adapted, adapted


@mistake(
    of="operated",
    fr="La nouvelle couche n'a pas reçu ``bias`` : une ``nnx.Linear`` naît avec un biais nul.",
    en="The new layer did not get ``bias``: an ``nnx.Linear`` is born with a bias of zero.",
)
def bias_not_set(model, weights, bias, images):
    return solution.operated(model, weights, 0 * bias, images)


@mistake(
    of="operated",
    fr="Le nouveau réseau a les paramètres de l'ancien, mais pas les statistiques de ses "
    "normalisations (moyennes et variances) : un réseau reconstruit ne les a pas, un clone les garde.",
    en="The new network has the parameters of the old one, but not the statistics of its "
    "normalisations (means and variances): a network built anew lacks them, a clone keeps them.",
)
def statistics_lost(model, weights, bias, images):
    adapted = solution.replace_head(model, weights, bias)
    for _, layer in nnx.iter_modules(adapted):
        if isinstance(layer, nnx.BatchNorm):
            layer.mean[...] = jnp.zeros_like(layer.mean[...])
            layer.var[...] = jnp.ones_like(layer.var[...])
    return np.asarray(adapted(images)), np.asarray(model(images))


def _parameters(module, kinds):
    return sum(leaf.size for leaf in jax.tree.leaves(nnx.state(module, kinds)))


@mistake(
    of="trainable_parameters",
    fr="Les moyennes et les variances des normalisations sont comptées : elles ne s'apprennent pas "
    "par gradient. Comptez les ``nnx.Param``.",
    en="Means and variances of the normalisations are counted: they are not learned by gradient. "
    "Count ``nnx.Param``.",
)
def statistics_counted(model, num_classes):
    head, whole = solution.trainable_parameters(model, num_classes)
    return head, whole + _parameters(model, nnx.BatchStat)


@mistake(
    of="trainable_parameters",
    fr="Le second nombre compte encore l'ancienne couche, à la place de la nouvelle.",
    en="The second number still counts the old layer, in place of the new one.",
)
def old_head_counted(model, num_classes):
    head, _ = solution.trainable_parameters(model, num_classes)
    return head, _parameters(model, nnx.Param)


@mistake(
    of="trainable_parameters",
    fr="Le second nombre compte tous les tableaux de l'ancien réseau : il faut ôter son ancienne couche, "
    "ajouter la nouvelle, et ne compter que les ``nnx.Param``.",
    en="The second number counts all arrays of the old network: take its old layer away, add the new "
    "one, and count ``nnx.Param`` only.",
)
def every_array_of_the_old_network(model, num_classes):
    head, _ = solution.trainable_parameters(model, num_classes)
    return head, _parameters(model, (nnx.Param, nnx.BatchStat))


@mistake(
    of="trainable_parameters",
    fr="Le second nombre compte le tronc seul : le réseau adapté comprend sa nouvelle couche.",
    en="The second number counts the trunk only: the adapted network includes its new layer.",
)
def trunk_only(model, num_classes):
    head, whole = solution.trainable_parameters(model, num_classes)
    return head, whole - head


@mistake(
    of="trainable_parameters",
    fr="Les biais de la nouvelle couche ne sont pas comptés.",
    en="The biases of the new layer are not counted.",
)
def head_without_bias(model, num_classes):
    head, whole = solution.trainable_parameters(model, num_classes)
    return head - num_classes, whole - num_classes


@mistake(
    of="training_costs",
    fr="Le passage arrière est compté comme un passage avant : il coûte le double, trois en tout.",
    en="The backward pass is counted like a forward pass: it costs twice that, three in all.",
)
def backward_costs_one(base, head, images, epochs):
    seen = images * epochs
    return 2 * seen * (base + head), seen * (base + 2 * head), images * base + 2 * seen * head


@mistake(
    of="training_costs",
    fr="L'arrière traverse le tronc gelé : aucun gradient n'y est demandé, il s'arrête à la tête.",
    en="The backward pass goes through the frozen trunk: no gradient is asked for there, it stops at "
    "the head.",
)
def backward_through_the_frozen_trunk(base, head, images, epochs):
    whole, _, kept = solution.training_costs(base, head, images, epochs)
    return whole, whole, kept


@mistake(
    of="training_costs",
    fr="Le tronc gelé ne coûte rien du tout : il faut pourtant le parcourir en avant, pour "
    "chaque image et à chaque époque.",
    en="The frozen trunk costs nothing at all: yet it takes a forward pass for each image in each "
    "epoch.",
)
def forward_pass_forgotten(base, head, images, epochs):
    whole, _, kept = solution.training_costs(base, head, images, epochs)
    return whole, 3 * images * epochs * head, kept


@mistake(
    of="training_costs",
    fr="Les caractéristiques gardées sont recalculées à chaque époque : le tronc ne coûte qu'une "
    "fois par image.",
    en="The stored features are computed anew in each epoch: the trunk costs once per image only.",
)
def features_not_kept(base, head, images, epochs):
    whole, frozen, _ = solution.training_costs(base, head, images, epochs)
    return whole, frozen, frozen


@mistake(
    of="training_costs",
    fr="La tête n'est entraînée qu'une époque sur les caractéristiques gardées.",
    en="The head is trained for one epoch only on the stored features.",
)
def head_trained_once(base, head, images, epochs):
    whole, frozen, _ = solution.training_costs(base, head, images, epochs)
    return whole, frozen, images * (base + 3 * head)


@family(
    of="prepare",
    deviations=[
        deviation(
            "bytes_not_scaled",
            unit="bytes",
            fr="Les octets n'ont pas été ramenés entre 0 et 1 : ``mean`` et ``std`` sont à l'échelle"
            " où le blanc vaut 1.",
            en="The bytes were not brought between 0 and 1: ``mean`` and ``std`` are on the scale "
            "where white is 1.",
        ),
        deviation(
            "scaled_after_the_mean",
            unit="after the mean",
            fr="La moyenne est soustraite avant la division par 255 : ``mean`` et ``std`` sont à "
            "l'échelle où le blanc vaut 1.",
            en="The mean is subtracted before the division by 255: ``mean`` and ``std`` are on the "
            "scale where white is 1.",
        ),
        deviation(
            "between_minus_one_and_one",
            unit="symmetric",
            fr="Les octets sont ramenés entre -1 et 1 : c'est entre 0 et 1.",
            en="The bytes are brought between -1 and 1: it should be between 0 and 1.",
        ),
        deviation(
            "divided_by_256",
            unit="256",
            fr="Les octets sont divisés par 256 : le blanc, 255, vaut 1.",
            en="The bytes are divided by 256: white, 255, is 1.",
        ),
        deviation(
            "scaled_by_the_brightest",
            unit="brightest",
            fr="Les octets sont divisés par le plus grand : le blanc, 255, vaut 1.",
            en="The bytes are divided by the largest one: white, 255, is 1.",
        ),
        deviation(
            "own_statistics",
            statistics="own",
            fr="La moyenne et l'écart type sont ceux des images données. Le réseau attend l'échelle "
            "de son entraînement : prenez ``mean`` et ``std``.",
            en="Mean and standard deviation are those of the given images. The network expects the "
            "scale of its training: take ``mean`` and ``std``.",
        ),
        deviation(
            "one_statistic_for_all_channels",
            statistics="first",
            fr="Tous les canaux ont reçu la même moyenne et le même écart type : chacun a les siens.",
            en="All channels got the same mean and standard deviation: each has its own.",
        ),
        deviation(
            "mean_of_the_statistics",
            statistics="mean",
            fr="Tous les canaux ont reçu la moyenne des trois : chacun a les siens.",
            en="All channels got the mean of the three: each has its own.",
        ),
        deviation(
            "statistics_backwards",
            statistics="backwards",
            fr="``mean`` et ``std`` sont pris dans l'ordre inverse des canaux.",
            en="``mean`` and ``std`` are taken in the opposite order of the channels.",
        ),
        deviation(
            "mean_and_std_exchanged",
            statistics="exchanged",
            fr="``mean`` et ``std`` sont échangés.",
            en="``mean`` and ``std`` are exchanged.",
        ),
        deviation(
            "std_forgotten",
            divided="not",
            fr="La moyenne est soustraite, mais rien n'est divisé par l'écart type.",
            en="The mean is subtracted, but nothing is divided by the standard deviation.",
        ),
        deviation(
            "divided_by_the_variance",
            divided="variance",
            fr="La division se fait par la variance : divisez par l'écart type, ``std`` tel quel.",
            en="This divides by the variance: divide by the standard deviation, ``std`` as it is.",
        ),
        deviation(
            "divided_by_the_root",
            divided="root",
            fr="La division se fait par la racine de ``std`` : divisez par ``std`` tel quel.",
            en="This divides by the root of ``std``: divide by ``std`` as it is.",
        ),
        deviation(
            "multiplied_by_the_deviation",
            divided="times",
            fr="L'écart type multiplie : il divise.",
            en="The standard deviation multiplies: it should divide.",
        ),
        deviation(
            "divided_before_subtracting",
            order="divided first",
            fr="La normalisation est faite à l'envers : soustrayez d'abord, divisez ensuite.",
            en="The normalisation is done the wrong way round: subtract first, then divide.",
        ),
        deviation(
            "mean_forgotten",
            order="not subtracted",
            fr="La moyenne n'est pas soustraite.",
            en="The mean is not subtracted.",
        ),
        deviation(
            "mean_added",
            order="added",
            fr="La moyenne est ajoutée : elle se soustrait.",
            en="The mean is added: it should be subtracted.",
        ),
        deviation(
            "colours_backwards",
            colours="backwards",
            fr="Les canaux sont dans l'ordre inverse (bleu, vert, rouge) : gardez celui des images.",
            en="The channels are in the opposite order (blue, green, red): keep that of the images.",
        ),
        deviation(
            "grey_in_one_channel",
            grey="first",
            fr="Une image grise ne remplit qu'un canal : répétez-le pour en faire trois.",
            en="A grey image fills one channel only: repeat it to make three.",
        ),
    ],
)
def ready(
    images,
    mean,
    std,
    *,
    unit="white",
    statistics="given",
    divided="deviation",
    order="subtracted first",
    colours="own",
    grey="repeated",
):
    pixels = images.astype(np.float64)
    if grey == "first" and images.shape[-1] == 1:
        pixels = np.concatenate([pixels, 0 * pixels, 0 * pixels], axis=-1)
    pixels = np.broadcast_to(pixels, (*pixels.shape[:-1], 3))
    late = unit == "after the mean"
    if unit == "symmetric":
        pixels = pixels / 127.5 - 1
    elif not late and unit != "bytes":
        pixels = pixels / {"256": 256, "brightest": max(images.max(), 1)}.get(unit, 255)
    pixels = pixels[..., ::-1] if colours == "backwards" else pixels
    mean, std = np.array(mean, np.float64), np.array(std, np.float64)
    axes = tuple(range(pixels.ndim - 1))
    own = pixels.std(axis=axes)
    mean, std = {
        "own": (pixels.mean(axis=axes), np.where(own > 0, own, 1)),
        "first": (mean[:1], std[:1]),
        "mean": (mean.mean(), std.mean()),
        "backwards": (mean[::-1], std[::-1]),
        "exchanged": (std, mean),
    }.get(statistics, (mean, std))
    scale = {"not": 1 + 0 * std, "variance": std**2, "root": np.sqrt(std), "times": 1 / std}.get(
        divided, std
    )
    away = {"divided first": 0 * mean, "not subtracted": 0 * mean, "added": -mean}.get(order, mean)
    found = (pixels - away) / (255 if late else 1) / scale
    return (found - mean if order == "divided first" else found).astype(np.float32)


@family(
    of="batches",
    deviations=[
        deviation(
            "last_batch_left_out",
            end="whole batches",
            fr="Le dernier lot, incomplet, est laissé de côté : ses images n'auront pas de "
            "caractéristiques.",
            en="The last, incomplete batch is left out: its images will have no features.",
        ),
        deviation(
            "beyond_the_end",
            end="beyond",
            fr="La fin du dernier lot dépasse le nombre d'images.",
            en="The stop of the last batch exceeds the number of images.",
        ),
        deviation(
            "empty_batch_at_the_end",
            end="empty",
            fr="Quand ``number`` est un multiple de ``size``, un lot vide est ajouté à la fin.",
            en="When ``number`` is a multiple of ``size``, an empty batch is added at the end.",
        ),
        deviation(
            "last_image_missing",
            end="one less",
            fr="La dernière image manque : la fin est exclue.",
            en="The last image is missing: the stop is excluded.",
        ),
        deviation(
            "overlapping_end",
            end="overlapping",
            fr="Le dernier lot est complété par des images déjà prises : aucune ne l'est deux fois.",
            en="The last batch is filled up with images that were taken already: none is taken "
            "twice.",
        ),
        deviation(
            "stop_included",
            written="inclusive",
            fr="La fin de chaque lot est comprise : elle est exclue.",
            en="The stop of each batch is included: it should be excluded.",
        ),
        deviation(
            "start_and_length",
            written="length",
            fr="C'est (début, longueur) qui est donné : on demande (début, fin).",
            en="(start, length) is given: (start, stop) is asked for.",
        ),
        deviation(
            "starts_alone",
            written="starts",
            fr="Seuls les débuts sont donnés : on demande (début, fin).",
            en="Only the starts are given: (start, stop) is asked for.",
        ),
        deviation(
            "counted_from_one",
            first=1,
            fr="Les images sont comptées à partir de 1 : comptez à partir de 0.",
            en="The images are counted from 1: count from 0.",
        ),
    ],
)
def pieces(number, size, *, end="kept", written="stop", first=0):
    last = {
        "whole batches": number // size * size,
        "one less": number - 1,
        "empty": number + 1,
    }.get(end, number)
    found = [
        (start, start + size if end == "beyond" else min(start + size, number))
        for start in range(0, last, size)
    ]
    if end == "overlapping":
        found = [(max(min(start, number - size), 0), stop) for start, stop in found]
    if end == "one less":
        found = [(start, min(stop, last)) for start, stop in found]
    found = [(start + first, stop + first) for start, stop in found]
    return {
        "inclusive": [(start, stop - 1) for start, stop in found],
        "length": [(start, stop - start) for start, stop in found],
        "starts": [start for start, _ in found],
    }.get(written, found)


@mistake(
    of="train_head",
    fr="Le gradient du biais est moyenné deux fois : l'erreur est déjà divisée par le nombre d'images.",
    en="The gradient of the bias is averaged twice: the error is divided by the number of images already.",
)
def bias_averaged_twice(features, labels, num_classes, steps, learning_rate):
    weights, bias = np.zeros((features.shape[1], num_classes)), np.zeros(num_classes)
    target = np.eye(num_classes)[labels]
    for _ in range(steps):
        scores = features @ weights + bias
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        error = (shares / shares.sum(axis=1, keepdims=True) - target) / len(labels)
        weights = weights - learning_rate * features.T @ error
        bias = bias - learning_rate * error.mean(axis=0)
    return weights.astype(np.float32), bias.astype(np.float32)


@mistake(
    of="head_loss",
    fr="Un seul maximum est retranché pour toutes les images : là où les scores d'une image sont bien plus bas, "
    "toutes ses exponentielles s'annulent. Retranchez à chaque image le sien.",
    en="A single maximum is subtracted for all images: where an image's scores are far lower all its exponentials "
    "vanish. Subtract from each image its own.",
)
def one_maximum_for_all(features, labels, weights, bias):
    scores = features @ weights + bias
    scores = scores - scores.max()
    right = scores[np.arange(len(labels)), labels]
    with np.errstate(divide="ignore"):
        return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - right))
