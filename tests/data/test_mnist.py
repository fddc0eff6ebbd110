"""MNIST is read from its files, split by class, and refused in a line if it is damaged."""

import gzip
import re
import shutil
from pathlib import Path

import datasets
import numpy as np
import pytest
import torch
from PIL import Image
from tests.made_images import as_idx, digits, write_mnist

from reviewlab.data.mnist import MNISTDataModule
from reviewlab.exceptions import InputError
from reviewlab.text.words import WordEncoder


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_mnist(tmp_path_factory.mktemp("made") / "mnist")


def opened(folder: Path, **options) -> MNISTDataModule:
    data = MNISTDataModule(source=str(folder), **{"batch_size": 20, **options})
    data.prepare()
    return data


def test_the_pixels_of_a_batch_are_from_0_to_1(folder: Path) -> None:
    images, labels = digits(50, seed=50)
    [batch] = opened(folder).test_dataloader()
    assert batch.inputs.images.shape == (50, 1, 28, 28)
    assert batch.inputs.images.dtype is torch.float32
    expected = torch.from_numpy(images).float() / 255
    torch.testing.assert_close(batch.inputs.images[:, 0], expected)
    assert batch.labels.tolist() == labels.tolist()


def test_a_fifth_of_every_class_is_held_out(folder: Path) -> None:
    data = opened(folder)
    held_out, train = data.corpus("validation"), data.corpus("train")
    assert np.bincount(held_out.labels).tolist() == [4] * 10
    assert sorted([*held_out.places, *train.places]) == [*range(200)]
    images, labels = digits(200, seed=200)
    assert np.array_equal(held_out.pixels, images[held_out.places])
    assert np.array_equal(held_out.labels, labels[held_out.places])
    assert not opened(folder, validation=0.0).has("validation")


def test_every_image_is_held_out_in_one_fold(folder: Path) -> None:
    folds = [opened(folder, folds=5, fold=fold).corpus("validation").places for fold in range(5)]
    assert sorted(np.concatenate(folds)) == [*range(200)]


def test_the_facts_are_those_of_the_training_images(folder: Path) -> None:
    facts = opened(folder).facts()
    counts = {"class_counts": [16] * 10, "num_classes": 10}
    assert facts == {"image_size": [28, 28], "ordinal": False, **counts}


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "train-images.idx3-ubyte"])
def test_the_fingerprint_depends_on_the_content_alone(name: str, folder: Path, tmp_path) -> None:
    plain = write_mnist(tmp_path / "plain", packed=False)
    (plain / "train-images-idx3-ubyte").rename(plain / name)
    assert opened(plain).fingerprint() == opened(folder).fingerprint()
    other = write_mnist(tmp_path / "other", train=201)
    assert opened(other).fingerprint() != opened(folder).fingerprint()


def test_the_hub_gives_the_same_images(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    features = datasets.Features({"image": datasets.Image(), "label": datasets.Value("int64")})

    def part(count: int) -> datasets.Dataset:
        images, labels = digits(count, seed=count)
        rows = {"image": [*map(Image.fromarray, images)], "label": labels.tolist()}
        return datasets.Dataset.from_dict(rows, features)

    hub = {"train": part(200), "test": part(50)}
    monkeypatch.setattr("reviewlab.data.mnist_files.load_dataset", lambda *_: hub)
    data = opened(Path("somebody/digits"))
    assert data.fingerprint() == opened(folder).fingerprint()
    assert np.array_equal(data.corpus("train").pixels, opened(folder).corpus("train").pixels)


@pytest.mark.parametrize(
    ("hub", "problem"),
    [
        ({"train": [{"image": 1, "label": 0}]}, "has no split 'test'"),
        ({"train": [{"text": "", "label": 0}]}, "has no split 'train' with the columns"),
    ],
)
def test_a_data_set_of_something_else_is_refused(hub, problem, monkeypatch) -> None:
    made = {split: datasets.Dataset.from_list(rows) for split, rows in hub.items()}
    monkeypatch.setattr("reviewlab.data.mnist_files.load_dataset", lambda *_: made)
    monkeypatch.setattr("reviewlab.data.mnist_files._pixels", lambda *_: digits(1)[0])
    with pytest.raises(InputError, match=f"data.source: 'somebody/else' {problem}"):
        opened(Path("somebody/else"))


def change(folder: Path, name: str, values: np.ndarray) -> None:
    (folder / f"{name}-ubyte.gz").write_bytes(gzip.compress(as_idx(values)))


def swap(folder: Path, one: str, other: str) -> None:
    paths = folder / f"{one}-ubyte.gz", folder / f"{other}-ubyte.gz"
    contents = [path.read_bytes() for path in paths]
    for path, content in zip(paths, reversed(contents), strict=True):
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda f: (f / "t10k-labels-idx1-ubyte.gz").unlink(), "has no t10k-labels-idx1-ubyte or"),
        (
            lambda f: swap(f, "train-images-idx3", "train-labels-idx1"),
            "has labels, but should have",
        ),
        (lambda f: swap(f, "train-labels-idx1", "t10k-labels-idx1"), "has 200 images, but"),
        (lambda f: change(f, "train-labels-idx1", digits(199)[1]), "has 199 labels; allowed: one"),
        (lambda f: change(f, "train-labels-idx1", digits(200)[1] + 1), "has the label 10; allowed"),
        (
            lambda f: change(f, "t10k-images-idx3", np.zeros((50, 32, 30), np.uint8)),
            "has images of 32 x 30; allowed: 28 x 28",
        ),
        (
            lambda f: change(f, "t10k-images-idx3", np.zeros((0, 28, 28), np.uint8)),
            "has 0 images, but",
        ),
    ],
)
def test_files_that_do_not_fit_are_refused_in_a_line(damage, problem, folder, tmp_path) -> None:
    shutil.copytree(folder, tmp_path / "mnist")
    damage(tmp_path / "mnist")
    with pytest.raises(InputError, match=re.escape(problem)) as refusal:
        opened(tmp_path / "mnist")
    assert str(refusal.value).startswith("data.source: ")
    assert "\n" not in str(refusal.value)


def test_a_source_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mnist.zip"
    file.touch()
    with pytest.raises(InputError, match=r"is not allowed; allowed: a folder of the four IDX"):
        opened(file)
    with pytest.raises(InputError, match=r"does not exist; allowed: a folder of the four IDX"):
        opened(tmp_path / "nowhere")


def test_a_text_encoder_is_refused(folder: Path) -> None:
    data = MNISTDataModule(source=str(folder))
    data.use_text_encoder(None)
    with pytest.raises(InputError, match="has images, but the checkpoint reads texts"):
        data.use_text_encoder(WordEncoder())


@pytest.mark.real_data
def test_the_real_files_have_the_published_counts(mnist_source: Path) -> None:
    data = opened(mnist_source, validation=0.0, batch_size=64)
    train = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    test = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(data.corpus("train").labels).tolist() == train
    assert np.bincount(data.corpus("test").labels).tolist() == test
