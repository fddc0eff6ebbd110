"""Tiny pretrained encoders with random weights, in the layouts of three architectures."""

import atexit
import functools
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, Literal

import torch

Layout = Literal["bert", "roberta", "distilbert"]
LAYOUTS: tuple[Layout, ...] = ("bert", "roberta", "distilbert")

TEXTS = [
    "the film was a bright and moving story with a good plot",
    "a dull film: slow, long and not worth it!",
    "bad acting, good music; this was the best film, unbelievably",
    "w1 w2 w3 w40 w7, a slow start but worth it with one bright idea",
]
POSITIONS = 40
SIZE = 16

_COMMON = {"bos_token_id": 0, "eos_token_id": 2}
_SIZES: dict[Layout, dict[str, Any]] = {
    "bert": {
        "pad_token_id": 0,
        "hidden_size": SIZE,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 24,
        "max_position_embeddings": POSITIONS,
        "type_vocab_size": 2,
    },
    "distilbert": {
        "pad_token_id": 0,
        "dim": SIZE,
        "n_layers": 2,
        "n_heads": 2,
        "hidden_dim": 24,
        "max_position_embeddings": POSITIONS,
    },
}
_SIZES["roberta"] = {
    **_SIZES["bert"],
    **_COMMON,
    "pad_token_id": 1,
    "type_vocab_size": 1,
    "max_position_embeddings": POSITIONS + 2,  # RoBERTa counts positions from after the padding id
}


def write_tokenizer(folder: Path, layout: Layout) -> int:
    """Write `tokenizer.json` and its config; return the size of the vocabulary."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from tokenizers.trainers import BpeTrainer, WordPieceTrainer

    if layout == "roberta":
        special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer: Any = BpeTrainer(
            vocab_size=300,
            special_tokens=special,
            initial_alphabet=alphabet,
            show_progress=False,
        )
    else:
        special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece()
        trainer = WordPieceTrainer(vocab_size=90, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(TEXTS * 5, trainer)
    first, last = (special[0], special[2]) if layout == "roberta" else (special[2], special[3])
    numbers = [(token, tokenizer.token_to_id(token)) for token in (first, last)]
    if layout == "roberta":
        tokenizer.post_processor = processors.RobertaProcessing(numbers[1], numbers[0])
    else:
        template = f"{first} $A {last}"
        tokenizer.post_processor = processors.TemplateProcessing(
            single=template, pair=f"{template} $B {last}", special_tokens=numbers
        )
    tokenizer.enable_truncation(6)  # like some published tokenizers
    tokenizer.save(str(folder / "tokenizer.json"))
    padding = "<pad>" if layout == "roberta" else "[PAD]"
    (folder / "tokenizer_config.json").write_text(json.dumps({"pad_token": padding}))
    return int(tokenizer.get_vocab_size())


def write_source(folder: Path, layout: Layout = "bert", **changes: Any) -> Path:
    """Write a tiny model: its configuration, random weights and tokenizer.

    Args:
        folder: the folder to write to.
        layout: the architecture.
        changes: changes to the configuration, applied before the weights are drawn.
    """
    from safetensors.torch import save_file
    from transformers import AutoConfig, AutoModel

    folder.mkdir(parents=True, exist_ok=True)
    vocab_size = write_tokenizer(folder, layout)
    arguments = {"vocab_size": vocab_size, **_SIZES[layout], "initializer_range": 0.3, **changes}
    (folder / "config.json").write_text(json.dumps({"model_type": layout, **arguments}))
    with torch.random.fork_rng():
        torch.manual_seed(5)
        model = AutoModel.from_config(AutoConfig.for_model(layout, **arguments))
    weights = {name: weight.contiguous() for name, weight in model.state_dict().items()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


@functools.cache
def source(layout: Layout = "bert") -> str:
    """Return the folder of a model that all tests share and none changes."""
    folder = Path(tempfile.mkdtemp(prefix="pretrained-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return str(write_source(folder / layout, layout))


def copied(folder: Path, layout: Layout = "bert") -> Path:
    """Copy the model of `source` into a folder; return the copy's folder."""
    return Path(shutil.copytree(source(layout), folder / layout))
