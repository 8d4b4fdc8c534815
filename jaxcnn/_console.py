"""What commands and downloads say on the standard error."""

from rich.console import Console


def standard_error() -> Console:
    """A console that prints texts as they are."""
    return Console(stderr=True, highlight=False, soft_wrap=True, markup=False)


def say(text: str, progress: bool) -> None:
    """A sentence, where progress is to be shown."""
    if progress:
        standard_error().print(text)
