"""Exercises of lesson 01: what is tracked, and who asked for it."""

from minigrad.course.case import look
from minigrad.course.exercise import Exercise, Held

EXERCISES = [
    Exercise(
        id="01.1",
        title="Who is tracked?",
        kind="predict",
        names=("flags",),
        text="""
            A line, and nothing else:

            ```python
            w = torch.tensor(2.0, requires_grad=True)
            x = torch.tensor(3.0)
            b = torch.tensor(1.0)
            t = w * x
            y = t + b
            c = x * b
            ```

            **Predict** `requires_grad` of each tensor: put `True` or `False` in place of each `...`, without running
            the code.
            """,
        stub="""
            flags = {
                "w": ...,
                "x": ...,
                "b": ...,
                "t": ...,
                "y": ...,
                "c": ...,
            }
            """,
        reference="""
            flags = {
                "w": True,
                "x": False,
                "b": False,
                "t": True,
                "y": True,
                "c": False,
            }
            """,
        cases=lambda seed: [look("flags", name, title=f"{name}.requires_grad") for name in "wxbtyc"],
        beliefs=(
            Held(
                "every-tensor-is-tracked",
                'flags = {"w": True, "x": True, "b": True, "t": True, "y": True, "c": True}',
                "You predicted that every tensor is tracked. Only w was made with requires_grad=True, and only what "
                "is computed from w is tracked with it.",
            ),
            Held(
                "flag-computes-now",
                'flags = {"w": True, "x": False, "b": False, "t": False, "y": False, "c": False}',
                "You predicted that the flag stays with w. It is handed on: a result is tracked if any of its inputs "
                "is.",
            ),
        ),
        also_right=(
            "flags = dict(w=True, x=False, b=False, t=True, y=True, c=False)",
            """
            w = torch.tensor(2.0, requires_grad=True)
            x = torch.tensor(3.0)
            b = torch.tensor(1.0)
            t = w * x
            made = {"w": w, "x": x, "b": b, "t": t, "y": t + b, "c": x * b}
            flags = {name: value.requires_grad for name, value in made.items()}
            """,
        ),
        hints=(
            "For the three tensors that are made from numbers, look only at the line that makes them.",
            "For a result, ask of each of its inputs whether it is tracked. One is enough.",
            "w is the only one that was asked for. Which of t, y and c could not be computed without w?",
        ),
        explanation="""
            A tensor made from numbers is tracked only if it was asked for, as w was. A result is tracked if at least
            one of its inputs is: t comes from w, y comes from t. c comes from x and b alone, so it is a plain number
            to autograd.
            """,
        points=3,
        difficulty=1,
        minutes=3,
    ),
]
