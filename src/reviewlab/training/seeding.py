"""One seed, and a generator of its own for everything that draws from it."""

import hashlib

import torch


def derive_seed(seed: int, purpose: str, rank: int = 0) -> int:
    """Derive a seed: streams of two purposes, seeds or ranks have nothing in common.

    Args:
        seed: the run's.
        purpose: what draws from it, such as `dropout`.
        rank: of the process, where each draws its own.

    Returns:
        63 bits of a hash, so that neighbouring seeds are as unlike as any two.
    """
    digest = hashlib.blake2b(f"{seed}/{purpose}/{rank}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def seed_initialisation(seed: int) -> None:
    """Let the initial weights follow from `seed` alone; to be called before the model is built."""
    torch.manual_seed(derive_seed(seed, "initialisation"))


def seed_dropout(seed: int, rank: int = 0) -> None:
    """Let dropout draw independently of how the model was initialised; called before training."""
    torch.manual_seed(derive_seed(seed, "dropout", rank))
