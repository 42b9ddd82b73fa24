"""What programs ask of torch besides computing: devices, switches, limits, versions, agreement."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% the head of a training script
import torch.backends.cudnn as cudnn
cudnn.deterministic, cudnn.benchmark = True, False
torch.backends.cudnn.deterministic = True
torch.manual_seed(0)
torch.cuda.manual_seed_all(0)
device = torch.device("cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu")
print(device, repr(device), device.type, device.index, device == torch.device("cpu"))
torch.set_num_threads(1)
torch.set_float32_matmul_precision("high")
torch.use_deterministic_algorithms(True)
print(torch.are_deterministic_algorithms_enabled(), torch.get_num_threads(), torch.get_float32_matmul_precision())
torch.use_deterministic_algorithms(False)
torch.set_float32_matmul_precision("highest")
x = torch.ones(2, device=device).to(device, non_blocking=True).cpu()
print(x, x.device, x.is_cuda, x.is_cpu, x.get_device())
print(torch.__version__ >= "2.0", torch.__version__ > (1, 13), torch.__version__.split(".")[0])

# %% what needs a device that is not there
attempt(lambda: torch.ones(2).cuda())
attempt(lambda: torch.zeros(2, device="cuda:0"))
attempt(lambda: torch.ones(2).to("mps"))
attempt(lambda: torch.device("gpu"))
attempt(lambda: torch.cuda.get_device_name(0))
attempt(lambda: torch.cuda.current_device())
print(torch.cuda.device_count(), torch.cuda.memory_allocated(), torch.device("cuda:1"))

# %% limits of dtypes
for dtype in (torch.float16, torch.float32, torch.float64):
    print(torch.finfo(dtype), torch.finfo(dtype).bits)
for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64):
    print(torch.iinfo(dtype), torch.iinfo(dtype).max)
attempt(lambda: torch.finfo(torch.int64))
attempt(lambda: torch.iinfo(torch.float32))

# %% the default dtype
print(torch.get_default_dtype(), torch.tensor(1.5).dtype, torch.ones(1).dtype, (torch.tensor([1]) * 1.5).dtype)
torch.set_default_dtype(torch.float64)
print(torch.tensor(1.5).dtype, torch.ones(1).dtype, (torch.tensor([1]) * 1.5).dtype, torch.tensor([1.5]))
print(torch.tensor([1.5], dtype=torch.float32), torch.arange(0, 1, 0.5), torch.finfo())
torch.set_default_dtype(torch.float32)
attempt(lambda: torch.set_default_dtype(torch.int64))

# %% the constructors of old
print(torch.FloatTensor([1, 2]), torch.LongTensor([1, 2]), torch.DoubleTensor([1]), torch.BoolTensor([1, 0]))
print(torch.FloatTensor(2, 3).shape, torch.Tensor(2).shape, torch.Tensor([[1, 2]]))
print(isinstance(torch.ones(1), torch.FloatTensor), isinstance(torch.ones(1), torch.LongTensor), torch.FloatTensor)
print(torch.ones(1).type(), torch.ones(2).type(torch.LongTensor), torch.ones(1).type("torch.DoubleTensor"))
attempt(lambda: torch.Tensor(2.5))
attempt(lambda: torch.FloatTensor(torch.ones(2).double()))

# %% sizes
s = torch.ones(2, 3).shape
print(s, s[0], s[1:], s + (4,), (4,) + s, s * 2, s.numel(), list(s), s == (2, 3), len(s), tuple(s))
print(torch.Size([1, 2]), torch.zeros(s).shape, torch.zeros(*s, 1).size())
attempt(lambda: torch.Size([1.5]))

# %% do two results agree
torch.testing.assert_close(torch.tensor([0.1]) + 0.2, torch.tensor([0.3]))
attempt(lambda: torch.testing.assert_close(torch.ones(2, 2), torch.tensor([[1.0, 2.0], [1.0, 1.5]])))
attempt(lambda: torch.testing.assert_close(torch.ones(2), torch.ones(2).double()))
attempt(lambda: torch.testing.assert_close([torch.ones(2), 3], [torch.ones(2), 4]))
attempt(lambda: torch.testing.assert_close({"a": torch.tensor(1.0)}, {"a": torch.tensor(2.0)}, rtol=0.1, atol=0.1))

# %% evenly spaced numbers
print(torch.linspace(-1, 1, 11))
print(torch.linspace(0, 1, 5), torch.linspace(3, 10, 4, dtype=torch.int64), torch.logspace(0, 2, 3))
print(torch.arange(0, 10, 2.5, dtype=torch.int64), torch.arange(5, 0, -2), torch.arange(0.0, 1, 0.3))
print(torch.full((2, 2), 7), torch.eye(2, 3), torch.zeros_like(torch.ones(2, 3).t()).stride())

# %% what python asks of a tensor
x = torch.tensor([1, 2, 3])
print(2 in x, torch.tensor(4) in x, list(reversed(x)), [10, 20, 30][x[1]], int(x[0]), float(x[1]), complex(x[2]), bool(x[0]))
attempt(lambda: "a" in x)
attempt(lambda: x.__delitem__(0))
attempt(lambda: x.nothing_of_the_sort)
attempt(lambda: len(torch.tensor(1)))
print(x.apply_(lambda v: v * 10), x.map_(torch.ones(3, dtype=torch.int64), lambda a, b: a + b))

# %% a wrong call says what would be right
attempt(lambda: torch.ones(2).sum("a"))
attempt(lambda: torch.matmul(torch.ones(2)))
attempt(lambda: torch.exp(1.0))
attempt(lambda: torch.ones(2).view("a"))
attempt(lambda: torch.cat(torch.ones(2)))
attempt(lambda: torch.ones(2).reshape(1, "a"))
attempt(lambda: torch.add(torch.ones(2), 1, 2, 3))
attempt(lambda: torch.ones(2).transpose(0, 1, dim=2))
attempt(lambda: torch.zeros(2, dtype="float32"))
attempt(lambda: torch.ones(2).unsqueeze())
