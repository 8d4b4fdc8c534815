"""The codec: what crosses comes back equal, what may not cross is refused, what is garbled is noticed."""

import io
import math
import random
import struct
import tracemalloc

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader import wire

_COUNT, _LENGTH = struct.Struct("<I").pack, struct.Struct("<Q").pack


def _round_trip(value, **options):
    return wire.decode(wire.encode(value), **options)


def _equal(one, other):
    """Equality of exact types, with NaN equal to itself and signs of zero told apart."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        same = one.dtype == other.dtype and one.shape == other.shape
        return same and one.tobytes() == other.tobytes()
    if isinstance(one, float):
        return struct.pack("<d", one) == struct.pack("<d", other)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(_equal(one[k], other[k]) for k in one)
    return one == other


@st.composite
def _arrays(draw):
    """Arrays of any dtype and any bits: infinities, NaN of every kind, subnormals."""
    dtype = wire.DTYPES[draw(st.sampled_from(sorted(wire.DTYPES)))]
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3))
    size = math.prod(shape) * dtype.itemsize
    data = draw(st.binary(min_size=size, max_size=size))
    if dtype == np.bool_:
        data = bytes(byte & 1 for byte in data)
    return np.frombuffer(data, dtype).reshape(shape)


_text = st.text(st.characters(), max_size=20)  # surrogates included
_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**4000), 2**4000),
    st.floats(),
    _text,
    st.builds(wire.Handle, st.integers(0, 2**32 - 1)),
)
_values = st.recursive(
    st.one_of(_scalars, _arrays()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(_text, inner, max_size=4),
    ),
    max_leaves=12,
)


class TestRoundTrip:
    @settings(max_examples=150, deadline=None)
    @given(_values)
    def test_every_allowed_value_comes_back_equal(self, value):
        assert _equal(_round_trip(value), value)

    @pytest.mark.parametrize("name", sorted(wire.DTYPES))
    @pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3), (1,) * 16])
    def test_arrays_of_every_dtype_and_shape_come_back_equal(self, name, shape):
        array = np.arange(math.prod(shape)).reshape(shape).astype(wire.DTYPES[name])
        assert _equal(_round_trip(array), array)

    @pytest.mark.parametrize(
        "number", [0, -1, 127, 128, -128, -129, 2**64, -(2**64), 2**4087 - 1, -(2**4087)]
    )
    def test_integers_of_any_size_come_back_equal(self, number):
        assert _round_trip(number) == number

    @pytest.mark.parametrize("text", ["", "é", "\ud800", "\ud83d\ude00", "\0", "😀"])
    def test_any_text_comes_back_equal(self, text):
        assert _round_trip({text: text}) == {text: text}

    def test_strided_and_fortran_arrays_come_back_equal_in_c_order(self):
        array = np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1)[::2]
        back = _round_trip(array)
        np.testing.assert_array_equal(back, array)
        assert back.flags.c_contiguous

    @pytest.mark.parametrize(
        "scalar", [np.float32(1.5), np.int64(-3), np.bool_(True), ml_dtypes.bfloat16(2.0)]
    )
    def test_numpy_scalars_cross_as_arrays_without_axes(self, scalar):
        back = _round_trip(scalar)
        assert type(back) is np.ndarray
        assert back.shape == ()
        assert back.dtype == scalar.dtype
        assert back == scalar

    @pytest.mark.parametrize("name", sorted(wire.DTYPES))
    def test_decoded_arrays_are_read_only(self, name):
        assert not _round_trip(np.ones(3, wire.DTYPES[name])).flags.writeable

    def test_a_foreign_array_is_made_again_on_the_other_side(self):
        class Foreign:
            data = np.arange(3.0)

        payload = wire.encode([Foreign()], as_array=lambda value: value.data)
        made = wire.decode(payload, make_array=lambda array: ("made", array.tolist()))
        assert made == [("made", [0.0, 1.0, 2.0])]

    def test_a_network_crosses_only_to_a_side_that_takes_networks(self):
        network = wire.Network("collections:OrderedDict", ([("a", 1)],), {"b": 2})
        assert _round_trip([network], networks=True) == [network]
        with pytest.raises(wire.WireError, match="network"):
            _round_trip([network])

    def test_a_network_builds_what_it_describes(self):
        built = wire.Network("collections:Counter", ("aab",), {"c": 2}).build()
        assert built == {"a": 2, "b": 1, "c": 2}


class TestRefusals:
    @pytest.mark.parametrize(
        ("value", "reason", "path"),
        [
            (object(), "type", ""),
            ([1, {2}], "type", "[1]"),
            ({"a": (0, b"bytes")}, "type", "['a'][1]"),
            ({"a": {1: 2}}, "type", "['a']"),
            ([iter("")], "type", "[0]"),
            ([1j], "type", "[0]"),
            (np.array([None]), "dtype", ""),
            ([np.array(["a"])], "dtype", "[0]"),
            (np.zeros(2, ">f4"), "dtype", ""),
            (np.zeros(2, [("a", "f4")]), "dtype", ""),
            (np.zeros(2, "M8[s]"), "dtype", ""),
            (np.zeros(2, ml_dtypes.float8_e4m3fn), "dtype", ""),
            (np.ma.masked_array([1]), "type", ""),
            (np.zeros((1,) * 17), "depth", ""),
            ([2**5000], "number", "[0]"),
            (np.broadcast_to(np.float64(0), (2**40,)), "bytes", ""),
            ([np.empty((0, 2**40))], "bytes", "[0]"),
        ],
        ids=lambda value: value if isinstance(value, str) else type(value).__name__,
    )
    def test_what_may_not_cross_is_refused_with_its_place(self, value, reason, path):
        with pytest.raises(wire.Refused) as refused:
            wire.encode(value)
        assert (refused.value.reason, refused.value.path) == (reason, path)

    @pytest.mark.parametrize("base", [int, float, str, list, tuple, dict])
    def test_subclasses_of_allowed_types_are_refused(self, base):
        value = type("Sly", (base,), {"__eq__": lambda self, other: True, "__hash__": None})()
        with pytest.raises(wire.Refused, match="Sly"):
            wire.encode(value)

    def test_a_subclass_of_array_is_refused(self):
        class Sly(np.ndarray):
            pass

        with pytest.raises(wire.Refused, match="Sly"):
            wire.encode(np.zeros(3).view(Sly))

    def test_a_value_that_contains_itself_is_refused(self):
        value: list = []
        value.append(value)
        with pytest.raises(wire.Refused) as refused:
            wire.encode(value)
        assert refused.value.reason == "depth"

    def test_a_value_that_doubles_at_each_level_is_refused(self):
        value: list = [0] * 10
        for _ in range(30):
            value = [value, value]
        with pytest.raises(wire.Refused) as refused:
            wire.encode(value)
        assert refused.value.reason == "items"

    def test_many_texts_together_exceed_the_byte_cap(self):
        with pytest.raises(wire.Refused) as refused:
            wire.encode(["x" * 1000] * 100, wire.Limits(bytes=10_000))
        assert refused.value.reason == "bytes"

    @pytest.mark.parametrize(
        "value", ["é" * 60, ["é" * 20] * 3, {"é" * 60: 1}, {"é" * 30: {"é" * 30: None}}, "x" * 120]
    )
    def test_all_texts_and_keys_together_are_capped(self, value):
        with pytest.raises(wire.Refused) as refused:
            wire.encode(value, wire.Limits(text=100))
        assert refused.value.reason == "bytes"
        assert len(refused.value.detail) < 100
        with pytest.raises(wire.WireError, match="too much text"):
            wire.decode(wire.encode(value), wire.Limits(text=100))

    def test_the_reason_of_a_foreign_refusal_keeps_its_place(self):
        def as_array(value):
            raise wire.Refused("tracer", "leaked")

        with pytest.raises(wire.Refused) as refused:
            wire.encode({"a": [object()]}, as_array=as_array)
        assert (refused.value.reason, refused.value.path) == ("tracer", "['a'][0]")


def _array_bytes(dtype: str, shape: tuple[int, ...], data: bytes = b"") -> bytes:
    name = _COUNT(len(dtype)) + dtype.encode()
    return b"a" + name + _COUNT(len(shape)) + b"".join(map(_LENGTH, shape)) + data


class TestGarbledBytes:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"x",
            b"NN",
            b"i" + _COUNT(513) + bytes(513),
            b"i" + _COUNT(9) + bytes(8),
            b"f" + bytes(7),
            b"s" + _COUNT(1) + b"\xff",
            b"s" + _COUNT(2**32 - 1),
            b"l" + _COUNT(2**32 - 1),
            b"t" + _COUNT(3) + b"NN",
            b"d" + _COUNT(1) + b"N" + b"N",
            b"l" + _COUNT(1) * 50 + b"N",
            (b"l" + _COUNT(1)) * 50 + b"N",
            b"nN",
            _array_bytes("object", (1,), bytes(8)),
            _array_bytes("float99", (1,), bytes(8)),
            _array_bytes("float32", (2,), bytes(7)),
            _array_bytes("float32", (2,), bytes(9)),
            _array_bytes("float32", (2**63, 2**63, 2**63)),
            _array_bytes("float32", (0, 2**63)),
            _array_bytes("float32", (0, 2**28, 2**28, 2**28)),
            _array_bytes("float32", (1,) * 17, bytes(4)),
        ],
        ids=lambda data: repr(data[:20]),
    )
    def test_malformed_values_are_noticed(self, data):
        with pytest.raises(wire.WireError):
            wire.decode(data)

    def test_a_key_that_occurs_twice_is_noticed(self):
        key = b"s" + _COUNT(1) + b"k"
        assert wire.decode(b"d" + _COUNT(1) + key + b"T") == {"k": True}
        with pytest.raises(wire.WireError, match="twice"):
            wire.decode(b"d" + _COUNT(2) + (key + b"T") * 2)

    def test_a_bool_of_another_byte_than_0_and_1_is_simply_true(self):
        array = wire.decode(_array_bytes("bool", (3,), b"\x00\x01\x02"))
        assert array.view(np.uint8).tolist() == [0, 1, 1]

    @settings(max_examples=150, deadline=None)
    @given(st.binary(max_size=200))
    def test_random_bytes_decode_or_raise_only_wire_errors(self, data):
        _decode_or_wire_error(data)

    def test_thousands_of_mutations_decode_or_raise_only_wire_errors(self):
        rng = random.Random(0)
        seeds = [wire.encode(value) for value in _SAMPLES]
        for _ in range(10_000):
            data = bytearray(rng.choice(seeds))
            for _ in range(rng.randint(1, 4)):
                _mutate(data, rng)
            _decode_or_wire_error(bytes(data))

    def test_decoding_takes_no_memory_that_was_only_claimed(self):
        claims = [
            b"l" + _COUNT(99_000),
            b"t" + _COUNT(99_000) + b"N" * 10,
            b"d" + _COUNT(99_000),
            b"s" + _COUNT(2**32 - 1) + b"abc",
            _array_bytes("float64", (2**27,), bytes(16)),
            _array_bytes("bool", (2**27,), bytes(16)),
            _array_bytes("float64", (0, 2**27)),
        ]
        tracemalloc.start()
        try:
            for data in claims:
                _decode_or_wire_error(data)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 2**16


def _many(count: int, item: bytes) -> bytes:
    return b"l" + _COUNT(count) + item * count


# What makes most of few bytes.
_ITEMS = 4_000
_HOSTILE = {
    "lists": _many(_ITEMS, b"l" + _COUNT(0)),
    "dicts": _many(_ITEMS // 2, b"d" + _COUNT(1) + b"s" + _COUNT(1) + b"aN"),
    "arrays": _many(_ITEMS, _array_bytes("int8", (), b"x")),
    "arrays of rank 16": _many(_ITEMS, _array_bytes("int8", (1,) * 16, b"x")),
    "integers": _many(_ITEMS, b"i" + _COUNT(512) + b"\x7f" * 512),
    "keys": b"d"
    + _COUNT(_ITEMS)
    + b"".join(b"s" + _COUNT(9) + b"%09dN" % n for n in range(_ITEMS)),
    "wide text": b"s" + _COUNT(2**20 + 4) + b"a" * 2**20 + "\U0001f600".encode(),
    "bools": _array_bytes("bool", (2**22,), bytes(2**22)),
    "floats": _array_bytes("float64", (2**19,), bytes(2**22)),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_reading_takes_500_bytes_an_item_and_six_of_text_at_most(name):
    """With the limits on replies: 50 MB for items, 25 MB for texts, beside the frame itself."""
    data = _HOSTILE[name]
    text = 2**20 if "text" in name else 10 * _ITEMS
    tracemalloc.start()
    try:
        wire.decode(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < len(data) + 500 * _ITEMS + 6 * text


_SAMPLES = [
    {"id": 3, "value": [1, 2.5, "text", None, True, (), {"a": -(2**80)}]},
    {"id": 4, "fault": {"kind": "exception", "frames": [["f.py", 3, "f"]], "text": "é" * 10}},
    {"id": 5, "value": (np.arange(6.0).reshape(2, 3), np.ones((0, 2), bool), np.int8(3))},
    {"id": 6, "value": wire.Handle(2)},
    wire.Network("a:b", (1,), {"c": [2]}),
    np.arange(3).astype(ml_dtypes.bfloat16),
]


def _mutate(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data) + 1)
    match rng.randrange(5):
        case 0:
            data[at : at + 1] = bytes([rng.randrange(256)])
        case 1:
            del data[at : at + rng.randint(1, 8)]
        case 2:
            data[at:at] = rng.randbytes(rng.randint(1, 8))
        case 3:
            data[at : at + 4] = _COUNT(rng.choice([0, 1, 2**16, 2**31, 2**32 - 1]))
        case 4:
            start = rng.randrange(len(data) + 1)
            data[at:at] = data[start : start + rng.randint(1, 40)]


def _decode_or_wire_error(data: bytes) -> None:
    try:
        wire.decode(data, networks=True)
    except wire.WireError:
        return


class _Trickle(io.RawIOBase):
    """A stream that gives one byte at a time, as a slow pipe may."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        chunk, self.rest = self.rest[: min(size, 1)], self.rest[1:]
        return chunk


class TestFrames:
    @pytest.mark.parametrize("payload", [b"", b"x", bytes(3_000_000)])
    def test_a_frame_comes_back_whole_and_the_next_one_after_it(self, payload):
        stream = io.BytesIO()
        wire.write_frame(stream, payload)
        wire.write_frame(stream, b"next")
        stream.seek(0)
        assert wire.read_frame(stream, 2**24) == payload
        assert wire.read_frame(stream, 2**24) == b"next"
        assert wire.read_frame(stream, 2**24) is None

    def test_a_frame_may_arrive_byte_by_byte(self):
        stream = io.BytesIO()
        wire.write_frame(stream, b"slow")
        assert wire.read_frame(_Trickle(stream.getvalue()), 10) == b"slow"

    def test_a_frame_as_long_as_the_cap_is_read_and_one_byte_more_is_not(self):
        stream = io.BytesIO()
        wire.write_frame(stream, b"12345")
        stream.seek(0)
        assert wire.read_frame(stream, 5) == b"12345"
        stream.seek(0)
        with pytest.raises(wire.WireError, match="5 bytes, more than the 4"):
            wire.read_frame(stream, 4)

    def test_a_huge_claimed_length_takes_no_memory(self):
        tracemalloc.start()
        try:
            with pytest.raises(wire.WireError, match="inside a frame"):
                wire.read_frame(io.BytesIO(b"JG" + _LENGTH(2**40) + b"abc"), 2**41)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 4 * 2**20

    @pytest.mark.parametrize("data", [b"J", b"JG", b"JG\0\0", b"GJ" + bytes(8), b"hello world!"])
    def test_anything_else_than_a_frame_is_noticed(self, data):
        with pytest.raises(wire.WireError):
            wire.read_frame(io.BytesIO(data), 100)
