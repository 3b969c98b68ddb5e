"""The update rules: SGD with momentum, Adagrad, RMSprop, Adam, AdamW (lecture rows L4, L20, L21).

Each ``update`` is a function of a parameter w, its gradient g, and what was remembered of earlier steps, with defaults for
the first. It returns the new w, and what to remember. The formulas and their order are PyTorch's. No number raises: inf and
nan go their way, as in PyTorch. They are made of what works on floats and on Values alike, so that they compile.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import autograd

from .optimizer import Optimizer, Update


def decayed(g: float, w: float, weight_decay: float) -> float:
    """The gradient of the loss plus ½ weight_decay w²: an L2 penalty that draws w to 0."""
    return g + weight_decay * w if weight_decay else g


def lerp(a: float, b: float, share: float) -> float:
    """From a the given share of the way to b: a running mean's next value."""
    return a + share * (b - a) if share < 0.5 else b - (b - a) * (1 - share)


class SGD(Optimizer):
    """Gradient descent: w - lr · g (L4); stochastic when g comes from a part of the data (L20).

    Args:
        parameters: the Values to learn, or groups of them (see :class:`Optimizer`).
        lr: the length of a step, above 0: the lecture's η.
        momentum: how much of the last step's direction is kept: 0 for none, often 0.9 (Polyak 1964).
        dampening: by how much of its share a new gradient counts less, with momentum.
        weight_decay: of an L2 penalty.
        nesterov: look ahead along the momentum (Nesterov 1983, in the form of Sutskever et al. 2013).

    Raises:
        ValueError: as for :class:`Optimizer`; or nesterov without momentum, or with dampening.

    >>> w = autograd.Value(1.0)
    >>> optimizer = SGD([w], lr=0.5, momentum=0.5)
    >>> for _ in range(2):
    ...     w.grad = 1.0
    ...     optimizer.step()
    ...     w.data
    0.5
    -0.25
    """

    memory = ("momentum_buffer",)

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(
            parameters, lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay, nesterov=nesterov
        )

    @staticmethod
    def rule(lr: float, momentum: float, dampening: float, weight_decay: float, nesterov: bool) -> Update:
        """v ← momentum · v + (1 - dampening) · g, at first g; w ← w - lr · v, with nesterov w - lr · (g + momentum · v)."""
        if nesterov and (not momentum or dampening):
            raise ValueError("SGD: nesterov needs a momentum, and no dampening: give momentum=0.9, dampening=0")

        def update(w: float, g: float, v: float | None = None) -> tuple[float, ...]:
            g = decayed(g, w, weight_decay)
            if not momentum:
                return (w - lr * g,)
            v = g if v is None else v * momentum + (1 - dampening) * g
            return w - lr * (g + momentum * v if nesterov else v), v

        return update


class Adagrad(Optimizer):
    """Each parameter's steps shrink with the squares of its gradients so far (Duchi et al. 2011).

    Args:
        parameters, lr: as for :class:`SGD`.
        lr_decay: step n has the rate lr / (1 + (n - 1) · lr_decay).
        weight_decay: of an L2 penalty.
        initial_accumulator_value: what the sum of squares begins with.
        eps: above 0, against a division by 0.

    >>> w = autograd.Value(1.0)
    >>> w.grad = 8.0
    >>> Adagrad([w], lr=0.5).step()
    >>> w.data                                  # the first step is lr long, be the gradient large or small
    0.50000000000625
    """

    memory = ("step", "sum")

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        options = {"initial_accumulator_value": initial_accumulator_value, "eps": eps}
        super().__init__(parameters, lr, lr_decay=lr_decay, weight_decay=weight_decay, **options)

    @staticmethod
    def rule(lr: float, lr_decay: float, weight_decay: float, initial_accumulator_value: float, eps: float) -> Update:
        """s ← s + g²; w ← w - lr · g / (√s + eps)."""

        def update(w: float, g: float, step: int = 0, s: float = initial_accumulator_value) -> tuple[float, ...]:
            g = decayed(g, w, weight_decay)
            s = s + g * g
            return w - lr / (1 + step * lr_decay) * g / (autograd.sqrt(s) + eps), step + 1, s

        return update


class RMSprop(Optimizer):
    """Each parameter's steps are divided by the root of a running mean of its squared gradients (Tieleman and Hinton 2012).

    Args:
        parameters, lr: as for :class:`SGD`.
        alpha: how much of the running mean is kept at each step.
        eps: above 0, against a division by 0.
        weight_decay: of an L2 penalty.
        momentum: how much of the last step is kept.
        centered: divide by the gradient's deviation, with the square of its running mean taken off (Graves 2013).

    >>> w = autograd.Value(1.0)
    >>> w.grad = 8.0
    >>> RMSprop([w], lr=0.1, alpha=0.75).step()
    >>> round(w.data, 6)
    0.8
    """

    memory = ("square_avg", "grad_avg", "momentum_buffer")

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        options = {"weight_decay": weight_decay, "momentum": momentum, "centered": centered}
        super().__init__(parameters, lr, alpha=alpha, eps=eps, **options)

    @staticmethod
    def rule(lr: float, alpha: float, eps: float, weight_decay: float, momentum: float, centered: bool) -> Update:
        """s ← alpha · s + (1 - alpha) · g²; w ← w - lr · g / (√s + eps)."""

        def update(w: float, g: float, s: float = 0.0, m: float = 0.0, v: float = 0.0) -> tuple[float, ...]:
            g = decayed(g, w, weight_decay)
            s = s * alpha + (1 - alpha) * g * g
            if centered:
                m = lerp(m, g, 1 - alpha)
            scale = autograd.sqrt(s - m * m if centered else s) + eps  # rounding may make nan of it, as in PyTorch
            if not momentum:
                return w - lr * g / scale, s, m, v
            v = v * momentum + g / scale
            return w - lr * v, s, m, v

        return update


class Adam(Optimizer):
    """Momentum, divided by the root of a running mean of squares, both freed of their start at 0 (Kingma and Ba 2015).

    Args:
        parameters, lr: as for :class:`SGD`.
        betas: how much of the running means of g and of g² is kept at each step.
        eps: above 0, against a division by 0.
        weight_decay: of an L2 penalty.
        amsgrad: divide by the root of the largest running mean so far (Reddi et al. 2018).

    >>> w = autograd.Value(1.0)
    >>> w.grad = 8.0
    >>> Adam([w], lr=0.25).step()
    >>> round(w.data, 6)                        # the first step is lr long, be the gradient large or small
    0.75
    """

    memory = ("step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(parameters, lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad)

    @staticmethod
    def rule(lr: float, betas: tuple[float, float], eps: float, weight_decay: float, amsgrad: bool) -> Update:
        """m ← β₁ m + (1 - β₁) g; s ← β₂ s + (1 - β₂) g²; w ← w - lr · m̂ / (√ŝ + eps).

        In step n, m̂ = m / (1 - β₁ⁿ) and ŝ = s / (1 - β₂ⁿ).
        """
        beta1, beta2 = betas

        def update(w: float, g: float, step: int = 0, m: float = 0.0, s: float = 0.0, top: float = 0.0) -> tuple[float, ...]:
            g = decayed(g, w, weight_decay)
            step += 1
            m = lerp(m, g, 1 - beta1)
            s = s * beta2 + (1 - beta2) * g * g
            if amsgrad:
                top = autograd.where(s > top, s, top)
            scale = autograd.sqrt(top if amsgrad else s) / autograd.sqrt(1 - beta2**step) + eps
            return w - lr / (1 - beta1**step) * m / scale, step, m, s, top

        return update


class AdamW(Adam):
    """Adam with weight decay apart from the gradient: a step shrinks w by lr · weight_decay (Loshchilov and Hutter 2019).

    Args:
        parameters, lr, betas, eps, amsgrad: as for :class:`Adam`.
        weight_decay: by which share w shrinks, times lr.

    >>> w = autograd.Value(1.0)
    >>> w.grad = 0.0
    >>> AdamW([w], lr=0.5, weight_decay=0.5).step()
    >>> w.data
    0.75
    """

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay, amsgrad)

    @staticmethod
    def rule(lr: float, betas: tuple[float, float], eps: float, weight_decay: float, amsgrad: bool) -> Update:
        """w ← w - lr · weight_decay · w, and then Adam's rule without a penalty."""
        adam, kept = Adam.rule(lr, betas, eps, 0.0, amsgrad), 1 - lr * weight_decay
        return lambda w, g, *memory: adam(w * kept, g, *memory)
