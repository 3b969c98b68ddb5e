"""The fuzzer itself: it runs, it says what it tried, and its guard sees what no input may bring about."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).parent.parent / "fuzz"


def python(*arguments, **options):
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False, **options)


def test_some_inputs_bring_no_findings_and_are_the_same_each_time():
    runs = [python(FUZZ / "run.py", "--count", "150", "--jobs", "1", "--seed", "gate") for _ in range(2)]
    for run in runs:
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith("150 inputs in ") and run.stdout.endswith("; 0 findings\n")
    one, other = (re.sub(r"in \d+ s", "", run.stdout) for run in runs)
    assert one == other


@pytest.mark.parametrize("act, said", [
    ("exec('1')", "code was run: <string>"),
    ("try:\n        exec('1')\n    except Exception:\n        pass", "code was run: <string>"),
    ("os.system('true')", "os.system"),
    ("subprocess.run(['true'])", "a program was started"),
    ("open('../outside', 'w')", "'../outside' was opened to be written"),
    ("os.remove('../outside')", "os.remove of '../outside'"),
    ("pass", ""),
    ("open('inside', 'w').close()", ""),
])  # fmt: skip
def test_the_guard_sees(tmp_path, act, said):
    folder = tmp_path / "here"
    folder.mkdir()
    code = f"import os, pathlib, subprocess, guard\nguard.install()\nwith guard.watched(pathlib.Path.cwd()):\n    {act}\n"
    run = python("-c", code, cwd=folder, env={"PYTHONPATH": str(FUZZ), "PATH": "/usr/bin:/bin"})
    assert (run.returncode == 0) == (said == "")
    assert said in run.stderr


def test_the_guard_ends_what_takes_for_ever():
    code = "import pathlib, guard\nguard.LIMIT = 0.05\nguard.install()\n"
    code += "with guard.watched(pathlib.Path.cwd()):\n    while True: pass\n"
    run = python("-c", code, env={"PYTHONPATH": str(FUZZ)})
    assert "TimeoutError: it took longer than 0.05 seconds" in run.stderr


def test_a_finding_names_its_input_and_the_run_fails(tmp_path):
    """With a target that always fails, in the place of the parser."""
    code = (
        "import sys\nsys.argv = ['run', '--count', '3']\n"
        "import run, targets\n"
        "def wrong(dice):\n    raise KeyError('planted')\n"
        "targets.TARGETS['value'] = targets.TARGETS['expression'] = targets.TARGETS['command'] = (wrong, 40)\n"
        "targets.TARGETS['model'] = targets.TARGETS['exercise'] = targets.TARGETS['labels'] = (wrong, 40)\n"
        "tried, findings = run.work('7', 5, 1, 7, 60.0, None)\nprint(tried.total(), len(findings), findings[0])\n"
    )
    run = python("-c", code, cwd=tmp_path, env={"PYTHONPATH": f"{FUZZ}:{FUZZ.parent.parent}"})
    assert run.stdout.startswith("0 2 --seed 7 --start 5 --count 1\nTraceback"), run.stderr
    assert "KeyError: 'planted'" in run.stdout
