"""Equal instructions, found on arrays: not one by one, but in rounds over all that may have become equal."""

from __future__ import annotations

from typing import Any, Final

from .extras import numpy
from .program import ABSENT, CODES, COMMUTATIVE, SOURCES

ROUNDS: Final = 100
"""Equal instructions that rest on others which are equal, so many one after another, are found on arrays."""

MIXED: Final = 0x1F83D9ABFB41BD6B, 0x2545F4914F6CDD1D, 0x369DEA0F31A53F85, 0x106689D45497FDB5
"""By these numbers an instruction becomes one number."""


def _keys(codes: Any, table: Any) -> Any:
    """A number for each instruction, the same for equal ones; operands that may change places are put in order."""
    commute = numpy().zeros(len(CODES), bool)
    commute[[CODES[op] for op in COMMUTATIVE]] = True
    x, y, z = table.T
    swaps = commute[codes] & (y < x)
    x[swaps], y[swaps] = y[swaps], x[swaps]
    return (codes * MIXED[0] + x * MIXED[1] + y * MIXED[2] + z * MIXED[3]).view("uint64")


def _order(keys: Any) -> Any:
    """The places of keys, the lowest first. 16 bits after the other are sorted, for that takes one sweep each."""
    np = numpy()
    order = np.arange(len(keys))
    for bits in range(0, 64, 16):
        order = order[np.argsort((keys >> np.uint64(bits)).astype("uint16")[order], kind="stable")]
    return order


def first_ones(codes: Any, table: Any, same: Any) -> Any:
    """For each place, the first one where an equal instruction stands; None if that takes too many rounds.

    Args:
        codes: what each instruction does.
        table: three operands of each, which are made the first ones, too.
        same: for each place one where an equal instruction stands, maybe its own.

    >>> np = numpy()
    >>> table = np.array([[0, -1, -1], [0, 0, -1], [0, 0, -1], [0, 2, -1], [1, 0, -1]])
    >>> first_ones(np.array([CODES[op] for op in ("input", "mul", "mul", "add", "add")]), table, np.arange(5)).tolist()
    [0, 1, 1, 3, 3]
    """
    np = numpy()
    is_first, is_step, columns = same == np.arange(len(codes)), codes >= len(SOURCES), table.T
    rows, stays = np.flatnonzero(is_first), is_first & is_step
    for column in columns if len(rows) < len(codes) else ():
        read = is_step & (column != ABSENT)
        column[read] = same[column[read]]
    all_keys = _keys(codes, table)
    earlier: list[tuple[Any, Any]] = []  # of each round the new keys, in order, and where each was seen first
    for _ in range(ROUNDS):
        rows = rows[_order(all_keys[rows])]
        keys = all_keys[rows]
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        counts, keys, first = np.diff(np.append(starts, len(keys))), keys[starts], rows[starts]
        seen, is_new = first.copy(), np.ones(len(keys), bool)
        for known, places in earlier:
            at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            old = known[at] == keys
            seen[old], is_new[old] = places[at[old]], False
            places[at[old]] = first[old] = np.minimum(first[old], seen[old])
        if is_new.any():
            earlier.append((keys[is_new], first[is_new]))
        found, became = np.append(rows, seen), np.append(np.repeat(first, counts), first)
        found, became = found[found != became], became[found != became]
        if not len(found):
            break
        if (codes[found] != codes[became]).any() or (table[found] != table[became]).any():
            return None  # different ones have the same key, which happens once in a lifetime
        same[found], stays[found] = became, False
        is_other = np.zeros(len(codes) + 1, bool)  # with a place for what is absent
        is_other[found] = True
        x, y, z = [is_other[column] for column in columns]
        rows = np.flatnonzero((x | y | z) & stays)
        if not len(rows):
            break
        operands = table[rows]
        operands = np.where(operands == ABSENT, ABSENT, same[operands])
        all_keys[rows] = _keys(codes[rows], operands)
        table[rows] = operands
    else:
        return None
    while (same[same] != same).any():
        same = same[same]
    return same
