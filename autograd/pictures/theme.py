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
    ),
}
"""The themes by name: ``light``, ``dark``, and ``print``, which reads in grey."""
