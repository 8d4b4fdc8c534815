"""The values of a failing case as figures: tables of numbers, pictures of what is a picture, where they differ."""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from grader.checks._planes import Cut, array_of, cuts, is_image, lies_as
from grader.messages import Language, say
from grader.report.page import _numbers, _picture
from grader.results import CaseValue

__all__ = ["Cell", "Figure", "Panel", "Row", "figures_of"]

_SIDE = 16  # rows and columns of a table that is shown whole
_WINDOW = 7  # of the part that is shown of a larger one
_PANELS = 6  # of one figure
_WIDTH = 192  # CSS pixels of a picture, about
_ALL = slice(None)


@dataclasses.dataclass(frozen=True)
class Cell:
    """One number; ``note`` says of a wrong one what was expected in its place."""

    text: str
    wrong: bool = False
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of a table; ``index`` is "" where there is only one."""

    index: str
    cells: list[Cell]


@dataclasses.dataclass(frozen=True)
class Panel:
    """One plane: a table, or a picture with its alternative text."""

    title: str
    columns: Sequence[int] = ()
    rows: Sequence[Row] = ()
    picture: str = ""
    alt: str = ""
    width: int = 0


@dataclasses.dataclass(frozen=True)
class Figure:
    """One array: whose it is, what it is called, its type and range, and its planes.

    Attributes:
        role: "Your answer", or nothing for an argument.
        name: of the argument, or the place in a nested answer.
        kind: dtype and shape.
        extent: the range of the values.
        panels: the planes that are shown.
        scale: of pictures: the class of the bar, and what its two ends mean.
        rest: what is not shown.
    """

    role: str
    name: str
    kind: str
    extent: str = ""
    panels: Sequence[Panel] = ()
    scale: tuple[str, str, str] | None = None
    rest: str = ""


@dataclasses.dataclass(frozen=True)
class _Sheet:
    """An array to be shown, with what is known of its entries."""

    array: np.ndarray
    axes: str
    texts: np.ndarray
    wrong: np.ndarray | None = None
    instead: np.ndarray | None = None  # texts of what was expected

    colours: bool = False  # the last axis is red, green and blue of one picture

    @property
    def planes(self) -> list[Cut]:
        """All planes."""
        found = cuts(self.array.shape, self.axes)
        if not self.colours:
            return found
        merged = [cut for cut in found if cut.index[-1] == 0]
        return [Cut((*cut.index[:-1], _ALL), cut.sides) for cut in merged]

    @property
    def telling(self) -> list[Cut]:
        """The planes worth showing: those with something wrong where that is known, else those that are not zero."""
        telling = self.array if self.wrong is None else self.wrong
        return [cut for cut in self.planes if telling[cut.index].any()] or self.planes


def figures_of(values: Sequence[CaseValue], language: Language) -> list[list[Figure]]:
    """The figures of a case, in groups of what belongs side by side.

    Args:
        values: of a check's result.
        language: of captions and alternative texts.
    """
    drawer = _Drawer(values, language)
    seen = [v for v in values if v.role in ("argument", "observed") and isinstance(v.dtype, str)]
    groups = [[drawer.single(value) for value in seen]]
    groups += [list(drawer.compared(value)) for value in values if value.role == "answer"]
    return [group for group in groups if group]


class _Drawer:
    """Draws the values of one case."""

    def __init__(self, values: Sequence[CaseValue], language: Language) -> None:
        self._language: Language = language
        self._beside = {(value.role, value.name): value for value in values}
        self._kernels = [
            value.shape
            for value in values
            if value.role == "argument" and lies_as(value.name, value.shape) == "HWIO"
        ]

    def single(self, value: CaseValue) -> Figure:
        """An array by itself."""
        array = array_of(value)
        if array is None:
            return self._unseen(value)
        named = value.name if value.role in ("argument", "observed") else ""
        sheet = _Sheet(array, lies_as(named, array.shape, self._kernels), _numbers.texts(array))
        return self._figure(value, sheet, _ends(array), is_image(array, sheet.axes))

    def compared(self, value: CaseValue) -> Iterator[Figure]:
        """An answer, beside it what was expected and the difference, where these may be told."""
        others = [self._beside.get((role, value.name)) for role in ("expected", "wrong")]
        got, wanted, wrong = (array_of(v) if v else None for v in (value, *others))
        expected = others[0]
        if (
            got is None
            or wanted is None
            or wrong is None
            or not got.shape == wanted.shape == wrong.shape
        ):
            yield self.single(value)
            if expected:
                yield self.single(expected)
            return
        assert expected is not None
        wrong = wrong.astype(bool)
        if not wrong.any():  # another part of the answer is
            right = self._say("page_all_right")
            yield dataclasses.replace(self._unseen(value), extent=right)
            return
        axes = lies_as("", got.shape, self._kernels)
        texts, instead = _numbers.apart(got, wanted)
        drawn = is_image(wanted, axes)
        ends = _ends(np.concatenate([_wide(got).ravel(), _wide(wanted).ravel()]))
        yield self._figure(value, _Sheet(got, axes, texts, wrong, instead), ends, drawn)
        yield self._figure(expected, _Sheet(wanted, axes, instead, wrong), ends, drawn)
        if got.size and got.dtype.kind not in "bc":
            with np.errstate(invalid="ignore"):  # one infinity less another
                difference = _wide(got) - _wide(wanted)
            yield self._difference(value.name, difference, axes, wrong, drawn)

    # ---------------------------------------------------------------------------------------- parts

    def _say(self, key: str, **facts: object) -> str:
        return say(key, self._language, **facts)

    def _figure(
        self, value: CaseValue, sheet: _Sheet, ends: tuple[float, float], drawn: bool
    ) -> Figure:
        """An array with its own range; pictures go from black to white over ``ends``."""
        figure = self._unseen(value)
        if sheet.array.size == 0:
            return dataclasses.replace(figure, extent=self._say("page_empty"))
        if sheet.wrong is None and (sheet.array == sheet.array.flat[0]).all():
            return dataclasses.replace(figure, extent=self._extent(sheet.array))
        scale = None
        if drawn:
            colours = sheet.axes.endswith("C") and sheet.array.shape[-1] == 3
            sheet = dataclasses.replace(sheet, colours=colours)
            if colours:  # which would change if they were stretched
                ends = 0.0, 255.0 if ends[1] > 1 else 1.0
            scale = ("grey", _numbers.number(ends[0]), _numbers.number(ends[1]))
            panels = self._pictures(figure, sheet, ends)
        else:
            panels = self._tables(sheet)
        return dataclasses.replace(
            figure,
            extent=self._extent(sheet.array),
            panels=panels,
            scale=scale,
            rest=self._rest(sheet),
        )

    def _rest(self, sheet: _Sheet) -> str:
        """What is left out: more of what is wrong, or of what is right."""
        number, telling = len(sheet.planes), len(sheet.telling)
        parts = []
        if telling > _PANELS:
            parts.append(self._say("page_more_planes", count=telling - _PANELS))
        if telling < number:
            key = "page_zero_planes" if sheet.wrong is None else "page_right_planes"
            parts.append(self._say(key, count=number - telling))
        return " ".join(parts)

    def _difference(
        self, name: str, difference: np.ndarray, axes: str, wrong: np.ndarray, drawn: bool
    ) -> Figure:
        """What the answer has more or less; nothing where it is right."""
        difference = np.where(wrong, difference, 0.0)
        texts = np.full(difference.shape, "0", object)
        texts[wrong] = [_numbers.signed(value) for value in difference[wrong].tolist()]
        sheet = _Sheet(difference, axes, texts, wrong)
        figure = Figure(self._say("difference"), name, self._say("page_minus"))
        most = float(np.abs(difference[np.isfinite(difference)]).max(initial=0.0))
        large = max(difference[sheet.planes[0].index].shape) > _SIDE
        if not drawn and not large:
            return dataclasses.replace(figure, panels=self._tables(sheet))
        panels = []
        for cut in sheet.telling[:_PANELS]:
            plane = difference[cut.index]
            picture = _picture.apart(plane, most) if drawn else _picture.mask(wrong[cut.index])
            panels.append(
                self._panel(figure, str(cut), picture, plane.shape, self._where(wrong, cut))
            )
        ends = _numbers.number(-most), _numbers.number(most)
        scale = (
            ("signed", *ends)
            if drawn
            else ("mask", self._say("page_right"), self._say("page_false"))
        )
        return dataclasses.replace(figure, panels=panels, scale=scale)

    def _unseen(self, value: CaseValue) -> Figure:
        """The caption; all there is where the entries are not kept."""
        role = {"answer": "you_gave", "expected": "expected"}.get(value.role)
        kind = f"{value.dtype}[{', '.join(map(str, value.shape))}]"
        extent = self._say("page_too_large")
        if isinstance(value.low, float) and isinstance(value.high, float):
            extent = _numbers.extent(value.low, value.high, 0, self._language) + " · " + extent
        return Figure(self._say(role) if role else "", value.name, kind, extent)

    def _extent(self, array: np.ndarray) -> str:
        if array.dtype.kind in "bc":
            one = (array == array.flat[0]).all()
            return self._say("page_constant", low=str(array.flat[0])) if one else ""
        values = _wide(array)
        strays = int((~np.isfinite(values)).sum())
        if strays == values.size:
            return self._say("page_no_number")
        return _numbers.extent(*_ends(array), strays, self._language)

    def _tables(self, sheet: _Sheet) -> list[Panel]:
        """The first planes as tables."""
        return [_table(sheet, cut, self._language) for cut in sheet.telling[:_PANELS]]

    def _pictures(self, figure: Figure, sheet: _Sheet, ends: tuple[float, float]) -> list[Panel]:
        """The first planes as pictures."""
        panels = []
        for cut in sheet.telling[:_PANELS]:
            plane = sheet.array[cut.index]
            note = self._where(sheet.wrong, cut, sheet) if sheet.instead is not None else ""
            picture = _picture.brightness(plane, *ends)
            panels.append(
                self._panel(figure, str(cut), picture, plane.shape, self._extent(plane), note)
            )
        return panels

    def _panel(
        self, figure: Figure, title: str, picture: str, shape: Sequence[int], *notes: str
    ) -> Panel:
        rows, columns = shape[:2]
        name = " ".join(filter(None, [figure.role, figure.name, title]))
        size = self._say("page_pixels", rows=rows, columns=columns)
        alt = " · ".join(filter(None, [name, size, *notes]))
        return Panel(
            title, picture=picture, alt=alt, width=columns * max(1, round(_WIDTH / columns))
        )

    def _where(self, wrong: np.ndarray | None, cut: Cut, sheet: _Sheet | None = None) -> str:
        """How many are wrong in a plane, and the first of them."""
        if wrong is None or not (count := int(wrong[cut.index].sum())):
            return self._say("page_all_right")
        first = tuple(int(i) for i in np.argwhere(wrong[cut.index])[0])
        text = self._say("page_wrong", count=count, total=wrong[cut.index].size)
        if sheet is None or sheet.instead is None:
            return text
        got, expected = sheet.texts[cut.index][first], sheet.instead[cut.index][first]
        return f"{text}{self._say('page_first', got=got, expected=expected, index=list(first))}"


def _table(sheet: _Sheet, cut: Cut, language: Language) -> Panel:
    """A plane, or where it is too large the part of it around the first wrong entry."""
    texts = sheet.texts[cut.index]
    wrong = np.zeros(texts.shape, bool) if sheet.wrong is None else sheet.wrong[cut.index]
    instead = None if sheet.instead is None else sheet.instead[cut.index]
    around = np.argwhere(wrong)[0] if wrong.any() else (0, 0)
    rows, columns = (_window(int(a), side) for a, side in zip(around, texts.shape, strict=True))
    lines = []
    for row in range(*rows.indices(texts.shape[0])):
        cells = []
        for column in range(*columns.indices(texts.shape[1])):
            note = ""
            if instead is not None and wrong[row, column]:
                note = say("page_instead", language, expected=instead[row, column])
            cells.append(Cell(texts[row, column], bool(wrong[row, column]), note))
        lines.append(Row(str(row) if cut.sides[0] >= 0 else "", cells))
    shown = range(*columns.indices(texts.shape[1]))
    return Panel(cut.within(rows, columns), columns=shown, rows=lines)


def _window(around: int, side: int) -> slice:
    """What is shown of an axis: all of it, or a part with the entry ``around`` near its middle."""
    if side <= _SIDE:
        return _ALL
    start = min(max(around - _WINDOW // 2, 0), side - _WINDOW)
    return slice(start, start + _WINDOW)


def _wide(array: np.ndarray) -> np.ndarray:
    return (np.real(array) if array.dtype.kind == "c" else array).astype(np.float64)


def _ends(array: np.ndarray) -> tuple[float, float]:
    """The range of the finite entries; from 0 to 0 where there is none."""
    values = _wide(array)
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
