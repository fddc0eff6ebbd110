"""The message with which the tokenizer of a pretrained model is refused."""

from pathlib import Path
from typing import Any

from tests import refusals

from reviewlab.text.pretrained import PretrainedTokenizer


def refusal(folder: Path | str | None, **options: Any) -> str:
    def fit() -> None:
        PretrainedTokenizer(None if folder is None else str(folder), **options).fit([])

    return refusals.refusal(fit)
