"""Options of a training from a file, and from the command line, which wins."""

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


# What the command line's parser sees to; the rest is checked by `Settings`.
_RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    **{
        name: ("text", lambda value: isinstance(value, str))
        for name in ("data", "label", "augment")
    },
    "size": ("an int", _is_count),
    "workers": ("an int of at least 0", _is_count),
    **{
        name: ("true or false", lambda value: isinstance(value, bool))
        for name in ("stream", "skip_broken", "upright")
    },
    "validation": ("a number", _is_number),
}


def read_config(path: Path | None) -> dict[str, Any]:
    """The table in a TOML file; keys are options without dashes, such as ``batch_size``.

    Raises:
        ValueError: It is no TOML.
        OSError: It cannot be read.
    """
    if path is None:
        return {}
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"--config (={path}) must be TOML: {error}") from error


def combined(config: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What was given on the command line, else in the file.

    Args:
        config: The file's table.
        given: Every option that a file may have; None means not given.

    Raises:
        ValueError: The file has a key that is no option, or a value of the wrong kind.
    """
    for key in config:
        if key not in given:
            near = difflib.get_close_matches(key, given, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            known = ", ".join(sorted(given))
            raise ValueError(f"--config: key (={key!r}) must be one of {known}{meant}")
        rule, fits = _RULES.get(key, ("", lambda value: True))
        if not fits(config[key]):
            raise ValueError(f"--config: {key!r} (={config[key]!r}) must be {rule}")
    return {
        key: config.get(key) if value is None else value
        for key, value in given.items()
        if value is not None or key in config
    }
