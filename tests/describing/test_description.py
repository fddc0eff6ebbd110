"""A description as JSON."""

import json

from tests.data.labelled.tables import labelled
from tests.describing.datasets import described


def test_a_description_is_json_with_the_same_keys_every_time(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = labelled(tmp_path / "a.csv", 10 * ["bad", "good"]).relative_to(tmp_path)
    description = described(source)
    facts = json.loads(json.dumps(description.as_json()))
    assert [*facts["classes"]["train"]] == ["bad", "good"]
    assert facts["command"] == description.command
    assert {*facts} == {*description.as_json()}
