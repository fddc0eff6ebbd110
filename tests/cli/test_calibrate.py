"""The command line of `scripts/calibrate.py`."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.reporting.folders import config, run

from reviewlab.calibration import claims
from reviewlab.calibration.checks import Check, as_cells
from reviewlab.calibration.claims import Shape, false_worse
from reviewlab.calibration.pool import Pool
from reviewlab.cli import calibrate
from reviewlab.cli.calibrate import BEGIN, END, main


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


def test_a_page_gets_the_table_of_all_promises(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    check = Check("a false claim", false_worse(Shape(2, 3)), 0.0, 0.05)

    def few(pools: Sequence[Pool], tables: int) -> list[tuple[str, ...]]:
        return [as_cells(check, pools, tables)]

    monkeypatch.setattr(calibrate, "check_all", few)
    for lr in (0.1, 0.2):
        for seed in range(8):
            value = 0.5 + (seed * 7 % 5) / 100
            run(tmp_path / "runs" / f"{lr}-{seed}", config(lr=lr, seed=seed), value)
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{BEGIN}\nearlier\n{END}\n\nafter\n")
    main([str(tmp_path / "runs"), "--tables", "10", "--page", str(page)])
    text = page.read_text()
    assert text.startswith("before") and text.endswith("after\n") and "earlier" not in text
    assert "16 runs of 2 configurations, 8 seeds each; 10 tables for each line" in text
    assert "| a false claim |" in text
    assert "a false claim" in capsys.readouterr().out


def test_a_page_without_a_place_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path / "run", config(), 0.5)
    (tmp_path / "page.md").write_text("nothing here")
    with pytest.raises(SystemExit) as raised:
        main([str(tmp_path), "--page", str(tmp_path / "page.md")])
    assert raised.value.code == 2
    assert "has no place for the table" in capsys.readouterr().err
