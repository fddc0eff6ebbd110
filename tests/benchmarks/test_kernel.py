"""The compiled kernel in a whole experiment, and the time to load it."""

import pytest

from reviewlab.benchmarks import kernel
from reviewlab.benchmarks.starting import TRAIN
from reviewlab.nn import kernels


def test_a_command_is_compared_with_itself_on_torchs_layers(bench, monkeypatch):
    ran = []
    monkeypatch.setattr(kernel, "run_python", ran.append)
    pairs = kernel.experiment(bench)
    command = [TRAIN, *bench.command(*kernel.WHOLE)]
    assert ran == [command, [*command, "model.kernel=torch"]] * 2
    assert len(pairs.ours) == len(pairs.reference) == 2


@pytest.mark.skipif(not kernels.is_available(), reason="the kernel was not compiled here")
def test_the_kernel_is_loaded_once(bench):
    pairs = kernel.load(bench)
    assert len(pairs.ours) == len(pairs.reference) == 2
    assert all(first > again for first, again in zip(pairs.ours, pairs.reference, strict=True))
