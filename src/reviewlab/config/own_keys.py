"""Keys that only some choices of a group have: set for these, and left out for the others."""

import functools
from collections.abc import Collection, Mapping, Sequence

from omegaconf import DictConfig, OmegaConf

from reviewlab.config.compose import compose_unresolved
from reviewlab.config.sources import Sources
from reviewlab.overrides import key_of


class OwnKeys:
    """Tells which overrides that all jobs share mean nothing to one, but something to another.

    `model=lstm,pretrained model.source=a` is one table: a source is set for the second alone. A key
    that no choice has stays a mistake, and so does one that varies where not all choices have it.

    Args:
        sources: what the configs are composed from.
        choices: by group that varies, the overrides that choose in it.
    """

    def __init__(self, sources: Sources, choices: Mapping[str, Sequence[str]]) -> None:
        self._sources = sources
        self._choices = {group.replace("/", "."): texts for group, texts in choices.items()}
        self._has = functools.cache(self._find)
        self._compose = functools.cache(self._composed)

    def applicable(self, overrides: Sequence[str], chosen: Collection[str]) -> list[str]:
        """Return the overrides that mean something to a job.

        Args:
            overrides: shared by all jobs, such as `model.source=a`.
            chosen: the overrides of the job alone, its choices among them.
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
        mine = [choice for choice in choices if choice in chosen]
        return not any(self._has(c, key) for c in mine) and any(self._has(c, key) for c in choices)

    def _find(self, choice: str, key: str) -> bool:
        """Tell whether a choice has a key, with a value or without one yet."""
        parent, _, leaf = key.rpartition(".")
        node = OmegaConf.select(self._compose(choice), parent)
        return isinstance(node, DictConfig) and leaf in [*node]

    def _composed(self, choice: str) -> DictConfig:
        name, folders = self._sources.config_name, self._sources.folders
        return compose_unresolved(name, [*self._sources.overrides, choice], folders=folders)
