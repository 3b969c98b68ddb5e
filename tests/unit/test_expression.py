"""Reading and evaluating expressions: what they mean, what is refused, and where the limits are."""

import ast
import math
import sys
import traceback
from fractions import Fraction

import numpy as np
import pytest

from autograd import Op, Value, sigmoid
from autograd.command.expression import MAX_CHAIN, MAX_ITEMS, Expression, ExpressionError, _Reader, parse
from autograd.command.machine import MAX_BITS, check_gradients, nearest, usage
from autograd.command.scan import MAX_DEPTH, MAX_DIGITS, MAX_LENGTH, name_problem, read_number, scan
from autograd.graph import nodes
from autograd.op import FUNCTIONS, OPS


def value(text, **values):
    return parse(text).evaluate(values).data


def error(text, *, exact=False, wrt=None, **values):
    with pytest.raises(ExpressionError) as caught:
        parse(text).evaluate(values, exact=exact, wrt=wrt)
    assert "\n" not in str(caught.value)
    return caught.value


# ---------------------------------------------------------------- meaning


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2*3", 7),
        ("(1 + 2)*3", 9),
        ("-2**2", -4),
        ("2**3**2", 512),
        ("2**-1", 0.5),
        ("+3 - -2", 5),
        ("7/2", 3.5),
        ("1e3 + .5 + 2.", 1002.5),
        ("10 - 3 - 2", 5),
        ("24/4/2", 3.0),
        ("1/0", math.inf),
        ("-1/0", -math.inf),
        ("0.0**-1", math.inf),
        ("1e400", math.inf),
        ("9**-9", 9**-9),
        ("sin(pi/2)", 1.0),
        ("log(e)", 1.0),
        ("e**2", math.e**2),
        ("pow(2, 3)", 8),
        ("pow(x=2, y=3)", 8),
        ("maximum(1, 5, 3)", 5),
        ("sum([1, 2, 3])", 6),
        ("mean((1, 3))", 2.0),
        ("sum([])", 0),
        ("dot([1, 2], [3, 4], bias=5)", 16),
        ("leaky_relu(-10)", -1.0),
        ("leaky_relu(-10, negative_slope=0.5)", -5.0),
        ("where(0, 1, 2)", 2),
        ("[4, 5, 6][1]", 5),
        ("[4, 5, 6][-1]", 6),
        ("a = 2; b = a*3; b - 1", 5),
        ("a = [1, 2]; a[0] - a[1]", -1),
        ("abs(-3)", 3),
        ("match = 2; case = 3; match*case", 6),
    ],
)
def test_arithmetic(text, expected):
    result = parse(text).evaluate({})
    assert isinstance(result, Value)
    assert (result.data, type(result.data)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n\n 1 +\n   2\n", 3),
        ("sum([1,\n  2,\n  3])", 6),
        ("  a = 2\n\n  a * 3  ", 6),
        ("a =\n 2;; a", 2),
        (";1;", 1),
        ("\ta = 1 ; \r\n a\n;", 1),
    ],
)
def test_lines_and_semicolons_divide_statements(text, expected):
    assert value(text) == expected


def test_lecture_row_15():
    z = parse("x*y").evaluate({"x": 2, "y": 3})
    z.backward(5)
    assert [(v.name, v.data, v.grad) for v in nodes(z)] == [("x", 2, 15), ("y", 3, 10), (None, 6, 5)]
    assert z.local_grads == (3, 2)


@pytest.mark.parametrize(("x", "y", "w", "slope"), [(1, 2, 1, -2), (2, 4, 1, -8)])
def test_lecture_rows_16_and_17(x, y, w, slope):
    loss = parse("ŷ = x*w; s = ŷ - y; loss = s**2").evaluate({"x": x, "y": y, "w": w}, wrt=["w"])
    loss.backward()
    by_name = {v.name: v for v in nodes(loss)}
    assert list(by_name) == ["x", "w", "y", "ŷ", "s", "loss"]
    assert by_name["w"].grad == slope
    assert by_name["ŷ"].grad == by_name["s"].grad == slope / x
    assert by_name["x"].grad is None
    assert not by_name["x"].requires_grad


def test_a_constant_exponent_is_a_parameter():
    for text in ("x**2", "n = 2; x**n", "x**(1 + 1)"):
        result = parse(text).evaluate({"x": 3})
        assert (result.op.name, result.op.params, len(result.parents)) == ("power", (2,), 1)
    assert parse("x**y").evaluate({"x": 3, "y": 2}).op.name == "pow"
    assert parse("2**x").evaluate({"x": 3}).op.name == "pow"


def test_assigned_numbers_become_named_constants():
    root = parse("c = 2*3; c*x").evaluate({"x": 1})
    assert [(v.name, v.data, v.requires_grad) for v in root.parents] == [("c", 6, False), ("x", 1, True)]


def test_pi_and_e_are_constants_unless_a_value_is_given():
    root = parse("pi*x + pi").evaluate({"x": 1})
    assert [v.name for v in nodes(root)] == ["x", "pi", None, None]
    assert parse("e*x").evaluate({"x": 2, "e": 3}).data == 6
    assert parse("e = x - 1; e**2").evaluate({"x": 3}).data == 4


def test_names_go_to_nodes_once():
    root = parse("a = x*x; b = a; p = softmax([a, x]); y = p[0]").evaluate({"x": 1.0})
    assert root.name == "p[0]"
    assert [v.name for v in nodes(root)] == ["x", "a", "p[0]"]
    assert parse("a = x").evaluate({"x": 1}).name == "x"
    assert parse("a = [1, 2]; a[1]").evaluate({}).name == "a[1]"


def test_leaves_are_made_in_the_order_of_their_use():
    root = parse("x*w + b").evaluate({"b": 1, "w": 2, "x": 3})
    assert [v.name for v in nodes(root) if v.name] == ["x", "w", "b"]
    assert parse("x*w + b").inputs == ("x", "w", "b")


def test_wrt_chooses_who_gets_gradients():
    def needs(wrt):
        return {v.name: v.requires_grad for v in parse("x*w").evaluate({"x": 1, "w": 2}, wrt=wrt).parents}

    assert needs(None) == {"x": True, "w": True}
    assert needs(iter(["w"])) == needs("w") == {"x": False, "w": True}
    assert needs([]) == {"x": False, "w": False}


def test_an_expression_can_be_evaluated_again():
    square = parse("x**2")
    assert [square.evaluate({"x": x}).data for x in (2, 3)] == [4, 9]
    assert repr(square) == "parse('x**2')"
    assert isinstance(square, Expression)


def test_own_operations_are_found_when_evaluating():
    expression = parse("cube(x)")
    assert "there is no function cube" in str(error("cube(x)", x=2))
    try:
        Op("cube", value=lambda x: x * x * x, slopes=lambda z, x: (3 * x * x,), doc="The third power.")
        root = expression.evaluate({"x": 2})
        root.backward()
        assert (root.data, root.parents[0].grad) == (8, 12)
        assert usage("cube") == "cube(x)"
    finally:
        FUNCTIONS.pop("cube"), OPS.pop("cube")


def test_numbers_of_other_kinds():
    assert parse("x").evaluate({"x": np.float64(0.5)}).data == 0.5
    assert parse("x").evaluate({"x": True}).data == 1
    for bad in ("2", None, 1j, [1]):
        with pytest.raises(TypeError, match="expected an int, a float or a Fraction"):
            parse("x").evaluate({"x": bad})


# ---------------------------------------------------------------- exact


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("0.1 + 0.2", {}, Fraction(3, 10)),
        ("x/3", {"x": 1}, Fraction(1, 3)),
        ("x", {"x": 0.1}, Fraction(1, 10)),
        ("x", {"x": Fraction(1, 7)}, Fraction(1, 7)),
        ("x**3 + 2**-2", {"x": 0.5}, Fraction(3, 8)),
        ("x**n", {"x": 0.5, "n": 2}, Fraction(1, 4)),
        ("1.5e-3", {}, Fraction(3, 2000)),
        ("leaky_relu(-x, negative_slope=0.1)", {"x": 1}, Fraction(-1, 10)),
        ("sqrt(x)", {"x": 2.25}, Fraction(3, 2)),
        ("-3", {}, Fraction(-3)),
    ],
)
def test_exact(text, values, expected):
    result = parse(text).evaluate(values, exact=True).data
    assert (result, type(result)) == (expected, Fraction)


def test_exact_keeps_integer_exponents_as_parameters():
    (exponent,) = parse("x**2").evaluate({"x": 3}, exact=True).op.params
    assert (exponent, type(exponent)) == (2, int)
    root = parse("n = 2; x**n").evaluate({"x": 3}, exact=True)
    root.backward()
    assert root.parents[0].grad == 6


@pytest.mark.parametrize(
    ("text", "cause", "remedy"),
    [
        ("exp(x)", TypeError, "no exact result: use a float"),
        ("x**(1/2)", TypeError, "no exact result: use a float"),
        ("x/0", ZeroDivisionError, "no exact result: use decimals"),
        ("pi*x", ExpressionError, "pi has no exact value: give a fraction, such as pi=22/7"),
    ],
)
def test_what_has_no_exact_result_says_so(text, cause, remedy):
    caught = error(text, exact=True, x=Fraction(1, 3))
    assert type(caught.__cause__) is cause
    assert remedy in str(caught)


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_exact_needs_exact_values(bad):
    assert str(error("x", exact=True, x=bad)).startswith(f"the value of x: {bad} is no exact number")
    assert error("x", exact=True, x=bad).column is None


# ---------------------------------------------------------------- what is refused

REFUSED = [
    ("__import__('os')", 1, "__import__", "a name begins with a letter"),
    ("().__class__", 3, ".", "names have no parts"),
    ("x.real", 2, ".", "names have no parts"),
    ("", 1, "", "the expression is empty"),
    (" \n ;; ", 1, "", "the expression is empty"),
    ("x^2", 2, "^", "for a power write **"),
    ("x²", 2, "²", "for a power write **2"),
    ("2·x", 2, "·", "for a product write *"),
    ("1 − x", 3, "−", "for a minus sign write -"),
    ("√x", 1, "√", "sqrt(...)"),
    ("|x|", 1, "|", "abs(...)"),
    ("x // 2", 3, "//", "for a quotient write /"),
    ("x % 2", 3, "%", "for a quotient write /"),
    ("x < 3", 3, "<", "comparisons are left out"),
    ("x == 3", 3, "==", "comparisons are left out"),
    ("x -> 3", 3, "->", "name = expression"),
    ("x := 3", 3, ":=", "name = expression"),
    ("x += 3", 3, "+=", "a name gets its value once"),
    ("{x}", 1, "{", "group with ( )"),
    ("'x'", 1, "'", "text is left out"),
    ('f"{x}"', 2, '"', "text is left out"),
    ("x # y", 3, "#", "this sign has no meaning here"),
    ("x \\\n + 1", 3, "\\", "this sign has no meaning here"),
    ("x\x00", 2, "\\x00", "this sign has no meaning here"),
    ("x\udcff", 2, "\\udcff", "this sign has no meaning here"),
    ("...", 1, ".", "names have no parts"),
    ("x @ y", 3, "@", "for a product write *"),
    ("~x", 1, "~", "this sign has no meaning here"),
    ("True", 1, "True", "True is no number"),
    ("None", 1, "None", "None is no number"),
    ("lambda x: x", 1, "lambda", "a word of Python's own"),
    ("x if y else z", 3, "if", "a word of Python's own"),
    ("not x", 1, "not", "a word of Python's own"),
    ("sum([i for i in x])", 8, "for", "a word of Python's own"),
    ("_x", 1, "_x", "a name begins with a letter"),
    ("a__b", 1, "a__b", "has no __ in it"),
    ("1_000", 2, "_000", "a name begins with a letter"),
    ("x\u0489", 2, "\u0489", "this sign has no meaning here"),
    ("007", 1, "007", "write 7 without leading zeros"),
    ("00", 1, "00", "write 0 without leading zeros"),
    ("2x", 2, "x", "an operator is missing before x"),
    ("2j", 2, "j", "an operator is missing before j"),
    ("0x10", 2, "x10", "an operator is missing before x10"),
    ("x y", 3, "y", "an operator is missing before y"),
    ("2(x)", 2, "(", "an operator is missing before ("),
    ("1.2.3", 4, ".3", "an operator is missing before .3"),
    ("(x + 1)(y)", 2, "x + 1", "only a function's name can be called"),
    ("f(x)(y)", 1, "f(x)", "only a function's name can be called"),
    ("x +", 4, "", "a value is missing after the operator"),
    ("x =", 4, "", "a value is missing after the operator"),
    ("* x", 1, "*", "a value is missing before this"),
    ("x + * y", 5, "*", "a value is missing before this"),
    ("f(*x)", 3, "*", "a value is missing before this"),
    ("f(**x)", 3, "**", "a value is missing before this"),
    ("(x + )", 6, ")", "a value is missing before this"),
    ("(, x)", 2, ",", "a value is missing before this"),
    ("f(x,, y)", 5, ",", "a value is missing before this"),
    ("x + ; y", 5, ";", "a value is missing before this"),
    ("(x", 1, "(", "this bracket is never closed"),
    ("(x; y)", 1, "(", "this bracket is never closed"),
    ("f([x)", 5, ")", "this bracket closes none"),
    ("x)", 2, ")", "this bracket closes none"),
    ("(x]", 3, "]", "this bracket closes none"),
    ("x[]", 3, "]", "has no meaning here"),
    ("(x = 1)", 2, "x", "has no meaning here"),
    ("3 = x", 1, "3", "has no meaning here"),
    ("f(x=1, 2)", 9, ")", "has no meaning here"),
    ("a = b = x", 1, "a = b = x", "with one name"),
    ("a, b = x, y", 1, "a, b = x, y", "with one name"),
    ("a[0] = x", 1, "a[0] = x", "with one name"),
    ("x; y", 1, "x", "this result is not used"),
    ("a = x; a = y", 8, "a", "a has a meaning already"),
    ("b = a; a = x", 8, "a", "a has a meaning already"),
    ("x[y]", 3, "y", "an item is chosen by a whole number"),
    ("x[1.5]", 3, "1.5", "an item is chosen by a whole number"),
    ("x[1, 2]", 3, "1, 2", "an item is chosen by a whole number"),
    ("f(a=1, a=2)", 1, "f(a=1, a=2)", "an argument is named twice"),
]


@pytest.mark.parametrize(("text", "column", "piece", "problem"), REFUSED, ids=[row[0] or "empty" for row in REFUSED])
def test_what_is_no_expression_is_refused_at_its_place(text, column, piece, problem):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    message = str(caught.value)
    if text != "f(x=1, 2)":  # Python's versions point at different places of this one
        assert f"column {column}, at " in message
        assert (f'at "{piece}" in "' if piece else "at the end of ") in message
    assert problem in message
    assert "\n" not in message


EVALUATED = [
    ("x + z", 5, "z", "z has no value: add z=..."),
    ("wieght*x", 1, "wieght", "wieght has no value: add wieght=..."),
    ("tanh", 1, "tanh", "tanh is a function: write tanh(...)"),
    ("tahn(x)", 1, "tahn", "there is no function tahn; did you mean tanh?"),
    ("sigmod(x)", 1, "sigmod", "did you mean sigmoid?"),
    ("ln(x)", 1, "ln", "did you mean log?"),
    ("qqqq(x)", 1, "qqqq", "the command `glassgrad functions` lists them"),
    ("x(2)", 1, "x", "x is a value, no function: for a product write x*(...)"),
    ("tanh(x, 2)", 1, "tanh", "these arguments do not fit: write tanh(x)"),
    ("tanh(x=x)", 1, "tanh", "these arguments do not fit: write tanh(x)"),
    ("tanh() + x", 1, "tanh", "these arguments do not fit: write tanh(x)"),
    ("pow(x)", 1, "pow", "these arguments do not fit: write pow(x, y)"),
    ("leaky_relu(x, slope=1)", 1, "leaky_relu", "write leaky_relu(x, negative_slope=0.1)"),
    ("sum(x)", 1, "sum", "sum takes a list of numbers, got Value(2, name='x'): write sum([...])"),
    ("tanh([x])", 1, "tanh", "scalar"),
    ("softmax([x, 1])", 1, "softmax", "the result is a list of 2: choose an item"),
    ("x, 1", 1, "x, 1", "the result is a list of 2: choose an item"),
    ("a = [x]", 1, "a", "the result is a list of 1: choose an item"),
    ("[x, 1] + 1", 1, "[x, 1] + 1", "a list is no number"),
    ("1 + x*-[x]", 7, "-[x]", "a list is no number"),
    ("sum([[x]])", 5, "[[x]]", "a list is no number"),
    ("x[0]", 1, "x[0]", "only a list has items"),
    ("[x, 1][2]", 1, "[x, 1][2]", "there is no item 2: the list has 2"),
    ("[x, 1][-3]", 1, "[x, 1][-3]", "there is no item -3: the list has 2"),
    ("dot([x], [1, 2])", 1, "dot", "as many weights as inputs"),
]


@pytest.mark.parametrize(("text", "column", "piece", "problem"), EVALUATED, ids=[row[0] for row in EVALUATED])
def test_what_cannot_be_evaluated_is_refused_at_its_place(text, column, piece, problem):
    caught = error(text, x=2)
    assert (caught.line, caught.column) == (1, column)
    assert str(caught).startswith(f'column {column}, at "{piece}" in ')
    assert problem in str(caught)


def test_a_missing_name_may_be_a_misspelt_one():
    assert "add b=...; did you mean bb?" in str(error("x + b", x=1, bb=2))
    assert "add losss=...; did you mean loss?" in str(error("loss = x; losss", x=1))
    assert "did you mean" not in str(error("x1 + x2", x1=1))  # x1 is used already: no misspelling


def test_values_must_fit_the_inputs():
    assert str(error("x*y", x=1, y=2, z=3)) == "the value z is never used: leave it out; the inputs are x, y"
    assert str(error("2", z=3)) == "the value z is never used: leave it out; the expression has no inputs"
    assert str(error("a = x; a", x=1, a=2)).startswith("a is given a value, but the expression assigns it")
    assert str(error("x*y", x=1, y=2, wrt=["z"])) == '"z" is no input and can have no gradient: the inputs are x, y'
    assert str(error("a = x; a", x=1, wrt=["a"])).startswith('"a" is no input')
    assert error("x", x=1, z=3).column is None


def test_look_alikes_of_other_alphabets_are_named():
    assert "х (with CYRILLIC SMALL LETTER HA) has no value" in str(error("х + 1"))
    assert str(error("ŷ + 1")).endswith("ŷ has no value: add ŷ=...")
    assert str(error("α_1 + 1")).endswith("α_1 has no value: add α_1=...")


@pytest.mark.parametrize("name", ["ŷ", "α", "λ", "x\u0302", "名前", "x_1", "θ2", "é"])
def test_letters_of_all_alphabets_are_fine(name):
    root = parse(f"{name}*2").evaluate({name: 3})
    assert (root.data, root.parents[0].name) == (6, name)


@pytest.mark.parametrize(
    ("text", "column", "sign", "instead"),
    [
        ("ｘ", 1, "FULLWIDTH LATIN SMALL LETTER X", "x"),
        ("2*ｅｘｐ(x)", 3, "FULLWIDTH LATIN SMALL LETTER E", "exp"),
        ("ex\uff50(x)", 3, "FULLWIDTH LATIN SMALL LETTER P", "exp"),
        ("２*x", 1, "FULLWIDTH DIGIT TWO", "2"),
        ("（x）", 1, "FULLWIDTH LEFT PARENTHESIS", "("),
        ("𝐱", 1, "MATHEMATICAL BOLD SMALL X", "x"),
        ("x₁", 2, "SUBSCRIPT ONE", "x1"),
        ("ﬁ", 1, "LATIN SMALL LIGATURE FI", "fi"),
        ("y\u0302", 2, "COMBINING CIRCUMFLEX ACCENT", "ŷ"),
        ("x\u00a0+ 1", 2, "NO-BREAK SPACE", " "),
    ],
)
def test_letters_that_python_reads_as_others_are_refused(text, column, sign, instead):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.column == column
    assert f"this is {sign}: type {instead} instead" in str(caught.value)


def test_a_caret_shows_the_place():
    with pytest.raises(ExpressionError) as caught:
        parse("重 = 2*ｅｘｐ(x)")
    note = "".join(traceback.format_exception_only(caught.value)).splitlines()[1:]
    assert note == ["    重 = 2*ｅｘｐ(x)", "           ^^"]


def test_the_line_is_named_where_there_are_several():
    with pytest.raises(ExpressionError) as caught:
        parse("a = 1\n\n  b = a^2\n")
    assert str(caught.value).startswith('line 3, column 8, at "^" in "  b = a^2": ')
    assert (caught.value.line, caught.value.column) == (3, 8)
    late = error("a = x +\n  q", x=1)
    assert str(late).startswith('line 2, column 3, at "q" in "  q": q has no value')


def test_long_lines_are_cut_around_the_place():
    with pytest.raises(ExpressionError) as caught:
        parse("x + " * 100 + "1 ^ 2" + " + x" * 100)
    assert '"…x + x + x + x + x + x + x + 1 ^ 2 + x + x' in str(caught.value)
    assert len(str(caught.value)) < 150
    long = error("a*(" + "x + " * 50 + "[1])", a=1, x=1)
    assert len(str(long)) < 260


# ---------------------------------------------------------------- the second line of defence


@pytest.mark.parametrize(
    "code",
    ["lambda: 0", "x.y", "'s'", "b's'", "1j", "True", "None", "...", "x if y else z", "x < y", "x and y", "f'{x}'",
     "{1: 2}", "{1}", "[i for i in x]", "(i for i in x)", "x @ y", "x % y", "x | y", "~x", "not x", "(y := 1)", "f(*x)",
     "f(**x)", "x[1:2]", "[*x]"],
)  # fmt: skip
def test_the_tree_too_is_checked_against_a_list_of_what_is_allowed(code):
    with pytest.raises(ExpressionError):
        _Reader(code, 0).read(ast.parse(code).body)


@pytest.mark.parametrize("code", ["import os", "del x", "def f(): pass", "x: int = 1", "assert x", "x += 1", "pass"])
def test_statements_too(code):
    with pytest.raises(ExpressionError, match="an assignment is written name = expression"):
        _Reader(code, 0).read(ast.parse(code).body)


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize("sign", ["(", "[", "f(", "-(", "x*("])
def test_nesting_is_limited_before_python_sees_it(sign):
    close = {"(": ")", "[": "]"}[sign[-1]]
    parse(sign * MAX_DEPTH + "x" + close * MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 2000):
        with pytest.raises(ExpressionError, match=f"more than {MAX_DEPTH} brackets are open"):
            parse(sign * depth + "x" + close * depth)
    with pytest.raises(ExpressionError, match="100,001 characters"):
        parse(sign[-1] * 100_001)


def test_length_is_limited():
    text = "x" + " " * (MAX_LENGTH - 1)
    assert value(text, x=2) == 2
    with pytest.raises(ExpressionError, match="has 10,001 characters, at most 10,000 are read: leave something out"):
        parse(text + " ")


def test_an_error_stays_short_where_signs_that_do_not_print_are_spelled_out():
    for text in ("\U000c4a62" * 10_001, "x + " + "\u202e" * 400, "(" + "\x00" * 50):
        with pytest.raises(ExpressionError) as caught:
            parse(text)
        assert str(caught.value).isprintable() and len(str(caught.value)) < 500


@pytest.mark.parametrize("sign", ["+", "*", "-", "/", "**"])
def test_chains_are_limited(sign):
    root = parse(sign.join("x" * MAX_CHAIN)).evaluate({"x": 1})
    assert root.data == (2 - MAX_CHAIN if sign == "-" else MAX_CHAIN if sign == "+" else 1)
    root.backward()
    for length in (MAX_CHAIN + 1, 3000):
        with pytest.raises(ExpressionError, match=f"over {MAX_CHAIN} operations hang on each other: name parts"):
            parse(sign.join("x" * length))


def test_signs_are_limited():
    assert value("-" * (MAX_CHAIN - 1) + "x", x=1) == -1
    for length in (MAX_CHAIN, MAX_LENGTH - 1):
        with pytest.raises(ExpressionError, match="operations hang on each other"):
            parse("-" * length + "x")


@pytest.mark.parametrize("failure", [RecursionError, MemoryError])
def test_pythons_parser_may_give_up(monkeypatch, failure):
    def fail(code):
        raise failure

    monkeypatch.setattr(ast, "parse", fail)
    with pytest.raises(ExpressionError, match=r"column 2, .* operations hang on each other"):
        parse(" x + 1")


def test_deep_in_the_stack_the_error_is_still_ours():
    text = "+".join("x" * MAX_CHAIN)

    def down(levels):
        return down(levels - 1) if levels else parse(text)

    outcomes = set()
    for levels in range(50, sys.getrecursionlimit(), 50):
        try:
            outcomes.add(type(down(levels)))
        except (ExpressionError, RecursionError) as caught:  # Python's own, for the levels of `down`
            outcomes.add(type(caught))
    assert Expression in outcomes


def test_lists_are_limited():
    assert value(f"sum([{'1,' * MAX_ITEMS}])") == MAX_ITEMS
    with pytest.raises(ExpressionError, match="these are 1,001 items, at most 1,000 are read: split them"):
        parse(f"sum([{'1,' * (MAX_ITEMS + 1)}])")
    with pytest.raises(ExpressionError, match="these are 1,001 items"):
        parse(f"maximum({'1,' * (MAX_ITEMS + 1)})")


def test_many_statements_are_fine():
    lines = "a0 = x; " + "; ".join(f"a{i + 1} = a{i} + x" for i in range(500))
    assert value(lines, x=2) == 1002


def test_digits_are_limited():
    assert value("9" * MAX_DIGITS) == 10**MAX_DIGITS - 1
    with pytest.raises(ExpressionError, match="a number may have 500 digits, this has 501"):
        parse("x + " + "9" * (MAX_DIGITS + 1))
    assert "its exponent may be 500" in str(error("1e501", exact=True))
    assert "its exponent may be 500" in str(error("1e-999999999", exact=True))
    assert parse("1e500").evaluate({}, exact=True).data == 10**500


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("9**9**9**9", 4),
        ("2**9**9", 1),
        (f"2**{MAX_BITS // 2 + 1}", 1),
        ("x**x**x", 1),
        ("0.5 + x**99999", 7),
        ("pow(9, pow(9, 9))", 1),
        ("n = 9**9; x**n", 11),
        ("(-x)**99999", 1),
    ],
)
def test_powers_are_limited_before_they_are_computed(text, column):
    inputs = {"x": 9} if "x" in text else {}
    caught = error(text, **inputs)
    assert caught.column == column
    assert "this power has more than 3,000 digits: use decimals (9.0**9)" in str(caught)


@pytest.mark.parametrize("text", ["x**99999", "x**-99999", "(1/x)**-99999", "pow(x, 99999)"])
def test_powers_of_fractions_are_limited(text):
    assert "this power has more than" in str(error(text, x=Fraction(9, 7)))
    assert "this power has more than" in str(error(text, x=9, exact=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"2**{MAX_BITS // 2}", 2 ** (MAX_BITS // 2)),
        ("1**99999999", 1),
        ("(-1)**99999999", -1),
        ("0**99999999", 0),
        ("9.0**99999", math.inf),
        ("9**-99999", 0.0),
        ("9**0.5", 3.0),
        ("pow(2.0, 3)", 8.0),
    ],
)
def test_powers_that_do_not_grow_are_fine(text, expected):
    assert value(text) == expected


def test_products_that_grow_are_limited():
    lines = "a0 = x; " + "; ".join(f"a{i + 1} = a{i}*a{i}" for i in range(60))
    for x in (9, Fraction(1, 9)):
        assert "this number has more than 3,000 digits: use decimals (9.0)" in str(error(lines, x=x))
    assert value(lines, x=9.0) == math.inf
    assert str(error("x", x=10**9999)).startswith("the value of x: this number has more than")


def test_sums_of_fractions_that_grow_are_limited():
    text = "sum([" + ",".join(f"1/{n}" for n in range(10**8 + 1, 10**8 + 1201, 2)) + "])"
    assert "this number has more than" in str(error(text, exact=True))


def test_gradients_that_grow_are_limited():
    chain = "b = 9**2400; " + "*".join(["x", *"b" * 30])
    for zero in (0, Fraction(0)):  # the values stay 0, the gradients become b**n
        with pytest.raises(ExpressionError, match="the gradients have too many digits: use decimals"):
            check_gradients(parse(chain).evaluate({"x": zero}), 1)
    check_gradients(parse(chain).evaluate({"x": 0}), 1.0)
    check_gradients(parse(chain + "*0.5").evaluate({"x": 0}), 1)
    check_gradients(parse("x*y + x**2").evaluate({"x": 2, "y": 3}), 5)


def test_own_operations_may_fail_in_their_own_ways():
    def broken(x):
        raise LookupError("no\nsuch key")

    def silent(x):
        raise ValueError

    try:
        FUNCTIONS["broken"], FUNCTIONS["silent"] = broken, silent
        assert str(error("broken(x)", x=1)).endswith(": LookupError no such key")
        assert str(error("silent(x)", x=1)).endswith(": ValueError")
    finally:
        del FUNCTIONS["broken"], FUNCTIONS["silent"]


# ---------------------------------------------------------------- parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2", 2), ("-2", -2), ("+2", 2), ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("1e-3", 0.001), ("-1E3", -1000.0),
     ("1/3", Fraction(1, 3)), ("-4/2", Fraction(-2)), ("inf", math.inf), ("-inf", -math.inf), ("007", 7)],
)  # fmt: skip
def test_read_number(text, expected):
    number = read_number(text)
    assert (number, type(number)) == (expected, type(expected))
    if abs(expected) < math.inf:
        assert type(read_number(text, exact=True)) is Fraction
        assert abs(read_number(text, exact=True) - Fraction(expected)) < 1e-15


def test_read_nan():
    assert math.isnan(read_number("nan"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not a number: write 2, -0.5, 1e-3, 1/3, inf or nan"),
        ("x", "is not a number"),
        ("1_000", "is not a number"),
        ("0x10", "is not a number"),
        ("1j", "is not a number"),
        ("1/2/3", "is not a number"),
        ("0.5/2", "is not a number"),
        ("2 ", "is not a number"),
        ("２", "is not a number"),
        ("NaN", "is not a number"),
        ("a" * 50, '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…" is not a number'),
        ("1\n", '"1\\n" is not a number'),
        ("1/0", "1/0 divides by zero"),
        ("9" * 501, "has 501 characters: a number may have 500"),
    ],
)
def test_read_number_refuses(text, problem):
    with pytest.raises(ExpressionError) as caught:
        read_number(text)
    assert problem in str(caught.value)


def test_names():
    assert name_problem("ŷ") is None
    assert all(map(name_problem, ["", "2x", "x y", "x-y", "_x", "if", "True", "a__b"]))


def test_scan_keeps_positions():
    text = " a = 1\n\n b = (a,\n a)[0];; b \n"
    assert len(scan(text)) == len(text)
    assert " ".join(scan(text).split()) == "a = 1; b = (a, a)[0]; b ;"


def test_nearest():
    assert nearest("tahn", ["tan", "tanh"]) == "tanh"
    assert nearest("x", []) is None


def test_results_are_the_engines():
    x = 0.3
    assert value("sigmoid(x)", x=x) == sigmoid(x)
