"""Files that try to run code, reach other files or take memory, one small maker for each trick.

Those of `RUN_BY_PICKLE` really do create the file `canary` when Python's `pickle` reads them, which a test shows.
"""

import io
import struct
import zipfile
import zlib

from jaxcnn.weights import DamagedFileError, UnsafeFileError, UnsupportedFileError

CANARY = "canary"
MAGIC = bytes.fromhex("80028a0a6cfc9c46f9206aa850192e")
SYSTEM = b"}X\x0d\x00\x00\x00little_endian\x88s."  # {"little_endian": True}


# The instructions of a pickle that the tricks are made of.


def name(module, attribute):
    return f"c{module}\n{attribute}\n".encode()


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def integer(value):
    data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def group(*parts):
    return b"(" + b"".join(parts) + b"t"


def integers(*values):
    return group(*map(integer, values))


def call(module, attribute, *arguments):
    return name(module, attribute) + group(*arguments) + b"R"


def storage(size=4, key="0", kind="FloatStorage"):
    return group(text("storage"), name("torch", kind), text(key), text("cpu"), integer(size)) + b"Q"


def tensor(shape=(4,), strides=(1,), offset=0, kept=None):
    kept = storage() if kept is None else kept
    rest = (integer(offset), integers(*shape), integers(*strides), b"\x89", b"}")
    return call("torch._utils", "_rebuild_tensor_v2", kept, *rest)


def entries(**values):
    return b"}(" + b"".join(text(key) + value for key, value in values.items()) + b"u"


# The containers that a pickle comes in.


def archive(pickle, *, root="archive", numbers=bytes(16), extra=()):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(f"{root}/data.pkl", pickle)
        made.writestr(f"{root}/data/0", numbers)
        for entry, content in extra:
            made.writestr(entry, content)
    return file.getvalue()


def legacy(pickle, *, numbers=bytes(16)):
    head = MAGIC + b"\x80\x02M\xe9\x03." + b"\x80\x02" + SYSTEM
    views = pickle.replace(b"tQ", b"NtQ")  # the sixth field of a legacy id
    if views == pickle:
        return head + pickle + b"]."
    return head + views + b"](" + text("0") + b"e." + struct.pack("<q", len(numbers) // 4) + numbers


def bare(pickle):
    return pickle


# Tricks that make Python's pickle run a command; `armed` puts one in for {command}.

_COMMAND = text("{command}")

RUN_BY_PICKLE = {
    "calls_a_function": name("os", "system") + _COMMAND + b"\x85R.",
    "calls_it_under_its_inner_name": name("posix", "system") + _COMMAND + b"\x85R.",
    "calls_it_by_stack_global": text("os") + text("system") + b"\x93" + _COMMAND + b"\x85R.",
    "calls_it_by_a_dotted_name": text("shutil") + text("os.system") + b"\x93" + _COMMAND + b"\x85R.",
    "inst": b"(" + _COMMAND + b"ios\nsystem\n.",
    "obj": b"(" + name("os", "system") + _COMMAND + b"o.",
    "runs_python_source": name("builtins", "exec")
    + text("import os; os.system({command!r})") + b"\x85R.",
    "finds_a_function_by_getattr": name("builtins", "getattr") + name("os", "path") + text("os")
    + b"\x86R0" + name("os", "system") + _COMMAND + b"\x85R.",
    "a_pickle_in_a_pickle": name("pickle", "loads")
    + b"B\x40\x00\x00\x00" + b"{inner}" + b"\x85R.",
    "state_of_a_class": name("os", "system") + _COMMAND + b"\x85R0"
    + name("collections", "OrderedDict") + b"}b.",
    "after_honest_weights": entries(weight=b"K\x01") + name("os", "system") + _COMMAND + b"\x85R0.",
}  # fmt: skip


def armed(pickle, canary):
    """A trick of `RUN_BY_PICKLE` whose command touches `canary`."""
    command = f"touch {canary}"
    inner = (b"\x80\x02" + name("os", "system") + text(command) + b"\x85R.").ljust(64, b".")
    pickle = pickle.replace(b"\x40\x00\x00\x00{inner}", struct.pack("<I", len(inner)) + inner)
    for before, after in (("{command!r}", repr(command)), ("{command}", command)):
        at = pickle.find(before.encode())
        if at >= 0:
            start = pickle.rindex(b"X", 0, at - 3)
            while struct.unpack_from("<I", pickle, start + 1)[0] < at - start - 5 + len(before):
                start = pickle.rindex(b"X", 0, start)
            length = struct.unpack_from("<I", pickle, start + 1)[0]
            whole = pickle[start + 5 : start + 5 + length].decode()
            pickle = (
                pickle[:start] + text(whole.replace(before, after)) + pickle[start + 5 + length :]
            )
    return b"\x80\x04" + pickle


# Other tricks: what the pickle is, the error, the rule that it names.

_NOT_LISTED = "not on the list of names"
_LAUGHS = b"}q\x000" + 30 * (b"}(" + text("a") + b"h\x00" + text("b") + b"h\x00uq\x000") + b"h\x00"

PICKLES = {
    "a_name_of_the_main_program": (name("__main__", "Net") + b".", UnsafeFileError, _NOT_LISTED),
    "python_2s_eval": (name("__builtin__", "eval") + b".", UnsafeFileError, _NOT_LISTED),
    "a_loader_of_pytorch": (
        call("torch.storage", "_load_from_bytes", b"C\x02hi") + b".", UnsafeFileError, _NOT_LISTED
    ),
    "a_download_by_pytorch": (
        call("torch.hub", "load", text("who/what")) + b".", UnsafeFileError, _NOT_LISTED
    ),
    "an_array_of_numpy": (
        name("numpy.core.multiarray", "_reconstruct") + b".", UnsafeFileError, _NOT_LISTED
    ),
    "a_reconstructor": (name("copyreg", "_reconstructor") + b".", UnsafeFileError, _NOT_LISTED),
    "a_part_of_an_allowed_name": (
        text("collections") + text("OrderedDict.fromkeys") + b"\x93.", UnsafeFileError, _NOT_LISTED
    ),
    "a_name_that_is_no_text": (b"K\x01K\x02\x93.", UnsafeFileError, "else than two texts"),
    "a_name_without_end": (b"c" + b"a" * 5000, DamagedFileError, "no line end within 400"),
    "newobj_of_an_allowed_class": (
        name("collections", "OrderedDict") + b")\x81.", UnsafeFileError, "NEWOBJ, which makes"
    ),
    "newobj_ex": (name("collections", "OrderedDict") + b")}\x92.", UnsafeFileError, "NEWOBJ_EX"),
    "inst_of_an_allowed_class": (b"(icollections\nOrderedDict\n.", UnsafeFileError, "INST"),
    "extension_1": (b"\x82\x01.", UnsafeFileError, "EXT1"),
    "extension_2": (b"\x83\x01\x00.", UnsafeFileError, "EXT2"),
    "extension_4": (b"\x84\x01\x00\x00\x00.", UnsafeFileError, "EXT4"),
    "state_of_a_function": (
        name("torch._utils", "_rebuild_tensor_v2") + entries(__code__=b"N") + b"b.",
        UnsafeFileError, "sets the inner state",
    ),
    "state_of_a_list": (b"]}b.", UnsafeFileError, "sets the inner state"),
    "calls_a_text": (text("os.system") + b")R.", UnsafeFileError, "calls 'str'"),
    "calls_a_type": (call("torch", "FloatStorage", b"K\x01") + b".", UnsafeFileError, "no function"),
    "calls_with_no_tuple": (
        name("collections", "OrderedDict") + b"}R.", DamagedFileError, "damaged at byte"
    ),
    "calls_with_too_many_arguments": (
        call("collections", "OrderedDict", *[b"]"] * 9) + b".", DamagedFileError, "wrong arguments"
    ),
    "an_ordered_dict_of_a_name": (
        call("collections", "OrderedDict", name("builtins", "dict")) + b".",
        UnsafeFileError, "made of pairs",
    ),
    "an_ordered_dict_with_a_tuple_as_key": (
        call("collections", "OrderedDict", b"]" + group(b")", b"N") + b"a") + b".",
        UnsafeFileError, "keys are texts and integers",
    ),
    "a_key_that_is_a_deep_tuple": (
        b"})" + b"\x85" * 100_000 + b"Ns.", UnsafeFileError, "keys are texts and integers"
    ),
    "a_key_that_is_a_huge_integer": (
        b"}" + integer(2**200) + b"Ns.", UnsafeFileError, "keys are texts and integers"
    ),
    "another_codec": (
        call("_codecs", "encode", text("x"), text("zip")) + b".", UnsafeFileError, "latin1"
    ),
    "a_module_as_persistent_id": (
        group(text("module"), b"NNN") + b"Q.", UnsafeFileError, "persistent id"
    ),
    "a_text_as_persistent_id": (text("/etc/passwd") + b"Q.", UnsafeFileError, "must be a tuple"),
    "another_kind_of_persistent_id": (
        group(text("file"), name("torch", "FloatStorage"), text("0"), text("cpu"), b"K\x04") + b"Q.",
        UnsafeFileError, "only a 'storage'",
    ),
    "a_persistent_id_in_text": (b"P/etc/passwd\n.", UnsupportedFileError, "PERSID"),
    "a_storage_of_no_type": (
        group(text("storage"), name("builtins", "dict"), text("0"), text("cpu"), b"K\x04") + b"Q.",
        UnsafeFileError, "storage type of PyTorch",
    ),
    "a_storage_of_a_negative_size": (storage(-4) + b".", UnsafeFileError, "size of a storage"),
    "a_storage_larger_than_all_memory": (
        entries(a=tensor(kept=storage(2**70))) + b".", UnsafeFileError, "size of a storage"
    ),
    "a_storage_larger_than_the_file": (
        entries(a=tensor(kept=storage(2**40))) + b".", UnsafeFileError, "is asked for, but it has"
    ),
    "a_storage_that_is_elsewhere": (
        entries(a=tensor(kept=storage(key="../../../etc/passwd"))) + b".",
        DamagedFileError, "lacks this storage|no tensor uses",
    ),
    "a_storage_with_two_sizes": (
        entries(a=tensor(), b=tensor((8,), kept=storage(8))) + b".",
        UnsafeFileError, "two sizes",
    ),
    "a_shape_outside_the_storage": (
        entries(a=tensor((5,))) + b".", UnsafeFileError, "reaches element 4 of a storage of 4"
    ),
    "an_offset_outside_the_storage": (
        entries(a=tensor(offset=1)) + b".", UnsafeFileError, "reaches element 4"
    ),
    "a_negative_offset": (entries(a=tensor(offset=-1)) + b".", UnsafeFileError, "offset of a tensor"),
    "strides_outside_the_storage": (
        entries(a=tensor((2, 2), (1000, 1))) + b".", UnsafeFileError, "reaches element 1001"
    ),
    "negative_strides": (entries(a=tensor(strides=(-1,))) + b".", UnsafeFileError, "strides of a"),
    "a_negative_size": (entries(a=tensor((-4,))) + b".", UnsafeFileError, "must not be negative"),
    "a_size_that_is_no_integer": (
        entries(a=tensor().replace(integers(4), group(b"G" + bytes(8)))) + b".",
        UnsafeFileError, "shape of a tensor",
    ),
    "more_axes_than_arrays_have": (
        entries(a=tensor((1,) * 65, (1,) * 65)) + b".", UnsafeFileError, "at most 64"
    ),
    "fewer_strides_than_axes": (entries(a=tensor((2, 2))) + b".", UnsafeFileError, "2 axes but 1"),
    "more_elements_than_can_be_counted": (
        entries(a=tensor((2**40, 2**40), (0, 0))) + b".", UnsafeFileError, "can be counted"
    ),
    "an_empty_shape_that_overflows": (
        entries(a=tensor((0, 2**40, 2**40), (0, 0, 0))) + b".", UnsafeFileError, "can be counted"
    ),
    "one_number_as_a_terabyte": (
        entries(a=tensor((2**38,), (0,))) + b".", UnsafeFileError, "max_bytes"
    ),
    "many_copies_of_one_storage": (
        b"}(" + text("x0") + tensor((2**17,), (0,)) + b"q\x01"
        + b"".join(text(f"x{k}") + b"h\x01" for k in range(1, 100)) + b"u.",
        UnsafeFileError, "max_bytes",
    ),
    "a_tensor_in_no_storage": (
        entries(a=tensor(kept=text("0"))) + b".", UnsafeFileError, "lie in a storage"
    ),
    "a_tensor_of_no_type": (
        call("torch._utils", "_rebuild_tensor_v3", storage(), b"K\x00", integers(4), integers(1),
             b"\x89", b"}", name("collections", "OrderedDict")) + b".",
        UnsafeFileError, "no type of numbers",
    ),
    "a_parameter_of_no_tensor": (
        call("torch._utils", "_rebuild_parameter", b"K\x01", b"\x89", b"}") + b".",
        UnsafeFileError, "must hold a tensor",
    ),
    "a_subclass_that_calls": (
        call("torch._tensor", "_rebuild_from_type_v2", name("collections", "OrderedDict"),
             name("torch", "Tensor"), b")", b"N") + b".",
        UnsafeFileError, "_rebuild_tensor function",
    ),
    "bytes_longer_than_memory": (
        b"\x8e" + struct.pack("<Q", 2**60), DamagedFileError, "cut short"
    ),
    "a_text_longer_than_memory": (
        b"\x8d" + struct.pack("<Q", 2**60), DamagedFileError, "cut short"
    ),
    "a_frame_longer_than_memory": (
        b"\x95" + struct.pack("<Q", 2**60), DamagedFileError, "cut short"
    ),
    "an_integer_of_two_gigabytes": (
        b"\x8b" + struct.pack("<i", 2**31 - 1), UnsupportedFileError, "LONG4"
    ),
    "a_decimal_integer_of_a_million_digits": (
        b"L" + b"9" * 1_000_000 + b"L\n.", UnsupportedFileError, "LONG"
    ),
    "a_billion_laughs": (_LAUGHS + b".", UnsafeFileError, "nested 32 deep or has more"),
    "a_deep_nest": (b"]" + b"\x85" * 200_000 + b".", UnsafeFileError, "nested 32 deep"),
    "a_list_inside_itself": (b"]q\x00h\x00a.", UnsafeFileError, "nested 32 deep"),
    "instructions_without_end": (b"N0" * 1_000_001 + b"].", UnsafeFileError, "more than 2000000"),
    "a_name_of_many_megabytes": (
        b"}" + text("x" * 2_000_000) + tensor() + b"s.", UnsafeFileError, "longer than 1000"
    ),
    "an_instruction_of_no_pickle": (b"\xff.", DamagedFileError, "no pickle instruction"),
    "a_memo_that_is_empty": (b"h\x05.", DamagedFileError, "damaged at byte"),
    "an_empty_stack": (b"R.", DamagedFileError, "damaged at byte"),
    "a_mark_as_object": (b"(.", DamagedFileError, "unused objects"),
    "a_missing_mark": (b"Kau.", DamagedFileError, "damaged at byte"),
    "a_future_protocol": (b"\x80\x63].", UnsupportedFileError, "protocol 99"),
}  # fmt: skip


# ZIP archives.

_HONEST = b"\x80\x02" + entries(weight=tensor()) + b"."


def _zip(*parts, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for entry, content in parts:
            made.writestr(zipfile.ZipInfo(entry), content, compression)
    return file.getvalue()


def _patched(data, before, after, *, last=False):
    at = data.rindex(before) if last else data.index(before)
    return data[:at] + after + data[at + len(before) :]


def _doubled_header():
    """Two entries of different names whose bytes overlap: one archive inside an entry of another."""
    inner_name, inner = b"archive/data/0", bytes(16)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, zlib.crc32(inner), 16, 16, 14, 0)
    body = local + inner_name + inner
    outer_name = b"archive/data.pkl"
    head = struct.pack(
        "<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, zlib.crc32(body), len(body), len(body), 16, 0
    )
    file = head + outer_name + body
    directory = b""
    for entry, content, offset in ((outer_name, body, 0), (inner_name, inner, 30 + 16)):
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, zlib.crc32(content), len(content),
            len(content), len(entry), 0, 0, 0, 0, 0, offset,
        ) + entry  # fmt: skip
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(directory), len(file), 0)
    return file + directory + end


def _twice():
    data = archive(_HONEST, extra=[("archive/data/1", b"")])
    return data.replace(b"archive/data/1", b"archive/data/0")


_SIZE = struct.pack("<2L", 16, 16)

ARCHIVES = {
    "two_entries_of_one_name": (_twice, UnsafeFileError, "two entries of this name"),
    "entries_that_overlap": (_doubled_header, UnsafeFileError, "overlaps with"),
    "a_directory_that_contradicts": (
        lambda: _patched(archive(_HONEST), b"data/0", b"data/1", last=True),
        DamagedFileError, "differs from the archive",
    ),
    "a_path_that_climbs": (
        lambda: archive(_HONEST, extra=[("archive/../../evil", b"")]), UnsafeFileError, "relative path"
    ),
    "an_absolute_path": (
        lambda: archive(_HONEST, extra=[("/etc/evil", b"")]), UnsafeFileError, "relative path"
    ),
    "a_windows_path": (
        lambda: archive(_HONEST, extra=[("a\\b", b"")]), UnsafeFileError, "relative path"
    ),
    "a_bomb": (
        lambda: _zip(("archive/data.pkl", bytes(10_000_000)), compression=zipfile.ZIP_DEFLATED),
        UnsafeFileError, "is compressed",
    ),
    "a_torchscript_program": (
        lambda: archive(_HONEST, extra=[("archive/code/__torch__.py", b"print(1)")]),
        UnsupportedFileError, "TorchScript",
    ),
    "numbers_that_were_changed": (
        lambda: archive(_HONEST, numbers=b"abcdefghijklmnop").replace(b"abcd", b"abce"),
        DamagedFileError, "CRC-32",
    ),
    "a_size_beyond_the_file": (
        lambda: _patched(archive(_HONEST), _SIZE, struct.pack("<2L", 2**31, 2**31), last=True),
        DamagedFileError, "cut short|overlaps",
    ),
    "a_big_size_without_its_field": (
        lambda: _patched(archive(_HONEST), _SIZE, b"\xff" * 8, last=True),
        DamagedFileError, "ZIP64",
    ),
    "more_entries_than_there_are": (
        lambda: archive(_HONEST)[:-12] + b"\x09" + archive(_HONEST)[-11:], UnsupportedFileError, "parts"
    ),
    "a_storage_that_is_missing": (
        lambda: _zip(("archive/data.pkl", _HONEST)), DamagedFileError, "lacks this storage"
    ),
}  # fmt: skip
