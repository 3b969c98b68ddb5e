"""Expressions as text, such as "ŷ = x*w; loss = (ŷ - y)**2": read, checked, and made into a graph of Values.

The text is never run as Python code. ``scan`` looks at its signs; Python's parser makes a tree; the tree becomes
a list of steps, each of the few kinds in ``_Reader.step``, and all else is refused; ``machine`` runs the steps.

>>> loss = parse("s = x*w - y; loss = s**2").evaluate({"x": 1, "w": 1, "y": 2}, wrt=["w"])
>>> loss.backward()
>>> loss.name, loss.data
('loss', 1)
"""

import ast
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import Any

from ..intrinsics import checked
from ..op import FUNCTIONS
from ..terminal import short
from ..value import Value
from .machine import CONSTANTS, Machine, Step, check_size, nearest, unknown
from .scan import ExpressionError, read_number, scan

__all__ = ["Expression", "ExpressionError", "parse"]

MAX_CHAIN = 500  #: operations inside operations: 1 + 1 + 1 + ... is as deep as it is long
MAX_ITEMS = 1_000  #: items of one list, or arguments of one call

Number = int | float | Fraction

_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_SIGNS = {ast.UAdd: "plus", ast.USub: "minus"}


class Expression:
    """A checked expression. ``parse`` makes it, ``evaluate`` turns it into a graph as often as you like.

    ``text`` is what was written; ``inputs`` are the names that need values, in the order of their first use.

    >>> parse("a = x*y; a + exp(x)").inputs
    ('x', 'y')
    """

    def __init__(self, text: str, steps: list[Step], assigned: Collection[str], inputs: Collection[str]) -> None:
        self.text, self._steps, self._assigned, self.inputs = text, steps, assigned, tuple(inputs)

    def __repr__(self) -> str:
        return f"parse({self.text!r})"

    def evaluate(self, values: Mapping[str, Number], *, exact: bool = False, wrt: Iterable[str] | None = None) -> Value:
        """The last statement's result as a Value, with the graph that leads to it; no backward pass has run.

        ``values`` gives each input its number (pi and e have theirs). With ``exact`` all numbers are fractions,
        0.1 is 1/10, and what has no exact result is an error. ``wrt`` names the inputs that get gradients, the
        others become constants; None means all.

        Raises ``ExpressionError``, with the engine's own error as its cause where there is one; ``TypeError`` for
        a value that is no number.

        >>> parse("x/3 + 0.1").evaluate({"x": 1}, exact=True).data
        Fraction(13, 30)
        """
        targets = None if wrt is None else tuple([wrt] if isinstance(wrt, str) else wrt)
        self._check_names(values, targets or ())
        names: dict[str, Any] = {}
        for name in self.inputs:
            if name in values:
                number = _number(name, values[name], exact)
                names[name] = Value(number, name=name, requires_grad=targets is None or name in targets)
        return Machine(self.text, exact, names).run(self._steps)

    def _check_names(self, values: Mapping[str, Number], targets: Iterable[str]) -> None:
        """Every function exists, every input has a value, every value is an input, and gradients are for inputs."""
        known = {*values, *self._assigned, *CONSTANTS}
        for step in self._steps:
            if step.kind == "call" and step.argument[0] not in FUNCTIONS:
                name = step.argument[0]
                problem = unknown(name, name in values or name in self._assigned)
                raise ExpressionError.at(self.text, step.start, step.end, problem)
            if step.kind == "name" and step.argument not in known:
                raise ExpressionError.at(self.text, step.start, step.end, self._missing(step.argument, values))
        have = "the inputs are " + short(", ".join(self.inputs), 60) if self.inputs else "the expression has no inputs"
        for name in values:
            if name in self._assigned:
                raise ExpressionError(f"{name} is given a value, but the expression assigns it: leave out {name}=...")
            if name not in self.inputs:
                raise ExpressionError(f"the value {_shown(name)} is never used: leave it out; {have}")
        for name in targets:
            if name not in values:
                raise ExpressionError(f'"{_shown(name)}" is no input and can have no gradient: {have}')

    def _missing(self, name: str, values: Mapping[str, Number]) -> str:
        if name in FUNCTIONS:
            return f"{name} is a function: write {name}(...), or add {name}=..."
        near = nearest(name, [*(v for v in values if v not in self.inputs), *self._assigned])
        return f"{_shown(name)} has no value: add {name}=..." + (f"; did you mean {_shown(near)}?" if near else "")


def parse(text: str) -> Expression:
    """Read an expression: statements ``name = expression`` and a last one, which may go without the name.

    Statements are divided by ; or lines. An expression has numbers, names, + - * / **, brackets, the engine's
    functions with their arguments, lists and their items (``softmax([a, b])[0]``), and ``pi`` and ``e``.

    Raises ``ExpressionError``, whose one line names the place, the cause and the remedy.

    >>> parse("tanh(x*w + b)").inputs
    ('x', 'w', 'b')
    >>> try:
    ...     parse("__import__('os')")
    ... except ExpressionError as error:
    ...     print(error)
    column 1, at "__import__" in "__import__('os')": a name begins with a letter and has no __ in it: choose another
    """
    clean = scan(text)
    shift = len(clean) - len(clean.lstrip())
    try:
        tree = ast.parse(clean[shift:])
    except SyntaxError as error:
        start = shift + max((error.offset or 1) - 1, 0)
        problem = "this has no meaning here: an assignment is name = expression, an argument x or name=x"
        raise ExpressionError.at(text, start, start + 1, problem) from None
    except (RecursionError, MemoryError):
        raise ExpressionError.at(text, shift, shift + 1, _TOO_DEEP) from None
    return _Reader(text, shift).read(tree.body)


_TOO_DEEP = f"over {MAX_CHAIN} operations hang on each other: name parts (a = ...; b = a + ...), or use sum([...])"


class _Reader:
    """From Python's tree to steps, without recursion. What is not in this list of kinds is refused."""

    def __init__(self, text: str, shift: int) -> None:
        self.text, self.shift, self.code = text, shift, text[shift:].replace("\n", " ").encode()
        self.steps: list[Step] = []
        self.assigned: dict[str, None] = {}  # dicts are sets that keep their order
        self.inputs: dict[str, None] = {}

    def read(self, body: list[ast.stmt]) -> Expression:
        """The statements, one after another."""
        for statement in body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name) as target], value=value):
                    self.expression(value)
                    if name in self.assigned or name in self.inputs:
                        raise self.error(target, f"{name} has a meaning already: choose another name")
                    self.assigned[name] = None
                    self.steps.append(Step("assign", name, 1, *self.place(target)))
                case ast.Expr(value=value) if statement is body[-1]:
                    self.expression(value)
                case ast.Expr(value=value):
                    raise self.error(value, "this result is not used: give it a name (a = ...), or remove it")
                case _:
                    raise self.error(statement, "an assignment is written name = expression, with one name")
        return Expression(self.text, self.steps, self.assigned, self.inputs)

    def expression(self, root: ast.expr) -> None:
        """Add the steps of one expression: the tree walked root first, right to left, and turned round."""
        steps: list[Step] = []
        stack = [(root, 1)]
        while stack:
            node, depth = stack.pop()
            if depth > MAX_CHAIN:
                raise self.error(node, _TOO_DEEP)
            kind, argument, inputs = self.step(node)
            if len(inputs) > MAX_ITEMS:
                raise self.error(node, f"these are {len(inputs):,} items, at most {MAX_ITEMS:,} are read: split them")
            place = self.place(node.func if isinstance(node, ast.Call) else node)
            steps.append(Step(kind, argument, len(inputs), *place))
            stack += [(child, depth + 1) for child in inputs]
        for step in reversed(steps):
            self.steps.append(step)
            if step.kind == "name" and step.argument not in self.assigned:
                self.inputs[step.argument] = None

    def step(self, node: ast.expr) -> tuple[str, Any, list[ast.expr]]:
        """What a node of the tree asks for: the kind of step, its argument, and the nodes whose results it takes."""
        match node:
            case ast.Constant(value=value) if type(value) in (int, float):
                return "number", self.code[node.col_offset : node.end_col_offset].decode(), []
            case ast.Name(id=name):
                return "name", name, []
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _SIGNS:
                return _SIGNS[type(op)], None, [operand]
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return "operator", _OPERATORS[type(op)], [left, right]
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return "list", None, items
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
                words = tuple(keyword.arg for keyword in keywords)
                if None not in words and len(set(words)) == len(words):
                    return "call", (name, words), [*args, *(keyword.value for keyword in keywords)]
                raise self.error(node, "an argument is named twice: name each once")
            case ast.Call():
                raise self.error(node.func, "only a function's name can be called: for a product write *")
            case ast.Subscript(value=value, slice=ast.Constant(value=int(index))):
                return "item", index, [value]
            case ast.Subscript(value=value, slice=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(index)))):
                return "item", -index, [value]
            case ast.Subscript(slice=index):
                raise self.error(index, "an item is chosen by a whole number, as in softmax([a, b])[0]")
        raise self.error(node, "this is no part of an expression: use numbers, names, functions and + - * / **")

    def place(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where a node stands in the text. Python counts bytes from the first sign."""
        start = len(self.code[: node.col_offset].decode())
        return self.shift + start, self.shift + start + len(self.code[node.col_offset : node.end_col_offset].decode())

    def error(self, node: ast.expr | ast.stmt, problem: str) -> ExpressionError:
        return ExpressionError.at(self.text, *self.place(node), problem)


def _number(name: str, value: Any, exact: bool) -> Number:
    """A value as the engine takes it; exact, a decimal is what it is written as: 0.1 is 1/10."""
    number = checked(value)
    try:
        check_size(number)
        if not exact:
            return number
        return read_number(repr(number), exact=True) if isinstance(number, float) else Fraction(number)
    except ExpressionError as error:
        raise ExpressionError(f"the value of {name}: {error}") from None


def _shown(name: str) -> str:
    """A name, with the alphabet of a letter that may be taken for another (the Cyrillic х for x)."""
    for letter in name:
        alphabet = unicodedata.name(letter, "").partition(" ")[0]
        if letter.isalpha() and alphabet not in ("LATIN", "GREEK"):
            return f"{name} (with {unicodedata.name(letter, 'a letter without a name')})"
    return name
