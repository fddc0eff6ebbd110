"""Classes of another package are found only in the modules that it declares."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch
from tests import handmade
from tests.cli.processes import environment, read, runs
from tests.example_plugin import CONFIGS, EXAMPLE, MODULE, install, installed
from tests.forked import python

from reviewlab.config.signatures import locate
from reviewlab.data.cache import digest
from reviewlab.exceptions import InputError
from reviewlab.models import load_classifier
from reviewlab.nn import CrossEntropy
from reviewlab.plugins import digest_sources, list_plugins, plugin_of, stored_name
from reviewlab.runs.provenance import software
from reviewlab.sweeps.changes import code
from reviewlab.text.cleaning import Cleaning
from reviewlab.text.state import from_state

MEAN = f"{MODULE}.MeanClassifier"
LONG_WORDS = f"{MODULE}.LongWordEncoder"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site-packages"


@pytest.fixture
def module(site: Path) -> Iterator[Path]:
    """The file of the package's module, installed for this process."""
    with installed(site) as file:
        yield file


def made() -> Any:
    """Return a classifier of the package."""
    text = handmade.classifier().text_encoder
    kind: Any = locate(MEAN, "model")
    torch.manual_seed(0)
    classifier = kind(CrossEntropy(len(handmade.LABELS)), text.vocab_size)
    classifier.describe(text, handmade.LABELS, {"seed": 3})
    return classifier.eval()


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_classifier(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_example_is_three_files() -> None:
    assert len([path for path in EXAMPLE.rglob("*.*") if path.suffix != ".pyc"]) == 3


@pytest.mark.usefixtures("module")
def test_a_package_is_found_by_what_it_declares_and_not_imported_for_it() -> None:
    [plugin] = list_plugins()
    assert plugin == (MODULE, "reviewlab-example", "0.3")
    assert plugin_of(f"{MODULE}.deeper") == plugin
    assert plugin_of(f"{MODULE}_too") is None
    assert digest_sources([plugin]).keys() == {MODULE}
    assert MODULE not in sys.modules


def test_nothing_else_is_allowed_in_a_config(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = install(site)
    for path in site.glob("*.dist-info/entry_points.txt"):
        path.unlink()
    file.write_text("raise SystemExit('it was imported')")
    monkeypatch.syspath_prepend(site)
    list_plugins.cache_clear()
    with pytest.raises(InputError, match=rf"^model\._target_: '{MEAN}' is not allowed; .*plugins$"):
        locate(MEAN, "model")


def test_what_a_package_has_merely_imported_is_not_its_own(module: Path) -> None:
    for name in ("ReviewClassifier", "nn", "Nothing"):
        with pytest.raises(InputError, match=rf"there is no '{MODULE}\.{name}'"):
            locate(f"{MODULE}.{name}", "model")
    with pytest.raises(InputError, match=r"cannot be imported: ModuleNotFoundError"):
        locate(f"{MODULE}.deeper.Model", "model")


def test_a_package_that_is_broken_is_one_line(module: Path) -> None:
    module.write_text("1 / 0")
    with pytest.raises(InputError, match=r"of reviewlab-example 0\.3 cannot be .*: ZeroDivision"):
        locate(MEAN, "model")


def test_a_checkpoint_loads_where_the_package_is_installed(site: Path, tmp_path: Path) -> None:
    ids = torch.tensor([[1, 5, 9, 4]])
    with installed(site):
        before = made()
        path = handmade.save(before, tmp_path / "x.ckpt")
        again = load_classifier(path)
        torch.testing.assert_close(again(ids, ids > 0), before(ids, ids > 0), rtol=0, atol=0)
    assert refusal(path) == (
        f"checkpoint: {str(path)!r} needs the plugin '{MEAN}': install the package {MODULE!r} in "
        "a version that registers it under the entry-point group reviewlab.plugins"
    )


def test_a_text_encoder_loads_where_the_package_is_installed(site: Path, tmp_path: Path) -> None:
    with installed(site):
        kind: Any = locate(LONG_WORDS, "data.text")
        text = kind(num_words=None, cleaning=Cleaning(lower_case=True))
        text.fit(["a very good film", "the film is bad"])
        assert text.words == ["film", "very", "good"]
        assert text.state()["name"] == LONG_WORDS
        classifier = handmade.classifier()
        classifier.describe(text, handmade.LABELS, {})
        path = handmade.save(classifier, tmp_path / "x.ckpt")
        again = load_classifier(path).text_encoder
        assert type(again) is kind
        assert again.state() == text.state()
    assert refusal(path) == (
        f"checkpoint: {str(path)!r} has a text encoder that cannot be restored (needs the "
        f"plugin {LONG_WORDS!r}: install the package {MODULE!r} in a version that registers it "
        "under the entry-point group reviewlab.plugins)"
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (f"{MODULE}.MeanClassifier", "is unknown; allowed: "),
        (f"{MODULE}.WordEncoder", "is unknown; allowed: "),  # which it has merely imported
        (f"{MODULE}.nowhere.Encoder", "cannot be imported (ModuleNotFoundError"),
        ("os.system", "install the package 'os'"),
        ("antigravity.Encoder", "install the package 'antigravity'"),
    ],
)
@pytest.mark.usefixtures("module")
def test_the_name_of_a_text_encoder_builds_nothing_else(name: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        from_state({"name": name})
    assert says in str(caught.value)
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (f"{MODULE}.LoudDataModule", "which this reviewlab does not have"),
        (f"{MODULE}.ReviewClassifier", "which this reviewlab does not have"),
        (f"{MODULE}.nowhere.Model", "cannot be imported (ModuleNotFoundError"),
        ("antigravity.Model", "install the package 'antigravity'"),
        ("os.path.Model", "install the package 'os'"),
        ("..Model", "install the package ''"),
    ],
)
@pytest.mark.usefixtures("module")
def test_a_name_in_a_checkpoint_builds_nothing_else(name: str, says: str, tmp_path: Path) -> None:
    path = handmade.save(made(), tmp_path / "x.ckpt", classifier=name)
    assert says in refusal(path)
    assert "antigravity" not in sys.modules
    assert says in refusal(handmade.save(made(), path, objective=name))


def test_names_of_our_own_classes_stay_what_they_were() -> None:
    assert stored_name(type(handmade.classifier())) == "LSTMClassifier"


def test_its_sources_are_part_of_what_is_compared_and_cached(module: Path) -> None:
    kind = vars(import_module(MODULE))["LoudDataModule"]
    before = digest({}, kind), digest({}), code()
    assert MODULE in code()
    with module.open("a") as file:
        file.write("\n# another line\n")
    assert digest({}, kind) != before[0]
    assert digest({}, object, kind) == digest({}, kind)
    assert digest({}) == before[1]
    assert [name for name in code() if code()[name] != before[2][name]] == [MODULE]


def test_a_package_of_several_files_has_all_of_them(site: Path) -> None:
    file = install(site)
    (site / MODULE).mkdir()
    file.rename(site / MODULE / "__init__.py")
    (site / MODULE / "more.py").write_text("")
    (site / MODULE / "data.txt").write_text("")
    sys.path.insert(0, str(site))
    try:
        list_plugins.cache_clear()
        digests = digest_sources(list_plugins())
    finally:
        sys.path.remove(str(site))
        list_plugins.cache_clear()
    assert digests.keys() == {f"{MODULE}/__init__.py", f"{MODULE}/more.py"}


@pytest.mark.usefixtures("module")
def test_provenance_names_it() -> None:
    assert software.__wrapped__()["plugins"] == {"reviewlab-example": "0.3"}


def test_without_any_provenance_is_what_it_was() -> None:
    assert "plugins" not in software.__wrapped__()


def test_a_sweep_trains_it_and_its_winner_predicts(site: Path, tmp_path: Path) -> None:
    install(site)
    program = [python(), "-m", "reviewlab"]
    variables = {**environment(tmp_path), "PYTHONPATH": str(site)}

    def reviewlab(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*program, *arguments],
            cwd=tmp_path,
            env=variables | more,
            capture_output=True,
            text=True,
            check=False,
        )

    options = [
        *("--config-dir", str(CONFIGS), "model=example", "data.reviews=200"),
        *("data=demo", f"data._target_={MODULE}.LoudDataModule", "trainer.max_epochs=1"),
        f"data.text._target_={LONG_WORDS}",
    ]
    done = reviewlab("train", "-m", *options, "seed=0,1", "sweep.name=mine")
    assert done.returncode == 0, done.stderr
    jobs = sorted((tmp_path / "outputs" / "sweeps" / "mine" / "jobs").iterdir())
    assert [read(job / "status.json")["state"] for job in jobs] == ["done"] * 2
    assert read(jobs[0] / "provenance.json")["plugins"] == {"reviewlab-example": "0.3"}
    best = f"checkpoint={jobs[0] / 'checkpoints' / 'best.ckpt'}"
    assert reviewlab("predict", best, "text=GREAT").returncode == 0
    assert reviewlab("evaluate", best, "split=validation").returncode == 0
    refused = reviewlab("predict", best, "text=GREAT", PYTHONPATH="")
    assert refused.returncode == 2
    assert f"install the package {MODULE!r}" in refused.stderr
    assert runs(tmp_path) == []
