"""The process of a trial reports errors of the study like any other error."""

from pathlib import Path

import pytest

from reviewlab.launching import trial_entry
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.status import read_status


def test_a_trial_that_cannot_be_judged_has_failed_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewlab.launching.job_entry._redirect_output", lambda log: None)
    RunFolder(tmp_path).write_config({"seed": 0})
    (tmp_path / "trial.json").write_text('{"trial": 0')
    with pytest.raises(SystemExit, match="1"):
        trial_entry.main(tmp_path, [])
    status = read_status(tmp_path)
    assert (status.state, status.failures) == ("failed", 1)
    assert status.reason.startswith("json.decoder.JSONDecodeError: ")
