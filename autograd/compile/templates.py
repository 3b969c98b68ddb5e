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

import struct
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from ..intrinsics import checked, to_float
from .symbols import Builder, RowError, Symbol
from .tape import exactly

SIMPLIFY: Final = (-1, 0, 1, 2, 3)
"""Factors, terms and exponents that a symbol treats each in its own way."""

_ARGUMENTS = ("input", "condition", "number")
_GIVEN = (*_ARGUMENTS, "constant")

Row = Callable[[Builder, Any, list[Any]], Sequence[Any]]
"""(builder, subject, arguments) -> results: a calculation with symbols and plain numbers."""


class Template(NamedTuple):
    """Steps between slots. The slots are the arguments, then the constants, then what the steps give.

    Attributes:
        arguments: how many there are.
        constants: the constants' places and references.
        steps: primitives, and the slots of their operands.
        results: the slots of the results.
        special: of the results that are not any number the slot, the kind, and the slot of the condition.
        ends: where each result is, if no constant and nothing special is among them: so many steps after the first one, or
            if below 0, so far from the last argument's end.
        copies: what was written, one row after another: the arguments, and the place of the first step.
        blocks: more of it, as arrays.
    """

    arguments: int
    constants: list[int]
    steps: list[tuple[str, tuple[int, ...]]]
    results: list[int]
    special: list[tuple[int, str, int]]
    ends: list[int] | None
    copies: list[int]
    blocks: list[Any]

    @property
    def written(self) -> list[int]:
        """All of it."""
        return [*self.copies, *chain.from_iterable(block.ravel().tolist() for block in self.blocks)]


UNSURE: Final = Template(0, [], [], [], [], None, [], [])
"""In place of a template where the constants' numbers matter."""


class Special(NamedTuple):
    """What is not any number: its kind; where a template finds it; where it stands, or of a constant the number."""

    kind: Any
    slot: int
    number: Any


class Templates:
    """Writes rows: notes their copies, of which :mod:`.copies` makes instructions. Numbers go by *references*: a place, or
    for a number of a special kind something below 0.

    Args:
        inputs, parameters: how many there are; they have the first places.

    Attributes:
        made: all templates.
        size: how many places are taken.
        specials: what is not any number, by reference.
        numbers: the constants, by place.

    >>> t = Templates(inputs=1)
    >>> x, two = 0, t.constant(2)
    >>> product = lambda builder, subject, args: [args[0] * args[1]]
    >>> [t.write(product, "product", [x, y])[0] for y in (two, two, t.constant(0.1), t.constant(1))]
    [3, 4, 5, 0]
    >>> [(template.steps, template.copies) for template in t.made if template.copies]
    [([('mul', (0, 2))], [0, -1, 3, 0, -1, 4]), ([('mul', (0, 1))], [0, 1, 5])]
    """

    def __init__(self, inputs: int = 0, parameters: int = 0) -> None:
        self.inputs, self.parameters = inputs, parameters
        self.size = inputs + parameters
        self.numbers: dict[int, float] = {}
        self.made: list[Template] = []
        self.specials: list[Special] = []
        self._places: dict[bytes, int] = {}  # the constants', by bits: -0.0 is not 0.0
        self._constants: dict[Any, int] = {}
        self._plain: dict[Any, Template] = {}  # by subject, those whose arguments are any numbers
        self._templates: dict[Any, Template] = {}  # by subject and kinds

    def _number(self, x: Any) -> int:
        """The place of a constant."""
        number = to_float(checked(x))
        place = self._places.setdefault(struct.pack("d", number), self.size)
        if place == self.size:
            self.numbers[place] = number
            self.size += 1
        return place

    def constant(self, x: Any) -> int:
        """The reference of a plain number."""
        key = exactly(x)
        found = self._constants.get(key)
        if found is None:
            if x in SIMPLIFY:
                found = ~len(self.specials)
                self.special(found, found, x)
            else:
                found = self.special("number", self._number(x), x)
            self._constants[key] = found
        return found

    def special(self, kind: Any, slot: int, number: Any) -> int:
        """The reference of a number of a special kind."""
        self.specials.append(Special(kind, slot, number))
        return -len(self.specials)

    def is_constant(self, reference: int) -> bool:
        """Whether a reference is that of a constant."""
        return reference < 0 and self.specials[~reference].kind not in ("condition", "truth")

    def place(self, reference: int) -> int:
        """Where the number of a reference stands in the program."""
        if reference >= 0:
            return reference
        kind, _, number = self.specials[~reference]
        if self.is_constant(reference):
            return self._number(number)
        return self.place(self.write(_counted, "counted", [reference])[0]) if kind == "condition" else number

    def write(self, row: Row, subject: Any, references: Sequence[int]) -> list[int]:
        """Write what a row gives for a subject and arguments; the references of its results.

        The subject says how many arguments there are.
        """
        template = self.found(row, subject, references)
        if template is UNSURE:
            template = self.found(row, subject, references, exact=True)
        if template is None:
            return self._folded(row, subject, [self.specials[~r].number for r in references])
        return self.copied(template, self.slots(references))

    def found(self, row: Row, subject: Any, references: Sequence[int], exact: bool = False) -> Template | None:
        """The template that writes it; None if it rests on constants alone; unsure if the constants' numbers matter, unless
        it is to be the one for these very numbers."""
        if min(references) >= 0:
            if subject not in self._plain:
                self._plain[subject] = self._made(row, subject, [None] * len(references))
            return self._plain[subject]
        kinds = [self.specials[~r].kind if r < 0 else None for r in references]
        if exact:
            kinds = [r if kind == "number" else kind for r, kind in zip(references, kinds)]
        template = self._templates.get((subject, *kinds))
        if template is None and not all(map(self.is_constant, references)):
            template = self._templates[subject, *kinds] = self._made(row, subject, kinds)
        return template

    def slots(self, references: Sequence[int]) -> list[int]:
        """Where a template finds them."""
        return [self.specials[~r].slot if r < 0 else r for r in references]

    def copied(self, template: Template, slots: list[int]) -> list[int]:
        """Write a template."""
        first = self.size
        if template.steps:
            template.copies.extend([*slots, first])
            self.size += len(template.steps)
        slots = [*slots, *template.constants, *range(first, self.size)]
        for slot, kind, condition in template.special:
            slots[slot] = self.special(kind, slots[condition], slots[slot])
        return [slots[k] for k in template.results]

    def _folded(self, row: Row, subject: Any, numbers: list[Any]) -> list[int]:
        """The references of results that rest on constants; instructions where Python cannot tell a number."""
        builder = Builder()
        found = row(builder, subject, numbers)
        if not any(isinstance(r, Symbol) for r in found):
            return list(map(self.constant, found))
        return self.copied(self._template(builder, range(len(builder.ops)), 0, found), [])

    def _made(self, row: Row, subject: Any, kinds: Sequence[Any]) -> Template:
        """Run a row on symbols; unsure if the constants' numbers matter."""
        builder = Builder()
        try:
            found = row(builder, subject, [self._argument(builder, i, kind) for i, kind in enumerate(kinds)])
        except RowError:
            if "number" in kinds:
                return UNSURE
            raise
        ops, operands = builder.ops, builder.operands
        wanted = {r.place for r in found if isinstance(r, Symbol)}
        for place in range(len(ops) - 1, -1, -1):
            if place in wanted and ops[place] not in _GIVEN:
                wanted.update(operands[place])
                if {ops[k] for k in operands[place]} in ({"number"}, {"number", "constant"}):
                    return UNSURE
        return self._template(builder, sorted(wanted), len(kinds), found)

    def _argument(self, builder: Builder, index: int, kind: Any) -> Any:
        if isinstance(kind, int):
            return self.specials[~kind].number
        symbol = builder.source({None: "input", "truth": "condition"}.get(kind, kind), index)
        return symbol.where(1, 0) if kind == "truth" else symbol

    def _template(self, builder: Builder, wanted: Sequence[int], count: int, found: Sequence[Any]) -> Template:
        """What was written, between slots."""
        ops, operands = builder.ops, builder.operands
        numbers = [place for place in wanted if ops[place] == "constant"]
        steps = [place for place in wanted if ops[place] not in _GIVEN]
        constants = [self._number(builder.numbers[place]) for place in numbers]
        constants += [self.constant(r) for r in found if not isinstance(r, Symbol)]
        first = count + len(constants)
        slots = {place: operands[place][0] for place in wanted if ops[place] in _ARGUMENTS}
        slots.update((place, count + i) for i, place in enumerate(numbers))
        slots.update((place, first + i) for i, place in enumerate(steps))
        plain = iter(range(count + len(numbers), first))
        results = [slots[r.place] if isinstance(r, Symbol) else next(plain) for r in found]
        special = []
        for slot, r in zip(results, found):
            if isinstance(r, Symbol) and r.kind:
                special.append((slot, r.kind, slots[operands[r.place][0]] if r.kind == "truth" else slot))
        is_plain = not special and all(slot < count or slot >= first for slot in results)
        ends = [slot - count if slot < count else slot - first for slot in results] if is_plain else None
        taken = [(ops[place], tuple([slots[k] for k in operands[place]])) for place in steps]
        made = Template(count, constants, taken, results, special, ends, [], [])
        self.made.append(made)
        return made


def _counted(builder: Builder, subject: str, args: Sequence[Any]) -> Sequence[Any]:
    """1 where a condition holds and else 0."""
    return [args[0].where(1, 0)]
