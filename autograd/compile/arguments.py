"""How machine code reads Python's objects: the numbers of arguments, if they are as planned, in LLVM's language.

It reads a table of addresses and whole numbers, the board, and a plan of what an argument should look like.
"""

from __future__ import annotations

from ctypes import c_void_p, cast, pythonapi
from typing import Final

from .loop import loads, over
from .machine import ready

NUMBER, ARRAY = -1, -2
"""What an argument may be, in a plan; a list of n items is n, and their plans follow."""

TYPES = ("float", "int", "list", "tuple", "dict", "ndarray", "descr", "empty")
POINTERS = (
    *(
        *TYPES,
        "otherwise",
        "keyword",
        "word",
        "every",
        "freeze",
        "frozen",
        "clock",
        "key",
        "seen",
        "remembered",
        "values",
        "name",
        "zero",
    ),
    *("takes", "gives", "x", "p", "w", "wanted", "kernel", "table", "parts"),
)
NUMBERS = ("arguments", "beside", "straight", "inputs", "parameters", "rows", "outputs", "results", "guards")
BOARD: Final = {name: place for place, name in enumerate((*POINTERS, *NUMBERS))}
"""Where in the table that machine code reads each stands."""

AT: Final = {"type": 8, "data": 16, "rank": 24, "shape": 32, "descr": 56, "flags": 64}
"""Where in an object its type is, and in an array of NumPy's what else is asked for: as their C interfaces have it."""

IN_ONE_PIECE: Final = 0x0001 | 0x0100
"""Those flags of an array that say: row after row, and where a number may lie."""

API: Final = {
    "ptr": (
        *("PyTuple_GetItem(ptr, i64)", "PyList_GetItem(ptr, i64)", "PyTuple_New(i64)", "PyList_New(i64)"),
        *("PyLong_AsVoidPtr(ptr)", "PyFloat_FromDouble(double)", "PyErr_Occurred()", "PyDict_GetItemWithError(ptr, ptr)"),
        *("PyObject_Vectorcall(ptr, ptr, i64, ptr)", "PyObject_Call(ptr, ptr, ptr)", "PyObject_CallNoArgs(ptr)"),
        *("PyObject_GetItem(ptr, ptr)", "PyObject_GetAttr(ptr, ptr)", "PyMem_Malloc(i64)"),
    ),
    "double": ("PyFloat_AsDouble(ptr)", "PyLong_AsDouble(ptr)"),
    "i64": ("PyTuple_Size(ptr)", "PyList_Size(ptr)", "PyDict_Size(ptr)"),
    "i32": (
        *("PyType_IsSubtype(ptr, ptr)", "PyTuple_SetItem(ptr, i64, ptr)", "PyList_SetItem(ptr, i64, ptr)"),
        *("PyObject_RichCompareBool(ptr, ptr, i32)", "PyDict_SetItem(ptr, ptr, ptr)", "PyDict_Next(ptr, ptr, ptr, ptr)"),
    ),
    "void": ("PyErr_Clear()", "Py_IncRef(ptr)", "Py_DecRef(ptr)", "PyMem_Free(ptr)"),
}
"""What it calls of Python's C interface."""

NUMBERS_OF = """
define ptr @numbers(ptr %board, ptr %item, ptr %plan) {{
{board}
  %type.at = getelementptr i8, ptr %item, i64 {type}
  %type = load ptr, ptr %type.at
  %is.array = icmp eq ptr %type, %ndarray
  br i1 %is.array, label %look, label %refuse
look:
  %data.at = getelementptr i8, ptr %item, i64 {data}
  %rank.at = getelementptr i8, ptr %item, i64 {rank}
  %shape.at = getelementptr i8, ptr %item, i64 {shape}
  %descr.at = getelementptr i8, ptr %item, i64 {descr}
  %flags.at = getelementptr i8, ptr %item, i64 {flags}
  %kind = load ptr, ptr %descr.at
  %flags = load i32, ptr %flags.at
  %rank.32 = load i32, ptr %rank.at
  %rank = zext i32 %rank.32 to i64
  %wanted.at = getelementptr i64, ptr %plan, i64 1
  %rank.wanted = load i64, ptr %wanted.at
  %lies = and i32 %flags, {whole}
  %in.one.piece = icmp eq i32 %lies, {whole}
  %floats = icmp eq ptr %kind, %descr
  %rank.fits = icmp eq i64 %rank, %rank.wanted
  %fits.a = and i1 %in.one.piece, %floats
  %fits.b = and i1 %fits.a, %rank.fits
  br i1 %fits.b, label %sizes, label %refuse
sizes:
  %shape = load ptr, ptr %shape.at
  %shape.wanted = getelementptr i64, ptr %plan, i64 2
  %others = call i1 @differ(ptr %shape, ptr %shape.wanted, i64 %rank)
  br i1 %others, label %refuse, label %fits
fits:
  %data = load ptr, ptr %data.at
  ret ptr %data
refuse:
  ret ptr null
}}
"""
"""Where an array's numbers are, if it is one of floats in the shape planned, in one piece; or else null."""

DIFFER = """
  %a.at = getelementptr i64, ptr %a, i64 %i
  %b.at = getelementptr i64, ptr %b, i64 %i
  %a.i = load i64, ptr %a.at
  %b.i = load i64, ptr %b.at
  %other = icmp ne i64 %a.i, %b.i
  %now = or i1 %sofar, %other"""
"""Whether two tables differ in some bits."""

SPREAD = """
  %before = mul i64 %i, %width
  %row = getelementptr double, ptr %from, i64 %before
  %beyond = mul i64 %i, %stride
  %place = getelementptr double, ptr %to, i64 %beyond
  %bytes = mul i64 %width, 8
  call void @llvm.memcpy.p0.p0.i64(ptr %place, ptr %row, i64 %bytes, i1 false)
  %now = add i64 %sofar, 1"""
"""Rows that lie one after another, to where they are ``stride`` numbers apart."""

TAKE = """
define i1 @take(ptr %board, ptr %cursor, ptr %item) {{
{board}
  %plan = load ptr, ptr %cursor
  %to.at = getelementptr ptr, ptr %cursor, i64 1
  %to = load ptr, ptr %to.at
  %kind = load i64, ptr %plan
  %rest = getelementptr i64, ptr %plan, i64 1
  store ptr %rest, ptr %cursor
  %type.at = getelementptr i8, ptr %item, i64 {type}
  %type = load ptr, ptr %type.at
  switch i64 %kind, label %list.or.tuple [ i64 -1, label %number i64 -2, label %array ]
number:
  %is.float = icmp eq ptr %type, %float
  br i1 %is.float, label %a.float, label %ask
ask:
  %like.float = call i32 @PyType_IsSubtype(ptr %type, ptr %float)
  %is.like = icmp ne i32 %like.float, 0
  br i1 %is.like, label %a.float, label %whole
a.float:
  %x.float = call double @PyFloat_AsDouble(ptr %item)
  br label %store
whole:
  %is.int = icmp eq ptr %type, %int
  br i1 %is.int, label %an.int, label %refuse
an.int:
  %x.int = call double @PyLong_AsDouble(ptr %item)
  %error = call ptr @PyErr_Occurred()
  %none = icmp eq ptr %error, null
  br i1 %none, label %store, label %too.large
too.large:
  call void @PyErr_Clear()
  br label %refuse
store:
  %number.x = phi double [ %x.float, %a.float ], [ %x.int, %an.int ]
  store double %number.x, ptr %to
  %to.next = getelementptr double, ptr %to, i64 1
  store ptr %to.next, ptr %to.at
  ret i1 true
array:
  %from = call ptr @numbers(ptr %board, ptr %item, ptr %rest)
  %is.other = icmp eq ptr %from, null
  br i1 %is.other, label %refuse, label %copy
copy:
  %size = load i64, ptr %rest
  %width = udiv i64 %size, %rows
  call i64 @spread(ptr %from, i64 %width, ptr %to, i64 %inputs, i64 %rows)
  %to.end = getelementptr double, ptr %to, i64 %width
  store ptr %to.end, ptr %to.at
  %rank.at = getelementptr i64, ptr %rest, i64 1
  %rank = load i64, ptr %rank.at
  %sizes = getelementptr i64, ptr %rest, i64 2
  %behind = getelementptr i64, ptr %sizes, i64 %rank
  store ptr %behind, ptr %cursor
  ret i1 true
list.or.tuple:
  %is.list = icmp eq ptr %type, %list
  br i1 %is.list, label %a.list, label %no.list
a.list:
  %n.list = call i64 @PyList_Size(ptr %item)
  br label %items
no.list:
  %is.tuple = icmp eq ptr %type, %tuple
  br i1 %is.tuple, label %a.tuple, label %refuse
a.tuple:
  %n.tuple = call i64 @PyTuple_Size(ptr %item)
  br label %items
items:
  %n = phi i64 [ %n.list, %a.list ], [ %n.tuple, %a.tuple ]
  %fits = icmp eq i64 %n, %kind
  br i1 %fits, label %next, label %refuse
next:
  %i = phi i64 [ 0, %items ], [ %i.next, %taken ]
  %over = icmp eq i64 %i, %n
  br i1 %over, label %done, label %get
get:
  br i1 %is.list, label %of.list, label %of.tuple
of.list:
  %from.list = call ptr @PyList_GetItem(ptr %item, i64 %i)
  br label %got
of.tuple:
  %from.tuple = call ptr @PyTuple_GetItem(ptr %item, i64 %i)
  br label %got
got:
  %one = phi ptr [ %from.list, %of.list ], [ %from.tuple, %of.tuple ]
  %good = call i1 @take(ptr %board, ptr %cursor, ptr %one)
  br i1 %good, label %taken, label %refuse
taken:
  %i.next = add i64 %i, 1
  br label %next
done:
  ret i1 true
refuse:
  ret i1 false
}}
"""
"""The numbers of an argument, put where the cursor's second place points; whether it is as its first place plans."""


def declared() -> str:
    """The declarations of Python's functions, which are found from now on; and what reads arguments."""
    lines = []
    for kind, functions in API.items():
        for function in functions:
            name = function.partition("(")[0]
            ready().add_symbol(name, cast(getattr(pythonapi, name), c_void_p).value)
            lines.append(f"declare {kind} @{function}")
    lines.append("declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)")
    differ = over("i1", "differ", "ptr %a, ptr %b", DIFFER)
    spread = over("i64", "spread", "ptr %from, i64 %width, ptr %to, i64 %stride", SPREAD)
    return "\n".join([*lines, differ, spread, filled(NUMBERS_OF), filled(TAKE)])


def filled(text: str) -> str:
    """A text with what it needs to know."""
    return text.format(board=loads("%board", POINTERS, NUMBERS), whole=IN_ONE_PIECE, **AT)
