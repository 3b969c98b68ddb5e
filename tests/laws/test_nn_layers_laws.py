"""Laws of modules: gradients of any network, batches, states, seeds."""

import math
import random
import struct
from fractions import Fraction
from itertools import pairwise

import mpmath as mp
import pytest
from graphs import Dual, fractions
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Value, sum
from nn.activations import ACTIVATIONS
from nn.initializers import INITIALIZERS

SMOOTH = ["identity", "sigmoid", "tanh", "elu", "softplus", "silu", "gelu"]
widths = st.integers(1, 4)
seeds = st.integers(0, 2**32)
numbers = st.floats(-2, 2)


@st.composite
def networks(draw, activations=SMOOTH):
    """Any architecture: linear layers, maxout and activations in any order, also nested; and its number of inputs."""
    rng = random.Random(draw(seeds))
    first = width = draw(widths)
    modules = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["linear", "maxout", "activation", "nested"]))
        after = draw(widths)
        if kind == "linear":
            modules.append(nn.Linear(width, after, bias=draw(st.booleans()), init="normal", seed=rng))
        elif kind == "maxout":
            modules.append(nn.Maxout(width, after, pieces=draw(st.integers(1, 3)), init="normal", seed=rng))
        elif kind == "nested":
            modules.append(nn.MLP(width, [draw(widths), after], draw(st.sampled_from(activations)), seed=rng))
        else:
            modules.append(ACTIVATIONS[draw(st.sampled_from(activations))]())
            after = width
        width = after
    return nn.Sequential(*modules), first


def rows_for(width, elements=numbers, most=4):
    return st.lists(st.lists(elements, min_size=width, max_size=width), min_size=1, max_size=most)


def bits(x):
    """What tells numbers apart to the last bit, and by kind."""
    return [bits(v) for v in x] if isinstance(x, list) else (type(x), struct.pack("d", x) if type(x) is float else x)


def data(x):
    return [data(v) for v in x] if isinstance(x, list) else getattr(x, "data", x)


def total(outputs):
    return sum([v * v for v in nn.shapes.flat(outputs)])


@settings(max_examples=60)
@given(st.data())
def test_gradients_of_any_network_are_central_differences(given_data):
    model, width = given_data.draw(networks())
    x = given_data.draw(rows_for(width))
    parameters = model.parameters()
    loss = total(model(x)) + Value(0.0)  # without parameters all is plain numbers
    loss.backward()
    for p in given_data.draw(st.lists(st.sampled_from(parameters), max_size=6)) if parameters else []:
        at, h, found = p.data, 1e-5, []
        for point in (at - 2 * h, at - h, at + h, at + 2 * h):
            p.data = point
            found.append(total(model(x)).data)
        p.data = at
        near = (found[2] - found[1]) / (2 * h)
        wide = (found[3] - found[0]) / (4 * h)
        slope = near + (near - wide) / 3
        scale = max(abs(loss.data), abs(slope), 1.0)
        if abs(near - wide) > 1e-4 * scale:
            continue  # a corner of maxout or elu is near: no difference tells the slope there
        assert p.grad == pytest.approx(slope, abs=1e-6 * scale)


class Exact(Dual):
    """A dual number that a piecewise linear network runs on."""

    def relu(self):
        return self if self.x > 0 else Exact(Fraction(0), Fraction(0))


def by_hand(state, sizes, x):
    """A relu network on dual numbers, from its state, with nothing of the engine."""
    for k in range(len(sizes)):
        weight, bias = state[f"{2 * k}.weight"], state[f"{2 * k}.bias"]
        y = []
        for w, b in zip(weight, bias, strict=True):
            z = b
            for wi, xi in zip(w, x, strict=True):
                z = z + wi * xi
            z = Exact(z.x, z.t)
            y.append(z.relu() if k + 1 < len(sizes) else z)
        x = y
    return x


@settings(max_examples=60)
@given(sizes=st.lists(st.integers(1, 3), min_size=1, max_size=3), width=st.integers(1, 3), given_data=st.data())
def test_gradients_of_relu_networks_on_fractions_are_exact(sizes, width, given_data):
    model = nn.MLP(width, sizes, "relu", seed=0)
    model.load_state_dict(
        {k: nn.shapes.mapped(lambda _: given_data.draw(fractions), v) for k, v in model.state_dict().items()}
    )
    x = given_data.draw(st.lists(fractions, min_size=width, max_size=width))
    loss = sum(model(x))
    loss.backward()
    for p in model.parameters():
        dual = {
            path: nn.shapes.mapped(lambda q: Exact(Fraction(q.data), Fraction(q is p)), block)  # noqa: B023
            for path, block in model._blocks()
        }
        outputs = by_hand(dual, sizes, [Exact(v, Fraction(0)) for v in x])
        assert p.grad == sum([o.t for o in outputs])
        assert type(p.grad) is not float
    assert loss.data == sum([o.x for o in outputs])


@given(st.data())
def test_a_batch_is_its_rows_one_by_one(given_data):
    model, width = given_data.draw(networks(sorted(ACTIVATIONS)))
    x = given_data.draw(rows_for(width))
    one_by_one = [data(model(row)) for row in x]
    assert bits(data(model(x))) == bits(one_by_one)
    assert bits(data(model([x, x]))) == bits([one_by_one, one_by_one])  # and rows of rows
    order = given_data.draw(st.permutations(range(len(x))))
    assert bits(data(model([x[k] for k in order]))) == bits([one_by_one[k] for k in order])


@given(x=rows_for(3, st.floats(-1e6, 1e6)))
def test_a_weights_gradient_is_the_sum_over_the_batch(x):
    model = nn.Linear(3, 1, seed=0)
    sum([row[0] for row in model(x)]).backward()
    for i, w in enumerate(model.weight[0]):
        column = [row[i] for row in x]
        assert w.grad == pytest.approx(math.fsum(column), rel=1e-12, abs=1e-12 * max(map(abs, column)))


anything = (
    st.floats()
    | st.integers(-(10**30), 10**30)
    | st.fractions()
    | st.sampled_from([-0.0, math.nan, math.inf, -math.inf, 5e-324, 0, Fraction(1, 3)])
)


@given(st.data())
def test_states_go_round_bit_for_bit(given_data):
    model, _ = given_data.draw(networks())
    state = {k: nn.shapes.mapped(lambda _: given_data.draw(anything), v) for k, v in model.state_dict().items()}
    model.load_state_dict(state)
    again = model.state_dict()
    assert list(again) == list(state)
    assert bits(list(again.values())) == bits(list(state.values()))
    model.load_state_dict(again)
    assert bits(list(model.state_dict().values())) == bits(list(state.values()))


BAD = ["1.0", None, [1.0], 1j, math]


@given(st.data(), st.sampled_from(BAD))
def test_a_load_that_fails_changes_nothing(given_data, bad):
    model = nn.MLP(2, [3, 2, 1], seed=given_data.draw(seeds))
    before = model.state_dict()
    state = nn.MLP(2, [3, 2, 1], seed=given_data.draw(seeds)).state_dict()
    path = given_data.draw(st.sampled_from(sorted(state)))
    harm = given_data.draw(st.sampled_from(["number", "missing", "unknown", "shape"]))
    if harm == "number":
        block = state[path]
        while isinstance(block[-1], list):
            block = block[-1]
        block[-1] = bad
    elif harm == "missing":
        del state[path]
    elif harm == "unknown":
        state[path + "x"] = 1.0
    else:
        state[path] = state[path][:-1]
    with pytest.raises((ValueError, TypeError), match=path.replace(".", r"\.")):
        model.load_state_dict(state)
    assert bits(list(model.state_dict().values())) == bits(list(before.values()))


def resolve(module, path):
    """What a parameter's name leads to, attribute by attribute."""
    for part in path.replace("[", ".").replace("]", "").split("."):
        module = module[int(part)] if isinstance(module, list) else getattr(module, part)
    return module


@given(networks())
def test_names_of_parameters_lead_to_them(network):
    model, _ = network
    named = list(model.named_parameters())
    assert len({name for name, _ in named}) == len(named) == len({id(p) for _, p in named})
    for name, p in named:
        assert resolve(model, name) is p
    assert [p for _, p in named] == model.parameters()
    assert [v for block in model.state_dict().values() for v in nn.shapes.flat(block)] == [
        p.data for p in model.parameters()
    ]


BOUNDS = {
    "zeros": lambda i, o: 0,
    "ones": lambda i, o: 1,
    "uniform": lambda i, o: 1,
    "fan_in": lambda i, o: 1 / math.sqrt(i),
    "xavier_uniform": lambda i, o: math.sqrt(6 / (i + o)),
    "kaiming_uniform": lambda i, o: math.sqrt(6 / i),
}
DEVIATIONS = {
    "normal": lambda i, o: 1,
    "xavier_normal": lambda i, o: math.sqrt(2 / (i + o)),
    "kaiming_normal": lambda i, o: math.sqrt(2 / i),
}


def test_every_initializer_has_a_law():
    assert {*BOUNDS, *DEVIATIONS} == set(INITIALIZERS)


@pytest.mark.parametrize("name", sorted(INITIALIZERS))
@settings(max_examples=20)
@given(fan_in=st.integers(1, 50), fan_out=st.integers(1, 50), seed=seeds)
def test_initializers_have_their_bounds_and_variances(name, fan_in, fan_out, seed):
    rng = random.Random(seed)
    n = 2000
    drawn = [INITIALIZERS[name](rng, fan_in, fan_out) for _ in range(n)]
    variance = math.fsum(v * v for v in drawn) / n
    if name in BOUNDS:
        bound = BOUNDS[name](fan_in, fan_out)
        assert all(abs(v) <= bound for v in drawn)
        wanted = bound**2 if name in ("zeros", "ones") else bound**2 / 3
        if wanted and name != "ones":
            assert max(map(abs, drawn)) > 0.98 * bound
    else:
        wanted = DEVIATIONS[name](fan_in, fan_out) ** 2
        assert abs(math.fsum(drawn) / n) < 0.15 * math.sqrt(wanted)
    assert variance == pytest.approx(wanted, rel=0.25)


@given(st.data())
def test_a_collapsed_net_is_equal_on_fractions(given_data):
    sizes = given_data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=5))
    layers = [nn.Linear(i, o, bias=given_data.draw(st.booleans()), init="zeros") for i, o in pairwise(sizes)]
    cut = given_data.draw(st.integers(0, len(layers)))
    model = nn.Sequential(nn.Sequential(*layers[:cut]), nn.Identity(), *layers[cut:])
    model.load_state_dict(
        {k: nn.shapes.mapped(lambda _: given_data.draw(fractions), v) for k, v in model.state_dict().items()}
    )
    one = nn.collapse(model)
    x = given_data.draw(rows_for(sizes[0], fractions))
    assert data(one(x)) == data(model(x))
    assert (one.in_features, one.out_features) == (sizes[0], sizes[-1])
    assert (one.bias is None) == all(layer.bias is None for layer in layers)
    assert not {*one.parameters()} & {*model.parameters()}


@given(x=st.floats(-700, 700))
def test_both_forms_of_the_sigmoid_agree(x):
    """L8: 1 / (1 + e^-x) and e^x / (1 + e^x). Each is ours to 1 ulp where its exponential is below 1; nowhere is one far."""
    ours = nn.Sigmoid()(x)
    first, second = 1 / (1 + math.exp(-x)), math.exp(x) / (1 + math.exp(x))
    assert abs((first if x >= 0 else second) - ours) <= math.ulp(ours)
    assert abs(first - second) <= 4 * math.ulp(ours)  # three operations round in each
    exact = [1 / (1 + mp.exp(-mp.mpf(x))), mp.exp(mp.mpf(x)) / (1 + mp.exp(mp.mpf(x)))]
    assert abs(float(exact[0]) - float(exact[1])) <= math.ulp(ours)
