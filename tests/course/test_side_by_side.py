"""A walk of the learner's engine is laid beside the right one: what a card says and shows of where they part."""

import pytest
from sample import running

from minigrad.course.card import verdict_card
from minigrad.course.exercise import find
from minigrad.course.exercises import ex09_build_an_engine as lesson
from minigrad.course.judge import judge
from minigrad.course.runner import KernelRunner, namespace
from minigrad.course.side_by_side import passes
from minigrad.course.snapshot import Snapshot
from minigrad.viz.steps import LEAF, NODE, START

WALK = find("09.5")
PROGRAM = """
w = Tensor([2.0, 3.0], requires_grad=True)
x = Tensor([4.0, 5.0])
y = w * x
(y * y + y).sum().backward()
w.grad
"""


def verdict(walk):
    return judge(WALK, running(WALK.start + walk, *WALK.names))


def walks(engine, program=PROGRAM):
    [found] = running(engine, *WALK.names).run([lesson.run("", "backward", program)])
    assert Snapshot.from_json(found.to_json()) == found
    return found.walks


ENGINE = WALK.start + WALK.reference


def test_what_is_noted_is_the_pass_as_it_ran():
    pass_ = passes(walks(ENGINE))
    assert [(box.name, box.operation, dict(box.facts)["value"]) for box in pass_.boxes] == [
        ("w", "", "[2.0, 3.0]"), ("x", "", "[4.0, 5.0]"), ("y", "mul", "[8.0, 15.0]"), ("", "mul", "[64.0, 225.0]"),
        ("", "add", "[72.0, 240.0]"), ("", "sum", "312.0")]  # fmt: skip
    assert [box.kind for box in pass_.boxes[:3]] == ["leaf", "data", "operation"]
    ran = [pass_.boxes[step.box].operation for step in pass_.steps if step.kind == NODE]
    assert ran == ["sum", "add", "mul", "mul"]
    *_, last, leaf = pass_.steps
    assert pass_.steps[0].kind == START and leaf.kind == LEAF
    assert last.gradient.tolist() == [17.0, 31.0]  # 2y + 1
    assert [sent.fitted.tolist() for sent in last.sent] == [[68.0, 155.0]]  # to w, and not to x
    assert leaf.before is None and leaf.gradient.tolist() == leaf.after.tolist() == [68.0, 155.0]


def told(belief):
    """What the card says of the first walk that parts, and the case that it stands under."""
    held = next(held for held in WALK.beliefs if held.belief == belief)
    found = verdict(held.program)
    [result] = [result for result in found.results if result.comparison]
    card = verdict_card(found)
    reason = result.comparison.text.splitlines()[0]
    reason = reason[0].upper() + reason[1:]
    assert reason in card.text and f"    {result.comparison.text.splitlines()[1]}" in card.text
    assert "<svg" in card.body or "<img" in card.body
    return result.title, reason


@pytest.mark.parametrize(
    ("belief", "title", "reason"),
    [
        ("overwrites-at-fan-out", "a value that is used twice", "w: its .grad is then"),
        ("wrong-order", "a value that is used near and far", "mul (a): the gradient that has arrived there is"),
        ("local-is-the-gradient", "a value that is used near and far", "mul (b): the gradient that has arrived"),
        ("walks-forwards", "a chain, with data in it", "mul (y): the gradient that has arrived there is [0.0, "),
        ("visits-twice", "how often rules run, in 12 doublings",
         "add: the gradient that has arrived there is [1.0] in your engine, and [2.0] in the right one."),
        ("backward-overwrites", "two passes, each over its own graph", "w: its .grad is then"),
        ("nodes-keep-their-gradient", "two passes over one graph",
         "sum (loss): the gradient that has arrived there is 2.0 in your engine, and 1.0"),
        ("same-value-is-same-tensor", "two weights that are equal", "q: its .grad is then"),
        ("backward-takes-any-shape", "several elements, and no gradient given", "mul: only your engine runs it"),
    ],
)
def test_where_a_wrong_walk_parts_from_the_right_one(belief, title, reason):
    where, said = told(belief)
    assert where == title
    assert said.startswith(f"Your engine and the right one part at {reason}")


def test_only_the_first_case_tells_it():
    held = next(held for held in WALK.beliefs if held.belief == "overwrites-at-fan-out")
    found = verdict(held.program)
    assert found.passed < len(found.results) - 1
    assert sum(result.comparison is not None for result in found.results) == 1


def test_right_answers_and_engines_without_a_walk_have_no_comparison():
    assert not any(result.comparison for result in verdict(WALK.reference).results)
    recursive = next(held for held in WALK.beliefs if held.belief == "recursion-is-deep-enough")
    assert not any(result.comparison for result in verdict(recursive.program).results)  # 5000 nodes are too many


STRANGE = {
    "slots": (
        "class Node:\n", "class Node:\n    __slots__ = ('_name', 'inputs', 'rule', 'saved_tensors')\n"),
    "the rule called past the node": ("each.grad_fn.backward(grad)", "each.grad_fn.rule(grad)"),
    "a rule that is a generator": ("        return self.rule(grad)\n", "        yield from self.rule(grad)\n"),
    "a node without a name": ("    def name(self):\n", "    def title(self):\n"),
    "inputs that are no tensors": ("        self.inputs = inputs\n", "        self.inputs = [(i,) for i in inputs]\n"),
}


@pytest.mark.parametrize("change", STRANGE.values(), ids=STRANGE)
def test_an_engine_of_another_build_runs_as_ever(change):
    engine = lesson.changed(ENGINE, change)
    if "inputs" in change[0]:
        engine = engine.replace("grad_fn.inputs", "grad_fn.inputs").replace("for input in each.grad_fn.inputs",
                                                                            "for (input,) in each.grad_fn.inputs")
        engine = engine.replace("zip(each.grad_fn.inputs,", "zip([i for (i,) in each.grad_fn.inputs],")
    [found] = running(engine, *WALK.names).run([lesson.run("", "backward", PROGRAM)])
    assert found.result["values"] == [68.0, 155.0]
    heard = NODE in [step["kind"] for step in found.walks.get("steps", [])]
    assert heard == ("yield" in change[1])


def test_a_name_that_takes_forever_is_cut_off():
    engine = lesson.changed(ENGINE, ("        return self._name\n", "        while True:\n            pass\n"))
    [found] = running(engine, *WALK.names).run([lesson.run("", "backward", PROGRAM)])
    assert found.outcome == "unfinished" and found.walks == {}


def test_a_backward_that_is_an_attribute_is_heard_and_left_as_it_was():
    engine = ENGINE.replace("        self.rule = rule\n", "        self.rule = self.backward = rule\n")
    assert engine != ENGINE
    space = namespace(engine)
    walk = "y = Tensor([2.0], requires_grad=True) * 3.0\nrule = y.grad_fn.backward\ny.backward()\n"
    objects = {name: space[name] for name in WALK.names}
    [found] = KernelRunner(objects).run([lesson.run("", "backward", walk + "y.grad_fn.backward is rule")])
    assert found.result["value"] is True
    assert NODE in [step["kind"] for step in found.walks["steps"]]
    assert "backward" not in vars(space["Tensor"]) and "backward" in vars(space["Operators"])


def test_a_walk_that_fails_in_the_middle_is_compared_as_far_as_it_came():
    walk = lesson.changed(lesson.BACKWARD, ("        grad = arrived.pop(each)", "        grad = arrived[len(arrived)]"))
    found = next(result for result in verdict(walk).results if result.comparison)
    assert found.title == "a chain, with data in it" and "KeyError" in found.sentence
    assert "only the right one runs it" in found.comparison.text


def test_a_leaf_that_is_forgotten_is_told():
    walk = lesson.changed(lesson.BACKWARD, ("            each.grad = np.array(grad)", "            _ = np.array(grad)"))
    found = next(result for result in verdict(walk).results if result.comparison)
    assert "part at w: its .grad is then None in your engine" in found.comparison.text
    assert "w has its whole gradient, [2.1, 1.9]; its .grad stays None." in found.comparison.text


def test_nothing_is_noted_of_walks_without_end_or_of_large_tensors():
    doublings = "y = w = Tensor([1.0], requires_grad=True)\nfor _ in range(40):\n    y = y + y\n"
    twice = next(held for held in WALK.beliefs if held.belief == "visits-twice")
    assert walks(WALK.start + twice.program, doublings.replace("40", "13") + "y.backward()\nw.grad") == {}
    assert walks(ENGINE, doublings + "y.backward()\nw.grad")["steps"][-1]["after"] == [2.0**40]
    assert walks(ENGINE, doublings.replace("40", "100") + "y.backward()\nw.grad") == {}
    assert walks(ENGINE, "w = Tensor(np.ones(101), requires_grad=True)\n(w * w).sum().backward()\nw.grad") == {}
