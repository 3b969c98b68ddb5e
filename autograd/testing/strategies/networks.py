"""Networks with data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from ...value import Value
from .program import Program

if TYPE_CHECKING:
    import nn

ACTIVATIONS = ("tanh", "relu", "sigmoid", "leaky_relu", "softplus", "gelu")


@dataclass(frozen=True)
class Network:
    """A multi-layer perceptron, a batch of inputs, and their targets. Its ``repr`` is code that makes it, to paste.

    >>> network = Network(2, (3, 1), "tanh", 0, [[0.5, -1.0]], [[1.0]])
    >>> network
    import nn
    <BLANKLINE>
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    inputs = [[0.5, -1.0]]
    targets = [[1.0]]
    loss = nn.MSELoss()(model(inputs), targets)
    >>> from autograd.testing import check_gradients
    >>> report = check_gradients(network.loss, wrt=network.model.parameters())
    """

    in_features: int
    sizes: tuple[int, ...]
    activation: str
    seed: int
    inputs: list[list[float]]
    targets: list[list[float]]

    @cached_property
    def model(self) -> nn.MLP:
        """The network."""
        import nn

        return nn.MLP(self.in_features, list(self.sizes), activation=self.activation, seed=self.seed)

    def loss(self) -> Value:
        """The mean squared error on the batch."""
        import nn

        loss: Value = nn.MSELoss()(self.model(self.inputs), self.targets)
        return loss

    def __repr__(self) -> str:
        return (
            "import nn\n\n"
            f'model = nn.MLP({self.in_features}, {list(self.sizes)}, activation="{self.activation}", seed={self.seed})\n'
            f"inputs = {self.inputs}\n"
            f"targets = {self.targets}\n"
            "loss = nn.MSELoss()(model(inputs), targets)"
        )

    _repr_pretty_ = Program._repr_pretty_


@st.composite
def networks(
    draw: DrawFn,
    *,
    max_features: int = 3,
    max_layers: int = 3,
    max_width: int = 4,
    max_batch: int = 4,
    outputs: int | None = None,
    activations: Sequence[str] = ACTIVATIONS,
) -> Network:
    """Networks of random architecture and weights, with a batch of data. Shrinks to one unit, one row and small numbers.

    Args:
        max_features, max_layers, max_width, max_batch: how many inputs, layers, units in a layer, and rows at most.
        outputs: how many units the last layer has; default: 1 to ``max_width``.
        activations: names that ``nn.MLP`` knows, of the hidden layers.

    >>> from hypothesis import find
    >>> network = find(networks(), lambda network: len(network.sizes) == 2)
    >>> network.in_features, network.sizes, network.inputs, network.targets
    (1, (1, 1), [[0.0]], [[0.0]])
    """
    features = draw(st.integers(1, max_features))
    sizes = draw(st.lists(st.integers(1, max_width), min_size=1, max_size=max_layers))
    if outputs is not None:
        sizes[-1] = outputs
    rows = draw(st.integers(1, max_batch))
    number = st.floats(-4, 4)

    def table(columns: int) -> list[list[float]]:
        return draw(st.lists(st.lists(number, min_size=columns, max_size=columns), min_size=rows, max_size=rows))

    activation, seed = draw(st.sampled_from(list(activations))), draw(st.integers(0, 2**16))
    return Network(features, tuple(sizes), activation, seed, table(features), table(sizes[-1]))
