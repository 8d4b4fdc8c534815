"""Archives that are broken, or that somebody made to do harm."""

import io
import os
import struct
import tarfile
import zipfile

import pytest

from grader.handins import _archives
from grader.handins._names import decoded

Q1, Q2 = "q01_square.py", "q02_double.py"


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2"])
def test_tars_are_read(delivery, tarred, mode):
    delivery.put({"ada.tar": tarred({f"./tp/{Q1}": delivery.square}, mode)})
    assert delivery.graded() == {"q01": delivery.square}


def test_archives_in_archives_are_opened(delivery, zipped, tarred):
    delivery.put({"ada.zip": zipped({"a/b.tar.gz": tarred({Q1: delivery.square})})})
    assert delivery.graded() == {"q01": delivery.square}
    assert delivery.fates() == {f"ada.zip/a/b.tar.gz/{Q1}": "graded"}


def test_a_tar_with_a_zip_at_its_end_is_a_tar(delivery, zipped, tarred):
    inner = zipped({Q2: delivery.double})
    delivery.put({"ada.tar": tarred({Q1: delivery.square, "z.zip": inner}, "w")})
    assert delivery.graded() == {"q01": delivery.square, "q02": delivery.double}


@pytest.mark.parametrize(
    "content", [b"", b"not an archive", b"PK\3\4 broken", b"\x1f\x8b\x08broken", b"Rar!\x1a\x07\0"]
)
@pytest.mark.parametrize("name", ["ada.zip", "ada.tar.gz", "ada.rar", "ada/tp.7z"])
def test_an_archive_that_cannot_be_opened_is_no_zero(delivery, name, content):
    delivery.put({name: content})
    assert delivery.undecided() == ["q01", "q02"]
    assert list(delivery.fates().values()) == ["unread"]


def test_half_an_archive_is_no_zero(delivery, zipped):
    whole = zipped({Q1: os.urandom(5000)})
    delivery.put({f"ada/{Q2}": delivery.double, "ada/tp.zip": whole[:3000]})
    assert delivery.undecided() == ["q01"]


@pytest.mark.parametrize("name", [f"../bob/{Q1}", f"/etc/{Q1}", f"C:\\{Q1}", f"a/../../{Q1}"])
def test_paths_that_lead_out_are_named_and_not_followed(delivery, zipped, tarred, name):
    delivery.put({"ada.zip": zipped({name: "x = 1\n", Q2: delivery.double})})
    assert delivery.graded() == {"q02": delivery.double}
    assert delivery.undecided() == ["q01"]
    assert not (delivery.folder / "bob").exists()
    delivery.put({"ada.zip": tarred({name: "x = 1\n", Q2: delivery.double})})
    assert delivery.undecided() == ["q01"]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar_are_named_and_not_made(delivery, kind):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        info = tarfile.TarInfo(Q1)
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    delivery.put({"ada.tar": made.getvalue()})
    assert delivery.fates() == {f"ada.tar/{Q1}": "unread"}
    assert delivery.undecided() == ["q01"]


def test_a_link_in_a_zip_is_not_taken_for_its_text(delivery):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        info = zipfile.ZipInfo(Q1)
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    delivery.put({"ada.zip": made.getvalue()})
    assert delivery.fates() == {f"ada.zip/{Q1}": "unread"}


def test_a_bomb_is_not_unpacked(delivery, zipped, tarred, monkeypatch):
    monkeypatch.setattr(_archives.Budget, "of_a_student", lambda: _archives.Budget(2**20, 50))
    bomb = b"0" * 2**19
    names = [f"{n}.py" for n in range(4)]
    delivery.put({"ada.zip": zipped(dict.fromkeys(names, bomb)), f"ada/{Q2}": delivery.double})
    assert delivery.fates()["ada.zip"] == "unread"
    assert delivery.undecided() == ["q01"]
    (account,) = [a for a in delivery.only().accounts if a.path == "ada.zip"]
    assert "too many bytes" in account.why["en"]
    delivery.put({"ada.zip": tarred({"video.mp4": b"0" * 2**21})})
    assert delivery.fates()["ada.zip"] == "unread"


def test_archives_in_a_bomb_share_its_budget(delivery, zipped, monkeypatch):
    monkeypatch.setattr(_archives.Budget, "of_a_student", lambda: _archives.Budget(2**20, 50))
    inner = zipped({"x.py": b"0" * 2**18})
    delivery.put({"ada.zip": zipped({f"{n}.zip": inner for n in range(6)})})
    assert "unread" in delivery.fates().values()
    spooled = [a for a in delivery.only().accounts if a.path.endswith("x.py")]
    assert len(spooled) < 6


def test_very_many_members_are_refused_before_they_are_listed(delivery, zipped, monkeypatch):
    many = zipped({f"{n}": b"" for n in range(9_000)})
    delivery.put({"ada.zip": many})
    (account,) = delivery.only().accounts
    assert "too many files" in account.why["en"]
    opened = []
    monkeypatch.setattr(zipfile, "ZipFile", lambda *a: opened.append(a))
    monkeypatch.setattr(_archives.Budget, "of_a_student", lambda: _archives.Budget(2**20, 50))
    assert "too many files" in delivery.only().accounts[0].why["en"]
    assert opened == []


def test_a_lie_about_a_size_changes_nothing(delivery, zipped):
    whole = bytearray(zipped({Q1: b"#" * 3 * 2**20}))
    for mark, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", whole, whole.find(mark) + at, 10)
    delivery.put({"ada.zip": bytes(whole)})
    assert delivery.graded() == {}
    assert list(delivery.fates().values()) == ["unread"]


def test_a_password_is_told(delivery, zipped):
    whole = bytearray(zipped({Q1: delivery.square}))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        whole[whole.find(mark) + at] |= 1
    delivery.put({"ada.zip": bytes(whole)})
    (account,) = delivery.only().accounts
    assert account.why["fr"] == "protégé par un mot de passe"


@pytest.mark.parametrize("page", ["utf-8", "cp1252", "cp850"])
def test_names_of_old_systems_are_read(page):
    assert (
        decoded("Élodie Müller/carré à rendre.py".encode(page)) == "Élodie Müller/carré à rendre.py"
    )


def test_composed_and_decomposed_names_are_one(delivery, zipped):
    delivery.put({f"Ele\u0301a/{Q1}": delivery.square, f"El\u00e9a/{Q2}": delivery.double})
    assert set(delivery.graded()) == {"q01", "q02"}


@pytest.mark.parametrize("make", ["zipped", "tarred"])
def test_names_in_an_archive_are_composed(delivery, request, make):
    """Macs write them in pieces; a student's id must be what one types."""
    pack = request.getfixturevalue(make)
    delivery.put({"ada.zip": pack({f"E\u0301nonce\u0301/{Q1}": delivery.square})})
    assert delivery.fates() == {f"ada.zip/\u00c9nonc\u00e9/{Q1}": "graded"}


def test_an_archive_inside_too_many_is_named(delivery, zipped):
    made = zipped({Q1: delivery.square})
    for _ in range(5):
        made = zipped({"x.zip": made})
    delivery.put({"ada.zip": made})
    assert list(delivery.fates().values()) == ["unread"]
    assert delivery.undecided() == ["q01", "q02"]
