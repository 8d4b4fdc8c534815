"""Reads an HDF5 file with h5py in a process of its own; run as a file, imports nothing of ours.

HDF5's library does not always come back from a damaged file, and a crash of it ends its process. So
`_hdf5` starts this one, which bounds its own memory and CPU time, and writes to the standard output
a JSON header of all datasets and attributes, then each one's numbers behind a byte that says so; in
place of either, JSON may say what is wrong.
The file is standard input; links that leave it are looked at, never followed.
"""

import contextlib
import io
import json
import os
import sys

MAX_DEPTH = 32
MAX_OBJECTS = 100_000
LONGEST_NAME = 1000
LARGEST_TEXT = 2**26
# Deflate, shuffle, Fletcher-32, SZIP, n-bit, scale-offset, LZF: in the library itself, no plug-ins.
FILTERS = (1, 2, 3, 4, 5, 6, 32000)
BFLOAT16 = (15, 7, 8, 0, 7)  # where HDF5 says that sign, exponent and mantissa lie
WANTED = ("layer_names", "weight_names", "model_config", "name")


JSON, ARRAY = b"J", b"A"  # what follows


class Refused(Exception):
    """(kind of error, rule, entry)"""


class Window(io.RawIOBase):
    """Part of the standard input, as a file."""

    def __init__(self, start, size):
        self.start, self.size, self.place = start, size, 0

    def seek(self, offset, whence=0):
        self.place = offset + (0, self.place, self.size)[whence]
        return self.place

    def tell(self):
        return self.place

    def readinto(self, buffer):
        view = memoryview(buffer).cast("B")
        count = max(0, min(len(view), self.size - self.place))
        if hasattr(os, "pread"):
            data = os.pread(0, count, self.start + self.place)
        else:
            os.lseek(0, self.start + self.place, 0)
            data = os.read(0, count)
        view[: len(data)] = data
        self.place += len(data)
        return len(data)


class Walk:
    """What lies in a group and below, without following anything out of the file."""

    def __init__(self, h5py, skipped):
        self.h5py = h5py
        self.skipped = skipped
        self.met = set()
        self.datasets = []
        self.attributes = {}

    def group(self, group, path, depth):
        address = self.h5py.h5o.get_info(group.id).addr
        if address in self.met or depth > MAX_DEPTH:
            rule = f"is a group that has a second place, or is more than {MAX_DEPTH} deep"
            raise Refused("unsafe", rule, path)
        self.met.add(address)
        texts = {key: self.text(group, key, path) for key in group.attrs if wanted(key)}
        if texts:
            self.attributes[path] = texts
        for key in group:
            name = f"{path}/{key}" if path else key
            if name in self.skipped:
                continue
            if len(name) > LONGEST_NAME or len(self.datasets) + len(self.met) > MAX_OBJECTS:
                rule = (
                    f"has a name of more than {LONGEST_NAME} characters, or comes after "
                    f"{MAX_OBJECTS} others"
                )
                raise Refused("unsafe", rule, name)
            self.member(group, key, name, depth)

    def member(self, group, key, name, depth):
        link = type(group.get(key, getlink=True)).__name__
        if link != "HardLink":
            what = {"SoftLink": "a soft link", "ExternalLink": "an external link"}.get(
                link, "an unusual link"
            )
            raise Refused("unsafe", f"is {what}, which weights never need", name)
        item = group[key]
        if isinstance(item, self.h5py.Group):
            self.group(item, name, depth + 1)
        elif isinstance(item, self.h5py.Dataset):
            self.datasets.append((name, item, *described(self.h5py, item, name)))

    def text(self, group, key, path):
        attribute = group.attrs.get_id(key)
        size = attribute.dtype.itemsize
        for n in attribute.shape or ():
            size *= n
        if size > LARGEST_TEXT:
            raise Refused("unsafe", "is larger than the names of a model", key)
        if not size:
            return []
        value = group.attrs[key]
        items = value.ravel().tolist() if hasattr(value, "ravel") else [value]
        if not all(isinstance(item, str | bytes) for item in items):
            if key == "name":
                return []
            raise Refused("damaged", "must hold texts", key)
        return [t.decode("utf-8", "replace") if isinstance(t, bytes) else t for t in items]


def wanted(key):
    return key.rstrip("0123456789") in WANTED


def described(h5py, item, name):
    """The NumPy type to read into and the type to say, after what weights never need is refused."""
    if item.is_virtual:
        raise Refused("unsafe", "is a virtual dataset, put together from others", name)
    if item.external:
        raise Refused("unsafe", "has its numbers in another file", name)
    if item.shape is None:
        raise Refused("unsupported", "holds no numbers", name)
    said = item.attrs.get("dtype", "")
    said = said.decode() if isinstance(said, bytes) else said
    kind = item.id.get_type()
    if type(kind).__name__ == "TypeFloatID" and kind.get_fields() == BFLOAT16:
        dtype, said = "bfloat16", "bfloat16"
    else:
        dtype = item.dtype
        if said == "bfloat16" and dtype.itemsize == 2 and dtype.kind in "uV":
            dtype = "bfloat16"
        elif dtype.kind not in "fiub":
            texts = h5py.check_string_dtype(dtype) is not None
            what = "texts" if texts else "references" if dtype.kind == "O" else "records"
            raise Refused("unsupported", f"holds no numbers, but {what}", name)
        else:
            dtype = dtype.newbyteorder("=").str.lstrip("<>=|")
    plan = item.id.get_create_plist()
    filters = [plan.get_filter(k)[0] for k in range(plan.get_nfilters())]
    if not set(filters) <= set(FILTERS):
        raise Refused("unsupported", f"is packed with a filter ({filters}) of a plug-in", name)
    return dtype, *stored(item, filters, name)


def stored(item, filters, name):
    """The bytes that the numbers take; refused where the file has fewer of them."""
    size = item.id.get_type().get_size()
    for n in item.shape:
        size *= n
    if size >= 2**62:
        raise Refused("unsafe", f"has more elements than can be counted: {item.shape}", name)
    there = item.id.get_storage_size()
    if filters and size:
        pieces = 1
        for n, step in zip(item.shape, item.chunks, strict=True):
            pieces *= -(-n // step)
        missing = item.id.get_num_chunks() < pieces
    else:
        missing = there < size
    if missing:
        rule = f"promises {size} bytes of numbers, but has {there}"
        raise Refused("unsafe", rule, name)
    return (size,)


def numbers(numpy, item, dtype):
    if dtype != "bfloat16":
        result = numpy.empty(item.shape, dtype)
    else:
        result = numpy.empty(item.shape, item.dtype if item.dtype.kind in "uV" else "u2")
        if item.dtype.kind == "f":  # HDF5's own 16-bit type: its bytes, unchanged
            kind = item.id.get_type()
            space = numpy.zeros(item.shape, "u2")
            item.id.read(item.id.get_space(), item.id.get_space(), space, kind)
            return space
    if result.size:
        item.read_direct(result) if item.shape else result.__setitem__((), item[()])
    return result


def bound(memory, seconds):
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def main(out):
    order = json.loads(sys.argv[1])
    bound(order["memory"], order["seconds"])
    sys.path += order["packages"]
    import h5py
    import numpy

    try:
        with h5py.File(Window(order["start"], order["size"]), "r") as file:
            top = file
            if "model_weights" in file and file.get("model_weights", getclass=True) is h5py.Group:
                if not isinstance(file.get("model_weights", getlink=True), h5py.HardLink):
                    raise Refused("unsafe", "is a link out of its place", "model_weights")
                top = file["model_weights"]
            legacy = any(key.startswith("layer_names") for key in top.attrs)
            walk = Walk(h5py, () if legacy else ("optimizer", "optimizer_weights"))
            walk.group(top, "", 0)
            if top is not file and "model_config" in file.attrs:
                walk.attributes.setdefault("", {})["model_config"] = walk.text(
                    file, "model_config", ""
                )
            names = [
                {"name": name, "dtype": dtype, "shape": item.shape, "size": size}
                for name, item, dtype, size in walk.datasets
            ]
            say(out, {"datasets": names, "attributes": walk.attributes, "legacy": legacy})
            for _, item, dtype, _ in walk.datasets:
                array = numbers(numpy, item, dtype)  # whole, before a byte of it is promised
                out.write(ARRAY)
                out.write(array.data.cast("B") if array.size else b"")
            out.flush()
    except Refused as refusal:
        say(out, {"refused": refusal.args})
    except MemoryError:
        say(out, {"refused": ("unsafe", "asks for more memory than its arrays take", None)})
    except Exception as error:
        text = str(error).splitlines()
        say(out, {"refused": ("damaged", f"is damaged HDF5: {text[0] if text else error}", None)})


def say(out, header):
    text = json.dumps(header).encode()
    out.write(JSON + len(text).to_bytes(8, "little") + text)
    out.flush()


if __name__ == "__main__":
    main(sys.stdout.buffer)
