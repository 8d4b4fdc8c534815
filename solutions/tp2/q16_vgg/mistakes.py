"""Wrong answers to question 16 that students give, each with what to look at."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from grader.checks import mistake

from . import solution


@mistake(
    of="parameter_counts",
    fr="Les biais ne sont pas comptés : ce sont aussi des paramètres.",
    en="The biases are not counted: they are parameters too.",
)
def biases_not_counted(model):
    linear = [layer.kernel[...].size for layer in model.classifier if isinstance(layer, nnx.Linear)]
    features = jax.tree.leaves(nnx.state(model.features, nnx.Param))
    return {
        "features": sum(leaf.size for leaf in features if leaf.ndim > 1),
        "hidden": sum(linear[:-1]),
        "last": linear[-1],
    }


@mistake(
    of="parameter_counts",
    fr="La dernière couche est aussi comptée dans « hidden ».",
    en='The last layer is counted in "hidden" as well.',
)
def last_counted_twice(model):
    counts = solution.parameter_counts(model)
    return {**counts, "hidden": counts["hidden"] + counts["last"]}


@mistake(
    of="parameter_counts",
    fr="Ce sont des parts de l'ensemble : on demande des nombres de paramètres.",
    en="These are shares of the whole: numbers of parameters are asked for.",
)
def shares_instead_of_numbers(model):
    counts = solution.parameter_counts(model)
    return {name: number / sum(counts.values()) for name, number in counts.items()}


@mistake(
    of="learned_anew",
    fr="La nouvelle dernière couche a autant de sorties que de nouvelles classes, pas que d'anciennes.",
    en="The new last layer has as many outputs as there are new classes, not old ones.",
)
def as_many_classes_as_before(model, classes, whole_head):
    counts = solution.parameter_counts(model)
    return counts["last"] + (counts["hidden"] if whole_head else 0)


@mistake(
    of="learned_anew",
    fr="Les biais de la nouvelle dernière couche manquent : un par classe.",
    en="The biases of the new last layer are missing: one for each class.",
)
def biases_of_the_last_forgotten(model, classes, whole_head):
    return solution.learned_anew(model, classes, whole_head) - classes


@mistake(
    of="learned_anew",
    fr="``whole_head`` ne change rien ici : toute la tête, ce sont aussi les couches denses cachées.",
    en="``whole_head`` makes no difference here: the whole head has the hidden dense layers as well.",
)
def whole_head_ignored(model, classes, whole_head):
    return solution.learned_anew(model, classes, False)


@mistake(
    of="learned_anew",
    fr="Toute la tête est comptée même quand ``whole_head`` est faux : seule la dernière couche repart alors de zéro.",
    en="The whole head counts even when ``whole_head`` is false: only the last layer starts from nothing then.",
)
def always_the_whole_head(model, classes, whole_head):
    return solution.learned_anew(model, classes, True)


@mistake(
    of="head_on",
    fr="Seule la longueur est comparée : 2 × 3 et 3 × 2 ont la même, et rien n'est à sa place.",
    en="Only the length is compared: 2 × 3 and 3 × 2 have the same, and nothing is in its place.",
)
def only_the_length(planned, image, blocks):
    found = solution.head_on(planned, image, blocks)
    return "same" if found == "scrambled" else found


@mistake(
    of="head_on",
    fr="Seule une image de la taille exacte est acceptée : un pooling 2 × 2 arrondit vers le bas, des pixels "
    "de plus peuvent se perdre sans rien changer à la carte.",
    en="Only an image of the exact size is accepted: a 2 × 2 maximum rounds down, a few more pixels may "
    "be lost without any change to the map.",
)
def exact_size_only(planned, image, blocks):
    if tuple(planned) == tuple(image):
        return "same"
    found = solution.head_on(planned, image, blocks)
    return "scrambled" if found == "scrambled" else "fails"


@mistake(
    of="head_on",
    fr="La taille est arrondie vers le haut : un pooling 2 × 2 ignore la ligne qui reste.",
    en="The size is rounded up: a 2 × 2 maximum ignores the row that is left over.",
)
def rounded_up(planned, image, blocks):
    factor = 2 ** len(blocks)
    sizes = [tuple(-(-side // factor) * factor for side in size) for size in (planned, image)]
    return solution.head_on(*sizes, blocks)


@mistake(
    of="head_on",
    fr="Chaque convolution réduit ici la taille de moitié : c'est le max qui le fait, une fois par bloc.",
    en="Each convolution halves the size here: it is the maximum that does, once for each block.",
)
def halved_by_each_convolution(planned, image, blocks):
    halvings = [(channels, 1) for channels, number in blocks for _ in range(number)]
    return solution.head_on(planned, image, halvings)


@mistake(
    of="head_on",
    fr="Une carte d'une autre forme mais de même longueur échoue ici : la tête ne voit que la longueur, "
    "elle calcule donc, et c'est bien le danger.",
    en="A map of another shape but of the same length fails here: the head sees nothing but the length, "
    "so it computes, and that is just the danger.",
)
def never_scrambled(planned, image, blocks):
    found = solution.head_on(planned, image, blocks)
    return "fails" if found == "scrambled" else found


@mistake(
    of="dropout",
    fr="Ce qui est gardé n'est pas agrandi : la moyenne baisse, et la couche suivante reçoit à "
    "l'évaluation des valeurs qu'elle n'a jamais vues.",
    en="What is kept is not scaled up: the mean falls, and in evaluation the next layer receives values "
    "that it has never seen.",
)
def not_scaled(x, uniform, rate, train):
    return np.where(uniform >= rate, x, 0).astype(x.dtype) if train else x


@mistake(
    of="dropout",
    fr="C'est l'ancien dropout : il réduit à l'évaluation au lieu d'agrandir à l'entraînement.",
    en="This is the old dropout: it scales down in evaluation instead of scaling up in training.",
)
def scaled_in_evaluation(x, uniform, rate, train):
    return not_scaled(x, uniform, rate, True) if train else (x * (1 - rate)).astype(x.dtype)


@mistake(
    of="dropout",
    fr="On divise par ``rate``, la probabilité d'être effacé : divisez par celle d'être gardé.",
    en="This divides by ``rate``, the probability of being dropped: divide by that of being kept.",
)
def divided_by_the_rate(x, uniform, rate, train):
    return np.where(uniform >= rate, x / rate, 0).astype(x.dtype) if train else x


@mistake(
    of="dropout",
    fr="Ce sont les autres valeurs qui sont gardées : on garde là où uniform >= rate.",
    en="The other values are kept: keep them where uniform >= rate.",
)
def the_others_kept(x, uniform, rate, train):
    return np.where(uniform < rate, x / (1 - rate), 0).astype(x.dtype) if train else x


@mistake(
    of="dropout",
    fr="Des valeurs sont effacées aussi à l'évaluation : le réseau répond alors au hasard.",
    en="Values are dropped in evaluation too: the network's answers are then random.",
)
def dropped_in_evaluation(x, uniform, rate, train):
    return solution.dropout(x, uniform, rate, True)


@mistake(
    of="adapt_first_layer",
    fr="Pour un canal, c'est la moyenne des noyaux : la réponse est trois fois trop faible. Sommez.",
    en="For one channel this is the mean of the kernels: the response is three times too weak. Add them.",
)
def mean_for_one_channel(kernel, channels):
    adapted = solution.adapt_first_layer(kernel, channels)
    return adapted / np.float32(3) if channels == 1 else adapted


@mistake(
    of="adapt_first_layer",
    fr="Pour un canal, seul le noyau du premier (le rouge) est gardé : sommez les trois.",
    en="For one channel only the kernel of the first one (red) is kept: add up all three.",
)
def red_only(kernel, channels):
    return kernel[:, :, :1] if channels == 1 else solution.adapt_first_layer(kernel, channels)


@mistake(
    of="adapt_first_layer",
    fr="Avec des canaux de plus, la réponse grandit : tout est à multiplier par 3 / channels.",
    en="With more channels the response grows: multiply everything by 3 / channels.",
)
def not_scaled_down(kernel, channels):
    adapted = solution.adapt_first_layer(kernel, channels)
    return adapted if channels == 1 else adapted * np.float32(channels / 3)


@mistake(
    of="adapt_first_layer",
    fr="Les canaux ajoutés ont des poids nuls : ils doivent recevoir la moyenne des trois autres.",
    en="The added channels have zero weights: they are to receive the mean of the three others.",
)
def zeros_added(kernel, channels):
    adapted = solution.adapt_first_layer(kernel, channels)
    adapted[:, :, 3:] = 0
    return adapted


@mistake(
    of="adapt_first_layer",
    fr="Les noyaux des canaux sont répétés à la suite (rouge, vert, bleu, rouge...) : les canaux ajoutés "
    "reçoivent la moyenne des trois.",
    en="The channels' kernels are repeated one after the other (red, green, blue, red...): the added "
    "channels receive the mean of the three.",
)
def channels_repeated(kernel, channels):
    if channels == 1:
        return solution.adapt_first_layer(kernel, channels)
    return kernel[:, :, np.arange(channels) % 3] * np.float32(3 / channels)


@mistake(
    of="trained_parts",
    fr="Au début rien n'est ouvert : la dernière partie l'est dès le pas 0.",
    en="At first nothing is open: the last part is, from step 0 on.",
)
def nothing_at_first(step, parts, every, most):
    return solution.trained_parts(step - every, parts, every, most) if step >= every else []


@mistake(
    of="trained_parts",
    fr="Une partie se referme quand la précédente s'ouvre : elle doit rester ouverte.",
    en="A part closes when the one before opens: it is to stay open.",
)
def one_part_at_a_time(step, parts, every, most):
    return solution.trained_parts(step, parts, every, most)[:1]


@mistake(
    of="trained_parts",
    fr="Le dégel part de l'entrée : il part de la tête, la partie la moins générale.",
    en="The thaw starts at the input: it starts at the head, the least general part.",
)
def from_the_input(step, parts, every, most):
    return parts[: len(solution.trained_parts(step, parts, every, most))]


@mistake(
    of="trained_parts",
    fr="``most`` n'est pas respecté : au-delà, plus rien ne s'ouvre.",
    en="``most`` is not respected: beyond it nothing more opens.",
)
def without_limit(step, parts, every, most):
    return solution.trained_parts(step, parts, every, len(parts))


@mistake(
    of="trained_parts",
    fr="Chaque ouverture vient une étape trop tard : à l'étape numéro ``every``, deux parties sont ouvertes.",
    en="Each opening comes one step too late: at step number ``every`` two parts are open.",
)
def one_step_late(step, parts, every, most):
    return solution.trained_parts(max(0, step - 1), parts, every, most)


@mistake(
    of="trained_parts",
    fr="Les noms viennent dans l'ordre d'ouverture : on les demande de l'entrée vers la tête.",
    en="The names come in the order of opening: they are asked for from the input to the head.",
)
def in_order_of_opening(step, parts, every, most):
    return solution.trained_parts(step, parts, every, most)[::-1]


@mistake(
    of="find_kind",
    fr="C'est le plus grand score de la classe : retranchez d'abord le plus grand des autres, sans quoi "
    "un endroit où tout est fort l'emporte.",
    en="This is the class's largest score: first subtract the largest of the others, or a place where "
    "everything is strong wins.",
)
def score_not_evidence(scores, kind, window, stride):
    alone = np.stack([scores[:, :, kind], np.zeros(scores.shape[:2], scores.dtype)], axis=2)
    return solution.find_kind(alone, 0, window, stride)


@mistake(
    of="find_kind",
    fr="Le maximum est pris sur toutes les classes, celle-ci comprise : là où elle gagne, l'évidence "
    "vaut toujours zéro. Ne comptez que les autres.",
    en="The maximum is taken over all classes, this one included: where it wins, the evidence is always "
    "zero. Count the others only.",
)
def minus_the_largest_of_all(scores, kind, window, stride):
    largest = scores.max(axis=2)
    return solution.find_kind(np.stack([scores[:, :, kind], largest], axis=2), 0, window, stride)


@mistake(
    of="find_kind",
    fr="C'est la moyenne des autres scores qui est retranchée : prenez leur maximum.",
    en="It is the mean of the other scores that is subtracted: take their maximum.",
)
def minus_the_mean(scores, kind, window, stride):
    others = np.delete(scores, kind, axis=2).mean(axis=2)
    return solution.find_kind(np.stack([scores[:, :, kind], others], axis=2), 0, window, stride)


@mistake(
    of="find_kind",
    fr="Ce sont des positions sur la carte : multipliez-les par ``stride`` pour obtenir des pixels.",
    en="These are positions on the map: multiply them by ``stride`` to get pixels.",
)
def positions_not_in_pixels(scores, kind, window, stride):
    return solution.find_kind(scores, kind, window, 1)


@mistake(
    of="find_kind",
    fr="Ligne et colonne sont échangées : le haut vient de la ligne, la gauche de la colonne.",
    en="Row and column are exchanged: the top comes from the row, the left from the column.",
)
def row_and_column_exchanged(scores, kind, window, stride):
    top, left, bottom, right = solution.find_kind(scores, kind, window, stride)
    return left, top, right, bottom


@mistake(
    of="find_kind",
    fr="Le numéro de la meilleure position est divisé par le nombre de lignes : rangées ligne après "
    "ligne, les positions se divisent par le nombre de colonnes.",
    en="The number of the best position is divided by the number of rows: row after row, positions are divided by the "
    "number of columns.",
)
def divided_by_the_rows(scores, kind, window, stride):
    evidence = scores[:, :, kind] - np.delete(scores, kind, axis=2).max(axis=2)
    row, column = divmod(int(evidence.argmax()), len(evidence))
    return row * stride, column * stride, row * stride + window, column * stride + window


@mistake(
    of="find_kind",
    fr="La dernière ligne et la dernière colonne sont comprises : ``bas`` et ``droite`` sont exclus.",
    en="The last row and column are included: ``bottom`` and ``right`` are excluded.",
)
def end_included(scores, kind, window, stride):
    return solution.find_kind(scores, kind, window - 1, stride)


def _scores(model, weights, bias, image, shape, *, relu=nnx.relu, border="valid"):
    hidden = [layer for layer in model.classifier if isinstance(layer, nnx.Linear)][:-1]
    x = jax.jit(model.features)(image[np.newaxis])[0]
    for layer in hidden:
        kernel = jnp.reshape(layer.kernel[...], (*shape, -1))
        x = relu(solution.conv(x, kernel, layer.bias[...], padding=border))
        shape = (1, 1, kernel.shape[-1])
    return np.asarray(solution.conv(x, jnp.reshape(weights, (*shape, -1)), bias))


@mistake(
    of="wide_scores",
    fr="La ReLU après la couche dense cachée manque : la dernière couche a été apprise sur sa sortie.",
    en="The ReLU after the hidden dense layer is missing: the last layer was learned on its output.",
)
def without_relu(model, weights, bias, image, shape):
    return _scores(model, weights, bias, image, shape, relu=lambda x: x)


@mistake(
    of="wide_scores",
    fr="La carte est bordée de zéros (« same ») : des fenêtres sortent de l'image. Il faut « valid ».",
    en='The map is padded with zeros ("same"): windows stick out of the image. Use "valid".',
)
def padded_with_zeros(model, weights, bias, image, shape):
    return _scores(model, weights, bias, image, shape, border="same")


@mistake(
    of="wide_scores",
    fr="Le biais de la couche apprise manque.",
    en="The bias of the learned layer is missing.",
)
def bias_forgotten(model, weights, bias, image, shape):
    return solution.wide_scores(model, weights, 0 * bias, image, shape)


@mistake(
    of="wide_scores",
    fr="Seule la première fenêtre est calculée : la carte entière est demandée.",
    en="Only the first window is computed: the whole map is asked for.",
)
def first_window_only(model, weights, bias, image, shape):
    return solution.wide_scores(model, weights, bias, image, shape)[:1, :1]
