"""Synthetic reviews in the layouts of the real data sets."""

import csv
import random
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

WORDS = ["a", "good", "bad", "film", "app", "great", "slow", "it", "is", "not", "very", "plot"]
DATES = ["2024-03-01 08:00:00", "2024-11-30 21:15:00", "2025-06-01 12:00:00", ""]
COLUMNS = ["reviewId", "content", "score", "thumbsUpCount", "reviewCreatedVersion", "at"]


def texts(count: int, seed: int) -> list[str]:
    """Draw distinct reviews of three to twelve words."""
    draw = random.Random(seed)
    return [f"{' '.join(draw.choices(WORDS, k=draw.randint(3, 12)))} {n}" for n in range(count)]


def write_imdb(folder: Path, reviews: int) -> Path:
    """Write parquet files named, laid out and ordered by label like those on the hub."""
    (folder / "plain_text").mkdir()
    labels = [0] * (reviews // 2) + [1] * (reviews // 2)
    for seed, split in enumerate(("train", "test")):
        table = pa.table({"text": texts(reviews, seed), "label": labels})
        parquet.write_table(table, folder / "plain_text" / f"{split}-00000-of-00001.parquet")
    return folder


def write_netflix(path: Path, reviews: int) -> Path:
    """Write a CSV with the columns of the Kaggle data set."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, "appVersion"])
        for number, text in enumerate(texts(reviews, seed=2)):
            date = DATES[number % len(DATES)]
            writer.writerow([number, text, number % 5 + 1, 0, "", date, ""])
    return path


def write_table(path: Path, reviews: int, labels: tuple[str, ...] = ("bad", "good")) -> Path:
    """Write a simple CSV of texts and labels in words, with as many reviews of each label."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for number, text in enumerate(texts(reviews, seed=3)):
            writer.writerow([text, labels[number % len(labels)]])
    return path
