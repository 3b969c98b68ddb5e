"""Text for terminals: widths, escapes and stand-ins."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.terminal import encodable, padded, short, width


@pytest.mark.parametrize(
    ("text", "ascii_text"),
    [
        ("plain", "plain"),
        ("2·x − 3×y ÷ z", "2*x - 3*y / z"),
        ("∂z/∂ŷ", "dz/dyhat"),
        ("x\u0302 + x̄", "xhat + xbar"),
        ("x¹⁰ + s² + x⁻¹", "x^10 + s^2 + x^-1"),
        ("x₁", "x1"),
        ("α·Ω", "alpha*Omega"),
        ("ά é", "alpha e"),
        ("∞ – …", "inf - ..."),
        ("Σ √", "Sigma sqrt"),
        ("────", "----"),
        ("名", "\\u540d"),
        ("\udcff", "\\udcff"),
        ("𝔁", "x"),
    ],
)
def test_ascii(text, ascii_text):
    assert encodable(text, "ascii") == ascii_text


def test_what_an_encoding_has_is_kept():
    assert encodable("x² − ŷ·α¹⁰", "cp1252") == "x² - yhat·alpha^10"
    assert encodable("x² − ŷ·α¹⁰", "iso8859-7") == "x² - yhat·α^10"
    assert encodable("x² − ŷ·α¹⁰", "utf-8") == "x² − ŷ·α¹⁰"
    assert encodable("ŷ\udcff", "utf-8") == "ŷ\\udcff"


@given(st.text(), st.sampled_from(["ascii", "cp1252", "latin-1", "iso8859-7", "shift_jis", "utf-8"]))
def test_anything_can_be_encoded(text, encoding):
    shown = encodable(text, encoding)
    shown.encode(encoding)
    assert encodable(shown, encoding) == shown


@given(st.text())
def test_width_counts_what_a_terminal_shows(text):
    assert width(text) == sum(map(width, text))
    assert width(unicodedata.normalize("NFC", "e\u0301" + text)) <= 2 * len(text) + 1
    assert padded(text, width(text) + 2) == text + "  "
    assert padded(text, width(text) + 2, right=True) == "  " + text
    assert padded(text, 0) == text


def test_short():
    assert short("a\nb") == "a\\nb"
    assert short("abc", 3) == "abc"
    assert short("abcd", 3) == "abc…"
