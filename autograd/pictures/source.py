"""Writes the picture as DOT source in which everything is pinned: how each kind of element looks, and where it is."""

from __future__ import annotations

from .elements import Element, Item, Lane
from .sizes import CLUSTER_SIZE, HEAD_SIZE, NAME_SIZE, NOTE_SIZE, PILL_SIZE, PLUS_SIZE, VALUE_SIZE, glyph_size
from .theme import Theme

LINES = ("fwd", "fwd many", "bwd", "bwd many", "axis", "curve", "guide", "tangent")
"""The kinds that are lines; all others are boxes and words."""
WORDS = ("val", "grad", "wgrad", "slope", "name", "caption", "head", "note")
"""The kinds that are nothing but words."""


def source(elements: list[Element], corners: tuple[complex, complex], theme: Theme) -> str:
    """The DOT source of the final picture; ``corners`` are its lower left and upper right."""
    looks = _looks(theme)
    lines = [
        "digraph glassgrad {",
        f'graph [bgcolor="{theme.ground}" outputorder=edgesfirst pad=0]',
        r'node [id="\N" fontname=Helvetica fixedsize=true margin=0]',
    ]
    lines += [_frame(element, theme) for element in elements if isinstance(element, Item) and element.kind == "cluster"]
    groups: dict[tuple[str, str], list[str]] = {}
    for element in elements:  # boxes come first: a box that an edge names before would not get its looks
        if element.kind == "cluster":
            continue
        line = _lane(element) if isinstance(element, Lane) else _node(element)
        groups.setdefault((element.kind, element.state), []).append(line)
    for (kind, state), group in groups.items():
        what = "edge" if kind in LINES else "node"
        lines += [f'{{ {what} [class="{f"{kind} {state}".strip()}" {looks[kind, state]}]', *group, "}"]
    lines.append("{ node [shape=point style=invis width=0 height=0]")
    lines += [f'c{i} [pos="{at(point)}"]' for i, point in enumerate(corners, 1)]
    return "\n".join([*lines, "}", "}", ""])


def quoted(text: str) -> str:
    r"""A label as DOT writes it, so that every character stands for itself.

    >>> print(quoted('<b> "a" & \\N'))
    "<b> \"a\" &amp; \\N"
    """
    return '"' + text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') + '"'


def _looks(theme: Theme) -> dict[tuple[str, str], str]:
    """The DOT attributes of each kind of element in each state."""
    box = f'shape=box fontcolor="{theme.ink}" fontsize={NAME_SIZE} penwidth=1.5'
    circle = "shape=circle style=filled penwidth=1.5"
    text = "shape=plaintext width=0 height=0"
    words = f"{text} fontsize={VALUE_SIZE}"
    lane = "arrowsize=1 penwidth=2"
    small = f"{text} fontsize={PILL_SIZE}"
    pill = f'shape=box style="rounded,filled" fontsize={PILL_SIZE} penwidth=1'
    looks = {
        ("leaf", ""): f'{box} style="rounded,filled" color="{theme.ink}" fillcolor="{theme.leaf}"',
        ("const", ""): f'{box} style=filled color="{theme.ink}" fillcolor="{theme.constant}"',
        ("op", ""): f'{circle} color="{theme.ink}" fillcolor="{theme.operation}" fontcolor="{theme.ink}"',
        ("out", ""): f'{box} style="dotted,filled" color="{theme.muted}" fillcolor="{theme.ground}"',
        ("join", ""): f'{circle} color="{theme.backward}" fillcolor="{theme.ground}" '
        f'fontcolor="{theme.backward}" fontsize={PLUS_SIZE}',
        ("tap", ""): f'{circle} color="{theme.forward}" fillcolor="{theme.forward}"',
        ("fwd", ""): f'{lane} color="{theme.forward}"',
        ("fwd", "idle"): f'{lane} color="{theme.idle}"',
        ("bwd", ""): f'{lane} style=dashed color="{theme.backward}"',
        ("bwd", "pending"): f'{lane} style=dashed color="{theme.muted}"',
        ("val", ""): f'{words} fontcolor="{theme.forward}"',
        ("val", "pending"): f'{words} fontcolor="{theme.muted}"',
        ("grad", ""): f'{words} fontcolor="{theme.backward}"',
        ("grad", "pending"): f'{words} fontcolor="{theme.muted}"',
        ("local", ""): f'shape=box style="rounded,filled" color="{theme.local}" fillcolor="{theme.pill}" '
        f'fontcolor="{theme.local}" fontsize={PILL_SIZE} penwidth=1',
        ("weight", ""): f'{pill} color="{theme.ink}" fillcolor="{theme.leaf}" fontcolor="{theme.ink}"',
        ("weight", "const"): f'{pill} color="{theme.ink}" fillcolor="{theme.constant}" fontcolor="{theme.ink}"',
        ("slope", ""): f'{small} fontcolor="{theme.backward}"',
        ("wgrad", ""): f'{small} fontcolor="{theme.backward}"',
        ("wgrad", "pending"): f'{small} fontcolor="{theme.muted}"',
        ("plot", ""): f'shape=box style=rounded penwidth=1.5 color="{theme.ink}"',
        ("name", ""): f'{small} fontcolor="{theme.ink}"',
        ("point", ""): f'shape=circle style=filled penwidth=2.5 color="{theme.backward}" fillcolor="{theme.ground}"',
        ("axis", ""): f'color="{theme.idle}" penwidth=1',
        ("curve", ""): f'color="{theme.forward}" penwidth=2.5',
        ("guide", ""): f'color="{theme.forward}" penwidth=1 style=dotted',
        ("tangent", ""): f'color="{theme.backward}" penwidth=2 style=dashed',
        ("group", ""): f'shape=box style="rounded,filled" peripheries=2 penwidth=1.5 color="{theme.ink}" '
        f'fillcolor="{theme.cluster}"',
        ("caption", ""): f'{text} fontsize={CLUSTER_SIZE} fontcolor="{theme.muted}"',
        ("head", ""): f'{text} fontsize={HEAD_SIZE} fontcolor="{theme.ink}"',
        ("note", ""): f'{text} fontsize={NOTE_SIZE} fontcolor="{theme.muted}"',
    }
    for (kind, state), look in list(looks.items()):
        if kind in ("fwd", "bwd"):
            looks[f"{kind} many", state] = look.replace("penwidth=2", f"penwidth={4.5 if kind == 'fwd' else 3.5}")
    return looks


def _frame(element: Item, theme: Theme) -> str:
    half = complex(element.width, element.height) / 2
    box = at(element.at - half, element.at + half).replace(" ", ",")
    return (
        f'subgraph cluster_{element.id} {{ graph [id={element.id} bb="{box}" label="" style="rounded,filled" '
        f'fillcolor="{theme.cluster}" color="{theme.rim}"] }}'
    )


def _node(element: Item) -> str:
    known = f'{element.id} [label={quoted(element.text)} pos="{element.at.real:.2f},{element.at.imag:.2f}"'
    if element.kind in WORDS:
        return f"{known}]"
    glyph = f" fontsize={glyph_size(element.text)}" if element.kind == "op" else ""
    return f"{known} width={element.width / 72:.4f} height={element.height / 72:.4f}{glyph}]"


def _lane(element: Lane) -> str:
    points = at(*element.path)
    tip, head = ("", " arrowhead=none") if element.arrow is None else (f"e,{at(element.arrow)} ", "")
    return f'{element.ends[0]} -> {element.ends[1]} [id={element.id} pos="{tip}{points}"{head}]'


def at(*points: complex) -> str:
    """Points as DOT writes them, in one go: formatting numbers is most of the work here."""
    return " ".join(["%.2f,%.2f"] * len(points)) % tuple([x for point in points for x in (point.real, point.imag)])
