"""What a lesson's cells call: a prediction to make before running, and the same cell run in PyTorch."""

from __future__ import annotations

import contextlib
import io
import string
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from types import ModuleType
from typing import Any

# What was chosen, by question and options: to click a button makes its cell the current one, so that the next
# Shift+Enter asks the same question again, and what was chosen is not to be lost by that.
_chosen: dict[tuple[str, ...], str | None] = {}


class Prediction:
    """A question with its options and, where a notebook can show it, the learner's choice; ungraded."""

    def __init__(self, question: str, options: Sequence[str]):
        if len(set(options)) != len(options):
            raise ValueError(f"the options of a prediction must differ. Got {list(options)}.")
        self.question = question
        self.options = list(options)
        self.choice: str | None = None

    def __str__(self) -> str:
        lettered = zip(string.ascii_lowercase, self.options, strict=False)
        return "\n".join([f"Predict: {self.question}", *(f"   {letter})  {option}" for letter, option in lettered)])

    def choose(self, letter: str | None) -> None:
        """Set the choice to the option with this letter, or take it back with None."""
        self.choice = None if letter is None else self.options[string.ascii_lowercase.index(letter)]

    def compare(self, happened: object) -> None:
        """Print what happened beside what was predicted.

        What happened comes from running the code, so no cell of the lesson has to hold the answer.
        """
        happened = str(happened)
        letter = f"{string.ascii_lowercase[self.options.index(happened)]})  " if happened in self.options else ""
        print(f"{self.question}  {letter}{happened}")
        if self.choice == happened:
            print("   You predicted just that.")
        elif self.choice is None:
            print("   (You had chosen nothing. Choose first next time: a guess makes you remember the answer.)")
        else:
            print(f"   You predicted: {self.choice}. Find out where the two part before you read on.")


def predict(question: str, options: Sequence[str]) -> Prediction:
    """Show a question with lettered options, and buttons to choose one where there is a notebook to show them.

    >>> first = predict("What is 2 + 2?", ["4", "22"])
    Predict: What is 2 + 2?
       a)  4
       b)  22
    >>> first.choose("b")
    >>> first.compare(2 + 2)
    What is 2 + 2?  a)  4
       You predicted: 22. Find out where the two part before you read on.
    """
    prediction = Prediction(question, options)
    print(prediction)
    _show_buttons(prediction)
    return prediction


def _show_buttons(prediction: Prediction) -> None:
    # Only inside a Jupyter kernel: elsewhere the printed text is all there is.
    ipython = sys.modules.get("IPython")
    if ipython is None or not hasattr(ipython.get_ipython(), "kernel"):
        return
    try:
        from ipywidgets import RadioButtons
    except ImportError:
        return

    asked = (prediction.question, *prediction.options)
    prediction.choose(_chosen.get(asked))

    def choose(change: dict[str, Any]) -> None:
        _chosen[asked] = change["new"]
        prediction.choose(change["new"])

    buttons = RadioButtons(
        options=list(string.ascii_lowercase[: len(prediction.options)]),
        value=_chosen.get(asked),
        description="I predict",
        orientation="horizontal",
    )
    buttons.observe(choose, names="value")
    # The view alone, without the widget's repr: the text form is already printed, and it is what gets stored.
    view = buttons._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]
    ipython.display.display({"application/vnd.jupyter.widget-view+json": view}, raw=True)


def recall(lesson: str) -> None:
    """Bring back a belief that the learner's answers to earlier lessons fitted; show nothing where there was none.

    It is the one that came up last before `lesson`, "04". While a lesson is built nobody has answered anything.
    """
    from minigrad.course.beliefs import BELIEFS
    from minigrad.course.card import recall_card
    from minigrad.course.progress_file import held_before

    known = ((exercise, BELIEFS[belief]) for exercise, belief in held_before(lesson) if belief in BELIEFS)
    for exercise, belief in islice(known, 1):
        recall_card(exercise, belief.words, belief.why).show()


def same_in_pytorch(cell: Callable[[ModuleType], object], recorded: str) -> None:
    """Print what PyTorch 2.13 printed for `cell(torch)`, and say so if minigrad, or an installed PyTorch, differs.

    Where all agree, and where PyTorch is not installed, the output is `recorded` and nothing else.
    """
    import minigrad

    recorded = recorded.strip("\n")
    print(recorded)
    _report("minigrad", minigrad, cell, recorded)
    pytorch = _pytorch()
    if pytorch is not None:
        _report(f"the PyTorch {pytorch.__version__} installed here", pytorch, cell, recorded)


def _pytorch() -> ModuleType | None:
    try:
        import torch
    except ImportError:
        return None
    # minigrad may have been put in torch's place in sys.modules: then there is nothing to compare with.
    return None if torch.__name__.startswith("minigrad") else torch


def _report(who: str, module: ModuleType, cell: Callable[[ModuleType], object], recorded: str) -> None:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        cell(module)
    printed = output.getvalue().strip("\n")
    if printed != recorded:
        print(f"\nBut {who} prints:\n{printed}")
