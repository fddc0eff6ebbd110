"""Every architecture is trained, saved, and loaded where there is nothing but the checkpoint."""

import inspect
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from tests import example_plugin, handmade
from tests.pretrained_sources import source

from reviewlab.config.compose import CONFIGS, compose_config
from reviewlab.config.signatures import locate
from reviewlab.data.corpus import Corpus
from reviewlab.models.classifier import ReviewClassifier
from reviewlab.nn import CrossEntropy
from reviewlab.text.encoder import TextEncoder
from reviewlab.text.ngrams import NgramEncoder
from reviewlab.text.pretrained import PretrainedTokenizer
from reviewlab.text.words import WordEncoder

FOLDERS = (CONFIGS, example_plugin.CONFIGS)
IMAGES = {"image_cnn"}
"""Files of models that read images, which are tested in test_image_cnn.py."""
PATHS = sorted(
    path
    for folder in FOLDERS
    for path in (folder / "model").rglob("*.yaml")
    if path.stem not in IMAGES
)
LOAD = """
import sys, torch
from reviewlab.models import load_classifier
for path in sys.argv[1:]:
    torch.load(path, weights_only=True)
    made = load_classifier(path)
    batch = torch.load(f"{path}.batch", weights_only=True)
    torch.save([made(*batch), made.label_names], f"{path}.outputs")
"""


TEXTS = ["a dull film with one bright idea not", "worth zorgon"]


def encoder_for(kind: type[ReviewClassifier]) -> TextEncoder:
    """Make a text encoder for a classifier: eight words in order, or a set."""
    text: TextEncoder = WordEncoder(max_length=8, pad_to="max_length")
    if kind.inputs == "ngrams":
        text = NgramEncoder(min_count=1)
    elif issubclass(PretrainedTokenizer, kind.reads) and kind.reads is not TextEncoder:
        text = PretrainedTokenizer(source(), max_length=8, pad_to="max_length")
    text.fit([handmade.WORDS])
    return text


def trained(name: str) -> tuple[ReviewClassifier, list[torch.Tensor]]:
    """Return the classifier of a yaml file after one step, with the batch of that step."""
    folders = [f"file://{example_plugin.CONFIGS}"]
    needed = [f"model.source={source()}"] if name == "pretrained" else []
    arguments = compose_config("train", [f"model={name}", *needed], folders)["model"]
    kind = locate(arguments.pop("_target_"), "model")
    for options in (value for value in arguments.values() if isinstance(value, dict)):
        options.pop("_target_")
    text = encoder_for(kind)
    corpus = Corpus.from_arrays(*text.encode(TEXTS), [0, 2])
    (token_ids, mask), labels, *_ = corpus.gather(np.arange(2), text)
    facts = {"vocab_size": text.vocab_size, "max_length": text.max_length}
    taken = inspect.signature(kind).parameters
    made = kind(CrossEntropy(3), **{k: v for k, v in facts.items() if k in taken}, **arguments)
    made.describe(text, handmade.LABELS, {"model": json.loads(json.dumps(arguments))})
    optimizer = torch.optim.Adam(made.parameters(), lr=0.1)
    made.objective.training_loss(made(token_ids, mask), labels).backward()
    optimizer.step()
    return made.eval(), [token_ids, mask]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the outputs of every architecture, from here and from a new process."""
    folder = tmp_path_factory.mktemp("alone")
    paths = []
    site = folder / "packages"
    with example_plugin.installed(site):
        for path in PATHS:
            made, batch = trained(path.stem)
            paths.append(handmade.save(made, folder / path.stem))
            torch.save(batch, f"{paths[-1]}.batch")
            torch.save(made(*batch).detach(), f"{paths[-1]}.here")
    command = [sys.executable, "-c", LOAD, *map(str, paths)]
    subprocess.run(command, check=True, cwd="/", env={**os.environ, "PYTHONPATH": str(site)})
    return folder


@pytest.mark.parametrize("name", [path.stem for path in PATHS])
def test_a_fresh_process_gets_equal_logits(folder, name):
    outputs, labels = torch.load(folder / f"{name}.outputs", weights_only=True)
    torch.testing.assert_close(outputs, torch.load(folder / f"{name}.here"), rtol=0, atol=0)
    assert labels == handmade.LABELS
    assert outputs.std() > 0
