"""The table of a graph, to the letter, and the same as data."""

import math
from fractions import Fraction

import pytest

from autograd import Value, dot, draw, relu, tanh, where
from autograd.command.expression import parse
from autograd.table import MAX_TERMS, MAX_WIDTH, records, table
from autograd.terminal import width


def lines(text):
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def cells(text, name):
    """The cells of a node's first line."""
    row = next(line for line in text.splitlines()[4:] if line.split("  ")[0] == name)
    return [cell for cell in row.split("  ") if cell.strip()]


def passed(text, grad=1, **values):
    root = parse(text).evaluate(values)
    root.backward(grad)
    return root


def test_lecture_row_15():
    assert lines(table(passed("z = x*y", 5, x=2, y=3))) == lines("""
z = x·y = 6, with ∂L/∂z = 5 given

node   formula   value   local gradients   gradient
────   ───────   ─────   ───────────────   ────────
x                    2                           15
y                    3                           10
z      x·y           6   ∂z/∂x = y = 3            5
                         ∂z/∂y = x = 2

Read values downwards and gradients, ∂L/∂node, upwards.
""")


def test_lecture_row_16():
    root = parse("ŷ = x*w; s = ŷ - y; loss = s**2").evaluate({"x": 1, "w": 1, "y": 2}, wrt="w")
    root.backward()
    assert lines(table(root)) == lines("""
loss = s² = 1

node   formula   value   local gradients       gradient
────   ───────   ─────   ───────────────────   ────────
x                    1                                –
w                    1                               −2
y                    2                                –
ŷ      x·w           1   ∂ŷ/∂w = x = 1               −2
s      ŷ − y        −1   ∂s/∂ŷ = 1                   −2
loss   s²            1   ∂loss/∂s = 2·s = −2          1

Read values downwards and gradients, ∂loss/∂node, upwards.
""")


def test_shared_nodes_show_the_sum_of_their_contributions():
    assert lines(table(passed("b = a + a; c = b*a", a=3)))[2:8] == lines("""
node   formula   value   local gradients           gradient
────   ───────   ─────   ─────────────────   ──────────────
a                    3                       3 + 3 + 6 = 12
b      a + a         6   ∂b/∂a (use 1) = 1                3
                         ∂b/∂a (use 2) = 1
c      b·a          18   ∂c/∂b = a = 3                    1
""")


def test_the_output_gets_another_name_where_its_own_would_be_unclear():
    legends = {
        "c = a*b; d = c*2": "Read values downwards and gradients, ∂d/∂node, upwards.",
        "b = a + a; c = b*a": "Read values downwards and gradients, ∂L/∂node with L = c, upwards.",
        "c = log(a - b)": "Read values downwards and gradients, ∂L/∂node with L = c, upwards.",  # nan: so are all gradients
    }
    for text, legend in legends.items():
        told = table(passed(text, a=3, **({"b": 9} if "b = " not in text else {}))).splitlines()
        assert told[-1] == legend and "given" not in told[0]
    root = parse("c = a*a").evaluate({"a": 3})
    root.backward(2)
    told = table(root).splitlines()
    assert told[0] == "c = a·a = 9, with ∂L/∂c = 2 given" and told[-1].endswith("∂L/∂node, upwards.")


def test_contributions_with_signs_and_fractions():
    assert cells(table(passed("y = 2*x - 5*x", x=1)), "x")[-1].strip() == "2 − 5 = −3"
    assert cells(table(passed("y = -5*x - x", x=1)), "x")[-1].strip() == "−5 − 1 = −6"
    assert cells(table(passed("y = x*a + x*b", x=1.0, a=0.1, b=1 / 3)), "x")[-1].strip() == "0.1 + 0.3333 = 0.4333"
    root = parse("y = x*a + x*b").evaluate({"x": 1, "a": Fraction(1, 2), "b": Fraction(1, 3)}, exact=True)
    root.backward()
    assert cells(table(root), "x")[-1].strip() == "1/2 + 1/3 = 5/6"


def test_many_contributions_are_counted():
    few, many = ("y = " + "+".join(["x"] * n) for n in (MAX_TERMS, MAX_TERMS + 1))
    assert cells(table(passed(few, x=1)), "x")[-1].strip() == "1 + 1 + 1 + 1 + 1 + 1 = 6"
    assert cells(table(passed(many, x=1)), "x")[-1].strip() == "sum of 7 = 7"


def test_gradients_of_several_passes_are_no_sum_of_these_contributions():
    root = passed("y = x*x + x", x=2)
    assert cells(table(root), "x")[-1].strip() == "2 + 2 + 1 = 5"
    root.backward()
    assert cells(table(root), "x")[-1].strip() == "10"


def test_gradients_that_are_not_numbers():
    root = passed("y = x*a + x*b", x=math.nan, a=1.0, b=2.0)
    assert cells(table(root), "x")[-1].strip() == "nan"
    root = passed("y = x*a + x*b", x=1.0, a=math.inf, b=2.0)
    assert cells(table(root), "x")[-1].strip() == "∞ + 2 = ∞"


def test_huge_numbers_do_not_fail():
    root = passed("y = x*a + x*b", x=1, a=10**2000, b=0.5)
    assert cells(table(root), "x")[-1].strip().endswith("= ∞")


def test_before_a_backward_pass():
    root = parse("z = x*y").evaluate({"x": 2, "y": 3})
    assert lines(table(root)) == lines("""
z = x·y = 6

node   formula   value   local gradients   gradient
────   ───────   ─────   ───────────────   ────────
x                    2                            –
y                    3                            –
z      x·y           6   ∂z/∂x = y = 3            –
                         ∂z/∂y = x = 2

Read values downwards; gradients appear after a backward pass.
""")


def test_a_leaf_alone_and_a_constant_alone():
    assert lines(table(Value(2, name="x")))[0] == "x = 2"
    assert lines(table(Value(2, name="x")))[4].split() == ["x", "2", "–"]
    assert lines(table(Value(2, requires_grad=False)))[0] == "2"
    assert lines(table(Value(2, requires_grad=False)))[-1] == "A constant: it has no gradient."
    assert lines(table(Value(2, requires_grad=False)))[4].split() == ["2", "2", "–"]


def test_unnamed_constants_are_in_the_formula_only():
    text = table(passed("y = 2*x + 1", x=3))
    assert [line.split()[0] for line in lines(text)[4:7]] == ["x", "v1", "y"]
    assert cells(text, "v1")[1].strip() == "2·x"
    named = table(passed("c = 2; y = c*x", x=3))
    assert [cell.strip() for cell in cells(named, "c")] == ["c", "2", "–"]


def test_computed_zero_is_not_a_dash():
    root = relu(Value(-1.0, name="x"))
    root.backward()
    assert cells(table(root), "x")[-1].strip() == "0"


def test_digits():
    root = passed("y = x/3", x=1.0)
    assert cells(table(root), "y")[2].strip() == "0.3333"
    assert cells(table(root, digits=8), "y")[2].strip() == "0.33333333"


def test_wide_letters_and_marks_keep_the_columns_straight():
    text = table(passed("重 = x\u0302*ŷ; y = tanh(重)", **{"x\u0302": 1.0, "ŷ": 2.0}))
    rule, *body = text.splitlines()[3:8]
    starts = [i for i, (a, b) in enumerate(zip(" " + rule, rule)) if (a, b) == (" ", "─")]
    for line in body:
        columns = "".join(c + " " * (width(c) - 1) for c in line if width(c))
        assert all(columns[i - 1 : i] in (" ", "") for i in starts[1:]), line


def test_long_formulas_are_cut():
    ws = [Value(i, name=f"weight{i}") for i in range(9)]
    text = table(dot(ws, ws))
    formula = text.splitlines()[0].split(" = ")[1]
    assert formula.endswith("…")
    assert width(formula) == MAX_WIDTH
    long = Value(2, name="x" * 100)
    assert "…" in table(tanh(long))
    assert "…" not in records(tanh(long))[1]["formula"]


def test_names_cannot_break_the_table():
    text = table(Value(2, name="a\nb\x1b[31m\u202e") * 1)
    assert "a\\nb\\x1b[31m\\u202e" in text
    assert len(text.splitlines()) == 8


def test_plain_stand_ins_keep_the_columns():
    root = parse("ŷ = x*w; s = ŷ - y; loss = s**2").evaluate({"x": 1, "w": 1, "y": 2}, wrt="w")
    root.backward()
    text = table(root, encoding="ascii")
    assert text.isascii()
    assert lines(text)[:10] == lines("""
loss = s^2 = 1

node   formula    value   local gradients       gradient
----   --------   -----   -------------------   --------
x                     1                                -
w                     1                               -2
y                     2                                -
yhat   x*w            1   dyhat/dw = x = 1            -2
s      yhat - y      -1   ds/dyhat = 1                -2
loss   s^2            1   dloss/ds = 2*s = -2          1
""")
    table(root, encoding="cp1252").encode("cp1252")


def test_a_masked_nan_adds_0_and_no_nan():
    x = Value(-1.0, name="x")
    z = where(x > 0, x.log(), x * 3)
    z.backward()
    assert "0 + 3 = 3" in table(z)
    svg = draw(z, "all").svg
    assert "· nan" not in svg and ">0 + 3 = 3<" in svg.replace("∂v3/∂x = ", "")


def test_records():
    root = passed("z = 2*x/y", 5, x=3, y=Fraction(1, 2))
    assert records(root) == [
        {"node": "x", "formula": "", "value": 3, "local_gradients": [], "gradient": 20},
        {"node": "y", "formula": "", "value": "1/2", "local_gradients": [], "gradient": -120},
        {"node": "2", "formula": "", "value": 2, "local_gradients": [], "gradient": None},
        {"node": "v1", "formula": "2·x", "value": 6, "gradient": 10,
         "local_gradients": [{"of": "x", "formula": "2", "value": 2}]},
        {"node": "z", "formula": "v1/y", "value": 12, "gradient": 5,
         "local_gradients": [{"of": "v1", "formula": "1/y", "value": 2},
                             {"of": "y", "formula": "−z/y", "value": -24}]},
    ]  # fmt: skip
    assert records(Value(math.inf))[0]["value"] == "inf"
    assert math.isclose(records(Value(0.5))[0]["value"], 0.5)


def test_the_table_notices_stale_data():
    x = Value(2, name="x")
    z = x * x
    x.data = 3
    with pytest.raises(RuntimeError, match="assigned after"):
        table(z)
