"""What a learner has solved is kept in one small JSON file beside the notebooks, which no damage can make a problem."""

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from minigrad.course.exercise import Exercise, registry
from minigrad.course.whole_file import write_whole

NAME = ".minigrad-progress.json"

_unsaved: dict[str, "Entry"] = {}  # what could not be written: hints go on while this process lives
_damaged: list[Path] = []  # what was set aside, until the learner has been told


@dataclass(frozen=True)
class Entry:
    """One exercise so far: best and last points, how many answers were checked, how many hints were shown."""

    best: float = 0
    last: float = 0
    tries: int = 0
    hints: int = 0
    found: str = ""  # stands for what the last check showed
    turn: int = 0  # of all checks, the how-many-eth was the last one: it tells where the learner left off
    held: tuple[str, ...] = ()  # the beliefs that answers fitted, by their ids


@dataclass(frozen=True)
class Row:
    """One line of the table of progress. `state` is "solved", "begun" or "not attempted"."""

    id: str
    title: str
    points: float
    of: int
    state: str
    tries: int
    hints: int


def place() -> Path | None:
    """The file, in this folder or the nearest one above that has it; None where nothing is to be kept.

    `MINIGRAD_PROGRESS` may be "off" or a folder. While nbgrader grades, nothing is kept.
    """
    chosen = os.environ.get("MINIGRAD_PROGRESS", "")
    if chosen == "off" or "NBGRADER_EXECUTION" in os.environ:
        return None
    if chosen:
        return Path(chosen) / NAME
    here = Path.cwd()
    return next((folder / NAME for folder in (here, *here.parents) if (folder / NAME).is_file()), here / NAME)


def start(folder: Path) -> None:
    """Mark `folder` as the top of a learner's copy: progress made anywhere below is kept there."""
    if not (folder / NAME).exists():
        _write(folder / NAME, {})


def load() -> dict[str, Entry]:
    """All entries by exercise id. A file that cannot be understood is set aside and counts as empty."""
    path = place()
    if path is None:
        return dict(_unsaved)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return dict(_unsaved)
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, UnicodeDecodeError):
            _set_aside(path)
        return dict(_unsaved)
    try:
        entries = {name: _entry(value) for name, value in json.loads(text)["exercises"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        _set_aside(path)
        return dict(_unsaved)
    return entries | _unsaved


def note_check(exercise_id: str, points: float, attempted: bool, found: str = "", held: str = "") -> None:
    """Note that an exercise was checked, and the belief that the answer fitted, if it did.

    Checking the same answer again shows the same, and is no new try.
    """
    entries = load()
    entry = entries.get(exercise_id, Entry())
    digest = sha256(found.encode()).hexdigest()[:16] if found else ""
    tries = entry.tries + (attempted and (not digest or digest != entry.found))
    turn = 1 + max((other.turn for other in entries.values()), default=0)
    beliefs = tuple(dict.fromkeys((*entry.held, held) if held else entry.held))
    _save(exercise_id, replace(
        entry, best=max(entry.best, points), last=points, tries=tries, found=digest, turn=turn, held=beliefs))


def note_hint(exercise_id: str) -> int:
    """Note that one more hint was asked for; how many that makes."""
    entry = load().get(exercise_id, Entry())
    _save(exercise_id, replace(entry, hints=entry.hints + 1))
    return entry.hints + 1


def forget(exercise_id: str) -> bool:
    """Let an exercise count as not attempted; whether it had counted as anything else."""
    entries = load()
    entry = entries.pop(exercise_id, Entry())
    _unsaved.pop(exercise_id, None)
    path = place()
    known = bool(entry.best or entry.tries or entry.hints)
    if known and path is not None:
        _write(path, entries)
    return known


def told_of_damage() -> str:
    """One sentence for the learner if the file was damaged; said once."""
    if not _damaged:
        return ""
    return f"Your record of progress was damaged, and is now {_damaged.pop()}; your notebooks are as they were."


def unsolved(names: Iterable[str]) -> list[str]:
    """Those of the exercises that did not get full marks yet; none where no progress is kept."""
    return [] if place() is None else [row.id for row in rows() if row.id in names and row.state != "solved"]


def rows() -> list[Row]:
    """The table of progress: one row for each exercise of the course."""
    entries = load()
    table = []
    for exercise in registry().values():
        entry = entries.get(exercise.id, Entry())
        state = "solved" if entry.best >= exercise.points else "begun" if entry.tries else "not attempted"
        points = min(entry.best, exercise.points)
        table.append(Row(exercise.id, exercise.title, points, exercise.points, state, entry.tries, entry.hints))
    return table


def next_exercise() -> Exercise | None:
    """Where to go on: at the exercise checked last or, once it is solved, at the next that is not; None after all."""
    entries, exercises = load(), list(registry().values())
    turns = [entries.get(exercise.id, Entry()).turn for exercise in exercises]
    start = turns.index(max(turns)) if any(turns) else 0
    unsolved = (exercise for exercise in exercises[start:] + exercises[:start]
                if entries.get(exercise.id, Entry()).best < exercise.points)
    return next(unsolved, None)


def held_before(lesson: str) -> list[tuple[str, str]]:
    """The beliefs that answers to earlier lessons fitted, as (exercise, belief) pairs of ids; the latest first."""
    found: dict[str, tuple[int, str]] = {}
    for name, entry in load().items():
        for belief in entry.held if name.partition(".")[0] < lesson else ():
            found[belief] = max(found.get(belief, (0, "")), (entry.turn, name))
    return [(name, belief) for belief, (_, name) in sorted(found.items(), key=lambda item: item[1], reverse=True)]


def _save(exercise_id: str, entry: Entry) -> None:
    path = place()
    entries = load() | {exercise_id: entry}
    try:
        if path is None:
            raise OSError
        _write(path, entries)
    except OSError:  # a read-only folder, a full disk: a check is worth more than its record
        _unsaved[exercise_id] = entry
    else:
        _unsaved.pop(exercise_id, None)


def _write(path: Path, entries: dict[str, Entry]) -> None:
    content = {"version": 1, "exercises": {name: asdict(entry) for name, entry in sorted(entries.items())}}
    write_whole(path, json.dumps(content, indent=1))


def _entry(value: dict) -> Entry:
    """An entry of the file; what is not a number in range counts as 0."""
    numbers = [value.get(name) for name in ("best", "last", "tries", "hints", "turn")]
    best, last, tries, hints, turn = (
        number if type(number) in (int, float) and 0 <= number < 1e6 else 0 for number in numbers)
    found, held = value.get("found"), value.get("held")
    beliefs = tuple(belief for belief in held if isinstance(belief, str)) if isinstance(held, list) else ()
    return Entry(best, last, int(tries), int(hints), found if isinstance(found, str) else "", int(turn), beliefs)


def _set_aside(path: Path) -> None:
    """Keep a damaged file under another name, where a person can look at it."""
    number = 1
    while path.with_name(f"{path.name}.damaged-{number}").exists():
        number += 1
    with contextlib.suppress(OSError):
        _damaged.append(path.rename(path.with_name(f"{path.name}.damaged-{number}")))
