"""What stands around a training: a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from typing import Any

from autograd.installing import extra

from ..history import History


def progress_bar(wanted: bool) -> Callable[[History, int], AbstractContextManager[Callable[[], None]]]:
    """What opens a tqdm bar over the epochs; entered, it gives the function that shows one more. Without, a silent one.

    The bar goes to stderr; in a notebook it is a widget.

    Raises:
        ModuleNotFoundError: tqdm is missing: ``pip install 'glassgrad[train]'``.
    """
    if not wanted:
        return lambda history, epochs: nullcontext(lambda: None)
    try:
        tqdm: Any = import_module("tqdm.auto").tqdm
    except ModuleNotFoundError:
        raise ModuleNotFoundError(f"a progress bar needs tqdm: {extra('train')}", name="tqdm") from None

    @contextmanager
    def bar(history: History, epochs: int) -> Iterator[Callable[[], None]]:
        with tqdm(total=epochs, initial=len(history), unit="epoch") as shown:

            def one_more() -> None:
                accuracy = history.accuracy[-1]
                told = {"loss": f"{history.loss[-1]:.4g}"} | ({} if accuracy is None else {"accuracy": f"{accuracy:.4g}"})
                shown.set_postfix(told, refresh=False)
                shown.update()

            yield one_more

    return bar
