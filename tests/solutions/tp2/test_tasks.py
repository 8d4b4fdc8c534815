"""The tasks of questions 9 to 16: what is shown is never asked, and nobody can know the fresh ones."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from grader.checks import Answer, Streams
from grader.checks._agree import Expectation
from grader.checks._answer import BadForm

_FILE = Path(__file__).parents[3] / "solutions" / "tp2" / "tasks.py"


@pytest.fixture(scope="module")
def tasks() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tp2_tasks", _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tp2_tasks"] = module
    spec.loader.exec_module(module)
    return module


def _rows(images: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in images}


def _draw(tasks, seed: int, number: int = 4) -> list:
    """Tasks as several checks of one run draw them."""
    drawn = []
    for check in range(number):
        bench = _bench(tasks, seed, f"q.{check}")
        drawn += [bench.known()]
        drawn += [bench.fresh(backbone) for backbone in bench.backbones.values()]
        resnet = bench.backbones["resnet"]
        drawn += [bench.fresh(resnet, layer=resnet.cuts[1])]
    return drawn


def _bench(tasks, seed: int, check: str = "q.test"):
    return tasks.Bench("clothing", Streams(seed, check))


@pytest.mark.parametrize("seed", [0, 1])
def test_no_image_that_a_run_shows_with_its_label_is_asked_in_it(tasks, seed):
    drawn = _draw(tasks, seed)
    shown = set().union(*(_rows(task.images) for task in drawn))
    asked = set().union(*(_rows(task.new_images) for task in drawn))
    assert not shown & asked


def test_every_task_has_as_many_images_of_each_kind_in_no_order(tasks):
    for task in _draw(tasks, 3):
        assert task.images.shape == (240, 28, 28, 1)
        assert task.new_images.shape == (300, 28, 28, 1)
        assert task.images.dtype == task.new_images.dtype == np.float32
        assert task.labels.sum() == 120
        assert 30 < task.labels[:120].sum() < 90
        assert 0.4 < task.answers.mean() < 0.6


def test_the_known_kinds_are_no_key_to_the_fresh_ones(tasks):
    bench = _bench(tasks, 5)
    kind = {image.tobytes(): label for image, label in zip(bench.images, bench.labels, strict=True)}
    for task in _draw(tasks, 5):
        known = np.array([kind[image.tobytes()] for image in task.new_images])
        agreement = np.mean(known == task.answers)
        assert agreement == 1 if not task.fresh else 0.3 < agreement < 0.7


def test_fresh_kinds_are_others_in_every_check_and_every_run(tasks):
    answers = {}
    for seed in (0, 1):
        for task in _draw(tasks, seed):
            if task.fresh:
                for image, label in zip(task.new_images, task.answers, strict=True):
                    answers.setdefault(image.tobytes(), []).append(int(label))
    share = np.mean([np.mean(labels) for labels in answers.values() if len(labels) > 4])
    mixed = np.mean(
        [0 < sum(labels) < len(labels) for labels in answers.values() if len(labels) > 4]
    )
    assert 0.4 < share < 0.6
    assert mixed > 0.6


def test_elsewhere_two_digits_are_named_by_chance(tasks):
    drawn = [_bench(tasks, seed).elsewhere(40, 60) for seed in range(12)]
    kinds = {}
    for task in drawn:
        assert task.images.shape == (80, 28, 28, 1)
        assert task.new_images.shape == (60, 28, 28, 1)
        assert task.images.dtype == np.float32
        assert task.images.max() <= 1
        assert task.labels.sum() == 40
        assert 0.2 < task.answers.mean() < 0.8
        assert not _rows(task.images) & _rows(task.new_images)
        for image, label in zip(task.images, task.labels, strict=True):
            kinds.setdefault(image.tobytes(), set()).add(int(label))
    digits, answers = tasks._digits()
    by_digit = {}
    for image, digit in zip(digits, answers, strict=True):
        by_digit.setdefault(int(digit), set()).update(kinds.get(image.tobytes(), ()))
    assert {0, 1} in by_digit.values(), "a digit is 0 in one run, 1 in another"
    assert not by_digit[0], "only digits that look alike"


def test_a_run_is_repeated_by_its_seed(tasks):
    first, second = _draw(tasks, 8, 1), _draw(tasks, 8, 1)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a.new_images, b.new_images)
        np.testing.assert_array_equal(a.answers, b.answers)


def test_the_last_features_separate_the_fresh_kinds_and_pixels_do_not(tasks):
    from sklearn.linear_model import RidgeClassifier

    shares = {}
    for seed in range(3):
        bench = _bench(tasks, seed)
        place = {image.tobytes(): row for row, image in enumerate(bench.images)}
        for name, backbone in bench.backbones.items():
            task = bench.fresh(backbone)
            features = tasks._features("clothing", name, backbone.last)
            x, y = (
                features[[place[image.tobytes()] for image in images]]
                for images in (task.images, task.new_images)
            )
            scale = x.std(axis=0) + 1e-6
            separated = RidgeClassifier(1.0).fit(x / scale, task.labels).predict(y / scale)
            flat = [images.reshape(len(images), -1) for images in (task.images, task.new_images)]
            drawn = RidgeClassifier(100.0).fit(flat[0], task.labels).predict(flat[1])
            found = [float(np.mean(one == task.answers)) for one in (separated, drawn)]
            shares.setdefault(name, []).append(found)
    for found in shares.values():
        separated, drawn = np.mean(found, axis=0)
        assert separated > 0.95
        assert drawn < separated - 0.03


class TestMoved:
    def test_shifting_moves_the_contents_and_repeats_the_edge(self, tasks):
        image = np.arange(12, dtype=np.float32).reshape(1, 3, 4, 1)
        (found,) = tasks.shifted(image, np.array([1]), np.array([-2]))[..., 0]
        np.testing.assert_array_equal(found, [[2, 3, 3, 3], [2, 3, 3, 3], [6, 7, 7, 7]])

    def test_only_the_new_images_move_each_in_its_own_way(self, tasks):
        rng = np.random.default_rng(0)
        task = _bench(tasks, 0).known(new=40)
        found = tasks.moved(task, rng, 3)
        np.testing.assert_array_equal(found.images, task.images)
        np.testing.assert_array_equal(found.answers, task.answers)
        movements = set()
        for before, after in zip(task.new_images, found.new_images, strict=True):
            fitting = [
                (side, down, right)
                for side in (1, -1)
                for down in range(-3, 4)
                for right in range(-3, 4)
                if np.array_equal(
                    tasks.shifted(before[None, :, ::side], np.array([down]), np.array([right]))[0],
                    after,
                )
            ]
            assert fitting
            movements.add(fitting[0])
        assert len(movements) > 20
        assert {side for side, _, _ in movements} == {1, -1}
        assert max(abs(down) for _, down, _ in movements) == 3

    def test_without_pixels_they_are_at_most_mirrored(self, tasks):
        rng = np.random.default_rng(1)
        task = _bench(tasks, 0).known(new=40)
        found = tasks.moved(task, rng, 0).new_images
        mirrored = (found == task.new_images[:, :, ::-1]).all(axis=(1, 2, 3))
        assert 8 < mirrored.sum() < 32
        np.testing.assert_array_equal(found[~mirrored], task.new_images[~mirrored])


class TestJudge:
    @pytest.fixture
    def drawn(self, tasks) -> list:
        bench = _bench(tasks, 0)
        return [bench.known(), bench.fresh(bench.backbones["resnet"])]

    def test_right_answers_pass(self, tasks, drawn):
        tasks.judge(lambda task: task.answers, drawn, known=0.9, fresh=0.9)

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (lambda task: np.zeros(300, np.int32), "new images of the two classes"),
            (lambda task: 1 - task.answers, "new images of the two classes"),
            (
                lambda task: task.answers * 0 if task.fresh else task.answers,
                "drawn at random for this run",
            ),
        ],
    )
    def test_others_do_not(self, tasks, drawn, answer, words):
        with pytest.raises(Expectation) as caught:
            tasks.judge(answer, drawn, known=0.8, fresh=0.8)
        assert words in caught.value.text["en"]
        assert all(caught.value.text.values())

    def test_steps_that_undo_what_a_head_knew_are_told_from_others(self, tasks, drawn):
        def spoilt(task):
            return task.answers ^ (np.arange(300) % 4 == 0) if task.fresh else task.answers

        befores = [None, lambda task: task.answers, lambda task: task.answers * 0]
        for before, told in zip(befores, (False, True, False), strict=True):
            with pytest.raises(Expectation) as caught:
                tasks.judge(spoilt, drawn, known=0.8, fresh=0.8, before=before)
            text = caught.value.text
            assert ("before the steps, has an accuracy of 100%" in text["en"]) == told
            assert ("avant les étapes, donnait une justesse de 100%" in text["fr"]) == told
            assert caught.value.shown == {"right": 0.75}

    def test_what_was_before_is_not_asked_for_where_all_is_right(self, tasks, drawn):
        def never(task):
            raise AssertionError

        tasks.judge(lambda task: task.answers, drawn, known=0.9, fresh=0.9, before=never)

    @pytest.mark.parametrize(
        "change",
        [
            lambda answers: None,
            lambda answers: answers[:-1],
            lambda answers: answers[:, None],
            lambda answers: answers.astype(float),
            lambda answers: answers + 1,
        ],
    )
    def test_classes_have_one_form_only(self, tasks, drawn, change):
        task = drawn[0]
        given = Answer(change(task.answers), "f(…)", [])
        with pytest.raises(BadForm, match=r"array of integers of shape \(300,\), from 0 to 1"):
            tasks.classes_in(given, task)
        good = Answer(task.answers, "f(…)", [])
        assert tasks.classes_in(good, task).tolist() == task.answers.tolist()
