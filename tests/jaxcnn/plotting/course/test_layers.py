"""The numbers in the figures about sizes, convolution, padding, channels and smoothing."""

import numpy as np
import pytest

from jaxcnn.plotting import course

from .drawn import digits, grids, numbers_in_cells, titles

pytest.importorskip("matplotlib")
signal = pytest.importorskip("scipy.signal")
ndimage = pytest.importorskip("scipy.ndimage")


def test_small_images_are_means_of_pixels_and_the_error_is_that_of_what_is_shown():
    figure = course.image_sizes()
    large, middle, small = grids(figure)[:3]
    blocks = large.reshape(28, 8, 28, 8, 3).mean((1, 3))
    np.testing.assert_allclose(small, blocks, atol=1.01)  # rounded once along each axis
    assert middle.shape == (64, 64, 3)
    assert [digits(text)[-1] for text in titles(figure)] == [150_528, 12_288, 2_352]
    errors = [digits(axes.get_xlabel())[0] for axes in figure.axes[3:]]
    again = ndimage.zoom(small.astype(float), (8, 8, 1), order=1, mode="nearest", grid_mode=True)
    assert errors[0] == 0
    assert errors[2] == pytest.approx(np.sqrt(np.mean((large - again) ** 2)), abs=0.1)
    assert errors[0] < errors[1] < errors[2]


def test_details_are_the_same_part_of_each_image():
    whole, *_ = course.image_sizes().axes
    parts = []
    for pixels, axes in zip((224, 64, 28), course.image_sizes().axes[3:], strict=True):
        left, right = axes.get_xlim()
        bottom, top = axes.get_ylim()
        parts.append(np.array([left + 0.5, right + 0.5, top + 0.5, bottom + 0.5]) / pixels)
    np.testing.assert_allclose(parts, [parts[0]] * 3)
    x, y, width, height = whole.patches[0].get_bbox().bounds
    np.testing.assert_allclose([x + 0.5, x + 0.5 + width], parts[0][:2] * 224)
    np.testing.assert_allclose([y + 0.5, y + 0.5 + height], parts[0][2:] * 224)


def test_a_dense_layer_grows_with_the_square_of_the_side_and_a_convolution_does_not():
    (axes,) = course.dense_weights().axes
    dense, convolution, marked = axes.lines
    np.testing.assert_allclose(dense.get_ydata(), 1024 * 3 * dense.get_xdata() ** 2)
    assert set(convolution.get_ydata()) == {64 * (3 * 3 * 3)}
    assert dict(zip(*marked.get_data(), strict=True))[224] == 150_528 * 1024 == 154_140_672
    assert {digits(text.get_text())[0] for text in axes.texts} == {
        2408448,
        12582912,
        154140672,
        1728,
    }


def test_the_two_rows_are_correlation_and_convolution():
    image, kernel, correlated, again, flipped, convolved = grids(course.cross_correlation())
    np.testing.assert_array_equal(image, again)
    np.testing.assert_array_equal(flipped, kernel[::-1, ::-1])
    np.testing.assert_array_equal(correlated, signal.correlate2d(image, kernel, "valid"))
    np.testing.assert_array_equal(convolved, signal.convolve2d(image, kernel, "valid"))
    assert (correlated != convolved).any()


def test_every_frame_of_the_sliding_kernel_shows_its_window_its_products_and_the_map_so_far():
    animation = course.sliding_kernel()
    assert animation.number == 9
    for place in range(9):
        row, column = divmod(place, 3)
        figure = animation.frame(place)
        image, kernel, products, found = grids(figure)
        window = figure.axes[0].patches[0].get_bbox().bounds
        assert window == (column - 0.5, row - 0.5, 3, 3)
        np.testing.assert_array_equal(products, image[row : row + 3, column : column + 3] * kernel)
        expected = signal.correlate2d(image, kernel, "valid").ravel()
        expected[place + 1 :] = np.nan
        np.testing.assert_array_equal(np.ma.filled(found, np.nan), expected.reshape(3, 3))
        np.testing.assert_array_equal(numbers_in_cells(figure.axes[3]), expected.reshape(3, 3))
        assert digits(figure.axes[2].texts[-1].get_text()) == [products.sum()]
    kernel, found, *images = grids(animation.still)
    assert found[1, 1] == 6
    sums = [digits(axes.get_title())[0] for axes in animation.still.axes[2:]]
    np.testing.assert_array_equal(sums, signal.correlate2d(images[0], kernel, "valid").ravel())


def test_named_paddings_add_what_they_say_and_give_as_many_outputs():
    expected = {"valid": (0, 0, 5), "same": (1, 1, 7), "full": (2, 2, 9), "causal": (2, 0, 7)}
    for axes, (name, numbers) in zip(course.paddings().axes, expected.items(), strict=True):
        assert axes.get_title().startswith(name)
        assert tuple(digits(axes.get_title())) == numbers
        cells = [patch.get_bbox() for patch in axes.patches if patch.get_width() == 1]
        above = [box for box in cells if box.y0 < 1]
        below = [box for box in cells if box.y0 > 1]
        low, high, outputs = numbers
        assert (len(above), len(below)) == (low + 7 + high, outputs)
        (window,) = [patch.get_bbox() for patch in axes.patches if patch.get_width() == 3]
        assert window.x0 == min(box.x0 for box in above)
        seen = below[0].x0 - window.x0
        assert seen == (2 if name == "causal" else 1)
    letters = "".join(text.get_text() for text in course.paddings().axes[2].texts)
    assert letters == "00abcdefg00"


def test_padding_modes_are_those_of_numpy():
    figure = course.padding_modes()
    image, *padded = grids(figure)
    modes = {
        "zeros": "constant",
        "reflect": "reflect",
        "symmetric": "symmetric",
        "replicate": "edge",
    }
    modes["circular"] = "wrap"
    assert titles(figure)[1:] == list(modes)
    for found, axes, mode in zip(padded, figure.axes[1:], modes.values(), strict=True):
        np.testing.assert_array_equal(found, np.pad(image, [(32, 32), (32, 32), (0, 0)], mode))
        line = (
            "".join(np.pad(list("abcd"), 3, mode)).replace("\0", "0")
            if mode != "constant"
            else "000abcd000"
        )
        assert axes.get_xlabel().replace(" ", "").replace("|", "") == line


def test_strides_show_every_window_and_the_pixel_that_none_covers():
    for axes, stride, starts in zip(
        course.strides().axes, (1, 2, 3), ([0, 1, 2, 3, 4], [0, 2, 4], [0, 3]), strict=True
    ):
        assert digits(axes.get_title())[-1] == len(starts)
        bars = [patch for patch in axes.patches if patch.get_height() < 1]
        assert [round(bar.get_x()) for bar in bars] == starts
        assert {round(bar.get_width()) for bar in bars} == {3}
        unseen = [text.xy[0] for text in axes.texts if text.get_text() == "never seen"]
        assert unseen == ([6.5] if stride == 3 else [])


def test_dilated_taps_stand_apart_and_stay_nine():
    for axes, dilation in zip(course.dilations().axes, (1, 2, 3), strict=True):
        (taps,) = [np.asarray(image.get_array()) for image in axes.images]
        rows = np.flatnonzero(taps.any(1))
        assert taps.sum() == 9
        assert set(np.diff(rows)) == {dilation}
        span = 2 * dilation + 1
        assert digits(axes.get_title()) == [dilation, span]
        assert axes.patches[0].get_bbox().bounds == (rows[0] - 0.5, rows[0] - 0.5, span, span)


def test_windows_are_counted_pixel_by_pixel():
    figure = course.pixel_visits()
    for axes, found, pad in zip(figure.axes, grids(figure), (0, 1, 2), strict=True):
        counts, outputs = np.zeros((6 + 2 * pad,) * 2), 6 + 2 * pad - 2
        for row, column in np.ndindex(outputs, outputs):
            counts[row : row + 3, column : column + 3] += 1
        np.testing.assert_array_equal(found, counts[pad : pad + 6, pad : pad + 6])
        np.testing.assert_array_equal(found, numbers_in_cells(axes))
        assert digits(axes.get_title()) == [outputs, outputs]


def test_plates_are_as_many_and_as_large_as_channels_and_filters_are():
    (axes,) = course.channels_and_filters().axes
    sides = [patch.get_width() for patch in axes.patches]
    assert sides.count(5) == 10 * 3
    assert sides.count(32) == 3 + 10
    assert digits(axes.get_title()) == [10, 5, 5, 3, 1, 760]
    for patch in axes.patches:
        assert patch.get_bbox().x1 <= axes.get_xlim()[1]


def test_grouped_filters_read_the_channels_of_their_group_and_have_as_many_weights():
    for axes, groups in zip(course.channel_groups().axes, (1, 2, 6), strict=True):
        read = np.asarray(axes.images[0].get_array())
        for channel, column in enumerate(read):
            assert [bool(cell) for cell in column] == [
                channel * groups // 6 == number * groups // 6 for number in range(6)
            ]
        assert digits(axes.get_title().replace("one", "1")) == [groups, 9 * read.sum()]


def test_channels_are_those_of_the_photograph():
    whole, *channels = grids(course.photo_channels())
    np.testing.assert_array_equal(np.stack(channels, -1), whole)


def test_the_walk_is_smoothed_as_scipy_does_with_mirrored_ends():
    figure = course.smoothed_walk()
    walk, smooth = (np.asarray(line.get_ydata()) for line in figure.axes[0].lines)
    weights = np.array([bar.get_height() for bar in figure.axes[1].patches])
    assert len(walk) == 50
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(weights / weights[2], np.exp([-2, -0.5, 0, -0.5, -2]), rtol=1e-5)
    expected = ndimage.correlate1d(walk.astype(float), weights, mode="reflect")
    np.testing.assert_allclose(smooth, expected, atol=1e-5)


def test_the_photo_is_blurred_as_scipy_does_and_darkens_at_borders_of_zeros():
    image, weights, mirrored, zeros = grids(course.blurred_photo())
    assert weights.shape == (9, 9)
    assert weights.sum() == pytest.approx(1)
    total = image.astype(float).sum(-1) / 255
    for found, mode in ((mirrored, "reflect"), (zeros, "constant")):
        expected = ndimage.correlate(total, weights.astype(float), mode=mode)
        np.testing.assert_allclose(found, expected, atol=1e-4)
    assert zeros[0].mean() < 0.7 * mirrored[0].mean()


def test_the_response_slides_with_the_burst():
    animation = course.step_filter()
    responses = []
    for place in (3, 4, 10):
        figure = animation.frame(place)
        burst, response = (np.asarray(axes.lines[0].get_ydata()) for axes in figure.axes[1:])
        taps = np.array([bar.get_height() for bar in figure.axes[0].patches])
        np.testing.assert_array_equal(taps, [-1] * 4 + [1] * 4 + [-1] * 4)
        padded = np.pad(burst.astype(float), (5, 6))
        np.testing.assert_allclose(response, np.correlate(padded, taps, "valid"), atol=1e-5)
        assert burst.argmax() in range(4 * place, 4 * place + 24)
        responses.append(response)
    np.testing.assert_allclose(responses[1][4:], responses[0][:-4], atol=1e-5)
    np.testing.assert_allclose(responses[2][28:], responses[0][:-28], atol=1e-5)
    last = animation.frame(animation.number - 1).axes[1].lines[0].get_ydata()
    assert np.flatnonzero(last)[-1] == 99


def test_the_worked_example_of_pooling():
    values, largest, mean = grids(course.pooling_example())
    np.testing.assert_array_equal(values, np.arange(1, 17).reshape(4, 4))
    np.testing.assert_array_equal(largest, [[6, 8], [14, 16]])
    np.testing.assert_array_equal(mean, values.reshape(2, 2, 2, 2).mean((1, 3)))


def test_what_a_shift_changes_is_written_below_the_map_that_it_changes():
    figure = course.pooling_and_shifts()
    maps = np.empty((3, 4), object)
    maps.ravel()[:] = grids(figure)
    for column, shift in enumerate((0, 1, 2, 4)):
        np.testing.assert_array_equal(maps[0, column][:, shift:], maps[0, 0][:, : 28 - shift])
        for row, window in enumerate((1, 2, 4)):
            side = 28 // window
            blocks = maps[0, column].reshape(side, window, side, window)
            np.testing.assert_array_equal(maps[row, column], blocks.max((1, 3)))
            if column:
                change = ((maps[row, column] - maps[row, 0]) ** 2).sum() / (maps[row, 0] ** 2).sum()
                written = digits(figure.axes[4 * row + column].get_xlabel())
                assert written == [round(100 * change**0.5)]
    np.testing.assert_array_equal(maps[2, 3][:, 1:], maps[2, 0][:, :-1])
