"""A sandbox, or what there is without one: both have the same interface."""

from collections.abc import Collection

from minigrad.grading.sandbox.apart import Apart, Process
from minigrad.grading.sandbox.start import Sandbox, Zygote

Sandboxes = Zygote | Apart  # what makes them
Either = Sandbox | Process


def sandboxes(modules: Collection[str], sandboxed: bool) -> Sandboxes:
    """`modules` are those that submissions are likely to import."""
    return Zygote(modules) if sandboxed else Apart()
