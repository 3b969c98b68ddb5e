"""Steps that machine code takes straight are those that go by way of Python, whatever is done between them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Value
from autograd.compile import Training, lent, native

pytest.importorskip("llvmlite")

X = np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]])
Y = np.array([[1.0], [-1.0], [0.5]])


@pytest.fixture(autouse=True, scope="module")
def kept_code(tmp_path_factory):
    """The same few programs are compiled once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSGRAD_CACHE", str(tmp_path_factory.mktemp("code")))
        yield


class Life:
    """A training, and what may be done with it."""

    def __init__(self, optimizer):
        self.seen = []
        self.model = nn.MLP(2, [2, 1], activation="tanh", seed=1)
        self.optimizer = optimizer(self.model.parameters())
        self.step = nn.compile(self.model, nn.MSELoss(), self.optimizer, backend="llvm")
        self.x, self.y = X.copy(), Y.copy()

    def steps(self, k):
        self.seen += [self.step(self.x, self.y) for _ in range(k)]

    def other_numbers(self, k):
        self.x[k % 3] += 0.25
        self.y = self.y * 0.5 if k % 2 else self.y

    def other_shapes(self, k):
        self.seen.append(self.step(X[: k % 3 + 1], Y[: k % 3 + 1]))

    def lists(self, k):
        self.seen.append(self.step(self.x.tolist(), self.y.tolist()))

    def other_arrays(self, k):
        x = [self.x.astype("f4"), np.asfortranarray(self.x), self.x[::-1], self.x.astype(int)][k % 4]
        self.seen.append(self.step(x, self.y))

    def many(self, k):
        self.seen += self.step.many(X, Y, k % 3)

    def rate(self, k):
        self.optimizer.param_groups[0]["lr"] = 0.01 * (k + 1)

    def look(self, k):
        self.seen += [p.data for p in self.model.parameters()]

    def write(self, k):
        self.model.parameters()[k].data = 0.125 * k

    def write_elsewhere(self, k):
        Value(1.0).data = 2.0

    def freeze(self, k):
        p = self.model.parameters()[k]
        p.requires_grad = not p.requires_grad

    def memory(self, k):
        self.optimizer.load_state_dict(self.optimizer.state_dict())

    def eager_step(self, k):
        self.optimizer.zero_grad()
        nn.MSELoss()(self.model(X.tolist()), Y.tolist()).backward()
        self.optimizer.step()

    def diverge(self, k):
        with pytest.raises(nn.DivergedError, match="became"):
            self.step(self.x, self.y * 1e200)

    def wrong(self, k):
        for wrong in ((self.x,), (self.x, self.y, self.x), (self.x, "y"), (self.x[:2], self.y), (self.x, self.y[:, :0])):
            with pytest.raises((TypeError, ValueError)):
                self.step(*wrong)

    def keywords(self, k):
        self.seen.append(self.step(X=self.x, y=self.y))


ACTIONS = [name for name in vars(Life) if not name.startswith("_")]
OPTIMIZERS = [lambda p: nn.SGD(p, lr=0.1), lambda p: nn.SGD(p, lr=0.1, momentum=0.5), lambda p: nn.Adam(p, lr=0.01)]


def the_same(optimizer, actions):
    """Whether a training that is called straight, and one that is not, see and leave the same."""
    found = []
    for straight in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lent, "PATIENCE", 2)
            patch.setattr(native, "OFTEN", 2)
            if not straight:
                patch.setattr(Training, "is_straight", lambda self, data: False)
            life = Life(optimizer)
            for name, k in actions:
                life.steps(4)
                getattr(life, name)(k)
            life.steps(4)
            life.look(0)
            assert straight == ("_call" in vars(life.step))
            found.append((life.seen, life.optimizer.state_dict(), life.step.taken.lines()))
    return found[0] == found[1]


@pytest.mark.parametrize("action", ACTIONS)
def test_one_thing_between(action):
    assert the_same(OPTIMIZERS[1], [(action, 1), (action, 0)])


@settings(max_examples=15)
@given(st.sampled_from(OPTIMIZERS), st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 8)), max_size=8))
def test_anything_between(optimizer, actions):
    assert the_same(optimizer, actions)
