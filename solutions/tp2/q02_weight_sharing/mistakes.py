"""Known mistakes of question 2."""

import numpy as np

from grader.checks import mistake

from . import solution

# --- weight_counts ---------------------------------------------------------------------------


@mistake(
    of="weight_counts",
    fr="Les biais sont comptés aussi. On compare ici les poids seuls.",
    en="The biases are counted too. Only the weights are compared here.",
)
def biases_counted(height, width, in_channels, kernel, filters):
    counts = solution.weight_counts(height, width, in_channels, kernel, filters)
    outputs = height * width * filters
    return {
        "dense": counts["dense"] + outputs,
        "local": counts["local"] + outputs,
        "conv": counts["conv"] + filters,
    }


@mistake(
    of="weight_counts",
    fr="La profondeur de la fenêtre est oubliée : une fenêtre de K × K pixels porte K × K × canaux "
    "nombres, et un poids pour chacun.",
    en="The depth of the window is forgotten: a window of K × K pixels holds K × K × channels "
    "numbers, with one weight for each.",
)
def window_depth_forgotten(height, width, in_channels, kernel, filters):
    counts = solution.weight_counts(height, width, in_channels, kernel, filters)
    window = kernel * kernel * filters
    return {"dense": counts["dense"], "local": window * height * width, "conv": window}


@mistake(
    of="weight_counts",
    fr="La sortie est rétrécie par la fenêtre. Ici les trois couches ont une sortie de la taille "
    "de l'entrée : height × width positions.",
    en="The output is shrunk by the window. Here the three layers have an output of the input's "
    "size: height × width positions.",
)
def output_shrunk(height, width, in_channels, kernel, filters):
    positions = (height - kernel + 1) * (width - kernel + 1)
    window = kernel * kernel * in_channels
    return {
        "dense": height * width * in_channels * positions * filters,
        "local": window * positions * filters,
        "conv": window * filters,
    }


@mistake(
    of="weight_counts",
    fr="La couche dense est reliée à une seule carte de sortie. Elle doit produire les nombres de "
    "toutes les cartes : une par filtre.",
    en="The dense layer is connected to a single output map. It has to produce the numbers of all "
    "the maps: one per filter.",
)
def dense_with_one_map(height, width, in_channels, kernel, filters):
    counts = solution.weight_counts(height, width, in_channels, kernel, filters)
    return {**counts, "dense": counts["dense"] // filters}


# --- savings ---------------------------------------------------------------------------------


@mistake(
    of="savings",
    fr="Les rapports sont à l'envers : un gain est supérieur à 1 quand la nouvelle couche a moins "
    "de poids.",
    en="The ratios are upside down: a gain is above 1 when the new layer has fewer weights.",
)
def ratios_inverted(height, width, in_channels, kernel, filters):
    gains = solution.savings(height, width, in_channels, kernel, filters)
    return {name: 1 / gain for name, gain in gains.items()}


@mistake(
    of="savings",
    fr="« sharing » contient le gain total. Le partage ne compte que le dernier pas, de la couche "
    "locale à la convolution.",
    en='"sharing" holds the total gain. Sharing is only the last step, from the local layer to '
    "the convolution.",
)
def total_taken_for_sharing(height, width, in_channels, kernel, filters):
    gains = solution.savings(height, width, in_channels, kernel, filters)
    return {**gains, "sharing": gains["locality"] * gains["sharing"]}


# --- equivariance_error ----------------------------------------------------------------------


def _relative(difference, response):
    return float(np.linalg.norm(difference) / np.linalg.norm(response))


def _responses(layer, weights, image, shift):
    """The layer's response to the image and to the shifted image."""
    apply = solution.LAYERS[layer]
    return apply(image, weights), apply(np.roll(image, shift, axis=(0, 1)), weights)


@mistake(
    of="equivariance_error",
    fr="La réponse n'est pas décalée avant la comparaison : vous mesurez l'invariance. "
    "L'équivariance demande que la réponse bouge avec l'image.",
    en="The response is not shifted before the comparison: you are measuring invariance. "
    "Equivariance asks that the response move with the image.",
)
def response_not_shifted(layer, weights, image, shift):
    response, moved = _responses(layer, weights, image, shift)
    return _relative(moved - response, response)


@mistake(
    of="equivariance_error",
    fr="L'image et la réponse sont décalées en sens opposés.",
    en="The image and the response are shifted in opposite directions.",
)
def opposite_shifts(layer, weights, image, shift):
    response, moved = _responses(layer, weights, image, shift)
    back = (-shift[0], -shift[1])
    return _relative(moved - np.roll(response, back, axis=(0, 1)), response)


@mistake(
    of="equivariance_error",
    fr="`np.roll` sans `axis` aplatit le tableau avant de le décaler : pixels et canaux se mêlent. "
    "Nommez les deux premiers axes.",
    en="`np.roll` without `axis` flattens the array before shifting it: pixels and channels get "
    "mixed. Name the first two axes.",
)
def axes_not_named(layer, weights, image, shift):
    apply = solution.LAYERS[layer]
    response = apply(image, weights)
    return _relative(apply(np.roll(image, shift), weights) - np.roll(response, shift), response)


@mistake(
    of="equivariance_error",
    fr="L'écart n'est pas rapporté à la taille de la réponse : divisez par la norme de f(image).",
    en="The difference is not measured against the size of the response: divide by the norm of "
    "f(image).",
)
def not_relative(layer, weights, image, shift):
    response, moved = _responses(layer, weights, image, shift)
    return float(np.linalg.norm(moved - np.roll(response, shift, axis=(0, 1))))


@mistake(
    of="equivariance_error",
    fr="Il manque les racines carrées : vous divisez une somme de carrés par une autre.",
    en="The square roots are missing: you divide one sum of squares by another.",
)
def squares_not_rooted(layer, weights, image, shift):
    return solution.equivariance_error(layer, weights, image, shift) ** 2


# --- invariance_error ------------------------------------------------------------------------


@mistake(
    of="invariance_error",
    fr="Les images sont comparées entre elles ; ce sont les réponses de la couche qu'il faut "
    "comparer.",
    en="The images are compared with each other; it is the layer's responses that must be "
    "compared.",
)
def images_compared(layer, weights, image, shift):
    return _relative(np.roll(image, shift, axis=(0, 1)) - image, image)


@mistake(
    of="invariance_error",
    fr="La réponse est décalée elle aussi : c'est l'équivariance. L'invariance demande une réponse "
    "qui ne bouge pas du tout.",
    en="The response is shifted as well: that is equivariance. Invariance asks for a response "
    "that does not move at all.",
)
def response_shifted_too(layer, weights, image, shift):
    return solution.equivariance_error(layer, weights, image, shift)


# --- supported_claims ------------------------------------------------------------------------


def _claims(conv, dense, **changes):
    supported = dict.fromkeys(solution.CLAIMS, False)
    supported |= dict.fromkeys(solution.supported_claims(conv, dense), True)
    supported |= changes
    return [name for name in solution.CLAIMS if supported[name]]


@mistake(
    of="supported_claims",
    fr="C'est la réponse du cours, récitée sans regarder les mesures. Ces mesures-ci peuvent dire "
    "autre chose, par exemple si les bords ne sont pas circulaires.",
    en="This is the lecture's answer, recited without looking at the measurements. These may say "
    "otherwise, for instance when the borders are not circular.",
)
def lecture_recited(conv, dense):
    return ["fewer_weights", "conv_is_equivariant"]


@mistake(
    of="supported_claims",
    fr="Aucune de ces mesures ne porte sur la précision d'un classifieur : rien ne soutient cette "
    "affirmation, même si elle est plausible.",
    en="None of these measurements is about the accuracy of a classifier: nothing supports that "
    "claim, plausible as it may be.",
)
def accuracy_claimed(conv, dense):
    return _claims(conv, dense, conv_is_more_accurate=True)


@mistake(
    of="supported_claims",
    fr="« Équivariante » ne veut pas dire « plus équivariante que l'autre » : comparez l'erreur à "
    "TOLERANCE, pas à celle de la couche dense.",
    en='"Equivariant" does not mean "more equivariant than the other": compare the error with '
    "TOLERANCE, not with the dense layer's.",
)
def compared_with_each_other(conv, dense):
    better = conv["equivariance_error"] < dense["equivariance_error"]
    return _claims(conv, dense, conv_is_equivariant=better, dense_is_equivariant=not better)


@mistake(
    of="supported_claims",
    fr="L'invariance est déduite de l'équivariance. Une réponse qui se déplace avec l'image n'est "
    "justement pas une réponse qui reste la même.",
    en="Invariance is inferred from equivariance. A response that moves with the image is "
    "precisely not a response that stays the same.",
)
def invariance_inferred(conv, dense):
    equivariant = conv["equivariance_error"] < solution.TOLERANCE
    return _claims(conv, dense, conv_is_invariant=equivariant)
