"""The loop of one training as machine code, in one piece with the programs that it calls, and with its numbers written in.

A step of a few parameters takes no longer than the calls and the loops around it: here they are gone. This is compiled for
each training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .columns import Made
from .loop import GROUP, OF_GROUP, called, loads, written
from .machine import assembled

MOVE = """
define internal i64 @move(ptr %groups, double %divisor, i1 %new, i64 %n) {{
{calls}
  ret i64 %n
}}
"""
CALL = """
  %group{k} = getelementptr i64, ptr %groups, i64 {place}
  call void @group{k}(ptr %group{k}, double %divisor, i1 %new)"""
"""The steps of all groups, each with a function of its own."""

Programs = tuple[Made, Made, Mapping[str, int]]
"""What a group's step computes once, what for each parameter, and numbers that the group's table has."""


def joined(kernel: Made, groups: Sequence[Programs], known: Mapping[str, int]) -> tuple[Any, Any]:
    """The loop, to be called as :func:`.loop.train` says, and what keeps it alive.

    Args:
        kernel: what sums over rows.
        groups: what moves the parameters.
        known: numbers that the training's table has.
    """
    parts, moving, calls = {"kernel": (kernel.name, kernel.text)}, [], []
    for k, (shared, own, numbers) in enumerate(groups):
        parts |= {f"shared{k}": (shared.name, shared.text), f"own{k}": (own.name, own.text)}
        group = loads("%group", *OF_GROUP, numbers)
        moving.append(GROUP.format(k=k, group=group, shared=f"@shared{k}", own=f"@own{k}"))
        calls.append(CALL.format(k=k, place=k * sum(map(len, OF_GROUP))))
    declared = [f"declare void @{name}(ptr, ptr, ptr, ptr, i64)" for name in parts]
    text = written("@kernel", [*declared, *moving, MOVE.format(calls="".join(calls))], known)
    alive, (address,) = assembled(text.replace("define void @part", "define internal void @part"), ["train"], parts=parts)
    return called(address), alive
