"""Known mistakes of question 12."""

import numpy as np

from grader.checks import deviation, family


def _order(block, ties):
    """The pixels of a window at which its maximum lies: the first, the last, or all."""
    found = np.argwhere(block == block.max())
    return {"last": found[-1:], "all": found, "shared": found}.get(ties, found[:1])


@family(
    of="winners",
    deviations=[
        deviation(
            "place_in_the_window",
            counted="in the window",
            fr="La place est comptée dans la fenêtre : ajoutez-lui le coin de la fenêtre, (i · pas, "
            "j · pas).",
            en="The place is counted in the window: add to it the window's corner, (i · stride, "
            "j · stride).",
        ),
        deviation(
            "last_of_equals",
            ties="last",
            fr="En cas d'égalité c'est le dernier pixel : on demande le premier. Comparez par `>` et "
            "non par `>=`.",
            en="Where there is a tie it is the last pixel: the first is asked for. Compare by `>`, not "
            "by `>=`.",
        ),
        deviation(
            "column_before_row",
            exchanged=True,
            fr="La colonne vient avant la ligne : c'est (ligne, colonne).",
            en="The column comes before the row: it should be (row, column).",
        ),
        deviation(
            "smallest_of_the_window",
            extreme="smallest",
            fr="C'est la place du plus petit nombre de la fenêtre.",
            en="This is the place of the window's smallest number.",
        ),
        deviation(
            "largest_magnitude",
            extreme="magnitude",
            fr="C'est la place de la plus grande valeur absolue : un maximum tient compte du signe.",
            en="This is the place of the largest absolute value: a maximum takes the sign into account.",
        ),
        deviation(
            "windows_without_stride",
            moves="one",
            fr="La fenêtre (i, j) commence en (i, j) : elle commence en (i · pas, j · pas).",
            en="Window (i, j) starts at (i, j): it should start at (i · stride, j · stride).",
        ),
        deviation(
            "corner_without_stride",
            counted="from the position",
            fr="La place dans la fenêtre est ajoutée à (i, j) : le coin de la fenêtre est en (i · pas, "
            "j · pas).",
            en="The place in the window is added to (i, j): the window's corner lies at (i · stride, "
            "j · stride).",
        ),
    ],
)
def places(
    x,
    window,
    stride,
    *,
    counted="in the image",
    ties="first",
    exchanged=False,
    extreme="largest",
    moves="stride",
):
    rows, columns = ((size - window) // stride + 1 for size in x.shape[:2])
    step = 1 if moves == "one" else stride
    seen = {"smallest": -x, "magnitude": np.abs(x)}.get(extreme, x)
    found = np.zeros((rows, columns, x.shape[2], 2), int)
    for i, j, c in np.ndindex(found.shape[:3]):
        top, left = i * step, j * step
        u, v = _order(seen[top : top + window, left : left + window, c], ties)[0]
        corner = {"in the window": (0, 0), "from the position": (i, j)}.get(counted, (top, left))
        place = corner[0] + u, corner[1] + v
        found[i, j, c] = place[::-1] if exchanged else place
    return found


_OVERLAPS = [
    deviation(
        "overwritten",
        collected="overwritten",
        fr="Là où des fenêtres se chevauchent, le gradient de la dernière remplace les autres : ils "
        "s'ajoutent (`+=`).",
        en="Where windows overlap, the last one's gradient replaces the others: they should add "
        "up (`+=`).",
    ),
    deviation(
        "windows_without_stride",
        moves="one",
        fr="La fenêtre (i, j) commence en (i, j) : elle commence en (i · pas, j · pas).",
        en="Window (i, j) starts at (i, j): it should start at (i · stride, j · stride).",
    ),
    deviation(
        "upstream_forgotten",
        arriving="ones",
        fr="`upstream` n'intervient pas, comme s'il valait 1 partout : chaque fenêtre transmet le sien.",
        en="`upstream` plays no part, as though it were 1 everywhere: each window passes its own on.",
    ),
]


@family(
    of="max_pool_backward",
    deviations=[
        deviation(
            "to_all_equals",
            ties="all",
            fr="En cas d'égalité, chaque maximum reçoit tout le gradient : la perte en compterait "
            "plusieurs fois l'effet. Un seul le reçoit, le premier.",
            en="Where there is a tie every maximum receives the whole gradient: its effect on the loss "
            "would be counted several times. A single one receives it, the first.",
        ),
        deviation(
            "shared_by_equals",
            ties="shared",
            fr="En cas d'égalité le gradient est partagé : ici tout va au premier maximum.",
            en="Where there is a tie the gradient is shared: all should go to the first maximum.",
        ),
        deviation(
            "last_of_equals",
            ties="last",
            fr="En cas d'égalité le dernier maximum reçoit le gradient : ici c'est le premier.",
            en="Where there is a tie the last maximum receives the gradient: it should be the "
            "first.",
        ),
        deviation(
            "to_the_whole_window",
            goes="everywhere",
            fr="Tous les pixels de la fenêtre reçoivent le gradient : seul le maximum a compté, les "
            "autres pourraient changer un peu sans que rien ne change.",
            en="All pixels of the window receive the gradient: the maximum alone counted, the others "
            "could change a little and nothing would.",
        ),
        deviation(
            "spread_as_by_a_mean",
            goes="spread",
            fr="Le gradient est réparti sur la fenêtre : c'est ce que fait la moyenne.",
            en="The gradient is spread over the window: that is what the average does.",
        ),
        deviation(
            "times_the_maximum",
            arriving="times the maximum",
            fr="Le gradient est multiplié par la valeur du maximum. La sortie *est* ce maximum : sa "
            "dérivée par rapport à lui vaut 1.",
            en="The gradient is multiplied by the value of the maximum. The output *is* that maximum: "
            "its derivative with respect to it is 1.",
        ),
        *_OVERLAPS,
    ],
)
def through_maximum(
    x,
    upstream,
    window,
    stride,
    *,
    ties="first",
    goes="to the maximum",
    arriving="as it is",
    collected="added",
    moves="stride",
):
    gradient = np.zeros(x.shape, np.float32)
    step = 1 if moves == "one" else stride
    for i, j, c in np.ndindex(upstream.shape):
        top, left = i * step, j * step
        block = x[top : top + window, left : left + window, c]
        part = 1.0 if arriving == "ones" else upstream[i, j, c]
        part = part * block.max() if arriving == "times the maximum" else part
        chosen = (
            list(np.ndindex(window, window)) if goes != "to the maximum" else _order(block, ties)
        )
        if goes == "spread" or ties == "shared":
            part = part / len(chosen)
        for u, v in chosen:
            if collected == "overwritten":
                gradient[top + u, left + v, c] = part
            else:
                gradient[top + u, left + v, c] += part
    return gradient


@family(
    of="avg_pool_backward",
    deviations=[
        deviation(
            "not_divided",
            divided="by nothing",
            fr="Chaque pixel reçoit tout le gradient : il n'a compté que pour une part de la moyenne.",
            en="Each pixel receives the whole gradient: it only counted for a share of the mean.",
        ),
        deviation(
            "divided_by_the_side",
            divided="by the side",
            fr="Le gradient est divisé par le côté de la fenêtre, qui contient côté × côté pixels.",
            en="The gradient is divided by the side of the window, which holds side × side pixels.",
        ),
        deviation(
            "divided_by_the_stride",
            divided="by the stride",
            fr="Le gradient est divisé par le carré du pas : c'est la fenêtre qui contient les pixels.",
            en="The gradient is divided by the square of the stride: it is the window that holds pixels.",
        ),
        deviation(
            "to_the_first_pixel",
            goes="first",
            fr="Seul le premier pixel de la fenêtre reçoit un gradient : tous ont compté pour la moyenne.",
            en="Only the first pixel of the window receives a gradient: all counted for the mean.",
        ),
        deviation(
            "channels_summed",
            channels="summed",
            fr="Les gradients de tous les canaux sont additionnés : chaque canal est réduit à part.",
            en="The gradients of all channels are added up: each channel is reduced by itself.",
        ),
        *_OVERLAPS,
    ],
)
def through_mean(
    shape,
    upstream,
    window,
    stride,
    *,
    divided="by its pixels",
    goes="everywhere",
    channels="each",
    arriving="as it is",
    collected="added",
    moves="stride",
):
    gradient = np.zeros(shape, np.float32)
    step = 1 if moves == "one" else stride
    divisor = {"by nothing": 1, "by the side": window, "by the stride": stride**2}
    side = 1 if goes == "first" else window
    for i, j in np.ndindex(upstream.shape[:2]):
        part = 1.0 if arriving == "ones" else upstream[i, j]
        part = np.sum(part) if channels == "summed" else part
        part = part / divisor.get(divided, window**2)
        place = np.s_[i * step : i * step + side, j * step : j * step + side]
        gradient[place] = part if collected == "overwritten" else gradient[place] + part
    return gradient
