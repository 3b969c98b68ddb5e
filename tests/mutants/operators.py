"""One small change at a time to a module's syntax tree: what a slip of the pen would do.

Left alone are texts (docstrings and messages), annotations, ``if TYPE_CHECKING`` and lists of names such as ``__slots__``.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple


class Change(NamedTuple):
    """Where a mutant differs from the module: nothing else identifies it, so that it is recognised when lines move."""

    line: int
    text: str
    """The line's own text, without the spaces around it."""
    what: str
    """The piece of code that changed, before and after; with (2) if it is the second such change to such a line."""


Place = tuple[Any, Any]
"""A node with the name of a field, or a list with an index: where another node can be put."""

BINARY: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
NAMES_ONLY = {"__slots__", "__all__"}
TYPES_ONLY = {"TypeVar", "cast"}


def changes(source: str) -> Iterator[tuple[Change, ast.Module]]:
    """Every mutant of a module: the change, and the changed tree (unparse it before asking for the next)."""
    tree = ast.parse(source)
    lines = source.splitlines()
    met: Counter[tuple[str, str]] = Counter()
    for place, node in list(_places(tree)):
        for new in _mutations(node):
            _put(place, new)
            text, what = lines[node.lineno - 1].strip(), _said(node, new)
            met[text, what] += 1
            number = f" ({met[text, what]})" if met[text, what] > 1 else ""
            yield Change(node.lineno, text, what + number), tree
            _put(place, node)


def _places(tree: ast.AST) -> Iterator[tuple[Place, Any]]:
    """Every node that may change, with its place, in the order of the source."""
    stack: list[tuple[Place, Any]] = list(reversed(list(_children(tree))))
    while stack:
        place, node = stack.pop()
        if not _left_alone(node):
            if isinstance(node, ast.expr | ast.stmt):
                yield place, node
            stack.extend(reversed(list(_children(node))))


def _children(node: ast.AST) -> Iterator[tuple[Place, ast.AST]]:
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        if isinstance(value, ast.AST):
            yield (node, field), value
        elif isinstance(value, list):
            yield from (((value, i), v) for i, v in enumerate(value) if isinstance(v, ast.AST))


def _left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Name) and node.targets[0].id in NAMES_ONLY
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TYPES_ONLY


def _put(place: Place, node: ast.AST) -> None:
    holder, key = place
    if isinstance(holder, list):
        holder[key] = node
    else:
        setattr(holder, key, node)


def _changed(node: Any, **fields: Any) -> Any:
    """A copy of a node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _mutations(node: Any) -> Iterator[Any]:
    """What may stand in a node's place."""
    match node:
        case ast.Constant(value=bool(value)):
            yield _changed(node, value=not value)
        case ast.Constant(value=int(value) | float(value)):
            yield from (_changed(node, value=value + d) for d in (1, -1) if value + d != value)
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in BINARY:
            yield _changed(node, op=BINARY[type(op)]())
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield operand
        case ast.BoolOp(op=op):
            yield _changed(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                yield from (_changed(node, ops=[*ops[:i], new(), *ops[i + 1 :]]) for new in COMPARISONS[type(op)])
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield _changed(node, value=None)
        case ast.Raise():
            yield ast.copy_location(ast.Pass(), node)
        case ast.Break():
            yield ast.copy_location(ast.Continue(), node)
        case ast.Continue():
            yield ast.copy_location(ast.Break(), node)
        case ast.Call():
            yield from _calls(node)
    match node:
        case ast.AugAssign(target=target, value=value):
            yield ast.copy_location(ast.Assign([_changed(target, ctx=ast.Store())], value), node)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            if not isinstance(test, ast.Compare | ast.UnaryOp):  # those have mutants of their own
                yield _changed(node, test=ast.UnaryOp(ast.Not(), test))


def _calls(node: ast.Call) -> Iterator[ast.Call]:
    """A call without its last argument or one by name, with two neighbours swapped, and with the sign of a slope changed."""
    args, keywords = node.args, node.keywords
    if len(args) > 1:  # f() for f(x) would be seen by any test
        yield _changed(node, args=args[:-1])
    for i in range(len(args) - 1):
        if ast.dump(args[i]) != ast.dump(args[i + 1]):
            yield _changed(node, args=[*args[:i], args[i + 1], args[i], *args[i + 2 :]])
    for i, k in enumerate(keywords):
        others = keywords[:i], keywords[i + 1 :]
        yield _changed(node, keywords=[*others[0], *others[1]])
        if k.arg == "slopes" and isinstance(k.value, ast.Lambda) and isinstance(k.value.body, ast.Tuple):
            slopes = k.value.body.elts
            for j, slope in enumerate(slopes):
                if not isinstance(slope, ast.UnaryOp):
                    turned = [*slopes[:j], ast.UnaryOp(ast.USub(), slope), *slopes[j + 1 :]]
                    body = _changed(k.value, body=_changed(k.value.body, elts=turned))
                    yield _changed(node, keywords=[*others[0], _changed(k, value=body), *others[1]])


def _said(old: ast.AST, new: ast.AST) -> str:
    """The change in words: the two pieces of code, without what they begin and end with alike."""
    a, b = _code(old), _code(new)
    if len(a) + len(b) < 100:
        return f"{a} → {b}"
    start = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    rest = min(len(a), len(b)) - start
    end = next((i for i in range(rest) if a[-1 - i] != b[-1 - i]), rest)
    start = max(0, start - 12)
    return f"…{a[start : len(a) - end]}… → …{b[start : len(b) - end]}…"


def _code(node: ast.AST) -> str:
    head = {"body": [ast.Pass()], "orelse": []}
    if isinstance(node, ast.If | ast.While):
        node = _changed(node, **head)
    return " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
