"""Where the settings of a training come from: the network's defaults, a file, the command line."""

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxcnn.training import Settings


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
        ValueError: The file has a key that is no option.
    """
    for key in config:
        if key not in given:
            near = difflib.get_close_matches(key, given, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            known = ", ".join(sorted(given))
            raise ValueError(f"--config: key (={key!r}) must be one of {known}{meant}")
    return {
        key: config.get(key) if value is None else value
        for key, value in given.items()
        if value is not None or key in config
    }


def settings_for(model: str, options: dict[str, Any]) -> "Settings":
    """The network's defaults with what was chosen.

    Raises:
        ValueError: A value is out of range.
    """
    from jaxcnn.training import Settings, default_settings

    known = Settings.__dataclass_fields__
    chosen = {name: value for name, value in options.items() if name in known}
    return default_settings(model).replace(**chosen)
