"""The line that installs what is missing: with the environment's own pip, or with that of the Python it was made from."""

import importlib.util
import os
import shlex
import sys

import pytest

from autograd import installing


@pytest.fixture
def without_pip(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "pip" else found(name, *rest))


@pytest.fixture
def with_pip(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: object())


def installed(monkeypatch, folder):
    monkeypatch.setattr(installing, "__file__", str(folder / "autograd" / "installing.py"))


def test_an_installed_package(monkeypatch, tmp_path, with_pip):
    installed(monkeypatch, tmp_path)
    assert installing.extra("fast") == "pip install 'glassgrad[fast]'" and installing.package("jax") == "pip install jax"


def test_a_clone_is_installed_from_the_clone(monkeypatch, tmp_path, with_pip):
    (tmp_path / "pyproject.toml").touch()
    installed(monkeypatch, tmp_path)
    assert installing.extra("fast") == f"pip install -e '{tmp_path}[fast]'"


def test_an_environment_without_a_pip_is_filled_from_outside(monkeypatch, tmp_path, without_pip):
    monkeypatch.setattr(sys, "_base_executable", "/usr/bin/python3")
    monkeypatch.setattr(sys, "executable", "/home/a b/.venv/bin/python")
    installed(monkeypatch, tmp_path)
    line = installing.extra("dot,plot")
    assert shlex.split(line) == [
        *("/usr/bin/python3", "-m", "pip", "--python", "/home/a b/.venv/bin/python", "install", "glassgrad[dot,plot]")
    ]
    monkeypatch.setattr(sys, "_base_executable", "")
    assert installing.package("jax") == "python3 -m pip --python '/home/a b/.venv/bin/python' install jax"


def test_a_python_without_a_program_has_pip_in_its_own_words(monkeypatch, without_pip):
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert installing.package("jax") == "pip install jax"


def test_the_extras_that_errors_name_are_there():
    import tomllib

    clone = os.path.dirname(os.path.dirname(os.path.abspath(installing.__file__)))
    with open(os.path.join(clone, "pyproject.toml"), "rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    assert {"dot", "plot", "train", "data", "fast", "testing", "torch"} <= set(extras)
    with open(os.path.join(clone, "Makefile"), encoding="utf-8") as file:
        made = next(line for line in file if line.startswith("EXTRAS ?= ")).split("= ")[1].strip().split(",")
    assert set(made) <= set(extras)
