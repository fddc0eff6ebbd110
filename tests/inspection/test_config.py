"""The config can be read back from TensorBoard."""

import yaml
from tests.inspection.conftest import Looked

from reviewlab.inspection import (
    ConfigText,
)
from reviewlab.models import (
    CNNClassifier,
)


def test_the_config_is_a_text_that_can_be_read_back(looked: Looked) -> None:
    looked.train(ConfigText(), model=lambda o, v: CNNClassifier(o, v))
    [text] = looked.texts("config")
    assert yaml.safe_load(text) == {"seed": 0}
