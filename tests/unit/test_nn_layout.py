"""The shape of nn: imports go one way, of the engine only what is public is used, and nothing heavy loads at import."""

import ast
import importlib
import pathlib
import subprocess
import sys

import pytest

import autograd
import nn

ROOT = pathlib.Path(nn.__file__).parent
# Each may import those on its left, never those on its right.
ORDER = [
    "words",
    "checks",
    "shapes",
    "settings",
    "module",
    "initializers",
    "activations",
    "layers",
    "sequential",
    "collapse",
    "losses",
    "optim",
    "schedules",
    "perceptron",
    "approximator",
    "datasets",
    "loaders",
    "storage",
    "history",
    "training",
    "plots",
]
WHEN_CALLED = {("history", "plots"), ("history", "training")}  # History.plot(), History.open()
FILES = sorted(ROOT.rglob("*.py"))


def part(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path):
    """(module, names) of every import in a file, wherever in it, with modules in full."""
    package = ("nn", *path.relative_to(ROOT).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join([*base, *filter(None, [node.module])]), [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_to_the_left(path):
    if path == ROOT / "__init__.py":
        return
    for module, names in imported(path):
        if module == "nn" or module.startswith("nn."):
            for target in module.split(".")[1:2] or names:
                assert target in ORDER, f"{path} imports {target}: give it a place in the order"
                left = ORDER.index(target) <= ORDER.index(part(path))
                assert left or (part(path), target) in WHEN_CALLED, f"{path} imports {target}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_engines_public_names_are_used(path):
    for module, names in imported(path):
        if module.split(".")[0] == "autograd":
            plain = ("autograd", "autograd.collector", "autograd.files", "autograd.installing")
            public = module in plain or module.startswith("autograd.pictures")
            assert public, f"{path} imports {module}"
            found = importlib.import_module(module)
            public = getattr(found, "__all__", [name for name in vars(found) if not name.startswith("_")])
            assert {*names} <= {*public, "pictures"}, f"{path} imports {names} from {module}"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "autograd":
            assert node.attr in {*autograd.__all__, "pictures"}, f"{path} uses autograd.{node.attr}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_are_read_in_one_sitting(path):
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_importing_it_loads_the_standard_library_only():
    code = "import sys; before = set(sys.modules); import nn; print(*sorted(set(sys.modules) - before))"
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT.parent)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "nn.layers" in loaded
    assert not {name.split(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"autograd", "nn"}


def test_public_names_are_sorted_and_documented():
    assert set(nn.__all__) <= set(vars(nn)) and len(set(nn.__all__)) == len(nn.__all__)
    for name in nn.__all__:
        assert getattr(nn, name).__doc__, name
