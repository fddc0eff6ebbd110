"""The loggers of curves."""

import csv as tables
import sys
from pathlib import Path
from typing import Literal

import pytest

from reviewlab.exceptions import InputError
from reviewlab.training.loggers import csv, mlflow, tensorboard, wandb


def test_tensorboard_writes_into_the_run_folder_and_no_hp_metric(tmp_path: Path) -> None:
    logger = tensorboard(tmp_path)
    logger.log_metrics({"val/loss": 0.5}, step=3)
    logger.log_hyperparams({"lr": 0.1})
    logger.finalize("success")
    [events] = tmp_path.glob("events.*")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(events)).Reload()
    assert found.Tags()["scalars"] == ["val/loss"]
    assert [(e.step, e.value) for e in found.Scalars("val/loss")] == [(3, 0.5)]


def test_a_resumed_run_keeps_its_csv(tmp_path: Path) -> None:
    for value in (0.5, 0.25):
        logger = csv(tmp_path)
        logger.log_metrics({"val/loss": value}, step=0)
        logger.finalize("success")
    files = sorted(tmp_path.glob("csv/*/metrics.csv"))
    lines = [file.read_text().splitlines() for file in files]
    assert [dict(zip(*tables.reader(line), strict=True))["val/loss"] for line in lines] == [
        "0.5",
        "0.25",
    ]


@pytest.mark.parametrize(("make", "name"), [(mlflow, "mlflow"), (wandb, "wandb")])
def test_a_missing_extra_is_one_clear_line(
    make: object, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewlab.training.loggers.find_spec", lambda package: None)
    with pytest.raises(InputError) as raised:
        make(tmp_path)  # type: ignore[operator]
    assert str(raised.value) == (
        f"logger: {name!r} is not installed; pip install 'reviewlab[{name}]', or choose "
        "logger=tensorboard or logger=csv"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("environment", "mode", "is_refused"),
    [
        ({}, "online", True),
        ({}, "offline", False),
        ({"WANDB_MODE": "offline"}, "online", False),
        ({"WANDB_MODE": "online"}, "online", True),
        ({"WANDB_API_KEY": "k" * 40}, "online", False),
        ({"WANDB_BASE_URL": "https://own.example"}, "online", True),
    ],
)
def test_wandb_is_refused_before_it_would_ask_for_a_key(
    environment: dict[str, str],
    mode: Literal["online", "offline"],
    is_refused: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only the missing key is tested here; importing wandb ends the attempt."""
    monkeypatch.setattr("reviewlab.training.loggers.find_spec", lambda package: "there")
    monkeypatch.setitem(sys.modules, "wandb", None)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("API_KEY", "MODE", "BASE_URL", "IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(f"WANDB_{name}", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    refusal = "no API key was found.*run .wandb login., set WANDB_API_KEY, or choose logger.mode"
    message = refusal if is_refused else "import of wandb halted"
    with pytest.raises(InputError if is_refused else ImportError, match=message):
        wandb(tmp_path, mode=mode)


@pytest.mark.parametrize(
    ("stored", "own", "is_found"),
    [
        ("api.wandb.ai", "", True),
        ("api.forge.coreweave.com", "", True),  # written by wandb 0.31
        ("api.wandb.ai", "https://api.forge.coreweave.com", True),
        ("own.example", "", False),
        ("own.example", "https://own.example", True),
        ("own.example:8080", "http://own.example:8080", True),
        ("api.wandb.ai", "https://own.example", False),
    ],
)
@pytest.mark.parametrize("place", ["environment", "settings"])
def test_a_login_is_found(
    stored: str,
    own: str,
    is_found: bool,
    place: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An own server is named by a variable, or in the file that `wandb login --host` writes."""
    monkeypatch.setattr("reviewlab.training.loggers.find_spec", lambda package: "there")
    monkeypatch.setitem(sys.modules, "wandb", None)
    for name in ("API_KEY", "MODE", "BASE_URL", "IDENTITY_TOKEN_FILE", "CONFIG_DIR"):
        monkeypatch.delenv(f"WANDB_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text(f"machine {stored} login user password {'k' * 40}\n")
    if own and place == "environment":
        monkeypatch.setenv("WANDB_BASE_URL", own)
    elif own:
        (tmp_path / ".config" / "wandb").mkdir(parents=True)
        (tmp_path / ".config" / "wandb" / "settings").write_text(f"[default]\nbase_url = {own}\n")
    with pytest.raises(ImportError if is_found else InputError):
        wandb(tmp_path)


def test_unreadable_settings_of_wandb_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewlab.training.loggers.find_spec", lambda package: "there")
    for name in ("API_KEY", "MODE", "BASE_URL", "IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(f"WANDB_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    monkeypatch.setenv("WANDB_CONFIG_DIR", str(tmp_path))
    (tmp_path / "settings").write_text("base_url = before any section")
    with pytest.raises(InputError, match="no API key was found"):
        wandb(tmp_path)
