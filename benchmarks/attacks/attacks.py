"""The catalogue: what each attack wants, which file it is, and where it makes sense.

A file of ``tests/attacks/submissions`` serves as it stands where it can; one below ``submissions/`` here serves every
grader, or, in a folder of the attack's name, the grader it is named after.  The table says which.
"""

from dataclasses import dataclass, field
from pathlib import Path

import course
from course import Submission

HERE = Path(__file__).parent / "submissions"
SUITE = course.REPOSITORY / "tests/attacks/submissions"
OURS = "ours"


@dataclass(frozen=True)
class Attack:
    """One attack.

    Args:
        name: also the name of its file.
        aim: what the attacker wants, in a few words, for the table.
        goal: how success is told: ``marks`` (points without the work), ``reach`` (the submission answers rightly
            when it got what it must not have), ``trace`` (something left after the run), ``halt`` (the run, or
            the honest rest of the same submission, is lost).
        honest: points that its honest part is worth; only a ``halt`` has one.
        runs: how often it is graded on the same machine; the last run counts.
        apart: families of graders where it does not apply, and why.
    """

    name: str
    aim: str
    goal: str
    honest: float = 0
    runs: int = 1
    apart: dict[str, str] = field(default_factory=dict)

    def submissions(self, family: str) -> list[Submission]:
        """What is handed in to a grader of that family.

        Ours gets the suite's as well as that for all, where both exist; the worse counts.
        """
        found = []
        own = HERE / self.name
        if (own / f"{family}.py").exists():
            found.append(Submission((own / f"{family}.py").read_text("utf-8")))
        elif own.with_suffix(".py").exists():
            found.append(Submission(own.with_suffix(".py").read_text("utf-8")))
        elif (own / course.FILE).exists():
            found.append(of_folder(own))
        if not found or (family == OURS and (SUITE / self.name).exists()):
            found.append(of_folder(SUITE / self.name))
        return found


def of_folder(folder: Path) -> Submission:
    """A file as it is asked for, and beside it what lies there under ``NAME.txt``, handed in as ``NAME``."""
    extras = {
        str(path.relative_to(folder).with_suffix("")): path.read_bytes()
        for path in sorted(folder.rglob("*.txt"))
    }
    return Submission((folder / course.FILE).read_text("utf-8"), extras)


ALONE = "each submission has a container of its own"
NO_PICKLE = "nothing that student code wrote is unpickled"

ATTACKS = (
    # Answers that lie.
    Attack("constant_answers", "constants that are right for some inputs", "marks"),
    Attack("lookup_table", "a table of the answers to inputs seen before", "marks"),
    Attack("always_equal", "objects that equal everything", "marks"),
    Attack("array_subclass", "arrays whose comparisons always agree", "marks"),
    Attack("type_names", "types that bear the names of others", "marks"),
    # A process that ends well.
    Attack("exit_status", "leave with status 0 when imported", "marks"),
    Attack("at_exit", "leave with status 0 in a test, write results at exit", "marks"),
    Attack("skip_the_tests", "raise what a test framework takes for a skipped test", "marks"),
    Attack("end_the_session", "raise what ends a test session well", "marks"),
    Attack("result_files", "write the result oneself", "marks"),
    # What does the grading is within reach.
    Attack("patch_numpy", "NumPy's comparisons say yes", "marks"),
    Attack("patch_pytest", "assertions of pytest, unittest and Python say yes", "marks"),
    Attack("patch_grader", "the grader's own functions say yes", "marks"),
    Attack(
        "configuration_beside", "conftest.py, sitecustomize.py, numpy.py beside the file", "reach"
    ),
    Attack(
        "pickle_on_the_wire",
        "code in what the grading process unpickles",
        "reach",
        apart={
            "pytest": NO_PICKLE,
            "gradescope": NO_PICKLE,
            "nbgrader": NO_PICKLE,
        },
    ),
    Attack("frames_and_gc", "the expected answers, from the frames above", "marks"),
    Attack("read_solutions", "the hidden tests or the solution, from the disk", "marks"),
    # What is not the submission's business.
    Attack("environment", "a token in the teacher's environment", "reach"),
    Attack("private_files", "a private file in the teacher's home", "reach"),
    Attack(
        "other_submissions", "the work of another student", "reach", apart={"gradescope": ALONE}
    ),
    Attack("command_lines", "command lines of other processes", "reach"),
    Attack("read_through_proc", "environment or memory of other processes", "reach"),
    Attack("parent_memory", "memory of the processes above, by ptrace", "reach"),
    Attack("network_access", "a service on the teacher's machine", "reach"),
    Attack(
        "socket_on_a_path",
        "a service on a path, by a pair of sockets that is addressed anew",
        "reach",
    ),
    Attack("new_processes", "start processes and namespaces", "reach"),
    Attack("uncounted_memory", "6 GiB that no limit counts", "reach"),
    Attack("host_settings", "settings and devices of the machine", "reach"),
    # What remains.
    Attack("daemon", "a process that outlives the run", "trace"),
    Attack("system_v", "a queue and semaphores that outlive the run", "trace"),
    Attack("poison_the_next_run", "files that change the next run", "reach", runs=2),
    Attack("fake_report", "escape sequences on the teacher's terminal", "trace"),
    # The run itself. Two of three functions are honest work, worth 3 points.
    Attack("kill_the_grader", "kill the processes above it", "reach"),
    Attack("segfault", "one function crashes the process", "halt", honest=3),
    Attack("endless_loop", "one function never ends", "halt", honest=3),
    Attack("slow_import", "sleep 25 s when imported, and end the process at each call", "halt"),
    Attack("huge_output", "one function prints 64 MB", "halt", honest=3),
    Attack("huge_answer", "one function answers with a key of 30 MB", "halt", honest=3),
    Attack("hostile_labels", "texts that no report can hold", "halt"),
)

# Messages forged between the two halves of this repository's grader. The others have no such boundary to forge a
# message across, so these say nothing about them; tests/attacks runs them at each level.
OURS_ALONE = (
    "forged_frames",
    "huge_frame",
    "malformed_faults",
    "network_in_a_reply",
    "patch_wire_encode",
    "replies_that_say_passed",
)
