"""Write small tables and read them back."""

import pytest

from reviewlab.data.tables import as_list, open_table
from reviewlab.exceptions import InputError


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read_rows(path, **options):
    with open_table(path, "input", **options) as table:
        whole = {name: [] for name in table.columns}
        for rows in table:
            assert list(rows) == table.columns
            for name, values in rows.items():
                whole[name].extend(as_list(values))
    return whole


def refusal(path, **options):
    with pytest.raises(InputError) as caught:
        read_rows(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)
