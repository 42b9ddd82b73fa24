"""Why a sandbox has ended, what was wrong in it, or that there is none: letters on the way, a sentence for people."""

from minigrad.grading.record import Limits

ENDED, CRASHED, MEMORY, PROCESSES, DISK = "e", "c", "m", "p", "d"
REFUSED = 3  # the exit code of the warm process where this machine lets nobody make a sandbox


def why(reasons: str, limits: Limits) -> str:
    """What the close() of a sandbox gave, in sentences; "" if nothing was wrong."""
    sentences = {
        MEMORY: f"It used more than the {limits.memory} megabytes of memory that a submission may use, and was ended.",
        PROCESSES: f"It started more than the {limits.processes} processes that a submission may start, and was ended.",
        DISK: f"It filled the {limits.disk} megabytes of disk that a submission may use.",
        CRASHED: "Its Python crashed.",
        ENDED: "It ended its own Python process.",
    }
    return " ".join(sentences[reason] for reason in dict.fromkeys(reasons) if reason in sentences)


def asked_too_much(limits: Limits) -> str:
    """What is to be known with a MemoryError, which says how much was asked for, but not of how much."""
    return f"It asked for more than was left of the {limits.memory} megabytes of memory that a submission may use."
