"""What holds of all figures of the course: languages, names, room for every word."""

import itertools

import pytest

from jaxcnn.plotting import _labels, course

pytest.importorskip("matplotlib")

FUNCTIONS = [name for name in course.__all__ if name.replace("_", "-") in course.list_figures()]


def stills(name, language):
    drawn = course.draw_figure(name, language=language)
    if isinstance(drawn, course.Animation):
        return [drawn.still, drawn.frame(0), drawn.frame(drawn.number - 1)]
    return [drawn]


def texts_of(figure):
    from matplotlib.text import Text

    cells = [
        cell for axes in figure.axes for table in axes.tables for cell in table.get_celld().values()
    ]
    words = [*figure.findobj(Text), *(cell.get_text() for cell in cells)]
    return [text for text in words if text.get_visible() and text.get_text().strip()]


def boxes(figure):
    """Every word with the rectangle that it fills, ticks that are off the axes left out."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    hidden = {
        id(text)
        for axes in figure.axes
        for axis, ends in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim()))
        for tick in axis.get_major_ticks()
        for text in (tick.label1, tick.label2)
        if not axes.axison or not min(ends) <= tick.get_loc() <= max(ends)
    }
    return {
        text: text.get_window_extent(canvas.get_renderer())
        for text in texts_of(figure)
        if id(text) not in hidden
    }


@pytest.mark.parametrize("language", _labels.LANGUAGES)
@pytest.mark.parametrize("name", course.list_figures())
def test_every_word_lies_within_the_figure_and_on_no_other(name, language):
    for figure in stills(name, language):
        page = figure.bbox
        placed = boxes(figure)
        assert placed
        for text, box in placed.items():
            inside = min(box.x0 - page.x0, box.y0 - page.y0, page.x1 - box.x1, page.y1 - box.y1)
            assert inside > -1, (text.get_text(), inside)
        for (one, first), (other, second) in itertools.combinations(placed.items(), 2):
            across = min(first.x1, second.x1) - max(first.x0, second.x0)
            down = min(first.y1, second.y1) - max(first.y0, second.y0)
            assert min(across, down) < 2, (one.get_text(), other.get_text())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_language_that_nobody_speaks_here_is_refused(name):
    with pytest.raises(ValueError, match=r"language \(='de'\) must be one of 'fr', 'en'"):
        getattr(course, name)(language="de")


def test_the_functions_are_the_figures():
    assert sorted(name.replace("_", "-") for name in FUNCTIONS) == sorted(course.list_figures())


def test_every_figure_has_a_title_of_its_own_in_both_languages():
    for language in _labels.LANGUAGES:
        titles = [course.figure_title(name, language=language) for name in course.list_figures()]
        assert len(set(titles)) == len(titles)
        assert all(titles)


def test_both_languages_have_the_same_places_to_fill():
    import string

    for key, pair in _labels._LABELS.items():
        french, english = ({f for _, f, _, _ in string.Formatter().parse(t) if f} for t in pair)
        assert french == english, key


@pytest.mark.parametrize(
    ("value", "digits", "english", "french"),
    [
        (150528, 0, "150,528", "150\u202f528"),
        (-3, 0, "\u22123", "\u22123"),
        (-0.0, 0, "0", "0"),
        (-0.004, 2, "0.00", "0,00"),
        (1234.56, 1, "1,234.6", "1\u202f234,6"),
    ],
)
def test_numbers_are_written_as_each_language_does(value, digits, english, french):
    assert _labels.number(value, "en", digits) == english
    assert _labels.number(value, "fr", digits) == french


def test_french_signs_have_their_space():
    assert _labels.label("sum", "fr", value=6) == "somme\u00a0: 6"
    assert _labels.label("sum", "en", value=6) == "sum: 6"
