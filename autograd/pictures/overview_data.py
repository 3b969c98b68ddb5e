"""A network as plain data: columns of units, the weights into each, and what is said about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, isnan, nan
from typing import Any, NamedTuple

from ..formula import number
from ..intrinsics import checked, to_float
from ..value import Value
from .text import visible
from .theme import Theme

CIRCLE_TEXT, HEAD_TEXT, FOOT_TEXT = 14, 15, 13


UNITS = "units"
"""Stands for a function that was not given."""


class Layer(NamedTuple):
    """One column of units and the weights into it: ``weights[unit][input]``; the inputs' column has none."""

    head: str
    foot: str
    names: tuple[str, ...]
    values: tuple[Any, ...]
    weights: tuple[tuple[Any, ...], ...] = ()


class Net(NamedTuple):
    """A network as plain data, checked, and how it is to be drawn. ``shade`` is how strong an activation of 1 is filled."""

    layers: tuple[Layer, ...]
    by: str
    theme: Theme
    shade: float
    digits: int

    def size(self, weight: Any) -> float:
        """What the line of a weight stands for: the weight, or its gradient; nan where that was not computed."""
        chosen = weight if self.by == "weight" else weight.grad if isinstance(weight, Value) else None
        return plain(chosen)

    @property
    def symbol(self) -> str:
        """What the lines stand for, in short."""
        return "w" if self.by == "weight" else "∂L/∂w"

    @property
    def largest(self) -> float:
        """The largest size of a weight."""
        sizes = (abs(self.size(w)) for layer in self.layers for row in layer.weights for w in row)
        return max((size for size in sizes if isfinite(size)), default=0.0)

    @property
    def most(self) -> str:
        """How large the weights are, in words."""
        sizes = [abs(self.size(w)) for layer in self.layers for row in layer.weights for w in row]
        known = [size for size in sizes if not isnan(size)]
        return f"at most {number(max(known), self.digits)}" if known else "none known"

    @property
    def filled(self) -> bool:
        """Whether any activation is known."""
        return any(value is not None for layer in self.layers for value in layer.values)

    @property
    def weights(self) -> int:
        """How many weights there are."""
        return sum(len(row) for layer in self.layers for row in layer.weights)

    @property
    def shape(self) -> str:
        """``2-4-4-1``."""
        return "-".join(str(len(layer.values)) for layer in self.layers)

    def told(self, unit: int, source: int, layer: Layer, before: Layer) -> str:
        """A weight in words."""
        weight = layer.weights[unit][source]
        name = weight.name if isinstance(weight, Value) and weight.name is not None else "w"
        grad = f", gradient {number(weight.grad, self.digits)}" if isinstance(weight, Value) else ""
        where = f"{layer.head}, unit {unit + 1}, from {before.head} {source + 1}"
        return visible(f"{where}: {visible(name)} = {number(data(weight), self.digits)}{grad}", 400)


def counted(count: int, what: str) -> str:
    """``1 weight``, ``2 weights``."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _made_of(count: int, function: str) -> str:
    """What stands under a column: ``4 × tanh``, or ``4 units`` where no function was given."""
    return counted(count, "unit") if function == UNITS else f"{count} × {visible(function)}"


def data(x: Any) -> Any:
    """The number of a Value, or a number itself."""
    return x.data if isinstance(x, Value) else x


def plain(x: Any) -> float:
    """A number as a float; nan for None."""
    return nan if x is None else to_float(data(x))


def _lists(what: str, x: Any, depth: int) -> Any:
    """Lists in lists, so many deep, of numbers and Values; None stands for an activation that is not known."""
    if depth == 0:
        if isinstance(x, Value) or (x is None and what == "activations"):
            return x
        try:
            return checked(x)
        except TypeError as error:
            raise TypeError(f"{what} are numbers or Values: {error}") from None
    if isinstance(x, (str, bytes, Value, Mapping)) or not isinstance(x, Iterable):
        raise ValueError(f"{what} are {_SHAPES[what]}; got {x!r} where a list belongs")
    return [_lists(what, item, depth - 1) for item in x]


_SHAPES = {
    "weights": "lists in lists in lists, [[[w, w], [w, w]], ...]: of layers, of their units, of the weights of each",
    "activations": "lists in a list, [[x, x], [h, h], ...]: for each column, inputs first, its values",
}


def checked_layers(
    weights: Sequence[Sequence[Sequence[Any]]],
    activations: Sequence[Sequence[Any]] | None,
    functions: str | Sequence[str],
    inputs: Sequence[str],
    outputs: Sequence[str],
    heads: Sequence[str],
) -> tuple[Layer, ...]:
    """The columns; a ValueError that says which of them do not fit together."""
    weights = _lists("weights", weights, 3)
    if activations is not None:
        activations = _lists("activations", activations, 2)
    if not weights or not all(layer and all(layer) for layer in weights):
        raise ValueError("a network has layers, a layer units, and a unit weights: weights=[[[w, w], [w, w]], ...]")
    counts = [len(weights[0][0]), *map(len, weights)]
    for k, layer in enumerate(weights, 1):
        for row in layer:
            if len(row) != counts[k - 1]:
                raise ValueError(f"a unit of layer {k} has {len(row)} weights for {counts[k - 1]} inputs: give one for each")
    if activations is None:
        activations = [[None] * count for count in counts]
    if [len(column) for column in activations] != counts:
        given = "-".join(str(len(column)) for column in activations)
        raise ValueError(
            f"activations are {given}, the network is {'-'.join(map(str, counts))}: inputs first, then each layer"
        )
    names = [functions] * len(weights) if isinstance(functions, str) else list(functions)
    if len(names) != len(weights):
        raise ValueError(f"{len(names)} functions for {len(weights)} layers: give one for each, or one for all")
    usual = ["input", *(f"hidden {k}" for k in range(1, len(weights))), "output"]
    if heads and len(heads) != len(usual):
        raise ValueError(f"{len(heads)} heads for {len(usual)} columns: give one for each, inputs first")
    tops = [visible(head) for head in heads or usual]
    beside: list[tuple[str, ...]] = [() for _ in counts]
    for which, words, count in ((0, inputs, counts[0]), (-1, outputs, counts[-1])):
        if words and len(words) != count:
            raise ValueError(f"{len(words)} names for {count} {'outputs' if which else 'inputs'}: give one for each")
        beside[which] = tuple(visible(word) for word in words)
    first = Layer(tops[0], counted(counts[0], "value"), beside[0], tuple(activations[0]))
    rest = [
        Layer(head, _made_of(len(rows), name), words, tuple(column), tuple(tuple(row) for row in rows))
        for head, name, words, column, rows in zip(tops[1:], names, beside[1:], activations[1:], weights)
    ]
    return (first, *rest)
