"""What each setting of a loss, an optimizer or a schedule may be, and what their states may hold: said once, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .checks import finite, whole
from .shapes import nested

Rule = tuple[str, Callable[[Any], Any]]
"""What a setting is, in words; and the function that gives it back as a plain number, or raises."""


def _number(words: str, fits: Callable[[float], bool]) -> Rule:
    def number(x: Any) -> float:
        found = finite("it", x)
        if not fits(found):
            raise ValueError(words)
        return found

    return words, number


def _whole(least: int) -> Rule:
    return f"a whole number of {least} or more", lambda x: whole("it", x, least)


def _choice(*names: Any) -> Rule:
    return " or ".join(map(repr, names)), lambda x: names[names.index(x)]


def _square(x: float) -> float:
    if x < 0:
        raise ValueError("below 0")
    return 0.0 + x


NUMBER: Rule = ("a number", lambda x: 0.0 + x)  # inf and nan too
SQUARE: Rule = ("a number of 0 or more", _square)
ANY = _number("a finite number", lambda x: True)
FROM_0 = _number("a finite number of 0 or more", lambda x: x >= 0)
ABOVE_0 = _number("a finite number above 0", lambda x: x > 0)
SHARE = _number("a number from 0 to 1", lambda x: 0 <= x <= 1)
KEPT = _number("a number from 0 up to, but not, 1", lambda x: 0 <= x < 1)

RULES: dict[str, Rule] = {
    # losses
    "delta": ABOVE_0,
    "pos_weight": FROM_0,
    "label_smoothing": SHARE,
    # optimizers
    "lr": FROM_0,  # above 0 at first; a schedule may bring it down to 0
    "momentum": FROM_0,
    "dampening": ANY,
    "nesterov": _choice(False, True),
    "weight_decay": FROM_0,
    "lr_decay": FROM_0,
    "initial_accumulator_value": FROM_0,
    "eps": ABOVE_0,  # with 0, a gradient of 0 would be divided by 0
    "alpha": KEPT,
    "centered": _choice(False, True),
    "betas": ("two numbers from 0 up to, but not, 1", lambda x: _pair(x)),
    "amsgrad": _choice(False, True),
    # schedules
    "step_size": _whole(1),
    "milestones": ("a list of whole numbers of 0 or more", lambda x: [whole("it", m, 0) for m in x]),
    "gamma": ABOVE_0,
    "T_max": _whole(1),
    "eta_min": FROM_0,
    "start_factor": _number("a number above 0, at most 1", lambda x: 0 < x <= 1),
    "end_factor": SHARE,
    "total_iters": _whole(1),
    "mode": _choice("min", "max"),
    "factor": _number("a number above 0 and below 1", lambda x: 0 < x < 1),
    "patience": _whole(0),
    "threshold": FROM_0,
    "threshold_mode": _choice("rel", "abs"),
    "cooldown": _whole(0),
    "min_lr": FROM_0,
    # what optimizers remember, and schedules
    "step": _whole(1),
    "sum": SQUARE,
    "square_avg": SQUARE,
    "exp_avg_sq": SQUARE,
    "max_exp_avg_sq": SQUARE,
    "last_epoch": _whole(0),
    "base_lrs": ("a list of finite numbers of 0 or more", lambda x: [FROM_0[1](rate) for rate in x]),
    "best": NUMBER,
    "num_bad_epochs": _whole(0),
    "cooldown_counter": _whole(0),
}
"""What may be what: settings, and what is remembered, by their names."""


def _pair(x: Any) -> tuple[float, float]:
    first, second = x
    return KEPT[1](first), KEPT[1](second)


def clean(what: str, x: Any, rule: Rule) -> Any:
    """A setting as a plain number, flag or name.

    Raises:
        ValueError: it is not what the rule says.

    >>> clean("SGD: lr", 1, ABOVE_0)
    1.0
    """
    words, plain = rule
    try:
        return plain(nested(x))
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{what} is {words}, got {x!r}") from None


def settled(owner: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a loss, an optimizer or a schedule, each by the rule of its name; what has no rule passes.

    Raises:
        ValueError: a setting is not what its rule says.

    >>> settled("Adam", {"betas": [0.9, 0.999]})
    {'betas': (0.9, 0.999)}
    """
    return {name: clean(f"{owner}: {name}", x, RULES[name]) if name in RULES else x for name, x in given.items()}
