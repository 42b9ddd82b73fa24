"""Exercises of lesson 07: cutting a graph where it is meant, sharing memory, freezing, and finding a wrong cut."""

from random import Random

from minigrad.course.case import Case, call, look, tensor
from minigrad.course.exercise import Exercise, Held
from minigrad.course.exercises.inputs import numbers


def matrix(random: Random, rows: int, columns: int) -> list[list[float]]:
    return [numbers(random, columns) for _ in range(rows)]


FORGET_GRAD = "w.grad = None"  # what is left there is the answer's own affair


def train_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, parts, n, steps in [
        ("the losses of three steps", "result[0], ...", 3, 3),
        ("the history of one step", "..., result[1]", 2, 1),
        ("the history of three steps", "..., result[1]", 1, 3),
        ("the weights after two steps", "..., ...", 2, 2),
    ]:
        w, x = numbers(random, n), numbers(random, n)
        target = [round(a * b + error, 2) for a, b, error in zip(w, x, numbers(random, n), strict=True)]
        cases.append(
            call(
                title,
                "train",
                kwargs={
                    "w": tensor(w, requires_grad=True),
                    "x": tensor(x),
                    "target": tensor(target),
                    "lr": 0.05,
                    "steps": steps,
                },
                then=f"{FORGET_GRAD}\nif isinstance(result, (tuple, list)) and len(result) == 2:\n    result = {parts}",
                compare=("value", "shape", "requires_grad", "message")
                + (("arguments",) if parts == "..., ..." else ()),
            )
        )
    return cases


def layer_gradients_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, tracked, rows in [
        ("w2 comes tracked", True, 2),
        ("w2 comes frozen", False, 2),
        ("w2 comes tracked, one row of data", True, 1),
    ]:
        cases.append(
            call(
                title,
                "layer_gradients",
                kwargs={
                    "x": tensor(matrix(random, rows, 2)),
                    "w1": tensor([[v / 4 for v in row] for row in matrix(random, 2, 2)], requires_grad=True),
                    "w2": tensor([[v / 4 for v in row] for row in matrix(random, 2, 2)], requires_grad=tracked),
                    "w3": tensor(matrix(random, 2, 1), requires_grad=True),
                    "target": tensor(matrix(random, rows, 1)),
                },
                compare=("value", "shape", "message"),
                evidence=("arguments",),
                atol=1e-5,
                shown="layer_gradients(...)",
            )
        )
    return cases


# Which tensors the gradients of a loss reach, whatever the answer is.
REACHED = """
def reached(loss):
    for_g, for_d = [
        torch.autograd.grad(loss, tensor, retain_graph=True, allow_unused=True)[0] if tensor.requires_grad else None
        for tensor in (g, d)
    ] if isinstance(loss, torch.Tensor) and loss.requires_grad else (None, None)
    return {"loss": loss, "gradient for g": for_g, "gradient for d": for_d}

if isinstance(result, (tuple, list)) and len(result) == 2:
"""


def players_cases(seed: int) -> list[Case]:
    random = Random(seed)
    return [
        call(
            title,
            "losses",
            kwargs={
                "noise": tensor(numbers(random, n)),
                "real": tensor(numbers(random, n)),
                "g": tensor(numbers(random, 1)[0], requires_grad=True),
                "d": tensor(numbers(random, 1)[0], requires_grad=True),
            },
            then=f"{REACHED}    result = {parts}",
            compare=("value", "shape", "arguments", "message"),
        )
        for title, parts, n in [
            ("d_loss, three samples", "reached(result[0]), ...", 3),
            ("g_loss, three samples", "..., reached(result[1])", 3),
            ("d_loss, one sample", "reached(result[0]), ...", 1),
            ("g_loss, one sample", "..., reached(result[1])", 1),
        ]
    ]


def follow_cases(seed: int) -> list[Case]:
    random = Random(seed)
    return [
        call(
            title,
            "follow",
            kwargs={
                "w": tensor(numbers(random, n), requires_grad=True),
                "x": tensor(numbers(random, n)),
                "x_next": tensor(numbers(random, n)),
                "reward": random.randint(30, 50) / 10,
                "lr": 0.02,
                "steps": steps,
            },
            then=FORGET_GRAD,
            compare=("value", "shape", "requires_grad", "arguments", "message"),
        )
        for title, n, steps in [("one step", 2, 1), ("two steps", 3, 2), ("three steps", 2, 3)]
    ]


EXERCISES = [
    Exercise(
        id="07.1",
        title="Who shares, who is tracked?",
        kind="predict",
        names=("facts",),
        text="""
            These lines run one after the other:

            ```python
            w = torch.tensor([1.0, 2.0], requires_grad=True)
            a = w
            d = w.detach()
            c = w.clone()
            e = w.detach().clone()
            loss = (w * w).sum()
            total = 0.0
            total += loss
            k = d * w
            w.data[0] = 5.0
            loss.backward()
            ```

            **Predict** what is there at the end. For the first five write a number such as `3.0`, for the others `True`
            or `False`. Run nothing before you have decided.
            """,
        stub="""
            facts = {
                "a[0]": ...,
                "d[0]": ...,
                "c[0]": ...,
                "e[0]": ...,
                "w.grad[0]": ...,
                "w.requires_grad": ...,
                "d.requires_grad": ...,
                "c.requires_grad": ...,
                "k.requires_grad": ...,
                "total.requires_grad": ...,
            }
            """,
        reference="""
            facts = {
                "a[0]": 5.0,
                "d[0]": 5.0,
                "c[0]": 1.0,
                "e[0]": 1.0,
                "w.grad[0]": 10.0,
                "w.requires_grad": True,
                "d.requires_grad": False,
                "c.requires_grad": True,
                "k.requires_grad": True,
                "total.requires_grad": True,
            }
            """,
        cases=lambda seed: [
            *(look("facts", key, title=key) for key in ("a[0]", "d[0]", "c[0]", "e[0]", "w.grad[0]")),
            *(look("facts", f"{name}.requires_grad", title=f"{name}.requires_grad") for name in ("w", "d", "c", "k")),
            look("facts", "total.requires_grad", title="total.requires_grad"),
        ],
        beliefs=(
            Held(
                "detach-copies",
                """
                facts = {"a[0]": 5.0, "d[0]": 1.0, "c[0]": 1.0, "e[0]": 1.0, "w.grad[0]": 10.0}
                facts |= {f"{name}.requires_grad": name != "d" for name in ("w", "d", "c", "k", "total")}
                """,
                "You predicted that d keeps its old value. d shares its memory with w, so it shows what w shows. Only "
                "clone() makes a copy.",
            ),
            Held(
                "assignment-copies",
                """
                facts = {"a[0]": 1.0, "d[0]": 5.0, "c[0]": 1.0, "e[0]": 1.0, "w.grad[0]": 10.0}
                facts |= {f"{name}.requires_grad": name != "d" for name in ("w", "d", "c", "k", "total")}
                """,
                "You predicted that a keeps its old value. a is w itself, under a second name.",
            ),
            Held(
                "data-is-safe",
                """
                facts = {"a[0]": 5.0, "d[0]": 5.0, "c[0]": 1.0, "e[0]": 1.0, "w.grad[0]": 2.0}
                facts |= {f"{name}.requires_grad": name != "d" for name in ("w", "d", "c", "k", "total")}
                """,
                "You predicted the right gradient of loss, as it was computed with w[0] = 1. But backward() reads w "
                "where the graph has kept it, and that memory was changed through .data in between.",
            ),
            Held(
                "detach-changes-its-source",
                """
                facts = {"a[0]": 5.0, "d[0]": 5.0, "c[0]": 1.0, "e[0]": 1.0, "w.grad[0]": 10.0}
                facts |= {f"{name}.requires_grad": name not in "wd" for name in ("w", "d", "c", "k", "total")}
                """,
                "You predicted that w is no longer tracked. detach() gives you another tensor; w stays as it was.",
            ),
            Held(
                "detach-changes-its-source",
                """
                facts = {"a[0]": 5.0, "d[0]": 5.0, "c[0]": 1.0, "e[0]": 1.0, "w.grad[0]": 10.0}
                facts |= {f"{name}.requires_grad": False for name in ("w", "d", "c", "k", "total")}
                """,
                "You predicted that nothing is tracked after w.detach(). But w stays tracked, and with it all that is "
                "computed from w. Only what detach() returns is untracked.",
            ),
            Held(
                "detach-is-no-grad",
                """
                facts = {"a[0]": 5.0, "d[0]": 5.0, "c[0]": 1.0, "e[0]": 1.0, "w.grad[0]": 10.0}
                facts |= {f"{name}.requires_grad": name == "w" for name in ("w", "d", "c", "k", "total")}
                """,
                "You predicted that nothing is recorded after detach(), as in a no_grad block. detach() says something "
                "of one tensor, d. What is computed from w is recorded as before.",
            ),
            Held(
                "clone-cuts",
                """
                facts = {"a[0]": 5.0, "d[0]": 5.0, "c[0]": 1.0, "e[0]": 1.0, "w.grad[0]": 10.0}
                facts |= {f"{name}.requires_grad": name not in "dc" for name in ("w", "d", "c", "k", "total")}
                """,
                "You predicted that c is untracked. clone() is an operation on w, and it is recorded: c has memory of "
                "its own, and is in the graph.",
            ),
            Held(
                "all-inputs-must-be-tracked",
                """
                facts = {"a[0]": 5.0, "d[0]": 5.0, "c[0]": 1.0, "e[0]": 1.0, "w.grad[0]": 10.0}
                facts |= {f"{name}.requires_grad": name not in "dk" for name in ("w", "d", "c", "k", "total")}
                """,
                "You predicted that k is untracked, since d is. k is d * w, and w is tracked: one tracked input is "
                "enough.",
            ),
            Held(
                "stored-loss-is-a-number",
                """
                facts = {"a[0]": 5.0, "d[0]": 5.0, "c[0]": 1.0, "e[0]": 1.0, "w.grad[0]": 10.0}
                facts |= {f"{name}.requires_grad": name in "wck" for name in ("w", "d", "c", "k", "total")}
                """,
                "You predicted that total is a plain number. 0.0 + loss is an operation on a tracked tensor, so total "
                "is one too, and it holds on to the graph of loss.",
            ),
        ),
        also_right=(
            """
            facts = dict.fromkeys(["a[0]", "d[0]"], 5) | dict.fromkeys(["c[0]", "e[0]"], 1) | {"w.grad[0]": 2 * 5}
            for name in "w", "d", "c", "k", "total":
                facts[name + ".requires_grad"] = name != "d"
            """,
            # The oracle: the lines themselves.
            """
            w = torch.tensor([1.0, 2.0], requires_grad=True)
            a, d, c, e = w, w.detach(), w.clone(), w.detach().clone()
            loss = (w * w).sum()
            total = 0.0
            total += loss
            k = d * w
            w.data[0] = 5.0
            loss.backward()
            facts = {"a[0]": a[0].item(), "d[0]": d[0].item(), "c[0]": c[0].item(), "e[0]": e[0].item()}
            facts["w.grad[0]"] = w.grad[0].item()
            for name, value in dict(w=w, d=d, c=c, k=k, total=total).items():
                facts[f"{name}.requires_grad"] = value.requires_grad
            """,
        ),
        hints=(
            "Ask two questions of each line. Does it make new memory? Is what it makes recorded?",
            "New memory: clone() makes it, detach() and .data do not. Recorded: every operation on a tracked tensor "
            "is, clone() and += too. detach() cuts.",
            "Three of the first five show the new value 5 or are computed with it. Only one of the five flags is "
            "False. The slope of w * w is 2 * w, with the w that backward() finds.",
        ),
        explanation="""
            a is w, and d shares its memory, so both show 5. c and e are copies. backward() needs w for the slope 2 * w,
            finds 5 there and gives 10, although loss was computed with 1, where the slope is 2: .data let the change
            pass unseen. Of the flags, only that of d is off. c and k come from w, and total is a sum with a tracked
            loss in it: it keeps the graph of that loss alive.
            """,
        points=3,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="07.2",
        title="What arrives at w?",
        kind="predict",
        names=("arrives",),
        text="""
            Each line is run by itself, always with fresh tensors:

            ```python
            w = torch.tensor(2.0, requires_grad=True)
            v = torch.tensor(3.0, requires_grad=True)
            x = torch.tensor(5.0)
            ```

            **Predict** what `w.grad` is after the line: a number such as `6.0`, or `None`. If the line raises an error,
            write `"error"`.

            | key | line |
            |---|---|
            | `"a"` | `(w.detach() * v).backward()` |
            | `"b"` | `(w * w.detach()).backward()` |
            | `"c"` | `h = w * x; h.detach(); (h * v).backward()` |
            | `"d"` | `v.requires_grad_(False); (w * x * v).backward()` |
            | `"e"` | `(w * v).detach().backward()` |
            | `"f"` | `(w * v).detach().requires_grad_().backward()` |
            | `"g"` | `y = w * w; w.detach().fill_(10.0); y.backward()` |
            | `"h"` | `y = w * w; w.data.fill_(10.0); y.backward()` |
            | `"i"` | `(w * x).backward(); w.requires_grad_(False)` |
            """,
        stub="""
            arrives = {
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
            arrives = {
                "a": None,
                "b": 2.0,
                "c": 15.0,
                "d": 15.0,
                "e": "error",
                "f": None,
                "g": "error",
                "h": 20.0,
                "i": 5.0,
            }
            """,
        cases=lambda seed: [look("arrives", line, title=f"line {line}") for line in "abcdefghi"],
        beliefs=(
            Held(
                "detach-copies",
                'arrives = dict(a=None, b=2.0, c=15.0, d=15.0, e="error", f=None, g=4.0, h=20.0, i=5.0)',
                "You predicted that line g changes a copy, and that the gradient is that of w = 2. It changes the "
                "memory of w, which y needs for going back. PyTorch notices, and refuses.",
            ),
            Held(
                "detach-changes-its-source",
                'arrives = dict(a=None, b="error", c=None, d=15.0, e="error", f=None, g="error", h=20.0, i=5.0)',
                "You let detach() change the tensor it is called on. In line c what it returns is thrown away, and h "
                "is what it was. In line b, the first factor is w, tracked as before.",
            ),
            Held(
                "detach-changes-its-source",
                'arrives = dict(a=None, b=2.0, c=None, d=15.0, e="error", f=None, g="error", h=20.0, i=5.0)',
                "You let line c cut the graph at h. What detach() returns is thrown away there, and h is what it was.",
            ),
            Held(
                "frozen-layer-blocks",
                'arrives = dict(a=None, b=2.0, c=15.0, d=None, e="error", f=None, g="error", h=20.0, i=5.0)',
                "You let the frozen v in line d stop the gradient. No gradient is computed for v, but the way from the "
                "result to w goes through the product, and that is recorded.",
            ),
            Held(
                "detach-is-no-grad",
                'arrives = dict(a="error", b="error", c=15.0, d=15.0, e="error", f=None, g="error", h=20.0, i=5.0)',
                "You predicted that a product with a detached factor is not recorded. That would be no_grad. The other "
                "factor is tracked, so backward() finds a graph in a and in b.",
            ),
            Held(
                "data-is-safe",
                'arrives = dict(a=None, b=2.0, c=15.0, d=15.0, e="error", f=None, g="error", h=4.0, i=5.0)',
                "You predicted that a change through .data does no harm to y. It changes the memory of w, which y "
                "needs for going back, and nobody notices: the gradient is wrong.",
            ),
            Held(
                "data-is-safe",
                'arrives = dict(a=None, b=2.0, c=15.0, d=15.0, e="error", f=None, g="error", h="error", i=5.0)',
                "You predicted that PyTorch notices the change in line h, as it does in line g. What is changed "
                "through .data is not counted. No error comes, only a wrong gradient.",
            ),
            Held(
                "detaching-the-loss-is-harmless",
                'arrives = dict(a=None, b=2.0, c=15.0, d=15.0, e=3.0, f=3.0, g="error", h=20.0, i=5.0)',
                "You let a gradient come through a detached result, in lines e and f. It has the value, but no graph: "
                "there is no way from it to w.",
            ),
            Held(
                "detaching-the-loss-is-harmless",
                'arrives = dict(a=None, b=2.0, c=15.0, d=15.0, e="error", f=3.0, g="error", h=20.0, i=5.0)',
                "You let requires_grad_() repair the detached result in line f. It makes a tracked leaf of it: "
                "backward() raises no error any more, but the way to w stays cut.",
            ),
            Held(
                "detached-comes-back",
                'arrives = dict(a=3.0, b=4.0, c=15.0, d=15.0, e="error", f=None, g="error", h=20.0, i=5.0)',
                "You let a gradient go to w through w.detach(), in lines a and b. The products are tracked because of "
                "the other factor; the detached one serves as a plain number.",
            ),
            Held(
                "freezing-clears-the-gradient",
                'arrives = dict(a=None, b=2.0, c=15.0, d=15.0, e="error", f=None, g="error", h=20.0, i=None)',
                "You predicted that line i empties w.grad. The flag says what will be recorded from now on; the "
                "gradient that is there stays.",
            ),
        ),
        also_right=(
            'arrives = {"a": None, "b": 2, "c": 5 * 3, "d": 5 * 3, "e": "error", "f": None, "g": "error", "h": 2 * 10, '
            '"i": 5}',
            # The oracle: the lines themselves.
            """
            lines = {
                "a": "(w.detach() * v).backward()",
                "b": "(w * w.detach()).backward()",
                "c": "h = w * x; h.detach(); (h * v).backward()",
                "d": "v.requires_grad_(False); (w * x * v).backward()",
                "e": "(w * v).detach().backward()",
                "f": "(w * v).detach().requires_grad_().backward()",
                "g": "y = w * w; w.detach().fill_(10.0); y.backward()",
                "h": "y = w * w; w.data.fill_(10.0); y.backward()",
                "i": "(w * x).backward(); w.requires_grad_(False)",
            }
            arrives = {}
            for name, line in lines.items():
                w, v = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
                try:
                    exec(line, {"w": w, "v": v, "x": torch.tensor(5.0)})
                    arrives[name] = None if w.grad is None else w.grad.item()
                except RuntimeError:
                    arrives[name] = "error"
            """,
        ),
        hints=(
            "For each line, draw the way from the result back to w. Is there one? Are there two? What stands on it?",
            "A detached tensor is a plain number in what follows, and so is a frozen one. But a cut is only where the "
            "detached tensor itself is used. And for g and h ask: which value of w does backward() read, and does "
            "PyTorch know that it was changed?",
            "Two lines raise an error, two give None. In b one of two ways is cut, so half of the slope 2 * w arrives. "
            "In h the slope 2 * w is computed with the new w.",
        ),
        explanation="""
            a: the only way to w is cut. b: one of two ways is cut, and w.detach() is the number 2. c: nobody uses what
            detach() returned. d: v is frozen, and serves as the number 3 on the way to w. e: no graph. f: no error, but
            the graph is gone all the same, so w gets nothing. g: the change is counted, and backward() refuses. h: the
            change through .data is not counted, and the gradient is 2 * 10 instead of 2 * 2. i: the gradient was there
            before the flag was switched off, and stays.
            """,
        points=3,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="07.3",
        title="It runs but learns nothing",
        kind="mend",
        names=("train",),
        text="""
            `train` is to train the weights `w`, in place, and to return two lists of tensors:

            - `losses`: the loss of each step;
            - `history`: the weights before each step.

            Whoever reads the lists later must find the values **of that step** in them, and the tensors in them must be
            **untracked**: otherwise the lists keep the graphs of all steps alive.

            The program below raises no error, but all its losses are the same. **Mend it.** When `w` learns again,
            look at `history` too. (The optimizer does `w -= lr * w.grad`, in place and under `no_grad`. A weight
            whose `.grad` is `None` it skips, without a word.)
            """,
        stub="""
            def train(w, x, target, lr, steps):
                optimizer = torch.optim.SGD([w], lr=lr)
                losses, history = [], []
                for _ in range(steps):
                    loss = ((w * x - target) ** 2).mean()
                    loss = loss.detach().requires_grad_()
                    losses.append(loss)
                    history.append(w.detach())
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                return losses, history
            """,
        reference="""
            def train(w, x, target, lr, steps):
                optimizer = torch.optim.SGD([w], lr=lr)
                losses, history = [], []
                for _ in range(steps):
                    loss = ((w * x - target) ** 2).mean()
                    losses.append(loss.detach())
                    history.append(w.detach().clone())
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                return losses, history
            """,
        cases=train_cases,
        beliefs=(
            Held(
                "detaching-the-loss-is-harmless",
                """
                def train(w, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w], lr=lr)
                    losses, history = [], []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        loss = loss.detach()
                        losses.append(loss)
                        history.append(w.detach().clone())
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return losses, history
                """,
                "You still call backward() on a detached loss. It has a value and no graph. Keep two things apart: the "
                "loss that goes into the list, detached, and the loss that backward() starts from.",
            ),
            Held(
                "detaching-the-loss-is-harmless",
                """
                def train(w, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w], lr=lr)
                    losses, history = [], []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        loss = loss.detach().requires_grad_()
                        losses.append(loss.detach())
                        history.append(w.detach().clone())
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return losses, history
                """,
                "The lists are as they should be, but w does not learn. Your backward() starts from a loss that was "
                "detached; requires_grad_() silences the error, but the graph is gone.",
            ),
            Held(
                "detach-copies",
                """
                def train(w, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w], lr=lr)
                    losses, history = [], []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        losses.append(loss.detach())
                        history.append(w.detach())
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return losses, history
                """,
                "w learns now, but your history shows the last weights in every step: all its entries share the memory "
                "of w. detach() does not copy.",
            ),
            Held(
                "clone-cuts",
                """
                def train(w, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w], lr=lr)
                    losses, history = [], []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        losses.append(loss.detach())
                        history.append(w.clone())
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return losses, history
                """,
                "The values in your history are right, but its tensors are tracked: clone() makes a copy and is "
                "recorded. It takes both, a copy and a cut.",
            ),
            Held(
                "stored-loss-is-a-number",
                """
                def train(w, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w], lr=lr)
                    losses, history = [], []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        losses.append(loss)
                        history.append(w.detach().clone())
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return losses, history
                """,
                "w learns, but the losses in your list are tracked: each of them holds on to the graph of its step. "
                "Put a detached loss in the list.",
            ),
            Held(
                "assignment-copies",
                """
                def train(w, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w], lr=lr)
                    losses, history = [], []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        losses.append(loss.detach())
                        history.append(w)
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return losses, history
                """,
                "Your history holds w itself, once for each step, so every entry shows the last weights, and is "
                "tracked.",
            ),
        ),
        also_right=(
            """
            def train(w, x, target, lr, steps):
                losses, history = [], []
                for _ in range(steps):
                    history.append(w.clone().detach())
                    loss = ((target - w * x) ** 2).mean()
                    w.grad = None
                    loss.backward()
                    with torch.no_grad():
                        w -= lr * w.grad
                    losses.append(loss.detach().clone())
                return losses, history
            """,
            """
            def train(w, x, target, lr, steps):
                optimizer = torch.optim.SGD([w], lr=lr)
                losses, history = [], []
                for _ in range(steps):
                    loss = ((w * x - target) ** 2).mean()
                    optimizer.zero_grad()
                    loss.backward()
                    losses.append(torch.tensor(loss.item()))
                    history.append(torch.tensor(w.tolist()))
                    optimizer.step()
                return losses, history
            """,
            # The oracle: the derivative by hand, without autograd.
            """
            def train(w, x, target, lr, steps):
                losses, history = [], []
                with torch.no_grad():
                    for _ in range(steps):
                        miss = w * x - target
                        losses.append((miss * miss).mean())
                        history.append(w.clone())
                        w -= lr * 2 * x * miss / len(x)
                return losses, history
            """,
        ),
        hints=(
            "Print w.grad after loss.backward(). What would have to be recorded for a gradient to arrive there?",
            "backward() has to start from the loss that was computed from w. Detach where the value goes into the "
            "list, and nowhere else. Then print history after three steps.",
            "One line goes. The other two change: what is appended to losses is detached there and then; what is "
            "appended to history is detached and has memory of its own.",
        ),
        explanation="""
            The detached loss was made a tracked leaf, so backward() ran, filled the .grad of that leaf, and never saw
            w. A gradient that is None for all weights, after a backward() without an error, says: there is a cut
            between loss and weights. In the list the cut is right: without it, every loss keeps the graph of its step.
            w.detach() is a window on w and not a picture of it: the optimizer changes w in place, and the window shows
            that. detach().clone() is the picture.
            """,
        points=4,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="07.4",
        title="Mend: the frozen layer",
        kind="mend",
        names=("layer_gradients",),
        text="""
            A model has three layers. Layers 1 and 3 are to learn; layer 2 is to stay **frozen**: its weights `w2` get
            no gradient. `layer_gradients` returns the gradients of all three, so it should return
            `(a tensor, None, a tensor)`. `w2` may come tracked or not.

            Somebody has tried to freeze layer 2 with `detach()`. No error comes, but the first gradient is `None`, and
            the second is not. **Mend it.**
            """,
        stub="""
            def layer_gradients(x, w1, w2, w3, target):
                h1 = torch.tanh(x @ w1)
                h2 = torch.tanh(h1.detach() @ w2)  # to freeze layer 2
                y = h2 @ w3
                loss = ((y - target) ** 2).mean()
                loss.backward()
                return w1.grad, w2.grad, w3.grad
            """,
        reference="""
            def layer_gradients(x, w1, w2, w3, target):
                w2.requires_grad_(False)
                h1 = torch.tanh(x @ w1)
                h2 = torch.tanh(h1 @ w2)
                y = h2 @ w3
                loss = ((y - target) ** 2).mean()
                loss.backward()
                return w1.grad, w2.grad, w3.grad
            """,
        cases=layer_gradients_cases,
        beliefs=(
            Held(
                "frozen-layer-blocks",
                """
                def layer_gradients(x, w1, w2, w3, target):
                    w2.requires_grad_(False)
                    h1 = torch.tanh(x @ w1)
                    h2 = torch.tanh(h1.detach() @ w2)
                    y = h2 @ w3
                    loss = ((y - target) ** 2).mean()
                    loss.backward()
                    return w1.grad, w2.grad, w3.grad
                """,
                "w2 is frozen now, but you let no gradient pass through its layer, so layer 1 gets none. A frozen "
                "layer does not have to be a wall: the gradient for h1 is computed with w2 as plain numbers.",
            ),
            Held(
                "detach-is-no-grad",
                """
                def layer_gradients(x, w1, w2, w3, target):
                    h1 = torch.tanh(x @ w1)
                    with torch.no_grad():
                        h2 = torch.tanh(h1 @ w2)
                    y = h2 @ w3
                    loss = ((y - target) ** 2).mean()
                    loss.backward()
                    return w1.grad, w2.grad, w3.grad
                """,
                "You run layer 2 under no_grad. That does more than to take w2 out of the graph: nothing that runs in "
                "the block is recorded, so the way back to layer 1 is gone too.",
            ),
            Held(
                "detach-changes-its-source",
                """
                def layer_gradients(x, w1, w2, w3, target):
                    w2.detach()
                    h1 = torch.tanh(x @ w1)
                    h2 = torch.tanh(h1 @ w2)
                    y = h2 @ w3
                    loss = ((y - target) ** 2).mean()
                    loss.backward()
                    return w1.grad, w2.grad, w3.grad
                """,
                "Layer 1 learns again, but so does layer 2 if w2 comes tracked. Nothing in your program makes w2 "
                "untracked: w2.detach() would return another tensor, and leave w2 as it is.",
            ),
            Held(
                "only-tracked-pass-gradients",
                """
                def layer_gradients(x, w1, w2, w3, target):
                    w2.requires_grad_()
                    h1 = torch.tanh(x @ w1)
                    h2 = torch.tanh(h1 @ w2)
                    y = h2 @ w3
                    loss = ((y - target) ** 2).mean()
                    loss.backward()
                    return w1.grad, w2.grad, w3.grad
                """,
                "You track w2, so it is not frozen. The gradient passes through layer 2 to layer 1 without that: h1 is "
                "tracked, and so is h1 @ w2.",
            ),
            Held(
                "freezing-clears-the-gradient",
                """
                def layer_gradients(x, w1, w2, w3, target):
                    h1 = torch.tanh(x @ w1)
                    h2 = torch.tanh(h1 @ w2)
                    y = h2 @ w3
                    loss = ((y - target) ** 2).mean()
                    loss.backward()
                    w2.requires_grad_(False)
                    return w1.grad, w2.grad, w3.grad
                """,
                "You freeze w2 after backward(). By then its gradient has been computed, and it stays in w2.grad: the "
                "flag says what happens from now on.",
            ),
        ),
        also_right=(
            """
            def layer_gradients(x, w1, w2, w3, target):
                h1 = torch.tanh(x @ w1)
                h2 = torch.tanh(h1 @ w2.detach())
                loss = ((h2 @ w3 - target) ** 2).mean()
                loss.backward()
                return w1.grad, w2.grad, w3.grad
            """,
            """
            def layer_gradients(x, w1, w2, w3, target):
                loss = ((torch.tanh(torch.tanh(x @ w1) @ w2) @ w3 - target) ** 2).mean()
                first, third = torch.autograd.grad(loss, (w1, w3))
                return first, None, third
            """,
            # Late, but still in time: the way to w2.grad asks for the flag when the gradient arrives.
            """
            def layer_gradients(x, w1, w2, w3, target):
                h2 = (x.mm(w1).tanh() @ w2).tanh()
                loss = torch.mean((h2 @ w3 - target) ** 2)
                w2.requires_grad = False
                loss.backward()
                return w1.grad, w2.grad, w3.grad
            """,
            # The oracle: finite differences in float64.
            """
            def layer_gradients(x, w1, w2, w3, target):
                x, w1, w2, w3, target = (t.detach().double() for t in (x, w1, w2, w3, target))

                def loss():
                    return ((torch.tanh(torch.tanh(x @ w1) @ w2) @ w3 - target) ** 2).mean().item()

                def slopes(w, step=1e-5):
                    found = torch.zeros_like(w)
                    for i in range(w.shape[0]):
                        for j in range(w.shape[1]):
                            w[i, j] += step
                            up = loss()
                            w[i, j] -= 2 * step
                            found[i, j] = (up - loss()) / (2 * step)
                            w[i, j] += step
                    return found.float()

                return slopes(w1), None, slopes(w3)
            """,
        ),
        hints=(
            "Which tensor is to get no gradient, and which tensor is detached in the program? Draw the way from loss "
            "back to w1, and see where it is cut.",
            "The way to w1 goes through h1, so h1 must not be cut. It is w2 that is to get no gradient: take w2 out, "
            "and let h1 in.",
            "Remove the detach of h1. Then either switch the flag of w2 off, in place, before the backward pass, or "
            "use the detached w2 in the product.",
        ),
        explanation="""
            Freezing is about a weight; cutting is about a way. h1.detach() cuts the way to layer 1, and leaves w2 in
            the graph: it freezes the wrong layer. With w2.requires_grad_(False), no gradient is computed for w2, and
            the product h1 @ w2 is still recorded because h1 is tracked. Its rule sends to h1 the gradient times w2,
            with w2 as plain numbers. So a frozen middle costs the gradient of its own weights, and nothing else.
            """,
        points=4,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="07.5",
        title="Choose the cuts: two players",
        kind="choose",
        names=("losses",),
        text="""
            Two players train against each other. The forger has the weight `g` and makes samples: `noise * g`. The
            judge has the weight `d` and gives scores: `sample * d`. The judge wants to give 1 to what is real and 0 to
            what is made. The forger wants a 1 for what is made.

            | loss | its value | its gradient is to reach |
            |---|---|---|
            | `d_loss` | `((real * d - 1) ** 2 + (fake * d) ** 2).mean()` | `d` only |
            | `g_loss` | `((fake * d - 1) ** 2).mean()` | `g` only, through the judge |

            Below, each loss reaches both. **Choose where to cut**, and leave the values of the losses as they are.
            After the call, the four tensors must be what they were. (The check computes the gradients itself, so call
            no `backward()`.)
            """,
        stub="""
            def losses(noise, real, g, d):
                fake = noise * g
                d_loss = ((real * d - 1) ** 2 + (fake * d) ** 2).mean()
                g_loss = ((fake * d - 1) ** 2).mean()
                return d_loss, g_loss
            """,
        reference="""
            def losses(noise, real, g, d):
                fake = noise * g
                d_loss = ((real * d - 1) ** 2 + (fake.detach() * d) ** 2).mean()
                g_loss = ((fake * d.detach() - 1) ** 2).mean()
                return d_loss, g_loss
            """,
        cases=players_cases,
        beliefs=(
            Held(
                "frozen-layer-blocks",
                """
                def losses(noise, real, g, d):
                    fake = noise * g
                    d_loss = ((real * d - 1) ** 2 + (fake.detach() * d) ** 2).mean()
                    g_loss = ((fake * d - 1) ** 2).mean()
                    return d_loss, g_loss
                """,
                "d_loss is right, but g_loss still trains the judge. You can take d out of it without losing g: the "
                "gradient passes through a judge that is frozen.",
            ),
            Held(
                "detach-changes-its-source",
                """
                def losses(noise, real, g, d):
                    fake = noise * g
                    fake.detach()
                    d_loss = ((real * d - 1) ** 2 + (fake * d) ** 2).mean()
                    g_loss = ((fake * d.detach() - 1) ** 2).mean()
                    return d_loss, g_loss
                """,
                "g_loss is right, but d_loss still reaches the forger. fake.detach() in a line of its own changes "
                "nothing: what it returns has to be used in d_loss.",
            ),
            Held(
                "detach-is-no-grad",
                """
                def losses(noise, real, g, d):
                    fake = noise * g
                    with torch.no_grad():
                        score = fake * d
                    d_loss = ((real * d - 1) ** 2 + score ** 2).mean()
                    g_loss = ((fake * d.detach() - 1) ** 2).mean()
                    return d_loss, g_loss
                """,
                "In d_loss you have cut too much: with no_grad, or a detach of the whole score, d gets nothing from "
                "the made samples. Only fake is to be a plain number there; fake * d has to be recorded.",
            ),
            Held(
                "detached-comes-back",
                """
                def losses(noise, real, g, d):
                    fake = (noise * g).detach()
                    d_loss = ((real * d - 1) ** 2 + (fake * d) ** 2).mean()
                    g_loss = ((fake * d - 1) ** 2).mean()
                    return d_loss, g_loss
                """,
                "You detach fake once, for both losses. In g_loss it meets the tracked d, so g_loss is tracked, but "
                "only by d: there is no way back to g any more.",
            ),
            Held(
                "detached-comes-back",
                """
                def losses(noise, real, g, d):
                    fake = (noise * g).detach()
                    d_loss = ((real * d - 1) ** 2 + (fake * d) ** 2).mean()
                    g_loss = ((fake * d.detach() - 1) ** 2).mean()
                    return d_loss, g_loss
                """,
                "You detach fake once, for both losses, and d in g_loss. So g_loss has no graph at all. The cut at "
                "fake is for d_loss only.",
            ),
            Held(
                "detaching-the-loss-is-harmless",
                """
                def losses(noise, real, g, d):
                    fake = noise * g
                    d_loss = ((real * d - 1) ** 2 + (fake * d) ** 2).mean()
                    g_loss = ((fake * d - 1) ** 2).mean()
                    return d_loss.detach(), g_loss.detach()
                """,
                "You detach the losses themselves, so no gradient leaves them, not even for the player they are meant "
                "for. Cut inside, at the one tensor that is not to learn.",
            ),
        ),
        also_right=(
            """
            def losses(noise, real, g, d):
                fake = noise * g
                d_loss = ((real * d - 1) ** 2 + (fake.detach() * d) ** 2).mean()
                d.requires_grad_(False)
                g_loss = ((fake * d - 1) ** 2).mean()
                d.requires_grad_(True)
                return d_loss, g_loss
            """,
            """
            def losses(noise, real, g, d):
                with torch.no_grad():
                    fixed = noise * g
                d_loss = ((real * d - 1) ** 2).mean() + (fixed * d).square().mean()
                judge = d.detach().clone()
                g_loss = (judge * (noise * g) - 1).square().mean()
                return d_loss, g_loss
            """,
            # The oracle: fresh numbers, which no gradient can pass.
            """
            def losses(noise, real, g, d):
                fake = noise * g
                made = torch.tensor(fake.tolist())
                d_loss = ((real * d - 1) * (real * d - 1) + made * made * d * d).sum() / len(real)
                g_loss = ((fake * d.item() - 1) ** 2).sum() / len(noise)
                return d_loss, g_loss
            """,
        ),
        hints=(
            "Take one loss at a time. Which two tensors does fake * d come from, and which of the two is not to learn "
            "from this loss?",
            "In d_loss the samples are given: fake is a plain number there. In g_loss the judge is given: d is a plain "
            "number there. fake itself must stay in the graph, since g_loss needs it.",
            "Two detach() calls, one in each formula, each on a factor of fake * d: on the factor of the player who "
            "does not learn from that loss.",
        ),
        explanation="""
            One product, two losses, and in each of them another factor is taken as given. In d_loss, fake.detach() cuts
            the way to g before the judge looks. In g_loss, the judge is frozen for one formula: no gradient for d, but
            the gradient passes through the product to fake, and on to g, with d as the slope. If that did not work,
            nobody could train one network against another.
            """,
        points=4,
        difficulty=3,
        minutes=7,
    ),
    Exercise(
        id="07.6",
        title="A target that does not move",
        kind="write",
        names=("follow",),
        text="""
            A model predicts the value of a situation `x` as `(w * x).sum()`. It learns from its own prediction for the
            next situation: the target is `reward + (teacher * x_next).sum()`, where the **teacher** is a copy of the
            weights as they were at the start. The target must not move, neither because it is trained itself nor
            because `w` changes.

            Write `follow(w, x, x_next, reward, lr, steps)`:

            1. make the teacher once, from `w`;
            2. do `steps` steps of training: the loss is `(prediction - target) ** 2`, and `w` is updated **in place**,
               by `lr` times its gradient; each step uses the gradient of that step alone;
            3. return the teacher: untracked, with the weights as they were at the start.

            `w` comes tracked, with `.grad` `None`, and stays the same tracked leaf. What you leave in `w.grad` at the
            end does not matter.
            """,
        stub="""
            def follow(w, x, x_next, reward, lr, steps):
                raise NotImplementedError
            """,
        reference="""
            def follow(w, x, x_next, reward, lr, steps):
                teacher = w.detach().clone()
                for _ in range(steps):
                    target = reward + (teacher * x_next).sum()
                    loss = ((w * x).sum() - target) ** 2
                    w.grad = None
                    loss.backward()
                    with torch.no_grad():
                        w -= lr * w.grad
                return teacher
            """,
        cases=follow_cases,
        beliefs=(
            Held(
                "detach-copies",
                """
                def follow(w, x, x_next, reward, lr, steps):
                    teacher = w.detach()
                    for _ in range(steps):
                        target = reward + (teacher * x_next).sum()
                        loss = ((w * x).sum() - target) ** 2
                        w.grad = None
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                    return teacher
                """,
                "Your teacher is untracked, but it moves: it shares its memory with w, and w is updated in place. It "
                "needs memory of its own.",
            ),
            Held(
                "clone-cuts",
                """
                def follow(w, x, x_next, reward, lr, steps):
                    teacher = w.clone()
                    for _ in range(steps):
                        target = reward + (teacher * x_next).sum()
                        loss = ((w * x).sum() - target) ** 2
                        w.grad = None
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                    return teacher
                """,
                "Your teacher has memory of its own, but clone() is recorded, so the loss is also trained through the "
                "target: gradients pass through the copy to w.",
            ),
            Held(
                "detach-is-no-grad",
                """
                def follow(w, x, x_next, reward, lr, steps):
                    with torch.no_grad():
                        teacher = w
                    for _ in range(steps):
                        target = reward + (teacher * x_next).sum()
                        loss = ((w * x).sum() - target) ** 2
                        w.grad = None
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                    return teacher
                """,
                "Your teacher is w itself. An assignment under no_grad makes no untracked tensor: no_grad is about "
                "operations that run in its block, and none runs there. detach() makes one.",
            ),
            Held(
                "data-must-be-tracked",
                """
                def follow(w, x, x_next, reward, lr, steps):
                    teacher = w.detach().clone().requires_grad_()
                    for _ in range(steps):
                        target = reward + (teacher * x_next).sum()
                        loss = ((w * x).sum() - target) ** 2
                        w.grad = None
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                    return teacher
                """,
                "w is trained rightly, but your teacher is tracked. It is data here: a gradient is computed for it "
                "that nobody reads.",
            ),
            Held(
                "detaching-the-loss-is-harmless",
                """
                def follow(w, x, x_next, reward, lr, steps):
                    teacher = w.detach().clone()
                    for _ in range(steps):
                        target = reward + (teacher * x_next).sum()
                        loss = (((w * x).sum() - target) ** 2).detach().requires_grad_()
                        w.grad = None
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                    return teacher
                """,
                "You detach the loss, so no gradient comes to w, and w.grad is None. It is the target that is not to "
                "be trained; the prediction has to stay in the graph.",
            ),
            Held(
                "backward-overwrites",
                """
                def follow(w, x, x_next, reward, lr, steps):
                    teacher = w.detach().clone()
                    for _ in range(steps):
                        target = reward + (teacher * x_next).sum()
                        loss = ((w * x).sum() - target) ** 2
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                    return teacher
                """,
                "The teacher is right, and so is the first step. Then your gradients add up: backward() adds to "
                "w.grad, and you never clear it.",
            ),
            Held(
                "minus-keeps-the-leaf",
                """
                def follow(w, x, x_next, reward, lr, steps):
                    teacher = w.detach().clone()
                    for _ in range(steps):
                        target = reward + (teacher * x_next).sum()
                        loss = ((w * x).sum() - target) ** 2
                        w.grad = None
                        loss.backward()
                        w = (w - lr * w.grad).detach().requires_grad_()
                    return teacher
                """,
                "The teacher is right, but the w that you were given is not trained: w = w - ... makes another tensor. "
                "Change w in place, under no_grad.",
            ),
            Held(
                "minus-keeps-the-leaf",
                """
                def follow(w, x, x_next, reward, lr, steps):
                    teacher = w.detach().clone()
                    for _ in range(steps):
                        target = reward + (teacher * x_next).sum()
                        loss = ((w * x).sum() - target) ** 2
                        w.grad = None
                        loss.backward()
                        with torch.no_grad():
                            w = w - lr * w.grad
                    return teacher
                """,
                "w = w - ... under no_grad makes another tensor, which tracks nothing, and in the next step backward() "
                "finds no graph. Change w in place: w -= ...",
            ),
        ),
        also_right=(
            """
            def follow(w, x, x_next, reward, lr, steps):
                teacher = w.clone().detach()
                target = reward + torch.dot(teacher, x_next)
                optimizer = torch.optim.SGD([w], lr=lr)
                for _ in range(steps):
                    optimizer.zero_grad()
                    (torch.dot(w, x) - target).square().backward()
                    optimizer.step()
                return teacher
            """,
            """
            def follow(w, x, x_next, reward, lr, steps):
                with torch.no_grad():
                    teacher = w.clone()
                for _ in range(steps):
                    loss = ((w * x).sum() - (reward + (teacher * x_next).sum())) ** 2
                    (gradient,) = torch.autograd.grad(loss, w)
                    w.detach().sub_(lr * gradient)
                return teacher
            """,
            # The oracle: the derivative by hand, without autograd.
            """
            def follow(w, x, x_next, reward, lr, steps):
                teacher = torch.tensor(w.tolist())
                target = reward + sum(a * b for a, b in zip(teacher.tolist(), x_next.tolist()))
                with torch.no_grad():
                    for _ in range(steps):
                        miss = (w * x).sum() - target
                        w -= lr * 2 * miss * x
                return teacher
            """,
        ),
        hints=(
            "Two things can move the target: the update of w, if the teacher shares its memory; and training, if the "
            "teacher is in the graph. What prevents the one, and what the other?",
            "The teacher takes both: a cut and a copy. It is made once, before the loop. In the loop, clear w.grad, go "
            "back, and update w in place under no_grad.",
            "First line: the teacher is the detached clone of w. Then in each step compute target, loss and gradient, "
            "and subtract lr times the gradient with -= in a no_grad block. Return the teacher after the loop.",
        ),
        explanation="""
            detach() keeps gradients away from the teacher, clone() keeps the updates away. Leave out the first, and the
            model also learns to move its target towards its prediction; leave out the second, and it runs after a
            target that runs with it. Agents that learn from their own predictions hold such a target still for a while,
            then make a new copy. People call the cut alone stop-gradient.
            """,
        points=4,
        difficulty=3,
        minutes=9,
    ),
]
