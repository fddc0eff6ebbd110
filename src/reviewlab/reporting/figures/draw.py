"""Draw all figures of a leaderboard into a folder."""

from pathlib import Path

from reviewlab.reporting.figures.costs import draw_costs
from reviewlab.reporting.figures.effects import draw_effects
from reviewlab.reporting.figures.learning_curves import draw_learning_curves
from reviewlab.reporting.figures.ranking import draw_ranking
from reviewlab.reporting.figures.style import PRINT, Format, drawing, save
from reviewlab.reporting.leaderboard import Leaderboard


def draw(board: Leaderboard, folder: Path, print_as: Format | None = None) -> list[Path]:
    """Draw all figures for which the leaderboard has data, and save them in `folder`.

    Args:
        board: the leaderboard.
        folder: folder for the files, created if needed.
        print_as: file format, for figures at print quality; None for PNG at screen quality.

    Returns:
        The files written.
    """
    if not board.lines:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    suffix, dpi = print_as or "png", PRINT if print_as else None
    with drawing():
        figures = {
            "ranking": draw_ranking(board),
            "learning_curves": draw_learning_curves(board),
            "main_effects": draw_effects(board),
            "parameters_and_time": draw_costs(board),
        }
        drawings = {folder / f"{name}.{suffix}": figure for name, figure in figures.items()}
        drawn = {path: figure for path, figure in drawings.items() if figure is not None}
        for path, figure in drawn.items():
            save(figure, path, dpi)
    return [*drawn]
