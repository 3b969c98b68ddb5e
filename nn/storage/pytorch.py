"""Models to PyTorch."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from autograd.installing import extra

from ..activations import ACTIVATIONS, LogSoftmax, Softmax, Step
from ..layers import Linear
from ..module import Module
from ..sequential import Sequential
from ..shapes import mapped


def to_torch(model: Module) -> Any:
    """The same architecture with the same weights in PyTorch, in float64: ``torch.nn.Sequential`` or ``Linear``.

    The way back needs no function, for names and shapes are PyTorch's: ``model.load_state_dict(theirs.state_dict())``.
    Blocks whose numbers are all frozen stay frozen.

    Raises:
        ModuleNotFoundError: PyTorch is missing: ``pip install 'glassgrad[torch]'``.
        TypeError: PyTorch has no such module (Neuron, Maxout, Step, one of your own).

    Example, where PyTorch is installed::

        theirs = nn.to_torch(model)
        theirs(torch.tensor([[0.5, -1.0]], dtype=torch.float64))
        model.load_state_dict(theirs.state_dict())
    """
    try:
        torch: Any = import_module("torch")
    except ModuleNotFoundError:
        raise ModuleNotFoundError(f"this needs PyTorch: {extra('torch')}", name="torch") from None
    theirs = _convert(model, torch, {})
    blocks = {path: mapped(float, block) for path, block in model.state_dict().items()}
    theirs.load_state_dict({path: torch.tensor(block, dtype=torch.float64) for path, block in blocks.items()})
    free = {name.partition("[")[0] for name, p in model.named_parameters() if p.requires_grad}
    for path, tensor in theirs.named_parameters():
        tensor.requires_grad_(path in free)
    return theirs


def _convert(module: Module, torch: Any, done: dict[Module, Any]) -> Any:
    """One module; a module that stands in two places is one module there, too."""
    if module not in done:
        done[module] = _converted(module, torch, done)
    return done[module]


def _converted(module: Any, torch: Any, done: dict[Module, Any]) -> Any:
    kind: Any = type(module)
    if isinstance(module, Sequential):
        return torch.nn.Sequential(*(_convert(child, torch, done) for child in module))
    if kind is Linear:
        bias = module.bias is not None
        return torch.nn.Linear(module.in_features, module.out_features, bias=bias, dtype=torch.float64)
    if kind in (Softmax, LogSoftmax):
        return getattr(torch.nn, kind.__name__)(dim=-1)
    if kind in ACTIVATIONS.values() and kind is not Step:
        return getattr(torch.nn, kind.__name__)(**{name: getattr(module, name) for name in kind.settings})
    raise TypeError(
        f"PyTorch has no {kind.__name__}: Linear, Sequential, MLP and all activations but Step have a counterpart"
    )
