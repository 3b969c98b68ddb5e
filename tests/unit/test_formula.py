"""Formulas and numbers as text."""

from fractions import Fraction

import pytest

from autograd import Value, elu, formula, pow, sum
from autograd.formula import expression, labels, number, slopes
from autograd.op import OPS, find


@pytest.mark.parametrize(
    "x, text",
    [
        (6, "6"),
        (-2, "−2"),
        (Fraction(-1, 3), "−1/3"),
        (Fraction(6), "6"),
        (0.1, "0.1"),
        (1.0, "1"),
        (-0.0, "0"),
        (123456.0, "1.235e5"),
        (0.000012344, "1.234e−5"),
        (float("nan"), "nan"),
        (float("inf"), "∞"),
        (None, "–"),
        (10**30, "1" + "0" * 30),
        (-(10**100), "−1e100"),
        (7**120, "2.581e101"),
        (10**39, "1" + "0" * 39),
        pytest.param(10**5000, "1e5000", id="too long for str"),
        (-(10**40), "−1e40"),
        (Fraction(10**50, 3), "3.333e49"),
        (Fraction(-1, 10**400), "−1e−400"),
        (Fraction(10**20 + 1, 3 * 10**20 + 7), "0.3333"),
        (Fraction(10**19 + 1, 3 * 10**18), "10000000000000000001/3000000000000000000"),
        (Fraction(3 * 10**60 + 1, 10**60), "3"),
        (12345 * 10**50 + 1, "1.235e54"),
        (12345 * 10**50, "1.234e54"),
    ],
)
def test_numbers(x, text):
    assert number(x) == text


def test_digits():
    assert number(3.14159265, 6) == "3.14159"


@pytest.mark.parametrize(
    "op, names, text",
    [
        ("add", ["x", "y"], "x + y"),
        ("mul", ["w₁", "x₁"], "w₁·x₁"),
        ("sub", ["x", "−2"], "x − (−2)"),
        ("sub", ["x", "y + z"], "x − (y + z)"),
        ("mul", ["x + 1", "y"], "(x + 1)·y"),
        ("div", ["x", "a·b"], "x/(a·b)"),
        ("neg", ["x"], "−x"),
        ("pow", ["x", "y"], "x^y"),
        ("abs", ["x"], "|x|"),
        ("tanh", ["x"], "tanh(x)"),
        ("sum", ["x", "y", "z"], "x + y + z"),
        ("dot", ["w", "x", "b"], "b + w·x"),
        ("maximum", ["x", "y"], "maximum(x, y)"),
    ],
)
def test_expressions(op, names, text):
    assert expression(OPS[op], names) == text


@pytest.mark.parametrize(
    "op, names, texts",
    [
        ("mul", ["x", "y"], ("y", "x")),
        ("div", ["x", "y"], ("1/y", "−z/y")),
        ("sub", ["x", "y"], ("1", "−1")),
        ("pow", ["x", "y"], ("y·x^(y − 1)", "z·log(x)")),
        ("exp", ["x"], ("z",)),
        ("log", ["x"], ("1/x",)),
        ("sqrt", ["x"], ("1/(2·z)",)),
        ("sin", ["x"], ("cos(x)",)),
        ("cos", ["x"], ("−sin(x)",)),
        ("tanh", ["x"], ("1 − z²",)),
        ("tanh", ["w·x + b"], ("1 − z²",)),
        ("sigmoid", ["x"], ("z·(1 − z)",)),
        ("relu", ["x"], ("(1 if x > 0 else 0)",)),
        ("abs", ["x"], ("sign(x)",)),
        ("sign", ["x"], ("0",)),
        ("maximum", ["x", "y"], ("(0 if y ≥ z else 1 if x ≥ z else 0)", "(1 if y ≥ z else 0)")),
        ("minimum", ["x", "y"], ("(0 if y ≤ z else 1 if x ≤ z else 0)", "(1 if y ≤ z else 0)")),
        ("where", ["c", "x", "y"], ("0", "(1 if c ≠ 0 else 0)", "(0 if c ≠ 0 else 1)")),
    ],
)
def test_slopes(op, names, texts):
    assert slopes(OPS[op], "z", names) == texts


def test_nothing_begins_with_a_sign_behind_an_operator():
    x, y = formula.named("x"), formula.named("y")
    assert (x * (-y * x)).text == "x·(−y·x)" and (x + -y * x).text == "x + (−y·x)" and (-x * y).text == "−x·y"
    assert ((x - y) ** 2).text == "(x − y)²" and (x - x * y).text == "x − x·y"


def test_parameters_show():
    x = Value(2, name="x")
    assert expression((x**2).op, ["x"]) == "x²" and slopes((x**2).op, "z", ["x"]) == ("2·x",)
    assert expression((x**-1).op, ["x + 1"]) == "(x + 1)⁻¹" and expression((x**0.5).op, ["x"]) == "x^0.5"
    assert expression(elu(x, 2).op, ["x"]) == "elu(x, 2)"
    assert slopes(elu(x, 2).op, "z", ["x"]) == ("(1 if x > 0 else 2·exp(x))",)
    assert expression(find("softmax", (1,)), ["a", "b"]) == "softmax(a, b)[1]"
    assert slopes(OPS["log"], "z", ["p[0]"]) == ("1/p[0]",)
    assert expression(pow(2, x).op, ["2", "x"]) == "2^x"


def test_every_row_can_be_written_down():
    ours = [op for op in OPS.values() if not op.doc.startswith("Of a test")]
    for op in [*ours, *(find(f, (1,)) for f in ("power", "elu", "leaky_relu"))]:
        names = ["x", "y", "t"][: op.arity or 3]
        assert expression(op, names)
        assert len(slopes(op, "z", names)) == len(names), op
    assert slopes(find("softmax", (0,)), "z", ["a", "b"]) == ("z·softmax(a, b)[1]", "−z·softmax(a, b)[1]")


@pytest.mark.parametrize(
    ("exponent", "written"),
    [
        (2.0, "x²"),
        (-1, "x⁻¹"),
        (12345.0, "x¹²³⁴⁵"),
        (2.00001, "x^2"),
        (1 / 3, "x^0.3333"),
        (Fraction(1, 3), "x^(1/3)"),
        (-0.5, "x^(−0.5)"),
        (1e300, "x^(1e300)"),
        (-1e-20, "x^(−1e−20)"),
        (float("inf"), "x^(inf)"),
    ],
)
def test_an_exponent_reads_as_one(exponent, written):
    assert expression((Value(1.5) ** exponent).op, ["x"]) == written


def test_labels_leave_taken_names_alone():
    x, y = Value(2, name="v1"), Value(3)
    z = x * y + 0.5
    assert list(labels(z).values()) == ["v1", "v2", "0.5", "v3", "v4"]


def test_many_of_one_name_stay_readable():
    rows = [Value(i, name="x") for i in range(3000)]
    called = list(labels(sum(rows)).values())[:-1]
    assert len(set(called)) == 3000 and max(map(len, called)) == len("xʹ3000")
    assert expression(OPS["mul"], [called[-1], "y"]) == "xʹ3000·y"


def test_a_name_with_a_prime_of_its_own_stays_apart():
    named = [Value(i, name=name) for i, name in enumerate(["x", "x", "xʹ", "x"])]
    assert len(set(labels(sum(named)).values())) == 5


def test_labels_begin_with_scopes_where_equal_names_lie_in_different_ones():
    def leaf(name, inside=None):
        v = Value(2.0, name)
        v.scope = inside
        return v

    a, b, c, alone = leaf("w", "net.1"), leaf("w", "net.2"), leaf("w"), leaf("b", "net.2")
    other = leaf("b2", "net.3")
    assert list(labels(a * b * c * alone * other).values())[:9] == [
        *("net.1.w", "net.2.w", "w", "net.2.b", "b2", "v1", "v2", "v3", "v4")
    ]
    assert list(labels(a * other).values())[:2] == ["w", "b2"]


@pytest.mark.parametrize("name", ["layer1.w11", "w2,10", "net.0.w2,10"])
def test_names_with_dots_and_commas_hold_together(name):
    assert expression(OPS["mul"], [name, "x"]) == f"{name}·x"


def test_text_is_a_number_of_its_own():
    x = formula.as_text("x")
    assert (1 + x).text == "1 + x" and (1 - x).text == "1 − x" and (3 / x).text == "3/x" and (2**x).text == "2^x"
    assert abs(x).text == "|x|" and (x >= 1).text == "x ≥ 1" and (x <= 1).text == "x ≤ 1"
