"""The promises the engine makes about itself: what it saves, frees and holds, how deep it goes, in which mode."""

import contextvars
import gc
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

import minigrad as torch


@pytest.fixture
def no_gc():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def chain(length):
    x = torch.zeros(1, requires_grad=True)
    y = x
    for _ in range(length):
        y = y + 1
    return x, y


def test_a_chain_of_a_million_operations_goes_forward_and_backward():
    x, y = chain(1_000_000)
    y.backward()
    assert (y.item(), x.grad.item()) == (1_000_000.0, 1.0)


def test_a_long_graph_that_nobody_walked_is_freed_without_recursion(no_gc):
    x, y = chain(1_000_000)
    last = weakref.ref(y.grad_fn)
    del y
    assert last() is None


TEN_THOUSAND_PASSES = """
import gc, resource, sys
import minigrad as torch

gc.disable()
torch.manual_seed(0)
parameters = [torch.randn(4, 8), torch.zeros(8), torch.randn(8, 1)]
for p in parameters:
    p.requires_grad_()
data, target = torch.randn(16, 4), torch.randn(16, 1)


def step():
    w, b, v = parameters
    hidden = torch.relu(torch.tanh(data @ w + b)) * torch.sigmoid(data @ w)
    loss = ((hidden @ v - target) ** 2).mean() + w.exp().sum() * 0
    loss.backward()
    with torch.no_grad():
        for p in parameters:
            p -= 0.01 * p.grad
            p.grad = None


for _ in range(200):
    step()
memory, objects = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, len(gc.get_objects())
for _ in range(10_000):
    step()
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
limit = 1_000_000 if sys.platform == "darwin" else 1_000  # bytes there, KiB elsewhere
print(grown < limit, len(gc.get_objects()) - objects < 50, gc.collect())
"""


def test_ten_thousand_passes_without_gc_leave_memory_where_it_was():
    pytest.importorskip("resource")  # Windows has none
    # In a process of its own: peak memory is the process's, whatever ran in it before.
    done = subprocess.run([sys.executable, "-c", TEN_THOUSAND_PASSES], capture_output=True, text=True, timeout=120)
    assert (done.stdout.split(), done.stderr) == (["True", "True", "0"], "")


@pytest.mark.parametrize("operation", ["exp", "tanh", "sigmoid", "relu", "sqrt"])
def test_a_saved_output_does_not_keep_the_graph_alive(operation, no_gc):
    x = torch.ones(3, requires_grad=True)
    y = getattr(x, operation)()
    node = weakref.ref(y.grad_fn)
    del y
    assert node() is None


def test_saved_is_what_the_rules_of_tracked_inputs_ask_for():
    w, x = torch.ones(3, requires_grad=True), torch.ones(3)
    node = (w * x).grad_fn
    assert (node._saved_self, node._saved_other) == (None, x)
    assert (w + x).grad_fn._saved == (1,)  # alpha: no tensor
    assert (w / x).grad_fn._saved_self is None
    assert (x / w).grad_fn._saved_self is x


def test_a_batch_or_a_source_is_let_go_if_only_the_rule_of_another_input_will_run():
    tracked, free = torch.ones(2, 2, 2, requires_grad=True) * 1, torch.ones(2, 2, 2)
    for product in (lambda: torch.addbmm(torch.ones(2, 2), tracked, free), lambda: torch.baddbmm(free, tracked, free)):
        held = [saved for saved in product().grad_fn._saved if isinstance(saved, torch.Tensor)]
        assert len(held) == 1 and held[0] is free
    source = torch.zeros(2)
    result = torch.put(tracked, torch.tensor([0, 1]), source)
    watched = weakref.ref(source)
    del source
    assert watched() is None and result.grad_fn.name() == "PutBackward0"



def test_a_data_tensor_that_no_rule_needs_is_not_kept():
    w, data = torch.ones(3, requires_grad=True), torch.ones(3)
    kept = weakref.ref(data)
    y = w + data
    del data
    assert kept() is None and y.requires_grad


def test_after_backward_saved_tensors_are_gone():
    w, data = torch.ones(3, requires_grad=True), torch.ones(3)
    kept = weakref.ref(data)
    y = (w * data).sum()
    del data
    assert kept() is not None
    y.backward()
    assert kept() is None


def test_a_leaf_has_one_accumulategrad_as_long_as_a_graph_holds_it():
    x = torch.ones(2, requires_grad=True)
    a, b = x * 2, x * 3
    node = a.grad_fn.next_functions[0][0]
    assert node is b.grad_fn.next_functions[0][0] and node.variable is x
    gone = weakref.ref(node)
    del a, b, node
    assert gone() is None


def test_a_gradient_shares_memory_with_nothing_else():
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    seed = torch.tensor([1.0, 2.0])
    (a + b).backward(seed)
    seed.zero_()
    a.grad.mul_(10)
    assert (a.grad.tolist(), b.grad.tolist()) == ([10.0, 20.0], [1.0, 2.0])


def test_a_hook_that_keeps_the_gradient_keeps_its_value():
    x, seen = torch.ones(2, requires_grad=True), []
    x.register_hook(seen.append)
    (x * 3).sum().backward()
    (x * 5).sum().backward()
    assert ([g.tolist() for g in seen], x.grad.tolist()) == ([[3.0, 3.0], [5.0, 5.0]], [8.0, 8.0])


def test_leaves_are_finished_as_soon_as_their_last_user_has_run():
    order, leaves = [], {}
    for name in "abc":
        leaves[name] = torch.ones(2, requires_grad=True)
        leaves[name].register_post_accumulate_grad_hook(lambda _, name=name: order.append(name))
    a, b, c = leaves.values()
    (a * b * c).sum().backward()
    assert order == ["c", "a", "b"]  # as PyTorch 2.13 has it
    order.clear()
    ((a * b) * (a * c)).sum().backward()
    assert order == ["c", "a", "b"]


def test_a_backward_inside_a_hook_does_not_disturb_the_one_outside():
    x, other = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    y = x * 2

    @y.register_hook
    def hook(grad):
        with torch.enable_grad():
            (other * 3).sum().backward()

    (y * y).sum().backward()
    assert (x.grad.tolist(), other.grad.tolist()) == ([8.0, 8.0], [3.0, 3.0])


def test_each_thread_has_its_own_grad_mode():
    seen = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True] and torch.is_grad_enabled()


def test_the_grad_mode_holds_from_one_notebook_cell_to_the_next():
    # A notebook runs each cell in a copy of the context.
    contextvars.copy_context().run(torch.set_grad_enabled, False)
    try:
        assert contextvars.copy_context().run(torch.is_grad_enabled) is False
    finally:
        torch.set_grad_enabled(True)


def test_an_error_in_backward_leaves_the_grad_mode_as_it_was():
    x = torch.ones(2, requires_grad=True)
    y = x * 1
    y.register_hook(lambda grad: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        y.sum().backward()
    assert torch.is_grad_enabled()


def test_threads_that_run_backward_through_one_graph_lose_no_gradient():
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    y.retain_grad()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(10):
            threads = [threading.Thread(target=lambda: y.sum().backward(retain_graph=True)) for _ in range(10)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(before)
    assert y.grad.tolist() == [100.0] * 3  # PyTorch itself may lose some of these
    assert x.grad.tolist() == [200.0] * 3


def test_numpys_floating_point_warnings_stay_silent_in_every_thread(recwarn):
    def compute():
        results.append((torch.tensor([0.0, 1e30]).log() - torch.tensor([1e30]) * 1e30).tolist())

    results = []
    compute()
    thread = threading.Thread(target=compute)
    thread.start()
    thread.join()
    assert len(results) == 2 and not recwarn.list


@pytest.mark.parametrize("module", ["autograd", "_C", "utils", "nn", "linalg"])
def test_what_a_module_has_not_is_said_in_pytorchs_names(module):
    missing = {"autograd": "profiler", "_C": "_dispatch_keys", "utils": "tensorboard", "nn": "LSTM"}
    name = missing.get(module, "lu_factor")
    with pytest.raises(AttributeError, match=f"^minigrad has no torch.{module}.{name}.$"):
        getattr(getattr(torch, module), name)


def test_for_a_loss_that_torch_has_in_another_form_it_is_said_which_to_use():
    with pytest.raises(AttributeError, match=r"^minigrad has no torch.kl_div: use torch.nn.functional.kl_div\.$"):
        torch.kl_div()


def test_another_device_than_the_cpu_is_refused_in_a_sentence():
    words = "minigrad computes on the CPU only: it cannot put a tensor on the device 'meta'."
    with pytest.raises(RuntimeError, match=f"^{words}$"):
        torch.ones(2).to("meta")


def test_a_numpy_function_of_a_tensor_gives_a_tensor():
    x = torch.tensor([0.0, 4.0])
    assert repr(np.sqrt(x)) == "tensor([0., 2.])"
    assert repr(np.isnan(x)) == "tensor([0, 0], dtype=torch.uint8)"  # what PyTorch makes of numpy's bools
    assert repr(np.add(x, np.ones(2))) == "tensor([1., 5.], dtype=torch.float64)"


def test_every_public_function_says_what_it_is():
    public = {name: getattr(torch, name) for name in dir(torch) if not name.startswith("_")}
    assert [name for name, value in public.items() if callable(value) and not value.__doc__] == []
    in_place = [name for name in dir(torch.Tensor) if name.endswith("_") and not name.startswith("_")]
    assert [name for name in in_place if not getattr(torch.Tensor, name).__doc__] == []


@pytest.mark.parametrize("write", [
    lambda x, i: x.scatter(0, i, 0.0), lambda x, i: x.index_fill(0, i, 0.0), lambda x, i: x.index_copy(0, i, x.detach())
])
def test_no_gradient_goes_to_an_only_number_that_was_overwritten(write):
    # The gradient arrives as a numpy number, and is written to in its turn.
    x = torch.tensor(2.0, requires_grad=True)
    (write(x, torch.tensor(0)) / 3).backward()
    assert x.grad == 0
