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
GROUPS = ("imdb", "netflix")
PUBLISHED = ROOT / "docs" / "published.yaml"


RECIPES = {"imdb/best", "imdb/ngram", "netflix/ngram"}
"""Experiments of our own without a counterpart in the notes: see docs/recipes.md."""


def experiments() -> list[str]:
    """Return every experiment of a note."""
    paths = [path for group in GROUPS for path in (CONFIGS / "experiment" / group).glob("*.yaml")]
    names = {str(path.relative_to(CONFIGS / "experiment").with_suffix("")) for path in paths}
    assert names >= RECIPES
    return sorted(names - RECIPES)


def smoke(cwd: Path, imdb: Path, netflix: Path, sweeps: Sequence[str], *more: str) -> str:
    """Run the sweeps and return the page of `make notes`."""
    sources = {"REVIEWLAB_IMDB": str(imdb), "REVIEWLAB_NETFLIX": str(netflix)}
    for name in sweeps:
        said = [f"sweep={name}", f"sweep.name={name}", *SHORT, *more]
        done = train(cwd, "-m", *said, **sources)
        assert done.code == 0, done.err
    (cwd / "docs").mkdir()
    shutil.copy(PUBLISHED, cwd / "docs")
    done = script("notes", cwd, "results", **sources)
    assert done.code == 0, done.err
    return (cwd / "docs" / "results.md").read_text(encoding="utf-8")


def whole(page: str, cwd: Path) -> None:
    for name in experiments():
        assert f"| `{name}`" in page
    assert "not run" not in page
    assert "| not measured |" not in page
    for picture in ("review_lengths", "optimizers", "loss_curves_1", "loss_curves_3"):
        size = (cwd / "docs" / "figures" / f"{picture}.png").stat().st_size
        assert 1_000 < size < 100_000


def test_every_experiment_is_published_or_our_own() -> None:
    notes = read_published(PUBLISHED)
    assert sorted(name for name, _ in notes) == experiments()


def test_on_reviews_made_for_the_purpose(
    tmp_path: Path, made_imdb: Path, made_netflix: Path
) -> None:
    small = ["data.batch_size=4", "data.eval_batch_size=8"]
    whole(smoke(tmp_path, made_imdb, made_netflix, ["notes"], *small), tmp_path)


@pytest.mark.real_data
def test_on_the_real_reviews(tmp_path: Path, imdb_source: Path, netflix_source: Path) -> None:
    page = smoke(tmp_path, imdb_source, netflix_source, ["notes", "notes_grouped"])
    whole(page, tmp_path)
    assert "## Netflix again" in page
    measurements = read_measured(run_folders(tmp_path / "outputs" / "sweeps" / "notes"))
    counted = {name: p.parameters for name, p in read_published(PUBLISHED) if p.parameters}
    assert {name: measurements[name].runs[0].keras_parameters for name in counted} == counted
