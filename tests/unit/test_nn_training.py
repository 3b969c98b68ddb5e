"""fit: what it refuses, when it stops, what it reports."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import subprocess
import sys
import threading
from fractions import Fraction
from hashlib import sha256
from math import inf, isnan, nan
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import nn
from autograd import Value, explain, steps
from autograd.classroom import compare
from autograd.graph import leaves
from autograd.installing import extra
from nn.losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, HingeLoss, MSELoss, NLLLoss
from nn.optim import SGD, Adam
from nn.schedules import ReduceLROnPlateau, StepLR
from nn.training.batches import batches
from nn.training.interrupts import unbroken
from nn.training.metrics import accuracy_for
from nn.training.steps import gradient_norm

LINE = ([[1.0], [2.0], [3.0]], [[2.0], [4.0], [6.0]])
XOR = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0], [1], [1], [0]])


def line() -> tuple[nn.Linear, SGD]:
    model = nn.Linear(1, 1, bias=False, init="ones")
    return model, SGD(model.parameters(), lr=0.01)


def fit(data: Any = LINE, **more: Any) -> nn.History:
    model, optimizer = line()
    more = {"loss": MSELoss(), "optimizer": optimizer, "epochs": 3, **more}
    return nn.fit(more.pop("model", model), data, **more)


# -- what is refused, before anything is changed


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (7, TypeError, "the data must be a pair"),
        (([[1.0]],), TypeError, "the data must be a pair"),
        (([], []), ValueError, "the data: the inputs are empty"),
        (([[1.0], []], [[1], [1]]), ValueError, "row 1 of the inputs"),
        (([[1.0], [1.0, 2.0]], [[1], [1]]), ValueError, "row 1 of the inputs has length 2, row 0 has length 1"),
        (([1.0, 2.0], [1, 2]), ValueError, "row 0 of the inputs is 1.0: a row is a list"),
        (([[1.0], [nan]], [[1], [1]]), ValueError, "row 1 of the inputs, place 0 is nan"),
        (([[1.0]], [[inf]]), ValueError, "row 0 of the targets, place 0 is inf"),
        (([["a"]], [[1]]), TypeError, "row 0 of the inputs, place 0: expected an int"),
        (([[1.0]], [[1], [2]]), ValueError, "1 rows and 2 targets"),
        (([[1.0, 2.0]], [[1]]), ValueError, r"Linear\(1, 1, bias=False\) takes rows of 1 number, got 2"),
        (([[1.0]], [[1, 2]]), ValueError, "shape"),
    ],
)
def test_wrong_data_is_refused(data: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        fit(data)
    if error is ValueError and "takes" not in message and "shape" not in message:
        with pytest.raises(error, match=message.replace("the data: ", "the validation data: ")):
            fit(validation=data)


def test_a_label_out_of_range_shows_before_training() -> None:
    model = nn.Linear(1, 2, init="zeros")
    with pytest.raises(ValueError, match="2"):
        nn.fit(
            model, ([[1.0]] * 9, [0] * 8 + [2]), loss=CrossEntropyLoss(), optimizer=SGD(model.parameters(), 0.1), epochs=1
        )
    assert model.state_dict() == {"weight": [[0.0], [0.0]], "bias": [0.0, 0.0]}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"epochs": -1}, "epochs is a whole number of 0 or more, got -1"),
        ({"epochs": 1.5}, "epochs is a whole number"),
        ({"batch_size": 0}, "batch_size is a whole number of 1 or more, got 0"),
        ({"batch_size": True}, "batch_size is a whole number"),
        ({"seed": -1}, "seed is a whole number of 0 or more, got -1"),
        ({"patience": 0}, "patience is a whole number of 1 or more, got 0"),
        ({"checkpoint_every": 0}, "checkpoint_every is a whole number of 1 or more, got 0"),
        ({"until": nan}, "until is a loss to reach, or a function of the history; got nan"),
        ({"until": "good"}, "until is a loss to reach, or a function of the history; got 'good'"),
        ({"watch": ["weight"]}, r"no parameter 'weight' to watch; close ones: weight\[0\]\[0\]"),
        ({"watch": "w"}, r"no parameter 'w' to watch; close ones: weight\[0\]\[0\]"),
        ({"watch": [7]}, "no parameter 7 to watch"),
        ({"model": nn.Tanh()}, "the model has no parameters to train$"),
        (
            {"model": nn.Linear(1, 1)},
            r"1 of the optimizer's 1 parameters are not this model's: make it with SGD\(model.parameters",
        ),
        ({"model": nn.Linear(1, 1).requires_grad_(False)}, "all are frozen"),
        ({"loss": MSELoss(reduction="none")}, "the loss of the data must be one Value"),
        ({"loss": lambda y_pred, y: 0.5}, "the loss of the data must be one Value, got 0.5"),
        ({"checkpoint": "/nowhere/at/all.json"}, "there is no such folder"),
        ({"resume": "/nowhere/at/all.json"}, "No such file"),
        (
            {"schedule": StepLR(SGD([Value(1.0)], 0.1), 1)},
            "the schedule sets the rates of another optimizer: make it with this one",
        ),
    ],
)
def test_wrong_settings_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError, FileNotFoundError), match=message):
        fit(**given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model": nn.MLP}, r"model is a module, such as nn.MLP\(2, \[16, 1\]\); got <class"),
        ({"loss": "mse"}, r"loss is a function of y_pred and y, such as nn.MSELoss\(\); got 'mse'"),
        ({"loss": MSELoss}, r"such as nn.MSELoss\(\); got <class"),
        ({"optimizer": "adam"}, r"optimizer is made for the parameters, as nn.Adam\(model.parameters\(\), .*; got 'adam'"),
        ({"optimizer": SGD}, "optimizer is made"),
        ({"schedule": 10}, r"schedule is made for the optimizer, as nn.StepLR\(optimizer, 10\); got 10"),
        ({"metric": "accuracy"}, "metric is a function of y_pred and y; got 'accuracy'"),
    ],
)
def test_what_is_of_another_kind_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        fit(**given)


def test_what_is_wrong_with_the_validation_data_says_so() -> None:
    with pytest.raises(ValueError, match="the targets") as refused:
        fit(validation=([[1.0]], [2.0]))
    assert "on the validation data, before training" in refused.value.__notes__[0]


def test_a_model_that_gives_no_list_for_a_batch_is_refused() -> None:
    class Sum(nn.Module):
        def __init__(self) -> None:
            self.w = Value(1.0)

        def forward(self, x: Any) -> Any:
            return self.w * x[0][0]

    model = Sum()
    with pytest.raises(ValueError, match="must give a list of one result, and gave Value"):
        nn.fit(model, LINE, loss=MSELoss(), optimizer=SGD(model.parameters(), 0.1), epochs=1)


def test_part_of_a_model_may_be_trained() -> None:
    model = nn.MLP(1, [2, 1], seed=0)
    before = model.state_dict()
    nn.fit(model, LINE, loss=MSELoss(), optimizer=SGD(model[2].parameters(), 0.01), epochs=2)
    after = model.state_dict()
    assert after["0.weight"] == before["0.weight"]
    assert after["2.weight"] != before["2.weight"]


# -- schedules


def test_the_rate_follows_its_schedule() -> None:
    model, optimizer = line()
    schedule = StepLR(optimizer, step_size=2, gamma=0.5)
    history = nn.fit(model, LINE, loss=MSELoss(), optimizer=optimizer, schedule=schedule, epochs=5)
    assert history.lr == [0.01, 0.01, 0.005, 0.005, 0.0025]


def test_a_schedule_that_looks_at_the_loss_is_shown_it() -> None:
    for held_out, wanted in ((None, [0.01] * 4), (([[1.0]], [[0.0]]), [0.01, 0.01, 0.001, 0.0001])):
        model, optimizer = line()
        schedule = ReduceLROnPlateau(optimizer, patience=0)
        more = {"schedule": schedule, "validation": held_out}  # the line moves away from the data held out
        history = nn.fit(model, LINE, loss=MSELoss(), optimizer=optimizer, epochs=4, **more)
        assert history.lr == pytest.approx(wanted)


# -- when it stops


def test_no_epochs_change_nothing() -> None:
    model, optimizer = line()
    history = nn.fit(model, LINE, loss=MSELoss(), optimizer=optimizer, epochs=0, patience=1)
    assert (len(history), history.reason, history.loss) == (0, "epochs", [])
    assert model.state_dict() == {"weight": [[1.0]]}


def test_until_a_threshold_or_a_question() -> None:
    history = fit(epochs=500, until=1e-3)
    assert history.reason == "until"
    assert history.loss[-1] <= 1e-3 < history.loss[-2]
    assert len(fit(epochs=500, until=lambda history: len(history) == 7)) == 7


def test_patience_gives_the_best_weights_back() -> None:
    model, _ = line()
    optimizer = SGD(model.parameters(), lr=0.3)  # too long a step: the loss grows
    history = nn.fit(model, LINE, loss=MSELoss(), optimizer=optimizer, epochs=50, patience=3, validation=([[1.0]], [[0.0]]))
    assert (history.reason, history.best_epoch) == ("patience", history.validation_loss.index(min(history.validation_loss)))
    assert len(history) == history.best_epoch + 4
    assert model.weight[0][0].data ** 2 == pytest.approx(min(history.validation_loss))


@pytest.mark.parametrize("bad", [nan, inf, -inf])
def test_a_loss_that_is_no_number_stops_before_the_step(bad: float) -> None:
    model, optimizer = line()
    calls, weights = [0], []

    def loss(y_pred: Any, y: Any) -> Any:
        calls[0] += 1
        weights.append(model.weight[0][0].data)
        return MSELoss()(y_pred, y) * (1.0 if calls[0] < 6 else bad)

    told = r"the loss became -?(nan|inf) in epoch 2, batch 2, at lr = 0.01; .* lower lr"
    with pytest.raises(nn.DivergedError, match=told) as caught:
        nn.fit(model, LINE, loss=loss, optimizer=optimizer, epochs=5, batch_size=1)
    assert len(caught.value.history) == 1
    assert model.weight[0][0].data == weights[4]  # of the last loss that was a number


def test_a_loss_that_is_no_number_at_once_leaves_the_model_as_it_was() -> None:
    model, optimizer = line()
    model.weight[0][0].data = 1e200
    with pytest.raises(nn.DivergedError, match="the loss became inf in epoch 1, batch 1"):
        nn.fit(model, LINE, loss=MSELoss(), optimizer=optimizer, epochs=5)
    assert model.weight[0][0].data == 1e200


def test_a_gradient_that_is_no_number_stops_before_the_step() -> None:
    model, optimizer = line()
    model.weight[0][0].data = 0.0
    with pytest.raises(nn.DivergedError, match="the gradient's length became (inf|nan) in epoch 1, batch 1"):
        nn.fit(model, LINE, loss=lambda y_pred, y: y_pred[0][0].abs().sqrt(), optimizer=optimizer, epochs=5)
    assert model.weight[0][0].data == 0.0


def test_numbers_beyond_all_floats_diverge_too() -> None:
    huge = Value(10**400)
    huge.grad = -(10**400)
    assert gradient_norm([huge]) == inf
    model = nn.Linear(1, 1, bias=False)
    model.weight[0][0].data = 10**300
    with pytest.raises(nn.DivergedError, match="the loss became inf"):
        nn.fit(model, ([[1]], [[0]]), loss=MSELoss(reduction="sum"), optimizer=SGD(model.parameters(), 0.1), epochs=1)


def test_a_step_that_breaks_is_undone() -> None:
    class Breaking(SGD):
        def step(self) -> None:
            super().step()
            raise RuntimeError("broken")

    model = nn.Linear(1, 1, init="ones")
    with pytest.raises(RuntimeError, match="broken"):
        nn.fit(model, LINE, loss=MSELoss(), optimizer=Breaking(model.parameters(), 0.1), epochs=1)
    assert model.state_dict() == {"weight": [[1.0]], "bias": [0.0]}


# -- Ctrl-C


class Pressed(SGD):
    """Somebody presses Ctrl-C when the second step begins."""

    steps = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == 2:
            signal.raise_signal(signal.SIGINT)
        super().step()


def test_ctrl_c_waits_for_the_step_to_be_whole() -> None:
    model, other = nn.MLP(1, [2, 1], seed=0), nn.MLP(1, [2, 1], seed=0)
    history = nn.fit(model, LINE, loss=MSELoss(), optimizer=Pressed(model.parameters(), 0.1), epochs=9)
    nn.fit(other, LINE, loss=MSELoss(), optimizer=SGD(other.parameters(), 0.1), epochs=2)
    assert history.interrupted
    assert (history.reason, len(history)) == ("interrupted", 1)  # the step is kept; its epoch was not over
    assert model.state_dict() == other.state_dict()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_block_is_unbroken_only_where_ctrl_c_is_heard() -> None:
    heard: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
        with unbroken():
            signal.raise_signal(signal.SIGINT)
            assert heard == []
        assert heard == [signal.SIGINT]
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with unbroken():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    seen: list[int] = []

    def elsewhere() -> None:
        with unbroken():
            seen.append(1)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [1]


# -- what it reports


def test_the_history_of_the_line() -> None:
    model, optimizer = line()
    history = nn.fit(model, LINE, loss=MSELoss(reduction="sum"), optimizer=optimizer, epochs=1, watch=["weight[0][0]"])
    assert history.loss == [14.0]  # (2-1)² + (4-2)² + (6-3)²
    assert history.gradient_norm == [28.0]
    assert history.watched == {"weight[0][0]": [1.28]}
    assert history.lr == [0.01]
    assert history.accuracy == [None]
    assert history.validation_loss == history.validation_accuracy == []


def test_batches_of_different_sizes_count_by_their_examples() -> None:
    frozen = {"optimizer": None}
    model = nn.Linear(1, 1, init="zeros")
    frozen["optimizer"] = SGD(model.parameters(), lr=1e-300)
    for reduction, wanted in (("mean", 56 / 3), ("sum", 56.0)):
        history = nn.fit(model, LINE, loss=MSELoss(reduction=reduction), epochs=1, batch_size=2, **frozen)
        assert history.loss == [pytest.approx(wanted)]


def test_accuracy_where_it_makes_sense() -> None:
    v = [[Value(0.2)], [Value(0.7)], [Value(-0.1)]]
    assert accuracy_for(BCEWithLogitsLoss())(v, [[1], [0], [0]]) == pytest.approx(2 / 3)  # type: ignore[misc]
    assert accuracy_for(BCELoss())(v[:2], [0, 1]) == 1.0  # type: ignore[misc]
    assert accuracy_for(HingeLoss())(v, [1, -1, -1]) == pytest.approx(2 / 3)  # type: ignore[misc]
    rows = [[Value(0.1), Value(0.3)], [Value(0.5), Value(0.5)]]
    for loss in (CrossEntropyLoss(), NLLLoss()):
        assert accuracy_for(loss)(rows, [1, 1]) == 0.5  # type: ignore[misc]  # of equal ones the first counts
    assert accuracy_for(CrossEntropyLoss())(rows, [[0.1, 0.9], [1.0, 0.0]]) == 1.0  # type: ignore[misc]
    assert accuracy_for(MSELoss()) is None
    assert accuracy_for(lambda y_pred, y: y_pred) is None


def test_a_metric_of_ones_own() -> None:
    history = fit(metric=lambda y_pred, y: (y_pred[0][0] - y[0][0]) ** 2, validation=LINE, epochs=1)
    assert history.accuracy == [1.0]
    assert history.validation_accuracy[0] < 1  # type: ignore[operator]
    assert history.validation_loss[0] < history.loss[0]


def test_exact_numbers_stay_exact() -> None:
    model = nn.Linear(1, 1, bias=False, init="ones")
    model.weight[0][0].data = Fraction(1, 3)
    seen: list[Any] = []

    def loss(y_pred: Any, y: Any) -> Any:
        seen.append(((y_pred[0][0] - y[0]) ** 2).data)
        return (y_pred[0][0] - y[0]) ** 2

    optimizer = SGD(model.parameters(), lr=0.5)
    history = fit(([[1]], [2]), model=model, optimizer=optimizer, epochs=1, loss=loss, keep_weights=True)
    assert seen[-1] == Fraction(25, 9)
    assert history.loss == [float(Fraction(25, 9))]
    assert history.weights == [model.state_dict()]


def test_a_model_knows_whether_it_is_trained_or_measured() -> None:
    class Spy(nn.Module):
        def __init__(self) -> None:
            self.inner, self.seen = nn.Linear(1, 1, init="ones"), list[bool]()

        def forward(self, x: Any) -> Any:
            self.seen.append(self.inner.training)
            return self.inner(x)

    spy = Spy()
    fit(model=spy, optimizer=SGD(spy.parameters(), lr=0.1), validation=LINE, epochs=2)
    assert spy.seen[-4:] == [True, False, True, False] and spy.training
    assert spy.eval() is spy and not spy.inner.training and spy.train().inner.training


def test_nothing_is_recorded_for_validation_data() -> None:
    model, optimizer = line()
    seen = []

    def loss(y_pred: Any, y: Any) -> Any:
        seen.append(y_pred[0][0].requires_grad)
        return MSELoss()(y_pred, y)

    nn.fit(model, LINE, loss=loss, optimizer=optimizer, epochs=2, validation=LINE)
    assert seen == [False, False, True, False, True, False]


def test_each_epoch_and_each_seed_has_an_order_of_its_own() -> None:
    data = [[k] for k in range(20)], list(range(20))
    orders = {
        tuple(y for _, targets in batches(data, 3, seed, epoch) for y in targets) for seed in (0, 1) for epoch in range(5)
    }
    assert len(orders) == 10


# -- the progress bar, the collector


class Bar:
    """A stand-in for tqdm."""

    lines: list[Any]

    def __init__(self, **given: Any) -> None:
        Bar.lines = [given]

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        Bar.lines.append("closed")

    def set_postfix(self, told: dict[str, str], refresh: bool) -> None:
        Bar.lines.append((told, refresh))

    def update(self) -> None:
        Bar.lines.append("one more")


def test_a_bar_shows_each_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    auto = ModuleType("tqdm.auto")
    auto.tqdm = Bar  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm", ModuleType("tqdm"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", auto)
    fit(nn.datasets.Dataset(*LINE), epochs=1, progress=True)
    assert Bar.lines == [{"total": 1, "initial": 0, "unit": "epoch"}, ({"loss": "4.667"}, False), "one more", "closed"]
    fit(epochs=1, progress=True, metric=lambda y_pred, y: 0.5)
    assert Bar.lines[1] == ({"loss": "4.667", "accuracy": "0.5"}, False)


def test_without_tqdm_the_remedy_is_named_before_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    model, optimizer = line()
    with pytest.raises(ModuleNotFoundError, match=re.escape(extra("train"))):
        nn.fit(model, LINE, loss=MSELoss(), optimizer=optimizer, epochs=1, progress=True)
    assert model.state_dict() == {"weight": [[1.0]]}


def test_the_real_bar_writes_to_stderr_only(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm", reason="SKIPPED: tqdm is not installed (pip install 'glassgrad[train]')")
    fit(epochs=2, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "2/2" in err and "loss=" in err


def test_the_collector_is_as_before_after_a_pause() -> None:
    seen = []

    def loss(y_pred: Any, y: Any) -> Any:
        seen.append(gc.isenabled())
        return MSELoss()(y_pred, y)

    fit(loss=loss, epochs=1, pause_collector=True)
    assert seen == [True, False] and gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        fit(epochs=1, until=lambda history: 1 / 0, pause_collector=True)
    assert gc.isenabled()
    gc.disable()
    try:
        fit(epochs=1, pause_collector=True)
        assert not gc.isenabled()
    finally:
        gc.enable()


# -- checkpoints


def test_a_file_that_exists_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="resume="):
        fit(checkpoint=path)
    assert path.read_text() == "mine"
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        fit(checkpoint=path)
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(ValueError, match="cannot serve as a checkpoint"):
        fit(checkpoint=tmp_path / "other.json", resume=tmp_path / "other.json")


def test_a_checkpoint_that_cannot_be_written_shows_before_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: Any, **more: Any) -> None:
        raise PermissionError(13, "Permission denied", "run.json")

    monkeypatch.setattr("nn.storage.document.save", full)
    model, optimizer = line()
    with pytest.raises(PermissionError):
        fit(model=model, optimizer=optimizer, checkpoint=tmp_path / "run.json")
    assert model.state_dict() == {"weight": [[1.0]]} and model.weight[0][0].grad is None


def test_a_run_that_was_cut_off_in_its_first_epoch_can_be_gone_on_with(tmp_path: Path) -> None:
    def cut(y_pred: Any, y: Any) -> Any:
        raise KeyboardInterrupt

    assert fit(checkpoint=tmp_path / "run.json", metric=cut).interrupted
    resumed = fit(checkpoint=tmp_path / "run.json", resume=tmp_path / "run.json")
    assert resumed.loss == fit().loss


def test_every_so_many_epochs_and_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced: list[Any] = []
    from nn.storage import document

    save = document.save
    monkeypatch.setattr(document, "save", lambda *given, **more: (replaced.append(more), save(*given, **more)))
    fit(epochs=7, checkpoint=tmp_path / "run.json", checkpoint_every=3)
    assert replaced == [{"overwrite": False}, *[{"overwrite": True}] * 3]  # before 1, after 3, 6 and 7
    assert os.listdir(tmp_path) == ["run.json"]
    assert len(json.loads((tmp_path / "run.json").read_text())["history"]["loss"]) == 7


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"seed": 1}, "seed = 0, and this training has 1"),
        ({"batch_size": 2}, "batch_size = None, and this training has 2"),
        ({"watch": "weight[0][0]"}, "watch"),
        ({"patience": 4}, "patience"),
        ({"validation": LINE}, "validation = None, and this training has 3"),
        ({"loss": HingeLoss()}, "loss"),
    ],
)
def test_another_training_is_not_gone_on_with(tmp_path: Path, given: dict[str, Any], named: str) -> None:
    fit(checkpoint=tmp_path / "run.json")
    before = (tmp_path / "run.json").read_bytes()
    data = ([[1.0], [2.0], [3.0]], [[1], [-1], [1]]) if "loss" in given else LINE
    with pytest.raises(ValueError, match=f"cannot serve as a checkpoint: it was written with {named}"):
        fit(data, resume=tmp_path / "run.json", checkpoint=tmp_path / "run.json", **given)
    assert (tmp_path / "run.json").read_bytes() == before


def test_a_checkpoint_of_another_model_changes_nothing(tmp_path: Path) -> None:
    fit(checkpoint=tmp_path / "run.json")
    model = nn.Linear(1, 1, init="ones")
    optimizer = SGD(model.parameters(), lr=0.5)
    with pytest.raises(ValueError, match="cannot serve as a checkpoint"):
        nn.fit(model, LINE, loss=MSELoss(), optimizer=optimizer, epochs=5, resume=tmp_path / "run.json")
    assert (model.state_dict(), optimizer.lr) == ({"weight": [[1.0]], "bias": [0.0]}, 0.5)


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update(settings=[]),
        lambda c: c.update(model=[]),
        lambda c: c.update(model={"weight": [["1"]]}),
        lambda c: c.update(optimizer={}),
        lambda c: c.update(optimizer=None),
        lambda c: c.update(best=[1.0]),
        lambda c: c.update(best=["low", []]),
        lambda c: c.update(best=[1.0, ["heavy"]]),
        lambda c: c.update(best=[1.0, [1.0, 1.0]]),
        lambda c: c.update(history=[]),
        lambda c: c["history"].update(loss=[1.0]),
        lambda c: c.pop("schedule"),
    ],
)
def test_a_forged_checkpoint_changes_nothing(tmp_path: Path, change: Any) -> None:
    path = tmp_path / "run.json"
    fit(checkpoint=path)
    content = json.loads(path.read_text())
    del content["sha256"]
    change(content)
    path.write_text(json.dumps({**content, "sha256": sha256(json.dumps(content).encode()).hexdigest()}))
    model, optimizer = line()
    with pytest.raises(ValueError, match="cannot serve as a checkpoint"):
        nn.fit(model, LINE, loss=MSELoss(), optimizer=optimizer, epochs=5, resume=path)
    assert (model.state_dict(), optimizer.lr) == ({"weight": [[1.0]]}, 0.01)


PROGRAM = """
import sys, nn
from nn.losses import BCEWithLogitsLoss
from nn.optim import Adam
from autograd.installing import extra
model = nn.MLP(2, [3, 1], seed=4)
data = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0], [1], [1], [0]])
epochs, path, resume = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
nn.fit(model, data, loss=BCEWithLogitsLoss(), optimizer=Adam(model.parameters(), lr=0.1), epochs=epochs, batch_size=3,
       checkpoint=path, resume=resume[0] if resume else None)
"""


def test_resumed_in_another_process_to_the_same_bytes(tmp_path: Path) -> None:
    def run(*given: object) -> None:
        root = Path(__file__).resolve().parents[2]
        subprocess.run([sys.executable, "-c", PROGRAM, *map(str, given)], cwd=root, check=True)

    run(9, tmp_path / "whole.json")
    run(4, tmp_path / "part.json")
    run(9, tmp_path / "rest.json", tmp_path / "part.json")
    assert (tmp_path / "rest.json").read_bytes() == (tmp_path / "whole.json").read_bytes()
    assert len(json.loads((tmp_path / "part.json").read_text())["history"]["loss"]) == 4


# -- the history itself


def test_a_short_table_of_a_long_history() -> None:
    history = fit(epochs=30, watch="weight[0][0]", patience=30)
    lines = repr(history).splitlines()
    assert lines[0].split() == ["epoch", "loss", "gradient", "lr", "weight[0][0]"]
    assert [line.split()[0] for line in lines[1:]] == ["1", "2", "3", "4", "5", "...", "26", "27", "28", "29", "30", "ended"]
    assert lines[-1] == "ended by: epochs; best epoch: 30"
    assert repr(nn.History()) == " epoch"
    assert "-" in repr(nn.History([1.0, 1.0], [None, 0.5], [1.0, 1.0], [1.0, 1.0])).splitlines()[1]
    assert bool(nn.History())


def test_a_history_as_plain_data() -> None:
    history = fit(epochs=2, validation=LINE, watch=["weight[0][0]"], keep_weights=True)
    data = history.to_dict()
    assert nn.History.from_dict(json.loads(json.dumps(data))) == history
    data["loss"].append(1.0)
    assert len(history) == 2
    for wrong in (
        {},
        [],
        {**data, "more": 1},
        data,
        {**history.to_dict(), "reason": 5},
        {**history.to_dict(), "watched": {"w": 1}},
    ):
        with pytest.raises(ValueError, match="histor"):
            nn.History.from_dict(wrong)  # type: ignore[arg-type]


def test_a_history_plots_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    plots = SimpleNamespace(history=lambda history, **options: (history, options))
    monkeypatch.setitem(sys.modules, "nn.plots", plots)  # type: ignore[arg-type]
    monkeypatch.setattr(nn, "plots", plots, raising=False)
    history = nn.History()
    assert history.plot(ax=1) == (history, {"ax": 1})


def test_a_history_opened_again_can_be_stepped_through_and_compared() -> None:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=3)
    data, criterion = ([[1.0, -1.0]], [[1.0]]), nn.MSELoss()
    optimizer = nn.SGD(model.parameters(), lr=0.01)
    history = nn.fit(model, data, loss=criterion, optimizer=optimizer, epochs=3, keep_weights=True)
    first, second = (history.open(k, model, loss=criterion, data=data) for k in (0, 1))
    weight = next(v for v in leaves(first) if v.requires_grad)
    assert "loss = " in steps(first)[-1].caption + str(explain(first, weight))
    moved = compare(first, second)
    assert moved.actual == history.loss[1] - history.loss[0] < 0
    assert moved.predicted == pytest.approx(-0.01 * history.gradient_norm[0] ** 2, rel=1e-9)


def test_a_history_is_opened_in_the_mode_of_training() -> None:
    class Doubled(nn.Module):
        def __init__(self) -> None:
            self.line = nn.Linear(1, 1, bias=False, init="ones")

        def forward(self, rows: Any) -> Any:
            return self.line([[2 * x for x in row] for row in rows] if self.training else rows)

    model = Doubled()
    history = fit(model=model, optimizer=SGD(model.parameters(), lr=0.01), keep_weights=True)
    model.eval()
    assert [history.open(k, model, loss=MSELoss(), data=LINE).data for k in range(3)] == history.loss
    assert not model.training


def test_what_cannot_be_opened() -> None:
    history = fit(epochs=2, keep_weights=True)
    line, loss = nn.Linear(1, 1, bias=False), nn.MSELoss()
    for epoch in (-1, 3, 1.0, True, None):
        with pytest.raises(ValueError, match=r"from 0, the beginning, to 2, the end of this training; got "):
            history.open(epoch, line, loss=loss, data=LINE)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"nn\.fit\(\.\.\., keep_weights=True\)"):
        fit(epochs=2).open(0, line, loss=loss, data=LINE)
    with pytest.raises(ValueError, match="weight"):
        history.open(0, nn.Linear(2, 1, bias=False), loss=loss, data=LINE)
    with pytest.raises(TypeError, match="must be one Value"):
        history.open(0, line, loss=lambda y_pred, y: y_pred, data=LINE)


def test_nan_in_the_validation_loss_is_only_recorded() -> None:
    def loss(y_pred: Any, y: Any) -> Any:
        value = MSELoss()(y_pred, y)
        return value if value.requires_grad else value * nan

    history = fit(loss=loss, validation=LINE, epochs=4, patience=2)
    assert isnan(history.validation_loss[0])
    assert (history.reason, history.best_epoch) == ("patience", 0)


def test_adam_is_found_by_name_in_the_error() -> None:
    with pytest.raises(ValueError, match=r"make it with Adam\(model.parameters\(\), ...\)"):
        fit(optimizer=Adam(nn.Linear(1, 1).parameters()))
