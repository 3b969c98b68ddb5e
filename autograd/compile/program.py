"""A program: a plain list of instructions on floats, which every emitter turns into something that runs.

An instruction names a primitive and the places of its operands in the list; the list is in order, so a place is always
behind its operands. Equal instructions occur once, and every instruction is needed for a result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain, compress
from typing import NamedTuple, overload

SOURCES = ("input", "parameter", "constant")
"""Where numbers come from. ``input`` and ``parameter`` have their index as operand, ``constant`` has its number."""

ARITHMETIC = ("add", "sub", "mul", "div", "pow", "neg", "abs", "where")
CONDITIONS = ("lt", "le", "eq", "ne", "and", "or")
"""These give truth, which only ``where``, ``and`` and ``or`` take."""

FUNCTIONS = (
    *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "erf"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
)
"""Functions of C's math.h, of one float."""

PRIMITIVES = (*ARITHMETIC, *CONDITIONS, *FUNCTIONS)
"""All that an emitter has to know, besides the sources."""

CODES = {op: number for number, op in enumerate((*SOURCES, *PRIMITIVES))}
"""Sources and primitives by number."""

ABSENT = -1
"""In place of an operand that is not there, where there are columns of them."""

_STEPS = frozenset(PRIMITIVES)

COMMUTATIVE = ("add", "mul", "eq", "ne", "and", "or")


class Instruction(NamedTuple):
    """One step: a primitive and the places of its operands."""

    op: str
    operands: tuple[int, ...] = ()
    number: float = 0.0


class Instructions(Sequence[Instruction]):
    """Instructions, as columns: those who make many, or look at all, are quicker so.

    Args:
        ops, operands: the columns.
        numbers: the constants' numbers by place, in order.

    >>> Instructions(["input", "constant", "mul"], [(0,), (), (0, 1)], {1: 2.0})[1]
    Instruction(op='constant', operands=(), number=2.0)
    """

    def __init__(self, ops: list[str], operands: list[tuple[int, ...]], numbers: dict[int, float]) -> None:
        self.ops, self.operands, self.numbers = ops, operands, numbers

    def with_parameters(self, places: Sequence[int]) -> Instructions:
        """The same, with another number for each parameter."""
        operands = [(places[k[0]],) if op == "parameter" else k for op, k in zip(self.ops, self.operands)]
        return Instructions(self.ops, operands, self.numbers)

    @cached_property
    def _rows(self) -> tuple[Instruction, ...]:
        numbers = [0.0] * len(self.ops)
        for place, number in self.numbers.items():
            numbers[place] = number
        return tuple(map(Instruction, self.ops, self.operands, numbers))

    def __len__(self) -> int:
        return len(self.ops)

    @overload
    def __getitem__(self, place: int) -> Instruction: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Instruction]: ...

    def __getitem__(self, place: int | slice) -> Instruction | Sequence[Instruction]:
        return self._rows[place]

    def __iter__(self) -> Iterator[Instruction]:
        return iter(self._rows)


def columns(instructions: Sequence[Instruction]) -> Instructions:
    """Instructions, as columns."""
    if isinstance(instructions, Instructions):
        return instructions
    ops, operands = [i.op for i in instructions], [i.operands for i in instructions]
    return Instructions(ops, operands, {k: i.number for k, i in enumerate(instructions) if i.op == "constant"})


class Guard(NamedTuple):
    """A branch that the recording took: the place that is 1 where the condition holds and else 0, what it was, and the
    source line that asked."""

    place: int
    outcome: bool
    line: str


class Program(NamedTuple):
    """What was recorded, lowered to primitives.

    Attributes:
        instructions: the steps, operands before what uses them.
        inputs: how many input numbers there are, used or not.
        parameters: how many parameters there are.
        outputs: the places of the results.
        guards: the branches that must be taken for the results to hold.

    >>> Program((Instruction("input", (0,)), Instruction("mul", (0, 0))), 1, 0, (1,), ()).results
    (1,)
    """

    instructions: Sequence[Instruction]
    inputs: int
    parameters: int
    outputs: tuple[int, ...]
    guards: tuple[Guard, ...]

    @property
    def results(self) -> tuple[int, ...]:
        """The places whose numbers a run gives back: the outputs, then the guards."""
        return self.outputs + tuple([g.place for g in self.guards])

    @property
    def steps(self) -> int:
        """How many instructions compute something."""
        return sum(i.op not in SOURCES for i in self.instructions)


def needed(instructions: Sequence[Instruction], roots: Sequence[int]) -> tuple[Instructions, Sequence[int]]:
    """The instructions that the roots rest on, closed up, and where each of them went.

    >>> dead = Instruction("input", (0,)), Instruction("exp", (0,)), Instruction("input", (1,))
    >>> kept, moved = needed(dead, [2])
    >>> list(kept), moved[2]
    ([Instruction(op='input', operands=(1,), number=0.0)], 0)
    """
    given = columns(instructions)
    ops, all_operands = given.ops, given.operands
    used = chain.from_iterable(compress(all_operands, map(_STEPS.__contains__, ops)))
    if len({*roots, *used}) == len(ops):  # each is a root or used by a later one, so that there is nothing to do
        return given, range(len(ops))
    wanted = bytearray(len(ops))
    for place in roots:
        wanted[place] = 1
    for place in range(len(ops) - 1, -1, -1):
        if wanted[place] and ops[place] in _STEPS:
            for operand in all_operands[place]:
                wanted[operand] = 1
    moved = list(accumulate(wanted, initial=0))  # for each place, how many before it are kept
    kept = [
        tuple([moved[k] for k in operands]) if op in _STEPS else operands
        for op, operands in compress(zip(ops, all_operands), wanted)
    ]
    numbers = {moved[place]: number for place, number in given.numbers.items() if wanted[place]}
    return Instructions(list(compress(ops, wanted)), kept, numbers), moved


def given(program: Program, order: Sequence[int | None], numbers: Sequence[float], count: int) -> Program:
    """A program with parameters in another order, of so many; those that have no place in it keep their numbers.

    >>> program = Program((Instruction("parameter", (0,)), Instruction("parameter", (1,))), 0, 2, (0, 1), ())
    >>> [*given(program, [2, None], [5.0, 7.0], 3).instructions]  # doctest: +NORMALIZE_WHITESPACE
    [Instruction(op='parameter', operands=(2,), number=0.0),
     Instruction(op='constant', operands=(), number=7.0)]
    """

    def placed(i: Instruction) -> Instruction:
        if i.op != "parameter":
            return i
        place = order[i.operands[0]]
        return Instruction("constant", (), numbers[i.operands[0]]) if place is None else i._replace(operands=(place,))

    return program._replace(instructions=tuple(map(placed, program.instructions)), parameters=count)


def last_uses(program: Program) -> list[list[int]]:
    """For each instruction, the places that nothing after it needs: an emitter may forget them there."""
    ends: list[list[int]] = [[] for _ in program.instructions]
    seen = set(program.results)
    for place in range(len(program.instructions) - 1, -1, -1):
        instruction = program.instructions[place]
        for operand in () if instruction.op in SOURCES else instruction.operands:
            if operand not in seen:
                seen.add(operand)
                ends[place].append(operand)
    return ends
