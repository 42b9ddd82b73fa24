"""Datasets, samplers and loaders."""
# ruff: noqa (each section is a program of its own, with torch, np, copy, gc, weakref, attempt and nodes at hand)

# %% a loader of tensors, in order
from torch.utils.data import DataLoader, TensorDataset
x, y = torch.arange(10.0).view(5, 2), torch.tensor([0, 1, 0, 1, 1])
data = TensorDataset(x, y)
print(len(data), data[1], data[1:3], data.tensors[1], sep="\n")
for batch in DataLoader(data, batch_size=2):
    print(batch)
print(len(DataLoader(data, batch_size=2)), len(DataLoader(data, batch_size=2, drop_last=True)), len(DataLoader(data)))

# %% shuffled: the same order at the same seed, another one in each epoch
from torch.utils.data import DataLoader
torch.manual_seed(0)
loader = DataLoader(range(10), batch_size=4, shuffle=True)
for epoch in range(3):
    print([batch.tolist() for batch in loader])
print(torch.rand(2))
torch.manual_seed(0)
print([batch.tolist() for batch in loader], next(iter(loader)))
print(torch.randn(1))

# %% what a program draws between the batches
from torch.utils.data import DataLoader
torch.manual_seed(1)
for batch in DataLoader(range(6), batch_size=2, shuffle=True):
    print(batch, torch.rand(1))
for batch in DataLoader(range(4), batch_size=2):
    print(batch, torch.rand(1))

# %% a generator for the order
from torch.utils.data import DataLoader
g = torch.Generator().manual_seed(5)
loader = DataLoader(range(7), batch_size=3, shuffle=True, generator=g)
for epoch in range(2):
    print([batch.tolist() for batch in loader])
print(torch.rand(1, generator=g))

# %% workers
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of fork, by newer Pythons
from torch.utils.data import DataLoader
torch.manual_seed(2)
loader = DataLoader(range(9), batch_size=2, shuffle=True, num_workers=2)
print([batch.tolist() for batch in loader], len(loader), torch.rand(1))
print(torch.utils.data.get_worker_info())

# %% workers draw their own random numbers
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of fork, by newer Pythons
class Noise(torch.utils.data.Dataset):
    def __len__(self):
        return 6

    def __getitem__(self, i):
        info = torch.utils.data.get_worker_info()
        return i, torch.rand(()), info.id, info.num_workers


torch.manual_seed(3)
for batch in torch.utils.data.DataLoader(Noise(), batch_size=2, num_workers=2):
    print(batch)
print(torch.rand(1))

# %% an own dataset, with transforms
class Squares(torch.utils.data.Dataset):
    def __init__(self, n, transform=None):
        self.n, self.transform = n, transform

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        item = {"x": float(i), "square": torch.tensor(i * i), "name": f"item {i}"}
        return item if self.transform is None else self.transform(item)


data = Squares(5)
print(data[3], len(data))
for batch in torch.utils.data.DataLoader(data, 2):
    print(batch)
for batch in torch.utils.data.DataLoader(Squares(3, transform=lambda item: item["x"]), batch_size=None):
    print(batch)
attempt(lambda: torch.utils.data.Dataset()[0])

# %% what becomes of items
from collections import namedtuple, OrderedDict
from torch.utils.data import default_collate, default_convert
Point = namedtuple("Point", "x y")
for batch in (
    [1, 2], [1.5, 2.5], [True, False], ["a", "b"], [b"a", b"b"], [(1, 2.0), (3, 4.0)], [[1, 2], [3, 4]],
    [{"a": 1, "b": [1.0]}, {"a": 2, "b": [2.0]}], [OrderedDict(a=1), OrderedDict(a=2)], [Point(1, 2), Point(3, 4)],
    [np.ones(2), np.zeros(2)], [np.float32(1), np.float32(2)], [np.int64(1), np.int64(2)], [torch.ones(2), torch.zeros(2)],
    [torch.tensor(1), torch.tensor(2)], [(torch.ones(1), "a", 3), (torch.ones(1), "b", 4)], [((1, 2), [3]), ((4, 5), [6])],
    [None, None], [np.array("a"), np.array("b")], [[1], [1, 2]], [torch.ones(2), torch.ones(3)], [{1, 2}, {3}], [object(), object()],
):
    attempt(lambda: default_collate(batch))
for data in (1, "a", np.ones(2), np.float64(1), [np.ones(1), 2], {"a": np.ones(1)}, (np.ones(1), "b"), Point(np.ones(1), 2), None):
    print(default_convert(data))

# %% an own collate_fn
from torch.utils.data import DataLoader
words = ["a", "bb", "ccc"]
print([batch for batch in DataLoader(words, 2, collate_fn=lambda items: [len(w) for w in items])])
print([batch for batch in DataLoader(words, 2)])
print([batch for batch in DataLoader(words, None, collate_fn=len)])

# %% iterable datasets
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of fork, by newer Pythons
class Count(torch.utils.data.IterableDataset):
    def __init__(self, start, end):
        self.start, self.end = start, end

    def __iter__(self):
        return iter(range(self.start, self.end))

    def __len__(self):
        return self.end - self.start


from torch.utils.data import ChainDataset, DataLoader
loader = DataLoader(Count(0, 5), batch_size=2)
print(list(loader), len(loader), list(DataLoader(Count(0, 5), batch_size=2, drop_last=True)), list(DataLoader(Count(0, 3), None)))
print(list(DataLoader(Count(0, 2) + Count(5, 7))), len(Count(0, 2) + Count(5, 7)))
print(list(DataLoader(Count(0, 5), batch_size=2, num_workers=2)))
attempt(lambda: list(ChainDataset([[1]])))
attempt(lambda: DataLoader(Count(0, 5), shuffle=True))
attempt(lambda: DataLoader(Count(0, 5), sampler=[1]))
attempt(lambda: DataLoader(Count(0, 5), batch_sampler=[[1]]))

# %% a length that was not kept
class Wrong(torch.utils.data.IterableDataset):
    def __iter__(self):
        return iter(range(4))

    def __len__(self):
        return 2

    def __repr__(self):
        return "Wrong()"


loader = torch.utils.data.DataLoader(Wrong(), batch_size=1)
print(len(loader))
print(list(loader))

# %% an iterable dataset that divides its work among workers
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of fork, by newer Pythons
import math


class Range(torch.utils.data.IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        if info is None:
            return iter(range(self.n))
        each = math.ceil(self.n / info.num_workers)
        return iter(range(info.id * each, min(self.n, (info.id + 1) * each)))


print(list(torch.utils.data.DataLoader(Range(7))), list(torch.utils.data.DataLoader(Range(7), num_workers=2)))

# %% subsets and splits
from torch.utils.data import ConcatDataset, Subset, random_split
data = list("abcdefghij")
part = Subset(data, [1, 3, 5])
print(len(part), part[1], list(part), part.indices)
torch.manual_seed(4)
for lengths in ([7, 3], [0.5, 0.3, 0.2], [0.35, 0.65], (9, 1), [0.95, 0.05]):
    print([[data[i] for i in s.indices] for s in random_split(data, lengths)])
print([list(s) for s in random_split(data, [5, 5], generator=torch.Generator().manual_seed(42))])
print([len(s) for s in random_split(range(3), [0.9, 0.05, 0.05])])
attempt(lambda: random_split(data, [1, 2]))
attempt(lambda: random_split(data, [1.5, -0.5]))
both = ConcatDataset([part, range(3)])
print(len(both), [both[i] for i in range(6)], both[-1], both.cumulative_sizes, len(part + part))
attempt(lambda: both[-7])
attempt(lambda: ConcatDataset([]))
attempt(lambda: torch.utils.data.TensorDataset(torch.ones(2), torch.ones(3)))

# %% stacked datasets
from torch.utils.data import DataLoader, StackDataset
print(StackDataset(range(3), "abc")[1], StackDataset(number=range(3), letter="abc")[2], len(StackDataset(range(3))))
print(list(DataLoader(StackDataset(number=range(3), letter="abc"), batch_size=2)))
attempt(lambda: StackDataset(range(3), "ab"))
attempt(lambda: StackDataset())
attempt(lambda: StackDataset(range(3), b=range(3)))

# %% samplers
from torch.utils.data import BatchSampler, RandomSampler, Sampler, SequentialSampler, SubsetRandomSampler, WeightedRandomSampler
torch.manual_seed(6)
print(list(SequentialSampler(range(4))), list(RandomSampler(range(6))), list(RandomSampler(range(4), replacement=True, num_samples=40)))
print(list(RandomSampler(range(4), num_samples=10)), list(RandomSampler(range(4), num_samples=2)))
print(list(SubsetRandomSampler([3, 5, 7, 9])), list(WeightedRandomSampler([0.1, 0.9, 0.5], 6)))
print(list(WeightedRandomSampler([0.1, 0.9, 0.5], 2, replacement=False)), list(BatchSampler(SequentialSampler(range(5)), 2, False)))
print(list(BatchSampler(range(5), 2, True)), len(BatchSampler(range(5), 2, True)), len(BatchSampler(range(5), 2, False)))
g = torch.Generator().manual_seed(0)
print(list(RandomSampler(range(6), generator=g)), list(SubsetRandomSampler(range(6), generator=g)), list(WeightedRandomSampler([1.0, 2.0], 3, generator=g)))
print(torch.rand(1), torch.rand(1, generator=g))
for bad in (
    lambda: RandomSampler([]), lambda: RandomSampler([1], num_samples=0), lambda: RandomSampler([1], replacement=1),
    lambda: WeightedRandomSampler([1.0], 0), lambda: WeightedRandomSampler([1.0], 1, replacement=1),
    lambda: WeightedRandomSampler([[1.0]], 1), lambda: BatchSampler([1], 0, False), lambda: BatchSampler([1], True, False),
    lambda: BatchSampler([1], 1, 0),
):
    attempt(bad)


class Backwards(Sampler):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n - 1, -1, -1))

    def __len__(self):
        return self.n


from torch.utils.data import DataLoader
loader = DataLoader(range(5), batch_size=2, sampler=Backwards(5))
print(list(loader), len(loader))
print(list(DataLoader(range(5), batch_sampler=[[0, 4], [2]])), len(DataLoader(range(5), batch_sampler=[[0, 4], [2]])))

# %% a loader's errors
from torch.utils.data import DataLoader, RandomSampler
data = range(4)
for bad in (
    lambda: DataLoader(data, num_workers=-1), lambda: DataLoader(data, timeout=-1), lambda: DataLoader(data, prefetch_factor=2),
    lambda: DataLoader(data, persistent_workers=True), lambda: DataLoader(data, shuffle=True, sampler=RandomSampler(data)),
    lambda: DataLoader(data, batch_size=2, batch_sampler=[[0]]), lambda: DataLoader(data, batch_size=None, drop_last=True),
    lambda: DataLoader(data, batch_size=0), lambda: DataLoader(data, batch_size=1.5), lambda: DataLoader([], shuffle=True),
    lambda: DataLoader(data, multiprocessing_context="fork"), lambda: list(DataLoader([None])), lambda: list(DataLoader([])),
    lambda: list(DataLoader(5)),
):
    attempt(bad)
loader = DataLoader(data, batch_size=2)


def change():
    loader.batch_size = 3


attempt(change)
print(loader.batch_size, loader.drop_last, loader.num_workers, loader.dataset, type(loader.sampler).__name__, type(loader.batch_sampler).__name__)
print(next(iter(DataLoader(data, pin_memory=True))), DataLoader, RandomSampler, torch.utils.data.TensorDataset)

# %% training on shuffled batches
torch.manual_seed(0)
x = torch.randn(64, 3)
y = x @ torch.tensor([[1.0], [-2.0], [0.5]]) + 0.1 * torch.randn(64, 1)
train, test = torch.utils.data.random_split(torch.utils.data.TensorDataset(x, y), [0.75, 0.25])
w = torch.zeros(3, 1, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for epoch in range(3):
    for xb, yb in torch.utils.data.DataLoader(train, batch_size=16, shuffle=True):
        loss = ((xb @ w - yb) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss, w.detach().flatten())

# %% sequences of different lengths in one batch
from torch.nn.utils.rnn import pad_sequence, unpad_sequence

sequences = [torch.tensor([1.0, 2.0, 3.0], requires_grad=True), torch.tensor([4.0]), torch.tensor([5.0, 6.0])]
print(pad_sequence(sequences))
print(pad_sequence(sequences, batch_first=True, padding_value=-1))
print(pad_sequence(sequences, True, padding_side="left"))
pad_sequence(sequences).pow(2).sum().backward()
print(sequences[0].grad)
print(pad_sequence([torch.ones(1, 2), torch.ones(3, 2)]).shape)
print(unpad_sequence(pad_sequence([torch.arange(3), torch.arange(1)]), torch.tensor([3, 1])))
attempt(lambda: pad_sequence([]))
attempt(lambda: pad_sequence([1]))
attempt(lambda: pad_sequence(sequences, padding_side="top"))
attempt(lambda: pad_sequence([torch.ones(2), torch.ones(2, 3)]))
