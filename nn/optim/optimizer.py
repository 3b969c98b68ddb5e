"""What all optimizers share: their parameters in groups, a step that is taken whole or not at all, and their state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from autograd import Value

from ..settings import ABOVE_0, FROM_0, NUMBER, RULES, clean, settled
from ..words import counted

Update = Callable[..., tuple[float, ...]]
"""(w, g, *remembered) -> (new w, *to remember): one parameter's step."""

Memory = dict[Value, tuple[float, ...]]
"""What is remembered of each parameter."""


class Optimizer:
    """Moves parameters against their gradients. Derive from it and write ``rule``, as in :mod:`nn.optim.rules`.

    Args:
        parameters: the Values to learn, as ``model.parameters()`` gives them. Or groups with options of their own, as
            ``[{"params": [...], "lr": 0.1}, {"params": [...]}]``: what a group doesn't say, the other arguments do.
        lr: the learning rate, above 0.
        options: what ``rule`` takes besides.

    Attributes:
        parameters: all of them, in order.
        param_groups: the groups, as dicts of "params", "lr" and the options. They may be changed between steps.

    Raises:
        TypeError: a parameter is not a Value, or was computed.
        ValueError: there is no parameter, one comes twice, or an option is not what it may be.

    >>> class Signs(Optimizer):
    ...     @staticmethod
    ...     def rule(lr):
    ...         return lambda w, g: (w - lr * ((g > 0) - (g < 0)),)
    >>> w = Value(1.0)
    >>> optimizer = Signs([w], lr=0.25)
    >>> w.grad = 100.0
    >>> optimizer.step()
    >>> w.data, optimizer
    (0.75, Signs(lr=0.25)  # 1 parameter)
    """

    rule: Callable[..., Update]
    """Given lr and the options: what a step does with one parameter."""

    memory: ClassVar[tuple[str, ...]] = ()
    """The names of what a rule remembers of each parameter, in order."""

    parameters: list[Value]
    param_groups: list[dict[str, Any]]

    def __init__(self, parameters: Iterable[Any], lr: float, **options: Any) -> None:
        name, defaults = type(self).__name__, {"lr": lr, **options}
        self.param_groups = []
        for given in _groups(name, parameters):
            unknown = [key for key in given if key != "params" and key not in defaults]
            if unknown or "params" not in given:
                keys = ", ".join(map(str, given))
                raise ValueError(f"a group of {name} has params, and may have {', '.join(defaults)}; this one has {keys}")
            leaves = _leaves(name, given["params"])
            wanted = {key: given.get(key, default) for key, default in defaults.items()}
            clean(f"{name}: lr", wanted["lr"], ABOVE_0)
            self.param_groups.append({"params": leaves, **self._options(wanted)})
        self.parameters = [p for group in self.param_groups for p in group["params"]]
        if not self.parameters:
            raise ValueError(f"{name} was given no parameters: was a generator used up before? Give model.parameters()")
        seen = set()
        for p in self.parameters:
            if p in seen:
                raise ValueError(f"{name} was given {p!r} twice: a parameter is in one place of one group")
            seen.add(p)
        self._lent: Callable[[], Memory] | None = None
        self._remembered = {}

    @property
    def _remembered(self) -> Memory:
        """What is remembered of each parameter that took a step; asked back, if it is :meth:`lent <lend>`."""
        if self._lent is not None:
            self._kept, self._lent = self._lent(), None
        return self._kept

    @_remembered.setter
    def _remembered(self, memory: Memory) -> None:
        self._kept, self._lent = memory, None

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles hold: with the memory back in its place."""
        return vars(self) | {"_kept": self._remembered, "_lent": None}

    def lend(self, back: Callable[[], Memory]) -> None:
        """Leave the memory to a compiled training; ``back`` is called as soon as it is needed here."""
        self._lent = back

    def has_lent(self, back: Callable[[], Memory]) -> bool:
        """Whether the memory is still there, untouched."""
        return self._lent is back

    def memory_of(self, parameters: Iterable[Value]) -> list[tuple[float, ...] | None]:
        """What is remembered of each of these; None of one that took no step yet."""
        memory = self._remembered
        return [memory.get(p) for p in parameters]

    def _options(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        options = settled(type(self).__name__, wanted)
        self.rule(**options)  # refuses options that don't go together
        return options

    @property
    def lr(self) -> float:
        """The learning rate, of the first group. Assigning sets it for all groups; 0 stands still."""
        rate: float = self.param_groups[0]["lr"]
        return rate

    @lr.setter
    def lr(self, rate: float) -> None:
        rate = clean(f"{type(self).__name__}: lr", rate, FROM_0)
        for group in self.param_groups:
            group["lr"] = rate

    def step(self) -> None:
        """Change each parameter by its gradient; one whose gradient is None stays.

        All of them change, or none if anything is raised, an interrupt included. A gradient of inf or nan is taken as it
        is, and makes its parameter inf or nan, as in PyTorch.
        """
        after, moves = dict(self._remembered), []
        for group in self.param_groups:
            update = self.rule(**{name: option for name, option in group.items() if name != "params"})
            for p in group["params"]:
                if p.grad is not None:
                    w, *kept = update(float(p.data), float(p.grad), *after.get(p, ()))
                    after[p] = tuple(kept)
                    moves.append((p, p.data, w))
        try:
            for p, _, w in moves:
                p.data = w
            self._remembered = after
        except BaseException:
            for p, w, _ in moves:
                p.data = w
            raise

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: backward passes add to them until then."""
        for p in self.parameters:
            p.grad = None

    def state_dict(self) -> dict[str, Any]:
        """The options and all that is remembered, as lists and plain numbers, fit for JSON; not the parameters themselves.

        Parameters are told by their places. What is not remembered of one, for it took no step yet, is None.

        >>> from nn.optim import SGD
        >>> SGD([Value(1.0)], lr=0.5).state_dict()["state"]
        {'momentum_buffer': [None]}
        """
        places, groups = iter(range(len(self.parameters))), []
        for group in self.param_groups:
            options = {key: list(x) if isinstance(x, tuple) else x for key, x in group.items()}
            groups.append({**options, "params": [next(places) for _ in group["params"]]})
        rows = [dict(zip(self.memory, self._remembered.get(p, ()))) for p in self.parameters]
        state = {name: [row.get(name) for row in rows] for name in self.memory}
        return {"optimizer": type(self).__name__, "param_groups": groups, "state": state}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take the options and the memory of a :meth:`state_dict`; all of it, or nothing.

        Raises:
            ValueError: the state is of another optimizer, or of other groups of parameters, or damaged.
        """
        name = type(self).__name__
        try:
            found = state["optimizer"]
            if found != name:
                raise ValueError(f"the state is one of {found}, not of {name}")
            groups, remembered = self._read_groups(state["param_groups"]), self._read_memory(state["state"])
        except (TypeError, LookupError, AttributeError) as error:
            raise ValueError(f"this is no state of {name}, or a damaged one: take what its state_dict() gave") from error
        self.param_groups, self._remembered = groups, remembered

    def _read_groups(self, theirs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        name, ours = type(self).__name__, self.state_dict()["param_groups"]
        sizes = [[len(group["params"]) for group in groups] for groups in (theirs, ours)]
        if sizes[0] != sizes[1]:
            raise ValueError(f"the state is one of groups of {sizes[0]} parameters; {name} has groups of {sizes[1]} here")
        if [group["params"] for group in theirs] != [group["params"] for group in ours]:
            raise ValueError("the state's parameters are in another order")
        if any(set(group) != set(ours[0]) for group in theirs):
            raise KeyError("options")
        options = [{key: group[key] for key in ours[0] if key != "params"} for group in theirs]
        return [{"params": g["params"], **self._options(new)} for g, new in zip(self.param_groups, options)]

    def _read_memory(self, columns: Mapping[str, list[Any]]) -> dict[Value, tuple[float, ...]]:
        name = type(self).__name__
        if set(columns) != set(self.memory) or any(len(column) != len(self.parameters) for column in columns.values()):
            raise ValueError(
                f"{name} remembers {', '.join(self.memory) or 'nothing'}, each of {len(self.parameters)} parameters"
            )
        remembered = {}
        for k, p in enumerate(self.parameters):
            row = [(key, columns[key][k]) for key in self.memory]
            kept = [clean(f"{name}: {key}[{k}]", x, RULES.get(key, NUMBER)) for key, x in row if x is not None]
            gaps = [key for key, x in row[: len(kept)] if x is None]
            if gaps:
                raise ValueError(f"{name}: {gaps[0]}[{k}] is missing")
            if kept:
                remembered[p] = tuple(kept)
        return remembered

    def __repr__(self) -> str:
        told = ["".join(f"{key}={x!r}, " for key, x in g.items() if key != "params")[:-2] for g in self.param_groups]
        counts = [f"  # {counted(len(g['params']), 'parameter')}" for g in self.param_groups]
        if len(told) == 1:
            return f"{type(self).__name__}({told[0]}){counts[0]}"
        return f"{type(self).__name__}(\n" + "".join(f"  {text}{count}\n" for text, count in zip(told, counts)) + ")"


def _items(owner: str, parameters: Any) -> list[Any]:
    try:
        return list(parameters)
    except TypeError:
        remedy = "write [v]" if isinstance(parameters, Value) else "write model.parameters()"
        raise TypeError(f"{owner} takes a list of parameters, got {type(parameters).__name__}: {remedy}") from None


def _groups(owner: str, parameters: Any) -> list[dict[str, Any]]:
    """The groups as they were given; plain parameters are one group."""
    items = _items(owner, parameters)
    return items if items and all(isinstance(item, dict) for item in items) else [{"params": items}]


def _leaves(owner: str, parameters: Any) -> list[Value]:
    """The parameters of a group, each a leaf."""
    leaves = [parameters] if isinstance(parameters, Value) else _items(owner, parameters)
    for p in leaves:
        if not isinstance(p, Value):
            remedy = "give model.parameters(), without names" if isinstance(p, tuple) else "give Values"
            raise TypeError(f"{owner}: a parameter is a Value, got {p!r}: {remedy}")
        if p.op is not None:
            raise ValueError(
                f"{owner}: {p!r} is computed, and a step can change leaves only: give what it was computed from"
            )
    return leaves
