"""``glassgrad explain`` and ``glassgrad why``."""

import pytest

from autograd.command.cli import main


@pytest.fixture
def run(capsys):
    def call(*argv):
        code = main(argv)
        return (code, *capsys.readouterr())

    return call


L16 = ("ŷ = x*w; s = ŷ - y; loss = s**2", "x=1", "w=1", "y=2", "--wrt", "w")


def test_explain_prints_the_chain_rule(run):
    code, out, err = run("explain", *L16)
    assert (code, err) == (0, "")
    assert "  ∂loss/∂ŷ = ∂loss/∂s · ∂s/∂ŷ = −2 · 1 = −2\n" in out and out.endswith("Answer\n  ∂loss/∂w = −2\n")


def test_the_gradient_at_the_output_and_digits(run):
    assert "∂L/∂z = 5 (given)" in run("explain", "z = x*y", "x=2", "y=3", "--grad", "5")[1]
    assert "0.3333333" in run("explain", "x/3", "x=1.0", "--digits", "7")[1]
    assert "1/3" in run("explain", "x/3", "x=1", "--exact")[1]


@pytest.mark.parametrize(
    "name, options, begin",
    [
        ("a.txt", (), "What is ∂loss/∂w?"),
        ("a.md", (), "**What is** $"),
        ("a.tex", (), "\\begin{align*}"),
        ("a.md", ("--format", "latex"), "\\begin{align*}"),
        ("a", ("--format", "text"), "What is ∂loss/∂w?"),
    ],
)
def test_explain_writes_a_file(run, tmp_path, name, options, begin):
    path = tmp_path / name
    code, out, _ = run("explain", *L16, "-o", str(path), *options)
    assert code == 0 and out == f"wrote {path}\n" and path.read_text("utf-8").startswith(begin)
    code, _, err = run("explain", *L16, "-o", str(path), *options)
    assert code == 2 and "--force" in err
    assert run("explain", *L16, "-o", str(path), *options, "--force")[0] == 0


def test_nothing_to_explain(run):
    code, out, err = run("explain", "x*2", "x=1", "--wrt", "")
    assert code == 2 and out == "" and err.count("\n") == 1


def test_why_says_a_line_for_each_input(run):
    code, out, err = run("why", "relu(x*w)", "x=-1", "w=2")
    assert (code, err) == (0, "")
    first, second = out.splitlines()
    assert first.startswith("∂v2/∂x = 0, for v2 = relu(v1) is dead") and second.startswith("∂v2/∂w = 0, for")


def test_why_of_an_input_that_is_zero(run):
    said = run("why", "x*y", "x=2", "y=0")[1]
    assert "∂v1/∂y = 2" in said and "No path" not in said
    for command in ("why", "explain"):
        code, _, err = run(command, "5")
        assert code == 2 and "the expression has no inputs, and so no gradients" in err
    assert run("why", "x*2", "x=1", "--wrt", "x, x")[1].count("Nothing is wrong") == 1


def test_why_of_some_inputs(run, tmp_path):
    assert run("why", *L16)[1] == "Nothing is wrong: ∂loss/∂w = −2. It comes along w → ŷ → s → loss.\n"
    assert run("why", "a = w*2; x*3", "x=1", "w=1", "--wrt", "w")[1].startswith("No path leads from w")
    assert run("why", "x*3", "x=1", "--grad", "0")[1].startswith("∂L/∂x = 0, for 0 was given")
    assert run("why", "x*x", "x=1e-200")[1].startswith("∂v1/∂x = 2e−200, for")
    path = tmp_path / "why.txt"
    assert run("why", *L16, "-o", str(path))[0] == 0 and path.read_text("utf-8").startswith("Nothing")
