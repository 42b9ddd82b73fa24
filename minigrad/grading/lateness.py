"""The penalty for handing in late, as the course's settings and plugin have it."""

from collections.abc import Callable
from types import SimpleNamespace

from nbgrader.preprocessors import AssignLatePenalties

from minigrad.grading.course_folder import CONFIG, CourseFolder, first_line
from minigrad.grading.problem import Problem

# Of whom, the score of a notebook, how many seconds it came too late.
LatePenalty = Callable[[str, float, float], float | None]


def late_penalty(course: CourseFolder) -> LatePenalty:
    """How many points a student loses; nbgrader keeps it between none and all. None where there is no penalty."""
    steps = [step for step in course.autograde.autograde_preprocessors if issubclass(step, AssignLatePenalties)]
    try:
        assigning = steps[0](parent=course.autograde) if steps else None
        if assigning is None or not assigning.enabled:
            return lambda student, score, seconds: None
        assigning.init_plugin()
    except Exception as error:  # it may be the course's own
        raise Problem(f"The plugin for late submissions in {CONFIG} cannot be used: {first_line(error)}.") from None

    def penalty(student: str, score: float, seconds: float) -> float | None:
        try:
            given = assigning.plugin_inst.late_submission_penalty(student, score, seconds)
            return None if given is None else assigning._check_late_penalty(SimpleNamespace(score=score), given)
        except Exception as error:
            raise Problem(f"The plugin for late submissions in {CONFIG} failed: {first_line(error)}.") from None

    return penalty
