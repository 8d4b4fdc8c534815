"""Known mistakes of question 3."""

import jax
import jax.numpy as jnp
import numpy as np

from grader.checks import deviation, family, mistake

from . import solution

# --- field_jump ------------------------------------------------------------------------------


@mistake(
    of="field_jump",
    fr="Les pas sont additionnés. Un pas de 2 sur une carte déjà réduite de moitié saute 4 pixels "
    "de l'image : les pas se composent autrement.",
    en="The strides are added up. A stride of 2 on a map that is already half the size skips 4 "
    "image pixels: strides combine in another way.",
)
def strides_added(layers):
    return sum(layer["stride"] for layer in layers) or 1


@mistake(
    of="field_jump",
    fr="Seul le pas de la dernière couche est compté ; ceux des couches précédentes écartent déjà "
    "ses entrées.",
    en="Only the last layer's stride is counted; those of the earlier layers already spread out "
    "its inputs.",
)
def last_stride_only(layers):
    return layers[-1]["stride"] if layers else 1


@mistake(
    of="field_jump",
    fr="La dilatation est comptée dans l'écart. Elle écarte les poids d'un filtre, pas les "
    "positions où on le pose.",
    en="Dilation is counted in the jump. It spreads the weights of a filter, not the positions at "
    "which it is laid down.",
)
def dilation_in_the_jump(layers):
    jump = solution.field_jump(layers)
    for layer in layers:
        jump *= layer["dilation"]
    return jump


# --- field_size ------------------------------------------------------------------------------


def _jump(layers, depth, strides):
    """By how much a step of one layer's filter counts in the image."""
    before = layers[: depth + 1] if strides == "own" else layers[:depth]
    if strides == "none":
        return 1
    if strides == "added":
        return sum(layer["stride"] for layer in before) or 1
    return solution.field_jump(before)


@family(
    of="field_size",
    deviations=[
        deviation(
            "strides_ignored",
            strides="none",
            fr="Les pas n'interviennent pas. Après un pas de 2, deux voisins d'une carte sont à 2 pixels "
            "l'un de l'autre dans l'image.",
            en="The strides play no part. After a stride of 2, two neighbours on a map are two pixels "
            "apart in the image.",
        ),
        deviation(
            "stride_one_layer_early",
            strides="own",
            fr="Le pas d'une couche agrandit déjà son propre filtre. Il n'écarte que les neurones qu'elle "
            "produit : il compte à partir de la couche suivante.",
            en="Here a layer's stride already enlarges its own filter. It only spreads the "
            "neurons that the layer produces: it should count from the next layer on.",
        ),
        deviation(
            "strides_added",
            strides="added",
            fr="Les pas des couches précédentes sont additionnés. Chacun écarte ce que les précédents ont "
            "déjà écarté : ils se composent autrement.",
            en="The strides of the earlier layers are added up. Each spreads out what the ones before it "
            "have already spread out: they combine in another way.",
        ),
        deviation(
            "dilation_ignored",
            dilations="none",
            fr="La dilatation n'intervient pas. Un filtre de 3 poids dilaté de 2 couvre 5 pixels.",
            en="Dilation plays no part. A filter of 3 weights with dilation 2 covers 5 pixels.",
        ),
        deviation(
            "dilation_twice",
            dilations="twice",
            fr="La dilatation est comptée deux fois : le filtre est agrandi, puis dilaté encore.",
            en="Dilation is counted twice: the filter is enlarged, and then dilated again.",
        ),
        deviation(
            "whole_kernels_added",
            kernels="whole",
            fr="Chaque couche ajoute un filtre entier. Elle n'ajoute que ce qui dépasse du premier neurone "
            "vu : un de moins que la taille du filtre.",
            en="Every layer adds a whole filter. It only adds what goes beyond the first neuron seen: one "
            "less than the filter's size.",
        ),
        deviation(
            "starts_from_nothing",
            start=0,
            fr="Le compte part de 0. Sans aucune couche, un neurone est un pixel : il se voit déjà "
            "lui-même.",
            en="The count starts from 0. Without any layer a neuron is a pixel: it already sees itself.",
        ),
        deviation(
            "padding_subtracted",
            zeros="subtracted",
            fr="La complétion rétrécit le champ. Les zéros font partie de ce que voit le "
            "neurone : ils déplacent le champ, sans changer sa taille.",
            en="Padding makes the field smaller here. The zeros are part of what the neuron sees: "
            "they move the field, and do not change its size.",
        ),
        deviation(
            "padding_added",
            zeros="added",
            fr="La complétion agrandit le champ. Les zéros déplacent le champ, sans changer "
            "sa taille.",
            en="Padding makes the field larger. The zeros move the field, and do not change its size.",
        ),
    ],
)
def size_of_field(
    layers, *, start=1, strides="all", dilations="each", kernels="gaps", zeros="none"
):
    size = start
    for depth, layer in enumerate(layers):
        dilation = 1 if dilations == "none" else layer["dilation"]
        if dilations == "twice":
            dilation *= dilation
        reach = dilation * (layer["kernel"] - (kernels == "gaps"))
        reach += {"added": 1, "subtracted": -1}.get(zeros, 0) * layer["padding"]
        size += reach * _jump(layers, depth, strides)
    return size


# --- field_offset ----------------------------------------------------------------------------


@family(
    of="field_offset",
    deviations=[
        deviation(
            "padding_ignored",
            zeros="ignored",
            fr="La complétion n'intervient pas. Les zéros ajoutés à gauche décalent le "
            "premier filtre vers la gauche.",
            en="Padding plays no part. The zeros added on the left move the first filter to the left.",
        ),
        deviation(
            "padding_to_the_right",
            zeros="added",
            fr="La complétion décale le champ vers la droite. Les zéros viennent avant le "
            "pixel 0 : dans quel sens déplacent-ils le premier filtre ?",
            en="Padding moves the field to the right. The zeros come before pixel 0: which way do they "
            "move the first filter?",
        ),
        deviation(
            "padding_not_scaled",
            zeros="own pixels",
            fr="La complétion est comptée en pixels de l'image. Ce sont ceux de l'entrée de "
            "la couche, que les pas des couches précédentes écartent.",
            en="Padding is counted in pixels of the image. They are those of the layer's input, which the "
            "strides of the earlier layers spread out.",
        ),
        deviation(
            "shifts_not_scaled",
            strides="none",
            fr="Le décalage de chaque couche est compté dans ses propres pixels. Convertissez-le en pixels "
            "de l'image avant d'additionner.",
            en="Each layer's shift is counted in its own pixels. Convert it to image pixels before adding "
            "up.",
        ),
        deviation(
            "stride_one_layer_early",
            strides="own",
            fr="Le pas d'une couche écarte déjà les poids de son propre filtre. Il ne compte qu'à partir "
            "de la couche suivante.",
            en="A layer's stride already spreads the weights of its own filter. It only counts from the "
            "next layer on.",
        ),
        deviation(
            "dilation_ignored",
            dilations="none",
            fr="La dilatation n'intervient pas : les poids d'un filtre dilaté sont plus loin de son centre.",
            en="Dilation plays no part: the weights of a dilated filter are further from its centre.",
        ),
        deviation(
            "half_rounded_down",
            half="floor",
            fr="La moitié de la taille est arrondie : le centre d'un filtre de taille paire tombe entre "
            "deux pixels.",
            en="Half the size is rounded: the centre of a filter of even size falls between two pixels.",
        ),
        deviation(
            "whole_kernel_halved",
            half="whole",
            fr="C'est la moitié du filtre entier qui est comptée. Du premier poids à son centre, il n'y a "
            "que la moitié de l'écart entre le premier et le dernier.",
            en="Half of the whole filter is counted. From its first weight to its centre it is only half "
            "of the distance between the first and the last.",
        ),
        deviation(
            "first_pixel_of_the_field",
            point="first",
            fr="C'est la coordonnée du premier pixel du champ ; on demande celle de son centre.",
            en="This is the coordinate of the field's first pixel; its centre is what is asked for.",
        ),
        deviation(
            "half_a_pixel_off",
            origin=0.5,
            fr="L'origine est décalée d'un demi-pixel. Ici, le centre du pixel numéro 0 a pour coordonnée "
            "0, et non 0,5.",
            en="The origin is off by half a pixel. Here the centre of pixel number 0 has coordinate 0, "
            "not 0.5.",
        ),
    ],
)
def centre_of_field(
    layers,
    *,
    origin=0.0,
    point="centre",
    strides="all",
    dilations="each",
    half="exact",
    zeros="subtracted",
):
    offset = origin
    for depth, layer in enumerate(layers):
        dilation = 1 if dilations == "none" else layer["dilation"]
        jump = _jump(layers, depth, strides)
        reach = dilation * (layer["kernel"] - (half != "whole"))
        sign = {"ignored": 0, "added": 1}.get(zeros, -1)
        offset += (reach // 2 if half == "floor" else reach / 2) * jump
        offset += sign * layer["padding"] * (1 if zeros == "own pixels" else jump)
    if point == "first":
        offset -= (solution.field_size(layers) - 1) / 2
    return float(offset)


# --- seen_pixels -----------------------------------------------------------------------------


@mistake(
    of="seen_pixels",
    fr="Les pixels hors de l'image comptent encore : coupez l'intervalle aux deux bords.",
    en="Pixels outside the image still count: cut the interval at both borders.",
)
def not_cut_at_the_borders(layers, neuron, image_size):
    centre = solution.field_offset(layers) + neuron * solution.field_jump(layers)
    reach = (solution.field_size(layers) - 1) / 2
    return round(centre - reach), round(centre + reach)


@mistake(
    of="seen_pixels",
    fr="La borne de droite est exclue, comme dans `range`. Ici les deux pixels rendus sont vus.",
    en="The right end is excluded, as in `range`. Here both returned pixels are seen.",
)
def last_pixel_excluded(layers, neuron, image_size):
    first, last = solution.seen_pixels(layers, neuron, image_size)
    return first, last + 1


@mistake(
    of="seen_pixels",
    fr="Le numéro du neurone est ajouté tel quel. D'un neurone au suivant, le champ avance de "
    "`field_jump` pixels.",
    en="The neuron's number is added as it is. From one neuron to the next, the field advances by "
    "`field_jump` pixels.",
)
def neuron_not_scaled(layers, neuron, image_size):
    centre = solution.field_offset(layers) + neuron
    reach = (solution.field_size(layers) - 1) / 2
    return max(0, round(centre - reach)), min(image_size - 1, round(centre + reach))


@mistake(
    of="seen_pixels",
    fr="Le premier champ est placé au bord de l'image, sans tenir compte de la complétion : "
    "partez de `field_offset`.",
    en="The first field is placed at the image's border, regardless of the padding: start from "
    "`field_offset`.",
)
def starts_at_the_border(layers, neuron, image_size):
    first = neuron * solution.field_jump(layers)
    return first, min(image_size - 1, first + solution.field_size(layers) - 1)


# --- pixels_by_gradient ----------------------------------------------------------------------


def _rectangle(gradient):
    rows, columns = np.nonzero(np.asarray(gradient))
    return (int(rows.min()), int(rows.max())), (int(columns.min()), int(columns.max()))


@mistake(
    of="pixels_by_gradient",
    fr="Toute la carte est dérivée : on trouve ce que voient tous les neurones ensemble. "
    "Choisissez celui de `position`.",
    en="The whole map is differentiated: this finds what all the neurons see together. Pick the "
    "one at `position`.",
)
def whole_map_differentiated(layers, image, position):
    gradient = jax.grad(lambda x: solution.network(x, layers).sum())(jnp.asarray(image))
    return _rectangle(gradient)


@mistake(
    of="pixels_by_gradient",
    fr="Ligne et colonne de `position` sont échangées.",
    en="Row and column of `position` are swapped.",
)
def position_swapped(layers, image, position):
    return solution.pixels_by_gradient(layers, image, (position[1], position[0]))


@mistake(
    of="pixels_by_gradient",
    fr="Les colonnes sont rendues avant les lignes.",
    en="The columns are returned before the rows.",
)
def columns_first(layers, image, position):
    rows, columns = solution.pixels_by_gradient(layers, image, position)
    return columns, rows


@mistake(
    of="pixels_by_gradient",
    fr="La dernière ligne et la dernière colonne sont exclues, comme dans `range`. Ici elles "
    "sont vues.",
    en="The last row and column are excluded, as in `range`. Here they are seen.",
)
def last_ones_excluded(layers, image, position):
    rows, columns = solution.pixels_by_gradient(layers, image, position)
    return (rows[0], rows[1] + 1), (columns[0], columns[1] + 1)


@mistake(
    of="pixels_by_gradient",
    fr="C'est le champ théorique, celui de la formule. Des poids nuls le rétrécissent, et, près des "
    "bords, des chemins qui se compensent : seul le gradient le voit.",
    en="This is the theoretical field, the formula's. Zero weights shrink it and, near the borders, "
    "paths that cancel out: only the gradient sees that.",
)
def formula_instead_of_gradient(layers, image, position):
    full = [layer | {"weights": jnp.ones_like(layer["weights"])} for layer in layers]
    return solution.pixels_by_gradient(full, image, position)


# --- blocks_needed ---------------------------------------------------------------------------


@mistake(
    of="blocks_needed",
    fr="Un champ exactement aussi grand que l'objet suffit déjà : comparez avec « au moins ».",
    en='A field exactly as large as the object is already enough: compare with "at least".',
)
def strictly_larger(block, object_size):
    return solution.blocks_needed(block, object_size + 1)


@mistake(
    of="blocks_needed",
    fr="Chaque bloc est supposé ajouter autant de pixels que le premier. Les pas des blocs "
    "précédents agrandissent ce qu'ajoutent les suivants.",
    en="Every block is assumed to add as many pixels as the first. The strides of the earlier "
    "blocks enlarge what the later ones add.",
)
def linear_growth(block, object_size):
    growth = solution.field_size(block) - 1
    return -(-(object_size - 1) // growth)
