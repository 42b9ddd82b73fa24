"""Exercises of lesson 03: the backward pass by hand, its order, and what it frees."""

from random import Random
from textwrap import dedent, indent

from minigrad.course.case import Case, Helper, call, look, tensor
from minigrad.course.exercise import Exercise, Held


def numbers(random: Random, count: int) -> list[float]:
    """Numbers of one decimal, of both signs, none near 0 and none near 1: there wrong programs look alike."""
    return [random.choice((-1, 1)) * random.choice((*range(4, 9), *range(12, 20))) / 10 for _ in range(count)]


def by_hand_cases(seed: int) -> list[Case]:
    random = Random(seed)
    pairs = [numbers(random, 2) for _ in range(3)]

    def one(title, pair, then=""):
        arguments = {name: tensor(value) for name, value in zip("wx", pair, strict=True)}
        compare = ("value", "shape", "requires_grad", "arguments", "message")
        return call(title, "by_hand", kwargs=arguments, then=then, compare=compare)

    return [
        one("all gradients", pairs[0]),
        one("all gradients, for other numbers", pairs[1]),
        *(
            one(f"the gradient of {name}", pairs[2], f"result = result.get({name!r}) if type(result) is dict else None")
            for name in "cbaw"
        ),
    ]


def backward_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def edges(*pairs: str) -> list[tuple[str, str, float]]:
        return [(*pair.split(), slope) for pair, slope in zip(pairs, numbers(random, len(pairs)), strict=True)]

    return [
        call(title, "backward", ways, output)
        for title, ways, output in [
            ("a single step", edges("y x"), "y"),
            ("a chain", edges("a w", "b a", "c b", "loss c"), "loss"),
            ("two ways to one tensor", edges("a w", "b a", "loss a", "loss b"), "loss"),
            ("a product of a tensor with itself", edges("a w", "loss a", "loss a"), "loss"),
            ("two leaves and three ways", edges("a w", "b a", "b v", "c b", "c a", "y c", "y a"), "y"),
        ]
    ]


TWO_HEADS = "def body(w):\n    h = w * w\n    body.node = h.grad_fn\n    return h"
IS_FREED = """
try:
    body.__wrapped__.node._saved_self
    result = "kept"
except RuntimeError:
    result = "freed"
"""


def two_heads_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def one(title, count, **options):
        arguments = {name: tensor(numbers(random, count), requires_grad=True) for name in "wuv"}
        return call(title, "two_heads", kwargs={"body": Helper(TWO_HEADS), **arguments}, **options)

    usual = ("value", "shape", "requires_grad", "calls", "message")
    return [
        one("the three gradients", 2, compare=usual),
        one("the three gradients, for longer tensors", 4, compare=usual),
        one("nothing is kept, and nobody is warned", 3, then=IS_FREED, compare=("value", "warnings", "message")),
    ]


def build_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def one(title, **options):
        w, v, x = numbers(random, 3)
        arguments = {"w": tensor(w, requires_grad=True), "v": tensor(v, requires_grad=True), "x": tensor(x)}
        return call(title, "build", kwargs=arguments, **options)

    gradients = "result.backward()\nresult = [w.grad, v.grad, x.grad]"
    return [
        one("its value", compare=("value", "shape", "dtype")),
        one("its graph", compare=("value", "graph", "arguments")),
        one("the gradients of w, v and x", then=gradients, compare=("value", "shape")),
    ]


def chain_cases(seed: int) -> list[Case]:
    random = Random(seed)
    curved = ["square", "sine", "exp"]

    def chain(length: int) -> list[str]:
        """Names no two of which in a row are the same, and at least two of which bend."""
        while True:
            names = [random.choice([*curved, "three times", "plus two"]) for _ in range(length)]
            apart = all(one != other for one, other in zip(names, names[1:], strict=False))
            bends = [name for name in names if name in curved]
            if apart and len(bends) > 1 and names[0] != "plus two" and names.count("exp") < 2:
                return names

    def start() -> float:
        return random.randint(3, 8) / 10

    short = [random.choice(curved)], start()
    chains = [(chain(3), start()), (["square", "sine", "three times"], start()), (chain(4), start())]
    cases = [call(f"a chain of {len(names)}", "chain_slope", names, x) for names, x in [short, *chains]]
    return cases + [call(f"trying, a chain of {len(names)}", "tried_slope", names, x) for names, x in [short, *chains]]


SECOND = {
    "a": ("y = x + 2", "y.backward()", "y.backward()"),
    "b": ("y = x * x", "y.backward()", "y.backward()"),
    "c": ("y = x * 3", "y.backward()", "y.backward()"),
    "d": ("y = (x + 2).exp()", "y.backward()", "y.backward()"),
    "e": ("y = x * x", "y.backward(retain_graph=True)", "y.backward()"),
    "f": ("y = x * x", "y.backward()", "y.backward(retain_graph=True)"),
    "g": ("y = x * x", "y.backward()", "y = x * x", "y.backward()"),
    "h": ("h = x * x", "y, z = h + 1, h + 2", "y.backward()", "z.backward()"),
    "i": ("h = x + 1", "y, z = h * h, h * 5", "y.backward()", "z.backward()"),
}

BY_HAND = """
def by_hand(w, x):
    a = w * x
    b = a * a
    c = b + w
    loss = c * a

    g_loss = {loss}
    g_c = {c}
    g_a = {a}
    g_b = {b}
    g_w = {w}
    g_a = g_a + {more_a}
    g_w = g_w + {more_w}
    return {{"c": g_c, "b": g_b, "a": g_a, "w": g_w}}
"""
RIGHT_SLOPE = """
    gradient = 1.0
    for name in names:
        gradient *= SLOPE[name](x)
        x = VALUE[name](x)
"""
TRIED = """

def tried_slope(names, x, step=1e-4):
    def result(x):
        for name in names:
            x = VALUE[name](x)
        return x

    return (result(x + step) - result(x - step)) / (2 * step)
"""


def chain(slope: str, tried: str = TRIED) -> str:
    """The two functions of 03.7, the first with this way to the slope."""
    return f"def chain_slope(names, x):\n{indent(dedent(slope).strip(), '    ')}\n    return gradient\n{tried}"


EXERCISES = [
    Exercise(
        id="03.1",
        title="What arrives, and what stays?",
        kind="predict",
        names=("went",),
        text="""
            ```python
            w = torch.tensor(3.0, requires_grad=True)
            x = torch.tensor(2.0)
            a = w * x
            b = a * a
            loss = b - a
            loss.backward()
            ```

            **Predict** three things. Which gradient arrives at `loss`, at `b`, at `a` and at `w` (the whole of it, when
            all has arrived)? What is in `.grad` afterwards: a number, or `None`? And in which order do the nodes of
            `a`, `b` and `loss` run? Write the order as a list of their names, such as `["b", "loss", "a"]`.
            """,
        stub="""
            went = {
                "arrives at loss": ...,
                "arrives at b": ...,
                "arrives at a": ...,
                "arrives at w": ...,
                "loss.grad": ...,
                "a.grad": ...,
                "w.grad": ...,
                "order": ...,
            }
            """,
        reference="""
            went = {
                "arrives at loss": 1.0,
                "arrives at b": 1.0,
                "arrives at a": 11.0,
                "arrives at w": 22.0,
                "loss.grad": None,
                "a.grad": None,
                "w.grad": 22.0,
                "order": ["loss", "b", "a"],
            }
            """,
        cases=lambda seed: [
            *(look("went", f"arrives at {name}", title=f"what arrives at {name}") for name in ("loss", "b", "a", "w")),
            *(look("went", f"{name}.grad", title=f"{name}.grad afterwards") for name in ("loss", "a", "w")),
            look("went", "order", title="the order of the nodes"),
        ],
        beliefs=(
            Held(
                "output-grad-is-filled",
                """
                went = {"arrives at loss": 1.0, "arrives at b": 1.0, "arrives at a": 11.0, "arrives at w": 22.0}
                went |= {"loss.grad": 1.0, "a.grad": None, "w.grad": 22.0, "order": ["loss", "b", "a"]}
                """,
                "You predicted that loss.grad is filled. The pass starts there with 1, but .grad is kept for leaves "
                "only, and loss was computed.",
            ),
            Held(
                "grad-on-every-tensor",
                """
                went = {"arrives at loss": 1.0, "arrives at b": 1.0, "arrives at a": 11.0, "arrives at w": 22.0}
                went |= {"loss.grad": 1.0, "a.grad": 11.0, "w.grad": 22.0, "order": ["loss", "b", "a"]}
                """,
                "You predicted that what arrives at loss and at a stays in their .grad. It is used to go on, and "
                "dropped: only w is a leaf that requires grad.",
            ),
            Held(
                "grad-starts-at-zero",
                """
                went = {"arrives at loss": 1.0, "arrives at b": 1.0, "arrives at a": 11.0, "arrives at w": 22.0}
                went |= {"loss.grad": 0.0, "a.grad": 0.0, "w.grad": 22.0, "order": ["loss", "b", "a"]}
                """,
                "You predicted 0 for the .grad of loss and of a. Nothing is stored there, and PyTorch says None for "
                "that.",
            ),
            Held(
                "local-is-the-gradient",
                """
                went = {"arrives at loss": 1.0, "arrives at b": 1.0, "arrives at a": 12.0, "arrives at w": 2.0}
                went |= {"loss.grad": None, "a.grad": None, "w.grad": 2.0, "order": ["loss", "b", "a"]}
                """,
                "You predicted the slope of one operation: 2 * a for b seen from a, and x for a seen from w. What "
                "arrives is the slope of loss: all that lies between has to be multiplied in.",
            ),
            Held(
                "one-way-counts",
                """
                went = {"arrives at loss": 1.0, "arrives at b": 1.0, "arrives at a": 12.0, "arrives at w": 24.0}
                went |= {"loss.grad": None, "a.grad": None, "w.grad": 24.0, "order": ["loss", "b", "a"]}
                """,
                "You predicted that 12 arrives at a, which is what comes through b. a is also used by the subtraction "
                "itself, and that sends a gradient too. They are added.",
            ),
            Held(
                "gradient-starts-at-the-value",
                """
                went = {"arrives at loss": 30.0, "arrives at b": 30.0, "arrives at a": 330.0, "arrives at w": 660.0}
                went |= {"loss.grad": None, "a.grad": None, "w.grad": 660.0, "order": ["loss", "b", "a"]}
                """,
                "You start with 30, the value of loss. The pass starts with the slope of loss seen from loss: if loss "
                "grows by 1, loss grows by 1.",
            ),
            Held(
                "square-is-one-use",
                """
                went = {"arrives at loss": 1.0, "arrives at b": 1.0, "arrives at a": 5.0, "arrives at w": 10.0}
                went |= {"loss.grad": None, "a.grad": None, "w.grad": 10.0, "order": ["loss", "b", "a"]}
                """,
                "You counted one of the two factors of a * a. Both are a, and each sends 6 back, so 12 comes from b.",
            ),
            Held(
                "code-order",
                """
                went = {"arrives at loss": 1.0, "arrives at b": 1.0, "arrives at a": 11.0, "arrives at w": 22.0}
                went |= {"loss.grad": None, "a.grad": None, "w.grad": 22.0, "order": ["a", "b", "loss"]}
                """,
                "You let the nodes run in the order of the code. The node of a cannot begin: what it is to multiply "
                "with has to come from b and from loss first.",
            ),
        ),
        also_right=(
            """
            went = {"arrives at loss": 1, "arrives at b": 1, "arrives at a": 11, "arrives at w": 22}
            went.update({"loss.grad": None, "a.grad": None, "w.grad": 22, "order": ("loss", "b", "a")})
            """,
            # The oracle: hooks see what arrives, and when.
            """
            w = torch.tensor(3.0, requires_grad=True)
            a = w * 2.0
            b = a * a
            loss = b - a
            went, order = {}, []
            for name, value in [("loss", loss), ("b", b), ("a", a)]:
                value.register_hook(lambda grad, name=name: order.append((name, grad.item())))
            loss.backward()
            for name, grad in order:
                went[f"arrives at {name}"] = grad
            went |= {"arrives at w": w.grad.item(), "w.grad": w.grad.item(), "loss.grad": None, "a.grad": None}
            went["order"] = [name for name, _ in order]
            """,
            # Another: central differences, which are exact for a parabola.
            """
            def loss_of_a(a):
                return a * a - a

            went = dict.fromkeys(["loss.grad", "a.grad"])
            went["arrives at loss"] = went["arrives at b"] = 1.0
            went["arrives at a"] = (loss_of_a(7.0) - loss_of_a(5.0)) / 2
            went["arrives at w"] = went["w.grad"] = (loss_of_a(8.0) - loss_of_a(4.0)) / 2
            went["order"] = ["loss", "b", "a"]
            """,
        ),
        hints=(
            "Begin at the end: 1 arrives at loss. What does a subtraction send to its first input, and what to its "
            "second?",
            "a is used three times: twice in a * a, once in b - a. Add what comes from each use before you go on to w.",
            "1 goes to b, and -1 to a. From b come 6 and 6 to a. The sum goes to w, times x. Only one of the five "
            "tensors is a leaf that requires grad.",
        ),
        explanation="""
            1 arrives at loss. The subtraction sends 1 to b and -1 to a. The product a * a sends 6 * 1 to its first
            factor and 6 * 1 to its second, and both are a: together 11. The node of a waits until all three have
            come, so it runs last; it sends 11 * 2 = 22 to w. Only w keeps what arrives, for only w is a leaf that
            requires grad.
            """,
        points=4,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="03.2",
        title="A backward pass by hand",
        kind="fill",
        names=("by_hand",),
        text="""
            `by_hand(w, x)` computes a loss, then goes back by hand, without autograd. `g_a` stands for the gradient of
            `loss` with respect to `a`, and so on. `w` and `x` are untracked tensors with one number each.

            **Put an expression in place of each `...`.** You may use all names from the lines above it. `a` and `w` are
            used more than once on the way forward, so the way back comes to them more than once, and there are two
            lines for each.
            """,
        stub="""
            def by_hand(w, x):
                a = w * x
                b = a * a
                c = b + w
                loss = c * a

                g_loss = ...
                # back through loss = c * a
                g_c = ...
                g_a = ...
                # back through c = b + w
                g_b = ...
                g_w = ...
                # back through b = a * a: g_a so far, and what comes now
                g_a = ...
                # back through a = w * x: g_w so far, and what comes now
                g_w = ...
                return {"c": g_c, "b": g_b, "a": g_a, "w": g_w}
            """,
        reference="""
            def by_hand(w, x):
                a = w * x
                b = a * a
                c = b + w
                loss = c * a

                g_loss = 1.0
                # back through loss = c * a
                g_c = g_loss * a
                g_a = g_loss * c
                # back through c = b + w
                g_b = g_c
                g_w = g_c
                # back through b = a * a: g_a so far, and what comes now
                g_a = g_a + g_b * 2 * a
                # back through a = w * x: g_w so far, and what comes now
                g_w = g_w + g_a * x
                return {"c": g_c, "b": g_b, "a": g_a, "w": g_w}
            """,
        cases=by_hand_cases,
        beliefs=(
            Held(
                "local-is-the-gradient",
                BY_HAND.format(loss="1.0", c="a", a="c", b="torch.tensor(1.0)", w="1.0", more_a="2 * a", more_w="x"),
                "You wrote down the slope of each line alone. g_b says how loss changes with b: how c changes with b, "
                "times how loss changes with c, which is g_c. So each of your lines needs what came in as a factor.",
            ),
            Held(
                "output-grad-is-filled",
                BY_HAND.format(loss="loss.grad", c="g_loss * a", a="g_loss * c", b="g_c", w="g_c",
                               more_a="g_b * 2 * a", more_w="g_a * x"),
                "You take g_loss from loss.grad, which is None. No backward() has run here, and even after one "
                "loss.grad would be None. What is the slope of loss seen from loss itself?",
            ),
            Held(
                "gradient-starts-at-the-value",
                BY_HAND.format(loss="loss", c="g_loss * a", a="g_loss * c", b="g_c", w="g_c",
                               more_a="g_b * 2 * a", more_w="g_a * x"),
                "You start with the value of loss, so all your gradients are too large by that factor. g_loss is the "
                "slope of loss seen from loss.",
            ),
            Held(
                "output-gradient-starts-at-zero",
                BY_HAND.format(loss="0.0", c="g_loss * a", a="g_loss * c", b="g_c", w="g_c",
                               more_a="g_b * 2 * a", more_w="g_a * x"),
                "You start with 0, and all that follows is a multiple of that. If loss grows by 1, by how much does "
                "loss grow?",
            ),
            Held(
                "node-keeps-the-tracked",
                BY_HAND.format(loss="1.0", c="g_loss * c", a="g_loss * a", b="g_c", w="g_c",
                               more_a="g_b * 2 * a", more_w="g_a * w"),
                "In the products you multiply with the factor itself. The slope of c * a seen from c is a: it is the "
                "other factor that counts.",
            ),
            Held(
                "square-is-one-use",
                BY_HAND.format(loss="1.0", c="g_loss * a", a="g_loss * c", b="g_c", w="g_c",
                               more_a="g_b * a", more_w="g_a * x"),
                "You count one factor of a * a. It holds a twice, and each of the two passes g_b * a back.",
            ),
            Held(
                "one-way-counts",
                BY_HAND.format(loss="1.0", c="g_loss * a", a="g_loss * c", b="g_c", w="g_c",
                               more_a="g_b * 2 * a - g_a", more_w="g_a * x - g_w"),
                "You keep only the gradient that came last and throw away what came before it. a is changed along two "
                "ways and so is w; what comes along both is added.",
            ),
        ),
        also_right=(
            BY_HAND.format(loss="torch.tensor(1.0)", c="a * g_loss", a="c * g_loss", b="1.0 * g_c", w="1.0 * g_c",
                           more_a="a * g_b + a * g_b", more_w="x * g_a"),
            # The oracle: the derivatives of loss as a formula, loss = (a² + w) * a with a = w * x.
            """
            def by_hand(w, x):
                w, x = w.item(), x.item()
                a = w * x
                slopes = {"c": a, "b": a, "a": 3 * a**2 + w, "w": 3 * w**2 * x**3 + 2 * w * x}
                return {name: torch.tensor(slope) for name, slope in slopes.items()}
            """,
            # Another: the derivative as a central difference, in double precision.
            """
            def by_hand(w, x):
                w, x, step = w.item(), x.item(), 1e-5

                def slope(f, at):
                    return torch.tensor((f(at + step) - f(at - step)) / (2 * step))

                def end(a, w):
                    return (a * a + w) * a

                a = w * x
                return {
                    "c": slope(lambda c: c * a, a * a + w),
                    "b": slope(lambda b: (b + w) * a, a * a),
                    "a": slope(lambda a: end(a, w), a),
                    "w": slope(lambda w: end(w * x, w), w),
                }
            """,
            # Autograd itself.
            """
            def by_hand(w, x):
                w = w.clone().requires_grad_()
                a = w * x
                b = a * a
                c = b + w
                return dict(zip("cbaw", torch.autograd.grad(c * a, [c, b, a, w])))
            """,
        ),
        hints=(
            "Each gradient is what came in from the line behind, times the slope of this line alone. The first one "
            "asks how loss changes with loss.",
            "A product passes g times the other factor to each factor. A sum passes g on as it is. a * a is a product "
            "whose two factors are both a.",
            "g_loss is 1.0. From loss = c * a: g_loss times a to c, and g_loss times c to a. From the sum: g_c to "
            "both. From a * a: g_b times a, for each of the two factors. From w * x: g_a times x.",
        ),
        explanation="""
            Each line back takes the gradient of the line's result and multiplies it with the slope of the line: the
            other factor for a product, 1 for a sum. a is used in three places: in loss = c * a, and twice in b = a * a,
            so three gradients are added before g_a is used. w is used in two. This is what backward() does, with one
            node for each line.
            """,
        points=4,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="03.3",
        title="The walk back, in order",
        kind="order",
        names=("backward",),
        text="""
            Here a graph is plain data. `edges` is a list of triples `(result, source, slope)`: `result` was computed
            from `source`, and `slope` is the local derivative. They stand in the order in which the code ran:

            ```python
            edges = [
                ("a", "w", 2.0),     # a = 2 * w
                ("loss", "a", 5.0),  # loss = 5 * a
            ]
            ```

            `backward(edges, "loss")` is to return the gradient of the loss for every name, as a dict. Here that is
            `{"loss": 1.0, "a": 5.0, "w": 10.0}`. A result that uses a tensor twice has two edges to it.

            The lines stand below in the wrong order, and four that you do not need are among them. **Put the lines in
            order**, mind which belong inside the loop, and delete the four.
            """,
        stub="""
            def backward(edges, output):
                return gradient
                for result, source, slope in edges:
                    gradient[source] = gradient.get(source, 0.0) + passed_on
                    passed_on = slope
                gradient = {output: 0.0}
                for result, source, slope in reversed(edges):
                    gradient[source] = passed_on
                    passed_on = gradient[result] * slope
                gradient = {output: 1.0}
            """,
        reference="""
            def backward(edges, output):
                gradient = {output: 1.0}
                for result, source, slope in reversed(edges):
                    passed_on = gradient[result] * slope
                    gradient[source] = gradient.get(source, 0.0) + passed_on
                return gradient
            """,
        cases=backward_cases,
        beliefs=(
            Held(
                "code-order",
                """
                def backward(edges, output):
                    gradient = {output: 1.0}
                    for result, source, slope in edges:
                        passed_on = gradient[result] * slope
                        gradient[source] = gradient.get(source, 0.0) + passed_on
                    return gradient
                """,
                "You go through the edges in the order of the code. The first edge needs the gradient of its result, "
                "and that is not known before the later edges have been walked back.",
            ),
            Held(
                "local-is-the-gradient",
                """
                def backward(edges, output):
                    gradient = {output: 1.0}
                    for result, source, slope in reversed(edges):
                        passed_on = slope
                        gradient[source] = gradient.get(source, 0.0) + passed_on
                    return gradient
                """,
                "You pass on the slope of one step. It says how result changes with source; how the output changes "
                "with source is that, times the gradient of result.",
            ),
            Held(
                "one-way-counts",
                """
                def backward(edges, output):
                    gradient = {output: 1.0}
                    for result, source, slope in reversed(edges):
                        passed_on = gradient[result] * slope
                        gradient[source] = passed_on
                    return gradient
                """,
                "Where several ways lead to one tensor, you keep what came last. All of them count: add to what is "
                "there.",
            ),
            Held(
                "output-gradient-starts-at-zero",
                """
                def backward(edges, output):
                    gradient = {output: 0.0}
                    for result, source, slope in reversed(edges):
                        passed_on = gradient[result] * slope
                        gradient[source] = gradient.get(source, 0.0) + passed_on
                    return gradient
                """,
                "You start with 0 at the output, so everything is 0. The slope of the output seen from itself is 1.",
            ),
            Held(
                "backward-goes-one-step",
                """
                def backward(edges, output):
                    gradient = {output: 1.0}
                    for result, source, slope in reversed(edges):
                        passed_on = gradient[result] * slope
                        gradient[source] = gradient.get(source, 0.0) + passed_on
                        return gradient
                """,
                "Your return stands inside the loop, so the walk ends after its first edge. It has to go on to the "
                "leaves.",
            ),
        ),
        also_right=(
            """
            def backward(edges, output):
                gradient = {output: 1.0}
                for edge in edges[::-1]:
                    gradient.setdefault(edge[1], 0.0)
                    gradient[edge[1]] += gradient[edge[0]] * edge[2]
                return gradient
            """,
            # The oracle: every way from the output, the product along each, the sum over all.
            """
            def backward(edges, output):
                gradient = {}

                def follow(name, product):
                    gradient[name] = gradient.get(name, 0.0) + product
                    for result, source, slope in edges:
                        if result == name:
                            follow(source, product * slope)

                follow(output, 1.0)
                return gradient
            """,
            # Another: the change itself. Move one tensor by 1, and see how far the output moves.
            """
            def backward(edges, output):
                def moved(by):
                    change = {by: 1.0}
                    for result, source, slope in edges:
                        change[result] = change.get(result, 0.0) + slope * change.get(source, 0.0)
                    return change[output]

                return {name: moved(name) for name in {output} | {source for _, source, _ in edges}}
            """,
        ),
        hints=(
            "One line comes before the loop, two are inside it, one comes after it. What must be known before the loop "
            "starts?",
            "An edge can be walked only when the gradient of its result is complete. Which of the two loops sees to "
            "that? And what goes to source: the slope alone?",
            "Start with 1.0 at the output. Walk from the last edge to the first. In the loop first multiply, then add "
            "to what source already has. Return when the loop is done.",
        ),
        explanation="""
            This is the heart of autograd: start with 1, walk from the last edge to the first, multiply,
            add. From last to first, so that the gradient of a result is complete before it is passed on. Multiply along
            a way, add where ways meet: that is the chain rule.
            """,
        points=3,
        difficulty=2,
        minutes=5,
    ),
    Exercise(
        id="03.4",
        title="Once or twice?",
        kind="predict",
        names=("raises",),
        text="""
            Each program is run by itself, after `x = torch.tensor(3.0, requires_grad=True)`. **Predict**: does its last
            line raise an error? Put `True` (it raises) or `False` (it does not) in place of each `...`. No line before
            the last raises.

            | key | program |
            |---|---|
            | `"a"` | `y = x + 2; y.backward(); y.backward()` |
            | `"b"` | `y = x * x; y.backward(); y.backward()` |
            | `"c"` | `y = x * 3; y.backward(); y.backward()` |
            | `"d"` | `y = (x + 2).exp(); y.backward(); y.backward()` |
            | `"e"` | `y = x * x; y.backward(retain_graph=True); y.backward()` |
            | `"f"` | `y = x * x; y.backward(); y.backward(retain_graph=True)` |
            | `"g"` | `y = x * x; y.backward(); y = x * x; y.backward()` |
            | `"h"` | `h = x * x; y, z = h + 1, h + 2; y.backward(); z.backward()` |
            | `"i"` | `h = x + 1; y, z = h * h, h * 5; y.backward(); z.backward()` |
            """,
        stub="raises = {\n" + "".join(f'    "{name}": ...,\n' for name in SECOND) + "}",
        reference="raises = {\n" + "".join(f'    "{name}": {name in "bcdfh"},\n' for name in SECOND) + "}",
        cases=lambda seed: [look("raises", name, title=f"program {name}") for name in SECOND],
        beliefs=(
            Held(
                "backward-twice-always",
                'raises = {name: False for name in "abcdefghi"}',
                "You predicted that a second pass always works. In b the product has saved its factors, the first pass "
                "has freed them, and the second finds them gone.",
            ),
            Held(
                "backward-twice-never",
                'raises = {name: name in "abcdfhi" for name in "abcdefghi"}',
                "You predicted that a second pass fails unless the first kept the graph. In a and in i it comes only "
                "to nodes that have saved nothing, or that have not run yet.",
            ),
            Held(
                "retain-works-afterwards",
                'raises = {name: name in "bcdh" for name in "abcdefghi"}',
                "You predicted that retain_graph=True helps in f. It tells the second pass not to free; the first pass "
                "has freed already.",
            ),
            Held(
                "constant-is-not-saved",
                'raises = {name: name in "bdfh" for name in "abcdefghi"}',
                "You predicted that c works, since the 3 stands in the code. The node does not read the code: it saves "
                "the other factor, here a tensor with a 3 in it, and frees it like any other.",
            ),
            Held(
                "each-result-has-its-own-graph",
                'raises = {name: name in "bcdf" for name in "abcdefghi"}',
                "You predicted that h works, since backward() is called once on y and once on z. Both come from h, and "
                "the first pass has freed what the node of h had saved.",
            ),
            Held(
                "sharing-forbids",
                'raises = {name: name in "bcdfhi" for name in "abcdefghi"}',
                "You predicted that i fails because y and z share h. What they share is a sum, which has saved "
                "nothing. The nodes that have saved something run once each.",
            ),
            Held(
                "freed-for-good",
                'raises = {name: name in "bcdfgh" for name in "abcdefghi"}',
                "You predicted that g fails. Its third line computes x * x again, and that makes a new node with "
                "values of its own.",
            ),
        ),
        also_right=(
            'raises = {"a": False, "b": True, "c": True, "d": True, "e": False}\n'
            'raises.update(f=True, g=False, h=True, i=False)',
            # The oracle: the programs, run.
            f"""
            programs = {SECOND!r}
            raises = {{}}
            for name, lines in programs.items():
                space = {{"x": torch.tensor(3.0, requires_grad=True)}}
                for line in lines[:-1]:
                    exec(line, space)
                try:
                    exec(lines[-1], space)
                    raises[name] = False
                except RuntimeError:
                    raises[name] = True
            """,
        ),
        hints=(
            "For each node that the last line comes to, ask two questions: did it save a value, and has a pass before "
            "already been there?",
            "Sums and differences save no values. Products save factors (a number too), exp saves its result. "
            "retain_graph=True says something about the pass it is given to, and about no other.",
            "Five raise: three where the first pass freed what the second needs, one where retain_graph=True comes too "
            "late, and one where two results share a node that was freed.",
        ),
        explanation="""
            a: the node of a sum saves no value, so it can run again. b, c, d: a product and exp save values, and the
            first pass frees them; the 3 in c is saved as well. e: the first pass was told to keep. f: told too late. g:
            a second x * x is a second node. h: y and z share the node of h = x * x, and it was freed. i: they share a
            sum, which has nothing to free, and each product runs once.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="03.5",
        title="Mend: two heads on one body",
        kind="mend",
        names=("two_heads",),
        text="""
            A network has one body and two heads. `body(w)` takes a tensor and returns a tensor; each head multiplies
            what the body made with its own weights. `two_heads` is to return **three gradients**: of `left` with
            respect to `u`, of `right` with respect to `v`, and of `left + right` with respect to `w`. All of `w`, `u`
            and `v` are leaves that require grad, and their `.grad` is `None` before the call.

            It raises an error, and if you mend that, what it returns is wrong. **Mend both.**

            - `body` costs much, so call it **once**.
            - When the function is done, the graph must **not** hold its saved values any more.

            To see the error, run this in a new cell:

            ```python
            leaves = [torch.tensor([1.0, 2.0], requires_grad=True) for _ in range(3)]
            two_heads(lambda w: w * w, *leaves)
            ```
            """,
        stub="""
            def two_heads(body, w, u, v):
                h = body(w)
                left = (h * u).sum()
                right = (h * v).sum()
                left.backward()
                of_left = left.grad
                right.backward()
                of_right = right.grad
                return of_left, of_right, w.grad
            """,
        reference="""
            def two_heads(body, w, u, v):
                h = body(w)
                left = (h * u).sum()
                right = (h * v).sum()
                left.backward(retain_graph=True)
                of_left = u.grad
                right.backward()
                of_right = v.grad
                return of_left, of_right, w.grad
            """,
        cases=two_heads_cases,
        beliefs=(
            Held(
                "backward-twice-always",
                """
                def two_heads(body, w, u, v):
                    h = body(w)
                    left = (h * u).sum()
                    right = (h * v).sum()
                    left.backward()
                    of_left = u.grad
                    right.backward()
                    of_right = v.grad
                    return of_left, of_right, w.grad
                """,
                "You read the gradients from the right places now. The second pass still fails: it comes to the body, "
                "and what the body had saved was freed by the first. It is the first that must be told to keep it.",
            ),
            Held(
                "output-grad-is-filled",
                """
                def two_heads(body, w, u, v):
                    h = body(w)
                    left = (h * u).sum()
                    right = (h * v).sum()
                    left.backward(retain_graph=True)
                    of_left = left.grad
                    right.backward()
                    of_right = right.grad
                    return of_left, of_right, w.grad
                """,
                "Both passes run now. But left.grad and right.grad are None: the gradient is not kept where a pass "
                "starts. It arrives at the leaves.",
            ),
            Held(
                "retain-graph-is-free",
                """
                def two_heads(body, w, u, v):
                    h = body(w)
                    left = (h * u).sum()
                    right = (h * v).sum()
                    left.backward(retain_graph=True)
                    right.backward(retain_graph=True)
                    return u.grad, v.grad, w.grad
                """,
                "The gradients are right, but the second pass keeps the graph too, and nobody needs it after that. "
                "Let the last pass free what is saved.",
            ),
            Held(
                "forward-must-run-again",
                """
                def two_heads(body, w, u, v):
                    left = (body(w) * u).sum()
                    left.backward()
                    right = (body(w) * v).sum()
                    right.backward()
                    return u.grad, v.grad, w.grad
                """,
                "The gradients are right, but you compute the body twice. One forward can serve both heads.",
            ),
            Held(
                "silenced-is-mended",
                """
                def two_heads(body, w, u, v):
                    h = body(w)
                    left = (h * u).sum()
                    right = (h.detach() * v).sum()
                    left.backward()
                    right.backward()
                    return u.grad, v.grad, w.grad
                """,
                "There is no error any more, but w.grad holds the part of left only: what right should have sent "
                "through the body is left out.",
            ),
        ),
        also_right=(
            """
            def two_heads(body, w, u, v):
                h = body(w)
                left = (h * u).sum()
                right = (h * v).sum()
                (left + right).backward()
                return u.grad, v.grad, w.grad
            """,
            """
            def two_heads(body, w, u, v):
                h = body(w)
                torch.autograd.backward([(h * u).sum(), (h * v).sum()])
                return u.grad, v.grad, w.grad
            """,
            """
            def two_heads(body, w, u, v):
                h = body(w)
                left, right = (h * u).sum(), (h * v).sum()
                of_left, part = torch.autograd.grad(left, [u, w], retain_graph=True)
                of_right, rest = torch.autograd.grad(right, [v, w])
                return of_left, of_right, part + rest
            """,
            # The oracle: what a product passes back, by hand; the body's own share by autograd.
            """
            def two_heads(body, w, u, v):
                h = body(w)
                with torch.no_grad():
                    come = u + v
                h.backward(come)
                return h.detach(), h.detach(), w.grad
            """,
        ),
        hints=(
            "Which node do left and right share? What did it save, and which pass frees that?",
            "The first pass has to keep the graph for the second; or there is one pass only. And in whose .grad does "
            "the gradient for u arrive?",
            "Either left.backward gets retain_graph=True and right.backward does not, or you call backward once on the "
            "sum of both. Then u, v and w have their gradients in their own .grad.",
        ),
        explanation="""
            left and right share the body. The first pass frees what the body saved, unless it is told to retain the
            graph; the second pass, the last one, should free it. To add the two results and go back once does the same
            with less work. The gradients are in u.grad, v.grad and w.grad: left and right are where the passes start,
            not leaves. w.grad holds the sum of both parts, since backward() adds to what is there.
            """,
        points=3,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="03.6",
        title="From the picture to the code",
        kind="draw",
        names=("build",),
        text="""
            The picture below shows the graph behind a tensor, with what each node has saved. **Write** `build(w, v, x)`
            so that it returns a tensor with **this graph**. `w` and `v` are leaves that require grad, `x` is untracked,
            and all have one number. In the picture `w` was 2, `v` was 0.5 and `x` was 3.

            Each operation of the picture is one operation of your code, and a box with two arrows out of it was used
            twice. Which factor of a product came first? What it has saved tells: `self` is the first factor, `other`
            the second.
            """,
        picture="""
            from minigrad.viz import draw

            w = torch.tensor(2.0, requires_grad=True)
            v = torch.tensor(0.5, requires_grad=True)
            a = w * torch.tensor(3.0)
            b = a * v
            c = b.sin()
            y = c * a
            picture = draw(y, names={"w": w, "v": v, "a": a, "b": b, "c": c, "y": y}, saved=True)
            """,
        stub="""
            def build(w, v, x):
                raise NotImplementedError
            """,
        reference="""
            def build(w, v, x):
                a = w * x
                b = a * v
                c = b.sin()
                return c * a
            """,
        cases=build_cases,
        beliefs=(
            Held(
                "code-order",
                """
                def build(w, v, x):
                    a = w * x
                    c = a.sin()
                    b = c * v
                    return b * a
                """,
                "You took the sine before the product with v: that is the order in which the way back meets them. "
                "The code runs along the arrows, from the leaves to the output.",
            ),
            Held(
                "recomputed-is-reused",
                """
                def build(w, v, x):
                    return (w * x * v).sin() * (w * x)
                """,
                "The value and the gradients are right, but you compute w * x twice, which makes two nodes. In the "
                "picture there is one, with two arrows: give the result a name and use the name twice.",
            ),
            Held(
                "sides-are-alike",
                """
                def build(w, v, x):
                    a = w * x
                    c = (a * v).sin()
                    return a * c
                """,
                "The value and the gradients are right, but your last product has its factors in the other order. "
                "A node knows which input came first: in the picture it has saved the sine as self.",
            ),
            Held(
                "every-tensor-is-tracked",
                """
                def build(w, v, x):
                    a = w * x.requires_grad_()
                    c = (a * v).sin()
                    return c * a
                """,
                "You track x. In the picture the first product has one tracked input, w, and has saved 3 for it; "
                "x is no leaf of the graph.",
            ),
            Held(
                "one-way-counts",
                """
                def build(w, v, x):
                    a = w * x
                    c = (a * v).sin()
                    return c * a.item()
                """,
                "The value is right, but in your last product a is a plain number. In the picture two arrows leave a, "
                "and a gradient comes back along each.",
            ),
            Held(
                "backward-goes-one-step",
                """
                def build(w, v, x):
                    a = (w * x).detach().requires_grad_()
                    c = (a * v).sin()
                    return c * a
                """,
                "Your graph ends at a, one step before w. The way back has to reach the leaf w.",
            ),
        ),
        also_right=(
            """
            def build(w, v, x):
                product = torch.mul(w, x)
                return torch.mul(torch.sin(torch.mul(product, v)), product)
            """,
            """
            def build(w, v, x):
                a = w * x.item()
                result = a * v
                result = result.sin()
                result = result * a
                return result
            """,
        ),
        hints=(
            "Begin at a box whose inputs are leaves or untracked. What does it compute, and from what?",
            "Two arrows leave the box of the first product: one goes into the second product, one into the last. Give "
            "its result a name.",
            "Four operations: a product of w and x, a product of that and v, a sine, and a product of that sine with "
            "the first product. In each, the factor that is named first here comes first.",
        ),
        explanation="""
            a = w * x is used twice, so it needs a name; computed twice it would be two nodes. x is not in the picture,
            but its value is: the first product has saved 3 for the gradient of w. The second has saved both of its
            factors, the sine its input, the last product both factors again. c is saved as self, so it came first.
            """,
        points=3,
        difficulty=2,
        minutes=5,
    ),
    Exercise(
        id="03.7",
        title="The chain rule, and its judge",
        kind="write",
        names=("chain_slope", "tried_slope"),
        given="""
            import math

            VALUE = {
                "square": lambda v: v * v,
                "sine": math.sin,
                "exp": math.exp,
                "three times": lambda v: 3.0 * v,
                "plus two": lambda v: v + 2.0,
            }
            SLOPE = {  # of each operation alone, seen from its input v
                "square": lambda v: 2.0 * v,
                "sine": math.cos,
                "exp": math.exp,
                "three times": lambda v: 3.0,
                "plus two": lambda v: 1.0,
            }
            """,
        text="""
            A chain is a list of names such as `["square", "sine"]`: the number `x` is squared, and of that the sine is
            taken. `VALUE` and `SLOPE` below hold the operations and their local derivatives. All numbers are Python
            floats, so autograd is of no use here. **Write two functions**:

            - `chain_slope(names, x)`: the derivative of the result with respect to `x`, by the **chain rule**. Go
              forward and keep what each operation got; then go back, from 1.0.
            - `tried_slope(names, x)`: the same by a **central difference**, as in lesson 01: the result for `x + step`,
              minus the result for `x - step`, over twice the step. It may use `VALUE`, but not `SLOPE`.

            If both are right, they agree to about eight digits:
            `chain_slope(["square", "sine"], 0.5)` and `tried_slope(["square", "sine"], 0.5)` are both 0.968912...
            """,
        stub="""
            def chain_slope(names, x):
                raise NotImplementedError


            def tried_slope(names, x, step=1e-4):
                raise NotImplementedError
            """,
        reference="""
            def chain_slope(names, x):
                saved = []
                for name in names:
                    saved.append(x)
                    x = VALUE[name](x)
                gradient = 1.0
                for name, value in zip(reversed(names), reversed(saved)):
                    gradient = gradient * SLOPE[name](value)
                return gradient


            def tried_slope(names, x, step=1e-4):
                def result(x):
                    for name in names:
                        x = VALUE[name](x)
                    return x

                return (result(x + step) - result(x - step)) / (2 * step)
            """,
        cases=chain_cases,
        beliefs=(
            Held(
                "local-is-the-gradient",
                chain("""
                for name in names:
                    gradient = SLOPE[name](x)
                    x = VALUE[name](x)
                """),
                "You return the slope of the last operation alone. The result changes with x through all of them: "
                "multiply their slopes.",
            ),
            Held(
                "local-at-the-start",
                chain("""
                gradient = 1.0
                for name in names:
                    gradient *= SLOPE[name](x)
                """),
                "You take every slope at the x you were given. The second operation does not get that x: it gets what "
                "the first one made. Keep what each one got.",
            ),
            Held(
                "local-at-the-result",
                chain("""
                gradient = 1.0
                for name in names:
                    x = VALUE[name](x)
                    gradient *= SLOPE[name](x)
                """),
                "You take each slope at the operation's result. SLOPE asks for what went in: take the slope before "
                "the value is replaced, or keep the value.",
            ),
            Held(
                "factors-are-added",
                chain("""
                gradient = 0.0
                for name in names:
                    gradient += SLOPE[name](x)
                    x = VALUE[name](x)
                """),
                "You add the slopes. Along a chain they are multiplied: each operation makes the change it gets so "
                "many times as large.",
            ),
            Held(
                "composition-reversed",
                chain("""
                gradient = 1.0
                for name in reversed(names):
                    gradient *= SLOPE[name](x)
                    x = VALUE[name](x)
                """),
                "You go backwards through the list on the way forward as well. The first name in the list is the first "
                "operation to run.",
            ),
            Held(
                "step-counted-once",
                chain(RIGHT_SLOPE, TRIED.replace("(2 * step)", "step")),
                "Your tried_slope is twice too large: from x - step to x + step it is two steps.",
            ),
            Held(
                "one-sided-is-as-good",
                chain(RIGHT_SLOPE, TRIED.replace("result(x - step)) / (2 * step)", "result(x)) / step")),
                "Your tried_slope takes a step to one side only. It is nearly right, and off by much more than a "
                "central difference.",
            ),
        ),
        also_right=(
            # On the way forward: the slopes so far, multiplied up.
            chain(RIGHT_SLOPE, TRIED.replace("1e-4", "1e-5")),
            """
            def chain_slope(names, x):
                if not names:
                    return 1.0
                return chain_slope(names[1:], VALUE[names[0]](x)) * SLOPE[names[0]](x)


            def value(names, x):
                return value(names[1:], VALUE[names[0]](x)) if names else x


            def tried_slope(names, x, step=1e-4):
                return value(names, x + step) / (2 * step) - value(names, x - step) / (2 * step)
            """,
            # The oracle: no SLOPE at all, but Richardson's extrapolation of two central differences.
            TRIED + "def chain_slope(names, x):\n"
            "    return (4 * tried_slope(names, x, 5e-4) - tried_slope(names, x, 1e-3)) / 3\n",
        ),
        hints=(
            "Two loops for chain_slope: one forward, which keeps in a list what each operation got, and one back over "
            "the names and that list, both reversed.",
            "In the loop back: gradient times SLOPE[name] at the kept value. For tried_slope, write a small function "
            "that goes forward and call it twice.",
            "Forward: append x to the list, then x = VALUE[name](x). Back: start with gradient = 1.0 and multiply. "
            "Tried: the difference of the two results, divided by (2 * step).",
        ),
        explanation="""
            Forward, each operation's input is kept: these are the saved values of a graph. Back, one factor for each
            operation, taken at the value it got. The second function knows no derivative at all, so it is a judge: if
            the two agree, a wrong factor is very unlikely. In a chain you can also multiply on the way forward. Back is
            better when there are many inputs and one result: one pass gives the slopes for all of them.
            """,
        points=4,
        difficulty=3,
        minutes=9,
    ),
]
