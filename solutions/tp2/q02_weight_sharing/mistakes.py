"""Known mistakes of question 2."""

import numpy as np

from grader.checks import deviation, family, mistake

from . import solution


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
    fr="« sharing » contient le gain total. Le partage ne compte que le dernier passage, de "
    "la couche locale à la convolution.",
    en='"sharing" holds the total gain. Sharing is only the last step, from the local layer to '
    "the convolution.",
)
def total_taken_for_sharing(height, width, in_channels, kernel, filters):
    gains = solution.savings(height, width, in_channels, kernel, filters)
    return {**gains, "sharing": gains["locality"] * gains["sharing"]}


@family(
    of="weight_counts",
    deviations=[
        deviation(
            "biases_counted",
            biases="all",
            fr="Les biais sont comptés aussi. Seuls les poids sont comparés ici.",
            en="The biases are counted too. Only the weights are compared here.",
        ),
        deviation(
            "window_depth_forgotten",
            depth="none",
            fr="La profondeur de la fenêtre est oubliée : une fenêtre de K × K pixels contient K × K"
            " × canaux nombres, et un poids pour chacun.",
            en="The depth of the window is forgotten: a window of K × K pixels holds K × K × "
            "channels numbers, with one weight for each.",
        ),
        deviation(
            "filters_for_depth",
            depth="filters",
            fr="La fenêtre est aussi profonde qu'il y a de filtres : elle l'est autant que l'entrée "
            "a de canaux.",
            en="The window is as deep as there are filters: it should be as deep as the input has "
            "channels.",
        ),
        deviation(
            "input_channels_forgotten",
            inputs="one channel",
            fr="La couche dense ne regarde qu'un canal : chaque sortie regarde toute l'entrée.",
            en="The dense layer looks at one channel only: every output looks at the whole input.",
        ),
        deviation(
            "output_shrunk",
            output="shrunk",
            fr="La sortie est réduite par la fenêtre. Ici les trois couches ont une sortie de la "
            "taille de l'entrée : height × width positions.",
            en="The output is shrunk by the window. Here the three layers have an output of the "
            "input's size: height × width positions.",
        ),
        deviation(
            "dense_with_one_map",
            dense="one map",
            fr="La couche dense n'est reliée qu'à une carte de sortie. Elle doit produire les "
            "nombres de toutes les cartes : une par filtre.",
            en="The dense layer is connected to a single output map. It has to produce the numbers "
            "of all the maps: one per filter.",
        ),
        deviation(
            "dense_to_the_filters",
            dense="filters alone",
            fr="La couche dense ne produit qu'un nombre par filtre : elle en produit un par position"
            " et par filtre.",
            en="The dense layer produces one number per filter only: it should produce one per "
            "position and filter.",
        ),
        deviation(
            "local_with_one_map",
            local="one map",
            fr="La couche locale ne produit qu'une carte : une par filtre.",
            en="The local layer produces a single map: one per filter.",
        ),
        deviation(
            "local_weights_shared",
            local="shared",
            fr="Les poids de la couche locale sont partagés : à chaque position elle a les siens.",
            en="The weights of the local layer are shared: it should have its own at each "
            "position.",
        ),
        deviation(
            "conv_weights_not_shared",
            conv="not shared",
            fr="Les poids de la convolution sont comptés à chaque position : ceux d'un filtre "
            "servent partout.",
            en="The weights of the convolution are counted at each position: a filter's serve "
            "everywhere.",
        ),
        deviation(
            "conv_with_one_filter",
            conv="one filter",
            fr="Un seul filtre est compté pour la convolution.",
            en="A single filter is counted for the convolution.",
        ),
        deviation(
            "kernel_not_squared",
            sides=1,
            fr="Une fenêtre de taille K n'a pas K pixels mais K lignes de K pixels.",
            en="A window of size K does not have K pixels but K rows of K pixels.",
        ),
    ],
)
def counts(
    height,
    width,
    in_channels,
    kernel,
    filters,
    *,
    biases="none",
    depth="channels",
    inputs="all",
    output="own",
    dense="own",
    local="own",
    conv="own",
    sides=2,
):
    positions = height * width
    outputs = (height - kernel + 1) * (width - kernel + 1) if output == "shrunk" else positions
    window = kernel**sides * {"none": 1, "filters": filters}.get(depth, in_channels)
    maps = {"one map": outputs, "filters alone": filters}.get(dense, outputs * filters)
    found = {
        "dense": positions * (1 if inputs == "one channel" else in_channels) * maps,
        "local": window * {"one map": outputs, "shared": filters}.get(local, outputs * filters),
        "conv": window * {"not shared": outputs * filters, "one filter": 1}.get(conv, filters),
    }
    if biases == "all":
        added = {"dense": outputs * filters, "local": outputs * filters, "conv": filters}
        found = {name: count + added[name] for name, count in found.items()}
    return found


@family(
    of="equivariance_error",
    deviations=[
        deviation(
            "response_not_shifted",
            answer="not shifted",
            fr="La réponse n'est pas décalée avant la comparaison : c'est l'invariance que vous "
            "mesurez. L'équivariance demande que la réponse bouge avec l'image.",
            en="The response is not shifted before the comparison: you are measuring invariance. "
            "Equivariance asks that the response move with the image.",
        ),
        deviation(
            "opposite_shifts",
            answer="opposite",
            fr="L'image et la réponse sont décalées dans des sens opposés.",
            en="The image and the response are shifted in opposite directions.",
        ),
        deviation(
            "image_not_shifted",
            picture="not shifted",
            fr="L'image n'est pas décalée : comparez la réponse à l'image décalée.",
            en="The image is not shifted: compare the response to the shifted image.",
        ),
        deviation(
            "zeros_come_in",
            shifts="with zeros",
            fr="Des zéros entrent par le bord qui se découvre. Le décalage est circulaire : ce qui "
            "sort d'un côté rentre de l'autre.",
            en="Zeros come in at the border that is uncovered. The shift is circular: what leaves on"
            " one side comes back on the other.",
        ),
        deviation(
            "axes_not_named",
            shifts="flat",
            fr="`np.roll` sans `axis` aplatit le tableau avant de le décaler : pixels et canaux se "
            "mêlent. Nommez les deux premiers axes.",
            en="`np.roll` without `axis` flattens the array before shifting it: pixels and channels "
            "get mixed. Name the first two axes.",
        ),
        deviation(
            "down_and_right_exchanged",
            shifts="exchanged",
            fr="Les deux nombres de ``shift`` sont échangés : (vers le bas, vers la droite).",
            en="The two numbers of ``shift`` are exchanged: (down, right).",
        ),
        deviation(
            "rows_only",
            shifts="rows",
            fr="Seules les lignes sont décalées : ``shift`` a deux nombres.",
            en="Only the rows are shifted: ``shift`` has two numbers.",
        ),
        deviation(
            "columns_only",
            shifts="columns",
            fr="Seules les colonnes sont décalées : ``shift`` a deux nombres.",
            en="Only the columns are shifted: ``shift`` has two numbers.",
        ),
        deviation(
            "not_relative",
            divided="by nothing",
            fr="La différence n'est pas rapportée à la taille de la réponse : divisez par la norme "
            "de f(image).",
            en="The difference is not measured against the size of the response: divide by the norm "
            "of f(image).",
        ),
        deviation(
            "relative_to_the_shifted_response",
            divided="by the shifted",
            fr="La différence est rapportée à la réponse à l'image décalée : divisez par la norme de"
            " f(image).",
            en="The difference is measured against the response to the shifted image: divide by the "
            "norm of f(image).",
        ),
        deviation(
            "relative_to_the_image",
            divided="by the image",
            fr="La différence est rapportée à l'image : divisez par la norme de sa réponse, "
            "f(image).",
            en="The difference is measured against the image: divide by the norm of its response, "
            "f(image).",
        ),
        deviation(
            "squares_not_rooted",
            norm="squares",
            fr="Il manque les racines carrées : vous divisez une somme de carrés par une autre.",
            en="The square roots are missing: you divide one sum of squares by another.",
        ),
        deviation(
            "magnitudes_summed",
            norm="magnitudes",
            fr="||.|| est la racine de la somme des carrés, et non la somme des valeurs absolues.",
            en="||.|| is the square root of the sum of squares, not the sum of absolute values.",
        ),
        deviation(
            "largest_difference",
            norm="largest",
            fr="||.|| est la racine de la somme des carrés, et non la plus grande valeur absolue.",
            en="||.|| is the square root of the sum of squares, not the largest absolute value.",
        ),
    ],
)
def moving_along(
    layer,
    weights,
    image,
    shift,
    *,
    answer="shifted",
    picture="shifted",
    shifts="circular",
    divided="by the response",
    norm="root",
):
    apply = solution.LAYERS[layer]
    response = apply(image, weights)
    moved = apply(image if picture == "not shifted" else _moved(image, shift, shifts), weights)
    back = (-shift[0], -shift[1]) if answer == "opposite" else shift
    other = response if answer == "not shifted" else _moved(response, back, shifts)
    return _compared(
        moved - other,
        {"by nothing": None, "by the shifted": moved, "by the image": image}.get(divided, response),
        norm,
    )


def _moved(values, shift, shifts):
    if shifts == "flat":
        return np.roll(values, shift)
    down, right = {"exchanged": shift[::-1], "rows": (shift[0], 0), "columns": (0, shift[1])}.get(
        shifts, shift
    )
    moved = np.roll(values, (down, right), axis=(0, 1))
    if shifts == "with zeros":
        rows = np.arange(values.shape[0]) - down
        columns = np.arange(values.shape[1]) - right
        inside = ((rows >= 0) & (rows < len(rows)))[:, None] & (
            (columns >= 0) & (columns < len(columns))
        )
        moved = moved * inside[..., None]
    return moved


def _compared(difference, against, norm):
    def size(values):
        squares = float(np.sum(np.square(values, dtype=np.float64)))
        return {
            "squares": squares,
            "magnitudes": float(np.abs(values).sum()),
            "largest": float(np.abs(values).max()),
        }.get(norm, squares**0.5)

    return size(difference) / (1.0 if against is None else size(against))


@family(
    of="invariance_error",
    deviations=[
        deviation(
            "images_compared",
            compared="images",
            fr="Ce sont les images qui sont comparées ; ce sont les réponses de la couche qu'il faut"
            " comparer.",
            en="The images are compared with each other; it is the layer's responses that must be "
            "compared.",
        ),
        deviation(
            "response_shifted_too",
            compared="both shifted",
            fr="La réponse est décalée aussi : c'est l'équivariance. L'invariance demande une "
            "réponse qui ne bouge pas du tout.",
            en="The response is shifted as well: that is equivariance. Invariance asks for a "
            "response that does not move at all.",
        ),
        deviation(
            "zeros_come_in",
            shifts="with zeros",
            fr="Des zéros entrent par le bord qui se découvre. Le décalage est circulaire : ce qui "
            "sort d'un côté rentre de l'autre.",
            en="Zeros come in at the border that is uncovered. The shift is circular: what leaves on"
            " one side comes back on the other.",
        ),
        deviation(
            "axes_not_named",
            shifts="flat",
            fr="`np.roll` sans `axis` aplatit le tableau avant de le décaler : pixels et canaux se "
            "mêlent. Nommez les deux premiers axes.",
            en="`np.roll` without `axis` flattens the array before shifting it: pixels and channels "
            "get mixed. Name the first two axes.",
        ),
        deviation(
            "down_and_right_exchanged",
            shifts="exchanged",
            fr="Les deux nombres de ``shift`` sont échangés : (vers le bas, vers la droite).",
            en="The two numbers of ``shift`` are exchanged: (down, right).",
        ),
        deviation(
            "not_relative",
            divided="by nothing",
            fr="La différence n'est pas rapportée à la taille de la réponse : divisez par la norme "
            "de f(image).",
            en="The difference is not measured against the size of the response: divide by the norm "
            "of f(image).",
        ),
        deviation(
            "relative_to_the_shifted_response",
            divided="by the shifted",
            fr="La différence est rapportée à la réponse à l'image décalée : divisez par la norme de"
            " f(image).",
            en="The difference is measured against the response to the shifted image: divide by the "
            "norm of f(image).",
        ),
        deviation(
            "relative_to_the_image",
            divided="by the image",
            fr="La différence est rapportée à l'image : divisez par la norme de sa réponse, "
            "f(image).",
            en="The difference is measured against the image: divide by the norm of its response, "
            "f(image).",
        ),
        deviation(
            "squares_not_rooted",
            norm="squares",
            fr="Il manque les racines carrées : vous divisez une somme de carrés par une autre.",
            en="The square roots are missing: you divide one sum of squares by another.",
        ),
        deviation(
            "magnitudes_summed",
            norm="magnitudes",
            fr="||.|| est la racine de la somme des carrés, et non la somme des valeurs absolues.",
            en="||.|| is the square root of the sum of squares, not the sum of absolute values.",
        ),
    ],
)
def staying_put(
    layer,
    weights,
    image,
    shift,
    *,
    compared="responses",
    shifts="circular",
    divided="by the response",
    norm="root",
):
    apply = solution.LAYERS[layer]
    shifted = _moved(image, shift, shifts)
    if compared == "images":
        return _compared(shifted - image, image, norm)
    response, moved = apply(image, weights), apply(shifted, weights)
    other = _moved(response, shift, shifts) if compared == "both shifted" else response
    return _compared(
        moved - other,
        {"by nothing": None, "by the shifted": moved, "by the image": image}.get(divided, response),
        norm,
    )


@family(
    of="supported_claims",
    deviations=[
        deviation(
            "lecture_recited",
            read="recited",
            fr="C'est la réponse du cours, récitée sans regarder les mesures. Celles-ci peuvent dire"
            " autre chose, par exemple si les bords ne sont pas circulaires.",
            en="This is the lecture's answer, recited without looking at the measurements. These may"
            " say otherwise, for instance when the borders are not circular.",
        ),
        deviation(
            "first_claim_only",
            read="first",
            fr="Seule la première affirmation soutenue est renvoyée : plusieurs peuvent l'être "
            "(`elif`, `return`).",
            en="Only the first supported claim is returned: several may be (`elif`, `return`).",
        ),
        deviation(
            "claims_refuted",
            read="inverted",
            fr="Ce sont les affirmations que les mesures ne soutiennent pas.",
            en="These are the claims that the measurements do not support.",
        ),
        deviation(
            "accuracy_claimed",
            accurate="always",
            fr="Aucune de ces mesures ne porte sur la justesse d'un classifieur : rien ne "
            "soutient cette affirmation, même si elle est plausible.",
            en="None of these measurements is about the accuracy of a classifier: nothing supports "
            "that claim, plausible as it may be.",
        ),
        deviation(
            "accuracy_inferred",
            accurate="fewer weights",
            fr="La justesse est déduite du nombre de poids : aucune de ces mesures ne porte "
            "sur elle.",
            en="Accuracy is inferred from the number of weights: none of these measurements is about"
            " it.",
        ),
        deviation(
            "accuracy_from_equivariance",
            accurate="equivariant",
            fr="La justesse est déduite de l'équivariance : aucune de ces mesures ne porte "
            "sur elle.",
            en="Accuracy is inferred from equivariance: none of these measurements is about it.",
        ),
        deviation(
            "compared_with_each_other",
            judged="each other",
            fr="« Équivariante » ne veut pas dire « plus équivariante que l'autre » : comparez "
            "l'erreur à TOLERANCE, pas à celle de la couche dense.",
            en='"Equivariant" does not mean "more equivariant than the other": compare the error '
            "with TOLERANCE, not with the dense layer's.",
        ),
        deviation(
            "limit_included",
            judged="limit included",
            fr="Une erreur qui vaut juste TOLERANCE compte : elle doit être strictement inférieure.",
            en="An error that equals TOLERANCE counts: it has to be strictly below.",
        ),
        deviation(
            "above_the_tolerance",
            judged="above",
            fr="La comparaison est à l'envers : une couche est équivariante quand son erreur est "
            "inférieure à TOLERANCE.",
            en="The comparison is the other way round: a layer is equivariant when its error is "
            "below TOLERANCE.",
        ),
        deviation(
            "exactly_zero",
            judged="zero",
            fr="L'erreur est comparée à 0 exactement : elle doit être inférieure à TOLERANCE, aux "
            "arrondis près.",
            en="The error is compared with 0 exactly: it has to be below TOLERANCE, up to rounding.",
        ),
        deviation(
            "invariance_inferred",
            invariant="equivariance",
            fr="L'invariance est déduite de l'équivariance. Une réponse qui bouge avec l'image n'est"
            " justement pas une réponse qui reste la même.",
            en="Invariance is inferred from equivariance. A response that moves with the image is "
            "precisely not a response that stays the same.",
        ),
        deviation(
            "invariance_of_the_dense_layer",
            invariant="dense",
            fr="L'invariance de la convolution est lue dans les mesures de la couche dense.",
            en="The invariance of the convolution is read from the measurements of the dense layer.",
        ),
        deviation(
            "dense_never_equivariant",
            dense_layer="never",
            fr="La couche dense n'est jamais dite équivariante : regardez sa mesure.",
            en="The dense layer is never called equivariant: look at its measurement.",
        ),
        deviation(
            "weights_not_compared",
            weights="assumed",
            fr="« Moins de poids » est affirmé sans regarder : comparez les deux nombres.",
            en='"Fewer weights" is claimed without looking: compare the two numbers.',
        ),
        deviation(
            "as_many_weights_are_fewer",
            weights="as many",
            fr="Autant de poids n'est pas moins de poids.",
            en="As many weights are not fewer weights.",
        ),
    ],
)
def claims(
    conv,
    dense,
    *,
    read="measured",
    accurate="never",
    judged="below",
    invariant="own",
    dense_layer="own",
    weights="fewer",
):
    def small(error, other):
        return {
            "each other": error < other,
            "limit included": error <= solution.TOLERANCE,
            "above": error > solution.TOLERANCE,
            "zero": error == 0,
        }.get(judged, error < solution.TOLERANCE)

    errors = conv["equivariance_error"], dense["equivariance_error"]
    along = small(*errors)
    fewer = {"assumed": True, "as many": conv["weights"] <= dense["weights"]}.get(
        weights, conv["weights"] < dense["weights"]
    )
    still = {"equivariance": along, "dense": dense["invariance_error"] < solution.TOLERANCE}.get(
        invariant, small(conv["invariance_error"], solution.TOLERANCE)
    )
    other = not along if judged == "each other" else small(*errors[::-1])
    supported = {
        "fewer_weights": fewer,
        "conv_is_equivariant": along,
        "dense_is_equivariant": dense_layer != "never" and other,
        "conv_is_invariant": still,
        "conv_is_more_accurate": {"always": True, "fewer weights": fewer, "equivariant": along}.get(
            accurate, False
        ),
    }
    if read == "recited":
        return ["fewer_weights", "conv_is_equivariant"]
    found = [name for name in solution.CLAIMS if supported[name] != (read == "inverted")]
    return found[:1] if read == "first" else found
