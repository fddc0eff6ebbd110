"""Folders in Hugging Face's layout are found locally, among downloads or on the hub."""

from pathlib import Path

import pytest
from tests.pretrained_sources import copied
from tests.text.refusals import refusal

from reviewlab.text.pretrained import PretrainedTokenizer


def test_sources_that_are_no_folder_of_a_model(tmp_path: Path) -> None:
    assert refusal(None).startswith("data.text.source: null is not allowed; allowed: a folder in")
    assert "does not exist" in refusal("/no/where")
    (tmp_path / "file").touch()
    assert "is a file" in refusal(tmp_path / "file")
    assert "has no tokenizer.json" in refusal(tmp_path)


def test_a_hub_id_that_cannot_be_had_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    def unreachable(*_: object, **__: object) -> None:
        raise OSError("no network\nat all")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    assert "cannot be had from the Hugging Face hub (no network)" in refusal("owner/model")


def test_a_hub_id_is_looked_up_among_downloads_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import huggingface_hub

    asked = []

    def downloaded(source: str, local_files_only: bool = False, **_: object) -> str:
        asked.append((source, local_files_only))
        return str(copied(tmp_path))

    monkeypatch.setattr(huggingface_hub, "snapshot_download", downloaded)
    PretrainedTokenizer("owner/model").fit([])
    assert asked == [("owner/model", True)]
