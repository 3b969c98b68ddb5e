"""Every notebook runs from top to bottom in a fresh kernel, silently, and arrives at the lecture's figures."""

import ast
import re
from importlib import import_module

import pytest

nbformat = pytest.importorskip("nbformat", reason="SKIPPED: needs the extra: pip install 'glassgrad[notebooks]'")
nbclient = pytest.importorskip("nbclient", reason="SKIPPED: needs the extra: pip install 'glassgrad[notebooks]'")

from figures import FIGURES  # noqa: E402
from make_book import HERE, notebooks, run, title  # noqa: E402

ALL = [pytest.param(path, id=path.stem) for path in notebooks()]


def read(path):
    return nbformat.read(path, as_version=4)


def prose(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def code(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", ALL)
def test_it_runs_silently_and_arrives_at_the_figures(path):
    notebook = read(path)
    for source in FIGURES[path.stem]:
        notebook.cells.append(nbformat.v4.new_code_cell(f"assert {source}, {source!r}"))
    run(notebook)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            assert output.get("name") != "stderr", output.text
            assert output.output_type != "error"
            assert "Warning" not in str(output.get("text", ""))


@pytest.mark.parametrize("path", ALL)
def test_it_is_kept_without_outputs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata == {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    assert [cell.id for cell in notebook.cells] == [f"cell-{k:02}" for k in range(len(notebook.cells))]
    for cell in notebook.cells:
        assert cell.metadata == {}
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


@pytest.mark.parametrize("path", ALL)
def test_it_is_made_as_all_are(path):
    notebook = read(path)
    text = prose(notebook)
    assert notebook.cells[0].source.startswith("# ") and "?" in notebook.cells[0].source, "begins with its question"
    assert "<summary>" in text and "Predict" in text, "something to predict before it is revealed"
    assert "Exercise" in text and "<summary>Solution</summary>" in text, "an exercise with a hidden solution"
    assert any("check(" in source for source in code(notebook)), "with a checked answer"
    assert "Change" in text, "something to change"
    assert "steps(" in "".join(code(notebook)), "something to step through"
    assert notebook.cells[-1].source.startswith("## What to remember")


@pytest.mark.parametrize("path", ALL)
def test_it_uses_public_names_only(path):
    for source in code(read(path)):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("autograd", "nn"):
                assert not any(part.startswith("_") for part in node.module.split("."))
                home = import_module(node.module)
                for alias in node.names:  # a package with public names of its own is public
                    public = alias.name in home.__all__ or hasattr(getattr(home, alias.name), "__all__")
                    assert public, ast.unparse(node)
            if isinstance(node, ast.Attribute):
                assert not re.match(r"_[^_]", node.attr), ast.unparse(node)


def test_the_list_names_every_notebook_and_every_row():
    listed = (HERE / "README.md").read_text("utf-8")
    for path in notebooks():
        assert f"[{title(read(path))}]({path.name})" in listed
    rows = {int(n) for n in re.findall(r"\bL(\d+)\b", listed)}
    assert rows == set(range(1, 25))
    for path in notebooks():
        (line,) = [line for line in listed.splitlines() if f"({path.name})" in line]
        for row in re.findall(r"\bL\d+\b", line):
            assert re.search(rf"\b{row}\b", prose(read(path))), f"{path.name} does not say where {row} is"


def test_every_notebook_has_figures_to_arrive_at():
    assert list(FIGURES) == [path.stem for path in notebooks()]
    assert all(FIGURES.values())
