"""Branches: whether a call takes those that were recorded, and what is said when it takes too many others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .program import Program


class BranchError(RuntimeError):
    """A function takes more ways through its branches than are kept."""


def holds(program: Program, results: Sequence[float]) -> bool:
    """Whether the results of a run are those of the branches that were recorded.

    The guards' conditions are the last of the results: 1 where they hold, else 0.
    """
    found = results[len(program.outputs) :]
    return all(x == g.outcome for x, g in zip(found, program.guards))


def hold(program: Program, results: Any) -> Any:
    """The same for each row of an array of results."""
    return (results[:, len(program.outputs) :] == [g.outcome for g in program.guards]).all(axis=1)


def other_way(program: Program, results: Sequence[float], kept: int) -> BranchError:
    """What to say when there are as many variants as are kept, and these results are of none."""
    found = results[len(program.outputs) :]
    guard = next(g for x, g in zip(found, program.guards) if x != g.outcome)
    return BranchError(
        f"the function takes another way than the {kept} recorded: at {guard.line} the condition was {guard.outcome}, now "
        f"it is {not guard.outcome}. Choose with autograd.where, maximum or relu instead of branching, or keep more ways "
        "with compile(f, variants=...)"
    )
