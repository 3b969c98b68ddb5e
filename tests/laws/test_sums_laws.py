"""Sums that are added in parts: the plain order's numbers up to rounding, in any direction, of any size."""

from ctypes import CFUNCTYPE, c_int64, c_void_p

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd.compile import sums
from autograd.compile.llvm import LlvmCode, written
from autograd.compile.lower import lower
from autograd.compile.machine import assembled
from autograd.compile.python import PythonCode
from autograd.compile.record import record
from autograd.compile.schedule import schedule
from autograd.compile.writer import Shape

FORMS = {
    "products": lambda w, x: sum([a * b for a, b in zip(w, x, strict=True)]),
    "after a number": lambda w, x: sum([a * b for a, b in zip(w, x, strict=True)], x[0]),
    "one backwards": lambda w, x: sum([a * b for a, b in zip(w, x[::-1], strict=True)]),
    "both backwards": lambda w, x: sum([a * b for a, b in zip(w[::-1], x[::-1], strict=True)], w[0]),
    "one factor": lambda w, x: sum([a * x[0] for a in w[::-1]]),
    "terms": lambda w, x: sum(w, x[0]),
}
SHAPES = [Shape(1, 1, sums, fused, along, True) for along in (2, 4, 8) for sums, fused in ((False, False), (True, True))]
SHAPES += [
    Shape(lanes * width, width, sums, True, 1, True) for lanes, width in ((1, 2), (1, 4), (2, 2)) for sums in (False, True)
]


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=25, deadline=None)
@given(
    form=st.sampled_from([*FORMS]),
    rows=st.integers(1, 20),
    terms=st.integers(1, 35),
    count=st.integers(0, 9),
    turned=st.booleans(),
    long=st.sampled_from([2, 16]),
)
def test_sums_in_parts_are_sums(shape, form, rows, terms, count, turned, long):
    """Each row of a matrix with a vector: terms side by side, in chains, rows of several loops together."""
    if form == "one factor" and rows == 1:
        rows = 2

    def function(w, x):
        found = [FORMS[form](row, x) for row in w]
        return found[::-1] if turned else found

    program, _ = lower(record(function, ([[0.5] * terms] * rows, [0.25] * terms)))
    before, sums.LONG = sums.LONG, long
    try:
        text, scratch = written(schedule(program), [shape])
    finally:
        sums.LONG = before
    alive, (address,) = assembled(text, ["sums" if shape.sums else "rows"])
    code, rng = LlvmCode(program), np.random.default_rng(rows)
    code._made[shape] = alive, CFUNCTYPE(None, *[c_void_p] * 4, c_int64)(address), scratch
    inputs = rng.normal(size=(count, program.inputs))
    each, most = (PythonCode(program).rows(a, []) for a in (inputs, np.abs(inputs)))
    results = np.full(rows if shape.sums else (count, rows), np.nan)
    code._call(shape, inputs.ctypes.data, [], results.ctypes.data, count)
    if shape.sums:
        each, most = each.sum(0), most.sum(0)
    assert (np.abs(results - each) <= 1e-14 * most).all()
