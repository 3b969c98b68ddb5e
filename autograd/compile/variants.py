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

    def soon(self) -> tuple[Any, Any, int] | None:
        """Machine code for one sample that returns at once, if there is some: see :meth:`.llvm.LlvmCode.soon`."""

    def about(self) -> list[str]:
        """What a report should say of it, in lines."""


BACKENDS: dict[str, Callable[[Program, bool], Code]] = {"llvm": LlvmCode, "arrays": ArrayCode, "python": PythonCode}
"""The emitters that run, the fastest first."""


class Variant(NamedTuple):
    """One recording, compiled."""

    program: Program
    code: Code
    parameters: list[Value]
    result: Any
    layout: Any
    entry: Entry

    @property
    def trainable(self) -> list[Value]:
        """The parameters that require a gradient."""
        return [p for p in self.parameters if p.requires_grad]

    def now(self) -> list[float]:
        """The parameters' numbers at this moment."""
        return [to_float(p._data) for p in self.parameters]


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
        self.example: tuple[Any, ...] = ()  # the numbers of the latest recording
        self._lock = RLock()

    @paused_collector()
    def make(self, request: str, arguments: tuple[Any, ...]) -> Variant:
        """Record, lower and compile the way that these arguments take."""
        with self._lock:
            recording, entry = entered(self.function, arguments, request, self._code, self.progress)
            parameters, result = recording.parameters, mapped(lambda _: 0, recording.result)
            variant = Variant(entry.program, entry.code, parameters, result, layout(result), entry)
            self.parameters.update(dict.fromkeys(p for p in parameters if p.requires_grad))
            self.kept.setdefault((request, outline(arguments)), []).append(variant)
            self.example = arguments
            return variant

    def run(self, request: str, given: tuple[Any, ...], more: Any = ()) -> tuple[Variant, list[float]]:
        """The results for one sample, and the variant that gave them; ``more`` are numbers after the arguments'."""
        inputs: list[float] = []
        tried = self.kept.setdefault((request, read(given, inputs)), [])
        read(more, inputs)
        for variant in tried:
            results = variant.code.run(inputs, variant.now())
            if holds(variant.program, results):
                return variant, results
        if len(tried) >= self.most:
            raise other_way(variant.program, results, len(tried))
        variant = self.make(request, nested(given))  # it follows this very sample: whatever rounding does to its guards
        return variant, variant.code.run(inputs, variant.now())

    def first(self, request: str, inputs: Any, shapes: Sequence[tuple[int, ...]]) -> Variant:
        """The variant that is tried first for arguments of these shapes; it is made if there is none."""
        tried = self._tried(request, shapes)
        return tried[0] if tried else self._made(request, inputs, shapes)

    def rows(self, request: str, inputs: Any, shapes: Sequence[tuple[int, ...]]) -> tuple[Variant, Any]:
        """The results for each row of an array, which holds arguments of these shapes, and perhaps more numbers."""
        np, tried = numpy(), self._tried(request, shapes)
        if tried and not tried[0].program.guards:
            return tried[0], tried[0].code.rows(inputs, tried[0].now())
        rest = np.arange(len(inputs))  # the rows that no variant so far is for
        first: Variant | None = None
        found: Any = None
        for place in range(self.most):
            made = place == len(tried)
            if made:
                self._made(request, inputs[rest[:1]], shapes)
            variant = tried[place]
            results = variant.code.rows(inputs if place == 0 else inputs[rest], variant.now())
            good = hold(variant.program, results)
            good[:1] |= made  # it follows this very row: whatever rounding does to its guards
            if first is None:
                first, found = variant, np.empty((len(inputs), len(variant.program.outputs)))
                if good.all():
                    return first, results[:, : found.shape[1]]
            if outline(variant.result) != outline(first.result):
                raise ValueError("the function gives results of another shape in another branch: a batch needs one shape")
            found[rest[good]] = results[good, : found.shape[1]]
            rest, lost = rest[~good], results[~good]
            if not len(rest):
                return first, found
        raise other_way(variant.program, lost[0], self.most)

    def _tried(self, request: str, shapes: Sequence[tuple[int, ...]]) -> list[Variant]:
        key = request, tuple(shapes)
        if key not in self._by_shapes:
            self._by_shapes[key] = self.kept.setdefault((request, tuple([even(*shape) for shape in shapes])), [])
        return self._by_shapes[key]

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
