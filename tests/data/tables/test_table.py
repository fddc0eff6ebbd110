"""The columns of an open table."""

import pytest
from tests.data.tables.table_files import write

from reviewlab.data.tables import open_table
from reviewlab.exceptions import InputError


@pytest.mark.parametrize(
    ("columns", "wanted", "found"),
    [("id,review,content", None, "content"), ("text,review", None, "text"), ("x,text", "x", "x")],
)
def test_text_column(tmp_path, columns, wanted, found):
    with open_table(write(tmp_path / "x.csv", columns), "input") as table:
        assert table.text_column(wanted) == found


@pytest.mark.parametrize("wanted", [None, "text"])
def test_missing_text_column_lists_the_columns(tmp_path, wanted):
    path = write(tmp_path / "x.csv", "body,stars\n")
    with open_table(path, "input") as table, pytest.raises(InputError, match="body, stars"):
        table.text_column(wanted)


@pytest.mark.parametrize("row", ["good film,5", "1,good film", "a film " * 10 + ",x", "x,0.5"])
def test_a_file_without_a_header_is_told_so(tmp_path, row):
    path = write(tmp_path / "x.csv", f"{row}\n")
    with open_table(path, "input") as table, pytest.raises(InputError, match="looks like a row: "):
        table.text_column(None)
    path.write_text(f"text,label\n{row}\n")
    with open_table(path, "input") as table:
        assert table.text_column(None) == "text"
