"""Wrong answers to question 6 that students give, each with what to look at."""

from grader.checks import mistake

from . import solution


@mistake(
    of="layer_shape",
    fr="La division est arrondie vers le haut : une fenêtre incomplète au bord n'est pas calculée.",
    en="The division is rounded up: an incomplete window at the edge is not computed.",
)
def rounded_up(layer, shape):
    if layer["kind"] not in ("conv", "pool"):
        return solution.layer_shape(layer, shape)
    slack = layer["stride"] - 1
    longer = (shape[0] + slack, shape[1] + slack, shape[2])
    return solution.layer_shape(layer, longer)


@mistake(
    of="layer_shape",
    fr="Il manque le + 1 : un filtre aussi grand que l'image a bien une position.",
    en="The + 1 is missing: a filter as large as the image does have one position.",
)
def one_position_missing(layer, shape):
    out = solution.layer_shape(layer, shape)
    if layer["kind"] not in ("conv", "pool"):
        return out
    return (out[0] - 1, out[1] - 1, out[2])


@mistake(
    of="layer_shape",
    fr="Les zéros ne sont comptés que d'un côté : il y en a P à gauche et P à droite, donc 2P.",
    en="The zeros are counted on one side only: there are P on the left and P on the right, so 2P.",
)
def padding_on_one_side(layer, shape):
    if layer["kind"] != "conv":
        return solution.layer_shape(layer, shape)
    padding, kernel, stride = layer["padding"], layer["kernel"], layer["stride"]
    return (*((n + padding - kernel) // stride + 1 for n in shape[:2]), layer["features"])


@mistake(
    of="layer_shape",
    fr="Le nombre de canaux de l'entrée est resté : une convolution en produit un par filtre.",
    en="The number of input channels stayed: a convolution makes one channel for each filter.",
)
def channels_kept(layer, shape):
    out = solution.layer_shape(layer, shape)
    return (*out[:2], shape[2]) if layer["kind"] == "conv" else out


@mistake(
    of="layer_shape",
    fr="Hauteur et largeur sont échangées : une forme s'écrit (hauteur, largeur, canaux).",
    en="Height and width are exchanged: a shape is written (height, width, channels).",
)
def height_and_width_exchanged(layer, shape):
    out = solution.layer_shape(layer, shape)
    return (out[1], out[0], out[2]) if len(out) == 3 else out


@mistake(
    of="layer_shape",
    fr="Le pas de la couche « pool » est ignoré, remplacé par la taille de la fenêtre.",
    en="The stride of the pooling layer is ignored, replaced by the size of its window.",
)
def stride_taken_for_window(layer, shape):
    if layer["kind"] == "pool":
        layer = {**layer, "stride": layer["window"]}
    return solution.layer_shape(layer, shape)


@mistake(
    of="layer_shape",
    fr="La mise à plat oublie les canaux : il y a hauteur × largeur × canaux valeurs.",
    en="Flattening forgets the channels: there are height × width × channels values.",
)
def flatten_forgets_the_channels(layer, shape):
    return (
        (shape[0] * shape[1],) if layer["kind"] == "flatten" else solution.layer_shape(layer, shape)
    )


@mistake(
    of="layer_shape",
    fr="Après « global_pool » il n'y a plus d'axes spatiaux : la forme est (canaux,).",
    en="After global pooling there are no spatial axes left: the shape is (channels,).",
)
def global_pool_keeps_the_axes(layer, shape):
    out = solution.layer_shape(layer, shape)
    return (1, 1, *out) if layer["kind"] == "global_pool" else out


@mistake(
    of="obstacle",
    fr="Une couche dense a été acceptée quel que soit le nombre d'entrées : ses poids sont fixés une "
    "fois pour toutes, un par entrée.",
    en="A dense layer was accepted whatever its number of inputs: its weights are set once and for "
    "all, one for each input.",
)
def dense_takes_anything(layer, shape):
    return None if layer["kind"] == "dense" else solution.obstacle(layer, shape)


@mistake(
    of="obstacle",
    fr="Les zéros ajoutés agrandissent l'image : il faut les compter avant de dire qu'un filtre n'y "
    "tient pas.",
    en="The added zeros enlarge the image: count them before saying that a filter does not fit.",
)
def padding_forgotten(layer, shape):
    return solution.obstacle({**layer, "padding": 0}, shape)


@mistake(
    of="obstacle",
    fr="Un filtre exactement aussi grand que l'image y tient : il a une position.",
    en="A filter exactly as large as the image does fit: it has one position.",
)
def exact_fit_refused(layer, shape):
    if layer["kind"] in ("conv", "pool"):
        smaller = (shape[0] - 1, shape[1] - 1, shape[2])
        return solution.obstacle(layer, smaller)
    return solution.obstacle(layer, shape)


@mistake(
    of="obstacle",
    fr="Seule la hauteur est regardée : une image peut être assez haute et trop étroite.",
    en="Only the height is looked at: an image may be tall enough and too narrow.",
)
def width_not_looked_at(layer, shape):
    if len(shape) == 3 and layer["kind"] in ("conv", "pool"):
        shape = (shape[0], shape[0], shape[2])
    return solution.obstacle(layer, shape)


@mistake(
    of="obstacle",
    fr="Le nombre de canaux n'est pas vérifié : un filtre est aussi profond que l'entrée prévue.",
    en="The number of channels is not verified: a filter is as deep as the input it was made for.",
)
def channels_not_verified(layer, shape):
    if layer["kind"] == "conv":
        shape = (*shape[:2], layer["channels"])
    return solution.obstacle(layer, shape)


@mistake(
    of="shapes",
    fr="Le calcul reprend après la couche qui échoue : sans sa sortie, les suivantes n'ont pas d'entrée.",
    en="The computation resumes after the layer that fails: without its output the next ones have "
    "no input.",
)
def resumes_after_the_failure(layers, shape):
    result = []
    for layer in layers:
        if len(shape) != (1 if layer["kind"] == "dense" else 3) or solution.obstacle(layer, shape):
            result.append(None)
            shape = (layer["units"],) if layer["kind"] == "dense" else shape
        else:
            shape = solution.layer_shape(layer, shape)
            result.append(shape)
    return result


@mistake(
    of="shapes",
    fr="La liste s'arrête à la première couche impossible : complétez-la par des None.",
    en="The list ends at the first impossible layer: fill it up with None.",
)
def list_cut_short(layers, shape):
    return [out for out in solution.shapes(layers, shape) if out is not None]


@mistake(
    of="shapes",
    fr="Ce sont les formes des entrées : on demande celles des sorties.",
    en="These are the shapes of the inputs: the outputs' are asked for.",
)
def shapes_of_the_inputs(layers, shape):
    return [tuple(shape), *solution.shapes(layers, shape)[:-1]]


@mistake(
    of="first_failure",
    fr="Les couches sont comptées à partir de 1 : comptez à partir de 0.",
    en="The layers are counted from 1: count from 0.",
)
def counted_from_one(layers, shape):
    failure = solution.first_failure(layers, shape)
    return failure and (failure[0] + 1, failure[1])


@mistake(
    of="first_failure",
    fr="C'est la dernière couche calculée : on demande la première qui ne l'est pas.",
    en="This is the last layer computed: the first one that is not is asked for.",
)
def last_layer_computed(layers, shape):
    failure = solution.first_failure(layers, shape)
    return failure and (failure[0] - 1, failure[1])


@mistake(
    of="stranded_weights",
    fr="Les biais manquent : un par filtre, un par neurone.",
    en="The biases are missing: one for each filter, one for each neuron.",
)
def biases_forgotten(layers, shape):
    total = solution.stranded_weights(layers, shape)
    for layer, out in zip(layers, solution.shapes(layers, shape), strict=True):
        if out is None:
            total -= layer.get("features", layer.get("units", 0))
    return total


@mistake(
    of="stranded_weights",
    fr="Seule la couche qui échoue est comptée : celles qui la suivent ne servent plus non plus.",
    en="Only the failing layer is counted: those after it are of no use either.",
)
def only_the_failing_layer(layers, shape):
    failure = solution.first_failure(layers, shape)
    if failure is None:
        return 0
    return solution.stranded_weights(layers[: failure[0] + 1], shape)


@mistake(
    of="stranded_weights",
    fr="Ce sont les poids qui servent encore : on demande les autres.",
    en="These are the weights still in use: the others are asked for.",
)
def weights_still_in_use(layers, shape):
    every = solution.stranded_weights([{"kind": "dense", "inputs": 0, "units": 0}, *layers], shape)
    return every - solution.stranded_weights(layers, shape)


@mistake(
    of="working_sizes",
    fr="Une seule taille est donnée : les divisions arrondies en laissent souvent passer plusieurs.",
    en="Only one size is given: rounded divisions often let several through.",
)
def only_the_first_size(layers, channels, largest):
    return solution.working_sizes(layers, channels, largest)[:1]


@mistake(
    of="working_sizes",
    fr="La plus grande taille est oubliée : ``largest`` est comprise.",
    en="The largest size is left out: ``largest`` is included.",
)
def largest_left_out(layers, channels, largest):
    return solution.working_sizes(layers, channels, largest - 1)


@mistake(
    of="working_sizes",
    fr="Toutes les tailles au-dessus de la plus petite sont acceptées : vérifiez-les une à une.",
    en="All sizes above the smallest are accepted: verify them one by one.",
)
def everything_above_the_smallest(layers, channels, largest):
    sizes = solution.working_sizes(layers, channels, largest)
    return list(range(sizes[0], largest + 1)) if sizes else []
