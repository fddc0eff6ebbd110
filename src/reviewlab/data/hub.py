"""Data sets of the Hugging Face hub, and what is remembered of them."""

import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reviewlab.data.cache import writing
from reviewlab.exceptions import InputError, first_line
from reviewlab.runs.files import read_json, write_json

HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
"""The form of an id: an owner and a name."""

_SECONDS_TO_ANSWER = 5


def load_dataset(source: str, key: str, ways: str) -> Any:
    """Load all splits of a data set on the hub, or of its earlier download.

    Args:
        source: its id.
        key: the option that names it.
        ways: what else that option may be, in words.

    Raises:
        InputError: it cannot be had.
    """
    import datasets

    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    answers = _answers()
    try:
        with _offline(not answers):
            return datasets.load_dataset(source)
    except Exception as error:  # whatever the network, the hub and three libraries may raise
        reason = first_line(error)
        raise InputError(
            f"{key}: {source!r} is no local path and cannot be had from the Hugging Face hub"
            f" ({reason if answers else 'it does not answer'}); give {key}, or {ways}"
        ) from error


def recall_of_hub(source: str, question: str, compute: Callable[[], Any], cache: Path) -> Any:
    """Return what is known about a data set on the hub, or find it out, once for a cache folder.

    Args:
        source: its id.
        question: names the fact.
        compute: loads the data set and returns the fact, in JSON types.
        cache: the cache folder.
    """
    record = cache / f"hub-{source.replace('/', '--')}.json"
    try:
        facts = dict(read_json(record))
    except (OSError, ValueError, TypeError):
        facts = {}
    if question not in facts:
        facts[question] = compute()
        with writing(cache):
            cache.mkdir(parents=True, exist_ok=True)
            write_json(record, facts)
    return facts[question]


@contextmanager
def _offline(offline: bool) -> Iterator[None]:
    """Look only at what was downloaded before.

    Left alone where there is no network, the hub's client tries six times and prints a line each,
    for half a minute.
    """
    import datasets
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE
    if offline:
        constants.HF_HUB_OFFLINE = datasets.config.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE = before


def _answers() -> bool:
    """Try to reach the hub, through a proxy if the environment names one."""
    from huggingface_hub import constants

    request = urllib.request.Request(constants.ENDPOINT, method="HEAD")  # noqa: S310
    try:
        urllib.request.urlopen(request, timeout=_SECONDS_TO_ANSWER).close()  # noqa: S310
    except urllib.error.HTTPError:
        return True  # an answer, if not a kind one
    except (OSError, ValueError):
        return False
    return True
