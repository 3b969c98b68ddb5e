"""The benchmarks still run, and cannot be won by a wrong engine. Nothing here looks at a time."""

from __future__ import annotations

import json
import os
import shutil
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


@pytest.fixture
def compiled(measure: ModuleType) -> ModuleType:
    import compiled

    return compiled


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


ENGINES = [
    ("demo", "--samples 9 --many 3", "ours ours-many c c-many numpy"),
    ("digits", "--samples 3 --many 3", "ours-many c-many numpy"),
    ("rosenbrock", "--size 12", "ours ours-batch c numpy"),
    ("residual", "--rows 19", "ours ours-out c"),
    ("gpt", "--letters 0 --many 3", "ours-many c-many"),
    ("xor", "--many 8", "ours ours-many c c-many"),
    ("chain", "--operations 40", "ours floats"),
]


@pytest.mark.parametrize(("workload", "size", "engines"), ENGINES, ids=[workload for workload, _, _ in ENGINES])
def test_compiled_programs_agree_with_c_and_with_formulas_by_hand(
    measure: ModuleType, workload: str, size: str, engines: str
) -> None:
    pytest.importorskip("llvmlite")
    here = [name for name in engines.split() if not name.startswith("c") or shutil.which("gcc")]
    options = [*size.split(), "--times", 2, "--least", 0]
    sides = {name: [facts(f"compiled_{workload}.py", name, *options, GLASSGRAD_CACHE="off")] for name in here}
    measure.check_agreement(sides)
    for (run,) in sides.values():
        assert len(run["seconds"]) == 2
        assert all(map(abs, run["losses"]))
        assert any(run["gradients"]) or workload == "chain"


def test_a_first_call_finds_its_code_on_disk(tmp_path: Path) -> None:
    pytest.importorskip("llvmlite")
    for _ in range(2):
        started = facts("compiled_start.py", "irregular", "--nodes", 30, GLASSGRAD_CACHE=str(tmp_path))
        assert set(started) == {"first", "second"}
    assert list(tmp_path.iterdir())


def test_one_thread_and_two_train_alike(compiled: ModuleType, measure: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("llvmlite")
    run = facts("compiled_threads.py", "--samples", 40, "--times", 2, "--many", 2, GLASSGRAD_CACHE="off")
    measure.check_agreement({name: [run[name]] for name in ("one", "two")})
    assert all(len(run[name]["seconds"]) == 2 and any(run[name]["gradients"]) for name in run)

    class Runs:
        quick, pick = True, staticmethod(lambda full, quick: quick)

        def run(self, *_: object, **more: object) -> dict[str, Any]:
            return run

    run["one"]["seconds"], run["two"]["seconds"] = [3.0, 3.0], [1.5, 2.5]
    monkeypatch.setattr(compiled.os, "sched_getaffinity", lambda process: {0, 1}, raising=False)
    (line,) = compiled.threads(Runs())
    assert line.reached is False and line.target == ">= 1.6x one's speed"
    assert line.figure == "demo step, 100 samples, two threads" and line.measured == "1.50x (1.50 to 1.50): 3 s / 2 s"
    run["two"]["gradients"][0] += 1
    with pytest.raises(measure.Disagreement, match="two"):
        compiled.threads(Runs())
    monkeypatch.setattr(compiled.os, "sched_getaffinity", lambda process: {1})
    assert compiled.threads(Runs())[0].measured == "skipped: there is one core"


def test_what_is_promised_of_a_compiled_program_is_a_time_or_a_speed(compiled: ModuleType) -> None:
    taken = {"ours": [2.0, 4.0, 3.0], "c": [2.0, 2.0, 2.0], "jax": [9.0, 6.0, 9.0]}
    promises = (compiled.within(1.5), compiled.within(1.4), compiled.within(1), compiled.faster("jax", 3))
    lines = [promise.result("work", taken) for promise in (*promises, compiled.faster("c"), compiled.Promise("ours", "jax"))]
    assert [line.reached for line in lines] == [True, False, False, True, False, None]
    assert lines[0].target == "<= 1.5x c's time"
    assert lines[0].measured == "1.50x (1.00 to 2.00): 3 s / 2 s"
    assert lines[3].target == ">= 3x jax's speed"
    assert lines[3].measured == "3.00x (1.50 to 4.50): 9 s / 3 s"
    assert lines[5].target == ""
    assert lines[5].measured == lines[3].measured


class Stage:
    """A bench on which nothing runs: every engine but one finds the same."""

    quick = True
    peers_python = Path("python")

    def __init__(self, wrong: str) -> None:
        self.wrong, self.order = wrong, []

    def pick(self, full: int, quick: int) -> int:
        return min(full, 2)

    def has(self, peer: str) -> bool:
        return peer != "torch"

    def run(self, program: str, side: str, *arguments: object, **more: object) -> dict[str, Any]:
        self.order.append(side)
        return {"seconds": [1.0], "losses": [1.0], "gradients": [2.0 + (side == self.wrong)]}


def test_engines_of_a_workload_take_turns_and_must_agree(compiled: ModuleType, measure: ModuleType) -> None:
    game = compiled.Contest("work", "work.py", [compiled.faster("jax"), compiled.faster("numpy"), compiled.faster("torch")])
    stage = Stage("nobody")
    lines = compiled.contest(stage, game)
    assert stage.order == ["ours", "jax", "numpy"] * 2
    assert [line.reached for line in lines] == [True, True, None]
    assert lines[2].measured == "skipped: torch is not installed"
    with pytest.raises(measure.Disagreement, match="numpy"):
        compiled.contest(Stage("numpy"), game)


def test_a_chart_has_a_bar_for_each_engine(measure: ModuleType, compiled: ModuleType, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    import chart

    taken = {"ours": [2e-6, 4e-6, 3e-6], "c": [2e-6, 2e-6, 2e-6]}
    results = [compiled.within(1.5).result("the work", taken), measure.Result("another", "", "", None)]
    assert chart.bars(results) == {"the work": {"c": 2e-6, "ours": 3e-6}}
    for name in ("one", "two"):
        assert chart.plot(results, tmp_path / "out" / f"{name}.svg", "here").startswith("plotted")
    one, two = ((tmp_path / "out" / f"{name}.svg").read_text() for name in ("one", "two"))
    assert one == two
    assert "<svg" in one
    assert "nothing" in chart.plot(results[1:], tmp_path / "none.svg", "here")
    assert not (tmp_path / "none.svg").exists()


def test_the_runner_takes_a_compiled_figure_without_peers(tmp_path: Path) -> None:
    pytest.importorskip("llvmlite")
    options = ("--quick", "--only", "compiled-rosenbrock", "--peers", tmp_path / "none", "--plot", tmp_path / "plot.svg")
    done = python(BENCHMARKS / "run.py", *options)
    assert done.returncode == 0, done.stderr
    assert "casadi is not installed" in done.stdout
    assert "Rosenbrock, n = 1000, ours-batch" in done.stdout


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
