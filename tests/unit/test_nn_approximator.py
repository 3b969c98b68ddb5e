"""Bumps of two sigmoids, and functions made of them (lecture row L10)."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Value, no_grad
from nn.approximator import approximate, bump, error_bound


def outputs(model, xs):
    with no_grad():
        return [row[0].data for row in model([[x] for x in xs])]


def evenly(low, high, count):
    return [low + (high - low) * i / (count - 1) for i in range(count)]


def logistic(x):
    return 1 / (1 + math.exp(-x))


# f, low, high, Lipschitz constant, largest |f|
FUNCTIONS = {
    "sine": (math.sin, 0.0, 2 * math.pi, 1.0, 1.0),
    "parabola": (lambda x: x * x, -2.0, 1.0, 4.0, 4.0),
    "corner": (abs, -1.0, 2.0, 1.0, 2.0),
    "waves": (lambda x: math.cos(5 * x) * math.exp(-x), 0.0, 3.0, 6.0, 1.0),
    "line": (lambda x: 3 - 2 * x, 10.0, 11.0, 2.0, 19.0),
    "constant": (lambda x: -5.0, 0.0, 1.0, 0.0, 5.0),
}


def largest_error(f, low, high, bumps, steepness=None, points=199):
    xs = evenly(low, high, points)
    return max(abs(y - f(x)) for x, y in zip(xs, outputs(approximate(f, low, high, bumps, steepness), xs)))


def test_a_bump_is_the_difference_of_two_sigmoids():
    model = bump(-1.0, 2.0, height=3.0, steepness=4.0)
    xs = evenly(-4.0, 4.0, 33)
    assert outputs(model, xs) == pytest.approx([3 * (logistic(4 * (x + 1)) - logistic(4 * (x - 2))) for x in xs], abs=1e-14)
    assert isinstance(model, nn.MLP) and len(model.parameters()) == 7


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("bumps", [1, 4, 25])
@pytest.mark.parametrize("share", [0.3, 1.0, 5.0])
def test_the_bound_is_met(name, bumps, share):
    f, low, high, lipschitz, largest = FUNCTIONS[name]
    steepness = share * 20 * bumps / (high - low)
    bound = error_bound(low, high, bumps, lipschitz, largest, steepness)
    assert largest_error(f, low, high, bumps, steepness) <= bound + 1e-11


@given(
    low=st.floats(-5, 5),
    width=st.floats(0.1, 10),
    bumps=st.integers(1, 12),
    steep=st.floats(0.05, 100),
    lipschitz=st.floats(0, 10),
    offset=st.floats(-10, 10),
    waves=st.floats(0.1, 10),
)
def test_the_bound_is_met_everywhere(low, width, bumps, steep, lipschitz, offset, waves):
    def f(x):
        return offset + lipschitz * math.sin(waves * x) / waves

    steepness = steep * bumps / width
    bound = error_bound(low, low + width, bumps, lipschitz, abs(offset) + lipschitz / waves, steepness)
    assert largest_error(f, low, low + width, bumps, steepness, points=50) <= bound + 1e-9


def test_no_term_of_the_bound_is_idle():
    """A steep line leaves half a cell's error, a soft corner 2 ln 2 / k, a soft constant what the outer edges let out."""
    f, low, high, lipschitz, largest = FUNCTIONS["line"]
    assert largest_error(f, low, high, 10, 1e7) > 0.99 * error_bound(low, high, 10, lipschitz, largest, 1e7)
    soft = outputs(approximate(abs, -50.0, 50.0, 1000, steepness=1.0), [0.0])[0]
    assert soft > 0.95 * error_bound(-50.0, 50.0, 1000, lipschitz=1.0, largest=0.0, steepness=1.0)
    assert largest_error(lambda x: 1.0, 0.0, 1.0, 8, 40.0) > 0.49 * error_bound(0.0, 1.0, 8, 0.0, 1.0, 40.0)


@pytest.mark.parametrize("name", ["sine", "parabola", "corner", "waves", "line"])
def test_the_error_falls_as_bumps_are_added(name):
    f, low, high, lipschitz, largest = FUNCTIONS[name]
    counts = [3, 9, 27]
    errors = [largest_error(f, low, high, bumps) for bumps in counts]
    bounds = [error_bound(low, high, bumps, lipschitz, largest) for bumps in counts]
    assert all(later < 0.6 * earlier for earlier, later in pairwise(errors))
    assert all(later < 0.34 * earlier for earlier, later in pairwise(bounds))


def test_each_two_hidden_units_are_a_bump():
    model = approximate(lambda x: x + 1, 0.0, 4.0, 4)
    state = model.state_dict()
    assert state["2.weight"] == [[1.5, -1.5, 2.5, -2.5, 3.5, -3.5, 4.5, -4.5]] and state["2.bias"] == [0.0]
    edges = [-b / w for (w,), b in zip(state["0.weight"], state["0.bias"])]
    assert edges == [-1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 5.0]


def test_a_function_may_compute_with_values():
    assert outputs(approximate(lambda x: Value(x) ** 2, 0, 2, 2), [0.5]) == pytest.approx([0.25], abs=1e-3)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: approximate(math.sin, 1, 1, 3), "low must be below high, got 1.0 and 1.0"),
        (lambda: approximate(math.sin, 0, math.inf, 3), "high must be a finite number, got inf"),
        (lambda: approximate(math.sin, -1e308, 1e308, 3), "high − low must be a finite number"),
        (lambda: approximate(math.sin, 0, 10**400, 3), "high must be a finite number, got inf"),
        (lambda: approximate(math.sin, 1, 1 + 1e-15, 100), "not enough floats between .* for 100 bumps: take fewer"),
        (lambda: approximate(math.sin, 0, 1, 0), "bumps is a whole number of 1 or more, got 0"),
        (lambda: approximate(math.sin, 0, 1, 2.5), "bumps is a whole number of 1 or more, got 2.5"),
        (lambda: approximate(math.sin, 0, 1, True), "bumps is a whole number of 1 or more, got True"),
        (lambda: approximate(math.sin, 0, 1, 3, steepness=0), "steepness is above 0, got 0"),
        (lambda: approximate(math.sin, 0, 1, 3, steepness=math.nan), "steepness must be a finite number, got nan"),
        (lambda: approximate(lambda x: math.inf, 0, 1, 2), r"f\(0.25\) must be a finite number, got inf"),
        (lambda: bump(2, 1), "left must be below right, got 2.0 and 1.0"),
        (lambda: bump(1, 2, height=math.inf), "height must be a finite number"),
        (lambda: bump(1, 2, steepness=-1), "steepness is above 0"),
        (lambda: error_bound(0, 1, 3, lipschitz=-1, largest=1), "lipschitz is 0 or more, .* got -1"),
        (lambda: error_bound(0, 1, 3, lipschitz=1, largest=-2), "largest is 0 or more, .* got -2"),
    ],
)
def test_bad_input_is_told(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_what_is_no_number_is_told():
    with pytest.raises(TypeError, match="expected an int, a float or a Fraction"):
        approximate(lambda x: None, 0, 1, 2)
