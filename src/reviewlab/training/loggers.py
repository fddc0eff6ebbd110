"""Build Lightning's loggers, one per function, to write into a run folder.

Lightning's constructors accept any keyword, even a misspelled one; these functions do not.
"""

import logging
import netrc
import os
from collections.abc import Mapping, Sequence
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pytorch_lightning.loggers import CSVLogger, Logger, TensorBoardLogger

from reviewlab.exceptions import InputError
from reviewlab.ranges import PositiveInt

WANDB_HOSTS = ("api.wandb.ai", "api.forge.coreweave.com")
"""Names of the public server, older and newer, under which `wandb login` stores a key."""


class _Events(TensorBoardLogger):
    """Writes only event files, since a run's settings are already in its `config.yaml`."""

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Log all metrics except the `epoch` that Lightning adds.

        TensorBoard opens only the first two groups of curves in alphabetical order, and `epoch`
        would be one of them.
        """
        super().log_metrics({k: v for k, v in metrics.items() if k != "epoch"}, step)

    def save(self) -> None:
        """Do nothing, so that no `hparams.yaml` is written."""


def tensorboard(
    run_folder: Path, max_queue: PositiveInt = 1000, flush_secs: PositiveInt = 30
) -> Logger:
    """Log to TensorBoard's event files in the run folder.

    Args:
        run_folder: the run folder.
        max_queue: number of events that are buffered before a write.
        flush_secs: seconds between two writes.
    """
    return _Events(
        run_folder,
        name="",
        version="",
        default_hp_metric=False,
        max_queue=max_queue,
        flush_secs=flush_secs,
    )


def csv(run_folder: Path, flush_logs_every_n_steps: PositiveInt = 100) -> Logger:
    """Log to `csv/version_<n>/metrics.csv`; a resumed run starts a new version."""
    return CSVLogger(run_folder, name="csv", flush_logs_every_n_steps=flush_logs_every_n_steps)


def mlflow(
    run_folder: Path, experiment_name: str = "reviewlab", tracking_uri: str | None = None
) -> Logger:
    """Log to an MLflow run that is named after the run folder.

    MLflow 3 writes files only if asked to. By default it uses a database, which needs more
    packages.

    Args:
        run_folder: the run folder.
        experiment_name: name of the MLflow experiment.
        tracking_uri: address of an MLflow server; None writes to `mlruns/` in the run folder.
    """
    _require("mlflow")
    if tracking_uri is None:
        os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    # Lightning warns about new experiments; in a run folder the experiment is always new.
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
    """Log to a Weights & Biases run named after the run folder; files go to `wandb/` in it.

    An earlier run in this process is finished first: Lightning would log to it otherwise.

    Args:
        run_folder: the run folder.
        project: the project at Weights & Biases.
        entity: the user or team; None for the account's default.
        mode: "offline" only writes files, for a later `wandb sync`.
    """
    _require("wandb")
    if mode == "online" and not _has_wandb_key(os.environ):
        raise InputError(
            "logger: no API key was found for wandb, which would ask for one in each run; run "
            "'wandb login', set WANDB_API_KEY, or choose logger.mode=offline"
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
    logger._wandb_init.pop("anonymous", None)  # set by Lightning; wandb 0.31 warns about it
    return logger


def _require(package: str) -> None:
    if find_spec(package) is None:
        raise InputError(
            f"logger: {package!r} is not installed; pip install 'reviewlab[{package}]', or choose "
            "logger=tensorboard or logger=csv"
        )


def _has_wandb_key(environment: Mapping[str, str]) -> bool:
    """Return True if wandb can log in without a prompt, or is set to stay offline."""
    keys = ("WANDB_API_KEY", "WANDB_IDENTITY_TOKEN_FILE")
    if environment.get("WANDB_MODE", "online") != "online" or any(map(environment.get, keys)):
        return True
    hosts = _wandb_hosts(environment)
    files = [environment.get("NETRC", ""), "~/.netrc", "~/_netrc"]
    return any(_has_login(Path(os.path.expanduser(file)), hosts) for file in files if file)  # noqa: PTH111


def _wandb_hosts(environment: Mapping[str, str]) -> Sequence[str]:
    """Return the names under which a key may be stored: of the user's own server, or the public.

    `wandb login --host` writes the address of a server into wandb's settings.
    """
    folder = environment.get("WANDB_CONFIG_DIR") or "~/.config/wandb"
    settings = ConfigParser(interpolation=None)
    with suppress(ConfigParserError, ValueError):  # wandb ignores an unreadable file, too
        settings.read(os.path.expanduser(f"{folder}/settings"))  # noqa: PTH111
    own = settings.get("default", "base_url", fallback=None)
    server = urlsplit(environment.get("WANDB_BASE_URL") or own or "")
    if not server.hostname or server.hostname in WANDB_HOSTS:
        return WANDB_HOSTS
    return server.hostname, server.netloc


def _has_login(file: Path, hosts: Sequence[str]) -> bool:
    try:
        logins = netrc.netrc(file)
    except (OSError, netrc.NetrcParseError):
        return False
    return any(logins.authenticators(host) for host in hosts)
