"""A tiny training with inspection, and the events that TensorBoard would read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytorch_lightning.callbacks import Callback
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tests.training.tiny import Setup

from reviewlab.data.corpus import Corpus
from reviewlab.data.loader import ReviewLoader
from reviewlab.models import ReviewClassifier
from reviewlab.text.words import WordEncoder
from reviewlab.training.loggers import tensorboard

TEXTS = ["good good film", "bad film", "good", "never seen before a plot | so `bad`", ""]
EVERYTHING = {"images": 0, "tensors": 0, "scalars": 0, "histograms": 0}


class Looked:
    """Runs the training of `setup` with inspecting callbacks, and reads its events."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.folder: Path = setup.folder
        setup.trainer["log_every_n_steps"] = 1

    def train(
        self,
        *callbacks: Callback,
        model: Callable[..., ReviewClassifier] | None = None,
        resume: bool = False,
    ) -> tuple[ReviewClassifier, dict[str, Any]]:
        self.setup.callbacks = lambda: [*callbacks]
        classifier, data, training = self.setup.build()
        if model is not None:
            described = classifier
            classifier = model(described.objective, data.text.vocab_size)
            classifier.describe(data.text, data.label_names, {"seed": 0})
        training.loggers.append(tensorboard(self.folder))
        last = self.folder / "checkpoints" / "last.ckpt" if resume else None
        return classifier, training.run(classifier, data, last)

    @property
    def events(self) -> EventAccumulator:
        read = EventAccumulator(str(self.folder), size_guidance=EVERYTHING)
        read.Reload()
        return read

    def texts(self, tag: str) -> list[str]:
        events = self.events.Tensors(f"{tag}/text_summary")
        return [event.tensor_proto.string_val[0].decode() for event in events]


@pytest.fixture
def looked(tmp_path: Path) -> Looked:
    return Looked(Setup(tmp_path))


@pytest.fixture
def loader() -> ReviewLoader:
    text = WordEncoder(max_length=4, num_words=8)
    text.fit(TEXTS)
    return ReviewLoader(Corpus.from_arrays(*text.encode(TEXTS), [0, 1, 0, 1, 0]), text, 2)
