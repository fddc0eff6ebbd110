"""Yaml files that people write for the pages of the notes, checked key by key."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from reviewlab.exceptions import InputError

Content = TypeVar("Content")


class Strict(BaseModel):
    """A mapping with no other keys than these."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_checked(path: Path, make: Callable[[Any], Content]) -> Content:
    """What `make` gives for the content of the file.

    Raises: InputError for a file that cannot be read, or a key or value that does not belong.
    """
    try:
        return make(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, TypeError) as error:
        raise InputError(f"{path.name}: cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"{path.name}: {place}: {first['msg']}") from error
