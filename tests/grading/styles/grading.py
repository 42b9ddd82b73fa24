"""Styles graded together: each is a notebook of its own, and a submission holds one answer to each."""

from functools import cached_property

from graders import OneByOne

from minigrad.grading.record import UNFIT, Job, Limits, Task
from styles.notebooks import notebook


class Together:
    """`verdict(style, n)` is what its test cell gets with the n-th of its answers."""

    def __init__(self, styles) -> None:
        self.names = {style.title: f"style-{number:03}" for number, style in enumerate(styles)}
        self.styles = styles
        masters = {self.names[style.title]: notebook(style, style.answer) for style in styles}
        self.grader = OneByOne(Task("styles", masters, limits=Limits(seconds=10.0)))
        self.graded: dict[int, dict] = {}

    @cached_property
    def unfit(self) -> set[str]:
        return {style.title for style in self.styles if f"{self.names[style.title]}:test" in self.grader.unfit}

    def verdict(self, style, place):
        if place not in self.graded:
            files = {f"{self.names[each.title]}.ipynb": notebook(each, programs[min(place, len(programs) - 1)][0])
                     for each in self.styles if (programs := each.programs())}  # fmt: skip
            graded = self.grader.grade(Job(f"student-{place}", files))
            self.graded[place] = {notebook.name: notebook.verdicts for notebook in graded.notebooks}
        [verdict] = [each for each in self.graded[place][self.names[style.title]] if each.name == "test"]
        return verdict


def assert_as_in_one_process(together, style, place):
    verdict, (_, earned) = together.verdict(style, place), style.programs()[place]
    assert style.unfit == (verdict.kind == UNFIT), (verdict.kind, verdict.detail)
    assert verdict.points == (None if style.unfit else earned), (verdict.kind, verdict.reason, verdict.detail)
