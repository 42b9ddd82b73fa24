"""Submissions to one ordinary assignment, hostile, damaged, edited and honest, each with the marks that are fair."""

from suite import (
    attacks_on_marks, attacks_on_others, attacks_on_tests, attacks_on_the_grader, attacks_on_the_machine, damaged,
    edited,
    honest, limits,
)  # fmt: skip

PARTS = (attacks_on_tests, attacks_on_marks, attacks_on_the_grader, attacks_on_the_machine, attacks_on_others, damaged,
         edited, limits, honest)  # fmt: skip
SUBMISSIONS = [submission for part in PARTS for submission in part.SUBMISSIONS]
