"""What is written about a training while it runs and afterwards."""

import csv
import io

import pytest

from jaxcnn import training
from jaxcnn.training import _progress

ROW = {
    "epoch": 1,
    "step": 4,
    "learning_rate": 0.1,
    "loss": 0.5,
    "accuracy": 0.75,
    "validation_loss": None,
    "validation_accuracy": None,
    "seconds": 2.0,
    "waiting": 0.25,
}


def test_history_as_csv_leaves_out_what_was_not_measured(tmp_path):
    training.History([ROW]).to_csv(tmp_path / "h.csv")
    with (tmp_path / "h.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["loss"] == "0.5"
    assert row["validation_loss"] == ""
    assert list(row) == list(ROW)


@pytest.mark.parametrize("use", [lambda h: h["los"], lambda h: h.append(los=1)])
def test_an_unknown_column_is_refused(use):
    with pytest.raises(ValueError, match=r"column \(='los'\) must be one of epoch"):
        use(training.History())


def test_a_history_shows_its_last_row():
    assert repr(training.History()) == "History of 0 epochs"
    assert "the last: epoch 1, step 4" in repr(training.History([ROW]))


def test_a_log_has_one_line_for_each_epoch_and_some_within_a_long_one():
    lines, now = [], [0.0]
    log = _progress.Lines(lines.append, clock=lambda: now[0])
    log.start(epochs=2, batches=4)
    for batch in range(1, 5):
        now[0] += 20.0
        log.batch(1, batch, 10, 0.5, 0.75)
    log.epoch(ROW)
    assert lines == [
        "epoch 1/2  batch 2/4  loss 0.5000  accuracy 0.7500  0 examples/s",
        "epoch 1/2  loss 0.5000  accuracy 0.7500  2.0 s  0 examples/s",
    ]


def test_the_rate_is_that_of_the_epoch():
    lines, now = [], [0.0]
    log = _progress.Lines(lines.append, clock=lambda: now[0])
    log.start(epochs=1, batches=1)
    now[0] = 2.0
    log.batch(1, 1, 3000, 0.5, 0.75)
    log.epoch(ROW)
    assert lines[-1].endswith("1,500 examples/s")


def test_while_features_are_computed_a_log_has_a_line_now_and_then():
    lines, now = [], [100.0]
    log = _progress.Lines(lines.append, clock=lambda: now[0])
    for done in range(1, 5):
        log.preparing(done * 1000, 4000)
        now[0] += 20.0
    assert lines == ["features of 3,000 of 4,000 images"]


def test_a_terminal_shows_how_far_the_features_are_and_then_the_training(monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")
    terminal = Terminal()
    shown = training.show_progress(terminal)
    for images in (40, 8):
        shown.preparing(images // 4, images)
        shown._bar.refresh()
    assert "features" in terminal.getvalue()
    assert "25 %" in terminal.getvalue()
    shown.start(epochs=1, batches=2)
    shown.batch(1, 1, 10, 0.5, 0.75)
    assert [task.description for task in shown._bar.tasks] == ["epoch 1/1"]
    shown.close()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_a_bar_with_rate_and_remaining_time_and_a_file_gets_lines(monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")
    terminal = Terminal()
    shown = training.show_progress(terminal)
    shown.start(epochs=2, batches=4)
    for batch in range(1, 4):
        shown.batch(1, batch, 10, 0.5, 0.75)
    shown._bar.refresh()
    shown.epoch(ROW)
    shown.close()
    text = terminal.getvalue()
    for part in ("epoch 1/2", "38 %", "loss 0.5000", "accuracy 0.7500", "examples/s", "0:00:0"):
        assert part in text
    plain = io.StringIO()
    shown = training.show_progress(plain)
    shown.start(epochs=1, batches=1)
    shown.epoch(ROW)
    assert plain.getvalue().startswith("epoch 1/1  loss 0.5000")
    assert "\x1b" not in plain.getvalue()


@pytest.mark.parametrize(
    ("columns", "ends"),
    [
        ("150", "validation loss 0.5000  validation accuracy 0.2500  2.0 s"),
        ("80", "validation 0.5000, 0.2500  2.0 s"),
    ],
)
def test_an_epoch_takes_one_line_of_the_terminal(monkeypatch, columns, ends):
    monkeypatch.setenv("COLUMNS", columns)
    terminal = Terminal()
    shown = training.show_progress(terminal)
    shown.start(epochs=20, batches=4)
    shown.epoch({**ROW, "validation_loss": 0.5, "validation_accuracy": 0.25})
    shown.close()
    assert f"epoch 1/20  loss 0.5000  accuracy 0.7500  {ends}\n" in terminal.getvalue()
