"""How the steps of a compiled training were taken: as one call of compiled code, or in Python, and then why."""

from __future__ import annotations

from array import array
from collections import Counter


class Taken:
    """Steps, counted.

    Attributes:
        counter: holds the number of those that Python had no part in, where machine code counts, too.
        recordings: how often the loss was recorded.

    >>> taken = Taken()
    >>> taken.compiled = 1000
    >>> taken.update_in_python("its update does not compile")
    >>> print(*taken.lines(), sep="\\n")
    steps: 1,000 compiled
      1 with the update in Python: its update does not compile
    """

    def __init__(self) -> None:
        self.counter, self.recordings = array("q", [0]), 0
        self._others: Counter[str] = Counter()

    @property
    def compiled(self) -> int:
        """How many Python had no part in."""
        return self.counter[0]

    @compiled.setter
    def compiled(self, count: int) -> None:
        self.counter[0] = count

    def in_python(self, why: str) -> None:
        """A step that was taken in Python, all of it."""
        self._others[f"in Python: {why}"] += 1

    def update_in_python(self, why: str) -> None:
        """A step of compiled code up to the gradient, and of the optimizer's own from there."""
        self._others[f"with the update in Python: {why}"] += 1

    def lines(self) -> list[str]:
        """What a report says."""
        found = [f"steps: {self.compiled:,} compiled", *[f"  {count:,} {how}" for how, count in self._others.items()]]
        if self.recordings > 1:
            found.append(
                f"recorded {self.recordings} times: anew for rows of another shape, and for parameters frozen or freed"
            )
        return found
