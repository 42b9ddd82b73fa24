"""A wheel built from a clone gives the whole course, in an environment that holds numpy and nothing else."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    clone = tmp_path_factory.mktemp("wheel") / "clone"
    run("git", "clone", "--quiet", ROOT, clone, check=True)
    return clone


@pytest.fixture(scope="module")
def environment(clone):
    """The folder of programs of an empty environment with our wheel in it."""
    dist, environment = clone.parent / "dist", clone.parent / "environment"
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", dist, clone, check=True)
    venv.create(environment, with_pip=True)
    programs = environment / ("Scripts" if sys.platform == "win32" else "bin")
    run(programs / "python", "-m", "pip", "install", *dist.glob("*.whl"), check=True)
    return programs


def notebooks(folder):
    found = [*folder.glob("notebooks/*.ipynb"), *folder.glob("exercises/*/*.ipynb")]
    return sorted(path.relative_to(folder).as_posix() for path in found)


def test_the_engine_works_on_numpy_alone(environment):
    code = "import minigrad as torch; w = torch.tensor(3.0, requires_grad=True); (w * w).backward(); print(w.grad)"
    result = run(environment / "python", "-I", "-c", code)
    assert (result.stdout, result.stderr) == ("tensor(6.)\n", "")
    installed = run(environment / "python", "-m", "pip", "list", "--format=freeze").stdout.split()
    assert {line.split("==")[0] for line in installed} <= {"minigrad-course", "numpy", "pip", "setuptools"}


def test_the_whole_course_is_there(environment, clone, tmp_path):
    code = "import pathlib, minigrad.course.learner_copy as copy; copy.update_copy(pathlib.Path('copy'))"
    run(environment / "python", "-I", "-c", code, cwd=tmp_path, check=True)
    assert notebooks(tmp_path / "copy") == notebooks(clone) != []


def test_the_solutions_are_not_in_the_wheel(environment):
    assert not list(environment.parent.rglob("solutions"))


def test_a_course_folder_is_made_from_the_wheel(environment, tmp_path):
    [installed] = environment.parent.rglob("site-packages/minigrad")
    code = """
import sys
from pathlib import Path
sys.modules["jupytext"] = None  # what only the builder of lessons needs
import minigrad.grading.new_course
minigrad.grading.new_course.register_all = lambda *_: None  # takes seconds, and is tested elsewhere
print(minigrad.__file__, *minigrad.grading.new_course.new_course(Path("course")))
"""
    result = run(sys.executable, "-c", code, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed.parent)})
    assert result.stderr == ""
    origin, *names = result.stdout.split()
    assert Path(origin).parent == installed and len(names) == 13
    made = tmp_path / "course"
    assert all((made / "source" / name / f"{name}.ipynb").is_file() for name in names)
    assert (made / "README.md").is_file()


def test_without_the_extra_the_command_says_what_to_install(environment):
    result = run(environment / "minigrad", "lab")
    assert result.returncode == 1
    assert "pip install click rich jupyterlab" in result.stderr
    assert len(result.stderr.splitlines()) == 1
