"""Value: what goes in, what it remembers, how it behaves among other Python objects."""

import decimal
import math
import operator
from fractions import Fraction

import numpy as np
import pytest

import autograd
from autograd import Value, sin
from autograd.value import node


@pytest.mark.parametrize(
    "given, kept",
    [
        (2, 2),
        (2.5, 2.5),
        (Fraction(1, 3), Fraction(1, 3)),
        (True, 1),
        (np.float64(2.5), 2.5),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), 1),
        (np.array(4.0), 4.0),
        (10**400, 10**400),
    ],
)
def test_numbers_are_kept_in_their_kind(given, kept):
    data = Value(given).data
    assert data == kept and type(data) is type(kept)


@pytest.mark.parametrize(
    "given, remedy",
    [
        ("3", "'3'.*float"),
        ("long" * 30, "a str.*float"),
        (None, "return statement"),
        (1j, r"1j.*\.real and \.imag"),
        ([1, 2], "each element"),
        (np.ones(3), "each element"),
        (Value(1), r"\.detach\(\)"),
        (decimal.Decimal("0.1"), "Fraction"),
        (object(), "a object.*float"),
    ],
)
def test_anything_else_is_refused_with_a_remedy(given, remedy):
    with pytest.raises(TypeError, match=f"expected an int, a float or a Fraction, got.*{remedy}"):
        Value(given)


def test_a_rational_stranger_becomes_a_fraction():
    import numbers

    class Half(numbers.Rational):
        numerator, denominator = 1, 2

        def _no(self, *_):
            raise AssertionError

        __abs__ = __add__ = __ceil__ = __eq__ = __floor__ = __floordiv__ = __le__ = __lt__ = __mod__ = __mul__ = __neg__ = (
            _no
        )
        __pos__ = __pow__ = __radd__ = __rfloordiv__ = __rmod__ = __rmul__ = __round__ = __rpow__ = __rtruediv__ = _no
        __truediv__ = __trunc__ = _no

    assert Value(Half()).data == Fraction(1, 2)


def test_a_name_is_text():
    with pytest.raises(TypeError, match="a name is text, got 3"):
        Value(2, 3)


def test_a_mistyped_attribute_is_an_error():
    with pytest.raises(AttributeError):
        Value(1).gard = 2


class Stranger:
    """A class of somebody else's."""


def test_equality_is_identity_and_order_is_by_data():
    a, b = Value(2), Value(2)
    assert a != b and a == a and len({a, b}) == 2
    assert Value(1) < Value(2) and Value(2) > 1 and Value(1) >= 1 and Value(3) >= Fraction(5, 2)
    assert sorted([Value(3), Value(1)])[0].data == 1 and max(Value(1), Value(4)).data == 4
    assert bool(Value(0.0)) is False and bool(Value(-1)) is True
    with pytest.raises(TypeError, match="got 'a'"):
        _ = Value(1) < "a"
    with pytest.raises(TypeError, match="not supported between"):
        _ = Value(1) < Stranger()


def test_every_operator_in_both_directions():
    x = Value(Fraction(3))
    for op in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow):
        assert op(x, 2).data == op(Fraction(3), 2)
        assert op(2, x).data == op(2, Fraction(3))
        assert op(x, Value(2)).data == op(Fraction(3), 2)
    assert (-x).data == -3 and abs(-x).data == 3 and (+x) is x
    x += 1
    assert x.data == 4 and x.op.name == "add"
    assert sum([Value(1), Value(2), Value(3)]).data == 6
    assert Value(2).pow(3).data == 8 and (Value(2) ** np.array(3)).data == 8


def test_numpy_scalars_take_part_and_arrays_fail_clearly():
    v = Value(2.0)
    for scalar in (np.float64(3), np.float32(3), np.int32(3), np.bool_(True)):
        for z in (scalar * v, v * scalar, scalar - v, v / scalar, scalar**v, v**scalar):
            assert isinstance(z, Value) and type(z.data) is float
    for wrong in (lambda: np.ones(2) * v, lambda: v * np.ones(2), lambda: v ** np.ones(2), lambda: v < np.ones(2)):
        with pytest.raises(TypeError, match="each element"):
            wrong()


def test_wrong_operands_fail_with_a_remedy():
    for wrong in (lambda v: v + "1", lambda v: "1" + v, lambda v: v * None, lambda v: v - 1j, lambda v: v ** [2]):
        with pytest.raises(TypeError, match="expected an int, a float or a Fraction"):
            wrong(Value(1))


def test_a_strangers_class_may_know_better():
    class Vector:
        def __radd__(self, other):
            return "vector"

        def __add__(self, other):
            return NotImplemented

        def __rpow__(self, other):
            return "power"

    assert Value(1) + Vector() == "vector"
    assert Value(1) ** Vector() == "power"
    with pytest.raises(TypeError, match="unsupported operand"):
        Vector() + Value(1)


def test_math_does_not_silently_cut_the_graph():
    with pytest.raises(TypeError):
        math.sin(Value(1.0))
    assert sin(Value(1.0)).parents


def test_parents_are_ordered_and_repeat():
    w, x, y = Value(2), Value(3), Value(4)
    assert (w * w).parents == (w, w)
    assert (x - w).parents == (x, w)
    assert autograd.sum([w, x, y]).parents == (w, x, y)
    assert autograd.sum([w]).parents == (w,) and w.parents == ()
    assert w.sin().parents == (w,)
    assert w.local_grads == ()


def test_node_takes_any_number_of_parents():
    op, x = autograd.Op.__new__(autograd.Op), Value(1)
    for n in range(4):
        assert node(1, op, (x,) * n).parents == (x,) * n


def test_repr_helps():
    x = Value(2, name="x")
    z = x * 3
    assert repr(x) == "Value(2, name='x')" and repr(z) == "Value(6, op=mul)" == f"{z}"
    z.backward()
    assert repr(x) == "Value(2, name='x', grad=3)"
    assert repr(x.detach()) == "Value(2, name='x', requires_grad=False)"
    assert f"{Value(2.0):.3f}" == "2.000"


def test_data_is_assigned_on_leaves_only():
    x = Value(2)
    y = x * x
    x.data = 5.0
    assert x.data == 5.0 and x.item() == 5.0
    with pytest.raises(AttributeError, match="computed by mul: assign to its leaves"):
        y.data = 3
    with pytest.raises(TypeError):
        x.data = "5"
    assert x.data == 5.0


def test_requires_grad_is_set_on_leaves_only():
    x, y = Value(2), Value(3, requires_grad=False)
    z = x * y
    assert (x.requires_grad, y.requires_grad, z.requires_grad) == (True, False, True)
    z.backward()
    assert (x.grad, y.grad) == (3, None)
    x.requires_grad, y.requires_grad = False, True
    (x * y).backward()
    assert (x.grad, y.grad) == (3, 2)  # a frozen leaf keeps what it had
    with pytest.raises(AttributeError, match="is computed"):
        z.requires_grad = False


def test_detach_is_a_constant():
    x = Value(2, name="x")
    d = x.detach()
    (d * x).backward()
    assert (d.data, d.name, d.grad, x.grad) == (2, "x", None, 2)


def test_kinds_mix_as_pythons_do():
    assert type((Value(2) * 3).data) is int
    assert type((Value(2) * 3.0).data) is float
    assert type((Value(Fraction(1, 2)) + 1).data) is Fraction
    assert type((Value(1) / 3).data) is float
    assert (Value(Fraction(1, 2)) / 3).local_grads == (Fraction(1, 3), Fraction(-1, 18))
    assert type((Value(2) ** -1).data) is float and (Value(2) ** 10).data == 1024


@pytest.mark.parametrize(
    "compute, value, gradient",
    [
        (lambda x: x.exp(), math.inf, math.inf),
        (lambda x: 1 / (x - 1000), math.inf, -math.inf),
        (lambda x: (x - 1000) / (x - 1000), math.nan, math.nan),
        (lambda x: (-x).log(), math.nan, math.nan),
        (lambda x: (x - 1008) ** (1 / 3), math.nan, math.nan),
        (lambda x: (x - 1000).log(), -math.inf, math.inf),
        (lambda x: (x - 1000).sqrt(), 0.0, math.inf),
        (lambda x: (x - 1000) ** -2, math.inf, -math.inf),
        (lambda x: (x * -1).sinh(), -math.inf, -math.inf),
        (lambda x: x * 10**400, math.inf, None),
        (lambda x: 10**400 - x, math.inf, -1),
        (lambda x: x + math.nan, math.nan, math.nan),
        (lambda x: (x - 1000.0 - 8.0) ** 1e400, math.inf, None),
    ],
)
def test_floats_follow_ieee_754_without_exceptions(compute, value, gradient):
    x = Value(1000.0)
    z = compute(x)
    z.backward()
    assert z.data == pytest.approx(value, nan_ok=True)
    if gradient is not None:
        assert x.grad == pytest.approx(gradient, nan_ok=True)


def test_an_exact_number_too_large_for_a_float_meets_one_in_backward():
    x, y = Value(10**400), Value(0.5)
    (x * 1 * y).backward(2)
    assert (x.grad, y.grad) == (1.0, 2 * 10**400)
    y.zero_grad()
    (x * y + Value(1.5) * y).backward()
    assert y.grad == math.inf
    x.zero_grad()
    (x * 0.5).backward(10**400)
    assert x.grad == math.inf


def test_fractions_have_no_infinity():
    for wrong in (lambda x: 1 / (x - x), lambda x: (x - x) ** -1):
        with pytest.raises(ZeroDivisionError, match="no exact result.*use floats"):
            wrong(Value(Fraction(1, 2)))
    with pytest.raises(TypeError, match=r"\(2\)\*\*\(1/3\) has no exact result: use a float, as in 2.0\*\*"):
        _ = Value(Fraction(2)) ** Fraction(1, 3)
    x = Value(Fraction(1, 4))
    root = x ** Fraction(1, 2)
    assert root.data == Fraction(1, 2) and root.local_grads == (1,)
    assert (Value(Fraction(10**5000, 3)) * 0.5).data == math.inf
    assert Value(Fraction(9, 4)).sqrt().data == Fraction(3, 2)
    with pytest.raises(TypeError, match="sqrt"):
        Value(Fraction(2)).sqrt()
    with pytest.raises(TypeError, match="exp.*no exact result"):
        autograd.softmax([Fraction(1), 2])


LONG = Fraction(10**5000, 7)  # longer than Python writes down


@pytest.mark.parametrize(
    "compute",
    [
        lambda: Value(Fraction(1, 3)) ** Fraction(10**200, 7),
        lambda: Value(LONG).exp(),
        lambda: Value(LONG).sqrt(),
        lambda: Value(Fraction(1, 3**2000)).log(),
        lambda: autograd.softmax([LONG, 1]),
    ],
)
def test_what_has_no_exact_result_is_said_in_short_however_long_the_number(compute):
    with pytest.raises(TypeError, match=r"about 2\*\*-?\d+\).* has no exact result: use") as caught:
        compute()
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("exponent", [10**5000, -(10**5000), Fraction(10**5000)], ids=["whole", "negative", "fraction"])
def test_an_exponent_may_be_longer_than_python_writes_down(exponent):
    z = Value(1) ** exponent
    assert z.data == 1
    assert z.op.glyph in ("( )^(about 2**16609)", "( )^(about −2**16609)") and "about" in z.op.doc
    assert repr(z.op) == f"<operation power({'-' if exponent < 0 else ''}about 2**16609,)>".replace("-about ", "about -")
    assert (Value(0.5) ** exponent).data == (0 if exponent > 0 else math.inf)
