"""A new course folder goes once through all that an instructor and a student do with it, by the commands they type."""

import json
import os
import subprocess
import sys
from getpass import getuser
from pathlib import Path

import pytest

from minigrad.course.exercise import registry

LESSON = "01_requires_grad"
EXERCISES = [exercise for exercise in registry().values() if exercise.lesson == "01"]
POINTS = sum(exercise.points for exercise in EXERCISES)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader's exchange needs users and groups")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run a command in a folder, apart from the settings of whoever runs the tests; what it says."""
    home = tmp_path_factory.mktemp("home")
    (home / "exchange").mkdir(mode=0o777)
    (home / "exchange").chmod(0o777)
    settings = f'c = get_config()\nc.Exchange.root = "{home / "exchange"}"\nc.Exchange.cache = "{home / "cache"}"\n'
    (home / "nbgrader_config.py").write_text(settings)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    places = dict.fromkeys(["HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"], str(home))

    def run(folder, *command):
        done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True,
                              env={**os.environ, **places, "PATH": path})  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    return run


def answer(path):
    """A student who is right but for the first exercise."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    programs = {f"{exercise.cell_prefix}answer": exercise.reference for exercise in EXERCISES}
    programs[f"{EXERCISES[0].cell_prefix}answer"] = EXERCISES[0].beliefs[0].program
    for cell in notebook["cells"]:
        cell["source"] = programs.get(cell["metadata"]["nbgrader"]["grade_id"], cell["source"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_from_a_new_folder_to_the_students_feedback(run, tmp_path):
    course, desk = tmp_path / "autumn", tmp_path / "desk"
    desk.mkdir()
    run(tmp_path, "minigrad.cli", "course", "autumn")
    run(course, "nbgrader", "generate_assignment", LESSON)
    run(course, "nbgrader", "release_assignment", LESSON)
    run(desk, "nbgrader", "fetch_assignment", LESSON, "--course", "autumn")
    answer(desk / LESSON / f"{LESSON}.ipynb")
    run(desk, "nbgrader", "submit", LESSON, "--course", "autumn")
    run(course, "nbgrader", "collect", LESSON)
    assert "1 graded" in run(course, "minigrad.cli", "grade", LESSON, "--marks", "marks.json")
    [marks] = json.loads((course / "marks.json").read_text()).values()
    wrong = EXERCISES[0].cell_prefix
    assert {name: points for name, points in marks.items() if not name.startswith(wrong)} == {
        f"{exercise.cell_prefix}{cell}": exercise.points for exercise in EXERCISES[1:] for cell in ("check", "hidden")
    }
    assert 0 < marks[f"{wrong}check"] < EXERCISES[0].points

    said = run(course, "minigrad.cli", "report", LESSON)
    assert "1 student: 1 graded, none in need of you, 0 missing." in said and "Every tensor is tracked." in said
    assert "feedback for 1 student, 1 of it new." in run(course, "minigrad.cli", "feedback", LESSON)
    run(course, "nbgrader", "release_feedback", LESSON)
    run(desk, "nbgrader", "fetch_feedback", LESSON, "--course", "autumn")
    [page] = (desk / LESSON / "feedback").rglob(f"{LESSON}.html")
    assert page.read_text() == (course / "feedback" / getuser() / LESSON / f"{LESSON}.html").read_text()
    text = page.read_text(encoding="utf-8")
    assert f"of {2 * POINTS} points" in text and EXERCISES[0].beliefs[0].message.split(".")[0] in text
    assert "seed=" not in text
