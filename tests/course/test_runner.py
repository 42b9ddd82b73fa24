"""A runner shows what answers of all sorts do, and leaves nothing behind."""

import os
import random
import sys

import numpy as np
import pytest
from sample import running

import minigrad as torch
from minigrad.course.case import Again, Helper, call, look, tensor
from minigrad.course.runner import KernelRunner
from minigrad.course.snapshot import Snapshot
from minigrad.operators import printing

X = tensor([1.0, 2.0], requires_grad=True)


def snapshot(function, *args, **options) -> Snapshot:
    """What calling `function` as the learner's `f` shows."""
    [found] = KernelRunner({"f": function}).run([call("", "f", *args, **options)])
    assert Snapshot.from_json(found.to_json()) == found
    return found


def seen(value) -> dict:
    [found] = KernelRunner({"v": value}).run([look("v")])
    Snapshot.from_json(found.to_json())
    return found.result


# What is seen


def test_a_tensor_is_seen_with_all_that_autograd_knows():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    (w * w).sum().backward()
    described = seen(w)
    assert described["values"] == [1.0, 2.0] and described["dtype"] == "torch.float32" and described["is_leaf"]
    assert described["requires_grad"] and described["grad"]["values"] == [2.0, 4.0] and described["graph"] is None


def test_the_graph_is_seen_with_the_leaf_that_each_accumulator_fills():
    nodes = snapshot(lambda w, x: w * x + 1, X, tensor([1.0, 1.0])).result["graph"]
    assert nodes == [
        ["AddBackward0", None, [1, None]],
        ["MulBackward0", None, [2, None]],
        ["torch::autograd::AccumulateGrad", "argument 0", []],
    ]


def test_a_tensor_that_lies_is_seen_as_it_is():
    class Liar(torch.Tensor):
        requires_grad = True

        def __eq__(self, other):
            return True

        def __repr__(self):
            return "tensor(42.)"

    liar = torch.tensor([1.0])
    liar.__class__ = Liar
    described = seen(liar)
    assert described["requires_grad"] is False and described["values"] == [1.0]


def test_a_tensor_without_values_is_an_object():
    assert seen(object.__new__(torch.Tensor))["kind"] == "object"


def test_containers_and_numbers_that_lie_are_seen_as_they_are():
    class Items(list):
        def __iter__(self):
            return iter([42])

        def __len__(self):
            return 1

    class Entries(dict):
        def items(self):
            return [("answer", 42)]

        def __getitem__(self, key):
            return 42

    class Number(float):
        def __eq__(self, other):
            return True

        def __float__(self):
            return 42.0

        def __repr__(self):
            return "42.0"

    assert [item["value"] for item in seen(Items([1, 2]))["items"]] == [1, 2]
    assert seen(Entries(a=1))["items"] == [[{"kind": "str", "value": "a"}, {"kind": "int", "value": 1}]]
    assert seen(Number(1.0)) == {"kind": "float", "value": 1.0}
    [entry] = KernelRunner({"v": Entries(a=1)}).run([look("v", "a")])
    assert entry.result == {"kind": "int", "value": 1}


def test_an_object_that_pretends_is_seen_as_what_it_is():
    class Pretender:
        __class__ = torch.Tensor
        requires_grad = True

        def __array__(self, *_):
            return np.ones(3)

        def __getattr__(self, name):
            raise AssertionError("was asked")

    assert seen(Pretender())["kind"] == "object"


@pytest.mark.parametrize(
    "value, kind",
    [(None, "None"), (..., "..."), (True, "bool"), (np.bool_(True), "bool"), (np.float32(1), "float"),
     (np.int8(1), "int"), (1j, "complex"), ("a", "str"), ({1, 2}, "set"), (torch.float32, "dtype"),
     (len, "function"), (int, "class"),
     (np.ones(2), "array"), (object(), "object"), (float("nan"), "float")],
)
def test_kinds(value, kind):
    assert seen(value)["kind"] == kind


def test_huge_and_endless_values_stay_small():
    endless = []
    endless.append(endless)
    for value in (list(range(10**6)), torch.zeros(10**6), endless, "a" * 10**6, {i: i for i in range(10**5)}):
        [found] = KernelRunner({"v": value}).run([look("v")])
        assert len(found.to_json()) < 300_000


def test_a_number_of_5000_digits_is_not_written_out():
    assert seen(10**5000) == {"kind": "object", "type": "int"}


# What a call shows


def test_arguments_are_fresh_for_each_case():
    case = call("", "f", X)
    found = KernelRunner({"f": lambda x: x.detach().zero_()}).run([case, case])
    assert [snap.arguments["argument 0"]["values"] for snap in found] == [[0.0, 0.0]] * 2
    assert found[0] == found[1]


def test_calls_of_a_helper_are_counted():
    found = snapshot(lambda f, x: f(f(x)), Helper("torch.sin"), tensor(1.0))
    assert found.calls == {"argument 0": 2}
    assert found.result["values"] == pytest.approx(float(np.sin(np.sin(1.0))), abs=1e-6)


def test_it_is_seen_whether_gradients_came_back_through_a_helper():
    def backward(f, x):
        f(x)
        f(x).backward()

    found = snapshot(backward, Helper("lambda x: (x * x).sum()"), X)
    assert found.calls == {"argument 0": 2} and found.backward == {"argument 0": 1}
    assert found.arguments["argument 1"]["grad"]["values"] == [2.0, 4.0]


def test_a_misspelt_attribute_is_seen():
    def misspells(x):
        x.require_grad = True
        x.requires_grad = False

    assert snapshot(misspells, X).arguments["argument 0"]["set"] == ["require_grad"]


def test_a_helper_may_be_a_definition():
    source = "def cube(x):\n    return x ** 3\n"
    assert snapshot(lambda f, x: f(x), Helper(source), 2.0).result == {"kind": "float", "value": 8.0}


def test_same_objects_and_shared_memory_are_told_apart():
    found = snapshot(lambda x: [x, x.detach(), x.clone()], X)
    assert found.same == [["argument 0", "result[0]"]]
    assert found.shared == [["argument 0", "result[0]", "result[1]"]]


def test_one_object_may_be_two_arguments():
    assert snapshot(lambda a, b: a is b, X, Again(0)).result["value"] is True


def test_code_after_the_call_sees_its_result():
    found = snapshot(lambda w: (w * w).sum(), X, then="result.backward()\nresult = args[0].grad")
    assert found.result["values"] == [2.0, 4.0]


def test_code_after_the_call_is_not_run_through_the_answers_eyes():
    def patches(w):
        torch.Tensor.sum = torch.Tensor.prod
        return w

    assert snapshot(patches, X, then="result = result.sum()").result["values"] == 3.0


def test_modes_warnings_and_prints_are_seen():
    def f(x):
        print("hello")
        print("oops", file=sys.stderr)
        torch.set_grad_enabled(False)
        (x * x).grad  # noqa: B018  reading it warns if it is computed
        torch.set_default_dtype(torch.float64)

    found = snapshot(f, X)
    assert found.printed == "hello\noops\n"
    assert found.modes == {"grad": False, "dtype": "torch.float64"}


def test_a_warning_is_seen_and_not_shown(capsys):
    def f(x):
        return (x * x).grad

    found = snapshot(f, X)
    assert found.warnings[0][0] == "UserWarning" and "not a leaf" in found.warnings[0][1]
    assert capsys.readouterr() == ("", "")


def raises(error):
    def f():
        raise error

    return f


@pytest.mark.parametrize("error", [ValueError("bad"), SystemExit(1), KeyboardInterrupt(), GeneratorExit()])
def test_whatever_is_raised_is_reported(error):
    found = snapshot(raises(error))
    assert found.outcome == "raised" and found.exception["type"] == type(error).__name__


def test_an_exception_that_fails_to_speak_is_reported():
    class Mute(Exception):
        def __str__(self):
            raise ValueError

    assert snapshot(raises(Mute())).exception["text"] == ""


def test_the_line_that_raised_is_named():
    [found] = running("def f(x):\n    y = x + 1\n    return y.nothing\n", "f").run([call("", "f", tensor(1.0))])
    assert found.exception["type"] == "AttributeError" and found.exception["line"][0] == 3


def test_recursion_without_end_is_an_error_like_any_other():
    def f():
        return f()

    assert snapshot(f).exception["type"] == "RecursionError"


def test_a_stopped_case_leaves_time_for_others_but_not_for_ever():
    def f(n):
        while n:
            pass
        return n

    cases = [call("", "f", n) for n in (1, 0, 1, 1, 0)]
    found = KernelRunner({"f": f}, case_seconds=0.1, all_seconds=0.2).run(cases)
    assert [snap.outcome for snap in found] == ["unfinished", "returned", "unfinished", "not run", "not run"]


def test_pressing_stop_ends_the_check():
    cases = [call("", "f")] * 2
    found = KernelRunner({"f": raises(KeyboardInterrupt())}).run(cases)
    assert [snap.outcome for snap in found] == ["raised", "not run"]


def test_a_missing_name_a_wrong_object_and_a_missing_key():
    cases = [look("nothing"), call("", "v"), look("v", "key")]
    assert [snap.outcome for snap in KernelRunner({"v": 3}).run(cases)] == ["missing", "not callable", "no entry"]


def test_a_program_that_fails_at_once_raises_in_each_case():
    found = running("1 / 0", "f").run([call("", "f"), look("f")])
    assert [snap.exception["type"] for snap in found] == ["ZeroDivisionError"] * 2


# What is put back


def test_nothing_is_left_changed():
    def state():
        return (
            repr(random.getstate()), repr(np.random.get_state()), torch.rand(1).item(), torch.is_grad_enabled(),
            torch.get_default_dtype(), printing.get_printoptions(), np.geterr(), np.get_printoptions(),
            sys.getrecursionlimit(), os.getcwd(), dict(os.environ), sys.stdout, sys.stderr, sys.gettrace(),
        )

    def vandal():
        random.seed(5)
        np.random.seed(5)
        torch.manual_seed(5)
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        printing.set_printoptions(precision=9, sci_mode=True)
        np.seterr(all="raise")
        np.set_printoptions(precision=2)
        sys.setrecursionlimit(5000)
        os.chdir("/")
        os.environ["VANDAL"] = "1"
        sys.stdout = sys.stderr = None

    torch.manual_seed(1)
    before = state()
    torch.manual_seed(1)
    assert snapshot(vandal).outcome == "returned"
    assert state() == before


def test_modes_of_the_notebook_do_not_reach_the_answer():
    torch.set_grad_enabled(False)
    torch.set_default_dtype(torch.float64)
    try:
        found = snapshot(lambda x: x * torch.ones(2), X)
        assert found.result["requires_grad"] and found.result["dtype"] == "torch.float32"
        assert not torch.is_grad_enabled() and torch.get_default_dtype() is torch.float64
    finally:
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)


def test_replaced_functions_are_put_back():
    sin, flag = torch.sin, torch.Tensor.__dict__["requires_grad"]

    def f(x):
        torch.sin = torch.cos
        torch.Tensor.requires_grad = True
        del torch.exp
        return torch.sin(x)

    assert snapshot(f, tensor(1.0)).result["requires_grad"] is False
    assert torch.sin is sin and torch.Tensor.__dict__["requires_grad"] is flag and callable(torch.exp)


def test_what_the_learner_replaced_does_not_reach_the_check_and_stays_theirs(monkeypatch):
    monkeypatch.setattr(torch, "sin", torch.cos)
    assert snapshot(lambda x: torch.sin(x), tensor(0.0)).result["values"] == 0.0
    assert torch.sin is torch.cos


def test_the_learners_globals_are_put_back():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    (w * 3).sum().backward()
    with torch.no_grad():
        w.mul_(1)
    space = {"torch": torch, "w": w, "log": [1], "settings": {"a": 1}, "data": np.ones(2), "count": 0}
    exec(
        """
def f(x):
    global count, new
    count, new = count + 1, 1
    log.append(2); settings.clear(); data[:] = 5
    (w * w).sum().backward()
    with torch.no_grad():
        w.mul_(10)
    w.requires_grad_(False)
""",
        space,
    )
    before, version, grad = dict(space), w._version, w.grad
    assert version == 1
    assert snapshot(space["f"], 1).outcome == "returned"
    assert list(space) == list(before) and all(space[name] is before[name] for name in before)
    assert space["log"] == [1] and space["settings"] == {"a": 1} and space["data"].tolist() == [1, 1]
    assert w.tolist() == [1.0, 2.0] and w.requires_grad and w._version == version
    assert w.grad is grad and grad.tolist() == [3.0, 3.0]
    assert "__builtins__" in space and space["__builtins__"]


def test_random_answers_are_the_same_in_each_run():
    def f():
        return [random.random(), float(np.random.rand()), torch.rand(2)]

    assert snapshot(f) == snapshot(f)
