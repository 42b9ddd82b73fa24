"""What programs and the database of operations do not show of minigrad.nn: memory, copies, what is drawn."""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys
import weakref

import pytest

import minigrad as torch
from minigrad import nn
from minigrad.nn import functional as F


def test_importing_minigrad_does_not_import_nn():
    code = "import sys, minigrad; print('minigrad.nn' in sys.modules); minigrad.nn; print('minigrad.nn' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.split() == ["False", "True"]


def test_a_model_is_freed_without_the_garbage_collector_after_a_step():
    gc.disable()
    try:
        model = nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2), nn.Linear(2, 1))
        F.mse_loss(model(torch.ones(3, 2)), torch.zeros(3, 1)).backward()
        gone = weakref.ref(model[0].weight)
        del model
        assert gone() is None
    finally:
        gc.enable()


MODELS = [nn.Linear(2, 3), nn.Sequential(nn.BatchNorm1d(2), nn.ELU(2.0)), nn.CrossEntropyLoss()]


@pytest.mark.parametrize("model", MODELS)
def test_a_module_survives_pickle_and_deepcopy(model):
    for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert repr(twin) == repr(model)
        assert [name for name, _ in twin.named_parameters()] == [name for name, _ in model.named_parameters()]
        for mine, theirs in zip(model.parameters(), twin.parameters(), strict=True):
            assert torch.equal(mine, theirs) and mine is not theirs and type(theirs) is nn.Parameter


def test_loading_keeps_the_parameters_themselves_and_their_version_counts():
    layer = nn.Linear(2, 1)
    weight, version = layer.weight, layer.weight._version
    layer.load_state_dict(nn.Linear(2, 1).state_dict())
    assert layer.weight is weight and weight._version == version + 1


def test_changing_the_dtype_of_a_module_changes_its_gradients_too():
    layer = nn.Linear(2, 1)
    layer(torch.ones(2)).sum().backward()
    layer.double()
    assert layer.weight.grad.dtype is torch.float64 and layer.weight.is_leaf
    layer(torch.ones(2, dtype=torch.float64)).sum().backward()
    assert layer.weight.grad.tolist() == [[2.0, 2.0]]


def test_hooks_of_a_state_dict_see_it_being_written_and_loaded():
    layer, seen = nn.Linear(1, 1), []
    layer.register_state_dict_pre_hook(lambda module, prefix, keep_vars: seen.append("reading"))
    layer.register_state_dict_post_hook(lambda module, state, prefix, metadata: seen.append(list(state)))
    layer.register_load_state_dict_pre_hook(lambda module, *rest: seen.append(module is layer))
    layer.register_load_state_dict_post_hook(lambda module, keys: keys.missing_keys.clear())
    assert layer.load_state_dict({"weight": layer.state_dict()["weight"]})
    assert seen == ["reading", ["weight", "bias"], True]


def test_extra_state_is_saved_and_loaded():
    class Counts(nn.Module):
        count = 0

        def get_extra_state(self):
            return self.count

        def set_extra_state(self, state):
            self.count = state

    counts, other = Counts(), Counts()
    counts.count = 7
    assert dict(counts.state_dict()) == {"_extra_state": 7}
    other.load_state_dict(counts.state_dict())
    assert other.count == 7
    with pytest.raises(RuntimeError, match='Missing key.*"_extra_state"'):
        other.load_state_dict({})


def test_a_dropped_layer_costs_no_random_number_where_nothing_is_dropped():
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    F.dropout(torch.ones(5), 0.0)
    F.dropout(torch.ones(5), 1.0)
    F.dropout(torch.ones(5), 0.5, training=False)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.filterwarnings("ignore:reduction")
@pytest.mark.parametrize("name", [name for name in nn.__dict__ if name.endswith("Loss")])
def test_a_loss_without_reduction_has_the_mean_that_the_loss_has(name):
    torch.manual_seed(0)
    inputs = [torch.rand(4, 3) * 0.8 + 0.1 for _ in range(2)]
    if name in ("CrossEntropyLoss", "NLLLoss", "MultiMarginLoss"):
        inputs[1] = torch.tensor([0, 1, 2, 1])
    elif name == "MultiLabelMarginLoss":
        inputs[1] = torch.tensor([[0, -1, -1], [1, 2, -1], [2, 0, -1], [1, -1, -1]])
    elif name in ("GaussianNLLLoss", "TripletMarginLoss", "TripletMarginWithDistanceLoss"):
        inputs.append(torch.rand(4, 3))
    elif name in ("MarginRankingLoss", "CosineEmbeddingLoss"):
        inputs = [x[:, 0] if name == "MarginRankingLoss" else x for x in inputs]
        inputs.append(torch.tensor([1.0, -1.0, 1.0, -1.0]))
    kind = getattr(nn, name)
    each, mean, total = (kind(reduction=reduction)(*inputs) for reduction in ("none", "mean", "sum"))
    assert torch.allclose(each.mean(), mean) and torch.allclose(each.sum(), total)
