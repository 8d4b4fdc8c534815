"""What an author of questions needs: stubs cut from solutions, and the proof that a course holds."""

from grader.authoring._archive import to_zip
from grader.authoring._declared import Finding
from grader.authoring._pack import Packed, PackError, instructors_files, pack_course
from grader.authoring._proof import check_course
from grader.authoring._recording import RecordingError
from grader.authoring._scaffold import ScaffoldError, add_question, complete_messages, new_course
from grader.authoring._stubs import write_stubs
from grader.authoring._variants import variant_source

__all__ = [
    "Finding",
    "PackError",
    "Packed",
    "RecordingError",
    "ScaffoldError",
    "add_question",
    "check_course",
    "complete_messages",
    "instructors_files",
    "new_course",
    "pack_course",
    "to_zip",
    "variant_source",
    "write_stubs",
]
