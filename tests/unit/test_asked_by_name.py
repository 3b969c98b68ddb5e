"""Gradients asked for by the names of nodes: of a graph's own, and of a training that was opened again."""

from __future__ import annotations

from fractions import Fraction

import pytest

import nn
from autograd import StaleError, Value, explain, scope, why
from autograd.classroom import compare, nudge, paths
from autograd.story import Story


def trained():
    model, data = nn.MLP(2, [2, 1], seed=0), ([[1.0, -1.0]], [[1.0]])
    optimizer = nn.SGD(model.parameters(), lr=0.01)
    history = nn.fit(model, data, loss=nn.MSELoss(), optimizer=optimizer, epochs=3, keep_weights=True)
    return model, data, history


def test_a_training_opened_again_is_asked_by_name():
    model, data, history = trained()
    one = history.open(2, model, loss=nn.MSELoss(), data=data)
    own = model.parameters()[0]
    leaf = Story(one).asked("layer1.w11")
    assert leaf is not own and leaf.name == own.name and leaf.data == history.weights[1]["0.weight"][0][0]
    for ask in (explain, why, paths):
        assert str(ask(one, "layer1.w11")) == str(ask(one, leaf)) and "∂loss/∂layer1.w11" in str(ask(one, leaf))
    assert str(explain(one, ["layer1.w11", "layer2.b1"])) == str(explain(one, [leaf, Story(one).asked("layer2.b1")]))
    assert nudge(one, "layer2.b1", 0.5).moved == {"layer2.b1": 0.5}
    hint = "another leaf, perhaps a copy, has this name here: ask for 'layer1.w11'"
    with pytest.raises(ValueError, match=hint):
        explain(one, own)
    with pytest.raises(ValueError, match=hint):
        paths(one, own)
    assert hint in str(why(one, own)) and "perhaps a copy" not in str(why(one, Value(3, "other")))


def test_a_printed_history_says_how_epochs_are_opened():
    model, data, history = trained()
    assert repr(history).endswith("which led to the loss of epoch k + 1; open(0, ...) the first")
    assert history.open(2, model, loss=nn.MSELoss(), data=data).data == history.loss[2]
    plain = nn.fit(model, data, loss=nn.MSELoss(), optimizer=nn.SGD(model.parameters(), lr=0.01), epochs=1)
    assert "open(" not in repr(plain)


def test_names_that_are_not_there_or_not_clear():
    with scope("a"):
        x, alone = Value(2, "w"), Value(5, "b")
    y = Value(3, "w")
    z = x * y * alone * 7
    story = Story(z)
    assert story.asked("a.w") is x and story.asked("w") is y and story.asked("b") is alone and story.asked("a.b") is alone
    assert story.asked("v3") is z and story.asked(x) is x
    with pytest.raises(ValueError, match=r"no node is called 'q' here: write one of a\.w, a\.b, w, v1, v2, v3"):
        why(z, "q")
    with pytest.raises(ValueError, match="no node is called '7'"):
        explain(z, "7")
    with scope("b"):
        z = z * Value(4, "w")
    with scope("c"):
        z = z * Value(4, "w") * Value(1, "u") * Value(1, "u")
    with pytest.raises(ValueError, match=r"several nodes are called 'u' here: write one of c\.u, c\.uʹ"):
        explain(z, "u")


def test_one_leaf_is_one():
    a, b = Value(3, "a"), Value(4, "b")
    assert "for the one leaf, one run each" in str(paths(a * a, "a")) and "for all 2 leaves in one" in str(paths(a * b, a))


def test_a_difference_shows_as_many_digits_as_it_has():
    x = Value(4.0, "x")
    assert "Actual change of v2: 48.024 − 48 = 0.024" in str(nudge(3 * x**2, x, 0.001))
    big = Value(1e15, "x")
    assert "Actual change of v1: 1000000000000001 − 1000000000000000 = 1" in str(nudge(big + 0, big, 1.0))
    assert "Actual change of v1: 9 − 6 = 3" in str(nudge(x * 3 - 6.0, x, 1.0)).replace("v2", "v1")
    assert "∞" in str(nudge(Value(1e308, "x") * 1.5, "x", 1e308))
    assert "Actual change of v1: 1/3 − 1/4 = 1/12" in str(nudge(Value(Fraction(1, 4), "x") * 1, "x", Fraction(1, 12)))


def test_a_stale_graph_before_a_step_names_the_cure():
    w = Value(1, "w")
    before = w * 2
    w.data = 3
    with pytest.raises(StaleError, match=r"w = 3 was assigned .*: before the step, keep .* before = copy.deepcopy\(loss\)"):
        compare(before, w * 2)
    after = w * 2
    w.data = 4
    with pytest.raises(StaleError, match="run the forward pass once more"):
        compare(w * 2, after)
