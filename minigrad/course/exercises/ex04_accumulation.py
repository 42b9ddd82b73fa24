"""Exercises of lesson 04: what adds up in `.grad`, when to empty it, and what emptying does."""

from random import Random

from minigrad.course.case import Case, Helper, call, look, tensor
from minigrad.course.exercise import Exercise, Held
from minigrad.course.exercises.inputs import numbers


def parabola(random: Random, count: int) -> tuple[Helper, list[float]]:
    """A loss that is least at the numbers it comes with; a rate of 0.2 leads there without jumping across."""
    best = numbers(random, count)
    centre = best[0] if count == 1 else best
    height = random.randint(5, 20) / 10
    return Helper(f"lambda w: ((w - torch.tensor({centre})) ** 2).sum() + {height}"), best


def away_from(random: Random, best: list[float]) -> list[float]:
    """Weights at some distance from the best ones and from 0."""
    return [round(value + (1 if value > 0 else -1) * random.randint(10, 30) / 10, 1) for value in best]


# Without it, whoever trains a copy would get full marks, though the weights of the model stay as they were.
ANOTHER_TENSOR = """
if isinstance(result, torch.Tensor) and result is not w and result.shape == w.shape:
    raise ValueError("what is returned is another tensor than w; train w itself, in place")
"""


def train_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, count, steps in [("a single step", 2, 1), ("three steps", 2, 3), ("six steps, other weights", 3, 6)]:
        loss_of, best = parabola(random, count)
        cases.append(
            call(
                title,
                "train",
                kwargs={
                    "w": tensor(away_from(random, best), requires_grad=True),
                    "loss_of": loss_of,
                    "steps": steps,
                    "lr": random.choice((0.1, 0.15, 0.2)),
                },
                then=ANOTHER_TENSOR,
                compare=("value", "shape", "requires_grad", "is_leaf"),
                evidence=("grad", "calls", "message"),
            )
        )
    return cases


def compare_rates_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, count, rates, steps in [
        ("one rate, two steps", 2, 1, 2),
        ("one rate, four steps", 2, 1, 4),
        ("three rates, three steps", 3, 3, 3),
    ]:
        loss_of, best = parabola(random, count)
        cases.append(
            call(
                title,
                "compare_rates",
                kwargs={
                    "start": tensor(away_from(random, best)),
                    "loss_of": loss_of,
                    "rates": random.sample((0.05, 0.1, 0.15, 0.2), rates),
                    "steps": steps,
                },
                compare=("value", "shape", "arguments"),
                evidence=("backward",),
                rtol=1e-4,
            )
        )
    return cases


def descend_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, count, steps in [
        ("one part, three steps", 1, 3),
        ("two parts, one step", 2, 1),
        ("three parts, four steps", 3, 4),
    ]:
        sign = random.choice((-1, 1))
        best = [sign * number / 10 for number in random.sample(range(5, 30), count)]
        cases.append(
            call(
                title,
                "descend",
                kwargs={
                    # On one side of all the best places: no two parts pull in opposite directions.
                    "w": tensor(sign * random.randint(35, 60) / 10, requires_grad=True),
                    "parts": [Helper(f"lambda w: (w - {number}) ** 2") for number in best],
                    "lr": random.choice((0.05, 0.1, 0.12)),
                    "steps": steps,
                },
                compare=("value",),
                evidence=("arguments", "backward", "message"),
            )
        )
    return cases


# Set in place of the learner's module, so that an error is not said to come from the learner's lines.
SMALL_MEMORY = """
__name__ = "memory"
def loss_of(w, x, target, alive=[]):
    if len(x) > {rows}:
        raise MemoryError(f"{{len(x)}} rows do not fit; there is room for {rows}")
    if alive:
        raise MemoryError("the graph of the part before is still there, and there is no room for another")
    loss = ((x @ w - target) ** 2).mean()
    alive.append(True)
    loss.register_hook(lambda grad: alive.clear())
    return loss
"""


def parts_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, rows, size in [
        ("two full parts", 6, 3),
        ("a shorter part at the end", 7, 3),
        ("one row at a time", 4, 1),
        ("a batch that fits", 3, 4),
    ]:
        # Errors of one sign and growing: no two parts have gradients that could be mistaken for each other.
        x = [[round(value + row / 2, 1) for value in numbers(random, 2, 3, 9)] for row in range(rows)]
        cases.append(
            call(
                title,
                "gradient_in_parts",
                kwargs={
                    "w": tensor(numbers(random, 2), requires_grad=True),
                    "loss_of": Helper(SMALL_MEMORY.format(rows=size)),
                    "x": tensor(x),
                    "target": tensor(numbers(random, rows, 10, 40)),
                    "size": size,
                },
                compare=("value", "shape", "requires_grad", "message"),
                evidence=("calls",),
                rtol=1e-4,
                atol=1e-5,
            )
        )
    return cases


def by_use_cases(seed: int) -> list[Case]:
    random = Random(seed)
    a, b = (abs(number) for number in numbers(random, 2))
    cases = []
    for title, f, x in [
        ("two uses in one product", f"lambda p, q: (p * p * q).sum() * {a}", numbers(random, 2)),
        ("uses that meet later", f"lambda p, q: (p * {a}).sin().sum() + (q * q * q).mean()", numbers(random, 3)),
        ("a single number", f"lambda p, q: (p * {b} + q * q) * q", abs(numbers(random, 1)[0])),
    ]:
        cases.append(
            call(
                title,
                "by_use",
                kwargs={"f": Helper(f), "x": tensor(x)},
                compare=("value", "shape", "requires_grad", "arguments"),
                evidence=("identity", "calls", "message"),
                rtol=1e-4,
            )
        )
    return cases


EXERCISES = [
    Exercise(
        id="04.1",
        title="What adds up?",
        kind="predict",
        names=("grads",),
        text="""
            These lines run one after the other:

            ```python
            w = torch.tensor(2.0, requires_grad=True)
            x = torch.tensor(3.0)

            (w * x).backward()      # line 1
            first = w.grad
            (w * w).backward()      # line 2
            # here: what is first now?
            w.grad.zero_()          # line 3
            # here: what is w now?
            h = w * x
            (h * h).backward()      # line 4
            w.grad = None           # line 5
            (w * x + w).backward()  # line 6
            (w * x).backward()      # line 7
            ```

            **Predict** what `w.grad` is after each of the seven lines, and what `first` and `w` are at the places that
            ask for them. Write a number such as `5.0`, or `None`.
            """,
        stub="""
            grads = {
                "line 1": ...,
                "line 2": ...,
                "first": ...,
                "line 3": ...,
                "w": ...,
                "line 4": ...,
                "line 5": ...,
                "line 6": ...,
                "line 7": ...,
            }
            """,
        reference="""
            grads = {
                "line 1": 3.0,
                "line 2": 7.0,
                "first": 7.0,
                "line 3": 0.0,
                "w": 2.0,
                "line 4": 36.0,
                "line 5": None,
                "line 6": 4.0,
                "line 7": 7.0,
            }
            """,
        cases=lambda seed: [
            look("grads", name, title=f"w.grad after {name}" if name.startswith("line") else f"{name} where asked")
            for name in ("line 1", "line 2", "first", "line 3", "w", "line 4", "line 5", "line 6", "line 7")
        ],
        beliefs=(
            Held(
                "backward-overwrites",
                """
                grads = {"line 1": 3.0, "line 2": 4.0, "first": 3.0, "line 3": 0.0, "w": 2.0, "line 4": 36.0,
                         "line 5": None, "line 6": 4.0, "line 7": 3.0}
                """,
                "You predicted for lines 2 and 7 what that one backward pass computes. It is added to what line 1 "
                "and line 6 have left in w.grad.",
            ),
            Held(
                "each-use-has-its-own-grad",
                """
                grads = {"line 1": 3.0, "line 2": 5.0, "first": 5.0, "line 3": 0.0, "w": 2.0, "line 4": 18.0,
                         "line 5": None, "line 6": 3.0, "line 7": 6.0}
                """,
                "You counted one use of w in w * w, one of h in h * h, and one of w in w * x + w. In each of these "
                "there are two, and both send a gradient back: the two are added.",
            ),
            Held(
                "zeroing-the-weight",
                """
                grads = {"line 1": 3.0, "line 2": 7.0, "first": 7.0, "line 3": 0.0, "w": 0.0, "line 4": 0.0,
                         "line 5": None, "line 6": 4.0, "line 7": 7.0}
                """,
                "You predicted that w is 0 after w.grad.zero_(). The line empties the tensor in w.grad, and w is "
                "another tensor: it stays 2.",
            ),
            Held(
                "none-is-zero",
                """
                grads = {"line 1": 3.0, "line 2": 7.0, "first": 7.0, "line 3": 0.0, "w": 2.0, "line 4": 36.0,
                         "line 5": 0.0, "line 6": 4.0, "line 7": 7.0}
                """,
                "You predicted 0 after w.grad = None. The sums that follow come out the same, but there is no tensor "
                "in w.grad after that line, and no number.",
            ),
            Held(
                "none-is-zero",
                """
                grads = {"line 1": 3.0, "line 2": 7.0, "first": 7.0, "line 3": None, "w": 2.0, "line 4": 36.0,
                         "line 5": None, "line 6": 4.0, "line 7": 7.0}
                """,
                "You predicted None after w.grad.zero_(). The tensor in w.grad is still there, and what it holds now "
                "is 0.",
            ),
            Held(
                "reading-grad-copies-it",
                """
                grads = {"line 1": 3.0, "line 2": 7.0, "first": 3.0, "line 3": 0.0, "w": 2.0, "line 4": 36.0,
                         "line 5": None, "line 6": 4.0, "line 7": 7.0}
                """,
                "You predicted that first keeps the gradient of line 1. first is the tensor in w.grad, no copy, and "
                "line 2 adds to that very tensor.",
            ),
            Held(
                "local-is-the-gradient",
                """
                grads = {"line 1": 3.0, "line 2": 7.0, "first": 7.0, "line 3": 0.0, "w": 2.0, "line 4": 12.0,
                         "line 5": None, "line 6": 4.0, "line 7": 7.0}
                """,
                "For line 4 you predicted how h * h changes with h. There is one more operation between h and w, and "
                "its derivative is one more factor.",
            ),
        ),
        also_right=(
            """
            grads = {"line 1": 3, "line 2": 3 + 4, "first": 3 + 4, "line 3": 0, "w": 2, "line 4": 2 * 6 * 3,
                     "line 5": None, "line 6": 3 + 1, "line 7": 3 + 1 + 3}
            """,
            # The oracle: a central difference of a parabola is exact.
            """
            def slope(f):
                return (f(3.0) - f(1.0)) / 2

            one, two = slope(lambda w: w * 3), slope(lambda w: w * w)
            six = slope(lambda w: w * 3 + w)
            grads = {"line 1": one, "line 2": one + two, "first": one + two, "line 3": 0.0, "w": 2.0,
                     "line 4": slope(lambda w: (w * 3) ** 2), "line 5": None, "line 6": six, "line 7": six + one}
            """,
            """
            w = torch.tensor(2.0, requires_grad=True)
            x = torch.tensor(3.0)
            grads = {}
            (w * x).backward()
            first, grads["line 1"] = w.grad, w.grad.item()
            (w * w).backward()
            grads["line 2"], grads["first"] = w.grad.item(), first.item()
            w.grad.zero_()
            grads["line 3"], grads["w"] = w.grad.item(), w.item()
            h = w * x
            (h * h).backward()
            grads["line 4"] = w.grad.item()
            w.grad = None
            grads["line 5"] = w.grad
            (w * x + w).backward()
            grads["line 6"] = w.grad.item()
            (w * x).backward()
            grads["line 7"] = w.grad.item()
            """,
        ),
        hints=(
            "Two kinds of sum are at work. Within one backward pass, the gradients of all uses are added. From one "
            "pass to the next, the result is added to what is in w.grad.",
            "Go line by line and write down what that line alone computes. Then ask what was in w.grad before. And "
            "remember that first and w.grad are two names of one tensor.",
            "Line 2 alone gives 2 * w = 4. Line 4 alone gives 2 * h * x, with h = 6. Line 3 leaves a tensor that holds "
            "0; line 5 leaves no tensor at all.",
        ),
        explanation="""
            Line 1 gives x = 3. Line 2 computes 2 * w = 4, one 2 from each use of w, and adds it: 7. first is the tensor
            in w.grad, so it shows 7 too. zero_() empties that tensor and leaves w at 2. Line 4: 2 * h = 12 arrives at
            h, 6 from each use, times x = 3 makes 36, added to 0. w.grad = None takes the tensor away. Line 6: 3 from
            one use and 1 from the other make 4, and line 7 adds 3.
            """,
        points=3,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="04.2",
        title="How often does u move?",
        kind="predict",
        names=("answers",),
        text="""
            Three steps. Only the second loss uses `u`.

            ```python
            u = torch.tensor(2.0, requires_grad=True)
            w = torch.tensor(2.0, requires_grad=True)
            optimizer = torch.optim.SGD([u, w], lr=0.5, momentum=M, weight_decay=D)

            (3 * w).backward()
            optimizer.step()                    # step 1
            optimizer.zero_grad(set_to_none=N)
            # place 1
            (u + 3 * w).backward()
            optimizer.step()                    # step 2
            optimizer.zero_grad(set_to_none=N)
            # place 2
            (3 * w).backward()
            optimizer.step()                    # step 3
            ```

            **Predict.** Write `None` or a number in place of each `...`.

            | key | asked for |
            |---|---|
            | `"never used"` | `u.grad` at place 1, where `M` and `D` are 0 and `N` is `False` |
            | `"u.grad"` | `u.grad` at place 2, where `M` and `D` are 0 and `zero_grad()` has no argument |
            | `"u"` | `u` at place 2 in that same run |

            And in how many of the three steps does `u` change, with these settings? Write 0, 1, 2 or 3.

            | key | M | D | N |
            |---|---|---|---|
            | `"plain, None"` | 0 | 0 | `True` |
            | `"plain, zeros"` | 0 | 0 | `False` |
            | `"momentum, None"` | 0.5 | 0 | `True` |
            | `"momentum, zeros"` | 0.5 | 0 | `False` |
            | `"decay, None"` | 0 | 0.1 | `True` |
            | `"decay, zeros"` | 0 | 0.1 | `False` |
            """,
        stub="""
            answers = {
                "never used": ...,
                "u.grad": ...,
                "u": ...,
                "plain, None": ...,
                "plain, zeros": ...,
                "momentum, None": ...,
                "momentum, zeros": ...,
                "decay, None": ...,
                "decay, zeros": ...,
            }
            """,
        reference="""
            answers = {
                "never used": None,
                "u.grad": None,
                "u": 1.5,
                "plain, None": 1,
                "plain, zeros": 1,
                "momentum, None": 1,
                "momentum, zeros": 2,
                "decay, None": 1,
                "decay, zeros": 2,
            }
            """,
        cases=lambda seed: [
            look("answers", "never used", title="u.grad at place 1, after zero_grad(set_to_none=False)"),
            look("answers", "u.grad", title="u.grad at place 2, after zero_grad()"),
            look("answers", "u", title="u at place 2"),
            *(
                look("answers", f"{rule}, {left}", title=f"steps that move u: {rule}, {left}")
                for rule in ("plain", "momentum", "decay")
                for left in ("None", "zeros")
            ),
        ],
        beliefs=(
            Held(
                "none-is-zero",
                """
                answers = {"never used": None, "u.grad": None, "u": 1.5, "plain, None": 1, "plain, zeros": 1,
                           "momentum, None": 2, "momentum, zeros": 2, "decay, None": 3, "decay, zeros": 3}
                """,
                "You predicted that a gradient of None and one of 0 lead to the same step. A parameter whose "
                ".grad is None is skipped: for it, neither momentum nor weight decay is applied.",
            ),
            Held(
                "grad-starts-at-zero",
                """
                answers = {"never used": 0.0, "u.grad": None, "u": 1.5, "plain, None": 1, "plain, zeros": 1,
                           "momentum, None": 1, "momentum, zeros": 2, "decay, None": 2, "decay, zeros": 3}
                """,
                "You let u begin with a gradient of 0. Before its first backward pass it has none: u.grad is "
                "None, zero_grad() has no tensor to fill there, and step 1 skips u.",
            ),
            Held(
                "zero-gradient-is-no-step",
                """
                answers = {"never used": None, "u.grad": None, "u": 1.5, "plain, None": 1, "plain, zeros": 1,
                           "momentum, None": 1, "momentum, zeros": 1, "decay, None": 1, "decay, zeros": 1}
                """,
                "You predicted that u rests when its gradient is 0. That is so in plain gradient descent. With "
                "momentum or weight decay, a step is more than lr times the gradient.",
            ),
            Held(
                "zero-grad-resets-weights",
                """
                answers = {"never used": None, "u.grad": None, "u": 2.0, "plain, None": 1, "plain, zeros": 1,
                           "momentum, None": 1, "momentum, zeros": 2, "decay, None": 1, "decay, zeros": 2}
                """,
                "You predicted that zero_grad() takes u back to 2, where it started. It empties u.grad and leaves "
                "u where the second step has brought it.",
            ),
            Held(
                "zeroing-the-weight",
                """
                answers = {"never used": None, "u.grad": None, "u": 0.0, "plain, None": 1, "plain, zeros": 1,
                           "momentum, None": 1, "momentum, zeros": 2, "decay, None": 1, "decay, zeros": 2}
                """,
                "You predicted that zero_grad() sets u to 0. What it empties is u.grad; u is where the second "
                "step has brought it.",
            ),
            Held(
                "zero-grad-leaves-zeros",
                """
                answers = {"never used": None, "u.grad": 0.0, "u": 1.5, "plain, None": 1, "plain, zeros": 1,
                           "momentum, None": 1, "momentum, zeros": 2, "decay, None": 1, "decay, zeros": 2}
                """,
                "You predicted that zero_grad() leaves a gradient of 0. Without an argument it sets u.grad to "
                "None; zeros you get with set_to_none=False.",
            ),
            Held(
                "zero-grad-clears-momentum",
                """
                answers = {"never used": None, "u.grad": None, "u": 1.5, "plain, None": 1, "plain, zeros": 1,
                           "momentum, None": 1, "momentum, zeros": 1, "decay, None": 1, "decay, zeros": 2}
                """,
                "You predicted that with momentum u rests when its gradient is 0. The optimizer remembers the "
                "gradient of step 2, zero_grad() does not touch that memory, and step 3 goes on in that "
                "direction.",
            ),
            Held(
                "decay-scales-the-gradient",
                """
                answers = {"never used": None, "u.grad": None, "u": 1.5, "plain, None": 1, "plain, zeros": 1,
                           "momentum, None": 1, "momentum, zeros": 2, "decay, None": 1, "decay, zeros": 1}
                """,
                "You predicted that with weight decay u rests when its gradient is 0. Weight decay adds D * u to "
                "the gradient, and u is not 0.",
            ),
            Held(
                "step-moves-everything",
                """
                answers = {"never used": None, "u.grad": None, "u": 1.5, "plain, None": 3, "plain, zeros": 3,
                           "momentum, None": 3, "momentum, zeros": 3, "decay, None": 3, "decay, zeros": 3}
                """,
                "You predicted that every step moves u, since u is in the optimizer's list. Two of the losses do "
                "not use u: where its gradient is None it is skipped, and 0 in plain descent moves nothing.",
            ),
        ),
        also_right=(
            """
            answers = {"never used": None, "u.grad": None, "u": 2 - 0.5 * 1}
            for rule in ("plain", "momentum", "decay"):
                answers[f"{rule}, None"] = 1
                answers[f"{rule}, zeros"] = 1 if rule == "plain" else 2
            """,
            # The oracle: the rules of the optimizer by hand, without the optimizer.
            """
            def moves(M, D, left):
                u, remembered, count = 2.0, None, 0
                for gradient in (None, 1.0, left):
                    if gradient is not None:
                        gradient = gradient + D * u
                        remembered = gradient if remembered is None else M * remembered + gradient
                        count += remembered != 0
                        u = u - 0.5 * remembered
                return count

            answers = {"never used": None, "u.grad": None, "u": 1.5}
            for name, M, D in [("plain", 0, 0), ("momentum", 0.5, 0), ("decay", 0, 0.1)]:
                answers[f"{name}, None"] = moves(M, D, None)
                answers[f"{name}, zeros"] = moves(M, D, 0.0)
            """,
            """
            def run(M, D, N):
                u = torch.tensor(2.0, requires_grad=True)
                w = torch.tensor(2.0, requires_grad=True)
                optimizer = torch.optim.SGD([u, w], lr=0.5, momentum=M, weight_decay=D)
                seen = [u.item()]
                grads = []
                for used in (False, True, False):
                    (u + 3 * w if used else 3 * w).backward()
                    optimizer.step()
                    optimizer.zero_grad(set_to_none=N)
                    seen.append(u.item())
                    grads.append(u.grad)
                return grads, seen, sum(one != other for one, other in zip(seen, seen[1:]))

            usual = run(0, 0, True)
            answers = {"never used": run(0, 0, False)[0][0], "u.grad": usual[0][1], "u": usual[1][2]}
            for name, M, D in [("plain", 0, 0), ("momentum", 0.5, 0), ("decay", 0, 0.1)]:
                answers[name + ", None"] = run(M, D, True)[2]
                answers[name + ", zeros"] = run(M, D, False)[2]
            """,
        ),
        hints=(
            "Ask of each step: what is in u.grad when it runs, a number, 0 or None? Only the second backward pass "
            "reaches u; at other times, u.grad is what was there before.",
            "The optimizer skips a parameter whose gradient is None. For one with a gradient of 0 it computes a step: "
            "what do momentum and weight decay add to 0?",
            "In step 1, u.grad is None in all six runs, and zero_grad() does not change that. In step 3 it is None or "
            "0. Momentum then adds M times what it remembers of step 2, weight decay adds D times u.",
        ),
        explanation="""
            Before its first backward pass u has no gradient, and zero_grad() has nothing to fill: step 1 skips u in
            all six runs. Step 2 moves it, to 1.5 in the plain runs, and zero_grad() leaves it there. In step 3 a
            gradient of None means that u is skipped again. A gradient of 0 means that a step is computed: lr * 0 in
            plain descent, but momentum adds half of the earlier gradient, and weight decay adds 0.1 * u. In these two
            runs u moves, although the loss does not use it.
            """,
        points=3,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="04.3",
        title="Mend: nothing is learned",
        kind="mend",
        names=("train",),
        text="""
            `train(w, loss_of, steps, lr)` is to train `w` by gradient descent: `steps` times, `w` moves by `lr` times
            its gradient, downhill. `loss_of(w)` computes the loss. It is `w` itself that is trained, in place, and it
            is returned at the end.

            There is no error, but `w` stays where it is. **Mend it**, so that each step uses the gradient of that
            step. (`with torch.no_grad():` says that what follows is not to be recorded. It is needed there, and it is
            right.)

            To try it: `train(torch.tensor([3.0], requires_grad=True), lambda w: (w * w).sum(), 2, 0.25)` is to give
            `tensor([0.7500], requires_grad=True)`.
            """,
        stub="""
            def train(w, loss_of, steps, lr):
                for _ in range(steps):
                    loss = loss_of(w)
                    loss.backward()
                    w.grad.zero_()
                    with torch.no_grad():
                        w -= lr * w.grad
                return w
            """,
        reference="""
            def train(w, loss_of, steps, lr):
                for _ in range(steps):
                    loss = loss_of(w)
                    loss.backward()
                    with torch.no_grad():
                        w -= lr * w.grad
                    w.grad.zero_()
                return w
            """,
        cases=train_cases,
        beliefs=(
            Held(
                "backward-overwrites",
                """
                def train(w, loss_of, steps, lr):
                    for _ in range(steps):
                        loss = loss_of(w)
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                    return w
                """,
                "Now w moves, but w.grad is never emptied. Each backward pass adds to it, so the second step uses the "
                "sum of two gradients, the third the sum of three.",
            ),
            Held(
                "zeroing-once-is-enough",
                """
                def train(w, loss_of, steps, lr):
                    for _ in range(steps):
                        loss = loss_of(w)
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                    w.grad.zero_()
                    return w
                """,
                "You empty w.grad once, after the loop. Inside the loop the gradients add up: from the second step on, "
                "w moves by a sum of old and new gradients. Empty it once for each step.",
            ),
            Held(
                "zeroing-before-the-step",
                """
                def train(w, loss_of, steps, lr):
                    for _ in range(steps):
                        loss = loss_of(w)
                        loss.backward()
                        w.grad = None
                        with torch.no_grad():
                            w -= lr * w.grad
                    return w
                """,
                "w.grad is still emptied between backward() and the step, now by setting it to None. The step needs "
                "the gradient: empty it after the step.",
            ),
            Held(
                "grad-starts-at-zero",
                """
                def train(w, loss_of, steps, lr):
                    for _ in range(steps):
                        w.grad.zero_()
                        loss = loss_of(w)
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                    return w
                """,
                "The place is a good one, but in the first round w.grad is still None, and None has no zero_(). "
                "w.grad = None works there in every round.",
            ),
            Held(
                "zeroing-the-weight",
                """
                def train(w, loss_of, steps, lr):
                    for _ in range(steps):
                        loss = loss_of(w)
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                            w.zero_()
                    return w
                """,
                "You set w itself to 0 after each step, so w loses what it has learned. The gradient has to be "
                "emptied: w.grad.",
            ),
            Held(
                "loss-follows-the-weights",
                """
                def train(w, loss_of, steps, lr):
                    loss = loss_of(w)
                    for _ in range(steps):
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                        w.grad.zero_()
                    return w
                """,
                "You compute the loss once, before the loop. It belongs to the weights as they were then, and its "
                "graph is used up by the first backward(). Compute it anew in each round.",
            ),
            Held(
                "minus-keeps-the-leaf",
                """
                def train(w, loss_of, steps, lr):
                    for _ in range(steps):
                        loss = loss_of(w)
                        loss.backward()
                        with torch.no_grad():
                            w = w - lr * w.grad
                        w.grad.zero_()
                    return w
                """,
                "w = w - lr * w.grad makes a new tensor and calls it w. It has no .grad, it is not tracked, and the w "
                "that you were given stays as it was. w -= lr * w.grad changes w itself.",
            ),
        ),
        also_right=(
            """
            def train(w, loss_of, steps, lr):
                for _ in range(steps):
                    w.grad = None
                    loss_of(w).backward()
                    with torch.no_grad():
                        w -= lr * w.grad
                return w
            """,
            """
            def train(w, loss_of, steps, lr):
                optimizer = torch.optim.SGD([w], lr=lr)
                for _ in range(steps):
                    optimizer.zero_grad()
                    loss_of(w).backward()
                    optimizer.step()
                return w
            """,
            """
            def train(w, loss_of, steps, lr):
                for _ in range(steps):
                    (gradient,) = torch.autograd.grad(loss_of(w), w)
                    with torch.no_grad():
                        w.sub_(lr * gradient)
                return w
            """,
            # The oracle: the gradient by trying, without autograd. Central differences of a parabola are exact.
            """
            def train(w, loss_of, steps, lr):
                with torch.no_grad():
                    for _ in range(steps):
                        moves = torch.eye(len(w), dtype=torch.float64) / 8
                        at = w.double()
                        slopes = [(loss_of(at + move) - loss_of(at - move)).item() * 4 for move in moves]
                        w -= lr * torch.tensor(slopes)
                return w
            """,
        ),
        hints=(
            "Follow w.grad through one round of the loop. What is in it when the step reads it?",
            "The gradient has to be there for the step, and it has to be gone before the next backward pass. Which "
            "places in the loop are left?",
            "Move the line that empties w.grad below the step, still inside the loop. If you would like to have it at "
            "the top of the loop instead, remember that w.grad is None there in the first round.",
        ),
        explanation="""
            Between backward() and the step the gradient is needed. Everywhere else in the loop it may be emptied:
            after the step, or at the top of the loop before backward(). If it is emptied nowhere, the second step uses
            the sum of two gradients. w.grad.zero_() needs a tensor to be there; w.grad = None can always be written.
            """,
        points=3,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="04.4",
        title="Which learning rate is best?",
        kind="mend",
        names=("compare_rates",),
        text="""
            `compare_rates(start, loss_of, rates, steps)` is to try several learning rates. For each rate, the weights
            **begin at `start`** and take `steps` steps of gradient descent. It returns a list with one entry for each
            rate: the list of the losses at its steps. `start` is a tensor that is not tracked, and must be left as it
            is.

            The two comments say what the code below them is for. In both places it does something else. **Mend both.**

            To try it: `compare_rates(torch.tensor([1.0]), lambda w: (w * w).sum(), [0.25, 0.5], 3)` is to give
            `[[1.0, 0.25, 0.0625], [1.0, 0.0, 0.0]]`.
            """,
        stub="""
            def compare_rates(start, loss_of, rates, steps):
                w = start.clone().requires_grad_()
                curves = []
                for rate in rates:
                    optimizer = torch.optim.SGD([w], lr=rate)
                    # The weights begin at start again.
                    optimizer.zero_grad()
                    losses = []
                    for _ in range(steps):
                        loss = loss_of(w)
                        losses.append(loss.item())
                        loss.backward()
                        optimizer.step()
                        # The gradient of this step is forgotten.
                        with torch.no_grad():
                            w.zero_()
                    curves.append(losses)
                return curves
            """,
        reference="""
            def compare_rates(start, loss_of, rates, steps):
                curves = []
                for rate in rates:
                    w = start.clone().requires_grad_()
                    optimizer = torch.optim.SGD([w], lr=rate)
                    losses = []
                    for _ in range(steps):
                        loss = loss_of(w)
                        losses.append(loss.item())
                        loss.backward()
                        optimizer.step()
                        optimizer.zero_grad()
                    curves.append(losses)
                return curves
            """,
        cases=compare_rates_cases,
        beliefs=(
            Held(
                "zero-grad-resets-weights",
                """
                def compare_rates(start, loss_of, rates, steps):
                    w = start.clone().requires_grad_()
                    curves = []
                    for rate in rates:
                        optimizer = torch.optim.SGD([w], lr=rate)
                        optimizer.zero_grad()
                        losses = []
                        for _ in range(steps):
                            loss = loss_of(w)
                            losses.append(loss.item())
                            loss.backward()
                            optimizer.step()
                            optimizer.zero_grad()
                        curves.append(losses)
                    return curves
                """,
                "The first rate is tried as it should be. The second goes on where the first has led: zero_grad() "
                "empties the gradients, and the weights stay where they are. Each rate needs weights that begin at "
                "start.",
            ),
            Held(
                "zeroing-the-weight",
                """
                def compare_rates(start, loss_of, rates, steps):
                    curves = []
                    for rate in rates:
                        w = start.clone().requires_grad_()
                        optimizer = torch.optim.SGD([w], lr=rate)
                        losses = []
                        for _ in range(steps):
                            loss = loss_of(w)
                            losses.append(loss.item())
                            loss.backward()
                            optimizer.step()
                            with torch.no_grad():
                                w.zero_()
                        curves.append(losses)
                    return curves
                """,
                "After each step you still set the weights to 0, so each later step begins at 0. It is the gradient "
                "that is to be forgotten, not what the weights have learned.",
            ),
            Held(
                "zeroing-the-weight",
                """
                def compare_rates(start, loss_of, rates, steps):
                    w = start.clone().requires_grad_()
                    curves = []
                    for rate in rates:
                        optimizer = torch.optim.SGD([w], lr=rate)
                        with torch.no_grad():
                            w.zero_()
                        losses = []
                        for _ in range(steps):
                            optimizer.zero_grad()
                            loss = loss_of(w)
                            losses.append(loss.item())
                            loss.backward()
                            optimizer.step()
                        curves.append(losses)
                    return curves
                """,
                "You let each rate begin at 0. The weights are to begin at start, which is somewhere else.",
            ),
            Held(
                "backward-overwrites",
                """
                def compare_rates(start, loss_of, rates, steps):
                    curves = []
                    for rate in rates:
                        w = start.clone().requires_grad_()
                        optimizer = torch.optim.SGD([w], lr=rate)
                        losses = []
                        for _ in range(steps):
                            loss = loss_of(w)
                            losses.append(loss.item())
                            loss.backward()
                            optimizer.step()
                        curves.append(losses)
                    return curves
                """,
                "Each rate begins at start now, but inside the inner loop the gradient is never emptied: backward() "
                "adds to it, and the second step uses a sum.",
            ),
            Held(
                "zeroing-before-the-step",
                """
                def compare_rates(start, loss_of, rates, steps):
                    curves = []
                    for rate in rates:
                        w = start.clone().requires_grad_()
                        optimizer = torch.optim.SGD([w], lr=rate)
                        losses = []
                        for _ in range(steps):
                            loss = loss_of(w)
                            losses.append(loss.item())
                            loss.backward()
                            optimizer.zero_grad()
                            optimizer.step()
                        curves.append(losses)
                    return curves
                """,
                "All the losses are the loss at start: zero_grad() comes between backward() and step(), so step() "
                "finds no gradient, and skips every weight without a word.",
            ),
            Held(
                "assignment-copies",
                """
                def compare_rates(start, loss_of, rates, steps):
                    curves = []
                    for rate in rates:
                        w = start.requires_grad_()
                        optimizer = torch.optim.SGD([w], lr=rate)
                        losses = []
                        for _ in range(steps):
                            optimizer.zero_grad()
                            loss = loss_of(w)
                            losses.append(loss.item())
                            loss.backward()
                            optimizer.step()
                        curves.append(losses)
                    return curves
                """,
                "Your w is start itself under a second name, so the first rate moves start, and the second begins "
                "there. Train a copy.",
            ),
            Held(
                "detach-copies",
                """
                def compare_rates(start, loss_of, rates, steps):
                    curves = []
                    for rate in rates:
                        w = start.detach().requires_grad_()
                        optimizer = torch.optim.SGD([w], lr=rate)
                        losses = []
                        for _ in range(steps):
                            optimizer.zero_grad()
                            loss = loss_of(w)
                            losses.append(loss.item())
                            loss.backward()
                            optimizer.step()
                        curves.append(losses)
                    return curves
                """,
                "detach() gives a tensor that shares its memory with start: training it changes start, and the next "
                "rate begins there. clone() makes a copy.",
            ),
        ),
        also_right=(
            """
            def compare_rates(start, loss_of, rates, steps):
                w = start.clone().requires_grad_()
                curves = []
                for rate in rates:
                    with torch.no_grad():
                        w.copy_(start)
                    optimizer = torch.optim.SGD([w], lr=rate)
                    losses = []
                    for _ in range(steps):
                        optimizer.zero_grad(set_to_none=False)
                        loss = loss_of(w)
                        loss.backward()
                        optimizer.step()
                        losses.append(loss.item())
                    curves.append(losses)
                return curves
            """,
            """
            def compare_rates(start, loss_of, rates, steps):
                def curve(rate):
                    w = torch.tensor(start.tolist(), requires_grad=True)
                    for _ in range(steps):
                        loss = loss_of(w)
                        yield loss.item()
                        loss.backward()
                        with torch.no_grad():
                            w -= rate * w.grad
                        w.grad = None

                return [list(curve(rate)) for rate in rates]
            """,
            # The oracle: the gradient by trying, without autograd. Central differences of a parabola are exact.
            """
            def compare_rates(start, loss_of, rates, steps):
                curves = []
                moves = torch.eye(len(start), dtype=torch.float64) / 8
                for rate in rates:
                    w, losses = start.double(), []
                    for _ in range(steps):
                        losses.append(loss_of(w).item())
                        slopes = [(loss_of(w + move) - loss_of(w - move)).item() * 4 for move in moves]
                        w = w - rate * torch.tensor(slopes, dtype=torch.float64)
                    curves.append(losses)
                return curves
            """,
        ),
        hints=(
            "There are two things to take back to a beginning: the weights, once for each rate, and the gradient, once "
            "for each step. Which of the two lines does which?",
            "optimizer.zero_grad() empties gradients: its place is in the inner loop. To begin at start again, nothing "
            "has to be zeroed: where is w made, and how often?",
            "Make w anew for each rate: move its line into the outer loop, above the optimizer. Put "
            "optimizer.zero_grad() in place of the two lines that set w to 0.",
        ),
        explanation="""
            zero_grad() empties gradients; it does not move weights. w.zero_() moves weights to 0; it does not empty
            gradients. So the first belongs into the inner loop. To begin at start, a copy of start is made for each
            rate, and with it a new optimizer that holds this copy. Two more ways: copy start into w under no_grad, or
            write a function that trains from start and call it once for each rate.
            """,
        points=4,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="04.5",
        title="The loop, in the right order",
        kind="order",
        names=("descend",),
        text="""
            `descend(w, parts, lr, steps)` is to train the single number `w`, a tracked tensor, with an optimizer. The
            batch goes through in parts: `parts` is a list of functions, and the loss of the whole batch is the **sum**
            of `part(w)` over all of them. Each step uses the gradient of the whole batch. `descend` returns `path`, the
            list of the values that `w` has after each step.

            All lines that you need stand below, in the wrong order and with the wrong indentation. Two more stand there
            that you do not need. **Put the lines in order**, and delete the two.

            To try it: `descend(torch.tensor(4.0, requires_grad=True), [lambda w: w * w, lambda w: w * w], 0.125, 3)`
            is to give `[2.0, 1.0, 0.5]`.
            """,
        stub="""
            def descend(w, parts, lr, steps):
                return path
                path.append(w.item())
                path = []
                optimizer.step()
                loss.backward()
                w.detach().zero_()
                for part in parts:
                    loss.detach_()
                optimizer.zero_grad()
                for _ in range(steps):
                    loss = part(w)
                optimizer = torch.optim.SGD([w], lr=lr)
            """,
        reference="""
            def descend(w, parts, lr, steps):
                path = []
                optimizer = torch.optim.SGD([w], lr=lr)
                for _ in range(steps):
                    optimizer.zero_grad()
                    for part in parts:
                        loss = part(w)
                        loss.backward()
                    optimizer.step()
                    path.append(w.item())
                return path
            """,
        cases=descend_cases,
        beliefs=(
            Held(
                "zeroing-before-the-step",
                """
                def descend(w, parts, lr, steps):
                    path = []
                    optimizer = torch.optim.SGD([w], lr=lr)
                    for _ in range(steps):
                        for part in parts:
                            loss = part(w)
                            loss.backward()
                        optimizer.zero_grad()
                        optimizer.step()
                        path.append(w.item())
                    return path
                """,
                "Your w does not move: zero_grad() stands between backward() and step(), so step() finds no "
                "gradient and does nothing.",
            ),
            Held(
                "zero-before-every-backward",
                """
                def descend(w, parts, lr, steps):
                    path = []
                    optimizer = torch.optim.SGD([w], lr=lr)
                    for _ in range(steps):
                        for part in parts:
                            optimizer.zero_grad()
                            loss = part(w)
                            loss.backward()
                        optimizer.step()
                        path.append(w.item())
                    return path
                """,
                "With one part you are right. With several, zero_grad() empties w.grad before each of them, so "
                "step() finds the gradient of the last part alone. The parts are to add up.",
            ),
            Held(
                "backward-overwrites",
                """
                def descend(w, parts, lr, steps):
                    path = []
                    optimizer = torch.optim.SGD([w], lr=lr)
                    for _ in range(steps):
                        for part in parts:
                            loss = part(w)
                            loss.backward()
                        optimizer.step()
                        path.append(w.item())
                    return path
                """,
                "The first step is right, the second is too large: zero_grad() is missing in the loop, so "
                "backward() adds the second gradient to the first.",
            ),
            Held(
                "zeroing-once-is-enough",
                """
                def descend(w, parts, lr, steps):
                    path = []
                    optimizer = torch.optim.SGD([w], lr=lr)
                    for _ in range(steps):
                        for part in parts:
                            loss = part(w)
                            loss.backward()
                        optimizer.step()
                        path.append(w.item())
                    optimizer.zero_grad()
                    return path
                """,
                "zero_grad() runs once, outside the loop over the steps. Inside it each backward pass adds to "
                "w.grad, so it has to be emptied once for each step.",
            ),
            Held(
                "zeroing-the-weight",
                """
                def descend(w, parts, lr, steps):
                    path = []
                    optimizer = torch.optim.SGD([w], lr=lr)
                    for _ in range(steps):
                        w.detach().zero_()
                        optimizer.zero_grad()
                        for part in parts:
                            loss = part(w)
                            loss.backward()
                        optimizer.step()
                        path.append(w.item())
                    return path
                """,
                "Before each step you set w to 0, through a tensor that shares its memory. So each step begins at "
                "0 and is the same. Empty the gradient, and let w keep what it has learned.",
            ),
            Held(
                "step-before-backward",
                """
                def descend(w, parts, lr, steps):
                    path = []
                    optimizer = torch.optim.SGD([w], lr=lr)
                    for _ in range(steps):
                        optimizer.step()
                        optimizer.zero_grad()
                        for part in parts:
                            loss = part(w)
                            loss.backward()
                        path.append(w.item())
                    return path
                """,
                "step() comes before the backward passes, so the first step finds no gradient, and each later one "
                "uses those of the round before: you are one step behind.",
            ),
            Held(
                "one-step-for-all",
                """
                def descend(w, parts, lr, steps):
                    path = []
                    optimizer = torch.optim.SGD([w], lr=lr)
                    for _ in range(steps):
                        optimizer.zero_grad()
                        for part in parts:
                            loss = part(w)
                            loss.backward()
                        path.append(w.item())
                    optimizer.step()
                    return path
                """,
                "step() stands after the loop over the steps, so w moves once, at the very end. Each round needs "
                "its own step, with the gradient at the place that the last one led to.",
            ),
            Held(
                "last-loss-holds-all",
                """
                def descend(w, parts, lr, steps):
                    path = []
                    optimizer = torch.optim.SGD([w], lr=lr)
                    for _ in range(steps):
                        optimizer.zero_grad()
                        for part in parts:
                            loss = part(w)
                        loss.backward()
                        optimizer.step()
                        path.append(w.item())
                    return path
                """,
                "With one part you are right. With several, loss.backward() stands after the inner loop, where loss is "
                "that of the last part. The losses before it have got no backward pass: put it inside.",
            ),
            Held(
                "step-after-every-backward",
                """
                def descend(w, parts, lr, steps):
                    path = []
                    optimizer = torch.optim.SGD([w], lr=lr)
                    for _ in range(steps):
                        for part in parts:
                            optimizer.zero_grad()
                            loss = part(w)
                            loss.backward()
                            optimizer.step()
                        path.append(w.item())
                    return path
                """,
                "With one part you are right. With several, you take a step after each part. One step is to use "
                "the gradient of the whole batch: let the parts add up first.",
            ),
        ),
        also_right=(
            """
            def descend(w, parts, lr, steps):
                optimizer = torch.optim.SGD([w], lr=lr)
                path = []
                for _ in range(steps):
                    for part in parts:
                        loss = part(w)
                        loss.backward()
                    optimizer.step()
                    optimizer.zero_grad()
                    path.append(w.item())
                return path
            """,
            """
            def descend(w, parts, lr, steps):
                path = []
                optimizer = torch.optim.SGD([w], lr=lr)
                while len(path) < steps:
                    optimizer.zero_grad(set_to_none=False)
                    sum(part(w) for part in parts).backward()
                    optimizer.step()
                    path += [w.item()]
                return path
            """,
            # The oracle: the slope by trying, without autograd. A central difference of a parabola is exact.
            """
            def descend(w, parts, lr, steps):
                at, path = w.detach().double(), []
                for _ in range(steps):
                    slope = sum((part(at + 0.25) - part(at - 0.25)) / 0.5 for part in parts)
                    at = at - lr * slope
                    path.append(at.item())
                return path
            """,
        ),
        hints=(
            "There are three levels: what is needed once, what is needed once for each step, and what is needed once "
            "for each part. Sort the lines into these first.",
            "Once for each part: compute its loss and go back. Once for each step: empty the gradient, the loop over "
            "the parts, the step, the new value of w. Where in the step may the gradient be emptied?",
            "Before both loops: path and optimizer. In the outer loop: zero_grad(), the inner loop, step(), append. In "
            "the inner loop: the loss and its backward(). At the end: return. The lines with detach are not needed.",
        ),
        explanation="""
            Empty once, go back once for each part, step once. The gradients of the parts add up in w.grad, and their
            sum is the gradient of the whole batch. zero_grad() may stand at the top of the outer loop or after step().
            In the inner loop it would throw away the parts before, between backward() and step() it would throw away
            all of them, and outside both loops each step would drag along the gradients of the steps before.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="04.6",
        title="A batch in parts",
        kind="write",
        names=("gradient_in_parts",),
        text="""
            A batch of rows `x` with their `target` is too large for the memory: there is room for the graph of `size`
            rows, and for one graph at a time.

            Write `gradient_in_parts(w, loss_of, x, target, size)`. It returns the gradient of the **mean** loss of the
            **whole** batch for `w`, but computes it in parts of at most `size` rows. The last part may be shorter.

            - `loss_of(w, x, target)` gives the mean loss of the rows it is given. It raises `MemoryError` for more
              than `size` rows, and also if it is called while the graph of an earlier part is still waiting for its
              backward pass.
            - `w` is tracked, and `w.grad` is `None` when you get it.

            (`x[a:b]` are the rows from `a` up to, but without, `b`; where there are fewer, it gives those there are.
            `len(x)` is the number of rows.)
            """,
        stub="""
            def gradient_in_parts(w, loss_of, x, target, size):
                raise NotImplementedError
            """,
        reference="""
            def gradient_in_parts(w, loss_of, x, target, size):
                for start in range(0, len(x), size):
                    rows = x[start:start + size]
                    loss = loss_of(w, rows, target[start:start + size])
                    (loss * len(rows) / len(x)).backward()
                return w.grad
            """,
        cases=parts_cases,
        beliefs=(
            Held(
                "batch-must-be-whole",
                """
                def gradient_in_parts(w, loss_of, x, target, size):
                    loss_of(w, x, target).backward()
                    return w.grad
                """,
                "You send the whole batch through at once. It does not fit, and it does not have to: gradients of "
                "parts add up in w.grad.",
            ),
            Held(
                "losses-can-wait",
                """
                def gradient_in_parts(w, loss_of, x, target, size):
                    total = 0
                    for start in range(0, len(x), size):
                        rows = x[start:start + size]
                        total = total + loss_of(w, rows, target[start:start + size]) * len(rows) / len(x)
                    total.backward()
                    return w.grad
                """,
                "You add up the losses and go back once, at the end. Until then the graphs of all parts have to be "
                "kept. Let each part have its own backward().",
            ),
            Held(
                "backward-overwrites",
                """
                def gradient_in_parts(w, loss_of, x, target, size):
                    total = torch.zeros(len(w))
                    for start in range(0, len(x), size):
                        rows = x[start:start + size]
                        loss = loss_of(w, rows, target[start:start + size])
                        (loss * len(rows) / len(x)).backward()
                        total += w.grad
                    return total
                """,
                "You add up w.grad after each part. But w.grad is already the sum of all parts so far, so the first "
                "part is counted again with each later one.",
            ),
            Held(
                "zero-before-every-backward",
                """
                def gradient_in_parts(w, loss_of, x, target, size):
                    for start in range(0, len(x), size):
                        rows = x[start:start + size]
                        w.grad = None
                        loss = loss_of(w, rows, target[start:start + size])
                        (loss * len(rows) / len(x)).backward()
                    return w.grad
                """,
                "You empty w.grad before each part, so at the end it holds the last part alone. Here the parts are to "
                "add up: that backward() adds is what you need.",
            ),
            Held(
                "sum-is-as-good-as-mean",
                """
                def gradient_in_parts(w, loss_of, x, target, size):
                    for start in range(0, len(x), size):
                        loss_of(w, x[start:start + size], target[start:start + size]).backward()
                    return w.grad
                """,
                "You add up the gradients of the parts' means, and the sum is too large: each of these means stands "
                "for a part, not for the whole batch. Let each count by its share of the rows.",
            ),
            Held(
                "parts-count-equally",
                """
                def gradient_in_parts(w, loss_of, x, target, size):
                    starts = range(0, len(x), size)
                    for start in starts:
                        loss = loss_of(w, x[start:start + size], target[start:start + size])
                        (loss / len(starts)).backward()
                    return w.grad
                """,
                "You divide by the number of parts, so that each counts the same. That is right while all parts have "
                "the same number of rows. The last one may be shorter, and then its rows count too much.",
            ),
        ),
        also_right=(
            """
            def gradient_in_parts(w, loss_of, x, target, size):
                for rows, wanted in zip(x.split(size), target.split(size)):
                    loss_of(w, rows, wanted).backward(torch.tensor(len(rows) / len(x)))
                return w.grad
            """,
            """
            def gradient_in_parts(w, loss_of, x, target, size):
                total = 0
                for start in range(0, len(x), size):
                    part = slice(start, start + size)
                    (gradient,) = torch.autograd.grad(loss_of(w, x[part], target[part]), w)
                    total = total + gradient * len(x[part])
                return total / len(x)
            """,
            """
            def gradient_in_parts(w, loss_of, x, target, size):
                done = 0
                while done < len(x):
                    rows = x[done:done + size]
                    (loss_of(w, rows, target[done:done + size]) * len(rows)).backward()
                    done += len(rows)
                w.grad /= len(x)
                return w.grad
            """,
            # The oracle: the gradient of the mean squared error by hand, without autograd.
            """
            def gradient_in_parts(w, loss_of, x, target, size):
                values = w.detach()
                miss = x @ values - target
                return 2 * (miss @ x) / len(x)
            """,
        ),
        hints=(
            "backward() adds to w.grad. So call it once for each part, inside a loop over the parts, and never empty "
            "w.grad in between.",
            "range(0, len(x), size) gives the row at which each part starts. The mean over the batch is not the sum of "
            "the parts' means: a part with a third of the rows counts for a third.",
            "For each start: take the rows from start to start + size of x and target, compute their loss, multiply it "
            "by the number of these rows and divide by len(x), and go back from that product. After the loop return "
            "w.grad.",
        ),
        explanation="""
            The mean loss of the batch is a sum over the parts: each part's mean, times its number of rows, divided by
            the number of all rows. The derivative of a sum is the sum of the derivatives, and backward() adds to w.grad
            in any case. After each backward() the graph of that part is gone, so the memory for one part is enough.
            This is called gradient accumulation, and big models are trained with it: several backward passes, one step,
            then empty the gradient once.
            """,
        points=4,
        difficulty=2,
        minutes=8,
    ),
    Exercise(
        id="04.7",
        title="Use by use",
        kind="write",
        names=("by_use",),
        text="""
            `f(p, q)` takes two tensors and returns a tensor with one element. If the same tensor `x` is given for both,
            `f(x, x)` uses it in two places.

            Write `by_use(f, x)`. It returns a list of three gradients for `x`:

            1. what comes back from the first place alone, with the second held still;
            2. what comes back from the second place alone, with the first held still;
            3. the gradient of `f(x, x)`, with `x` in both places.

            `x` is not tracked. After the call its values, its flag and its `.grad` must be what they were.

            To try it: `by_use(lambda p, q: p * p * q, torch.tensor(3.0))` is to give
            `[tensor(18.), tensor(9.), tensor(27.)]`.
            """,
        stub="""
            def by_use(f, x):
                raise NotImplementedError
            """,
        reference="""
            def by_use(f, x):
                p = x.clone().requires_grad_()
                q = x.clone().requires_grad_()
                f(p, q).backward()
                both = x.clone().requires_grad_()
                f(both, both).backward()
                return [p.grad, q.grad, both.grad]
            """,
        cases=by_use_cases,
        beliefs=(
            Held(
                "each-use-has-its-own-grad",
                """
                def by_use(f, x):
                    p = x.clone().requires_grad_()
                    q = x.clone().requires_grad_()
                    f(p, q).backward()
                    return [p.grad, q.grad, torch.stack([p.grad, q.grad])]
                """,
                "For x in both places you return two gradients side by side. There is one x, so there is one gradient, "
                "of its shape: what comes back from the two places is added.",
            ),
            Held(
                "assignment-copies",
                """
                def by_use(f, x):
                    p = q = x.clone().requires_grad_()
                    f(p, q).backward()
                    return [p.grad, q.grad, p.grad]
                """,
                "p and q are two names of one tensor, so both places send their gradients to it. Your three results "
                "are the same tensor: the sum. To tell the places apart, give them tensors of their own.",
            ),
            Held(
                "backward-overwrites",
                """
                def by_use(f, x):
                    p = x.clone().requires_grad_()
                    f(p, x).backward()
                    first = p.grad.clone()
                    f(x, p).backward()
                    second = p.grad.clone()
                    f(p, p).backward()
                    return [first, second, p.grad]
                """,
                "The first gradient is right. The second contains the first, and the third contains both: each "
                "backward pass adds to p.grad. Empty it before the next pass, or take a new tensor.",
            ),
            Held(
                "reading-grad-copies-it",
                """
                def by_use(f, x):
                    p = x.clone().requires_grad_()
                    f(p, x).backward()
                    first = p.grad
                    p.grad.zero_()
                    f(x, p).backward()
                    second = p.grad
                    p.grad.zero_()
                    f(p, p).backward()
                    return [first, second, p.grad]
                """,
                "first, second and p.grad are one tensor. zero_() empties it and the next pass adds to it, so all "
                "three show the last gradient. p.grad = None takes the tensor away and leaves it to you.",
            ),
            Held(
                "grad-on-every-tensor",
                """
                def by_use(f, x):
                    both = x.clone().requires_grad_()
                    p, q = both.clone(), both.clone()
                    f(p, q).backward()
                    return [p.grad, q.grad, both.grad]
                """,
                "The third gradient is right. But your p and q are computed from a tracked tensor, so they are no "
                "leaves, and their gradients are passed on and not kept.",
            ),
            Held(
                "uses-multiply",
                """
                def by_use(f, x):
                    p = x.clone().requires_grad_()
                    q = x.clone().requires_grad_()
                    f(p, q).backward()
                    return [p.grad, q.grad, p.grad * q.grad]
                """,
                "For x in both places you multiply the two gradients. Factors are multiplied along one path. Here two "
                "paths end at x, and what comes back on them is added.",
            ),
            Held(
                "uses-are-averaged",
                """
                def by_use(f, x):
                    p = x.clone().requires_grad_()
                    q = x.clone().requires_grad_()
                    f(p, q).backward()
                    return [p.grad, q.grad, (p.grad + q.grad) / 2]
                """,
                "For x in both places you take the mean of the two gradients. If x moves, both places move, and their "
                "effects add up: it is the sum.",
            ),
        ),
        also_right=(
            """
            def by_use(f, x):
                p, q = x.clone().requires_grad_(), x.clone().requires_grad_()
                first, second = torch.autograd.grad(f(p, q), (p, q))
                return [first, second, first + second]
            """,
            """
            def by_use(f, x):
                p = x.clone().requires_grad_()
                gradients = []
                for one, other in [(p, x), (x, p), (p, p)]:
                    f(one, other).backward()
                    gradients.append(p.grad)
                    p.grad = None
                return gradients
            """,
            """
            def by_use(f, x):
                both = x.clone().requires_grad_()
                p, q = both.clone(), both.clone()
                p.retain_grad()
                q.retain_grad()
                f(p, q).backward()
                return [p.grad, q.grad, both.grad]
            """,
            # The oracle: all three gradients by trying, without autograd.
            """
            def by_use(f, x):
                at = x.double()

                def slopes(g):
                    found = torch.zeros_like(at)
                    for i in range(at.numel()):
                        move = torch.zeros_like(at)
                        move.view(-1)[i] = 1e-4
                        found.view(-1)[i] = (g(at + move) - g(at - move)).item() / 2e-4
                    return found.float()

                return [slopes(lambda p: f(p, at)), slopes(lambda q: f(at, q)), slopes(lambda both: f(both, both))]
            """,
        ),
        hints=(
            "If one tensor stands in both places, the two gradients are already one sum when you read .grad. What "
            "could you give f, so that they arrive at different places?",
            "Two tracked copies of x, one for each place: a single backward pass fills the .grad of each. For the "
            "third gradient, either one more copy in both places, or what you know about the sum.",
            "p and q are x.clone() with tracking switched on, and f(p, q).backward() gives the first two. A third "
            "copy, given to f twice and followed by backward(), gives the third.",
        ),
        explanation="""
            With a tensor of its own in each place, the two gradients stay apart. With one tensor in both places they
            arrive at the same leaf, and the engine adds them before anything is written into .grad. So the third
            gradient is the sum of the first two. That is the chain rule for a tensor that is used more than once, and
            it holds for any number of uses.
            """,
        points=4,
        difficulty=2,
        minutes=7,
    ),
]
