"""nbgrader's database of a course: opened, made where there is none, and what goes wrong with it in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader import api
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import URL, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

from minigrad.grading import autograded
from minigrad.grading.course_folder import CONFIG, CourseFolder, first_line, refusal
from minigrad.grading.problem import Problem

# What to do about words of a database's.
HINTS = {
    "column": ": it is of another version of nbgrader's, copy it to a safe place and run `nbgrader db upgrade`",
    "locked": ": another program is writing in it, try again later",
}


def opened(course: CourseFolder) -> api.Gradebook:
    """nbgrader's own gradebook. A new one appears once it is complete: nbgrader never mends one that is half made."""
    url = make_url(course.gradebook)
    with as_problems(course):
        if url.get_backend_name() != "sqlite":
            make_tables(url)
        elif url.database and not Path(url.database).exists():
            make_file(url, Path(url.database))
        return api.Gradebook(course.gradebook, course.settings.course_id)


def make_file(url: URL, path: Path) -> None:
    if not path.parent.is_dir():
        raise Problem(f"The gradebook cannot be in {path.parent}: there is no such folder.")
    folder = path.with_name(f".{path.name}.new")  # for SQLite's journal too
    autograded.remove(folder)
    folder.mkdir()
    make_tables(url.set(database=str(folder / path.name)))
    (folder / path.name).rename(path)
    folder.rmdir()


def make_tables(url: URL) -> None:
    """nbgrader's tables in an empty database, in one transaction where the database can have it."""
    from alembic.script import ScriptDirectory  # here, since it takes long to load and is needed once for a course

    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            if not inspect(connection).get_table_names():
                api.Base.metadata.create_all(connection)
                # As nbgrader would, which for this runs a program that it may not find.
                version = ScriptDirectory(ALEMBIC_DIR).get_current_head()
                connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
                connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
    finally:
        engine.dispose()


@contextmanager
def as_problems(course: CourseFolder) -> Iterator[None]:
    """What goes wrong with the gradebook or the files, as one sentence."""
    name = make_url(course.settings.db_url).render_as_string()  # without the password
    try:
        yield
    except (ImportError, NoSuchModuleError) as error:
        install = "Install what is missing, for PostgreSQL minigrad-course[postgresql]"
        raise Problem(f"The gradebook {name} cannot be opened: {first_line(error)}. {install}, or set another "
                      f"CourseDirectory.db_url in {CONFIG}.") from None  # fmt: skip
    except DBAPIError as error:
        said = first_line(error.orig or error)
        hint = next((hint for word, hint in HINTS.items() if word in said), "")
        raise Problem(f"The gradebook {name} refuses: {said}{hint}.") from None
    except (SQLAlchemyError, api.InvalidEntry, api.MissingEntry) as error:
        raise Problem(f"The gradebook {name} cannot be used: {first_line(error)}.") from None
    except OSError as error:
        raise Problem(refusal(error)) from None
