"""A whole graph under check: every input in every mode, those too that do not matter."""

import pytest

from autograd import Value
from autograd.testing import check_gradients
from autograd.testing.tape import Tape


def test_an_input_that_does_not_matter_has_slope_0_in_every_mode():
    assert check_gradients(lambda x, y: x * x, 2.0, 3.0).ulps == 0
    assert check_gradients(lambda x, y: x.exp(), 2.0, 3).unchecked == 0


def test_a_small_graph_is_checked_by_every_input_in_every_mode():
    def numbers(n):
        xs = [0.5 + i for i in range(n)]
        return check_gradients(lambda xs: sum(x * x for x in xs), xs, second_order=False).comparisons

    assert numbers(17) - numbers(9) == 8 * (numbers(2) - numbers(1))


def test_a_tape_wants_a_number_for_each_input():
    x, y = Value(2), Value(3)
    tape = Tape(x * y, [x, y])
    assert tape([5, 7]) == 35
    for numbers in ([5], [5, 6, 7]):
        with pytest.raises(ValueError, match="zip"):
            tape(numbers)
