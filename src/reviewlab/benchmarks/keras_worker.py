"""Train a network of the study notes with Keras, one epoch for each line of standard input.

KERAS_BACKEND=jax python -m reviewlab.benchmarks.keras_worker GRU reviews.npz
"""

import sys
from typing import Any

import keras
import numpy as np


def make_model(layer: str) -> keras.Sequential:
    """Return the compiled network of the Keras book, with this recurrent layer."""
    model = keras.Sequential(
        [
            keras.layers.Embedding(500, 16),
            getattr(keras.layers, layer)(8),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    optimizer = keras.optimizers.Adam(learning_rate=1e-3)
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    return model


def main() -> None:
    """Train the layer that `sys.argv` names on the reviews in a file, until the input ends."""
    layer, reviews = sys.argv[1:]
    data = np.load(reviews)
    turns = keras.callbacks.LambdaCallback(on_epoch_begin=_wait, on_epoch_end=_answer)
    make_model(layer).fit(
        data["ids"],
        data["labels"],
        batch_size=64,
        epochs=sys.maxsize,
        verbose=0,
        callbacks=[turns],
    )


def _wait(*_: Any) -> None:
    if not sys.stdin.readline():
        sys.exit()


def _answer(*_: Any) -> None:
    sys.stdout.write("trained\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
