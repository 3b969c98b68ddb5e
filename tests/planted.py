"""Wrong derivatives, planted on purpose: each a row whose value is right and whose slopes are not, in one small way.

``BUGS`` lists them, each with a point at which it is wrong; ``test_planted_bugs.py`` demands that all are found.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import autograd as ag
from autograd import Op
from autograd import intrinsics as m
from autograd.intrinsics import where


@dataclass(frozen=True)
class Bug:
    """A row, a point at which it is wrong, and the mistake in words."""

    op: Op
    point: tuple[Any, ...]
    what: str


BUGS: list[Bug] = []


def bug(name, point, what, value, slopes, **more):
    """Plant one."""
    BUGS.append(Bug(Op(f"bug_{name}", value=value, slopes=slopes, doc="Of a test.", **more), point, what))


def tanh_slope(x):
    return 4 * ag.sigmoid(2 * x) * ag.sigmoid(-2 * x)


def on_numbers(x):
    return not hasattr(x, "apply")


INF = float("inf")
OFF = 1.0005
NEAR = 1 + 1e-9

# a factor
bug("exp_tail", (-12.0,), "5e-4 relative on a slope of 6e-6", m.exp, lambda z, x: (z * OFF,))
bug("tanh_tail", (9.0,), "5e-4 relative on a slope of 6e-8", m.tanh, lambda z, x: (tanh_slope(x) * OFF,))
bug(
    "sigmoid_tail",
    (-20.0,),
    "5e-4 relative on a slope of 2e-9",
    lambda x: 1 / (1 + m.exp(-x)),
    lambda z, x: (z * ag.sigmoid(-x) * OFF,),
)
bug("gauss", (4.0,), "5e-4 relative in the tail of a bell", lambda x: m.exp(-x * x), lambda z, x: (-2 * x * z * OFF,))
bug(
    "small_scale",
    (1.0,),
    "5e-4 relative, function of size 1e-8",
    lambda x: x * x * x / 10**8,
    lambda z, x: (3 * x * x / 10**8 * OFF,),
)
bug("log_off", (1e6,), "5e-4 relative on a slope of 1e-6", m.log, lambda z, x: (OFF / x,), domain=(0, INF))
bug("nine_digits", (0.7,), "1e-9 relative", m.sin, lambda z, x: (ag.cos(x) * NEAR,))
bug("nine_digits_square", (3,), "1e-9 relative, whole number", lambda x: x * x, lambda z, x: (2 * x * NEAR,))
bug("twelve_digits", (0.3,), "1e-12 relative", lambda x: x * x * x, lambda z, x: (3 * x * x * (1 + 1e-12),))
bug("added", (0.5,), "1e-7 added to a slope", m.exp, lambda z, x: (z + 1e-7,))
bug(
    "constant_off",
    (2.0,),
    "a constant's sixth digit",
    lambda x: m.log(x) / m.log(2),
    lambda z, x: (1.442696 / x,),
    domain=(0, INF),
)
# only somewhere
bug("zero_tail", (15.0,), "0 in a tail where it is 4e-13", m.tanh, lambda z, x: (where(abs(x) > 14, 0, tanh_slope(x)),))
bug("zero_tail_exp", (-25.0,), "0 in a tail where it is 1e-11", m.exp, lambda z, x: (where(x < -23, 0, z),))
bug("only_tail", (8.0,), "wrong only beyond 7", m.sin, lambda z, x: (where(x > 7, ag.cos(x) * OFF, ag.cos(x)),))
bug(
    "only_negative",
    (-1.5,),
    "wrong only for negative inputs",
    lambda x: x * x,
    lambda z, x: (where(x < 0, 2 * abs(x), 2 * x),),
)
bug("only_large_negative", (-6.0,), "5e-4 off for negative inputs", m.exp, lambda z, x: (where(x < -5, z * OFF, z),))
bug(
    "only_whole",
    (3,),
    "wrong only for whole numbers",
    lambda x: x * x * x,
    lambda z, x: (2 * x * x if isinstance(x, int) else 3 * x * x,),
)
bug(
    "only_whole_floats",
    (4.0,),
    "wrong only at whole floats",
    m.sin,
    lambda z, x: (ag.cos(x) if not on_numbers(x) or x % 1 else ag.cos(x) * OFF,),
)
bug(
    "only_fractions",
    (Fraction(1, 3),),
    "wrong only for fractions",
    lambda x: x * x,
    lambda z, x: (x if isinstance(x, Fraction) else 2 * x,),
)
bug(
    "only_floats",
    (2.5,),
    "wrong only for plain floats",
    lambda x: x * x,
    lambda z, x: (2.001 * x if on_numbers(x) else 2 * x,),
)
bug(
    "only_middle",
    (0.5,),
    "wrong only between 0 and 1",
    lambda x: x * x,
    lambda z, x: (where(x > 0, where(x < 1, 2 * x * OFF, 2 * x), 2 * x),),
)
bug("near_zero", (1e-5,), "wrong only near 0", m.sin, lambda z, x: (where(abs(x) < 1e-4, 1 - x, ag.cos(x)),))
bug(
    "integer_division",
    (7,),
    "whole-number division",
    lambda x: x * x / 2,
    lambda z, x: (x // 2 * 2 if isinstance(x, int) else x,),
)
# corners
bug(
    "relu_sign",
    (0.0,),
    "wrong sign at a corner",
    lambda x: where(x > 0, x, 0),
    lambda z, x: (where(x > 0, 1, where(x < 0, 0, -1)),),
)
bug(
    "relu_half",
    (0,),
    "not the documented slope at a corner",
    lambda x: where(x > 0, x, 0),
    lambda z, x: (where(x > 0, 1, where(x < 0, 0, 0.5)),),
    corners={0: 0},
)
bug("abs_corner", (0.0,), "2 at the corner of |x|", abs, lambda z, x: (where(x > 0, 1, where(x < 0, -1, 2)),), corners=(0,))
bug(
    "hinge_place",
    (1.0,),
    "corner at the wrong place",
    lambda x: where(x < 2, 2 - x, 0),
    lambda z, x: (where(x < 1, -1, 0),),
    corners={2: 0},
)
bug(
    "leaky_side",
    (-3.0,),
    "the slope of the other side",
    lambda x: where(x > 0, x, x / 10),
    lambda z, x: (where(x < 0, 1, 1 / 10),),
)
bug(
    "tie_both",
    (2.0, 2.0),
    "a tie of a maximum counts twice",
    lambda x, y: where(x > y, x, y),
    lambda z, x, y: (where(x >= y, 1, 0), where(y >= x, 1, 0)),
)
bug(
    "tie_none",
    (2.0, 2.0),
    "a tie of a maximum counts never",
    lambda x, y: where(x > y, x, y),
    lambda z, x, y: (where(x > y, 1, 0), where(y > x, 1, 0)),
)
bug("step_slope", (0.3,), "a threshold with a slope", lambda x: where(x > 0, 1, 0), lambda z, x: (1e-6,), corners={0: 0})
# signs and arguments
bug("sign", (0.5,), "wrong sign", m.cos, lambda z, x: (ag.sin(x),))
bug("swapped", (2.0, 3.0), "swapped slopes", lambda x, y: x * y, lambda z, x, y: (x, y))
bug(
    "swapped_near",
    (1.0, 1.0000001),
    "swapped slopes of nearly equal inputs",
    lambda x, y: x * y * y,
    lambda z, x, y: (2 * x * y, y * y),
)
bug("quotient_sign", (1.0, 4.0), "second slope has the wrong sign", lambda x, y: x / y, lambda z, x, y: (1 / y, z / y))
bug("quotient_power", (3.0, 2.0), "y instead of y²", lambda x, y: x / y, lambda z, x, y: (1 / y, -x / y))
bug(
    "argument",
    (0.7, 0.2),
    "one slope at the other's input",
    lambda x, y: m.sin(x) + m.sin(y),
    lambda z, x, y: (ag.cos(x), ag.cos(x)),
)
bug("one_missing", (0.5, 2.0), "one slope is 0", lambda x, y: x * m.exp(y), lambda z, x, y: (ag.exp(y), 0))
bug(
    "shared",
    (1.5, 1.5),
    "wrong only where both inputs are equal",
    lambda x, y: x * y,
    lambda z, x, y: (where(x > y, y, where(x < y, y, 2 * y)), x),
)
bug(
    "shared_identity",
    (2.5, 2.5),
    "wrong only where both inputs are one",
    lambda x, y: x * y,
    lambda z, x, y: (0 if x is y else y, x),
)
# of many inputs
bug(
    "dot_bias",
    (0.5, 2.0, 0.25),
    "dot with a wrong slope of the bias",
    lambda *a: a[0] * a[1] + a[2],
    lambda z, *a: (a[1], a[0], a[2]),
)
bug(
    "dot_last",
    (1.0, 2.0, 3.0, 4.0, 0.5),
    "dot forgets its last weight",
    lambda *a: a[0] * a[2] + a[1] * a[3] + a[4],
    lambda z, *a: (a[2], 0, a[0], a[1], 1),
)
bug("mean_count", (1.0, 2.0, 4.0), "mean by n - 1", lambda *xs: (xs[0] + xs[1] + xs[2]) / 3, lambda z, *xs: (0.5, 0.5, 0.5))
bug(
    "share_own",
    (0.1, 0.2, 3.0),
    "softmax without its own part",
    lambda x, y, w: m.exp(x) / (m.exp(x) + m.exp(y) + m.exp(w)),
    lambda z, x, y, w: (z, -z * z * ag.exp(y - x), -z * z * ag.exp(w - x)),
)
bug("norm", (3.0, 4.0), "norm without the root", lambda x, y: m.sqrt(x * x + y * y), lambda z, x, y: (2 * x, 2 * y))
bug(
    "tiny_input",
    (1.0, 1.0),
    "one tiny slope is off by 5e-4",
    lambda x, y: x * x + y * y / 10**7,
    lambda z, x, y: (2 * x, 2 * y / 10**7 * OFF),
)
# the first derivative is right
bug(
    "second_frozen",
    (0.8,),
    "slope not made of operations of the input",
    lambda x: x * x * x,
    lambda z, x: (3 * x * getattr(x, "data", x),),
)
bug("second_detached", (0.6,), "slope detached", m.exp, lambda z, x: (z.detach() if hasattr(z, "detach") else z,))
bug(
    "second_choice",
    (1.0,),
    "the zero of a choice hides a slope's slope",
    lambda x: (x - 1) * (x - 1),
    lambda z, x: (where(abs(x - 1) > 0, 2 * (x - 1), 0),),
)
bug(
    "second_abs",
    (0.0,),
    "|x| in a slope: third derivatives, and the second at 0",
    lambda x: m.sin(x),
    lambda z, x: (where(x > 0, ag.cos(x), where(x < 0, ag.cos(x), 1 + x)),),
)
bug(
    "second_mixed",
    (2.0, 3.0),
    "mixed second derivative not symmetric",
    lambda x, y: x * x * y,
    lambda z, x, y: (2 * x * y, x * getattr(x, "data", x)),
)
# curvature that differences do not see
bug("cancel", (1000.0,), "lost in a large constant", lambda x: x * x + 10**9, lambda z, x: (2 * x * (1 + 1e-7),))
bug("steep", (1e-3,), "5e-4 off where it is steep", lambda x: 1 / x, lambda z, x: (-z * z * OFF,))
bug("wave", (0.02,), "a fast wave, 5e-4 off", lambda x: m.sin(1000 * x), lambda z, x: (1000 * ag.cos(1000 * x) * OFF,))
bug(
    "logistic_naive",
    (40.0,),
    "1 - s loses all digits in the tail",
    lambda x: 1 / (1 + m.exp(-x)),
    lambda z, x: (ag.sigmoid(x) * where(x > 37, 0, ag.sigmoid(-x)),),
)
