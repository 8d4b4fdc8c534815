"""A user of its own for each submission, and what that user can reach."""

import os
import pwd
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.sandbox import _reach, identity
from grader.sandbox.identity import Identity, hand_over

root = pytest.mark.skipif(not identity.available(), reason="needs to be root")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@linux
class TestNumbers:
    def test_it_is_nobodys(self):
        one = Identity()
        with pytest.raises(KeyError):
            pwd.getpwuid(one.number)
        assert one.number not in identity._users_of_processes()
        one.close()

    def test_no_two_submissions_have_the_same_at_the_same_time(self, monkeypatch):
        monkeypatch.setattr(identity, "_numbers", lambda: range(70001, 70004))
        held = [Identity() for _ in range(3)]
        assert len({one.number for one in held}) == 3
        with pytest.raises(OSError, match="no free user"):
            Identity()
        held[1].close()
        again = Identity()
        assert again.number == held[1].number
        for one in (held[0], held[2], again):
            one.close()

    def test_also_not_in_another_process(self, monkeypatch):
        monkeypatch.setattr(identity, "_numbers", lambda: range(70001, 70002))
        one = Identity()
        code = (
            "from grader.sandbox import identity\nidentity._numbers = lambda: range(70001, 70002)\n"
            "identity.Identity()"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert "no free user" in done.stderr
        one.close()

    def test_one_that_a_process_runs_under_is_not_taken(self, monkeypatch):
        monkeypatch.setattr(identity, "_numbers", lambda: range(70001, 70002))
        monkeypatch.setattr(identity, "_users_of_processes", lambda: iter([0, 70001]))
        with pytest.raises(OSError, match="no free user"):
            Identity()

    def test_in_a_container_with_few_users_it_is_one_of_these(self, monkeypatch):
        monkeypatch.setattr(Path, "read_text", lambda path, encoding: "0 100000 65536\n")
        assert identity._numbers() == range(32768, 65536)


@root
def test_submission_and_scratch_are_handed_over_to_that_user_alone(tmp_path):
    folder = tmp_path / "made"
    submission, scratch = folder / "submission", folder / "scratch"
    submission.mkdir(parents=True)
    scratch.mkdir()
    folder.chmod(0o700)
    (submission / "q01.py").write_text("x")
    hand_over(submission, scratch, 70001)

    def of(path: Path) -> tuple[int, int, int]:
        status = path.stat()
        return status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)

    assert of(folder) == (0, 70001, 0o710)
    assert of(submission) == (0, 70001, 0o750)
    assert of(submission / "q01.py") == (0, 70001, 0o640)
    assert of(scratch) == (70001, 70001, 0o700)


class TestReach:
    @pytest.fixture
    def closed(self, tmp_path) -> Path:
        """``home`` is closed; in it a package and a secret; ``link`` leads to the package."""
        # Up to the folder for temporary files; pytest closes its own again when it next starts.
        temporary = Path(tempfile.gettempdir())
        for folder in (tmp_path, *tmp_path.parents):
            if folder.is_relative_to(temporary) and folder != temporary:
                folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
        home = tmp_path / "home"
        (home / "lib/package").mkdir(parents=True)
        (home / "lib/package/code.py").write_text("x = 1")
        (home / "secret").write_text("y = 2")
        (tmp_path / "link").symlink_to(home / "lib/package")
        home.chmod(0o700)
        return home

    def test_the_highest_closed_folder_is_found_also_behind_a_link(self, closed, tmp_path):
        package = str(closed / "lib/package")
        assert _reach.closed_folders([package], 70001) == {str(closed): [package]}
        assert _reach.closed_folders([str(tmp_path / "link")], 70001) == {str(closed): [package]}
        assert _reach.closed_folders(["/usr/bin", str(closed / "nothing")], 70001) == {}

    @root
    def test_a_folder_is_open_to_its_owner_and_to_its_group(self, closed):
        package = str(closed / "lib/package")
        for mode, owner, group in ((0o710, 0, 70001), (0o700, 70001, 0)):
            os.chown(closed, owner, group)
            closed.chmod(mode)
            assert _reach.closed_folders([package], 70001) == {}
            assert _reach.closed_folders([package], 70002) == {str(closed): [package]}

    @root
    def test_another_user_then_reaches_what_it_needs_and_nothing_else(self, closed, tmp_path):
        code = f"""
import os, sys
from grader.sandbox import _reach, _syscalls
home = {str(closed)!r}
try:
    _reach.open_up([home + "/lib/package", {str(tmp_path / "link")!r}], 70001)
except OSError as error:
    sys.exit(f"cannot: {{error}}")
_syscalls.become(70001)
print(open(home + "/lib/package/code.py").read(), open({str(tmp_path)!r} + "/link/code.py").read())
print(sorted(os.listdir(home)), os.getresuid(), os.getresgid(), os.getgroups())
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        if "cannot" in done.stderr:
            pytest.skip(done.stderr)
        user = (70001,) * 3
        assert done.stdout.splitlines() == ["x = 1 x = 1", f"['lib'] {user} {user} []"]
        assert (closed / "secret").exists(), "the view is that process's own"


@root
def test_who_is_another_user_can_look_into_its_own_part_of_proc():
    code = (
        "import os\nfrom grader.sandbox import _syscalls\n_syscalls.become(70001)\n"
        "print(os.stat('/proc/self/maps').st_uid, len(open('/proc/self/maps').read()) > 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "70001 True\n"
    assert os.geteuid() == 0
