"""Random programs with shared nodes, run on any kind of number: Values, Fractions, exact dual numbers."""

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from autograd import Value, dot, mean, sum

fractions = st.fractions(-3, 3, max_denominator=4)


@dataclass(frozen=True)
class Program:
    """Inputs, and steps that each apply an operation to earlier results (given by their places)."""

    inputs: tuple[Fraction, ...]
    steps: tuple[tuple[str, tuple[int, ...]], ...]

    def run(self, numbers, operations):
        """Every result, inputs first."""
        results = list(numbers)
        for name, places in self.steps:
            results.append(operations[name](*[results[i] for i in places]))
        return results


@dataclass(frozen=True)
class Dual:
    """A number and its derivative by one input, both exact: an independent forward mode."""

    x: Fraction
    t: Fraction

    def __add__(self, other):
        return Dual(self.x + other.x, self.t + other.t)

    def __sub__(self, other):
        return Dual(self.x - other.x, self.t - other.t)

    def __mul__(self, other):
        return Dual(self.x * other.x, self.x * other.t + self.t * other.x)


def _fold_dot(w, x, v, y, bias):
    return w * v + x * y + bias


SHARED = {
    "add": (2, lambda x, y: x + y),
    "sub": (2, lambda x, y: x - y),
    "mul": (2, lambda x, y: x * y),
    "square": (1, lambda x: x * x),
}
ON_VALUES = {
    **{name: f for name, (_, f) in SHARED.items()},
    "sum": lambda x, y, z: sum([x, y, z]),
    "mean": lambda x, y: mean([x, y]),
    "dot": lambda w, x, v, y, bias: dot([w, x], [v, y], bias),
    "neg": lambda x: -x,
}
ON_DUALS = {
    **{name: f for name, (_, f) in SHARED.items()},
    "sum": lambda x, y, z: x + y + z,
    "mean": lambda x, y: (x + y) * Dual(Fraction(1, 2), Fraction(0)),
    "dot": _fold_dot,
    "neg": lambda x: x * Dual(Fraction(-1), Fraction(0)),
}
ARITY = {"add": 2, "sub": 2, "mul": 2, "square": 1, "sum": 3, "mean": 2, "dot": 5, "neg": 1}


@st.composite
def programs(draw, max_steps=12):
    """A program whose later steps like to use earlier results again."""
    inputs = draw(st.lists(fractions, min_size=1, max_size=4))
    steps = []
    for k in range(draw(st.integers(1, max_steps))):
        name = draw(st.sampled_from(sorted(ARITY)))
        places = draw(st.lists(st.integers(0, len(inputs) + k - 1), min_size=ARITY[name], max_size=ARITY[name]))
        steps.append((name, tuple(places)))
    return Program(tuple(inputs), tuple(steps))


def record(program):
    """The leaves and all results of a program, as Values."""
    leaves = [Value(x, name=f"x{i}") for i, x in enumerate(program.inputs)]
    return leaves, program.run(leaves, ON_VALUES)


def exact_gradient(program, place=-1):
    """d(result)/d(input) for each input, by dual numbers."""
    gradient = []
    for i in range(len(program.inputs)):
        seeded = [Dual(x, Fraction(int(i == j))) for j, x in enumerate(program.inputs)]
        gradient.append(program.run(seeded, ON_DUALS)[place].t)
    return gradient
