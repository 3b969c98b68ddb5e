"""Pictures in formulas: ŷ = x·w above a wire, ∂loss/∂ŷ · x below it."""

from __future__ import annotations

import pytest
from unit.test_collapse import frames, mlp
from unit.test_draw import loss, product, shared, texts, titles
from unit.test_neuron import neuron

from autograd import Value, draw, scope


def test_l16_in_formulas() -> None:
    picture = draw(loss(), symbols=True)
    assert texts(picture, "val") == ["ŷ = x·w", "s = ŷ − y", "loss = s²"]
    assert texts(picture, "grad") == ["∂loss/∂ŷ · x", "∂loss/∂s", "2·s", "1"]
    full = draw(loss(), "all", symbols=True)
    assert texts(full, "grad") == ["∂loss/∂w = ∂loss/∂ŷ · x", "∂loss/∂ŷ = ∂loss/∂s", "∂loss/∂s = 2·s", "∂loss/∂loss = 1"]
    assert texts(full, "local") == ["∂ŷ/∂w = x", "∂s/∂ŷ = 1", "∂loss/∂s = 2·s"]


def test_l15_in_formulas() -> None:
    picture = draw(product(), symbols=True)
    assert texts(picture, "grad") == ["∂L/∂z · y", "∂L/∂z · x", "∂L/∂z"]
    assert draw(product(backward=False), symbols=True).svg.count("pending") == 0


def test_a_fan_out_in_formulas() -> None:
    picture = draw(shared(), symbols=True)
    assert "∂L/∂b + ∂L/∂b + b" in texts(picture, "grad") and texts(picture, "out") == ["L = c"]
    full = draw(shared(), "all", symbols=True)
    assert texts(full, "grad")[-1] == "∂L/∂c = 1"
    assert sorted(texts(full, "local")) == ["∂b/∂a (use 1) = 1", "∂b/∂a (use 2) = 1", "∂c/∂a = b", "∂c/∂b = a"]
    assert texts(picture, "val").count("a") == 3
    assert "j1" in titles(picture)


def test_signs_and_sums_in_formulas() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    d = x - y
    d.name = "d"
    z = (d * d).cos() * 2
    z.backward()
    grads = texts(draw(z, symbols=True), "grad")
    assert "−∂v3/∂d" in grads
    assert any(grad.endswith("· (−sin(v1))") for grad in grads)


def test_a_neuron_in_formulas() -> None:
    picture = draw(neuron(), symbols=True)
    assert texts(picture, "weight") == ["w₁", "w₂"]
    assert texts(picture, "wgrad") == ["∂o/∂w₁ = ∂o/∂n · x₁", "∂o/∂w₂ = ∂o/∂n · x₂"]
    assert texts(picture, "slope") == []


def test_formulas_in_frames_but_not_in_closed_boxes() -> None:
    x = Value(2.0, "x", requires_grad=False)
    with scope("square"):
        y = x * x
    assert frames(draw(y.exp(), symbols=True)) == ["square"]
    with pytest.raises(ValueError, match="some are collapsed"):
        draw(mlp([2, 4, 1], 3), symbols=True)
