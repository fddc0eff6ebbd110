"""The resolved config as a text in TensorBoard."""

import textwrap
from typing import Any

import pytorch_lightning as pl
import yaml

from reviewlab.inspection.inspector import Inspector


class ConfigText(Inspector):
    """Writes the config to TensorBoard, as a text named `config`."""

    def __init__(self) -> None:
        super().__init__(first_seconds=0.0)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the config, unless the run is resumed."""
        super().on_train_start(trainer, pl_module)
        if self.writer is not None and trainer.global_step == 0:
            settings: Any = pl_module.config
            with self.budget.spend():
                text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
                self.writer.add_text("config", textwrap.indent(text, "    "), 0)  # as code
