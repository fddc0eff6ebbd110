"""Properties of every architecture, found by yaml files and classes."""

import functools
import importlib
import inspect
import pkgutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import example_plugin
from tests.conf.first_comment import first_comment
from tests.pretrained_sources import LAYOUTS, source
from torch import Tensor

import reviewlab.models
from reviewlab.config.compose import compose_config
from reviewlab.data.corpus import Corpus
from reviewlab.exceptions import InputError
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.models.mlp import MLPClassifier
from reviewlab.models.rnn import LSTMClassifier
from reviewlab.models.transformer import TransformerClassifier
from reviewlab.nn import CrossEntropy

FOLDER = Path(__file__).resolve().parents[2] / "conf" / "model"
FILES = sorted([*FOLDER.rglob("*.yaml"), *(example_plugin.CONFIGS / "model").rglob("*.yaml")])
IMAGES = {"image_cnn"}
"""Files of models that read images: test_image_cnn.py has their properties."""
READERS = [path for path in FILES if path.stem not in IMAGES]
VOCAB_SIZE, MAX_LENGTH, NUM_CLASSES = 50, 12, 3
FACTS: dict[str, Any] = {"vocab_size": VOCAB_SIZE, "max_length": MAX_LENGTH}
NEEDED: dict[str, dict[str, Any]] = {"pretrained": {"source": source()}}
"""Values for the keys that a yaml file requires its user to set, by file."""
PLACEMENT = ("kernel",)
"""Arguments that a checkpoint leaves out: it is read on machines that compute in other ways."""
Arguments = tuple[type[ReviewClassifier], dict[str, Any]]

for module in pkgutil.iter_modules(reviewlab.models.__path__):
    importlib.import_module(f"reviewlab.models.{module.name}")


def subclasses(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def concrete() -> set[str]:
    """Return the classifiers that are architectures, which are those without subclasses.

    An ensemble is made of trained ones; no config chooses it.
    """
    return {
        kind.__name__
        for kind in subclasses(ReviewClassifier)
        if kind.__module__.startswith("reviewlab.models.") and not kind.__subclasses__()
    } - {"EnsembleClassifier"}


@functools.cache
def composed(name: str) -> dict[str, Any]:
    folders = [f"file://{example_plugin.CONFIGS}"]
    needed = [f"model.{key}={value}" for key, value in NEEDED.get(name, {}).items()]
    return compose_config("train", [f"model={name}", *needed], folders)["model"]


def read(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the class of a yaml file, and its arguments including those of included files."""
    arguments = {
        name: {k: v for k, v in value.items() if k != "_target_"} if type(value) is dict else value
        for name, value in composed(path.stem).items()
    }
    return arguments.pop("_target_"), arguments


def locate(target: str) -> type[ReviewClassifier]:
    module, _, name = target.rpartition(".")
    found: type[ReviewClassifier] = getattr(importlib.import_module(module), name)
    return found


def choices(annotation: Any) -> tuple[Any, ...]:
    if annotation is bool:
        return (False, True)
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def variants() -> Iterator[Any]:
    """Yield each model that reads texts unchanged, and with each choice of its signature."""
    for path in READERS:
        target, arguments = read(path)
        kind = locate(target)
        hints = get_type_hints(kind.__init__)
        arguments |= kind.resolve_arguments(arguments)
        arguments |= {"dropout": 0.0} if "dropout" in arguments else {}
        yield pytest.param((kind, arguments), id=path.stem)
        for name, default in arguments.items():
            for choice in choices(hints[name]):
                if choice != default:
                    yield pytest.param(
                        (kind, {**arguments, name: choice}), id=f"{path.stem}-{name}={choice}"
                    )
        if "bidirectional" in arguments:
            deep = {**arguments, "num_layers": 2, "bidirectional": True}
            yield pytest.param((kind, deep), id=f"{path.stem}-deep")
        for layout in LAYOUTS[1:] if path.stem == "pretrained" else ():
            other = {**arguments, "source": source(layout), "digest": None, "architecture": None}
            other |= kind.resolve_arguments(other)
            yield pytest.param((kind, other), id=f"{path.stem}-{layout}")


with tempfile.TemporaryDirectory() as site, example_plugin.installed(Path(site)):
    every_variant = pytest.mark.parametrize("variant", list(variants()))
every_yaml = pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
every_reader = pytest.mark.parametrize("path", READERS, ids=lambda p: p.stem)


@pytest.fixture(scope="module", autouse=True)
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The model of the example package has the same properties as all others."""
    with example_plugin.installed(tmp_path_factory.mktemp("packages")):
        yield


def read_by(model: ReviewClassifier, token_ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return ids and mask as the model reads them: unchanged, or as sets."""
    if model.inputs == "token_ids":
        return token_ids, mask
    rows = [row[own].unique() for row, own in zip(token_ids, mask, strict=True)]
    offsets = np.cumsum([0, *map(len, rows)])
    corpus = Corpus.from_arrays(torch.cat(rows), offsets, np.zeros(len(rows)))
    text: Any = SimpleNamespace(inputs=model.inputs, vocab_size=VOCAB_SIZE)
    batch = corpus.gather(np.arange(len(rows)), text)
    return batch.inputs.token_ids, batch.inputs.mask


def trains_all(model: ReviewClassifier) -> bool:
    """Tell whether all weights are trained, and not only the head of a frozen encoder."""
    return model.hparams.get("train", "all") == "all"


def build(variant: Arguments, seed: int = 0) -> ReviewClassifier:
    kind, arguments = variant
    torch.manual_seed(seed)
    facts = {name: FACTS[name] for name in FACTS if name in inspect.signature(kind).parameters}
    return kind(CrossEntropy(NUM_CLASSES), **facts, **arguments)


@functools.cache
def reviews(count: int = 8) -> tuple[Tensor, Tensor, Tensor]:
    """Return padded ids `[count, MAX_LENGTH]`, mask and labels; one is empty, one full."""
    generator = torch.Generator().manual_seed(1)
    lengths = torch.randint(1, MAX_LENGTH + 1, (count,), generator=generator)
    lengths[:2] = torch.tensor([0, MAX_LENGTH])
    mask = torch.arange(MAX_LENGTH) < lengths[:, None]
    token_ids = torch.randint(1, VOCAB_SIZE, (count, MAX_LENGTH), generator=generator) * mask
    return token_ids, mask, torch.randint(0, NUM_CLASSES, (count,), generator=generator)


def test_every_classifier_is_public_and_has_a_yaml_file() -> None:
    named = {read(path)[0] for path in FOLDER.rglob("*.yaml")}
    assert named == {f"reviewlab.models.{name}" for name in concrete()}
    assert concrete() < set(reviewlab.models.__all__)


@every_yaml
def test_yaml_says_what_the_signature_says(path: Path) -> None:
    target, arguments = read(path)
    parameters = inspect.signature(locate(target)).parameters.values()
    defaults = {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}
    defaults = {n: asdict(v) if is_dataclass(v) else v for n, v in defaults.items()}
    assert arguments == {**defaults, **NEEDED.get(path.stem, {})}
    assert first_comment(path).startswith("# python scripts/train.py ")


@every_variant
def test_features_and_outputs_have_the_announced_size(variant: Arguments) -> None:
    model = build(variant).eval()
    token_ids, mask = read_by(model, *reviews()[:2])
    assert model.encoder(token_ids, mask).shape == (len(mask), model.encoder.output_size)
    assert model(token_ids, mask).shape == (len(mask), NUM_CLASSES)


@every_variant
def test_padding_never_changes_a_result(variant: Arguments) -> None:
    model = build(variant).double().eval()
    if model.inputs != "token_ids":
        return  # a set has no padding
    token_ids, mask, _ = reviews()
    with torch.no_grad():
        expected = model(token_ids, mask)

        @settings(max_examples=6, deadline=None)
        @given(st.integers(0, 5), st.integers(0, 5))
        def check(left: int, right: int) -> None:
            padded = F.pad(token_ids, (left, right)), F.pad(mask, (left, right))
            torch.testing.assert_close(model(*padded), expected, atol=1e-6, rtol=0)

        if not model.encoder.reads_padding:
            check()


@every_variant
def test_a_review_has_the_same_result_alone(variant: Arguments) -> None:
    model = build(variant).double().eval()
    if model.encoder.reads_padding:
        return
    token_ids, mask, _ = reviews()
    with torch.no_grad():
        together = model(*read_by(model, token_ids, mask))
        for row, length in enumerate(mask.sum(1).clamp(min=1).tolist()):
            part = token_ids[row : row + 1, :length], mask[row : row + 1, :length]
            alone = model(*read_by(model, *part))
            torch.testing.assert_close(alone[0], together[row], atol=1e-6, rtol=0)


@every_variant
def test_only_those_that_say_so_read_padding(variant: Arguments) -> None:
    model = build(variant).double().eval()
    if model.inputs != "token_ids":
        return
    token_ids, mask, _ = reviews()
    filled = torch.where(mask, token_ids, VOCAB_SIZE - 1)
    with torch.no_grad():
        # Of an empty review the one padding token is read: it is all there is.
        rows = mask.any(1)
        same = torch.equal(model(token_ids, mask)[rows], model(filled, mask)[rows])
    assert same != model.encoder.reads_padding


@every_variant
def test_empty_reviews_give_numbers(variant: Arguments) -> None:
    model = build(variant)
    empty = torch.zeros(3, MAX_LENGTH, dtype=torch.int64)
    outputs = model(*read_by(model, empty, empty.bool()))
    model.objective.training_loss(outputs, torch.tensor([0, 1, 2])).backward()
    assert outputs.isfinite().all()
    assert all(p.grad.isfinite().all() for p in model.parameters() if p.grad is not None)


@every_variant
def test_one_step_moves_every_parameter(variant: Arguments) -> None:
    if not trains_all(build(variant)):
        pytest.skip("an encoder that is frozen or adapted stays as it is")
    model = build(variant).double()  # in float32 some first gradients are rounded to 0
    token_ids, mask, labels = reviews(32)
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    before = {name: p.detach().clone() for name, p in trained.items()}
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    outputs = model(*read_by(model, token_ids, mask))
    model.objective.training_loss(outputs, labels).backward()
    optimizer.step()
    still = [name for name, p in trained.items() if torch.equal(p, before[name])]
    assert not still, still
    # In one step the state is multiplied only while it is zero; all other weights have to move.
    fixed = {name for name, p in model.named_parameters() if not p.requires_grad}
    assert all("weight_hh" in name for name in fixed)


@every_variant
def test_32_reviews_are_memorised(variant: Arguments) -> None:
    model = build(variant)
    if not trains_all(model):
        pytest.skip("a head alone cannot tell any reviews apart")
    token_ids, mask = read_by(model, *reviews(32)[:2])
    labels = reviews(32)[2]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(400):
        optimizer.zero_grad()
        outputs = model(token_ids, mask)
        if (outputs.argmax(1) == labels).all():
            return
        model.objective.training_loss(outputs, labels).backward()
        optimizer.step()
    pytest.fail(f"{(outputs.argmax(1) == labels).sum()} of 32 after 400 steps")


@every_variant
def test_arguments_build_the_same_classifier_again(variant: Arguments) -> None:
    model = build(variant)
    placement = {name: variant[1][name] for name in PLACEMENT if name in variant[1]}
    again = type(model)(objective=model.objective, **model.hparams, **placement)
    again.load_state_dict(model.state_dict())
    token_ids, mask = read_by(model, *reviews()[:2])
    with torch.no_grad():
        assert torch.equal(again.eval()(token_ids, mask), model.eval()(token_ids, mask))
    given = {name: value for name, value in model.hparams.items() if name not in FACTS}
    assert {**given, **placement} == variant[1]


@every_reader
def test_dropout_acts_in_training_only(path: Path) -> None:
    target, arguments = read(path)
    if "dropout" not in arguments:
        pytest.skip("draws nothing")
    arguments |= {"dropout": 0.5, **({"num_layers": 2} if "num_layers" in arguments else {})}
    model = build((locate(target), arguments))
    token_ids, mask, _ = reviews()
    assert not torch.equal(model(token_ids, mask), model(token_ids, mask))
    model.eval()
    assert torch.equal(model(token_ids, mask), model(token_ids, mask))


@pytest.mark.parametrize(
    ("kind", "arguments", "key"),
    [
        (LSTMClassifier, {"dropout": 0.2}, "model.dropout"),
        (MLPClassifier, {"max_length": None, "hidden_size": [8, 8, 8]}, "model.hidden_size"),
        (MLPClassifier, {"max_length": None, "dropout": [0.1]}, "model.dropout"),
        (MLPClassifier, {"max_length": None, "features": "token_ids"}, "data.text.max_length"),
        (TransformerClassifier, {"max_length": None}, "data.text.max_length"),
        (TransformerClassifier, {"max_length": 9, "num_heads": 3}, "model.num_heads"),
    ],
)
def test_options_that_contradict_each_other_are_refused_in_a_line(
    kind: type[ReviewClassifier], arguments: dict[str, Any], key: str
) -> None:
    with pytest.raises(InputError, match=rf"^{key}: .*\w$|^{key}: .*\)$") as refusal:
        kind(CrossEntropy(2), vocab_size=9, **arguments)
    assert "\n" not in str(refusal.value)


def test_hidden_sizes_and_dropouts_of_each_layer() -> None:
    """The network is the regression of note 1: 64-32-1, with dropout after the first layer."""
    arguments = {"num_layers": None, "hidden_size": [64, 32], "dropout": [0.1, 0.0]}
    model = build((MLPClassifier, {**arguments, "features": "token_ids"}))
    layers = model.encoder.layers
    assert [m.out_features for m in layers if isinstance(m, torch.nn.Linear)] == [64, 32]
    assert [m.p for m in layers if isinstance(m, torch.nn.Dropout)] == [0.1, 0.0]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("LSTMAttentionClassifier", {}),
        ("TransformerClassifier", {}),
        *(("PretrainedClassifier", {"source": source(layout)}) for layout in LAYOUTS),
        ("PretrainedClassifier", {"source": source(), "pooling": "first"}),
    ],
)
def test_attention_can_be_read_from_the_classifier(name: str, arguments: dict[str, Any]) -> None:
    model = build((getattr(reviewlab.models, name), arguments)).eval()
    token_ids, mask, _ = reviews()
    weights = model.attention_weights(token_ids, mask)
    torch.testing.assert_close(weights.sum(1), mask.any(1).float())
