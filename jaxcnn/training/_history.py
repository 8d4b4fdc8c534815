"""What happened in each epoch."""

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jaxcnn._files import replacing

COLUMNS = (
    "epoch",
    "step",
    "learning_rate",
    "loss",
    "accuracy",
    "validation_loss",
    "validation_accuracy",
    "seconds",
    "waiting",
)
Row = dict[str, Any]


class History:
    """One row for each epoch that was finished.

    Columns: ``epoch`` from 1; ``step``, the batches since the beginning; ``learning_rate`` at its
    end; ``loss`` and ``accuracy``, means over the epoch while the network was learning, with
    augmentation and dropout;
    ``validation_loss`` and ``validation_accuracy`` after it; ``seconds`` that
    it took, interruptions left out; ``waiting``, the seconds of the epoch in which training waited for a
    batch because reading was slower than computing. What was not measured is None.

    Args:
        rows: The rows; missing columns are None.

    >>> history = History([{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25}])
    >>> len(history), history["loss"], history.rows[0]["accuracy"]
    (2, [0.5, 0.25], None)
    """

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.rows: list[Row] = []
        for row in rows:
            self.append(**row)

    def append(self, **values: Any) -> Row:
        """Adds a row and returns it.

        Raises:
            ValueError: A column is unknown.
        """
        if unknown := sorted(values.keys() - set(COLUMNS)):
            raise ValueError(f"column (={unknown[0]!r}) must be one of {', '.join(COLUMNS)}")
        self.rows.append({column: values.get(column) for column in COLUMNS})
        return self.rows[-1]

    def __len__(self) -> int:
        """Number of epochs."""
        return len(self.rows)

    def __getitem__(self, column: str) -> list[Any]:
        """One value for each epoch."""
        if column not in COLUMNS:
            raise ValueError(f"column (={column!r}) must be one of {', '.join(COLUMNS)}")
        return [row[column] for row in self.rows]

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes the rows as CSV, whole or not at all; None is an empty field.

        Raises:
            OSError: The file cannot be written.
        """
        text = io.StringIO(newline="")
        writer: Any = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        with replacing(Path(path)) as stream:
            stream.write(text.getvalue().encode())

    def __repr__(self) -> str:
        """The last row."""
        if not self.rows:
            return "History of 0 epochs"
        shown = ", ".join(
            f"{name} {value:.4g}" for name, value in self.rows[-1].items() if value is not None
        )
        return f"History of {len(self)} epochs, the last: {shown}"
