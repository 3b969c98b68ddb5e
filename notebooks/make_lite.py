"""The notebooks as a site that runs them in the browser: Python and Graphviz as WebAssembly, nothing to install.

``make lite`` calls this: python notebooks/make_lite.py OUT CACHE. The site is a folder of files for any server, and asks
nobody else for anything. All that it needs is fetched here, at pinned versions, by pip and npm, and kept in CACHE.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from typing import Any

HERE = pathlib.Path(__file__).parent
PYODIDE = "pyodide@314.0.6"
"""Python for the browser; the version is the one that jupyterlite-pyodide-kernel is made for."""
VIZ = "@viz-js/viz@3.31.0"
"""Graphviz for the browser."""
STARTED = ("micropip", "packaging", "ipython", "jedi", "typing-extensions", "pygments")
"""What the kernel loads as it starts; Pyodide's list of packages says in which versions, and what they need."""
ADDED = {
    "comm": "0.2.3",
    "graphviz": "0.21",
    "hypothesis": "6.155.7",
    "sortedcontainers": "2.4.0",
    "mpmath": "1.4.1",
    "tqdm": "4.67.3",
}
"""What the notebooks import beside that."""
OWN = {"glassgrad": ("autograd", "nn"), "glassgrad-plots": ("matplotlib",)}
"""What is made here, and what a cell imports of it."""
NEEDS = {"hypothesis": ["sortedcontainers"], "glassgrad": ["graphviz", "tqdm", "glassgrad-plots"]}
LEFT_OUT = ("10_digits", "12_pictures_for_your_slides")
"""Notebooks that need more than the browser has: scikit-learn, which is compiled, and pictures as PNG."""
KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "glassgrad",
        "exposeAppInBrowser": True,  # the tests press "Run all" by its name
        "disabledExtensions": ["@jupyterlab/apputils-extension:announcements"],
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}},
    },
}


def fetched(package: str, cache: pathlib.Path) -> dict[str, bytes]:
    """The files of an npm package. npm compares it with the checksum that was published, and nothing in it is run."""
    kept = cache / f"{package.replace('/', '-').lstrip('@')}.tgz"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=cache) as part:
            subprocess.run(["npm", "pack", "--silent", package], cwd=part, check=True, stdout=subprocess.DEVNULL)
            (archive,) = pathlib.Path(part).glob("*.tgz")
            archive.rename(kept)
    with tarfile.open(kept) as opened:
        files = {member.name: opened.extractfile(member) for member in opened if member.isfile()}
        return {name.removeprefix("package/"): file.read() for name, file in files.items() if file is not None}


def pip(*words: str) -> None:
    """pip of this environment."""
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *words, "--quiet"], check=True)


def wheels(pins: dict[str, str], python: str, cache: pathlib.Path) -> dict[str, pathlib.Path]:
    """The wheels of these versions, written in Python alone, for this version of Python."""
    folder = cache / "wheels"
    wanted = [f"{name}=={version}" for name, version in sorted(pins.items())]
    done = folder / "complete"
    if not (done.exists() and done.read_text("utf-8").split() == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        flags = ["--no-deps", "--only-binary=:all:", "--implementation=py", "--abi=none", "--platform=any"]
        pip("download", *flags, "--python-version", python, "--dest", str(folder), *wanted)
        done.write_text("\n".join(wanted), "utf-8")
    return {plain(path.name.split("-")[0]): path for path in folder.glob("*.whl")}


def plain(name: str) -> str:
    """A package's name as pip compares it."""
    return name.lower().replace("_", "-")


def closure(names: tuple[str, ...], packages: dict[str, Any]) -> list[str]:
    """These and what they need, by Pyodide's list."""
    found: list[str] = []
    left = [*names]
    while left:
        name = plain(left.pop())
        if name not in found:
            found.append(name)
            left += packages[name]["depends"]
    return found


def entry(path: pathlib.Path, name: str, imports: tuple[str, ...]) -> dict[str, Any]:
    """A wheel's line in Pyodide's list; a cell that imports one of ``imports`` loads it."""
    return {
        "name": name,
        "version": path.name.split("-")[1],
        "file_name": path.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": imports,
        "depends": NEEDS.get(name, []),
        "unvendored_tests": False,
    }


def runtime(folder: pathlib.Path, cache: pathlib.Path) -> None:
    """Python, Graphviz and all packages, as the files that the kernel asks for."""
    pyodide, viz = fetched(PYODIDE, cache), fetched(VIZ, cache)
    folder.mkdir(parents=True)
    for name in ("pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"):
        (folder / name).write_bytes(pyodide[name])
    (folder / "python.mjs").write_bytes(pyodide["pyodide.mjs"])
    (folder / "viz.mjs").write_bytes(viz["dist/viz.js"])
    shutil.copy(HERE / "lite" / "pyodide.mjs", folder)

    lock = json.loads(pyodide["pyodide-lock.json"])
    listed = lock["packages"]
    version = "".join(lock["info"]["python"].split(".")[:2])
    started = closure(STARTED, listed)
    found = wheels({name: listed[name]["version"] for name in started} | ADDED, version, cache)
    lock["packages"] = {}
    for name, path in sorted(found.items()):
        shutil.copy(path, folder)
        known = {key: listed[name][key] for key in ("imports", "depends")} if name in started else {}
        lock["packages"][name] = entry(path, name, (name,)) | known
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(HERE.parent), str(HERE / "lite"))
    for name, imports in OWN.items():
        (path,) = folder.glob(f"{name.replace('-', '_')}-*.whl")
        lock["packages"][name] = entry(path, name, imports)
    (folder / "pyodide-lock.json").write_text(json.dumps(lock, indent=1), "utf-8")


def make(out: pathlib.Path, cache: pathlib.Path) -> None:
    """Build the site in a new folder beside ``out``, then put it there."""
    if shutil.which("npm") is None:
        sys.exit("make lite fetches Python and Graphviz for the browser with npm: install Node.js, which brings it along")
    cache.mkdir(parents=True, exist_ok=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as work:
        source = pathlib.Path(work, "source")
        runtime(source / "static" / "pyodide", cache)
        (source / "files").mkdir()
        for path in [path for path in HERE.glob("[0-9][0-9]_*.ipynb") if path.stem not in LEFT_OUT]:
            notebook = json.loads(path.read_text("utf-8"))
            notebook["metadata"]["kernelspec"] = KERNEL
            (source / "files" / path.name).write_text(json.dumps(notebook), "utf-8")
        (source / "jupyter-lite.json").write_text(json.dumps(SETTINGS), "utf-8")
        flags = ["--lite-dir", ".", "--contents", "files", "--output-dir", "../site", "--apps", "lab", "--no-sourcemaps"]
        command = [sys.executable, "-m", "jupyterlite_core", "build", *flags]
        built = subprocess.run(
            command, cwd=source, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        if built.returncode:
            sys.exit(f"{built.stdout}\nJupyterLite did not build the site")
        shutil.rmtree(out, ignore_errors=True)
        pathlib.Path(work, "site").rename(out)


if __name__ == "__main__":
    make(*map(pathlib.Path, sys.argv[1:]))
