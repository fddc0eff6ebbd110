"""The identity of a config: the experiment it stands for, on any machine.

The run id is a hash of the resolved config in which the data's path is replaced by the fingerprint
of its content, and everything that only says where and how a run is carried out is left out. Two
runs with one id are the same experiment; the configuration is the same hash without the seed.

A key that is new in a later version either changes no result and goes into `PLACEMENT`, or goes
into `ADDED` with the value that does what was done before it existed. Then the ids of all earlier
configs stay as they are.
"""

import copy
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from reviewlab import dotted

Config = dict[str, Any]
"""A resolved config as `config.yaml` holds it: nested mappings, lists and scalars."""

Hyperparameter = str | int | float | bool | None
"""A value that every logger takes."""

PLACEMENT = (
    "name",
    "outputs",
    "test",
    "threads",
    "logger",
    "hydra",
    "data.source",
    "data.validation_source",
    "data.test_source",
    "data.cache_dir",
    "trainer.accelerator",
    "trainer.devices",
    "trainer.num_nodes",
    "trainer.strategy",
    "trainer.profiler",
    "trainer.log_every_n_steps",
    "trainer.enable_progress_bar",
    "trainer.enable_model_summary",
    "callbacks.checkpoints",
    "callbacks.progress",
)
"""Keys that say where a run happens, what it prints, how often it saves, and whether the test set
is measured behind it; none of them changes what is trained."""

DIGESTED: dict[str, tuple[str, ...]] = {
    "model.digest": ("model.source", "model.architecture"),
    "data.text.digest": ("data.text.source",),
}
"""Keys that hold a digest of files, and those that it stands for: files may move."""

REPETITION = ("seed", "data.seed")
"""Keys that tell repetitions of one configuration apart: they are part of the run id and not of the
configuration id. The fold of a cross-validation belongs here as well."""

ADDED: dict[str, object] = {"data.encoding": None, "data.text.cleaning.normalise": None}
"""Keys that configs of earlier versions lack, with the value that stands for their absence.

A config with that value has the ids and the hyperparameters of one without the key, and a config
without the key is read as one with that value. The mapping around a key has to be older than the
key: of a new mapping, its own key is named with all that is in it.
"""

ADDED_TO: dict[str, dict[str, object]] = {
    "reviewlab.data.imdb.IMDBDataModule": {"data.split": "random"},
    "reviewlab.nn.CrossEntropy": {"loss.decision": "mode"},
}
"""The same for keys that one data set or one loss alone has gained, by its `_target_`."""

LOOKING = "reviewlab.inspection."
"""The module prefix of callbacks that only look; a callback that is null is none."""

SLUG_LENGTH = 80

ABSENT = object()


def run_id(config: Mapping[str, Any], data_fingerprint: str) -> str:
    """Return twelve hexadecimal digits that name the experiment of a resolved config."""
    return _digest(_identifying(config, PLACEMENT), data_fingerprint)


def configuration_id(config: Mapping[str, Any], data_fingerprint: str) -> str:
    """Return the run id without `REPETITION`: it names a row of a leaderboard."""
    return _digest(_identifying(config, (*PLACEMENT, *REPETITION)), data_fingerprint)


def hyperparameters(config: Mapping[str, Any]) -> dict[str, Hyperparameter]:
    """Flatten the identifying part of a config: `{"model": "LSTM", "model.dropout": 0.1}`.

    A node stands under its own key with the name of what it makes. Lists become text, so that any
    logger takes every value.
    """
    return dict(map(_named, dotted.flatten(_identifying(config, PLACEMENT)).items()))


def with_added(config: Config) -> Config:
    """Return a config of an earlier version with the keys that it lacks."""
    added = _added(config)
    absent = [key for key in added if dotted.get(config, key, ABSENT) is ABSENT]
    filled = copy.deepcopy(config) if absent else config
    for key in absent:
        parent = key.rpartition(".")[0]
        if not parent or isinstance(dotted.get(filled, parent), dict):
            dotted.put(filled, key, copy.deepcopy(added[key]))
    return filled


def slug(parts: Iterable[str]) -> str:
    """Make a short name for people, of `[A-Za-z0-9._-]` only and at most 80 characters.

    >>> slug(["data=imdb", "optimizer.lr=1e-3"])
    'data-imdb_optimizer.lr-1e-3'
    """
    words = (re.sub(r"[^A-Za-z0-9.]+", "-", part).strip("-.") for part in parts)
    name = "_".join(word for word in words if word)
    if len(name) > SLUG_LENGTH:  # whole parts where there are any, rather than half of one
        name = name[:SLUG_LENGTH].rpartition("_")[0] or name[:SLUG_LENGTH]
    return name.rstrip("-_.") or "run"


def _named(leaf: tuple[str, Any]) -> tuple[str, Hyperparameter]:
    """Name a node after what it makes; every other value stays under its own key."""
    key, value = leaf
    parent, _, name = key.rpartition(".")
    if name == "_target_":
        return parent, value.rpartition(".")[2]
    return key, str(value) if isinstance(value, list) else value


def _identifying(config: Mapping[str, Any], left_out: Iterable[str]) -> Config:
    rest = copy.deepcopy({**config})
    as_before = [key for key, value in _added(config).items() if _has(config, key, value)]
    for key in [*left_out, *as_before, *_digested(rest)]:
        dotted.drop(rest, key)
    if isinstance(rest.get("callbacks"), dict):
        rest["callbacks"] = {k: v for k, v in rest["callbacks"].items() if not _only_looks(v)}
    return rest


def _added(config: Mapping[str, Any]) -> dict[str, object]:
    """Return the keys that were added for a config, with what stands for their absence."""
    added = dict(ADDED)
    for group in ("data", "loss"):
        added |= ADDED_TO.get(str(dotted.get(config, f"{group}._target_", None)), {})
    return added


def _digested(config: Mapping[str, Any]) -> list[str]:
    """Return the keys that a digest in the config stands for."""
    named = (keys for digest, keys in DIGESTED.items() if dotted.get(config, digest, None))
    return [key for keys in named for key in keys]


def _has(config: Mapping[str, Any], key: str, value: object) -> bool:
    """Tell whether a key has a value."""
    own = dotted.get(config, key, ABSENT)
    return own is not ABSENT and _text(own) == _text(value)  # 0 is not False


def _only_looks(callback: Any) -> bool:
    target = callback.get("_target_") if isinstance(callback, dict) else callback
    return target is None or str(target).startswith(LOOKING)


def _digest(config: Config, data_fingerprint: str) -> str:
    return hashlib.sha256(_text([config, data_fingerprint]).encode()).hexdigest()[:12]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
