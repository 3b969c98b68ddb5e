"""The loop of a training over its batches, in LLVM's language: any number of batches, any programs, in one call.

The functions for the loss and the updates are called by their addresses, so that this is compiled once for all trainings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from .machine import assembled

NOTHING: Final[Mapping[str, int]] = MappingProxyType({})

LOOP: Final = """
define internal {kind} @{name}({arguments}, i64 %n) {{
start:
  %none = icmp eq i64 %n, 0
  br i1 %none, label %end, label %loop
loop:
  %i = phi i64 [ 0, %start ], [ %next, %loop ]
  %sofar = phi {kind} [ {zero}, %start ], [ %now, %loop ]
{body}
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %loop, label %end
end:
  %result = phi {kind} [ {zero}, %start ], [ %now, %loop ]
  ret {kind} %result
}}
"""
"""A function that goes over n places and carries a number along."""

GATHER: Final = """
define internal void @gather(ptr %table, ptr %order, i64 %width, i64 %stride, ptr %data, i64 %n) {
start:
  %none = icmp eq i64 %n, 0
  %many = icmp uge i64 %width, 16
  %bytes = mul i64 %width, 8
  br i1 %none, label %end, label %row
row:
  %i = phi i64 [ 0, %start ], [ %i.next, %done ]
  %o = getelementptr i64, ptr %order, i64 %i
  %place = load i64, ptr %o
  %first = mul i64 %place, %width
  %from = getelementptr double, ptr %table, i64 %first
  %skipped = mul i64 %i, %stride
  %to = getelementptr double, ptr %data, i64 %skipped
  br i1 %many, label %together, label %number
together:
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %from, i64 %bytes, i1 false)
  br label %done
number:
  %k = phi i64 [ 0, %row ], [ %k.next, %move ]
  %k.more = icmp ult i64 %k, %width
  br i1 %k.more, label %move, label %done
move:
  %from.k = getelementptr double, ptr %from, i64 %k
  %to.k = getelementptr double, ptr %to, i64 %k
  %x = load double, ptr %from.k
  store double %x, ptr %to.k
  %k.next = add i64 %k, 1
  br label %number
done:
  %i.next = add i64 %i, 1
  %more = icmp ult i64 %i.next, %n
  br i1 %more, label %row, label %end
end:
  ret void
}
@first = internal constant i64 0
define internal void @copy(ptr %to, ptr %from, i64 %n) {
  call void @gather(ptr %from, ptr @first, i64 %n, i64 0, ptr %to, i64 1)
  ret void
}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""
"""The chosen rows of a table, one after another, ``stride`` numbers apart; and numbers, as if they were one row. A few are
moved one by one: a call of C's function would take longer."""

SQUARES = """
  %from = getelementptr double, ptr %numbers, i64 %i
  %x = load double, ptr %from
  %square = fmul double %x, %x
  %now = fadd double %sofar, %square"""
"""The sum of squares."""

BLOCKS = """
  %first = mul i64 %i, 32
  %from = getelementptr double, ptr %numbers, i64 %first
  %x = load <32 x double>, ptr %from, align 8
  %square = fmul <32 x double> %x, %x
  %now = fadd <32 x double> %sofar, %square"""
"""The same of many, as 32 sums: so no addition waits for the one before it."""

MISSED = """
  %a = getelementptr double, ptr %found, i64 %i
  %count = load double, ptr %a
  %b = getelementptr double, ptr %wanted, i64 %i
  %outcome = load double, ptr %b
  %all = fmul double %outcome, %rows
  %differs = fcmp une double %count, %all
  %now = or i1 %sofar, %differs"""
"""Whether a guard's condition did not hold in as many rows as it should."""

POINTERS = ("x", "y", "order", "data", "kernel", "p", "scratch", "sums", "found", "wanted", "before", "groups", "train")
NUMBERS = (
    *("count", "size", "batches", "advance", "x_width", "y_width", "width", "moved", "told", "guards", "averages", "some"),
    *("summed", "given"),
)
OF_GROUP = (
    ("shared", "own", "columns", "written", "hyper", "kept", "known", "scratch"),
    ("many", "kept.numbers"),
)
"""What the loop reads from tables of whole numbers, of the training and of each of ``some`` groups."""

PART = """
define void @part(ptr noalias %board, i64 %begin, i64 %n, ptr %rows, ptr %memory, ptr %totals) {{
{board}
  %places = getelementptr i64, ptr %order, i64 %begin
  %second = getelementptr double, ptr %rows, i64 %x_width
  call void @gather(ptr %x, ptr %places, i64 %x_width, i64 %width, ptr %rows, i64 %n)
  call void @gather(ptr %y, ptr %places, i64 %y_width, i64 %width, ptr %second, i64 %n)
  call void {kernel}(ptr %rows, ptr %p, ptr %memory, ptr %totals, i64 %n)
  ret void
}}
"""
"""The sums over so many rows, from a place in the order on: copied to where they lie one after another, and computed."""

LENGTH: Final = """
define internal double @length(ptr %numbers, i64 %n) {
  %in.blocks = and i64 %n, -32
  %left = and i64 %n, 31
  %left.at = getelementptr double, ptr %numbers, i64 %in.blocks
  %others = call double @squares(ptr %left.at, i64 %left)
  %few = icmp eq i64 %in.blocks, 0
  br i1 %few, label %end, label %many
many:
  %blocks = lshr i64 %n, 5
  %squares = call <32 x double> @blocks(ptr %numbers, i64 %blocks)
  %all = call reassoc double @llvm.vector.reduce.fadd.v32f64(double %others, <32 x double> %squares)
  br label %end
end:
  %total = phi double [ %others, %0 ], [ %all, %many ]
  ret double %total
}
"""
"""The sum of squares of many."""

TRAIN = """
define i64 @train(ptr noalias %board, i64 %from, i64 %to, ptr noalias %report) {{
start:
{board}
  %ready = icmp ne i64 %summed, 0
  %loss.at = getelementptr double, ptr %sums, i64 %moved
  %scores = getelementptr double, ptr %loss.at, i64 1
  %line.width = add i64 %told, 2
  %mean = icmp ne i64 %averages, 0
  %epoch = udiv i64 %from, %batches
  %k.first = urem i64 %from, %batches
  %skipped.first = mul i64 %epoch, %advance
  br label %batch
batch:
  %b = phi i64 [ %from, %start ], [ %b.next, %done ]
  %k = phi i64 [ %k.first, %start ], [ %k.next, %done ]
  %skipped = phi i64 [ %skipped.first, %start ], [ %skipped.next, %done ]
  %line = phi ptr [ %report, %start ], [ %line.next, %done ]
  %divided = phi double [ 0.0, %start ], [ %divisor, %done ]
  %more = icmp ult i64 %b, %to
  br i1 %more, label %next, label %end
next:
  %first = mul i64 %k, %size
  %left = sub i64 %count, %first
  %n = call i64 @llvm.umin.i64(i64 %left, i64 %size)
  %begin = add i64 %skipped, %first
  br i1 %ready, label %judge, label %rows
rows:
  call void @part(ptr %board, i64 %begin, i64 %n, ptr %data, ptr %scratch, ptr %sums)
  br label %judge
judge:
  %rows.float = uitofp i64 %n to double
  %divisor = select i1 %mean, double %rows.float, double 1.0
  %loss.sum = load double, ptr %loss.at
  %loss = fdiv double %loss.sum, %divisor
  store double %loss, ptr %line
  %total = call double @length(ptr %sums, i64 %moved)
  %root = call double @llvm.sqrt.f64(double %total)
  %norm = fdiv double %root, %divisor
  %norm.at = getelementptr double, ptr %line, i64 1
  store double %norm, ptr %norm.at
  %scores.to = getelementptr double, ptr %line, i64 2
  call void @copy(ptr %scores.to, ptr %scores, i64 %told)
  %missed = call i1 @missed(ptr %found, ptr %wanted, double %rows.float, i64 %guards)
  %zero = fmul double %loss.sum, 0.0
  %zero.too = fmul double %total, 0.0
  %zeros = fadd double %zero, %zero.too
  %fine = fcmp oeq double %zeros, 0.0
  %stays = xor i1 %missed, true
  %good = and i1 %fine, %stays
  br i1 %good, label %done, label %end
done:
  call void @copy(ptr %before, ptr %p, i64 %moved)
  %new = fcmp une double %divisor, %divided
  call i64 @move(ptr %groups, double %divisor, i1 %new, i64 %some)
  %b.next = add i64 %b, 1
  %line.next = getelementptr double, ptr %line, i64 %line.width
  %k.more = add i64 %k, 1
  %over = icmp eq i64 %k.more, %batches
  %k.next = select i1 %over, i64 0, i64 %k.more
  %further = select i1 %over, i64 %advance, i64 0
  %skipped.next = add i64 %skipped, %further
  br label %batch
end:
  ret i64 %b
}}
declare double @llvm.sqrt.f64(double)
declare double @llvm.vector.reduce.fadd.v32f64(double, <32 x double>)
declare i64 @llvm.umin.i64(i64, i64)
"""
"""The loop over batches; gives the batch that it came to."""

GROUP: Final = """
define internal void @group{k}(ptr %group, double %divisor, i1 %new) {{
{group}
  %remembers = icmp ne i64 %kept.numbers, 0
  %again = or i1 %new, %remembers
  br i1 %again, label %together, label %each
together:
  %divisor.at = getelementptr double, ptr %hyper, i64 1
  store double %divisor, ptr %divisor.at
  call void {shared}(ptr %hyper, ptr %hyper, ptr %scratch, ptr %known, i64 1)
  call void @copy(ptr %kept, ptr %known, i64 %kept.numbers)
  br label %each
each:
  call void {own}(ptr %columns, ptr %known, ptr %scratch, ptr %written, i64 %many)
  ret void
}}
"""
"""A group's step: what all its parameters share, if that may differ from the step before, and then each."""

MOVE: Final = f"""
  %offset = mul i64 %i, {sum(map(len, OF_GROUP))}
  %group = getelementptr i64, ptr %groups, i64 %offset
  call void @group(ptr %group, double %divisor, i1 %new)
  %now = add i64 %sofar, 1"""
"""The steps of all groups."""

BOARD: Final = {name: place for place, name in enumerate((*POINTERS, *NUMBERS))}
"""Where in the table each stands."""


def loads(table: str, pointers: Sequence[str], numbers: Sequence[str], known: Mapping[str, int] = NOTHING) -> str:
    """The lines that read a table's places into names; numbers that are known are written in."""
    lines = []
    for k, name in enumerate((*pointers, *numbers)):
        kind = "ptr" if name in pointers else "i64"
        lines.append(f"  %{name}.place = getelementptr i64, ptr {table}, i64 {k}")
        lines.append(f"  %{name} = " + (f"add i64 0, {known[name]}" if name in known else f"load {kind}, ptr %{name}.place"))
    return "\n".join(lines)


def over(kind: str, name: str, arguments: str, body: str) -> str:
    """A function that goes over places: its text; see :data:`LOOP`."""
    zero = {"i64": "0", "double": "0.0", "i1": "false"}.get(kind, "zeroinitializer")
    return LOOP.format(kind=kind, name=name, arguments=arguments, body=body, zero=zero)


def written(kernel: str, moving: Sequence[str], known: Mapping[str, int] = NOTHING) -> str:
    """The loop as text.

    Args:
        kernel: the function that sums over rows.
        moving: functions for what a step does with the parameters: ``@move``, and what it calls.
        known: numbers of the table that are written into the code.
    """
    board = loads("%board", POINTERS, NUMBERS, known)
    texts = [
        over("i1", "missed", "ptr %found, ptr %wanted, double %rows", MISSED),
        over("double", "squares", "ptr %numbers", SQUARES),
        over("<32 x double>", "blocks", "ptr %numbers", BLOCKS),
    ]
    return "\n".join([GATHER, *texts, LENGTH, *moving, PART.format(board=board, kernel=kernel), TRAIN.format(board=board)])


@cache
def train(level: int) -> tuple[Any, Any, Any]:
    """The loop, to be called with the table, the batches from and to, and a report; the sums over some rows of a batch, to
    be called as :data:`PART` says; and what keeps both alive. The level is one of :func:`.machine.assembled`."""
    group = GROUP.format(k="", group=loads("%group", *OF_GROUP), shared="%shared", own="%own")
    moving = group, over("i64", "move", "ptr %groups, double %divisor, i1 %new", MOVE)
    alive, addresses = assembled(written("%kernel", moving), ["train", "part"], level)
    return called(addresses[0]), CFUNCTYPE(None, c_void_p, c_int64, c_int64, *[c_void_p] * 3)(addresses[1]), alive


def called(address: int) -> Any:
    """The loop at an address, for Python to call."""
    return CFUNCTYPE(c_int64, c_void_p, c_int64, c_int64, c_void_p)(address)
