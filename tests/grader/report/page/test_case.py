"""The values of a case on the page: tables of numbers, pictures of pictures, and where an answer is wrong."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from grader.report.page import to_html
from grader.results import CaseValue, Counterexample


@pytest.fixture
def shown(course, result_of, check_of, parsed):
    """The page of a failure with these values."""

    def show(*values: CaseValue, language="en", call="f(\n    x,\n)", **case):
        example = Counterexample(call, "got", "expected", "at [0]: 1 instead of 2")
        check = check_of(message="No.", counterexample=example, values=values)
        return parsed(to_html(result_of(check), course, language))

    return show


def _rows(table) -> list[list[str]]:
    return [[cell.text for cell in row.all("td")] for row in table.one("tbody").all("tr")]


def _pixels(image) -> np.ndarray:
    kind, _, data = image.attributes["src"].partition(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def _disc(side: int = 12) -> np.ndarray:
    rows, columns = np.mgrid[:side, :side]
    far = np.hypot(rows - side / 2, columns - side / 2)
    return (255 * np.exp(-far / 4)).round().astype(np.uint8)


class TestTables:
    def test_a_small_array_is_a_table_with_headers(self, shown, value_of):
        array = np.array([[1.5, -2], [0, 3]], np.float32)
        page = shown(value_of("argument", array, "x"))
        table = page.one("table", class_="numbers")
        assert _rows(table) == [["1.5", "−2"], ["0", "3"]]
        assert [e.text for e in table.all("th", scope="col")] == ["0", "1"]
        assert [e.text for e in table.all("th", scope="row")] == ["0", "1"]
        assert page.one("figcaption").text == "x float32[2, 2] from −2 to 3"

    def test_answer_expected_and_difference_stand_side_by_side(self, shown, value_of):
        got, wanted = np.array([[1, 2], [3, 9]]), np.array([[1, 2], [3, 4]])
        page = shown(
            value_of("answer", got), value_of("expected", wanted), value_of("wrong", got != wanted)
        )
        group = page.one("div", class_="compared")
        assert [e.text for e in group.all("span", class_="whose")] == [
            "Your answer",
            "Expected",
            "Difference",
        ]
        tables = [_rows(table) for table in group.all("table")]
        assert tables[0] == [["1", "2"], ["3", "9 wrong, expected 4"]]
        assert tables[1] == [["1", "2"], ["3", "4"]]
        assert tables[2] == [["0", "0"], ["0", "+5"]]
        assert len(group.all("td", class_="off")) == 3

    def test_without_what_was_expected_only_the_answer_is_shown(self, shown, value_of):
        page = shown(value_of("answer", np.array([[1, 2]])))
        assert [e.text for e in page.all("span", class_="whose")] == ["Your answer"]
        assert not page.all("td", class_="off")

    def test_wrong_entries_that_look_alike_get_more_digits(self, shown, value_of):
        got, wanted = np.array([1.00001, 2.0]), np.array([1.00002, 2.0])
        page = shown(
            value_of("answer", got), value_of("expected", wanted), value_of("wrong", got != wanted)
        )
        tables = [_rows(table) for table in page.all("table", class_="numbers")]
        assert tables[0] == [["1.00001 wrong, expected 1.00002", "2"]]

    def test_dust_is_not_a_value(self, shown, value_of):
        page = shown(value_of("argument", np.array([1.0, 1.5e-8, 0.0]), "x"))
        assert _rows(page.one("table", class_="numbers")) == [["1", "≈0", "0"]]

    def test_dust_is_no_end_of_a_range(self, shown, value_of):
        page = shown(value_of("argument", np.array([-0.8, 1.5e-8]), "x"))
        assert page.one("figcaption").text == "x float64[2] from −0.8 to ≈0"

    def test_what_is_not_finite_is_told(self, shown, value_of):
        array = np.array([1.0, np.nan, -np.inf], np.float32)
        page = shown(value_of("argument", array, "x"))
        assert _rows(page.one("table", class_="numbers")) == [["1", "nan", "−inf"]]
        assert "and 2 that are not finite" in page.one("figcaption").text

    def test_a_constant_needs_no_table(self, shown, value_of):
        page = shown(value_of("argument", np.full((3, 4, 2), -1.0), "x"))
        assert page.one("figure").text == "x float64[3, 4, 2] −1 everywhere"

    def test_planes_of_zeros_are_counted(self, shown, value_of):
        kernel = np.zeros((3, 2, 2, 3), np.float32)
        kernel[2, 1, 1, 2] = 1
        page = shown(value_of("argument", kernel, "kernel"))
        assert page.one("caption").text == "[:, :, 1, 2]"
        assert "The 5 other planes are 0 everywhere." in page.one("figure").text

    def test_only_planes_with_something_wrong_are_compared(self, shown, value_of):
        got = np.arange(12).reshape(2, 2, 3)
        wanted = got.copy()
        wanted[0, 1, 2] = 0
        page = shown(
            value_of("answer", got), value_of("expected", wanted), value_of("wrong", got != wanted)
        )
        assert {e.text for e in page.all("caption")} == {"[:, :, 2]"}
        assert "The 2 other planes are right." in page.one("div", class_="compared").text

    def test_a_large_table_shows_what_lies_around_the_first_wrong_entry(self, shown, value_of):
        rng = np.random.default_rng(0)
        wanted = rng.normal(size=(30, 40))
        got = wanted.copy()
        got[20, 3] += 1
        page = shown(
            value_of("answer", got), value_of("expected", wanted), value_of("wrong", got != wanted)
        )
        table = page.all("table", class_="numbers")[0]
        assert table.one("caption").text == "[17:24, 0:7]"
        assert len(table.all("td", class_="off")) == 1
        (where,) = page.all("img")
        assert _pixels(where).shape == (30, 40, 3)
        assert "1 of 1,200".replace(",", "") in where.attributes["alt"]

    def test_what_was_too_large_to_keep_has_its_range(self, shown):
        value = CaseValue(
            role="argument", name="x", dtype="uint8", shape=(9, 99, 99), low=0.0, high=7.0
        )
        text = shown(value).one("figure").text
        assert text == "x uint8[9, 99, 99] from 0 to 7 · too large to be shown here"

    @pytest.mark.parametrize("dtype", ["bool", "int64", "bfloat16", "complex64", "float16"])
    @pytest.mark.parametrize(
        "shape", [(3,), (2, 3), (2, 3, 2), (2, 2, 3, 2), (2, 1, 2, 1, 2), (0, 3)]
    )
    def test_arrays_of_every_type_and_rank_are_shown(self, shown, dtype, shape):
        from grader.wire import DTYPES

        got = np.arange(np.prod(shape)).reshape(shape).astype(DTYPES[dtype])
        wanted = (got + np.ones((), got.dtype)).astype(got.dtype)
        values = [
            CaseValue(role=role, dtype=a.dtype.name, shape=shape, data=a.tobytes())
            for role, a in (("answer", got), ("expected", wanted), ("wrong", got != wanted))
        ]
        figures = shown(*values, language="fr").all("figure")
        assert len(figures) >= (2 if got.size else 1)

    @pytest.mark.parametrize(
        "change",
        [
            {"data": b"1"},
            {"dtype": "object"},
            {"shape": (-1, 2)},
            {"shape": (2**40, 2**40)},
            {"dtype": "float64"},
        ],
        ids=str,
    )
    def test_data_that_does_not_fit_its_shape_is_not_shown(self, shown, value_of, change):
        import msgspec

        value = msgspec.structs.replace(value_of("answer", np.zeros(2, np.float32)), **change)
        page = shown(value)
        assert "too large" in page.one("figure").text
        assert not page.all("table", class_="numbers")

    def test_an_array_of_an_answer_that_is_right_is_one_line(self, shown, value_of):
        right = np.arange(4)
        page = shown(
            value_of("answer", right, "[0]"),
            value_of("expected", right, "[0]"),
            value_of("wrong", np.zeros(4, bool), "[0]"),
        )
        assert page.one("figure").text == "Your answer [0] int64[4] everything is right here"

    def test_numbers_beside_arrays_in_an_answer_are_told_as_text(self, shown, value_of):
        got, wanted = np.array([1, 2]), np.array([1, 3])
        page = shown(
            value_of("answer", got, "[0]"),
            value_of("expected", wanted, "[0]"),
            value_of("wrong", got != wanted, "[0]"),
        )
        assert [e.text for e in page.all("figcaption")] == [
            "Your answer [0] int64[2] from 1 to 2",
            "Expected [0] int64[2] from 1 to 3",
            "Difference [0] your answer − expected",
        ]
        assert page.one("dl", class_="texts").text == "Your answer got Expected expected"


class TestArguments:
    def test_what_is_no_array_stands_under_the_call(self, shown, value_of):
        stride = CaseValue(role="argument", name="stride", text="2")
        page = shown(value_of("argument", np.arange(3), "x"), stride)
        assert page.all("dl")[0].text == "stride 2"

    def test_four_axes_are_a_batch_or_a_kernel(self, shown, value_of):
        array = np.ones((3, 3, 2, 2))
        array[0, 0] = 5
        for name, planes in (
            ("images", "[0, :, :, 0]"),
            ("kernel", "[:, :, 0, 0]"),
            ("layers[0][0]", "[:, :, 0, 0]"),
        ):
            page = shown(value_of("argument", array, name))
            assert page.all("caption")[0].text == planes

    def test_a_gradient_lies_as_the_kernel_does(self, shown, value_of):
        kernel = np.arange(16.0).reshape(2, 2, 2, 2)
        page = shown(value_of("argument", kernel, "kernel"), value_of("answer", kernel))
        assert {e.text for e in page.all("caption")} == {
            f"[:, :, {i}, {o}]" for i in range(2) for o in range(2)
        }


class TestPictures:
    def test_an_image_is_a_picture_with_its_scale(self, shown, value_of):
        page = shown(value_of("argument", _disc()[..., None], "image"))
        picture = page.one("img")
        assert _pixels(picture).shape == (12, 12)
        assert (_pixels(picture).min(), _pixels(picture).max()) == (0, 255)
        assert picture.attributes["alt"].startswith(
            "image [:, :, 0] · picture of 12 rows and 12 columns"
        )
        assert page.one("p", class_="scale").text == f"{_disc().min()} 255"

    def test_three_channels_are_one_picture_in_its_own_colours(self, shown, value_of):
        image = np.stack([_disc() // 2] * 3, axis=-1)
        image[..., 1] //= 2
        page = shown(value_of("argument", image, "image"))
        np.testing.assert_array_equal(_pixels(page.one("img")), image)

    def test_a_wrong_picture_says_in_words_what_is_wrong(self, shown, value_of):
        wanted = _disc()
        got = wanted.copy()
        got[3, 4] = 7
        page = shown(
            value_of("answer", got), value_of("expected", wanted), value_of("wrong", got != wanted)
        )
        answer, _, difference = page.all("img")
        said = f"1 of 144 values is wrong; the first: answer 7, expected {wanted[3, 4]}, at [3, 4]"
        assert said in " ".join(answer.attributes["alt"].split())
        colours = _pixels(difference).reshape(-1, 3)
        assert len(np.unique(colours, axis=0)) == 2

    @pytest.mark.parametrize(
        "array",
        [
            np.random.default_rng(0).uniform(size=(12, 12)),
            np.random.default_rng(0).integers(0, 256, (12, 12)),
            _disc().astype(float) - 100,
            _disc()[:6, :6],
            np.stack([_disc()] * 4, axis=-1),
            np.where(_disc() > 100, np.nan, 0.5),
        ],
        ids=["noise", "random bytes", "negative", "small", "four channels", "nan"],
    )
    def test_what_is_no_image_is_never_a_picture(self, shown, value_of, array):
        assert not shown(value_of("argument", array, "x")).all("img")

    def test_no_picture_is_without_words(self, shown, value_of):
        batch = np.stack([_disc()] * 9)[..., None]
        page = shown(
            value_of("argument", batch, "images"),
            value_of("answer", batch[:, ::-1]),
            value_of("expected", batch),
            value_of("wrong", batch[:, ::-1] != batch),
        )
        assert len(page.all("img")) == 4 * 6
        assert all(image.attributes["alt"] for image in page.all("img"))
        assert "3 more planes are not shown." in page.all("figure")[0].text
        assert not re.search(r"\[(\d+), :, :, 0\].*\[\1, :, :, 0\]", page.all("figure")[0].text)
