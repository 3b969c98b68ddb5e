"""A call that machine code takes gives what one by way of Python gives."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd.compile.trees import shaped

pytest.importorskip("llvmlite")

numbers = st.one_of(
    st.floats(), st.floats(-9, 9), st.integers(-(10**20), 10**20), st.booleans(), st.floats().map(np.float64)
)
trees = st.recursive(st.just(0), lambda t: st.one_of(st.lists(t, max_size=3), st.tuples(t, t)), max_leaves=6)


def flat(tree):
    return [leaf for t in tree for leaf in flat(t)] if isinstance(tree, (list, tuple)) else [tree]


def outline(tree):
    """A tree whose arrays are their shapes."""
    return type(tree)(map(outline, tree)) if isinstance(tree, (list, tuple)) else tree.shape


def filled(tree, draw, kinds):
    """A tree whose leaves are numbers, and whose lists may be tuples."""
    if isinstance(tree, (list, tuple)):
        return draw(st.sampled_from([list, tuple]))([filled(t, draw, kinds) for t in tree])
    return draw(kinds)


@given(st.data(), st.lists(trees, min_size=1, max_size=3), trees)
def test_any_nests_of_numbers(data, inputs, output):
    """Whatever shape the arguments and the results have, and whichever kinds of numbers and lists are given."""
    if not flat(inputs):
        inputs = [*inputs, 0]

    def f(*args):
        found = flat(args)
        return shaped(output, iter([found[k % len(found)] * (k + 1) for k in range(len(flat(output)))]))

    fast, slow = [autograd.compile(f, backend=name) for name in ("llvm", "python")]
    plain = [shaped(t, iter([1.0] * 99)) for t in inputs]
    fast(*plain), fast(*plain)
    for _ in range(3):
        given = [filled(t, data.draw, numbers) for t in inputs]
        assert repr(fast(*given)) == repr(slow(*given))  # to the bit, and with the same types; nan is nan


@given(st.lists(st.floats(), min_size=2, max_size=40), st.sampled_from(["__call__", "value_and_grad", "jacobian"]))
def test_an_array_gives_what_a_list_gives(xs, method):
    fast = autograd.compile(lambda x: sum([a * b - a for a, b in pairwise(x)]), backend="llvm")
    call, array = (lambda x: getattr(fast, method)(x)), np.array(xs)
    for _ in range(3):
        listed, found = call(xs), call(array)
    one, other = ([*np.ravel(t[0]), *np.ravel(t[1])] if method == "value_and_grad" else np.ravel(t) for t in (listed, found))
    assert [math.isnan(a) or a.hex() for a in map(float, one)] == [math.isnan(b) or b.hex() for b in map(float, other)]


shapes = st.lists(st.integers(1, 3), max_size=2).map(tuple)


@given(st.data(), st.lists(shapes, min_size=1, max_size=3), trees, st.integers(1, 20))
def test_any_batch_of_arrays(data, inputs, output, rows):
    """Whatever shapes the arguments have, whatever nest the results are, for any number of rows."""

    def f(*args):
        found = flat(args)
        return shaped(output, iter([found[k % len(found)] * (k + 1) for k in range(len(flat(output)))]))

    fast, slow = [autograd.compile(f, backend=name) for name in ("llvm", "python")]
    rng = np.random.default_rng(rows)
    for k in range(4):
        count = rows if k < 3 else data.draw(st.integers(0, 20))
        given = [rng.normal(size=(count, *shape)) for shape in inputs]
        ours, theirs = fast.batch(*given), slow.batch(*given)
        assert repr(outline(ours)) == repr(outline(theirs))  # the same lists, tuples, and arrays of the same shapes
        assert all(a.tobytes() == b.tobytes() and a.flags.writeable for a, b in zip(flat(ours), flat(theirs), strict=True))
