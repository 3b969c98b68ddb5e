"""Laws of expressions: any text gives a Value or an `ExpressionError`, and arithmetic means what Python's means."""

import ast
import contextlib
import math
import operator
import re
import unicodedata
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from autograd import Value
from autograd.command.expression import ExpressionError, parse
from autograd.command.machine import MAX_BITS
from autograd.command.scan import MAX_LENGTH, scan
from autograd.graph import nodes
from autograd.op import FUNCTIONS, find
from autograd.story import Story
from autograd.terminal import visible, width
from autograd.testing.strategies import graphs

PIECES = [
    *"+-*/()[],;=.\n \t:'\"^<>!@%&|~{}#\\", "**", "//", "==", "x", "y", "ŷ", "x\u0302", "ｘ", "ﬁ", "_", "0", "1", "9",
    "10", "0.5", "1e9", "1e999", "9**9", "pi", "e", "e-1", "lambda ", "if ", "None", "True", "tanh(", "softmax([", "sum([",
    "pow(", "maximum(", "dot(", "where(", "leaky_relu(", "negative_slope=", "][0]", "])", "**2", "a = ", "a", "z",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join).map(lambda s: s * 200),
)


def outcome(text, exact=False, values=None):
    try:
        expression = parse(text)
        return expression.evaluate(values or dict.fromkeys(expression.inputs, 3), exact=exact)
    except ExpressionError as error:
        return error


@given(TEXTS, st.booleans())
@example("(" * 100_000, False)
@example("-" * 9_999 + "x", False)
@example("x" * 10_000, False)
@example("x**" * 3_000 + "x", False)
@example("\ud800", False)
@example("x\r\ny", False)
@example("9**9**9**9", True)
@example("1/0", True)
def test_any_text_gives_a_value_or_one_line(text, exact):
    result = outcome(text, exact)
    if isinstance(result, ExpressionError):
        assert str(result) == visible(str(result))
        assert len(str(result)) < 400
        assert 1 <= result.column <= len(text.split("\n")[result.line - 1]) + 1
    else:
        assert isinstance(result, Value)
        for v in nodes(result):
            size = v.data.numerator.bit_length() if isinstance(v.data, int | Fraction) else 0
            assert size <= MAX_BITS
            assert isinstance(v.data, Fraction) or not exact


@given(TEXTS)
def test_what_is_scanned_is_tame(text):
    """Whatever passes the scanner holds no sign that could reach beyond arithmetic, and stands at the same place."""
    try:
        clean = scan(text)
    except ExpressionError:
        return
    assert len(clean) == len(text) <= MAX_LENGTH
    assert not set(clean) & set("'\"`{}\\#@:&|~^<>!%?$\n\r\t")
    assert "__" not in clean
    assert unicodedata.is_normalized("NFKC", clean)


# ---------------------------------------------------------------- trees, printed with as few brackets as Python needs

VALUES = {"x": Fraction(2, 3), "ŷ": Fraction(-5), "w_1": Fraction(1, 7)}
SIGNS = {"+": (1, operator.add), "-": (1, operator.sub), "*": (2, operator.mul), "/": (2, operator.truediv)}
LEAVES = st.one_of(st.integers(0, 30).map(str), st.decimals(0, 30, places=2).map(str), st.sampled_from(sorted(VALUES)))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(sorted(SIGNS)), inner),
        st.tuples(st.sampled_from("+-"), inner),
        st.tuples(inner, st.just("**"), st.integers(-3, 3)),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=12,
)


def printed(tree, tight=0):
    """The tree as text; `tight` says how tightly the place binds where it will stand."""
    match tree:
        case str():
            return tree
        case list():
            return f"sum([{', '.join(map(printed, tree))}])"
        case (base, "**", exponent):
            text, own = f"{printed(base, 5)}**{exponent}", 4
        case (left, sign, right):
            own = SIGNS[sign][0]
            text = f"{printed(left, own)}{sign}{printed(right, own + 1)}"
        case (sign, inner):
            text, own = sign + printed(inner, 3), 3
    return f"({text})" if own < tight else text


def computed(tree):
    """The tree's number, by Python's own arithmetic on Fractions."""
    match tree:
        case str():
            return VALUES[tree] if tree in VALUES else Fraction(tree)
        case list():
            return sum(map(computed, tree))
        case (base, "**", exponent):
            return computed(base) ** exponent
        case (left, sign, right):
            return SIGNS[sign][1](computed(left), computed(right))
        case ("-", inner):
            return -computed(inner)
        case (_, inner):
            return computed(inner)


def used(text):
    return {name: value for name, value in VALUES.items() if name in text}


@given(TREES)
@example(("-", ("2", "**", 2)))
@example((("-", "2"), "**", 2))
@example((("x", "-", "ŷ"), "-", ("w_1", "-", "1")))
@example((("2", "/", "3"), "/", ("4", "*", "5")))
def test_arithmetic_is_pythons_on_fractions(tree):
    text = printed(tree)
    try:
        expected = computed(tree)
    except ZeroDivisionError:
        with pytest.raises(ExpressionError, match="division by zero"):
            parse(text).evaluate(used(text), exact=True)
    else:
        result = parse(text).evaluate(used(text), exact=True)
        assert (result.data, type(result.data)) == (expected, Fraction)


@given(TREES, st.sampled_from(sorted(VALUES)))
def test_gradients_are_what_nudging_an_input_gives(tree, name):
    text = printed(tree)
    assume(name in text)
    values = used(text)
    h = Fraction(1, 10**40)
    try:
        result = parse(text).evaluate(values, exact=True, wrt=[name])
        up, down = (parse(text).evaluate({**values, name: values[name] + k}, exact=True).data for k in (h, -h))
    except ExpressionError:  # 1/0, at the point or on the way
        return
    result.backward()
    slope = next(v for v in nodes(result) if v.name == name).grad
    assert abs((up - down) / (2 * h) - slope) < Fraction(1, 10**20) * (1 + abs(slope))


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True), st.data())
def test_assignments_name_their_nodes(assigned, data):
    """a = x*x; b = a + x; ...: every name is on a node, and the last one on the result."""
    known, statements = ["x"], []
    for name in assigned:
        left, right = (data.draw(st.sampled_from(known)) for _ in range(2))
        statements.append(f"{name} = {left}{data.draw(st.sampled_from('+*-'))}{right}")
        known.append(name)
    result = parse(data.draw(st.sampled_from([";", "\n", " ;\n\n"])).join(statements)).evaluate({"x": 2})
    assert result.name == assigned[-1]
    assert {v.name for v in nodes(result)} <= set(known)


OURS = sorted(name for name, f in FUNCTIONS.items() if not getattr(f, "doc", "").startswith("Of a test"))


@given(st.sampled_from(OURS), st.floats(-3, 3))
def test_every_function_can_be_called_by_name(name, x):
    calls = [f"{name}(x)", f"{name}(x, 2)", f"{name}([x, 2])", f"{name}([x, 2], 1)", f"{name}([x, 2], [1, 2])",
             f"{name}(x, 1, 2)", f"{name}([x, 2])[0]"]  # fmt: skip
    results = [outcome(call, values={"x": x}) for call in calls]
    assert any(isinstance(result, Value) for result in results)
    assert all(result.column == 1 for result in results if isinstance(result, ExpressionError))


@given(st.text(max_size=20))
def test_visible_text_is_one_line_of_known_width(text):
    shown = visible(text)
    assert shown.isprintable()
    assert visible(shown) == shown
    assert width(text + "ab") == width(text) + 2


# ---------------------------------------------------------------- formulas of the leaves, read again

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
SPELLED = ("add", "sub", "mul", "div", "neg", "sum", "dot", "tanh", *(find("power", (k,)) for k in (-2, -1, 2, 3)))


def as_typed(formula):
    """A formula as the command line wants it."""
    powers = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda k: f"**({k[0].translate(SUPERSCRIPTS)})", formula)
    return powers.replace("·", "*").replace("−", "-")


def without_a_pair(text):
    """The text without one pair of brackets, for each pair that is no function's, no number's and no sign's."""
    opened = []
    for i, sign in enumerate(text):
        if sign == "(":
            opened.append(i)
        elif sign == ")":
            start = opened.pop()
            called = start and text[start - 1].isalnum()
            if not called and text[start + 1] != "-" and re.search("[a-z]", text[start:i]):
                yield f"{text[:start]} {text[start + 1 : i]} {text[i + 1 :]}"


@given(graphs(SPELLED, kinds=[Fraction], max_steps=8))
def test_a_formula_of_the_leaves_reads_as_what_was_computed_and_has_no_bracket_too_many(program):
    leaves = program.values()
    for i, v in enumerate(leaves):
        v.name = f"x{i}"
    root = program.run(leaves)[-1]
    assume(root.op is not None)
    root.name = "z"
    formula = Story(root).expanded(10**6).removeprefix("z = ")
    text = as_typed(formula)
    expression = parse(text)
    numbers = {v.name: v.data for v in leaves if v.name in expression.inputs}
    result = expression.evaluate(numbers).data
    assert result == root.data or math.isclose(result, root.data, rel_tol=1e-9, abs_tol=1e-9), formula
    whole = ast.dump(ast.parse(text))
    for shorter in without_a_pair(text):
        with contextlib.suppress(SyntaxError):
            assert ast.dump(ast.parse(shorter)) != whole, formula
