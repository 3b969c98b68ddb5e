"""Dataset: rows of numbers, and what they should give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from ..checks import whole
from ..initializers import Seed, generator
from ..shapes import column, nested, rows
from ..words import counted


@dataclass(frozen=True, repr=False)
class Dataset:
    """Inputs and targets, checked once; unpacks as ``X, y``.

    Args:
        inputs: rows of finite numbers, all of one length; arrays serve as well as lists. They are copied.
        targets: for each row the index of a class, a number, or a row of numbers.
        name: what it is called.
        classes: the names of the classes, where targets are indices: 0 is the first.
        features: the names of the inputs' columns.

    Raises:
        ValueError: no rows, ragged ones, a number that is inf or nan, another number of targets than of rows, a target that
            is no class, or too few names. The message names the row.
        TypeError: something that is no number.

    >>> data = Dataset([[0, 0], [0, 1], [1, 1]], [0, 1, 0], name="three", classes=("even", "odd"))
    >>> data
    <Dataset 'three': 3 rows of 2 numbers; targets even (2), odd (1)>
    >>> X, y = data
    >>> y, len(data), data[1], data[1:].targets
    ([0, 1, 0], 3, ([0, 1], 1), [1, 0])
    """

    inputs: list[list[Any]]
    targets: list[Any]
    name: str = "data"
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        inputs, targets = rows(self.inputs), nested(self.targets)
        wide = isinstance(targets, list) and targets and isinstance(targets[0], list)
        targets = rows(targets, "the targets") if wide else column(targets)
        if len(inputs) != len(targets):
            raise ValueError(f"there are {len(inputs)} rows and {len(targets)} targets: give one target for each row")
        self._set(inputs=inputs, targets=targets, classes=tuple(self.classes), features=tuple(self.features))
        if self.features and len(self.features) != len(inputs[0]):
            raise ValueError(f"there are {len(inputs[0])} inputs, and {len(self.features)} names for them: {self.features}")
        for k, y in enumerate(targets if self.classes else ()):
            if type(y) is not int or not 0 <= y < len(self.classes):
                raise ValueError(f"the target of row {k} is {y!r}: a class's index, from 0 to {len(self.classes) - 1}")

    def _set(self, **fields: Any) -> Dataset:
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        return self

    def __iter__(self) -> Iterator[list[Any]]:
        return iter((self.inputs, self.targets))

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, index: int | slice) -> Any:
        """A row and its target, or for a slice a Dataset."""
        if not isinstance(index, slice):
            return self.inputs[index], self.targets[index]
        return self._chosen(range(len(self))[index])

    def _chosen(self, places: Iterable[int]) -> Dataset:
        """These rows, which are known to be right."""
        places = list(places)
        if not places:
            raise ValueError(f"no row of {self!r} is left: a dataset has one at least")
        return copy(self)._set(inputs=[self.inputs[k] for k in places], targets=[self.targets[k] for k in places])

    def shuffled(self, seed: Seed = 0) -> Dataset:
        """The same rows in a random order.

        >>> Dataset([[1], [2], [3]], [1, 2, 3]).shuffled(seed=1).targets
        [1, 3, 2]
        """
        return self._chosen(generator(seed).sample(range(len(self)), len(self)))

    def split(self, fraction: float = 0.8, seed: Seed = 0) -> tuple[Dataset, Dataset]:
        """Two parts without a row in common, in a random order: this share of the rows, and the rest; none is empty.

        Raises:
            ValueError: a fraction that is not between 0 and 1, or fewer than two rows.

        >>> train, test = Dataset([[1], [2], [3], [4], [5]], [1, 2, 3, 4, 5]).split(0.6, seed=0)
        >>> len(train), len(test)
        (3, 2)
        """
        if not 0 < fraction < 1:
            raise ValueError(f"fraction is the first part's share of the rows, between 0 and 1; got {fraction!r}")
        if len(self) < 2:
            raise ValueError(f"{self!r} cannot be split: two parts need two rows")
        mixed = self.shuffled(seed)
        cut = min(max(round(fraction * len(self)), 1), len(self) - 1)
        return mixed[:cut], mixed[cut:]

    def batches(self, size: int, seed: Seed = None) -> Iterator[Dataset]:
        """Datasets of ``size`` rows, the last one of what is left; with a seed in a random order.

        >>> [y for X, y in Dataset([[1], [2], [3]], [1, 2, 3]).batches(2)]
        [[1, 2], [3]]
        """
        size, data = whole("size", size), self if seed is None else self.shuffled(seed)
        return (data[k : k + size] for k in range(0, len(data), size))

    def columns(self) -> Dataset:
        """Targets as rows of one number, as a layer of one unit gives them: for losses that compare number with number.

        >>> Dataset([[0], [1]], [0, 1]).columns().targets
        [[0], [1]]
        """
        return copy(self)._set(targets=[y if isinstance(y, list) else [y] for y in self.targets], classes=())

    def __repr__(self) -> str:
        wide = len(self.inputs[0])
        return f"<Dataset {self.name!r}: {counted(len(self), 'row')} of {counted(wide, 'number')}; {self._wanted()}>"

    def _wanted(self) -> str:
        if isinstance(self.targets[0], list):
            return f"targets of {counted(len(self.targets[0]), 'number')}"
        found = sorted(Counter(self.targets).items())
        if len(found) > _SHOWN or any(type(y) is not int for y, _ in found):
            return f"targets from {found[0][0]} to {found[-1][0]}"
        return f"targets {', '.join(f'{self.classes[y] if self.classes else y} ({count})' for y, count in found)}"


_SHOWN = 10  # so many classes are counted one by one
