"""Figures of an evaluation, at print quality."""

from collections.abc import Sequence
from pathlib import Path

from reviewlab.inspection.held_out_figures import Seen, confusion, confusion_matrix, reliability
from reviewlab.inspection.pictures import drawing
from reviewlab.reporting.figures.style import PRINT, Format, save


def write_figures(
    seen: Seen, label_names: Sequence[str], folder: Path, format_: Format
) -> list[Path]:
    """Draw the confusion matrix and the reliability diagram of a classifier.

    Args:
        seen: predictions, probabilities and labels of the reviews.
        label_names: names of the classes, in order.
        folder: folder for the files, created if needed.
        format_: file format of the figures.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with drawing():
        figures = {
            "confusion_matrix": confusion_matrix(confusion(seen, len(label_names)), label_names),
            "reliability": reliability(seen),
        }
        for name, figure in figures.items():
            save(figure, folder / f"{name}.{format_}", PRINT)
    return [folder / f"{name}.{format_}" for name in figures]
