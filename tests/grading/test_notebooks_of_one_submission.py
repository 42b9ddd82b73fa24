"""The notebooks of a submission are marked one after the other in the same process, and none costs another anything."""

from sandboxes import needs_linux
from styles.notebooks import notebook
from styles.style import style

from minigrad.grading.record import Job, Task
from minigrad.grading.worker import Grader

WRITES = style("writes a file", "def save(text):\n    open('out.txt', 'w').write(text)", """
    save("x")
    assert open("out.txt").read() == "x"
    """)  # fmt: skip
UNPICKLES = style("unpickles a class", "def same(x):\n    return x", """
    import pickle
    from collections import Counter
    assert pickle.loads(pickle.dumps(Counter("ab"))) == same(Counter("ab"))
    """)  # fmt: skip


@needs_linux
def test_a_test_may_unpickle_classes_after_a_notebook_that_wrote_files():
    files = {name: notebook(each, each.answer) for name, each in (("p1", WRITES), ("p2", UNPICKLES))}
    grader = Grader(Task("ps", files))
    try:
        graded = grader.grade(Job("ada", {f"{name}.ipynb": data for name, data in files.items()}))
    finally:
        grader.close()
    verdicts = [verdict for marked in graded.notebooks for verdict in marked.verdicts]
    assert [verdict.points for verdict in verdicts] == [1, 1], verdicts
