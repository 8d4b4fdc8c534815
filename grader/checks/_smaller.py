"""Cases that are smaller than one that was drawn, and might have been drawn instead.

Hypothesis stops its search after so many calls, and may leave what plays no part: a layer of kernel 1 and stride 1, a
padding. Only what a strategy could have given is proposed, as far as it is known how that is made; a case that a check
would never draw may be wrong for a reason of its own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["smaller_cases"]

_NEUTRAL = (0, 1)


def smaller_cases(
    strategies: Mapping[str, Any], case: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Cases with one item of a list less, then with one number set to 0 or 1.

    Args:
        strategies: argument name -> Hypothesis strategy.
        case: what was drawn from them.
    """
    for change in (_shorter, _plainer):
        for name, strategy in strategies.items():
            for value in change(strategy, case[name]):
                yield {**case, name: value}


def _shorter(strategy: Any, value: Any) -> Iterator[Any]:
    """The value with an item less, in whatever list inside it."""
    strategy = _real(strategy)
    elements = _elements(strategy)
    if elements is not None and len(value) > strategy.min_size:
        for place in reversed(range(len(value))):
            yield value[:place] + value[place + 1 :]
    yield from _inside(strategy, value, _shorter, elements)


def _plainer(strategy: Any, value: Any) -> Iterator[Any]:
    """The value with a whole number inside it set to 0 or 1."""
    strategy = _real(strategy)
    if type(strategy).__name__ == "IntegersStrategy" and type(value) is int:
        for number in _NEUTRAL:
            low = strategy.start is None or strategy.start <= number
            high = strategy.end is None or number <= strategy.end
            if low and high and abs(number) < abs(value):
                yield number
    yield from _inside(strategy, value, _plainer, _elements(strategy))


def _inside(strategy: Any, value: Any, change: Any, elements: Any) -> Iterator[Any]:
    """The value with one of its parts changed."""
    if elements is not None:
        for place in reversed(range(len(value))):
            for item in change(elements, value[place]):
                yield [*value[:place], item, *value[place + 1 :]]
    elif type(strategy).__name__ == "TupleStrategy":
        for place, part in enumerate(strategy.element_strategies):
            for item in change(part, value[place]):
                yield (*value[:place], item, *value[place + 1 :])
    elif type(strategy).__name__ == "FixedDictStrategy" and not strategy.optional:
        for key, part in strategy.mapping.items():
            for item in change(part, value[key]):
                yield {**value, key: item}


def _elements(strategy: Any) -> Any:
    """The strategy of a list's items; None for what is no list."""
    return strategy.element_strategy if type(strategy).__name__ == "ListStrategy" else None


def _real(strategy: Any) -> Any:
    """What is behind a strategy that is made on first use."""
    while type(strategy).__name__ == "LazyStrategy":
        strategy = strategy.wrapped_strategy
    return strategy
