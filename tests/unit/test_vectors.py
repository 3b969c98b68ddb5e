"""The constants of vectors' functions, derived again; and what their text declares."""

import math
import struct

import mpmath as mp
import pytest

from autograd.compile import vectors
from autograd.compile.vectors import angles, bell, exponentials, logarithms, powers

mp.mp.dps = 60


def pieces(number, *bits):
    """A number as a sum of floats: the first ones cut off at so many bits after the point, the last one rounded."""
    found = []
    for n in bits:
        found.append(mp.floor(number * mp.mpf(2) ** n) / mp.mpf(2) ** n)
        number -= found[-1]
    return tuple(map(float, [*found, number]))


def rounded(number):
    """A number as the nearest float and the rest."""
    return float(number), float(number - float(number))


def test_constants_are_what_they_say():
    assert pieces(mp.log(2), 32) == exponentials.LN2
    assert float(1 / mp.log(2)) == exponentials.LOG2E
    assert rounded(1 / mp.log(2)) == logarithms.LOG2_E
    assert rounded(1 / mp.log(10)) == logarithms.LOG10_E
    assert pieces(mp.log10(2), 33) == logarithms.LOG10_2
    assert pieces(mp.pi / 2, 39, 75) == angles.HALF_PI
    assert rounded(mp.pi / 2) == (angles.HALF, angles.HALF_REST)
    assert float(mp.tan(mp.pi / 8)) == angles.TAN_PI_8
    assert rounded(mp.mpf(1) / 3) == powers.THIRD
    assert rounded(2 / mp.log(2)) == powers.TWO_LOG2E
    assert rounded(mp.log(2)) == powers.LN2
    for bits, number in [
        (logarithms.ONE, 1.0),
        (logarithms.ROOT_HALF, math.sqrt(0.5)),
        (logarithms.GRID_BITS, logarithms.GRID),
    ]:
        assert struct.pack("Q", bits) == struct.pack("d", number)


R, A, T = mp.log(2) / 2, mp.pi / 4, mp.tan(mp.pi / 8)
S = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)  # the greatest s of the logarithms
SERIES = {  # a table, its variable where that ends, what its sum is for, in what unit its numbers are 1 over a whole number
    "TAYLOR": (exponentials.TAYLOR, R, lambda p: p, mp.exp(R), 1, 57),
    "ATANH": (logarithms.ATANH, S**2, lambda p: 2 * S + S**3 * p, mp.log((1 + S) / (1 - S)), 2, 59),
    "ATANH of pow": (powers.ATANH, S**2, lambda p: S + S**3 * (mp.mpf(1) / 3 + S**2 * p), mp.atanh(S), 1, 69),
    "SIN": (angles.SIN, A**2, lambda p: A + A**3 * p, mp.sin(A), 1, 58),
    "COS": (angles.COS, A**2, lambda p: 1 - A**2 / 2 + A**4 * p, mp.cos(A), 1, 58),
    "ATAN": (angles.ATAN, T**2, lambda p: T + T**3 * p, mp.atan(T), 1, 57),
    "SERIES": (bell.SERIES, mp.mpf(1), lambda p: p, mp.erf(1), 2 / mp.sqrt(mp.pi), 57),
}


@pytest.mark.parametrize("name", SERIES)
def test_series_are_as_long_as_they_say(name):
    """Where a series is worst, it lacks no more than its docstring says; the coefficients are taken before rounding."""
    table, variable, served, truth, unit, bits = SERIES[name]
    exact = [unit / mp.nint(unit / mp.mpf(c)) for c in table]
    assert all(abs(c - e) <= math.ulp(c) for c, e in zip(table, exact))
    assert abs(served(sum(c * variable**n for n, c in enumerate(exact))) / truth - 1) < mp.mpf(2) ** -bits


def test_the_tail_of_erf_is_the_interpolation_at_chebyshevs_points():
    low, high = [(mp.mpf(x) - 2.5) / (mp.mpf(x) + 2.5) for x in (1, 6)]
    count = len(bell.TAIL)
    places = [(low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (k + 0.5) / count) for k in range(count)]
    roots = [2.5 * (1 + v) / (1 - v) for v in places]
    powers_of_places = mp.matrix([[v**n for n in range(count)] for v in places])
    through = mp.lu_solve(powers_of_places, mp.matrix([mp.exp(x * x) * mp.erfc(x) for x in roots]))
    assert [float(c) for c in through] == bell.TAIL


def test_a_module_declares_each_line_once():
    """What is declared is what is called: a module joins it with what else it calls."""
    found = vectors.functions(["sin", "exp", "sin", "sqrt", "pow"], 4)
    assert [line.split("@")[1].split("(")[0] for line in found.text.splitlines() if line.startswith("define")] == [
        *("v.exp", "v.pow", "v.sin", "v.sqrt")
    ]
    assert "declare double @sin(double)" in found.declared
    assert "declare double @pow(double, double)" in found.declared
    assert "declare double @exp(double)" not in found.declared
    assert "declare <4 x double> @llvm.fma.v4f64(<4 x double>, <4 x double>, <4 x double>)" in found.declared
    for line in found.declared:
        assert f"@{line.split('@')[1].split('(')[0]}(" in found.text


def test_without_fused_instructions_only_the_root_is_ours():
    found = vectors.functions(["exp", "sqrt"], 2, fused=False)
    assert found.declared == {"declare double @exp(double)", "declare <2 x double> @llvm.sqrt.v2f64(<2 x double>)"}
    assert found.text.count("call double @exp") == 2


def test_no_function_no_text():
    assert vectors.functions([], 8) == vectors.Vectors("", frozenset())
