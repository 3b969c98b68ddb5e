"""Words that several modules say alike."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """So many of a thing.

    >>> counted(1, "parameter"), counted(1200, "error")
    ('1 parameter', '1,200 errors')
    """
    return f"{number:,} {noun}{'s'[: number != 1]}"
