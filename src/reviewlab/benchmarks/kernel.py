"""Measure the compiled kernel in a whole experiment, and the time to load it."""

from reviewlab.benchmarks.measurement import Pairs, Workbench, alternate, seconds
from reviewlab.benchmarks.starting import TRAIN, run_python
from reviewlab.running.run import load_parts

WHOLE = ["experiment=imdb/gru", "trainer.max_epochs=15", "callbacks.early_stopping=null"]
"""The usual number of epochs, but fixed: rounding alone can change when a run stops early."""

LOAD = """
import sys, time
from importlib.util import find_spec, module_from_spec
import torch, reviewlab.exceptions
sys.modules["reviewlab.nn"] = module_from_spec(find_spec("reviewlab.nn"))
for _ in range(2):
    began = time.perf_counter()
    from reviewlab.nn.kernels import widths
    widths()
    print(time.perf_counter() - began)
"""
"""Imports the kernel and loads the library, twice. It doesn't run `nn/__init__.py`, which also
imports all networks."""


def experiment(bench: Workbench) -> Pairs:
    """Time a whole experiment with a GRU, from the command to the result, with either kernel."""
    load_parts(bench.experiment(*WHOLE))
    command = [TRAIN, *bench.command(*WHOLE)]
    return alternate(
        lambda: seconds(lambda: run_python(command)),
        lambda: seconds(lambda: run_python([*command, "model.kernel=torch"])),
        bench.pairs,
    )


def load(bench: Workbench) -> Pairs:
    """Time the first import of the kernel in a new process, and the same again."""
    run_python(["-c", LOAD])
    pairs = Pairs()
    for _ in range(bench.pairs):
        first, again = run_python(["-c", LOAD]).split()
        pairs.ours.append(float(first))
        pairs.reference.append(float(again))
    return pairs
