"""The part of HDF5 that files of weights use: groups, contiguous datasets, attributes of texts.

HDF5 can point out of a file (external links, external and virtual datasets), promise numbers that
it does not have (fill values, filters) and go in circles; the C library follows it, and does not
always come back from a damaged file. Here every structure is read once, inside the file, and the
rest is an error.

Source: The HDF Group, *HDF5 File Format Specification* 3.0, sections II to IV.
"""

import math
import struct
from dataclasses import dataclass, field

import numpy as np

from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError
from ._hdf5_messages import (
    LONGEST_NAME,
    attribute_parts,
    check_sparse,
    dtype_of,
    name_of,
    shape_of,
    split,
    text_of,
)
from ._source import Source

MARK = b"\x89HDF\r\n\x1a\n"
_NOWHERE = 2**64 - 1
_MAX_MESSAGES = 1_000_000
_LARGEST_ATTRIBUTE = 2**20
_REPACK = "; write it again with h5repack -l CONTI -f NONE"

_SPACE, _LINK_INFO, _TYPE, _LINK, _EXTERNAL, _LAYOUT = 0x1, 0x2, 0x3, 0x6, 0x7, 0x8
_FILTERS, _ATTRIBUTE, _MORE, _SYMBOLS, _ATTRIBUTE_INFO = 0xB, 0xC, 0x10, 0x11, 0x15
_SHARED = 0x2


@dataclass(slots=True)
class Node:
    """What an object header says: a group when it has links, a dataset when it has a layout."""

    is_group: bool = False
    links: dict[str, int] = field(default_factory=dict)  # name -> address of the header
    attributes: dict[str, bytes] = field(default_factory=dict)  # name -> the undecoded message
    shape: tuple[int, ...] = ()
    dtype: np.dtype | None = None
    type_name: str = ""
    start: int = _NOWHERE
    stored: int = 0

    @property
    def is_dataset(self) -> bool:
        return self.stored >= 0 and bool(self.type_name)

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * (self.dtype.itemsize if self.dtype else 0)


class Hdf5:
    """An open HDF5 file; `node` gives what lies at an address, parsed once."""

    def __init__(self, source: Source):
        self.source = source
        self.nodes: dict[int, Node] = {}
        self.seen: set[int] = set()
        self.messages = 0
        self.root = self._superblock()

    def _superblock(self) -> int:
        version = self.source.read(8, 1)[0]
        if version in (0, 1):
            sizes, begin = self.source.read(13, 2), 24 if version == 0 else 28
            base, _, end, _, _, root = struct.unpack("<6Q", self.source.read(begin, 48))
        elif version in (2, 3):
            sizes = self.source.read(9, 2)
            base, _, end, root = struct.unpack("<4Q", self.source.read(12, 32))
        else:
            raise UnsupportedFileError(f"is HDF5 with a superblock of version {version}")
        if sizes != b"\x08\x08" or base:
            raise UnsupportedFileError("is HDF5 with a user block or with addresses not of 8 bytes")
        self.source.check(0, end)
        return root

    def node(self, address: int, name: str) -> Node:
        """What the header at an address says; `name` is for errors."""
        if address not in self.nodes:
            self.nodes[address] = self._parse(address, name)
        return self.nodes[address]

    def _parse(self, address: int, name: str) -> Node:
        node = Node(stored=-1)
        for kind, flags, body in self._messages(address, name):
            if kind in (_SPACE, _TYPE, _LAYOUT) and flags & _SHARED:
                raise UnsupportedFileError("has a type that is kept elsewhere", entry=name)
            if kind == _SYMBOLS:
                node.is_group = True
                self._old_links(node, *struct.unpack_from("<2Q", body), name)
            elif kind == _LINK_INFO:
                node.is_group = True
                check_sparse(body, 2 + 8 * (body[1] & 1), name)
            elif kind == _LINK:
                self._link(node, body, name)
            elif kind == _ATTRIBUTE:
                _keep_attribute(node, body, name)
            elif kind == _ATTRIBUTE_INFO:
                check_sparse(body, 2 + 2 * (body[1] & 1), name)
            elif kind == _EXTERNAL:
                raise UnsafeFileError("has its numbers in another file", entry=name)
            elif kind == _FILTERS:
                raise UnsupportedFileError(
                    f"is compressed, which Keras never does{_REPACK}", entry=name
                )
            elif kind == _SPACE:
                node.shape = shape_of(body, name)
            elif kind == _TYPE:
                node.dtype, node.type_name = dtype_of(body)
            elif kind == _LAYOUT:
                self._layout(node, body, name)
        return node

    def _messages(self, address: int, name: str) -> list[tuple[int, int, bytes]]:
        """(type, flags, body) of the header's messages, from all its blocks."""
        found: list[tuple[int, int, bytes]] = []
        if self.source.read(address, 4, name) == b"OHDR":
            flags = self.source.read(address, 6, name)[5]
            begin = address + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
            width = 1 << (flags & 3)
            length = int.from_bytes(self.source.read(begin, width, name), "little")
            blocks, head = [(begin + width, length)], 6 if flags & 0x4 else 4
        else:
            version, length = struct.unpack("<B7xI4x", self.source.read(address, 16, name))
            if version != 1:
                raise DamagedFileError(f"no object lies at byte {address}", entry=name)
            blocks, head = [(address + 16, length)], 8
        for begin, length in blocks:  # grows in the loop
            if length > 2**20 or len(blocks) > 1000:
                raise UnsafeFileError("has a header larger than weights need", entry=name)
            for kind, flags, body in split(self.source.read(begin, length, name), head):
                self.messages += 1
                if self.messages > _MAX_MESSAGES:
                    raise UnsafeFileError(f"has more than {_MAX_MESSAGES} entries in its headers")
                if kind == _MORE:
                    start, size = struct.unpack_from("<2Q", body)
                    self._once(start, name)
                    # A later block of the new kind stands between a mark and a checksum.
                    blocks.append((start, size) if head == 8 else (start + 4, size - 8))
                else:
                    found.append((kind, flags, body))
        return found

    def _once(self, address: int, name: str) -> None:
        if address in self.seen:
            raise UnsafeFileError("uses a part of the file that has another use", entry=name)
        self.seen.add(address)

    def _old_links(self, node: Node, tree: int, heap: int, name: str) -> None:
        """The links of a group in a B-tree, whose names lie in a heap."""
        mark, _, size, _, names = struct.unpack("<4sI3Q", self.source.read(heap, 32, name))
        if mark != b"HEAP":
            raise DamagedFileError("has no heap of names", entry=name)
        self.source.check(names, size, name)
        todo = [tree]
        while todo:
            address = todo.pop()
            self._once(address, name)
            mark, kind, _, count = struct.unpack("<4s2BH", self.source.read(address, 8, name))
            if mark == b"TREE" and kind == 0:
                body = self.source.read(address + 24, 8 + 16 * count, name)
                children = struct.unpack(f"<{2 * count + 1}Q", body)[1::2]
                todo.extend(reversed(children))
            elif mark == b"SNOD":
                body = self.source.read(address + 8, 40 * count, name)
                for place, target, cached in struct.iter_unpack("<2QI20x", body):
                    key = self._heap_name(names, size, place, name)
                    if cached == 2:
                        raise UnsafeFileError("is a soft link, which weights never need", entry=key)
                    node.links[key] = target
            else:
                raise DamagedFileError(f"no list of links lies at byte {address}", entry=name)

    def _heap_name(self, heap: int, size: int, place: int, name: str) -> str:
        if place >= size:
            raise DamagedFileError("has a name outside its heap", entry=name)
        raw = self.source.read(heap + place, min(size - place, LONGEST_NAME), name)
        return name_of(raw, name)

    def _link(self, node: Node, body: bytes, name: str) -> None:
        """A link of the newer kind, which the header itself has."""
        flags, position, kind = body[1], 2, 0
        if flags & 0x8:
            kind, position = body[2], 3
        position += (8 if flags & 0x4 else 0) + (1 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        length = int.from_bytes(body[position : position + width], "little")
        position += width
        key = name_of(body[position : position + length] + b"\0", name)
        if kind:
            what = {1: "a soft link", 64: "an external link"}.get(kind, "an unusual link")
            raise UnsafeFileError(f"is {what}, which weights never need", entry=key)
        node.is_group = True
        node.links[key] = struct.unpack_from("<Q", body, position + length)[0]

    def _layout(self, node: Node, body: bytes, name: str) -> None:
        version, kind = body[0], body[1]
        if version not in (3, 4):
            raise UnsupportedFileError(f"has a layout of version {version}{_REPACK}", entry=name)
        if kind == 3:
            raise UnsafeFileError("is a virtual dataset, put together from others", entry=name)
        if kind != 1:
            raise UnsupportedFileError(
                f"is stored in pieces, which Keras never does{_REPACK}", entry=name
            )
        node.start, node.stored = struct.unpack_from("<2Q", body, 2)
        if node.start == _NOWHERE:
            node.stored = 0

    def array(self, node: Node, name: str) -> np.ndarray:
        """A dataset's numbers, in native order; the caller has compared their size with `stored`."""
        assert node.dtype is not None
        if not node.nbytes:
            return np.empty(node.shape, node.dtype.newbyteorder("="))
        data = self.source.array(node.start, node.nbytes, name)
        if node.dtype == np.bool_:
            return np.asarray((data != 0).reshape(node.shape))
        values = data.view(node.dtype).reshape(node.shape)
        return values.astype(node.dtype.newbyteorder("="), copy=False)

    def texts(self, node: Node, key: str) -> list[str]:
        """An attribute that is one text or several; [] when there is none of this name."""
        if key not in node.attributes:
            return []
        kind, space, data = attribute_parts(node.attributes[key])[1:]
        count = math.prod(shape_of(space, key))
        size = struct.unpack_from("<I", kind, 4)[0]
        if kind[0] & 15 == 9 and kind[1] & 15 == 1 and size == 16:
            return [self._heap_text(data[16 * k : 16 * k + 16], key) for k in range(count)]
        if kind[0] & 15 != 3 or not size:
            if not count:
                return []
            raise DamagedFileError("must hold texts", entry=key)
        if size * count > len(data):
            raise DamagedFileError("is cut short", entry=key)
        return [text_of(data[size * k : size * (k + 1)], key) for k in range(count)]

    def _heap_text(self, reference: bytes, key: str) -> str:
        """A text of any length, in the file's global heap."""
        length, address, wanted = struct.unpack("<IQI", reference)
        mark, total = struct.unpack("<4s4xQ", self.source.read(address, 16, key))
        if mark != b"GCOL" or length > _LARGEST_ATTRIBUTE:
            raise DamagedFileError("has a text that is not in the heap", entry=key)
        position, end = address + 16, address + total
        for _ in range(10_000):
            if position + 16 > end:
                break
            index, size = struct.unpack("<H6xQ", self.source.read(position, 16, key))
            if index == wanted and length <= size:
                return text_of(self.source.read(position + 16, length, key), key)
            position += 16 + size + -size % 8
        raise DamagedFileError("has a text that is not in the heap", entry=key)


def _keep_attribute(node: Node, body: bytes, name: str) -> None:
    if len(node.attributes) < 1000:
        node.attributes[attribute_parts(body)[0]] = body
