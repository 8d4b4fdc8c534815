"""Which part of a PyTorch checkpoint holds the weights, and the names of the tensors there."""

from typing import Any

from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError, short
from ._inert import Inert
from ._tensors import Tensor

# Where people keep the weights, the likelier first: trained ones before running averages of them.
ENTRIES = (
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "net",
    "network",
    "weights",
    "params",
    "module",
    "ema_state_dict",
    "state_dict_ema",
    "model_ema",
    "ema_model",
    "ema",
    "params_ema",
)
_MAX_DEPTH = 32
_MAX_VALUES = 100_000
_MAX_NESTED_ENTRIES = 3
_CONTAINERS = (dict, list, tuple)
_LONGEST_NAME = 1000


def chosen(content: Any, entry: str | None) -> tuple[Any, list[str]]:
    """The part with the weights, and sentences about the parts that were left.

    Raises:
        UnsupportedFileError: There is no such entry.
    """
    if entry is not None:
        if type(content) is not dict or entry not in content:
            shown = ", ".join(short(key) for key in _texts(content)[:20]) or "none"
            raise UnsupportedFileError(f"has no entry {entry!r}; its entries: {shown}")
        return _within(content[entry])[0], []
    part, path = _within(content)
    if not path:
        others = [key for key in _texts(content) if _holds_tensors(content[key])]
        note = f"the file's entries with tensors are {_list(others)}: entry= reads one of them"
        return part, [note] if others else []
    others = [key for key in _texts(content) if key != path[0] and _holds_tensors(content[key])]
    note = (
        f"the entry {path[0]!r} was read; others with tensors are {_list(others)}: entry= reads one"
    )
    return part, [note] if others else []


def named(part: Any) -> tuple[dict[str, Tensor], str | None]:
    """Tensors by dotted name, and what there is instead where they have no names of their own.

    Numbers and texts, such as epochs and learning rates, are left out.

    Raises:
        UnsafeFileError: There is an object that weights do not need.
        UnsupportedFileError: There is nothing that could hold tensors.
    """
    if isinstance(part, Inert):
        raise part.refusal()
    if type(part) is Tensor:
        return {"tensor": part}, "one tensor"
    if type(part) not in _CONTAINERS:
        raise UnsupportedFileError(f"holds one {type(part).__name__} instead of weights")
    tensors = _flat(part)
    if not tensors:
        return tensors, "no tensor"
    if type(part) is not dict:
        return tensors, f"a {type(part).__name__} of {len(part)} values"
    return tensors, None


def _within(content: Any) -> tuple[Any, list[str]]:
    """Follows entries that usually hold weights; they may hold an entry of that kind again."""
    path: list[str] = []
    for _ in range(_MAX_NESTED_ENTRIES):
        if type(content) is not dict:
            break
        found = next((name for name in ENTRIES if _is_entry(content.get(name))), None)
        if found is None:
            break
        path.append(found)
        content = content[found]
    return content, path


def _is_entry(value: Any) -> bool:
    """Whether a dictionary holds tensors, or an entry that does."""
    for _ in range(_MAX_NESTED_ENTRIES):
        if _holds_tensors(value):
            return True
        if type(value) is not dict:
            return False
        value = next((value[name] for name in ENTRIES if type(value.get(name)) is dict), None)
    return False


def _holds_tensors(value: Any) -> bool:
    return type(value) is dict and any(type(part) is Tensor for part in value.values())


def _texts(content: Any) -> list[str]:
    return [key for key in content if type(key) is str] if type(content) is dict else []


def _list(names: list[str]) -> str:
    more = [f"{len(names) - 5} more"] if len(names) > 5 else []
    return ", ".join([*map(short, names[:5]), *more])


def _flat(content: Any) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    seen = 0
    todo: list[tuple[str, int, Any]] = [("", 0, content)]
    while todo:
        prefix, depth, value = todo.pop()
        if type(value) is Tensor:
            if prefix in found:
                raise DamagedFileError("two tensors have this name", entry=prefix)
            found[prefix] = value
            continue
        children = []
        for key, child in value.items() if type(value) is dict else enumerate(value):
            for part in (key, child):
                if isinstance(part, Inert):
                    raise _refusal(part, prefix, key, content)
            if type(child) in (Tensor, *_CONTAINERS):
                children.append((_joined(prefix, key), depth + 1, child))
        seen += len(children)
        if depth == _MAX_DEPTH or seen > _MAX_VALUES:
            raise UnsafeFileError(
                f"the content is nested {_MAX_DEPTH} deep or has more than {_MAX_VALUES} tensors "
                "and containers"
            )
        todo.extend(reversed(children))
    return found


def _refusal(part: Inert, prefix: str, key: Any, content: Any) -> UnsafeFileError:
    where = None if isinstance(key, Inert) else _joined(prefix, key)
    error = part.refusal(where)
    others = [name for name in _texts(content) if _holds_tensors(content[name])]
    if others and not prefix:
        error.rule += (
            f". It is passed over when entry= names the entry with the weights: {_list(others)}"
        )
    return error


def _joined(prefix: str, key: Any) -> str:
    name = f"{prefix}.{key}" if prefix else str(key)
    if len(name) > _LONGEST_NAME:
        raise UnsafeFileError(f"is longer than {_LONGEST_NAME} characters", entry=name)
    return name
