"""A training opened again at any epoch: the graph of its loss, with the weights of that time."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from autograd import Value

from ..history import History
from ..module import Module
from .batches import examples


def opened(history: History, epoch: int, model: Module, loss: Callable[[Any, Any], Any], data: Any) -> Value:
    """The loss of ``data`` as it was when an epoch began; :meth:`nn.History.open` says it all."""
    if not history.start:
        raise ValueError("this history kept no weights: train with nn.fit(..., keep_weights=True), then it can be opened")
    last = len(history.weights)
    if isinstance(epoch, bool) or not isinstance(epoch, int) or not 0 <= epoch <= last:
        raise ValueError(
            f"epoch is a whole number from 0, the beginning, to {last}, the end of this training; got {epoch!r}"
        )
    inputs, targets = examples(data)
    then = deepcopy(model)
    then.train()
    then.zero_grad()
    then.load_state_dict([history.start, *history.weights][epoch])
    found = loss(then(inputs), targets)
    if not isinstance(found, Value):
        raise TypeError(f"the loss must be one Value, got {found!r:.80}: is its reduction 'mean' or 'sum'?")
    found.name = "loss"
    found.backward()
    return found
