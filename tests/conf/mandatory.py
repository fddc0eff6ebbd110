"""Find the keys that a yaml file requires its user to set, such as `source: ???`."""

from collections.abc import Iterator
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from reviewlab.config.compose import CONFIGS

NOWHERE = "/nowhere"
"""A value for each such key; constructors may refuse it."""


def mandatory(file: str) -> list[str]:
    """Return an override for each such key of a file in `conf/`."""
    content = OmegaConf.load(CONFIGS / file)
    group = ".".join(Path(file).parent.parts)
    keys = _missing(content, f"{group}." if group else "")
    return [f"{key}={NOWHERE}" for key in keys]


def _missing(node: object, prefix: str) -> Iterator[str]:
    if isinstance(node, DictConfig):
        for name in node:
            if OmegaConf.is_missing(node, name):
                yield f"{prefix}{name}"
            else:
                yield from _missing(
                    node[name] if _is_plain(node, name) else None, f"{prefix}{name}."
                )


def _is_plain(node: DictConfig, name: object) -> bool:
    return not OmegaConf.is_interpolation(node, str(name))
