"""Messages about a function's arguments, in the words of the command that calls it."""

import contextvars
import functools
import inspect
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, get_type_hints

from typer.models import OptionInfo

_NAMES = re.compile(r"`([a-z_]+)`|(?<![\w-])([a-z_]+)(?= \(=)")
_NONE: Mapping[str, str] = MappingProxyType({})
_OPTIONS = contextvars.ContextVar("options", default=_NONE)


def speaks_of_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same command; while it runs, `as_options` knows which options it has."""
    options = MappingProxyType(dict(_options_of(command)))

    @functools.wraps(command)
    def run(*arguments: Any, **given: Any) -> Any:
        before = _OPTIONS.set(options)
        try:
            return command(*arguments, **given)
        finally:
            _OPTIONS.reset(before)

    return run


def as_options(message: str) -> str:
    """A message with ``--epochs`` for ``epochs (=0)`` and for `` `epochs` ``, where that is an option."""
    options = _OPTIONS.get()

    def renamed(found: re.Match[str]) -> str:
        quoted, named = found.groups()
        return options.get(quoted or named, quoted or named)

    return _NAMES.sub(renamed, message)


def _options_of(command: Callable[..., Any]) -> Any:
    hints = get_type_hints(command, include_extras=True)
    for name in inspect.signature(command).parameters:
        for info in getattr(hints.get(name), "__metadata__", ()):
            if isinstance(info, OptionInfo):
                # Typer takes the first for a default, and sorts that out later.
                named = (info.default, *(info.param_decls or ()))
                long = [str(text) for text in named if str(text).startswith("--")]
                yield from ((name, text.partition("/")[0]) for text in long[:1])
