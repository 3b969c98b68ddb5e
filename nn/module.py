"""Module: a function with parameters, made of smaller ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from reprlib import repr as brief
from typing import Any, ClassVar

from autograd import Value, scope

from .shapes import flat, mapped, nested, shape
from .words import counted


class Module:
    """A function with parameters: Values and other modules, held as attributes, also in lists, tuples and dicts.

    Derive from it, make the parameters in ``__init__`` and compute in ``forward``, as with ``torch.nn.Module``. What a call
    computes lies in a scope named after the module, so that pictures can collapse it.

    >>> from autograd import Value
    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0, "slope"), Value(1.0, "offset")
    ...     def forward(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0).data, line.state_dict()
    (7.0, {'slope': 2.0, 'offset': 1.0})
    """

    _scope: ClassVar[str | None] = None  # a module inside another has one of its own, in its __dict__

    def forward(self, x: Any) -> Any:
        """What the module computes; ``module(x)`` calls it.

        Args:
            x: for the layers of this package a row of numbers or Values, or rows of rows to any depth; a loss takes two.
        """
        raise NotImplementedError(f"{type(self).__name__} has no forward(self, x) yet: write one")

    def __call__(self, *args: Any) -> Any:
        """``forward``, in the module's scope."""
        args = tuple(map(nested, args))
        if self._scope is None:
            return self.forward(*args)
        with scope(self._scope):
            return self.forward(*args)

    training: bool = True
    """For a ``forward`` of your own that differs in training, such as a dropout's. No module of this package does."""

    def train(self, mode: bool = True) -> Module:
        """Set ``training`` of the module and all inside it; ``fit`` clears it while it measures validation data."""
        for _, module in self.named_modules():
            module.training = mode
        return self

    def eval(self) -> Module:
        """Clear ``training``: ``train(False)``."""
        return self.train(False)

    # -- what it is made of

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        for path, module in _modules(name, value):
            module.place(path)

    def place(self, name: str) -> None:
        """Take a name inside another module: the scope of what it computes, and of its parameters."""
        object.__setattr__(self, "_scope", name)
        self._rename(name)

    def _rename(self, path: str) -> None:
        for _, thing in self._own():
            for leaf in flat(thing):
                leaf.scope = path
        for name, child in self.named_children():
            child._rename(f"{path}.{child._scope or name}")

    def _own(self) -> Iterator[tuple[str, Any]]:
        """The attributes that are parameters, or nested lists of them; an output that was kept is none."""
        for name, thing in vars(self).items():
            yield from _parameters(name, thing)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules that it holds directly, and their names."""
        for name, thing in vars(self).items():
            yield from _modules(name, thing)

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """The module itself and all inside it, with their paths, such as ``"0"`` or ``"encoder.2"``."""
        yield prefix, self
        for name, child in self.named_children():
            yield from child.named_modules(f"{prefix}.{name}" if prefix else name)

    # -- parameters

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each scalar parameter once, with its path.

        >>> import nn
        >>> [name for name, _ in nn.Linear(2, 1, seed=0).named_parameters()]
        ['weight[0][0]', 'weight[0][1]', 'bias[0]']
        """
        seen = set()
        for path, block in self._blocks():
            for name, p in _indexed(path, block):
                if p not in seen:
                    seen.add(p)
                    yield name, p

    def parameters(self) -> list[Value]:
        """Each scalar parameter once, in the order in which they were made attributes."""
        return [p for _, p in self.named_parameters()]

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: backward passes add to them until then."""
        for p in self.parameters():
            p.grad = None

    def requires_grad_(self, wanted: bool = True) -> Module:
        """Freeze the parameters (False): they keep their numbers and get no gradient; or free them again."""
        for p in self.parameters():
            p.requires_grad = wanted
        return self

    def _blocks(self) -> Iterator[tuple[str, Any]]:
        for path, module in self.named_modules():
            for name, thing in module._own():
                yield f"{path}.{name}" if path else name, thing

    # -- state

    def state_dict(self) -> dict[str, Any]:
        """All parameters' numbers by path, as nested lists: PyTorch's names and shapes for the same architecture.

        >>> import nn
        >>> nn.Linear(2, 1, init="zeros").state_dict()
        {'weight': [[0.0, 0.0]], 'bias': [0.0]}
        """
        return {path: mapped(lambda p: p.data, block) for path, block in self._blocks()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take the numbers of a :meth:`state_dict`; arrays and tensors serve as well as lists. All of them, or none.

        Raises:
            ValueError: names that are missing or unknown, or a block of another shape.
            TypeError: something that is not a number, or not a state at all.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dict of numbers by name, as state_dict() gives it; got {brief(state)}")
        blocks = dict(self._blocks())
        missing, unknown = [k for k in blocks if k not in state], [k for k in state if k not in blocks]
        if missing or unknown:
            told = [f"{what}: {', '.join(map(str, k))}" for what, k in (("missing", missing), ("unknown", unknown)) if k]
            raise ValueError(f"the state does not fit {type(self).__name__}: {'; '.join(told)}")
        fresh: list[tuple[Value, Any]] = []
        for path, block in blocks.items():
            numbers = nested(state[path])
            if shape(numbers, path) != shape(block):
                raise ValueError(
                    f"{path} has shape {shape(block)} here, and {shape(numbers)} in the state: another architecture?"
                )
            for p, number in zip(flat(block), flat(numbers), strict=True):
                try:
                    fresh.append((p, Value(number).data))  # before anything is taken
                except TypeError as error:
                    raise TypeError(f"{path}: {error}") from None
        for p, number in fresh:
            p.data = number

    # -- showing itself

    def describe(self) -> str:
        """Its sizes and settings, as they stand in its representation's parentheses."""
        return ""

    def __repr__(self) -> str:
        children = [f"  ({name}): {child!r}".replace("\n", "\n  ") for name, child in self.named_children()]
        inner = "".join(f"\n{line}" for line in children) + "\n" if children else self.describe()
        count = len(self.parameters())
        return f"{type(self).__name__}({inner})" + (f"  # {counted(count, 'parameter')}" if count else "")


def _parameters(name: str, thing: Any) -> Iterator[tuple[str, Any]]:
    """The parameters that an attribute holds: a Value, a nested list of them, or such in a dict."""
    if isinstance(thing, dict):
        for key, item in thing.items():
            yield from _parameters(f"{name}.{key}", item)
        return
    first = thing
    while isinstance(first, (list, tuple)) and first:
        first = first[0]
    if isinstance(first, Value) and first.op is None:
        yield name, nested(thing)


def _indexed(path: str, block: Any) -> Iterator[tuple[str, Value]]:
    if isinstance(block, list):
        for k, item in enumerate(block):
            yield from _indexed(f"{path}[{k}]", item)
    else:
        yield path, block


def _modules(name: str, thing: Any) -> Iterator[tuple[str, Module]]:
    """The modules that an attribute holds: itself, or the items of a list or dict, however nested."""
    if isinstance(thing, Module):
        yield name, thing
    elif isinstance(thing, (list, tuple, dict)):
        for key, item in thing.items() if isinstance(thing, dict) else enumerate(thing):
            yield from _modules(f"{name}.{key}", item)
