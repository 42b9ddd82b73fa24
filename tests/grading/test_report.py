"""The report on a class counts what the gradebook has, names who needs the instructor, and hides nobody's formula."""

import csv
import shutil

import pytest
from a_class import course, enrol, hand_in, opened, put
from commands import runner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader import api
from nbgrader_cells import marked
from sqlalchemy import delete, update

from minigrad.command.report import report as command
from minigrad.course.beliefs import BELIEFS
from minigrad.grading import verdict_table
from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.exercises import heading_in, in_notebook, spelled, titled
from minigrad.grading.record import MISSING, UNDECIDED
from minigrad.grading.report import histogram, report, spread
from minigrad.grading.report_forms import as_csv, as_page, as_text, with_code

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


def test_who_is_graded_as_grade_counts_who_needs_the_instructor_and_who_is_missing(found):
    assert (len(found.submissions), found.graded, list(found.absent)) == (4, 3, ["eve"])
    assert found.problems == {"dee": "No notebook was handed in."}
    assert found.by_hand.students == 1 and found.by_hand.cells == {"essay": 1}


def test_damaged_submissions_are_all_named_and_cells_to_mark_by_hand_take_one_line(folder):
    for number in range(30):
        hand_in(folder, f"damaged-{number}", (None, None, None), problem="Damaged.")
        hand_in(folder, f"written-{number}")
    said = run("ps1")[1]
    assert said.count("Damaged.") == 30 and "63" not in said.partition("Need you")[0]
    assert "To be marked by hand, of 31 students essay: 31" in said and "written-7" not in said


def test_what_the_instructor_has_seen_to_waits_no_more(folder):
    with opened(folder) as book:
        book.execute(update(api.Grade.__table__).where(api.Grade.notebook_id == "dee")
                     .values(manual_score=1.0, needs_manual_grade=False))  # fmt: skip
    found = report(CourseFolder(), "ps1")
    assert not found.problems and found.by_hand.cells == {"essay": 1}


def test_a_test_that_was_left_undecided_needs_the_instructor_as_grade_says(folder):
    hand_in(folder, "fay", (None, 3.0, None), verdict=UNDECIDED, reason="It brings up a class.")
    assert report(CourseFolder(), "ps1").problems["fay"] == "test-mean: It brings up a class."


def test_points_in_all_and_in_each_exercise_are_of_those_who_could_be_graded(found):
    assert found.most == 10 and found.counted == 3 and found.spread == spread([10, 5.5, 2])
    mean, mode, essay = found.exercises
    assert (mean.title, mean.most, mean.marked, mean.full) == ("test-mean", 2, 3, 2)
    assert mean.spread == spread([2, 0, 2])
    assert found.histogram == [0, 0, 1, 0, 0, 1, 0, 0, 0, 1]


def test_what_is_not_marked_for_all_is_no_loss(found):
    essay = found.exercises[-1]
    assert (essay.marked, essay.of, essay.spread) == (2, 3, None)
    assert [each.title for each in found.hardest] == ["test-mean", "test-mode"]


def test_a_mark_that_nbgrader_wants_looked_at_again_is_a_mark(folder):
    with opened(folder) as book:
        book.execute(update(api.Grade.__table__).where(api.Grade.id == "ada essay").values(needs_manual_grade=True))
    found = report(CourseFolder(), "ps1")
    assert found.by_hand.cells == {"essay": 2} and found.exercises[-1].marked == 2
    assert "ada,,10,0,2,3,5" in as_csv(found)


def test_who_handed_in_no_notebook_is_named_and_not_counted(folder):
    hand_in(folder, "fay", (0.0, 0.0, 0.0), kind=MISSING, notes=["The notebook was not handed in."])
    found = report(CourseFolder(), "ps1")
    assert found.not_handed_in == {"fay": ["p1"]} and found.counted == 3 and found.graded == 4
    assert "get no points fay (p1)" in run("ps1")[1] and not found.notes


def test_marks_of_a_submission_that_is_gone_and_a_submission_without_marks_are_told(folder):
    for student in ("ada", "bob", "cem", "new"):
        (folder / "submitted" / student / "ps1").mkdir(parents=True)
    said = run("ps1")[1]
    assert "not in the folder of submissions any more dee" in said
    assert "Not graded yet new: run `minigrad grade ps1`" in said


def test_what_was_mended_is_told_on_the_page_for_all_and_for_some_on_the_terminal(folder):
    for number in range(25):
        hand_in(folder, f"s{number:02}", notes=[f"copy-{number} was taken for it."])
    code, said = run("ps1", "--html", "class.html")
    assert "Notes s00: copy-0 was taken for it." in said and "and 5 more; --html FILE has all of them" in said
    assert "copy-24 was taken for it." in (folder / "class.html").read_text() and "copy-24" not in said


def test_whom_the_settings_leave_out_is_not_in_it(folder):
    with open(folder / "nbgrader_config.py", "a") as settings:
        settings.write('c.CourseDirectory.student_id_exclude = "bob,dee,eve"\n')
    found = report(CourseFolder(), "ps1")
    assert list(found.students) == ["ada", "cem"] == list(found.submissions) and not found.problems
    assert "2 students: 2 graded, none in need of you, 0 missing." in run("ps1")[1]


def test_where_all_lost_the_same_nothing_is_hardest(folder):
    with opened(folder) as book:
        for number in range(9):
            put(book, api.BaseCell, id=f"q{number}", name=f"q{number}", notebook_id="p1", type="GradeCell")
            put(book, api.GradeCell, id=f"q{number}", max_score=2, cell_type="code")
            for student in ("ada", "bob", "cem", "dee"):
                put(book, api.Grade, id=f"{student} q{number}", notebook_id=student, cell_id=f"q{number}",
                    auto_score=0.0)  # fmt: skip
    assert report(CourseFolder(), "ps1").hardest == []


def answer(name):
    return marked(new_code_cell(""), name, solution=True)


def graded(name):
    return marked(new_code_cell(""), name, grade=True)


def test_tests_that_are_called_after_the_answer_above_them_are_one_exercise():
    cells = [new_markdown_cell("# All\n\n```\n# no heading\n```"), new_markdown_cell("Text.\n\n## The `mean` ##"),
             answer("mean-answer"), graded("mean-check"), graded("mean-hidden"), graded("other"),
             answer("mean"), graded("mean-more"), new_markdown_cell("# Next"), graded("mean-last")]  # fmt: skip
    names = {"mean-check", "mean-hidden", "other", "mean-more", "mean-last"}
    assert list(in_notebook(new_notebook(cells=cells), names)) == [
        (("mean-check", "mean-hidden"), "The mean"),
        (("other",), "The mean"),
        (("mean-more",), "The mean"),
        (("mean-last",), "Next"),
    ]


def test_a_heading_is_the_last_one_above_and_no_comment_in_code():
    assert heading_in("# Numbers\n\n## The `mean` ##\n\n```python\n# sum\n```\n") == "The mean"
    assert heading_in("Text.\n~~~\n# sum") == ""


def test_a_heading_is_an_exercises_title_if_it_is_of_no_other():
    listed = [("a", ("x",), "One"), ("a", ("y",), "Two"), ("a", ("z",), "Two"), ("b", ("x",), "B"), ("b", ("y",), "B")]
    assert [each.title for each in titled(listed)] == ["One", "Two: y", "Two: z", "x", "y"]


def test_a_cell_is_called_by_its_notebook_too_where_several_have_its_name():
    assert list(spelled([("a", "x"), ("b", "x"), ("b", "y")]).values()) == ["a:x", "b:x", "y"]


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
    assert histogram([0, 0], 0) == []  # there is nothing to have a share of


def test_cells_stand_as_in_the_instructors_notebook_and_else_by_their_numbers(folder):
    with opened(folder) as book:
        for number in (10, 9):
            put(book, api.BaseCell, id=f"q{number}", name=f"q{number}", notebook_id="p1", type="GradeCell")
            put(book, api.GradeCell, id=f"q{number}", max_score=1, cell_type="code")
    titles = list(report(CourseFolder(), "ps1").cells.values())
    assert titles == ["test-mean", "test-mode", "essay", "q9", "q10"]
    (folder / "source/ps1/p1.ipynb").write_text("damaged")
    titles = list(report(CourseFolder(), "ps1").cells.values())
    assert titles == ["essay", "q9", "q10", "test-mean", "test-mode"]


def test_beliefs_are_named_in_words_with_their_lesson_those_of_most_students_first(found):
    first, second = found.beliefs
    assert (first.words, first.students, first.lesson) == (BELIEFS[TRACKED].words, 2, "01_requires_grad")
    assert first.exercises == ("test-mean", "test-mode") and second.students == 1


def test_a_class_without_verdicts_says_that_beliefs_are_not_known(folder):
    with opened(folder) as book:
        verdict_table.TABLE.drop(book)
    assert "Nothing is known of them: `minigrad grade` has not graded this assignment." in run("ps1")[1]


def test_the_table_has_a_row_for_each_student_and_nothing_where_nothing_is_decided(found):
    rows = list(csv.reader(as_csv(found).splitlines()))
    assert rows[0] == ["student", "name", "total", "late penalty", "test-mean", "test-mode", "essay"]
    assert rows[1] == ["ada", "", "10", "0", "2", "3", "5"]
    assert rows[2] == ["bob", "", "5.5", "1.5", "0", "3", "4"]
    assert rows[3] == ["cem", "", "2", "0", "2", "0", ""]
    assert rows[5] == ["eve", "'=cmd|' /C calc'!A0 Ünal", "", "", "", "", ""]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "\n=1"])
def test_what_a_spreadsheet_would_compute_becomes_text(text):
    assert as_text(text) == f"'{text}"
    assert as_text("Anna-Lena") == "Anna-Lena"


def test_the_page_says_the_same_and_takes_names_for_text(folder):
    with opened(folder) as book:
        put(book, api.Student, id="<script>alert(1)</script>")
    page = as_page(report(CourseFolder(), "ps1"))
    assert "<script" not in page and "&lt;script&gt;alert(1)" in page
    assert "6 students: 3 graded, 1 in need of you, 2 missing." in page
    for said in ("test-mode", "No notebook was handed in.", "Every tensor is tracked.", "01_requires_grad"):
        assert said in page


def test_the_terminal_says_it_and_the_files_are_written(folder):
    code, said = run("ps1", "--html", "class.html", "--csv", "class.csv")
    assert code == 0
    parts = [
        "ps1: 5 students: 3 graded, 1 in need of you, 1 missing.",
        "test-mean 2 1.33 2 1 to 2 2 of 3",
        "essay 5 2 of 3 marked",
        "total 10 5.83 5.5",
        "These are of 3 students",
        "Where most was lost 33 % of the points: test-mean 33 % of the points: test-mode",
        "2 Every tensor is tracked.",
        "dee: No notebook was handed in.",
        "Missing eve",
        "Written: class.html Written: class.csv",
    ]
    assert [part for part in parts if part not in said] == []
    assert (folder / "class.html").read_text(encoding="utf-8") == as_page(report(CourseFolder(), "ps1"))
    assert (folder / "class.csv").read_bytes().startswith(b"\xef\xbb\xbfstudent,name,total")
    assert not list(folder.glob(".*.part"))


def test_of_a_class_without_marks_nothing_is_written(folder):
    with opened(folder) as book:
        for table in (api.Grade, api.Comment, api.SubmittedNotebook, api.SubmittedAssignment, verdict_table):
            book.execute(delete(table.TABLE if table is verdict_table else table.__table__))
    said = "Error: Nobody has marks for ps1 yet: run `minigrad grade ps1` first."
    assert run("ps1", "--html", "class.html", "--csv", "class.csv") == (1, said)
    assert not list(folder.glob("class.*"))


def test_sentences_of_ours_have_their_code_as_code():
    assert with_code("`a = x` makes <b> a copy") == "<code>a = x</code> makes &lt;b&gt; a copy"


def test_a_class_that_has_everything_has_nothing_hardest(folder):
    with opened(folder) as book:
        book.execute(update(api.Grade.__table__).values(manual_score=5.0, needs_manual_grade=False))
    assert "most was lost" not in run("ps1")[1]


def test_an_assignment_that_is_not_there_or_a_file_that_cannot_be_written_is_one_sentence(folder):
    assert run("ps2") == (1, "Error: The gradebook knows no assignment ps2 yet: run `minigrad grade ps2` first.")
    code, said = run("ps1", "--csv", "nowhere/class.csv")
    assert code == 1 and said == "Error: nowhere/class.csv cannot be written: No such file or directory."
