"""Hypothesis strategies: numbers, edges, random graphs over chosen operations, networks with data.

::

    from hypothesis import given
    from autograd.testing import check_gradients, strategies

    @given(strategies.graphs([my_operation, "mul", "tanh"]))
    def test_my_operation_in_graphs(program):
        check_gradients(program, *program.inputs)

A graph is a :class:`Program`: call it with Values or numbers. Where a test fails, Hypothesis shrinks it to a small one, and
prints it as code to paste. Needs Hypothesis: ``pip install 'glassgrad[testing]'``.

::

    program       what is drawn: it runs, and it is text
    operations    names and families, as rows        numbers    values, edges, inputs_of
    graphs        graphs, expressions                networks   networks with a batch of data
"""

from __future__ import annotations

from ... import installing

try:
    import hypothesis  # noqa: F401 - so that its absence is said here, with the remedy
except ImportError as error:
    raise ImportError(f"strategies are Hypothesis's: install it with {installing.extra('testing')}") from error

from .graphs import expressions, graphs
from .networks import Network, networks
from .numbers import edges, inputs_of, values
from .operations import RATIONAL, TABLE
from .program import Program, Ref, Step

__all__ = [
    "RATIONAL",
    "TABLE",
    "Network",
    "Program",
    "Ref",
    "Step",
    "edges",
    "expressions",
    "graphs",
    "inputs_of",
    "networks",
    "values",
]
