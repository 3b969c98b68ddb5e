"""Fusing: chains of additions become sums, and sums of products become dot products, each one element of a schedule.

Nothing is reordered: a chain is added from left to right, as it was written, so a fused program gives the same bits.
"""

from __future__ import annotations

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
        for k in () if op in SOURCES else operands:
            uses[k] += 1
    columns: dict[int, list[int]] = {}
    for column, place in enumerate(program.results):
        columns.setdefault(place, []).append(column)
        uses[place] += 1
    chains, inside = _chains(program, uses)
    elements: list[Element] = []
    for place, (op, operands, _) in enumerate(instructions):
        if place in chains:
            elements += _runs(program, chains[place], uses)
        elif op not in SOURCES and place not in inside:
            elements.append(Element(op, place, tuple([(k,) for k in operands])))
    computed = {e.place: n for n, e in enumerate(elements)}
    for place, found in columns.items():
        if uses[place] == 1 and place in computed:
            elements[computed[place]] = elements[computed[place]]._replace(result=found[0])
        else:
            elements += [Element("copy", place, ((place,),), column) for column in found]
    return elements


class _Chain(NamedTuple):
    """Where a sum begins, and what is added, with the place of the sum so far."""

    begin: int
    terms: list[tuple[int, int]]


def _chains(program: Program, uses: list[int]) -> tuple[dict[int, _Chain], set[int]]:
    """The sums by the place of their last addition, and what happens inside of them."""
    chains: dict[int, _Chain] = {}
    inside: set[int] = set()
    for place, (op, operands, _) in enumerate(program.instructions):
        if op != "add":
            continue
        a, b = operands
        longer = max((k for k in (b, a) if k in chains and uses[k] == 1), key=lambda k: len(chains[k].terms), default=None)
        if longer is not None:
            chain = chains.pop(longer)
            inside.add(longer)
            chain.terms.append((b if longer == a else a, place))
        else:
            first, second = [_is_product(program, uses, k) for k in (a, b)]
            if first and second:
                chain = _Chain(NOTHING, [(a, a), (b, place)])
            else:
                chain = _Chain(b, [(a, place)]) if first else _Chain(a, [(b, place)])
        chains[place] = chain
        inside.update(k for k, _ in chain.terms[-2:] if _is_product(program, uses, k))
    return chains, inside


def _is_product(program: Program, uses: list[int], place: int) -> bool:
    """Whether a number is a product that is used once: a sum may do the multiplication."""
    return program.instructions[place].op == "mul" and uses[place] == 1


def _runs(program: Program, chain: _Chain, uses: list[int]) -> list[Element]:
    """A chain as sums and dot products, one after another, each with factors of the same kinds."""
    found: list[Element] = []
    begin, kinds, columns, end = chain.begin, None, ([], []), chain.begin  # type: ignore[var-annotated]

    def close() -> None:
        nonlocal begin, columns
        if kinds is not None:
            op = "dot" if columns[1] else "sum"
            found.append(Element(op, end, ((begin,), *[tuple(c) for c in columns if c])))
            begin, columns = end, ([], [])

    for term, so_far in chain.terms:
        product = _is_product(program, uses, term)
        factors = sorted(program.instructions[term].operands, key=lambda k: -uniform(program, k)) if product else [term]
        their = (product, *[program.instructions[k].op if uniform(program, k) else "lane" for k in factors])
        if their != kinds:
            close()
            kinds = their
        for column, k in zip(columns, factors):
            column.append(k)
        end = so_far
    close()
    return found


def uniform(program: Program, place: int) -> bool:
    """Whether a number is a source that is the same for all samples."""
    return program.instructions[place].op in UNIFORM
