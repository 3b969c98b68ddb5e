"""How weights begin: by name, from a seed (lecture row L19: small random weights)."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from random import Random

Initializer = Callable[[Random, int, int], float]
"""A number drawn for one weight, given the source of randomness, and how many inputs and outputs the layer has."""

Seed = int | Random | None
"""What names a source of randomness: see :func:`generator`."""

_shared = Random(0)


def manual_seed(seed: int) -> None:
    """Begin again the random numbers of every layer that is made without a seed of its own; 0 when the process starts.

    >>> import nn
    >>> nn.manual_seed(3)
    >>> first = nn.Neuron(1).weight[0].data
    >>> nn.manual_seed(3)
    >>> nn.Neuron(1).weight[0].data == first
    True
    """
    _shared.seed(_whole(seed))


def generator(seed: Seed = None) -> Random:
    """The source of randomness that a seed names: a number begins one, a ``random.Random`` goes on, None is the shared one.

    >>> generator(7).random() == generator(7).random()
    True
    """
    if isinstance(seed, Random):
        return seed
    return _shared if seed is None else Random(_whole(seed))


def _whole(seed: object) -> int:
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise TypeError(f"a seed is a whole number, such as 0; got {seed!r}")
    return int(seed.__index__())


def _uniform(bound: Callable[[int, int], float]) -> Initializer:
    def draw(rng: Random, fan_in: int, fan_out: int) -> float:
        limit = bound(fan_in, fan_out)
        return rng.uniform(-limit, limit)

    return draw


def _normal(deviation: Callable[[int, int], float]) -> Initializer:
    return lambda rng, fan_in, fan_out: rng.gauss(0.0, deviation(fan_in, fan_out))


INITIALIZERS: dict[str, Initializer] = {
    "zeros": lambda rng, fan_in, fan_out: 0.0,
    "ones": lambda rng, fan_in, fan_out: 1.0,
    "uniform": _uniform(lambda fan_in, fan_out: 1.0),  # micrograd's
    "normal": _normal(lambda fan_in, fan_out: 1.0),
    "fan_in": _uniform(lambda fan_in, fan_out: 1 / sqrt(max(fan_in, 1))),  # PyTorch's for a linear layer, biases too
    "xavier_uniform": _uniform(lambda fan_in, fan_out: sqrt(6 / max(fan_in + fan_out, 1))),
    "xavier_normal": _normal(lambda fan_in, fan_out: sqrt(2 / max(fan_in + fan_out, 1))),
    "kaiming_uniform": _uniform(lambda fan_in, fan_out: sqrt(6 / max(fan_in, 1))),
    "kaiming_normal": _normal(lambda fan_in, fan_out: sqrt(2 / max(fan_in, 1))),
}
"""Every initializer by its name.

``uniform`` lies within -1 to 1, ``fan_in`` within 1/sqrt(inputs), and ``normal`` has deviation 1. The ``xavier_`` ones
(Glorot and Bengio 2010) suit tanh and sigmoid, the ``kaiming_`` ones (He et al. 2015) suit relu; neither has a further gain.
"""


def initializer(init: str | Initializer) -> Initializer:
    """The initializer of that name; a function of one's own passes through.

    Raises:
        ValueError: no initializer has that name.

    >>> initializer("ones")(generator(0), 2, 3)
    1.0
    """
    if callable(init):
        return init
    if not isinstance(init, str) or init not in INITIALIZERS:
        raise ValueError(f"there is no initializer {init!r}; there are {', '.join(sorted(INITIALIZERS))}")
    return INITIALIZERS[init]


def is_kept_by_bias(init: str | Initializer) -> bool:
    """Whether biases are drawn as the weights are; with all others they begin at 0."""
    return init == "fan_in" or callable(init)
