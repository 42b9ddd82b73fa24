"""What makes the start of a program short. Imported before nbformat, it leaves out what notebooks do not need."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Where it is installed, jsonschema loads this grammar of web addresses: a second, each time that Python starts.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


@contextmanager
def loading() -> Iterator[None]:
    """While a program loads there is no garbage, and to look for some takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
