"""The learner's side of the course: `check`, `hint` and `progress`."""

__all__ = ["check", "hint", "progress"]


def __getattr__(name):
    # Loaded when first asked for: the command line copies notebooks without loading the engine.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from minigrad.course import checking

    return getattr(checking, name)
