"""What is fuzzed, continued: names in everything that shows them, and model files."""

from __future__ import annotations

import json
import random
import xml.etree.ElementTree as ET
from copy import deepcopy
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import texts
from guard import Finding

import nn
from autograd import Value, explain, steps, why
from autograd.pictures import draw
from autograd.table import table


class Page(HTMLParser):
    """How many elements of each kind a page has, and attributes that would run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, int] = {}
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.handlers += [text for _, text in attrs if text and text.strip().lower().startswith("javascript:")]


def graph(names: list[str]) -> tuple[Value, Value]:
    x, y = Value(2, name=names[0]), Value(0.5, name=names[1])
    z = (x * y + x).tanh()
    z.name = names[2]
    return z, x


def labels(dice: random.Random) -> None:
    """Any names, in everything that shows them."""
    z, x = graph([texts.label(dice) for _ in range(3)])
    for show in (lambda: table(z), lambda: str(why(z, x)), lambda: repr(z), *(
        lambda form=form: str(explain(z, x, format=form)) for form in ("text", "markdown", "latex")
    )):  # fmt: skip
        show()
    picture = draw(z, show=dice.choice(("forward", "backward", "all")), symbols=dice.random() < 0.3)
    tame(picture.svg)
    if dice.random() < 0.3:
        page = Page()
        page.feed(steps(z).html())
        ours = Page()
        ours.feed(steps(graph(["x", "y", "z"])[0]).html())
        if (
            page.handlers
            or page.tags.get("script") != ours.tags.get("script")
            or page.tags.get("style") != ours.tags.get("style")
        ):
            raise Finding(f"a name became part of the page: {page.tags} {page.handlers}")


def tame(svg: str) -> None:
    for element in ET.fromstring(svg).iter():
        kind = element.tag.rpartition("}")[2]
        wild = kind in ("script", "foreignObject", "iframe") or any(
            name.startswith("on") or text.strip().lower().startswith("javascript:") for name, text in element.attrib.items()
        )
        if wild:
            raise Finding(f"a picture with <{kind} {element.attrib}>")


# ---------------------------------------------------------------- model files

MODELS = [
    nn.MLP(2, [3, 1], seed=0),
    nn.Sequential(nn.Linear(2, 2, seed=0), nn.LeakyReLU(), nn.Neuron(2, "tanh", seed=1)),
    nn.Sequential(nn.Maxout(2, 2, seed=0), nn.Softmax()),
]
JUNK = [None, True, -1, 0, 10**12, 1e308, "", "0", "Linear", "MLP", "os.system", "__class__", [], {}, [[]],
    {"#": "nan"}, {"#": "1/0"},
        {"#": "0x" + "f" * 5000}, {"same": ""}, {"class": "MLP"}, "9" * 5000]  # fmt: skip


def model(dice: random.Random) -> None:
    """A model file with bytes changed, or forged with a sum that fits."""
    path = Path("model.json")
    nn.save(dice.choice(MODELS), path, overwrite=True)
    data = path.read_bytes()
    if dice.random() < 0.5:
        text = texts.mutated(
            dice, data.decode(), ['"', "{", "}", "[", "]", ",", ":", "0", "1e999", "NaN", "null", "\\u0000"]
        )
        data = text.encode("utf-8", "surrogatepass")
    else:
        content = json.loads(data)
        del content["sha256"]
        for _ in range(dice.randint(1, 3)):
            forge(dice, content)
        content["sha256"] = sha256(json.dumps(content).encode()).hexdigest()
        data = json.dumps(content).encode()
    path.write_bytes(data)
    try:
        found = nn.load(path)
    except ValueError as error:
        if "cannot serve as a model: " not in str(error):
            raise
        return
    if not isinstance(found, nn.Module):
        raise Finding(f"no model: {found!r}")


def forge(dice: random.Random, content: Any) -> None:
    """Put something else into some place of a document."""
    while True:
        keys = list(content) if isinstance(content, dict) else list(range(len(content)))
        if not keys:
            return
        key = dice.choice(keys)
        if isinstance(content[key], (dict, list)) and dice.random() < 0.8:
            content = content[key]
        else:
            content[key] = deepcopy(dice.choice(JUNK))
            return
