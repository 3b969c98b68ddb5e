"""Fusing: chains of additions become sums, and sums of products become dot products, each one element of a schedule.

Nothing is reordered: a chain is added from left to right, as it was written, so a fused program gives the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from .program import SOURCES, Program

NOTHING = -1
"""Where a sum begins when it begins with its first product: at -0.0, to which anything can be added unchanged."""

UNIFORM = ("parameter", "constant")
"""Sources that are the same for all samples."""


class Element(NamedTuple):
    """A number to compute.

    Attributes:
        op: a primitive; "sum" or "dot"; or "copy", of what is a result and something else besides.
        place: where the number stands in the program.
        columns: the places of its operands. A primitive has one in each column. A sum has where it begins, and its terms; a
            dot product has where it begins, and its products' factors.
        result: which result it is, if it is nothing else.
    """

    op: str
    place: int
    columns: tuple[tuple[int, ...], ...]
    result: int | None = None


def fuse(program: Program) -> list[Element]:
    """A program's elements, operands before what uses them.

    >>> from .lower import lower
    >>> from .record import record
    >>> program, _ = lower(record(lambda b, w, x: b + w[0] * x[0] + w[1] * x[1], (1.0, [2.0, 3.0], [4.0, 5.0])))
    >>> fuse(program)
    [Element(op='dot', place=8, columns=((0,), (1, 2), (3, 4)), result=0)]
    """
    instructions = program.instructions
    uses = [0] * len(instructions)
    for op, operands, _ in instructions:
        if op not in SOURCES:
            for k in operands:
                uses[k] += 1
    results: dict[int, list[int]] = {}
    for column, place in enumerate(program.results):
        results.setdefault(place, []).append(column)
        uses[place] += 1
    product = [i.op == "mul" and n == 1 for i, n in zip(instructions, uses)]  # once used, a sum may do the multiplication
    chains = _chains(program, uses, product)
    inside = {k for begin, terms, _ in chains.values() for k in terms if product[k]}
    kinds = [i.op if i.op in UNIFORM else "lane" for i in instructions]
    elements: list[Element] = []
    for place, (op, operands, _) in enumerate(instructions):
        if op == "add":
            if place in chains:
                elements += _runs(program, chains[place], product, kinds)
        elif op not in SOURCES and place not in inside:
            elements.append(Element(op, place, tuple([(k,) for k in operands])))
    computed = {e.place: n for n, e in enumerate(elements)}
    for place, columns in results.items():
        if uses[place] == 1 and place in computed:
            elements[computed[place]] = elements[computed[place]]._replace(result=columns[0])
        else:
            elements += [Element("copy", place, ((place,),), column) for column in columns]
    return elements


class _Chain(NamedTuple):
    """Where a sum begins, what is added, and the places of the sums so far."""

    begin: int
    terms: list[int]
    places: list[int]


def _chains(program: Program, uses: Sequence[int], product: Sequence[bool]) -> dict[int, _Chain]:
    """The sums by the place of their last addition."""
    chains: dict[int, _Chain] = {}
    for place, (op, operands, _) in enumerate(program.instructions):
        if op != "add":
            continue
        a, b = operands
        first, second = [chains.get(k) if uses[k] == 1 else None for k in operands]
        if first is not None and (second is None or len(first.terms) > len(second.terms)):
            chain, term = chains.pop(a), b
        elif second is not None:
            chain, term = chains.pop(b), a
        elif product[a] and product[b]:
            chain, term = _Chain(NOTHING, [a], [a]), b
        else:
            chain, term = (_Chain(b, [], []), a) if product[a] else (_Chain(a, [], []), b)
        chain.terms.append(term)
        chain.places.append(place)
        chains[place] = chain
    return chains


def _runs(program: Program, chain: _Chain, product: Sequence[bool], kinds: Sequence[str]) -> list[Element]:
    """A chain as sums and dot products, one after another, each with factors of the same kinds."""
    rows: list[tuple[int, ...]] = []
    for k in chain.terms:
        if product[k]:
            x, y = program.instructions[k].operands
            rows.append((y, x) if kinds[x] == "lane" != kinds[y] else (x, y))  # what all samples share comes first
        else:
            rows.append((k,))
    found: list[Element] = []
    begin, at = chain.begin, 0
    for (_, *run), group in groupby(rows, key=lambda row: (len(row), *[kinds[k] for k in row])):
        end = at + len(list(group))
        op = "dot" if len(run) == 2 else "sum"
        found.append(Element(op, chain.places[end - 1], ((begin,), *zip(*rows[at:end]))))
        begin, at = chain.places[end - 1], end
    return found
