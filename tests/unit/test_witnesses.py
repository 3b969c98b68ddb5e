"""Which witness judges what: every operation of the table has one that sees more digits than floats have."""

import pytest

from autograd.op import OPS, RESERVED, find
from autograd.testing import check_gradients
from autograd.testing.oracles import EXACT, MPMATH

ROWS = [op for name, op in OPS.items() if name in RESERVED] + [
    find("power", (0.3,)),
    find("softmax", (1,)),
    find("elu", (2,)),
]


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_every_operation_of_the_table_is_judged_by_many_digits(op):
    report = check_gradients(op, *[0.25, 0.5, 0.75][: op.arity or 3])
    assert report.oracle in (EXACT, MPMATH) and report.comparisons and not report.unchecked


@pytest.mark.parametrize("name", ["erf", "tanh", "sigmoid", "gelu", "silu", "softplus", "exp", "expm1", "logsigmoid"])
@pytest.mark.parametrize("x", [-30.0, -6.0, 6.0, 30.0])
def test_in_the_tails_too(name, x):
    assert check_gradients(OPS[name], x).oracle == MPMATH
