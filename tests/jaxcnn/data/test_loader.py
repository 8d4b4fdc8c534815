"""Batches: their order, their shapes, and the place that is saved and taken up again."""

import json
import os
import pickle
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from jaxcnn.data import BrokenImageError, DataFileError, load, loader
from jaxcnn.data._shares import Share

from .files import photographs, write_folder, write_idx, write_series


@pytest.fixture
def digits(tmp_path):
    write_idx(tmp_path / "digits", train=20, test=10)
    return tmp_path / "digits"


@pytest.fixture
def folder(tmp_path):
    pytest.importorskip("grain")
    return write_folder(tmp_path / "photographs", photographs(("train",), count=10))


def pixels(batches):
    return [batch["image"].copy() for batch in batches]


def test_a_loop_is_one_epoch_and_the_next_has_another_order(digits):
    batches = loader(digits, batch_size=8, dtype="uint8")
    first, second = (np.concatenate(pixels(batches)) for _ in range(2))
    assert len(batches) == 3
    assert not np.array_equal(first, second)
    both = [sorted(image.tobytes() for image in epoch) for epoch in (first, second)]
    assert both[0] == both[1] == sorted(image.tobytes() for image in load(digits).images)


def test_two_loops_over_one_loader_are_an_error_not_half_an_epoch_each(digits):
    batches = loader(digits, batch_size=8)
    with pytest.raises(RuntimeError, match="another loop over it"):
        list(zip(batches, batches, strict=True))
    batches = loader(digits, batch_size=8)
    outer = iter(batches)
    next(outer)
    assert len(list(batches)) == 2  # it goes on where the first loop is
    with pytest.raises(RuntimeError, match="a loader for each"):
        next(outer)


def test_a_loop_does_not_go_on_beside_the_place_that_was_restored(digits):
    batches = loader(digits, batch_size=8)
    start, running = batches.state(), iter(batches)
    next(running)
    batches.restore(start)
    with pytest.raises(RuntimeError, match="or by restore"):
        next(running)
    assert len(list(batches)) == 3


def test_without_shuffling_the_order_is_that_of_the_set(digits):
    batches = loader(digits, batch_size=8, shuffle=False, dtype="uint8")
    for _ in range(2):
        np.testing.assert_array_equal(np.concatenate(pixels(batches)), load(digits).images)


def test_labels_stay_with_their_images(digits):
    data = load(digits)
    labels = {image.tobytes(): label for image, label in zip(data.images, data.labels, strict=True)}
    for images, found in loader(digits, batch_size=7, as_tuple=True, dtype="uint8"):
        assert [labels[image.tobytes()] for image in images] == found.tolist()


def test_the_last_batch_is_short_or_left_out(digits):
    sizes = [len(batch["label"]) for batch in loader(digits, batch_size=8)]
    assert sizes == [8, 8, 4]
    assert [len(b["label"]) for b in loader(digits, batch_size=8, drop_last=True)] == [8, 8]


def test_the_last_batch_is_filled_up_with_the_first_examples(digits):
    batches = loader(digits, batch_size=8, fill_last=True, seed=2)
    labels = [np.asarray(batch["label"]) for batch in batches]
    assert [len(part) for part in labels] == [8, 8, 8] == [batches.size_of(n) for n in range(3)]
    plain = [np.asarray(batch["label"]) for batch in loader(digits, batch_size=8, seed=2)]
    np.testing.assert_array_equal(np.concatenate(labels)[:20], np.concatenate(plain))
    np.testing.assert_array_equal(labels[2][4:], labels[0][:4])
    with pytest.raises(ValueError, match=r"fill_last .* together with drop_last"):
        loader(digits, batch_size=8, fill_last=True, drop_last=True)


def test_floats_are_between_zero_and_one(digits):
    (batch,) = loader(digits, batch_size=20)
    assert batch["image"].dtype == np.float32
    assert 0 <= batch["image"].min() < 0.1 < 0.9 < batch["image"].max() <= 1


def test_series_are_batched_too(tmp_path):
    (batch,) = loader(write_series(tmp_path), batch_size=2, shuffle=False)
    assert batch["image"][..., 0].tolist() == [[1, 2, 3], [3, 2, 1]]


def test_folders_are_read_in_the_same_order_in_threads_as_in_memory(folder):
    (whole,) = loader(folder, batch_size=20, seed=5)
    parts = list(loader(folder, batch_size=3, seed=5))
    np.testing.assert_array_equal(whole["image"], np.concatenate(pixels(parts)))
    assert [len(part["label"]) for part in parts] == [3] * 6 + [2]


@pytest.mark.parametrize("source", ["digits", "folder"])
def test_a_saved_place_is_taken_up_in_mid_epoch(request, source):
    path = request.getfixturevalue(source)
    expected = loader(path, batch_size=4, seed=9)
    whole = pixels(expected) + pixels(expected)
    ours, saved = loader(path, batch_size=4, seed=9), ""
    for number, _ in enumerate(iter_epochs(ours, 2)):
        if number == 6:  # the second batch of the second epoch
            saved = json.dumps(ours.state())
            break
    other = loader(path, batch_size=4, seed=9)
    other.restore(json.loads(saved))
    assert (other.epoch, other.position) == (1, 2)
    np.testing.assert_array_equal(np.concatenate(pixels(other)), np.concatenate(whole[7:]))
    assert (other.epoch, other.position) == (2, 0)


def iter_epochs(batches, count):
    for _ in range(count):
        yield from batches


def test_a_loop_that_was_left_is_taken_up_by_the_next(digits):
    batches = loader(digits, batch_size=4)
    for _ in batches:
        break
    assert batches.state()["position"] == 1
    assert len(list(batches)) == 4
    assert (batches.epoch, batches.position) == (1, 0)


def test_a_place_at_the_end_of_an_epoch_leads_to_the_next(digits):
    batches = loader(digits, batch_size=20)
    batches.restore(batches.state() | {"position": 1})
    assert list(batches) == []
    assert batches.epoch == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 1}, "has seed 1, not 0"),
        ({"batch_size": 5}, "has batch_size 5, not 4"),
        ({"examples": 21}, "has examples 21, not 20"),
        ({"position": 6}, "position of 0 to 5"),
        ({"position": None}, "must have an epoch and a position"),
        ({"epoch": -1}, "must have an epoch and a position"),
    ],
)
def test_a_place_in_another_order_is_refused(digits, change, message):
    batches = loader(digits, batch_size=4)
    with pytest.raises(ValueError, match=message):
        batches.restore(batches.state() | change)


def test_hosts_share_each_batch(digits):
    options = {"batch_size": 8, "drop_last": True, "seed": 2}
    whole = pixels(loader(digits, **options))
    shares = [pixels(loader(digits, shard=(host, 2), **options)) for host in range(2)]
    for batch, left, right in zip(whole, *shares, strict=True):
        np.testing.assert_array_equal(batch, np.concatenate([left, right]))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, r"batch_size \(=0\) must be from 1"),
        ({"batch_size": 2.5}, r"batch_size \(=2.5\) must be an int"),
        ({"batch_size": 21, "drop_last": True}, r"batch_size \(=21\) must be at most 20"),
        ({"batch_size": 4, "workers": -1}, r"workers \(=-1\) must be from 0"),
        ({"batch_size": 4, "seed": -1}, r"seed \(=-1\) must be from 0"),
        ({"batch_size": 4, "shard": (2, 2)}, r"shard \(=\(2, 2\)\) must be"),
        ({"batch_size": 4, "shard": (0, 2)}, "needs drop_last=True"),
        ({"batch_size": 5, "shard": (0, 2), "drop_last": True}, "that 2 divides"),
        ({"batch_size": 4, "dtype": "float16"}, r"dtype \(='float16'\) must be one of"),
        ({"batch_size": 4, "dtype": "no type"}, r"dtype \(='no type'\) must be one of"),
        ({"batch_size": 4, "size": 0}, r"size \(=0\) must be"),
        ({"batch_size": 4, "fit": "pad"}, r"fit \(='pad'\) must be one of crop, stretch"),
        ({"batch_size": 4, "channels": 2}, r"channels \(=2\) must be 1"),
        ({"batch_size": 4, "on_error": "ignore"}, r"on_error \(='ignore'\) must be"),
        ({"batch_size": 4, "split": "val"}, r"split \(='val'\) must be one of train, test"),
        ({"batch_size": 4, "label": "speed"}, r"label \(='speed'\) must be 'label'"),
    ],
)
def test_arguments_out_of_range_are_named(digits, options, message):
    with pytest.raises(ValueError, match=message):
        loader(digits, **options)


def test_a_batch_larger_than_the_set_is_one_short_batch_unless_it_must_be_full(digits):
    (batch,) = loader(digits, batch_size=64)
    assert len(batch["label"]) == 20


def test_a_broken_image_ends_the_loop_or_is_left_out_and_named(folder):
    (folder / "train/ant/3.png").write_bytes(b"?")
    with pytest.raises(BrokenImageError, match=r"ant/3.png"):
        list(loader(folder, batch_size=4))
    batches = loader(folder, batch_size=4, on_error="skip")
    for _ in range(2):
        sizes = [len(batch["label"]) for batch in batches]
        assert sorted(sizes) == [3, 4, 4, 4, 4]
    assert [name.rpartition("/")[2] for name in batches.skipped] == ["3.png"]


def test_a_batch_of_which_nothing_is_left_is_not_given(folder):
    (folder / "train/ant/3.png").write_bytes(b"?")
    assert len(list(loader(folder, batch_size=1, on_error="skip"))) == 19


def test_an_image_that_has_gone_is_named(folder):
    batches = loader(folder, batch_size=4)
    (folder / "train/ant/3.png").unlink()
    with pytest.raises(DataFileError, match=r"ant/3.png: .*No such file"):
        list(batches)


WORKERS = """
    import hashlib, json, os, sys
    from jaxcnn.data import loader

    if __name__ == "__main__":
        path, workers, state, stop = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
        batches = loader(path, batch_size=3, seed=4, workers=workers, on_error="skip")
        if state:
            batches.restore(json.loads(state))
        for number, batch in enumerate(batches):
            digest = hashlib.sha256(batch["image"].tobytes()).hexdigest()[:8]
            print(digest, json.dumps(batches.state()), flush=True)
            if number == stop:
                os.kill(os.getpid(), 9)
        print(json.dumps(batches.skipped))
"""


STALLED = """
    import os, sys
    from jaxcnn.data import loader

    if __name__ == "__main__":
        for _ in loader(sys.argv[1], batch_size=1, workers=1):
            os.kill(os.getpid(), 9)
"""


def test_a_worker_process_ends_with_the_program_that_it_reads_for(folder, tmp_path):
    script = tmp_path / "read.py"
    script.write_text(textwrap.dedent(STALLED))
    process = subprocess.Popen(
        [sys.executable, script, folder],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    process.communicate(timeout=60)  # the pipe stays open as long as a worker has it
    assert process.returncode == -signal.SIGKILL


def run_workers(tmp_path, path, workers, state="", stop=-1):
    script = tmp_path / "read.py"
    script.write_text(textwrap.dedent(WORKERS))
    return subprocess.run(
        [sys.executable, script, path, str(workers), state, str(stop)],
        capture_output=True,
        text=True,
        timeout=100,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_a_killed_run_goes_on_in_processes_where_it_was(folder, tmp_path):
    (folder / "train/bee/7.png").write_bytes(b"?")
    whole = run_workers(tmp_path, folder, workers=0)
    assert whole.returncode == 0, whole.stderr
    *lines, skipped = whole.stdout.splitlines()
    killed = run_workers(tmp_path, folder, workers=0, stop=2)
    assert killed.returncode == -signal.SIGKILL
    last = killed.stdout.splitlines()[-1]
    rest = run_workers(tmp_path, folder, workers=2, state=last.partition(" ")[2])
    assert rest.returncode == 0, rest.stderr
    assert rest.stderr == ""
    assert rest.stdout.splitlines()[:-1] == lines[3:]
    assert skipped.endswith('bee/7.png"]')


@pytest.mark.parametrize(
    "error",
    [
        DataFileError("is empty", path="a"),
        BrokenImageError("is cut short", path="a", names=("a", "b")),
    ],
)
def test_an_error_can_be_sent_from_a_worker_process(error):
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


def test_a_shared_loader_reads_the_rows_it_is_told_and_gives_every_batch(digits):
    options = {"batch_size": 8, "shuffle": False}  # 20 examples: 8, 8 and 4
    whole = pixels(loader(digits, **options))
    shares = [
        pixels(loader(digits, **options).shared(Share(first, last, 4, size=8)))
        for first, last in ((0, 3), (3, 4))
    ]
    assert [[len(batch) for batch in share] for share in shares] == [[6, 6, 4], [2, 2, 0]]
    for batch, left, right in zip(whole, *shares, strict=True):
        np.testing.assert_array_equal(batch, np.concatenate([left, right]))
        assert left.dtype == right.dtype == batch.dtype
        assert left.shape[1:] == right.shape[1:] == batch.shape[1:]
    assert [loader(digits, **options).size_of(number) for number in range(3)] == [8, 8, 4]


def test_a_shard_is_shared_only_as_it_is(digits):
    mine = loader(digits, batch_size=8, drop_last=True, seed=2, shard=(1, 2))
    same = mine.shared(Share(2, 4, 4))
    for batch, other in zip(pixels(mine), pixels(same), strict=True):
        np.testing.assert_array_equal(batch, other)
    with pytest.raises(ValueError, match=r"shard \(=\(1, 2\)\) must be left out"):
        mine.shared(Share(0, 1, 2))


def test_batches_that_may_lack_images_are_not_shared(folder):
    with pytest.raises(ValueError, match="on_error"):
        loader(folder, size=8, batch_size=8, on_error="skip").shared(Share(0, 1, 2))
