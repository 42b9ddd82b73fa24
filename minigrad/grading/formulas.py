"""A formula becomes MathML, which browsers draw by themselves: no script has to run for it, and nothing be fetched."""

from functools import lru_cache

from latex2mathml.converter import convert
from markupsafe import escape

LONGEST = 5_000  # letters


@lru_cache(maxsize=1024)  # most formulas are the instructor's, and the same in all submissions
def drawn(formula: str, alone: bool) -> str:
    """A formula in a line, or alone between lines. Not to be trusted: what is in it may be HTML of a student's."""
    as_written = str(escape(f"$${formula}$$" if alone else f"${formula}$"))
    if len(formula) > LONGEST:
        return as_written
    try:
        return convert(formula, display="block" if alone else "inline")
    except Exception:  # of many kinds: it is no formula
        return as_written
