"""What must hold in each notebook's kernel when it has run: the lecture's figures, as Python that the kernel evaluates."""

FIGURES = {
    "04_chain_rule": ["(x.grad, y.grad) == (15, 10)", "w.grad == -2"],
}
