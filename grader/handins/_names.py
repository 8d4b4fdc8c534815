"""Names of files, folders and people, as systems and platforms leave them."""

import re
import unicodedata

__all__ = [
    "code_kind",
    "decoded",
    "is_by_product",
    "safe_parts",
    "stem",
    "without_copy_marks",
]

# "(1)", "- Copie", "copie de", "-1", "_2026-11-29T10-22", "_final": what is added to a name on its way.
_COPY = re.compile(
    r"\s*\(\d{1,3}\)$|[\s_-]+(?:copie|copy|kopie)(?:\s*\(?\d+\)?)?$|[\s_-]+\d{1,2}$"
    r"|[\s_-]+\d{4}-?\d{2}-?\d{2}(?:[\sT_-]*\d{2}[-h:_]?\d{2}(?:[-m:_]?\d{2})?)?$|[\s_-]+\d{9,14}$",
    re.IGNORECASE,
)
_COPY_BEFORE = re.compile(r"^(?:copie de|copy of|kopie von)\s+", re.IGNORECASE)
_BY_PRODUCTS = re.compile(
    r"__macosx|\.ds_store|\._.*|thumbs\.db|desktop\.ini|\.~lock\..*|~\$.*|.*~|.*\.(?:bak|swp|swo|orig|tmp|pyc|pyo)"
    r"|__pycache__|\.ipynb_checkpoints|\.git|\.svn|\.grader|\.idea|\.vscode|\.mypy_cache|\.pytest_cache|\.ruff_cache"
    r"|\.venv|venv|node_modules|\.gitignore|\.gitattributes|\.jupytext.*|site-packages",
    re.IGNORECASE,
)


def decoded(name: bytes) -> str:
    """A name as text, composed: UTF-8, or what Windows wrote before it."""
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        text = _by_windows(name)
    return unicodedata.normalize("NFC", text)


def _by_windows(name: bytes) -> str:
    """Of the code pages of Windows' windows and of its consoles, the one in which every sign is a letter."""
    for page in ("cp1252", "cp850"):
        try:
            text = name.decode(page)
        except UnicodeDecodeError:
            continue
        if all(sign.isascii() or sign.islower() or sign in "ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ" for sign in text):
            return text
    return name.decode("cp1252", "replace")


def safe_parts(name: str) -> tuple[tuple[str, ...], bool]:
    """The names on a path of an archive, and whether the path leads out of it (absolute, a drive, ``..``)."""
    path = name.replace("\\", "/")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    leads_out = path.startswith("/") or ".." in parts or bool(re.match(r"[a-zA-Z]:", path))
    return tuple(part for part in parts if part != ".."), leads_out


def is_by_product(parts: tuple[str, ...]) -> bool:
    """Whether a system or a program made it, not the student: ``__MACOSX``, checkpoints, backups."""
    return any(_BY_PRODUCTS.fullmatch(part) for part in parts)


def code_kind(name: str) -> str | None:
    """``.py`` or ``.ipynb`` for a file of code, also where a system added ``.txt``; None for anything else."""
    match = re.search(r"(\.py|\.ipynb)(?:\.txt|\.json)?$", name, re.IGNORECASE)
    return match[1].lower() if match else None


def stem(name: str) -> str:
    """A name without its ending, or the two that archives and files that were sent as text have."""
    return re.sub(r"(?:\.tar|\.py|\.ipynb)?\.[A-Za-z0-9]{1,5}$", "", name, flags=re.IGNORECASE)


def without_copy_marks(text: str) -> str:
    """A stem without what copying, downloading and handing in twice add to it."""
    before = ""
    while before != text:
        before, text = text, _COPY_BEFORE.sub("", _COPY.sub("", text)).strip() or text
    return text
