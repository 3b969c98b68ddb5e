"""A life of Values: building, passes, assignments, copies, pickles, threads, in any order, against an exact model."""

import copy
import gc
import pickle
import threading
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from autograd import StaleError, Value, no_grad

small = st.fractions(-3, 3, max_denominator=4)
clock = count()

OPERATIONS = {  # what the engine does, and exact slopes, stated a second time
    "add": (lambda x, y: x + y, lambda x, y: (Fraction(1), Fraction(1))),
    "sub": (lambda x, y: x - y, lambda x, y: (Fraction(1), Fraction(-1))),
    "mul": (lambda x, y: x * y, lambda x, y: (y, x)),
    "square of a difference": (lambda x, y: (x - y) ** 2, lambda x, y: (2 * (x - y), -2 * (x - y))),
}


@dataclass(eq=False)
class Model:
    """What a Value should be."""

    data: Fraction
    parents: tuple["Model", ...] = ()
    slopes: tuple[Fraction, ...] = ()
    grad: Fraction | None = None
    trainable: bool = True
    written: int = field(default_factory=lambda: next(clock))

    def below(self):
        """Every node of the graph, parents before children."""
        found, stack = {self: None}, [self]
        while stack:
            for p in stack.pop().parents:
                if p not in found:
                    found[p] = None
                    stack.append(p)
        return sorted(found, key=lambda m: m.written if m.parents else -1)

    @property
    def stale(self):
        return any(p.written > m.written for m in self.below() for p in m.parents)

    def backward(self, seed):
        sent = dict.fromkeys(self.below(), Fraction(0))
        sent[self] = seed
        for m in reversed(list(sent)):
            for p, d in zip(m.parents, m.slopes):
                sent[p] += d * sent[m]
        for m, g in sent.items():
            if m.parents:
                m.grad = g
            elif m.trainable:
                m.grad = g + (m.grad or 0)


def in_a_thread(function):
    """The function's result, computed in another thread."""
    result = []
    thread = threading.Thread(target=lambda: result.append(function()))
    thread.start()
    thread.join()
    return result[0]


class Lives(RuleBasedStateMachine):
    pairs = Bundle("pairs")

    def __init__(self):
        super().__init__()
        self.alive = []

    def keep(self, value, model):
        self.alive.append((value, model))
        return value, model

    @rule(target=pairs, x=small, trainable=st.booleans())
    def a_leaf(self, x, trainable):
        return self.keep(Value(x, requires_grad=trainable), Model(x, trainable=trainable))

    @rule(target=pairs, name=st.sampled_from(sorted(OPERATIONS)), a=pairs, b=pairs, elsewhere=st.booleans())
    def an_operation(self, name, a, b, elsewhere):
        compute, slopes = OPERATIONS[name]
        (x, mx), (y, my) = a, b
        z = in_a_thread(lambda: compute(x, y)) if elsewhere else compute(x, y)
        return self.keep(z, Model(compute(mx.data, my.data), (mx, my), slopes(mx.data, my.data)))

    @rule(target=pairs, a=pairs, b=pairs)
    def without_a_graph(self, a, b):
        with no_grad():
            z = a[0] * b[0]
        assert z.parents == () and not z.requires_grad
        return self.keep(z, Model(a[1].data * b[1].data, trainable=False))

    @rule(target=pairs, a=pairs)
    def a_detached_one(self, a):
        return self.keep(a[0].detach(), Model(a[1].data, trainable=False))

    @rule(a=pairs, seed=small, elsewhere=st.booleans())
    def a_pass(self, a, seed, elsewhere):
        value, model = a
        if model.stale:
            with pytest.raises(StaleError):
                value.backward(seed)
        elif not model.parents and not model.trainable:
            with pytest.raises(ValueError, match="constant"):
                value.backward(seed)
        else:
            in_a_thread(lambda: value.backward(seed)) if elsewhere else value.backward(seed)
            model.backward(seed)

    @rule(a=pairs)
    def zeroing(self, a):
        a[0].zero_grad()
        for m in a[1].below():
            m.grad = None

    @rule(a=pairs, x=small)
    def an_assignment(self, a, x):
        value, model = a
        if model.parents:
            with pytest.raises(AttributeError, match="computed"):
                value.data = x
        else:
            value.data = x
            model.data, model.written = x, next(clock)

    @rule(target=pairs, a=pairs, pickled=st.booleans())
    def a_copy(self, a, pickled):
        value, model = a
        make = (lambda v: pickle.loads(pickle.dumps(v))) if pickled else copy.deepcopy
        if model.stale:
            with pytest.raises(StaleError):
                make(value)
            return a
        twins = {}
        for m in model.below():
            twins[m] = Model(m.data, tuple(twins[p] for p in m.parents), m.slopes, m.grad, m.trainable)
        twin = make(value)
        assert twin is not value
        return self.keep(twin, twins[model])

    @rule(a=consumes(pairs))
    def an_end(self, a):
        self.alive = [pair for pair in self.alive if pair[0] is not a[0]]

    @invariant()
    def everything_is_as_the_model_says(self):
        for value, model in self.alive:
            assert value.data == model.data
            assert value.grad == model.grad and (value.grad is None) == (model.grad is None)
            assert value.requires_grad == bool(model.parents or model.trainable)

    def teardown(self):
        self.alive.clear()
        assert not gc.garbage


TestLives = Lives.TestCase
sequences = 10_000 if settings().max_examples > 1000 else 3 * settings().max_examples
TestLives.settings = settings(max_examples=sequences, stateful_step_count=30)
