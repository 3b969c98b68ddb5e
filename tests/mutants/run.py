"""Breaks the core on purpose, one small change at a time, and sees whether the tests notice: ``make mutants``.

The working tree is never touched: every process works on a copy of its own in a temporary folder. The tests run in a
fork that has pytest and Hypothesis loaded already, with the likeliest killers first; so this needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from typing import Any, NamedTuple

import hypothesis.strategies
import mpmath
import numpy
import pytest
from killers import killers
from operators import Change, changes

ROOT = pathlib.Path(__file__).parent.parent.parent
CORE = (
    "op",
    "ops/*",
    "value",
    "graph",
    "backward",
    "derivatives",
    "precise",
    "intrinsics",
    "testing/*",
    "testing/strategies/*",
)
COPIED = ("autograd", "nn", "tests", "pyproject.toml", "README.md")
WITHOUT = ("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "-W", "ignore::pytest.PytestAssertRewriteWarning")
LOADED = hypothesis.strategies, mpmath, numpy  # before the forks, which then need not
Stage = tuple[str, ...]
"""Test files that run together."""
GREEN = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)  # not every module has examples
Outcome = str
KILLED, SURVIVED, EQUIVALENT = "killed", "survived", "equivalent"


class Mutant(NamedTuple):
    """A change, and the module it is made to."""

    module: str
    change: Change

    @property
    def key(self) -> str:
        """What it is recognised by, in files."""
        return "\t".join((self.module, self.change.text, self.change.what))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mutants", help="all, or how many: a sample")
    parser.add_argument("--seed", default="1", help="of the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="modules whose name contains this")
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "out" / "mutants.json", help="what became of each")
    parser.add_argument("--again", action="store_true", help="keep the results, but try once more what survived")
    options = parser.parse_args()
    everyone = [m for m in all_mutants(ROOT) if options.only in m.module]
    chosen = everyone if options.mutants == "all" else sample(everyone, int(options.mutants), options.seed)
    before: dict[str, Outcome] = json.loads(options.results.read_text()) if options.again else {}
    equivalent = {m.key for m in chosen} & set(listed())
    outcomes: dict[str, Outcome] = {m.key: EQUIVALENT for m in chosen if m.key in equivalent}
    outcomes |= {key: KILLED for key, outcome in before.items() if outcome == KILLED and key not in equivalent}
    for mutant, outcome in tried([m for m in chosen if m.key not in outcomes], options.jobs):
        outcomes[mutant.key] = outcome
        print(f"{len(outcomes)} of {len(chosen)}: {outcome}  {described(mutant)}", file=sys.stderr, flush=True)
        options.results.parent.mkdir(parents=True, exist_ok=True)
        options.results.write_text(json.dumps(outcomes, indent=1, ensure_ascii=False))
    print(table(chosen, outcomes, len(everyone)))
    return int(any(outcomes[m.key] == SURVIVED for m in chosen))


def all_mutants(root: pathlib.Path) -> list[Mutant]:
    """Every mutant of the core, in the order of the modules."""
    modules = [p for pattern in CORE for p in sorted((root / "autograd").glob(f"{pattern}.py"))]
    return [Mutant(str(p.relative_to(root)), c) for p in modules for c, _ in changes(p.read_text(encoding="utf-8"))]


def sample(mutants: list[Mutant], count: int, seed: str) -> list[Mutant]:
    """Some of them, the same for the same seed, in their order."""
    return [mutants[i] for i in sorted(random.Random(seed).sample(range(len(mutants)), min(count, len(mutants))))]


def listed() -> dict[str, str]:
    """The mutants that no test can tell from the module, each with the reason."""
    entries = json.loads((ROOT / "tests" / "mutants" / "equivalent.json").read_text(encoding="utf-8"))
    return {"\t".join((e["module"], e["line"], e["change"])): e["reason"] for e in entries}


def tried(mutants: list[Mutant], jobs: int) -> Iterator[tuple[Mutant, Outcome]]:
    """Each mutant with its outcome, as they come."""
    with tempfile.TemporaryDirectory(prefix="glassgrad-mutants-") as folder:
        homes = [pathlib.Path(folder).resolve() / str(i) for i in range(jobs)]
        prepare(homes[0])
        for home in homes[1:]:
            shutil.copytree(homes[0], home)
        context = get_context("fork")
        queue = context.Queue()
        for home in homes:
            queue.put(home)
        stages = dict.fromkeys(stage for m in mutants for stage in killers(m.module))
        with context.Pool(jobs, settle, (queue,)) as pool:
            limits = dict(pool.imap_unordered(baseline, stages))
            yield from pool.imap_unordered(partial(attempt, limits=limits), mutants)


def prepare(home: pathlib.Path) -> None:
    """A copy of the project. The core is written by ``ast.unparse`` there, as the mutants are: the tests must not mind."""
    home.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy2(ROOT / name, home / name)
    for module in {m.module for m in all_mutants(home)}:
        (home / module).write_text(ast.unparse(ast.parse((home / module).read_text(encoding="utf-8"))), encoding="utf-8")


def baseline(stage: Stage) -> tuple[Stage, int]:
    """How many seconds of processor time a mutant gets for a stage: what the unchanged core takes, and much to spare."""
    code, seconds = run_tests(here, stage, 600, write_bytecode=True)
    if code not in GREEN:
        raise RuntimeError(f"the tests fail without any mutant (exit code {code}): {' '.join(stage)}")
    print(f"{seconds:.0f} s: {' '.join(stage)}", file=sys.stderr, flush=True)
    return stage, int(3 * seconds) + 10


here: pathlib.Path


def settle(queue: Any) -> None:
    """A worker takes one of the copies."""
    global here
    here = queue.get()


def attempt(mutant: Mutant, limits: dict[Stage, int]) -> tuple[Mutant, Outcome]:
    """Put the mutant in the worker's copy, and run its stages until one fails; too long is a failure too."""
    path = here / mutant.module
    before, stamp = path.read_text(encoding="utf-8"), path.stat().st_mtime
    source = (ROOT / mutant.module).read_text(encoding="utf-8")
    mutated = next(ast.unparse(ast.fix_missing_locations(tree)) for c, tree in changes(source) if c == mutant.change)
    try:
        path.write_text(mutated, encoding="utf-8")
        os.utime(path, (stamp, stamp + 100))  # another time: the compiled module in the cache does not count
        green = all(run_tests(here, stage, limits[stage])[0] in GREEN for stage in killers(mutant.module))
    finally:
        path.write_text(before, encoding="utf-8")
        os.utime(path, (stamp, stamp))
    return mutant, SURVIVED if green else KILLED


def run_tests(home: pathlib.Path, files: Stage, limit: int, write_bytecode: bool = False) -> tuple[int, float]:
    """pytest in a fork, in a copy: its exit code (not 0 when killed for time), and the processor time it took."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
            signal.alarm(20 * limit)  # for what waits forever; a busy machine may be slow
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            sys.dont_write_bytecode = not write_bytecode
            os.chdir(home)
            sys.path[:] = [str(home), *(p for p in sys.path if pathlib.Path(p).resolve() != ROOT)]
            assert str(home) in str(import_module("autograd").__file__)
            for file in files:
                if file.startswith("autograd/"):  # or pytest would import it a second time, for its examples
                    import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
            import_module("tests.conftest")  # its profile is for a module's examples, too: the same random numbers each time
            code = int(pytest.main(["-x", *WITHOUT, "--rootdir", str(home), *files]))
        finally:
            os._exit(code)
    _, status, usage = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime


def described(mutant: Mutant) -> str:
    return f"{mutant.module}:{mutant.change.line}: {mutant.change.what}"


def table(mutants: list[Mutant], outcomes: dict[str, Outcome], all_of_them: int) -> str:
    """What became of them, by module, and who survived."""
    rows = ["| module | mutants | equivalent | killed | survived |", "| --- | ---: | ---: | ---: | ---: |"]
    for module in [*dict.fromkeys(m.module for m in mutants), ""]:
        found = [outcomes[m.key] for m in mutants if module in ("", m.module)]
        counts = [len(found), *(found.count(o) for o in (EQUIVALENT, KILLED, SURVIVED))]
        rows.append(f"| {module or 'all'} | " + " | ".join(map(str, counts)) + " |")
    killed, counted = counts[2], counts[0] - counts[1]
    rows += ["", f"{killed} of {counted} killed: {100 * killed / max(counted, 1):.1f} %, of {all_of_them} mutants in all."]
    survivors = [f"- `{m.module}:{m.change.line}` {m.change.what}" for m in mutants if outcomes[m.key] == SURVIVED]
    return "\n".join([*rows, *(["", "Survivors:", *survivors] if survivors else [])])


if __name__ == "__main__":
    sys.exit(main())
