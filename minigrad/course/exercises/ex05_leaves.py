"""Exercises of lesson 05: which tensors are leaves, where gradients are kept, and how a leaf is lost and found."""

from random import Random

from minigrad.course.case import Case, Helper, call, look, tensor
from minigrad.course.exercise import Exercise, Held
from minigrad.course.exercises.inputs import numbers


def train_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def case(title: str, steps: int, w: list[float] | float) -> Case:
        n = len(w) if isinstance(w, list) else 1
        x, miss = numbers(random, n), numbers(random, n)
        start = w if isinstance(w, list) else [w]
        target = [round(a * b + c, 1) for a, b, c in zip(start, x, miss, strict=True)]
        return call(
            title,
            "train",
            kwargs={
                "w": tensor(w, requires_grad=True),
                "x": tensor(x if n > 1 else x[0]),
                "target": tensor(target if n > 1 else target[0]),
                "lr": random.choice((0.01, 0.02)),
                "steps": steps,
            },
            # An answer may leave None there, or zeros.
            then="w.grad = None if w.grad is None or not w.grad.any() else w.grad",
            compare=("value", "arguments", "modes"),
        )

    return [
        case("one step", 1, numbers(random, 2)),
        case("two steps", 2, numbers(random, 3)),
        case("five steps with a single number", 5, numbers(random, 1)[0]),
    ]


def reload_cases(seed: int) -> list[Case]:
    random = Random(seed)
    return [
        call(
            title,
            "reload",
            kwargs={"saved": saved, "scale": random.choice((0.25, 0.5, 1.5))},
            then="""
if isinstance(result, torch.Tensor) and result.requires_grad:
    (result * result).sum().backward()  # is the gradient kept?
""",
            compare=("value", "shape", "dtype", "requires_grad", "is_leaf", "grad", "arguments", "storage"),
        )
        for title, saved in [
            ("saved is tracked", tensor(numbers(random, 3), requires_grad=True)),
            ("saved is not tracked", tensor(numbers(random, 2))),
            ("saved is a tracked matrix of float64", tensor([numbers(random, 2), numbers(random, 2)], "float64", True)),
            ("saved is a single number", tensor(numbers(random, 1)[0], requires_grad=True)),
        ]
    ]


def rebuild_cases(seed: int) -> list[Case]:
    random = Random(seed)
    return [
        call(
            title,
            "rebuild",
            kwargs={
                "w": tensor(numbers(random, n), requires_grad=True),
                "g": tensor(numbers(random, n), "float64"),
                "b": tensor(numbers(random, n), "float64", requires_grad=True),
            },
            compare=("value", "shape", "dtype", "requires_grad", "arguments", *more),
        )
        for title, n, more in [
            ("the value, of two weights", 2, ()),
            ("the graph, of two weights", 2, ("graph",)),
            ("the graph, of three weights", 3, ("graph",)),
        ]
    ]


def all_gradients_cases(seed: int) -> list[Case]:
    random = Random(seed)
    a, b = numbers(random, 2)
    square, scale, wave = Helper("lambda t: t * t"), Helper(f"lambda t: {a} * t"), Helper("torch.sin")
    shrink, shift = Helper("lambda t: t[1:] * t[:-1]"), Helper(f"lambda t: t + {b}")
    return [
        call(
            title,
            "all_gradients",
            kwargs={"functions": functions, "x": tensor(x, "float64")},
            compare=("value", "shape", "requires_grad", "arguments"),
            evidence=("warnings",),
        )
        for title, functions, x in [
            ("two functions", [square, scale], numbers(random, 2)),
            ("three functions, in which the shape changes", [scale, shrink, wave], numbers(random, 4)),
            ("four functions of a single number", [wave, shift, square, scale], numbers(random, 1)[0]),
        ]
    ]


LEAVES = ("x", "w", "u", "h", "same", "wide", "small", "late", "moved", "loss")


def leaves(*names: str) -> str:
    """The prediction that these are leaves and the others are not."""
    return f"leaf = {{name: name in {names!r} for name in {LEAVES!r}}}"


EXERCISES = [
    Exercise(
        id="05.1",
        title="Which are leaves?",
        kind="predict",
        names=("leaf",),
        text="""
            ```python
            x = torch.tensor([1.0, 2.0])
            w = torch.tensor([0.5, -1.0], requires_grad=True)
            u = x * 2.0
            h = w * u
            h.retain_grad()
            same = w.to(torch.float32)
            wide = w.to(torch.float64)
            small = torch.ones(2, requires_grad=True) * 0.1
            late = (torch.ones(2) * 0.1).requires_grad_()
            moved = w - 0.1
            loss = h.sum()
            ```

            **Predict** what `is_leaf` of each tensor is. Put `True` or `False` in place of each `...`.
            """,
        stub="""
            leaf = {
                "x": ...,
                "w": ...,
                "u": ...,
                "h": ...,
                "same": ...,
                "wide": ...,
                "small": ...,
                "late": ...,
                "moved": ...,
                "loss": ...,
            }
            """,
        reference="""
            leaf = {
                "x": True,
                "w": True,
                "u": True,
                "h": False,
                "same": True,
                "wide": False,
                "small": False,
                "late": True,
                "moved": False,
                "loss": False,
            }
            """,
        cases=lambda seed: [look("leaf", name, title=f"{name}.is_leaf") for name in LEAVES],
        beliefs=(
            Held(
                "leaf-means-requires-grad",
                leaves("w", "h", "same", "wide", "small", "late", "moved", "loss"),
                "You answered another question: which of them require grad? x and u do not, and are leaves. h and loss "
                "do, and are not: a recorded operation made them.",
            ),
            Held(
                "leaf-means-last",
                leaves("same", "wide", "small", "late", "moved", "loss"),
                "You predicted that leaves are tensors from which nothing else was computed. It is the other way "
                "round: a leaf is a tensor that no recorded operation made.",
            ),
            Held(
                "minus-keeps-the-leaf",
                leaves("x", "w", "u", "same", "late", "moved"),
                "You predicted that moved is a leaf as w is. But w - 0.1 is an operation on a tracked tensor like any "
                "other: it is recorded, and its result is another tensor.",
            ),
            Held(
                "conversion-keeps-the-leaf",
                leaves("x", "w", "u", "same", "wide", "small", "late"),
                "You predicted that wide and small are leaves. To convert and to scale are operations. What they were "
                "called on was tracked, so they were recorded.",
            ),
            Held(
                "conversion-keeps-the-leaf",
                leaves("x", "w", "u", "same", "wide", "late"),
                "You predicted that wide is a leaf. Its dtype is not that of w, so it is another tensor, made from w "
                "by an operation that was recorded.",
            ),
            Held(
                "conversion-keeps-the-leaf",
                leaves("x", "w", "u", "same", "small", "late"),
                "You predicted that small is a leaf. The leaf is the tensor of ones, which nobody holds any more; "
                "small is that tensor times 0.1. Compare with late.",
            ),
            Held(
                "retain-grad-makes-a-leaf",
                leaves("x", "w", "u", "h", "same", "late"),
                "You predicted that h is a leaf, because of retain_grad(). That has its gradient kept. It does not "
                "change that h is the result of a recorded operation.",
            ),
            Held(
                "computed-is-no-leaf",
                leaves("x", "w", "same"),
                "You predicted that u and late are no leaves, since they were computed. When that happened, nothing in "
                "it was tracked, so nothing was recorded.",
            ),
            Held(
                "conversion-always-copies",
                leaves("x", "w", "u", "late"),
                "You predicted that same is no leaf. w has the dtype float32 already, so there is nothing to convert: "
                "same is w, under another name.",
            ),
        ),
        also_right=(
            leaves("x", "w", "u", "same", "late"),
            """
            x = torch.tensor([1.0, 2.0])
            w = torch.tensor([0.5, -1.0], requires_grad=True)
            u = x * 2.0
            h = w * u
            small = torch.ones(2, requires_grad=True) * 0.1
            late = (torch.ones(2) * 0.1).requires_grad_()
            made = {"x": x, "w": w, "u": u, "h": h, "same": w.to(torch.float32), "wide": w.to(torch.float64),
                    "small": small, "late": late, "moved": w - 0.1, "loss": h.sum()}
            leaf = {name: value.grad_fn is None for name, value in made.items()}
            """,
            # The oracle: which of them are not in the way of gradients, found by asking for gradients.
            """
            w = torch.tensor([0.5, -1.0], requires_grad=True)
            ones = torch.ones(2, requires_grad=True)
            h = w * torch.tensor([2.0, 4.0])
            made = {"h": h, "same": w.to(torch.float32), "wide": w.to(torch.float64), "small": ones * 0.1,
                    "late": (torch.ones(2) * 0.1).requires_grad_(), "moved": w - 0.1, "loss": h.sum(), "w": w}
            leaf = {"x": True, "u": True}
            for name, value in made.items():
                value.retain_grad()
                leaf[name] = not value.retains_grad
            """,
        ),
        hints=(
            "Ask of each tensor: did a recorded operation make it? An operation is recorded if one of its inputs is "
            "tracked when it runs.",
            "A tensor with a grad_fn is no leaf, and a tensor without one is a leaf, tracked or not. What is grad_fn "
            "of a result of untracked tensors?",
            "Half of the ten are leaves: two that were made from numbers, two that were computed while nothing was "
            "tracked, and one that is only a second name.",
        ),
        explanation="""
            x and w were made from numbers. u was computed, but from untracked tensors: nothing was recorded. late was
            scaled first and tracked afterwards. same is w itself, because w is float32 already. The other five have a
            grad_fn: h, loss, moved, and wide and small, which somebody may well take for leaves. retain_grad() changes
            nothing about that.
            """,
        points=3,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="05.2",
        title="Two new tensors and an old one",
        kind="predict",
        names=("grads", "warns"),
        text="""
            ```python
            x = torch.tensor(0.5)
            w = torch.tensor(4.0, requires_grad=True)
            h = w * w
            h.retain_grad()
            loss = h * x
            loss.backward()                # w.grad is 4 now

            v = w - 0.5 * w.grad           # 2
            with torch.no_grad():
                u = w - 0.5 * w.grad       # 2 as well
            (v * v * v).backward()
            ```

            The slope of `v * v * v`, seen from `v`, is `3 * v * v`.

            **Predict** what `.grad` of each tensor is at the end: a number such as `5.0`, or `None`. And does it give a
            warning to read that `.grad`? Put `True` or `False`.
            """,
        stub="""
            grads = {
                "x": ...,
                "w": ...,
                "h": ...,
                "loss": ...,
                "v": ...,
                "u": ...,
            }
            warns = {
                "x": ...,
                "w": ...,
                "h": ...,
                "loss": ...,
                "v": ...,
                "u": ...,
            }
            """,
        reference="""
            grads = {
                "x": None,
                "w": 16.0,
                "h": 0.5,
                "loss": None,
                "v": None,
                "u": None,
            }
            warns = {
                "x": False,
                "w": False,
                "h": False,
                "loss": True,
                "v": True,
                "u": False,
            }
            """,
        cases=lambda seed: [
            *(look("grads", name, title=f"{name}.grad") for name in ("x", "w", "h", "loss", "v", "u")),
            *(look("warns", name, title=f"does {name}.grad warn?") for name in ("x", "w", "h", "loss", "v", "u")),
        ],
        beliefs=(
            Held(
                "minus-keeps-the-leaf",
                """
                grads = {"x": None, "w": 4.0, "h": 0.5, "loss": None, "v": 12.0, "u": None}
                warns = {"x": False, "w": False, "h": False, "loss": True, "v": False, "u": False}
                """,
                "You predicted that v is a leaf in place of w. v was computed from w, and that was recorded. So the "
                "second backward pass goes through v to w.",
            ),
            Held(
                "minus-starts-anew",
                """
                grads = {"x": None, "w": 4.0, "h": 0.5, "loss": None, "v": None, "u": None}
                warns = {"x": False, "w": False, "h": False, "loss": True, "v": True, "u": False}
                """,
                "You predicted that nothing comes to w in the second backward pass. v = w - ... is recorded, and the "
                "gradient goes through it to w, where it is added.",
            ),
            Held(
                "grad-on-every-tensor",
                """
                grads = {"x": None, "w": 16.0, "h": 0.5, "loss": 1.0, "v": 12.0, "u": None}
                warns = {"x": False, "w": False, "h": False, "loss": False, "v": False, "u": False}
                """,
                "You predicted that loss and v keep their gradients. Your numbers are those that come by. But these "
                "two are no leaves, and only h was asked to keep its own.",
            ),
            Held(
                "only-leaves-keep-gradients",
                """
                grads = {"x": None, "w": 16.0, "h": None, "loss": None, "v": None, "u": None}
                warns = {"x": False, "w": False, "h": True, "loss": True, "v": True, "u": False}
                """,
                "You predicted that h drops its gradient as loss does. h is no leaf either, but retain_grad() asked "
                "for its gradient to be kept.",
            ),
            Held(
                "every-none-warns",
                """
                grads = {"x": None, "w": 16.0, "h": 0.5, "loss": None, "v": None, "u": None}
                warns = {"x": True, "w": False, "h": False, "loss": True, "v": True, "u": True}
                """,
                "You predicted a warning for x and u as well. They are leaves, and untracked ones. That their .grad is "
                "None is as it should be, and PyTorch says nothing.",
            ),
            Held(
                "computed-is-no-leaf",
                """
                grads = {"x": None, "w": 16.0, "h": 0.5, "loss": None, "v": None, "u": None}
                warns = {"x": False, "w": False, "h": False, "loss": True, "v": True, "u": True}
                """,
                "You predicted a warning for u, but none for x. u was computed, but under no_grad, where nothing is "
                "recorded: it is an untracked leaf, as x is.",
            ),
            Held(
                "backward-overwrites",
                """
                grads = {"x": None, "w": 12.0, "h": 0.5, "loss": None, "v": None, "u": None}
                warns = {"x": False, "w": False, "h": False, "loss": True, "v": True, "u": False}
                """,
                "You predicted that the second backward pass writes over w.grad. What it brings is right, but it is "
                "added to the 4 that is there.",
            ),
            Held(
                "grad-starts-at-zero",
                """
                grads = {"x": 0.0, "w": 16.0, "h": 0.5, "loss": 0.0, "v": 0.0, "u": 0.0}
                warns = {"x": False, "w": False, "h": False, "loss": True, "v": True, "u": False}
                """,
                "You predicted 0 where nothing is stored. PyTorch has None there. 0 would say that the gradient is "
                "known, and is 0.",
            ),
        ),
        also_right=(
            """
            grads = dict(x=None, w=16, h=0.5, loss=None, v=None, u=None)
            warns = {name: name in ("loss", "v") for name in grads}
            """,
            """
            import warnings

            x = torch.tensor(0.5)
            w = torch.tensor(4.0, requires_grad=True)
            h = w * w
            h.retain_grad()
            loss = h * x
            loss.backward()
            v = w - 0.5 * w.grad
            with torch.no_grad():
                u = w - 0.5 * w.grad
            (v * v * v).backward()
            grads, warns = {}, {}
            for name, value in dict(x=x, w=w, h=h, loss=loss, v=v, u=u).items():
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    grads[name] = None if value.grad is None else value.grad.item()
                warns[name] = len(caught) == 1
            """,
            # The oracle: central differences. Both passes add to w, and the step that leads to v is 2 in the second.
            """
            def slope(f, at, step=1e-3):
                return (f(at + step) - f(at - step)) / (2 * step)

            grads = dict.fromkeys(["x", "loss", "v", "u"])
            grads["h"] = slope(lambda h: h * 0.5, 16.0)
            grads["w"] = slope(lambda w: w * w * 0.5, 4.0) + slope(lambda w: (w - 2.0) ** 3, 4.0)
            warns = dict(x=False, w=False, h=False, loss=True, v=True, u=False)
            """,
        ),
        hints=(
            "First sort the six: which have a grad_fn? Those are no leaves. Which of these asked for their gradient "
            "to be kept?",
            "The second backward pass starts at v * v * v. Through which tensors does it go, and where does it end? "
            "What it brings there is added to what is there already.",
            "Two of the six have a number. w gets 4 from the first pass and 3 * v * v from the second. Two of the four "
            "others warn: those that are no leaves.",
        ),
        explanation="""
            v was computed outside no_grad, so it is no leaf: the second pass goes through it and adds 3 * 2 * 2 = 12 to
            the 4 that w has. That makes 16. h kept the 0.5 that came by, because it was asked to before backward().
            loss and v did not ask, and to read their .grad gives a warning. u was computed inside no_grad: it is a
            leaf, but not a tracked one. So is x, and None is what one expects there.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="05.3",
        title="It fails in its second step",
        kind="mend",
        names=("train",),
        text="""
            `train` is to take `steps` steps of gradient descent. `w` is a tracked leaf that belongs to the caller, who
            goes on using it: after the call **that very tensor** has the trained values, is still tracked, and its
            `.grad` is `None` or zero. The loss of each step, before the step is taken, is returned in a list.

            With `steps=1` nothing seems to be wrong, except that the caller's `w` has not moved. With `steps=2` there
            is an error. **Mend it.**
            """,
        stub="""
            def train(w, x, target, lr, steps):
                losses = []
                for _ in range(steps):
                    loss = ((w * x - target) ** 2).mean()
                    loss.backward()
                    losses.append(loss.item())
                    w = w - lr * w.grad
                    w.grad = None
                return losses
            """,
        reference="""
            def train(w, x, target, lr, steps):
                losses = []
                for _ in range(steps):
                    loss = ((w * x - target) ** 2).mean()
                    loss.backward()
                    losses.append(loss.item())
                    with torch.no_grad():
                        w -= lr * w.grad
                    w.grad = None
                return losses
            """,
        cases=train_cases,
        beliefs=(
            Held(
                "minus-keeps-the-leaf",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        loss.backward()
                        losses.append(loss.item())
                        with torch.no_grad():
                            w = w - lr * w.grad
                        w.grad = None
                    return losses
                """,
                "no_grad is the right place, but w = w - ... makes another tensor there, a leaf that tracks nothing: "
                "the next loss has no graph. Change w in place.",
            ),
            Held(
                "assignment-changes-the-tensor",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        loss.backward()
                        losses.append(loss.item())
                        with torch.no_grad():
                            w = w - lr * w.grad
                        w.requires_grad_()
                    return losses
                """,
                "Your losses are right, but w = ... gives the name w to another tensor. The one that the caller holds "
                "has not moved, and has a gradient left in it. Change it in place.",
            ),
            Held(
                "assignment-changes-the-tensor",
                """
                def train(w, x, target, lr, steps):
                    w = w.detach().clone().requires_grad_()
                    losses = []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        loss.backward()
                        losses.append(loss.item())
                        with torch.no_grad():
                            w -= lr * w.grad
                        w.grad = None
                    return losses
                """,
                "Your loop is right, but it trains a copy, to which you gave the name w. The tensor that the caller "
                "holds stays where it was.",
            ),
            Held(
                "leaf-changes-in-place",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        loss.backward()
                        losses.append(loss.item())
                        w -= lr * w.grad
                        w.grad = None
                    return losses
                """,
                "In place is right, but w is a tracked leaf, and while operations are recorded PyTorch refuses to "
                "change one. Say that this one is not to be recorded.",
            ),
            Held(
                "leaf-means-requires-grad",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        loss.backward()
                        losses.append(loss.item())
                        w.requires_grad_(False)
                        w -= lr * w.grad
                        w.grad = None
                    return losses
                """,
                "You switch tracking off so that w may be changed, and never on again. w is a leaf all the time, but "
                "a leaf need not be tracked: the next loss has no graph.",
            ),
            Held(
                "retain-grad-makes-a-leaf",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        loss.backward()
                        losses.append(loss.item())
                        w = w - lr * w.grad
                        w.retain_grad()
                    return losses
                """,
                "retain_grad() lets the loop run, and the losses are right. But your w is no leaf: it is a result that "
                "hangs on the caller's w, which has not moved, and which every backward pass still reaches.",
            ),
            Held(
                "backward-overwrites",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    for _ in range(steps):
                        loss = ((w * x - target) ** 2).mean()
                        loss.backward()
                        losses.append(loss.item())
                        with torch.no_grad():
                            w -= lr * w.grad
                    return losses
                """,
                "The update keeps the leaf. But you do not empty w.grad any more, so each step uses the sum of all "
                "gradients up to then.",
            ),
            Held(
                "grad-starts-at-zero",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    for _ in range(steps):
                        w.grad.zero_()
                        loss = ((w * x - target) ** 2).mean()
                        loss.backward()
                        losses.append(loss.item())
                        with torch.no_grad():
                            w -= lr * w.grad
                    return losses
                """,
                "Your update is right, but you set w.grad to zero before the first backward(). There is nothing there "
                "yet: w.grad is None, and None has no zero_().",
            ),
        ),
        also_right=(
            """
            def train(w, x, target, lr, steps):
                losses = []
                for _ in range(steps):
                    loss = ((w * x - target) ** 2).mean()
                    loss.backward()
                    losses.append(loss.item())
                    with torch.no_grad():
                        w.sub_(lr * w.grad)
                        w.grad.zero_()
                return losses
            """,
            """
            def train(w, x, target, lr, steps):
                optimizer = torch.optim.SGD([w], lr=lr)
                losses = []
                for _ in range(steps):
                    optimizer.zero_grad()
                    loss = torch.mean((w * x - target) ** 2)
                    loss.backward()
                    optimizer.step()
                    losses.append(loss.item())
                optimizer.zero_grad()
                return losses
            """,
            # The oracle: the derivative by hand, without autograd.
            """
            def train(w, x, target, lr, steps):
                losses = []
                with torch.no_grad():
                    for _ in range(steps):
                        miss = w * x - target
                        losses.append((miss * miss).mean().item())
                        w.copy_(w - lr * 2 * x * miss / miss.numel())
                return losses
            """,
            """
            def train(w, x, target, lr, steps):
                losses = []
                for _ in range(steps):
                    loss = ((w * x - target) ** 2).mean()
                    [gradient] = torch.autograd.grad(loss, w)
                    losses.append(loss.item())
                    w.requires_grad_(False)
                    w -= lr * gradient
                    w.requires_grad_(True)
                return losses
            """,
        ),
        hints=(
            "Print w.is_leaf before and after the update. Which tensor does the name w stand for afterwards?",
            "The update must change the tensor that is there, and not make another one. Which operator does that? And "
            "what does PyTorch say if you use it on a tracked leaf?",
            "Write w -= ... in place of w = w - ..., indented below a line that says: what follows is not to be "
            "recorded.",
        ),
        explanation="""
            w = w - lr * w.grad computes another tensor and calls it w. Outside no_grad it is no leaf, so its .grad
            stays None, and None cannot be multiplied in the next step. Inside no_grad it is a leaf that tracks nothing.
            Only a change in place keeps the tensor, and PyTorch allows that for a tracked leaf where nothing is
            recorded: with torch.no_grad(): w -= lr * w.grad.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="05.4",
        title="A weight that never learns",
        kind="mend",
        names=("reload",),
        text="""
            `saved` is a weight from an earlier training. A new training is to start from `scale * saved`, in double
            precision. `reload` returns the new weight: a leaf that is tracked, of dtype `float64`, in memory of its
            own. `saved` stays as it is: its values, its flag, its `.grad`.

            The function below was tried with an untracked `saved`, and worked. With a tracked one the new weight never
            learns: after `backward()` its `.grad` is `None`. **Mend it.**
            """,
        stub="""
            def reload(saved, scale):
                w = saved.to(torch.float64) * scale
                w.requires_grad_()
                return w
            """,
        reference="""
            def reload(saved, scale):
                w = saved.detach().to(torch.float64) * scale
                w.requires_grad_()
                return w
            """,
        cases=reload_cases,
        beliefs=(
            Held(
                "conversion-keeps-the-leaf",
                """
                def reload(saved, scale):
                    w = saved.detach().requires_grad_()
                    return w.to(torch.float64) * scale
                """,
                "You track first, and convert or scale afterwards. What you return is the result of an operation on a "
                "tracked tensor, and no leaf. Track what comes out at the end.",
            ),
            Held(
                "leaf-means-requires-grad",
                """
                def reload(saved, scale):
                    return saved.detach().to(torch.float64) * scale
                """,
                "What you return is a leaf, but it is not tracked: that a tensor is a leaf does not mean that it "
                "requires grad. Switch its flag on.",
            ),
            Held(
                "retain-grad-makes-a-leaf",
                """
                def reload(saved, scale):
                    w = saved.to(torch.float64) * scale
                    w.requires_grad_()
                    w.retain_grad()
                    return w
                """,
                "retain_grad() has the gradient kept, but w is no leaf, and is computed from saved: the backward pass "
                "goes on to saved and writes there as well.",
            ),
            Held(
                "leaf-changes-in-place",
                """
                def reload(saved, scale):
                    w = saved.detach().clone().to(torch.float64).requires_grad_()
                    w *= scale
                    return w
                """,
                "You track w and then change it in place, which PyTorch refuses for a tracked leaf. Scale first and "
                "track afterwards.",
            ),
            Held(
                "conversion-always-copies",
                """
                def reload(saved, scale):
                    w = saved.detach().to(torch.float64)
                    w *= scale
                    return w.requires_grad_()
                """,
                "If saved is of dtype float64 already, there is nothing to convert, and your w shares its memory with "
                "saved: scaling it in place changes saved.",
            ),
            Held(
                "floats-are-float64",
                """
                def reload(saved, scale):
                    w = torch.tensor(saved.tolist()) * scale
                    return w.requires_grad_()
                """,
                "The new weight is a tracked leaf, but of dtype float32: torch.tensor makes float32 of Python's floats "
                "unless you name a dtype.",
            ),
            Held(
                "requires-grad-copies",
                """
                def reload(saved, scale):
                    w = saved.requires_grad_(False).to(torch.float64) * scale
                    return w.requires_grad_()
                """,
                "The new weight is right, but saved is not tracked any more: requires_grad_(False) changed saved "
                "itself, and made no copy.",
            ),
        ),
        also_right=(
            """
            def reload(saved, scale):
                with torch.no_grad():
                    w = saved.to(torch.float64) * scale
                return w.requires_grad_()
            """,
            """
            def reload(saved, scale):
                return torch.nn.Parameter(saved.detach().double() * scale)
            """,
            """
            def reload(saved, scale):
                w = (scale * saved.double()).detach().clone()
                w.requires_grad = True
                return w
            """,
            # The oracle: plain numbers, which no operation of torch has touched.
            """
            def reload(saved, scale):
                def scaled(values):
                    return [scaled(value) for value in values] if isinstance(values, list) else values * scale

                return torch.tensor(scaled(saved.tolist()), dtype=torch.float64, requires_grad=True)
            """,
        ),
        hints=(
            "Call reload with a tracked saved, and print the result: it shows a grad_fn. Which operations were "
            "recorded, and why?",
            "On a tensor that is tracked already, requires_grad_() changes nothing. The conversion and the product "
            "must run on something that is not tracked, and saved must stay tracked.",
            "Lesson 01 showed a method that returns the same values, untracked. Put it between saved and .to(...).",
        ),
        explanation="""
            From a tracked saved, both the conversion and the product are recorded. Their result is tracked, so
            requires_grad_() has nothing to do and says nothing, and it is no leaf: gradients go past it to saved.
            Convert and scale where nothing is recorded, on saved.detach() or under no_grad, and track what comes out.
            Where a leaf is lost, look for the last operation between making the tensor and using it.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="05.5",
        title="From the picture to the program",
        kind="draw",
        names=("rebuild",),
        picture="""
            from minigrad.viz import draw


            def drawn(w, g, b):
                v = w.to(torch.float64) - 0.5 * g
                return (v * v - b).sum()


            w = torch.tensor([2.0, -1.0], requires_grad=True)
            b = torch.tensor([0.5, 1.0], dtype=torch.float64, requires_grad=True)
            result = drawn(w, torch.tensor([1.0, 3.0], dtype=torch.float64), b)
            picture = draw(result, names={"w": w, "b": b, "result": result}, detail="shapes")
            """,
        text="""
            Write `rebuild(w, g, b)`: it returns a tensor whose graph is the one in the picture. `w` is a tracked leaf
            of dtype `float32`. `b` is a tracked leaf of dtype `float64`, and so is the result. `g` is not tracked; it
            is the gradient of an earlier step.

            Each box with an operation is one operation, and the arrows that lead to it are its inputs. `to_copy` is
            what `.to(...)` records. The first `sub` has an input that is not in the graph, because it is untracked:
            `0.5 * g` is subtracted there. The second `sub` subtracts `b`.
            """,
        stub="""
            def rebuild(w, g, b):
                raise NotImplementedError
            """,
        reference="""
            def rebuild(w, g, b):
                wide = w.to(torch.float64)
                v = wide - 0.5 * g
                return (v * v - b).sum()
            """,
        cases=rebuild_cases,
        beliefs=(
            Held(
                "conversion-keeps-the-leaf",
                """
                def rebuild(w, g, b):
                    v = w - 0.5 * g
                    return (v * v - b).sum()
                """,
                "The values are right, but the box to_copy is missing in your graph. A conversion to another dtype is "
                "an operation, with a box of its own between the leaf and what follows.",
            ),
            Held(
                "minus-keeps-the-leaf",
                """
                def rebuild(w, g, b):
                    wide = w.to(torch.float64)
                    with torch.no_grad():
                        wide -= 0.5 * g
                    return (wide * wide - b).sum()
                """,
                "The values are right, but you subtract under no_grad, so the first sub is missing in your graph. This "
                "picture is of an update that was recorded.",
            ),
            Held(
                "leaf-means-requires-grad",
                """
                def rebuild(w, g, b):
                    wide = w.to(torch.float64)
                    v = (wide - 0.5 * g).detach().requires_grad_()
                    return (v * v - b).sum()
                """,
                "The values are right, but you made a leaf of what is subtracted. In the picture it is tracked because "
                "it comes from w, and the graph goes on to w.",
            ),
            Held(
                "leaf-means-last",
                """
                def rebuild(w, g, b):
                    total = w.sum()
                    squared = (total - b) * (total - b)
                    return (squared - 0.5 * g).to(torch.float64)
                """,
                "You read the picture from its other end. The computation starts at the leaves, and the last box is "
                "the result.",
            ),
            Held(
                "leaf-changes-in-place",
                """
                def rebuild(w, g, b):
                    w -= 0.5 * g
                    v = w.to(torch.float64)
                    return (v * v - b).sum()
                """,
                "You change w in place, and w is a tracked leaf: PyTorch refuses. The boxes to_copy and sub stand for "
                "operations that make new tensors.",
            ),
            Held(
                "same-value-same-graph",
                """
                def rebuild(w, g, b):
                    v = w.to(torch.float64) - 0.5 * g
                    return (v ** 2 - b).sum()
                """,
                "The values are right, but to square with ** records a pow. The picture has a mul with the same tensor "
                "as both inputs.",
            ),
            Held(
                "same-value-same-graph",
                """
                def rebuild(w, g, b):
                    wide = w.to(torch.float64)
                    return ((wide - 0.5 * g) * (wide - 0.5 * g) - b).sum()
                """,
                "The values are right, but you subtract twice, so your graph has two boxes where the picture has one, "
                "used twice. Give that tensor a name.",
            ),
        ),
        also_right=(
            """
            def rebuild(w, g, b):
                v = torch.sub(w.double(), g * 0.5)
                return torch.sum(torch.mul(v, v).sub(b))
            """,
            """
            def rebuild(w, g, b):
                v = w.type(torch.float64).sub(g, alpha=0.5)
                squared = v.mul(v)
                return (squared - b).sum()
            """,
            """
            def rebuild(w, g, b):
                with torch.no_grad():
                    step = g / 2
                wide = w.to(b)
                moved = wide - step
                return torch.Tensor.sum(moved * moved - b)
            """,
        ),
        hints=(
            "Begin at the leaf w and follow the arrows. What is the first box on the way, and what is the second?",
            "One line for each box is a good beginning: the conversion, then the difference. Both arrows "
            "to mul come from one box.",
            "Give a name to the converted w, and another to it minus 0.5 * g. The rest is this tensor times itself, "
            "minus b, and the sum of that.",
        ),
        explanation="""
            There are two leaves, w and b, and five operations. The conversion to float64 is one of them: w.to(...) is
            no leaf. Neither is the difference that looks like an updated weight: it was recorded, so the graph goes
            through it back to w. g is in the computation, but not in the graph, since it is untracked.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="05.6",
        title="Keep the gradients on the way",
        kind="write",
        names=("all_gradients",),
        text="""
            `functions` is a list of functions, each of which takes a tensor and returns one. They are applied one after
            another, first to `x`, then to what the one before returned. Write `all_gradients(functions, x)`. It returns
            a list of tensors: the gradient of the **sum of the last result** for `x`, for the first result, for the
            second, and so on to the last. So there is one more gradient than there are functions.

            `x` is an untracked tensor that belongs to somebody else: after the call its flag and its `.grad` must be
            what they were.
            """,
        stub="""
            def all_gradients(functions, x):
                raise NotImplementedError
            """,
        reference="""
            def all_gradients(functions, x):
                results = [x.clone().requires_grad_()]
                for function in functions:
                    result = function(results[-1])
                    result.retain_grad()
                    results.append(result)
                results[-1].sum().backward()
                return [result.grad for result in results]
            """,
        cases=all_gradients_cases,
        beliefs=(
            Held(
                "grad-on-every-tensor",
                """
                def all_gradients(functions, x):
                    results = [x.clone().requires_grad_()]
                    for function in functions:
                        results.append(function(results[-1]))
                    results[-1].sum().backward()
                    return [result.grad for result in results]
                """,
                "Only the first gradient is there. The results in between are no leaves: their gradients come by and "
                "are dropped, unless you ask for them to be kept.",
            ),
            Held(
                "retain-grad-makes-a-leaf",
                """
                def all_gradients(functions, x):
                    results = [x.clone().requires_grad_()]
                    for function in functions:
                        results.append(function(results[-1]))
                        results[-1].retain_grad()
                    results[-1].sum().backward()
                    return [result.grad for result in results if result.is_leaf]
                """,
                "All gradients are there, but you return those of leaves only. retain_grad() has a gradient kept; it "
                "does not change is_leaf.",
            ),
            Held(
                "only-leaves-keep-gradients",
                """
                def all_gradients(functions, x):
                    results = [x.clone().requires_grad_()]
                    for function in functions:
                        results.append(function(results[-1]).detach().requires_grad_())
                    results[-1].sum().backward()
                    return [result.grad for result in results]
                """,
                "You made a leaf of each result, so that it can have a gradient. But each leaf is an end of the "
                "backward pass: it ends at the last one, and the others get nothing.",
            ),
            Held(
                "leaf-means-last",
                """
                def all_gradients(functions, x):
                    results = [x.clone().requires_grad_()]
                    for function in functions:
                        results.append(function(results[-1]))
                    for result in results[:-1]:
                        result.retain_grad()
                    results[-1].sum().backward()
                    return [result.grad for result in results]
                """,
                "You asked for all gradients to be kept except that of the last result. It is no leaf either: being "
                "last does not make it one.",
            ),
            Held(
                "retain-grad-works-backwards",
                """
                def all_gradients(functions, x):
                    results = [x.clone().requires_grad_()]
                    for function in functions:
                        results.append(function(results[-1]))
                    results[-1].sum().backward()
                    for result in results:
                        result.retain_grad()
                    return [result.grad for result in results]
                """,
                "You ask for the gradients after backward() has run. By then they have been dropped. Ask before.",
            ),
            Held(
                "local-is-the-gradient",
                """
                def all_gradients(functions, x):
                    gradients = []
                    value = x
                    for function in functions:
                        leaf = value.detach().clone().requires_grad_()
                        value = function(leaf)
                        value.sum().backward()
                        gradients.append(leaf.grad)
                    return gradients + [torch.ones_like(value.detach())]
                """,
                "You found how each result changes with the one before it. Asked for is how the last one changes: run "
                "one backward pass through all of them.",
            ),
            Held(
                "requires-grad-copies",
                """
                def all_gradients(functions, x):
                    results = [x.requires_grad_()]
                    for function in functions:
                        results.append(function(results[-1]))
                        results[-1].retain_grad()
                    results[-1].sum().backward()
                    return [result.grad for result in results]
                """,
                "The gradients are right, but x is tracked after your call, and has one of them in its .grad. "
                "requires_grad_() changes x itself: make a copy first.",
            ),
            Held(
                "backward-takes-any-shape",
                """
                def all_gradients(functions, x):
                    results = [x.clone().requires_grad_()]
                    for function in functions:
                        results.append(function(results[-1]))
                        results[-1].retain_grad()
                    results[-1].backward()
                    return [result.grad for result in results]
                """,
                "You call backward() on the last result, which may have many elements. Call it on their sum.",
            ),
        ),
        also_right=(
            """
            def all_gradients(functions, x):
                results = [x.detach().clone().requires_grad_()]
                for function in functions:
                    results.append(function(results[-1]))
                return list(torch.autograd.grad(results[-1].sum(), results))
            """,
            """
            def all_gradients(functions, x):
                seen = {}
                value = torch.tensor(x.tolist(), dtype=x.dtype, requires_grad=True)
                value.register_hook(lambda grad: seen.update({0: grad}))
                for place, function in enumerate(functions, 1):
                    value = function(value)
                    value.register_hook(lambda grad, place=place: seen.update({place: grad}))
                value.sum().backward()
                return [seen[place] for place in range(len(functions) + 1)]
            """,
            # The oracle: central differences, from each result to the end.
            """
            def all_gradients(functions, x, step=1e-5):
                def end(value, rest):
                    for function in rest:
                        value = function(value)
                    return value.sum().item()

                gradients = []
                for place in range(len(functions) + 1):
                    rest = functions[place:]
                    gradient = torch.zeros_like(x)
                    for i in range(x.numel()):
                        up, down = x.clone(), x.clone()
                        up.view(-1)[i] += step
                        down.view(-1)[i] -= step
                        gradient.view(-1)[i] = (end(up, rest) - end(down, rest)) / (2 * step)
                    gradients.append(gradient)
                    if rest:
                        x = rest[0](x).detach().clone()
                return gradients
            """,
        ),
        hints=(
            "Make a tracked copy of x, apply the functions in a loop, and keep every result in a list. Which of the "
            "tensors in the list have a .grad after backward()?",
            "A result that is no leaf keeps its gradient if you call a method on it before backward() runs.",
            "In the loop: apply the function to the last tensor of the list, call retain_grad() on what it returns, "
            "put it into the list. Then one backward() from the sum of the last, and the .grad of each.",
        ),
        explanation="""
            One backward pass computes all of these gradients anyway: each is needed for the one before it. They are
            dropped to save memory, except at leaves. retain_grad() before backward() has them kept. The results are no
            leaves for that, and must not be: a leaf is where the pass ends. (torch.autograd.grad(total, results)
            returns the same list.)
            """,
        points=4,
        difficulty=3,
        minutes=8,
    ),
]
