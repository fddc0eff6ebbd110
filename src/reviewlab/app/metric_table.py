"""Metrics of one split beside those of the simplest guess, for people."""

import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def baseline(
    labels: NDArray[np.int64], commonest: int, label_names: Sequence[str]
) -> dict[str, float]:
    """The metrics of answering class `commonest` every time: those that are defined for it.

    labels: int64 `[reviews]`.
    """
    right = float(np.mean(labels == commonest))
    f1 = 2 * right / (1 + right)  # precision is the share that is right, recall is 1
    present = {*np.unique(labels).tolist(), commonest}
    values = {"accuracy": right, "f1_macro": f1 / len(present), "predicted_classes": 1.0}
    if len(label_names) > 2:
        values["mae"] = float(np.mean(np.abs(labels - commonest)))
    for number, name in enumerate(label_names):
        values[f"recall_{name}"] = float(number == commonest and right > 0)
    return values


def table(metrics: dict[str, float], guessed: dict[str, float], guess: str) -> str:
    """Lines of metric, value and baseline; drawn by rich on a terminal."""
    rows = [
        (name, _shown(name, value), _shown(name, guessed[name]) if name in guessed else "")
        for name, value in metrics.items()
    ]
    heads = ("metric", "value", guess)
    return _drawn(heads, rows) if sys.stdout.isatty() else _aligned(heads, rows)


def _shown(name: str, value: float) -> str:
    return f"{value:.0f}" if name.endswith("predicted_classes") else f"{value:.4f}"


def _aligned(heads: tuple[str, str, str], rows: list[tuple[str, str, str]]) -> str:
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    shown = (
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {guess:>{widths[2]}}".rstrip()
        for name, value, guess in lines
    )
    return "\n".join(shown) + "\n"


def _drawn(heads: tuple[str, str, str], rows: list[tuple[str, str, str]]) -> str:
    from rich.console import Console
    from rich.table import Table

    drawn = Table(heads[0])
    for head in heads[1:]:
        drawn.add_column(head, justify="right")
    for row in rows:
        drawn.add_row(*row)
    console = Console(width=80)
    with console.capture() as captured:
        console.print(drawn)
    return captured.get()
