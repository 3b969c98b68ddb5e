"""The time of one `x * y` whose result is dropped at once: ours, or a class with just that method, by hand.

The class by hand records the same things and is written for speed. The loop's own time is taken off.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Iterator
from typing import Any

from clock import report

tick = itertools.count(1).__next__
new = object.__new__


class ByHand:
    """A number that remembers how it was made, and can only be multiplied."""

    __slots__ = ("data", "grad", "name", "op", "serial", "x", "y")

    def __init__(self, data: float) -> None:
        self.data, self.grad, self.op, self.name = data, None, None, None
        self.x = self.y = None
        self.serial = tick()

    def __mul__(self, other: Any) -> Any:
        if type(other) is not ByHand:
            return NotImplemented
        z: Any = new(ByHand)
        z.data = self.data * other.data
        z.grad = None
        z.op = "mul"
        z.x = self
        z.y = other
        z.serial = tick()
        z.name = None
        return z


def empty(repeat: Iterator[None]) -> None:
    for _ in repeat:
        pass


def multiply(repeat: Iterator[None], x: Any, y: Any) -> None:
    for _ in repeat:
        x * y


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=["ours", "by-hand"])
    parser.add_argument("--nodes", type=int, default=200_000)
    parser.add_argument("--steps", type=int, default=5)
    options = parser.parse_args()

    if options.engine == "ours":
        from autograd import Value

        x, y = Value(1.5), Value(2.5)
    else:
        x, y = ByHand(1.5), ByHand(2.5)
    taken = []
    for _ in range(options.steps):
        start = time.process_time()
        empty(itertools.repeat(None, options.nodes))
        middle = time.process_time()
        multiply(itertools.repeat(None, options.nodes), x, y)
        end = time.process_time()
        taken.append(((end - middle) - (middle - start)) / options.nodes)
    report(seconds=taken, losses=[(x * y).data], gradients=[])


if __name__ == "__main__":
    main()
