"""What the options of a picture may be, said once for all pictures."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from ..formula import significant


class Rule(NamedTuple):
    """What an option may be, tested and in words."""

    holds: Callable[[Any], bool]
    words: str


def checked_options(**options: Any) -> None:
    """A ``ValueError`` for the first option that is not what it may be; it says the option, the value and the remedy.

    >>> checked_options(scale=1.25, timeout=None)
    >>> checked_options(depth="x")
    Traceback (most recent call last):
    ValueError: depth is how many levels of scopes to open, 0 for none; got 'x'
    """
    for name, value in options.items():
        if name == "digits":
            significant(value)
        elif not RULES[name].holds(value):
            raise ValueError(f"{name} is {RULES[name].words}; got {value!r}")


def chosen(name: str, value: Any, known: Collection[str]) -> str:
    """The value, if it is one of those that are known."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} is one of {', '.join(known)}; got {value!r}")
    return value


def _whole(x: Any) -> bool:
    return isinstance(x, int) and not isinstance(x, bool) and x >= 0


def _positive(x: Any) -> bool:
    return isinstance(x, (int, float)) and not isinstance(x, bool) and x > 0


def _names(x: Any) -> bool:
    return isinstance(x, Collection) and not isinstance(x, str) and all(isinstance(name, str) for name in x)


def _flag(x: Any) -> bool:
    return x is None or isinstance(x, bool)


_NAMES = Rule(_names, "a list of names, such as ['a', 'b']")
_FLAG = Rule(_flag, "True, False, or None for the usual")
RULES = {
    "scale": Rule(lambda x: _positive(x) and x <= 100, "a factor above 0 and up to 100, such as 1.25"),
    "timeout": Rule(lambda x: x is None or _positive(x), "a number of seconds above 0, or None for no limit"),
    "title": Rule(lambda x: x is None or isinstance(x, str), "text, or None for one made from the picture"),
    "max_nodes": Rule(_whole, "how many boxes may be drawn, such as 500"),
    "depth": Rule(lambda x: x is None or _whole(x), "how many levels of scopes to open, 0 for none"),
    "open": Rule(lambda x: isinstance(x, str) or _names(x), "a list of names of boxes, as they stand in the picture"),
    "plots": _FLAG,
    "collapse": _FLAG,
    "symbols": Rule(lambda x: isinstance(x, bool), "True for formulas, or False for numbers"),
    "inputs": _NAMES,
    "outputs": _NAMES,
    "heads": _NAMES,
    "functions": Rule(lambda x: isinstance(x, str) or _names(x), "a name, or a list of names, one for each layer"),
}
