"""Programs over columns: the bits of each row's program, whatever the count, and wherever a column lies."""

from ctypes import CFUNCTYPE, c_int64, c_void_p

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd.compile.columns import columns
from autograd.compile.lower import lower
from autograd.compile.python import PythonCode
from autograd.compile.record import record
from autograd.testing import strategies

EXACT = ["add", "sub", "mul", "div", "neg", "abs", "relu", "maximum", "sqrt", "sum", "dot", "where", "step", "sign"]
FUNCTION = CFUNCTYPE(None, *[c_void_p] * 4, c_int64)


def addresses(arrays):
    return np.array([a.ctypes.data for a in arrays], dtype="int64")


@settings(max_examples=60, deadline=None)
@given(program=strategies.graphs(EXACT, within=1e3), count=st.integers(1, 100), ahead=st.integers(0, 3))
def test_columns_have_the_bits_of_rows(program, count, ahead):
    lowered, _ = lower(record(program, tuple(map(float, program.inputs)), "gradient"))
    rows = np.random.default_rng(count).normal(size=(count, lowered.inputs))
    want = PythonCode(lowered).rows(rows, [])
    given_, found = np.full((lowered.inputs, count + 9), np.nan), np.full((len(lowered.results), count + 9), np.nan)
    given_[:, ahead : ahead + count] = rows.T
    made = columns(lowered)
    read, written = addresses(given_[:, ahead:]), addresses(found[:, ahead:])
    FUNCTION(made.address)(read.ctypes.data, None, made.scratch.ctypes.data, written.ctypes.data, count)
    assert np.array_equal(found[:, ahead : ahead + count], want.T, equal_nan=True)
    assert np.isnan(found[:, :ahead]).all() and np.isnan(found[:, ahead + count :]).all()  # no place beside is touched


def test_columns_in_place():
    lowered, _ = lower(record(lambda a, b: [b * 2, a + b], (1.0, 2.0)))
    made = columns(lowered)
    a, b = np.arange(50.0), np.arange(50.0)[::-1].copy()
    read = addresses([a, b])
    FUNCTION(made.address)(read.ctypes.data, None, made.scratch.ctypes.data, read.ctypes.data, 49)
    assert a.tolist() == [*range(98, 0, -2), 49.0] and b.tolist() == [*[49.0] * 49, 0.0]
