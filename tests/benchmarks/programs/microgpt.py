"""microgpt's training steps by microgpt's own program: with its own Value, or with ours in its place.

The program is the installed package's engine.py, loaded by its path: the package around it wants a framework.
Every document has seven letters, so every step has a graph of the same size.
"""

from __future__ import annotations

import argparse
import random
import time
from importlib.metadata import distribution
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from types import ModuleType
from typing import Any

from clock import report, set_collector

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def load_program() -> ModuleType:
    """microgpt's engine.py, and nothing of the package around it."""
    path = distribution("strands-microgpt").locate_file("strands_microgpt/engine.py")
    spec = spec_from_file_location("microgpt_program", str(path))
    assert spec is not None
    assert spec.loader is not None
    program = module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


def documents(count: int, letters: int = 7, seed: int = 3) -> list[str]:
    """Made-up names: consonants and vowels take turns."""
    rng = random.Random(seed)
    kinds = ["bcdfghjklmnpqrstvwxz", "aeiouy"]
    return ["".join(rng.choice(kinds[place % 2]) for place in range(letters)) for _ in range(count)]


def first_gradients(program: ModuleType, model: Any, tokens: list[int]) -> list[float]:
    """One document's gradients, since a training step clears them; the forward pass is the model's own."""
    keys: list[list[Any]] = [[] for _ in range(model.n_layer)]
    values: list[list[Any]] = [[] for _ in range(model.n_layer)]
    loss = program.Value(0.0)
    for place, (token, target) in enumerate(pairwise(tokens)):
        logits = model.forward(token, place, keys, values)
        loss = loss + sum(x.exp() for x in logits).log() - logits[target]
    clear(model)
    loss.backward()
    return [p.grad for p in model.params]


def clear(model: Any) -> None:
    """The program counts on gradients that are numbers before the first backward pass."""
    for p in model.params:
        p.grad = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=["microgpt", "ours"])
    parser.add_argument("--collector", choices=["on", "off"], default="on")
    parser.add_argument("--steps", type=int, default=8)
    options = parser.parse_args()

    program = load_program()
    if options.engine == "ours":
        from autograd import Value

        program.Value = Value  # type: ignore[attr-defined]
    docs, tokenizer = documents(16), program.Tokenizer(list(LETTERS))
    model = program.MicroGPT(vocab_size=len(LETTERS) + 1)
    gradients = first_gradients(program, model, [tokenizer.bos, *tokenizer.encode(docs[0]), tokenizer.bos])
    clear(model)

    set_collector(options.collector)
    losses: list[float] = []
    times = []

    def after_step(_: int, loss: float) -> None:
        times.append(time.process_time())
        losses.append(loss)

    model.train_on_docs(docs, tokenizer, num_steps=options.steps + 1, log_every=0, callback=after_step)
    taken = [end - start for start, end in pairwise(times)]
    report(seconds=taken, losses=losses, gradients=gradients)


if __name__ == "__main__":
    main()
