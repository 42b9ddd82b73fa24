"""The report on a class counts what the gradebook has, names who needs the instructor, and hides nobody's formula."""

import csv
import shutil

import pytest
from a_class import course, enrol, hand_in, opened, put
from commands import runner
from nbgrader import api
from sqlalchemy import delete, update

from minigrad.command.report import report as command
from minigrad.course.beliefs import BELIEFS
from minigrad.grading import verdict_table
from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.report import histogram, report, spread
from minigrad.grading.report_forms import as_csv, as_page, as_text

run = runner(command)
TRACKED, ZERO = "every-tensor-is-tracked", "grad-starts-at-zero"


@pytest.fixture(scope="module")
def whole_class(tmp_path_factory):
    """ada has everything, bob and cem fail a test each, dee needs the instructor, eve has handed in nothing."""
    folder = tmp_path_factory.mktemp("class")
    course(folder)
    hand_in(folder, "ada", manual={"essay": 5.0})
    hand_in(folder, "bob", (0.0, 3.0, None), manual={"essay": 4.0}, penalty=1.5, beliefs=[TRACKED, ZERO])
    hand_in(folder, "cem", (2.0, 0.0, None), beliefs=[TRACKED])
    hand_in(folder, "dee", (None, None, None), problem="No notebook was handed in.")
    with opened(folder) as book:
        enrol(book, "eve", "=cmd|' /C calc'!A0", "Ünal")
    return folder


@pytest.fixture
def folder(whole_class, tmp_path, monkeypatch):
    shutil.copytree(whole_class, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def found(folder):
    return report(CourseFolder(), "ps1")


def test_who_is_graded_who_needs_the_instructor_and_who_is_missing(found):
    assert (len(found.submissions), found.graded, list(found.missing)) == (4, 2, ["eve"])
    assert found.waiting == {"cem": "to be marked by hand: essay", "dee": "No notebook was handed in."}


def test_what_the_instructor_has_seen_to_waits_no_more(folder):
    with opened(folder) as book:
        book.execute(update(api.Grade.__table__).where(api.Grade.notebook_id == "dee")
                     .values(manual_score=1.0, needs_manual_grade=False))  # fmt: skip
    assert list(report(CourseFolder(), "ps1").waiting) == ["cem"]


def test_points_in_all_and_in_each_cell(found):
    assert found.most == 10 and found.spread == spread([10, 5.5, 2, 0])
    mean, mode, essay = found.cells
    assert (mean.title, mean.most, mean.marked, mean.full) == ("test-mean", 2, 3, 2)
    assert mean.spread == spread([2, 0, 2]) and essay.spread == spread([5, 4])
    assert [cell.title for cell in found.hardest] == ["test-mean", "test-mode", "essay"]
    assert found.histogram == [1, 0, 1, 0, 0, 1, 0, 0, 0, 1]


def test_extra_credit_counts(folder):
    with opened(folder) as book:
        book.execute(update(api.Grade.__table__).where(api.Grade.notebook_id == "ada").values(extra_credit=0.5))
    assert report(CourseFolder(), "ps1").submissions["ada"].total == 11.5


def test_the_spread_of_few_numbers():
    assert spread([]) is None
    assert vars(spread([3.0])) == dict(mean=3.0, median=3.0, lower=3.0, upper=3.0)
    assert vars(spread([1, 2, 3, 4, 5])) == dict(mean=3, median=3, lower=2, upper=4)


def test_a_histogram_holds_everybody():
    assert histogram([-1, 0, 0.99, 1, 10, 12], 10) == [3, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert sum(histogram([0, 0], 0)) == 2


def test_cells_stand_as_in_the_instructors_notebook_and_else_by_their_numbers(folder):
    with opened(folder) as book:
        for number in (10, 9):
            put(book, api.BaseCell, id=f"q{number}", name=f"q{number}", notebook_id="p1", type="GradeCell")
            put(book, api.GradeCell, id=f"q{number}", max_score=1, cell_type="code")
    titles = [cell.title for cell in report(CourseFolder(), "ps1").cells]
    assert titles == ["test-mean", "test-mode", "essay", "q9", "q10"]
    (folder / "source/ps1/p1.ipynb").write_text("damaged")
    titles = [cell.title for cell in report(CourseFolder(), "ps1").cells]
    assert titles == ["essay", "q9", "q10", "test-mean", "test-mode"]


def test_beliefs_are_named_in_words_with_their_lesson_those_of_most_students_first(found):
    first, second = found.beliefs
    assert (first.words, first.students, first.lesson) == (BELIEFS[TRACKED].words, 2, "01_requires_grad")
    assert first.cells == ("test-mean", "test-mode") and second.students == 1


def test_a_class_without_verdicts_says_that_beliefs_are_not_known(folder):
    with opened(folder) as book:
        verdict_table.TABLE.drop(book)
    assert "Nothing is known of them: `minigrad grade` has not graded this assignment." in run("ps1")[1]


def test_the_table_has_a_row_for_each_student_and_nothing_where_nothing_is_decided(found):
    rows = list(csv.reader(as_csv(found).splitlines()))
    assert rows[0] == ["student", "name", "total", "test-mean", "test-mode", "essay"]
    assert rows[1] == ["ada", "", "10", "2", "3", "5"]
    assert rows[3] == ["cem", "", "2", "2", "0", ""]
    assert rows[5] == ["eve", "'=cmd|' /C calc'!A0 Ünal", "", "", "", ""]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "\n=1"])
def test_what_a_spreadsheet_would_compute_becomes_text(text):
    assert as_text(text) == f"'{text}"
    assert as_text("Anna-Lena") == "Anna-Lena"


def test_the_page_says_the_same_and_takes_names_for_text(folder):
    with opened(folder) as book:
        put(book, api.Student, id="<script>alert(1)</script>")
    page = as_page(report(CourseFolder(), "ps1"))
    assert "<script" not in page and "&lt;script&gt;alert(1)" in page
    assert "4 of 6 students have handed in: 2 graded, 2 need you, 2 missing." in page
    for said in ("test-mode", "No notebook was handed in.", "Every tensor is tracked.", "01_requires_grad"):
        assert said in page


def test_the_terminal_says_it_and_the_files_are_written(folder):
    code, said = run("ps1", "--html", "class.html", "--csv", "class.csv")
    assert code == 0
    parts = [
        "ps1: 4 of 5 students have handed in: 2 graded, 2 need you, 1 missing.",
        "test-mean 2 1.33 2 1 to 2 2 of 3",
        "total 10 4.38 3.75",
        "Most was lost in: test-mean (the class has 67 %)",
        "2 Every tensor is tracked.",
        "dee: No notebook was handed in.",
        "Missing eve",
        "Written: class.html Written: class.csv",
    ]
    assert [part for part in parts if part not in said] == []
    assert (folder / "class.html").read_text(encoding="utf-8") == as_page(report(CourseFolder(), "ps1"))
    assert (folder / "class.csv").read_bytes().startswith(b"\xef\xbb\xbfstudent,name,total")
    assert not list(folder.glob(".*.part"))


def test_a_class_that_has_handed_in_nothing(folder):
    with opened(folder) as book:
        for table in (api.Grade, api.Comment, api.SubmittedNotebook, api.SubmittedAssignment, verdict_table):
            book.execute(delete(table.TABLE if table is verdict_table else table.__table__))
    code, said = run("ps1", "--html", "class.html", "--csv", "class.csv")
    assert code == 0 and "0 of 5 students have handed in" in said
    assert "Nobody has marks yet. `minigrad grade ps1` gives them." in said
    assert "Nobody has marks yet." in (folder / "class.html").read_text()
    assert len((folder / "class.csv").read_text().splitlines()) == 6


def test_a_class_that_has_everything_has_nothing_hardest(folder):
    with opened(folder) as book:
        book.execute(update(api.Grade.__table__).values(manual_score=5.0, needs_manual_grade=False))
    assert "Most was lost" not in run("ps1")[1]


def test_an_assignment_that_is_not_there_or_a_file_that_cannot_be_written_is_one_sentence(folder):
    assert run("ps2") == (1, "Error: The gradebook knows no assignment ps2 yet: run `minigrad grade ps2` first.")
    code, said = run("ps1", "--csv", "nowhere/class.csv")
    assert code == 1 and said == "Error: nowhere/class.csv cannot be written: No such file or directory."
