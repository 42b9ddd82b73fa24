"""Exercises of lesson 10: operations of one's own, how to check them, and derivatives of derivatives."""

from random import Random
from textwrap import dedent

from minigrad.course.case import Case, Helper, call, look, tensor
from minigrad.course.exercise import Exercise, Held


def numbers(random: Random, count: int) -> list[float]:
    """Numbers of one decimal, none near 0 or 1 and no two alike in size: wrong programs must not agree by chance."""
    return [random.choice((-1, 1)) * size / 10 for size in random.sample(range(12, 30), count)]


def back(weights: list[float], *names: str) -> str:
    """Source that goes back from the result, each element times its weight, and takes the gradients."""
    grads = ", ".join(f"{name}.grad" for name in names)
    return f"result.backward(torch.tensor({weights}))\nresult = [{grads}]"


def changed(name: str, others: tuple[str, ...]) -> str:
    """Source that changes a tensor in place before going back, and says whether that was noticed."""
    grads = ", ".join(f"{other}.grad" for other in others)
    return f"""
with torch.no_grad():
    {name}.mul_(2)
try:
    result.sum().backward()
    result = [{grads}]
except RuntimeError as error:
    if "modified by an inplace operation" not in str(error):
        raise
    result = "the change was noticed"
"""


def twice(first: str, second: str) -> str:
    """Source that takes the gradient for one input, and then the gradient of that for another."""
    return f"""
[slope] = torch.autograd.grad(result.sum(), {first}, create_graph=True)
[result] = torch.autograd.grad(slope.sum(), {second})
"""


ONE_NODE = """
node = result.grad_fn
name = node.name() if node is not None else "none"
own = name.endswith("Backward") and {following.name() for following, _ in node.next_functions if following} == {
    "torch::autograd::AccumulateGrad"}
result = "one node, with a rule of your own" if own else "no node with a rule of your own"
"""


def power_cases(seed: int) -> list[Case]:
    random = Random(seed)
    x, weights = numbers(random, 3), numbers(random, 3)
    tracked = tensor(x, requires_grad=True)
    return [
        call("the value of x**3", "power", kwargs={"x": tracked, "n": 3}, then="result = result.detach()",
             compare=("value", "shape", "message"), atol=1e-4),
        call("the gradient of x**3, each element with its weight", "power", kwargs={"x": tracked, "n": 3},
             then=back(weights, "x"), compare=("value", "shape", "message"), atol=1e-4),
        call("the gradient of x**2", "power", kwargs={"x": tracked, "n": 2},
             then="result.sum().backward()\nresult = x.grad", compare=("value", "shape", "message"), atol=1e-4),
        call("x is changed in place before backward()", "power", kwargs={"x": tracked, "n": 3},
             then=changed("x", ("x",)), compare=("value", "message"), atol=1e-4),
        call("the second derivative of x**4", "power", kwargs={"x": tracked, "n": 4},
             then=twice("x", "x"), compare=("value", "shape", "message"), atol=1e-4),
        call("one node, with a rule of your own", "power", kwargs={"x": tracked, "n": 2},
             then=ONE_NODE, compare=("value", "message")),
    ]  # fmt: skip


def area_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def given(which: str = "both") -> dict:
        return {
            "width": tensor(numbers(random, 3), requires_grad=which in ("both", "width")),
            "height": tensor(numbers(random, 3), requires_grad=which in ("both", "height")),
        }

    compare = ("value", "shape", "message")
    both = ("width", "height")
    return [
        call("the value", "area", kwargs=given(), then="result = result.detach()", compare=compare),
        call("both gradients, each element with its weight", "area", kwargs=given(),
             then=back(numbers(random, 3), *both), compare=compare, atol=1e-4),
        call("only height is tracked", "area", kwargs=given("height"),
             then="result.sum().backward()\nresult = [width.grad, height.grad]", compare=compare, atol=1e-4),
        call("height is changed in place before backward()", "area", kwargs=given(),
             then=changed("height", both), compare=compare, atol=1e-4),
        call("width is changed in place before backward()", "area", kwargs=given(),
             then=changed("width", both), compare=compare, atol=1e-4),
        call("how the gradient of width changes with height", "area", kwargs=given(),
             then=twice("width", "height"), compare=compare, atol=1e-4),
        call("one node, with a rule of your own", "area", kwargs=given(), then=ONE_NODE, compare=compare),
    ]  # fmt: skip


def hypotenuse_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def given(which: str = "both") -> dict:
        return {
            "a": tensor(numbers(random, 3), "float64", requires_grad=which in ("both", "a")),
            "b": tensor(numbers(random, 3), "float64", requires_grad=which in ("both", "b")),
        }

    compare = ("value", "shape", "dtype", "message")
    return [
        call("the value", "hypotenuse", kwargs=given(), then="result = result.detach()", compare=compare),
        call("both gradients, each element with its weight", "hypotenuse", kwargs=given(),
             then=back(numbers(random, 3), "a", "b"), compare=compare),
        call("only b is tracked", "hypotenuse", kwargs=given("b"),
             then="result.sum().backward()\nresult = [a.grad, b.grad]", compare=compare),
        call("b is changed in place before backward()", "hypotenuse", kwargs=given(),
             then=changed("b", ("a", "b")), compare=compare),
        call("the second derivative for a", "hypotenuse", kwargs=given(), then=twice("a", "a"), compare=compare),
        call("one node, with a rule of your own", "hypotenuse", kwargs=given(), then=ONE_NODE, compare=compare),
    ]  # fmt: skip


def trusted_cases(seed: int) -> list[Case]:
    random = Random(seed)
    a, b = numbers(random, 2)
    off = """
        class Slightly(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x * x

            @staticmethod
            def backward(ctx, grad):
                (x,) = ctx.saved_tensors
                return grad * 2.02 * x

        def slightly_off(x):
            return Slightly.apply(x)
        """
    return [
        call(title, "trusted", kwargs={"f": Helper(f), "x": x}, compare=("value", "arguments", "message"))
        for title, f, x in [
            ("right gradients", f"lambda x: (x * {a}).sin() * x", tensor(numbers(random, 3))),
            ("right gradients, a matrix", f"lambda x: x * x * {b}", tensor([numbers(random, 2), numbers(random, 2)])),
            ("a part of f is detached", f"lambda x: x.detach() * x * {a}", tensor(numbers(random, 3))),
            ("a rule that is wrong by one part in a hundred", dedent(off), tensor(numbers(random, 3))),
            ("x is float64 already", f"lambda x: x * x + {b} * x.prod()", tensor(numbers(random, 3), "float64")),
        ]
    ]


def derivatives_cases(seed: int) -> list[Case]:
    random = Random(seed)
    [a] = numbers(random, 1)
    x = random.choice((11, 12, 13, 14)) / 10
    return [
        call(title, "derivatives", kwargs={"f": Helper(f), "x": tensor(at, "float64"), "n": n},
             compare=("value", "arguments", "message"), rtol=1e-4, atol=1e-4)
        for title, f, at, n in [
            ("2 * x**4, once", "lambda x: 2 * x**4", x, 1),
            ("2 * x**4, three times", "lambda x: 2 * x**4", -x, 3),
            ("x * sin(x), four times", f"lambda x: {a} * x * x.sin()", x, 4),
            ("a chain of two, twice", "lambda x: 2 * (0.3 * x**2 + 0.1 * x) ** 4", x, 2),
        ]
    ]  # fmt: skip


def operation(title: str, forward: str, backward: str, function: str, arguments: str) -> str:
    """A program: a Function of this name with these bodies, and the function that applies it."""

    def indented(lines: str) -> str:
        return "\n".join(f"        {line}" for line in lines.strip().splitlines())

    return f"""\
class {title}(torch.autograd.Function):
    @staticmethod
    def forward(ctx, {arguments}):
{indented(forward)}

    @staticmethod
    def backward(ctx, grad):
{indented(backward)}


def {function}({arguments}):
    return {title}.apply({arguments})
"""


def power(backward: str, save: str = "ctx.save_for_backward(x)") -> str:
    return operation("Power", f"{save}\nctx.n = n\nreturn x**n", backward, "power", "x, n")


def area(backward: str, save: str = "ctx.save_for_backward(width, height)", read: str = "ctx.saved_tensors") -> str:
    return operation("Area", f"{save}\nreturn width * height", f"width, height = {read}\n{backward}", "area",
                     "width, height")


def hypotenuse(forward: str, backward: str) -> str:
    return operation("Hypotenuse", forward, backward, "hypotenuse", "a, b")


ROOT = "c = (a * a + b * b).sqrt()\nctx.save_for_backward(a, b, c)\nreturn c"
READ = "a, b, c = ctx.saved_tensors\n"

EXERCISES = [
    Exercise(
        id="10.1",
        title="What comes of it?",
        kind="predict",
        names=("found",),
        text="""
            Two Functions compute `x * x`, and two compute `factor` times `x`:

            ```python
            class Saved(torch.autograd.Function):
                @staticmethod
                def forward(ctx, x):
                    ctx.save_for_backward(x)
                    return x * x

                @staticmethod
                def backward(ctx, grad):
                    (x,) = ctx.saved_tensors
                    return grad * 2 * x


            class Kept(torch.autograd.Function):
                @staticmethod
                def forward(ctx, x):
                    ctx.x = x
                    return x * x

                @staticmethod
                def backward(ctx, grad):
                    return grad * 2 * ctx.x


            class OneBack(torch.autograd.Function):
                @staticmethod
                def forward(ctx, x, factor):
                    ctx.factor = factor
                    return x * factor

                @staticmethod
                def backward(ctx, grad):
                    return grad * ctx.factor


            class TwoBack(OneBack):
                @staticmethod
                def backward(ctx, grad):
                    return grad * ctx.factor, None
            ```

            Each row of the table is run by itself, after these lines:

            ```python
            x = torch.tensor(3.0, requires_grad=True)
            h = x * 1
            big = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
            small = torch.tensor([0.5, 1.5], dtype=torch.float32, requires_grad=True)
            y = 2 * x**4
            ```

            | key | lines | asked for |
            |---|---|---|
            | `"a"` | `z = Saved.apply(h); h.mul_(10); z.backward()` | `x.grad` |
            | `"b"` | `z = Kept.apply(h); h.mul_(10); z.backward()` | `x.grad` |
            | `"c"` | `z = Kept.apply(h); h = h * 10; z.backward()` | `x.grad` |
            | `"d"` | `OneBack.apply(x, 5.0).backward()` | `x.grad` |
            | `"e"` | `TwoBack.apply(x, 5.0).backward()` | `x.grad` |
            | `"f"` | `torch.autograd.gradcheck(Saved.apply, (big,))` | what it returns |
            | `"g"` | `torch.autograd.gradcheck(Saved.apply, (small,))` | what it returns |
            | `"h"` | `[slope] = torch.autograd.grad(y, x, retain_graph=True)` | `slope.requires_grad` |
            | `"i"` | `[slope] = torch.autograd.grad(y, x, create_graph=True)` | `slope.requires_grad` |

            **Predict** each: a number such as `6.0`, `True` or `False`, or `"error"` if one of the lines raises one.
            """,
        stub="""
            found = {
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
            found = {
                "a": "error",
                "b": 60.0,
                "c": 6.0,
                "d": "error",
                "e": 5.0,
                "f": True,
                "g": "error",
                "h": False,
                "i": True,
            }
            """,
        cases=lambda seed: [look("found", row, title=f"row {row}") for row in "abcdefghi"],
        beliefs=(
            Held(
                "attribute-is-saving",
                """
                found = {"a": "error", "b": "error", "c": 6.0, "d": "error", "e": 5.0, "f": True, "g": "error",
                         "h": False, "i": True}
                """,
                "You predicted that Kept notices the change of h, as Saved does. ctx.x is only another name of h: "
                "backward reads what is in it by then, and no error is raised.",
            ),
            Held(
                "saving-copies",
                """
                found = {"a": 6.0, "b": 6.0, "c": 6.0, "d": "error", "e": 5.0, "f": True, "g": "error",
                         "h": False, "i": True}
                """,
                "You predicted that forward has kept the value of h as it was. Nothing is copied. In row a the change "
                "is noticed, and in row b the new value is used.",
            ),
            Held(
                "assignment-changes-the-tensor",
                """
                found = {"a": "error", "b": 60.0, "c": 60.0, "d": "error", "e": 5.0, "f": True, "g": "error",
                         "h": False, "i": True}
                """,
                "You predicted that h = h * 10 changes what Kept has. It makes another tensor and calls it h. Kept has "
                "the old one, which holds 3 as before.",
            ),
            Held(
                "backward-counts-outputs",
                """
                found = {"a": "error", "b": 60.0, "c": 6.0, "d": 5.0, "e": "error", "f": True, "g": "error",
                         "h": False, "i": True}
                """,
                "You counted one output of forward, and so one gradient. backward returns one for each input of "
                "forward: two here, and the second is None.",
            ),
            Held(
                "float32-gradcheck-is-fine",
                """
                found = {"a": "error", "b": 60.0, "c": 6.0, "d": "error", "e": 5.0, "f": True, "g": True,
                         "h": False, "i": True}
                """,
                "You predicted that gradcheck passes in float32 too. Its small steps drown in the rounding there, so "
                "the right rule of Saved fails.",
            ),
            Held(
                "gradcheck-only-answers",
                """
                found = {"a": "error", "b": 60.0, "c": 6.0, "d": "error", "e": 5.0, "f": True, "g": False,
                         "h": False, "i": True}
                """,
                "You predicted False for row g. The check does fail, but gradcheck says so by an error, unless you "
                "ask for False with raise_exception=False.",
            ),
            Held(
                "create-graph-is-retain-graph",
                """
                found = {"a": "error", "b": 60.0, "c": 6.0, "d": "error", "e": 5.0, "f": True, "g": "error",
                         "h": True, "i": True}
                """,
                "You predicted a tracked slope with retain_graph=True. That keeps the graph of y. The backward pass "
                "itself is recorded with create_graph=True only.",
            ),
            Held(
                "gradients-are-constants",
                """
                found = {"a": "error", "b": 60.0, "c": 6.0, "d": "error", "e": 5.0, "f": True, "g": "error",
                         "h": False, "i": False}
                """,
                "You predicted an untracked slope even with create_graph=True. That is what it is for: the backward "
                "pass is recorded, so the slope is a tracked result.",
            ),
        ),
        also_right=(
            'found = dict(a="error", b=60, c=6, d="error", e=5, f=True, g="error", h=False, i=True)',
            # The oracle: a central difference of a parabola, at the values that backward finds.
            """
            def slope(f, at):
                return (f(at + 1.0) - f(at - 1.0)) / 2

            found = {"a": "error", "d": "error", "g": "error"}
            found["b"], found["c"] = slope(lambda h: h * h, 30.0), slope(lambda h: h * h, 3.0)
            found["e"] = slope(lambda x: x * 5.0, 3.0)
            x = torch.tensor(3.0, requires_grad=True)
            for row, options in [("h", {"retain_graph": True}), ("i", {"create_graph": True})]:
                found[row] = torch.autograd.grad(2 * x**4, x, **options)[0].requires_grad
            found["f"] = True
            """,
        ),
        hints=(
            "Rows a and b differ in one point: who notices that h was changed in place? In row c, is h changed at all?",
            "Count the arguments of forward without ctx: backward returns as many. gradcheck either returns True or "
            "raises. retain_graph keeps a graph, create_graph makes one.",
            "Three rows raise: one because of a change, one because of a count, one because of a dtype. In row b, "
            "ctx.x holds 30 when backward reads it.",
        ),
        explanation="""
            save_for_backward remembers the version of h, so row a raises. An attribute does not: in row b the value 30
            is read, and the gradient is wrong without an error. In row c another tensor gets the name h. forward has
            two inputs, so d raises and e is right. gradcheck needs float64: in float32 its steps drown in the rounding.
            retain_graph only keeps the graph of y. create_graph records the backward pass too.
            """,
        points=4,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="10.2",
        title="Fill in a Function",
        kind="fill",
        names=("power",),
        text="""
            `Power` computes `x**n` for a tensor `x` and a Python number `n`, which is at least 2. Its derivative for
            `x` is `n * x**(n - 1)`.

            **Replace the two `...`** and leave the rest. `power(x, n)` must have

            - the right gradient for `x`, whatever comes after it;
            - a right second derivative, with `create_graph=True`;
            - an error in `backward()` if `x` was changed in place since `forward`.
            """,
        stub=power("(x,) = ctx.saved_tensors\nreturn ...", "ctx.save_for_backward(...)"),
        reference=power("(x,) = ctx.saved_tensors\nreturn grad * ctx.n * x ** (ctx.n - 1), None"),
        cases=power_cases,
        beliefs=(
            Held(
                "backward-counts-outputs",
                power("(x,) = ctx.saved_tensors\nreturn grad * ctx.n * x ** (ctx.n - 1)"),
                "You return one gradient, as many as forward has outputs. forward has two inputs, x and n. So backward "
                "returns two: that of x, and None for the number n.",
            ),
            Held(
                "each-argument-has-a-gradient",
                power("(x,) = ctx.saved_tensors\nreturn grad * ctx.n * x ** (ctx.n - 1), grad * x**ctx.n * x.log()"),
                "You return a tensor for n. n is a Python number, and there is nobody to take its gradient. Put None "
                "in its place.",
            ),
            Held(
                "local-is-the-gradient",
                power("(x,) = ctx.saved_tensors\nreturn ctx.n * x ** (ctx.n - 1), None"),
                "You return the derivative of x**n alone. What comes after has its part: multiply by grad, which came "
                "back from there.",
            ),
            Held(
                "attribute-is-saving",
                power("return grad * ctx.n * ctx.x ** (ctx.n - 1), None", "ctx.x = x"),
                "You keep x as an attribute. When x is changed in place, you compute with the new values and nobody "
                "notices. save_for_backward has backward() check it.",
            ),
            Held(
                "a-copy-is-as-good",
                power("return grad * ctx.n * ctx.x ** (ctx.n - 1), None", "ctx.x = x.clone()"),
                "You keep a copy on ctx. No change of x is noticed then, and the copy has no history, so there is no "
                "second derivative. Save x itself.",
            ),
            Held(
                "gradients-are-constants",
                power("x = ctx.saved_tensors[0].detach()\nreturn grad * ctx.n * x ** (ctx.n - 1), None"),
                "Your gradient is right, but it is cut off from x, so the second derivative is missing. Compute it "
                "from the saved x with tensor operations, without detach().",
            ),
        ),
        also_right=(
            power("[x] = ctx.saved_tensors\nslope = ctx.n * x.pow(ctx.n - 1)\nreturn slope * grad, None"),
            power("x = ctx.saved_tensors[0]\nslope = torch.full_like(x, ctx.n)\n"
                  "for _ in range(ctx.n - 1):\n    slope = slope * x\nreturn grad * slope, None"),
            # The oracle: the exact difference quotient (x**n - z**n) / (x - z) for z = x, a sum of n products.
            power("[x] = ctx.saved_tensors\n"
                  "return grad * sum(x**i * x**(ctx.n - 1 - i) for i in range(ctx.n)), None"),
        ),
        hints=(
            "Which values does the formula of the derivative need? n is kept already. And how many inputs has forward?",
            "save_for_backward takes the tensors to be kept. backward gets grad, what came back from whatever comes "
            "after, and returns one gradient for x and something for n.",
            "Save x. Return two things with a comma between them: grad times n times x to the power of n - 1, and "
            "None.",
        ),
        explanation="""
            The tensor goes through save_for_backward, so a change in place is noticed. The plain number n may be an
            attribute. backward returns as many things as forward has inputs besides ctx: a gradient for x, and None for
            n. And since it computes with tensor operations from the saved x, it can itself be recorded and derived.
            """,
        points=3,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="10.3",
        title="Mend a Function",
        kind="mend",
        names=("area",),
        text="""
            `area(width, height)` multiplies two tensors of the same shape, element by element. But its `Function` has
            faults: `backward()` raises an error, and when that is mended, a second fault is left, which raises none.

            **Mend it**, so that

            - each tracked input gets its gradient, whatever comes after `area`;
            - `backward()` raises an error if one of the inputs was changed in place since `forward`;
            - the gradient can be derived again, with `create_graph=True`.

            Keep a Function of your own: `area` must leave one node in the graph.
            """,
        stub=operation("Area", "ctx.width = width\nctx.height = height\nreturn width * height",
                       "return grad * ctx.height", "area", "width, height"),
        reference=area("return grad * height, grad * width"),
        cases=area_cases,
        beliefs=(
            Held(
                "attribute-is-saving",
                area("return grad * height, grad * width", "ctx.both = width, height", "ctx.both"),
                "The gradients are right as long as nobody changes the inputs. If somebody does, yours are wrong and "
                "no error is raised: attributes are not checked. Use save_for_backward.",
            ),
            Held(
                "backward-counts-outputs",
                area("return grad * height"),
                "The inputs are saved well. But you return one gradient, as many as there are outputs. It must be one "
                "for each input: width and height.",
            ),
            Held(
                "node-keeps-the-tracked",
                area("return grad * width, grad * height"),
                "Your two gradients are exchanged. How much does the area grow with the width? As much as the height "
                "is: the slope of a product is the other factor.",
            ),
            Held(
                "local-is-the-gradient",
                area("return height, width"),
                "You return the local derivatives. If something comes after area, they must be multiplied by grad, "
                "which came back from there.",
            ),
            Held(
                "a-copy-is-as-good",
                area("return grad * height, grad * width", "ctx.both = width.clone(), height.clone()", "ctx.both"),
                "You keep copies on ctx. A change is not noticed then, and since forward is not recorded, the copies "
                "have no history: the gradient of width no longer knows that it depends on height.",
            ),
            Held(
                "gradients-are-constants",
                area("return grad * height.detach(), grad * width.detach()"),
                "You cut the saved inputs off. The gradients are right, but they cannot be derived again.",
            ),
            Held(
                "function-is-a-function",
                """
                def area(width, height):
                    return width * height
                """,
                "The numbers are right, but this is PyTorch's own product, with its own rule. Mend the Function, and "
                "let area apply it.",
            ),
        ),
        also_right=(
            area("by_width = by_height = None\n"
                 "if ctx.needs_input_grad[0]:\n    by_width = grad * height\n"
                 "if ctx.needs_input_grad[1]:\n    by_height = grad * width\n"
                 "return by_width, by_height"),
            """
            class Product(torch.autograd.Function):
                @staticmethod
                def forward(width, height):
                    return width * height

                @staticmethod
                def setup_context(ctx, inputs, output):
                    ctx.save_for_backward(*inputs)

                @staticmethod
                def backward(ctx, grad):
                    return tuple(grad * other for other in reversed(ctx.saved_tensors))


            def area(width, height):
                return Product.apply(width, height)
            """,
            # The oracle: a central difference of the product; it is exact, since the area is linear in each side.
            area("by_width = ((width + 1) * height - (width - 1) * height) / 2\n"
                 "by_height = (width * (height + 1) - width * (height - 1)) / 2\n"
                 "return grad * by_width, grad * by_height"),
        ),
        hints=(
            "Read the error: how many gradients were expected, and how many were there? Then ask what ctx.width is "
            "after somebody has changed width in place.",
            "backward returns a gradient for width and one for height. And ctx has a method that keeps tensors and has "
            "backward() check that they have not changed.",
            "In forward: save_for_backward with both inputs. In backward: unpack ctx.saved_tensors, and return grad "
            "times the height, and grad times the width.",
        ),
        explanation="""
            The first fault is loud: two inputs, one gradient. The second is silent. An attribute is one more name of
            the tensor, and backward finds in it whatever is there by then. save_for_backward keeps the version as well,
            and compares. It also gives the tensors back with their history, so the gradient can be derived again.
            """,
        points=4,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="10.4",
        title="Write a Function",
        kind="write",
        names=("hypotenuse",),
        text="""
            A right-angled triangle with the sides `a` and `b` has a long side of `c = (a * a + b * b).sqrt()`. Its
            derivatives are `a / c` for `a`, and `b / c` for `b`.

            Write a `Function` for it, and `hypotenuse(a, b)`, which applies it to two tensors of the same shape. It has

            - the right value, and the right gradient for each input that is tracked;
            - one node in the graph, with your `backward`;
            - a right second derivative;
            - an error in `backward()` if an input was changed in place since `forward`.

            To check it yourself: `torch.autograd.gradcheck(hypotenuse, (a, b))` and
            `torch.autograd.gradgradcheck(hypotenuse, (a, b))`, with tracked `float64` tensors, must return `True`.
            """,
        stub="""
            class Hypotenuse(torch.autograd.Function):
                @staticmethod
                def forward(ctx, a, b):
                    raise NotImplementedError

                @staticmethod
                def backward(ctx, grad):
                    raise NotImplementedError


            def hypotenuse(a, b):
                return Hypotenuse.apply(a, b)
            """,
        reference=hypotenuse(ROOT, f"{READ}return grad * a / c, grad * b / c"),
        cases=hypotenuse_cases,
        beliefs=(
            Held(
                "backward-counts-outputs",
                hypotenuse(ROOT, f"{READ}return grad * (a + b) / c"),
                "You return one gradient for the one output. backward returns one for each input of forward: first "
                "that of a, then that of b.",
            ),
            Held(
                "attribute-is-saving",
                hypotenuse("ctx.a, ctx.b = a, b\nreturn (a * a + b * b).sqrt()",
                           "c = (ctx.a * ctx.a + ctx.b * ctx.b).sqrt()\nreturn grad * ctx.a / c, grad * ctx.b / c"),
                "You keep the inputs as attributes of ctx. If b is changed in place before backward(), your gradients "
                "are those of another triangle, and there is no error. Use save_for_backward.",
            ),
            Held(
                "local-is-the-gradient",
                hypotenuse(ROOT, f"{READ}return a / c, b / c"),
                "You return the local derivatives. They must be multiplied by grad, which came back from whatever was "
                "computed with c.",
            ),
            Held(
                "forward-is-recorded",
                hypotenuse("square = a * a + b * b\nctx.save_for_backward(a, b, square)\nreturn square.sqrt()",
                           "a, b, square = ctx.saved_tensors\nc = square.sqrt()\nreturn grad * a / c, grad * b / c"),
                "The gradients are right, and the second derivative is not. You saved a value from inside forward, "
                "which is not recorded, so it counts as a constant. Save inputs and outputs, and compute the rest in "
                "backward.",
            ),
            Held(
                "gradients-are-constants",
                hypotenuse(ROOT, f"{READ}a, b, c = a.detach(), b.detach(), c.detach()\n"
                                 "return grad * a / c, grad * b / c"),
                "The gradients are right, but cut off from a and b, so they cannot be derived again. Leave the saved "
                "tensors as they are.",
            ),
            Held(
                "function-is-a-function",
                """
                def hypotenuse(a, b):
                    return (a * a + b * b).sqrt()
                """,
                "The numbers are right, but these are four nodes with PyTorch's rules. Write a class with forward and "
                "backward, and let hypotenuse apply it.",
            ),
            Held(
                "node-keeps-the-tracked",
                hypotenuse(ROOT, f"{READ}return grad * b / c, grad * a / c"),
                "The two gradients are exchanged. This is no product: c grows with a by a / c.",
            ),
        ),
        also_right=(
            hypotenuse("ctx.save_for_backward(a, b)\nreturn torch.sqrt(a**2 + b**2)",
                       "a, b = ctx.saved_tensors\nshare = grad / (a * a + b * b).sqrt()\nreturn share * a, share * b"),
            """
            class Hypotenuse(torch.autograd.Function):
                @staticmethod
                def forward(ctx, a, b):
                    ctx.save_for_backward(a, b)
                    return torch.hypot(a, b)

                @staticmethod
                def backward(ctx, grad):
                    both = torch.stack(ctx.saved_tensors)
                    return tuple(grad * both / (both * both).sum(0).sqrt())


            def hypotenuse(a, b):
                return Hypotenuse.apply(a, b)
            """,
            # The oracle: the angle of the triangle, whose cosine and sine are the two derivatives.
            hypotenuse("ctx.save_for_backward(a, b)\nangle = torch.atan2(b, a)\n"
                       "return a * angle.cos() + b * angle.sin()",
                       "a, b = ctx.saved_tensors\nangle = torch.atan2(b, a)\n"
                       "return grad * angle.cos(), grad * angle.sin()"),
        ),
        hints=(
            "The class has two static methods, forward(ctx, a, b) and backward(ctx, grad). Which tensors do the two "
            "formulas of the derivatives need?",
            "a, b and c are inputs and the output, so all three may be saved. backward returns two gradients, in the "
            "order of the inputs, each multiplied by grad.",
            "forward: compute c, save a, b and c with save_for_backward, return c. backward: unpack the three from "
            "ctx.saved_tensors; return grad times a over c, and grad times b over c.",
        ),
        explanation="""
            Inputs and outputs may be saved: they come back in backward with their history, so the second derivative is
            right. What forward computes in between has none. gradcheck sees the first derivative only; gradgradcheck
            looks at the second too, and would have found a saved square.
            """,
        points=5,
        difficulty=3,
        minutes=9,
    ),
    Exercise(
        id="10.5",
        title="Whom to trust?",
        kind="write",
        names=("trusted",),
        text="""
            `f` takes a tensor of floats and returns another. Somebody else has written it, perhaps with a `Function` of
            their own. Are its gradients right?

            Write `trusted(f, x)`, with the help of `torch.autograd.gradcheck`. It returns `True` if the gradients of
            `f` at `x` are right, and `False` if not. It raises no error in either case.

            `x` comes untracked, as `float32` or `float64`. `f` works with both. Leave `x` as it is: its values, its
            flag, its `.grad`.
            """,
        stub="""
            def trusted(f, x):
                raise NotImplementedError
            """,
        reference="""
            def trusted(f, x):
                at = x.clone().to(torch.float64).requires_grad_()
                return torch.autograd.gradcheck(f, (at,), raise_exception=False)
            """,
        cases=trusted_cases,
        beliefs=(
            Held(
                "float32-gradcheck-is-fine",
                """
                def trusted(f, x):
                    at = x.clone().requires_grad_()
                    return torch.autograd.gradcheck(f, (at,), raise_exception=False)
                """,
                "You check in the dtype that x comes in. In float32 the small steps of gradcheck are lost in rounding: "
                "you distrust right gradients too. Convert to float64 first.",
            ),
            Held(
                "gradcheck-only-answers",
                """
                def trusted(f, x):
                    at = x.clone().to(torch.float64).requires_grad_()
                    return torch.autograd.gradcheck(f, (at,))
                """,
                "Where the gradients are wrong, gradcheck raises an error and your function does not return False. "
                "Catch the error, or ask for no error with raise_exception=False.",
            ),
            Held(
                "gradcheck-tracks-its-inputs",
                """
                def trusted(f, x):
                    at = x.clone().to(torch.float64)
                    return torch.autograd.gradcheck(f, (at,), raise_exception=False)
                """,
                "You hand over an untracked tensor, and gradcheck finds nothing to check. Switch tracking on, on your "
                "own copy.",
            ),
            Held(
                "conversion-always-copies",
                """
                def trusted(f, x):
                    at = x.to(torch.float64).requires_grad_()
                    return torch.autograd.gradcheck(f, (at,), raise_exception=False)
                """,
                "If x is float64 already, to(torch.float64) returns x itself, and you switch tracking on for the "
                "caller's tensor. Make a copy first.",
            ),
            Held(
                "no-error-means-right",
                """
                def trusted(f, x):
                    at = x.clone().to(torch.float64).requires_grad_()
                    try:
                        f(at).sum().backward()
                    except RuntimeError:
                        return False
                    return True
                """,
                "You trust every f whose backward() runs through. A wrong rule runs just as well. Compare with "
                "another way to find the slopes: that is what gradcheck does.",
            ),
        ),
        also_right=(
            """
            def trusted(f, x):
                at = x.detach().double().clone()
                at.requires_grad = True
                try:
                    return torch.autograd.gradcheck(f, at)
                except RuntimeError:
                    return False
            """,
            """
            def trusted(f, x):
                at = torch.tensor(x.tolist(), dtype=torch.float64, requires_grad=True)
                return bool(torch.autograd.gradcheck(f, [at], eps=1e-5, raise_exception=False))
            """,
            # The oracle: central differences along each element, without gradcheck.
            """
            def trusted(f, x, step=1e-5):
                at = x.clone().double()
                for i in range(at.numel()):
                    move = torch.zeros_like(at)
                    move.view(-1)[i] = step
                    rise = (f(at + move) - f(at - move)) / (2 * step)
                    for j in range(rise.numel()):
                        p = at.clone().requires_grad_()
                        f(p).reshape(-1)[j].backward()
                        if abs(p.grad.view(-1)[i] - rise.reshape(-1)[j]).item() > 1e-4:
                            return False
                return True
            """,
        ),
        hints=(
            "What does gradcheck need of its input? There are two things, and x has perhaps neither. And what does it "
            "do when gradients are wrong?",
            "Make a copy of x in float64 and switch tracking on for the copy. gradcheck takes the function and a tuple "
            "of inputs. raise_exception=False makes it return False.",
            "One line makes the input: clone, then to(torch.float64), then requires_grad_(). The other returns what "
            "gradcheck says of f and a tuple with that input, with raise_exception=False.",
        ),
        explanation="""
            gradcheck computes each slope twice: with backward, and with small steps to both sides. The steps need the
            many digits of float64. It looks at the inputs that are tracked, so the copy has to be. A detached piece and
            a rule that is off by one part in a hundred both run without an error. Only the comparison finds them.
            """,
        points=4,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="10.6",
        title="Derive again and again",
        kind="write",
        names=("derivatives",),
        text="""
            `f` takes a tensor with one number and returns one. Write `derivatives(f, x, n)`: it returns a list of
            `n + 1` Python numbers: the value of `f` at `x`, its first derivative there, its second, and so on up to the
            derivative number `n`.

            `x` is a single number in a `float64` tensor, untracked. Leave it as it is. You may take it for granted that
            every derivative you compute still depends on `x`.

            To try it: `derivatives(lambda x: 2 * x**4, torch.tensor(10.0, dtype=torch.float64), 2)` is to give
            `[20000.0, 8000.0, 2400.0]`.
            """,
        stub="""
            def derivatives(f, x, n):
                raise NotImplementedError
            """,
        reference="""
            def derivatives(f, x, n):
                x = x.clone().requires_grad_()
                current = f(x)
                found = [current.item()]
                for _ in range(n):
                    [current] = torch.autograd.grad(current, x, create_graph=True)
                    found.append(current.item())
                return found
            """,
        cases=derivatives_cases,
        beliefs=(
            Held(
                "create-graph-is-retain-graph",
                """
                def derivatives(f, x, n):
                    x = x.clone().requires_grad_()
                    current = f(x)
                    found = [current.item()]
                    for _ in range(n):
                        [current] = torch.autograd.grad(current, x, retain_graph=True)
                        found.append(current.item())
                    return found
                """,
                "retain_graph=True keeps the graph of f. It does not record the backward pass, so your first "
                "derivative has no graph of its own, and there is an error at the second. Use create_graph=True.",
            ),
            Held(
                "item-keeps-the-graph",
                """
                def derivatives(f, x, n):
                    x = x.clone().requires_grad_()
                    found = [f(x).item()]
                    current = f(x)
                    for _ in range(n):
                        [current] = torch.autograd.grad(current, x, create_graph=True)
                        found.append(current.item())
                        current = torch.tensor(found[-1], dtype=x.dtype, requires_grad=True)
                    return found
                """,
                "You make a new tensor of each derivative's number. It has no history: it does not know that it came "
                "from x. Go on with the tensor that grad() has returned.",
            ),
            Held(
                "backward-overwrites",
                """
                def derivatives(f, x, n):
                    x = x.clone().requires_grad_()
                    current = f(x)
                    found = [current.item()]
                    for _ in range(n):
                        current.backward(create_graph=True)
                        current = x.grad.clone()
                        found.append(current.item())
                    return found
                """,
                "The first derivative is right. After that, backward() adds each derivative to the ones before, which "
                "are still in x.grad. Use torch.autograd.grad, or set x.grad to None in between.",
            ),
            Held(
                "second-is-first-squared",
                """
                def derivatives(f, x, n):
                    x = x.clone().requires_grad_()
                    [slope] = torch.autograd.grad(f(x), x)
                    return [f(x).item()] + [slope.item() ** order for order in range(1, n + 1)]
                """,
                "You take powers of the first derivative. The second derivative is the slope of the slope: derive the "
                "first one again.",
            ),
            Held(
                "again-is-second",
                """
                def derivatives(f, x, n):
                    x = x.clone().requires_grad_()
                    y = f(x)
                    found = [y.item()]
                    for _ in range(n):
                        [slope] = torch.autograd.grad(y, x, retain_graph=True)
                        found.append(slope.item())
                    return found
                """,
                "You ask for the gradient of the same result each time, and get the same answer. Each round has to "
                "derive what the round before has found.",
            ),
            Held(
                "second-is-slope-at-the-slope",
                """
                def derivatives(f, x, n):
                    found = [f(x).item()]
                    at = x.clone()
                    for _ in range(n):
                        at = at.detach().requires_grad_()
                        [at] = torch.autograd.grad(f(at), at)
                        found.append(at.item())
                    return found
                """,
                "In the second round you put the slope into f, as if it were a new x. The place stays where it is, and "
                "what is derived is the slope.",
            ),
        ),
        also_right=(
            """
            def derivatives(f, x, n):
                def tower(f, order):
                    if order == 0:
                        return f

                    def slope(p):
                        return torch.autograd.grad(f(p), p, create_graph=True)[0]

                    return tower(slope, order - 1)

                p = x.clone().requires_grad_()
                return [tower(f, order)(p).item() for order in range(n + 1)]
            """,
            """
            def derivatives(f, x, n):
                p = x.detach().clone().requires_grad_()
                current, found = f(p), []
                for _ in range(n):
                    found.append(current.item())
                    p.grad = None
                    current.backward(create_graph=True)
                    current = p.grad
                p.grad = None
                return found + [current.item()]
            """,
            # The oracle: derive the polynomial through many values of f around x, without autograd.
            """
            import numpy as np


            def derivatives(f, x, n):
                steps = 0.8 * np.cos(np.pi * (np.arange(16) + 0.5) / 16)
                values = [f(x + step).item() for step in steps.tolist()]
                through = np.polynomial.Chebyshev.fit(steps, values, 15)
                return [float(through.deriv(order)(0.0)) if order else f(x).item() for order in range(n + 1)]
            """,
        ),
        hints=(
            "One derivative is torch.autograd.grad(f(x), x), with a tracked copy of x. Which argument has it recorded, "
            "so that you can derive once more?",
            "Keep one variable for what is to be derived next. It starts as f(x). In each round it becomes its own "
            "gradient for x, with create_graph=True.",
            "Before the loop: a tracked clone of x, the value f of it, and a list with that value's item(). In the "
            "loop, n times: replace the value by the first entry of torch.autograd.grad(value, x, create_graph=True), "
            "and append its item().",
        ),
        explanation="""
            With create_graph=True, each backward pass leaves a graph: that of the derivative. So the derivative is a
            result like any other, and grad() can go back from it. retain_graph keeps only the graph that was there
            already. Since nothing accumulates with torch.autograd.grad, there is nothing to empty in between.
            """,
        points=4,
        difficulty=2,
        minutes=7,
    ),
]
