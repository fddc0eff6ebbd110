"""Compose the configs of many jobs, calling Hydra once per combination of group choices.

Hydra takes a twentieth of a second to compose a config. The jobs of a sweep mostly differ only in
values, and Hydra's own code can set these in a copy of a config that was composed earlier.
"""

import pickle
from collections.abc import Mapping, Sequence

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override

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
    """Composes the configs of a sweep's jobs.

    Args:
        sources: the config files and overrides from which all jobs' configs are composed.
        fixed: the overrides that all jobs share.
        choices: for each group whose choice varies, one override per choice, such as
            `model=lstm`.
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
        self._bases: dict[tuple[str, ...], bytes] = {}  # read seven times as fast as copied
        self._parsed: dict[str, Override] = {}
        self._parser = OverridesParser.create()

    def compose(self, overrides: Sequence[str]) -> Config:
        """Compose the resolved config of a job, as `compose_config` does.

        Raises:
            InputError: Hydra refuses an override, or the job's launcher differs from the sweep's.
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
                self._bases[groups] = pickle.dumps(select_run_keys(composed))
            config = pickle.loads(self._bases[groups])  # noqa: S301  our own bytes, never a file's
            values = [override for override in parsed if not _chooses(override)]
            ConfigLoaderImpl._apply_overrides_to_config(values, config)
            return resolve_run(config)

    def shared(self, overrides: Sequence[str]) -> list[str]:
        """Return the shared overrides that apply to a job.

        Args:
            overrides: the overrides that only this job has.
        """
        return self._own_keys.applicable(self._fixed, overrides)

    def _parse(self, override: str) -> Override:
        if override not in self._parsed:
            [self._parsed[override]] = self._parser.parse_overrides([override])
        return self._parsed[override]


def _chooses(override: Override) -> bool:
    """Tell whether an override chooses a file of a group, which is a folder in conf/."""
    return (CONFIGS / override.key_or_group).is_dir() and not isinstance(override.value(), dict)
