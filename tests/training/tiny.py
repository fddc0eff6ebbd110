"""A training small enough to run dozens of times."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Callback

from reviewlab.data.datamodule import ReviewDataModule
from reviewlab.data.reviews import Reviews
from reviewlab.models import LSTMClassifier, NgramClassifier, ReviewClassifier
from reviewlab.nn import CrossEntropy
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.ngrams import NgramEncoder
from reviewlab.text.words import WordEncoder
from reviewlab.training.fit import Training
from reviewlab.training.optimizers import LBFGS
from reviewlab.training.schedulers import cosine
from reviewlab.training.seeding import seed_initialisation
from reviewlab.training.summary import TrainingResult

WORDS = ["good", "bad", "film", "plot", "dull", "bright", "actor", "not", "very", "long"]


class TinyDataModule(ReviewDataModule):
    """Forty-five reviews of random words, positive if "good" occurs at least as often as "bad"."""

    label_names = ("negative", "positive")

    def fingerprint(self) -> str:
        return "tiny"

    def read(self) -> dict[str, Reviews]:
        generator = np.random.default_rng(1)
        texts = [" ".join(generator.choice(WORDS, generator.integers(1, 9))) for _ in range(45)]
        labels = np.array([int(text.count("good") >= text.count("bad")) for text in texts])
        return {"train": Reviews(texts, labels), "test": Reviews(texts[:9], labels[:9])}


class Setup:
    """Builds the same training repeatedly, in the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.optimizer: Callable[..., Any] = partial(torch.optim.Adam, lr=0.01)
        self.scheduler: Callable[..., Any] = partial(cosine, warmup_steps=2)
        self.callbacks: Callable[[], list[Callback]] = list
        self.data: dict[str, Any] = {"validation": 0.2, "batch_size": 8}
        self.trainer: dict[str, Any] = {"max_epochs": 3}
        self.model: dict[str, Any] = {"num_layers": 2, "dropout": 0.3}
        self.objective: dict[str, Any] = {"label_smoothing": 0.1}
        self.classifier: Callable[..., ReviewClassifier] = LSTMClassifier
        self.text: Callable[[], TextEncoder] = WordEncoder

    def build(self) -> tuple[ReviewClassifier, TinyDataModule, Training]:
        data = TinyDataModule(text=self.text(), **{"eval_batch_size": 16, **self.data})
        data.prepare()
        seed_initialisation(0)
        counts = data.facts()["class_counts"]
        objective = CrossEntropy(num_classes=2, class_counts=counts, **self.objective)
        classifier = self.classifier(objective, data.text.vocab_size, **self.model)
        classifier.describe(data.text, data.label_names, {})
        classifier.start_from(data)
        make_trainer = partial(
            pl.Trainer,
            accelerator="cpu",
            enable_progress_bar=False,
            enable_model_summary=False,
            **{"devices": 1, "num_sanity_val_steps": 0, **self.trainer},
        )
        training = Training(
            make_trainer,
            self.optimizer,
            self.scheduler,
            callbacks=self.callbacks(),
            loggers=[],
            folder=self.folder,
            seed=0,
            hyperparameters={},
        )
        return classifier, data, training

    def use_ngrams(self, **text: Any) -> None:
        """Train a linear model on n-grams with `LBFGS`, like `model=ngram`."""
        self.text = partial(NgramEncoder, **{"min_count": 1, **text})
        self.classifier, self.model, self.objective = NgramClassifier, {}, {}
        self.optimizer = LBFGS
        self.scheduler = lambda optimizer, total_steps: None
        self.data = {**self.data, "batch_size": None}

    def run(self, resume: bool = False) -> tuple[TrainingResult, dict[str, torch.Tensor]]:
        """Run the training; return the result without times, and the final weights."""
        classifier, data, training = self.build()
        last = self.folder / "checkpoints" / "last.ckpt"
        result = training.run(classifier, data, last if resume and last.exists() else None)
        for epoch in result.curves:
            epoch.pop("seconds")
        return result, classifier.state_dict()
