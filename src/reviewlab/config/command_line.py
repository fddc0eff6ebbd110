"""Prepare a command line for Hydra."""

import argparse
import os
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf, open_dict

from reviewlab.config.compose import PATHS
from reviewlab.config.flags import is_multirun
from reviewlab.exceptions import InputError
from reviewlab.overrides import key_of, parse

PLAIN_PATH = re.compile(r"[A-Za-z0-9_./:~+-]*")
"""Matches a path that Hydra's grammar can read without quotes."""


def quote_paths(argv: Sequence[str]) -> list[str]:
    """Quote the paths that Hydra's grammar cannot read without quotes.

    Values that are already quoted are not changed, nor are interpolations. With -m, lists of paths
    are not changed either.

    >>> quote_paths(["outputs=/home/jörg/a=1", "seed=1"])
    ["outputs='/home/jörg/a=1'", 'seed=1']
    """
    several = is_multirun(argv)
    return [_quote(argument, several) for argument in argv]


def _quote(argument: str, several: bool) -> str:
    sign, key, text = parse(argument)
    value = text or ""
    if sign or key not in PATHS or PLAIN_PATH.fullmatch(value) or "${" in value:
        return argument
    if value[0] in "'\"" or value.endswith("\\") or (several and "," in value):
        return argument
    inside = re.sub(r"(\\*)'", r"\1\1\'", value)  # backslashes only escape before a quote
    return f"{key}='{inside}'"


@contextmanager
def show_to_hydra(argv: Sequence[str]) -> Iterator[None]:
    """Replace `sys.argv` by `argv` inside the block; Hydra's usage errors become InputErrors.

    Args:
        argv: the command line for Hydra's main, flags first.
    """

    def refuse(parser: argparse.ArgumentParser, message: str) -> NoReturn:
        raise InputError(f"command line: {message}; see --help")

    own_argv, own_error = sys.argv, argparse.ArgumentParser.error
    argparse.ArgumentParser.error = refuse  # type: ignore[method-assign, assignment]
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        sys.argv = [sys.argv[0], *argv]
        yield
    finally:
        sys.argv = own_argv
        argparse.ArgumentParser.error = own_error  # type: ignore[method-assign]


def choices_vary(argv: Sequence[str], configs: Path) -> bool:
    """Tell whether the jobs of a sweep may choose different files of a group.

    They may if `argv` lists several choices for a group, or names a `sweep=` file, which may do so.

    Args:
        argv: the overrides of the command line.
        configs: the folder of the yaml files; its subfolders are the groups.
    """
    parsed = [_parse_one(argument) for argument in argv if "=" in argument and argument[0] != "-"]
    return any(
        override.key_or_group == "sweep"
        or (override.is_sweep_override() and (configs / override.key_or_group).is_dir())
        for override in parsed
    )


def select_held_back(argv: Sequence[str]) -> list[str]:
    """Select the overrides to apply only after Hydra has composed the config.

    They change a key inside a group, such as `model.lr=1`. Overrides in the groups `hydra` and
    `sweep` are not selected, nor are overrides that add or remove a key.
    """
    keys = ((argument, key_of(argument)) for argument in argv if argument[0] not in "-+~")
    return [a for a, key in keys if "." in key and key.partition(".")[0] not in ("hydra", "sweep")]


def apply_existing(config: DictConfig, held_back: Sequence[str]) -> None:
    """Apply overrides in place, but only those with a single value for a key that `config` has."""
    for override in map(_parse_one, held_back):
        parent, _, key = override.key_or_group.rpartition(".")
        node = OmegaConf.select(config, parent)
        if isinstance(node, DictConfig) and key in node and not override.is_sweep_override():
            with open_dict(config):
                ConfigLoaderImpl._apply_overrides_to_config([override], config)


def _parse_one(argument: str) -> Override:
    [override] = OverridesParser.create().parse_overrides([argument])
    return override


def take_verbatim(argv: Sequence[str], names: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """Split `argv` into the values of the options `names`, as typed, and all other arguments.

    >>> take_verbatim(["text=a, 'b' = [c]", "data=imdb"], {"text"})
    ({'text': "a, 'b' = [c]"}, ['data=imdb'])
    """
    taken: dict[str, str] = {}
    rest: list[str] = []
    for argument in argv:
        sign, key, value = parse(argument)
        if value is None or sign or key not in names:
            rest.append(argument)
        elif key in taken:
            raise InputError(f"{key}: given twice; give it once")
        else:
            taken[key] = value
    return taken, rest
