"""Every operation while it is recorded: its picture has all of its graph, and the steps of backward add up."""

import re

import numpy as np
import pytest
import record as recorder
from operations import OPS
from ops import outputs

import minigrad as torch
from minigrad.viz import record
from minigrad.viz.names import Names
from minigrad.viz.order import in_forward_order
from minigrad.viz.steps import LEAF

NO_GRADIENT = "torch.norm(x, p=0)"  # whose rule gives none
DIFFERENTIABLE = [op for op in OPS if op.samples[0].differentiable and op.program != NO_GRADIENT]


@pytest.mark.parametrize("op", DIFFERENTIABLE, ids=[op.program for op in DIFFERENTIABLE])
def test_a_recording_holds_all_of_the_graph_and_of_backward(op):
    sample = op.samples[0]
    inputs = {name: torch.tensor(np.asarray(array)) for name, array in sample.inputs.items()}
    leaves = [inputs[name].requires_grad_() for name in sample.differentiable if inputs[name].is_floating_point()]
    with recorder.quiet(), record() as r:
        results = [result for result in outputs(op(torch, *inputs.values())) if isinstance(result, torch.Tensor)]
        tracked = [result for result in results if result.requires_grad and result.is_floating_point()]
        if not tracked:
            return
        loss = sum(result.sum() for result in tracked)
        nodes = in_forward_order([loss.grad_fn])
        edges = {node: [source for source, _ in node.next_functions if source is not None] for node in nodes}
        try:
            loss.backward()
        except (NotImplementedError, RuntimeError) as error:
            assert re.search("derivative|not implemented|modified by an inplace operation", str(error))
            return

    boxes, place = r.recorded().boxes(Names(list(inputs.items())), with_gradients=True)
    box_of = {thing.node: index for thing, index in place.items() if thing.node is not None}
    for node in nodes:
        assert {box_of[source] for source in edges[node]} <= set(boxes[box_of[node]].inputs), node.name()
    found = r.trace(names=inputs)
    for step in found.steps:
        if step.kind != LEAF and step.node:
            assert len(step.sent) > 0 and all(sent.fitted is not None for sent in step.sent)
    ends = {step.box: step.after for step in found.steps if step.kind == LEAF}
    assert sorted(str(after) for after in ends.values()) == sorted(
        str(leaf.grad.numpy()) for leaf in leaves if leaf.grad is not None
    )
    assert not re.search(r";  is untracked|;  and | to  |\bNone gets", repr(found))
