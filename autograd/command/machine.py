"""The stack machine that turns the steps of an expression into a graph of Values: ``x*w`` is x, w, multiply.

Everything that can grow without bound is bounded here, while it is computed: powers, products, digits.
"""

import difflib
import inspect
import math
import operator
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from ..graph import nodes
from ..op import FUNCTIONS, Op
from ..ops import arithmetic, elementary
from ..value import Value
from .scan import ExpressionError, read_number

MAX_BITS = 10_000  #: size of a whole number, or of each part of a fraction: about 3,000 digits
MAX_GRADIENT_BITS = 100_000  #: the same for gradients, which are products along whole paths
_DIGITS = f"{MAX_BITS * 3 // 10:,}"

CONSTANTS = {"e": math.e, "pi": math.pi}

_OPERATORS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    "+": (operator.add, arithmetic.add),  # Values have Python's operators (x**2 has a row of its own),
    "-": (operator.sub, arithmetic.sub),  # plain numbers go through the engine's table (1/0 is inf)
    "*": (operator.mul, arithmetic.mul),
    "/": (operator.truediv, arithmetic.div),
    "**": (operator.pow, elementary.pow),
}


class Step(NamedTuple):
    """One step: what to do, with which argument, with how many results of earlier steps, and its place in the text."""

    kind: str  # number, name, minus, operator, call, list, item, assign
    argument: Any
    takes: int
    start: int
    end: int


class Machine:
    """Runs steps. ``names`` maps each input to its Value; with ``exact`` every number is a Fraction."""

    def __init__(self, text: str, exact: bool, names: dict[str, Any]) -> None:
        self.text, self.exact, self.names = text, exact, names

    def run(self, steps: list[Step]) -> Value:
        """The last step's result as a Value. What goes wrong becomes an error with the step's place."""
        stack: list[Any] = []
        for step in steps:
            inputs = stack[len(stack) - step.takes :]
            del stack[len(stack) - step.takes :]
            try:
                result = self.result(step, inputs)
                for number in result if isinstance(result, list) else [result]:
                    check_size(number)
                if step is steps[-1] and isinstance(result, list):
                    raise ExpressionError(f"the result is a list of {len(result)}: choose an item, as in (...)[0]")
            except Exception as error:
                raise ExpressionError.at(self.text, step.start, step.end, _cause(error)) from error
            stack.append(result)
        last = stack.pop()
        return last if isinstance(last, Value) else Value(last, requires_grad=False)

    def result(self, step: Step, inputs: list[Any]) -> Any:
        """What one step makes of its inputs: a number, a Value, or a list of these."""
        match step.kind:
            case "number":
                return read_number(step.argument, self.exact)
            case "name":
                return self.look_up(step.argument)
            case "call":
                name, keywords = step.argument
                return self.call(name, keywords, inputs)
            case "item":
                return _item(inputs[0], step.argument)
            case "assign":
                return self.assign(step.argument, inputs[0])
        if any(isinstance(x, list) for x in inputs):
            raise ExpressionError("a list is no number: choose one of its items, as in (...)[0]")
        match step.kind:
            case "list":
                return inputs
            case "plus":
                return inputs[0]
            case "minus":
                return -inputs[0] if isinstance(inputs[0], Value) else arithmetic.neg(inputs[0])
        a, b = inputs
        on_values, on_numbers = _OPERATORS[step.argument]
        if step.argument == "**":
            if isinstance(b, Value) and not b.requires_grad:
                b = b.data  # a constant exponent under a name
            if isinstance(b, Fraction) and b.denominator == 1:
                b = int(b)  # an exponent that is drawn as a plain number
            check_power(a, b)
        return on_values(a, b) if isinstance(a, Value) or isinstance(b, Value) else on_numbers(a, b)

    def look_up(self, name: str) -> Any:
        """The Value under that name; pi and e become constants at their first use."""
        if name not in self.names:
            if self.exact:
                raise ExpressionError(f"{name} has no exact value: give a fraction, such as {name}=22/7, or leave out exact")
            self.assign(name, CONSTANTS[name])
        return self.names[name]

    def assign(self, name: str, result: Any) -> Any:
        """Keep a result under a name, which becomes the name of its node (of each node, for a list)."""
        if isinstance(result, list):
            result = [self.named(f"{name}[{i}]", item) for i, item in enumerate(result)]
        else:
            result = self.named(name, result)
        self.names[name] = result
        return result

    def named(self, name: str, result: Any) -> Value:
        """The result as a node of that name; a plain number becomes a constant."""
        if not isinstance(result, Value):
            return Value(result, name=name, requires_grad=False)
        if result.name is None:
            result.name = name
        return result

    def call(self, name: str, keywords: tuple[str, ...], inputs: list[Any]) -> Any:
        """A function of the engine, or one of the reader's own, looked up now."""
        function = FUNCTIONS[name]
        count = len(inputs) - len(keywords)
        args, options = inputs[:count], dict(zip(keywords, inputs[count:], strict=True))
        if not _accepts(function, args, options):
            raise ExpressionError(f"these arguments do not fit: write {usage(name)}")
        if name == "pow":
            check_power(*args, **options)
        return function(*args, **options)


def usage(name: str) -> str:
    """How a function is called.

    >>> usage("leaky_relu"), usage("tanh")
    ('leaky_relu(x, negative_slope=0.1)', 'tanh(x)')
    """
    function = FUNCTIONS[name]
    if isinstance(function, Op):
        return f"{name}({', '.join(function.inputs) or '...'})"
    parameters = inspect.signature(function).parameters.values()
    return f"{name}({', '.join(str(p.replace(annotation=p.empty)) for p in parameters)})"


def check_size(number: Any) -> None:
    """Refuse whole numbers and fractions that have grown too long to compute with or to print."""
    if _bits(number) > MAX_BITS:
        raise ExpressionError(f"this number has more than {_DIGITS} digits: use decimals (9.0), or smaller numbers")


def check_gradients(root: Value, seed: Any) -> None:
    """Refuse a backward pass whose whole numbers or fractions would grow too long: sizes add up along a path."""
    sizes = {root: _bits(seed)}
    for v in reversed(nodes(root)):
        for p, slope in zip(v.parents, v.local_grads):
            size = -math.inf if isinstance(slope, float) else sizes[v] + _bits(slope)  # a float stays a float
            if size > MAX_GRADIENT_BITS:
                raise ExpressionError("the gradients have too many digits: use decimals (9.0), or smaller numbers")
            sizes[p] = max(sizes.get(p, -math.inf), size)


def check_power(x: Any, y: Any) -> None:
    """Refuse a power before it is computed: it is about as long as its base, times the exponent."""
    x, y = getattr(x, "data", x), getattr(y, "data", y)
    if not isinstance(x, (int, Fraction)) or not isinstance(y, (int, Fraction)) or y.denominator != 1:
        return
    grows = x not in (0, 1, -1) and (y > 0 or isinstance(x, Fraction))  # 9**-9 is a float
    if grows and _bits(x) * abs(int(y)) > MAX_BITS:
        raise ExpressionError(f"this power has more than {_DIGITS} digits: use decimals (9.0**9), or smaller numbers")


def _bits(number: Any) -> float:
    number = getattr(number, "data", number)
    if not isinstance(number, (int, Fraction)):
        return -math.inf
    return max(abs(number.numerator), number.denominator).bit_length()


def _item(items: Any, index: int) -> Any:
    if not isinstance(items, list):
        raise ExpressionError("only a list has items, such as softmax([a, b])[0]: leave the [ ] out")
    if not -len(items) <= index < len(items):
        raise ExpressionError(f"there is no item {index}: the list has {len(items)}, counted from 0")
    return items[index]


def _accepts(function: Callable[..., Any], args: list[Any], options: dict[str, Any]) -> bool:
    if isinstance(function, Op):
        return not options and (len(args) == function.arity or (function.arity is None and bool(args)))
    try:
        inspect.signature(function).bind(*args, **options)
    except TypeError:
        return False
    return True


_MEANT = {
    "ln": "log",
    "max": "maximum",
    "min": "minimum",
    "avg": "mean",
    "arctan": "atan",
    "arcsin": "asin",
    "arccos": "acos",
}


def unknown(name: str, is_value: bool) -> str:
    """What to say of a function that does not exist."""
    if is_value:
        return f"{name} is a value, no function: for a product write {name}*(...)"
    near = _MEANT.get(name) or nearest(name, FUNCTIONS)
    remedy = f"did you mean {near}?" if near else "the command `glassgrad functions` lists them all"
    return f"there is no function {name}; {remedy}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant: the same letters in another order, or nearly the same.

    >>> nearest("tahn", ["tan", "tanh"]), nearest("sigmod", ["sigmoid"]), nearest("f", ["relu"])
    ('tanh', 'sigmoid', None)
    """
    known = list(known)
    swapped = [other for other in known if sorted(other) == sorted(word)]
    return next(iter(swapped + difflib.get_close_matches(word, known, 1)), None)


def _cause(error: Exception) -> str:
    """An exception as one line. The engine's errors are clear; those of others need their kind beside them."""
    if isinstance(error, ZeroDivisionError):
        return "a division by zero has no exact result: use decimals (0.0), or other numbers"
    message = " ".join(str(error).split())
    return message if message and isinstance(error, (TypeError, ValueError)) else f"{type(error).__name__} {message}".strip()
