"""The learner's side of the course: `check`, `hint` and `progress`.

Reading order of a check: checking (the front door), exercise and case (what is asked), runner (carries out cases,
inside limit and guard; an engine of the learner's own inside alone and walk), snapshot (what was seen), compare, judge
(right, a belief, or neither), verdict, side_by_side, words and card (what the learner is told), progress_file. Then
proof, which turns all this on the exercises themselves, whose contents are beliefs and exercises/; and lesson, what a
lesson's cells call. Files: files, whole_file, notebook_file, learner_copy, reset, check_saved, pages. The build: build,
built, build_lesson, source_notebook, build_exercises.
"""

__all__ = ["check", "hint", "progress"]


def __getattr__(name):
    # Loaded when first asked for: the command line copies notebooks without loading the engine.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from minigrad.course import checking

    return getattr(checking, name)
