"""Weights to PyTorch and back, with the real PyTorch."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

import nn
from nn.shapes import flat

torch = pytest.importorskip("torch", reason="SKIPPED: PyTorch is not installed (pip install 'glassgrad[torch]')")

MODELS = [
    nn.MLP(2, [4, 3, 1], activation="tanh", seed=0),
    nn.MLP(3, [4, 4], activation="relu", output="softmax", seed=1),
    nn.Linear(3, 2, bias=False, seed=2),
    nn.Sequential(nn.Linear(2, 3, seed=3), nn.Sequential(nn.ELU(0.5), nn.Linear(3, 2, seed=4)), nn.LogSoftmax()),
    *[
        nn.Sequential(nn.Linear(2, 2, seed=5), kind())
        for kind in (nn.Sigmoid, nn.LeakyReLU, nn.Softplus, nn.SiLU, nn.GELU, nn.Identity)
    ],
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: " ".join(str(model).split())[:60])
def test_both_compute_alike_and_give_the_weights_back(model: nn.Module, tmp_path: Path) -> None:
    theirs = nn.to_torch(model)
    rng = Random(0)
    width = next(m for _, m in model.named_modules() if isinstance(m, nn.Linear)).in_features
    x = [[rng.uniform(-2, 2) for _ in range(width)] for _ in range(5)]
    ours, wanted = list(flat(model(x))), theirs(torch.tensor(x, dtype=torch.float64)).flatten().tolist()
    assert [v.data for v in ours] == pytest.approx(wanted, rel=1e-12, abs=1e-14)
    before = model.state_dict()
    assert {name: block.tolist() for name, block in theirs.state_dict().items()} == before
    nn.save(model, tmp_path / "model.json")
    empty = nn.load(tmp_path / "model.json")
    for p in empty.parameters():
        p.data = 0.0
    empty.load_state_dict(theirs.state_dict())
    assert empty.state_dict() == before


def test_float32_weights_are_taken_exactly() -> None:
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    model = nn.MLP(2, [3, 1])
    model.load_state_dict(theirs.state_dict())
    assert model.state_dict() == {name: block.tolist() for name, block in theirs.state_dict().items()}


def test_frozen_blocks_stay_frozen_and_shared_modules_shared() -> None:
    layer = nn.Linear(2, 2, seed=0)
    model = nn.Sequential(layer, nn.Tanh(), layer, nn.Linear(2, 1, seed=1))
    layer.requires_grad_(False)
    theirs = nn.to_torch(model)
    assert theirs[0] is theirs[2]
    assert [(name, p.requires_grad) for name, p in theirs.named_parameters()] == [
        ("0.weight", False),
        ("0.bias", False),
        ("3.weight", True),
        ("3.bias", True),
    ]
