"""The GPUs that this process was given, by the names that it can give them on by."""

import os


def named_gpus() -> list[str]:
    """The words of CUDA_VISIBLE_DEVICES, numbers or UUIDs; none where it is empty or not set."""
    words = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    return [word.strip() for word in words if word.strip()]
