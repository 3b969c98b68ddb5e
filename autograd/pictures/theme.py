"""The colours of a picture. Every text has a contrast of at least 4.5 : 1 with what lies behind it, every line 3 : 1."""

from __future__ import annotations

from typing import NamedTuple


class Theme(NamedTuple):
    """One set of colours; each field is a role in the picture, as ``#rrggbb``."""

    ground: str
    ink: str
    muted: str
    forward: str
    backward: str
    local: str
    pill: str
    idle: str
    leaf: str
    constant: str
    operation: str
    cluster: str
    rim: str
    active: str


THEMES = {
    "light": Theme(
        ground="#ffffff",
        ink="#1b1f24",
        muted="#5f6872",
        forward="#0072b2",
        backward="#b34700",
        local="#4b3b8f",
        pill="#f3f0fa",
        idle="#868f98",
        leaf="#eaf3fa",
        constant="#e4e7eb",
        operation="#ffffff",
        cluster="#f6f8fa",
        rim="#c5ccd3",
        active="#fff3c4",
    ),
    "dark": Theme(
        ground="#14181d",
        ink="#f0f3f6",
        muted="#a3adb8",
        forward="#56b4e9",
        backward="#e69f00",
        local="#c9b8ff",
        pill="#2a2440",
        idle="#73808d",
        leaf="#1b2f3d",
        constant="#2c333b",
        operation="#1e252c",
        cluster="#1a2027",
        rim="#46505a",
        active="#4a3f12",
    ),
    "print": Theme(
        ground="#ffffff",
        ink="#000000",
        muted="#4d4d4d",
        forward="#000000",
        backward="#4a4a4a",
        local="#000000",
        pill="#ffffff",
        idle="#808080",
        leaf="#ffffff",
        constant="#e6e6e6",
        operation="#ffffff",
        cluster="#ffffff",
        rim="#808080",
        active="#e6e6e6",
    ),
    "cs231n": Theme(
        ground="#ffffff",
        ink="#1b1f24",
        muted="#5f6872",
        forward="#1a7f1a",
        backward="#cc0000",
        local="#4b3b8f",
        pill="#f3f0fa",
        idle="#868f98",
        leaf="#ffffff",
        constant="#e4e7eb",
        operation="#ffffff",
        cluster="#f6f8fa",
        rim="#c5ccd3",
        active="#fff3c4",
    ),
}
"""The themes by name: ``light``, ``dark``, ``print``, which reads in grey, and ``cs231n``: green forward, red backward."""

FILL = {"light": 0.75, "dark": 0.55, "print": 0.5, "cs231n": 0.6}
"""How much of the sign's colour the fill of an activation of 1 has, so that ink can be read on it."""


def mixed(ground: str, colour: str, share: float) -> str:
    """So much of a colour on a ground.

    >>> mixed("#ffffff", "#000000", 0.5)
    '#808080'
    """
    pairs = [(int(ground[i : i + 2], 16), int(colour[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
