"""The geometry of a wire's two lanes: the wire's centre line, moved to one side, turned round and cut for an arrow head.

A point is a complex number (so a normal is the direction times ``1j``), a path a list of 3n + 1 of them: n cubic Bezier
curves end to end, as Graphviz writes them.
"""

from __future__ import annotations

Path = list[complex]


def straight(start: complex, end: complex) -> Path:
    """A straight line as one cubic.

    >>> straight(0j, 3 + 0j)
    [0j, (1+0j), (2+0j), (3+0j)]
    """
    third = (end - start) / 3
    return [start, start + third, end - third, end]


def joined(*paths: Path) -> Path:
    """Paths end to end; each begins where the one before it ends.

    >>> len(joined(straight(0j, 3 + 0j), straight(3 + 0j, 6 + 0j)))
    7
    """
    whole = list(paths[0])
    for path in paths[1:]:
        whole += path[1:]
    return whole


def _normal(a: complex, b: complex, c: complex, d: complex) -> complex:
    """The unit vector to the left of a curve where it starts, from its control points in order."""
    direction = (b - a) or (c - a) or (d - a)
    return 1j * direction / abs(direction) if direction else 0j


def sides(path: Path, by: float) -> tuple[Path, Path]:
    """The path moved to its left and to its right: of each cubic the first two points along the normal at its start,
    the others along the normal at its end.

    >>> sides(straight(0j, 3 + 0j), 4)
    ([4j, (1+4j), (2+4j), (3+4j)], [-4j, (1-4j), (2-4j), (3-4j)])
    """
    aside = by * _normal(*path[:4])
    left, right = [path[0] + aside], [path[0] - aside]
    for i in range(0, len(path) - 1, 3):
        a, b, c, d = path[i : i + 4]
        start, end = by * _normal(a, b, c, d), -by * _normal(d, c, b, a)
        left += (b + start, c + end, d + end)
        right += (b - start, c - end, d - end)
    return left, right


def trimmed(path: Path, length: float) -> Path:
    """The path without its end: it stops where it is ``length`` away from its last point.

    >>> round(trimmed(straight(0j, 30 + 0j), 10)[-1].real, 6)
    20.0
    """
    end = path[-1]
    last = len(path) - 4
    while last > 0 and abs(path[last] - end) < length:  # an arrow head longer than the last cubic takes it all
        last -= 3
    a, b, c, d = path[last : last + 4]
    low, high = 0.0, 1.0
    far, near = abs(a - end), 0.0
    for _ in range(5):
        t = (low + high) / 2
        s = 1 - t
        distance = abs(s * s * s * a + 3 * s * t * (s * b + t * c) + t * t * t * d - end)
        if distance > length:
            low, far = t, distance
        else:
            high, near = t, distance
    t = low + (high - low) * max(0.0, far - length) / (far - near) if far > near else low
    ab, bc, cd = a + t * (b - a), b + t * (c - b), c + t * (d - c)  # de Casteljau
    abc, bcd = ab + t * (bc - ab), bc + t * (cd - bc)
    return [*path[: last + 1], ab, abc, abc + t * (bcd - abc)]
