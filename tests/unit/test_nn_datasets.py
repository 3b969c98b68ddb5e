"""Data sets: what is built in, how they are cut, and what they refuse."""

import math
import re
import sys
import types
from dataclasses import FrozenInstanceError
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd.installing import extra
from nn.datasets import Dataset

CLOUDS = [nn.datasets.two_moons, nn.datasets.circles, nn.datasets.spirals, nn.datasets.blobs]


def small(n=10):
    return Dataset(
        [[k, -k] for k in range(n)], [k % 2 for k in range(n)], "small", classes=("even", "odd"), features=("x", "−x")
    )


def pairs(data):
    return [(tuple(row), y) for row, y in zip(*data, strict=True)]


def test_gates_and_lines():
    assert list(nn.datasets.and_gate()) == [[[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]]
    assert nn.datasets.or_gate((-1, 1)).targets == [-1, 1, 1, 1] and nn.datasets.xor_gate([1, 0]).targets == [1, 0, 0, 1]
    assert repr(nn.datasets.xor_gate()) == "<Dataset 'XOR': 4 rows of 2 numbers; targets 0 (2), 1 (2)>"
    assert list(nn.datasets.line(1)) == [[[1.0], [2.0], [3.0]]] * 2  # L3
    assert list(nn.datasets.line()) == [[[1.0], [2.0], [3.0]], [[2.0], [4.0], [6.0]]]  # L22
    assert repr(nn.datasets.line()) == "<Dataset 'y = 2 x': 3 rows of 1 number; targets of 1 number>"


@pytest.mark.parametrize("make", CLOUDS)
def test_clouds_are_balanced_mixed_and_seeded(make):
    data = make(101, seed=4)
    assert len(data) == 101 and data.targets.count(0) == 51 and data.targets.count(1) == 50
    assert data.targets[:50].count(0) not in (0, 50)  # the classes do not stand together
    assert data == make(101, seed=4) != make(101, seed=5)
    assert make(10, labels=(-1, 1)).targets.count(-1) == 5 and all(type(v) is float for row in data.inputs for v in row)
    assert make(2, noise=0, seed=1).inputs != make(2, noise=0.5, seed=1).inputs
    for noise in (-0.1, math.nan, math.inf):
        with pytest.raises(ValueError, match="noise"):
            make(10, noise=noise)
    for n in (0, 1, 2.5, "many"):
        with pytest.raises((ValueError, TypeError)):
            make(n)
    for labels in ((0, 0), (0,), (0.5, 1), "01", (True, False)):
        with pytest.raises(ValueError, match=r"labels are 2 different whole numbers, such as \(0, 1\) or \(-1, 1\); got"):
            make(10, labels=labels)


def test_where_the_points_lie_without_noise():
    for (x, y), label in pairs(nn.datasets.two_moons(50, noise=0)):
        assert math.hypot(x - label, y - label / 2) == pytest.approx(1)
        assert (y <= 0.5 + 1e-9) if label else (y >= -1e-9)
    for (x, y), label in pairs(nn.datasets.circles(50, noise=0, factor=0.25)):
        assert math.hypot(x, y) == pytest.approx(0.25 if label else 1)
    assert len({row for row, _ in pairs(nn.datasets.circles(50, noise=0))}) == 50  # a circle's end is not its start
    for (x, y), label in pairs(nn.datasets.spirals(90, noise=0, arms=3, turns=0.5)):
        radius = math.hypot(x, y)
        turned = math.pi * radius + 2 * math.pi * label / 3
        assert (x, y) == pytest.approx((radius * math.cos(turned), radius * math.sin(turned)))
    assert {(round(x, 9), round(y, 9)) for (x, y), _ in pairs(nn.datasets.blobs(8, noise=0, centers=2))} == {(2, 0), (-2, 0)}
    assert nn.datasets.blobs(9, centers=3, labels=(5, 6, 7)).targets.count(7) == 3
    with pytest.raises(ValueError, match=r"labels are 3 different whole numbers, such as \(0, 1, 2\); got"):
        nn.datasets.spirals(9, arms=3, labels=(0, 1))
    for factor in (0, 1, math.nan):
        with pytest.raises(ValueError, match="factor"):
            nn.datasets.circles(factor=factor)
    with pytest.raises(ValueError, match="arms is a whole number of 2 or more"):
        nn.datasets.spirals(arms=1)


def test_the_noise_is_a_standard_deviation():
    xs = [x for (x, _), label in pairs(nn.datasets.blobs(4000, noise=0.5)) if label == 0]
    mean = math.fsum(xs) / len(xs)
    assert mean == pytest.approx(2, abs=0.05)
    assert math.fsum((x - mean) ** 2 for x in xs) / len(xs) == pytest.approx(0.25, rel=0.1)


def test_a_dataset_unpacks_counts_and_gives_rows():
    data = small()
    X, y = data
    assert X is data.inputs and y is data.targets and len(data) == 10
    assert data[3] == ([3, -3], 1) and data[-1] == ([9, -9], 1)
    part = data[2:5]
    assert isinstance(part, Dataset) and part.targets == [0, 1, 0] and part.features == ("x", "−x")
    with pytest.raises(IndexError):
        data[10]
    with pytest.raises(ValueError, match="no row of <Dataset 'small': .* is left"):
        data[10:]
    with pytest.raises(FrozenInstanceError):
        data.name = "other"
    assert repr(data) == "<Dataset 'small': 10 rows of 2 numbers; targets even (5), odd (5)>"
    assert repr(data[:1]) == "<Dataset 'small': 1 row of 2 numbers; targets even (1)>"
    assert repr(Dataset([[1]] * 3, [0.5, 2, 1])).endswith("targets from 0.5 to 2>")
    assert repr(Dataset([[1]] * 2000, [*range(2000)])) == "<Dataset 'data': 2,000 rows of 1 number; targets from 0 to 1999>"


def test_data_are_copied_and_exact():
    rows = [[1, Fraction(1, 3)], [2.0, 3]]
    data = Dataset(rows, [1, 0])
    rows[0][0] = 9
    assert data.inputs == [[1, Fraction(1, 3)], [2.0, 3]]
    same = Dataset(np.array([[1.0, 2.0]]), np.array([[0, 1]]))
    assert list(same) == [[[1.0, 2.0]], [[0, 1]]] and type(same.targets[0][0]) is int
    assert Dataset(((1, 2),), (1,)) == Dataset([[1, 2]], [1]) != Dataset([[1, 2]], [0])


@given(n=st.integers(2, 40), fraction=st.floats(0.01, 0.99), seed=st.integers(0, 99), size=st.integers(1, 50))
def test_cutting_loses_no_row(n, fraction, seed, size):
    data = small(n)
    wanted = sorted(pairs(data))
    one, two = data.split(fraction, seed)
    assert sorted(pairs(one) + pairs(two)) == wanted
    assert abs(len(one) - fraction * n) <= 1 and len(one) and len(two)
    assert (one, two) == data.split(fraction, seed)
    assert sorted(pairs(data.shuffled(seed))) == wanted and data.shuffled(seed) == data.shuffled(seed)
    cut = list(data.batches(size))
    assert [pair for batch in cut for pair in pairs(batch)] == pairs(data)
    assert all(len(batch) == size for batch in cut[:-1]) and 1 <= len(cut[-1]) <= size
    assert [pair for batch in data.batches(size, seed) for pair in pairs(batch)] == pairs(data.shuffled(seed))


def test_shuffling_shuffles_and_bad_cuts_are_refused():
    data = small(40)
    assert data.shuffled(0) != data and data.split(0.5, 0) != data.split(0.5, 1)
    assert data.split()[0].inputs != data[:32].inputs and len(data.split()[0]) == 32
    for fraction in (0, 1, -0.5, math.nan):
        with pytest.raises(ValueError, match="fraction is the first part's share"):
            data.split(fraction)
    with pytest.raises(ValueError, match="two parts need two rows"):
        small(1).split()
    with pytest.raises(ValueError, match="size is a whole number of 1 or more, got 0"):
        data.batches(0)
    with pytest.raises(TypeError, match="a seed is a whole number"):
        data.shuffled("0")


def test_columns():
    data = small(2).columns()
    assert data.targets == [[0], [1]] and data.classes == () and data.columns() == data
    assert data.inputs == small(2).inputs and small(2).targets == [0, 1]


@pytest.mark.parametrize(
    "inputs, targets, options, error, words",
    [
        ([], [], {}, ValueError, "the inputs are empty"),
        ([[]], [1], {}, ValueError, "row 0 of the inputs is"),
        ([[1], [1, 2]], [1, 2], {}, ValueError, "row 1 of the inputs has length 2, row 0 has length 1"),
        ([[1], [math.nan]], [1, 2], {}, ValueError, "row 1 of the inputs, place 0 is nan"),
        ([[1], [2]], [1], {}, ValueError, "there are 2 rows and 1 targets"),
        ([[1]], [], {}, ValueError, "the targets are empty"),
        ([[1]], [math.inf], {}, ValueError, "row 0 of the targets is inf"),
        ([[1], [2]], [[1], [2, 3]], {}, ValueError, "row 1 of the targets has length 2"),
        ([[1], [2]], [1, [2, 3]], {}, TypeError, "row 1 of the targets: expected"),
        ([[1], ["x"]], [1, 2], {}, TypeError, "row 1 of the inputs, place 0: expected .* got 'x'"),
        ([[1]], [2], {"classes": ("a", "b")}, ValueError, "the target of row 0 is 2: a class's index, from 0 to 1"),
        ([[1]], [-1], {"classes": ("a", "b")}, ValueError, "the target of row 0 is -1"),
        ([[1]], [1.0], {"classes": ("a", "b")}, ValueError, "the target of row 0 is 1.0"),
        ([[1]], [1], {"features": ("a", "b")}, ValueError, "there are 1 inputs, and 2 names for them"),
        (3, [1], {}, TypeError, "the inputs are a list of rows"),
        ([[1]], 3, {}, TypeError, "the targets are a list of numbers"),
    ],
)
def test_bad_data_is_refused(inputs, targets, options, error, words):
    with pytest.raises(error, match=words):
        Dataset(inputs, targets, **options)


def digits_of(monkeypatch, images, targets):
    fake = types.ModuleType("sklearn.datasets")
    fake.load_digits = lambda: types.SimpleNamespace(data=np.array(images), target=np.array(targets))
    monkeypatch.setitem(sys.modules, "sklearn", types.ModuleType("sklearn"))
    monkeypatch.setitem(sys.modules, "sklearn.datasets", fake)
    return nn.datasets.digits()


def test_digits_are_scaled(monkeypatch):
    data = digits_of(monkeypatch, [[16.0] * 32 + [4.0] * 32, [0.0] * 64], [7, 0])
    assert data.inputs == [[1.0] * 32 + [0.25] * 32, [0.0] * 64] and data.targets == [7, 0]
    assert data.classes == tuple("0123456789") and data.features[:9][-1] == "pixel 1,0"


def test_digits_without_scikit_learn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.delitem(sys.modules, "sklearn.datasets", raising=False)
    with pytest.raises(ModuleNotFoundError, match=re.escape(f"the digits need scikit-learn: {extra('data')}")):
        nn.datasets.digits()


def test_a_fault_inside_scikit_learn_is_not_hidden(monkeypatch):
    def broken(name):
        raise ModuleNotFoundError("No module named 'numpy.core'", name="numpy.core")

    monkeypatch.setattr("nn.datasets.pictures.import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="numpy.core"):
        nn.datasets.digits()


def test_the_real_digits():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: the real digits are not tried")
    data = nn.datasets.digits()
    assert repr(data).startswith("<Dataset 'digits': 1,797 rows of 64 numbers; targets 0 (178), 1 (182), ")
    values = {v for row in data.inputs for v in row}
    assert min(values) == 0 and max(values) == 1 and all(v * 16 == int(v * 16) for v in values)
