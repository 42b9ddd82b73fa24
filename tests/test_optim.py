"""What the programs do not show of optimizers: shared memory, copies, 0-d parameters, other dtypes, long runs."""

import copy
import pickle

import numpy as np
import pytest

import minigrad
from minigrad.optim import SGD, Adam
from minigrad.optim.lr_scheduler import StepLR
from minigrad.optim.optimizer import register_optimizer_step_post_hook

OPTIONS = {
    "SGD": ("SGD", {}),
    "SGD with momentum": ("SGD", {"momentum": 0.9, "weight_decay": 0.1}),
    "Adam": ("Adam", {"amsgrad": True}),
    "AdamW": ("AdamW", {}),
    "RMSprop": ("RMSprop", {"centered": True, "momentum": 0.5, "maximize": True}),
    "Adagrad": ("Adagrad", {"weight_decay": 0.1}),
    "Adadelta": ("Adadelta", {"rho": 0.8}),
    "Adamax": ("Adamax", {"weight_decay": 0.1}),
    "NAdam": ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
}


def maker(name, options):
    return lambda params, optim=minigrad.optim: getattr(optim, name)(params, lr=0.1, **options)


MAKE = {title: maker(*options) for title, options in OPTIONS.items()}
EACH = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)


def train(optimizer, *params, steps=3):
    for _ in range(steps):
        optimizer.zero_grad()
        sum(((p - 1) ** 2).sum() for p in params).backward()
        optimizer.step()


@EACH
def test_a_0d_parameter_goes_the_way_of_the_same_number_in_a_vector(make):
    a, b = minigrad.tensor(3.0, requires_grad=True), minigrad.tensor([3.0], requires_grad=True)
    train(make([a]), a)
    train(make([b]), b)
    assert a.tolist() == b.tolist()[0] != 3 and isinstance(a.array, np.ndarray)


@EACH
@pytest.mark.parametrize("dtype", [minigrad.float16, minigrad.float32, minigrad.float64])
def test_a_step_keeps_the_dtype(make, dtype):
    w = minigrad.ones(3, dtype=dtype, requires_grad=True)
    optimizer = make([w])
    (w * 2).sum().backward()
    optimizer.step()
    assert w.dtype is dtype and w.array.dtype == dtype.numpy
    assert all(x.dtype is dtype for x in optimizer.state[w].values() if x.ndim)


@EACH
def test_views_and_numpy_arrays_of_a_parameter_see_the_step(make):
    w = minigrad.ones(2, 2, requires_grad=True)
    row, array, before = w.detach()[0], w.detach().numpy(), w._version
    (w * 3).sum().backward()
    make([w]).step()
    assert (row.numpy() == array[0]).all() and (array != 1).all() and w._version > before


@EACH
def test_a_part_of_memory_can_be_a_parameter(make):
    memory = minigrad.ones(4)
    w = memory[1:3].requires_grad_()
    optimizer = make([w])
    w.sum().backward()
    optimizer.step()
    assert memory[0] == memory[3] == 1 and (memory[1:3] != 1).all()


@EACH
def test_a_copied_optimizer_goes_on_by_itself(make):
    w = minigrad.tensor([0.0, 4.0], requires_grad=True)
    optimizer = make([w])
    train(optimizer, w)
    for twin in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        (v,) = twin.param_groups[0]["params"]
        assert v is not w and minigrad.equal(v, w) and repr(twin) == repr(optimizer)
        again = copy.deepcopy(w.detach())
        train(twin, v)
        assert minigrad.equal(w, again)
    train(optimizer, w)
    assert minigrad.equal(v, w)


@EACH
def test_the_gradient_is_left_as_it_was(make):
    w = minigrad.tensor([1.0, 2.0], requires_grad=True)
    optimizer = make([w])
    (w * w).sum().backward()
    optimizer.step()
    optimizer.step()
    assert w.grad.tolist() == [2, 4]


def test_extreme_gradients_raise_no_warning():
    w = minigrad.tensor([1.0, 1.0, 1.0], requires_grad=True)
    w.grad = minigrad.tensor([float("inf"), float("nan"), 3e38])
    for make in MAKE.values():
        make([w]).step()
    assert not np.isfinite(w.array[:2]).any()


def test_a_loaded_state_is_cast_to_the_parameters_dtype_but_for_the_steps():
    w = minigrad.ones(2, requires_grad=True)
    optimizer = Adam([w])
    train(optimizer, w)
    v = minigrad.ones(2, dtype=minigrad.float64, requires_grad=True)
    other = Adam([v])
    other.load_state_dict(optimizer.state_dict())
    assert other.state[v]["exp_avg"].dtype is minigrad.float64 and other.state[v]["step"].dtype is minigrad.float32


def test_hooks_of_all_optimizers_run_after_each_step():
    seen = []
    handle = register_optimizer_step_post_hook(lambda optimizer, args, kwargs: seen.append(type(optimizer)))
    try:
        for make in MAKE.values():
            make([minigrad.ones(1, requires_grad=True)]).step()
    finally:
        handle.remove()
    assert [kind.__name__ for kind in seen] == [name for name, _ in OPTIONS.values()]


def test_hooks_run_once_around_a_step_that_calls_its_superclass():
    class Counting(SGD):
        steps = 0

        def step(self, closure=None):
            self.steps += 1
            return super().step(closure)

    optimizer, seen = Counting([minigrad.ones(1, requires_grad=True)]), []
    optimizer.register_step_pre_hook(lambda *args: seen.append("before"))
    optimizer.register_step_post_hook(lambda *args: seen.append("after"))
    assert optimizer.step(lambda: 3.0) == 3.0
    assert seen == ["before", "after"] and optimizer.steps == 1  # PyTorch: twice, once an SGD was made in the process


def test_differentiable_optimizers_are_refused():
    with pytest.raises(NotImplementedError, match="minigrad has no differentiable optimizers"):
        SGD([minigrad.ones(1, requires_grad=True)], differentiable=True)


def test_an_optimizer_that_is_missing_says_so():
    with pytest.raises(AttributeError, match=r"minigrad has no torch.optim.RAdam: use SGD or Adam"):
        exec("minigrad.optim.RAdam")
    with pytest.raises(AttributeError, match="module 'torch.optim' has no attribute 'Sgd'"):
        exec("minigrad.optim.Sgd")


def test_a_learning_rate_in_a_tensor_is_changed_in_place():
    lr = minigrad.tensor(1.0)
    optimizer = SGD([minigrad.ones(1, requires_grad=True)], lr=lr)
    schedule = StepLR(optimizer, 1)
    optimizer.step()
    schedule.step()
    assert optimizer.param_groups[0]["lr"] is lr and lr == 0.1


@EACH
def test_a_hundred_steps_are_pytorchs_in_float64(make):
    torch = pytest.importorskip("torch", reason="needs torch")
    ends = []
    for library in (minigrad, torch):
        w = library.tensor(np.linspace(-1, 2, 6).reshape(2, 3), requires_grad=True)
        optimizer = make([w], library.optim)
        for _ in range(100):
            optimizer.zero_grad()
            (w.exp() * w.cos()).mean().backward()
            optimizer.step()
        ends.append(w.detach().numpy())
    np.testing.assert_allclose(*ends, rtol=1e-9, atol=1e-9)


FORMS = [{}, {"momentum": 0.9, "weight_decay": 0.1, "nesterov": True}, {"momentum": 0.5, "dampening": 0.3}]


@pytest.mark.parametrize("options", FORMS, ids=str)
def test_sgd_is_pytorchs_to_the_last_bit_in_float32(options):
    torch = pytest.importorskip("torch", reason="needs torch")
    numbers = np.random.RandomState(0)
    start = numbers.randn(33).astype(np.float32)
    w, v = (library.tensor(start.copy(), requires_grad=True) for library in (minigrad, torch))
    ours, theirs = minigrad.optim.SGD([w], lr=0.1, **options), torch.optim.SGD([v], lr=0.1, **options)
    for _ in range(100):
        grad = numbers.randn(33).astype(np.float32)
        w.grad, v.grad = minigrad.from_numpy(grad), torch.from_numpy(grad)
        ours.step()
        theirs.step()
    assert w.detach().numpy().tobytes() == v.detach().numpy().tobytes()
