"""All operations there are, family by family: a file here and what PyTorch recorded of it in ../data/ops.

A family has OPS and, where it needs them, DTYPES (in which its operations are tried), EXPRESSIONS (one-line programs
without history), OWN_WORDS (expression -> what minigrad says instead of PyTorch, on purpose) and DIFFERENT (where an
operation differs, on purpose, and why). A test fails if an entry of the last two is no longer needed.
"""

import importlib
from pathlib import Path

FAMILIES = {
    path.stem: importlib.import_module(f"operations.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py"))
}
OPS = [op for family in FAMILIES.values() for op in family.OPS]
EXPRESSIONS = [line for family in FAMILIES.values() for line in getattr(family, "EXPRESSIONS", [])]
OWN_WORDS = {key: words for family in FAMILIES.values() for key, words in getattr(family, "OWN_WORDS", {}).items()}
DIFFERENT = {key: why for family in FAMILIES.values() for key, why in getattr(family, "DIFFERENT", {}).items()}
