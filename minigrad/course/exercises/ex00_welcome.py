"""Exercises of lesson 00: to predict, to write, to read off a picture, to put in order, to mend."""

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


def slopes_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def number() -> float:
        return random.choice((-1, 1)) * random.choice((0.6, 0.8, 1.4, 1.6, 2.4, 2.6))

    factor = random.choice((3.0, 4.0, 5.0))
    return [
        call(title, "slopes", kwargs={"f": Helper(f), "a": number(), "b": number()}, compare=("value", "shape"))
        for title, f in [
            ("a parabola", "lambda x: x * x"),
            ("another curve", f"lambda x: x * x * x - {factor} * x"),
            ("a sine", f"lambda x: {factor} * x.sin()"),
        ]
    ]


# A number may as well be given as a tensor: what matters is which one it is.
AS_NUMBERS = "result = {key: value.item() if torch.is_tensor(value) else value for key, value in result.items()}"


def describe_cases(seed: int) -> list[Case]:
    """Curves above and below 0, where they rise and fall; at places where float32 gives short numbers."""
    random = Random(seed)
    parabola, hill = "lambda x: x * x - 4.0 * x", "lambda x: 9.0 - x * x"
    return [
        call(title, "describe", kwargs={"f": Helper(f), "at": at}, then=AS_NUMBERS, compare=("value",))
        for title, f, at in [
            ("below 0, where it falls", parabola, random.choice((0.5, 0.75, 1.25, 1.5))),
            ("below 0, where it rises", parabola, random.choice((2.5, 2.75, 3.25, 3.5))),
            ("above 0, where it falls", hill, random.choice((1.25, 1.5, 1.75, 2.25))),
            ("above 0, where it rises", hill, -random.choice((1.25, 1.5, 1.75, 2.25))),
            ("at its lowest point", parabola, 2.0),
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
    Exercise(
        id="00.4",
        title="One pass, in the right order",
        kind="order",
        names=("slopes",),
        text="""
            `x` and `w` are two tensors that hold the numbers `a` and `b`, and `y` is `f(x)` times `w`.
            `slopes(f, a, b)` is to return two tensors: the slope of `y` seen from `x`, and that seen from `w`.

            ```python
            slopes(lambda x: x * x, 3.0, 5.0)   # (tensor(30.), tensor(9.))
            ```

            All lines that you need stand below, in the wrong order. Two more stand there that you do not need. **Put
            the lines in order**, and delete the two.
            """,
        stub="""
            def slopes(f, a, b):
                y.backward()
                return x.grad, w.grad
                w = torch.tensor(b)
                y = y * w
                return x, w
                x = torch.tensor(a, requires_grad=True)
                y = f(x)
                w = torch.tensor(b, requires_grad=True)
            """,
        reference="""
            def slopes(f, a, b):
                x = torch.tensor(a, requires_grad=True)
                w = torch.tensor(b, requires_grad=True)
                y = f(x)
                y = y * w
                y.backward()
                return x.grad, w.grad
            """,
        cases=slopes_cases,
        beliefs=(
            Held(
                "backward-covers-what-follows",
                """
                def slopes(f, a, b):
                    x = torch.tensor(a, requires_grad=True)
                    w = torch.tensor(b, requires_grad=True)
                    y = f(x)
                    y.backward()
                    y = y * w
                    return x.grad, w.grad
                """,
                "You go back before the product with w has been computed. So x.grad is the slope of f alone, and "
                "w.grad is None. Finish computing y first.",
            ),
            Held(
                "flag-computes-now",
                """
                def slopes(f, a, b):
                    x = torch.tensor(a, requires_grad=True)
                    w = torch.tensor(b, requires_grad=True)
                    y = f(x)
                    y = y * w
                    return x.grad, w.grad
                """,
                "Both of your slopes are None: no backward() runs before your function is left. The flag has the "
                "operations written down, and no more.",
            ),
            Held(
                "every-tensor-is-tracked",
                """
                def slopes(f, a, b):
                    x = torch.tensor(a, requires_grad=True)
                    w = torch.tensor(b)
                    y = f(x)
                    y = y * w
                    y.backward()
                    return x.grad, w.grad
                """,
                "Your slope for x is right, and w.grad is None: of the two lines that make w, you kept the one that "
                "does not ask for a derivative.",
            ),
            Held(
                "backward-changes-its-leaf",
                """
                def slopes(f, a, b):
                    x = torch.tensor(a, requires_grad=True)
                    w = torch.tensor(b, requires_grad=True)
                    y = f(x)
                    y = y * w
                    y.backward()
                    return x, w
                """,
                "You return x and w themselves, and they still hold a and b. The slopes lie beside them, in x.grad and "
                "w.grad.",
            ),
            Held(
                "output-grad-is-filled",
                """
                def slopes(f, a, b):
                    x = torch.tensor(a, requires_grad=True)
                    w = torch.tensor(b, requires_grad=True)
                    y = f(x)
                    y = y * w
                    y.backward()
                    return y.grad
                """,
                "You return y.grad, and that is None. There is a slope for each of the two tensors that you made, and "
                "each finds it in its own .grad.",
            ),
            Held(
                "right-once-right-always",
                """
                def slopes(f, a, b):
                    x = torch.tensor(a, requires_grad=True)
                    w = torch.tensor(b, requires_grad=True)
                    y = x * x
                    y = y * w
                    y.backward()
                    return x.grad, w.grad
                """,
                "You compute x * x, whatever f is. That fits the example in the text; the check calls `slopes` with "
                "other functions too. Use the line that calls f.",
            ),
        ),
        also_right=(
            """
            def slopes(f, a, b):
                w = torch.tensor(b, requires_grad=True)
                x = torch.tensor(a, requires_grad=True)
                (w * f(x)).backward()
                return x.grad, w.grad
            """,
            """
            def slopes(f, a, b):
                x, w = (torch.tensor(number).requires_grad_() for number in (a, b))
                return torch.autograd.grad(f(x) * w, (x, w))
            """,
            # The oracle: no gradient at all. From w, y is a straight line whose slope is f(x).
            """
            def slopes(f, a, b):
                def value(at):
                    return f(torch.tensor(at, dtype=torch.float64)).item()

                step = 1e-4
                return torch.tensor((value(a + step) - value(a - step)) / (2 * step) * b), torch.tensor(value(a))
            """,
        ),
        hints=(
            "A line can only use what an earlier line has made. Which lines use nothing but a, or nothing but b?",
            "First make both tensors, then compute y, then go back, then read. y is computed in two lines: which of "
            "them has to be the first?",
            "Make x, and make w with requires_grad=True. Then y is f of x, and after that y times w. The last two "
            "lines go back from y and return the two .grad.",
        ),
        explanation="""
            Create, compute, go back, read. backward() goes through what has been computed when it is called, so it
            comes after the last line that computes, and before the first that reads. One pass is enough for both
            slopes: on its way from y it comes to every tensor that asked for one.
            """,
        points=3,
        difficulty=1,
        minutes=3,
    ),
    Exercise(
        id="00.5",
        title="Mend, and read the card",
        kind="mend",
        names=("describe",),
        text="""
            `describe(f, at)` is to say three things about the function `f` at the point `at`: its value there, `"y"`;
            its `"slope"`; and whether it `"falls"` there, `True` or `False`. It does so in a dictionary:

            ```python
            describe(lambda x: x * x - 4.0 * x, 1.0)   # {"y": -3.0, "slope": -2.0, "falls": True}
            ```

            The program below raises no error, but two of the three come out wrong, one always and one sometimes.
            **Mend one of them** and run the check: its card says what is still wrong, and which belief leads to it.
            Then **mend the other**.
            """,
        stub="""
            def describe(f, at):
                x = torch.tensor(at, requires_grad=True)
                y = f(x)
                slope = y.backward()
                return {"y": y.item(), "slope": slope, "falls": y.item() < 0}
            """,
        reference="""
            def describe(f, at):
                x = torch.tensor(at, requires_grad=True)
                y = f(x)
                y.backward()
                slope = x.grad.item()
                return {"y": y.item(), "slope": slope, "falls": slope < 0}
            """,
        cases=describe_cases,
        beliefs=(
            Held(
                "backward-returns-the-gradient",
                """
                def describe(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    y = f(x)
                    slope = y.backward()
                    return {"y": y.item(), "slope": slope, "falls": x.grad.item() < 0}
                """,
                'One is mended: "falls" is right. Your "slope" is still what backward() returns, and that is None. '
                "Read it where backward() has put it.",
            ),
            Held(
                "gradient-is-the-value",
                """
                def describe(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    y = f(x)
                    y.backward()
                    slope = x.grad.item()
                    return {"y": y.item(), "slope": slope, "falls": y.item() < 0}
                """,
                'One is mended: "slope" is right. "falls" still asks whether y is below 0. A curve can lie below 0 '
                "and rise, or above 0 and fall: ask its slope.",
            ),
            Held(
                "backward-changes-its-leaf",
                """
                def describe(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    y = f(x)
                    y.backward()
                    slope = x.item()
                    return {"y": y.item(), "slope": slope, "falls": slope < 0}
                """,
                'Your "slope" is the point itself: x holds what it held before backward(). Go one name further, to '
                "its gradient.",
            ),
            Held(
                "output-grad-is-filled",
                """
                def describe(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    y = f(x)
                    y.backward()
                    slope = y.grad.item()
                    return {"y": y.item(), "slope": slope, "falls": slope < 0}
                """,
                "You look for the slope at y, where .grad is None, and None has no item(). What was differentiated is "
                "y; the slope is stored at x.",
            ),
            Held(
                "flag-computes-now",
                """
                def describe(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    y = f(x)
                    slope = x.grad.item()
                    return {"y": y.item(), "slope": slope, "falls": slope < 0}
                """,
                "x.grad is the right place, but no backward() has run yet when you read it, so it is None there, and "
                "None has no item(). Call y.backward() in a line of its own before that.",
            ),
            Held(
                "backward-covers-what-follows",
                """
                def describe(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    x.backward()
                    y = f(x)
                    slope = x.grad.item()
                    return {"y": y.item(), "slope": slope, "falls": slope < 0}
                """,
                'Your "slope" is 1 everywhere: you go back from x before f has been computed, and that is the slope '
                "of x seen from itself. Compute y, and go back from it.",
            ),
            Held(
                "right-once-right-always",
                """
                def describe(f, at):
                    x = torch.tensor(at, requires_grad=True)
                    y = f(x)
                    slope = 2.0 * at - 4.0
                    return {"y": y.item(), "slope": slope, "falls": slope < 0}
                """,
                'Your "slope" is that of the parabola in the text. For another f it is another one: let backward() '
                "find it.",
            ),
        ),
        also_right=(
            """
            def describe(f, at):
                x = torch.tensor(at, requires_grad=True)
                y = f(x)
                y.backward()
                return {"y": y, "slope": x.grad, "falls": x.grad < 0}
            """,
            """
            def describe(f, at):
                x = torch.tensor(at).requires_grad_()
                y = f(x)
                slope, = torch.autograd.grad(y, x)
                return dict(falls=slope.item() < 0.0, slope=slope.item(), y=y.item())
            """,
            # The oracle: two points of a parabola, as far to the left as to the right, give its slope exactly.
            """
            def describe(f, at):
                y, left, right = (f(torch.tensor(at + step, dtype=torch.float64)).item() for step in (0.0, -0.5, 0.5))
                return {"y": y, "slope": right - left, "falls": right < left}
            """,
        ),
        hints=(
            "Call describe with the example of the text in a new cell. Which of the three is wrong there? What does "
            "backward() return?",
            "The slope is not what backward() returns: where does it store it? And a curve falls where which of its "
            "two numbers is below 0?",
            "Call y.backward() in a line of its own, and let slope be x.grad.item(). In the last line, compare slope "
            "with 0, in place of y.item().",
        ),
        explanation="""
            backward() returns None; the slope is in x.grad. And a curve falls where its slope is below 0, wherever its
            value lies. In the example of the text both are below 0, so there the second mistake does not show. That is
            why a check looks at several inputs, and why its card says which of them went wrong.
            """,
        points=3,
        difficulty=1,
        minutes=4,
    ),
]
