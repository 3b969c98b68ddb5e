"""Neurons, and layers of them."""

from __future__ import annotations

from typing import Any

from autograd import Value, dot, maximum

from .activations import activation
from .checks import whole
from .initializers import Initializer, Seed, generator, initializer, is_kept_by_bias
from .module import Module
from .words import counted


class Layer(Module):
    """What takes a row of ``in_features`` numbers. Rows may be nested to any depth: a batch is a list of rows."""

    in_features: int

    def row(self, x: list[Any]) -> Any:
        """The output for one row."""
        raise NotImplementedError(f"{type(self).__name__} has no row(self, x) yet: write one")

    def forward(self, x: Any) -> Any:
        """The output for each row."""
        if isinstance(x, list) and x and isinstance(x[0], list):
            return [self.forward(row) for row in x]
        if not isinstance(x, list) or len(x) != self.in_features:
            raise ValueError(self._misfit(x))
        if type(x[0]) is not Value:
            x = [v if isinstance(v, Value) else Value(v, requires_grad=False) for v in x]
        return self.row(x)

    def _misfit(self, x: Any) -> str:
        me = f"{type(self).__name__}({self.describe()})" + (f", which is {self._scope} of its model," if self._scope else "")
        if isinstance(x, list):
            return f"{me} takes rows of {counted(self.in_features, 'number')}, got {len(x)}: {x!r}"
        remedy = f": write [{x!r}]" if self.in_features == 1 else ""
        return f"{me} takes a list of {counted(self.in_features, 'number')}, got {x!r}{remedy}"


class Neuron(Layer):
    """One neuron: activation(Σ w·x + b), with the weights called w1, w2, ... and b in pictures (lecture rows L1, L11).

    Args:
        in_features: how many inputs.
        activation: a name such as ``"tanh"``, or a module; None for a linear unit.
        bias: False for a neuron without.
        init: an initializer's name, such as ``"xavier_uniform"``, or a function (see :mod:`nn.initializers`).
        seed: a whole number or a ``random.Random``; None takes the shared source that ``nn.manual_seed`` sets.

    Shape: a row of in_features numbers to one number; a batch of rows to a list.

    >>> unit = Neuron(2, "sigmoid", seed=1)
    >>> unit.load_state_dict({"weight": [5.0, 5.0], "bias": -8.0})
    >>> round(unit([1.0, 1.0]).data, 4)                # a hidden unit of L11's XOR
    0.8808
    """

    def __init__(
        self,
        in_features: int,
        activation: str | Module | None = None,
        bias: bool = True,
        init: str | Initializer = "fan_in",
        seed: Seed = None,
    ) -> None:
        self.in_features = whole("in_features", in_features)
        draw, rng = initializer(init), generator(seed)
        self.weight = [Value(draw(rng, in_features, 1), f"w{i + 1}") for i in range(in_features)]
        self.bias = Value(draw(rng, in_features, 1) if is_kept_by_bias(init) else 0.0, "b") if bias else None
        self.activation = _activation(activation)

    def row(self, x: list[Any]) -> Any:
        """One number."""
        return self.activation.forward(dot(self.weight, x, self.bias))

    def describe(self) -> str:
        """Its inputs and its activation."""
        return f"{self.in_features}, {type(self.activation).__name__}" + ", bias=False" * (self.bias is None)

    def __repr__(self) -> str:
        return _one_line(self)


class Linear(Layer):
    """A layer of linear units: output j is Σ weight[j][i]·x[i] + bias[j] (lecture row L13).

    In pictures the weight to output j from input i is called w and then j i, counted from 1 as in textbooks: w21, or w2,10.

    Args:
        in_features: how many inputs.
        out_features: how many outputs.
        bias: False for a layer without.
        init: an initializer's name or a function; ``"fan_in"`` is PyTorch's default. With the other names biases begin at 0.
        seed: a whole number or a ``random.Random``; None takes the shared source that ``nn.manual_seed`` sets.

    Shape: a row of in_features numbers to a row of out_features; a batch of rows to a batch of rows.

    >>> layer = Linear(2, 1, init="ones")
    >>> layer
    Linear(2, 1)  # 3 parameters
    >>> layer([[1.0, 2.0], [3.0, 4.0]])
    [[Value(3.0, op=dot)], [Value(7.0, op=dot)]]
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, init: str | Initializer = "fan_in", seed: Seed = None
    ) -> None:
        self.in_features, self.out_features = whole("in_features", in_features), whole("out_features", out_features)
        draw, rng = initializer(init), generator(seed)
        comma = "," if max(in_features, out_features) > 9 else ""
        self.weight = [
            [Value(draw(rng, in_features, out_features), f"w{j + 1}{comma}{i + 1}") for i in range(in_features)]
            for j in range(out_features)
        ]
        first = draw if is_kept_by_bias(init) else initializer("zeros")
        self.bias = (
            [Value(first(rng, in_features, out_features), f"b{j + 1}") for j in range(out_features)] if bias else None
        )

    def row(self, x: list[Any]) -> list[Any]:
        """One row."""
        if self.bias is None:
            return [dot(w, x) for w in self.weight]
        return [dot(w, x, b) for w, b in zip(self.weight, self.bias, strict=True)]

    def describe(self) -> str:
        """Its sizes."""
        return f"{self.in_features}, {self.out_features}" + ", bias=False" * (self.bias is None)


class Maxout(Layer):
    """Output j is the largest of several linear units of the same inputs: max(w1·x + b1, w2·x + b2) (lecture row L9).

    Args:
        in_features: how many inputs.
        out_features: how many outputs.
        pieces: how many linear units each output chooses from.
        init, seed: as for :class:`Linear`.

    Of equal ones, the last gets the gradient.

    >>> Maxout(1, 1, init="ones")([2.0])
    [Value(2.0, op=maximum)]
    """

    def __init__(
        self, in_features: int, out_features: int, pieces: int = 2, init: str | Initializer = "fan_in", seed: Seed = None
    ) -> None:
        self.in_features, self.pieces = whole("in_features", in_features), whole("pieces", pieces)
        rng = generator(seed)
        self.units = [Linear(in_features, out_features, init=init, seed=rng) for _ in range(pieces)]
        self.out_features = out_features

    def row(self, x: list[Any]) -> list[Any]:
        """One row."""
        return [maximum(*several) for several in zip(*(unit.row(x) for unit in self.units), strict=True)]

    def describe(self) -> str:
        """Its sizes."""
        return f"{self.in_features}, {self.out_features}, pieces={self.pieces}"

    def __repr__(self) -> str:
        return _one_line(self)


_activation = activation  # the parameters of that name hide it


def _one_line(module: Module) -> str:
    count = len(module.parameters())
    return f"{type(module).__name__}({module.describe()})  # {counted(count, 'parameter')}"
