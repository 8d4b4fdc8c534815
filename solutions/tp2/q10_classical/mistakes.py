"""Wrong answers to question 10 that students give, each with what to look at."""

import numpy as np
from sklearn.svm import SVC

from grader.checks import deviation, family, mistake

from . import solution


@mistake(
    of="vectors",
    fr="Les canaux sont mis bout à bout : dans ce vecteur, ceux d'un même pixel se suivent.",
    en="The channels are laid end to end: in this vector those of one pixel are neighbours.",
)
def channel_after_channel(images):
    return images.transpose(0, 3, 1, 2).reshape(len(images), -1)


@mistake(
    of="vectors",
    fr="Chaque image est devenue une colonne : les méthodes attendent une ligne par image.",
    en="Each image became a column: the methods expect one row for each image.",
)
def images_in_columns(images):
    return images.reshape(len(images), -1).T


@mistake(
    of="vectors",
    fr="Tout est dans un seul vecteur : gardez l'axe des images.",
    en="Everything is in one vector: keep the axis of the images.",
)
def a_single_vector(images):
    return images.reshape(-1)


def _scaled(train, new, mean, scale):
    scale = np.where(scale == 0, 1, scale)
    return (train - mean) / scale, (new - mean) / scale


@mistake(
    of="network_features",
    fr="Le dernier lot, incomplet, a été abandonné : toutes les images doivent avoir leur ligne.",
    en="The last batch, an incomplete one, was dropped: every image must have its row.",
)
def last_batch_lost(model, images, layer, batch=60):
    whole = len(images) // batch * batch
    return solution.network_features(model, images[:whole], layer, batch)


@mistake(
    of="network_features",
    fr="Ce sont les scores du réseau : ses anciennes classes ne vous intéressent pas, arrêtez-vous à la "
    "couche demandée.",
    en="These are the scores of the network: its old classes are of no interest, stop at the layer "
    "that is asked for.",
)
def scores_of_the_network(model, images, layer, batch=60):
    return solution.network_features(model, images, "classifier", batch)


@mistake(
    of="network_features",
    fr="Le dernier lot est complété, mais ses lignes ajoutées sont restées : il y a plus de lignes que "
    "d'images.",
    en="The last batch was filled up, and the rows added have stayed: there are more rows than images.",
)
def padding_kept(model, images, layer, batch=60):
    missing = -len(images) % batch
    padded = np.pad(images, ((0, missing), (0, 0), (0, 0), (0, 0)))
    return solution.network_features(model, padded, layer, batch)


def _machine(train, labels, new, **options):
    return SVC(**options).fit(train, labels).predict(new)


def _standardised(train, new):
    return _scaled(train, new, train.mean(axis=0), train.std(axis=0))


@mistake(
    of="svm_predict",
    fr="C a gardé sa valeur par défaut, 1 : avec ``C=10``, la machine suit de plus près les exemples.",
    en="C was left at its default, 1: with ``C=10`` the machine follows the examples more closely.",
)
def default_cost(train, labels, new):
    train, new = _standardised(train, new)
    return _machine(train, labels, new)


@mistake(
    of="svm_predict",
    fr="Les colonnes ne sont pas standardisées : celle dont les valeurs sont les plus grandes décide seule.",
    en="The columns are not standardised: the one with the largest values decides alone.",
)
def columns_as_they_are(train, labels, new):
    return _machine(train, labels, new, C=10)


@mistake(
    of="svm_predict",
    fr="Le noyau est linéaire : la frontière reste droite. Le noyau gaussien est celui que ``SVC`` prend par défaut.",
    en="The kernel is linear: the border stays straight. The Gaussian kernel is the one that ``SVC`` takes by default.",
)
def linear_kernel(train, labels, new):
    train, new = _standardised(train, new)
    return _machine(train, labels, new, C=10, kernel="linear")


@mistake(
    of="svm_predict",
    fr="Les nouvelles images sont standardisées à part, avec leurs propres moyennes : celles de ``train`` doivent "
    "servir aux deux.",
    en="The new images are standardised apart, with their own means: those of ``train`` must serve both.",
)
def standardised_apart(train, labels, new):
    return _machine(_standardised(train, train)[0], labels, _standardised(new, new)[0], C=10)


@mistake(
    of="better",
    fr="Le meilleur score l'emporte toujours : un écart que le hasard explique ne permet pas de choisir.",
    en="The better score always wins: a difference that chance explains allows no choice.",
)
def the_better_score_wins(first_right, second_right):
    if first_right.sum() == second_right.sum():
        return "undecided"
    return "first" if first_right.sum() > second_right.sum() else "second"


@mistake(
    of="better",
    fr="« first » et « second » sont échangés.",
    en='"first" and "second" are exchanged.',
)
def names_exchanged(first_right, second_right):
    return solution.better(second_right, first_right)


@mistake(
    of="better",
    fr="La comparaison est à l'envers : c'est sous 3,84 que l'on ne peut pas conclure.",
    en="The comparison is upside down: it is below 3.84 that nothing can be concluded.",
)
def bound_upside_down(first_right, second_right):
    if solution.mcnemar(first_right, second_right) >= 3.84:
        return "undecided"
    return the_better_score_wins(first_right, second_right)


@mistake(
    of="better",
    fr="Le seuil est appliqué à la racine de la statistique (1,96 y correspondrait) : "
    "comparez la statistique elle-même à 3,84.",
    en="The bound is applied to the root of the statistic (1.96 would suit it): compare the statistic "
    "itself with 3.84.",
)
def root_compared(first_right, second_right):
    if np.sqrt(solution.mcnemar(first_right, second_right)) < 3.84:
        return "undecided"
    return the_better_score_wins(first_right, second_right)


@family(
    of="standardise",
    deviations=[
        deviation(
            "own_statistics",
            measured="apart",
            fr="Les nouvelles images sont standardisées avec leurs propres moyennes : celles de "
            "``train`` doivent servir aux deux, sinon une même image change de description selon "
            "ses voisines.",
            en="The new images are standardised with their own means: those of ``train`` must serve "
            "both, otherwise the description of an image depends on its neighbours.",
        ),
        deviation(
            "statistics_of_both",
            measured="both",
            fr="Les statistiques viennent des deux tableaux ensemble : les nouvelles images doivent "
            "rester inconnues, mesurez ``train`` seul.",
            en="The statistics come from both arrays together: the new images must stay unknown, "
            "measure ``train`` alone.",
        ),
        deviation(
            "new_as_it_is",
            measured="train only",
            fr="Le second tableau revient tel quel : standardisez les deux.",
            en="The second array comes back as it is: standardise both.",
        ),
        deviation(
            "one_mean_for_all",
            whose="all",
            fr="Une seule moyenne et un seul écart type pour tout le tableau : chaque colonne a les "
            "siens (``axis=0``).",
            en="One mean and one standard deviation for the whole array: each column has its own "
            "(``axis=0``).",
        ),
        deviation(
            "rows_standardised",
            whose="rows",
            fr="Ce sont les lignes qui sont standardisées : chaque colonne a sa moyenne et son écart"
            " type (``axis=0``).",
            en="It is the rows that are standardised: each column has its mean and standard "
            "deviation (``axis=0``).",
        ),
        deviation(
            "constant_columns_divided",
            constant="divided",
            fr="Une colonne constante donne 0 / 0 : centrez-la seulement (les bords noirs des images"
            " sont de telles colonnes).",
            en="A constant column gives 0 / 0: only centre it (the black borders of images are such "
            "columns).",
        ),
        deviation(
            "epsilon_added",
            constant="epsilon",
            fr="Un petit nombre est ajouté à l'écart type : les autres colonnes en changent aussi.",
            en="A small number is added to the standard deviation: the other columns change with it.",
        ),
        deviation(
            "constant_columns_zero",
            constant="zero",
            fr="Une colonne constante est mise à zéro aussi dans ``new`` : elle y est seulement "
            "centrée.",
            en="A constant column is set to zero in ``new`` as well: there it is only centred.",
        ),
        deviation(
            "unbiased_deviation",
            freedom=1,
            fr="L'écart type est divisé par n - 1 ; on demande celui de ``np.std`` (``ddof=0``).",
            en="The standard deviation is divided by n - 1; that of ``np.std`` (``ddof=0``) is asked"
            " for.",
        ),
        deviation(
            "divided_by_the_variance",
            root="none",
            fr="C'est la variance qui divise : prenez sa racine, l'écart type.",
            en="This is divided by the variance: take its root, the standard deviation.",
        ),
        deviation(
            "not_divided",
            root="not divided",
            fr="Les colonnes sont centrées, mais pas divisées par leur écart type.",
            en="The columns are centred, but not divided by their standard deviation.",
        ),
        deviation(
            "not_centred",
            centred=False,
            fr="La moyenne n'est pas retranchée.",
            en="The mean is not subtracted.",
        ),
    ],
)
def standardised(
    train,
    new,
    *,
    measured="train",
    whose="columns",
    constant="centred",
    freedom=0,
    root="deviation",
    centred=True,
):
    def scaled(array, of):
        axis = {"all": None, "rows": 1}.get(whose, 0)
        mean, scale = (
            of.mean(axis=axis, keepdims=True),
            of.std(axis=axis, ddof=freedom, keepdims=True),
        )
        still = of.max(axis=axis, keepdims=True) == of.min(axis=axis, keepdims=True)
        scale = {"none": scale**2, "not divided": 1 + 0 * scale}.get(root, scale)
        scale = {"divided": scale, "epsilon": scale + 1e-3}.get(constant, np.where(still, 1, scale))
        with np.errstate(all="ignore"):
            found = (array - mean if centred else array) / scale
        return np.where(still, 0, found) if constant == "zero" else found

    if whose == "rows":
        return scaled(train, train), scaled(new, new)
    of = np.concatenate([train, new]) if measured == "both" else train
    others = {"apart": lambda: scaled(new, new), "train only": lambda: new}.get(
        measured, lambda: scaled(new, of)
    )
    return scaled(train, of), others()


@family(
    of="orientations",
    deviations=[
        deviation(
            "every_pixel_counts_one",
            votes="one",
            fr="Chaque pixel compte un : il doit compter la longueur de son gradient, sinon le bruit"
            " d'un fond uni pèse autant qu'un contour.",
            en="Each pixel counts one: it must count the length of its gradient, or the noise of a "
            "plain background weighs as much as an outline.",
        ),
        deviation(
            "every_edge_counts_one",
            votes="one where there is any",
            fr="Chaque pixel de gradient non nul compte un : il doit compter la longueur de son "
            "gradient.",
            en="Each pixel with a gradient counts one: it must count the length of its gradient.",
        ),
        deviation(
            "squares_counted",
            votes="square",
            fr="Chaque pixel compte le carré de la longueur de son gradient : prenez la racine.",
            en="Each pixel counts the square of the length of its gradient: take the root.",
        ),
        deviation(
            "magnitudes_added",
            votes="magnitudes",
            fr="La longueur du gradient est la racine de gx² + gy², et non |gx| + |gy|.",
            en="The length of the gradient is the root of gx² + gy², not |gx| + |gy|.",
        ),
        deviation(
            "whole_turn",
            turn="whole",
            fr="L'angle fait le tour complet (modulo 2 pi) : les orientations se comptent modulo pi.",
            en="The angle goes all the way round (modulo 2 pi): orientations are counted modulo pi.",
        ),
        deviation(
            "magnitude_of_the_angle",
            turn="magnitude",
            fr="L'angle est remplacé par sa valeur absolue : ramenez-le modulo pi.",
            en="The angle is replaced by its absolute value: take it modulo pi.",
        ),
        deviation(
            "axes_exchanged",
            axes="exchanged",
            fr="gx et gy sont échangés dans l'angle : c'est ``np.arctan2(gy, gx)``.",
            en="gx and gy are exchanged in the angle: it should be ``np.arctan2(gy, gx)``.",
        ),
        deviation(
            "bins_rounded",
            bin="rounded",
            fr="Le numéro de la case est arrondi au plus proche : il doit l'être vers le bas.",
            en="The bin is rounded to the nearest: it should be rounded down.",
        ),
        deviation(
            "bins_backwards",
            bin="backwards",
            fr="Les cases sont dans l'ordre inverse.",
            en="The bins are in the opposite order.",
        ),
        deviation(
            "first_channel_only",
            grey="first",
            fr="Seul le premier canal compte : le niveau de gris d'un pixel est la moyenne de ses "
            "canaux.",
            en="Only the first channel counts: the grey level of a pixel is the mean of its "
            "channels.",
        ),
        deviation(
            "largest_channel",
            grey="largest",
            fr="Le niveau de gris est le plus grand des canaux : c'est leur moyenne.",
            en="The grey level is the largest of the channels: it should be their mean.",
        ),
        deviation(
            "not_normalised",
            norm="none",
            fr="La description n'est pas divisée par sa norme : une image plus contrastée en aurait "
            "une plus grande.",
            en="The descriptor is not divided by its norm: an image with more contrast would have a "
            "larger one.",
        ),
        deviation(
            "each_cell_normalised",
            norm="each cell",
            fr="Chaque cellule est divisée par sa norme : on en demande une seule, celle de l'image.",
            en="Each cell is divided by its own norm: one norm, that of the image, is asked for.",
        ),
        deviation(
            "divided_by_the_sum",
            norm="sum",
            fr="La division se fait par la somme : prenez la norme euclidienne, la racine de la "
            "somme des carrés.",
            en="The division is by the sum: use the Euclidean norm, the root of the sum of squares.",
        ),
        deviation(
            "divided_by_the_largest",
            norm="largest",
            fr="La division se fait par la plus grande valeur : prenez la norme euclidienne.",
            en="The division is by the largest value: use the Euclidean norm.",
        ),
        deviation(
            "one_norm_for_all",
            norm="all images",
            fr="Une seule norme sert à toutes les images : chacune a la sienne.",
            en="A single norm serves all images: each has its own.",
        ),
        deviation(
            "one_sided_at_the_border",
            gradient="one-sided",
            fr="Au bord le gradient est pris d'un seul côté (comme le fait ``np.gradient``) "
            ": gx est nul dans la première et la dernière colonne, gy dans la première et "
            "la dernière ligne.",
            en="At the border the gradient is one-sided (as ``np.gradient`` has it): gx is 0 in the "
            "first and last column, gy in the first and last row.",
        ),
        deviation(
            "next_minus_own",
            gradient="forward",
            fr="Le gradient est le voisin moins le pixel lui-même : c'est le voisin de droite moins "
            "celui de gauche.",
            en="The gradient is the neighbour minus the pixel itself: it should be the right "
            "neighbour minus the left one.",
        ),
        deviation(
            "wrapped_at_the_border",
            gradient="wrapped",
            fr="Au bord le gradient fait le tour de l'image (``np.roll``) : il y est nul.",
            en="At the border the gradient goes round the image (``np.roll``): it should be 0 "
            "there.",
        ),
        deviation(
            "cells_column_by_column",
            cells="columns first",
            fr="Les cellules sont rangées colonne par colonne : elles doivent l'être ligne "
            "après ligne.",
            en="The cells are laid out column by column: row after row.",
        ),
        deviation(
            "histograms_interleaved",
            cells="bins first",
            fr="Les valeurs sont rangées case par case : les histogrammes doivent être mis "
            "bout à bout.",
            en="The values are laid out bin by bin: the histograms are put end to end.",
        ),
    ],
)
def described(
    images,
    cell=solution.CELL,
    bins=solution.BINS,
    *,
    votes="length",
    turn="half",
    axes="own",
    bin="floor",
    grey="mean",
    norm="image",
    gradient="central",
    cells="rows first",
):
    channels = images.astype(np.float64)
    levels = {"first": channels[..., 0], "largest": channels.max(axis=-1)}.get(
        grey, channels.mean(axis=-1)
    )
    gx, gy = _gradient(levels, gradient)
    up, across = (gx, gy) if axes == "exchanged" else (gy, gx)
    angle, whole = np.arctan2(up, across), 2 * np.pi if turn == "whole" else np.pi
    angle = np.abs(angle) if turn == "magnitude" else np.mod(angle, whole)
    place = angle * bins / whole
    kind = np.minimum((np.round(place) if bin == "rounded" else place).astype(int), bins - 1)
    kind = bins - 1 - kind if bin == "backwards" else kind
    length = np.hypot(gx, gy)
    weight = {
        "one": 1 + 0 * length,
        "one where there is any": 1.0 * (length > 0),
        "square": length**2,
        "magnitudes": np.abs(gx) + np.abs(gy),
    }.get(votes, length)
    given = weight[..., np.newaxis] * (kind[..., np.newaxis] == np.arange(bins))
    rows, columns = levels.shape[1] // cell, levels.shape[2] // cell
    given = given[:, : rows * cell, : columns * cell]
    found = given.reshape(len(images), rows, cell, columns, cell, bins).sum(axis=(2, 4))
    found = {"columns first": found.swapaxes(1, 2), "bins first": np.moveaxis(found, -1, 1)}.get(
        cells, found
    )
    if norm == "each cell":
        size = np.linalg.norm(found, axis=-1, keepdims=True)
        return (found / np.where(size == 0, 1, size)).reshape(len(images), -1)
    flat = found.reshape(len(images), -1)
    size = {
        "none": np.ones((len(flat), 1)),
        "sum": flat.sum(axis=1, keepdims=True),
        "largest": flat.max(axis=1, keepdims=True),
        "all images": np.full((len(flat), 1), np.linalg.norm(flat)),
    }.get(norm, np.linalg.norm(flat, axis=1, keepdims=True))
    return flat / np.where(size == 0, 1, size)


def _gradient(levels, gradient):
    gx, gy = np.zeros_like(levels), np.zeros_like(levels)
    if gradient == "one-sided":
        gy, gx = np.gradient(levels, axis=(1, 2))
    elif gradient == "wrapped":
        gx = np.roll(levels, -1, axis=2) - np.roll(levels, 1, axis=2)
        gy = np.roll(levels, -1, axis=1) - np.roll(levels, 1, axis=1)
    elif gradient == "forward":
        gx[:, :, :-1] = levels[:, :, 1:] - levels[:, :, :-1]
        gy[:, :-1] = levels[:, 1:] - levels[:, :-1]
    else:
        gx[:, :, 1:-1] = levels[:, :, 2:] - levels[:, :, :-2]
        gy[:, 1:-1] = levels[:, 2:] - levels[:, :-2]
    return gx, gy


@family(
    of="mcnemar",
    deviations=[
        deviation(
            "without_correction",
            correction="none",
            fr="La correction de continuité manque : retranchez 1 à |b - c| avant d'élever au carré.",
            en="The correction for continuity is missing: subtract 1 from |b - c| before squaring.",
        ),
        deviation(
            "negative_difference_squared",
            correction="not stopped",
            fr="Quand b = c, |b - c| - 1 est négatif et son carré vaut 1 : il aurait dû s'arrêter à "
            "0.",
            en="When b = c, |b - c| - 1 is negative and its square is 1: it should have stopped at "
            "0.",
        ),
        deviation(
            "half_a_correction",
            correction="half",
            fr="La correction retranche 1/2 : c'est 1.",
            en="The correction subtracts 1/2: it should subtract 1.",
        ),
        deviation(
            "corrected_after_squaring",
            correction="after",
            fr="La correction vient après le carré : retranchez 1 à |b - c| avant.",
            en="The correction comes after the square: subtract 1 from |b - c| before.",
        ),
        deviation(
            "sign_kept",
            correction="signed",
            fr="La différence garde son signe : prenez |b - c|.",
            en="The difference keeps its sign: take |b - c|.",
        ),
        deviation(
            "divided_by_all_images",
            divided="by all",
            fr="La division se fait par le nombre d'images : celles où les deux s'accordent "
            "ne nous apprennent rien, divisez par b + c.",
            en="The division is by the number of images: those on which both agree tell nothing, "
            "divide by b + c.",
        ),
        deviation(
            "divided_by_the_root",
            divided="by the root",
            fr="La division se fait par la racine de b + c : divisez par b + c.",
            en="The division is by the root of b + c: divide by b + c.",
        ),
        deviation(
            "not_divided",
            divided="by nothing",
            fr="La division par b + c manque.",
            en="The division by b + c is missing.",
        ),
        deviation("not_squared", power=1, fr="Le carré est oublié.", en="The square is forgotten."),
        deviation(
            "totals_compared",
            counted="all right",
            fr="b et c comptent tout ce que chacun réussit, ce qui est commun compris : comptez "
            "seulement les images que l'un réussit et l'autre non.",
            en="b and c count all that each gets right, the common ones included: count only the "
            "images that one gets right and the other does not.",
        ),
        deviation(
            "agreement_counted",
            counted="agreement",
            fr="b et c comptent les images où les deux s'accordent : comptez celles où un seul "
            "réussit.",
            en="b and c count the images on which both agree: count those that only one gets right.",
        ),
    ],
)
def statistic(
    first_right,
    second_right,
    *,
    correction="stopped at 0",
    divided="by both",
    power=2,
    counted="only one",
):
    one, other = first_right, second_right
    if counted == "all right":
        b, c = int(one.sum()), int(other.sum())
    elif counted == "agreement":
        b, c = int((one & other).sum()), int((~one & ~other).sum())
    else:
        b, c = int((one & ~other).sum()), int((other & ~one).sum())
    if b + c == 0:
        return 0.0
    away = abs(b - c)
    top = {
        "none": away**power,
        "not stopped": (away - 1) ** power,
        "half": max(away - 0.5, 0) ** power,
        "after": max(away**power - 1, 0),
        "signed": max(b - c - 1, 0) ** power,
    }.get(correction, max(away - 1, 0) ** power)
    return float(
        top
        / {"by all": len(one), "by the root": (b + c) ** 0.5, "by nothing": 1}.get(divided, b + c)
    )
