"""Functions that torch has in another form than torch.nn.functional: other orders, and numbers for reductions."""

from . import functional
from .losses import divergence

FORMS = {
    "batch_norm": "input weight bias running_mean running_var training momentum eps cudnn_enabled",
    "instance_norm": "input weight bias running_mean running_var use_input_stats momentum eps cudnn_enabled",
    "group_norm": "input num_groups weight bias eps cudnn_enabled",
    "embedding": "weight indices padding_idx scale_grad_by_freq sparse",
    "binary_cross_entropy_with_logits": "input target weight pos_weight reduction",
    "kl_div": "input target reduction log_target",
    "poisson_nll_loss": "input target log_input full eps reduction",
    "hinge_embedding_loss": "input target margin reduction",
    "cosine_embedding_loss": "input1 input2 target margin reduction",
    "margin_ranking_loss": "input1 input2 target margin reduction",
    "triplet_margin_loss": "anchor positive negative margin p eps swap reduction",
}
RENAMED = {"indices": "input"}
FUNCTIONS = {**vars(functional), "kl_div": divergence}
REDUCTIONS = ("none", "mean", "sum")


def _form(name, parameters):
    def function(*arguments, **named):
        given = dict(zip(parameters, arguments, strict=False)) | named
        given.pop("cudnn_enabled", None)
        if "reduction" in parameters:
            given["reduction"] = REDUCTIONS[given.get("reduction", 0)]
        if given.get("padding_idx", 0) < 0:
            del given["padding_idx"]
        return FUNCTIONS[name](**{RENAMED.get(key, key): value for key, value in given.items()})

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`nn.functional.{name}` with its arguments in the order ``{', '.join(parameters)}``."
    return function


globals().update({name: _form(name, parameters.split()) for name, parameters in FORMS.items()})
