"""The threshold unit and Rosenblatt's rule (L1, L2, L6)."""

import math
from fractions import Fraction

import numpy as np
import pytest
from unit.test_draw import kinds, texts

import nn
from autograd import Value, draw, grad, why
from autograd.op import find
from autograd.table import table
from nn.perceptron import Correction, boundary, threshold

GATES = [nn.datasets.and_gate, nn.datasets.or_gate]


def xor(**options):
    return nn.Perceptron(2).fit(*nn.datasets.xor_gate(labels=(-1, 1)), **options)


def test_at_the_threshold_it_says_one():
    unit = nn.ThresholdUnit(1)
    assert unit.weights == (0, 0) and unit([5]).data == 1  # autograd.step(0) is 0
    unit.weights = -1, 1
    assert [v.data for v in unit([[0.999], [1], [1.001]])] == [-1, 1, 1]
    assert threshold(-1)(-0.0) == 1 and threshold(0)(-5e-324) == 0 and math.isnan(threshold(-1)(math.nan))
    assert type(threshold(-1)(Fraction(1, 2))) is int and find("threshold", (0,)) is threshold(0)
    x = Value(0.0)
    assert grad(threshold(-1)(x), [x]) == (0,)


def test_it_draws_as_inputs_weights_sum_and_step():
    unit = nn.ThresholdUnit(2)
    unit.weights = -1.5, 1, 1
    out = unit([Value(1, "x1", requires_grad=False), Value(0, "x2", requires_grad=False)])
    picture = draw(out, "forward")
    assert sorted(texts(picture, "const")) == ["x0", "x1", "x2"] and texts(picture, "op") == ["Σ"]
    assert texts(picture, "weight") == ["w1 = 1", "w2 = 1", "w0 = −1.5"]
    assert texts(picture, "name") == ["threshold"] and kinds(picture)["plot"] == 1
    out.backward()
    assert texts(draw(out, "both"), "slope") == ["slope 0"]
    assert unit.bias.grad == 0 and "slope 0 by v1 everywhere" in str(why(out, unit.bias))
    assert "w0·x0 + w1·x1 + w2·x2" in table(out) and "∂v2/∂v1 = 0·sign(v1) = 0" in table(out)


def test_units_are_modules():
    unit = nn.ThresholdUnit(2, low=0, init="uniform", seed=1)
    assert repr(unit) == "ThresholdUnit(2, low=0)  # 3 parameters"
    assert [name for name, _ in unit.named_parameters()] == ["bias", "weight[0]", "weight[1]"]
    assert unit.weights == nn.ThresholdUnit(2, init="uniform", seed=1).weights and all(unit.weights)
    unit.weights = np.array([1.0, 2.0, 3.0])
    assert unit.state_dict() == {"bias": 1.0, "weight": [2.0, 3.0]}
    with pytest.raises(ValueError, match=r"takes rows of 2 numbers, got 1"):
        unit([1])
    with pytest.raises(ValueError, match=r"w0 to w2, 3 numbers; got \(1, 2\)"):
        unit.weights = 1, 2
    with pytest.raises(ValueError, match="row 1 of the weights is nan"):
        unit.weights = 1, math.nan, 2
    for low in (1, 0.5, None):
        with pytest.raises(ValueError, match="low is what the unit says below its threshold, -1 or 0"):
            nn.ThresholdUnit(2, low=low)


def test_boundaries():
    assert boundary((-3, 2)) == Fraction(3, 2) and boundary((0, 2.0)) == 0.0
    assert boundary((1, 0)) is None and boundary((0, 0, 0)) is None
    assert boundary((-4, 1, 2)) == ((0, 2), (-2, 1)) and type(boundary((-4, 1, 2))[0][1]) is Fraction
    assert boundary((-4, 2, 0)) == ((2, 0), (0, 2))  # upright
    assert boundary((1e-300, 1e-300, 1e-300)) == ((0, -1.0), (-1e-300, 1e-300))
    unit = nn.ThresholdUnit(3)
    unit.weights = 1, 2, 3, 4
    with pytest.raises(ValueError, match="with 3 inputs the boundary is a hyperplane"):
        unit.boundary()


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("low", [-1, 0])
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("lr", [1, Fraction(1, 3), 0.1])
def test_and_and_or_are_learned(gate, low, batch, lr):
    X, y = gate(labels=(low, 1))
    unit = nn.Perceptron(2, low=low)
    learning = unit.fit(X, y, lr=lr, batch=batch)
    assert learning.converged and [v.data for v in unit(X)] == y
    assert learning.errors[-1] == 0 and learning.best == unit.weights and learning.best_errors == 0
    assert learning.reason == f"0 errors after epoch {learning.epochs}" and learning.start == (0, 0, 0)
    assert all((c.index is None) == batch for c in learning.corrections)
    assert learning.epochs == max(c.epoch for c in learning.corrections)
    kind = float if lr == 0.1 else Fraction if lr != 1 else int
    assert all(type(w) in (kind, int) for w in unit.weights)
    point, along = unit.boundary()
    for t in (0, 1):
        x = [p + t * d for p, d in zip(point, along, strict=True)]
        assert float(sum(w * v for w, v in zip(unit.weights, [1, *x], strict=True))) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("lr", [1, Fraction(2, 7), 0.5])
def test_xor_is_not_learned_and_the_repetition_is_noticed(batch, lr):
    learning = xor(lr=lr, batch=batch)
    assert not learning.converged and "so that all would repeat" in learning.reason
    assert learning.reason.endswith("not linearly separable") == (lr != 0.5)
    assert learning.epochs < 10 and learning.best_errors >= 1
    ends = {c.epoch: c.weights for c in learning.corrections}
    later, earlier = (int(word) for word in learning.reason.replace(",", "").split() if word.isdecimal())
    starts = {1: learning.start} | {epoch + 1: weights for epoch, weights in ends.items()}
    assert starts[later] == starts[earlier]


def test_xor_in_random_order_ends_at_the_limit_with_the_best_line():
    learning = xor(seed=0, max_epochs=30)
    assert learning.reason.endswith("left after 30 epochs, the limit") and learning.epochs == 30
    assert learning.best_errors == 1 and repr(learning).endswith(" with 1 error>")  # three of four
    unit = nn.ThresholdUnit(2)
    unit.weights = learning.best
    X, y = nn.datasets.xor_gate(labels=(-1, 1))
    assert sum(v.data != t for v, t in zip(unit(X), y, strict=True)) == 1
    assert xor(seed=0, max_epochs=30) == learning != xor(seed=1, max_epochs=30)
    assert str(learning).splitlines()[-2].startswith("not converged: ")


def test_a_threshold_of_errors():
    learning = xor(until=2)
    assert learning.converged and learning.epochs == 0 and learning.corrections == () and learning.errors == (2,)
    X, y = nn.datasets.xor_gate(labels=(-1, 1))
    assert nn.Perceptron(2).fit([X[k] for k in (0, 3, 1, 2)], [y[k] for k in (0, 3, 1, 2)], until=1, seed=5).errors[-1] <= 1
    assert xor(max_epochs=0).reason == "2 errors left after 0 epochs, the limit"


def test_corrections_follow_the_rule_and_read_well():
    unit = nn.Perceptron(2)
    learning = unit.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, -1, -1, 1], lr=Fraction(1, 2))
    now = learning.start
    for c in learning.corrections:
        said = 1 if now[0] + sum(w * v for w, v in zip(now[1:], c.input, strict=True)) >= 0 else -1
        assert c.output == said != c.target
        assert c.step == tuple(Fraction(1, 2) * (c.target - said) * v for v in (1, *c.input))
        now = tuple(w + s for w, s in zip(now, c.step, strict=True))
        assert c.weights == now
    assert now == unit.weights
    assert str(learning.corrections[0]) == "epoch 1, row 0: said 1 to (0, 0), which is -1; step (-1, 0, 0) to w = (-1, 0, 0)"
    lines = str(learning).splitlines()
    assert lines[0].split() == ["epoch", "row", "x", "y", "ŷ", "step", "w"]
    assert lines[1] == "1       0     (0, 0)   -1   1    (-1, 0, 0)    (-1, 0, 0)"
    assert lines[-2] == f"converged: 0 errors after epoch {learning.epochs}"
    assert lines[-1] == f"best w = ({', '.join(map(str, unit.weights))}): 0 errors"
    assert repr(learning).startswith("<Learning: converged=True, 5 epochs, 11 corrections, ") and "0 errors>" in repr(
        learning
    )


def test_batches_read_well_and_long_tables_are_cut():
    learning = nn.Perceptron(1).fit([[2.0]], [-1], batch=True)
    assert str(learning.corrections[0]) == "epoch 1, all rows: step (-2, -4) to w = (-2, -4)"
    assert learning.corrections[0] == Correction(1, None, None, None, None, (-2, -4.0), (-2, -4.0))
    assert str(learning).splitlines()[1].split() == ["1", "all", "(-2,", "-4)", "(-2,", "-4)"]
    long = str(xor(seed=0, max_epochs=100)).splitlines()
    assert len(long) == 1 + 41 + 2 and long[21].split()[2:] == ["more", "…"]


def test_several_fits_go_on():
    X, y = nn.datasets.and_gate(labels=(-1, 1))
    once, twice = nn.Perceptron(2), nn.Perceptron(2)
    once.fit(X, y)
    assert not twice.fit(X, y, max_epochs=2).converged
    assert twice.fit(X, y).converged and twice.weights == once.weights


def test_datasets_arrays_and_columns_go_in():
    data = nn.datasets.blobs(40, noise=0.3, labels=(-1, 1), seed=1)
    assert nn.Perceptron(2).fit(*data).converged
    weights = nn.Perceptron(2).fit(*data).best
    assert nn.Perceptron(2).fit(np.array(data.inputs), np.array(data.targets)).best == weights
    assert nn.Perceptron(2).fit(*data.columns()).best == weights


@pytest.mark.parametrize(
    "inputs, targets, options, words",
    [
        ([[1, 2]], [1], {"lr": 0}, "Perceptron: lr is a finite number above 0, got 0"),
        ([[1, 2]], [1], {"lr": math.nan}, "lr is"),
        ([[1, 2]], [1], {"lr": "1"}, "lr is a finite number above 0, got '1'"),
        ([[1, 2]], [1], {"lr": math.inf}, "lr is"),
        ([[1, 2]], [1], {"until": -1}, "until is a whole number of 0 or more"),
        ([[1, 2]], [1], {"max_epochs": 1.5}, "max_epochs is a whole number"),
        ([[1, 2]], [1, 1], {}, "1 rows and 2 targets"),
        ([[1, 2]], [0], {}, r"this unit says -1 or 1; the target of row 0 is 0: take Perceptron\(..., low=0\)"),
        ([[1, 2], [3, 4]], [1, 2], {}, "the target of row 1 is 2: take another target"),
        ([[1]], [1], {}, r"Perceptron\(2, low=-1\) takes rows of 2 numbers, got 1: \[1\]"),
        ([[1, 2], [1]], [1, 1], {}, "row 1 of the inputs has length 1"),
        ([[1, math.nan]], [1], {}, "row 0 of the inputs, place 1 is nan"),
        ([], [], {}, "the inputs are empty"),
        ([[1, 2]], [math.nan], {}, "row 0 of the targets is nan"),
    ],
)
def test_bad_data_is_refused_and_changes_nothing(inputs, targets, options, words):
    unit = nn.Perceptron(2)
    with pytest.raises(ValueError, match=words):
        unit.fit(inputs, targets, **options)
    assert unit.weights == (0, 0, 0)


def test_targets_of_the_other_kind():
    with pytest.raises(ValueError, match="this unit says 0 or 1; the target of row 0 is -1: take low=-1"):
        nn.Perceptron(1, low=0).fit([[1]], [-1])


@pytest.mark.parametrize("batch", [False, True])
def test_weights_that_overflow(batch):
    unit = nn.Perceptron(1)
    with pytest.raises(OverflowError, match="take a smaller lr, or scale the inputs"):
        unit.fit([[1e308], [1e308]], [-1, -1], lr=3, batch=batch)
    assert unit.weights == (0, 0)


def test_a_sum_that_is_no_number():
    unit = nn.Perceptron(2)
    unit.weights = 0, 1e10, -1e10
    with pytest.raises(OverflowError, match=r"the weights became \(nan"):
        unit.fit([[1e308, 1e308]], [-1])  # inf - inf
    assert unit.weights == (0, 1e10, -1e10)
