"""Exercises of lesson 00: one to predict, one to write, one to read off a picture."""

from random import Random

from minigrad.course.case import Case, Helper, call, look, tensor
from minigrad.course.exercise import Exercise, Held


def slope_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def number() -> float:
        return random.choice((-1, 1)) * random.choice((0.6, 0.8, 1.4, 1.6, 2.4, 2.6))

    factor = random.choice((3.0, 4.0, 5.0))
    return [
        call(title, "slope", kwargs={"f": Helper(f), "at": number()})
        for title, f in [
            ("a parabola", "lambda x: x * x"),
            ("another curve", f"lambda x: x * x * x - {factor} * x"),
            ("a sine", f"lambda x: {factor} * x.sin()"),
        ]
    ]


def drawn_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def number():
        return tensor(random.choice((-1, 1)) * random.randint(5, 25) / 10, requires_grad=True)

    picture = tensor(3.0, requires_grad=True)
    return [
        call(title, "f", kwargs={"a": a}, compare=("value", "shape", "arguments", *graph))
        for title, graph, a in [
            ("the value in the picture", (), picture),
            ("the value for another number", (), number()),
            ("the graph in the picture", ("graph",), picture),
            ("its graph for another number", ("graph",), number()),
        ]
    ]


EXERCISES = [
    Exercise(
        id="00.1",
        title="Your first prediction",
        kind="predict",
        names=("predicted",),
        text="""
            These lines run one after the other:

            ```python
            x = torch.tensor(3.0, requires_grad=True)
            before = x.grad
            y = x * x
            y = y + 4.0 * x
            returned = y.backward()
            ```

            **Predict** what there is at the end. Put a number such as `5.0`, or `None`, in place of each `...`, and run
            nothing before you have decided. `"x"` and `"y"` stand for the values of the two tensors.
            """,
        stub="""
            predicted = {
                "before": ...,
                "returned": ...,
                "x": ...,
                "y": ...,
                "x.grad": ...,
            }
            """,
        reference="""
            predicted = {
                "before": None,
                "returned": None,
                "x": 3.0,
                "y": 21.0,
                "x.grad": 10.0,
            }
            """,
        cases=lambda seed: [
            look("predicted", "before", title="x.grad before backward()"),
            look("predicted", "returned", title="what backward() returns"),
            look("predicted", "x", title="the value of x at the end"),
            look("predicted", "y", title="the value of y at the end"),
            look("predicted", "x.grad", title="x.grad at the end"),
        ],
        beliefs=(
            Held(
                "only-the-last-is-kept",
                'predicted = {"before": None, "returned": None, "x": 3.0, "y": 21.0, "x.grad": 4.0}',
                "You predicted the slope of the last line alone. The name y was given to a new tensor there, but what "
                "the old one was made of is still in the graph, and backward() goes through all of it.",
            ),
            Held(
                "one-way-counts",
                'predicted = {"before": None, "returned": None, "x": 3.0, "y": 21.0, "x.grad": 6.0}',
                "You predicted the slope of x * x alone. There is a second way from y back to x, through 4.0 * x, and "
                "what comes along both is added.",
            ),
            Held(
                "square-is-one-use",
                'predicted = {"before": None, "returned": None, "x": 3.0, "y": 21.0, "x.grad": 7.0}',
                "You counted x * x with a slope of 3. It uses x twice, and each use sends 3 back. The other 4 in your "
                "sum is right.",
            ),
            Held(
                "grad-starts-at-zero",
                'predicted = {"before": 0.0, "returned": None, "x": 3.0, "y": 21.0, "x.grad": 10.0}',
                "You predicted 0 before backward(). Nothing has been computed there, and PyTorch says so with None: "
                "0 would be a gradient that is known.",
            ),
            Held(
                "flag-computes-now",
                'predicted = {"before": 10.0, "returned": None, "x": 3.0, "y": 21.0, "x.grad": 10.0}',
                "You predicted that the gradient is there at once. requires_grad=True only has the operations written "
                "down. backward(), in the last line, computes it.",
            ),
            Held(
                "backward-returns-the-gradient",
                'predicted = {"before": None, "returned": 10.0, "x": 3.0, "y": 21.0, "x.grad": 10.0}',
                "You predicted that backward() returns the gradient. It stores the gradient in x.grad and returns "
                "nothing, which is None in Python.",
            ),
            Held(
                "backward-changes-its-leaf",
                'predicted = {"before": None, "returned": None, "x": 10.0, "y": 21.0, "x.grad": 10.0}',
                "You predicted that the gradient takes the place of x. It lies beside x, in x.grad; the value of x is "
                "what it was.",
            ),
            Held(
                "gradient-is-the-value",
                'predicted = {"before": None, "returned": None, "x": 3.0, "y": 21.0, "x.grad": 21.0}',
                "You predicted the value of y for x.grad. The gradient says how fast y changes when x changes, not how "
                "large y is.",
            ),
        ),
        also_right=(
            'predicted = dict(before=None, returned=None, x=3, y=21) | {"x.grad": 10}',
            """
            x = torch.tensor(3.0, requires_grad=True)
            predicted = {"before": x.grad}
            y = x * x + x * 4.0
            predicted["returned"] = y.backward()
            predicted |= {"x": x.item(), "y": y.item(), "x.grad": x.grad.item()}
            """,
            # The oracle: two points of a parabola, as far to the left as to the right, give its slope exactly.
            """
            def value(x):
                return x * x + 4.0 * x

            predicted = {"before": None, "returned": None, "x": 3.0, "y": value(3.0)}
            predicted["x.grad"] = (value(4.0) - value(2.0)) / 2.0
            """,
        ),
        hints=(
            "Write the two lines of y as one formula. What is its value at 3, and what is its derivative there?",
            "y is x squared plus 4 times x. A gradient is computed by backward() and by nothing else, and it is found "
            "in x.grad and nowhere else.",
            "Two of the five are None: nothing was computed yet, and nothing is returned. x is what it was. For y put "
            "3 into x * x + 4 * x, for x.grad put it into 2 * x + 4.",
        ),
        explanation="""
            y = x² + 4x, which is 21 at x = 3, and its slope 2x + 4 is 10. That y was the name of another tensor on the
            way does no harm: the graph holds the operations, not the names. x.grad was None before backward(), because
            nothing had been computed. backward() returns None and leaves x as it is. All it does is store the gradient
            in x.grad.
            """,
        points=3,
        difficulty=1,
        minutes=3,
    ),
    Exercise(
        id="00.2",
        title="The slope of any function",
        kind="write",
        names=("slope",),
        text="""
            Write `slope(f, at)`: the slope of the function `f` at the point `at`. `f` takes a tensor and returns a
            tensor, both with one element; `at` is a Python float. **Return** the slope as a tensor with one element.

            ```python
            slope(lambda x: x * x, 3.0)   # tensor(6.)
            ```

            The lesson has all the lines that you need.
            """,
        stub="""
            def slope(f, at):
                raise NotImplementedError
            """,
        reference="""
            def slope(f, at):
                x = torch.tensor(at, requires_grad=True)
                y = f(x)
                y.backward()
                return x.grad
            """,
        cases=slope_cases,
        beliefs=(
            Held(
                "right-once-right-always",
                """
                def slope(f, at):
                    return torch.tensor(2 * at)
                """,
                "You return the slope of x * x, whatever f is. That fits the example in the text. The check calls "
                "`slope` with other functions too: make a tensor of `at`, call f on it, and let backward() find the "
                "slope.",
            ),
            Held(
                "gradient-is-the-value",
                """
                def slope(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    y = f(x)
                    y.backward()
                    return y
                """,
                "You return the value of f. The slope is how fast it changes there, and that is the gradient of the "
                "input.",
            ),
            Held(
                "flag-computes-now",
                """
                def slope(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    y = f(x)
                    return x.grad
                """,
                "You read x.grad, but nothing has computed it yet, so it is None. Go back from y first, with "
                "y.backward().",
            ),
            Held(
                "every-tensor-is-tracked",
                """
                def slope(f, at):
                    x = torch.tensor(at)
                    y = f(x)
                    y.backward()
                    return x.grad
                """,
                "backward() finds no graph, since nobody asked for one. Say requires_grad=True when you make the "
                "tensor.",
            ),
            Held(
                "output-grad-is-filled",
                """
                def slope(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    y = f(x)
                    y.backward()
                    return y.grad
                """,
                "You look for the gradient at y, the result. It is stored at the tensor you made yourself, which went "
                "into f.",
            ),
            Held(
                "backward-returns-the-gradient",
                """
                def slope(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    return f(x).backward()
                """,
                "Your function computes the gradient, but returns None: that is what backward() returns, and what a "
                "function without `return` returns. The gradient is in x.grad.",
            ),
            Held(
                "backward-changes-its-leaf",
                """
                def slope(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    f(x).backward()
                    return x
                """,
                "You return x, the point itself: backward() has not changed it. The gradient lies beside it, in "
                "x.grad.",
            ),
        ),
        also_right=(
            """
            def slope(f, at):
                point = torch.tensor(at)
                point.requires_grad_()
                f(point).backward()
                return point.grad
            """,
            """
            def slope(f, at):
                x = torch.tensor(at, requires_grad=True)
                gradient, = torch.autograd.grad(f(x), x)
                return gradient
            """,
            # The oracle: no gradient at all, two points close together.
            """
            def slope(f, at):
                x, step = torch.tensor(at, dtype=torch.float64), 1e-4
                return torch.tensor((f(x + step) - f(x - step)).item() / (2 * step))
            """,
        ),
        hints=(
            "Which lines of the lesson made a tensor, computed a result, went back from it and read the gradient? They "
            "are the body of your function.",
            "Make a tracked tensor x from `at`, and call f on it. Then backward() from what f gave you. Where is the "
            "gradient afterwards?",
            "Four lines: x is torch.tensor(at, ...) with tracking switched on; y is f of x; backward from y; return "
            "what is now in x.grad.",
        ),
        explanation="""
            Your function knows no derivative of any f. It lets f run on a tracked tensor, which leaves a graph, and
            goes back through it. So it works for each function whose operations are recorded, also where it would take
            hours to find the derivative by hand.
            """,
        points=3,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="00.3",
        title="From a picture to a program",
        kind="draw",
        names=("f",),
        text="""
            Somebody called `f(a)` with a tracked tensor and had the graph of the result `y` drawn. **Write** an `f`
            that has this graph. (`mul` is what `*` does, `add` is what `+` does.) The numbers help you to check what
            you read; your `f` is called with others too.
            """,
        picture="""
            from minigrad.viz import draw

            a = torch.tensor(3.0, requires_grad=True)
            y = a * a
            y = y + y
            picture = draw(y, names={"a": a, "y": y})
            """,
        stub="""
            def f(a):
                raise NotImplementedError
            """,
        reference="""
            def f(a):
                product = a * a
                return product + product
            """,
        cases=drawn_cases,
        beliefs=(
            Held(
                "graph-is-a-tree",
                """
                def f(a):
                    return a * a + a * a
                """,
                "Your values are right, but the product is computed twice, so your graph has two boxes for it. In the "
                "picture both arrows into the sum come from one box: give the product a name, and use that twice.",
            ),
            Held(
                "same-value-same-graph",
                """
                def f(a):
                    return 2.0 * (a * a)
                """,
                "Your values are right, but twice the product is another operation than the product plus itself, and "
                "operations are what is drawn. The picture has one product, and then one sum.",
            ),
            Held(
                "next-is-forwards",
                """
                def f(a):
                    total = a + a
                    return total * total
                """,
                "You read the picture from the wrong end. The operation that uses the leaf runs first, and the one "
                "that gives y runs last.",
            ),
            Held(
                "square-is-one-use",
                """
                def f(a):
                    return a * a + a
                """,
                "Your sum takes the product once, and the leaf. In the picture no arrow leads from the leaf to the "
                "sum: both of its arrows come from the product.",
            ),
            Held(
                "item-keeps-the-graph",
                """
                def f(a):
                    product = a * a
                    return product + product.item()
                """,
                "Your values are right, but item() makes a plain number, and a number has no arrow. In the picture "
                "both arrows into the sum come from the product.",
            ),
            Held(
                "right-once-right-always",
                """
                def f(a):
                    return a * a + 9.0
                """,
                "You add 9, which is what the product is in the picture. For another a the product is another number: "
                "use the product itself.",
            ),
        ),
        also_right=(
            """
            def f(a):
                y = torch.mul(a, a)
                return torch.add(y, y)
            """,
            """
            def f(a):
                both = [a * a] * 2
                return both[0] + both[1]
            """,
            # Another way to the same: the rows of the picture's text, run one after the other.
            """
            def f(a):
                made = [a]
                for row, operation in enumerate(["mul", "add"]):
                    made.append(getattr(torch, operation)(made[row], made[row]))
                return made[-1]
            """,
        ),
        hints=(
            "Begin at the leaf. Which operation uses it, and how often?",
            "Two arrows lead into the last operation. From which box does each of them come?",
            "a times a runs first: give the product a name. That name plus itself is the result.",
        ),
        explanation="""
            The product is computed once and used twice, so it has one box, and two arrows lead from it to the sum. To
            compute the product twice, or to multiply it by 2, gives the same number by other operations, and the graph
            shows the operations that ran.
            """,
        points=3,
        difficulty=1,
        minutes=4,
    ),
]
