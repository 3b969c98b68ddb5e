"""Options of pictures that are not what they may be: an error that names the option, the value and the remedy."""

import re

import pytest

from autograd import Value, draw


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"depth": "x"}, "depth is how many levels of scopes to open, 0 for none; got 'x'"),
        ({"depth": 1.5}, "depth is how many levels of scopes to open, 0 for none; got 1.5"),
        ({"depth": -1}, "got -1"),
        ({"depth": True}, "got True"),
        ({"scale": "x"}, "scale is a factor above 0 and up to 100, such as 1.25; got 'x'"),
        ({"scale": float("nan")}, "got nan"),
        ({"max_nodes": "x"}, "max_nodes is how many boxes may be drawn, such as 500; got 'x'"),
        ({"timeout": "x"}, "timeout is a number of seconds above 0, or None for no limit; got 'x'"),
        ({"timeout": -1}, "got -1"),
        ({"title": 3}, "title is text, or None for one made from the picture; got 3"),
        ({"open": 3}, "open is a list of names of boxes, as they stand in the picture; got 3"),
        ({"open": [3]}, "open is a list of names of boxes, as they stand in the picture; got [3]"),
        ({"theme": []}, "theme is one of light, dark, print, cs231n; got []"),
        ({"digits": "x"}, "digits is a number of digits from 1 to 17"),
        ({"plots": "x"}, "plots is True, False, or None for the usual; got 'x'"),
        ({"collapse": "x"}, "collapse is True, False, or None for the usual; got 'x'"),
        ({"symbols": "no"}, "symbols is True for formulas, or False for numbers; got 'no'"),
    ],
)
def test_what_an_option_may_not_be(options, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        draw(Value(2, "x") * 3, **options)
