"""The 8x8 digits by the documented recipe of nn: 64-32-10 relu, cross-entropy, Adam with lr 0.01 down to 0.001, 15 epochs.

Four fifths of the images train, in batches of 32; the rest tests. Needs scikit-learn, for its images.
"""

from __future__ import annotations

import argparse
import time

from clock import report

import nn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    train, test = nn.datasets.digits().split(0.8, seed=0)
    model = nn.MLP(64, [32, 10], activation="relu", init="kaiming_uniform", seed=options.seed)
    optimizer = nn.Adam(model.parameters(), lr=0.01)
    schedule = nn.LinearLR(optimizer, start_factor=1.0, end_factor=0.1, total_iters=max(options.epochs - 1, 1))
    start = time.process_time()
    history = nn.fit(
        model,
        train,
        loss=nn.CrossEntropyLoss(),
        optimizer=optimizer,
        epochs=options.epochs,
        batch_size=32,
        validation=test,
        schedule=schedule,
        pause_collector=True,
    )
    report(seconds=time.process_time() - start, accuracy=history.validation_accuracy[-1], history=history.to_dict())


if __name__ == "__main__":
    main()
