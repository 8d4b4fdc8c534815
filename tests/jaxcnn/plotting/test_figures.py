"""What the figures show."""

import numpy as np
import pytest

from jaxcnn import plotting, training
from jaxcnn.plotting import _figure
from jaxcnn.transfer import Probe, ScoreMap

pytest.importorskip("matplotlib")

ROWS = [
    {"epoch": epoch, "loss": 1 / epoch, "accuracy": 0.5, "validation_loss": 2 / epoch}
    for epoch in (1, 2, 3)
]


def judged(right, guess):
    right, guess = np.array(right), np.array(guess)
    return training.Evaluation(
        right, guess, np.full(len(right), 0.8), np.arange(1.0 * len(right)), 2
    )


def test_curves_show_every_epoch_and_only_what_was_measured():
    loss, accuracy = plotting.plot_history(training.History(ROWS)).axes
    assert [line.get_label() for line in loss.lines] == ["training", "validation"]
    assert [line.get_label() for line in accuracy.lines] == ["training"]
    np.testing.assert_allclose(loss.lines[1].get_ydata(), [2, 1, 2 / 3])


def test_curves_are_named_in_french_too():
    loss, accuracy = plotting.plot_history(training.History(ROWS), language="fr").axes
    assert [line.get_label() for line in loss.lines] == ["entraînement", "validation"]
    assert (loss.get_xlabel(), accuracy.get_ylabel()) == ("époque", "justesse")
    assert accuracy.yaxis.get_major_formatter()(0.5, 0) == "0,5"


def test_a_confusion_matrix_shows_names_and_counts_and_no_zeros():
    (axes,) = plotting.plot_confusion_matrix(np.array([[3, 0], [1, 4]]), ["cat", "dog"]).axes
    assert [text.get_text() for text in axes.texts] == ["3", "1", "4"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog"]
    np.testing.assert_allclose(axes.images[0].get_array(), [[1, 0], [0.2, 0.8]])


def test_a_class_without_examples_is_drawn():
    plotting.plot_confusion_matrix(np.array([[0, 0], [1, 4]]))


@pytest.mark.parametrize("shape", [(3, 6, 5, 1), (3, 6, 5, 3), (3, 6, 2), (3, 4, 6, 5, 1)])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_mistakes_show_the_worst_first(shape, kind):
    figure = plotting.plot_mistakes(
        np.zeros(shape, kind), judged([0, 1, 0], [1, 1, 1]), ["cat", "dog"], number=1
    )
    (axes,) = figure.axes
    assert axes.get_title() == "cat\ntaken for dog (80 %)"


def test_of_a_video_the_first_middle_and_last_frame_are_drawn():
    video = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((2, 3, 1), np.uint8)
    (axes,) = plotting.plot_mistakes(video[None], judged([0], [1])).axes
    np.testing.assert_array_equal(axes.images[0].get_array()[0], [0, 0, 0, 2, 2, 2, 4, 4, 4])


def test_a_network_without_mistakes_says_so():
    figure = plotting.plot_mistakes(np.zeros((1, 4, 4, 1)), judged([0], [0]))
    assert figure.texts[0].get_text() == "no mistakes"


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plotting.plot_history(training.History()), "history must have at least one epoch"),
        (lambda: plotting.plot_confusion_matrix(np.zeros((2, 3))), r"counts has shape \(2, 3\)"),
        (lambda: plotting.plot_confusion_matrix(np.eye(2), ["a"]), "class_names has 1 entries"),
        (
            lambda: plotting.plot_mistakes(np.zeros((2, 4, 4, 1)), judged([0], [1])),
            "images has 2 examples, but evaluation has 1",
        ),
        (
            lambda: plotting.plot_mistakes(np.zeros((1, 4, 4, 2)), judged([0], [1])),
            r"images has shape \(1, 4, 4, 2\)",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


def test_a_figure_is_written_in_the_format_of_its_name(tmp_path):
    figure = plotting.plot_history(training.History(ROWS))
    _figure.write_figure(figure, tmp_path / "a.png")
    _figure.write_figure(figure, tmp_path / "a.svg")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()
    with pytest.raises(ValueError, match=r"a\.docx.* must end with one of"):
        _figure.write_figure(figure, tmp_path / "a.docx")


def test_probes_mark_the_best_cut_and_a_list_without_any_is_refused():
    rows = [Probe("a", 4, 0.9, 0.5), Probe("b", 4, 0.8, 0.75), Probe("c", 4, 1.0, 0.6)]
    (axes,) = plotting.plot_probes(rows).axes
    assert axes.get_title() == "best on the test set: b (75.0 %)"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]
    assert list(axes.lines[1].get_ydata()) == [50.0, 75.0, 60.0]
    with pytest.raises(ValueError, match="at least one probe"):
        plotting.plot_probes([])


def test_a_score_map_lies_over_the_image_and_outlines_the_best_window():
    windows = np.array([[[0, 0, 8, 8], [0, 8, 8, 16]]])
    scores = ScoreMap(np.array([[[0.1, 0.2, 0.7], [0.6, 0.1, 0.3]]]), windows, (8, 16))
    figure = plotting.plot_score_map(np.zeros((8, 16, 3), np.uint8), scores, number=2)
    first, second = figure.axes[:2]
    assert [axes.get_title() for axes in (first, second)] == ["2, up to 70 %", "0, up to 60 %"]
    assert first.patches[0].get_bbox().bounds == (0, 0, 8, 8)
    assert second.patches[0].get_bbox().bounds == (8, 0, 8, 8)
    heat = first.images[1].get_array()
    assert heat.shape == (8, 16)
    np.testing.assert_allclose(heat[3, [0, 15]], [0.7, 0.3])
    np.testing.assert_allclose(heat[3, 7:9].mean(), 0.5)
    figure = plotting.plot_score_map(np.zeros((8, 16)), scores, "abc", number=1, language="fr")
    assert figure.axes[0].get_title() == "c, jusqu'à 70\u00a0%"


def test_score_maps_refuse_other_classes_and_other_images():
    scores = ScoreMap(np.array([[[0.4, 0.6]]]), np.array([[[0, 0, 8, 8]]]), (8, 8))
    with pytest.raises(ValueError, match="class_names has 1 entries, but must have 2"):
        plotting.plot_score_map(np.zeros((8, 8)), scores, ["cat"])
    with pytest.raises(ValueError, match=r"image has shape \(8, 8, 2\)"):
        plotting.plot_score_map(np.zeros((8, 8, 2)), scores)


def test_a_notebook_shows_a_figure_though_pyplot_was_never_imported():
    formatters = pytest.importorskip("IPython.core.formatters")
    shown, _ = formatters.DisplayFormatter().format(plotting.plot_history(training.History(ROWS)))
    assert shown["image/png"].startswith(b"\x89PNG")
