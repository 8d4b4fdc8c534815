"""Known mistakes of question 6."""

import numpy as np

from grader.checks import deviation, family, mistake

from . import solution

# --- output_size -----------------------------------------------------------------------------

_ZEROS_COUNTED = [
    deviation(
        "padding_counted_once",
        zeros=1,
        fr="Les zéros ne sont comptés que d'un côté ; il y en a `padding` à chaque bout.",
        en="The zeros are counted on one side only; there are `padding` at each end.",
    ),
    deviation(
        "padding_ignored",
        zeros=0,
        fr="`padding` n'intervient pas : les zéros allongent l'axe.",
        en="`padding` plays no part: the zeros lengthen the axis.",
    ),
]


@family(
    of="output_size",
    deviations=[
        *_ZEROS_COUNTED,
        deviation(
            "first_position_forgotten",
            counted="steps",
            fr="C'est le nombre de pas. Il manque la position de départ : 4 pas relient 5 positions.",
            en="This is the number of steps. The starting position is missing: 4 steps join 5 positions.",
        ),
        deviation(
            "rounded_up",
            counted="rounded up",
            fr="Le résultat est arrondi vers le haut : une dernière position qui dépasse ne compte pas.",
            en="The result is rounded up: a last position that sticks out does not count.",
        ),
        deviation(
            "places_divided_by_the_stride",
            counted="places",
            fr="Le nombre d'endroits de pas 1 est divisé par le pas. Ce sont les pas qui se divisent : "
            "N + 2P - K, avant d'ajouter 1.",
            en="The number of places of stride 1 is divided by the stride. It is the steps that are divided: "
            "N + 2P - K, before 1 is added.",
        ),
        deviation(
            "kernel_ignored",
            taken="1",
            fr="La taille du noyau n'intervient pas.",
            en="The size of the kernel plays no part.",
        ),
        deviation(
            "stride_ignored",
            counted="stride 1",
            fr="Le pas n'intervient pas.",
            en="The stride plays no part.",
        ),
    ],
)
def sizes(size, kernel, padding, stride, *, zeros=2, counted="own", taken="kernel"):
    room = size + zeros * padding - (1 if taken == "1" else kernel)
    return {
        "steps": room // stride,
        "rounded up": -(-room // stride) + 1,
        "places": (room + 1) // stride,
        "stride 1": room + 1,
    }.get(counted, room // stride + 1)


# --- left_over -------------------------------------------------------------------------------


@family(
    of="left_over",
    deviations=[
        *_ZEROS_COUNTED,
        deviation(
            "kernel_ignored",
            taken="0",
            fr="C'est le reste de toute la longueur. La première position occupe déjà `kernel` cases.",
            en="This is the remainder of the whole length. The first position already takes `kernel` cells.",
        ),
        deviation(
            "missing_cells",
            told="missing",
            fr="C'est ce qui manque pour une position de plus ; on demande ce qui reste.",
            en="This is what is missing for one more position; what is left over is asked for.",
        ),
        deviation(
            "quotient",
            told="quotient",
            fr="C'est le quotient (`//`), le nombre de pas ; ce qui reste est le reste (`%`).",
            en="This is the quotient (`//`), the number of steps; what is left over is the remainder (`%`).",
        ),
        deviation(
            "windows_side_by_side",
            told="side by side",
            fr="Les positions sont comptées comme disjointes (`output * kernel`). La dernière commence à "
            "`(output - 1) * stride`.",
            en="The positions are counted as though they did not overlap (`output * kernel`). The last one "
            "starts at `(output - 1) * stride`.",
        ),
    ],
)
def rest(size, kernel, padding, stride, *, zeros=2, taken="kernel", told="rest"):
    room = size + zeros * padding - (0 if taken == "0" else kernel)
    positions = solution.output_size(size, kernel, padding, stride)
    return {
        "missing": stride - room % stride,
        "quotient": room // stride,
        "side by side": size + zeros * padding - positions * kernel,
    }.get(told, room % stride)


# --- input_sizes -----------------------------------------------------------------------------


@family(
    of="input_sizes",
    deviations=[
        deviation(
            "only_the_smallest",
            listed="smallest",
            fr="Seule la plus petite taille est donnée : avec un pas de 2, deux tailles donnent la même sortie.",
            en="Only the smallest size is given: with a stride of 2 two sizes give the same output.",
        ),
        deviation(
            "last_one_missing",
            listed="one less",
            fr="La plus grande taille manque : il y en a autant que le pas.",
            en="The largest size is missing: there are as many as the stride.",
        ),
        deviation(
            "one_too_many",
            listed="one more",
            fr="La dernière taille donne déjà une position de plus : il y a autant de tailles que le pas.",
            en="The last size already gives one more position: there are as many sizes as the stride.",
        ),
        deviation(
            "largest_first",
            listed="backwards",
            fr="Les tailles vont de la plus grande à la plus petite ; on demande l'ordre croissant.",
            en="The sizes go from the largest to the smallest; increasing order is asked for.",
        ),
        deviation(
            "steps_counted_as_positions",
            steps=0,
            fr="`output` positions sont comptées comme autant de pas ; il y a un pas de moins.",
            en="`output` positions are counted as so many steps; there is one step less.",
        ),
        deviation(
            "padding_added",
            zeros=-2,
            fr="Les zéros sont ajoutés à l'entrée cherchée ; ils font déjà partie de l'axe : il faut les en "
            "retrancher.",
            en="The zeros are added to the input that is sought; they are part of the axis already: they "
            "must be taken off.",
        ),
        deviation(
            "padding_taken_off_once",
            zeros=1,
            fr="Les zéros ne sont retranchés que d'un côté.",
            en="The zeros are taken off on one side only.",
        ),
        deviation(
            "padding_ignored",
            zeros=0,
            fr="Les zéros ne sont pas retranchés.",
            en="The zeros are not taken off.",
        ),
    ],
)
def inverse(output, kernel, padding, stride, *, listed="all", steps=1, zeros=2):
    smallest = (output - steps) * stride + kernel - zeros * padding
    found = list(range(smallest, smallest + stride + 1))
    return {
        "smallest": found[:1],
        "one less": found[: stride - 1],
        "one more": found,
        "backwards": found[:stride][::-1],
    }.get(listed, found[:stride])


# --- correlate2d -----------------------------------------------------------------------------


@family(
    of="correlate2d",
    deviations=[
        deviation(
            "stride_only_in_the_size",
            steps="size",
            fr="La sortie a la bonne taille, mais les morceaux se suivent pixel par pixel : le pas décide "
            "aussi où commence chacun.",
            en="The output has the right size, but the pieces follow one another pixel by pixel: the stride "
            "also decides where each starts.",
        ),
        deviation(
            "stride_ignored",
            steps="none",
            fr="Le pas est ignoré : le noyau avance d'un pixel.",
            en="The stride is ignored: the kernel advances by one pixel.",
        ),
        deviation(
            "stride_on_rows_only",
            steps="rows",
            fr="Le pas n'est appliqué qu'aux lignes.",
            en="The stride is applied to the rows only.",
        ),
        deviation(
            "stride_on_columns_only",
            steps="columns",
            fr="Le pas n'est appliqué qu'aux colonnes.",
            en="The stride is applied to the columns only.",
        ),
        deviation(
            "padding_ignored",
            zeros="none",
            fr="`padding` est ignoré : aucun zéro n'est ajouté.",
            en="`padding` is ignored: no zero is added.",
        ),
        deviation(
            "padding_at_the_end",
            zeros="end",
            fr="Tous les zéros sont en bas et à droite ; il en faut `padding` sur chacun des quatre côtés.",
            en="All the zeros are below and on the right; `padding` of them belong on each of the four sides.",
        ),
        deviation(
            "border_repeated",
            zeros="edge",
            fr="Les pixels du bord sont répétés ; ce sont des zéros qu'il faut.",
            en="The pixels at the border are repeated; zeros are what is needed.",
        ),
        deviation(
            "kernel_flipped",
            flipped=True,
            fr="Le noyau est retourné : il est posé tel quel.",
            en="The kernel is flipped: it should be laid down as it is.",
        ),
        deviation(
            "last_position_missing",
            size="one less",
            fr="La dernière ligne et la dernière colonne de positions manquent.",
            en="The last row and the last column of positions are missing.",
        ),
        deviation(
            "columns_before_rows",
            order="columns",
            fr="Lignes et colonnes de la sortie sont échangées.",
            en="Rows and columns of the output are exchanged.",
        ),
    ],
)
def strided(
    image,
    kernel,
    stride=1,
    padding=0,
    *,
    steps="both",
    zeros="around",
    flipped=False,
    size="own",
    order="rows",
):
    widths = {"none": 0, "end": (0, 2 * padding)}.get(zeros, padding)
    image = np.pad(image, widths, mode="edge" if zeros == "edge" else "constant")
    kernel = kernel[::-1, ::-1] if flipped else kernel
    counted = {"none": (1, 1), "rows": (stride, 1), "columns": (1, stride)}.get(
        steps, (stride, stride)
    )
    moved = (1, 1) if steps == "size" else counted
    less = size == "one less"
    rows, columns = (
        np.arange(max((n - k) // s + 1 - less, 0))[:, None] * m + np.arange(k)
        for n, k, s, m in zip(image.shape, kernel.shape, counted, moved, strict=True)
    )
    pieces = image[rows[:, None, :, None], columns[None, :, None, :]]
    y = np.einsum("ijuv,uv->ij", pieces, kernel).astype(np.float32)
    return y.T.copy() if order == "columns" else y


# --- shrink ----------------------------------------------------------------------------------


@mistake(
    of="shrink",
    fr="C'est la somme de chaque carré ; les poids d'une moyenne ont pour somme 1.",
    en="This is the sum of each square; the weights of a mean add up to 1.",
)
def sums(image, factor):
    return solution.correlate2d(image, np.ones((factor, factor), np.float32), factor)


@mistake(
    of="shrink",
    fr="Chaque somme est divisée par `factor` : un carré a `factor` × `factor` pixels.",
    en="Each sum is divided by `factor`: a square has `factor` × `factor` pixels.",
)
def divided_by_one_side(image, factor):
    return solution.correlate2d(image, np.full((factor, factor), 1 / factor), factor)


@mistake(
    of="shrink",
    fr="Le pas vaut 1 : l'image est floue, mais elle garde sa taille. Les carrés sont juxtaposés.",
    en="The stride is 1: the image is blurred, but keeps its size. The squares lie side by side.",
)
def not_strided(image, factor):
    return solution.correlate2d(image, np.full((factor, factor), 1 / factor**2))


@mistake(
    of="shrink",
    fr="Un pixel de chaque carré est gardé, sans moyenne : les autres sont perdus.",
    en="One pixel of each square is kept, without a mean: the others are lost.",
)
def one_pixel_kept(image, factor):
    return image[::factor, ::factor].copy()


@mistake(
    of="shrink",
    fr="C'est le plus grand pixel de chaque carré ; on demande la moyenne.",
    en="This is the largest pixel of each square; the mean is asked for.",
)
def largest_pixel(image, factor):
    height, width = (side // factor for side in image.shape)
    cut = image[: height * factor, : width * factor]
    return cut.reshape(height, factor, width, factor).max(axis=(1, 3))
