"""What a test may ask of a student's object besides a call: a table."""

import asyncio
import copy
import operator

import numpy as np

# Of an object of a class that only the student knows, what the class is made from: a list's items, an array's numbers.
PLAIN_PARTS = {
    list: lambda value: list(list.__iter__(value)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
    dict: lambda value: dict(dict.items(value)),
    set: lambda value: set(set.__iter__(value)),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    str: lambda value: str.__str__(value),
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
    int: lambda value: int.__int__(value),
    float: lambda value: float.__float__(value),
    complex: lambda value: complex.__complex__(value),
    np.ndarray: lambda value: np.ndarray.view(value, np.ndarray),
}

# Those that a class has as special methods, `__eq__` and the like.
OPERATORS = {name: getattr(operator, name) for name in (
    "eq ne lt le gt ge add sub mul truediv floordiv mod pow matmul and_ or_ xor lshift rshift iadd isub imul itruediv "
    "imatmul ifloordiv imod ipow iand ior ixor neg pos abs invert contains getitem setitem delitem index").split()}
OPERATORS |= {"len": len, "iter": iter, "next": next, "bool": bool, "int": int, "float": float, "complex": complex,
              "str": str, "repr": repr, "format": format, "hash": hash, "divmod": divmod, "round": round,
              "reversed": reversed, "enter": lambda manager: manager.__enter__(),
              "exit": lambda manager, *error: manager.__exit__(*error)}  # fmt: skip
OPERATIONS = OPERATORS | {
    "getattr": getattr, "setattr": setattr, "delattr": delattr, "dir": dir, "vars": vars,
    "copy": copy.copy, "deepcopy": copy.deepcopy, "await": lambda coroutine: asyncio.run(coroutine),
    "send": lambda generator, value: generator.send(value), "close": lambda generator: generator.close(),
}  # fmt: skip
