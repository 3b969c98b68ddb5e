"""The losses: the lecture's figures, extremes, one node a batch, and errors that say what to write."""

import math
import re
from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest

import nn
from autograd import Value
from nn.shapes import mapped

ELEMENTWISE = [nn.MSELoss(), nn.L1Loss(), nn.HuberLoss(), nn.HingeLoss(), nn.BCELoss(), nn.BCEWithLogitsLoss()]
PER_ROW = [nn.NLLLoss(), nn.CrossEntropyLoss()]


@pytest.mark.parametrize("w, cost", [(0.0, 7.0), (1.0, 0.0), (2.0, 7.0)])
def test_the_cost_of_a_linear_unit(w, cost):  # L3
    weight = Value(w)
    outputs = [[weight * x] for x in (1.0, 2.0, 3.0)]
    loss = nn.MSELoss("half_sum")(outputs, [[1.0], [2.0], [3.0]])
    loss.backward()
    assert loss.data == cost
    assert weight.grad == sum((w * x - x) * x for x in (1.0, 2.0, 3.0))  # L5


def test_the_mean_of_squares():  # L13
    loss = nn.MSELoss()([Value(0), Value(Fraction(1, 2))], [1, 0])
    assert loss.data == Fraction(5, 8)


def test_a_batch_is_one_node():
    loss = nn.MSELoss()([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]], [[0.0, 0.0], [0.0, 0.0]])
    assert loss.op.name == "mean" and len(loss.parents) == 4
    assert nn.MSELoss("sum")([[Value(1.0)]], [[0.0]]).op.name == "sum"


def test_single_numbers_and_plain_ones():
    assert nn.MSELoss()(Value(3.0), 1.0).data == 4.0
    assert nn.HuberLoss()([3.0, 0.0], [1.0, 0.5]).data == 0.8125
    assert nn.BCELoss()(0.5, 1).data == pytest.approx(math.log(2))
    assert isinstance(nn.CrossEntropyLoss()([0.0, 0.0], 1), Value)


def test_arrays_and_tuples():
    outputs = [[Value(1.0), Value(0.0)], [Value(0.0), Value(1.0)]]
    assert nn.MSELoss()(outputs, np.eye(2)).data == 0
    assert nn.MSELoss()(outputs, ((1, 0), (0, 1))).data == 0
    expected = nn.CrossEntropyLoss()(outputs, [0, 1]).data
    for labels in (np.array([0, 1]), (0, 1), [np.int64(0), np.int64(1)]):
        assert nn.CrossEntropyLoss()(outputs, labels).data == expected


def test_a_target_that_is_a_value_gets_its_gradient():
    for loss in (*ELEMENTWISE[:3], nn.BCEWithLogitsLoss(), nn.BCELoss()):
        x, t = Value(0.25), Value(0.75)
        loss([x], [t]).backward()
        assert x.grad is not None and t.grad is not None
    x, t = Value(0.25), Value(0.75)
    nn.MSELoss()([x], [t]).backward()
    assert (x.grad, t.grad) == (-1.0, 1.0)


@pytest.mark.parametrize(
    "x, t, loss, slope",
    [
        (inf, 1, 0.0, 0.0),
        (inf, 0, inf, 1.0),
        (-inf, 1, inf, -1.0),
        (-inf, 0, 0.0, 0.0),
        (1e308, 1, 0.0, 0.0),
        (1e308, 0, 1e308, 1.0),
        (-1e308, 1, 1e308, -1.0),
        (-1e308, 0.5, 5e307, -0.5),
        (inf, 0.25, inf, 0.75),
        (-1e-300, 1, math.log(2), -0.5),
    ],
)
def test_extreme_logits(x, t, loss, slope):
    v = Value(x)
    z = nn.BCEWithLogitsLoss()([v], [t])
    z.backward()
    assert (z.data, v.grad) == (loss, slope)


def test_extreme_logits_of_classes():
    row = [Value(-inf), Value(0.0), Value(1e308), Value(-1e308)]
    z = nn.CrossEntropyLoss()([row], [2])
    z.backward()
    assert z.data == 0 and [v.grad for v in row] == [0.0] * 4
    assert nn.CrossEntropyLoss()([[Value(-inf), Value(0.0)]], [[0.0, 1.0]]).data == 0
    assert nn.CrossEntropyLoss()([[Value(-inf), Value(0.0)]], [0]).data == inf


@pytest.mark.parametrize(
    "p, t, loss, slope",
    [
        (0.0, 0, 0.0, 1.0),
        (1.0, 1, 0.0, -1.0),
        (0.0, 1, 100.0, -1e12),
        (1.0, 0, 100.0, 1e12),
        (0, 1, 100.0, -1e12),
        (1e-300, 1, 100.0, -1e12),
        (1e-13, 1, -math.log(1e-13), -1e12),
        (1e-20, 0, 1e-20, 1.0),
        (0.0, 0.5, 50.0, -5e11 + 0.5),
        (1.0, 0.5, 50.0, 5e11 - 0.5),
    ],
)
def test_probabilities_at_both_ends(p, t, loss, slope):
    v = Value(p)
    z = nn.BCELoss()([v], [t])
    z.backward()
    assert z.data == pytest.approx(loss, rel=1e-15) and v.grad == pytest.approx(slope, rel=1e-15)


def test_huber_does_not_overflow_on_the_line():
    v = Value(1e200)
    z = nn.HuberLoss(0.5)([v], [0.0])
    z.backward()
    assert (z.data, v.grad) == (5e199, 0.5)


def test_the_positive_weight():
    plain, heavy = nn.BCEWithLogitsLoss(reduction="none"), nn.BCEWithLogitsLoss(3, reduction="none")
    xs = [Value(0.3), Value(0.3)]
    assert [v.data for v in heavy(xs, [1, 0])] == [3 * plain(xs, [1, 0])[0].data, plain(xs, [1, 0])[1].data]


@pytest.mark.parametrize("loss", [*ELEMENTWISE, *PER_ROW], ids=lambda loss: type(loss).__name__)
def test_a_nan_output_goes_into_the_loss(loss):
    outputs, targets = ([[Value(nan), Value(1.0)]], [0]) if loss in PER_ROW else ([Value(nan), Value(0.5)], [1, 1])
    z = loss(outputs, targets)
    assert z.data != z.data


def test_repr():
    assert repr(nn.MSELoss()) == "MSELoss()"
    assert repr(nn.HuberLoss(0.5, reduction="sum")) == "HuberLoss(delta=0.5, reduction='sum')"
    assert repr(nn.CrossEntropyLoss()) == "CrossEntropyLoss(label_smoothing=0.0)"


def test_reduction_none_keeps_the_nesting():
    loss = nn.MSELoss("none")
    assert mapped(lambda v: v.data, loss([[Value(1.0), Value(2.0)]], [[0.0, 0.0]])) == [[1.0, 4.0]]
    assert loss(Value(3.0), 0.0).data == 9.0
    rows = [[Value(0.0), Value(0.0)], [Value(0.0), Value(0.0)]]
    assert len(nn.CrossEntropyLoss(reduction="none")(rows, [0, 1])) == 2
    assert isinstance(nn.CrossEntropyLoss(reduction="none")(rows[0], 1), Value)
    assert len(nn.CrossEntropyLoss(reduction="none")(rows, [[0.5, 0.5], [1, 0]])) == 2


def test_a_loss_without_a_formula():
    with pytest.raises(NotImplementedError, match=r"Loss has no each\(self, x, t\) yet"):
        nn.Loss()([Value(1.0)], [1.0])


COLUMN = [[Value(1.0)], [Value(2.0)]]
ROWS = [[Value(1.0), Value(2.0), Value(0.0)], [Value(3.0), Value(4.0), Value(0.0)]]
LONG = [[Value(1.0)] for _ in range(5)]


@pytest.mark.parametrize(
    "loss, input, target, said",
    [
        (
            nn.MSELoss(),
            COLUMN,
            [2.0, 4.0],
            r"MSELoss: the outputs have shape (2, 1), the targets (2,): write [[2.0], [4.0]], not",
        ),
        (nn.MSELoss(), LONG, [0.0] * 5, "write [[0.0], [0.0], [0.0], ...], not [0.0, 0.0, 0.0, ...]"),
        (
            nn.MSELoss(),
            [Value(1.0), Value(2.0)],
            [[2.0], [4.0]],
            "(2,), the targets (2, 1): write [2.0, 4.0], not [[2.0], [4.0]]",
        ),
        (nn.MSELoss(), Value(1.0), [2.0], "the outputs have shape (), the targets (1,): write 2.0, not [2.0]"),
        (nn.MSELoss(), COLUMN, [[[1.0]], [[2.0]]], "write [[1.0], [2.0]], not [[[1.0]], [[2.0]]]"),
        (nn.MSELoss(), COLUMN, [[2.0]], "(2, 1), the targets (1, 1): give one target for each output"),
        (nn.MSELoss(), COLUMN, None, "the targets (): give one"),
        (nn.MSELoss(), [], [], "MSELoss got no outputs: their shape is (0,)"),
        (nn.CrossEntropyLoss(), [[]], [0], "CrossEntropyLoss got no outputs: their shape is (1, 0)"),
        (nn.MSELoss(), [[Value(1.0)], [Value(2.0), Value(1.0)]], [[1.0], [2.0]], "the outputs must be even"),
        (nn.MSELoss(), COLUMN, [[1.0], [2.0, 3.0]], "the targets must be even"),
        (nn.MSELoss(), COLUMN, [[1.0], [nan]], "MSELoss takes targets that are finite numbers: target[1][0] is nan"),
        (nn.L1Loss(), COLUMN, [[inf], [1.0]], "target[0][0] is inf"),
        (nn.L1Loss(), COLUMN, [["1"], [1.0]], "target[0][0] is '1'"),
        (nn.HingeLoss(), COLUMN, [[1], [0]], "HingeLoss takes targets that are -1 or 1: target[1][0] is 0"),
        (nn.HingeLoss(), Value(1.0), nan, "target is nan"),
        (nn.BCELoss(), COLUMN, [[1], [-1]], "BCELoss takes targets that are from 0 to 1: target[1][0] is -1"),
        (
            nn.BCELoss(),
            COLUMN,
            [[1], [1]],
            "outputs that are from 0 to 1 (end the model with a sigmoid): output[1][0] is Value(2.0",
        ),
        (nn.BCELoss(), [Value(-0.1)], [1], "output[0] is Value(-0.1"),
        (nn.BCEWithLogitsLoss(), COLUMN, [[1], [1.5]], "target[1][0] is 1.5"),
        (nn.BCEWithLogitsLoss(), COLUMN, [[1], [nan]], "target[1][0] is nan"),
        (
            nn.CrossEntropyLoss(),
            ROWS,
            [0, 3],
            "a label is a whole number from 0 to 2, for there are 3 classes; target[1] is 3",
        ),
        (nn.CrossEntropyLoss(), ROWS, [-1, 0], "target[0] is -1"),
        (nn.CrossEntropyLoss(), ROWS, [1.0, 0], "target[0] is 1.0"),
        (nn.CrossEntropyLoss(), ROWS, [True, 0], "target[0] is True"),
        (nn.CrossEntropyLoss(), ROWS[0], nan, "target is nan"),
        (
            nn.NLLLoss(),
            ROWS,
            ["cat", 0],
            "NLLLoss: a label is a whole number from 0 to 2, for there are 3 classes; target[0] is 'cat'",
        ),
        (
            nn.CrossEntropyLoss(),
            ROWS,
            [[0], [1]],
            "the labels of such outputs have shape (2,), the targets (2, 1): write [0, 1], not",
        ),
        (nn.CrossEntropyLoss(), ROWS, [0], "have shape (2,), the targets (1,)"),
        (nn.CrossEntropyLoss(), Value(1.0), 0, "takes rows of one number a class, or one row; the outputs are ()"),
        (nn.CrossEntropyLoss(), [ROWS], [[0, 1]], "the outputs are (1, 2, 3)"),
        (nn.NLLLoss(), ROWS, [[0]] * 2, "NLLLoss: the labels of such outputs have shape (2,), the targets (2, 1)"),
        (nn.CrossEntropyLoss(), ROWS, [[0, 1, 0], [0, 2, -1]], "from 0 to 1: target[1][1] is 2"),
        (
            nn.CrossEntropyLoss(),
            ROWS,
            [[0, 1, 0], [0, 1, 1]],
            "1 in sum; those of target[1] are 2 (several right classes at once",
        ),
        (nn.CrossEntropyLoss(), ROWS, [[0, 1, 0], [0.0, nan, 0.5]], "target[1][1] is nan"),
    ],
)
def test_bad_batches(loss, input, target, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        loss(input, target)


@pytest.mark.parametrize(
    "make, said",
    [
        (lambda: nn.MSELoss("avg"), "MSELoss has the reductions mean, sum, half_sum, none, not 'avg'"),
        (lambda: nn.L1Loss("half_sum"), "L1Loss has the reductions mean, sum, none, not 'half_sum'"),
        (lambda: nn.HuberLoss(0), "HuberLoss: delta is a finite number above 0, got 0"),
        (lambda: nn.HuberLoss("wide"), "got 'wide'"),
        (lambda: nn.HuberLoss(10**400), "delta is a finite number above 0"),
        (lambda: nn.BCEWithLogitsLoss(pos_weight=-1), "pos_weight is a finite number of 0 or more, got -1"),
        (lambda: nn.CrossEntropyLoss(label_smoothing=1.5), "label_smoothing is a number from 0 to 1, got 1.5"),
        (lambda: nn.CrossEntropyLoss(label_smoothing=nan), "got nan"),
    ],
)
def test_bad_settings(make, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()
