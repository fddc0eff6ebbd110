"""The identity of a config: the experiment that it describes, on any machine.

The run id is a hash of the resolved config, with the path of the data replaced by the fingerprint
of its content, and without the keys that only determine where and how a run is executed. Two runs
with the same id are the same experiment. The configuration id also leaves out the seed.

A key that a later version adds either changes no result and goes into `PLACEMENT`, or goes into
`ADDED` with the value that gives the earlier behaviour. The ids of all earlier configs then remain
the same.
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
"""A value that every logger accepts."""

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
    "model.kernel",
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
"""Keys that determine where a run is executed, what it prints, how often it saves, and whether the
test set is measured afterwards; none of them changes what is trained, beyond rounding."""

KERNELS = ("auto", "torch", "compiled")
"""The values of our `model.kernel`. Any other value is an option of somebody's own model, such as
the width of a convolution, and belongs to the id."""

DIGESTED: dict[str, tuple[str, ...]] = {
    "model.digest": ("model.source", "model.architecture"),
    "data.text.digest": ("data.text.source",),
}
"""For each key that holds a digest of files, the keys that it replaces in ids: files may move."""

SEEDS = ("seed", "data.seed")

REPETITION = (*SEEDS, "data.folds", "data.fold")
"""Keys that distinguish repetitions of a configuration: they are part of the run id, but not of the
configuration id."""

ADDED: dict[str, object] = {
    "data.fold": None,
    "data.folds": None,
    "data.text.cleaning.normalise": None,
}
"""Keys that configs of earlier versions lack, with the value that is equivalent to their absence.

A config with that value has the same ids and hyperparameters as a config without the key, and a
config without the key is read as if it had that value. The mapping that contains a key must be
older than the key. If the mapping is also new, list the mapping's key with its whole content.
"""

ADDED_TO_REVIEWS: dict[str, object] = {"data.encoding": None}
"""Like `ADDED`, but for the keys of data sets of reviews, which have a text encoder."""

ADDED_TO: dict[str, dict[str, object]] = {
    "reviewlab.data.imdb.IMDBDataModule": {"data.split": "random"},
    "reviewlab.nn.CrossEntropy": {"loss.decision": "mode"},
}
"""Like `ADDED`, but for the keys of a single data set or loss, identified by its `_target_`."""

LOOKING = "reviewlab.inspection."
"""The module prefix of callbacks that only observe. Ids leave out these and null callbacks."""

SLUG_LENGTH = 80

ABSENT = object()


def placement(config: Mapping[str, Any]) -> list[str]:
    """Return the keys of `PLACEMENT`, without `model.kernel` if it is a foreign model's option."""
    foreign = dotted.get(config, "model.kernel", "auto") not in KERNELS
    return [key for key in PLACEMENT if not (foreign and key == "model.kernel")]


def run_id(config: Mapping[str, Any], data_fingerprint: str) -> str:
    """Return twelve hexadecimal digits that identify the experiment of a resolved config."""
    return _digest(_identifying(config, placement(config)), data_fingerprint)


def configuration_id(config: Mapping[str, Any], data_fingerprint: str) -> str:
    """Return an id that ignores the keys in `REPETITION`; equal ids share a leaderboard row."""
    return _digest(_identifying(config, (*placement(config), *REPETITION)), data_fingerprint)


def hyperparameters(config: Mapping[str, Any]) -> dict[str, Hyperparameter]:
    """Flatten the identifying part of a config: `{"model": "LSTM", "model.dropout": 0.1}`.

    The value for a node's key is the name of the class that the node builds. Lists become text, so
    that every logger accepts every value.
    """
    return dict(map(_named, dotted.flatten(_identifying(config, placement(config))).items()))


def repetition(config: Mapping[str, Any]) -> str:
    """Return the seed and the fold, which distinguish the repetitions of a configuration.

    It is two seeds if the batches have a seed of their own.

    >>> repetition({"seed": 3, "data": {"seed": 3}}), repetition({"seed": 3, "data": {"seed": 7}})
    ('3', '3 7')
    >>> repetition({"seed": 3, "data": {"seed": 3, "folds": 5, "fold": 0}})
    '3, fold 0 of 5'
    """
    seeds = (dotted.get(config, key, ABSENT) for key in SEEDS)
    text = " ".join(dict.fromkeys(str(seed) for seed in seeds if seed is not ABSENT))
    fold = fold_of(config)
    return text if fold is None else f"{text}, fold {fold[0]} of {fold[1]}"


def fold_of(config: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the held-out fold and the number of folds; None without cross-validation."""
    fold, folds = (dotted.get(config, key) for key in ("data.fold", "data.folds"))
    return (fold, folds) if isinstance(fold, int) and isinstance(folds, int) else None


def name_examples(config: Mapping[str, Any]) -> str:
    """Return `reviews`, or `images` for a run whose data have no text encoder."""
    return "images" if dotted.get(config, "data.text", ABSENT) is ABSENT else "reviews"


def with_added(config: Config) -> Config:
    """Add the keys that a config of an earlier version lacks."""
    added = _added(config)
    absent = [key for key in added if dotted.get(config, key, ABSENT) is ABSENT]
    filled = copy.deepcopy(config) if absent else config
    for key in absent:
        parent = key.rpartition(".")[0]
        if not parent or isinstance(dotted.get(filled, parent), dict):
            dotted.put(filled, key, copy.deepcopy(added[key]))
    return filled


def slug(parts: Iterable[str]) -> str:
    """Join `parts` into a readable name of at most 80 characters, all of them `[A-Za-z0-9._-]`.

    >>> slug(["data=imdb", "optimizer.lr=1e-3"])
    'data-imdb_optimizer.lr-1e-3'
    """
    words = (re.sub(r"[^A-Za-z0-9.]+", "-", part).strip("-.") for part in parts)
    name = "_".join(word for word in words if word)
    if len(name) > SLUG_LENGTH:  # cut between parts if possible
        name = name[:SLUG_LENGTH].rpartition("_")[0] or name[:SLUG_LENGTH]
    return name.rstrip("-_.") or "run"


def _named(leaf: tuple[str, Any]) -> tuple[str, Hyperparameter]:
    """Return a leaf's key and value; for a `_target_`, the node's key and the class name."""
    key, value = leaf
    parent, _, name = key.rpartition(".")
    if name == "_target_":
        return parent, value.rpartition(".")[2]
    return key, str(value) if isinstance(value, list) else value


def _identifying(config: Mapping[str, Any], left_out: Iterable[str]) -> Config:
    rest = copy.deepcopy({**config})
    unchanged = [key for key, value in _added(config).items() if _has(config, key, value)]
    for key in [*left_out, *unchanged, *_digested(rest)]:
        dotted.drop(rest, key)
    if isinstance(rest.get("callbacks"), dict):
        rest["callbacks"] = {k: v for k, v in rest["callbacks"].items() if not _only_looks(v)}
    return rest


def _added(config: Mapping[str, Any]) -> dict[str, object]:
    """Map each key that an older config may lack to the value that its absence stands for."""
    added = dict(ADDED)
    if name_examples(config) == "reviews":
        added |= ADDED_TO_REVIEWS
    for group in ("data", "loss"):
        added |= ADDED_TO.get(str(dotted.get(config, f"{group}._target_", None)), {})
    return added


def _digested(config: Mapping[str, Any]) -> list[str]:
    """Return the keys that are left out of the id because the config has a digest for them."""
    named = (keys for digest, keys in DIGESTED.items() if dotted.get(config, digest, None))
    return [key for keys in named for key in keys]


def _has(config: Mapping[str, Any], key: str, value: object) -> bool:
    own = dotted.get(config, key, ABSENT)
    return own is not ABSENT and _text(own) == _text(value)  # as text, 0 differs from False


def _only_looks(callback: Any) -> bool:
    target = callback.get("_target_") if isinstance(callback, dict) else callback
    return target is None or str(target).startswith(LOOKING)


def _digest(config: Config, data_fingerprint: str) -> str:
    return hashlib.sha256(_text([config, data_fingerprint]).encode()).hexdigest()[:12]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
