"""Text files, by lines and by blocks."""

from pathlib import Path

import pytest

from reviewlab.data.tables import text as module
from reviewlab.data.tables.source import Source
from reviewlab.data.tables.text import TextFile
from reviewlab.exceptions import InputError


def opened(path: Path, content: bytes, encoding: str | None = None) -> TextFile:
    path.write_bytes(content)
    return TextFile(Source(str(path), "input"), encoding)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 2**15])
@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("a\nb\n", ["a\n", "b\n"]),
        ("a\r\nb", ["a\r\n", "b"]),
        ("größe \u2028 x\nb\n", ["größe \u2028 x\n", "b\n"]),
    ],
)
def test_lines_are_whole_whatever_the_size_of_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, content: str, lines: list[str]
) -> None:
    monkeypatch.setattr(module, "BLOCK_BYTES", size)
    text = opened(tmp_path / "x", content.encode())
    assert [*text.lines()] == lines
    assert text.characters == len(content)
    text.close()


def test_blocks_together_are_the_text(tmp_path: Path) -> None:
    content = "größe,👎\n" * 20_000
    text = opened(tmp_path / "x", content.encode("utf-16"))
    assert "".join(text.blocks()) == content
    assert any("UTF-16" in note for note in text.notes)
    text.close()


def test_lines_of_an_old_mac_are_lines(tmp_path: Path) -> None:
    text = opened(tmp_path / "x", b"a,b\r1,2\r")
    assert text.line_end == ""
    text.close()


def test_bytes_in_another_encoding_are_refused_with_the_key_that_reads_them(
    tmp_path: Path,
) -> None:
    content = "text\ngröße\n".encode("cp1252")
    text = opened(tmp_path / "x", content)
    with pytest.raises(InputError, match=r"line 2: byte 0xf6 is not UTF-8; .*encoding=cp1252"):
        [*text.lines()]
    text.close()
    text = opened(tmp_path / "x", content, "cp1252")
    assert [*text.lines()] == ["text\n", "größe\n"]
    text.close()
