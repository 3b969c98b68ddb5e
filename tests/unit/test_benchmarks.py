"""The benchmarks still run, and cannot be won by a wrong engine. Nothing here looks at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "tests" / "benchmarks"


def python(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def facts(program: str, *arguments: object, **more: str) -> dict[str, Any]:
    done = python(BENCHMARKS / "programs" / program, *arguments, **more)
    assert done.returncode == 0, done.stderr
    reported: dict[str, Any] = json.loads(done.stdout)
    return reported


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import measure

    return measure


def test_plain_and_dot_and_nn_train_alike(measure: ModuleType) -> None:
    size = ("--samples", 4, "--steps", 2)
    sides = {name: [facts("demo.py", name, *size)] for name in ("plain", "dot", "nn")}
    measure.check_agreement(sides)
    (plain,) = sides["plain"]
    assert len(plain["losses"]) == 3
    assert len(plain["gradients"]) == 337
    assert any(plain["gradients"])
    assert plain["losses"][0] > plain["losses"][-1]


def test_the_xor_net_learns() -> None:
    trained = facts("xor.py", "--steps", 100)
    assert len(trained["seconds"]) == 100
    assert trained["last"] < 0.1 < trained["first"]


def test_one_node_is_the_same_product_by_hand(measure: ModuleType) -> None:
    sides = {name: [facts("one_node.py", name, "--nodes", 10, "--steps", 1)] for name in ("by-hand", "ours")}
    measure.check_agreement(sides)


def test_growth_reports_the_gradients_of_its_graph() -> None:
    grown = facts("growth.py", "ours", "--steps", 3)
    x, w, step = 0.5, 0.25, 1e-6

    def z(x: float, w: float) -> float:
        y = x
        for _ in range(20):
            y = max(y * w + x, 0)
        return y

    by_differences = [(z(x + step, w) - z(x - step, w)) / 2e-6, (z(x, w + step) - z(x, w - step)) / 2e-6]
    assert grown["losses"] == [z(x, w)]
    assert grown["gradients"] == pytest.approx(by_differences)


def test_chain_runs_through_every_phase() -> None:
    passes = facts("chain.py", "time", "--nodes", 50)["passes"]
    assert set(passes) == {"forward", "backward", "pickle", "deepcopy", "del"}


def test_a_dropped_chain_leaves_nothing_for_the_collector() -> None:
    memory = facts("chain.py", "memory", "--nodes", 20_000)
    assert memory["cyclic objects"] == 0
    assert 100 < memory["forward"] <= memory["with gradients"] <= 176
    assert memory["left"] < 1


def test_gradients_and_picture_do_not_depend_on_the_hash_seed() -> None:
    first, second = (facts("bits.py", PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first == second
    assert len(set(first["gradients"])) > 5


@pytest.mark.parametrize(
    ("arguments", "nodes"),
    [(("network",), 489), (("shared", "--nodes", 8), 8), (("collapsed", "--nodes", 700), 985), (("ratio", "--nodes", 8), 8)],
)
def test_pictures_are_drawn_and_timed(arguments: tuple[object, ...], nodes: int) -> None:
    drawn = facts("draw.py", *arguments)
    assert drawn["nodes"] == nodes
    assert all(taken > 0 for taken in drawn.get("seconds") or drawn["ours"] + drawn["bare"])


def test_a_player_of_fifty_nodes_is_small() -> None:
    player = facts("draw.py", "player")
    assert 20_000 < player["bytes"] <= 400_000


@pytest.mark.parametrize(
    "spoil",
    [
        lambda run: run["gradients"].__setitem__(1, 2.5),
        lambda run: run["losses"].__setitem__(0, 1.01),
        lambda run: run["gradients"].append(0.0),
        lambda run: run["gradients"].__setitem__(0, float("nan")),
    ],
)
def test_a_wrong_engine_is_found_out(measure: ModuleType, spoil: Callable[[dict[str, Any]], None]) -> None:
    right = {"losses": [1.0], "gradients": [3.0, 2.0]}
    wrong = {"losses": [1.0], "gradients": [3.0, 2.0]}
    measure.check_agreement({"ours": [right, wrong], "theirs": [wrong]})
    spoil(wrong)
    with pytest.raises(measure.Disagreement):
        measure.check_agreement({"ours": [right], "theirs": [right, wrong]})


def test_a_ratio_is_that_of_the_medians_and_shows_the_pairs(measure: ModuleType) -> None:
    ratio = measure.Ratio(slower=[2.0, 30.0, 4.0], faster=[1.0, 2.0, 4.0])
    assert ratio.value == 2.0
    assert str(ratio) == "2.00x (1.00 to 15.00)"


def test_the_runner_prints_a_table_and_skips_what_needs_peers(tmp_path: Path) -> None:
    saved = tmp_path / "figures.json"
    options = ("--quick", "--only", "bits", "--only", "demo", "--peers", tmp_path / "none", "--json", saved)
    done = python(BENCHMARKS / "run.py", *options)
    assert done.returncode == 0, done.stderr
    assert "| figure " in done.stdout
    assert "bit patterns in 3 processes" in done.stdout
    assert "skipped" in done.stdout
    assert [result["reached"] for result in json.loads(saved.read_text())["results"]] == [None, None, None]
    assert list(tmp_path.iterdir()) == [saved]


def test_a_program_that_breaks_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").write_text("raise RuntimeError('broken on purpose')\n")
    done = python(BENCHMARKS / "run.py", "--quick", "--only", "bits", "--root", tmp_path)
    assert done.returncode == 1
    assert "| failed " in done.stdout
    assert "broken on purpose" in done.stdout
