"""What models are made of, as plain data and back: a fixed table of this package's own classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ..activations import ACTIVATIONS
from ..layers import Linear, Maxout, Neuron
from ..module import Module
from ..perceptron import Perceptron, ThresholdUnit
from ..sequential import MLP, Sequential

Shapes = Iterator[tuple[str, tuple[int, ...]]]
SIZE, HAS, NUMBER, MODULE, MODULES = "a whole number of 1 or more", "true or false", "a number", "a module", "modules"


def _no_shapes(**settings: Any) -> Shapes:
    return iter(())


@dataclass(frozen=True)
class Kind:
    """A row of the table: how a class is made from its settings, and the parameters that it then has.

    The shapes are told one by one before anything is made, so that a size which the file holds no numbers for costs nothing.
    """

    make: Callable[..., Module]
    settings: dict[str, str] = field(default_factory=dict)
    shapes: Callable[..., Shapes] = _no_shapes


def _linear(in_features: int, out_features: int, bias: bool) -> Shapes:
    yield "weight", (out_features, in_features)
    if bias:
        yield "bias", (out_features,)


def _neuron(in_features: int, activation: Any, bias: bool) -> Shapes:
    yield "weight", (in_features,)
    if bias:
        yield "bias", ()


def _maxout(in_features: int, out_features: int, pieces: int) -> Shapes:
    for k in range(pieces):
        for name, shape in _linear(in_features, out_features, True):
            yield f"units.{k}.{name}", shape


def _threshold(in_features: int, low: float) -> Shapes:
    yield from _neuron(in_features, None, True)


def _in_a_row(kind: type[Sequential]) -> Callable[..., Module]:
    def make(modules: list[Module]) -> Module:
        model = kind.__new__(kind)
        Sequential.__init__(model, *modules)
        return model

    return make


_FEATURES = {"in_features": SIZE, "out_features": SIZE}

KINDS = {
    "Linear": Kind(lambda **given: Linear(**given, init="zeros"), {**_FEATURES, "bias": HAS}, _linear),
    "Neuron": Kind(
        lambda **given: Neuron(**given, init="zeros"), {"in_features": SIZE, "activation": MODULE, "bias": HAS}, _neuron
    ),
    "Maxout": Kind(lambda **given: Maxout(**given, init="zeros"), {**_FEATURES, "pieces": SIZE}, _maxout),
    "ThresholdUnit": Kind(ThresholdUnit, {"in_features": SIZE, "low": NUMBER}, _threshold),
    "Perceptron": Kind(Perceptron, {"in_features": SIZE, "low": NUMBER}, _threshold),
    "Sequential": Kind(_in_a_row(Sequential), {"modules": MODULES}),
    "MLP": Kind(_in_a_row(MLP), {"modules": MODULES}),
} | {kind.__name__: Kind(kind, dict.fromkeys(getattr(kind, "settings", ()), NUMBER)) for kind in ACTIVATIONS.values()}
"""What can be saved, by the class's name. Nothing else is ever made from a file."""

CLASSES = {Linear, Neuron, Maxout, ThresholdUnit, Perceptron, Sequential, MLP, *ACTIVATIONS.values()}


def describe(module: Module, path: str = "", seen: dict[Module, str] | None = None) -> dict[str, Any]:
    """The module's class and settings, modules inside too; one that was there before is named by its path.

    >>> describe(Linear(2, 1))
    {'class': 'Linear', 'in_features': 2, 'out_features': 1, 'bias': True}
    """
    seen = {} if seen is None else seen
    if module in seen:
        return {"same": seen[module]}
    seen[module] = path
    name = type(module).__name__
    if type(module) not in CLASSES:
        raise TypeError(
            f"{name} is not one of this package's own modules, whose making a file can describe: "
            f"keep its numbers with nn.save_state(model, path), and later nn.load_state(a_new_{name.lower()}, path)"
        )
    found: dict[str, Any] = {"class": name}
    for setting, sort in KINDS[name].settings.items():
        if sort is MODULES:
            children = module.named_children()
            found[setting] = [describe(child, _join(path, at), seen) for at, child in children]
        elif sort is MODULE:
            found[setting] = describe(getattr(module, setting), _join(path, setting), seen)
        else:
            value = getattr(module, setting)
            found[setting] = value is not None if sort is HAS else value
    return found


def make(description: Any, state: Any, path: str = "", made: dict[str, Module] | None = None) -> Module:
    """The module of a description, with zeros for weights, once it is sure that the state has numbers for all of them.

    Raises:
        ValueError: it is not as :func:`describe` writes it, or the state does not fit.
    """
    made = {} if made is None else made
    where = f"module {path!r}" if path else "the model"
    if not isinstance(description, dict) or not isinstance(state, dict):
        raise ValueError(f"{where} is not described")
    if set(description) == {"same"}:
        if description["same"] not in made:
            raise ValueError(f"{where} is said to be the same as {description['same']!r:.80}, which is not there")
        return made[description["same"]]
    kind = KINDS.get(str(description.get("class")))
    if kind is None:
        raise ValueError(f"{where} is of the class {description.get('class')!r:.80}, which is not known")
    given = {name: value for name, value in description.items() if name != "class"}
    if set(given) != set(kind.settings):
        raise ValueError(f"{where} has the settings {', '.join(given)}, and should have {', '.join(kind.settings)}")
    for name, sort in kind.settings.items():
        value = given[name]
        if not _is(sort, value):
            raise ValueError(f"{name} of {where} should be {sort}, and is {value!r:.80}")
        if sort is MODULES:
            given[name] = [make(child, state, _join(path, str(k)), made) for k, child in enumerate(value)]
        elif sort is MODULE:
            given[name] = make(value, state, _join(path, name), made)
    for name, shape in kind.shapes(**given):
        block = _join(path, name)
        if not _has_shape(state.get(block), shape):
            raise ValueError(f"{block} should hold numbers of shape {shape}, and does not")
    made[path] = kind.make(**given)
    return made[path]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is(sort: str, value: Any) -> bool:
    if sort is SIZE:
        return type(value) is int and value >= 1
    if sort is HAS:
        return isinstance(value, bool)
    if sort is NUMBER:
        return isinstance(value, (int, float, Fraction)) and not isinstance(value, bool)
    return isinstance(value, list if sort is MODULES else dict)


def _has_shape(block: Any, shape: tuple[int, ...]) -> bool:
    if not shape:
        return isinstance(block, (int, float, Fraction)) and not isinstance(block, bool)
    return isinstance(block, list) and len(block) == shape[0] and all(_has_shape(item, shape[1:]) for item in block)
