"""`minigrad feedback ASSIGNMENT`: the pages that students get back."""

import shlex
from collections.abc import Sequence

import click

from minigrad.command.console import console
from minigrad.command.one_sentence import in_one_sentence

LONGEST = 200  # letters of a list of students


@click.command()
@click.argument("assignment")
@click.option("--student", "students", metavar="ID", multiple=True, help="Only this student; as often as you like.")
@click.option("--force", is_flag=True, help="Write every page anew, also where nothing has changed.")
def feedback(assignment: str, students: tuple[str, ...], force: bool) -> None:
    """Write a page for each student: the points of each cell, why, and the comments of whoever marked it.

    Run it in the course folder after `minigrad grade`, and again after marking by hand: what has not changed stays as
    it is. Hidden tests are not shown, neither their code nor what was printed while they ran. A page is one file with
    its formulas and pictures, which runs no script and needs no net. The pages lie where nbgrader looks for them; where
    the submissions came through its exchange, `nbgrader release_feedback ASSIGNMENT` hands them out.
    """
    written = []
    with in_one_sentence(), console.status("Loading nbgrader ...") as status:
        from minigrad.grading.course_folder import CourseFolder
        from minigrad.grading.feedback import Feedback

        course = CourseFolder()
        pages = Feedback(course, assignment)
        for one in pages.write(students, force):
            written.append(one)
            status.update(f"Feedback for {len(written)} students ...")
    failed = [one for one in written if one.problem]
    good = len(written) - len(failed)
    new = sum(one.new for one in written)
    for one in failed:
        console.print(f"{one.student}: {one.problem}", markup=False)
    people = "1 student" if good == 1 else f"{good} students"
    console.print(f"{assignment}: feedback for {people}, {new} of it new.", markup=False)
    if good:
        place = course.feedback(assignment, "STUDENT").relative_to(course.root)
        console.print(f"The pages: {place}/*.html", markup=False)
        left_out = list(filter(None, course.settings.student_id_exclude.split(",")))
        command = f"nbgrader release_feedback {assignment}{'' if course.settings.course_id else ' --course NAME'}"
        console.print(way_out(command, pages.with_pages(), pages.without_exchange(), left_out), markup=False)
    raise SystemExit(1 if failed else 0)


def way_out(command: str, students: Sequence[str], without: Sequence[str], left_out: Sequence[str]) -> str:
    """How students get their pages. nbgrader's command ends in a traceback at a page that it cannot hand out."""
    if len(without) == len(students):
        return "Hand them out in your own way: the submissions did not come through nbgrader's exchange."
    if not without:
        return f"Hand them out with `{command}`."
    others = ",".join([*left_out, *without])
    if len(others) > LONGEST or any("," in student for student in without):
        command += " --student ID"
        which = "1 student" if len(without) == 1 else f"{len(without)} students"
    else:
        command += f" --CourseDirectory.student_id_exclude={shlex.quote(others)}"
        which = ", ".join(without)
    return (f"Hand them out with `{command}`; in your own way to {which}, "
            "whose submissions did not come through nbgrader's exchange.")  # fmt: skip
