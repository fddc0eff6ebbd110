"""Derive an independent random seed for every purpose from the run's seed."""

import hashlib

import torch


def derive_seed(seed: int, purpose: str, rank: int = 0) -> int:
    """Derive a seed whose random stream is independent of other purposes, seeds and ranks.

    Args:
        seed: the seed of the run.
        purpose: the use of the stream, such as `dropout`.
        rank: index of the process, if each process has its own stream; 0 if they share one.

    Returns:
        63 bits of a hash, so that neighbouring seeds are unrelated.
    """
    digest = hashlib.blake2b(f"{seed}/{purpose}/{rank}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def seed_initialisation(seed: int) -> None:
    """Make the initial weights depend on `seed` alone; call it before the model is built."""
    torch.manual_seed(derive_seed(seed, "initialisation"))


def seed_dropout(seed: int, rank: int = 0) -> None:
    """Make dropout independent of the model's initialisation; call it before training."""
    torch.manual_seed(derive_seed(seed, "dropout", rank))
