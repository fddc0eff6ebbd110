"""Apply an override such as `model.source=a` only to jobs whose model has the key `source`."""

import functools
from collections.abc import Collection, Mapping, Sequence

from omegaconf import DictConfig, OmegaConf

from reviewlab.config.compose import compose_unresolved
from reviewlab.config.sources import Sources
from reviewlab.overrides import key_of


class OwnKeys:
    """Selects, for each job of a sweep, the shared overrides whose keys exist in its config.

    With `model=lstm,pretrained model.source=a`, the override `model.source=a` applies only to the
    second model. Hydra still refuses a shared override if none of the choices has its key, and an
    override that varies between jobs if any of the choices lacks its key.

    Args:
        sources: the config files and overrides from which all jobs' configs are composed.
        choices: for each group whose choice varies, one override per choice, such as
            `model=lstm`.
    """

    def __init__(self, sources: Sources, choices: Mapping[str, Sequence[str]]) -> None:
        self._sources = sources
        self._choices = {group.replace("/", "."): texts for group, texts in choices.items()}
        self._has = functools.cache(self._find)
        self._compose = functools.cache(self._composed)

    def applicable(self, overrides: Sequence[str], chosen: Collection[str]) -> list[str]:
        """Return the shared overrides that apply to a job.

        Args:
            overrides: overrides that all jobs share, such as `model.source=a`.
            chosen: the job's own overrides, including its choices.
        """
        return [
            text
            for text in overrides
            if text.startswith(("+", "~")) or not self._left_out(key_of(text), chosen)
        ]

    def _left_out(self, key: str, chosen: Collection[str]) -> bool:
        groups = (group for group in self._choices if key.startswith(f"{group}."))
        group = max(groups, key=len, default=None)
        if group is None:
            return False
        choices = self._choices[group]
        own = [choice for choice in choices if choice in chosen]
        return not any(self._has(c, key) for c in own) and any(self._has(c, key) for c in choices)

    def _find(self, choice: str, key: str) -> bool:
        """Tell whether a choice such as `model=lstm` has a key; its value may still be `???`."""
        parent, _, leaf = key.rpartition(".")
        node = OmegaConf.select(self._compose(choice), parent)
        return isinstance(node, DictConfig) and leaf in [*node]

    def _composed(self, choice: str) -> DictConfig:
        name, folders = self._sources.config_name, self._sources.folders
        return compose_unresolved(name, [*self._sources.overrides, choice], folders=folders)
