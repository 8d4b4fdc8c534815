"""Known mistakes of question 2."""

import numpy as np

from grader.checks import deviation, family, mistake

from . import solution

# --- positions -------------------------------------------------------------------------------


@mistake(
    of="positions",
    fr="Il manque la position de départ : un noyau de 3 tient une fois dans un signal de 3.",
    en="The starting position is missing: a kernel of 3 fits once inside a signal of 3.",
)
def first_position_forgotten(length, taps):
    return length - taps


@mistake(
    of="positions",
    fr="Un endroit est compté pour chaque échantillon. Aux derniers, le noyau dépasse du signal.",
    en="A place is counted for each sample. At the last ones the kernel sticks out of the signal.",
)
def one_for_each_sample(length, taps):
    return length


@mistake(
    of="positions",
    fr="Les endroits sont comptés côte à côte. Le noyau avance d'un seul échantillon : ils se chevauchent.",
    en="The places are counted side by side. The kernel advances by a single sample, so that they "
    "overlap.",
)
def side_by_side(length, taps):
    return length // taps


@mistake(
    of="positions",
    fr="Le 1 est ajouté deux fois, ou avec le mauvais signe pour le noyau : le dernier départ est "
    "`length - taps`, et les départs commencent à 0.",
    en="The 1 is added twice, or with the wrong sign for the kernel: the last start is "
    "`length - taps`, and starts begin at 0.",
)
def one_too_many(length, taps):
    return length - taps + 2


@mistake(
    of="positions",
    fr="Le noyau est retranché des deux côtés. À droite seulement il manque de la place : le noyau "
    "commence à l'échantillon 0.",
    en="The kernel is taken off on both sides. Only on the right is there no room: the kernel starts "
    "at sample 0.",
)
def taken_off_twice(length, taps):
    return length - 2 * (taps - 1)


# --- correlate -------------------------------------------------------------------------------


@family(
    of="correlate",
    deviations=[
        deviation(
            "kernel_flipped",
            flipped=True,
            fr="Le noyau est retourné : son premier coefficient doit multiplier le premier échantillon "
            "du morceau.",
            en="The kernel is flipped: its first tap must multiply the first sample of the piece.",
        ),
        deviation(
            "last_position_missing",
            places="one less",
            fr="Le dernier endroit manque : `range(n)` s'arrête à n - 1, et il y en a "
            "`length - taps + 1`.",
            en="The last place is missing: `range(n)` ends at n - 1, and there are `length - taps + 1`.",
        ),
        deviation(
            "zeros_at_the_end",
            places="zeros after",
            fr="Il y a une sortie par échantillon : à la fin, le noyau dépasse du signal. Ces endroits "
            "ne comptent pas.",
            en="There is one output for each sample: at the end the kernel sticks out of the signal. "
            "Those places do not count.",
        ),
        deviation(
            "starts_again",
            places="wrapped",
            fr="Au bout du signal le noyau continue au début (indice modulo, ou négatif). Ces endroits "
            "ne comptent pas.",
            en="At the signal's end the kernel goes on at its beginning (index modulo, or negative). "
            "Those places do not count.",
        ),
        deviation(
            "side_by_side",
            places="apart",
            fr="Les morceaux sont juxtaposés : le noyau saute de toute sa longueur. Il avance d'un "
            "échantillon.",
            en="The pieces lie side by side: the kernel jumps by its whole length. It advances by one "
            "sample.",
        ),
        deviation(
            "sum_not_reset",
            total="running",
            fr="La somme n'est pas remise à zéro : chaque sortie contient aussi les précédentes.",
            en="The sum is not set back to zero: each output also holds those before it.",
        ),
        deviation(
            "mean_instead_of_sum",
            total="mean",
            fr="Les produits sont moyennés ; une réponse est leur somme.",
            en="The products are averaged; a response is their sum.",
        ),
        deviation(
            "last_tap_left_out",
            total="without the last",
            fr="Le dernier coefficient du noyau ne sert jamais : la boucle s'arrête un coefficient trop tôt.",
            en="The last tap of the kernel is never used: the loop ends one tap too early.",
        ),
        deviation(
            "bias_forgotten",
            biases="none",
            fr="Le biais n'est pas ajouté.",
            en="The bias is not added.",
        ),
        deviation(
            "bias_for_each_tap",
            biases="taps",
            fr="Le biais est ajouté à chaque produit ; il ne l'est qu'une fois par sortie.",
            en="The bias is added to every product; it should be added once to each output.",
        ),
        deviation(
            "bias_on_the_first_output",
            biases="first",
            fr="Seule la première sortie reçoit le biais ; chacune le reçoit.",
            en="Only the first output receives the bias; each one does.",
        ),
    ],
)
def sliding(
    signal, kernel, bias=0.0, *, flipped=False, places="inside", total="sum", biases="each"
):
    taps = len(kernel)
    kernel = kernel[::-1] if flipped else kernel
    around = {"zeros after": np.zeros(taps - 1), "wrapped": signal[: taps - 1]}.get(places, [])
    signal = np.concatenate([signal, around])
    starts = np.arange(len(signal) - taps + 1 - (places == "one less"))
    starts = starts[::taps] if places == "apart" else starts
    products = signal[starts[:, None] + np.arange(taps)] * kernel
    if total == "without the last":
        products = products[:, :-1]
    sums = products.sum(axis=1)
    sums = sums / taps if total == "mean" else sums
    sums = np.cumsum(sums) if total == "running" else sums
    added = np.full(len(sums), bias * {"none": 0, "taps": taps}.get(biases, 1), np.float64)
    if biases == "first":
        added[1:] = 0
    return (sums + added).astype(np.float32)


# --- moving_average --------------------------------------------------------------------------


@family(
    of="moving_average",
    deviations=[
        deviation(
            "sum_instead_of_mean",
            weights="ones",
            fr="Les coefficients valent 1 : c'est la somme. Une moyenne divise par leur nombre.",
            en="The taps are 1: this is the sum. A mean divides by their number.",
        ),
        deviation(
            "divided_by_the_length",
            weights="length",
            fr="La somme est divisée par la longueur du signal ; chaque moyenne porte sur `taps` échantillons.",
            en="The sum is divided by the signal's length; each mean is over `taps` samples.",
        ),
        deviation(
            "one_tap_less",
            taps_of=-1,
            fr="Le noyau a un coefficient de moins que demandé.",
            en="The kernel has one tap less than asked for.",
        ),
        deviation(
            "one_tap_more",
            taps_of=1,
            fr="Le noyau a un coefficient de plus que demandé.",
            en="The kernel has one tap more than asked for.",
        ),
        deviation(
            "zeros_around",
            around="zeros",
            fr="Des zéros sont ajoutés autour du signal : les moyennes du bord y perdent. On ne demande "
            "que les endroits où il y a assez d'échantillons.",
            en="Zeros are added around the signal: the means at the border lose by it. Only places with "
            "enough samples are asked for.",
        ),
    ],
)
def average(signal, taps, *, weights="mean", taps_of=0, around="nothing"):
    if around == "zeros":
        signal = np.pad(signal, ((taps - 1) // 2, taps // 2))
    taps = taps + taps_of
    each = {"ones": 1.0, "length": 1 / len(signal)}.get(weights, 1 / taps)
    return solution.correlate(signal, np.full(taps, each, np.float32))


# --- find_pattern ----------------------------------------------------------------------------


@family(
    of="find_pattern",
    deviations=[
        deviation(
            "centre_of_the_piece",
            told="centre",
            fr="C'est le milieu du morceau ; on demande son premier échantillon.",
            en="This is the middle of the piece; its first sample is asked for.",
        ),
        deviation(
            "last_sample_of_the_piece",
            told="end",
            fr="C'est le dernier échantillon du morceau ; on demande le premier.",
            en="This is the last sample of the piece; the first is asked for.",
        ),
        deviation(
            "rightmost_of_equals",
            wanted="last",
            fr="À égalité c'est le morceau le plus à droite ; on demande le plus à gauche.",
            en="Of equal pieces it is the rightmost; the leftmost is asked for.",
        ),
        deviation(
            "largest_magnitude",
            wanted="magnitude",
            fr="Les réponses sont comparées sans leur signe : le motif contraire passe pour le motif.",
            en="Responses are compared without their sign: the opposite pattern passes for the pattern.",
        ),
        deviation(
            "smallest_response",
            wanted="smallest",
            fr="C'est le morceau dont la réponse est la plus petite.",
            en="This is the piece whose response is smallest.",
        ),
        deviation(
            "largest_sample",
            wanted="sample",
            fr="C'est l'échantillon le plus grand du signal : le noyau ne joue aucun rôle.",
            en="This is the largest sample of the signal: the kernel plays no part.",
        ),
        deviation(
            "kernel_flipped",
            flipped=True,
            fr="Le noyau est retourné : c'est le motif lu à l'envers qui est cherché.",
            en="The kernel is flipped: it is the pattern read backwards that is looked for.",
        ),
    ],
)
def found(signal, kernel, *, told="start", wanted="largest", flipped=False):
    responses = solution.correlate(signal, kernel[::-1] if flipped else kernel)
    place = {
        "last": len(responses) - 1 - int(np.argmax(responses[::-1])),
        "magnitude": int(np.argmax(np.abs(responses))),
        "smallest": int(np.argmin(responses)),
        "sample": int(np.argmax(signal)),
    }.get(wanted, int(np.argmax(responses)))
    return place + {"centre": len(kernel) // 2, "end": len(kernel) - 1}.get(told, 0)
