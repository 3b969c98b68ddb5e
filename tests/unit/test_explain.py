"""Explanations: the lecture's rows, shared nodes, the three formats, and what is refused."""

import math
from fractions import Fraction

import pytest

import autograd.learn
from autograd import Op, Value, dot, exp, explain, log, maximum, relu, sigmoid, softmax, sqrt, tanh, where
from autograd import intrinsics as m
from autograd.intrinsics import where as choose
from autograd.learn import Explanation, latex
from autograd.learn.lesson import Lesson
from autograd.learn.pages import LINE, TEX_LINE


def named(node, name):
    node.name = name
    return node


def constant(x, name):
    return Value(x, name, requires_grad=False)


def logistic(x):
    return 1 / (1 + math.exp(-x))


def section(explanation, title):
    """The lines of one stage, without their indent."""
    found = [part.splitlines() for part in explanation.text.split("\n\n")]
    return next([line.strip() for line in lines[1:]] for lines in found if lines[0] == title)


@pytest.fixture
def loss():
    """Lecture row L16."""
    guess = named(constant(1, "x") * Value(1, "w"), "ŷ")
    s = named(guess - constant(2, "y"), "s")
    return named(s**2, "loss")


@pytest.fixture
def shared():
    a = Value(3, "a")
    b = named(a + a, "b")
    return named(b * a, "c")


@pytest.fixture
def net():
    """Lecture row L18: two sigmoid units and a sigmoid output, in plain Values; gives E and the first weight."""
    x1, x2, y = constant(1.0, "x1"), constant(0.5, "x2"), constant(1, "y")
    w = [Value(x, f"w{i + 1}") for i, x in enumerate((0.5, -0.3, 0.8, 0.2, 1.5, -1.0))]
    z1, z2 = named(dot(w[:2], [x1, x2], 0.1), "z1"), named(dot(w[2:4], [x1, x2], -0.2), "z2")
    y1, y2 = named(sigmoid(z1), "y1"), named(sigmoid(z2), "y2")
    guess = named(sigmoid(named(dot(w[4:], [y1, y2], 0.3), "z3")), "ŷ")
    return named((y - guess) ** 2 / 2, "E"), w[0]


def test_l15_reads_as_in_the_lecture():
    x, y = Value(2, "x"), Value(3, "y")
    assert explain(named(x * y, "z"), grad=5).text == (
        "What are ∂L/∂x and ∂L/∂y?\n\n"
        "Forward\n  x = 2, y = 3\n  z = x·y = 2·3 = 6\n\n"
        "Local gradients\n  ∂z/∂x = y = 3\n  ∂z/∂y = x = 2\n\n"
        "Backward\n  ∂L/∂z = 5 (given)\n"
        "  ∂L/∂x = ∂L/∂z · ∂z/∂x = 5 · 3 = 15\n  ∂L/∂y = ∂L/∂z · ∂z/∂y = 5 · 2 = 10\n\n"
        "Answer\n  ∂L/∂x = 15, ∂L/∂y = 10"
    )
    assert x.grad is None


def test_l16_reads_as_in_the_lecture(loss):
    told = explain(loss)
    assert section(told, "Forward") == [
        "x = 1, w = 1, y = 2",
        "ŷ = x·w = 1·1 = 1",
        "s = ŷ − y = 1 − 2 = −1",
        "loss = s² = (−1)² = 1",
    ]
    assert section(told, "Local gradients") == ["∂loss/∂s = 2·s = −2", "∂s/∂ŷ = 1", "∂ŷ/∂w = x = 1"]
    assert section(told, "Backward") == [
        "∂loss/∂s = 2·s = −2",
        "∂loss/∂ŷ = ∂loss/∂s · ∂s/∂ŷ = −2 · 1 = −2",
        "∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = −2 · 1 = −2",
    ]
    assert section(told, "All in one line") == ["∂loss/∂w = ∂loss/∂s · ∂s/∂ŷ · ∂ŷ/∂w = −2 · 1 · 1 = −2"]
    assert section(told, "Answer") == ["∂loss/∂w = −2"]


def test_l18_a_weight_term_by_term(net):
    told = explain(*net)
    y1, y2 = logistic(0.5 * 1 - 0.3 * 0.5 + 0.1), logistic(0.8 * 1 + 0.2 * 0.5 - 0.2)
    guess = logistic(1.5 * y1 - 1 * y2 + 0.3)
    factors = [f"{2 * (1 - guess):.4g}", f"{guess * (1 - guess):.4g}", f"{y1 * (1 - y1):.4g}"]
    assert section(told, "Local gradients") == [
        "∂E/∂v2 = 1/2 = 0.5",
        f"∂v2/∂v1 = 2·v1 = {factors[0]}",
        "∂v1/∂ŷ = −1",
        f"∂ŷ/∂z3 = ŷ·(1 − ŷ) = {factors[1]}",
        "∂z3/∂y1 = w5 = 1.5",
        f"∂y1/∂z1 = y1·(1 − y1) = {factors[2]}",
        "∂z1/∂w1 = x1 = 1",
    ]
    assert section(told, "Backward")[-1].startswith("∂E/∂w1 = ∂E/∂z1 · ∂z1/∂w1 = ")
    symbols, numbers, total = section(told, "All in one line")
    assert symbols == "∂E/∂w1 = ∂E/∂v2 · ∂v2/∂v1 · ∂v1/∂ŷ · ∂ŷ/∂z3 · ∂z3/∂y1 · ∂y1/∂z1 · ∂z1/∂w1"
    assert numbers == f"= 0.5 · {factors[0]} · (−1) · {factors[1]} · 1.5 · {factors[2]} · 1"
    loss, w = net
    loss.backward()
    assert total == f"= {w.grad:.4g}".replace("-", "−")


def test_a_shared_node_shows_every_contribution(shared):
    told = explain(shared)
    assert section(told, "Backward") == [
        "L = c (another name for the output, to tell gradients from local gradients)",
        "∂L/∂c = 1",
        "∂L/∂b = ∂L/∂c · ∂c/∂b = 1 · 3 = 3",
        "∂L/∂a = ∂L/∂b · ∂b/∂a (use 1) + ∂L/∂b · ∂b/∂a (use 2) + ∂L/∂c · ∂c/∂a",
        "= 3 · 1 + 3 · 1 + 1 · 6",
        "= 3 + 3 + 6",
        "= 12",
    ]
    assert section(told, "Local gradients") == ["∂c/∂b = a = 3", "∂c/∂a = b = 6", "∂b/∂a (use 1) = 1, ∂b/∂a (use 2) = 1"]
    assert "\\frac{\\partial b}{\\partial a}\\text{ (use 2)} = 1" in told.latex
    assert section(told, "All in one line")[-1] == "= 12"


def test_inputs_that_are_the_same_value_are_told_apart():
    x = Value(2.0, "x")
    assert section(explain(x**x), "Local gradients") == [
        "∂v1/∂x (use 1) = x·x^(x − 1) = 4",
        "∂v1/∂x (use 2) = v1·log(x) = 2.773",
    ]


def test_a_constant_that_is_asked_for_may_need_another_name_of_the_output():
    k = constant(5, "k")
    z = named(k * Value(3, "x") + k, "z")
    assert "∂z/∂x = 5" in explain(z).text and "∂L/∂k = 4" in explain(z, k).text


def test_inner_nodes_the_output_and_constants_may_be_asked_for(loss):
    s, guess = loss.parents[0], loss.parents[0].parents[0]
    assert section(explain(loss, [guess, s]), "Answer") == ["∂loss/∂ŷ = −2, ∂loss/∂s = −2"]
    assert section(explain(loss, loss), "Backward") == ["∂loss/∂loss = 1"]
    remark = "of a constant: a backward pass leaves its grad None"
    assert section(explain(loss, guess.parents[0]), "Answer") == [f"∂loss/∂x = −2 ({remark})"]
    both = explain(loss, guess.parents)
    assert section(both, "Answer") == ["∂loss/∂w = −2", f"∂loss/∂x = −2 ({remark})"]
    assert explain(Value(2, "x")).text == (
        "What is ∂x/∂x?\n\nForward\n  x = 2\n\nBackward\n  ∂x/∂x = 1\n\nAnswer\n  ∂x/∂x = 1"
    )


def test_names_taken_and_names_alike():
    x, other = Value(2, "x"), Value(3, "x")
    told = explain(named(x * other, "L"), [x, other], grad=2)
    assert section(told, "Backward") == [
        "∂J/∂L = 2 (given)",
        "∂J/∂x = ∂J/∂L · ∂L/∂x = 2 · 3 = 6",
        "∂J/∂xʹ = ∂J/∂L · ∂L/∂xʹ = 2 · 2 = 4",
    ]
    assert "\\frac{\\partial L}{\\partial x'} &= x = 2" in told.latex
    subscript = explain(Value(2, "w1") * Value(3, "w_1"))  # one name in LaTeX
    assert "w_{1}' = 3" in subscript.latex


def test_a_masked_nan_is_remarked():
    x = Value(-1.0, "x")
    told = explain(where(x > 0, log(x), x * 3))
    last = section(told, "Backward")[-1]
    assert last.endswith("(a nan that was left out sends back 0)") and "All in one line" not in told.text
    assert "\\text{(a nan that was left out sends back 0)}" in told.latex


def test_a_nan_output_has_nan_gradients():
    x = Value(800.0, "x")
    nan = exp(x) * 0
    told = explain(nan)
    assert section(told, "Backward") == [
        "L = v2 (another name for the output, to tell gradients from local gradients)",
        "∂L/∂v2 = nan (a nan has nan gradients)",
        "∂L/∂v1 = ∂L/∂v2 · ∂v2/∂v1 = nan · 0 = nan",
        "∂L/∂x = ∂L/∂v1 · ∂v1/∂x = nan · ∞ = nan",
    ]
    assert section(explain(nan, grad=3), "Backward")[0] == "∂L/∂v2 = nan (a nan has nan gradients)"


def test_short_equations_share_a_line():
    x, y = Value(1, "x"), Value(2, "y")
    told = explain(((x + y) + x) ** 2, [x, y])
    assert section(told, "Local gradients") == ["∂v3/∂v2 = 2·v2 = 8", "∂v2/∂v1 = 1, ∂v2/∂x = 1, ∂v1/∂x = 1, ∂v1/∂y = 1"]
    assert "\\frac{\\partial v_{2}}{\\partial v_{1}} = 1,\\quad " in told.latex


def test_long_equations_break_below_their_first_equals_sign():
    x = Value(0.1234, "a_rather_long_name")
    y = x * 1.0
    for _ in range(8):
        y = y + x * 2.5
    told = explain(y, x, 2)
    assert all(len(line) <= LINE for line in told.text.splitlines())
    start = next(i for i, line in enumerate(told.text.splitlines()) if line.startswith("  ∂L/∂a_rather_long_name = "))
    column = told.text.splitlines()[start].index("=")
    assert told.text.splitlines()[start + 1].startswith(" " * (column + 2))
    assert "&\\quad + " in told.latex and max(map(len, told.latex.splitlines())) < 5 * TEX_LINE
    many = explain(dot([Value(i, f"weight{i}") for i in range(12)], [1.5] * 12))
    assert all(len(line) <= LINE for line in many.text.splitlines()) and many.text.startswith("What are the gradients?")
    assert many.latex.count("\\mathrm{weight}_{11} = 11") == 1


def test_formats(loss):
    told = explain(loss)
    assert isinstance(told, Explanation)
    assert str(told) == told.text and repr(told) == "<Explanation 'What is ∂loss/∂w?'>"
    assert str(explain(loss, format="markdown")) == told.markdown
    assert told._repr_mimebundle_() == {"text/plain": told.text, "text/markdown": told.markdown}
    formulas = explain(loss, format="latex")
    assert formulas._repr_mimebundle_() == {"text/plain": told.latex, "text/latex": told.latex}
    lines = told.latex.splitlines()
    assert lines[0] == "\\begin{align*}" and lines[-1] == "\\end{align*}"
    assert "\\hat{y} &= x \\cdot w = 1 \\cdot 1 = 1 \\\\" in lines
    assert "\\mathrm{loss} &= s^{2} = \\left(-1\\right)^{2} = 1 \\\\" in lines
    question = "**What is** $\\frac{\\partial \\mathrm{loss}}{\\partial w}$ **?**"
    assert told.markdown.startswith(f"{question}\n\n**Forward**\n\n$$\n")


@pytest.mark.parametrize(
    "make, tex",
    [
        (lambda x, y: sigmoid(x), "v_{1} \\cdot \\left(1 - v_{1}\\right)"),
        (lambda x, y: tanh(x), "1 - v_{1}^{2}"),
        (lambda x, y: x / y, "\\frac{1}{y}"),
        (lambda x, y: sqrt(x), "\\frac{1}{2 \\cdot v_{1}}"),
        (lambda x, y: x**3, "3 \\cdot x^{2}"),
        (lambda x, y: x**2.5, "2.5 \\cdot x^{1.5}"),
        (lambda x, y: x.cos(), "-\\sin\\left(x\\right)"),
        (lambda x, y: abs(x), "\\operatorname{sign}\\left(x\\right)"),
        (lambda x, y: x.atan(), "\\frac{1}{1 + x^{2}}"),
        (lambda x, y: relu(x), "\\begin{cases} 1 & \\text{if } x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}"),
        (lambda x, y: maximum(x, y), "\\begin{cases} 0 & \\text{if } y \\ge v_{1} \\\\ 1 & "),
        (lambda x, y: x**y, "y \\cdot x^{y - 1}"),
        (lambda x, y: softmax([x, y])[0], "v_{1} \\cdot \\operatorname{softmax}\\left(x, y\\right)_{1}"),
        (lambda x, y: x.asin(), "\\frac{1}{\\sqrt{1 - x^{2}}}"),
    ],
)
def test_slopes_in_latex(make, tex):
    x, y = Value(0.5, "x"), Value(0.25, "y")
    lines = explain(make(x, y), x, 2).latex.splitlines()
    assert any(f" &= {tex}" in line for line in lines[lines.index("&\\textbf{Local gradients} \\\\") :]), lines


def test_values_in_latex():
    x, y = Value(-0.5, "x"), Value(1e-7, "y")
    assert "\\left|x\\right| = \\left|-0.5\\right| = 0.5" in explain(abs(x)).latex
    told = explain((x - (y - x)) / (abs(x) + 1 - x) * -y, x).latex
    assert "\\left|x\\right|" in told and "1 \\cdot 10^{-7}" in told and "\\frac{v_{2}}{v_{5}}" in told
    assert "\\max\\left(x, y\\right)" in explain(maximum(x, y)).latex
    assert "\\frac{1}{3}" in explain(Value(Fraction(1, 3), "x") * 2).latex
    assert "\\infty" in explain(Value(float("inf"), "x") * 2).latex
    assert "\\mathrm{nan}" in explain(Value(float("nan"), "x") * 2).latex
    assert "1 \\cdot 10^{100}" in explain(Value(10**100, "x") * 2).latex


def test_a_choice_of_an_own_operation():
    bent = Op(
        "bent",
        value=lambda x: choose(x > 0, x, x / 2),
        slopes=lambda z, x: ((0 + choose(x < 0, 1, 2)) - 1 + (1 - choose(x <= 1, x, -x) / 2) ** 1,),
        doc="Of a test: a slope of choices, sums and powers.",
    )
    told = explain(bent(Value(3.0, "x")))
    assert told.latex.count("\\begin{cases}") == told.latex.count("\\end{cases}") == 4  # local gradient and gradient
    assert "\\operatorname{bent}\\left(x\\right)" in told.latex
    raised = Op("raised", value=lambda x: m.exp(x), slopes=lambda z, x: (2**x + 1 * m.exp(-x),), doc="Of a test.")
    assert "2^{x} + 1 \\cdot \\exp\\left(-x\\right)" in explain(raised(Value(3.0, "x"))).latex


def test_leaves_have_no_formula():
    x = Value(2, "x")
    lesson = Lesson(x)
    assert (lesson.formula(x), lesson.local_formula(x, 0), lesson.value(x)) == ("", "", "x = 2")


@pytest.mark.parametrize(
    "name, tex",
    [
        ("x", "x"),
        ("w12", "w_{12}"),
        ("w_1", "w_{1}"),
        ("w_ih", "w_{\\mathrm{ih}}"),
        ("x[3]", "x_{3}"),
        ("a_long_name", "\\mathrm{a\\_long\\_name}"),
        ("a_long_name2", "\\mathrm{a\\_long\\_name2}"),
        ("α", "\\alpha"),
        ("alpha2", "\\alpha_{2}"),
        ("λ", "\\lambda"),
        ("Ω", "\\Omega"),
        ("Α", "Α"),
        ("loss", "\\mathrm{loss}"),
        ("y_hat", "\\hat{y}"),
        ("ñ", "\\tilde{n}"),
        ("ñ1", "\\tilde{n}_{1}"),
        ("重", "重"),
        ("a\u0327", "a\u0327"),
        ("net.w", "\\mathrm{net{.}w}"),
        ("", ""),
        ("−2", "−2"),
        ("$", "\\mathrm{\\$}"),
        ("\\input{a}", "\\mathrm{\\backslash{}input\\{a\\}}"),
        ("<b>", "\\mathrm{{<}b{>}}"),
        ("a`~^", "\\mathrm{a\\backprime{}\\sim{}\\wedge{}}"),
    ],
)
def test_names_in_latex(name, tex):
    assert latex.name(name) == tex


def test_what_does_not_depend_on_the_inputs_in_question_is_set_apart():
    w, v = Value(0.5, "w"), Value(2.0, "v")
    hidden = v.exp()
    lesson = explain(w * hidden, w)
    assert "Forward\n  w = 0.5\n  v1 = 7.389 (computed from other inputs)\n  v2 = w·v1 = " in lesson.text
    assert "v_{1} &= 7.389 \\quad \\text{(computed from other inputs)}" in lesson.latex
    many = explain(w * hidden * v.tanh(), w)
    assert "  v1 = 7.389, v3 = 0.964 (computed from other inputs)\n" in many.text
    assert "&v_{1} = 7.389,\\quad v_{3} = 0.964 \\quad \\text{(computed from other inputs)}" in many.markdown


def test_the_question_names_all_gradients():
    leaves = [Value(i, f"x{i}") for i in range(3)]
    lesson = explain(leaves[0] * leaves[1] * leaves[2])
    assert lesson.text.startswith("What are ∂v2/∂x0, ∂v2/∂x1 and ∂v2/∂x2?\n")
    assert lesson.markdown.startswith("**What are** $")
    assert explain(leaves[0] * 2).markdown.startswith("**What is** $")


def test_what_is_refused(loss):
    with pytest.raises(TypeError, match="explain takes one Value, the output of the graph to be explained; got int"):
        explain(3)
    with pytest.raises(TypeError, match="wrt takes Values of the graph.*; got 3"):
        explain(loss, 3)
    with pytest.raises(ValueError, match="no node is called 'lost' here"):
        explain(loss, "lost")
    with pytest.raises(AttributeError, match="no attribute 'quiz'"):
        autograd.learn.quiz
    with pytest.raises(ValueError, match="the format is one of text, markdown, latex; got 'html'"):
        explain(loss, format="html")
    with pytest.raises(ValueError, match="does not depend on Value"):
        explain(loss, Value(1))
    with pytest.raises(
        TypeError, match=r"wrt takes Values of the graph, or their names, as in explain\(loss, w\); got b'w'"
    ):
        explain(loss, [b"w"])
    with pytest.raises(ValueError, match="wrt is empty"):
        explain(loss, [])
    with pytest.raises(ValueError, match="all leaves are constants"):
        explain(constant(1, "x") * 2)
    x = Value(1.0, "x")
    long = x
    for _ in range(40):
        long = long + x
    with pytest.raises(ValueError, match="the formulas to write down have 80 terms, more than max_terms=79"):
        explain(long, max_terms=79)
    assert explain(long, max_terms=80)
