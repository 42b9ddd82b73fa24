"""A test may unpickle classes, as the instructor's own answers have it; nothing of a student's is called by that."""

import pytest
from graders import OneByOne
from sandboxes import needs_linux
from styles.notebooks import notebook
from styles.style import style

from minigrad.grading.record import Job, Task

pytestmark = needs_linux
OWN = style("its own", "def same(x):\n    return x", """
    import pickle
    from fractions import Fraction
    import numpy as np
    assert pickle.loads(pickle.dumps(Fraction(1, 2))) == same(Fraction(1, 2))
    assert pickle.loads(pickle.dumps(np.arange(3))).sum() == same(3)
    """)  # fmt: skip
THEIRS = style("what it is given", "import pickle\ndef packed(x):\n    return pickle.dumps(x)", """
    import pickle
    from fractions import Fraction
    assert pickle.loads(packed(Fraction(1, 2))) == Fraction(1, 2)
    """)  # fmt: skip
CALLS = """
import pickle
class Calls:
    def __init__(self, *how):
        self.how = how
    def __reduce__(self):
        import builtins, importlib
        module, name, *arguments = self.how
        return getattr(importlib.import_module(module), name), tuple(arguments)
def packed(x):
    return pickle.dumps(Calls{how})
"""


@pytest.fixture(scope="module")
def grader():
    with OneByOne(Task("ps", {"p1": notebook(OWN, OWN.answer), "p2": notebook(THEIRS, THEIRS.answer)})) as grader:
        assert grader.unfit == {}
        yield grader


def points(grader, program, **files):
    notebooks = {"p1.ipynb": notebook(OWN, OWN.answer), "p2.ipynb": notebook(THEIRS, program)}
    graded = grader.grade(Job("ada", notebooks | files))
    return [verdict.points for marked in graded.notebooks for verdict in marked.verdicts]


def test_whatever_else_was_handed_in_the_right_answers_earn_their_points(grader):
    assert points(grader, THEIRS.answer, **{"timestamp.txt": b"2026-01-01 00:00:00 UTC"}) == [1, 1]


@pytest.mark.parametrize("how", [
    ("builtins", "eval", "open({place!r}, 'w') and __import__('fractions').Fraction(1, 2)"),
    ("numpy.testing", "runstring", "open({place!r}, 'w')", {}),
    ("subprocess", "Popen", ["touch", "{place}"]),
])  # fmt: skip
def test_what_a_student_packs_is_not_called(grader, how, tmp_path):
    place = tmp_path / "called"
    told = tuple(each.format(place=str(place)) if isinstance(each, str) else each for each in how)
    program = CALLS.replace("{how}", repr(told).replace("{place}", str(place)))
    assert points(grader, program) == [1, 0]
    assert not place.exists()
