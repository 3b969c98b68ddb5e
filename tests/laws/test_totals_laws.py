"""Results that are added up over samples: the sums of each sample's, in whatever loops they are, and for any count."""

from ctypes import CFUNCTYPE, c_int64, c_void_p

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import where
from autograd.compile import nests, tiles
from autograd.compile.llvm import LlvmCode, written
from autograd.compile.lower import lower
from autograd.compile.machine import assembled
from autograd.compile.python import PythonCode
from autograd.compile.record import record
from autograd.compile.schedule import schedule
from autograd.compile.writer import Shape

FORMS = {
    "outer product": lambda x, y: [[a * b for b in y] for a in x],
    "the same from its end": lambda x, y: [[a * b for b in y] for a in x][::-1],
    "each row from its end": lambda x, y: [[a * b for b in y[::-1]] for a in x],
    "two by turns": lambda x, y: [[f for b in y for f in (a * b, a - b)] for a in x],
    "three loops": lambda x, y: [[[a * b * c for c in (y[0], y[-1])] for b in y] for a in x],
    "masked": lambda x, y: [[where(a > 0, a * b, 0.0) for b in y] for a in x],
    "else another": lambda x, y: [[where(a > 0, a * b, 1.0) for b in y] for a in x],
    "sums of products": lambda x, y: [
        [sum([c * d for c, d in zip(x, x[k:] + x[:k], strict=True)], b) for b in y] for k in range(2)
    ],
    "one sum": lambda x, y: sum([a * a for a in x]) + sum(y),
    "one sum of products": lambda x, y: sum([a * a for a in x]),
    "sums of two": lambda x, y: [[a + b for b in y] for a in x],
    "inputs": lambda x, y: [x, y, x[0], 2.0],
}
SHAPES = [Shape(tiles * width, width, True, True, 1, True) for width in (2, 4, 8) for tiles in (1, 2)]


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=30, deadline=None)
@given(
    form=st.sampled_from([*FORMS]),
    rows=st.integers(1, 9),
    columns=st.integers(1, 20),
    count=st.integers(0, 70),
    small=st.sampled_from([0, 8]),
    memory=st.sampled_from([0, 4096, 1 << 17]),
)
def test_totals_are_sums_over_samples(shape, form, rows, columns, count, small, memory):
    program, _ = lower(record(FORMS[form], ([0.5] * rows, [0.25] * columns)))
    before = nests.SMALL, tiles.MEMORY
    nests.SMALL, tiles.MEMORY = small, memory
    try:
        text, scratch = written(schedule(program), [shape])
    finally:
        nests.SMALL, tiles.MEMORY = before
    alive, (address,) = assembled(text, ["sums"])
    code, rng = LlvmCode(program), np.random.default_rng(rows)
    code._made[shape] = alive, CFUNCTYPE(None, *[c_void_p] * 4, c_int64)(address), scratch
    inputs = rng.normal(size=(count, program.inputs))
    each = PythonCode(program).rows(inputs, [])
    most = PythonCode(program).rows(np.abs(inputs), [])
    results = np.full(each.shape[1], np.nan)
    code._call(shape, inputs.ctypes.data, [], results.ctypes.data, count)
    assert (np.abs(results - each.sum(0)) <= 1e-14 * (1 + np.abs(each).sum(0) + np.abs(most).sum(0))).all()
