"""Options that are refused before a checkpoint is read."""

from pathlib import Path

import pytest

from reviewlab.evaluation import options
from reviewlab.exceptions import InputError


@pytest.mark.parametrize(
    ("checkpoint", "line"),
    [
        (None, "missing; give a run folder"),
        ("", "missing"),
        ("no.ckpt", "does not exist"),
    ],
)
def test_a_checkpoint_has_to_be_there(checkpoint: str | None, line: str) -> None:
    with pytest.raises(InputError, match=f"^checkpoint: .*{line}"):
        options.refuse_missing(checkpoint)


def test_a_checkpoint_that_is_there_passes(tmp_path: Path) -> None:
    assert options.refuse_missing(str(tmp_path)) == str(tmp_path)
    assert options.CheckpointOptions(str(tmp_path), "test").path == tmp_path


def test_an_output_has_its_suffix_and_a_folder(tmp_path: Path) -> None:
    options.refuse_output(None, [".json"])
    options.refuse_output(str(tmp_path / "a.json"), [".json"])
    with pytest.raises(InputError, match=r"^output: .* is not allowed; allowed: a .json file"):
        options.refuse_output(str(tmp_path / "a.txt"), [".json"])
    with pytest.raises(InputError, match=r"^html: the folder of .* does not exist"):
        options.refuse_output(str(tmp_path / "no" / "a.html"), [".html"], "html")


def test_nothing_is_written_over_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\n")
    source = str(tmp_path / "a.csv")
    options.refuse_same_file(str(tmp_path / "b.csv"), source)
    options.refuse_same_file(None, source)
    with pytest.raises(InputError, match=r"^output: .* is the input; give another file"):
        options.refuse_same_file(str(tmp_path / "." / "a.csv"), source)


def test_a_folder_to_write_to_is_no_file(tmp_path: Path) -> None:
    options.refuse_output_folder(str(tmp_path))
    options.refuse_output_folder(str(tmp_path / "new"))
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"is a file; allowed: a folder"):
        options.refuse_output_folder(str(tmp_path / "file"))


def test_a_text_that_is_not_utf8_is_refused() -> None:
    options.refuse_broken("größe 👎")
    with pytest.raises(InputError, match=r"^text: contains bytes that are not UTF-8"):
        options.refuse_broken("gr\udcf6\udcdfe")
