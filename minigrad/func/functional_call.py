"""functional_call: a module as a function of its parameters and buffers."""

from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager
from types import NoneType

from ..tensor import Tensor, refuse


def functional_call(module, parameter_and_buffer_dicts, args=None, kwargs=None, *, tie_weights=True, strict=False):
    """``module(*args, **kwargs)`` with other tensors in the places of its parameters and buffers.

    parameter_and_buffer_dicts  {name: tensor}, or several such dicts, which share no name; what is not named stays. A
                                buffer that the module replaces or changes is so in the dict, not in the module
    args                        a tuple, or one argument
    tie_weights                 what the module has under several names is replaced under all of them
    strict                      RuntimeError unless just the names that the module has are given

    >>> import minigrad as torch
    >>> layer = torch.nn.Linear(2, 1)
    >>> functional_call(layer, {"weight": torch.ones(1, 2), "bias": torch.zeros(1)}, torch.tensor([1.0, 2.0]))
    tensor([3.])
    """
    given = _one_dict(parameter_and_buffer_dicts)
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    with _replaced(module, given, tie_weights, strict):
        return module(*args, **(kwargs or {}))


def _one_dict(dicts):
    if isinstance(dicts, dict):
        return dicts
    refuse(not isinstance(dicts, Sequence) and "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of "
           f"dicts, but got {type(dicts)}", ValueError)
    refuse(not all(isinstance(each, dict) for each in dicts) and "Expected all elements of parameter_and_buffer_dicts "
           "to be dictionaries", ValueError)
    repeated = [name for name, times in Counter(name for each in dicts for name in each).items() if times > 1]
    refuse(repeated and f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous",
           ValueError)
    return {name: tensor for each in dicts for name, tensor in each.items()}


@contextmanager
def _replaced(module, given, tie_weights, strict):
    """Inside, the module has the tensors of `given`; afterwards its own, and `given` what has become of them."""
    own = dict(module.named_parameters(remove_duplicate=False)) | dict(module.named_buffers(remove_duplicate=False))
    tensors = _tied(own, given) if tie_weights else dict(given)
    missing = sorted(own.keys() - tensors.keys())
    unexpected = [name for name in tensors if name not in own]
    if strict and (missing or unexpected):
        lines = [f"{what} key(s): {', '.join(map(repr, names))}."
                 for what, names in (("Unexpected", unexpected), ("Missing", missing)) if names]
        raise RuntimeError(f"Error(s) in reparametrizing for {module._get_name()}:\n\t" + "\n\t".join(lines))
    homes = {name: _home(module, name) for name in tensors}
    for tensor in tensors.values():
        refuse(not isinstance(tensor, (Tensor, NoneType)) and f"{tensor} is not an instance of torch.Tensor", TypeError)
    before = {name: home[key] for name, (home, key) in homes.items() if key in home}
    try:
        for name, (home, key) in homes.items():
            home[key] = tensors[name]
        yield
    finally:
        for name, (home, key) in homes.items():
            if name in given and key in home:
                given[name] = home[key]
            if name in before:
                home[key] = before[name]
            else:
                home.pop(key, None)


def _tied(own, given):
    """The same dict with a tensor for each name of what the module has under several names, if one is given."""
    names_of = {}
    for name, tensor in own.items():
        names_of.setdefault(id(tensor), []).append(name)
    tensors = dict(given)
    for names in names_of.values():
        values = [given[name] for name in names if name in given]
        refuse(len({id(value) for value in values}) > 1 and f"functional_call got multiple values for keys "
               f"{sorted(names)}, which are tied. Consider using tie_weights=False", ValueError)
        tensors |= dict.fromkeys(names, values[0]) if values else {}
    return tensors


def _home(module, name):
    """Where a module keeps the tensor of this name: the dict, and the key in it."""
    path, _, key = name.rpartition(".")
    module = module.get_submodule(path)
    refuse(not key and 'tensor name can\'t be empty string ""', KeyError)
    for home in (module._parameters, module._buffers):
        if key in home:
            return home, key
    now = getattr(module, key, None)
    refuse(not isinstance(now, (Tensor, NoneType)) and f"attribute `{key}`: {now} is not an instance of torch.Tensor",
           TypeError)
    return vars(module), key
