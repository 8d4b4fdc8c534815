"""Known mistakes of question 4."""

import numpy as np

from grader.checks import deviation, family

from . import solution

# --- zeros_around ----------------------------------------------------------------------------


@family(
    of="zeros_around",
    deviations=[
        deviation(
            "same_half_on_both_sides",
            same="half",
            fr="*same* ajoute `taps // 2` zéros de chaque côté : juste pour un noyau impair ; avec un noyau "
            "pair il y a une sortie de trop. Il faut `taps - 1` zéros en tout.",
            en="*same* adds `taps // 2` zeros on each side: right for an odd kernel; with an even one there "
            "is one output too many. It takes `taps - 1` zeros in all.",
        ),
        deviation(
            "same_lower_half_on_both_sides",
            same="lower half",
            fr="*same* ajoute `(taps - 1) // 2` zéros de chaque côté : juste pour un noyau impair ; avec un "
            "noyau pair il manque une sortie. Il faut `taps - 1` zéros en tout.",
            en="*same* adds `(taps - 1) // 2` zeros on each side: right for an odd kernel; with an even one "
            "an output is missing. It takes `taps - 1` zeros in all.",
        ),
        deviation(
            "same_half_minus_one",
            same="half minus one",
            fr="*same* ajoute `taps // 2 - 1` zéros de chaque côté : un de moins qu'il n'en faut. Avec un "
            "noyau de 3, il en faut 1.",
            en="*same* adds `taps // 2 - 1` zeros on each side: one less than it takes. With a kernel of 3 "
            "it takes 1.",
        ),
        deviation(
            "same_one_more_before",
            same="before",
            fr="Avec un noyau pair, le zéro de plus est mis avant ; on le demande après.",
            en="With an even kernel the one more zero is put before; it is asked for after.",
        ),
        deviation(
            "same_all_on_each_side",
            same="all",
            fr="*same* ajoute `taps - 1` zéros de chaque côté : c'est leur nombre en tout.",
            en="*same* adds `taps - 1` zeros on each side: that is their number in all.",
        ),
        deviation(
            "full_one_too_many",
            full="taps",
            fr="*full* ajoute `taps` zéros de chaque côté. La première sortie ne verrait que des zéros : "
            "elle doit toucher un échantillon.",
            en="*full* adds `taps` zeros on each side. The first output would see zeros alone: it must touch "
            "one sample.",
        ),
        deviation(
            "full_half",
            full="half",
            fr="*full* ajoute une moitié de noyau de chaque côté : c'est *same*.",
            en="*full* adds half a kernel on each side: that is *same*.",
        ),
        deviation(
            "causal_after",
            causal="after",
            fr="*causal* met ses zéros après : la sortie verrait alors l'avenir. Elle ne voit que le passé.",
            en="*causal* puts its zeros after: the output would then see the future. It only sees the past.",
        ),
        deviation(
            "causal_one_too_many",
            causal="taps",
            fr="*causal* ajoute `taps` zéros : une sortie de trop, qui ne voit que des zéros.",
            en="*causal* adds `taps` zeros: one output too many, which sees zeros alone.",
        ),
        deviation(
            "causal_on_both_sides",
            causal="both",
            fr="*causal* met des zéros des deux côtés ; il n'en met que devant.",
            en="*causal* puts zeros on both sides; they belong in front alone.",
        ),
        deviation(
            "valid_with_zeros",
            valid="some",
            fr="*valid* n'ajoute aucun zéro.",
            en="*valid* adds no zero at all.",
        ),
        deviation(
            "total_instead_of_two",
            told="total",
            fr="C'est le nombre de zéros en tout ; on demande deux entiers (avant, après).",
            en="This is the number of zeros in all; two integers (before, after) are asked for.",
        ),
    ],
)
def around(taps, padding, *, same="own", full="own", causal="own", valid="own", told="two"):
    rest = taps - 1
    found = {
        "same": {
            "half": (taps // 2, taps // 2),
            "lower half": (rest // 2, rest // 2),
            "half minus one": (taps // 2 - 1, taps // 2 - 1),
            "before": (taps // 2, rest // 2),
            "all": (rest, rest),
        }.get(same, (rest // 2, taps // 2)),
        "full": {"taps": (taps, taps), "half": (rest // 2, taps // 2)}.get(full, (rest, rest)),
        "causal": {"after": (0, rest), "taps": (taps, 0), "both": (rest, rest)}.get(
            causal, (rest, 0)
        ),
        "valid": (1, 1) if valid == "some" else (0, 0),
    }[padding]
    return sum(found) if told == "total" else found


# --- output_length ---------------------------------------------------------------------------


@family(
    of="output_length",
    deviations=[
        deviation(
            "one_less",
            added=0,
            fr="Il manque 1 : le noyau tient à N - K + 1 endroits d'un axe de N, zéros compris.",
            en="A 1 is missing: the kernel fits at N - K + 1 places of an axis of N, zeros included.",
        ),
        deviation(
            "zeros_ignored",
            zeros="none",
            fr="Les zéros ajoutés n'allongent pas l'axe : c'est toujours le compte de *valid*.",
            en="The zeros do not lengthen the axis: it is always the count of *valid*.",
        ),
        deviation(
            "zeros_before_only",
            zeros="before",
            fr="Seuls les zéros de devant sont comptés.",
            en="Only the zeros in front are counted.",
        ),
        deviation(
            "zeros_before_twice",
            zeros="before twice",
            fr="Les zéros de devant sont comptés deux fois, comme s'il y en avait autant derrière : ce n'est "
            "pas vrai de *causal*, ni de *same* avec un noyau pair.",
            en="The zeros in front are counted twice, as though there were as many behind: that is not so "
            "with *causal*, nor with *same* and an even kernel.",
        ),
        deviation(
            "padded_length",
            kernel="ignored",
            fr="C'est la longueur du signal complété, avant que le noyau n'y passe.",
            en="This is the length of the padded signal, before the kernel goes over it.",
        ),
        deviation(
            "always_the_same",
            kernel="same",
            fr="La sortie est toujours comptée aussi longue que l'entrée.",
            en="The output is always counted as long as the input.",
        ),
    ],
)
def length_of_the_output(length, taps, padding, *, added=1, zeros="both", kernel="taken off"):
    before, after = solution.zeros_around(taps, padding)
    total = {"none": 0, "before": before, "before twice": 2 * before}.get(zeros, before + after)
    if kernel == "same":
        return length
    return length + total if kernel == "ignored" else length + total - taps + added


# --- pad -------------------------------------------------------------------------------------


@family(
    of="pad",
    deviations=[
        deviation(
            "sides_exchanged",
            sides="exchanged",
            fr="Les zéros de devant et ceux de derrière sont échangés.",
            en="The zeros in front and those behind are exchanged.",
        ),
        deviation(
            "before_on_both_sides",
            sides="before",
            fr="Il y a `before` zéros des deux côtés ; derrière, il en faut `after`.",
            en="There are `before` zeros on both sides; behind, it takes `after`.",
        ),
        deviation(
            "all_in_front",
            sides="front",
            fr="Tous les zéros sont devant.",
            en="All the zeros are in front.",
        ),
        deviation(
            "ones_instead_of_zeros",
            value="ones",
            fr="Ce sont des 1 qui sont ajoutés.",
            en="It is 1s that are added.",
        ),
        deviation(
            "border_repeated",
            value="edge",
            fr="Le premier et le dernier échantillon sont répétés ; on demande des zéros.",
            en="The first and the last sample are repeated; zeros are asked for.",
        ),
        deviation(
            "signal_overwritten",
            value="inside",
            fr="Les zéros remplacent des échantillons au lieu de s'y ajouter.",
            en="The zeros take the place of samples instead of being added.",
        ),
    ],
)
def padded(signal, before, after, *, sides="own", value="zeros"):
    before, after = {
        "exchanged": (after, before),
        "before": (before, before),
        "front": (before + after, 0),
    }.get(sides, (before, after))
    if value == "inside":
        found = signal.copy()
        found[:before] = 0
        found[len(found) - after :] = 0
        return found
    if value == "edge":
        return np.pad(signal, (before, after), mode="edge")
    return np.pad(signal, (before, after), constant_values=float(value == "ones"))


# --- correlate -------------------------------------------------------------------------------

_ZEROS = [
    deviation(
        "zeros_ignored",
        zeros="none",
        fr="`padding` est ignoré : aucun zéro n'est ajouté.",
        en="`padding` is ignored: no zero is added.",
    ),
    deviation(
        "always_same",
        zeros="same",
        fr="`padding` est ignoré : ce sont toujours les zéros de *same*.",
        en="`padding` is ignored: it is always the zeros of *same*.",
    ),
    deviation(
        "sides_exchanged",
        zeros="exchanged",
        fr="Les zéros d'avant et ceux d'après sont échangés.",
        en="The zeros before and those after are exchanged.",
    ),
    deviation(
        "border_repeated",
        value="edge",
        fr="Les échantillons du bord sont répétés ; ce sont des zéros qu'il faut.",
        en="The samples at the border are repeated; zeros are what is needed.",
    ),
    deviation(
        "kernel_flipped",
        flipped=True,
        fr="Le noyau est retourné : il est posé tel quel.",
        en="The kernel is flipped: it should be laid down as it is.",
    ),
]


@family(
    of="correlate",
    deviations=[
        *_ZEROS,
        deviation(
            "as_many_on_both_sides",
            zeros="even",
            fr="Il y a toujours autant de zéros avant qu'après : `zeros_around` donne deux nombres, et ils "
            "peuvent différer.",
            en="There are always as many zeros before as after: `zeros_around` gives two numbers, and they "
            "may differ.",
        ),
    ],
)
def line(signal, kernel, padding, *, zeros="own", value="zeros", flipped=False):
    widths = _widths(len(kernel), padding, zeros)
    mode = {"edge": "edge"}.get(value, "constant")
    laid = kernel[::-1] if flipped else kernel
    return solution.correlate_valid(np.pad(signal, widths, mode=mode), laid)


@family(
    of="correlate2d",
    deviations=[
        *_ZEROS,
        deviation(
            "height_for_both",
            axes="height",
            fr="Les colonnes reçoivent les zéros que demande la hauteur du noyau ; c'est sa largeur qui compte.",
            en="The columns receive the zeros that the kernel's height takes; its width is what counts.",
        ),
        deviation(
            "axes_exchanged",
            axes="exchanged",
            fr="Les zéros des lignes et ceux des colonnes sont échangés.",
            en="The zeros of the rows and those of the columns are exchanged.",
        ),
        deviation(
            "rows_only",
            axes="rows",
            fr="Des zéros ne sont ajoutés qu'en haut et en bas ; il en faut aussi à gauche et à droite.",
            en="Zeros are added above and below alone; they are needed on the left and right, too.",
        ),
    ],
)
def plane(image, kernel, padding, *, zeros="own", value="zeros", flipped=False, axes="own"):
    rows, columns = (_widths(taps, padding, zeros) for taps in kernel.shape)
    widths = {
        "height": (rows, rows),
        "exchanged": (columns, rows),
        "rows": (rows, (0, 0)),
    }.get(axes, (rows, columns))
    mode = {"edge": "edge"}.get(value, "constant")
    laid = kernel[::-1, ::-1] if flipped else kernel
    return solution.correlate2d_valid(np.pad(image, widths, mode=mode), laid)


def _widths(taps, padding, zeros):
    before, after = solution.zeros_around(taps, "same" if zeros == "same" else padding)
    half = (before + after) // 2
    return {"none": (0, 0), "exchanged": (after, before), "even": (half, half)}.get(
        zeros, (before, after)
    )
