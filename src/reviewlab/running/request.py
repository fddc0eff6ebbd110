"""Read what a command line asks for: a new run, a sweep, a resumed run or a rerun."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reviewlab.exceptions import InputError

if TYPE_CHECKING:
    from reviewlab.config.request import RunRequest
    from reviewlab.config.sweep_request import SweepRequest
    from reviewlab.runs.folder import RunFolder


def read_request(argv: Sequence[str]) -> "RunRequest | SweepRequest | None":
    """Return what a command line asks for; None if Hydra has handled it, as with `--cfg job`.

    Raises:
        InputError: an argument is not allowed, or the run that it names cannot be continued.
    """
    # imported here, so that Ctrl-C during the imports of a command shows no traceback
    from reviewlab.config.command_line import take_verbatim
    from reviewlab.config.request import RunRequest, compose_request
    from reviewlab.running.rerun import rerun_config, rerun_overrides
    from reviewlab.running.resume import resumed_config

    folders, rest = take_verbatim(argv, {"resume", "rerun"})
    if len(folders) > 1:
        raise InputError("rerun: cannot be combined with resume; give only one of them")
    if "rerun" in folders:
        folder = _open(folders["rerun"], "rerun")
        return RunRequest(rerun_config(folder, rest), rerun_overrides(folder, rest))
    if "resume" in folders:
        folder = _open(folders["resume"], "resume")
        return RunRequest(resumed_config(folder, rest), list(rest), folder)
    return compose_request("train", rest)


def refuse_windows() -> None:
    """Refuse to train on Windows, which lacks signals and forks; checkpoints can be used there.

    Raises:
        InputError: this is Windows.
    """
    if sys.platform == "win32":
        raise InputError(
            "Windows: training needs signals to stop cleanly and forks to start the jobs of a "
            "sweep; allowed: Linux, macOS or the Windows Subsystem for Linux"
        )


def _open(text: str, key: str) -> "RunFolder":
    """Open the run folder that `resume` or `rerun` names.

    `~` is expanded as in a shell, which leaves `~name` unchanged if there is no such user.
    """
    from reviewlab.running.sweep_folder import refuse_sweep
    from reviewlab.runs.folder import RunFolder

    path = Path(os.path.expanduser(text))  # noqa: PTH111  `Path.expanduser` would raise there
    refuse_sweep(path, key)
    return RunFolder.open(path, key)
