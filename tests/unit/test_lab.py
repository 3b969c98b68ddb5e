"""The lab's page and captions: which mistake, why, the numbers that are not the same, and how a wrong one came about."""

from __future__ import annotations

import re
from html import unescape

import lecture
import pytest

from autograd import Value, steps
from autograd.classroom import lab
from autograd.classroom.laboratory import VARIANTS


def told(found):
    """What the caption of the first wrong number says of it."""
    return re.search("✗ The wrong pass has (.*); here they part", found[found.first_step].caption)[1]


@pytest.mark.parametrize(
    "name, how",
    [
        ("recursive-backward", "4 + 8 = 12"),
        ("assign-instead-of-accumulate", "3, the last of 6, 3, 3"),
        ("forgot-zero-grad", "−8 + (−8) = −16"),
        ("wrong-subtraction", "4 · 1 = 4"),
        ("forgot-the-upstream", "−1"),
        ("stale-data", "2, made when w = 1"),
    ],
)
def test_a_caption_says_how_the_wrong_number_came_about(name, how):
    assert told(lab(name)) == how


def test_on_a_graph_of_ones_own():
    a = Value(2, "a")
    b = a * a
    c = b + a
    d = c * b - a
    assert told(lab("recursive-backward", d)) == "8 + 8 + 4 + 20 + 20 + (−1) = 59"
    assert told(lab("assign-instead-of-accumulate", d)) == "4, the last of 6, 4"
    assert told(lab("forgot-the-upstream", d)) == "1 + 6 = 7"
    assert lab("stale-data", d)[-1].caption.endswith("The wrong pass has 10 · 3 + 10 · 3 + 4 · 1 + 1 · (−1) = 63.")
    many = sum([a * n for n in range(1, 11)])
    assert told(lab("assign-instead-of-accumulate", many)) == "1, the last of 10, 9, 8, 7, …, 1"


@pytest.mark.parametrize("name", VARIANTS)
def test_the_page_says_what_print_says(name):
    found = lab(name)
    page = unescape(found.html())
    for line in found._told():
        assert f'<p class="said">{line}</p>' in page and line in str(found)
    assert f"<h1>{name}: {found.title}</h1>" in page and VARIANTS[name].why in page
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>', page)
    assert rows and '<th scope="col">right</th><th scope="col">wrong</th>' in page
    for row in rows:
        assert re.search(r"\s+".join(map(re.escape, row)), str(found).partition("─")[2])
    assert len(rows) == len(str(found).splitlines()) - 6
    shown = found._repr_mimebundle_()
    assert name in shown["text/html"] and shown["text/plain"] == f"{found}\n\n" + super(type(found), found).text()


def test_where_nothing_is_wrong_there_is_no_table():
    page = lab("wrong-subtraction", lecture.l15()).html()
    assert "it has the right numbers" in page and "<table" not in page and "<table" not in steps(lecture.l15()).html()


def test_the_frame_in_a_notebook_has_room_for_the_words():
    def height(shown):
        return int(re.search(r'height="(\d+)" frameborder', shown._repr_mimebundle_()["text/html"])[1])

    loss = VARIANTS["forgot-zero-grad"].graph()
    assert height(lab("forgot-zero-grad", loss)) >= height(steps(loss)) + 5 * 30


def test_hostile_names_stay_text():
    a = Value(2, "</td><script>alert(1)</script>\u202e")
    page = lab("forgot-zero-grad", a * a).html()
    assert "<script>alert" not in page and "\u202e" not in page and page.count("<table>") == 1
