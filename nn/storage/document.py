"""Documents of plain data on disk: JSON with every number exact, whole or refused."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from hashlib import sha256
from math import isfinite
from typing import Any, NoReturn

from autograd.files import write

VERSION = 1
_PLAIN = 10**18  # larger whole numbers are written in base 16, which has no limit of digits
_NUMBER = re.compile(r"(-?)(0x[0-9a-f]+|[0-9]{1,19})(?:/(0x[0-9a-f]+|[0-9]{1,19}))?")


def encode(x: Any) -> Any:
    """Plain data as JSON holds it. Floats are written so that they read back to the bit; nan, inf, Fractions and
    large whole numbers, for which JSON has no notation, become ``{"#": text}``.

    >>> from fractions import Fraction
    >>> encode([0.1, Fraction(1, 3), float("inf")])
    [0.1, {'#': '1/3'}, {'#': 'inf'}]
    """
    if isinstance(x, float):
        return float(x) if isfinite(x) else {"#": repr(float(x))}
    if x is None or isinstance(x, (bool, str)):
        return x
    if isinstance(x, int):
        return x if abs(x) < _PLAIN else {"#": hex(x)}
    if isinstance(x, Fraction):
        return {"#": f"{_digits(x.numerator)}/{_digits(x.denominator)}"}
    if isinstance(x, (list, tuple)):
        return [encode(item) for item in x]
    if isinstance(x, dict) and "#" not in x and all(isinstance(key, str) for key in x):
        return {key: encode(item) for key, item in x.items()}
    raise TypeError(f"files hold numbers, texts, lists, and dicts with texts as keys; not {x!r}")


def decode(x: Any) -> Any:
    """What :func:`encode` was given; tuples have become lists.

    >>> decode([0.1, {"#": "1/3"}])
    [0.1, Fraction(1, 3)]
    """
    if isinstance(x, list):
        return [decode(item) for item in x]
    if not isinstance(x, dict):
        return x
    if "#" not in x:
        return {key: decode(item) for key, item in x.items()}
    text = x["#"]
    if text in ("nan", "inf", "-inf"):
        return float(text)
    found = _NUMBER.fullmatch(text) if isinstance(text, str) and len(x) == 1 else None
    if found is None:
        raise ValueError(f"{x!r:.80} is no number")
    sign, above, below = found.groups()
    number = int(above, 0) * (-1 if sign else 1)
    if below is None:
        return number
    if int(below, 0) == 0:
        raise ValueError(f"{x!r:.80} divides by 0")
    return Fraction(number, int(below, 0))


def dump(kind: str, content: dict[str, Any]) -> bytes:
    """The document's bytes: a line for each part, and a sum over all of them at the end."""
    document = {"format": f"glassgrad {kind}", "version": VERSION, **encode(content)}
    lines = [f"{json.dumps(key)}: {json.dumps(part)}" for key, part in (*document.items(), ("sha256", _sum(document)))]
    return ("{\n" + ",\n".join(lines) + "\n}").encode()


def save(path: str | os.PathLike[str], data: bytes, overwrite: bool) -> None:
    """The document as a file: whole or not at all, and on the disk before its name is."""
    try:
        write(path, data, overwrite, durable=True)
    except OSError as error:
        if str(error.filename).endswith(".part"):  # the draft beside it, which nobody asked for
            error.filename = os.fspath(path)
        raise


def read(path: str | os.PathLike[str], kind: str, use: Callable[[dict[str, Any]], Any]) -> Any:
    """What ``use`` makes of the document in a file; a ``ValueError`` with the path and the cause for any other file."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        return use(parse(data, kind))
    except RecursionError:
        cause: Exception | str = "it is nested too deeply"
    except (ValueError, TypeError, OverflowError, LookupError, AttributeError) as error:
        cause = error
    raise ValueError(f"{os.fspath(path)!r} cannot serve as a {kind}: {cause}")


def parse(data: bytes, kind: str) -> dict[str, Any]:
    """The parts of a document, decoded.

    Raises:
        ValueError: anything is not as :func:`dump` writes it.
        RecursionError: it is nested deeper than Python allows.
    """
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_foreign)
    except UnicodeDecodeError:
        raise ValueError("it is no text, and such files are: was it written by another program?") from None
    except json.JSONDecodeError as error:
        cause = f"it breaks off or is no JSON, at line {error.lineno}: {error.msg}" if data else "it is empty"
        raise ValueError(cause) from None
    if not isinstance(document, dict) or document.get("format") != f"glassgrad {kind}":
        raise ValueError(f'"format" is not "glassgrad {kind}"')
    if type(document.get("version")) is not int or document["version"] != VERSION:
        found = repr(document.get("version"))
        raise ValueError(f"it has version {found:.80}, and this program reads {VERSION}: is there a newer one?")
    if document.pop("sha256", None) != _sum(document):
        raise ValueError("its sum does not fit: it was changed after it was written")
    del document["format"], document["version"]
    parts: dict[str, Any] = decode(document)
    return parts


def take(parts: dict[str, Any], names: Iterable[str]) -> list[Any]:
    """Exactly these parts, in this order.

    >>> take({"b": 2, "a": 1}, ["a", "b"])
    [1, 2]
    """
    wanted = list(names)
    if set(parts) != set(wanted):
        raise ValueError(f"it has the parts {', '.join(map(repr, parts))}, and should have {', '.join(map(repr, wanted))}")
    return [parts[name] for name in wanted]


def _sum(document: dict[str, Any]) -> str:
    return sha256(json.dumps(document, allow_nan=False).encode()).hexdigest()


def _digits(number: int) -> str:
    return str(number) if abs(number) < _PLAIN else hex(number)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def _foreign(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")
