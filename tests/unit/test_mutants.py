"""The mutator itself: what it makes compiles, is one change each, and leaves texts alone."""

import ast
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "mutants"))
from killers import killers
from operators import changes

ROOT = Path(__file__).parent.parent.parent
MODULES = [ROOT / "autograd" / name for name in ("op.py", "ops/arithmetic.py")]


def mutants(source):
    return [(change, ast.unparse(ast.fix_missing_locations(tree))) for change, tree in changes(source)]


def said(source):
    return [change.what for change, _ in mutants(source)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_every_mutant_compiles_and_is_another_module_with_the_same_documentation(path):
    source = path.read_text(encoding="utf-8")
    same, documented = ast.unparse(ast.parse(source)), set(documentation(source))
    made = mutants(source)
    assert len(made) > 50
    for change, mutant in made:
        compile(mutant, path.name, "exec")
        assert mutant != same, change
        assert set(documentation(mutant)) == documented, change
    keys = [(change.text, change.what) for change, _ in made]
    assert len(set(keys)) == len(keys)


def documentation(source):
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    return [ast.get_docstring(node) for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]


def test_the_same_mutants_each_time():
    source = MODULES[0].read_text(encoding="utf-8")
    assert mutants(source) == mutants(source)


@pytest.mark.parametrize(
    "source, expected",
    [
        ("a + b", ["a + b → a - b"]),
        ("a / b", ["a / b → a * b"]),
        ("a < b", ["a < b → a <= b", "a < b → a >= b"]),
        ("a is b", ["a is b → a is not b"]),
        ("a and b", ["a and b → a or b"]),
        ("0", ["0 → 1", "0 → -1"]),
        ("True", ["True → False"]),
        ("not a", ["not a → a"]),
        ("-a", ["-a → a"]),
        ("f(a)", []),
        ("f(a, b)", ["f(a, b) → f(a)", "f(a, b) → f(b, a)"]),
        ("f(a=b)", ["f(a=b) → f()"]),
        (
            "f(slopes=lambda z: (z, -z))",
            [
                "f(slopes=lambda z: (z, -z)) → f()",
                "f(slopes=lambda z: (z, -z)) → f(slopes=lambda z: (-z, -z))",
                "-z → z",
            ],
        ),
        ("def f():\n    return a", ["return a → return"]),
        ("def f():\n    return None", []),
        ("raise E", ["raise E → pass"]),
        ("a += b", ["a += b → a -= b", "a += b → a = b"]),
        ("if a: f()", ["if a: pass → if not a: pass"]),
        ("'text'", []),
        ("f'{a + b}'", []),
        ("'''A docstring of 1 line.'''", []),
        ("__slots__ = (1, 2)", []),
        ("def f(x: g(1)) -> g(2): pass", []),
        ("if TYPE_CHECKING:\n    x = 1", []),
        ("T = TypeVar('T', bound=f(1))", []),
    ],
)
def test_what_is_changed(source, expected):
    assert said(source) == expected


def test_equal_changes_of_equal_lines_are_told_apart():
    assert said("a + b\na + b") == ["a + b → a - b", "a + b → a - b (2)"]


def test_every_module_of_the_core_has_killers_that_exist():
    for path in (ROOT / "autograd").glob("**/*.py"):
        assert all((ROOT / test).is_file() for stage in killers(str(path.relative_to(ROOT))) for test in stage)
