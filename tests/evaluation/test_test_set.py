"""Measuring runs on their test sets, including runs of others."""

from pathlib import Path

import pytest
from tests import handmade

from reviewlab.evaluation.test_set import measure_on_test
from reviewlab.exceptions import InputError


def test_a_checkpoint_that_would_call_a_program_of_ours_is_refused(tmp_path: Path) -> None:
    written = tmp_path / "written"
    start = {"_target_": "reviewlab.sweeps.local.start_fresh", "environment": {}}
    made = handmade.classifier(data={**start, "command": ["touch", str(written)]})
    handmade.save(made, tmp_path / "run" / "checkpoints" / "best.ckpt")
    with pytest.raises(InputError, match=r"data\._target_: .*start_fresh"):
        measure_on_test([tmp_path / "run"], "test-winner")
    assert not written.exists()
