"""The size limits of a chunk of rows."""

CHUNK_ROWS = 8192
CHUNK_CHARACTERS = 32 * 2**20
LONGEST_LINE = 256 * 2**20
LONGEST_FIELD = 64 * 2**20  # so that an unclosed quote does not read a whole file into memory


def is_full(rows: int, characters: int) -> bool:
    """Test if a chunk has reached the maximum number of rows or characters."""
    return rows >= CHUNK_ROWS or characters >= CHUNK_CHARACTERS
