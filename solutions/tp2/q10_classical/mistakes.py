"""Wrong answers to question 10 that students give, each with what to look at."""

import numpy as np
from sklearn.svm import SVC

from grader.checks import mistake

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
    of="standardise",
    fr="Les nouvelles images sont standardisées avec leurs propres moyennes : celles de ``train`` "
    "doivent servir aux deux, sinon une même image change de description selon ses voisines.",
    en="The new images are standardised with their own means: those of ``train`` must serve both, "
    "otherwise the description of an image depends on its neighbours.",
)
def own_statistics(train, new):
    return solution.standardise(train, new)[0], solution.standardise(new, new)[0]


@mistake(
    of="standardise",
    fr="Les statistiques viennent des deux tableaux réunis : les nouvelles images doivent rester "
    "inconnues, mesurez ``train`` seul.",
    en="The statistics come from both arrays together: the new images must stay unknown, measure "
    "``train`` alone.",
)
def statistics_of_both(train, new):
    both = np.concatenate([train, new])
    return _scaled(train, new, both.mean(axis=0), both.std(axis=0))


@mistake(
    of="standardise",
    fr="Une seule moyenne et un seul écart type pour tout le tableau : chaque colonne a les siens "
    "(``axis=0``).",
    en="One mean and one standard deviation for the whole array: each column has its own "
    "(``axis=0``).",
)
def one_mean_for_all(train, new):
    return _scaled(train, new, train.mean(), train.std())


@mistake(
    of="standardise",
    fr="Une colonne constante donne 0 / 0 : centrez-la seulement (les bords noirs des images en sont).",
    en="A constant column gives 0 / 0: only centre it (the black borders of images are such columns).",
)
def constant_columns_divided(train, new):
    mean, scale = train.mean(axis=0), train.std(axis=0)
    with np.errstate(all="ignore"):
        return (train - mean) / scale, (new - mean) / scale


@mistake(
    of="standardise",
    fr="L'écart type est divisé par n - 1 ; celui de ``np.std`` (``ddof=0``) est demandé.",
    en="The standard deviation is divided by n - 1; that of ``np.std`` (``ddof=0``) is asked for.",
)
def unbiased_deviation(train, new):
    return _scaled(train, new, train.mean(axis=0), train.std(axis=0, ddof=1))


@mistake(
    of="standardise",
    fr="C'est divisé par la variance : il faut sa racine, l'écart type.",
    en="This is divided by the variance: take its root, the standard deviation.",
)
def divided_by_the_variance(train, new):
    return _scaled(train, new, train.mean(axis=0), train.var(axis=0))


def _gradient(images):
    grey = images.mean(axis=-1, dtype=np.float64)
    gx, gy = np.zeros_like(grey), np.zeros_like(grey)
    gx[:, :, 1:-1] = grey[:, :, 2:] - grey[:, :, :-2]
    gy[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    return gx, gy


def _by_cell(values, cell):
    rows, columns = values.shape[1] // cell, values.shape[2] // cell
    values = values[:, : rows * cell, : columns * cell]
    parts = values.reshape(len(values), rows, cell, columns, cell, values.shape[-1])
    return parts.sum(axis=(2, 4))


def _histograms(gx, gy, cell, bins, weight=None, turn=np.pi):
    angle = np.mod(np.arctan2(gy, gx), turn)
    kind = np.minimum((angle * bins / turn).astype(int), bins - 1)
    weight = np.hypot(gx, gy) if weight is None else weight
    return _by_cell(weight[..., np.newaxis] * (kind[..., np.newaxis] == np.arange(bins)), cell)


def _normalised(histograms):
    flat = histograms.reshape(len(histograms), -1)
    norm = np.linalg.norm(flat, axis=1, keepdims=True)
    return flat / np.where(norm == 0, 1, norm)


@mistake(
    of="orientations",
    fr="Chaque pixel compte pour un : il doit compter pour la longueur de son gradient, sinon le bruit "
    "d'un fond uni pèse autant qu'un contour.",
    en="Each pixel counts one: it must count the length of its gradient, or the noise of a plain "
    "background weighs as much as an outline.",
)
def every_pixel_counts_one(images, cell=7, bins=9):
    gx, gy = _gradient(images)
    return _normalised(_histograms(gx, gy, cell, bins, np.ones_like(gx)))


@mistake(
    of="orientations",
    fr="L'angle fait le tour complet (modulo 2 pi) : les orientations se comptent modulo pi.",
    en="The angle goes all the way round (modulo 2 pi): orientations are counted modulo pi.",
)
def whole_turn(images, cell=7, bins=9):
    return _normalised(_histograms(*_gradient(images), cell, bins, turn=2 * np.pi))


@mistake(
    of="orientations",
    fr="gx et gy sont échangés dans l'angle : c'est ``np.arctan2(gy, gx)``.",
    en="gx and gy are exchanged in the angle: it is ``np.arctan2(gy, gx)``.",
)
def axes_exchanged(images, cell=7, bins=9):
    return _normalised(_histograms(*_gradient(images)[::-1], cell, bins))


@mistake(
    of="orientations",
    fr="Seul le premier canal compte : le niveau de gris d'un pixel est la moyenne de ses canaux.",
    en="Only the first channel counts: the grey level of a pixel is the mean of its channels.",
)
def first_channel_only(images, cell=solution.CELL, bins=solution.BINS):
    return solution.orientations(images[..., :1], cell, bins)


@mistake(
    of="orientations",
    fr="Le descripteur n'est pas divisé par sa norme : une image plus contrastée en aurait un plus grand.",
    en="The descriptor is not divided by its norm: an image with more contrast would have a larger one.",
)
def not_normalised(images, cell=7, bins=9):
    return _histograms(*_gradient(images), cell, bins).reshape(len(images), -1)


@mistake(
    of="orientations",
    fr="Chaque cellule est divisée par sa propre norme : une seule norme, celle de l'image, est demandée.",
    en="Each cell is divided by its own norm: one norm, that of the image, is asked for.",
)
def each_cell_normalised(images, cell=7, bins=9):
    histograms = _histograms(*_gradient(images), cell, bins)
    norm = np.linalg.norm(histograms, axis=-1, keepdims=True)
    return (histograms / np.where(norm == 0, 1, norm)).reshape(len(images), -1)


@mistake(
    of="orientations",
    fr="La division se fait par la somme : il faut la norme euclidienne, racine de la somme des carrés.",
    en="The division is by the sum: use the Euclidean norm, the root of the sum of squares.",
)
def divided_by_the_sum(images, cell=7, bins=9):
    flat = not_normalised(images, cell, bins)
    total = flat.sum(axis=1, keepdims=True)
    return flat / np.where(total == 0, 1, total)


@mistake(
    of="orientations",
    fr="Au bord, le gradient est pris d'un seul côté (comme ``np.gradient``) : gx y vaut 0 dans les "
    "première et dernière colonnes, gy dans les première et dernière lignes.",
    en="At the border the gradient is one-sided (as ``np.gradient`` has it): gx is 0 in the first "
    "and last column, gy in the first and last row.",
)
def one_sided_at_the_border(images, cell=7, bins=9):
    gy, gx = np.gradient(images.mean(axis=-1, dtype=np.float64), axis=(1, 2))
    return _normalised(_histograms(gx, gy, cell, bins))


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


def _counts(first, second):
    return int(np.sum(first & ~second)), int(np.sum(second & ~first))


@mistake(
    of="mcnemar",
    fr="La correction de continuité manque : retranchez 1 à |b - c| avant d'élever au carré.",
    en="The correction for continuity is missing: subtract 1 from |b - c| before squaring.",
)
def without_correction(first_right, second_right):
    b, c = _counts(first_right, second_right)
    return (b - c) ** 2 / (b + c) if b + c else 0.0


@mistake(
    of="mcnemar",
    fr="Quand b = c, |b - c| - 1 est négatif et son carré vaut 1 : il fallait s'arrêter à 0.",
    en="When b = c, |b - c| - 1 is negative and its square is 1: it should have stopped at 0.",
)
def negative_difference_squared(first_right, second_right):
    b, c = _counts(first_right, second_right)
    return (abs(b - c) - 1) ** 2 / (b + c) if b + c else 0.0


@mistake(
    of="mcnemar",
    fr="La division se fait par le nombre d'images : celles où les deux sont d'accord n'apprennent rien, "
    "divisez par b + c.",
    en="The division is by the number of images: those on which both agree tell nothing, divide by b + c.",
)
def divided_by_all_images(first_right, second_right):
    b, c = _counts(first_right, second_right)
    return max(abs(b - c) - 1, 0) ** 2 / len(first_right)


@mistake(
    of="mcnemar",
    fr="Le carré est oublié.",
    en="The square is forgotten.",
)
def not_squared(first_right, second_right):
    b, c = _counts(first_right, second_right)
    return max(abs(b - c) - 1, 0) / (b + c) if b + c else 0.0


@mistake(
    of="mcnemar",
    fr="b et c comptent les réussites de chacun, y compris les communes : ne comptez que les images que "
    "l'un réussit et l'autre non.",
    en="b and c count all that each gets right, the common ones included: count only the images that one "
    "gets right and the other does not.",
)
def totals_compared(first_right, second_right):
    b, c = int(first_right.sum()), int(second_right.sum())
    return max(abs(b - c) - 1, 0) ** 2 / (b + c) if b + c else 0.0


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
    fr="La comparaison est à l'envers : c'est sous 3.84 que l'on ne peut pas conclure.",
    en="The comparison is upside down: it is below 3.84 that nothing can be concluded.",
)
def bound_upside_down(first_right, second_right):
    if solution.mcnemar(first_right, second_right) >= 3.84:
        return "undecided"
    return the_better_score_wins(first_right, second_right)


@mistake(
    of="better",
    fr="Le seuil est appliqué à la racine de la statistique (1.96 y correspondrait) : comparez la "
    "statistique elle-même à 3.84.",
    en="The bound is applied to the root of the statistic (1.96 would suit it): compare the statistic "
    "itself with 3.84.",
)
def root_compared(first_right, second_right):
    if np.sqrt(solution.mcnemar(first_right, second_right)) < 3.84:
        return "undecided"
    return the_better_score_wins(first_right, second_right)
