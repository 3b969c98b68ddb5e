"""The table: every operation, written once.

A row states a value and its slopes (the local derivatives), and nothing else in the project states them again: plain
numbers, Values, any order of derivative, pictures, formulas in words and the command line all pass through it.

How to read a row: ``x`` and ``y`` are the inputs, ``z`` is the value, already computed. The slopes are in the order of
the inputs. Formulas are chosen to keep their digits, not to be short: tanh' = 1 - tanh² would lose all of them in the
tails. Slopes are made of operations, so that slopes have slopes. Literals are integers, which are exact in every number
system; choices are ``where``, so that a formula has one path; ``careful`` names the better version for floats.

The slope at a corner is a convention. Here it is the one from the left for relu, leaky_relu, elu and step (relu has
slope 0 at 0, as in PyTorch), 0 for abs and sign at 0; and of equal largest inputs the last one has slope 1, so that
``maximum(x, 0)`` is relu.
"""

from ..op import FAMILIES, FUNCTIONS, OPS, Op, family, find
from . import activations, arithmetic, elementary, sums

__all__ = ["FAMILIES", "FUNCTIONS", "OPS", "Op", "activations", "arithmetic", "elementary", "family", "find", "sums"]
