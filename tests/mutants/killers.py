"""Which tests are asked about a mutant: in stages, the fast and likely ones first."""

from __future__ import annotations

from fnmatch import fnmatch

EDGES = (
    "tests/laws/test_edges.py",
    "tests/laws/test_rows.py",
    "tests/unit/test_precise.py",
    "tests/laws/test_tails.py",
    "tests/unit/test_oracle.py",
    "tests/unit/test_published.py",
    "tests/unit/test_lecture.py",
)
ENGINE = (
    "tests/unit/test_op.py",
    "tests/unit/test_value.py",
    "tests/unit/test_backward.py",
    "tests/unit/test_derivatives.py",
    "tests/unit/test_functions.py",
    "tests/unit/test_modes.py",
    "tests/unit/test_numbers.py",
    "tests/unit/test_objects.py",
    "tests/unit/test_formula.py",
)
OPERATIONS = ("tests/laws/test_operations.py",)
GRAPHS = ("tests/laws/test_graphs.py", "tests/laws/test_stateful.py")
CALCULUS = ("tests/laws/test_calculus.py",)
LOWERED = ("tests/laws/test_lowering.py",)
CHECKS = (
    "tests/unit/test_differences.py",
    "tests/unit/test_witnesses.py",
    "tests/unit/test_whole.py",
    "tests/unit/test_testing.py",
    "tests/unit/test_row_points.py",
    "tests/laws/test_witness_laws.py",
)
PLANTED = ("tests/laws/test_planted_bugs.py",)
STRATEGIES = ("tests/unit/test_strategies.py",)
STRATEGIES_LAWS = ("tests/laws/test_strategies_laws.py",)

STAGES: dict[str, tuple[tuple[str, ...], ...]] = {
    "autograd/testing/strategies/*": (STRATEGIES, STRATEGIES_LAWS),
    "autograd/testing/*": (CHECKS, PLANTED),
    "autograd/ops/*": (EDGES, ENGINE, OPERATIONS),
    "autograd/precise.py": (EDGES, OPERATIONS),
    "autograd/intrinsics.py": (ENGINE, EDGES, OPERATIONS),
    "autograd/derivatives.py": (ENGINE, EDGES, GRAPHS, CALCULUS, LOWERED),  # whose rules a recording replaces
    "autograd/*": (ENGINE, EDGES, GRAPHS, CALCULUS),
}


def killers(module: str) -> tuple[tuple[str, ...], ...]:
    """The stages for a module; its own examples come first, apart from the rest."""
    return (module,), *next(stages for pattern, stages in STAGES.items() if fnmatch(module, pattern))
