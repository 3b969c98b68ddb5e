"""Whatever a model is, its file gives it back to the bit; whatever a file is, it gives a model or a clear error."""

from __future__ import annotations

import json
import struct
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from math import copysign
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.activations import ACTIVATIONS
from nn.storage import document

NUMBERS = st.one_of(
    st.floats(),
    st.floats(-3, 3),
    st.sampled_from([-0.0, 5e-324, 1.7976931348623157e308]),
    st.integers(),
    st.integers(10**17, 10**19),
    st.integers().map(lambda n: 3 ** (9000 + n % 1000)),  # more digits than Python reads in base 10
    st.fractions(),
    st.integers(1, 1000).map(lambda n: Fraction(n, 7**6000)),
)
ACTIVATION = st.sampled_from([*ACTIVATIONS.values(), *[lambda: nn.LeakyReLU(Fraction(1, 3)), lambda: nn.ELU(0.25)]])


@st.composite
def models(draw: st.DrawFn) -> nn.Module:
    """Any model that can be saved: layers of any sort, some in two places, some in rows inside rows, some frozen."""
    size = st.integers(1, 3)

    def leaf() -> nn.Module:
        sort = draw(st.integers(0, 7))
        if sort == 0:
            return nn.Neuron(draw(size), draw(ACTIVATION)(), bias=draw(st.booleans()))
        if sort == 1:
            return nn.Maxout(draw(size), draw(size), pieces=draw(size))
        if sort == 2:
            return draw(st.sampled_from([nn.ThresholdUnit, nn.Perceptron]))(draw(size), low=draw(st.sampled_from([-1, 0])))
        if sort == 3:
            return nn.MLP(draw(size), [draw(size), 1], activation=draw(st.sampled_from(["tanh", "relu", "leaky_relu"])))
        if sort == 4:
            return draw(ACTIVATION)()
        return nn.Linear(draw(size), draw(size), bias=draw(st.booleans()))

    parts = [leaf() for _ in range(draw(size))]
    again = draw(st.lists(st.sampled_from(parts), max_size=2))
    model: nn.Module = nn.Sequential(*parts, *again) if draw(st.booleans()) else nn.Sequential(nn.Sequential(*parts), *again)
    for p in model.parameters():
        p.data = draw(NUMBERS)
        p.requires_grad = draw(st.booleans())
    return model


def bits(model: nn.Module) -> list[Any]:
    def of(x: Any) -> Any:
        return (
            struct.pack("<d", x)
            if isinstance(x, float) and x == x
            else repr(type(x)) + ("nan" if x != x else hex(x.numerator) + hex(x.denominator))
        )

    return [(name, of(p.data), p.requires_grad, p.name, p.scope) for name, p in model.named_parameters()]


def seen(model: nn.Module) -> list[tuple[str, str]]:
    return [(path, type(module).__name__ + module.describe()) for path, module in model.named_modules()]


@given(models())
def test_a_saved_model_comes_back_to_the_bit(model: nn.Module) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        nn.save(model, path)
        first = path.read_bytes()
        again = nn.load(path)
        nn.save(again, path, overwrite=True)
        assert path.read_bytes() == first
    assert bits(again) == bits(model)
    assert seen(again) == seen(model)


@given(models())
def test_a_saved_state_comes_back_to_the_bit(model: nn.Module) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.json"
        nn.save_state(model, path)
        before = bits(model)
        for p in model.parameters():
            p.data, p.requires_grad = 0.5, True
        nn.load_state(model, path)
    assert bits(model) == before


SMALL = nn.Sequential(nn.Linear(2, 2, seed=0), nn.LeakyReLU(), nn.Neuron(2, "tanh", seed=1))
SMALL[0].weight[0][0].data = Fraction(-1, 3)  # type: ignore[attr-defined]


def saved(model: nn.Module, folder: Path) -> bytes:
    nn.save(model, folder / "saved.json", overwrite=True)
    return (folder / "saved.json").read_bytes()


def loaded(data: bytes, folder: Path) -> nn.Module:
    (folder / "tried.json").write_bytes(data)
    return nn.load(folder / "tried.json")


def loaded_or_refused(data: bytes, folder: Path) -> nn.Module | None:
    try:
        return loaded(data, folder)
    except ValueError as error:
        if "cannot serve as a model" not in str(error):
            raise
        return None


def test_a_file_cut_off_at_any_byte_is_refused(tmp_path: Path) -> None:
    data = saved(SMALL, tmp_path)
    for k in range(len(data)):
        with pytest.raises(ValueError, match=r"tried.json' cannot serve as a model: "):
            loaded(data[:k], tmp_path)
    assert bits(loaded(data, tmp_path)) == bits(SMALL)


@given(st.data())
def test_a_byte_that_was_changed_is_noticed(draws: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = bytearray(saved(SMALL, folder))
        data[draws.draw(st.integers(0, len(data) - 1))] = draws.draw(st.integers(0, 255))
        model = loaded_or_refused(bytes(data), folder)
        if model is not None:
            assert bits(model) == bits(SMALL)  # another blank, or 1.0e0 for 1.0


def forged(content: Any) -> bytes:
    """The content with a sum that fits: what somebody with bad intentions would write."""
    content["sha256"] = sha256(json.dumps(content).encode()).hexdigest()
    return json.dumps(content).encode()


JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 5),
        st.just(10**12),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(["", "0", "Linear", "MLP", "Softmax", "os.system", "1" * 300]),
        st.builds(
            lambda text: {"#": text}, st.sampled_from(["nan", "1/0", "0x1/0x0", "1e5", "007", "-", 5, "0x" + "f" * 50])
        ),
        st.sampled_from([{"same": ""}, {"same": "0"}, {"same": []}, {"class": "Tanh"}, {"class": "MLP", "modules": []}]),
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["class", "modules", "0"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(x: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key, item in x.items() if isinstance(x, dict) else enumerate(x) if isinstance(x, list) else ():
        yield from places(item, (*path, key))


@given(st.data())
def test_a_forged_file_gives_a_model_or_a_clear_error(draws: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content = json.loads(saved(SMALL, folder))
        del content["sha256"]
        for _ in range(draws.draw(st.integers(1, 2))):
            *above, key = draws.draw(st.sampled_from(list(places(content))))
            part = content
            for step in above:
                part = part[step]
            if draws.draw(st.booleans()) or isinstance(part, list):
                part[key] = draws.draw(JUNK)
            else:
                part[draws.draw(st.sampled_from(["class", "bias", "more", str(key)]))] = part.pop(key)
        model = loaded_or_refused(forged(content), folder)
        if model is not None:
            nn.save(model, folder / "again.json")


PLAIN = st.recursive(
    NUMBERS | st.none() | st.booleans() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text().filter(lambda key: key != "#"), inner, max_size=4),
)


def alike(a: Any, b: Any) -> bool:
    if isinstance(a, list):
        return type(b) is list and len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, float) and a == a:
        return type(b) is float and a == b and copysign(1, a) == copysign(1, b)
    return type(a) is type(b) and (a == b or a != a)


@given(PLAIN)
def test_plain_data_is_read_as_it_was_written(x: Any) -> None:
    data = document.dump("state", {"x": x})
    assert alike(document.parse(data, "state")["x"], x)
    assert document.dump("state", document.parse(data, "state")) == data
