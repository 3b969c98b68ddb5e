"""An optimizer's rule as programs: what one step does with a parameter, recorded as any function is.

What is the same for all parameters, such as the powers of β by which Adam corrects its means, is computed once a step: the
recorded program is split in two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..value import Value
from .extras import numpy
from .lower import lower
from .program import SOURCES, Instruction, Program, columns, needed
from .record import record
from .tracer import TraceError

Update = Callable[..., Sequence[Any]]
"""(learning rate, w, g, *remembered) -> (new w, *to remember), of Values: one parameter's step."""


def reordered(program: Program, before: Sequence[Value], after: Sequence[Value]) -> Program:
    """The program of these parameters with another list of them, or a longer one."""
    places = {p: k for k, p in enumerate(after)}
    moved = columns(program.instructions).with_parameters([places[p] for p in before])
    return program._replace(instructions=moved, parameters=len(after))


def step_of(update: Update, remembered: Sequence[float]) -> Program:
    """One parameter's step: inputs w, the sum of its gradients, memory; outputs w and memory after the step. The program's
    parameters are the learning rate, and what the sum is to be divided by.

    Raises:
        TraceError: the update branches on a number, or computes with Values from elsewhere, or remembers more each time.
    """
    hyper = [Value(0.1, requires_grad=False), Value(2.0, requires_grad=False)]

    def moved(w: Value, g: Value, *memory: Value) -> list[Any]:
        after, *kept = update(hyper[0], w, g * (1 / hyper[1]), *memory)  # one division for all parameters
        return [after, *kept]

    recording = record(moved, (0.5, 0.25, *remembered))
    program, _ = lower(recording)
    if program.guards:
        line = program.guards[0].line
        raise TraceError(f"the update asks how a comparison came out, at {line}: choose with autograd.where instead")
    if not {*recording.parameters} <= {*hyper}:
        raise TraceError("the update computes with Values from elsewhere: give plain numbers as options")
    if len(program.outputs) != 1 + len(remembered):
        raise TraceError(f"the update remembers {len(remembered)} numbers, and then {len(program.outputs) - 1}")
    return reordered(program, recording.parameters, hyper)


class Split(NamedTuple):
    """A step in two parts.

    Attributes:
        shared: what is computed once. Its parameters are the learning rate, the divisor, and the memory that is the same for
            all; its outputs are that memory after the step, and what ``own`` needs besides.
        own: what is computed for each parameter, from w, g and the memory that is its own. Its parameters are the outputs of
            ``shared``.
        same: which numbers in memory are the same for all.
    """

    shared: Program
    own: Program
    same: tuple[int, ...]


def split(program: Program, same: Sequence[int]) -> Split:
    """Cut what does not depend on the parameter out of its step.

    Args:
        program: as :func:`step_of` gives it.
        same: which numbers in memory are equal for all parameters now; those stay so whose next ones rest on nothing else.
    """
    while True:
        varies = _varying(program, same)
        staying = [k for k in same if not varies[program.outputs[1 + k]]]
        if staying == list(same):
            break
        same = staying
    own_outputs = [place for k, place in enumerate(program.outputs) if k - 1 not in same]
    used = {k for v, i in zip(varies, program.instructions) if v and i.op not in SOURCES for k in i.operands}
    edge = [k for k in sorted({*used, *own_outputs}) if not varies[k] and program.instructions[k].op != "constant"]
    shared_code, own_code = list(program.instructions), list(program.instructions)
    own_inputs = [k for k in range(program.inputs) if k - 2 not in same]
    for place, instruction in enumerate(program.instructions):
        if instruction.op == "input":
            (k,) = instruction.operands
            if k in own_inputs:
                own_code[place] = Instruction("input", (own_inputs.index(k),))
            else:
                shared_code[place] = Instruction("parameter", (2 + list(same).index(k - 2),))
    for rank, place in enumerate(edge):
        own_code[place] = Instruction("parameter", (len(same) + rank,))
    shared = _closed(shared_code, [program.outputs[1 + k] for k in same] + edge, 0, 2 + len(same))
    return Split(shared, _closed(own_code, own_outputs, len(own_inputs), len(same) + len(edge)), tuple(same))


def _varying(program: Program, same: Sequence[int]) -> list[bool]:
    """For each place, whether its number differs from parameter to parameter."""
    varies: list[bool] = []
    for op, operands, _ in program.instructions:
        own = op == "input" and operands[0] - 2 not in same
        varies.append(own or (op not in SOURCES and any(varies[k] for k in operands)))
    return varies


def _closed(code: list[Instruction], outputs: Sequence[int], inputs: int, parameters: int) -> Program:
    kept, moved = needed(code, outputs)
    return Program(kept, inputs, parameters, tuple([moved[k] for k in outputs]), ())


class Group:
    """Parameters that are moved alike: some of all, from ``start`` on.

    Args:
        update: what a step does with one.
        start: the place of the first one.
        remembered: what is remembered of each.

    Attributes:
        hyper: the learning rate, the divisor of gradients, and the memory that all share.
        memory: what each has for itself, a row for each number that is remembered.

    Raises:
        TraceError: the update cannot be recorded.
    """

    def __init__(self, update: Update, start: int, remembered: Sequence[Sequence[float]]) -> None:
        np = numpy()
        memory = np.array(remembered, dtype=float).reshape(len(remembered), -1).T
        same = [k for k, row in enumerate(memory) if (row == row[0]).all()]
        self.parts = split(step_of(update, memory[:, 0].tolist()), same)
        self.own = [k for k in range(len(memory)) if k not in self.parts.same]
        self.start, self.stop = start, start + len(remembered)
        self.hyper = np.array([1.0, 1.0, *memory[list(self.parts.same), 0]])
        self.memory = np.ascontiguousarray(memory[self.own])

    def remember(self, remembered: Sequence[Sequence[float]]) -> bool:
        """Exchange the memory; False if it is not shared as it was when this was made."""
        same = list(self.parts.same)
        if any(len(row) != len(same) + len(self.own) for row in remembered):
            return False
        memory = numpy().array(remembered, dtype=float).T
        if (memory[same] != memory[same, :1]).any():
            return False
        self.hyper[2:], self.memory[:] = memory[same, 0], memory[self.own]
        return True

    def remembered(self) -> Any:
        """What is remembered of each now, as a table."""
        np = numpy()
        memory = np.empty((self.stop - self.start, len(self.own) + len(self.parts.same)))
        memory[:, self.own], memory[:, list(self.parts.same)] = self.memory.T, self.hyper[2:]
        return memory
