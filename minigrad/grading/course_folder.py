"""A nbgrader course folder, read as its nbgrader_config.py says: the assignments, and what students handed in."""

import glob
import logging
import os
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import chdir, suppress
from datetime import datetime
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from warnings import catch_warnings

import nbformat
from nbgrader.apps.autogradeapp import AutogradeApp
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions, InstantiateTests
from nbgrader.utils import find_all_files, parse_utc
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from minigrad.grading.as_given_out import as_given_out
from minigrad.grading.handed_in import files_in, within
from minigrad.grading.problem import Problem
from minigrad.grading.record import Job, Limits, Task
from minigrad.grading.repair import LARGEST
from minigrad.grading.which_notebook import NOT_HANDED_IN, plain

CONFIG = "nbgrader_config.py"


class CourseFolder:
    """The course in `folder`, the current one unless given. Raises Problem where there is none.

    `autograde` and `generate` are nbgrader's own converters, with the course's settings; they are never started.
    """

    def __init__(self, folder: Path | None = None) -> None:
        folder = (folder or Path.cwd()).absolute()
        if not folder.is_dir():
            raise Problem(f"There is no folder {folder}.")
        with chdir(folder):  # nbgrader looks for its settings in the current folder
            self.app = configured()
            self.settings: CourseDirectory = self.app.coursedir
            self.root = Path(self.settings.root)
            self.autograde = made(Autograde, self.app)
            self.generate = made(GenerateAssignment, self.app)
        self.source = self.root / self.settings.source_directory
        if not self.source.is_dir():
            raise Problem(f"{folder} is not an nbgrader course folder: {self.settings.source_directory} is not there. "
                          f"Go to the one with your {CONFIG}.")  # fmt: skip

    @cached_property
    def gradebook(self) -> str:
        """The gradebook's address. Who finds it locked waits for a minute: formgrader may be saving something."""
        try:
            url = make_url(self.settings.db_url)
        except ArgumentError:
            raise Problem(f"CourseDirectory.db_url in {CONFIG} is not a database's address: use one like "
                          "sqlite:////home/me/gradebook.db or postgresql+psycopg2://user:password@host/name.") from None
        if url.get_backend_name() == "sqlite" and url.database:
            url = url.set(database=os.path.join(self.root, url.database)).update_query_dict({"timeout": "60"})
        return url.render_as_string(hide_password=False)

    def assignments(self) -> list[str]:
        """The names of all assignments that have a folder of the instructor's."""
        return sorted(self._named("assignment", self.settings.source_directory, student="."))

    def task(self, assignment: str, limits: Limits | None = None) -> Task:
        """The assignment as its instructor wrote it, with those notebooks that CourseDirectory.notebook_id names."""
        if assignment not in self.assignments():
            there = ", ".join(self.assignments()) or "none yet"
            raise Problem(f"There is no assignment {assignment} in {self.source}. The assignments are: {there}.")
        place = self.masters(assignment)
        names = [path.stem for path in sorted(place.glob("*.ipynb")) if fnmatch(path.stem, self.settings.notebook_id)]
        if not names:
            raise Problem(f"{place} has no notebooks: put the one with the answers and the tests there.")
        own = self.autograde.exclude_overwriting.get(assignment, [])  # files of which the student's version counts
        others = {Path(path).relative_to(place).as_posix(): Path(path)
                  for path in find_all_files(str(place), [*self.settings.ignore, "*.ipynb"])}  # fmt: skip
        files = {name: others[name].read_bytes() for name in sorted(others) if name not in own}
        masters = {name: self._master(place / f"{name}.ipynb") for name in names}
        config = self.marks_of_cells()
        try:
            given = {name: for_workers(data, config) for name, data in masters.items()}
        except RuntimeError as error:
            raise Problem(f"nbgrader would not give out a notebook of {assignment}: {error}") from None
        return Task(assignment, masters, files, limits or Limits(), config, given)

    def marks_of_cells(self) -> dict[str, dict]:
        """How the configuration has solutions, hidden tests and marking schemes marked in a cell."""
        told = {}
        for step in (ClearSolutions, ClearHiddenTests, ClearMarkScheme):
            reader = step(parent=self.generate)
            told[step.__name__] = {name: getattr(reader, name) for name in self.app.config[step.__name__]
                                   if reader.has_trait(name)}  # fmt: skip
        return {name: settings for name, settings in told.items() if settings}

    def _master(self, path: Path) -> bytes:
        """A notebook of the instructor's, with its tests written out where nbgrader is to generate them."""
        data = path.read_bytes()
        try:
            notebook = nbformat.reads(data.decode("utf-8-sig"), as_version=4)
        except (ValueError, AttributeError) as error:
            raise Problem(f"{path} is not a notebook that can be read: {first_line(error)}.") from None
        writer = InstantiateTests(parent=self.generate)
        if not any(cell.cell_type == "code" and writer.autotest_delimiter in cell.source for cell in notebook.cells):
            return data.removeprefix(b"\xef\xbb\xbf")
        try:
            with chdir(self.root):
                notebook, _ = writer(notebook, {"metadata": {"path": str(path.parent)}})
        except Exception as error:  # it runs the instructor's notebook: whatever that raises
            raise Problem(f"The tests of {path} could not be generated: {first_line(error)}.") from None
        return nbformat.writes(notebook).encode()

    def students(self, assignment: str, only: Collection[str] = ()) -> list[str]:
        """Who handed it in, of those asked for (all, if none are named), without those that the settings leave out."""
        submitted = self.settings.submitted_directory
        there = [name for name in self._named("student", submitted, assignment=assignment) if not self.leaves_out(name)]
        for name in only:
            if self.leaves_out(name):
                raise Problem(f"{name} is left out by CourseDirectory.student_id_exclude or student_id in {CONFIG}: "
                              "change that there.")  # fmt: skip
            if name not in there:
                advice = " Name each in a --student of its own." if "," in name else ""
                raise Problem(f"{name} has not handed in {assignment}: there is no "
                              f"{self.submitted(assignment, name)}.{advice}")  # fmt: skip
        if not there:
            raise Problem(f"Nobody has handed in {assignment}: {self.root / submitted} has no submission of it. "
                          "Get them with `nbgrader collect` or `nbgrader zip_collect`.")  # fmt: skip
        return sorted(set(only) or there)

    def leaves_out(self, student: str) -> bool:
        """Whether the settings say that a student is none of those to be graded."""
        settings = self.settings
        if NOT_HANDED_IN.search(student):
            return True  # a program has put it beside the students' folders
        return student in settings.student_id_exclude.split(",") or not fnmatch(student, settings.student_id)

    def overlooked(self, assignment: str) -> dict[str, str]:
        """Whose folders hold something, but not where it would be graded: by student, what that is.

        Only where the folders lie as nbgrader has them unless told otherwise.
        """
        if self.settings.directory_structure != CourseDirectory.directory_structure.default_value:
            return {}
        known = {assignment, *self.assignments()}
        found: dict[str, str] = {}
        for folder in sorted((self.root / self.settings.submitted_directory).iterdir()):
            if not self.leaves_out(folder.name) and not (folder / assignment).exists():
                with suppress(OSError):  # it may be no folder, or not for us to read
                    odd = [path.name for path in sorted(folder.iterdir())
                           if path.is_file() and not NOT_HANDED_IN.search(path.name)
                           or path.name not in known and plain(path.name) == plain(assignment)]  # fmt: skip
                    found |= {folder.name: ", ".join(odd[:3])} if odd else {}
        return found

    def job(self, assignment: str, student: str) -> Job:
        """A submission, read from the disk now. Raises Problem where that cannot be done."""
        if not student.isprintable():
            raise Problem("The name of the folder has characters in it that no database can keep: rename it.")
        if (other := self.linked_to(assignment, student)) is not None:
            raise Problem(f"The folder is a link to another submission, {other}: copy that if it is to count here too.")
        try:
            files = {name: path.read_bytes() for name, path in self.handed_in(assignment, student)}
        except OSError as error:
            raise Problem(f"The submission cannot be read: {error.filename}: {error.strerror}.") from None
        return Job(student, files)

    def linked_to(self, assignment: str, student: str) -> Path | None:
        """The other submission that a submission's folder leads to, if it does."""
        place = Path(os.path.normpath(self.root / self.settings.submitted_directory))
        own = self.submitted(assignment, student)
        led, place_itself = own.resolve(), place.resolve()
        is_own = led == place_itself / own.relative_to(place) or not led.is_relative_to(place_itself)
        return None if is_own else led.relative_to(place_itself)

    def handed_in(self, assignment: str, student: str, ignore: Sequence[str] = ()) -> list[tuple[str, Path]]:
        """The files of a submission, as (relative path, where it is), as far as the settings let them be handed in."""
        settings, chosen, left = self.settings, [], min(1000 * self.settings.max_dir_size, LARGEST)
        found = files_in(self.submitted(assignment, student), [*settings.ignore, *ignore])
        for name, path in sorted(found, key=lambda each: not each[0].endswith(".ipynb")):  # these first
            size, allowed = path.stat().st_size, min(left, 1000 * settings.max_file_size)
            if size <= allowed:
                left -= size
                chosen.append((name, path))
            elif name.endswith(".ipynb"):
                raise Problem(f"{name} is too large: {size / 10**6:.1f} MB, where {allowed / 10**6:g} are allowed "
                              f"(CourseDirectory.max_file_size and max_dir_size in {CONFIG}; never more than "
                              f"{LARGEST // 10**6}).")  # fmt: skip
        return chosen

    def masters(self, assignment: str) -> Path:
        return self._path(self.settings.source_directory, ".", assignment)

    def submitted(self, assignment: str, student: str) -> Path:
        return self._path(self.settings.submitted_directory, student, assignment)

    def autograded(self, assignment: str, student: str) -> Path:
        return self._path(self.settings.autograded_directory, student, assignment)

    def feedback(self, assignment: str, student: str) -> Path:
        return self._path(self.settings.feedback_directory, student, assignment)

    def with_feedback(self, assignment: str) -> list[str]:
        """Who has a folder of feedback."""
        return sorted(self._named("student", self.settings.feedback_directory, assignment=assignment))

    def handed_in_at(self, assignment: str, student: str) -> datetime | None:
        """When a submission was handed in, if its timestamp.txt says so. In UTC."""
        folder = self.submitted(assignment, student)
        told = within(folder.resolve(), folder / "timestamp.txt")
        with suppress(Exception), catch_warnings(action="ignore"):  # the parser raises all sorts
            return parse_utc(told.read_text(encoding="utf-8").strip() or None) if told else None
        return None

    def _path(self, step: str, student: str, assignment: str) -> Path:
        return Path(os.path.normpath(self.settings.format_path(step, student, assignment)))

    def _named(self, wanted: str, step: str, student: str = "", assignment: str = "") -> list[str]:
        """The students or assignments that have a folder at this step of grading."""
        settings = self.settings
        told = {"student": student, "assignment": assignment}
        stars = {who: "*" if who == wanted else glob.escape(name) for who, name in told.items()}
        groups = {who: "([^/]+)" if who == wanted else re.escape(name) for who, name in told.items()}
        shape = settings.directory_structure.format
        there = shape(nbgrader_step=glob.escape(step), student_id=stars["student"], assignment_id=stars["assignment"])
        named = re.compile(shape(nbgrader_step=re.escape(step), student_id=groups["student"],
                                 assignment_id=groups["assignment"]))  # fmt: skip
        return [match[1] for path in glob.glob(there, root_dir=self.root) if (self.root / path).is_dir()
                if (match := named.fullmatch(path))]  # fmt: skip


def for_workers(master: bytes, config: Mapping[str, dict]) -> tuple[bytes, bytes]:
    """What nbgrader makes of a notebook when it gives it out: workers do without nbgrader."""
    kept, shown = as_given_out(nbformat.reads(master.decode(), as_version=4), config)
    return nbformat.writes(kept).encode(), nbformat.writes(shown).encode()


def configured() -> AutogradeApp:
    """nbgrader's own application, set up from the current folder as `nbgrader autograde` would be, but silent."""
    said: list[str] = []
    handler = logging.Handler(logging.CRITICAL)
    handler.emit = lambda record: said.append(record.getMessage())
    log = logging.Logger("nbgrader")
    log.addHandler(handler)
    app = AutogradeApp(log=log, raise_config_file_errors=True)
    try:
        app.initialize(["--quiet"])
    except SystemExit:  # traitlets ends the process where a setting has the wrong type
        raise Problem(f"{CONFIG} cannot be used: {' '.join(said) or 'it ends the program'}.") from None
    except Exception as error:  # the file is a program: whatever that raises
        raise Problem(f"{CONFIG} cannot be used: {type(error).__name__}: {first_line(error)}.") from None
    return app


def made(converter: type, app: AutogradeApp) -> Autograde | GenerateAssignment:
    try:
        return converter(coursedir=app.coursedir, parent=app)
    except Exception as error:  # settings that name a class import it
        raise Problem(f"{CONFIG} cannot be used: {first_line(error)}.") from None


def refusal(error: OSError) -> str:
    """What the system would not do, and with which file."""
    return f"{error.filename or 'Writing files'}: {error.strerror or error}."


def first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
