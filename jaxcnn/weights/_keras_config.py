"""The configuration of a Keras model: its layers in order, and which of them feed which.

Source: `get_config` of `keras.src.models.functional` and `sequential` of Keras 3.15.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ._errors import DamagedFileError, UnsafeFileError

_MAX_DEPTH = 32
_MAX_LAYERS = 20_000
Chain = tuple[int, ...]  # places of a layer and the models it is nested in, from the top


@dataclass(frozen=True)
class Listed:
    """A layer that the configuration lists.

    Attributes:
        chain: Its place in its model, after the place of that model in the next outer one.
        path: Its group in a file of Keras 3.
        name: Its name in the model.
        kind: Its class in snake case.
        options: Its own configuration.
    """

    chain: Chain
    path: str
    name: str
    kind: str
    options: Mapping[str, Any]


class Configuration:
    """The layers of a model, those of nested models included."""

    def __init__(self, text: str | bytes) -> None:
        self.layers: list[Listed] = []
        self._names: dict[Chain, str] = {}
        self._before: dict[Chain, list[int]] = {}  # of a model: bit set of those before each layer
        self._inputs: dict[Chain, list[set[int]]] = {}
        try:
            top = json.loads(text)
            self._add(top.get("config") if isinstance(top, dict) else None, (), "")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DamagedFileError(
                f"has a configuration that is damaged: {type(error).__name__}", entry="config.json"
            ) from None
        self._by_path = {layer.path: layer for layer in self.layers}

    def find(self, path: str, is_legacy: bool) -> Listed | None:
        """The layer of a group of the file; None where the configuration has none, or several."""
        if not is_legacy:
            return self._by_path.get(path)
        top, *_, last = path.split("/")
        found = [
            layer
            for layer in self.layers
            if layer.name == last
            and (len(layer.chain) == 1 or self._names.get(layer.chain[:1]) == top)
        ]
        return found[0] if len(found) == 1 else None

    def are_ordered(self, one: Chain, other: Chain) -> bool:
        """Whether one of two layers needs the output of the other."""
        k = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
        if k is None:
            return False
        before = self._before[one[:k]]
        return bool(before[one[k]] >> other[k] & 1 or before[other[k]] >> one[k] & 1)

    def producer(self, chain: Chain, owners: Mapping[Chain, Any]) -> Any:
        """The value of the only layer in `owners` that feeds this one in its model, or None."""
        *outer, place = chain
        model = tuple(outer)
        for _ in self._inputs[model]:
            inputs = self._inputs[model][place]
            if len(inputs) != 1:
                return None
            place = next(iter(inputs))
            if (*model, place) in owners:
                return owners[(*model, place)]
            if (*model, place) in self._before:  # a nested model
                return None
        return None

    def _add(self, config: Any, chain: Chain, prefix: str) -> None:
        entries = config.get("layers") if isinstance(config, dict) else None
        if not isinstance(entries, list):
            return
        if len(chain) > _MAX_DEPTH or len(self.layers) + len(entries) > _MAX_LAYERS:
            raise UnsafeFileError("lists more layers than a model has", entry="config.json")
        is_graph = any(isinstance(e, dict) and "inbound_nodes" in e for e in entries)
        self._connect(entries, chain, is_graph)
        used: dict[str, int] = {}
        for place, entry in enumerate(entries):
            kind = _snake(entry["class_name"])
            used[kind] = used.get(kind, -1) + 1
            own = entry["config"] if isinstance(entry["config"], dict) else {}
            path = f"{prefix}layers/{kind}" + (f"_{used[kind]}" if used[kind] else "")
            here, name = (*chain, place), str(own.get("name") or entry.get("name") or "")
            self._names[here] = name
            inner = own.get("layer")
            if isinstance(own.get("layers"), list):
                self._add(own, here, f"{path}/")
            elif isinstance(inner, dict) and isinstance(inner.get("config"), dict):
                kind = _snake(inner["class_name"])
                name = str(inner["config"].get("name", ""))
                self.layers.append(Listed(here, f"{path}/layer", name, kind, inner["config"]))
            else:
                self.layers.append(Listed(here, path, name, kind, own))

    def _connect(self, entries: list[Any], chain: Chain, is_graph: bool) -> None:
        count = len(entries)
        if not is_graph:
            self._inputs[chain] = [{k - 1} if k else set() for k in range(count)]
            self._before[chain] = [(1 << k) - 1 for k in range(count)]
            return
        places = {str(e.get("name") or e["config"]["name"]): k for k, e in enumerate(entries)}
        inputs = [
            {places[name] for name in _tensors(e.get("inbound_nodes"), 0) if name in places}
            for e in entries
        ]
        before, changed, rounds = [0] * count, True, 0
        while changed and rounds <= count:  # one round, but for layers that are called twice
            changed, rounds = False, rounds + 1
            for k, own in enumerate(inputs):
                reached = before[k]
                for j in own:
                    reached |= before[j] | 1 << j
                changed, before[k] = changed or reached != before[k], reached
        self._inputs[chain], self._before[chain] = inputs, before


def _tensors(value: Any, depth: int) -> Iterator[str]:
    """Names of layers in `inbound_nodes`: ``["conv2d", 0, 0]``, alone or with more behind it."""
    if depth > 2 * _MAX_DEPTH:
        return
    if isinstance(value, dict):
        for child in value.values():
            yield from _tensors(child, depth + 1)
    elif isinstance(value, list):
        if (
            len(value) >= 3
            and isinstance(value[0], str)
            and type(value[1]) is type(value[2]) is int
        ):
            yield value[0]
            value = value[3:]
        for child in value:
            yield from _tensors(child, depth + 1)


def _snake(name: str) -> str:
    """As Keras makes the names of groups of the names of classes."""
    name = re.sub(r"\W+", "", name.rpartition(">")[2])
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
