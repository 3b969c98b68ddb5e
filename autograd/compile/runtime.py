"""What ``autograd.compile`` gives: a function that runs as a program, and its derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..derivatives import _flat as flat
from ..derivatives import _like as like
from ..derivatives import _matching as matching
from ..intrinsics import to_float
from ..value import Value
from .again import again
from .batch import Batch, request
from .c import c_source
from .entrance import Entrances
from .interchange import jax_function
from .program import Instruction, Program, given
from .record import replayed
from .report import Report
from .source import python_source
from .trees import ValuesGiven, directions_of, nested, outline, read, shaped, shapes
from .variants import Variant, Variants


def compiled(
    function: Any,
    *,
    inputs: Sequence[Any] | None = None,
    parameters: Sequence[Value] | None = None,
    backend: str | None = None,
    variants: int = 16,
    strict: bool = False,
    threads: int = 1,
    progress: bool = True,
) -> Compiled:
    """A function of Values, as a program on floats: recorded once, then run without the engine.

    Args:
        function: takes numbers or nested lists of numbers as Values, gives a Value or a nest of lists and tuples of them.
            Values that it closes over are parameters, read anew in each call; plain numbers are read once, when it is
            recorded. Or Values: a graph that was recorded already, with ``inputs`` to say what to vary.
        inputs: for a recorded graph, the leaves (or nested lists of leaves) that become the arguments.
        parameters: for a recorded graph, the leaves that are read anew in each call; if not given, all others that require
            a gradient. Other leaves keep their numbers.
        backend: "llvm" (machine code), "arrays" (NumPy), "python", or None for the first of these that is installed.
        variants: how many ways through its branches are kept.
        strict: True adds and rounds as an eager run does. Otherwise sums of 16 terms or more may be added in parts, and in a
            batch a product may be added unrounded: which is faster, and as a rule closer to the true sum.
        threads: how many parts of a batch run at once, if it has rows enough, as machine code; elsewhere it has no effect.
            Each row's results are the same, to the bit.
        progress: False never shows the line that says, on a terminal or in a notebook, what takes more than a second.

    Raises:
        TraceError: when it is first called: it reads a number of a Value, where a recording has none.
        BranchError: a call takes one more way through its branches than are kept.
        RowError: an operation of your own is not made of operations.

    >>> import autograd
    >>> fast = autograd.compile(lambda x, y: x * y + x, backend="python")
    >>> fast(2, 3), fast.value_and_grad(2, 3)
    (8.0, (8.0, (4.0, 2.0)))
    """
    if inputs is not None:
        function, chosen = replayed(function, inputs, parameters)
        kept = Variants(function, backend, variants, strict, threads, progress)
        kept.parameters, kept.replays = dict.fromkeys(chosen), True
        kept.example = tuple([like(x, [to_float(v.data) for v in flat(x)]) for x in inputs])
        return Compiled(function, kept)
    if parameters is not None:
        raise TypeError("parameters=[...] goes with a recorded graph and its inputs=[...]: a function's own are found")
    if not callable(function):
        raise TypeError(f"compile takes a function, or a graph with inputs=[...]; got {function!r}")
    return Compiled(function, Variants(function, backend, variants, strict, threads, progress))


class Compiled:
    """A compiled function. Call it with numbers, nested lists or arrays; with Values, it is the function itself.

    The first call with arguments of a new shape records. Results are floats, in the shape of the function's own; they are
    the same as in an eager run to the bit with ``strict=True`` where each operation is correctly rounded (+ - * / and square
    roots), and to about 1e-12 of the size of the terms otherwise. A call computes in floats whatever it is
    given, so that a 0 which an eager run keeps as an int may have a sign here. At infinities, silu, gelu and the softmax
    family give nan where their rows know a limit. Where all arguments are NumPy arrays, so are results of several numbers,
    which is quicker where there are many. Derivatives are those of ``grad(..., create_graph=True)``. Copies and pickles
    are of the function and the options, and record anew: they need a function that can be copied or pickled itself, as those
    of a module can; Values that it closes over are not copied along.

    >>> import autograd
    >>> w = Value(0.5, "w")
    >>> fast = autograd.compile(lambda xs: autograd.tanh(w * xs[0] + xs[1]), backend="python")
    >>> fast([2.0, -1.0])
    0.0
    >>> w.data = 1.0
    >>> round(fast([2.0, -1.0]), 4)
    0.7616
    """

    def __init__(
        self,
        function: Callable[..., Any],
        variants: Variants,
    ) -> None:
        self.function = function
        self.batch = Batch(variants)
        self._variants = variants
        self._entrances = Entrances(self, variants.parameters)

    @property
    def parameters(self) -> list[Value]:
        """The leaves that require a gradient and are not arguments; known after the first call, and more after others.

        Those of the first recording come first, then what each later one adds; those of one recording as they were written
        to: what was made, or assigned, the longest time ago comes first. Of a recorded graph, those that were chosen. One
        that is frozen later keeps its place, and has a gradient of 0.
        """
        return list(self._variants.parameters)

    def __call__(self, *inputs: Any) -> Any:
        """The value."""
        return self._call(*inputs)

    def _value(self, *inputs: Any) -> Any:
        """The value."""
        try:
            read(inputs, [])
        except ValuesGiven:
            return self.function(*inputs)
        return self._run("value", inputs)

    _call = _value

    def value_and_grad(self, *inputs: Any, wrt: str = "inputs") -> tuple[float, Any]:
        """The value, and its gradient in the shape of the inputs (several: a tuple), or a list with one for each parameter.

        >>> import autograd
        >>> w = Value(0.5, "w")
        >>> fast = autograd.compile(lambda x: w * x**2, backend="python")
        >>> fast.value_and_grad(3), fast.value_and_grad(3, wrt="parameters")
        ((4.5, 3.0), (4.5, [9.0]))
        """
        result: tuple[float, Any] = self._run(request(wrt), inputs)
        return result

    def jacobian(self, *inputs: Any) -> Any:
        """Each output's gradient, in the shape of the inputs: see :func:`autograd.jacobian`.

        >>> import autograd
        >>> autograd.compile(lambda x, y: [x * y, x + y], backend="python").jacobian(2, 3)
        [(3.0, 2.0), (1.0, 1.0)]
        """
        return self._run("jacobian", inputs)

    def hvp(self, *inputs: Any, v: Any) -> tuple[float, Any]:
        """The value, and Hessian · v in the shape of the inputs; ``v`` has a number for each of theirs.

        >>> import autograd
        >>> autograd.compile(lambda x, y: x**2 * y, backend="python").hvp(3, 5, v=(1, 0))
        (45.0, (10.0, 6.0))
        """
        result: tuple[float, Any] = self._run("hvp", inputs, v)
        return result

    def _run(self, what: str, inputs: tuple[Any, ...], *v: Any) -> Any:
        directions = directions_of(v)
        if inputs and all(getattr(x, "ndim", 0) for x in inputs) and shapes(directions) in ([], shapes(inputs)):
            variant, result = self.batch.one(what, inputs, directions)
        else:
            more = matching(nested(v[0]), nested(inputs), "inputs") if v else ()
            variant, results = self._variants.run(what, inputs, more)
            result = shaped(variant.result, iter(results))
        self._entrances.after(what, variant, inputs, v)
        return self.batch.aligned(variant, result) if what == "parameter_gradient" else result

    def source(self, *example: Any, wrt: str = "inputs") -> str:
        """A Python function of value and gradient as text, which imports nothing but math.

        It takes the inputs as one flat list x, and as p the numbers of :attr:`parameters`, in that order; if not given,
        those of now. Values that need no gradient keep the number that they have now. It returns one flat list: the value,
        and the gradient by x or by p.

        Args:
            example: numbers for which to record, if it was not called yet.
            wrt: "inputs" or "parameters".

        >>> import autograd
        >>> print(autograd.compile(lambda x: x * x, backend="python").source(3))
        import math
        <BLANKLINE>
        <BLANKLINE>
        def value_and_gradient(x, p=()):
            v1 = x[0] * x[0]
            ...
        >>> u, v = Value(2.0), Value(5.0)
        >>> fast = autograd.compile(lambda xs: u * xs[0] if len(xs) == 1 else v * xs[0] * u * xs[1], backend="python")
        >>> fast([1.0]), fast([1.0, 3.0]), fast.parameters
        (2.0, 30.0, [Value(2.0), Value(5.0)])
        >>> "def value_and_gradient(x, p=(2.0, 5.0,)):" in fast.source()
        True
        """
        program = self._text(example, request(wrt))
        return python_source(program, [to_float(p._data) for p in self.parameters])

    def c_source(self, *example: Any, wrt: str = "inputs") -> str:
        """The same as a C99 function, of inputs x and parameters p, which writes value and gradient to y.

        >>> import autograd
        >>> print(autograd.compile(lambda x: x * x, backend="python").c_source(3))
        #include <math.h>
        ...
            const double v1 = x[0] * x[0];
        ...
        """
        return c_source(self._text(example, request(wrt)))

    def to_jax(self, *example: Any) -> Callable[..., Any]:
        """The function as a pure one for JAX: of an array of :attr:`parameters` and the inputs, as arrays or numbers.

        It can be given to ``jax.jit``, ``vmap`` and ``grad``, and run on many devices. Values that need no gradient keep the
        numbers they have now. JAX computes in 32 bits unless ``jax_enable_x64`` is set.

        Args:
            example: numbers for which to record, if it was not called yet.

        Raises:
            ImportError: JAX is not installed.
            ValueError: the function branches on its numbers, which a pure function cannot. The pure function, while JAX
                traces it: there are more or fewer parameters than now, or an input has another shape than was recorded.

        Example, where JAX is installed::

            f = fast.to_jax([0.0, 0.0])
            p = jax.numpy.array([v.data for v in fast.parameters])
            jax.jit(jax.vmap(f, (None, 0)))(p, X)
        """
        example = self._example(example)
        variant = self._variants.run("value", example)[0]
        if variant.program.guards:
            guard = variant.program.guards[0]
            raise ValueError(f"the function branches at {guard.line}: choose with autograd.where, so that JAX can follow")
        order, count = self._order(variant), len(self.parameters)
        return jax_function(variant.program, order, variant.now(), count, outline(example), variant.result)

    def _order(self, variant: Variant) -> list[int | None]:
        """Where each parameter of a recording is among all of them; None for a Value that needs no gradient."""
        places = {p: k for k, p in enumerate(self.parameters)}
        return [places.get(p) for p in variant.parameters]

    def _text(self, example: tuple[Any, ...], what: str) -> Program:
        """What to write: the recording for the example, or for the numbers of the latest one."""
        variant = self._variants.run(what, self._example(example))[0]
        program = given(variant.program, self._order(variant), variant.now(), len(self.parameters))
        if what != "parameter_gradient":
            return program
        value, *slopes = program.outputs
        own, zero = variant.places(), len(program.instructions)
        outputs = value, *[slopes[own[p]] if p in own else zero for p in self.parameters]
        return program._replace(instructions=(*program.instructions, Instruction("constant")), outputs=outputs)

    def _example(self, given: tuple[Any, ...]) -> tuple[Any, ...]:
        example = given or self._variants.example
        if not example:
            raise ValueError("nothing is recorded yet: give numbers of the inputs' shape, as in source(1.0, 2.0)")
        return example

    def report(self) -> Report:
        """What was recorded, shared, folded, lowered and compiled, in how long."""
        return Report(tuple([v.entry for made in self._variants.kept.values() for v in made]))

    def __reduce__(self) -> Any:
        return again(self, self._variants, compiled)

    def __repr__(self) -> str:
        made = sum(map(len, self._variants.kept.values()))
        return f"<compiled {getattr(self.function, '__name__', 'function')}, {made} recording{'' if made == 1 else 's'}>"
