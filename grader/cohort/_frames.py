"""Frames on a pipe: eight bytes that tell a length, and as many bytes."""

from typing import IO

__all__ = ["read_frame", "write_frame"]

_LENGTH = 8


def write_frame(stream: IO[bytes], frame: bytes) -> None:
    """Send one frame.

    Raises:
        BrokenPipeError: when nobody reads any more.
    """
    stream.write(len(frame).to_bytes(_LENGTH, "big") + frame)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next frame; None where the stream has ended, within a frame too."""
    head = stream.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    length = int.from_bytes(head, "big")
    frame = stream.read(length)
    return frame if len(frame) == length else None
