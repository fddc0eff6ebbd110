"""Run folders made by hand, like those of trainings."""

from pathlib import Path
from typing import Any

import yaml

from reviewlab.runs.files import write_json, write_text
from reviewlab.runs.identity import configuration_id
from reviewlab.runs.result import write_result
from reviewlab.runs.status import State, Status, write_status


def config(model: str = "LSTM", lr: float = 0.01, seed: int = 0, **model_options: Any) -> dict:
    return {
        "seed": seed,
        "outputs": "/somewhere",
        "data": {"_target_": "x.Demo", "seed": seed, "batch_size": 32},
        "model": {"_target_": f"x.{model}Classifier", **model_options},
        "optimizer": {"_target_": "torch.optim.Adam", "lr": lr},
    }


def run(
    folder: Path,
    settings: dict,
    value: float | None = 0.8,
    state: State = "done",
    error: str | None = None,
    overrides: tuple[str, ...] = (),
    **result: Any,
) -> Path:
    """Write a run with this `val/accuracy`; NaN is written as null, since JSON lacks it."""
    folder.mkdir(parents=True)
    write_text(folder / "config.yaml", yaml.safe_dump(settings, sort_keys=False))
    write_status(folder, Status(state, attempts=1, ended=1.0, error=error))
    write_json(folder / "provenance.json", {"overrides": list(overrides)})
    if state == "done":
        best = {"epoch": 1, "val/loss": 0.5, "val/accuracy": value}
        write_result(
            folder,
            {
                "configuration_id": configuration_id(settings, "f"),
                "data_fingerprint": "f",
                "majority_baseline": {"val": {"accuracy": 0.25}},
                "overrides": list(overrides),
                "best": best,
                "curves": [{**best, "epoch": 0, "val/accuracy": 0.4}, best],
                "parameters": 1234,
                "seconds": {"train": 2.5},
                "flags": [],
                "test_uses": 0,
                **result,
            },
        )
    return folder


def grid(folder: Path, seeds: int = 3) -> list[Path]:
    """Write runs of two models with two learning rates; only the rate matters."""
    made = []
    for model in ("LSTM", "GRU"):
        for lr in (0.1, 0.01):
            for seed in range(seeds):
                noise = (len(made) * 7 % 5) / 1000
                value = 0.7 + 0.1 * (lr == 0.01) + noise + seed / 100
                name = f"{len(made):04d}-{model}-{lr}-{seed}"
                made.append(run(folder / "jobs" / name, config(model, lr, seed), value))
    return made


def many(folder: Path, runs: int = 500, epochs: int = 100) -> Path:
    """Write a large search of distinct configurations with long curves, some of them failed."""
    for number in range(runs):
        lr, dropout = 10 ** (-1 - (number * 37 % 1000) / 250), (number * 13 % 60) / 100
        model = ("LSTM", "GRU", "CNN", "MLP")[number % 4]
        settings = config(model, lr, hidden_size=8 * (number % 5 + 1), dropout=dropout)
        settings["data"]["text"] = {"max_length": [20, 50, None][number % 3]}
        error = 'Traceback ...\n  File "a.py", line 3\nRuntimeError: <b>no memory</b> left'
        failed = number % 50 == 49
        best = 0.9 - abs(lr - 0.01) ** 0.5 - dropout / 10
        shares = [
            best * (1 - 0.6 ** (epoch + 1)) + (epoch * 7 % 5) / 999 for epoch in range(epochs)
        ]
        curves = [
            {"epoch": epoch, "val/accuracy": share, "val/loss": 1 - share}
            for epoch, share in enumerate(shares)
        ]
        run(
            folder / "jobs" / f"{number:04d}-{model}",
            settings,
            state="failed" if failed else "done",
            error=error if failed else None,
            **({} if failed else {"curves": curves, "best": max(curves, key=_accuracy)}),
        )
    return folder


def _accuracy(epoch: dict) -> float:
    return epoch["val/accuracy"]
