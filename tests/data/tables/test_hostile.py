"""Tables as found in practice are read correctly, or refused with a remedy that works."""

import pytest
from tests.data.tables.bad_tables import BAD
from tests.data.tables.good_tables import BOTH, GOOD, PLAIN, UMLAUT, UMLAUTS
from tests.data.tables.table_files import write

from reviewlab.data.tables import as_list, open_table
from reviewlab.exceptions import InputError


def read(path, encoding=None):
    with open_table(path, "data.source", encoding=encoding) as table:
        whole = {name: [] for name in table.columns}
        lines = []
        for rows in table:
            lines += table.lines
            for name, values in rows.items():
                whole[name] += as_list(values)
    assert len(lines) == len(whole[table.columns[0]])
    assert lines == sorted(set(lines))
    return whole, table.notes


@pytest.mark.parametrize("case", GOOD.values(), ids=GOOD)
def test_is_read_rightly_and_noted(tmp_path, case):
    columns, notes = read(write(tmp_path / case.name, case.content))
    assert columns == case.columns
    assert any(case.note in note for note in notes) if case.note else notes == []
    assert all(note.startswith("data.source: ") and "\n" not in note for note in notes)


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_is_refused_in_a_line_whose_remedy_works(tmp_path, case):
    path = write(tmp_path / case.name, case.content)
    with pytest.raises(InputError) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(f"data.source: {str(path)!r}") and "\n" not in message
    assert all(part in message for part in case.says), message
    name, content = case.mended or (case.name, case.content)
    assert read(write(tmp_path / name, content), case.encoding)[0] == case.columns


@pytest.mark.parametrize("name", ["no-such", "rot13", "base64", "a\0b", ""])
def test_an_encoding_that_there_is_not(tmp_path, name):
    path = write(tmp_path / "x.csv", PLAIN)
    with pytest.raises(
        InputError, match=r"is not a Python encoding; allowed: utf-8, utf-16"
    ) as caught:
        read(path, name)
    assert "\n" not in str(caught.value)
    for remedy in ("utf-8", None):
        assert read(path, remedy)[0] == BOTH


@pytest.mark.parametrize("name", ["utf-16", "UTF16", "utf_16_le", None])
def test_a_named_encoding_keeps_no_mark(tmp_path, name):
    assert read(write(tmp_path / "x.csv", UMLAUT.encode("utf-16")), name)[0] == UMLAUTS


def test_a_named_encoding_against_the_mark_of_another(tmp_path):
    path = write(tmp_path / "x.csv", UMLAUT.encode("utf-16"))
    with pytest.raises(
        InputError, match=r"begins with the byte order mark of UTF-16-LE; leave out data\.enc"
    ):
        read(path, "cp1252")


def test_a_folder_and_nothing_at_all(tmp_path):
    (tmp_path / "x.csv").mkdir()
    for name, says in (("x.csv", "is a folder"), ("y.csv", "does not exist")):
        with pytest.raises(InputError, match=says):
            read(tmp_path / name)
