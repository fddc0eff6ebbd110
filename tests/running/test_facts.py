"""The facts that a resumed run inherits."""

from pathlib import Path

import pytest

from reviewlab.exceptions import InputError
from reviewlab.running.facts import inherited_facts
from reviewlab.runs.files import write_json
from reviewlab.runs.folder import RunFolder
from reviewlab.runs.result import write_result


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
    assert str(raised.value).endswith("allowed: as a run has written it, or no such file")


def test_other_data_are_refused(tmp_path: Path) -> None:
    write_json(tmp_path / "provenance.json", {"overrides": [], "data_fingerprint": "abc"})
    with pytest.raises(InputError, match=r"resume: the data of .* have changed"):
        inherited_facts(RunFolder(tmp_path), [], "abd", test=False)
