"""What a worker is sent tells nothing of the seed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader import grade, wire
from grader.session import _session

_TP2 = Path(__file__).parents[2] / "solutions" / "tp2"
_DEMO = Path(__file__).parent / "courses" / "solutions" / "demo"
SEED = 0x7E3A_91C4_55D0_0B6F_A2E8_13F7_6C94_D05B


@pytest.fixture
def requests(monkeypatch) -> list[bytes]:
    """Every request that is sent to a worker, as its bytes."""
    sent: list[bytes] = []
    encode = wire.encode

    def recorded(value: Any, *arguments: Any, **options: Any) -> bytes:
        payload = encode(value, *arguments, **options)
        sent.append(payload)
        return payload

    monkeypatch.setattr(_session.wire, "encode", recorded)
    return sent


def _spellings(seed: int) -> dict[str, bytes]:
    """The seed as a request could carry it: as a number, a text, an array, or halves of it."""
    both = {order: seed.to_bytes(16, order) for order in ("little", "big")}
    halves = {
        f"{order} {side}": part
        for order, whole in both.items()
        for side, part in (("low", whole[:8]), ("high", whole[8:]))
    }
    texts = {"decimal": str(seed), "hexadecimal": f"{seed:x}", "HEXADECIMAL": f"{seed:X}"}
    return both | halves | {name: text.encode() for name, text in texts.items()}


def _assert_silent(requests: list[bytes]) -> None:
    everything = b"\0".join(requests)
    told = [name for name, spelling in _spellings(SEED).items() if spelling in everything]
    assert not told


def test_the_seed_would_be_found_if_it_were_sent(requests):
    for value in (SEED, np.array([SEED & (2**64 - 1)], np.uint64), str(SEED), f"{SEED:x}"):
        requests[:] = [wire.encode({"seed": value})]
        with pytest.raises(AssertionError):
            _assert_silent(requests)


def test_no_request_holds_the_seed(requests):
    result = grade(str(_DEMO), _DEMO.parent, seed=SEED, isolation=0)
    assert result.score == result.max_score
    assert len(requests) > 10
    _assert_silent(requests)


@pytest.mark.parametrize(
    "questions",
    [
        pytest.param(["q03", "q08", "q12"], marks=pytest.mark.slow, id="some"),
        pytest.param(None, marks=pytest.mark.many, id="all"),
    ],
)
def test_no_request_of_the_practical_holds_the_seed(requests, questions):
    result = grade(str(_TP2), _TP2.parent, seed=SEED, questions=questions)
    assert result.score == result.max_score
    assert len(requests) > 200
    _assert_silent(requests)


def test_a_secret_seed_is_named_and_not_told():
    first, second = (
        grade(str(_DEMO), _DEMO.parent, questions=["q01"], seed=SEED, secret=secret, isolation=0)
        for secret in (True, False)
    )
    assert first.seed is None
    assert second.seed == SEED
    assert first.seed_id == second.seed_id
    assert str(SEED).encode() not in first.to_json()


def test_a_fresh_seed_has_128_bits():
    seeds = [grade(str(_DEMO), _DEMO.parent, questions=["q01"], isolation=0).seed for _ in range(2)]
    assert len(set(seeds)) == 2
    assert all(isinstance(seed, int) and seed.bit_length() > 96 for seed in seeds)
