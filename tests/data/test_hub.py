"""Data sets on the hub, without contacting it."""

from pathlib import Path

import datasets
import pytest

from reviewlab.data import hub
from reviewlab.exceptions import InputError


def test_a_fact_is_found_out_once_for_a_cache(tmp_path: Path) -> None:
    asked: list[str] = []

    def compute() -> list[str]:
        asked.append("asked")
        return ["a", "b"]

    for _ in range(2):
        assert hub.recall_of_hub("owner/name", "classes", compute, tmp_path) == ["a", "b"]
    assert asked == ["asked"]
    assert hub.recall_of_hub("owner/name", "digest", lambda: "x", tmp_path) == "x"
    assert hub.recall_of_hub("owner/other", "classes", lambda: ["c"], tmp_path) == ["c"]
    (tmp_path / "hub-owner--name.json").write_text("[")
    assert hub.recall_of_hub("owner/name", "classes", lambda: ["new"], tmp_path) == ["new"]


@pytest.mark.parametrize(
    ("answers", "reason"), [(True, "no such data set"), (False, "the hub is not responding")]
)
def test_what_cannot_be_had_is_one_line(
    monkeypatch: pytest.MonkeyPatch, answers: bool, reason: str
) -> None:
    def fail(source: str) -> None:
        offline.append(datasets.config.HF_HUB_OFFLINE)
        raise FileNotFoundError("no such data set\nand more")

    offline: list[bool] = []
    before = datasets.config.HF_HUB_OFFLINE
    monkeypatch.setattr(hub, "_answers", lambda: answers)
    monkeypatch.setattr(datasets, "load_dataset", fail)
    with pytest.raises(InputError) as raised:
        hub.load_dataset("owner/name", "data.source", "give a file")
    assert str(raised.value) == (
        "data.source: 'owner/name' is not a local path and cannot be downloaded from the Hugging"
        f" Face hub ({reason}); give a file"
    )
    assert offline == [before or not answers]
    assert before == datasets.config.HF_HUB_OFFLINE


@pytest.mark.parametrize(
    ("text", "is_id"), [("stanfordnlp/imdb", True), ("a/b/c", False), ("/tmp", False), ("a", False)]
)
def test_the_form_of_an_id(text: str, is_id: bool) -> None:
    assert (hub.HUB_ID.fullmatch(text) is not None) is is_id
