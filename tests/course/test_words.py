"""The sentences for what goes wrong without a belief behind it."""

from sample import running

from minigrad.course.case import Helper, call, tensor
from minigrad.course.runner import KernelRunner
from minigrad.course.words import sentence, shown

REFERENCE = "def f(x):\n    return x.detach() * 2\n"


def said(program: str, reference: str = REFERENCE, case=None) -> str:
    """The sentence for a program, called as `f(x=torch.tensor([1.0, 2.0]))`."""
    case = case or call("", "f", kwargs={"x": tensor([1.0, 2.0])})
    [one], [other] = (running(source, "f").run([case]) for source in (reference, program))
    return sentence(case, one, other)


def test_a_changed_argument_is_told_with_what_changed():
    start = "After `f(x=torch.tensor([1.0, 2.0]))`, `x` is not what it was: "
    assert said("def f(x):\n    y = x * 2\n    x.zero_()\n    return y") == start + "its values are different."
    assert said("def f(x):\n    x.requires_grad_()\n    (x * x).sum().backward()\n    return x.detach() * 2") == (
        start + "it is tracked and its .grad is filled.")


def test_an_argument_that_is_to_be_changed_is_not_called_changed():
    assert said("def f(x):\n    x.add_(2)", "def f(x):\n    x.add_(1)") == ""


def test_a_misspelt_flag_is_told():
    program = "def f(x):\n    x.require_grad = True\n    return x"
    assert said(program, "def f(x):\n    return x.requires_grad_()") == (
        "Your code sets `x.require_grad`, a new name that nothing reads. Did you mean `requires_grad`?")


def test_values_that_are_almost_right_are_told_how_far_off_they_are():
    it = "`f(x=torch.tensor([1.0, 2.0]))` returned "
    assert said("def f(x):\n    return x * 2 + 0.01") == (
        it + "something near the right values, but off by up to 0.01.")
    assert said("def f(x):\n    return x * 3") == ""


def test_a_wrong_item_of_a_tuple_is_told():
    reference = "def f(x):\n    return x.numpy(), x"
    assert said("def f(x):\n    return x.sum().item(), x", reference) == (
        "`f(x=torch.tensor([1.0, 2.0]))` returned a tuple; its item 0 is a float; a numpy array is expected. "
        "item() makes a Python number of a tensor, numpy() an array.")
    assert "its item 1 is None; a tensor is expected." in said("def f(x):\n    return x.numpy(), None", reference)


def test_calls_are_counted_in_words():
    case = call("", "f", kwargs={"g": Helper("torch.sin"), "x": tensor(1.0)}, compare=("value", "calls"))
    reference = "def f(g, x):\n    return g(x)"
    assert said("def f(g, x):\n    return [g(x), g(x)][0]", reference, case) == (
        "In `f(g=torch.sin, x=torch.tensor(1.0))`, g was called 2 times; 1 is enough.")
    assert said("def f(g, x):\n    return x.sin()", reference, case).endswith("g was called 0 times; 1 is needed.")


def test_a_tensor_of_pytorch_itself_is_told_from_one_of_minigrad():
    made = type("Tensor", (), {"__module__": "torch"})()
    case = call("", "f", kwargs={"x": tensor(1.0)})
    [one], [other] = (KernelRunner({"f": f}).run([case]) for f in (lambda x: x, lambda x: made))
    assert sentence(case, one, other) == (
        "`f(x=torch.tensor(1.0))` returned a torch.Tensor of the PyTorch installed here; a tensor is expected. "
        "Here torch is minigrad: `import minigrad as torch`.")


def test_a_result_is_shown_as_a_tensor_prints_itself():
    case = call("", "f", kwargs={"x": tensor([1.0, 2.0])})
    program = "def f(x):\n    y = x.clone()\n    y[0] = torch.tensor(3.0, requires_grad=True)\n    return y"
    [snapshot] = running(program, "f").run([case])
    assert shown(snapshot.result) == "tensor([3., 2.], grad_fn=<CopySlices>)"
