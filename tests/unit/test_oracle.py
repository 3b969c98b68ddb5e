"""Who checks the checker: the oracle's slopes are the derivatives of its values."""

import mpmath as mp
import oracle
import pytest

POINTS = {"log": 0.7, "asin": 0.3, "acos": 0.3, "power": 1.7, "log2": 0.7, "log10": 0.7, "sqrt": 0.7}
MANY = {
    **oracle.BINARY,
    **oracle.NARY,
    **{name: oracle.FAMILIES[name](1) for name in ("softmax", "log_softmax", "cross_entropy")},
}


@pytest.mark.parametrize("op, f, df", list(oracle.one_input()))
@pytest.mark.parametrize("sign", [1, -1])
def test_slopes_of_one_input(op, f, df, sign):
    x = mp.mpf(POINTS.get(op.name, 0.4 * sign))
    assert mp.almosteq(df(x), mp.diff(f, x), 1e-30, 1e-30)


@pytest.mark.parametrize("name", MANY)
def test_slopes_of_many_inputs(name):
    f, df = MANY[name]
    args = tuple(map(mp.mpf, (0.7, 1.3, 0.2)))[: 2 if name in oracle.BINARY else 3]
    for i, slope in enumerate(df(*args)):
        orders = tuple(int(i == j) for j in range(len(args)))
        assert mp.almosteq(slope, mp.diff(f, args, orders), 1e-30, 1e-30)


def test_ulps_counts_what_it_says():
    assert oracle.ulps(1.0, mp.mpf(1)) == 0
    assert oracle.ulps(1.0 + 2**-52, mp.mpf(1)) == 1
    assert oracle.ulps(float("nan"), mp.mpf(1)) == float("inf")
    assert oracle.ulps(float("inf"), mp.mpf(10) ** 400) == 0
    assert oracle.ulps(-float("inf"), mp.mpf(10) ** 400) == float("inf")
