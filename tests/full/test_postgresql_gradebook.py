"""A gradebook in PostgreSQL, on a real server that is started for these tests where one is installed."""

import glob
import multiprocessing
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from nbgrader_courses import CONFIG, files, grade, hand_in, make_course, nbgrader, stock, tables

from minigrad.grading.course_folder import CourseFolder

PROGRAMS = next(iter(sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)), None) or \
    os.path.dirname(shutil.which("initdb") or "")
pytest.importorskip("psycopg2", reason="psycopg2 is not installed: pip install psycopg2-binary")
pytestmark = pytest.mark.skipif(not PROGRAMS, reason="PostgreSQL is not installed: apt-get install postgresql")


@pytest.fixture(scope="module")
def server():
    """The address of a server without any databases of ours. It refuses to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    who = pwd.getpwnam("nobody" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name)
    os.chown(folder, who.pw_uid, who.pw_gid)
    user = {"user": who.pw_uid, "group": who.pw_gid} if os.getuid() == 0 else {}

    def run(program, *arguments):
        subprocess.run([f"{PROGRAMS}/{program}", *arguments], check=True, capture_output=True, cwd=folder, **user)

    run("initdb", "-D", f"{folder}/data", "-U", "teacher", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
    settings = f"-k {folder} -c listen_addresses= -c fsync=off"
    run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", settings, "start")
    try:
        yield lambda name: run("createdb", "-h", str(folder), "-U", "teacher", name) or \
            f"postgresql+psycopg2://teacher@/{name}?host={folder}"
    finally:
        run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def make(root, address):
    root.mkdir()
    make_course(root, ["p1", "p2"], config=f"{CONFIG}c.CourseDirectory.db_url = {address!r}\n")
    for student in ("ann", "bob", "eve"):
        hand_in(root, student, {"p1-double": f"# {student}"}, ["p1", "p2"])
    return CourseFolder(root)


def test_a_gradebook_in_postgresql_is_as_one_in_sqlite(tmp_path, server):
    courses = [make(tmp_path / "a", server("same")), make(tmp_path / "b", f"sqlite:///{tmp_path}/b/gradebook.db")]
    for course in courses:
        assert grade(course) == ["ann", "bob", "eve"]
        with stock(course) as book:
            book.find_grade("p1-test", "p1", "ps1", "ann").manual_score = 1.5
            book.db.commit()
        hand_in(course.root, "bob", {"p1-double": "def double(x): return 2 * x"}, at="2026-01-05 10:00:00 UTC")
        assert grade(course) == ["bob"]
        assert grade(course, force=True) == ["ann", "bob", "eve"]
        assert grade(course) == []
    postgresql, sqlite = (tables(course.gradebook) for course in courses)
    assert postgresql == sqlite and len(sqlite["grade"]) == 3 * 2 * 5
    assert files(tmp_path / "a/autograded") == files(tmp_path / "b/autograded")


def test_nbgrader_goes_on_from_a_gradebook_in_postgresql(tmp_path, server):
    course = make(tmp_path / "a", server("goes_on"))
    grade(course)
    nbgrader(course.root, "autograde ps1 --student ann --force", "export")
    assert len((course.root / "grades.csv").read_text().splitlines()) == 4


def test_two_who_grade_at_the_same_time_do_not_disturb_each_other(tmp_path, server):
    address = server("two")
    courses = [make(tmp_path / name, address) for name in ("a", "b")]  # two machines, one gradebook
    grade(courses[0], only=["eve"])
    graders = [multiprocessing.get_context("fork").Process(target=grade, args=(course, True, [student]))
               for course, student in zip(courses, ("ann", "bob"))]  # fmt: skip
    for grader in graders:
        grader.start()
    for grader in graders:
        grader.join()
        assert grader.exitcode == 0
    assert [grade(course) for course in courses] == [["bob"], ["ann", "eve"]]


def test_grading_into_postgresql_that_is_killed_is_done_again(tmp_path, server):
    undisturbed, course = make(tmp_path / "a", server("undisturbed")), make(tmp_path / "b", server("killed"))
    grade(undisturbed)
    for number in range(6):
        grader = multiprocessing.get_context("fork").Process(target=grade, args=(course, True))
        grader.start()
        time.sleep(0.05 * number)
        grader.kill()
        grader.join()
    grade(course)
    assert tables(course.gradebook) == tables(undisturbed.gradebook)
    assert files(tmp_path / "a/autograded") == files(tmp_path / "b/autograded")
