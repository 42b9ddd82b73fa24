"""Exercises of lesson 02: how the flag is handed on, what the graph holds, and where it breaks."""

from math import tanh
from random import Random

from minigrad.course.case import Case, Helper, call, look, tensor
from minigrad.course.exercise import Exercise, Held

FLAGS = ("x", "f", "q", "h", "g", "k", "d", "o", "e", "t", "r", "s", "a", "v")
RUNS = ("f(w, 0)", "f(w, 3)", "f(v, 3)", "f(x, 3)")


def flags(tracked: str) -> str:
    """The prediction that these tensors are tracked and no others."""
    return f"flags = {dict((name, name in tracked.split()) for name in FLAGS)}"


def runs(names: dict[str, str] | None = None, nodes: dict[str, int] | None = None) -> str:
    """The prediction of 02.2, right except for these runs; a run's names as in "Sub Mul Mul Mul"."""
    right = {"f(w, 0)": "Mul", "f(w, 3)": "Sub Mul Mul Mul", "f(v, 3)": "Sub Mul Sub Mul", "f(x, 3)": ""}
    lists = {run: text.split() for run, text in (right | (names or {})).items()}
    counts = {"f(w, 0)": 2, "f(w, 3)": 5, "f(v, 3)": 5, "f(x, 3)": 0} | (nodes or {})
    return f"names = {lists}\nnodes = {counts}"


def rule_cases(seed: int) -> list[Case]:
    random = Random(seed)
    x, w, v, b, h, m, n, y = random.sample("abcdefghijkmnpqrstuvwxyz", 8)
    unused = random.choice("AB")
    return [
        call(title, "tracked_after", program, tracked)
        for title, program, tracked in [
            ("one tracked input", [(h, "mul", [x, w]), (y, "add", [w, h])], [w, unused]),
            ("no tracked input", [(h, "mul", [x, b]), (y, "relu", [h])], [w]),
            ("a frozen weight in between", [(h, "mul", [x, w]), (m, "mul", [h, v]), (y, "relu", [m])], [w]),
            ("a comparison", [(h, "mul", [w, v]), (m, "gt", [h, v]), (y, "add", [m, x])], [w, v]),
            ("a mask", [(h, "mul", [w, v]), (m, "gt", [h, x]), (y, "mul", [h, m])], [w, v]),
            ("to integers and back", [(h, "mul", [w, v]), (n, "long", [h]), (y, "double", [n])], [w, v]),
            ("a number", [(h, "add", [w, w]), (n, "item", [h]), (y, "mul", [x, n])], [w]),
            ("through numpy", [(h, "relu", [w]), (n, "numpy", [h]), (y, "add", [n, n])], [w, b]),
            ("rounded", [(h, "round", [w]), (y, "mul", [h, v])], [w, v]),
            ("another dtype", [(h, "double", [w]), (y, "relu", [h])], [w]),
            ("a name that is used again", [(y, "relu", [w]), (y, "relu", [x]), (h, "add", [y, y])], [w]),
        ]
    ]


def drawn_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def number(tracked: bool):
        return tensor(random.choice((-1, 1)) * random.randint(5, 30) / 10, requires_grad=tracked)

    arguments = [
        ("the value alone", (), number(True), number(True), number(False)),
        ("the picture", ("picture",), tensor(2.0, requires_grad=True), tensor(1.0, requires_grad=True), tensor(3.0)),
        ("its graph with other numbers", ("picture",), number(True), number(True), number(False)),
        ("its graph where b is not tracked", ("picture",), number(True), number(False), number(False)),
        ("its graph where x is tracked too", ("picture",), number(True), number(True), number(True)),
    ]
    return [
        call(title, "f", kwargs={"w": w, "b": b, "x": x}, compare=("value", "shape", "arguments", *picture))
        for title, picture, w, b, x in arguments
    ]


def mend_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def number(low: int, high: int) -> float:
        return random.choice((-1, 1)) * random.randint(low, high) / 10

    cases = []
    for title, tracked in [
        ("only w learns", "w"),
        ("only v learns", "v"),
        ("only p learns", "p"),
        ("all three learn", "wvp"),
        ("all three learn, other data", "wvp"),
    ]:
        w, v, x = number(5, 15), number(5, 15), [number(5, 15) for _ in range(3)]
        misses = [number(6, 20), number(6, 20), 0.05]  # the last is so small that the mask takes it out
        target = [round(w * one + tanh(v * one) - miss, 4) for one, miss in zip(x, misses, strict=True)]
        weights = {"w": w, "v": v, "p": float(random.choice((1, 2, 3)))}
        given = {name: tensor(value, requires_grad=name in tracked) for name, value in weights.items()}
        cases.append(
            call(
                title,
                "loss_of",
                kwargs={**given, "x": tensor(x), "target": tensor(target)},
                then=BACKWARD,
                compare=("value", "shape", "requires_grad", "arguments"),
            )
        )
    return cases


BACKWARD = """
if isinstance(result, torch.Tensor) and result.requires_grad and result.numel() == 1:
    result.backward()
"""
IN_ORDER = """
if isinstance(result, (list, tuple, set)) and all(isinstance(leaf, torch.Tensor) for leaf in result):
    result = sorted(result, key=lambda leaf: leaf.detach().sum().item())
"""
LOOP = "(lambda h, step: step(step(step(h))))(a, lambda h: (h * b).tanh())"


def graph_case(of: str, title: str, y: str, uses: str, seed: int, *, words: str = "", then: str = "") -> Case:
    """Call `of` with the y that is computed from tracked a, b, c, frozen f and data x; `uses` says from which."""
    random = Random(f"{seed} {title}")
    sample = random.sample(range(11, 40), len(uses))
    if "alike" in title:
        sample = sample[:1] * len(uses)
    numbers = {name: number / 10 for name, number in zip(uses, sample, strict=True)}
    words = f"y = {words or y}, {', '.join(f'{name} = {number}' for name, number in numbers.items())}"
    tensors = [f"torch.tensor({number}, requires_grad={name in 'abc'})" for name, number in numbers.items()]
    return call(
        f"{title}: {words}",
        of,
        Helper(f"(lambda {', '.join(uses)}: {y})({', '.join(tensors)})"),
        shown=f"{of}(y) with {words}",
        then=then,
        compare=("value", "shape", "dtype", "requires_grad", "is_leaf"),
    )


def leaves_cases(seed: int) -> list[Case]:
    return [
        graph_case("leaves", title, y, uses, seed, then=IN_ORDER)
        for title, y, uses in [
            ("two leaves, and data", "a * x + b", "abx"),
            ("a leaf behind the second input", "a.exp() * (x + c.sin())", "acx"),
            ("a leaf that is used three times", "a * a + a * b", "ab"),
            ("two leaves that look alike", "a * b", "ab"),
            ("behind a frozen weight", "((a * x + b) * f).relu()", "abfx"),
            ("several layers", "((x * a).tanh() * b + c).sigmoid() * a", "abcx"),
            ("y is a leaf itself", "a", "a"),
            ("y is not tracked", "x * f", "fx"),
        ]
    ]


def count_cases(seed: int) -> list[Case]:
    return [
        graph_case("count_nodes", title, y, uses, seed, words=words)
        for title, y, uses, words in [
            ("one operation", "a * b", "ab", ""),
            ("data and numbers", "(a * x + 2.0) * f", "afx", ""),
            ("a leaf that is used twice", "a * b + a.exp()", "ab", ""),
            ("a result that is used twice", "(lambda h: h * h + h)(a.sin() * x)", "ax", "h * h + h, h = a.sin() * x"),
            ("a loop of three rounds", LOOP, "ab", "a and three rounds of y = (y * b).tanh()"),
            ("y is a leaf itself", "a", "a", ""),
            ("y is not tracked", "x * f", "fx", ""),
        ]
    ]


RULE = """
def tracked_after(program, tracked):
    never = {{"gt", "long", "item", "numpy"}}
    names = set(tracked)
    for result, operation, inputs in program:
        if operation not in never and {blank_2}:
            names.add(result)
        else:
            names.discard(result)
    return names
"""
LOSS = """
def loss_of(w, v, p, x, target):
    y = w * x
    y = y + torch.tanh(v * x)
    miss = (y - target).abs()
    counts = miss > 0.1
    return (counts * miss ** p).mean()
"""


EXERCISES = [
    Exercise(
        id="02.1",
        title="Who is tracked now?",
        kind="predict",
        names=("flags",),
        text="""
            These lines run one after the other:

            ```python
            w = torch.tensor([0.5, -1.5], requires_grad=True)
            x = torch.tensor([1.0, 2.0])
            f = torch.tensor([3.0, 2.0], requires_grad=True)
            f.requires_grad_(False)  # f is frozen

            q = w * w
            h = x * w
            g = h * f
            k = x * f
            d = q.double()
            o = q.round()
            e = q.long().float()
            t = (q > 1.0).float()
            r = q * (q > 1.0)
            s = x * q.sum().item()
            a = torch.from_numpy(q.detach().numpy())
            v = q + 1.0
            v = x + 1.0
            ```

            **Predict** what `requires_grad` of each tensor is at the end. Put `True` or `False` in place of each `...`.
            """,
        stub="""
            flags = {
                "x": ...,
                "f": ...,
                "q": ...,
                "h": ...,
                "g": ...,
                "k": ...,
                "d": ...,
                "o": ...,
                "e": ...,
                "t": ...,
                "r": ...,
                "s": ...,
                "a": ...,
                "v": ...,
            }
            """,
        reference="""
            flags = {
                "x": False,
                "f": False,
                "q": True,
                "h": True,
                "g": True,
                "k": False,
                "d": True,
                "o": True,
                "e": False,
                "t": False,
                "r": True,
                "s": False,
                "a": False,
                "v": False,
            }
            """,
        cases=lambda seed: [look("flags", name, title=f"{name}.requires_grad") for name in FLAGS],
        beliefs=(
            Held(
                "all-inputs-must-be-tracked",
                flags("q d o"),
                "You predicted that h, g and r are not tracked, since each has an untracked input. Each has a tracked "
                "input as well, and one is enough.",
            ),
            Held(
                "flag-is-not-handed-on",
                flags(""),
                "You predicted that nothing but w is tracked. What is computed from w is tracked too, or there would "
                "be no way back to w.",
            ),
            Held(
                "only-tracked-pass-gradients",
                flags("q h d o r"),
                "You predicted that g is not tracked, since f is frozen. But g changes when h changes, and h is "
                "tracked: f is a constant factor there.",
            ),
            Held(
                "op-changes-its-input",
                flags("x f q h g k d o r s v"),
                "You predicted that x and f become tracked when they are used with a tracked tensor. An operation "
                "hands the flag on to its result. Its inputs stay as they are.",
            ),
            Held(
                "comparison-keeps-the-graph",
                flags("q h g d o t r"),
                "You predicted that t is tracked. q > 1.0 is True or False. That has no slope, so it is not tracked, "
                "and .float() starts from something untracked.",
            ),
            Held(
                "mask-cuts-the-graph",
                flags("q h g d o"),
                "You predicted that r is not tracked, since a comparison stands in it. The comparison itself is "
                "untracked, but r is a product, and its other factor is q.",
            ),
            Held(
                "cast-keeps-the-graph",
                flags("q h g d o e r"),
                "You predicted that e is tracked. q.long() is an integer tensor and never tracked, so .float() starts "
                "from something untracked.",
            ),
            Held(
                "every-cast-cuts",
                flags("q h g o r"),
                "You predicted that d is not tracked. From float32 to float64 is a recorded operation: float64 is "
                "floating point as well.",
            ),
            Held(
                "rounding-cuts-the-graph",
                flags("q h g d r"),
                "You predicted that o is not tracked. round() gives floating point numbers, and its result is tracked. "
                "Its gradient is zero, but the way back is there.",
            ),
            Held(
                "item-keeps-the-graph",
                flags("q h g d o r s"),
                "You predicted that s is tracked. q.sum() is, but .item() makes a Python number of it, and a number "
                "has no way back to q.",
            ),
            Held(
                "numpy-keeps-the-graph",
                flags("q h g d o r a"),
                "You predicted that a is tracked. It is made from an array, and numpy knows nothing of w.",
            ),
            Held(
                "flag-belongs-to-the-name",
                flags("q h g d o r v"),
                "You predicted that v is tracked. The first v was. The last line gives the name to another tensor, "
                "which is computed from x alone.",
            ),
            Held(
                "every-tensor-is-tracked",
                flags(" ".join(FLAGS)),
                "You predicted that every tensor is tracked. Nobody asked for x to be tracked, and f was frozen: what "
                "is computed from them alone is not tracked either.",
            ),
        ),
        also_right=(
            'flags = {name: name in "qhgdor" for name in "xfqhgkdoetrsav"}',
            """
            w = torch.tensor([0.5, -1.5], requires_grad=True)
            x, f = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 2.0])
            q = w * w
            made = dict(x=x, f=f, q=q, h=x * w, g=x * w * f, k=x * f, d=q.double(), o=q.round(), e=q.long().float())
            made |= dict(t=(q > 1.0).float(), r=q * (q > 1.0), s=x * q.sum().item(), v=x + 1.0)
            made["a"] = torch.from_numpy(q.detach().numpy())
            flags = {name: value.grad_fn is not None for name, value in made.items()}
            """,
            # The oracle: which results have a way back to w at all.
            """
            came_from = dict(q="ww", h="xw", g="hf", k="xf", d="q", o="q", e="", t="", r="q", s="x", a="", v="x")
            reached = {"w"}
            for name, inputs in came_from.items():
                reached |= {name} if reached & set(inputs) else set()
            flags = {name: name in reached for name in "xfqhgkdoetrsav"}
            """,
        ),
        hints=(
            "Go line by line and ask of each result: was any tensor that went into it tracked when the line ran?",
            "Then ask whether the operation can hand the flag on at all. Numbers, arrays, integers and truth values "
            "are never tracked. round() and double() give floating point.",
            "Six are True: two products with w in them, the product with a frozen factor, two results of one tracked "
            "input, and the product with a mask.",
        ),
        explanation="""
            One tracked input is enough: h, g and r have one, whatever stands beside it. The inputs stay as they are, so
            x, f and k are untracked. double() and round() give floating point, so d and o are tracked. e went through
            integers, t through truth values, s through a number and a through an array: there the graph ends. And the
            last v is computed from x alone, whatever had that name before.
            """,
        points=4,
        difficulty=1,
        minutes=6,
    ),
    Exercise(
        id="02.2",
        title="The graph of a run",
        kind="predict",
        names=("names", "nodes"),
        text="""
            ```python
            def f(t, rounds):
                y = t * 2.0
                for _ in range(rounds):
                    if y > 10.0:
                        y = y - 1.0
                    else:
                        y = y * y
                return y

            w = torch.tensor(1.0, requires_grad=True)
            v = torch.tensor(5.5, requires_grad=True)
            x = torch.tensor(6.0)
            ```

            Each run below writes a graph of its own. **Predict** two things of each:

            - `names`: the list of operations on the way back. Start with the one that made the result, go on through
              the first input of each, and stop before the leaf's own node. Write `"Mul"` for `MulBackward0` and `"Sub"`
              for `SubBackward0`. Write `[]` if there is no graph.
            - `nodes`: how many nodes the graph has in all. The leaf's own node, `AccumulateGrad`, counts.
            """,
        stub="""
            names = {  # such as ["Sub", "Mul"]
                "f(w, 0)": ...,
                "f(w, 3)": ...,
                "f(v, 3)": ...,
                "f(x, 3)": ...,
            }
            nodes = {
                "f(w, 0)": ...,
                "f(w, 3)": ...,
                "f(v, 3)": ...,
                "f(x, 3)": ...,
            }
            """,
        reference="""
            names = {
                "f(w, 0)": ["Mul"],
                "f(w, 3)": ["Sub", "Mul", "Mul", "Mul"],
                "f(v, 3)": ["Sub", "Mul", "Sub", "Mul"],
                "f(x, 3)": [],
            }
            nodes = {
                "f(w, 0)": 2,
                "f(w, 3)": 5,
                "f(v, 3)": 5,
                "f(x, 3)": 0,
            }
            """,
        cases=lambda seed: [look(of, run, title=f"{of} of {run}") for of in ("names", "nodes") for run in RUNS],
        beliefs=(
            Held(
                "graph-is-the-code",
                runs(dict.fromkeys(RUNS[:3], "Mul Sub Mul"), dict.fromkeys(RUNS[:3], 4)),
                "You predicted the same graph for each run: every line once, and both branches. But the graph is "
                "written while the code runs. Go through each run, round by round, and write down what it does.",
            ),
            Held(
                "only-the-last-is-kept",
                runs({"f(w, 3)": "Sub", "f(v, 3)": "Sub"}, {"f(w, 3)": 2, "f(v, 3)": 2}),
                "You predicted that only the last operation is left, since y is assigned anew in each round. The name "
                "is, but the node of the new y holds the node of the old one, and so on back to the leaf.",
            ),
            Held(
                "next-is-forwards",
                runs({"f(w, 3)": "Mul Mul Mul Sub", "f(v, 3)": "Mul Sub Mul Sub"}),
                "Your lists begin with the first operation that ran. The result's grad_fn is the last one, and "
                "next_functions lead from there back to the inputs.",
            ),
            Held(
                "comparison-keeps-the-graph",
                runs(
                    {"f(w, 3)": "Sub Gt Mul Gt Mul Gt Mul", "f(v, 3)": "Sub Gt Mul Gt Sub Gt Mul"},
                    {"f(w, 3)": 8, "f(v, 3)": 8},
                ),
                "You gave each y > 10.0 a node. A comparison decides which line runs. It is not recorded: True and "
                "False have no slope.",
            ),
            Held(
                "constants-are-nodes",
                runs(nodes={"f(w, 0)": 3, "f(w, 3)": 7, "f(v, 3)": 8}),
                "You gave the numbers 2.0 and 1.0 nodes of their own. No gradient is to be found for a number, so the "
                "graph has no node for it.",
            ),
            Held(
                "leaves-have-no-node",
                runs(nodes={"f(w, 0)": 1, "f(w, 3)": 4, "f(v, 3)": 4}),
                "You counted the operations, and left out the node of the leaf. It is at the end of the way back, and "
                "adds what arrives to .grad.",
            ),
            Held(
                "graph-is-a-tree",
                runs(nodes={"f(w, 3)": 12, "f(v, 3)": 8}),
                "You counted what lies behind y * y twice, once for each factor. Both factors are the same y, with one "
                "node: both entries of next_functions lead there.",
            ),
            Held(
                "every-tensor-is-tracked",
                runs({"f(x, 3)": "Mul Sub Sub Mul"}, {"f(x, 3)": 5}),
                "You gave the run with x a graph. Nobody asked for x to be tracked, so nothing of it is recorded.",
            ),
        ),
        also_right=(
            """
            names = {"f(w, 0)": ["Mul"], "f(x, 3)": []}
            names["f(w, 3)"] = ["Sub"] + ["Mul"] * 3
            names["f(v, 3)"] = ["Sub", "Mul"] * 2
            nodes = {run: len(way) + 1 if way else 0 for run, way in names.items()}
            """,
            # The oracle: the run itself, noted by hand, without autograd.
            """
            def run(y, rounds):
                y, noted = y * 2.0, ["Mul"]
                for _ in range(rounds):
                    y, did = (y - 1.0, "Sub") if y > 10.0 else (y * y, "Mul")
                    noted.insert(0, did)
                return noted

            names = {"f(w, 0)": run(1.0, 0), "f(w, 3)": run(1.0, 3), "f(v, 3)": run(5.5, 3), "f(x, 3)": []}
            nodes = {"f(w, 0)": 1 + 1, "f(w, 3)": 4 + 1, "f(v, 3)": 4 + 1, "f(x, 3)": 0}
            """,
            """
            def f(t, rounds):
                y = t * 2.0
                for _ in range(rounds):
                    y = y - 1.0 if y > 10.0 else y * y
                return y

            w, v = torch.tensor(1.0, requires_grad=True), torch.tensor(5.5, requires_grad=True)
            made = {"f(w, 0)": f(w, 0), "f(w, 3)": f(w, 3), "f(v, 3)": f(v, 3), "f(x, 3)": f(torch.tensor(6.0), 3)}
            names, nodes = {}, {}
            for run, y in made.items():
                way, node = [], y.grad_fn
                while node is not None and node.next_functions:
                    way.append(node.name()[:3])
                    node = node.next_functions[0][0]
                names[run], nodes[run] = way, len(way) + (node is not None)
            """,
        ),
        hints=(
            "Take a sheet of paper and run f(w, 3) by hand. Write down the value of y after each round, and which "
            "operation made it.",
            "With w, y is 2, 4, 16, 15. With v, it is 11, 10, 100, 99. Now read your operations from the last one "
            "back to the first.",
            "Three rounds and the line before the loop make four operations, so each list of a run with three rounds "
            "has four names, the last round's first. The leaf has one node more. x is not tracked.",
        ),
        explanation="""
            The graph holds what ran. With w, the rounds do *, *, -; with v they do -, *, -, and each list begins with
            the last. The first line is at the end of each. Comparisons and plain numbers leave no node. y * y leads to
            the node of y twice, but that is one node. So three rounds make four operations, and the leaf's own node is
            the fifth. x is not tracked, so there is no graph at all.
            """,
        points=4,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="02.3",
        title="The rule, with three blanks",
        kind="fill",
        names=("tracked_after",),
        text="""
            `tracked_after(program, tracked)` is to say who is tracked after a program has run, without running it. A
            program is a list of steps, each with the name of the result, the operation, and the names of the inputs:

            ```python
            program = [("h", "mul", ["x", "w"]), ("n", "long", ["h"]), ("h", "add", ["h", "n"])]
            tracked_after(program, ["w"])  # {"w", "h"}
            ```

            These are the lines `h = x * w`, `n = h.long()` and `h = h + n`. `tracked` has the names of the tensors that
            are tracked before the first step, and the result is the set of the names that are tracked after the last.

            | operation | stands for |
            |---|---|
            | `"mul"`, `"add"`, `"gt"` | `a * b`, `a + b`, `a > b` |
            | `"relu"`, `"round"` | `a.relu()`, `a.round()` |
            | `"double"`, `"long"` | `a.double()`, `a.long()` |
            | `"item"`, `"numpy"` | `a.item()`, `torch.from_numpy(a.detach().numpy())` |

            **Fill the three blanks.**
            """,
        stub="""
            def tracked_after(program, tracked):
                never = ...  # blank 1: a set of the operations whose result is never tracked
                names = set(tracked)
                for result, operation, inputs in program:
                    if operation not in never and ...:  # blank 2: what makes the result tracked?
                        names.add(result)
                    else:
                        ...  # blank 3: what becomes of the name, if its new tensor is not tracked?
                return names
            """,
        reference="""
            def tracked_after(program, tracked):
                never = {"gt", "long", "item", "numpy"}
                names = set(tracked)
                for result, operation, inputs in program:
                    if operation not in never and any(name in names for name in inputs):
                        names.add(result)
                    else:
                        names.discard(result)
                return names
            """,
        cases=rule_cases,
        beliefs=(
            Held(
                "all-inputs-must-be-tracked",
                RULE.format(blank_2="all(name in names for name in inputs)"),
                "You make a result tracked only if all its inputs are. One tracked input is enough.",
            ),
            Held(
                "flag-is-not-handed-on",
                RULE.format(blank_2="result in names"),
                "You ask whether the result's own name is tracked already, so nothing is handed on. Look at the names "
                "of the inputs.",
            ),
            Held(
                "only-tracked-pass-gradients",
                RULE.format(blank_2="inputs[-1] in names"),
                "You look at the last input only, where the weight stands. The result is also tracked if what came "
                "from the layer before is.",
            ),
            Held(
                "op-changes-its-input",
                RULE.format(blank_2="any(name in names for name in inputs)").replace(
                    "names.add(result)", "names.update([result, *inputs])"
                ),
                "You add the inputs to the tracked names as well. An operation hands the flag on to its result, and "
                "leaves the inputs as they are.",
            ),
            Held(
                "comparison-keeps-the-graph",
                RULE.replace('"gt", ', "").format(blank_2="any(name in names for name in inputs)"),
                "You let a comparison give a tracked result. It gives True and False, and these have no slope.",
            ),
            Held(
                "cast-keeps-the-graph",
                RULE.replace('"long", ', "").format(blank_2="any(name in names for name in inputs)"),
                "You let long() give a tracked result. Integers are never tracked.",
            ),
            Held(
                "item-keeps-the-graph",
                RULE.replace('"item", ', "").format(blank_2="any(name in names for name in inputs)"),
                "You let item() give something tracked. It gives a Python number, which has no way back.",
            ),
            Held(
                "numpy-keeps-the-graph",
                RULE.replace(', "numpy"', "").format(blank_2="any(name in names for name in inputs)"),
                "You let the way through numpy give a tracked result. numpy records nothing.",
            ),
            Held(
                "rounding-cuts-the-graph",
                RULE.replace('"gt"', '"gt", "round"').format(blank_2="any(name in names for name in inputs)"),
                "You let round() give an untracked result. It gives floating point, and is recorded like others.",
            ),
            Held(
                "every-cast-cuts",
                RULE.replace('"gt"', '"gt", "double"').format(blank_2="any(name in names for name in inputs)"),
                "You let double() give an untracked result. float64 is floating point as well: only integers and truth "
                "values are never tracked.",
            ),
            Held(
                "flag-belongs-to-the-name",
                RULE.replace("names.discard(result)", "pass").format(blank_2="any(name in names for name in inputs)"),
                "You leave a name tracked that was tracked once, although it stands for another tensor now, an "
                "untracked one. Take it out of the set.",
            ),
        ),
        also_right=(
            """
            def tracked_after(program, tracked):
                tracked = set(tracked)
                for result, operation, inputs in program:
                    handed_on = operation in ("mul", "add", "relu", "round", "double") and bool(tracked & set(inputs))
                    tracked = tracked | {result} if handed_on else tracked - {result}
                return tracked
            """,
            """
            def tracked_after(program, tracked):
                never = "gt long item numpy".split()
                names = set(tracked)
                for result, operation, inputs in program:
                    if operation not in never and not names.isdisjoint(inputs):
                        names.add(result)
                    elif result in names:
                        names.remove(result)
                return names
            """,
            # The oracle: run it.
            """
            def tracked_after(program, tracked):
                made = {name: torch.tensor(1.5, requires_grad=True) for name in tracked}
                run = {
                    "mul": lambda a, b: a * b,
                    "add": lambda a, b: a + b,
                    "gt": lambda a, b: a > b,
                    "relu": lambda a: a.relu(),
                    "round": lambda a: a.round(),
                    "double": lambda a: a.double(),
                    "long": lambda a: a.long(),
                    "item": lambda a: torch.tensor(a.item()),
                    "numpy": lambda a: torch.from_numpy(a.detach().numpy()),
                }
                for result, operation, inputs in program:
                    made[result] = run[operation](*(made.setdefault(name, torch.tensor(1.5)) for name in inputs))
                return {name for name, tensor in made.items() if tensor.requires_grad}
            """,
        ),
        hints=(
            "Blank 1: four of the nine operations give something that cannot be tracked: truth values, integers, a "
            "number, and what comes from an array.",
            "Blank 2: how many of the inputs have to be tracked? any() and all() are the two ways to ask that. Blank "
            "3: an assignment gives the name to another tensor.",
            "Blank 2 asks whether any of the inputs is in names. Blank 3 takes result out of the set; set.discard does "
            "so without an error if it was not there.",
        ),
        explanation="""
            The whole rule in two lines. A result is tracked if the operation can hand the flag on and at least one
            input is tracked. Its inputs stay as they are. The flag belongs to the tensor, so a name that is given to an
            untracked tensor is no longer the name of a tracked one. PyTorch applies this rule at every operation.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="02.4",
        title="Back from the picture",
        kind="draw",
        names=("f",),
        text="""
            Somebody called `f(w, b, x)` and had the graph of the result drawn. **Write** an `f` whose graph is the one
            in the picture. `w`, `b` and `x` are tensors with one element. `w` and `b` are tracked and `x` is not, so
            `x` has no box: where one arrow leads into an operation of two inputs, the other input is `x`.

            The picture does not say which factor or summand stands first: any order is right. The numbers in it come
            from `x = 3`, and help you to check what you read.
            """,
        picture="""
            from minigrad.viz import draw

            w = torch.tensor(2.0, requires_grad=True)
            b = torch.tensor(1.0, requires_grad=True)
            h = torch.tensor(3.0)
            for _ in range(2):
                h = w * h + b
            y = h * h
            picture = draw(y, names={"w": w, "b": b, "y": y})
            """,
        stub="""
            def f(w, b, x):
                raise NotImplementedError
            """,
        reference="""
            def f(w, b, x):
                h = x
                for _ in range(2):
                    h = w * h + b
                return h * h
            """,
        cases=drawn_cases,
        beliefs=(
            Held(
                "graph-is-a-tree",
                """
                def f(w, b, x):
                    return (w * (w * x + b) + b) * (w * (w * x + b) + b)
                """,
                "Your values are right, but you compute the two factors of the last product separately, and your graph "
                "has each operation before it twice. In the picture both arrows come from one box: compute it once, "
                "give it a name, and use that twice.",
            ),
            Held(
                "constants-are-nodes",
                """
                def f(w, b, x):
                    h = w * w + b
                    h = w * h + b
                    return h * h
                """,
                "Your first product is w * w. In the picture one arrow leads from w to it, not two. Its other input is "
                "untracked and has no box: that is x.",
            ),
            Held(
                "next-is-forwards",
                """
                def f(w, b, x):
                    h = x * x
                    h = h + b
                    h = w * h
                    h = h + b
                    return w * h
                """,
                "You read the picture from the wrong end. The operation that runs first uses leaves and data only, and "
                "the one whose result nobody uses is the last.",
            ),
            Held(
                "graph-is-the-code",
                """
                def f(w, b, x):
                    h = w * x + b
                    return h * h
                """,
                "You have one product and one sum before the last product. The picture has two of each: the graph "
                "shows what ran, and a line that ran twice stands in it twice.",
            ),
            Held(
                "all-inputs-must-be-tracked",
                """
                def f(w, b, x):
                    x.requires_grad_()
                    h = w * x + b
                    h = w * h + b
                    return h * h
                """,
                "You switch tracking on for x. The first product is recorded without that: w is tracked, and one "
                "tracked input is enough.",
            ),
            Held(
                "each-use-is-a-leaf",
                """
                def f(w, b, x):
                    w2, b2 = w.detach().requires_grad_(), b.detach().requires_grad_()
                    h = w * x + b
                    h = w2 * h + b2
                    return h * h
                """,
                "You made new leaves for the second use of w and b. In the picture there is one w and one b, and two "
                "arrows from each.",
            ),
        ),
        also_right=(
            """
            def f(w, b, x):
                first = w * x + b
                second = w * first + b
                return second * second
            """,
            """
            def f(w, b, x):
                h = b + x * w
                h = b + w * h
                return h * h
            """,
            """
            def f(w, b, x):
                def layer(h):
                    return torch.add(torch.mul(w, h), b)

                y = layer(layer(x))
                return torch.mul(y, y)
            """,
            # Another way to the same: the rows of the picture's text, run one after the other.
            """
            def f(w, b, x):
                rows = [("mul", w, x), ("add", 0, b), ("mul", w, 1), ("add", 2, b), ("mul", 3, 3)]
                made = []
                for operation, *inputs in rows:
                    inputs = [made[one] if isinstance(one, int) else one for one in inputs]
                    made.append(getattr(torch, operation)(*inputs))
                return made[-1]
            """,
        ),
        hints=(
            "Begin with the operation that uses only leaves and data, give its result a name, and go on to the one "
            "that uses this result.",
            "There are five operations: a product, a sum, a product, a sum, a product. The last one gets the same "
            "result twice.",
            "The first two are h = w * x + b. The next two do the same with h in the place of x. The last multiplies "
            "what you have by itself: use the name twice.",
        ),
        explanation="""
            The first product has one arrow, from w: x is untracked and has no box. The same two operations stand there
            twice, because they ran twice. Whether that was a loop or four lines, the graph does not know. w and b have
            one box each, however often they are used, and both arrows of the last product come from one box, since
            h * h uses one result twice.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="02.5",
        title="Three weights do not learn",
        kind="mend",
        names=("loss_of",),
        text="""
            The weights `w`, `v` and `p` are tracked, but the loss comes out untracked: on the way from each of them the
            graph breaks, at a place of its own.

            **Mend the three places**, so that `loss_of(...).backward()` fills `.grad` of each weight that is tracked.
            The value of the loss stays what it is, and `x` and `target` stay untracked. `w`, `v` and `p` have one
            element, and `p` is a whole number at the start: `1.0`, `2.0` or `3.0`. The line with `counts` is meant
            to be there: misses of 0.1 or less do not count.
            """,
        given="""
            import numpy as np
            """,
        stub="""
            def loss_of(w, v, p, x, target):
                y = w.item() * x
                y = y + torch.from_numpy(np.tanh((v * x).detach().numpy()))
                miss = (y - target).abs()
                counts = miss > 0.1
                return (counts * miss ** p.long()).mean()
            """,
        reference="""
            def loss_of(w, v, p, x, target):
                y = w * x
                y = y + torch.tanh(v * x)
                miss = (y - target).abs()
                counts = miss > 0.1
                return (counts * miss ** p).mean()
            """,
        cases=mend_cases,
        beliefs=(
            Held(
                "item-keeps-the-graph",
                LOSS.replace("w * x", "w.item() * x"),
                "v and p get their gradients now, but w does not. w.item() is a Python number: it has the value of w, "
                "and no way back to w.",
            ),
            Held(
                "item-keeps-the-graph",
                LOSS.replace("w * x", "torch.tensor(w.item(), requires_grad=True) * x"),
                "You make a new tensor with the value of w and track that one. The gradient goes to the new tensor, "
                "and w gets nothing: item() has cut the way to it.",
            ),
            Held(
                "numpy-keeps-the-graph",
                LOSS.replace("torch.tanh(v * x)", "torch.from_numpy(np.tanh((v * x).detach().numpy()))"),
                "w and p get their gradients now, but v does not. What comes back from numpy is a new tensor without a "
                "history. Compute the tanh with torch.",
            ),
            Held(
                "cast-keeps-the-graph",
                LOSS.replace("** p", "** p.long()"),
                "w and v get their gradients now, but p does not. p.long() is an integer tensor, and integers are "
                "never tracked. A power takes a floating point exponent as well.",
            ),
            Held(
                "flag-works-backwards",
                """
                def loss_of(w, v, p, x, target):
                    y = w.item() * x
                    y = y + torch.from_numpy(np.tanh((v * x).detach().numpy()))
                    miss = (y - target).abs()
                    counts = miss > 0.1
                    return (counts * miss ** p.long()).mean().requires_grad_()
                """,
                "You switch tracking on for the loss itself. Then backward() raises no error, but there is no way back "
                "from the loss to the weights: what was not recorded stays unrecorded.",
            ),
            Held(
                "mask-cuts-the-graph",
                LOSS.replace("counts * ", ""),
                "You took the comparison out, so small misses count now, and the loss is another. The comparison does "
                "no harm: the gradient passes through the other factor.",
            ),
            Held(
                "data-must-be-tracked",
                LOSS.replace("    y = w * x\n", "    x.requires_grad_()\n    y = w * x\n"),
                "The gradients of the weights are right, but x is tracked after your call. It is data: the graph does "
                "not break at an untracked input.",
            ),
        ),
        also_right=(
            """
            def loss_of(w, v, p, x, target):
                miss = abs(w * x + (v * x).tanh() - target)
                return torch.where(miss > 0.1, miss.pow(p), 0.0).sum() / len(x)
            """,
            """
            def loss_of(w, v, p, x, target):
                total = 0.0
                for one, wanted in zip(x, target):
                    miss = (one * w + torch.tanh(one * v) - wanted).abs()
                    if miss > 0.1:
                        total = total + miss ** p
                return total / len(x)
            """,
            # Another way to the same: tanh and the power by identities.
            """
            def loss_of(w, v, p, x, target):
                up, down = (v * x).exp(), (-v * x).exp()
                squared = (w * x + (up - down) / (up + down) - target) ** 2
                return ((squared > 0.01).float() * (squared.log() * p / 2).exp()).mean()
            """,
        ),
        hints=(
            "Take the weights one at a time: follow w from line to line, and stop where it turns into something that "
            "is not a tracked tensor. Then do the same with v and p.",
            "One of the three becomes a Python number, one goes through numpy, one becomes an integer. The comparison "
            "does not break the way of any of them.",
            "w * x works without item(). torch.tanh takes the tracked tensor as it is. And a floating point tensor can "
            "be an exponent.",
        ),
        explanation="""
            item() gives a number, numpy gives an array, long() gives integers: none of them is tracked, and no error
            says so. The loss has the right value all the same, so such a break is found by asking for requires_grad or
            grad_fn, or by a weight whose .grad stays None. The comparison may stay: counts is a constant factor, and
            the gradient passes through the other one. To call requires_grad_() on the loss would only hide the fault.
            """,
        points=4,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="02.6",
        title="Find the leaves",
        kind="write",
        names=("leaves",),
        text="""
            Write `leaves(y)`: a list of all leaves to which `y.backward()` could bring a gradient, **each leaf once**,
            in any order. Walk from `y.grad_fn` along `next_functions`; do not call `backward()`.

            - The node of a leaf is called `torch::autograd::AccumulateGrad`. Its
              `next_functions` are empty, and its attribute `variable` is the leaf.
            - If `y` is a tracked leaf itself, the result is `[y]`. If `y` is not tracked, the result is `[]`.

            (A set knows which nodes you have met: put the nodes themselves into it. `leaf in some_list` compares values
            and not tensors, so ask nodes, not leaves, whether you know them.)
            """,
        stub="""
            def leaves(y):
                raise NotImplementedError
            """,
        reference="""
            def leaves(y):
                if y.grad_fn is None:
                    return [y] if y.requires_grad else []
                found, seen, to_visit = [], set(), [y.grad_fn]
                while to_visit:
                    node = to_visit.pop()
                    if node is None or node in seen:
                        continue
                    seen.add(node)
                    if node.name() == "torch::autograd::AccumulateGrad":
                        found.append(node.variable)
                    to_visit += [before for before, _ in node.next_functions]
                return found
            """,
        cases=leaves_cases,
        beliefs=(
            Held(
                "first-input-only",
                """
                def leaves(y):
                    if y.grad_fn is None:
                        return [y] if y.requires_grad else []
                    node = y.grad_fn
                    while node.next_functions and node.next_functions[0][0] is not None:
                        node = node.next_functions[0][0]
                    return [node.variable] if hasattr(node, "variable") else []
                """,
                "You follow the first input of each node and come to one leaf at most. Other leaves lie behind the "
                "other inputs: go through all entries of next_functions.",
            ),
            Held(
                "each-use-is-a-leaf",
                """
                def leaves(y):
                    if y.grad_fn is None:
                        return [y] if y.requires_grad else []
                    found, to_visit = [], [y.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if hasattr(node, "variable"):
                            found.append(node.variable)
                        to_visit += [before for before, _ in node.next_functions if before is not None]
                    return found
                """,
                "You list a leaf once for each way that leads to it. It is one leaf with one node: remember which "
                "nodes you have met.",
            ),
            Held(
                "constants-are-nodes",
                """
                def leaves(y):
                    if y.grad_fn is None:
                        return [y] if y.requires_grad else []
                    found, seen, to_visit = [], set(), [y.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if node not in seen:
                            seen.add(node)
                            if hasattr(node, "variable"):
                                found.append(node.variable)
                            to_visit += [before for before, _ in node.next_functions]
                    return found
                """,
                "You expect a node behind every input. An untracked input has none: the entry in next_functions is "
                "None there, and None has no next_functions. Leave it out.",
            ),
            Held(
                "all-inputs-must-be-tracked",
                """
                def leaves(y):
                    if y.grad_fn is None:
                        return [y] if y.requires_grad else []
                    found, seen, to_visit = [], set(), [y.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if node in seen or any(before is None for before, _ in node.next_functions):
                            continue
                        seen.add(node)
                        if hasattr(node, "variable"):
                            found.append(node.variable)
                        to_visit += [before for before, _ in node.next_functions]
                    return found
                """,
                "You stop at nodes that have an untracked input. One tracked input is enough: leave out the None, and "
                "go on along the other entries.",
            ),
            Held(
                "only-tracked-pass-gradients",
                """
                def leaves(y):
                    if y.grad_fn is None:
                        return [y] if y.requires_grad else []
                    found, seen, to_visit = [], set(), [y.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if node in seen:
                            continue
                        seen.add(node)
                        if hasattr(node, "variable"):
                            found.append(node.variable)
                        before = [one for one, _ in node.next_functions]
                        if len(before) == 1 or any(hasattr(one, "variable") for one in before):
                            to_visit += [one for one in before if one is not None]
                    return found
                """,
                "You go on only where one of the inputs is a tracked leaf. So you stop at a frozen weight, and at an "
                "operation between two results. The gradient passes there as well.",
            ),
            Held(
                "only-the-last-is-kept",
                """
                def leaves(y):
                    if y.grad_fn is None:
                        return [y] if y.requires_grad else []
                    nodes = {before for before, _ in y.grad_fn.next_functions}
                    return [node.variable for node in nodes if hasattr(node, "variable")]
                """,
                "You look at the last operation only. Its inputs were computed too, and their nodes have "
                "next_functions of their own: go on until there is nothing left.",
            ),
            Held(
                "every-tensor-has-a-grad-fn",
                """
                def leaves(y):
                    found, seen, to_visit = [], set(), [y.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if node in seen:
                            continue
                        seen.add(node)
                        if hasattr(node, "variable"):
                            found.append(node.variable)
                        to_visit += [before for before, _ in node.next_functions if before is not None]
                    return found
                """,
                "Your walk is right, but it starts at y.grad_fn whatever y is. For a leaf, and for an untracked "
                "tensor, that is None: no operation made them.",
            ),
        ),
        also_right=(
            """
            def leaves(y):
                found = {}

                def visit(node):
                    if node is None or node in found:
                        return
                    found[node] = getattr(node, "variable", None)
                    for before, _ in node.next_functions:
                        visit(before)

                visit(y.grad_fn)
                if y.is_leaf and y.requires_grad:
                    return [y]
                return [leaf for leaf in found.values() if leaf is not None]
            """,
            """
            def leaves(y):
                if not y.requires_grad or y.is_leaf:
                    return [y] * y.requires_grad
                level, met = {y.grad_fn}, set()
                while level:
                    met |= level
                    level = {before for node in level for before, _ in node.next_functions} - met - {None}
                return [node.variable for node in met if not node.next_functions]
            """,
            # Another way to the same: every way down to its end, and each leaf under its id.
            """
            def leaves(y):
                if y.grad_fn is None:
                    return [y][: y.requires_grad]

                def ends(node):
                    if node is not None and not node.next_functions:
                        yield node.variable
                    for before, _ in node.next_functions if node else ():
                        yield from ends(before)

                return list({id(leaf): leaf for leaf in ends(y.grad_fn)}.values())
            """,
        ),
        hints=(
            "First deal with a y that has no grad_fn. Otherwise keep a list of nodes that are still to be visited, "
            "which at first holds y.grad_fn alone.",
            "Take a node out of the list as long as there is one. Skip it if it is None or if you have met it. If it "
            "is a leaf's node, note its variable.",
            "After that, put the nodes of all entries of its next_functions into the list: [before for before, _ in "
            "node.next_functions]. The set of nodes you have met keeps each leaf from being noted twice.",
        ),
        explanation="""
            A list of nodes to visit, a set of nodes met, and three rules: leave out None, leave out what you have met,
            go on along all entries. That finds every leaf that a gradient can reach, behind frozen weights and behind
            second inputs too. When a weight does not learn, this is the first thing to ask: is it among the leaves of
            the loss? backward() itself walks the same way.
            """,
        points=4,
        difficulty=3,
        minutes=9,
    ),
    Exercise(
        id="02.7",
        title="Count the nodes",
        kind="write",
        names=("count_nodes",),
        text="""
            Write `count_nodes(y)`: a dict that says of each name how many nodes of that name the graph behind `y` has.
            **Each node counts once**, however many ways lead to it. The nodes of leaves count too, under their name
            `torch::autograd::AccumulateGrad`. A tensor without a graph gives `{}`.

            ```python
            w = torch.tensor(2.0, requires_grad=True)
            count_nodes(w * w + 1.0)
            # {"AddBackward0": 1, "MulBackward0": 1, "torch::autograd::AccumulateGrad": 1}
            ```
            """,
        stub="""
            def count_nodes(y):
                raise NotImplementedError
            """,
        reference="""
            def count_nodes(y):
                counts, seen, to_visit = {}, {None}, [y.grad_fn]
                while to_visit:
                    node = to_visit.pop()
                    if node not in seen:
                        seen.add(node)
                        counts[node.name()] = counts.get(node.name(), 0) + 1
                        to_visit += [before for before, _ in node.next_functions]
                return counts
            """,
        cases=count_cases,
        beliefs=(
            Held(
                "graph-is-the-code",
                """
                def count_nodes(y):
                    counts, to_visit = {}, [y.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if node is not None:
                            counts[node.name()] = 1
                            to_visit += [before for before, _ in node.next_functions]
                    return counts
                """,
                "You count each name once, as if each line of the code had one node. A line that ran three times left "
                "three nodes of the same name.",
            ),
            Held(
                "graph-is-a-tree",
                """
                def count_nodes(y):
                    counts, to_visit = {}, [y.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if node is not None:
                            counts[node.name()] = counts.get(node.name(), 0) + 1
                            to_visit += [before for before, _ in node.next_functions]
                    return counts
                """,
                "You count a node once for each way that leads to it. Where a result or a leaf is used twice, two ways "
                "lead to one node: remember which nodes you have met.",
            ),
            Held(
                "each-use-is-a-leaf",
                """
                def count_nodes(y):
                    counts, seen, to_visit = {}, {None}, [y.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if node not in seen:
                            if node.next_functions:
                                seen.add(node)
                            counts[node.name()] = counts.get(node.name(), 0) + 1
                            to_visit += [before for before, _ in node.next_functions]
                    return counts
                """,
                "Your operations are counted right, but you count a leaf once for each use. It has one AccumulateGrad, "
                "however often it is used.",
            ),
            Held(
                "first-input-only",
                """
                def count_nodes(y):
                    counts, node = {}, y.grad_fn
                    while node is not None:
                        counts[node.name()] = counts.get(node.name(), 0) + 1
                        node = node.next_functions[0][0] if node.next_functions else None
                    return counts
                """,
                "You follow the first input of each node, and miss what lies behind the others. Go through all entries "
                "of next_functions.",
            ),
            Held(
                "constants-are-nodes",
                """
                def count_nodes(y):
                    counts, seen, to_visit = {}, set(), [y.grad_fn] if y.grad_fn else []
                    while to_visit:
                        node = to_visit.pop()
                        if node is None:
                            counts["None"] = counts.get("None", 0) + 1
                        elif node not in seen:
                            seen.add(node)
                            counts[node.name()] = counts.get(node.name(), 0) + 1
                            to_visit += [before for before, _ in node.next_functions]
                    return counts
                """,
                "You count None as a node. It stands where an input is untracked, and says that there is no node.",
            ),
            Held(
                "leaves-have-no-node",
                """
                def count_nodes(y):
                    counts, seen, to_visit = {}, {None}, [y.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if node not in seen and node.next_functions:
                            seen.add(node)
                            counts[node.name()] = counts.get(node.name(), 0) + 1
                            to_visit += [before for before, _ in node.next_functions]
                    return counts
                """,
                "You leave out the nodes of the leaves. A leaf's grad_fn is None, but in the graph it has a node, "
                "which adds what arrives to .grad.",
            ),
            Held(
                "only-the-last-is-kept",
                """
                def count_nodes(y):
                    if y.grad_fn is None:
                        return {}
                    counts = {y.grad_fn.name(): 1}
                    for node in {before for before, _ in y.grad_fn.next_functions} - {None}:
                        counts[node.name()] = counts.get(node.name(), 0) + 1
                    return counts
                """,
                "You count the last operation and what it leads to directly. These nodes lead on to others: go on "
                "until nothing is left.",
            ),
            Held(
                "every-tensor-has-a-grad-fn",
                """
                def count_nodes(y):
                    counts, seen, to_visit = {}, set(), [y.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if node not in seen:
                            seen.add(node)
                            counts[node.name()] = counts.get(node.name(), 0) + 1
                            to_visit += [before for before, _ in node.next_functions if before is not None]
                    return counts
                """,
                "Your walk is right, but it starts at y.grad_fn whatever y is. Where y is a leaf, or is not tracked, "
                "that is None, and there is nothing to count.",
            ),
        ),
        also_right=(
            """
            from collections import Counter

            def count_nodes(y):
                def nodes(node, seen):
                    if node is not None and node not in seen:
                        seen.add(node)
                        for before, _ in node.next_functions:
                            nodes(before, seen)
                    return seen

                return Counter(node.name() for node in nodes(y.grad_fn, set()))
            """,
            """
            def count_nodes(y):
                level, met = {y.grad_fn} - {None}, set()
                while level:
                    met |= level
                    level = {before for node in level for before, _ in node.next_functions} - met - {None}
                names = [node.name() for node in met]
                return {name: names.count(name) for name in names}
            """,
            # Another way to the same: all ways, each node under its id.
            """
            def count_nodes(y):
                def ways(node):
                    if node is not None:
                        yield node
                        for before, _ in node.next_functions:
                            yield from ways(before)

                by_id = {id(node): node.name() for node in ways(y.grad_fn)}
                return {name: list(by_id.values()).count(name) for name in by_id.values()}
            """,
        ),
        hints=(
            "It is the walk of the exercise before: a list of nodes to visit, a set of nodes met. What changes is what "
            "you note at each node.",
            "Note every node, not only those of leaves. Put None into the set of nodes met at the start, and you need "
            "no other question about None.",
            "At each node that you have not met: add it to the set, add 1 to counts under node.name(), with "
            "counts.get(name, 0) for the first time, and go on along all entries of next_functions.",
        ),
        explanation="""
            The same walk, with another note at each node. The loop of three rounds has three products and three tanh:
            the graph is of the run. A result that is used twice has one node, and so has a leaf. None is no node, and
            plain numbers leave nothing at all. Count the nodes before and after a change to your code, and you see what
            the graph of a run costs.
            """,
        points=3,
        difficulty=2,
        minutes=7,
    ),
]
