"""Heads of questions 13 and 14: one form, and only the head that was asked for, where it was asked for."""

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from grader.checks import Answer
from grader.checks._agree import Expectation
from grader.checks._answer import BadForm
from grader.course import find_course, load_question

TP2 = Path(__file__).parents[3] / "solutions" / "tp2"
TEXT = {"fr": "une autre tête", "en": "another head"}
WIDTHS = {"early": 3, "late": 2}


def _checks(question: str) -> ModuleType:
    course = find_course(str(TP2))
    return load_question(course, course.question(question)).load_checks()


def _reference(question: str) -> ModuleType:
    course = find_course(str(TP2))
    return load_question(course, course.question(question)).reference


@pytest.fixture(scope="module")
def heads() -> ModuleType:
    return importlib.import_module(_checks("q13").Head.__module__)


@pytest.fixture
def features() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)


def _head(heads, weights=(1.0, -2.0, 0.5), bias=0.25):
    return heads.Head("early", np.array(weights), bias)


class TestForm:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
    def test_a_name_weights_and_a_bias_make_a_head(self, heads, dtype):
        answer = Answer(("early", np.array([1, -2, 3], dtype), np.array(0.5, dtype)), "f(…)", [])
        head = heads.head_in(answer, WIDTHS)
        assert (head.cut, head.bias) == ("early", 0.5)
        assert head.weights.dtype == np.float64
        assert head.weights.tolist() == [1, -2, 3]

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (None, "3 items"),
            (("early", np.zeros(3)), "3 items"),
            (("middle", np.zeros(3), 0.0), "'early', 'late'"),
            ((1, np.zeros(3), 0.0), "'early', 'late'"),
            (("late", np.zeros(3), 0.0), r"shape \(2,\)"),
            (("early", np.zeros((3, 1)), 0.0), r"shape \(3,\)"),
            (("early", np.zeros(3, np.int32), 0.0), "floats"),
            (("early", [0.0, 0.0, 0.0], 0.0), "floats"),
            (("early", np.array([0, np.nan, 0]), 0.0), "nan"),
            (("early", np.zeros(3), np.zeros(1)), "a number"),
            (("early", np.zeros(3), np.inf), "inf"),
        ],
    )
    def test_anything_else_is_refused(self, heads, value, words):
        with pytest.raises(BadForm, match=words):
            heads.head_in(Answer(value, "f(…)", []), WIDTHS)


class TestRequireHead:
    def test_the_head_itself_passes_in_any_precision_and_scale(self, heads, features):
        wanted = _head(heads)
        for scale in (1, 0.5, 1e6):
            mine = heads.Head("early", np.float32(scale * wanted.weights), scale * wanted.bias)
            heads.require_head(mine, wanted, features, **TEXT)

    @pytest.mark.parametrize(
        ("weights", "bias"),
        [
            ((1.0, -2.0, 0.5), 1.0),  # another border
            ((1.0, -2.0, 0.9), 0.25),
            ((-1.0, 2.0, -0.5), -0.25),  # every answer turned round
            ((0.0, 0.0, 0.0), 0.0),
            ((1e308, 1e308, 1e308), 1e308),  # scores overflow
        ],
    )
    def test_another_head_does_not(self, heads, features, weights, bias):
        with pytest.raises(Expectation, match="another head"):
            heads.require_head(_head(heads, weights, bias), _head(heads), features, **TEXT)

    def test_a_likely_head_is_told_how_it_came_about(self, heads, features):
        likely = [
            (_head(heads, bias=1.0), {"fr": "biais", "en": "the bias"}),
            (_head(heads, bias=2.0), {"fr": "le double", "en": "twice"}),
        ]
        with pytest.raises(Expectation, match="twice"):
            heads.require_head(_head(heads, bias=2.0), _head(heads), features, likely, **TEXT)

    def test_likely_heads_are_not_computed_for_one_that_is_right(self, heads, features):
        def never():
            raise AssertionError
            yield

        heads.require_head(_head(heads), _head(heads), features, never(), **TEXT)


def test_a_cut_below_what_the_measurements_support_is_refused_with_all_of_them(heads):
    shares = {"early": 0.80, "late": 0.90}
    heads.require_supported("early", shares, 0.80)
    with pytest.raises(Expectation, match="does not support") as caught:
        heads.require_supported("early", shares, 0.81)
    assert caught.value.shown == {"chosen": "early", "shares": shares}


def _two_layers(rng: np.random.Generator) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Rows that one layer tells apart a little better than the other."""
    labels = rng.permutation(np.arange(480) % 2).astype(np.int32)
    sides = 2.0 * labels[:, None] - 1
    noise = {"good": 0.75, "fair": 0.9}
    return {cut: sides + x * rng.normal(size=(480, 1)) for cut, x in noise.items()}, labels


def test_in_a_misleading_order_single_folds_speak_for_the_other_layer():
    checks, reference = _checks("q13"), _reference("q13")
    for seed in range(4):
        known, labels = _two_layers(np.random.default_rng(seed))
        rows = checks.misleading_rows(reference, known, labels, np.random.default_rng(seed))
        assert len(set(rows)) == len(rows) == 240
        assert labels[rows].sum() == 120
        good, fair = (reference.fold_accuracies(known[cut][rows], labels[rows]) for cut in known)
        assert good.mean() * 240 > fair.mean() * 240 + checks.NOISE
        assert all(good[fold] < fair[fold] for fold in checks.MISLEADING)


class TestHeadsThatStudentsArriveAt:
    """The messages that say how a head of question 14 came about."""

    @pytest.fixture
    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(1)
        labels = rng.permutation(np.arange(60) % 2).astype(np.int32)
        known = (
            5 + (2.0 * labels[:, None] - 1) * [1, 0.5, 0.2] + rng.normal(size=(60, 3)) * [1, 3, 9]
        )
        return known.astype(np.float32), labels

    def _judge(self, weights, bias, rows):
        checks, reference = _checks("q14"), _reference("q14")
        wanted = checks.Head("cut", *reference.dense_head(*rows))
        likely = checks.other_heads(reference, "cut", *rows)
        mine = checks.Head("cut", np.asarray(weights, np.float64), float(bias))
        checks.require_head(mine, wanted, rows[0], likely, **TEXT)

    def test_a_probe_is_one_dense_layer(self, rows):
        reference = _reference("q14")
        known, labels = rows
        weights, bias = reference.dense_head(known, labels)
        centred = reference.standardised(known, known)[0]
        w, b = reference.ridge(centred, labels, 0.3 * 3)
        np.testing.assert_allclose(known @ weights + bias, centred @ w + b, rtol=1e-5, atol=1e-6)
        self._judge(weights, bias, rows)

    def test_weights_of_scaled_features_are_named(self, rows):
        reference = _reference("q14")
        known = reference.standardised(rows[0], rows[0])[0]
        with pytest.raises(Expectation, match="centred and scaled"):
            self._judge(*reference.ridge(known, rows[1], 0.3 * 3), rows)

    def test_a_bias_of_centred_features_is_named(self, rows):
        reference = _reference("q14")
        known = reference.standardised(rows[0], rows[0])[0]
        weights = reference.dense_head(*rows)[0]
        with pytest.raises(Expectation, match="the bias is still that"):
            self._judge(weights, reference.ridge(known, rows[1], 0.3 * 3)[1], rows)

    def test_a_head_that_has_not_seen_a_part_is_named(self, rows):
        seen = np.arange(60) % 5 != 3
        with pytest.raises(Expectation, match="one of the five parts"):
            self._judge(*_reference("q14").dense_head(rows[0][seen], rows[1][seen]), rows)
