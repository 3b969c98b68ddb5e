"""A row of linear layers is one linear layer (L7)."""

import pytest

import nn


def test_the_lectures_net():
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 1, bias=False))
    w0, w1, w2, w3, w4, w5 = 2, 3, 5, 7, 11, 13
    model.load_state_dict({"0.weight": [[w0, w1], [w2, w3]], "1.weight": [[w4, w5]]})
    one = nn.collapse(model)
    assert one.state_dict() == {"weight": [[w4 * w0 + w5 * w2, w4 * w1 + w5 * w3]]}
    assert repr(one) == "Linear(2, 1, bias=False)  # 2 parameters"


def test_one_layer_is_copied():
    layer = nn.Linear(2, 1, seed=0)
    one = nn.collapse(layer)
    assert one is not layer and one.state_dict() == layer.state_dict()
    one.weight[0][0].data = 9.0
    assert layer.weight[0][0].data != 9.0


def test_what_cannot_be_collapsed():
    with pytest.raises(TypeError, match=r"^\(1\) Tanh is not linear, .*, so that no Linear equals the whole"):
        nn.collapse(nn.MLP(2, [2, 1]))
    with pytest.raises(TypeError, match=r"^Neuron is not linear"):
        nn.collapse(nn.Neuron(1))
    with pytest.raises(TypeError, match=r"^\(0\) ReLU"):
        nn.collapse(nn.Sequential(nn.Linear(1, 1), nn.Sequential(nn.ReLU())))
    with pytest.raises(ValueError, match=r"^\(0\) Linear gives 2 numbers and \(2\) Linear takes 3: they do not fit"):
        nn.collapse(nn.Sequential(nn.Linear(1, 2), nn.Identity(), nn.Linear(3, 1)))
    for empty in (nn.Sequential(), nn.Identity()):
        with pytest.raises(ValueError, match="there is no layer in"):
            nn.collapse(empty)
