"""Copies and pickles of what is compiled: machine code is not taken along, but made again where it is first called."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import reduce
from importlib import import_module
from typing import Any

from .variants import Variants


def again(fast: Any, variants: Variants, make: Callable[..., Any]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """How to make a compiled function again: a function and its arguments, as Python's ``__reduce__`` gives them.

    A function that was compiled where it is defined, by ``@autograd.compile``, is found by its name, as any function is.

    Args:
        variants: what is asked for its function and its options.
        make: compiles a function with options.

    Raises:
        TypeError: it is of a recorded graph.
    """
    function = variants.function
    if variants.replays:
        raise TypeError(
            "what is compiled from a recorded graph is not copied or pickled, for it belongs to that graph's Values: copy "
            "or pickle those, as copy.deepcopy((loss, inputs)), and compile the copy; or compile a function"
        )
    name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    if name[0] in sys.modules and name[1] and found(*name, None) is fast:
        return found, name
    options = variants.backend, variants.most, variants.strict, variants.threads, variants.progress
    return made, (make, function, *options)


def found(module: Any, name: Any, *otherwise: Any) -> Any:
    """What has this name in a module.

    >>> found("math", "pi")
    3.141592653589793
    >>> found("math", "tau.<locals>.f", None)
    """
    return reduce(lambda place, part: getattr(place, part, *otherwise), name.split("."), import_module(module))


def made(make: Any, function: Any, backend: Any, variants: int, strict: bool, threads: int, progress: bool) -> Any:
    """Compile it with these options."""
    return make(function, backend=backend, variants=variants, strict=strict, threads=threads, progress=progress)
