"""The kernel of recurrent layers: what a run records, and what a resumed one goes on with."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.nn.kernels import needs_library
from tests.recorded import FOLDER

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.config.experiment import Experiment
from reviewlab.exceptions import InputError
from reviewlab.nn import kernels
from reviewlab.running.resume import resumed_config
from reviewlab.running.run import run
from reviewlab.runs.files import read_json
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import read_result

pytestmark = needs_library


def experiment(home: Path, *overrides: str) -> Experiment:
    """A short training of an LSTM on a CPU."""
    small = ["data.reviews=120", "trainer=cpu", "trainer.max_epochs=1", f"outputs={home}"]
    return check_config(compose_config("train", [*small, *overrides]))


def resume(folder: RunFolder) -> dict[str, Any]:
    """Train a run for one more epoch; return its result."""
    config = resumed_config(folder, ["trainer.max_epochs=2"])
    run(check_config(config), ["trainer.max_epochs=2"], resume=folder)
    return read_result(folder.path)


@pytest.fixture
def without_library(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function after which the library is missing."""
    return lambda: monkeypatch.setattr("reviewlab.nn.kernels.choice.widths", lambda: ())


def test_the_kernel_stands_in_the_result_the_provenance_and_the_checkpoint(tmp_path: Path) -> None:
    folder = run(experiment(tmp_path), []).folder
    width = kernels.widths()[0]
    assert read_result(folder.path)["kernel"] == "compiled"
    assert read_json(folder.path / "provenance.json")["kernel"] == f"compiled ({width})"
    checkpoint = torch.load(folder.last_checkpoint, weights_only=True)
    assert checkpoint["kernel"] == {"kind": "compiled", "width": width, "began": ""}
    assert "kernel" not in checkpoint["hyper_parameters"]


def test_both_kernels_are_one_experiment_and_give_one_result_up_to_rounding(tmp_path: Path) -> None:
    one = run(experiment(tmp_path), [])
    two = run(experiment(tmp_path, "model.kernel=torch"), [])
    assert one.facts.run_id == two.facts.run_id
    results = [read_result(outcome.folder.path) for outcome in (one, two)]
    assert [result["kernel"] for result in results] == ["compiled", "torch"]
    losses = [result["last"]["train/loss"] for result in results]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_runs_on_several_threads_use_torch_s_layers_unless_told(tmp_path: Path) -> None:
    results = [
        read_result(
            run(experiment(tmp_path, "threads=2", f"model.kernel={kernel}"), []).folder.path
        )
        for kernel in ("auto", "compiled")
    ]
    assert [result["kernel"] for result in results] == ["torch", "compiled"]


def test_a_model_without_recurrent_layers_has_no_kernel(tmp_path: Path) -> None:
    folder = run(experiment(tmp_path, "model=mlp"), []).folder
    assert "kernel" not in read_result(folder.path)
    assert "kernel" not in read_json(folder.path / "provenance.json")


@pytest.mark.parametrize("kind", ["compiled", "torch"])
def test_a_resumed_run_goes_on_with_its_kernel(tmp_path: Path, kind: str) -> None:
    folder = run(experiment(tmp_path, f"model.kernel={kind}"), []).folder
    result = resume(folder)
    assert (result["kernel"], "kernel_before" in result) == (kind, False)


def test_a_checkpoint_of_an_earlier_version_goes_on_with_torch_s_layers(tmp_path: Path) -> None:
    folder = run(experiment(tmp_path), []).folder
    checkpoint = torch.load(folder.last_checkpoint, weights_only=True)
    del checkpoint["kernel"]
    torch.save(checkpoint, folder.last_checkpoint)
    assert resume(folder)["kernel"] == "torch"


def test_a_run_whose_kernel_is_missing_goes_on_with_torch_s_layers_and_says_so(
    tmp_path: Path, without_library: Any, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("reviewlab").propagate = True
    folder = run(experiment(tmp_path), []).folder
    without_library()
    result = resume(folder)
    assert result["kernel"] == "torch"
    assert result["kernel_before"] == f"compiled ({kernels.widths()[0]})"
    [line] = [line for line in caplog.messages if "the recurrent kernel" in line]
    assert "is not available on this machine; it continues with torch's recurrent layers" in line


def test_a_run_whose_vector_width_is_missing_goes_on_with_another_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("reviewlab").propagate = True
    folder = run(experiment(tmp_path), []).folder
    monkeypatch.setattr("reviewlab.nn.kernels.choice.widths", lambda: ("sse2",))
    if kernels.widths() == ("sse2",):
        pytest.skip("this processor has no other width")
    result = resume(folder)
    assert result["kernel"] == "compiled"
    assert result["kernel_before"] == f"compiled ({kernels.widths()[0]})"
    [line] = [line for line in caplog.messages if "the recurrent kernel" in line]
    assert "is not available on this machine; it continues with compiled (sse2)," in line


def test_the_kernel_cannot_be_changed_with_resume(tmp_path: Path) -> None:
    folder = run(experiment(tmp_path), []).folder
    with pytest.raises(InputError, match=r"model.kernel: cannot be changed with resume"):
        resumed_config(folder, ["model.kernel=torch"])


def test_a_missing_kernel_is_refused_in_a_line(tmp_path: Path, without_library: Any) -> None:
    without_library()
    with pytest.raises(InputError, match=r"model.kernel: 'compiled' is not installed here"):
        experiment(tmp_path, "model.kernel=compiled")


def test_half_precision_is_refused_and_runs_torch_s_layers_by_itself(tmp_path: Path) -> None:
    half = "trainer.precision=bf16-mixed"
    with pytest.raises(InputError, match="needs a CPU and 32- or 64-bit precision"):
        experiment(tmp_path, "model.kernel=compiled", half)
    folder = run(experiment(tmp_path, half, "model=gru"), []).folder
    assert read_result(folder.path)["kernel"] == "torch"


def test_an_lstm_in_half_precision_runs_or_is_refused_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("could not create a primitive descriptor")

    monkeypatch.setattr("torch.nn.LSTM.forward", refuse)  # as on a processor without AVX-512
    with pytest.raises(InputError, match=r"trainer\.precision: 'bf16-mixed' is not possible"):
        run(experiment(tmp_path, "trainer.precision=bf16-mixed"), [])


@pytest.mark.parametrize(
    ("overrides", "relative"),
    [
        # The last of seven digits may depend on the processor.
        (["model.kernel=torch", "+optimizer.fused=false"], 2e-6),
        ([], 1e-3),
    ],
)
def test_the_curves_are_those_of_an_earlier_version(
    tmp_path: Path, overrides: list[str], relative: float
) -> None:
    recorded = json.loads((FOLDER / "run" / "result.json").read_text())
    own = [*recorded["overrides"], *overrides, f"outputs={tmp_path}", "trainer=cpu"]
    curves = read_result(run(check_config(compose_config("train", own)), own).folder.path)["curves"]
    for before, now in zip(recorded["curves"], curves, strict=True):
        for name, value in before.items():
            if name != "seconds":
                assert now[name] == pytest.approx(value, rel=relative), name
