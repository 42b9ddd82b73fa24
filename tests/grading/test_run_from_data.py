"""What a test has as data, a pickle or a text, is run only if the instructor's own answers have it run as well."""

import pickle
from fractions import Fraction

import pytest
from graders import OneByOne
from sandboxes import needs_linux
from styles.notebooks import notebook
from styles.style import style

from minigrad.grading.record import Job, Task
from minigrad.grading.run_from_data import RunFromData

pytestmark = needs_linux
OWN = style("own", "def same(x):\n    return x", """
    import pickle
    from collections import namedtuple
    from fractions import Fraction
    import numpy as np
    assert pickle.loads(pickle.dumps(Fraction(1, 2))) == same(Fraction(1, 2))
    assert pickle.loads(pickle.dumps(np.arange(3))).sum() == same(3)
    assert eval("same(2) + 1") == namedtuple("Point", "x")(3).x
    """)  # fmt: skip
PACKED = style("packed", "import pickle\ndef packed(x):\n    return pickle.dumps(x)", """
    import pickle
    from fractions import Fraction
    assert pickle.loads(packed(Fraction(1, 2))) == Fraction(1, 2)
    """)  # fmt: skip
FORMULA = style("formula", "def square(x):\n    return f'{x} * {x}'", "x = 3\nassert eval(square('x')) == 9")
EXAMPLES = style("examples", 'def one():\n    """\n    >>> one()\n    1\n    """\n    return 1', """
    import doctest
    [found] = doctest.DocTestFinder().find(one, "one", globs={"one": one})
    assert doctest.DocTestRunner(verbose=False).run(found).failed == 0
    """)  # fmt: skip
STYLES = {each.title: each for each in (OWN, PACKED, FORMULA, EXAMPLES)}
CALLS = """
import importlib, pickle
class Calls:
    def __reduce__(self):
        module, name, *arguments = {how}
        return getattr(importlib.import_module(module), name), tuple(arguments)
def packed(x):
    return pickle.dumps(Calls())
"""


@pytest.fixture(scope="module")
def grader():
    with OneByOne(Task("ps", {name: notebook(each, each.answer) for name, each in STYLES.items()})) as grader:
        assert grader.unfit == {}
        yield grader


def points(grader, files=(), **answers):
    """By style, with the right answers but for those given."""
    notebooks = {f"{name}.ipynb": notebook(each, answers.get(name, each.answer)) for name, each in STYLES.items()}
    graded = grader.grade(Job("ada", notebooks | dict(files)))
    return {marked.name: marked.verdicts[0].points for marked in graded.notebooks}


def test_right_answers_earn_their_points_whatever_else_was_handed_in(grader):
    assert points(grader, {"timestamp.txt": b"2026-01-01 00:00:00 UTC"}) == dict.fromkeys(STYLES, 1)


@pytest.mark.parametrize("how", [
    ("builtins", "eval", "open({place!r}, 'w')"),
    ("numpy.testing", "runstring", "open({place!r}, 'w')", {}),
    ("os", "mkdir", "{place}"),
])  # fmt: skip
def test_what_a_student_packs_is_not_called(grader, how, tmp_path):
    told = tuple(each.format(place=str(tmp_path / "x")) if isinstance(each, str) else each for each in how)
    assert points(grader, packed=CALLS.format(how=told)) == dict.fromkeys(STYLES, 1) | {"packed": None}
    assert not (tmp_path / "x").exists()


def test_what_a_student_packs_cannot_have_a_class_do_something_else(grader):
    packed = b"cfractions\nFraction\n(N}S'__eq__'\ncbuiltins\nbool\nstb0cfractions\nFraction\n(S'1/3'\ntR."
    answer = f"def packed(x):\n    return {packed!r}"
    assert points(grader, packed=answer) == dict.fromkeys(STYLES, 1) | {"packed": None}
    watching = RunFromData({"fractions.Fraction"})
    pickle.loads(packed)
    assert Fraction(1, 3) == Fraction(1, 2) and "Fraction" in watching.refused()
    watching.close()
    assert Fraction(1, 3) != Fraction(1, 2)


def test_what_a_student_writes_is_no_program(grader, tmp_path):
    program = f"open({str(tmp_path / 'x')!r}, 'w') and 9"
    formula = f"def square(x):\n    return {program!r}"
    examples = f'def one():\n    """\n    >>> {program}\n    9\n    """'
    assert points(grader, formula=formula, examples=examples) == {"own": 1, "packed": 1, "formula": None,
                                                                  "examples": None}  # fmt: skip
    assert not (tmp_path / "x").exists()
