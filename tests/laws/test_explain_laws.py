"""Laws of explanations: right on every graph, safe with every name, the same every time."""

import re
from fractions import Fraction

import graphs
from hypothesis import assume, given
from hypothesis import strategies as st

from autograd import Value, explain, maximum, relu, sigmoid, tanh, where, why
from autograd.graph import nodes
from autograd.learn.latex import ACCENTS, FUNCTIONS, GREEK, finished, name
from autograd.learn.reasons import REASONS

numbers = st.one_of(st.integers(-3, 3), st.floats(), st.fractions(-3, 3, max_denominator=9))
HOSTILE = ["$", "\\input{x}", "<script>", "`", "a\nb", "", "$$", "}", "{", "\\", "%", "x_", "^", "&", "w1", "ŷ", "a" * 99]
HOSTILE += ["\ud800", "$$\\end{align*}", "**b**", "[a](javascript:b)", "| a |", "\u202e", "\x00", "y" + "\u0301" * 50]
HOSTILE += [" = ", " + ", "x = 1", "#", "~"]
names = st.one_of(st.none(), st.text(max_size=6), st.sampled_from(HOSTILE))
operations = st.sampled_from(
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: a / b,
        lambda a, b: a**2,
        lambda a, b: abs(a),
        lambda a, b: relu(a),
        lambda a, b: maximum(a, b),
        lambda a, b: where(a > 0, a, b),
    ]
)


@st.composite
def wild(draw):
    """A graph of any numbers and names."""
    values = [Value(float(draw(numbers)), draw(names)) for _ in range(draw(st.integers(1, 3)))]
    for _ in range(draw(st.integers(1, 7))):
        a, b = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        node = draw(operations)(a, b)
        node.name = draw(names)
        values.append(node)
    return values[-1]


def named(node, name):
    node.name = name
    return node


def read(text):
    """A printed number, exactly."""
    return Fraction(text.replace("−", "-"))


def fold(text):
    """The explanation with broken lines joined."""
    return re.sub(r"\n {3,}", " ", text)


@given(graphs.programs(max_steps=8), st.sampled_from([Fraction(1), Fraction(5), Fraction(-1, 3)]))
def test_every_explained_gradient_is_exact(program, seed):
    leaves, results = graphs.record(program)
    output = results[-1]
    present = [leaf for leaf in leaves if leaf in nodes(output)]
    exact = dict(zip(leaves, graphs.exact_gradient(program), strict=True))
    told = fold(explain(output, present, seed, max_terms=10_000).text)
    answers = dict(re.findall(r"∂\w+/∂(x\d) = ([−\d/]+)(?:,|$|\n)", told[told.index("Answer") :]))
    assert {name: read(x) for name, x in answers.items()} == {leaf.name: seed * exact[leaf] for leaf in present}


@given(graphs.programs(max_steps=8))
def test_what_is_printed_adds_up_again(program):
    leaves, results = graphs.record(program)
    output = results[-1]
    told = fold(explain(output, [leaf for leaf in leaves if leaf in nodes(output)], 5, max_terms=10_000).text)
    stages = dict(part.split("\n", 1) for part in told.split("\n\n")[1:])
    for title in ("Backward", "All in one line"):
        for line in stages.get(title, "").splitlines():
            sides = line.strip().split(" = ")
            if len(sides) > 2 and ", ∂" not in line:
                total = read(sides[-1].split(" (")[0])
                for side in sides[2:-1]:
                    assert added_up(side) == total


def added_up(side):
    """The value of a printed sum of products."""
    total = Fraction(0)
    factor = r"(?:\(−[\d/]+\)|−?[\d/]+)"
    for sign, term in re.findall(rf"(?:^| )([+−]? ?)({factor}(?: · {factor})*)(?= [+−] |$)", side):
        product = Fraction(1)
        for factor in term.split(" · "):
            product *= read(factor.strip("()"))
        total += -product if "−" in sign else product
    return total


@given(wild())
def test_every_answer_has_a_reason_and_every_explanation_three_formats(output):
    before = [v.grad for v in nodes(output)]
    for v in nodes(output):
        answer = why(output, v)
        assert answer.reason in REASONS and answer.text.isprintable()
    told = explain(output, nodes(output)[0], max_terms=10_000)
    again = explain(output, nodes(output)[0], max_terms=10_000)
    assert (told.text, told.markdown, told.latex) == (again.text, again.markdown, again.latex)
    assert [v.grad for v in nodes(output)] == before
    assert all(line.isprintable() for line in told.text.splitlines())
    check_latex(told.latex)
    check_markdown(told.markdown)


def check_latex(text):
    """Balanced, and no command but those that explanations are made of."""
    text.encode()
    bare = re.sub(r"\\[\\{}$%&#_ ]", "", text.replace("\\left|", "").replace("\\right|", ""))
    depth = 0
    for sign in bare:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert len(re.findall(r"\\left\b", text)) == len(re.findall(r"\\right\b", text))
    assert not re.search(r"[$%#~`]", bare)
    assert set(re.findall(r"\\([a-zA-Z]+)", re.sub(r"\\\\", " ", text))) <= COMMANDS


COMMANDS = {*ACCENTS.values(), *FUNCTIONS, *GREEK, "begin", "end", "textbf", "text", "frac", "partial", "cdot", "left"}
COMMANDS |= {"right", "quad", "mathrm", "operatorname", "le", "ge", "infty", "ldots", "backslash", "wedge", "sim"}
COMMANDS |= {"backprime"}


def check_markdown(text):
    """Dollar signs only around formulas; no tag, no code."""
    plain = re.sub(r"\\\$", "", text)
    assert not re.search(r"<[a-zA-Z/!?]", text) and "`" not in text
    assert plain.count("$$") % 2 == 0 and plain.replace("$$", "").count("$") == 2
    for formula in plain.split("$$")[1::2]:
        check_latex(formula)


@given(st.text(max_size=40))
def test_a_name_is_signs_to_read(text):
    assume(text.isprintable())
    check_latex(finished(name(text)))


@given(st.sampled_from(HOSTILE), st.sampled_from(HOSTILE))
def test_hostile_names(one, other):
    x, y = Value(2.0, one), Value(3.0, other)
    z = sigmoid(x * y) + tanh(x)
    z.name = other
    told = explain(z)
    assert all(line.isprintable() for line in told.text.splitlines()) and "∂" in told.text
    check_latex(told.latex)
    check_markdown(told.markdown)
    tame = explain(named(sigmoid((x := Value(2.0, "x")) * Value(3.0, "y")) + tanh(x), "z"))
    assert [line for line in told.latex.splitlines() if "textbf" in line] == [
        line for line in tame.latex.splitlines() if "textbf" in line
    ]
    decimals = r"0\.[0-9]+"
    assert re.findall(decimals, told.text) == re.findall(decimals, tame.text)
