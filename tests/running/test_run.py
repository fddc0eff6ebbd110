"""One run, from claiming its folder to training; every error on the way is recorded."""

import logging
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reviewlab.callbacks import Interrupted
from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.running.run import load_parts, run
from reviewlab.runs.status import read_status


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    overrides = ["data.reviews=200", "model=mlp", "trainer.max_epochs=1", f"outputs={tmp_path}"]
    return check_config(compose_config("train", overrides))


def unheard(number: int, frame: Any) -> None:
    raise AssertionError(f"nobody listened to {signal.Signals(number).name}")


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM, signal.SIGUSR1], ids=lambda s: s.name)
def which(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal that does not end the tests if nothing handles it."""
    before = signal.signal(request.param, unheard)
    yield request.param
    signal.signal(request.param, before)


def code_that_catches_nothing(error: BaseException) -> None:
    raise error


def code_that_explains_errors(error: BaseException) -> None:
    """Explain every error of a library in other words."""
    if isinstance(error, Exception):
        raise ValueError(error) from error
    raise error


def native_code(error: BaseException) -> None:
    """Replace any error, as matplotlib does."""
    raise ValueError("Invalid bounding box") from None


@pytest.mark.parametrize(
    "catching", [code_that_catches_nothing, code_that_explains_errors, native_code]
)
def test_a_run_that_is_told_to_stop_before_its_training_is_preempted(
    catching: Callable[[BaseException], None],
    which: signal.Signals,
    config: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stopped(*arguments: object) -> None:
        try:
            os.kill(os.getpid(), which)
        except BaseException as error:
            catching(error)

    monkeypatch.setattr("reviewlab.running.run.provenance", stopped)
    with pytest.raises(Interrupted):
        run(config, [])
    [folder] = (tmp_path / "runs").iterdir()
    status = read_status(folder)
    assert (status.state, status.error) == ("preempted", f"stopped by {which.name}")
    assert signal.getsignal(which) is unheard


def test_a_run_ends_well_in_another_thread_than_the_main_one(
    which: signal.Signals, config: Any
) -> None:
    with ThreadPoolExecutor() as pool:
        outcome = pool.submit(run, config, []).result()
    assert read_status(outcome.folder.path).state == "done"
    assert signal.getsignal(which) is unheard


def test_what_breaks_before_there_is_a_status_is_told(
    config: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: Any) -> None:
        raise KeyError("train")

    monkeypatch.setattr("reviewlab.running.run.run_facts", broken)
    with pytest.raises(KeyError):
        run(config, [])
    assert "failed: KeyError: 'train'; debug=traceback shows where" in caplog.messages


def test_what_breaks_while_a_checkpoint_is_checked_is_told(
    config: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: Any, **named: Any) -> None:
        raise RuntimeError("ambiguous")

    folder = run(config, []).folder
    monkeypatch.setattr("reviewlab.running.run.load_classifier", broken)
    with pytest.raises(RuntimeError):
        run(config, [], folder)
    assert "failed: RuntimeError: ambiguous; debug=traceback shows where" in caplog.messages


@pytest.mark.parametrize("balanced", ["true", "false"])
@pytest.mark.parametrize("weight", ["balanced", "none"])
def test_balancing_twice_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, balanced: str, weight: str
) -> None:
    caplog.set_level(logging.INFO, "reviewlab")
    logging.getLogger("reviewlab").propagate = True
    settings = ["data.reviews=100", "model=mlp", f"data.cache_dir={tmp_path}"]
    balancing = [f"data.balanced={balanced}", f"loss.class_weight={weight}"]
    load_parts(check_config(compose_config("train", [*settings, *balancing])))
    told = [record for record in caplog.messages if "both balance the classes" in record]
    assert len(told) == (balanced == "true" and weight == "balanced")
