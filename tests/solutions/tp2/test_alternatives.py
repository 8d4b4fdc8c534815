"""Right solutions in other styles than the references get every point: a false accusation is worse than none.

They were written from the statements alone: ``plain`` (Python loops, NumPy, scikit-learn, descent with momentum),
``compiled`` (vmap, scan, Adam, L-BFGS, least squares), ``mixed`` (where there is a third way: Flax's own optimiser and
jit, dropout, open layers whose normalisations rest); for the first eight questions ``recursive``, ``objects`` (classes,
closures, iterators) and ``tensors`` (einsum, the Fourier transform, index grids, float64). A file counts as a whole
submission for its question.
"""

from pathlib import Path

import pytest

from grader import grade

TP2 = Path(__file__).parents[3] / "solutions" / "tp2"
ALTERNATIVES = Path(__file__).parent / "alternatives"
QUICK = ("q02", "q05", "q06")  # arithmetic; the others compile, and the last eight train
SEEDS = (1,)

WRITTEN = sorted(
    (file.parent.name, file.name.partition("_")[0]) for file in ALTERNATIVES.glob("*/q*.py")
)


def _lost(style: str, seed: int, *questions: str) -> list[str]:
    folder = ALTERNATIVES / style
    result = grade(str(TP2), folder, questions=list(questions), seed=seed, language="en")
    checks = [check for part in result.questions for check in part.checks]
    assert {check.id.partition(".")[0] for check in checks} == set(questions)
    return [
        f"{check.id}, seed {seed}: {check.verdict.value}, {check.message}"
        for check in checks
        if check.points < check.max_points
    ]


def test_every_question_has_two_of_them():
    questions = {folder.name.partition("_")[0] for folder in TP2.glob("q*")}
    for style in ("plain", "compiled"):
        assert {question for found, question in WRITTEN if found == style} == questions
    assert len(WRITTEN) > 60


@pytest.mark.parametrize("style", ["plain", "compiled"])
def test_those_of_short_questions_get_full_marks(style):
    assert _lost(style, 1, *QUICK) == []


def _halves():
    """Each style's first and second half; networks of two styles are trained by hand (``-m many``)."""
    for style, trains in sorted({(one, q > "q08") for one, q in WRITTEN}):
        seldom = trains and style != "plain"
        yield pytest.param(style, trains, marks=pytest.mark.many if seldom else pytest.mark.slow)


@pytest.mark.parametrize(("style", "trains"), list(_halves()))
def test_they_get_full_marks(style, trains):
    """Half a submission at a time: questions that share a worker share its start."""
    questions = [q for one, q in WRITTEN if one == style and (q > "q08") == trains]
    assert [line for seed in SEEDS for line in _lost(style, seed, *questions)] == []
