"""The command line as a user meets it: what it prints, what it writes, and how it fails."""

import io
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
from autograd.command import cli
from autograd.command.arguments import WITH_VALUE, parsers
from autograd.command.cli import main
from autograd.op import FUNCTIONS, OPS
from autograd.table import table

ROOT = Path(__file__).resolve().parents[2]
PNG = b"\x89PNG\r\n\x1a\n"

OWN = """
from autograd import Op

Op("cube", value=lambda x: x * x * x, slopes=lambda z, x: (3 * x * x,), doc="The third power.")
"""


@pytest.fixture
def run(capsys):
    """Run a command in this process; gives the exit code, stdout and stderr."""

    def call(*argv):
        code = main(argv)
        return (code, *capsys.readouterr())

    return call


@pytest.fixture
def fails(run):
    """Run a command that must fail as all errors do; gives its one line without the beginning."""

    def call(*argv):
        code, out, err = run(*argv)
        assert (code, out) == (2, "")
        assert err.startswith("glassgrad: error: ")
        assert err.endswith("\n")
        assert err.count("\n") == 1
        return err.removeprefix("glassgrad: error: ").rstrip("\n")

    return call


@pytest.fixture
def own(tmp_path):
    """A reader's file with an operation, which is forgotten afterwards."""
    path = tmp_path / "own.py"
    path.write_text(OWN)
    yield str(path)
    for table_of_all in (FUNCTIONS, OPS):
        table_of_all.pop("cube", None)


def outside(*argv, **options):
    """The command in a process of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    env |= {"PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.run([sys.executable, "-m", "autograd", *argv], env=env, capture_output=True, timeout=120, **options)


# ---------------------------------------------------------------- grad


def test_lecture_row_15(run):
    code, out, err = run("grad", "x*y", "x=2", "y=3", "--grad", "5")
    assert (code, err) == (0, "")
    assert [line.split() for line in out.splitlines()[4:7]] == [
        ["x", "2", "15"],
        ["y", "3", "10"],
        ["v1", "x·y", "6", "∂v1/∂x", "=", "y", "=", "3", "5"],
    ]


def test_lecture_row_16(run):
    code, out, _ = run("grad", "ŷ = x*w; s = ŷ - y; loss = s**2", "x=1", "w=1", "y=2", "--wrt", "w")
    assert code == 0
    gradients = {line.split()[0]: line.split()[-1] for line in out.splitlines()[4:10]}
    assert gradients == {"x": "–", "w": "−2", "y": "–", "ŷ": "−2", "s": "−2", "loss": "1"}


def test_options_may_stand_anywhere(run):
    expected = run("grad", "x*y", "x=2", "y=3", "--grad", "5")
    assert run("grad", "--grad", "5", "x*y", "x=2", "y=3") == expected
    assert run("grad", "x*y", "x=2", "--grad=5", "y=3") == expected
    assert run("grad", "--grad", "5", "--", "x*y", "x=2", "y=3") == expected
    assert run("grad", " x*y ", "x = 2", "y= 3", "--grad", "5") == expected


@pytest.mark.parametrize(
    ("argv", "x"),
    [
        (["-x*2", "x=3"], "−2"),
        (["--", "--x*2", "x=3"], "2"),
        (["---x*2", "x=3"], "−2"),
        (["--(x)*2", "x=3"], "2"),
        (["-x", "x=-1e-3", "--grad", "-1/3"], "1/3"),
        (["x", "x=1", "--grad", "-inf"], "−∞"),
        (["x", "x=1", "--grad", "nan"], "nan"),
        (["x/3", "x=1/2"], "1/3"),
        (["x/3", "x=0.5", "--exact"], "1/3"),
        (["x*0.1", "x=1", "--exact"], "1/10"),
        (["x*2", "x=1", "--grad", "0.1", "--exact"], "1/5"),
        (["x/3", "x=1", "--digits", "7"], "0.3333333"),
        (["x/3", "x=1"], "0.3333"),
        (["where(1, x, 2)*e**0", "x=inf"], "1"),
    ],
)
def test_numbers(run, argv, x):
    code, out, _ = run("grad", *argv)
    assert code == 0
    assert out.splitlines()[4].split()[0] == "x"
    assert out.splitlines()[4].split()[-1] == x


def test_an_expression_without_values(run):
    code, out, _ = run("grad", "2*3")
    assert (code, out.splitlines()[0]) == (0, "6")


def test_json(run, tmp_path):
    code, out, _ = run("grad", "x*y", "x=2", "y=1/3", "--grad", "5", "--format", "json")
    assert code == 0
    assert out.isascii()
    data = json.loads(out)
    assert [(row["node"], row["value"], row["gradient"]) for row in data] == [
        ("x", 2, "5/3"),
        ("y", "1/3", 10),
        ("v1", "2/3", 5),
    ]
    assert run("grad", "x*y", "x=2", "y=1/3", "--grad", "5", "-o", str(tmp_path / "a.json"))[0] == 0
    assert json.loads((tmp_path / "a.json").read_text()) == data


def test_the_table_goes_to_a_file(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, expected, _ = run("grad", "ŷ = x*2", "x=2")
    assert run("grad", "ŷ = x*2", "x=2", "-o", "a.txt") == (0, "wrote a.txt\n", "")
    assert Path("a.txt").read_bytes() == expected.encode()


# ---------------------------------------------------------------- draw


def test_draw_writes_the_picture(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    expression = ["(x*w - y)**2", "x=1", "w=1", "y=2"]
    assert run("draw", *expression, "-o", "loss.svg") == (0, "wrote loss.svg\n", "")
    svg = Path("loss.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "−2" in svg
    assert run("draw", *expression, "-o", "loss.png")[0] == 0
    assert Path("loss.png").read_bytes().startswith(PNG)
    assert run("draw", *expression, "-o", "loss.gv")[0] == 0
    assert "graph" in Path("loss.gv").read_text(encoding="utf-8")
    assert run("draw", *expression, "-o", "loss", "--format", "svg")[0] == 0
    assert Path("loss").read_text(encoding="utf-8") == svg
    code, out, _ = run("draw", *expression)
    assert (code, out) == (0, svg)
    assert run("draw", *expression, "--format", "dot")[1] == Path("loss.gv").read_text(encoding="utf-8")


def test_draw_passes_its_options_on(run, monkeypatch):
    calls = []
    usual = {"digits": 4, "reserve": None, "direction": "LR", "symbols": False}

    class Drawn:
        svg, dot, png = "<svg/>", "digraph {}", PNG

    def drawn(node, **options):
        calls.append((node.data, node.grad, options))
        return Drawn()

    monkeypatch.setattr(sys.modules["autograd.pictures"], "draw", drawn)
    for show in ("forward", "local", "backward", "both", "all"):
        assert run("draw", "x*2", "x=3", "--show", show, "--theme", "dark", "--grad", "7")[:2] == (0, "<svg/>")
        assert calls.pop() == (6, 7, {"show": show, "theme": "dark", **usual})
    run("draw", "2*3", "--reserve", "all", "--direction", "TB", "--symbols", "--digits", "2")
    own = {"digits": 2, "reserve": "all", "direction": "TB", "symbols": True}
    assert calls.pop() == (6, None, {"show": "both", "theme": "light", **own})


def test_a_png_is_not_for_a_terminal(capfdbinary, monkeypatch):
    argv = ["draw", "x*2", "x=3", "--format", "png"]
    assert main(argv) == 0
    assert capfdbinary.readouterr().out.startswith(PNG)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(argv) == 2
    assert b"a PNG is not for a terminal: add -o FILE.png" in capfdbinary.readouterr().err


def test_files_are_never_overwritten_unasked(run, fails, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = {"grad": "a.txt", "draw": "a.svg", "explain": "a.tex", "why": "b.txt", "steps": "a.html"}
    for command, file in files.items():
        Path(file).write_text("mine")
        message = fails(command, "x*2", "x=3", "-o", file)
        assert message == f"{file} exists: add --force to replace it, or choose another name"
        assert Path(file).read_text() == "mine"
    for command, file in files.items():
        assert run(command, "x*2", "x=3", "-o", file, "--force")[:2] == (0, f"wrote {file}\n")
    assert Path("a.svg").read_text(encoding="utf-8").startswith("<svg")
    assert sorted(os.listdir()) == sorted(files.values())


@pytest.mark.parametrize(
    ("command", "file", "known"),
    [
        ("grad", "a.html", ".txt or .json, or add --format"),
        ("grad", "a", ".txt or .json, or add --format"),
        ("draw", "a.pdf", ".svg, .png, .dot or .gv, or add --format"),
        ("explain", "a.html", ".txt, .md or .tex, or add --format"),
        ("why", "a.html", ".txt"),
    ],
)
def test_a_suffix_that_says_nothing_is_refused(fails, tmp_path, monkeypatch, command, file, known):
    monkeypatch.chdir(tmp_path)
    assert fails(command, "x*2", "x=3", "-o", file) == f"{file} does not say what to write: end it in {known}"
    assert os.listdir() == []


def test_paths_that_cannot_be_written(fails, tmp_path):
    message = fails("grad", "x", "x=1", "-o", str(tmp_path / "no" / "a.txt"))
    assert message.startswith(f"{tmp_path / 'no' / 'a.txt'} cannot be written: ")
    assert "a.what does not say what to write" in fails("draw", "x", "x=1", "-o", "a.what")


def test_no_dot(fails, monkeypatch):
    monkeypatch.setenv("GLASSGRAD_DOT", "system")
    monkeypatch.setenv("PATH", "")
    assert "there is no Graphviz to draw with" in fails("draw", "x*2", "x=3")


def test_a_picture_of_many_nodes_is_collapsed(run):
    many = "; ".join(["a0 = x", *(f"a{i + 1} = a{i}*x" for i in range(600))])
    code, out, err = run("draw", many, "x=1.0")
    assert (code, err) == (0, "")
    assert "600 nodes" in out


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["9**9**9**9"], 'column 4, at "9**9**9" in "9**9**9**9": this power has more than 3,000 digits'),
        (["__import__('os')"], 'column 1, at "__import__" in "__import__(\'os\')": a name begins'),
        (["().__class__"], 'column 3, at "." in "().__class__": names have no parts'),
        (["(" * 100_000], "column 10001, "),
        (["(" * 5_000 + ")" * 5_000], "column 101, "),
        (["-" * 2_000 + "x", "x=1"], "column 501, "),
        (["tahn(x)", "x=1"], 'column 1, at "tahn" in "tahn(x)": there is no function tahn; did you mean tanh?'),
        (["x*y", "y=1"], 'column 1, at "x" in "x*y": x has no value: add x=...'),
        (["x", "x=1", "y=2"], "the value y is never used: leave it out; the inputs are x"),
        (["x", "x=1", "x=2"], "x is given twice: give it one value"),
        (["ｘ", "x=1"], 'column 1, at "ｘ" in "ｘ": this is FULLWIDTH LATIN SMALL LETTER X: type x instead'),
        (["x", "ｘ=1"], 'column 1, at "ｘ" in "ｘ=1": this is FULLWIDTH LATIN SMALL LETTER X: type x instead'),
        ([""], 'column 1, at the end of "": the expression is empty'),
        (["tanh(x, x)", "x=1"], 'column 1, at "tanh" in "tanh(x, x)": these arguments do not fit: write tanh(x)'),
        (["exp(x)", "x=1", "--exact"], 'column 1, at "exp" in "exp(x)": exp(1) has no exact result: use a float'),
        (["x", "x=1", "-q"], '"-q" is neither an option nor a value: write NAME=NUMBER, such as x=2, after the expression'),
        (["x", "x"], '"x" is no value: write NAME=NUMBER, such as x=2, after the expression in quotes'),
        (["x", "x=two"], 'x="two" is not a number: write 2, -0.5, 1e-3, 1/3, inf or nan'),
        (["x", "x="], 'x="" is not a number'),
        (["x", "x=1/0"], "x=1/0 divides by zero"),
        (["x", "x=inf", "--exact"], "x=inf is no exact number: leave out --exact"),
        (["x", "lambda=1"], '"lambda" in "lambda=1": lambda is a word of Python\'s own'),
        (["x", "2=1"], '"2" in "2=1": a name has letters'),
        (["x", "=1"], '"" in "=1": a name has letters'),
        (["x", "x=1", "--grad", "five"], '--grad "five" is not a number'),
        (["x", "x=1", "--wrt", "w"], '"w" is no input and can have no gradient: the inputs are x'),
        (["x", "x=1", "--wrt", ""], '"" is no input and can have no gradient: the inputs are x'),
        (["x", "x=1", "--grad"], "argument --grad: expected one argument; see glassgrad grad --help"),
        (["x", "x=1", "--digits", "0"], "argument --digits: invalid choice: 0 "),
        (["x", "x=1", "--digits", "two"], "argument --digits: invalid int value: 'two'"),
        (["x", "x=1", "--exac"], "there is no option --exac: did you mean --exact?"),
        (["x", "x=1", "--qqq"], "there is no option --qqq; see glassgrad grad --help"),
        (["x", "x=1", "--format", "yaml"], "argument --format: invalid choice: 'yaml'"),
        (["b = 9**2400; " + "*".join(["x", *"b" * 30]), "x=0"], "the gradients have too many digits"),
        ([], "the following arguments are required: expression; see glassgrad grad --help"),
        (["x*y", "x=2,y=3"], '"x=2,y=3" has more than one =: write each value as a word of its own, as in x=2 y=3'),
        (["x*y", "x=2", "y=3", "--wrt", "x", "y"], '"y" is no value: write NAME=NUMBER, such as x=2, after the expression '),
        (["a\nb", "a=1"], 'line 1, column 1, at "a" in "a": this result is not used'),
        (["x\x1b[31m", "x=1"], 'column 2, at "\\x1b" in "x\\x1b[31m": this sign has no meaning here'),
        (["x", "x=1\u202e"], 'x="1\\u202e" is not a number'),
        (["x", "x=1", "-o"], "argument -o/--output: expected one argument"),
    ],
)
def test_bad_input_gives_one_line(fails, argv, message):
    assert fails("grad", *argv).startswith(message)


def test_several_names_after_wrt_have_commas(fails):
    assert fails("grad", "x*y", "x=2", "y=3", "--wrt", "x", "y").endswith("; for more names write --wrt x,y")


def test_unknown_commands(fails):
    assert fails("gard", "x") == 'there is no command "gard": did you mean grad?'
    commands = ", ".join(parsers()[1])
    assert fails("x*y", "x=2") == f'there is no command "x*y": begin with {commands} or --help'
    assert fails("functions", "more").startswith("unrecognized arguments: more")


def test_an_expression_error_inside_the_engine_has_no_traceback(fails):
    assert fails("grad", "x**n", "x=1/2", "n=2").startswith("log(1/2) has no exact result")


# ---------------------------------------------------------------- own operations


def test_own_operations(run, own):
    code, out, _ = run("grad", "cube(x)", "x=2", "--ops", own)
    assert code == 0
    assert out.splitlines()[4].split() == ["x", "2", "12"]


def test_own_operations_are_listed(run, own):
    assert re.search(r"^cube\(x\) +The third power\.$", run("functions", "--ops", own)[1], re.MULTILINE)


def test_own_operations_are_drawn(run, own):
    assert "cube" in run("draw", "cube(x)", "x=2", "--ops", own)[1]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1/0", "stopped with ZeroDivisionError: division by zero"),
        ("def", "stopped with SyntaxError: invalid syntax"),
        ("import sys; sys.exit(3)", "stopped with SystemExit: 3"),
        ("open('no such file')", "stopped with FileNotFoundError: [Errno 2] No such file"),
        ("raise KeyError('a\\nb')", "stopped with KeyError: 'a\\nb'"),
    ],
)
def test_own_files_may_fail(fails, tmp_path, code, message):
    path = tmp_path / "own.py"
    path.write_text(code)
    assert fails("grad", "x", "x=1", "--ops", str(path)).startswith(f"{path} {message}")


def test_own_files_that_are_not_there(fails):
    assert fails("grad", "x", "x=1", "--ops", "none.py") == "none.py cannot be read: No such file or directory"


# ---------------------------------------------------------------- help


def test_help(run):
    code, out, err = run()
    assert (code, err) == (0, "")
    assert run("-h") == run("--help") == run("help") == (code, out, err)
    for word in ("grad", "draw", "functions", "--version", 'glassgrad grad "x*y" x=2 y=3 --grad 5'):
        assert word in out


@pytest.mark.parametrize("command", ["grad", "draw", "functions"])
def test_help_of_a_command(run, command):
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: glassgrad {command} ")
    assert re.search(r"run\s+this\s+file\s+first,\s+AS\s+PYTHON\s+CODE", out)
    assert run(command, "-h")[1] == out


def test_the_examples_work(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("")
    Path("answers.json").write_text("[-4]")
    for folder in ("pictures", "sheets", "answers"):
        Path(folder).mkdir()
    Path("answers/Ada.json").write_text("[-4]")
    Path("class.json").write_text('{"Ada": [-4]}')
    assert run("quiz", "w**2", "w=1", "-o", "sheets/Ada.json")[0] == 0
    names = list(parsers()[1])
    told = [run(*words, "--help")[1] for words in ([], *([name] for name in names))]
    commands = [[line.strip() for line in text.splitlines() if line.startswith("  glassgrad ")] for text in told]
    assert [command.split()[1] for command in commands[0]] == names[:-1]
    for name, examples in zip(names, commands[1:], strict=True):
        assert examples and all(example.split()[1] == name for example in examples)
    for command in dict.fromkeys(command for examples in commands[1:] for command in examples):
        assert run(*shlex.split(command)[1:])[::2] == (0, ""), command


def test_version(run):
    assert run("--version") == (0, f"glassgrad {autograd.__version__}\n", "")


def test_functions_are_listed_with_a_line_each(run):
    lines = run("functions")[1].splitlines()
    assert len(lines) == len(FUNCTIONS)
    assert all(re.match(r"\w+\(.+\)  +\S.*\S$", line) for line in lines)
    assert any(line.startswith("leaky_relu(x, negative_slope=0.1) ") for line in lines)
    assert not any("`" in line for line in lines)


def test_all_options_with_a_number_or_name_are_known_to_the_one_that_sorts_them():
    _, commands = parsers()
    flags = {
        flag
        for command in commands.values()
        for action in command._actions
        for flag in action.option_strings
        if action.nargs != 0
    }
    assert flags == set(WITH_VALUE)


# ---------------------------------------------------------------- the process around it


def test_the_module_is_the_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["glassgrad", "grad", "x*y", "x=2", "y=3", "--grad", "5"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("autograd", run_name="__main__")
    assert stop.value.code == 0
    assert "15" in capsys.readouterr().out


def test_interrupts_end_it_in_one_line(run, monkeypatch):
    def interrupt(argv):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run", interrupt)
    assert run("grad") == (130, "", "glassgrad: interrupted\n")


class Broken(io.StringIO):
    """A stdout whose other end fails, over a file descriptor that can be seen to be replaced."""

    def __init__(self, failure, descriptor):
        super().__init__()
        self.failure, self.descriptor = failure, descriptor

    def flush(self):
        raise self.failure

    def fileno(self):
        return self.descriptor


@pytest.mark.parametrize(("failure", "expected"), [(BrokenPipeError(32, "Broken pipe"), 141), (OSError(28, "No space"), 2)])
def test_output_that_nobody_takes(monkeypatch, capsys, tmp_path, failure, expected):
    with open(tmp_path / "out", "wb") as file:
        monkeypatch.setattr(sys, "stdout", Broken(failure, file.fileno()))
        assert main(["--version"]) == expected
        os.write(file.fileno(), b"after")
    assert (tmp_path / "out").read_bytes() == b""
    message = "" if expected == 141 else "glassgrad: error: the output cannot be written: No space\n"
    assert capsys.readouterr().err == message


def test_a_pipe_that_closes_early():
    lines = "; ".join(["a0 = x", *(f"a{i + 1} = a{i}*x" for i in range(300))])
    process = subprocess.Popen(
        [sys.executable, "-m", "autograd", "grad", lines, "x=1.0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 141


def test_every_terminal_can_show_it():
    argv = ["grad", "ŷ = x*w; s = ŷ - α; loss = s**2", "x=1", "w=1/2", "α=2", "--wrt", "w"]
    plain = outside(*argv, env={"PYTHONUTF8": "1"})
    assert plain.returncode == 0
    assert "ŷ − α" in plain.stdout.decode()
    for env in ({"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "1"}):
        shown = outside(*argv, env={"PYTHONUTF8": "1", **env})
        assert (shown.returncode, shown.stderr) == (0, b"")
        assert b"yhat - alpha" in shown.stdout
        assert b"dloss/ds = 2*s" in shown.stdout
    western = outside(*argv, env={"PYTHONUTF8": "1", "PYTHONIOENCODING": "cp1252"})
    assert "2·s" in western.stdout.decode("cp1252")
    failed = outside("grad", "ŷ", env={"PYTHONUTF8": "1", "PYTHONIOENCODING": "ascii"})
    assert failed.returncode == 2
    assert failed.stderr == b'glassgrad: error: column 1, at "yhat" in "yhat": yhat has no value: add yhat=...\n'
    assert outside("--help", env={"PYTHONIOENCODING": "ascii"}).returncode == 0


def test_svg_and_dot_stay_utf_8_on_every_terminal():
    shown = outside("draw", "ŷ = x*2", "x=1", env={"PYTHONUTF8": "1", "PYTHONIOENCODING": "ascii"})
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert "ŷ" in shown.stdout.decode("utf-8")


def test_the_same_bytes_in_every_process():
    argv = ["grad", "a = softmax([x, y, 3]); z = a[0]*a[1] + tanh(x)", "x=0.5", "y=2"]
    runs = [outside(*argv, env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}).stdout for seed in ("0", "1", "77")]
    assert runs[0] == runs[1] == runs[2] != b""


def test_the_public_table_is_the_command_s(run):
    x, y = autograd.Value(2, name="x"), autograd.Value(3, name="y")
    z = x * y
    z.backward(5)
    assert run("grad", "x*y", "x=2", "y=3", "--grad", "5")[1] == table(z) + "\n"
    assert callable(autograd.draw)
