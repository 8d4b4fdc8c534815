"""A download ends with the right file, or with an error that says what to do."""

import errno
import hashlib
import io
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jaxcnn.weights import (
    CacheError,
    ChecksumError,
    FetchError,
    OfflineError,
    TransferError,
    cache_folder,
    fetch,
)

from .server import Answer, serving

CONTENT = bytes(range(256)) * 4000  # a MB, several reads
SHA = hashlib.sha256(CONTENT).hexdigest()
OTHER = bytes(len(CONTENT))
NAME = "weights-1a2b.pth"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(CONTENT) as server:
        yield server


@pytest.fixture
def get(server, tmp_path):
    """Fetches the server's file, quietly."""

    def get(sha256=SHA, **options):
        return fetch(server.url, sha256, **{"cache_dir": tmp_path, "progress": False, **options})

    return get


def files(folder):
    return sorted(name for name in os.listdir(folder) if not name.endswith(".lock"))


def test_a_file_comes_into_the_cache_and_is_asked_for_once(get, server, tmp_path):
    path = get()
    assert path == tmp_path / NAME
    assert path.read_bytes() == CONTENT
    assert get() == path
    assert server.requests == [(f"/files/{NAME}", None)]
    assert files(tmp_path) == [NAME]


def test_the_first_eight_digits_are_enough(get, server):
    assert get(SHA[:8].upper()).read_bytes() == CONTENT
    with pytest.raises(ChecksumError, match=f"SHA-256 {SHA}, not 00000000"):
        get("0" * 8)


def test_a_transfer_that_breaks_off_goes_on_by_itself(get, server):
    server.answers = [Answer(cut=300_000), Answer(cut=200_000)]
    assert get().read_bytes() == CONTENT
    assert [wanted for _, wanted in server.requests] == [None, "bytes=300000-", "bytes=500000-"]


def test_the_next_call_goes_on_where_the_last_stopped(get, server, tmp_path):
    server.answers = [Answer(cut=300_000), Answer(status=503)]
    with pytest.raises(OfflineError, match="answered 503"):
        get()
    assert files(tmp_path) == [f"{NAME}.part"]
    assert get().read_bytes() == CONTENT
    assert server.requests[-1] == (f"/files/{NAME}", "bytes=300000-")
    assert files(tmp_path) == [NAME]


def test_a_transfer_that_brings_nothing_is_an_error_that_says_what_is_kept(get, server, tmp_path):
    server.answers = [Answer(cut=300_000), Answer(cut=0), Answer(cut=0)]
    with pytest.raises(
        TransferError, match=r"broke off after 300000 bytes; they are kept in .*part"
    ):
        get()
    assert (tmp_path / f"{NAME}.part").read_bytes() == CONTENT[:300_000]


def test_a_server_without_ranges_sends_all_of_it_again(get, server):
    server.answers = [Answer(cut=300_000), Answer(ranges=False)]
    assert get().read_bytes() == CONTENT


@pytest.mark.parametrize(
    "answer", [Answer(length=False), Answer(chunked=True)], ids=["plain", "chunked"]
)
def test_a_file_of_unknown_size_is_downloaded(answer, get, server):
    server.answers = [answer]
    assert get().read_bytes() == CONTENT


def test_a_chunked_transfer_that_breaks_off_goes_on(get, server):
    server.answers = [Answer(chunked=True, cut=300_000)]
    assert get().read_bytes() == CONTENT


def test_a_redirection_is_followed_and_does_not_name_the_file(get, server, tmp_path):
    server.answers = [Answer(location=f"http://127.0.0.1:{server.server_port}/elsewhere.bin?x=1")]
    assert get() == tmp_path / NAME


def test_another_file_is_removed_and_named(get, server, tmp_path):
    server.answers = [Answer(content=OTHER)]
    found = hashlib.sha256(OTHER).hexdigest()
    with pytest.raises(ChecksumError, match=f"SHA-256 {found}, not {SHA}; it has been removed"):
        get()
    assert files(tmp_path) == []
    assert len(server.requests) == 1


def test_a_beginning_of_another_file_is_downloaded_again(get, server, tmp_path):
    (tmp_path / f"{NAME}.part").write_bytes(OTHER[:1000])
    assert get().read_bytes() == CONTENT
    assert [wanted for _, wanted in server.requests] == ["bytes=1000-", None]


def test_a_beginning_that_is_the_whole_file_needs_only_its_checksum(get, tmp_path):
    (tmp_path / f"{NAME}.part").write_bytes(CONTENT)
    assert get().read_bytes() == CONTENT


def test_a_beginning_longer_than_the_file_is_removed(get, tmp_path):
    (tmp_path / f"{NAME}.part").write_bytes(CONTENT + b"x")
    with pytest.raises(TransferError, match="was longer than the server's file"):
        get()
    assert get().read_bytes() == CONTENT


def test_a_wrong_file_in_the_cache_is_set_aside_and_said(get, tmp_path, capsys):
    (tmp_path / NAME).write_bytes(OTHER)
    assert get(progress=True).read_bytes() == CONTENT
    assert (tmp_path / f"{NAME}.bad").read_bytes() == OTHER
    assert f"it is now '{NAME}.bad'" in capsys.readouterr().err


def test_a_wrong_file_put_there_by_hand_is_named_when_offline(get, server, tmp_path):
    (tmp_path / NAME).write_bytes(OTHER)
    server.answers = [Answer(status=404)]
    with pytest.raises(OfflineError, match=f"The file that was there has the SHA-256 .*{NAME}.bad"):
        get()


def test_offline_the_error_says_which_file_to_put_where(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(b"") as gone:
        url = gone.url
    with pytest.raises(OfflineError, match="the server was not reached") as caught:
        fetch(url, SHA, cache_dir=tmp_path, progress=False)
    for part in (url, SHA, str(tmp_path / NAME), "by hand"):
        assert part in str(caught.value)
    assert isinstance(caught.value, FetchError)
    assert isinstance(caught.value, OSError)
    (tmp_path / NAME).write_bytes(CONTENT)
    assert fetch(url, SHA, cache_dir=tmp_path) == tmp_path / NAME


def test_a_server_that_says_nothing_counts_as_offline(get, server):
    server.answers = [Answer(silent=True)]
    with pytest.raises(OfflineError, match="timed out"):
        get(timeout=0.1)


def test_several_processes_at_once_download_one_file(server, tmp_path):
    code = (
        "import sys; from jaxcnn.weights import fetch\n"
        "print(fetch(*sys.argv[1:3], cache_dir=sys.argv[3], progress=False))"
    )
    command = [sys.executable, "-c", code, server.url, SHA, str(tmp_path)]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [process.communicate(timeout=60)[0].strip() for process in running] == [
        str(tmp_path / NAME)
    ] * 3
    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert len(server.requests) == 1


def test_who_waits_for_another_download_says_so(get, server, tmp_path, capsys):
    server.answers = [Answer(silent=True)]
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(get)
        while not server.requests and not first.done():
            pass
        second = pool.submit(get, progress=True)
        said = ""
        while "waiting" not in said and not second.done():
            said += capsys.readouterr().err
        server.stopping.set()
        with pytest.raises(OfflineError):
            first.result(60)
        assert second.result(60).read_bytes() == CONTENT
    assert f"{NAME}: another process is downloading it; waiting" in said


@pytest.mark.parametrize(
    ("number", "rule"),
    [(errno.EROFS, "cannot be written"), (errno.ENOSPC, "no room"), (errno.EIO, "cannot be used")],
)
def test_a_cache_that_cannot_be_made_says_what_to_do(number, rule, get, tmp_path, monkeypatch):
    def refuse(path, *_):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(CacheError, match=f"{rule}.*JAXCNN_CACHE"):
        get(cache_dir=tmp_path / "new")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_read_only_cache_says_so_but_serves_what_it_has(get, tmp_path):
    (tmp_path / NAME).write_bytes(CONTENT)
    tmp_path.chmod(0o500)
    try:
        assert get().read_bytes() == CONTENT
        with pytest.raises(CacheError, match="cannot be written"):
            get("0" * 64)
    finally:
        tmp_path.chmod(0o700)


def test_a_file_in_the_place_of_the_cache_says_so(get, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CacheError, match="cannot be used"):
        get(cache_dir=tmp_path / "file" / "cache")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_becomes_full_keeps_what_came(get, tmp_path):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
    try:
        with pytest.raises(CacheError, match="has no room left"):
            get()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(tmp_path) == [f"{NAME}.part"]
    assert get().read_bytes() == CONTENT


def test_a_file_larger_than_the_disk_is_not_begun(get, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(CacheError, match="1024000 bytes are to come, 1000 are free"):
        get()
    assert files(tmp_path) == []


def test_a_log_gets_a_few_plain_lines(get, capsys):
    get(progress=True)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("downloading http://127.0.0.1:")
    assert lines[-1] == f"{NAME}: 1.0 MB of 1.0 MB (100 %)"
    assert len(lines) <= 6
    assert not any("\x1b" in line for line in lines)


def test_a_terminal_gets_a_bar(get, monkeypatch):
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    get(progress=True)
    assert "━" in screen.getvalue()
    assert NAME in screen.getvalue()


def test_without_progress_nothing_is_printed(get, capsys):
    get()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://host/a.pth",
        "https:///a.pth",
        "a.pth",
        "http://host/a b.pth",
        "http://host/a.pth\r\nX: y",
        "http://host/é.pth",
        None,
    ],
)
def test_an_address_that_is_none_is_refused(url, tmp_path):
    with pytest.raises(ValueError, match="must begin with http:// or https://"):
        fetch(url, SHA, cache_dir=tmp_path)


@pytest.mark.parametrize(
    "name", ["", "..", ".hidden", "a%2f..%2fb", "a%00b", "con", "NUL.pth", "x.", "a%5cb"]
)
def test_a_name_that_is_no_plain_file_name_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="must end with a plain file name"):
        fetch(f"http://127.0.0.1:9/{name}", SHA, cache_dir=tmp_path)


@pytest.mark.parametrize("sha256", ["", "f37072f", "g" * 64, "0" * 65, "sha256:" + "0" * 64, None])
def test_a_checksum_that_is_none_is_refused(sha256, tmp_path):
    with pytest.raises(ValueError, match="must be 64 hexadecimal digits, or the first 8 or more"):
        fetch("http://127.0.0.1:9/a.pth", sha256, cache_dir=tmp_path)


def test_the_cache_is_where_the_environment_says(monkeypatch, tmp_path, get):
    monkeypatch.setenv("JAXCNN_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    assert get(cache_dir=None) == tmp_path / "mine" / NAME
    monkeypatch.setenv("JAXCNN_CACHE", "~/x")
    assert cache_folder() == Path.home() / "x"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the rules of XDG")
def test_without_a_choice_the_cache_follows_xdg(monkeypatch, tmp_path):
    monkeypatch.delenv("JAXCNN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "jaxcnn"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == Path.home() / ".cache" / "jaxcnn"
