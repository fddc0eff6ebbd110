"""Values of a multirun that only some choices know: `-m experiment=a,b data.split=grouped`.

What does not vary Hydra composes without the choices that do, and a key that comes with one of them
is unknown to it. Such values are held back from it: each job is composed with its own choice, and
is refused there if the key is wrong.
"""

from collections.abc import Sequence
from pathlib import Path

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf, open_dict


def choices_vary(argv: Sequence[str], configs: Path) -> bool:
    """Whether jobs differ in the choice of a group, also by a file of `conf/sweep/`."""
    parsed = [_parsed(argument) for argument in argv if "=" in argument and argument[0] != "-"]
    return any(
        override.key_or_group == "sweep"
        or (override.is_sweep_override() and (configs / override.key_or_group).is_dir())
        for override in parsed
    )


def values(argv: Sequence[str]) -> list[str]:
    """The arguments that set a key below a group of a run."""
    keys = ((argument, argument.partition("=")[0]) for argument in argv if argument[0] not in "-+~")
    return [a for a, key in keys if "." in key and key.partition(".")[0] not in ("hydra", "sweep")]


def apply_known(config: DictConfig, held_back: Sequence[str]) -> None:
    """Set those of the values that do not vary and that `config` has a place for."""
    for override in map(_parsed, held_back):
        parent, _, key = override.key_or_group.rpartition(".")
        node = OmegaConf.select(config, parent)
        if isinstance(node, DictConfig) and key in node and not override.is_sweep_override():
            with open_dict(config):
                ConfigLoaderImpl._apply_overrides_to_config([override], config)


def _parsed(argument: str) -> Override:
    [override] = OverridesParser.create().parse_overrides([argument])
    return override
