"""Only reviewlab's own processes import torchmetrics without transformers."""

import subprocess
import sys

import pytest

pytest.importorskip("transformers", reason="not here: pip install 'reviewlab[pretrained]'")

ASKED = """
import sys
{before}
import torchmetrics
from torchmetrics.classification import BinaryAUROC
print("transformers" in sys.modules, "tokenizers" in sys.modules)
"""


def imported(before: str) -> str:
    command = [sys.executable, "-c", ASKED.format(before=before)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("package", ["cli", "launching"])
def test_a_command_and_a_job_do_without_transformers(package: str) -> None:
    assert imported(f"import reviewlab.{package}") == "False False"


def test_the_library_leaves_torchmetrics_as_it_is() -> None:
    assert imported("import reviewlab.models") == "True True"


def test_transformers_can_still_be_imported() -> None:
    after = "import reviewlab.cli, torchmetrics, transformers"
    assert imported(after).startswith("True")
