"""Reviews are untrusted text: made fit for a terminal, on one line and as narrow as wanted."""

from rich.cells import cell_len, set_cell_size


def legible(text: str, width: int | None = None) -> str:
    """`text` on one line, without what would move a cursor or cannot be printed.

    width: columns of a terminal that it may take; what is longer ends in an ellipsis.
    """
    shown = "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)
    shown = " ".join(shown.split())
    if width is None or cell_len(shown) <= width:
        return shown
    return set_cell_size(shown, width - 1).rstrip() + "…"
