"""The choices of a group of configs: the files in its folder."""

from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig, OmegaConf


def list_choices(configs: Path, group: str) -> list[str]:
    """List the choices of a config group: the yaml files in its folder, without the suffix.

    Files in a subfolder are included, unless the subfolder is a group itself, as `data/text` is.
    """
    folder = configs / group
    files = (path.relative_to(folder) for path in folder.rglob("*.yaml"))
    inner = _inner_groups(folder)
    return sorted(str(file.with_suffix("")) for file in files if file.parts[0] not in inner)


def choices_with(key: str, configs: Path, groups: Sequence[str]) -> list[str]:
    """List the choices, such as `data=table`, whose yaml files set a key, such as `data.source`.

    Args:
        key: dotted key; all but its last part is the config group.
        configs: the folder of the yaml files.
        groups: the config groups that the script uses.
    """
    group, _, leaf = key.rpartition(".")
    if group not in groups:
        return []
    files = {name: configs / group / f"{name}.yaml" for name in list_choices(configs, group)}
    return [f"{group}={name}" for name, file in files.items() if leaf in OmegaConf.load(file)]


def _inner_groups(folder: Path) -> set[str]:
    """Return the subfolders of a group's folder that are groups too, such as `text` in `data`.

    A subfolder is a group if the `defaults` list of a file in the folder chooses a file from it.
    """
    files = (OmegaConf.load(path) for path in folder.glob("*.yaml"))
    lists = (file.get("defaults") or () for file in files if isinstance(file, DictConfig))
    entries = (entry for entries in lists for entry in entries)
    return {str(key) for entry in entries if isinstance(entry, DictConfig) for key in entry}
