"""What nbgrader makes of the instructor's notebook when it gives it out."""

from collections.abc import Mapping
from copy import deepcopy

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions, ComputeChecksums, LockCells
from traitlets.config import Config


def as_given_out(master: NotebookNode, config: Mapping[str, dict]) -> tuple[NotebookNode, NotebookNode]:
    """The notebook as nbgrader expects it back, with hidden tests and checksums; and as students see it.

    `config` is what nbgrader's configuration sets, by class. RuntimeError where nbgrader would not give it out: a
    region of a solution or of hidden tests without an end.
    """
    kept, shown = deepcopy(master), deepcopy(master)
    settings = Config(dict(config))
    # In this order nbgrader stores its checksums: of stubs, and of tests with their hidden regions.
    for step in (LockCells, ClearSolutions, ComputeChecksums):
        step(config=settings).preprocess(kept, {})
    for step in (ClearSolutions, ClearHiddenTests, ClearMarkScheme):
        step(config=settings).preprocess(shown, {})
    return kept, shown
