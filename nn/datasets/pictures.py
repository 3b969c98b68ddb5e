"""Handwritten digits, which scikit-learn brings along."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from autograd.installing import extra

from .dataset import Dataset


def digits() -> Dataset:
    """1,797 handwritten digits of 8x8 pixels, row by row, each from 0 (paper) to 1 (ink); the target is the digit.

    They are the test set of Alpaydin and Kaynak 1998 (UCI), out of scikit-learn's own files: nothing is downloaded.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed: ``pip install 'glassgrad[data]'``.

    Example, with scikit-learn::

        >>> train, test = digits().split(0.8, seed=0)       # doctest: +SKIP
    """
    try:
        bunch: Any = import_module("sklearn.datasets").load_digits()
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != "sklearn":
            raise
        raise ModuleNotFoundError(f"the digits need scikit-learn: {extra('data')}", name="sklearn") from None
    features = tuple(f"pixel {row},{place}" for row in range(8) for place in range(8))
    inputs = [[value / 16 for value in image] for image in bunch.data.tolist()]
    return Dataset(inputs, bunch.target, name="digits", classes=tuple("0123456789"), features=features)
