"""The configs of many jobs, of which Hydra composes only those that differ in a group's choice.

Composing takes Hydra a twentieth of a second. The jobs of a sweep mostly differ in values, and
Hydra's own code puts those into a copy of what it has composed before.
"""

import copy
from collections.abc import Mapping, Sequence

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig

from reviewlab.config.compose import (
    CONFIGS,
    compose_unresolved,
    explain_errors,
    resolve_run,
    select_run_keys,
)
from reviewlab.config.own_keys import OwnKeys
from reviewlab.config.sources import Sources, refuse_other_launch
from reviewlab.runs.identity import Config


class Recomposer:
    """Composes the jobs of one sweep.

    Args:
        sources: what all of them are composed from.
        fixed: overrides that they share.
        choices: by group that varies, the overrides that choose in it.
    """

    def __init__(
        self,
        sources: Sources,
        fixed: Sequence[str],
        choices: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._own_keys = OwnKeys(sources, choices or {})
        self._sources = sources
        self._fixed = [*fixed]
        self._bases: dict[tuple[str, ...], DictConfig] = {}
        self._parsed: dict[str, Override] = {}
        self._parser = OverridesParser.create()

    def compose(self, overrides: Sequence[str]) -> Config:
        """Compose the resolved config of a job, as `compose_config` does.

        Raises:
            InputError: Hydra refuses it, or it would be launched in another way than the sweep.
        """
        name, folders = self._sources.config_name, self._sources.folders
        with explain_errors(name, [*self._fixed, *overrides], folders):
            parsed = [self._parse(override) for override in overrides]
            groups = tuple(str(o.input_line) for o in parsed if _chooses(o))
            if groups not in self._bases:
                fixed = self.shared(overrides)
                everything = [*self._sources.overrides, *fixed, *groups]
                composed = compose_unresolved(name, everything, hydra_too=True, folders=folders)
                refuse_other_launch(composed, self._sources)
                self._bases[groups] = select_run_keys(composed)
            config = copy.deepcopy(self._bases[groups])
            values = [override for override in parsed if not _chooses(override)]
            ConfigLoaderImpl._apply_overrides_to_config(values, config)
            return resolve_run(config)

    def shared(self, overrides: Sequence[str]) -> list[str]:
        """Return the overrides that a job shares with others: those that mean something to it."""
        return self._own_keys.applicable(self._fixed, overrides)

    def _parse(self, override: str) -> Override:
        if override not in self._parsed:
            [self._parsed[override]] = self._parser.parse_overrides([override])
        return self._parsed[override]


def _chooses(override: Override) -> bool:
    """Tell whether an override is about a group: there is a folder of that name."""
    return (CONFIGS / override.key_or_group).is_dir() and not isinstance(override.value(), dict)
