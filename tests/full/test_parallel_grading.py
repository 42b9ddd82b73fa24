"""However many are graded at the same time, each gets its own marks: ten runs in a row, with 1, 2 and 4 at once."""


import pytest
from graders import given_out
from test_pool import notebook

from minigrad.grading.pool import Pool
from minigrad.grading.record import Job, Task

RUNS, MOST = 10, 60

# A program and points of its own for each submission, so that an answer that reached another's test would be seen.
TEST = f"import numpy as np\nint(np.sum(np.full(answer, 1))) / {MOST}"
TASK = given_out(Task("ps", {"p": notebook(MOST, TEST)}))


@pytest.mark.parametrize("at_once", [1, 2, 4])
def test_each_submission_gets_its_own_marks(at_once):
    jobs = [Job(str(number), {"p.ipynb": notebook(number, TEST)}) for number in range(1, MOST)]
    with Pool(at_once) as pool:
        assert pool.prepare(TASK).unfit == {}
        for _ in range(RUNS):
            marks = {result.student: result.notebooks[0].verdicts[0].points for result in pool.grade(jobs)}
            assert marks == {str(number): number / MOST for number in range(1, MOST)}
