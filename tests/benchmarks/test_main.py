"""The command line of `scripts/benchmark.py`."""

import subprocess
import sys

import pytest

from reviewlab.benchmarks import (
    main,
)
from reviewlab.benchmarks.rows import ROWS
from reviewlab.exceptions import InputError


def test_rows_are_chosen_by_name():
    assert main.choose_rows([]) == list(ROWS)
    assert main.choose_rows(["rows=epoch,step"]) == ["step", "epoch"]
    with pytest.raises(InputError, match="did you mean 'step'"):
        main.choose_rows(["rows=stap"])
    with pytest.raises(InputError, match="allowed: rows="):
        main.choose_rows(["row=step"])


def test_help_names_the_rows_and_imports_nothing_heavy():
    code = (
        "import sys; sys.argv[1:] = ['--help']; from reviewlab.benchmarks.main import main; main();"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(f"\n  {name} " in done.stdout for name in ROWS)
    assert max(map(len, done.stdout.splitlines())) < 80


def test_rows_that_need_the_reviews_are_skipped_without_them(monkeypatch, capsys):
    monkeypatch.delenv("REVIEWLAB_IMDB", raising=False)
    names = [name for name, row in ROWS.items() if row.reviews]
    assert main.measure(names) == {}
    assert capsys.readouterr().out.count("skipped: REVIEWLAB_IMDB is not set") == len(names)


def test_a_row_that_needs_a_package_is_skipped_without_it(monkeypatch, capsys):
    monkeypatch.setenv("REVIEWLAB_IMDB", "x")
    monkeypatch.setattr(main, "find_spec", lambda name: None)
    names = [name for name, row in ROWS.items() if row.packages]
    assert main.measure(names) == {}
    assert capsys.readouterr().out.count("is not installed: pip install") == len(names) == 8
