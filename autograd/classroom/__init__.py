"""For lessons: exercises from any graph, mistakes to learn from, and gradients counted, nudged and compared.

::

    again       a graph made again, with other numbers or from JSON
    blanks      what an exercise asks                       answers  what students hand in
    working     the numbers that a reader goes on with      mistakes known ones, and the numbers they give
    marks       what answers are worth                      marking  how, with follow-through
    draws       numbers that can be worked out by hand
    sheet       an exercise on paper: picture and page      exercise quiz
    grades      the marks of a class
    wrong       well-known wrong backward passes            laboratory  lab
    counting    paths                                       moves    nudge, compare

>>> from autograd import Value
>>> x, y, w = Value(2, "x", requires_grad=False), Value(4, "y", requires_grad=False), Value(1, "w")
>>> loss = (w * x - y)**2
>>> quiz(loss).mark([-4, -4, -8]).points
3
"""

from .counting import Paths, paths
from .exercise import Quiz, quiz
from .grades import Grades, grades
from .laboratory import Lab, lab
from .marks import Mark, Marks
from .moves import Comparison, compare, nudge

__all__ = [
    "Comparison",
    "Grades",
    "Lab",
    "Mark",
    "Marks",
    "Paths",
    "Quiz",
    "compare",
    "grades",
    "lab",
    "nudge",
    "paths",
    "quiz",
]
