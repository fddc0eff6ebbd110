"""Pictures of an evaluation, at print quality."""

from collections.abc import Sequence
from pathlib import Path

from reviewlab.inspection.held_out_figures import Seen, confusion, confusion_matrix, reliability
from reviewlab.inspection.pictures import drawing
from reviewlab.reporting.figures.style import PRINT, Format, save


def write_figures(
    seen: Seen, label_names: Sequence[str], folder: Path, format_: Format
) -> list[Path]:
    """Draw what is taken for what, and how often a probability keeps its promise.

    Args:
        seen: predictions, probabilities and labels of the reviews.
        label_names: in the order of the classes.
        folder: where the files go.
        format_: of the files.

    Returns:
        The files.
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
