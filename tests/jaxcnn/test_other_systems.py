"""What macOS and Windows do otherwise, forced on Linux: capitals, names, locks, processes, open files.

What cannot be forced here is not claimed: a real NTFS, orbax and array_record on Windows.
"""

import io
import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import numpy as np
import psutil
import pytest

import jaxcnn
from jaxcnn import _files, data, transfer, weights, workflows
from jaxcnn.data._folder import iterate, list_images
from jaxcnn.models import create_model
from jaxcnn.weights import _hdf5

from .data.files import photographs, write_folder, write_zip

ROOT = Path(__file__).parents[2]


@pytest.fixture
def any_case(monkeypatch):
    """A disk that finds a file under any capitals, as those of macOS and Windows; the last part of a path counts."""

    def stored(path):
        if not isinstance(path, str | os.PathLike) or not os.fspath(path):
            return path
        folder, name = os.path.split(os.fspath(path))
        try:
            names = listdir(folder or ".")
        except OSError:
            return path
        same = [other for other in names if other.casefold() == name.casefold()]
        return os.path.join(folder, same[0]) if same and name not in names else path

    def on_disk(function):
        return lambda path, *args, **options: function(stored(path), *args, **options)

    listdir = os.listdir
    for name in ("stat", "open", "scandir", "mkdir"):
        monkeypatch.setattr(os, name, on_disk(getattr(os, name)))
    monkeypatch.setattr(io, "open", on_disk(io.open))
    monkeypatch.setattr("builtins.open", on_disk(open))


def test_the_fixture_finds_files_under_any_capitals(any_case, tmp_path):
    (tmp_path / "Photo.PNG").write_bytes(b"x")
    assert (tmp_path / "photo.png").is_file()
    assert (tmp_path / "photo.png").read_bytes() == b"x"
    assert not (tmp_path / "other.png").exists()


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_in_other_capitals_does_not_hide_a_set(any_case, here):
    (here / "MNIST").mkdir()  # torchvision makes one
    with pytest.raises(data.NotPreparedError, match="must be prepared first"):
        data.splits_of("mnist", data_dir=here / "sets")


def test_a_file_in_other_capitals_does_not_hide_a_network(any_case, here):
    (here / "LeNet5").write_bytes(b"notes")
    assert workflows.export("lenet5", seed=0, platforms=["cpu"]).name == "lenet5"


def test_a_file_of_weights_is_found_under_any_capitals_by_its_format(any_case, here):
    weights.write_safetensors("Net.safetensors", {"w": np.ones(2, np.float32)})
    assert list(weights.read_weights("net.SafeTensors")) == ["w"]


def test_two_prepared_sets_do_not_differ_in_capitals_alone(tmp_path):
    pytest.importorskip("tensorflow_datasets")
    pets = write_folder(tmp_path / "pets", photographs(count=5))
    data.prepare("folder/Pets", pets, data_dir=tmp_path / "sets")
    with pytest.raises(ValueError, match="only in capitals from folder/Pets, which is prepared"):
        data.prepare("folder/pets", pets, data_dir=tmp_path / "sets")
    with pytest.raises(data.NotPreparedError, match=r"but folder/Pets is: did you mean that\?"):
        data.load("folder/pets", "train", data_dir=tmp_path / "sets")
    assert len(data.load("folder/Pets", "train", data_dir=tmp_path / "sets")) == 8


@pytest.mark.parametrize("name", ["con", "nul.v2", "Aux", "pets.", "com1"])
def test_sets_are_not_called_like_devices_of_windows(name, tmp_path):
    with pytest.raises(ValueError, match="no device of Windows"):
        data.prepare(f"folder/{name}", tmp_path, data_dir=tmp_path / "sets")


def test_classes_that_differ_in_capitals_are_told(tmp_path):
    images = photographs(("train",), ("cat", "Cat", "dog"))
    folder = write_folder(tmp_path / "pets", images)
    assert list_images(folder).class_names == ("Cat", "cat", "dog")
    assert "'Cat' and 'cat' look alike" in list_images(folder).notices[0]


def zip_of_windows(path, contents):
    """As .NET before 4.6.1 and PowerShell 5 wrote them."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo("x")
            entry.filename = entry.orig_filename = name.replace("/", "\\")
            archive.writestr(entry, content)
    return path


def test_an_archive_with_backslashes_has_the_images_of_one_with_slashes(tmp_path):
    images = photographs(("train", "test"))
    plain = list_images(write_zip(tmp_path / "plain.zip", images))
    odd = list_images(zip_of_windows(tmp_path / "odd.zip", images | {"train/ant/": b""}))
    assert odd.splits == plain.splits
    for split in plain.splits:
        assert list(iterate(odd, split)) == list(iterate(plain, split))


@pytest.mark.parametrize(
    "name", [r"..\evil.png", r"\etc\evil.png", r"C:\evil.png", r"a\..\..\b.png"]
)
def test_backslashes_lead_out_of_no_archive(tmp_path, name):
    path = zip_of_windows(tmp_path / "odd.zip", photographs() | {name: b"x"})
    with pytest.raises(data.DataFileError, match="no plain relative path"):
        list_images(path)


def test_slashes_and_backslashes_together_are_refused(tmp_path):
    path = write_zip(tmp_path / "odd.zip", photographs() | {"ant\\1.png": b"x"})
    with pytest.raises(data.DataFileError, match="no plain relative path"):
        list_images(path)


def test_a_time_in_a_name_is_allowed_in_an_archive_as_in_a_folder(tmp_path):
    images = photographs() | {"ant/12:30:00.png": photographs()["ant/0.png"]}
    path = write_zip(tmp_path / "a.zip", images)
    assert sum(map(len, list_images(path).splits.values())) == 11


def test_folders_are_told_apart_on_disks_that_do_not_number_them(tmp_path, monkeypatch):
    folder = write_folder(tmp_path / "pets", photographs(("train", "test")))
    wanted = list_images(folder).splits
    (folder / "train" / "ant" / "again").symlink_to(folder, target_is_directory=True)
    stat = Path.stat

    def without_numbers(path, **options):
        found = list(stat(path, **options))
        found[1] = 0
        return os.stat_result(found)

    monkeypatch.setattr(Path, "stat", without_numbers)
    assert list_images(folder).splits == wanted


def test_where_nobody_knows_a_home_a_tilde_is_a_letter(here, monkeypatch):
    write_folder(here / "~no_such_user" / "pets", photographs())
    assert len(data.load("~no_such_user/pets", "train")) == 8
    monkeypatch.setenv("JAXCNN_CACHE", "~no_such_user/cache")
    assert weights.cache_folder() == here / "~no_such_user" / "cache"


def refuse_replacing(monkeypatch):
    """As Windows does while another program has the file open."""

    def refuse(self, target, *_):
        raise PermissionError(13, "Access is denied", str(self), None, str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr(os, "replace", refuse)


def test_a_file_that_another_program_has_open_is_named_and_stays(here, monkeypatch):
    network = create_model("lenet5", seed=0)
    transfer.save_model(network, here / "net.safetensors")
    before = (here / "net.safetensors").read_bytes()
    refuse_replacing(monkeypatch)
    with pytest.raises(PermissionError, match=r"Access is denied: '.*net\.safetensors'$"):
        transfer.save_model(network, here / "net.safetensors")
    assert [path.name for path in here.iterdir()] == ["net.safetensors"]
    assert (here / "net.safetensors").read_bytes() == before


def test_a_long_name_leaves_room_for_the_one_that_is_written_first(tmp_path):
    path = tmp_path / ("猫" * 80 + ".json")  # 245 bytes of the 255 that a name may have
    with _files.replacing(path) as stream:
        stream.write(b"{}")
    assert path.read_bytes() == b"{}"


def written_files(folder):
    """A file of each kind that is read, and what reads it."""
    network = create_model("lenet5", seed=0)
    arrays = {"w": np.arange(6, dtype=np.float32)}
    weights.write_safetensors(folder / "w.safetensors", arrays)
    weights.write_torch(folder / "w.pth", arrays)
    transfer.save_model(network, folder / "net.safetensors")
    workflows.export(network, platforms=["cpu"]).save(folder / "net.jaxcnn")
    write_folder(folder / "pets", photographs())
    write_zip(folder / "pets.zip", photographs())
    from jaxcnn import export

    return {
        "w.safetensors": weights.read_weights,
        "w.pth": weights.read_weights,
        "net.safetensors": transfer.load_model,
        "net.jaxcnn": export.load,
        "pets.zip": list_images,
        "pets/ant/0.png": lambda path: data.load(path.parents[1], "train"),
    }


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux which files are open")
def test_no_file_stays_open_that_was_read(tmp_path):
    """Windows neither replaces nor removes a file that is open or mapped into memory."""
    for name, read in written_files(tmp_path).items():
        kept = read(tmp_path / name)
        process = psutil.Process()
        held = {file.path for file in (*process.open_files(), *process.memory_maps())}
        assert kept is not None
        assert not {path for path in held if path.startswith(str(tmp_path))}, name


def test_only_files_that_may_be_written_are_flushed_to_the_disk(tmp_path, monkeypatch):
    """Windows refuses it for others."""
    fcntl = pytest.importorskip("fcntl")
    pytest.importorskip("tensorflow_datasets")
    fsync, flushed = os.fsync, []

    def as_on_windows(file):
        if fcntl.fcntl(file, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(9, "Bad file descriptor")
        flushed.append(file)
        fsync(file)

    monkeypatch.setattr(os, "fsync", as_on_windows)
    folder = write_folder(tmp_path / "pets", photographs())
    data.prepare("folder/pets", folder, data_dir=tmp_path / "sets")
    with _files.replacing(tmp_path / "a.json") as stream:
        stream.write(b"{}")
    assert len(flushed) >= 2


# What Windows' Python lacks, and symbolic links as it refuses them to most users.
WINDOWS = """
    import multiprocessing, os, sys

    for name in ("fcntl", "grp", "pwd", "resource", "termios", "readline", "posix_ipc"):
        sys.modules[name] = None
    for name in ("fork", "forkpty", "register_at_fork", "pread", "geteuid", "getuid", "link"):
        delattr(os, name)
    def symlink(*_, **__):
        raise OSError(1314, "A required privilege is not held by the client")
    os.symlink = symlink
    import warnings
    warnings.filterwarnings("ignore", "only soft file lock is available")
"""
SESSION = """
    if __name__ == "__main__":
        multiprocessing.set_start_method("spawn")
        from jaxcnn import workflows

        options = dict(size=16, stream=True, workers=1, checkpoints="kept")
        done = workflows.train("lenet5", "pets", epochs=1, **options)
        done.save("net.safetensors")
        workflows.export("net.safetensors", platforms=["cpu"]).save("net.jaxcnn")
        [said] = workflows.predict("net.safetensors", "pets/ant/0.png")
        [scores] = workflows.run("net.jaxcnn", "pets/ant/0.png")
        assert said.top(1)[0][0] == scores.top(1)[0][0]
        again = workflows.train("lenet5", "pets", epochs=2, resume=True, **options)
        judged = workflows.evaluate("net.safetensors", "pets").evaluation
        print(len(again.history), judged.accuracy == done.evaluation.accuracy)
"""


def run_as_on_windows(script, folder, *arguments):
    path = folder / "session.py"
    path.write_text(textwrap.dedent(WINDOWS) + textwrap.dedent(script), encoding="utf-8")
    return subprocess.run(
        [sys.executable, path, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=200,
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "HOME": str(folder)},
    )


@pytest.mark.slow
def test_a_session_needs_no_fork_no_posix_modules_and_no_links(tmp_path):
    pytest.importorskip("grain")
    pytest.importorskip("orbax.checkpoint")
    write_folder(tmp_path / "pets", photographs(count=10))
    done = run_as_on_windows(SESSION, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2 True\n"


def test_files_of_keras_are_read_without_bounds_and_without_reading_at_a_place(
    tmp_path, monkeypatch
):
    """Which Windows has not."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "w.h5", "w") as file:
        group = file.create_group("dense")
        group.attrs["weight_names"] = [b"kernel"]
        group["kernel"] = np.arange(6, dtype=np.float32).reshape(2, 3)
        file.attrs["layer_names"] = [b"dense"]
    child = tmp_path / "child.py"
    body = f"import runpy\nrunpy.run_path({str(_hdf5._CHILD)!r}, run_name='__main__')\n"
    child.write_text(textwrap.dedent(WINDOWS) + body)
    wanted = weights.read_weights(tmp_path / "w.h5")
    monkeypatch.setattr(_hdf5, "_CHILD", child)
    found = weights.read_weights(tmp_path / "w.h5")
    assert found.keys() == wanted.keys()
    np.testing.assert_array_equal(found["dense/kernel"], np.arange(6).reshape(2, 3))


def test_names_that_a_terminal_cannot_show_are_printed_as_codes(tmp_path):
    """As of a console of Windows with 256 letters."""
    network = create_model("lenet5", image_size=8 * 4, num_classes=2, seed=0)
    transfer.save_model(network, tmp_path / "net.safetensors", class_names=["猫", "dog"])
    write_folder(tmp_path, photographs(classes=("dog",), count=1))
    command = ("predict", "dog/0.png", "--model", "net.safetensors")
    done = subprocess.run(
        [sys.executable, "-c", "from jaxcnn.cli import main; main()", *command],
        capture_output=True,
        cwd=tmp_path,
        env=os.environ
        | {
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "cp1252",
            "JAX_ENABLE_COMPILATION_CACHE": "0",
        },
    )
    assert done.returncode == 0, done.stderr
    assert rb"\u732b" in done.stdout


def test_the_command_is_there_where_its_folder_is_not_on_the_path():
    done = subprocess.run(
        [sys.executable, "-m", "jaxcnn", "--version"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.startswith(f"jaxcnn {jaxcnn.__version__}\n"), done.stderr


def test_two_outputs_do_not_differ_in_capitals_alone(tmp_path):
    from jaxcnn.cli._figures import check_outputs

    with pytest.raises(ValueError, match=r"a\.json\) must be another file than that of --json"):
        check_outputs({"--json": tmp_path / "A.json", "--history": tmp_path / "a.json"}, ())
