"""What a compiled training step tells of itself: what it is made of, and who took its steps."""

import re
from contextlib import nullcontext

import numpy as np
import pytest

import nn
from autograd import Value
from autograd.compile import FallbackWarning
from nn.training import epochs

X = np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0], [1.0, 1.0]])
Y = np.array([[1.0], [-1.0], [1.0], [-1.0]])
FIRST = "1 with the update in Python: a parameter's first shows what {} remembers of it"


def made(kind=nn.SGD, model=None, criterion=None, backend="arrays", **options):
    model = model or nn.MLP(2, [3, 1], seed=0)
    optimizer = kind(model.parameters(), lr=0.1, **options)
    return model, nn.compile(model, criterion or nn.MSELoss(), optimizer, backend=backend)


def lines(step):
    return str(step.report()).splitlines()


def steps(step):
    """What is said of steps: the last lines."""
    found = lines(step)
    return found[found.index(next(line for line in found if line.startswith("steps"))) :]


@pytest.mark.parametrize("backend", ["python", "arrays", "llvm"])
def test_what_it_is_made_of(backend):
    _, step = made(nn.Adam, backend=backend)
    assert lines(step) == ["nothing is recorded yet: call it once"]
    step.many(X, Y, 5)
    told = lines(step)
    entry = step.report().entries[0]
    assert told[0].startswith(f"loss and gradient: {entry.counts.recorded} operations recorded (")
    assert told[0].endswith(f"{entry.program.steps} instructions (0 shared, {entry.counts.dropped} dropped), 1 branch")
    assert re.fullmatch(rf"  {backend}: recorded in \S+ ms, lowered in \S+ ms, compiled in \S+ ms", told[1])
    if backend == "llvm":
        assert re.fullmatch(r"  \d+ steps in \d+ nests of loops, \d+ left over", told[2])
        assert re.fullmatch(r"  code for 1 sample at a time, summed: compiled in \S+ ms", told[3])
        assert told[4] == "  not kept on disk"
    update = next(k for k, line in enumerate(told) if line.startswith("update"))
    assert re.fullmatch(
        r"update of 13 parameters: \d+ instructions for each, \d+ instructions for all together", told[update]
    )
    assert re.fullmatch(rf"  {backend}: recorded and compiled in \S+ ms", told[update + 1])
    assert told[update + 2 :] == ["steps: 4 compiled", "  " + FIRST.format("Adam")]


def test_code_for_many_samples_where_it_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSGRAD_CACHE", str(tmp_path))
    _, step = made(backend="llvm")
    step(np.resize(X, (20, 2)), np.resize(Y, (20, 1)))
    told = lines(step)
    assert re.fullmatch(r"  code for \d+ samples side by side, summed: compiled in \S+ ms", told[3])
    assert told[4] == f"  kept in {tmp_path}" and any(tmp_path.iterdir())


@pytest.mark.parametrize("backend", ["arrays", "llvm"])
def test_steps_one_by_one_and_many_are_counted(backend):
    _, step = made(backend=backend)
    for _ in range(5):
        step(X, Y)
    step.many(X, Y, 1000, batch_size=2)
    assert steps(step) == ["steps: 2,004 compiled", "  " + FIRST.format("SGD")]


class Branching(nn.Module):
    def __init__(self):
        self.w = Value(0.5, "w")

    def forward(self, x):
        return [[self.w * r[0]] if r[0] > 0 else [self.w * r[1]] for r in x]


@pytest.mark.parametrize("backend", ["arrays", "llvm"])
def test_a_branch_is_told_with_its_line(backend):
    _, step = made(model=Branching(), backend=backend)
    step(X[:2], Y[:2])
    with pytest.warns(FallbackWarning, match="branches on numbers"):
        step.many(X, Y, 3, batch_size=2, seed=None)
    told = steps(step)
    assert told[:2] == ["steps: 3 compiled", "  " + FIRST.format("SGD")]
    assert re.fullmatch(
        r"  3 in Python: examples go different ways at \S+test_nn_compile_report.py:\d+: return .*r\[0\] > 0 .*", told[2]
    )
    assert len(told) == 3


class Forking(nn.Module):
    def __init__(self):
        self.w = Value(0.5, "w")

    def forward(self, x):
        first = [[self.w * (1.0 if r[0] < 9 else 2.0)] for r in x]
        return [[f * r[1] if r[1] > 0 else f] for (f,), r in zip(first, x)]


def test_of_several_branches_the_one_that_was_not_taken_is_told():
    _, step = made(model=Forking())
    step(X[1:2], Y[1:2])
    with pytest.warns(FallbackWarning, match=r"branches on numbers, at .* if r\[1\] > 0 "):
        step(X[:1], Y[:1])
    step(np.array([[9.5, 1.0]]), Y[:1])
    told = steps(step)
    assert [re.search(r"if (r\[.\] . .)", line)[1] for line in told[2:]] == ["r[1] > 0", "r[0] < 9"]


class Asking(nn.Optimizer):
    @staticmethod
    def rule(lr):
        return lambda w, g: (w - lr if g > 0 else w + lr,)


class Stepping(nn.SGD):
    def step(self):
        super().step()


def test_an_update_that_does_not_compile():
    _, step = made(Asking)
    with pytest.warns(FallbackWarning, match="does not compile"):
        step.many(X, Y, 4)
    told = steps(step)
    assert told[:2] == ["steps: 0 compiled", "  " + FIRST.format("Asking")]
    said = (
        "3 with the update in Python: the update of Asking does not compile: the update asks how a comparison came out, at"
    )
    assert told[2].strip().startswith(said) and "g > 0" in told[2]
    assert not any(line.startswith("update") for line in lines(step))


def test_a_step_of_its_own():
    _, step = made(Stepping)
    step.many(X, Y, 4)
    assert steps(step) == ["steps: 0 compiled", "  4 with the update in Python: Stepping has a step() of its own"]


def test_a_gradient_whose_square_is_too_large():
    _, step = made(criterion=lambda p, y: 1e200 * p[0][0])
    step.optimizer.lr = 1e-200
    for _ in range(3):
        step(X[:1], Y[:1])
    assert "  3 with the update in Python: the square of the gradient is beyond all floats" in steps(step)


def test_groups_and_recordings_are_counted():
    model = nn.MLP(2, [3, 1], seed=0)
    groups = [{"params": model[0].parameters()}, {"params": model[2].parameters(), "lr": 0.5}]
    step = nn.compile(model, nn.MSELoss(), nn.SGD(groups, lr=0.1), backend="arrays")
    step.many(X, Y, 3)
    assert [line.split(":")[0] for line in lines(step) if line.startswith("u")] == [
        "update of 9 parameters",
        "update of 4 parameters",
    ]
    assert len(steps(step)) == 2
    model[0].requires_grad_(False)
    step.many(X, Y, 3)
    told = steps(step)
    assert told[0] == "steps: 5 compiled"
    assert told[-1] == "recorded 2 times: anew for rows of another shape, and for parameters frozen or freed"
    assert [line.split(":")[0] for line in lines(step) if line.startswith("u")] == ["update of 4 parameters"]


@pytest.mark.parametrize("shown", [True, False])
def test_progress_is_handed_on(shown, monkeypatch):
    made = []

    def step(*given, **options):
        made.append(nn.CompiledStep(*given, **options))
        return made[-1]

    monkeypatch.setattr(epochs, "CompiledStep", step)
    monkeypatch.setattr(nn.training, "progress_bar", lambda wanted: lambda history, epochs: nullcontext(lambda: None))
    model = nn.MLP(2, [3, 1], seed=0)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    made.append(nn.compile(model, nn.MSELoss(), optimizer, progress=shown))
    made[0](X, Y)
    nn.fit(model, (X, Y), loss=nn.MSELoss(), optimizer=optimizer, epochs=1, compiled=True, progress=shown)
    assert [step.training.driver.code.progress for step in made] == [shown] * 2
