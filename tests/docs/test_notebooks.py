"""The notebooks run as they stand, and hold what they gave: `make notebooks` writes it anew."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "docs" / "notebooks").glob("*.ipynb"))
MACHINE = re.compile(r"/(home|root|tmp|work|usr|opt|Users|var)/|site-packages")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    chosen: Path = request.param
    return chosen


@pytest.mark.slow
def test_a_notebook_runs_without_an_error_or_a_warning(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=folder).execute()
    streams = [output for output in outputs(notebook) if output["output_type"] == "stream"]
    assert streams == []
    if "REVIEWLAB_NOTEBOOKS" in os.environ:
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)  # when it ran
        notebook.metadata.language_info = {"name": "python"}  # not which Python ran it
        nbformat.write(notebook, path)


def test_a_notebook_holds_its_outputs_and_no_path_of_a_machine(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == [*range(1, len(cells) + 1)]
    texts = [text for output in outputs(notebook) for text in output.get("data", {}).items()]
    assert len(texts) >= 3
    assert [text for kind, text in texts if kind != "image/png" and MACHINE.search(text)] == []


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """What the cells of a notebook gave."""
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]
