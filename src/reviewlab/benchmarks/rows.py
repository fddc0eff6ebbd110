"""The rows of the benchmark: what is measured, against what, and with which limit."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `--help` lists the rows without torch
    from reviewlab.benchmarks.measurement import Pairs, Workbench

UNITS = {"ms": 1e3, "s": 1.0, "MB": 1e-6}
"""The factor that converts seconds or bytes to each unit."""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Args:
        what: the work that is measured.
        against: the reference.
        measure: the function that measures the row, as "module.function" within this package.
        limit: the largest allowed ratio of the work to the reference; with `added`, the largest
            allowed difference in seconds.
        unit: a key of `UNITS`.
        pairs: how often the work and the reference are measured.
        added: True to compare by difference instead of by ratio.
        reviews: True if the row needs the real IMDB reviews.
        package: a package that this row needs and a plain installation lacks; None for no package.
        extra: the extra of reviewlab that installs `package`.
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

    def run(self, bench: "Workbench") -> "Pairs":
        """Measure the row, importing its module only now."""
        module, name = self.measure.split(".")
        function: Callable[[Workbench], Pairs] = getattr(
            import_module(f"reviewlab.benchmarks.{module}"), name
        )
        return function(bench)


ROWS = {
    "step": Row(
        "training step: LSTM(8), batch 64, 500 words, 100 tokens, padding masked, all defaults",
        "the same network in a plain PyTorch loop over tensors in memory",
        "training.step",
        limit=1.25,
        unit="ms",
        pairs=8,
    ),
    "epoch": Row(
        "training epoch: MLP 32-32 on the presence of 100 words, batch 500, all defaults",
        "the same layers in a plain PyTorch loop over multi-hot rows in memory",
        "training.epoch",
        limit=3.0,
        unit="ms",
        pairs=25,
    ),
    "cold": Row(
        "encoding 50,000 reviews, empty cache: read, split, build the vocabulary, encode, write",
        "encoding only, in ten lines of Python with a given dictionary",
        "encoding.cold",
        limit=2.0,
        unit="s",
        pairs=5,
    ),
    "warm": Row(
        "the same reviews, encoded before, from a filled cache",
        "the ten lines of `cold`",
        "encoding.warm",
        limit=0.1,
        unit="s",
        pairs=5,
    ),
    "start": Row(
        "`scripts/train.py data=imdb model=lstm`, filled cache, to the end of the first step",
        '`python -c "import torch, pytorch_lightning, hydra"`',
        "starting.warm_start",
        limit=1.5,
        unit="s",
        pairs=7,
        added=True,
    ),
    "help": Row(
        "`scripts/train.py --help`",
        "the imports of `start`",
        "starting.help_text",
        limit=1.0,
        unit="s",
        pairs=5,
        reviews=False,
    ),
    "predict": Row(
        "`predict.py` on a csv file of 25,000 reviews, the LSTM of `step`, without process start",
        "the ten lines of `cold` and one pass of the plain network over all reviews",
        "predicting.predict",
        limit=1.3,
        unit="s",
        pairs=5,
    ),
    "memory": Row(
        "growth of peak memory after imports: one epoch of the default LSTM with 400 tokens",
        "the plain loop with all token ids in one int64 tensor",
        "memory.growth",
        limit=1.2,
        unit="MB",
        pairs=3,
    ),
    "tuning": Row(
        "four steps on all weights of all-MiniLM-L6-v2, batch 16, 128 tokens, all defaults",
        "the same steps with transformers' Trainer",
        "fine_tuning.train",
        limit=1.0,
        unit="s",
        pairs=3,
        package="transformers",
        extra="pretrained",
    ),
    "scoring": Row(
        "one pass of the encoder of `tuning` over 64 reviews",
        "the same pass with transformers' Trainer",
        "fine_tuning.predict",
        limit=1.0,
        unit="s",
        pairs=5,
        package="transformers",
        extra="pretrained",
    ),
    "attention": Row(
        "slowest callback of `callbacks=inspect`, 8 epochs of `lstm_attention` on IMDB",
        "the whole training",
        "training.attention",
        limit=0.03,
        unit="s",
        pairs=3,
    ),
    "filters": Row(
        "slowest callback of `callbacks=inspect`, 8 epochs of `cnn` on IMDB",
        "the whole training",
        "training.filters",
        limit=0.03,
        unit="s",
        pairs=3,
    ),
    "looks": Row(
        "slowest callback of `callbacks=inspect`, `cnn` on the demo reviews for a few seconds",
        "the whole training",
        "training.demo",
        limit=0.03,
        unit="s",
        pairs=3,
        reviews=False,
    ),
    "sweep": Row(
        "sweep of 16 jobs, one epoch of `step`'s LSTM each, 2 slots, from first start to last end",
        "training and validation time of its jobs, divided by the number of slots",
        "sweeps.overhead",
        limit=1.15,
        unit="s",
        pairs=3,
    ),
    "slots": Row(
        "the sweep of `sweep`",
        "the same sweep with 1 slot",
        "sweeps.slots",
        limit=1 / 1.7,
        unit="s",
        pairs=3,
    ),
    "basic": Row(
        "sweep of 8 jobs like those of `sweep`, 2 slots, the whole command",
        "the same jobs with Hydra's basic launcher, one at a time in one process",
        "sweeps.beside_basic",
        limit=1.0,
        unit="s",
        pairs=3,
    ),
    "joblib": Row(
        "the sweep of `basic`",
        "the same jobs with the joblib launcher, `n_jobs=2`",
        "sweeps.beside_joblib",
        limit=1.0,
        unit="s",
        pairs=3,
        package="hydra_plugins.hydra_joblib_launcher",
    ),
}
