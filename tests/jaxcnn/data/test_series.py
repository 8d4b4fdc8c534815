"""Time series in the formats that the UCR and UEA archives come in, as people have them."""

import numpy as np
import pytest

from jaxcnn.data import DataFileError, DataWarning, load, splits_of

from .files import SERIES, write_series

ROWS = {"train": [("1", [0.5, 1, 2]), ("2", [3, 4, -5e-1])], "test": [("2", [1, 1, 1])]}


def ts(rows, names="1 2"):
    data = "\n".join(f"{','.join(map(str, values))}:{label}" for label, values in rows)
    return SERIES.format(univariate="true", data=data).replace("up down", names)


def columns(rows, gap="\t"):
    return "".join(gap.join([label, *map(str, values)]) + "\n" for label, values in rows)


def arff(rows):
    attributes = "".join(f"@ATTRIBUTE att{i} NUMERIC\n" for i in range(3))
    data = "".join(",".join([*map(str, values), label]) + "\n" for label, values in rows)
    return f"% made up\n@RELATION Tiny\n\n{attributes}@attribute target {{1,2}}\n\n@DATA\n{data}"


FORMATS = {
    ".ts": ts,
    ".tsv": columns,
    ".arff": arff,
    ".txt": lambda rows: columns(
        [(f"  {float(label):.7e}", values) for label, values in rows], "   "
    ),
}


def write(folder, suffix, change=str, name="Tiny", rows=ROWS):
    folder.mkdir(parents=True, exist_ok=True)
    for split, cases in rows.items():
        content = change(FORMATS[suffix](cases))
        (folder / f"{name}_{split.upper()}{suffix}").write_bytes(content.encode("utf-8"))
    return folder


HABITS = {
    "as published": str,
    "from Windows": lambda text: text.replace("\n", "\r\n"),
    "with a byte order mark": lambda text: "\ufeff" + text,
    "with blank lines": lambda text: "\n" + text.replace("\n", "\n\n") + "\n \n",
    "without a last newline": lambda text: text.rstrip("\n"),
    "with spaces": lambda text: text.replace(",", ", "),
    "with comments": lambda text: "# a\n" + text.replace("\n", "\n# c\n% d\n") + "# e",
}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("habit", HABITS)
def test_every_format_is_read_as_people_write_it(tmp_path, suffix, habit):
    folder = write(tmp_path / "Tiny", suffix, HABITS[habit])
    assert splits_of(folder) == ("train", "test")
    train, test = load(folder), load(folder, "test")
    assert train.images[..., 0].tolist() == [[0.5, 1, 2], [3, 4, -0.5]]
    assert (train.images.dtype, train.class_names) == (np.float32, ("1", "2"))
    assert (train.labels.tolist(), test.labels.tolist()) == ([0, 1], [1])


def test_of_several_formats_that_with_a_header_is_read(tmp_path):
    write(tmp_path / "Tiny", ".tsv", rows={"train": [("7", [0])]})
    assert load(write(tmp_path / "Tiny", ".ts")).class_names == ("1", "2")


def test_classes_of_both_files_are_numbered_together_and_in_their_order(tmp_path):
    rows = {"train": [("10", [0]), ("2", [1])], "test": [("-1", [2]), ("10", [3])]}
    folder = write(tmp_path, ".tsv", rows=rows)
    assert load(folder).class_names == load(folder, "test").class_names == ("-1", "2", "10")
    assert load(folder).labels.tolist() == [2, 1]
    assert load(folder, "test").labels.tolist() == [0, 2]


def test_headers_that_name_the_classes_in_another_order_mean_the_same(tmp_path):
    write(tmp_path, ".ts")
    (tmp_path / "Tiny_TEST.ts").write_text(ts(ROWS["test"], "2 1"))
    assert load(tmp_path).class_names == load(tmp_path, "test").class_names == ("1", "2")
    assert load(tmp_path, "test").labels.tolist() == [1]


CURE = ".*fill gaps and bring all series to one length first"
WRONG = {
    "a gap": (".tsv", "1\t2\tNaN\t3\n", "line 1 must hold numbers, but number 2 is missing" + CURE),
    "a gap in .ts": (".ts", ts([("1", [1, "?", 2])]), "number 2 is missing" + CURE),
    "NaN in .ts": (".ts", ts([("1", ["NaN", 1, 2])]), "number 1 is missing" + CURE),
    "a gap in .arff": (".arff", arff([("1", [1, 2, "?"])]), "ends after 2, the rest is missing" + CURE),
    "a shorter one, filled up": (
        ".tsv", "1\t2\t3\n1\t2\tNaN\n", "line 2 must hold numbers, but ends after 1, the rest is" + CURE,
    ),
    "a shorter one": (".tsv", "1\t2\t3\n1\t2\n", r"line 2 has the shape \(1, 1\), others \(2, 1\)" + CURE),
    "no label": (".tsv", "\t1\t2\n", "line 1 must hold numbers"),
    "a fraction as label": (".tsv", "0.5\t1\t2\n", "the label '0.5', but labels are whole numbers"),
    "a word as label": (".tsv", "cat\t1\t2\n", "line 1 must hold numbers .* has 'cat'; a label is one"),
    "a decimal comma": (".tsv", "1 0,5 0,7\n2 0,1 0,2\n", "line 1 .* spaces and by commas: write 0.5, not 0,5"),
    "one class": (".tsv", "1\t2\t3\n1\t4\t5\n", "the only class '1', but must have at least two"),
    "labels alone": (".tsv", "1\n2\n", "line 1 must have numbers after the label"),
    "nothing": (".tsv", "\n", "has no series"),
    "another label": (".arff", arff([("3", [1, 2, 3])]), "label '3', which is not in the attribute"),
    "too many values": (".arff", arff([("1", [1, 2, 3, 4])]), "has 5 values, but there are 4 attributes"),
    "no classes": (".arff", arff([("1", [1, 2, 3])]).replace("{1,2}", "real"), "one attribute with classes"),
    "several channels": (
        ".arff", "@attribute bag relational\n@attribute a real\n@end bag\n@attribute c {1,2}\n@data\n'1\\n2',1\n",
        "take the problem's .ts file",
    ),
    "time stamps": (".ts", ts([("1", ["(0", "1)"])]), "has '\\(0'; write values without"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_read_is_refused_with_its_line_and_the_cure(tmp_path, case):
    suffix, content, message = WRONG[case]
    (tmp_path / f"Tiny_TRAIN{suffix}").write_text(content)
    with pytest.raises(DataFileError, match=message):
        load(tmp_path)


@pytest.mark.parametrize("said", ["@seriesLength 10", "@dimensions 2"])
def test_a_header_that_tells_of_other_series_is_told(tmp_path, said):
    content = ts(ROWS["train"]).replace("@data", f"{said}\n@data")
    (tmp_path / "Tiny_TRAIN.ts").write_text(content)
    with pytest.warns(DataWarning, match=f"says {said}, but its series have 3 values of 1 channel"):
        assert load(tmp_path).images.shape == (2, 3, 1)


@pytest.mark.parametrize("suffix", [".ts", ".tsv"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_files_of_different_lengths_are_refused_whichever_is_asked_for(tmp_path, suffix, split):
    write(tmp_path, suffix, rows=ROWS | {"test": [("1", [1, 2])]})
    with pytest.raises(DataFileError, match=r"Tiny_TEST\..* must have the shape and the classes"):
        load(tmp_path, split)


def test_files_of_different_classes_are_refused(tmp_path):
    write_series(tmp_path)
    (tmp_path / "Tiny_TEST.ts").write_text(ts([("1", [1, 2, 3])]))
    with pytest.raises(DataFileError, match="must have the shape and the classes"):
        load(tmp_path)


def test_one_file_alone_is_one_split(tmp_path):
    write(tmp_path, ".ts", rows={"train": ROWS["train"]})
    assert splits_of(tmp_path) == ("train",)
    assert len(load(tmp_path)) == 2


def test_a_folder_of_problems_says_which_there_are(tmp_path):
    write(tmp_path / "Tiny", ".tsv")
    write(tmp_path / "Other", ".tsv", name="Other")
    with pytest.raises(
        DataFileError, match=r"folders of time series \('Other', 'Tiny'\): give one"
    ):
        load(tmp_path)
    write(tmp_path / "Tiny", ".tsv", name="TinyDimension1")
    assert len(load(tmp_path / "Tiny")) == 2
    write(tmp_path / "flat", ".tsv", name="A")
    write(tmp_path / "flat", ".tsv", name="B")
    with pytest.raises(DataFileError, match=r"several problems \(A, B\): keep each"):
        load(tmp_path / "flat")
