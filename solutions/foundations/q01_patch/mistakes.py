"""Known mistakes of question 1."""

import numpy as np

from grader.checks import deviation, family

from . import solution

# --- response --------------------------------------------------------------------------------

_PRODUCTS = [
    deviation(
        "matrix_product",
        products="matrix",
        fr="C'est un produit de matrices (`@`, `np.dot`). Il faut multiplier chaque pixel par le seul "
        "poids posé sur lui : `*`, terme à terme.",
        en="This is a product of matrices (`@`, `np.dot`). Each pixel is multiplied by the one weight "
        "that lies on it: `*`, entry by entry.",
    ),
    deviation(
        "sums_multiplied",
        products="sums",
        fr="La somme des pixels est multipliée par la somme des poids. Multipliez d'abord, terme à "
        "terme, puis additionnez.",
        en="The sum of the pixels is multiplied by the sum of the weights. Multiply first, entry by "
        "entry, then add up.",
    ),
    deviation(
        "entries_added",
        products="added",
        fr="Pixels et poids sont additionnés ; ils se multiplient deux à deux.",
        en="Pixels and weights are added; each pixel should be multiplied by the weight that lies "
        "on it.",
    ),
    deviation(
        "kernel_flipped",
        flipped=True,
        fr="Le filtre est retourné avant d'être posé. Ici il est posé tel quel ; le retournement vient "
        "à la question 3.",
        en="The filter is flipped before it is laid down. Here it is laid down as it is; flipping comes "
        "in question 3.",
    ),
    deviation(
        "mean_instead_of_sum",
        total="mean",
        fr="C'est la moyenne des produits ; une réponse est leur somme.",
        en="This is the mean of the products; a response is their sum.",
    ),
    deviation(
        "rows_not_added",
        total="first row",
        fr="Seule la première ligne est additionnée : une boucle, ou un `return`, s'arrête trop tôt.",
        en="Only the first row is added up: a loop, or a `return`, ends too early.",
    ),
    deviation(
        "bias_forgotten",
        biases="none",
        fr="Le biais n'est pas ajouté.",
        en="The bias is not added.",
    ),
    deviation(
        "bias_for_each_pixel",
        biases="pixels",
        fr="Le biais est ajouté à chaque produit ; il ne l'est qu'une fois, à leur somme.",
        en="The bias is added to every product; it should be added once, to their sum.",
    ),
    deviation(
        "bias_subtracted",
        biases="minus",
        fr="Le biais est retranché ; il s'ajoute.",
        en="The bias is subtracted; it should be added.",
    ),
]


@family(
    of="response",
    deviations=[
        *_PRODUCTS,
        deviation(
            "negative_made_zero",
            cut=True,
            fr="Les réponses négatives deviennent 0. C'est le travail de `neuron` ; `response` garde "
            "son signe.",
            en="Negative responses become 0. That is `neuron`'s work; `response` keeps its sign.",
        ),
    ],
)
def one_response(patch, kernel, bias=0.0, *, cut=False, **choices):
    found = _response(patch, kernel, bias, **choices)
    return max(0.0, found) if cut else found


def _response(patch, kernel, bias, *, products="own", flipped=False, total="sum", biases="once"):
    kernel = kernel[::-1, ::-1] if flipped else kernel
    if products == "matrix":
        terms = patch @ kernel
    elif products == "sums":
        terms = np.reshape(np.sum(patch) * np.sum(kernel), (1, 1))
    else:
        terms = patch + kernel if products == "added" else patch * kernel
    terms = terms[:1] if total == "first row" else terms
    found = np.mean(terms) if total == "mean" else np.sum(terms)
    times = {"none": 0, "pixels": patch.size, "minus": -1}.get(biases, 1)
    return float(found + times * bias)


# --- neuron ----------------------------------------------------------------------------------


@family(
    of="neuron",
    deviations=[
        deviation(
            "relu_forgotten",
            activation="none",
            fr="Les réponses négatives restent négatives : il manque ReLU.",
            en="Negative responses stay negative: ReLU is missing.",
        ),
        deviation(
            "minimum_taken",
            activation="minimum",
            fr="Ce sont les réponses positives qui deviennent 0 : `max` et `min` sont échangés.",
            en="It is the positive responses that become 0: `max` and `min` are exchanged.",
        ),
        deviation(
            "absolute_value",
            activation="absolute",
            fr="C'est la valeur absolue : une réponse négative doit donner 0.",
            en="This is the absolute value: a negative response must give 0.",
        ),
        deviation(
            "yes_or_no",
            activation="step",
            fr="La réponse est remplacée par 0 ou 1. ReLU garde la valeur de ce qui est positif.",
            en="The response is replaced by 0 or 1. ReLU keeps the value of what is positive.",
        ),
        deviation(
            "relu_on_each_product",
            activation="products",
            fr="Chaque produit négatif devient 0 avant la somme. ReLU vient en dernier, sur la réponse "
            "entière.",
            en="Each negative product becomes 0 before the sum. ReLU comes last, on the whole response.",
        ),
        deviation(
            "bias_after_relu",
            biases="after",
            fr="Le biais est ajouté après ReLU ; il fait partie de la réponse, donc il vient avant.",
            en="The bias is added after ReLU; it is part of the response, so it should come "
            "before.",
        ),
        deviation(
            "bias_forgotten",
            biases="none",
            fr="Le biais n'est pas transmis à `response`.",
            en="The bias is not handed on to `response`.",
        ),
    ],
)
def activated(patch, kernel, bias=0.0, *, activation="relu", biases="before"):
    inside = bias if biases == "before" else 0.0
    terms = patch * kernel
    terms = np.maximum(terms, 0) if activation == "products" else terms
    found = float(np.sum(terms) + inside)
    value = {
        "none": found,
        "minimum": min(0.0, found),
        "absolute": abs(found),
        "step": float(found > 0),
    }.get(activation, max(0.0, found))
    return value + (bias if biases == "after" else 0.0)


# --- favourite_patch -------------------------------------------------------------------------


@family(
    of="favourite_patch",
    deviations=[
        deviation(
            "weights_themselves",
            pixels="weights",
            fr="Ce sont les poids positifs eux-mêmes. Un pixel ne dépasse pas 1, et plus il est clair, "
            "mieux c'est.",
            en="These are the positive weights themselves. A pixel does not go beyond 1, and the brighter "
            "the better.",
        ),
        deviation(
            "kernel_itself",
            pixels="kernel",
            fr="C'est le filtre lui-même : un pixel va de 0 à 1.",
            en="This is the filter itself: a pixel goes from 0 to 1.",
        ),
        deviation(
            "negative_pixels",
            pixels="sign",
            fr="Sous un poids négatif le pixel vaut -1 : un pixel ne descend pas au-dessous de 0.",
            en="Under a negative weight the pixel is -1: a pixel does not go below 0.",
        ),
        deviation(
            "all_white",
            pixels="white",
            fr="Tout est blanc : sous un poids négatif, un pixel clair diminue la réponse.",
            en="All is white: under a negative weight a bright pixel lowers the response.",
        ),
        deviation(
            "opposite",
            pixels="opposite",
            fr="C'est le contraire : le blanc est posé sous les poids négatifs.",
            en="It is the other way round: white lies under the negative weights.",
        ),
        deviation(
            "white_where_not_zero",
            pixels="not zero",
            fr="Le blanc est posé sous tout poids qui n'est pas nul, même négatif.",
            en="White lies under every weight that is not zero, negative ones included.",
        ),
        deviation(
            "white_under_zero",
            pixels="at least zero",
            fr="Sous un poids nul le pixel est blanc ; l'énoncé demande 0.",
            en="Under a weight of zero the pixel is white; the statement asks for 0.",
        ),
        deviation(
            "only_the_largest",
            pixels="largest",
            fr="Seul le pixel du plus grand poids est blanc. Tous les poids positifs peuvent servir.",
            en="Only the pixel of the largest weight is white. All positive weights can serve.",
        ),
    ],
)
def favourite(kernel, *, pixels="positive"):
    found = {
        "weights": np.maximum(kernel, 0),
        "kernel": kernel,
        "sign": np.sign(kernel),
        "white": np.ones_like(kernel),
        "opposite": kernel < 0,
        "not zero": kernel != 0,
        "at least zero": kernel >= 0,
        "largest": kernel == kernel.max(),
    }.get(pixels, kernel > 0)
    return found.astype(np.float32)


# --- response_range --------------------------------------------------------------------------


@family(
    of="response_range",
    deviations=[
        deviation(
            "largest_first",
            exchanged=True,
            fr="La plus grande vient en premier ; on demande (plus petite, plus grande).",
            en="The largest comes first; (smallest, largest) is asked for.",
        ),
        deviation(
            "bias_forgotten",
            biases="none",
            fr="Le biais manque : il s'ajoute à toute réponse, donc à ces deux-là.",
            en="The bias is missing: it is added to every response, so to these two.",
        ),
        deviation(
            "bias_on_the_largest_only",
            biases="largest",
            fr="Le biais n'est ajouté qu'à la plus grande réponse.",
            en="The bias is added to the largest response only.",
        ),
        deviation(
            "smallest_is_zero",
            smallest="zero",
            fr="La plus petite réponse est comptée comme celle d'une image noire. Des pixels clairs sous "
            "les poids négatifs font moins encore.",
            en="The smallest response is taken to be a black image's. Bright pixels under the negative "
            "weights give even less.",
        ),
        deviation(
            "smallest_is_opposite",
            smallest="opposite",
            fr="La plus petite réponse n'est pas l'opposée de la plus grande : elle vient des poids "
            "négatifs.",
            en="The smallest response is not the opposite of the largest: it comes from the negative "
            "weights.",
        ),
        deviation(
            "smallest_and_largest_weight",
            smallest="weight",
            fr="Ce sont le plus petit et le plus grand poids. Une réponse est une somme sur tous les pixels.",
            en="These are the smallest and the largest weight. A response is a sum over all pixels.",
        ),
        deviation(
            "sum_of_all_weights",
            smallest="all",
            fr="La plus grande réponse est comptée comme la somme de tous les poids, celle d'une image blanche.",
            en="The largest response is taken to be the sum of all weights, a white image's.",
        ),
    ],
)
def extremes(kernel, bias=0.0, *, exchanged=False, biases="both", smallest="negative"):
    low, high = float(np.minimum(kernel, 0).sum()), float(np.maximum(kernel, 0).sum())
    low, high = {
        "zero": (0.0, high),
        "opposite": (-high, high),
        "weight": (float(kernel.min()), float(kernel.max())),
        "all": (low, float(kernel.sum())),
    }.get(smallest, (low, high))
    low += bias if biases == "both" else 0.0
    high += 0.0 if biases == "none" else bias
    return (high, low) if exchanged else (low, high)


# --- best_filter -----------------------------------------------------------------------------


@family(
    of="best_filter",
    deviations=[
        deviation(
            "weakest_filter",
            wanted="smallest",
            fr="C'est le filtre qui répond le moins (`argmin`).",
            en="This is the filter that responds least (`argmin`).",
        ),
        deviation(
            "largest_magnitude",
            wanted="magnitude",
            fr="Les réponses sont comparées sans leur signe. Une réponse très négative dit que le motif "
            "n'est pas là.",
            en="Responses are compared without their sign. A very negative response says that the pattern "
            "is not there.",
        ),
        deviation(
            "last_of_equals",
            wanted="last",
            fr="À égalité c'est le dernier filtre qui est donné ; on demande le premier (`>` plutôt que `>=`).",
            en="Of equal filters the last is given; the first is asked for (`>` rather than `>=`).",
        ),
        deviation(
            "numbered_from_one",
            wanted="from one",
            fr="Le numéro est compté à partir de 1 ; le premier filtre porte le numéro 0.",
            en="The number is counted from 1; the first filter has number 0.",
        ),
        deviation(
            "brightest_filter",
            wanted="weights",
            fr="C'est le filtre dont la somme des poids est la plus grande : le morceau d'image ne joue aucun rôle.",
            en="This is the filter with the largest sum of weights: the patch plays no part.",
        ),
    ],
)
def best(patch, kernels, *, wanted="largest"):
    found = np.array([solution.response(patch, kernel) for kernel in kernels])
    if wanted == "smallest":
        return int(found.argmin())
    if wanted == "magnitude":
        return int(np.abs(found).argmax())
    if wanted == "last":
        return int(len(found) - 1 - found[::-1].argmax())
    if wanted == "weights":
        return int(kernels.sum(axis=(1, 2)).argmax())
    return int(found.argmax()) + (wanted == "from one")
