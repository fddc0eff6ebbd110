"""Run folders of the notes' experiments, made by hand."""

from pathlib import Path
from typing import Any

from tests.reporting import folders


def note_run(
    folder: Path,
    experiment: str,
    seed: int = 0,
    metrics: dict[str, float] | None = None,
    test: dict[str, float] | None = None,
    loss: str = "CrossEntropy",
    commonest: float = 0.5,
    **result: Any,
) -> Path:
    """Write the folder of a finished run that measured `metrics` after both of its epochs."""
    settings = folders.config("LSTM", seed=seed, hidden_size=8, num_layers=2, bidirectional=False)
    settings["loss"] = {"_target_": f"reviewlab.nn.{loss}"}
    epoch = {"train/loss": 0.6, **(metrics or {"val/accuracy": 0.8})}
    return folders.run(
        folder / f"{experiment.replace('/', '-')}-{seed}",
        settings,
        overrides=(f"seed={seed}", f"experiment={experiment}"),
        last={"epoch": 1, **epoch},
        curves=[{"epoch": 0, **epoch}, {"epoch": 1, **epoch}],
        best={"epoch": 1, **epoch},
        majority_baseline={"train": {"accuracy": commonest}, "val": {"accuracy": commonest}},
        **({"test": test} if test else {}),
        **result,
    )
