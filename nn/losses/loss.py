"""What all losses share: which output meets which target, what a target may be, and how a batch becomes one number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from typing import Any, ClassVar

import autograd
from autograd import Value

from ..module import Module
from ..settings import settled
from ..shapes import flat, mapped, shape

REDUCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "mean": autograd.mean,
    "sum": autograd.sum,
    "half_sum": lambda losses: autograd.sum(losses) / 2,
}
"""How the losses of a batch become one number; ``"none"`` leaves them as they are."""

Kind = tuple[str, Callable[[Any], bool]]
"""What numbers are to be, in words, and whether a number or a Value is. Compiled, each row of data is asked."""

FINITE: Kind = ("finite numbers", lambda t: abs(t) < inf)
PROBABILITIES: Kind = ("from 0 to 1", lambda t: 0 <= t <= 1)


class Loss(Module):
    """A loss of single numbers, each output with its target; those of a batch become one number by ``reduction``.

    Derive from it and write ``each(x, t)``. Call it as ``loss(input, target)``: what the model gave, and what it should
    have given, nested alike. Targets are numbers; to one that is a Value, gradients are sent too.

    Args:
        reduction: ``"mean"`` over all numbers, ``"sum"``, or ``"none"``: nested as the targets are.

    Raises:
        ValueError: input and target differ in shape, or are empty; or a target is not what the loss takes, such as nan.

    >>> class LogLoss(Loss):
    ...     def each(self, x, t):
    ...         return ((x - t)**2).log1p()
    >>> LogLoss("sum")([[Value(1.0)], [Value(3.0)]], [[1.0], [3.0]])
    Value(0.0, op=sum)
    """

    reductions: ClassVar[tuple[str, ...]] = ("mean", "sum", "none")
    targets: ClassVar[Kind] = FINITE
    settings: ClassVar[tuple[str, ...]] = ()

    def __init__(self, reduction: str = "mean", **settings: Any) -> None:
        if reduction not in self.reductions:
            raise ValueError(f"{type(self).__name__} has the reductions {', '.join(self.reductions)}, not {reduction!r}")
        self.reduction = reduction
        vars(self).update(settled(type(self).__name__, settings))

    def each(self, x: Any, t: Any) -> Any:
        """The loss of one output x, which is a Value, with the target t."""
        raise NotImplementedError(f"{type(self).__name__} has no each(self, x, t) yet: write one")

    def forward(self, input: Any, target: Any) -> Any:  # type: ignore[override]  # of all modules, losses take two
        """The loss of outputs and their targets."""
        each = self.each
        xs, ts, like = self.pairs(input, target)
        losses = [each(x, t) for x, t in zip(xs, ts, strict=True)]
        if self.reduction != "none":
            return REDUCTIONS[self.reduction](losses)
        following = iter(losses)
        return mapped(lambda _: next(following), like)

    def pairs(self, input: Any, target: Any) -> tuple[list[Any], list[Any], Any]:
        """The outputs, their targets, and a list that is nested as the losses shall be."""
        sizes = self.sizes(input)
        if shape(target, "the targets") != sizes:
            raise ValueError(self.misfit("outputs", sizes, target))
        xs, ts = values(flat(input)), list(flat(target))
        self.check("target", ts, sizes, self.targets)
        return xs, ts, target

    def sizes(self, input: Any) -> tuple[int, ...]:
        """The outputs' shape."""
        sizes = shape(input, "the outputs")
        if 0 in sizes:
            raise ValueError(f"{type(self).__name__} got no outputs: their shape is {sizes}")
        return sizes

    def check(self, what: str, numbers: list[Any], sizes: tuple[int, ...], kind: Kind) -> None:
        """Raise an error that names the first number that is not of that kind."""
        words, fits = kind
        for k, t in enumerate(numbers):
            try:
                fine = fits(t)
            except TypeError:  # not a number
                fine = False
            if not fine:
                raise ValueError(f"{type(self).__name__} takes {what}s that are {words}: {place(what, k, sizes)} is {t!r}")

    def misfit(self, what: str, sizes: tuple[int, ...], target: Any) -> str:
        """What to say of targets that are not of these sizes."""
        got, remedy = shape(target), "give one target for each output"
        if (*got, 1) == sizes:
            remedy = f"write {_beginning(mapped(lambda t: [t], target))}, not {_beginning(target)}, or data.columns()"
        elif (*sizes, 1) == got:
            remedy = f"write {_beginning(_without_inner_brackets(target))}, not {_beginning(target)}"
        return f"{type(self).__name__}: the {what} have shape {sizes}, the targets {got}: {remedy}"

    def describe(self) -> str:
        """Its settings, and its reduction unless that is the mean."""
        names = (*self.settings, "reduction") if self.reduction != "mean" else self.settings
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in names)


def values(numbers: Iterable[Any]) -> list[Value]:
    """Values as they are, numbers as constants."""
    return [x if isinstance(x, Value) else Value(x, requires_grad=False) for x in numbers]


def place(what: str, k: int, sizes: tuple[int, ...]) -> str:
    """Where the k-th number of a nested list stands.

    >>> place("target", 3, (2, 2))
    'target[1][1]'
    """
    path = ""
    for size in reversed(sizes):
        k, index = divmod(k, size)
        path = f"[{index}]{path}"
    return what + path


def _without_inner_brackets(x: Any) -> Any:
    return [_without_inner_brackets(item) for item in x] if isinstance(x[0], list) else x[0]


def _beginning(x: Any) -> str:
    """A list's first items, as they are to be written."""
    return repr(x) if not isinstance(x, list) or len(x) < 4 else f"{x[:3]!r}"[:-1] + ", ...]"
