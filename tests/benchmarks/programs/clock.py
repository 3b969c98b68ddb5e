"""What every program here needs: the collector's switch, a clock for repeated steps, one line of JSON."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable


def set_collector(state: str) -> None:
    """ "on" leaves Python's own setting alone, "off" is gc.disable()."""
    if state == "off":
        gc.disable()


def seconds(step: Callable[[], object], times: int) -> list[float]:
    """The processor time of each call: a busy machine must not bill its other work to an engine."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        step()
        taken.append(time.process_time() - start)
    return taken


def report(**facts: object) -> None:
    """The last thing that a program does: tell the runner."""
    print(json.dumps(facts))
