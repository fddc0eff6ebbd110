"""The command line of `scripts/calibrate.py`."""

from pathlib import Path

import pytest
from tests.reporting.folders import config, run

from reviewlab.calibration import claims
from reviewlab.cli.calibrate import main


def test_it_prints_the_share_of_false_claims(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(8):
        for fold in range(2):
            settings = config(seed=seed)
            settings["data"] |= {"folds": 2, "fold": fold}
            run(tmp_path / f"{seed}-{fold}", settings, 0.5 + (seed * 7 % 5) / 100 + fold / 50)
    monkeypatch.setattr(claims, "RESAMPLES", 3)
    main([str(tmp_path), "--tables", "20", "--seeds", "2"])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("pool: 8 seeds, 2 folds; mean 0.5300, sd 0.0180")
    assert printed[1] == "20 tables of 2 identical configurations, each with 2 seeds, 2 folds"
    assert printed[2].startswith("a row is called worse: 0.")
    assert printed[3].startswith("the same without the correction for folds: 0.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seeds", "1"], "argument --seeds: '1' is not allowed; allowed: 2 or more"),
        ([], "folder: "),
    ],
)
def test_wrong_arguments_are_refused_in_a_line(
    tmp_path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main([str(tmp_path / "nothing"), *arguments])
    assert raised.value.code == 2
    assert message in capsys.readouterr().err
