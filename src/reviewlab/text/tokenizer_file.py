"""The `tokenizer.json` of a pretrained model, and its padding token."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewlab.exceptions import InputError, short_repr
from reviewlab.text.hugging_face import find_file, open_folder, read_object
from reviewlab.text.tokenizer_failures import failures_refused

if TYPE_CHECKING:
    from tokenizers import Tokenizer

KEY = "data.text.source"

SAMPLE = "a Ab1, é"
"""A text that every tokenizer has to encode; a damaged one often fails only here."""


def read_tokenizer(source: str | None, digest: str | None) -> tuple[str, str | int | None]:
    """Read the tokenizer of a pretrained model.

    Args:
        source: folder or hub id of the model.
        digest: the digest that the tokenizer must have; None for any.

    Returns:
        The tokenizer's JSON, without truncation and padding; and its padding token or that token's
        id (None if the model declares neither).

    Raises:
        InputError: the tokenizer cannot be read, or its digest differs.
    """
    folder = open_folder(source, KEY)
    content = read_object(find_file(folder, "tokenizer.json", source, KEY), KEY)
    padding = _find_padding(folder, content, KEY)
    plain = json.dumps({**content, "truncation": None, "padding": None})
    if digest is not None and digest != digest_tokenizer(plain):
        raise InputError(
            f"{KEY}: {source!r} has a tokenizer that differs from data.text.digest={digest};"
            " restore the original tokenizer, or start a new run with data.text.digest=null"
        )
    return plain, padding


def digest_tokenizer(content: str) -> str:
    """Return a digest of a tokenizer's JSON, which is the same in its file and in a checkpoint."""
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def parse_tokenizer(content: str, subject: str) -> "Tokenizer":
    """Build a tokenizer from its JSON, without truncation and padding, and try it.

    It treats `[SEP]` inside a review as plain text.

    Args:
        content: the JSON, from a file or a checkpoint, so it may be anything.
        subject: what has this content, for the message.

    Raises:
        InputError: the JSON is not a tokenizer, or one that cannot encode.
    """
    from tokenizers import Tokenizer

    with failures_refused(f"{subject} cannot be read"):
        parts = json.loads(content)
        _refuse_bare_merges(parts["model"])
        tokenizer = Tokenizer.from_str(json.dumps({**parts, "truncation": None, "padding": None}))
        tokenizer.encode_special_tokens = True
        tokenizer.decode(tokenizer.encode(SAMPLE).ids, skip_special_tokens=False)
    return tokenizer


def _refuse_bare_merges(model: Mapping[str, Any]) -> None:
    """Refuse pairs of tokens whose second part lacks the prefix of parts inside a word.

    `tokenizers` takes away as many bytes as the prefix has without looking at them. If that leaves
    half a character, it ends the process.
    """
    prefix = model.get("continuing_subword_prefix") or ""
    for merge in model.get("merges") or ():
        second = (merge.split(" ") if isinstance(merge, str) else merge)[-1]
        if not second.startswith(prefix):
            raise ValueError(f"the merge {short_repr(merge)} lacks the prefix {short_repr(prefix)}")


def find_pad_id(tokenizer: "Tokenizer", padding: str | int | None, source: str | None) -> int:
    """Return the id of the padding token.

    Args:
        tokenizer: tokenizer of a pretrained model.
        padding: the tokenizer's padding token, or that token's id; None if it has no such token.
        source: the model as the user named it, for the message.

    Raises:
        InputError: the tokenizer has no such token.
    """
    number = tokenizer.token_to_id(padding) if isinstance(padding, str) else padding
    if number is None:
        raise InputError(
            f"{KEY}: {source!r} has a tokenizer without a padding token; set data.text.pad_id to"
            " the id that pads short reviews, such as 0"
        )
    return int(number)


def _find_padding(folder: Path, tokenizer: Mapping[str, Any], key: str) -> str | int | None:
    """Return the padding token of a tokenizer, or its id; None if none is declared.

    Args:
        folder: folder of the model, from `open_folder`.
        tokenizer: content of its tokenizer.json.
        key: the option that names the source, for messages.
    """
    if isinstance(tokenizer.get("padding"), dict):
        return str(tokenizer["padding"]["pad_token"])
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        token = _read_optional(folder / name, key).get("pad_token")
        if isinstance(token, dict):
            token = token.get("content")
        if isinstance(token, str):
            return token
    number = _read_optional(folder / "config.json", key).get("pad_token_id")
    return number if isinstance(number, int) else None


def _read_optional(path: Path, key: str) -> dict[str, Any]:
    return read_object(path, key) if path.is_file() else {}
