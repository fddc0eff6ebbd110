"""Compose and resolve configs with Hydra, reporting each of its errors in one line."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hydra
from hydra.core.config_search_path import SearchPathQuery
from hydra.core.global_hydra import GlobalHydra
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import InterpolationKeyError, MissingMandatoryValue

from reviewlab import dotted
from reviewlab.config.hydra_errors import explain_hydra_error, explain_unknown_key
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.overrides import key_of
from reviewlab.runs.identity import Config

CONFIGS = (Path(__file__).resolve().parents[1] / "conf").resolve()
"""The folder of the yaml files, inside the package; in a checkout, a link to conf/ at its root."""

VERSION_BASE = "1.3"

SOURCES = ("data.source", "data.validation_source", "data.test_source")
"""Keys that say where reviews come from: a path, or the id of a data set."""

MODEL_SOURCES = ("model.source", "data.text.source")
"""Keys that say where a pretrained model and its tokenizer come from: a path or a model's id."""

PATHS = ("outputs", *SOURCES, *MODEL_SOURCES, "data.cache_dir")
"""Keys whose value is or may be a path."""


def compose_config(
    config_name: str, overrides: Sequence[str], folders: Sequence[str] = ()
) -> Config:
    """Compose the resolved config of one run from overrides.

    Args:
        config_name: name of the primary config.
        overrides: overrides as on a command line, such as `seed=1`.
        folders: folders of configs besides conf/, as entries of Hydra's search path.
    """
    with explain_errors(config_name, overrides, folders):
        return to_plain(compose_unresolved(config_name, overrides, folders=folders))


def to_plain(config: DictConfig) -> Config:
    """Resolve a run's config to plain types, with absolute paths."""
    return resolve_run(select_run_keys(config))


def resolve(config: Config) -> Config:
    """Resolve a config that was built without Hydra, as `to_plain` does for a composed config."""
    return to_plain(OmegaConf.create(config))


def select_run_keys(config: DictConfig) -> DictConfig:
    """Copy a config without `sweep` and `hydra`; the copy still refuses new keys."""
    keys = [str(key) for key in config if key not in ("sweep", "hydra")]
    of_run = OmegaConf.masked_copy(config, keys)
    OmegaConf.set_struct(of_run, True)
    return of_run


def resolve_run(config: DictConfig) -> Config:
    """Resolve a config from which `select_run_keys` has removed `sweep` and `hydra`.

    The result has plain types and absolute paths, like that of `to_plain`.
    """
    _refuse_missing_sources(config)
    resolved = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    if not isinstance(resolved, dict):
        raise InputError("config: not a mapping of keys to values")
    settings: Config = _with_text_keys(resolved)
    make_paths_absolute(settings)
    _check_switched_off(settings.get("callbacks") or {})
    return settings


def make_paths_absolute(config: Config) -> None:
    """Make the paths of a config absolute, in place; ids of data sets and models stay unchanged."""
    for key in PATHS:
        path = dotted.get(config, key)
        if path == "":  # typically a shell variable that is not set
            raise InputError(f"{key}: '' is not allowed; allowed: a path")
        if isinstance(path, str):
            surely_a_path = key not in (*SOURCES, *MODEL_SOURCES)
            dotted.put(config, key, _absolute(path, surely_a_path))


def _refuse_missing_sources(config: DictConfig) -> None:
    """Refuse a data or model source that is still `???` or refers to a key without a value."""
    for key in (*SOURCES, *MODEL_SOURCES):
        parent, _, leaf = key.rpartition(".")
        node = OmegaConf.select(config, parent)
        if isinstance(node, DictConfig) and leaf in [*node] and not _is_given(node, leaf):
            of_data = "a file, a folder or the id of a data set"
            of_model = "a folder in Hugging Face's layout or the id of a model"
            allowed = of_data if key in SOURCES else of_model
            raise InputError(f"{key}: missing; allowed: {allowed}")


def _is_given(node: DictConfig, leaf: str) -> bool:
    """Tell whether a key has a value; null counts as one."""
    try:
        _ = node[leaf]
    except (InterpolationKeyError, MissingMandatoryValue):
        return False
    return True


def _with_text_keys(value: Any) -> Any:
    """Turn every key into a string, since yaml reads the star ratings in `label_map` as numbers."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    return value


def _check_switched_off(callbacks: Mapping[str, Any]) -> None:
    """Refuse null for a misspelt callback: `early_stoping: null` would switch nothing off."""
    if None not in callbacks.values():
        return
    files = (path.stem for path in (CONFIGS / "callbacks").glob("*.yaml"))
    names = [*files, *(name for name, node in callbacks.items() if node)]
    for name, node in callbacks.items():
        if node is None and name not in names and did_you_mean(name, names, likeness=0.8):
            keys = [f"callbacks.{known}" for known in names]
            raise InputError(explain_unknown_key(f"callbacks.{name}", keys))


def _absolute(value: str, surely_a_path: bool) -> str:
    path = Path(value).expanduser()
    if surely_a_path or path.exists() or value.startswith((".", "~")):
        return str(path.absolute())
    return value


def compose_unresolved(
    config_name: str,
    overrides: Sequence[str],
    hydra_too: bool = False,
    folders: Sequence[str] = (),
) -> DictConfig:
    """Compose a config without resolving its interpolations.

    Args:
        config_name: name of the primary config in conf/.
        overrides: overrides as on a command line, such as `seed=1`.
        hydra_too: whether to keep the node `hydra`.
        folders: folders of configs besides conf/, as entries of Hydra's search path.
    """
    with search_configs(folders):
        return hydra.compose(config_name, list(overrides), return_hydra_config=hydra_too)


@contextmanager
def search_configs(folders: Sequence[str] = ()) -> Iterator[None]:
    """Within the `with` block, let Hydra find config files in conf/ and in `folders`."""
    with hydra.initialize_config_dir(str(CONFIGS), version_base=VERSION_BASE):
        loader: Any = GlobalHydra.instance().config_loader()
        path, schema = loader.get_search_path(), SearchPathQuery(provider="schema")
        for folder in folders:
            path.prepend("command-line", folder, schema)  # Hydra's own schema stays last
        loader.repository.initialize_sources(path)
        yield


@contextmanager
def explain_errors(
    config_name: str, overrides: Sequence[str], folders: Sequence[str] = ()
) -> Iterator[None]:
    """Within the `with` block, turn Hydra's errors into InputErrors of one line each.

    Args:
        config_name: name of the primary config.
        overrides: the overrides that the block composes.
        folders: folders of configs besides conf/.
    """
    try:
        yield
    except (InputError, BrokenPipeError):
        raise
    except Exception as error:
        compose_possible = functools.partial(_compose_possible, config_name, folders)
        raise explain_hydra_error(error, overrides, CONFIGS, compose_possible) from error


def _compose_possible(
    config_name: str, folders: Sequence[str], overrides: Sequence[str]
) -> Mapping[str, Any]:
    """Compose as much of a config as possible, to look up a misspelt key in it.

    Args:
        config_name: name of the primary config.
        folders: folders of configs besides conf/.
        overrides: the overrides to apply. If Hydra refuses them, only those whose key has no dot,
            such as `model=lstm`, are applied; if it refuses these too, none are.

    Returns:
        The config, unresolved; empty if nothing can be composed.
    """
    groups = [argument for argument in overrides if "." not in key_of(argument)]
    for attempt in (overrides, groups, []):
        try:
            config = compose_unresolved(config_name, attempt, True, folders)
            keys = OmegaConf.to_container(config, resolve=False)
        except Exception:  # noqa: S112  the command line may have more than one mistake
            continue
        if isinstance(keys, dict):
            return {str(key): value for key, value in keys.items()}
    return {}
