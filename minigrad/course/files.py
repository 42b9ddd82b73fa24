"""Where the course lies: in the clone for whoever works on it, inside the package for whoever installed a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent.parent


def course_folder() -> Path:
    """The folder that holds `notebooks/` and `exercises/`; never written to, except by the build in a clone."""
    clone = PACKAGE.parent
    # Any folder may be called "notebooks", and site-packages holds other people's: only a clone has our sources too.
    if (clone / "pyproject.toml").is_file() and (clone / "notebooks").is_dir():
        return clone
    return PACKAGE / "_course"


def course_notebooks(course: Path) -> list[Path]:
    """The lessons' and the exercises' notebooks, as paths relative to `course`, in the order of the course."""
    found = [*course.glob("notebooks/*.ipynb"), *course.glob("exercises/*/*.ipynb")]
    return sorted((path.relative_to(course) for path in found), key=lambda path: (path.stem, path.parts[0]))


def notebook_of_lesson(lesson: str, part: str) -> Path:
    """The notebook of lesson "03" in "notebooks" or "exercises", relative to the course's folder."""
    return next(name for name in course_notebooks(course_folder())
                if name.parts[0] == part and name.stem.startswith(lesson))


def lessons() -> dict[str, Path]:
    """The notebook of each lesson "03", relative to the course's folder, in the order of the course."""
    return {name.stem[:2]: name for name in course_notebooks(course_folder()) if name.parts[0] == "notebooks"}


def first_lesson() -> Path:
    """The notebook to open first, relative to the course's folder."""
    return next(iter(lessons().values()))
