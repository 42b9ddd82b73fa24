"""A proof that an exercise's grader tells right from wrong, with the exercise's own programs."""

from itertools import combinations

from minigrad.course.beliefs import BELIEFS
from minigrad.course.exercise import Exercise
from minigrad.course.judge import as_told, behaviour, judge
from minigrad.course.runner import ProgramRunner
from minigrad.course.verdict import Correct, Incorrect, NotAttempted, Verdict

SEEDS = (None, 1, 2, 3)
LONGEST_TITLE = 31
WITHOUT_A_BELIEF = (  # what an answer does before it is one, from which nobody can tell what its author believes
    "{name} = None",
    "def {name}(*args, **kwargs): pass",
    "def {name}(*args, **kwargs): return undefined",
    "def {name}(*args, **kwargs): return None.undefined",
)


def prove(exercise: Exercise, seeds=SEEDS) -> list[str]:
    """What is wrong with an exercise, in sentences; nothing, if it can be released."""
    return _form(exercise) + [f"seed {seed}: {fault}" for seed in _different(exercise, seeds)
                              for fault in _grading(exercise, seed)]


def _different(exercise: Exercise, seeds) -> list:
    """The seeds without those that give the same cases as one before: for a prediction, that is all but the first."""
    found: list[tuple[int | None, list]] = []
    for seed in seeds:
        cases = exercise.cases(exercise.seed if seed is None else seed)
        if all(cases != others for _, others in found):
            found.append((seed, cases))
    return [seed for seed, _ in found]


def _form(exercise: Exercise) -> list[str]:
    """What can be said without running anything."""
    faults = []
    if len(exercise.title) > LONGEST_TITLE:
        faults.append(f"the title has {len(exercise.title)} letters; {LONGEST_TITLE} fit into a narrow table")
    if len(exercise.beliefs) < 5:
        faults.append(f"{len(exercise.beliefs)} beliefs; at least 5 are needed")
    if len(exercise.also_right) < 2:
        faults.append(f"{len(exercise.also_right)} other right answers; at least 2 are needed")
    if len(exercise.hints) != 3:
        faults.append(f"{len(exercise.hints)} hints; 3 are needed")
    if type(exercise.points) is not int or exercise.points < 1:
        faults.append(f"the points are {exercise.points!r}; a positive int is needed")
    faults += [f"there is no belief {held.belief!r} in the catalogue" for held in exercise.beliefs
               if held.belief not in BELIEFS]
    return faults


def _grading(exercise: Exercise, seed: int | None) -> list[str]:
    def verdict(program: str) -> Verdict:
        return judge(exercise, ProgramRunner(exercise.start + program, exercise.names), seed)

    faults = []
    for name, program in [("the reference", exercise.reference)] + [
            (f"right answer {i}", program) for i, program in enumerate(exercise.also_right, 1)]:
        found = verdict(program)
        if not isinstance(found, Correct) or found.points != exercise.points:
            faults.append(f"{name} gets {_in_short(found)}")
    untouched = verdict(exercise.stub)
    if not isinstance(untouched, NotAttempted) or untouched.points != 0:
        faults.append(f"the stub gets {_in_short(untouched)}")
    for held in exercise.beliefs:
        found = verdict(held.program)
        if not isinstance(found, Incorrect) or found.points >= exercise.points:
            faults.append(f"{held.belief} gets {_in_short(found)}")
        elif found.held is not held:
            other = found.held.belief if found.held else "no message"
            faults.append(f"{held.belief} is told {other}")
    for line in WITHOUT_A_BELIEF:
        found = verdict("\n".join(line.format(name=name) for name in exercise.names))
        if isinstance(found, Incorrect) and found.held:
            faults.append(f"{line!r} is told {found.held.belief}")
    return faults + _alike(exercise, exercise.seed if seed is None else seed)


def _alike(exercise: Exercise, seed: int) -> list[str]:
    """Programs that no case tells apart are one belief under two names."""
    programs = [("the reference", exercise.reference), ("the stub", exercise.stub)]
    programs += [(held.belief, held.program) for held in exercise.beliefs]
    cases = exercise.cases(seed)
    return [f"no case tells {one} from {other}"
            for (one, first), (other, second) in combinations(programs, 2)
            if all(map(as_told, cases, behaviour(exercise, first, seed), behaviour(exercise, second, seed)))]


def _in_short(verdict: Verdict) -> str:
    wrong = [f"{result.title}: {result.sentence or [vars(d) for d in result.differences]}"
             for result in verdict.results if not result.passed]
    return f"{verdict.points} points, {verdict.word} {verdict.reason} {'; '.join(wrong[:2])}".strip()
