"""What nn.plots asks of matplotlib, and no more, in plain Python: for the site of the notebooks alone.

matplotlib is compiled, and no package registry has it for the browser. This draws the same plots as SVG: lines, areas,
contours, images, words, a key. Whatever else is asked for is an AttributeError. Text is measured by an estimate.
"""

from contextlib import nullcontext
from typing import Any


def rc_context(settings: dict[str, Any]) -> Any:
    """Nothing to set: the same plot gives the same bytes."""
    return nullcontext()
