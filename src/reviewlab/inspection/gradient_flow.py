"""Gradients and updates of each layer during training."""

import logging
import math
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from typing_extensions import override

from reviewlab.inspection.inspector import Inspector
from reviewlab.ranges import PositiveInt

log = logging.getLogger(__name__)

FIRST_LOOK = 0.02
"""Seconds that the first measurement is assumed to take."""

VANISHED = torch.finfo(torch.float32).eps
"""A gradient vanishes if its norm is below this share of the largest layer's norm.

Rounding to float32 would lose it.
"""

EXPLODED = 100.0
"""A gradient explodes if its norm is this many times the layer's usual norm, the median so far.

It must also exceed the largest usual norm of any layer, because a gradient that had almost vanished
may recover.
"""

FIRST_STEPS, MAX_SHARE = 10, 0.1
"""The first steps are always inspected, as many as this number and this share of all steps allow.

Gradients break early. A measurement was found to take up to .3 of a step, so that measuring a tenth
of all steps takes at most 3 % of the time.
"""


class GradientFlow(Inspector):
    """Logs the norm of each layer's gradient, and of its update relative to its weights.

    It writes `gradient/<layer>` and `update/<layer>`, and logs a line the first time that a layer's
    gradient vanishes or explodes. A layer is a module that has its own trained parameters.

    Args:
        every_n_steps: number of optimizer steps from one measurement to the next. None measures the
            first ten steps (or the first tenth of a training with fewer than a hundred steps), then
            as often as 3 % of the training time allows.
    """

    def __init__(self, every_n_steps: PositiveInt | None = None) -> None:
        super().__init__(FIRST_LOOK)
        self.every_n_steps = every_n_steps
        self._before: dict[str, list[Tensor]] | None = None
        self._norms: defaultdict[str, list[float]] = defaultdict(list)  # sorted
        self._warned: set[tuple[str, str]] = set()

    @override
    def on_before_optimizer_step(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, optimizer: Optimizer
    ) -> None:
        """Log the norms of the gradients and store the weights, if a measurement is due."""
        if self.writer is None or not self._due(trainer):
            return
        with self.budget.look(), torch.no_grad():
            parameters = layers(pl_module)
            norms = _norms({name: [_gradient(p) for p in own] for name, own in parameters.items()})
            self._before = {
                name: [p.detach().clone() for p in own] for name, own in parameters.items()
            }
            for name, norm in norms.items():
                self.writer.add_scalar(f"gradient/{name}", norm, trainer.global_step)
            self._alarm(norms, trainer.global_step)

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *arguments: Any
    ) -> None:
        """Log how far the optimizer step has moved each layer's weights, relative to their norm."""
        if self._before is None or self.writer is None:
            return
        with self.budget.look(), torch.no_grad():
            before, after = self._before, layers(pl_module)
            moved = _norms({n: _differences(after[n], own) for n, own in before.items()})
            for name, norm in _norms(before).items():
                ratio = moved[name] / max(norm, VANISHED)
                self.writer.add_scalar(f"update/{name}", ratio, trainer.global_step - 1)
        self._before = None

    def _due(self, trainer: pl.Trainer) -> bool:
        step = trainer.global_step + 1
        if self.every_n_steps is None:
            first = min(FIRST_STEPS, MAX_SHARE * trainer.estimated_stepping_batches)
            return step <= first or self.budget.affords(looks=2)
        return step % self.every_n_steps == 0

    def _alarm(self, norms: dict[str, float], step: int) -> None:
        largest = max((norm for norm in norms.values() if math.isfinite(norm)), default=0.0)
        largest_usual = max(map(self._usual, norms), default=0.0)
        for name, norm in norms.items():
            usual = self._usual(name)
            limit = max(EXPLODED * usual, largest_usual)
            if not math.isfinite(norm) or (usual > 0 and norm > limit):
                self._warn_once("explodes", name, f"{norm:.2g}, usually {usual:.2g}", step)
            elif norm < VANISHED * largest or largest == 0:
                self._warn_once("vanishes", name, f"{norm:.2g}, the largest is {largest:.2g}", step)
            if math.isfinite(norm):
                insort(self._norms[name], norm)

    def _usual(self, layer: str) -> float:
        """Return the median of a layer's norms so far; 0 before the first measurement."""
        norms = self._norms[layer]
        return norms[len(norms) // 2] if norms else 0.0

    def _warn_once(self, what: str, layer: str, norms: str, step: int) -> None:
        if (what, layer) not in self._warned:
            self._warned.add((what, layer))
            log.warning("the gradient of %s %s at step %d: norm %s", layer, what, step, norms)


def layers(model: nn.Module) -> dict[str, list[nn.Parameter]]:
    """Return each module's own trained parameters, by module name; omit modules without any."""
    parameters: defaultdict[str, list[nn.Parameter]] = defaultdict(list)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            parameters[name.rpartition(".")[0] or name].append(parameter)
    return parameters


def _gradient(parameter: nn.Parameter) -> Tensor:
    gradient = parameter.grad
    if gradient is None:
        return torch.zeros(1, device=parameter.device)
    return gradient.coalesce().values() if gradient.is_sparse else gradient


def _differences(after: Iterable[Tensor], before: Iterable[Tensor]) -> list[Tensor]:
    return [new - old for new, old in zip(after, before, strict=True)]


def _norms(layers: Mapping[str, list[Tensor]]) -> dict[str, float]:
    """Return each layer's norm; all norms are read at once, to wait for a GPU only once."""
    norms = [part.detach().float().norm() for own in layers.values() for part in own]
    read = iter(torch.stack(norms).tolist()) if norms else iter(())
    return {name: math.hypot(*islice(read, len(own))) for name, own in layers.items()}
