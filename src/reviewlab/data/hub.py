"""Data sets on the Hugging Face hub, and facts remembered about them."""

import logging
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
"""The form of a hub id: an owner and a name."""

_SECONDS_TO_ANSWER = 5


def load_dataset(source: str, key: str, remedy: str) -> Any:
    """Load all splits of a data set from the hub, or from an earlier download.

    Args:
        source: id of the data set.
        key: the option that names the data set, for the message.
        remedy: what the user can do instead, for the message.

    Raises:
        InputError: the data set cannot be downloaded.
    """
    import datasets

    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    # many a data set has a README without metadata, which is no reason for a warning
    logging.getLogger("huggingface_hub.repocard").setLevel(logging.ERROR)
    answers = _answers()
    try:
        with _offline(not answers):
            return datasets.load_dataset(source)
    except Exception as error:  # the network, the hub and three libraries may raise anything
        reason = first_line(error)
        raise InputError(
            f"{key}: {source!r} is not a local path and cannot be downloaded from the Hugging Face"
            f" hub ({reason if answers else 'the hub is not responding'}); {remedy}"
        ) from error


def recall_of_hub(source: str, question: str, compute: Callable[[], Any], cache: Path) -> Any:
    """Return a value computed from a data set on the hub; compute it once per cache folder.

    Args:
        source: id of the data set.
        question: name of the value; a part of its cache key.
        compute: loads the data set and returns the value, as JSON types.
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
    """Within this block, use only earlier downloads if `offline` is true.

    Without a network, the hub's client would otherwise try six times in half a minute and print a
    line each time.
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
    """Test if the hub can be reached, through a proxy if the environment names one."""
    from huggingface_hub import constants

    request = urllib.request.Request(constants.ENDPOINT, method="HEAD")  # noqa: S310
    try:
        urllib.request.urlopen(request, timeout=_SECONDS_TO_ANSWER).close()  # noqa: S310
    except urllib.error.HTTPError:
        return True  # an error is an answer too
    except (OSError, ValueError):
        return False
    return True
