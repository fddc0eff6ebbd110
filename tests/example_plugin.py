"""Install the package in `tests/example/` like pip, but without pip."""

import importlib
import shutil
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewlab.plugins import list_plugins

EXAMPLE = Path(__file__).with_name("example")
MODULE = "reviewlab_example"
CONFIGS = EXAMPLE / "conf"


def install(site: Path) -> Path:
    """Copy the module and its metadata to a folder of packages; return the module's file."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    name, version = project["name"], project["version"]
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups = [
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in declared.items())
        for group, declared in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(groups))
    return Path(shutil.copy(EXAMPLE / f"{MODULE}.py", site))


@contextmanager
def installed(site: Path) -> Iterator[Path]:
    """Let this process find the package inside the block; yield the module's file."""
    file = install(site)
    sys.path.insert(0, str(site))
    _clear_caches()
    try:
        yield file
    finally:
        sys.path.remove(str(site))
        _clear_caches()


def _clear_caches() -> None:
    sys.modules.pop(MODULE, None)
    importlib.invalidate_caches()
    list_plugins.cache_clear()
