"""The training step of micrograd's demo, on four engines: one full batch forward, backward and an update.

A network of 2-16-16-1 neurons (relu, the last one linear), two moons of points, max-margin loss + 1e-4 * L2.
The loss and the update are the same code for everyone; what differs is how a neuron is written. "nn" is how our users write
it: the package's own network, loss and optimizer.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from clock import report, seconds, set_collector

Function = Callable[..., Any]
SIZES = (2, 16, 16, 1)
RATE = 0.1


def two_moons(samples: int, seed: int = 1) -> list[tuple[list[float], int]]:
    """Two half circles that reach into each other, with a little noise: [x, y] and a label of -1 or 1."""
    rng = random.Random(seed)
    moons = []
    for k in range(samples):
        angle = math.pi * rng.random()
        x, y, label = math.cos(angle), math.sin(angle), -1
        if k % 2:
            x, y, label = 1 - x, 0.5 - y, 1
        moons.append(([x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)], label))
    return moons


def first_weights(seed: int = 2) -> list[float]:
    """Neuron after neuron: its weights, then its bias of 0."""
    rng = random.Random(seed)
    weights = []
    for fan_in, fan_out in pairwise(SIZES):
        for _ in range(fan_out):
            weights += [rng.uniform(-1, 1) for _ in range(fan_in)] + [0.0]
    return weights


def network(parameters: Sequence[Any], neuron: Function, relu: Function) -> Function:
    """The function from a row of inputs to the score."""
    layers, rest = [], iter(parameters)
    for fan_in, fan_out in pairwise(SIZES):
        layers.append([([next(rest) for _ in range(fan_in)], next(rest)) for _ in range(fan_out)])

    def score(row: Sequence[Any]) -> Any:
        for layer in layers[:-1]:
            row = [relu(neuron(weights, row, bias)) for weights, bias in layer]
        ((weights, bias),) = layers[-1]
        return neuron(weights, row, bias)

    return score


def weighted_sum(weights: Sequence[Any], row: Sequence[Any], bias: Any) -> Any:
    """A neuron in plain Python: a product and a sum for each input."""
    return sum((w * x for w, x in zip(weights, row, strict=True)), bias)


def relu_method(x: Any) -> Any:
    """relu as the engines with a Value class offer it."""
    return x.relu()


def total_loss(scores: list[Any], labels: list[int], parameters: list[Any], relu: Function) -> Any:
    """The mean of the max-margin losses, and weight decay."""
    losses = [relu(1 + -label * score) for label, score in zip(labels, scores, strict=True)]
    return sum(losses) * (1 / len(losses)) + 1e-4 * sum(p * p for p in parameters)


class ValueEngine:
    """An engine with a Value class: ours, and micrograd."""

    def __init__(self, value: Function, parameters: list[Any], score: Function) -> None:
        self.value, self.parameters, self.score = value, parameters, score

    def step(self, rows: list[list[float]], labels: list[int]) -> float:
        value, parameters = self.value, self.parameters
        inputs = [[value(x) for x in row] for row in rows]
        loss = total_loss([self.score(row) for row in inputs], labels, parameters, relu_method)
        for p in parameters:
            p.grad = 0
        loss.backward()
        for p in parameters:
            p.data -= RATE * p.grad
        return float(loss.data)

    def gradients(self) -> list[float]:
        return [p.grad for p in self.parameters]


class XadEngine:
    """xad's tape in C++: inputs and labels stay plain floats, which is its quickest way."""

    def __init__(self, weights: list[float]) -> None:
        from xad import adj_1st, math

        self.real, self.tape, self.weights = adj_1st.Real, adj_1st.Tape(), list(weights)
        self.relu = lambda x: math.max(x, 0.0)
        self.slopes: list[float] = []

    def step(self, rows: list[list[float]], labels: list[int]) -> float:
        parameters = [self.real(w) for w in self.weights]
        with self.tape as tape:
            for p in parameters:
                tape.registerInput(p)
            tape.newRecording()
            score = network(parameters, weighted_sum, self.relu)
            loss = total_loss([score(row) for row in rows], labels, parameters, self.relu)
            tape.registerOutput(loss)
            loss.setDerivative(1.0)
            tape.computeAdjoints()
            self.slopes = [p.getDerivative() for p in parameters]
            value = loss.getValue()
            tape.clearAll()
        self.weights = [w - RATE * slope for w, slope in zip(self.weights, self.slopes, strict=True)]
        return float(value)

    def gradients(self) -> list[float]:
        return self.slopes


class NetworkEngine:
    """Ours through `nn`: MLP, HingeLoss, SGD. The penalty is in the optimizer, and added to what is reported."""

    def __init__(self, weights: list[float]) -> None:
        import nn

        self.model = nn.MLP(SIZES[0], list(SIZES[1:]), activation="relu")
        self.criterion, rest = nn.HingeLoss(), iter(weights)
        self.parameters: list[Any] = []
        for layer in (module for module in self.model if isinstance(module, nn.Linear)):
            for row, bias in zip(layer.weight, layer.bias, strict=True):
                self.parameters += [*row, bias]
        for p, w in zip(self.parameters, rest, strict=True):
            p.data = w
        self.optimizer = nn.SGD(self.model.parameters(), lr=RATE, weight_decay=2e-4)

    def step(self, rows: list[list[float]], labels: list[int]) -> float:
        penalty = 1e-4 * sum(p.data * p.data for p in self.parameters)
        self.optimizer.zero_grad()
        y_pred = self.model(rows)
        loss = self.criterion(y_pred, [[label] for label in labels])
        loss.backward()
        self.optimizer.step()
        return float(loss.data) + penalty

    def gradients(self) -> list[float]:
        """With the penalty's: w = w0 - RATE (g + 2e-4 w0), solved for g + 2e-4 w0."""
        return [(p.grad + 2e-4 * p.data) / (1 - 2e-4 * RATE) for p in self.parameters]


def make_engine(name: str, weights: list[float]) -> ValueEngine | XadEngine | NetworkEngine:
    """micrograd (with its own nn), xad, and ours: plain, dot, and through our nn."""
    if name == "nn":
        return NetworkEngine(weights)
    if name == "xad":
        return XadEngine(weights)
    if name == "micrograd":
        from micrograd.engine import Value as TheirValue
        from micrograd.nn import MLP

        model = MLP(SIZES[0], list(SIZES[1:]))
        for p, w in zip(model.parameters(), weights, strict=True):
            p.data = w
        return ValueEngine(TheirValue, model.parameters(), model)
    from autograd import Value, dot

    parameters, neuron = [Value(w) for w in weights], dot if name == "dot" else weighted_sum
    return ValueEngine(Value, parameters, network(parameters, neuron, relu_method))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=["micrograd", "plain", "dot", "nn", "xad"])
    parser.add_argument("--collector", choices=["on", "off"], default="on")
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--steps", type=int, default=5)
    options = parser.parse_args()

    moons = two_moons(options.samples)
    rows, labels = [row for row, _ in moons], [label for _, label in moons]
    engine = make_engine(options.engine, first_weights())
    set_collector(options.collector)
    losses = [engine.step(rows, labels)]  # untimed: warms up, and shows whether the engines agree
    gradients = engine.gradients()
    taken = seconds(lambda: losses.append(engine.step(rows, labels)), options.steps)
    report(seconds=taken, losses=losses, gradients=gradients)


if __name__ == "__main__":
    main()
