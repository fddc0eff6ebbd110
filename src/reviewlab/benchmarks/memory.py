"""Measure by how much training on IMDB raises peak memory, against the plain loop.

python -m reviewlab.benchmarks.memory ours|plain <folder> prints the bytes for one of the two.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

import pytorch_lightning  # noqa: F401
import torch

# Optimizers and the logger would import these later, when first used.
import torch._dynamo
import torch.utils.tensorboard

from reviewlab.benchmarks.measurement import Pairs, Workbench, alternate
from reviewlab.benchmarks.plain import OverTokens, PlainLoop, evaluate, resident
from reviewlab.config.bind import bind
from reviewlab.config.build import build_classifier
from reviewlab.config.experiment import Experiment
from reviewlab.data.datamodule import as_reviews
from reviewlab.data.reviews import Facts
from reviewlab.running.run import load_parts, run
from reviewlab.training.summary import peak_memory

LONG = ["data=imdb", "data.text.max_length=400", "model=lstm", "trainer.max_epochs=1"]


class Work(TypedDict):
    """The prepared data that both measured processes load.

    Attributes:
        facts: facts of the data.
        pad_id: the id that pads short reviews.
        train: all token ids and labels of the training split.
        validation: all token ids and labels of the validation split.
    """

    facts: Facts
    pad_id: int
    train: tuple[torch.Tensor, torch.Tensor]
    validation: tuple[torch.Tensor, torch.Tensor]


def growth(bench: Workbench) -> Pairs:
    """Measure the growth of peak memory in bytes, each time in a new process."""
    write_work(bench)
    return alternate(
        lambda: _measured("ours", bench.folder),
        lambda: _measured("plain", bench.folder),
        bench.pairs,
    )


def write_work(bench: Workbench) -> None:
    """Write the data and config that both processes load, so that neither has to encode reviews."""
    experiment = bench.experiment(*LONG)
    data = as_reviews(load_parts(experiment).data)
    (bench.folder / "config.json").write_text(json.dumps(experiment.as_config()))
    work: Work = {
        "facts": data.facts(),
        "pad_id": data.text.pad_id,
        "train": resident(data.corpus("train"), data.text),
        "validation": resident(data.corpus("validation"), data.text),
    }
    torch.save(work, bench.folder / "work")


def ours(folder: Path) -> None:
    """Train one epoch and validate, with all defaults."""
    run(_experiment(folder), [])


def plain(folder: Path) -> None:
    """Train one epoch and validate in a plain loop, with all token ids in one int64 tensor."""
    experiment = _experiment(folder)
    torch.set_num_threads(experiment.threads)
    work: Work = torch.load(folder / "work")
    classifier = build_classifier(experiment, work["facts"])
    network = OverTokens(classifier, work["pad_id"])
    inputs, labels = work["train"]
    objective, optimizer = classifier.objective, experiment.optimizer.prepare()
    batch_size = experiment.data.value("batch_size")
    eval_batch_size = experiment.data.value("eval_batch_size")
    PlainLoop(network, objective, optimizer, inputs, labels, batch_size).epoch()
    inputs, labels = work["validation"]
    objective.loss(evaluate(network.eval(), inputs, eval_batch_size), labels)


def _experiment(folder: Path) -> Experiment:
    return bind(json.loads((folder / "config.json").read_text()), Experiment)


def main() -> None:
    """Do the work that `sys.argv` names, and print by how much peak memory grew."""
    work = {"ours": ours, "plain": plain}[sys.argv[1]]
    before = peak_memory()["process"]
    work(Path(sys.argv[2]))
    grown = peak_memory()["process"] - before
    sys.stdout.write(f"{grown}\n")


def _measured(which: str, folder: Path) -> float:
    command = [sys.executable, "-m", __name__, which, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    main()
