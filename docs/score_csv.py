"""Score the column `text` of a CSV file with an exported classifier: no torch, no reviewlab.

python score_csv.py model.onnx reviews.csv scored.csv
"""

import csv
import json
import sys
from pathlib import Path
from string import punctuation
from unicodedata import category, normalize

import numpy as np
import onnxruntime

KNOWN = {"name": "WordEncoder", "lower": True, "distinct": False, "strip_digits": False}
KNOWN |= {"pad_to": "longest", "decision": "mode"}

model, source, target = sys.argv[1:]
about = json.loads(Path(f"{model}.json").read_text(encoding="utf-8"))
encoder = about | about["text_encoder"]
encoder |= encoder["options"] | encoder["layout"] | encoder["cleaning"]
for key, value in KNOWN.items():
    if encoder[key] != value:
        sys.exit(f"error: {model}: it was trained with {key}={encoder[key]}; allowed: {value}")
words = encoder["learned"]["words"].split(" ")
vocabulary = {word: number for number, word in enumerate(words, encoder["index_from"] + 1)}
spaces = str.maketrans(dict.fromkeys(encoder["filters"], " "))
session = onnxruntime.InferenceSession(model)


def encode(text: str) -> list[int]:
    """Turn a text into token ids, as `reviewlab.text` does."""
    form = encoder.get("normalise")
    text = normalize(form, text).replace("İ", "i") if form else text
    text = text.lower() if encoder["lower_case"] else text
    if encoder["strip_punctuation"]:
        text = text.translate(dict.fromkeys(map(ord, "'\u2019\u02bc")))
        text = "".join(" " if c in punctuation or category(c)[0] == "P" else c for c in text)
    split = text.lower().translate(spaces).split(None if encoder["strip_space"] else " ")
    ids = [vocabulary.get(word, encoder["oov_id"]) for word in split if word]
    ids = ids if encoder["start_id"] is None else [encoder["start_id"], *ids]
    length = encoder["max_length"] or len(ids)
    return ids[-length:] if encoder["truncation"] == "pre" else ids[:length]


def score(text: str) -> list[float]:
    """Return the probability of each label."""
    ids = encode(text)  # a single text needs no padding, unless it is empty
    token_ids = np.array([ids or [encoder["pad_id"]]])
    inputs = {"token_ids": token_ids, "mask": np.full(token_ids.shape, bool(ids))}
    return session.run(["probabilities"], inputs)[0][0].tolist()


columns = [f"probability_{label}" for label in about["labels"]]
with (
    Path(source).open(newline="", encoding="utf-8") as read,
    Path(target).open("w", newline="", encoding="utf-8") as write,
):
    reader = csv.DictReader(read)
    writer = csv.DictWriter(write, [*(reader.fieldnames or []), "prediction", *columns])
    writer.writeheader()
    for row in reader:
        shares = score(row["text"])
        row["prediction"] = about["labels"][shares.index(max(shares))]
        writer.writerow(row | dict(zip(columns, shares, strict=True)))
