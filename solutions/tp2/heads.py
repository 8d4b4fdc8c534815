"""What is looked at on a head that a student learned: where it sits, and that it is the head that was asked for.

A head is linear: it answers 1 where ``features @ weights + bias`` is positive.  It comes back as numbers, with the name
of the layer whose outputs it takes; these are computed here, with a copy of the network of our own.
"""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from grader.checks import Answer, expect

# Largest difference of two heads' scores, in standard deviations. The same head, computed in float32 or by
# scikit-learn: 0.0001. Learned from 39 images out of 40: 0.05 to 1; from four fifths: 0.25 to 2; with another
# penalty, as a logistic regression, without scaling: 0.2 to 20 (20 seeds, three tasks, both questions).
CLOSE = 0.1


class Head(NamedTuple):
    """A linear head.

    Attributes:
        cut: name of the layer whose outputs it takes.
        weights: (features,).
        bias: what is added to the score.
    """

    cut: str
    weights: np.ndarray
    bias: float

    def scores(self, features: np.ndarray) -> np.ndarray:
        """(number,) from features (number, features): positive for class 1."""
        with np.errstate(all="ignore"):  # a student's weights may be as large as they like
            return features.astype(np.float64) @ self.weights + self.bias


def head_in(answer: Answer, widths: Mapping[str, int]) -> Head:
    """The head in an answer: a layer's name, weights, a bias.

    Args:
        answer: of the student's function.
        widths: how many features each layer has that may be named.
    """
    name, weights, bias = answer.items(3)
    cut = name.text(among=widths)
    found = weights.array((widths[cut],), kind="float").astype(np.float64)
    return Head(cut, found, bias.number())


def require_supported(cut: str, shares: Mapping[str, float], least: float) -> None:
    """Requires the layer decided on to be one that the measurements support.

    Args:
        cut: the layer.
        shares: right answers by cross-validation, for each layer.
        least: from which share on a layer is as good as the best.
    """
    expect(
        shares[cut] >= least,
        fr="La validation croisée ne soutient pas ce choix : une autre couche y obtient une "
        "justesse plus grande, au-delà du bruit. Comparez les moyennes de tous les plis, "
        "mesurées sur des images qui n'ont pas servi à apprendre la tête.",
        en="Cross-validation does not support this choice: another layer gets a larger accuracy, by "
        "more than noise. Compare the means of all folds, measured on images from which the head has learned nothing.",
        chosen=cut,
        shares={name: round(share, 3) for name, share in shares.items()},
    )


def require_head(
    head: Head,
    wanted: Head,
    features: np.ndarray,
    likely: Iterable[tuple[Head, Mapping[str, str]]] = (),
    **text: str,
) -> None:
    """Requires a head to be the one that was to be learned.

    Args:
        head: the student's.
        wanted: ours, on the same layer.
        features: (number, features) of images that no head has learned from.
        likely: other heads, each with the ``fr`` and ``en`` that say how one gets there; read only when needed.
        text: ``fr`` and ``en``, said when it is none of these.
    """
    far = difference(head, wanted, features)
    if far <= CLOSE:
        return
    for other, reason in likely:
        expect(not difference(head, other, features) <= CLOSE, fr=reason["fr"], en=reason["en"])
    expect(False, fr=text["fr"], en=text["en"], cut=head.cut, difference_of_scores=round(far, 3))


def difference(one: Head, other: Head, features: np.ndarray) -> float:
    """How far two heads are from being one: the largest difference of scores, in standard deviations of the other's.

    A positive factor counts for nothing, since it changes no answer; heads that disagree altogether are infinitely far.
    """
    mine, theirs = one.scores(features), other.scores(features)
    with np.errstate(all="ignore"):
        factor = (mine @ theirs) / (mine @ mine)
        far = np.abs(factor * mine - theirs).max() / theirs.std()
    return float(far) if factor > 0 and np.isfinite(far) else math.inf
