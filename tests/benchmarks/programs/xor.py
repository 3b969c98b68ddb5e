"""The XOR net of nn: a step on all four rows, forward, backward and an update."""

from __future__ import annotations

import argparse

from clock import report, seconds

import nn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300)
    options = parser.parse_args()

    model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    rows, labels = nn.datasets.xor_gate().columns()
    criterion, optimizer = nn.BCEWithLogitsLoss(), nn.Adam(model.parameters(), lr=0.1)
    losses = []

    def step() -> None:
        optimizer.zero_grad()
        y_pred = model(rows)
        loss = criterion(y_pred, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)

    taken = seconds(step, options.steps)
    report(seconds=taken, first=losses[0], last=losses[-1])


if __name__ == "__main__":
    main()
