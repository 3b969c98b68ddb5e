"""Files of models: what is refused, and what is never overwritten."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import nn
from autograd import Value
from autograd.installing import extra
from nn.storage import document


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.json"


def content_of(model: nn.Module, path: Path) -> dict[str, Any]:
    nn.save(model, path, overwrite=True)
    content: dict[str, Any] = json.loads(path.read_text())
    del content["sha256"]
    return content


def forge(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps({**content, "sha256": sha256(json.dumps(content).encode()).hexdigest()}))


class Mine(nn.Module):
    def __init__(self) -> None:
        self.unit = nn.Neuron(1, seed=0)


def test_the_file_is_json_that_a_person_can_read(path: Path) -> None:
    nn.save(nn.Sequential(nn.Linear(1, 1, init="ones"), nn.Tanh()), path)
    assert path.read_text().splitlines()[:-2] == [
        "{",
        '"format": "glassgrad model",',
        '"version": 1,',
        '"model": {"class": "Sequential", "modules": '
        '[{"class": "Linear", "in_features": 1, "out_features": 1, "bias": true}, {"class": "Tanh"}]},',
        '"count": 2,',
        '"frozen": [],',
        '"state": {"0.weight": [[1.0]], "0.bias": [0.0]},',
    ]


def test_an_existing_file_stays_unless_asked(path: Path) -> None:
    path.write_text("mine")
    for write in (nn.save, nn.save_state):
        with pytest.raises(FileExistsError, match="overwrite=True"):
            write(nn.Linear(1, 1), path)
    assert path.read_text() == "mine"
    nn.save(nn.Linear(1, 1), path, overwrite=True)
    assert isinstance(nn.load(path), nn.Linear)
    assert os.listdir(path.parent) == ["model.json"]


def test_a_place_that_cannot_be_written_to_is_named_as_it_was_given(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.urandom", lambda count: bytes(1000))  # a draft whose name no disk takes
    with pytest.raises(OSError, match="model.json'$") as failed:
        nn.save(nn.Linear(2, 1), path)
    assert failed.value.filename == str(path) and not path.exists()


@pytest.mark.parametrize(
    ("data", "cause"),
    [(b"", "it is empty"), (b'{"a": 1,', "it breaks off or is no JSON, at line 1"), (b"\x80\x04N.", "it is no text")],
)
def test_a_file_that_is_no_document_is_told_in_plain_words(path: Path, data: bytes, cause: str) -> None:
    path.write_bytes(data)
    with pytest.raises(ValueError, match=cause):
        nn.load(path)


def test_a_link_is_replaced_and_not_followed(path: Path) -> None:
    treasure = path.with_name("treasure")
    treasure.write_text("gold")
    path.symlink_to(treasure)
    with pytest.raises(FileExistsError):
        nn.save(nn.Linear(1, 1), path)
    nn.save(nn.Linear(1, 1), path, overwrite=True)
    assert not path.is_symlink()
    assert treasure.read_text() == "gold"


def test_the_data_is_on_the_disk_before_the_name_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda number: (done.append("sync"), sync(number)))
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append("replace"), replace(a, b)))
    nn.save(nn.Linear(1, 1), path, overwrite=True)
    assert done == ["sync", "replace"]


def test_loading_leaves_the_shared_randomness_alone(path: Path) -> None:
    nn.save(nn.Sequential(nn.MLP(2, [2, 1]), nn.Maxout(1, 1), nn.Neuron(1), nn.Perceptron(1)), path)
    nn.manual_seed(5)
    wanted = nn.Neuron(1).weight[0].data
    nn.manual_seed(5)
    nn.load(path)
    assert nn.Neuron(1).weight[0].data == wanted


def test_one_module_in_two_places_is_still_one(path: Path) -> None:
    layer, bend = nn.Linear(2, 2, seed=0), nn.Tanh()
    nn.save(nn.Sequential(layer, bend, nn.Sequential(layer, bend)), path)
    model = nn.load(path)
    assert isinstance(model, nn.Sequential)
    assert model[0] is model[2][0]  # type: ignore[index]
    assert model[1] is model[2][1]  # type: ignore[index]
    assert len(model.parameters()) == 6


def test_a_class_of_ones_own_is_sent_to_its_state(path: Path) -> None:
    for model in (Mine(), nn.Sequential(Mine()), nn.Neuron(1, Mine())):
        with pytest.raises(
            TypeError, match=r"Mine is not one of .*nn.save_state\(model, path\).*nn.load_state\(a_new_mine, path\)"
        ):
            nn.save(model, path)
    assert not path.exists()


def test_what_the_settings_do_not_tell_is_refused(path: Path) -> None:
    added, replaced, tied = nn.Linear(1, 1), nn.Linear(1, 1), nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    added.more = Value(1.0)  # type: ignore[attr-defined]
    replaced.weight = [[Value(1.0), Value(2.0)]]
    tied[1].weight = tied[0].weight  # type: ignore[attr-defined]
    for model in (added, replaced, tied):
        with pytest.raises(ValueError, match=r"do not tell all that it holds .*nn.save_state"):
            nn.save(model, path)
    odd = nn.LeakyReLU()
    odd.negative_slope = "steep"  # type: ignore[assignment]
    with pytest.raises(ValueError, match="negative_slope of the model should be a number, and is 'steep'"):
        nn.save(odd, path)
    assert not path.exists()


@pytest.mark.parametrize("part", ["in_features", "out_features", "pieces"])
def test_an_absurd_size_costs_nothing(path: Path, part: str) -> None:
    content = content_of(nn.Maxout(2, 2), path)
    content["model"][part] = 10**12
    forge(path, content)
    with pytest.raises(ValueError, match="should hold numbers of shape"):
        nn.load(path)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda c: c.update(format="glassgrad state"), '"format" is not "glassgrad model"'),
        (lambda c: c.update(version=2), "it has version 2, and this program reads 1: is there a newer one"),
        (lambda c: c.update(version=True), "it has version True"),
        (lambda c: c.update(more=1), "it has the parts"),
        (lambda c: c.pop("state"), "it has the parts"),
        (lambda c: c.update(model=[]), "the model is not described"),
        (lambda c: c.update(state=[]), "the model is not described"),
        (lambda c: c.update(count=7), "it counts 7 parameters, and its modules have 3"),
        (lambda c: c.update(frozen=["0.weight"]), "names what the model has not"),
        (lambda c: c.update(frozen=None), "names what the model has not"),
        (lambda c: c["model"].update(more=1), "has the settings modules, more, and should have modules"),
        (lambda c: c["model"].update({"class": "Popen"}), "the model is of the class 'Popen', which is not known"),
        (lambda c: c["model"].update({"class": ["Linear"]}), "which is not known"),
        (lambda c: c["model"].update(modules={"class": "Tanh"}), "modules of the model should be modules"),
        (lambda c: c["model"]["modules"].append({"same": "7"}), "said to be the same as '7'"),
        (lambda c: c["model"]["modules"].append({"same": ""}), "said to be the same as ''"),
        (lambda c: c["model"]["modules"][0].update(bias=1), "bias of module '0' should be true or false, and is 1"),
        (lambda c: c["model"]["modules"][0].update(bias=False), "counts 3 parameters, and its modules have 2"),
        (lambda c: c["model"]["modules"][0].update(in_features=0), "should be a whole number of 1 or more, and is 0"),
        (lambda c: c["model"]["modules"][0].update(in_features=True), "should be a whole number of 1 or more, and is True"),
        (lambda c: c["model"]["modules"][0].update(in_features=2.0), "should be a whole number of 1 or more, and is 2.0"),
        (lambda c: c["state"].update({"0.bias": ["1.0"]}), r"0.bias should hold numbers of shape \(1,\)"),
        (lambda c: c["state"].update({"0.bias": [True]}), "0.bias should hold numbers"),
        (lambda c: c["state"].update({"0.bias": 1.0}), "0.bias should hold numbers"),
        (lambda c: c["state"].update({"0.bias": [{"#": "1/0"}]}), "divides by 0"),
        (lambda c: c["state"].update({"0.bias": [{"#": "1", "more": 1}]}), "is no number"),
        (lambda c: c["state"].update({"0.bias": [{"#": 1}]}), "is no number"),
        (lambda c: c["state"].update({"1.bias": [1.0]}), "unknown: 1.bias"),
    ],
)
def test_a_forged_file_is_refused(path: Path, change: Any, cause: str) -> None:
    content = content_of(nn.Sequential(nn.Linear(2, 1)), path)
    change(content)
    forge(path, content)
    with pytest.raises(ValueError, match=f"model.json' cannot serve as a model: .*{cause}"):
        nn.load(path)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (b'"count": 3', b'"count": 3, "count": 3', "a key is there twice"),
        (b'"count": 3', b'"count": ' + b"9" * 5000, "digits"),
        (b'"count": 3', b'"count": NaN', "NaN is no JSON"),
        (b'"count": 3', b'"count": 1e999', "JSON"),
        (b'"count": 3', b'"count": 4', "it was changed after it was written"),
        (b'"count": 3', b'"count": ' + b"[" * 100_000 + b"]" * 100_000, "it is nested too deeply"),
        (b'"count": 3', b'"count": "\xff"', "no text"),
        (b"Linear", "Lineär".encode("latin-1"), "no text"),
        (b'"format"', b'"farmot"', '"format" is not'),
    ],
)
def test_a_file_that_is_not_as_written_is_refused(path: Path, old: bytes, new: bytes, cause: str) -> None:
    nn.save(nn.Linear(2, 1), path)
    path.write_bytes(path.read_bytes().replace(old, new))
    with pytest.raises(ValueError, match=cause):
        nn.load(path)


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"\x80\x04N.", b"PK\x03\x04", b'"glassgrad model"'])
def test_other_files_are_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(ValueError, match="cannot serve as a model"):
        nn.load(path)
    with pytest.raises(ValueError, match="cannot serve as a state"):
        nn.load_state(nn.Linear(1, 1), path)
    with pytest.raises(FileNotFoundError):
        nn.load(path.with_name("missing"))


def test_a_state_of_another_architecture_changes_nothing(path: Path) -> None:
    nn.save_state(nn.Linear(2, 1), path)
    model = nn.Linear(3, 1, init="ones")
    with pytest.raises(
        ValueError, match=r"cannot serve as a state: weight has shape \(1, 3\) here, and \(1, 2\) in the state"
    ):
        nn.load_state(model, path)
    assert model.state_dict() == {"weight": [[1.0, 1.0, 1.0]], "bias": [0.0]}


def test_what_is_not_plain_data_is_not_written() -> None:
    for x in ({"#": 1}, {1: 2}, object(), {1, 2}, 1j):
        with pytest.raises(TypeError, match="files hold numbers"):
            document.encode([x])


def test_a_file_can_run_no_code(path: Path) -> None:
    nn.save(nn.Linear(1, 1), path)
    code = (
        "import sys, nn\n"
        "refused = 'exec', 'compile', 'import', 'subprocess.Popen', 'os.system'\n"
        "sys.addaudithook(lambda event, _: event in refused and sys.exit(event))\n"
        f"nn.load({os.fspath(path)!r})"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


# -- to PyTorch, whose place a stand-in takes here; tests/agreement has the real one


class Theirs(SimpleNamespace):
    """A torch.nn module as far as ours knows them."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.state = state
        self.frozen: dict[str, bool] = {}

    def named_parameters(self) -> Any:
        for path in self.state:
            yield path, SimpleNamespace(requires_grad_=lambda wanted, path=path: self.frozen.update({path: not wanted}))


class Makers:
    def __getattr__(self, name: str) -> Any:
        return lambda *args, **more: Theirs(name=name, args=args, more=more)


@pytest.fixture
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = SimpleNamespace(nn=Makers(), float64="float64", tensor=lambda block, dtype: (block, dtype))
    monkeypatch.setitem(sys.modules, "torch", torch)  # type: ignore[arg-type]


@pytest.mark.usefixtures("_stand_in")
def test_modules_go_to_their_counterparts() -> None:
    model = nn.Sequential(nn.Linear(2, 1, bias=False, init="ones"), nn.LeakyReLU(0.25), nn.Linear(1, 1), nn.Softmax())
    model[2].requires_grad_(False)
    theirs = nn.to_torch(model)
    first, second, third, last = theirs.args
    assert (theirs.name, first.name, first.args) == ("Sequential", "Linear", (2, 1))
    assert first.more == {"bias": False, "dtype": "float64"}
    assert (second.name, second.more) == ("LeakyReLU", {"negative_slope": 0.25})
    assert (last.name, last.more) == ("Softmax", {"dim": -1})
    assert theirs.state["0.weight"] == ([[1.0, 1.0]], "float64")
    assert theirs.frozen == {"0.weight": False, "2.weight": True, "2.bias": True}
    assert third.more["bias"]


@pytest.mark.usefixtures("_stand_in")
def test_one_module_in_two_places_is_one_there_too() -> None:
    layer = nn.Linear(1, 1)
    theirs = nn.to_torch(nn.Sequential(layer, layer))
    assert theirs.args[0] is theirs.args[1]


@pytest.mark.usefixtures("_stand_in")
@pytest.mark.parametrize("module", [nn.Neuron(1), nn.Maxout(1, 1), nn.Step(), Mine()])
def test_what_pytorch_does_not_have_is_refused(module: nn.Module) -> None:
    with pytest.raises(TypeError, match=f"PyTorch has no {type(module).__name__}"):
        nn.to_torch(module)


def test_without_pytorch_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModuleNotFoundError, match=re.escape(extra("torch"))):
        nn.to_torch(nn.Linear(1, 1))
