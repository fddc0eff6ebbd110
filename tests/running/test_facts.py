"""The facts that a resumed run inherits."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from reviewlab.exceptions import InputError
from reviewlab.running.facts import inherited_facts, refuse_other_split
from reviewlab.runs.files import write_json
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import write_result
from reviewlab.runs.validation import PROBABILITIES, Validation, ValidationReviews, write_validation


def test_a_new_run_has_no_inherited_facts(tmp_path: Path) -> None:
    inherited = inherited_facts(RunFolder(tmp_path), ["seed=1"], "abc", test=False)
    assert inherited._asdict() == {"overrides": ["seed=1"], "test_uses": 0}


def test_overrides_and_uses_of_the_test_set_add_up(tmp_path: Path) -> None:
    told = ["trainer.max_epochs=1", "seed=1"]
    write_json(tmp_path / "provenance.json", {"overrides": told, "data_fingerprint": "abc"})
    write_result(tmp_path, {"test_uses": 2})
    inherited = inherited_facts(RunFolder(tmp_path), ["trainer.max_epochs=9"], "abc", test=True)
    assert inherited._asdict() == {"overrides": ["seed=1", "trainer.max_epochs=9"], "test_uses": 3}


@pytest.mark.parametrize("name", ["provenance.json", "result.json"])
@pytest.mark.parametrize("content", ["", "{}", "null", "[]", '{"overrides": null}'])
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError) as raised:
        inherited_facts(RunFolder(tmp_path), [], "abc", test=False)
    assert str(raised.value).startswith(f"resume: '{tmp_path / name}' cannot be read (")
    assert str(raised.value).endswith("; restore the original file, or delete the damaged one")


def test_other_data_are_refused(tmp_path: Path) -> None:
    write_json(tmp_path / "provenance.json", {"overrides": [], "data_fingerprint": "abc"})
    with pytest.raises(InputError, match=r"resume: the data of .* have changed"):
        inherited_facts(RunFolder(tmp_path), [], "abd", test=False)


def holding_out(*places: int) -> Any:
    """Data whose validation reviews are at these places of the source."""
    labels = np.zeros(len(places), np.int64)
    corpus = SimpleNamespace(labels=labels, places=np.array(places), groups=None)
    return SimpleNamespace(corpus=lambda split: corpus)


def kept(folder: Path, *places: int) -> RunFolder:
    """A run that has kept its predictions on the reviews at these places."""
    reviews = ValidationReviews(np.zeros(len(places), np.int64), np.array(places))
    write_validation(folder, Validation(0, np.zeros((len(places), 2), np.float16), reviews))
    return RunFolder(folder)


def test_a_split_that_is_drawn_differently_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"resume: the validation reviews of .* are drawn diff"):
        refuse_other_split(kept(tmp_path, 1, 5, 9), holding_out(1, 5, 8))


def test_the_same_split_is_resumed_and_so_is_one_of_which_a_run_has_seen_a_part(
    tmp_path: Path,
) -> None:
    refuse_other_split(kept(tmp_path / "whole", 1, 5, 9), holding_out(1, 5, 9))
    refuse_other_split(kept(tmp_path / "limited", 1, 5), holding_out(1, 5, 9))


def test_a_run_that_has_kept_no_predictions_is_resumed(tmp_path: Path) -> None:
    refuse_other_split(RunFolder(tmp_path), holding_out(1))
    (kept(tmp_path, 2).path / PROBABILITIES).write_bytes(b"damaged")
    refuse_other_split(RunFolder(tmp_path), holding_out(1))
