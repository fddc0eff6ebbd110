"""A pretrained encoder equals that of transformers, and trains as configured."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests import handmade
from tests.pretrained_sources import LAYOUTS, POSITIONS, SIZE, TEXTS, Layout, copied, source
from tests.refusals import refusal
from tests.training.tiny import TinyDataModule
from torch import Tensor

from reviewlab.config.check import check_config
from reviewlab.config.compose import compose_config
from reviewlab.exceptions import InputError
from reviewlab.explaining.explanation import explain
from reviewlab.explaining.presence import word_tables
from reviewlab.models import PretrainedClassifier, load_classifier
from reviewlab.nn import CrossEntropy
from reviewlab.text.pretrained import PretrainedTokenizer
from reviewlab.training.schedulers import linear

every_layout = pytest.mark.parametrize("layout", LAYOUTS)
NO_DATA: Any = SimpleNamespace(use_features=lambda *_: None)


def tokenizer(layout: Layout = "bert", folder: str | None = None) -> PretrainedTokenizer:
    text = PretrainedTokenizer(folder or source(layout), max_length=20)
    text.fit([])
    return text


def classifier(layout: Layout = "bert", **options: Any) -> PretrainedClassifier:
    """Build a classifier with the weights of its source."""
    folder = options.pop("source", source(layout))
    text = tokenizer(layout, folder)
    torch.manual_seed(0)
    made = PretrainedClassifier(CrossEntropy(3), text.vocab_size, 20, folder, **options)
    made.describe(text, ("a", "b", "c"), {})
    made.start_from(NO_DATA)
    return made.eval()


def batch(text: PretrainedTokenizer) -> tuple[Tensor, Tensor]:
    """Return reviews of different lengths, padded at the end."""
    ids, offsets = text.encode(TEXTS)
    rows = [torch.from_numpy(ids[offsets[i] : offsets[i + 1]]) for i in range(len(TEXTS))]
    lengths = torch.tensor([len(row) for row in rows])
    filled = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=text.pad_id)
    return filled.long(), torch.arange(filled.shape[1]) < lengths[:, None]


@every_layout
@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_features_are_those_that_transformers_computes(layout: Layout, pooling: Any) -> None:
    from transformers import AutoModel

    made = classifier(layout, pooling=pooling)
    ids, mask = batch(made.text_encoder)  # type: ignore[arg-type]
    theirs = AutoModel.from_pretrained(source(layout)).eval()
    with torch.no_grad():
        states = theirs(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        mean = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        expected = mean if pooling == "mean" else states[:, 0]
        torch.testing.assert_close(made.encoder(ids, mask), expected, atol=1e-5, rtol=1e-5)
    assert made.encoder.output_size == SIZE


@every_layout
def test_the_last_layers_attention_is_that_of_transformers(layout: Layout) -> None:
    from transformers import AutoModel

    made = classifier(layout)
    ids, mask = batch(made.text_encoder)  # type: ignore[arg-type]
    theirs = AutoModel.from_pretrained(source(layout), attn_implementation="eager").eval()
    with torch.no_grad():
        heads = theirs(ids, attention_mask=mask.long(), output_attentions=True).attentions[-1]
        expected = (heads.mean(1) * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        weights = made.attention_weights(ids, mask)
        torch.testing.assert_close(weights, expected * mask, atol=1e-5, rtol=1e-5)
        before = made(ids, mask)
        made.attention_weights(ids, mask)
        assert torch.equal(made(ids, mask), before)


@every_layout
def test_the_longest_review_is_as_long_as_its_positions(layout: Layout) -> None:
    made = classifier(layout)
    assert made.encoder.positions == POSITIONS
    ids = torch.full((1, POSITIONS), 7)
    assert made(ids, torch.ones_like(ids).bool()).isfinite().all()


@every_layout
def test_words_have_one_table_in_which_no_id_stands_for_padding(layout: Layout) -> None:
    made = classifier(layout)
    [name] = word_tables(made)
    assert name == "encoder.backbone.embeddings.word_embeddings.weight"
    ids, mask = torch.tensor([[5, 1, 0, 6]]), torch.ones(1, 4).bool()
    made(ids, mask).sum().backward()
    gradient = made.get_parameter(name).grad
    assert gradient is not None
    assert gradient[[5, 1, 0, 6]].abs().sum(1).min() > 0


@every_layout
def test_words_are_explained_by_gradients_and_by_occlusion(layout: Layout) -> None:
    made = classifier(layout)
    with torch.no_grad():
        made.head.weight *= 5
    text = "a good film, unbelievably slow"
    gradient, occlusion = (explain(made, text, method) for method in ("gradient", "occlusion"))
    assert gradient.gap is not None and not gradient.rough
    assert (gradient.blank, occlusion.blank) == ("zeros", "zeros")
    words = [text[word.start : word.end] for word in gradient.reading.words]
    assert words[:3] == ["a", "good", "film"]
    for explanation in (gradient, occlusion):
        assert all(effect for effect in explanation.effects)
    # the id of the first word is RoBERTa's padding id; without any words both agree
    assert gradient.without_words == pytest.approx(occlusion.without_words, abs=1e-5)


def test_a_frozen_encoder_stays_as_it_is_and_is_explained_all_the_same() -> None:
    made = classifier(train="head").train()
    ids, mask = batch(made.text_encoder)  # type: ignore[arg-type]
    assert torch.equal(made.encoder(ids, mask), made.encoder(ids, mask))
    assert not made.encoder(ids, mask).requires_grad
    made(ids, mask).sum().backward()
    assert {n for n, p in made.named_parameters() if p.grad is not None} == {
        "head.weight",
        "head.bias",
    }
    assert any(explain(made.eval(), TEXTS[0], "gradient").effects)


def test_gradient_checkpointing_changes_nothing_but_memory() -> None:
    gradients = []
    for kept in (False, True):
        made = classifier(gradient_checkpointing=kept).train()
        ids, mask = batch(made.text_encoder)  # type: ignore[arg-type]
        torch.manual_seed(3)
        made(ids, mask).square().sum().backward()
        gradients.append([p.grad for p in made.parameters()])
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other)


def test_it_is_built_without_memory_and_without_its_weights(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    arguments = PretrainedClassifier.resolve_arguments({"source": str(folder)})
    (folder / "model.safetensors").unlink()
    (folder / "config.json").unlink()
    with torch.device("meta"):
        made = PretrainedClassifier(CrossEntropy(3), 90, 20, str(folder), **arguments)
    assert {p.device.type for p in made.parameters()} == {"meta"}
    whole = classifier()
    assert [p.shape for p in made.parameters()] == [p.shape for p in whole.parameters()]


@every_layout
def test_layers_learn_the_slower_the_further_they_are_from_the_features(layout: Layout) -> None:
    made = classifier(layout, layer_decay=0.5, head_lr_factor=10.0)
    made.use_optimizer(partial(torch.optim.AdamW, lr=0.01), lambda optimizer: None)
    optimizer = made.configure_optimizers()
    rates = {
        id(parameter): group["lr"]
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    found: dict[str, set[float]] = {}
    for name, parameter in made.named_parameters():
        part = next((p for p in ("embeddings", "layer.0.", "layer.1.") if p in name), "head")
        found.setdefault(part, set()).add(round(rates[id(parameter)], 9))
    assert found == {"embeddings": {0.0025}, "layer.0.": {0.005}, "layer.1.": {0.01}, "head": {0.1}}


def test_a_schedule_moves_all_groups_alike() -> None:
    made = classifier(layer_decay=0.5)
    schedule = partial(linear, total_steps=10, warmup_steps=1)
    made.use_optimizer(partial(torch.optim.AdamW, lr=0.01), schedule)
    optimizer = made.configure_optimizers()["optimizer"]
    assert {group["lr"] for group in optimizer.param_groups} == {0.005, 0.0025, 0.00125}


def test_the_head_alone_is_an_optimizers_business_where_the_encoder_is_frozen() -> None:
    made = classifier(train="head")
    made.use_optimizer(partial(torch.optim.AdamW, lr=0.01), lambda optimizer: None)
    [group] = made.configure_optimizers().param_groups
    assert [p.shape for p in group["params"]] == [made.head.weight.shape, made.head.bias.shape]


@every_layout
@pytest.mark.parametrize("train", ["head", "lora"])
def test_a_checkpoint_without_its_base_finds_it_again(
    layout: Layout, train: Any, tmp_path: Path
) -> None:
    folder = copied(tmp_path, layout)
    options = PretrainedClassifier.resolve_arguments({"source": str(folder)})
    sizes, whole = [], None
    for kept in (True, False):
        made = classifier(layout, source=str(folder), train=train, keep_base=kept, **options)
        with torch.no_grad():
            for weight in made.parameters():
                if weight.requires_grad:
                    weight += 0.1
        path = handmade.save(made, tmp_path / f"{kept}.ckpt")
        whole = made
        sizes.append(len(torch.load(path, weights_only=True)["state_dict"]))
    assert sizes[1] < sizes[0] / 2
    loaded = load_classifier(path)
    ids, mask = batch(loaded.text_encoder)  # type: ignore[arg-type]
    assert whole is not None
    assert torch.equal(loaded(ids, mask), whole(ids, mask))
    folder.rename(tmp_path / "gone")
    told = "lacks the weights of its base, which cannot be read: model.source: "
    with pytest.raises(InputError, match=f"^checkpoint: .* {told}.* does not exist"):
        load_classifier(path)
    load_classifier(tmp_path / "True.ckpt")


def test_an_encoder_that_is_not_trained_cannot_be_unfrozen() -> None:
    options = {"train": "head", "unfreeze_after": 1}
    said = refusal(PretrainedClassifier, CrossEntropy(2), 50, 20, source(), **options)
    assert said.startswith("model.unfreeze_after: 1 cannot be combined with model.train=head")


def test_files_that_changed_since_the_config_was_checked_are_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    arguments = PretrainedClassifier.resolve_arguments({"source": str(folder)})
    weights = load_file(folder / "model.safetensors")
    save_file({name: weight + 1 for name, weight in weights.items()}, folder / "model.safetensors")
    assert "do not match model.digest" in refusal(classifier, source=str(folder), **arguments)
    assert "do not match model.digest" in refusal(
        PretrainedClassifier.resolve_arguments, {"source": str(folder), **arguments}
    )


def test_ids_of_another_text_encoder_are_refused() -> None:
    overrides = ["data=demo", "model=pretrained", f"model.source={source()}", "data/text=words"]
    config = compose_config("train", [*overrides, "data.text.max_length=20"])
    message = refusal(check_config, config)
    assert message.startswith("data.text: WordEncoder is not allowed with PretrainedClassifier")


def test_heads_on_one_encoder_read_its_features_and_not_the_words(tmp_path: Path) -> None:
    data = TinyDataModule(
        text=PretrainedTokenizer(source(), max_length=20), batch_size=8, cache_dir=str(tmp_path)
    )
    data.prepare()
    made = classifier(train="head", dropout=0.0)
    made.start_from(data)
    for batch in data.train_dataloader():
        torch.testing.assert_close(made.read_batch(batch), made(*batch.inputs))
    made.encoder.forward = None  # type: ignore[assignment, method-assign]
    batch = next(iter(data.train_dataloader()))
    made.train().training_step(batch).backward()
    assert made.head.weight.grad is not None
    again = classifier(train="head")
    again.encoder.forward = None  # type: ignore[assignment, method-assign]
    again.start_from(data)  # what another has computed
    pooled = classifier(train="head", pooling="first")
    pooled.start_from(data)
    assert not torch.equal(pooled.read_batch(batch), pooled(*batch.inputs))
