"""The fences between the packages: who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src"
MODULES = sorted(SOURCE.rglob("*.py"))

ALLOWED = {
    "text": {"text"},
    "nn": {"nn"},
    "data": {"data", "text", "runs.files"},
    "models": {"models", "nn", "text", "data.batch"},
    "callbacks": {"callbacks", "nn", "text", "data.batch"},
    "inspection": {"inspection", "models", "nn", "text", "data.batch"},
    "training": {"training", "models", "callbacks", "nn", "text"},
    "explaining": {"explaining", "models", "nn", "text", "data.corpus", "reporting", "runs"},
    "runs": {"runs"},
    "sweeps": {"sweeps", "runs", "reporting"},
    "cluster": {"cluster", "sweeps", "runs"},
    "reporting": {"reporting", "runs"},
    "notes": {"notes", "reporting", "runs"},
    "app": {
        "app",
        "cli",
        "config",
        "evaluation",
        "launching",
        "planning",
        "running",
        "training",
        "explaining",
        "data",
        "models",
        "callbacks",
        "inspection",
        "nn",
        "text",
        "runs",
        "sweeps",
        "cluster",
        "reporting",
        "notes",
    },
}
ALLOWED["benchmarks"] = ALLOWED["app"] | {"benchmarks"}
EDGE = ("cli", "config", "evaluation", "launching", "planning", "running")
ALLOWED |= dict.fromkeys(EDGE, ALLOWED["app"])
EVERYWHERE = {"console", "exceptions", "ranges"}
OUTSIDE = {
    "hydra": {*EDGE, "app", "hydra_plugins", "benchmarks"},
    "omegaconf": {*EDGE, "app", "hydra_plugins", "benchmarks"},
    "pytorch_lightning": {
        "data",
        "models",
        "callbacks",
        "inspection",
        "training",
        *EDGE,
        "app",
        "benchmarks",
    },
}


def imports(path: Path) -> set[str]:
    """Every module that the file imports, also within functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def package(path: Path) -> str:
    top, inner = path.relative_to(SOURCE).parts[:2]
    return top if top == "hydra_plugins" else inner


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_package_imports_only_what_stands_below_it(path: Path) -> None:
    for name in imports(path):
        top, _, inner = name.partition(".")
        if top == "reviewlab" and inner and package(path) in ALLOWED:
            fences = ALLOWED[package(path)] | EVERYWHERE
            assert any(f"{inner}.".startswith(f"{fence}.") for fence in fences), f"{name} in {path}"
        if top in OUTSIDE:
            assert package(path) in OUTSIDE[top], f"{name} in {path}"


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
        "cli.report",
        "console.exit",
    ],
)
def test_run_folders_are_read_without_torch(name: str) -> None:
    code = f"import reviewlab.{name}, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
