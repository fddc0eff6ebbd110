"""Every table in every format reads back unchanged."""

import csv

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from tests.data.tables.good_tables import PACKINGS
from tests.data.tables.table_files import write

from reviewlab.data.tables import create_table, read_table

anything = st.text(st.characters(codec="utf-8"), max_size=20)
frames = st.lists(st.tuples(anything, anything), min_size=1, max_size=5)


@given(
    frames,
    st.booleans(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["", *PACKINGS]),
)
def test_any_delimited_text_of_pandas(
    tmp_path_factory, rows, one, sep, encoding, end, quoting, packing
):
    frame = pd.DataFrame(rows, columns=["text", "label"])[["text"] if one else ["text", "label"]]
    if any("\r" in value or "\n" in value for row in rows for value in row):
        quoting = csv.QUOTE_ALL  # the csv module leaves some line ends bare
    content = frame.to_csv(index=False, sep=sep, lineterminator=end, quoting=quoting).encode(
        encoding
    )
    path = write(
        tmp_path_factory.mktemp("x") / f"x.csv{packing}", PACKINGS.get(packing, bytes)(content)
    )
    assert read_table(path, "input").columns == frame.to_dict("list")


@given(frames, st.booleans(), st.booleans(), st.sampled_from(["", *PACKINGS]))
def test_any_json_of_pandas(tmp_path_factory, rows, lines, force_ascii, packing):
    frame = pd.DataFrame(rows, columns=["text", "label"])
    content = frame.to_json(orient="records", lines=lines, force_ascii=force_ascii).encode()
    name = f"x.{'jsonl' if lines else 'json'}{packing}"
    path = write(tmp_path_factory.mktemp("x") / name, PACKINGS.get(packing, bytes)(content))
    assert read_table(path, "input").columns == frame.to_dict("list")


@given(frames)
def test_any_binary_table_of_pandas(tmp_path_factory, rows):
    frame, folder = pd.DataFrame(rows, columns=["text", "label"]), tmp_path_factory.mktemp("x")
    frame.to_parquet(folder / "x.parquet")
    frame.to_feather(folder / "x.feather")
    for name in ("x.parquet", "x.feather"):
        assert read_table(folder / name, "input").columns == frame.to_dict("list")


@given(frames, st.sampled_from(["csv", "tsv", "jsonl"]), st.sampled_from(["", *PACKINGS]))
def test_what_is_written_here_is_read_here(tmp_path_factory, rows, kind, packing):
    columns = {"text": [text for text, _ in rows], "label": [label for _, label in rows]}
    path = tmp_path_factory.mktemp("x") / f"x.{kind}{packing}"
    with create_table(path, list(columns), "output") as table:
        table.write(columns)
    assert read_table(path, "input").columns == columns
    assert read_table(path, "input").notes == []  # else: not compressed, despite its name
