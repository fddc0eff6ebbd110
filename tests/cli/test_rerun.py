"""A run repeated in a new folder."""

from collections.abc import Callable
from pathlib import Path

import yaml
from tests.cli.processes import Done, curves, read

SMALL = ["data.reviews=300", "trainer.max_epochs=2", "model.input_dropout=0.3", "name=first"]


def test_the_same_again_and_with_another_seed(
    tmp_path: Path, train_here: Callable[..., Done]
) -> None:
    first = train_here(tmp_path, *SMALL).folder
    before = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    same = train_here(tmp_path, f"rerun={first}", "name=same").folders[-1]
    other = train_here(tmp_path, f"rerun={first}", "name=other", "seed=1").folders[-1]
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == before
    one, two, three = (read(folder / "result.json") for folder in (first, same, other))
    assert (two["run_id"], curves(two), two["best"]["val/loss"]) == (
        one["run_id"],
        curves(one),
        one["best"]["val/loss"],
    )
    assert curves(three) != curves(one)
    assert three["configuration_id"] == one["configuration_id"]
    assert (three["seed"], three["run_id"] != one["run_id"]) == (1, True)
    assert three["overrides"] == [*SMALL[:3], "name=other", "seed=1"]
    config = yaml.safe_load((other / "config.yaml").read_text(encoding="utf-8"))
    assert (config["seed"], config["data"]["seed"]) == (1, 1)


def test_what_is_misspelt_leaves_nothing(tmp_path: Path, train_here: Callable[..., Done]) -> None:
    done = train_here(tmp_path, f"rerun={tmp_path}")
    assert (done.code, done.folders) == (2, [])
    assert done.err == f"error: rerun: '{tmp_path}' is not a run folder: it has no config.yaml\n"
    done = train_here(tmp_path, "rerun=a", "resume=b")
    assert done.err == "error: rerun: cannot be combined with resume; give only one of them\n"
