"""The files of a graded submission: they take the place of those before all at once, or not at all."""

import os
import shutil
from errno import ENAMETOOLONG
from pathlib import Path


class Staged:
    """A folder beside `place`, where the files of a submission are gathered before they go there.

    It is hidden and on the same file system, so that taking its place is a matter of names. What a killed grader
    leaves of it is cleared away by `clear`.
    """

    def __init__(self, place: Path) -> None:
        clear(place)
        self.place, (self.new, self.old) = place, beside(place)
        self.new.mkdir(parents=True)

    def add(self, name: str, data: bytes | Path) -> None:
        """One file, by its relative path. The first one with a name stays; so it does where a folder has that name."""
        path = self.new / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                if isinstance(data, bytes):
                    file.write(data)
                else:
                    with data.open("rb") as source:
                        shutil.copyfileobj(source, file)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            return
        except OSError as error:
            if error.errno != ENAMETOOLONG:
                raise

    def publish(self) -> None:
        if os.path.lexists(self.place):
            self.place.rename(self.old)
        self.new.rename(self.place)

    def withdraw(self) -> None:
        """As if nothing had been published: the gradebook could not be written."""
        if not self.new.exists():
            remove(self.place)
        if os.path.lexists(self.old):
            self.old.rename(self.place)
        remove(self.new)

    def finish(self) -> None:
        remove(self.old)


def clear(place: Path) -> None:
    for left in beside(place):
        remove(left)


def beside(place: Path) -> tuple[Path, Path]:
    """Where the files wait before they take their place, and where those before wait until it is certain."""
    return place.with_name(f".{place.name}.new"), place.with_name(f".{place.name}.old")


def remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
