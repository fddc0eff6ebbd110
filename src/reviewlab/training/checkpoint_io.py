"""Checkpoints that are either whole or absent."""

from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from lightning_fabric.plugins import TorchCheckpointIO


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes beside the target and renames.

    Lightning's own writes to the system's temporary folder and moves from there, which copies, and
    can be cut short, where that folder is on another disk. The bytes are made in memory first: of a
    full disk torch says only that some position was unexpected, and holds on to the file.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: Any, storage_options: Any | None = None
    ) -> None:
        """Write `checkpoint` to `path`."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.tmp")
        buffer = BytesIO()
        torch.save(checkpoint, buffer)
        try:
            temporary.write_bytes(buffer.getbuffer())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
