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

from .symbols import Builder, Emitter, RowError, Symbol
from .tape import exactly

SIMPLIFY: Final = (-1, 0, 1, 2, 3)
"""Factors, terms and exponents that a symbol treats each in its own way."""

_ARGUMENTS = ("input", "condition", "number")
_GIVEN = (*_ARGUMENTS, "constant")

Row = Callable[[Builder, Any, list[Any]], Sequence[Any]]
"""(builder, subject, arguments) -> results: a calculation with symbols and plain numbers."""

Taken = Callable[[list[int]], tuple[int, ...]]
"""What takes some of the slots."""

Step = tuple[Emitter, Taken]
"""What writes a primitive, and what takes its operands."""


class Template(NamedTuple):
    """Steps between slots. The slots are the arguments, then the constants, then what the steps give.

    Attributes:
        constants: the constants' places and references.
        steps: what is written.
        results: what takes the results, and after them any number.
        special: the results that are not any number, by slot, and their kinds.
        direct: what writes it, if that is one primitive of the arguments.
    """

    constants: list[int]
    steps: list[Step]
    results: Taken
    special: list[tuple[int, str]]
    direct: Emitter | None = None


UNSURE: Final = Template([], [], tuple, [])
"""In place of a template where the constants' numbers matter."""


class Special(NamedTuple):
    """What is not any number: its kind; where a template finds it; where it stands, or of a constant the number."""

    kind: Any
    slot: int
    number: Any


class Templates:
    """Writes rows into a program. Numbers go by *references*: a place in the program, or for a number of a special kind
    something below 0.

    Attributes:
        plain: by subject, the templates whose arguments are any numbers.

    >>> t = Templates()
    >>> x, two = t.builder.source("input", 0).place, t.constant(2)
    >>> product = lambda builder, subject, args: [args[0] * args[1]]
    >>> [t.write(product, "product", [x, y])[0] for y in (two, two, t.constant(0.1), t.constant(1))]
    [3, 3, 4, 0]
    >>> t.builder.ops
    ['input', 'constant', 'constant', 'mul', 'mul']
    """

    def __init__(self) -> None:
        self.builder = Builder()
        self.plain: dict[Any, Template] = {}
        self.emit_sum = self.builder.emitter("add")
        self._constants: dict[Any, int] = {}
        self._specials: list[Special] = []
        self._templates: dict[Any, Template] = {}

    def constant(self, x: Any) -> int:
        """The reference of a plain number."""
        key = exactly(x)
        found = self._constants.get(key)
        if found is None:
            if x in SIMPLIFY:
                found = ~len(self._specials)
                self._special(found, found, x)
            else:
                found = self._special("number", self.builder.place(x), x)
            self._constants[key] = found
        return found

    def _special(self, kind: Any, slot: int, number: Any) -> int:
        self._specials.append(Special(kind, slot, number))
        return -len(self._specials)

    def _reference(self, place: int, kind: str | None) -> int:
        """The reference of what stands at a place."""
        if kind is None:
            return place
        return self._special(kind, self.builder.operands[place][0] if kind == "truth" else place, place)

    def is_constant(self, reference: int) -> bool:
        """Whether a reference is that of a constant."""
        return reference < 0 and self._specials[~reference].kind not in ("condition", "truth")

    def place(self, reference: int) -> int:
        """Where the number of a reference stands in the program."""
        if reference >= 0:
            return reference
        number = self._specials[~reference].number
        return self.builder.place(number if self.is_constant(reference) else Symbol(self.builder, number))

    def write(self, row: Row, subject: Any, references: Sequence[int]) -> Sequence[int]:
        """Write what a row gives for a subject and arguments; the references of its results, and after them any number.

        The subject says how many arguments there are.
        """
        if min(references) < 0:
            return self._write_special(row, subject, references)
        template = self.plain.get(subject)
        if template is None:
            template = self.plain[subject] = self._made(row, subject, [None] * len(references))
        return self.copied(template, [*references])

    def _write_special(self, row: Row, subject: Any, references: Sequence[int]) -> Sequence[int]:
        """The same, where some arguments are special."""
        specials, templates = self._specials, self._templates
        key = subject, *[specials[~r].kind if r < 0 else None for r in references]
        template = templates.get(key)
        if template is None:
            if all(map(self.is_constant, references)):
                return self._folded(row(self.builder, subject, [specials[~r].number for r in references]))
            template = templates[key] = self._made(row, subject, key[1:])
        if template is UNSURE:
            key = subject, *[r if kind == "number" else kind for r, kind in zip(references, key[1:])]
            template = templates[key] = templates.get(key) or self._made(row, subject, key[1:])
        return self.copied(template, [specials[~r].slot if r < 0 else r for r in references])

    def copied(self, template: Template, slots: list[int]) -> Sequence[int]:
        """Write a template."""
        constants, steps, results, special, _ = template
        slots += constants
        for emit, taken in steps:
            slots.append(emit(taken(slots)))
        for slot, kind in special:
            slots[slot] = self._reference(slots[slot], kind)
        return results(slots)

    def _folded(self, found: Sequence[Any]) -> list[int]:
        """The references of results that rest on constants."""
        return [self._reference(r.place, r.kind) if isinstance(r, Symbol) else self.constant(r) for r in found]

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
            return self._specials[~kind].number
        symbol = builder.source({None: "input", "truth": "condition"}.get(kind, kind), index)
        return symbol.where(1, 0) if kind == "truth" else symbol

    def _template(self, builder: Builder, wanted: list[int], count: int, found: Sequence[Any]) -> Template:
        """What was written, between slots."""
        ops, operands = builder.ops, builder.operands
        numbers = [place for place in wanted if ops[place] == "constant"]
        steps = [place for place in wanted if ops[place] not in _GIVEN]
        constants = [self.builder.place(builder.numbers[place]) for place in numbers]
        constants += [self.constant(r) for r in found if not isinstance(r, Symbol)]
        slots = {place: operands[place][0] for place in wanted if ops[place] in _ARGUMENTS}
        slots.update((place, count + i) for i, place in enumerate(numbers))
        slots.update((place, count + len(constants) + i) for i, place in enumerate(steps))
        plain = iter(range(count + len(numbers), count + len(constants)))
        results = [slots[r.place] if isinstance(r, Symbol) else next(plain) for r in found]
        taken = [[slots[k] for k in operands[place]] for place in steps]
        emitters = [self.builder.emitter(ops[place]) for place in steps]
        special = {slot: r.kind for slot, r in zip(results, found) if isinstance(r, Symbol) and r.kind}
        is_direct = taken == [[*range(count)]] and results == [count] and not special
        return Template(
            constants,
            [*zip(emitters, map(_taken, taken))],
            _taken([*results, 0]),
            [*special.items()],
            emitters[0] if is_direct else None,
        )


def _taken(slots: Sequence[int]) -> Taken:
    """What takes these slots."""
    (first, *others) = slots
    return itemgetter(*slots) if others else lambda given: (given[first],)
