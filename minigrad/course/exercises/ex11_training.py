"""Exercises of lesson 11: what is trained, what is frozen, how large a step is, and whether the gradient is right."""

from random import Random

from minigrad.course.case import Case, Helper, call, look, tensor
from minigrad.course.exercise import Exercise, Held

LAYERS = ["w1", "b1", "w2", "b2", "w3", "b3"]


def numbers(random: Random, count: int, low: int = 3, high: int = 12) -> list[float]:
    """Numbers of one decimal, none near 0 and none large: tanh is still steep there."""
    return [random.choice((-1, 1)) * random.randint(low, high) / 10 for _ in range(count)]


def column(values: list[float]) -> list[list[float]]:
    return [[value] for value in values]


TWO_STEPS = """
if type(result) in (list, tuple):
    optimizer = torch.optim.SGD(result, lr=0.1)
    result = []
    x, target = torch.tensor({x}), torch.tensor({target})
    for _ in range(2):
        optimizer.zero_grad()
        h = torch.tanh(x * w1 + b1)
        h = torch.tanh(h * w2 + b2)
        loss = ((h * w3 + b3 - target) ** 2).mean()
        loss.backward()
        optimizer.step()
        result.append(loss.item())
"""


def choose_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, tracked in [
        ("all six tracked before", LAYERS),
        ("nothing tracked before", []),
        ("the middle layer tracked before", ["w2", "b2"]),
        ("the outer layers tracked before", ["w1", "b1", "w3", "b3"]),
    ]:
        values = dict(zip(LAYERS, numbers(random, 6), strict=True))
        cases.append(
            call(
                title,
                "choose",
                kwargs={name: tensor(value, requires_grad=name in tracked) for name, value in values.items()},
                then=TWO_STEPS.format(x=numbers(random, 3), target=numbers(random, 3, 15, 30)),
                compare=("value", "arguments"),
                shown="choose(...), and two steps with the optimizer",
                rtol=1e-4,
            )
        )
    return cases


def train_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, rows, steps in [
        ("one step", 3, 1),
        ("two steps", 4, 2),
        ("five steps", 5, 5),
    ]:
        units = 2
        cases.append(
            call(
                title,
                "train",
                kwargs={
                    "w1": tensor([numbers(random, units)], requires_grad=True),
                    "b1": tensor(numbers(random, units), requires_grad=True),
                    "w2": tensor(column(numbers(random, units)), requires_grad=True),
                    "b2": tensor(numbers(random, 1), requires_grad=True),
                    "x": tensor(column(numbers(random, rows))),
                    "target": tensor(column(numbers(random, rows, 15, 30))),
                    "lr": random.choice((0.05, 0.08, 0.1)),
                    "steps": steps,
                },
                then="for p in (w1, b1, w2, b2): p.grad = None",  # it may be emptied at the end, or not
                compare=("value", "arguments"),
                evidence=("message",),
                shown=f"train(..., steps={steps})",
                rtol=1e-4,
                atol=1e-5,
            )
        )
    return cases


def fit_line_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, rows, columns in [
        ("three numbers", 3, 0),
        ("eight numbers", 8, 0),
        ("four rows of two", 4, 2),
    ]:
        x = numbers(random, rows)
        target = [numbers(random, columns) if columns else numbers(random, 1, 10, 30)[0] for _ in x]
        cases.append(
            call(
                title,
                "fit",
                kwargs={
                    "w": tensor(numbers(random, columns) if columns else numbers(random, 1)[0], requires_grad=True),
                    "b": tensor(numbers(random, columns) if columns else numbers(random, 1)[0], requires_grad=True),
                    "x": tensor(column(x) if columns else x),
                    "target": tensor(target),
                    "lr": random.choice((0.05, 0.08, 0.1)),
                    "steps": 3,
                },
                then="w.grad = b.grad = None",  # it may be emptied at the end, or not
                compare=("value", "arguments"),
                evidence=("message",),
                shown=f"fit(...) with {title}",
                rtol=1e-4,
                atol=1e-5,
            )
        )
    return cases


NETWORK = "lambda: torch.nn.Sequential(torch.nn.Linear({n}, {units}), torch.nn.Tanh(), torch.nn.Linear({units}, 1))"


def fit_network_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, n, units, rows, steps in [
        ("one step", 1, 2, 3, 1),
        ("three steps", 1, 3, 4, 3),
        ("two inputs, five steps", 2, 3, 6, 5),
    ]:
        cases.append(
            call(
                title,
                "fit",
                kwargs={
                    "make": Helper(NETWORK.format(n=n, units=units)),
                    "x": tensor([numbers(random, n) for _ in range(rows)]),
                    "target": tensor(column(numbers(random, rows, 10, 25))),
                    "lr": random.choice((0.05, 0.08, 0.1)),
                    "steps": steps,
                },
                then="""
if type(result) in (list, tuple) and len(result) == 2 and isinstance(result[0], torch.nn.Module):
    result = {name: p.detach() for name, p in result[0].named_parameters()}, result[1]
""",
                compare=("value",),
                evidence=("message",),
                shown=f"fit(..., steps={steps}), with the network as a dict of its parameters,",
                rtol=1e-4,
                atol=1e-5,
            )
        )
    return cases


# Set in place of the learner's module, so that an error is not said to come from the learner's lines.
SMALL_MEMORY = """
__name__ = "memory"
alive = []
class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = torch.nn.Linear(1, 2), torch.nn.Linear(2, 1)

    def forward(self, x):
        if len(x) > {rows}:
            raise MemoryError(f"{{len(x)}} rows do not fit; there is room for {rows}")
        if alive:
            raise MemoryError("the graph of the part before is still there, and there is no room for another")
        y = self.last(torch.tanh(self.first(x)))
        if y.requires_grad:
            alive.append(True)
            y.register_hook(lambda grad: alive.clear())
        return y

def make():
    return Small()
"""


def micro_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, rows, size, every in [
        ("two full batches", 8, 2, 2),
        ("a shorter part at the end", 7, 2, 2),
        ("one part left over", 7, 3, 2),
        ("one row at a time", 5, 1, 5),
    ]:
        # Errors of one sign and growing: no two parts have gradients that could be mistaken for each other.
        target = [round(value + row / 2, 1) for row, value in enumerate(map(abs, numbers(random, rows, 10, 15)))]
        cases.append(
            call(
                title,
                "train",
                kwargs={
                    "make": Helper(SMALL_MEMORY.format(rows=size)),
                    "x": tensor(column(numbers(random, rows))),
                    "target": tensor(column(target)),
                    "size": size,
                    "every": every,
                    "lr": random.choice((0.05, 0.08, 0.1)),
                },
                then="""
if isinstance(result, torch.nn.Module):
    result = {name: p.detach() for name, p in result.named_parameters()}
""",
                compare=("value", "message"),
                shown=f"train(...) with {rows} rows, size={size}, every={every}, as a dict of its parameters,",
                rtol=1e-4,
                atol=1e-5,
            )
        )
    return cases


# The value of `w`, but the gradient that comes back to w is multiplied by `factor`: a wrong rule, planted.
SPOILED = """
def loss_of(parameters):
    def planted(name):
        w = parameters[name]
        factor = torch.tensor({factors}.get(name, 1.0), dtype=w.dtype)
        return w.detach() + factor * (w - w.detach())

    x, target = torch.tensor({x}, dtype=torch.float64), torch.tensor({target}, dtype=torch.float64)
    hidden = torch.tanh(x * planted("w1") + planted("b1"))
    return (((hidden * planted("w2")).sum(1) + planted("b2") - target) ** 2).mean()
"""
CUT = SPOILED[: SPOILED.index("    def planted")] + """    def planted(name):
        return parameters[name].detach() if name in {factors} else parameters[name]
""" + SPOILED[SPOILED.index("\n    x, target") :]


def suspects_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, source, factors in [
        ("all four are right", SPOILED, {}),
        ("two are cut off", CUT, {"w1": 0, "b1": 0}),
        ("one has the wrong sign", SPOILED, {"w1": -1.0}),
        ("one is three times too large", SPOILED, {"b1": 3.0}),
        ("one has a fault in its last entry", SPOILED, {"w2": [1.0, 1.0, 0.2]}),
    ]:
        # Errors of one sign, and hidden units that differ: no entry of a gradient is near 0.
        x = column([random.randint(5, 9) / 10, random.randint(10, 14) / 10])
        target = [random.randint(40, 60) / 10 for _ in x]
        values = {"w1": numbers(random, 3, 3, 6), "b1": numbers(random, 3, 2, 3), "w2": numbers(random, 3, 5, 9)}
        values["b2"] = numbers(random, 1)
        cases.append(
            call(
                title,
                "suspects",
                kwargs={
                    "parameters": {name: tensor(value, "float64", requires_grad=True)
                                   for name, value in values.items()},
                    "loss_of": Helper(source.format(factors=factors, x=x, target=target)),
                },
                then="""
for p in parameters.values():
    p.grad = None
if type(result) in (list, tuple, set):
    result = sorted(result)
""",
                compare=("value", "arguments"),
                evidence=("message",),
                shown=f"suspects(...), where {title},",
            )
        )
    return cases


EXERCISES = [
    Exercise(
        id="11.1",
        title="Frozen, or not passed?",
        kind="predict",
        names=("after",),
        text="""
            Three weights in one loss. `w2` is frozen and given to the optimizer. `w3` is tracked and not given to it.

            ```python
            x = torch.tensor(3.0)
            w1 = torch.tensor(1.0, requires_grad=True)
            w2 = torch.tensor(2.0, requires_grad=True)
            w3 = torch.tensor(4.0, requires_grad=True)
            w2.requires_grad_(False)
            optimizer = torch.optim.SGD([w1, w2], lr=0.5)
            for _ in range(2):
                optimizer.zero_grad()
                loss = x * w1 * w2 + 5 * w3
                loss.backward()
                optimizer.step()
            ```

            **Predict** the three weights and their `.grad` after the two rounds. Write a number such as `5.0`, or
            `None`.
            """,
        stub="""
            after = {
                "w1": ...,
                "w2": ...,
                "w3": ...,
                "w1.grad": ...,
                "w2.grad": ...,
                "w3.grad": ...,
            }
            """,
        reference="""
            after = {
                "w1": -5.0,
                "w2": 2.0,
                "w3": 4.0,
                "w1.grad": 6.0,
                "w2.grad": None,
                "w3.grad": 10.0,
            }
            """,
        cases=lambda seed: [
            look("after", name, title=f"{name} after two rounds")
            for name in ("w1", "w2", "w3", "w1.grad", "w2.grad", "w3.grad")
        ],
        beliefs=(
            Held(
                "freezing-is-not-passing",
                'after = {"w1": -5.0, "w2": 2.0, "w3": 4.0, "w1.grad": 6.0, "w2.grad": None, "w3.grad": None}',
                "You predicted that w3 has no gradient, as if it were frozen. It was left out of the optimizer, but it "
                "is tracked, and backward() knows nothing of optimizers.",
            ),
            Held(
                "zero-grad-empties-everything",
                'after = {"w1": -5.0, "w2": 2.0, "w3": 4.0, "w1.grad": 6.0, "w2.grad": None, "w3.grad": 5.0}',
                "You predicted for w3.grad what one round computes. optimizer.zero_grad() empties the gradients of "
                "w1 and w2 only: those of w3 add up.",
            ),
            Held(
                "gradient-is-a-step",
                'after = {"w1": -5.0, "w2": 2.0, "w3": -1.0, "w1.grad": 6.0, "w2.grad": None, "w3.grad": 5.0}',
                "You predicted that w3 moves, since it has a gradient. The optimizer was not given w3: it neither "
                "moves it nor empties its gradient.",
            ),
            Held(
                "passed-is-trained",
                'after = {"w1": -2.75, "w2": 3.5, "w3": 4.0, "w1.grad": 1.5, "w2.grad": -6.0, "w3.grad": 10.0}',
                "You predicted that w2 is trained, since the optimizer holds it. w2 is frozen: no gradient is computed "
                "for it, and the optimizer skips what has none.",
            ),
            Held(
                "frozen-layer-blocks",
                'after = {"w1": 1.0, "w2": 2.0, "w3": 4.0, "w1.grad": None, "w2.grad": None, "w3.grad": 10.0}',
                "You predicted that the frozen w2 keeps the gradient from w1. It serves as a plain number there: the "
                "gradient of w1 is x * w2.",
            ),
            Held(
                "none-is-zero",
                'after = {"w1": -5.0, "w2": 2.0, "w3": 4.0, "w1.grad": 6.0, "w2.grad": 0.0, "w3.grad": 10.0}',
                "You predicted that w2.grad is 0. Nothing was computed for w2, so there is no number: it is None.",
            ),
            Held(
                "backward-overwrites",
                'after = {"w1": -8.0, "w2": 2.0, "w3": 4.0, "w1.grad": 12.0, "w2.grad": None, "w3.grad": 10.0}',
                "You added up the gradients of w1 over both rounds. The optimizer holds w1, so zero_grad() empties "
                "w1.grad in each round. For w3 the sum is right.",
            ),
        ),
        also_right=(
            'after = {"w1": 1 - 0.5 * 6 - 0.5 * 6, "w2": 2, "w3": 4, "w1.grad": 6, "w2.grad": None, "w3.grad": 5 + 5}',
            # The oracle: a difference of a straight line is its slope.
            """
            def loss(w1, w3):
                return 3.0 * w1 * 2.0 + 5.0 * w3

            first, third = loss(2.0, 0.0) - loss(1.0, 0.0), loss(0.0, 2.0) - loss(0.0, 1.0)
            after = {"w1": 1.0 - 2 * 0.5 * first, "w2": 2.0, "w3": 4.0}
            after |= {"w1.grad": first, "w2.grad": None, "w3.grad": 2 * third}
            """,
            """
            w1, w3 = torch.tensor(1.0, requires_grad=True), torch.tensor(4.0, requires_grad=True)
            for _ in range(2):
                w1.grad = None
                (6.0 * w1 + 5 * w3).backward()
                with torch.no_grad():
                    w1 -= 0.5 * w1.grad
            after = {"w1": w1.item(), "w2": 2.0, "w3": w3.item()}
            after |= {"w1.grad": w1.grad.item(), "w2.grad": None, "w3.grad": w3.grad.item()}
            """,
        ),
        hints=(
            "Ask two questions of each weight. Is it tracked? Then backward() adds to its .grad. Does the optimizer "
            "hold it? Then zero_grad() and step() reach it.",
            "w2 is not tracked, so it stays as it is and gets no gradient. w3 is tracked, but nobody empties its "
            "gradient and nobody moves it.",
            "In each round the gradient of w1 is x * w2, and that of w3 is 5. w1 takes two steps of 0.5 times its "
            "gradient; the gradients of w3 are added.",
        ),
        explanation="""
            Two switches, and they are independent. requires_grad decides whether backward() computes a gradient. Being
            in the optimizer decides whether step() moves the tensor and zero_grad() empties its gradient. w2 is frozen:
            no gradient, and so no step, although the optimizer holds it. w3 is not passed: it stays at 4, but its
            gradient is computed in vain and grows from round to round.
            """,
        points=3,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="11.2",
        title="Choose what to freeze",
        kind="choose",
        names=("choose",),
        text="""
            A network of three layers. All six parameters are tensors with one number.

            ```python
            h = torch.tanh(x * w1 + b1)
            h = torch.tanh(h * w2 + b2)
            y = h * w3 + b3
            ```

            The **middle** layer was trained before, elsewhere. The two others are to be trained now. `choose` gets the
            six parameters, some of them tracked, some not. It sets their flags, and it returns the list of what the
            optimizer is to hold. Afterwards

            - the first and the last layer learn;
            - the middle layer does not move, and **no gradient is computed for it**.

            The check trains for two steps with `torch.optim.SGD(choose(...), lr=0.1)`, and looks at the six tensors
            and their `.grad`.
            """,
        stub="""
            def choose(w1, b1, w2, b2, w3, b3):
                raise NotImplementedError
            """,
        reference="""
            def choose(w1, b1, w2, b2, w3, b3):
                for frozen in (w2, b2):
                    frozen.requires_grad_(False)
                trained = [w1, b1, w3, b3]
                for parameter in trained:
                    parameter.requires_grad_(True)
                return trained
            """,
        cases=choose_cases,
        beliefs=(
            Held(
                "freezing-is-not-passing",
                """
                def choose(w1, b1, w2, b2, w3, b3):
                    trained = [w1, b1, w3, b3]
                    for parameter in trained:
                        parameter.requires_grad_(True)
                    return trained
                """,
                "You leave the middle layer out of the optimizer, so it does not move. But where it was tracked, its "
                "gradient is still computed, kept, and added up. Switch its flag off.",
            ),
            Held(
                "frozen-layer-blocks",
                """
                def choose(w1, b1, w2, b2, w3, b3):
                    for frozen in (w1, b1, w2, b2):
                        frozen.requires_grad_(False)
                    return [w3.requires_grad_(True), b3.requires_grad_(True)]
                """,
                "You train the last layer only. The first one can learn too: the gradient passes through a layer that "
                "is frozen.",
            ),
            Held(
                "passed-is-trained",
                """
                def choose(w1, b1, w2, b2, w3, b3):
                    w2.requires_grad_(False)
                    b2.requires_grad_(False)
                    return [w1, b1, w3, b3]
                """,
                "The middle layer is frozen as it should be. But the others may come untracked, and the optimizer "
                "switches no flag: ask for them to be tracked.",
            ),
            Held(
                "bias-is-no-parameter",
                """
                def choose(w1, b1, w2, b2, w3, b3):
                    w2.requires_grad_(False)
                    for parameter in (w1, b1, b2, w3, b3):
                        parameter.requires_grad_(True)
                    return [w1, b1, b2, w3, b3]
                """,
                "You freeze w2 and train b2. The bias belongs to the layer, so it has to be frozen as well.",
            ),
            Held(
                "flag-defaults-to-false",
                """
                def choose(w1, b1, w2, b2, w3, b3):
                    w2.requires_grad_()
                    b2.requires_grad_()
                    trained = [w1, b1, w3, b3]
                    for parameter in trained:
                        parameter.requires_grad_(True)
                    return trained
                """,
                "requires_grad_() with nothing in the brackets switches tracking on. To switch it off, write "
                "requires_grad_(False).",
            ),
            Held(
                "requires-grad-copies",
                """
                def choose(w1, b1, w2, b2, w3, b3):
                    w2.requires_grad_(False)
                    b2.requires_grad_(False)
                    return [parameter.clone().detach().requires_grad_() for parameter in (w1, b1, w3, b3)]
                """,
                "You return copies. The optimizer moves only the very tensors it is given, and the network computes "
                "with the ones that you got. No copy is needed: requires_grad_(True) changes the tensor itself.",
            ),
        ),
        also_right=(
            # The optimizer skips what has no gradient, so it may hold the frozen ones as well.
            """
            def choose(**layers):
                for name, parameter in layers.items():
                    parameter.requires_grad_("2" not in name)
                return list(layers.values())
            """,
            """
            def choose(w1, b1, w2, b2, w3, b3):
                w1.requires_grad = b1.requires_grad = w3.requires_grad = b3.requires_grad = True
                w2.requires_grad = b2.requires_grad = False
                return [w for w in (w1, b1, w2, b2, w3, b3) if w.requires_grad]
            """,
            """
            def choose(w1, b1, w2, b2, w3, b3):
                for one in (w2, b2):
                    one.detach_().requires_grad_(False)
                return [{"params": [w1.requires_grad_(), b1.requires_grad_()]},
                        {"params": [w3.requires_grad_(), b3.requires_grad_()]}]
            """,
        ),
        hints=(
            "There are two things to say: which tensors get a gradient, and which the optimizer moves. The flag says "
            "the first, the returned list the second.",
            "A layer is a weight and a bias. You do not know how the six come, so set each flag, the ones that are to "
            "be off as well as those that are to be on.",
            "requires_grad_(False) for w2 and b2; requires_grad_(True) for the four others; return these four in a "
            "list.",
        ),
        explanation="""
            To freeze is to switch requires_grad off: then no gradient is computed, nothing is kept, and nothing adds
            up. What is frozen may be in the optimizer or not, since a parameter without a gradient is skipped. The
            first layer learns although a frozen layer comes after it: the gradient passes through the middle layer,
            where w2 serves as a plain number.
            """,
        points=3,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="11.3",
        title="The loss falls. Is it right?",
        kind="mend",
        names=("train",),
        text="""
            `train` is to train a network of two layers by gradient descent, with the mean of the squared errors:
            `steps` times, all four parameters move by `lr` times the gradient of that step. It returns the list of the
            losses, each before its step.

            Its author has seen the loss fall from step to step, and was content. But there are **three faults** in it.
            Mend them all. Nothing raises an error, so look at the `.grad` of each parameter, and at what has moved.

            `x` and `target` have one column, `w1` has one row, `w2` has one column.
            """,
        stub="""
            def train(w1, b1, w2, b2, x, target, lr, steps):
                optimizer = torch.optim.SGD([w1, w2, b2], lr=lr)
                losses = []
                for _ in range(steps):
                    with torch.no_grad():
                        hidden = torch.tanh(x @ w1 + b1)
                    loss = ((hidden @ w2 + b2 - target) ** 2).mean()
                    losses.append(loss.item())
                    loss.backward()
                    optimizer.step()
                return losses
            """,
        reference="""
            def train(w1, b1, w2, b2, x, target, lr, steps):
                optimizer = torch.optim.SGD([w1, b1, w2, b2], lr=lr)
                losses = []
                for _ in range(steps):
                    hidden = torch.tanh(x @ w1 + b1)
                    loss = ((hidden @ w2 + b2 - target) ** 2).mean()
                    losses.append(loss.item())
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                return losses
            """,
        cases=train_cases,
        beliefs=(
            Held(
                "falling-loss-means-right-gradients",
                """
                def train(w1, b1, w2, b2, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w1, b1, w2, b2], lr=lr)
                    losses = []
                    for _ in range(steps):
                        with torch.no_grad():
                            hidden = torch.tanh(x @ w1 + b1)
                        loss = ((hidden @ w2 + b2 - target) ** 2).mean()
                        losses.append(loss.item())
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return losses
                """,
                "The gradients of the last layer are right now, and the loss falls. But w1.grad is None: the first "
                "layer is cut off, and the last one makes up for it as well as it can.",
            ),
            Held(
                "falling-loss-means-right-gradients",
                """
                def train(w1, b1, w2, b2, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w1, w2, b2], lr=lr)
                    losses = []
                    for _ in range(steps):
                        hidden = torch.tanh(x @ w1 + b1)
                        loss = ((hidden @ w2 + b2 - target) ** 2).mean()
                        losses.append(loss.item())
                        loss.backward()
                        optimizer.step()
                    return losses
                """,
                "Now all four get a gradient, and the loss falls. Two faults are left: one parameter does not move, "
                "and from the second step on the gradients are sums.",
            ),
            Held(
                "backward-overwrites",
                """
                def train(w1, b1, w2, b2, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w1, b1, w2, b2], lr=lr)
                    losses = []
                    for _ in range(steps):
                        hidden = torch.tanh(x @ w1 + b1)
                        loss = ((hidden @ w2 + b2 - target) ** 2).mean()
                        losses.append(loss.item())
                        loss.backward()
                        optimizer.step()
                    return losses
                """,
                "The first step is right. From the second on, the gradients of all earlier steps are in .grad too: "
                "nobody empties it.",
            ),
            Held(
                "gradient-is-a-step",
                """
                def train(w1, b1, w2, b2, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w1, w2, b2], lr=lr)
                    losses = []
                    for _ in range(steps):
                        hidden = torch.tanh(x @ w1 + b1)
                        loss = ((hidden @ w2 + b2 - target) ** 2).mean()
                        losses.append(loss.item())
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return losses
                """,
                "All four get their gradient, and b1 stays where it is: the optimizer was not given b1.",
            ),
            Held(
                "zeroing-before-the-step",
                """
                def train(w1, b1, w2, b2, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w1, b1, w2, b2], lr=lr)
                    losses = []
                    for _ in range(steps):
                        hidden = torch.tanh(x @ w1 + b1)
                        loss = ((hidden @ w2 + b2 - target) ** 2).mean()
                        losses.append(loss.item())
                        loss.backward()
                        optimizer.zero_grad()
                        optimizer.step()
                    return losses
                """,
                "Now nothing moves. The gradient is emptied between backward() and step(), before the step has used "
                "it.",
            ),
            Held(
                "loss-follows-the-weights",
                """
                def train(w1, b1, w2, b2, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w1, b1, w2, b2], lr=lr)
                    losses = []
                    hidden = torch.tanh(x @ w1 + b1).detach()
                    for _ in range(steps):
                        loss = ((hidden @ w2 + b2 - target) ** 2).mean()
                        losses.append(loss)
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return losses
                """,
                "hidden was computed once, and it is cut off besides. It has to be computed in each step, from the "
                "first layer as it is then. (And your losses are tensors: take loss.item().)",
            ),
        ),
        also_right=(
            """
            def train(w1, b1, w2, b2, x, target, lr, steps):
                losses = []
                for _ in range(steps):
                    loss = torch.nn.functional.mse_loss(torch.tanh(x @ w1 + b1) @ w2 + b2, target)
                    losses.append(loss.item())
                    gradients = torch.autograd.grad(loss, (w1, b1, w2, b2))
                    with torch.no_grad():
                        for parameter, gradient in zip((w1, b1, w2, b2), gradients):
                            parameter -= lr * gradient
                return losses
            """,
            """
            def train(w1, b1, w2, b2, x, target, lr, steps):
                first, last = torch.optim.SGD([w1, b1], lr=lr), torch.optim.SGD([w2, b2], lr=lr)
                losses = []
                while len(losses) < steps:
                    error = (w1 * x + b1).tanh() @ w2 + b2 - target
                    losses.append((error * error).mean().item())
                    (error * error).mean().backward()
                    for optimizer in (first, last):
                        optimizer.step()
                        optimizer.zero_grad()
                return losses
            """,
            # The oracle: the chain rule by hand, without autograd.
            """
            def train(w1, b1, w2, b2, x, target, lr, steps):
                losses = []
                with torch.no_grad():
                    for _ in range(steps):
                        hidden = torch.tanh(x @ w1 + b1)
                        error = hidden @ w2 + b2 - target
                        losses.append((error ** 2).mean().item())
                        back = 2 * error / error.numel()
                        inner = (back @ w2.T) * (1 - hidden ** 2)
                        w2 -= lr * (hidden.T @ back)
                        b2 -= lr * back.sum(0)
                        w1 -= lr * (x.T @ inner)
                        b1 -= lr * inner.sum(0)
                return losses
            """,
        ),
        hints=(
            "Call it with one step, and look at .grad of all four afterwards. Which is None? Then with two steps, and "
            "look at what has moved.",
            "One fault cuts the first layer off, one leaves a parameter behind, and one lets gradients add up over the "
            "steps.",
            "hidden has to be recorded, so no no_grad. The optimizer needs all four parameters. Each step needs a "
            "zero_grad() before its backward().",
        ),
        explanation="""
            no_grad cut the first layer off. b1 was not given to the optimizer, which could be seen only after the
            first fault was mended. And nobody emptied the gradients. The loss fell all the same: the last layer alone
            can lower it, and a sum of gradients still points downhill for a while. So a falling loss tells you little.
            Look at .grad of each parameter, and at what has moved.
            """,
        points=4,
        difficulty=2,
        minutes=8,
    ),
    Exercise(
        id="11.4",
        title="A step for any number of rows",
        kind="mend",
        names=("fit",),
        text="""
            `fit` trains `w` and `b` for some steps, and returns the error at the last step (before that step), as a
            number. `lr` was found with the **mean** of the squared errors, over all elements of `target`. But what is
            written below is the sum. With few elements it still works; with many the weights explode.

            **Mend it**: each step and the returned error are to be those of the mean, and the same for all the data
            given once or given twice. `x`, `target`, `w` and `b` may have columns: `x * w + b` has the shape of
            `target`.
            """,
        stub="""
            def fit(w, b, x, target, lr, steps):
                optimizer = torch.optim.SGD([w, b], lr=lr)
                for _ in range(steps):
                    loss = ((x * w + b - target) ** 2).sum()
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                return loss.item()
            """,
        reference="""
            def fit(w, b, x, target, lr, steps):
                optimizer = torch.optim.SGD([w, b], lr=lr)
                for _ in range(steps):
                    loss = ((x * w + b - target) ** 2).mean()
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                return loss.item()
            """,
        cases=fit_line_cases,
        beliefs=(
            Held(
                "sum-is-as-good-as-mean",
                """
                def fit(w, b, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w, b], lr=lr)
                    for _ in range(steps):
                        loss = ((x * w + b - target) ** 2).sum()
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return loss.item() / target.numel()
                """,
                "You divide what is returned, but the gradient is still that of the sum. The steps are as many times "
                "too large as there are elements.",
            ),
            Held(
                "smaller-steps-mend-it",
                """
                def fit(w, b, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w, b], lr=lr / 10)
                    for _ in range(steps):
                        loss = ((x * w + b - target) ** 2).sum()
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return loss.item()
                """,
                "A smaller rate does for some number of elements, and not for another: the sum grows with the data. "
                "The mean does not.",
            ),
            Held(
                "mean-needs-smaller-steps",
                """
                def fit(w, b, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w, b], lr=lr / target.numel())
                    for _ in range(steps):
                        loss = ((x * w + b - target) ** 2).mean()
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return loss.item()
                """,
                "You divide twice: the mean has divided the gradient already, and you divide the rate as well. lr was "
                "found with the mean, so it fits the mean.",
            ),
            Held(
                "square-of-the-mean",
                """
                def fit(w, b, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w, b], lr=lr)
                    for _ in range(steps):
                        loss = (x * w + b - target).mean() ** 2
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return loss.item()
                """,
                "You take the mean first and square it. Errors of opposite sign cancel before they are squared. "
                "Square first, then take the mean.",
            ),
            Held(
                "mean-is-over-rows",
                """
                def fit(w, b, x, target, lr, steps):
                    optimizer = torch.optim.SGD([w, b], lr=lr)
                    for _ in range(steps):
                        loss = ((x * w + b - target) ** 2).sum() / len(x)
                        optimizer.zero_grad()
                        loss.backward()
                        optimizer.step()
                    return loss.item()
                """,
                "You divide by the number of rows. With one column that is the mean. With two, there are twice as many "
                "elements as rows.",
            ),
        ),
        also_right=(
            """
            def fit(w, b, x, target, lr, steps):
                optimizer = torch.optim.SGD([w, b], lr=lr / target.numel())
                for _ in range(steps):
                    loss = ((x * w + b - target) ** 2).sum()
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                return loss.item() / target.numel()
            """,
            """
            def fit(w, b, x, target, lr, steps):
                measure = torch.nn.MSELoss()
                for _ in range(steps):
                    w.grad = b.grad = None
                    loss = measure(x * w + b, target)
                    loss.backward()
                    with torch.no_grad():
                        for p in (w, b):
                            p -= lr * p.grad
                return loss.item()
            """,
            """
            def fit(w, b, x, target, lr, steps):
                for _ in range(steps):
                    miss = (x * w + b - target).flatten()
                    loss = miss.dot(miss) / len(miss)
                    slopes = torch.autograd.grad(loss, [w, b])
                    with torch.no_grad():
                        w -= lr * slopes[0]
                        b -= lr * slopes[1]
                return loss.item()
            """,
            # The oracle: the slopes of the mean by hand, without autograd.
            """
            def fit(w, b, x, target, lr, steps):
                with torch.no_grad():
                    for _ in range(steps):
                        miss = x * w + b - target
                        error = (miss ** 2).mean().item()
                        slopes = [(2 / miss.numel() * miss * x), (2 / miss.numel() * miss)]
                        for p, slope in zip((w, b), slopes):
                            p -= lr * (slope.sum(0) if p.dim() else slope.sum())
                return error
            """,
        ),
        hints=(
            "Give it the same data twice, one after the other. What should change? What does change?",
            "The gradient of the sum is as many times larger than that of the mean as there are elements. The loss "
            "that backward() starts from has to be the mean.",
            "One word: in the line that computes loss, the sum at the end becomes the mean.",
        ),
        explanation="""
            The mean is the sum divided by the number of elements, so its gradient is the gradient of the sum divided by
            that number. A learning rate that fits one of the two does not fit the other. With the mean, the size of the
            gradient does not depend on how much data there is, and the rate can stay when the batch grows. mean()
            divides by all elements: rows times columns.
            """,
        points=3,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="11.5",
        title="Fit a small network",
        kind="write",
        names=("fit",),
        text="""
            Write `fit(make, x, target, lr, steps)`.

            - `make()` returns a new network, a `torch.nn.Module`. Call it once.
            - Train it with `torch.optim.SGD` and the learning rate `lr`, for `steps` steps, each with all rows. The
              loss is the mean of the squared errors (`torch.nn.functional.mse_loss` computes it).
            - Return two things: the trained network, and the list of the losses, as numbers, each computed before its
              step.

            To try it:

            ```python
            make = lambda: torch.nn.Sequential(torch.nn.Linear(1, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
            x = torch.tensor([[-1.0], [0.0], [1.0]])
            model, losses = fit(make, x, x * x, 0.1, 100)
            ```
            """,
        stub="""
            def fit(make, x, target, lr, steps):
                raise NotImplementedError
            """,
        reference="""
            def fit(make, x, target, lr, steps):
                model = make()
                optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                losses = []
                for _ in range(steps):
                    optimizer.zero_grad()
                    loss = torch.nn.functional.mse_loss(model(x), target)
                    losses.append(loss.item())
                    loss.backward()
                    optimizer.step()
                return model, losses
            """,
        cases=fit_network_cases,
        beliefs=(
            Held(
                "falling-loss-means-right-gradients",
                """
                def fit(make, x, target, lr, steps):
                    model = make()
                    optimizer = torch.optim.SGD(model[-1].parameters(), lr=lr)
                    losses = []
                    for _ in range(steps):
                        optimizer.zero_grad()
                        loss = torch.nn.functional.mse_loss(model(x), target)
                        losses.append(loss.item())
                        loss.backward()
                        optimizer.step()
                    return model, losses
                """,
                "The loss falls, but only the last layer has moved. Let the optimizer have model.parameters(), and "
                "look at each parameter, not at the loss alone.",
            ),
            Held(
                "sum-is-as-good-as-mean",
                """
                def fit(make, x, target, lr, steps):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    losses = []
                    for _ in range(steps):
                        optimizer.zero_grad()
                        loss = ((model(x) - target) ** 2).sum()
                        losses.append(loss.item())
                        loss.backward()
                        optimizer.step()
                    return model, losses
                """,
                "Your loss is the sum of the squared errors. It is asked to be the mean; the gradient of the sum is as "
                "many times larger as there are elements.",
            ),
            Held(
                "backward-overwrites",
                """
                def fit(make, x, target, lr, steps):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    losses = []
                    for _ in range(steps):
                        loss = torch.nn.functional.mse_loss(model(x), target)
                        losses.append(loss.item())
                        loss.backward()
                        optimizer.step()
                    return model, losses
                """,
                "The first step is right, the later ones are not: nobody empties the gradients, so they add up from "
                "step to step.",
            ),
            Held(
                "zeroing-before-the-step",
                """
                def fit(make, x, target, lr, steps):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    losses = []
                    for _ in range(steps):
                        loss = torch.nn.functional.mse_loss(model(x), target)
                        losses.append(loss.item())
                        loss.backward()
                        optimizer.zero_grad()
                        optimizer.step()
                    return model, losses
                """,
                "The network does not learn: the gradients are emptied between backward() and step().",
            ),
            Held(
                "stored-loss-is-a-number",
                """
                def fit(make, x, target, lr, steps):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    losses = []
                    for _ in range(steps):
                        optimizer.zero_grad()
                        loss = torch.nn.functional.mse_loss(model(x), target)
                        losses.append(loss)
                        loss.backward()
                        optimizer.step()
                    return model, losses
                """,
                "The training is right, but your list holds tensors, and each of them holds its graph. Store "
                "loss.item(), which is a number.",
            ),
            Held(
                "loss-follows-the-weights",
                """
                def fit(make, x, target, lr, steps):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    losses = []
                    y = model(x)
                    loss = torch.nn.functional.mse_loss(y, target)
                    loss.backward()
                    for _ in range(steps):
                        losses.append(loss.item())
                        optimizer.step()
                    return model, losses
                """,
                "You compute the loss once, and take every step with that one gradient. After each step the loss and "
                "its gradient have to be computed again.",
            ),
            Held(
                "bias-is-no-parameter",
                """
                def fit(make, x, target, lr, steps):
                    model = make()
                    optimizer = torch.optim.SGD([p for p in model.parameters() if p.dim() > 1], lr=lr)
                    losses = []
                    for _ in range(steps):
                        optimizer.zero_grad()
                        loss = torch.nn.functional.mse_loss(model(x), target)
                        losses.append(loss.item())
                        loss.backward()
                        optimizer.step()
                    return model, losses
                """,
                "The weights move, and the biases stay where they are. A layer has both, and model.parameters() gives "
                "you both.",
            ),
        ),
        also_right=(
            """
            def fit(make, x, target, lr, steps):
                model, losses = make(), []
                for _ in range(steps):
                    loss = ((model(x) - target) ** 2).mean()
                    loss.backward()
                    with torch.no_grad():
                        for parameter in model.parameters():
                            parameter -= lr * parameter.grad
                            parameter.grad = None
                    losses.append(loss.item())
                return model, losses
            """,
            """
            def fit(make, x, target, lr, steps):
                model = make()
                optimizer = torch.optim.SGD([{"params": layer.parameters()} for layer in model if list(
                    layer.parameters())], lr=lr)

                def step():
                    error = model(x) - target
                    loss = (error * error).sum() / error.numel()
                    model.zero_grad()
                    loss.backward()
                    optimizer.step()
                    return float(loss)

                return [model, [step() for _ in range(steps)]]
            """,
            # The oracle: slopes by small steps, without autograd.
            """
            def fit(make, x, target, lr, steps):
                model, losses = make(), []
                precise = make().double()
                precise.load_state_dict({name: value.double() for name, value in model.state_dict().items()})

                def loss():
                    return ((precise(x.double()) - target.double()) ** 2).mean().item()

                with torch.no_grad():
                    for _ in range(steps):
                        losses.append(loss())
                        slopes = []
                        for flat in (p.view(-1) for p in precise.parameters()):
                            for i in range(len(flat)):
                                flat[i] += 1e-4
                                above = loss()
                                flat[i] -= 2e-4
                                slopes.append((flat, i, (above - loss()) / 2e-4))
                                flat[i] += 1e-4
                        for flat, i, slope in slopes:
                            flat[i] -= lr * slope
                return precise.float(), losses
            """,
        ),
        hints=(
            "The loop has four parts: compute the loss, go back, step, and empty the gradients once in each round. "
            "Which objects do you need before the loop?",
            "Before the loop: the network, an optimizer that holds model.parameters(), and an empty list. In the loop: "
            "zero_grad(), the loss, backward(), step().",
            "loss is mse_loss of model(x) and target, computed anew in each round. Append loss.item(). After the loop "
            "return model and the list.",
        ),
        explanation="""
            This is the loop that every network is trained with. model.parameters() hands the weights and biases of all
            layers to the optimizer. The loss is computed anew in each round, since the weights have moved. loss.item()
            is a number without a graph. zero_grad() may stand anywhere but between backward() and step().
            """,
        points=4,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="11.6",
        title="Micro-batches",
        kind="write",
        names=("train",),
        text="""
            Only `size` rows fit into memory at once, with the graph of one part. But each step is to use a batch of
            `every` such parts.

            Write `train(make, x, target, size, every, lr)`. It makes a network with `make()` and goes through all rows
            **once**, in their order, in batches of `size * every` rows. Each batch is sent through in parts of `size`
            rows, and gives **one** step of gradient descent with the rate `lr`. The gradient of the step is that of the
            mean squared error of the whole batch. The last batch, and the last part, may be shorter. Return the
            network.

            (`x.split(size)` gives the parts of `x`. The target has one column.)
            """,
        stub="""
            def train(make, x, target, size, every, lr):
                raise NotImplementedError
            """,
        reference="""
            def train(make, x, target, size, every, lr):
                model = make()
                optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                batches = zip(x.split(size * every), target.split(size * every))
                for rows, wanted in batches:
                    optimizer.zero_grad()
                    for part, goal in zip(rows.split(size), wanted.split(size)):
                        loss = torch.nn.functional.mse_loss(model(part), goal)
                        (loss * len(part) / len(rows)).backward()
                    optimizer.step()
                return model
            """,
        cases=micro_cases,
        beliefs=(
            Held(
                "sum-is-as-good-as-mean",
                """
                def train(make, x, target, size, every, lr):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    batches = zip(x.split(size * every), target.split(size * every))
                    for rows, wanted in batches:
                        optimizer.zero_grad()
                        for part, goal in zip(rows.split(size), wanted.split(size)):
                            torch.nn.functional.mse_loss(model(part), goal).backward()
                        optimizer.step()
                    return model
                """,
                "You add up the means of the parts. Their sum is several times the mean of the batch, and so is the "
                "step. Let each part count by its share of the rows.",
            ),
            Held(
                "parts-count-equally",
                """
                def train(make, x, target, size, every, lr):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    batches = zip(x.split(size * every), target.split(size * every))
                    for rows, wanted in batches:
                        optimizer.zero_grad()
                        for part, goal in zip(rows.split(size), wanted.split(size)):
                            (torch.nn.functional.mse_loss(model(part), goal) / every).backward()
                        optimizer.step()
                    return model
                """,
                "You divide by `every`. That is right for a full batch. The last batch may have fewer parts, and its "
                "last part fewer rows: each part counts by its share of the rows.",
            ),
            Held(
                "step-after-every-backward",
                """
                def train(make, x, target, size, every, lr):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    for part, goal in zip(x.split(size), target.split(size)):
                        optimizer.zero_grad()
                        torch.nn.functional.mse_loss(model(part), goal).backward()
                        optimizer.step()
                    return model
                """,
                "You step after each part. A step is to use a whole batch: let the gradients of its parts add up, then "
                "step once.",
            ),
            Held(
                "zero-before-every-backward",
                """
                def train(make, x, target, size, every, lr):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    batches = zip(x.split(size * every), target.split(size * every))
                    for rows, wanted in batches:
                        for part, goal in zip(rows.split(size), wanted.split(size)):
                            optimizer.zero_grad()
                            loss = torch.nn.functional.mse_loss(model(part), goal)
                            (loss * len(part) / len(rows)).backward()
                        optimizer.step()
                    return model
                """,
                "You empty the gradients before each part, so that a step uses the last part alone. Empty them once "
                "for each step.",
            ),
            Held(
                "backward-overwrites",
                """
                def train(make, x, target, size, every, lr):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    batches = zip(x.split(size * every), target.split(size * every))
                    for rows, wanted in batches:
                        for part, goal in zip(rows.split(size), wanted.split(size)):
                            loss = torch.nn.functional.mse_loss(model(part), goal)
                            (loss * len(part) / len(rows)).backward()
                        optimizer.step()
                    return model
                """,
                "Within a batch the gradients are to add up. From one batch to the next they are not: after each step "
                "they have to be emptied.",
            ),
            Held(
                "leftover-needs-no-step",
                """
                def train(make, x, target, size, every, lr):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    parts = list(zip(x.split(size), target.split(size)))
                    for number, (part, goal) in enumerate(parts, 1):
                        (torch.nn.functional.mse_loss(model(part), goal) / every).backward()
                        if number % every == 0:
                            optimizer.step()
                            optimizer.zero_grad()
                    return model
                """,
                "You step after every so many parts. What is left over at the end has gone back, but no step uses it: "
                "the last batch may be shorter, and it gets its step too.",
            ),
            Held(
                "losses-can-wait",
                """
                def train(make, x, target, size, every, lr):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    batches = zip(x.split(size * every), target.split(size * every))
                    for rows, wanted in batches:
                        optimizer.zero_grad()
                        total = 0
                        for part, goal in zip(rows.split(size), wanted.split(size)):
                            loss = torch.nn.functional.mse_loss(model(part), goal)
                            total = total + loss * len(part) / len(rows)
                        total.backward()
                        optimizer.step()
                    return model
                """,
                "You add up the losses and go back once for each batch. Until then the graphs of all its parts have to "
                "be kept. Let each part have its own backward().",
            ),
            Held(
                "batch-must-be-whole",
                """
                def train(make, x, target, size, every, lr):
                    model = make()
                    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                    for rows, wanted in zip(x.split(size * every), target.split(size * every)):
                        optimizer.zero_grad()
                        torch.nn.functional.mse_loss(model(rows), wanted).backward()
                        optimizer.step()
                    return model
                """,
                "You send a whole batch through at once. It does not fit, and it does not have to: the gradients of "
                "its parts add up.",
            ),
        ),
        also_right=(
            """
            def train(make, x, target, size, every, lr):
                model = make()
                optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                waiting = 0
                for start in range(0, len(x), size):
                    part = slice(start, start + size)
                    ((model(x[part]) - target[part]) ** 2).sum().backward()
                    waiting += len(x[part])
                    if waiting == size * every or start + size >= len(x):
                        for parameter in model.parameters():
                            parameter.grad /= waiting
                        optimizer.step()
                        optimizer.zero_grad()
                        waiting = 0
                return model
            """,
            """
            def train(make, x, target, size, every, lr):
                model = make()
                weights = list(model.parameters())
                for first in range(0, len(x), size * every):
                    last = min(first + size * every, len(x))
                    totals = [0.0] * len(weights)
                    for start in range(first, last, size):
                        stop = min(start + size, last)
                        error = torch.nn.functional.mse_loss(model(x[start:stop]), target[start:stop], reduction="sum")
                        found = torch.autograd.grad(error, weights)
                        totals = [total + gradient for total, gradient in zip(totals, found)]
                    with torch.no_grad():
                        for weight, total in zip(weights, totals):
                            weight -= lr * total / (last - first)
                return model
            """,
            # The oracle: a whole batch at once, by hand, without autograd.
            """
            def train(make, x, target, size, every, lr):
                model = make()
                w1, b1, w2, b2 = model.parameters()
                with torch.no_grad():
                    for rows, wanted in zip(x.split(size * every), target.split(size * every)):
                        hidden = torch.tanh(rows @ w1.T + b1)
                        back = 2 * (hidden @ w2.T + b2 - wanted) / len(rows)
                        inner = (back @ w2) * (1 - hidden ** 2)
                        for weight, gradient in [(w1, inner.T @ rows), (b1, inner.sum(0)),
                                                 (w2, back.T @ hidden), (b2, back.sum(0))]:
                            weight -= lr * gradient
                return model
            """,
        ),
        hints=(
            "Two loops, one in the other: over the batches, and over the parts of a batch. Which of zero_grad(), "
            "backward() and step() belongs to which?",
            "backward() belongs to the inner loop, zero_grad() and step() to the outer one. The mean of a part counts "
            "by its share: its rows, divided by the rows of its batch.",
            "Split x and target into batches of size * every rows, and each batch into parts of size rows. For each "
            "part multiply mse_loss by len(part) / len(rows) and go back; after the parts, step.",
        ),
        explanation="""
            backward() adds to .grad, so the parts of a batch add up to the gradient of the batch, if each counts by its
            share of the rows. There is one step for each batch, and the gradients are emptied once for each step. The
            last batch may be shorter, so its parts have larger shares. The memory needed is that of one part.
            """,
        points=4,
        difficulty=2,
        minutes=9,
    ),
    Exercise(
        id="11.7",
        title="Find the wrong gradient",
        kind="write",
        names=("suspects",),
        text="""
            A falling loss does not show that the gradients are right. So write the function that does:
            `suspects(parameters, loss_of)`.

            `parameters` is a dict from name to tensor; all are tracked, of dtype float64, with one axis, and without a
            gradient. `loss_of(parameters)` computes the loss from them. Return the list of the names of those
            parameters whose gradient is missing, or is not that of the loss, in any entry. The order does not matter.

            How to know what is right: move one entry by a little, to both sides, and see how the loss changes.
            (A step of 0.0001 is good.) Afterwards the parameters must have the values they had.
            """,
        stub="""
            def suspects(parameters, loss_of):
                raise NotImplementedError
            """,
        reference="""
            def suspects(parameters, loss_of):
                loss_of(parameters).backward()
                found = []
                for name, parameter in parameters.items():
                    entries = parameter.detach()  # shares its memory with the parameter
                    slopes = torch.zeros_like(entries)
                    for i in range(len(entries)):
                        value = entries[i].item()
                        entries[i] = value + 1e-4
                        above = loss_of(parameters).item()
                        entries[i] = value - 1e-4
                        slopes[i] = (above - loss_of(parameters).item()) / 2e-4
                        entries[i] = value
                    if parameter.grad is None or not torch.allclose(parameter.grad, slopes, atol=1e-4):
                        found.append(name)
                return found
            """,
        cases=suspects_cases,
        beliefs=(
            Held(
                "falling-loss-means-right-gradients",
                """
                def suspects(parameters, loss_of):
                    loss = loss_of(parameters)
                    loss.backward()
                    moved = {name: p.detach() - 1e-3 * (0 if p.grad is None else p.grad)
                             for name, p in parameters.items()}
                    return [] if loss_of(moved) < loss else list(parameters)
                """,
                "You take a step and look whether the loss falls. It does in all of these cases, also with a gradient "
                "of the wrong sign. Compare each entry with what small steps say.",
            ),
            Held(
                "present-is-right",
                """
                def suspects(parameters, loss_of):
                    loss_of(parameters).backward()
                    return [name for name, p in parameters.items() if p.grad is None]
                """,
                "You find the gradients that are missing. One that is there can be wrong as well: compare its numbers "
                "with what small steps say.",
            ),
            Held(
                "sign-is-enough",
                """
                def suspects(parameters, loss_of):
                    loss_of(parameters).backward()
                    found = set()
                    for name, parameter in parameters.items():
                        entries = parameter.detach()
                        for i in range(len(entries)):
                            value = entries[i].item()
                            entries[i] = value + 1e-4
                            above = loss_of(parameters).item()
                            entries[i] = value - 1e-4
                            slope = (above - loss_of(parameters).item()) / 2e-4
                            entries[i] = value
                            if parameter.grad is None or parameter.grad[i].item() * slope < 0:
                                found.add(name)
                    return list(found)
                """,
                "You compare signs. A gradient that is three times too large has the right sign too. Compare the "
                "numbers.",
            ),
            Held(
                "one-entry-is-enough",
                """
                def suspects(parameters, loss_of):
                    loss_of(parameters).backward()
                    found = []
                    for name, parameter in parameters.items():
                        entries = parameter.detach()
                        value = entries[0].item()
                        entries[0] = value + 1e-4
                        above = loss_of(parameters).item()
                        entries[0] = value - 1e-4
                        slope = (above - loss_of(parameters).item()) / 2e-4
                        entries[0] = value
                        if parameter.grad is None or abs(parameter.grad[0].item() - slope) > 1e-4:
                            found.append(name)
                    return found
                """,
                "You try the first entry of each parameter. The fault may be in another one: go through them all.",
            ),
            Held(
                "none-is-zero",
                """
                def suspects(parameters, loss_of):
                    loss_of(parameters).backward()
                    found = []
                    for name, parameter in parameters.items():
                        if parameter.grad is None:
                            continue
                        entries = parameter.detach()
                        slopes = torch.zeros_like(entries)
                        for i in range(len(entries)):
                            value = entries[i].item()
                            entries[i] = value + 1e-4
                            above = loss_of(parameters).item()
                            entries[i] = value - 1e-4
                            slopes[i] = (above - loss_of(parameters).item()) / 2e-4
                            entries[i] = value
                        if not torch.allclose(parameter.grad, slopes, atol=1e-4):
                            found.append(name)
                    return found
                """,
                "You pass over parameters whose .grad is None, as if there were nothing to find. None says that no "
                "gradient came, and the loss does change with them: these are suspects.",
            ),
            Held(
                "all-at-once",
                """
                def suspects(parameters, loss_of):
                    loss_of(parameters).backward()
                    found = []
                    for name, parameter in parameters.items():
                        with torch.no_grad():
                            parameter += 1e-4
                            above = loss_of(parameters).item()
                            parameter -= 2e-4
                            slope = (above - loss_of(parameters).item()) / 2e-4
                            parameter += 1e-4
                        slopes = torch.full_like(parameter, slope)
                        if parameter.grad is None or not torch.allclose(parameter.grad, slopes, atol=1e-4):
                            found.append(name)
                    return found
                """,
                "You move all entries of a parameter at once. Then the loss shows the sum of their effects, and not "
                "the slope of each. Move one entry at a time.",
            ),
            Held(
                "step-counted-once",
                """
                def suspects(parameters, loss_of):
                    loss_of(parameters).backward()
                    found = []
                    for name, parameter in parameters.items():
                        entries = parameter.detach()
                        slopes = torch.zeros_like(entries)
                        for i in range(len(entries)):
                            value = entries[i].item()
                            entries[i] = value + 1e-4
                            above = loss_of(parameters).item()
                            entries[i] = value - 1e-4
                            slopes[i] = (above - loss_of(parameters).item()) / 1e-4
                            entries[i] = value
                        if parameter.grad is None or not torch.allclose(parameter.grad, slopes, atol=1e-4):
                            found.append(name)
                    return found
                """,
                "You suspect all four. From one side to the other there are two steps, so the difference is to be "
                "divided by two steps.",
            ),
            Held(
                "assignment-copies",
                """
                def suspects(parameters, loss_of):
                    loss_of(parameters).backward()
                    found = []
                    for name, parameter in parameters.items():
                        entries = parameter.detach()
                        slopes = torch.zeros_like(entries)
                        for i in range(len(entries)):
                            before = entries
                            before[i] += 1e-2
                            above = loss_of(parameters).item()
                            before[i] -= 2e-2
                            slopes[i] = (above - loss_of(parameters).item()) / 2e-2
                            entries = before
                        if parameter.grad is None or not torch.allclose(parameter.grad, slopes, rtol=0.1):
                            found.append(name)
                    return found
                """,
                "The parameters do not have their values back. A name is no copy, and detach() shares its memory: what "
                "you have moved has to be moved back.",
            ),
        ),
        also_right=(
            """
            def suspects(parameters, loss_of):
                def loss(name, entry, move):
                    moved = {other: p.detach().clone() for other, p in parameters.items()}
                    moved[name][entry] += move
                    return loss_of(moved).item()

                gradients = torch.autograd.grad(loss_of(parameters), list(parameters.values()), allow_unused=True)
                wrong = set()
                for (name, p), gradient in zip(parameters.items(), gradients):
                    for i in range(p.numel()):
                        slope = (loss(name, i, 1e-4) - loss(name, i, -1e-4)) / 2e-4
                        if gradient is None or abs(gradient[i].item() - slope) > 1e-5:
                            wrong.add(name)
                return wrong
            """,
            """
            def suspects(parameters, loss_of):
                loss_of(parameters).backward()
                found = []
                with torch.no_grad():
                    for name, p in parameters.items():
                        kept, ok = p.clone(), p.grad is not None
                        for i in range(len(p)):
                            losses = []
                            for move in (1e-5, -1e-5):
                                p[i] = kept[i] + move
                                losses.append(loss_of(parameters))
                            p.copy_(kept)
                            slope = (losses[0] - losses[1]) / 2e-5
                            ok = ok and bool((p.grad[i] - slope).abs() < 1e-3 * (1 + slope.abs()))
                        found += [] if ok else [name]
                return found
            """,
            # Another way to the same answer: gradcheck, for one parameter at a time.
            """
            def suspects(parameters, loss_of):
                def right(name):
                    p = parameters[name].detach().clone().requires_grad_()
                    others = {other: q.detach() for other, q in parameters.items()}
                    if not loss_of({**others, name: p}).requires_grad:
                        return False
                    return torch.autograd.gradcheck(
                        lambda p: loss_of({**others, name: p}), (p,), raise_exception=False)

                return [name for name in parameters if not right(name)]
            """,
        ),
        hints=(
            "First one backward pass, which fills .grad. Then, for each parameter and each entry: the slope of the "
            "loss, by trying. Where do the two differ?",
            "parameter.detach() shares its memory with the parameter, so you can move an entry through it. Keep the "
            "value, and put it back. A parameter whose .grad is None is a suspect too.",
            "The slope of entry i is the loss with 0.0001 more, minus the loss with 0.0001 less, divided by 0.0002. "
            "Compare all slopes of a parameter with its .grad by torch.allclose, with atol=1e-4.",
        ),
        explanation="""
            Small steps know nothing of autograd: they look at values only, so a cut or a wrong rule cannot mislead
            them. They take two losses for each entry, which is too slow for training, and good for a check on a small
            network. Each entry counts: the fault may be in one, in the sign, in the size, or in a gradient that never
            came. torch.autograd.gradcheck does the same, thoroughly.
            """,
        points=4,
        difficulty=3,
        minutes=10,
    ),
]
