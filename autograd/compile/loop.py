"""The loop of a training over its batches, in LLVM's language: any number of batches, any programs, in one call.

The functions for the loss and the updates are called by their addresses, so that this is compiled once for all trainings.
"""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p
from functools import cache
from typing import Any, Final

from .machine import assembled

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

GATHER = """
  %o = getelementptr i64, ptr %order, i64 %i
  %row = load i64, ptr %o
  %first = mul i64 %row, %width
  %from = getelementptr double, ptr %table, i64 %first
  %place = mul i64 %i, %stride
  %to = getelementptr double, ptr %data, i64 %place
  %bytes = mul i64 %width, 8
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %from, i64 %bytes, i1 false)
  %now = add i64 %sofar, 1"""
"""The chosen rows of a table, one after another, ``stride`` numbers apart."""

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

POINTERS = ("x", "y", "order", "data", "kernel", "p", "scratch", "sums", "found", "wanted", "before", "groups")
NUMBERS = (
    *("count", "size", "batches", "advance", "x_width", "y_width", "width", "moved", "told", "guards", "averages", "some"),
    "summed",
)
OF_GROUP = (
    ("shared", "own", "columns", "written", "hyper", "kept", "known", "scratch"),
    ("many", "kept.bytes"),
)
"""What the loop reads from tables of whole numbers, of the training and of each of ``some`` groups."""

PART = """
define void @part(ptr %board, i64 %begin, i64 %n, ptr %rows, ptr %memory, ptr %totals) {{
{board}
  %places = getelementptr i64, ptr %order, i64 %begin
  %second = getelementptr double, ptr %rows, i64 %x_width
  call i64 @gather(ptr %x, ptr %places, i64 %x_width, i64 %width, ptr %rows, i64 %n)
  call i64 @gather(ptr %y, ptr %places, i64 %y_width, i64 %width, ptr %second, i64 %n)
  call void %kernel(ptr %rows, ptr %p, ptr %memory, ptr %totals, i64 %n)
  ret void
}}
"""
"""The sums over so many rows, from a place in the order on: copied to where they lie one after another, and computed."""

TRAIN = """
define i64 @train(ptr %board, i64 %from, i64 %to, ptr %report) {{
start:
{board}
  %ready = icmp ne i64 %summed, 0
  %loss.at = getelementptr double, ptr %sums, i64 %moved
  %scores = getelementptr double, ptr %loss.at, i64 1
  %line.width = add i64 %told, 2
  %told.bytes = mul i64 %told, 8
  %moved.bytes = mul i64 %moved, 8
  %mean = icmp ne i64 %averages, 0
  %any = icmp ult i64 %from, %to
  br i1 %any, label %batch, label %end
batch:
  %b = phi i64 [ %from, %start ], [ %b.next, %done ]
  %epoch = udiv i64 %b, %batches
  %k = urem i64 %b, %batches
  %first = mul i64 %k, %size
  %left = sub i64 %count, %first
  %n = call i64 @llvm.umin.i64(i64 %left, i64 %size)
  %skipped = mul i64 %epoch, %advance
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
  %since = sub i64 %b, %from
  %line.place = mul i64 %since, %line.width
  %line = getelementptr double, ptr %report, i64 %line.place
  %norm.at = getelementptr double, ptr %line, i64 1
  %scores.to = getelementptr double, ptr %line, i64 2
  store double %loss, ptr %line
  call void @llvm.memcpy.p0.p0.i64(ptr %scores.to, ptr %scores, i64 %told.bytes, i1 false)
  %missed = call i1 @missed(ptr %found, ptr %wanted, double %rows.float, i64 %guards)
  %blocks = lshr i64 %moved, 5
  %in.blocks = and i64 %moved, -32
  %over = sub i64 %moved, %in.blocks
  %over.at = getelementptr double, ptr %sums, i64 %in.blocks
  %squares = call <32 x double> @blocks(ptr %sums, i64 %blocks)
  %others = call double @squares(ptr %over.at, i64 %over)
  %total = call reassoc double @llvm.vector.reduce.fadd.v32f64(double %others, <32 x double> %squares)
  %norm.once = fdiv double %total, %divisor
  %norm.square = fdiv double %norm.once, %divisor
  %norm = call double @llvm.sqrt.f64(double %norm.square)
  store double %norm, ptr %norm.at
  %zero = fmul double %loss, 0.0
  %loss.fine = fcmp oeq double %zero, 0.0
  %zero.too = fmul double %norm, 0.0
  %norm.fine = fcmp oeq double %zero.too, 0.0
  %fine = and i1 %loss.fine, %norm.fine
  %stays = xor i1 %missed, true
  %good = and i1 %fine, %stays
  br i1 %good, label %done, label %end
done:
  call void @llvm.memcpy.p0.p0.i64(ptr %before, ptr %p, i64 %moved.bytes, i1 false)
  call i64 @move(ptr %groups, double %divisor, i64 %some)
  %b.next = add i64 %b, 1
  %more = icmp ult i64 %b.next, %to
  br i1 %more, label %batch, label %end
end:
  %reached = phi i64 [ %from, %start ], [ %b, %judge ], [ %b.next, %done ]
  ret i64 %reached
}}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare double @llvm.sqrt.f64(double)
declare double @llvm.vector.reduce.fadd.v32f64(double, <32 x double>)
declare i64 @llvm.umin.i64(i64, i64)
"""
"""The loop over batches; gives the batch that it came to."""

MOVE = """
{group}
  %divisor.at = getelementptr double, ptr %hyper, i64 1
  store double %divisor, ptr %divisor.at
  call void %shared(ptr %hyper, ptr %hyper, ptr %scratch, ptr %known, i64 1)
  call void @llvm.memcpy.p0.p0.i64(ptr %kept, ptr %known, i64 %kept.bytes, i1 false)
  call void %own(ptr %columns, ptr %known, ptr %scratch, ptr %written, i64 %many)
  %now = add i64 %sofar, 1"""
"""A group's step: what all its parameters share, and then each."""

BOARD: Final = {name: place for place, name in enumerate((*POINTERS, *NUMBERS))}
"""Where in the table each stands."""


def loads(table: str, pointers: Sequence[str], numbers: Sequence[str]) -> str:
    """The lines that read a table's places into names."""
    lines = []
    for k, name in enumerate((*pointers, *numbers)):
        lines.append(f"  %{name}.place = getelementptr i64, ptr {table}, i64 {k}")
        lines.append(f"  %{name} = load {'ptr' if name in pointers else 'i64'}, ptr %{name}.place")
    return "\n".join(lines)


def over(kind: str, name: str, arguments: str, body: str) -> str:
    """A function that goes over places: its text; see :data:`LOOP`."""
    zero = {"i64": "0", "double": "0.0", "i1": "false"}.get(kind, "zeroinitializer")
    return LOOP.format(kind=kind, name=name, arguments=arguments, body=body, zero=zero)


@cache
def train(level: int) -> tuple[Any, Any, Any]:
    """The loop, to be called with the table, the batches from and to, and a report; the sums over some rows of a batch, to
    be called as :data:`PART` says; and what keeps both alive. The level is one of :func:`.machine.assembled`."""
    one = f"  %offset = mul i64 %i, {sum(map(len, OF_GROUP))}\n  %group = getelementptr i64, ptr %groups, i64 %offset\n"
    group = one + loads("%group", *OF_GROUP)
    texts = [
        over("i64", "gather", "ptr %table, ptr %order, i64 %width, i64 %stride, ptr %data", GATHER),
        over("i1", "missed", "ptr %found, ptr %wanted, double %rows", MISSED),
        over("double", "squares", "ptr %numbers", SQUARES),
        over("<32 x double>", "blocks", "ptr %numbers", BLOCKS),
        over("i64", "move", "ptr %groups, double %divisor", MOVE.format(group=group)),
    ]
    board = loads("%board", POINTERS, NUMBERS)
    text = "\n".join([*texts, PART.format(board=board), TRAIN.format(board=board)])
    alive, addresses = assembled(text, ["train", "part"], level)
    train = CFUNCTYPE(c_int64, c_void_p, c_int64, c_int64, c_void_p)(addresses[0])
    return train, CFUNCTYPE(None, c_void_p, c_int64, c_int64, *[c_void_p] * 3)(addresses[1]), alive
