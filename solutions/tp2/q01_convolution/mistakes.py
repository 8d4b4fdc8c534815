"""Known mistakes of question 1."""

import jax.numpy as jnp
import numpy as np

from grader.checks import deviation, family, mistake

from . import solution

# --- output_size -----------------------------------------------------------------------------


@mistake(
    of="output_size",
    fr="Les zéros ne sont comptés que d'un seul côté. `padding` zéros sont ajoutés à chaque bout "
    "de l'axe : de combien s'allonge-t-il en tout ?",
    en="The zeros are counted on one side only. `padding` zeros are added at each end of the "
    "axis: by how much does it grow in all?",
)
def padding_counted_once(size, kernel, padding, stride):
    return (size + padding - kernel) // stride + 1


@mistake(
    of="output_size",
    fr="Il manque la position de départ : un filtre qui peut faire 4 pas occupe 5 positions.",
    en="The starting position is missing: a filter that can take 4 steps has 5 positions.",
)
def first_position_forgotten(size, kernel, padding, stride):
    return (size + 2 * padding - kernel) // stride


@mistake(
    of="output_size",
    fr="Le résultat est arrondi vers le haut : la dernière position dépasse de l'image. Elle ne "
    "compte que si le filtre y tient tout entier.",
    en="The result is rounded up: the last position sticks out of the image. It only counts if "
    "the filter fits there entirely.",
)
def stride_rounded_up(size, kernel, padding, stride):
    return -(-(size + 2 * padding - kernel) // stride) + 1


@mistake(
    of="output_size",
    fr="La taille du filtre n'intervient pas. Le bord du filtre s'arrête au bord de l'image : son "
    "coin ne peut donc pas parcourir tous les pixels.",
    en="The size of the filter plays no part. The filter's edge stops at the image's edge, so its "
    "corner cannot visit every pixel.",
)
def kernel_ignored(size, kernel, padding, stride):
    return (size + 2 * padding - 1) // stride + 1


# --- conv_parameters -------------------------------------------------------------------------


@family(
    of="conv_parameters",
    deviations=[
        deviation(
            "biases_forgotten",
            biases=0,
            fr="Les biais manquent : chaque filtre a le sien.",
            en="The biases are missing: every filter has its own.",
        ),
        deviation(
            "one_bias_for_the_layer",
            biases="one",
            fr="Un seul biais est compté pour toute la couche ; chaque filtre a le sien.",
            en="A single bias is counted for the whole layer; every filter has its own.",
        ),
        deviation(
            "bias_for_each_channel",
            biases="channels",
            fr="Un biais est compté pour chaque canal de chaque filtre ; un filtre n'en a qu'un.",
            en="A bias is counted for each channel of each filter; a filter has only one.",
        ),
        deviation(
            "filter_depth_forgotten",
            depth=1,
            fr="Le filtre est compté comme un carré plat. Il est aussi profond que son entrée : combien "
            "de couches de poids empile-t-il ?",
            en="The filter is counted as a flat square. It is as deep as its input: how many layers of "
            "weights does it stack?",
        ),
        deviation(
            "kernel_not_squared",
            sides=1,
            fr="Un filtre de taille K n'a pas K pixels mais K lignes de K pixels.",
            en="A filter of size K does not have K pixels but K rows of K pixels.",
        ),
    ],
)
def parameters(kernel, in_channels, filters, *, biases="filters", depth=None, sides=2):
    weights = filters * kernel**sides * (in_channels if depth is None else depth)
    counts = {"one": 1, "channels": filters * in_channels, "filters": filters}
    return weights + counts.get(biases, 0)


# --- dense_parameters ------------------------------------------------------------------------


@family(
    of="dense_parameters",
    deviations=[
        deviation(
            "biases_forgotten",
            biases="none",
            fr="Les biais manquent : chaque nombre que produit la couche dense a le sien.",
            en="The biases are missing: every number that the dense layer produces has its own.",
        ),
        deviation(
            "biases_shared",
            biases="filters",
            fr="Les biais sont comptés comme ceux de la convolution, un par filtre. La couche dense ne "
            "partage rien : chaque nombre produit a le sien.",
            en="The biases are counted as in the convolution, one per filter. The dense layer shares "
            "nothing: every number it produces has its own.",
        ),
        deviation(
            "filters_forgotten",
            maps=1,
            fr="La sortie est comptée comme une seule carte. La convolution en produit une par filtre, "
            "et la couche dense doit les remplacer toutes.",
            en="The output is counted as a single map. The convolution makes one per filter, and the "
            "dense layer has to stand for all of them.",
        ),
        deviation(
            "input_channels_forgotten",
            depth=1,
            fr="Les canaux de l'image sont oubliés : un pixel en couleur, c'est trois nombres en entrée.",
            en="The channels of the image are forgotten: a colour pixel is three input numbers.",
        ),
        deviation(
            "output_as_large_as_the_input",
            output="input",
            fr="La sortie est comptée aussi grande que l'image. Le filtre, les zéros ajoutés "
            "et le pas décident de sa taille.",
            en="The output is counted as large as the image. Filter, padding and stride decide its size.",
        ),
        deviation(
            "padding_and_stride_ignored",
            output="plain",
            fr="`padding` et `stride` n'interviennent pas dans la taille de la sortie.",
            en="`padding` and `stride` play no part in the size of the output.",
        ),
        deviation(
            "zeros_are_inputs",
            inputs="padded",
            fr="Les zéros ajoutés sont comptés comme des entrées. La couche dense est reliée "
            "aux nombres de l'image, et à eux seuls.",
            en="The zeros of the padding are counted as inputs. The dense layer is connected to the numbers "
            "of the image, and to these alone.",
        ),
    ],
)
def dense(
    height,
    width,
    in_channels,
    kernel,
    filters,
    padding=0,
    stride=1,
    *,
    biases="outputs",
    maps=None,
    depth=None,
    output="convolution",
    inputs="image",
):
    settings = (0, 1) if output == "plain" else (padding, stride)
    rows, columns = (solution.output_size(side, kernel, *settings) for side in (height, width))
    if output == "input":
        rows, columns = height, width
    outputs = rows * columns * (filters if maps is None else maps)
    around = 2 * padding if inputs == "padded" else 0
    pixels = (height + around) * (width + around)
    weights = outputs * pixels * (in_channels if depth is None else depth)
    return weights + {"none": 0, "filters": filters}.get(biases, outputs)


# --- conv2d_loops and conv2d -----------------------------------------------------------------


@family(
    of=("conv2d_loops", "conv2d"),
    deviations=[
        deviation(
            "kernel_flipped",
            flipped=True,
            fr="Le filtre est retourné : c'est la convolution des mathématiciens. Les bibliothèques "
            "d'apprentissage posent le filtre tel quel (corrélation croisée).",
            en="The filter is flipped: that is the mathematicians' convolution. Deep-learning "
            "libraries lay the filter down as it is (cross-correlation).",
        ),
        deviation(
            "kernel_transposed",
            transposed=True,
            fr="Lignes et colonnes du filtre sont échangées : le premier indice du filtre accompagne "
            "le premier indice de l'image.",
            en="Rows and columns of the filter are swapped: the filter's first index goes with the "
            "image's first index.",
        ),
        deviation(
            "first_channel_only",
            channels="first",
            fr="Seul le premier canal de l'image est utilisé. Le bloc et le filtre ont la même "
            "profondeur et la somme porte sur tous les canaux.",
            en="Only the first channel of the image is used. Block and filter have the same depth, "
            "and the sum runs over all the channels.",
        ),
        deviation(
            "mean_instead_of_sum",
            weights="mean",
            fr="Les produits sont moyennés : la sortie est divisée par le nombre de poids du filtre. "
            "Une convolution fait leur somme.",
            en="The products are averaged: the output is divided by the number of weights of the "
            "filter. A convolution takes their sum.",
        ),
        deviation(
            "padding_ignored",
            zeros="ignored",
            fr="`padding` est ignoré : la convolution se fait sur l'image sans ses zéros.",
            en="`padding` is ignored: the convolution runs on the image without its zeros.",
        ),
        deviation(
            "padding_at_the_end",
            zeros="end",
            fr="Tous les zéros sont ajoutés du même côté (en bas et à droite). Il en faut `padding` "
            "sur chacun des quatre côtés.",
            en="All the zeros are added on the same side (bottom and right). `padding` of them "
            "belong on each of the four sides.",
        ),
        deviation(
            "padding_from_the_kernel",
            zeros="kernel",
            fr="Le nombre de zéros vient de la taille du filtre. C'est `padding` qui le donne.",
            en="The number of zeros comes from the size of the filter. `padding` is what gives it.",
        ),
        deviation(
            "border_repeated",
            zeros="edge",
            fr="Autour de l'image, les pixels du bord sont répétés ; ce sont des zéros qu'il faut.",
            en="Around the image the border's pixels are repeated; zeros are what is needed.",
        ),
        deviation(
            "stride_only_in_the_size",
            steps="size",
            fr="La sortie a la bonne taille, mais les blocs se suivent pixel par pixel : le pas doit "
            "aussi décider où commence chaque bloc.",
            en="The output has the right size, but the blocks follow one another pixel by pixel: the "
            "stride must also decide where each block starts.",
        ),
        deviation(
            "stride_on_rows_only",
            steps="rows",
            fr="Le pas n'est appliqué qu'aux lignes. Le filtre avance de `stride` pixels dans les "
            "deux directions.",
            en="The stride is applied to the rows only. The filter advances by `stride` pixels in "
            "both directions.",
        ),
        deviation(
            "bias_forgotten",
            biases="none",
            fr="Le biais n'est pas ajouté. Chaque carte de sortie reçoit celui de son filtre.",
            en="The bias is not added. Every output map receives the one of its filter.",
        ),
        deviation(
            "bias_for_each_channel",
            biases="channels",
            fr="Le biais est ajouté une fois par canal de l'image ; il ne l'est qu'une fois par sortie.",
            en="The bias is added once for each channel of the image; it should be added once to "
            "each output.",
        ),
        deviation(
            "biases_summed",
            biases="sum",
            fr="Chaque carte reçoit la somme de tous les biais ; elle ne reçoit que celui de son filtre.",
            en="Every map receives the sum of all biases; it only receives its own filter's.",
        ),
        deviation(
            "last_bias_for_all",
            biases="last",
            fr="Toutes les cartes reçoivent le biais du dernier filtre ; chacune a le sien.",
            en="All maps receive the bias of the last filter; each has its own.",
        ),
        deviation(
            "one_position_less",
            size="short",
            fr="Il manque la dernière position, en bas et à droite : un filtre qui peut faire 4 pas "
            "occupe 5 positions.",
            en="The last position is missing, at the bottom and on the right: a filter that can take "
            "4 steps has 5 positions.",
        ),
        deviation(
            "first_row_only",
            filled="first row",
            fr="Seule la première ligne de la sortie est remplie : un `return` arrive-t-il trop tôt ?",
            en="Only the first row of the output is filled: does a `return` come too early?",
        ),
        deviation(
            "filters_first",
            axes=(2, 0, 1),
            fr="L'axe des filtres vient en premier ; il doit venir en dernier.",
            en="The axis of the filters comes first; it must come last.",
        ),
        deviation(
            "columns_before_rows",
            axes=(1, 0, 2),
            fr="Lignes et colonnes de la sortie sont échangées.",
            en="Rows and columns of the output are swapped.",
        ),
    ],
)
def convolution(
    x,
    kernel,
    bias,
    stride=1,
    padding=0,
    *,
    flipped=False,
    transposed=False,
    channels="all",
    weights="sum",
    zeros="around",
    steps="both",
    biases="own",
    size="full",
    filled="all",
    axes=(0, 1, 2),
):
    """NumPy's arrays are computed with NumPy, which is quick to try hundreds of pairs on; traced ones by JAX."""
    xp = np if isinstance(x, np.ndarray) else jnp
    kernel = kernel[::-1, ::-1] if flipped else kernel
    kernel = xp.swapaxes(kernel, 0, 1) if transposed else kernel
    depth = x.shape[2]
    if channels == "first":
        x, kernel = x[..., :1], kernel[:, :, :1]
    x = _with_zeros(xp, x, kernel, padding, zeros)
    rows = _taps(x.shape[0], kernel.shape[0], stride, steps, size)
    across = "none" if steps == "rows" else steps
    columns = _taps(x.shape[1], kernel.shape[1], stride, across, size)
    patches = x[rows[:, None, :, None], columns[None, :, None, :]]
    y = xp.einsum("hwijc,ijcf->hwf", patches, kernel)
    if weights == "mean":
        y = y / np.prod(kernel.shape[:3])
    if biases != "none":
        added = {"channels": depth * bias, "sum": bias.sum(), "last": bias[-1]}
        y = y + added.get(biases, bias)
    if filled == "first row":
        y = xp.where(np.arange(y.shape[0])[:, None, None] == 0, y, 0)
    return xp.transpose(y, axes)


def _with_zeros(xp, x, kernel, padding, zeros):
    before = after = {"ignored": 0, "end": 0, "kernel": kernel.shape[0] // 2}.get(zeros, padding)
    if zeros == "end":
        after = 2 * padding
    widths = ((before, after), (before, after), (0, 0))
    return xp.pad(x, widths, mode="edge" if zeros == "edge" else "constant")


def _taps(length, taps, stride, steps, size):
    """For each position of the filter along an axis, the pixels that it lies on."""
    positions = solution.output_size(length, taps, 0, 1 if steps == "none" else stride)
    positions = max(positions - (size == "short"), 0)
    return (stride if steps in ("both", "rows") else 1) * np.arange(positions)[:, None] + np.arange(
        taps
    )


@mistake(
    of="conv2d",
    fr="Blocs aplatis et filtres aplatis ne rangent pas leurs axes dans le même ordre : les "
    "poids d'un canal multiplient les pixels d'un autre. Suivez (hauteur, largeur, canaux) des "
    "deux côtés.",
    en="The flattened blocks and the flattened filters do not order their axes alike: the weights "
    "of one channel multiply the pixels of another. Keep (height, width, channels) on both sides.",
)
def flattened_in_another_order(x, kernel, bias, stride=1, padding=0):
    kernel_height, kernel_width, channels, filters = kernel.shape
    shuffled = jnp.reshape(kernel, (channels, kernel_height, kernel_width, filters))
    return solution.conv2d(x, jnp.transpose(shuffled, (1, 2, 0, 3)), bias, stride, padding)
