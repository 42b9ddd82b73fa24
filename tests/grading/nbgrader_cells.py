"""A cell with what nbgrader notes of it."""

from nbformat import NotebookNode


def marked(cell: NotebookNode, name: str, **marks: object) -> NotebookNode:
    """The cell under this grade_id; what is not said of it is not so."""
    usual = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name} | usual | marks
    return cell
