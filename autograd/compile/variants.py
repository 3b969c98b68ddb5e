"""The recordings of one function: for each thing asked, each shape of the arguments, and each way through its branches."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cache
from threading import RLock
from time import perf_counter
from typing import Any, NamedTuple, Protocol

from ..collector import paused_collector
from ..derivatives import _map as mapped
from ..intrinsics import to_float
from ..value import Value
from .arrays import ArrayCode
from .extras import FallbackWarning, numpy
from .guards import hold, holds, other_way
from .llvm import LlvmCode
from .lower import lower
from .machine import ready
from .program import Program
from .progress import compiling
from .python import PythonCode
from .record import Recording, record
from .report import Entry
from .threads import several
from .trees import even, layout, nested, outline, read, sample


class Code(Protocol):
    """What an emitter makes of a program."""

    name: str
    threads: int
    progress: bool

    def run(self, inputs: Sequence[float], parameters: Sequence[float]) -> list[float]:
        """The results for one sample."""

    def rows(self, inputs: Any, parameters: Sequence[float], out: Any = None) -> Any:
        """The results for each row of an array; put into another one, if it is given."""

    def soon(self, rows: int | None = None) -> tuple[Any, Any, int] | None:
        """Machine code that returns at once, if there is some: see :meth:`.llvm.LlvmCode.soon`."""

    def about(self) -> list[str]:
        """What a report should say of it, in lines."""


BACKENDS: dict[str, Callable[[Program, bool], Code]] = {"llvm": LlvmCode, "arrays": ArrayCode, "python": PythonCode}
"""The emitters that run, the fastest first."""


class Variant(NamedTuple):
    """One recording, compiled."""

    program: Program
    code: Code
    parameters: list[Value]
    trainable: list[Value]  # those of them that required a gradient then
    result: Any
    layout: Any
    entry: Entry

    def now(self) -> list[float]:
        """The parameters' numbers at this moment."""
        return [to_float(p._data) for p in self.parameters]

    def places(self) -> dict[Value, int]:
        """Where each parameter's derivative is among those recorded; a frozen one's counts as 0, as if there was none."""
        return {p: k for k, p in enumerate(self.trainable) if p.requires_grad}

    def lacks(self) -> bool:
        """Whether a parameter requires a gradient by now that did not when this was recorded."""
        if len(self.trainable) == len(self.parameters):
            return False
        trained = set(self.trainable)
        return any(p.requires_grad for p in self.parameters if p not in trained)


Part = tuple[Variant, Any, Any]
"""What one variant gives for some rows: it, their places, and a table of its results."""


class Variants:
    """Finds the recording that a call can use, or makes it."""

    def __init__(
        self, function: Callable[..., Any], backend: str | None, most: int, strict: bool, threads: int, progress: bool
    ) -> None:
        if backend is not None and backend not in BACKENDS:
            raise ValueError(f"a backend is one of {', '.join(BACKENDS)}, or None for the fastest here; got {backend!r}")
        if not isinstance(most, int) or most < 1:
            raise ValueError(f"variants is how many ways through branches are kept, 1 or more; got {most!r}")
        self.function, self.backend, self.most, self.strict = function, backend, most, strict
        self.threads, self.progress = several(threads), progress
        self.kept: dict[Any, list[Variant]] = {}
        self._by_shapes: dict[Any, list[Variant]] = {}  # the same by arrays' shapes: an outline may be long
        self.parameters: dict[Value, None] = {}
        self.replays = False  # whether the function is a graph that was recorded by itself
        self.example: tuple[Any, ...] = ()  # the numbers of the latest recording
        self._lock = RLock()

    @paused_collector()
    def make(self, request: str, arguments: tuple[Any, ...]) -> Variant:
        """Record, lower and compile the way that these arguments take, if it is not kept already."""
        with self._lock:
            recording, entry = entered(self.function, arguments, request, self._code, self.progress)
            parameters, result = recording.parameters, mapped(lambda _: 0, recording.result)
            trainable, program = [p for p in parameters if p.requires_grad], entry.program
            variant = Variant(program, entry.code, parameters, trainable, result, layout(result), entry)
            kept = self.kept.setdefault((request, outline(arguments)), [])
            for other in kept:
                if program.guards == other.program.guards:  # rounding hid from its code that these arguments go its way
                    return other
            self.parameters.update(dict.fromkeys(trainable))
            kept.append(variant)
            self.example = arguments
            return variant

    def run(self, request: str, given: tuple[Any, ...], more: Any = ()) -> tuple[Variant, list[float]]:
        """The results for one sample, and the variant that gave them; ``more`` are numbers after the arguments'."""
        inputs: list[float] = []
        tried = self._current(request, self.kept.setdefault((request, read(given, inputs)), []))
        read(more, inputs)
        while True:
            looked = 0
            for variant in tried:
                looked += 1
                results = variant.code.run(inputs, variant.now())
                if holds(variant.program, results):
                    return variant, results
            with self._lock:
                if looked < len(tried):
                    continue  # another thread has recorded meanwhile: perhaps this way
                if looked >= self.most:
                    raise other_way(variant.program, results, looked)
                variant = self.make(request, nested(given))
            return variant, variant.code.run(inputs, variant.now())  # its own, whatever rounding does to the guards

    def first(self, request: str, inputs: Any, shapes: Sequence[tuple[int, ...]]) -> Variant:
        """The variant that is tried first for arguments of these shapes; it is made if there is none."""
        tried = self._tried(request, shapes)
        with self._lock:
            return tried[0] if tried else self._made(request, inputs, shapes)

    def rows(self, request: str, inputs: Any, shapes: Sequence[tuple[int, ...]]) -> list[Part]:
        """The results for each row of an array, which holds arguments of these shapes, and perhaps more numbers.

        Returns:
            The ways that the rows take: for each the variant, its rows' places, and a table of their results.
        """
        np, tried = numpy(), self._tried(request, shapes)
        if tried and not tried[0].program.guards:
            return [(tried[0], slice(None), tried[0].code.rows(inputs, tried[0].now()))]
        rest: Any = np.arange(len(inputs))  # the rows that no variant so far is for
        parts: list[Part] = []
        lost: Any = None
        place = 0
        while True:
            with self._lock:
                if made := place == len(tried):  # no other thread has recorded meanwhile
                    if place >= self.most:
                        raise other_way(tried[-1].program, lost[0], place)
                    variant = self._made(request, inputs[rest[:1]], shapes)
                else:
                    variant = tried[place]
            results = variant.code.rows(inputs if place == 0 else inputs[rest], variant.now())
            good, width = hold(variant.program, results), len(variant.program.outputs)
            good[:1] |= made  # it follows this very row: whatever rounding does to its guards
            if good.all():
                return [*parts, (variant, rest if parts else slice(None), results[:, :width])]
            if good.any():
                parts.append((variant, rest[good], results[good, :width]))
            rest, lost, place = rest[~good], results[~good], min(place + 1, len(tried))

    def _tried(self, request: str, shapes: Sequence[tuple[int, ...]]) -> list[Variant]:
        key = request, tuple(shapes)
        if key not in self._by_shapes:
            self._by_shapes[key] = self.kept.setdefault((request, tuple([even(*shape) for shape in shapes])), [])
        return self._current(request, self._by_shapes[key])

    def _current(self, request: str, tried: list[Variant]) -> list[Variant]:
        """The same recordings without those of a gradient that others would be part of now."""
        if request == "parameter_gradient" and any(variant.lacks() for variant in tried):
            with self._lock:
                tried[:] = [variant for variant in tried if not variant.lacks()]
        return tried

    def _made(self, request: str, inputs: Any, shapes: Sequence[tuple[int, ...]]) -> Variant:
        """A recording of the first row, or of ones if there is none."""
        numbers = iter(inputs[0].tolist() if len(inputs) else [1.0] * inputs.shape[1])
        return self.make(request, tuple([sample(numbers, shape) for shape in shapes]))

    def _code(self, _: Recording, program: Program) -> Code:
        code = (fastest() if self.backend is None else BACKENDS[self.backend])(program, self.strict)
        code.threads, code.progress = self.threads, self.progress
        return code


def entered(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    request: str,
    make: Callable[[Recording, Program], Any],
    progress: bool,
) -> tuple[Recording, Entry]:
    """Record, lower and compile, with what each took."""
    with compiling(progress) as tell:
        began = perf_counter()
        recording = record(function, arguments, request)
        recorded = perf_counter()
        tell("lowering", len(recording.tape.ops))
        program, counts = lower(recording)
        lowered = perf_counter()
        tell("scheduling", len(program.instructions))
        code = make(recording, program)
        times = recorded - began, lowered - recorded, perf_counter() - lowered
        return recording, Entry(request, counts, program, code, *times)


@cache
def fastest() -> Callable[[Program, bool], Code]:
    """The fastest emitter that is installed. Where that is not machine code, it is said, once."""
    try:
        ready()
        return LlvmCode
    except ImportError as error:
        warnings.warn(
            f"{error}. Until then, batches run on NumPy, and single calls in Python", FallbackWarning, stacklevel=2
        )
    try:
        numpy()
        return ArrayCode
    except ImportError:
        return PythonCode
