"""Laws of optimizers and schedules: the textbook's recursions at 60 digits, states that go on bit for bit, whole steps."""

import json
import math
import sys

import mpmath as mp
import oracle  # sets the digits
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Value

assert oracle.mp.mp.dps == 60

sizes = st.floats(-10, 10) | st.sampled_from([0.0, 1e-30, -1e9, 1e40])
gradients = st.lists(st.lists(st.none() | sizes, min_size=3, max_size=3), min_size=1, max_size=12)
share, small = st.floats(0, 0.99), st.floats(0, 0.5)
rates = st.floats(1e-4, 1)
epsilons = st.floats(1e-10, 1e-2)
OPTIONS = {
    "SGD": st.fixed_dictionaries({"lr": rates, "momentum": share, "dampening": share, "weight_decay": small})
    | st.fixed_dictionaries(
        {"lr": rates, "momentum": st.floats(0.1, 0.9), "nesterov": st.just(True), "weight_decay": small}
    ),
    "Adagrad": st.fixed_dictionaries(
        {"lr": rates, "lr_decay": small, "weight_decay": small, "initial_accumulator_value": small, "eps": epsilons}
    ),
    "RMSprop": st.fixed_dictionaries(
        {"lr": rates, "alpha": share, "weight_decay": small, "momentum": share, "eps": epsilons, "centered": st.booleans()}
    ),
    "Adam": st.fixed_dictionaries(
        {"lr": rates, "betas": st.tuples(share, share), "eps": epsilons, "weight_decay": small, "amsgrad": st.booleans()}
    ),
}
OPTIONS["AdamW"] = OPTIONS["Adam"]
every_optimizer = pytest.mark.parametrize("name", OPTIONS)


def take(optimizer, steps):
    for row in steps:
        for p, g in zip(optimizer.parameters, row):
            p.grad = g
        optimizer.step()


def written(optimizer):
    """All of an optimizer, bit for bit."""
    return [repr(p.data) for p in optimizer.parameters], json.dumps(optimizer.state_dict())


# -- the textbook's recursions, said a second time


def textbook(name, w, gradients, o):
    """The parameter after all steps, as mpf."""
    w, decay = mp.mpf(w), o["weight_decay"]
    v = a = b = top = mp.mpf(0)
    total = mp.mpf(o.get("initial_accumulator_value", 0))
    for n, g in enumerate(gradients, 1):
        g = mp.mpf(g) + (decay * w if name != "AdamW" else 0)
        if name == "SGD":
            mu = mp.mpf(o["momentum"])
            v = g if n == 1 else mu * v + (1 - mp.mpf(o.get("dampening", 0))) * g
            w -= o["lr"] * (g + mu * v if o.get("nesterov") else v if mu else g)
        elif name == "Adagrad":
            total += g * g
            w -= o["lr"] / (1 + (n - 1) * mp.mpf(o["lr_decay"])) * g / (mp.sqrt(total) + o["eps"])
        elif name == "RMSprop":
            keep = mp.mpf(o["alpha"])
            a, b = keep * a + (1 - keep) * g * g, keep * b + (1 - keep) * g
            v = o["momentum"] * v + g / (mp.sqrt(max(a - b * b if o["centered"] else a, 0)) + o["eps"])
            w -= o["lr"] * v
        else:
            beta1, beta2 = map(mp.mpf, o["betas"])
            a, b = beta2 * a + (1 - beta2) * g * g, beta1 * b + (1 - beta1) * g
            top = max(top, a)
            w *= 1 - o["lr"] * mp.mpf(decay) if name == "AdamW" else 1
            s = top if o["amsgrad"] else a
            w -= o["lr"] * b / (1 - beta1**n) / (mp.sqrt(s / (1 - beta2**n)) + o["eps"])
    return w


@every_optimizer
@settings(max_examples=60)
@given(data=st.data())
def test_steps_are_the_textbook_s(name, data):
    options = data.draw(OPTIONS[name])
    if options.get("centered"):
        options["alpha"] = max(options["alpha"], 0.5)
    w, steps = data.draw(st.floats(-3, 3)), data.draw(st.lists(st.floats(0.5, 10), min_size=1, max_size=12))
    p = Value(w)
    take(getattr(nn, name)([p], **options), [[g] for g in steps])
    tolerance = 1e-9 if options.get("centered") else 1e-12  # a deviation cancels where gradients are alike
    assert math.isclose(p.data, textbook(name, w, steps, options), rel_tol=tolerance, abs_tol=tolerance)


@every_optimizer
@given(data=st.data())
def test_a_state_goes_on_bit_for_bit(name, data):
    options, first, second = data.draw(OPTIONS[name]), data.draw(gradients), data.draw(gradients)
    groups = data.draw(st.booleans())

    def made(numbers, **options):
        ps = [Value(x) for x in numbers]
        return getattr(nn, name)([{"params": ps[:1]}, {"params": ps[1:], "lr": 0.25}] if groups else ps, **options)

    through = made([1.0, -2.0, 0.5], **options)
    take(through, first)
    again = made([p.data for p in through.parameters])
    again.load_state_dict(json.loads(json.dumps(through.state_dict(), sort_keys=True)))
    assert written(again) == written(through)
    take(through, second)
    take(again, second)
    assert written(again) == written(through)


@every_optimizer
@given(data=st.data())
def test_parameters_do_not_see_each_other(name, data):
    options, steps = data.draw(OPTIONS[name]), data.draw(gradients)
    together = getattr(nn, name)([Value(1.0), Value(-2.0), Value(0.5)], **options)
    take(together, steps)
    for k, start in enumerate((1.0, -2.0, 0.5)):
        alone = getattr(nn, name)([Value(start)], **options)
        take(alone, [[row[k]] for row in steps])
        assert written(alone)[0] == written(together)[0][k : k + 1]


@pytest.mark.parametrize("name, options", [("SGD", {"momentum": 0.9}), ("Adam", {})])
def test_an_interrupted_step_is_whole_or_not_at_all(name, options):
    """Interrupted at every line, one after the other."""

    def fresh():
        optimizer = getattr(nn, name)([Value(1.0), Value(2.0), Value(3.0)], lr=0.1, **options)
        take(optimizer, [[1.0, -1.0, 0.5]])
        return optimizer

    def interrupted_at(line):
        """The state after a step that is interrupted at that line event; None where there are fewer."""
        optimizer, seen = fresh(), 0

        def trace(frame, event, arg):
            nonlocal seen
            seen += event == "line"
            if event == "line" and seen == line:
                raise KeyboardInterrupt
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            optimizer.step()
        except KeyboardInterrupt:
            return written(optimizer)
        finally:
            sys.settrace(before)
        return None

    old, new = fresh(), fresh()
    new.step()
    outcomes, line = [], 1
    while (outcome := interrupted_at(line)) is not None:
        assert outcome in (written(old), written(new)), line
        outcomes.append(outcome)
        line += 1
    assert len(outcomes) > 40 and written(old) in outcomes


SCHEDULES = {
    "StepLR": st.fixed_dictionaries({"step_size": st.integers(1, 5), "gamma": st.floats(0.1, 1.5)}),
    "MultiStepLR": st.fixed_dictionaries({"milestones": st.lists(st.integers(0, 20)), "gamma": st.floats(0.1, 1.5)}),
    "ExponentialLR": st.fixed_dictionaries({"gamma": st.floats(0.1, 1.5)}),
    "CosineAnnealingLR": st.fixed_dictionaries({"T_max": st.integers(1, 20), "eta_min": st.floats(0, 0.1)}),
    "LinearLR": st.fixed_dictionaries(
        {"start_factor": st.floats(0.01, 1), "end_factor": st.floats(0, 1), "total_iters": st.integers(1, 20)}
    ),
    "ReduceLROnPlateau": st.fixed_dictionaries(
        {
            "mode": st.sampled_from(["min", "max"]),
            "threshold_mode": st.sampled_from(["rel", "abs"]),
            "patience": st.integers(0, 3),
            "cooldown": st.integers(0, 2),
            "factor": st.floats(0.1, 0.9),
        }
    ),
}
DEFAULTS = {
    "StepLR": {"step_size": 7},
    "MultiStepLR": {"milestones": []},
    "ExponentialLR": {"gamma": 1.0},
    "CosineAnnealingLR": {"T_max": 3},
}
losses = st.lists(st.floats(-5, 5) | st.just(math.nan), max_size=15)


@pytest.mark.parametrize("name", SCHEDULES)
@given(data=st.data())
def test_a_schedule_s_state_goes_on_bit_for_bit(name, data):
    first, second = data.draw(losses), data.draw(losses)

    def made(**options):
        optimizer = nn.SGD([{"params": [Value(1.0)]}, {"params": [Value(2.0)], "lr": 0.5}], lr=0.125)
        return optimizer, getattr(nn, name)(optimizer, **options)

    (optimizer, through), (other, again) = made(**data.draw(SCHEDULES[name])), made(**DEFAULTS.get(name, {}))
    for loss in first:
        through.step(loss)
    other.load_state_dict(json.loads(json.dumps(optimizer.state_dict())))
    again.load_state_dict(json.loads(json.dumps(through.state_dict())))
    assert json.dumps(again.state_dict()) == json.dumps(through.state_dict())
    for loss in second:
        through.step(loss)
        again.step(loss)
        assert again.get_last_lr() == through.get_last_lr() == [group["lr"] for group in optimizer.param_groups]
