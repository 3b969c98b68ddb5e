"""A training step that Python calls straight in machine code: where all is as in the step before, but for the numbers.

What has to be as it was, stands in dictionaries of Python's objects; it is looked up there, and if something is not, the
step goes by way of Python.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from .. import graph
from .arguments import BOARD as KINDS
from .arguments import declared
from .board import Board
from .entrance import CLOCK, native, of_argument, types
from .loop import BOARD as OF_TRAINING
from .loop import loads, over
from .machine import assembled

if TYPE_CHECKING:
    from .training import Training

POINTERS: Final = (
    *("types", "x_plan", "y_plan", "x_to", "y_to", "line", "board", "otherwise", "tick", "clock", "key"),
    *("seen_in", "seen_key", "mine_in", "mine_key", "theirs_in", "theirs_key", "names", "told", "taken"),
)
NUMBERS: Final = ("x_bytes", "y_bytes", "same", "tellings")
BOARD: Final = {name: place for place, name in enumerate((*POINTERS, *NUMBERS))}
"""Where in the table that machine code reads each stands."""

CHANGED = """
  %row = getelementptr [3 x ptr], ptr %names, i64 %i
  %key.at = getelementptr ptr, ptr %row, i64 1
  %object.at = getelementptr ptr, ptr %row, i64 2
  %in = load ptr, ptr %row
  %key = load ptr, ptr %key.at
  %object = load ptr, ptr %object.at
  %found = call ptr @PyDict_GetItem(ptr %in, ptr %key)
  %other = icmp ne ptr %found, %object
  %now = or i1 %sofar, %other"""
"""Whether some name in a dictionary does not stand for the same object any more."""

TELL = """
  %row = getelementptr [2 x ptr], ptr %names, i64 %i
  %key.at = getelementptr ptr, ptr %row, i64 1
  %in = load ptr, ptr %row
  %key = load ptr, ptr %key.at
  call i32 @PyDict_SetItem(ptr %in, ptr %key, ptr %object)
  %now = add i64 %sofar, 1"""
"""Have names in dictionaries stand for an object."""

STEP = """
define ptr @step(ptr %self, ptr %arguments.at, i64 %n, ptr %keywords) {{
  %place = call ptr @PyTuple_GetItem(ptr %self, i64 0)
  %all = call ptr @PyLong_AsVoidPtr(ptr %place)
{all}
  %no.keywords = icmp eq ptr %keywords, null
  %two = icmp eq i64 %n, 2
  %plain = and i1 %no.keywords, %two
  br i1 %plain, label %compare, label %back
compare:
  %mine = call ptr @PyDict_GetItem(ptr %mine_in, ptr %mine_key)
  %theirs = call ptr @PyDict_GetItem(ptr %theirs_in, ptr %theirs_key)
  %none = icmp eq ptr %theirs, null
  br i1 %none, label %back, label %both
both:
  call void @Py_IncRef(ptr %mine)
  call void @Py_IncRef(ptr %theirs)
  %equal = call i32 @PyObject_RichCompareBool(ptr %mine, ptr %theirs, i32 2)
  call void @Py_DecRef(ptr %mine)
  call void @Py_DecRef(ptr %theirs)
  switch i32 %equal, label %error [ i32 0, label %back i32 1, label %look ]
error:
  call void @PyErr_Clear()
  br label %back
look:
  %changed = call i1 @changed(ptr %names, i64 %same)
  br i1 %changed, label %back, label %time
time:
  %written = call ptr @PyDict_GetItem(ptr %clock, ptr %key)
  %seen = call ptr @PyDict_GetItem(ptr %seen_in, ptr %seen_key)
  %nothing.new = icmp eq ptr %written, %seen
  br i1 %nothing.new, label %arrays, label %back
arrays:
  %second = getelementptr ptr, ptr %arguments.at, i64 1
  %x.object = load ptr, ptr %arguments.at
  %y.object = load ptr, ptr %second
  %x.from = call ptr @numbers(ptr %types, ptr %x.object, ptr %x_plan)
  %y.from = call ptr @numbers(ptr %types, ptr %y.object, ptr %y_plan)
  %x.other = icmp eq ptr %x.from, null
  %y.other = icmp eq ptr %y.from, null
  %other = or i1 %x.other, %y.other
  br i1 %other, label %back, label %run
run:
  call void @llvm.memcpy.p0.p0.i64(ptr %x_to, ptr %x.from, i64 %x_bytes, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr %y_to, ptr %y.from, i64 %y_bytes, i1 false)
  %train.at = getelementptr i64, ptr %board, i64 {train}
  %train = load ptr, ptr %train.at
  %reached = call i64 %train(ptr %board, i64 0, i64 1, ptr %line)
  %done = icmp eq i64 %reached, 1
  br i1 %done, label %moved, label %back
moved:
  %now = call ptr @PyObject_CallNoArgs(ptr %tick)
  %lost = icmp eq ptr %now, null
  br i1 %lost, label %end, label %tell
tell:
  call i64 @tell(ptr %told, ptr %now, i64 %tellings)
  call void @Py_DecRef(ptr %now)
  %before = load i64, ptr %taken
  %after = add i64 %before, 1
  store i64 %after, ptr %taken
  %loss = load double, ptr %line
  %object = call ptr @PyFloat_FromDouble(double %loss)
  br label %end
back:
  %by.python = call ptr @PyObject_Vectorcall(ptr %otherwise, ptr %arguments.at, i64 %n, ptr %keywords)
  br label %end
end:
  %result = phi ptr [ %by.python, %back ], [ %object, %tell ], [ null, %moved ]
  ret ptr %result
}}
"""
"""The step, as Python calls it: see :data:`.calls.ENTER`."""

Name = tuple[dict[str, Any], str]
"""A dictionary and a key."""


class Shortcut:
    """The step of a training for arrays of some shapes.

    Args:
        training: whose step was taken before.
        given: such arrays, each with the one that its numbers are copied to.
        data, line: what the training takes and fills then.
        same: names, and the objects that they must stand for.
        mine, theirs: names that must stand for what is equal.
        counter: is 1 more after each step.
        method, otherwise: whose calls these are, and what to call where something is not as it was.

    Attributes:
        call: a function of the kind that Python's own are.
    """

    def __init__(
        self,
        training: Training,
        given: Sequence[tuple[Any, Any]],
        data: Any,
        line: Any,
        same: Sequence[tuple[Name, Any]],
        mine: Name,
        theirs: Name,
        counter: Any,
        method: Any,
        otherwise: Any,
    ) -> None:
        driver: Any = training.driver
        lent, lock = vars(training.lent), vars(training.lent.lock)
        own = [((lent, "away"), True), ((lock, "depth"), 0), ((vars(driver), "_data"), data)]
        conditions = [(*name, thing) for name, thing in (*own, *same)]
        told = [(vars(graph), CLOCK), (vars(training), "_seen")]
        names, tellings = [array("q", [id(thing) for row in rows for thing in row]) for rows in (conditions, told)]
        x_plan, y_plan = [array("q", of_argument(x))[1:] for x, _ in given]
        (_, x), (_, y) = given
        kinds, board = Board(KINDS, **types()), Board(BOARD)
        board.set(types=kinds, x_plan=x_plan, y_plan=y_plan, x_to=x.ctypes.data, y_to=y.ctypes.data, line=line.ctypes.data)
        board.set(x_bytes=x.nbytes, y_bytes=y.nbytes, board=driver.at, otherwise=id(otherwise))
        board.set(clock=id(vars(graph)), key=id(CLOCK), seen_in=id(vars(training)), seen_key=id(told[1][1]))
        board.set(mine_in=id(mine[0]), mine_key=id(mine[1]), theirs_in=id(theirs[0]), theirs_key=id(theirs[1]))
        board.set(names=names, same=len(conditions), told=tellings, tellings=len(told), taken=counter, tick=id(graph.tick))
        address, code = step()
        alive = training, kinds, x_plan, y_plan, given, line, conditions, names, told, tellings, mine, theirs, counter
        self.call: Any = native(address, method, board, *alive, otherwise, code)


@cache
def step() -> tuple[int, Any]:
    """The address of the function, and what keeps it alive."""
    texts = over("i1", "changed", "ptr %names", CHANGED), over("i64", "tell", "ptr %names, ptr %object", TELL)
    own = STEP.format(all=loads("%all", POINTERS, NUMBERS), train=OF_TRAINING["train"])
    alive, (address,) = assembled("\n".join([declared(), *texts, own]), ["step"])
    return address, alive
