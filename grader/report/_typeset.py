"""Text for a terminal: nothing in it is markup or an escape, and no line breaks at a no-break space."""

from rich.text import Text

from grader import messages
from grader.messages import Language, typeset
from grader.text import printable

__all__ = ["GLUE", "decimal", "glued", "number", "plain", "sentence"]

# Rich breaks lines at every kind of space.  This character of the private area stands for a no-break
# space until it is written.
GLUE = "\ue000"


def plain(text: str, style: str = "") -> Text:
    """Text as it stands, whoever wrote it."""
    return Text(glued(printable(text)), style=style)


def glued(text: str) -> str:
    """The text, to be written with no-break spaces that hold."""
    return text.replace("\u00a0", GLUE)


def sentence(text: str, language: Language, style: str = "") -> Text:
    """A title or a text of the course, which holds no code."""
    return plain(typeset(text, language), style)


def decimal(value: float, digits: int, language: Language) -> str:
    """A number with at most that many decimals, and the language's decimal mark."""
    return messages.decimal(f"{value:.{digits}f}", language)


def number(value: float, language: Language) -> str:
    """A number with as many decimals as it has, two at most, and the language's decimal mark."""
    return messages.decimal(f"{round(value, 2):g}", language)
