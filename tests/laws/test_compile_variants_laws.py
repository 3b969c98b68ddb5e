"""A batch whose rows take several ways gives each row what a call gives it, whatever is asked and whoever records first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value

backends = pytest.mark.parametrize("backend", ["python", "arrays", "llvm"])
NUMBERS = st.integers(-4, 4).map(lambda n: n / 2)  # exact, so that all agree to the bit


@st.composite
def branching(draw):
    """A function of x and y with some ways, each with some of the parameters."""
    parameters = [Value(draw(NUMBERS), name) for name in "stuvw"]
    some = st.lists(st.sampled_from(parameters), max_size=5)
    ways = draw(st.lists(st.tuples(NUMBERS, some), max_size=4))
    last = draw(some)

    def function(x, y):
        for edge, used in ways:
            if x < edge:
                return sum((p * x for p in used), x * y) + edge
        return sum((p * p * y for p in last), x * x)

    return function


def single(fast, what, x, y):
    """What a call says of one row, as a flat list."""
    if what == "value":
        return [fast(x, y)]
    if what == "jacobian":
        return [*fast.jacobian(x, y)]
    value, gradient = (
        fast.hvp(x, y, v=(y, 1.0)) if what == "hvp" else fast.value_and_grad(x, y, **({"wrt": what} if what else {}))
    )
    return [value, *gradient]


def together(fast, what, X, Y):
    """The same of all rows, by one call."""
    if what == "value":
        return [fast.batch(X, Y)]
    if what == "jacobian":
        return [*fast.batch.jacobian(X, Y)]
    value, gradient = (
        fast.batch.hvp(X, Y, v=(Y, np.ones(len(Y))))
        if what == "hvp"
        else fast.batch.value_and_grad(X, Y, **({"wrt": what} if what else {}))
    )
    return [value, *gradient]


@backends
@given(
    function=branching(),
    points=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=9),
    order=st.permutations(["value", "", "parameters", "jacobian", "hvp"]),
    warm=st.booleans(),
)
def test_a_batch_is_its_rows(backend, function, points, order, warm):
    fast = autograd.compile(function, backend=backend)
    X, Y = np.array(points).T.copy()
    for what in order:
        before = [single(fast, what, x, y) for x, y in points] if warm else []  # so that they record, or the batch does
        found = together(fast, what, X, Y)
        want = [single(fast, what, x, y) for x, y in points]
        assert np.array_equal(np.array(found).T, want), what
        assert [row + [0.0] * (len(want[0]) - len(row)) for row in before] in ([], want)  # parameters known later


@backends
@given(function=branching(), points=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5))
def test_a_gradient_has_the_order_of_the_parameters(backend, function, points):
    fast = autograd.compile(function, backend=backend)
    X, Y = np.array(points).T.copy()
    _, gradients = fast.batch.value_and_grad(X, Y, wrt="parameters")
    for row, (x, y) in enumerate(points):
        z = function(Value(x), Value(y))
        slopes = autograd.grad(z, fast.parameters, create_graph=True, materialize_grads=True)
        assert [g[row] for g in gradients] == [s.data for s in slopes]
