"""Filters and feature maps are drawn untrained beside trained, for networks that read images."""

import io
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tests.inspection.conftest import EVERYTHING, Looked
from tests.made_images import write_mnist

from reviewlab.data.mnist import MNISTDataModule
from reviewlab.inspection import ConvolutionFilters, CorpusFigures, ImageFilters
from reviewlab.models import ImageCNNClassifier
from reviewlab.nn import CrossEntropy
from reviewlab.training.fit import Training
from reviewlab.training.loggers import tensorboard

TAGS = ["filters_1", "feature_maps_1", "filters_2", "feature_maps_2"]


def train(folder: Path, callback: ImageFilters, epochs: int = 2, resume: bool = False) -> None:
    data = MNISTDataModule(source=str(write_mnist(folder / "mnist")), batch_size=20)
    data.prepare()
    torch.manual_seed(0)
    model = ImageCNNClassifier(CrossEntropy(10), [28, 28], [4, 6], hidden_size=8)
    model.describe(None, data.label_names, {"seed": 0}, ordinal=False)
    options = {
        "accelerator": "cpu",
        "devices": 1,
        "num_sanity_val_steps": 0,
        "max_epochs": epochs,
        "log_every_n_steps": 1,
    }
    quiet = {"enable_progress_bar": False, "enable_model_summary": False}
    training = Training(
        partial(pl.Trainer, **options, **quiet),
        partial(torch.optim.Adam, lr=0.01),
        lambda optimizer, total_steps: None,
        callbacks=[callback],
        loggers=[tensorboard(folder)],
        folder=folder,
        seed=0,
        hyperparameters={},
    )
    last = folder / "checkpoints" / "last.ckpt"
    training.run(model, data, last if resume else None)


def events(folder: Path) -> EventAccumulator:
    read = EventAccumulator(str(folder), size_guidance=EVERYTHING)
    read.Reload()
    return read


def halves(event) -> tuple[np.ndarray, np.ndarray]:
    picture = np.asarray(Image.open(io.BytesIO(event.encoded_image_string)))[36:]
    left, right = np.split(picture, 2, axis=1)
    return left, right


def test_untrained_stands_beside_trained(tmp_path: Path) -> None:
    train(tmp_path, ImageFilters(every_n_epochs=1))
    read = events(tmp_path)
    assert read.Images("image/input")
    for tag in TAGS:
        first, last = read.Images(f"image/{tag}")
        assert (first.step, last.step) == (8, 16)
        assert np.array_equal(halves(first)[0], halves(last)[0])  # the untrained half stays
        assert not np.array_equal(halves(first)[1], halves(last)[1])
        assert not np.array_equal(*halves(last))


def test_a_resumed_run_still_has_the_untrained_filters(tmp_path: Path) -> None:
    train(tmp_path, ImageFilters(every_n_epochs=1), epochs=1)
    train(tmp_path, ImageFilters(every_n_epochs=1), epochs=2, resume=True)
    first, last = events(tmp_path).Images("image/filters_1")
    assert np.array_equal(halves(first)[0], halves(last)[0])
    assert not np.array_equal(*halves(last))


def test_a_model_of_texts_has_none(looked: Looked, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        looked.train(ImageFilters())
    assert "image_filters has nothing to show without images" in caplog.text
    assert not looked.events.Tags()["images"]


def test_callbacks_about_texts_say_that_there_are_none(tmp_path: Path, caplog) -> None:
    for callback in (CorpusFigures(), ConvolutionFilters()):
        with caplog.at_level("INFO"):
            train(tmp_path / callback.key, callback, epochs=1)
    assert "corpus has nothing to show without texts" in caplog.text
    assert "convolution has nothing to show without convolutions over words" in caplog.text
