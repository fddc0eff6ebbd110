"""The command line of `scripts/export.py`: write a checkpoint in a form that others read."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewlab.config.options import parse_options
from reviewlab.console.exit import (
    exit_on_input_error,
    tidy_up_on_interrupt,
    tidy_up_on_signals,
)
from reviewlab.console.text import readable_path
from reviewlab.evaluation.find import find_checkpoint
from reviewlab.evaluation.options import refuse_missing
from reviewlab.exporting.target import parse_target
from reviewlab.ranges import Threads

VERBATIM = ("checkpoint", "output")


@dataclass(frozen=True)
class Export:
    """The options of `conf/export.yaml`.

    Args:
        checkpoint: a .ckpt file, a run folder, a sweep folder or an exported folder.
        output: the file or folder to write. A file's suffix names its format: `.onnx` or `.pt2`
            (`torch.export`). A folder gets safetensors, JSON and a model card; its name ends in
            `/` or has no suffix.
        threads: number of CPU threads.
    """

    checkpoint: str | None
    output: str | None
    threads: Threads

    def run(self) -> None:
        """Export the checkpoint, and print the files."""
        refuse_missing(self.checkpoint)
        target = parse_target(self.output)
        checkpoint = find_checkpoint(self.checkpoint)
        import torch

        from reviewlab.exporting.export import export_checkpoint

        torch.set_num_threads(self.threads)
        tidy_up_on_interrupt()
        exported = export_checkpoint(Path(checkpoint), target)
        paths = ", ".join(map(readable_path, exported.paths))
        sys.stdout.write(
            f"-> {paths}\nits probabilities differ from the checkpoint's by at most "
            f"{exported.difference:.1e}, measured on random inputs\n"
        )


def main(argv: Sequence[str] | None = None) -> None:
    """Export a checkpoint."""
    with exit_on_input_error(argv) as arguments, tidy_up_on_signals():
        export = parse_options("export", Export, VERBATIM, arguments)
        if export is not None:
            export.run()
