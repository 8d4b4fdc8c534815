"""Wrong answers to question 5 that students give, each with what to look at."""

import numpy as np

from grader.checks import mistake

from . import solution


def _energy(image, background):
    return ((image / 255 - background) ** 2).sum(axis=-1)


def _border(image):
    mask = np.ones(image.shape[:2], bool)
    mask[1:-1, 1:-1] = False
    return image[mask] / 255


@mistake(
    of="contrast_energy",
    fr="Les valeurs n'ont pas été ramenées entre 0 et 1 : l'énergie est 255² fois trop grande.",
    en="The values were not brought between 0 and 1: the energy is 255² times too large.",
)
def bytes_not_scaled(image):
    return solution.contrast_energy(image) * 255.0**2


@mistake(
    of="contrast_energy",
    fr="Le contraste est mesuré par rapport à la moyenne de l'image entière : un grand objet devient "
    "alors son propre fond. Prenez le bord, et sa médiane.",
    en="Contrast is measured against the mean of the whole image: a large object then becomes its "
    "own background. Take the border, and its median.",
)
def against_the_mean_of_the_image(image):
    return _energy(image, (image / 255).mean(axis=(0, 1)))


@mistake(
    of="contrast_energy",
    fr="Le fond est la moyenne du bord : un seul pixel clair la déplace. La médiane y résiste.",
    en="The background is the mean of the border: one bright pixel moves it. The median resists.",
)
def mean_of_the_border(image):
    return _energy(image, _border(image).mean(axis=0))


@mistake(
    of="contrast_energy",
    fr="Les coins sont comptés deux fois, avec leur ligne puis avec leur colonne.",
    en="The corners are counted twice, once with their row and once with their column.",
)
def corners_counted_twice(image):
    sides = (image[0], image[-1], image[:, 0], image[:, -1])
    return _energy(image, np.median(np.concatenate(sides) / 255, axis=0))


@mistake(
    of="contrast_energy",
    fr="Une seule médiane sert à tous les canaux : chaque canal a son propre fond.",
    en="One median serves all channels: each channel has its own background.",
)
def one_background_for_all_channels(image):
    return _energy(image, np.median(_border(image)))


@mistake(
    of="contrast_energy",
    fr="C'est l'écart au fond, pas son carré : une énergie est un carré.",
    en="This is the distance to the background, not its square: an energy is a square.",
)
def not_squared(image):
    return np.abs(image / 255 - np.median(_border(image), axis=0)).sum(axis=-1)


def _window(image, offset, top, bottom, left, right):
    energy = solution.contrast_energy(image)
    window = energy[top:bottom, left + offset : right + offset]
    return energy, window


def _ratio(energy, window):
    if energy.sum() == 0:
        return 1.0
    return float(window.sum() / energy.sum() * energy.size / window.size)


@mistake(
    of="window_bias",
    fr="C'est la part de l'énergie : il reste à la diviser par la part de la surface, sans quoi une "
    "grande fenêtre gagne toujours.",
    en="This is the share of the energy: divide it by the share of the area, or a large window "
    "always wins.",
)
def share_not_divided_by_area(image, offset=0):
    height, width = image.shape[:2]
    top, left = height // 4, width // 4
    energy, window = _window(image, offset, top, height - top, left, width - left)
    return float(window.sum() / energy.sum()) if energy.sum() else 1.0


@mistake(
    of="window_bias",
    fr="La fenêtre est comparée au reste de l'image, pas à l'image entière.",
    en="The window is compared with the rest of the image, not with the whole image.",
)
def compared_with_the_outside(image, offset=0):
    height, width = image.shape[:2]
    top, left = height // 4, width // 4
    energy, window = _window(image, offset, top, height - top, left, width - left)
    outside = energy.sum() - window.sum()
    if outside <= 0:
        return 1.0
    return float((window.sum() / window.size) / (outside / (energy.size - window.size)))


@mistake(
    of="window_bias",
    fr="La fenêtre finit à 3 * h // 4 : quand h n'est pas un multiple de 4, elle n'est plus centrée. "
    "Elle finit à h - h // 4.",
    en="The window ends at 3 * h // 4: when h is no multiple of 4 it is off-centre. It ends at "
    "h - h // 4.",
)
def window_ends_at_three_quarters(image, offset=0):
    height, width = image.shape[:2]
    energy, window = _window(
        image, offset, height // 4, 3 * height // 4, width // 4, 3 * width // 4
    )
    return _ratio(energy, window)


@mistake(
    of="window_bias",
    fr="Une image sans énergie donne 0 / 0. L'énoncé convient de 1.0 : aucune préférence.",
    en="An image without energy gives 0 / 0. The statement settles for 1.0: no preference.",
)
def undefined_on_a_plain_image(image, offset=0):
    bias = solution.window_bias(image, offset)
    return bias if solution.contrast_energy(image).sum() else float("nan")


@mistake(
    of="window_bias",
    fr="La fenêtre part dans le mauvais sens : un décalage positif la mène à droite.",
    en="The window moves the wrong way: a positive offset takes it to the right.",
)
def moved_to_the_left(image, offset=0):
    return solution.window_bias(image, -offset)


@mistake(
    of="window_bias",
    fr="La fenêtre se décale de lignes : l'énoncé la décale de colonnes, vers la droite.",
    en="The window moves by rows: the statement moves it by columns, to the right.",
)
def moved_downwards(image, offset=0):
    height, width = image.shape[:2]
    top, left = height // 4, width // 4
    energy = solution.contrast_energy(image)
    window = energy[top + offset : height - top + offset, left : width - left]
    return _ratio(energy, window)


@mistake(
    of="separability",
    fr="Les égalités comptent pour rien : chacune vaut une demi-victoire.",
    en="Ties count for nothing: each is half a win.",
)
def ties_lost(first, second):
    return float(np.mean(first[:, None] > second))


@mistake(
    of="separability",
    fr="Les égalités comptent comme des victoires : chacune en vaut une demie.",
    en="Ties count as wins: each is half a win.",
)
def ties_won(first, second):
    return float(np.mean(first[:, None] >= second))


@mistake(
    of="separability",
    fr="Les rôles sont échangés : on demande que ``first`` dépasse ``second``.",
    en="The roles are exchanged: ``first`` must exceed ``second``.",
)
def roles_exchanged(first, second):
    return solution.separability(second, first)


@mistake(
    of="bias_profile",
    fr="Les biais sont additionnés : divisez par le nombre d'images.",
    en="The biases are summed: divide by the number of images.",
)
def sum_over_the_images(images, offsets):
    return solution.bias_profile(images, offsets) * len(images)


@mistake(
    of="bias_profile",
    fr="C'est le biais de l'image moyenne : la moyenne vient après la mesure.",
    en="This is the bias of the mean image: measure first, then take the mean.",
)
def bias_of_the_mean_image(images, offsets):
    mean = images.mean(axis=0)
    return np.array([solution.window_bias(mean, offset) for offset in offsets])


@mistake(
    of="bias_profile",
    fr="Le profil est divisé par sa valeur au centre : donnez les biais eux-mêmes.",
    en="The profile is divided by its value in the centre: give the biases themselves.",
)
def relative_to_the_centre(images, offsets):
    return solution.bias_profile(images, offsets) / solution.bias_profile(images, [0])


@mistake(
    of="advice",
    fr="Le rapport est inversé : r est le biais de l'entraînement divisé par celui de la cible.",
    en="The ratio is upside down: r is the bias of the training set divided by the target's.",
)
def ratio_inverted(train, target):
    return solution.advice(target, train)


@mistake(
    of="advice",
    fr="Les seuils sont appliqués à une différence : 1.25 et 0.8 sont des rapports.",
    en="The thresholds are applied to a difference: 1.25 and 0.8 are ratios.",
)
def difference_of_the_biases(train, target):
    gap = solution.bias_profile(train, [0])[0] - solution.bias_profile(target, [0])[0]
    if gap >= 0.25:
        return "shift_or_slide"
    return "easier_target" if gap <= -0.2 else "use_as_is"


@mistake(
    of="advice",
    fr="Seul le cas r >= 1.25 est traité à part : la cible peut aussi être la mieux centrée.",
    en="Only r >= 1.25 is treated apart: the target may also be the better centred one.",
)
def easier_target_forgotten(train, target):
    advice = solution.advice(train, target)
    return "use_as_is" if advice == "easier_target" else advice
