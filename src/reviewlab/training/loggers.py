"""Loggers: each function makes one of Lightning's that writes into the folder of a run.

Lightning's own take any keyword, so that a misspelt option would pass; these name theirs.
"""

import logging
import netrc
import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pytorch_lightning.loggers import CSVLogger, Logger, TensorBoardLogger

from reviewlab.exceptions import InputError
from reviewlab.ranges import PositiveInt


class _Events(TensorBoardLogger):
    """Event files alone: what a run was set to stands in its `config.yaml` already."""

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Log all but the `epoch` that Lightning adds: as a curve it would come before all others.

        TensorBoard opens its first two groups of curves, in the order of the alphabet.
        """
        super().log_metrics({k: v for k, v in metrics.items() if k != "epoch"}, step)

    def save(self) -> None:
        """Write no `hparams.yaml`."""


def tensorboard(
    run_folder: Path, max_queue: PositiveInt = 1000, flush_secs: PositiveInt = 30
) -> Logger:
    """TensorBoard's event files, in the run folder itself."""
    return _Events(
        run_folder,
        name="",
        version="",
        default_hp_metric=False,
        max_queue=max_queue,
        flush_secs=flush_secs,
    )


def csv(run_folder: Path, flush_logs_every_n_steps: PositiveInt = 100) -> Logger:
    """`csv/version_<n>/metrics.csv`; a resumed run starts the next version, nothing is replaced."""
    return CSVLogger(run_folder, name="csv", flush_logs_every_n_steps=flush_logs_every_n_steps)


def mlflow(
    run_folder: Path, experiment_name: str = "reviewlab", tracking_uri: str | None = None
) -> Logger:
    """An MLflow run named like the folder; without a server, in `mlruns/` of the run folder.

    MLflow 3 wants to be asked for files: a database would need packages that nothing else needs.
    """
    _require("mlflow")
    if tracking_uri is None:
        os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    # It warns that an experiment is new; in a run folder it always is.
    logging.getLogger("pytorch_lightning.loggers.mlflow").setLevel(logging.ERROR)
    from pytorch_lightning.loggers import MLFlowLogger

    return MLFlowLogger(
        experiment_name=experiment_name,
        run_name=run_folder.name,
        tracking_uri=tracking_uri or (run_folder / "mlruns").as_uri(),
    )


def wandb(
    run_folder: Path,
    project: str = "reviewlab",
    entity: str | None = None,
    mode: Literal["online", "offline"] = "online",
) -> Logger:
    """A Weights & Biases run named like the folder, in `wandb/` of it.

    An earlier run of this process is ended first: Lightning would log into that one.
    """
    _require("wandb")
    if mode == "online" and not _has_wandb_key(os.environ):
        raise InputError(
            "logger: 'wandb' finds no API key, and would ask for one in each run; allowed: wandb "
            "login, the variable WANDB_API_KEY, or logger.mode=offline"
        )
    import wandb
    from pytorch_lightning.loggers import WandbLogger

    if wandb.run is not None:
        wandb.run.finish()
    logger = WandbLogger(
        name=run_folder.name,
        save_dir=run_folder,
        project=project,
        entity=entity,
        offline=mode == "offline",
        settings=wandb.Settings(silent=mode == "offline"),
    )
    logger._wandb_init.pop("anonymous", None)  # Lightning always sets what wandb 0.31 warns about
    return logger


def _require(package: str) -> None:
    if find_spec(package) is None:
        raise InputError(
            f"logger: {package!r} is not installed; pip install 'reviewlab[{package}]', or choose "
            "logger=tensorboard or logger=csv"
        )


def _has_wandb_key(environment: Mapping[str, str]) -> bool:
    """Tell whether wandb can log in without asking, or is told to stay offline."""
    told = ("WANDB_API_KEY", "WANDB_IDENTITY_TOKEN_FILE")
    if environment.get("WANDB_MODE", "online") != "online" or any(map(environment.get, told)):
        return True
    server = urlsplit(environment.get("WANDB_BASE_URL", "https://api.wandb.ai")).hostname or ""
    files = [environment.get("NETRC", ""), "~/.netrc", "~/_netrc"]
    return any(_knows(Path(os.path.expanduser(file)), server) for file in files if file)  # noqa: PTH111


def _knows(file: Path, server: str) -> bool:
    try:
        return netrc.netrc(file).authenticators(server) is not None
    except (OSError, netrc.NetrcParseError):
        return False
