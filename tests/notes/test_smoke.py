"""`make notes` for a few steps: every experiment trains, is measured and is in the table."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.cli.processes import ROOT, script, train

from reviewlab.config.compose import CONFIGS
from reviewlab.notes.measured import read_measured
from reviewlab.notes.published import read_published
from reviewlab.reporting.rows import run_folders

# The baselines of the real reviews would take most of the time; tests/baseline measures them.
SHORT = [
    "sweep.seeds=1",
    "sweep.baseline=none",
    "trainer.max_steps=4",
    "trainer.limit_train_batches=2",
    "trainer.limit_val_batches=1",
]
GROUPS = ("imdb", "mnist", "netflix")
PUBLISHED = ROOT / "docs" / "published.yaml"


RECIPES = {"imdb/best", "imdb/ngram", "netflix/best", "netflix/ngram"}
"""Experiments of our own without a counterpart in the notes: see docs/recipes.md."""


def experiments() -> list[str]:
    """Return every experiment of a note."""
    paths = [path for group in GROUPS for path in (CONFIGS / "experiment" / group).glob("*.yaml")]
    names = {str(path.relative_to(CONFIGS / "experiment").with_suffix("")) for path in paths}
    assert names >= RECIPES
    return sorted(names - RECIPES)


def smoke(cwd: Path, sources: Sequence[Path], sweeps: Sequence[str], *more: str) -> str:
    """Run the sweeps and return the page of `make notes`.

    Args:
        cwd: the folder to run in.
        sources: the data of each of `GROUPS`.
        sweeps: the names of the sweeps.
        more: more settings of all jobs.
    """
    names = (f"REVIEWLAB_{group.upper()}" for group in GROUPS)
    variables = {n: str(source) for n, source in zip(names, sources, strict=True)}
    for name in sweeps:
        said = [f"sweep={name}", f"sweep.name={name}", *SHORT, *more]
        done = train(cwd, "-m", *said, **variables)
        assert done.code == 0, done.err
    (cwd / "docs").mkdir()
    shutil.copy(PUBLISHED, cwd / "docs")
    done = script("notes", cwd, "results", **variables)
    assert done.code == 0, done.err
    return (cwd / "docs" / "results.md").read_text(encoding="utf-8")


def whole(page: str, cwd: Path) -> None:
    for name in experiments():
        assert f"| `{name}`" in page
    assert "not run" not in page
    assert "| not measured |" not in page
    for picture in ("review_lengths", "optimizers", "loss_curves_1", "loss_curves_4"):
        size = (cwd / "docs" / "figures" / f"{picture}.png").stat().st_size
        assert 1_000 < size < 100_000


def test_every_experiment_is_published_or_our_own() -> None:
    notes = read_published(PUBLISHED)
    assert sorted(name for name, _ in notes) == experiments()


def test_on_data_made_for_the_purpose(
    tmp_path: Path, made_imdb: Path, made_mnist: Path, made_netflix: Path
) -> None:
    small = ["data.batch_size=4", "data.eval_batch_size=8"]
    sources = (made_imdb, made_mnist, made_netflix)
    whole(smoke(tmp_path, sources, ["notes"], *small), tmp_path)


@pytest.mark.real_data
def test_on_the_real_data(
    tmp_path: Path, imdb_source: Path, mnist_source: Path, netflix_source: Path
) -> None:
    sources = (imdb_source, mnist_source, netflix_source)
    page = smoke(tmp_path, sources, ["notes", "notes_grouped"])
    whole(page, tmp_path)
    assert "## Netflix again" in page
    measurements = read_measured(run_folders(tmp_path / "outputs" / "sweeps" / "notes"))
    counted = {name: p.parameters for name, p in read_published(PUBLISHED) if p.parameters}
    assert {name: measurements[name].runs[0].keras_parameters for name in counted} == counted
