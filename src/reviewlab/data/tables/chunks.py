"""The size of a chunk of rows."""

CHUNK_ROWS = 8192
CHUNK_CHARACTERS = 32 * 2**20
LONGEST_LINE = 256 * 2**20
LONGEST_FIELD = 64 * 2**20  # a quote that is never closed must not pull a whole file into memory


def is_full(rows: int, characters: int) -> bool:
    """Tell whether a chunk has as many rows, or characters, as one may have."""
    return rows >= CHUNK_ROWS or characters >= CHUNK_CHARACTERS
