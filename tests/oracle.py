"""What each operation and each slope should be, said a second time and independently: textbook formulas at 60 digits.

``test_oracle.py`` checks these in turn, by differentiating the values numerically.
"""

import math
from fractions import Fraction

import mpmath as mp
from hypothesis import strategies as st

import nn.perceptron  # noqa: F401 - its row is judged too
from autograd.op import OPS, find

mp.mp.dps = 60


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def normal_share(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def softmax(i, xs):
    return mp.exp(xs[i]) / sum(map(mp.exp, xs))


def log_of_sum(i, xs):
    """log(Σ exp(x)) - x_i: with log1p, for the rest may be smaller than 60 digits of 1 can tell."""
    return mp.log1p(mp.fsum(mp.exp(x - xs[i]) for j, x in enumerate(xs) if j != i))


def logsumexp(xs):
    top = max(range(len(xs)), key=lambda i: xs[i])
    return xs[top] + log_of_sum(top, xs)


def logistic_density(x):
    return 1 / (2 + mp.exp(x) + mp.exp(-x))


def normal_density(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def one_minus(i, xs):
    """1 - softmax, without the cancellation."""
    return mp.fsum(softmax(j, xs) for j in range(len(xs)) if j != i)


UNARY = {  # name: (value, slope)
    "neg": (lambda x: -x, lambda x: mp.mpf(-1)),
    "exp": (mp.exp, mp.exp),
    "expm1": (mp.expm1, mp.exp),
    "log": (mp.log, lambda x: 1 / x),
    "log1p": (mp.log1p, lambda x: 1 / (1 + x)),
    "log2": (lambda x: mp.log(x) / mp.log(2), lambda x: 1 / (x * mp.log(2))),
    "log10": (lambda x: mp.log(x) / mp.log(10), lambda x: 1 / (x * mp.log(10))),
    "sqrt": (mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x))),
    "sin": (mp.sin, mp.cos),
    "cos": (mp.cos, lambda x: -mp.sin(x)),
    "tan": (mp.tan, lambda x: mp.sec(x) ** 2),
    "asin": (mp.asin, lambda x: 1 / mp.sqrt((1 - x) * (1 + x))),
    "acos": (mp.acos, lambda x: -1 / mp.sqrt((1 - x) * (1 + x))),
    "atan": (mp.atan, lambda x: 1 / (1 + x * x)),
    "sinh": (mp.sinh, mp.cosh),
    "cosh": (mp.cosh, mp.sinh),
    "tanh": (mp.tanh, lambda x: mp.sech(x) ** 2),
    "erf": (mp.erf, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "sigmoid": (sigmoid, logistic_density),
    "softplus": (lambda x: x + mp.log1p(mp.exp(-x)) if x > 0 else mp.log1p(mp.exp(x)), sigmoid),
    "logsigmoid": (lambda x: -mp.log1p(mp.exp(-x)) if x > 0 else x - mp.log1p(mp.exp(x)), lambda x: sigmoid(-x)),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) + x * logistic_density(x)),
    "gelu": (lambda x: x * normal_share(x), lambda x: normal_share(x) + x * normal_density(x)),
    "relu": (lambda x: max(x, mp.mpf(0)), lambda x: mp.mpf(x > 0)),
    "abs": (abs, mp.sign),
    "sign": (mp.sign, lambda x: mp.mpf(0)),
    "step": (lambda x: mp.mpf(x > 0), lambda x: mp.mpf(0)),
}
BINARY = {
    "add": (lambda x, y: x + y, lambda x, y: (mp.mpf(1), mp.mpf(1))),
    "sub": (lambda x, y: x - y, lambda x, y: (mp.mpf(1), mp.mpf(-1))),
    "mul": (lambda x, y: x * y, lambda x, y: (y, x)),
    "div": (lambda x, y: x / y, lambda x, y: (1 / y, -x / (y * y))),
    "pow": (mp.power, lambda x, y: (y * mp.power(x, y - 1), mp.power(x, y) * mp.log(x))),
    "maximum": (max, lambda x, y: (mp.mpf(x > y), mp.mpf(x <= y))),
    "minimum": (min, lambda x, y: (mp.mpf(x < y), mp.mpf(x >= y))),
}
NARY = {
    "sum": (lambda *xs: mp.fsum(xs), lambda *xs: (mp.mpf(1),) * len(xs)),
    "mean": (lambda *xs: mp.fsum(xs) / len(xs), lambda *xs: (1 / mp.mpf(len(xs)),) * len(xs)),
    "dot": (lambda w, x, b: w * x + b, lambda w, x, b: (x, w, mp.mpf(1))),
    "logsumexp": (lambda *xs: logsumexp(xs), lambda *xs: tuple(softmax(j, xs) for j in range(len(xs)))),
    "where": (lambda c, x, y: x if c != 0 else y, lambda c, x, y: (mp.mpf(0), mp.mpf(c != 0), mp.mpf(c == 0))),
}
FAMILIES = {
    "power": lambda c: (lambda x: mp.power(x, exactly(c)), lambda x: exactly(c) * mp.power(x, exactly(c) - 1)),
    "leaky_relu": lambda a: (lambda x: x if x > 0 else exactly(a) * x, lambda x: mp.mpf(1) if x > 0 else exactly(a)),
    "elu": lambda a: (
        lambda x: x if x > 0 else exactly(a) * mp.expm1(x),
        lambda x: mp.mpf(1) if x > 0 else exactly(a) * mp.exp(x),
    ),
    "threshold": lambda low: (lambda x: mp.mpf(1) if x >= 0 else mp.mpf(low), lambda x: mp.mpf(0)),  # nn's
    "softmax": lambda i: (
        lambda *xs: softmax(i, xs),
        lambda *xs: tuple(softmax(i, xs) * (one_minus(i, xs) if i == j else -softmax(j, xs)) for j in range(len(xs))),
    ),
    "log_softmax": lambda i: (
        lambda *xs: -log_of_sum(i, xs),
        lambda *xs: tuple(one_minus(i, xs) if i == j else -softmax(j, xs) for j in range(len(xs))),
    ),
    "cross_entropy": lambda i: (
        lambda *xs: log_of_sum(i, xs),
        lambda *xs: tuple(-one_minus(i, xs) if i == j else softmax(j, xs) for j in range(len(xs))),
    ),
}
PARAMETERS = {  # a few members of each family of one input
    "power": (2, 3, -1, 0.5, 1.5, 0.1, -0.3, 7.7, 20, -12.25),
    "leaky_relu": (0.1, 0.01, 2),
    "elu": (1, 0.5, 3.0),
    "threshold": (-1, 0),
}


def exactly(x):
    """The number itself, not its nearest decimal."""
    return mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mp.mpf(x)


def one_input():
    """(operation, its oracle's value and slope) for every operation of one input and members of every family of one."""
    yield from ((OPS[name], *both) for name, both in UNARY.items())
    for name, parameters in PARAMETERS.items():
        yield from ((find(name, (c,)), *FAMILIES[name](c)) for c in parameters)


def ulps(got, expected):
    """How many units in the last place a float is off. Overflow is right where the true value is out of range."""
    largest = mp.mpf(2) ** 1024 * (1 - mp.mpf(2) ** -53)
    if isinstance(expected, mp.mpc) or mp.isnan(expected):
        return 0 if got != got else math.inf
    if abs(expected) > largest * (1 - mp.mpf(2) ** -50):
        return 0 if abs(got) > 1.7e308 and (got > 0) == (expected > 0) else math.inf
    if not math.isfinite(got):
        return math.inf
    return float(abs(exactly(got) - expected) / math.ulp(float(expected)))


def floats_in(low, high):
    """Floats of all magnitudes in an open interval, most of them where functions do something."""
    everyday = st.floats(max(low, -40.0), min(high, 40.0), exclude_min=True, exclude_max=True)
    wide = st.floats(max(low, -800.0), min(high, 800.0), exclude_min=True, exclude_max=True)
    anywhere = st.floats(low, high, exclude_min=True, exclude_max=True)
    return st.one_of(everyday, wide, anywhere)
