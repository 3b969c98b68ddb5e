"""Functions on vectors are math.h's: within a few last bits of 60 digits, the same ends as C, each lane by itself."""

import ctypes
import itertools
import math
from functools import cache

import mpmath as mp
import numpy as np
import oracle
import pytest
from emitters import vector_function
from hypothesis import given
from hypothesis import strategies as st

from autograd.compile.machine import LIBRARIES
from autograd.compile.program import FUNCTIONS
from autograd.compile.vectors import FORMULAS, angles, bell, exponentials, logarithms, powers
from autograd.op import OPS

NAMES = (*FUNCTIONS, "pow")
WIDTHS = (2, 4, 8)
BOUND = {  # ulp: the worst that was seen, rounded up
    **dict.fromkeys(NAMES, 1.0),
    **{"sqrt": 0.5, "expm1": 1.5, "sinh": 1.8, "cosh": 1.8, "tanh": 1.2, "erf": 1.7},
    **{"tan": 2.4, "atan": 1.8, "asin": 2.6, "acos": 2.8},
}
TABLES = [  # whose coefficients, how far their variable goes, and a function that rests on them
    (exponentials, "TAYLOR", 0.34, "exp"),
    (exponentials, "LN2", 1, "exp"),
    (logarithms, "ATANH", 0.029, "log"),
    (logarithms, "LOG2_2", 1, "log2"),
    (logarithms, "LOG2_E", 1, "log2"),
    (logarithms, "LOG10_2", 1, "log10"),
    (logarithms, "LOG10_E", 1, "log10"),
    (powers, "ATANH", 0.029, "pow"),
    (powers, "THIRD", 1, "pow"),
    (powers, "TWO_LOG2E", 1, "pow"),
    (powers, "LN2", 1, "pow"),
    (angles, "SIN", 0.61, "sin"),
    (angles, "COS", 0.61, "cos"),
    (angles, "HALF_PI", 1, "tan"),
    (angles, "ATAN", 0.17, "atan"),
    (bell, "SERIES", 1, "erf"),
    (bell, "TAIL", 0.42, "erf"),
]
EXPONENTIAL = ("exp", "expm1", "sinh", "cosh", "tanh", "erf")
NORMAL = 2.0**-1022
HUGE = math.nextafter(math.inf, 0)
SPECIAL = [
    *(math.nan, math.inf, 0.0, 5e-324, 1e-310, math.nextafter(NORMAL, 0), NORMAL, HUGE, 1e-300, 1e300, 1e4, 9999.0, 2.0**31),
    *(0.5, 1.0, math.nextafter(1, 0), math.nextafter(1, 2), 2.0, 3.0, 1.5, 6.0, 40.0, 1000.0, 2.0**53),
    *(709.782712893384, 709.7827128933841, 745.1332191019411, 745.1332191019412, 708.4),  # ends of exp
    *(710.4758600739439, 710.475860073944, 710.7, math.log(2) / 2, math.pi / 4, math.pi / 2, math.pi),
]
SPECIAL += [-x for x in SPECIAL]

each_function = pytest.mark.parametrize("name", NAMES)
each_width = pytest.mark.parametrize("width", WIDTHS)
function = cache(vector_function)


@cache
def in_c(name):
    """C's own function."""
    for library in LIBRARIES:
        try:
            found = getattr(ctypes.CDLL(library), name)
        except (OSError, TypeError, AttributeError):
            continue
        found.restype, found.argtypes = ctypes.c_double, [ctypes.c_double] * (1 + (name == "pow"))
        return found


def true_value(name, *numbers):
    """At 60 digits; beyond ±2000 what is made of exponentials is as it is there."""
    if name == "pow":
        return oracle.BINARY["pow"][0](*map(mp.mpf, numbers))
    (x,) = numbers
    return oracle.UNARY[name][0](mp.mpf(max(-2000.0, min(x, 2000.0)) if name in EXPONENTIAL else x))


def error(name, got, *numbers):
    """How far a result is off, in ulp; where C gives 0, an infinity or a nan, anything else is too much."""
    true = in_c(name)(*numbers)
    if math.isfinite(true) and true != 0 and all(map(math.isfinite, numbers)):
        return oracle.ulps(got, true_value(name, *numbers)) if got else math.inf
    if math.isfinite(true) and true != 0:  # atan(inf)
        return abs(got - true) / math.ulp(true)
    same = (got != got and true != true) or (got == true and math.copysign(1, got) == math.copysign(1, true))
    return 0.0 if same else math.inf


def points(name, count, seed=0):
    """Columns of arguments: bit patterns, numbers of everyday, of all sizes, and beside special ones."""
    rng = np.random.default_rng([seed, NAMES.index(name)])
    low, high = OPS[name].domain if name != "pow" else (0.0, math.inf)
    kinds = [rng.integers(0, 2**64, count, dtype=np.uint64).view(float)]
    kinds += [rng.uniform(max(low, -w), min(high, w), count) for w in (0.5, 3.0, 40.0, 800.0)]
    kinds += [end + rng.choice([-1, 1], count) * 10 ** rng.uniform(-20, 0, count) for end in (-1, 0, 1)]
    kinds += [np.rint(rng.uniform(-6000, 6000, count)) * (math.pi / 2)]  # beside zeros and poles of sin, cos, tan
    x = np.concatenate(kinds)
    x = x[(x > low) & (x < high) & (x != 1)]
    if name != "pow":
        return [x]
    whole = rng.integers(-9, 10, len(x)).astype(float)
    return [x, np.where(rng.random(len(x)) < 0.2, whole, rng.uniform(-750, 750, len(x)) / np.log(x))]


def test_every_function_has_a_formula():
    assert set(FORMULAS) == set(NAMES)


@each_width
@each_function
def test_many_points_are_within_the_bound(name, width):
    columns = points(name, 150)
    got = function(name, width)(*columns)
    for z, *numbers in zip(got.tolist(), *[c.tolist() for c in columns], strict=True):
        assert error(name, z, *numbers) <= BOUND[name], (numbers, z)


def arguments(name):
    """Floats of all magnitudes in the function's domain."""
    if name == "pow":
        wide = st.tuples(oracle.floats_in(0.0, math.inf), oracle.floats_in(-math.inf, math.inf))
        negative = st.tuples(oracle.floats_in(-math.inf, 0.0), st.integers(-40, 40).map(float))
        return st.one_of(wide, wide.map(lambda xy: (xy[0], xy[1] / (1 + abs(math.log(xy[0]))))), negative)
    return st.tuples(oracle.floats_in(*OPS[name].domain))


@each_function
@given(data=st.data())
def test_any_point_is_within_the_bound(name, data):
    rows = data.draw(st.lists(arguments(name), min_size=1, max_size=17))
    columns = [np.array(c) for c in zip(*rows, strict=True)]
    results = [function(name, width)(*columns) for width in WIDTHS]
    for row, *got in zip(rows, *[r.tolist() for r in results], strict=True):
        assert len(set(map(repr, got))) == 1, (row, got)  # each lane by itself, and every width alike
        assert error(name, got[0], *row) <= BOUND[name], (row, got[0])


@each_width
@each_function
def test_ends_are_those_of_c(name, width):
    """0, subnormal numbers, infinities, nan, overflow, underflow, outside the domain: the same, and the sign of 0 too."""
    rows = list(itertools.product(SPECIAL, SPECIAL)) if name == "pow" else [(x,) for x in SPECIAL]
    columns = [np.array(c) for c in zip(*rows, strict=True)]
    for row, got in zip(rows, function(name, width)(*columns).tolist(), strict=True):
        assert error(name, got, *row) <= BOUND[name], (row, got)


@each_function
def test_without_fused_instructions_c_is_called(name):
    columns = points(name, 20)
    got = function(name, 4, False)(*columns)
    want = [in_c(name)(*numbers) for numbers in zip(*[c.tolist() for c in columns], strict=True)]
    assert np.array_equal(got, want, equal_nan=True)


@pytest.mark.parametrize("name", ["sin", "tan", "asin", "atan", "sinh", "tanh", "erf", "cos", "cosh"])
def test_symmetry_is_exact(name):
    """sinh(-x) is -sinh(x) to the bit, cos(-x) is cos(x)."""
    (x,) = points(name, 100)
    sign = 1 if name.startswith("cos") else -1
    assert function(name, 8)(-x).tobytes() == (sign * function(name, 8)(x)).tobytes()


def test_what_can_be_exact_is_exact():
    whole = np.arange(-1074.0, 1024.0)
    assert function("log2", 8)(np.ldexp(1.0, whole.astype(int))).tolist() == whole.tolist()
    assert function("log10", 8)(np.array([10.0**n for n in range(23)])).tolist() == list(range(23))
    rows = [(b, n) for b in range(-40, 41) for n in range(1, 12) if b and abs(b**n) < 2**53]
    bases, exponents = np.array(rows, dtype=float).T
    assert function("pow", 8)(bases, exponents).tolist() == [float(b**n) for b, n in rows]


@pytest.mark.parametrize(("module", "table", "radius", "name"), TABLES, ids=[f"{t[1]}-{t[3]}" for t in TABLES])
def test_a_wrong_coefficient_is_seen(monkeypatch, module, table, radius, name):
    """Each in turn, off by so little that the function's last 9 bits are wrong at worst."""
    columns = points(name, 100, seed=1)
    right = getattr(module, table)
    for place, coefficient in enumerate(right):
        wrong = [*right[:place], coefficient + 2.0**-44 / radius**place, *right[place + 1 :]]
        monkeypatch.setattr(module, table, wrong)
        got = vector_function(name, 8)(*columns)
        rows = zip(got.tolist(), *[c.tolist() for c in columns], strict=True)
        assert any(error(name, z, *numbers) > BOUND[name] for z, *numbers in rows), place
