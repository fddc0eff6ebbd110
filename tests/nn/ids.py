"""Four padded reviews with known words, for tests of encoders."""

import torch
from torch import Tensor

VOCAB, TIME = 30, 8
LENGTHS = torch.tensor([8, 1, 3, 5])
MASK = torch.arange(TIME) < LENGTHS[:, None]
IDS = torch.randint(1, VOCAB, (4, TIME), generator=torch.Generator().manual_seed(0)) * MASK


def reviews(ids: Tensor = IDS) -> list[Tensor]:
    return [row[:length] for row, length in zip(ids, LENGTHS, strict=True)]
