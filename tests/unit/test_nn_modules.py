"""Modules, layers, initializers, activations and nested lists: behaviour, edges, messages, and the lecture's figures."""

import copy
import math
import random
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from unit.test_draw import texts

import autograd
import nn
from autograd import Value, draw, explain, grad, why
from autograd.table import table
from nn.activations import ACTIVATIONS, activation
from nn.initializers import generator, initializer
from nn.shapes import column, flat, nested, rows, shape

XOR = {"0.weight": [[5.0, 5.0], [-7.0, -7.0]], "0.bias": [-8.0, 3.0], "2.weight": [[-11.0, -11.0]], "2.bias": [6.0]}


def xor():
    model = nn.MLP(2, [2, 1], activation="sigmoid", output="sigmoid")
    model.load_state_dict(XOR)
    return model


def test_l11_xor_by_hand_set_weights():
    outputs = xor()([[0, 0], [0, 1], [1, 0], [1, 1]])
    assert [round(row[0].data, 4) for row in outputs] == [0.0112, 0.9949, 0.9949, 0.0244]
    hidden = xor()[0]([1, 1])
    assert [v.data for v in hidden] == [2.0, -11.0]  # f(2) = 0.88, not 1


def test_l3_the_cost_of_a_line():
    model = nn.Linear(1, 1, bias=False)
    X, y = nn.datasets.line(slope=1)

    def cost(w):
        model.load_state_dict({"weight": [[w]]})
        return autograd.sum([(p[0] - t[0]) ** 2 for p, t in zip(model(X), y, strict=True)]) / 2

    assert [cost(w).data for w in (0, 1, 2)] == [7, 0, 7]  # the slides print 4.5
    here = cost(0)
    here.backward()
    assert model.weight[0][0].grad == -14  # L5: Σ (y − ŷ)(−x)


def test_l18_backward_term_by_term():
    """E = ½ (y − ŷ)², ŷ = σ(v·h + c), h_j = σ(w_j·x + b_j): dE/dw_ji = −(y − ŷ) ŷ(1 − ŷ) v_j h_j(1 − h_j) x_i."""
    model, x, y = xor(), [0.5, -0.25], 1.0
    (guess,) = model(x)
    loss = (y - guess) ** 2 / 2
    loss.backward()
    h = [v.data for v in model[1](model[0](x))]
    p = guess.data
    outer = -(y - p) * p * (1 - p)
    for j in range(2):
        assert model[2].weight[0][j].grad == pytest.approx(outer * h[j], rel=1e-14)
        for i in range(2):
            term = outer * model[2].weight[0][j].data * h[j] * (1 - h[j]) * x[i]
            assert model[0].weight[j][i].grad == pytest.approx(term, rel=1e-14)


def test_l18_a_weight_of_the_first_of_three_layers_is_a_sum_over_paths():
    model = nn.MLP(1, [1, 2, 1], "sigmoid", "sigmoid", seed=3)
    (out,) = model([0.7])
    out.backward()
    (a,) = model[1](model[0]([0.7]))
    b = model[3](model[2]([a]))
    slope = [z.data * (1 - z.data) for z in (out, a, *b)]
    paths = [
        slope[0] * model[4].weight[0][k].data * slope[2 + k] * model[2].weight[k][0].data * slope[1] * 0.7 for k in range(2)
    ]
    assert model[0].weight[0][0].grad == pytest.approx(paths[0] + paths[1], rel=1e-14)


def test_a_small_network_is_drawn_in_its_layers():
    picture = draw(xor()([0, 1])[0], "forward")
    assert texts(picture, "caption") == ["layer1", "layer2"]
    assert sorted(texts(picture, "weight"))[::4] == ["layer1.w11 = 5", "layer2.w11 = −11"]
    assert texts(picture, "name") == ["sigmoid"] * 3


def test_wrong_widths_name_the_layer_and_both_sizes():
    model = nn.MLP(2, [3, 1])
    for x in ([1, 2, 3], [[1, 2], [1, 2, 3]], [[[1, 2, 3]]]):
        with pytest.raises(
            ValueError, match=r"Linear\(2, 3\), which is layer1 of its model, takes rows of 2 numbers, got 3"
        ):
            model(x)
    with pytest.raises(ValueError, match=r"Linear\(5, 1\), which is linear2 .* 5 numbers, got 3"):
        nn.Sequential(nn.Linear(2, 3), nn.Linear(5, 1))([1, 2])
    with pytest.raises(ValueError, match=r"^Neuron\(1, Identity\) takes a list of 1 number, got 3: write \[3\]"):
        nn.Neuron(1)(3)
    with pytest.raises(ValueError, match=r"^Maxout\(2, 1, pieces=2\) takes a list of 2 numbers, got 'ab'$"):
        nn.Maxout(2, 1)("ab")
    with pytest.raises(ValueError, match="takes rows of 2 numbers, got 0"):
        model([])
    with pytest.raises(TypeError, match="got None"):
        model([1, None])


@pytest.mark.parametrize("make", [nn.Linear, nn.Maxout, lambda i, o: nn.Neuron(i), lambda i, o: nn.MLP(i, [o])])
@pytest.mark.parametrize("size", [0, -1, 1.5, "2", True])
def test_sizes_are_checked(make, size):
    with pytest.raises(ValueError, match=r"is a whole number of 1 or more, got"):
        make(size, 1)


def test_mlp_wants_a_list_of_sizes():
    for sizes in (3, [], ()):
        with pytest.raises(ValueError, match="sizes lists the units of each layer"):
            nn.MLP(2, sizes)
    with pytest.raises(ValueError, match="there is no activation 'tan'; there are elu, gelu"):
        nn.MLP(2, [2, 1], "tan")
    with pytest.raises(ValueError, match="there is no activation 3"):
        activation(3)
    with pytest.raises(TypeError, match="Sequential takes modules"):
        nn.Sequential(nn.Tanh)


def test_a_module_that_is_used_twice_has_a_scope_for_each_place():
    act, layer = nn.Tanh(), nn.Linear(1, 1)
    model = nn.Sequential(layer, act, layer, act)
    assert model[0] is model[2] is layer and len(model.parameters()) == 2  # weights are shared
    out = model([1.0])[0]
    assert out.scope == "tanh2" and out.parents[0].parents[1].scope == "tanh1"
    assert [m._scope for m in nn.MLP(1, [2, 2, 1], nn.LeakyReLU(0.01))] == ["layer1", "layer1", "layer2", "layer2", "layer3"]


def test_layers_without_bias_and_names_in_pictures():
    layer = nn.Linear(10, 2, bias=False, seed=0)
    assert [w.name for w in layer.weight[1]][-1] == "w2,10"
    assert layer.bias is None and list(layer.state_dict()) == ["weight"]
    assert repr(layer) == "Linear(10, 2, bias=False)  # 20 parameters"
    unit = nn.Neuron(2, "relu", bias=False, init="ones")
    assert unit([1, 2]).data == 3 and repr(unit) == "Neuron(2, ReLU, bias=False)  # 2 parameters"
    assert repr(nn.Neuron(1000)) == "Neuron(1000, Identity)  # 1,001 parameters"
    assert repr(nn.Maxout(1, 1)) == "Maxout(1, 1, pieces=2)  # 4 parameters"
    assert repr(nn.Neuron(1, bias=False)).endswith("# 1 parameter")
    assert [v.data for v in nn.Maxout(2, 1, init="ones", pieces=1)([1, 2])] == [3.0]


def test_tables_go_in():
    class Table:
        """As pandas' and polars' tables."""

        def __init__(self, numbers):
            self.numbers = numbers

        def to_numpy(self):
            return np.array(self.numbers)

    model = nn.Linear(2, 1, init="ones")
    assert model(Table([[1.0, 2.0]]))[0][0].data == 3.0
    X, y = nn.from_arrays(Table([[1.0, 2.0]]), Table([1]))
    assert (X, y) == ([[1.0, 2.0]], [1])


def test_arrays_go_in():
    model = nn.MLP(2, [3, 1], seed=0)
    rows = [[0.5, 1.0], [2.0, -1.0]]
    wanted = [[v.data for v in row] for row in model(rows)]
    for given in (
        np.array(rows),
        tuple(map(tuple, rows)),
        [np.array(row) for row in rows],
        [[np.float64(v) for v in r] for r in rows],
    ):
        assert [[v.data for v in row] for row in model(given)] == wanted
    x = [Value(0.5), 1.0]
    out = model(x)[0]
    assert grad(out, [x[0]])[0] != 0
    assert model([0.5, Value(1.0)])[0].data == out.data


def test_nested_lists():
    assert nested(np.array(3)) == 3 and nested(()) == [] and nested("ab") == "ab"
    assert list(flat([[1, [2]], 3])) == [1, 2, 3]
    with pytest.raises(ValueError, match=r"w must be even: item 0 has shape \(2,\), item 1 has shape \(1,\): \[3\]"):
        shape([[1, 2], [3]], "w")
    assert shape([]) == (0,)


@pytest.mark.parametrize(
    "data, error, words",
    [
        ([[1, 2], [3]], ValueError, r"row 1 of the inputs has length 1, row 0 has length 2: \[3\]"),
        ([[1], [float("nan")]], ValueError, "row 1 of the inputs, place 0 is nan: data are finite"),
        ([[float("-inf")]], ValueError, "row 0 of the inputs, place 0 is -inf"),
        ([], ValueError, "the inputs are empty"),
        ([[]], ValueError, r"row 0 of the inputs is \[\]"),
        ([1, 2], ValueError, "row 0 of the inputs is 1: a row is a list"),
        ([[1], ["a"]], TypeError, "row 1 of the inputs, place 0: expected an int, a float or a Fraction, got 'a'"),
        (7, TypeError, "the inputs are a list of rows, such as .*; got 7"),
        ([[[1]]], TypeError, "row 0 of the inputs, place 0: expected"),
    ],
)
def test_rows_are_checked(data, error, words):
    with pytest.raises(error, match=words):
        rows(data)


def test_columns_are_checked():
    assert column(np.array([[1], [0]])) == [1, 0] and column((Fraction(1, 3), True)) == [Fraction(1, 3), 1]
    with pytest.raises(TypeError, match="row 1 of the targets: expected"):
        column([1, [2, 3]])
    with pytest.raises(ValueError, match="row 0 of w is nan"):
        column([float("nan")], "w")


def test_exact_numbers_stay_exact():
    layer = nn.Linear(2, 1)
    layer.load_state_dict({"weight": [[Fraction(1, 3), 2]], "bias": [0]})
    assert layer([3, Fraction(1, 2)])[0].data == 2 and type(layer([3, 1])[0].data) is Fraction


def test_states_are_checked_and_copies_are_apart():
    model = nn.MLP(1, [1], seed=0)
    with pytest.raises(TypeError, match="a state is a dict"):
        model.load_state_dict([1])
    with pytest.raises(ValueError, match=r"does not fit MLP: missing: 0.weight, 0.bias; unknown: x, 3"):
        model.load_state_dict({"x": 1, 3: 1})
    with pytest.raises(ValueError, match=r"0.weight has shape \(1, 1\) here, and \(1,\) in the state"):
        model.load_state_dict({"0.weight": [1], "0.bias": [1]})
    with pytest.raises(ValueError, match="0.weight must be even"):
        model.load_state_dict({"0.weight": [[1], [1, 2]], "0.bias": [1]})
    with pytest.raises(TypeError, match="^0.bias: expected an int"):
        model.load_state_dict({"0.weight": [[1]], "0.bias": [None]})
    model.load_state_dict({"0.weight": np.array([[2.5]]), "0.bias": (np.float32(0.5),)})
    assert model.state_dict() == {"0.weight": [[2.5]], "0.bias": [0.5]}
    twin = copy.deepcopy(model)
    twin[0].bias[0].data = 9.0
    assert model[0].bias[0].data == 0.5 and twin.state_dict()["0.weight"] == [[2.5]]


class Pair(nn.Module):
    """A module of one's own: modules in a list and by name, a shared parameter, and an output that it keeps."""

    def __init__(self):
        self.parts = [nn.Linear(1, 1, seed=0), nn.Tanh(), "no module"]
        self.own = Value(2.0, "own")
        self.same = self.own
        self.first = self.parts[0]

    def forward(self, x):
        self.kept = self.own * self.parts[1](self.parts[0](x))[0]
        self.all = [self.kept]
        return self.kept


def test_modules_of_ones_own():
    pair = Pair()
    names = ["own", "parts.0.weight[0][0]", "parts.0.bias[0]"]
    assert [name for name, _ in pair.named_parameters()] == names
    pair([1.0])
    assert [name for name, _ in pair.named_parameters()] == names  # what was computed is no parameter
    pair.load_state_dict(pair.state_dict())
    assert list(pair.state_dict()) == ["own", "same", "parts.0.weight", "parts.0.bias", "first.weight", "first.bias"]
    assert [name for name, _ in pair.named_modules()] == ["", "parts.0", "parts.1", "first"]
    pair([1.0]).backward()
    assert all(p.grad is not None for p in pair.parameters())
    pair.zero_grad()
    assert [p.grad for p in pair.parameters()] == [None] * 3
    outer = nn.Sequential(nn.Linear(1, 1), pair)
    assert pair.own.scope == "pair1" and outer([1.0]).scope == "pair1"
    assert pair.parts[0].weight[0][0].scope == "pair1.first"  # the name it got last
    assert "(parts.0): Linear(1, 1)  # 2 parameters" in repr(pair)


def test_parameters_are_found_in_lists_tuples_and_dicts_however_nested():
    class Net(nn.Module):
        def __init__(self):
            self.pair = Value(1.0), Value(2.0)
            self.scales = {"up": Value(3.0), "down": [Value(4.0)], "none": None}
            self.heads = {"left": nn.Linear(1, 1), "right": (nn.Tanh(), [nn.Linear(1, 1, bias=False)])}

    net = Net()
    assert [name for name, _ in net.named_parameters()] == [
        "pair[0]",
        "pair[1]",
        "scales.up",
        "scales.down[0]",
        "heads.left.weight[0][0]",
        "heads.left.bias[0]",
        "heads.right.1.0.weight[0][0]",
    ]
    assert list(net.state_dict()) == [
        *("pair", "scales.up", "scales.down", "heads.left.weight", "heads.left.bias", "heads.right.1.0.weight")
    ]
    assert net.heads["right"][1][0].weight[0][0].scope == "heads.right.1.0"
    copied = copy.deepcopy(net)
    copied.load_state_dict({**net.state_dict(), "pair": (5.0, 6.0)})
    assert [p.data for p in copied.pair] == [5.0, 6.0] and net.pair[0].data == 1.0


def test_a_part_of_a_sequence_shares_its_parameters_and_keeps_its_scopes():
    model = xor()
    hidden = model[:2]
    assert isinstance(hidden, nn.Sequential) and len(hidden) == 2 and hidden[0] is model[0]
    assert [v.data for v in hidden([0, 1])] == [v.data for v in model[1](model[0]([0, 1]))]
    assert model[0].weight[0][0].scope == "layer1" and len(model[3:3]) == 0


def test_names_of_activations_are_checked_also_where_none_is_used():
    with pytest.raises(ValueError, match="there is no activation 'tahn'"):
        nn.MLP(2, [1], activation="tahn")
    with pytest.raises(ValueError, match=r"Tanh is a class: make a module of it, Tanh\(\)"):
        nn.MLP(2, [3, 1], activation=nn.Tanh)
    for make in (nn.LeakyReLU, nn.ELU):
        with pytest.raises(ValueError, match="must be a finite number, got nan"):
            make(math.nan)
        with pytest.raises(TypeError, match="^(negative_slope|alpha): expected an int"):
            make("steep")


def test_equal_names_of_different_layers_are_told_apart():
    model = nn.MLP(1, [1, 1], seed=0)
    (out,) = model([1.0])
    first, last = model[0].weight[0][0], model[2].weight[0][0]
    assert "∂v3/∂layer1.w11 = " in explain(out, first).text and "What is ∂v3/∂layer2.w11?" in explain(out, last).text
    assert "layer1.b1 + layer1.w11·1" in table(out) and "layer1.w11" in str(why(out, first))
    assert explain(model[0]([1.0])[0], first).text.startswith("What is ∂v1/∂w11?")


def test_frozen_parameters_get_no_gradient():
    model = nn.MLP(1, [1], seed=0)
    assert model.requires_grad_(False) is model
    model([1.0])[0].backward()
    assert [p.grad for p in model.parameters()] == [None, None]
    model.requires_grad_()
    model([1.0])[0].backward()
    assert [p.grad for p in model.parameters()] == [1.0, 1.0]


def test_a_module_without_forward_says_so():
    class Empty(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match="Empty has no forward"):
        Empty()(1)
    with pytest.raises(NotImplementedError, match=r"has no row\(self, x\) yet"):
        nn.layers.Layer().row([])
    assert repr(Empty()) == "Empty()" and repr(nn.Sequential()) == "Sequential()" and nn.Sequential()([1]) == [1]


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"identity", "softmax", "log_softmax"}))
def test_activations_are_the_engines(name):
    module = ACTIVATIONS[name]()
    for x in (-1.5, 0.0, 2.0):
        assert module(x) == getattr(autograd, name)(x)
        assert module([[x, x]]) == [[module(x)] * 2]
    assert module.parameters() == []


def test_activations_with_settings_and_of_rows():
    assert nn.LeakyReLU(0.01)([-1.0]) == [-0.01] and nn.ELU(2.0)(-1.0) == autograd.elu(-1.0, 2.0)
    assert (repr(nn.LeakyReLU()), repr(nn.ELU()), repr(nn.GELU())) == (
        "LeakyReLU(negative_slope=0.1)",
        "ELU(alpha=1.0)",
        "GELU()",
    )
    assert nn.Softmax()([[[0.0, 0.0]]]) == [[[0.5, 0.5]]] and nn.LogSoftmax()([800.0, 0.0]) == [0.0, -800.0]
    assert isinstance(activation(None), nn.Identity)
    with pytest.raises(ValueError, match=r"Softmax\(\) takes a row of numbers and gives the share of each; got 3"):
        nn.Softmax()(3)
    with pytest.raises(ValueError, match=r"LogSoftmax\(\) takes a row"):
        nn.Neuron(1, "log_softmax")([1.0])


def test_initializers_by_name_or_function():
    layer = nn.Linear(2, 1, init=lambda rng, fan_in, fan_out: fan_in + fan_out / 10)
    assert layer.state_dict() == {"weight": [[2.1, 2.1]], "bias": [2.1]}
    assert nn.Linear(2, 1, init="normal", seed=0).state_dict()["bias"] == [0.0]
    for wrong in ("he", ["ones"], None):
        with pytest.raises(ValueError, match="there is no initializer .*; there are fan_in, kaiming_normal"):
            initializer(wrong)
    for seed in (True, 1.0, "1"):
        with pytest.raises(TypeError, match="a seed is a whole number"):
            generator(seed)
        with pytest.raises(TypeError, match="a seed is a whole number"):
            nn.manual_seed(seed)
    assert nn.Linear(2, 2, seed=np.int64(3)).state_dict() == nn.Linear(2, 2, seed=3).state_dict()
    rng = random.Random(3)
    assert nn.Linear(2, 2, seed=rng).state_dict() == nn.Linear(2, 2, seed=3).state_dict()
    assert nn.Linear(2, 2, seed=rng).state_dict() != nn.Linear(2, 2, seed=3).state_dict()


PRINT = """
import random, nn
random.seed(5); nn.manual_seed(1)
print(nn.MLP(2, [3, 1], init="xavier_normal").state_dict(), nn.Neuron(2, seed=4).state_dict())
for make in (nn.datasets.two_moons, nn.datasets.circles, nn.datasets.spirals, nn.datasets.blobs):
    data = make(20, seed=6)
    print(list(data), data.split(0.5, seed=1)[0].targets)
"""


def test_seeds_give_the_same_in_another_process():
    def run(hashing):
        command = [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{PRINT}"]
        return subprocess.run(command, env={"PYTHONHASHSEED": hashing}, capture_output=True, check=True).stdout

    assert run("1") == run("2") != b""


def test_the_shared_source_of_randomness_goes_on_and_leaves_others_alone():
    random.seed(7)
    before = random.getstate()
    nn.manual_seed(1)
    first, second = nn.Neuron(1).weight[0].data, nn.Neuron(1).weight[0].data
    nn.manual_seed(1)
    assert first != second and nn.Neuron(1).weight[0].data == first
    assert random.getstate() == before
