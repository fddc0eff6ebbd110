"""The figures."""

from pathlib import Path

from reviewlab.reporting.leaderboard import Leaderboard


def draw(board: Leaderboard, folder: Path) -> list[Path]:
    """Draw them."""
    return []
