"""The same numbers as PyTorch, in float64: losses, optimizers over 100 steps, schedules, layers."""

import math
import random
from functools import partial
from itertools import pairwise

import pytest

import autograd
import nn
from autograd import Value

torch = pytest.importorskip("torch", reason="SKIPPED: PyTorch is not installed (pip install 'glassgrad[torch]')")

TOLERANCE = 1e-12
float64 = partial(torch.tensor, dtype=torch.float64)


def flat(x):
    return [n for item in x for n in flat(item)] if isinstance(x, list) else [x]


def distance(ours, theirs):
    """The largest difference, relative where numbers are above 1; inf and nan must be the same."""
    ours, theirs = flat(ours), flat(theirs)
    assert len(ours) == len(theirs)
    largest = 0.0
    for a, b in zip(ours, theirs):
        if not (math.isfinite(a) and math.isfinite(b)):
            assert a == b or (a != a and b != b), (a, b)
        else:
            largest = max(largest, abs(a - b) / max(1.0, abs(b)))
    return largest


# -- losses


def of_loss(name, options, input, target):
    """The loss and the gradients of its sum, of both."""
    theirs_in = float64(input, requires_grad=True)
    labels = any(isinstance(t, int) for t in flat(target)) and "BCE" not in name
    theirs = getattr(torch.nn, name)(**{k: float64(v) if k == "pos_weight" else v for k, v in options.items()})(
        theirs_in, torch.tensor(target) if labels else float64(target)
    )
    theirs.sum().backward()
    ours_in = nn.shapes.mapped(Value, input)
    ours = getattr(nn, name)(**options)(ours_in, target)
    losses = flat(ours)
    autograd.sum(losses).backward()
    return [v.data for v in losses] + [v.grad or 0.0 for v in flat(ours_in)], [
        *flat(theirs.tolist()),
        *flat(theirs_in.grad.tolist()),
    ]


EXTREMES = [0.0, 1e-300, 1e-17, 0.3, -0.7, 36.0, -36.0, 800.0, -800.0, 1e308, -1e308]
SHARES = [1.1e-12, 1e-11, 0.001, 0.3, 0.5, 0.75, 1 - 1e-11, 1 - 1.1e-12]
AT_THE_ENDS = [0.0, 1.0, 1e-300, 1e-100, 1e-30, 1e-13, 1 - 1e-13, 1 - 2**-53]
REDUCTIONS = [{}, {"reduction": "sum"}, {"reduction": "none"}]
LOSSES = [
    *(("MSELoss", {}), ("L1Loss", {}), ("HuberLoss", {}), ("HuberLoss", {"delta": 0.3}), ("HuberLoss", {"delta": 7})),
    *(("BCELoss", {}), ("BCEWithLogitsLoss", {}), ("BCEWithLogitsLoss", {"pos_weight": 3.5})),
    *(("CrossEntropyLoss", {}), ("CrossEntropyLoss", {"label_smoothing": 0.1}), ("NLLLoss", {})),
]


@pytest.mark.parametrize("reduction", REDUCTIONS, ids=str)
@pytest.mark.parametrize("name, options", LOSSES)
@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_losses_and_their_gradients(name, options, reduction, kind):
    rng = random.Random(f"{name} {kind}")
    if name in ("CrossEntropyLoss", "NLLLoss"):
        input = [[rng.gauss(0, 5) for _ in range(4)] for _ in range(6)] + [
            [800.0, -800.0, 0.0, 1.0],
            [1e308, -1e308, 0, 0.0],
        ]
        target = [rng.randrange(4) for _ in input]
        if kind == "soft":
            if name == "NLLLoss":
                input, target = input[0], target[0]  # one row
            else:
                weights = [[rng.random() for _ in range(4)] for _ in input]
                input, target = input[:-1], [[w / sum(row) for w in row] for row in weights[:-1]]
    else:
        pool = SHARES if name == "BCELoss" else EXTREMES[:-2] if name == "MSELoss" else EXTREMES
        targets = [0.0, 1.0] if kind == "hard" else [0.25, 0.9]
        input, target = [[x, x] for x in pool], [targets for _ in pool]
    ours, theirs = of_loss(name, {**options, **reduction}, input, target)
    assert distance(ours, theirs) < TOLERANCE


@pytest.mark.parametrize("target", [0.0, 0.25, 1.0])
def test_binary_cross_entropy_of_probabilities_at_both_ends(target):
    """There the slopes differ: ours are 1e12 at most, PyTorch's divide by p (1 - p) or by the float32 that is near 1e-12."""
    targets = [target for _ in AT_THE_ENDS]
    ours, theirs = of_loss("BCELoss", {"reduction": "none"}, AT_THE_ENDS, targets)
    assert distance(ours[: len(targets)], theirs[: len(targets)]) < TOLERANCE
    steep = [k for k, p in enumerate(AT_THE_ENDS) if abs(p - target) > 0.1]
    assert distance([ours[k + len(targets)] for k in steep], [theirs[k + len(targets)] for k in steep]) < 5e-9


# -- optimizers

OPTIMIZERS = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.4, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("Adagrad", {"lr": 0.1}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.05, "initial_accumulator_value": 0.3, "eps": 1e-3}),
    ("RMSprop", {"lr": 0.01}),
    ("RMSprop", {"lr": 0.01, "alpha": 0.8, "eps": 1e-4, "weight_decay": 0.05}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.7}),
    ("RMSprop", {"lr": 0.01, "centered": True}),
    ("RMSprop", {"lr": 0.01, "centered": True, "momentum": 0.7, "weight_decay": 0.05}),
    ("Adam", {}),
    ("Adam", {"lr": 0.05, "betas": (0.3, 0.6), "eps": 1e-3, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "amsgrad": True, "betas": (0.9, 0.5)}),
    ("Adam", {"lr": 0.05, "betas": (0.0, 0.0)}),
    ("AdamW", {"lr": 0.05}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.5, "amsgrad": True, "betas": (0.8, 0.9), "eps": 1e-4}),
]


def twins(hidden, seed=0):
    """A network of ours and its twin in PyTorch."""
    sizes = [3, *hidden, 2]
    model = nn.MLP(3, sizes[1:], activation="tanh", seed=seed)
    modules = [m for fan_in, fan_out in pairwise(sizes) for m in (torch.nn.Linear(fan_in, fan_out), torch.nn.Tanh())]
    twin = torch.nn.Sequential(*modules[:-1]).double()
    twin.load_state_dict({name: float64(numbers) for name, numbers in model.state_dict().items()})
    return model, twin


def parameters(twin):
    return [n for p in twin.parameters() for n in flat(p.tolist())]


@pytest.mark.parametrize("name, options", OPTIMIZERS, ids=str)
def test_optimizers_over_100_steps(name, options):
    rng = random.Random(1)
    x = [[rng.uniform(0.5, 1.5) for _ in range(3)] for _ in range(6)]
    # Targets far away: where a gradient cancels to almost 0, adaptive rules magnify its rounding errors.
    y = [[rng.uniform(40, 60) for _ in range(2)] for _ in range(6)]
    model, twin = twins([])
    ours, theirs = getattr(nn, name)(model.parameters(), **options), getattr(torch.optim, name)(twin.parameters(), **options)
    for _ in range(100):
        for m, loss, optimizer, target in ((model, nn.MSELoss(), ours, y), (twin, torch.nn.MSELoss(), theirs, float64(y))):
            optimizer.zero_grad()
            loss(m(x if m is model else float64(x)), target).backward()
            optimizer.step()
        assert distance([p.data for p in model.parameters()], parameters(twin)) < TOLERANCE


@pytest.mark.parametrize("name, options", OPTIMIZERS, ids=str)
def test_optimizers_on_given_gradients_of_all_sizes(name, options):
    rng = random.Random(2)
    ws = [rng.gauss(0, 1) for _ in range(8)]
    mine, yours = [Value(w) for w in ws], float64(ws, requires_grad=True)
    ours, theirs = getattr(nn, name)(mine, **options), getattr(torch.optim, name)([yours], **options)
    for _ in range(100):
        gs = [rng.choice([0.0, rng.gauss(0, 1), 1e-30, -1e-9, 1e9, 1e40, -1e-170]) for _ in ws]
        for v, g in zip(mine, gs):
            v.grad = g
        yours.grad = float64(gs)
        ours.step()
        theirs.step()
        assert distance([v.data for v in mine], yours.tolist()) < TOLERANCE


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan, 1e150])
@pytest.mark.parametrize("name, options", OPTIMIZERS, ids=str)
def test_gradients_that_are_not_finite_do_what_they_do_there(name, options, bad):
    mine, yours = Value(1.0), float64([1.0], requires_grad=True)
    ours, theirs = getattr(nn, name)([mine], **options), getattr(torch.optim, name)([yours], **options)
    for g in (0.5, bad, 0.25):
        mine.grad, yours.grad = g, float64([g])
        ours.step()
        theirs.step()
        assert distance([mine.data], yours.tolist()) < TOLERANCE


def test_groups_and_frozen_parameters():
    mine, yours = [Value(1.0) for _ in range(3)], [float64(1.0, requires_grad=True) for _ in range(3)]
    ours = nn.Adam([{"params": mine[:1], "lr": 0.1}, {"params": mine[1:], "betas": (0.5, 0.9)}], lr=0.01)
    theirs = torch.optim.Adam([{"params": yours[:1], "lr": 0.1}, {"params": yours[1:], "betas": (0.5, 0.9)}], lr=0.01)
    for k in range(20):
        for v, t in zip(mine, yours):
            v.grad, t.grad = float(k), float64(k)
        if k % 3 == 0:
            mine[2].grad = yours[2].grad = None
        ours.step()
        theirs.step()
    assert distance([v.data for v in mine], [t.item() for t in yours]) < TOLERANCE


# -- schedules

SCHEDULES = [
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 1, "gamma": 0.7}),
    ("MultiStepLR", {"milestones": [2, 5, 5, 30], "gamma": 0.3}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("CosineAnnealingLR", {"T_max": 10}),
    ("CosineAnnealingLR", {"T_max": 7, "eta_min": 0.02}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 20}),
    ("LambdaLR", {"lr_lambda": lambda epoch: 0.95**epoch / (1 + epoch)}),
]


def two_optimizers():
    ours = nn.SGD([{"params": [Value(1.0)]}, {"params": [Value(1.0)], "lr": 0.9}], lr=0.1)
    leaves = [float64(1.0, requires_grad=True) for _ in range(2)]
    return ours, torch.optim.SGD([{"params": leaves[:1]}, {"params": leaves[1:], "lr": 0.9}], lr=0.1)


@pytest.mark.parametrize("name, settings", SCHEDULES, ids=lambda x: x if isinstance(x, str) else "")
def test_schedules(name, settings):
    ours_of, theirs_of = two_optimizers()
    ours, theirs = getattr(nn, name)(ours_of, **settings), getattr(torch.optim.lr_scheduler, name)(theirs_of, **settings)
    for _ in range(60):
        assert distance(ours.get_last_lr(), theirs.get_last_lr()) < TOLERANCE
        theirs_of.step()
        ours.step()
        theirs.step()


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
@pytest.mark.parametrize(
    "settings", [{}, {"patience": 0, "cooldown": 2}, {"factor": 0.5, "patience": 2, "threshold": 0.3, "min_lr": 0.01}]
)
def test_reduction_on_a_plateau(mode, threshold_mode, settings):
    rng = random.Random(f"{mode} {threshold_mode}")
    ours_of, theirs_of = two_optimizers()
    settings = {**settings, "mode": mode, "threshold_mode": threshold_mode}
    ours, theirs = (
        nn.ReduceLROnPlateau(ours_of, **settings),
        torch.optim.lr_scheduler.ReduceLROnPlateau(theirs_of, **settings),
    )
    for k in range(100):
        loss = math.nan if k % 17 == 3 else rng.gauss(0, 1) * 0.98**k
        ours.step(loss)
        theirs.step(loss)
        assert ours.get_last_lr() == [group["lr"] for group in theirs_of.param_groups]


# -- layers

ACTIVATIONS = [
    *(("Sigmoid", {}), ("Tanh", {}), ("ReLU", {}), ("LeakyReLU", {"negative_slope": 0.1}), ("ELU", {"alpha": 0.7})),
    *(("Softplus", {}), ("SiLU", {}), ("GELU", {}), ("Softmax", {}), ("LogSoftmax", {}), ("Identity", {})),
]


@pytest.mark.parametrize("name, settings", ACTIVATIONS)
def test_activations_and_their_gradients(name, settings):
    rng = random.Random(name)
    # PyTorch's softplus is x itself above 20, 2e-9 off: there is nothing to compare beyond
    numbers = [[rng.uniform(-8, 8) for _ in range(3)] for _ in range(5)] + [[0.0, -0.0, 1.0], [-19.0, 0.0, 19.0]]
    upstream = [rng.gauss(0, 1) for _ in flat(numbers)]
    ours_in, theirs_in = nn.shapes.mapped(Value, numbers), float64(numbers, requires_grad=True)
    ours = flat(getattr(nn, name)(**settings)(ours_in))
    theirs = getattr(torch.nn, name)(**settings, **({"dim": -1} if "Softmax" in name else {}))(theirs_in)
    autograd.dot(ours, upstream).backward()
    (theirs.flatten() * float64(upstream)).sum().backward()
    assert distance([v.data for v in ours], theirs.tolist()) < TOLERANCE
    assert distance([v.grad for v in flat(ours_in)], theirs_in.grad.tolist()) < TOLERANCE


@pytest.mark.parametrize("bias", [True, False])
def test_a_linear_layer_and_its_gradients(bias):
    ours, theirs = nn.Linear(3, 2, bias=bias, seed=0), torch.nn.Linear(3, 2, bias=bias).double()
    theirs.load_state_dict({name: float64(numbers) for name, numbers in ours.state_dict().items()})
    x = [[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]]
    check_outputs_and_gradients(ours, theirs, x)


@pytest.mark.parametrize("seed", range(5))
def test_an_mlp_and_its_gradients(seed):
    ours, theirs = twins([5, 4], seed)
    rng = random.Random(seed)
    check_outputs_and_gradients(ours, theirs, [[rng.gauss(0, 2) for _ in range(3)] for _ in range(7)])


def check_outputs_and_gradients(ours, theirs, x):
    out, twin_out = ours(x), theirs(float64(x))
    assert distance([v.data for v in flat(out)], twin_out.tolist()) < TOLERANCE
    autograd.sum([v**2 for v in flat(out)]).backward()
    (twin_out**2).sum().backward()
    gradients = [n for p in theirs.parameters() for n in flat(p.grad.tolist())]
    assert distance([p.grad for p in ours.parameters()], gradients) < TOLERANCE
