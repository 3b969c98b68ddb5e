"""Several linear layers in a row are one: why a network needs activations (lecture row L7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd import dot

from .activations import Identity
from .layers import Linear
from .module import Module
from .sequential import Sequential


def collapse(model: Module) -> Linear:
    """The one linear layer that computes the same as linear layers in a row.

    With W, b and then V, c: V (W x + b) + c = (V W) x + (V b + c). For the lecture's two hidden units and one output,
    without biases, w_a = w4 w0 + w5 w2 and w_b = w4 w1 + w5 w3. (The slides print the second hidden unit as w2 x1 + w3 x1;
    it is w2 x0 + w3 x1.) On whole numbers and Fractions the result is exact; on floats it is rounded elsewhere.

    Args:
        model: a ``Sequential`` of ``Linear`` layers, which may hold others of its kind, and ``Identity``; or a ``Linear``.

    Returns:
        A layer with weights of its own. It has a bias if one of the layers has.

    Raises:
        TypeError: something else is among them, such as an activation: no linear layer equals that.
        ValueError: a layer gives another number of outputs than the next one takes, or there is no layer.

    >>> import nn
    >>> model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 1, bias=False))
    >>> model.load_state_dict({"0.weight": [[1, 2], [3, 4]], "1.weight": [[5, 6]]})
    >>> collapse(model).state_dict()                    # 5·1 + 6·3 and 5·2 + 6·4
    {'weight': [[23, 34]]}
    """
    layers = list(_linear(model, type(model).__name__))
    if not layers:
        raise ValueError(f"there is no layer in {type(model).__name__}(): give a Sequential of Linear layers")
    before, first = layers[0]
    weight, bias = first.state_dict()["weight"], first.state_dict().get("bias")
    for path, layer in layers[1:]:
        if layer.in_features != len(weight):
            raise ValueError(f"{before} gives {len(weight)} numbers and {path} takes {layer.in_features}: they do not fit")
        state = layer.state_dict()
        offsets = state.get("bias")
        if bias is not None or offsets is not None:
            bias = [
                dot(w, bias or [0] * len(w), c)
                for w, c in zip(state["weight"], offsets or [0] * layer.out_features, strict=True)
            ]
        columns = list(zip(*weight, strict=True))
        weight = [[dot(w, column) for column in columns] for w in state["weight"]]
        before = path
    one = Linear(first.in_features, len(weight), bias=bias is not None, init="zeros")
    one.load_state_dict({"weight": weight} if bias is None else {"weight": weight, "bias": bias})
    return one


def _linear(module: Module, path: str) -> Iterator[tuple[str, Any]]:
    """The linear layers in order, each with what a message calls it."""
    if isinstance(module, Linear):
        yield path, module
    elif isinstance(module, Sequential):
        for name, child in module.named_children():
            yield from _linear(child, f"({name}) {type(child).__name__}")
    elif not isinstance(module, Identity):
        raise TypeError(
            f"{path} is not linear, f(x + y) is not f(x) + f(y), so that no Linear equals the whole: collapse() takes a "
            f"Sequential of Linear layers only"
        )
