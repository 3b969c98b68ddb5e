"""microgpt's training step: one layer, 16 embeddings, 4 heads, 16 places, 27 tokens; Adam; one document of seven letters.

Ours is recorded from plain scalar code, in microgpt's own style: lists of Values, a place after the other.
"""

from __future__ import annotations

import random
from argparse import Namespace
from itertools import pairwise
from typing import Any

import numpy as np
from arrays import Rule, cut, jax_training, torch_training
from contest import Player, c_function, play

EMBEDDINGS, HEADS, PLACES, WORDS = 16, 4, 16, 27
HEAD = EMBEDDINGS // HEADS
SHAPES: dict[str, tuple[int, ...]] = {
    "token": (WORDS, EMBEDDINGS),
    "place": (PLACES, EMBEDDINGS),
    "head": (WORDS, EMBEDDINGS),
    "query": (EMBEDDINGS, EMBEDDINGS),
    "key": (EMBEDDINGS, EMBEDDINGS),
    "value": (EMBEDDINGS, EMBEDDINGS),
    "output": (EMBEDDINGS, EMBEDDINGS),
    "wide": (4 * EMBEDDINGS, EMBEDDINGS),
    "narrow": (EMBEDDINGS, 4 * EMBEDDINGS),
}
TOKENS = [26, 9, 0, 24, 11, 4, 13, 5, 26]
RULE, CHECKED = Rule(1e-3, betas=(0.85, 0.99)), 4


def first_weights(seed: int = 7) -> list[float]:
    rng = random.Random(seed)
    return [rng.gauss(0, 0.08) for out, fan_in in SHAPES.values() for _ in range(out * fan_in)]


def linear(x: list[Any], w: Any) -> list[Any]:
    return [sum(a * b for a, b in zip(row, x, strict=True)) for row in w]


def softmax(logits: list[Any]) -> list[Any]:
    exps = [z.exp() for z in logits]
    total = sum(exps)
    return [e / total for e in exps]


def rmsnorm(x: list[Any]) -> list[Any]:
    scale = (sum(a * a for a in x) / len(x) + 1e-5) ** -0.5
    return [a * scale for a in x]


def document_loss(w: dict[str, Any], tokens: list[Any]) -> Any:
    """The mean loss of a document, on Values; tokens are numbers or Values."""
    from autograd import lookup

    keys: list[list[Any]] = []
    values: list[list[Any]] = []
    losses = []
    for place, (token, target) in enumerate(pairwise(tokens)):
        x = rmsnorm([a + b for a, b in zip(lookup(w["token"], token), w["place"][place], strict=True)])
        before, x = x, rmsnorm(x)
        query = linear(x, w["query"])
        keys.append(linear(x, w["key"]))
        values.append(linear(x, w["value"]))
        mixed = []
        for head in range(0, EMBEDDINGS, HEAD):
            part = range(head, head + HEAD)
            share = softmax([sum(query[i] * key[i] for i in part) * HEAD**-0.5 for key in keys])
            mixed += [sum(s * value[i] for s, value in zip(share, values, strict=True)) for i in part]
        before = [a + b for a, b in zip(linear(mixed, w["output"]), before, strict=True)]
        wide = [a.relu() for a in linear(rmsnorm(before), w["wide"])]
        x = [a + b for a, b in zip(linear(wide, w["narrow"]), before, strict=True)]
        losses.append(-lookup(softmax(linear(x, w["head"])), target).log())
    return sum(losses) * (1 / len(losses))


def ours(options: Namespace, many: int = 0) -> Player:
    """The model's rows are documents and its output is the loss: one program for all tokens."""
    from ours import fill

    import autograd
    import nn

    tokens = TOKENS[: options.letters + 2]

    class Document(nn.Module):
        def __init__(self) -> None:
            for name, (out, fan_in) in SHAPES.items():
                setattr(self, name, [[autograd.Value(0.0) for _ in range(fan_in)] for _ in range(out)])

        def forward(self, rows: Any) -> list[Any]:
            return [[document_loss(vars(self), row)] for row in rows]

    model = Document()
    parameters = [p for name in SHAPES for row in vars(model)[name] for p in row]
    fill(parameters, first_weights())
    fast = autograd.compile(lambda row: document_loss(vars(model), row))
    _, found = fast.value_and_grad(tokens, wrt="parameters")
    known = dict(zip(fast.parameters, found, strict=True))
    optimizer = nn.Adam(model.parameters(), lr=RULE.rate, betas=RULE.betas or (0, 0), eps=RULE.eps)
    step = nn.compile(model, lambda predicted, _: predicted[0][0], optimizer)
    row, nothing = np.array([tokens], dtype=float), np.zeros((1, 1))
    losses = [step(row, nothing) for _ in range(CHECKED)]
    call = (lambda: step.many(row, nothing, many)) if many else (lambda: step(row, nothing))
    return Player(call, losses, [known.get(p, 0.0) for p in parameters], many or 1)


def in_c(options: Namespace, many: int = 0) -> Player:
    p, tokens = np.array(first_weights()), np.array(TOKENS)
    g, mean, square = np.zeros((3, len(p)))
    c_function("gpt", "gradient", options.letters + 1, tokens, p, g)()
    ready = options.letters + 1, tokens, RULE.rate, p, mean, square
    one, count = c_function("gpt", "steps", 1, None, *ready), many or 1
    losses, steps = [one(k + 1) for k in range(CHECKED)], c_function("gpt", "steps", count, None, *ready)
    at = CHECKED + 1

    def call() -> None:
        nonlocal at
        steps(at)
        at += count

    return Player(call, losses, g.tolist(), count)


def loss(m: Any, p: Any, _: Any, tokens: Any, mask: Any) -> Any:
    """For JAX and PyTorch: all places at once, each sees those before it."""
    w = dict(zip(SHAPES, p, strict=True))
    n = len(tokens) - 1

    def norm(x: Any) -> Any:
        return x / m.sqrt((x * x).mean(-1)[:, None] + 1e-5)

    def heads(x: Any) -> Any:
        return x.reshape(n, HEADS, HEAD)

    x = norm(w["token"][tokens[:-1]] + w["place"][:n])
    before, x = x, norm(x)
    q, k, v = (heads(x @ w[name].T) for name in ("query", "key", "value"))
    e = m.exp(m.einsum("thi,uhi->htu", q, k) * HEAD**-0.5) * mask
    share = e / e.sum(-1)[:, :, None]
    before = m.einsum("htu,uhi->thi", share, v).reshape(n, EMBEDDINGS) @ w["output"].T + before
    logits = (m.clip(norm(before) @ w["wide"].T, 0, None) @ w["narrow"].T + before) @ w["head"].T
    chosen = logits[m.arange(n), tokens[1:]]
    return (m.log(m.exp(logits).sum(-1)) - chosen).mean()


def arrays(options: Namespace) -> tuple[Any, ...]:
    n = options.letters + 1
    data = [np.array(TOKENS[: n + 1]), np.tril(np.ones((n, n)))]
    return loss, cut(first_weights(), list(SHAPES.values())), data, RULE, CHECKED


ENGINES = {
    "ours": ours,
    "ours-many": lambda options: ours(options, options.many),
    "c": in_c,
    "c-many": lambda options: in_c(options, options.many),
    "jax": lambda options: jax_training(*arrays(options)),
    "torch": lambda options: torch_training(*arrays(options)),
}

if __name__ == "__main__":
    play(__doc__, ENGINES, letters=7, many=100)
