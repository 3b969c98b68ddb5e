"""Layers in a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any, overload

from .activations import Identity
from .activations import activation as _activation  # the parameters of that name hide it
from .initializers import Initializer, Seed, generator
from .layers import Linear
from .module import Module


class Sequential(Module):
    """Modules in a row: what one computes goes into the next. They are named 0, 1, 2, ... as in PyTorch.

    >>> from nn import Tanh
    >>> model = Sequential(Linear(2, 3, seed=0), Tanh(), Linear(3, 1, seed=1))
    >>> model
    Sequential(
      (0): Linear(2, 3)  # 9 parameters
      (1): Tanh()
      (2): Linear(3, 1)  # 4 parameters
    )  # 13 parameters
    >>> model[2].out_features, len(model)
    (1, 3)
    """

    def __init__(self, *modules: Module) -> None:
        for k, module in enumerate(modules):
            if not isinstance(module, Module):
                raise TypeError(f"Sequential takes modules, as in Sequential(nn.Linear(2, 3), nn.Tanh()); got {module!r}")
            again = any(module is other for other in modules[:k])
            setattr(self, str(k), copy(module) if again and not module.parameters() else module)  # so each place has a scope
        self._name_scopes()

    def _name_scopes(self) -> None:
        """Pictures call them by what they are: linear1, tanh1, linear2."""
        counts: dict[str, int] = {}
        for module in self:
            kind = type(module).__name__.lower()
            counts[kind] = counts.get(kind, 0) + 1
            module.place(f"{kind}{counts[kind]}")

    def forward(self, x: Any) -> Any:
        """Through all of them."""
        for module in self:
            x = module(x)
        return x

    def __iter__(self) -> Iterator[Module]:
        return (module for _, module in self.named_children())

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Module:
        """One of the modules; of a slice, a Sequential of these same ones, which keep their scopes."""
        found = list(self)[index]
        if isinstance(found, Module):
            return found
        part = Sequential()
        vars(part).update((str(k), module) for k, module in enumerate(found))
        return part

    def __len__(self) -> int:
        return sum(1 for _ in self)


class MLP(Sequential):
    """A multi-layer perceptron: linear layers with an activation after each but the last (lecture rows L10 to L13).

    In pictures, layer k and its activation are the scope ``layerk``.

    Args:
        in_features: how many inputs.
        sizes: how many units each layer has, the output layer last.
        activation: of the hidden layers: a name (see ``nn.activations.ACTIVATIONS``).
        output: of the last layer; None leaves it linear, for a loss that takes logits.
        init, seed: as for :class:`Linear`; one seed serves all layers.

    Shape: a row of in_features numbers to a row of sizes[-1]; a batch of rows to a batch of rows.

    >>> model = MLP(2, [16, 16, 1], activation="relu", seed=0)
    >>> len(model.parameters()), len(model([0.5, -1.0]))
    (337, 1)
    """

    def __init__(
        self,
        in_features: int,
        sizes: Sequence[int],
        activation: str = "tanh",
        output: str | None = None,
        init: str | Initializer = "fan_in",
        seed: Seed = None,
    ) -> None:
        if isinstance(sizes, int) or not sizes:
            raise ValueError(f"sizes lists the units of each layer, the output layer last, as in [16, 1]; got {sizes!r}")
        rng, hidden, last = generator(seed), _activation(activation), _activation(output)  # known, also where not used
        modules: list[Module] = []
        for k, (fan_in, fan_out) in enumerate(zip([in_features, *sizes], sizes)):
            modules.append(Linear(fan_in, fan_out, init=init, seed=rng))
            after = hidden if k + 1 < len(sizes) else last
            modules += [after] if not isinstance(after, Identity) else []
        super().__init__(*modules)

    def _name_scopes(self) -> None:
        layer = 0
        for module in self:
            layer += isinstance(module, Linear)
            module.place(f"layer{layer}")
