"""One run, from its folder's claim to the training: whatever ends it there is told."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewlab.callbacks import Interrupted
from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.running.run import run
from reviewlab.runs.status import read_status


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    said = ["data.reviews=200", "model=mlp", "trainer.max_epochs=1", f"outputs={tmp_path}"]
    return check_config(compose_config("train", said))


def unheard(number: int, frame: Any) -> None:
    raise AssertionError(f"nobody listened to {signal.Signals(number).name}")


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM, signal.SIGUSR1], ids=lambda s: s.name)
def which(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    """A signal, which does not end the tests where nobody listens to it."""
    before = signal.signal(request.param, unheard)
    yield request.param
    signal.signal(request.param, before)


def test_a_run_that_is_told_to_stop_before_its_training_is_preempted(
    which: signal.Signals, config: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "reviewlab.running.run.provenance", lambda *arguments: os.kill(os.getpid(), which)
    )
    with pytest.raises(Interrupted):
        run(config, [])
    [folder] = (tmp_path / "runs").iterdir()
    status = read_status(folder)
    assert (status.state, status.error) == ("preempted", f"stopped by {which.name}")
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
