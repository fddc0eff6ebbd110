"""One seed, and a generator of its own for everything that draws from it."""

import hashlib

import torch


def derive_seed(seed: int, purpose: str, rank: int = 0) -> int:
    """A seed for one purpose: streams of two purposes, seeds or ranks have nothing in common.

    Returns 63 bits of a hash, so that neighbouring seeds are as unlike as any two.
    """
    digest = hashlib.blake2b(f"{seed}/{purpose}/{rank}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def seed_initialisation(seed: int) -> None:
    """Call before the model is built: its initial weights follow from `seed` alone."""
    torch.manual_seed(derive_seed(seed, "initialisation"))


def seed_dropout(seed: int, rank: int = 0) -> None:
    """Call before training: what dropout draws does not depend on how the model was initialised."""
    torch.manual_seed(derive_seed(seed, "dropout", rank))
