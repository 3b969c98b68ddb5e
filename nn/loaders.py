"""Data from files and arrays."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from typing import Any

from .datasets import Dataset
from .shapes import nested

Line = tuple[int, list[str]]
"""The number of a line in its file, from 1, and its cells."""


def from_arrays(X: Any, y: Any, name: str = "data", classes: tuple[str, ...] = ()) -> Dataset:
    """NumPy arrays or nested lists as a Dataset; labels that are text become the indices of classes.

    Args:
        X: one row for each example.
        y: for each example the index of a class, a number, a row of numbers, or a text.
        name, classes: as for :class:`nn.datasets.Dataset`. Without classes, text labels are named in alphabetical order.

    Raises:
        ValueError, TypeError: as :class:`nn.datasets.Dataset`.

    >>> from_arrays([[1.0], [2.0], [3.0]], ["cat", "dog", "cat"])
    <Dataset 'data': 3 rows of 1 number; targets cat (2), dog (1)>
    """
    labels = nested(y)
    if isinstance(labels, list) and labels and all(isinstance(label, str) for label in labels):
        classes = classes or tuple(sorted(set(labels)))
        for k, label in enumerate(labels):
            if label not in classes:
                raise ValueError(f"the target of row {k} is {label!r}, which is not among the classes {', '.join(classes)}")
        labels = [classes.index(label) for label in labels]
    return Dataset(X, labels, name=name, classes=classes)


def load_csv(
    path: str | os.PathLike[str],
    target: str | int = -1,
    header: bool | None = None,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
) -> Dataset:
    """A file of comma-separated numbers as a Dataset, one row a line; blank lines are passed over, nothing is run.

    Args:
        path: the file.
        target: the column to learn, by its name or by its place: 0 is the first, -1 the last. All others are inputs. If it
            holds numbers they are kept, whole ones as ints; if it holds text, these are classes, in alphabetical order.
        header: whether the first line holds the columns' names. None: it does if none of its inputs' cells is a number, and
            does not if all are.
        delimiter: what stands between cells, such as ";" or a tab.
        encoding: of the text; the default is UTF-8, with or without a byte order mark.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is empty or not such a file, has no such column, or a cell is missing or no finite number. The message
            names the line and the column.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "pets.csv")
    >>> _ = path.write_text("weight,age,kind\\n4.1,3,cat\\n12,5,dog\\n3.5,7,cat\\n")
    >>> data = load_csv(path, target="kind")
    >>> data, data.inputs[1], data.targets
    (<Dataset 'pets.csv': 3 rows of 2 numbers; targets cat (2), dog (1)>, [12.0, 5.0], [0, 1, 0])
    """
    source = os.path.basename(os.fspath(path))
    lines = list(_lines(path, source, delimiter, encoding))
    if not lines:
        raise ValueError(f"{source} is empty: there is no line in it")
    names, place = _names(source, lines[0][1], target, header)
    lines = lines[1:] if names else lines
    if not lines:
        raise ValueError(f"{source} has a header and no data below it")
    shown = names or [str(k) for k in range(len(lines[0][1]))]
    inputs, labels = [], []
    for number, cells in lines:
        if len(cells) != len(shown):
            raise ValueError(f"{source}, line {number} has {len(cells)} cells, and there are {len(shown)} columns")
        inputs.append([_number(c, source, number, shown[k]) for k, c in enumerate(cells) if k != place])
        labels.append(cells[place].strip())
    if not inputs[0]:
        raise ValueError(f"{source} has one column, the target {shown[place]}: there is nothing to learn it from")
    found = from_arrays(inputs, _targets(labels, [number for number, _ in lines], source, shown[place]), name=source)
    features = tuple(name for k, name in enumerate(names) if k != place)
    return Dataset(found.inputs, found.targets, source, found.classes, features)


def _lines(path: str | os.PathLike[str], source: str, delimiter: str, encoding: str) -> Iterator[Line]:
    with open(path, newline="", encoding=encoding) as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
        except csv.Error as error:
            raise ValueError(f"{source}, line {reader.line_num} is not CSV: {error}") from None
        except UnicodeDecodeError as error:
            raise ValueError(f"{source}, after line {reader.line_num}: not {encoding} text; name its encoding") from error


def _names(source: str, first: list[str], target: str | int, header: bool | None) -> tuple[list[str], int]:
    """The columns' names, none if the file has none, and the target's place."""
    columns = [cell.strip() for cell in first]
    if isinstance(target, str):
        if header is False:
            raise ValueError(f"without a header columns have no names: give the target {target!r} by its place, such as -1")
        if columns.count(target) != 1:
            fault = "several columns" if target in columns else "no column"
            raise ValueError(f"{source} has {fault} named {target!r}; its first line is {', '.join(columns)}")
        return columns, columns.index(target)
    if not -len(columns) <= target < len(columns):
        raise ValueError(f"{source} has {len(columns)} columns: the target's place is from 0 to {len(columns) - 1}, or -1")
    place = target % len(columns)
    if header is None:
        numeric = {_is_number(cell) for k, cell in enumerate(columns) if k != place}
        if len(numeric) == 2:
            raise ValueError(f"{source}: is line 1, {', '.join(columns)}, data or names? Say header=False or header=True")
        header = numeric == {False}
    return columns if header else [], place


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def _number(cell: str, source: str, line: int, name: str) -> float:
    if not _is_number(cell):
        wrong = f"holds {cell.strip()[:40]!r}, which is no number" if cell.strip() else "is empty"
        raise ValueError(f"{source}, line {line}: column {name} {wrong}")
    number = float(cell)
    if number - number != 0:
        raise ValueError(f"{source}, line {line}: column {name} is {number}: leave the line out, or fill the gap")
    return number


def _targets(labels: list[str], lines: list[int], source: str, name: str) -> list[Any]:
    """Numbers, or texts; not both, for then a number is likely to be missing."""
    numeric = [_is_number(label) for label in labels]
    for line, label, is_number in zip(lines, labels, numeric, strict=True):
        if not label or (any(numeric) and not is_number):
            _number(label, source, line, name)
    if not any(numeric):
        return list(labels)
    numbers = [_number(label, source, line, name) for line, label in zip(lines, labels, strict=True)]
    return [int(x) for x in numbers] if all(label.lstrip("+-").isdecimal() for label in labels) else numbers
