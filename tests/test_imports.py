"""Modules that read run folders import without torch; `make lint` checks the import contracts."""

import subprocess
import sys
from importlib.metadata import version

import pytest

import reviewlab


@pytest.mark.parametrize(
    "name",
    [
        "runs.folder",
        "runs.result",
        "runs.identity",
        "runs.provenance",
        "sweeps.queue",
        "sweeps.search_source",
        "reporting.page.document",
        "notes.results",
        "notes.figures",
        "cli.data",
        "cli.report",
        "describing.sections",
        "console.exit",
        "launching.place",
        "cluster.submission",
    ],
)
def test_run_folders_are_read_without_torch(name: str) -> None:
    code = f"import reviewlab.{name}, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_package_imports_nothing_until_it_is_used() -> None:
    heavy = {"torch", "hydra", "yaml", "numpy", "importlib.metadata"}
    code = f"import reviewlab, sys; print(*{heavy} & {{*sys.modules}})"
    code += "; print(*{*reviewlab.__all__} - {*dir(reviewlab)})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_python_api_is_named_without_torch() -> None:
    code = (
        "import reviewlab, sys; reviewlab.train, reviewlab.Sweep; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_version_is_that_of_the_installed_package() -> None:
    assert reviewlab.__version__ == version("reviewlab")
    assert "__version__" in dir(reviewlab)


def test_a_name_that_is_not_there_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'trian'"):
        reviewlab.trian  # noqa: B018
