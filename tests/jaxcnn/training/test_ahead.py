"""Batches are made ready in a thread, in order, and nothing is left running."""

import threading

import pytest

from jaxcnn.training._ahead import Ahead


def alive():
    return [thread for thread in threading.enumerate() if thread.name == "batches ahead"]


def test_items_come_prepared_and_in_order():
    with Ahead(iter(range(50)), lambda number: 2 * number) as ahead:
        assert list(ahead) == list(range(0, 100, 2))
    assert not alive()


def test_it_reads_no_more_than_a_few_ahead_and_closes_what_it_reads_when_left():
    read, closed = [], []

    def endless():
        try:
            number = 0
            while True:
                read.append(number)
                yield number
                number += 1
        finally:
            closed.append(threading.current_thread().name)

    with Ahead(endless(), str) as ahead:
        for text in ahead:
            if text == "3":
                break
    assert read[:4] == [0, 1, 2, 3]
    assert len(read) <= 7
    assert closed == ["batches ahead"]
    assert not alive()


def test_an_error_comes_after_the_items_before_it():
    def broken():
        yield 1
        raise ValueError("the second is broken")

    seen = []
    with pytest.raises(ValueError, match="second is broken"), Ahead(broken(), str) as ahead:
        seen.extend(ahead)
    assert seen == ["1"]
    assert not alive()


def test_an_error_of_the_preparation_is_the_loop_s():
    with pytest.raises(ZeroDivisionError), Ahead(iter([0]), lambda n: 1 // n) as ahead:
        list(ahead)


def test_waiting_is_counted():
    gate = threading.Event()

    def slow():
        gate.wait()
        yield 1

    with Ahead(slow(), str) as ahead:
        assert ahead.waited == 0
        threading.Timer(0.01, gate.set).start()
        assert list(ahead) == ["1"]
        assert ahead.waited > 0
