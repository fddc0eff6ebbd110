"""The network for images learns, is saved whole, and refuses what it cannot be built from."""

import json
from pathlib import Path

import pytest
import torch
from tests import handmade
from tests.made_images import digits

from reviewlab.exceptions import InputError
from reviewlab.models import ImageCNNClassifier, load_classifier
from reviewlab.nn import CrossEntropy
from reviewlab.text.words import WordEncoder

SMALL = {"num_filters": [4, 6], "hidden_size": 16, "dropout": 0.0}


def build(**arguments) -> ImageCNNClassifier:
    torch.manual_seed(0)
    return ImageCNNClassifier(CrossEntropy(10), [28, 28], **{**SMALL, **arguments})


def images(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    pixels, labels = digits(count)
    return torch.from_numpy(pixels)[:, None] / 255, torch.from_numpy(labels).long()


def saved(model: ImageCNNClassifier, folder: Path, **changes) -> Path:
    model.describe(None, [*map(str, range(10))], {"seed": 0}, ordinal=False)
    return handmade.save(model, folder / "best.ckpt", **changes)


def test_the_network_of_the_note_has_its_layers() -> None:
    model = ImageCNNClassifier(CrossEntropy(10), [28, 28])
    shapes = {name: [*weight.shape] for name, weight in model.named_parameters()}
    assert shapes["encoder.convolutions.0.weight"] == [64, 1, 3, 3]
    assert shapes["encoder.convolutions.1.weight"] == [128, 64, 3, 3]
    assert shapes["encoder.hidden.weight"] == [100, 128 * 7 * 7]
    assert model.encoder.dropout.p == 0.3
    assert sum(weight.numel() for weight in model.parameters()) == 702_806


@pytest.mark.parametrize("size", [[28, 28], [9, 13], [4, 4]])
def test_an_image_has_the_same_result_alone(size: list[int]) -> None:
    model = ImageCNNClassifier(CrossEntropy(3), size, **SMALL).double().eval()
    batch = torch.rand(5, 1, *size, dtype=torch.float64)
    together = model(batch)
    assert together.shape == (5, 3)
    torch.testing.assert_close(model(batch[2:3])[0], together[2], atol=1e-12, rtol=0)


def test_one_step_moves_every_parameter() -> None:
    model = build()
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    pixels, labels = images(32)
    model.objective.training_loss(model(pixels), labels).backward()
    torch.optim.SGD(model.parameters(), lr=1.0).step()
    assert not [n for n, weight in model.named_parameters() if torch.equal(weight, before[n])]


def test_32_images_are_memorised() -> None:
    model = build()
    pixels, labels = images(32)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(200):
        optimizer.zero_grad()
        outputs = model(pixels)
        if (outputs.argmax(1) == labels).all():
            return
        model.objective.training_loss(outputs, labels).backward()
        optimizer.step()
    pytest.fail(f"{(outputs.argmax(1) == labels).sum()} of 32 after 200 steps")


def test_a_checkpoint_gives_the_same_outputs(tmp_path: Path) -> None:
    model = build(dropout=0.5).eval()
    loaded = load_classifier(saved(model, tmp_path))
    pixels, _ = images(8)
    assert torch.equal(loaded(pixels), model(pixels))
    assert loaded.label_names == tuple(map(str, range(10))) and loaded.ordinal is False
    json.dumps(dict(loaded.hparams))  # plain values


def test_it_has_no_text_encoder(tmp_path: Path) -> None:
    loaded = load_classifier(saved(build(), tmp_path))
    with pytest.raises(InputError, match="ImageCNNClassifier reads images; allowed: classifiers"):
        loaded.text_encoder.encode(["a film"])


def test_a_checkpoint_with_a_text_encoder_is_refused(tmp_path: Path) -> None:
    path = saved(build(), tmp_path, text_encoder=WordEncoder().state())
    with pytest.raises(InputError, match="ImageCNNClassifier does not fit a text encoder"):
        load_classifier(path)


def test_a_classifier_of_texts_without_text_encoder_is_refused(tmp_path: Path) -> None:
    path = handmade.save(handmade.classifier(), tmp_path / "best.ckpt", text_encoder=None)
    with pytest.raises(InputError, match="LSTMClassifier does not fit no text encoder"):
        load_classifier(path)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"kernel_size": 4}, "model.kernel_size: 4 is not allowed; allowed: an odd number"),
        ({"num_filters": [4] * 5}, "model.num_filters: [4, 4, 4, 4, 4] has 5 convolutions"),
    ],
)
def test_a_network_that_cannot_be_built_is_refused(arguments, line: str) -> None:
    with pytest.raises(InputError) as refusal:
        build(**arguments)
    assert str(refusal.value).startswith(line)
    assert "\n" not in str(refusal.value)
