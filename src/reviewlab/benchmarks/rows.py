"""The rows of the benchmark: what is measured, against what, and how much is allowed."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `--help` lists the rows, and needs no torch
    from reviewlab.benchmarks.measurement import Pairs, Workbench

UNITS = {"ms": 1e3, "s": 1.0, "MB": 1e-6}
"""The factor by which a unit shows seconds or bytes."""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    measure: the function that measures it, as module and name within this package.
    limit: of the ratio; of the difference in seconds where `added`.
    pairs: how often both are measured.
    reviews: whether it needs the real IMDB.
    package: one that it needs besides those that are installed anyway.
    extra: of ours, which installs that package.
    """

    what: str
    against: str
    measure: str
    limit: float
    unit: str
    pairs: int
    added: bool = False
    reviews: bool = True
    package: str | None = None
    extra: str = "benchmark"

    def measured(self, bench: "Workbench") -> "Pairs":
        """The measurement; its module is imported only now."""
        module, name = self.measure.split(".")
        function: Callable[[Workbench], Pairs] = getattr(
            import_module(f"reviewlab.benchmarks.{module}"), name
        )
        return function(bench)


ROWS = {
    "step": Row(
        "training step: LSTM(8), batch 64, 500 words, 100 tokens, padding masked, all defaults on",
        "the same network in a plain PyTorch loop over resident tensors",
        "training.step",
        limit=1.25,
        unit="ms",
        pairs=8,
    ),
    "epoch": Row(
        "training epoch: MLP 32-32, which of 100 words occur, batch 500, all defaults on",
        "the same layers in a plain PyTorch loop over resident multi-hot rows",
        "training.epoch",
        limit=3.0,
        unit="ms",
        pairs=25,
    ),
    "cold": Row(
        "encoding 50,000 reviews, cold: read, split, build the vocabulary, encode, write",
        "ten lines of Python with the dictionary made beforehand, encoding only",
        "encoding.cold",
        limit=2.0,
        unit="s",
        pairs=5,
    ),
    "warm": Row(
        "the same, warm",
        "the same ten lines",
        "encoding.warm",
        limit=0.1,
        unit="s",
        pairs=5,
    ),
    "start": Row(
        "warm start: `scripts/train.py data=imdb model=lstm` to the end of the first step",
        '`python -c "import torch, pytorch_lightning, hydra"`',
        "starting.warm_start",
        limit=1.5,
        unit="s",
        pairs=7,
        added=True,
    ),
    "help": Row(
        "`scripts/train.py --help`",
        "the same imports",
        "starting.help_text",
        limit=1.0,
        unit="s",
        pairs=5,
        reviews=False,
    ),
    "predict": Row(
        "`predict.py` on a csv file of 25,000 reviews, LSTM as above, without the process's start",
        "the ten lines, and one pass of the plain network over all reviews",
        "predicting.predict",
        limit=1.3,
        unit="s",
        pairs=5,
    ),
    "memory": Row(
        "growth of the peak memory after imports: an epoch of the default LSTM at 400 tokens",
        "the plain loop with all token ids in one int64 tensor",
        "memory.growth",
        limit=1.2,
        unit="MB",
        pairs=3,
    ),
    "tuning": Row(
        "four steps on all weights of all-MiniLM-L6-v2, batch 16, 128 tokens, all defaults on",
        "the same with transformers' Trainer",
        "fine_tuning.train",
        limit=1.0,
        unit="s",
        pairs=3,
        package="transformers",
        extra="pretrained",
    ),
    "scoring": Row(
        "a pass of the same encoder over 64 reviews",
        "the same with transformers' Trainer",
        "fine_tuning.predict",
        limit=1.0,
        unit="s",
        pairs=5,
        package="transformers",
        extra="pretrained",
    ),
    "attention": Row(
        "the dearest of `callbacks=inspect`, 8 epochs of `lstm_attention` on IMDB",
        "the whole training",
        "training.attention",
        limit=0.03,
        unit="s",
        pairs=3,
    ),
    "filters": Row(
        "the dearest of `callbacks=inspect`, 8 epochs of `cnn` on IMDB",
        "the whole training",
        "training.filters",
        limit=0.03,
        unit="s",
        pairs=3,
    ),
    "looks": Row(
        "the dearest of `callbacks=inspect`, the demo of some seconds with `cnn`",
        "the whole training",
        "training.demo",
        limit=0.03,
        unit="s",
        pairs=3,
        reviews=False,
    ),
    "sweep": Row(
        "sweep of 16 jobs, an epoch of LSTM as above each, 2 slots: first job's start to last end",
        "the seconds that its jobs trained and validated, divided by the slots",
        "sweeps.overhead",
        limit=1.15,
        unit="s",
        pairs=3,
    ),
    "slots": Row(
        "the same, from the first job's start to the last one's end",
        "the same with 1 slot",
        "sweeps.slots",
        limit=1 / 1.7,
        unit="s",
        pairs=3,
    ),
    "basic": Row(
        "sweep of 8 such jobs, 2 slots, the whole command",
        "the same jobs with Hydra's basic launcher, one after the other in one process",
        "sweeps.beside_basic",
        limit=1.0,
        unit="s",
        pairs=3,
    ),
    "joblib": Row(
        "the same",
        "the same jobs with the joblib launcher, `n_jobs=2`",
        "sweeps.beside_joblib",
        limit=1.0,
        unit="s",
        pairs=3,
        package="hydra_plugins.hydra_joblib_launcher",
    ),
}
