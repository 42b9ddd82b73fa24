"""Exercises of lesson 06: what no_grad switches, for how long, and what eval() has to do with it."""

from random import Random

from minigrad.course.case import Case, Helper, call, look, tensor
from minigrad.course.exercise import Exercise, Held
from minigrad.course.exercises.inputs import numbers


def decayed_step_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def case(title, n, lr, then, compare):
        return call(
            title,
            "step",
            kwargs={
                "w": tensor(numbers(random, n), requires_grad=True),
                "x": tensor(numbers(random, n)),
                "target": tensor(numbers(random, n)),
                "lr": lr,
            },
            then=then,
            compare=(*compare, "message"),
        )

    leaf = "'w is a tracked leaf': w.is_leaf and w.requires_grad"
    afterwards = f"result = {{'returned': result, 'w': w, {leaf}, 'x': x, 'target': target}}"
    return [
        case("the loss that is returned", 2, 0.1, "", ("value", "shape", "requires_grad")),
        case("two weights afterwards", 2, 0.1, afterwards, ("value",)),
        case("five weights afterwards", 5, 0.01, afterwards, ("value",)),
        case("w.grad afterwards", 3, 0.05, "result = {'returned': result, 'w.grad': w.grad}", ("value",)),
    ]


def step_anywhere_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def case(title, recording, name="cubic", loss="((w * w + 2) * w).sum()", raises=""):
        # The switch is turned while the arguments are made, so the answer finds it so.
        return call(
            title,
            "step_anywhere",
            kwargs={
                "w": tensor(numbers(random, 3), requires_grad=True),
                "loss_of": Helper(f"def {name}(w, _=torch.set_grad_enabled({recording})):\n    return {loss}"),
                "lr": random.choice((0.1, 0.05)),
            },
            compare=("value", "shape", "requires_grad", "arguments", "modes", "message"),
            raises=raises,
        )

    broken = {"name": "broken", "loss": "w.sum() * (1 / 0)", "raises": "ZeroDivisionError"}
    return [
        case("called while recording is on", True),
        case("called while recording is off", False),
        case("recording is on, loss_of raises an error, and recording is on again", True, **broken),
        case("recording is off, loss_of raises an error, and recording is off again", False, **broken),
    ]


def ensemble(random: Random, training: list[bool]) -> str:
    """An expression for a list of small models with dropout, each in training mode or not."""
    models = []
    for is_training in training:
        layers = f"torch.nn.Linear(3, 4), torch.nn.Dropout({random.choice((0.4, 0.5, 0.6))}), torch.nn.Linear(4, 1)"
        models.append(f"torch.nn.Sequential({layers}).train({is_training})")
    return f"torch.manual_seed({random.randint(1, 999)}), [{', '.join(models)}]"


def predict_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def case(title, training, recording=True, then="", compare=("value", "shape", "requires_grad", "modes")):
        return call(
            title,
            "predict",
            kwargs={
                "models": Helper(f"({ensemble(random, training)}, torch.set_grad_enabled({recording}))[1]"),
                "x": tensor([numbers(random, 3) for _ in range(4)]),
            },
            then=then,
            compare=(*compare, "message"),
            shown="predict(models, x)",
        )

    modes = "result = {'returned': result, 'in training mode afterwards': [model.training for model in models]}"
    return [
        case("the prediction, and recording afterwards", [True, True]),
        case("both models were in training mode", [True, True], then=modes, compare=("value",)),
        case("one was in training mode, one was not", [False, True], then=modes, compare=("value",)),
        case("called while recording is off", [False, True], recording=False),
    ]


MEASURE = """
def measure(models, x, power=1):
    values = [model(x) ** power for model in models]
    if len(models) > 2:
        raise ValueError("too many models")
    return {
        "value": sum(value.sum() for value in values),
        "recording": torch.is_grad_enabled(),
        "in training mode": [model.training for model in models],
    }
"""


def evaluation_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def case(title, training, recording=True, before=""):
        return call(
            title,
            "evaluation",
            Helper(MEASURE),
            then=f"""
if callable(result):
    _, models = {ensemble(random, training)}
    {before}
    x = torch.tensor({[numbers(random, 3) for _ in range(2)]})
    seen = {{}}
    with torch.set_grad_enabled({recording}):
        try:
            seen["returned"] = result(models, x, power=2)
        except ValueError as error:
            seen["raised"] = str(error)
        seen["recording afterwards"] = torch.is_grad_enabled()
    seen["in training mode afterwards"] = [[layer.training for layer in model.modules()] for model in models]
    result = seen
""",
            compare=("value", "shape", "requires_grad", "message"),
            shown="evaluation(measure)(models, x, power=2)",
        )

    return [
        case("models in training mode", [True, True]),
        case("one in training mode, one in evaluation mode", [False, True]),
        case("called inside no_grad", [True, False], recording=False),
        case("a frozen layer inside a model in training mode", [True], before="models[0][1].eval()"),
        case("measure raises an error", [True, False, True]),
    ]


EXERCISES = [
    Exercise(
        id="06.1",
        title="Inside, outside, inside again",
        kind="predict",
        names=("flags",),
        text="""
            These lines run one after the other, and none raises an error:

            ```python
            w = torch.tensor([1.0, 2.0], requires_grad=True)
            x = torch.tensor([3.0, 4.0])
            y = (w * x).sum()
            with torch.no_grad():
                y.backward()
                a = w * x
                b = w[0]
                c = torch.zeros(2, requires_grad=True)
                with torch.enable_grad():
                    d = w * x
                    e = x * x
                f = w + 1
            g = w + a
            h = x + a
            ```

            **Predict** what `requires_grad` of each tensor is at the end: `True` or `False` in place of each `...`.
            The last entry asks for something else: is `w.grad` filled, that is, is `w.grad is not None` true?
            """,
        stub="""
            flags = {
                "w": ...,
                "y": ...,
                "a": ...,
                "b": ...,
                "c": ...,
                "d": ...,
                "e": ...,
                "f": ...,
                "g": ...,
                "h": ...,
                "w.grad is filled": ...,
            }
            """,
        reference="""
            flags = {
                "w": True,
                "y": True,
                "a": False,
                "b": True,
                "c": True,
                "d": True,
                "e": False,
                "f": False,
                "g": True,
                "h": False,
                "w.grad is filled": True,
            }
            """,
        cases=lambda seed: [
            *(look("flags", name, title=f"{name}.requires_grad") for name in "wyabcdefgh"),
            look("flags", "w.grad is filled"),
        ],
        beliefs=(
            Held(
                "no-grad-changes-tensors",
                """
                flags = dict(w=False, y=True, a=False, b=False, c=True, d=False, e=False, f=False, g=False, h=False)
                flags["w.grad is filled"] = True
                """,
                "You predicted that w has lost its flag, since it was used inside no_grad. The block changes no "
                "tensor: w is tracked before it, in it and after it. What is off inside is the recording.",
            ),
            Held(
                "no-grad-lasts",
                """
                flags = dict(w=True, y=True, a=False, b=True, c=True, d=True, e=False, f=False, g=False, h=False)
                flags["w.grad is filled"] = True
                """,
                "You predicted that g is untracked. g is computed after the block, where recording is on again, and w "
                "is tracked. That a is not makes no difference: one tracked input is enough.",
            ),
            Held(
                "inside-can-be-backpropagated",
                """
                flags = dict(w=True, y=True, a=True, b=True, c=True, d=True, e=False, f=True, g=True, h=True)
                flags["w.grad is filled"] = True
                """,
                "You predicted that a and f are tracked, since w is. They were computed while recording was off, so "
                "they have no node, and h, which comes from a, has none either.",
            ),
            Held(
                "all-inside-is-untracked",
                """
                flags = dict(w=True, y=True, a=False, b=False, c=False, d=True, e=False, f=False, g=True, h=False)
                flags["w.grad is filled"] = True
                """,
                "You predicted that b and c are untracked, because they are made inside. b is a view of w and has the "
                "flag of w. c is made with requires_grad=True, and is tracked wherever that is said.",
            ),
            Held(
                "backward-is-forbidden-inside",
                """
                flags = dict(w=True, y=True, a=False, b=True, c=True, d=True, e=False, f=False, g=True, h=False)
                flags["w.grad is filled"] = False
                """,
                "You predicted that backward() does nothing inside no_grad. It goes through the graph of y, which was "
                "recorded before the block. To go back, nothing has to be recorded.",
            ),
            Held(
                "outer-block-wins",
                """
                flags = dict(w=True, y=True, a=False, b=True, c=True, d=False, e=False, f=False, g=True, h=False)
                flags["w.grad is filled"] = True
                """,
                "You predicted that d is untracked, since no_grad is around it. The block entered last counts, and "
                "that is enable_grad.",
            ),
            Held(
                "enable-grad-tracks",
                """
                flags = dict(w=True, y=True, a=False, b=True, c=True, d=True, e=True, f=False, g=True, h=False)
                flags["w.grad is filled"] = True
                """,
                "You predicted that e is tracked, because recording is on there. So it is, but e is computed from x "
                "alone, and x is not tracked.",
            ),
            Held(
                "end-switches-on",
                """
                flags = dict(w=True, y=True, a=False, b=True, c=True, d=True, e=False, f=True, g=True, h=False)
                flags["w.grad is filled"] = True
                """,
                "You predicted that f is tracked: a block is over, so recording is on. The end of the inner block puts "
                "back what was before it, and that was off.",
            ),
            Held(
                "all-inputs-must-be-tracked",
                """
                flags = dict(w=True, y=False, a=False, b=True, c=True, d=False, e=False, f=False, g=False, h=False)
                flags["w.grad is filled"] = True
                """,
                "You predicted that y, d and g are untracked, since one of their inputs is. One tracked input is "
                "enough, and all three are computed from w.",
            ),
        ),
        also_right=(
            'flags = {n: n not in ("a", "e", "f", "h") for n in [*"wyabcdefgh", "w.grad is filled"]}',
            # The oracle: the lines themselves.
            """
            w = torch.tensor([1.0, 2.0], requires_grad=True)
            x = torch.tensor([3.0, 4.0])
            y = (w * x).sum()
            with torch.no_grad():
                y.backward()
                a = w * x
                b = w[0]
                c = torch.zeros(2, requires_grad=True)
                with torch.enable_grad():
                    d = w * x
                    e = x * x
                f = w + 1
            g = w + a
            h = x + a
            flags = {name: globals()[name].requires_grad for name in "wyabcdefgh"}
            flags["w.grad is filled"] = w.grad is not None
            """,
        ),
        hints=(
            "Go through it line by line, and write beside each line whether recording is on there. Then ask of each "
            "result: was it on, and was one of the inputs tracked?",
            "Two of the tensors made inside are no results of recorded operations and have the flag all the same: look "
            "for a view and for requires_grad=True. And ask what backward() needs: a switch, or a graph?",
            "Recording is on in the first three lines, in the two lines under enable_grad and in the last two. Four "
            "of the tensors are untracked, and w.grad is filled.",
        ),
        explanation="""
            w and y are as they were: no block changes a tensor. backward() goes through the graph of y, which is there
            already, so w.grad is filled. a and f are results made while recording was off. d is made while it is on
            again, and so is e, but e comes from x alone. b is a view of w and shows w's flag, and c was made with
            requires_grad=True. After the block, g is computed from w, which is tracked; h is computed from x and a,
            which are not.
            """,
        points=4,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="06.2",
        title="Which gradient arrives?",
        kind="predict",
        names=("grads",),
        text="""
            Nine short programs. Each begins with `w = torch.tensor(3.0, requires_grad=True)` and is run by itself.

            ```python
            # a
            y = w * w
            with torch.no_grad():
                y.backward()

            # b
            with torch.no_grad():
                y = w * w
            y.backward()

            # c
            with torch.no_grad():
                k = w * w
            (k * w).backward()

            # d
            with torch.no_grad():
                v = w.view(1)
            (v * 5).sum().backward()

            # e
            with torch.no_grad():
                w -= 1.0
            (w * w).backward()

            # f
            torch.no_grad()
            (w * w).backward()

            # g
            layer = torch.nn.Dropout(0.5).eval()
            layer(w * w).backward()

            # h
            with torch.no_grad():
                with torch.enable_grad():
                    y = w * w
                y.backward()

            # i: the question is p.grad
            with torch.no_grad():
                p = torch.tensor(2.0, requires_grad=True)
            (p * p).backward()
            ```

            **Predict** what `w.grad` is at the end (for `i`: `p.grad`). Write a number such as `5.0`, or `None`, or
            `"error"` if the program ends with an error.
            """,
        stub="""
            grads = {
                "a": ...,
                "b": ...,
                "c": ...,
                "d": ...,
                "e": ...,
                "f": ...,
                "g": ...,
                "h": ...,
                "i": ...,
            }
            """,
        reference="""
            grads = {
                "a": 6.0,
                "b": "error",
                "c": 9.0,
                "d": None,
                "e": 4.0,
                "f": 6.0,
                "g": 6.0,
                "h": 6.0,
                "i": 4.0,
            }
            """,
        cases=lambda seed: [look("grads", name, title=f"program {name}") for name in "abcdefghi"],
        beliefs=(
            Held(
                "backward-is-forbidden-inside",
                'grads = dict(a="error", b="error", c=9.0, d=None, e=4.0, f=6.0, g=6.0, h="error", i=4.0)',
                "You predicted an error in a and h, where backward() is called inside no_grad. In both, w * w was "
                "computed while recording was on, so there is a graph to go back through.",
            ),
            Held(
                "inside-can-be-backpropagated",
                "grads = dict(a=6.0, b=6.0, c=27.0, d=5.0, e=4.0, f=6.0, g=6.0, h=6.0, i=4.0)",
                "You predicted that what is made inside the block can be gone back through. In b and d there is no way "
                "back from there to w, and in c the factor k is a constant, 9.",
            ),
            Held(
                "all-inside-is-untracked",
                'grads = dict(a=6.0, b="error", c=9.0, d="error", e=4.0, f=6.0, g=6.0, h=6.0, i="error")',
                "You predicted that v in d and p in i are untracked, because they are made inside. p asks for tracking "
                "when it is made, and gets it. v is a view and has the flag of w, though no way back to w.",
            ),
            Held(
                "no-grad-changes-tensors",
                'grads = dict(a=6.0, b="error", c="error", d="error", e="error", f=6.0, g=6.0, h="error", i=4.0)',
                "You predicted that w is no longer tracked once it has been used inside no_grad. The block changes no "
                "flag: afterwards, what is computed from w is recorded as before.",
            ),
            Held(
                "no-grad-lasts",
                'grads = dict(a=6.0, b="error", c="error", d="error", e="error", f=6.0, g=6.0, h=6.0, i="error")',
                "You predicted that nothing is recorded after a block, in c, d, e and i. At the end of the block "
                "the switch is put back to what it was before.",
            ),
            Held(
                "no-grad-line-switches",
                'grads = dict(a=6.0, b="error", c=9.0, d=None, e=4.0, f="error", g=6.0, h=6.0, i=4.0)',
                "You predicted that f raises an error. Without `with`, the line torch.no_grad() makes an object and "
                "drops it, and nothing is switched.",
            ),
            Held(
                "eval-is-no-grad",
                'grads = dict(a=6.0, b="error", c=9.0, d=None, e=4.0, f=6.0, g="error", h=6.0, i=4.0)',
                "You predicted that a layer after eval() is not recorded. eval() tells dropout to drop nothing. "
                "Recording has a switch of its own, and nobody has touched it.",
            ),
            Held(
                "view-leads-back",
                'grads = dict(a=6.0, b="error", c=9.0, d=5.0, e=4.0, f=6.0, g=6.0, h=6.0, i=4.0)',
                "You predicted that in d the gradient finds its way from the view v to w. That way would be a node, "
                "and when v was made, no nodes were being made.",
            ),
            Held(
                "outer-block-wins",
                'grads = dict(a=6.0, b="error", c=9.0, d=None, e=4.0, f=6.0, g=6.0, h="error", i=4.0)',
                "You predicted that in h nothing is recorded, since no_grad is around it. The block entered last "
                "counts, and that is enable_grad.",
            ),
        ),
        also_right=(
            'grads = dict(a=6, b="error", c=9, d=None, e=4, f=6, g=6, h=6, i=4)',
            # The oracle: a central difference of a parabola is exact; k and the weight inside a block stand still.
            """
            def slope(f, at):
                return (f(at + 1.0) - f(at - 1.0)) / 2

            square = slope(lambda w: w * w, 3.0)
            grads = {"b": "error", "d": None} | dict.fromkeys("afgh", square)
            grads |= {"c": slope(lambda w: 9.0 * w, 3.0), "e": slope(lambda w: w * w, 2.0)}
            grads["i"] = slope(lambda p: p * p, 2.0)
            """,
            """
            def final(program):
                w = torch.tensor(3.0, requires_grad=True)
                try:
                    asked = program(w) or w
                except RuntimeError:
                    return "error"
                return None if asked.grad is None else asked.grad.item()

            def a(w):
                y = w * w
                with torch.no_grad():
                    y.backward()

            def b(w):
                with torch.no_grad():
                    y = w * w
                y.backward()

            def c(w):
                with torch.no_grad():
                    k = w * w
                (k * w).backward()

            def d(w):
                with torch.no_grad():
                    v = w.view(1)
                (v * 5).sum().backward()

            def e(w):
                with torch.no_grad():
                    w -= 1.0
                (w * w).backward()

            def f(w):
                torch.no_grad()
                (w * w).backward()

            def g(w):
                torch.nn.Dropout(0.5).eval()(w * w).backward()

            def h(w):
                with torch.no_grad():
                    with torch.enable_grad():
                        y = w * w
                    y.backward()

            def i(w):
                with torch.no_grad():
                    p = torch.tensor(2.0, requires_grad=True)
                (p * p).backward()
                return p

            grads = {program.__name__: final(program) for program in (a, b, c, d, e, f, g, h, i)}
            """,
        ),
        hints=(
            "In each program, look for the line that computes something from w. Was recording on when that line ran? "
            "Where backward() stands is of no importance.",
            "What was computed while recording was off is a constant for all that follows. If nothing but constants is "
            "left, backward() has no graph and raises an error. A view made inside claims to be tracked, so no error "
            "is raised, but there is no node that leads to w.",
            "One program ends with an error, one with None. In four, w.grad is the slope of w * w at 3. In c the slope "
            "is that of 9 * w, and in e that of w * w at 2.",
        ),
        explanation="""
            a and h: w * w was recorded, and where backward() is called makes no difference. b: nothing was recorded, so
            there is an error, which is lucky. c: no error, but k is the constant 9, and the slope is 9 and not the 27
            of w³. d: v has the flag of w but no way back, so the gradient is lost without a word. e: the update is not
            recorded, w stays a tracked leaf, now with the value 2. f: a switch that nobody turns. g: eval() is no
            switch for recording. i: a tensor made with requires_grad=True is tracked.
            """,
        points=3,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="06.3",
        title="Mend: a penalty without effect",
        kind="mend",
        names=("step",),
        text="""
            One training step. The loss has two parts: a mean squared error, and a penalty, the sum of the squares of
            the weights, which is to keep the weights small. `step` is to

            - change `w` **in place**: down by `lr` times the gradient of the **whole** loss, penalty included;
            - leave `w.grad` at `None`, and `w` the tracked leaf that it was;
            - return the loss before the step, as an **untracked** tensor.

            The program below raises no error. It does none of the three. **Mend it.** To see what it does, make a
            tracked `w` of two numbers, call `step(w, torch.tensor([1.0, 2.0]), torch.tensor([3.0, 5.0]), 0.1)` in a new
            cell, and print `w`, `w.grad` and the result.
            """,
        stub="""
            def step(w, x, target, lr):
                with torch.no_grad():
                    penalty = (w * w).sum()
                loss = ((w * x - target) ** 2).mean() + penalty
                loss.backward()
                w = w - lr * w.grad
                w.grad = None
                return loss
            """,
        reference="""
            def step(w, x, target, lr):
                penalty = (w * w).sum()
                loss = ((w * x - target) ** 2).mean() + penalty
                loss.backward()
                with torch.no_grad():
                    w -= lr * w.grad
                w.grad = None
                return loss.detach()
            """,
        cases=decayed_step_cases,
        beliefs=(
            Held(
                "inside-can-be-backpropagated",
                """
                def step(w, x, target, lr):
                    with torch.no_grad():
                        penalty = (w * w).sum()
                    loss = ((w * x - target) ** 2).mean() + penalty
                    loss.backward()
                    with torch.no_grad():
                        w -= lr * w.grad
                    w.grad = None
                    return loss.detach()
                """,
                "The loss is right and its gradient is not: your penalty is computed inside no_grad, so for backward() "
                "it is a constant, and w is never pushed towards 0.",
            ),
            Held(
                "inside-can-be-backpropagated",
                """
                @torch.no_grad()
                def step(w, x, target, lr):
                    penalty = (w * w).sum()
                    loss = ((w * x - target) ** 2).mean() + penalty
                    loss.backward()
                    w -= lr * w.grad
                    w.grad = None
                    return loss
                """,
                "Your whole step runs without recording, so the loss has no graph, and backward() has nothing to go "
                "back through. Only the update belongs inside no_grad.",
            ),
            Held(
                "leaf-changes-in-place",
                """
                def step(w, x, target, lr):
                    penalty = (w * w).sum()
                    loss = ((w * x - target) ** 2).mean() + penalty
                    loss.backward()
                    w -= lr * w.grad
                    w.grad = None
                    return loss.detach()
                """,
                "You change w in place while recording is on. PyTorch refuses that for a tracked leaf: the update is "
                "no part of the model. Put that line inside no_grad; w stays tracked.",
            ),
            Held(
                "minus-keeps-the-leaf",
                """
                def step(w, x, target, lr):
                    penalty = (w * w).sum()
                    loss = ((w * x - target) ** 2).mean() + penalty
                    loss.backward()
                    with torch.no_grad():
                        w = w - lr * w.grad
                    w.grad = None
                    return loss.detach()
                """,
                "Your update makes a new tensor and calls it w. The w of the caller has its old value, and its .grad "
                "is still there. no_grad is right; inside it, change w in place.",
            ),
            Held(
                "no-grad-changes-tensors",
                """
                def step(w, x, target, lr):
                    penalty = (w * w).sum()
                    loss = ((w * x - target) ** 2).mean() + penalty
                    loss.backward()
                    with torch.no_grad():
                        w -= lr * w.grad
                    w = w.detach().requires_grad_()
                    w.grad = None
                    return loss.detach()
                """,
                "After the update you make a new tracked tensor, as if no_grad had taken w's flag away. It has not. So "
                "your last lines clear .grad of the new tensor, and that of the caller's w stays filled.",
            ),
            Held(
                "none-is-zero",
                """
                def step(w, x, target, lr):
                    penalty = (w * w).sum()
                    loss = ((w * x - target) ** 2).mean() + penalty
                    loss.backward()
                    with torch.no_grad():
                        w -= lr * w.grad
                        w.grad.zero_()
                    return loss.detach()
                """,
                "The step is right, and w.grad is a tensor of zeros afterwards. The task asks for None.",
            ),
            Held(
                "backward-ends-tracking",
                """
                def step(w, x, target, lr):
                    penalty = (w * w).sum()
                    loss = ((w * x - target) ** 2).mean() + penalty
                    loss.backward()
                    with torch.no_grad():
                        w -= lr * w.grad
                    w.grad = None
                    return loss
                """,
                "The step is right, and the loss that you return is still tracked: backward() does not take its flag "
                "away. Whoever collects such losses keeps all their graphs. detach() it.",
            ),
        ),
        also_right=(
            """
            def step(w, x, target, lr):
                miss = w * x - target
                loss = torch.mean(miss * miss) + torch.sum(w ** 2)
                (gradient,) = torch.autograd.grad(loss, w)
                with torch.no_grad():
                    w.sub_(gradient, alpha=lr)
                    return loss.clone()
            """,
            """
            def step(w, x, target, lr):
                loss = ((w * x - target) ** 2).mean() + (w * w).sum()
                with torch.no_grad():
                    loss.backward()
                    w.copy_(w - lr * w.grad)
                    w.grad = None
                return torch.tensor(loss.item())
            """,
            # The oracle: the derivative by hand, nothing recorded at all.
            """
            @torch.no_grad()
            def step(w, x, target, lr):
                miss = w * x - target
                loss = (miss * miss).mean() + (w * w).sum()
                w -= lr * (2 * miss * x / len(w) + 2 * w)
                return loss
            """,
        ),
        hints=(
            "For each of the lines ask: is it part of what is to be differentiated, or is it bookkeeping?",
            "The penalty is part of the loss. The update is bookkeeping: it needs no_grad, and it has to change the "
            "tensor that the caller holds. For a tracked result there is a method that gives the same value untracked.",
            "Take the penalty out of its block. Put the update into one, with -= in place of = and a minus, so that "
            "w.grad = None clears the caller's w. In the last line, detach the loss.",
        ),
        explanation="""
            A block that stands one line too early: the penalty was computed while nothing was recorded, so it was added
            to the loss, and had no gradient. No error tells you that. The update is the line that belongs inside: the
            leaf w is changed in place, stays a leaf, and keeps its flag. w = w - ... would have made another tensor.
            And the loss keeps its graph until it is detached or dropped.
            """,
        points=4,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="06.4",
        title="A step in any mode",
        kind="fill",
        names=("step_anywhere",),
        text="""
            Some loops run under `no_grad` as a whole, and turn recording on only where they need it. `step_anywhere` is
            to make its step whatever the mode of its caller is, and to **leave that mode as it found it**, also if
            `loss_of` raises an error. (`loss_of` takes the tracked leaf `w` and returns a loss.)

            Here the switch is turned by hand. `torch.is_grad_enabled()` tells whether recording is on, and
            `torch.set_grad_enabled(mode)` turns it on with `True`, off with `False`. **Fill the four blanks.** (The
            check uses `cubic`, which is `((w * w + 2) * w).sum()`, and `broken`, which divides by 0.)
            """,
        stub="""
            def step_anywhere(w, loss_of, lr):
                before = ...  # blank 1: what the switch is set to now
                torch.set_grad_enabled(...)  # blank 2: for the loss
                try:
                    loss = loss_of(w)
                    torch.set_grad_enabled(...)  # blank 3: for the update
                    loss.backward()
                    w -= lr * w.grad
                    w.grad = None
                finally:
                    torch.set_grad_enabled(...)  # blank 4: for the caller
                return loss.detach()
            """,
        reference="""
            def step_anywhere(w, loss_of, lr):
                before = torch.is_grad_enabled()
                torch.set_grad_enabled(True)
                try:
                    loss = loss_of(w)
                    torch.set_grad_enabled(False)
                    loss.backward()
                    w -= lr * w.grad
                    w.grad = None
                finally:
                    torch.set_grad_enabled(before)
                return loss.detach()
            """,
        cases=step_anywhere_cases,
        beliefs=(
            Held(
                "inside-can-be-backpropagated",
                """
                def step_anywhere(w, loss_of, lr):
                    before = torch.is_grad_enabled()
                    torch.set_grad_enabled(False)
                    try:
                        loss = loss_of(w)
                        torch.set_grad_enabled(True)
                        loss.backward()
                        w -= lr * w.grad
                        w.grad = None
                    finally:
                        torch.set_grad_enabled(before)
                    return loss.detach()
                """,
                "You compute the loss while recording is off and turn it on for backward(). By then it is too late: "
                "the graph is written while the loss is computed.",
            ),
            Held(
                "backward-is-forbidden-inside",
                """
                def step_anywhere(w, loss_of, lr):
                    before = torch.is_grad_enabled()
                    torch.set_grad_enabled(True)
                    try:
                        loss = loss_of(w)
                        torch.set_grad_enabled(True)
                        loss.backward()
                        w -= lr * w.grad
                        w.grad = None
                    finally:
                        torch.set_grad_enabled(before)
                    return loss.detach()
                """,
                "You leave recording on for backward(), and so it is on for the update too, which is refused. "
                "backward() needs no recording: it goes through a graph that is there already.",
            ),
            Held(
                "mode-stops-at-the-call",
                """
                def step_anywhere(w, loss_of, lr):
                    before = torch.is_grad_enabled()
                    torch.set_grad_enabled(before)
                    try:
                        loss = loss_of(w)
                        torch.set_grad_enabled(False)
                        loss.backward()
                        w -= lr * w.grad
                        w.grad = None
                    finally:
                        torch.set_grad_enabled(before)
                    return loss.detach()
                """,
                "Your loss is computed in the mode of the caller. If the caller is inside no_grad, so are your lines "
                "and those of loss_of, and no graph is made. Turn recording on for the loss.",
            ),
            Held(
                "end-switches-on",
                """
                def step_anywhere(w, loss_of, lr):
                    torch.set_grad_enabled(True)
                    try:
                        loss = loss_of(w)
                        torch.set_grad_enabled(False)
                        loss.backward()
                        w -= lr * w.grad
                        w.grad = None
                    finally:
                        torch.set_grad_enabled(True)
                    return loss.detach()
                """,
                "You leave recording on. It may have been off before: then your caller's no_grad block records from "
                "here on, and nobody is told. Put back what you found.",
            ),
            Held(
                "mode-ends-with-the-function",
                """
                def step_anywhere(w, loss_of, lr):
                    torch.set_grad_enabled(True)
                    loss = loss_of(w)
                    torch.set_grad_enabled(False)
                    loss.backward()
                    w -= lr * w.grad
                    w.grad = None
                    return loss.detach()
                """,
                "What you set stays set when your function is over: after an ordinary step recording is off, and the "
                "caller's next loss has no graph. Put back what you found.",
            ),
            Held(
                "errors-put-back",
                """
                def step_anywhere(w, loss_of, lr):
                    before = torch.is_grad_enabled()
                    torch.set_grad_enabled(True)
                    loss = loss_of(w)
                    torch.set_grad_enabled(False)
                    loss.backward()
                    w -= lr * w.grad
                    w.grad = None
                    torch.set_grad_enabled(before)
                    return loss.detach()
                """,
                "If loss_of raises an error, your last lines are skipped, and the switch stays as you have set it. "
                "Leave the `finally` where it was: its line runs whatever happens.",
            ),
            Held(
                "set-returns-the-mode",
                """
                def step_anywhere(w, loss_of, lr):
                    before = torch.set_grad_enabled(True)
                    try:
                        loss = loss_of(w)
                        torch.set_grad_enabled(False)
                        loss.backward()
                        w -= lr * w.grad
                        w.grad = None
                    finally:
                        torch.set_grad_enabled(before)
                    return loss.detach()
                """,
                "Your `before` is what set_grad_enabled() returned: an object for a `with` block, and not what the "
                "switch was set to. Ask torch.is_grad_enabled() for that.",
            ),
        ),
        also_right=(
            """
            def step_anywhere(w, loss_of, lr):
                with torch.enable_grad():
                    loss = loss_of(w)
                with torch.no_grad():
                    loss.backward()
                    w -= lr * w.grad
                    w.grad = None
                return loss.detach()
            """,
            """
            @torch.no_grad()
            def step_anywhere(w, loss_of, lr):
                with torch.set_grad_enabled(True):
                    loss = loss_of(w)
                    (gradient,) = torch.autograd.grad(loss, w)
                w -= lr * gradient
                return loss.detach()
            """,
            # The oracle: central differences, nothing recorded at all.
            """
            @torch.no_grad()
            def step_anywhere(w, loss_of, lr):
                loss = loss_of(w.detach())
                slopes = []
                for move in torch.eye(len(w), dtype=torch.float64) * 1e-5:
                    at = w.detach().double()
                    slopes.append((loss_of(at + move) - loss_of(at - move)).item() / 2e-5)
                w -= lr * torch.tensor(slopes)
                return loss
            """,
        ),
        hints=(
            "Of the two middle blanks, one needs the recording on and one needs it off. Which line makes a graph, and "
            "which one changes a leaf in place?",
            "The first and the last blank belong together: the last one puts back what the first one has found. "
            "Neither of them is True or False.",
            "Blank 1 calls torch.is_grad_enabled(). The loss is computed with True, the update is made with False, and "
            "backward() can stand in either.",
        ),
        explanation="""
            There is one switch, and it is the caller's too. So look at it, turn it as you need it, and put back what
            you found, in a finally, since errors skip lines. The loss needs the recording; backward() does not care;
            the update must not be recorded. A with block does the looking and the putting back for you: `with
            torch.enable_grad():` around the loss and `with torch.no_grad():` around the update. PyTorch's optimizers do
            just that: their step() runs with recording off, and calls the function that computes the loss under
            enable_grad.
            """,
        points=4,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="06.5",
        title="Mend: traces of an evaluation",
        kind="mend",
        names=("predict",),
        text="""
            Several models are asked for their prediction, and the mean of their answers is returned. While they are
            asked, nothing must be dropped by dropout. The author has called `eval()` for that, and believes that all
            is done.

            But the result is tracked and keeps the graphs of all models alive, and models that were in training mode
            stay in evaluation mode. **Mend both.** Afterwards

            - the result is not tracked;
            - each model is in the mode in which it was (`model.training` is `True` or `False`; a model in a list may
              be in either; `model.train(flag)` sets it);
            - recording is on or off as it was before the call.
            """,
        stub="""
            def predict(models, x):
                for model in models:
                    model.eval()
                return sum(model(x) for model in models) / len(models)
            """,
        reference="""
            def predict(models, x):
                before = [model.training for model in models]
                for model in models:
                    model.eval()
                with torch.no_grad():
                    mean = sum(model(x) for model in models) / len(models)
                for model, training in zip(models, before):
                    model.train(training)
                return mean
            """,
        cases=predict_cases,
        beliefs=(
            Held(
                "eval-is-no-grad",
                """
                def predict(models, x):
                    before = [model.training for model in models]
                    for model in models:
                        model.eval()
                    mean = sum(model(x) for model in models) / len(models)
                    for model, training in zip(models, before):
                        model.train(training)
                    return mean
                """,
                "The modes of the models are put back, and your result is tracked. eval() is for dropout and batch "
                "norm; it does not stop the recording. That takes no_grad.",
            ),
            Held(
                "no-grad-is-eval",
                """
                def predict(models, x):
                    with torch.no_grad():
                        return sum(model(x) for model in models) / len(models)
                """,
                "Your result is untracked, but models in training mode have dropped some of their values. no_grad does "
                "not tell dropout to stop. That takes eval().",
            ),
            Held(
                "eval-ends-by-itself",
                """
                @torch.no_grad()
                def predict(models, x):
                    for model in models:
                        model.eval()
                    return sum(model(x) for model in models) / len(models)
                """,
                "The prediction is right, and your models stay in evaluation mode: their next training step runs "
                "without dropout. Only no_grad ends by itself; what eval() has set you must put back.",
            ),
            Held(
                "train-is-the-normal-mode",
                """
                @torch.no_grad()
                def predict(models, x):
                    for model in models:
                        model.eval()
                    mean = sum(model(x) for model in models) / len(models)
                    for model in models:
                        model.train()
                    return mean
                """,
                "You put all models into training mode, also those that were in evaluation mode before. Note "
                "model.training of each before you call eval().",
            ),
            Held(
                "mode-ends-with-the-function",
                """
                def predict(models, x):
                    before = [model.training for model in models]
                    for model in models:
                        model.eval()
                    torch.set_grad_enabled(False)
                    mean = sum(model(x) for model in models) / len(models)
                    for model, training in zip(models, before):
                        model.train(training)
                    return mean
                """,
                "The models are as they were, and recording is off when your function is over: the caller's next loss "
                "will have no graph. Use a `with` block or the decorator.",
            ),
            Held(
                "end-switches-on",
                """
                def predict(models, x):
                    before = [model.training for model in models]
                    for model in models:
                        model.eval()
                    torch.set_grad_enabled(False)
                    mean = sum(model(x) for model in models) / len(models)
                    torch.set_grad_enabled(True)
                    for model, training in zip(models, before):
                        model.train(training)
                    return mean
                """,
                "You turn recording on when you are done. If the caller is inside no_grad, it was off before. A `with` "
                "block puts back what was there.",
            ),
        ),
        also_right=(
            """
            @torch.no_grad()
            def predict(models, x):
                answers = []
                for model in models:
                    training = model.training
                    answers.append(model.eval()(x))
                    model.train(training)
                return torch.stack(answers).mean(0)
            """,
            """
            def predict(models, x):
                training = {model for model in models if model.training}
                try:
                    mean = sum(model.eval()(x).detach() for model in models) / len(models)
                finally:
                    for model in training:
                        model.train()
                return mean
            """,
            # The oracle: what the layers compute, written out; no mode is touched at all.
            """
            def predict(models, x):
                total = 0
                for first, _, last in models:
                    hidden = x @ first.weight.detach().t() + first.bias.detach()
                    total = total + hidden @ last.weight.detach().t() + last.bias.detach()
                return total / len(models)
            """,
        ),
        hints=(
            "There are two switches here that know nothing of each other: one that dropout looks at, and one that "
            "the recording looks at. Which of the two has the author turned, and which one puts itself back?",
            "Put the predictions into a no_grad block. Before eval(), note model.training of each model.",
            "before = [model.training for model in models] comes first. After the block, zip(models, before) gives "
            "each model with what it was, which is just what model.train() takes.",
        ),
        explanation="""
            eval() and no_grad have nothing to do with each other. eval() sets a flag in the model, which dropout and
            batch norm look at; it stays set. no_grad turns the switch of the recording, and turns it back at the end of
            the block. An evaluation needs both. What puts itself back needs no care; what does not, you note first and
            put back last.
            """,
        points=3,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="06.6",
        title="A decorator that puts back",
        kind="write",
        names=("evaluation",),
        text="""
            Write the decorator `evaluation`. It is put above a function whose first argument is a list of models:

            ```python
            @evaluation
            def mean_error(models, x, target):
                return sum(((model(x) - target) ** 2).mean() for model in models) / len(models)
            ```

            When the decorated function is **called**,

            - all models are in evaluation mode and nothing is recorded while it runs;
            - it gets the arguments it was called with, by name or not, and what it returns is returned;
            - afterwards recording is on or off as it was before, and **each layer of each model** is in the mode in
              which it was: somebody may have kept a layer in evaluation mode on purpose, inside a model that is in
              training mode;
            - all this holds too if the function raises an error, and the error goes on to the caller.

            (`model.modules()` gives the model itself and all layers in it. Each has a flag `training`, which you may
            read and set.)
            """,
        stub="""
            def evaluation(function):
                raise NotImplementedError
            """,
        reference="""
            def evaluation(function):
                def evaluated(models, *args, **kwargs):
                    before = [(layer, layer.training) for model in models for layer in model.modules()]
                    for model in models:
                        model.eval()
                    try:
                        with torch.no_grad():
                            return function(models, *args, **kwargs)
                    finally:
                        for layer, training in before:
                            layer.training = training

                return evaluated
            """,
        cases=evaluation_cases,
        beliefs=(
            Held(
                "eval-is-no-grad",
                """
                def evaluation(function):
                    def evaluated(models, *args, **kwargs):
                        before = [(layer, layer.training) for model in models for layer in model.modules()]
                        for model in models:
                            model.eval()
                        try:
                            return function(models, *args, **kwargs)
                        finally:
                            for layer, training in before:
                                layer.training = training

                    return evaluated
                """,
                "The models are in evaluation mode, and everything is recorded all the same. eval() does not stop the "
                "recording; call the function inside no_grad.",
            ),
            Held(
                "no-grad-is-eval",
                """
                def evaluation(function):
                    return torch.no_grad()(function)
                """,
                "Nothing is recorded, but the models run in the mode in which they were, and dropout drops. no_grad "
                "does not tell it to stop; call eval() on each model.",
            ),
            Held(
                "block-covers-what-is-defined",
                """
                def evaluation(function):
                    with torch.no_grad():
                        def evaluated(models, *args, **kwargs):
                            return function(models, *args, **kwargs)

                    return evaluated
                """,
                "Your no_grad block stands around the definition of the inner function. It is over when that function "
                "is called, so nothing is switched. The block belongs around the call.",
            ),
            Held(
                "eval-ends-by-itself",
                """
                def evaluation(function):
                    @torch.no_grad()
                    def evaluated(models, *args, **kwargs):
                        for model in models:
                            model.eval()
                        return function(models, *args, **kwargs)

                    return evaluated
                """,
                "The call is right, and the models stay in evaluation mode. no_grad puts back what it has switched; "
                "eval() does not. Note the flags first, and put them back.",
            ),
            Held(
                "errors-put-back",
                """
                def evaluation(function):
                    def evaluated(models, *args, **kwargs):
                        before = [(layer, layer.training) for model in models for layer in model.modules()]
                        for model in models:
                            model.eval()
                        with torch.no_grad():
                            returned = function(models, *args, **kwargs)
                        for layer, training in before:
                            layer.training = training
                        return returned

                    return evaluated
                """,
                "If the function raises an error, your loop that puts the flags back is skipped, and the models stay "
                "in evaluation mode. Recording is put back, by the with block. For the flags, use try and finally.",
            ),
            Held(
                "train-is-the-normal-mode",
                """
                def evaluation(function):
                    def evaluated(models, *args, **kwargs):
                        for model in models:
                            model.eval()
                        try:
                            with torch.no_grad():
                                return function(models, *args, **kwargs)
                        finally:
                            for model in models:
                                model.train()

                    return evaluated
                """,
                "You put every model into training mode, also one that was in evaluation mode before the call. Note "
                "the flags before you call eval(), and put those back.",
            ),
            Held(
                "train-restores-layers",
                """
                def evaluation(function):
                    def evaluated(models, *args, **kwargs):
                        before = [model.training for model in models]
                        for model in models:
                            model.eval()
                        try:
                            with torch.no_grad():
                                return function(models, *args, **kwargs)
                        finally:
                            for model, training in zip(models, before):
                                model.train(training)

                    return evaluated
                """,
                "You note the flag of each model and hand it to train(), which sets it for all layers of the model. A "
                "layer that was kept in evaluation mode is in training mode now. Note the flag of each layer.",
            ),
            Held(
                "mode-ends-with-the-function",
                """
                def evaluation(function):
                    def evaluated(models, *args, **kwargs):
                        before = [(layer, layer.training) for model in models for layer in model.modules()]
                        for model in models:
                            model.eval()
                        torch.set_grad_enabled(False)
                        try:
                            return function(models, *args, **kwargs)
                        finally:
                            for layer, training in before:
                                layer.training = training

                    return evaluated
                """,
                "The models are as they were, but recording stays off after the call: set_grad_enabled() called as a "
                "function is not put back. Use it, or no_grad, in a with block.",
            ),
        ),
        also_right=(
            """
            import contextlib
            import functools

            @contextlib.contextmanager
            def in_evaluation(models):
                flags = {layer: layer.training for model in models for layer in model.modules()}
                for layer in flags:
                    layer.training = False
                try:
                    yield
                finally:
                    for layer, flag in flags.items():
                        layer.training = flag

            def evaluation(function):
                @functools.wraps(function)
                @torch.no_grad()
                def evaluated(models, *args, **kwargs):
                    with in_evaluation(models):
                        return function(models, *args, **kwargs)

                return evaluated
            """,
            """
            class evaluation:
                def __init__(self, function):
                    self.function = function

                def __call__(self, *args, **kwargs):
                    layers = [layer for model in args[0] for layer in model.modules()]
                    training = [layer for layer in layers if layer.training]
                    recording = torch.is_grad_enabled()
                    torch.set_grad_enabled(False)
                    for layer in training:
                        layer.training = False
                    try:
                        return self.function(*args, **kwargs)
                    finally:
                        torch.set_grad_enabled(recording)
                        for layer in training:
                            layer.training = True
            """,
            # Another way: the caller's models are never touched, since copies of them are asked.
            """
            import copy

            def evaluation(function):
                def evaluated(models, *args, **kwargs):
                    with torch.set_grad_enabled(False):
                        copies = [copy.deepcopy(model).eval() for model in models]
                        return function(copies, *args, **kwargs)

                return evaluated
            """,
        ),
        hints=(
            "Write it for a call that goes well, first: an inner function that takes models, *args and **kwargs, "
            "switches, calls, puts back. Return the inner function.",
            "Note (layer, layer.training) for every layer of every model before you call eval(). With no_grad you need "
            "no note: its block puts back what it finds, also after an error. For the flags, that is what `finally` is "
            "for.",
            "In the inner function: the list of notes; eval() on each model; then try, with the no_grad block and the "
            "return inside it; then finally, with a loop that sets layer.training to what was noted.",
        ),
        explanation="""
            Two switches, two ways of putting back. The one for the recording knows what it was before: a with block, or
            the decorator, restores it whatever happens. The flags of the layers know nothing, so note them before, and
            restore them in a finally. And a decorator that switches must switch when the function is called. What it
            does while it decorates is over before the first call.
            """,
        points=5,
        difficulty=3,
        minutes=12,
    ),
]
