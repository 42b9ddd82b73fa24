"""What all notebooks that are built have in common: the same text on every machine, or an error that says why not."""

import nbformat
from nbformat import NotebookNode

# The same on every machine, so that a build on another one does not differ: no versions, no name of an environment.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


class BuildError(Exception):
    """The sources cannot be built; the text says which cell, and what to change."""


def notebook_text(notebook: NotebookNode) -> str:
    notebook.metadata = METADATA
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"
