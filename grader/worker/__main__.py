"""The worker's loop: read a request, answer it, for ever; the grading process ends it by SIGKILL."""

import os
import sys
from typing import Any, BinaryIO

from grader import wire


def main() -> None:
    """Serve requests from the original stdin on the original stdout.

    Both are moved away first, so that the student's ``print`` and ``input`` touch neither: what is printed
    goes to stderr, which the grading process reads as a bounded stream, and ``input()`` finds the end of file.
    """
    requests = os.fdopen(os.dup(0), "rb", buffering=2**16)
    replies = os.fdopen(os.dup(1), "wb", buffering=2**16)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.dont_write_bytecode = True
    serve(requests, replies)


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until the stream ends."""
    from grader.worker import _operations, _replies, _standins

    stand_ins = _standins.StandIns(requests, replies)
    operations = _operations.Operations(stand_ins)
    limits = wire.Limits()
    while (frame := wire.read_frame(requests, 2**40)) is not None:
        request: dict[str, Any] = wire.decode(
            frame, wire.Limits(items=10**7), operations.make_array, networks=True
        )
        reply: dict[str, Any] = {"id": request["id"]}
        try:
            limits = operations.limits
            stand_ins.request, instead = request["id"], request.get("instead")
            reply["value"] = operations.run(request["op"], request["arguments"], instead)
            payload = wire.encode(reply, limits, operations.as_array)
        except BaseException as error:
            # SystemExit and KeyboardInterrupt too: student code must not end the loop by raising.
            reply.pop("value", None)
            reply["fault"] = _replies.fault_of(error, operations.files)
            payload = wire.encode(reply)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BaseException:  # closed or replaced by the student: not our business
                continue
        wire.write_frame(replies, payload)


if __name__ == "__main__":
    main()
