"""A loader takes the rows of tensors at once where it can: is that what item by item gives?"""

import pytest

import minigrad as torch
from minigrad.utils.data import DataLoader, Dataset, Subset, TensorDataset, default_collate
from minigrad.utils.data.dataloader import _rows

X, Y = torch.arange(12.0).view(6, 2), torch.arange(6)
DATA = TensorDataset(X, Y)


@pytest.mark.parametrize("dataset", [DATA, Subset(DATA, [5, 3, 1]), Subset(Subset(DATA, [5, 3, 1]), range(3))])
@pytest.mark.parametrize("indices", [[0, 2], [1], [2, 2, 0]])
def test_rows_taken_at_once_are_those_taken_one_by_one(dataset, indices):
    expected = default_collate([dataset[i] for i in indices])
    found = _rows(dataset, indices)
    assert type(found) is type(expected) and all(map(torch.equal, found, expected))
    assert [x.dtype for x in found] == [x.dtype for x in expected]
    found[0].zero_()
    assert X[5, 0] == 10  # a batch is a copy


class Doubled(TensorDataset):
    def __getitem__(self, index):
        return tuple(2 * x for x in super().__getitem__(index))


@pytest.mark.parametrize(
    "dataset, indices",
    [
        (Doubled(X), [0]),
        (Dataset(), [0]),
        (TensorDataset(X.clone().requires_grad_()), [0]),
        (DATA, (0, 1)),
        (DATA, [-1]),
        (DATA, [6]),
        (DATA, [torch.tensor(1)]),
        (DATA, []),
    ],
)
def test_what_is_not_plain_rows_is_taken_item_by_item(dataset, indices):
    assert _rows(dataset, indices) is None


def test_a_batch_of_tracked_rows_is_tracked():
    w = X.clone().requires_grad_()
    (batch,) = next(iter(DataLoader(TensorDataset(w), batch_size=2)))
    batch.sum().backward()
    assert w.grad.sum(1).tolist() == [2, 2, 0, 0, 0, 0]


def test_a_loader_of_an_overridden_getitem_uses_it():
    (batch,) = next(iter(DataLoader(Doubled(X), batch_size=2)))
    assert batch.tolist() == [[0, 2], [4, 6]]


def test_an_index_out_of_range_is_the_datasets_error():
    with pytest.raises(IndexError, match="index 6 is out of bounds for dimension 0 with size 6"):
        next(iter(DataLoader(DATA, batch_sampler=[[0, 6]])))


def test_a_loader_draws_its_seeds_from_the_default_generator_only_when_asked():
    loader = DataLoader(DATA, shuffle=True)
    before = torch.get_rng_state()
    len(loader)
    assert torch.equal(torch.get_rng_state(), before)
    iter(loader)
    assert not torch.equal(torch.get_rng_state(), before)
