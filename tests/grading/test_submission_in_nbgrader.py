"""What is made of a submission is what nbgrader's own autograde would make of it, and nbgrader works on with it."""

from copy import deepcopy

import nbformat
import pytest
from an_assignment import MASTER, READER, find, name_of, read, released, solved
from nbgrader import api
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    DeduplicateIds,
    GetGrades,
    LockCells,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
    SaveCells,
)
from test_submission_cells import AS_IT_WAS

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own

SANITIZE = (ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata)


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    """nbgrader's gradebook with the assignment in it, and one submission."""
    url = f"sqlite:///{tmp_path_factory.mktemp('course') / 'gradebook.db'}"
    told = {"notebook": "ps1", "assignment": "ps1", "student": "ada", "db_url": url}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "get_alembic_version", lambda: "unknown")  # it starts a program, which takes seconds
        with Gradebook(url) as gradebook:
            gradebook.add_assignment("ps1")
    run(deepcopy(MASTER), {"nbgrader": told}, LockCells, ClearSolutions, ClearOutput, ComputeChecksums, SaveCells)
    with Gradebook(url) as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission("ps1", "ada")
    return {"nbgrader": told}


def run(notebook, resources, *steps):
    for step in steps:
        notebook, resources = step().preprocess(notebook, resources)
    return notebook


def as_nbgrader(notebook, resources):
    return run(nbformat.from_dict(notebook), resources, *SANITIZE)


def sketch(notebook):
    """All that there is to a notebook but the ids of its cells."""
    return notebook.metadata, [{key: value for key, value in cell.items() if key != "id"} for cell in notebook.cells]


@pytest.mark.parametrize("notebook", [solved(), released()], ids=["solved", "as given out"])
def test_an_ordinary_notebook_is_what_nbgrader_makes_of_it(notebook, resources):
    assert read(notebook).notebook == as_nbgrader(deepcopy(notebook), resources)


@pytest.mark.parametrize("notebook", AS_IT_WAS.values(), ids=AS_IT_WAS)
def test_nbgrader_finds_nothing_to_mend_although(notebook, resources):
    ours = read(notebook).notebook
    MetadataValidator().validate_nb(ours)
    assert as_nbgrader(deepcopy(ours), resources) == ours


def test_where_nbgrader_copes_with_damage_we_make_the_same_of_it(resources):
    names = ("a test was changed", "points were changed", "an answer became a text", "the data were changed")
    for name in names:
        notebook = deepcopy(AS_IT_WAS[name])
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code":  # nbformat will not have a text with outputs
                cell.pop("outputs", None)
        assert sketch(read(notebook).notebook) == sketch(as_nbgrader(notebook, resources)), name


def test_nbgrader_marks_it_and_sees_what_was_not_answered(resources):
    notebook = solved()
    find(notebook, "essay")["source"] = find(released(), "essay")["source"]
    run(read(notebook).notebook, resources, SaveAutoGrades)
    with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
        submission = gradebook.find_submission_notebook("ps1", "ps1", "ada")
        scores = {grade.cell.name: (grade.auto_score, grade.needs_manual_grade) for grade in submission.grades}
        comments = {comment.cell.name: comment.auto_comment for comment in submission.comments}
    assert scores == {"test-scale": (2, False), "test-scale-again": (1, False), "test-middle": (3, False),
                      "test-total": (1, False), "essay": (0, False), "sketch": (None, True),
                      "draw": (None, True)}  # fmt: skip
    assert comments == {"scale": None, "middle": None, "total": None, "essay": "No response.", "sketch": None,
                        "draw": None}  # fmt: skip


def test_nbgrader_finds_the_marks_for_its_feedback(resources):
    for notebook in (solved(), AS_IT_WAS["all marks and ids were lost"]):
        ours = run(read(notebook).notebook, resources, SaveAutoGrades, GetGrades)
        assert {cell.metadata.nbgrader.points for cell in ours.cells if cell.metadata.get("nbgrader", {}).get("grade")}
        assert all("score" in cell.metadata.nbgrader for cell in ours.cells if name_of(cell).startswith("test-"))


def test_the_instructors_notebook_is_left_alone():
    before = deepcopy(MASTER)
    submission = read(solved())
    for cell in submission.notebook.cells:
        cell.metadata["changed"] = cell.metadata.setdefault("nbgrader", {})["changed"] = True
    submission.notebook.metadata.kernelspec.name = "changed"
    assert before == MASTER
    assert read(solved()) == READER.read(nbformat.writes(nbformat.from_dict(solved())).encode())
    assert "changed" not in str(read(solved()).notebook)
