"""The shape of the code: imports go one way, nothing heavy loads at import, one name is one thing everywhere."""

import ast
import pathlib
import subprocess
import sys

import autograd
from autograd.op import FUNCTIONS, OPS
from autograd.value import Value

ROOT = pathlib.Path(autograd.__file__).parent
# Each module may import those on its left, never those on its right.
ORDER = [
    "files",
    "installing",
    "collector",
    "intrinsics",
    "precise",
    "op",
    "ops",
    "graph",
    "backward",
    "objects",
    "value",
    "functions",
    "modes",
    "derivatives",
    "compile",
    "formula",
    "story",
    "terminal",
    "table",
    "pictures",
    "stepper",
    "learn",
    "classroom",
    "testing",
    "command",
    "__main__",
]


def walk(node):
    """Every node, except below ``if TYPE_CHECKING``."""
    yield node
    if not (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
        for child in ast.iter_child_nodes(node):
            yield from walk(child)


def imports(path):
    """The modules of this package that a file imports, wherever in the file."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = (*base, *(node.module or "").split("."))
            top = [part for part in target if part]
            yield from [top[0]] if top else [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "autograd":
            yield from (node.module.split(".")[1:2] or [alias.name for alias in node.names])


def test_imports_go_one_way():
    for path in sorted(ROOT.rglob("*.py")):
        module = path.relative_to(ROOT).parts[0].removesuffix(".py")
        if module == "__init__":
            continue
        for target in imports(path):
            if target in ORDER and target != module:
                assert ORDER.index(target) < ORDER.index(module), f"{path} imports {target}"


def test_importing_the_engine_loads_the_standard_library_only():
    code = "import sys; before = set(sys.modules); import autograd; print(*sorted(set(sys.modules) - before))"
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT.parent)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    strangers = {name.split(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"autograd"}
    assert not strangers
    assert "autograd.pictures.dot" not in loaded and "argparse" not in loaded and "ast" not in loaded


def test_every_function_is_public_under_its_name():
    tests_own = {name for name, f in FUNCTIONS.items() if getattr(f, "doc", "").startswith("Of a test")}
    for name, function in FUNCTIONS.items():
        if name not in tests_own:
            assert getattr(autograd, name) is function, name
            assert name in autograd.__all__, name
    assert sorted(autograd.__all__, key=str.lower) == sorted(set(autograd.__all__), key=str.lower)
    for name in autograd.__all__:
        assert getattr(autograd, name).__doc__ or isinstance(getattr(autograd, name), type(OPS["tanh"])), name


def test_methods_are_rows_under_their_own_names():
    for name, op in OPS.items():
        if hasattr(Value, name) and name not in ("pow",):
            assert getattr(Value, name).__doc__ == op.doc


def test_modules_are_read_in_one_sitting():
    for path in ROOT.rglob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 300, path
