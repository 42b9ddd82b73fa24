"""Exercises of lesson 09: one engine that grows, from the sum over copies to a test that no wrong engine passes.

What somebody who holds a belief would write is shown as a change of one or two places in the right answer. Each
exercise goes on from those before it, and none may call another engine: see `builds_on`, and `own_engine` in case.py.
"""

from functools import partial
from itertools import cycle
from random import Random
from textwrap import dedent

from minigrad.course import case
from minigrad.course.case import Case
from minigrad.course.exercise import Exercise, Held

run = partial(case.run, own_engine=True)


def changed(program: str, *changes: tuple[str, str]) -> str:
    """A program with some of its lines changed; each must be there just once."""
    for old, new in changes:
        if program.count(old) != 1:
            raise ValueError(f"this is in the program {program.count(old)} times: {old}")
        program = program.replace(old, new)
    return program


def number(random: Random) -> float:
    """One decimal, not near 0 or 1, where wrong gradients look like right ones."""
    return random.choice((-1, 1)) * random.randint(12, 30) / 10


def numbers(random: Random, *shape: int) -> list:
    if not shape:
        return number(random)
    return [numbers(random, *shape[1:]) for _ in range(shape[0])]


# 09.1

UNBROADCAST = dedent("""
    def unbroadcast(grad, shape):
        new = tuple(range(grad.ndim - len(shape)))
        grad = grad.sum(axis=new)
        stretched = tuple(axis for axis, n in enumerate(shape) if n == 1)
        return grad.sum(axis=stretched, keepdims=True)
    """)


def unbroadcast_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def summed(title: str, big: tuple, small: tuple) -> Case:
        return run(title, "unbroadcast", f"grad = np.array({numbers(random, *big)})\nunbroadcast(grad, {small})")

    return [
        summed("a new axis in front", (2, 3), (3,)),
        summed("an axis of size 1 that was stretched", (2, 3), (2, 1)),
        summed("both at once", (2, 2, 3), (2, 1)),
        summed("nothing was broadcast", (2, 3), (2, 3)),
        run("a single number", "unbroadcast",
            f"grad = np.array({numbers(random, 2, 3)})\nfloat(unbroadcast(grad, ()))"),
        # The oracle: the function is linear in b, so a step of 1 finds its slope.
        run("the slopes that are found by trying", "unbroadcast", f"""
            w = np.array({numbers(random, 2, 3)})
            b = np.array({numbers(random, 2, 1)})
            loss = lambda b: (w * b).sum()
            tried = np.array([[loss(b + [[1], [0]]) - loss(b)], [loss(b + [[0], [1]]) - loss(b)]])
            found = unbroadcast(w, b.shape)
            found.shape == tried.shape and bool(np.allclose(found, tried))
            """),
    ]


# 09.2

OPERATORS = """
    class Operators:
        '''What `w * x` and its like hand over to: functions that you write in the exercises to come.'''

        shape = property(lambda self: self.data.shape)
        is_leaf = property(lambda self: self.grad_fn is None)

        def __add__(self, other): return add(self, as_tensor(other))
        def __mul__(self, other): return mul(self, as_tensor(other))
        def __matmul__(self, other): return matmul(self, as_tensor(other))
        def __sub__(self, other): return add(self, mul(as_tensor(other), Tensor(-1.0)))
        def relu(self): return relu(self)
        def sum(self): return total(self)
        def backward(self, gradient=None): backward(self, gradient)
        def detach(self): return detach(self)
        def sub_(self, other): return sub_(self, as_tensor(other))
        __radd__, __rmul__ = __add__, __mul__


    def as_tensor(value):
        return value if isinstance(value, Tensor) else Tensor(value)
    """

RECORD = dedent("""
    class Tensor(Operators):
        def __init__(self, data, requires_grad=False):
            self.data = np.array(data, dtype=np.float64)
            self.requires_grad = requires_grad
            self.grad = None
            self.grad_fn = None
            self._version = 0


    class Node:
        def __init__(self, name, inputs, rule, saved=()):
            self._name = name
            self.inputs = inputs
            self.rule = rule
            self.saved_tensors = saved

        def name(self):
            return self._name

        def backward(self, grad):
            return self.rule(grad)


    def record(name, data, inputs, rule, saved=()):
        result = Tensor(data)
        if any(input.requires_grad for input in inputs):
            result.requires_grad = True
            result.grad_fn = Node(name, inputs, rule, saved)
        return result
    """)


def record_cases(seed: int) -> list[Case]:
    random = Random(seed)
    a, b = random.randint(2, 5), random.randint(6, 9)
    product = f"""
        w = Tensor({numbers(random, 2)}, requires_grad=True)
        x = Tensor({numbers(random, 2)})
        y = record("MulBackward0", w.data * x.data, (w, x), lambda grad: (grad * x.data, grad * w.data), saved=(w, x))
        """
    return [
        run("a tensor of whole numbers", "Tensor",
            f"t = Tensor([{a}, {b}])\n(t.data, t.requires_grad, t.grad, t.grad_fn)"),
        run("a tensor that asks for gradients", "Tensor",
            f"t = Tensor([{a}.0, {b}.0], requires_grad=True)\n(t.requires_grad, t.grad, t.grad_fn, t._version)"),
        run("its values are its own", "Tensor",
            f"numbers = np.array([{a}.0, {b}.0])\nt = Tensor(numbers)\nnumbers[0] = 100.0\nt.data"),
        run("one input is tracked", "record", product + """
        (y.data, y.requires_grad, y.grad)
        """),
        run("the node", "record", product + """
        (y.grad_fn.name(), y.grad_fn.inputs[0] is w, y.grad_fn.inputs[1] is x, y.grad_fn.saved_tensors[0] is w)
        """),
        run("the node's rule", "record", product + """
        list(y.grad_fn.backward(np.array([1.0, 10.0])))
        """),
        run("no input is tracked", "record", f"""
        x = Tensor({numbers(random, 2)})
        y = record("ReluBackward0", np.maximum(x.data, 0), (x,), lambda grad: (grad * (x.data > 0),), saved=(x,))
        (y.data, y.requires_grad, y.grad_fn)
        """),
    ]


# 09.3

RULES = dedent("""
    def relu(a):
        def rule(grad):
            return (grad * (a.data > 0),)

        return record("ReluBackward0", np.maximum(a.data, 0), (a,), rule, saved=(a,))


    def add(a, b):
        def rule(grad):
            return unbroadcast(grad, a.shape), unbroadcast(grad, b.shape)

        return record("AddBackward0", a.data + b.data, (a, b), rule, saved=())


    def mul(a, b):
        def rule(grad):
            return unbroadcast(grad * b.data, a.shape), unbroadcast(grad * a.data, b.shape)

        return record("MulBackward0", a.data * b.data, (a, b), rule, saved=(a, b))


    def matmul(a, b):
        def rule(grad):
            return grad @ b.data.T, a.data.T @ grad

        return record("MmBackward0", a.data @ b.data, (a, b), rule, saved=(a, b))


    def total(a):
        def rule(grad):
            return (grad * np.ones(a.shape),)

        return record("SumBackward0", a.data.sum(), (a,), rule, saved=())
    """)


def rules_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def gradients(title: str, a: tuple, b: tuple, expression: str, grad: tuple) -> Case:
        return run(title, "add", f"""
            a = Tensor({numbers(random, *a)}, requires_grad=True)
            b = Tensor({numbers(random, *b)}, requires_grad=True)
            grad = np.array({numbers(random, *grad)})
            list(({expression}).grad_fn.backward(grad))
            """)

    a, b, grad = numbers(random, 2, 2), numbers(random, 2, 2), numbers(random, 2, 2)
    return [
        gradients("a sum", (3,), (3,), "a + b", (3,)),
        gradients("a product", (3,), (3,), "a * b", (3,)),
        gradients("a sum with broadcasting", (2, 1), (3,), "a + b", (2, 3)),
        gradients("a product with broadcasting", (2, 1), (3,), "a * b", (2, 3)),
        gradients("a matrix product", (2, 3), (3, 2), "a @ b", (2, 2)),
        run("the sum of all elements", "add", f"""
            a = Tensor({numbers(random, 2, 2)}, requires_grad=True)
            a.sum().grad_fn.backward(np.array({number(random)}))[0]
            """),
        run("the values, and the inputs in their order", "add", f"""
            a = Tensor({a}, requires_grad=True)
            b = Tensor({b}, requires_grad=True)
            called = {{a: "a", b: "b"}}
            results = [a + b, a * b, a @ b, a.sum(), a.relu()]
            [(each.data.tolist(), " ".join(called[input] for input in each.grad_fn.inputs)) for each in results]
            """),
        run("relu, which was given", "add", f"""
            a = Tensor([{-abs(a[0][0])}, 0.5, 0.0], requires_grad=True)
            a.relu().grad_fn.backward(np.array({[*grad[0], grad[1][0]]}))[0]
            """),
        run("what is saved", "add", f"""
            a = Tensor({a}, requires_grad=True)
            b = Tensor({b}, requires_grad=True)
            called = {{a: "a", b: "b"}}
            saved = lambda result: sorted(called[each] for each in result.grad_fn.saved_tensors)
            [saved(a + b), saved(a * b), saved(a @ b), saved(a.sum()), saved(a.relu())]
            """),
        # The oracle: each operation is linear in its first input, so a step of 1 finds the slope.
        run("the slopes that are found by trying", "add", f"""
            a, b, grad = np.array({a}), np.array({b}), np.array({grad})
            moves = [np.array(move).reshape(2, 2) for move in np.eye(4)]
            right = []
            for operation in (add, mul, matmul):
                value = lambda a: (operation(Tensor(a), Tensor(b)).data * grad).sum()
                tried = np.array([value(a + move) - value(a) for move in moves]).reshape(2, 2)
                found, _ = operation(Tensor(a, requires_grad=True), Tensor(b)).grad_fn.backward(grad)
                right.append(bool(np.allclose(found, tried)))
            right
            """),
    ]


# 09.4

ORDER = dedent("""
    def order(tensor):
        def inputs(each):
            return [input for input in each.grad_fn.inputs if input.requires_grad] if each.grad_fn else []

        users = {tensor: 0}  # how many uses of it have not been dealt with
        for each in (found := [tensor]):
            for input in inputs(each):
                if input not in users:
                    users[input] = 0
                    found.append(input)
                users[input] += 1
        ready, ordered = [tensor], []
        while ready:
            each = ready.pop()
            ordered.append(each)
            for input in inputs(each):
                users[input] -= 1
                if users[input] == 0:
                    ready.append(input)
        return ordered
    """)

INPUTS = """
def order(tensor):
    def inputs(each):
        return [input for input in each.grad_fn.inputs if input.requires_grad] if each.grad_fn else []
"""

DEPTH_FIRST = INPUTS + """
    finished, seen, stack = [], {tensor}, [(tensor, iter(inputs(tensor)))]
    while stack:
        each, left = stack[-1]
        for input in left:
            if input not in seen:
                seen.add(input)
                stack.append((input, iter(inputs(input))))
                break
        else:
            finished.append(each)
            stack.pop()
    return finished[::-1]
"""

AS_FOUND = INPUTS + """
    found, seen, stack = [], set(), [tensor]
    while stack:
        each = stack.pop()
        if each not in seen:
            seen.add(each)
            found.append(each)
            stack += inputs(each)
    return found
"""


def order_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def forked(fork: str) -> str:
        return f"""
            w = Tensor([{number(random)}], requires_grad=True)
            a = w * {number(random)}
            b = a * {number(random)}
            c = b * {number(random)}
            s = {fork}
            called = {{w: "w", a: "a", b: "b", c: "c", s: "s"}}
            " ".join(called.get(each, "data") for each in order(s))
            """

    pairs = [(k - 1, random.randrange(k)) for k in range(1, 11)]
    # Twice a fork of which one arm uses the same input twice; the longer arm is once the second input, once the first.
    pairs += [(10, 10), (10, 0), (12, 12), (11, 13), (14, 14), (14, 0), (16, 16), (17, 15)]
    equal = number(random)
    return [
        run("a chain, with data in it", "order", f"""
            w = Tensor([{number(random)}, {number(random)}], requires_grad=True)
            x = Tensor([{number(random)}, {number(random)}])
            y = w * x
            loss = y.sum()
            called = {{w: "w", x: "x", y: "y", loss: "loss"}}
            " ".join(called.get(each, "data") for each in order(loss))
            """),
        run("a value that is used near and far", "order", forked("a + c")),
        run("the same with the inputs the other way round", "order", forked("c + a")),
        run("two weights that are equal", "order", f"""
            p, q = Tensor([{equal}], requires_grad=True), Tensor([{equal}], requires_grad=True)
            y = p * q
            called = {{p: "p", q: "q", y: "y"}}
            " ".join(sorted(called.get(each, "data") for each in order(y)))
            """),
        run("a tangle", "order", f"""
            made = [Tensor([{number(random)}], requires_grad=True)]
            for i, j in {pairs}:
                made.append(made[i] + made[j])
            ordered = order(made[-1])
            place = {{each: i for i, each in enumerate(ordered)}}
            uses = [(user, input) for user in made[1:] for input in user.grad_fn.inputs]
            early = [user for user, input in uses if place[input] <= place[user]]
            {{"tensors": len(ordered), "inputs that come before a user": len(early)}}
            """),
        run("12 doublings", "order", f"""
            y = Tensor([{number(random)}], requires_grad=True)
            for _ in range(12):
                y = y + y
            len(order(y))
            """),
        run("a chain of 5000", "order", f"""
            y = Tensor([{number(random)}], requires_grad=True)
            for _ in range(5000):
                y = y + 1.0
            len(order(y))
            """),
    ]


# 09.5

BACKWARD = dedent("""
    def backward(tensor, gradient=None):
        if not tensor.requires_grad:
            raise RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn")
        if gradient is None:
            if tensor.data.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            gradient = np.ones(tensor.shape)
        arrived = {tensor: gradient}
        for each in order(tensor):
            grad = arrived.pop(each)
            if each.is_leaf:
                each.grad = np.array(grad) if each.grad is None else each.grad + grad
                continue
            for input, part in zip(each.grad_fn.inputs, each.grad_fn.backward(grad)):
                if input.requires_grad:
                    arrived[input] = arrived[input] + part if input in arrived else part
    """)

# What begins and ends every walk that is written differently.
REFUSALS, _ = BACKWARD.split("    arrived = ", 1)
LAYERS = """
    def layers(tensor):
        found = {tensor: None}
        for each in (waiting := [tensor]):
            for input in each.grad_fn.inputs if each.grad_fn else ():
                if input.requires_grad and input not in found:
                    found[input] = None
                    waiting.append(input)
        return list(found)

"""
RECURSIVE = """
    def by_recursion(tensor):
        finished, seen = [], set()

        def visit(each):
            if each in seen:
                return
            seen.add(each)
            for input in each.grad_fn.inputs if each.grad_fn else ():
                if input.requires_grad:
                    visit(input)
            finished.append(each)

        visit(tensor)
        return finished[::-1]

"""


def backward_cases(seed: int) -> list[Case]:
    random = Random(seed)

    def leaf(name: str, *shape: int) -> str:
        return f"{name} = Tensor({numbers(random, *shape or (2,))}, requires_grad=True)\n"

    def data(name: str, *shape: int) -> str:
        return f"{name} = Tensor({numbers(random, *shape or (2,))})\n"

    equal = number(random)
    return [
        run("a chain, with data in it", "backward",
            leaf("w") + data("x") + "y = w * x\ny.sum().backward()\n"
            "{'w': w.grad, 'x': x.grad, 'y': y.grad}"),
        run("a value that is used twice", "backward", leaf("w") + "(w * w + w).sum().backward()\nw.grad"),
        run("a value that is used near and far", "backward",
            leaf("w") + f"a = w * {number(random)}\nb = a * a\n(a + b * {number(random)}).sum().backward()\nw.grad"),
        run("two weights that are equal", "backward",
            f"p, q = Tensor([{equal}], requires_grad=True), Tensor([{equal}], requires_grad=True)\n"
            f"(p * q + p).sum().backward()\n{{'p': p.grad, 'q': q.grad}}"),
        run("two passes, each over its own graph", "backward",
            leaf("w") + data("x") + "for _ in range(2):\n    (w * x).sum().backward()\nw.grad"),
        run("two passes over one graph", "backward",
            leaf("w") + data("x") + "loss = (w * x + 1.0).sum()\nloss.backward()\nloss.backward()\nw.grad"),
        run("a rule that gives one array to both inputs", "backward",
            leaf("a") + leaf("b") + 'y = record("AddBackward0", a.data + b.data, (a, b), lambda grad: (grad, grad))\n'
            "y.backward(np.array([1.0, 10.0]))\na.grad[0] = 100.0\n{'a': a.grad, 'b': b.grad}"),
        # A sum that is added to in place would be added to for the other input as well.
        run("two rules that do so", "backward",
            leaf("a") + leaf("b") + "def add_to_both():\n"
            '    return record("AddBackward0", a.data + b.data, (a, b), lambda grad: (grad, grad))\n\n'
            "(add_to_both() + add_to_both()).backward(np.array([1.0, 10.0]))\n{'a': a.grad, 'b': b.grad}"),
        run("how often rules run, in 12 doublings", "backward",
            leaf("y", 1) + 'runs = []\nfor _ in range(12):\n    rule = lambda grad: (runs.append(grad) or grad, grad)\n'
            '    y = record("AddBackward0", y.data + y.data, (y, y), rule)\ny.backward()\nlen(runs)'),
        run("a chain of 5000", "backward",
            leaf("w", 1) + "y = w\nfor _ in range(5000):\n"
            '    y = record("AddBackward0", y.data + 1.0, (y,), lambda grad: (grad,))\ny.backward()\nw.grad'),
        run("a gradient is given", "backward",
            leaf("w") + "(w * w).backward(np.array([1.0, 10.0]))\nw.grad"),
        run("several elements, and no gradient given", "backward",
            leaf("w") + "(w * w).backward()\nw.grad", raises="RuntimeError"),
        run("nothing is tracked", "backward",
            data("x") + "y = (x * x).sum()\ny.backward()\ny.grad", raises="RuntimeError"),
        # The oracle: central differences.
        run("a small network, against central differences", "backward", f"""
            x, w, b, v = {numbers(random, 3, 2)}, {numbers(random, 2, 3)}, {numbers(random, 3)}, {numbers(random, 3, 1)}

            def loss(w, b):
                hidden = (Tensor(x) @ w + b).relu()
                out = hidden @ Tensor(v) + b.sum()
                return (out * out).sum()

            w, b = Tensor(w, requires_grad=True), Tensor(b, requires_grad=True)
            loss(w, b).backward()
            moves = np.eye(3) * 1e-5
            tried = [(loss(w, Tensor(b.data + m)).data - loss(w, Tensor(b.data - m)).data) / 2e-5 for m in moves]
            b.grad.shape == (3,) and bool(np.allclose(b.grad, tried, rtol=1e-4, atol=1e-4))
            """),
    ]


# 09.6

MODE = 'grad_mode = {"enabled": True}  # whether operations are recorded now\n'

MODES = dedent("""
    class no_grad:
        def __enter__(self):
            self.before = grad_mode["enabled"]
            grad_mode["enabled"] = False

        def __exit__(self, *error):
            grad_mode["enabled"] = self.before


    def record(name, data, inputs, rule, saved=()):
        result = Tensor(data)
        if grad_mode["enabled"] and any(input.requires_grad for input in inputs):
            result.requires_grad = True
            result.grad_fn = Node(name, inputs, rule, saved)
        return result


    def detach(tensor):
        twin = Tensor(0.0)
        twin.data = tensor.data
        return twin
    """)


def modes_cases(seed: int) -> list[Case]:
    random = Random(seed)
    w = f"w = Tensor({numbers(random, 2)}, requires_grad=True)\n"
    return [
        run("inside", "no_grad",
            w + "with no_grad():\n    y = w * 2.0\n(y.data, y.requires_grad, y.grad_fn)"),
        run("after it", "no_grad",
            w + "with no_grad():\n    y = w * 2.0\nz = w * 2.0\n(w.requires_grad, z.requires_grad)"),
        run("one inside another", "no_grad",
            w + "with no_grad():\n    with no_grad():\n        pass\n    y = w * 2.0\n"
            "z = w * 2.0\n(y.requires_grad, z.requires_grad)"),
        run("an error ends the block", "no_grad",
            w + "try:\n    with no_grad():\n        raise ValueError\n    came_out = False\nexcept ValueError:\n"
            "    came_out = True\ny = w * 2.0\n(came_out, y.requires_grad)"),
        run("what is recorded, as before", "no_grad",
            w + "node = (w * w).grad_fn\n"
            "(node.name(), node.inputs[0] is w, len(node.saved_tensors), list(node.backward(np.array([1.0, 10.0]))))"),
        run("detach, seen from the source", "detach",
            w + "y = w * w\nd = y.detach()\n(d is y, y.requires_grad, y.grad_fn is None)"),
        run("detach, seen from the twin", "detach",
            w + "y = w * w\nd = y.detach()\nz = d * 3.0\n(d.data, d.requires_grad, d.is_leaf, z.requires_grad)"),
        run("detach shares the memory", "detach",
            w + "y = w * w\nd = y.detach()\nd.data[0] = 100.0\ny.data"),
        run("a gradient that is stopped", "detach",
            w + "(w * w + (w * w).detach()).sum().backward()\nw.grad"),
    ]


# 09.7

NODE = dedent("""
    class Node:
        def __init__(self, name, inputs, rule, saved=()):
            self._name = name
            self.inputs = inputs
            self.rule = rule
            self.saved_tensors = saved
            self.versions = [each._version for each in saved]

        def name(self):
            return self._name

        def backward(self, grad):
            if [each._version for each in self.saved_tensors] != self.versions:
                raise RuntimeError("one of the variables needed for gradient computation has been modified by an "
                                   "inplace operation")
            return self.rule(grad)


    def sub_(tensor, other):
        if tensor.requires_grad and tensor.is_leaf and grad_mode["enabled"]:
            raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
        tensor.data -= other.data
        tensor._version += 1
        return tensor
    """)


def saved_cases(seed: int) -> list[Case]:
    random = Random(seed)
    w = f"w = Tensor({numbers(random, 2)}, requires_grad=True)\n"
    x = f"x = Tensor({numbers(random, 2)})\n"
    step = "with no_grad():\n    w.sub_(0.5)\n"
    return [
        run("a saved weight is changed before backward", "sub_",
            w + "loss = (w * w).sum()\n" + step + "loss.backward()\nw.grad", raises="RuntimeError"),
        run("a saved result is changed before backward", "sub_",
            w + "y = w * 3.0\nloss = (y * y).sum()\nwith no_grad():\n    y.sub_(0.5)\nloss.backward()\nw.grad",
            raises="RuntimeError"),
        run("what is changed was not saved", "sub_",
            w + x + "loss = (w + x).sum()\n" + step
            + "loss.backward()\n(w.grad, w._version, loss.grad_fn.name())"),
        run("it is changed before it is saved", "sub_",
            w + step + "(w * w).sum().backward()\nw.grad"),
        run("in place", "sub_",
            w + "twin = w.detach()\nwith no_grad():\n    returned = w.sub_(0.5)\n"
            "(w.data, twin.data, returned is w, w.requires_grad)"),
        run("a tracked leaf, while recording is on", "sub_", w + "w.sub_(0.5)\nw.data", raises="RuntimeError"),
        run("the refused leaf, afterwards", "sub_",
            w + "try:\n    w.sub_(0.5)\nexcept NotImplementedError:\n    raise\nexcept RuntimeError:\n    pass\n"
            "(w.data, w._version)"),
        run("a tracked result, recording on", "sub_",
            w + "y = w * 3.0\ny.sub_(0.5)\n(y.data, y._version)"),
        run("an untracked tensor, while recording is on", "sub_", x + "x.sub_(0.5)\n(x.data, x._version)"),
        run("ten steps of training", "sub_", w + x + """
for _ in range(10):
    error = w * x - 1.0
    (error * error).sum().backward()
    with no_grad():
        w.sub_(0.02 * w.grad)
    w.grad = None
(w.data, w._version)
"""),
    ]


# 09.8

ENGINE = "import numpy as np\n" + dedent(OPERATORS) + "".join(
    [UNBROADCAST, RECORD, RULES, ORDER, BACKWARD, MODE, MODES, NODE])
# A gradient that was not broadcast is handed on as it is: then two inputs may get the same array.
ENGINE = changed(ENGINE, ("    new = tuple", "    if grad.shape == shape:\n        return grad\n    new = tuple"))
IN_PLACE = ("each.grad = np.array(grad) if each.grad is None else each.grad + grad",
            "each.grad = np.zeros(each.shape) if each.grad is None else each.grad\n            each.grad += grad")
WITH_CONTEXTMANAGER = (MODES.split("def record")[0], """
from contextlib import contextmanager


@contextmanager
def no_grad():
    before = grad_mode["enabled"]
    grad_mode["enabled"] = False
    try:
        yield
    finally:
        grad_mode["enabled"] = before


""")
OTHER_ENGINE = changed(ENGINE, (ORDER, DEPTH_FIRST), IN_PLACE, WITH_CONTEXTMANAGER)

OVERWRITES = ("arrived[input] + part if input in arrived else part", "part")
IN_LAYERS = ("    arrived = {", LAYERS + "    arrived = {"), ("in order(tensor)", "in layers(tensor)")
BY_RECURSION = ("    arrived = {", RECURSIVE + "    arrived = {"), ("in order(tensor)", "in by_recursion(tensor)")
KEEPS_IN_NODES = (
    ("    arrived = {tensor: gradient}\n", """
    arrived = {}  # at leaves; what arrives at a node is added up there

    def add_to(each, part):
        if each.is_leaf:
            arrived[each] = arrived.get(each, 0) + part
        else:
            each.grad_fn.sum = getattr(each.grad_fn, "sum", 0) + part

    add_to(tensor, gradient)
"""),
    ("arrived.pop(each)", "arrived[each] if each.is_leaf else each.grad_fn.sum"),
    ("arrived[input] = arrived[input] + part if input in arrived else part", "add_to(input, part)"),
)

WRONG_ENGINES = {
    "sums": {
        "overwrites at fan-out": changed(ENGINE, OVERWRITES),
        "hands on before all users have run": changed(ENGINE, *IN_LAYERS),
        "forgets to un-broadcast": changed(
            ENGINE, ("    if grad.shape == shape:\n        return grad\n", "    return grad\n")),
        "un-broadcasts stretched axes only": changed(ENGINE, ("    grad = grad.sum(axis=new)\n", "")),
        "un-broadcasts new axes only": changed(
            ENGINE, ("return grad.sum(axis=stretched, keepdims=True)", "return grad")),
    },
    "a second pass": {
        "overwrites .grad": changed(ENGINE, (IN_PLACE[0], "each.grad = np.array(grad)")),
        "keeps sums in the nodes": changed(ENGINE, *KEEPS_IN_NODES),
        "lets leaves share one array": changed(
            ENGINE, (IN_PLACE[0], "if each.grad is None:\n                each.grad = grad\n            else:\n"
                     "                each.grad += grad")),
    },
    "modes": {
        "ignores no_grad": changed(ENGINE, ('if grad_mode["enabled"] and any(', "if any(")),
        "leaves recording off after an error": changed(
            OTHER_ENGINE, ("    try:\n        yield\n    finally:\n        grad_mode", "    yield\n    grad_mode")),
        "switches recording on at the end of a block": changed(ENGINE, ("= self.before\n", "= True\n")),
    },
    "detach and changes in place": {
        "keeps the graph when it detaches": changed(
            ENGINE, ("    twin.data = tensor.data\n", "    twin.data, twin.grad_fn = tensor.data, tensor.grad_fn\n"
                     "    twin.requires_grad = tensor.requires_grad\n")),
        "uses what was changed after it was saved": changed(ENGINE, ("!= self.versions", "== 'never'")),
        "refuses whatever was changed before": changed(
            ENGINE, ("if [each._version for each in self.saved_tensors] != self.versions",
                     "if any(each._version for each in self.saved_tensors)")),
        "puts a new array in place of the old": changed(
            ENGINE, ("tensor.data -= other.data", "tensor.data = tensor.data - other.data")),
    },
    "a long chain": {
        "calls itself": changed(ENGINE, *BY_RECURSION),
    },
}

TEST = dedent("""
    def test_engine(Tensor, no_grad):
        def leaf(*numbers):
            return Tensor(numbers, requires_grad=True)

        def test_fan_out():
            w = leaf(3.0)
            (w * w + w).sum().backward()
            assert w.grad[0] == 7.0

        def test_order():
            w = leaf(3.0)
            a = w * 2.0
            (a + (a * a) * 1.0).sum().backward()
            assert w.grad[0] == 26.0

        def test_new_axis():
            b = leaf(1.0, 2.0)
            (Tensor([[1.0, 2.0], [3.0, 4.0]]) * b).sum().backward()
            assert b.grad.tolist() == [4.0, 6.0]

        def test_stretched_axis():
            b = leaf([1.0], [2.0])
            (Tensor([[1.0, 2.0], [3.0, 4.0]]) * b).sum().backward()
            assert b.grad.tolist() == [[3.0], [7.0]]

        def test_two_graphs():
            w = leaf(3.0)
            (w * 2.0).sum().backward()
            (w * 2.0).sum().backward()
            assert w.grad[0] == 4.0

        def test_one_graph_twice():
            w = leaf(3.0)
            y = (w + 1.0).sum()
            y.backward()
            y.backward()
            assert w.grad[0] == 2.0

        def test_two_leaves_of_one_sum():
            a, b = leaf(1.0), leaf(2.0)
            (a + b).sum().backward()
            (a + b).sum().backward()
            assert a.grad[0] == 2.0 and b.grad[0] == 2.0

        def test_no_grad():
            w = leaf(3.0)
            with no_grad():
                y = w * 2.0
            assert not y.requires_grad and (w * 2.0).requires_grad

        def test_nested_no_grad():
            w = leaf(3.0)
            with no_grad():
                with no_grad():
                    pass
                y = w * 2.0
            assert not y.requires_grad

        def test_error_in_no_grad():
            try:
                with no_grad():
                    raise ValueError
            except ValueError:
                pass
            assert (leaf(3.0) * 2.0).requires_grad

        def test_detach():
            assert not (leaf(3.0) * 2.0).detach().requires_grad

        def test_change_after_saving():
            w = leaf(3.0)
            y = (w * 2.0).sum() + (w * w).sum()
            with no_grad():
                w.sub_(1.0)
            try:
                y.backward()
            except RuntimeError:
                return
            raise AssertionError

        def test_change_before_saving():
            w = leaf(3.0)
            with no_grad():
                w.sub_(1.0)
            (w * 5.0).sum().backward()
            assert w.grad[0] == 5.0

        def test_in_place():
            w = leaf(3.0)
            twin = w.detach()
            with no_grad():
                w.sub_(1.0)
            assert twin.data[0] == 2.0

        def test_long_chain():
            w = leaf(3.0)
            y = w
            for _ in range(1100):
                y = y + 1.0
            y.backward()
            assert w.grad[0] == 1.0

        test_fan_out()
        test_order()
        test_new_axis()
        test_stretched_axis()
        test_two_graphs()
        test_one_graph_twice()
        test_two_leaves_of_one_sum()
        test_no_grad()
        test_nested_no_grad()
        test_error_in_no_grad()
        test_detach()
        test_change_after_saving()
        test_change_before_saving()
        test_in_place()
        test_long_chain()
    """)


def without(*names: str) -> str:
    return changed(TEST, *((f"\n    {name}()\n", "\n") for name in names))


def engine_cases(seed: int) -> list[Case]:
    right = cycle([{"a right engine": ENGINE}, {"another right engine": OTHER_ENGINE}])
    return [
        case.run(title, "test_engine", f"""
engines = {next(right) | {f"one that {name}": engine for name, engine in wrong.items()}!r}

def verdict(source):
    engine = {{}}
    exec(source, engine)
    try:
        test_engine(engine["Tensor"], engine["no_grad"])
    except NotImplementedError:
        raise
    except Exception:
        return "refused"
    return "accepted"

{{name: verdict(source) for name, source in engines.items()}}
""", shown="test_engine(Tensor, no_grad)")
        for title, wrong in WRONG_ENGINES.items()
    ]


EXERCISES = [
    Exercise(
        id="09.1",
        title="Undo the broadcasting",
        kind="write",
        names=("unbroadcast",),
        given="import numpy as np\n",
        text="""
            From here to 09.7 you write one engine, piece by piece, on numpy. Each piece uses the ones before it, in
            this notebook, so go in order. Your engine has to do without `minigrad` and without PyTorch: a check fails
            if it calls one of them.

            The first piece needs no graph. `b` has shape `(3,)`, and `w * b` has shape `(2, 3)`, since numpy used each
            element of `b` twice. So the gradient that comes back has shape `(2, 3)`, and the gradient of `b` must have
            shape `(3,)`.

            Write `unbroadcast(grad, shape)`. `grad` is an array, `shape` the shape of an input before it was broadcast.
            Return an array of that shape, in which the gradients of all copies of an element are added up. numpy
            broadcasts in two ways: it puts new axes in front, and it stretches axes of size 1.
            """,
        stub="""
            def unbroadcast(grad, shape):
                raise NotImplementedError
            """,
        reference=UNBROADCAST,
        cases=unbroadcast_cases,
        beliefs=(
            Held(
                "forgets-to-unbroadcast",
                "def unbroadcast(grad, shape): return grad",
                "You return grad as it came. It has an element for each copy; the input has fewer, and each of them "
                "needs the sum over its copies.",
            ),
            Held(
                "only-new-axes",
                changed(UNBROADCAST, ("return grad.sum(axis=stretched, keepdims=True)", "return grad")),
                "You sum over the new axes in front. An axis of size 1 that was stretched has to be summed too, and "
                "stays with size 1.",
            ),
            Held(
                "gradient-is-flat",
                changed(UNBROADCAST, (", keepdims=True", "")),
                "Your sums are right, but the axes of size 1 are gone, so the shape is not that of the input. "
                "keepdims=True keeps them.",
            ),
            Held(
                "overwrites-at-fan-out",
                """
                def unbroadcast(grad, shape):
                    while grad.ndim > len(shape):
                        grad = grad[-1]
                    for axis, n in enumerate(shape):
                        if n == 1:
                            grad = grad.take([-1], axis)
                    return grad
                """,
                "You keep the gradient of one copy. The element was used once for each copy, and all these uses count: "
                "add them up.",
            ),
            Held(
                "sum-is-as-good-as-mean",
                UNBROADCAST.replace(".sum(", ".mean("),
                "You take the mean over the copies. If the element grows by 1, all its copies grow by 1, so their "
                "effects add up.",
            ),
        ),
        also_right=(
            """
            def unbroadcast(grad, shape):
                while grad.ndim > len(shape):
                    grad = grad.sum(axis=0)
                for axis, n in enumerate(shape):
                    if n == 1 and grad.shape[axis] > 1:
                        grad = grad.sum(axis=axis, keepdims=True)
                return grad
            """,
            # The oracle: an element's gradient is the sum of grad where a broadcast mark for that element shows.
            """
            def unbroadcast(grad, shape):
                found = np.zeros(shape)
                for place in np.ndindex(shape):
                    mark = np.zeros(shape)
                    mark[place] = 1.0
                    found[place] = (np.broadcast_to(mark, grad.shape) * grad).sum()
                return found
            """,
            """
            def unbroadcast(grad, shape):
                padded = (1,) * (grad.ndim - len(shape)) + tuple(shape)
                axes = tuple(axis for axis, n in enumerate(padded) if n != grad.shape[axis])
                return np.add.reduce(grad, axes, keepdims=True).reshape(shape)
            """,
        ),
        hints=(
            "Take a pencil: b = [p, q, r] in a product of shape (2, 3). In which two places of the product is p? What "
            "comes back for p?",
            "There are grad.ndim - len(shape) new axes, and they are the first ones. After they are summed, both "
            "shapes have the same length, and you can look for the axes of size 1.",
            "First grad.sum(axis=...) with a tuple of the new axes. Then once more with a tuple of the axes at which "
            "shape has a 1, and this time keepdims=True. With an empty tuple, sum changes nothing.",
        ),
        explanation="""
            Broadcasting is a fan-out: one element is used in several places, and what comes back from all of them is
            added up. It is done in one place of an engine, so that no rule has to think of it, or, as in yours, by one
            function that all rules call.
            """,
        points=3,
        difficulty=2,
        minutes=8,
    ),
    Exercise(
        id="09.2",
        title="Write down what is computed",
        kind="write",
        names=("Tensor", "record"),
        builds_on=("09.1",),
        given=OPERATORS,
        text="""
            Now the graph. The cell below lets `w * x` call a function `mul`, and so on; those functions come in the
            next exercises. Write

            - `Tensor(data, requires_grad=False)` with the attributes `data` (an array of its own, always `float64`),
              `requires_grad`, `grad` and `grad_fn` (both `None` at first), and `_version`, which is 0: it will count
              changes in place.
            - `Node(name, inputs, rule, saved=())` with the attributes `inputs`, `rule` and `saved_tensors`; with a
              method `name()` that returns the name, and a method `backward(grad)` that calls the rule. `inputs` is a
              tuple of tensors. `rule` is a function: it takes the gradient of the result, and gives a tuple with the
              gradient of each input. `saved` are the tensors whose values it needs.
            - `record(name, data, inputs, rule, saved=())`, which every operation calls when it has computed `data`. It
              returns a `Tensor` with these values. If something among the inputs is tracked, so is the result, and its
              `grad_fn` is a `Node`; if not, there is no node.
            """,
        stub="""
            class Tensor(Operators):
                def __init__(self, data, requires_grad=False):
                    raise NotImplementedError


            class Node:
                def __init__(self, name, inputs, rule, saved=()):
                    raise NotImplementedError


            def record(name, data, inputs, rule, saved=()):
                raise NotImplementedError
            """,
        reference=RECORD,
        cases=record_cases,
        beliefs=(
            Held(
                "grad-starts-at-zero",
                changed(RECORD, ("self.grad = None", "self.grad = np.zeros_like(self.data)")),
                "Your .grad starts at 0. As long as nothing was computed it is None, so that one can tell that from a "
                "gradient of 0.",
            ),
            Held(
                "integers-have-gradients",
                changed(RECORD, (", dtype=np.float64", "")),
                "Whole numbers stay integers in your tensor. They have no small changes, and no gradient. Here every "
                "tensor is float64: np.array has an argument dtype.",
            ),
            Held(
                "assignment-copies",
                changed(RECORD, ("np.array(data, dtype", "np.asarray(data, dtype")),
                "Your tensor uses the caller's array, so it changes when the caller changes that. An assignment, and "
                "np.asarray too, makes no copy; np.array does.",
            ),
            Held(
                "all-inputs-must-be-tracked",
                changed(RECORD, ("if any(", "if all(")),
                "Your result is tracked only if all inputs are. One tracked input is enough: the result depends on it.",
            ),
            Held(
                "every-tensor-is-tracked",
                changed(RECORD, ("if any(input.requires_grad for input in inputs)", "if True")),
                "You record the operation even if no input is tracked. Nobody will ask for these gradients, and the "
                "node keeps its inputs alive.",
            ),
            Held(
                "flag-is-not-handed-on",
                changed(RECORD, ("        result.requires_grad = True\n", "")),
                "Your result has a node, but not the flag. The next operation will look at the flag, and the graph "
                "ends here.",
            ),
            Held(
                "frozen-is-still-recorded",
                changed(RECORD, ("        result.grad_fn = Node(name, inputs, rule, saved)\n",
                                 "    result.grad_fn = Node(name, inputs, rule, saved)\n")),
                "The flag of your result is right, but it has a node even if nothing is tracked. That node is never "
                "used, and costs memory.",
            ),
        ),
        also_right=(
            """
            from dataclasses import dataclass


            class Tensor(Operators):
                grad = grad_fn = None
                _version = 0

                def __init__(self, data, requires_grad=False, grad_fn=None):
                    self.data = np.asarray(data, dtype=np.float64).copy()
                    self.requires_grad, self.grad_fn = requires_grad, grad_fn


            @dataclass(eq=False)
            class Node:
                called: str
                inputs: tuple
                rule: object
                saved_tensors: tuple = ()

                def name(self):
                    return self.called

                def backward(self, grad):
                    return self.rule(grad)


            def record(name, data, inputs, rule, saved=()):
                tracked = [input for input in inputs if input.requires_grad]
                return Tensor(data, bool(tracked), Node(name, inputs, rule, saved) if tracked else None)
            """,
            """
            class Tensor(Operators):
                def __init__(self, data, requires_grad=False):
                    self.__dict__.update(data=np.array(data).astype(float), requires_grad=requires_grad, grad=None,
                                         grad_fn=None, _version=0)


            class Node:
                def __init__(self, name, inputs, rule, saved=()):
                    self.inputs, self.saved_tensors, self.rule = inputs, saved, rule
                    self.name = lambda: name
                    self.backward = rule


            def record(name, data, inputs, rule, saved=()):
                result = Tensor(data)
                for input in inputs:
                    result.requires_grad = result.requires_grad or input.requires_grad
                if not result.requires_grad:
                    return result
                result.grad_fn = Node(name, inputs, rule, saved)
                return result
            """,
        ),
        hints=(
            "Nothing is computed here. Tensor and Node keep what they are given; record asks one question about its "
            "inputs.",
            "np.array(data, dtype=np.float64) makes a copy. The question is: any(... for input in inputs). And an "
            "attribute that is called name would hide the method name(): call it _name.",
            "record makes a Tensor of data. If any input requires grad, it sets requires_grad to True and grad_fn to a "
            "Node made of its own arguments. It returns the tensor in both cases.",
        ),
        explanation="""
            This is all there is to "define by run": each operation, when it runs, leaves a note of its inputs and of
            the rule that goes back. Your nodes point to tensors. PyTorch's point to nodes (next_functions), so that the
            values in between, which no rule needs, can be freed while the graph lives on.
            """,
        points=3,
        difficulty=1,
        minutes=10,
    ),
    Exercise(
        id="09.3",
        title="Five rules",
        kind="fill",
        names=("Tensor", "add", "mul", "matmul", "total"),
        builds_on=("09.1", "09.2"),
        text="""
            An operation computes its result, and hands `record` the rule that goes back. `relu` is there as an example.
            Fill the blanks of the others: what the rule returns, and whose values it needs.

            - `grad` has the shape of the result, and each gradient must have the shape of its input. `add` and `mul`
              broadcast; you have a function for that.
            - `matmul` multiplies two matrices. `total` is the sum of all elements, a single number.
            - `saved` is a tuple of those inputs that the formulas in the rule mention the *values* of. The shape of an
              input is known without its values.
            """,
        stub="""
            def relu(a):
                def rule(grad):
                    return (grad * (a.data > 0),)

                return record("ReluBackward0", np.maximum(a.data, 0), (a,), rule, saved=(a,))


            def add(a, b):
                def rule(grad):
                    return ..., ...

                return record("AddBackward0", a.data + b.data, (a, b), rule, saved=...)


            def mul(a, b):
                def rule(grad):
                    return ..., ...

                return record("MulBackward0", a.data * b.data, (a, b), rule, saved=...)


            def matmul(a, b):
                def rule(grad):
                    return ..., ...

                return record("MmBackward0", a.data @ b.data, (a, b), rule, saved=...)


            def total(a):
                def rule(grad):
                    return (...,)

                return record("SumBackward0", a.data.sum(), (a,), rule, saved=...)
            """,
        reference=RULES,
        cases=rules_cases,
        beliefs=(
            Held(
                "forgets-to-unbroadcast",
                changed(RULES, ("unbroadcast(grad, a.shape), unbroadcast(grad, b.shape)", "grad, grad"),
                        ("unbroadcast(grad * b.data, a.shape), unbroadcast(grad * a.data, b.shape)",
                         "grad * b.data, grad * a.data")),
                "Your gradients have the shape of the result. An input that was broadcast needs unbroadcast(..., its "
                "shape).",
            ),
            Held(
                "node-keeps-the-tracked",
                changed(RULES, ("grad * b.data, a.shape", "grad * a.data, a.shape"),
                        ("grad * a.data, b.shape", "grad * b.data, b.shape")),
                "In mul you multiply by the factor itself. If a grows by a little, a * b grows by b times as much: it "
                "is the other factor.",
            ),
            Held(
                "local-is-the-gradient",
                changed(RULES, ("grad * b.data, a.shape", "np.ones(grad.shape) * b.data, a.shape"),
                        ("grad * a.data, b.shape", "np.ones(grad.shape) * a.data, b.shape"),
                        ("grad * np.ones(a.shape)", "np.ones(a.shape)")),
                "Your rules give the derivative of the operation alone. The chain rule multiplies it by grad, the "
                "gradient that comes in.",
            ),
            Held(
                "sum-is-as-good-as-mean",
                changed(RULES, ("grad * np.ones(a.shape)", "grad * np.ones(a.shape) / a.data.size")),
                "You divide by the number of elements: that is the rule of the mean. If one element grows by 1, the "
                "sum grows by 1.",
            ),
            Held(
                "graph-holds-no-values",
                RULES.replace("saved=(a, b)", "saved=()"),
                "Your rules are right, but they say that they need no values. mul and matmul need those of both "
                "inputs.",
            ),
            Held(
                "node-keeps-all-inputs",
                RULES.replace("saved=()", "saved=inputs").replace("(a, b), rule, saved=inputs", "(a, b), rule, (a, b)")
                .replace("(a,), rule, saved=inputs", "(a,), rule, (a,)"),
                "You save all inputs. A sum hands its gradient on whatever the values are, so add and total need none.",
            ),
        ),
        also_right=(
            """
            def operation(name, compute, rules, saves):
                def apply(*inputs):
                    values = [input.data for input in inputs]

                    def rule(grad):
                        return tuple(unbroadcast(each(grad, *values), input.shape)
                                     for each, input in zip(rules, inputs))

                    return record(name, compute(*values), inputs, rule, inputs if saves else ())

                return apply


            relu = operation("ReluBackward0", lambda a: a.clip(0), [lambda grad, a: grad * (a > 0)], True)
            add = operation("AddBackward0", np.add, [lambda grad, a, b: grad] * 2, False)
            mul = operation("MulBackward0", np.multiply, [lambda grad, a, b: grad * b, lambda grad, a, b: grad * a],
                            True)
            matmul = operation("MmBackward0", np.matmul,
                               [lambda grad, a, b: grad @ b.T, lambda grad, a, b: (grad.T @ a).T], True)
            total = operation("SumBackward0", np.sum, [lambda grad, a: np.full(a.shape, grad)], False)
            """,
            # The oracle: each of the four is linear in each input, so a step of 1 finds the slope exactly.
            """
            def by_trying(name, f, inputs, saved):
                def rule(grad):
                    found = []
                    for i, input in enumerate(inputs):
                        values = [each.data for each in inputs]
                        slopes = np.zeros(input.shape)
                        for place in np.ndindex(input.shape):
                            move = np.zeros(input.shape)
                            move[place] = 1.0
                            moved = values[:i] + [values[i] + move] + values[i + 1:]
                            slopes[place] = ((f(*moved) - f(*values)) * grad).sum()
                        found.append(slopes)
                    return tuple(found)

                return record(name, f(*(each.data for each in inputs)), inputs, rule, saved)


            def relu(a):
                return record("ReluBackward0", a.data * (a.data > 0), (a,), lambda grad: (grad * (a.data > 0),), (a,))


            def add(a, b):
                return by_trying("AddBackward0", np.add, (a, b), ())


            def mul(a, b):
                return by_trying("MulBackward0", np.multiply, (a, b), (a, b))


            def matmul(a, b):
                return by_trying("MmBackward0", np.matmul, (a, b), (a, b))


            def total(a):
                return by_trying("SumBackward0", np.sum, (a,), ())
            """,
        ),
        hints=(
            "Ask of each input: if one of its elements grows by a little, how does each element of the result change? "
            "Multiply by grad, and add up over the elements of the result.",
            "mul: the other factor times grad. add: grad. Both through unbroadcast. total: each element gets the same "
            "number, so make an array of the right shape of it.",
            "matmul: of the products of grad and the other matrix, one of them transposed, only one has the shape of "
            "the input: for a of shape (n, k) and grad of shape (n, m), it is grad @ b.data.T. The formulas of mul and "
            "matmul mention the values of both inputs, those of add and total mention none.",
        ),
        explanation="""
            A rule knows its own operation and nothing else: neither what comes before it nor what comes after. What it
            mentions is what has to be saved, and that is the memory that training costs. PyTorch's table of derivatives
            has several hundred rows like these, and the code that saves is made from what a row mentions.
            """,
        points=3,
        difficulty=2,
        minutes=10,
    ),
    Exercise(
        id="09.4",
        title="The order of the walk",
        kind="write",
        names=("Tensor", "order"),
        builds_on=("09.1", "09.2", "09.3"),
        text="""
            Write `order(tensor)`: a list of the tensors that a backward pass from `tensor` goes through.

            - It has `tensor` itself, and every tracked tensor that `tensor` was computed from, leaves included.
              Untracked tensors are left out.
            - Each is in the list **once**.
            - Each comes **after all** those that were computed from it directly (its users). So `tensor` is the first.
            - A graph may be a chain of 5000 operations.

            `each.grad_fn.inputs` are the tensors that `each` was computed from; a leaf has no `grad_fn`. Tensors can be
            kept in a set, and be the keys of a dict: there, two tensors are equal only if they are the same object.
            """,
        stub="""
            def order(tensor):
                raise NotImplementedError
            """,
        reference=ORDER,
        cases=order_cases,
        beliefs=(
            Held(
                "visits-twice",
                INPUTS + """
    found, stack = [], [tensor]
    while stack:
        each = stack.pop()
        found.append(each)
        stack += inputs(each)
    return found
""",
                "Your list has a tensor once for each path that leads to it. With 12 doublings these are thousands. "
                "Remember which tensors you have met.",
            ),
            Held(
                "wrong-order",
                AS_FOUND,
                "You list a tensor as soon as you meet it. It may have another user, further down a longer path, that "
                "must come first.",
            ),
            Held(
                "wrong-order",
                changed(ORDER, ("for input in inputs(each):\n            if input not in users",
                                "for input in dict.fromkeys(inputs(each)):\n            if input not in users")),
                "You count each user of a tensor once, but take one off for each use. a * a is one user that uses a "
                "twice, so your count of a comes to 0 before its other users are listed. Count the uses.",
            ),
            Held(
                "walks-forwards",
                changed(ORDER, ("return ordered", "return ordered[::-1]")),
                "Your list begins at the leaves: inputs come before their users. The walk goes the other way, from the "
                "result.",
            ),
            Held(
                "recursion-is-deep-enough",
                "def order(tensor):\n" + RECURSIVE + "    return by_recursion(tensor)\n",
                "Your function calls itself once for each step of a path, and Python allows about a thousand calls "
                "inside one another. Keep a list of what is still to be done.",
            ),
            Held(
                "every-tensor-is-tracked",
                changed(ORDER, ("[input for input in each.grad_fn.inputs if input.requires_grad]",
                                "list(each.grad_fn.inputs)")),
                "Your list has untracked tensors in it. No gradient is computed for them, so the walk does not go "
                "there.",
            ),
            Held(
                "same-value-is-same-tensor",
                """
                def order(tensor):
                    def key(each):
                        return each.shape, each.data.tobytes()

                    def inputs(each):
                        return [input for input in each.grad_fn.inputs if input.requires_grad] if each.grad_fn else []

                    finished, seen, stack = [], {key(tensor)}, [(tensor, iter(inputs(tensor)))]
                    while stack:
                        each, left = stack[-1]
                        for input in left:
                            if key(input) not in seen:
                                seen.add(key(input))
                                stack.append((input, iter(inputs(input))))
                                break
                        else:
                            finished.append(each)
                            stack.pop()
                    return finished[::-1]
                """,
                "You leave out a tensor that has the same values as another. They are two tensors, and each has its "
                "own gradient.",
            ),
        ),
        also_right=(
            DEPTH_FIRST,
            """
            def order(tensor):
                waiting, seen, finished = [(tensor, False)], set(), []
                while waiting:
                    each, its_inputs_are_done = waiting.pop()
                    if its_inputs_are_done:
                        finished.append(each)
                    elif each not in seen and each.requires_grad:
                        seen.add(each)
                        waiting.append((each, True))
                        if each.grad_fn is not None:
                            waiting.extend((input, False) for input in each.grad_fn.inputs)
                finished.reverse()
                return finished
            """,
            # The oracle: the length of the longest path from the result is larger for an input than for any user.
            """
            def order(tensor):
                longest = {tensor: 0}
                changed = [tensor]
                while changed:
                    each = changed.pop(0)
                    for input in each.grad_fn.inputs if each.grad_fn else ():
                        if input.requires_grad and longest.get(input, -1) < longest[each] + 1:
                            longest[input] = longest[each] + 1
                            changed.append(input)
                return sorted(longest, key=longest.get)
            """,
        ),
        hints=(
            "Draw s = a + c, where c was made from b, and b from a. When may a be listed? What must you know about a "
            "tensor before you list it?",
            "There are two usual ways. Either count the uses of each tensor first, and list a tensor when all of them "
            "have been dealt with. Or list each tensor after all that it was computed from, and turn the list round.",
            "Counting: one loop that meets each tensor once, and adds 1 to the count of an input for each use. Then a "
            "list of those that are ready, at first only the result: take one out, list it, take 1 off the count of "
            "each of its inputs, and an input whose count is 0 is ready. w * w uses w twice.",
        ),
        explanation="""
            Such an order is called topological. "After all its users" is what makes the gradient complete when a node
            runs, and "once" is what makes a backward pass about as expensive as the forward pass. PyTorch gives each
            node a number when it is made and always runs the ready node with the largest number: a node is made after
            those of its inputs, so the numbers are such an order, too.
            """,
        points=4,
        difficulty=3,
        minutes=20,
    ),
    Exercise(
        id="09.5",
        title="The walk",
        kind="write",
        names=("Tensor", "record", "backward"),
        builds_on=("09.1", "09.2", "09.3", "09.4"),
        text="""
            Everything is there: nodes, rules, an order. Write `backward(tensor, gradient=None)`.

            - If `tensor` is not tracked: `RuntimeError("element 0 of tensors does not require grad and does not have a
              grad_fn")`.
            - `gradient` is an array, the gradient of `tensor` itself. Without one, it is 1, if `tensor` has a single
              element; if not: `RuntimeError("grad can be implicitly created only for scalar outputs")`.
            - Each node's `backward` is called **once**, with the sum of all that has arrived.
            - What arrives at a leaf in this pass is added to its `.grad`; if that is `None`, it becomes an array that
              **nobody else has**. Every other `.grad` stays as it is: those of results, and those of data.
            - A second call, on the same graph or on another, finds nothing left over from the first but `.grad`. (This
              engine frees nothing: it may go through a graph as often as you like.)
            """,
        stub="""
            def backward(tensor, gradient=None):
                raise NotImplementedError
            """,
        reference=BACKWARD,
        cases=backward_cases,
        beliefs=(
            Held(
                "overwrites-at-fan-out",
                changed(BACKWARD, OVERWRITES),
                "Where a tensor is used twice, your second gradient takes the place of the first. They have to be "
                "added.",
            ),
            Held(
                "wrong-order",
                changed(BACKWARD, *IN_LAYERS),
                "Your walk hands on the gradient of a tensor before all its users have run, so a part is missing. "
                "order(tensor) says when it is complete.",
            ),
            Held(
                "walks-forwards",
                changed(BACKWARD, ("in order(tensor)", "in reversed(order(tensor))"),
                        ("arrived.pop(each)", "arrived.pop(each, np.zeros(each.shape))")),
                "Your walk begins at the leaves, where nothing has arrived yet. The gradient is known at the result: "
                "begin there.",
            ),
            Held(
                "visits-twice",
                REFUSALS + """
    waiting = [(tensor, gradient)]
    while waiting:
        each, grad = waiting.pop()
        if each.is_leaf:
            each.grad = np.array(grad) if each.grad is None else each.grad + grad
            continue
        for input, part in zip(each.grad_fn.inputs, each.grad_fn.backward(grad)):
            if input.requires_grad:
                waiting.append((input, part))
""",
                "Your numbers are right, but a node runs once for each path: with 12 doublings, thousands of times. "
                "Add up what arrives, and run the node once.",
            ),
            Held(
                "recursion-is-deep-enough",
                changed(BACKWARD, *BY_RECURSION),
                "Your walk calls itself once for each step of a path. Python allows about a thousand calls inside one "
                "another. Use a loop.",
            ),
            Held(
                "backward-overwrites",
                changed(BACKWARD, (IN_PLACE[0], "each.grad = np.array(grad)")),
                "Your second pass writes over what the first has left in .grad. It has to be added.",
            ),
            Held(
                "nodes-keep-their-gradient",
                changed(BACKWARD, *KEEPS_IN_NODES),
                "Your second pass over a graph finds the sums of the first one in the nodes, and hands them on again. "
                "Each pass begins with nothing.",
            ),
            Held(
                "shares-one-grad",
                changed(BACKWARD, ("np.array(grad) if", "grad if")),
                "Two leaves have one array as their .grad, since a rule gave it to both. Make a copy when .grad is "
                "None.",
            ),
            Held(
                "shares-one-grad",
                changed(BACKWARD, ("arrived[input] = arrived[input] + part if input in arrived else part",
                                   "if input in arrived:\n                    arrived[input] += part\n"
                                   "                else:\n                    arrived[input] = part")),
                "You add to a sum in place. The part that came first is the rule's own array, and the rule may have "
                "given it to another input as well: that input's sum changes too. Make a new array: sum + part.",
            ),
            Held(
                "grad-on-every-tensor",
                changed(BACKWARD, ("            continue\n",
                                   "            continue\n        each.grad = np.array(grad)\n")),
                "You fill .grad of results as well. It is kept for leaves only; the rest is needed on the way, and can "
                "be dropped.",
            ),
            Held(
                "every-tensor-is-tracked",
                changed(BACKWARD, ("            if input.requires_grad:\n                arrived",
                                   "            if not input.requires_grad:\n                input.grad = part\n"
                                   "            else:\n                arrived")),
                "You fill .grad of data. Nobody asked for that gradient: an input that is not tracked gets none.",
            ),
            Held(
                "backward-takes-any-shape",
                changed(BACKWARD, ("tensor.data.size != 1", "False")),
                "You begin with ones for a result of several elements. That is the gradient of their sum, and nobody "
                "said that the sum is meant: raise RuntimeError.",
            ),
            Held(
                "local-is-the-gradient",
                changed(BACKWARD, ("each.grad_fn.backward(grad)", "each.grad_fn.backward(np.ones(each.shape))")),
                "You ask each rule with ones. It has to get what has arrived at the node: that is the chain rule.",
            ),
            Held(
                "same-value-is-same-tensor",
                BACKWARD.replace("{tensor: gradient}", "{tensor.data.tobytes(): gradient}")
                .replace("arrived.pop(each)", "arrived.pop(each.data.tobytes(), np.zeros(each.shape))")
                .replace("arrived[input] = arrived[input] + part if input in arrived else part",
                         "key = input.data.tobytes()\n                arrived[key] = arrived[key] + part if key in "
                         "arrived else part"),
                "You keep the sums by value, so two tensors that are equal have one sum. Keep them by the tensor "
                "itself.",
            ),
        ),
        also_right=(
            # Without `order`: it counts uses, and runs what is ready.
            REFUSALS + """
    uses, seen, stack = {}, {tensor}, [tensor]
    while stack:
        each = stack.pop()
        for input in each.grad_fn.inputs if each.grad_fn else ():
            uses[input] = uses.get(input, 0) + 1
            if input not in seen:
                seen.add(input)
                stack.append(input)
    ready, sums = [tensor], {tensor: np.array(gradient)}
    while ready:
        each = ready.pop()
        if each.grad_fn is None:
            if each.requires_grad:
                if each.grad is None:
                    each.grad = np.zeros(each.shape)
                each.grad += sums[each]
            continue
        for input, part in zip(each.grad_fn.inputs, each.grad_fn.backward(sums[each])):
            sums[input] = sums.get(input, 0.0) + part
            uses[input] -= 1
            if not uses[input]:
                ready.append(input)
""",
            """
            def backward(tensor, gradient=None):
                if not tensor.requires_grad:
                    raise RuntimeError("nothing to go back through")
                if gradient is None and tensor.data.size > 1:
                    raise RuntimeError("which element?")
                start = np.ones_like(tensor.data) if gradient is None else gradient
                parts = {tensor: [start]}
                for each in order(tensor):
                    grad = sum(parts.pop(each))
                    if each.grad_fn:
                        gradients = each.grad_fn.backward(grad)
                        for i, input in enumerate(each.grad_fn.inputs):
                            if input.requires_grad:
                                parts.setdefault(input, []).append(gradients[i])
                    else:
                        each.grad = grad + (0 if each.grad is None else each.grad)
            """,
        ),
        hints=(
            "Keep a dict: for each tensor, the sum of what has arrived so far in this pass. At the start it has one "
            "entry. Which one?",
            "Go through order(tensor). When a tensor's turn comes, its sum is complete. A leaf adds it to .grad; for a "
            "result, the node's backward gives a gradient for each input, and each is added to that input's sum.",
            "zip(each.grad_fn.inputs, each.grad_fn.backward(grad)) gives pairs of an input and its part. Leave out "
            "inputs that are not tracked. If the input has no sum yet, the part is its sum; otherwise a new array, sum "
            "+ part. A leaf whose .grad is None gets np.array(grad), which is a copy.",
        ),
        explanation="""
            About fifteen lines, and each of them is there because of a program that goes wrong without it. The sums
            live in a dict of this pass, not in the nodes: so a second pass begins with nothing. The rest of a real
            engine, as of PyTorch's, is hooks, several results of one operation, devices and threads around this same
            loop.
            """,
        points=5,
        difficulty=3,
        minutes=20,
    ),
    Exercise(
        id="09.6",
        title="Mend the modes",
        kind="mend",
        names=("Tensor", "no_grad", "detach"),
        builds_on=("09.1", "09.2", "09.3", "09.4", "09.5"),
        given=MODE,
        text="""
            Your engine gets a switch, and two ways not to record. Somebody has written them, and four things are wrong:

            - inside `no_grad`, operations are recorded as ever;
            - if one `no_grad` block ends inside another one, recording is on again too early;
            - if an error ends the block, recording stays off for good;
            - `detach` changes the tensor it is called with. It should return a twin: another tensor, untracked and
              without a node, that **shares its array**.

            Mend them. `no_grad()` is used in a `with` statement; you may write it as a class or as a function. `record`
            here takes the place of the one in 09.2.
            """,
        stub="""
            from contextlib import contextmanager


            @contextmanager
            def no_grad():
                grad_mode["enabled"] = False
                yield
                grad_mode["enabled"] = True


            def record(name, data, inputs, rule, saved=()):
                result = Tensor(data)
                if any(input.requires_grad for input in inputs):
                    result.requires_grad = True
                    result.grad_fn = Node(name, inputs, rule, saved)
                return result


            def detach(tensor):
                tensor.requires_grad = False
                tensor.grad_fn = None
                return tensor
            """,
        reference=MODES,
        cases=modes_cases,
        beliefs=(
            Held(
                "ignores-no-grad",
                changed(MODES, ('grad_mode["enabled"] and any(', "any(")),
                "Your switch is turned, but nobody looks at it: record has to ask whether recording is on.",
            ),
            Held(
                "end-switches-on",
                changed(MODES, ("= self.before\n", "= True\n")),
                "At the end of a block you switch recording on. If the block is inside another one, it has to stay "
                "off: put back what was there before.",
            ),
            Held(
                "errors-put-back",
                changed(MODES, (WITH_CONTEXTMANAGER[0], WITH_CONTEXTMANAGER[1].replace(
                    "    try:\n        yield\n    finally:\n        grad_mode", "    yield\n    grad_mode"))),
                "After an error, your recording stays off: the line after yield is never reached. Put it into a "
                "finally, or write a class with __enter__ and __exit__.",
            ),
            Held(
                "no-grad-changes-tensors",
                changed(MODES, ("    return result", '    if not grad_mode["enabled"]:\n        for input in inputs:\n'
                                "            input.requires_grad = False\n    return result")),
                "You switch the inputs' flags off inside no_grad. They are tracked as before; it is the result that is "
                "not.",
            ),
            Held(
                "detach-changes-its-source",
                changed(MODES, ("    twin = Tensor(0.0)\n    twin.data = tensor.data\n    return twin",
                                "    tensor.requires_grad = False\n    tensor.grad_fn = None\n    return tensor")),
                "Your detach cuts the tensor itself out of its graph. It should leave it alone and return another one.",
            ),
            Held(
                "detach-copies",
                changed(MODES, ("twin.data = tensor.data", "twin.data = tensor.data.copy()")),
                "Your twin has a copy of the values. It should share the array: Tensor(...) copies what it is given, "
                "so set .data afterwards.",
            ),
            Held(
                "detach-keeps-the-graph",
                changed(MODES, ("twin.data = tensor.data", "twin.__dict__.update(vars(tensor))")),
                "Your twin has the node and the flag of its source, so gradients still go through it.",
            ),
        ),
        also_right=(
            changed(MODES, WITH_CONTEXTMANAGER),
            """
            class no_grad:
                stack = []

                def __enter__(self):
                    no_grad.stack.append(grad_mode["enabled"])
                    grad_mode.update(enabled=False)

                def __exit__(self, kind, error, traceback):
                    grad_mode.update(enabled=no_grad.stack.pop())
                    return False


            def record(name, data, inputs, rule, saved=()):
                result = Tensor(data)
                if not grad_mode["enabled"]:
                    return result
                if True in [input.requires_grad for input in inputs]:
                    result.requires_grad, result.grad_fn = True, Node(name, inputs, rule, saved)
                return result


            def detach(tensor):
                twin = Tensor.__new__(Tensor)
                vars(twin).update(data=tensor.data, requires_grad=False, grad=None, grad_fn=None, _version=0)
                return twin
            """,
        ),
        hints=(
            "Go through the four complaints one by one. For each, find the line that would have to know something, and "
            "does not.",
            "Note the state of the switch when the block begins, and put that back when it ends. What a finally does, "
            "and what __exit__ does, is done after an error as well.",
            "record: two conditions, the switch and any(...). no_grad: before = grad_mode[\"enabled\"], then False; in "
            "a finally, set it to before. detach: make a new Tensor of anything, and set its .data to tensor.data.",
        ),
        explanation="""
            no_grad is one bit that one line looks at, when an operation runs. That is why it changes no tensor and why
            backward does not care about it. detach is different: it is about one tensor and lasts as long as the twin.
            PyTorch keeps the bit for each thread, and a twin shares the count of changes in place as well.
            """,
        points=3,
        difficulty=2,
        minutes=10,
    ),
    Exercise(
        id="09.7",
        title="What was saved must not change",
        kind="write",
        names=("Tensor", "no_grad", "sub_"),
        builds_on=("09.1", "09.2", "09.3", "09.4", "09.5", "09.6"),
        text="""
            To train, one changes weights in place. But a rule reads the values it needs when it runs, and if a weight
            was changed after the forward pass, the gradient is that of a computation that never happened. PyTorch
            counts the changes of each tensor, and refuses. Do the same.

            - `sub_(tensor, other)` subtracts `other.data` from `tensor.data` **in the same array**, adds 1 to
              `tensor._version` and returns `tensor`. If `tensor` is a leaf that is tracked, and recording is on:
              `RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")`, and nothing
              is changed. (Two things that PyTorch does you may leave out: it records a subtraction from a tracked
              result, and it counts the changes of a tensor and of its `detach()` together.)
            - `Node`, once more: as before, but it also notes the `_version` of each saved tensor when it is made. Its
              `backward` looks whether one of them has changed since, and raises `RuntimeError("one of the variables
              needed for gradient computation has been modified by an inplace operation")` if so.
            """,
        stub="""
            class Node:
                def __init__(self, name, inputs, rule, saved=()):
                    raise NotImplementedError


            def sub_(tensor, other):
                raise NotImplementedError
            """,
        reference=NODE,
        cases=saved_cases,
        beliefs=(
            Held(
                "saves-too-late",
                changed(NODE, ("!= self.versions", "== 'never'")),
                "Your rules use values that have changed since they were saved, and the gradients are wrong without a "
                "word. Compare the versions before you call the rule.",
            ),
            Held(
                "node-keeps-all-inputs",
                changed(NODE, ("[each._version for each in saved]", "[each._version for each in inputs]"),
                        ("for each in self.saved_tensors]", "for each in self.inputs]")),
                "You refuse whenever an input has changed. The gradient of w + x needs no values, so there w may "
                "change: look at the saved tensors only.",
            ),
            Held(
                "refuses-after-any-change",
                changed(NODE, ("if [each._version for each in self.saved_tensors] != self.versions",
                               "if any(each._version for each in self.saved_tensors)")),
                "You refuse a tensor that was ever changed, so the second step of training fails. What counts is a "
                "change since it was saved.",
            ),
            Held(
                "new-array-is-in-place",
                changed(NODE, ("tensor.data -= other.data", "tensor.data = tensor.data - other.data")),
                "You give the tensor a new array. A detached twin shares the old one, and does not see the change. Use "
                "-= on the array.",
            ),
            Held(
                "leaf-changes-in-place",
                changed(NODE, ("if tensor.requires_grad and tensor.is_leaf and grad_mode", "if False and grad_mode")),
                "You let a tracked leaf be changed while recording is on. The change is not recorded, so the graph "
                "would not know of it.",
            ),
            Held(
                "ignores-no-grad",
                changed(NODE, (' and grad_mode["enabled"]', "")),
                "You refuse to change a tracked leaf inside no_grad as well. There it is allowed: that is how a step "
                "of training is made.",
            ),
        ),
        also_right=(
            """
            class Node:
                def __init__(self, name, inputs, rule, saved=()):
                    self.inputs, self.saved_tensors, self._name, self.rule = inputs, saved, name, rule
                    self.guards = {each: each._version for each in saved}

                def name(self):
                    return self._name

                def backward(self, grad):
                    for tensor, version in self.guards.items():
                        if tensor._version > version:
                            raise RuntimeError("modified by an inplace operation")
                    return self.rule(grad)


            def sub_(tensor, other):
                if grad_mode["enabled"] and tensor.requires_grad and tensor.grad_fn is None:
                    raise RuntimeError("a leaf")
                np.subtract(tensor.data, other.data, out=tensor.data)
                tensor._version = tensor._version + 1
                return tensor
            """,
            # Without counting: it looks at the values themselves.
            """
            class Node:
                def __init__(self, name, inputs, rule, saved=()):
                    self.inputs, self.saved_tensors, self.rule = inputs, saved, rule
                    self.name = lambda: name
                    self.then = [each.data.copy() for each in saved]

                def backward(self, grad):
                    if not all(np.array_equal(each.data, then) for each, then in zip(self.saved_tensors, self.then)):
                        raise RuntimeError("modified by an inplace operation")
                    return self.rule(grad)


            def sub_(tensor, other):
                recorded = tensor.requires_grad and grad_mode["enabled"]
                if recorded and tensor.is_leaf:
                    raise RuntimeError("a leaf")
                tensor.data[...] = tensor.data - other.data
                tensor._version += 1
                return tensor
            """,
        ),
        hints=(
            "A node is made when the operation runs, and its backward is called later. What can it note in between, to "
            "find out whether a tensor has changed?",
            "Keep a list of the versions of the saved tensors in __init__. In backward, make the list again and "
            "compare the two.",
            "sub_: first the three conditions under which it refuses, requires_grad, is_leaf and "
            "grad_mode[\"enabled\"]; then tensor.data -= other.data, and the version. Node: all of the old one, and "
            "[each._version for each in saved].",
        ),
        explanation="""
            A copy of every saved value would be safe as well, and would cost memory in every forward pass. A number
            costs nothing, and turns a wrong gradient into an error. That is PyTorch's choice, and the engine is
            complete: you can train with it. Try it on the line of lesson 01.
            """,
        points=4,
        difficulty=2,
        minutes=12,
    ),
    Exercise(
        id="09.8",
        title="A test for every wrong engine",
        kind="write",
        names=("test_engine",),
        given="import numpy as np\n",
        text="""
            An engine that is wrong in one place is right in most programs. Write `test_engine(Tensor, no_grad)`: a
            test of an engine with the names of yours. It returns if the engine is right, and raises an error if it is
            not; an `assert` that fails is such an error, and so is one that the engine raises where it should not. It
            is run on two right engines, which it must accept, and on sixteen wrong ones, which it must refuse. Each of
            them breaks one of these promises:

            - **sums**: gradients are added where a tensor is used twice; a tensor hands on its gradient when all its
              users have run; a gradient has the shape of its leaf, after a new axis in front as well as after a
              stretched one;
            - **a second pass** adds to `.grad`, on a new graph and on the same graph (`(w + 1.0).sum()` serves), and
              also where two leaves got the same gradient: `(a + b).sum()`, twice;
            - **modes**: nothing is recorded in `no_grad`, nor after one inside it has ended; after an error, recording
              is on again;
            - **detach and changes in place**: a detached tensor is not tracked, and shares its array: it sees a
              `w.sub_(1.0)` under `no_grad`; a weight that was changed after it was saved makes `backward` raise
              `RuntimeError`, and one that was changed before does not;
            - **a long chain**: 1100 operations are no problem.

            The engines have `+`, `*`, `-`, `@`, `.sum()`, `.relu()`, `.backward()`, `.detach()`, `.sub_()`, `.data` and
            `.grad`, an array. Run your test on your own engine first: `test_engine(Tensor, no_grad)`.
            """,
        stub="""
            def test_engine(Tensor, no_grad):
                raise NotImplementedError
            """,
        reference=TEST,
        cases=engine_cases,
        beliefs=(
            Held(
                "overwrites-at-fan-out",
                without("test_fan_out", "test_order"),
                "Your test accepts an engine that overwrites where it should add. Use a tensor twice, and compare its "
                "gradient.",
            ),
            Held(
                "wrong-order",
                without("test_order"),
                "Your test accepts an engine that hands on a gradient too early. Use a result twice, near and far: a "
                "and something made from a.",
            ),
            Held(
                "forgets-to-unbroadcast",
                without("test_new_axis", "test_stretched_axis"),
                "Your test accepts an engine that does not un-broadcast. Multiply a matrix by a row, and look at the "
                "shape of the row's gradient.",
            ),
            Held(
                "only-new-axes",
                without("test_stretched_axis"),
                "Your test accepts an engine that sums over new axes only. Multiply a matrix by a column, whose axis "
                "of size 1 is stretched.",
            ),
            Held(
                "backward-overwrites",
                without("test_two_graphs", "test_one_graph_twice", "test_two_leaves_of_one_sum"),
                "Your test accepts an engine whose second pass writes over .grad. Call backward twice, and compare.",
            ),
            Held(
                "nodes-keep-their-gradient",
                without("test_one_graph_twice"),
                "Your test accepts an engine that leaves sums in its nodes. Go twice through one and the same graph.",
            ),
            Held(
                "shares-one-grad",
                without("test_two_leaves_of_one_sum"),
                "Your test accepts an engine in which two leaves share one .grad. Go twice through a + b: the second "
                "pass adds to both.",
            ),
            Held(
                "ignores-no-grad",
                without("test_no_grad", "test_nested_no_grad"),
                "Your test accepts an engine that records inside no_grad. Look at requires_grad of a result made "
                "there.",
            ),
            Held(
                "end-switches-on",
                without("test_nested_no_grad"),
                "Your test accepts an engine that switches recording on at the end of every block. Put a block into "
                "another one, and look at what comes after the inner one.",
            ),
            Held(
                "errors-put-back",
                without("test_error_in_no_grad"),
                "Your test accepts an engine in which an error leaves recording off. Raise an error inside no_grad, "
                "catch it outside, and look at what comes then.",
            ),
            Held(
                "detach-keeps-the-graph",
                without("test_detach"),
                "Your test accepts an engine whose detached tensors are tracked. Look at requires_grad of one.",
            ),
            Held(
                "saves-too-late",
                without("test_change_after_saving"),
                "Your test accepts an engine that uses values which have changed since they were saved. Change w "
                "between w * w and backward, and expect a RuntimeError.",
            ),
            Held(
                "refuses-after-any-change",
                without("test_change_before_saving"),
                "Your test accepts an engine that fails in the second step of training. Change w first, then compute "
                "and go back.",
            ),
            Held(
                "new-array-is-in-place",
                without("test_in_place"),
                "Your test accepts an engine whose sub_ makes a new array. Look at a detached twin after w.sub_(1.0).",
            ),
            Held(
                "recursion-is-deep-enough",
                without("test_long_chain"),
                "Your test accepts an engine that calls itself. Go back through a chain of 1100 operations.",
            ),
        ),
        also_right=(
            # The oracle: what PyTorch gives for each of these programs, as numbers.
            """
            def test_engine(Tensor, no_grad):
                w, row, column = (Tensor(v, requires_grad=True) for v in ([[2.0, -1.0]], [1.0, 3.0], [[2.0], [5.0]]))
                for times in (1, 2):
                    a = w * 3.0
                    b = a * row
                    ((b * column) * a + a).sum().backward()
                    expected = {w: [[258.0, -372.0]], row: [252.0, 63.0], column: [[63.0], [63.0]]}
                    for leaf, grad in expected.items():
                        assert np.array_equal(leaf.grad, np.array(grad) * times), (leaf.grad, grad)
                p, q = Tensor([1.0], requires_grad=True), Tensor([1.0], requires_grad=True)
                loss = (p + q).sum()
                loss.backward()
                loss.backward()
                (p + q).sum().backward()
                assert (p.grad, q.grad) == ([3.0], [3.0])
                y = p
                for i in range(1100):
                    y = y - 1.0
                y.backward()
                try:
                    with no_grad():
                        with no_grad():
                            assert not (p * q).requires_grad
                        assert not (p * q).requires_grad
                        raise KeyError
                except KeyError:
                    assert (p * q).requires_grad
                d = (p * q).detach()
                assert d.grad_fn is None and not (d * 2.0).requires_grad
                twin, loss = p.detach(), (p * p).sum()
                with no_grad():
                    p.sub_(3.0)
                assert p.data[0] == twin.data[0] == -2.0
                (p * p).sum().backward()
                try:
                    loss.backward()
                except RuntimeError:
                    pass
                else:
                    assert False
            """,
            """
            def test_engine(Tensor, no_grad):
                def tracked(v):
                    return Tensor(v, requires_grad=True)

                def gradient(f, *values, times=1):
                    leaves = [tracked(v) for v in values]
                    for _ in range(times):
                        f(*leaves).sum().backward()
                    return [leaf.grad.tolist() for leaf in leaves]

                def must_be(expected, found):
                    if expected != found:
                        raise ValueError(f"expected {expected}, got {found}")

                def near_and_far(w):
                    a = w * w
                    return a * 1.0 * 1.0 * a + a

                m = Tensor([[1.0, 2.0], [3.0, 4.0]])
                must_be([[36.0]], gradient(near_and_far, [2.0]))
                must_be([[[3.0], [7.0]], [4.0, 6.0]], gradient(lambda c, r: c * m + r * m, [[0.0], [0.0]], [0.0, 0.0]))
                must_be([[3.0], [3.0]], gradient(lambda a, b: a + b, [1.0], [2.0], times=3))
                w = tracked([2.0])
                y = w + w
                y.backward()
                y.backward()
                must_be([4.0], w.grad.tolist())

                seen = []
                with no_grad():
                    with no_grad():
                        seen.append((w * 2.0).requires_grad)
                    seen.append((w * 2.0).requires_grad)
                try:
                    with no_grad():
                        w.nothing_of_that_name
                except AttributeError:
                    seen.append((w * 2.0).requires_grad)
                seen.append((w * 2.0).detach().requires_grad)
                must_be([False, False, True, False], seen)

                before, twin = w * w, w.detach()
                with no_grad():
                    w.sub_(2.0)
                must_be([0.0], twin.data.tolist())
                (w * w).backward()
                refused = False
                try:
                    before.backward()
                except RuntimeError:
                    refused = True
                must_be(True, refused)
                for _ in range(1200):
                    w = w - 1.0
                w.backward()
            """,
        ),
        hints=(
            "Begin with one promise and five lines: a leaf, a result, backward, and an assert with a number that you "
            "have worked out by hand.",
            "Small functions inside test_engine, one for each promise, keep it in order. Make new leaves in each: what "
            "one leaves in .grad would disturb the next.",
            "For an error that must come: try, except RuntimeError: return, and after it raise AssertionError. For the "
            "order: a = w * 2.0, then (a + (a * a) * 1.0).sum(). For the column: a leaf of shape (2, 1) times a matrix "
            "of shape (2, 2).",
        ),
        explanation="""
            Each promise is a program that goes wrong without it, and each wrong engine passes all the others: so a test
            is as good as the wrong engines that it was tried on. What you cannot see in numbers, such as a node that
            runs once for each path, shows in how often a rule runs, or in the time that 40 doublings take.
            """,
        points=5,
        difficulty=3,
        minutes=25,
    ),
]
