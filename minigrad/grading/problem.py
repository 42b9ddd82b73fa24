"""What an instructor has to mend, as an error. It stands alone: a command knows it before nbgrader is loaded."""


class Problem(Exception):
    """What is wrong with a course folder or its gradebook and what to do about it, in one sentence."""
