"""Five IMDB reviews, in all forms of the data set."""

import tarfile

import pyarrow as pa
from pyarrow import parquet

from reviewlab.data.imdb import IMDBDataModule
from reviewlab.text.words import WordEncoder

REVIEWS = {
    "train": [("neg", "0_3.txt", "dull"), ("neg", "10_1.txt", "a bore"), ("pos", "0_9.txt", "fun")],
    "test": [("neg", "0_2.txt", "awful"), ("pos", "1_10.txt", "schön, fun")],
}


def module(source, folder=None, text=None, **options):
    options = {"batch_size": 1, "validation": 0, **options}
    return IMDBDataModule(
        text or WordEncoder(), source=str(source), cache_dir=folder and str(folder), **options
    )


def rows(split):
    return [text for *_, text in REVIEWS[split]], [int(d == "pos") for d, *_ in REVIEWS[split]]


def make_parquet(folder, shards=1, names=("text", "label")):
    folder.mkdir(parents=True)
    for split in REVIEWS:
        table = pa.table(dict(zip(names, rows(split), strict=True)))
        size = -(-len(table) // shards)
        for shard in range(shards):
            file = folder / f"{split}-{shard:05}-of-{shards:05}.parquet"
            parquet.write_table(table.slice(shard * size, size), file)
    parquet.write_table(
        pa.table({"text": ["?"], "label": [-1]}), folder / "unsupervised-00000-of-00001.parquet"
    )


def make_tree(folder):
    for split, reviews in REVIEWS.items():
        for label, name, text in reversed(reviews):
            (folder / split / label).mkdir(parents=True, exist_ok=True)
            (folder / split / label / name).write_text(text, encoding="utf-8")
    (folder / "train" / "unsup").mkdir()
    (folder / "train" / "unsup" / "0_0.txt").write_text("?")
    (folder / "train" / "urls_neg.txt").write_text("\n".join(["film 0"] * 11).replace(" ", ""))
    (folder / "train" / "urls_pos.txt").write_text("film1\n")
    (folder / "README").write_text("not a review")


def make_archive(file, tree, reverse=False):
    with tarfile.open(file, "w:gz") as archive:
        for path in sorted(tree.rglob("*.*"), reverse=reverse):
            archive.add(path, f"aclImdb/{path.relative_to(tree)}")


def form_hub(tmp_path):
    make_parquet(tmp_path / "imdb" / "plain_text")
    return tmp_path / "imdb"


def form_bare(tmp_path):
    make_parquet(tmp_path / "imdb", shards=2)
    return tmp_path / "imdb"


def form_tree(tmp_path):
    make_tree(tmp_path / "aclImdb")
    return tmp_path / "aclImdb"


def form_above(tmp_path):
    make_tree(tmp_path / "unpacked" / "aclImdb")
    return tmp_path / "unpacked"


def form_archive(tmp_path):
    make_tree(tmp_path / "tree")
    make_archive(tmp_path / "aclImdb_v1.tar.gz", tmp_path / "tree", reverse=True)
    return tmp_path / "aclImdb_v1.tar.gz"


FORMS = [value for name, value in sorted(globals().items()) if name.startswith("form_")]
