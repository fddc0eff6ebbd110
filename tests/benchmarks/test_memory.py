"""Both memory measurements do the same work."""

from reviewlab.benchmarks import (
    memory,
)


def test_memory_is_measured_over_the_same_work(bench):
    memory.write_work(bench)
    memory.ours(bench.folder)
    memory.plain(bench.folder)
    [run] = (bench.folder / "outputs" / "runs").iterdir()
    assert (run / "result.json").is_file()
