"""Changes since a sweep began that would make its runs incomparable."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from reviewlab import dotted
from reviewlab.plugins import digest_sources, list_plugins
from reviewlab.runs.identity import placement, with_added
from reviewlab.sweeps.folder import SweepRecord

PACKAGE = Path(__file__).resolve().parents[1]
DECIDES = ("text", "data", "nn", "models", "callbacks", "training")
"""The packages whose code can change a run's result."""
CODE = (".py", ".c", ".h")


def code() -> dict[str, str]:
    """Return a digest of each source file that can change a run's result, including plugins."""
    files = sorted(
        file for name in DECIDES for file in (PACKAGE / name).rglob("*") if file.suffix in CODE
    )
    own = {
        str(file.relative_to(PACKAGE)): hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        for file in files
    }
    return own | digest_sources(list_plugins())


def changes(before: SweepRecord, now: SweepRecord) -> list[str]:
    """Compare two versions of `sweep.yaml`; return a line for each change in code or base config.

    A key that varied before or varies now is ignored, since a grid may grow. So are keys that are
    not part of the run id, such as data paths: the run id includes the data's fingerprint instead.

    Args:
        before: the record that the sweep began with.
        now: the record that the sweep would continue with.
    """
    varied = {*before.get("varied", ()), *now["varied"]}
    base, base_now = with_added(before.get("base") or {}), with_added(now["base"])
    left_out = {*varied, *({*placement(base)} & {*placement(base_now)})}
    return [
        *_differences(dotted.flatten(base), dotted.flatten(base_now), left_out),
        *(f"code: {line}" for line in _differences(before.get("code") or {}, now["code"], ())),
    ]


def _differences(
    before: Mapping[str, Any], now: Mapping[str, Any], left_out: Collection[str]
) -> Iterator[str]:
    for key in sorted({*before, *now}):
        if any(f"{key}.".startswith(f"{varied}.") for varied in left_out):
            continue
        if before.get(key) != now.get(key):
            yield f"{key}: {before.get(key)!r} -> {now.get(key)!r}"
