"""Known mistakes of question 5."""

import numpy as np

from grader.checks import deviation, family

_MIRRORS = [
    deviation(
        "reflect_repeats_the_edge",
        reflect="symmetric",
        fr="*reflect* répète le pixel du bord : c'est *symmetric*. Le miroir de *reflect* est posé sur le "
        "pixel du bord, qui ne paraît qu'une fois.",
        en="*reflect* repeats the pixel at the edge: that is *symmetric*. The mirror of *reflect* stands on "
        "that pixel, which appears only once.",
    ),
    deviation(
        "symmetric_skips_the_edge",
        symmetric="reflect",
        fr="*symmetric* ne répète pas le pixel du bord : c'est *reflect*. Le miroir de *symmetric* est posé "
        "après ce pixel, qui paraît deux fois.",
        en="*symmetric* does not repeat the pixel at the edge: that is *reflect*. The mirror of *symmetric* "
        "stands after that pixel, which appears twice.",
    ),
    deviation(
        "reflect_wrong_at_the_end",
        reflect="after",
        fr="*reflect* est juste devant, mais répète le dernier pixel derrière : à la position `length` se "
        "trouve l'échantillon `length - 2`.",
        en="*reflect* is right in front, but repeats the last pixel behind: at position `length` lies "
        "sample `length - 2`.",
    ),
    deviation(
        "symmetric_wrong_in_front",
        symmetric="before",
        fr="*symmetric* est juste derrière, mais saute le premier pixel devant : à la position -1 se "
        "trouve l'échantillon 0.",
        en="*symmetric* is right behind, but skips the first pixel in front: at position -1 lies sample 0.",
    ),
    deviation(
        "replicate_takes_the_other_end",
        replicate="opposite",
        fr="*replicate* répète le pixel de l'autre bout ; c'est le bord le plus proche qu'il répète.",
        en="*replicate* repeats the pixel of the other end; it should repeat the nearest edge.",
    ),
    deviation(
        "circular_mirrored",
        circular="mirrored",
        fr="*circular* recule au lieu d'avancer : c'est un miroir. Après le dernier échantillon vient le "
        "premier, puis le deuxième.",
        en="*circular* goes backwards instead of on: that is a mirror. After the last sample comes the first, "
        "then the second.",
    ),
    deviation(
        "circular_stops_at_the_edge",
        circular="replicate",
        fr="*circular* répète le bord : c'est *replicate*.",
        en="*circular* repeats the edge: that is *replicate*.",
    ),
]


def _source(position, length, mode, choices):
    kind = choices.get(mode, "own")
    if mode == "replicate":
        low, high = (length - 1, 0) if kind == "opposite" else (0, length - 1)
        return low if position < 0 else high if position >= length else position
    if mode == "circular":
        if kind == "replicate":
            return min(max(position, 0), length - 1)
        if kind == "mirrored" and not 0 <= position < length:
            return length - 1 - position % length
        if kind == "negative" and position < 0:
            return position
        return position % length
    shared = mode == "symmetric"
    before = after = not shared if kind in ("symmetric", "reflect") else shared
    after = True if kind == "after" else after
    before = False if kind == "before" else before
    if position < 0:
        return -position - before
    return 2 * (length - 1) + after - position if position >= length else position


@family(
    of="source_index",
    deviations=[
        *_MIRRORS,
        deviation(
            "negative_index_kept",
            circular="negative",
            fr="Devant le signal, *circular* renvoie un indice négatif. Python le comprendrait, mais on "
            "demande un entier de 0 à `length - 1` (`%`).",
            en="In front of the signal *circular* returns a negative index. Python would understand it, but "
            "an integer from 0 to `length - 1` is asked for (`%`).",
        ),
    ],
)
def source(position, length, mode, **choices):
    return _source(position, length, mode, choices)


@family(
    of="pad1d",
    deviations=[
        *_MIRRORS,
        deviation(
            "sides_exchanged",
            sides="exchanged",
            fr="`before` et `after` sont échangés.",
            en="`before` and `after` are exchanged.",
        ),
        deviation(
            "before_on_both_sides",
            sides="before",
            fr="Il y a `before` échantillons des deux côtés ; derrière, il en faut `after`.",
            en="There are `before` samples on both sides; behind, it takes `after`.",
        ),
        deviation(
            "mode_ignored",
            mode_used="zeros",
            fr="`mode` est ignoré : ce sont toujours des zéros.",
            en="`mode` is ignored: it is always zeros.",
        ),
        deviation(
            "zeros_replaced_by_the_edge",
            zeros="replicate",
            fr="Avec `zeros`, c'est le bord qui est répété ; il faut des zéros.",
            en="With `zeros` it is the edge that is repeated; zeros are needed.",
        ),
    ],
)
def line(signal, before, after, mode, *, sides="own", mode_used="own", zeros="own", **choices):
    before, after = {"exchanged": (after, before), "before": (before, before)}.get(
        sides, (before, after)
    )
    mode = "zeros" if mode_used == "zeros" else mode
    mode = "replicate" if mode == "zeros" and zeros == "replicate" else mode
    return _continued(signal, 0, before, after, mode, choices)


@family(
    of="pad2d",
    deviations=[
        *_MIRRORS,
        deviation(
            "rows_and_columns_exchanged",
            sides="exchanged",
            fr="`rows` et `columns` sont échangés.",
            en="`rows` and `columns` are exchanged.",
        ),
        deviation(
            "rows_for_both",
            sides="rows",
            fr="Il y a `rows` colonnes à gauche et à droite ; il en faut `columns`.",
            en="There are `rows` columns on either side; it takes `columns`.",
        ),
        deviation(
            "rows_only",
            sides="only rows",
            fr="L'image n'est prolongée qu'en haut et en bas.",
            en="The image is continued above and below alone.",
        ),
        deviation(
            "corners_empty",
            corners="zeros",
            fr="Les coins restent à zéro. Prolongez d'abord les lignes, puis les colonnes du résultat.",
            en="The corners stay zero. Continue the rows first, then the columns of the result.",
        ),
        deviation(
            "mode_ignored",
            mode_used="zeros",
            fr="`mode` est ignoré : ce sont toujours des zéros.",
            en="`mode` is ignored: it is always zeros.",
        ),
        deviation(
            "zeros_replaced_by_the_edge",
            zeros="replicate",
            fr="Avec `zeros`, c'est le bord qui est répété ; il faut des zéros.",
            en="With `zeros` it is the edge that is repeated; zeros are needed.",
        ),
        deviation(
            "first_channel_everywhere",
            channels="first",
            fr="Tous les canaux reçoivent le premier ; chacun est prolongé à part.",
            en="All channels receive the first; each is continued by itself.",
        ),
    ],
)
def plane(
    image,
    rows,
    columns,
    mode,
    *,
    sides="own",
    corners="own",
    mode_used="own",
    zeros="own",
    channels="own",
    **choices,
):
    rows, columns = {
        "exchanged": (columns, rows),
        "rows": (rows, rows),
        "only rows": (rows, 0),
    }.get(sides, (rows, columns))
    mode = "zeros" if mode_used == "zeros" else mode
    mode = "replicate" if mode == "zeros" and zeros == "replicate" else mode
    taller = _continued(image, 0, rows, rows, mode, choices)
    found = _continued(taller, 1, columns, columns, mode, choices)
    if corners == "zeros":
        height, width = image.shape[:2]
        for down in (slice(0, rows), slice(rows + height, None)):
            for across in (slice(0, columns), slice(columns + width, None)):
                found[down, across] = 0
    if channels == "first":
        found[...] = found[..., :1]
    return found


def _continued(array, axis, before, after, mode, choices):
    length = array.shape[axis]
    if mode == "zeros":
        ends = [list(array.shape), list(array.shape)]
        ends[0][axis], ends[1][axis] = before, after
        front, back = (np.zeros(shape, array.dtype) for shape in ends)
        return np.concatenate([front, array, back], axis)
    indices = [_source(p, length, mode, choices) for p in range(-before, length + after)]
    return np.take(array, indices, axis=axis)
