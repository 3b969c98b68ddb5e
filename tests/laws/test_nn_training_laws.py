"""Training is a function of its seed: stopped, resumed or interrupted anywhere, it is on the one path there is."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd.graph import leaves
from nn.losses import BCEWithLogitsLoss, HingeLoss, MSELoss
from nn.optim import SGD, Adagrad, Adam, AdamW, RMSprop
from nn.training.batches import batches
from nn.training.steps import gradient_norm

XOR = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, 0.5]], [[0], [1], [1], [0], [1]])
HELD_OUT = ([[0.1, 0.0], [0.9, 0.1]], [[0], [1]])
OPTIMIZERS = {
    "SGD": lambda p: SGD(p, lr=0.5),
    "momentum": lambda p: SGD(p, lr=0.2, momentum=0.9, nesterov=True, weight_decay=1e-3),
    "Adagrad": lambda p: Adagrad(p, lr=0.3),
    "RMSprop": lambda p: RMSprop(p, lr=0.05, momentum=0.5, centered=True),
    "Adam": lambda p: Adam(p, lr=0.1, amsgrad=True),
    "AdamW": lambda p: AdamW(p, lr=0.1),
}


class Halving:
    """A schedule of one's own: half the rate after every other epoch."""

    def __init__(self, optimizer: Any) -> None:
        self.optimizer, self.done = optimizer, 0

    def step(self) -> None:
        self.done += 1
        if self.done % 2 == 0:
            self.optimizer.lr /= 2

    def state_dict(self) -> dict[str, Any]:
        return {"done": self.done}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.done = state["done"]


class Training:
    """A model, an optimizer and perhaps a schedule, made anew, as another process would."""

    def __init__(self, optimizer: str = "momentum", scheduled: bool = False, model: nn.Module | None = None) -> None:
        self.model = nn.MLP(2, [3, 1], seed=1) if model is None else model
        self.optimizer = OPTIMIZERS[optimizer](self.model.parameters())
        self.schedule = Halving(self.optimizer) if scheduled else None

    def fit(self, epochs: int, **more: Any) -> nn.History:
        more.setdefault("loss", BCEWithLogitsLoss())
        return nn.fit(self.model, XOR, optimizer=self.optimizer, schedule=self.schedule, epochs=epochs, **more)

    @property
    def weights(self) -> list[Any]:
        return [p.data for p in self.model.parameters()]

    @property
    def state(self) -> Any:
        return self.weights, self.optimizer.state_dict(), self.optimizer.lr, self.schedule and self.schedule.state_dict()


SETTINGS = st.fixed_dictionaries(
    {
        "batch_size": st.sampled_from([None, 1, 2, 3, 5, 9]),
        "seed": st.none() | st.integers(0, 3),
        "loss": st.sampled_from([BCEWithLogitsLoss(), MSELoss(reduction="sum")]),
        "validation": st.sampled_from([None, HELD_OUT]),
        "patience": st.sampled_from([None, 1, 3]),
        "watch": st.sampled_from([(), ("0.weight[1][0]", "2.bias[0]")]),
        "keep_weights": st.booleans(),
    }
)


@given(st.sampled_from(sorted(OPTIMIZERS)), st.booleans(), SETTINGS, st.integers(0, 5), st.integers(0, 5), st.integers(1, 3))
def test_a_resumed_training_is_the_uninterrupted_one(
    optimizer: str, scheduled: bool, settings: dict[str, Any], first: int, more: int, every: int
) -> None:
    whole = Training(optimizer, scheduled)
    wanted = whole.fit(first + more, **settings)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.json"
        early = Training(optimizer, scheduled).fit(first, checkpoint=file, checkpoint_every=every, **settings)
        late = Training(optimizer, scheduled)
        got = late.fit(first + more, checkpoint=file, resume=file, **settings)
    assert got == wanted
    assert late.state == whole.state
    assert wanted.loss[: len(early)] == early.loss


class Pressed(nn.Module):
    """A model at whose n-th call somebody presses Ctrl-C."""

    def __init__(self, inner: nn.Module, at: int, late: bool) -> None:
        self.inner = inner
        self.left, self.late = at, late

    def forward(self, x: Any) -> Any:
        if not self.late:
            self.count()
        y = self.inner(x)
        if self.late:
            self.count()
        return y

    def count(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@given(st.sampled_from(sorted(OPTIMIZERS)), SETTINGS, st.integers(1, 25), st.sampled_from(["model", "model's end", "loss"]))
def test_an_interrupt_leaves_the_last_whole_step(optimizer: str, settings: dict[str, Any], at: int, where: str) -> None:
    size, epochs = settings["batch_size"] or 5, 4
    validated = settings["validation"] is not None
    at += 2 if validated else 1  # the first calls look whether everything fits, before the training begins
    settings["watch"] = ()
    pressed = Pressed(nn.MLP(2, [3, 1], seed=1), at if where != "loss" else -1, where == "model's end")
    training = Training(optimizer, model=pressed)
    loss, count = settings["loss"], [at]

    def interrupting(y_pred: Any, y: Any) -> Any:
        count[0] -= 1
        if count[0] == 0 and where == "loss":
            raise KeyboardInterrupt
        return loss(y_pred, y)

    history = training.fit(epochs, **{**settings, "loss": interrupting})
    steps_an_epoch = -(-5 // size)
    calls_an_epoch = steps_an_epoch + validated
    done, rest = divmod(at - 2 - validated, calls_an_epoch)  # whole calls before the one that was interrupted
    if not history.interrupted:
        assert history.reason in ("patience", "epochs")
        return
    assert history.reason == "interrupted"
    assert len(history) == done
    by_hand = Training(optimizer)
    for epoch in range(done + 1):
        for k, (x, y) in enumerate(batches(XOR, settings["batch_size"], settings["seed"], epoch)):
            if epoch < done or k < rest:
                by_hand.optimizer.zero_grad()
                loss(by_hand.model(x), y).backward()
                by_hand.optimizer.step()
    assert training.weights == by_hand.weights
    assert training.optimizer.state_dict() == by_hand.optimizer.state_dict()


@given(st.integers(1, 40), st.integers(1, 45), st.none() | st.integers(0, 100), st.integers(0, 3))
def test_an_epoch_meets_every_example_once(count: int, size: int, seed: int | None, epoch: int) -> None:
    data = [[k] for k in range(count)], [-k for k in range(count)]
    met = list(batches(data, size, seed, epoch))
    assert sorted(y for _, targets in met for y in targets) == sorted(data[1])
    assert all([-y for y in targets] == [row[0] for row in inputs] for inputs, targets in met)
    assert [len(inputs) for inputs, _ in met[:-1]] == [size] * (len(met) - 1)
    assert 1 <= len(met[-1][0]) <= size
    assert met == list(batches(data, size, seed, epoch))
    assert list(batches(data, None, seed, epoch)) == [data]
    in_order = list(batches(data, size, None, epoch))
    assert [row for inputs, _ in in_order for row in inputs] == data[0]


@given(st.sampled_from(sorted(OPTIMIZERS)), st.integers(0, 6))
def test_fit_is_the_loop_one_would_write(optimizer: str, epochs: int) -> None:
    training, by_hand, criterion = Training(optimizer), Training(optimizer), HingeLoss()
    x, y = XOR[0], [[2 * t - 1 for t in row] for row in XOR[1]]
    history = nn.fit(training.model, (x, y), loss=criterion, optimizer=training.optimizer, epochs=epochs)
    losses = []
    for _ in range(epochs):
        by_hand.optimizer.zero_grad()
        y_pred = by_hand.model(x)
        loss = criterion(y_pred, y)
        loss.backward()
        by_hand.optimizer.step()
        losses.append(loss.data)
    assert history.loss == losses
    assert training.state == by_hand.state


@given(SETTINGS)
def test_the_best_weights_are_the_ones_of_the_lowest_loss(settings: dict[str, Any]) -> None:
    settings |= {"patience": 2, "keep_weights": True}
    training = Training("Adam")
    start = training.model.state_dict()
    history = training.fit(12, **settings)
    watched = history.validation_loss or history.loss
    best = watched.index(min(watched))
    assert history.best_epoch == best
    assert (history.reason == "patience") == (len(history) == best + 3 and len(history) <= 12)
    if settings["validation"] is not None:
        assert training.model.state_dict() == history.weights[best]
    elif settings["batch_size"] in (None, 5, 9):  # one batch: its loss is that of the weights before the step
        assert training.model.state_dict() == [start, *history.weights][best]


@given(SETTINGS, st.integers(1, 5))
def test_a_history_opened_again_has_the_recorded_losses(settings: dict[str, Any], epochs: int) -> None:
    settings |= {"patience": None, "keep_weights": True}
    training = Training("Adam")
    history = training.fit(epochs, **settings)
    after, criterion = training.state, settings["loss"]
    if settings["batch_size"] is None:
        again = [history.open(k, training.model, loss=criterion, data=XOR) for k in range(epochs)]
        assert [loss.data for loss in again] == history.loss
        assert [gradient_norm(leaves(loss)) for loss in again] == history.gradient_norm
    for k in range(epochs):
        first = next(batches(XOR, settings["batch_size"], settings["seed"], k))
        at = [history.start, *history.weights][k]
        model = nn.MLP(2, [3, 1], seed=5)
        model.load_state_dict(at)
        assert history.open(k, training.model, loss=criterion, data=first).data == criterion(model(first[0]), first[1]).data
    end = history.open(epochs, training.model, loss=criterion, data=HELD_OUT).data
    if history.validation_loss:
        assert end == history.validation_loss[-1]
    assert training.state == after, "the trained model was left alone"
