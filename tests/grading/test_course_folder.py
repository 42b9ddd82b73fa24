"""A course folder is read as its nbgrader_config.py says, and a submission without ever leaving its folder."""

import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader_courses import CONFIG, cell, grade, hand_in, make_course

from minigrad.grading.copy_of_process import in_a_copy
from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.handed_in import DEEPEST, MOST_FILES, files_in
from minigrad.grading.problem import Problem
from minigrad.grading.record import task_from, to_json
from minigrad.grading.sandbox.linux import drop_capabilities


def configured(root, settings):
    (root / "nbgrader_config.py").write_text(f"{CONFIG}{settings}\n")
    return CourseFolder(root)


def task_of(root):
    """The notebook p1 of ps1, read in a process of its own: nbgrader leaves sockets to the kernel open."""
    program = """
import sys
from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.problem import Problem
try:
    print(CourseFolder().task("ps1").masters["p1"].decode())
except Problem as problem:
    print(problem)
"""
    result = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True)
    return result.stdout or result.stderr


def test_the_task_is_the_instructors_notebooks_with_what_lies_beside_them(tmp_path):
    course = make_course(tmp_path, ["p1", "p2"])
    source = tmp_path / "source/ps1"
    (source / "img").mkdir()
    (source / "img/a.png").write_bytes(b"png")
    (source / ".ipynb_checkpoints").mkdir()
    (source / ".ipynb_checkpoints/p1-checkpoint.ipynb").write_text("old")
    (tmp_path / "big.csv").write_text("shared")
    (source / "link.csv").symlink_to(tmp_path / "big.csv")
    task = course.task("ps1")
    assert list(task.masters) == ["p1", "p2"] and task.masters["p1"] == (source / "p1.ipynb").read_bytes()
    assert task.files == {"data.csv": b"1,2\n", "img/a.png": b"png", "link.csv": b"shared"}
    task = configured(tmp_path, """
c.CourseDirectory.notebook_id = "*2"
c.ClearHiddenTests.begin_test_delimeter = "SECRET"
c.ClearSolutions.code_stub = {"python": "pass"}
""").task("ps1")
    assert list(task.masters) == ["p2"] and task.hidden == ("SECRET", "END HIDDEN TESTS")
    assert task.config["ClearSolutions"]["code_stub"]["python"] == "pass"
    assert task_from(to_json(task)) == task


def test_other_names_and_another_order_of_folders_are_found(tmp_path):
    make_course(tmp_path)
    hand_in(tmp_path, "ann")
    (tmp_path / "source").rename(tmp_path / "master")
    (tmp_path / "in/ps1").mkdir(parents=True)
    (tmp_path / "submitted/ann/ps1").rename(tmp_path / "in/ps1/ann")
    course = configured(tmp_path, """
c.CourseDirectory.source_directory = "master"
c.CourseDirectory.submitted_directory = "in"
c.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"
""")
    assert course.students("ps1") == ["ann"]
    assert set(course.job("ps1", "ann").files) == {"p1.ipynb", "timestamp.txt"}
    assert grade(course) == ["ann"]
    assert (tmp_path / "autograded/ps1/ann/p1.ipynb").exists()
    assert grade(course) == []


def test_the_gradebook_is_looked_for_from_the_course_folder_on(tmp_path):
    make_course(tmp_path)
    course = configured(tmp_path, "c.CourseDirectory.db_url = 'sqlite:///marks/own.db'")
    assert course.gradebook == f"sqlite:///{tmp_path}/marks/own.db?timeout=60"


def test_a_task_has_its_tests_written_out_where_nbgrader_is_to_generate_them(tmp_path):
    make_course(tmp_path)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    source = "x = 3\n### AUTOTEST x"
    tests = cell(new_code_cell, "t", source, grade=True, locked=True, points=1)
    path = tmp_path / "source/ps1/p1.ipynb"
    nbformat.write(new_notebook(cells=[tests], metadata={"kernelspec": kernel}), path)
    assert re.search(r"The tests of .*p1.ipynb could not be generated: .*autotests.yml", task_of(tmp_path))
    (tmp_path / "autotests.yml").write_text("""
python3:
    setup: ""
    dispatch: "type({{snippet}})"
    normalize: "str({{snippet}})"
    check: 'assert {{snippet}} == {{value}}, "{{message}}"'
    templates:
        default:
            - test: "{{snippet}}"
              fail: "no"
""")
    [written] = nbformat.reads(task_of(tmp_path), as_version=4).cells
    assert "assert str(x) == 3" in written.source and "AUTOTEST" not in written.source


@pytest.mark.parametrize(("settings", "sentence"), [
    ("c.CourseDirectory.max_file_size = 'much'", "The 'max_file_size' trait of a CourseDirectory instance expected"),
    ("c.Autograde.permissions = 'all'", "The 'permissions' trait of an Autograde instance expected an int"),
    ("c.CourseDirectory.source_directory = nowhere", "NameError: name 'nowhere' is not defined"),
    ("c.x = (", r"SyntaxError: '\(' was never closed \(nbgrader_config.py, line 3\)"),
    ("raise SystemExit(3)", "it ends the program"),
    ("c.CourseDirectory.source_directory = 'elsewhere'", "elsewhere is not there. Go to the one with your"),
    ("c.CourseDirectory.db_url = 'gradebook.db'", "CourseDirectory.db_url in nbgrader_config.py is not a database's"),
    ("c.AssignLatePenalties.plugin_class = 'no.such.plugin'", "The plugin for late submissions in .* cannot be used"),
])  # fmt: skip
def test_settings_that_cannot_be_used_are_one_sentence(tmp_path, settings, sentence):
    make_course(tmp_path)
    hand_in(tmp_path, "ann")
    with pytest.raises(Problem, match=sentence) as told:
        grade(configured(tmp_path, settings))
    assert "\n" not in str(told.value)


def test_what_is_not_there_is_told_with_what_is(tmp_path):
    course = make_course(tmp_path)
    (tmp_path / "source/ps2").mkdir()
    with pytest.raises(Problem, match="There is no folder .*/nowhere"):
        CourseFolder(tmp_path / "nowhere")
    with pytest.raises(Problem, match="There is no assignment ps3 in .*/source. The assignments are: ps1, ps2."):
        course.task("ps3")
    with pytest.raises(Problem, match="There is no assignment ../ps1"):
        course.task("../ps1")
    with pytest.raises(Problem, match="source/ps2 has no notebooks"):
        course.task("ps2")
    with pytest.raises(Problem, match="Nobody has handed in ps1"):
        course.students("ps1")
    hand_in(tmp_path, "ann")
    with pytest.raises(Problem, match="bob has not handed in ps1"):
        course.students("ps1", ["ann", "bob"])
    with pytest.raises(Problem, match="ann is left out by CourseDirectory.student_id_exclude or student_id"):
        configured(tmp_path, "c.CourseDirectory.student_id_exclude = 'eve,ann'").students("ps1", ["ann"])
    (tmp_path / "source/ps1/p1.ipynb").write_text("{")
    with pytest.raises(Problem, match="source/ps1/p1.ipynb is not a notebook that can be read"):
        course.task("ps1")


def test_names_with_characters_that_have_a_meaning_in_patterns_are_names(tmp_path):
    course = make_course(tmp_path)
    for student in ("a[b]", "a*", "a.b", "b", "ä ö"):
        hand_in(tmp_path, student)
    assert course.students("ps1") == ["a*", "a.b", "a[b]", "b", "ä ö"]
    assert course.students("ps1", ["a*"]) == ["a*"]
    (tmp_path / "submitted/a.b/ps1").rename(tmp_path / "submitted/a.b/ps[1]")
    assert course.students("ps1") == ["a*", "a[b]", "b", "ä ö"]
    (tmp_path / "source/ps1").rename(tmp_path / "source/ps[1]")
    assert course.assignments() == ["ps[1]"] and course.students("ps[1]") == ["a.b"]


def test_links_out_of_a_submission_are_not_followed(tmp_path):
    course = make_course(tmp_path)
    secret = hand_in(tmp_path, "ann", files={"p1/secret.txt": b"ann's"})
    eve = hand_in(tmp_path, "eve", notebooks=[], files={"sub/own.txt": b"own"})
    (eve / "p1.ipynb").symlink_to(secret / "p1.ipynb")
    (eve / "relative.txt").symlink_to("../../ann/ps1/p1/secret.txt")
    (eve / "folder").symlink_to(secret)
    (eve / "nowhere").symlink_to("nowhere")
    (eve / "round").symlink_to("round")
    (eve / "within.txt").symlink_to("sub/own.txt")
    os.mkfifo(eve / "pipe")
    assert course.job("ps1", "eve").files == {
        "timestamp.txt": b"2026-01-02 10:00:00 UTC", "within.txt": b"own", "sub/own.txt": b"own",
    }  # fmt: skip
    (eve / "timestamp.txt").unlink()
    (eve / "timestamp.txt").symlink_to(secret / "timestamp.txt")
    assert course.handed_in_at("ps1", "eve") is None
    grade(course, only=["eve"])
    assert not (tmp_path / "autograded/eve/ps1/p1.ipynb").exists()


def test_a_submission_of_any_depth_and_number_is_read_as_far_as_is_sensible(tmp_path):
    deep = tmp_path / "deep"
    (deep / "/".join("d" * (DEEPEST + 1))).mkdir(parents=True)
    (deep / "/".join("d" * DEEPEST) / "seen").touch()
    (deep / "/".join("d" * (DEEPEST + 1)) / "unseen").touch()
    assert [name.rpartition("/")[2] for name, _ in files_in(deep)] == ["seen"]
    many = tmp_path / "many"
    many.mkdir()
    for number in range(MOST_FILES + 10):
        os.link(deep / "/".join("d" * DEEPEST) / "seen", many / str(number))
    assert len(list(files_in(many))) == MOST_FILES


def test_a_folder_that_is_a_link_to_somebody_elses_is_not_read(tmp_path):
    course = make_course(tmp_path)
    hand_in(tmp_path, "ann")
    (tmp_path / "submitted" / "eve").mkdir()
    (tmp_path / "submitted" / "eve" / "ps1").symlink_to("../ann/ps1")
    with pytest.raises(Problem, match="link to another submission, ann/ps1"):
        course.job("ps1", "eve")
    (tmp_path / "submitted").rename(tmp_path / "elsewhere")
    (tmp_path / "submitted").symlink_to("elsewhere")
    assert course.job("ps1", "ann").files


def test_files_are_read_up_to_the_sizes_that_the_settings_allow(tmp_path):
    make_course(tmp_path)
    sizes = "c.CourseDirectory.max_file_size = 100\nc.CourseDirectory.max_dir_size = 150"
    files = {"a": b"0" * 90_000, "b": b"0" * 59_000, "c": b"0" * 10_000, "large": b"0" * 110_000}
    hand_in(tmp_path, "ann", files=files)
    course = configured(tmp_path, sizes)
    assert set(course.job("ps1", "ann").files) == {"a", "c", "p1.ipynb", "timestamp.txt"}
    hand_in(tmp_path, "ann", {"p1-double": "#" * 200_000})
    with pytest.raises(Problem, match="p1.ipynb is too large: 0.2 MB, where 0.1 are allowed .CourseDirectory"):
        course.job("ps1", "ann")


@pytest.mark.parametrize(("written", "read"), [
    ("2026-01-02 10:00:00 UTC", "2026-01-02 10:00:00"), ("2026-01-02T10:00:00.5+02:00", "2026-01-02 08:00:00.500000"),
    ("", "None"), ("yesterday", "None"), ("\0", "None"), ("9999999999999999999", "None"), ("12-12-12 12 12 12", "None"),
])  # fmt: skip
def test_the_time_of_handing_in_is_read_or_not_known(tmp_path, written, read):
    course = make_course(tmp_path)
    hand_in(tmp_path, "ann", at=written)
    assert str(course.handed_in_at("ps1", "ann")) == read


def test_a_submission_that_cannot_be_read_does_not_stop_the_others(tmp_path):
    course = make_course(tmp_path)
    (hand_in(tmp_path, "ann") / "p1.ipynb").write_bytes(b"0" * 100_000_001)
    hand_in(tmp_path, "bob")
    grade(course)
    assert grade(course) == ["ann"]  # each time: it needs the instructor
    assert not (tmp_path / "autograded/ann/ps1/p1.ipynb").exists()


def test_what_may_not_be_read_or_written_is_named(tmp_path):
    if os.geteuid() == 0:  # who may read and write everything, but for this
        in_a_copy(lambda: [drop_capabilities(), names_what_may_not_be_read_or_written(tmp_path), b""][-1])
    else:
        names_what_may_not_be_read_or_written(tmp_path)


def names_what_may_not_be_read_or_written(tmp_path):
    course = make_course(tmp_path)
    closed = hand_in(tmp_path, "ann") / "p1.ipynb"
    closed.chmod(0)
    hand_in(tmp_path, "bob")
    with pytest.raises(Problem, match="cannot be read: .*ann/ps1/p1.ipynb: Permission denied"):
        course.job("ps1", "ann")
    (tmp_path / "autograded").mkdir(0o500)
    with pytest.raises(Problem, match="autograded/.*: Permission denied"):
        grade(course, only=["bob"])
    (tmp_path / "autograded").chmod(0o700)
    (tmp_path / "gradebook.db").chmod(0o400)
    with pytest.raises(Problem, match="readonly database"):
        grade(course, only=["bob"])
