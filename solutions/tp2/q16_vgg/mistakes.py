"""Wrong answers to question 16 that students give, each with what to look at."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from grader.checks import deviation, family, mistake

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
    fr="Chaque convolution réduit ici la taille de moitié : c'est le pooling qui le fait, "
    "une fois par bloc.",
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


@family(
    of="dropout",
    deviations=[
        deviation(
            "not_scaled",
            scaled="not",
            fr="Ce qui est gardé n'est pas divisé par sa probabilité d'être gardé : la moyenne "
            "change.",
            en="What is kept is not divided by its probability of being kept: the mean changes.",
        ),
        deviation(
            "divided_by_the_rate",
            scaled="by the rate",
            fr="La division se fait par ``rate``, la probabilité d'être mis à zéro : divisez par "
            "celle d'être gardé.",
            en="This divides by ``rate``, the probability of being dropped: divide by that of being "
            "kept.",
        ),
        deviation(
            "multiplied",
            scaled="times",
            fr="Ce qui est gardé est multiplié par sa probabilité d'être gardé : divisez.",
            en="What is kept is multiplied by its probability of being kept: divide.",
        ),
        deviation(
            "divided_by_the_share",
            scaled="by the share kept",
            fr="La division se fait par la part qui a été gardée : par la probabilité d'être gardé, "
            "1 - rate.",
            en="This divides by the share that was kept: divide by the probability of being kept, 1 "
            "- rate.",
        ),
        deviation(
            "the_others_kept",
            kept="others",
            fr="Ce sont les autres valeurs qui sont gardées : gardez celles où uniform >= rate.",
            en="The other values are kept: keep them where uniform >= rate.",
        ),
        deviation(
            "everything_kept",
            kept="all",
            fr="Rien n'est mis à zéro : gardez les valeurs où uniform >= rate.",
            en="Nothing is set to zero: keep the values where uniform >= rate.",
        ),
        deviation(
            "kept_below_one_minus_rate",
            kept="below",
            fr="Les valeurs sont gardées où uniform < 1 - rate : la part est la même, mais c'est où "
            "uniform >= rate.",
            en="Values are kept where uniform < 1 - rate: the share is the same, but it is where "
            "uniform >= rate.",
        ),
        deviation(
            "scaled_in_evaluation",
            evaluation="times",
            fr="C'est l'ancien dropout : il réduit à l'évaluation au lieu d'agrandir à "
            "l'entraînement.",
            en="This is the old dropout: it scales down in evaluation instead of scaling up in "
            "training.",
        ),
        deviation(
            "dropped_in_evaluation",
            evaluation="as in training",
            fr="Des valeurs sont mises à zéro aussi à l'évaluation : les réponses du réseau "
            "sont alors aléatoires.",
            en="Values are dropped in evaluation too: the network's answers are then random.",
        ),
        deviation(
            "training_and_evaluation_exchanged",
            evaluation="exchanged",
            fr="Entraînement et évaluation sont échangés.",
            en="Training and evaluation are exchanged.",
        ),
    ],
)
def dropped(x, uniform, rate, train, *, scaled="by the chance", kept="own", evaluation="nothing"):
    if evaluation == "exchanged":
        train = not train
    elif evaluation == "as in training":
        train = True
    if not train:
        return (x * (1 - rate)).astype(x.dtype) if evaluation == "times" else x
    mask = {"others": uniform < rate, "all": uniform >= 0, "below": uniform < 1 - rate}.get(
        kept, uniform >= rate
    )
    with np.errstate(all="ignore"):
        larger = {
            "not": x,
            "by the rate": x / rate,
            "times": x * (1 - rate),
            "by the share kept": x / mask.mean(),
        }.get(scaled, x / (1 - rate))
    if evaluation == "times":
        larger = x
    return np.where(mask, larger, 0).astype(x.dtype)


@family(
    of="trained_parts",
    deviations=[
        deviation(
            "nothing_at_first",
            number="one less",
            fr="Au début rien n'est ouvert : la dernière partie l'est, dès l'étape 0.",
            en="At first nothing is open: the last part is, from step 0 on.",
        ),
        deviation(
            "one_part_too_many",
            number="one more",
            fr="Une partie de trop est ouverte : au début la dernière seule l'est.",
            en="One part too many is open: at first the last one alone is.",
        ),
        deviation(
            "one_step_late",
            number="late",
            fr="Chaque ouverture vient une étape trop tard : à l'étape numéro ``every`` deux parties"
            " sont ouvertes.",
            en="Each opening comes one step too late: at step number ``every`` two parts are open.",
        ),
        deviation(
            "one_step_early",
            number="early",
            fr="Chaque ouverture vient une étape trop tôt : à l'étape numéro ``every`` deux parties "
            "sont ouvertes.",
            en="Each opening comes one step too early: at step number ``every`` two parts are open.",
        ),
        deviation(
            "at_every_step",
            number="every step",
            fr="Une partie s'ouvre à chaque étape : c'est toutes les ``every`` étapes.",
            en="A part opens at each step: it should be every ``every`` steps.",
        ),
        deviation(
            "always_the_last_alone",
            number="one",
            fr="Seule la dernière partie est ouverte : une autre s'ouvre toutes les ``every`` "
            "étapes.",
            en="Only the last part is open: another one opens every ``every`` steps.",
        ),
        deviation(
            "without_limit",
            limit="none",
            fr="``most`` n'est pas respecté : au-delà plus rien ne s'ouvre.",
            en="``most`` is not respected: beyond it nothing more opens.",
        ),
        deviation(
            "one_below_the_limit",
            limit="one less",
            fr="Il s'ouvre une partie de moins que ``most``.",
            en="One part fewer than ``most`` opens.",
        ),
        deviation(
            "one_part_at_a_time",
            chosen="newest",
            fr="Une partie se ferme quand la précédente s'ouvre : elle doit rester ouverte.",
            en="A part closes when the one before it opens: it should stay open.",
        ),
        deviation(
            "from_the_input",
            chosen="from the input",
            fr="Le dégel commence à l'entrée : il commence à la tête, la partie la moins générale.",
            en="The thaw starts at the input: it should start at the head, the least general part.",
        ),
        deviation(
            "the_frozen_ones",
            chosen="others",
            fr="Ce sont les parties gelées : on demande celles qui s'entraînent.",
            en="These are the frozen parts: the trained ones are asked for.",
        ),
        deviation(
            "in_order_of_opening",
            order="backwards",
            fr="Les noms viennent dans l'ordre d'ouverture : on les demande de l'entrée à la tête.",
            en="The names come in the order of opening: they are asked for from the input to the "
            "head.",
        ),
    ],
)
def open_parts(step, parts, every, most, *, number="own", limit="most", chosen="last", order="own"):
    opened = {
        "one less": step // every,
        "one more": 2 + step // every,
        "late": 1 + max(0, step - 1) // every,
        "early": 1 + (step + 1) // every,
        "every step": 1 + step,
        "one": 1,
    }.get(number, 1 + step // every)
    opened = min(opened, len(parts), {"none": len(parts), "one less": most - 1}.get(limit, most))
    place = len(parts) - opened
    found = {
        "newest": parts[place : place + 1],
        "from the input": parts[:opened],
        "others": parts[:place],
    }.get(chosen, parts[place:])
    return found[::-1] if order == "backwards" else found


@family(
    of="find_kind",
    deviations=[
        deviation(
            "score_not_evidence",
            against="nothing",
            fr="C'est le score qui est comparé : l'évidence est le score moins le plus grand des "
            "autres.",
            en="It is the score that is compared: the evidence is the score minus the largest of the"
            " others.",
        ),
        deviation(
            "minus_the_largest_of_all",
            against="all",
            fr="Le plus grand de tous les scores est soustrait, celui de la classe compris : "
            "prenez le plus grand des autres.",
            en="The largest of all scores is subtracted, that of the class included: of the others "
            "only.",
        ),
        deviation(
            "minus_the_mean",
            against="mean",
            fr="C'est la moyenne des autres qui est soustraite : prenez le plus grand.",
            en="The mean of the others is subtracted: it should be the largest.",
        ),
        deviation(
            "minus_the_sum",
            against="sum",
            fr="C'est la somme des autres qui est soustraite : prenez le plus grand.",
            en="The sum of the others is subtracted: it should be the largest.",
        ),
        deviation(
            "minus_the_smallest",
            against="smallest",
            fr="C'est le plus petit des autres qui est soustrait : prenez le plus grand.",
            en="The smallest of the others is subtracted: it should be the largest.",
        ),
        deviation(
            "positions_not_in_pixels",
            unit="positions",
            fr="Ce sont des positions : multipliez-les par le pas pour obtenir des pixels.",
            en="These are positions: multiply them by the stride to get pixels.",
        ),
        deviation(
            "positions_times_the_window",
            unit="windows",
            fr="Les positions sont multipliées par la fenêtre : elles sont à ``stride`` pixels l'une"
            " de l'autre.",
            en="The positions are multiplied by the window: they lie ``stride`` pixels apart, so "
            "multiply by that.",
        ),
        deviation(
            "row_and_column_exchanged",
            order="exchanged",
            fr="Ligne et colonne sont échangées : le haut vient de la ligne, la gauche de la "
            "colonne.",
            en="Row and column are exchanged: the top comes from the row, the left from the column.",
        ),
        deviation(
            "sides_in_another_order",
            order="by axis",
            fr="L'ordre est (haut, gauche, bas, droite) : ici haut et bas, puis gauche et droite.",
            en="Top and bottom come first, then left and right: the order should be (top, left, "
            "bottom, right).",
        ),
        deviation(
            "divided_by_the_rows",
            flat="rows",
            fr="Le numéro de la position est divisé par le nombre de lignes : une ligne a autant de "
            "positions que de colonnes.",
            en="The number of the position is divided by the number of rows: a row has as many "
            "positions as there are columns.",
        ),
        deviation(
            "smallest_evidence",
            best="smallest",
            fr="C'est la plus petite évidence qui est cherchée : on demande la plus grande.",
            en="It is the smallest evidence that is looked for: the largest is asked for.",
        ),
        deviation(
            "last_of_equals",
            best="last",
            fr="S'il y a plusieurs plus grandes évidences, c'est la dernière qui est prise : prenez "
            "la première.",
            en="Where there are several largest the last is taken: take the first.",
        ),
        deviation(
            "end_included",
            end=-1,
            fr="La dernière ligne et la dernière colonne sont comprises : elles sont exclues.",
            en="The last row and column are included: ``bottom`` and ``right`` should be excluded.",
        ),
        deviation(
            "size_of_the_stride",
            end="stride",
            fr="La fenêtre a la taille du pas : elle mesure ``window`` pixels.",
            en="The window is as large as the stride: it should measure ``window`` pixels.",
        ),
    ],
)
def found_kind(
    scores,
    kind,
    window,
    stride,
    *,
    against="others",
    unit="pixels",
    order="own",
    flat="columns",
    best="largest",
    end=0,
):
    others = np.delete(scores, kind, axis=2)
    rival = {
        "nothing": 0,
        "all": scores.max(axis=2),
        "mean": others.mean(axis=2),
        "sum": others.sum(axis=2),
        "smallest": others.min(axis=2),
    }.get(against, others.max(axis=2))
    evidence = scores[:, :, kind] - rival
    numbers = (-evidence if best == "smallest" else evidence).reshape(-1)
    place = len(numbers) - 1 - numbers[::-1].argmax() if best == "last" else numbers.argmax()
    row, column = divmod(int(place), evidence.shape[0 if flat == "rows" else 1])
    step = {"positions": 1, "windows": window}.get(unit, stride)
    top, left = row * step, column * step
    if order == "exchanged":
        top, left = left, top
    side = stride if end == "stride" else window + end
    if order == "by axis":
        return top, top + side, left, left + side
    return top, left, top + side, left + side
