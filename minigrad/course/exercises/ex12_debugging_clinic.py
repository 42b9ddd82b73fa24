"""Exercises of lesson 12: from what an error says, or from its absence, to the line at fault."""

from random import Random

from minigrad.course.case import Case, Helper, call, look, tensor
from minigrad.course.exercise import Exercise, Held
from minigrad.course.exercises.inputs import numbers

# The steps of 12.3, each in place if its name was chosen. What comes out tells the choice, and not the answer.
RUN_THE_STEPS = """
def run_the_steps(chosen):
    h = w * x
    for name, usual, in_place in [
        ("add", lambda h: h + b, lambda h: h.add_(b)),
        ("exp", lambda h: h.exp(), lambda h: h.exp_()),
        ("double", lambda h: h * 2.0, lambda h: h.mul_(2.0)),
        ("sigmoid", lambda h: h.sigmoid(), lambda h: h.sigmoid_()),
        ("shift", lambda h: h + 1.0, lambda h: h.add_(1.0)),
    ]:
        h = in_place(h) if name in chosen else usual(h)
    h.sum().backward()
    return [w.grad, b.grad]

are_names = isinstance(result, (list, tuple, set)) and all(isinstance(name, str) for name in result)
unknown = set(result) - {"add", "exp", "double", "sigmoid", "shift"} if are_names else ()
if unknown:
    raise ValueError(f"there is no step {sorted(unknown)[0]!r}")
"""


def in_place_cases(seed: int) -> list[Case]:
    random = Random(seed)
    inputs = {
        "w": tensor(numbers(random, 3, 2, 9), requires_grad=True),
        "b": tensor(numbers(random, 3, 2, 9), requires_grad=True),
        "x": tensor(numbers(random, 3, 2, 9)),
    }
    options = {"kwargs": inputs, "shown": "in_place(w, b, x)", "evidence": ("message",)}
    return [
        call(
            "the gradients, with your choice",
            "in_place",
            then=f"{RUN_THE_STEPS}\nif are_names:\n    result = run_the_steps(result)",
            compare=("value", "shape"),
            **options,
        ),
        call(
            "no new tensor where none is needed",
            "in_place",
            then=f"{RUN_THE_STEPS}\nif are_names:\n    run_the_steps(result)\n"
            "    result = str(len(set(result))) + ' of 5 in place'",
            compare=("value",),
            **options,
        ),
    ]


def normalized_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, part, n in [
        ("the gradient of w", "result[0], ...", 3),
        ("the gradient of b", "..., result[1]", 3),
        ("both, for one number", "result[0], result[1]", 1),
    ]:
        cases.append(
            call(
                title,
                "gradients",
                kwargs={
                    "w": tensor(numbers(random, n, 3, 9), requires_grad=True),
                    "b": tensor(numbers(random, n, 3, 9), requires_grad=True),
                    "x": tensor(numbers(random, n, 3, 9)),
                },
                then=f"if isinstance(result, (tuple, list)) and len(result) == 2:\n    result = {part}",
                compare=("value", "shape", "requires_grad", "message"),
            )
        )
    return cases


def train_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, part, n, steps in [
        ("the losses of four steps", "result", 3, 4),
        ("the weights after one step", "...", 2, 1),
        ("the weights after three steps", "...", 2, 3),
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
                then=f"w.grad = None\nresult = {part}",  # what is left in .grad is the answer's own affair
                compare=("value", "shape", "requires_grad", "message")
                + (("arguments",) if part == "..." else ()),
            )
        )
    return cases


def parts_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, n, count in [("two parts", 2, 2), ("three parts", 3, 3), ("one number, four parts", 1, 4)]:
        w = numbers(random, n)
        parts = [numbers(random, n) for _ in range(count)]
        targets = [numbers(random, n) for _ in range(count)]
        cases.append(
            call(
                title,
                "gradient",
                kwargs={
                    "w": tensor(w, requires_grad=True),
                    "parts": [tensor(part) for part in parts],
                    "targets": [tensor(target) for target in targets],
                },
                compare=("value", "shape", "requires_grad", "message"),
                shown=f"gradient(w, parts, targets) with {count} parts",
            )
        )
    return cases


PATIENTS = {
    "all is well": """
        def program():
            w = torch.tensor({a}, requires_grad=True)
            return ((w * {b} - 1.0) ** 2).sum(), w
        """,
    "a weight used second": """
        def program():
            w = torch.tensor({a}, requires_grad=True)
            v = torch.tensor({b}, requires_grad=True)
            return (v.exp() * (w * {c})).sum(), w
        """,
    "a weight before another": """
        def program():
            w = torch.tensor({a}, requires_grad=True)
            v = torch.tensor({b}, requires_grad=True)
            return ((w * {c}) * v.exp()).sum(), w
        """,
    "a loss cut by detach()": """
        def program():
            w = torch.tensor({a}, requires_grad=True)
            return (w * w).sum().detach(), w
        """,
    "a cut loss with its flag on again": """
        def program():
            w = torch.tensor({a}, requires_grad=True)
            return torch.tensor((w * w).sum().item(), requires_grad=True), w
        """,
    "a weight cut off beside another": """
        def program():
            w = torch.tensor({a}, requires_grad=True)
            v = torch.tensor({b}, requires_grad=True)
            return (v * w.detach()).sum(), w
        """,
    "a frozen weight": """
        def program():
            w = torch.tensor({a})
            v = torch.tensor({b}, requires_grad=True)
            return (v * w).sum(), w
        """,
    "a lost leaf": """
        def program():
            w = torch.tensor({a}, requires_grad=True) * {b}
            return (w * w).sum(), w
        """,
    "a lost leaf, and no graph": """
        def program():
            w = torch.tensor({a}, requires_grad=True) * {b}
            with torch.no_grad():
                return (w * w).sum(), w
        """,
}


def patients_cases(seed: int) -> list[Case]:
    random = Random(seed)
    cases = []
    for title, source in PATIENTS.items():
        a, b, c = numbers(random, 3)
        cases.append(
            call(
                title,
                "diagnose",
                Helper("\n".join(line[8:] for line in source.format(a=a, b=b, c=c).strip("\n").split("\n"))),
                compare=("value",),
                shown=f"diagnose(program) for {title}",
            )
        )
    return cases


EXERCISES = [
    Exercise(
        id="12.1",
        title="Which error?",
        kind="predict",
        names=("says",),
        text="""
            Each line is run by itself, with a fresh `w = torch.tensor([1.0, 2.0], requires_grad=True)`.

            | key | line |
            |---|---|
            | `"a"` | `y = w.exp(); y += 1.0; y.sum().backward()` |
            | `"b"` | `y = w * 2.0; y += 1.0; y.sum().backward()` |
            | `"c"` | `y = (w * w).sum(); y.backward(); y.backward()` |
            | `"d"` | `y = (w + 2.0).sum(); y.backward(); y.backward()` |
            | `"e"` | `w -= 0.1` |
            | `"f"` | `h = w.detach(); (h * h).sum().backward()` |
            | `"g"` | `(w * w).backward()` |
            | `"h"` | `(w * w).backward(torch.tensor(1.0))` |
            | `"i"` | `y = w * w; w.data += 1.0; y.sum().backward()` |
            | `"j"` | `y = w * w; w.detach().add_(1.0); y.sum().backward()` |
            | `"k"` | `y = (w * w).sum(); torch.tensor(y.item()).backward()` |

            **Predict** what the line says. Write `None` if there is no error, and otherwise one of these words:

            | word | the error says |
            |---|---|
            | `"changed"` | ... has been modified by an inplace operation ... |
            | `"freed"` | Trying to backward through the graph a second time ... |
            | `"leaf"` | a leaf Variable that requires grad is being used in an in-place operation. |
            | `"no graph"` | element 0 of tensors does not require grad and does not have a grad_fn |
            | `"scalar"` | grad can be implicitly created only for scalar outputs |
            | `"shape"` | Mismatch in shape: grad_output[0] has a shape of ... |
            """,
        stub="""
            says = {
                "a": ...,
                "b": ...,
                "c": ...,
                "d": ...,
                "e": ...,
                "f": ...,
                "g": ...,
                "h": ...,
                "i": ...,
                "j": ...,
                "k": ...,
            }
            """,
        reference="""
            says = {
                "a": "changed",
                "b": None,
                "c": "freed",
                "d": None,
                "e": "leaf",
                "f": "no graph",
                "g": "scalar",
                "h": "shape",
                "i": None,
                "j": "changed",
                "k": "no graph",
            }
            """,
        cases=lambda seed: [look("says", line, title=f"line {line}") for line in "abcdefghijk"],
        beliefs=tuple(
            Held(
                belief,
                "says = dict(a='changed', b=None, c='freed', d=None, e='leaf', f='no graph', g='scalar', h='shape', "
                f"i=None, j='changed', k='no graph')\nsays |= {theirs}",
                message,
            )
            for belief, theirs, message in [
                (
                    "in-place-always-fails",
                    {"b": "changed"},
                    "You let line b fail because y is changed in place. A product with a plain number keeps no y, so "
                    "nothing that is needed was changed. In line a, exp has kept its result, and that is y.",
                ),
                (
                    "graph-holds-no-values",
                    {"a": None, "j": None},
                    "You let values be changed that the graph has kept: exp keeps its result, and w * w keeps w. "
                    "backward() looks at their counters of changes, and refuses.",
                ),
                (
                    "backward-twice-always",
                    {"c": None},
                    "You let line c go back twice. w * w has kept w for going back, and the first backward() frees "
                    "it.",
                ),
                (
                    "backward-twice-never",
                    {"d": "freed"},
                    "You let line d fail. A sum and an addition keep no values, so the first backward() has nothing "
                    "to free, and the second one lacks nothing.",
                ),
                (
                    "leaf-changes-in-place",
                    {"e": None},
                    "You let w be changed in place in line e. w is a tracked leaf: PyTorch refuses, unless no_grad "
                    "tells it not to record.",
                ),
                (
                    "detached-comes-back",
                    {"f": None},
                    "You let line f find its way back to w. h is untracked, and so is all that is computed from it "
                    "alone.",
                ),
                (
                    "backward-takes-any-shape",
                    {"g": None},
                    "You let line g go back from two numbers at once. Without a v, backward() starts from a single "
                    "number only.",
                ),
                (
                    "v-stretches",
                    {"h": None},
                    "You let the v in line h be broadcast. v must have the very shape of the result, here (2,).",
                ),
                (
                    "backward-needs-a-scalar",
                    {"h": "scalar"},
                    "You let line h ask for a scalar. There is a v, so the result may have any shape; it is the v "
                    "that does not fit.",
                ),
                (
                    "data-is-safe",
                    {"i": "changed"},
                    "You let PyTorch notice the change in line i. What is changed through .data is not counted: no "
                    "error comes, only a wrong gradient.",
                ),
                (
                    "detach-copies",
                    {"j": None},
                    "You let line j change a copy. A detached tensor shares its memory with w, and its counter of "
                    "changes too.",
                ),
                (
                    "item-keeps-the-graph",
                    {"k": None},
                    "You let line k find its way back to w. item() gives a Python number, and what is made of a "
                    "number has no graph.",
                ),
            ]
        ),
        also_right=(
            """
            said = {"changed": "aj", "freed": "c", "leaf": "e", "no graph": "fk", "scalar": "g", "shape": "h"}
            says = {line: None for line in "bdi"} | {line: word for word, lines in said.items() for line in lines}
            """,
            # The oracle: the lines themselves.
            """
            lines = {
                "a": "y = w.exp(); y += 1.0; y.sum().backward()",
                "b": "y = w * 2.0; y += 1.0; y.sum().backward()",
                "c": "y = (w * w).sum(); y.backward(); y.backward()",
                "d": "y = (w + 2.0).sum(); y.backward(); y.backward()",
                "e": "w -= 0.1",
                "f": "h = w.detach(); (h * h).sum().backward()",
                "g": "(w * w).backward()",
                "h": "(w * w).backward(torch.tensor(1.0))",
                "i": "y = w * w; w.data += 1.0; y.sum().backward()",
                "j": "y = w * w; w.detach().add_(1.0); y.sum().backward()",
                "k": "y = (w * w).sum(); torch.tensor(y.item()).backward()",
            }
            texts = {
                "modified by": "changed", "second time": "freed", "a leaf": "leaf", "grad_fn": "no graph",
                "scalar": "scalar", "Mismatch": "shape",
            }
            says = {}
            for name, line in lines.items():
                says[name] = None
                try:
                    exec(line, {"torch": torch, "w": torch.tensor([1.0, 2.0], requires_grad=True)})
                except RuntimeError as error:
                    says[name] = next(word for text, word in texts.items() if text in str(error))
            """,
        ),
        hints=(
            "For each line ask three things. Is there a graph at all? What have its nodes kept? Has that been "
            "changed or freed?",
            "exp keeps its result, w * w keeps w. A sum, and a product with a plain number, keep no tensor. .data "
            "shares memory and counts nothing; detach() shares memory and counts.",
            "Three lines raise nothing: one changes what nobody kept, one goes back twice through nodes that kept "
            "nothing, and one changes what was kept behind the counter's back.",
        ),
        explanation="""
            a: exp kept its result, and y is that result. b: nobody kept y. c: w was kept, and then freed. d: nothing
            was kept. e: a tracked leaf may not be changed in place. f and k: no way back to w. g: two numbers and no v.
            h: a v of another shape. i: w was kept and changed, but not counted; the gradient is wrong and nobody says
            so. j: the same change, counted.
            """,
        points=3,
        difficulty=1,
        minutes=6,
    ),
    Exercise(
        id="12.2",
        title="Find the line at fault",
        kind="predict",
        names=("at_fault",),
        text="""
            Six programs. The comment shows where the trouble was noticed. In each program exactly **one** line is at
            fault: if it were left out, all the others would run, and `w.grad` would be the gradient of `loss`.

            ```python
            # "A"
            w = torch.tensor([1.0, 2.0], requires_grad=True)     # 1
            h = w.exp()                                          # 2
            loss = (h * 3.0).sum()                               # 3
            h += 1.0                                             # 4
            print("loss:", loss.item())                          # 5
            loss.backward()                                      # 6  ... output 0 of Exp, is at version 1 ...

            # "B"
            w = torch.tensor(2.0, requires_grad=True)            # 1
            y = w * w                                            # 2
            y.backward()                                         # 3
            loss = y * 3.0                                       # 4
            loss.backward()                                      # 5  Trying to backward through the graph a second ...

            # "C"
            w = torch.tensor([1.0, 2.0], requires_grad=True)     # 1
            h = w * 3.0                                          # 2
            h = h.detach()                                       # 3
            h = h * 2.0                                          # 4
            loss = h.sum()                                       # 5
            loss.backward()                                      # 6  element 0 of tensors does not require grad and ...

            # "D"
            w = torch.tensor([1.0, 2.0], requires_grad=True)     # 1
            w = w * 0.1                                          # 2
            loss = (w * w).sum()                                 # 3
            loss.backward()                                      # 4
            step = 0.1 * w.grad                                  # 5  unsupported operand type(s) for *: 'float' and ...

            # "E"
            w = torch.tensor([1.0, 2.0], requires_grad=True)     # 1
            loss = (w * w).sum()                                 # 2
            w.detach().sub_(0.5)                                 # 3
            report = loss.item()                                 # 4
            loss.backward()                                      # 5  ... is at version 1; expected version 0 ...

            # "F"
            w = torch.tensor([1.0, 2.0], requires_grad=True)     # 1
            loss = (w * w).sum()                                 # 2
            w.data.sub_(0.5)                                     # 3
            report = loss.item()                                 # 4
            loss.backward()                                      # 5
            print(w.grad)                                        # 6  prints 1 and 3; the right gradient is 2 and 4
            ```

            **Predict** the numbers of these lines.
            """,
        stub="""
            at_fault = {"A": ..., "B": ..., "C": ..., "D": ..., "E": ..., "F": ...}
            """,
        reference="""
            at_fault = {"A": 4, "B": 3, "C": 3, "D": 2, "E": 3, "F": 3}
            """,
        cases=lambda seed: [look("at_fault", name, title=f"program {name}") for name in "ABCDEF"],
        beliefs=(
            Held(
                "symptom-is-the-cause",
                'at_fault = {"A": 6, "B": 5, "C": 6, "D": 5, "E": 5, "F": 6}',
                "You chose the lines where the trouble was noticed. They ask for something that an earlier line has "
                "taken away: a kept value, a graph, a leaf. Which line took it?",
            ),
            Held(
                "cause-is-just-above",
                'at_fault = {"A": 5, "B": 4, "C": 5, "D": 4, "E": 4, "F": 5}',
                "You chose the lines just above the trouble. Read what the text misses, and go back to the line that "
                "took it away, however far that is.",
            ),
            Held(
                "named-operation-is-the-cause",
                'at_fault = {"A": 2, "B": 3, "C": 3, "D": 2, "E": 3, "F": 3}',
                "In A you chose the line that the text names, Exp. There the value was made that was spoilt later. "
                "Which line changed it?",
            ),
            Held(
                "detach-copies",
                'at_fault = {"A": 4, "B": 3, "C": 3, "D": 2, "E": 2, "F": 3}',
                "In E you passed over the line with detach(). It makes no copy: sub_ changes the memory of w, which "
                "w * w has kept.",
            ),
            Held(
                "data-is-safe",
                'at_fault = {"A": 4, "B": 3, "C": 3, "D": 2, "E": 3, "F": 2}',
                "In F you passed over the line with .data. It changes the memory of w, which w * w has kept, and "
                "nobody counts it. So the gradient is that of another w.",
            ),
            Held(
                "each-result-has-its-own-graph",
                'at_fault = {"A": 4, "B": 4, "C": 3, "D": 2, "E": 3, "F": 3}',
                "In B you passed over the first backward(). loss goes back through y as well, and the first "
                "backward() has freed what y's node had kept.",
            ),
            Held(
                "conversion-keeps-the-leaf",
                'at_fault = {"A": 4, "B": 3, "C": 3, "D": 3, "E": 3, "F": 3}',
                "In D you passed over w = w * 0.1. It gives the name w to a product, which is no leaf, and backward() "
                "fills .grad of leaves only.",
            ),
        ),
        also_right=(
            'at_fault = dict(zip("ABCDEF", (4, 3, 3, 2, 3, 3)))',
            # The oracle: leave out each line in turn, and see when the rest runs and agrees with finite differences.
            """
            W = "w = torch.tensor([1.0, 2.0], requires_grad=True)"
            programs = {
                "A": [W, "h = w.exp()", "loss = (h * 3.0).sum()", "h += 1.0", "str(loss.item())", "loss.backward()"],
                "B": ["w = torch.tensor(2.0, requires_grad=True)", "y = w * w", "y.backward()", "loss = y * 3.0",
                      "loss.backward()"],
                "C": [W, "h = w * 3.0", "h = h.detach()", "h = h * 2.0", "loss = h.sum()", "loss.backward()"],
                "D": [W, "w = w * 0.1", "loss = (w * w).sum()", "loss.backward()", "step = 0.1 * w.grad"],
                "E": [W, "loss = (w * w).sum()", "w.detach().sub_(0.5)", "report = loss.item()", "loss.backward()"],
                "F": [W, "loss = (w * w).sum()", "w.data.sub_(0.5)", "report = loss.item()", "loss.backward()",
                      "assert w.grad.tolist() == [2.0, 4.0]"],
            }

            def runs(lines):
                space = {"torch": torch}
                try:
                    exec("\\n".join(lines), space)
                except Exception:
                    return False
                return True

            at_fault = {}
            for name, lines in programs.items():
                # To leave out the line that notices is no repair.
                for i in range(1, len(lines) - 1):
                    if runs(lines[:i] + lines[i + 1 :]):
                        at_fault[name] = i + 1
            """,
        ),
        hints=(
            "Say of each error what was needed and was not there: a kept value, a graph, a gradient of a leaf.",
            "Then go up, line by line: which line changed that value, freed it, cut the graph or gave the name to "
            "another tensor? Remember that detach() and .data share memory.",
            "None of the six is the last line, none is the line above it, and none only computes a loss. Two of them "
            "change memory that w shows, one changes a result.",
        ),
        explanation="""
            A: exp kept h, line 4 changed it. B: the first backward() freed what y's node had kept; retain_graph=True
            there would do as well. C: line 3 cut the graph, and the lines after it ran without a word. D: line 2 gave
            the name w to a product. E: the memory of w was changed through a detached tensor, and counted. F: the same
            through .data, not counted, so there is not even an error.
            """,
        points=3,
        difficulty=2,
        minutes=7,
    ),
    Exercise(
        id="12.3",
        title="Choose what runs in place",
        kind="choose",
        names=("in_place",),
        text="""
            An operation in place makes no new tensor, and saves memory. But the value it overwrites may have been kept
            for the backward pass. These five steps follow one another:

            ```python
            h = w * x            # w, b are tracked, x is not
            h = h + b            # "add"      in place: h.add_(b)
            h = h.exp()          # "exp"      in place: h.exp_()
            h = h * 2.0          # "double"   in place: h.mul_(2.0)
            h = h.sigmoid()      # "sigmoid"  in place: h.sigmoid_()
            h = h + 1.0          # "shift"    in place: h.add_(1.0)
            h.sum().backward()
            ```

            **Choose** which of the five may run in place: let `in_place(w, b, x)` return the list of their names. As
            many as possible, and `backward()` must still give the right gradients. (The function gets the tensors, in
            case you want to try something in it; it need not use them.)

            What the nodes keep: `exp` and `sigmoid` keep their **result**, the product `w * x` keeps `x`, and the
            sums and the product with the number 2 keep no tensor.
            """,
        stub="""
            def in_place(w, b, x):
                raise NotImplementedError
            """,
        reference="""
            def in_place(w, b, x):
                return ["add", "exp", "sigmoid"]
            """,
        cases=in_place_cases,
        beliefs=(
            Held(
                "in-place-always-fails",
                """
                def in_place(w, b, x):
                    return []
                """,
                "You let nothing run in place. The gradients are right, but more is possible: what no node has kept "
                "may be overwritten.",
            ),
            Held(
                "graph-holds-no-values",
                """
                def in_place(w, b, x):
                    return ["add", "exp", "double", "sigmoid", "shift"]
                """,
                "You let everything run in place. exp and sigmoid have kept their results, and the step after each of "
                "them overwrites just that.",
            ),
            Held(
                "named-operation-is-the-cause",
                """
                def in_place(w, b, x):
                    return ["add", "double", "shift"]
                """,
                "You spared exp and sigmoid, the operations that the error names. They are where the spoilt value "
                "comes from. It is the step after each of them that spoils it.",
            ),
            Held(
                "node-keeps-all-inputs",
                """
                def in_place(w, b, x):
                    return ["add"]
                """,
                "The gradients are right, but more is possible. You seem to let exp and sigmoid keep their inputs. "
                "They keep their results, so the input may be overwritten.",
            ),
            Held(
                "nobody-needs-the-last",
                """
                def in_place(w, b, x):
                    return ["add", "exp", "sigmoid", "shift"]
                """,
                "You let the last step overwrite the result of sigmoid, as no line uses it any more. But sigmoid's "
                "node has kept it, and needs it on the way back.",
            ),
            Held(
                "constant-is-not-saved",
                """
                def in_place(w, b, x):
                    return ["add", "exp", "double", "sigmoid"]
                """,
                "You let the doubling run in place, since a product with a plain number keeps nothing itself. But "
                "the value it overwrites is the result of exp, and exp has kept that.",
            ),
        ),
        also_right=(
            """
            def in_place(w, b, x):
                return ("sigmoid", "exp", "add")
            """,
            # The oracle: try all choices, and take the largest that goes back without an error.
            """
            from itertools import combinations

            STEPS = {
                "add": (lambda h, b: h + b, lambda h, b: h.add_(b)),
                "exp": (lambda h, b: h.exp(), lambda h, b: h.exp_()),
                "double": (lambda h, b: h * 2.0, lambda h, b: h.mul_(2.0)),
                "sigmoid": (lambda h, b: h.sigmoid(), lambda h, b: h.sigmoid_()),
                "shift": (lambda h, b: h + 1.0, lambda h, b: h.add_(1.0)),
            }

            def goes_back(chosen, w, b, x):
                h = w * x
                for name, forms in STEPS.items():
                    h = forms[name in chosen](h, b)
                try:
                    torch.autograd.grad(h.sum(), [w, b])
                except RuntimeError:
                    return False
                return True

            def in_place(w, b, x):
                for count in range(5, -1, -1):
                    for chosen in combinations(STEPS, count):
                        if goes_back(chosen, w, b, x):
                            return list(chosen)
            """,
        ),
        hints=(
            "Ask of each step: whose result does it overwrite? And has the node that made it kept it?",
            "add overwrites the product w * x, exp the sum, double the result of exp, sigmoid the doubled value, shift "
            "the result of sigmoid.",
            "Two steps overwrite a result that its own node has kept. All the others may run in place.",
        ),
        explanation="""
            The error would name Exp or Sigmoid, but these two may well run in place: what they overwrite, a sum and a
            product with a plain number, nobody has kept. What must not be overwritten is their own result, so the step
            after each of them needs a new tensor. Whether a step may run in place is decided by the step before it.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="12.4",
        title="Mend: modified in place",
        kind="mend",
        names=("gradients",),
        text="""
            `gradients(w, b, x)` is to return the gradients for `w` and `b` of the mean of `(exp(w * x) + b) ** 2`, a
            pair of tensors. It raises:

            > RuntimeError: one of the variables needed for gradient computation has been modified by an inplace
            > operation: [torch.FloatTensor [3]], which is output 0 of Exp, is at version 1; expected version 0 instead.

            The line that raises is the one with `backward()`. **Mend** the program: find the line at fault.
            """,
        stub="""
            def gradients(w, b, x):
                h = (w * x).exp()
                h += b
                loss = (h ** 2).mean()
                loss.backward()
                return w.grad, b.grad
            """,
        reference="""
            def gradients(w, b, x):
                h = (w * x).exp()
                h = h + b
                loss = (h ** 2).mean()
                loss.backward()
                return w.grad, b.grad
            """,
        cases=normalized_cases,
        beliefs=(
            Held(
                "symptom-is-the-cause",
                """
                def gradients(w, b, x):
                    h = (w * x).exp()
                    h += b
                    loss = (h ** 2).mean()
                    try:
                        loss.backward()
                    except RuntimeError:
                        w.grad = torch.zeros_like(w)
                        b.grad = torch.zeros_like(b)
                    return w.grad, b.grad
                """,
                "You changed the line that raises. Now the error is silent, and the gradients are made up. backward() "
                "does what it should: it notices that the result of exp was changed. Which line changes it?",
            ),
            Held(
                "data-is-safe",
                """
                def gradients(w, b, x):
                    h = (w * x).exp()
                    h.data += b
                    loss = (h ** 2).mean()
                    loss.backward()
                    return w.grad, b.grad
                """,
                "You change h through .data. That silences the error, as the change is not counted. But exp still "
                "finds the changed value, and b is left out of the graph.",
            ),
            Held(
                "detached-comes-back",
                """
                def gradients(w, b, x):
                    h = (w * x).exp()
                    h = h.detach()
                    h += b
                    loss = (h ** 2).mean()
                    loss.backward()
                    return w.grad, b.grad
                """,
                "You cut h off before it is changed. Then there is no way back to w. A new tensor for the sum is all "
                "that is needed.",
            ),
            Held(
                "detaching-the-loss-is-harmless",
                """
                def gradients(w, b, x):
                    h = (w * x).exp()
                    h += b
                    loss = (h ** 2).mean().detach().requires_grad_()
                    loss.backward()
                    return w.grad, b.grad
                """,
                "You detach the loss and switch its flag on. The error is gone, and the graph too: nothing goes back "
                "to w and b.",
            ),
            Held(
                "in-place-always-fails",
                """
                def gradients(w, b, x):
                    h = (w * x).exp()
                    loss = (h ** 2).mean()
                    loss.backward()
                    return w.grad, b.grad
                """,
                "You left out the sum with b, and with it a part of the loss. It is not the sum that is wrong, but "
                "that it overwrites the result of exp.",
            ),
        ),
        also_right=(
            """
            def gradients(w, b, x):
                h = (w * x).exp().clone()
                h += b
                (h ** 2).mean().backward()
                return w.grad, b.grad
            """,
            # The oracle: the derivative by hand.
            """
            def gradients(w, b, x):
                with torch.no_grad():
                    e = torch.exp(w * x)
                    for_b = 2 * (e + b) / w.numel()
                    return for_b * e * x, for_b
            """,
            """
            def gradients(w, b, x):
                h = torch.exp(w * x) + b
                return torch.autograd.grad((h * h).mean(), (w, b))
            """,
        ),
        hints=(
            "The text says: output 0 of Exp is at version 1. Which tensor is that, and which line counts its version "
            "up?",
            "exp keeps its result for the way back, and h is that very result. A line that changes h spoils it.",
            "h += b works in the memory of h. Write the sum so that it makes a new tensor.",
        ),
        explanation="""
            The slope of exp is its own result, so the node keeps h. h += b wrote the sum into that memory. h = h + b
            makes a new tensor, and exp keeps the old one. A clone() before the change does as well: then the copy is
            changed. The error named Exp, backward() raised it, and the fault was in a line that neither of them names.
            """,
        points=3,
        difficulty=1,
        minutes=5,
    ),
    Exercise(
        id="12.5",
        title="Mend: a second time",
        kind="mend",
        names=("train",),
        text="""
            `train` is to take `steps` steps of gradient descent with `w`, in place, and to return the list of the
            losses **before** each step, as Python numbers. With one step it works. With two it raises:

            > RuntimeError: Trying to backward through the graph a second time (or directly access saved tensors after
            > they have already been freed). ... Specify retain_graph=True if you need to backward through the graph a
            > second time ...

            **Mend** it. The error text gives a piece of advice. Before you follow it, ask whether this program *needs*
            to go back through the same graph a second time.
            """,
        stub="""
            def train(w, x, target, lr, steps):
                losses = []
                prediction = w * x
                for _ in range(steps):
                    loss = ((prediction - target) ** 2).sum()
                    losses.append(loss.item())
                    loss.backward()
                    with torch.no_grad():
                        w -= lr * w.grad
                    w.grad = None
                return losses
            """,
        reference="""
            def train(w, x, target, lr, steps):
                losses = []
                for _ in range(steps):
                    prediction = w * x
                    loss = ((prediction - target) ** 2).sum()
                    losses.append(loss.item())
                    loss.backward()
                    with torch.no_grad():
                        w -= lr * w.grad
                    w.grad = None
                return losses
            """,
        cases=train_cases,
        beliefs=(
            Held(
                "symptom-is-the-cause",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    prediction = w * x
                    for _ in range(steps):
                        loss = ((prediction - target) ** 2).sum()
                        losses.append(loss.item())
                        loss.backward(retain_graph=True)
                        with torch.no_grad():
                            w -= lr * w.grad
                        w.grad = None
                    return losses
                """,
                "You told the line that raises to retain the graph. The error is gone, but the prediction is still "
                "that of the first w: the losses stay the same, and each step repeats the first one.",
            ),
            Held(
                "silenced-is-mended",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    prediction = w * x
                    for _ in range(steps):
                        loss = ((prediction - target) ** 2).sum()
                        losses.append(loss.item())
                        try:
                            loss.backward()
                        except RuntimeError:
                            continue
                        with torch.no_grad():
                            w -= lr * w.grad
                        w.grad = None
                    return losses
                """,
                "You catch the error and go on. Now only the first step is taken, and nobody hears of it.",
            ),
            Held(
                "detaching-the-loss-is-harmless",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    prediction = w * x
                    for _ in range(steps):
                        loss = ((prediction.detach() - target) ** 2).sum()
                        losses.append(loss.item())
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                        w.grad = None
                    return losses
                """,
                "You detach the prediction, so that backward() does not go through it a second time. Now it cannot go "
                "through it at all.",
            ),
            Held(
                "backward-overwrites",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    for _ in range(steps):
                        prediction = w * x
                        loss = ((prediction - target) ** 2).sum()
                        losses.append(loss.item())
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                    return losses
                """,
                "The prediction is made anew in each step, and that was the fault. But you also dropped the line that "
                "clears w.grad: now each step uses the gradients of all steps before it as well.",
            ),
            Held(
                "minus-keeps-the-leaf",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    for _ in range(steps):
                        prediction = w * x
                        loss = ((prediction - target) ** 2).sum()
                        losses.append(loss.item())
                        loss.backward()
                        with torch.no_grad():
                            w = w - lr * w.grad
                        w.grad = None
                    return losses
                """,
                "w = w - ... makes another tensor, untracked under no_grad. The w that was passed in never moves, and "
                "the second step finds no graph.",
            ),
            Held(
                "stored-loss-is-a-number",
                """
                def train(w, x, target, lr, steps):
                    losses = []
                    for _ in range(steps):
                        prediction = w * x
                        loss = ((prediction - target) ** 2).sum()
                        losses.append(loss)
                        loss.backward()
                        with torch.no_grad():
                            w -= lr * w.grad
                        w.grad = None
                    return losses
                """,
                "Training is right, but the list holds tensors with their graphs. Store loss.item().",
            ),
        ),
        also_right=(
            """
            def train(w, x, target, lr, steps):
                optimizer = torch.optim.SGD([w], lr=lr)
                losses = []
                for _ in range(steps):
                    optimizer.zero_grad()
                    loss = (w * x - target).pow(2).sum()
                    loss.backward()
                    optimizer.step()
                    losses.append(loss.item())
                return losses
            """,
            # The oracle: the derivative by hand.
            """
            def train(w, x, target, lr, steps):
                losses = []
                with torch.no_grad():
                    for _ in range(steps):
                        error = w * x - target
                        losses.append((error * error).sum().item())
                        w -= lr * 2 * error * x
                return losses
            """,
            """
            def train(w, x, target, lr, steps):
                losses = []
                while len(losses) < steps:
                    loss = ((w * x - target) ** 2).sum()
                    (slope,) = torch.autograd.grad(loss, w)
                    w.data -= lr * slope
                    losses.append(float(loss.detach()))
                return losses
            """,
        ),
        hints=(
            "Which part of the graph is shared by the first and the second step? Draw it, or ask which line stands "
            "before the loop.",
            "After a step w is another one. Should the prediction of the second step be computed with the old w?",
            "Each step needs a graph of its own, from w to the loss. Move the line that computes the prediction.",
        ),
        explanation="""
            The loss was new in each step, but its graph went back through one prediction, made before the loop. The
            first backward() freed what that part had kept. retain_graph=True would silence the error and leave the
            fault: the prediction of the first w, used for ever. In a loop, this error mostly means that something was
            computed outside it that belongs inside.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="12.6",
        title="Mend: nothing is learned",
        kind="mend",
        names=("gradient",),
        text="""
            `gradient(w, parts, targets)` is to return a pair: the **mean of the losses** of all parts, as a number,
            and its gradient for `w`. The loss of a part is `((w * part - target) ** 2).sum()`. It raises nothing, and
            the gradient it returns is `None`.

            **Mend** it. (Somebody has seen an error here before, and has silenced it.)
            """,
        stub="""
            def gradient(w, parts, targets):
                losses = []
                for part, target in zip(parts, targets):
                    loss = ((w * part - target) ** 2).sum()
                    losses.append(loss.item())
                total = torch.tensor(losses, requires_grad=True).mean()
                total.backward()
                return total.item(), w.grad
            """,
        reference="""
            def gradient(w, parts, targets):
                losses = []
                for part, target in zip(parts, targets):
                    loss = ((w * part - target) ** 2).sum()
                    losses.append(loss)
                total = torch.stack(losses).mean()
                total.backward()
                return total.item(), w.grad
            """,
        cases=parts_cases,
        beliefs=(
            Held(
                "symptom-is-the-cause",
                """
                def gradient(w, parts, targets):
                    losses = []
                    for part, target in zip(parts, targets):
                        loss = ((w * part - target) ** 2).sum()
                        losses.append(loss.item())
                    total = torch.tensor(losses, requires_grad=True).mean()
                    total.backward()
                    if w.grad is None:
                        w.grad = torch.zeros_like(w)
                    return total.item(), w.grad
                """,
                "You put zeros where the None was seen. The None says that no gradient came to w. Find out where the "
                "way from the loss to w ends.",
            ),
            Held(
                "item-keeps-the-graph",
                """
                def gradient(w, parts, targets):
                    losses = []
                    for part, target in zip(parts, targets):
                        loss = ((w * part - target) ** 2).sum()
                        losses.append(loss.item())
                    total = torch.tensor(losses).mean()
                    total.backward()
                    return total.item(), w.grad
                """,
                "You took away what silenced the error, and that is a good beginning: the text now says that there is "
                "no graph. item() gives plain numbers, and a tensor made of plain numbers knows nothing of w.",
            ),
            Held(
                "last-loss-holds-all",
                """
                def gradient(w, parts, targets):
                    for part, target in zip(parts, targets):
                        loss = ((w * part - target) ** 2).sum()
                    total = loss / len(parts)
                    total.backward()
                    return total.item(), w.grad
                """,
                "You go back from the last loss only. It knows nothing of the parts before it.",
            ),
            Held(
                "sum-is-as-good-as-mean",
                """
                def gradient(w, parts, targets):
                    losses = []
                    for part, target in zip(parts, targets):
                        losses.append(((w * part - target) ** 2).sum())
                    total = torch.stack(losses).sum()
                    total.backward()
                    return total.item(), w.grad
                """,
                "The way to w is there again. But this is the gradient of the sum of the losses, and asked for is "
                "that of their mean.",
            ),
            Held(
                "flag-works-backwards",
                """
                def gradient(w, parts, targets):
                    losses = []
                    for part, target in zip(parts, targets):
                        loss = ((w * part - target) ** 2).sum()
                        losses.append(loss.detach().requires_grad_())
                    total = torch.stack(losses).mean()
                    total.backward()
                    return total.item(), losses[0].grad
                """,
                "You return the gradient of a detached loss. To switch the flag of a loss on begins a new graph there; "
                "it does not bring back the way to w.",
            ),
            Held(
                "gradient-is-flat",
                """
                def gradient(w, parts, targets):
                    losses = []
                    for part, target in zip(parts, targets):
                        losses.append(((w * part - target) ** 2).sum())
                    total = torch.stack(losses).mean()
                    total.backward()
                    return total.item(), w.grad.mean().reshape(1)
                """,
                "You return one number for all of w. A gradient has the shape of its tensor.",
            ),
        ),
        also_right=(
            """
            def gradient(w, parts, targets):
                total = 0.0
                for part, target in zip(parts, targets):
                    loss = ((w * part - target) ** 2).sum() / len(parts)
                    loss.backward()
                    total += loss.item()
                return total, w.grad
            """,
            # The oracle: the derivative by hand.
            """
            def gradient(w, parts, targets):
                with torch.no_grad():
                    errors = [w * part - target for part, target in zip(parts, targets)]
                    total = sum((error * error).sum().item() for error in errors) / len(errors)
                    slopes = [2 * error * part for error, part in zip(errors, parts)]
                    return total, sum(slopes) / len(slopes)
            """,
            """
            def gradient(w, parts, targets):
                total = sum(((w * p - t) ** 2).sum() for p, t in zip(parts, targets)) / len(parts)
                return float(total.detach()), torch.autograd.grad(total, w)[0]
            """,
        ),
        hints=(
            "Look at total.grad_fn and go back: where does the graph end? Does it come to w?",
            "requires_grad=True on a tensor made of numbers silences the error, and brings no graph. Which call made "
            "numbers of the losses?",
            "Put the losses themselves into the list, with their graphs. torch.stack(losses) makes one tensor of them "
            "that is recorded.",
        ),
        explanation="""
            item() took the losses out of the graph, torch.tensor(...) made a new leaf of the numbers, and
            requires_grad=True hid that: backward() began at that leaf's mean and ended at the leaf. Where all gradients
            are None and nothing is raised, look for a cut between the loss and the weights: item(), numpy(), detach(),
            torch.tensor(...), no_grad.
            """,
        points=3,
        difficulty=2,
        minutes=6,
    ),
    Exercise(
        id="12.7",
        title="Write the doctor",
        kind="write",
        names=("diagnose",),
        text="""
            Write `diagnose(program)`. Call `program()` once: it returns a pair `loss, w`. Return a pair too: whether
            `loss.backward()` would fill `w.grad`, as `True` or `False`, and the **first** of these words that is true:

            1. `"untracked"`: `w` does not require grad;
            2. `"no leaf"`: `w` is not a leaf;
            3. `"no graph"`: `loss.backward()` would raise, as `loss` does not require grad;
            4. `"cut off"`: there is no way in the graph from `loss` to `w`;
            5. `"healthy"`: none of these.

            A node of a leaf has the leaf in `node.variable`. (`node.next_functions` are pairs; the first of each is a
            node or `None`. A loss may itself be a leaf: then it has no `grad_fn`.)
            """,
        stub="""
            def diagnose(program):
                raise NotImplementedError
            """,
        reference="""
            def diagnose(program):
                loss, w = program()
                if not w.requires_grad:
                    return False, "untracked"
                if not w.is_leaf:
                    return False, "no leaf"
                if not loss.requires_grad:
                    return False, "no graph"
                to_visit = [loss.grad_fn]
                while to_visit:
                    node = to_visit.pop()
                    if node is not None:
                        if getattr(node, "variable", None) is w:
                            return True, "healthy"
                        to_visit += [following for following, _ in node.next_functions]
                return False, "cut off"
            """,
        cases=patients_cases,
        beliefs=(
            Held(
                "tracked-means-connected",
                """
                def diagnose(program):
                    loss, w = program()
                    if not w.requires_grad:
                        return False, "untracked"
                    if not w.is_leaf:
                        return False, "no leaf"
                    return (True, "healthy") if loss.requires_grad else (False, "no graph")
                """,
                "You never look into the graph. A loss may be tracked because of another tensor, or because somebody "
                "switched its flag on.",
            ),
            Held(
                "symptom-is-the-cause",
                """
                def diagnose(program):
                    loss, w = program()
                    try:
                        loss.backward()
                    except RuntimeError:
                        return False, "no graph"
                    return (True, "healthy") if w.grad is not None else (False, "cut off")
                """,
                "You run backward() and name what you see. An error and a None are symptoms, and one symptom has many "
                "causes: a weight without .grad may be untracked, no leaf, or cut off.",
            ),
            Held(
                "no-error-is-health",
                """
                def diagnose(program):
                    loss, w = program()
                    try:
                        loss.backward()
                    except RuntimeError:
                        return False, "no graph"
                    return True, "healthy"
                """,
                "You call everything healthy that raises nothing. A weight that is untracked, no leaf or cut off "
                "raises nothing either: it just does not learn.",
            ),
            Held(
                "leaf-means-requires-grad",
                """
                def diagnose(program):
                    loss, w = program()
                    if not w.requires_grad:
                        return False, "untracked"
                    if not loss.requires_grad:
                        return False, "no graph"
                    to_visit = [loss.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if node is not None:
                            if getattr(node, "variable", None) is w:
                                return True, "healthy"
                            to_visit += [following for following, _ in node.next_functions]
                    return False, "cut off"
                """,
                "You take a tracked weight for a leaf. A weight that was multiplied when it was made is tracked, and "
                "the result of an operation: ask is_leaf.",
            ),
            Held(
                "first-input-only",
                """
                def diagnose(program):
                    loss, w = program()
                    if not w.requires_grad:
                        return False, "untracked"
                    if not w.is_leaf:
                        return False, "no leaf"
                    if not loss.requires_grad:
                        return False, "no graph"
                    node = loss.grad_fn
                    while node is not None:
                        if getattr(node, "variable", None) is w:
                            return True, "healthy"
                        node = node.next_functions[0][0] if node.next_functions else None
                    return False, "cut off"
                """,
                "You follow the first input of each node only, and miss a weight that stands second.",
            ),
            Held(
                "each-use-is-a-leaf",
                """
                def diagnose(program):
                    loss, w = program()
                    if not w.requires_grad:
                        return False, "untracked"
                    if not w.is_leaf:
                        return False, "no leaf"
                    if not loss.requires_grad:
                        return False, "no graph"
                    to_visit = [loss.grad_fn]
                    while to_visit:
                        node = to_visit.pop()
                        if node is not None:
                            if node.name() == "torch::autograd::AccumulateGrad":
                                return True, "healthy"
                            to_visit += [following for following, _ in node.next_functions]
                    return False, "cut off"
                """,
                "You stop at the first leaf that you find. It may be another one: ask whether its variable is w.",
            ),
        ),
        also_right=(
            # The oracle: let autograd say whether w was used.
            """
            def diagnose(program):
                loss, w = program()
                if not w.requires_grad:
                    return False, "untracked"
                if w.grad_fn is not None:
                    return False, "no leaf"
                if not loss.requires_grad:
                    return False, "no graph"
                (slope,) = torch.autograd.grad(loss, w, allow_unused=True)
                return (False, "cut off") if slope is None else (True, "healthy")
            """,
            """
            def diagnose(program):
                loss, w = program()

                def reaches(node):
                    if node is None:
                        return False
                    return getattr(node, "variable", None) is w or any(reaches(n) for n, _ in node.next_functions)

                if not w.requires_grad:
                    return False, "untracked"
                if not w.is_leaf:
                    return False, "no leaf"
                if not loss.requires_grad:
                    return False, "no graph"
                return (True, "healthy") if reaches(loss.grad_fn) else (False, "cut off")
            """,
        ),
        hints=(
            "The first three questions need no graph: two flags and is_leaf. Ask them in the order of the list.",
            "For the fourth, keep a list of nodes to visit, and begin with loss.grad_fn, which may be None. Take one "
            "out, look whether it is w's node, and put its next nodes into the list.",
            "w is reached if some node has getattr(node, 'variable', None) is w. Visit all next_functions, not only "
            "the first, skip None, and say cut off when the list is empty.",
        ),
        explanation="""
            One symptom, a weight that does not learn, and four causes. They are told apart by looking at the graph and
            the flags before backward() runs, and not by what it says afterwards. Keep such a function at hand: called
            after the first loss of a new program, it finds most of the faults of this lesson.
            """,
        points=4,
        difficulty=3,
        minutes=8,
    ),
]
