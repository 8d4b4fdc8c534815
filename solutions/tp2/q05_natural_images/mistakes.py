"""Wrong answers to question 5 that students give, each with what to look at."""

import numpy as np

from grader.checks import deviation, family, mistake

from . import solution


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


@family(
    of="contrast_energy",
    deviations=[
        deviation(
            "bytes_not_scaled",
            unit="bytes",
            fr="Les valeurs n'ont pas été ramenées entre 0 et 1 : l'énergie est 255² fois trop "
            "grande.",
            en="The values were not brought between 0 and 1: the energy is 255² times too large.",
        ),
        deviation(
            "divided_once",
            unit="energy",
            fr="C'est le carré qui est divisé par 255 : divisez avant d'élever au carré.",
            en="It is the square that is divided by 255: divide before squaring.",
        ),
        deviation(
            "against_the_mean_of_the_image",
            pixels_of="image mean",
            fr="Le contraste est mesuré par rapport à la moyenne de toute l'image : un grand objet "
            "devient alors son propre fond. Prenez le bord, et sa médiane.",
            en="Contrast is measured against the mean of the whole image: a large object then "
            "becomes its own background. Take the border, and its median.",
        ),
        deviation(
            "against_the_median_of_the_image",
            pixels_of="image",
            fr="Le contraste est mesuré par rapport à la médiane de toute l'image : un grand objet "
            "devient alors son propre fond. Prenez le bord.",
            en="Contrast is measured against the median of the whole image: a large object then "
            "becomes its own background. Take the border.",
        ),
        deviation(
            "mean_of_the_border",
            pixels_of="border mean",
            fr="Le fond est la moyenne du bord : un seul pixel clair la déplace. La médiane y "
            "résiste.",
            en="The background is the mean of the border: one bright pixel moves it. The median "
            "resists.",
        ),
        deviation(
            "corners_counted_twice",
            pixels_of="sides",
            fr="Les coins sont comptés deux fois, une fois avec leur ligne et une fois avec leur "
            "colonne.",
            en="The corners are counted twice, once with their row and once with their column.",
        ),
        deviation(
            "rows_of_the_border_only",
            pixels_of="rows",
            fr="Seules la première et la dernière ligne sont prises : le bord a aussi deux "
            "colonnes.",
            en="Only the first and the last row are taken: the border has two columns, too.",
        ),
        deviation(
            "columns_of_the_border_only",
            pixels_of="columns",
            fr="Seules la première et la dernière colonne sont prises : le bord a aussi deux "
            "lignes.",
            en="Only the first and the last column are taken: the border has two rows, too.",
        ),
        deviation(
            "against_a_corner",
            pixels_of="corner",
            fr="Le fond est le pixel du coin : prenez la médiane de tout le bord.",
            en="The background is the corner pixel: take the median of the whole border.",
        ),
        deviation(
            "against_the_inside",
            pixels_of="inside",
            fr="Le fond est pris à l'intérieur de l'image : prenez son bord.",
            en="The background is taken inside the image: take its border.",
        ),
        deviation(
            "no_background",
            pixels_of="nothing",
            fr="Le fond n'est pas retranché.",
            en="The background is not subtracted.",
        ),
        deviation(
            "one_background_for_all_channels",
            shared=True,
            fr="Une seule médiane sert à tous les canaux : chacun a son fond.",
            en="One median serves all channels: each channel has its own background.",
        ),
        deviation(
            "not_squared",
            power="magnitude",
            fr="C'est la distance au fond, et non son carré : une énergie est un carré.",
            en="This is the distance to the background, not its square: an energy is a square.",
        ),
        deviation(
            "root_of_the_energy",
            power="root",
            fr="C'est la racine de l'énergie : on demande la somme des carrés.",
            en="This is the root of the energy: the sum of the squares is asked for.",
        ),
        deviation(
            "mean_over_the_channels",
            channels="mean",
            fr="C'est la moyenne sur les canaux : on demande leur somme.",
            en="This is the mean over the channels: their sum is asked for.",
        ),
        deviation(
            "largest_channel",
            channels="largest",
            fr="C'est le canal où l'énergie est la plus grande : on demande leur somme.",
            en="This is the channel where the energy is largest: their sum is asked for.",
        ),
        deviation(
            "first_channel_only",
            channels="first",
            fr="Seul le premier canal compte : on demande leur somme.",
            en="Only the first channel counts: their sum is asked for.",
        ),
        deviation(
            "channels_apart",
            channels="apart",
            fr="Les canaux ne sont pas additionnés : la réponse a la forme (hauteur, largeur).",
            en="The channels are not added up: the answer has the shape (height, width).",
        ),
    ],
)
def energy_of(
    image, *, unit="white", pixels_of="border", shared=False, power="square", channels="sum"
):
    pixels = image.astype(np.float64) / (1 if unit in ("bytes", "energy") else 255)
    background = _background(pixels, pixels_of, shared)
    away = pixels - background
    energy = np.abs(away) if power == "magnitude" else away**2
    energy = energy / 255 if unit == "energy" else energy
    found = {
        "mean": energy.mean(axis=-1),
        "largest": energy.max(axis=-1),
        "first": energy[..., 0],
        "apart": energy,
    }.get(channels, energy.sum(axis=-1))
    return np.sqrt(found) if power == "root" else found


def _background(pixels, pixels_of, shared):
    mask = np.ones(pixels.shape[:2], bool)
    mask[1:-1, 1:-1] = False
    chosen = {
        "image mean": lambda: pixels.reshape(-1, pixels.shape[2]),
        "image": lambda: pixels.reshape(-1, pixels.shape[2]),
        "sides": lambda: np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]),
        "rows": lambda: np.concatenate([pixels[0], pixels[-1]]),
        "columns": lambda: np.concatenate([pixels[:, 0], pixels[:, -1]]),
        "corner": lambda: pixels[:1, 0],
        "inside": lambda: pixels[~mask] if (~mask).any() else pixels[mask],
        "nothing": lambda: 0 * pixels[:1, 0],
    }.get(pixels_of, lambda: pixels[mask])()
    middle = np.mean if pixels_of.endswith("mean") else np.median
    return middle(chosen) if shared else middle(chosen, axis=0)


@family(
    of="window_bias",
    deviations=[
        deviation(
            "share_not_divided_by_area",
            divided="by nothing",
            fr="C'est la part de l'énergie : divisez-la par la part de la surface, sinon une grande "
            "fenêtre gagne toujours.",
            en="This is the share of the energy: divide it by the share of the area, or a large "
            "window always wins.",
        ),
        deviation(
            "area_of_a_quarter",
            divided="by a quarter",
            fr="La fenêtre ne couvre pas toujours un quart de l'image : sa part est window.size / "
            "energy.size.",
            en="The window does not always cover a quarter of the image: its share is window.size / "
            "energy.size.",
        ),
        deviation(
            "multiplied_by_the_area",
            divided="times",
            fr="La part de l'énergie est multipliée par celle de la surface : divisez.",
            en="The share of the energy is multiplied by that of the area: divide.",
        ),
        deviation(
            "compared_with_the_outside",
            against="outside",
            fr="La fenêtre est comparée au reste de l'image, et non à toute l'image.",
            en="The window is compared with the rest of the image, not with the whole image.",
        ),
        deviation(
            "window_ends_at_three_quarters",
            ends="three quarters",
            fr="La fenêtre finit à 3 * h // 4 : quand h n'est pas multiple de 4 elle n'est pas "
            "centrée. Elle finit à h - h // 4.",
            en="The window ends at 3 * h // 4: when h is no multiple of 4 it is off-centre. It ends "
            "at h - h // 4.",
        ),
        deviation(
            "window_of_half_the_image",
            ends="half a side",
            fr="La fenêtre mesure h // 2 : elle va de h // 4 à h - h // 4.",
            en="The window measures h // 2: it should go from h // 4 to h - h // 4.",
        ),
        deviation(
            "end_included",
            ends="included",
            fr="La fenêtre a une ligne et une colonne de trop : sa fin est exclue.",
            en="The window has a row and a column too many: its end is excluded.",
        ),
        deviation(
            "undefined_on_a_plain_image",
            plain="nan",
            fr="Une image sans énergie donne 0 / 0. L'énoncé fixe 1.0 : aucune préférence.",
            en="An image without energy gives 0 / 0. The statement settles for 1.0: no preference.",
        ),
        deviation(
            "zero_on_a_plain_image",
            plain=0.0,
            fr="Une image sans énergie donne 0 : l'énoncé fixe 1.0, aucune préférence.",
            en="An image without energy gives 0: the statement settles for 1.0, no preference.",
        ),
        deviation(
            "moved_to_the_left",
            moved="left",
            fr="La fenêtre se déplace dans le mauvais sens : un décalage positif la mène à droite.",
            en="The window moves the wrong way: a positive offset takes it to the right.",
        ),
        deviation(
            "moved_downwards",
            moved="down",
            fr="La fenêtre se déplace vers le bas : l'énoncé la déplace vers la droite, de "
            "colonne en colonne.",
            en="The window moves by rows: the statement moves it by columns, to the right.",
        ),
        deviation(
            "moved_both_ways",
            moved="both",
            fr="La fenêtre se déplace aussi vers le bas : elle ne doit aller que vers la droite.",
            en="The window moves by rows as well: by columns only, to the right.",
        ),
        deviation(
            "not_moved",
            moved="not",
            fr="La fenêtre ne se déplace pas : ``offset`` n'intervient pas.",
            en="The window does not move: ``offset`` plays no part.",
        ),
        deviation(
            "stretched",
            moved="left side",
            fr="Seul le bord gauche de la fenêtre se déplace : les deux bords avancent ensemble.",
            en="Only the left side of the window moves: both sides move together.",
        ),
        deviation(
            "margins_from_the_height",
            margins="height",
            fr="La marge des colonnes vient de la hauteur : elle vaut l // 4.",
            en="The margin of the columns comes from the height: it should be w // 4.",
        ),
        deviation(
            "margins_of_a_third",
            margins="third",
            fr="La marge est d'un tiers : elle est d'un quart, h // 4.",
            en="The margin is a third: it should be a quarter, h // 4.",
        ),
    ],
)
def bias_of(
    image,
    offset=0,
    *,
    divided="by the area",
    against="image",
    ends="own",
    plain=1.0,
    moved="right",
    margins="own",
):
    energy = solution.contrast_energy(image)
    total = energy.sum()
    if total == 0:
        return float(plain)
    height, width = energy.shape
    part = 3 if margins == "third" else 4
    top, left = height // part, (height if margins == "height" else width) // part
    bottom, right = {
        "three quarters": (3 * height // 4, 3 * width // 4),
        "half a side": (top + height // 2, left + width // 2),
        "included": (height - top + 1, width - left + 1),
    }.get(ends, (height - top, width - left))
    down = offset if moved in ("down", "both") else 0
    across = {"left": -offset, "down": 0, "not": 0}.get(moved, offset)
    end = right if moved == "left side" else right + across
    window = energy[top + down : bottom + down, left + across : end]
    share = window.sum() / total
    area = 0.25 if divided == "by a quarter" else window.size / energy.size
    if against == "outside":
        share = window.sum() / (total - window.sum()) if total > window.sum() else np.nan
        area = window.size / (energy.size - window.size)
        if np.isnan(share):
            return 1.0
    return float({"by nothing": share, "times": share * area}.get(divided, share / area))


@family(
    of="separability",
    deviations=[
        deviation(
            "ties_lost",
            ties=0.0,
            fr="Les égalités ne comptent pas : chacune vaut une demi-victoire.",
            en="Ties count for nothing: each is half a win.",
        ),
        deviation(
            "ties_won",
            ties=1.0,
            fr="Les égalités comptent comme des victoires : chacune vaut une demi-victoire.",
            en="Ties count as wins: each is half a win.",
        ),
        deviation(
            "roles_exchanged",
            roles="exchanged",
            fr="Les rôles sont échangés : c'est ``first`` qui doit dépasser ``second``.",
            en="The roles are exchanged: ``first`` must exceed ``second``.",
        ),
        deviation(
            "pairs_counted",
            averaged="not",
            fr="C'est le nombre de paires gagnées : on demande leur part.",
            en="This is the number of pairs that are won: their share is asked for.",
        ),
        deviation(
            "compared_one_by_one",
            pairs="one by one",
            fr="Les valeurs sont comparées deux à deux : chaque valeur de ``first`` doit "
            "l'être à chaque valeur de ``second``.",
            en="The values are compared one by one: each value of ``first`` is compared with each "
            "value of ``second``.",
        ),
        deviation(
            "means_compared",
            pairs="means",
            fr="Ce sont les moyennes qui sont comparées : prenez toutes les paires.",
            en="It is the means that are compared: take all pairs.",
        ),
        deviation(
            "divided_by_the_first",
            averaged="by the first",
            fr="La somme est divisée par le nombre de valeurs de ``first`` : il y a n × m paires.",
            en="The sum is divided by the number of values of ``first``: there are n × m pairs.",
        ),
    ],
)
def share_won(first, second, *, ties=0.5, roles="own", averaged="by the pairs", pairs="all"):
    if roles == "exchanged":
        first, second = second, first
    if pairs == "one by one":
        one, other = first, second
    elif pairs == "means":
        one, other = np.atleast_1d(first.mean()), np.atleast_1d(second.mean())
    else:
        one, other = first[:, None], second[None, :]
    won = (one > other) + ties * (one == other)
    return float(
        {"not": won.sum(), "by the first": won.sum() / len(first)}.get(averaged, won.mean())
    )


@family(
    of="advice",
    deviations=[
        deviation(
            "ratio_inverted",
            ratio="inverted",
            fr="Le rapport est à l'envers : r est le biais des images d'entraînement divisé "
            "par celui de la cible.",
            en="The ratio is upside down: r is the bias of the training set divided by the target's.",
        ),
        deviation(
            "difference_of_the_biases",
            ratio="difference",
            fr="Les seuils sont appliqués à une différence : 1,25 et 0,8 sont des rapports.",
            en="The thresholds are applied to a difference: 1.25 and 0.8 are ratios.",
        ),
        deviation(
            "training_set_alone",
            ratio="train alone",
            fr="Seul le biais des images d'entraînement est regardé : divisez-le par celui "
            "de la cible.",
            en="Only the bias of the training set is looked at: divide it by the target's.",
        ),
        deviation(
            "easier_target_forgotten",
            answers="two",
            fr="Seul r >= 1.25 est traité à part : la cible peut aussi être la mieux centrée.",
            en="Only r >= 1.25 is treated apart: the target may also be the better centred one.",
        ),
        deviation(
            "never_shift",
            answers="never shift",
            fr="r >= 1.25 n'est pas traité à part : le modèle n'a alors vu d'objets qu'au centre.",
            en="r >= 1.25 is not treated apart: the model then saw objects in the centre only.",
        ),
        deviation(
            "one_is_the_border",
            limits=(1.0, 1.0),
            fr="Le moindre écart compte : les seuils sont 1,25 et 0,8.",
            en="The slightest difference counts: the thresholds are 1.25 and 0.8.",
        ),
    ],
)
def advised(train, target, *, ratio="train to target", answers="three", limits=(1.25, 0.8)):
    one, other = (solution.bias_profile(images, [0])[0] for images in (train, target))
    r = {"inverted": other / one, "difference": 1 + one - other, "train alone": one}.get(
        ratio, one / other
    )
    high, low = limits
    if r >= high and answers != "never shift":
        return "shift_or_slide"
    if r <= low and answers != "two":
        return "easier_target"
    return "use_as_is"
