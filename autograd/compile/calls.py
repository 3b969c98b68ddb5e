"""The way from Python's calls into machine code and back, in LLVM's language: to any program, by the board that says which.

It is compiled once. What becomes of the results is planned as the arguments are, in a list of whole numbers.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from .arguments import AT, declared, filled
from .loop import over
from .machine import assembled

TUPLE_OF, LIST_OF, ARRAY_OF = range(3)
"""What results are put into; the plan says 3 n + this for n items, -1 for a number."""

GIVE = """
define ptr @give(ptr %board, ptr %cursor) {{
{board}
  %plan = load ptr, ptr %cursor
  %from.at = getelementptr ptr, ptr %cursor, i64 1
  %from = load ptr, ptr %from.at
  %kind = load i64, ptr %plan
  %rest = getelementptr i64, ptr %plan, i64 1
  store ptr %rest, ptr %cursor
  %is.number = icmp slt i64 %kind, 0
  br i1 %is.number, label %number, label %several
number:
  %from.next = getelementptr double, ptr %from, i64 1
  store ptr %from.next, ptr %from.at
  %made.at = getelementptr ptr, ptr %cursor, i64 2
  %rows.made = load ptr, ptr %made.at
  %is.one = icmp eq ptr %rows.made, null
  br i1 %is.one, label %plain, label %part
plain:
  %y = load double, ptr %from
  %object = call ptr @PyFloat_FromDouble(double %y)
  ret ptr %object
part:
  %index = load ptr, ptr %from
  %view = call ptr @PyObject_GetItem(ptr %rows.made, ptr %index)
  ret ptr %view
several:
  %n = udiv i64 %kind, 3
  %which = urem i64 %kind, 3
  switch i64 %which, label %array [ i64 0, label %a.tuple i64 1, label %a.list ]
array:
  %shape = load ptr, ptr %rest
  %behind = getelementptr ptr, ptr %rest, i64 1
  store ptr %behind, ptr %cursor
  %made = call ptr @PyObject_Call(ptr %empty, ptr %shape, ptr null)
  %failed = icmp eq ptr %made, null
  br i1 %failed, label %nothing, label %fill
fill:
  %data.at = getelementptr i8, ptr %made, i64 {data}
  %data = load ptr, ptr %data.at
  %bytes = mul i64 %n, 8
  call void @llvm.memcpy.p0.p0.i64(ptr %data, ptr %from, i64 %bytes, i1 false)
  %from.end = getelementptr double, ptr %from, i64 %n
  store ptr %from.end, ptr %from.at
  ret ptr %made
a.tuple:
  %new.tuple = call ptr @PyTuple_New(i64 %n)
  br label %items
a.list:
  %new.list = call ptr @PyList_New(i64 %n)
  br label %items
items:
  %all = phi ptr [ %new.tuple, %a.tuple ], [ %new.list, %a.list ]
  %is.list = icmp eq i64 %which, 1
  %missing = icmp eq ptr %all, null
  br i1 %missing, label %nothing, label %next
next:
  %i = phi i64 [ 0, %items ], [ %i.next, %in.list ], [ %i.next, %in.tuple ]
  %i.next = add i64 %i, 1
  %over = icmp eq i64 %i, %n
  br i1 %over, label %done, label %more
more:
  %one = call ptr @give(ptr %board, ptr %cursor)
  %lost = icmp eq ptr %one, null
  br i1 %lost, label %drop, label %put
put:
  br i1 %is.list, label %in.list, label %in.tuple
in.list:
  call i32 @PyList_SetItem(ptr %all, i64 %i, ptr %one)
  br label %next
in.tuple:
  call i32 @PyTuple_SetItem(ptr %all, i64 %i, ptr %one)
  br label %next
done:
  ret ptr %all
drop:
  call void @Py_DecRef(ptr %all)
  br label %nothing
nothing:
  ret ptr null
}}
"""
"""The next results as an object, or null with Python's error: there is no memory. The cursor has where the plan goes on, and
the numbers; or if its third place has an array, that array's indices."""

REREAD = """
  %object.at = getelementptr ptr, ptr %values, i64 %i
  %object = load ptr, ptr %object.at
  %found = call ptr @PyObject_GetAttr(ptr %object, ptr %name)
  %missing = icmp eq ptr %found, null
  %held = select i1 %missing, ptr %zero, ptr %found
  %type.at = getelementptr i8, ptr %held, i64 {type}
  %type = load ptr, ptr %type.at
  %is.float = icmp eq ptr %type, %float
  %is.int = icmp eq ptr %type, %int
  %is.plain = or i1 %is.float, %is.int
  %number = select i1 %is.plain, ptr %held, ptr %zero
  %x = call double @PyFloat_AsDouble(ptr %number)
  %to = getelementptr double, ptr %p, i64 %i
  store double %x, ptr %to
  call void @Py_DecRef(ptr %found)
  %is.other = xor i1 %is.plain, true
  %now = or i1 %sofar, %is.other"""
"""The numbers of Values; whether some of them are no plain floats or ints."""

ENTER = """
define ptr @enter(ptr %self, ptr %arguments.at, i64 %n, ptr %names) {{
  %cursor = alloca [3 x ptr]
  %to.at = getelementptr ptr, ptr %cursor, i64 1
  %made.at = getelementptr ptr, ptr %cursor, i64 2
  %place = call ptr @PyTuple_GetItem(ptr %self, i64 0)
  %board = call ptr @PyLong_AsVoidPtr(ptr %place)
{board}
  %as.many = icmp eq i64 %n, %arguments
  %all = add i64 %n, %beside
  %wants.none = icmp eq ptr %keyword, null
  %no.names = icmp eq ptr %names, null
  %as.named = icmp eq i1 %wants.none, %no.names
  %plain = and i1 %as.named, %as.many
  br i1 %plain, label %words, label %back
words:
  br i1 %no.names, label %time, label %named
named:
  %how.many = call i64 @PyTuple_Size(ptr %names)
  %named.first = call ptr @PyTuple_GetItem(ptr %names, i64 0)
  %is.one = icmp eq i64 %how.many, 1
  %is.keyword = icmp eq ptr %named.first, %keyword
  %is.asked = and i1 %is.one, %is.keyword
  br i1 %is.asked, label %asked, label %back
asked:
  %is.argument = icmp ne i64 %beside, 0
  br i1 %is.argument, label %time, label %compare
compare:
  %word.at = getelementptr ptr, ptr %arguments.at, i64 %n
  %word.given = load ptr, ptr %word.at
  %known = call i64 @PyDict_Size(ptr %every)
  %value.too = add i64 %known, 1
  %is.word = icmp eq ptr %word.given, %word
  %are.all = icmp eq i64 %value.too, %outputs
  %thawed = call ptr @PyDict_GetItemWithError(ptr %clock, ptr %freeze)
  %is.frozen = icmp eq ptr %thawed, %frozen
  %is.meant = and i1 %is.word, %are.all
  %is.same = and i1 %is.meant, %is.frozen
  br i1 %is.same, label %time, label %back
time:
  %timeless = icmp eq ptr %seen, null
  br i1 %timeless, label %begin, label %look
look:
  %now = call ptr @PyDict_GetItemWithError(ptr %clock, ptr %key)
  %same = icmp eq ptr %now, %seen
  br i1 %same, label %begin, label %again
again:
  call void @Py_IncRef(ptr %now)
  %odd = call i1 @reread(ptr %values, ptr %name, ptr %p, ptr %zero, ptr %float, ptr %int, i64 %parameters)
  %error = call ptr @PyErr_Occurred()
  %too.large = icmp ne ptr %error, null
  %is.odd = or i1 %odd, %too.large
  br i1 %is.odd, label %unknown, label %remember
unknown:
  call void @PyErr_Clear()
  call void @Py_DecRef(ptr %now)
  br label %back
remember:
  call i32 @PyList_SetItem(ptr %remembered, i64 0, ptr %now)
  store ptr %now, ptr %seen.place
  br label %begin
begin:
  %alone = icmp eq ptr %table, null
  %lies = icmp ne i64 %straight, 0
  br i1 %lies, label %in.place, label %room
in.place:
  %only = load ptr, ptr %arguments.at
  %plan = getelementptr i64, ptr %takes, i64 1
  %found = call ptr @numbers(ptr %board, ptr %only, ptr %plan)
  %is.other = icmp eq ptr %found, null
  br i1 %is.other, label %back, label %room
room:
  %there = phi ptr [ null, %begin ], [ %found, %in.place ]
  br i1 %alone, label %one.row, label %several.rows
one.row:
  %bytes = mul i64 %results, 8
  %memory = call ptr @PyMem_Malloc(i64 %bytes)
  %none = icmp eq ptr %memory, null
  br i1 %none, label %back, label %read
several.rows:
  %made = call ptr @PyObject_Call(ptr %empty, ptr %table, ptr null)
  %failed = icmp eq ptr %made, null
  br i1 %failed, label %end, label %array
array:
  %data.at = getelementptr i8, ptr %made, i64 {data}
  %data = load ptr, ptr %data.at
  br label %read
read:
  %y = phi ptr [ %memory, %one.row ], [ %data, %array ]
  %rows.made = phi ptr [ null, %one.row ], [ %made, %array ]
  store ptr %takes, ptr %cursor
  store ptr %x, ptr %to.at
  br i1 %lies, label %call, label %next
next:
  %i = phi i64 [ 0, %read ], [ %i.next, %taken ]
  %over = icmp eq i64 %i, %all
  br i1 %over, label %call, label %another
another:
  %one.at = getelementptr ptr, ptr %arguments.at, i64 %i
  %one = load ptr, ptr %one.at
  %good = call i1 @take(ptr %board, ptr %cursor, ptr %one)
  br i1 %good, label %taken, label %drop
taken:
  %i.next = add i64 %i, 1
  br label %next
call:
  %given = phi ptr [ %there, %read ], [ %x, %next ]
  call void %kernel(ptr %given, ptr %p, ptr %w, ptr %y, i64 %rows)
  %found.at = getelementptr double, ptr %y, i64 %outputs
  %others = call i1 @differ(ptr %found.at, ptr %wanted, i64 %guards)
  br i1 %others, label %drop, label %make
drop:
  br i1 %alone, label %drop.memory, label %drop.array
drop.memory:
  call void @PyMem_Free(ptr %y)
  br label %back
drop.array:
  call void @Py_DecRef(ptr %rows.made)
  br label %back
make:
  %from = select i1 %alone, ptr %y, ptr %parts
  store ptr %gives, ptr %cursor
  store ptr %from, ptr %to.at
  store ptr %rows.made, ptr %made.at
  %result = call ptr @give(ptr %board, ptr %cursor)
  br i1 %alone, label %free, label %forget
free:
  call void @PyMem_Free(ptr %y)
  ret ptr %result
forget:
  call void @Py_DecRef(ptr %rows.made)
  ret ptr %result
end:
  ret ptr null
back:
  %other = call ptr @PyObject_Vectorcall(ptr %otherwise, ptr %arguments.at, i64 %n, ptr %names)
  ret ptr %other
}}
"""
"""A function as Python calls it, with METH_FASTCALL and METH_KEYWORDS: ``self`` is a tuple whose first item is the board's
address. The results of several rows are parts of one new array: ``table`` is what numpy.empty is called with, ``parts`` are
the indices."""


@cache
def enter() -> tuple[int, Any]:
    """The address of the function, and what keeps it alive."""
    reread = over("i1", "reread", "ptr %values, ptr %name, ptr %p, ptr %zero, ptr %float, ptr %int", REREAD.format(**AT))
    alive, (address,) = assembled("\n".join([declared(), reread, filled(GIVE), filled(ENTER)]), ["enter"])
    return address, alive
