"""`minigrad grade ASSIGNMENT`: its options, and what an instructor has to know about it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from minigrad.command.console import console
from minigrad.command.one_sentence import in_one_sentence
from minigrad.grading.quick_start import loading
from minigrad.grading.record import Limits

if TYPE_CHECKING:
    from minigrad.grading.cluster import Cluster
    from minigrad.grading.pool import Pool

USUAL = Limits()
ONE_OR_MORE, SECONDS = click.IntRange(min=1), click.FloatRange(min=0, min_open=True)
ONE_OR_MORE.name, SECONDS.name = "whole number", "number"  # for what click says of others


@click.command()
@click.argument("assignment")
@click.option("--student", "students", metavar="ID", multiple=True, help="Only this student; as often as you like.")
@click.option("--force", is_flag=True, help="Also what has been graded and has not changed since.")
@click.option("--jobs", type=ONE_OR_MORE, metavar="N", show_default="one for each processor",
              help="How many submissions to grade at the same time.")
@click.option("--timeout", "seconds", type=SECONDS, metavar="SECONDS",
              default=USUAL.seconds, show_default=True, help="How long each cell and each test may take.")
@click.option("--memory", type=ONE_OR_MORE, metavar="MB", default=USUAL.memory, show_default=True,
              help="How much memory a submission may use.")
@click.option("--disk", type=ONE_OR_MORE, metavar="MB", default=USUAL.disk, show_default=True,
              help="How much a submission may write to files.")
@click.option("--processes", type=ONE_OR_MORE, metavar="N", default=USUAL.processes, show_default=True,
              help="How many processes a submission may start.")
@click.option("--output", type=ONE_OR_MORE, metavar="KB", default=USUAL.output // 1000, show_default=True,
              help="How much a cell may print and show; the rest is cut off.")
@click.option("--scheduler", metavar="ADDRESS",
              help="Grade on the Dask cluster whose scheduler is there, such as tcp://10.0.0.5:8786.")
@click.option("--marks", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.json",
              help="Write the marks to this file too: {student: {cell: points}}.")
@click.option("--no-sandbox", is_flag=True,
              help="Run students' code as your own: only if you trust everybody who handed in.")
def grade(assignment: str, students: tuple[str, ...], force: bool, jobs: int | None, scheduler: str | None,
          marks: Path | None, no_sandbox: bool, output: int, **limits) -> None:
    """Grade what was handed in for ASSIGNMENT.

    Run it in an nbgrader course folder, in the place of `nbgrader autograde`: it reads submitted/, and writes
    autograded/ and the gradebook as nbgrader does, so that formgrader, `nbgrader export` and the like go on from there.

    \b
        nbgrader generate_assignment ps1    what students get
        nbgrader zip_collect ps1            (or collect) what they hand in
        minigrad grade ps1                  marks it
        jupyter lab                         menu Nbgrader, Formgrader: where you mark by hand
        minigrad feedback ps1               what they get back

    Each submission runs in a sandbox: no network, no files but its own, and no more time, memory, processes, disk and
    output than the options below allow. The tests run outside of it, so that no submission can read or change them.
    Your own answers, those in the instructor's notebook, are graded first: a test that they do not pass, or that cannot
    be run this way, is named before any student is marked, and gives no points.

    It may be stopped at any time: run it again, and it goes on where it was. A submission is graded again when it was
    handed in anew, when the instructor's notebook or one of the limits has changed, when `nbgrader autograde` has put
    other marks in the place of minigrad's, and with --force. Points and comments that a person gave are kept.

    In FILE.json, a cell is called by its nbgrader id; or NOTEBOOK:ID, where several notebooks of the assignment have a
    cell with that id. Its points are those in the gradebook, a person's before those of a test; null where a person
    has yet to give them, or where they could not be decided.

    A notebook that was not handed in gets no points, as with nbgrader; a line at the end says whose.

    The exit code is 0 when all were graded; 1 when some submissions or tests could not be, or nothing could; and 2 when
    the command is not understood.
    """
    if jobs and scheduler is not None:
        raise click.UsageError("--jobs is for this machine; a Dask cluster has its own workers. Leave one of them out.")
    if marks and not os.access(marks.absolute().parent, os.W_OK):
        raise click.ClickException(f"Cannot write to {marks.absolute().parent}: choose another folder for --marks.")
    with in_one_sentence():
        with started(jobs or processors(), scheduler, not no_sandbox) as pool:  # first: they load while this loads
            with console.status("Loading nbgrader ..."), loading():
                from minigrad.command.grading_run import Run
                from minigrad.grading.course_folder import CourseFolder

                course = CourseFolder()
                task = course.task(assignment.rstrip("/"), Limits(**limits, output=1000 * output))
            with Run(course, task, students) as run:
                run.grade(pool, force)
                if marks:
                    run.write_marks(marks)
    sys.exit(0 if run.is_complete else 1)


def started(jobs: int, scheduler: str | None, sandboxed: bool) -> "Pool | Cluster":
    if scheduler is None:
        from minigrad.grading.pool import Pool

        return Pool(jobs, sandboxed)
    from minigrad.grading.cluster import Cluster

    return Cluster(scheduler, sandboxed)


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
