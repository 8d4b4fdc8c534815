"""Question 11: augmentation is for training only."""

from pathlib import Path

import pytest

from grader import grading
from grader.results import Verdict

TP2 = Path(__file__).parents[3] / "solutions/tp2"
RIGHT = "scores_of(*parts, new_images)"
WRONG = "scores_of(*parts, augment(jax.random.key(seed), new_images))"


@pytest.mark.slow
def test_who_augments_the_new_images_too_is_told_so(tmp_path):
    solution = (TP2 / "q11_augmentation/solution.py").read_text("utf-8")
    assert solution.count(RIGHT) == 1
    (tmp_path / "q11_augmentation.py").write_text(solution.replace(RIGHT, WRONG), "utf-8")
    result = grading.grade(
        str(TP2), tmp_path, questions=["q11"], seed=1, language="en", timeout=120, isolation=0
    )
    lost = [c for c in result.questions[0].checks if c.verdict is not Verdict.PASSED]
    assert [check.id for check in lost] == ["q11.new_images_unchanged"]
    assert "Augmentation is for training only" in lost[0].message
