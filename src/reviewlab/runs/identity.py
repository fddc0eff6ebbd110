"""Which experiment a config stands for, whatever the machine it runs on.

The run id is a hash of the resolved config in which the data's path is replaced by the fingerprint
of its content, and everything that only says where and how a run is carried out is left out. Two
runs with one id are the same experiment; the configuration is the same hash without the seed.
"""

import copy
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

PLACEMENT = (
    "name",
    "outputs",
    "test",
    "threads",
    "logger",
    "hydra",
    "data.source",
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

LOOKING = "reviewlab.inspection."
"""Where callbacks come from that only look; a callback that is null is none."""

SLUG_LENGTH = 80


def run_id(config: dict[str, Any], data_fingerprint: str) -> str:
    """Twelve hexadecimal digits that name the experiment of a resolved config."""
    return _digest(_identifying(config, PLACEMENT), data_fingerprint)


def configuration_id(config: dict[str, Any], data_fingerprint: str) -> str:
    """The run id without the seed: what a row of a leaderboard stands for."""
    return _digest(_identifying(config, (*PLACEMENT, "seed", "data.seed")), data_fingerprint)


def hyperparameters(config: dict[str, Any]) -> dict[str, Any]:
    """The identifying part of a config, flat: `{"model": "LSTMClassifier", "model.dropout": 0.1}`.

    A node stands under its own key with the name of what it makes. Lists become text, so that any
    logger takes every value.
    """
    return dict(_leaves(_identifying(config, PLACEMENT), ""))


def slug(parts: Iterable[str]) -> str:
    """A short name for people, of `[A-Za-z0-9._-]` only and at most 80 characters.

    >>> slug(["data=imdb", "optimizer.lr=1e-3"])
    'data-imdb_optimizer.lr-1e-3'
    """
    words = (re.sub(r"[^A-Za-z0-9.]+", "-", part).strip("-.") for part in parts)
    name = "_".join(word for word in words if word)
    if len(name) > SLUG_LENGTH:  # whole parts where there are any, rather than half of one
        name = name[:SLUG_LENGTH].rpartition("_")[0] or name[:SLUG_LENGTH]
    return name.rstrip("-_.") or "run"


def _leaves(node: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in node.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _leaves(value, f"{key}.")
        elif name == "_target_":
            yield prefix.removesuffix("."), value.rpartition(".")[2]
        else:
            yield key, str(value) if isinstance(value, list) else value


def _identifying(config: dict[str, Any], left_out: Iterable[str]) -> dict[str, Any]:
    kept = copy.deepcopy(config)
    for key in left_out:
        *parents, leaf = key.split(".")
        node: Any = kept
        for parent in parents:
            node = node.get(parent) if isinstance(node, dict) else None
        if isinstance(node, dict):
            node.pop(leaf, None)
    if isinstance(kept.get("callbacks"), dict):
        kept["callbacks"] = {k: v for k, v in kept["callbacks"].items() if not _only_looks(v)}
    return kept


def _only_looks(callback: Any) -> bool:
    target = callback.get("_target_") if isinstance(callback, dict) else callback
    return target is None or str(target).startswith(LOOKING)


def _digest(config: dict[str, Any], data_fingerprint: str) -> str:
    text = json.dumps([config, data_fingerprint], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
