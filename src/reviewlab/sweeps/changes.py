"""What has changed since a sweep began: its table would compare what cannot be compared."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]
DECIDES = ("text", "data", "nn", "models", "callbacks", "training")
"""The packages whose code decides what comes out of a run."""

PLACEMENT = ("outputs", "threads", "name", "data.cache_dir", "data.source")
"""Keys that may change: a run id does not depend on them, and follows the content of the data."""


def code() -> dict[str, str]:
    """By file, a digest of the code that decides what comes out of a run."""
    files = sorted(file for name in DECIDES for file in (PACKAGE / name).glob("*.py"))
    return {
        str(file.relative_to(PACKAGE)): hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        for file in files
    }


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between two `sweep.yaml`, a line each: code, and the config that does not vary.

    A key that varied before or varies now is left out: a grid may grow.
    """
    varied = {*before.get("varied", ()), *now["varied"]}
    base = dict(_flat(before.get("base") or {})), dict(_flat(now["base"]))
    return [
        *_differences(*base, left_out={*varied, *PLACEMENT}),
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


def _flat(node: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in node.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
