"""Copies of templates as instructions: each once, for equal ones are shared, and only those that are needed.

Long programs are made on arrays, where NumPy is installed. That is several times as fast, and gives the same instructions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any, Final

from .extras import numpy
from .program import ABSENT, CODES, COMMUTATIVE, PRIMITIVES, SOURCES, Instructions, needed
from .repeats import first_ones
from .templates import Template, Templates

LONG: Final = 2000
"""Of fewer places, arrays take longer than lists."""

MANY: Final = 8
"""Steps of a template on one argument that are looked at together."""

_NAMES = tuple(CODES)
_STEPS = frozenset(PRIMITIVES)


class Packed(Instructions):
    """Instructions as arrays.

    Args:
        codes: what they do, by number.
        table: three operands of each; a constant has any number for its first one.
        numbers: the constants' numbers by place, in order.
    """

    def __init__(self, codes: Any, table: Any, numbers: dict[int, float]) -> None:
        self.codes, self.table, self.numbers = codes, table, numbers

    @cached_property
    def ops(self) -> list[str]:  # type: ignore[override]
        """The column of names."""
        return [_NAMES[code] for code in self.codes.tolist()]

    @cached_property
    def operands(self) -> list[tuple[int, ...]]:  # type: ignore[override]
        """The column of operands."""
        counts = (self.table != ABSENT).sum(1)
        counts[self.codes == CODES["constant"]] = 0
        return [tuple(row[:count]) for row, count in zip(self.table.tolist(), counts.tolist())]

    def with_parameters(self, places: Sequence[int]) -> Packed:
        """The same, with another number for each parameter."""
        table, chosen = self.table.copy(), self.codes == CODES["parameter"]
        table[chosen, 0] = numpy().array(places, "int64")[table[chosen, 0]]
        return Packed(self.codes, table, self.numbers)

    def __len__(self) -> int:
        return len(self.codes)


def instructions(templates: Templates, roots: Sequence[int]) -> tuple[Instructions, list[int], int]:
    """What was written: the instructions that the roots rest on; where these went; how many different ones there were.

    >>> t = Templates(inputs=1)
    >>> square = lambda builder, subject, args: [args[0] * args[0]]
    >>> places = [t.write(square, "square", [0])[0] for _ in range(2)]
    >>> found, moved, _ = instructions(t, places)
    >>> list(found.operands), moved
    ([(0,), (0, 0)], [1, 1])
    """
    packed = _on_arrays(templates, roots) if templates.size >= LONG else None
    if packed is not None:
        return packed
    ops, operands = _lists(templates)
    _forget_signs(ops, operands)
    ops, operands, numbers, shared = _shared(ops, operands, templates.numbers)
    roots = [shared[k] for k in roots]
    kept, moved = needed(Instructions(ops, operands, numbers), roots)
    return kept, [moved[k] for k in roots], len(ops)


def _lists(templates: Templates) -> tuple[list[str], list[tuple[int, ...]]]:
    """What stands at each place."""
    ops = ["constant"] * templates.size
    operands: list[tuple[int, ...]] = [()] * templates.size
    for op, count, start in (("input", templates.inputs, 0), ("parameter", templates.parameters, templates.inputs)):
        ops[start : start + count], operands[start : start + count] = [op] * count, [(k,) for k in range(count)]
    for template in templates.made:
        copies, width, beyond = template.written, template.arguments + 1, template.arguments + len(template.constants)
        first = copies[template.arguments :: width]
        for k, (op, taken) in enumerate(template.steps):
            columns: list[Iterable[int]] = []
            for slot in taken:
                if slot < template.arguments:
                    columns.append(copies[slot::width])
                elif slot < beyond:
                    columns.append(repeat(template.constants[slot - template.arguments]))
                else:
                    columns.append(map((slot - beyond).__add__, first))
            for place, given in zip(map(k.__add__, first), zip(*columns)):
                ops[place], operands[place] = op, given
    return ops, operands


def _forget_signs(ops: list[str], operands: list[tuple[int, ...]]) -> None:
    """The absolute value of -x, and of x or -x by a choice, is that of x.

    So sigmoid, tanh and their derivatives of every order, made of σ(x), σ(-x) and σ(-|x|), share one exponential.
    """
    for place in [k for k, op in enumerate(ops) if op == "abs"]:
        (x,) = operands[place]
        while True:
            given = operands[x]
            if ops[x] == "neg":
                (x,) = given
            elif ops[x] == "where" and (ops[given[2]], operands[given[2]]) == ("neg", given[1:2]):
                x = given[1]
            else:
                break
        operands[place] = (x,)


def _forget_signs_on_arrays(codes: Any, table: Any) -> None:
    """The same."""
    np, neg = numpy(), CODES["neg"]
    rows = np.flatnonzero(codes == CODES["abs"])
    while len(rows):
        x = table[rows, 0]
        first, second, third = table[x].T
        choice = (codes[x] == CODES["where"]) & (codes[third] == neg) & (table[third, 0] == second)
        x, found = np.where(choice, second, first), choice | (codes[x] == neg)
        rows = rows[found]
        table[rows, 0] = x[found]


def _shared(
    ops: list[str], operands: list[tuple[int, ...]], numbers: dict[int, float]
) -> tuple[list[str], list[tuple[int, ...]], dict[int, float], list[int]]:
    """Equal instructions once, and where each one went."""
    places: dict[Any, int] = {}
    moved: list[int] = []
    for place, (op, given) in enumerate(zip(ops, operands)):
        if op in _STEPS:
            if len(given) == 2:
                x, y = given
                x, y = moved[x], moved[y]
                given = (y, x) if y < x and op in COMMUTATIVE else (x, y)
            else:
                given = tuple([moved[k] for k in given])
        moved.append(places.setdefault((op, given or place), len(places)))
    distinct = [(op, () if op == "constant" else given) for op, given in places]
    found = {moved[place]: number for place, number in numbers.items()}
    return [op for op, _ in distinct], [given for _, given in distinct], found, moved


def _on_arrays(templates: Templates, roots: Sequence[int]) -> tuple[Instructions, list[int], int] | None:
    """The same on arrays; None where that does not pay."""
    try:
        np = numpy()
    except ImportError:
        return None
    codes, table, same = _arrays(templates)
    _forget_signs_on_arrays(codes, table)
    same = first_ones(codes, table, same)
    if same is None:
        return None
    kept = same == np.arange(len(same))
    moved = (np.cumsum(kept) - 1)[same]
    codes, table = codes[kept], table[kept]
    read = (codes >= len(SOURCES))[:, None] & (table != ABSENT)
    table[read] = moved[table[read]]
    numbers = dict(zip(moved[list(templates.numbers)].tolist(), templates.numbers.values()))
    found: Instructions = Packed(codes, table, numbers)
    used, places = np.zeros(len(codes), bool), moved[list(roots)].tolist()
    used[table[read]] = True
    used[places] = True
    if not used.all():
        found, again = needed(Instructions(found.ops, found.operands, numbers), places)
        places = [again[k] for k in places]
    return found, places, len(codes)


def _arrays(templates: Templates) -> tuple[Any, Any, Any]:
    """What stands at each place: its number, and three operands; and a place where an equal one stands, maybe its own."""
    np = numpy()
    same = np.arange(templates.size)
    codes, table = np.zeros(templates.size, "int64"), np.full((templates.size, 3), ABSENT, order="F")
    for op, count, start in (("input", templates.inputs, 0), ("parameter", templates.parameters, templates.inputs)):
        codes[start : start + count], table[start : start + count, 0] = CODES[op], np.arange(count)
    constants = list(templates.numbers)
    codes[constants], table[constants, 0] = CODES["constant"], constants
    for template in templates.made:
        if template.copies or template.blocks:
            listed = np.fromiter(template.copies, "int64", len(template.copies))
            copies = np.concatenate([listed.reshape(-1, template.arguments + 1), *template.blocks])
            first, beyond = copies[:, -1], template.arguments + len(template.constants)
            for k, (op, taken) in enumerate(template.steps):
                codes[first + k] = CODES[op]
                for column, slot in enumerate(taken):
                    if slot < template.arguments:
                        table[first + k, column] = copies[:, slot]
                    elif slot < beyond:
                        table[first + k, column] = template.constants[slot - template.arguments]
                    else:
                        table[first + k, column] = first + (slot - beyond)
            for argument, steps in _of_one(template).items():
                earliest = np.zeros(templates.size + len(templates.specials), "int64")  # what is special counts from the end
                earliest[copies[::-1, argument]] = first[::-1]
                for k in steps:
                    same[first + k] = earliest[copies[:, argument]] + k
    return codes, table, same


def _of_one(template: Template) -> dict[int, list[int]]:
    """By argument, the steps that rest on it alone, if they are many: equal arguments have equal ones, however long a chain
    they are."""
    found: dict[int, list[int]] = {}
    of: list[set[int]] = [{k} for k in range(template.arguments)] + [set() for _ in template.constants]
    for k, (_, taken) in enumerate(template.steps):
        of.append(set().union(*[of[slot] for slot in taken]))
        if len(of[-1]) == 1:
            (argument,) = of[-1]
            found.setdefault(argument, []).append(k)
    return {argument: steps for argument, steps in found.items() if len(steps) >= MANY}
