"""`loss=ordinal` in every program."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.processes import Done, read

from reviewlab.cli.evaluate import main as evaluate
from reviewlab.cli.explain import main as explain


def test_an_ordinal_model_is_trained_measured_and_explained(
    tmp_path: Path, train_here: Callable[..., Done], capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["data.reviews=400", "model=cnn", "trainer.max_epochs=3"]
    done = train_here(tmp_path, "loss=ordinal", "loss.decision=median", *small)
    assert done.code == 0, done.err
    losses = [epoch["train/loss"] for epoch in done.result["curves"]]
    assert losses == sorted(losses, reverse=True)
    checkpoint = f"checkpoint={done.folder}/checkpoints/best.ckpt"
    evaluate([checkpoint, "split=validation", "output=validation.json"])
    report = read(tmp_path / "validation.json")
    assert report["decision"] == "median"
    best = done.result["best"]
    assert report["metrics"] == pytest.approx({k: best[k] for k in report["metrics"]}, abs=1e-6)
    for method in ("gradient", "occlusion"):
        capsys.readouterr()
        explain([checkpoint, "text=not bad, but not good either", f"method={method}"])
        assert capsys.readouterr().out.startswith("prediction: ")
