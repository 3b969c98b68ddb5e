"""Templates: a row is run on symbols once for each kind of arguments, then copied for every operation of that kind.

What a row writes does not depend on its arguments, but for a few simplifications: ``x·1`` is x. So arguments are told apart
by their *kind* alone, and to copy a template is to put places in. The kinds are

* None: any number,
* "condition", and "truth", the 1 or 0 of a condition,
* "number": a constant,
* the reference of a constant: that very number. So it is for those that simplify something, as 1 does; and wherever a row
  computes with constants alone, for there Python's own result is the constant, exact where Python is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from ..backward import ieee_sum
from .program import COMMUTATIVE, instruction
from .symbols import Builder, RowError, Symbol
from .tape import exactly

SIMPLIFY: Final = (-1, 0, 1, 2, 3)
"""Factors, terms and exponents that a symbol treats each in its own way."""

_ARGUMENTS = ("input", "condition", "number")
_GIVEN = (*_ARGUMENTS, "constant")

Row = Callable[[Builder, Any, list[Any]], Sequence[Any]]
"""(builder, subject, arguments) -> results: a calculation with symbols and plain numbers."""

Taken = Callable[[list[int]], tuple[int, ...]]
"""What takes some of the slots."""

Step = tuple[str, dict[Any, int], bool, Taken]
"""A primitive, the places of its equals by operands, whether operands may change places, and what takes its operands."""


class Template(NamedTuple):
    """Steps between slots. The slots are the arguments, then the constants, then what the steps give.

    Attributes:
        plain: whether the kind of each argument is None.
        constants: the constants' places and references.
        steps: what is written.
        results: what takes the results, and after them any number.
        special: the results that are not any number, by slot, and their kinds.
    """

    plain: bool
    constants: list[int]
    steps: list[Step]
    results: Taken
    special: list[tuple[int, str]]


class Templates:
    """Writes rows into a program. Numbers go by *references*: a place in the program, or something below 0 for a constant.

    >>> t = Templates()
    >>> x, two = t.builder.source("input", 0).place, t.constant(2)
    >>> product = lambda builder, subject, args: [args[0] * args[1]]
    >>> [t.write(product, "product", [x, y])[0] for y in (two, two, t.constant(0.1), t.constant(1))]
    [3, 3, 4, 0]
    >>> [i.op for i in t.builder.instructions]
    ['input', 'constant', 'constant', 'mul', 'mul']
    """

    def __init__(self) -> None:
        self.builder = Builder()
        self.numbers: list[Any] = []  # the constants as Python has them: 1 is not 1.0
        self._references: dict[Any, int] = {}
        self._kinds: dict[int, Any] = {}  # of the references that are not any number
        self._slots: dict[int, int] = {}  # what stands in a template's slot for them, where it is not the reference
        self._templates: dict[Any, Template | None] = {}

    def constant(self, x: Any) -> int:
        """The reference of a plain number."""
        key = exactly(x)
        reference = self._references.get(key)
        if reference is None:
            self.numbers.append(x)
            reference = self._references[key] = -len(self.numbers)
            if x in SIMPLIFY:
                self._kinds[reference] = reference
            else:
                self._kinds[reference], self._slots[reference] = "number", self.builder.place(x)
        return reference

    def place(self, reference: int) -> int:
        """Where the number of a reference stands in the program."""
        return self.builder.place(self.numbers[~reference] if reference < 0 else Symbol(self.builder, reference))

    def write(self, row: Row, subject: Any, references: Sequence[int]) -> Sequence[int]:
        """Write what a row gives for a subject and arguments; the references of its results, and after them any number."""
        special = self._kinds
        if special.keys().isdisjoint(references):
            key = subject, len(references)
        else:
            key = subject, *map(special.get, references)
        template = self._templates.get(key)
        if template is None:
            if max(references) < 0:
                return self._folded(row(self.builder, subject, [self.numbers[~r] for r in references]))
            template = self._found(row, subject, key, references)
        plain, constants, steps, results, marked = template
        slots = [*(references if plain else map(self._slots.get, references, references)), *constants]
        instructions = self.builder.instructions
        new = len(instructions)
        for op, places, swaps, taken in steps:
            operands = taken(slots)
            if swaps and operands[1] < operands[0]:
                operands = operands[::-1]
            place = places.setdefault(operands, new)
            if place == new:
                instructions.append(instruction((op, operands, 0.0)))
                new += 1
            else:
                self.builder.shared += 1
            slots.append(place)
        for slot, kind in marked:
            place = slots[slot]
            special[place] = kind
            if kind == "truth":
                self._slots[place] = instructions[place].operands[0]
        return results(slots)

    def add(self, a: int, b: int) -> int:
        """The reference of a sum."""
        if a in self._kinds or b in self._kinds:
            return self.write(_sum, "sum", [a, b])[0]
        return self.builder.write("add", (b, a) if b < a else (a, b))  # the same, sooner

    def _folded(self, found: Sequence[Any]) -> list[int]:
        """The references of results that rest on constants."""
        return [r.place if isinstance(r, Symbol) else self.constant(r) for r in found]

    def _found(self, row: Row, subject: Any, key: Any, references: Sequence[int]) -> Template:
        """A template that is new, or else one for these very constants."""
        kinds = tuple(map(self._kinds.get, references))
        if key not in self._templates:
            self._templates[key] = self._made(row, subject, kinds)
        template = self._templates[key]
        if template is None:
            kinds = tuple([r if r < 0 else kind for r, kind in zip(references, kinds)])
            key = subject, *kinds
            template = self._templates.get(key) or self._made(row, subject, kinds)
            assert template is not None
            self._templates[key] = template
        return template

    def _made(self, row: Row, subject: Any, kinds: tuple[Any, ...]) -> Template | None:
        """Run a row on symbols; None if the constants' numbers matter."""
        builder = Builder()
        try:
            found = row(builder, subject, [self._argument(builder, i, kind) for i, kind in enumerate(kinds)])
        except RowError:
            if "number" in kinds:
                return None
            raise
        symbols = [r for r in found if isinstance(r, Symbol)]
        wanted = {s.place for s in symbols}
        for place in range(len(builder.instructions) - 1, -1, -1):
            op, operands, _ = builder.instructions[place]
            if place in wanted and op not in _GIVEN:
                wanted.update(operands)
                if {builder.instructions[k].op for k in operands} in ({"number"}, {"number", "constant"}):
                    return None
        return self._template(builder, sorted(wanted), kinds, found)

    def _argument(self, builder: Builder, index: int, kind: Any) -> Any:
        if isinstance(kind, int):
            return self.numbers[~kind]
        symbol = builder.source({None: "input", "truth": "condition"}.get(kind, kind), index)
        return symbol.where(1, 0) if kind == "truth" else symbol

    def _template(self, builder: Builder, wanted: list[int], kinds: tuple[Any, ...], found: Sequence[Any]) -> Template:
        """What was written, between slots."""
        instructions = builder.instructions
        numbers = [place for place in wanted if instructions[place].op == "constant"]
        steps = [place for place in wanted if instructions[place].op not in _GIVEN]
        constants = [self.builder.place(instructions[place].number) for place in numbers]
        constants += [self.constant(r) for r in found if not isinstance(r, Symbol)]
        slots = {place: instructions[place].operands[0] for place in wanted if instructions[place].op in _ARGUMENTS}
        slots.update((place, len(kinds) + i) for i, place in enumerate(numbers))
        slots.update((place, len(kinds) + len(constants) + i) for i, place in enumerate(steps))
        plain = iter(range(len(kinds) + len(numbers), len(kinds) + len(constants)))
        results = [slots[r.place] if isinstance(r, Symbol) else next(plain) for r in found]
        return Template(
            not any(kinds),
            constants,
            [self._step(instructions[place].op, [slots[k] for k in instructions[place].operands]) for place in steps],
            _taken([*results, 0]),
            [(slot, r.kind) for slot, r in zip(results, found) if isinstance(r, Symbol) and r.kind],
        )

    def _step(self, op: str, slots: Sequence[int]) -> Step:
        return op, self.builder.places[op], op in COMMUTATIVE, _taken(slots)


def _taken(slots: Sequence[int]) -> Taken:
    """What takes these slots."""
    (first, *others) = slots
    return itemgetter(*slots) if others else lambda given: (given[first],)


def _sum(builder: Builder, subject: str, args: Sequence[Any]) -> Sequence[Any]:
    return [ieee_sum(*args)]
