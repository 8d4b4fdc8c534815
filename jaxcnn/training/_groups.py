"""Groups of parameters that are trained at their own rates, some of them only later."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flax import nnx
from flax.nnx import filterlib

from jaxcnn.transfer._groups import Group, check_patterns
from jaxcnn.transfer._state import name_of

_is_parameter = filterlib.to_predicate(nnx.Param)


@dataclass(frozen=True)
class Plan:
    """A filter of NNX: what some groups train in the end or, at some epoch, by then.

    Attributes:
        groups: The groups; a parameter belongs to the first that has it.
        epoch: The epoch, counted from 1; None means the end.
    """

    groups: tuple[Group, ...]
    epoch: int | None = None

    def group_of(self, name: str) -> Group | None:
        """The group of a path, if it is trained at all."""
        group = next((group for group in self.groups if group.has(name)), None)
        return group if group is not None and group.rate > 0 else None

    def selects(self, name: str) -> bool:
        """Whether what is at a path is trained."""
        group = self.group_of(name)
        return group is not None and (self.epoch is None or group.start <= self.epoch)

    def __call__(self, path: Any, value: Any) -> bool:
        return _is_parameter(path, value) and self.selects(name_of(path))

    def of(self, names: Sequence[str]) -> list[Group]:
        """The group of each trained array, by the names that a blueprint has."""
        found = [self.group_of(name_of(tuple(name.split(".")))) for name in names]
        assert None not in found
        return [group for group in found if group is not None]

    def to_list(self) -> list[dict[str, Any]]:
        """All values, for JSON."""
        return [{**asdict(group), "paths": list(group.paths)} for group in self.groups]


def make_plan(model: nnx.Module, groups: Sequence[Group]) -> Plan:
    """Checks groups.

    Raises:
        ValueError: One is no `Group`, a path is unknown, or nothing is trained in the first epoch.
    """
    for position, group in enumerate(groups):
        if not isinstance(group, Group):
            raise ValueError(f"groups[{position}] (={group!r:.60}) must be a jaxcnn.transfer.Group")
        check_patterns(f"groups[{position}]", model, group.paths)
    plan = Plan(tuple(groups))
    parameters = [
        name_of(path) for path, _ in nnx.to_flat_state(nnx.state(model, Plan(plan.groups, 1)))
    ]
    if not parameters:
        raise ValueError("groups must train a parameter from epoch 1 on")
    return plan
