"""The command: what it does, and one clear sentence for everything that a user can get wrong."""

import importlib.util
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import minigrad
from minigrad import cli
from minigrad.course import check_saved, learner_copy, progress_file
from minigrad.course.exercise import registry
from minigrad.course.files import lessons
from minigrad.course.notebook_file import grade_id, read

FIRST, SECOND, *_ = registry().values()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MINIGRAD_PROGRESS", raising=False)
    return tmp_path


@pytest.fixture(scope="session")
def fresh_copy(tmp_path_factory):
    copy = tmp_path_factory.mktemp("course") / learner_copy.DEFAULT
    learner_copy.update_copy(copy)
    progress_file.start(copy)
    return copy


@pytest.fixture
def copy(folder, fresh_copy):
    shutil.copytree(fresh_copy, folder / learner_copy.DEFAULT)
    return folder / learner_copy.DEFAULT


@pytest.fixture
def started(monkeypatch):
    """Commands that would have been started."""
    commands = []
    monkeypatch.setattr(cli, "run", lambda command, environment: commands.append(command) or 0)
    return commands


def notebook_of(copy, exercise):
    [topic] = copy.glob(f"exercises/{exercise.lesson}_*")
    return topic / f"{topic.name}.ipynb"


def write_answer(copy, exercise, program):
    path = notebook_of(copy, exercise)
    notebook = read(path)
    for cell in notebook["cells"]:
        if grade_id(cell) == f"{exercise.cell_prefix}answer":
            cell["source"] = program
    path.write_text(json.dumps(notebook), encoding="utf-8")


def delete(copy, name):
    path = notebook_of(copy, FIRST)
    notebook = read(path)
    notebook["cells"] = [cell for cell in notebook["cells"] if grade_id(cell) != name]
    path.write_text(json.dumps(notebook), encoding="utf-8")


class TestLab:
    def test_makes_a_copy_and_opens_the_first_lesson(self, run, started, folder):
        code, out, _ = run("lab", "--no-browser")
        assert code == 0 and str(folder / "minigrad-course") in out
        [command] = started
        assert command[:3] == [sys.executable, "-m", "jupyterlab"]
        assert f"--ServerApp.root_dir={folder / 'minigrad-course'}" in command
        assert "--no-browser" in command
        [first] = [part.partition("/lab/tree/")[2] for part in command if "/lab/tree/" in part]
        assert (folder / "minigrad-course" / first).is_file() and first.startswith("notebooks/0")

    def test_opens_a_browser_and_takes_a_folder(self, run, started, folder):
        run("lab", "elsewhere")
        assert f"--ServerApp.root_dir={folder / 'elsewhere'}" in started[0]
        assert "--no-browser" not in started[0]

    def test_names_what_was_put_beside_the_learners_work(self, run, started, copy):
        lesson = next(copy.glob("notebooks/*.ipynb"))
        lesson.write_text("mine")
        _, out, _ = run("lab")
        assert f"{lesson.stem}.newer.ipynb" in out
        assert lesson.read_text() == "mine"

    def test_a_port_in_use(self, run, started):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            assert run("lab", "--port", port) == (
                1, "", f"Port {port} is in use: choose another one, or leave --port out.\n"
            )
        run("lab", "--port", port)
        assert f"--ServerApp.port={port}" in started[0] and "--ServerApp.port_retries=0" in started[0]

    def test_no_jupyterlab(self, run, started, monkeypatch):
        found = importlib.util.find_spec
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jupyterlab" else found(name))
        code, _, err = run("lab")
        assert code == 1 and err.startswith("JupyterLab is not installed: run ") and len(err.splitlines()) == 1

    def test_a_file_where_the_folder_should_be(self, run, started, folder):
        (folder / "taken").write_text("")
        assert run("lab", "taken") == (1, "", "taken is a file: name a folder for your copy of the course.\n")

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no folder that nobody may write to")
    def test_a_read_only_folder(self, run, started, folder):
        (folder / "locked").mkdir(mode=0o500)
        # The superuser may write anywhere but in what the kernel itself makes up.
        where = Path("/proc/minigrad-course") if os.geteuid() == 0 else folder / "locked" / "course"
        code, _, err = run("lab", where)
        assert code == 1 and not started
        assert err.startswith(f"Cannot write to {where}: ") and len(err.splitlines()) == 1


    def test_a_damaged_notebook_is_told_from_one_that_was_worked_in(self, run, started, copy):
        lesson = next(copy.glob("notebooks/*.ipynb"))
        lesson.write_text("{")
        for _ in range(2):
            _, out, _ = run("lab")
            assert f"damaged, cannot be opened: notebooks/{lesson.name}; a fresh one is beside it" in out
            assert "newer version" not in out

    def test_inside_a_copy_it_opens_that_copy(self, run, started, copy, monkeypatch):
        monkeypatch.chdir(copy / "exercises")
        run("lab")
        assert f"--ServerApp.root_dir={copy}" in started[0] and not list(copy.rglob(learner_copy.DEFAULT))

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
    def test_told_to_end_it_tells_jupyterlab_to_end(self):
        program = "import os, signal, time; os.kill(os.getppid(), signal.SIGTERM); time.sleep(20)"
        start = time.monotonic()
        assert cli.run([sys.executable, "-c", program], dict(os.environ)) == 128 + signal.SIGTERM
        assert time.monotonic() - start < 15

    def test_a_kernel_whose_port_was_taken_is_started_again(self, run, copy, monkeypatch):
        run_in_kernel, starts = check_saved.run_in_kernel, itertools.count()

        def start(notebook, folder, tell):
            if next(starts) == 0:
                raise RuntimeError("Kernel died before replying to kernel_info")
            run_in_kernel(notebook, folder, tell)

        monkeypatch.setattr(check_saved, "run_in_kernel", start)
        write_answer(copy, FIRST, FIRST.reference)
        assert "correct" in run("check", FIRST.id)[1]

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console")
    def test_ctrl_c_is_jupyterlabs_to_answer(self):
        program = "import os, signal, time; os.kill(os.getppid(), signal.SIGINT); time.sleep(0.5); os._exit(7)"
        assert cli.run([sys.executable, "-c", program], dict(os.environ)) == 7


class TestExport:
    def test_a_page_holds_the_lesson_and_all_it_needs(self, run, folder):
        page = folder / "minigrad-pages" / "03_backward.html"
        assert run("export", "3") == (0, f"Lesson 03 is in {page}\n", "")
        html = page.read_text(encoding="utf-8")
        assert "<title>Lesson 03: " in html and "The idea" in html and "minigrad-stepper" in html
        assert re.findall(r"""(?:src|href)=["'](?!data:|#)[^"']*""", html) == []

    def test_a_link_leads_to_a_page_that_is_there(self, run, folder):
        def links():
            return set(re.findall(r'href="([^"#]+)"', (folder / "here/03_backward.html").read_text(encoding="utf-8")))

        run("export", "03", "--to", "here")
        assert links() == set()
        assert run("export", "03_backward", "4", "03", "--to", "here") == (
            0, f"2 lessons are in {folder / 'here'}. The first one is 03_backward.html.\n", ""
        )
        assert links() == {"04_accumulation.html"}
        run("export", "03", "--to", "here")
        assert links() == {"04_accumulation.html"}, "its page is there from before"

    def test_without_a_number_it_is_all_lessons(self, run, folder, monkeypatch):
        monkeypatch.setattr("minigrad.course.pages.as_page", lambda notebook, there: f"{notebook.stem}, {len(there)}")
        run("export")
        pages = sorted((folder / "minigrad-pages").iterdir())
        assert [page.stem for page in pages] == [path.stem for path in lessons().values()]
        assert pages[0].read_text() == f"00_welcome, {len(pages)}"

    @pytest.mark.parametrize("name, called", [("13", "13"), ("3.1", "3.1"), ("03_x", "03_x"), ("", "without a number")])
    def test_a_wrong_number_is_told_which_there_are(self, run, folder, name, called):
        assert run("export", "03", name) == (1, "", f"There is no lesson {called}. The lessons are 00 to 12.\n")
        assert not list(folder.iterdir())

    def test_a_file_where_the_folder_should_be(self, run, folder):
        (folder / "taken").write_text("mine")
        assert run("export", "--to", "taken") == (
            1, "", f"{folder / 'taken'} is a file: name another folder for the pages.\n"
        )

    def test_a_folder_that_cannot_be_made(self, run, folder):
        (folder / "taken").write_text("mine")
        assert run("export", "3", "--to", "taken/pages") == (
            1, "", f"Cannot write to {folder / 'taken/pages'}: Not a directory. Name another folder with --to.\n"
        )

    def test_no_nbconvert(self, run, monkeypatch):
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        code, _, err = run("export")
        assert (code, err) == (1, f"nbconvert is not installed: run {sys.executable} -m pip install nbconvert.\n")


class TestReset:
    def test_one_exercise_starts_again_and_a_backup_is_kept(self, run, copy):
        write_answer(copy, FIRST, "mine = 1")
        write_answer(copy, SECOND, "mine = 2")
        path = notebook_of(copy, FIRST)
        before = path.read_bytes()
        code, out, _ = run("reset", FIRST.id)
        assert code == 0 and ".backup.ipynb" in out
        text = path.read_text(encoding="utf-8")
        assert "mine = 1" not in text and "mine = 2" in text
        assert path.with_name(f"{path.stem}.backup.ipynb").read_bytes() == before

    def test_after_resetting_all_that_was_changed_the_copy_counts_as_untouched(self, run, copy):
        write_answer(copy, FIRST, "mine = 1")
        assert learner_copy.changed(notebook_of(copy, FIRST))
        run("reset", FIRST.id)
        assert not learner_copy.changed(notebook_of(copy, FIRST))

    def test_what_was_not_changed_needs_no_backup(self, run, copy):
        for _ in range(2):
            code, out, _ = run("reset", FIRST.id)
            assert code == 0 and out == f"Exercise {FIRST.id} is as you were given it: nothing to reset.\n"
        assert not list(copy.rglob("*.backup*"))

    def test_progress_starts_again_too(self, run, copy, monkeypatch):
        monkeypatch.chdir(copy)
        for exercise in (FIRST, SECOND):
            progress_file.note_check(exercise.id, exercise.points, True)
        assert "counts as not attempted again" in run("reset", FIRST.id)[1]
        assert [row.state for row in progress_file.rows()][:2] == ["not attempted", "solved"]

    def test_the_setup_cell_comes_back(self, run, copy):
        shipped = read(notebook_of(copy, FIRST))["cells"]
        delete(copy, f"ex-{FIRST.lesson}-setup")
        run("reset", SECOND.id)
        assert read(notebook_of(copy, FIRST))["cells"] == shipped

    def test_what_is_no_notebook_is_left_alone(self, run, copy):
        notebook_of(copy, FIRST).write_text("{")
        code, _, err = run("reset", FIRST.id)
        assert code == 1 and "is not a notebook that can be read" in err
        assert notebook_of(copy, FIRST).read_text() == "{"


class TestCheck:
    def test_a_right_answer(self, run, copy):
        write_answer(copy, FIRST, FIRST.reference)
        code, out, _ = run("check", FIRST.id)
        assert code == 0 and FIRST.title in out and "correct" in out
        assert SECOND.title not in out
        _, out, _ = run("progress")
        assert f"{FIRST.points} of {FIRST.points}" in out and "1 of" in out

    def test_all_of_a_fresh_copy(self, run, copy):
        code, out, _ = run("check")
        assert code == 1
        assert out.count("not attempted") == len(registry())

    @pytest.mark.parametrize(
        "program, why",
        [("flags = {", "SyntaxError"), ("1 / 0", "ZeroDivisionError"), ("while True: pass", "stopped"),
         ("import os; os._exit(1)", f"The answer cell of exercise {FIRST.id} ended Python")],
    )
    def test_an_answer_that_does_not_run(self, run, copy, program, why, monkeypatch):
        monkeypatch.setattr("minigrad.course.check_saved.CELL_SECONDS", 3)
        write_answer(copy, FIRST, program)
        code, out, err = run("check", FIRST.id)
        assert code == 1 and why in out and err == ""

    def test_a_terminal_that_does_not_know_the_glyphs_is_no_obstacle(self, copy):
        command = [sys.executable, "-m", "minigrad.cli", "check", FIRST.id]
        result = subprocess.run(command, cwd=copy, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True)
        assert result.stdout.startswith(f"? Exercise {FIRST.id} ? {FIRST.title}".encode()) and result.stderr == b""

    def test_a_name_that_hides_the_check(self, run, copy):
        write_answer(copy, FIRST, f"{FIRST.stub}\ncheck = lambda *answers: {FIRST.points}")
        code, out, _ = run("check", FIRST.id)
        assert code == 1 and "not attempted" in out

    def test_a_check_cell_that_was_deleted(self, run, copy):
        delete(copy, f"{FIRST.cell_prefix}check")
        code, out, _ = run("check", FIRST.id)
        assert code == 1 and f"minigrad reset {FIRST.id}" in out

    def test_a_setup_cell_that_was_deleted(self, run, copy):
        write_answer(copy, FIRST, FIRST.reference)
        delete(copy, f"ex-{FIRST.lesson}-setup")
        code, out, _ = run("check", FIRST.id)
        assert code == 0 and "correct" in out
        assert f"first code cell is gone; `minigrad reset {FIRST.id}` brings it back" in out

    def test_a_loop_in_another_exercise_is_not_waited_for(self, run, copy, monkeypatch):
        monkeypatch.setattr("minigrad.course.check_saved.CELL_SECONDS", 300)
        write_answer(copy, FIRST, "while True: pass")
        code, out, _ = run("check", SECOND.id)
        assert code == 1 and "not attempted" in out

    def test_what_another_exercise_defines_can_be_used(self, run, copy):
        write_answer(copy, FIRST, f"helper = 1\n{FIRST.stub}")
        write_answer(copy, SECOND, f"helper\n{SECOND.reference}")
        assert run("check", SECOND.id)[0] == 0

    def test_a_cell_of_the_learners_own_that_loops_is_named(self, run, copy, monkeypatch):
        monkeypatch.setattr("minigrad.course.check_saved.CELL_SECONDS", 1)
        path = notebook_of(copy, FIRST)
        notebook = read(path)
        mine = {"cell_type": "code", "source": "while True:\n    pass", "metadata": {}, "outputs": []}
        path.write_text(json.dumps(notebook | {"cells": [mine, *notebook["cells"]]}), encoding="utf-8")
        _, out, _ = run("check", FIRST.id)
        assert "The cell that begins with `while True:` was stopped after 1 seconds." in out

    def test_checking_the_same_answer_again_is_no_new_try(self, run, copy):
        write_answer(copy, FIRST, FIRST.beliefs[0].program)
        for _ in range(2):
            run("check", FIRST.id)
        assert json.loads((copy / progress_file.NAME).read_text())["exercises"][FIRST.id]["tries"] == 1

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console")
    def test_ctrl_c_stops_it_and_its_kernel(self, copy):
        mark = copy / "kernel"
        loop = f"import os, pathlib\npathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\nwhile True: pass"
        write_answer(copy, FIRST, loop)
        command = [sys.executable, "-m", "minigrad.cli", "check", FIRST.id]
        process = subprocess.Popen(command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(300):
            if mark.exists() and mark.read_text():
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err.strip()) == (1, "", "Stopped.")
        with pytest.raises(ProcessLookupError):
            os.kill(int(mark.read_text()), 0)

    @pytest.mark.parametrize("damage", ["{", "[]", '{"cells": [3], "metadata": {}}', '{"cells": [], "metadata": []}'])
    def test_a_notebook_that_cannot_be_read(self, run, copy, damage):
        notebook_of(copy, FIRST).write_text(damage)
        code, _, err = run("check", FIRST.id)
        assert code == 1 and "is not a notebook that can be read" in err and len(err.splitlines()) == 1

    def test_a_notebook_that_is_gone(self, run, copy):
        notebook_of(copy, FIRST).unlink()
        code, _, err = run("check", FIRST.id)
        # With its only notebook, the folder stops being a copy of the course at all.
        assert code == 1 and "run `minigrad lab`" in err or "make one with `minigrad lab`" in err


class TestHintsAndProgress:
    def test_hints_come_one_after_the_other(self, run, copy):
        for hint in FIRST.hints:
            code, out, _ = run("hint", FIRST.id)
            assert code == 0 and hint in " ".join(out.split())

    def test_progress_names_every_exercise(self, run, copy):
        code, out, _ = run("progress")
        assert code == 0
        assert all(exercise.id in out for exercise in registry().values())
        assert f"0 of {len(registry())} exercises solved" in out

    def test_a_damaged_record_of_progress_is_told(self, run, copy):
        (copy / progress_file.NAME).write_text("{")
        code, out, _ = run("progress")
        assert code == 0 and f"{progress_file.NAME}.damaged-1" in out and "was damaged" in out
        assert "was damaged" not in run("progress")[1]

    @pytest.mark.parametrize("width", [60, 80])
    def test_the_table_fits_with_each_title_on_its_line(self, run, copy, width, monkeypatch):
        monkeypatch.setattr(cli.console, "width", width)
        lines = run("progress")[1].splitlines()
        for exercise in registry().values():
            [line] = [line for line in lines if line.startswith(exercise.id)]
            assert exercise.title in line and "not attempted" in line and len(line.rstrip()) <= width

    def test_progress_is_read_where_checks_and_hints_note_it(self, run, copy, monkeypatch, tmp_path):
        monkeypatch.setenv("MINIGRAD_PROGRESS", str(tmp_path))
        progress_file.note_check(FIRST.id, FIRST.points, True)
        assert "1 of" in run("progress")[1]

    def test_from_a_folder_inside_the_copy(self, run, copy, monkeypatch):
        monkeypatch.chdir(copy / "notebooks")
        assert run("progress")[0] == 0


class TestWhereToGoOn:
    @pytest.fixture(autouse=True)
    def in_the_copy(self, copy, monkeypatch):
        monkeypatch.chdir(copy)
        progress_file.start(copy)

    def opened(self, run, started):
        run("lab")
        [address] = [part for part in started[-1] if part.startswith("--LabApp.default_url=")]
        return address.partition("/lab/tree/")[2]

    def test_first_comes_the_first_lesson(self, run, started):
        assert self.opened(run, started).startswith("notebooks/")

    def test_exercises_that_are_begun_are_opened_again(self, run, started):
        progress_file.note_check(FIRST.id, FIRST.points, True)
        assert self.opened(run, started).startswith(f"exercises/{SECOND.lesson}_")

    def test_after_a_lesson_comes_the_next(self, run, started):
        for exercise in registry().values():
            if exercise.lesson == FIRST.lesson:
                progress_file.note_check(exercise.id, exercise.points, True)
        later = [exercise.lesson for exercise in registry().values() if exercise.lesson != FIRST.lesson]
        assert self.opened(run, started).startswith(f"notebooks/{later[0] if later else ''}")


def test_the_first_lesson_is_the_welcome(run, started):
    run("lab")
    assert any(part.endswith("/lab/tree/notebooks/00_welcome.ipynb") for part in started[0])


@pytest.mark.parametrize("command", ["check", "hint", "reset"])
@pytest.mark.parametrize("name, called", [("99.9", "99.9"), ("", "without a number"), ("one", "one")])
def test_a_wrong_name_is_told_which_there_are(run, copy, command, name, called):
    code, out, err = run(command, name)
    assert (code, out) == (1, "") and len(err.splitlines()) == 1
    lesson = r"(\d\d)\.1 to \1\.\d+"
    told = re.fullmatch(rf"There is no exercise {called}\. The exercises are (.*)\.\n", err)[1].split(", ")
    assert all(re.fullmatch(lesson, part) for part in told)
    assert [part[:2] for part in told] == sorted({exercise.lesson for exercise in registry().values()})


def test_a_number_may_be_written_short(run, copy):
    assert run("hint", FIRST.id.removeprefix("0"))[0] == 0


def test_version(run):
    assert run("--version") == (0, f"minigrad {minigrad.cli.VERSION}\n", "")


@pytest.mark.parametrize("arguments", ["check", "check 01.1", "hint 01.1", "reset 01.1", "progress"])
def test_no_course_here(run, arguments, folder):
    assert run(*arguments.split()) == (
        1, "", f"There is no course in {folder}: go to your copy of it, or make one with `minigrad lab`.\n"
    )


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (("chek",), "No such command 'chek'. Did you mean 'check'?"),
        (("lab", "--prt", "1"), "No such option '--prt'. Did you mean '--port'?"),
        (("lab", "--port", "0"), "Invalid value for '--port': 0 is not in the range 1<=x<=65535."),
        (("hint",), "Missing argument 'EXERCISE'."),
    ],
)
def test_a_wrong_command_is_one_sentence(run, arguments, sentence):
    assert run(*arguments) == (2, "", f"{sentence}\n")


def test_help_names_all_commands(run):
    code, out, _ = run("--help")
    assert code == 0
    assert all(name in out for name in ("lab", "progress", "check", "hint", "reset"))
