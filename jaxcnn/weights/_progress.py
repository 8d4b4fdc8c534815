"""How far a download is: a bar on a terminal, a few plain lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from jaxcnn._console import standard_error

_LINES = 4  # a log gets a line for each quarter
_STEP = 50_000_000  # bytes between lines where the size is unknown

Advance = Callable[[int, int | None], None]  # bytes there are, bytes there will be


@contextmanager
def shown(name: str, progress: bool) -> Iterator[Advance]:
    """Gives the function to call as bytes come."""
    console = standard_error()
    if not progress:
        yield lambda done, total: None
    elif console.is_terminal:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
        )
        with Progress(*columns, console=console) as bars:
            task = bars.add_task(name, total=None)
            yield lambda done, total: bars.update(task, completed=done, total=total)
    else:
        yield _lines(name, console)


def _lines(name: str, console: Console) -> Advance:
    last = -1

    def advance(done: int, total: int | None) -> None:
        nonlocal last
        step = done * _LINES // total if total else done // _STEP
        if step <= last:
            return
        last = step
        whole = f" of {_megabytes(total)} ({100 * done // total} %)" if total else ""
        console.print(f"{name}: {_megabytes(done)}{whole}")

    return advance


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
