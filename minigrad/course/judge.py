"""A judge has the cases run, and compares: with the right answer, with the stub, and with what each belief leads to."""

import functools
from dataclasses import replace

from minigrad.course.case import Case
from minigrad.course.compare import differences, same
from minigrad.course.exercise import Exercise, Held
from minigrad.course.guard import untouched
from minigrad.course.runner import ProgramRunner, Runner
from minigrad.course.side_by_side import side_by_side
from minigrad.course.snapshot import Snapshot
from minigrad.course.verdict import Correct, Incorrect, NotAttempted, Result, Uncheckable, Verdict
from minigrad.course.words import kinds_in, prediction, sentence, warned


def judge(exercise: Exercise, runner: Runner, seed: int | None = None) -> Verdict:
    """The verdict on what `runner` runs. `seed` chooses the inputs; None takes those the learner always sees."""
    with untouched(()):
        return _judge(exercise, runner, exercise.seed if seed is None else seed)


def _judge(exercise: Exercise, runner: Runner, seed: int) -> Verdict:
    try:
        cases = tuple(exercise.cases(seed))
        right = behaviour(exercise, exercise.reference, seed)
    except Exception as error:
        return _broken(exercise, f"Its inputs cannot be made: {type(error).__name__}: {error}.")
    if reason := fault(cases, right):
        return _broken(exercise, reason)
    got = runner.run(list(cases))
    told = functools.partial(_prediction, kinds_in(right)) if exercise.kind == "predict" else _result
    results = tuple(told(case, one, other) for case, one, other in zip(cases, right, got, strict=True))
    if all(result.passed for result in results):
        return Correct(exercise, results)
    # An answer that builds on one that is not written yet does what that does: it raises NotImplementedError.
    if (not any(result.attempted for result in results)
            or all(map(same, cases, behaviour(exercise, exercise.stub, seed), got))):
        return NotAttempted(exercise, tuple(Result(case.title, False, attempted=False) for case in cases))
    return Incorrect(exercise, compared(results, right, got), diagnosis(exercise, seed, cases, right, got))


def compared(results: tuple[Result, ...], right, got) -> tuple[Result, ...]:
    """The results, the first failed one of which where two walks part with the comparison of the two."""
    for place, (result, one, other) in enumerate(zip(results, right, got, strict=True)):
        if not result.passed and (comparison := side_by_side(one, other)):
            return *results[:place], replace(result, comparison=comparison), *results[place + 1 :]
    return results


def _broken(exercise: Exercise, reason: str) -> Uncheckable:
    return Uncheckable(exercise, reason=f"{reason} This is not your fault; please report it.")


@functools.lru_cache(maxsize=256)
def behaviour(exercise: Exercise, program: str, seed: int) -> tuple[Snapshot, ...]:
    """The snapshots of one of the exercise's own programs."""
    runner = ProgramRunner(exercise.start + program, exercise.names)
    return tuple(runner.run(list(exercise.cases(seed))))


def fault(cases: tuple[Case, ...], right: tuple[Snapshot, ...]) -> str:
    """Why the exercise's own answer cannot be a measure, or "" if it can."""
    if not cases:
        return "It has no cases."
    for case, snapshot in zip(cases, right, strict=True):
        expected = "raised" if case.raises else "returned"
        if snapshot.outcome != expected or case.raises and not snapshot.raised(case.raises):
            what = snapshot.exception.get("type", snapshot.outcome)
            return f"Its own answer fails on {case} ({what})."
    return ""


def diagnosis(exercise: Exercise, seed: int, cases, right, got) -> Held | None:
    """The belief that explains most of what was got: on each case where it differs from the truth, so was got.

    It must explain more than half of what is wrong: whoever answers True everywhere has met many beliefs by chance.
    """
    wrong = sum(_answered(other) and not same(case, one, other)
                for case, one, other in zip(cases, right, got, strict=True))
    best, explained = None, wrong // 2
    for held in exercise.beliefs:
        theirs = behaviour(exercise, held.program, seed)
        telling = [i for i, case in enumerate(cases) if not same(case, right[i], theirs[i])]
        if len(telling) > explained and all(as_told(cases[i], theirs[i], got[i]) for i in telling):
            best, explained = held, len(telling)
    return best


def as_told(case: Case, theirs: Snapshot, got: Snapshot) -> bool:
    """Whether it is what the belief leads to. None and exceptions have many causes, so there more must agree."""
    more = case.evidence
    if theirs.outcome == "raised":
        more += ("message", "warnings")
    elif theirs.result.get("kind") == "None":
        more += ("calls", "backward", "warnings")
    return same(replace(case, compare=case.compare + more), theirs, got)


def _answered(got: Snapshot) -> bool:
    """Whether there is an answer: no missing entry, and no `...` left standing."""
    return got.outcome != "no entry" and got.result.get("kind") != "..."


def _prediction(kinds: list[dict], case: Case, expected: Snapshot, got: Snapshot) -> Result:
    """How a prediction went; the right one is not told, or there would be nothing left to predict."""
    result = _result(case, expected, got)
    if result.passed or got.outcome != "returned" or not result.attempted:
        return result
    return replace(result, sentence=prediction(case, kinds, got), differences=())


def _result(case: Case, expected: Snapshot, got: Snapshot) -> Result:
    found = differences(case, expected, got)
    if not found:
        return Result(case.title, True, warnings=warned(got))
    # What was never answered is not told: `...` left standing, a missing entry, a call that raised.
    answered = got.outcome == "returned" and _answered(got)
    written = answered or got.outcome != "returned" and got.exception.get("type") != "NotImplementedError"
    return Result(
        title=case.title,
        passed=False,
        call=str(case) if case.args is not None and not case.shown else "",
        program="" if case.shown or got.outcome == "not alone" else case.program,
        sentence=sentence(case, expected, got),
        differences=tuple(found) if answered else (),
        printed=got.printed,
        warnings=warned(got),
        attempted=written,
    )
