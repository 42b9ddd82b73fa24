"""One command builds everything that is built: `python -m minigrad.course.build [--check] [LESSON ...]`.

    notebooks/NN_topic.py                        ->  notebooks/NN_topic.ipynb, executed, outputs stored
    minigrad/course/exercises/exNN_topic.py      ->  solutions/NN_topic/NN_topic.ipynb
    solutions/, by `nbgrader generate_assignment` ->  exercises/NN_topic/NN_topic.ipynb

With `--check` nothing is written: what would change is listed, and the exit code is 1 if anything would. With numbers
of lessons, such as 04, only these are looked at.
"""

import argparse
import sys
import tempfile
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from minigrad.course.build_exercises import build_exercises
from minigrad.course.build_lesson import build_lesson
from minigrad.course.built import BuildError
from minigrad.course.files import course_folder

AT_ONCE = 4  # lessons
BUILT = ("notebooks/*.ipynb", "solutions/*/*", "exercises/*/*")


def build(course: Path, into: Path, lessons: Collection[str] = ()) -> None:
    """Build everything, or these lessons, from the sources in `course` into the empty folder `into`."""
    (into / "notebooks").mkdir()
    sources = sorted((course / "notebooks").glob("[0-9][0-9]_*.py"))
    wanted = [source for source in sources if not lessons or source.stem[:2] in lessons]
    with ThreadPoolExecutor(AT_ONCE) as pool:  # each mostly waits for a kernel
        for source, text in zip(wanted, pool.map(build_lesson, wanted)):
            (into / "notebooks" / f"{source.stem}.ipynb").write_text(text, encoding="utf-8", newline="\n")
    build_exercises(into, lessons)


def files(folder: Path, lessons: Collection[str] = ()) -> dict[str, bytes]:
    """What was built below a folder, of everything or of these lessons: path -> content."""
    found = sorted(path for pattern in BUILT for path in folder.glob(pattern) if path.is_file())
    if lessons:
        found = [path for path in found if path.relative_to(folder).parts[1][:2] in lessons]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def differences(committed: dict[str, bytes], built: dict[str, bytes]) -> dict[str, str]:
    """path -> what is wrong with what is committed."""
    wrong = {}
    for path in sorted(committed.keys() | built.keys()):
        if path not in committed:
            wrong[path] = "is missing"
        elif path not in built:
            wrong[path] = "has no source"
        elif committed[path] != built[path]:
            wrong[path] = f"differs from line {first_difference(committed[path], built[path])} on"
    return wrong


def first_difference(committed: bytes, built: bytes) -> int:
    ours, theirs = committed.splitlines(), built.splitlines()
    return 1 + next((n for n, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]),
                    min(len(ours), len(theirs)))


def put(course: Path, wrong: dict[str, str], built: dict[str, bytes]) -> None:
    for path in wrong:
        if path in built:
            (course / path).parent.mkdir(parents=True, exist_ok=True)
            (course / path).write_bytes(built[path])
        else:
            (course / path).unlink()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m minigrad.course.build", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if anything would change")
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="only these, by their numbers, such as 04")
    options = parser.parse_args(arguments)
    check, lessons = options.check, options.lessons
    course = course_folder()
    if unknown := [lesson for lesson in lessons if not [*course.glob(f"notebooks/{lesson}_*.py")]]:
        parser.error(f"there is no lesson {unknown[0]} in {course / 'notebooks'}")
    with tempfile.TemporaryDirectory() as folder:
        try:
            build(course, Path(folder), lessons)
        except BuildError as error:
            print(error, file=sys.stderr)
            return 1
        built = files(Path(folder))
    wrong = differences(files(course, lessons), built)
    if not check:
        put(course, wrong, built)
    for path, what in wrong.items():
        print(f"{path} {what}" if check else path)
    if wrong and check:
        print("Run `python -m minigrad.course.build` and commit what it writes.")
    elif not wrong:
        print(f"All {len(built)} built files are up to date.")
    return 1 if wrong and check else 0


if __name__ == "__main__":
    sys.exit(main())
