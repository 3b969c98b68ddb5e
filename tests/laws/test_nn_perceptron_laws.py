"""Laws of the perceptron: it learns whatever a line separates, exactly, and knows when it cannot."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from nn.perceptron import boundary

small = st.integers(-3, 3)
points = st.lists(st.tuples(small, small), min_size=1, max_size=6, unique=True)
rates = st.sampled_from([1, 2, Fraction(1, 3), 0.5])
lows = st.sampled_from([-1, 0])


@settings(max_examples=60)
@given(points=points, w=st.tuples(small, small, small), lr=rates, low=lows, batch=st.booleans())
def test_what_a_line_separates_is_learned(points, w, lr, low, batch):
    X = [list(point) for point in points]
    y = [1 if 2 * w[0] + 1 + 2 * w[1] * a + 2 * w[2] * b >= 0 else low for a, b in X]  # never on the line
    unit = nn.Perceptron(2, low=low)
    learning = unit.fit(X, y, lr=lr, batch=batch, max_epochs=20_000)
    assert learning.converged
    assert [v.data for v in unit(X)] == y
    assert all(type(v) is not float for v in unit.weights) or isinstance(lr, float)
    assert learning.best == unit.weights and learning.best_errors == 0


@settings(max_examples=60)
@given(points=points, data=st.data(), lr=rates, seed=st.none() | st.integers(0, 9))
def test_what_it_reports_is_what_happened(points, data, lr, seed):
    X = [list(point) for point in points]
    y = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=len(X), max_size=len(X)))
    unit = nn.Perceptron(2)
    learning = unit.fit(X, y, lr=lr, seed=seed, max_epochs=30)

    def errors(weights):
        other = nn.ThresholdUnit(2)
        other.weights = weights
        return sum(v.data != t for v, t in zip(other(X), y, strict=True))

    visited = [learning.start, *(c.weights for c in learning.corrections)]
    assert learning.best_errors == errors(learning.best) == min(map(errors, visited))
    assert learning.best in visited and unit.weights == visited[-1]
    assert learning.errors[0] == errors(learning.start) and learning.errors[-1] == errors(unit.weights)
    assert learning.converged == (learning.errors[-1] == 0) and all(n > 0 for n in learning.errors[:-1])
    if "not linearly separable" in learning.reason:
        again = nn.Perceptron(2).fit(X, y, seed=1, max_epochs=200)
        assert not again.converged


@given(w=st.tuples(st.integers(-9, 9), st.fractions(-3, 3), st.fractions(-3, 3)), t=st.fractions(-5, 5))
def test_every_point_of_a_boundary_lies_on_it(w, t):
    found = boundary(w)
    if found is None:
        assert not any(w[1:])
        return
    (px, py), (dx, dy) = found
    assert w[0] + w[1] * (px + t * dx) + w[2] * (py + t * dy) == 0
    right = w[0] + w[1] * (px + dy) + w[2] * (py - dx)
    assert right > 0  # on the right hand is the +1 side
