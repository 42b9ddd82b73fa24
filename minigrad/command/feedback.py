"""`minigrad feedback ASSIGNMENT`: the pages that students get back."""

import click

from minigrad.command.console import console
from minigrad.command.one_sentence import in_one_sentence


@click.command()
@click.argument("assignment")
@click.option("--student", "students", metavar="ID", multiple=True, help="Only this student; as often as you like.")
@click.option("--force", is_flag=True, help="Write every page anew, also where nothing has changed.")
def feedback(assignment: str, students: tuple[str, ...], force: bool) -> None:
    """Write a page for each student: the points of each cell, why, and the comments of whoever marked it.

    Run it in the course folder after `minigrad grade`, and again after marking by hand: what has not changed stays as
    it is. Hidden tests are not shown, neither their code nor what was printed while they ran. A page is one file with
    its formulas and pictures, which runs no script and needs no net. The pages lie where nbgrader looks for them, so
    that `nbgrader release_feedback ASSIGNMENT` hands them out.
    """
    written = []
    with in_one_sentence(), console.status("Loading nbgrader ...") as status:
        from minigrad.grading.course_folder import CourseFolder
        from minigrad.grading.feedback import Feedback

        for one in Feedback(CourseFolder(), assignment).write(students, force):
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
        console.print(f"Hand it out with `nbgrader release_feedback {assignment}`.", markup=False)
    raise SystemExit(1 if failed else 0)
