"""Compile: a scalar program as you wrote it, run as a list of instructions instead of as a graph of objects.

What it takes and gives: ``help(autograd.compile.__call__)``.

``autograd.compile(f)`` runs ``f`` once on Values and records it, lowers every operation's row to a few primitives on floats,
and hands the list to an emitter. Derivatives come of the same rows, so they are lists of the same kind. Read in this order;
each module imports only those before it.

::

    program     instructions on floats              symbols    rows run on names: lowering's kind of number
    nans        where a nan can hide                tape       what is recorded, by number
    tracer      what is kept while recording        doors      what a Value refuses meanwhile
    record      a function and what is asked of it  templates  a row run once, copied often
    reverse     gradients as more instructions      extras     NumPy and llvmlite, if installed
    alike       nodes of the same kind, at once     together   gradients of those
    repeats     equal instructions                  copies     templates' copies, put together
    lower       from rows to primitives
    fuse        sums and dot products               rolled     what advances evenly is a loop
    schedule    the loops that the program unrolled tables, interpreter     what is in no loop
    vectors     math.h's functions on several lanes inner      nests inside nests
    writer, sums, rows, nests, totals, tiles        the loops as LLVM's text
    cache       code kept on disk                   machine    text as machine code
    report, progress        figures; what takes long            threads    rows in parts
    python, arrays, llvm    emitters that run       source, c  emitters that write text
    guards, trees           branches; shapes
    variants    recordings, kept and found          batch      many rows at once
    board, arguments, calls, entrance       from Python into machine code and back
    again       copies and pickles              runtime     what compile gives
    updates     an optimizer's rule, recorded       driver      a training's batches, on arrays
    columns, loop, native   the same as machine code        joined      a small one in one piece
    parallel    in several threads
    training    loss and updates together           shortcut    a step straight from Python

What orders and groups instructions stands between ``lower`` and the emitters, and knows of no operation but sums.

>>> import autograd
>>> fast = autograd.compile(lambda x: autograd.exp(-x * x), backend="python")
>>> fast(1.0), fast.value_and_grad(1.0)
(0.36787944117144233, (0.36787944117144233, -0.7357588823428847))
"""

from __future__ import annotations

import sys
from types import ModuleType

from .driver import Data
from .extras import FallbackWarning
from .guards import BranchError
from .lent import Lock
from .report import Report
from .runtime import Compiled, compiled
from .shortcut import Shortcut, called
from .symbols import RowError
from .tracer import TraceError
from .training import Training

__all__ = [
    "BranchError",
    "Compiled",
    "Data",
    "FallbackWarning",
    "Lock",
    "Report",
    "RowError",
    "Shortcut",
    "TraceError",
    "Training",
    "called",
]


class _Callable(ModuleType):
    """A module that is also the function of its name, for ``autograd.compile`` is both."""

    __call__ = staticmethod(compiled)


sys.modules[__name__].__class__ = _Callable
