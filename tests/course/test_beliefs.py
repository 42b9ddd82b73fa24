"""The beliefs that the course is about: each is met by at least two exercises, with a message of its own in each."""

import pytest

from minigrad.course.beliefs import BELIEFS
from minigrad.course.exercise import registry

# By the lesson that is about them. The catalogue holds more: what else a wrong answer to some exercise may come from.
MET_TWICE = {
    "00": "gradient-is-the-value backward-changes-its-leaf backward-returns-the-gradient backward-covers-what-follows "
          "right-once-right-always",
    "01": "every-tensor-is-tracked flag-computes-now grad-starts-at-zero integers-have-gradients "
          "requires-grad-copies data-must-be-tracked",
    "02": "all-inputs-must-be-tracked op-changes-its-input constants-are-nodes graph-is-the-code item-keeps-the-graph",
    "03": "code-order backward-twice-always output-grad-is-filled local-is-the-gradient",
    "04": "backward-overwrites zeroing-before-the-step zeroing-the-weight none-is-zero zero-grad-resets-weights "
          "each-use-has-its-own-grad",
    "05": "leaf-means-requires-grad leaf-means-last minus-keeps-the-leaf conversion-keeps-the-leaf "
          "retain-grad-makes-a-leaf leaf-changes-in-place",
    "06": "no-grad-changes-tensors no-grad-lasts inside-can-be-backpropagated all-inside-is-untracked "
          "backward-is-forbidden-inside eval-is-no-grad",
    "07": "detach-copies detach-changes-its-source detach-is-no-grad data-is-safe detaching-the-loss-is-harmless "
          "frozen-layer-blocks",
    "08": "backward-needs-a-scalar v-is-a-step-size backward-returns-the-jacobian ones-give-the-mean jv-is-vjp "
          "broadcast-gradient-keeps-its-shape",
    "09": "overwrites-at-fan-out visits-twice wrong-order forgets-to-unbroadcast ignores-no-grad shares-one-grad "
          "saves-too-late",
    "10": "attribute-is-saving float32-gradcheck-is-fine backward-counts-outputs create-graph-is-retain-graph",
    "11": "falling-loss-means-right-gradients freezing-is-not-passing sum-is-as-good-as-mean",
    "12": "symptom-is-the-cause",
}  # fmt: skip


@pytest.mark.parametrize("belief", " ".join(MET_TWICE.values()).split())
def test_two_exercises_or_more_meet_it(belief):
    assert belief in BELIEFS
    assert sum(belief in {held.belief for held in exercise.beliefs} for exercise in registry().values()) >= 2


def test_every_belief_of_the_catalogue_is_met():
    met = {held.belief for exercise in registry().values() for held in exercise.beliefs}
    assert set(BELIEFS) - met == set() == met - set(BELIEFS)
