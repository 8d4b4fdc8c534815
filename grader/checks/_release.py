"""What an exception keeps alive is let go as soon as it has been caught."""

import traceback

__all__ = ["release"]


def release(error: BaseException) -> None:
    """Free what the functions on the way of an exception held: answers, of any size.

    Whoever keeps the exception (the search for a smaller case does, two hundred times) keeps these, too; and since they
    refer to each other they would stay until Python looks for such rings, which it does by number and not by size.
    Where it arose can still be seen.
    """
    known: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in known:
            known.add(id(one))
            traceback.clear_frames(one.__traceback__)
            waiting += [one.__cause__, one.__context__]
