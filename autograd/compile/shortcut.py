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
from .arguments import declared, filled
from .board import Board
from .entrance import CLOCK, native, of_argument, types
from .lent import Lock
from .loop import BOARD as OF_TRAINING
from .loop import loads, over
from .machine import assembled

if TYPE_CHECKING:
    from .training import Training

POINTERS: Final = (
    *("types", "x_plan", "y_plan", "x_to", "y_to", "line", "board", "otherwise", "tick", "clock", "key", "seen"),
    *("mine", "theirs_in", "theirs_key", "names", "words", "taken"),
)
NUMBERS: Final = ("same", "watched")
BOARD: Final = {name: place for place, name in enumerate((*POINTERS, *NUMBERS))}
"""Where in the table that machine code reads each stands."""

CHANGED = """
  %row = getelementptr [3 x ptr], ptr %names, i64 %i
  %key.at = getelementptr ptr, ptr %row, i64 1
  %object.at = getelementptr ptr, ptr %row, i64 2
  %in = load ptr, ptr %row
  %key = load ptr, ptr %key.at
  %object = load ptr, ptr %object.at
  %found = call ptr @PyDict_GetItemWithError(ptr %in, ptr %key)
  %other = icmp ne ptr %found, %object
  %now = or i1 %sofar, %other"""
"""Whether some name in a dictionary does not stand for the same object any more."""

OTHERS = """
  %row = getelementptr [2 x i64], ptr %words, i64 %i
  %at = load ptr, ptr %row
  %wanted.at = getelementptr i64, ptr %row, i64 1
  %wanted = load i64, ptr %wanted.at
  %is = load i64, ptr %at
  %other = icmp ne i64 %is, %wanted
  %now = or i1 %sofar, %other"""
"""Whether some whole number in memory is another one than it should be."""

ALIKE: Final = """
define i1 @alike(ptr %board, ptr %mine, ptr %theirs) {{
  %places = alloca [2 x i64]
  %items = alloca [4 x ptr]
  %place.b = getelementptr i64, ptr %places, i64 1
  %value.a = getelementptr ptr, ptr %items, i64 1
  %key.b = getelementptr ptr, ptr %items, i64 2
  %value.b = getelementptr ptr, ptr %items, i64 3
{board}
  %mine.type.at = getelementptr i8, ptr %mine, i64 {type}
  %theirs.type.at = getelementptr i8, ptr %theirs, i64 {type}
  %mine.type = load ptr, ptr %mine.type.at
  %theirs.type = load ptr, ptr %theirs.type.at
  %mine.list = icmp eq ptr %mine.type, %list
  %theirs.list = icmp eq ptr %theirs.type, %list
  %lists = and i1 %mine.list, %theirs.list
  br i1 %lists, label %sizes, label %no
sizes:
  %n = call i64 @PyList_Size(ptr %mine)
  %m = call i64 @PyList_Size(ptr %theirs)
  %as.many = icmp eq i64 %n, %m
  br i1 %as.many, label %next, label %no
next:
  %i = phi i64 [ 0, %sizes ], [ %i.next, %end ]
  %i.next = add i64 %i, 1
  %all = icmp eq i64 %i, %n
  br i1 %all, label %yes, label %group
group:
  %a = call ptr @PyList_GetItem(ptr %mine, i64 %i)
  %b = call ptr @PyList_GetItem(ptr %theirs, i64 %i)
  %a.type.at = getelementptr i8, ptr %a, i64 {type}
  %b.type.at = getelementptr i8, ptr %b, i64 {type}
  %a.type = load ptr, ptr %a.type.at
  %b.type = load ptr, ptr %b.type.at
  %a.dict = icmp eq ptr %a.type, %dict
  %b.dict = icmp eq ptr %b.type, %dict
  %dicts = and i1 %a.dict, %b.dict
  store [2 x i64] zeroinitializer, ptr %places
  br i1 %dicts, label %item, label %no
item:
  %more.a = call i32 @PyDict_Next(ptr %a, ptr %places, ptr %items, ptr %value.a)
  %more.b = call i32 @PyDict_Next(ptr %b, ptr %place.b, ptr %key.b, ptr %value.b)
  %as.long = icmp eq i32 %more.a, %more.b
  br i1 %as.long, label %end, label %no
end:
  %ended = icmp eq i32 %more.a, 0
  br i1 %ended, label %next, label %same
same:
  %a.key = load ptr, ptr %items
  %b.key = load ptr, ptr %key.b
  %a.value = load ptr, ptr %value.a
  %b.value = load ptr, ptr %value.b
  %same.key = icmp eq ptr %a.key, %b.key
  %same.value = icmp eq ptr %a.value, %b.value
  %same.item = and i1 %same.key, %same.value
  br i1 %same.item, label %item, label %no
yes:
  ret i1 true
no:
  ret i1 false
}}
"""
"""Whether two lists of dictionaries hold the same objects: if not, they may be equal all the same."""

STEP = """
define ptr @step(ptr %self, ptr %arguments.at, i64 %n, ptr %keywords) {{
  %cursor = alloca [2 x ptr]
  %to.at = getelementptr ptr, ptr %cursor, i64 1
  %place = call ptr @PyTuple_GetItem(ptr %self, i64 0)
  %all = call ptr @PyLong_AsVoidPtr(ptr %place)
{all}
  %no.keywords = icmp eq ptr %keywords, null
  %two = icmp eq i64 %n, 2
  %plain = and i1 %no.keywords, %two
  br i1 %plain, label %find, label %back
find:
  %theirs = call ptr @PyDict_GetItemWithError(ptr %theirs_in, ptr %theirs_key)
  %none = icmp eq ptr %theirs, null
  br i1 %none, label %back, label %both
both:
  %alike = call i1 @alike(ptr %types, ptr %mine, ptr %theirs)
  br i1 %alike, label %look, label %compare
compare:
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
  %others = call i1 @others(ptr %words, i64 %watched)
  br i1 %others, label %back, label %names.too
names.too:
  %changed = call i1 @changed(ptr %names, i64 %same)
  br i1 %changed, label %back, label %time
time:
  %written = call ptr @PyDict_GetItemWithError(ptr %clock, ptr %key)
  %taken.over = call ptr @PyList_GetItem(ptr %seen, i64 0)
  %nothing.new = icmp eq ptr %written, %taken.over
  br i1 %nothing.new, label %inputs, label %back
inputs:
  %x.object = load ptr, ptr %arguments.at
  store ptr %x_plan, ptr %cursor
  store ptr %x_to, ptr %to.at
  %x.good = call i1 @take(ptr %types, ptr %cursor, ptr %x.object)
  br i1 %x.good, label %targets, label %back
targets:
  %second = getelementptr ptr, ptr %arguments.at, i64 1
  %y.object = load ptr, ptr %second
  store ptr %y_plan, ptr %cursor
  store ptr %y_to, ptr %to.at
  %y.good = call i1 @take(ptr %types, ptr %cursor, ptr %y.object)
  br i1 %y.good, label %run, label %back
run:
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
  call i32 @PyDict_SetItem(ptr %clock, ptr %key, ptr %now)
  call i32 @PyList_SetItem(ptr %seen, i64 0, ptr %now)
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
    """The step of a training for arrays, or nested lists, of some shapes.

    Args:
        training: whose step was taken before.
        given: such inputs and targets, each with the array that its numbers are copied to.
        data, line: what the training takes and fills then.
        lock: held by whoever else changes something.
        same: names, and the objects that they must stand for.
        mine, theirs: a list, and a name that must stand for what is equal.
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
        lock: Lock,
        same: Sequence[tuple[Name, Any]],
        mine: list[Any],
        theirs: Name,
        counter: Any,
        method: Any,
        otherwise: Any,
    ) -> None:
        driver: Any = training.driver
        lent = training.lent
        watched = [(word.buffer_info()[0], n) for word, n in ((lock.held, 0), (lent.lock.held, 0), (lent.waiting, 1))]
        watched.append((driver.at + 8 * OF_TRAINING["given"], id(data)))
        words = array("q", [number for row in watched for number in row])
        names = array("q", [id(thing) for name, thing in same for thing in (*name, thing)])
        x_plan, y_plan = [array("q", of_argument(x)) for x, _ in given]
        (_, x), (_, y) = given
        kinds, board = Board(KINDS, rows=1, **types()), Board(BOARD)
        board.set(types=kinds, x_plan=x_plan, y_plan=y_plan, x_to=x.ctypes.data, y_to=y.ctypes.data, line=line.ctypes.data)
        board.set(board=driver.at, otherwise=id(otherwise))
        board.set(clock=id(vars(graph)), key=id(CLOCK), seen=id(training.seen))
        board.set(mine=id(mine), theirs_in=id(theirs[0]), theirs_key=id(theirs[1]))
        board.set(names=names, same=len(same), words=words, watched=len(watched), taken=counter, tick=id(graph.tick))
        address, code = step()
        alive = training, kinds, x_plan, y_plan, given, data, line, lock, words, same, names, mine, theirs, counter
        self.call: Any = native(address, method, board, *alive, otherwise, code)


def called(kind: type, call: Any) -> Any:
    """A class like this one, whose objects' calls are this function: no line of Python stands before it.

    >>> class One:
    ...     def __call__(self):
    ...         return 1
    >>> one = One()
    >>> one.__class__ = called(One, int)
    >>> one(), isinstance(one, One)
    (0, True)
    """
    own = {"__call__": staticmethod(call), "__doc__": kind.__doc__, "__module__": kind.__module__}
    return type(kind.__name__, (kind,), own)


@cache
def step() -> tuple[int, Any]:
    """The address of the function, and what keeps it alive."""
    texts = [over("i1", "changed", "ptr %names", CHANGED), over("i1", "others", "ptr %words", OTHERS), filled(ALIKE)]
    own = STEP.format(all=loads("%all", POINTERS, NUMBERS), train=OF_TRAINING["train"])
    alive, (address,) = assembled("\n".join([declared(), *texts, own]), ["step"])
    return address, alive
