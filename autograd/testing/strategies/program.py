"""A drawn program: it runs on any kind of number, and prints as code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple

from ...intrinsics import Number
from ...op import RESERVED, Op
from ...value import Value


class Ref(NamedTuple):
    """An earlier result: inputs count from 0, then the steps."""

    place: int


class Step(NamedTuple):
    """An operation, applied to earlier results and to plain numbers, which are constants."""

    op: Op
    args: tuple[Ref | Number, ...]


@dataclass(frozen=True)
class Program:
    """Inputs, and steps that each apply an operation to earlier results; the last step is the output.

    Call it with Values, which records a graph, or with numbers. Its ``repr`` is code that does the same, to paste: it uses
    nothing but the public names of autograd, and the names of your own operations.

    Attributes:
        inputs: the point that it was drawn for. There every step has a finite value, in the domain of what uses it.
        steps: a :class:`Step` each.

    >>> from autograd import tanh
    >>> from autograd.op import find
    >>> product, total = Step(find("mul"), (Ref(0), Ref(1))), Step(find("add"), (Ref(2), Ref(3)))
    >>> program = Program((0.5, 2), (product, Step(tanh, (Ref(2),)), total))
    >>> program
    import autograd
    <BLANKLINE>
    def f(x, y):
        v1 = x * y
        v2 = autograd.tanh(v1)
        return v1 + v2
    <BLANKLINE>
    x, y = autograd.Value(0.5, "x"), autograd.Value(2, "y")
    output = f(x, y)
    >>> program(0.5, 2), program(*program.values())
    (1.7615941559557649, Value(1.7615941559557649, op=add))
    """

    inputs: tuple[Number, ...]
    steps: tuple[Step, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What the inputs are called: x, y, z, or x1, x2, ... where there are more."""
        n = len(self.inputs)
        return ("x", "y", "z")[:n] if n <= 3 else tuple([f"x{i + 1}" for i in range(n)])

    def values(self) -> list[Value]:
        """New Values of the inputs, under their names."""
        return [Value(x, name) for x, name in zip(self.inputs, self.names)]

    def __call__(self, *numbers: Any) -> Any:
        """The output for these inputs."""
        return self.run(numbers)[-1]

    def run(self, numbers: Sequence[Any], apply: Callable[[Op, list[Any]], Any] | None = None) -> list[Any]:
        """Every result: the inputs, then one a step.

        Args:
            numbers: one for each input.
            apply: what to do for a step, given the operation and its inputs, so that a program runs on numbers of your own
                (dual numbers, say). The operation itself, if not given.

        Raises:
            TypeError: there are more or fewer numbers than inputs.
        """
        if len(numbers) != len(self.inputs):
            raise TypeError(f"this program takes {len(self.inputs)} numbers ({', '.join(self.names)}), got {len(numbers)}")
        results = list(numbers)
        for op, args in self.steps:
            given = [results[a.place] if isinstance(a, Ref) else a for a in args]
            results.append(op(*given) if apply is None else apply(op, given))
        return results

    @property
    def source(self) -> str:
        """The function's definition."""
        called = [*self.names, *(f"v{i + 1}" for i in range(len(self.steps)))]
        texts = [_call(op, [called[a.place] if isinstance(a, Ref) else literal(a) for a in args]) for op, args in self.steps]
        lines = [f"{name} = {text}" for name, text in zip(called[len(self.inputs) :], texts[:-1])]
        return "\n    ".join([f"def f({', '.join(self.names)}):", *lines, f"return {texts[-1] if texts else called[-1]}"])

    def __repr__(self) -> str:
        point = ", ".join(f'autograd.Value({literal(x)}, "{name}")' for x, name in zip(self.inputs, self.names))
        names = ", ".join(self.names)
        code = f"import autograd\n\n{self.source}\n\n{names} = {point}\noutput = f({names})"
        return "from fractions import Fraction\n\n" * ("Fraction(" in code) + code

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What Hypothesis prints of a failing example: the code, as it is, without indentation of its own."""
        printer.text(f"\n{self!r}\n")


def literal(x: Any) -> str:
    """A number, as it is written in code.

    >>> from fractions import Fraction
    >>> literal(0.5), literal(Fraction(1, 3)), literal(float("inf"))
    ('0.5', 'Fraction(1, 3)', 'float("inf")')
    """
    return f'float("{x!r}")' if isinstance(x, float) and not isfinite(x) else repr(x)


_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}


def _call(op: Op, args: list[str]) -> str:
    """One step, in the public names."""
    name, all_of_them = op.name, ", ".join(args)
    params = ", ".join(map(literal, op.params))
    if name not in RESERVED:  # a row of the reader's own
        return f"{name}{f'({params})' if params else ''}({all_of_them})"
    if name in _SIGNS:
        return f"{args[0]} {_SIGNS[name]} {args[1]}"
    match name:
        case "neg":
            return f"-{args[0]}"
        case "power":
            return f"{args[0]} ** {params}"
        case "sum" | "mean" | "logsumexp":
            return f"autograd.{name}([{all_of_them}])"
        case "softmax" | "log_softmax":
            return f"autograd.{name}([{all_of_them}])[{params}]"
        case "cross_entropy":
            return f"autograd.{name}([{all_of_them}], {params})"
        case "dot":
            n = len(args) // 2
            lists = f"[{', '.join(args[:n])}], [{', '.join(args[n : 2 * n])}]"
            return f"autograd.dot({', '.join([lists, *args[2 * n :]])})"
    return f"autograd.{name}({', '.join([*args, params] if params else args)})"
