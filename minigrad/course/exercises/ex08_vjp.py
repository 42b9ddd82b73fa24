"""Exercises of lesson 08: backward(v), the rows of the Jacobian, and the way back through broadcasting."""

from random import Random

from minigrad.course.case import Case, Helper, call, look, tensor
from minigrad.course.exercise import Exercise, Held


def numbers(random: Random, count: int) -> list[float]:
    """Numbers of one decimal, none near 0 and no two alike in size: wrong programs must not agree by chance."""
    return [random.choice((-1, 1)) * size / 10 for size in random.sample(range(5, 31), count)]


def rows(random: Random, *shape: int):
    """Nested lists of numbers."""
    if not shape:
        return numbers(random, 1)[0]
    return numbers(random, *shape) if len(shape) == 1 else [rows(random, *shape[1:]) for _ in range(shape[0])]


def choose_v_cases(seed: int) -> list[Case]:
    random = Random(seed)
    wide, column = rows(random, 2, 3), rows(random, 4, 1)
    return [
        call(
            f'"{goal}", for y of shape {shape}',
            "choose_v",
            kwargs={"y": tensor(values)},
            then=f"result = result.get({goal!r}) if isinstance(result, dict) else result",
            compare=("value", "shape", "arguments"),
            shown=f'choose_v(y)["{goal}"]',
        )
        for shape, values in (("(2, 3)", wide), ("(4, 1)", column))
        for goal in ("sum", "mean", "first", "difference", "squares")
    ]


def two_parts_cases(seed: int) -> list[Case]:
    random = Random(seed)
    a, b, c = numbers(random, 3)
    return [
        call(title, "gradient_in_two_parts",
             kwargs={"f": Helper(f), "g": Helper(g), "x": tensor(x, "float64", requires_grad=tracked)})
        for title, tracked, f, g, x in [
            (
                "three numbers in between",
                False,
                f"lambda x: torch.stack([x[0] * x[1], {a} * x[0], x[1] * x[1]])",
                f"lambda y: (y * y * y).sum() + {b} * y[0]",
                numbers(random, 2),
            ),
            (
                "a row of four to two, with exp",
                True,
                f"lambda x: torch.stack([x.sum(), x[0] * x[3] + {c} * x[2]])",
                f"lambda y: (0.1 * y).exp().sum() + {a} * y[0] * y[1]",
                numbers(random, 4),
            ),
            (
                "a matrix in between",
                False,
                f"lambda x: x.reshape(3, 1) * torch.tensor([{a}, {b}], dtype=torch.float64)",
                f"lambda y: (y[0] * y[1] * y[2]).sum() + {c} * y[2, 1]",
                numbers(random, 3),
            ),
        ]
    ]


def weighted_cases(seed: int) -> list[Case]:
    random = Random(seed)
    return [
        call(
            title,
            "two_gradients",
            kwargs={
                "w": tensor(numbers(random, n)),
                "x": tensor(rows(random, m, n)),
                "target": tensor(numbers(random, m)),
                "first": tensor(numbers(random, m)),
                "second": tensor(numbers(random, m)),
            },
            compare=("value", "shape", "requires_grad", "arguments", "message"),
            shown="two_gradients(w, x, target, first, second)",
            atol=1e-4,
        )
        for title, m, n in [
            ("4 samples, 2 weights", 4, 2),
            ("3 samples, 3 weights", 3, 3),
            ("2 samples, 4 weights", 2, 4),
        ]
    ]


def jacobian_cases(seed: int) -> list[Case]:
    random = Random(seed)
    a, b = numbers(random, 2)
    matrix = rows(random, 2, 3)
    compare = ("value", "shape", "dtype", "requires_grad", "arguments", "calls", "message")
    return [
        call(title, "jacobian", kwargs={"f": Helper(f), "x": x}, compare=compare)
        for title, f, x in [
            (
                "two outputs, three inputs",
                f"lambda x: torch.tensor({matrix}, dtype=torch.float64) @ (x * x)",
                tensor(numbers(random, 3), "float64"),
            ),
            (
                "four outputs, two inputs",
                f"lambda x: torch.stack([x[0] * x[1], {a} * x[0], x[1] ** 3, x[0] + {b} * x[1]])",
                tensor(numbers(random, 2), "float64"),
            ),
            (
                "three outputs, three inputs",
                f"lambda x: x * x / {a} + x.flip(0) * x[0]",
                tensor(numbers(random, 3), "float64"),
            ),
            (
                "x is tracked",
                f"lambda x: torch.stack([x.sin().sum(), (x * {b}).prod()])",
                tensor(numbers(random, 4), "float64", requires_grad=True),
            ),
        ]
    ]


def sum_to_cases(seed: int) -> list[Case]:
    random = Random(seed)
    return [
        call(
            f"from {tuple(there)} back to {shape}",
            "sum_to_shape",
            kwargs={"v": tensor(rows(random, *there), dtype), "shape": shape},
        )
        for there, shape, dtype in [
            ((3, 2), (2,), "float32"),
            ((3, 2), (3, 1), "float32"),
            ((2, 3), (), "float32"),
            ((2, 3, 2), (3, 1), "float64"),
            ((4,), (1,), "float32"),
            ((2, 3), (2, 3), "float32"),
        ]
    ]


def two_sides_cases(seed: int) -> list[Case]:
    random = Random(seed)
    a, b = numbers(random, 2)
    return [
        call(
            title,
            "two_sides",
            kwargs={
                "f": Helper(f),
                "x": tensor(numbers(random, n), "float64"),
                "v": tensor(numbers(random, m), "float64"),
                "u": tensor(numbers(random, n), "float64"),
            },
            compare=("value", "arguments", "message"),
            rtol=1e-6,
            atol=1e-6,
        )
        for title, f, n, m in [
            ("three inputs, two outputs", f"lambda x: torch.stack([x[0] * x[1] * x[2], {a} * (x * x).sum()])", 3, 2),
            ("two inputs, four outputs", f"lambda x: torch.stack([x.sin().sum(), x[0] * x[1], x[1] ** 2, {b} * x[0]])",
             2, 4),
            ("three inputs, three outputs", f"lambda x: x * x.flip(0).cos() + {a} * x[0] * x[0]", 3, 3),
            ("a function whose graph lacks a piece", f"lambda x: x.detach() * x + {b} * x[0] * x[1]", 3, 3),
        ]
    ]


EXERCISES = [
    Exercise(
        id="08.1",
        title="What does backward(v) leave?",
        kind="predict",
        names=("left",),
        text="""
            Each line of the table is run by itself, after these:

            ```python
            x = torch.tensor([1.0, 2.0], requires_grad=True)
            s = torch.tensor(2.0, requires_grad=True)
            y = torch.stack([x[0] * x[1], x[0] + 4 * x[1], x[1] * x[1]])
            ```

            | key | line | asked for |
            |---|---|---|
            | `"a"` | `y.backward()` | `x.grad` |
            | `"b"` | `y.backward(torch.tensor([0.0, 1.0, 0.0]))` | `x.grad` |
            | `"c"` | `y.backward(torch.ones(3))` | `x.grad` |
            | `"d"` | `y.backward(torch.tensor([0.0, 2.0, -1.0]))` | `x.grad` |
            | `"e"` | the line of `"d"` once more | `x` |
            | `"f"` | `y.backward(torch.ones(2))` | `x.grad` |
            | `"g"` | `y[2].backward()` | `x.grad` |
            | `"h"` | `y.mean().backward()` | `x.grad` |
            | `"i"` | `(s * torch.tensor([1.0, 4.0])).backward(torch.tensor([3.0, 1.0]))` | `s.grad` |

            **Predict** what is there after the line. Write a list such as `[1.0, 2.0]`, a number where it is a single
            number, a list of lists where it is a matrix, or `"error"` if the line raises one. Begin by writing down
            the Jacobian of `y`: three rows of two numbers.
            """,
        stub="""
            left = {
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
            left = {
                "a": "error",
                "b": [1.0, 4.0],
                "c": [3.0, 9.0],
                "d": [2.0, 4.0],
                "e": [1.0, 2.0],
                "f": "error",
                "g": [0.0, 4.0],
                "h": [1.0, 3.0],
                "i": 7.0,
            }
            """,
        cases=lambda seed: [look("left", line, title=f"line {line}") for line in "abcdefghi"],
        beliefs=(
            Held(
                "backward-needs-a-scalar",
                """
                left = {"a": "error", "b": "error", "c": "error", "d": "error", "e": [1.0, 2.0], "f": "error",
                        "g": [0.0, 4.0], "h": [1.0, 3.0], "i": "error"}
                """,
                "You predicted that backward() fails on y whatever is in the brackets. Only line a leaves open how "
                "much each of the three outputs counts; a v of three numbers says it.",
            ),
            Held(
                "v-is-a-step-size",
                """
                left = {"a": "error", "b": [1.0, 4.0], "c": [3.0, 9.0], "d": [2.0, 4.0], "e": [-1.0, -2.0],
                        "f": "error", "g": [0.0, 4.0], "h": [1.0, 3.0], "i": 7.0}
                """,
                "You predicted that line d changes x, as a step would. backward(v) takes no step: it adds to x.grad, "
                "and x stays where it is.",
            ),
            Held(
                "backward-returns-the-jacobian",
                """
                J = [[2.0, 1.0], [1.0, 4.0], [0.0, 4.0]]
                left = {"a": "error", "b": J, "c": J, "d": J, "e": [1.0, 2.0], "f": "error", "g": [0.0, 4.0],
                        "h": [1.0, 3.0], "i": 7.0}
                """,
                "You predicted the whole Jacobian in x.grad. x.grad has two elements, like x. v makes one row of the "
                "three: each times its weight, and added.",
            ),
            Held(
                "ones-give-the-mean",
                """
                left = {"a": "error", "b": [1.0, 4.0], "c": [1.0, 3.0], "d": [2.0, 4.0], "e": [1.0, 2.0],
                        "f": "error", "g": [0.0, 4.0], "h": [1.0, 3.0], "i": 7.0}
                """,
                "You predicted the same for line c as for the mean in line h. With ones the rows are added, and "
                "nobody divides by three.",
            ),
            Held(
                "jv-is-vjp",
                """
                left = {"a": "error", "b": "error", "c": "error", "d": "error", "e": [1.0, 2.0],
                        "f": [3.0, 5.0, 4.0], "g": [0.0, 4.0], "h": [1.0, 3.0], "i": 7.0}
                """,
                "You multiplied J by a v with an element for each input. In backward(v) the vector stands on the left "
                "of J: it has an element for each output, here three, and the result has one for each input.",
            ),
            Held(
                "broadcast-gradient-keeps-its-shape",
                """
                left = {"a": "error", "b": [1.0, 4.0], "c": [3.0, 9.0], "d": [2.0, 4.0], "e": [1.0, 2.0],
                        "f": "error", "g": [0.0, 4.0], "h": [1.0, 3.0], "i": [3.0, 4.0]}
                """,
                "You predicted two numbers for s.grad. s is one number that is used in two places. What comes back "
                "from both is added.",
            ),
            Held(
                "backward-takes-any-shape",
                """
                left = {"a": [3.0, 9.0], "b": [1.0, 4.0], "c": [3.0, 9.0], "d": [2.0, 4.0], "e": [1.0, 2.0],
                        "f": "error", "g": [0.0, 4.0], "h": [1.0, 3.0], "i": 7.0}
                """,
                "You predicted that line a does what line c does. Nobody fills in the ones: y has three elements, and "
                "backward() without v is for one.",
            ),
        ),
        also_right=(
            """
            left = dict(a="error", b=[1, 4], c=(3, 9), d=[2, 4], e=[1, 2], f="error", g=[0, 4], h=[1, 3], i=7)
            """,
            # The oracle: central differences of the weighted sum; they are exact for these parabolas.
            """
            def y(a, b):
                return [a * b, a + 4 * b, b * b]

            def slopes(v):
                def total(a, b):
                    return sum(weight * value for weight, value in zip(v, y(a, b)))

                return [(total(2.0, 2.0) - total(0.0, 2.0)) / 2, (total(1.0, 3.0) - total(1.0, 1.0)) / 2]

            left = {"a": "error", "f": "error", "e": [1.0, 2.0]}
            left["b"], left["c"], left["d"] = slopes([0, 1, 0]), slopes([1, 1, 1]), slopes([0, 2, -1])
            left["g"], left["h"] = slopes([0, 0, 1]), slopes([1 / 3, 1 / 3, 1 / 3])
            left["i"] = sum(v * ((3.0 * c) - (1.0 * c)) / 2 for v, c in [(3.0, 1.0), (1.0, 4.0)])
            """,
        ),
        hints=(
            "Row i of the Jacobian holds the slopes of y[i], first for x[0], then for x[1]. How many numbers must v "
            "have to weigh the rows?",
            "The rows at x = [1, 2] are [2, 1], [1, 4] and [0, 4]. backward(v) multiplies each row by its weight and "
            "adds them. A single element such as y[2] needs no v.",
            "Two lines raise: one lacks v, and one has a v of the wrong length. In line i, s is used twice: once with "
            "slope 1 and weight 3, once with slope 4 and weight 1.",
        ),
        explanation="""
            The Jacobian has the rows [2, 1], [1, 4], [0, 4]. b picks the second. c adds all three: [3, 9]. d is 2 times
            the second minus the third: [2, 4], and x itself does not move. h is the sum over 3. a does not say what the
            three outputs count, and in f the v has an element for each input and not for each output. In i, s is one
            number, used twice, so 3 * 1 + 1 * 4 = 7 comes back.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="08.2",
        title="Choose v",
        kind="choose",
        names=("choose_v",),
        text="""
            `y` is a result with two dimensions. You want the gradient of some number that is made from `y`, but without
            computing that number: with the right `v`, `y.backward(v)` gives it directly.

            Write `choose_v(y)`. It returns a dictionary with a `v` for each of these:

            | key | `y.backward(v)` is to do what this does |
            |---|---|
            | `"sum"` | `y.sum().backward()` |
            | `"mean"` | `y.mean().backward()` |
            | `"first"` | `y[0, 0].backward()` |
            | `"difference"` | `(y[0, 0] - y[-1, -1]).backward()` |
            | `"squares"` | `(y * y).sum().backward()` |

            The tensor `y` that `choose_v` gets holds the values only, untracked. Leave it as it is.
            """,
        stub="""
            def choose_v(y):
                return {
                    "sum": ...,
                    "mean": ...,
                    "first": ...,
                    "difference": ...,
                    "squares": ...,
                }
            """,
        reference="""
            def choose_v(y):
                first = torch.zeros(y.shape)
                first[0, 0] = 1.0
                difference = first.clone()
                difference[-1, -1] = -1.0
                return {
                    "sum": torch.ones(y.shape),
                    "mean": torch.ones(y.shape) / y.numel(),
                    "first": first,
                    "difference": difference,
                    "squares": 2 * y,
                }
            """,
        cases=choose_v_cases,
        beliefs=(
            Held(
                "v-is-a-step-size",
                """
                def choose_v(y):
                    return {"sum": torch.tensor(1.0), "mean": torch.tensor(1.0 / y.numel()),
                            "first": torch.tensor(1.0), "difference": torch.tensor(-1.0), "squares": torch.tensor(2.0)}
                """,
                "Each of your v is a single number, as a step size would be. v needs one number for each element of y, "
                "in the same shape.",
            ),
            Held(
                "ones-give-the-mean",
                """
                def choose_v(y):
                    first = torch.zeros_like(y)
                    first[0, 0] = 1.0
                    difference = first.clone()
                    difference[-1, -1] = -1.0
                    return {"sum": torch.ones_like(y) * y.numel(), "mean": torch.ones_like(y), "first": first,
                            "difference": difference, "squares": 2 * y}
                """,
                "Your ones are at 'mean'. backward(v) adds the rows, each times its weight: ones give the sum, and "
                "for the mean each weight is one over the number of elements.",
            ),
            Held(
                "v-stretches",
                """
                def choose_v(y):
                    first = torch.zeros_like(y)
                    first[0, 0] = 1.0
                    difference = first.clone()
                    difference[-1, -1] = -1.0
                    return {"sum": torch.ones(1), "mean": torch.ones(1) / y.numel(), "first": first,
                            "difference": difference, "squares": 2 * y}
                """,
                "Where all weights are equal you give one number and count on broadcasting. backward(v) does not "
                "broadcast: v must have the shape of y.",
            ),
            Held(
                "v-is-the-value",
                """
                def choose_v(y):
                    first = torch.zeros_like(y)
                    first[0, 0] = y[0, 0]
                    difference = first.clone()
                    difference[-1, -1] = -y[-1, -1]
                    return {"sum": y.clone(), "mean": y / y.numel(), "first": first, "difference": difference,
                            "squares": y * y}
                """,
                "You put the values that are summed into v. The sum changes by 1 if an element of y changes by 1, "
                "whatever its value is: that 1 is the weight.",
            ),
            Held(
                "v-only-picks",
                """
                def choose_v(y):
                    first = torch.zeros_like(y)
                    first[0, 0] = 1.0
                    difference = first.clone()
                    difference[-1, -1] = 1.0
                    ones = torch.ones_like(y)
                    return {"sum": ones, "mean": ones, "first": first, "difference": difference, "squares": ones}
                """,
                "You say with ones and zeros which elements take part. v says also how much each counts: by a part, "
                "negatively, or by twice its value.",
            ),
            Held(
                "backward-needs-a-scalar",
                """
                def choose_v(y):
                    return {"sum": y.sum(), "mean": y.mean(), "first": y[0, 0], "difference": y[0, 0] - y[-1, -1],
                            "squares": (y * y).sum()}
                """,
                "You return the number itself. Here it is not to be computed: return how much it changes with each "
                "element of y, and backward(v) can start from y.",
            ),
        ),
        also_right=(
            # The oracle: v is the gradient for y of the number that is made from y.
            """
            def choose_v(y):
                numbers = {
                    "sum": lambda y: y.sum(),
                    "mean": lambda y: y.mean(),
                    "first": lambda y: y[0, 0],
                    "difference": lambda y: y[0, 0] - y[-1, -1],
                    "squares": lambda y: (y * y).sum(),
                }
                found = {}
                for name, number in numbers.items():
                    leaf = y.clone().requires_grad_()
                    number(leaf).backward()
                    found[name] = leaf.grad
                return found
            """,
            """
            def choose_v(y):
                m, n = y.shape
                corner = lambda i, j: [[float((r, c) == (i, j)) for c in range(n)] for r in range(m)]
                first, last = torch.tensor(corner(0, 0)), torch.tensor(corner(m - 1, n - 1))
                return dict(sum=torch.full((m, n), 1.0), mean=torch.full((m, n), 1 / (m * n)), first=first,
                            difference=first - last, squares=y + y)
            """,
        ),
        hints=(
            "All five have the shape of y. For each element ask: if it grows by a little, how many times as much does "
            "the number grow?",
            "torch.ones(y.shape) and torch.zeros(y.shape) are good starts, and t[0, 0] = 1.0 sets an element. "
            "y.numel() is how many elements y has.",
            "sum: 1 everywhere. mean: 1 / y.numel() everywhere. first: 1 in one place. difference: 1 in one place and "
            "-1 in another. squares: the slope of y * y, at each element.",
        ),
        explanation="""
            v is the gradient for y of whatever comes after y. The sum grows as y[i, j] grows: 1 everywhere. The mean:
            1 / n everywhere. A single element: 1 in its place. The difference: 1 and -1. The squares: 2 * y. In a
            longer computation nobody has to choose: each node is handed its v by the node after it.
            """,
        points=3,
        difficulty=2,
        minutes=5,
    ),
    Exercise(
        id="08.3",
        title="Hand the gradient over",
        kind="fill",
        names=("gradient_in_two_parts",),
        text="""
            A computation is too large for one machine. The first one computes `y = f(x)` and sends the **values** of
            `y` to the second, which computes the number `g(y)`. No graph goes over the wire, so there are two graphs,
            and the gradient must be handed over by hand.

            The function below does both parts. **Replace the two `...`**, so that it returns the gradient of `g(f(x))`
            for `x`. (`f` takes a tensor of floats and returns another, of some shape; `g` takes that one and returns a
            single number.)
            """,
        stub="""
            def gradient_in_two_parts(f, g, x):
                x = x.detach().clone().requires_grad_()
                y = f(x)
                received = y.detach().requires_grad_()  # the values of y, as a leaf: nothing leads back to x
                g(...).backward()
                y.backward(...)
                return x.grad
            """,
        reference="""
            def gradient_in_two_parts(f, g, x):
                x = x.detach().clone().requires_grad_()
                y = f(x)
                received = y.detach().requires_grad_()  # the values of y, as a leaf: nothing leads back to x
                g(received).backward()
                y.backward(received.grad)
                return x.grad
            """,
        cases=two_parts_cases,
        beliefs=(
            Held(
                "backward-needs-a-scalar",
                """
                def gradient_in_two_parts(f, g, x):
                    x = x.detach().clone().requires_grad_()
                    y = f(x)
                    received = y.detach().requires_grad_()
                    g(received).backward()
                    y.sum().backward()
                    return x.grad
                """,
                "You made one number of y, with sum(), so that backward() needs no argument. That is the gradient of "
                "y.sum(), and g is forgotten. Tell y.backward how much g changes with each element of y.",
            ),
            Held(
                "v-is-a-step-size",
                """
                def gradient_in_two_parts(f, g, x):
                    x = x.detach().clone().requires_grad_()
                    y = f(x)
                    received = y.detach().requires_grad_()
                    g(received).backward()
                    y.backward(torch.full_like(y, 0.1))
                    return x.grad
                """,
                "You gave y.backward the same small number for each element, as if it were a step size. The elements "
                "of y count differently in g: received.grad says how much.",
            ),
            Held(
                "v-is-the-value",
                """
                def gradient_in_two_parts(f, g, x):
                    x = x.detach().clone().requires_grad_()
                    y = f(x)
                    received = y.detach().requires_grad_()
                    g(received).backward()
                    y.backward(received.detach())
                    return x.grad
                """,
                "You handed back the values of y. The first machine knows them. What it does not know is how g changes "
                "with them.",
            ),
            Held(
                "ones-give-the-mean",
                """
                def gradient_in_two_parts(f, g, x):
                    x = x.detach().clone().requires_grad_()
                    y = f(x)
                    received = y.detach().requires_grad_()
                    g(received).backward()
                    (received.grad * y).mean().backward()
                    return x.grad
                """,
                "The weights are right, but you take the mean of the weighted elements: your gradient is too small by "
                "the number of elements of y. y.backward(v) does what (v * y).sum().backward() does.",
            ),
            Held(
                "jv-is-vjp",
                """
                def gradient_in_two_parts(f, g, x):
                    x = x.detach().clone().requires_grad_()
                    y = f(x)
                    received = y.detach().requires_grad_()
                    g(received).backward()
                    y.backward(torch.ones_like(x))
                    return x.grad
                """,
                "Your v has the shape of x. It weighs the elements of y, so it has the shape of y; what comes out has "
                "the shape of x.",
            ),
            Held(
                "detach-changes-its-source",
                """
                def gradient_in_two_parts(f, g, x):
                    x = x.detach().clone().requires_grad_()
                    y = f(x)
                    received = y.detach().requires_grad_()
                    g(y).backward()
                    y.backward(received.grad)
                    return x.grad
                """,
                "You computed g from y, which is still in the graph of f: detach() made another tensor, and left y as "
                "it was. So received has no gradient. The second machine has only received.",
            ),
        ),
        also_right=(
            """
            def gradient_in_two_parts(f, g, x):
                x = x.detach().clone().requires_grad_()
                y = f(x)
                received = y.detach().requires_grad_()
                [v] = torch.autograd.grad(g(received), received)
                (v * y).sum().backward()
                return x.grad
            """,
            # The oracle: central differences.
            """
            def gradient_in_two_parts(f, g, x, step=1e-5):
                slopes = []
                for i in range(x.numel()):
                    move = torch.zeros_like(x)
                    move[i] = step
                    slopes.append((g(f(x + move)).item() - g(f(x - move)).item()) / (2 * step))
                return torch.tensor(slopes, dtype=x.dtype)
            """,
        ),
        hints=(
            "What does the second machine have to compute with? And what does it know after its backward() that the "
            "first one needs?",
            "The second machine has only `received`, and its backward() fills the gradient of that leaf. y.backward "
            "wants, for each element of y, how much g changes with it.",
            "g takes the leaf that was received. y.backward takes the .grad of that same leaf, which has the shape of "
            "y.",
        ),
        explanation="""
            received.grad is how g changes with each element of y. That is just what v is. y.backward(v) multiplies it
            by the Jacobian of f, and the result is the gradient of the whole. Inside one graph the same happens at each
            node: v comes in from after it, vᵀJ goes out to before it. This is how models that are spread over several
            machines are trained.
            """,
        points=3,
        difficulty=2,
        minutes=5,
    ),
    Exercise(
        id="08.4",
        title="Mend: two passes, one graph",
        kind="mend",
        names=("two_gradients",),
        text="""
            `errors` holds the squared error of each sample. The function below is to return two gradients for `w`: of
            the sum of the errors weighted by `first`, and of their sum weighted by `second`. In formulas: the gradient
            of `(first * errors).sum()` and the gradient of `(second * errors).sum()`. The errors are computed only
            once.

            It raises an error, and there is more wrong than that. **Mend it.** Leave the five arguments as they are.
            (`w` has n elements, `x` is an m by n matrix, `target`, `first` and `second` have m elements. None of them
            is tracked.)
            """,
        stub="""
            def two_gradients(w, x, target, first, second):
                w = w.clone().requires_grad_()
                errors = (x @ w - target) ** 2
                errors.backward(first.mean())
                gradient_1 = w.grad
                errors.backward(second.mean())
                gradient_2 = w.grad
                return gradient_1, gradient_2
            """,
        reference="""
            def two_gradients(w, x, target, first, second):
                w = w.clone().requires_grad_()
                errors = (x @ w - target) ** 2
                errors.backward(first, retain_graph=True)
                gradient_1 = w.grad
                w.grad = None
                errors.backward(second)
                gradient_2 = w.grad
                return gradient_1, gradient_2
            """,
        cases=weighted_cases,
        beliefs=(
            Held(
                "v-is-a-step-size",
                """
                def two_gradients(w, x, target, first, second):
                    w = w.clone().requires_grad_()
                    errors = (x @ w - target) ** 2
                    errors.backward(torch.ones_like(errors) * first.mean(), retain_graph=True)
                    gradient_1 = w.grad
                    w.grad = None
                    errors.backward(torch.ones_like(errors) * second.mean())
                    gradient_2 = w.grad
                    return gradient_1, gradient_2
                """,
                "You give all samples the same weight, the mean, as if v were one number that scales the gradient. "
                "Each sample has a weight of its own: v is first, then second.",
            ),
            Held(
                "backward-needs-a-scalar",
                """
                def two_gradients(w, x, target, first, second):
                    w = w.clone().requires_grad_()
                    errors = (x @ w - target) ** 2
                    errors.sum().backward(retain_graph=True)
                    gradient_1 = w.grad
                    w.grad = None
                    errors.sum().backward()
                    gradient_2 = w.grad
                    return gradient_1, gradient_2
                """,
                "You sum the errors, so that backward() needs no argument, and lose the weights. backward(v) can start "
                "at errors itself, with a weight for each.",
            ),
            Held(
                "ones-give-the-mean",
                """
                def two_gradients(w, x, target, first, second):
                    w = w.clone().requires_grad_()
                    errors = (x @ w - target) ** 2
                    (first * errors).mean().backward(retain_graph=True)
                    gradient_1 = w.grad
                    w.grad = None
                    (second * errors).mean().backward()
                    gradient_2 = w.grad
                    return gradient_1, gradient_2
                """,
                "You take the mean of the weighted errors; the task asks for their sum. errors.backward(first) does "
                "what (first * errors).sum().backward() does: it adds, and divides by nothing.",
            ),
            Held(
                "backward-twice-always",
                """
                def two_gradients(w, x, target, first, second):
                    w = w.clone().requires_grad_()
                    errors = (x @ w - target) ** 2
                    errors.backward(first)
                    gradient_1 = w.grad
                    w.grad = None
                    errors.backward(second)
                    gradient_2 = w.grad
                    return gradient_1, gradient_2
                """,
                "v is right now. But your first backward() frees what the graph has saved, and the second one needs "
                "it. Ask the first to keep it: retain_graph=True.",
            ),
            Held(
                "backward-overwrites",
                """
                def two_gradients(w, x, target, first, second):
                    w = w.clone().requires_grad_()
                    errors = (x @ w - target) ** 2
                    errors.backward(first, retain_graph=True)
                    gradient_1 = w.grad.clone()
                    errors.backward(second)
                    gradient_2 = w.grad
                    return gradient_1, gradient_2
                """,
                "Your second gradient is the sum of both: backward() adds to what is in w.grad. Set w.grad to None in "
                "between.",
            ),
            Held(
                "assignment-copies",
                """
                def two_gradients(w, x, target, first, second):
                    w = w.clone().requires_grad_()
                    errors = (x @ w - target) ** 2
                    errors.backward(first, retain_graph=True)
                    gradient_1 = w.grad
                    w.grad.zero_()
                    errors.backward(second)
                    gradient_2 = w.grad
                    return gradient_1, gradient_2
                """,
                "gradient_1 is no copy: it is w.grad itself, and zero_() and the second backward() change it. Set "
                "w.grad to None instead, or clone it.",
            ),
        ),
        also_right=(
            """
            def two_gradients(w, x, target, first, second):
                w = w.clone().requires_grad_()
                errors = (x @ w - target) ** 2
                [gradient_1] = torch.autograd.grad(errors, w, first, retain_graph=True)
                [gradient_2] = torch.autograd.grad(errors, w, second)
                return gradient_1, gradient_2
            """,
            """
            def two_gradients(w, x, target, first, second):
                w = w.clone().requires_grad_()
                errors = (x @ w - target) ** 2
                found = []
                for v in (first, second):
                    w.grad = None
                    (v * errors).sum().backward(retain_graph=True)
                    found.append(w.grad.clone())
                return tuple(found)
            """,
            # The oracle: the derivative by hand.
            """
            def two_gradients(w, x, target, first, second):
                miss = x @ w - target
                return 2 * (first * miss) @ x, 2 * (second * miss) @ x
            """,
        ),
        hints=(
            "Read the error: two shapes are named in it. Which shape must v have here, and which tensor has it?",
            "There are three more things to look at: what the first backward() frees, what the second adds to, and "
            "whether gradient_1 is still the same after the second.",
            "v is first, and then second, as they are. The first call needs retain_graph=True. And between the two "
            "calls, w.grad is to be set to None.",
        ),
        explanation="""
            v must have a weight for each error, so it is first itself, and then second. The square has saved values, so
            the graph must be kept for the second pass. backward() adds to w.grad, so w.grad must be empty before it;
            and w.grad = None starts a new tensor, so gradient_1 keeps what it has. Two passes through one graph give
            two rows, or two mixtures of rows, of one Jacobian.
            """,
        points=4,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="08.5",
        title="A Jacobian, row by row",
        kind="write",
        names=("jacobian",),
        text="""
            Write `jacobian(f, x)`: the whole Jacobian of `f` at `x`, with autograd, one row after the other.

            - `x` has one dimension, with n elements. `f(x)` has one dimension, with m elements.
            - Return a matrix of m rows and n columns, of the dtype of `x`, **not tracked**.
            - `f` is called **once**. The backward passes all go through that one graph.
            - `x` is left as it was: its values, its flag, its `.grad`.

            (`torch.stack(rows)` makes a matrix of a list of rows.)
            """,
        stub="""
            def jacobian(f, x):
                raise NotImplementedError
            """,
        reference="""
            def jacobian(f, x):
                p = x.detach().clone().requires_grad_()
                y = f(p)
                rows = []
                for i in range(len(y)):
                    v = torch.zeros_like(y)
                    v[i] = 1.0
                    p.grad = None
                    y.backward(v, retain_graph=True)
                    rows.append(p.grad)
                return torch.stack(rows)
            """,
        cases=jacobian_cases,
        beliefs=(
            Held(
                "backward-returns-the-jacobian",
                """
                def jacobian(f, x):
                    p = x.detach().clone().requires_grad_()
                    y = f(p)
                    y.backward(torch.ones_like(y))
                    return p.grad
                """,
                "You took what one backward(v) leaves for the Jacobian. It is the sum of all rows. To see them one by "
                "one, go back once for each, with a v that is 1 in one place.",
            ),
            Held(
                "backward-needs-a-scalar",
                """
                def jacobian(f, x):
                    p = x.detach().clone().requires_grad_()
                    y = f(p)
                    y.sum().backward()
                    return torch.stack([p.grad] * len(y))
                """,
                "You went back from y.sum(), and all your rows are alike: each is the sum of the rows. Row i belongs "
                "to y[i] alone.",
            ),
            Held(
                "backward-overwrites",
                """
                def jacobian(f, x):
                    p = x.detach().clone().requires_grad_()
                    y = f(p)
                    rows = []
                    for i in range(len(y)):
                        v = torch.zeros_like(y)
                        v[i] = 1.0
                        y.backward(v, retain_graph=True)
                        rows.append(p.grad.clone())
                    return torch.stack(rows)
                """,
                "Your first row is right, and each further one is the sum of all up to it: backward() adds to .grad. "
                "Set it to None before each pass.",
            ),
            Held(
                "assignment-copies",
                """
                def jacobian(f, x):
                    p = x.detach().clone().requires_grad_()
                    p.grad = torch.zeros_like(p)
                    y = f(p)
                    rows = []
                    for i in range(len(y)):
                        v = torch.zeros_like(y)
                        v[i] = 1.0
                        p.grad.zero_()
                        y.backward(v, retain_graph=True)
                        rows.append(p.grad)
                    return torch.stack(rows)
                """,
                "All your rows are one and the same tensor, p.grad, so all show the last one. Set p.grad to None "
                "before each pass, or put a clone into the list.",
            ),
            Held(
                "jv-is-vjp",
                """
                def jacobian(f, x):
                    p = x.detach().clone().requires_grad_()
                    y = f(p)
                    columns = []
                    for i in range(len(y)):
                        v = torch.zeros_like(y)
                        v[i] = 1.0
                        p.grad = None
                        y.backward(v, retain_graph=True)
                        columns.append(p.grad)
                    return torch.stack(columns, dim=1)
                """,
                "Your matrix lies on its side. What backward(v) gives is a row of the Jacobian, the slopes of one "
                "output. A column, the effect of one input, would be J times a vector.",
            ),
            Held(
                "jacobian-is-diagonal",
                """
                def jacobian(f, x):
                    p = x.detach().clone().requires_grad_()
                    y = f(p)
                    y.backward(torch.ones_like(y))
                    return torch.diag(p.grad)
                """,
                "You put the gradient of the sum on a diagonal, as if y[i] depended on x[i] alone. An output may "
                "depend on all inputs.",
            ),
            Held(
                "backward-twice-always",
                """
                def jacobian(f, x):
                    p = x.detach().clone().requires_grad_()
                    y = f(p)
                    rows = []
                    for i in range(len(y)):
                        v = torch.zeros_like(y)
                        v[i] = 1.0
                        p.grad = None
                        y.backward(v)
                        rows.append(p.grad)
                    return torch.stack(rows)
                """,
                "Your first pass frees the values that the graph has saved, and the second needs them. Ask for them "
                "to be kept: retain_graph=True.",
            ),
            Held(
                "each-row-needs-a-new-run",
                """
                def jacobian(f, x):
                    rows = []
                    for i in range(len(f(x))):
                        p = x.detach().clone().requires_grad_()
                        f(p)[i].backward()
                        rows.append(p.grad)
                    return torch.stack(rows)
                """,
                "The rows are right, but you compute f anew for each of them. One run is enough: retain_graph=True "
                "keeps its graph for the next pass.",
            ),
            Held(
                "autograd-is-finite-differences",
                """
                def jacobian(f, x):
                    columns = []
                    for i in range(len(x)):
                        move = torch.zeros_like(x)
                        move[i] = 1e-5
                        columns.append(((f(x + move) - f(x - move)) / 2e-5).detach())
                    return torch.stack(columns, dim=1)
                """,
                "Your numbers agree, but they were found by trying, with two runs of f for each input. Here autograd "
                "is to find them: one run, and a backward pass for each output.",
            ),
        ),
        also_right=(
            """
            def jacobian(f, x):
                p = x.detach().clone().requires_grad_()
                y = f(p)
                return torch.stack([torch.autograd.grad(one, p, retain_graph=True)[0] for one in y])
            """,
            """
            def jacobian(f, x):
                p = x.detach().clone().requires_grad_()
                y = f(p)
                J = torch.zeros(len(y), len(x), dtype=x.dtype)
                for i, v in enumerate(torch.eye(len(y), dtype=y.dtype)):
                    before = torch.zeros_like(p) if p.grad is None else p.grad.clone()
                    y.backward(v, retain_graph=True)
                    J[i] = p.grad - before
                return J
            """,
            # Another way: all v at once. (That the numbers are those found by trying, the last belief above shows.)
            """
            def jacobian(f, x):
                p = x.detach().clone().requires_grad_()
                y = f(p)
                every_v = torch.eye(len(y), dtype=y.dtype)
                return torch.autograd.grad(y, p, every_v, is_grads_batched=True)[0]
            """,
        ),
        hints=(
            "Start with one row: an untracked copy of x, tracked then; y = f of it; a v that is 1 in one place and 0 "
            "elsewhere. What is in .grad after y.backward(v)?",
            "For the next row the same graph is needed once more, so retain_graph=True; and .grad must be empty again, "
            "since backward() adds.",
            "Before the loop: p, a tracked copy, and y = f(p). In the loop over range(len(y)): v, p.grad = None, "
            "y.backward(v, retain_graph=True), and p.grad goes into a list. After it: torch.stack.",
        ),
        explanation="""
            A v with a single 1 picks a row. One run of f, and one walk back for each output. That is why nobody
            computes the Jacobian to train: a loss is one output, its Jacobian is one row, and one walk gives it,
            whatever the number of weights. For arguments of any shapes there is torch.autograd.functional.jacobian.
            """,
        points=4,
        difficulty=3,
        minutes=8,
    ),
    Exercise(
        id="08.6",
        title="Back through broadcasting",
        kind="write",
        names=("sum_to_shape",),
        text="""
            In an operation such as `x + b`, a tensor `b` of shape `shape` was broadcast to a larger shape. On the way
            back a gradient `v` of that larger shape comes in. Write `sum_to_shape(v, shape)`: the gradient for `b`,
            which has the shape of `b` again. Each element of `b` gets the sum of what came back from all its uses.

            Broadcasting did two things, and both must be undone:

            - it put **new axes in front**, until there were as many as in the larger shape: `(2,)` became `(1, 2)`;
            - it stretched **axes of size 1**: `(1, 2)` became `(3, 2)`.

            `shape` is a tuple, and `v.shape` is a shape that it broadcasts to. Leave `v` as it is.
            (`v.dim()` is the number of axes. `v.sum(0)` sums over the first axis, which is gone then;
            `v.sum(1, keepdim=True)` sums over axis 1 and keeps it, with size 1.)
            """,
        stub="""
            def sum_to_shape(v, shape):
                raise NotImplementedError
            """,
        reference="""
            def sum_to_shape(v, shape):
                while v.dim() > len(shape):
                    v = v.sum(0)
                for axis, size in enumerate(shape):
                    if size == 1:
                        v = v.sum(axis, keepdim=True)
                return v
            """,
        cases=sum_to_cases,
        beliefs=(
            Held(
                "broadcast-gradient-keeps-its-shape",
                """
                def sum_to_shape(v, shape):
                    return v
                """,
                "You hand on v as it came in, in the larger shape. A gradient has the shape of its tensor: sum what "
                "belongs to the same element.",
            ),
            Held(
                "ones-give-the-mean",
                """
                def sum_to_shape(v, shape):
                    while v.dim() > len(shape):
                        v = v.mean(0)
                    for axis, size in enumerate(shape):
                        if size == 1:
                            v = v.mean(axis, keepdim=True)
                    return v
                """,
                "Your shapes are right, but you take the mean of what comes back. If b grows, all its copies grow, and "
                "their effects add up: it is the sum.",
            ),
            Held(
                "one-use-is-enough",
                """
                def sum_to_shape(v, shape):
                    while v.dim() > len(shape):
                        v = v[0]
                    for axis, size in enumerate(shape):
                        if size == 1:
                            v = v.narrow(axis, 0, 1)
                    return v
                """,
                "You take what comes back from the first use of an element, and drop the other uses. All of them "
                "count: add them.",
            ),
            Held(
                "only-new-axes-are-summed",
                """
                def sum_to_shape(v, shape):
                    while v.dim() > len(shape):
                        v = v.sum(0)
                    return v
                """,
                "You sum over the axes that were added in front, but not over those of size 1 that were stretched.",
            ),
            Held(
                "summed-axes-vanish",
                """
                def sum_to_shape(v, shape):
                    while v.dim() > len(shape):
                        v = v.sum(0)
                    for axis in reversed(range(len(shape))):
                        if shape[axis] == 1:
                            v = v.sum(axis)
                    return v
                """,
                "You sum over the right axes, but those of size 1 are gone then. They belong to the shape of b: keep "
                "them, with keepdim=True.",
            ),
            Held(
                "total-for-each",
                """
                def sum_to_shape(v, shape):
                    return torch.zeros(shape, dtype=v.dtype) + v.sum()
                """,
                "You give each element the sum of everything. An element gets only what comes back from its own "
                "copies: sum over the axes that were added or stretched, and over no others.",
            ),
        ),
        also_right=(
            # The oracle: what autograd does with an operation that only broadcasts.
            """
            def sum_to_shape(v, shape):
                b = torch.zeros(shape, dtype=v.dtype, requires_grad=True)
                b.expand(v.shape).backward(v)
                return b.grad
            """,
            """
            def sum_to_shape(v, shape):
                padded = (1,) * (v.dim() - len(shape)) + tuple(shape)
                axes = [axis for axis, size in enumerate(padded) if size == 1]
                total = v.sum(axes, keepdim=True) if axes else v
                return total.reshape(shape)
            """,
            """
            def sum_to_shape(v, shape):
                import itertools

                result = torch.zeros(shape, dtype=v.dtype)
                for place in itertools.product(*map(range, v.shape)):
                    tail = place[len(place) - len(shape):]
                    home = tuple(0 if size == 1 else i for i, size in zip(tail, shape))
                    result[home] += v[place]
                return result
            """,
        ),
        hints=(
            "Write down both shapes, aligned at the right. Which axes of v are not in shape at all, and which have "
            "size 1 in shape?",
            "First sum over axis 0 as long as v has more axes than shape. Then sum over each axis that has size 1 in "
            "shape, and keep that axis.",
            "A while loop compares v.dim() with len(shape). A for loop over enumerate(shape) looks for size 1 and uses "
            "keepdim=True. Both rebind v; v itself is not changed in place.",
        ),
        explanation="""
            To broadcast is to use an element in several places, so on the way back the sum is taken over these places:
            over the axes that were added, and over those of size 1 that were stretched, which stay, with size 1. As a
            Jacobian, broadcasting is a matrix of ones and zeros; you have multiplied by it without building it. You
            will need this function when you build your own engine.
            """,
        points=4,
        difficulty=3,
        minutes=7,
    ),
    Exercise(
        id="08.7",
        title="Two sides of one number",
        kind="write",
        names=("two_sides",),
        text="""
            How can you check vᵀJ without computing J? Take a direction `u` in the space of the inputs. The number
            vᵀJu can be found from either side:

            - **from the left**, with autograd: `f(x).backward(v)` gives the vector vᵀJ. Multiply it by `u`, element by
              element, and sum.
            - **from the right**, by trying: move `x` a step along `u`, then back the other way. The difference of the
              two results, over the distance, is the vector Ju. Multiply it by `v`, element by element, and sum.

            $$Ju \\approx \\frac{f(x + \\text{step} \\cdot u) - f(x - \\text{step} \\cdot u)}{2 \\cdot \\text{step}}$$

            Write `two_sides(f, x, v, u)`. It returns both numbers as a tuple of two Python floats, first the one from
            the left. Leave `x`, `v` and `u` as they are. All are untracked, of dtype `float64`; `u` has the shape of
            `x`, and `v` that of `f(x)`. A step of `1e-4` serves well.

            In the last case the numbers do not agree: `f` detaches something on the way, so the graph does not hold all
            of `f`. That is what such a check is for.
            """,
        stub="""
            def two_sides(f, x, v, u, step=1e-4):
                raise NotImplementedError
            """,
        reference="""
            def two_sides(f, x, v, u, step=1e-4):
                p = x.clone().requires_grad_()
                f(p).backward(v)
                from_the_left = (p.grad * u).sum().item()
                Ju = (f(x + step * u) - f(x - step * u)) / (2 * step)
                from_the_right = (v * Ju).sum().item()
                return from_the_left, from_the_right
            """,
        cases=two_sides_cases,
        beliefs=(
            Held(
                "jv-is-vjp",
                """
                def two_sides(f, x, v, u, step=1e-4):
                    p = x.clone().requires_grad_()
                    f(p).backward(u)
                    left = (p.grad * v).sum().item()
                    Ju = (f(x + step * u) - f(x - step * u)) / (2 * step)
                    return left, (v * Ju).sum().item()
                """,
                "You gave backward the direction u. backward multiplies J from the left, by weights for the outputs: "
                "that is v. u belongs to the inputs.",
            ),
            Held(
                "one-sided-is-as-good",
                """
                def two_sides(f, x, v, u, step=1e-4):
                    p = x.clone().requires_grad_()
                    f(p).backward(v)
                    Ju = (f(x + step * u) - f(x)) / step
                    return (p.grad * u).sum().item(), (v * Ju).sum().item()
                """,
                "From the right you take a step to one side only. That is too inexact to judge by: step to both sides.",
            ),
            Held(
                "step-counted-once",
                """
                def two_sides(f, x, v, u, step=1e-4):
                    p = x.clone().requires_grad_()
                    f(p).backward(v)
                    Ju = (f(x + step * u) - f(x - step * u)) / step
                    return (p.grad * u).sum().item(), (v * Ju).sum().item()
                """,
                "From the right you get twice as much: from one step on this side to one step on the other it is two "
                "steps, and you divide by one.",
            ),
            Held(
                "ones-give-the-mean",
                """
                def two_sides(f, x, v, u, step=1e-4):
                    p = x.clone().requires_grad_()
                    f(p).backward(v)
                    Ju = (f(x + step * u) - f(x - step * u)) / (2 * step)
                    return (p.grad * u).mean().item(), (v * Ju).mean().item()
                """,
                "You take means of the products. A vector times a matrix, or times a vector, is a sum of products; "
                "with means the two sides do not agree where f has more inputs than outputs, or fewer.",
            ),
            Held(
                "backward-needs-a-scalar",
                """
                def two_sides(f, x, v, u, step=1e-4):
                    p = x.clone().requires_grad_()
                    f(p).sum().backward()
                    Ju = (f(x + step * u) - f(x - step * u)) / (2 * step)
                    return (p.grad * u).sum().item(), (v * Ju).sum().item()
                """,
                "From the left you go back from the sum of all outputs, and v is forgotten. Go back from f(p) itself, "
                "with v.",
            ),
            Held(
                "v-is-a-step-size",
                """
                def two_sides(f, x, v, u, step=1e-4):
                    p = x.clone().requires_grad_()
                    f(p).backward(step * v)
                    Ju = (f(x + step * u) - f(x - step * u)) / (2 * step)
                    return (p.grad * u).sum().item(), (v * Ju).sum().item()
                """,
                "From the left your number is too small by the step. backward(v) takes no step, so v is not multiplied "
                "by one: hand it over as it is.",
            ),
            Held(
                "backward-returns-the-jacobian",
                """
                def two_sides(f, x, v, u, step=1e-4):
                    p = x.clone().requires_grad_()
                    f(p).backward(v)
                    J = p.grad
                    Ju = (f(x + step * u) - f(x - step * u)) / (2 * step)
                    return (v * (J * u).sum()).sum().item(), (v * Ju).sum().item()
                """,
                "You take p.grad for J and multiply by v once more. After backward(v), p.grad is vᵀJ: v is in it "
                "already.",
            ),
            Held(
                "autograd-is-finite-differences",
                """
                def two_sides(f, x, v, u, step=1e-4):
                    Ju = (f(x + step * u) - f(x - step * u)) / (2 * step)
                    number = (v * Ju).sum().item()
                    return number, number
                """,
                "Both of your numbers are found by trying, so they always agree, and a graph that lacks a piece is "
                "not noticed. The first one must come from backward(v).",
            ),
        ),
        also_right=(
            """
            def two_sides(f, x, v, u, step=1e-4):
                p = x.detach().clone().requires_grad_()
                [vJ] = torch.autograd.grad((v * f(p)).sum(), p)
                higher, lower = (v * f(x + step * u)).sum(), (v * f(x - step * u)).sum()
                return float(vJ @ u), float(higher - lower) / (2 * step)
            """,
            """
            def two_sides(f, x, v, u):
                vJ = torch.autograd.functional.vjp(f, x, v)[1]
                with torch.no_grad():
                    change = f(x + 1e-5 * u) - f(x - 1e-5 * u)
                return torch.dot(vJ, u).item(), torch.dot(change, v).item() / 2e-5
            """,
            # Another way from the left: the whole Jacobian, row by row, and then both products.
            """
            def two_sides(f, x, v, u, step=1e-4):
                J = torch.autograd.functional.jacobian(f, x)
                Ju = (f(x + step * u) - f(x - step * u)) / (2 * step)
                return (v @ J @ u).item(), (v @ Ju).item()
            """,
        ),
        hints=(
            "Do one side after the other. For the left: a tracked copy of x, f of it, and backward with which of the "
            "two vectors?",
            "The vector given to backward has the shape of f(x): v. What it leaves in .grad has the shape of x, so it "
            "can be multiplied by u. On the right it is the other way round.",
            "Left: p = x.clone().requires_grad_(), then f(p).backward(v), then (p.grad * u).sum().item(). Right: the "
            "formula for Ju with x + step * u and x - step * u, then its product with v, summed.",
        ),
        explanation="""
            vᵀJ and Ju are different vectors, of different lengths, but (vᵀJ)u and vᵀ(Ju) are the same number. So one
            backward pass and two evaluations check a gradient of any size, where comparing element by element takes two
            evaluations for each input. With a random u, a wrong gradient is very unlikely to pass. PyTorch's
            gradcheck has such a mode too, fast_mode=True.
            """,
        points=4,
        difficulty=3,
        minutes=8,
    ),
]
