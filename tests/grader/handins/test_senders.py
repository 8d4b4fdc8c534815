"""Whose is what: platforms' layouts, plain folders, the roster."""

import pytest

from grader.handins import HandinsError, State

Q1, Q2 = "q01_square.py", "q02_double.py"

METADATA = """---
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: '2001'
    :email: ada@example.org
  - :name: Grace Hopper
    :sid: '2002'
    :email: grace@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: &1 2026-11-28 10:00:00.000000000 Z
    time: *1
  :score: 3.0
submission_12:
  :submitters:
  - :name: Élodie Dupont
    :sid:
    :email: elodie@example.org
  :created_at: 2026-11-28
"""


def ids(handins) -> list[str]:
    return [handin.student.id for handin in handins.handins]


def test_moodle_in_folders(delivery):
    delivery.put(
        {
            f"Ada Lovelace_1234567_assignsubmission_file_/{Q1}": delivery.square,
            "Ada Lovelace_1234567_assignsubmission_onlinetext_/onlinetext.html": "<p>",
            f"Élodie DUPONT_1234568_assignsubmission_file/tp/{Q1}": delivery.square,
        }
    )
    read = delivery.read()
    assert [(h.student.id, h.student.name) for h in read.handins] == [
        ("1234567", "Ada Lovelace"),
        ("1234568", "Élodie DUPONT"),
    ]
    assert [h.state for h in read.handins] == [State.READY] * 2
    assert len(read.handins[0].accounts) == 2


def test_moodle_without_folders(delivery, zipped):
    delivery.put(
        {
            f"Ada Lovelace_7_assignsubmission_file_{Q1}": delivery.square,
            f"Ada Lovelace_7_assignsubmission_file_{Q2}": delivery.double,
            "Grace Hopper_8_assignsubmission_file_rendu.zip": zipped({Q1: delivery.square}),
        }
    )
    read = delivery.read()
    assert ids(read) == ["7", "8"]
    assert [f.content is not None for h in read.handins for f in h.files] == [
        True,
        True,
        True,
        False,
    ]


def test_a_class_is_read_from_the_archive_that_a_platform_gives(delivery, zipped, course, tmp_path):
    from grader.handins import read_handins

    inner = zipped({f"tp/{Q1}": delivery.square})
    whole = tmp_path / "class.zip"
    whole.write_bytes(
        zipped(
            {
                "Ada L_1_assignsubmission_file_/tp.zip": inner,
                f"B C_2_assignsubmission_file_/{Q1}": "",
            }
        )
    )
    read = read_handins(course, whole)
    assert ids(read) == ["1", "2"]
    assert read.handins[0].files[0].content == delivery.square.encode()


def test_gradescope(delivery):
    delivery.put(
        {
            "assignment_9_export/submission_metadata.yml": METADATA,
            f"assignment_9_export/submission_11/{Q1}": delivery.square,
            f"assignment_9_export/submission_12/{Q2}": delivery.double,
        }
    )
    read = delivery.read()
    assert [(h.student.id, h.student.name) for h in read.handins] == [
        ("2001", "Ada Lovelace"),
        ("2002", "Grace Hopper"),
        ("elodie@example.org", "Élodie Dupont"),
    ]
    one, two, _ = read.handins
    assert one.files[0].content == two.files[0].content == delivery.square.encode()


def test_a_list_of_gradescope_that_is_none_is_told(delivery):
    delivery.put({"submission_metadata.yml": "- [", f"submission_1/{Q1}": ""})
    with pytest.raises(HandinsError, match=r"submission_metadata.yml of Gradescope cannot be read"):
        delivery.read()


def test_canvas(delivery, zipped):
    delivery.put(
        {
            f"lovelaceada_101_5001_{Q1}": delivery.square,
            "lovelaceada_101_5002_q02_double-1.py": delivery.double,
            "hoppergrace_LATE_102_5003_tp.zip": zipped({Q1: delivery.square}),
        }
    )
    read = delivery.read()
    assert [(h.student.id, h.student.name) for h in read.handins] == [
        ("101", "lovelaceada"),
        ("102", "hoppergrace"),
    ]
    assert all(file.content for file in read.handins[0].files)
    assert read.handins[1].files[0].content == delivery.square.encode()


class TestTimes:
    """When something was handed in: what the platform tells, and nothing that it does not."""

    def test_gradescope_tells_the_moment(self, delivery):
        text = METADATA.replace("2026-11-28\n", "2026-11-28 12:00:00.5 +01:00\n")
        delivery.put(
            {"submission_metadata.yml": text, f"submission_11/{Q1}": "", f"submission_12/{Q1}": ""}
        )
        told = {h.student.name: h.handed_in.at for h in delivery.read().handins}
        assert {name: at.isoformat() for name, at in told.items()} == {
            "Ada Lovelace": "2026-11-28T10:00:00+00:00",
            "Grace Hopper": "2026-11-28T10:00:00+00:00",
            "Élodie Dupont": "2026-11-28T12:00:00.500000+01:00",
        }

    def test_a_day_is_no_moment(self, delivery):
        delivery.put({"submission_metadata.yml": METADATA, f"submission_12/{Q1}": ""})
        assert [h.handed_in.at for h in delivery.read().handins] == [None]

    def test_canvas_marks_what_is_late_and_tells_no_time(self, delivery):
        delivery.put({f"ada_101_5001_{Q1}": "", f"bob_LATE_102_5002_{Q1}": ""})
        told = [(h.handed_in.marked_late, h.handed_in.at) for h in delivery.read().handins]
        assert told == [(False, None), (True, None)]

    def test_of_an_archive_of_the_class_the_newest_time_is_kept_and_of_a_students_own_none(
        self, delivery, course, tmp_path, zipped
    ):
        import zipfile

        from grader.handins import read_handins

        with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
            for path, hour in ((Q1, 9), (Q2, 10), ("__MACOSX/._x", 11)):
                info = zipfile.ZipInfo(
                    f"Ada_1_assignsubmission_file_/{path}", (2026, 11, 28, hour, 0, 0)
                )
                archive.writestr(info, delivery.double)
        (handin,) = read_handins(course, tmp_path / "class.zip").handins
        assert handin.handed_in.archived.isoformat() == "2026-11-28T10:00:00"
        delivery.put({"bob.zip": zipped({Q1: delivery.square})})
        assert delivery.only().handed_in.archived is None


def test_what_one_student_sent_twice_is_put_together(delivery, zipped):
    delivery.put(
        {
            f"dupont/{Q1}": delivery.square,
            "dupont (1).zip": zipped({Q2: delivery.double}),
            f"dupont_{Q1}": delivery.square,
        }
    )
    assert delivery.graded() == {"q01": delivery.square, "q02": delivery.double}
    assert len(delivery.only().accounts) == 3


def test_a_file_of_nobody_is_told(delivery):
    delivery.put({f"ada/{Q1}": delivery.square, "bob/x.py": "", "liste.txt": ""})
    (delivery.folder / "ada.txt").write_text("x")
    strays = {a.path: a.fate.value for a in delivery.read().strays}
    assert strays == {"ada.txt": "ignored", "liste.txt": "ignored"}


class TestRoster:
    """Identity from a list."""

    def test_who_sent_nothing_is_there_too(self, delivery):
        delivery.put({f"Ada Lovelace_7_assignsubmission_file_/{Q1}": delivery.square})
        read = delivery.read(
            "Identifier,Full name\nParticipant 7,Ada Lovelace\nParticipant 8,Bob\n"
        )
        assert [(h.student.id, h.state.value) for h in read.handins] == [
            ("7", "ready"),
            ("8", "missing"),
        ]

    @pytest.mark.parametrize(
        "roster",
        [
            "numero;nom;prenom\nE1;DUPONT;Élodie\nE2;Martin;Luc\n",
            "ID,Name\nE1,Élodie Dupont\nE2,Luc Martin\n",
            'Student,ID,Section\n    Points Possible,,\n"Dupont, Élodie",E1,A\n"Martin, Luc",E2,A\n',
            "id\tlogin\nE1\télodie.dupont\nE2\tluc.martin\n",
            "id,email\nE1,elodie.dupont@univ.example\nE2,luc.martin@univ.example\n",
        ],
    )
    @pytest.mark.parametrize("folder", ["DUPONT Élodie", "elodie_dupont", "Elodie Dupont (1)"])
    def test_people_are_found_however_their_names_are_written(self, delivery, roster, folder):
        delivery.put({f"{folder}/{Q1}": delivery.square})
        read = delivery.read(roster)
        assert [(h.student.id, h.state.value) for h in read.handins] == [
            ("E1", "ready"),
            ("E2", "missing"),
        ]

    def test_who_is_not_in_it_is_kept_and_marked(self, delivery):
        delivery.put({f"bob/{Q1}": delivery.square})
        read = delivery.read("id,name\nE1,Ada\n")
        assert [(h.student.id, h.student.listed) for h in read.handins] == [
            ("E1", True),
            ("bob", False),
        ]

    def test_a_name_that_two_have_leads_to_neither(self, delivery):
        delivery.put({f"Luc Martin/{Q1}": delivery.square})
        read = delivery.read("id,name\nE1,Luc Martin\nE2,Martin Luc\n")
        assert [(h.student.id, h.state.value) for h in read.handins] == [
            ("E1", "missing"),
            ("E2", "missing"),
            ("Luc Martin", "ready"),
        ]
        assert not read.handins[2].student.listed

    def test_a_table_of_windows_is_read(self, delivery, tmp_path):
        from grader.handins import read_roster

        path = tmp_path / "liste.csv"
        path.write_bytes("id;nom;prénom\nE1;Dupont;Élodie\n".encode("cp1252"))
        assert read_roster(path).students[0].name == "Élodie Dupont"

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("a,b\n1,2\n", "must have a column such as id"),
            ("id,name\n1,A\n1,B\n", "two rows have the id '1'"),
            ("id,group\n,2\n", "row 2: there is no id"),
            ("", "must have a header"),
        ],
    )
    def test_what_is_no_roster_is_refused(self, delivery, text, problem):
        with pytest.raises(HandinsError, match=problem):
            delivery.read(text)
