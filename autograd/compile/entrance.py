"""Calls that go from Python straight into machine code, and come back with Python's objects.

A small program runs in less time than Python takes for one line of the way to it. So the way itself is machine code
(:mod:`.calls`): it reads the arguments, calls a program by its address, and makes the results. What it does not expect, such
as other types or shapes, or another branch, it hands on, as it is, to a function in Python.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from ctypes import PYFUNCTYPE, Structure, addressof, c_char_p, c_int, c_ssize_t, c_void_p, cast, py_object, pythonapi
from functools import cache
from inspect import Signature, signature
from platform import python_implementation
from sys import intern
from typing import Any, Final

from .. import graph
from .arguments import ARRAY, AT, BOARD, IN_ONE_PIECE, NUMBER
from .board import Board
from .calls import ARRAY_OF, LIST_OF, TUPLE_OF, enter
from .extras import numpy
from .trees import Leaf, directions_of
from .variants import Variant

FASTCALL_WITH_KEYWORDS: Final = 0x0080 | 0x0002
"""How Python hands over the arguments."""

MOST: Final = 8
"""So many entrances stand one before the other: for shapes, and for ways through branches."""

MANY: Final = 64
"""So many kinds of arguments are looked at."""

CLOCK, FREEZE, DATA, V, WRT, PARAMETERS = map(intern, ("last_write", "last_freeze", "_data", "v", "wrt", "parameters"))
"""Names that machine code looks up, or compares by address."""


METHODS: Final = {
    "value": ("_call", "_value"),
    "gradient": ("value_and_grad", "value_and_grad"),
    "parameter_gradient": ("value_and_grad", "value_and_grad"),
    "jacobian": ("jacobian", "jacobian"),
    "hvp": ("hvp", "hvp"),
}
"""What can be asked of a compiled function, and of its batch: the attribute that is called, and the class's method."""


class Entrances:
    """The entrances of a compiled function, or of its batch, by what is asked. They are made when the same is asked again.

    Args:
        owner: whose attributes become entrances.
        parameters: all parameters, in a dict.
    """

    def __init__(self, owner: Any, parameters: Any) -> None:
        self._owner, self._parameters = owner, parameters
        self._kept: dict[str, dict[Any, Entrance | None]] = {}

    def after(
        self, what: str, variant: Variant, inputs: tuple[Any, ...], v: tuple[Any, ...], rows: int | None = None
    ) -> None:
        """Have machine code take calls like one that has just run this variant, where it can; see :class:`Plan`."""
        attribute, name = METHODS[what]
        every = self._parameters if what == "parameter_gradient" else None
        kept, plan = self._kept.setdefault(name, {}), Plan(variant, inputs, v, rows, every)
        kinds, since = tuple([hasattr(x, "shape") for x in plan.inputs]), 0 if every is None else plan.frozen
        key = id(variant), kinds, plan.rows, since
        if key not in kept:
            if len(kept) < MANY:
                kept[key] = None
        elif kept[key] is None and (kernel := variant.code.soon(plan.rows)) is not None and objects_are_as_expected():
            made = [e for e in kept.values() if e is not None]
            if len(made) < MOST and plan.fits():
                method = getattr(type(self._owner), name).__get__(self._owner)
                kept[key] = entrance = Entrance(plan, kernel, method, made[-1].call if made else method)
                setattr(self._owner, attribute, entrance.call)


class Plan:
    """What is asked of a variant.

    Args:
        variant: what is recorded.
        inputs: arguments like those that are to come.
        v: the directions, if they were given, as one argument.
        rows: of a batch of arrays, how many rows.
        every: if a gradient with respect to parameters is asked for, all of them in a dict.

    Attributes:
        inputs: the arguments and the directions.
        arrays: whether all are arrays.
        frozen: when a leaf was frozen or freed for the last time.
        tree: the results: a :class:`.trees.Leaf` where neighbours make an array.
    """

    def __init__(self, variant: Variant, inputs: tuple[Any, ...], v: tuple[Any, ...], rows: int | None, every: Any) -> None:
        self.variant, self.rows, self.every, self.frozen = variant, rows, every, graph.last_freeze
        self.arguments, self.beside, self.inputs = len(inputs), len(v), (*inputs, *v)
        self.arrays = all(getattr(x, "ndim", 0) and type(x) is numpy().ndarray for x in (*inputs, *directions_of(v)))
        if every is not None:  # a number for each
            self.tree: Any = (Leaf(0, 1, ()), [Leaf(k, k + 1, ()) for k in range(1, len(variant.program.outputs))])
        else:
            self.tree = variant.layout if rows is not None or self.arrays else variant.result

    def fits(self) -> bool:
        """Whether machine code can make the results."""
        in_order = (
            self.every is None or [p for p in self.every if p.requires_grad] == [*self.every] == self.variant.trainable
        )
        return in_order and (is_planned(self.variant.result) if self.rows is None else is_in_parts(self.tree))


class Entrance:
    """A recording, for arguments like some others.

    Args:
        plan: what is asked of it.
        kernel: its code: what keeps it alive, the function, and how many numbers of memory it needs.
        method: whose calls these are.
        otherwise: what to call where something does not fit.

    Attributes:
        call: a function of the kind that Python's own are.
    """

    def __init__(self, plan: Plan, kernel: Any, method: Any, otherwise: Any) -> None:
        np, variant, program, rows = numpy(), plan.variant, plan.variant.program, plan.rows or 1
        made: list[Any] = []
        takes = array("q", [n for x in plan.inputs for n in of_argument(x)])
        gives = array("q", (of_results if plan.rows is None else of_parts)(plan.tree, made))
        x, p, w = [array("d", bytes(8 * n)) for n in (program.inputs * rows, program.parameters, kernel[2])]
        wanted = array("d", [float(g.outcome) for g in program.guards])
        parts, values = [array("q", map(id, objects)) for objects in (made, variant.parameters)]
        table = (rows, *(plan.tree.shape if isinstance(plan.tree, Leaf) else (len(program.outputs),))), np.dtype(float)
        remembered, zero, board = [None], 0.0, Board(BOARD, **types())
        board.set(empty=id(np.empty), takes=takes, gives=gives, x=x, p=p, w=w, wanted=wanted)
        board.set(kernel=cast(kernel[1], c_void_p).value, otherwise=id(otherwise), rows=rows, parts=parts, values=values)
        board.set(arguments=plan.arguments, beside=plan.beside, straight=int(plan.arrays and len(plan.inputs) == 1))
        board.set(inputs=program.inputs, parameters=len(values), outputs=len(program.outputs), results=len(program.results))
        board.set(clock=id(vars(graph)), key=id(CLOCK), name=id(DATA), zero=id(zero), remembered=id(remembered))
        board.set(guards=len(program.guards))
        if values:
            board.set(seen=id(remembered))  # which no time is: so the parameters' numbers are read at the first call
        if plan.rows is not None:
            board.set(table=id(table))
        if plan.beside:
            board.set(keyword=id(V))
        if plan.every is not None:
            board.set(keyword=id(WRT), word=id(PARAMETERS), every=id(plan.every), freeze=id(FREEZE), frozen=id(plan.frozen))
        address, code = enter()
        alive = plan, takes, gives, made, x, p, w, wanted, parts, values, table, remembered, zero, kernel, otherwise, code
        self.call: Any = native(address, method, board, *alive)


def of_argument(x: Any) -> Iterator[int]:
    """The plan for an argument like this one.

    >>> list(of_argument([1.0, (2.0, 3.0)]))
    [2, -1, 2, -1, -1]
    """
    if isinstance(x, (list, tuple)):
        yield len(x)
        for item in x:
            yield from of_argument(item)
    elif getattr(x, "shape", ()):
        yield from (ARRAY, x.size, x.ndim, *x.shape)
    else:
        yield NUMBER


def is_planned(tree: Any) -> bool:
    """Whether results in the shape of this tree can be made: there is nothing in it but lists, tuples and numbers."""
    return not isinstance(tree, (list, tuple)) or (type(tree) in (list, tuple) and all(map(is_planned, tree)))


def of_results(tree: Any, shapes: list[Any]) -> Iterator[int]:
    """The plan for results in the shape of a tree, as :func:`.trees.shaped` and :func:`.trees.laid_one` have it.

    Args:
        shapes: gets the arguments for arrays, whose addresses are in the plan.

    >>> list(of_results((0, [0, 0]), []))
    [6, -1, 7, -1, -1]
    """
    for number, leaf in _planned(tree):
        if isinstance(leaf, Leaf) and leaf.shape:
            shapes.append((leaf.shape, numpy().dtype(float)))
            yield from (3 * (leaf.stop - leaf.start) + ARRAY_OF, id(shapes[-1]))
        else:
            yield number


def is_in_parts(layout: Any) -> bool:
    """Whether all results of a batch are columns of one table, or the only one is all of it."""
    return isinstance(layout, Leaf) or all(leaf is None or len(leaf.shape) < 2 for _, leaf in _planned(layout))


def of_parts(layout: Any, indices: list[Any]) -> Iterator[int]:
    """The plan for a batch's results as parts of one array, as :func:`.trees.laid` has it.

    Args:
        indices: gets what each part is found by.

    >>> indices = []
    >>> list(of_parts((Leaf(0, 1, ()), Leaf(1, 3, (2,))), indices)), indices
    ([6, -1, -1], [(slice(None, None, None), 0), (slice(None, None, None), slice(1, 3, None))])
    """
    for number, leaf in _planned(layout):
        if leaf is not None:
            part = slice(leaf.start, leaf.stop) if leaf.shape else leaf.start
            indices.append(... if leaf is layout else (slice(None), part))
        yield number


def _planned(tree: Any) -> Iterator[tuple[int, Any]]:
    """What the plan says of a tree, number by number; each with the leaf, or None if it is a list or tuple."""
    if isinstance(tree, (list, tuple)) and not isinstance(tree, Leaf):
        yield 3 * len(tree) + (LIST_OF if isinstance(tree, list) else TUPLE_OF), None
        for t in tree:
            yield from _planned(t)
    else:
        yield NUMBER, tree


class Definition(Structure):
    """A PyMethodDef."""

    _fields_ = (("name", c_char_p), ("address", c_void_p), ("flags", c_int), ("doc", c_char_p))


def native(address: int, method: Any, board: Board, *alive: Any) -> Any:
    """A function of the kind that Python's own are: machine code that is called with a board.

    Args:
        address: where it is, as :data:`.calls.ENTER` is called.
        method: has its name, its arguments and its words.
        alive: what must not be freed before it.
    """
    make = PYFUNCTYPE(py_object, c_void_p, py_object, c_void_p)(("PyCFunction_NewEx", pythonapi))
    own = Alive((board.address, board, method, *alive))
    return make(addressof(_defined(method.__func__, address)), own, None)


class Alive(tuple[Any, ...]):
    """A board and what must not be freed before it. In pickles, the owner of the method whose calls it takes."""

    def __reduce__(self) -> Any:
        return _itself, (self[2].__self__,)


def _itself(owner: Any) -> Any:
    return owner


@cache
def _defined(function: Any, address: int) -> Definition:
    own = [p.replace(annotation=p.empty) for p in signature(function).parameters.values()][1:]
    doc = f"{function.__name__}{Signature(own)}\n--\n\n{function.__doc__}"
    return Definition(function.__name__.encode(), address, FASTCALL_WITH_KEYWORDS, doc.encode())


def types() -> dict[str, int]:
    """The addresses of those types that machine code knows."""
    np = numpy()
    known = {kind.__name__: id(kind) for kind in (float, int, list, tuple, dict, np.ndarray)}
    return known | {"descr": id(np.dtype(float))}


@cache
def objects_are_as_expected() -> bool:
    """Whether Python's and NumPy's objects have in memory what machine code reads there."""
    if python_implementation() != "CPython":
        return False
    np = numpy()
    array, number = np.zeros((2, 3)), 1.5
    shape: Any = c_void_p.from_address(id(array) + AT["shape"]).value
    return (
        c_void_p.from_address(id(number) + AT["type"]).value == id(float)
        and c_void_p.from_address(id(array) + AT["data"]).value == array.ctypes.data
        and c_int.from_address(id(array) + AT["rank"]).value == 2
        and (c_ssize_t * 2).from_address(shape)[:] == [2, 3]
        and c_void_p.from_address(id(array) + AT["descr"]).value == id(np.dtype(float))
        and c_int.from_address(id(array) + AT["flags"]).value & IN_ONE_PIECE == IN_ONE_PIECE
    )
