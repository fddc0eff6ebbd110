"""From a command line to resolved configs: Hydra composes, and what it refuses fits in one line."""

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import ConfigCompositionException
from omegaconf import DictConfig, OmegaConf

from reviewlab.app.held_back import apply_known, choices_vary, values
from reviewlab.app.refusals import refusal
from reviewlab.app.short_lines import short_lines
from reviewlab.errors import InputError

CONFIGS = Path(__file__).resolve().parents[3] / "conf"
VERSION_BASE = "1.3"

PATHS = ("outputs", "data.source", "data.cache_dir")
"""Keys whose value is a path, or may be one: a hub id stays what it is."""

PLAIN_PATH = re.compile(r"[A-Za-z0-9_./:~+-]*")
"""What Hydra's grammar takes without quotes, whatever stands where."""

FLAGS = ("-m", "--multirun")

HYDRAS_FOLDERS = (
    *("hydra.run", "hydra.run.dir", "hydra.sweep", "hydra.sweep.dir", "hydra.sweep.subdir"),
    *("hydra.output_subdir", "hydra.job.chdir"),
)
"""Where Hydra would write and work, did it run the jobs."""


class Job(NamedTuple):
    """One run that was asked for.

    config: resolved, of plain types, with absolute paths.
    overrides: what the command line said about it.
    """

    config: dict[str, Any]
    overrides: list[str]


class Request(NamedTuple):
    """A sweep that was asked for with `-m`.

    config: that of a job for which nothing varies.
    arguments: what the command line said of its jobs, values that vary included.
    choice: the file in conf/sweep/ that was chosen.
    sweep, launcher, sweeper: the nodes `sweep`, `hydra.launcher` and `hydra.sweeper`, resolved.
    """

    config: dict[str, Any]
    arguments: list[str]
    choice: str
    sweep: dict[str, Any]
    launcher: dict[str, Any]
    sweeper: dict[str, Any]

    @property
    def is_search(self) -> bool:
        """Whether jobs follow from how earlier ones end."""
        return str(self.sweeper["_target_"]).endswith(".OptunaSweeper")


def compose(config_name: str, argv: Sequence[str]) -> Job | Request | None:
    """What a command line asks for; None when it was `--help` or the like.

    Hydra's main does the work, so that all of its flags are understood. It only hands out what it
    composed: nothing runs while its global state is set, because Lightning would replay the command
    line in every rank of a distributed run.
    """
    handed: list[tuple[DictConfig, list[str]]] = []

    def hand_out(config: DictConfig) -> None:
        overrides = OmegaConf.to_container(HydraConfig.get().overrides.task, resolve=False)
        handed.append((config, [str(override) for override in overrides or ()]))

    # hydra_plugins.reviewlab calls it with the config of a multirun and what varies in it
    hand_out.sweep = lambda config, arguments: handed.append((config, arguments))  # type: ignore[attr-defined]
    main = hydra.main(version_base=VERSION_BASE, config_path=str(CONFIGS), config_name=config_name)
    _refuse_hydras_folders(config_name, argv)
    several = any(flag in argv for flag in FLAGS)
    helping = {"--help", "-h"} & {*argv}

    def ask(arguments: Sequence[str]) -> None:
        with _command_line(arguments), short_lines() if helping else nullcontext():
            main(hand_out)()

    with rewritten(config_name, argv):
        quoted = paths_quoted(argv)
        try:
            ask(quoted)
        except ConfigCompositionException:
            if not (several and choices_vary(quoted, CONFIGS)):
                raise
            held_back = values(quoted)
            ask([argument for argument in quoted if argument not in held_back])
            config, arguments = handed.pop()
            apply_known(config, held_back)
            handed.append((config, sorted([*arguments, *held_back], key=quoted.index)))
        if not handed:
            return None
        [(config, arguments)] = handed
        if several:
            return _request(config, arguments)
        _refuse_sweep_keys(arguments)
        return Job(plain(config), arguments)


def _request(config: DictConfig, arguments: Sequence[str]) -> Request:
    nodes = (config.sweep, config.hydra.launcher, config.hydra.sweeper)
    sweep, launcher, sweeper = (OmegaConf.to_container(node, resolve=True) for node in nodes)
    _refuse_sweeps_of_sweeps(arguments)
    said = [argument for argument in arguments if not _is_of_sweep(argument)]
    choice = str(config.hydra.runtime.choices["sweep"])
    return Request(plain(config), said, choice, sweep, launcher, sweeper)  # type: ignore[arg-type]


def _refuse_hydras_folders(config_name: str, arguments: Sequence[str]) -> None:
    """Say that nothing would come of it, rather than write elsewhere than was asked for."""
    instead = "outputs=<folder>, where run folders go" if config_name == "train" else "none of it"
    for argument in arguments:
        key = argument.lstrip("+~").partition("=")[0]
        if key in HYDRAS_FOLDERS:
            raise InputError(f"{key}: decides nothing here; allowed: {instead}")


def _refuse_sweeps_of_sweeps(arguments: Sequence[str]) -> None:
    for override in OverridesParser.create().parse_overrides([*filter(_is_of_sweep, arguments)]):
        if override.is_sweep_override():
            raise InputError(f"{override.input_line}: several sweeps; allowed: one at a time")


def _refuse_sweep_keys(overrides: Sequence[str]) -> None:
    for override in overrides:
        if _is_of_sweep(override):
            raise InputError(f"{override}: one run is no sweep; allowed: with -m")


def _is_of_sweep(override: str) -> bool:
    key = override.lstrip("+~").partition("=")[0]
    return key == "sweep" or key.startswith("sweep.")


def paths_quoted(argv: Sequence[str]) -> list[str]:
    """`argv` with quotes around the paths that Hydra's grammar would not read as they stand.

    What is quoted already stays, and so do interpolations and, with -m, lists of paths.

    >>> paths_quoted(["outputs=/home/jörg/a=1", "seed=1"])
    ["outputs='/home/jörg/a=1'", 'seed=1']
    """
    several = any(flag in argv for flag in FLAGS)
    return [_quoted(argument, several) for argument in argv]


def _quoted(argument: str, several: bool) -> str:
    key, _, value = argument.partition("=")
    if key not in PATHS or PLAIN_PATH.fullmatch(value) or "${" in value:
        return argument
    if value[0] in "'\"" or value.endswith("\\") or (several and "," in value):
        return argument
    inside = re.sub(r"(\\*)'", r"\1\1\'", value)  # backslashes count before a quote only
    return f"{key}='{inside}'"


def compose_config(config_name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """The resolved config of one job, without a command line."""
    with rewritten(config_name, overrides):
        return plain(composed(config_name, overrides))


def plain(config: DictConfig) -> dict[str, Any]:
    """`config` resolved, as plain types, with absolute paths."""
    return resolved_run(of_one_run(config))


def of_one_run(config: DictConfig) -> DictConfig:
    """A copy of `config` without what says how runs are started; unknown keys are refused still."""
    kept = OmegaConf.masked_copy(config, [str(k) for k in config if k not in ("sweep", "hydra")])
    OmegaConf.set_struct(kept, True)
    return kept


def resolved_run(config: DictConfig) -> dict[str, Any]:
    """What `plain` gives, of a config that `of_one_run` has copied."""
    resolved = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    if not isinstance(resolved, dict):
        raise InputError("config: has to be a mapping of keys to values")
    settings: dict[str, Any] = {str(key): value for key, value in resolved.items()}
    for key in PATHS:
        *parents, leaf = key.split(".")
        node: Any = settings
        for parent in parents:
            node = node.get(parent) if isinstance(node, dict) else None
        if isinstance(node, dict) and isinstance(node.get(leaf), str):
            if not node[leaf]:  # a shell variable that is not set
                raise InputError(f"{key}: '' is not allowed; allowed: a path")
            node[leaf] = _absolute(node[leaf], surely_a_path=leaf != "source")
    return settings


def _absolute(value: str, surely_a_path: bool) -> str:
    path = Path(value).expanduser()
    if surely_a_path or path.exists() or value.startswith((".", "~")):
        return str(path.absolute())
    return value


def composed(config_name: str, overrides: Sequence[str], hydra_too: bool = False) -> DictConfig:
    """What Hydra composes, interpolations not yet resolved."""
    with hydra.initialize_config_dir(str(CONFIGS), version_base=VERSION_BASE):
        return hydra.compose(config_name, list(overrides), return_hydra_config=hydra_too)


@contextmanager
def _command_line(argv: Sequence[str]) -> Iterator[None]:
    """Let Hydra's main see `argv`, and let it raise what it would print."""

    def refuse(parser: argparse.ArgumentParser, message: str) -> NoReturn:
        raise InputError(f"command line: {message}; --help shows what is allowed")

    own_argv, own_error = sys.argv, argparse.ArgumentParser.error
    # argparse refuses overrides on both sides of a flag, but people write `-m` anywhere.
    flags = [argument for argument in argv if argument in FLAGS]
    rest = [argument for argument in argv if argument not in FLAGS]
    argparse.ArgumentParser.error = refuse  # type: ignore[method-assign, assignment]
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        sys.argv = [sys.argv[0], *flags, *rest]
        yield
    finally:
        sys.argv = own_argv
        argparse.ArgumentParser.error = own_error  # type: ignore[method-assign]


@contextmanager
def rewritten(config_name: str, arguments: Sequence[str]) -> Iterator[None]:
    """Turn what Hydra refuses in this block into an InputError of one line."""
    try:
        yield
    except (InputError, BrokenPipeError):
        raise
    except Exception as error:
        overrides = [argument for argument in arguments if not argument.startswith("-")]
        raise refusal(error, overrides, CONFIGS, lambda kept: _known(config_name, kept)) from error


def _known(config_name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """The config as far as it can be composed: where a misspelt key is looked up."""
    groups = [override for override in overrides if "." not in override.partition("=")[0]]
    for attempt in (overrides, groups, []):
        try:
            known = OmegaConf.to_container(composed(config_name, attempt, True), resolve=False)
        except Exception:  # noqa: S112  there may be more than one mistake on the line
            continue
        if isinstance(known, dict):
            return {str(key): value for key, value in known.items()}
    return {}
