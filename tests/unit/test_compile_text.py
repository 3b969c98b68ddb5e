"""Programs as text to take away: what p is."""

import re

import emitters
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value


def run(text, folder, *given):
    """The written function's results, from a module of its own."""
    name = f"taken{next(emitters._numbers)}"
    (folder / f"{name}.py").write_text(text, "utf-8")
    spec = emitters.importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    module = emitters.importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.value_and_gradient(*given)


@given(
    kinds=st.lists(st.booleans(), min_size=1, max_size=5),
    ways=st.lists(st.lists(st.integers(0, 4), max_size=6), min_size=1, max_size=4),
    wrt=st.sampled_from(["inputs", "parameters"]),
)
def test_p_has_the_order_of_the_parameters(tmp_path_factory, kinds, ways, wrt):
    """Whichever shapes were recorded before, and whichever Values need no gradient."""
    leaves = [Value(k + 2.0, requires_grad=free) for k, free in enumerate(kinds)]

    def function(xs):
        return sum(((k + 1) * leaves[k % len(leaves)] * xs[0] for k in ways[len(xs) - 1]), xs[-1] * xs[0])

    fast = autograd.compile(function, backend="python")
    for n in range(len(ways)):
        fast([1.0] * (n + 1))
    for n in range(len(ways)):
        text = fast.source([3.0] * (n + 1), wrt=wrt)
        now = [p.data for p in fast.parameters]
        x, other = [3.0] * (n + 1), [10.0 * k for k, _ in enumerate(now)]
        folder = tmp_path_factory.mktemp("text")
        value = fast(x)
        assert run(text, folder, x)[0] == run(text, folder, x, now)[0] == value
        for p, number in zip(fast.parameters, other):
            p.data = number
        found, (value, gradient) = run(text, folder, x, other), fast.value_and_grad(x, wrt=wrt)
        assert found == [value, *gradient]
        for p, number in zip(fast.parameters, now):
            p.data = number


def test_p_in_c():
    u, v, fixed = Value(2.0, "u"), Value(5.0, "v"), Value(-7.0, requires_grad=False)
    fast = autograd.compile(lambda xs: v * xs[0] if len(xs) == 1 else u * xs[0] - v * xs[1] + fixed, backend="python")
    fast([1.0])
    fast([1.0, 2.0])
    assert fast.parameters == [v, u]
    text = fast.c_source([1.0, 2.0], wrt="parameters")
    assert "2 inputs x, 2 parameters p, 3 results y" in text
    assert "x[0] * p[1]" in text and "x[1] * p[0]" in text and "(-7.0)" in text
    assert re.search(r"const double (v\d+) = x\[0\] [\s\S]*y\[2\] = \1;", text.partition("v2")[2])
    assert "p=(5.0, 2.0,)" in fast.source([1.0, 2.0])
