"""Exercises of lesson 01: what is tracked, who asked for it, and what it costs."""

from random import Random

from minigrad.course.case import Case, Helper, call, look, tensor
from minigrad.course.exercise import Exercise, Held
from minigrad.course.exercises.inputs import numbers


def gradient_at_cases(seed: int) -> list[Case]:
    random = Random(seed)
    a, b = numbers(random, 2)
    square = Helper(f"lambda p: ({a} * p * p).sum()")
    curve = Helper(f"lambda p: (p.sin() * p + {b} * p).mean()")
    return [
        call(
            title,
            "gradient_at",
            kwargs={"f": f, "x": tensor(x)},
            compare=("value", "shape", "requires_grad", "arguments", "message"),
        )
        for title, f, x in [
            ("a sum of squares", square, numbers(random, 3)),
            ("a mean of something else", curve, numbers(random, 4)),
            ("a single number", square, numbers(random, 1)[0]),
        ]
    ]


def mean_squared_error_cases(seed: int) -> list[Case]:
    random = Random(seed)
    starts = [
        ("two whole numbers", [random.randint(1, 5) for _ in range(2)]),
        ("five whole numbers", [random.randint(1, 5) for _ in range(5)]),
        ("three numbers with a point", numbers(random, 3)),
    ]
    cases = []
    for title, start in starts:
        n = len(start)
        x = numbers(random, n)
        target = [w * value + error for w, value, error in zip(start, x, numbers(random, n), strict=True)]
        cases.append(
            call(
                title,
                "error_and_gradient",
                kwargs={"start": start, "x": tensor(x), "target": tensor([round(value, 1) for value in target])},
                compare=("value", "shape", "arguments", "message"),
            )
        )
    return cases


def choose_cases(seed: int) -> list[Case]:
    random = Random(seed)
    names = ["x", "w1", "b1", "w2", "b2", "w3", "b3", "target"]

    def tensors(tracked: list[str]) -> dict:
        return {name: tensor(numbers(random, 1)[0], requires_grad=name in tracked) for name in names}

    mixture = sorted(random.sample(names, 4), key=names.index)
    return [
        call(
            title,
            "choose",
            kwargs=tensors(tracked),
            compare=("arguments",),
            evidence=("identity", "storage"),
            shown="choose(...)",
        )
        for title, tracked in [
            ("all weights tracked before", names[1:-1]),
            ("nothing tracked before", []),
            ("everything tracked before", names),
            (f"{', '.join(mixture)} tracked before", mixture),
        ]
    ]


def numerical_gradient_cases(seed: int) -> list[Case]:
    random = Random(seed)
    a, b, c = numbers(random, 3)
    cubic = Helper(f"lambda x: ({a} * x * x * x + {b} * x).sum()")
    product = Helper(f"lambda x: x.prod() * {c} + (x * x).sum()")
    n = random.choice((3, 4))
    compare = ("value", "shape", "dtype", "requires_grad", "arguments", "calls", "message")
    return [
        call(title, "numerical_gradient", kwargs={"f": f, "x": x}, compare=compare)
        for title, f, x in [
            ("a list of numbers", cubic, tensor(numbers(random, n), "float64")),
            ("elements that act together", product, tensor(numbers(random, 3), "float64")),
            ("a matrix", cubic, tensor([numbers(random, 3), numbers(random, 3)], "float64")),
            ("x is tracked", product, tensor(numbers(random, 2), "float64", requires_grad=True)),
            ("a single number", cubic, tensor(numbers(random, 1)[0], "float64")),
        ]
    ]


EXERCISES = [
    Exercise(
        id="01.1",
        title="Who is tracked?",
        kind="predict",
        names=("flags",),
        text="""
            These lines run one after the other:

            ```python
            w = torch.tensor([0.5, -1.0], requires_grad=True)
            x = torch.tensor([1.0, 2.0])
            b = torch.tensor([0.1, 0.1])
            c = b.requires_grad_()
            y = w * x
            z = w * b
            m = x * x
            k = torch.tensor([3.0, 4.0])
            s = k * 2.0
            k.requires_grad_()
            ```

            **Predict** what `requires_grad` of each tensor is at the end. Put `True` or `False` in place of each `...`,
            and run nothing before you have decided.
            """,
        stub="""
            flags = {
                "w": ...,
                "x": ...,
                "b": ...,
                "c": ...,
                "y": ...,
                "z": ...,
                "m": ...,
                "k": ...,
                "s": ...,
            }
            """,
        reference="""
            flags = {
                "w": True,
                "x": False,
                "b": True,
                "c": True,
                "y": True,
                "z": True,
                "m": False,
                "k": True,
                "s": False,
            }
            """,
        cases=lambda seed: [look("flags", name, title=f"{name}.requires_grad") for name in "wxbcyzmks"],
        beliefs=(
            Held(
                "every-tensor-is-tracked",
                "flags = dict(w=True, x=True, b=True, c=True, y=True, z=True, m=True, k=True, s=True)",
                "You predicted that every tensor is tracked. Nobody asked for x to be tracked, so x is not, and "
                "neither is m, which comes from x alone.",
            ),
            Held(
                "requires-grad-copies",
                "flags = dict(w=True, x=False, b=False, c=True, y=True, z=True, m=False, k=False, s=False)",
                "You predicted that only what requires_grad_() returns is tracked, and that b and k stay as they were. "
                "But c is b: one tensor with two names.",
            ),
            Held(
                "flag-works-backwards",
                "flags = dict(w=True, x=False, b=True, c=True, y=True, z=True, m=False, k=True, s=True)",
                "You predicted that s is tracked because k is tracked in the end. When s was computed, k was not "
                "tracked yet, so nothing was recorded.",
            ),
            Held(
                "flag-defaults-to-false",
                "flags = dict(w=True, x=False, b=False, c=False, y=True, z=True, m=False, k=False, s=False)",
                "You predicted that b, c and k are untracked. requires_grad_() with nothing in the brackets means "
                "requires_grad_(True).",
            ),
            Held(
                "all-inputs-must-be-tracked",
                "flags = dict(w=True, x=False, b=True, c=True, y=False, z=True, m=False, k=True, s=False)",
                "You predicted that y is not tracked because x is not. But y changes when w changes, and w is tracked: "
                "one tracked input is enough.",
            ),
            Held(
                "flag-is-not-handed-on",
                "flags = dict(w=True, x=False, b=True, c=True, y=False, z=False, m=False, k=True, s=False)",
                "You predicted that only the tensors you set the flag on have it. What is computed from them has it "
                "too, here y and z.",
            ),
        ),
        also_right=(
            'flags = {name: name not in ("x", "m", "s") for name in "wxbcyzmks"}',
            """
            w = torch.tensor([0.5, -1.0], requires_grad=True)
            x = torch.tensor([1.0, 2.0])
            b = torch.tensor([0.1, 0.1])
            c = b.requires_grad_()
            k = torch.tensor([3.0, 4.0])
            made = {"w": w, "x": x, "b": b, "c": c, "y": w * x, "z": w * b, "m": x * x, "s": k * 2.0}
            flags = {name: value.requires_grad for name, value in made.items()}
            flags["k"] = k.requires_grad_().requires_grad
            """,
        ),
        hints=(
            "For a tensor made from numbers, ask: does any line say that it is to be tracked? For a result, ask: was "
            "one of its inputs tracked when the line ran?",
            "requires_grad_() changes the tensor it is called on and returns that very tensor. It says nothing about "
            "lines that have already run.",
            "Three of the nine are False: one that nobody asked for, one computed from it alone, and one computed too "
            "early.",
        ),
        explanation="""
            A tensor made from numbers is tracked only if somebody asks: w when it was made, b and k with
            requires_grad_(), and c is just another name of b. A result is tracked if at least one of its inputs is
            tracked at that moment: y and z are, through w. m comes from x alone. s was computed before k was tracked,
            and a flag does not work backwards.
            """,
        points=3,
        difficulty=1,
        minutes=4,
    ),
    Exercise(
        id="01.2",
        title="What is in .grad?",
        kind="predict",
        names=("grads",),
        text="""
            ```python
            w = torch.tensor(3.0, requires_grad=True)
            b = torch.tensor(1.0, requires_grad=True)
            x = torch.tensor(2.0)
            y = w * x + b
            loss = y * y
            before = w.grad
            loss.backward()
            ```

            **Predict** what `before` is, and what `.grad` of each of the five tensors is after the last line. Write a
            number such as `5.0`, or `None`.
            """,
        stub="""
            grads = {
                "before": ...,
                "w": ...,
                "b": ...,
                "x": ...,
                "y": ...,
                "loss": ...,
            }
            """,
        reference="""
            grads = {
                "before": None,
                "w": 28.0,
                "b": 14.0,
                "x": None,
                "y": None,
                "loss": None,
            }
            """,
        cases=lambda seed: [
            look("grads", "before", title="w.grad before backward()"),
            *(look("grads", name, title=f"{name}.grad after backward()") for name in ("w", "b", "x", "y", "loss")),
        ],
        beliefs=(
            Held(
                "grad-starts-at-zero",
                'grads = {"before": 0.0, "w": 28.0, "b": 14.0, "x": 0.0, "y": None, "loss": None}',
                "You predicted 0 where nothing has been computed. PyTorch stores None there: 0 would say that the "
                "gradient is known, and is 0.",
            ),
            Held(
                "flag-computes-now",
                'grads = {"before": 28.0, "w": 28.0, "b": 14.0, "x": None, "y": None, "loss": None}',
                "You predicted that w.grad is there before backward(). requires_grad only gets the operations "
                "recorded. The gradient is computed in the last line.",
            ),
            Held(
                "every-tensor-is-tracked",
                'grads = {"before": None, "w": 28.0, "b": 14.0, "x": 42.0, "y": None, "loss": None}',
                "You predicted a gradient for x. The number would be right, but nobody asked for x to be tracked, so "
                "it is not computed.",
            ),
            Held(
                "grad-on-every-tensor",
                'grads = {"before": None, "w": 28.0, "b": 14.0, "x": None, "y": 14.0, "loss": 1.0}',
                "You predicted that y and loss keep their gradients. They have them on the way back, but backward() "
                "stores the gradients of leaves only, and these two were computed.",
            ),
            Held(
                "data-must-be-tracked",
                'grads = {"before": None, "w": None, "b": 14.0, "x": None, "y": None, "loss": None}',
                "You predicted that w has no gradient, since x is not tracked. But w is, and x serves as a plain "
                "number in the gradient of w.",
            ),
            Held(
                "local-is-the-gradient",
                'grads = {"before": None, "w": 2.0, "b": 1.0, "x": None, "y": None, "loss": None}',
                "You predicted how y changes with w and b. The question is how loss changes with them: there is one "
                "more operation, and the chain rule multiplies by its derivative.",
            ),
        ),
        also_right=(
            'grads = {"before": None, "w": 28, "b": 14, "x": None, "y": None, "loss": None}',
            """
            w = torch.tensor(3.0, requires_grad=True)
            b = torch.tensor(1.0, requires_grad=True)
            grads = {"before": w.grad}
            ((w * 2.0 + b) ** 2).backward()
            grads |= {"w": w.grad.item(), "b": b.grad.item(), "x": None, "y": None, "loss": None}
            """,
            # The oracle: a central difference of a parabola is exact.
            """
            def loss(w, b):
                return (w * 2.0 + b) ** 2

            grads = dict.fromkeys(["before", "x", "y", "loss"])
            grads["w"] = (loss(4.0, 1.0) - loss(2.0, 1.0)) / 2
            grads["b"] = (loss(3.0, 2.0) - loss(3.0, 0.0)) / 2
            """,
        ),
        hints=(
            "Which of the five tensors are tracked? Which of these did you make yourself, and which were computed?",
            "Only a leaf that requires grad gets its .grad filled, and only by backward(). What is in .grad of a "
            "tensor for which nothing was computed?",
            "Two of the six are numbers. loss is y squared, so its slope is 2 * y, times the slope of y seen from w, "
            "or from b.",
        ),
        explanation="""
            Before backward() nothing has been computed, and .grad is None. Afterwards w and b have gradients: they are
            the leaves that require grad. loss = y², so its slope is 2 * y = 14, times the slope of y: x = 2 seen from
            w, which makes 28, and 1 seen from b, which makes 14. x was not tracked. y and loss were computed, so they
            are not leaves, and their gradients are not kept. (To read y.grad makes PyTorch warn you about just that.)
            """,
        points=3,
        difficulty=1,
        minutes=4,
    ),
    Exercise(
        id="01.3",
        title="Does it raise?",
        kind="predict",
        names=("raises",),
        text="""
            Each line is run by itself. **Predict**: does it raise an error? Put `True` (it raises) or `False` (it
            does not) in place of each `...`.

            | key | line |
            |---|---|
            | `"a"` | `torch.tensor([1, 2], requires_grad=True)` |
            | `"b"` | `torch.tensor([1.0, 2.0]).requires_grad_()` |
            | `"c"` | `torch.tensor([1, 2]).requires_grad_()` |
            | `"d"` | `torch.tensor([1, 2]).float().requires_grad_()` |
            | `"e"` | `torch.tensor([1.0, 2.0]).sum().backward()` |
            | `"f"` | `torch.tensor([1.0, 2.0], requires_grad=True).sum().backward()` |
            | `"g"` | `torch.tensor([1.0, 2.0], requires_grad=True).backward()` |
            | `"h"` | `torch.tensor([1.0, 2.0], requires_grad=True).numpy()` |
            | `"i"` | `(torch.tensor([1.0, 2.0]) * torch.tensor(3.0, requires_grad=True)).sum().backward()` |
            """,
        stub="""
            raises = {
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
            raises = {
                "a": True,
                "b": False,
                "c": True,
                "d": False,
                "e": True,
                "f": False,
                "g": True,
                "h": True,
                "i": False,
            }
            """,
        cases=lambda seed: [look("raises", line, title=f"line {line}") for line in "abcdefghi"],
        beliefs=(
            Held(
                "integers-have-gradients",
                "raises = dict(a=False, b=False, c=False, d=False, e=True, f=False, g=True, h=True, i=False)",
                "You predicted that lines a and c go through. Their numbers are written without a point, so they are "
                "integers, and to track integers is refused at once.",
            ),
            Held(
                "flag-defaults-to-false",
                "raises = dict(a=True, b=False, c=False, d=False, e=True, f=False, g=True, h=True, i=False)",
                "You predicted that line c goes through, although a does not. requires_grad_() with nothing in the "
                "brackets means True: it asks for the same thing as line a.",
            ),
            Held(
                "every-tensor-is-tracked",
                "raises = dict(a=True, b=False, c=True, d=False, e=False, f=False, g=True, h=True, i=False)",
                "You predicted that line e goes through. Nobody asked for tracking there, so backward() finds no graph "
                "to go back through.",
            ),
            Held(
                "data-must-be-tracked",
                "raises = dict(a=True, b=False, c=True, d=False, e=True, f=False, g=True, h=True, i=True)",
                "You predicted that line i raises, since the data in it is not tracked. The weight is tracked, and "
                "that is all that its gradient needs.",
            ),
            Held(
                "backward-takes-any-shape",
                "raises = dict(a=True, b=False, c=True, d=False, e=True, f=False, g=False, h=True, i=False)",
                "You predicted that line g goes through. There are two numbers there, and backward() asks for one: "
                "compare with line f.",
            ),
            Held(
                "tracked-becomes-array",
                "raises = dict(a=True, b=False, c=True, d=False, e=True, f=False, g=True, h=False, i=False)",
                "You predicted that line h goes through. A tracked tensor becomes an array only after detach(), so "
                "that nobody loses the track without noticing.",
            ),
        ),
        also_right=(
            'raises = {line: line in "acegh" for line in "abcdefghi"}',
            """
            lines = dict(
                a=lambda: torch.tensor([1, 2], requires_grad=True),
                b=lambda: torch.tensor([1.0, 2.0]).requires_grad_(),
                c=lambda: torch.tensor([1, 2]).requires_grad_(),
                d=lambda: torch.tensor([1, 2]).float().requires_grad_(),
                e=lambda: torch.tensor([1.0, 2.0]).sum().backward(),
                f=lambda: torch.tensor([1.0, 2.0], requires_grad=True).sum().backward(),
                g=lambda: torch.tensor([1.0, 2.0], requires_grad=True).backward(),
                h=lambda: torch.tensor([1.0, 2.0], requires_grad=True).numpy(),
                i=lambda: (torch.tensor([1.0, 2.0]) * torch.tensor(3.0, requires_grad=True)).sum().backward(),
            )
            raises = {}
            for name, line in lines.items():
                try:
                    line()
                    raises[name] = False
                except RuntimeError:
                    raises[name] = True
            """,
        ),
        hints=(
            "Look for three things in each line: the dtype of the numbers, whether anything is tracked, and how many "
            "numbers backward() is called on.",
            "Only floating point tensors can be tracked. backward() needs one number, and something tracked to go back "
            "to. numpy() needs a tensor that is not tracked.",
            "Five lines raise: two because of their dtype, two because of backward(), one because of numpy().",
        ),
        explanation="""
            a and c ask to track integers, which is refused at once; d converts first. e has nothing tracked, so
            backward() has nowhere to go; f has. g calls backward() on two numbers. h would let a tracked tensor
            slip out of the graph unnoticed; write detach().numpy(). i is how training works: untracked data, a tracked
            weight, one number at the end.
            """,
        points=3,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="01.4",
        title="A gradient, in the right order",
        kind="order",
        names=("gradient_at",),
        text="""
            `gradient_at(f, x)` is to return the gradient of `f` at the point `x`. The tensor `x` belongs to somebody
            else: after the call its values, its flag and its `.grad` must be what they were. (`f` takes a tensor and
            returns a tensor with one element; `x` is a tensor of floats that is not tracked.)

            All lines that you need stand below, in the wrong order. Two more stand there that you do not need. **Put
            the lines in order**, and delete the two.
            """,
        stub="""
            def gradient_at(f, x):
                p.grad.zero_()
                value.backward()
                p = x.clone()
                return p.grad
                x.requires_grad_()
                value = f(p)
                p.requires_grad_()
            """,
        reference="""
            def gradient_at(f, x):
                p = x.clone()
                p.requires_grad_()
                value = f(p)
                value.backward()
                return p.grad
            """,
        cases=gradient_at_cases,
        beliefs=(
            Held(
                "flag-works-backwards",
                """
                def gradient_at(f, x):
                    p = x.clone()
                    value = f(p)
                    p.requires_grad_()
                    value.backward()
                    return p.grad
                """,
                "Your p is tracked only after f(p) has been computed. By then it is too late: nothing was recorded, "
                "and backward() finds no way back.",
            ),
            Held(
                "grad-starts-at-zero",
                """
                def gradient_at(f, x):
                    p = x.clone()
                    p.requires_grad_()
                    p.grad.zero_()
                    value = f(p)
                    value.backward()
                    return p.grad
                """,
                "You set p.grad to zero before the first backward(). There is nothing to set to zero yet: p.grad is "
                "None, and None has no zero_().",
            ),
            Held(
                "data-must-be-tracked",
                """
                def gradient_at(f, x):
                    p = x.clone()
                    x.requires_grad_()
                    p.requires_grad_()
                    value = f(p)
                    value.backward()
                    return p.grad
                """,
                "The gradient is right, but x is tracked after your call, and it was not before. You need the gradient "
                "of p, so only p has to be tracked.",
            ),
            Held(
                "requires-grad-copies",
                """
                def gradient_at(f, x):
                    p = x.requires_grad_()
                    value = f(p)
                    value.backward()
                    return p.grad
                """,
                "You track x itself and compute with it, so x is tracked after your call, and its .grad is filled. "
                "What x.requires_grad_() returns is x, no copy: clone x first.",
            ),
            Held(
                "flag-computes-now",
                """
                def gradient_at(f, x):
                    p = x.clone()
                    p.requires_grad_()
                    value = f(p)
                    return p.grad
                """,
                "f(p) is computed, but no backward() runs before your function is left, so there is no gradient yet. "
                "The flag has got the operations recorded; backward() has to go back through them.",
            ),
            Held(
                "grad-on-every-tensor",
                """
                def gradient_at(f, x):
                    x.requires_grad_()
                    p = x.clone()
                    value = f(p)
                    value.backward()
                    return p.grad
                """,
                "You track x and clone it then, so p is the result of an operation and no leaf: the gradient went on "
                "to x.grad, and p.grad is None. Track the copy, once it is made.",
            ),
        ),
        also_right=(
            """
            def gradient_at(f, x):
                p = x.clone().requires_grad_()
                f(p).backward()
                return p.grad
            """,
            """
            def gradient_at(f, x):
                p = x.detach().clone()
                p.requires_grad = True
                return torch.autograd.grad(f(p), p)[0]
            """,
            """
            def gradient_at(f, x):
                p = torch.tensor(x.tolist(), requires_grad=True)
                f(p).backward()
                return p.grad
            """,
        ),
        hints=(
            "A line can only use what an earlier line has made. Which line makes p, and which makes value?",
            "Tracking has to be on before f is computed, and .grad is there after backward(). Who is to be tracked, "
            "the copy or the original?",
            "The first line copies x, the last returns the gradient. Between them come: track the copy, compute, go "
            "back. Neither x nor the empty p.grad has to be touched.",
        ),
        explanation="""
            Copy, track the copy, compute, go back, read. Tracking is switched on before the computation, since it is
            recorded while it runs. x itself is left alone: requires_grad_() works in place, so x.requires_grad_()
            would be seen by everybody who holds x. And p.grad is None until backward(), so there is nothing to set to
            zero.
            """,
        points=3,
        difficulty=1,
        minutes=4,
    ),
    Exercise(
        id="01.5",
        title="Mend: three errors in a row",
        kind="mend",
        names=("error_and_gradient",),
        text="""
            The function below is to return two numpy arrays: the **mean** squared error of the model `w * x` at
            `w = start`, and the gradient of that error for `w`. `start` is a list of numbers, such as `[1, 2]` or
            `[0.5, 2.0]`; `x` and `target` are tensors of floats.

            It raises an error. Mend that, and the next one appears; there are three. **Mend all three**, and leave `x`
            and `target` as they are. To see the first error, run
            `error_and_gradient([1, 2], torch.tensor([1.0, 2.0]), torch.tensor([3.0, 5.0]))` in a new cell.
            """,
        stub="""
            def error_and_gradient(start, x, target):
                w = torch.tensor(start, requires_grad=True)
                error = (w * x - target) ** 2
                error.backward()
                return error.numpy(), w.grad.numpy()
            """,
        reference="""
            def error_and_gradient(start, x, target):
                w = torch.tensor(start, dtype=torch.float32, requires_grad=True)
                error = ((w * x - target) ** 2).mean()
                error.backward()
                return error.detach().numpy(), w.grad.numpy()
            """,
        cases=mean_squared_error_cases,
        beliefs=(
            Held(
                "integers-have-gradients",
                """
                def error_and_gradient(start, x, target):
                    w = torch.tensor(start, requires_grad=True)
                    error = ((w * x - target) ** 2).mean()
                    error.backward()
                    return error.detach().numpy(), w.grad.numpy()
                """,
                "If start holds whole numbers, your w is an integer tensor, and integers cannot be tracked. Ask for a "
                "floating point dtype when you make w.",
            ),
            Held(
                "backward-takes-any-shape",
                """
                def error_and_gradient(start, x, target):
                    w = torch.tensor(start, dtype=torch.float32, requires_grad=True)
                    error = (w * x - target) ** 2
                    error.backward()
                    return error.detach().numpy(), w.grad.numpy()
                """,
                "You call backward() on as many numbers as there are weights. The task asks for their mean, which is "
                "one number: take it before backward().",
            ),
            Held(
                "tracked-becomes-array",
                """
                def error_and_gradient(start, x, target):
                    w = torch.tensor(start, dtype=torch.float32, requires_grad=True)
                    error = ((w * x - target) ** 2).mean()
                    error.backward()
                    return error.numpy(), w.grad.numpy()
                """,
                "Two errors are mended. The third: error is tracked, since it comes from w, and a tracked tensor "
                "becomes an array only after detach().",
            ),
            Held(
                "every-tensor-is-tracked",
                """
                def error_and_gradient(start, x, target):
                    w = torch.tensor(start, dtype=torch.float32)
                    error = ((w * x - target) ** 2).mean()
                    error.backward()
                    return error.detach().numpy(), w.grad.numpy()
                """,
                "Nothing in your function is tracked when the error is computed. Making w a float tensor is not "
                "enough: tracking must be asked for, and before the computation.",
            ),
            Held(
                "data-must-be-tracked",
                """
                def error_and_gradient(start, x, target):
                    w = torch.tensor(start, dtype=torch.float32, requires_grad=True)
                    error = ((w * x.requires_grad_() - target) ** 2).mean()
                    error.backward()
                    return error.detach().numpy(), w.grad.numpy()
                """,
                "Both results are right, but x is tracked after your call. Only w needs a gradient; leave the data as "
                "it is.",
            ),
            Held(
                "grad-on-every-tensor",
                """
                def error_and_gradient(start, x, target):
                    w = torch.tensor(start, dtype=torch.float64, requires_grad=True).float()
                    error = ((w * x - target) ** 2).mean()
                    error.backward()
                    return error.detach().numpy(), w.grad.numpy()
                """,
                "Your w comes out of an operation on a tracked tensor, so it is no leaf, and its .grad stays None. Let "
                "w have its dtype first and be tracked then, or both when it is made.",
            ),
            Held(
                "sum-is-as-good-as-mean",
                """
                def error_and_gradient(start, x, target):
                    w = torch.tensor(start, dtype=torch.float32, requires_grad=True)
                    error = ((w * x - target) ** 2).sum()
                    error.backward()
                    return error.detach().numpy(), w.grad.numpy()
                """,
                "You took the sum of the squared errors. The task asks for their mean: both of your results are too "
                "large by the number of elements.",
            ),
        ),
        also_right=(
            """
            def error_and_gradient(start, x, target):
                w = torch.tensor(start).float().requires_grad_()
                error = torch.mean((target - w * x) ** 2)
                error.backward()
                return error.detach().numpy(), w.grad.detach().numpy()
            """,
            """
            def error_and_gradient(start, x, target):
                w = torch.tensor([float(number) for number in start], requires_grad=True)
                miss = w * x - target
                error = (miss * miss).sum() / len(start)
                error.backward()
                return error.detach().numpy().copy(), w.grad.numpy().copy()
            """,
            # The oracle: the derivative by hand, without autograd.
            """
            def error_and_gradient(start, x, target):
                w = torch.tensor(start, dtype=torch.float32)
                miss = w * x - target
                return (miss * miss).mean().numpy(), (2 * x * miss / len(start)).numpy()
            """,
        ),
        hints=(
            "Read the last line of each error message: it says what is refused, and in one case what to write instead.",
            "The first error is about the dtype of w, the second about how many numbers backward() starts from, the "
            "third about a tracked tensor that is to become an array.",
            "Give torch.tensor a dtype such as torch.float32. Put brackets around the squared differences and take "
            ".mean(). In the last line, one of the two needs .detach() before .numpy().",
        ),
        explanation="""
            Whole numbers make an integer tensor, and only floating point tensors can be tracked: give the dtype.
            backward() starts from one number: take the mean first. And error comes from w, so it is tracked: detach it
            before it becomes an array. w.grad needs no detach, because a gradient is itself not tracked.
            """,
        points=4,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="01.6",
        title="Choose what to track",
        kind="choose",
        names=("choose",),
        text="""
            A model of three layers has been trained: `h1 = x * w1 + b1`, `h2 = h1 * w2 + b2`, `y = h2 * w3 + b3`. Its
            error is computed from `y` and `target`. Now it is to be trained further: the **first and the third layer
            learn, the second stays frozen**. Nobody wants to change `x` or `target`.

            Write `choose`. It sets the flags of the eight tensors it is given, **in place**, so that all that is needed
            is tracked and nothing else. Before the call, any of the flags may be on or off. The last line hands the
            same eight tensors back; leave it as it is.
            """,
        stub="""
            def choose(x, w1, b1, w2, b2, w3, b3, target):
                raise NotImplementedError  # your lines in place of this one
                return x, w1, b1, w2, b2, w3, b3, target
            """,
        reference="""
            def choose(x, w1, b1, w2, b2, w3, b3, target):
                for tensor in (w1, b1, w3, b3):
                    tensor.requires_grad_()
                for tensor in (x, w2, b2, target):
                    tensor.requires_grad_(False)
                return x, w1, b1, w2, b2, w3, b3, target
            """,
        cases=choose_cases,
        beliefs=(
            Held(
                "every-tensor-is-tracked",
                """
                def choose(x, w1, b1, w2, b2, w3, b3, target):
                    for tensor in (x, w2, b2, target):
                        tensor.requires_grad_(False)
                    return x, w1, b1, w2, b2, w3, b3, target
                """,
                "You switch tracking off where it is not wanted, and on nowhere. Weights that come untracked stay "
                "untracked: switch on those that learn.",
            ),
            Held(
                "tensors-come-untracked",
                """
                def choose(x, w1, b1, w2, b2, w3, b3, target):
                    for tensor in (w1, b1, w3, b3):
                        tensor.requires_grad_()
                    return x, w1, b1, w2, b2, w3, b3, target
                """,
                "You switch tracking on where it is wanted, and off nowhere. What comes tracked stays tracked: switch "
                "it off for the four that do not learn.",
            ),
            Held(
                "data-must-be-tracked",
                """
                def choose(x, w1, b1, w2, b2, w3, b3, target):
                    for tensor in (x, w1, b1, w3, b3, target):
                        tensor.requires_grad_()
                    for tensor in (w2, b2):
                        tensor.requires_grad_(False)
                    return x, w1, b1, w2, b2, w3, b3, target
                """,
                "You track x and target. The weights get their gradients without that; tracking the data computes "
                "and stores gradients that nobody reads.",
            ),
            Held(
                "data-must-be-tracked",
                """
                def choose(x, w1, b1, w2, b2, w3, b3, target):
                    for tensor in (x, w1, b1, w3, b3):
                        tensor.requires_grad_()
                    for tensor in (w2, b2, target):
                        tensor.requires_grad_(False)
                    return x, w1, b1, w2, b2, w3, b3, target
                """,
                "You track x. The weights get their gradients without that: w1 needs the value of x, but nobody needs "
                "the gradient of x.",
            ),
            Held(
                "only-tracked-pass-gradients",
                """
                def choose(x, w1, b1, w2, b2, w3, b3, target):
                    for tensor in (w1, b1, w2, b2, w3, b3):
                        tensor.requires_grad_()
                    for tensor in (x, target):
                        tensor.requires_grad_(False)
                    return x, w1, b1, w2, b2, w3, b3, target
                """,
                "You track layer 2 as well, so it is not frozen. The gradient reaches layer 1 without that: it passes "
                "through h2 and h1, which are tracked because w1 is.",
            ),
            Held(
                "flag-defaults-to-false",
                """
                def choose(x, w1, b1, w2, b2, w3, b3, target):
                    for tensor in (w1, b1, w3, b3):
                        tensor.requires_grad_(True)
                    for tensor in (x, w2, b2, target):
                        tensor.requires_grad_()
                    return x, w1, b1, w2, b2, w3, b3, target
                """,
                "You called requires_grad_() to switch tracking off. Without an argument it switches tracking on.",
            ),
            Held(
                "frozen-layer-blocks",
                """
                def choose(x, w1, b1, w2, b2, w3, b3, target):
                    for tensor in (w3, b3):
                        tensor.requires_grad_()
                    for tensor in (x, w1, b1, w2, b2, target):
                        tensor.requires_grad_(False)
                    return x, w1, b1, w2, b2, w3, b3, target
                """,
                "You gave up the first layer because the second is frozen. The gradient passes through a frozen layer, "
                "so the first layer can learn.",
            ),
            Held(
                "detach-changes-its-source",
                """
                def choose(x, w1, b1, w2, b2, w3, b3, target):
                    for tensor in (w1, b1, w3, b3):
                        tensor.requires_grad_()
                    x, w2, b2, target = x.detach(), w2.detach(), b2.detach(), target.detach()
                    return x, w1, b1, w2, b2, w3, b3, target
                """,
                "You called detach() to switch tracking off. It returns another tensor, which shares its memory with "
                "the one you were given; that one stays as it was.",
            ),
        ),
        also_right=(
            """
            def choose(x, w1, b1, w2, b2, w3, b3, target):
                w1.requires_grad = b1.requires_grad = w3.requires_grad = b3.requires_grad = True
                x.requires_grad = w2.requires_grad = b2.requires_grad = target.requires_grad = False
                return x, w1, b1, w2, b2, w3, b3, target
            """,
            """
            def choose(x, w1, b1, w2, b2, w3, b3, target):
                everything = [x, w1, b1, w2, b2, w3, b3, target]
                for tensor in everything:
                    tensor.requires_grad_(False)
                for place in (1, 2, 5, 6):
                    everything[place].requires_grad_(True)
                return everything
            """,
            """
            def choose(**tensors):
                for name, tensor in tensors.items():
                    tensor.requires_grad_(name[0] in "wb" and name[1] != "2")
                return tuple(tensors.values())
            """,
        ),
        hints=(
            "For each of the eight, ask: is this to be changed by training?",
            "Four are to be changed. Set all eight flags, since you do not know what they were before: four to True "
            "and four to False.",
            "Two short loops are enough: one over the weights of layers 1 and 3, one over the other four tensors. In "
            "each, call the in-place method on the tensor, with or without an argument.",
        ),
        explanation="""
            Track what training changes: w1, b1, w3, b3. The data stays as it is, so it needs no gradient. Neither do
            w2 and b2. The gradient still passes through layer 2 to layer 1: to freeze a weight means that no gradient
            is computed for it, not that none passes by it.
            """,
        points=3,
        difficulty=2,
        minutes=5,
    ),
    Exercise(
        id="01.7",
        title="What does a node keep?",
        kind="predict",
        names=("kept",),
        text="""
            Tensors of `float32` take 4 bytes for each element.

            ```python
            w = torch.tensor(2.0, requires_grad=True)         # 1 element
            v = torch.full((1000,), 3.0, requires_grad=True)  # 1000 elements
            f = torch.full((1000,), 4.0, requires_grad=True)  # 1000 elements
            f.requires_grad_(False)                           # and frozen
            x = torch.ones(1000)                              # 1000 elements of data
            ```

            Each expression below is one operation. **Predict** how many bytes of values its node keeps for the backward
            pass: 0 where there is no node, or where it needs no value. Think of what the derivative needs to know.
            """,
        stub="""
            kept = {
                "w * x": ...,
                "w + x": ...,
                "w * v": ...,
                "f * x": ...,
                "x * x": ...,
            }
            """,
        reference="""
            kept = {
                "w * x": 4000,
                "w + x": 0,
                "w * v": 4004,
                "f * x": 0,
                "x * x": 0,
            }
            """,
        cases=lambda seed: [
            look("kept", expression, title=f"kept for {expression}")
            for expression in ("w * x", "w + x", "w * v", "f * x", "x * x")
        ],
        beliefs=(
            Held(
                "every-tensor-is-tracked",
                'kept = {"w * x": 4004, "w + x": 0, "w * v": 4004, "f * x": 8000, "x * x": 8000}',
                "Your numbers would be right if all tensors were tracked. x and f are not: no gradient is computed for "
                "them, so nothing has to be kept for that.",
            ),
            Held(
                "data-must-be-tracked",
                'kept = {"w * x": 4004, "w + x": 0, "w * v": 4004, "f * x": 4000, "x * x": 8000}',
                "Your numbers would be right if x were tracked. It is data, and untracked: no gradient is computed for "
                "it, so nothing has to be kept for that.",
            ),
            Held(
                "node-keeps-all-inputs",
                'kept = {"w * x": 4004, "w + x": 4004, "w * v": 4004, "f * x": 0, "x * x": 0}',
                "You let a node keep all its inputs. It keeps what the derivative needs: for w in w * x that is x, and "
                "for w in w + x it is nothing.",
            ),
            Held(
                "node-keeps-the-tracked",
                'kept = {"w * x": 4, "w + x": 4, "w * v": 4004, "f * x": 0, "x * x": 0}',
                "You let a node keep the tracked tensor itself. If w grows by a little, w * x grows by x times as "
                "much: it is x that has to be known.",
            ),
            Held(
                "frozen-is-still-recorded",
                'kept = {"w * x": 4000, "w + x": 0, "w * v": 4004, "f * x": 4000, "x * x": 0}',
                "You let f * x be recorded, although f is frozen. A frozen tensor is an untracked tensor: there is no "
                "node, and nothing is kept.",
            ),
            Held(
                "elements-are-bytes",
                'kept = {"w * x": 1000, "w + x": 0, "w * v": 1001, "f * x": 0, "x * x": 0}',
                "You counted elements. An element of float32 takes 4 bytes.",
            ),
            Held(
                "graph-holds-no-values",
                'kept = {"w * x": 0, "w + x": 0, "w * v": 0, "f * x": 0, "x * x": 0}',
                "You predicted that no values are kept at all. To know how w * x changes with w, one has to know the "
                "value of x, and backward() finds it in the node.",
            ),
        ),
        also_right=(
            'kept = {"w * x": 4 * 1000, "w + x": 0, "w * v": 4 * 1000 + 4 * 1, "f * x": 0, "x * x": 0}',
            # The oracle: what the nodes really hold.
            """
            w = torch.tensor(2.0, requires_grad=True)
            v = torch.full((1000,), 3.0, requires_grad=True)
            f = torch.full((1000,), 4.0)
            x = torch.ones(1000)

            def bytes_kept(result):
                saved = [getattr(result.grad_fn, name, None) for name in ("_saved_self", "_saved_other")]
                return sum(value.numel() * 4 for value in saved if value is not None)

            made = {"w * x": w * x, "w + x": w + x, "w * v": w * v, "f * x": f * x, "x * x": x * x}
            kept = {expression: bytes_kept(result) for expression, result in made.items()}
            """,
        ),
        hints=(
            "First ask of each expression: is any of its inputs tracked? If not, there is no node.",
            "Then write down the derivative of the result for each tracked input, and see which values stand in it.",
            "The slope of a product, seen from one factor, is the other factor. The slope of a sum is 1, whatever the "
            "values are. In one of the five expressions both factors are tracked.",
        ),
        explanation="""
            w * x: the slope seen from w is x, so x is kept, 4 * 1000 bytes. w + x: the slope is 1, nothing is kept. w *
            v: both are tracked, so both are kept, 4000 + 4 bytes. f * x and x * x: nothing in them is tracked, so there
            is no node. This is the memory that tracking costs, and that freezing and untracked data save.
            """,
        points=2,
        difficulty=2,
        minutes=5,
    ),
    Exercise(
        id="01.8",
        title="A gradient by trying",
        kind="write",
        names=("numerical_gradient",),
        text="""
            Write `numerical_gradient(f, x)`: the gradient of `f` at `x` by **central differences**, without autograd.
            For each element of `x`, move that element up by a small step, then down by the same step, and hold all
            others still:

            $$\\text{slope} = \\frac{f(\\text{moved up}) - f(\\text{moved down})}{2 \\cdot \\text{step}}$$

            - `f` takes a tensor like `x` and returns a tensor with one element.
            - `x` is a tensor of dtype `float64` and of any shape. A step of `1e-4` serves well.
            - Return a tensor with the shape and dtype of `x` that is **not tracked**, even if `x` is.
            - `x` is left as it was: its values, its flag, its `.grad`.
            - `f` is called exactly **twice for each element**.

            (`t.numel()` is the number of elements. `t.view(-1)` shows the elements of `t` as one long list, in the same
            memory. `.item()` turns a tensor with one element into a Python number.)
            """,
        stub="""
            def numerical_gradient(f, x, step=1e-4):
                raise NotImplementedError
            """,
        reference="""
            def numerical_gradient(f, x, step=1e-4):
                slopes = []
                for i in range(x.numel()):
                    up, down = x.detach().clone(), x.detach().clone()
                    up.view(-1)[i] += step
                    down.view(-1)[i] -= step
                    slopes.append((f(up).item() - f(down).item()) / (2 * step))
                return torch.tensor(slopes, dtype=x.dtype).reshape(x.shape)
            """,
        cases=numerical_gradient_cases,
        beliefs=(
            Held(
                "one-sided-is-as-good",
                """
                def numerical_gradient(f, x, step=1e-4):
                    here = f(x.detach()).item()
                    slopes = []
                    for i in range(x.numel()):
                        up = x.detach().clone()
                        up.view(-1)[i] += step
                        slopes.append((f(up).item() - here) / step)
                    return torch.tensor(slopes, dtype=x.dtype).reshape(x.shape)
                """,
                "You take a step to one side only. That saves evaluations, but the error is thousands of times larger "
                "here. Take a step up and a step down.",
            ),
            Held(
                "all-at-once",
                """
                def numerical_gradient(f, x, step=1e-4):
                    p = x.detach()
                    slopes = [(f(p + step).item() - f(p - step).item()) / (2 * step) for _ in range(x.numel())]
                    return torch.tensor(slopes, dtype=x.dtype).reshape(x.shape)
                """,
                "You move all elements at once, so each of your slopes is the sum of all slopes. Move one element at a "
                "time.",
            ),
            Held(
                "assignment-copies",
                """
                def numerical_gradient(f, x, step=1e-4):
                    slopes = []
                    for i in range(x.numel()):
                        up = x
                        up.view(-1)[i] += step
                        down = x
                        down.view(-1)[i] -= step
                        slopes.append((f(up).item() - f(down).item()) / (2 * step))
                    return torch.tensor(slopes, dtype=x.dtype).reshape(x.shape)
                """,
                "up and down are two names of x, so you move x itself, up and back again. Work on copies.",
            ),
            Held(
                "detach-copies",
                """
                def numerical_gradient(f, x, step=1e-4):
                    slopes = []
                    for i in range(x.numel()):
                        up, down = x.detach(), x.detach()
                        up.view(-1)[i] += step
                        down.view(-1)[i] -= step
                        slopes.append((f(up).item() - f(down).item()) / (2 * step))
                    return torch.tensor(slopes, dtype=x.dtype).reshape(x.shape)
                """,
                "up and down share their memory with x, so the step up and the step down cancel. detach() removes the "
                "tracking; clone() makes the copy.",
            ),
            Held(
                "step-counted-once",
                """
                def numerical_gradient(f, x, step=1e-4):
                    slopes = []
                    for i in range(x.numel()):
                        up, down = x.detach().clone(), x.detach().clone()
                        up.view(-1)[i] += step
                        down.view(-1)[i] -= step
                        slopes.append((f(up).item() - f(down).item()) / step)
                    return torch.tensor(slopes, dtype=x.dtype).reshape(x.shape)
                """,
                "Your slopes are twice too large: from one step below to one step above it is two steps, and you "
                "divide by one.",
            ),
            Held(
                "autograd-is-finite-differences",
                """
                def numerical_gradient(f, x, step=1e-4):
                    p = x.detach().clone().requires_grad_()
                    f(p).backward()
                    return p.grad
                """,
                "The numbers are right, but this is autograd: it calls f once and takes no step. Here you are to write "
                "the other way, so that you can check autograd with it.",
            ),
            Held(
                "data-must-be-tracked",
                """
                def numerical_gradient(f, x, step=1e-4):
                    x.requires_grad_()
                    slopes = []
                    for i in range(x.numel()):
                        up, down = x.clone(), x.clone()
                        up.view(-1)[i] += step
                        down.view(-1)[i] -= step
                        slopes.append((f(up) - f(down)) / (2 * step))
                    return torch.stack(slopes).reshape(x.shape)
                """,
                "You track x, so your result is tracked and x is changed. Finite differences only compute values: "
                "nothing has to be tracked.",
            ),
            Held(
                "dtype-is-inherited",
                """
                def numerical_gradient(f, x, step=1e-4):
                    slopes = []
                    for i in range(x.numel()):
                        up, down = x.detach().clone(), x.detach().clone()
                        up.view(-1)[i] += step
                        down.view(-1)[i] -= step
                        slopes.append((f(up).item() - f(down).item()) / (2 * step))
                    return torch.tensor(slopes).reshape(x.shape)
                """,
                "The slopes are right, but stored as float32: a tensor made from Python numbers does not know where "
                "they came from. Give it the dtype of x.",
            ),
            Held(
                "gradient-is-flat",
                """
                def numerical_gradient(f, x, step=1e-4):
                    slopes = []
                    for i in range(x.numel()):
                        up, down = x.detach().clone(), x.detach().clone()
                        up.view(-1)[i] += step
                        down.view(-1)[i] -= step
                        slopes.append((f(up).item() - f(down).item()) / (2 * step))
                    return torch.tensor(slopes, dtype=x.dtype)
                """,
                "The slopes are right, but in a flat list. A gradient has the shape of x: reshape it at the end.",
            ),
        ),
        also_right=(
            """
            def numerical_gradient(f, x, step=1e-5):
                gradient = torch.zeros(x.shape, dtype=x.dtype)
                for i in range(x.numel()):
                    move = torch.zeros(x.numel(), dtype=x.dtype)
                    move[i] = step
                    move = move.reshape(x.shape)
                    rise = f(x.detach() + move) - f(x.detach() - move)
                    gradient.view(-1)[i] = rise.item() / (2 * step)
                return gradient
            """,
            """
            def numerical_gradient(f, x, step=1e-4):
                moved = x.detach().clone()
                flat = moved.view(-1)
                slopes = torch.zeros_like(moved)
                for i in range(len(flat)):
                    old = flat[i].item()
                    flat[i] = old + step
                    high = f(moved).item()
                    flat[i] = old - step
                    low = f(moved).item()
                    flat[i] = old
                    slopes.view(-1)[i] = (high - low) / (2 * step)
                return slopes
            """,
            """
            def numerical_gradient(f, x, step=1e-4):
                with torch.no_grad():
                    moves = torch.eye(x.numel(), dtype=x.dtype) * step
                    slopes = [f(x + m.reshape(x.shape)) - f(x - m.reshape(x.shape)) for m in moves]
                    return torch.stack([slope / (2 * step) for slope in slopes]).reshape(x.shape)
            """,
        ),
        hints=(
            "Start with one element: make two copies of x that are not tracked, change the element in each, and call f "
            "on both. Then put a loop around it.",
            "x.detach().clone() is an untracked copy. Its element number i is copy.view(-1)[i]. The two points are two "
            "steps apart.",
            "For each i in range(x.numel()): two copies, one raised and one lowered at i by step; f of both with "
            ".item(); their difference over twice the step goes into a list. At the end make a tensor of the list, "
            "with the dtype and the shape of x.",
        ),
        explanation="""
            Two evaluations for each element: for a million weights that would be two million evaluations for one
            gradient, where autograd needs one and a walk back. But nothing in this function knows any derivative, so it
            makes a good judge: where its numbers and autograd's agree, both are likely right. Later lessons check
            gradients this way, and PyTorch's gradcheck does the same. The steps to both sides make the bend of the
            curve cancel, and float64 leaves room for a small step.
            """,
        points=5,
        difficulty=3,
        minutes=10,
    ),
]
