"""Configs that Hydra composes and resolves; what it refuses fits in one line."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hydra
from omegaconf import DictConfig, OmegaConf

from reviewlab import dotted
from reviewlab.config.hydra_errors import refusal, unknown_key
from reviewlab.exceptions import InputError, did_you_mean
from reviewlab.overrides import key_of

CONFIGS = Path(__file__).resolve().parents[3] / "conf"
VERSION_BASE = "1.3"

PATHS = ("outputs", "data.source", "data.cache_dir")
"""Keys whose value is a path, or may be one: a hub id stays what it is."""


def compose_config(config_name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """The resolved config of one job, without a command line."""
    with rewritten(config_name, overrides):
        return plain(composed(config_name, overrides))


def plain(config: DictConfig) -> dict[str, Any]:
    """`config` resolved, as plain types, with absolute paths."""
    return resolved_run(of_one_run(config))


def resolve(config: dict[str, Any]) -> dict[str, Any]:
    """Return a config that was put together by hand, resolved as a composed one is."""
    return plain(OmegaConf.create(config))


def of_one_run(config: DictConfig) -> DictConfig:
    """A copy of `config` without what says how runs are started; unknown keys are refused still."""
    kept = OmegaConf.masked_copy(config, [str(k) for k in config if k not in ("sweep", "hydra")])
    OmegaConf.set_struct(kept, True)
    return kept


def resolved_run(config: DictConfig) -> dict[str, Any]:
    """What `plain` gives, of a config that `of_one_run` has copied."""
    resolved = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    if not isinstance(resolved, dict):
        raise InputError("config: has to be a mapping of keys to values")
    settings: dict[str, Any] = {str(key): value for key, value in resolved.items()}
    for key in PATHS:
        path = dotted.get(settings, key)
        if path == "":  # a shell variable that is not set
            raise InputError(f"{key}: '' is not allowed; allowed: a path")
        if isinstance(path, str):
            surely_a_path = not key.endswith(".source")
            dotted.put(settings, key, _absolute(path, surely_a_path))
    _check_switched_off(settings.get("callbacks") or {})
    return settings


def _check_switched_off(callbacks: dict[str, Any]) -> None:
    """Refuse a null that nearly names a callback: `early_stoping: null` would leave it on."""
    if None not in callbacks.values():
        return
    files = (path.stem for path in (CONFIGS / "callbacks").glob("*.yaml"))
    known = [*files, *(name for name, node in callbacks.items() if node)]
    for name, node in callbacks.items():
        if node is None and name not in known and did_you_mean(name, known, likeness=0.8):
            raise InputError(unknown_key(f"callbacks.{name}", [f"callbacks.{k}" for k in known]))


def _absolute(value: str, surely_a_path: bool) -> str:
    path = Path(value).expanduser()
    if surely_a_path or path.exists() or value.startswith((".", "~")):
        return str(path.absolute())
    return value


def composed(config_name: str, overrides: Sequence[str], hydra_too: bool = False) -> DictConfig:
    """What Hydra composes, interpolations not yet resolved."""
    with hydra.initialize_config_dir(str(CONFIGS), version_base=VERSION_BASE):
        return hydra.compose(config_name, list(overrides), return_hydra_config=hydra_too)


@contextmanager
def rewritten(config_name: str, arguments: Sequence[str]) -> Iterator[None]:
    """Turn what Hydra refuses in this block into an InputError of one line."""
    try:
        yield
    except (InputError, BrokenPipeError):
        raise
    except Exception as error:
        overrides = [argument for argument in arguments if not argument.startswith("-")]
        raise refusal(error, overrides, CONFIGS, lambda kept: _known(config_name, kept)) from error


def _known(config_name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """The config as far as it can be composed: where a misspelt key is looked up."""
    groups = [argument for argument in overrides if "." not in key_of(argument)]
    for attempt in (overrides, groups, []):
        try:
            known = OmegaConf.to_container(composed(config_name, attempt, True), resolve=False)
        except Exception:  # noqa: S112  there may be more than one mistake on the line
            continue
        if isinstance(known, dict):
            return {str(key): value for key, value in known.items()}
    return {}
