"""The loop of a training as machine code: one call for any number of batches."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p
from functools import cache
from typing import Any, Final

from .driver import Data, Driver
from .extras import numpy
from .llvm import _assembled, written
from .program import Program
from .updates import Group

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

PACK = """
  %from = getelementptr double, ptr %gradient, i64 %i
  %g = load double, ptr %from
  %row = mul i64 %i, %width
  %column = add i64 %row, 1
  %to = getelementptr double, ptr %rows, i64 %column
  store double %g, ptr %to
  %square = fmul double %g, %g
  %now = fadd double %sofar, %square"""
"""The gradients into the second column of a group's rows; gives the sum of their squares."""

UNPACK = """
  %row = mul i64 %i, %width
  %from = getelementptr double, ptr %rows, i64 %row
  %w = load double, ptr %from
  %to = getelementptr double, ptr %p, i64 %i
  store double %w, ptr %to
  %now = add i64 %sofar, 1"""
"""The first column of a group's rows into the parameters."""

MISSED = """
  %a = getelementptr double, ptr %found, i64 %i
  %count = load double, ptr %a
  %b = getelementptr double, ptr %wanted, i64 %i
  %outcome = load double, ptr %b
  %all = fmul double %outcome, %rows
  %differs = fcmp une double %count, %all
  %now = or i1 %sofar, %differs"""
"""Whether a guard's condition did not hold in as many rows as it should."""

POINTERS = ("x", "y", "order", "data", "kernel", "p", "scratch", "sums", "found", "wanted", "groups")
NUMBERS = ("count", "size", "batches", "advance", "x_width", "y_width", "width", "moved", "told", "guards", "averages", "some")
OF_GROUP = (
    ("shared", "own", "rows", "after", "hyper", "kept", "known", "scratch"),
    ("first", "many", "columns", "bytes", "kept.bytes"),
)
"""What the loop reads from tables of whole numbers, of the training and of each of ``some`` groups."""

TRAIN = """
define i64 @train(ptr %board, i64 %from, i64 %to, ptr %report) {{
start:
{board}
  %second = getelementptr double, ptr %data, i64 %x_width
  %loss.at = getelementptr double, ptr %sums, i64 %moved
  %scores = getelementptr double, ptr %loss.at, i64 1
  %line.width = add i64 %told, 2
  %told.bytes = mul i64 %told, 8
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
  %places = getelementptr i64, ptr %order, i64 %begin
  call i64 @gather(ptr %x, ptr %places, i64 %x_width, i64 %width, ptr %data, i64 %n)
  call i64 @gather(ptr %y, ptr %places, i64 %y_width, i64 %width, ptr %second, i64 %n)
  call void %kernel(ptr %data, ptr %p, ptr %scratch, ptr %sums, i64 %n)
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
  %total = call double @pack_all(ptr %groups, ptr %sums, i64 %some)
  %norm.once = fdiv double %total, %divisor
  %norm = fdiv double %norm.once, %divisor
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
  call i64 @move(ptr %groups, ptr %p, double %divisor, i64 %some)
  %b.next = add i64 %b, 1
  %more = icmp ult i64 %b.next, %to
  br i1 %more, label %batch, label %end
end:
  %reached = phi i64 [ %from, %start ], [ %b, %batch ], [ %b.next, %done ]
  ret i64 %reached
}}
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare i64 @llvm.umin.i64(i64, i64)
"""
"""The loop over batches; gives the batch that it came to."""

PACK_ALL = """
{group}
  %from = getelementptr double, ptr %sums, i64 %first
  %squares = call double @pack(ptr %from, ptr %rows, i64 %columns, i64 %many)
  %now = fadd double %sofar, %squares"""

MOVE = """
{group}
  %divisor.at = getelementptr double, ptr %hyper, i64 1
  store double %divisor, ptr %divisor.at
  call void %shared(ptr %rows, ptr %hyper, ptr %scratch, ptr %known, i64 1)
  call void @llvm.memcpy.p0.p0.i64(ptr %kept, ptr %known, i64 %kept.bytes, i1 false)
  call void %own(ptr %rows, ptr %known, ptr %scratch, ptr %after, i64 %many)
  call void @llvm.memcpy.p0.p0.i64(ptr %rows, ptr %after, i64 %bytes, i1 false)
  %to = getelementptr double, ptr %p, i64 %first
  call i64 @unpack(ptr %rows, ptr %to, i64 %columns, i64 %many)
  %now = add i64 %sofar, 1"""

BOARD: Final = {name: place for place, name in enumerate((*POINTERS, *NUMBERS))}


def _loads(table: str, pointers: Sequence[str], numbers: Sequence[str]) -> str:
    """The lines that read a table's places into names."""
    lines = []
    for k, name in enumerate((*pointers, *numbers)):
        lines.append(f"  %{name}.place = getelementptr i64, ptr {table}, i64 {k}")
        lines.append(f"  %{name} = load {'ptr' if name in pointers else 'i64'}, ptr %{name}.place")
    return "\n".join(lines)


@cache
def _train() -> tuple[Any, Any]:
    """The loop, ready to be called, and what keeps it alive."""
    one = f"  %offset = mul i64 %i, {sum(map(len, OF_GROUP))}\n  %group = getelementptr i64, ptr %groups, i64 %offset\n"
    group = one + _loads("%group", *OF_GROUP)
    functions = (
        ("i64", "gather", "ptr %table, ptr %order, i64 %width, i64 %stride, ptr %data", GATHER),
        ("double", "pack", "ptr %gradient, ptr %rows, i64 %width", PACK),
        ("i64", "unpack", "ptr %rows, ptr %p, i64 %width", UNPACK),
        ("i1", "missed", "ptr %found, ptr %wanted, double %rows", MISSED),
        ("double", "pack_all", "ptr %groups, ptr %sums", PACK_ALL.format(group=group)),
        ("i64", "move", "ptr %groups, ptr %p, double %divisor", MOVE.format(group=group)),
    )
    zeros = {"i64": "0", "double": "0.0", "i1": "false"}
    texts = [LOOP.format(kind=kind, name=name, arguments=a, body=body, zero=zeros[kind]) for kind, name, a, body in functions]
    alive, _ = _assembled("\n".join([*texts, TRAIN.format(board=_loads("%board", POINTERS, NUMBERS))]))
    return CFUNCTYPE(c_int64, c_void_p, c_int64, c_int64, c_void_p)(alive[0].get_function_address("train")), alive


class Kernel:
    """A program as machine code, by the addresses of its two loops: results of each row, and their sums over rows."""

    def __init__(self, program: Program) -> None:
        text, scratch = written(program)
        self._alive, self.rows = _assembled(text)
        self.sums: int = self._alive[0].get_function_address("sums")
        self.scratch = numpy().zeros(scratch + 1)
        self._add_up = CFUNCTYPE(None, c_void_p, c_void_p, c_void_p, c_void_p, c_int64)(self.sums)

    def add_up(self, rows: Any, parameters: Any, sums: Any) -> None:
        """The results summed over rows."""
        self._add_up(*map(_address, (rows, parameters, self.scratch, sums)), len(rows))


class NativeDriver(Driver):
    """The same loop as machine code; see :class:`Driver`."""

    def __init__(self, program: Program, moved: int) -> None:
        super().__init__(program, moved, Kernel)
        self._train, self._alive = _train()
        self._board = numpy().zeros(len(POINTERS) + len(NUMBERS), dtype="int64")
        self._data: Data | None = None
        scores = len(program.outputs)
        self._set(kernel=self._code.sums, p=self.p, scratch=self._code.scratch, sums=self.sums, moved=moved)
        self._set(found=self.sums[scores:], wanted=self.wanted, guards=len(self.wanted))
        self._set(told=scores - moved - 1, width=program.inputs)

    def _set(self, **fields: Any) -> None:
        for name, field in fields.items():
            self._board[BOARD[name]] = field if isinstance(field, int) else _address(field)

    def use(self, groups: Sequence[Group]) -> None:
        """Take the groups to move from now on."""
        np = numpy()
        super().use(groups)
        lines, self._buffers = [], []
        for g, (shared, own) in zip(groups, self._updates):
            scratch = max(shared.scratch, own.scratch, key=len)
            known, after = np.empty(len(g.parts.shared.outputs) + 1), np.empty_like(g.rows)
            addresses = map(_address, (g.rows, after, g.hyper, g.hyper[2:], known, scratch))
            lines.append([shared.rows, own.rows, *addresses, g.start, *g.rows.shape, g.rows.nbytes, g.hyper[2:].nbytes])
            self._buffers.append((known, after, scratch))
        self._lines = np.array(lines, dtype="int64").reshape(-1, sum(map(len, OF_GROUP)))
        self._set(groups=self._lines, some=len(lines))

    def run(self, data: Data, first: int, last: int, report: Any) -> int:
        """The steps for batches first to last."""
        if data is not self._data:
            self._batch = numpy().empty(min(data.size, data.count) * self.program.inputs)
            self._set(x=data.x, y=data.y, order=data.order, data=self._batch, x_width=data.x.shape[1])
            self._set(y_width=data.y.shape[1], count=data.count, size=data.size, batches=data.batches, advance=data.advance)
            self._data = data
        self._board[BOARD["averages"]] = self.averages
        reached: int = self._train(_address(self._board), first, last, _address(report))
        return reached

    def sum(self, rows: Any) -> None:
        """The program's results summed over rows of inputs and targets together."""
        self._code.add_up(rows, self.p, self.sums)


def _address(array: Any) -> int:
    address: int = array.ctypes.data
    return address
