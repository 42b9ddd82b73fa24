"""A new course folder can be released from at once, and its hidden inputs are its own."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from commands import runner

from minigrad.command.course import course as command
from minigrad.course.exercise import registry
from minigrad.course.source_notebook import source_notebook, topics
from minigrad.grading import new_course as module
from minigrad.grading.new_course import FIRST as LESSON, new_course
from minigrad.grading.problem import Problem

run = runner(command)
SEED = re.compile(r"seed=(\d+)")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("courses") / "autumn 2026"
    new_course(folder)
    return folder


def test_every_lessons_exercises_are_there_and_only_the_hidden_inputs_differ_from_those_in_public(course):
    assert sorted(path.name for path in (course / "source").iterdir()) == sorted(topics().values())
    for number, name in topics().items():
        text = (course / "source" / name / f"{name}.ipynb").read_text(encoding="utf-8")
        public = source_notebook(number)
        assert SEED.sub("seed=0", text) == SEED.sub("seed=0", public)
        ours, theirs = SEED.findall(text), SEED.findall(public)
        assert len(ours) == len(theirs) > 0 and not set(ours) & set(theirs)


def test_two_courses_have_different_hidden_inputs(tmp_path):
    seeds = []
    for name in ("a", "b"):
        module.write_files(tmp_path / name, name, lambda name: None)
        seeds.append(set(SEED.findall((tmp_path / name / "source" / LESSON / f"{LESSON}.ipynb").read_text())))
    assert not seeds[0] & seeds[1]


def test_formgrader_knows_all_assignments_and_their_points(course):
    listed = json.loads(in_nbgrader(course, "import json; print(json.dumps(api.get_assignments()))"))
    assert [each["name"] for each in listed] == sorted(topics().values())
    points = dict.fromkeys(topics(), 0)
    for exercise in registry().values():
        points[exercise.lesson] += 2 * exercise.points
    assert {each["name"][:2]: each["max_score"] for each in listed} == points
    assert {each["status"] for each in listed} == {"draft"}


def in_nbgrader(folder, program):
    """What a program prints that nbgrader's API is loaded for, as formgrader loads it in a folder."""
    start = ("from nbgrader.apps import NbGraderAPI\nfrom traitlets.config import PyFileConfigLoader\n"
             "api = NbGraderAPI(config=PyFileConfigLoader('nbgrader_config.py').load_config())\n")  # fmt: skip
    result = subprocess.run([sys.executable, "-c", start + program], cwd=folder, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()[-1]


def test_nbgrader_releases_what_the_course_offers_to_everybody(course, tmp_path):
    shutil.copytree(course, tmp_path / "c")
    program = f"done = api.generate_assignment('{LESSON}'); print(done['success'] or done['log'])"
    assert in_nbgrader(tmp_path / "c", program) == "True"
    released = (tmp_path / "c" / "release" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    assert not SEED.search(released) and "BEGIN SOLUTION" not in released and "flags" in released
    assert {path.name for path in (tmp_path / "c" / "release" / LESSON).iterdir()} == {f"{LESSON}.ipynb"}


def test_the_readme_and_the_settings_name_the_course(course):
    assert 'course_id = "autumn-2026"' in (course / "nbgrader_config.py").read_text()
    readme = (course / "README.md").read_text()
    assert readme.startswith("# autumn-2026\n")
    commands = re.findall(rf"^\| `(\w+ \w+) {LESSON}`", readme, re.MULTILINE)
    assert commands == [*(f"nbgrader {word}" for word in ("generate_assignment", "release_assignment", "collect")),
                        "minigrad grade", "minigrad feedback"]  # fmt: skip
    assert {path.name for path in course.iterdir()} == {"README.md", "gradebook.db", "nbgrader_config.py", "source"}


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    assert run(str(tmp_path)) == (1, f"Error: {tmp_path} is not empty: name a folder that is not there yet.")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    assert "thesis.tex is a file: name a folder" in run(str(tmp_path / "thesis.tex"))[1]


def test_the_folder_is_told_as_a_shell_takes_it(tmp_path, monkeypatch):
    monkeypatch.setattr("minigrad.grading.new_course.new_course", lambda *_: ["01"])
    assert f" cd '{tmp_path}/my course' " in run(str(tmp_path / "my course"))[1]


def test_what_was_broken_off_leaves_nothing_and_can_be_begun_again(tmp_path, monkeypatch):
    def fails(*_):
        raise Problem("No gradebook today.")

    monkeypatch.setattr(module, "register_all", fails)
    assert run(str(tmp_path / "a" / "course")) == (1, "Error: No gradebook today.")
    assert not (tmp_path / "a" / "course").exists()
    monkeypatch.setattr(module, "register_all", lambda *_: None)
    (tmp_path / "b" / ".unfinished" / "source").mkdir(parents=True)
    code, said = run(str(tmp_path / "b"))
    assert code == 0 and f"{len(topics())} assignments are in" in said
    assert {path.name for path in (tmp_path / "b").iterdir()} == {"README.md", "nbgrader_config.py", "source"}


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("mine")
    code, said = run(str(tmp_path / "file" / "course"))
    assert (code, said) == (1, f"Error: {tmp_path}/file/course cannot be made: Not a directory. Name another folder.")


def test_it_needs_no_jupytext_which_only_the_builder_of_lessons_has():
    program = "import sys; sys.modules['jupytext'] = None; import minigrad.grading.new_course"
    subprocess.run([sys.executable, "-c", program], check=True)
