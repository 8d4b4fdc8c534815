"""Wrong answers to question 6 that students give, each with what to look at."""

import math

from grader.checks import deviation, family

from . import solution

# --- layer_shape -----------------------------------------------------------------------------


@family(
    of="layer_shape",
    deviations=[
        deviation(
            "rounded_up",
            rounded="up",
            fr="La division est arrondie vers le haut : une fenêtre incomplète au bord n'est pas calculée.",
            en="The division is rounded up: an incomplete window at the edge is not computed.",
        ),
        deviation(
            "one_position_missing",
            first=0,
            fr="Il manque le + 1 : un filtre aussi grand que l'image a bien une position.",
            en="The + 1 is missing: a filter as large as the image does have one position.",
        ),
        deviation(
            "padding_on_one_side",
            zeros=1,
            fr="Les zéros ne sont comptés que d'un côté : il y en a P à gauche et P à droite, donc 2P.",
            en="The zeros are counted on one side only: there are P on the left and P on the right, so 2P.",
        ),
        deviation(
            "padding_ignored",
            zeros=0,
            fr="Les zéros ajoutés n'interviennent pas : ils agrandissent l'image.",
            en="The added zeros play no part: they enlarge the image.",
        ),
        deviation(
            "kernel_ignored",
            filter_size="one",
            fr="La taille du filtre ou de la fenêtre n'intervient pas : son bord s'arrête à celui de "
            "l'image.",
            en="The size of the filter or window plays no part: its edge stops at the image's.",
        ),
        deviation(
            "channels_kept",
            depth="kept",
            fr="Le nombre de canaux de l'entrée est resté : une convolution fait un canal par filtre.",
            en="The number of input channels stayed: a convolution makes one channel for each filter.",
        ),
        deviation(
            "channels_multiplied",
            depth="multiplied",
            fr="Les canaux sont multipliés par les filtres : une convolution fait un canal par filtre.",
            en="The channels are multiplied by the filters: a convolution makes one channel for each "
            "filter.",
        ),
        deviation(
            "height_and_width_exchanged",
            sides="exchanged",
            fr="Hauteur et largeur sont échangées : une forme s'écrit (hauteur, largeur, canaux).",
            en="Height and width are exchanged: a shape is written (height, width, channels).",
        ),
        deviation(
            "height_used_for_both",
            sides="height",
            fr="La hauteur sert pour les deux axes : une image n'est pas forcément carrée.",
            en="The height serves for both axes: an image need not be square.",
        ),
        deviation(
            "stride_taken_for_window",
            pools="by the window",
            fr="Le pas du pooling est ignoré, remplacé par la taille de sa fenêtre.",
            en="The stride of the pooling layer is ignored, replaced by the size of its window.",
        ),
        deviation(
            "pooling_without_the_window",
            pools="divides",
            fr="Le pooling divise la taille par son pas, sans la fenêtre : celle-ci doit tenir dans "
            "l'image.",
            en="Pooling divides the size by its stride, without the window: that has to fit in the image.",
        ),
        deviation(
            "pooling_keeps_the_size",
            pools="keeps",
            fr="Le pooling ne change pas la taille : il réduit l'image comme une convolution de même "
            "fenêtre et de même pas.",
            en="Pooling does not change the size here: it should reduce the image as a "
            "convolution of the same window and stride would.",
        ),
        deviation(
            "stride_of_the_convolution_ignored",
            steps="one",
            fr="Le pas de la convolution n'intervient pas.",
            en="The stride of the convolution plays no part.",
        ),
        deviation(
            "flatten_forgets_the_channels",
            flat="pixels",
            fr="La mise à plat oublie les canaux : il y a hauteur × largeur × canaux valeurs.",
            en="Flattening forgets the channels: there are height × width × channels values.",
        ),
        deviation(
            "flatten_keeps_the_shape",
            flat="kept",
            fr="La mise à plat garde la forme : il reste un vecteur, (n,).",
            en="Flattening keeps the shape: what remains is a vector, (n,).",
        ),
        deviation(
            "global_pool_keeps_the_axes",
            whole="axes",
            fr="Après le pooling global il ne reste plus d'axes spatiaux : la forme est (canaux,).",
            en="After global pooling there are no spatial axes left: the shape is (channels,).",
        ),
        deviation(
            "global_pool_of_the_channels",
            whole="pixels",
            fr="Le pooling global réduit les canaux : il garde une valeur par canal, et réduit les axes "
            "spatiaux.",
            en="Global pooling reduces the channels here: it should keep one value for each, and "
            "reduce the spatial axes.",
        ),
        deviation(
            "dense_keeps_its_inputs",
            units="inputs",
            fr="La couche dense rend autant de valeurs qu'elle en reçoit : elle en rend une par neurone.",
            en="The dense layer gives as many values as it gets: it should give one for each unit.",
        ),
        deviation(
            "numbers_for_vectors",
            vector="number",
            fr="Un vecteur de n valeurs a la forme (n,), un tuple : c'est le nombre n qui est renvoyé.",
            en="A vector of n values has the shape (n,), a tuple: the number n is returned.",
        ),
        deviation(
            "number_for_a_dense_layer",
            vector="number after dense",
            fr="Après une couche dense, la forme est (n,), un tuple : c'est le nombre n qui est renvoyé.",
            en="After a dense layer the shape is (n,), a tuple: the number n is returned.",
        ),
    ],
)
def shape_after(
    layer,
    shape,
    *,
    rounded="down",
    first=1,
    zeros=2,
    filter_size="own",
    depth="filters",
    sides="own",
    pools="as a filter",
    steps="own",
    flat="all",
    whole="channels",
    units="own",
    vector="tuple",
):
    kind = layer["kind"]
    if kind == "dense":
        number = layer["inputs" if units == "inputs" else "units"]
        return (number,) if vector == "tuple" else number
    height, width, channels = shape
    if kind in ("flatten", "global_pool"):
        if (flat == "kept" and kind == "flatten") or (whole == "axes" and kind == "global_pool"):
            return tuple(shape) if kind == "flatten" else (1, 1, channels)
        pixels = height * width
        number = {"flatten": pixels * channels, "global_pool": channels}[kind]
        if (kind, flat) == ("flatten", "pixels") or (kind, whole) == ("global_pool", "pixels"):
            number = pixels
        return number if vector == "number" else (number,)
    height, width = {"exchanged": (width, height), "height": (height, height)}.get(
        sides, (height, width)
    )
    size = layer["kernel"] if kind == "conv" else layer["window"]
    taken = 1 if filter_size == "one" else size
    stride = 1 if steps == "one" and kind == "conv" else layer["stride"]
    stride = size if pools == "by the window" and kind == "pool" else stride
    features = layer.get("features", channels)
    if kind == "conv":
        features = {"kept": channels, "multiplied": channels * features}.get(depth, features)

    def positions(length):
        if kind == "pool" and pools == "divides":
            return length // stride
        if kind == "pool" and pools == "keeps":
            return length
        free = length + zeros * layer.get("padding", 0) - taken
        return (-(-free // stride) if rounded == "up" else free // stride) + first

    return (positions(height), positions(width), features)


# --- obstacle --------------------------------------------------------------------------------


@family(
    of="obstacle",
    deviations=[
        deviation(
            "dense_takes_anything",
            dense="anything",
            fr="Une couche dense était acceptée quel que soit le nombre de ses entrées : ses poids sont "
            "fixés une fois pour toutes, un par entrée.",
            en="A dense layer was accepted whatever its number of inputs: its weights are set once and "
            "for all, one for each input.",
        ),
        deviation(
            "dense_takes_more",
            dense="more",
            fr="Une couche dense n'est refusée que s'il y a trop peu d'entrées : elle en attend un nombre "
            "précis.",
            en="A dense layer is refused only when there are too few inputs: it expects an exact number.",
        ),
        deviation(
            "dense_takes_fewer",
            dense="fewer",
            fr="Une couche dense n'est refusée que s'il y a trop d'entrées : elle en attend un nombre "
            "précis.",
            en="A dense layer is refused only when there are too many inputs: it expects an exact number.",
        ),
        deviation(
            "padding_forgotten",
            zeros=0,
            fr="Les zéros ajoutés agrandissent l'image : comptez-les avant de dire qu'un filtre n'y tient "
            "pas.",
            en="The added zeros enlarge the image: count them before saying that a filter does not fit.",
        ),
        deviation(
            "padding_counted_once",
            zeros=1,
            fr="Les zéros ne sont comptés que d'un côté : il y en a P à gauche et P à droite, donc 2P.",
            en="The zeros are counted on one side only: there are P on the left and P on the right, so 2P.",
        ),
        deviation(
            "exact_fit_refused",
            slack=1,
            fr="Un filtre exactement aussi grand que l'image y tient : il a une position.",
            en="A filter exactly as large as the image does fit: it has one position.",
        ),
        deviation(
            "one_too_large_accepted",
            slack=-1,
            fr="Un filtre plus grand que l'image d'un pixel est accepté : il n'y tient pas.",
            en="A filter one pixel larger than the image is accepted: it does not fit.",
        ),
        deviation(
            "width_not_looked_at",
            sides="height",
            fr="Seule la hauteur est regardée : une image peut être assez haute et trop étroite.",
            en="Only the height is looked at: an image may be tall enough and too narrow.",
        ),
        deviation(
            "height_not_looked_at",
            sides="width",
            fr="Seule la largeur est regardée : une image peut être assez large et trop basse.",
            en="Only the width is looked at: an image may be wide enough and too low.",
        ),
        deviation(
            "one_side_is_enough",
            sides="larger",
            fr="Il suffit ici que le filtre tienne dans une direction : il doit tenir dans les deux.",
            en="Here it is enough for the filter to fit in one direction: it has to fit in both.",
        ),
        deviation(
            "channels_not_verified",
            depth="anything",
            fr="Le nombre de canaux n'est pas vérifié : un filtre a la profondeur de l'entrée pour "
            "laquelle il est fait.",
            en="The number of channels is not verified: a filter is as deep as the input it was made for.",
        ),
        deviation(
            "filters_for_channels",
            depth="filters",
            fr="Les canaux de l'entrée sont comparés au nombre de filtres : comparez-les à la profondeur "
            "d'un filtre, `channels`.",
            en="The input's channels are compared with the number of filters: compare them with the depth "
            "of a filter, `channels`.",
        ),
        deviation(
            "channels_may_be_more",
            depth="at least",
            fr="Une convolution n'est refusée que s'il y a trop peu de canaux : elle en attend un nombre "
            "précis.",
            en="A convolution is refused only when there are too few channels: it expects an exact number.",
        ),
        deviation(
            "too_small_comes_first",
            order="size first",
            fr="Les deux raisons sont dans l'autre ordre : « channels » d'abord, « too_small » sinon.",
            en='The two reasons are in the other order: "channels" first, "too_small" otherwise.',
        ),
        deviation(
            "pooling_not_looked_at",
            windows="of convolutions",
            fr="La fenêtre d'un pooling peut aussi être trop grande pour l'image.",
            en="The window of a pooling layer may be too large for the image, too.",
        ),
        deviation(
            "filters_not_looked_at",
            windows="of poolings",
            fr="Le filtre d'une convolution peut aussi être trop grand pour l'image.",
            en="The filter of a convolution may be too large for the image, too.",
        ),
        deviation(
            "sizes_not_looked_at",
            windows="none",
            fr="Un filtre ou une fenêtre peut être trop grand pour l'image : « too_small ».",
            en='A filter or a window may be too large for the image: "too_small".',
        ),
        deviation(
            "stride_for_the_window",
            extent="stride",
            fr="C'est le pas qui est comparé à la taille de l'image : comparez le filtre ou la fenêtre.",
            en="It is the stride that is compared with the image's size: compare the filter or the window.",
        ),
    ],
)
def hindrance(
    layer,
    shape,
    *,
    dense="exactly",
    zeros=2,
    slack=0,
    sides="smaller",
    depth="exactly",
    order="channels first",
    windows="all",
    extent="own",
):
    kind = layer["kind"]
    if kind == "dense":
        there = math.prod(shape) if dense in ("more", "fewer") else tuple(shape)
        fits = {
            "anything": lambda: True,
            "more": lambda: there >= layer["inputs"],
            "fewer": lambda: there <= layer["inputs"],
        }.get(dense, lambda: there == (layer["inputs"],))
        return None if fits() else "inputs"
    reasons = []
    if kind == "conv" and not {
        "anything": True,
        "filters": layer["features"] == shape[2],
        "at least": layer["channels"] <= shape[2],
    }.get(depth, layer["channels"] == shape[2]):
        reasons.append("channels")
    looked_at = {"all": ("conv", "pool"), "of convolutions": ("conv",), "of poolings": ("pool",)}
    if kind in looked_at.get(windows, ()):
        side = {"height": shape[0], "width": shape[1], "larger": max(shape[:2])}.get(
            sides, min(shape[:2])
        )
        size = layer["stride"] if extent == "stride" else layer.get("kernel", layer.get("window"))
        if side + zeros * layer.get("padding", 0) < size + slack:
            reasons.append("too_small")
    if order == "size first":
        reasons.reverse()
    return reasons[0] if reasons else None


# --- shapes ----------------------------------------------------------------------------------


@family(
    of="shapes",
    deviations=[
        deviation(
            "resumes_after_the_failure",
            stopped="resumes",
            fr="Le calcul reprend après la couche impossible : sans sa sortie, les suivantes n'ont pas "
            "d'entrée.",
            en="The computation resumes after the layer that fails: without its output the next ones have "
            "no input.",
        ),
        deviation(
            "list_cut_short",
            stopped="cut short",
            fr="La liste s'arrête à la première couche impossible : complétez-la par des None.",
            en="The list ends at the first impossible layer: fill it up with None.",
        ),
        deviation(
            "list_ends_with_the_failure",
            stopped="one None",
            fr="La liste s'arrête après le premier None : elle est aussi longue que `layers`.",
            en="The list ends after the first None: it should be as long as `layers`.",
        ),
        deviation(
            "last_shape_repeated",
            stopped="repeated",
            fr="Après l'arrêt, la dernière forme est répétée : il n'y en a plus, c'est None.",
            en="After the stop the last shape is repeated: there is none any more, it is None.",
        ),
        deviation(
            "shapes_of_the_inputs",
            listed="inputs",
            fr="Ce sont les formes des entrées : on demande celles des sorties.",
            en="These are the shapes of the inputs: the outputs' are asked for.",
        ),
        deviation(
            "image_in_the_list",
            listed="image too",
            fr="La forme de l'image est dans la liste : on demande celles des sorties.",
            en="The shape of the image is in the list: those of the outputs are asked for.",
        ),
        deviation(
            "last_shape_alone",
            listed="last",
            fr="C'est la forme de la dernière sortie : on en demande une par couche.",
            en="This is the shape of the last output: one is asked for each layer.",
        ),
    ],
)
def outputs(layers, shape, *, stopped="None", listed="outputs"):
    result, current, last = [], tuple(shape), tuple(shape)
    for layer in layers:
        dimensions = 1 if layer["kind"] == "dense" else 3
        if current is None or (stopped == "resumes" and len(current) != dimensions):
            failed = True
        else:
            failed = solution.obstacle(layer, current) is not None
        if not failed:
            current = last = solution.layer_shape(layer, current)
            result.append(current)
            continue
        result.append(last if stopped == "repeated" else None)
        if stopped != "resumes":
            current = None
        elif layer["kind"] == "dense":
            current = (layer["units"],)
    if None in result and stopped in ("cut short", "one None"):
        result = result[: result.index(None) + (stopped == "one None")]
    lists = {"inputs": [tuple(shape), *result[:-1]], "image too": [tuple(shape), *result]}
    return result[-1] if listed == "last" else lists.get(listed, result)


# --- first_failure ---------------------------------------------------------------------------


@family(
    of="first_failure",
    deviations=[
        deviation(
            "counted_from_one",
            number=1,
            fr="Les couches sont comptées à partir de 1 : comptez à partir de 0.",
            en="The layers are counted from 1: count from 0.",
        ),
        deviation(
            "last_layer_computed",
            number=-1,
            fr="C'est la dernière couche calculée : on demande la première qui ne l'est pas.",
            en="This is the last layer computed: the first one that is not is asked for.",
        ),
        deviation(
            "shape_not_updated",
            updated=False,
            fr="Chaque couche est essayée sur la forme de l'image : la forme change d'une couche à "
            "l'autre.",
            en="Each layer is tried on the shape of the image: the shape changes from layer to layer.",
        ),
        deviation(
            "only_the_number",
            given="number",
            fr="Seul le numéro est renvoyé : on demande (numéro, raison).",
            en="Only the number is returned: (number, reason) is asked for.",
        ),
        deviation(
            "only_the_reason",
            given="reason",
            fr="Seule la raison est renvoyée : on demande (numéro, raison).",
            en="Only the reason is returned: (number, reason) is asked for.",
        ),
        deviation(
            "reason_before_number",
            given="exchanged",
            fr="Numéro et raison sont échangés : on demande (numéro, raison).",
            en="Number and reason are exchanged: (number, reason) is asked for.",
        ),
        deviation(
            "kind_instead_of_reason",
            given="kind",
            fr="C'est la sorte de la couche qui est renvoyée : on demande la raison que "
            "donne `obstacle`.",
            en="The kind of the layer is returned: the reason that `obstacle` gives is asked for.",
        ),
        deviation(
            "first_layer_only",
            looked_at="first",
            fr="Seule la première couche est essayée : un `return` vient-il trop tôt ?",
            en="Only the first layer is tried: does a `return` come too early?",
        ),
        deviation(
            "last_layer_not_tried",
            looked_at="all but the last",
            fr="La dernière couche n'est pas essayée.",
            en="The last layer is not tried.",
        ),
    ],
)
def stop(layers, shape, *, number=0, updated=True, given="both", looked_at="all"):
    looked = {"first": layers[:1], "all but the last": layers[:-1]}.get(looked_at, layers)
    for place, layer in enumerate(looked):
        reason = solution.obstacle(layer, shape)
        if reason is not None:
            place += number
            return {
                "number": place,
                "reason": reason,
                "exchanged": (reason, place),
                "kind": (place, layer["kind"]),
            }.get(given, (place, reason))
        if updated:
            shape = solution.layer_shape(layer, shape)
    return None


# --- stranded_weights ------------------------------------------------------------------------


@family(
    of="stranded_weights",
    deviations=[
        deviation(
            "biases_forgotten",
            biases="none",
            fr="Les biais manquent : un par filtre, un par neurone.",
            en="The biases are missing: one for each filter, one for each neuron.",
        ),
        deviation(
            "one_bias_for_a_layer",
            biases="one",
            fr="Un seul biais est compté par couche : il y en a un par filtre, un par neurone.",
            en="A single bias is counted for each layer: there is one for each filter, one for each "
            "neuron.",
        ),
        deviation(
            "biases_of_dense_layers_forgotten",
            biases="convolutions",
            fr="Les biais des couches denses manquent : un par neurone.",
            en="The biases of the dense layers are missing: one for each neuron.",
        ),
        deviation(
            "biases_of_convolutions_forgotten",
            biases="dense",
            fr="Les biais des convolutions manquent : un par filtre.",
            en="The biases of the convolutions are missing: one for each filter.",
        ),
        deviation(
            "only_the_failing_layer",
            counted="the failing one",
            fr="Seule la couche impossible est comptée : celles qui la suivent ne servent pas non plus.",
            en="Only the failing layer is counted: those after it are of no use either.",
        ),
        deviation(
            "failing_layer_left_out",
            counted="those after",
            fr="La couche impossible n'est pas comptée : elle ne sert pas non plus.",
            en="The failing layer is not counted: it is of no use either.",
        ),
        deviation(
            "weights_still_in_use",
            counted="those before",
            fr="Ce sont les poids qui servent encore : on demande les autres.",
            en="These are the weights still in use: the others are asked for.",
        ),
        deviation(
            "all_weights",
            counted="all",
            fr="Tous les poids du réseau sont comptés : on ne demande que ceux qui ne "
            "servent plus.",
            en="All weights of the network are counted: only those that are of no use any more.",
        ),
        deviation(
            "kernel_not_squared",
            kernel_axes=1,
            fr="Un filtre de taille K n'a pas K pixels mais K lignes de K pixels.",
            en="A filter of size K does not have K pixels but K rows of K pixels.",
        ),
        deviation(
            "depth_forgotten",
            depth="flat",
            fr="La profondeur des filtres est oubliée : un filtre a des poids pour chacun de ses canaux.",
            en="The depth of the filters is forgotten: a filter has weights for each of its channels.",
        ),
        deviation(
            "convolutions_not_counted",
            kinds="dense",
            fr="Seules les couches denses sont comptées : une convolution a aussi des poids.",
            en="Only the dense layers are counted: a convolution has weights, too.",
        ),
        deviation(
            "dense_layers_not_counted",
            kinds="conv",
            fr="Seules les convolutions sont comptées : une couche dense a aussi des poids.",
            en="Only the convolutions are counted: a dense layer has weights, too.",
        ),
        deviation(
            "layers_counted",
            each="layer",
            fr="C'est le nombre de couches : on demande celui de leurs poids.",
            en="This is the number of layers: that of their weights is asked for.",
        ),
    ],
)
def useless_weights(
    layers,
    shape,
    *,
    biases="all",
    counted="from the failing one",
    kernel_axes=2,
    depth="own",
    kinds="both",
    each="weights",
):
    outs = solution.shapes(layers, shape)
    first = outs.index(None) if None in outs else len(layers)
    chosen = {
        "the failing one": layers[first : first + 1],
        "those after": layers[first + 1 :],
        "those before": layers[:first],
        "all": layers,
    }.get(counted, layers[first:])
    total = 0
    for layer in chosen:
        kind = layer["kind"]
        if kind not in {"both": ("conv", "dense")}.get(kinds, (kinds,)):
            continue
        units = layer["features"] if kind == "conv" else layer["units"]
        weights = layer.get("inputs", 0)
        if kind == "conv":
            weights = layer["kernel"] ** kernel_axes * (1 if depth == "flat" else layer["channels"])
        with_biases = {
            "none": (),
            "one": (),
            "convolutions": ("conv",),
            "dense": ("dense",),
        }.get(biases, ("conv", "dense"))
        found = weights * units + units * (kind in with_biases) + (biases == "one")
        total += 1 if each == "layer" else found
    return total


# --- working_sizes ---------------------------------------------------------------------------


@family(
    of="working_sizes",
    deviations=[
        deviation(
            "only_the_first_size",
            kept="first",
            fr="Une seule taille est donnée : les divisions arrondies en laissent souvent passer "
            "plusieurs.",
            en="Only one size is given: rounded divisions often let several through.",
        ),
        deviation(
            "everything_above_the_smallest",
            kept="above the first",
            fr="Toutes les tailles au-dessus de la plus petite sont acceptées : vérifiez-les une par une.",
            en="All sizes above the smallest are accepted: verify them one by one.",
        ),
        deviation(
            "sizes_that_fail",
            kept="others",
            fr="Ce sont les tailles qui ne conviennent pas.",
            en="These are the sizes that do not work.",
        ),
        deviation(
            "largest_left_out",
            end=0,
            fr="La plus grande taille manque : ``largest`` est compris.",
            en="The largest size is left out: ``largest`` is included.",
        ),
        deviation(
            "sizes_in_pairs",
            written="pairs",
            fr="Chaque taille est donnée comme une paire : on demande les côtés n, des entiers.",
            en="Each size is given as a pair: the sides n are asked for, integers.",
        ),
        deviation(
            "sizes_as_shapes",
            written="shapes",
            fr="Chaque taille est donnée comme une forme : on demande les côtés n, des entiers.",
            en="Each size is given as a shape: the sides n are asked for, integers.",
        ),
        deviation(
            "sizes_in_decreasing_order",
            written="backwards",
            fr="Les tailles sont dans l'ordre décroissant.",
            en="The sizes are in decreasing order.",
        ),
        deviation(
            "number_of_sizes",
            written="number",
            fr="C'est le nombre de ces tailles : on demande leur liste.",
            en="This is the number of these sizes: their list is asked for.",
        ),
    ],
)
def sides_that_work(layers, channels, largest, *, kept="all", end=1, written="numbers"):
    sizes = range(1, largest + end)
    found = [n for n in sizes if solution.first_failure(layers, (n, n, channels)) is None]
    found = {
        "first": found[:1],
        "above the first": list(range(found[0], largest + end)) if found else [],
        "others": [n for n in sizes if n not in found],
    }.get(kept, found)
    if written == "number":
        return len(found)
    return {
        "pairs": [(n, n) for n in found],
        "shapes": [(n, n, channels) for n in found],
        "backwards": found[::-1],
    }.get(written, found)
