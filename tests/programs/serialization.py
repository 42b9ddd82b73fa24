"""Copies, pickles, and files of tensors."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% what is kept in a file
import io


def through_a_file(obj):
    file = io.BytesIO()
    torch.save(obj, file)
    file.seek(0)
    return torch.load(file)


x = torch.tensor([1.0, 2.0], requires_grad=True)
x.grad = torch.ones(2)
x.note = "kept"
loaded = through_a_file(x)
print(loaded, loaded.grad, loaded.note, loaded.is_leaf, loaded is x)
y = x * 2
loaded = through_a_file(y)
print(y, loaded, loaded.is_leaf)
for value in (torch.tensor(3), torch.tensor([True]), torch.zeros(0, 3), torch.tensor([1.5], dtype=torch.float16),
              torch.ones(2, 3, dtype=torch.float64).t(), torch.ones(1).expand(3), torch.arange(4)[1::2]):
    loaded = through_a_file(value)
    print(loaded, loaded.dtype, loaded.shape, loaded.stride(), loaded.storage_offset())
print(through_a_file([1, 2.5, "text", None, True, (1, ()), {"a": [2]}, 10**20, -3, {4}, 1j, b"bytes", bytearray(b"more")]))
print(through_a_file((torch.float32, torch.Size([2, 3]), torch.device("cpu"), torch.bool)))
print(through_a_file(torch.float64) is torch.float64, type(through_a_file(x.shape)))

# %% tensors that share memory share it after loading
import io
from collections import OrderedDict

base = torch.arange(6.0).reshape(2, 3)
file = io.BytesIO()
torch.save({"base": base, "row": base[1], "turned": base.t(), "again": base}, file)
file.seek(0)
loaded = torch.load(file)
loaded["base"].zero_()
print(loaded["row"], loaded["turned"], loaded["again"] is loaded["base"])
print(loaded["row"]._is_view(), loaded["row"].storage_offset())
print(loaded["row"].untyped_storage().data_ptr() == loaded["base"].untyped_storage().data_ptr())

# %% a state and its metadata
import io
import os
import pathlib
import tempfile
from collections import OrderedDict

state = OrderedDict(weight=torch.ones(2, 2), bias=torch.zeros(2))
state._metadata = OrderedDict({"": {"version": 1}})
with tempfile.TemporaryDirectory() as folder:
    for path in (os.path.join(folder, "state.pt"), pathlib.Path(folder) / "checkpoint.tar"):
        print(torch.save({"epoch": 3, "state": state, "loss": 0.25}, path))
        loaded = torch.load(path, map_location="cpu", weights_only=True)
        print(loaded, type(loaded["state"]), loaded["state"]._metadata)
        with open(path, "rb") as file:
            print(torch.load(file)["epoch"])
        print(torch.load(path, map_location=torch.device("cpu"), weights_only=False)["loss"])

# %% what cannot be saved or loaded
import io
import pickle

x = torch.ones(2, requires_grad=True)
attempt(lambda: torch.save(x))
attempt(lambda: torch.save(x, 5))
attempt(lambda: torch.save(x, "/no such folder/x.pt"))
attempt(lambda: torch.save((x * 2).grad_fn, io.BytesIO()))
attempt(lambda: torch.load("/no such file.pt"))
attempt(lambda: torch.load(5))
file = io.BytesIO()
torch.save(x, file)
try:
    torch.load(file)
except EOFError as error:
    print("EOFError")
data = file.getvalue()
attempt(lambda: torch.load(io.BytesIO(data[:300])))
attempt(lambda: torch.load(io.BytesIO(data), map_location="cuda"))
attempt(lambda: torch.load(io.BytesIO(data), map_location="cuda:0"))
print(torch.load(io.BytesIO(data), map_location=lambda storage, location: storage))
print(torch.load(io.BytesIO(data), map_location={"cuda:0": "cpu"}))

# %% what is not data is refused
import io
import os


class Hostile:
    def __init__(self, function, *args):
        self.function, self.args = function, args

    def __reduce__(self):
        return self.function, self.args


def refused(obj):
    file = io.BytesIO()
    torch.save(obj, file)
    file.seek(0)
    try:
        print(torch.load(file))
    except Exception as error:
        print(type(error).__module__, type(error).__name__, error)


refused(Hostile(print, "hello"))
refused([torch.ones(2), {"x": Hostile(eval, "1 + 1")}])
refused(Hostile(os.getcwd))
refused(range(3))

# %% copies
x = torch.tensor([1.0, 2.0], requires_grad=True)
x.grad = torch.ones(2)
x.note = ["kept"]
shallow, deep = copy.copy(x), copy.deepcopy(x)
print(shallow, shallow.grad, shallow.note is x.note, shallow.data_ptr() == x.data_ptr())
print(deep, deep.grad, deep.note is x.note, deep.data_ptr() == x.data_ptr())
attempt(lambda: copy.deepcopy(x * 2))
print(copy.copy(x * 2))
base = torch.arange(6.0).reshape(2, 3)
base2, row, turned, again = copy.deepcopy([base, base[1], base.t(), base])
base2.zero_()
print(base, base2, row, turned, again is base2, row._is_view(), turned.stride(), row.storage_offset())
part = copy.deepcopy(base[1])
print(part.storage_offset(), part.untyped_storage().nbytes())
wide = copy.deepcopy(torch.ones(1).expand(3))
print(wide.stride(), wide.untyped_storage().nbytes())
print(copy.deepcopy(torch.zeros(0, 3)), copy.deepcopy(torch.tensor(3)), copy.deepcopy({"a": torch.tensor([True])}))
for value in (torch.Size([2, 3]), torch.float32, torch.device("cpu"), torch.device("cpu", 0)):
    print(repr(copy.copy(value)), repr(copy.deepcopy(value)), type(copy.deepcopy(value)))
y = torch.ones(2)
print(copy.deepcopy([y, y])[0] is y, [a is b for a, b in [copy.deepcopy([y, y])]])
generator = torch.Generator().manual_seed(3)
twin = copy.deepcopy(generator)
print(torch.rand(2, generator=generator), torch.rand(2, generator=twin), torch.rand(2, generator=generator))

# %% pickles
import pickle

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
x.grad = torch.ones(2, 2)
for value in (x, x * 2, x.t(), x.detach(), x[0], torch.tensor(3)):
    copied = pickle.loads(pickle.dumps(value))
    print(copied, copied.requires_grad, copied.is_leaf, copied.grad, copied.stride())
base = torch.arange(3.0)
first, second = pickle.loads(pickle.dumps((base, base)))
print(first is second)
for protocol in (0, 2, 4):
    print(pickle.loads(pickle.dumps(base, protocol)))
for value in (torch.Size([2, 3]), torch.float32, torch.device("cpu"), torch.device("cpu", 0)):
    print(repr(pickle.loads(pickle.dumps(value))), type(pickle.loads(pickle.dumps(value))))
generator = torch.Generator().manual_seed(3)
print(torch.rand(2, generator=pickle.loads(pickle.dumps(generator))))

# %% storages
x = torch.arange(6.0).reshape(2, 3)
storage = x.untyped_storage()
print(type(storage), storage.nbytes(), storage.size(), len(storage), storage.data_ptr() == x.data_ptr(), storage[7])
for view in (x[1], x.t(), x[:, 1], x.view(-1)[4:], x.expand(2, 2, 3), x.detach(), x.data, x[None]):
    same = view.untyped_storage().data_ptr() == storage.data_ptr()
    print(same, view.storage_offset(), view.untyped_storage().nbytes(), view.data_ptr() - x.data_ptr())
for other in (x.clone(), x + 0, x[torch.tensor([0])], x.contiguous().t().contiguous(), x.double()):
    print(other.untyped_storage().data_ptr() == storage.data_ptr(), other.storage_offset(), other.untyped_storage().nbytes())
print(repr(torch.tensor([1, 2], dtype=torch.uint8).untyped_storage()))
typed = x[1].storage()
print(type(typed), typed, typed.size(), len(typed), typed[2], typed.tolist(), list(typed), typed.dtype, typed.nbytes())
print(typed.data_ptr() == x.data_ptr())

# %% what is new lies in memory row by row
x = torch.arange(24.0).reshape(2, 3, 4)
for new in (x[:, [0, 1]], x[..., [0, 0]], x[:, :, torch.tensor([0, 2])], x[0, :, [1, 2]], x.topk(2).values, x.topk(2).indices,
            x.sort(0).values, x.cumsum(1), x.gather(1, torch.zeros(2, 1, 4).long()), x[x > 3]):
    print(new.stride(), new.storage_offset(), new.untyped_storage().nbytes())

# %% whole modules, where weights_only=False asks for them
import io
import sys


class Scaled(torch.nn.Module):
    def __init__(self, scale):
        print("made")
        super().__init__()
        self.inner = torch.nn.Sequential(torch.nn.Linear(2, 2, bias=False), torch.nn.Tanh())
        self.scale, self.notes = scale, {"tried": [1, 2]}
        self.register_buffer("shift", torch.ones(1))

    def forward(self, x):
        return self.inner(x) * self.scale + self.shift


Scaled.__module__ = "__main__"
sys.modules["__main__"].Scaled = Scaled
model = Scaled(3.0).eval()
torch.nn.init.ones_(model.inner[0].weight)
file = io.BytesIO()
torch.save({"model": model, "epoch": 2}, file)
file.seek(0)
again = torch.load(file, weights_only=False)["model"]
print(again, again.training, again.notes, again(torch.ones(2)))
model.inner[0].weight.data.zero_()
print(again.inner[0].weight, list(again.state_dict()))
file.seek(0)
try:
    torch.load(file)
except Exception as error:
    print(type(error).__name__, str(error)[:30], "__main__.Scaled" in str(error))
del sys.modules["__main__"].Scaled
