"""Functions of numbers, one by one: exponentials, angles, rounding, comparisons, logic, bits."""

from ops import family

from operations.basics import ANY

OPS, op = family()

op("torch.erf(x)", "x.erf()", on=ANY)
