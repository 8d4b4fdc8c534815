"""How a language sets its texts and writes its numbers."""

import re

from grader.messages._tables import Typography

__all__ = ["adopt", "decimal", "no_break", "thousands", "typeset"]

_typographies = {"fr": Typography(",", "\u202f"), "en": Typography(".", ",")}

_CODE = re.compile("(`[^`]*`)")
_FRENCH_SPACE = re.compile(
    r"(?<=«) | (?=»|[:;?!](?![\w=]))"  # punctuation
    r"|(?<=[\d}]) (?=%)"  # 80 %
    r"|(?<=\d) (?=\d{3}(?!\d))"  # thousands: 150 528
    r"|(?<=\d) (?=× ?\d)|(?<=\d[ \u00a0]×) (?=\d)"  # 5 × 5
)


def adopt(language: str, typography: Typography) -> None:
    """Write a language's numbers so from now on."""
    _typographies[language] = typography


def decimal(text: str, language: str) -> str:
    """A number that Python wrote, with the language's decimal mark."""
    return text.replace(".", _typographies[language].decimal)


def thousands(value: int, language: str) -> str:
    """A whole number in groups of three digits."""
    return f"{value:,}".replace(",", _typographies[language].thousands)


def typeset(text: str, language: str) -> str:
    """A text with the spaces that its language asks for."""
    return no_break(text) if language == "fr" else text


def no_break(text: str) -> str:
    """French text with the no-break spaces that its signs and numbers ask for; code in backticks stays as it is."""
    parts = _CODE.split(text)
    parts[::2] = [_FRENCH_SPACE.sub("\u00a0", part) for part in parts[::2]]
    return "".join(parts)
