"""From a command line to resolved configs: Hydra composes, and what it refuses fits in one line."""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from reviewlab.app.refusals import refusal
from reviewlab.errors import InputError

CONFIGS = Path(__file__).resolve().parents[3] / "conf"
VERSION_BASE = "1.3"

PATHS = ("outputs", "data.source", "data.cache_dir")
"""Keys whose value is a path, or may be one: a hub id stays what it is."""

PLAIN_PATH = re.compile(r"[A-Za-z0-9_./:~+-]*")
"""What Hydra's grammar takes without quotes, whatever stands where."""

FLAGS = ("-m", "--multirun")


class Job(NamedTuple):
    """One run that was asked for.

    config: resolved, of plain types, with absolute paths.
    overrides: what the command line said about it.
    """

    config: dict[str, Any]
    overrides: list[str]


def compose(config_name: str, argv: Sequence[str]) -> list[Job]:
    """The jobs that a command line asks for, in order; none when it asked for `--help` or the like.

    Hydra's main does the work, so that all of its flags are understood. It only hands out the
    configs: nothing runs while its global state is set, because Lightning would replay the command
    line in every rank of a distributed run.
    """
    composed: list[tuple[DictConfig, list[str]]] = []

    def hand_out(config: DictConfig) -> None:
        overrides = OmegaConf.to_container(HydraConfig.get().overrides.task, resolve=False)
        composed.append((config, [str(override) for override in overrides or ()]))

    main = hydra.main(version_base=VERSION_BASE, config_path=str(CONFIGS), config_name=config_name)
    with _command_line(paths_quoted(argv)), _rewritten(config_name, argv):
        main(hand_out)()
        return [Job(plain(config), overrides) for config, overrides in composed]


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
    with _rewritten(config_name, overrides):
        return plain(_composed(config_name, overrides))


def plain(config: DictConfig) -> dict[str, Any]:
    """`config` resolved, as plain types, with absolute paths."""
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


def _composed(config_name: str, overrides: Sequence[str], hydra_too: bool = False) -> DictConfig:
    with hydra.initialize_config_dir(str(CONFIGS), version_base=VERSION_BASE):
        return hydra.compose(config_name, list(overrides), return_hydra_config=hydra_too)


@contextmanager
def _command_line(argv: Sequence[str]) -> Iterator[None]:
    """Let Hydra's main see `argv`, and let it raise what it would print."""

    def refuse(parser: argparse.ArgumentParser, message: str) -> NoReturn:
        raise InputError(f"command line: {message}; --help shows what is allowed")

    own_argv, own_error = sys.argv, argparse.ArgumentParser.error
    # argparse refuses overrides on both sides of a flag, but people write `-m` anywhere.
    first = [argument for argument in argv if argument in FLAGS]
    rest = [argument for argument in argv if argument not in FLAGS]
    argparse.ArgumentParser.error = refuse  # type: ignore[method-assign, assignment]
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        with tempfile.TemporaryDirectory() as folder:
            # Hydra's sweeper writes a file of its own, which nobody needs.
            first += [f"hydra.sweep.dir='{folder}'"] if first else []
            sys.argv = [sys.argv[0], *first, *rest]
            yield
    finally:
        sys.argv = own_argv
        argparse.ArgumentParser.error = own_error  # type: ignore[method-assign]


@contextmanager
def _rewritten(config_name: str, arguments: Sequence[str]) -> Iterator[None]:
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        overrides = [argument for argument in arguments if not argument.startswith("-")]
        raise refusal(error, overrides, CONFIGS, lambda kept: _known(config_name, kept)) from error


def _known(config_name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """The config as far as it can be composed: where a misspelt key is looked up."""
    for attempt in (overrides, []):
        try:
            known = OmegaConf.to_container(_composed(config_name, attempt, True), resolve=False)
        except Exception:  # noqa: S112  there may be more than one mistake on the line
            continue
        if isinstance(known, dict):
            return {str(key): value for key, value in known.items()}
    return {}
