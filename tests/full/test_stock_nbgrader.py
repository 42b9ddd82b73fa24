"""What nbgrader itself makes of the suite, for the table "how many are treated fairly".

It runs students' code as the user's own. So those that go for the machine are left out, and it is only told what came
of the others: nothing here can fail because of what nbgrader does.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from suite import attacks_on_marks, damaged, edited, honest
from suite.course import make_course
from suite.judging import is_fair

PARTS = {"forged marks": attacks_on_marks, "damaged": damaged, "edited": edited, "honest": honest}
STUDENTS = {
    f"{name.replace(' ', '-')}-{number:03}": submission
    for name, part in PARTS.items()
    for number, submission in enumerate(part.SUBMISSIONS)
    if "installation" not in submission.title
}

GRADE = """
import json, sys
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader

config = PyFileConfigLoader("nbgrader_config.py").load_config()
config.ExecutePreprocessor.timeout = 10
api = NbGraderAPI(config=config)
assert api.generate_assignment("ps1")["success"]
marks = {}
for student in json.load(open("students.json")):
    try:
        done = api.autograde("ps1", student)["success"]
    except Exception:
        done = False
    marks[student] = {}
    if done:
        with Gradebook("sqlite:///gradebook.db") as gradebook:
            for notebook in gradebook.find_submission("ps1", student).notebooks:
                for grade in notebook.grades:
                    marks[student][grade.name] = None if grade.needs_manual_grade else grade.score
    json.dump(marks, open("marks.json", "w"))
"""


def test_how_many_nbgrader_treats_fairly(tmp_path, capsys):
    make_course(tmp_path, STUDENTS)
    (tmp_path / "students.json").write_text(json.dumps(list(STUDENTS)))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run([sys.executable, "-c", GRADE], cwd=tmp_path, env={**os.environ, "PATH": path}, check=True,
                   capture_output=True, timeout=3600)  # fmt: skip
    marks = json.loads((tmp_path / "marks.json").read_text())
    with capsys.disabled():
        print()
        for name in PARTS:
            of_it = [student for student in STUDENTS if student.startswith(name.replace(" ", "-"))]
            fair = [student for student in of_it if is_treated_fairly(STUDENTS[student], marks[student])]
            print(f"{name:14} nbgrader treats {len(fair):3} of {len(of_it):3} fairly")


def is_treated_fairly(submission, marks):
    are_fair = all(is_fair(marks.get(name), fair) for name, fair in submission.marks.items())
    return are_fair and bool(marks) != submission.told
