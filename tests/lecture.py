"""The lecture's graphs, as the tests of players and pages step through them."""

from autograd import Value


def l15() -> Value:
    x, y = Value(2, "x"), Value(3, "y")
    z = x * y
    z.name = "z"
    return z


def l16() -> Value:
    x, y, w = Value(1, "x", requires_grad=False), Value(2, "y", requires_grad=False), Value(1, "w")
    guess = x * w
    s = guess - y
    loss = s**2
    guess.name, s.name, loss.name = "ŷ", "s", "loss"
    return loss


def shared() -> Value:
    a = Value(3, "a")
    b = a + a
    c = b * a
    b.name, c.name = "b", "c"
    return c
