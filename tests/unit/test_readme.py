"""What the README shows and lists is what the project draws and has. (Its code runs as doctests.)"""

from pathlib import Path

from autograd.classroom.laboratory import VARIANTS
from autograd.command.cli import main

ROOT = Path(__file__).parents[2]


def test_the_picture_is_drawn_by_the_project(tmp_path):
    drawn = tmp_path / "product.svg"
    assert main(["draw", "z = x*y", "x=2", "y=3", "--grad", "5", "--show", "all", "-o", str(drawn)]) == 0
    assert drawn.read_bytes() == (ROOT / "notebooks" / "pictures" / "product.svg").read_bytes(), "run `make picture`"


def test_the_readme_shows_it():
    assert "](notebooks/pictures/product.svg)" in (ROOT / "README.md").read_text("utf-8")


def test_the_wrong_passes_are_listed():
    text = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in VARIANTS if f"`{name}`" not in text] == []
