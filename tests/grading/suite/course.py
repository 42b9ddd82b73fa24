"""The suite in a course folder: each submission is a student's, as if it had been collected."""

from pathlib import Path

from suite import SUBMISSIONS
from suite.assignment import NAME
from suite.notebooks import master_text

STUDENTS = {f"student-{number:03}": submission for number, submission in enumerate(SUBMISSIONS)}
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'suite'\n"


def make_course(root: Path, students=STUDENTS) -> None:
    (root / "source" / "ps1").mkdir(parents=True)
    (root / "source" / "ps1" / f"{NAME}.ipynb").write_text(master_text())
    (root / "nbgrader_config.py").write_text(CONFIG)
    for student, submission in students.items():
        folder = root / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        for name, data in submission.files().items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
