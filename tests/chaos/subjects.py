"""The hostile artefacts: what is changed in them, and the commands that read them."""

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

SMALL = ("data.reviews=100", "trainer.max_epochs=1", "logger=none")
SWEEP = ("-m", *SMALL, "model=mlp", "optimizer.lr=0.01,0.1", "sweep.name=s")
ARCHITECTURES = ("mlp", "lstm", "cnn", "ngram")
TEXT = "text=slow start, but worth it"


OF_A_CLASSIFIER = (
    *("best.ckpt", "result.json", "status.json", "config.yaml", "sweep.yaml"),
    *("labels.json", "text_encoder.json", "config.json", "*.safetensors"),
)
OF_A_TABLE = (
    *("result.json", "status.json", "config.yaml", "*.npz", "sweep.yaml", "ngram_baseline.json"),
    *("provenance.json",),
)
OF_A_TRAINING = ("config.yaml", "status.json", "result.json", "last.ckpt", "*.npz", "sweep.yaml")


class Command(NamedTuple):
    """A command that reads an artefact.

    Attributes:
        name: its name in the description of a case.
        arguments: returns the command line for the path of the artefact.
        weight: how often it is drawn.
        reads: patterns of the files that it reads, which most cases change.
        writes: True if it continues the artefact; all others leave its files as they are.
        answers: True if exit code 1 is an answer, which its output explains.
    """

    name: str
    arguments: Callable[[str], Sequence[str]]
    weight: float = 1
    reads: Sequence[str] = OF_A_CLASSIFIER
    writes: bool = False
    answers: bool = False


class Subject(NamedTuple):
    """A kind of artefact.

    Attributes:
        artefacts: the names of valid ones.
        place: the artefact's path in the working folder.
        commands: the commands that read it.
        files: maps patterns of the files that are changed to how often one is drawn.
        weight: how often the subject is drawn.
    """

    artefacts: Sequence[str]
    place: str
    commands: Sequence[Command]
    files: dict[str, float]
    weight: float


RUN, SWEEP_FOLDER, EXPORTED = "outputs/runs/run", "outputs/sweeps/s", "exported"


def _reading(suffix: str = "") -> tuple[Command, ...]:
    """Return the commands that read a classifier.

    Args:
        suffix: the rest of the checkpoint's path after the artefact's.
    """

    def read(name: str, script: str, *more: str, weight: float = 1) -> Command:
        return Command(name, lambda place: [script, f"checkpoint={place}{suffix}", *more], weight)

    return (
        read("predict", "predict.py", TEXT, weight=2),
        read("predict a table", "predict.py", "input=reviews.csv", "output=o.csv"),
        read("evaluate", "evaluate.py", "split=validation"),
        read("explain", "explain.py", TEXT),
        read("errors", "errors.py", "split=validation", "output=errors"),
        read("export", "export.py", "output=m/"),
        read("export as onnx", "export.py", "output=m.onnx", weight=0.1),
    )


RESUME = Command("resume", lambda p: ["train.py", f"resume={p}"], 1, OF_A_TRAINING, writes=True)
FURTHER = Command(
    "train further",
    lambda p: ["train.py", f"resume={p}", "trainer.max_epochs=2"],
    2,
    OF_A_TRAINING,
    writes=True,
)
OF_A_RUN = {
    "status.json": 3,
    "result.json": 4,
    "config.yaml": 4,
    "provenance.json": 1,
    "validation.npz": 2,
    "validation_reviews.npz": 2,
    "checkpoints/best.ckpt": 2,
    "checkpoints/last.ckpt": 2,
    "train.log": 0.5,
    ".lock": 0.5,
}
SUBJECTS = {
    "checkpoint": Subject(
        ARCHITECTURES,
        RUN,
        (*_reading("/checkpoints/best.ckpt"), FURTHER),
        {"checkpoints/*.ckpt": 1},
        4,
    ),
    "run folder": Subject(
        ARCHITECTURES,
        RUN,
        (
            *_reading(),
            Command("report", lambda p: ["report.py", p], 3, OF_A_TABLE),
            Command("report all", lambda p: ["report.py", "outputs/runs"], 2, OF_A_TABLE),
            Command("rerun", lambda p: ["train.py", f"rerun={p}"], 2, ("config.yaml",)),
            Command("ensemble", lambda p: ["ensemble.py", p, "outputs/runs/other"], 2, OF_A_TABLE),
            RESUME,
            FURTHER,
        ),
        OF_A_RUN,
        4,
    ),
    "sweep folder": Subject(
        ("sweep",),
        SWEEP_FOLDER,
        (
            *_reading(),
            Command("report", lambda p: ["report.py", p], 3, OF_A_TABLE),
            Command("report as a page", lambda p: ["report.py", p, "--html"], 1, OF_A_TABLE),
            Command(
                "curves",
                lambda p: ["report.py", p, "--tuning-curves", "optimizer.lr"],
                1,
                OF_A_TABLE,
            ),
            Command(
                "status",
                lambda p: ["sweep.py", "status", p],
                2,
                ("sweep.yaml", "status.json", ".lock"),
                answers=True,  # a job that is not done
            ),
            Command("ensemble", lambda p: ["ensemble.py", p], 2, OF_A_TABLE),
            Command("continue", lambda p: ["train.py", *SWEEP], 2, OF_A_TRAINING, writes=True),
        ),
        {
            "sweep.yaml": 5,
            ".lock": 0.5,
            "leaderboard.*": 1,
            "jobs/*/ngram_baseline.json": 1,
            **{f"jobs/*/{name}": weight / 2 for name, weight in OF_A_RUN.items()},
        },
        3,
    ),
    "exported folder": Subject(
        ("exported",), EXPORTED, _reading(), {"*.json": 3, "model.safetensors": 1}, 1
    ),
}


class Case(NamedTuple):
    """What a seed stands for, before anything is changed."""

    subject: str
    artefact: str
    command: Command


def draw(random: Random) -> Case:
    """Draw the subject, the artefact and the command of a case."""
    [name] = random.choices([*SUBJECTS], [subject.weight for subject in SUBJECTS.values()])
    subject = SUBJECTS[name]
    artefact = random.choice(subject.artefacts)
    [command] = random.choices(subject.commands, [c.weight for c in subject.commands])
    return Case(name, artefact, command)
